// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/engine/bench.hpp"
#include "runner/engine/device/device_stimuli.hpp"
#include "runner/load/library.hpp"

namespace dmsc::engine {

/// A device under test: we play its card, with the DM_SC Server on it.
class DeviceBench final : public Bench {
 public:
  /// All must outlive the bench.
  /// @param account  the DM account; its nonces move on with each session and outlive the case
  DeviceBench(port::DeviceLink& link, const load::Library& library, const model::Ics& ics, const model::Pixit& pixit,
              peer::Account& account)
      : library_(library), session_(link, pixit, account), context_{session_, ics, pixit} {}

  std::optional<std::string> lacks(const model::TestCase& test) const override;
  Result<Holder> identify() override;
  Result<void> begin(const model::TestCase& test) override;
  Result<bool> settle() override;
  Result<Outcome> perform(const std::string& stimulus, const Value& parameters) override;
  Result<void> answer(const std::string& message, const Value& members, std::int64_t times) override;
  Result<bool> occasion(model::Moment most) override;
  model::Moment occasion_period() const override { return {}; }
  std::string occasions_in_words(std::size_t /*count*/) const override { return {}; }
  std::string why_no_occasion() const override { return "no time passes"; }
  model::Moment now() const override { return session_.now(); }
  Result<void> recover(const Error& trouble) override;
  const char* kind_of_trouble() const override { return "adapter"; }
  void end(model::CaseResult& result) override;
  Trace& trace() override { return session_.trace(); }

 private:
  const load::Library& library_;
  DeviceSession session_;
  DeviceContext context_;
  std::string case_;  ///< that the adapter was told of
  bool began_ = false;
};

/// Benches for a device under test.
BenchMaker device_benches(port::DeviceLink& link, const load::Library& library, const model::Ics& ics,
                          const model::Pixit& pixit);

}  // namespace dmsc::engine
