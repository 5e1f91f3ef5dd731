// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/card/first_power_on.hpp"

#include <algorithm>

namespace dmsc::engine {
namespace {

/// What a card announces after TERMINAL PROFILE and the registry if its ICS claims the item.
struct Owed {
  const char* item;
  const char* event;
  const char* mode;  ///< of OPEN CHANNEL
};
constexpr Owed by_item[] = {
    {"C_WAKE_TIMER", "proactive.timer_management", ""},
    {"C_POLL_INTERVAL", "proactive.poll_interval", ""},
    {"C_WAKE_LOCATION", "proactive.set_up_event_list", ""},
    {"C_SCWS_BIP", "proactive.open_channel", "uicc_server"},
};
constexpr std::size_t announcements_most = 20;  // each as late as can be; a card that never comes to rest is left
constexpr Owed off_line_trigger{"C_WAKE_POWER_ON", "proactive.open_channel", "terminal_server"};
constexpr Owed on_line_trigger{"C_WAKE_POWER_ON", "proactive.send_short_message", ""};

bool came(const Owed& owed, const std::vector<model::Event>& events) {
  return std::any_of(events.begin(), events.end(), [&](const model::Event& event) {
    return event.key == owed.event && (*owed.mode == '\0' || event.fields.text_or("mode", "") == owed.mode);
  });
}

bool owes(const StimulusContext& context) {
  const auto& events = context.session.events();
  const auto missing = [&](const Owed& owed) { return model::claims(context.ics, owed.item) && !came(owed, events); };
  return missing(model::claims(context.ics, "C_OFFLINE") ? off_line_trigger : on_line_trigger) ||
         std::any_of(std::begin(by_item), std::end(by_item), missing);
}

/// The terminal of most cases, or of the cases for the bearer of a card that triggers on-line alone.
Value start_of(const model::Ics& ics) {
  const bool off_line = model::claims(ics, "C_OFFLINE") || !model::claims(ics, "C_ONLINE");
  const auto* profile = off_line ? "class_e_k" : model::claims(ics, "C_SMS_3GPP") ? "sms_3gpp" : "sms_3gpp2";
  Value with = Value::Map{{"profile", profile}};
  const Value client =
      Value::Map{{"port", 32769}, {"dcs", "gsm7"}, {"application_type", 7}, {"name", "DM Client"}};  // DM_SC 7.1
  if (off_line) with["registry"] = Value::List{client};
  return with;
}

Result<void> watch(StimulusContext& context, const Value& with) {
  auto& session = context.session;
  const auto cycled = session.power_cycle();
  if (!cycled) return cycled;
  const auto started = perform_card_stimulus(context, "terminal.start", with);
  if (!started) return tl::make_unexpected(started.error());
  session.open_window();
  const auto most = session.lateness().most_occasions();
  for (std::size_t given = 0; given < announcements_most * most; ++given) {
    const auto awaits = owes(context) ? Awaits::event : Awaits::rest;
    if (session.quiet_occasions() >= most && !session.stays_open(awaits)) return {};
    const auto gave = session.occasion(awaits);
    if (!gave) return tl::make_unexpected(gave.error());
    if (!*gave) return {};
  }
  return {};
}

}  // namespace

Result<void> watch_first_power_on(StimulusContext& context) {
  const auto with = start_of(context.ics);
  const auto& profiles = context.library.vocabulary().profiles;
  if (profiles.find(with.text_or("profile", "")) == profiles.end()) return {};
  const auto watched = watch(context, with);
  if (!watched && watched.error().code == Errc::exhausted) return {};
  return watched;
}

}  // namespace dmsc::engine
