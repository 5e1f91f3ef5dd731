// SPDX-License-Identifier: Apache-2.0
#include "adapters/exec/script_plane.hpp"

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "adapters/common/fd.hpp"
#include "adapters/process/testing/temporary_folder.hpp"
#include "runner/base/catch.hpp"
#include "runner/base/json.hpp"
#include "runner/base/text.hpp"

namespace dmsc::exec {
namespace {

using std::chrono::milliseconds;

const std::filesystem::path schema_file = std::string(DMSC_SOURCE_DIR) + "/adapters/protocol.schema.json";
const Value nothing = Value::Map{};
constexpr milliseconds long_enough{20'000};

/// A folder of shell scripts.
struct Folder : process::testing::TemporaryFolder {
  void put(const std::string& verb, const std::string& script, bool executable = true) const {
    std::ofstream(path / verb) << "#!/bin/sh\n" << script << "\n";
    using std::filesystem::perms;
    std::filesystem::permissions(path / verb, executable ? perms::owner_all : perms::owner_read);
  }

  std::unique_ptr<process::ControlPlane> plane(Settings settings = {}) const {
    settings.folder = path;
    settings.schema = schema_file;
    auto made = make_control_plane(std::move(settings));
    REQUIRE(made);
    return std::move(*made);
  }
};

TEST_CASE("a script gets its verb and its parameters, and gives a result", "[exec]") {
  const Folder folder;
  folder.put("ui.observe", R"x(read line; printf '{"answer": "%s: %s"}' "$1" "$(echo "$line" | tr -d '"')")x");
  const auto plane = folder.plane();
  const Value params = Value::Map{{"prompt", "a b"}, {"choices", Value::List{}}, {"timeout_ms", 5}};
  const auto result = plane->call("ui.observe", params, long_enough);
  if (!result) FAIL(result.error().text());
  CHECK(result->text_or("answer", "") == "ui.observe: {prompt:a b,choices:[],timeout_ms:5}");
  const auto log = parse_json(plane->take_log(), "log");
  REQUIRE(log);
  CHECK(log->text_or("verb", "") == "ui.observe");
  CHECK(*log->find("params") == params);
  CHECK(*log->find("result") == *result);
  CHECK(plane->take_log().empty());
}

TEST_CASE("a verb is there when its script can be run", "[exec]") {
  const Folder folder;
  folder.put("device.powerOn", "");
  folder.put("device.powerOff", "", false);
  folder.put("device.fly", "");
  folder.put("x.shake", "");
  std::filesystem::create_directory(folder.path / "device.reboot");
  const auto plane = folder.plane();
  CHECK(plane->has("device.powerOn"));
  CHECK(plane->has("x.shake"));
  for (const auto* verb : {"device.powerOff", "device.fly", "device.reboot", "device.dial", "", ".", "..",
                           "x./../device.powerOn", "../device.powerOn"}) {
    CAPTURE(verb);
    CHECK_FALSE(plane->has(verb));
    const auto called = plane->call(verb, nothing, long_enough);
    REQUIRE_FALSE(called);
    CHECK(called.error().code == Errc::unsupported);
  }
}

TEST_CASE("how a script ends is what its verb comes to", "[exec]") {
  struct Row {
    const char* script;
    Errc errc;
    const char* error;
  };
  const auto row = GENERATE(values<Row>({
      {"echo 'the line is barred' >&2; echo more >&2; exit 1", Errc::refused, "device.dial: the line is barred"},
      {"exit 1", Errc::refused, "device.dial: exit status 1"},
      {"exit 127", Errc::unsupported, "device.dial: exit status 127"},
      {"no-such-program-anywhere 2>/dev/null", Errc::unsupported, "device.dial: exit status 127"},
      {"echo 'push the button' >&2; exit 5", Errc::no_operator, "device.dial: push the button"},
      {"exit 2", Errc::protocol, "device.dial: the script ended with exit status 2"},
      {"echo '/dev/ttyUSB2: \033[1mgone' >&2; exit 3", Errc::protocol,
       "device.dial: the script ended with exit status 3: /dev/ttyUSB2: \\x1B[1mgone"},
      {"kill -9 $$", Errc::protocol, "device.dial: the script ended by signal 9 (KILL)"},
      {"echo '['", Errc::protocol, "device.dial: the script's output is no JSON: *"},
      {"echo '[]'", Errc::protocol, "device.dial: the script's output is no object"},
      {"echo '{\"ok\": true}'", Errc::protocol, "device.dial result: /: member 'ok' is not known"},
      {"while :; do echo 0123456789012345678901234567890123456789; done", Errc::protocol,
       "device.dial: the script writes more than 1 MiB"},
  }));
  CAPTURE(row.script);
  const Folder folder;
  folder.put("device.dial", row.script);
  const auto plane = folder.plane();
  const auto result = plane->call("device.dial", Value::Map{{"number", "112"}}, long_enough);
  REQUIRE_FALSE(result);
  CHECK(result.error().code == row.errc);
  CAPTURE(result.error().text());
  CHECK(glob_match(row.error, result.error().text()));
  CHECK(parse_json(plane->take_log(), "log").value().text_or("error", "") == result.error().text());
}

TEST_CASE("no output is the empty result, however much is printed", "[exec]") {
  const Folder folder;
  folder.put(
      "device.powerOn",
      "i=0; while [ $i -lt 3000 ]; do echo 0123456789012345678901234567890123456789 >&2; i=$((i+1)); done; echo");
  const auto plane = folder.plane();
  CHECK(plane->call("device.powerOn", nothing, long_enough) == nothing);
  CHECK(parse_json(plane->take_log(), "log").value().text_or("stderr", "").size() == 65'536);
}

TEST_CASE("parameters that the schema does not allow reach no script", "[exec]") {
  const Folder folder;
  folder.put("device.dial", "touch \"$(dirname \"$0\")/was-here\"");
  const auto plane = folder.plane();
  CHECK(plane->call("device.dial", Value::Map{{"nummer", "1"}}, long_enough).error().code == Errc::data);
  CHECK_FALSE(std::filesystem::exists(folder.path / "was-here"));
  CHECK(plane->call("device.dial", Value::Map{{"number", "1"}}, long_enough));
  CHECK(std::filesystem::exists(folder.path / "was-here"));
}

TEST_CASE("a script that takes too long is killed with all it started", "[exec]") {
  const Folder folder;
  folder.put("device.powerOn", "trap '' TERM; sleep 600 & echo $! > \"$(dirname \"$0\")/pid\"; wait; sleep 600");
  const auto plane = folder.plane();
  std::string pid;
  const auto called = plane->call("device.powerOn", nothing, milliseconds{1'500});
  REQUIRE_FALSE(called);
  CHECK(called.error().code == Errc::timeout);
  CHECK(called.error().text() == "device.powerOn: the script did not end within 1500 ms");
  std::ifstream(folder.path / "pid") >> pid;
  REQUIRE_FALSE(pid.empty());
  // Readable once the process is gone; it may be gone already. glibc 2.36 declares pidfd_open without C linkage.
  const net::Fd watch(static_cast<int>(syscall(SYS_pidfd_open, std::stoi(pid), 0)));
  pollfd watched{watch.get(), POLLIN, 0};
  if (watch) CHECK(poll(&watched, 1, 10'000) == 1);
}

TEST_CASE("a signal, and a wait that fails, end a script", "[exec]") {
  const Folder folder;
  folder.put("device.powerOn", "sleep 600");
  std::atomic<int> stop{SIGTERM};
  Settings stopped;
  stopped.stop = &stop;
  CHECK(folder.plane(stopped)->call("device.powerOn", nothing, long_enough).error().code == Errc::interrupted);
  Settings waiting;
  waiting.wait = [](milliseconds, int) -> Result<void> { return fail(Errc::protocol, "the card is gone"); };
  CHECK(folder.plane(waiting)->call("device.powerOn", nothing, long_enough).error().text() ==
        "device.powerOn: the card is gone");
}

TEST_CASE("a folder of scripts must be one", "[exec]") {
  const auto made = make_control_plane({"/nowhere/at/all", schema_file, nullptr, {}});
  REQUIRE_FALSE(made);
  CHECK(made.error().code == Errc::no_input);
  CHECK(made.error().text() == "/nowhere/at/all: is no folder");
}

}  // namespace
}  // namespace dmsc::exec
