// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/session/push_message.hpp"

#include "runner/codec/sms/cdma_sms.hpp"
#include "runner/codec/sms/sms.hpp"
#include "runner/codec/wap/wdp.hpp"
#include "runner/codec/wap/wsp.hpp"

namespace dmsc::peer {
namespace {

constexpr std::int64_t octets_scheme = 0x04;  // 8-bit data without a class

Value laid_over(Value under, const Value& over) {
  if (!over.is_map()) return under;
  for (const auto& [key, value] : over.as_map()) {
    const auto* below = under.find(key);
    const bool both = below != nullptr && below->is_map() && value.is_map();
    under[key] = both ? laid_over(*below, value) : value;
  }
  return under;
}

/// The time of a message that is delivered; a test needs no clock.
Value delivery_time() {
  return Value::Map{{"year", 26}, {"month", 1}, {"day", 2}, {"hour", 3}, {"minute", 4}, {"second", 5}, {"zone", 0}};
}

Value cdma_address(const std::string& number) {
  if (!number.starts_with('+')) {
    return Value::Map{{"digit_mode", false}, {"number_mode", false}, {"number", number}};
  }
  return Value::Map{{"digit_mode", true},
                    {"number_mode", false},
                    {"number_type", "international"},
                    {"numbering_plan", "isdn_telephony"},
                    {"number", digits_of(number)}};
}

class Writer {
 public:
  Writer(const PushMessage& push, const Tamper& tamper) : push_(push), tamper_(tamper) {}

  Result<std::vector<Octets>> write() {
    Outgoing pdu{"wap.push", push_.push, 1, 0};
    pdu.members["body"] = to_hex(push_.notification);
    if (tamper_) tamper_(pdu);
    auto data = codec::encode_wsp(pdu.members);
    if (!data) return tl::make_unexpected(data.error());
    const codec::Datagram datagram{push_.source_port, push_.destination_port, std::move(*data)};
    const auto done = push_.bearer == codec::SmsBearer::gsm ? write_tpdus(datagram) : write_cdma(datagram);
    if (!done) return tl::make_unexpected(done.error());
    return std::move(out_);
  }

 private:
  Result<void> write_tpdus(const codec::Datagram& datagram) {
    const auto parts = codec::split_for_tpdus(datagram, push_.split);
    if (!parts) return tl::make_unexpected(parts.error());
    const char* key = push_.from_card ? "submit" : "deliver";
    for (const auto& part : *parts) {
      Value members = Value::Map{{"protocol_identifier", "plain"}, {"dcs", octets_scheme}};
      if (push_.from_card) {
        members["message_reference"] = 0;  // the terminal fills it in
        members["destination"] = tpdu_address(push_.number);
      } else {
        members["no_more_messages"] = true;
        members["originator"] = tpdu_address(push_.number);
        members["timestamp"] = delivery_time();
      }
      members = laid_over(laid_over(std::move(members), part), push_.message);
      const auto added = add(std::string("sms.") + key, std::move(members),
                             [&](const Value& all) { return codec::encode_tpdu(*codec::find_tpdu(key), all); });
      if (!added) return added;
    }
    return {};
  }

  Result<void> write_cdma(const codec::Datagram& datagram) {
    const auto parts = codec::split_for_cdma(datagram, push_.split.most);
    if (!parts) return tl::make_unexpected(parts.error());
    for (auto part : *parts) {
      if (push_.duplicated_ports) {
        auto segment = codec::read_wdp(part);
        if (segment && segment->segment == 0) {
          segment->duplicated_ports = true;
          part = codec::write_wdp(*segment);
        }
      }
      Value bearer =
          Value::Map{{"message_identifier", Value::Map{{"message_type", push_.from_card ? "submit" : "deliver"},
                                                       {"message_id", std::int64_t{push_.split.reference & 0xFFFF}},
                                                       {"header_indicator", false}}},
                     {"user_data", Value::Map{{"encoding", "octet"}, {"data", to_hex(part)}}}};
      Value members = Value::Map{{"message_type", "point_to_point"}, {"teleservice", "wap"}};
      members[push_.from_card ? "destination_address" : "originating_address"] = cdma_address(push_.number);
      members["bearer_data"] = std::move(bearer);
      const auto added = add("cdma.sms", laid_over(std::move(members), push_.message), codec::encode_cdma_sms);
      if (!added) return added;
    }
    return {};
  }

  template <class Encode>
  Result<void> add(std::string key, Value members, Encode encode) {
    Outgoing message{std::move(key), std::move(members), 1, 0};
    if (tamper_) tamper_(message);
    auto octets = encode(message.members);
    if (!octets) return tl::make_unexpected(octets.error());
    for (int copy = 0; copy < message.copies; ++copy) out_.push_back(*octets);
    return {};
  }

  const PushMessage& push_;
  const Tamper& tamper_;
  std::vector<Octets> out_;
};

Result<Octets> forwarded_tpdu(ByteView submitted, const std::string& originator) {
  const auto decoded = codec::decode_tpdu(submitted, codec::SmsWay::from_terminal);
  if (decoded.error || decoded.key != "submit") return fail(Errc::malformed, "is no SMS-SUBMIT that can be read");
  Value members =
      Value::Map{{"no_more_messages", true}, {"originator", tpdu_address(originator)}, {"timestamp", delivery_time()}};
  for (const auto* key : {"protocol_identifier", "dcs", "user_data_length", "header", "text", "data"}) {
    if (const auto* value = decoded.find(key)) members[key] = *value;
  }
  return codec::encode_tpdu(*codec::find_tpdu("deliver"), members);
}

Result<Octets> forwarded_cdma(ByteView submitted, const std::string& originator) {
  const auto decoded = codec::decode_cdma_sms(submitted);
  const auto* bearer = decoded.find("bearer_data");
  const auto* type = bearer == nullptr ? nullptr : bearer->at_path("message_identifier.message_type");
  if (decoded.error || type == nullptr || *type != Value("submit")) {
    return fail(Errc::malformed, "is no CDMA submit that can be read");
  }
  Value members = Value::Map{{"message_type", "point_to_point"}};
  if (const auto* teleservice = decoded.find("teleservice")) members["teleservice"] = *teleservice;
  members["originating_address"] = cdma_address(originator);
  members["bearer_data"] = *bearer;
  members["bearer_data"]["message_identifier"]["message_type"] = "deliver";
  return codec::encode_cdma_sms(members);
}

}  // namespace

std::string digits_of(const std::string& number) {
  return number.starts_with('+') ? number.substr(1) : number;
}

Value tpdu_address(const std::string& number) {
  return Value::Map{{"type_of_number", number.starts_with('+') ? "international" : "unknown"},
                    {"numbering_plan", "isdn_telephony"},
                    {"number", digits_of(number)}};
}

Result<std::vector<Octets>> messages_of(const PushMessage& push, const Tamper& tamper) {
  return Writer(push, tamper).write();
}

Result<Octets> forwarded(codec::SmsBearer bearer, ByteView submitted, const std::string& originator) {
  return bearer == codec::SmsBearer::gsm ? forwarded_tpdu(submitted, originator)
                                         : forwarded_cdma(submitted, originator);
}

}  // namespace dmsc::peer
