// SPDX-License-Identifier: Apache-2.0
#include "reports/pcap/pcap_writer.hpp"

#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "runner/base/catch.hpp"

using namespace dmsc;
using dmsc::reports::PcapWriter;
namespace fs = std::filesystem;

namespace {

/// A folder that goes with the test.
struct Folder {
  Folder() {
    std::string name = (fs::temp_directory_path() / "dmsc-pcap-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Folder() { fs::remove_all(path); }
  fs::path path;
};

Octets content(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("a capture file has its name once it is whole", "[pcap]") {
  const Folder folder;
  const auto file = folder.path / "run.pcap";
  auto writer = PcapWriter::create(file).value();
  REQUIRE(writer.write(1'700'000'000'123'456, Octets{0xAA, 0xBB, 0xCC}));
  REQUIRE_FALSE(fs::exists(file));
  REQUIRE(writer.close());
  REQUIRE(writer.close());
  REQUIRE_FALSE(fs::exists(folder.path / "run.pcap.part"));
  REQUIRE(writer.write(0, Octets{}).error().text() == file.string() + ": the file is closed");

  // By hand after draft-ietf-opsawg-pcap: magic, version 2.4, snapshot 262144, Ethernet; seconds 1700000000 = 6553F100,
  // microseconds 123456 = 1E240, 3 octets captured of 3. Numbers in the order of this machine.
  const std::uint32_t words[] = {0xA1B2C3D4, 0x00040002, 0, 0, 262144, 1, 0x6553F100, 0x0001E240, 3, 3};
  Octets expected(sizeof words);
  std::memcpy(expected.data(), words, sizeof words);
  append(expected, Octets{0xAA, 0xBB, 0xCC});
  REQUIRE(content(file) == expected);
}

TEST_CASE("a dropped writer leaves the part", "[pcap]") {
  const Folder folder;
  { REQUIRE(PcapWriter::create(folder.path / "run.pcap").value().write(0, Octets{0x00})); }
  REQUIRE(fs::exists(folder.path / "run.pcap.part"));
  REQUIRE_FALSE(fs::exists(folder.path / "run.pcap"));
}

TEST_CASE("a folder that does not exist is named", "[pcap]") {
  const Folder folder;
  const auto failed = PcapWriter::create(folder.path / "none" / "run.pcap");
  REQUIRE(failed.error().code == Errc::cannot_create);
  REQUIRE(failed.error().text() == (folder.path / "none" / "run.pcap.part: No such file or directory").string());
}

TEST_CASE("a full disk is an error, at the latest on close", "[pcap]") {
  if (!fs::exists("/dev/full")) return;
  const Folder folder;
  fs::create_symlink("/dev/full", folder.path / "run.pcap.part");
  auto writer = PcapWriter::create(folder.path / "run.pcap").value();
  const auto written = writer.write(0, Octets(100));
  const auto closed = writer.close();
  const auto& error = written ? closed.error() : written.error();
  REQUIRE(error.code == Errc::io);
  REQUIRE(error.message == "No space left on device");
  REQUIRE_FALSE(fs::exists(folder.path / "run.pcap"));
}
