// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <vector>

#include "adapters/common/fd.hpp"
#include "runner/port/account_store.hpp"

namespace dmsc::account {

/// Accounts of any number of cards and devices in one JSON file of ours: nonces, and no secret.
///
/// The file is readable by its owner alone and replaced as a whole. FILE.lock beside it holds one byte lock an account,
/// so that runs against different cards go side by side, and one lock for the moment of writing. Locks end with the
/// process.
class AccountFile final : public port::AccountStore {
 public:
  static constexpr std::int64_t format_version = 1;
  static constexpr std::size_t longest_nonce = 1024;  // octets
  static constexpr std::size_t most_accounts = 1000;  // those that changed last

  explicit AccountFile(std::filesystem::path file) : file_(std::move(file)) {}

  Result<std::optional<port::Nonces>> open(const port::AccountName& name) override;
  Result<void> keep(const port::AccountName& name, const port::Nonces& nonces) override;

 private:
  Result<void> prepare();
  Result<bool> lock(std::uint64_t byte);
  Result<void> lock_for_writing();

  std::filesystem::path file_;
  net::Fd lock_;
};

}  // namespace dmsc::account
