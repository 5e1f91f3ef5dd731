// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "runner/base/result.hpp"

namespace dmsc::reports {

/// The folder of one run, which belongs to nobody else as long as this object lives: mode 0700, locked.
class RunFolder {
 public:
  /// Makes the folder, or takes one that is there.
  /// @param force  whether an earlier run in it may go: its `run.jsonl`, `junit.xml` and `artifacts`, nothing else
  /// @return  Errc::cannot_create for a folder in which a run is under way, for one with an earlier run unless `force`
  ///          is given (both are left as they are), and for one that cannot be made
  static Result<RunFolder> take(const std::filesystem::path& folder, bool force);

  /// Likewise a new folder, whose name ends with a number where the name is taken.
  static Result<RunFolder> make(const std::filesystem::path& wanted);

  ~RunFolder();
  RunFolder(RunFolder&& other) noexcept : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {}
  RunFolder& operator=(RunFolder&&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  RunFolder(std::filesystem::path path, int lock) : path_(std::move(path)), lock_(lock) {}

  std::filesystem::path path_;
  int lock_ = -1;
};

}  // namespace dmsc::reports
