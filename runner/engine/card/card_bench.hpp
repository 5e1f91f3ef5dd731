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
  /// @param lateness what the run knows of the card, which is learnt before its first case; null: nothing is
  CardBench(port::CardLink& link, port::StreamDialer* dialer, const load::Library& library, const model::Ics& ics,
            const model::Pixit& pixit, peer::Account& account, const std::atomic<int>& stop,
            std::shared_ptr<Lateness> lateness = nullptr)
      : link_(link),
        library_(library),
        stop_(stop),
        lateness_(std::move(lateness)),
        session_(link, ics, pixit, account, stop, lateness_),
        client_(session_, dialer),
        second_client_(session_, dialer),
        context_{session_, library, ics, pixit, client_, second_client_, account} {}

  Result<Holder> identify() override;
  Result<std::string> confirm_nonces(const std::vector<port::Nonces>& others) override;
  Result<void> begin(const model::TestCase& test) override;
  Result<bool> settle() override;
  Result<Outcome> perform(const std::string& stimulus, const Value& parameters) override;
  Result<void> answer(const std::string& message, const Value& members, std::int64_t times) override;
  Result<bool> occasion(model::Moment most) override;
  model::Moment occasion_period() const override { return session_.occasion_period(); }
  std::string occasions_in_words(std::size_t count) const override;
  std::string occasion_response() const override;
  void open_window(Awaits awaits) override;
  bool stays_open() override { return session_.stays_open(awaits_); }
  std::optional<model::Moment> real_time() const override { return session_.real_time(); }
  std::optional<model::Lateness> lateness() const override { return session_.lateness().known(); }
  std::string why_no_occasion() const override { return "the PIXIT names no harmless command (occasion)"; }
  model::Moment now() const override { return session_.now(); }
  Result<void> recover(const Error& trouble) override;
  Result<bool> reconnect() override;
  const char* kind_of_trouble() const override { return "transport"; }
  Trace& trace() override { return session_.trace(); }

 private:
  Result<void> meet();

  port::CardLink& link_;
  const load::Library& library_;
  const std::atomic<int>& stop_;
  std::shared_ptr<Lateness> lateness_;
  Awaits awaits_ = Awaits::rest;
  CardSession session_;
  LocalClient client_;
  LocalClient second_client_;
  StimulusContext context_;
};

/// Benches for a card under test; all must outlive the run. They share what they learn of its lateness.
/// @param dialer  reaches the card over TCP/IP; null where it cannot be
BenchMaker card_benches(port::CardLink& link, port::StreamDialer* dialer, const load::Library& library,
                        const model::Ics& ics, const model::Pixit& pixit, const std::atomic<int>& stop);

}  // namespace dmsc::engine
