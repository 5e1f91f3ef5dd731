// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include "runner/engine/trace.hpp"
#include "runner/model/lateness.hpp"
#include "runner/model/result.hpp"
#include "runner/port/account_store.hpp"

namespace dmsc::engine {

/// What became of a stimulus.
struct Outcome {
  bool happened = true;
  std::string why_not;  ///< `the card started no timer`
};

/// Who keeps the other end of the DM account.
struct Holder {
  std::string key;             ///< iccid:DIGITS, atr:HEX or device:TEXT; empty: nothing tells one from another
  std::string words;           ///< for a report, without what nobody else must read
  Value facts = Value::Map{};  ///< for the record: `atr`, `iccid`, or what an adapter told
};

/// What the device under test is watched for while it gets occasions.
enum class Awaits {
  event,    ///< it should come: the device gets all patience
  silence,  ///< it must not come
  rest,     ///< neither: the device is to finish what it is at
};

/// A device under test, what we play against it, and the trace between the two. A case is judged on a bench without
/// knowing which side it is about. One bench serves one case and its control.
class Bench {
 public:
  virtual ~Bench() = default;

  /// What the bench lacks to run a case: a verb of the adapter. Nothing: it can be run.
  virtual std::optional<std::string> lacks(const model::TestCase& /*test*/) const { return {}; }

  /// Before the first case, on a bench of its own: finds out whom we have before us. What crosses the interface enters
  /// the trace.
  /// @return  errors of the link; Errc::unavailable for what is not even the kind of device that is tested
  virtual Result<Holder> identify() { return Holder{}; }
  /// Then, where the nonces are from before this run: finds out whether they are right.
  /// @param others  nonces to try besides those of the account
  /// @return  what came of it; empty where there is nothing to find out
  virtual Result<std::string> confirm_nonces(const std::vector<port::Nonces>& /*others*/) { return std::string{}; }

  /// A case begins: the device under test is as after a power-off and our end has forgotten everything; the trace goes
  /// on.
  virtual Result<void> begin(const model::TestCase& test) = 0;

  /// Waits until the device under test is quiet.
  /// @return  false when it has not been started yet, so that there is nothing to wait for
  virtual Result<bool> settle() = 0;

  /// Carries out a stimulus by name, references resolved.
  /// @return  not happened when its precondition never came about; Errc::data for parameters that cannot be encoded
  virtual Result<Outcome> perform(const std::string& stimulus, const Value& parameters) = 0;

  /// Our end answers a message its own way instead of by default.
  /// @param times  how often; 0: until the case ends
  virtual Result<void> answer(const std::string& message, const Value& members, std::int64_t times) = 0;

  /// Gives the device under test a chance to act, `most` of its time at most.
  /// @return  false when there is no such chance that would not itself be a stimulus
  virtual Result<bool> occasion(model::Moment most) = 0;
  /// The least that passes with an occasion.
  virtual model::Moment occasion_period() const = 0;
  /// What the occasions of a window were: ` (30 occasions of SELECT MF)`; empty where time alone passes.
  virtual std::string occasions_in_words(std::size_t count) const = 0;
  /// The event that answers an occasion; empty where time alone passes.
  virtual std::string occasion_response() const { return {}; }
  /// A window opens.
  virtual void open_window(Awaits /*awaits*/) {}
  /// Asked when the time of the window is over: whether it stays open because the device under test may still be about
  /// to speak. It becomes false in the end.
  virtual bool stays_open() { return false; }
  /// Real time on the road to the device under test; nothing where `now` is all the time there is.
  virtual std::optional<model::Moment> real_time() const { return {}; }
  /// What the run knows by now of how late the device under test speaks; nothing where that is not learnt.
  virtual std::optional<model::Lateness> lateness() const { return {}; }
  /// Why there is no occasion.
  virtual std::string why_no_occasion() const = 0;

  virtual model::Moment now() const = 0;

  /// After an error of the link: makes it fit for the next case.
  /// @return  the error that ends the run
  virtual Result<void> recover(const Error& trouble) = 0;
  /// One try to get a peer back that went silent or vanished.
  /// @return  whether there is anything to try; an error where the peer stays dead
  virtual Result<bool> reconnect() { return false; }
  /// Whose trouble an error of the link is, in the words of a report: transport or adapter.
  virtual const char* kind_of_trouble() const = 0;

  /// The case is over.
  virtual void end(model::CaseResult& /*result*/) {}

  virtual Trace& trace() = 0;
};

/// Makes the bench on which one case is run.
/// @param account  the DM account; its nonces move on with each session and outlive the case
using BenchMaker = std::function<std::unique_ptr<Bench>(peer::Account& account)>;

}  // namespace dmsc::engine
