// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "runner/port/soft_card.hpp"

namespace dmsc::process::testing {

/// A card that writes down what is done to it and answers by a function; 9000 where that says nothing.
class ScriptedCard final : public port::SoftCard {
 public:
  using Script = std::function<std::string(const std::string& command)>;  ///< hexadecimal; `mute` is no answer

  explicit ScriptedCard(Script script = {}) : script_(std::move(script)) {}

  Octets power_on() override {
    seen.emplace_back("on");
    return atr();
  }
  void power_off() override { seen.emplace_back("off"); }
  Octets reset() override {
    seen.emplace_back("warm");
    return atr();
  }
  Octets atr() const override { return {0x3B, 0x00}; }

  std::optional<Octets> command(ByteView capdu) override {
    const auto text = to_hex(capdu);
    seen.push_back(text);
    const auto answer = script_ ? script_(text) : std::string{};
    if (answer == "mute") return {};
    return parse_hex(answer.empty() ? "9000" : answer).value();
  }

  std::vector<std::string> seen;  ///< on, off, warm, or a command in hexadecimal

 private:
  Script script_;
};

}  // namespace dmsc::process::testing
