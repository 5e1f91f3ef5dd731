// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/terminal/terminal.hpp"

#include <algorithm>
#include <stdexcept>

#include "runner/codec/fields.hpp"
#include "runner/codec/message.hpp"
#include "runner/codec/profile.hpp"

namespace dmsc::peer {
namespace {

using codec::MessageKind;
using model::Moment;

constexpr std::uint8_t ins_get_response = 0xC0;
constexpr std::uint8_t ins_fetch = 0x12;
constexpr std::size_t registry_most = 230;  // octets of registry objects in one envelope, so that Lc stays below 256

Octets header(std::uint8_t ins, std::uint8_t p2, std::uint32_t le) {
  const std::uint8_t cla = ins == ins_get_response ? 0x00 : 0x80;
  return codec::write_command({cla, ins, 0x00, p2, {}, le == 0 ? 256 : le, false});
}

std::string international(const std::string& number) {
  return number.starts_with('+') ? number.substr(1) : number;
}

}  // namespace

void Terminal::reset() {
  *this = Terminal{};
}

void Terminal::send(Octets command) {
  stimuli_.push_back(std::move(command));
}

void Terminal::send_profile(ByteView profile) {
  profile_ = to_octets(profile);
  send(codec::write_command({0x80, 0x10, 0x00, 0x00, profile_, {}, false}));
}

Result<void> Terminal::send_envelope(std::string_view key, const Value& members) {
  const auto variant = members.find("cdma_sms_tpdu") != nullptr ? "cdma" : "";
  const auto* row = codec::find_message(MessageKind::envelope, key, variant);
  if (row == nullptr) return fail(Errc::unknown, "\"" + std::string(key) + "\" is no envelope", {}, "key");
  auto body = codec::encode_message(*row, members);
  if (!body) return tl::make_unexpected(body.error());
  if (const auto* list = members.find("registry_application_data")) {
    for (const auto& application : list->is_list() ? list->as_list() : Value::List{*list}) {
      ports_.insert(application.int_or("port", -1));
    }
  }
  send(codec::write_command({0x80, 0xC2, 0x00, 0x00, std::move(*body), {}, false}));
  return {};
}

void Terminal::send_status() {
  send({0x80, 0xF2, 0x00, 0x0C});
}

Result<void> Terminal::send_registry(const Value::List& applications) {
  ports_.clear();
  const auto* row = codec::find_object(std::string_view("registry_application_data"));
  Value::List part;
  std::size_t size = 0;
  for (const auto& application : applications) {
    const auto octets = codec::encode_fields(row->fields, application);
    if (!octets) return tl::make_unexpected(octets.error());
    if (size + octets->size() + 2 > registry_most && !part.empty()) {
      const auto sent = send_envelope("terminal_applications", Value::Map{{"registry_application_data", part}});
      if (!sent) return sent;
      part.clear();
      size = 0;
    }
    size += octets->size() + 2;
    part.push_back(application);
  }
  return send_envelope("terminal_applications",
                       Value::Map{{"registry_application_data", part}, {"last_envelope", Value::Map{}}});
}

Result<bool> Terminal::move_to(const Place& place) {
  place_ = place;
  if (!wants_event("location_status") || !codec::profile_has(profile_, "event_location_status")) return false;
  Value members;
  members["location_status"] = place.status;
  if (place.status == "normal_service") {
    members["location_information"] = Value::Map{{"plmn", place.plmn}, {"lac", place.lac}, {"cell", place.cell}};
  }
  const auto sent = send_envelope("location_status", members);
  if (!sent) return tl::make_unexpected(sent.error());
  return true;
}

Result<void> Terminal::call(const std::string& number) {
  Value address;
  address["no_extension"] = true;
  address["type_of_number"] = number.starts_with('+') ? "international" : "unknown";
  address["numbering_plan"] = "isdn_telephony";
  address["digits"] = international(number);
  Value members;
  members["address"] = std::move(address);
  members["location_information"] = Value::Map{{"plmn", place_.plmn}, {"lac", place_.lac}, {"cell", place_.cell}};
  return send_envelope("call_control", members);
}

bool Terminal::timer_runs(int timer) const {
  return timer >= 1 && timer <= static_cast<int>(timers_.size()) && timers_[std::size_t(timer) - 1].runs;
}

std::optional<int> Terminal::first_timer() const {
  std::optional<int> first;
  for (int timer = 1; timer <= static_cast<int>(timers_.size()); ++timer) {
    const auto& candidate = timers_[std::size_t(timer) - 1];
    if (candidate.runs && (!first || candidate.ends < timers_[std::size_t(*first) - 1].ends)) first = timer;
  }
  return first;
}

Result<void> Terminal::queue_timer(int timer) {
  auto& slot = timers_[std::size_t(timer) - 1];
  slot.runs = false;
  return send_envelope("timer_expiration", Value::Map{{"timer_identifier", timer}, {"timer_value", slot.value}});
}

Result<bool> Terminal::expire_timer(int timer) {
  if (!timer_runs(timer)) return false;
  now_ = std::max(now_, timers_[std::size_t(timer) - 1].ends);
  const auto sent = queue_timer(timer);
  if (!sent) return tl::make_unexpected(sent.error());
  return true;
}

Result<void> Terminal::pass(Moment duration) {
  const auto until = now_ + duration;
  for (;;) {
    const auto timer = first_timer();
    const auto timer_at = timer ? timers_[std::size_t(*timer) - 1].ends : Moment::max();
    const auto poll_at = poll_period_ ? next_poll_ : Moment::max();
    if (std::min(timer_at, poll_at) > until) break;
    now_ = std::max(now_, std::min(timer_at, poll_at));
    if (timer_at <= poll_at) {
      const auto sent = queue_timer(*timer);
      if (!sent) return sent;
    } else {
      send_status();
      next_poll_ += *poll_period_;
    }
  }
  now_ = until;
  return {};
}

void Terminal::pass_held(Moment duration) {
  now_ += duration;
  for (auto& timer : timers_) timer.ends += duration;
  next_poll_ += duration;
}

void Terminal::download_channel_events() {
  while (const auto notice = gateway_.take_notice()) {
    const bool data = notice->length != 0;
    // The official suite raises these events for the owner of the channel without asking for SET UP EVENT LIST
    // (cat.md 3.8), so the profile alone decides here.
    if (!codec::profile_has(profile_, data ? "event_data_available" : "event_channel_status")) continue;
    Value members;
    members["channel_status"] = channel_status(notice->channel, notice->state);
    if (data) members["channel_data_length"] = std::min<std::size_t>(notice->length, 0xFF);
    const auto sent = send_envelope(data ? "data_available" : "channel_status", members);
    if (!sent) throw std::logic_error("channel event: " + sent.error().text());
  }
}

std::optional<Octets> Terminal::next_command() {
  if (auto command = continue_exchange()) {
    sent_ = *command;
    return command;
  }
  data_.clear();
  if (replies_.empty() && !fetch_) {
    download_channel_events();
    if (stimuli_.empty()) {
      gateway_.finish_leaving();
      download_channel_events();
    }
  }
  if (!replies_.empty()) {
    sent_ = std::move(replies_.front());
    replies_.pop_front();
    if (replies_.empty() && dropping_ != 0) gateway_.drop(std::exchange(dropping_, 0));
  } else if (fetch_) {
    sent_ = header(ins_fetch, 0x00, *fetch_);
    fetch_.reset();
  } else if (!stimuli_.empty()) {
    sent_ = std::move(stimuli_.front());
    stimuli_.pop_front();
  } else {
    return {};
  }
  fetching_ = sent_.size() >= 2 && sent_[1] == ins_fetch;
  return sent_;
}

std::optional<Octets> Terminal::continue_exchange() {
  return std::exchange(chained_, std::nullopt);
}

void Terminal::on_response(ByteView octets) {
  const auto response = codec::read_response(octets);
  if (!response) return;
  append(data_, response->data);
  const auto status = response->status;
  if (status.more_data()) {
    chained_ = header(ins_get_response, 0x00, status.sw2());
  } else if (status.wrong_length() && sent_.size() >= 5) {
    const auto repeated = codec::read_command(sent_);
    if (repeated && repeated->data.empty() && repeated->le != (status.sw2() == 0 ? 256U : status.sw2())) {
      chained_ = sent_;
      chained_->back() = status.sw2();
    }
  }
  if (!chained_) finish_exchange(status);
}

void Terminal::finish_exchange(codec::StatusWord status) {
  if (status.proactive()) fetch_ = status.sw2() == 0 ? 256U : status.sw2();
  if (std::exchange(fetching_, false) && status.ok()) perform(data_);
}

}  // namespace dmsc::peer
