// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/cat/registry.hpp"

#include "runner/base/catch.hpp"
#include "runner/codec/cat/message.hpp"

using namespace dmsc;
using namespace dmsc::codec;

namespace {

// Worked by hand from DM_SC 7.1 phase 1 and the layout of TS 102 223, 8.88: port 8001, coding scheme 04, type 07,
// "DM Client".
constexpr const char* usual_order = "DC15 82028281 710D 8001 04 07 444D20436C69656E74 7000";
constexpr const char* type_first = "DC15 82028281 710D 8001 07 04 444D20436C69656E74 7000";

std::optional<Decoded> by_type(const std::string& hex) {
  const auto octets = parse_hex(hex).value();
  return decode_registry_type_first(octets, decode_envelope(octets));
}

}  // namespace

TEST_CASE("a registry with the type first is read so where only that shows a DM Client", "[registry]") {
  const auto read = by_type(type_first);
  REQUIRE(read);
  const auto* entry = read->find("registry_application_data");
  REQUIRE(entry != nullptr);
  CHECK(entry->int_or("port", 0) == 0x8001);
  CHECK(entry->int_or("application_type", 0) == 7);
  CHECK(entry->text_or("dcs", "") == "gsm7");
  CHECK(entry->text_or("name", "") == "DM Client");
  CHECK(read->clean());
}

TEST_CASE("a registry that shows a DM Client by the usual order, or by none, is left as it is", "[registry]") {
  CHECK_FALSE(by_type(usual_order));
  CHECK_FALSE(by_type("DC15 82028281 710D 8001 04 06 444D20436C69656E74 7000"));  // type 06
  CHECK_FALSE(by_type("DC15 82028281 710D 07 04 444D20436C69656E74 8001 7000"));  // the port last
  CHECK_FALSE(by_type("DC08 82028281 7102 8001"));                                // cut short
  CHECK_FALSE(by_type("D607 990103 82028281"));                                   // another envelope
  CHECK_FALSE(by_type(""));
}

TEST_CASE("of several registry objects, and with the length in two octets, each is read by the other order",
          "[registry]") {
  const auto read = by_type("DC1E 82028281 7181088002020442726F77 710D 8001 07 04 444D20436C69656E74");
  REQUIRE(read);
  std::vector<std::int64_t> types;
  for (const auto& node : read->fields) {
    if (node.key == "registry_application_data") types.push_back(node.value.int_or("application_type", 0));
  }
  CHECK(types == std::vector<std::int64_t>{2, 7});
}
