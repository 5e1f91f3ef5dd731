// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/push_watch.hpp"

#include "runner/base/catch.hpp"
#include "runner/peer/session/push_message.hpp"

namespace dmsc::engine {
namespace {

using codec::SmsBearer;

// The notification of notification_watch_test.cpp for the nonce 01 02 03 04, behind the headers of a push: 48 octets.
const std::string notification = "ABBBA259A657DCA79B406AC8FBB5309D02D0000000123412636F6D2E6D676D747372762E6D616E616765";
const std::string push = "010603C4AF87" + notification;
// TP-MTI SUBMIT with TP-UDHI, reference, +15550177, PID 00, DCS 04. By hand from TS 23.040, 9.2.2.2.
const std::string head = "4100089151551077 0004";
const std::string ports = "05040B84C002";

std::string whole() {
  return head + "37 06" + ports + push;
}
/// Of two parts: 20 and 28 octets of the push.
std::string part(int number) {
  const auto piece = number == 1 ? push.substr(0, 40) : push.substr(40);
  return head + (number == 1 ? "20" : "28") + "0B" + ports + "00032A020" + std::to_string(number) + piece;
}

struct Rig {
  peer::Account account{"com.mgmtsrv.manage", "secret", {1, 2, 3, 4}, {9, 9}, "client", "", {}};
  PushWatch watch;

  explicit Rig(PushWatch::Sender sender = PushWatch::Sender::card) : watch(account, sender) {}

  std::vector<model::Event> see(std::string key, Value fields) {
    model::Event event;
    event.exchange = 17;
    event.at = model::Moment(42);
    event.key = std::move(key);
    event.fields = std::move(fields);
    return watch.observe(event);
  }
  std::vector<model::Event> ask(const std::string& hex, const char* object = "sms_tpdu") {
    return see("proactive.send_short_message",
               Value::Map{{"command_details", Value::Map{{"qualifier", 0}}}, {object, to_hex(*parse_hex(hex))}});
  }
  std::vector<model::Event> answer(const char* general = "performed") {
    return see("terminal_response.send_short_message", Value::Map{{"result", Value::Map{{"general", general}}}});
  }
};

std::string keys(const std::vector<model::Event>& events) {
  std::string out;
  for (const auto& event : events) out += (out.empty() ? "" : " ") + event.key;
  return out;
}

}  // namespace

TEST_CASE("a short message is an event when it is fetched, and a push when it was accepted", "[push]") {
  Rig rig;
  const auto asked = rig.ask(whole());
  REQUIRE(keys(asked) == "sms.submit");
  CHECK(asked[0].exchange == 17);
  CHECK(asked[0].at == model::Moment(42));
  CHECK(to_hex(asked[0].octets) == to_hex(*parse_hex(whole())));
  const auto& sent = asked[0].fields;
  CHECK(sent.text_or("bearer", "") == "3gpp");
  CHECK(sent.text_or("number", "") == "15550177");
  CHECK(sent.text_or("alphabet", "") == "octets");
  CHECK(sent.int_or("destination_port", 0) == 2948);
  CHECK(sent.int_or("source_port", 0) == 49154);
  CHECK(sent.int_or("payload_length", 0) == 48);
  CHECK_FALSE(sent.bool_or("packing", true));
  CHECK_FALSE(sent.bool_or("concatenated", true));
  CHECK(sent.find("malformed") == nullptr);
  CHECK(sent.find("anomaly") == nullptr);

  const auto taken = rig.answer();
  REQUIRE(keys(taken) == "wap.push dm.notification");
  CHECK(taken[0].fields.text_or("content_type", "") == "application/vnd.syncml.notification");
  CHECK(taken[0].fields.text_or("application_id_name_form", "") == "short");
  CHECK(taken[0].fields.int_or("application_id_place", 0) == 2);
  CHECK(taken[0].fields.int_or("header_octets", 0) == 13);
  CHECK(taken[0].fields.int_or("body_length", 0) == 42);
  CHECK(taken[1].fields.text_or("bearer", "") == "3gpp");
  CHECK(taken[1].fields.int_or("port", 0) == 2948);
  CHECK(taken[1].fields.bool_or("digest_valid", false));
  CHECK(keys(rig.answer()).empty());
}

TEST_CASE("what the terminal refuses is no part of a push", "[push]") {
  Rig rig;
  const auto* refused = GENERATE("network_unable", "sms_rp_error", "command_data_not_understood");
  CHECK(keys(rig.ask(whole())) == "sms.submit");
  CHECK(keys(rig.answer(refused)).empty());
  SECTION("nor is one that another command followed") {
    CHECK(keys(rig.ask(whole())) == "sms.submit");
    CHECK(keys(rig.see("proactive.more_time", Value::Map{})).empty());
    CHECK(keys(rig.answer()).empty());
  }
  SECTION("the next one is") {
    rig.ask(whole());
    CHECK(keys(rig.answer("performed_with_modification")) == "wap.push dm.notification");
  }
}

TEST_CASE("parts make a push in any order, until the card is reset", "[push]") {
  Rig rig;
  const bool in_order = GENERATE(true, false);
  const auto first = rig.ask(part(in_order ? 1 : 2));
  REQUIRE(keys(first) == "sms.submit");
  CHECK(first[0].fields.bool_or("concatenated", false));
  CHECK(first[0].fields.int_or("reference", 0) == 0x2A);
  CHECK(first[0].fields.int_or("total", 0) == 2);
  CHECK(first[0].fields.int_or("sequence", 0) == (in_order ? 1 : 2));
  CHECK(keys(rig.answer()).empty());
  SECTION("whole") {
    rig.ask(part(in_order ? 2 : 1));
    const auto taken = rig.answer();
    REQUIRE(keys(taken) == "wap.push dm.notification");
    CHECK(taken[0].fields.int_or("parts", 0) == 2);
    CHECK(taken[0].fields.bool_or("in_order", !in_order) == in_order);
    CHECK(taken[0].fields.int_or("header_octets", 0) == 18);
    CHECK(taken[1].fields.bool_or("digest_valid", false));
  }
  SECTION("reset") {
    rig.see("card.reset", Value::Map{});
    rig.ask(part(in_order ? 2 : 1));
    CHECK(keys(rig.answer()).empty());
  }
}

TEST_CASE("a message that cannot be read shows why, and its octets", "[push]") {
  Rig rig;
  const auto seen = rig.ask("4100089151");
  REQUIRE(keys(seen) == "sms.submit");
  CHECK_FALSE(seen[0].fields.text_or("malformed", "").empty());
  CHECK(to_hex(seen[0].octets) == "4100089151");
  CHECK(keys(rig.answer()).empty());
}

TEST_CASE("parts of a text are no push", "[push]") {
  Rig rig;
  // Octets "a" and "b" in two parts without ports.
  rig.ask(head + "07 05 0003010201 61");
  CHECK(keys(rig.answer()).empty());
  rig.ask(head + "07 05 0003010202 62");
  CHECK(keys(rig.answer()).empty());
}

TEST_CASE("what our own card asks for is a message and no push", "[push]") {
  Rig rig(PushWatch::Sender::us);
  CHECK(keys(rig.ask(whole())) == "sms.submit");
  CHECK(keys(rig.answer()).empty());
}

TEST_CASE("a push in CDMA messages", "[push]") {
  Rig rig;
  peer::PushMessage message;
  message.bearer = SmsBearer::cdma;
  message.notification = *parse_hex(notification);
  message.number = "+15550177";
  message.split.most = 20;
  const auto messages = *peer::messages_of(message);
  REQUIRE(messages.size() == 3);
  std::vector<model::Event> last;
  for (std::size_t at = 0; at < messages.size(); ++at) {
    CHECK(keys(last).empty());
    const auto asked = rig.ask(to_hex(messages[at]), "cdma_sms_tpdu");
    REQUIRE(keys(asked) == "sms.submit");
    CHECK(asked[0].fields.text_or("bearer", "") == "3gpp2");
    CHECK(asked[0].fields.text_or("encoding", "") == "octet");
    CHECK(asked[0].fields.text_or("submit_type", "") == "submit");
    CHECK(asked[0].fields.int_or("segment", 9) == static_cast<std::int64_t>(at));
    CHECK((asked[0].fields.find("duplicated_ports") != nullptr) == (at == 0));
    last = rig.answer();
  }
  REQUIRE(keys(last) == "wap.push dm.notification");
  CHECK(last[0].fields.int_or("parts", 0) == 3);
  CHECK(last[0].fields.int_or("header_octets", 0) == 13);
  CHECK(last[1].fields.text_or("bearer", "") == "3gpp2");
  CHECK(last[1].fields.bool_or("digest_valid", false));
}

}  // namespace dmsc::engine
