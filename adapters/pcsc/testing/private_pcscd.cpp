// SPDX-License-Identifier: Apache-2.0
#include "adapters/pcsc/testing/private_pcscd.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <system_error>

#include "adapters/vpcd/socket.hpp"

namespace dmsc::pcsc::testing {
namespace {

using vpcd::Clock;
using vpcd::Fd;
using vpcd::milliseconds;

constexpr milliseconds start_deadline{5'000};
constexpr milliseconds end_deadline{2'000};

// The path is compiled into the daemon, so the daemon gets a /run/pcscd of its own.
constexpr const char* daemon_folder = "/run/pcscd";

// glibc 2.36 declares pidfd_open without C linkage.
Fd open_pidfd(pid_t process) {
  return Fd(static_cast<int>(syscall(SYS_pidfd_open, process, 0)));
}

std::string why(int error) {
  return std::generic_category().message(error);
}

Result<std::filesystem::path> make_folder() {
  std::string name = (std::filesystem::temp_directory_path() / "dmsc-pcscd-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) return fail(Errc::unavailable, why(errno), {}, name);
  const std::filesystem::path folder(name);
  std::filesystem::create_directories(folder / "run");
  std::filesystem::create_directories(folder / "conf");
  return folder;
}

bool can_bind(std::uint16_t port, std::uint16_t& bound) {
  const Fd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  socklen_t length = sizeof address;
  if (bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return false;
  getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &length);
  bound = ntohs(address.sin_port);
  return true;
}

// vpcd's second slot listens one port above the first.
Result<std::uint16_t> free_port_pair() {
  for (int attempt = 0; attempt < 50; ++attempt) {
    std::uint16_t first = 0;
    std::uint16_t second = 0;
    if (!can_bind(0, first) || first == 0xFFFF) continue;
    if (can_bind(static_cast<std::uint16_t>(first + 1), second)) return first;
  }
  return fail(Errc::unavailable, "no two free ports in a row");
}

void write_config(const std::filesystem::path& file, const PrivatePcscd::Options& options, std::uint16_t port) {
  std::ofstream(file) << "FRIENDLYNAME \"" << options.friendly_name << "\"\n"
                      << "DEVICENAME   /dev/null:" << port << "\n"
                      << "LIBPATH      " << options.driver << "\n"
                      << "CHANNELID    " << port << "\n";
}

// What the child needs, made before fork: between fork and exec only async-signal-safe calls are allowed.
struct Launch {
  std::string daemon;
  std::string run_folder;
  std::string conf_folder;
  std::string log;
  std::string uid_map = "0 " + std::to_string(geteuid()) + " 1";
  std::string gid_map = "0 " + std::to_string(getegid()) + " 1";
  int report_fd = -1;
};

struct ChildFailure {
  int error;
  std::array<char, 32> step;
};

[[noreturn]] void give_up(const Launch& launch, const char* step) {
  ChildFailure failure{errno, {}};
  std::strncpy(failure.step.data(), step, failure.step.size() - 1);
  [[maybe_unused]] const auto written = write(launch.report_fd, &failure, sizeof failure);
  _exit(127);
}

void put(const Launch& launch, const char* file, const char* text) {
  const int fd = open(file, O_WRONLY | O_CLOEXEC);
  if (fd < 0 || write(fd, text, std::strlen(text)) < 0) give_up(launch, file);
  close(fd);
}

void enter_namespaces(const Launch& launch) {
  if (unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0) {
    put(launch, "/proc/self/setgroups", "deny");
    put(launch, "/proc/self/uid_map", launch.uid_map.c_str());
    put(launch, "/proc/self/gid_map", launch.gid_map.c_str());
  } else if (unshare(CLONE_NEWNS) != 0) {  // root needs no user namespace where those are forbidden
    give_up(launch, "unshare (user namespaces)");
  }
}

void mount_run_folder(const Launch& launch) {
  if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) give_up(launch, "mount private");
  struct stat there {};
  if (stat(daemon_folder, &there) != 0) {
    if (mount("tmpfs", "/run", "tmpfs", 0, nullptr) != 0) give_up(launch, "mount tmpfs /run");
    if (mkdir(daemon_folder, 0755) != 0) give_up(launch, "mkdir /run/pcscd");
  }
  if (mount(launch.run_folder.c_str(), daemon_folder, nullptr, MS_BIND, nullptr) != 0) give_up(launch, "mount --bind");
}

[[noreturn]] void become_daemon(const Launch& launch, pid_t parent) {
  // The folder goes away with the test, /run may too: both are opened before the mounts.
  const int log = open(launch.log.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (log < 0 || nothing < 0) give_up(launch, "open log");
  enter_namespaces(launch);
  mount_run_folder(launch);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  // Set after the user namespace, which clears it; a parent that died before is noticed by hand.
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent) give_up(launch, "prctl");
  dup2(nothing, STDIN_FILENO);
  dup2(log, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  execl(launch.daemon.c_str(), "pcscd", "-f", "-C", "-c", launch.conf_folder.c_str(), nullptr);
  give_up(launch, "exec pcscd");
}

Result<pid_t> spawn(Launch launch) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return fail(Errc::unavailable, why(errno), {}, "pipe");
  const Fd reading(ends[0]);
  Fd writing(ends[1]);
  launch.report_fd = writing.get();
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) return fail(Errc::unavailable, why(errno), {}, "fork");
  if (child == 0) become_daemon(launch, parent);
  writing = Fd();
  ChildFailure failure{};
  // A successful exec closes the pipe without a word.
  if (read(reading.get(), &failure, sizeof failure) != sizeof failure) return child;
  waitpid(child, nullptr, 0);
  return fail(Errc::unavailable, "cannot start a private pcscd: " + why(failure.error), {}, failure.step.data());
}

bool listens(const std::string& path) {
  const Fd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return false;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
}

// Waits for the socket; the wait for the daemon's death is the pause between two looks.
Result<void> await_socket(pid_t daemon, const std::string& path) {
  const Fd alive = open_pidfd(daemon);
  const auto until = Clock::now() + start_deadline;
  while (!listens(path)) {
    const auto next = Clock::now() + milliseconds{1};
    if (vpcd::wait_for(alive.get(), POLLIN, {next, -1}) == vpcd::Wait::ready) {
      return fail(Errc::unavailable, "the private pcscd ended at once", {}, path);
    }
    if (next > until) return fail(Errc::unavailable, "the private pcscd does not listen", {}, path);
  }
  return {};
}

void end_process(pid_t process) {
  const Fd alive = open_pidfd(process);
  kill(process, SIGTERM);
  const auto patience = vpcd::Patience::within(end_deadline);
  if (!alive || vpcd::wait_for(alive.get(), POLLIN, patience) != vpcd::Wait::ready) kill(process, SIGKILL);
  waitpid(process, nullptr, 0);
}

}  // namespace

Result<PrivatePcscd> PrivatePcscd::start(Options options) {
  for (const auto& file : {options.daemon, options.driver}) {
    if (!std::filesystem::exists(file)) return fail(Errc::unavailable, "not installed", {}, file);
  }
  auto folder = make_folder();
  if (!folder) return tl::make_unexpected(folder.error());
  PrivatePcscd out;
  out.folder_ = *folder;
  out.friendly_name_ = options.friendly_name;
  auto port = free_port_pair();
  if (!port) return tl::make_unexpected(port.error());
  out.port_ = *port;
  write_config(*folder / "conf" / "vpcd", options, *port);
  auto process = spawn({options.daemon, *folder / "run", *folder / "conf", *folder / "log"});
  if (!process) return tl::make_unexpected(process.error());
  out.process_ = *process;
  const std::string socket_path = *folder / "run" / "pcscd.comm";
  if (auto ready = await_socket(*process, socket_path); !ready) return tl::make_unexpected(ready.error());
  setenv("PCSCLITE_CSOCK_NAME", socket_path.c_str(), 1);
  return out;
}

PrivatePcscd::PrivatePcscd(PrivatePcscd&& other) noexcept
    : process_(std::exchange(other.process_, -1)),
      port_(other.port_),
      friendly_name_(std::move(other.friendly_name_)),
      folder_(std::exchange(other.folder_, {})) {}

PrivatePcscd::~PrivatePcscd() {
  if (process_ > 0) end_process(process_);
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

}  // namespace dmsc::pcsc::testing
