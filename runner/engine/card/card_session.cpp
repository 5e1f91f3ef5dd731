// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/card/card_session.hpp"

#include <algorithm>

#include "runner/codec/dm/package0.hpp"

namespace dmsc::engine {
namespace {

using namespace std::chrono_literals;

constexpr std::uint8_t select_mf[] = {0x00, 0xA4, 0x00, 0x0C, 0x02, 0x3F, 0x00};

constexpr std::size_t quick_occasions = 3;  // without a pause, as many as a card of software needs at most
constexpr model::Moment shortest_pause = 20ms;
constexpr model::Moment longest_pause = 1s;
constexpr std::size_t overtime_occasions = 100;  // of a window that an uneasy card keeps open
constexpr std::size_t overtime_commands = 20;    // or as many commands, each as late as the latest

constexpr std::uint8_t ins_get_response = 0xC0;

bool announces(const model::Exchange& exchange) {
  return exchange.response.size() >= 2 && exchange.response[exchange.response.size() - 2] == 0x91;
}

}  // namespace

Error with_bound(Error error) {
  if (error.code == Errc::timeout) error.message += " (apdu_deadline of the PIXIT)";
  return error;
}

CardSession::CardSession(port::CardLink& link, const model::Ics& ics, const model::Pixit& pixit,
                         const peer::Account& account, const std::atomic<int>& stop, std::shared_ptr<Lateness> lateness)
    : link_(link),
      ics_(ics),
      pixit_(pixit),
      stop_(stop),
      trace_(account),
      lateness_(lateness ? std::move(lateness) : std::make_shared<Lateness>(pixit)),
      clock_(link.clock()) {
  peer::Behaviour behaviour;
  behaviour.own_number = pixit.values.text_or("own_number", "");
  terminal_.behave(std::move(behaviour));
}

Result<void> CardSession::power_cycle() {
  auto atr = link_.power_cycle();
  if (!atr) return tl::make_unexpected(atr.error());
  before_ += terminal_.now();
  terminal_.reset();
  trace_.record({before_, {}, std::move(*atr)});
  note_activity();
  return {};
}

Result<void> CardSession::transmit(const Octets& command) {
  auto response = link_.transmit(command, wait_limit("apdu_deadline"));
  const auto at = now();
  if (!response) {
    trace_.record({at, command, {}});  // the trace shows what was asked last
    return tl::make_unexpected(with_bound(response.error()));
  }
  terminal_.on_response(*response);
  trace_.record({at, command, std::move(*response)});
  if (announces(exchanges().back())) lateness_->announced(0, {});
  return {};
}

Result<void> CardSession::pump() {
  const auto start = exchanges().size();
  const auto carried = carry();
  if (exchanges().size() > start) note_activity();
  return carried;
}

Result<void> CardSession::carry() {
  const auto start = trace_.mark();
  const auto first_event = events().size();
  while (auto command = terminal_.next_command()) {
    if (stop_.load() != 0) return fail(Errc::interrupted, "stopped by a signal");
    const auto bounded = trace_.check("card", start);
    if (!bounded) return bounded;
    const auto sent = transmit(*command);
    if (!sent) return sent;
  }
  note_pushed();
  note_triggers(first_event);
  return {};
}

void CardSession::note_triggers(std::size_t from) {
  for (; from < events().size(); ++from) {
    const auto& event = events()[from];
    const bool opens = event.key == "proactive.open_channel" && event.fields.text_or("mode", "") == "terminal_server";
    if (opens || event.key == "proactive.send_short_message") lateness_->triggered();
  }
}

/// What the service centre brought back reached the terminal's own DM Client.
void CardSession::note_pushed() {
  while (const auto pushed = terminal_.take_pushed()) {
    const auto package = codec::read_package0(pushed->notification);
    Value fields = Value::Map{{"bearer", name_of(pushed->bearer)}, {"length", pushed->notification.size()}};
    if (package) {
      const auto value = codec::to_value(*package);
      fields["session_id"] = std::int64_t{package->session_id};
      if (const auto* id = value.find("server_id")) fields["server_id"] = *id;
    }
    add({"dm.delivered", std::move(fields), pushed->notification});
  }
}

std::string CardSession::occasion_name() const {
  const auto command = pixit_.values.text_or("occasion", "select");
  if (command == "select") return "SELECT MF";
  return command == "status" ? "STATUS" : "none";
}

model::Moment CardSession::occasion_period() const {
  return wait_limit("occasion_period");
}

std::optional<model::Moment> CardSession::real_time() const {
  return clock_ == nullptr ? std::nullopt : std::optional<model::Moment>(clock_->now());
}

model::Moment CardSession::silence() const {
  return real_time().value_or(active_at_) - active_at_;
}

model::Moment CardSession::wanted_time(Awaits awaits) const {
  switch (awaits) {
    case Awaits::event:
      return lateness_->patience();
    case Awaits::silence:
      return lateness_->time_of_silence();
    case Awaits::rest:
      return lateness_->time_of_rest();
  }
  return {};
}

void CardSession::note_activity() {
  quiet_ = 0;
  stirred_ = false;
  paused_ = false;
  active_at_ = real_time().value_or(model::Moment{});
}

void CardSession::stir() {
  note_activity();
  stirred_ = true;
}

void CardSession::pause(Awaits awaits) {
  if (clock_ == nullptr || quiet_ < quick_occasions) return;
  const auto left = wanted_time(awaits) - silence();
  if (left.count() <= 0) return;
  clock_->pause(std::min(left, std::clamp(silence() / 4, shortest_pause, longest_pause)));
  paused_ = true;
}

Result<bool> CardSession::occasion(Awaits awaits) {
  const auto name = occasion_name();
  if (name == "none") return false;
  pause(awaits);
  terminal_.pass_held(occasion_period());
  if (name == "STATUS") {
    terminal_.send_status();
  } else {
    terminal_.send(to_octets(select_mf));
  }
  const auto from = exchanges().size();
  const auto asked = real_time().value_or(model::Moment{});
  const auto carried = carry();
  if (!carried) return tl::make_unexpected(carried.error());
  note_occasion(from, asked);
  return true;
}

/// An occasion that brought nothing but its own response was a quiet one.
void CardSession::note_occasion(std::size_t from, model::Moment asked) {
  const auto& all = exchanges();
  if (from >= all.size()) return;
  const auto ins_of = [](const model::Exchange& exchange) {
    return exchange.command.size() < 2 ? 0 : exchange.command[1];
  };
  const auto ins = ins_of(all[from]);
  const bool quiet = std::all_of(all.begin() + static_cast<std::ptrdiff_t>(from), all.end(), [&](const auto& exchange) {
    return !announces(exchange) && (ins_of(exchange) == ins || ins_of(exchange) == ins_get_response);
  });
  if (quiet) {
    ++quiet_;
    return;
  }
  if (announces(all[from])) {
    lateness_->announced(stirred_ ? quiet_ : quiet_ + 1, paused_ ? asked - active_at_ : model::Moment{});
  }
  note_activity();
}

bool CardSession::stays_open(Awaits awaits) {
  if (occasion_name() == "none") return false;
  const auto rest = lateness_->occasions_of_rest();
  const bool open = quiet_ < rest || (clock_ != nullptr && silence() < wanted_time(awaits));
  const bool stays = open && overtime_ < overtime_occasions + overtime_commands * rest;
  if (stays) ++overtime_;
  if (!stays && awaits == Awaits::event && clock_ != nullptr) lateness_->waited_in_vain();
  return stays;
}

Result<void> CardSession::settle() {
  open_window();
  while (stays_open(Awaits::rest)) {
    const auto gave = occasion(Awaits::rest);
    if (!gave) return tl::make_unexpected(gave.error());
    if (!*gave) return {};
  }
  return {};
}

}  // namespace dmsc::engine
