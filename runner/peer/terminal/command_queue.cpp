// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/terminal/command_queue.hpp"

#include <algorithm>

namespace dmsc::peer {
namespace {

constexpr int most_copies = 100;

}  // namespace

void CommandQueue::push(Rank rank, Octets command) {
  of(rank).push_back(std::move(command));
}

void CommandQueue::push(Rank rank, const Octets& command, const Outgoing& message) {
  if (message.before.is_list()) {
    for (const auto& extra : message.before.as_list()) {
      if (auto apdu = parse_hex(extra.text_or("apdu", "")); apdu && !apdu->empty()) push(rank, std::move(*apdu));
    }
  }
  for (int copies = std::min(message.copies, most_copies); copies > 0; --copies) {
    if (message.delay > 0) {
      late_.push_back({rank, message.delay, command});
    } else {
      push(rank, command);
    }
  }
}

std::optional<Octets> CommandQueue::pop(Rank rank) {
  auto& queue = of(rank);
  if (queue.empty()) return {};
  auto command = std::move(queue.front());
  queue.pop_front();
  return command;
}

void CommandQueue::tick() {
  for (auto& late : late_) --late.left;
  while (!late_.empty()) {
    const auto due = std::find_if(late_.begin(), late_.end(), [](const Late& late) { return late.left <= 0; });
    if (due == late_.end()) return;
    push(due->rank, std::move(due->command));
    late_.erase(due);
  }
}

}  // namespace dmsc::peer
