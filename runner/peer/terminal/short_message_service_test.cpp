// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/terminal/short_message_service.hpp"

#include "runner/base/catch.hpp"
#include "runner/base/json.hpp"
#include "runner/codec/cat/message.hpp"
#include "runner/codec/cat/profile.hpp"
#include "runner/codec/sms/cdma_sms.hpp"
#include "runner/codec/sms/sms.hpp"
#include "runner/peer/session/push_message.hpp"
#include "runner/peer/terminal/push_inbox.hpp"

namespace dmsc::peer {
namespace {

using codec::SmsBearer;
using codec::SmsWay;

const Octets both =
    codec::encode_profile(Value::Map{{"send_short_message", true}, {"cdma_send_short_message", true}}).value();

codec::Decoded command(Value members) {
  const auto* row = codec::find_message(codec::MessageKind::proactive, "send_short_message");
  return codec::decode_proactive(codec::encode_message(*row, members).value());
}

PushMessage push(SmsBearer bearer) {
  PushMessage out;
  out.bearer = bearer;
  out.notification = Octets(40, 0x5A);
  out.number = "+15550177";
  return out;
}

std::string message(SmsBearer bearer) {
  return to_hex(messages_of(push(bearer))->front());
}

std::string general(const Value& answer) {
  return answer.at_path("result.general")->as_string();
}

codec::Decoded delivered(SmsBearer bearer, ByteView octets) {
  return bearer == SmsBearer::gsm ? codec::decode_tpdu(octets, SmsWay::to_terminal) : codec::decode_cdma_sms(octets);
}

}  // namespace

TEST_CASE("a TPDU leaves with a reference of the terminal's and is otherwise the card's", "[sms]") {
  ShortMessageService service;
  service.use_service_centre("+155501000");
  const auto asked = message(SmsBearer::gsm);
  for (int reference = 1; reference <= 2; ++reference) {
    CHECK(general(service.send(command(Value::Map{{"sms_tpdu", asked}}), both, {})) == "performed");
    const auto sent = service.take_sent();
    REQUIRE(sent);
    CHECK(sent->service_centre == "+155501000");
    auto octets = sent->message;
    CHECK(octets[1] == reference);
    octets[1] = 0;
    CHECK(to_hex(octets) == asked);
  }
  CHECK_FALSE(service.take_sent());
}

TEST_CASE("a CDMA message leaves as it is", "[sms]") {
  ShortMessageService service;
  const auto asked = message(SmsBearer::cdma);
  CHECK(general(service.send(command(Value::Map{{"cdma_sms_tpdu", asked}}), both, {})) == "performed");
  CHECK(to_hex(service.take_sent()->message) == asked);
}

TEST_CASE("what the terminal cannot send is refused", "[sms]") {
  ShortMessageService service;
  const auto tpdu = message(SmsBearer::gsm);
  const auto cdma = message(SmsBearer::cdma);
  const auto none = codec::encode_profile(Value::Map{{"send_data", true}}).value();
  CHECK(general(service.send(command(Value::Map{}), both, {})) == "required_values_missing");
  CHECK(general(service.send(command(Value::Map{{"sms_tpdu", tpdu}, {"cdma_sms_tpdu", cdma}}), both, {})) ==
        "command_data_not_understood");
  CHECK(general(service.send(command(Value::Map{{"sms_tpdu", "0101"}}), both, {})) == "command_data_not_understood");
  CHECK(general(service.send(command(Value::Map{{"sms_tpdu", "440002"}}), both, {})) == "command_data_not_understood");
  CHECK(general(service.send(command(Value::Map{{"cdma_sms_tpdu", "000205"}}), both, {})) ==
        "command_data_not_understood");
  CHECK(general(service.send(command(Value::Map{{"sms_tpdu", tpdu}}), none, {})) == "beyond_terminal_capabilities");
  CHECK(general(service.send(command(Value::Map{{"cdma_sms_tpdu", cdma}}), none, {})) ==
        "beyond_terminal_capabilities");
  CHECK_FALSE(service.has_sent());
}

TEST_CASE("the terminal packs where it is asked to", "[sms]") {
  // 3GPP TS 31.124, 27.22.4.10: "Test Message" as the card gives it, and packed as everybody writes it
  ShortMessageService service;
  const auto asked = Value::Map{{"command_details", Value::Map{{"qualifier", 1}}},
                                {"sms_tpdu", "01000991103254 76F840F40C54657374204D657373616765"}};
  CHECK(general(service.send(command(asked), both, {})) == "performed");
  CHECK(to_hex(service.take_sent()->message) == "0101099110325476F840F00CD4F29C0E6A96E7F3F0B90C");
}

TEST_CASE("a refusal of the network is told once", "[sms]") {
  ShortMessageService service;
  service.refuse_next(38);
  const auto asked = command(Value::Map{{"sms_tpdu", message(SmsBearer::gsm)}});
  const auto refused = service.send(asked, both, {});
  CHECK(general(refused) == "sms_rp_error");
  CHECK(refused.at_path("result.additional")->as_int() == 38);
  CHECK_FALSE(service.has_sent());
  CHECK(general(service.send(asked, both, {})) == "performed");
  CHECK(service.has_sent());
}

TEST_CASE("the box of sent messages is bounded", "[sms]") {
  ShortMessageService service;
  const auto asked = command(Value::Map{{"sms_tpdu", message(SmsBearer::gsm)}});
  for (std::size_t count = 0; count < ShortMessageService::most_sent + 20; ++count) (void)service.send(asked, both, {});
  std::size_t held = 0;
  while (service.take_sent()) ++held;
  CHECK(held == ShortMessageService::most_sent);
}

TEST_CASE("the service centre turns a submit into a deliver that the DM Client takes", "[sms]") {
  for (const auto bearer : {SmsBearer::gsm, SmsBearer::cdma}) {
    CAPTURE(name_of(bearer));
    auto long_push = push(bearer);
    long_push.notification = Octets(300, 0x5A);
    const auto messages = messages_of(long_push);
    REQUIRE(messages);
    CHECK(messages->size() == 3);
    PushInbox inbox;
    std::optional<Octets> whole;
    for (const auto& one : *messages) {
      CHECK_FALSE(whole);
      const auto forward = forwarded(bearer, one, "+15550188");
      REQUIRE(forward);
      const auto message = delivered(bearer, *forward);
      CHECK_FALSE(message.error);
      const auto* from = message.find(bearer == SmsBearer::gsm ? "originator" : "originating_address");
      REQUIRE(from != nullptr);
      CHECK(from->text_or("number", "") == "15550188");
      whole = inbox.take(bearer, message, {});
    }
    REQUIRE(whole);
    CHECK(to_hex(*whole) == to_hex(long_push.notification));
  }
  CHECK(forwarded(SmsBearer::gsm, Octets{0x02}, "1").error().text() == "is no SMS-SUBMIT that can be read");
  CHECK(forwarded(SmsBearer::cdma, Octets{0x00}, "1").error().text() == "is no CDMA submit that can be read");
}

TEST_CASE("pushes for others do not reach the DM Client", "[sms]") {
  struct Row {
    const char* what;
    PushMessage push;
    Habit habit;
  };
  std::vector<Row> rows = {{"port", push(SmsBearer::gsm), Habit::checks_push_port},
                           {"type", push(SmsBearer::gsm), Habit::checks_content_type},
                           {"application", push(SmsBearer::gsm), Habit::checks_application_id}};
  rows[0].push.destination_port = 2949;
  rows[1].push.push = Value::Map{{"content_type", Value::Map{{"type", 0x4E}, {"form", "short"}}}};
  rows[2].push.push = Value::Map{
      {"headers", Value::List{Value::Map{{"header", "x-wap-application-id"}, {"value", 5}, {"form", "short"}}}}};
  for (auto& row : rows) {
    CAPTURE(row.what);
    row.push.from_card = false;
    const auto message = delivered(SmsBearer::gsm, messages_of(row.push)->front());
    PushInbox inbox;
    CHECK_FALSE(inbox.take(SmsBearer::gsm, message, {}));
    CHECK(inbox.take(SmsBearer::gsm, message, Habits({row.habit})));
  }
}

}  // namespace dmsc::peer
