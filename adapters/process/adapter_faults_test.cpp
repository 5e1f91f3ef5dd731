// SPDX-License-Identifier: Apache-2.0
// Adapters that break, each in its way, and what a run makes of them.
#include <fstream>

#include "adapters/process/process_device.hpp"
#include "adapters/process/testing/liar.hpp"
#include "adapters/process/testing/scripted_card.hpp"
#include "adapters/process/testing/temporary_folder.hpp"
#include "runner/base/catch.hpp"
#include "runner/base/json.hpp"
#include "runner/base/text.hpp"

namespace dmsc::process {
namespace {

using testing::liar;
using testing::opened;
using testing::ScriptedCard;
using testing::settings_for;
using testing::TemporaryFolder;
using Seen = std::vector<std::string>;

const Value nothing = Value::Map{};
constexpr milliseconds long_enough{20'000};

/// A file that is not there, and is gone after the test.
struct Mark : TemporaryFolder {
  std::string file() const { return path / "mark"; }
};

/// A liar that prints its process number.
Settings numbered(const std::string& kind, std::string& process) {
  auto settings = settings_for(liar(kind));
  settings.debug = [&process](const std::string& line) {
    const auto read = parse_json(line, "log");
    if (read) process = read->text_or("stderr", process);
  };
  return settings;
}

struct Fault {
  const char* kind;
  Errc errc;
  const char* error;
};

TEST_CASE("an adapter that breaks costs one call and is started again", "[process][device][faults]") {
  const auto row = GENERATE(values<Fault>({
      {"dies", Errc::unavailable, "python3: the adapter ended (exit status 3)"},
      {"is_killed", Errc::unavailable, "python3: the adapter ended (signal 9 (KILL))"},
      {"leaves_a_child", Errc::unavailable, "python3: the adapter ended (exit status 5)"},
      {"floods", Errc::protocol, "python3: the adapter floods us: more than 20000 lines"},
      {"stalls", Errc::timeout, "device.powerOn: the adapter gave no answer within 500 ms"},
      {"closes_stdout", Errc::unavailable, "python3: the adapter is gone: it closed its stream"},
      {"half_a_line", Errc::protocol, "python3: the adapter ended behind half a line (exit status 0)"},
      {"deep_json", Errc::protocol, "python3: the adapter wrote a line that is no message: *more than 64 levels*"},
      {"many_members", Errc::protocol, "python3: the adapter wrote a line that is no message: has more than 4096*"},
      {"huge_line", Errc::protocol, "python3: the adapter breaks a bound: a line is longer than 1048576 octets"},
      {"no_line_feed", Errc::protocol, "python3: the adapter breaks a bound: a line is longer than 1048576 octets"},
      {"bad_utf8", Errc::protocol, "python3: the adapter wrote a line that is no message: *UTF-8*"},
      {"a_print", Errc::protocol, "python3: the adapter wrote a line that is no message: *now I switch it on"},
      {"null_id", Errc::protocol, "python3: the adapter could not read us: what?"},
      {"stray_answer", Errc::protocol, "python3: the adapter answered a request that is not open"},
      {"second_apdu", Errc::protocol, "python3: the adapter breaks the protocol: a request while another is open"},
      {"skips_seq", Errc::protocol, "python3: the adapter breaks the protocol: seq is 3, not 2"},
      {"bad_apdu", Errc::protocol,
       "python3: the adapter breaks the protocol: uicc.apdu params: /capdu: string should be no fewer than 8 *"},
      {"short_apdu", Errc::protocol, "python3: the adapter breaks the protocol: capdu: *"},
      {"talks_on_stderr", Errc::unavailable,
       "python3: the adapter ended (exit status 4), its last words: trouble ahead"},
  }));
  CAPTURE(row.kind);
  const Mark mark;
  ScriptedCard card;
  const auto device = opened(settings_for(liar(row.kind, mark.file())));
  device->insert(&card);
  REQUIRE(device->begin_case("first", "the adapter breaks"));
  const bool stalls = row.errc == Errc::timeout;
  const auto broken = device->call("device.powerOn", nothing, stalls ? milliseconds{500} : long_enough);
  REQUIRE_FALSE(broken);
  CHECK(broken.error().code == row.errc);
  CAPTURE(broken.error().text());
  CHECK(glob_match(row.error, broken.error().text()));
  const auto again = device->wait(std::chrono::seconds{1});  // at once, and the same
  REQUIRE_FALSE(again);
  CHECK(again.error().text() == broken.error().text());
  CHECK(device->end_case("first", "error"));

  card.seen.clear();
  REQUIRE(device->begin_case("second", "the adapter was started again"));
  const auto recovered = device->call("device.powerOn", nothing, long_enough);
  if (!recovered) FAIL(recovered.error().text());
  Seen wanted{"on", "00A40000023F00"};
  if (!card.seen.empty() && card.seen.front() == "off") wanted.insert(wanted.begin(), "off");
  CHECK(card.seen == wanted);
}

TEST_CASE("a request that comes while the card works on another breaks the protocol", "[process][device][faults]") {
  std::string process;
  ScriptedCard card([&](const std::string&) {
    // As if the adapter wrote it now, into its pipe.
    std::ofstream("/proc/" + process + "/fd/1")
        << R"({"jsonrpc":"2.0","id":"second","method":"uicc.apdu","params":{"seq":2,"t":0,"capdu":"80F2000000"}})"
        << "\n";
    return "";
  });
  const auto device = opened(numbered("numbered", process));
  device->insert(&card);
  const auto done = device->call("device.powerOn", nothing, long_enough);
  REQUIRE_FALSE(done);
  CHECK(done.error().code == Errc::protocol);
  CHECK(done.error().text() == "python3: the adapter breaks the protocol: a request while another is open");
  CHECK(device->take_log().find(R"("id":"second","error":{"code":6,)") != std::string::npos);
  CHECK(card.seen == Seen{"on", "00A40000023F00"});
}

TEST_CASE("an answer that comes twice breaks the call after", "[process][device][faults]") {
  const auto device = opened(settings_for(liar("answers_twice")));
  REQUIRE(device->call("device.powerOn", nothing, long_enough));
  const auto again = device->call("dm.client.port", nothing, long_enough);
  REQUIRE_FALSE(again);
  CHECK(again.error().text() == "python3: the adapter answered a request that is not open");
}

TEST_CASE("an adapter that is started again hears of the card", "[process][device][faults]") {
  const Mark mark;
  ScriptedCard card;
  const auto device = opened(settings_for(liar("dies", mark.file())));
  device->insert(&card);
  REQUIRE(device->begin_case("first", "the adapter breaks"));
  REQUIRE_FALSE(device->call("device.powerOn", nothing, long_enough));
  (void)device->take_log();
  REQUIRE(device->begin_case("second", "the adapter was started again"));
  Seen asked;
  for (const auto& line : split(device->take_log(), '\n')) {
    const auto read = parse_json(line, "log");
    if (read && read->text_or("dir", "") == "to_adapter") asked.push_back(read->find("message")->text_or("method", ""));
  }
  CHECK(asked == Seen{"initialize", "uicc.insert", "case.begin"});
}

TEST_CASE("a result that does not fit the schema breaks the protocol", "[process][device][faults]") {
  const auto row = GENERATE(values<std::pair<const char*, const char*>>({
      {"text_in_result", "dm.client.port result: /port: value type not permitted by 'type' constraint"},
      {"unknown_member", "dm.client.port result: /: member 'prot' is not known"},
  }));
  const Mark mark;
  const auto device = opened(settings_for(liar(row.first, mark.file())));
  const auto bad = device->call("dm.client.port", nothing, long_enough);
  REQUIRE_FALSE(bad);
  CHECK(bad.error().code == Errc::protocol);
  CHECK(bad.error().text() == std::string("python3: the adapter breaks the protocol: ") + row.second);
  REQUIRE(device->begin_case("second", "the adapter was started again"));
  CHECK(device->call("dm.client.port", nothing, long_enough));
}

TEST_CASE("an adapter that breaks again and again is given up", "[process][device][faults]") {
  const auto device = opened(settings_for(liar("dies")));
  for (int restart = 0; restart <= ProcessDevice::most_restarts; ++restart) {
    CAPTURE(restart);
    REQUIRE(device->begin_case("case", "the adapter breaks"));
    REQUIRE_FALSE(device->call("device.powerOn", nothing, long_enough));
  }
  for (int more = 0; more < 2; ++more) {
    const auto given_up = device->begin_case("last", "nobody is there");
    REQUIRE_FALSE(given_up);
    CHECK(given_up.error().code == Errc::unavailable);
    CHECK(given_up.error().text() ==
          "python3: the adapter was started again 5 times and is given up: python3: the adapter ended (exit status 3)");
  }
}

TEST_CASE("an adapter that no longer fits when it is started again is not used", "[process][device][faults]") {
  const Mark mark;
  const auto device = opened(settings_for(liar("unfit_later", mark.file())));
  REQUIRE(device->begin_case("first", "the adapter breaks"));
  REQUIRE_FALSE(device->call("device.powerOn", nothing, long_enough));
  for (int again = 0; again < 2; ++again) {
    const auto begun = device->begin_case("second", "it has changed");
    REQUIRE_FALSE(begun);
    CHECK(begun.error().text() == "initialize: the adapter speaks protocol 3, we speak 1 to 2");
    const auto called = device->call("device.powerOn", nothing, long_enough);
    REQUIRE_FALSE(called);
    CHECK(called.error().text() == "python3: the adapter is not started");
    CHECK(device->end_case("second", "error"));
  }
}

TEST_CASE("the log has every line that crossed, and what was printed", "[process][device][log]") {
  const Mark mark;
  std::size_t heard = 0;
  auto settings = settings_for(liar("talks_on_stderr", mark.file()));
  settings.debug = [&](const std::string& line) { heard += line.empty() ? 0 : 1; };
  const auto device = opened(std::move(settings));
  REQUIRE(device->begin_case("first", "the adapter prints"));
  REQUIRE_FALSE(device->call("device.powerOn", nothing, long_enough));
  const auto log = device->take_log();
  const auto lines = split(log, '\n');
  REQUIRE(lines.size() > 100);
  CHECK(lines.back().empty());
  std::size_t octets = 0;
  std::size_t printed = 0;
  std::vector<std::string> methods;
  for (const auto& line : lines) {
    if (line.empty()) continue;
    const auto read = parse_json(line, "log");
    REQUIRE(read);
    if (read->find("stderr") != nullptr) {
      CHECK(read->text_or("stderr", "") == "trouble ahead");
      octets += line.size();
      ++printed;
      continue;
    }
    const auto* message = read->find("message");
    REQUIRE(message != nullptr);
    CHECK(read->int_or("t", -1) >= 0);
    if (read->text_or("dir", "") == "to_adapter") methods.push_back(message->text_or("method", ""));
  }
  CHECK(methods == Seen{"initialize", "case.begin", "device.powerOn"});
  CHECK(octets <= WireLog::most_error_octets);
  CHECK(printed > 1000);
  CHECK(heard > printed);
  CHECK(device->take_log().empty());
}

TEST_CASE("an adapter that is deaf to every word is ended", "[process][device]") {
  auto settings = settings_for(liar("deaf"));
  settings.start_within = milliseconds{300};
  const auto device = ProcessDevice::open(std::move(settings));
  REQUIRE_FALSE(device);
  CHECK(device.error().text() == "initialize: the adapter gave no answer within 300 ms");
}

TEST_CASE("an adapter that does not go by itself is killed with its device", "[process][device]") {
  std::string process;
  auto device = opened(numbered("stays", process));
  REQUIRE(device->call("x.shake", nothing, long_enough));  // it has said its number by then
  REQUIRE(device->wait(milliseconds{0}));
  REQUIRE(std::filesystem::exists("/proc/" + process + "/stat"));
  device.reset();
  CHECK_FALSE(std::filesystem::exists("/proc/" + process));
}

}  // namespace
}  // namespace dmsc::process
