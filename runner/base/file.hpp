// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "runner/base/result.hpp"

namespace dmsc {

/// What a file of ours may have at most, where nothing else is said: 16 MiB.
inline constexpr std::size_t most_file_octets = std::size_t{16} << 20;

/// The octets of a regular file. Its size is asked before anything is read, and no FIFO or device file is waited for.
/// @param most  octets that it may have
/// @return  Errc::no_input for what is not there, cannot be read or is no regular file, Errc::data for one that is
///          larger, each with the path
Result<std::string> read_file(const std::filesystem::path& file, std::size_t most = most_file_octets);

}  // namespace dmsc
