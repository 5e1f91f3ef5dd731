// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <filesystem>
#include <iosfwd>
#include <memory>

#include "adapters/process/control_plane.hpp"

namespace dmsc::manual {

struct Settings {
  int input = 0;                             ///< where the operator types: a terminal
  std::ostream* output = nullptr;            ///< where the operator reads; null: standard error
  std::chrono::milliseconds limit{300'000};  ///< for one question, with all its attempts
  std::filesystem::path replay;              ///< recorded answers in place of an operator; empty: none
  std::filesystem::path record;              ///< where answers are written down; empty: nowhere
  const std::atomic<int>* stop = nullptr;    ///< non-zero once a signal came; must outlive the plane
  process::WaitFor wait;                     ///< empty: poll(2)
};

/// A control plane that asks a person, one sentence a verb, or reads what a person answered before. It never hangs:
/// without a terminal and without recorded answers every verb is Errc::no_operator at once. The deadline of a call does
/// not hurry a person, `limit` does.
/// @return  the errors of AnswerBook::open and AnswerRecorder::create
Result<std::unique_ptr<process::ControlPlane>> make_control_plane(Settings settings);

}  // namespace dmsc::manual
