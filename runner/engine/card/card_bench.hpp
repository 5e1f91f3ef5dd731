// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/engine/bench.hpp"
#include "runner/engine/card/card_stimuli.hpp"

namespace dmsc::engine {

/// A card under test: we play the terminal with its local programs and its DM Client.
class CardBench final : public Bench {
 public:
  /// @param account  the DM account; its nonces move on with each session and outlive the case
  /// @param dialer   reaches the card over TCP/IP; null where it cannot be
  CardBench(port::CardLink& link, port::StreamDialer* dialer, const load::Library& library, const model::Ics& ics,
            const model::Pixit& pixit, peer::Account& account, const std::atomic<int>& stop)
      : link_(link),
        library_(library),
        session_(link, ics, pixit, account, stop),
        client_(session_, dialer),
        context_{session_, library, ics, pixit, client_, account} {}

  Result<void> begin(const model::TestCase& test) override;
  Result<bool> settle() override;
  Result<Outcome> perform(const std::string& stimulus, const Value& parameters) override;
  Result<void> answer(const std::string& message, const Value& members, std::int64_t times) override;
  Result<bool> occasion(model::Moment most) override;
  model::Moment occasion_period() const override { return session_.occasion_period(); }
  std::string occasions_in_words(std::size_t count) const override;
  std::string why_no_occasion() const override { return "the ICS names no harmless occasion"; }
  model::Moment now() const override { return session_.now(); }
  Result<void> recover(const Error& trouble) override;
  Result<bool> reconnect() override;
  const char* kind_of_trouble() const override { return "transport"; }
  Trace& trace() override { return session_.trace(); }

 private:
  port::CardLink& link_;
  const load::Library& library_;
  CardSession session_;
  LocalClient client_;
  StimulusContext context_;
};

}  // namespace dmsc::engine
