// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/run.hpp"

#include <algorithm>
#include <csignal>
#include <cstring>
#include <deque>
#include <set>
#include <stdexcept>

#include "runner/base/text.hpp"
#include "runner/engine/account.hpp"
#include "runner/engine/case_runner.hpp"
#include "runner/engine/plan.hpp"
#include "runner/engine/static_review.hpp"
#include "runner/model/exit_code.hpp"

namespace dmsc::engine {
namespace {

using model::Verdict;
using Clock = std::chrono::steady_clock;
namespace exits = model::exit_code;

constexpr std::size_t silent_most = 3;   // cases of a device from which nothing came; one may be slow to start
constexpr std::size_t shown_digits = 4;  // of an ICCID that is masked
constexpr std::uint8_t ins_read_binary = 0xB0;
constexpr std::size_t slow_most = 3;  // cases in a row whose time was over
constexpr std::size_t octets_a_run = std::size_t{128} << 20;
constexpr const char* nothing_came =
    "nothing ever came from the card slot: is the device switched on, and what connects it to us wired up";

std::string in_words(std::chrono::milliseconds time) {
  using std::chrono::milliseconds;
  const auto count = time.count();
  const std::pair<milliseconds::rep, const char*> units[] = {{3'600'000, " h"}, {60'000, " min"}, {1000, " s"}};
  for (const auto& [unit, name] : units) {
    if (count >= unit && count % unit == 0) return std::to_string(count / unit) + name;
  }
  return std::to_string(count) + " ms";
}

std::chrono::microseconds since(Clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start);
}

/// What a run knows of one side.
struct Known {
  peer::Account account;  ///< nonces move on from session to session
  std::optional<peer::AccountKeeper> keeper;
  bool heard = false;      ///< anything ever came from a device
  std::size_t silent = 0;  ///< its cases before that
};

class Run {
 public:
  explicit Run(const RunInput& input) : in_(input), info_(input.info) {
    for (const auto& side : input.sides) known_.emplace_back().account = account_of(side.pixit);
  }

  model::RunSummary carry_out() {
    const auto start = Clock::now();
    until_ = {start + in_.time.a_run, "the run took longer than " + in_words(in_.time.a_run) + " (--run-timeout)"};
    if (in_.trouble && in_.trouble->code == Errc::interrupted) {
      stop();
    } else if (in_.trouble) {
      over_ = "the run could not begin: " + in_.trouble->text();
      remember(model::exit_code_of(in_.trouble->code), in_.trouble->text());
    }
    prepare();
    for (auto* listener : in_.listeners) written(listener->run_started(info_, in_.plan));
    for (const auto& what : preliminaries_) {
      for (auto* listener : in_.listeners) heed(listener->prepared(what));
    }
    for (const auto& planned : in_.plan) report(one(planned));
    for (const auto& [account, keeper, heard, silent] : known_) {
      if (keeper && keeper->trouble()) heed(tl::make_unexpected(*keeper->trouble()));
    }
    count_rows();
    note_traffic();
    conclude(cases_, summary_);
    if (exit_ != exits::proven) {
      const auto verdict_reason = summary_.exit_reason;
      const bool failed = summary_.exit_code == exits::failed;
      summary_.exit_code = model::worse_exit(exit_, summary_.exit_code);
      summary_.exit_reason = exit_reason_ + (failed ? "; " + verdict_reason : "");
    }
    summary_.took = since(start);
    summary_.account = changed_accounts();
    for (auto* listener : in_.listeners) {
      const auto ended = listener->run_ended(summary_);
      if (!ended) summary_.exit_code = model::worse_exit(summary_.exit_code, model::exit_code_of(ended.error().code));
      if (!ended) summary_.exit_reason = ended.error().text();
    }
    return summary_;
  }

 private:
  void heed(const Result<void>& result) {
    if (result) return;
    remember(model::exit_code_of(result.error().code), result.error().text());
  }

  /// What cannot be written down is not asked of a device any more.
  void written(const Result<void>& result) {
    heed(result);
    if (!result && over_.empty()) over_ = "run ended: " + result.error().text();
  }

  void remember(int code, std::string reason) {
    if (model::worse_exit(exit_, code) == exit_) return;
    exit_ = code;
    exit_reason_ = std::move(reason);
  }

  model::CaseResult not_run(const model::PlannedCase& planned, Verdict verdict, std::string reason) {
    model::CaseResult result;
    result.planned = &planned;
    result.verdict = verdict;
    result.reason = std::move(reason);
    return result;
  }

  /// A broken case file is an error of that case and of nothing else.
  model::CaseResult unusable(const model::PlannedCase& planned) {
    auto result = not_run(planned, Verdict::error, planned.broken);
    result.error_type = "harness";
    return result;
  }

  model::CaseResult one(const model::PlannedCase& planned) {
    if (!planned.selected) return not_run(planned, Verdict::skipped, "--skip");
    if (!planned.broken.empty()) return unusable(planned);
    if (!planned.applicable) return not_run(planned, Verdict::not_applicable, planned.reason);
    if (!planned.lacking.empty()) return not_run(planned, Verdict::not_run, planned.lacking);
    if (in_.stop.load() != 0) stop();
    if (!planned.test->declared.empty()) return judge_declared(planned);
    if (!planned.test->traffic.empty()) return judge_traffic(planned);
    if (!over_.empty()) return not_run(planned, Verdict::not_run, over_);
    if (until_.passed()) {
      over_ = "run ended: " + until_.words;
      return not_run(planned, Verdict::not_run, over_);
    }
    const auto side = side_of(planned);
    for (auto* listener : in_.listeners) listener->case_started(planned);
    const auto start = Clock::now();
    const auto bench = in_.sides[side].make_bench(known_[side].account);
    const auto deadline = time_of_case(start);
    bench->trace().bound(deadline);
    std::optional<Error> trouble;
    auto result = carried_out(planned, side, *bench, trouble);
    if (trouble && planned.test->level == model::Level::robustness) judge_loss(planned, side, *bench, trouble, result);
    result.took = since(start);
    if (in_.sides[side].lives_on && in_.sides[side].dut == model::Dut::device) listen_to(side, result);
    learn(side, result);
    if (const auto lateness = bench->lateness()) summary_.lateness = lateness;
    if (trouble) take(*trouble, planned, *bench, result);
    count_costs(result, deadline);
    return result;
  }

  Deadline time_of_case(Clock::time_point start) const {
    const auto end = start + in_.time.a_case;
    if (end >= until_.at) return until_;
    return {end, "the case took longer than " + in_words(in_.time.a_case) + " (--case-timeout)"};
  }

  /// A device under test that takes all the time there is, or all the room, ends the run.
  void count_costs(const model::CaseResult& result, const Deadline& deadline) {
    slow_ = deadline.passed() ? slow_ + 1 : 0;
    if (slow_ >= slow_most && over_.empty()) {
      over_ = "run ended: " + std::to_string(slow_) + " cases in a row took all the time that a case has";
    }
    for (const auto& exchange : result.exchanges) octets_ += exchange.command.size() + exchange.response.size();
    if (octets_ >= octets_a_run && over_.empty()) {
      over_ = "run ended: more than " + std::to_string(octets_a_run >> 20) + " MiB crossed the card interface";
    }
  }

  bool is_tried(const model::PlannedCase& planned) const {
    return planned.selected && planned.broken.empty() && planned.applicable && planned.lacking.empty() &&
           planned.test->declared.empty() && planned.test->traffic.empty();
  }

  /// Before the first case of each side that lives on: who it is, and how its nonces stand. A side of which no case is
  /// tried is left alone.
  void prepare() {
    for (std::size_t at = 0; at < in_.sides.size() && over_.empty(); ++at) {
      const auto& side = in_.sides[at];
      const bool tried = std::any_of(in_.plan.begin(), in_.plan.end(),
                                     [&](const auto& planned) { return is_tried(planned) && side_of(planned) == at; });
      if (!side.lives_on || !tried) continue;
      if (in_.stop.load() != 0) return stop();
      const auto done = acquaint(at);
      if (done) continue;
      if (done.error().code == Errc::interrupted) return stop();
      over_ = "run ended before its first case: " + done.error().text();
      remember(model::exit_code_of(done.error().code), over_);
    }
  }

  /// What was learnt of a side goes into the header.
  void note_facts(std::size_t at, const Holder& holder) {
    auto* sides = info_.facts.find("sides");
    if (sides == nullptr || at >= sides->as_list().size()) return;
    auto& facts = sides->as_list()[at];
    for (const auto& [key, value] : holder.facts.as_map()) facts[key] = value;
    if (info_.atr.empty()) info_.atr = holder.facts.text_or("atr", "");
    const auto iccid = holder.facts.text_or("iccid", "");
    if (in_.mask_iccid && iccid.size() > shown_digits) {
      facts["iccid"] = std::string(iccid.size() - shown_digits, 'X') + iccid.substr(iccid.size() - shown_digits);
    }
  }

  /// Where the number must not be read, it is not read in the exchanges either.
  std::vector<model::Exchange> shown(std::vector<model::Exchange> exchanges, const Result<Holder>& holder) const {
    if (!in_.mask_iccid || !holder || holder->facts.find("iccid") == nullptr) return exchanges;
    for (auto& exchange : exchanges) {
      const bool read = exchange.command.size() > 1 && exchange.command[1] == ins_read_binary;
      if (read && exchange.response.size() > 2) {
        std::fill(exchange.response.begin(), exchange.response.end() - 2, std::uint8_t{0xFF});
      }
    }
    return exchanges;
  }

  Result<void> acquaint(std::size_t at) {
    const auto& side = in_.sides[at];
    auto& account = known_[at].account;
    auto& keeper = known_[at].keeper;
    const auto bench = side.make_bench(account);
    bench->trace().bound(until_);
    const auto holder = bench->identify();
    preliminaries_.push_back({side.dut, "who it is", holder ? holder->words : holder.error().text(),
                              shown(bench->trace().take_exchanges(), holder)});
    if (!holder) return tl::make_unexpected(holder.error());
    note_facts(at, *holder);
    const std::vector<port::Nonces> of_pixit = {peer::nonces_of(account)};
    account.confirmed = side.dut != model::Dut::card;  // a device is told its account
    bool stored = false;
    if (side.accounts != nullptr && !holder->key.empty()) {
      keeper.emplace(*side.accounts, port::AccountName{holder->key, account.server_id}, account);
      const auto opened = keeper->open();
      if (!opened) {
        keeper.reset();
        return tl::make_unexpected(opened.error());
      }
      stored = *opened;
    }
    const auto confirmed = bench->confirm_nonces(of_pixit);
    if (keeper) keeper->keep();
    const auto* source = stored ? "nonces of the account file" : "nonces of the PIXIT";
    if (!confirmed || !confirmed->empty()) {
      preliminaries_.push_back(
          {side.dut, source, confirmed ? *confirmed : confirmed.error().text(), bench->trace().take_exchanges()});
    }
    if (!confirmed) return tl::make_unexpected(confirmed.error());
    return {};
  }

  /// What a case showed of the account: a digest that its nonce explains confirms it.
  void learn(std::size_t at, const model::CaseResult& result) {
    auto& account = known_[at].account;
    if (account.confirmed || in_.sides[at].dut != model::Dut::card) return;
    account.confirmed = std::any_of(result.events.begin(), result.events.end(), [](const model::Event& event) {
      return event.key == "dm.notification" && event.fields.text_or("digest_reading", "") == "stored";
    });
  }

  /// A device of which nothing ever came is not wired up: its silence fails no case, and ends the run once it lasts.
  void listen_to(std::size_t at, model::CaseResult& result) {
    auto& known = known_[at];
    const bool judged = result.verdict == Verdict::pass || result.verdict == Verdict::advisory ||
                        result.verdict == Verdict::fail || result.verdict == Verdict::inconclusive;
    if (known.heard || !judged || !switched_on(result)) return;
    known.heard = came_from_device(result);
    if (known.heard) {
      if (known.silent > 0) forget(nothing_came);
      return;
    }
    result.verdict = Verdict::error;
    result.error_type = "adapter";
    result.reason = nothing_came;
    result.cause = nothing_came;
    for (auto& finding : result.findings) finding.verdict = Verdict::error;
    remember(exits::unavailable, nothing_came);
    if (++known.silent >= silent_most) over_ = std::string("run ended: ") + nothing_came;
  }

  static bool switched_on(const model::CaseResult& result) {
    return std::any_of(result.steps.begin(), result.steps.end(), [](const model::StepRecord& step) {
      return step.text.starts_with("do device.power_on") && step.outcome == "done";
    });
  }

  /// A command to our card, or a client of its web server. The reset alone may be a reader's own.
  static bool came_from_device(const model::CaseResult& result) {
    const auto& exchanges = result.exchanges;
    return std::any_of(exchanges.begin(), exchanges.end(), [](const auto& one) { return !one.command.empty(); }) ||
           std::any_of(result.events.begin(), result.events.end(), [](const model::Event& event) {
             return event.key.starts_with("stream.") || event.key.starts_with("tls.") || event.key.starts_with("http.");
           });
  }

  /// What was remembered holds no longer.
  void forget(const std::string& reason) {
    if (exit_reason_ != reason) return;
    exit_ = exits::proven;
    exit_reason_.clear();
  }

  /// A peer that is badly treated must live on. Whether it is lost or only the road to it shows when it is fetched back
  /// and treated like that once more. One that answered no command in the case was lost before it. Source: design.md,
  /// Verdicts
  void judge_loss(const model::PlannedCase& planned, std::size_t side, Bench& bench, std::optional<Error>& trouble,
                  model::CaseResult& result) {
    if (trouble->code != Errc::unavailable && trouble->code != Errc::timeout && trouble->code != Errc::protocol) return;
    const auto& exchanges = result.exchanges;
    if (std::all_of(exchanges.begin(), exchanges.end(),
                    [](const auto& one) { return one.command.empty() || one.response.empty(); }))
      return;
    const auto back = bench.reconnect();
    if (back && !*back) return;
    if (!back)
      return fail_for_loss(planned, trouble->text() + "; it did not come back: " + back.error().text(), result);
    const auto again = in_.sides[side].make_bench(known_[side].account);
    again->trace().bound(time_of_case(Clock::now()));
    std::optional<Error> second;
    auto repeated = carried_out(planned, side, *again, second);
    if (second) {
      fail_for_loss(planned, trouble->text() + "; and once more after it was powered up again", result);
      trouble = second;
      return;
    }
    repeated.steps.insert(repeated.steps.begin(), model::StepRecord{0, "first try", "lost: " + trouble->text()});
    result = std::move(repeated);
    trouble.reset();
  }

  void fail_for_loss(const model::PlannedCase& planned, const std::string& what, model::CaseResult& result) {
    model::Finding finding;
    finding.verdict = Verdict::fail;
    finding.requirement = planned.test->requirements.front();
    finding.level = "ROBUSTNESS";
    if (const auto* row = in_.library.find_requirement(finding.requirement)) finding.clause = row->clause;
    finding.expected = "a peer that lives on";
    finding.observed = what;
    if (!result.exchanges.empty()) finding.octets = result.exchanges.back().command;
    result.verdict = Verdict::fail;
    result.error_type.clear();
    result.reason = "(" + finding.clause + " ROBUSTNESS): expected " + finding.expected + ", got " + what;
    result.cause = what;
    result.findings.push_back(std::move(finding));
  }

  /// What the statement says of an item that it cannot leave out.
  model::CaseResult judge_declared(const model::PlannedCase& planned) {
    const auto rows = review(in_.library.vocabulary().ics.items, in_.sides[side_of(planned)].ics);
    const auto row =
        std::find_if(rows.begin(), rows.end(), [&](const auto& one) { return one.item->id == planned.test->declared; });
    auto result = not_run(planned, row->verdict, {});
    result.steps.push_back({0, "review the ICS: " + row->expected, row->observed.empty() ? "it is" : row->observed});
    if (row->verdict != Verdict::fail) return result;
    model::Finding finding;
    finding.verdict = Verdict::fail;
    finding.requirement = row->item->requirement;
    finding.level = "MUST";
    finding.clause = in_.library.find_requirement(finding.requirement)->clause;
    finding.expected = row->expected;
    finding.observed = row->observed;
    result.reason = "(" + finding.clause + " MUST): expected " + finding.expected + ", got " + finding.observed;
    result.cause = finding.observed;
    result.findings.push_back(std::move(finding));
    return result;
  }

  /// What a rule over all traffic saw in the cases before.
  model::CaseResult judge_traffic(const model::PlannedCase& planned) {
    const auto& rule = *model::find_traffic_rule(planned.test->traffic);
    const auto& count = tallies_[planned.test->dut][rule.name];
    auto result = not_run(planned, model::worst_of(count), {});
    result.occasions = count.occasions;
    result.judged.insert(rule.requirement);
    result.steps.push_back(
        {0, std::string("judge all traffic: ") + rule.expected, std::to_string(count.occasions) + " " + rule.occasion});
    for (const auto& [kind, breach] : count.breaches) {
      auto finding = breach.finding;
      finding.observed += times(breach);
      if (result.reason.empty() || finding.verdict == result.verdict) {
        result.reason = "(" + finding.clause + " " + finding.level + "): expected " + finding.expected + ", got " +
                        finding.observed;
        result.cause = breach.finding.observed;
      }
      result.findings.push_back(std::move(finding));
    }
    if (!count.breaches.empty()) return result;
    if (!over_.empty()) return not_run(planned, Verdict::not_run, over_);
    if (count.occasions == 0) {
      result.verdict = Verdict::inconclusive;
      result.reason = std::string("no case of this run saw any ") + rule.occasion;
      result.cause = result.reason;
    }
    return result;
  }

  static std::string times(const model::TrafficBreach& breach) {
    return " (" + std::to_string(breach.count) + (breach.count == 1 ? " time" : " times") + " in " +
           std::to_string(breach.cases) + (breach.cases == 1 ? " case" : " cases") + ", first in " + breach.id +
           ", exchange " + std::to_string(breach.exchange) + ")";
  }

  /// What rules saw whose cases this run does not judge: told, and nothing more.
  void note_traffic() {
    std::set<std::string> judged;
    for (const auto& planned : in_.plan) {
      if (planned.selected && planned.applicable) judged.insert(planned.test->id);
    }
    for (const auto& test : in_.library.cases()) {
      if (test->traffic.empty() || judged.contains(test->id)) continue;
      const auto side = tallies_.find(test->dut);
      const auto found = side == tallies_.end() ? model::TrafficTally::iterator{} : side->second.find(test->traffic);
      if (side == tallies_.end() || found == side->second.end()) continue;
      for (const auto& [kind, breach] : found->second.breaches) {
        summary_.notes.push_back(test->id + ", not judged in this run: expected " + breach.finding.expected + ", got " +
                                 breach.finding.observed + times(breach));
      }
    }
    for (const auto& [dut, tally] : tallies_) summary_.traffic.emplace_back(dut, tally);
  }

  /// MUST rows of the ledger that apply to a side, and those that a case of this run proved.
  void count_rows() {
    for (const auto& side : in_.sides) {
      const char letter = side.dut == model::Dut::card ? 'C' : 'D';
      for (const auto& row : in_.library.vocabulary().ledger.requirements) {
        if (row.level != "MUST" || !row.asks(letter) || !applies(row, side)) continue;
        ++summary_.rows;
        if (proven_.contains({side.dut, row.id})) {
          ++summary_.rows_proven;
        } else {
          summary_.not_verified.push_back(row.id);
        }
      }
    }
    summary_.proven = summary_.rows > 0 && summary_.rows_proven == summary_.rows;
  }

  /// A row applies unless everything that judges it is ruled out by the ICS.
  bool applies(const model::Requirement& row, const Side& side) const {
    bool cited = false;
    for (const auto& test : in_.library.cases()) {
      if (test->dut != side.dut || !load::judges(*test, row.id)) continue;
      if (can_judge(*test, {side.ics, side.pixit}, row.id)) return true;
      cited = true;
    }
    return !cited;
  }

  std::size_t side_of(const model::PlannedCase& planned) const {
    for (std::size_t at = 0; at < in_.sides.size(); ++at) {
      if (in_.sides[at].dut == planned.test->dut) return at;
    }
    throw std::logic_error(planned.id + " is planned, but its side is not in the run");
  }

  /// What no store keeps: of one side by the PIXIT's items; of several with the side in front.
  Value changed_accounts() const {
    Value out;
    for (std::size_t at = 0; at < in_.sides.size(); ++at) {
      const auto& side = in_.sides[at];
      if (known_[at].keeper) continue;
      const auto changed = changed_nonces(account_of(side.pixit), known_[at].account);
      if (changed.is_null()) continue;
      for (const auto& [item, nonce] : changed.as_map()) {
        out[in_.sides.size() == 1 ? item : std::string(name_of(side.dut)) + "." + item] = nonce;
      }
    }
    return out;
  }

  /// A bug of ours costs the case it shows in.
  model::CaseResult carried_out(const model::PlannedCase& planned, std::size_t at, Bench& bench,
                                std::optional<Error>& trouble) {
    const auto& side = in_.sides[at];
    auto& kept = known_[at].keeper;
    auto* keeper = kept ? &*kept : nullptr;
    try {
      return CaseRunner(bench, in_.library, side.ics, side.pixit, in_.readings, keeper).run(planned, trouble);
    } catch (const std::logic_error& bug) {
      auto result = not_run(planned, Verdict::error, std::string("a bug of the suite: ") + bug.what());
      result.error_type = "harness";
      return result;
    }
  }

  void take(const Error& trouble, const model::PlannedCase& planned, Bench& bench, model::CaseResult& result) {
    if (trouble.code == Errc::interrupted) {
      stop();
      result.verdict = Verdict::not_run;
      result.reason = over_;
      return;
    }
    if (result.error_type == "harness") return;
    const auto recovered = bench.recover(trouble);
    if (recovered) return;
    over_ = "run ended at " + planned.id + ": " + recovered.error().text();
    remember(model::exit_code_of(recovered.error().code), over_);
  }

  void stop() {
    const int number = in_.stop.load() == 0 ? SIGINT : in_.stop.load();
    const char* name = sigabbrev_np(number);
    over_ = name == nullptr ? "stopped by signal " + std::to_string(number) : std::string("stopped by SIG") + name;
    remember(exits::signals + number, over_);
  }

  void report(const model::CaseResult& result) {
    const auto& test = *result.planned->test;
    // A row of the static review is no case; one that fails is counted as one.
    if (test.declared.empty() || result.verdict == Verdict::fail) {
      cases_.push_back(
          {result.planned->id, result.verdict, test.level, result.cause.empty() ? result.reason : result.cause});
    }
    model::add(tallies_[test.dut], result.traffic);
    std::set<std::pair<std::string, std::string>> taken;
    for (const auto& reading : result.readings) taken.emplace(reading.ambiguity, reading.reading);
    for (const auto& [ambiguity, reading] : taken) ++summary_.readings[ambiguity][reading];
    if (result.verdict == Verdict::pass || result.verdict == Verdict::advisory) {
      for (const auto& id : result.judged) proven_.emplace(test.dut, id);
    }
    for (auto* listener : in_.listeners) {
      written(listener->case_ended(result));
    }
  }

  const RunInput& in_;
  model::RunInfo info_;  ///< with what was learnt of the sides
  std::vector<model::Preliminary> preliminaries_;
  std::deque<Known> known_;  ///< of each side; keepers hold on to the accounts
  std::vector<Concluded> cases_;
  std::map<model::Dut, model::TrafficTally> tallies_;    ///< of each side, over all its cases
  std::set<std::pair<model::Dut, std::string>> proven_;  ///< rows that a case which passed is about
  Deadline until_;
  std::size_t slow_ = 0;    ///< cases in a row that took all their time
  std::size_t octets_ = 0;  ///< that crossed the card interface
  std::string over_;        ///< why no further case is run
  int exit_ = exits::proven;
  std::string exit_reason_;
  model::RunSummary summary_;
};

std::string count_of(std::size_t count, std::string_view what) {
  return std::to_string(count) + " " + std::string(what);
}

}  // namespace

namespace {

bool has_verdict(Verdict verdict) {
  return verdict == Verdict::pass || verdict == Verdict::advisory || verdict == Verdict::fail ||
         verdict == Verdict::not_applicable;
}

/// Cases that one thing explains, whatever numbers it comes with: failures first, then the most frequent.
std::vector<model::Cause> causes_of(const std::vector<Concluded>& cases) {
  struct Group {
    model::Cause cause;
    bool failed = false;
  };
  std::vector<Group> groups;
  std::map<std::string, std::size_t> places;
  for (const auto& one : cases) {
    const bool failed = one.verdict == Verdict::fail;
    if (!failed && has_verdict(one.verdict)) continue;
    if (one.verdict == Verdict::skipped) continue;
    const auto key = without_numbers(one.cause);
    const auto [place, is_new] = places.emplace(key, groups.size());
    if (is_new) groups.push_back({{one.cause, {}}, false});
    auto& group = groups[place->second];
    if (failed && !group.failed) group.cause.text = one.cause;
    group.failed = group.failed || failed;
    group.cause.ids.push_back(one.id);
  }
  std::stable_sort(groups.begin(), groups.end(), [](const Group& a, const Group& b) {
    return a.failed != b.failed ? a.failed : a.cause.ids.size() > b.cause.ids.size();
  });
  std::vector<model::Cause> out;
  out.reserve(groups.size());
  for (auto& group : groups) out.push_back(std::move(group.cause));
  return out;
}

}  // namespace

void conclude(const std::vector<Concluded>& cases, model::RunSummary& summary) {
  summary.counts.clear();
  const auto count_as = [&](Verdict verdict) {
    return static_cast<std::size_t>(
        std::count_if(cases.begin(), cases.end(), [&](const auto& one) { return one.verdict == verdict; }));
  };
  for (const auto verdict : model::all_verdicts) summary.counts.emplace_back(verdict, count_as(verdict));
  bool skipped_must = false;
  summary.unproven_cases.clear();
  for (const auto& one : cases) {
    if (!has_verdict(one.verdict)) summary.unproven_cases.push_back(one.id);
    skipped_must = skipped_must || (one.verdict == Verdict::skipped && one.level == model::Level::must);
  }
  summary.causes = causes_of(cases);
  const auto failed = count_as(Verdict::fail);
  const auto open = count_as(Verdict::error) + count_as(Verdict::inconclusive) + count_as(Verdict::not_run);
  const auto passed = count_as(Verdict::pass) + count_as(Verdict::advisory);
  const auto rows = std::to_string(summary.rows_proven) + " of " + std::to_string(summary.rows) + " MUST rows proven";
  const auto first = summary.causes.empty() ? std::string{} : ", first cause: " + summary.causes.front().text;
  if (failed > 0) {
    summary.exit_code = exits::failed;
    summary.exit_reason = count_of(failed, failed == 1 ? "case" : "cases") + first + "; " + rows;
  } else if (open > 0) {
    summary.exit_code = exits::not_proven;
    summary.exit_reason = count_of(open, open == 1 ? "case" : "cases") + first + "; " + rows;
  } else if (skipped_must) {
    summary.exit_code = exits::not_proven;
    summary.exit_reason = count_of(count_as(Verdict::skipped), "skipped") + "; " + rows;
  } else if (passed == 0) {
    summary.exit_code = exits::no_input;
    summary.exit_reason = "no case was applicable";
  } else {
    summary.exit_code = exits::proven;
    summary.exit_reason = count_of(passed, passed == 1 ? "case" : "cases") + "; " + rows;
  }
}

model::RunSummary run(const RunInput& input) {
  return Run(input).carry_out();
}

}  // namespace dmsc::engine
