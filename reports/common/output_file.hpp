// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "runner/base/result.hpp"

namespace dmsc::reports {

/// Writes a whole file beside its place and renames it there, so that a reader never sees half of it.
/// @return  Errc::cannot_create or Errc::io with the path
Result<void> write_atomically(const std::filesystem::path& file, std::string_view text);

/// Creates a folder and those above it. @return Errc::cannot_create with the path
Result<void> make_folder(const std::filesystem::path& folder);

}  // namespace dmsc::reports
