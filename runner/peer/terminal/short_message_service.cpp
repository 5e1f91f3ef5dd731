// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/terminal/short_message_service.hpp"

#include <algorithm>

#include "runner/codec/cat/profile.hpp"
#include "runner/codec/sms/cdma_sms.hpp"
#include "runner/codec/sms/sms.hpp"
#include "runner/codec/wire/sms_coding.hpp"

namespace dmsc::peer {
namespace {

Value result(const char* general) {
  return Value::Map{{"result", Value::Map{{"general", general}}}};
}

bool packing_asked(const codec::Decoded& command) {
  const auto* details = command.find("command_details");
  return details != nullptr && (details->int_or("qualifier", 0) & 1) != 0;
}

std::string number_of(const Value& address) {
  const bool international = address.text_or("type_of_number", "") == "international";
  return (international ? "+" : "") + address.text_or("digits", "");
}

/// The terminal packs what the card gave as one character an octet. Source: 3GPP TS 31.111, 6.4.10; 31.124, 27.22.4.10
void pack(Value& members) {
  const auto dcs = members.int_or("dcs", 0);
  const auto coding = codec::sms_coding(static_cast<std::uint8_t>(dcs));
  const auto data = parse_hex(members.text_or("data", ""));
  if (coding.alphabet != codec::Alphabet::gsm7_octets || !data) return;
  members["dcs"] = dcs & ~std::int64_t{0x04};
  members["text"] = codec::decode_gsm_octets(*data);
  members.as_map().erase(std::remove_if(members.as_map().begin(), members.as_map().end(),
                                        [](const Value::Member& member) {
                                          return member.first == "data" || member.first == "user_data_length";
                                        }),
                         members.as_map().end());
}

}  // namespace

Result<Octets> ShortMessageService::tpdu_of(ByteView asked, bool packs, const Habits& habits, const Tamper& tamper) {
  const auto decoded = codec::decode_tpdu(asked, codec::SmsWay::from_terminal);
  if (decoded.error || (decoded.key != "submit" && decoded.key != "command")) {
    return fail(Errc::malformed, "is nothing that can be sent");
  }
  auto members = decoded.value();
  members["message_reference"] = std::int64_t{++reference_};
  if (packs && habits.has(Habit::packs_as_asked)) pack(members);
  Outgoing out{"sms." + decoded.key, std::move(members), 1, 0};
  if (tamper) tamper(out);
  return codec::encode_tpdu(*codec::find_tpdu(decoded.key), out.members);
}

Value ShortMessageService::send(const codec::Decoded& command, ByteView profile, const Habits& habits,
                                const Tamper& tamper) {
  const auto* tpdu = command.find("sms_tpdu");
  const auto* cdma = command.find("cdma_sms_tpdu");
  if (tpdu == nullptr && cdma == nullptr) return result("required_values_missing");
  if (tpdu != nullptr && cdma != nullptr) return result("command_data_not_understood");
  const bool gsm = tpdu != nullptr;
  const bool claimed = codec::profile_has(profile, gsm ? "send_short_message" : "cdma_send_short_message");
  const bool able = habits.has(gsm ? Habit::sends_tpdus : Habit::sends_cdma);
  if (!claimed || !able) return result("beyond_terminal_capabilities");
  const auto asked = parse_hex((gsm ? tpdu : cdma)->as_string()).value_or(Octets{});
  auto message = gsm ? tpdu_of(asked, packing_asked(command), habits, tamper) : Result<Octets>(asked);
  if (!gsm && codec::decode_cdma_sms(asked).error) message = fail(Errc::malformed, "is no message");
  if (!message) return result("command_data_not_understood");
  if (!habits.has(Habit::sends_unchanged)) message->back() ^= 0x08;
  const auto* address = command.find("address");
  const bool named = address != nullptr && habits.has(Habit::uses_service_centre);
  // Nowhere to send it to: TP-Destination is for the centre, which must be known first.
  if (gsm && !named && service_centre_.empty() && !habits.has(Habit::knows_service_centre)) {
    return Value::Map{{"result", Value::Map{{"general", "network_unable"}, {"additional", 0}}}};
  }
  const auto refusal = std::exchange(refusal_, std::nullopt);
  if (!refusal && habits.has(Habit::sends_messages)) {
    sent_.push_back({gsm ? codec::SmsBearer::gsm : codec::SmsBearer::cdma, std::move(*message),
                     named ? number_of(*address) : service_centre_});
    if (sent_.size() > most_sent) sent_.pop_front();
  }
  if (!refusal || !habits.has(Habit::reports_sms_failure)) return result("performed");
  return Value::Map{{"result", Value::Map{{"general", "sms_rp_error"}, {"additional", *refusal}}}};
}

std::optional<ShortMessageService::Sent> ShortMessageService::take_sent() {
  if (sent_.empty()) return {};
  auto first = std::move(sent_.front());
  sent_.pop_front();
  return first;
}

}  // namespace dmsc::peer
