// SPDX-License-Identifier: Apache-2.0
#include "adapters/exec/script_plane.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "adapters/process/child.hpp"
#include "adapters/process/line_channel.hpp"
#include "adapters/process/message_schema.hpp"
#include "runner/base/json.hpp"
#include "runner/base/text.hpp"

namespace dmsc::exec {
namespace {

using net::Fd;
using process::Child;
using process::Clock;
using process::Fate;
using process::MessageSchema;
using std::chrono::milliseconds;

constexpr milliseconds stop_check{100};
constexpr std::size_t most_output = std::size_t{1} << 20;
constexpr std::size_t most_errors = std::size_t{64} << 10;
constexpr std::size_t most_log = std::size_t{16} << 20;
constexpr std::size_t longest_reason = 200;

enum ExitStatus { success = 0, refusal = 1, needs_operator = 5, not_here = 127 };

/// Whether a verb can be the name of a file of the folder.
bool is_plain(std::string_view verb) {
  return !verb.empty() && verb.front() != '.' && verb.find('/') == std::string_view::npos &&
         verb.find('\0') == std::string_view::npos;
}

std::string first_line(const std::string& text) {
  const auto line = std::string_view(text).substr(0, std::min(text.find('\n'), longest_reason));
  return printable(line.substr(0, valid_utf8_prefix(line)));
}

/// A script that runs, and what it has written so far.
class Script {
 public:
  explicit Script(Child child) : child_(std::move(child)), ears_(epoll_create1(EPOLL_CLOEXEC)) {
    for (const int fd : {child_.output.get(), child_.errors.get(), child_.watch_fd()}) {
      epoll_event wish{};
      wish.events = EPOLLIN;
      epoll_ctl(ears_.get(), EPOLL_CTL_ADD, fd, &wish);
    }
    fcntl(child_.output.get(), F_SETFL, O_NONBLOCK);
    fcntl(child_.errors.get(), F_SETFL, O_NONBLOCK);
  }

  /// A new pipe holds 64 KiB; a script that does not care to read is none the worse.
  Result<void> give(const std::string& line) {
    process::LineChannel input(Fd(), std::move(child_.input));
    (void)input.send(line);
    if (input.unsent() == line.size() + 1 || input.unsent() == 0) return {};
    return fail(Errc::data, "the parameters are too long");
  }

  /// Readable when there is something to look at.
  int fd() const { return ears_.get(); }

  /// @return  how the script ended, once it has
  std::optional<Fate> look() {
    const auto fate = child_.fate(milliseconds{0});  // asked first: what it wrote before is there to be read
    read_from(child_.output, output, most_output + 1);
    read_from(child_.errors, errors, most_errors);
    return fate;
  }

  std::string output;
  std::string errors;

 private:
  /// Takes what is there and keeps the first `most` octets, so that nobody waits for room in the pipe.
  static void read_from(Fd& fd, std::string& into, std::size_t most) {
    std::array<char, 65536> octets;
    for (int pieces = 0; fd && pieces < 32; ++pieces) {
      const auto count = read(fd.get(), octets.data(), octets.size());
      if (count < 0) return;
      if (count == 0) fd = Fd();
      into.append(octets.data(), std::min(static_cast<std::size_t>(count), most - into.size()));
    }
  }

  Child child_;
  Fd ears_;
};

Result<void> poll_for(milliseconds patience, int fd) {
  pollfd watched{fd, POLLIN, 0};
  poll(&watched, 1, static_cast<int>(patience.count()));
  return {};
}

class ScriptPlane final : public process::ControlPlane {
 public:
  ScriptPlane(Settings settings, MessageSchema schema) : settings_(std::move(settings)), schema_(std::move(schema)) {
    if (!settings_.wait) settings_.wait = poll_for;
  }

  bool has(std::string_view verb) const override {
    if (!is_plain(verb) || !schema_.knows(verb)) return false;
    std::error_code trouble;
    const auto file = settings_.folder / verb;
    return std::filesystem::is_regular_file(file, trouble) && access(file.c_str(), X_OK) == 0;
  }

  Result<Value> call(const std::string& verb, const Value& params, milliseconds deadline) override {
    if (!has(verb)) return fail(Errc::unsupported, "there is no script for it", {}, verb);
    const auto fits = schema_.check(verb, MessageSchema::Part::params, params);
    if (!fits) return fail(Errc::data, fits.error().message, {}, fits.error().place);
    std::string printed;
    auto result = run(verb, params, deadline, printed);
    if (!result && result.error().place.empty()) result.error().place = verb;
    note(verb, params, result, printed);
    return result;
  }

  std::string label() const override { return "scripts in " + printable(settings_.folder.string()); }

  std::string take_log() override { return std::exchange(log_, {}); }

 private:
  Result<Value> run(const std::string& verb, const Value& params, milliseconds deadline, std::string& printed) {
    auto child = Child::start({(settings_.folder / verb).string(), verb});
    if (!child) return fail(Errc::protocol, child.error().message);
    Script script(std::move(*child));
    const auto given = script.give(write_json(params));
    if (!given) return tl::make_unexpected(given.error());
    const auto fate = await(script, deadline);
    printed = script.errors;
    if (!fate) return tl::make_unexpected(fate.error());
    return judge(verb, *fate, script);
  }

  Result<Fate> await(Script& script, milliseconds deadline) const {
    const auto until = Clock::now() + deadline;
    for (;;) {
      const auto fate = script.look();
      if (script.output.size() > most_output) return fail(Errc::protocol, "the script writes more than 1 MiB");
      if (fate) return *fate;
      if (settings_.stop != nullptr && settings_.stop->load() != 0) {
        return fail(Errc::interrupted, "stopped by a signal");
      }
      const auto left = std::chrono::ceil<milliseconds>(until - Clock::now());
      if (left.count() <= 0) {
        return fail(Errc::timeout, "the script did not end within " + std::to_string(deadline.count()) + " ms");
      }
      const auto waited = settings_.wait(std::min(left, stop_check), script.fd());
      if (!waited) return tl::make_unexpected(waited.error());
    }
  }

  Result<Value> judge(const std::string& verb, const Fate& fate, const Script& script) const {
    const auto reason = first_line(script.errors);
    const auto why = reason.empty() ? fate.text() : reason;
    if (fate.signal != 0) return fail(Errc::protocol, "the script ended by " + fate.text());
    switch (fate.status) {
      case success:
        return result_of(verb, script.output);
      case refusal:
        return fail(Errc::refused, why);
      case needs_operator:
        return fail(Errc::no_operator, why);
      case not_here:
        return fail(Errc::unsupported, why);
      default:
        return fail(Errc::protocol, "the script ended with " + fate.text() + (reason.empty() ? "" : ": " + reason));
    }
  }

  Result<Value> result_of(const std::string& verb, const std::string& output) const {
    const bool blank = output.find_first_not_of(" \t\r\n") == std::string::npos;
    auto result = blank ? Result<Value>(Value::Map{}) : parse_json(output, "");
    if (!result) return fail(Errc::protocol, "the script's output is no JSON: " + result.error().text());
    if (!result->is_map()) return fail(Errc::protocol, "the script's output is no object");
    const auto fits = schema_.check(verb, MessageSchema::Part::result, *result);
    if (!fits) return fail(Errc::protocol, fits.error().message, {}, fits.error().place);
    return result;
  }

  void note(const std::string& verb, const Value& params, const Result<Value>& result, const std::string& printed) {
    Value line = Value::Map{{"verb", verb}, {"params", params}};
    if (result) line["result"] = *result;
    if (!result) line["error"] = result.error().text();
    if (!printed.empty()) line["stderr"] = printed;
    const auto text = write_json(line) + "\n";
    if (log_.size() + text.size() <= most_log) log_ += text;
  }

  Settings settings_;
  MessageSchema schema_;
  std::string log_;
};

}  // namespace

Result<std::unique_ptr<process::ControlPlane>> make_control_plane(Settings settings) {
  std::error_code trouble;
  if (!std::filesystem::is_directory(settings.folder, trouble)) {
    return fail(Errc::no_input, "is no folder", {}, settings.folder.string());
  }
  auto schema = MessageSchema::load(settings.schema);
  if (!schema) return tl::make_unexpected(schema.error());
  settings.folder = std::filesystem::absolute(settings.folder);
  return std::make_unique<ScriptPlane>(std::move(settings), std::move(*schema));
}

}  // namespace dmsc::exec
