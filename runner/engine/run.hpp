// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

#include "runner/load/library.hpp"
#include "runner/port/card_link.hpp"
#include "runner/port/listener.hpp"
#include "runner/port/stream.hpp"

namespace dmsc::engine {

/// Everything a run needs; the references must outlive it.
struct RunInput {
  port::CardLink& link;
  const load::Library& library;
  const model::Ics& ics;
  const model::Pixit& pixit;
  const std::vector<model::PlannedCase>& plan;
  std::vector<load::Quarantined> quarantined;  ///< broken case files that the selection covers
  std::vector<port::Listener*> listeners;
  const std::atomic<int>& stop;  ///< number of the signal that asks us to stop, 0 for none
  model::RunInfo info;
  port::StreamDialer* card_ip = nullptr;  ///< reaches the card over TCP/IP
};

/// Runs the plan: every planned case is reported once, whatever happens. The first error of a listener or of the link
/// that ends the run is in the exit code and its reason.
model::RunSummary run(const RunInput& input);

/// Exit code and its reason from the verdicts alone.
void conclude(const std::vector<std::pair<std::string, model::Verdict>>& verdicts, model::RunSummary& summary);

}  // namespace dmsc::engine
