// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>

#include "runner/base/json.hpp"
#include "runner/load/library.hpp"

namespace {

/// Ids of all defects of a folder, as the cases name them.
std::set<std::string> defect_ids(const std::filesystem::path& folder) {
  std::set<std::string> ids;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const auto file = entry.path().extension() == ".json" ? dmsc::load_json(entry.path()) : dmsc::Value();
    const auto* defects = file ? file->find("defects") : nullptr;
    if (defects == nullptr || !defects->is_list()) continue;
    for (const auto& defect : defects->as_list()) ids.insert(defect.text_or("id", ""));
  }
  return ids;
}

/// Whether each case of the suite can be used.
bool is_sound(const std::filesystem::path& testcases, const std::filesystem::path& defects) {
  auto library = dmsc::load::Library::open(testcases, defect_ids(defects));
  if (!library) return false;
  library->load_cases();
  return library->quarantined().empty();
}

}  // namespace

/// What the build says of its suite: `suite_digest TESTCASES DEFECTS` prints the digest and, behind a semicolon, `true`
/// where each case is in order.
int main(int argc, char** argv) {
  if (argc != 3) return 64;
  const auto digest = dmsc::load::digest_of_suite(argv[1]);
  const bool sound = is_sound(argv[1], argv[2]) && dmsc::load::digest_of_suite(argv[1]) == digest;
  std::printf("%s;%s", digest.c_str(), sound ? "true" : "false");
  return 0;
}
