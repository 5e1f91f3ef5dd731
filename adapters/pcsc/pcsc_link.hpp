// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "adapters/common/real_clock.hpp"
#include "adapters/pcsc/deadline_worker.hpp"
#include "runner/port/card_link.hpp"

namespace dmsc::pcsc {

enum class Protocol { t0, t1 };

struct LinkOptions {
  std::chrono::milliseconds insertion_wait{0};  ///< how long a card may take to be put into the reader
  Protocol protocol = Protocol::t0;
  const std::atomic<int>* stop = nullptr;  ///< see RealClock
};

/// A card in a PC/SC reader, held by one exclusive handle from open() to the end.
/// PC/SC calls have no time-out, so each runs on a thread that is abandoned when it does not come back; after that
/// every call gives Errc::unavailable.
class PcscLink final : public port::CardLink {
 public:
  using Options = LinkOptions;

  /// Connects to the card in the reader meant by `wanted`, see choose_reader().
  /// @return  Errc::configuration for an empty PCSCLITE_CSOCK_NAME, Errc::usage when `wanted` fits several readers,
  ///          Errc::busy when another program uses the reader, else Errc::unavailable or timeout
  static Result<std::unique_ptr<PcscLink>> open(std::string_view wanted, Options options = {});

  /// Takes power away from the card, unless a call never came back.
  ~PcscLink() override;

  Result<Octets> power_cycle() override;
  Result<Octets> transmit(ByteView command, std::chrono::milliseconds deadline) override;
  port::Clock* clock() override { return &clock_; }
  std::string label() const override { return label_; }
  Value facts() const override { return facts_; }

  /// Seconds that `count` bare SCardTransmit calls take on this very handle, from the calling thread and without any
  /// deadline: the baseline our own rate is measured against.
  Result<double> time_bare_loop(ByteView command, int count);

 private:
  class Session;

  explicit PcscLink(const std::atomic<int>* stop) : stop_(stop), clock_(stop) {}
  Result<void> run(std::function<void()> job, std::chrono::milliseconds deadline, std::string_view what);

  // The session is shared with the worker's jobs: what PC/SC may still write to must outlive an abandoned link.
  std::shared_ptr<Session> session_;
  DeadlineWorker worker_;
  const std::atomic<int>* stop_;
  net::RealClock clock_;
  std::string label_;
  Value facts_ = Value::Map{};
};

}  // namespace dmsc::pcsc
