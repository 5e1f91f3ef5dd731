// SPDX-License-Identifier: Apache-2.0
#include "runner/base/catch.hpp"
#include "runner/codec/cat/message.hpp"
#include "runner/codec/cat/object.hpp"

// The rows of results have one octet each (two with additional information): their samples are put together here from
// the code, by the layout of ETSI TS 102 223, 8.12, and not by our encoder.
namespace dmsc::codec {
namespace {

struct Seen {
  Value value;
  std::optional<Error> error;
  Octets again;
};

Seen walk(const Octets& octets) {
  auto decoded = decode_objects(octets, 0);
  Seen seen;
  seen.error = decoded.error;
  if (decoded.nodes.size() != 1) return seen;
  seen.value = decoded.nodes[0].value;
  seen.again = encode_object(*find_object(std::uint32_t{0x03}), seen.value, true).value_or(Octets{});
  return seen;
}

}  // namespace

TEST_CASE("each result and each additional information decodes, encodes back and is refused when cut", "[results]") {
  std::size_t generals = 0;
  std::size_t additionals = 0;
  for (const auto& general : result_names()) {
    INFO(general.key);
    const auto code = static_cast<std::uint8_t>(general.code);
    const Octets alone = {0x83, 0x01, code};
    const auto seen = walk(alone);
    CHECK_FALSE(seen.error);
    CHECK(seen.value.text_or("general", "") == general.key);
    CHECK(seen.again == alone);
    CHECK(decode_objects(ByteView(alone).first(2), 0).error->code == Errc::truncated);
    ++generals;
    for (const auto& additional : additional_result_names(code)) {
      INFO(additional.key);
      const Octets both = {0x83, 0x02, code, static_cast<std::uint8_t>(additional.code)};
      const auto with = walk(both);
      CHECK(with.value.text_or("additional", "") == additional.key);
      CHECK(with.again == both);
      CHECK(decode_objects(ByteView(both).first(3), 0).error->code == Errc::truncated);
      ++additionals;
    }
  }
  CHECK(generals >= 37);
  CHECK(additionals >= 24);
}

TEST_CASE("the results that DM_SC cases lean on have the codes of TS 102 223", "[results]") {
  const std::tuple<const char*, const char*, const char*> rows[] = {
      {"830100", "performed", ""},
      {"830122", "user_did_not_accept", ""},
      {"830130", "beyond_terminal_capabilities", ""},
      {"83023A01", "bip_error", "no_channel_available"},
      {"83023A04", "bip_error", "buffer_size_not_available"},
      {"83023A06", "bip_error", "transport_level_not_available"},
      {"83023A10", "bip_error", "port_not_available"},
  };
  for (const auto& [hex, general, additional] : rows) {
    INFO(hex);
    const auto value = walk(*parse_hex(hex)).value;
    CHECK(value.text_or("general", "") == general);
    CHECK(value.text_or("additional", "") == additional);
  }
}

}  // namespace dmsc::codec
