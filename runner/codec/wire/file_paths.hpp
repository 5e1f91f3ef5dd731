// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "runner/base/octets.hpp"

/// Lists of files as REFRESH gives them. Source: ETSI TS 102 223, 8.18; file identifiers of TS 102 221, 8.6
namespace dmsc::codec {

/// Cuts a run of paths into paths. Nothing between them says where one ends, the identifiers do: a path begins at the
/// MF (3F00), and behind an EF (first octet 2F, 4F or 6F) the next one begins wherever it starts from.
/// @return  views into `octets`, which they fill without a gap; an odd octet at the end belongs to the last
std::vector<ByteView> split_paths(ByteView octets);

}  // namespace dmsc::codec
