// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <vector>

#include "runner/base/catch.hpp"
#include "runner/engine/trace.hpp"
#include "runner/engine/traffic/traffic_watch.hpp"

/// What a card and a terminal say to each other, octets worked by hand, and what the rules over all traffic make of it.
namespace dmsc::engine::testing {

using namespace std::chrono_literals;
using Words = std::vector<std::string>;

inline const load::Library& suite() {
  static const auto library = load::Library::open(std::filesystem::path(DMSC_SOURCE_DIR) / "testcases", {}).value();
  return library;
}

// Profiles by their octets; bits as in ETSI TS 102 223, 5.2.
inline const Octets every_facility(33, 0xFF);

inline std::string without_facility(std::size_t octet, unsigned bit) {
  auto profile = every_facility;
  profile[octet - 1] &= static_cast<std::uint8_t>(~(1U << (bit - 1)));
  return to_hex(profile);
}

// Commands and answers of one channel. Tags and layouts: ETSI TS 102 223, 6.6, 6.8 and 8
inline constexpr const char* more_time = "D009 8103010200 82028182";
inline constexpr const char* more_time_done = "8103010200 82028281 830100";
inline constexpr const char* open_local =
    "D012 8103014000 82028182 B9020578 BC03048001";  // UDP, port 32769, 1400 octets
inline constexpr const char* open_listener = "D012 8103014000 82028182 B9020578 BC03031014";    // TCP server, port 4116
inline constexpr const char* open_local_done = "8103014000 82028281 830100 38028100 39020578";  // channel 1 established
inline constexpr const char* open_listener_done = "8103014000 82028281 830100 38024100 39020578";  // channel 1 listens
inline constexpr const char* send_now = "D00F 8103014301 82028121 B60401020304";
inline constexpr const char* store = "D00F 8103014300 82028121 B60401020304";
inline constexpr const char* send_now_done = "8103014301 82028281 830100 B701FF";
inline constexpr const char* store_done = "8103014300 82028281 830100 B701FF";
inline constexpr const char* receive = "D00C 8103014200 82028121 B701C8";
inline constexpr const char* close_channel = "D009 8103014100 82028121";
inline constexpr const char* close_done = "8103014100 82028281 830100";

struct Talk {
  explicit Talk(model::Dut dut) : facts{dut, "srv", "user"} {}
  static Talk of_card() {
    Talk talk(model::Dut::card);
    talk.profile(to_hex(every_facility));
    return talk;
  }
  static Talk of_device() {
    Talk talk(model::Dut::device);
    talk.profile(to_hex(every_facility));
    return talk;
  }

  void command(const std::string& hex, const std::string& answer = "9000") {
    trace->record({at, parse_hex(hex).value(), parse_hex(answer).value()});
  }
  void reset() { trace->record({at, {}, Octets{0x3B, 0x00}}); }
  void profile(const std::string& hex, const std::string& answer = "9000") { with_data(0x10, hex, answer); }
  /// STATUS that wants no data back.
  void status(const std::string& answer = "9000") { command("80F2000C", answer); }
  void announce(const std::string& proactive) {
    status("91" + hex_number(parse_hex(proactive).value().size() & 0xFF, 2));
  }
  void fetch(const std::string& proactive) {
    announce(proactive);
    const auto octets = parse_hex(proactive).value();
    command("80120000" + hex_number(octets.size() & 0xFF, 2), to_hex(octets) + "9000");
  }
  void respond(const std::string& body, const std::string& answer = "9000") { with_data(0x14, body, answer); }
  void envelope(const std::string& body, const std::string& answer = "9000") { with_data(0xC2, body, answer); }
  void perform(const std::string& proactive, const std::string& body) {
    fetch(proactive);
    respond(body);
  }
  void with_data(std::uint8_t ins, const std::string& body, const std::string& answer) {
    const auto octets = parse_hex(body).value();
    command("80" + hex_number(ins, 2) + "0000" + hex_number(octets.size(), 2) + to_hex(octets), answer);
  }
  void fact(const std::string& key, Value fields, const std::string& octets = {}) {
    trace->add(peer::Fact{key, std::move(fields), Octets(octets.begin(), octets.end())}, at);
  }

  const model::TrafficTally& look() {
    watch.look(trace->events(), scripted);
    return watch.tally();
  }
  std::size_t occasions(const std::string& rule) {
    look();
    const auto found = watch.tally().find(rule);
    return found == watch.tally().end() ? 0 : found->second.occasions;
  }
  /// `KIND: VERDICT, OBSERVED at OFFSET, N times`, by kind.
  Words breaches(const std::string& rule) {
    REQUIRE(model::find_traffic_rule(rule) != nullptr);
    look();
    Words out;
    const auto found = watch.tally().find(rule);
    if (found == watch.tally().end()) return out;
    for (const auto& [kind, breach] : found->second.breaches) {
      const auto& finding = breach.finding;
      out.push_back(kind + ": " + std::string(name_of(finding.verdict)) + ", " + finding.observed +
                    (finding.offset ? " at " + std::to_string(*finding.offset) : "") +
                    (breach.count == 1 ? "" : ", " + std::to_string(breach.count) + " times"));
    }
    return out;
  }
  /// Rules that saw a breach.
  std::set<std::string> broken() {
    std::set<std::string> out;
    for (const auto& [rule, count] : look()) {
      if (!count.breaches.empty()) out.insert(rule);
    }
    return out;
  }
  std::string own_fault() {
    look();
    const auto& fault = watch.own_fault();
    return fault ? fault->requirement + ": " + fault->observed : "";
  }

  model::Moment at{};
  TrafficFacts facts;
  std::shared_ptr<peer::Account> account = std::make_shared<peer::Account>();
  std::shared_ptr<Trace> trace = std::make_shared<Trace>(*account, NotificationWatch::Sender::us);
  std::function<bool(const model::Event&)> scripted = [](const model::Event&) { return false; };
  TrafficWatch watch{suite(), facts};
};

using Rules = std::set<std::string>;

}  // namespace dmsc::engine::testing
