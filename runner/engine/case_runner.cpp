// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/case_runner.hpp"

#include <algorithm>
#include <cctype>

#include "runner/base/json.hpp"
#include "runner/base/text.hpp"
#include "runner/codec/cat/message.hpp"
#include "runner/engine/account.hpp"
#include "runner/engine/finding.hpp"
#include "runner/engine/matcher.hpp"
#include "runner/engine/offsets.hpp"
#include "runner/engine/plan.hpp"
#include "runner/engine/step_words.hpp"

namespace dmsc::engine {
namespace {

using model::Verdict;

constexpr model::Moment shown_real = std::chrono::milliseconds(100);  // what is less, no occasion took by itself

std::string seconds(model::Moment moment) {
  const auto count = std::chrono::duration_cast<std::chrono::milliseconds>(moment).count();
  return count % 1000 == 0 ? std::to_string(count / 1000) + " s" : std::to_string(count) + " ms";
}

/// What cannot be encoded, or means nothing, stood in the case.
bool is_fault_of_case(const Error& error) {
  return error.code == Errc::data || error.code == Errc::malformed || error.code == Errc::range ||
         error.code == Errc::unknown;
}

/// What the device would not do, a person did not do, or a message did not say.
bool proves_nothing(Errc code) {
  return code == Errc::no_operator || code == Errc::refused || code == Errc::absent || code == Errc::overtime;
}

/// Of a command that is cut off what it lacks is no fault of its own.
bool can_be_read(const model::Event& event) {
  return !event.key.starts_with("proactive.") || !codec::decode_proactive(event.octets).error;
}

/// What comes back for something that we sent: a response of a card, a terminal response of a device.
bool is_answer(std::string_view key, model::Dut dut) {
  return key.starts_with(dut == model::Dut::card ? "response." : "terminal_response.");
}

/// What the device under test itself puts on the wire, and so answers for; the rest follows from what both did.
bool is_said_by(model::Dut dut, std::string_view key) {
  static constexpr std::string_view of_card[] = {"proactive.", "response.", "dm.notification",   "sms.submit",
                                                 "wap.push",   "tls.",      "dm.server_message", "http.response"};
  static constexpr std::string_view of_device[] = {"terminal_response.", "envelope.",    "command.", "network.",
                                                   "dm.client_message",  "http.request", "tls.",     "dm.account"};
  const auto begins = [&](std::string_view start) { return key.starts_with(start); };
  return dut == model::Dut::card ? std::any_of(std::begin(of_card), std::end(of_card), begins)
                                 : std::any_of(std::begin(of_device), std::end(of_device), begins);
}

/// The proof that a peer is still there after it was treated badly.
bool is_proof_of_life(std::string_view key) {
  static constexpr std::string_view keys[] = {
      "dm.notification", "dm.session",    "dm.server_message", "dm.client_message",      "dm.delivered",
      "wap.push",        "sms.submit",    "network.sms",       "proactive.open_channel", "http.response",
      "http.request",    "tls.handshake", "stream.opened"};
  return std::find(std::begin(keys), std::end(keys), key) != std::end(keys);
}

/// `, as C_TLS_PSK wants it`: the branch of `when` that was taken.
std::string as_wanted(const Wanted& wanted) {
  return wanted.condition.empty() ? std::string{} : ", as " + wanted.condition + " wants it";
}

std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return std::toupper(c); });
  return out;
}

}  // namespace

model::CaseResult CaseRunner::run(const model::PlannedCase& planned, std::optional<Error>& trouble) {
  result_ = {};
  result_.planned = &planned;
  result_.verdict = Verdict::pass;
  traffic_.emplace(library_, TrafficFacts{planned.test->dut, pixit_.values.text_or("server_id", ""),
                                          pixit_.values.text_or("client_name", "")});
  if (const auto lacking = lacks(*planned.test)) {
    result_.verdict = Verdict::not_run;
    result_.reason = *lacking;
    return std::move(result_);
  }
  auto ended = run_case(*planned.test, planned.parameters);
  const bool passed = result_.verdict == Verdict::pass || result_.verdict == Verdict::advisory;
  if (ended && passed && judged_ == 0) {
    result_.verdict = Verdict::not_applicable;
    result_.reason = "nothing of it applies: " + switched_off_;
  } else if (ended && passed && !planned.test->control.empty()) {
    ended = run_control(planned);
  }
  if (!ended) {
    trouble = ended.error();
    if (trouble->code == Errc::exhausted) {
      note_endless(trouble->text());
      trouble.reset();
    } else if (proves_nothing(trouble->code)) {
      conclude(Verdict::inconclusive, where_step() + ": " + trouble->text());
      trouble.reset();
    } else {
      // What was found before the link broke stays a finding, but the case as a whole was not carried through.
      result_.verdict = Verdict::error;
      result_.error_type = is_fault_of_case(*trouble) ? "harness" : bench_.kind_of_trouble();
      result_.reason = where_step() + ": " + trouble->text();
      result_.cause = trouble->text();
    }
  }
  finish(planned);
  bench_.end(result_);
  return std::move(result_);
}

/// The tally belongs to this case, and so does the trace.
void CaseRunner::finish(const model::PlannedCase& planned) {
  keep_account();
  result_.traffic = traffic_->take_tally();
  for (auto& [rule, count] : result_.traffic) {
    for (auto& [kind, breach] : count.breaches) breach.id = planned.id;
  }
  result_.events = bench_.trace().take_events();
  result_.exchanges = bench_.trace().take_exchanges();
}

/// A session moves nonces whether it is the stimulus or comes while the device has its time.
void CaseRunner::keep_account() {
  if (keeper_ != nullptr) keeper_->keep();
}

/// Neither the case nor its control can be run without what this names.
std::optional<std::string> CaseRunner::lacks(const model::TestCase& test) const {
  auto lacking = bench_.lacks(test);
  const auto* control = library_.find(test.control);
  if (!lacking && control != nullptr) lacking = bench_.lacks(*control);
  return lacking;
}

Result<void> CaseRunner::run_case(const model::TestCase& test, const Value& parameters) {
  test_ = &test;
  bindings_ = {};
  bindings_.bind("pixit", pixit_.values);
  if (parameters.is_map()) {
    for (const auto& [name, label] : parameters.as_map()) {
      const auto* parameter = test.for_each.find(name);
      bindings_.bind(name, parameter == nullptr ? label : model::value_of(*parameter, label));
    }
  }
  step_ = 0;
  over_ = false;
  script_ = {};
  step_of_.clear();
  cursor_ = begun_ = acted_ = bench_.trace().events().size();
  const auto begun = bench_.begin(test);
  if (!begun) return begun;
  for (const auto& step : test.steps) {
    ++step_;
    if (over_) break;
    const auto done = run_step(step);
    monitor();  // what was done wrong before a link broke stays known
    if (!done) return done;
  }
  return {};
}

Result<void> CaseRunner::run_control(const model::PlannedCase& planned) {
  const auto* control = library_.find(planned.test->control);
  if (control == nullptr) return fail(Errc::data, "control " + planned.test->control + " is not there");
  const auto before = result_.verdict;
  const auto reason = result_.reason;
  const auto findings = result_.findings.size();
  const auto combinations = expand(control->for_each);
  const bool same = std::find(combinations.begin(), combinations.end(), planned.parameters) != combinations.end();
  prefix_ = "control " + control->id + ", ";
  const auto ended = run_case(*control, same ? planned.parameters : combinations.front());
  prefix_.clear();
  if (!ended) return ended;
  if (result_.verdict == Verdict::error) return {};
  const bool passed = result_.verdict == Verdict::pass || result_.verdict == Verdict::advisory;
  if (!passed) {
    // The control's own findings show why; they judge the control, not this case.
    for (auto at = findings; at < result_.findings.size(); ++at) result_.findings[at].verdict = Verdict::inconclusive;
    result_.verdict = Verdict::inconclusive;
    result_.reason = "control " + control->id + " did not pass: " + result_.reason;
  } else {
    result_.findings.resize(findings);  // an advisory of the control is told by the control
    result_.verdict = before;
    result_.reason = reason;
  }
  return {};
}

Result<void> CaseRunner::run_step(const model::Step& step) {
  const auto applicable = judge_needs(step.needs, {ics_, pixit_});
  if (!applicable.applicable) {
    note(describe(step), "not applicable: " + applicable.reason);
    if (switched_off_.empty()) switched_off_ = applicable.reason;
    return {};
  }
  if (step.kind == model::StepKind::expect || step.kind == model::StepKind::forbid) {
    ++judged_;
    result_.judged.insert(step.requirement.empty() ? test_->requirements.front() : step.requirement);
  }
  switch (step.kind) {
    case model::StepKind::act:
      return act(step);
    case model::StepKind::expect:
      return expect(step);
    case model::StepKind::forbid:
      return forbid(step);
    case model::StepKind::answer:
      return answer(step);
  }
  return {};
}

Result<void> CaseRunner::act(const model::Step& step) {
  const auto parameters = bindings_.resolve(step.with);
  if (!parameters) return tl::make_unexpected(parameters.error());
  const auto settled = bench_.settle();
  if (!settled) return tl::make_unexpected(settled.error());
  acted_ = bench_.trace().events().size();
  if (*settled) cursor_ = acted_;
  step_of_[acted_] = step_;
  deliberate_ = step.what == "card.apdu" || step.what == "terminal.envelope";
  if (step.what == "terminal.default_answers") script_.answer_by_default(acted_);
  script_.act(step.what, *parameters, acted_);
  const auto outcome = weigh(bench_.perform(step.what, *parameters));
  keep_account();
  monitor();
  script_.done(bench_.trace().events().size());
  if (!outcome) return tl::make_unexpected(outcome.error());
  if (over_) return {};
  note(describe(step), outcome->happened ? "done" : "not possible: " + outcome->why_not);
  if (!outcome->happened) {
    conclude(Verdict::inconclusive, where_step() + ": " + step.what + " never came about: " + outcome->why_not,
             what_took_it_away());
    over_ = true;
  }
  return {};
}

/// What the adapter does not have the tester lacks: the case is not run to its end, unless it has failed already. A
/// device that refuses, or an operator who is not there, proves nothing.
Result<Outcome> CaseRunner::weigh(const Result<Outcome>& outcome) {
  if (outcome) return outcome;
  const auto& error = outcome.error();
  if (error.code == Errc::refused) return Outcome{false, "the device refused: " + error.text()};
  if (error.code == Errc::no_operator) return Outcome{false, error.text()};
  if (error.code != Errc::unsupported) return outcome;
  over_ = true;
  if (result_.verdict == Verdict::fail) return Outcome{};
  result_.verdict = Verdict::not_run;
  result_.reason = error.text();
  result_.cause = error.text();
  return Outcome{};
}

/// The first row of `when` whose condition holds, or null. A reading holds where the case has taken it, or the run is
/// held to it.
const Value* CaseRunner::branch_of(const model::Step& step) const {
  if (!step.when.is_list()) return nullptr;
  const auto holds = [&](const Value& condition) {
    const auto* reading = condition.find("reading");
    if (reading == nullptr) return judge_needs(condition, {ics_, pixit_}).applicable;
    const auto& text = reading->as_string();
    const auto of = text.substr(0, text.find(' '));
    const auto id = text.substr(text.find(' ') + 1);
    const auto held = held_.find(of);
    return (held != held_.end() && held->second == id) ||
           std::any_of(result_.readings.begin(), result_.readings.end(),
                       [&](const auto& taken) { return taken.ambiguity == of && taken.reading == id; });
  };
  const auto& rows = step.when.as_list();
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const Value& row) { return holds(*row.find("if")); });
  return found == rows.end() ? nullptr : &*found;
}

Result<Wanted> CaseRunner::wanted(const model::Step& step) const {
  Wanted out;
  out.key = step.what;
  out.answers_us = step.kind == model::StepKind::expect && is_answer(step.what, test_->dut);
  out.silence = step.kind == model::StepKind::forbid;
  auto where = bindings_.resolve(step.where);
  if (!where) return tl::make_unexpected(where.error());
  if (const auto* branch = branch_of(step)) {
    const auto more = bindings_.resolve(*branch->find("where"));
    if (!more) return tl::make_unexpected(more.error());
    where = laid_over(where->is_null() ? Value(Value::Map{}) : *where, *more);
    out.condition = condition_in_words(*branch->find("if"));
  }
  if (step.readings.is_list()) {
    for (const auto& reading : step.readings.as_list()) {
      const auto of = reading.text_or("of", "");
      const auto id = reading.text_or("id", "");
      const auto held = held_.find(of);
      if (held != held_.end() && held->second != id) continue;
      const auto more = bindings_.resolve(*reading.find("where"));
      if (!more) return tl::make_unexpected(more.error());
      out.alternatives.push_back({of, id, laid_over(where->is_null() ? Value(Value::Map{}) : *where, *more)});
    }
    if (out.alternatives.empty()) return fail(Errc::data, "no reading is left that this run is held to");
  } else {
    out.alternatives.push_back({"", "", *where});
  }
  const auto window = bindings_.resolve(step.window);
  if (!window) return tl::make_unexpected(window.error());
  const auto more_than = bindings_.resolve(step.more_than);
  if (!more_than) return tl::make_unexpected(more_than.error());
  if (more_than->is_int() && more_than->as_int() > 0) out.allowed = static_cast<std::size_t>(more_than->as_int());
  out.window = model::duration_of(*window).value_or(std::chrono::milliseconds(0));
  return out;
}

std::optional<std::size_t> CaseRunner::find(const Wanted& wanted, std::size_t& from) {
  const auto& events = bench_.trace().events();
  for (; from < events.size(); ++from) {
    if (events[from].key != wanted.key) continue;
    if (wanted.answers_us || fitting(wanted, events[from]) != nullptr) return from;
  }
  return {};
}

/// An answer to a command of ours is there at once. Anything else may be on its way when the window closes, or when a
/// step without one looks: then the window stays open until the device under test is known to be silent.
Result<CaseRunner::Watch> CaseRunner::watch(const Wanted& wanted) {
  Watch out;
  std::size_t from = cursor_;
  std::size_t allowed = wanted.allowed;
  const auto period = bench_.occasion_period();
  const bool by_now = wanted.window.count() == 0;
  const bool is_answer = wanted.key.starts_with("response.") || wanted.key.starts_with("command.");
  bench_.open_window(wanted.silence ? Awaits::silence : by_now ? Awaits::rest : Awaits::event);
  const auto begun = bench_.real_time();
  const auto first = bench_.trace().events().size();
  for (const auto until = bench_.now() + wanted.window;;) {
    out.found = find(wanted, from);
    while (out.found && allowed > 0) {
      --allowed;
      out.found = find(wanted, ++from);
    }
    if (begun) out.real = *bench_.real_time() - *begun;
    const auto now = bench_.now();
    const bool over = now >= until || now + period > until;
    if (out.found || (over && ((by_now && is_answer) || !bench_.stays_open()))) {
      if (!out.found && out.occasions > 0) out.refused = refused_occasion(first);
      return out;
    }
    const auto gave = bench_.occasion(over ? period : until - now);
    keep_account();
    if (!gave) return tl::make_unexpected(gave.error());
    out.starved = !*gave;
    if (out.starved) return out;
    ++out.occasions;
  }
}

Result<void> CaseRunner::expect(const model::Step& step) {
  const auto want = wanted(step);
  if (!want) return tl::make_unexpected(want.error());
  const auto seen = watch(*want);
  if (!seen) return tl::make_unexpected(seen.error());
  const auto& events = bench_.trace().events();
  if (seen->found) {
    const auto& event = events[*seen->found];
    cursor_ = *seen->found + 1;
    if (const auto* met = fitting(*want, event)) {
      if (!step.save_as.empty()) bindings_.save(step.save_as, event.fields);
      const auto reading = met->reading.empty() ? std::string{} : ", reading " + met->ambiguity + " " + met->reading;
      note(describe(step), "met by event " + std::to_string(event.number) + after(*seen) + reading + as_wanted(*want));
      take_reading(*met);
      return {};
    }
    miss(step, *want, &event, {});
  } else if (seen->starved) {
    starve();
    return {};
  } else if (!seen->refused.empty()) {
    void_window(*seen);
    return {};
  } else {
    const auto window = want->window.count() == 0 ? "by now" : "within " + window_in_words(*want, *seen);
    miss(step, *want, nearest(*want, events, cursor_), "no " + step.what + " " + window);
  }
  note(describe(step), "not met");
  over_ = over_ || result_.findings.back().verdict != Verdict::advisory || !step.save_as.empty();
  return {};
}

Result<void> CaseRunner::forbid(const model::Step& step) {
  const auto want = wanted(step);
  if (!want) return tl::make_unexpected(want.error());
  const auto seen = watch(*want);
  if (!seen) return tl::make_unexpected(seen.error());
  if (seen->found) {
    const auto& event = bench_.trace().events()[*seen->found];
    const auto count = want->allowed == 0 ? std::string{} : " " + std::to_string(want->allowed + 1) + " times";
    broken_by(step, *want, event, count + after(*seen));
    note(describe(step), "broken by event " + std::to_string(event.number));
    over_ = over_ || result_.findings.back().verdict == Verdict::fail;
  } else if (seen->starved) {
    starve();
  } else if (!seen->refused.empty()) {
    void_window(*seen);
  } else {
    note(describe(step), "held for " + window_in_words(*want, *seen) + as_wanted(*want));
  }
  return {};
}

void CaseRunner::take_reading(const Alternative& alternative) {
  if (alternative.reading.empty()) return;
  model::ReadingTaken taken{alternative.ambiguity, alternative.reading, step_};
  auto& all = result_.readings;
  if (std::find(all.begin(), all.end(), taken) == all.end()) all.push_back(std::move(taken));
}

/// How long it took, where that is a number of occasions.
std::string CaseRunner::after(const Watch& seen) const {
  if (seen.occasions == 0 || bench_.occasions_in_words(seen.occasions).empty()) return {};
  const bool waited = seen.real && *seen.real >= shown_real;
  return " after " + std::to_string(seen.occasions) + " occasions" +
         (waited ? " and " + model::tenths_of_seconds(*seen.real) + " of real time" : "");
}

/// An error ending is never replaced by 91XX: a card that refuses its occasions got none. Source: ETSI TS 102 268
/// cre_pcs_igco
std::string CaseRunner::refused_occasion(std::size_t first) const {
  const auto& events = bench_.trace().events();
  const auto key = bench_.occasion_response();
  for (auto at = events.size(); at > first; --at) {
    const auto& event = events[at - 1];
    if (event.key != key) continue;
    const auto sw = event.fields.text_or("sw", "");
    const bool normal = sw.starts_with("9") || sw.starts_with("61") || sw.starts_with("62") || sw.starts_with("63");
    return normal ? std::string{} : sw;
  }
  return {};
}

void CaseRunner::void_window(const Watch& seen) {
  const auto what = "the occasion " + bench_.occasion_response().substr(std::string_view("response.").size()) +
                    " was answered " + seen.refused + ", so silence proves nothing";
  conclude(Verdict::inconclusive, where_step() + ": " + what, what);
  over_ = true;
}

void CaseRunner::starve() {
  conclude(Verdict::inconclusive, where_step() + ": " + bench_.why_no_occasion() + ", so silence proves nothing");
  over_ = true;
}

std::string CaseRunner::window_in_words(const Wanted& wanted, const Watch& seen) const {
  auto occasions = bench_.occasions_in_words(seen.occasions);
  if (!seen.real || occasions.empty()) return seconds(wanted.window) + occasions;
  occasions.insert(occasions.size() - 1, ", " + model::tenths_of_seconds(*seen.real) + " of real time");
  return seconds(wanted.window) + " of the terminal's clock" + occasions;
}

Result<void> CaseRunner::answer(const model::Step& step) {
  const auto members = bindings_.resolve(step.with);
  if (!members) return fail(Errc::data, members.error().message);
  const auto set = bench_.answer(step.what, *members, step.times);
  if (!set) return set;
  script_.answer(step.what, *members, bench_.trace().events().size());
  note(describe(step), "set");
  return {};
}

/// Rules over all traffic: what the device under test breaks is counted, what we break ends the case.
void CaseRunner::monitor() {
  traffic_->look(bench_.trace().events(), [this](const model::Event& event) { return script_.covers(event); });
  const auto& fault = traffic_->own_fault();
  if (!fault || result_.verdict == Verdict::error) return;
  auto shown = *fault;
  shown.step = step_;
  shown.verdict = Verdict::error;
  conclude(Verdict::error, where_step() + ": the suite itself broke " + shown.requirement + ": expected " +
                               shown.expected + ", got " + shown.observed);
  result_.error_type = "harness";
  result_.findings.push_back(std::move(shown));
  over_ = true;
}

/// A miss fails where the ledger says MUST and the step does not say less. In a robustness case only a peer that does
/// not live on fails.
Verdict CaseRunner::verdict_for(const model::Step& step, const model::Requirement* row) const {
  const auto level = step.level.value_or(test_->level);
  if (level == model::Level::should || level == model::Level::may || !step.weak.empty()) return Verdict::advisory;
  if (level == model::Level::robustness) {
    const bool alive = step.kind == model::StepKind::expect && is_proof_of_life(step.what);
    return alive ? Verdict::fail : Verdict::advisory;
  }
  return row != nullptr && row->can_fail() ? Verdict::fail : Verdict::advisory;
}

model::Finding CaseRunner::finding_for(const model::Step& step) const {
  model::Finding finding;
  finding.step = step_;
  finding.requirement = step.requirement.empty() ? test_->requirements.front() : step.requirement;
  const auto* row = library_.find_requirement(finding.requirement);
  finding.verdict = verdict_for(step, row);
  const auto level = step.level.value_or(test_->level);
  finding.level = upper(name_of(level));
  if (row != nullptr) {
    finding.clause = row->clause;
    if (level != model::Level::robustness) finding.level = upper(model::weaker(row->level, name_of(level)));
  }
  return finding;
}

void CaseRunner::add(model::Finding finding) {
  conclude(finding.verdict,
           where_step() + " (" + finding.clause + " " + finding.level + "): expected " + finding.expected + ", got " +
               finding.observed,
           finding.cause.empty() ? finding.observed : finding.cause);
  result_.findings.push_back(std::move(finding));
}

namespace {

std::string in_words(const Wanted& wanted, const Value& matcher) {
  return wanted.key + (matcher.is_null() ? "" : " with " + engine::in_words(matcher));
}

}  // namespace

void CaseRunner::miss(const model::Step& step, const Wanted& wanted, const model::Event* shown, std::string absent) {
  auto finding = finding_for(step);
  std::vector<std::string> ways;
  for (const auto& alternative : wanted.alternatives) {
    ways.push_back((alternative.reading.empty() ? "" : alternative.ambiguity + " " + alternative.reading + ": ") +
                   in_words(wanted, alternative.matcher));
  }
  finding.expected = join(ways, " or ") + (wanted.condition.empty() ? "" : " where " + wanted.condition);
  finding.observed = std::move(absent);
  bool undecided = false;
  bool speaks_for_itself = false;
  if (shown != nullptr) {
    finding.octets = shown->octets;
    // Of several readings the one that was nearest met says what is wrong.
    std::optional<Mismatch> differs;
    for (const auto& alternative : wanted.alternatives) {
      const auto decidable = decidable_part(alternative.matcher, shown->fields);
      const auto here = mismatch(decidable.matcher, shown->fields);
      undecided = undecided || (!decidable.whole && !here);
      const bool of_kind = here && here->path == "mode";
      if (here && (!differs || !of_kind)) differs = here;
    }
    const auto others = all_of_another_kind(wanted, bench_.trace().events(), cursor_);
    if (undecided) {
      finding.verdict = Verdict::inconclusive;
      finding.observed = wanted.key + " that no known nonce explains; " + unconfirmed_hint;
      finding.cause = unconfirmed_hint;
    } else if (others && !wanted.answers_us) {
      finding.observed += ", " + *others;
      finding.octets.clear();
    } else if (differs) {
      finding.observed = wanted.key + " with " + differs->path + (differs->path.empty() ? "" : " ") + differs->observed;
      finding.offset = offset_of(*shown, differs->path);
      speaks_for_itself = is_said_by(test_->dut, wanted.key) && can_be_read(*shown);
    }
  }
  if (const auto refused = refused_stimulus(); !refused.empty() && !wanted.answers_us) {
    finding.verdict = Verdict::inconclusive;
    finding.observed += "; " + refused;
    finding.cause = refused;
  } else if (finding.cause.empty() && !speaks_for_itself) {
    finding.cause = what_took_it_away();
  }
  add(std::move(finding));
}

void CaseRunner::broken_by(const model::Step& step, const Wanted& wanted, const model::Event& event,
                           std::string how_often) {
  auto finding = finding_for(step);
  const auto* met = fitting(wanted, event);
  const auto& matcher = (met == nullptr ? wanted.alternatives.front() : *met).matcher;
  finding.expected = "no " + in_words(wanted, matcher) +
                     (wanted.allowed == 0 ? "" : " more often than " + std::to_string(wanted.allowed)) +
                     (wanted.condition.empty() ? "" : " where " + wanted.condition);
  finding.octets = event.octets;
  finding.observed = wanted.key;
  const auto members = members_in_question(matcher, event.fields);
  std::vector<std::string> words;
  constexpr std::size_t few = 3;
  for (const auto& member : members) {
    if (words.size() < few) words.push_back(member.path + " " + member.value);
    if (!finding.offset) finding.offset = offset_of(event, member.path);
  }
  if (!words.empty()) finding.observed += " with " + join(words, ", ");
  finding.observed += how_often;
  add(std::move(finding));
}

std::string CaseRunner::what_took_it_away() const {
  const auto& tally = traffic_->tally();
  for (const auto& rule : model::traffic_rules()) {
    if (!rule.takes_away || rule.sender != test_->dut) continue;
    const auto found = tally.find(rule.name);
    if (found == tally.end()) continue;
    for (const auto& [kind, breach] : found->second.breaches) {
      if (breach.finding.verdict == Verdict::fail) return breach.finding.observed;
    }
  }
  return {};
}

namespace {

/// The command that a response is about: `ENVELOPE (Timer Expiration)`, `TERMINAL PROFILE`.
std::string command_in_words(std::string_view response_key) {
  constexpr std::string_view envelope = "response.envelope.";
  if (response_key.starts_with(envelope)) {
    const auto key = response_key.substr(envelope.size());
    const auto* row = codec::find_message(codec::MessageKind::envelope, key);
    return "ENVELOPE (" + (row == nullptr ? std::string(key) : std::string(row->name)) + ")";
  }
  std::string words(response_key.substr(response_key.find('.') + 1));
  std::transform(words.begin(), words.end(), words.begin(),
                 [](unsigned char c) { return c == '_' ? ' ' : static_cast<char>(std::toupper(c)); });
  return words;
}

}  // namespace

std::string CaseRunner::refused_stimulus() const {
  const auto& events = bench_.trace().events();
  if (test_->dut != model::Dut::card) return {};
  std::string out;
  std::string of;  // the message that it is about
  for (std::size_t at = begun_; at < events.size(); ++at) {
    const auto& event = events[at];
    const bool setting_up =
        event.key == "response.terminal_profile" || event.key == "response.envelope.terminal_applications";
    const bool stimulus = event.key.starts_with("response.envelope.") || event.key == "response.status";
    if (event.key == "card.reset") out.clear();
    if (!setting_up && (!stimulus || at < acted_)) continue;
    const auto sw = event.fields.text_or("sw", "");
    const bool refused = sw.size() == 4 && sw[0] == '6' && sw[1] >= '4' && !sw.starts_with("6C");
    if (setting_up && !refused && event.key == of) out.clear();  // it was sent again, and taken
    if (!refused || (!setting_up && deliberate_)) continue;
    of = event.key;
    auto step = step_of_.upper_bound(at);
    const auto number = step == step_of_.begin() ? 0 : std::prev(step)->second;
    out = command_in_words(event.key) + " was answered " + sw + (number == 0 ? "" : ", step " + std::to_string(number));
  }
  return out;
}

/// A card that keeps the terminal busy breaks CAT-8 where the case is about that; elsewhere it keeps us from judging.
/// Whoever keeps us busy without end has passed a bound, whatever the case is about. Source: design.md, Verdicts
void CaseRunner::note_endless(const std::string& what) {
  const auto& asked = test_->requirements;
  const bool about_rest = std::find(asked.begin(), asked.end(), "CAT-8") != asked.end();
  model::Finding finding;
  finding.step = step_;
  finding.requirement = about_rest ? "CAT-8" : asked.front();
  finding.level = about_rest ? "MUST" : "ROBUSTNESS";
  finding.verdict = Verdict::fail;
  if (const auto* row = library_.find_requirement(finding.requirement)) finding.clause = row->clause;
  finding.expected = test_->dut == model::Dut::card ? "a card that comes to rest" : "a device that comes to rest";
  finding.observed = what;
  const auto& exchanges = bench_.trace().exchanges();
  if (!exchanges.empty()) {
    finding.octets = test_->dut == model::Dut::card ? exchanges.back().response : exchanges.back().command;
  }
  conclude(
      Verdict::fail,
      where_step() + " (" + finding.clause + " " + finding.level + "): expected " + finding.expected + ", got " + what,
      what);
  result_.findings.push_back(std::move(finding));
}

void CaseRunner::conclude(Verdict verdict, std::string reason, std::string cause) {
  if (worse(result_.verdict, verdict) == result_.verdict && result_.verdict != Verdict::pass) return;
  result_.verdict = verdict;
  result_.cause = cause.empty() ? reason.substr(std::min(reason.size(), reason.find(": ") + 2)) : std::move(cause);
  result_.reason = std::move(reason);
}

void CaseRunner::note(const std::string& text, const std::string& outcome) {
  result_.steps.push_back({step_, prefix_ + text, outcome});
}

std::string CaseRunner::where_step() const {
  return prefix_ + (step_ == 0 ? "power-on" : "step " + std::to_string(step_));
}

}  // namespace dmsc::engine
