// SPDX-License-Identifier: Apache-2.0
#include "runner/load/patterns.hpp"

#include <filesystem>
#include <fstream>

#include "runner/base/catch.hpp"

namespace dmsc::load {
namespace {

namespace fs = std::filesystem;

/// A file for one test, gone after it.
class Listed {
 public:
  explicit Listed(const std::string& text) {
    std::string name = (fs::temp_directory_path() / "dmsc-patterns-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    std::ofstream(path()) << text;
  }
  ~Listed() { fs::remove_all(folder_); }
  std::string path() const { return (folder_ / "cases.txt").string(); }

 private:
  fs::path folder_;
};

std::vector<std::string> texts(const std::vector<Pattern>& patterns) {
  std::vector<std::string> out;
  for (const auto& one : patterns) out.push_back(one.text);
  return out;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("words of the command line are patterns, braces several", "[patterns]") {
  const auto read = read_patterns({"con-{101,102}", "power-on"}, {"con-10[5-9]"});
  REQUIRE(read);
  CHECK(texts(read->chosen) == Texts{"con-101", "con-102", "power-on"});
  CHECK(texts(read->skipped) == Texts{"con-10[5-9]"});
  CHECK(read->chosen.front().place.empty());
}

TEST_CASE("a file names cases line by line, with comments and with what is left out", "[patterns]") {
  const Listed file("\xEF\xBB\xBF# nightly\r\ncon-101\r\n\n  con-2*   # all off-line\n! con-2{10,11}\n#con-3*\nx#y\n");
  const auto read = read_patterns({"@" + file.path(), "con-401"}, {});
  REQUIRE(read);
  CHECK(texts(read->chosen) == Texts{"con-101", "con-2*", "x#y", "con-401"});
  CHECK(texts(read->skipped) == Texts{"con-210", "con-211"});
  CHECK(read->chosen[1].place == file.path() + ":4");
  CHECK(read->skipped[0].place == file.path() + ":5");
}

TEST_CASE("a file of --skip leaves out all that it names", "[patterns]") {
  const Listed file("con-101\n!con-102\n");
  const auto read = read_patterns({}, {"@" + file.path()});
  REQUIRE(read);
  CHECK(read->chosen.empty());
  CHECK(texts(read->skipped) == Texts{"con-101", "con-102"});
}

TEST_CASE("a file that names nothing, or is not there, chooses nothing", "[patterns]") {
  const Listed empty("# nothing\n\n");
  const auto nothing = read_patterns({"@" + empty.path()}, {});
  REQUIRE(!nothing);
  CHECK(nothing.error().code == Errc::no_input);
  CHECK(nothing.error().text() == empty.path() + ": names no case");
  const auto missing = read_patterns({"@/nowhere/cases.txt"}, {});
  REQUIRE(!missing);
  CHECK(missing.error().code == Errc::no_input);
  const Listed bare("con-101\n!\n");
  const auto left = read_patterns({"@" + bare.path()}, {});
  REQUIRE(!left);
  CHECK(left.error().text() == bare.path() + ":2: nothing stands behind the !");
}

}  // namespace dmsc::load
