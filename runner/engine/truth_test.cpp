// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/truth.hpp"

#include <algorithm>
#include <set>

#include "runner/base/catch.hpp"
#include "runner/codec/cat/profile.hpp"

// What each rule sees in a peer that has everything, and in one that has nothing.
namespace dmsc::engine {
namespace {

using model::Dut;
using model::Event;

Event event(std::string key, Value fields = Value::Map{}, Octets octets = {}) {
  Event out;
  out.key = std::move(key);
  out.fields = std::move(fields);
  out.octets = std::move(octets);
  return out;
}

Event notification() {
  return event("dm.notification", Value::Map{{"bearer", "channel"}});
}

/// SELECT by an AID, SELECT of a file of that application, and what READ BINARY brings.
void add_table(std::vector<Event>& events, const char* aid, const char* path, const char* content,
               const char* answer = "ok") {
  events.push_back(event("command.select", Value::Map{{"data", aid}}));
  events.push_back(event("response.select", Value::Map{{"status", answer}}));
  events.push_back(event("command.select", Value::Map{{"data", path}}));
  events.push_back(event("response.select", Value::Map{{"status", answer}}));
  events.push_back(event("response.read_binary", Value::Map{{"status", "ok"}, {"data", content}}));
}

constexpr const char* usim = "A0000000871002";
constexpr const char* csim = "A0000003431002";
constexpr const char* ust = "7FFF6F38";
constexpr const char* csim_st = "7FFF6F32";
constexpr const char* no_service = "00000000000000000000";

Event open_channel(const char* mode, int port) {
  return event("proactive.open_channel", Value::Map{{"mode", mode}, {"transport_level", Value::Map{{"port", port}}}});
}

Evidence card_that(bool has) {
  Evidence out;
  for (const auto* name : {"wake:power_on", "wake:timer", "wake:status", "wake:call", "wake:location", "wake:scws",
                           "wake:sms", "wake:menu", "wake:event", "only:class_e_k", "only:class_e_udp",
                           "only:class_e_tcp", "only:sms_3gpp", "only:sms_3gpp2"}) {
    out.scenes.push_back({name, true, {}});
    if (has) out.scenes.back().events.push_back(notification());
  }
  auto& first = out.scenes.front().events;
  // TD2 = 3F: T=15, and TA3 = C7 and TB3 = C0 behind it
  if (has)
    first.insert(first.begin(), event("card.reset", {}, *parse_hex("3B9F96803FC7C08031E073FE211367444D5F5343313000")));
  out.scenes.push_back({"service_tables", true, {}});
  if (has) {
    first.push_back(open_channel("uicc_server", 4116));
    first.push_back(open_channel("uicc_server", 3516));
    first.push_back(event("proactive.poll_interval"));
  } else {
    add_table(out.scenes.back().events, usim, ust, no_service);
    add_table(out.scenes.back().events, csim, csim_st, no_service);
  }
  return out;
}

Value answered(const char* result) {
  return Value::Map{{"result", Value::Map{{"general", result}}}};
}

Event profile(const Octets& octets) {
  return event("command.terminal_profile", Value::Map{{"data", to_hex(octets)}}, octets);
}

Evidence device_that(bool has, const char* transport = "") {
  Evidence out;
  out.transport = transport;
  out.scenes = {{"power_on", true, {}},
                {"event:location_status", true, {}},
                {"event:user_activity", true, {}},
                {"poll_interval", true, {}}};
  auto& first = out.scenes.front().events;
  first.push_back(profile(has ? Octets(33, 0xFF) : Octets{0x01}));
  if (has) {
    first.push_back(event("command.status", Value::Map{{"p1", 0}}));
    const Value registry = Value::List{Value::Map{{"application_type", 7}}};
    first.push_back(event("envelope.terminal_applications", Value::Map{{"registry_application_data", registry}}));
  }
  for (const std::size_t at : {1U, 2U}) {
    out.scenes[at].events = {
        event("terminal_response.set_up_event_list", answered(has ? "performed" : "beyond_terminal_capabilities"))};
  }
  auto polled = answered("performed");
  polled["duration"] = Value::Map{{"unit", "seconds"}, {"interval", has ? 3 : 30}};
  out.scenes[3].events = {event("terminal_response.poll_interval", polled)};
  return out;
}

model::Ics all_of(Dut dut, bool answer) {
  model::Ics ics;
  ics.dut = dut;
  for (const auto& rule : truth_rules()) {
    if (rule.dut == dut) ics.items[rule.item] = answer;
  }
  ics.items.erase("channels");
  return ics;
}

model::Pixit with_channels(int count) {
  model::Pixit pixit;
  pixit.values = Value::Map{{"channels", count}};
  return pixit;
}

/// Rules that tell of a contradiction.
std::set<const TruthRule*> fired(const model::Ics& ics, const Evidence& evidence, int channels = 3) {
  const auto pixit = with_channels(channels);
  std::set<const TruthRule*> out;
  for (const auto& one : hold_against({ics, pixit}, evidence).contradictions) out.insert(one.rule);
  return out;
}

const Contradiction* find(const Truth& truth, std::string_view item) {
  const auto found = std::find_if(truth.contradictions.begin(), truth.contradictions.end(),
                                  [&](const auto& one) { return one.rule->item == item; });
  return found == truth.contradictions.end() ? nullptr : &*found;
}

}  // namespace

TEST_CASE("every rule tells of the answer that it is about", "[truth]") {
  std::set<const TruthRule*> yes;
  std::set<const TruthRule*> no;
  yes.merge(fired(all_of(Dut::card, true), card_that(false)));
  auto elsewhere = card_that(false);
  elsewhere.scenes.front().events.push_back(open_channel("uicc_server", 5000));
  yes.merge(fired(all_of(Dut::card, true), elsewhere));
  no.merge(fired(all_of(Dut::card, false), card_that(true)));
  yes.merge(fired(all_of(Dut::device, true), device_that(false)));
  for (const auto* road : {"iso", "usb-iccd", "usb-eem"})
    no.merge(fired(all_of(Dut::device, false), device_that(true, road)));
  for (const auto& rule : truth_rules()) {
    CAPTURE(rule.item, rule.source, rule.word);
    CHECK(yes.contains(&rule) == (rule.against != Against::no));
    CHECK(no.contains(&rule) == (rule.against != Against::yes));
  }
}

TEST_CASE("a card that listens on no channel may serve http over TCP/IP", "[truth]") {
  const auto told = fired(all_of(Dut::card, true), card_that(false));
  CHECK(std::none_of(told.begin(), told.end(),
                     [](const auto* rule) { return rule->item == std::string("C_SCWS_HTTP"); }));
  CHECK(
      std::any_of(told.begin(), told.end(), [](const auto* rule) { return rule->item == std::string("C_SCWS_BIP"); }));
}

TEST_CASE("a statement that fits is not contradicted", "[truth]") {
  CHECK(fired(all_of(Dut::card, false), card_that(false)).empty());
  auto ics = all_of(Dut::card, true);
  auto card = card_that(true);
  card.scenes.front().events.push_back(event("proactive.timer_management"));
  card.scenes.front().events.push_back(event("proactive.set_up_menu"));
  card.scenes.front().events.push_back(
      event("proactive.set_up_event_list", Value::Map{{"event_list", Value::List{"location_status"}}}));
  CHECK(fired(ics, card).empty());
  CHECK(fired(all_of(Dut::device, true), device_that(true, "iso"), 7).empty());
  // without a word of the adapter nothing is said of the interface
  const auto silent = hold_against({all_of(Dut::device, false), with_channels(1)}, device_that(true));
  for (const auto* item : {"D_ISO", "D_ICCD", "D_EEM"}) CHECK(find(silent, item) == nullptr);
}

TEST_CASE("what was not there to see is no contradiction", "[truth]") {
  CHECK(hold_against({all_of(Dut::device, true), with_channels(7)}, {}).held == 0);
  auto card = card_that(false);
  for (auto& scene : card.scenes) scene.happened = false;
  const auto truth = hold_against({all_of(Dut::card, true), with_channels(7)}, card);
  for (const auto& one : truth.contradictions) {
    const std::string source = one.rule->source;
    CHECK((source == "proactive commands" || source == "SET UP EVENT LIST"));
  }
}

TEST_CASE("a contradiction says what was seen, with octets and place", "[truth]") {
  const auto pixit = with_channels(7);
  auto ics = all_of(Dut::device, true);
  auto evidence = device_that(true);
  evidence.scenes[0].events[0] =
      profile(codec::encode_profile(Value::Map{{"octets", 20}, {"profile_download", true}}).value());
  evidence.scenes[0].events[0].exchange = 4;
  auto truth = hold_against({ics, pixit}, evidence);
  const auto* timer = find(truth, "D_TIMER");
  REQUIRE(timer != nullptr);
  CHECK(timer->declared == "the ICS says yes");
  CHECK(timer->seen.words == "octet 8 bit 1, TIMER MANAGEMENT, start and stop: 0");
  CHECK(timer->seen.octets.size() == 20);
  CHECK(timer->seen.where == "power_on, exchange 4");
  CHECK(timer->certain);
  CHECK(find(truth, "D_OFFLINE")->seen.words == "octet 30 bit 3, terminal applications: 0, the profile has 20 octets");
  CHECK(find(truth, "channels")->declared == "the PIXIT says 7");
  CHECK(find(truth, "channels")->seen.words == "octet 13 bits 6 to 8, number of channels: 0");
  CHECK_FALSE(find(truth, "D_SMS_3GPP2")->certain);  // bit 20.1 rests on one source
}

TEST_CASE("channels beyond the PIXIT are a note, fewer a contradiction", "[truth]") {
  const auto ics = all_of(Dut::device, true);
  const auto more = hold_against({ics, with_channels(1)}, device_that(true));
  REQUIRE(find(more, "channels") != nullptr);
  CHECK_FALSE(find(more, "channels")->certain);
  const auto fewer = hold_against({ics, with_channels(1)}, device_that(false));
  REQUIRE(find(fewer, "channels") != nullptr);
  CHECK(find(fewer, "channels")->certain);
}

TEST_CASE("a table is read of its own application alone", "[truth]") {
  auto evidence = card_that(true);
  auto& events = evidence.scenes.back().events;
  auto ics = all_of(Dut::card, true);
  const auto services_denied = [&] {
    std::set<std::string> out;
    for (const auto& one : hold_against({ics, with_channels(7)}, evidence).contradictions) {
      if (std::string(one.rule->source).starts_with("EF."))
        out.insert(std::string(one.rule->source) + (one.certain ? "!" : ""));
    }
    return out;
  };
  // 28 and 30 stand in the fourth octet, 77 in the tenth
  add_table(events, usim, ust, "00000008000000000010");
  CHECK(services_denied() == std::set<std::string>{"EF.UST!"});  // 28 is there, 30 is not
  events.clear();
  add_table(events, usim, ust, "00000028000000000010");
  CHECK(services_denied().empty());
  // there is no CSIM: what is read next is the file that was selected before
  add_table(events, csim, csim_st, no_service, "file_not_found");
  CHECK(services_denied().empty());
  // with one, what the USIM has not is a note, for the CSIM may have it
  events.clear();
  add_table(events, usim, ust, no_service);
  add_table(events, csim, csim_st, "0018");
  CHECK(services_denied() == std::set<std::string>{"EF.UST"});
}

TEST_CASE("a card that repeats its trigger of itself is not said to be woken by what came before", "[truth]") {
  auto ics = all_of(Dut::card, false);
  const auto repeats = hold_against({ics, with_channels(7)}, card_that(true));
  REQUIRE(find(repeats, "C_WAKE_STATUS") != nullptr);
  CHECK_FALSE(find(repeats, "C_WAKE_STATUS")->certain);
  CHECK(find(repeats, "C_WAKE_POWER_ON")->certain);
  ics.items["C_ONE_SHOT_TRIGGER"] = true;
  const auto once = hold_against({ics, with_channels(7)}, card_that(true));
  CHECK(find(once, "C_WAKE_STATUS")->certain);
}

TEST_CASE("a card of the other world is woken by a message of that world", "[truth]") {
  auto evidence = card_that(false);
  evidence.scenes.push_back({"wake:sms/3gpp2", true, {notification()}});
  model::Ics ics;
  ics.dut = Dut::card;
  ics.items["C_WAKE_SMS"] = true;
  for (const auto& one : hold_against({ics, with_channels(7)}, evidence).contradictions) {
    CHECK(std::string(one.rule->source) != "behaviour");
  }
}

}  // namespace dmsc::engine
