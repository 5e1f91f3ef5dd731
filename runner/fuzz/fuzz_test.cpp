// SPDX-License-Identifier: Apache-2.0
// The corpus through every target, crashers of old among it, and what lies near it: each file cut off, and with bits
// flipped. Long runs are libFuzzer's (fuzz.sh).
#include <filesystem>
#include <fstream>
#include <map>

#include "runner/base/catch.hpp"
#include "runner/fuzz/targets.hpp"

namespace dmsc::fuzz {
namespace {

const std::filesystem::path corpus = std::filesystem::path(DMSC_SOURCE_DIR) / "fixtures/corpus";

Octets octets_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void run(const Target& target, const std::filesystem::path& file, ByteView octets) {
  try {
    target.run(octets);
  } catch (const std::exception& problem) {
    FAIL_CHECK(target.name << " on " << file.filename().string() << ": " << problem.what() << "\n" << to_hex(octets));
  }
}

}  // namespace

TEST_CASE("each target holds on its corpus and near it", "[fuzz]") {
  CHECK(targets().size() >= 28);
  std::map<std::string_view, int> files;
  for (const auto& target : targets()) {
    CHECK(find_target(target.name) == &target);
    run(target, "nothing", {});
    std::error_code missing;
    for (const auto& entry : std::filesystem::directory_iterator(corpus / target.name, missing)) {
      const auto octets = octets_of(entry.path());
      REQUIRE_FALSE(octets.empty());
      run(target, entry.path(), octets);
      const auto step = std::max<std::size_t>(1, octets.size() / 64);
      for (std::size_t at = 0; at < octets.size(); at += step) {
        run(target, entry.path(), ByteView(octets).first(at));
        auto changed = octets;
        changed[at] ^= static_cast<std::uint8_t>(1U << (at % 8));
        run(target, entry.path(), changed);
        changed[at] = 0xFF;
        run(target, entry.path(), changed);
      }
      ++files[target.name];
    }
    INFO(target.name);
    CHECK(files[target.name] >= 2);
  }
  CHECK(find_target("no_such") == nullptr);
}

TEST_CASE("a folder of the corpus belongs to a target", "[fuzz]") {
  for (const auto& entry : std::filesystem::directory_iterator(corpus)) {
    if (entry.is_directory()) CHECK(find_target(entry.path().filename().string()) != nullptr);
  }
}

}  // namespace dmsc::fuzz
