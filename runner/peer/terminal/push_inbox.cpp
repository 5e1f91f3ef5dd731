// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/terminal/push_inbox.hpp"

#include <utility>

#include "runner/codec/wsp.hpp"

namespace dmsc::peer {
namespace {

constexpr const char* dm_application = "x-wap-application:syncml.dm";

std::optional<Octets> notification_in(const codec::Datagram& datagram, const Habits& habits) {
  if (datagram.destination_port != codec::wap_push_port && habits.has(Habit::checks_push_port)) return {};
  const auto push = codec::decode_wsp(datagram.data, true);
  if (push.error) return {};
  const auto facts = codec::wsp_facts(push);
  const bool known_type = facts.text_or("content_type", "") == codec::notification_mime;
  const bool known_application = facts.text_or("application_id", "") == dm_application;
  if (!known_type && habits.has(Habit::checks_content_type)) return {};
  if (!known_application && habits.has(Habit::checks_application_id)) return {};
  auto body = parse_hex(facts.text_or("body", ""));
  if (!body) return {};
  return std::move(*body);
}

}  // namespace

std::optional<Octets> PushInbox::take(codec::SmsBearer bearer, const codec::Decoded& message, const Habits& habits) {
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
  if (!whole) return {};
  return notification_in(whole->datagram, habits);
}

}  // namespace dmsc::peer
