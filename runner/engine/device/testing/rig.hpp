// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "runner/base/catch.hpp"
#include "runner/base/json.hpp"
#include "runner/codec/cat/message.hpp"
#include "runner/engine/device/device_stimuli.hpp"

/// A device session whose adapter writes down what is asked of it.
namespace dmsc::engine::testing {

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
  bool has(std::string_view /*verb*/) const override { return true; }
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
  Log log;
  Value asked;
  std::chrono::milliseconds deadline{};
  std::chrono::microseconds time{};
  port::SoftCard* slot = nullptr;
  port::StreamService* served = nullptr;
};

// 1.1 1.6 | 2.2 | 3.6 3.7 | 5.1 5.5 | 6.3 6.4 | 12.1-5 | 13.6-8 | 17.3-5 | 30.3
inline constexpr const char* profile = "801000001E 21026000110C0003000000 1FE00000001C 000000000000000000000000 04";
inline constexpr const char* profile_without_udp =
    "801000001E 21026000110C0003000000 1FE00000000C 000000000000000000000000 04";
inline constexpr const char* profile_of_one_channel =
    "801000001E 21026000110C0003000000 1F200000001C 000000000000000000000000 04";
inline constexpr const char* registry =
    "80C2000017 DC15 82028281 710D80010407444D20436C69656E74 7000";  // port 32769, type 7

inline Value json(const std::string& text) {
  return text.empty() ? Value{} : parse_json(text, "test").value();
}

inline std::string at(const codec::Decoded& command, const char* path) {
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

}  // namespace dmsc::engine::testing
