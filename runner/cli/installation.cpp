// SPDX-License-Identifier: Apache-2.0
#include "runner/cli/installation.hpp"

#include <cstdlib>

#include "adapters/reference/deviation.hpp"
#include "runner/base/text.hpp"

namespace dmsc::cli {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> candidates() {
  std::vector<fs::path> out;
  if (const char* named = std::getenv("DMSC_DATA"); named != nullptr && *named != '\0') return {named};
  std::error_code trouble;
  const auto binary = fs::read_symlink("/proc/self/exe", trouble);
  if (!trouble) {
    const auto folder = binary.parent_path();
    const fs::path build = DMSC_BUILD_DIR;
    const auto inside = fs::relative(folder, build, trouble);
    if (!trouble && !inside.empty() && *inside.begin() != "..") out.emplace_back(DMSC_SOURCE_DIR);
    out.push_back(folder.parent_path() / "share" / "dmsc");
    out.push_back(folder);
  }
  out.emplace_back("/usr/share/dmsc");
  return out;
}

}  // namespace

Result<Installation> Installation::find() {
  std::vector<std::string> looked;
  for (const auto& root : candidates()) {
    looked.push_back(root.string());
    if (!fs::exists(root / "testcases" / "requirements.json")) continue;
    Installation out;
    out.root_ = root;
    return out;
  }
  return fail(Errc::configuration,
              "no test cases found in " + join(looked, ", ") + "; set DMSC_DATA to the folder that holds testcases/");
}

refdevice::Catalogue Installation::device_catalogue() const {
  return {root_ / "adapters" / "refdevice" / "personalities", root_ / "adapters" / "defects",
          root_ / "fixtures" / "certs", root_ / "adapters" / "variants"};
}

refcard::Catalogue Installation::card_catalogue() const {
  return {root_ / "adapters" / "refcard" / "personalities", root_ / "adapters" / "defects",
          root_ / "fixtures" / "certs", root_ / "adapters" / "variants"};
}

Result<load::Library> Installation::open_library(std::string_view known) const {
  const auto defects = reference::load_defects(card_catalogue().defects);
  if (!defects) return tl::make_unexpected(defects.error());
  std::set<std::string> ids;
  for (const auto& defect : *defects) ids.insert(defect.id);
  auto library = load::Library::open(testcases(), std::move(ids));
  if (library) library->load_cases(known);
  return library;
}

}  // namespace dmsc::cli
