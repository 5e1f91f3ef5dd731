// SPDX-License-Identifier: Apache-2.0
#include "reports/common/run_folder.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "runner/base/catch.hpp"

namespace dmsc::reports {
namespace {

namespace fs = std::filesystem;

/// A folder for one test, gone after it.
class Scratch {
 public:
  Scratch() {
    std::string name = (fs::temp_directory_path() / "dmsc-run-folder-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~Scratch() { fs::remove_all(path_); }
  fs::path operator/(const std::string& name) const { return path_ / name; }

 private:
  fs::path path_;
};

void write(const fs::path& file, const std::string& text) {
  std::ofstream(file) << text;
}

std::string read(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

mode_t mode_of(const fs::path& file) {
  struct stat found {};
  REQUIRE(stat(file.c_str(), &found) == 0);
  return found.st_mode & 0777;
}

}  // namespace

TEST_CASE("A run's folder is made with its parents, for its owner alone") {
  const Scratch scratch;
  const auto taken = RunFolder::take(scratch / "a" / "b", false);
  REQUIRE(taken);
  CHECK(taken->path() == scratch / "a" / "b");
  CHECK(mode_of(taken->path()) == 0700);
}

TEST_CASE("A folder belongs to one run as long as that lives, with or without force") {
  const Scratch scratch;
  {
    const auto first = RunFolder::take(scratch / "R", false);
    REQUIRE(first);
    for (const bool force : {false, true}) {
      const auto second = RunFolder::take(scratch / "R", force);
      REQUIRE(!second);
      CHECK(second.error().code == Errc::cannot_create);
      CHECK(second.error().message == "a run is under way in it");
      CHECK(second.error().place == (scratch / "R").string());
    }
  }
  CHECK(RunFolder::take(scratch / "R", false));
}

TEST_CASE("A folder with an earlier run is refused and left as it is") {
  for (const auto* name : {"run.jsonl", "junit.xml", "junit.xml.part"}) {
    const Scratch scratch;
    fs::create_directory(scratch / "R");
    write(scratch / "R" / name, "earlier");
    const auto taken = RunFolder::take(scratch / "R", false);
    REQUIRE(!taken);
    CHECK(taken.error().code == Errc::cannot_create);
    CHECK(taken.error().message == "holds an earlier run; name another folder, or let it go by --force");
    CHECK(read(scratch / "R" / name) == "earlier");
  }
}

TEST_CASE("Force empties a folder of what a run leaves, and of nothing else") {
  const Scratch scratch;
  fs::create_directories(scratch / "R" / "artifacts" / "DM_SC-1.0-con-101");
  write(scratch / "R" / "artifacts" / "DM_SC-1.0-con-101" / "trace.pcap", "earlier");
  write(scratch / "R" / "run.jsonl", "earlier");
  write(scratch / "R" / "junit.xml", "earlier");
  write(scratch / "R" / "notes.txt", "mine");
  REQUIRE(RunFolder::take(scratch / "R", true));
  CHECK_FALSE(fs::exists(scratch / "R" / "artifacts"));
  CHECK_FALSE(fs::exists(scratch / "R" / "run.jsonl"));
  CHECK_FALSE(fs::exists(scratch / "R" / "junit.xml"));
  CHECK(read(scratch / "R" / "notes.txt") == "mine");
}

TEST_CASE("A run without a name of its own gets a folder that nobody has") {
  const Scratch scratch;
  const auto first = RunFolder::make(scratch / "run");
  const auto second = RunFolder::make(scratch / "run");
  REQUIRE(first);
  REQUIRE(second);
  CHECK(first->path() == scratch / "run");
  CHECK(second->path() == scratch / "run-2");
}

TEST_CASE("A file is no folder of a run") {
  const Scratch scratch;
  write(scratch / "R", "mine");
  const auto taken = RunFolder::take(scratch / "R", true);
  REQUIRE(!taken);
  CHECK(taken.error().code == Errc::cannot_create);
  CHECK(taken.error().message == "is no folder");
  CHECK(read(scratch / "R") == "mine");
}

}  // namespace dmsc::reports
