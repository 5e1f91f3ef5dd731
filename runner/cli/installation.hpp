// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <set>

#include "adapters/refcard/reference_card.hpp"
#include "adapters/refdevice/blueprint.hpp"
#include "runner/load/library.hpp"

namespace dmsc::cli {

/// Where the suite's data lie: the folder that holds testcases/ and adapters/. Looked for in this order: DMSC_DATA, the
/// source tree this binary was built in (when it runs from its build folder), share/dmsc beside the binary's bin/, the
/// binary's own folder, /usr/share/dmsc.
class Installation {
 public:
  /// @return  Errc::configuration naming the places looked at
  static Result<Installation> find();

  std::filesystem::path testcases() const { return root_ / "testcases"; }
  refcard::Catalogue card_catalogue() const;
  refdevice::Catalogue device_catalogue() const;
  std::filesystem::path adapters() const { return root_ / "adapters"; }
  std::filesystem::path report_schemas() const { return root_ / "reports" / "schema"; }

  /// The suite with its cases; the ids of all defects are known to its rules.
  /// @param known  of Library::load_cases()
  Result<load::Library> open_library(std::string_view known = {}) const;

 private:
  std::filesystem::path root_;
};

}  // namespace dmsc::cli
