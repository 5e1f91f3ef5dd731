// SPDX-License-Identifier: Apache-2.0
#include "reports/common/run_folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace dmsc::reports {
namespace {

namespace fs = std::filesystem;

constexpr mode_t ours_alone = 0700;

/// What a run leaves; everything else in its folder is somebody else's.
constexpr std::array<const char*, 5> left_by_a_run = {"run.jsonl", "junit.xml", "junit.xml.part", "artifacts",
                                                      "run.jsonl.part"};

tl::unexpected<Error> refuse(const fs::path& folder, std::string why) {
  return fail(Errc::cannot_create, std::move(why), {}, folder.string());
}

std::string why(int error) {
  return std::generic_category().message(error);
}

bool holds_a_run(const fs::path& folder) {
  return std::any_of(left_by_a_run.begin(), left_by_a_run.end(), [&](const char* name) {
    std::error_code ignored;
    return fs::exists(fs::symlink_status(folder / name, ignored));
  });
}

/// The lock is on the folder itself, and ends with the process whatever becomes of it.
Result<int> lock(const fs::path& folder) {
  const int fd = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return refuse(folder, why(errno));
  if (flock(fd, LOCK_EX | LOCK_NB) == 0) return fd;
  close(fd);
  return refuse(folder, "a run is under way in it");
}

}  // namespace

Result<RunFolder> RunFolder::take(const fs::path& folder, bool force) {
  std::error_code trouble;
  if (folder.has_parent_path()) fs::create_directories(folder.parent_path(), trouble);
  if (trouble) return refuse(folder, trouble.message());
  const bool made = mkdir(folder.c_str(), ours_alone) == 0;
  if (!made && errno != EEXIST) return refuse(folder, why(errno));
  if (!made && !fs::is_directory(folder, trouble)) return refuse(folder, "is no folder");
  const auto locked = lock(folder);
  if (!locked) return tl::make_unexpected(locked.error());
  RunFolder taken(folder, *locked);
  // What is refused is left as it is: the lock writes nothing.
  if (!force && holds_a_run(folder)) {
    return refuse(folder, "holds an earlier run; name another folder, or let it go by --force");
  }
  for (const auto* name : left_by_a_run) {
    fs::remove_all(folder / name, trouble);
    if (trouble) return refuse(folder / name, trouble.message());
  }
  return taken;
}

Result<RunFolder> RunFolder::make(const fs::path& wanted) {
  constexpr int most = 1000;
  auto name = wanted;
  for (int number = 2; number <= most; ++number) {
    if (mkdir(name.c_str(), ours_alone) == 0) return take(name, false);
    if (errno != EEXIST) return refuse(name, why(errno));
    name = wanted;
    name += "-" + std::to_string(number);
  }
  return refuse(wanted, "every name like it is taken");
}

RunFolder::~RunFolder() {
  if (lock_ >= 0) close(lock_);
}

}  // namespace dmsc::reports
