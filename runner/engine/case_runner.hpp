// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/engine/applicability.hpp"
#include "runner/engine/bench.hpp"
#include "runner/engine/expectation.hpp"
#include "runner/engine/references.hpp"
#include "runner/engine/script.hpp"
#include "runner/engine/traffic/traffic_watch.hpp"
#include "runner/load/library.hpp"
#include "runner/model/result.hpp"
#include "runner/peer/session/account_keeper.hpp"

namespace dmsc::engine {

/// Readings that a run is held to: ambiguity -> the only reading that counts.
using HeldReadings = std::map<std::string, std::string>;

/// Runs the steps of one case on a bench and judges its trace.
///
/// A `do` waits until the device under test is quiet, remembers the end of the trace as the cursor, and acts. An
/// `expect` takes the first fitting event at or behind the cursor, gives the device occasions until its window closes,
/// and moves the cursor behind what it took. A `forbid` looks from the cursor on, gives occasions for its whole window
/// and moves nothing. An `expect` on the answer to something that we asked judges the first such answer, not a later
/// one that fits.
///
/// All traffic is held against the rules over traffic as well. What the device under test broke there is counted and
/// judged elsewhere; what we broke without meaning to ends the case as an error of ours.
class CaseRunner {
 public:
  CaseRunner(Bench& bench, const load::Library& library, const model::Ics& ics, const model::Pixit& pixit,
             const HeldReadings& held = {}, peer::AccountKeeper* keeper = nullptr)
      : bench_(bench), library_(library), ics_(ics), pixit_(pixit), held_(held), keeper_(keeper) {}

  /// Begins the case, runs the steps and, when they passed and the case names one, the control.
  /// @param trouble  the error of the link that ended the case, so that the caller can tell whether to go on
  model::CaseResult run(const model::PlannedCase& planned, std::optional<Error>& trouble);

 private:
  std::optional<std::string> lacks(const model::TestCase& test) const;
  Result<void> run_case(const model::TestCase& test, const Value& parameters);
  Result<void> run_step(const model::Step& step);
  Result<void> act(const model::Step& step);
  Result<void> expect(const model::Step& step);
  Result<void> forbid(const model::Step& step);
  Result<void> answer(const model::Step& step);
  Result<void> run_control(const model::PlannedCase& planned);
  void monitor();
  void keep_account();
  void finish(const model::PlannedCase& planned);

  const Value* branch_of(const model::Step& step) const;
  Result<Wanted> wanted(const model::Step& step) const;
  struct Watch {
    std::optional<std::size_t> found;     ///< the event
    std::size_t occasions = 0;            ///< given to the device under test meanwhile
    std::string refused{};                ///< the status word of the last occasion, where it was an error
    bool starved = false;                 ///< there is no occasion, so the window was not kept open
    std::optional<model::Moment> real{};  ///< real time that passed, where the windows are in another
  };
  /// Looks from the cursor on and gives occasions until a fitting event comes or the window closes.
  Result<Watch> watch(const Wanted& wanted);
  void note_endless(const std::string& what);
  std::string refused_occasion(std::size_t first) const;
  void void_window(const Watch& seen);  ///< ends the case as inconclusive: its occasions were refused
  void starve();                        ///< ends the case as inconclusive: the device under test had no chance to speak
  std::string after(const Watch& seen) const;
  std::string window_in_words(const Wanted& wanted, const Watch& seen) const;
  /// @return the first event at or behind `from` that decides; `from` moves to the first event not looked at yet
  std::optional<std::size_t> find(const Wanted& wanted, std::size_t& from);

  /// An expectation that was not met. @param shown  the event that comes nearest, or null
  void miss(const model::Step& step, const Wanted& wanted, const model::Event* shown, std::string absent);
  void broken_by(const model::Step& step, const Wanted& wanted, const model::Event& event, std::string observed);
  model::Finding finding_for(const model::Step& step) const;
  model::Verdict verdict_for(const model::Step& step, const model::Requirement* row) const;
  void add(model::Finding finding);
  /// What explains that something is missing: a breach that takes it away.
  std::string what_took_it_away() const;
  /// A stimulus of ours that the device under test refused, so that nothing needed to follow.
  std::string refused_stimulus() const;
  void take_reading(const Alternative& alternative);
  void conclude(model::Verdict verdict, std::string reason, std::string cause = {});
  void note(const std::string& text, const std::string& outcome);
  std::string where_step() const;

  /// Trouble that a stimulus ran into: some of it is an answer of the device under test, the rest ends the case.
  Result<Outcome> weigh(const Result<Outcome>& outcome);

  Bench& bench_;
  const load::Library& library_;
  const model::Ics& ics_;
  const model::Pixit& pixit_;
  const HeldReadings& held_;
  peer::AccountKeeper* keeper_;  ///< of the account's nonces; null: they end with the run
  std::optional<TrafficWatch> traffic_;
  Script script_;
  model::CaseResult result_;
  const model::TestCase* test_ = nullptr;
  Bindings bindings_;
  std::string prefix_;  ///< `control, ` while the control runs
  std::size_t step_ = 0;
  std::size_t cursor_ = 0;
  std::size_t begun_ = 0;                       ///< event with which the case, or its control, begins
  std::size_t acted_ = 0;                       ///< event with which the last stimulus begins
  std::size_t judged_ = 0;                      ///< steps that expected or forbade something
  std::string switched_off_;                    ///< why the first step was not applicable that was not
  std::map<std::size_t, std::size_t> step_of_;  ///< first event of a stimulus -> its step
  bool deliberate_ = false;                     ///< the last stimulus may be refused: the case worded it
  bool over_ = false;                           ///< a verdict ended the case
};

}  // namespace dmsc::engine
