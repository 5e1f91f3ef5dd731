// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/notification_watch.hpp"

#include "runner/base/catch.hpp"

namespace dmsc::engine {
namespace {

// The trigger of DM Notification 1.2.1's worked example: version 1.1, background, session 1234, "com.mgmtsrv.manage"
const std::string trigger = "02D0000000123412636F6D2E6D676D747372762E6D616E616765";
// Digests of it for the secret "secret"; how they came about stands in codec/package0_test.cpp
constexpr const char* of_nonce = "ABBBA259A657DCA79B406AC8FBB5309D";        // 01 02 03 04
constexpr const char* of_zero_octets = "4E94C58C36A8C50AABCDBE0C296B2BA7";  // 00 00 00 00
constexpr const char* of_zero_text = "ED2BE65E9E73D7DC3826B3141EDF462F";    // "0x00000000"
constexpr const char* of_nothing = "DDD31BADEA77457E951772C1A22FCCE3";      // no nonce at all
const std::string notification = of_nonce + trigger;

model::Event event(std::string key, Value fields) {
  model::Event out;
  out.exchange = 17;
  out.at = model::Moment(42);
  out.key = std::move(key);
  out.fields = std::move(fields);
  return out;
}

Value result(const char* general) {
  return Value::Map{{"result", Value::Map{{"general", general}}}};
}

struct Rig {
  peer::Account account{"com.mgmtsrv.manage", "secret", {1, 2, 3, 4}, {9, 9}, "client", "", {}};
  NotificationWatch watch;

  explicit Rig(NotificationWatch::Sender sender = NotificationWatch::Sender::card) : watch(account, sender) {}

  /// OPEN CHANNEL and its response; neither is a notification.
  void open(int channel, int port, const char* mode = "terminal_server", const char* general = "performed",
            const char* protocol = "udp_local") {
    CHECK_FALSE(watch.observe(
        event("proactive.open_channel",
              Value::Map{{"mode", mode}, {"transport_level", Value::Map{{"protocol", protocol}, {"port", port}}}})));
    auto response = result(general);
    response["channel_status"] = Value::Map{{"channel", channel}};
    CHECK_FALSE(watch.observe(event("terminal_response.open_channel", response)));
  }

  static Value to(int channel) {
    return Value::Map{{"source", "uicc"}, {"destination", "channel_" + std::to_string(channel)}};
  }

  /// SEND DATA and its response.
  std::optional<model::Event> send(int channel, const std::string& hex, bool immediately = true,
                                   const char* general = "performed") {
    CHECK_FALSE(watch.observe(
        event("proactive.send_data", Value::Map{{"command_details", Value::Map{{"qualifier", immediately ? 1 : 0}}},
                                                {"device_identities", to(channel)},
                                                {"channel_data", hex}})));
    return watch.observe(event("terminal_response.send_data", result(general)));
  }

  void close(int channel) {
    CHECK_FALSE(watch.observe(event("proactive.close_channel", Value::Map{{"device_identities", to(channel)}})));
    CHECK_FALSE(watch.observe(event("terminal_response.close_channel", result("performed"))));
  }
};

}  // namespace

TEST_CASE("what is sent to a local port is a notification", "[notification]") {
  Rig rig;
  rig.open(1, 32769);
  const auto seen = rig.send(1, notification);
  REQUIRE(seen);
  CHECK(seen->key == "dm.notification");
  CHECK(seen->exchange == 17);
  CHECK(seen->at == model::Moment(42));
  CHECK(to_hex(seen->octets) == notification);
  const Value expected = Value::Map{{"digest", of_nonce},
                                    {"version", 11},
                                    {"ui_mode", "background"},
                                    {"initiator", "client"},
                                    {"future_use", 0},
                                    {"session_id", 0x1234},
                                    {"server_id", "com.mgmtsrv.manage"},
                                    {"vendor_specific", ""},
                                    {"length", 42},
                                    {"session_text", "1234"},
                                    {"digest_valid", true},
                                    {"digest_reading", "stored"},
                                    {"bearer", "channel"},
                                    {"channel", 1},
                                    {"channel_name", "channel_1"},
                                    {"port", 32769},
                                    {"protocol", "udp_local"},
                                    {"parts", 1}};
  CHECK(seen->fields == expected);
  REQUIRE(seen->decoded != nullptr);
  CHECK(seen->decoded->key == "notification");
}

TEST_CASE("pieces are put together until one is sent at once", "[notification]") {
  Rig rig;
  rig.open(1, 32769);
  CHECK_FALSE(rig.send(1, notification.substr(0, 20), false));
  CHECK_FALSE(rig.send(1, notification.substr(20, 40), false));
  const auto seen = rig.send(1, notification.substr(60));
  REQUIRE(seen);
  CHECK(to_hex(seen->octets) == notification);
  CHECK(seen->fields.int_or("parts", 0) == 3);
  CHECK(seen->fields.bool_or("digest_valid", false));
  const auto second = rig.send(1, notification);
  REQUIRE(second);
  CHECK(to_hex(second->octets) == notification);
  CHECK(second->fields.int_or("parts", 0) == 1);
}

TEST_CASE("channels do not mix", "[notification]") {
  Rig rig;
  rig.open(1, 32769);
  rig.open(2, 40000);
  CHECK_FALSE(rig.send(1, notification.substr(0, 20), false));
  const auto other = rig.send(2, notification);
  REQUIRE(other);
  CHECK(other->fields.int_or("port", 0) == 40000);
  CHECK(other->fields.int_or("channel", 0) == 2);
  CHECK(to_hex(other->octets) == notification);
  const auto first = rig.send(1, notification.substr(20));
  REQUIRE(first);
  CHECK(first->fields.int_or("port", 0) == 32769);
  CHECK(to_hex(first->octets) == notification);
}

TEST_CASE("a refused SEND DATA sent nothing", "[notification]") {
  Rig rig;
  rig.open(1, 32769);
  CHECK_FALSE(rig.send(1, notification.substr(0, 20), false));
  CHECK_FALSE(rig.send(1, "FFFF", true, "bip_error"));
  CHECK_FALSE(rig.send(1, "FFFF", true, "terminal_unable"));
  CHECK_FALSE(rig.send(1, "FFFF", true, "no such result"));
  const auto seen = rig.send(1, notification.substr(20), true, "performed_partial_comprehension");
  REQUIRE(seen);
  CHECK(to_hex(seen->octets) == notification);
  CHECK(seen->fields.int_or("parts", 0) == 2);
}

TEST_CASE("over TCP the pieces are one stream", "[notification]") {
  Rig rig;
  rig.open(2, 32769, "terminal_server", "performed", "tcp_local");
  CHECK_FALSE(rig.send(2, notification.substr(0, 40)));
  const auto whole = rig.send(2, notification.substr(40));
  REQUIRE(whole);
  CHECK(to_hex(whole->octets) == notification);
  CHECK(whole->fields.int_or("parts", 0) == 2);
  CHECK(whole->fields.text_or("channel_name", "") == "channel_2");
  CHECK_FALSE(rig.send(2, notification.substr(0, 40)));
  const Value close = Value::Map{{"device_identities", Rig::to(2)}};
  CHECK_FALSE(rig.watch.observe(event("proactive.close_channel", close)));
  const auto cut = rig.watch.observe(event("terminal_response.close_channel", result("performed")));
  REQUIRE(cut);
  CHECK(cut->fields.find("malformed") != nullptr);
  CHECK(cut->fields.int_or("length", 0) == 20);
}

TEST_CASE("a channel whose CLOSE was refused is still there", "[notification]") {
  Rig rig;
  rig.open(1, 32769);
  CHECK_FALSE(rig.watch.observe(event("proactive.close_channel", Value::Map{{"device_identities", Rig::to(1)}})));
  CHECK_FALSE(rig.watch.observe(event("terminal_response.close_channel", result("bip_error"))));
  CHECK(rig.send(1, notification));
}

TEST_CASE("what was stored is lost when the channel closes", "[notification]") {
  Rig rig;
  rig.open(1, 32769);
  CHECK_FALSE(rig.send(1, "FFFF", false));
  rig.close(1);
  CHECK_FALSE(rig.send(1, notification));  // nobody has that channel
  rig.open(1, 32770);
  const auto seen = rig.send(1, notification);
  REQUIRE(seen);
  CHECK(to_hex(seen->octets) == notification);
  CHECK(seen->fields.int_or("port", 0) == 32770);
  CHECK(seen->fields.int_or("parts", 0) == 1);
}

TEST_CASE("a reset forgets the channels", "[notification]") {
  Rig rig;
  rig.open(1, 32769);
  SECTION("of the card") {
    CHECK_FALSE(rig.watch.observe(event("card.reset", Value::Map{{"atr", "3B00"}})));
  }
  SECTION("of the watch") {
    rig.watch.reset();
  }
  CHECK_FALSE(rig.send(1, notification));
}

TEST_CASE("only open local channels are watched", "[notification]") {
  Rig rig;
  SECTION("not those on which the card serves") {
    rig.open(1, 4116, "uicc_server");
  }
  SECTION("not those that were refused") {
    rig.open(1, 32769, "terminal_server", "bip_error");
  }
  SECTION("not another channel than the one that is open") {
    rig.open(2, 32769);
  }
  CHECK_FALSE(rig.send(1, notification));
}

TEST_CASE("a channel opened with modification is watched", "[notification]") {
  Rig rig;
  rig.open(1, 32769, "terminal_server", "performed_with_modification");
  CHECK(rig.send(1, notification));
}

TEST_CASE("what is no notification is told as it is", "[notification]") {
  Rig rig;
  rig.open(1, 32769);
  const auto cut = rig.send(1, notification.substr(0, 82));
  REQUIRE(cut);
  const Value expected = Value::Map{{"malformed", "length-identifier says 18 octets, 17 are left at offset 41"},
                                    {"length", 41},
                                    {"bearer", "channel"},
                                    {"channel", 1},
                                    {"channel_name", "channel_1"},
                                    {"port", 32769},
                                    {"protocol", "udp_local"},
                                    {"parts", 1}};
  CHECK(cut->fields == expected);
  CHECK(cut->decoded == nullptr);
  const auto empty = rig.send(1, "");
  REQUIRE(empty);
  CHECK(empty->fields.text_or("malformed", "") == "a notification has at least 24 octets at offset 0");
  CHECK(empty->octets.empty());
}

TEST_CASE("the session id as SyncML writes it", "[notification]") {
  struct Row {
    const char* octets;
    const char* text;
  };
  const auto row = GENERATE(
      values<Row>({{"1234", "1234"}, {"0001", "1"}, {"00A0", "A0"}, {"FFFF", "FFFF"}, {"0F00", "F00"}, {"0000", "0"}}));
  CAPTURE(row.octets);
  Rig rig;
  rig.open(1, 32769);
  const auto seen = rig.send(1, of_nonce + ("02D0000000" + std::string(row.octets)) + "0141");
  REQUIRE(seen);
  CHECK(seen->fields.text_or("session_text", "") == row.text);
  CHECK_FALSE(seen->fields.bool_or("digest_valid", true));
}

TEST_CASE("the digest says which nonce the card used", "[notification]") {
  struct Row {
    const char* digest;
    Octets nonce;
    Octets last;
    const char* reading;
  };
  const auto row = GENERATE(values<Row>({
      {of_nonce, {1, 2, 3, 4}, {9, 9}, "stored"},
      {of_nonce, {9, 9}, {1, 2, 3, 4}, "previous"},
      {of_nonce, {1, 2, 3, 4}, {1, 2, 3, 4}, "stored"},
      {of_zero_octets, {1, 2, 3, 4}, {9, 9}, "zero_octets"},
      {of_zero_text, {1, 2, 3, 4}, {9, 9}, "zero_text"},
      {of_nothing, {1, 2, 3, 4}, {9, 9}, "none"},
      {of_nothing, {}, {9, 9}, "stored"},
      {of_nonce, {9, 9}, {8, 8}, "none"},
  }));
  CAPTURE(row.digest, row.reading);
  Rig rig;
  rig.account.server_nonce = row.nonce;
  rig.account.last_server_nonce = row.last;
  rig.open(1, 32769);
  const auto seen = rig.send(1, row.digest + trigger);
  REQUIRE(seen);
  CHECK(seen->fields.text_or("digest_reading", "") == row.reading);
  CHECK(seen->fields.bool_or("digest_valid", false) == (row.reading != std::string("none")));
}

TEST_CASE("a nonce that nothing confirmed leaves a digest undecided that it does not explain", "[notification]") {
  Rig rig;
  rig.account.confirmed = false;
  rig.open(1, 32769);
  const auto stored = rig.send(1, of_nonce + trigger);
  REQUIRE(stored);
  CHECK(*stored->fields.find("digest_valid") == Value(true));
  CHECK(stored->fields.text_or("digest_reading", "") == "stored");
  const auto other = rig.send(1, of_nothing + trigger);
  REQUIRE(other);
  CHECK(other->fields.text_or("digest_valid", "") == "unconfirmed_nonce");
  CHECK(other->fields.text_or("digest_reading", "") == "unconfirmed_nonce");
}

TEST_CASE("before the first session there is no previous nonce", "[notification]") {
  Rig rig;
  rig.account.last_server_nonce.clear();
  rig.open(1, 32769);
  const auto seen = rig.send(1, of_nothing + trigger);
  REQUIRE(seen);
  CHECK(seen->fields.text_or("digest_reading", "") == "none");
  CHECK_FALSE(seen->fields.bool_or("digest_valid", true));
}

TEST_CASE("what we send counts as the device fetches it", "[notification]") {
  Rig rig(NotificationWatch::Sender::us);
  rig.open(1, 32769);
  const auto send = [&](const std::string& hex, int qualifier) {
    return rig.watch.observe(
        event("proactive.send_data", Value::Map{{"command_details", Value::Map{{"qualifier", qualifier}}},
                                                {"device_identities", Rig::to(1)},
                                                {"channel_data", hex}}));
  };
  const auto respond = [&](const char* general) {
    return rig.watch.observe(event("terminal_response.send_data", result(general)));
  };
  SECTION("at the command, not once more at its response") {
    const auto seen = send(notification, 1);
    REQUIRE(seen);
    CHECK(to_hex(seen->octets) == notification);
    CHECK(seen->fields.bool_or("digest_valid", false));
    CHECK_FALSE(respond("performed"));
  }
  SECTION("whatever the response is") {
    CHECK(send(notification, 1));
    CHECK_FALSE(respond("bip_error"));
    CHECK(send(notification, 1));
  }
  SECTION("in pieces, with the last") {
    CHECK_FALSE(send(notification.substr(0, 20), 0));
    CHECK_FALSE(respond("performed"));
    const auto seen = send(notification.substr(20), 1);
    REQUIRE(seen);
    CHECK(to_hex(seen->octets) == notification);
    CHECK(seen->fields.int_or("parts", 0) == 2);
  }
  SECTION("on a channel that is open") {
    rig.close(1);
    CHECK_FALSE(send(notification, 1));
  }
  SECTION("with the nonce that holds at that moment") {
    rig.account.server_nonce = {0, 0, 0, 0};
    const auto seen = send(of_zero_octets + trigger, 1);
    REQUIRE(seen);
    CHECK(seen->fields.text_or("digest_reading", "") == "stored");
  }
}

TEST_CASE("what is stored has a bound", "[notification]") {
  Rig rig;
  rig.open(1, 32769);
  const std::string piece(2 * 250, 'A');
  for (int i = 0; i < 300; ++i) rig.send(1, piece, false);
  const auto seen = rig.send(1, "");
  REQUIRE(seen);
  CHECK(seen->octets.size() <= 65536);
  CHECK(seen->octets.size() > 65000);
  CHECK(seen->fields.int_or("parts", 0) == 301);
}

TEST_CASE("events without the fields they need do no harm", "[notification]") {
  Rig rig;
  for (const auto& fields : {Value{}, Value(Value::Map{}), Value("text"), result("performed"),
                             Value(Value::Map{{"mode", "terminal_server"}})}) {
    for (const auto* key :
         {"proactive.open_channel", "terminal_response.open_channel", "proactive.send_data",
          "terminal_response.send_data", "proactive.close_channel", "terminal_response.close_channel"}) {
      CHECK_FALSE(rig.watch.observe(event(key, fields)));
    }
  }
  rig.open(1, 32769);
  CHECK_FALSE(rig.watch.observe(event("proactive.send_data", Value::Map{{"device_identities", Rig::to(1)}})));
  CHECK_FALSE(rig.watch.observe(event("terminal_response.send_data", result("performed"))));  // no qualifier: stored
  const auto seen = rig.send(1, "no hexadecimal");
  REQUIRE(seen);
  CHECK(seen->octets.empty());
}

}  // namespace dmsc::engine
