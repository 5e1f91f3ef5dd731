// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/truth_watch.hpp"

#include <algorithm>

#include "runner/codec/cat/profile.hpp"
#include "runner/engine/wait_limits.hpp"

namespace dmsc::engine {
namespace {

using namespace std::chrono_literals;

/// A stimulus and what goes with it.
struct Act {
  std::string stimulus;
  Value with = {};
};

class Watch {
 public:
  Watch(Bench& bench, const Progress& progress) : bench_(bench), progress_(progress) {
    test_.id = "ics-truth";
    test_.title = "The statement against what the peer shows";
  }

  Result<void> begin() {
    mark();
    return bench_.begin(test_);
  }

  /// What follows is what the next scene is about.
  void mark() { from_ = bench_.trace().events().size(); }

  /// Carries out an act. One whose precondition never came about leaves nothing to see in the scene.
  Result<void> act(const Act& act) {
    const auto done = bench_.perform(act.stimulus, act.with);
    if (!done) return tl::make_unexpected(done.error());
    happened_ = happened_ && done->happened;
    return {};
  }

  Result<void> rest() {
    const auto settled = bench_.settle();
    if (!settled) return tl::make_unexpected(settled.error());
    return {};
  }

  void open(std::string name) {
    progress_(name);
    scene_ = {};
    scene_.name = std::move(name);
    happened_ = true;
  }

  /// Gives the peer all the time that it may need to speak, and keeps what came since the mark.
  Result<void> close() {
    const auto waited = give_time();
    if (!waited) return waited;
    const auto& events = bench_.trace().events();
    scene_.events.assign(events.begin() + static_cast<std::ptrdiff_t>(from_), events.end());
    scene_.happened = happened_;
    scenes_.push_back(std::move(scene_));
    return {};
  }

  /// Occasions until an event came, or time is over.
  template <class Fits>
  Result<bool> await(model::Moment most, Fits fits) {
    const auto until = bench_.now() + most;
    for (;;) {
      const auto& events = bench_.trace().events();
      if (std::any_of(events.begin(), events.end(), fits)) return true;
      if (bench_.now() >= until) return false;
      const auto gave = bench_.occasion(until - bench_.now());
      if (!gave) return gave;
      if (!*gave) return false;
    }
  }

  const std::vector<model::Event>& events() const { return bench_.trace().events(); }
  const std::vector<Scene>& scenes() const { return scenes_; }
  std::vector<Scene> take() { return std::move(scenes_); }

 private:
  Result<void> give_time() {
    const auto rested = rest();
    if (!rested) return rested;
    bench_.open_window(Awaits::event);
    while (bench_.stays_open()) {
      const auto gave = bench_.occasion({});
      if (!gave) return tl::make_unexpected(gave.error());
      if (!*gave) return {};
    }
    return rest();
  }

  Bench& bench_;
  const Progress& progress_;
  model::TestCase test_;
  Scene scene_;
  std::size_t from_ = 0;  ///< in the trace
  bool happened_ = true;
  std::vector<Scene> scenes_;
};

/// One after the other, until one fails.
Result<void> all_of(std::initializer_list<std::function<Result<void>()>> steps) {
  for (const auto& step : steps) {
    const auto done = step();
    if (!done) return done;
  }
  return {};
}

Value dm_client() {
  return Value::List{
      Value::Map{{"port", 32769}, {"dcs", "gsm7"}, {"application_type", 7}, {"name", "DM Client"}}};  // DM_SC 7.1
}

/// Facilities of several profiles of the suite, as octets in hexadecimal.
Result<std::string> profile_of(const load::Library& library, std::initializer_list<const char*> names) {
  Value all = Value::Map{};
  for (const auto* name : names) {
    const auto found = library.vocabulary().profiles.find(name);
    if (found == library.vocabulary().profiles.end())
      return fail(Errc::data, "there is no profile " + std::string(name));
    for (const auto& [facility, value] : found->second.as_map()) {
      if (value != Value(false)) all[facility] = value;
    }
  }
  const auto octets = codec::encode_profile(all);
  if (!octets) return tl::make_unexpected(octets.error());
  return to_hex(*octets);
}

Act start_with(const std::string& profile, bool registers) {
  Value with = Value::Map{{"profile", profile}};
  if (registers) with["registry"] = dm_client();
  return {"terminal.start", std::move(with)};
}

Act wake(const std::string& kind) {
  return {"wake_up", Value::Map{{"kind", kind}}};
}

Act apdu(const char* command) {
  return {"card.apdu", Value::Map{{"command", command}}};
}

/// A scene of its own behind a power-on, which is itself what a `power_on` is about.
Result<void> wake_on(Watch& watch, const std::string& name, const std::string& kind, const Act& start) {
  watch.open(name);
  const auto begun = all_of({[&] { return watch.begin(); }, [&] { return watch.act(start); }});
  if (!begun || kind == "power_on") return begun ? watch.close() : begun;
  const auto rested = watch.rest();
  if (!rested) return rested;
  watch.mark();
  return all_of({[&] { return watch.act(wake(kind)); }, [&] { return watch.close(); }});
}

bool triggered(const Scene& scene) {
  return std::any_of(scene.events.begin(), scene.events.end(),
                     [](const model::Event& event) { return event.key == "dm.notification"; });
}

/// Wake-ups that terminals of every profile allow, the cheapest first.
constexpr const char* plain_kinds[] = {"power_on", "status", "timer", "call", "location", "scws", "sms"};

/// A way in which the card was woken on the terminal that has everything; empty: in none.
std::string answered_kind(const std::vector<Scene>& scenes) {
  for (const auto* kind : plain_kinds) {
    const auto found = std::find_if(scenes.begin(), scenes.end(), [&](const Scene& scene) {
      return scene.name == "wake:" + std::string(kind) && triggered(scene);
    });
    if (found != scenes.end()) return kind;
  }
  return {};
}

/// ADF USIM and ADF CSIM by the octets that every AID of theirs begins with, each with its service table. Nothing may
/// come in between that selects another file.
/// Source: ETSI TS 101 220, annex E; 3GPP TS 31.102, 4.2.8; 3GPP2 C.S0065
Result<void> read_tables(Watch& watch, const Act& start) {
  watch.open("service_tables");
  const auto begun =
      all_of({[&] { return watch.begin(); }, [&] { return watch.act(start); }, [&] { return watch.rest(); }});
  if (!begun) return begun;
  watch.mark();
  for (const auto* command : {"00A4040007A000000087100200", "00A40804047FFF6F3800", "00B0000000",
                              "00A4040007A000000343100200", "00A40804047FFF6F3200", "00B0000000"}) {
    const auto sent = watch.act(apdu(command));
    if (!sent) return sent;
  }
  return watch.close();
}

Act poll_of_seconds() {
  const Value duration = Value::Map{{"unit", "seconds"}, {"interval", 3}};
  return {"uicc.proactive", Value::Map{{"command", "poll_interval"}, {"fields", Value::Map{{"duration", duration}}}}};
}

Act event_list(const char* event) {
  return {"uicc.proactive",
          Value::Map{{"command", "set_up_event_list"}, {"fields", Value::Map{{"event_list", Value::List{event}}}}}};
}

/// The device boots, and registers its programs where its profile says that it can.
Result<void> switch_on(Watch& watch, model::Moment boot) {
  watch.open("power_on");
  const auto begun = all_of({[&] { return watch.begin(); }, [&] { return watch.act({"device.power_on"}); }});
  if (!begun) return begun;
  bool registers = false;
  const auto came = watch.await(boot, [&](const model::Event& event) {
    const auto* facilities = event.key == "command.terminal_profile" ? event.fields.find("facilities") : nullptr;
    registers = registers || (facilities != nullptr && facilities->bool_or("terminal_applications", false));
    return facilities != nullptr;
  });
  if (!came) return tl::make_unexpected(came.error());
  const auto& events = watch.events();
  const bool spoke = std::any_of(events.begin(), events.end(),
                                 [](const model::Event& event) { return event.key.starts_with("command."); });
  if (!spoke) return fail(Errc::unavailable, "nothing came from the card slot: is the device wired up");
  if (registers) {
    const auto told =
        watch.await(boot, [](const model::Event& event) { return event.key == "envelope.terminal_applications"; });
    if (!told) return tl::make_unexpected(told.error());
  }
  return watch.close();
}

/// A proactive command of our card and its terminal response.
Result<void> ask(Watch& watch, const std::string& name, const Act& act, model::Moment toolkit) {
  watch.open(name);
  watch.mark();
  const auto asked = watch.act(act);
  if (!asked) return asked;
  const auto key = "terminal_response." + act.with.text_or("command", "");
  const auto from = watch.events().size();
  const auto answered =
      watch.await(toolkit, [&](const model::Event& event) { return event.number >= from && event.key == key; });
  if (!answered) return tl::make_unexpected(answered.error());
  return watch.close();
}

}  // namespace

Result<Evidence> watch_card(Bench& bench, const load::Library& library, const Progress& progress) {
  const auto everything = profile_of(library, {"class_e_k_menu", "class_e_k_sms"});
  if (!everything) return tl::make_unexpected(everything.error());
  Watch watch(bench, progress);
  const auto start = start_with(*everything, true);
  for (const auto* kind : {"power_on", "timer", "status", "call", "location", "scws", "sms", "menu", "event"}) {
    const auto woken = wake_on(watch, "wake:" + std::string(kind), kind, start);
    if (!woken) return tl::make_unexpected(woken.error());
  }
  // a card of the other world takes its short message from a terminal of that world
  const auto other = wake_on(watch, "wake:sms/3gpp2", "sms", start_with("sms_3gpp2", false));
  if (!other) return tl::make_unexpected(other.error());
  if (const auto kind = answered_kind(watch.scenes()); !kind.empty()) {
    for (const std::string profile : {"class_e_k", "class_e_udp", "class_e_tcp", "sms_3gpp", "sms_3gpp2"}) {
      const auto only = wake_on(watch, "only:" + profile, kind, start_with(profile, profile.starts_with("class_e")));
      if (!only) return tl::make_unexpected(only.error());
    }
  }
  const auto read = read_tables(watch, start);
  if (!read) return tl::make_unexpected(read.error());
  return Evidence{{}, watch.take()};
}

Result<Evidence> watch_device(Bench& bench, const Declared& declared, const std::string& transport,
                              const Progress& progress) {
  const auto& pixit = declared.pixit;
  Watch watch(bench, progress);
  const auto on = switch_on(watch, wait_limit(pixit, "boot_wait"));
  const bool no_slot = !on && on.error().code == Errc::unavailable && !model::claims(declared.ics, "D_UICC");
  if (no_slot) return Evidence{transport, {}};
  if (!on) return tl::make_unexpected(on.error());
  const auto toolkit = wait_limit(pixit, "toolkit_wait");
  for (const auto* event : {"location_status", "user_activity"}) {
    const auto asked = ask(watch, "event:" + std::string(event), event_list(event), toolkit);
    if (!asked) return tl::make_unexpected(asked.error());
  }
  const auto polled = ask(watch, "poll_interval", poll_of_seconds(), toolkit);
  if (!polled) return tl::make_unexpected(polled.error());
  model::CaseResult over;
  over.verdict = model::Verdict::pass;
  bench.end(over);
  return Evidence{transport, watch.take()};
}

}  // namespace dmsc::engine
