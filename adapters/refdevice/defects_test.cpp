// SPDX-License-Identifier: Apache-2.0
// Every defect of the reference device shows: a day in the life of a handset, told by its card, differs from the same
// day of a handset without defect. Whether the suite's cases find it is for the suite's own test.
#include <fstream>
#include <set>

#include "adapters/refdevice/testing/pair.hpp"
#include "adapters/reference/deviation.hpp"
#include "runner/base/json.hpp"
#include "runner/base/text.hpp"
#include "runner/codec/cat/message.hpp"
#include "runner/codec/decode.hpp"
#include "runner/codec/wap/wsp.hpp"
#include "runner/peer/session/push_message.hpp"

namespace dmsc::refdevice {
namespace {

using namespace std::chrono_literals;
using testing::Pair;

constexpr const char* bip = "https://127.0.0.1:4116/OMA/DM";

Value qualifier(int value) {
  return Value::Map{{"qualifier", value}};
}

Value channel(int number) {
  return Value::Map{{"source", "uicc"}, {"destination", 0x20 + number}};
}

Value events(Value::List list) {
  return Value::Map{{"event_list", std::move(list)}};
}

Value timer(int number, int action, int seconds = 0) {
  Value out = Value::Map{{"command_details", qualifier(action)}, {"timer_identifier", number}};
  if (seconds != 0) {
    out["timer_value"] = Value::Map{{"hours", 0}, {"minutes", seconds / 60}, {"seconds", seconds % 60}};
  }
  return out;
}

Value open_channel(const char* protocol, int port) {
  return Value::Map{{"buffer_size", 500}, {"transport_level", Value::Map{{"protocol", protocol}, {"port", port}}}};
}

Value send_data(int number, int immediately, const char* hex) {
  return Value::Map{
      {"command_details", qualifier(immediately)}, {"device_identities", channel(number)}, {"channel_data", hex}};
}

Value command_of(const char* command, const char* id, const char* uri, const char* data = nullptr) {
  Value item = Value::Map{{"target", uri}};
  if (data != nullptr) item["data"] = data;
  return Value::Map{{"command", command}, {"cmd_id", id}, {"items", Value::List{item}}};
}

/// Timers, polling, events and calls.
void toolkit_part(Pair& pair) {
  pair.pass(40s);
  pair.ask("poll_interval", Value::Map{{"duration", Value::Map{{"unit", "seconds"}, {"interval", 10}}}});
  pair.pass(25s);
  pair.ask("polling_off", Value::Map{});
  pair.pass(65s);
  pair.ask("refresh", Value::Map{{"command_details", qualifier(1)}});
  for (const int seconds : {50, 20}) pair.ask("timer_management", timer(seconds == 50 ? 1 : 2, 0, seconds));
  pair.ask("timer_management", timer(2, 1));
  pair.ask("timer_management", timer(6, 1));
  pair.ask("timer_management", timer(4, 0, 50));
  pair.pass(20s);
  pair.ask("timer_management", timer(4, 2));
  pair.pass(100s);
  for (const int seconds : {50, 10}) pair.ask("timer_management", timer(5, 0, seconds));
  pair.ask("timer_management", timer(8, 0, 5));
  pair.card->busy_for = 1;
  pair.pass(60s);
  const auto place = [&](const char* mcc) {
    pair.call("network.setCell", Value::Map{{"mcc", mcc}, {"mnc", "410"}, {"lac", 1}, {"ci", 2}});
  };
  place("310");
  pair.ask("provide_local_information", Value::Map{{"command_details", qualifier(0)}});
  pair.ask("set_up_event_list", events({"location_status"}));
  place("311");
  pair.call("network.outOfService", Value::Map{});
  pair.ask("set_up_event_list", events({"data_available", "channel_status"}));
  place("312");
  pair.ask("set_up_event_list", events({"location_status"}));
  auto& self = pair.card->uicc->personality();
  for (const bool asks :
       {false, true}) {  // a card that asks for no event, then one that asks for those of its channels
    self.asks_for_events = asks;
    pair.call("device.reboot");
    pair.start();
    place("313");
  }
  for (const auto* answer : {"0000", "0100", "0206860491551000"}) {
    pair.card->call_answer = answer;
    pair.call("device.dial", Value::Map{{"number", "+15550100"}});
  }
  pair.card->call_answer.clear();
}

/// Channels of every kind.
void channel_part(Pair& pair) {
  auto small = open_channel("udp_local", 32769);
  small["buffer_size"] = 100;
  pair.ask("open_channel", small, "terminal_server");
  pair.ask("send_data", send_data(4, 0, std::string(120, 'A').c_str()));
  pair.ask("close_channel", Value::Map{{"device_identities", channel(4)}});
  for (const auto* protocol : {"udp_local", "tcp_local"}) {
    for (const int port : {32769, 4660}) {
      pair.ask("open_channel", open_channel(protocol, port), "terminal_server");
      for (const int number : {4, 5}) pair.ask("close_channel", Value::Map{{"device_identities", channel(number)}});
    }
  }
  pair.ask("send_data", send_data(4, 1, "AA"));
  auto large = open_channel("tcp_server", 10);
  large["buffer_size"] = 65535;
  pair.ask("open_channel", large, "uicc_server");
  pair.ask("close_channel", Value::Map{{"device_identities", channel(4)}});
  for (int number = 4; number <= 8; ++number) pair.ask("open_channel", open_channel("tcp_server", 9), "uicc_server");
  pair.ask("get_channel_status", Value::Map{});
  for (const int back : {1, 0}) {
    for (int number = 4; number <= 7; ++number) {
      pair.ask("close_channel",
               Value::Map{{"command_details", qualifier(back)}, {"device_identities", channel(number)}});
      pair.ask("get_channel_status", Value::Map{});
    }
  }
}

/// Notifications, good and bad.
void trigger_part(Pair& pair) {
  pair.notify();
  pair.notify({.digest = "wrong"});
  pair.notify({.server_id = "com.example.other"});
  pair.notify({.session = pair.last_session});
  for (const auto& odd :
       {testing::Trigger{.length = 20}, testing::Trigger{.session = -1}, testing::Trigger{.version = 12},
        testing::Trigger{.future_use = 1}, testing::Trigger{.vendor = std::string(400, 'v')}}) {
    pair.notify(odd);
    pair.notify({.session = 0xAB + int(pair.last_session), .piece = 9});
  }
  for (const std::size_t length : {1, 16, 24, 30}) {
    pair.notify({.length = length});
    pair.notify();
  }
  for (const std::uint8_t mode : {0, 2}) pair.notify({.ui_mode = mode});
  for (const std::size_t piece : {1, 20}) pair.notify({.piece = piece});
  pair.notify({.protocol = "tcp_local", .piece = 20});
  pair.account(bip);
  pair.trigger();
  pair.trigger({.digest = "zero"});
  pair.pass(60s);
  pair.notify();
  pair.call("dm.session.start", Value::Map{{"server_id", "com.example.dmsc"}});
  pair.settle();
}

/// Short messages of the card, and pushes to the device.
void message_part(Pair& pair, std::vector<std::string>& told) {
  const auto network_saw = [&] {
    const auto seen = pair.call("network.sms.awaitMo", Value::Map{{"timeout_ms", 0}});
    told.push_back("network " + write_json(seen));
  };
  // By hand from TS 23.040, 9.2.2.2: octets, and a text one character an octet that the device shall pack.
  constexpr const char* octets = "0100089151551077000402 4869";
  constexpr const char* text = "010008915155107700F402 4869";
  const auto send = [&](const char* hex, bool packing, const char* centre, const char* object = "sms_tpdu") {
    Value members = Value::Map{{"command_details", qualifier(packing ? 1 : 0)}, {object, to_hex(*parse_hex(hex))}};
    if (centre != nullptr) {
      members["address"] = Value::Map{{"no_extension", true},
                                      {"type_of_number", "international"},
                                      {"numbering_plan", "isdn_telephony"},
                                      {"digits", centre}};
    }
    pair.ask("send_short_message", members);
    network_saw();
  };
  send(octets, false, "15550166");
  send(octets, false, nullptr);
  send(text, true, nullptr);
  pair.call("network.sms.refuse", Value::Map{{"cause", 21}});
  send(octets, false, nullptr);
  send("00000210020401 00 0805000320001 0", false, nullptr, "cdma_sms_tpdu");
  for (const auto* scheme : {"00", "F1", "08"}) {
    send(("010008915155107700" + std::string(scheme) + "020041").c_str(), false, nullptr);
  }
  for (const auto* answer : {"0000", "0100"}) {
    pair.card->message_answer = answer;
    send(octets, false, nullptr);
  }
  pair.card->message_answer.clear();

  std::uint32_t reference = 0;
  const auto deliver = [&](peer::PushMessage push, std::vector<std::size_t> order = {},
                           const testing::Trigger& wanted = {}) {
    push.from_card = false;
    push.split.reference = ++reference;
    push.number = "+15550188";
    push.notification = pair.notification(wanted);
    const auto messages = peer::messages_of(push);
    REQUIRE(messages);
    for (std::size_t part = 1; order.size() < messages->size() && part <= messages->size(); ++part)
      order.push_back(part);
    for (const auto part : order) {
      const auto done = pair.call(
          "network.sms.deliver",
          Value::Map{{"bearer", name_of(push.bearer)}, {"tpdu", to_hex((*messages)[part - 1])}, {"timeout_ms", 5000}});
      told.push_back("delivered " + write_json(done));
    }
    pair.pass(70s);
  };
  const auto one = [](auto&& change) {
    peer::PushMessage push;
    change(push);
    return push;
  };
  using Push = peer::PushMessage;
  pair.account(bip);
  for (const auto bearer : {codec::SmsBearer::gsm, codec::SmsBearer::cdma}) {
    const auto over = [&](auto&& change) {
      Push push;
      push.bearer = bearer;
      change(push);
      return push;
    };
    const auto usual = over([](Push&) {});
    deliver(usual);
    deliver(over([](Push& push) { push.destination_port = 2949; }));
    deliver(over([](Push& push) { push.push["content_type"] = Value::Map{{"type", 0x4E}, {"form", "short"}}; }));
    deliver(over([](Push& push) {
      push.push["headers"] =
          Value::List{Value::Map{{"header", "x-wap-application-id"}, {"value", 5}, {"form", "short"}}};
    }));
    deliver(usual, {}, {.digest = "wrong"});
    deliver(usual, {}, {.server_id = "com.example.other", .digest = "wrong"});
    deliver(usual);
    deliver(usual, {}, {.session = int(pair.last_session), .digest = "wrong"});
    const auto parts = over([](Push& push) { push.split.most = 24; });
    deliver(parts);
    deliver(parts, {2, 1});
    deliver(parts, {1, 1, 2});
    deliver(parts, {1});
  }
  for (const std::uint8_t scheme : {0xF5, 0x04}) {
    deliver(one([&](Push& push) { push.message = Value::Map{{"dcs", scheme}}; }));
  }
  for (const std::uint8_t scheme : {0xF6, 0x16}) {
    deliver(one([&](Push& push) { push.message = Value::Map{{"dcs", scheme}, {"protocol_identifier", 0x7F}}; }));
  }
  for (const std::uint16_t port : {1, 9200, 65535}) deliver(one([&](Push& push) { push.source_port = port; }));
  for (const auto* form : {"long", "text"}) {
    deliver(one([&](Push& push) {
      push.push["content_type"] = Value::Map{{"type", codec::notification_mime}, {"form", form}};
    }));
    deliver({});
  }
  deliver(one([](Push& push) {
    push.split.most = 24;
    push.split.wide_reference = true;
  }));
}

/// Local programs, and every road to the server.
void road_part(Pair& pair, std::vector<std::string>& told) {
  for (const auto* authority : {"[::1]:4116", "localhost:4116", "localuicc:443"}) {
    pair.account(std::string("https://") + authority + "/OMA/DM");
    pair.notify();
  }
  const auto fetch = [&](const char* url, int seconds) {
    const auto page = pair.call("net.fetch", Value::Map{{"url", url}, {"timeout_ms", seconds * 1000}});
    told.push_back(std::string("fetch ") + url + " " + std::to_string(page.int_or("status", -1)));
  };
  fetch("https://192.0.2.7:4116/", 10);
  pair.call("net.hold", Value::Map{{"url", "https://127.0.0.1:4116/"}});
  pair.call("net.hold", Value::Map{{"url", "https://127.0.0.1:4116/"}});
  pair.account(bip);
  pair.trigger();
  pair.pass(40s);
  pair.call("net.release");
  pair.settle();
  pair.call("dm.client.move");
  pair.notify({.port = 32770});
  pair.call("dm.client.move", Value::Map{{"port", 32769}});
}

/// Accounts that come and go, and what the user is asked.
void account_part(Pair& pair, std::vector<std::string>& told) {
  const auto tell = [&](const char* verb, const Value& parameters) {
    const auto answer = pair.device->call(verb, parameters, 1s);
    told.push_back(std::string(verb) + " " + (answer ? write_json(*answer) : answer.error().text()));
  };
  const Value server = Value::Map{{"server_id", "com.example.dmsc"}};
  for (const auto* address :
       {"https://127.0.0.1:4116/OMA/DM", "https://[::1]:4116/OMA/DM", "https://localuicc:443/OMA/DM"}) {
    pair.account(address);
    tell("dm.account.get", server);
  }
  tell("dm.account.remove", server);
  pair.notify();
  pair.account(bip);
  pair.account("https://127.0.0.1:4116/other", "com.example.other");
  pair.account(bip);
  pair.notify();
  for (const auto* text : {"accept the DM session", "refuse the DM session"}) {
    pair.notify({.ui_mode = 3});
    tell("ui.act", Value::Map{{"text", text}});
    pair.pass(70s);
  }
}

/// What servers may ask for.
void server_part(Pair& pair) {
  auto& self = pair.card->uicc->personality();
  pair.account(bip);
  self.commands = {command_of("get", "50", "./DMAcc/dmsc/AppAuth/SRVCRED/AAuthSecret"),
                   command_of("delete", "51", "./Provisioning/Name"), command_of("get", "52", "./Provisioning/Name"),
                   Value::Map{{"command", "atomic"},
                              {"cmd_id", "53"},
                              {"commands", Value::List{command_of("add", "54", "./Provisioning/New", "x"),
                                                       command_of("delete", "55", "./DevInfo/DevId")}}},
                   command_of("get", "56", "./Provisioning/New")};
  pair.notify();
  self.commands.clear();
  self.commands_a_message = 1;
  pair.notify();
  self.commands_a_message = 0;
  self.abort_at = 2;
  pair.notify();
  self.abort_at = 0;
  self.switched_off.insert(peer::Policy::sends_credentials);
  pair.notify();
  self.switched_off.clear();
  self.wrong_secret = "guessed";
  pair.notify();
  self.wrong_secret.clear();
  pair.account(bip);
  pair.card->uicc->account().client_nonce = {9, 9};  // as if the client had missed the last one
  pair.notify();
  self.psk.clear();
  self.psk_identity.clear();
  for (const std::string name : {"other", "expired", "stranger"}) {
    std::ifstream chain(testing::cards.certificates / (name + ".pem"));
    std::ifstream key(testing::cards.certificates / (name + ".key.pem"));
    self.certificate.assign(std::istreambuf_iterator<char>(chain), {});
    self.key.assign(std::istreambuf_iterator<char>(key), {});
    pair.call("device.reboot");
    pair.start();
    pair.notify();
  }
}

/// What differs from run to run whatever the device does.
void forget_random(Value& value) {
  if (value.is_list()) {
    for (auto& item : value.as_list()) forget_random(item);
  } else if (value.is_map()) {
    std::erase_if(value.as_map(), [](const auto& member) {
      static const std::set<std::string> random = {"cred", "chal", "next_nonce", "channel_data", "digest", "sms_tpdu"};
      return random.contains(member.first);
    });
    for (auto& member : value.as_map()) forget_random(member.second);
  }
}

std::string in_words(const testing::Card::Exchange& exchange) {
  std::string out = std::to_string(exchange.at.count()) + " ";
  const auto command = codec::read_command(exchange.command);
  if (!command || (command->ins != 0xC2 && command->ins != 0x14)) return out + to_hex(exchange.command);
  const auto decoded =
      command->ins == 0xC2 ? codec::decode_envelope(command->data) : codec::decode_terminal_response(command->data);
  auto value = decoded.value();
  forget_random(value);
  return out + decoded.key + " " + to_hex(ByteView(exchange.command).first(4)) + " " + write_json(value);
}

/// The whole day as the card saw it.
std::vector<std::string> day_of(const std::string& defect) {
  Pair pair("handset", defect);
  std::vector<std::string> told;
  pair.start();
  toolkit_part(pair);
  channel_part(pair);
  pair.ask("poll_interval", Value::Map{{"duration", Value::Map{{"unit", "seconds"}, {"interval", 30}}}});
  trigger_part(pair);
  message_part(pair, told);
  road_part(pair, told);
  account_part(pair, told);
  server_part(pair);
  for (;;) {
    const auto call = pair.call("network.awaitCall", Value::Map{{"timeout_ms", 0}});
    if (!call.find("number")->is_string()) break;
    told.push_back("call " + call.text_or("number", ""));
  }
  for (const auto& session : pair.sessions()) {
    told.push_back("session " + session.url + " " + session.session_id + " " + std::to_string(int(session.state)) +
                   " " + std::to_string(session.messages));
  }
  for (auto& fact : pair.card->facts) {
    if (!fact.key.starts_with("dm.client") && fact.key != "http.request") continue;
    forget_random(fact.fields);
    told.push_back(fact.key + " " + write_json(fact.fields));
  }
  for (const auto& exchange : pair.card->exchanges) told.push_back(in_words(exchange));
  return told;
}

}  // namespace

TEST_CASE("two days of a device without defect are the same, and full", "[defects]") {
  const auto day = day_of("");
  CHECK(bool(day == day_of("")));
  const auto count = [&](const char* start) {
    return std::count_if(day.begin(), day.end(), [&](const std::string& line) { return line.starts_with(start); });
  };
  CHECK(count("session") >= 20);
  CHECK(count("call +1555") == 1);
  CHECK(day.size() > 1000);
}

TEST_CASE("every defect of the reference device shows", "[defects]") {
  const auto clean = day_of("");
  const auto defects = reference::load_defects(testing::devices.defects);
  if (!defects) FAIL(defects.error().text());
  std::size_t looked = 0;
  for (const auto& defect : *defects) {
    if (defect.of_card()) continue;
    INFO(defect.id);
    CHECK_FALSE(bool(day_of(defect.name()) == clean));  // a day is too long to be printed
    ++looked;
  }
  CHECK(looked >= 114);
}

TEST_CASE("a device without a defect of that name is no device", "[defects]") {
  const auto made = make_device(testing::devices, "handset", "no-regstry");
  REQUIRE_FALSE(made);
  CHECK(made.error().code == Errc::usage);
  CHECK(made.error().message == "\"no-regstry\" is no defect of the reference device, did you mean \"no-registry\"");
  CHECK(make_device(testing::devices, "handst", "").error().message ==
        "\"handst\" is no personality of the reference device, did you mean \"handset\"; there are " +
            join(personality_names(testing::devices), ", "));
}

}  // namespace dmsc::refdevice
