// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/device/device_stimuli.hpp"

#include "runner/codec/dm/package0.hpp"
#include "runner/engine/device/testing/rig.hpp"
#include "runner/engine/scws_address.hpp"

// Each stimulus, and what the card or the adapter sees of it.
namespace dmsc::engine {
namespace {

using namespace testing;
using namespace std::chrono_literals;

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

TEST_CASE("the web server lets the only channel go for a trigger", "[device_stimuli]") {
  Rig rig;
  rig.done("device.power_on");
  rig.adapter.slot->power_on();
  rig.send(profile_of_one_channel);
  rig.send(registry);
  REQUIRE(keys(rig.obey()).back() == "open_channel");
  rig.done("uicc.trigger");
  const auto commands = rig.obey();
  REQUIRE(keys(commands) == Log{"close_channel", "open_channel", "send_data", "close_channel", "open_channel"});
  CHECK(at(commands[1], "transport_level.protocol") == R"("udp_local")");
  CHECK(at(commands[4], "transport_level.protocol") == R"("tcp_server")");
}

TEST_CASE("without an off-line trigger a notification is pushed", "[device_stimuli]") {
  Rig rig;
  rig.ics.items["D_OFFLINE"] = true;
  rig.start();
  CHECK(rig.done("uicc.notify") == "done");
  CHECK(keys(rig.obey()) == Log{"open_channel", "send_data", "close_channel"});
  rig.ics.items["D_OFFLINE"] = false;
  for (const bool gsm : {true, false}) {
    rig.ics.items["D_SMS_3GPP"] = gsm;
    (void)rig.done("uicc.notify");
    const auto* bearer = gsm ? R"("bearer":"3gpp")" : R"("bearer":"3gpp2")";
    CHECK(rig.adapter.log.back().starts_with("network.sms.deliver "));
    CHECK(rig.adapter.log.back().find(bearer) != std::string::npos);
    CHECK(rig.obey().empty());
  }
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

TEST_CASE("power-on puts the card in and switches the device on", "[device_stimuli]") {
  Rig rig;
  CHECK(rig.done("device.power_on") == "done");
  CHECK(rig.adapter.log == Log{"card in", "device.powerOn {}"});
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
  CHECK(fetched(Value::Map{{"status", 200}}) ==
        "error: the adapter says that the page came with status 200, and no request reached the card");
  CHECK(fetched(Value::Map{{"status", 0}}) == R"(net.fetched {"status":0})");
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

}  // namespace dmsc::engine
