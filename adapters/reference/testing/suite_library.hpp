// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>

#include "adapters/reference/deviation.hpp"
#include "runner/base/catch.hpp"
#include "runner/load/library.hpp"

namespace dmsc::reference::testing {

/// The cases of the suite, with every defect of the catalogue known; loaded once.
inline const load::Library& suite_library() {
  static const auto library = [] {
    const std::filesystem::path root = DMSC_SOURCE_DIR;
    const auto defects = load_defects(root / "adapters/defects");
    REQUIRE(defects);
    std::set<std::string> ids;
    for (const auto& defect : *defects) ids.insert(defect.id);
    auto opened = load::Library::open(root / "testcases", std::move(ids));
    REQUIRE(opened);
    opened->load_cases();
    REQUIRE(opened->quarantined().empty());
    return std::move(*opened);
  }();
  return library;
}

}  // namespace dmsc::reference::testing
