// SPDX-License-Identifier: Apache-2.0
// Short messages, pushes and their layers that other programs made, or that the tests of others hold: we must read what
// they say, and write the same octets again. fixtures/vectors/sms.json names the origin of each.
#include <algorithm>
#include <filesystem>
#include <map>

#include "runner/base/catch.hpp"
#include "runner/base/json.hpp"
#include "runner/codec/decode.hpp"
#include "runner/codec/sms/cdma_sms.hpp"
#include "runner/codec/sms/sms.hpp"
#include "runner/codec/sms/user_data.hpp"
#include "runner/codec/wap/wdp.hpp"
#include "runner/codec/wap/wsp.hpp"
#include "runner/codec/wire/sms_coding.hpp"

using namespace dmsc;
using namespace dmsc::codec;

namespace {

const std::filesystem::path source_dir = DMSC_SOURCE_DIR;

const Node* find_below(const std::vector<Node>& nodes, std::string_view key) {
  for (const auto& node : nodes) {
    if (node.key == key) return &node;
    if (const auto* below = find_below(node.fields, key)) return below;
  }
  return nullptr;
}

Value code_at(const Decoded& decoded, std::string_view key) {
  const auto* node = find_below(decoded.fields, key);
  return node == nullptr ? Value() : Value(std::int64_t{node->octets.back()});
}

Value value_at(const Decoded& decoded, std::string_view key) {
  const auto* node = find_below(decoded.fields, key);
  if (node == nullptr) return {};
  const auto* text = node->value.find("text");
  return text == nullptr ? node->value : *text;
}

std::string two(std::int64_t number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

Value time_at(const Decoded& decoded, std::string_view key) {
  const auto* node = find_below(decoded.fields, key);
  if (node == nullptr) return {};
  const auto& stamp = node->value;
  // C.S0015, 4.5.4: 96 to 99 are years of the last century. TS 23.040 leaves the century open, and has a zone.
  const auto year = stamp.int_or("year", 0);
  const bool last_century = stamp.find("zone") == nullptr && year >= 96;
  auto text = (last_century ? "19" : "20") + two(year) + "-" + two(stamp.int_or("month", 0)) + "-" +
              two(stamp.int_or("day", 0)) + " " + two(stamp.int_or("hour", 0)) + ":" + two(stamp.int_or("minute", 0)) +
              ":" + two(stamp.int_or("second", 0));
  if (const auto* zone = stamp.find("zone")) {
    const auto quarters = zone->as_int() < 0 ? -zone->as_int() : zone->as_int();
    text += (zone->as_int() < 0 ? " -" : " +") + two(quarters / 4) + ":" + two(quarters % 4 * 15);
  }
  return text;
}

Value first_of(const Decoded& decoded, std::initializer_list<const char*> keys, const char* member) {
  for (const auto* key : keys) {
    const auto* node = find_below(decoded.fields, key);
    const auto* value = node == nullptr ? nullptr : node->value.find(member);
    if (value != nullptr) return *value;
  }
  return {};
}

/// What we read for a key of the vectors; null where the key is none of ours.
Value ours_of_tpdu(const Decoded& decoded, const std::string& key) {
  const auto* header = decoded.find("header");
  const auto summary = summary_of(header == nullptr ? Value() : *header);
  const auto number = [](auto optional) { return optional ? Value(std::int64_t{*optional}) : Value(); };
  if (key == "number" || key == "type_of_number" || key == "numbering_plan") {
    return first_of(decoded, {"destination", "originator", "recipient"}, key.c_str());
  }
  if (key == "text") return value_at(decoded, "text");
  if (key == "user_data") return value_at(decoded, "data");
  if (key == "header") return Value(to_hex(find_below(decoded.fields, "header")->octets));
  if (key == "concat_reference") return number(summary.reference);
  if (key == "concat_total") return Value(int{summary.total});
  if (key == "concat_sequence") return Value(int{summary.sequence});
  if (key == "concat_bits") return Value(summary.wide_reference ? 16 : 8);
  if (key == "destination_port") return number(summary.destination_port);
  if (key == "source_port") return number(summary.source_port);
  if (key == "timestamp") return time_at(decoded, "timestamp");
  if (key == "class") {
    const auto coding = sms_coding(static_cast<std::uint8_t>(decoded.find("dcs")->as_int()));
    return coding.message_class ? Value(*coding.message_class) : Value();
  }
  if (key == "dcs" || key == "protocol_identifier") return code_at(decoded, key);
  if (key == "validity_octet") return value_at(decoded, "validity_period");
  for (const auto* same : {"message_reference", "status_report_request", "reply_path", "reject_duplicates"}) {
    if (key == same) return value_at(decoded, same);
  }
  return {};
}

Value ours_of_cdma(const Decoded& decoded, const std::string& key) {
  static const std::map<std::string, std::pair<const char*, const char*>> members = {
      {"message_id", {"message_identifier", "message_id"}},
      {"message_type", {"message_identifier", "message_type"}},
      {"header_indicator", {"message_identifier", "header_indicator"}},
      {"encoding", {"user_data", "encoding"}},
      {"fields", {"user_data", "fields"}},
      {"text", {"user_data", "text"}},
      {"user_data", {"user_data", "data"}},
      {"callback", {"callback_number", "number"}},
      {"priority", {"priority", "priority"}},
      {"privacy", {"privacy", "privacy"}},
      {"display_mode", {"display_mode", "mode"}},
      {"reply_user_ack", {"reply_option", "user_acknowledgement"}},
      {"reply_delivery_ack", {"reply_option", "delivery_acknowledgement"}},
      {"reply_read_ack", {"reply_option", "read_acknowledgement"}},
      {"reply_report", {"reply_option", "report"}},
      {"reply_sequence", {"bearer_reply_option", "reply_sequence"}},
      {"number", {"originating_address", "number"}},
  };
  if (key == "timestamp") return time_at(decoded, "time_stamp");
  if (key == "deferred_delivery_absolute") return time_at(decoded, "deferred_absolute");
  if (key == "teleservice") {
    const auto* node = find_below(decoded.fields, "teleservice");
    return node == nullptr ? Value() : Value(std::int64_t{node->octets[2] << 8 | node->octets[3]});
  }
  if (key == "deposit_index") return value_at(decoded, "deposit_index");
  if (key == "user_response_code") return value_at(decoded, "user_response_code");
  if (key == "alert_value") {
    const auto* node = find_below(decoded.fields, "alert_on_delivery");
    return node == nullptr ? Value() : Value(node->octets[2] >> 6);
  }
  const auto found = members.find(key);
  if (found == members.end()) return {};
  auto value = first_of(decoded, {found->second.first}, found->second.second);
  if (value.is_null() && key == "number") value = first_of(decoded, {"destination_address"}, "number");
  return value;
}

Value ours_of_push(const Decoded& decoded, const std::string& key) {
  const auto facts = wsp_facts(decoded);
  if (key == "body_length") return Value(facts.text_or("body", "").size() / 2);
  if (key == "pdu_type") return code_at(decoded, key);
  const auto* value = facts.find(key);
  return value == nullptr ? Value() : *value;
}

Value ours(const Decoded& decoded, std::string_view kind, const std::string& key) {
  if (kind.starts_with("sms-")) return ours_of_tpdu(decoded, key);
  if (kind.starts_with("cdma-")) return ours_of_cdma(decoded, key);
  if (kind == "wsp") return ours_of_push(decoded, key);
  return value_at(decoded, key == "body" ? "data" : key == "message_type" ? "type" : key);
}

Decoded read(std::string_view kind, ByteView octets) {
  return kind == "cdma-bearer" ? decode_bearer_data(octets) : decode(*input_kind(kind), octets);
}

Result<Octets> written(std::string_view kind, const Decoded& decoded) {
  const auto value = decoded.value();
  if (kind == "cdma-sms") return encode_cdma_sms(value);
  if (kind == "cdma-bearer") return encode_bearer_data(value);
  if (kind == "wsp") return encode_wsp(value);
  return encode_tpdu(*find_tpdu(decoded.key), value);
}

}  // namespace

TEST_CASE("short messages of others are read as their origin reads them", "[sms]") {
  const auto vectors = load_json(source_dir / "fixtures/vectors/sms.json");
  REQUIRE(vectors);
  std::map<std::string, int> kinds;
  int values = 0;
  for (const auto& vector : vectors->as_list()) {
    const auto name = vector.text_or("name", "");
    const auto kind = vector.text_or("kind", "");
    CAPTURE(name, vector.text_or("origin", ""), vector.text_or("hex", ""));
    CHECK_FALSE(vector.text_or("origin", "").empty());
    const auto octets = parse_hex(vector.text_or("hex", ""));
    REQUIRE(octets);
    const auto decoded = read(kind, *octets);
    CAPTURE(decoded.error ? decoded.error->text() : "", write_json(decoded.value()));
    CHECK_FALSE(decoded.error);
    for (const auto& [key, expected] : vector.find("expect")->as_map()) {
      auto seen = ours(decoded, kind, key);
      if (seen.is_null()) continue;
      CAPTURE(key, write_json(seen), write_json(expected));
      CHECK(seen == expected);
      ++values;
    }
    if (kind != "wdp") {
      const auto back = written(kind, decoded);
      CAPTURE(back ? to_hex(*back) : back.error().text());
      CHECK((back && same(*back, *octets)));
    } else {
      CHECK(same(write_wdp(read_wdp(*octets).value()), *octets));
    }
    ++kinds[kind];
  }
  CHECK(kinds["sms-submit"] >= 70);
  CHECK(kinds["sms-deliver"] >= 40);
  CHECK(kinds["cdma-bearer"] >= 30);
  CHECK(kinds["cdma-sms"] >= 15);
  CHECK(kinds["wsp"] >= 10);
  CHECK(kinds["wdp"] >= 3);
  CHECK(values >= 500);
}
