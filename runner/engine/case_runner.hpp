// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/engine/bench.hpp"
#include "runner/engine/references.hpp"
#include "runner/load/library.hpp"
#include "runner/model/result.hpp"

namespace dmsc::engine {

/// Runs the steps of one case on a bench and judges its trace.
///
/// A `do` waits until the device under test is quiet, remembers the end of the trace as the cursor, and acts. An
/// `expect` takes the first fitting event at or behind the cursor, gives the device occasions until its window closes,
/// and moves the cursor behind what it took. A `forbid` looks from the cursor on, gives occasions for its whole window
/// and moves nothing.
class CaseRunner {
 public:
  CaseRunner(Bench& bench, const load::Library& library, const model::Ics& ics, const model::Pixit& pixit)
      : bench_(bench), library_(library), ics_(ics), pixit_(pixit) {}

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
  Result<void> monitor();

  struct Wanted {
    std::string key;
    std::vector<std::pair<std::string, Value>> alternatives;  ///< reading and matcher
    model::Moment window{};
    std::size_t allowed = 0;  ///< events of a forbid that do not break it
    bool silence = false;     ///< of a forbid
  };
  Result<Wanted> wanted(const model::Step& step) const;
  struct Watch {
    std::optional<std::size_t> found;     ///< the event
    std::size_t occasions = 0;            ///< given to the device under test meanwhile
    bool starved = false;                 ///< there is no occasion, so the window was not kept open
    std::optional<model::Moment> real{};  ///< real time that passed, where the windows are in another
  };
  /// Looks from the cursor on and gives occasions until a fitting event comes or the window closes.
  Result<Watch> watch(const Wanted& wanted);
  void note_endless(const std::string& what);
  void starve();  ///< ends the case as inconclusive: the device under test had no chance to speak
  std::string after(const Watch& seen) const;
  std::string window_in_words(const Wanted& wanted, const Watch& seen) const;
  /// @return the first fitting event at or behind `from`; `from` moves to the first event not looked at yet
  std::optional<std::size_t> find(const Wanted& wanted, std::size_t& from);

  void add_finding(const model::Step& step, const Wanted& wanted, const model::Event* shown, std::string observed,
                   bool forbidden);
  void conclude(model::Verdict verdict, std::string reason);
  void note(const std::string& text, const std::string& outcome);
  std::string where_step() const;

  /// Trouble that a stimulus ran into: some of it is an answer of the device under test, the rest ends the case.
  Result<Outcome> weigh(const Result<Outcome>& outcome);

  Bench& bench_;
  const load::Library& library_;
  const model::Ics& ics_;
  const model::Pixit& pixit_;
  model::CaseResult result_;
  const model::TestCase* test_ = nullptr;
  Bindings bindings_;
  std::string prefix_;  ///< `control, ` while the control runs
  std::size_t step_ = 0;
  std::size_t cursor_ = 0;
  std::size_t monitored_ = 0;
  std::size_t acts_ = 0;  ///< stimuli that came about
  bool over_ = false;     ///< a verdict ended the case
};

/// A step as a sentence of a procedure: `expect proactive.open_channel with transport_level (port 32769) within 30 s`.
std::string describe(const model::Step& step);

}  // namespace dmsc::engine
