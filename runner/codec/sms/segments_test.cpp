// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/sms/segments.hpp"

#include <algorithm>

#include "runner/base/catch.hpp"
#include "runner/base/json.hpp"
#include "runner/codec/sms/cdma_sms.hpp"
#include "runner/codec/sms/sms.hpp"
#include "runner/codec/wap/wdp.hpp"

using namespace dmsc;
using namespace dmsc::codec;

namespace {

Octets counting(std::size_t size) {
  Octets out;
  for (std::size_t at = 0; at < size; ++at) out.push_back(static_cast<std::uint8_t>(at));
  return out;
}

Segment part(int sequence, int total, Octets data, std::uint32_t reference = 7) {
  Segment out;
  out.destination_port = 2948;
  out.source_port = 1;
  out.reference = reference;
  out.concatenated = true;
  out.total = total;
  out.sequence = sequence;
  out.peer = "12";
  out.data = std::move(data);
  return out;
}

}  // namespace

TEST_CASE("how much of a datagram fits in one short message", "[segments]") {
  // dm.md 3.3: 140 octets less 7 for the ports, 12 with an 8-bit and 13 with a 16-bit reference
  struct Row {
    std::size_t size;
    bool wide;
    std::size_t parts;
    std::size_t first;
  };
  const Row rows[] = {{0, false, 1, 0},     {133, false, 1, 133}, {134, false, 2, 128}, {256, false, 2, 128},
                      {257, false, 3, 128}, {134, true, 2, 127},  {254, true, 2, 127},  {255, true, 3, 127}};
  for (const auto& row : rows) {
    CAPTURE(row.size, row.wide);
    const auto parts = split_for_tpdus({49154, 2949, counting(row.size)}, {0x1234, row.wide});
    REQUIRE(parts);
    CHECK(parts->size() == row.parts);
    CHECK(parts->front().text_or("data", "").size() / 2 == row.first);
    for (const auto& members : *parts) {
      auto whole = members;
      whole["destination"] = Value::Map{{"number", "12"}};
      whole["message_reference"] = 0;
      whole["dcs"] = 4;
      const auto tpdu = encode_tpdu(*find_tpdu("submit"), whole);
      REQUIRE(tpdu);
      CHECK(decode_tpdu(*tpdu, SmsWay::from_terminal).own_anomalies().empty());
    }
  }
  CHECK(split_for_tpdus({1, 2, counting(255 * 128)}, {1})->size() == 255);
  CHECK(split_for_tpdus({1, 2, counting(255 * 128 + 1)}, {1}).error().text() ==
        "a datagram of 32641 octets needs more than 255 messages");
}

TEST_CASE("segments of 3GPP2 have their ports in the first alone", "[segments]") {
  const auto parts = split_for_cdma({49154, 2948, counting(300)});
  REQUIRE(parts);
  REQUIRE(parts->size() == 3);
  std::size_t sum = 0;
  for (std::size_t at = 0; at < parts->size(); ++at) {
    CHECK((*parts)[at].size() <= cdma_segment_most);
    const auto segment = read_wdp((*parts)[at]);
    REQUIRE(segment);
    CHECK(segment->segment == at);
    CHECK(segment->total == 3);
    sum += segment->data.size();
  }
  CHECK(sum == 300);
  CHECK(split_for_cdma({1, 2, {}})->size() == 1);
}

TEST_CASE("no segment of 3GPP2 has more of the datagram than asked for", "[segments]") {
  for (const std::size_t most : {1U, 7U, 20U, 100U}) {
    CAPTURE(most);
    const auto segments = split_for_cdma({49154, 2948, Octets(100, 0xAA)}, most).value();
    CHECK(segments.size() == (100 + most - 1) / most);
    for (std::size_t at = 0; at < segments.size(); ++at) {
      CHECK(segments[at].size() <= most + (at == 0 ? wdp_header_first : wdp_header_more));
    }
  }
}

TEST_CASE("the payload behind a header of septets is packed as it stands in the message", "[segments]") {
  // "ab" behind 00 03 01 01 01: 6 octets of header leave one fill bit. a = 61, b = 62: 61 | 62 << 7 = 3161, then << 1.
  const auto payload = payload_of(Value::Map{
      {"dcs", 0},
      {"header",
       Value::List{Value::Map{{"element", "concatenation_8"}, {"reference", 1}, {"total", 1}, {"sequence", 1}}}},
      {"text", "ab"}});
  CHECK(to_hex(payload) == "C262");
}

TEST_CASE("parts come together in any order", "[segments]") {
  std::vector<int> order = {1, 2, 3, 4};
  do {
    Reassembly parts;
    std::optional<Reassembly::Whole> whole;
    for (std::size_t at = 0; at < order.size(); ++at) {
      CHECK_FALSE(whole);
      whole = parts.add(part(order[at], 4, {static_cast<std::uint8_t>(order[at])}));
    }
    REQUIRE(whole);
    CHECK(to_hex(whole->datagram.data) == "01020304");
    CHECK(whole->parts == 4);
    CHECK(whole->in_order == std::is_sorted(order.begin(), order.end()));
    CHECK(parts.open() == 0);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_CASE("copies change nothing, and two pushes do not mix", "[segments]") {
  Reassembly parts;
  CHECK_FALSE(parts.add(part(1, 2, {1})));
  CHECK_FALSE(parts.add(part(1, 2, {9})));
  CHECK_FALSE(parts.add(part(2, 2, {8}, 8)));
  auto other = part(2, 2, {7});
  other.peer = "13";
  CHECK_FALSE(parts.add(other));
  auto wide = part(2, 2, {6});
  wide.wide_reference = true;
  CHECK_FALSE(parts.add(wide));
  const auto whole = parts.add(part(2, 2, {2}));
  REQUIRE(whole);
  CHECK(to_hex(whole->datagram.data) == "0102");
}

TEST_CASE("what never becomes whole does not pile up", "[segments]") {
  Reassembly parts;
  for (std::uint32_t reference = 0; reference < 1000; ++reference) {
    CHECK_FALSE(parts.add(part(1, 255, Octets(140, 0xAA), reference)));
    CHECK(parts.open() <= Reassembly::most_open);
  }
  CHECK_FALSE(parts.add(part(2, 2, {2}, 5)));  // reference 5 of 255 parts is another one, and long gone
  for (const auto& [sequence, total] : {std::pair(0, 2), std::pair(3, 2), std::pair(1, 0)}) {
    CHECK_FALSE(parts.add(part(sequence, total, {1})));
  }
}

TEST_CASE("a message without ports is no segment", "[segments]") {
  const auto plain = encode_tpdu(
      *find_tpdu("submit"),
      Value::Map{
          {"message_reference", 0}, {"destination", Value::Map{{"number", "12"}}}, {"dcs", 0}, {"text", "hello"}});
  REQUIRE(plain);
  CHECK_FALSE(segment_of(SmsBearer::gsm, decode_tpdu(*plain, SmsWay::from_terminal)));
  const auto other = encode_cdma_sms(
      Value::Map{{"teleservice", "cmt_95"},
                 {"bearer_data",
                  Value::Map{{"message_identifier",
                              Value::Map{{"message_type", "deliver"}, {"message_id", 1}, {"header_indicator", false}}},
                             {"user_data", Value::Map{{"encoding", "octet"}, {"data", "000100C0020B84AA"}}}}}});
  REQUIRE(other);
  CHECK_FALSE(segment_of(SmsBearer::cdma, decode_cdma_sms(*other)));
}
