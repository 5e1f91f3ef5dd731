// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/uicc/toolkit.hpp"

#include <stdexcept>

#include "runner/codec/message.hpp"

namespace dmsc::peer {

void Toolkit::reset() {
  waiting_.clear();
  with_terminal_ = false;
}

void Toolkit::queue(const std::string& key, const std::string& variant, Value members) {
  Outgoing out{"proactive." + key, std::move(members), 1, 0};
  if (tamper_) tamper_(out);
  const auto* row = codec::find_message(codec::MessageKind::proactive, key, variant);
  if (row == nullptr) throw std::logic_error("no row for proactive command " + key);
  const auto octets = codec::encode_message(*row, out.members);
  if (!octets) throw std::logic_error("proactive command " + key + ": " + octets.error().text());
  for (int copy = 0; copy < out.copies; ++copy) waiting_.push_back({*octets, out.delay});
}

void Toolkit::tick() {
  if (!waiting_.empty() && waiting_.front().delay > 0) --waiting_.front().delay;
}

const Octets* Toolkit::announced() const {
  if (waiting_.empty() || waiting_.front().delay > 0 || (with_terminal_ && holds_back_)) return nullptr;
  return &waiting_.front().octets;
}

std::optional<Octets> Toolkit::fetch() {
  if (announced() == nullptr) return {};
  auto octets = std::move(waiting_.front().octets);
  waiting_.pop_front();
  with_terminal_ = true;
  return octets;
}

bool Toolkit::responded() {
  return std::exchange(with_terminal_, false);
}

}  // namespace dmsc::peer
