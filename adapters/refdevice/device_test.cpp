// SPDX-License-Identifier: Apache-2.0
// The reference device and the reference card, in process: from power-on to the last message of a session.
#include <fstream>
#include <random>
#include <set>

#include "adapters/refdevice/testing/pair.hpp"
#include "runner/peer/uicc/off_line_trigger.hpp"

namespace dmsc::refdevice {
namespace {

using namespace std::chrono_literals;
using peer::Policy;
using testing::Card;
using testing::Pair;
using State = peer::DmSession::State;

/// A local program gets a page; the HTTP status, 0 where there was none.
std::int64_t fetch(Pair& pair, const std::string& url) {
  return pair.call("net.fetch", Value::Map{{"url", url}, {"timeout_ms", 90000}}).int_or("status", -1);
}

Value start_timer(int timer, int seconds) {
  return Value::Map{{"command_details", Value::Map{{"qualifier", 0}}},
                    {"timer_identifier", timer},
                    {"timer_value", Value::Map{{"hours", 0}, {"minutes", seconds / 60}, {"seconds", seconds % 60}}}};
}

std::string alert_of(const Value& message) {
  for (const auto& command : message.find("commands")->as_list()) {
    if (command.text_or("command", "") == "alert") return command.text_or("data", "");
  }
  return {};
}

}  // namespace

TEST_CASE("a card that wakes up at power-on gets its session", "[refdevice]") {
  Pair pair("handset", "", [](peer::Personality& self) { self.wake_ups = {"power_on"}; });
  pair.start();
  pair.settle();
  REQUIRE(pair.sessions().size() == 1);
  const auto& session = pair.sessions().front();
  CHECK(session.trouble.empty());
  CHECK(session.state == State::finished);
  CHECK(session.server_id == "com.example.dmsc");
  CHECK(session.url == "https://127.0.0.1:4116/OMA/DM");
  CHECK(session.session_id == "1");
  const auto messages = pair.messages();
  REQUIRE(messages.size() >= 3);
  CHECK(messages[0].text_or("target", "") == "https://127.0.0.1:4116/OMA/DM");
  CHECK(messages[0].text_or("session_id", "") == "1");
  CHECK(messages[0].text_or("client_credentials", "") == "right");
  CHECK(alert_of(messages[0]) == "1200");
  CHECK(messages[0].bool_or("final", false));
  CHECK(pair.card->facts.back().key == "stream.closed");
}

TEST_CASE("the power-on sequence", "[refdevice]") {
  Pair pair;
  CHECK(pair.refusal("device.waitReady", Value::Map{{"timeout_ms", 10}}).code == Errc::refused);
  pair.start();
  std::string inss;
  for (const auto& exchange : pair.card->exchanges) inss += to_hex(ByteView(exchange.command).subspan(1, 1)) + " ";
  CHECK(inss.starts_with("A4 C0 "));
  const auto& first = pair.card->exchanges.front().command;
  CHECK(to_hex(first) == "00A40004023F00");
  CHECK(pair.commands("00A40804022F00").size() == 1);
  CHECK(pair.commands("00A40804022FE2").size() == 1);
  CHECK(pair.commands("00A404040").size() == 1);
  for (const auto* file : {"6F38", "6F07", "6FAD", "6F78", "6F7E", "6F5B", "6F42"}) {
    INFO(file);
    CHECK(pair.commands(std::string("00A40804047FFF") + file).size() == 1);
  }
  CHECK(pair.commands("0088008011").size() == 1);
  CHECK(pair.commands("8010").size() == 1);
  const auto registry = pair.commands("80C20000");
  REQUIRE(registry.size() == 1);
  CHECK(registry[0] == "80C2000024DC2282028281710D80010407444D20436C69656E74710B90020401576562204170707000");
  // The profile goes before the registry, both behind the files.
  CHECK(inss.find("88 ") < inss.find("F2 "));
  CHECK(inss.find("F2 ") < inss.find("10 "));
  CHECK(inss.find("10 ") < inss.find("C2 "));
}

TEST_CASE("STATUS comes as agreed", "[refdevice]") {
  Pair pair;
  pair.start();
  const auto polls = [&](std::chrono::seconds time) {
    const auto before = pair.commands("80F2000C").size();
    pair.pass(time);
    return pair.commands("80F2000C").size() - before;
  };
  CHECK(polls(60s) == 2);  // 30 seconds of its own accord
  pair.ask("poll_interval", Value::Map{{"duration", Value::Map{{"unit", "seconds"}, {"interval", 10}}}});
  CHECK(pair.commands("80140000").back() == "80140000108103050300820282818301008402010A");
  CHECK(polls(60s) == 6);
  pair.ask("polling_off", Value::Map{});
  CHECK(polls(60s) == 2);
}

TEST_CASE("timers expire when they should and keep apart", "[refdevice]") {
  Pair pair;
  pair.start();
  pair.ask("timer_management", start_timer(1, 100));
  pair.ask("timer_management", start_timer(8, 40));
  const auto expired = [&] { return pair.commands("80C200000ED70C"); };
  pair.pass(39s);
  CHECK(expired().empty());
  pair.pass(2s);
  REQUIRE(expired().size() == 1);
  CHECK(expired()[0] == "80C200000ED70C82028281A40108A503000004");
  pair.pass(60s);
  REQUIRE(expired().size() == 2);
  CHECK(expired()[1] == "80C200000ED70C82028281A40101A503001004");
}

TEST_CASE("calls go to the card first, and it decides", "[refdevice]") {
  Pair pair;
  pair.start();
  const auto call = [&](const std::string& answer) {
    pair.card->call_answer = answer;
    pair.call("device.dial", Value::Map{{"number", "+15550100"}});
    const auto result = pair.call("network.awaitCall", Value::Map{{"timeout_ms", 3000}});
    return result.text_or("number", "none");
  };
  CHECK(call("0000") == "+15550100");
  CHECK(call("0100") == "none");
  CHECK(call("02068604915510F0") == "+55010");  // another number instead
  CHECK(call("0204860281F1") == "1");
  CHECK(call("02FF8604") == "+15550100");  // an answer cut short names no number
  CHECK(call("77") == "none");
  CHECK(pair.refusal("device.dial", Value::Map{{"number", "call me"}}).code == Errc::protocol);
  pair.call("device.powerOff");
  CHECK(pair.refusal("device.dial", Value::Map{{"number", "1"}}).code == Errc::refused);
}

TEST_CASE("events come only to a card that asked for them", "[refdevice]") {
  Pair pair;
  pair.start();
  const auto moved = [&](const char* mcc) {
    const auto before = pair.commands("80C20000").size();
    pair.call("network.setCell", Value::Map{{"mcc", mcc}, {"mnc", "410"}, {"lac", 7}, {"ci", 9}});
    const auto all = pair.commands("80C20000");
    return all.size() == before ? std::string{} : all.back();
  };
  CHECK(moved("310").empty());
  pair.ask("set_up_event_list", Value::Map{{"event_list", Value::List{"location_status"}}});
  CHECK(moved("311") == "80C2000015D613990103820282819B0100130713011400070009");
  pair.call("network.outOfService");
  CHECK(pair.commands("80C200000C").back() == "80C200000CD60A990103820282819B0102");
  pair.ask("set_up_event_list", Value::Map{{"event_list", Value::List{}}});
  CHECK(moved("312").empty());
  CHECK(pair.refusal("network.setCell", Value::Map{{"mcc", "1"}, {"mnc", "01"}}).text() == "mcc: is not three digits");
}

TEST_CASE("a notification starts a session only when all about it is right", "[refdevice]") {
  Pair pair("handset", "", [](peer::Personality& self) {
    self.requests.emplace_back("set_up_event_list",
                               Value::Map{{"event_list", Value::List{"data_available", "channel_status"}}});
  });
  pair.start();
  const auto after = [&](const testing::Trigger& trigger) {
    const auto before = pair.sessions().size();
    pair.notify(trigger);
    return pair.sessions().size() - before;
  };
  CHECK(after({}) == 1);
  CHECK(pair.sessions().back().state == State::finished);
  CHECK(after({.digest = "wrong"}) == 0);
  CHECK(after({.server_id = "com.example.other"}) == 0);
  CHECK(after({.session = 1}) == 0);  // had that one
  CHECK(after({.session = -1}) == 0);
  CHECK(after({.length = 20}) == 0);
  CHECK(after({.version = 12}) == 1);
  CHECK(after({.future_use = 0x7FFFFFF}) == 1);
  CHECK(after({.vendor = std::string(1000, 'v')}) == 1);
  CHECK(after({.piece = 7}) == 1);
  CHECK(after({.port = 36866}) == 0);  // of the other application
  CHECK(after({.protocol = "tcp_local", .piece = 11}) == 1);
  CHECK(after({.session = 0xABCD}) == 1);
  CHECK(pair.sessions().back().session_id == "ABCD");
  const auto said = pair.messages().size();
  CHECK(after({.digest = "zero"}) == 1);
  CHECK(pair.sessions().back().state == State::finished);
  REQUIRE(pair.messages().size() > said);
  CHECK(pair.messages()[said].text_or("client_credentials", "") == "right");  // on the zero nonce, at once
  CHECK(after({}) == 1);                                                      // with the nonces of that session
  CHECK(pair.sessions().back().state == State::finished);
  CHECK(after({.digest = "zero_text"}) == 1);
  CHECK(pair.sessions().back().state == State::finished);
  for (const auto& session : pair.sessions()) CHECK(session.trouble.empty());
}

TEST_CASE("a notification during a session waits for its end", "[refdevice]") {
  Pair pair("handset", "", [](peer::Personality& self) {
    self.requests.emplace_back("set_up_event_list",
                               Value::Map{{"event_list", Value::List{"data_available", "channel_status"}}});
  });
  pair.start();
  pair.trigger();
  pair.trigger({.digest = "zero"});  // the nonces of the first session are not known yet
  pair.pass(60s);
  REQUIRE(pair.sessions().size() == 2);
  CHECK(pair.sessions()[0].session_id == "1");
  CHECK(pair.sessions()[1].session_id == "2");
}

TEST_CASE("each road of table 2 leads to the server", "[refdevice]") {
  Pair pair("handset", "", [](peer::Personality& self) {
    self.requests.emplace_back("set_up_event_list",
                               Value::Map{{"event_list", Value::List{"data_available", "channel_status"}}});
  });
  pair.start();
  for (const auto* authority : {"127.0.0.1:4116", "[::1]:4116", "localhost:4116", "localuicc:443", "localuicc"}) {
    INFO(authority);
    pair.account(std::string("https://") + authority + "/OMA/DM");
    const auto before = pair.sessions().size();
    pair.notify();
    REQUIRE(pair.sessions().size() == before + 1);
    CHECK(pair.sessions().back().trouble.empty());
    CHECK(pair.sessions().back().state == State::finished);
    CHECK(pair.messages().back().text_or("target", "") == std::string("https://") + authority + "/OMA/DM");
  }
  CHECK(pair.call("dm.account.get", Value::Map{{"server_id", "com.example.dmsc"}}).text_or("app_addr", "") ==
        "https://localuicc/OMA/DM");
  for (const auto* url : {"http://127.0.0.1:4116/OMA/DM", "https://", "https://203.0.113.9:4116/OMA/DM"}) {
    INFO(url);
    pair.account(url);
    const auto before = pair.messages().size();
    pair.notify();
    CHECK(pair.sessions().back().state == State::failed);
    CHECK(pair.messages().size() == before);
  }
}

TEST_CASE("the user, too, can ask for a session", "[refdevice]") {
  Pair pair("handset", "", [](peer::Personality& self) {
    self.requests.emplace_back("set_up_event_list",
                               Value::Map{{"event_list", Value::List{"data_available", "channel_status"}}});
  });
  const Value known = Value::Map{{"server_id", "com.example.dmsc"}};
  CHECK(pair.refusal("dm.session.start", known).code == Errc::refused);
  pair.start();
  CHECK(pair.refusal("dm.session.start", Value::Map{{"server_id", "x"}}).text() == "there is no account for \"x\"");
  pair.call("dm.session.start", known);
  pair.settle();
  REQUIRE(pair.messages().size() >= 2);
  CHECK(alert_of(pair.messages()[0]) == "1201");
  CHECK(pair.sessions().back().state == State::finished);
  const auto listed = pair.call("dm.session.list");
  REQUIRE(listed.find("sessions")->as_list().size() == 1);
  CHECK(listed.find("sessions")->as_list()[0] ==
        Value(Value::Map{{"server_id", "com.example.dmsc"}, {"url", "https://127.0.0.1:4116/OMA/DM"}}));
  REQUIRE(pair.device->begin_case("x", "y"));
  CHECK(pair.call("dm.session.list").find("sessions")->as_list().empty());
  CHECK(pair.refusal("dm.session.abort").code == Errc::refused);
}

TEST_CASE("a server that cannot prove itself gets nothing done", "[refdevice]") {
  for (const bool wrong : {false, true}) {
    Pair pair("handset", "", [&](peer::Personality& self) {
      self.requests.emplace_back("set_up_event_list",
                                 Value::Map{{"event_list", Value::List{"data_available", "channel_status"}}});
      if (wrong) self.wrong_secret = "guessed";
      if (!wrong) self.switched_off.insert(Policy::sends_credentials);
    });
    INFO(wrong);
    pair.start();
    pair.notify();
    REQUIRE(pair.messages().size() >= 2);
    std::set<std::string> statuses;
    for (const auto& message : pair.messages()) {
      for (const auto& command : message.find("commands")->as_list()) {
        if (command.text_or("command", "") == "status") statuses.insert(command.text_or("data", ""));
      }
    }
    CHECK(statuses.count(wrong ? "401" : "407") == 1);
    CHECK(statuses.count("200") == 0);
  }
}

TEST_CASE("a certificate that is not right ends the session before it begins", "[refdevice]") {
  for (const auto* certificate : {"expired", "other"}) {
    INFO(certificate);
    Pair pair("handset", "", [&](peer::Personality& self) {
      self.requests.emplace_back("set_up_event_list",
                                 Value::Map{{"event_list", Value::List{"data_available", "channel_status"}}});
      auto other = refcard::load_personality(testing::cards, "full");
      REQUIRE(other);
      std::ifstream chain(testing::cards.certificates / (std::string(certificate) + ".pem"));
      std::ifstream key(testing::cards.certificates / (std::string(certificate) + ".key.pem"));
      self.certificate.assign(std::istreambuf_iterator<char>(chain), {});
      self.key.assign(std::istreambuf_iterator<char>(key), {});
      self.psk.clear();
      self.psk_identity.clear();
    });
    pair.start();
    pair.notify();
    REQUIRE(pair.sessions().size() == 1);
    CHECK(pair.sessions()[0].state == State::failed);
    CHECK(pair.sessions()[0].trouble.starts_with("the certificate of the server is not"));
    CHECK(pair.messages().empty());
  }
}

TEST_CASE("local programs share the card's channels, one after the other", "[refdevice]") {
  Pair pair("handset", "", [](peer::Personality& self) {
    self.https_channels = 1;
    self.requests.emplace_back("set_up_event_list",
                               Value::Map{{"event_list", Value::List{"data_available", "channel_status"}}});
  });
  pair.start();
  CHECK(fetch(pair, "https://127.0.0.1:4116/") == 200);
  CHECK(fetch(pair, "https://[::1]:4116/nothing") == 404);
  CHECK(fetch(pair, "http://localhost:3516/index.html") == 200);
  CHECK(fetch(pair, "https://localuicc/") == 200);
  CHECK(fetch(pair, "http://localuicc:80/") == 200);
  CHECK(fetch(pair, "http://127.0.0.1:9/") == 0);
  CHECK(fetch(pair, "https://192.0.2.7:4116/") == 0);  // from outside
  pair.call("net.hold", Value::Map{{"url", "https://127.0.0.1:4116/"}});
  CHECK(pair.call("net.fetch", Value::Map{{"url", "https://127.0.0.1:4116/"}, {"timeout_ms", 5000}})
            .int_or("status", -1) == 0);
  pair.trigger();  // the DM Client has to wait, too
  pair.pass(40s);
  REQUIRE(pair.sessions().size() == 1);
  CHECK(pair.sessions()[0].state == State::going_on);
  pair.call("net.release");
  pair.settle();
  CHECK(pair.sessions()[0].state == State::finished);
  CHECK(fetch(pair, "https://127.0.0.1:4116/") == 200);
  CHECK(pair.refusal("net.fetch", Value::Map{{"url", "ftp://x/"}, {"timeout_ms", 1}}).code == Errc::protocol);
}

TEST_CASE("an account is set as a whole, and what is no account is not taken", "[refdevice]") {
  Pair pair;
  const auto wrong = [&](const Value& parameters) { return pair.refusal("dm.account.set", parameters).text(); };
  CHECK(wrong(Value::Map{}) == "server_id: is missing");
  CHECK(wrong(Value::Map{{"server_id", "new"}}) == "app_addr: is missing");
  CHECK(wrong(Value::Map{{"server_id", 7}}) == "server_id: is no text of at most 1024 octets");
  CHECK(wrong(Value::Map{{"server_id", "new"}, {"server_nonce", "0x00"}}) == "server_nonce: is not hexadecimal");
  CHECK(pair.refusal("dm.account.get", Value::Map{{"server_id", "new"}}).code == Errc::refused);
  for (int number = 2; number <= 16; ++number) {
    pair.call("dm.account.set", Value::Map{{"server_id", std::to_string(number)}, {"app_addr", "https://x/"}});
  }
  CHECK(wrong(Value::Map{{"server_id", "new"}, {"app_addr", "https://x/"}}) == "there is no room for it");
  pair.call("dm.account.set", Value::Map{{"server_id", "com.example.dmsc"}});
  const auto* account = pair.device->handset().agent().find_account("com.example.dmsc");
  REQUIRE(account != nullptr);
  CHECK(account->app_addr == "https://127.0.0.1:4116/OMA/DM");
  CHECK(account->credentials.server_secret.empty());
}

TEST_CASE("the DM Client moves to another port and says so", "[refdevice]") {
  Pair pair;
  pair.start();
  CHECK(pair.call("dm.client.port") == Value(Value::Map{{"port", 32769}, {"name", "DM Client"}}));
  CHECK(pair.call("dm.client.move").int_or("port", 0) == 32770);
  CHECK(pair.call("dm.client.port").int_or("port", 0) == 32770);
  CHECK(pair.commands("80C20000").size() == 2);
  CHECK(pair.commands("80C20000").back().find("80020407444D20436C69656E74") != std::string::npos);
  CHECK(pair.refusal("dm.client.move", Value::Map{{"port", 36866}}).code == Errc::refused);
  CHECK(pair.refusal("dm.client.move", Value::Map{{"port", 0}}).code == Errc::protocol);
  pair.trigger({.port = 32769});
  pair.pass(40s);
  CHECK(pair.sessions().empty());
  pair.notify({.port = 32770});
  CHECK(pair.sessions().size() == 1);
}

TEST_CASE("each personality holds a session in its own way", "[refdevice]") {
  for (const auto& name : personality_names(testing::devices)) {
    INFO(name);
    const auto self = load_handset(testing::devices, name)->self;
    Pair pair(name, "", [&](peer::Personality& card) {
      card.requests.emplace_back("set_up_event_list",
                                 Value::Map{{"event_list", Value::List{"data_available", "channel_status"}}});
    });
    pair.start();
    if (self.profile.int_or("number_of_channels", 0) > 1) {
      pair.notify({.protocol = self.profile.bool_or("udp_local", false) ? "udp_local" : "tcp_local"});
    } else {  // no channel is left for a trigger
      pair.call("dm.session.start", Value::Map{{"server_id", "com.example.dmsc"}});
      pair.settle();
    }
    REQUIRE(pair.sessions().size() == 1);
    CHECK(pair.sessions()[0].trouble.empty());
    CHECK(pair.sessions()[0].state == State::finished);
    REQUIRE(!pair.messages().empty());
    CHECK(pair.messages()[0].text_or("coding", "") == (self.coding == codec::SyncmlCoding::wbxml ? "wbxml" : "xml"));
    bool tcp = false;
    for (const auto& fact : pair.card->facts) {
      tcp = tcp || (fact.key == "http.request" && fact.fields.text_or("road", "") == "tcp");
    }
    CHECK(tcp == self.accounts.at(0).app_addr.starts_with("https://localuicc:"));
  }
}

TEST_CASE("power off ends everything but the accounts", "[refdevice]") {
  Pair pair("handset", "", [](peer::Personality& self) { self.wake_ups = {"power_on"}; });
  pair.start();
  pair.settle();
  pair.call("device.reboot");
  pair.settle();
  CHECK(pair.sessions().size() == 2);
  CHECK(pair.sessions()[1].state == State::finished);
  pair.call("device.powerOff");
  const auto count = pair.card->exchanges.size();
  pair.pass(120s);
  CHECK(pair.card->exchanges.size() == count);
  pair.device->insert(nullptr);
  pair.call("device.powerOn");
  CHECK(pair.refusal("device.waitReady", Value::Map{{"timeout_ms", 1000}}).code == Errc::timeout);
  pair.device->insert(pair.card.get());  // a card that comes later is used
  pair.call("device.waitReady", Value::Map{{"timeout_ms", 1000}});
  CHECK(pair.card->exchanges.size() > count);
}

TEST_CASE("a mute card and a card that never rests do not hold us", "[refdevice]") {
  class Odd final : public port::SoftCard {
   public:
    explicit Odd(bool mute) : mute_(mute) {}
    Octets power_on() override { return {0x3B, 0x00}; }
    void power_off() override {}
    Octets reset() override { return {0x3B, 0x00}; }
    Octets atr() const override { return {0x3B, 0x00}; }
    std::optional<Octets> command(ByteView capdu) override {
      if (mute_) return {};
      if (capdu[1] == 0x12) return *parse_hex("D0098103010200820281829000");  // MORE TIME, for ever
      return Octets{0x91, 0x0B};
    }

   private:
    bool mute_;
  };
  for (const bool mute : {true, false}) {
    auto device = make_device(testing::devices, "handset", "");
    REQUIRE(device);
    Odd card(mute);
    (*device)->insert(&card);
    const auto on = (*device)->call("device.powerOn", Value::Map{}, 1s);
    CHECK(on.has_value() == mute);
    if (!on) CHECK(on.error().code == Errc::exhausted);
    const auto ready = (*device)->call("device.waitReady", Value::Map{{"timeout_ms", 2000}}, 1s);
    REQUIRE_FALSE(ready);
    CHECK(ready.error().code == (mute ? Errc::timeout : Errc::exhausted));
    (*device)->insert(nullptr);
  }
}

TEST_CASE("whatever a card sends, the device lives on", "[refdevice]") {
  std::mt19937 random(20260101);
  const auto octets = [&](std::size_t most) {
    Octets out(random() % (most + 1));
    for (auto& octet : out) octet = static_cast<std::uint8_t>(random());
    return out;
  };
  SECTION("notifications") {
    Pair pair("handset", "", [](peer::Personality& self) {
      self.requests.emplace_back("poll_interval",
                                 Value::Map{{"duration", Value::Map{{"unit", "seconds"}, {"interval", 1}}}});
    });
    pair.start();
    for (int round = 0; round < 300; ++round) {
      auto wire = octets(300);
      if (wire.empty()) wire.push_back(0);
      const bool tcp = random() % 2 == 0;
      peer::OffLineTrigger{wire, 32769, tcp ? "tcp_local" : "udp_local", 1400, 1 + random() % 220, true}.send(
          pair.card->uicc->toolkit());
      pair.pass(2s);
    }
    CHECK(pair.sessions().empty());
    pair.notify();
    CHECK(pair.sessions().size() == 1);
  }
  SECTION("responses") {
    class Noise final : public port::SoftCard {
     public:
      explicit Noise(std::function<Octets(std::size_t)> octets) : octets_(std::move(octets)) {}
      Octets power_on() override { return octets_(33); }
      void power_off() override {}
      Octets reset() override { return octets_(33); }
      Octets atr() const override { return {}; }
      std::optional<Octets> command(ByteView) override {
        auto out = octets_(100);
        static constexpr std::uint8_t ends[][2] = {
            {0x90, 0x00}, {0x91, 0x10}, {0x61, 0x20}, {0x6C, 0x08}, {0x6A, 0x82}};
        const auto pick = octets_(255).size() % 7;
        if (pick < 5) append(out, ends[pick]);
        return out;
      }

     private:
      std::function<Octets(std::size_t)> octets_;
    };
    for (int round = 0; round < 200; ++round) {
      auto device = make_device(testing::devices, "handset", "");
      REQUIRE(device);
      Noise card(octets);
      (*device)->insert(&card);
      (void)(*device)->call("device.powerOn", Value::Map{}, 1s);
      for (int step = 0; step < 20; ++step) (void)(*device)->wait(31s);
      (void)(*device)->call("device.dial", Value::Map{{"number", "1"}}, 1s);
      (*device)->insert(nullptr);
    }
    SUCCEED("no crash, no endless loop");
  }
}

}  // namespace dmsc::refdevice
