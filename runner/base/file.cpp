// SPDX-License-Identifier: Apache-2.0
#include "runner/base/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace dmsc {
namespace {

/// A descriptor that is closed with its scope.
class Opened {
 public:
  explicit Opened(const std::filesystem::path& file)
      : fd_(open(file.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)) {}
  ~Opened() {
    if (fd_ >= 0) close(fd_);
  }
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

std::string size_sentence(std::size_t most) {
  constexpr std::size_t mebibyte = std::size_t{1} << 20;
  const bool whole = most >= mebibyte && most % mebibyte == 0;
  return "is larger than " + (whole ? std::to_string(most / mebibyte) + " MiB" : std::to_string(most) + " octets");
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& file, std::size_t most) {
  const auto refuse = [&](Errc code, std::string why) { return fail(code, std::move(why), {}, file.string()); };
  const auto unreadable = [&](int error) {
    return refuse(Errc::no_input, "cannot be read: " + std::generic_category().message(error));
  };
  const Opened opened(file);
  struct stat about {};
  if (opened.get() < 0 || fstat(opened.get(), &about) != 0) return unreadable(errno);
  if (!S_ISREG(about.st_mode)) return refuse(Errc::no_input, "cannot be read: it is no regular file");
  if (about.st_size > 0 && static_cast<std::size_t>(about.st_size) > most) {
    return refuse(Errc::data, size_sentence(most));
  }
  std::string text(static_cast<std::size_t>(about.st_size), '\0');
  std::size_t at = 0;
  for (;;) {  // a file of a virtual file system says that it has no octets, and another may grow
    constexpr std::size_t step = 4096;
    if (at == text.size()) text.resize(at + step);
    const auto count = read(opened.get(), text.data() + at, text.size() - at);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return unreadable(errno);
    if (count == 0) break;
    at += static_cast<std::size_t>(count);
    if (at > most) return refuse(Errc::data, size_sentence(most));
  }
  text.resize(at);
  return text;
}

}  // namespace dmsc
