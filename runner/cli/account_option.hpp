// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "runner/base/result.hpp"
#include "runner/port/account_store.hpp"

namespace dmsc::cli {

/// The store of `--account FILE`; without it dmsc/accounts.json below XDG_STATE_HOME, or below ~/.local/state where
/// that is not set.
/// @return  null where there is neither option nor home folder
std::unique_ptr<port::AccountStore> open_account_store(const std::string& option);

}  // namespace dmsc::cli
