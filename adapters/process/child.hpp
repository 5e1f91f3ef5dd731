// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "adapters/common/fd.hpp"
#include "runner/base/result.hpp"

namespace dmsc::process {

/// How a process ended.
struct Fate {
  int status = 0;  ///< exit status, where signal is 0
  int signal = 0;

  std::string text() const;  ///< `exit status 3`, `signal 9 (KILL)`
};

/// A process of ours in a process group of its own, with pipes for its standard streams. It ends with this object, and
/// so does its group: no zombie and no orphan stays.
class Child {
 public:
  /// @param words  program, looked for in PATH, and arguments
  /// @return       Errc::unavailable when it cannot be started
  static Result<Child> start(const std::vector<std::string>& words);

  Child(Child&& other) noexcept;
  Child& operator=(Child&&) = delete;
  ~Child();

  net::Fd input;   ///< we write
  net::Fd output;  ///< we read
  net::Fd errors;  ///< we read

  /// Readable once the process has ended.
  int watch_fd() const { return watch_.get(); }
  /// How it ended, waiting up to `patience` for that; the rest of its group is killed then.
  std::optional<Fate> fate(std::chrono::milliseconds patience);
  /// Asks the group to end, and kills it when that takes longer than `patience`.
  Fate end(std::chrono::milliseconds patience);

 private:
  Child() = default;

  pid_t process_ = -1;
  net::Fd watch_;
  std::optional<Fate> fate_;
};

}  // namespace dmsc::process
