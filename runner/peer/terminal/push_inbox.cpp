// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/terminal/push_inbox.hpp"

#include <utility>

#include "runner/codec/wap/wsp.hpp"

namespace dmsc::peer {
namespace {

constexpr const char* dm_application = "x-wap-application:syncml.dm";

}  // namespace

std::optional<Octets> PushInbox::notification_in(codec::SmsBearer bearer, const codec::Datagram& datagram,
                                                 const Habits& habits, const Tamper& tamper) {
  const auto push = codec::decode_wsp(datagram.data, true);
  if (push.error || deaf_) return {};
  Outgoing in{"received.push", codec::wsp_facts(push), 1, 0};
  in.members["bearer"] = codec::name_of(bearer);
  in.members["source_port"] = std::int64_t{datagram.source_port};
  in.members["destination_port"] = std::int64_t{datagram.destination_port};
  if (tamper) tamper(in);
  deaf_ = in.deafens;
  if (deaf_ || in.copies == 0) return {};
  const auto& facts = in.members;
  const bool known_port = facts.int_or("destination_port", 0) == codec::wap_push_port;
  const bool known_type = facts.text_or("content_type", "") == codec::notification_mime;
  const bool known_application = facts.text_or("application_id", "") == dm_application;
  if (!known_port && habits.has(Habit::checks_push_port)) return {};
  if (!known_type && habits.has(Habit::checks_content_type)) return {};
  if (!known_application && habits.has(Habit::checks_application_id)) return {};
  auto body = parse_hex(facts.text_or("body", ""));
  if (!body) return {};
  return std::move(*body);
}

std::optional<Octets> PushInbox::take(codec::SmsBearer bearer, const codec::Decoded& message, const Habits& habits,
                                      const Tamper& tamper) {
  auto segment = codec::segment_of(bearer, message);
  if (!segment) return {};
  if (segment->concatenated) {
    if (std::exchange(reference_, segment->reference) != segment->reference) last_ = 0;
    const bool copy = segment->sequence == last_;
    const bool in_order = segment->sequence == 1 || copy || segment->sequence == last_ + 1;
    last_ = segment->sequence;
    if (copy && !habits.has(Habit::ignores_copies)) {
      parts_.clear();
      return {};
    }
    if (!habits.has(Habit::joins_parts)) return {};
    if (segment->wide_reference && !habits.has(Habit::takes_wide_reference)) return {};
    if (!in_order && !habits.has(Habit::orders_parts)) {
      parts_.clear();
      return {};
    }
    if (segment->sequence == 1 && !habits.has(Habit::awaits_all_parts)) {
      segment->concatenated = false;  // what came first is taken for the whole
      segment->total = 1;
    }
  }
  auto whole = parts_.add(*segment);
  if (!whole || (segment->sequence != 1 && !habits.has(Habit::ends_with_any_part))) return {};
  return notification_in(bearer, whole->datagram, habits, tamper);
}

}  // namespace dmsc::peer
