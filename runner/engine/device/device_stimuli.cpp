// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/device/device_stimuli.hpp"

#include <algorithm>

#include "runner/codec/cat/message.hpp"
#include "runner/codec/cat/profile.hpp"
#include "runner/codec/dm/credentials.hpp"
#include "runner/codec/dm/package0.hpp"
#include "runner/engine/scws_address.hpp"
#include "runner/peer/session/dm_values.hpp"
#include "runner/peer/uicc/off_line_trigger.hpp"
#include "runner/peer/uicc/results.hpp"

namespace dmsc::engine {
namespace {

using namespace std::chrono_literals;

const Octets zero_nonce = {0, 0, 0, 0};

Result<Outcome> did_not(std::string why) {
  return Outcome{false, std::move(why)};
}

/// Calls a verb whose result says nothing.
Result<Outcome> ask(DeviceContext& context, const std::string& verb, const Value& parameters = Value::Map{}) {
  const auto done = context.session.call(verb, parameters);
  if (!done) return tl::make_unexpected(done.error());
  return Outcome{};
}

std::int64_t milliseconds_of(const Value& with, const char* key) {
  const auto* value = with.find(key);
  return value == nullptr ? 0 : model::duration_of(*value).value_or(0ms).count();
}

/// The certificate of that kind from the PIXIT, in place of the right one.
Result<Outcome> show_certificate(DeviceContext& context, const std::string& kind) {
  if (kind == "right") return Outcome{};
  auto& self = context.session.card().personality();
  const auto& values = context.pixit.values;
  self.certificate = values.text_or(kind + "_certificate", "");
  self.key = values.text_or(kind + "_key", "");
  if (kind == "none" ? self.psk.empty() : self.certificate.empty()) {
    return did_not("the PIXIT has no " + (kind == "none" ? std::string("psk_key") : kind + "_certificate"));
  }
  if (kind != "none") self.psk.clear();  // or the client would not have to look at the certificate
  return Outcome{};
}

Result<Outcome> setup(DeviceContext& context, const Value& with) {
  auto& self = context.session.card().personality();
  self.https_channels = std::clamp<std::int64_t>(with.int_or("https_channels", 1), 0, 6);
  self.http_channels = std::clamp<std::int64_t>(with.int_or("http_channels", 0), 0, 6 - self.https_channels);
  return show_certificate(context, with.text_or("certificate", "right"));
}

/// What the card asks for after each TERMINAL PROFILE, so that cases need not: a fast poll, the events of its channels.
void ask_for_usual(DeviceContext& context, const Value& with) {
  auto& self = context.session.card().personality();
  self.requests.clear();
  if (with.bool_or("poll", true)) {
    const auto tenths = context.pixit.values.int_or("poll_tenths", 10);
    self.requests.emplace_back(
        "poll_interval", Value::Map{{"duration", Value::Map{{"unit", "tenths_of_seconds"}, {"interval", tenths}}}});
  }
  self.asks_for_events = with.bool_or("events", true);
}

Result<Outcome> uicc_setup(DeviceContext& context, const Value& with) {
  if (context.session.inserted()) return did_not("the card is in the device already");
  const auto done = setup(context, with);
  ask_for_usual(context, with);
  context.set_up = true;
  return done;
}

Result<Outcome> proactive(DeviceContext& context, const Value& with) {
  const auto key = with.text_or("command", "");
  const auto mode = with.text_or("mode", "");
  const auto* fields = with.find("fields");
  auto members = fields == nullptr ? Value(Value::Map{}) : *fields;
  if (const auto* channel = with.find("channel"); channel != nullptr && channel->is_int()) {
    if (channel->as_int() < 1 || channel->as_int() > 7)
      return did_not("the device gave the channel no number from 1 to 7");
    members["device_identities"] = peer::to_channel(channel->as_int());
  }
  const auto* row = codec::find_message(codec::MessageKind::proactive, key, mode);
  if (row == nullptr || (!mode.empty() && row->variant != mode)) {
    return fail(Errc::data, "\"" + key + "\" has no mode \"" + mode + "\"");
  }
  const auto fits = codec::encode_message(*row, members);
  if (!fits) return tl::make_unexpected(fits.error());
  context.session.card().toolkit().queue(key, mode, members);
  return Outcome{};
}

Result<Outcome> await_listening(DeviceContext& context, const Value& with) {
  auto& session = context.session;
  const auto until = session.now() + model::Moment(std::chrono::milliseconds(milliseconds_of(with, "for")));
  while (!session.card().listens() && session.now() < until) {
    const auto moved = session.wait(until - session.now());
    if (!moved) return tl::make_unexpected(moved.error());
  }
  session.add({"uicc.listening", Value::Map{{"listening", session.card().listens()}}, {}});
  return Outcome{};
}

Result<Outcome> drop_client(DeviceContext& context, const Value& /*with*/) {
  context.session.card().drop_clients();
  return Outcome{};
}

bool has_one_channel(const DeviceContext& context) {
  static const auto& row = *codec::find_profile_bit("number_of_channels");
  return codec::profile_value(context.session.profile(), row) == 1;
}

/// The web server lets the only channel go for as long as the trigger lasts. Source: AMB-13, R2
void free_channel_for(peer::OffLineTrigger& trigger, peer::Uicc& card) {
  if (!card.listens()) return;
  card.stop_listening();
  trigger.ended = [&card] { card.listen(); };
}

Result<Outcome> trigger(DeviceContext& context, const Value& with) {
  auto& card = context.session.card();
  const auto registered = card.server().last_client_port();
  peer::OffLineTrigger out;
  if (with.find("port") == nullptr && !registered) return did_not("the device registered no DM Client");
  out.port = with.int_or("port", registered.value_or(0));
  const bool udp = codec::profile_has(context.session.profile(), "udp_local");
  out.protocol = with.text_or("protocol", udp ? "udp_local" : "tcp_local");
  out.buffer_size = with.int_or("buffer", 1400);
  out.piece = std::size_t(std::max<std::int64_t>(with.int_or("piece", 220), 1));
  out.close = with.bool_or("close", true);
  const auto hex = with.text_or("hex", "");
  auto octets = hex.empty() ? notification_of(context, with) : parse_hex(hex);
  if (!octets) return tl::make_unexpected(octets.error());
  if (const auto* length = with.find("length"))
    octets->resize(std::min(octets->size(), std::size_t(std::max<std::int64_t>(length->as_int(), 1))));
  out.notification = std::move(*octets);
  if (with.bool_or("during_session", false)) {
    context.session.send_in_session(std::move(out));
    return Outcome{};
  }
  if (has_one_channel(context)) free_channel_for(out, card);
  out.send(card.toolkit());
  if (!with.bool_or("again", false)) return Outcome{};
  auto second = notification_of(context, with);
  if (!second) return tl::make_unexpected(second.error());
  out.notification = std::move(*second);
  out.send(card.toolkit());
  return Outcome{};
}

/// By the method that the ICS claims: off-line, else by a push of a bearer.
Result<Outcome> notify(DeviceContext& context, const Value& with) {
  if (model::claims(context.ics, "D_OFFLINE")) return trigger(context, with);
  const auto* bearer = model::claims(context.ics, "D_SMS_3GPP") ? "3gpp" : "3gpp2";
  return perform_device_stimulus(context, "network.deliver_push", Value::Map{{"bearer", bearer}});
}

Result<Outcome> server(DeviceContext& context, const Value& with) {
  auto& card = context.session.card();
  auto& self = card.personality();
  self.provisioning.clear();
  if (const auto* nodes = with.find("nodes")) {
    for (const auto& [uri, value] : nodes->as_map()) {
      if (!value.is_string()) return fail(Errc::data, "the value of " + uri + " is no text");
      self.provisioning.emplace_back(uri, value.as_string());
    }
  }
  self.commands.clear();
  if (const auto* commands = with.find("commands")) self.commands = commands->as_list();
  self.commands_a_message = std::size_t(std::max<std::int64_t>(with.int_or("commands_a_message", 0), 0));
  self.abort_at = static_cast<int>(with.int_or("abort_at", 0));
  const auto credentials = with.text_or("credentials", "right");
  self.switched_off.erase(peer::Policy::sends_credentials);
  if (credentials == "none") self.switched_off.insert(peer::Policy::sends_credentials);
  self.wrong_secret = credentials == "wrong" ? context.session.account().server_secret + "-not" : std::string{};
  if (with.bool_or("challenge", false)) context.session.account().client_nonce = peer::fresh_nonce();
  return Outcome{};
}

Result<Outcome> power_on(DeviceContext& context, const Value& /*with*/) {
  auto& session = context.session;
  if (!context.set_up) ask_for_usual(context, Value::Map{});
  session.insert();
  return ask(context, "device.powerOn");
}

Result<Outcome> power_off(DeviceContext& context, const Value& /*with*/) {
  return ask(context, "device.powerOff");
}

Result<Outcome> wait(DeviceContext& context, const Value& with) {
  auto& session = context.session;
  const auto until = session.now() + model::Moment(std::chrono::milliseconds(milliseconds_of(with, "for")));
  while (session.now() < until) {
    const auto moved = session.wait(until - session.now());
    if (!moved) return tl::make_unexpected(moved.error());
  }
  return Outcome{};
}

Result<Outcome> dial(DeviceContext& context, const Value& with) {
  return ask(context, "device.dial", Value::Map{{"number", with.text_or("number", "")}});
}

Result<Outcome> hang_up(DeviceContext& context, const Value& /*with*/) {
  return ask(context, "device.hangup");
}

Result<Outcome> place(DeviceContext& context, const Value& with) {
  constexpr std::size_t mcc_digits = 3;
  const auto plmn = with.text_or("plmn", context.pixit.values.text_or("home_plmn", "00101"));
  if (plmn.size() < 5) return fail(Errc::data, "\"" + plmn + "\" is no network");
  return ask(context, "network.setCell",
             Value::Map{{"mcc", plmn.substr(0, mcc_digits)},
                        {"mnc", plmn.substr(mcc_digits)},
                        {"lac", with.int_or("lac", 1)},
                        {"ci", with.int_or("cell", 1)},
                        {"service", with.text_or("service", "normal_service")}});
}

Result<Outcome> out_of_service(DeviceContext& context, const Value& /*with*/) {
  return ask(context, "network.outOfService");
}

Result<Outcome> await_call(DeviceContext& context, const Value& with) {
  const auto seen = context.session.call("network.awaitCall", Value::Map{{"timeout_ms", milliseconds_of(with, "for")}});
  if (!seen) return tl::make_unexpected(seen.error());
  const auto* number = seen->find("number");
  Value fields = Value::Map{{"outcome", "none"}};
  if (number != nullptr && number->is_string()) {
    fields = Value::Map{{"outcome", "call"}, {"number", number->as_string()}};
  }
  context.session.add({"network.call", std::move(fields), {}});
  return Outcome{};
}

Result<Outcome> probe(DeviceContext& context, const Value& with) {
  const auto seen = context.session.call("network.probe", Value::Map{{"port", with.int_or("port", 0)}});
  if (!seen) return tl::make_unexpected(seen.error());
  context.session.add({"network.probed", Value::Map{{"reachable", seen->bool_or("reachable", false)}}, {}});
  return Outcome{};
}

/// The row of table 2 that a case asks for; for `any` the first that the ICS claims.
const ScwsAddress* address_for(const DeviceContext& context, const std::string& transport) {
  if (transport != "any") return find_scws_address(transport);
  return find_scws_address(model::claims(context.ics, "D_BIP") ? "bip_ipv4" : "tcp_ipv4");
}

Result<Outcome> account(DeviceContext& context, const Value& with) {
  const auto* address = address_for(context, with.text_or("transport", "any"));
  if (address == nullptr) return fail(Errc::data, "\"" + with.text_or("transport", "") + "\" is no transport");
  auto& account = context.session.account();
  account.server_nonce = peer::fresh_nonce();
  account.client_nonce = peer::fresh_nonce();
  account.last_server_nonce.clear();
  const auto usual = "https://" + authority_of(*address, address->secure_port) + "/OMA/DM";
  return ask(context, "dm.account.set",
             Value::Map{{"server_id", with.text_or("server_id", account.server_id)},
                        {"app_addr", with.text_or("app_addr", usual)},
                        {"server_secret", account.server_secret},
                        {"server_nonce", to_hex(account.server_nonce)},
                        {"client_name", account.client_name},
                        {"client_secret", account.client_secret},
                        {"client_nonce", to_hex(account.client_nonce)}});
}

Value server_id_of(const DeviceContext& context, const Value& with) {
  return Value::Map{{"server_id", with.text_or("server_id", context.session.account().server_id)}};
}

Result<Outcome> read_account(DeviceContext& context, const Value& with) {
  const auto told = context.session.call("dm.account.get", server_id_of(context, with));
  if (!told) return tl::make_unexpected(told.error());
  context.session.add({"dm.account", Value::Map{{"app_addr", told->text_or("app_addr", "")}}, {}});
  return Outcome{};
}

Result<Outcome> forget_account(DeviceContext& context, const Value& with) {
  return ask(context, "dm.account.remove", server_id_of(context, with));
}

Result<Outcome> consent(DeviceContext& context, const Value& with) {
  return ask(context, "ui.act", Value::Map{{"text", with.text_or("answer", "") + " the DM session"}});
}

Result<Outcome> start_session(DeviceContext& context, const Value& /*with*/) {
  return ask(context, "dm.session.start", Value::Map{{"server_id", context.session.account().server_id}});
}

Result<Outcome> move_client(DeviceContext& context, const Value& /*with*/) {
  return ask(context, "dm.client.move");
}

Result<std::string> url_of(const DeviceContext& context, const Value& with) {
  const auto* address = address_for(context, with.text_or("transport", "any"));
  if (address == nullptr) return fail(Errc::data, "\"" + with.text_or("transport", "") + "\" is no transport");
  const bool secure = with.bool_or("secure", true);
  return (secure ? "https://" : "http://") +
         authority_of(*address, secure ? address->secure_port : address->plain_port) + with.text_or("path", "/");
}

/// A refusal is what the case wants to see: no page came.
Result<Outcome> fetch(DeviceContext& context, const Value& with) {
  const auto url = url_of(context, with);
  if (!url) return tl::make_unexpected(url.error());
  const auto limit = context.session.wait_limit("fetch_wait").count();
  const auto before = context.session.trace().events().size();
  const auto page = context.session.call("net.fetch", Value::Map{{"url", *url}, {"timeout_ms", limit}});
  if (!page && page.error().code != Errc::refused) return tl::make_unexpected(page.error());
  const auto& events = context.session.trace().events();
  const bool asked = std::any_of(events.begin() + static_cast<std::ptrdiff_t>(before), events.end(),
                                 [](const model::Event& event) { return event.key == "http.request"; });
  if (page && page->int_or("status", 0) != 0 && !asked) {
    // Nothing is believed of an adapter that our card could have seen.
    return fail(Errc::protocol, "the adapter says that the page came with status " +
                                    std::to_string(page->int_or("status", 0)) + ", and no request reached the card");
  }
  Value fields = page ? Value::Map{{"status", page->int_or("status", 0)}}
                      : Value::Map{{"status", 0}, {"reason", page.error().text()}};
  context.session.add({"net.fetched", std::move(fields), {}});
  return Outcome{};
}

Result<Outcome> hold(DeviceContext& context, const Value& with) {
  const auto url = url_of(context, with);
  if (!url) return tl::make_unexpected(url.error());
  return ask(context, "net.hold", Value::Map{{"url", *url}});
}

Result<Outcome> release(DeviceContext& context, const Value& /*with*/) {
  return ask(context, "net.release");
}

constexpr NamedDeviceStimulus handlers[] = {
    {"uicc.setup", uicc_setup},
    {"uicc.proactive", proactive},
    {"uicc.trigger", trigger},
    {"uicc.notify", notify},
    {"uicc.server", server},
    {"uicc.drop_client", drop_client},
    {"uicc.await_listening", await_listening},
    {"device.power_on", power_on},
    {"device.power_off", power_off},
    {"device.wait", wait},
    {"device.dial", dial},
    {"device.hang_up", hang_up},
    {"device.account", account},
    {"device.read_account", read_account},
    {"device.forget_account", forget_account},
    {"device.consent", consent},
    {"device.start_session", start_session},
    {"device.move_client", move_client},
    {"device.fetch", fetch},
    {"device.hold", hold},
    {"device.release", release},
    {"network.place", place},
    {"network.out_of_service", out_of_service},
    {"network.await_call", await_call},
    {"network.probe", probe},
};

DeviceHandler handler_of(std::string_view name) {
  for (const auto table : {std::span<const NamedDeviceStimulus>(handlers), sms_stimuli()}) {
    for (const auto& row : table) {
      if (row.name == name) return row.handler;
    }
  }
  return nullptr;
}

}  // namespace

Result<Octets> notification_of(DeviceContext& context, const Value& with) {
  auto& account = context.session.account();
  codec::Package0 package;
  if (with.text_or("session_id", "fresh") == "fresh" || account.session_id == 0) ++account.session_id;
  if (account.session_id == 0) ++account.session_id;  // 0 is outside the range
  const auto number = with.int_or("session_number", account.session_id);
  if (number < 0 || number > 0xFFFF) return fail(Errc::data, std::to_string(number) + " is no session id");
  auto fields = codec::to_value(package);
  fields["session_id"] = number;
  fields["server_id"] = with.text_or("server_id", account.server_id);
  fields["ui_mode"] = with.text_or("ui_mode", "background");
  fields["initiator"] = with.text_or("initiator", "server");
  fields["version"] = with.int_or("version", 11);
  fields["future_use"] = with.int_or("future_use", 0);
  fields["vendor_specific"] = with.text_or("vendor_specific", "");
  const auto wanted = codec::package0_of(fields);
  if (!wanted) return tl::make_unexpected(wanted.error());
  const auto trigger = codec::write_trigger(*wanted);
  if (!trigger) return tl::make_unexpected(trigger.error());
  const auto digest = with.text_or("digest", "right");
  if (digest == "zero_nonce") {
    // The server has lost its nonces: both ends go on from zero. Source: OMA DM Notification 1.2.1, 6.1
    account.server_nonce = zero_nonce;
    account.client_nonce = zero_nonce;
  }
  auto octets = codec::notification_digest(*trigger, wanted->server_id, account.server_secret, account.server_nonce);
  if (digest == "wrong") octets.front() ^= 0x01;
  append(octets, *trigger);
  return octets;
}

bool has_device_handler(std::string_view name) {
  return handler_of(name) != nullptr;
}

Result<void> switch_off(DeviceContext& context) {
  if (!context.session.link().has("device.powerOff")) return {};
  const auto done = context.session.link().call("device.powerOff", Value::Map{}, 60s);
  if (!done && done.error().code != Errc::refused) return tl::make_unexpected(done.error());
  return {};
}

Result<Outcome> perform_device_stimulus(DeviceContext& context, const std::string& name, const Value& parameters) {
  const auto handler = handler_of(name);
  if (handler == nullptr) return fail(Errc::data, "\"" + name + "\" is no stimulus of a device");
  return handler(context, parameters.is_null() ? Value(Value::Map{}) : parameters);
}

}  // namespace dmsc::engine
