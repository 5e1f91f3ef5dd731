// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/truth.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "runner/codec/card/apdu.hpp"
#include "runner/codec/card/atr.hpp"
#include "runner/codec/cat/profile.hpp"

namespace dmsc::engine {
namespace {

using model::Dut;
using model::Event;
using Seen = std::optional<Sighting>;

std::string place_of(const Scene& scene, const Event& event) {
  return scene.name + ", exchange " + std::to_string(event.exchange);
}

Sighting sighting(bool has, std::string words, const Scene& scene, const Event& event) {
  return {has, std::move(words), event.octets, place_of(scene, event)};
}

const Scene* find_scene(const Evidence& evidence, std::string_view name) {
  const auto found = std::find_if(evidence.scenes.begin(), evidence.scenes.end(),
                                  [&](const Scene& scene) { return scene.name == name && scene.happened; });
  return found == evidence.scenes.end() ? nullptr : &*found;
}

/// The first event of any scene that fits.
template <class Fits>
Seen first_event(const Evidence& evidence, const std::string& words, Fits fits) {
  for (const auto& scene : evidence.scenes) {
    const auto found = std::find_if(scene.events.begin(), scene.events.end(), fits);
    if (found != scene.events.end()) return sighting(true, words, scene, *found);
  }
  return {};
}

Sighting never_came(const Evidence& evidence, const std::string& what) {
  std::string where;
  for (const auto& scene : evidence.scenes) where += (where.empty() ? "" : " ") + scene.name;
  return {false, "no " + what + " came", {}, where};
}

// The device: its profile, its answers, its adapter.

const Event* profile_in(const Evidence& evidence, const Scene*& in) {
  for (const auto& scene : evidence.scenes) {
    for (const auto& event : scene.events) {
      if (event.key != "command.terminal_profile") continue;
      in = &scene;
      return &event;
    }
  }
  return nullptr;
}

/// @return  the profile's octets, without the header of the command
Octets profile_octets(const Event& event) {
  return parse_hex(event.fields.text_or("data", "")).value_or(Octets{});
}

Sighting of_facility(const codec::ProfileBit& row, const Octets& profile, const Scene& scene, const Event& event) {
  const auto value = codec::profile_value(profile, row);
  const auto bits = row.width == 1
                        ? " bit " + std::to_string(row.bit)
                        : " bits " + std::to_string(row.bit) + " to " + std::to_string(row.bit + row.width - 1);
  auto words = "octet " + std::to_string(row.byte) + bits + ", " + row.name + ": " + std::to_string(value);
  if (profile.size() < row.byte) words += ", the profile has " + std::to_string(profile.size()) + " octets";
  return {value != 0, std::move(words), profile, place_of(scene, event)};
}

Seen facility(const Evidence& evidence, const TruthRule& rule, const Declared& /*declared*/) {
  const Scene* scene = nullptr;
  const auto* event = profile_in(evidence, scene);
  if (event == nullptr) return {};
  return of_facility(*codec::find_profile_bit(rule.word), profile_octets(*event), *scene, *event);
}

/// The channels of the profile beside those of the PIXIT: had where the profile has more, not had where it has less.
Seen channels(const Evidence& evidence, const TruthRule& rule, const Declared& declared) {
  const Scene* scene = nullptr;
  const auto* event = profile_in(evidence, scene);
  const auto* wanted = declared.pixit.values.find(rule.item);
  if (event == nullptr || wanted == nullptr || !wanted->is_int()) return {};
  const auto profile = profile_octets(*event);
  const auto& row = *codec::find_profile_bit(rule.word);
  const auto count = static_cast<std::int64_t>(codec::profile_value(profile, row));
  if (count == wanted->as_int()) return {};
  auto seen = of_facility(row, profile, *scene, *event);
  seen.has = count > wanted->as_int();
  return seen;
}

/// The word of the adapter about the interface in use. What is not in use may be there all the same.
Seen transport(const Evidence& evidence, const TruthRule& rule, const Declared& /*declared*/) {
  if (evidence.transport != rule.word) return {};
  return Sighting{true, "uicc.transport is " + evidence.transport, {}, "initialize of the adapter"};
}

Seen card_interface(const Evidence& evidence, const TruthRule& /*rule*/, const Declared& /*declared*/) {
  return first_event(evidence, "a command APDU came",
                     [](const Event& event) { return event.key.starts_with("command."); });
}

Seen status_while_idle(const Evidence& evidence, const TruthRule& /*rule*/, const Declared& /*declared*/) {
  // P1 01 and 02 tell of an application that begins or ends; 00 says nothing and is polling
  return first_event(evidence, "STATUS came", [](const Event& event) {
    return event.key == "command.status" && event.fields.int_or("p1", -1) == 0;
  });
}

bool is_dm_client(const Value& object) {
  return object.int_or("application_type", 0) == 7;  // DM_SC 7.1 phase 1
}

Seen registry(const Evidence& evidence, const TruthRule& /*rule*/, const Declared& /*declared*/) {
  return first_event(evidence, "ENVELOPE (Terminal Applications) names a DM Client", [](const Event& event) {
    const auto* list = event.fields.find("registry_application_data");
    return event.key == "envelope.terminal_applications" && list != nullptr && list->is_list() &&
           std::any_of(list->as_list().begin(), list->as_list().end(), is_dm_client);
  });
}

/// The terminal response of the scene that the word names, the last one: what came before answers the card's habit.
const Event* response_in(const Scene& scene, std::string_view key) {
  const auto found =
      std::find_if(scene.events.rbegin(), scene.events.rend(), [&](const Event& event) { return event.key == key; });
  return found == scene.events.rend() ? nullptr : &*found;
}

std::string general_result(const Event& event) {
  const auto* general = event.fields.at_path("result.general");
  return general != nullptr && general->is_string() ? general->as_string() : std::string{};
}

/// A list that holds one event alone. Source: ETSI TS 102 223, 6.4.16; results 0X are success, 3X are permanent
/// refusals
Seen event_list(const Evidence& evidence, const TruthRule& rule, const Declared& /*declared*/) {
  const auto* scene = find_scene(evidence, rule.word);
  const auto* event = scene == nullptr ? nullptr : response_in(*scene, "terminal_response.set_up_event_list");
  if (event == nullptr) return {};
  const auto result = general_result(*event);
  const bool performed = result.starts_with("performed");
  if (!performed && result != "beyond_terminal_capabilities") return {};
  return sighting(performed, "SET UP EVENT LIST is answered " + result, *scene, *event);
}

Seen poll_of_seconds(const Evidence& evidence, const TruthRule& rule, const Declared& /*declared*/) {
  const auto* scene = find_scene(evidence, rule.word);
  const auto* event = scene == nullptr ? nullptr : response_in(*scene, "terminal_response.poll_interval");
  if (event == nullptr || !general_result(*event).starts_with("performed")) return {};
  const auto* duration = event->fields.find("duration");
  if (duration == nullptr) return {};
  const auto unit = duration->text_or("unit", "");
  const auto interval = duration->int_or("interval", 0);
  const bool taken = (unit == "seconds" && interval == 3) || (unit == "tenths_of_seconds" && interval == 30);
  return sighting(taken, "POLL INTERVAL of 3 s is answered " + std::to_string(interval) + " " + unit, *scene, *event);
}

// The card: ATR, service tables, what it asks for, what it does when it is woken.

/// The notification of a scene, or nothing.
const Event* notification_in(const Scene& scene) {
  const auto found = std::find_if(scene.events.begin(), scene.events.end(),
                                  [](const Event& event) { return event.key == "dm.notification"; });
  return found == scene.events.end() ? nullptr : &*found;
}

/// Wake-ups of one kind, on any terminal: had where one ended in a trigger, not had where none of those that came about
/// did.
Seen wake_up(const Evidence& evidence, const TruthRule& rule, const Declared& /*declared*/) {
  Seen silent;
  for (const auto& scene : evidence.scenes) {
    if (!scene.happened || scene.name.substr(0, scene.name.find('/')) != rule.word) continue;
    const auto* trigger = notification_in(scene);
    if (trigger != nullptr) return sighting(true, "a notification came", scene, *trigger);
    silent = Sighting{false, "no notification came", {}, scene.name};
  }
  return silent;
}

/// The trigger in a scene whose terminal leaves one road.
Seen trigger_in(const Evidence& evidence, std::string_view name) {
  const auto* scene = find_scene(evidence, name);
  if (scene == nullptr) return {};
  const auto* trigger = notification_in(*scene);
  if (trigger == nullptr) return Sighting{false, "no notification came", {}, scene->name};
  return sighting(true, "a notification came", *scene, *trigger);
}

Seen method(const Evidence& evidence, const TruthRule& rule, const Declared& /*declared*/) {
  return trigger_in(evidence, rule.word);
}

/// Either short message.
Seen on_line(const Evidence& evidence, const TruthRule& /*rule*/, const Declared& /*declared*/) {
  const auto gsm = trigger_in(evidence, "only:sms_3gpp");
  const auto cdma = trigger_in(evidence, "only:sms_3gpp2");
  return cdma && cdma->has ? cdma : gsm;
}

/// A command of the card, wherever it comes.
Seen proactive(const Evidence& evidence, const TruthRule& rule, const Declared& /*declared*/) {
  const auto key = "proactive." + std::string(rule.word);
  const auto seen = first_event(evidence, key + " came", [&](const Event& event) { return event.key == key; });
  return seen ? seen : never_came(evidence, key);
}

Seen asks_for_location(const Evidence& evidence, const TruthRule& rule, const Declared& /*declared*/) {
  const auto seen = first_event(evidence, "SET UP EVENT LIST names it", [&](const Event& event) {
    const auto* list = event.fields.find("event_list");
    return event.key == "proactive.set_up_event_list" && list != nullptr && list->is_list() &&
           std::find(list->as_list().begin(), list->as_list().end(), Value(rule.word)) != list->as_list().end();
  });
  return seen ? seen : never_came(evidence, "SET UP EVENT LIST with location status");
}

/// A listening channel on the port that the word names. A card that listens on none may serve http over TCP/IP, which
/// nobody sees here. Source: DM_SC 8.1, table 2; OMA SCWS 1.1
Seen listens(const Evidence& evidence, const TruthRule& rule, const Declared& /*declared*/) {
  const std::string port = rule.word;
  const auto seen = first_event(evidence, "OPEN CHANNEL in UICC server mode, port " + port, [&](const Event& event) {
    const auto* number = event.fields.at_path("transport_level.port");
    return event.key == "proactive.open_channel" && event.fields.text_or("mode", "") == "uicc_server" &&
           number != nullptr && number->is_int() && std::to_string(number->as_int()) == port;
  });
  const auto over_bip = first_event(evidence, "a channel that listens", [](const Event& event) {
    return event.key == "proactive.open_channel" && event.fields.text_or("mode", "") == "uicc_server";
  });
  if (!over_bip && port == "3516") return {};
  return seen ? seen : never_came(evidence, "OPEN CHANNEL in UICC server mode, port " + port);
}

/// A service table that can be told from others: the application it belongs to, and its path there.
struct Table {
  std::string_view aid;
  std::string_view path;
};
constexpr Table usim_table{"A0000000871002", "7FFF6F38"};  // EF.UST
constexpr Table csim_table{"A0000003431002", "7FFF6F32"};  // EF.CSIM_ST

bool done(const Event& event) {
  return event.fields.text_or("status", "") == "ok" || event.fields.bool_or("proactive", false);
}

/// The answer that brought a table: what was selected last is its file, in its application.
const Event* table_in(const Evidence& evidence, const Table& table, const Scene*& in) {
  const auto* scene = find_scene(evidence, "service_tables");
  if (scene == nullptr) return nullptr;
  in = scene;
  std::string asked;
  bool application = false;
  bool file = false;
  for (const auto& event : scene->events) {
    if (event.key == "command.select") asked = event.fields.text_or("data", "");
    if (event.key == "response.select") {
      const bool by_aid = asked.size() > table.path.size();
      if (by_aid) application = done(event) && asked == table.aid;
      file = !by_aid && application && done(event) && asked == table.path;
    }
    const bool read = event.key == "response.read_binary" && done(event);
    if (file && read && !event.fields.text_or("data", "").empty()) return &event;
  }
  return nullptr;
}

Seen service(const Evidence& evidence, const TruthRule& rule, const Table& from) {
  const Scene* scene = nullptr;
  const auto* event = table_in(evidence, from, scene);
  if (event == nullptr) return {};
  const auto table = parse_hex(event->fields.text_or("data", "")).value_or(Octets{});
  std::size_t number = 0;
  const std::string_view word = rule.word;
  std::from_chars(word.data(), word.data() + word.size(), number);
  const auto octet = (number - 1) / 8;
  const bool has = octet < table.size() && (table[octet] >> ((number - 1) % 8) & 1U) != 0;
  return Sighting{has, "service " + std::string(word) + (has ? " is there" : " is not there"), table,
                  place_of(*scene, *event)};
}

/// What a USIM has not, a CSIM beside it may have.
Seen usim_service(const Evidence& evidence, const TruthRule& rule, const Declared& /*declared*/) {
  auto seen = service(evidence, rule, usim_table);
  const Scene* scene = nullptr;
  if (seen) seen->certain = table_in(evidence, csim_table, scene) == nullptr;
  return seen;
}

Seen csim_service(const Evidence& evidence, const TruthRule& rule, const Declared& /*declared*/) {
  return service(evidence, rule, csim_table);
}

/// Bits 8 and 7 of the first TB behind T=15. A card with USB EEM has them as well, so its statement counts as a yes.
Seen inter_chip_usb(const Evidence& evidence, const TruthRule& /*rule*/, const Declared& declared) {
  constexpr std::uint8_t usb = 0xC0;
  for (const auto& scene : evidence.scenes) {
    for (const auto& event : scene.events) {
      if (event.key != "card.reset") continue;
      const auto atr = codec::read_atr(event.octets);
      for (const auto& octet : atr.interface_octets) {
        const bool global = octet.family == 'D' && (octet.value & 0x0F) == 15;
        const auto* coding = global ? atr.find('B', octet.group + 1) : nullptr;
        if (coding == nullptr || (coding->value & usb) != usb || model::claims(declared.ics, "C_EEM")) continue;
        return sighting(true, coding->name() + " of the ATR says Inter-Chip USB", scene, event);
      }
      return {};
    }
  }
  return {};
}

constexpr auto card = Dut::card;
constexpr auto device = Dut::device;
constexpr bool solid = true;
constexpr bool weak = false;
constexpr const char* profile = "TERMINAL PROFILE";
constexpr const char* behaviour = "behaviour";
constexpr const char* ts_102_223 = "ETSI TS 102 223, 5.2";
constexpr const char* one_shot =
    "C_ONE_SHOT_TRIGGER";  // a card that repeats triggers of itself answers no wake-up by it

// clang-format off
constexpr TruthRule rules[] = {
    // A wake-up ends in a trigger; what a terminal reports only when asked must be asked for.
    {"C_WAKE_POWER_ON", card, behaviour, "wake:power_on", Against::either, solid, nullptr, wake_up, "DM_SC 6"},
    {"C_WAKE_TIMER", card, behaviour, "wake:timer", Against::yes, solid, nullptr, wake_up, "DM_SC 6"},
    {"C_WAKE_TIMER", card, behaviour, "wake:timer", Against::no, solid, one_shot, wake_up, "DM_SC 6"},
    {"C_WAKE_TIMER", card, "proactive commands", "timer_management", Against::yes, solid, nullptr, proactive, "ETSI TS 102 223, 6.4.21"},
    {"C_WAKE_STATUS", card, behaviour, "wake:status", Against::yes, solid, nullptr, wake_up, "DM_SC 6"},
    {"C_WAKE_STATUS", card, behaviour, "wake:status", Against::no, solid, one_shot, wake_up, "DM_SC 6"},
    {"C_WAKE_CALL", card, behaviour, "wake:call", Against::yes, solid, nullptr, wake_up, "DM_SC 6"},
    {"C_WAKE_CALL", card, behaviour, "wake:call", Against::no, solid, one_shot, wake_up, "DM_SC 6"},
    {"C_WAKE_CALL", card, "EF.UST", "30", Against::yes, solid, nullptr, usim_service, "3GPP TS 31.102, 4.2.8"},
    {"C_WAKE_CALL", card, "EF.CSIM_ST", "13", Against::yes, weak, nullptr, csim_service, "3GPP2 C.S0065"},
    {"C_WAKE_LOCATION", card, behaviour, "wake:location", Against::yes, solid, nullptr, wake_up, "DM_SC 6"},
    {"C_WAKE_LOCATION", card, behaviour, "wake:location", Against::no, solid, one_shot, wake_up, "DM_SC 6"},
    {"C_WAKE_LOCATION", card, "SET UP EVENT LIST", "location_status", Against::yes, solid, nullptr, asks_for_location, "ETSI TS 102 223, 6.4.16"},
    {"C_WAKE_SCWS", card, behaviour, "wake:scws", Against::yes, solid, nullptr, wake_up, "DM_SC 5.3"},
    {"C_WAKE_SCWS", card, behaviour, "wake:scws", Against::no, solid, one_shot, wake_up, "DM_SC 5.3"},
    {"C_WAKE_SMS", card, behaviour, "wake:sms", Against::yes, solid, nullptr, wake_up, "DM_SC 5.3"},
    {"C_WAKE_SMS", card, behaviour, "wake:sms", Against::no, solid, one_shot, wake_up, "DM_SC 5.3"},
    {"C_WAKE_SMS", card, "EF.UST", "28", Against::yes, solid, nullptr, usim_service, "3GPP TS 31.102, 4.2.8"},
    {"C_WAKE_SMS", card, "EF.CSIM_ST", "12", Against::yes, weak, nullptr, csim_service, "3GPP2 C.S0065"},
    {"C_WAKE_MENU", card, behaviour, "wake:menu", Against::yes, solid, nullptr, wake_up, "DM_SC 5.3, table 1"},
    {"C_WAKE_MENU", card, behaviour, "wake:menu", Against::no, solid, one_shot, wake_up, "DM_SC 5.3, table 1"},
    {"C_WAKE_MENU", card, "proactive commands", "set_up_menu", Against::yes, solid, nullptr, proactive, "ETSI TS 102 223, 6.4.8"},
    {"C_WAKE_EVENT", card, behaviour, "wake:event", Against::yes, solid, nullptr, wake_up, "DM_SC 5.3, table 1"},
    {"C_WAKE_EVENT", card, behaviour, "wake:event", Against::no, solid, one_shot, wake_up, "DM_SC 5.3, table 1"},
    // A trigger takes the one road that the terminal leaves.
    {"C_OFFLINE", card, behaviour, "only:class_e_k", Against::either, solid, nullptr, method, "DM_SC 7.1"},
    {"C_OFFLINE", card, "EF.UST", "77", Against::yes, weak, nullptr, usim_service, "3GPP TS 31.102, 4.2.8"},
    {"C_UDP_LOCAL", card, behaviour, "only:class_e_udp", Against::either, solid, nullptr, method, "DM_SC 7.1 phase 2"},
    {"C_TCP_LOCAL", card, behaviour, "only:class_e_tcp", Against::either, solid, nullptr, method, "DM_SC 7.1 phase 2"},
    {"C_ONLINE", card, behaviour, "only:sms", Against::either, solid, nullptr, on_line, "DM_SC 7.2"},
    {"C_SMS_3GPP", card, behaviour, "only:sms_3gpp", Against::either, solid, nullptr, method, "DM_SC 7.2"},
    {"C_SMS_3GPP2", card, behaviour, "only:sms_3gpp2", Against::no, solid, nullptr, method, "DM_SC 7.2"},
    {"C_SMS_3GPP2", card, behaviour, "only:sms_3gpp2", Against::yes, weak, nullptr, method, "DM_SC 7.2"},
    // What it asks a terminal for.
    {"C_BIP", card, "proactive commands", "open_channel", Against::no, solid, nullptr, proactive, "ETSI TS 102 223, 6.4.27"},
    {"C_SCWS_BIP", card, "proactive commands", "4116", Against::either, solid, nullptr, listens, "OMA SCWS 1.1"},
    {"C_SCWS_HTTP", card, "proactive commands", "3516", Against::either, solid, nullptr, listens, "OMA SCWS 1.1"},
    {"C_POLL_INTERVAL", card, "proactive commands", "poll_interval", Against::either, solid, nullptr, proactive, "ETSI TS 102 223, 6.4.6"},
    {"C_ICCD", card, "ATR", "TB behind T=15", Against::no, weak, nullptr, inter_chip_usb, "ETSI TS 102 221, 6.3"},

    {"D_UICC", device, behaviour, "command", Against::no, solid, nullptr, card_interface, "DM_SC 5.1"},
    {"D_ISO", device, "adapter", "iso", Against::no, solid, nullptr, transport, "DM_SC 7.1"},
    {"D_ICCD", device, "adapter", "usb-iccd", Against::no, solid, nullptr, transport, "DM_SC 7.1"},
    {"D_EEM", device, "adapter", "usb-eem", Against::no, solid, nullptr, transport, "DM_SC 7.1"},
    {"D_BIP", device, profile, "open_channel", Against::either, solid, nullptr, facility, ts_102_223},
    {"D_BIP", device, profile, "close_channel", Against::yes, solid, nullptr, facility, ts_102_223},
    {"D_BIP", device, profile, "receive_data", Against::yes, solid, nullptr, facility, ts_102_223},
    {"D_BIP", device, profile, "send_data", Against::yes, solid, nullptr, facility, ts_102_223},
    {"D_BIP", device, profile, "get_channel_status", Against::yes, solid, nullptr, facility, ts_102_223},
    {"D_BIP", device, profile, "number_of_channels", Against::yes, solid, nullptr, facility, ts_102_223},
    {"D_BIP", device, profile, "tcp_uicc_server", Against::yes, solid, nullptr, facility, ts_102_223},
    {"channels", device, profile, "number_of_channels", Against::yes, solid, nullptr, channels, ts_102_223},
    {"channels", device, profile, "number_of_channels", Against::no, weak, nullptr, channels, ts_102_223},
    {"D_OFFLINE", device, profile, "terminal_applications", Against::either, solid, nullptr, facility, ts_102_223},
    {"D_OFFLINE", device, "registry", "application type 07", Against::no, solid, nullptr, registry, "DM_SC 7.1 phase 1"},
    {"D_UDP_LOCAL", device, profile, "udp_local", Against::either, solid, nullptr, facility, ts_102_223},
    {"D_TCP_LOCAL", device, profile, "tcp_local", Against::either, solid, nullptr, facility, ts_102_223},
    {"D_SMS_3GPP", device, profile, "send_short_message", Against::either, solid, nullptr, facility, ts_102_223},
    {"D_SMS_3GPP2", device, profile, "cdma_send_short_message", Against::either, weak, nullptr, facility, ts_102_223},
    {"D_SMS_DOWNLOAD", device, profile, "sms_pp_download", Against::either, solid, nullptr, facility, ts_102_223},
    {"D_MO_SMS_CONTROL", device, profile, "mo_short_message_control", Against::either, solid, nullptr, facility, ts_102_223},
    {"D_TIMER", device, profile, "timer_management", Against::either, solid, nullptr, facility, ts_102_223},
    {"D_TIMER", device, profile, "timer_expiration", Against::yes, solid, nullptr, facility, ts_102_223},
    {"D_POLLING", device, profile, "poll_interval", Against::no, solid, nullptr, facility, ts_102_223},
    {"D_POLLING", device, behaviour, "STATUS", Against::no, solid, nullptr, status_while_idle, "DM_SC 6"},
    {"D_POLL_SECONDS", device, behaviour, "poll_interval", Against::either, solid, nullptr, poll_of_seconds, "ETSI TS 102 223, 6.4.6"},
    {"D_LOCATION", device, profile, "event_location_status", Against::either, solid, nullptr, facility, ts_102_223},
    {"D_LOCATION", device, profile, "set_up_event_list", Against::yes, solid, nullptr, facility, ts_102_223},
    {"D_LOCATION", device, "SET UP EVENT LIST", "event:location_status", Against::yes, solid, nullptr, event_list, "ETSI TS 102 223, 6.4.16"},
    {"D_USER_ACTIVITY", device, profile, "event_user_activity", Against::no, solid, nullptr, facility, ts_102_223},
    {"D_USER_ACTIVITY", device, "SET UP EVENT LIST", "event:user_activity", Against::either, solid, nullptr, event_list, "ETSI TS 102 223, 6.4.16"},
    {"D_CALL_CONTROL", device, profile, "call_control", Against::either, solid, nullptr, facility, ts_102_223},
    {"D_CARD_READER", device, profile, "power_on_card", Against::either, weak, nullptr, facility, ts_102_223},
};
// clang-format on

/// A value of the PIXIT is contradicted by what there is to see, an item by what it does not say.
std::string contradicted(const TruthRule& rule, const Declared& declared, const Sighting& seen) {
  const bool yes_is_wrong = !seen.has && rule.against != Against::no;
  const bool no_is_wrong = seen.has && rule.against != Against::yes;
  if (!yes_is_wrong && !no_is_wrong) return {};
  if (const auto* value = declared.pixit.values.find(rule.item); value != nullptr && value->is_int()) {
    return "the PIXIT says " + std::to_string(value->as_int());
  }
  if (model::claims(declared.ics, rule.item) != yes_is_wrong) return {};
  return yes_is_wrong ? "the ICS says yes" : "the ICS says no";
}

}  // namespace

std::span<const TruthRule> truth_rules() {
  return rules;
}

Truth hold_against(const Declared& declared, const Evidence& evidence) {
  Truth truth;
  for (const auto& rule : rules) {
    if (rule.dut != declared.ics.dut) continue;
    auto seen = rule.look(evidence, rule, declared);
    if (!seen) continue;
    ++truth.held;
    auto against = contradicted(rule, declared, *seen);
    if (against.empty()) continue;
    const bool grounded = rule.holds_if == nullptr || model::claims(declared.ics, rule.holds_if);
    const bool certain = rule.certain && seen->certain && grounded;
    truth.contradictions.push_back({&rule, std::move(against), std::move(*seen), certain});
  }
  return truth;
}

}  // namespace dmsc::engine
