// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/wire/labels.hpp"

#include "runner/base/catch.hpp"
#include "runner/base/json.hpp"

using namespace dmsc;
using namespace dmsc::codec;

namespace {

Octets hex(std::string_view text) {
  return parse_hex(text).value();
}

std::string words(const std::vector<Anomaly>& odd) {
  std::string out;
  for (const auto& anomaly : odd) out += anomaly.text + " at " + std::to_string(anomaly.offset) + "; ";
  return out;
}

}  // namespace

TEST_CASE("names of labels, and lengths that do not fit them") {
  struct Row {
    const char* octets;
    const char* text;
    const char* odd;
  };
  const Row rows[] = {
      {"", "", ""},
      {"06546573744770027273", "TestGp.rs", ""},
      {"09696E7465726E6574", "internet", "label says 9 octets, 8 are left at 10; "},
      {"696E7465726E6574", "internet", "label length 105 is above 63 at 10; "},
      {"08696E7465726E65742E636F6D", "internet.com", "label says 46 octets, 3 are left at 19; "},
      {"08696E7465726E657400", "internet.", "label of no octets at 19; "},
      {"00", "", "label of no octets at 10; "},
      {"01410001 42", "A..B", "label of no octets at 12; "},
      {"0261", "a", "label says 2 octets, 1 is left at 10; "},
      {"01", "", "label says 1 octet, 0 are left at 10; "},
      {"03612E62", "a.b", "octet 2E in a label at 12; "},
      {"026100", "a.", "octet 00 in a label at 12; "},
      {"C00C", ".", "label length 192 is above 63 at 10; "},
  };
  for (const auto& row : rows) {
    CAPTURE(row.octets);
    const auto octets = hex(row.octets);
    CHECK(decode_labels(octets) == row.text);
    CHECK(words(label_oddities(octets, 10)) == row.odd);
    const auto back = encode_labels(row.text);
    const bool clean = std::string_view(row.odd).empty();
    if (clean) CHECK(same(back.value(), octets));
  }
}

TEST_CASE("a name of nothing but faults tells a few of them") {
  CHECK(label_oddities(Octets(60000, 0), 0).size() == oddities_most);
}
