// SPDX-License-Identifier: Apache-2.0
#include "adapters/process/child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>

namespace dmsc::process {
namespace {

using net::Fd;
using net::why;
using std::chrono::milliseconds;

constexpr milliseconds kill_patience{2'000};  // what was killed is gone at once; this is for a stuck kernel

struct Pipe {
  Fd reading;
  Fd writing;
};

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return fail(Errc::unavailable, why(errno), {}, "pipe");
  return Pipe{Fd(ends[0]), Fd(ends[1])};
}

/// What the new process begins with.
struct Beginning {
  Beginning() {
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
  }
  Beginning(const Beginning&) = delete;
  Beginning& operator=(const Beginning&) = delete;
  ~Beginning() {
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
  }

  void set(int input, int output, int errors) {
    posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, errors, STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
    sigset_t signals;
    sigfillset(&signals);
    sigdelset(&signals, SIGKILL);
    sigdelset(&signals, SIGSTOP);
    posix_spawnattr_setsigdefault(&attributes, &signals);
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes, &signals);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  }

  posix_spawn_file_actions_t files{};
  posix_spawnattr_t attributes{};
};

/// Whether the process has ended; it stays a zombie, so that its number and its group's are not given away.
bool has_ended(pid_t process) {
  siginfo_t info{};
  return waitid(P_PID, static_cast<id_t>(process), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == process;
}

}  // namespace

std::string Fate::text() const {
  if (signal == 0) return "exit status " + std::to_string(status);
  const char* name = sigabbrev_np(signal);
  return "signal " + std::to_string(signal) + (name == nullptr ? "" : " (" + std::string(name) + ")");
}

Result<Child> Child::start(const std::vector<std::string>& words) {
  auto to_child = make_pipe();
  auto from_child = make_pipe();
  auto errors = make_pipe();
  if (!to_child) return tl::make_unexpected(to_child.error());
  if (!from_child) return tl::make_unexpected(from_child.error());
  if (!errors) return tl::make_unexpected(errors.error());
  Beginning beginning;
  beginning.set(to_child->reading.get(), from_child->writing.get(), errors->writing.get());
  std::vector<char*> arguments;
  for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);

  Child child;
  const int error =
      posix_spawnp(&child.process_, arguments[0], &beginning.files, &beginning.attributes, arguments.data(), environ);
  if (error != 0) {
    child.process_ = -1;
    return fail(Errc::unavailable, "cannot be started: " + why(error), {}, words.front());
  }
  // glibc 2.36 declares pidfd_open without C linkage.
  child.watch_ = Fd(static_cast<int>(syscall(SYS_pidfd_open, child.process_, 0)));
  if (!child.watch_) return fail(Errc::unavailable, why(errno), {}, "pidfd_open");
  child.input = std::move(to_child->writing);
  child.output = std::move(from_child->reading);
  child.errors = std::move(errors->reading);
  return child;
}

Child::Child(Child&& other) noexcept
    : input(std::move(other.input)),
      output(std::move(other.output)),
      errors(std::move(other.errors)),
      process_(std::exchange(other.process_, -1)),
      watch_(std::move(other.watch_)),
      fate_(other.fate_) {}

Child::~Child() {
  if (process_ > 0) end(milliseconds{0});
}

std::optional<Fate> Child::fate(milliseconds patience) {
  if (fate_) return fate_;
  pollfd watched{watch_.get(), POLLIN, 0};
  poll(&watched, 1, static_cast<int>(std::max<std::int64_t>(patience.count(), 0)));
  if (!has_ended(process_)) return {};
  kill(-process_, SIGKILL);
  int status = 0;
  while (waitpid(process_, &status, 0) < 0 && errno == EINTR) {
  }
  fate_ = WIFSIGNALED(status) ? Fate{0, WTERMSIG(status)} : Fate{WEXITSTATUS(status), 0};
  return fate_;
}

Fate Child::end(milliseconds patience) {
  if (!fate_ && patience.count() > 0) {
    kill(-process_, SIGTERM);
    fate(patience);
  }
  if (!fate_) {
    kill(-process_, SIGKILL);
    fate(kill_patience);
  }
  return fate_.value_or(Fate{0, SIGKILL});
}

}  // namespace dmsc::process
