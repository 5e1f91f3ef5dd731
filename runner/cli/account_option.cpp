// SPDX-License-Identifier: Apache-2.0
#include "runner/cli/account_option.hpp"

#include <cstdlib>

#include "adapters/account/account_file.hpp"

namespace dmsc::cli {
namespace {

namespace fs = std::filesystem;

/// Of the environment; what is not absolute does not count. Source: XDG Base Directory Specification
fs::path folder_of(const char* variable) {
  const char* value = std::getenv(variable);
  const fs::path path = value == nullptr ? "" : value;
  return path.is_absolute() ? path : fs::path{};
}

}  // namespace

std::unique_ptr<port::AccountStore> open_account_store(const std::string& option) {
  if (!option.empty()) return std::make_unique<account::AccountFile>(option);
  auto state = folder_of("XDG_STATE_HOME");
  const auto home = folder_of("HOME");
  if (state.empty() && !home.empty()) state = home / ".local" / "state";
  if (state.empty()) return nullptr;
  return std::make_unique<account::AccountFile>(state / "dmsc" / "accounts.json");
}

}  // namespace dmsc::cli
