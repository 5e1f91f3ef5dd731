// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runner/codec/wire/node.hpp"

namespace dmsc::cli {

/// Which decoded messages are shown: KEY=VALUE, KEY!=VALUE or KEY alone, which asks that it is there at all. A KEY is
/// `kind`, `key`, `name` or that of a data object or field at any depth, with as many of the keys around it, divided by
/// dots, as are needed to tell it apart; `key` and `name` are those of the message or of one inside. VALUE is a glob
/// and fits the value, its meaning or its octets in hexadecimal, in either case.
class MessageFilter {
 public:
  /// @return  Errc::usage where the key is empty
  static Result<MessageFilter> parse(std::string_view text);

  bool passes(const codec::Decoded& message) const;

 private:
  enum class Test { present, equal, different };
  std::string key_;
  std::string value_;
  Test test_ = Test::present;
};

bool pass_all(const std::vector<MessageFilter>& filters, const codec::Decoded& message);

}  // namespace dmsc::cli
