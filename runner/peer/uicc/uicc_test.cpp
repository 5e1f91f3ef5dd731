// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/uicc/uicc.hpp"

#include <random>
#include <utility>

#include "runner/base/catch.hpp"
#include "runner/codec/cat/message.hpp"
#include "runner/codec/dm/credentials.hpp"
#include "runner/codec/dm/package0.hpp"

namespace dmsc::peer {
namespace {

Personality personality(std::set<std::string> wake_ups) {
  Personality self;
  self.name = "test";
  self.atr = {0x3B, 0x00};
  self.wake_ups = std::move(wake_ups);
  self.customer_care_number = "15550100";
  self.home_plmn = "00101";
  self.server_id = "srv";
  self.server_secret = "secret";
  self.server_nonce = {0, 0, 0, 0};
  self.status_count = 2;
  return self;
}

// Facilities worked out by hand from cat.md 5: 1.1 1.6 | 2.2 | 3.6 3.7 | 5.1 5.5 | 8.1 8.2 | 12.1-5 | 13.6-8 | 17.3-5
// | 30.3
constexpr const char* profile = "801000001E 2102600011000003000000 1FE00000001C 000000000000000000000000 04";
constexpr const char* registry = "80C2000017 DC15 82028281 710D80010407444D20436C69656E74 7000";

std::string send(Uicc& card, const std::string& hex) {
  const auto answer = card.command(*parse_hex(hex));
  REQUIRE(answer);
  return to_hex(*answer);
}

/// FETCHes what a status word announces and returns the command.
std::string fetch(Uicc& card, const std::string& status) {
  REQUIRE(status.substr(status.size() - 4, 2) == "91");
  const auto fetched = send(card, "80120000" + status.substr(status.size() - 2));
  REQUIRE(fetched.substr(fetched.size() - 4) == "9000");
  return fetched.substr(0, fetched.size() - 4);
}

/// Answers commands with "performed" until nothing is announced; returns their types in order.
std::string run_dry(Uicc& card, std::string status) {
  std::string types;
  while (status.substr(status.size() - 4, 2) == "91") {
    const auto command = fetch(card, status);
    const auto at = command.find("8103") + 4;
    const auto details = command.substr(at, 6);
    types += details.substr(2, 2) + " ";
    const std::string more = details.substr(2, 2) == "40" ? "38028100" : "";
    const std::string body = "8103" + details + "82028281" + "830100" + more;
    status = send(card, "80140000" + hex_number(body.size() / 2, 2) + body);
  }
  CHECK(status == "9000");
  return types;
}

}  // namespace

TEST_CASE("a normal ending announces a command until it is fetched, an error does not", "[uicc]") {
  // ETSI TS 102 268, cre_pcs_igco
  Uicc card(personality({"status"}));
  CHECK(to_hex(card.power_on()) == "3B00");
  CHECK(send(card, "00A4000C023F00") == "9000");
  const auto status = send(card, profile);
  CHECK(status == "910F");
  CHECK(send(card, "00A4000C023F00") == "910F");
  CHECK(send(card, "00A4000C026F99") == "6A82");
  CHECK(send(card, "80F2000C00") == "910F");
  CHECK(fetch(card, status) == "D00D8103010300820281828402011E");
  CHECK(send(card, "00A4000C023F00") == "9000");
  CHECK(send(card, "8014000010 8103010300 82028281 830100 8402011E") == "9000");
}

TEST_CASE("the second command waits for the terminal response of the first", "[uicc]") {
  Uicc card(personality({"status", "location", "timer"}));
  card.power_on();
  CHECK(run_dry(card, send(card, profile)) == "03 05 27 ");
}

TEST_CASE("FETCH answers 6CXX for another length and 6985 when nothing waits", "[uicc]") {
  Uicc card(personality({"status"}));
  card.power_on();
  CHECK(send(card, "8012000010") == "6985");
  CHECK(send(card, profile) == "910F");
  CHECK(send(card, "8012000010") == "6C0F");
  CHECK(send(card, "801200000F").size() == 34);
}

TEST_CASE("response data wait for GET RESPONSE on T=0 and keep the announcement for it", "[uicc]") {
  Uicc card(personality({"call"}));
  card.power_on();
  CHECK(send(card, "00A40004023F00") == "611D");
  CHECK(send(card, "00C0000010") == "6C1D");
  CHECK(send(card, "00C000001D") == "621B8202782183023F00A5038001718A0105C6099001008301018301819000");
  send(card, profile);
  send(card, registry);
  // Call control for 15550100: allowed, and the trigger is announced behind the data
  CHECK(send(card, "80C200000D D40B 82028281 86058151551000") == "6102");
  const auto answer = send(card, "00C0000002");
  CHECK(answer.substr(0, 6) == "000091");
  CHECK(run_dry(card, answer) == "40 43 41 ");
}

TEST_CASE("each wake-up of the personality ends in a trigger to the registered port", "[uicc]") {
  const auto trigger = "40 43 41 ";
  SECTION("power on, once the DM Client has registered") {
    Uicc card(personality({"power_on"}));
    card.power_on();
    CHECK(send(card, profile) == "9000");
    CHECK(run_dry(card, send(card, registry)) == trigger);
  }
  SECTION("timer") {
    Uicc card(personality({"timer"}));
    card.power_on();
    CHECK(run_dry(card, send(card, profile)) == "27 ");
    CHECK(send(card, registry) == "9000");
    CHECK(run_dry(card, send(card, "80C200000E D70C 82028281 A40101 A503001000")) == std::string("27 ") + trigger);
    CHECK(send(card, "80C200000E D70C 82028281 A40102 A503001000") == "9000");
  }
  SECTION("every second STATUS") {
    Uicc card(personality({"status"}));
    card.power_on();
    CHECK(run_dry(card, send(card, profile)) == "03 ");
    CHECK(send(card, registry) == "9000");
    CHECK(send(card, "80F2000C") == "9000");
    CHECK(send(card, "80F2000001") == "6C1D");  // does not count: its length is wrong
    CHECK(run_dry(card, send(card, "80F2000C")) == trigger);
    CHECK(send(card, "80F2000C") == "9000");
  }
  SECTION("location: entering roaming, not staying, not home") {
    Uicc card(personality({"location"}));
    card.power_on();
    CHECK(run_dry(card, send(card, profile)) == "05 ");
    CHECK(send(card, registry) == "9000");
    CHECK(send(card, "80C2000015 D613 990103 82028281 1B0100 130700F11000010001") == "9000");
    CHECK(run_dry(card, send(card, "80C2000015 D613 990103 82028281 1B0100 130700F21000010001")) == trigger);
    CHECK(send(card, "80C2000015 D613 990103 82028281 1B0100 130700F21000010002") == "9000");
  }
}

TEST_CASE("a request for the event path of the web server wakes the card up", "[uicc]") {
  auto self = personality({"scws"});
  self.scws_event_path = "/wake";
  Uicc card(self);
  card.power_on();
  CHECK(run_dry(card, send(card, profile)).empty());
  CHECK(send(card, registry) == "9000");
  const auto ask = [&](const std::string& path) {
    const auto connection = card.scws().connect(false).value();
    const auto request = "GET " + path + " HTTP/1.1\r\nHost: localuicc\r\n\r\n";
    card.scws().on_data(connection, Octets(request.begin(), request.end()));
    card.scws().disconnect(connection);
  };
  ask("/");
  CHECK(send(card, "00A4000C023F00") == "9000");
  ask("/wake");
  CHECK(run_dry(card, send(card, "00A4000C023F00")) == "40 43 41 ");
}

TEST_CASE("nothing is asked for that the profile does not claim", "[uicc]") {
  Uicc card(personality({"power_on", "timer", "status", "location"}));
  card.power_on();
  CHECK(send(card, "8010000001 01") == "9000");
  CHECK(send(card, registry) == "9000");
}

TEST_CASE("a trigger that the terminal refuses ends, and the next wake-up triggers again", "[uicc]") {
  Uicc card(personality({"status"}));
  card.power_on();
  CHECK(run_dry(card, send(card, profile)) == "03 ");
  send(card, registry);
  send(card, "80F2000C");
  const auto open = fetch(card, send(card, "80F2000C"));
  CHECK(open.substr(4, 10) == "8103024000");  // the second command of this card
  CHECK(send(card, "801400000D 8103024000 82028281 83023A10") == "9000");
  send(card, "80F2000C");
  CHECK(run_dry(card, send(card, "80F2000C")) == "40 43 41 ");
}

TEST_CASE("the data of the trigger are one General Package#0 of the DM_SC Server", "[uicc]") {
  Uicc card(personality({"power_on"}));
  card.power_on();
  send(card, profile);
  auto status = send(card, registry);
  fetch(card, status);
  status = send(card, "8014000010 8103014000 82028281 830100 38028100");
  const auto sent = codec::decode_proactive(*parse_hex(fetch(card, status)));
  REQUIRE(sent.key == "send_data");
  const auto members = sent.value();
  CHECK(members.at_path("device_identities.destination")->as_string() == "channel_1");
  const auto data = *parse_hex(members.text_or("channel_data", ""));
  const auto package = codec::read_package0(data);
  REQUIRE(package);
  CHECK(package->version == 11);
  CHECK(package->server_id == "srv");
  CHECK(package->session_id == 1);
  CHECK(package->future_use == 0);
  CHECK(package->digest == codec::notification_digest(ByteView(data).subspan(16), "srv", "secret", Octets{0, 0, 0, 0}));
}

TEST_CASE("unknown instructions, classes and files are refused by status word", "[uicc]") {
  Uicc card(personality({}));
  card.power_on();
  CHECK(send(card, "80FF0000") == "6D00");
  CHECK(send(card, "A0A40000023F00") == "6E00");
  CHECK(send(card, "00A4000C027FFF") == "6A82");
  CHECK(send(card, "00A4040C07A0000000871002") == "9000");
  CHECK(send(card, "80F2000100") == "6C0F");
  CHECK(send(card, "80F200010F") == "840DA0000000871002FF44FF12FF899000");
  CHECK(send(card, "80F20700") == "6A86");
  CHECK(send(card, "8010000000") == "6700");
  CHECK(send(card, "80C2000002D600") == "6A80");
  CHECK(send(card, "8014000002 8103") == "6A80");
  CHECK(send(card, "801400000C 8103014000 82028281 830100") == "6985");
}

TEST_CASE("a tamper sees each outgoing message and may change or swallow it", "[uicc]") {
  std::vector<std::string> seen;
  Uicc card(personality({"status"}), [&](Outgoing& out) {
    seen.push_back(out.key);
    if (out.key == "proactive.poll_interval") out.copies = 0;
    if (out.key == "response.status") out.members["sw"] = "6F00";
  });
  card.power_on();
  CHECK(send(card, profile) == "9000");
  CHECK(send(card, "80F2000C") == "6F00");
  CHECK(seen == std::vector<std::string>{"proactive.poll_interval", "response.terminal_profile", "response.status"});
}

TEST_CASE("a script's requests follow each TERMINAL PROFILE that claims them", "[uicc]") {
  auto self = personality({});
  self.requests = {{"more_time", Value::Map{}},  // 3.4, which the profile does not claim
                   {"polling_off", Value::Map{}},
                   {"set_up_event_list", Value::Map{{"event_list", Value::List{"idle_screen"}}}}};
  Uicc card(self);
  card.power_on();
  CHECK(run_dry(card, send(card, profile)) == "04 05 ");
  CHECK(run_dry(card, send(card, profile)) == "04 05 ");
  CHECK(run_dry(card, send(card, "8010000003 210208")) == "02 ");
  card.reset();
  card.personality().requests.pop_back();
  CHECK(run_dry(card, send(card, profile)) == "04 ");
}

TEST_CASE("a script's commands stand in the queue beside the card's", "[uicc]") {
  Uicc card(personality({"status"}));
  card.power_on();
  const auto status = send(card, profile);
  card.toolkit().queue("more_time", "", Value::Map{});
  CHECK(run_dry(card, status) == "03 02 ");
  card.toolkit().queue("polling_off", "", Value::Map{});
  CHECK(run_dry(card, send(card, "00A4000C023F00")) == "04 ");
  card.toolkit().queue("polling_off", "", Value::Map{});
  card.reset();
  CHECK(send(card, "00A4000C023F00") == "9000");
}

TEST_CASE("an account can be handed on to another card", "[uicc]") {
  Uicc first(personality({}));
  CHECK(first.account().server_nonce == Octets{0, 0, 0, 0});
  first.account().server_nonce = {1, 2};
  first.account().session_id = 7;
  first.power_on();
  CHECK(first.account().server_nonce == Octets{1, 2});  // nonces live on without power
  Uicc second(personality({}));
  second.account() = first.account();
  second.power_on();
  CHECK(second.account().server_nonce == Octets{1, 2});
  CHECK(second.account().session_id == 7);
}

TEST_CASE("the DM Client's port is known once it registered", "[uicc]") {
  Uicc card(personality({}));
  card.power_on();
  send(card, profile);
  CHECK_FALSE(card.server().client_port());
  send(card, registry);
  CHECK(card.server().client_port() == 32769);
  card.reset();
  CHECK_FALSE(card.server().client_port());
}

TEST_CASE("clients of the web server over BIP come, are told of, and are let go", "[uicc]") {
  std::string told;
  auto self = personality({});
  self.http_channels = 1;
  Uicc card(self, {}, [&](const Fact& fact) { told += fact.key + " " + fact.fields.text_or("road", "") + "; "; });
  card.power_on();
  CHECK_FALSE(card.listens());
  card.drop_clients();  // there are none
  CHECK(run_dry(card, send(card, profile)) == "40 ");
  CHECK(card.listens());
  card.drop_clients();
  CHECK(send(card, "00A4000C023F00") == "9000");  // a channel that only listens stays
  const auto* established = "80C200000D D60B 99010A 82028281 38028100";
  CHECK(send(card, established) == "9000");
  CHECK(told == "stream.opened bip; ");
  CHECK(card.listens());
  card.drop_clients();
  CHECK(told == "stream.opened bip; stream.closed bip; ");
  const auto close = fetch(card, send(card, "00A4000C023F00"));
  CHECK(close == "D009810302410182028121");
  CHECK(send(card, "801400000C 8103024101 82028281 830100") == "9000");
  CHECK(card.listens());
  CHECK(send(card, established) == "9000");
  CHECK(told == "stream.opened bip; stream.closed bip; stream.opened bip; ");
  card.reset();
  CHECK_FALSE(card.listens());
}

TEST_CASE("a card that was refused its channel does not listen", "[uicc]") {
  auto self = personality({});
  self.http_channels = 1;
  Uicc card(self);
  card.power_on();
  fetch(card, send(card, profile));
  CHECK(send(card, "801400000D 8103014000 82028281 83023A10") == "9000");
  CHECK_FALSE(card.listens());
}

TEST_CASE("random commands never stop the card", "[uicc]") {
  std::mt19937 random(1);
  auto self = personality({"power_on", "timer", "status", "call", "location", "scws"});
  self.http_channels = GENERATE(0, 2);
  Uicc card(self);
  card.power_on();
  constexpr std::uint8_t instructions[] = {0xA4, 0xF2, 0x10, 0xC2, 0x12, 0x14, 0xC0, 0xFF};
  const auto registered = *parse_hex(registry);
  for (int round = 0; round < 20000; ++round) {
    Octets command = round % 7 == 0 ? registered : Octets{0x80, instructions[random() % 8], 0, 0};
    if (round % 7 != 0) {
      const auto size = random() % 40;
      if (size > 0) command.push_back(static_cast<std::uint8_t>(size));
      for (std::size_t at = 0; at < size; ++at) command.push_back(static_cast<std::uint8_t>(random()));
      if (random() % 3 == 0 && size > 4) command[5] = static_cast<std::uint8_t>(0xD0 + random() % 16);
    }
    if (random() % 4 == 0) command[random() % command.size()] = static_cast<std::uint8_t>(random());
    const auto answer = card.command(command);
    REQUIRE(answer);
    REQUIRE(answer->size() >= 2);
    REQUIRE(answer->size() <= 258);
  }
}

TEST_CASE("a DM Client that any envelope names is known, and stays known", "[uicc]") {
  Uicc card(personality({}));
  card.power_on();
  send(card, profile);
  const auto last = [&] { return card.server().last_client_port(); };
  CHECK_FALSE(last());
  send(card, "80C2000016 DC14 82028281 710C8002040157656220417070 7000");  // port 32770, type 01
  CHECK_FALSE(last());
  send(card, "80C2000015 DC13 82028281 710D80010407444D20436C69656E74");  // more to come
  CHECK(last() == 0x8001);
  CHECK(card.server().client_port() == 0x8001);
  send(card, "80C2000015 DC13 82028281 710D80030407444D20436C69656E74");  // it moved
  CHECK(last() == 0x8003);
  send(card, "80C2000016 DC14 82028281 710C8002040157656220417070 7000");
  CHECK(last() == 0x8003);
  card.reset();
  CHECK_FALSE(last());
}

TEST_CASE("a notification can be spoilt after one kind of wake-up", "[uicc]") {
  std::string woken;
  Uicc card(personality({"power_on", "status"}), [&](Outgoing& out) {
    if (out.key != "dm.notification") return;
    woken += out.members.text_or("wake_up", "") + " ";
    if (out.members.text_or("wake_up", "") == "status") out.members["hex"] = "68656C6C6F";
  });
  card.power_on();
  send(card, profile);
  const auto data = [&](std::string status) {
    std::string seen;
    while (status.substr(status.size() - 4, 2) == "91") {
      const auto command = codec::decode_proactive(*parse_hex(fetch(card, status)));
      if (command.key == "send_data") seen = command.value().text_or("channel_data", "");
      const auto details = to_hex(command.fields.at(0).octets);
      const std::string body = details + "82028281830100" + (command.key == "open_channel" ? "38028100" : "");
      status = send(card, "80140000" + hex_number(body.size() / 2, 2) + body);
    }
    return seen;
  };
  CHECK(data(send(card, registry)).size() > 40);
  send(card, "80F2000C");
  CHECK(data(send(card, "80F2000C")) == "68656C6C6F");
  CHECK(woken == "power_on status ");
}

TEST_CASE("session ids begin where the personality says, and leave out 0", "[uicc]") {
  auto self = personality({"power_on"});
  self.first_session_id = 0xFFFF;
  std::vector<std::int64_t> ids;
  Uicc card(self, [&](Outgoing& out) {
    if (out.key == "dm.notification") ids.push_back(out.members.int_or("session_id", -1));
  });
  for (int round = 0; round < 3; ++round) {
    card.power_on();
    send(card, profile);
    run_dry(card, send(card, registry));
  }
  CHECK(ids == std::vector<std::int64_t>{0xFFFF, 1, 2});
}

TEST_CASE("a defect may make a message the last that is listened to", "[uicc]") {
  const auto deaf_after = [](std::string key) {
    return [key = std::move(key)](Outgoing& message) { message.deafens = message.key == key; };
  };
  for (const char* key : {"received.terminal_response.open_channel", "received.envelope.terminal_applications"}) {
    CAPTURE(key);
    Uicc card(personality({"status"}), deaf_after(key));
    card.power_on();
    run_dry(card, send(card, profile));
    const auto first = run_dry(card, send(card, registry));
    send(card, "80F2000C00");
    const auto trigger = run_dry(card, send(card, "80F2000C00"));
    CHECK(trigger == (std::string(key).ends_with("open_channel") ? "40 43 41 " : ""));
    send(card, "80F2000C00");
    CHECK(run_dry(card, send(card, "80F2000C00")).empty());
  }
}

TEST_CASE("a defect may lose a message, and those behind it are heard", "[uicc]") {
  bool lost = false;
  Uicc card(personality({"status"}), [&lost](Outgoing& message) {
    if (message.key == "received.envelope.terminal_applications" && !std::exchange(lost, true)) message.copies = 0;
  });
  card.power_on();
  run_dry(card, send(card, profile));
  send(card, registry);
  CHECK(lost);
  CHECK(run_dry(card, send(card, "80F2000C00")).empty());
  run_dry(card, send(card, registry));
  send(card, "80F2000C00");
  CHECK(run_dry(card, send(card, "80F2000C00")) == "40 43 41 ");
}

TEST_CASE("without a channel in the profile none is asked for", "[uicc]") {
  auto self = personality({"status"});
  self.https_channels = 1;
  Uicc card(self);
  card.power_on();
  const std::string without = "801000001E 2102600011000003000000 1F00000000 1C 000000000000000000000000 04";
  CHECK(run_dry(card, send(card, without)).find("40") == std::string::npos);
  send(card, registry);
  send(card, "80F2000C00");
  CHECK(run_dry(card, send(card, "80F2000C00")).empty());
}

}  // namespace dmsc::peer
