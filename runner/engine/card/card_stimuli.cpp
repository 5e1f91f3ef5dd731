// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/card/card_stimuli.hpp"

#include <algorithm>
#include <deque>

#include "runner/base/text.hpp"
#include "runner/codec/cat/profile.hpp"
#include "runner/codec/dm/credentials.hpp"
#include "runner/codec/dm/package0.hpp"
#include "runner/peer/session/push_message.hpp"

namespace dmsc::engine {
namespace {

constexpr std::uint8_t select_mf[] = {0x00, 0xA4, 0x00, 0x0C, 0x02, 0x3F, 0x00};

Result<Outcome> happened(const Result<void>& result) {
  if (!result) return tl::make_unexpected(result.error());
  return Outcome{};
}

Result<Outcome> did_not(std::string why) {
  return Outcome{false, std::move(why)};
}

Result<Octets> profile_octets(const StimulusContext& context, const Value& with) {
  const auto name = with.text_or("profile", "");
  const auto& profiles = context.library.vocabulary().profiles;
  const auto found = profiles.find(name);
  if (found == profiles.end()) return parse_hex(name);
  auto facilities = found->second;
  if (const auto* without = with.find("without")) {
    for (const auto& facility : without->as_list()) {
      if (facilities.find(facility.as_string()) != nullptr) facilities[facility.as_string()] = false;
    }
  }
  return codec::encode_profile(facilities);
}

/// TERMINAL PROFILE first, as a phone does, and the registry once the card has said what it wants.
Result<Outcome> start(StimulusContext& context, const Value& with) {
  context.last_start = with;
  auto& terminal = context.session.terminal();
  if (const auto* plmn = with.find("plmn")) {
    auto place = terminal.place();
    place.plmn = plmn->as_string();
    const auto moved = terminal.move_to(place);
    if (!moved) return tl::make_unexpected(moved.error());
  }
  terminal.gateway().start_from(static_cast<int>(with.int_or("first_channel", 1)));
  terminal.listen_by_event(with.text_or("listen", "in_response") == "by_event");
  terminal.events_by_list(with.text_or("events", "to_owner") == "by_list");
  const auto stranger = parse_hex(with.text_or("stranger", "5F0101"));
  if (!stranger) return tl::make_unexpected(stranger.error());
  if (const auto in = with.text_or("stranger_in", ""); !in.empty()) terminal.add_stranger(in, *stranger);
  const auto profile = profile_octets(context, with);
  if (!profile) return tl::make_unexpected(profile.error());
  terminal.gateway().limit(codec::profile_value(*profile, *codec::find_profile_bit("number_of_channels")));
  terminal.send(to_octets(select_mf));
  terminal.send_profile(*profile);
  const auto* registry = with.find("registry");
  if (registry != nullptr && !registry->as_list().empty()) return happened(terminal.send_registry(registry->as_list()));
  return Outcome{};
}

Result<Outcome> status(StimulusContext& context, const Value& with) {
  for (auto left = with.int_or("count", 1); left > 0; --left) context.session.terminal().send_status();
  return Outcome{};
}

Result<Outcome> call(StimulusContext& context, const Value& with) {
  auto& terminal = context.session.terminal();
  if (!codec::profile_has(terminal.profile(), "call_control"))
    return did_not("the terminal does not claim call control");
  return happened(terminal.call(with.text_or("number", "")));
}

Result<Outcome> location(StimulusContext& context, const Value& with) {
  auto& terminal = context.session.terminal();
  auto place = terminal.place();
  place.status = with.text_or("status", "normal_service");
  place.plmn = with.text_or("plmn", place.plmn);
  ++place.cell;
  const auto moved = terminal.move_to(place);
  if (!moved) return tl::make_unexpected(moved.error());
  return *moved ? Result<Outcome>(Outcome{}) : did_not("the card did not ask for the event location status");
}

Result<Outcome> expire(StimulusContext& context, int timer) {
  const auto expired = context.session.terminal().expire_timer(timer);
  if (!expired) return tl::make_unexpected(expired.error());
  return *expired ? Result<Outcome>(Outcome{}) : did_not("timer " + std::to_string(timer) + " does not run");
}

Result<Outcome> expire_timer(StimulusContext& context, const Value& with) {
  return expire(context, static_cast<int>(with.int_or("timer", 0)));
}

Result<Outcome> foreign_timer(StimulusContext& context, const Value& with) {
  constexpr int highest_timer = 8;
  const auto& terminal = context.session.terminal();
  auto timer = with.int_or("timer", 0);
  if (terminal.timer_runs(static_cast<int>(timer))) {
    timer = highest_timer;
    while (timer > 0 && terminal.timer_runs(static_cast<int>(timer))) --timer;
    if (timer == 0) return did_not("the card started all eight timers");
  }
  return happened(context.session.terminal().send_envelope(
      "timer_expiration", Value::Map{{"timer_identifier", timer},
                                     {"timer_value", Value::Map{{"hours", 0}, {"minutes", 1}, {"seconds", 0}}}}));
}

/// The timer that the PIXIT names; else each that runs, the soonest first: one of them is the DM_SC Server's.
Result<Outcome> wake_timer(StimulusContext& context) {
  const auto named = context.pixit.values.int_or("wake_timer", 0);
  if (named != 0) return expire(context, static_cast<int>(named));
  const auto running = context.session.terminal().running_timers();
  if (running.empty()) return did_not("the card started no timer");
  for (const auto timer : running) {
    auto expired = expire(context, timer);
    if (!expired) return expired;
  }
  return Outcome{};
}

Result<Outcome> registry(StimulusContext& context, const Value& with) {
  return happened(context.session.terminal().send_registry(with.find("registry")->as_list()));
}

Result<Outcome> envelope(StimulusContext& context, const Value& with) {
  const auto* fields = with.find("fields");
  return happened(context.session.terminal().send_envelope(with.text_or("key", ""),
                                                           fields == nullptr ? Value(Value::Map{}) : *fields));
}

Result<Outcome> wait(StimulusContext& context, const Value& with) {
  const auto duration = model::duration_of(*with.find("for"));
  if (!duration) return fail(Errc::data, "\"for\" is no duration");
  return happened(context.session.terminal().pass(*duration));
}

Result<Outcome> apdu(StimulusContext& context, const Value& with) {
  auto command = parse_hex(with.text_or("command", ""));
  if (!command) return tl::make_unexpected(command.error());
  if (command->size() < 4) return fail(Errc::data, "a command APDU has at least 4 octets");
  context.session.terminal().send(std::move(*command));
  return Outcome{};
}

Result<Outcome> before_fetch(StimulusContext& context, const Value& with) {
  std::deque<Octets> commands;
  for (const auto& command : with.find("commands")->as_list()) {
    auto octets = parse_hex(command.is_string() ? command.as_string() : std::string{});
    if (!octets) return tl::make_unexpected(octets.error());
    if (octets->size() < 4) return fail(Errc::data, "a command APDU has at least 4 octets");
    commands.push_back(std::move(*octets));
  }
  context.session.terminal().send_before_fetch(std::move(commands));
  return Outcome{};
}

Result<Outcome> default_answers(StimulusContext& context, const Value& /*with*/) {
  context.session.terminal().answer_by_default();
  return Outcome{};
}

Result<Outcome> drop_link(StimulusContext& context, const Value& with) {
  auto& gateway = context.session.terminal().gateway();
  const bool server = with.text_or("mode", "") == "uicc_server";
  const auto channel = gateway.first(server ? peer::Gateway::Mode::uicc_server : peer::Gateway::Mode::terminal_server);
  if (!channel) return did_not("no channel of that mode is open");
  gateway.drop(*channel);
  return Outcome{};
}

/// Messages of the PIXIT as they are, or a push with a notification of this server, or of another one.
/// @return  none where the PIXIT names some that wake the card, but not these
Result<std::vector<Octets>> downloaded_messages(const StimulusContext& context, codec::SmsBearer bearer, bool foreign) {
  const auto& values = context.pixit.values;
  const bool gsm = bearer == codec::SmsBearer::gsm;
  const auto given = [&](const char* tpdus, const char* cdma) { return values.text_or(gsm ? tpdus : cdma, ""); };
  const auto messages = foreign ? given("other_sms", "other_sms_3gpp2") : given("wake_sms", "wake_sms_3gpp2");
  // A push would be nothing special to a card that is woken in a way of its own.
  const bool own_way = values.find("wake_sms") != nullptr || values.find("wake_sms_3gpp2") != nullptr;
  if (messages.empty() && own_way) return std::vector<Octets>{};
  if (!messages.empty()) {
    std::vector<Octets> out;
    for (const auto& message : split(messages, ',')) out.push_back(parse_hex(message).value_or(Octets{}));
    return out;
  }
  const auto& account = context.account;
  codec::Package0 package;
  package.session_id = 1;
  package.server_id = foreign ? "com.example.another" : account.server_id;
  const auto trigger = codec::write_trigger(package);
  if (!trigger) return tl::make_unexpected(trigger.error());
  peer::PushMessage push;
  push.bearer = bearer;
  push.from_card = false;
  push.number = context.pixit.values.text_or("sms_originator", "");
  push.notification =
      codec::notification_digest(*trigger, package.server_id, account.server_secret, account.server_nonce);
  append(push.notification, *trigger);
  // For the card: (U)SIM data download, class 2. Source: 3GPP TS 23.040, 9.2.3.9; TS 23.038, 4
  if (gsm) push.message = Value::Map{{"protocol_identifier", 0x7F}, {"dcs", 0xF6}};
  return peer::messages_of(push);
}

Result<Outcome> sms_download(StimulusContext& context, const Value& with) {
  auto& terminal = context.session.terminal();
  const bool gsm = codec::profile_has(terminal.profile(), "sms_pp_download");
  if (!gsm && !codec::profile_has(terminal.profile(), "cdma_sms_pp_download")) {
    return did_not("the terminal does not claim SMS-PP data download");
  }
  const auto bearer = gsm ? codec::SmsBearer::gsm : codec::SmsBearer::cdma;
  const auto messages = downloaded_messages(context, bearer, with.bool_or("foreign", false));
  if (!messages) return tl::make_unexpected(messages.error());
  if (messages->empty()) return did_not("the PIXIT names messages that wake the card, and none for this");
  const auto key = gsm ? "sms_tpdu" : "cdma_sms_tpdu";
  for (const auto& message : *messages) {
    const auto sent = terminal.send_envelope("sms_pp_download", Value::Map{{key, to_hex(message)}});
    if (!sent) return tl::make_unexpected(sent.error());
  }
  return Outcome{};
}

/// The ENVELOPE that the PIXIT says wakes the card.
Result<Outcome> wake_by_envelope(StimulusContext& context) {
  const auto data = parse_hex(context.pixit.values.text_or("wake_envelope", ""));
  if (!data || data->empty() || data->size() > 255) return did_not("the PIXIT has no wake_envelope");
  Octets command = {0x80, 0xC2, 0x00, 0x00, static_cast<std::uint8_t>(data->size())};
  command.insert(command.end(), data->begin(), data->end());
  context.session.terminal().send(std::move(command));
  return Outcome{};
}

constexpr NamedStimulus handlers[] = {
    {"terminal.sms_download", sms_download},
    {"terminal.before_fetch", before_fetch},
    {"terminal.default_answers", default_answers},
    {"terminal.drop_link", drop_link},
    {"terminal.start", start},
    {"wake_up", wake_up},
    {"terminal.status", status},
    {"terminal.call", call},
    {"terminal.location", location},
    {"terminal.expire_timer", expire_timer},
    {"terminal.wait", wait},
    {"terminal.registry", registry},
    {"terminal.envelope", envelope},
    {"card.apdu", apdu},
    {"terminal.foreign_timer", foreign_timer},
};

Handler handler_of(std::string_view name) {
  for (const auto table : {std::span<const NamedStimulus>(handlers), web_stimuli()}) {
    for (const auto& row : table) {
      if (row.name == name) return row.handler;
    }
  }
  return nullptr;
}

/// The first wake-up that the ICS claims, the cheapest first. A menu and the PIXIT's own envelope may need more of a
/// terminal profile than a case has, so they are never meant by `any`.
std::string claimed_wake_up(const model::Ics& ics) {
  static constexpr std::pair<const char*, const char*> items[] = {
      {"C_WAKE_STATUS", "status"},     {"C_WAKE_TIMER", "timer"}, {"C_WAKE_CALL", "call"},
      {"C_WAKE_LOCATION", "location"}, {"C_WAKE_SMS", "sms"},     {"C_WAKE_SCWS", "scws"},
      {"C_WAKE_POWER_ON", "power_on"}};
  for (const auto& [item, kind] : items) {
    if (model::claims(ics, item)) return kind;
  }
  return {};
}

}  // namespace

Result<Outcome> wake_up(StimulusContext& context, const Value& with) {
  auto kind = with.text_or("kind", "");
  if (kind == "any") kind = claimed_wake_up(context.ics);
  if (kind.empty()) return did_not("the ICS claims no wake-up that every terminal allows");
  const auto& values = context.pixit.values;
  if (kind == "timer") return wake_timer(context);
  if (kind == "status") return status(context, Value::Map{{"count", values.int_or("status_count", 1)}});
  if (kind == "call") return call(context, Value::Map{{"number", values.text_or("customer_care_number", "")}});
  if (kind == "location") {
    const auto first = values.text_or("roaming_plmn", "");  // entering a foreign network, each time another
    const bool there = context.session.terminal().place().plmn == first;
    return location(context, Value::Map{{"plmn", there ? values.text_or("second_roaming_plmn", "") : first}});
  }
  if (kind == "scws") return ask_for_event(context);
  if (kind == "sms") return sms_download(context, Value::Map{});
  if (kind == "menu") {
    const Value fields = Value::Map{{"item_identifier", values.int_or("wake_menu_item", 1)}};
    return happened(context.session.terminal().send_envelope("menu_selection", fields));
  }
  if (kind == "event") return wake_by_envelope(context);
  if (kind != "power_on" || context.last_start.is_null()) return did_not("no terminal was started before");
  context.client.forget();
  context.second_client.forget();
  const auto cycled = context.session.power_cycle();
  if (!cycled) return tl::make_unexpected(cycled.error());
  return start(context, Value(context.last_start));
}

bool has_card_handler(std::string_view name) {
  return handler_of(name) != nullptr;
}

Result<Outcome> perform_card_stimulus(StimulusContext& context, const std::string& name, const Value& parameters) {
  const auto handler = handler_of(name);
  if (handler == nullptr) return fail(Errc::data, "\"" + name + "\" is no stimulus");
  auto outcome = handler(context, parameters.is_null() ? Value(Value::Map{}) : parameters);
  if (!outcome || !outcome->happened) return outcome;
  const auto pumped = context.session.pump();
  if (!pumped) return tl::make_unexpected(pumped.error());
  return outcome;
}

}  // namespace dmsc::engine
