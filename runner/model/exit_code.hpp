// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "runner/base/result.hpp"

namespace dmsc::model {

/// Exit codes of every verb that judges. Never a count, never an OR of two; `worse_exit` says which of two problems
/// wins.
namespace exit_code {
inline constexpr int proven = 0;
inline constexpr int failed = 1;
inline constexpr int not_proven = 2;
inline constexpr int usage = 64;
inline constexpr int data = 65;
inline constexpr int no_input = 66;
inline constexpr int unavailable = 69;
inline constexpr int software = 70;
inline constexpr int cannot_create = 73;
inline constexpr int io = 74;
inline constexpr int busy = 75;
inline constexpr int protocol = 76;
inline constexpr int configuration = 78;
inline constexpr int interrupted = 130;
inline constexpr int terminated = 143;
inline constexpr int signals = 128;  ///< and the number of the signal that ended the run
}  // namespace exit_code

int exit_code_of(Errc code);

/// Of two exit codes the one a process ends with: 128 and more, 70, 74/73, 76, 69, 75, 78/65/66/64, 1, 2, 0.
int worse_exit(int a, int b);

/// `not proven`, `reader, card or device is gone` ...
std::string meaning_of_exit(int code);

}  // namespace dmsc::model
