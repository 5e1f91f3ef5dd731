// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace dmsc::pcsc {

/// One fact about this installation, and what to do where it is not good.
struct Finding {
  enum class Level { ok, note, warning, problem };

  Level level{};
  std::string text;
  std::string advice;  ///< empty where nothing is to be done
};

struct DoctorOptions {
  std::string reader;    ///< as for PcscLink::open(); empty: all are told
  bool measure = false;  ///< also time SELECT MF of each card in a virtual reader
  std::filesystem::path config_folder = "/etc/reader.conf.d";
};

/// Looks at pcscd, its configuration, the readers and their cards. The card that a run would take is reset and gets one
/// SELECT of its master file; one that another program holds, or uses, gets nothing.
/// Takes some seconds at most, also where pcscd hangs.
std::vector<Finding> examine(const DoctorOptions& options);

/// PC/SC packages and their versions as dpkg has them, `pcscd 1.9.9-2`; nothing on systems without dpkg.
std::vector<std::string> installed_packages();

}  // namespace dmsc::pcsc
