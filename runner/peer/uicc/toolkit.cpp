// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/uicc/toolkit.hpp"

#include <stdexcept>

#include "runner/codec/cat/message.hpp"

namespace dmsc::peer {

void Toolkit::reset() {
  waiting_.clear();
  with_terminal_.reset();
}

void Toolkit::number(Value& members) {
  constexpr std::int64_t numbers = 254;
  if (members.is_null()) members = Value::Map{};
  if (members.find("command_details") == nullptr) members["command_details"] = Value::Map{};
  auto& details = members["command_details"];  // null leaves them out
  if (!details.is_map() || details.find("number") != nullptr || details.find("raw") != nullptr) return;
  details["number"] = number_;
  number_ = ((number_ - 1 + numbering_.step) % numbers + numbers) % numbers + 1;
}

/// @return  the octets; what cannot be written is our mistake
Octets Toolkit::written(const std::string& key, const std::string& variant, const Value& members) {
  const auto* row = codec::find_message(codec::MessageKind::proactive, key, variant);
  if (row == nullptr) throw std::logic_error("no row for proactive command " + key);
  auto octets = codec::encode_message(*row, members);
  if (!octets) throw std::logic_error("proactive command " + key + ": " + octets.error().text());
  return std::move(*octets);
}

void Toolkit::queue(const std::string& key, const std::string& variant, Value members, Responded then) {
  number(members);
  Outgoing out{"proactive." + key, std::move(members), 1, 0};
  if (tamper_) tamper_(out);
  if (out.before.is_list()) {
    for (const auto& extra : out.before.as_list()) {
      const auto* fields = extra.find("fields");
      auto own = fields == nullptr ? Value(Value::Map{}) : *fields;
      number(own);
      const auto command = extra.text_or("command", "");
      waiting_.push_back({command, written(command, "", own), 0, {}});
    }
  }
  const auto octets = written(key, variant, out.members);
  for (int copy = 0; copy < out.copies; ++copy) waiting_.push_back({key, octets, out.delay, then});
}

void Toolkit::tick() {
  if (!waiting_.empty() && waiting_.front().delay > 0) --waiting_.front().delay;
}

const Octets* Toolkit::announced() const {
  if (waiting_.empty() || waiting_.front().delay > 0 || (with_terminal_.has_value() && holds_back_)) return nullptr;
  return &waiting_.front().octets;
}

std::optional<Octets> Toolkit::fetch() {
  if (announced() == nullptr) return {};
  with_terminal_ = std::move(waiting_.front());
  waiting_.pop_front();
  return with_terminal_->octets;
}

Toolkit::Reception Toolkit::responded(const codec::Decoded& response, const Match& match) {
  if (!with_terminal_) return Reception::not_expected;
  const auto command = codec::decode_proactive(with_terminal_->octets);
  const auto* asked = command.find("command_details");
  const auto* named = response.find("command_details");
  if (asked != nullptr) {
    const bool numbered = named != nullptr && named->int_or("number", -1) == asked->int_or("number", -1);
    const bool same = (numbered || !match.number) && (response.key == command.key || !match.command);
    if (!same) return Reception::of_another_command;
  }
  const auto then = std::move(with_terminal_->then);
  with_terminal_.reset();
  if (then) then(response);
  return Reception::taken;
}

}  // namespace dmsc::peer
