// SPDX-License-Identifier: Apache-2.0
// Short messages of a device: what its card has it send, and what the network, which we play through the adapter, makes
// of that or delivers.
#include <algorithm>

#include "runner/codec/sms/cdma_sms.hpp"
#include "runner/codec/wap/wsp.hpp"
#include "runner/engine/device/device_stimuli.hpp"
#include "runner/engine/push_watch.hpp"
#include "runner/peer/session/push_message.hpp"
#include "runner/peer/uicc/results.hpp"

namespace dmsc::engine {
namespace {

using codec::SmsBearer;
using codec::SmsWay;
using namespace std::chrono_literals;

constexpr std::int64_t most_times = 10;
constexpr int most_others = 32;

SmsBearer bearer_of(const Value& with) {
  return codec::sms_bearer_of(with.text_or("bearer", "3gpp")).value_or(SmsBearer::gsm);
}

std::string pixit_text(const DeviceContext& context, const char* item) {
  return context.pixit.values.text_or(item, "");
}

/// A message that carries text or octets of the case instead of a push.
Result<Octets> plain_message(DeviceContext& context, const Value& with, bool from_card, const std::string& number) {
  const auto dcs = with.int_or("dcs", 4);
  Value members = Value::Map{};
  if (bearer_of(with) == SmsBearer::gsm) {
    members["protocol_identifier"] = with.int_or("protocol_identifier", 0);
    members["dcs"] = dcs;
    members[from_card ? "destination" : "originator"] = peer::tpdu_address(number);
    if (from_card) members["message_reference"] = 0;
    if (!from_card) {
      members["no_more_messages"] = true;
      members["timestamp"] = Value::Map{{"year", 26}, {"month", 1}, {"day", 2}, {"zone", 0}};
    }
    for (const auto* key : {"text", "data"}) {
      if (const auto* value = with.find(key)) members[key] = *value;
    }
    return codec::encode_tpdu(*codec::find_tpdu(from_card ? "submit" : "deliver"), members);
  }
  Value user_data = Value::Map{{"encoding", with.find("text") != nullptr ? "ascii_7" : "octet"}};
  for (const auto* key : {"text", "data"}) {
    if (const auto* value = with.find(key)) user_data[key] = *value;
  }
  auto& account = context.session.account();
  members["teleservice"] = "cmt_95";
  members[from_card ? "destination_address" : "originating_address"] =
      Value::Map{{"digit_mode", false}, {"number_mode", false}, {"number", peer::digits_of(number)}};
  members["bearer_data"] =
      Value::Map{{"message_identifier", Value::Map{{"message_type", from_card ? "submit" : "deliver"},
                                                   {"message_id", std::int64_t{++account.sms_reference}},
                                                   {"header_indicator", false}}},
                 {"user_data", std::move(user_data)}};
  return codec::encode_cdma_sms(members);
}

Result<Outcome> short_message(DeviceContext& context, const Value& with) {
  auto& account = context.session.account();
  const auto bearer = bearer_of(with);
  const auto number = with.text_or("number", pixit_text(context, "own_number"));
  if (number.empty()) return Outcome{false, "the PIXIT names no own_number"};
  std::vector<Octets> messages;
  if (with.find("text") != nullptr || with.find("data") != nullptr) {
    auto message = plain_message(context, with, true, number);
    if (!message) return tl::make_unexpected(message.error());
    messages.push_back(std::move(*message));
  } else {
    auto notification = notification_of(context, Value::Map{});
    if (!notification) return tl::make_unexpected(notification.error());
    peer::PushMessage push;
    push.bearer = bearer;
    push.notification = std::move(*notification);
    push.number = number;
    push.split.reference = ++account.sms_reference;
    if (bearer == SmsBearer::gsm) push.message["dcs"] = with.int_or("dcs", 4);
    auto written = peer::messages_of(push);
    if (!written) return tl::make_unexpected(written.error());
    messages = std::move(*written);
  }
  for (const auto& message : messages) {
    Value members = Value::Map{{"command_details", Value::Map{{"qualifier", with.bool_or("packing", false) ? 1 : 0}}},
                               {bearer == SmsBearer::gsm ? "sms_tpdu" : "cdma_sms_tpdu", to_hex(message)}};
    if (const auto centre = with.text_or("service_centre", ""); !centre.empty()) {
      members["address"] = Value::Map{{"no_extension", true},
                                      {"type_of_number", centre.starts_with('+') ? "international" : "unknown"},
                                      {"numbering_plan", "isdn_telephony"},
                                      {"digits", peer::digits_of(centre)}};
    }
    context.session.card().toolkit().queue("send_short_message", "", std::move(members));
  }
  context.asked = messages.size();
  context.asked_number = peer::digits_of(number);
  context.seen.clear();
  return Outcome{};
}

/// The next message that the network saw; its fields have `outcome` none, message, or other for one that goes elsewhere
/// than what the card asked for, as a device may send on its own.
Result<peer::Fact> next_seen(DeviceContext& context, std::chrono::milliseconds limit) {
  const auto seen =
      context.session.call("network.sms.awaitMo", Value::Map{{"timeout_ms", std::int64_t{limit.count()}}});
  if (!seen) return tl::make_unexpected(seen.error());
  const auto* hex = seen->find("tpdu");
  peer::Fact fact{"network.sms", Value::Map{{"outcome", "none"}}, {}};
  if (hex == nullptr || !hex->is_string()) return fact;
  const auto bearer = codec::sms_bearer_of(seen->text_or("bearer", ""));
  if (!bearer) return fail(Errc::protocol, "\"bearer\" of the message is missing", {}, "network.sms.awaitMo");
  auto octets = parse_hex(hex->as_string());
  if (!octets) return fail(Errc::protocol, octets.error().text(), {}, "network.sms.awaitMo");
  fact.fields = short_message_fields(*bearer, SmsWay::from_terminal, *octets);
  const auto number = fact.fields.text_or("number", context.asked_number);
  fact.fields["outcome"] = number == context.asked_number ? "message" : "other";
  if (const auto* centre = seen->find("service_centre"); centre != nullptr && centre->is_string()) {
    fact.fields["service_centre"] = peer::digits_of(centre->as_string());
  }
  fact.octets = std::move(*octets);
  return fact;
}

/// What the network saw is taken from the adapter's word: nobody else sees it.
Result<Outcome> await_sms(DeviceContext& context, const Value& with) {
  const auto* window = with.find("for");
  const auto limit = window == nullptr ? 0ms : model::duration_of(*window).value_or(0ms);
  for (int others = 0; context.seen.size() < context.asked && others < most_others;) {
    auto fact = next_seen(context, limit);
    if (!fact) return tl::make_unexpected(fact.error());
    const auto outcome = fact->fields.text_or("outcome", "");
    if (outcome == "message") context.seen.push_back({bearer_of(fact->fields), fact->octets});
    if (outcome == "other") ++others;
    context.session.add(std::move(*fact));
    if (outcome == "none") break;
  }
  return Outcome{};
}

/// Delivers one message, and notes what it brings: before the device can act on it.
Result<void> deliver(DeviceContext& context, SmsBearer bearer, const Octets& message) {
  auto& session = context.session;
  const auto decoded = codec::decode_short_message(bearer, SmsWay::to_terminal, message);
  if (const auto segment = codec::segment_of(bearer, decoded)) {
    if (const auto whole = context.delivered[static_cast<std::size_t>(bearer)].add(*segment)) {
      auto push = push_event(bearer, *whole, datagram_header(bearer, decoded));
      const auto body = parse_hex(push.fields.text_or("body", ""));
      session.trace().add(std::move(push), session.now());
      if (body && !body->empty()) {
        auto notification = notification_event(session.account(), *body);
        notification.fields["bearer"] = name_of(bearer);
        notification.fields["port"] = std::int64_t{whole->datagram.destination_port};
        notification.fields["parts"] = whole->parts;
        session.trace().add(std::move(notification), session.now());
      }
    }
  }
  const auto limit = session.wait_limit("sms_wait").count();
  const auto done = session.call(
      "network.sms.deliver", Value::Map{{"bearer", name_of(bearer)}, {"tpdu", to_hex(message)}, {"timeout_ms", limit}});
  if (!done) return tl::make_unexpected(done.error());
  peer::Fact fact{"sms.deliver", short_message_fields(bearer, SmsWay::to_terminal, message), message};
  const auto* acknowledged = done->find("acknowledged");
  fact.fields["outcome"] = acknowledged == nullptr || !acknowledged->is_bool() ? "no_answer"
                           : acknowledged->as_bool()                           ? "accepted"
                                                                               : "refused";
  if (const auto* answer = done->find("answer"); answer != nullptr && answer->is_string())
    fact.fields["answer"] = *answer;
  session.add(std::move(fact));
  return {};
}

Result<Outcome> forward_sms(DeviceContext& context, const Value& /*with*/) {
  if (context.seen.empty()) return Outcome{false, "the network saw no short message of the device"};
  for (const auto& [bearer, octets] : std::exchange(context.seen, {})) {
    const auto message = peer::forwarded(bearer, octets, pixit_text(context, "own_number"));
    if (!message) return Outcome{false, "what the network saw " + message.error().text()};
    const auto delivered = deliver(context, bearer, *message);
    if (!delivered) return tl::make_unexpected(delivered.error());
  }
  return Outcome{};
}

/// The push as the case wants it, right or wrong.
Result<peer::PushMessage> push_of(DeviceContext& context, const Value& with) {
  auto notification = notification_of(context, with);
  if (!notification) return tl::make_unexpected(notification.error());
  peer::PushMessage push;
  push.bearer = bearer_of(with);
  push.from_card = false;
  push.number = pixit_text(context, "sms_originator");
  push.notification = std::move(*notification);
  push.source_port = static_cast<std::uint16_t>(with.int_or("source_port", 49154));
  push.destination_port = static_cast<std::uint16_t>(with.int_or("port", codec::wap_push_port));
  push.split.reference = ++context.session.account().sms_reference;
  push.split.wide_reference = with.bool_or("wide_reference", false);
  push.split.most = static_cast<std::size_t>(std::max<std::int64_t>(with.int_or("part", 0), 0));
  if (push.bearer == SmsBearer::gsm) {
    push.message =
        Value::Map{{"dcs", with.int_or("dcs", 4)}, {"protocol_identifier", with.int_or("protocol_identifier", 0)}};
  }
  const auto named = [](codec::Names names, std::int64_t code, const std::string& form) -> Value {
    const auto* name = codec::find_name(names, static_cast<std::uint32_t>(code));
    return form == "short" || name == nullptr ? Value(code) : Value(name->key);
  };
  const auto type_form = with.text_or("content_type_form", "short");
  push.push["content_type"] = Value::Map{
      {"type", named(codec::content_types(), with.int_or("content_type", codec::notification_type), type_form)},
      {"form", type_form}};
  const auto id_form = with.text_or("application_id_form", "short");
  Value::List headers = {Value::Map{
      {"header", "x-wap-application-id"},
      {"value", named(codec::application_ids(), with.int_or("application_id", codec::dm_application), id_form)},
      {"form", id_form}}};
  if (with.bool_or("more_headers", false)) {
    headers.push_back(Value::Map{{"header", "push-flag"}, {"value", 1}, {"form", "short"}});
  }
  push.push["headers"] = std::move(headers);
  return push;
}

/// Numbers of the parts in the order in which they are delivered.
Result<std::vector<std::size_t>> order_of(const Value& with, std::size_t count) {
  std::vector<std::size_t> out;
  const auto number = [&](const char* key) { return with.int_or(key, 0); };
  for (const auto* key : {"omit", "duplicate"}) {
    if (number(key) < 0 || number(key) > static_cast<std::int64_t>(count)) {
      return fail(Errc::data, "there is no part " + std::to_string(number(key)) + " of " + std::to_string(count), {},
                  key);
    }
  }
  for (std::size_t part = 1; part <= count; ++part) {
    if (number("omit") == static_cast<std::int64_t>(part)) continue;
    out.push_back(part);
    if (number("duplicate") == static_cast<std::int64_t>(part)) out.push_back(part);
  }
  const auto order = with.text_or("order", "in_order");
  if (order == "reversed") std::reverse(out.begin(), out.end());
  if (order == "first_last" && !out.empty()) std::rotate(out.begin(), out.begin() + 1, out.end());
  return out;
}

/// The messages of a push, right or wrong, in the order of their delivery.
Result<std::vector<DeviceContext::ShortMessage>> messages_to_push(DeviceContext& context, const Value& with) {
  const auto push = push_of(context, with);
  if (!push) return tl::make_unexpected(push.error());
  const auto messages = peer::messages_of(*push);
  if (!messages) return tl::make_unexpected(messages.error());
  const auto order = order_of(with, messages->size());
  if (!order) return tl::make_unexpected(order.error());
  std::vector<DeviceContext::ShortMessage> out;
  for (auto left = std::clamp<std::int64_t>(with.int_or("times", 1), 1, most_times); left > 0; --left) {
    for (const auto part : *order) out.push_back({push->bearer, (*messages)[part - 1]});
  }
  return out;
}

Result<Outcome> deliver_push(DeviceContext& context, const Value& with) {
  if (!with.bool_or("again", false)) {
    auto messages = messages_to_push(context, with);
    if (!messages) return tl::make_unexpected(messages.error());
    context.pushed = std::move(*messages);
  }
  if (context.pushed.empty()) return Outcome{false, "nothing was delivered before"};
  for (const auto& [bearer, octets] : context.pushed) {
    const auto delivered = deliver(context, bearer, octets);
    if (!delivered) return tl::make_unexpected(delivered.error());
  }
  return Outcome{};
}

Result<Outcome> deliver_sms(DeviceContext& context, const Value& with) {
  const auto message = plain_message(context, with, false, pixit_text(context, "sms_originator"));
  if (!message) return tl::make_unexpected(message.error());
  const auto delivered = deliver(context, bearer_of(with), *message);
  if (!delivered) return tl::make_unexpected(delivered.error());
  return Outcome{};
}

Result<Outcome> refuse_sms(DeviceContext& context, const Value& with) {
  const auto done = context.session.call("network.sms.refuse", Value::Map{{"cause", with.int_or("cause", 0)}});
  if (!done) return tl::make_unexpected(done.error());
  return Outcome{};
}

constexpr NamedDeviceStimulus handlers[] = {
    {"uicc.short_message", short_message},  {"network.await_sms", await_sms},     {"network.forward_sms", forward_sms},
    {"network.deliver_push", deliver_push}, {"network.deliver_sms", deliver_sms}, {"network.refuse_sms", refuse_sms},
};

}  // namespace

std::span<const NamedDeviceStimulus> sms_stimuli() {
  return handlers;
}

}  // namespace dmsc::engine
