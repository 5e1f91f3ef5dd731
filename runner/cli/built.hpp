// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace dmsc::cli {

/// What this program was built from.
struct Built {
  const char* version;       ///< 0.1.0
  const char* commit;        ///< of the source tree, with -dirty where it had changes; empty: no repository
  const char* suite_digest;  ///< of the cases it was built with, as load::Library::digest says it
  bool suite_sound;          ///< each of those cases was in order, held against schema and rules
};

extern const Built built;

}  // namespace dmsc::cli
