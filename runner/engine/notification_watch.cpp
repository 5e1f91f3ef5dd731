// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/notification_watch.hpp"

#include "runner/codec/cat/spec.hpp"
#include "runner/codec/dm/package0.hpp"

namespace dmsc::engine {
namespace {

constexpr std::size_t stored_most = 65536;

bool performed(const Value& response) {
  const auto* general = response.at_path("result.general");
  return general != nullptr && general->is_string() && codec::performed(general->as_string());
}

std::int64_t channel_of(const Value& command) {
  const auto* destination = command.at_path("device_identities.destination");
  if (destination == nullptr || !destination->is_string() || !destination->as_string().starts_with("channel_"))
    return 0;
  return destination->as_string().back() - '0';
}

/// SessionID of SyncML: upper-case hexadecimal without leading zeros. Source: DM Notification 1.2.1, 6.2.2.10
std::string session_text(std::uint16_t id) {
  auto text = hex_number(id, 4);
  const auto first = text.find_first_not_of('0');
  return first == std::string::npos ? "0" : text.substr(first);
}

}  // namespace

model::Event notification_event(const peer::Account& account, Octets octets) {
  model::Event out;
  out.key = "dm.notification";
  out.octets = std::move(octets);
  const auto package = codec::read_package0(out.octets);
  out.fields = package ? codec::to_value(*package) : Value(Value::Map{{"malformed", package.error().text()}});
  out.fields["length"] = out.octets.size();
  if (!package) return out;
  out.fields["session_text"] = session_text(package->session_id);
  const auto judge = [&](ByteView nonce) {
    return codec::judge_digest(out.octets, account.server_id, account.server_secret, nonce);
  };
  auto verdict = judge(account.server_nonce);
  const auto& last = account.last_server_nonce;  // empty before the first session
  if (verdict.reading != "stored" && !last.empty() && judge(last).reading == "stored") {
    verdict = {true, "previous"};
  }
  const bool undecided = !verdict.valid && !account.confirmed;
  out.fields["digest_valid"] = undecided ? Value(peer::unconfirmed_nonce) : Value(verdict.valid);
  out.fields["digest_reading"] = undecided ? peer::unconfirmed_nonce : verdict.reading;
  out.decoded = std::make_shared<codec::Decoded>(codec::decode_package0(out.octets));
  return out;
}

void NotificationWatch::reset() {
  channels_.clear();
  pending_ = {};
}

std::optional<model::Event> NotificationWatch::observe(const model::Event& event) {
  if (event.key == "card.reset") reset();
  if (event.key.starts_with("proactive.")) pending_ = event.fields;
  if (event.key == "terminal_response.open_channel" && performed(event.fields) &&
      pending_.text_or("mode", "") == "terminal_server") {
    const auto* channel = event.fields.at_path("channel_status.channel");
    const auto* level = pending_.find("transport_level");
    if (channel == nullptr || !channel->is_int() || level == nullptr) return {};
    channels_[channel->as_int()] = {level->int_or("port", 0), level->text_or("protocol", ""), {}, {}, 0};
  }
  if (event.key == "terminal_response.close_channel" && performed(event.fields))
    return closed(channel_of(pending_), event);
  const bool sent_by_us = sender_ == Sender::us && event.key == "proactive.send_data";
  const bool accepted =
      sender_ == Sender::card && event.key == "terminal_response.send_data" && performed(event.fields);
  if (!sent_by_us && !accepted) return {};
  const auto found = channels_.find(channel_of(pending_));
  if (found == channels_.end()) return {};
  auto& channel = found->second;
  const auto* data = pending_.find("channel_data");
  const auto octets = data != nullptr && data->is_string() ? parse_hex(data->as_string()) : Result<Octets>(Octets{});
  if (octets && channel.stored.size() + channel.sent.size() + octets->size() <= stored_most)
    append(channel.stored, *octets);
  ++channel.parts;
  const auto* qualifier = pending_.at_path("command_details.qualifier");
  const bool sent = qualifier != nullptr && qualifier->is_int() && (qualifier->as_int() & 1) != 0;
  if (!sent) return {};
  append(channel.sent, std::exchange(channel.stored, {}));
  // Over TCP the pieces are one stream: what is not whole yet may still become so.
  if (channel.protocol == "tcp_local" && !codec::read_package0(channel.sent)) return {};
  return notification(found->first, channel, event);
}

/// What was sent and never became a notification shows when the channel is closed.
std::optional<model::Event> NotificationWatch::closed(std::int64_t number, const model::Event& event) {
  const auto found = channels_.find(number);
  if (found == channels_.end()) return {};
  auto channel = std::move(found->second);
  channels_.erase(found);
  if (channel.protocol != "tcp_local" || channel.sent.empty()) return {};
  return notification(number, channel, event);
}

model::Event NotificationWatch::notification(std::int64_t number, Channel& channel, const model::Event& cause) const {
  auto out = notification_event(account_, std::exchange(channel.sent, {}));
  out.exchange = cause.exchange;
  out.at = cause.at;
  out.fields["bearer"] = "channel";
  out.fields["channel"] = number;
  out.fields["channel_name"] = "channel_" + std::to_string(number);
  out.fields["port"] = channel.port;
  out.fields["protocol"] = channel.protocol;
  out.fields["parts"] = std::exchange(channel.parts, 0);
  return out;
}

}  // namespace dmsc::engine
