// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/device/device_stimuli.hpp"

#include "runner/base/catch.hpp"
#include "runner/base/json.hpp"
#include "runner/codec/cdma_sms.hpp"
#include "runner/codec/message.hpp"
#include "runner/codec/package0.hpp"
#include "runner/engine/scws_address.hpp"

// Each stimulus, and what the card or the adapter sees of it.
namespace dmsc::engine {
namespace {

using namespace std::chrono_literals;
using Log = std::vector<std::string>;

/// An adapter that writes down what is asked of it; answers where a test has put some.
class Adapter final : public port::DeviceLink {
 public:
  void insert(port::SoftCard* card) override {
    if ((card == nullptr) != (slot == nullptr)) log.emplace_back(card == nullptr ? "card out" : "card in");
    slot = card;
  }
  void expose(port::StreamService* web_server) override { served = web_server; }
  Result<void> begin_case(const std::string& /*id*/, const std::string& /*title*/) override { return {}; }
  Result<void> end_case(const std::string& /*id*/, std::string_view /*verdict*/) override { return {}; }
  bool has(std::string_view verb) const override { return verb != "device.powerOn" || starts; }
  Result<Value> call(const std::string& verb, const Value& parameters, std::chrono::milliseconds most) override {
    log.push_back(verb + " " + write_json(parameters));
    asked = parameters;
    deadline = most;
    const auto found = answers.find(verb);
    return found == answers.end() ? Result<Value>(Value::Map{}) : found->second;
  }
  Result<bool> wait(std::chrono::microseconds most) override {
    const auto step = std::min<std::chrono::microseconds>(most, 400ms);
    time += step;
    return step < most;
  }
  std::chrono::microseconds now() const override { return time; }
  std::string label() const override { return "adapter"; }

  std::map<std::string, Result<Value>> answers;
  bool starts = true;
  Log log;
  Value asked;
  std::chrono::milliseconds deadline{};
  std::chrono::microseconds time{};
  port::SoftCard* slot = nullptr;
  port::StreamService* served = nullptr;
};

// 1.1 1.6 | 2.2 | 3.6 3.7 | 5.1 5.5 | 6.3 6.4 | 12.1-5 | 13.6-8 | 17.3-5 | 30.3
constexpr const char* profile = "801000001E 21026000110C0003000000 1FE00000001C 000000000000000000000000 04";
constexpr const char* profile_without_udp =
    "801000001E 21026000110C0003000000 1FE00000000C 000000000000000000000000 04";
constexpr const char* registry = "80C2000017 DC15 82028281 710D80010407444D20436C69656E74 7000";  // port 32769, type 7

Value json(const std::string& text) {
  return text.empty() ? Value{} : parse_json(text, "test").value();
}

std::string at(const codec::Decoded& command, const char* path) {
  const auto value = command.value();
  const auto* found = value.at_path(path);
  return found == nullptr ? "nothing" : write_json(*found);
}

struct Rig {
  Adapter adapter;
  model::Ics ics;
  model::Pixit pixit;
  peer::Account account{"srv", "secret", {1, 2, 3, 4}, {9, 9}, "client", "client-secret", {5, 6, 7, 8}};
  DeviceSession session{adapter, pixit, account};
  DeviceContext context{session, ics, pixit};

  Rig() {
    pixit.values =
        Value::Map{{"card_atr", "3B00"}, {"home_plmn", "00101"}, {"server_id", "srv"}, {"server_secret", "secret"}};
    session.renew();
  }

  Result<Outcome> perform(const std::string& name, const std::string& with = {}) {
    return perform_device_stimulus(context, name, json(with));
  }
  /// `done`, or why not.
  std::string done(const std::string& name, const std::string& with = {}) {
    const auto outcome = perform(name, with);
    if (!outcome) return "error: " + outcome.error().text();
    return outcome->happened ? "done" : outcome->why_not;
  }

  Octets send(const std::string& hex) { return *adapter.slot->command(*parse_hex(hex)); }

  /// What the card asks for until it rests; a channel gets the number 1.
  std::vector<codec::Decoded> obey() {
    std::vector<codec::Decoded> commands;
    for (auto answer = send("80F2000C"); answer[answer.size() - 2] == 0x91;) {
      const auto fetched = *adapter.slot->command(Octets{0x80, 0x12, 0x00, 0x00, answer.back()});
      auto command = codec::decode_proactive(ByteView(fetched).first(fetched.size() - 2));
      REQUIRE_FALSE(command.error);
      Octets body = command.fields.at(0).octets;
      append(body, *parse_hex("82028281 830100"));
      if (command.key == "open_channel") append(body, *parse_hex("38028100"));
      Octets response = {0x80, 0x14, 0x00, 0x00, static_cast<std::uint8_t>(body.size())};
      append(response, body);
      answer = *adapter.slot->command(response);
      commands.push_back(std::move(command));
    }
    return commands;
  }

  /// The device is up and its DM Client registered; no web server that would ask for channels.
  void start(const char* claims = profile, bool registers = true) {
    REQUIRE(done("uicc.setup", R"({"https_channels": 0})") == "done");
    REQUIRE(done("device.power_on") == "done");
    adapter.slot->power_on();
    send(claims);
    if (registers) send(registry);
    obey();
  }

  /// The notification that a trigger with these parameters sends.
  Octets notification(const std::string& with = {}) {
    REQUIRE(done("uicc.trigger", with) == "done");
    Octets sent;
    for (const auto& command : obey()) {
      if (command.key == "send_data") append(sent, *parse_hex(command.find("channel_data")->as_string()));
    }
    return sent;
  }
  /// Without its digest.
  std::string header(const std::string& with = {}) { return to_hex(notification(with)).substr(32); }
};

Log keys(const std::vector<codec::Decoded>& commands) {
  Log out;
  for (const auto& command : commands) out.push_back(command.key);
  return out;
}

}  // namespace

TEST_CASE("a card is set up before the power-on and not behind it", "[device_stimuli]") {
  Rig rig;
  const auto channels = [&] {
    const auto& self = rig.session.card().personality();
    return std::to_string(self.https_channels) + "+" + std::to_string(self.http_channels);
  };
  CHECK(rig.done("uicc.setup") == "done");
  CHECK(channels() == "1+0");
  CHECK(rig.done("uicc.setup", R"({"https_channels": 2, "http_channels": 3})") == "done");
  CHECK(channels() == "2+3");
  rig.done("uicc.setup", R"({"https_channels": 100, "http_channels": 100})");
  CHECK(channels() == "6+0");
  rig.done("uicc.setup", R"({"https_channels": -1, "http_channels": 100})");
  CHECK(channels() == "0+6");
  rig.done("device.power_on");
  CHECK(rig.done("uicc.setup") == "the card is in the device already");
  CHECK(channels() == "0+6");
}

TEST_CASE("the card asks for what its setup says", "[device_stimuli]") {
  Rig rig;
  const auto asks = [&] {
    rig.done("device.power_on");
    rig.adapter.slot->power_on();
    rig.send(profile);
    return keys(rig.obey());
  };
  SECTION("without a setup: a fast poll, the events of its channel, the channel") {
    rig.pixit.values["poll_tenths"] = 3;
    rig.done("device.power_on");
    rig.adapter.slot->power_on();
    rig.send(profile);
    const auto commands = rig.obey();
    REQUIRE(keys(commands) == Log{"set_up_event_list", "poll_interval", "open_channel"});
    CHECK(at(commands[0], "event_list") == R"(["data_available","channel_status"])");
    CHECK(at(commands[1], "duration") == R"({"unit":"tenths_of_seconds","interval":3})");
    CHECK(at(commands[2], "transport_level") == R"({"protocol":"tcp_server","port":4116})");
  }
  SECTION("no poll") {
    rig.done("uicc.setup", R"({"poll": false, "https_channels": 1})");
    CHECK(asks() == Log{"set_up_event_list", "open_channel"});
  }
  SECTION("no events") {
    rig.done("uicc.setup", R"({"events": false})");
    CHECK(asks() == Log{"poll_interval", "open_channel"});
  }
  SECTION("no events and no poll") {
    rig.done("uicc.setup", R"({"events": false, "poll": false})");
    CHECK(asks() == Log{"open_channel"});
  }
  SECTION("no channels, so no events") {
    rig.done("uicc.setup", R"({"https_channels": 0})");
    CHECK(asks() == Log{"poll_interval"});
  }
  SECTION("nothing at all") {
    rig.done("uicc.setup", R"({"https_channels": 0, "poll": false})");
    CHECK(asks().empty());
  }
  SECTION("no events that the profile does not claim") {
    rig.done("device.power_on");
    rig.adapter.slot->power_on();
    rig.send("8010000005 2102200001");  // 5.1 alone of all events
    CHECK(keys(rig.obey()) == Log{"poll_interval"});
  }
}

TEST_CASE("a trigger wants a port", "[device_stimuli]") {
  Rig rig;
  rig.start(profile, false);
  CHECK(rig.done("uicc.trigger") == "the device registered no DM Client");
  CHECK(rig.obey().empty());
  CHECK(rig.done("uicc.trigger", R"({"port": 4000})") == "done");
  const auto commands = rig.obey();
  REQUIRE(keys(commands) == Log{"open_channel", "send_data", "close_channel"});
  CHECK(at(commands[0], "transport_level") == R"({"protocol":"udp_local","port":4000})");
}

TEST_CASE("a trigger goes to the registered port by the first transport of the profile", "[device_stimuli]") {
  Rig rig;
  SECTION("UDP") {
    rig.start();
    rig.done("uicc.trigger");
    CHECK(at(rig.obey()[0], "transport_level") == R"({"protocol":"udp_local","port":32769})");
  }
  SECTION("TCP where the profile has no UDP") {
    rig.start(profile_without_udp);
    rig.done("uicc.trigger");
    CHECK(at(rig.obey()[0], "transport_level") == R"({"protocol":"tcp_local","port":32769})");
  }
  SECTION("what the case says") {
    rig.start();
    rig.done("uicc.trigger", R"({"protocol": "tcp_local", "buffer": 100})");
    const auto commands = rig.obey();
    CHECK(at(commands[0], "transport_level.protocol") == R"("tcp_local")");
    CHECK(at(commands[0], "buffer_size") == "100");
  }
}

TEST_CASE("every option of a trigger shows in its octets", "[device_stimuli]") {
  // Worked by hand from DM Notification 1.2.1, 6.2: version (10 bits), user interaction (2), initiator (1), reserved
  // (27), session id (16), length and ServerID, vendor specific. 11 = 00 0000 1011, background = 01, server = 1.
  struct Row {
    const char* with;
    const char* header;
  };
  const auto row = GENERATE(values<Row>({{"", "02D8000000 0001 03737276"},
                                         {R"({"version": 12})", "0318000000 0001 03737276"},
                                         {R"({"ui_mode": "not_specified"})", "02C8000000 0001 03737276"},
                                         {R"({"ui_mode": "user_interaction"})", "02F8000000 0001 03737276"},
                                         {R"({"initiator": "client"})", "02D0000000 0001 03737276"},
                                         {R"({"future_use": 1})", "02D8000001 0001 03737276"},
                                         {R"({"future_use": 134217727})", "02DFFFFFFF 0001 03737276"},
                                         {R"({"session_number": 4660})", "02D8000000 1234 03737276"},
                                         {R"({"session_number": 0})", "02D8000000 0000 03737276"},
                                         {R"({"server_id": "another"})", "02D8000000 0001 07616E6F74686572"},
                                         {R"({"server_id": ""})", "02D8000000 0001 00"},
                                         {R"({"vendor_specific": "CAFE"})", "02D8000000 0001 03737276 CAFE"}}));
  CAPTURE(row.with);
  Rig rig;
  rig.start();
  CHECK(rig.header(row.with) == to_hex(*parse_hex(row.header)));
}

TEST_CASE("the digest of a trigger is right, wrong, or that of a server that lost its nonces", "[device_stimuli]") {
  // A=$(printf srv:secret | openssl md5 -binary | base64); T=$(printf HEADER | xxd -r -p | openssl md5 -binary |
  // base64) (printf '%s:' $A; printf NONCE | xxd -r -p; printf ':%s' $T) | openssl md5, nonce 01020304 and 00000000
  constexpr const char* of_nonce = "42BC7925ECED3A928EAA1F9744E98BFD";
  constexpr const char* of_zero = "E75751967703027A385B5B9DFF91064B";
  Rig rig;
  rig.start();
  const auto verdict = [&](const Octets& sent, ByteView nonce) {
    return codec::judge_digest(sent, "srv", "secret", nonce).reading;
  };
  const Octets nonce = {1, 2, 3, 4};
  SECTION("right") {
    const auto sent = rig.notification();
    CHECK(to_hex(ByteView(sent).first(16)) == of_nonce);
    CHECK(verdict(sent, nonce) == "stored");
    CHECK(rig.session.account().server_nonce == nonce);
  }
  SECTION("wrong") {
    const auto sent = rig.notification(R"({"digest": "wrong"})");
    CHECK(to_hex(ByteView(sent).first(16)) == "43BC7925ECED3A928EAA1F9744E98BFD");
    CHECK(verdict(sent, nonce) == "none");
    CHECK(rig.session.account().server_nonce == nonce);
  }
  SECTION("zero nonce: both ends go on from zero") {
    const auto sent = rig.notification(R"({"digest": "zero_nonce"})");
    CHECK(to_hex(ByteView(sent).first(16)) == of_zero);
    CHECK(verdict(sent, nonce) == "zero_octets");
    CHECK(rig.session.account().server_nonce == Octets{0, 0, 0, 0});
    CHECK(rig.session.account().client_nonce == Octets{0, 0, 0, 0});
  }
  SECTION("of another ServerID, as long as the case does not say otherwise") {
    const auto sent = rig.notification(R"({"server_id": "another"})");
    CHECK(codec::judge_digest(sent, "another", "secret", nonce).reading == "stored");
  }
}

TEST_CASE("the trace judges the notification that we sent", "[device_stimuli]") {
  const auto* with = GENERATE(R"({"digest": "right"})", R"({"digest": "wrong"})");
  Rig rig;
  rig.start();
  rig.notification(with);
  const auto& events = rig.session.trace().events();
  const auto seen = std::find_if(events.begin(), events.end(),
                                 [](const model::Event& event) { return event.key == "dm.notification"; });
  REQUIRE(seen != events.end());
  CHECK(seen->fields.bool_or("digest_valid", false) == (std::string(with).find("right") != std::string::npos));
  CHECK(seen->fields.int_or("port", 0) == 32769);
}

TEST_CASE("session ids are fresh unless the last is asked for again", "[device_stimuli]") {
  Rig rig;
  rig.start();
  const auto session = [&](const std::string& with = {}) { return rig.header(with).substr(10, 4); };
  CHECK(session() == "0001");
  CHECK(session() == "0002");
  CHECK(session(R"({"session_id": "same"})") == "0002");
  CHECK(session(R"({"session_id": "fresh"})") == "0003");
  rig.session.account().session_id = 0xFFFF;
  CHECK(session() == "0001");  // 0 is outside the range
  rig.session.account().session_id = 0;
  CHECK(session(R"({"session_id": "same"})") == "0001");
}

TEST_CASE("a trigger can be cut, or be anything at all", "[device_stimuli]") {
  Rig rig;
  rig.start();
  const auto whole = rig.notification(R"({"session_number": 1})");
  REQUIRE(whole.size() == 27);
  const auto cut = rig.notification(R"({"session_number": 1, "length": 20})");
  CHECK(to_hex(cut) == to_hex(ByteView(whole).first(20)));
  CHECK(rig.notification(R"({"length": 0})").size() == 1);
  CHECK(to_hex(rig.notification(R"({"hex": "DEADBEEF"})")) == "DEADBEEF");
  CHECK(to_hex(rig.notification(R"({"hex": "DEADBEEF", "length": 3})")) == "DEADBE");
}

TEST_CASE("a notification never grows by its length", "[device_stimuli]") {
  Rig rig;
  rig.start();
  CHECK(rig.notification(R"({"length": 28})").size() == 27);
}

TEST_CASE("a trigger goes in pieces, and leaves its channel open where it is to", "[device_stimuli]") {
  Rig rig;
  rig.start();
  rig.done("uicc.trigger", R"({"piece": 10, "close": false})");
  const auto commands = rig.obey();
  REQUIRE(keys(commands) == Log{"open_channel", "send_data", "send_data", "send_data"});
  CHECK(at(commands[1], "command_details.qualifier") == "0");
  CHECK(at(commands[2], "command_details.qualifier") == "0");
  CHECK(at(commands[3], "command_details.qualifier") == "1");
  CHECK(commands[1].find("channel_data")->as_string().size() == 20);
  CHECK(commands[3].find("channel_data")->as_string().size() == 14);
}

TEST_CASE("again is another notification with a fresh session id", "[device_stimuli]") {
  Rig rig;
  rig.start();
  rig.done("uicc.trigger", R"({"again": true})");
  const auto commands = rig.obey();
  // The second is in the queue when the first channel opens.
  REQUIRE(keys(commands) ==
          Log{"open_channel", "open_channel", "send_data", "send_data", "close_channel", "close_channel"});
  const auto one = commands[2].find("channel_data")->as_string();
  const auto other = commands[3].find("channel_data")->as_string();
  CHECK(one.substr(32) == "02D8000000000103737276");
  CHECK(other.substr(32) == "02D8000000000203737276");
  CHECK(codec::judge_digest(*parse_hex(other), "srv", "secret", Octets{1, 2, 3, 4}).reading == "stored");
}

TEST_CASE("a proactive command goes out as the case wants it", "[device_stimuli]") {
  Rig rig;
  rig.start();
  SECTION("with fields") {
    CHECK(rig.done("uicc.proactive",
                   R"({"command": "set_up_event_list", "fields": {"event_list": ["idle_screen"]}})") == "done");
    const auto commands = rig.obey();
    REQUIRE(keys(commands) == Log{"set_up_event_list"});
    CHECK(at(commands[0], "event_list") == R"(["idle_screen"])");
  }
  SECTION("to a channel") {
    CHECK(rig.done("uicc.proactive", R"({"command": "close_channel", "channel": 7})") == "done");
    const auto commands = rig.obey();
    REQUIRE(keys(commands) == Log{"close_channel"});
    CHECK(at(commands[0], "device_identities") == R"({"source":"uicc","destination":"channel_7"})");
  }
  SECTION("to a channel that there is not") {
    const auto channel = GENERATE(-1, 0, 8);
    CAPTURE(channel);
    CHECK(rig.done("uicc.proactive", R"({"command": "close_channel", "channel": )" + std::to_string(channel) + "}") ==
          "the device gave the channel no number from 1 to 7");
    CHECK(rig.obey().empty());
  }
  SECTION("in a mode that it does not have") {
    const auto none = rig.perform("uicc.proactive", R"({"command": "open_channel", "mode": "terminal_sever"})");
    REQUIRE_FALSE(none);
    CHECK(none.error().code == Errc::data);
    CHECK(none.error().text() == "\"open_channel\" has no mode \"terminal_sever\"");
    CHECK(rig.done("uicc.proactive", R"({"command": "more_time", "mode": "uicc_server"})") ==
          "error: \"more_time\" has no mode \"uicc_server\"");
  }
  SECTION("with fields that cannot be written nothing goes out") {
    CHECK_FALSE(rig.perform("uicc.proactive", R"({"command": "poll_interval", "fields": {"duration": 3}})"));
    CHECK(rig.obey().empty());
  }
}

TEST_CASE("the DM account follows a row of table 2, with fresh nonces at both ends", "[device_stimuli]") {
  struct Row {
    const char* with;
    bool bip;
    const char* app_addr;
  };
  const auto row =
      GENERATE(values<Row>({{R"({"transport": "bip_ipv4"})", false, "https://127.0.0.1:4116/OMA/DM"},
                            {R"({"transport": "bip_ipv6"})", false, "https://[::1]:4116/OMA/DM"},
                            {R"({"transport": "bip_localhost"})", false, "https://localhost:4116/OMA/DM"},
                            {R"({"transport": "tcp_ipv4"})", true, "https://localuicc:443/OMA/DM"},
                            {R"({"transport": "tcp_ipv6"})", true, "https://localuicc:443/OMA/DM"},
                            {"", true, "https://127.0.0.1:4116/OMA/DM"},
                            {R"({"transport": "any"})", false, "https://localuicc:443/OMA/DM"},
                            {R"({"app_addr": "https://10.0.0.1/OMA/DM"})", true, "https://10.0.0.1/OMA/DM"}}));
  CAPTURE(row.with);
  Rig rig;
  rig.ics.items["D_BIP"] = row.bip;
  REQUIRE(rig.done("device.account", row.with) == "done");
  const auto& asked = rig.adapter.asked;
  CHECK(rig.adapter.log.back().starts_with("dm.account.set "));
  CHECK(asked.text_or("app_addr", "") == row.app_addr);
  CHECK(asked.text_or("server_id", "") == "srv");
  CHECK(asked.text_or("server_secret", "") == "secret");
  CHECK(asked.text_or("client_name", "") == "client");
  CHECK(asked.text_or("client_secret", "") == "client-secret");
  const auto& ours = rig.session.account();
  CHECK(ours.server_nonce.size() == 16);
  CHECK(ours.client_nonce.size() == 16);
  CHECK(ours.server_nonce != ours.client_nonce);
  CHECK(ours.last_server_nonce.empty());
  CHECK(asked.text_or("server_nonce", "") == to_hex(ours.server_nonce));
  CHECK(asked.text_or("client_nonce", "") == to_hex(ours.client_nonce));
  const auto before = ours.server_nonce;
  rig.done("device.account", row.with);
  CHECK(rig.session.account().server_nonce != before);
}

TEST_CASE("an account for another ServerID leaves ours alone", "[device_stimuli]") {
  Rig rig;
  rig.done("device.account", R"({"server_id": "another"})");
  CHECK(rig.adapter.asked.text_or("server_id", "") == "another");
  CHECK(rig.session.account().server_id == "srv");
  CHECK(rig.done("device.account", R"({"transport": "pigeon"})") == "error: \"pigeon\" is no transport");
}

TEST_CASE("power-on puts the card in, and asks where the adapter can", "[device_stimuli]") {
  Rig rig;
  SECTION("it can") {
    CHECK(rig.done("device.power_on") == "done");
    CHECK(rig.adapter.log == Log{"card in", "device.powerOn {}"});
  }
  SECTION("it cannot: the card that goes in is the power-on") {
    rig.adapter.starts = false;
    CHECK(rig.done("device.power_on") == "done");
    CHECK(rig.adapter.log == Log{"card in"});
  }
  CHECK(rig.adapter.served != nullptr);
  CHECK(rig.session.inserted());
}

TEST_CASE("a stimulus of the adapter is its verb", "[device_stimuli]") {
  struct Row {
    const char* name;
    const char* with;
    const char* asked;
  };
  const auto row = GENERATE(values<Row>(
      {{"device.power_off", "", "device.powerOff {}"},
       {"device.dial", R"({"number": "+15550100"})", R"(device.dial {"number":"+15550100"})"},
       {"device.hang_up", "", "device.hangup {}"},
       {"device.start_session", "", R"(dm.session.start {"server_id":"srv"})"},
       {"device.move_client", "", "dm.client.move {}"},
       {"device.release", "", "net.release {}"},
       {"device.hold", R"({"transport": "bip_ipv6"})", R"(net.hold {"url":"https://[::1]:4116/"})"},
       {"device.hold", R"({"transport": "tcp_ipv4", "secure": false, "path": "/a"})",
        R"(net.hold {"url":"http://localuicc:80/a"})"},
       {"network.out_of_service", "", "network.outOfService {}"},
       {"network.place", "", R"(network.setCell {"mcc":"001","mnc":"01","lac":1,"ci":1,"service":"normal_service"})"},
       {"network.place", R"({"plmn": "310410", "lac": 7, "cell": 9, "service": "limited_service"})",
        R"(network.setCell {"mcc":"310","mnc":"410","lac":7,"ci":9,"service":"limited_service"})"}}));
  CAPTURE(row.name);
  Rig rig;
  rig.pixit.values["adapter_deadline"] = "5 s";
  CHECK(rig.done(row.name, row.with) == "done");
  CHECK(rig.adapter.log == Log{row.asked});
  CHECK(rig.adapter.deadline == 5s);
  rig.adapter.answers.emplace(std::string(row.asked).substr(0, std::string(row.asked).find(' ')),
                              fail(Errc::refused, "not today"));
  const auto refused = rig.perform(row.name, row.with);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::refused);
}

TEST_CASE("what the network saw enters the trace", "[device_stimuli]") {
  Rig rig;
  const auto seen = [&](const char* name, const char* with) {
    REQUIRE(rig.done(name, with) == "done");
    const auto& event = rig.session.trace().events().back();
    return event.key + " " + write_json(event.fields);
  };
  const auto calls = [&](Value answer) {
    rig.adapter.answers.insert_or_assign("network.awaitCall", Result<Value>(std::move(answer)));
    return seen("network.await_call", R"({"for": "2 s"})");
  };
  CHECK(calls(Value::Map{{"number", "+15550100"}}) == R"(network.call {"outcome":"call","number":"+15550100"})");
  CHECK(rig.adapter.log.back() == R"(network.awaitCall {"timeout_ms":2000})");
  CHECK(calls(Value::Map{{"number", Value{}}}) == R"(network.call {"outcome":"none"})");
  CHECK(calls(Value{}) == R"(network.call {"outcome":"none"})");
  const auto probe = [&](Value answer) {
    rig.adapter.answers.insert_or_assign("network.probe", Result<Value>(std::move(answer)));
    return seen("network.probe", R"({"port": 4116})");
  };
  CHECK(probe(Value::Map{{"reachable", true}}) == R"(network.probed {"reachable":true})");
  CHECK(rig.adapter.log.back() == R"(network.probe {"port":4116})");
  CHECK(probe(Value::Map{{"reachable", false}}) == R"(network.probed {"reachable":false})");
  rig.adapter.answers.insert_or_assign("network.probe", fail(Errc::timeout, "late"));
  CHECK(rig.done("network.probe", R"({"port": 4116})") == "error: late");
}

TEST_CASE("a page that did not come is what the case wants to see", "[device_stimuli]") {
  Rig rig;
  rig.pixit.values["fetch_wait"] = "4 s";
  const auto fetched = [&](const Result<Value>& answer) {
    rig.adapter.answers.insert_or_assign("net.fetch", answer);
    const auto done = rig.done("device.fetch", R"({"transport": "bip_ipv4", "path": "/index.html"})");
    if (done != "done") return done;
    const auto& event = rig.session.trace().events().back();
    return event.key + " " + write_json(event.fields);
  };
  CHECK(fetched(Value::Map{{"status", 200}}) == R"(net.fetched {"status":200})");
  CHECK(rig.adapter.log.back() == R"(net.fetch {"url":"https://127.0.0.1:4116/index.html","timeout_ms":4000})");
  CHECK(fetched(fail(Errc::refused, "connection refused", {}, "net.fetch")) ==
        R"(net.fetched {"status":0,"reason":"net.fetch: connection refused"})");
  CHECK(fetched(fail(Errc::timeout, "late", {}, "net.fetch")) == "error: net.fetch: late");
  CHECK(fetched(fail(Errc::unsupported, "none", {}, "net.fetch")) == "error: net.fetch: none");
}

TEST_CASE("the server holds its next session as it is told", "[device_stimuli]") {
  Rig rig;
  const auto& self = rig.session.card().personality();
  CHECK(rig.done("uicc.server", R"({"nodes": {"./a": "1", "./b": "2"}, "commands": [{"command": "exec"}],
      "commands_a_message": 3, "abort_at": 2, "credentials": "wrong", "challenge": true})") == "done");
  CHECK(self.provisioning == std::vector<std::pair<std::string, std::string>>{{"./a", "1"}, {"./b", "2"}});
  REQUIRE(self.commands.size() == 1);
  CHECK(self.commands[0].text_or("command", "") == "exec");
  CHECK(self.commands_a_message == 3);
  CHECK(self.abort_at == 2);
  CHECK_FALSE(self.wrong_secret.empty());
  CHECK(self.wrong_secret != "secret");
  CHECK(self.follows(peer::Policy::sends_credentials));
  CHECK(rig.session.account().client_nonce != Octets{5, 6, 7, 8});
  CHECK(rig.done("uicc.server", R"({"credentials": "none"})") == "done");
  CHECK_FALSE(self.follows(peer::Policy::sends_credentials));
  CHECK(self.wrong_secret.empty());
  CHECK(rig.done("uicc.server") == "done");
  CHECK(self.follows(peer::Policy::sends_credentials));
  CHECK(self.provisioning.empty());
  CHECK(self.commands.empty());
  CHECK(self.abort_at == 0);
  CHECK(rig.done("uicc.server", R"({"nodes": {"./a": 1}})") == "error: the value of ./a is no text");
}

TEST_CASE("a trigger may wait for the first message of the next session", "[device_stimuli]") {
  Rig rig;
  rig.start();
  CHECK(rig.done("uicc.trigger", R"({"during_session": true})") == "done");
  CHECK(rig.obey().empty());
  rig.session.add({"http.request", Value::Map{}, {}});
  CHECK(rig.obey().empty());
  rig.session.add({"dm.client_message", Value::Map{}, {}});
  CHECK(keys(rig.obey()) == Log{"open_channel", "send_data", "close_channel"});
  rig.session.add({"dm.client_message", Value::Map{}, {}});
  CHECK(rig.obey().empty());  // once
  rig.done("uicc.trigger", R"({"during_session": true})");
  rig.session.renew();
  rig.start();
  rig.session.add({"dm.client_message", Value::Map{}, {}});
  CHECK(rig.obey().empty());  // another case
}

TEST_CASE("the card waits until its web server listens, no longer than it is told", "[device_stimuli]") {
  Rig rig;
  const auto listening = [&] {
    REQUIRE(rig.done("uicc.await_listening", R"({"for": "1 s"})") == "done");
    const auto& event = rig.session.trace().events().back();
    return event.key + " " + write_json(event.fields);
  };
  rig.done("device.power_on");
  CHECK(listening() == R"(uicc.listening {"listening":false})");
  CHECK(rig.adapter.time == 1s);
  rig.adapter.slot->power_on();
  rig.send(profile);
  rig.obey();
  CHECK(listening() == R"(uicc.listening {"listening":true})");
  CHECK(rig.adapter.time == 1s);
}

TEST_CASE("clients on TCP/IP enter the trace with the road they came", "[device_stimuli]") {
  Rig rig;
  rig.done("device.power_on");
  auto& web = *rig.adapter.served;
  CHECK_FALSE(web.reachable(3));  // the card has no power
  rig.adapter.slot->power_on();
  CHECK(web.reachable(3));
  struct Row {
    std::size_t listener;
    const char* family;
  };
  for (const auto& row : {Row{1, "in_process"}, Row{3, "ipv4"}, Row{5, "ipv6"}, Row{99, "ipv6"}}) {
    CAPTURE(row.listener);
    REQUIRE(web.connect(row.listener));
    const auto& opened = rig.session.trace().events().back();
    CHECK(opened.key == "stream.opened");
    CHECK(opened.fields.text_or("road", "") == "tcp");
    CHECK(opened.fields.text_or("family", "") == row.family);
    CHECK_FALSE(opened.fields.bool_or("secure", true));
  }
  CHECK_FALSE(web.connect(2));  // https without certificate or key
  const std::string request = "GET / HTTP/1.1\r\nHost: localuicc\r\n\r\n";
  CHECK(web.write(1, Octets(request.begin(), request.end())) == request.size());
  CHECK(rig.session.trace().events().back().key == "http.request");
  CHECK_FALSE(web.take_output(1).empty());
  CHECK_FALSE(web.over(1));
  web.disconnect(1);
  CHECK(rig.session.trace().events().back().key == "stream.closed");
  CHECK(web.over(1));
  rig.adapter.slot->power_off();
  CHECK_FALSE(web.reachable(3));
  CHECK(web.over(2));
}

TEST_CASE("time passes on the device's clock", "[device_stimuli]") {
  Rig rig;
  CHECK(rig.done("device.wait", R"({"for": "1 s"})") == "done");
  CHECK(rig.adapter.time == 1s);
}

TEST_CASE("what is no stimulus of a device is not carried out", "[device_stimuli]") {
  Rig rig;
  CHECK(rig.done("terminal.start") == "error: \"terminal.start\" is no stimulus of a device");
  CHECK(rig.adapter.log.empty());
}

TEST_CASE("the account of the run follows that of the card", "[device_stimuli]") {
  Rig rig;
  rig.start();
  rig.done("device.account");
  rig.session.renew();
  CHECK(rig.account.server_nonce == rig.session.account().server_nonce);
  CHECK(rig.account.server_nonce.size() == 16);
}

/// Keys of the events behind the first `from`, those of the card interface left out.
std::string facts(Rig& rig, std::size_t from = 0) {
  std::string out;
  const auto& events = rig.session.trace().events();
  for (auto at = from; at < events.size(); ++at) {
    const auto& key = events[at].key;
    const bool short_message = key.starts_with("network.") || key == "sms.deliver" || key == "wap.push" ||
                               key == "dm.notification" || key == "sms.submit";
    if (short_message) out += (out.empty() ? "" : " ") + key;
  }
  return out;
}

const Value& last_fields(Rig& rig) {
  return rig.session.trace().events().back().fields;
}

TEST_CASE("the card asks for a short message", "[device][sms]") {
  Rig rig;
  CHECK(rig.done("uicc.short_message", R"({"bearer": "3gpp"})") == "the PIXIT names no own_number");
  rig.pixit.values["own_number"] = "+15550177";
  rig.start();
  REQUIRE(rig.done("uicc.short_message", R"({"bearer": "3gpp", "service_centre": "+15550166", "packing": true})") ==
          "done");
  const auto commands = rig.obey();
  REQUIRE(commands.size() == 1);
  CHECK(commands[0].key == "send_short_message");
  CHECK(at(commands[0], "command_details.qualifier") == "1");
  CHECK(at(commands[0], "address.digits") == R"("15550166")");
  CHECK(at(commands[0], "address.type_of_number") == R"("international")");
  const auto tpdu =
      codec::decode_tpdu(*parse_hex(commands[0].find("sms_tpdu")->as_string()), codec::SmsWay::from_terminal);
  CHECK(at(tpdu, "destination.number") == R"("15550177")");
  CHECK(at(tpdu, "dcs") == "4");
  CHECK(rig.context.asked == 1);

  REQUIRE(rig.done("uicc.short_message", R"({"bearer": "3gpp2", "number": "123", "text": "Hi"})") == "done");
  const auto cdma = rig.obey();
  REQUIRE(cdma.size() == 1);
  CHECK(cdma[0].find("sms_tpdu") == nullptr);
  CHECK(cdma[0].find("address") == nullptr);
  const auto message = codec::decode_cdma_sms(*parse_hex(cdma[0].find("cdma_sms_tpdu")->as_string()));
  CHECK(at(message, "destination_address.number") == R"("123")");
  CHECK(at(message, "bearer_data.user_data.text") == R"("Hi")");
  CHECK(rig.context.asked_number == "123");
}

TEST_CASE("what the network saw of a short message is the adapter's word", "[device][sms]") {
  // SMS-SUBMIT to +15550177, "Hi" in octets. By hand from TS 23.040, 9.2.2.2.
  constexpr const char* ours = "0100089151551077000402 4869";
  Rig rig;
  rig.pixit.values["own_number"] = "+15550177";
  rig.start();
  REQUIRE(rig.done("uicc.short_message", R"({"bearer": "3gpp"})") == "done");
  rig.obey();
  const auto before = rig.session.trace().events().size();
  auto& answer = rig.adapter.answers.try_emplace("network.sms.awaitMo", Value(Value::Map{})).first->second;
  const auto await = [&](Value seen) {
    answer = std::move(seen);
    return rig.done("network.await_sms", R"({"for": "2 s"})");
  };
  const auto message = [](const char* hex, const char* bearer) {
    return Value::Map{{"tpdu", to_hex(*parse_hex(hex))}, {"bearer", bearer}};
  };

  CHECK(await(Value::Map{{"tpdu", Value{}}}) == "done");
  CHECK(facts(rig, before) == "network.sms");
  CHECK(last_fields(rig).text_or("outcome", "") == "none");
  CHECK(rig.done("network.forward_sms") == "the network saw no short message of the device");

  CHECK(await(Value::Map{{"tpdu", "0100"}}) == "error: network.sms.awaitMo: \"bearer\" of the message is missing");

  auto seen = message(ours, "3gpp");
  seen.emplace_back("service_centre", "+15550166");
  CHECK(await(seen) == "done");
  CHECK(last_fields(rig).text_or("outcome", "") == "message");
  CHECK(last_fields(rig).text_or("service_centre", "") == "15550166");
  CHECK(last_fields(rig).text_or("data", "") == "4869");
  CHECK(rig.context.seen.size() == 1);
  CHECK(rig.done("network.forward_sms") == "done");
  CHECK(last_fields(rig).text_or("message_type", "") == "deliver");
  CHECK(last_fields(rig).text_or("outcome", "") == "no_answer");

  SECTION("messages of the device's own are others, and not awaited without end") {
    const auto from = rig.session.trace().events().size();
    CHECK(await(message("0100048121430004 0161", "3gpp")) == "done");
    CHECK(last_fields(rig).text_or("outcome", "") == "other");
    CHECK(rig.session.trace().events().size() - from == 32);
    CHECK(rig.context.seen.empty());
  }
  SECTION("what cannot be read shows") {
    CHECK(await(message("0100", "3gpp")) == "done");
    CHECK_FALSE(last_fields(rig).text_or("malformed", "").empty());
    CHECK(rig.done("network.forward_sms").starts_with("what the network saw "));
  }
}

TEST_CASE("a push is noted before the device can act on it", "[device][sms]") {
  Rig rig;
  rig.pixit.values["sms_originator"] = "+15550188";
  rig.start();
  const auto from = rig.session.trace().events().size();
  const auto delivered = [&] {
    std::vector<std::string> tpdus;
    for (const auto& line : rig.adapter.log) {
      constexpr std::string_view verb = "network.sms.deliver ";
      if (line.starts_with(verb)) tpdus.push_back(json(line.substr(verb.size())).text_or("tpdu", ""));
    }
    return tpdus;
  };

  SECTION("whole, and once more as it was") {
    rig.adapter.answers.emplace("network.sms.deliver", Value(Value::Map{{"acknowledged", true}, {"answer", "CAFE"}}));
    REQUIRE(rig.done("network.deliver_push") == "done");
    CHECK(facts(rig, from) == "wap.push dm.notification sms.deliver");
    CHECK(last_fields(rig).text_or("outcome", "") == "accepted");
    CHECK(last_fields(rig).text_or("answer", "") == "CAFE");
    const auto& notification = rig.session.trace().events()[from + 1].fields;
    CHECK(notification.bool_or("digest_valid", false));
    CHECK(rig.session.trace().events()[from].fields.int_or("header_octets", 0) == 13);
    REQUIRE(rig.done("network.deliver_push", R"({"again": true})") == "done");
    const auto tpdus = delivered();
    REQUIRE(tpdus.size() == 2);
    CHECK(tpdus[0] == tpdus[1]);
  }
  SECTION("nothing to deliver again") {
    CHECK(rig.done("network.deliver_push", R"({"again": true})") == "nothing was delivered before");
  }
  SECTION("in parts, one twice and one never") {
    rig.adapter.answers.emplace("network.sms.deliver", Value(Value::Map{{"acknowledged", false}}));
    REQUIRE(rig.done("network.deliver_push", R"({"part": 20, "duplicate": 1, "omit": 2, "order": "reversed"})") ==
            "done");
    CHECK(facts(rig, from) == "sms.deliver sms.deliver");
    CHECK(last_fields(rig).text_or("outcome", "") == "refused");
    const auto tpdus = delivered();
    REQUIRE(tpdus.size() == 2);
    CHECK(tpdus[0] == tpdus[1]);
    CHECK(rig.done("network.deliver_push", R"({"part": 20, "omit": 9})") == "error: omit: there is no part 9 of 2");
  }
  SECTION("wrong in every way that a case may want") {
    REQUIRE(rig.done("network.deliver_push",
                     R"({"bearer": "3gpp2", "port": 2949, "application_id": 5, "digest": "wrong"})") == "done");
    CHECK(facts(rig, from) == "wap.push dm.notification sms.deliver");
    const auto& events = rig.session.trace().events();
    CHECK(events[from].fields.int_or("destination_port", 0) == 2949);
    CHECK(events[from].fields.text_or("application_id", "") == "x-wap-application:push.syncml");
    CHECK_FALSE(events[from + 1].fields.bool_or("digest_valid", true));
    CHECK(last_fields(rig).text_or("bearer", "") == "3gpp2");
  }
}

TEST_CASE("the network refuses a message", "[device][sms]") {
  Rig rig;
  CHECK(rig.done("network.refuse_sms", R"({"cause": 21})") == "done");
  CHECK(rig.adapter.log.back() == R"(network.sms.refuse {"cause":21})");
}

}  // namespace dmsc::engine
