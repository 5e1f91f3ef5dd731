// SPDX-License-Identifier: Apache-2.0
#include "adapters/vpcd/vpcd_link.hpp"

#include "adapters/vpcd/control_code.hpp"

namespace dmsc::vpcd {
namespace {

// 33 octets at 9600 bit/s take 0.4 s and a card may hesitate before each: ten times that is a card without ATR.
constexpr milliseconds atr_deadline{5'000};
constexpr std::size_t shortest_atr = 2;
constexpr std::size_t longest_atr = 33;
constexpr std::size_t shortest_command = 4;
constexpr std::size_t longest_command = 0xFFFF;
constexpr std::size_t shortest_response = 2;

std::string octets_text(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " octet" : " octets");
}

}  // namespace

Result<std::unique_ptr<VpcdLink>> VpcdLink::listen(const std::string& host, std::uint16_t port,
                                                   milliseconds wait_for_card, const std::atomic<int>* stop) {
  auto listener = listen_on(host, port);
  if (!listener) return tl::make_unexpected(listener.error());
  std::string label = "vpcd:" + host + ':' + std::to_string(listener->port);
  return std::unique_ptr<VpcdLink>(new VpcdLink(std::move(*listener), std::move(label), wait_for_card, stop));
}

VpcdLink::VpcdLink(Listener listener, std::string label, milliseconds wait_for_card, const std::atomic<int>* stop)
    : listener_(std::move(listener)),
      port_(listener_->port),
      label_(std::move(label)),
      wait_for_card_(wait_for_card),
      stop_(stop),
      clock_(stop) {}

Result<Octets> VpcdLink::power_cycle() {
  if (auto here = await_card(); !here) return tl::make_unexpected(here.error());
  const auto patience = Patience::within(atr_deadline, stop_);
  for (const auto code : {control_code::power_off, control_code::power_on}) {
    if (auto told = tell(code, patience); !told) return tl::make_unexpected(told.error());
  }
  auto atr = ask(Octets{control_code::get_atr}, patience);
  if (!atr) return atr;
  if (atr->size() < shortest_atr || atr->size() > longest_atr) {
    return give_up<Octets>({Errc::protocol, "ATR of " + octets_text(atr->size()) + ", 2 to 33 expected", {}, label_});
  }
  return atr;
}

Result<Octets> VpcdLink::transmit(ByteView command, milliseconds deadline) {
  if (command.size() < shortest_command || command.size() > longest_command) {
    return fail(Errc::range, "command of " + octets_text(command.size()) + ", 4 to 65535 expected", {}, label_);
  }
  if (dead_because_.empty() && !card_) return fail(Errc::unavailable, "no card is powered", {}, label_);
  auto response = ask(command, Patience::within(deadline, stop_));
  if (response && response->size() < shortest_response) {
    return give_up<Octets>(
        {Errc::protocol, "answer of " + octets_text(response->size()) + ", at least 2 expected", {}, label_});
  }
  return response;
}

Result<void> VpcdLink::await_card() {
  if (card_ || !dead_because_.empty()) return {};
  auto card = accept_from(*listener_, Patience::within(wait_for_card_, stop_));
  if (!card && card.error().code == Errc::interrupted) return tl::make_unexpected(card.error());
  if (!card) {
    return fail(Errc::unavailable, "no card connected within " + std::to_string(wait_for_card_.count()) + " ms", {},
                label_);
  }
  card_ = std::move(*card);
  listener_.reset();
  return {};
}

Result<void> VpcdLink::tell(std::uint8_t code, const Patience& patience) {
  if (!dead_because_.empty()) return fail(Errc::unavailable, dead_because_, {}, label_);
  auto sent = card_->send_message(ByteView(&code, 1), patience);
  if (!sent) return give_up<void>(sent.error());
  return {};
}

Result<Octets> VpcdLink::ask(ByteView message, const Patience& patience) {
  if (!dead_because_.empty()) return fail(Errc::unavailable, dead_because_, {}, label_);
  if (card_->has_leftover()) {
    return give_up<Octets>({Errc::protocol, "the card sent octets that nothing asked for", {}, label_});
  }
  if (auto sent = card_->send_message(message, patience); !sent) return give_up<Octets>(sent.error());
  auto answer = card_->receive_message(patience);
  if (!answer) return give_up<Octets>(answer.error());
  return answer;
}

// Whatever failed, the next octets on the wire could belong to the past: nothing more may be read from them.
template <class T>
Result<T> VpcdLink::give_up(Error error) {
  switch (error.code) {
    case Errc::timeout:
      error.message = "the card did not answer in time";
      dead_because_ = "link abandoned after a time-out";
      break;
    case Errc::unavailable:
      error.message = "the card closed the connection";
      dead_because_ = error.message;
      break;
    case Errc::interrupted:
      dead_because_ = "link abandoned: " + error.message;
      break;
    default:
      dead_because_ = "link abandoned after a protocol error";
      break;
  }
  card_.reset();
  error.place = label_;
  return tl::make_unexpected(std::move(error));
}

}  // namespace dmsc::vpcd
