// SPDX-License-Identifier: Apache-2.0
#include "adapters/vpcd/card_end.hpp"

#include <poll.h>

#include "adapters/vpcd/control_code.hpp"

namespace dmsc::vpcd {
namespace {

constexpr milliseconds retry_interval{20};

}  // namespace

CardEnd::CardEnd(Options options, port::SoftCard& card, const StopSignal& stop)
    : options_(std::move(options)), card_(card), stop_(stop) {}

Result<void> CardEnd::run() {
  auto reader = connect_patiently();
  if (!reader) {
    if (stop_.requested()) return {};
    return tl::make_unexpected(reader.error());
  }
  return serve(*reader);
}

Result<Socket> CardEnd::connect_patiently() const {
  const auto patience = Patience::within(options_.connect_within, stop_.fd());
  for (;;) {
    auto reader = connect_to(options_.host, options_.port, patience);
    if (reader || reader.error().code == Errc::configuration) return reader;
    // Nobody listens yet: the wait for a stop request is also the pause between two attempts.
    const auto next = std::min(Clock::now() + retry_interval, patience.until);
    const bool stopped = wait_for(stop_.fd(), POLLIN, {next, -1}) == Wait::ready;
    if (!stopped && Clock::now() < patience.until) continue;
    Error error = reader.error();
    error.code = Errc::unavailable;
    error.message = "no reader takes a card within " + std::to_string(options_.connect_within.count()) + " ms (" +
                    error.message + ")";
    return tl::make_unexpected(error);
  }
}

Result<void> CardEnd::serve(Socket& reader) {
  for (;;) {
    auto message = reader.receive_message({Clock::time_point::max(), stop_.fd()});
    if (!message) return {};  // without a deadline only a stop or the end of the reader fails
    auto handled = handle(reader, *message);
    if (handled) continue;
    if (handled.error().code == Errc::unavailable) return {};
    return handled;
  }
}

Result<void> CardEnd::handle(Socket& reader, ByteView message) {
  if (message.empty()) return fail(Errc::protocol, "the reader sent a message without octets", {}, "vpcd");
  if (mute_) return {};
  Octets answer;
  if (message.size() == 1) {
    control(message[0], answer);
    if (message[0] != control_code::get_atr) return {};
  } else if (auto response = card_.command(message)) {
    answer = std::move(*response);
  }
  // An answer of length 0 makes vpcd eject the card or block its caller for ever: no octets means mute, nothing less.
  if (answer.empty()) {
    mute_ = true;
    return {};
  }
  return reader.send_message(answer, {Clock::time_point::max(), stop_.fd()});
}

void CardEnd::control(std::uint8_t code, Octets& answer) {
  switch (code) {
    case control_code::power_off:
      return card_.power_off();
    case control_code::power_on:
      card_.power_on();
      return;
    case control_code::reset:
      card_.reset();
      return;
    case control_code::get_atr:
      answer = card_.atr();
      return;
    default:
      return;  // vpcd defines no other, and an answer nobody waits for would be taken for the next one
  }
}

}  // namespace dmsc::vpcd
