// SPDX-License-Identifier: Apache-2.0
#include "runner/base/file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "runner/base/catch.hpp"

using namespace dmsc;
namespace fs = std::filesystem;

namespace {

struct Folder {
  Folder() {
    std::string name = (fs::temp_directory_path() / "dmsc-file-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Folder() { fs::remove_all(path); }
  fs::path path;
};

}  // namespace

TEST_CASE("a regular file is read whole, up to its bound", "[file]") {
  const Folder folder;
  const auto file = folder.path / "text";
  std::ofstream(file) << "0123456789";
  CHECK(read_file(file) == std::string("0123456789"));
  CHECK(read_file(file, 10) == std::string("0123456789"));
  const auto larger = read_file(file, 9);
  CHECK(larger.error().code == Errc::data);
  CHECK(larger.error().text() == file.string() + ": is larger than 9 octets");
  std::ofstream(folder.path / "empty");
  CHECK(read_file(folder.path / "empty") == std::string());
  CHECK_FALSE(read_file("/proc/self/status")->empty());  // says that it has no octets
}

TEST_CASE("the size of a file is asked before it is read", "[file]") {
  const Folder folder;
  const auto file = folder.path / "sparse";
  std::ofstream(file).close();
  fs::resize_file(file, std::uintmax_t{1} << 40);
  CHECK(read_file(file).error().message == "is larger than 16 MiB");
}

TEST_CASE("what is no regular file is read by nobody", "[file]") {
  const Folder folder;
  const auto pipe = folder.path / "pipe";
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  for (const auto& file : {pipe, folder.path, fs::path("/dev/zero")}) {
    const auto refused = read_file(file);
    CHECK(refused.error().code == Errc::no_input);
    CHECK(refused.error().message == "cannot be read: it is no regular file");
  }
  CHECK(read_file(folder.path / "nothing").error().message == "cannot be read: No such file or directory");
}
