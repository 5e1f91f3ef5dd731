// SPDX-License-Identifier: Apache-2.0
#include "adapters/process/child.hpp"

#include <unistd.h>

#include "adapters/process/command_words.hpp"
#include "runner/base/catch.hpp"

namespace dmsc::process {
namespace {

using std::chrono::milliseconds;
using Words = std::vector<std::string>;

constexpr milliseconds long_enough{20'000};

std::string read_all(int fd) {
  std::string out;
  char octets[4096];
  for (;;) {
    const auto count = read(fd, octets, sizeof octets);
    if (count <= 0) return out;
    out.append(octets, static_cast<std::size_t>(count));
  }
}

TEST_CASE("a command is split as a shell does it", "[process][words]") {
  struct Row {
    const char* command;
    Words words;
  };
  for (const auto& row : {Row{"a", {"a"}}, Row{"  a  b\tc ", {"a", "b", "c"}},
                          Row{"a 'b c' \"d e\"", {"a", "b c", "d e"}}, Row{"a'b'\"c\"d", {"abcd"}},
                          Row{"a ''", {"a", ""}}, Row{R"(a\ b "c\"\\d\e" '\f')", {"a b", R"(c"\d\e)", R"(\f)"}},
                          Row{"a $HOME *|>;", {"a", "$HOME", "*|>;"}}, Row{"a\\", {"a\\"}}}) {
    CAPTURE(row.command);
    CHECK(split_command(row.command).value() == row.words);
  }
  CHECK(split_command("a 'b").error().text() == "the quote does not end at offset 2");
  CHECK(split_command(R"(a "b\")").error().text() == "the quote does not end at offset 2");
  CHECK(split_command(" \t").error().text() == "there is no command");
}

TEST_CASE("a child has pipes, a clean slate, and an end", "[process][child]") {
  auto child = Child::start({"sh", "-c", "cat; echo trouble >&2; ls /proc/self/fd | wc -l; exit 3"});
  REQUIRE(child);
  REQUIRE(write(child->input.get(), "hello\n", 6) == 6);
  child->input = net::Fd();
  CHECK(read_all(child->output.get()) == "hello\n4\n");  // three streams, and the folder that ls reads
  CHECK(read_all(child->errors.get()) == "trouble\n");
  CHECK(child->fate(long_enough)->text() == "exit status 3");
  CHECK(child->fate(long_enough)->text() == "exit status 3");
}

TEST_CASE("a child that cannot be started says why", "[process][child]") {
  const auto none = Child::start({"/nowhere/adapter"});
  REQUIRE_FALSE(none);
  CHECK(none.error().code == Errc::unavailable);
  CHECK(none.error().text() == "/nowhere/adapter: cannot be started: No such file or directory");
}

TEST_CASE("the whole group of a child ends with it", "[process][child]") {
  // Their pipe closes when nobody of them is left to have it.
  SECTION("a child that ended before its own child") {
    auto child = Child::start({"sh", "-c", "sleep 600 & exit 0"});
    REQUIRE(child);
    CHECK(child->fate(long_enough)->text() == "exit status 0");
    CHECK(read_all(child->output.get()).empty());
  }
  SECTION("a child that does not go when it is asked") {
    auto child = Child::start({"sh", "-c", "trap '' TERM; sleep 600 & echo; while :; do sleep 600; done"});
    REQUIRE(child);
    char text = 0;
    REQUIRE(read(child->output.get(), &text, 1) == 1);
    CHECK_FALSE(child->fate(milliseconds{0}));
    CHECK(child->end(milliseconds{20}).text() == "signal 9 (KILL)");
    CHECK(read_all(child->output.get()).empty());
  }
}

}  // namespace
}  // namespace dmsc::process
