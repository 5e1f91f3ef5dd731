// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "runner/base/result.hpp"

namespace dmsc::cli {

/// A reference peer named on the command line.
struct RefUri {
  std::string personality;
  std::string defect;   ///< without `card:` or `device:`; empty: none
  std::string variant;  ///< likewise
};

/// Whether a URI is about a reference peer: `ref`, or `ref` with a colon or a question mark behind it.
bool is_ref_uri(std::string_view text);

/// `ref`, `ref:PERSONALITY`, `ref?defect=NAME`, `ref?variant=NAME`, `ref:PERSONALITY?variant=NAME&defect=NAME`.
/// @param what   card or device
/// @param usual  the personality when none is named
/// @return       Errc::usage with what is wrong
Result<RefUri> parse_ref_uri(std::string_view text, std::string_view what, std::string_view usual);

/// HOST:PORT, the host in brackets when it is IPv6. @return Errc::usage
Result<std::pair<std::string, std::uint16_t>> parse_host_port(std::string_view text);

}  // namespace dmsc::cli
