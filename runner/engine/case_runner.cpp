// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/case_runner.hpp"

#include <algorithm>

#include "runner/base/json.hpp"
#include "runner/base/text.hpp"
#include "runner/engine/matcher.hpp"
#include "runner/engine/plan.hpp"

namespace dmsc::engine {
namespace {

using model::Verdict;

constexpr model::Moment shown_real = std::chrono::milliseconds(100);  // what is less, no occasion took by itself

/// Where in the message the octets of a field begin.
std::optional<std::size_t> offset_of(const model::Event& event, const std::string& path) {
  if (event.decoded == nullptr || path.empty()) return {};
  const auto keys = split(path, '.');
  for (const auto& node : event.decoded->fields) {
    if (node.key != keys[0]) continue;
    for (const auto& field : node.fields) {
      if (keys.size() > 1 && field.key == keys[1]) return field.offset;
    }
    return node.offset;
  }
  return {};
}

std::string seconds(model::Moment moment) {
  const auto count = std::chrono::duration_cast<std::chrono::milliseconds>(moment).count();
  return count % 1000 == 0 ? std::to_string(count / 1000) + " s" : std::to_string(count) + " ms";
}

/// What cannot be encoded, or means nothing, stood in the case.
bool is_fault_of_case(const Error& error) {
  return error.code == Errc::data || error.code == Errc::malformed || error.code == Errc::range ||
         error.code == Errc::unknown;
}

std::string words_of_bound(const Value& bound) {
  return bound.is_string() ? bound.as_string() : write_json(bound);
}

Verdict verdict_for(model::Level level) {
  return level == model::Level::should || level == model::Level::may ? Verdict::advisory : Verdict::fail;
}

std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return std::toupper(c); });
  return out;
}

}  // namespace

std::string describe(const model::Step& step) {
  const auto window = step.window.is_string() ? step.window.as_string() : std::string{};
  switch (step.kind) {
    case model::StepKind::act:
      return "do " + step.what + (step.with.is_null() ? "" : " with " + write_json(step.with));
    case model::StepKind::expect:
      return "expect " + step.what + (step.where.is_null() ? "" : " with " + in_words(step.where)) +
             (window.empty() ? "" : " within " + window);
    case model::StepKind::forbid:
      return "forbid " + step.what + (step.where.is_null() ? "" : " with " + in_words(step.where)) +
             (step.more_than.is_null() ? "" : " more often than " + words_of_bound(step.more_than)) + " for " + window;
    case model::StepKind::answer:
      return "answer " + step.what + " with " + write_json(step.with);
  }
  return {};
}

model::CaseResult CaseRunner::run(const model::PlannedCase& planned, std::optional<Error>& trouble) {
  result_ = {};
  result_.planned = &planned;
  result_.verdict = Verdict::pass;
  if (const auto lacking = lacks(*planned.test)) {
    result_.verdict = Verdict::not_applicable;
    result_.reason = *lacking;
    return std::move(result_);
  }
  auto ended = run_case(*planned.test, planned.parameters);
  const bool passed = result_.verdict == Verdict::pass || result_.verdict == Verdict::advisory;
  if (ended && passed && !planned.test->control.empty()) ended = run_control(planned);
  if (!ended) {
    trouble = ended.error();
    if (trouble->code == Errc::exhausted) {
      note_endless(trouble->text());
      trouble.reset();
    } else if (trouble->code == Errc::no_operator || trouble->code == Errc::refused) {
      conclude(Verdict::inconclusive, where_step() + ": " + trouble->text());
      trouble.reset();
    } else {
      // What was found before the link broke stays a finding, but the case as a whole was not carried through.
      result_.verdict = Verdict::error;
      result_.error_type = is_fault_of_case(*trouble) ? "harness" : bench_.kind_of_trouble();
      result_.reason = where_step() + ": " + trouble->text();
    }
  }
  result_.events = bench_.trace().take_events();
  result_.exchanges = bench_.trace().take_exchanges();
  bench_.end(result_);
  return std::move(result_);
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
  cursor_ = bench_.trace().events().size();
  const auto begun = bench_.begin(test);
  if (!begun) return begun;
  monitored_ = cursor_;
  for (const auto& step : test.steps) {
    ++step_;
    if (over_) break;
    const auto done = run_step(step);
    if (!done) {
      (void)monitor();  // what the device did wrong before the link broke stays a finding
      return done;
    }
    const auto watched = monitor();
    if (!watched) return watched;
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
  const bool passed = result_.verdict == before;
  if (!passed) {
    // The control's own findings show why; they judge the control, not this case.
    for (auto at = findings; at < result_.findings.size(); ++at) result_.findings[at].verdict = Verdict::inconclusive;
    result_.verdict = Verdict::inconclusive;
    result_.reason = "control " + control->id + " did not pass: " + result_.reason;
  } else {
    result_.reason = reason;
  }
  return {};
}

Result<void> CaseRunner::run_step(const model::Step& step) {
  const auto applicable = model::judge_needs(step.needs, ics_);
  if (!applicable.applicable) {
    note(describe(step), "not applicable: " + applicable.reason);
    return {};
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
  if (!parameters) return fail(Errc::data, parameters.error().message);
  const auto settled = bench_.settle();
  if (!settled) return tl::make_unexpected(settled.error());
  if (*settled) cursor_ = bench_.trace().events().size();
  const auto outcome = weigh(bench_.perform(step.what, *parameters));
  if (!outcome) return tl::make_unexpected(outcome.error());
  if (over_) return {};
  ++acts_;
  note(describe(step), outcome->happened ? "done" : "not possible: " + outcome->why_not);
  if (!outcome->happened) {
    conclude(Verdict::inconclusive, where_step() + ": " + step.what + " never came about: " + outcome->why_not);
    over_ = true;
  }
  return {};
}

/// What the adapter does not have is not applicable as long as nothing has happened; later it is an error, because the
/// device is no longer what the case found. A device that refuses, or an operator who is not there, proves nothing.
Result<Outcome> CaseRunner::weigh(const Result<Outcome>& outcome) {
  if (outcome) return outcome;
  const auto& error = outcome.error();
  if (error.code == Errc::refused) return Outcome{false, "the device refused: " + error.text()};
  if (error.code == Errc::no_operator) return Outcome{false, error.text()};
  if (error.code != Errc::unsupported || acts_ > 0) return outcome;
  result_.verdict = Verdict::not_applicable;
  result_.reason = error.text();
  over_ = true;
  return Outcome{};
}

Result<CaseRunner::Wanted> CaseRunner::wanted(const model::Step& step) const {
  Wanted out;
  out.key = step.what;
  out.silence = step.kind == model::StepKind::forbid;
  const auto where = bindings_.resolve(step.where);
  if (!where) return fail(Errc::data, where.error().message);
  if (step.readings.is_list()) {
    for (const auto& reading : step.readings.as_list()) {
      const auto more = bindings_.resolve(*reading.find("where"));
      if (!more) return fail(Errc::data, more.error().message);
      auto both = where->is_null() ? Value(Value::Map{}) : *where;
      for (const auto& [key, value] : more->as_map()) both[key] = value;
      out.alternatives.emplace_back(reading.text_or("id", ""), std::move(both));
    }
  } else {
    out.alternatives.emplace_back("", *where);
  }
  const auto window = bindings_.resolve(step.window);
  if (!window) return fail(Errc::data, window.error().message);
  const auto more_than = bindings_.resolve(step.more_than);
  if (!more_than) return fail(Errc::data, more_than.error().message);
  if (more_than->is_int() && more_than->as_int() > 0) out.allowed = static_cast<std::size_t>(more_than->as_int());
  out.window = model::duration_of(*window).value_or(std::chrono::milliseconds(0));
  return out;
}

std::optional<std::size_t> CaseRunner::find(const Wanted& wanted, std::size_t& from) {
  const auto& events = bench_.trace().events();
  for (; from < events.size(); ++from) {
    if (events[from].key != wanted.key) continue;
    for (const auto& [reading, matcher] : wanted.alternatives) {
      if (!mismatch(matcher, events[from].fields)) return from;
    }
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
  for (const auto until = bench_.now() + wanted.window;;) {
    out.found = find(wanted, from);
    while (out.found && allowed > 0) {
      --allowed;
      out.found = find(wanted, ++from);
    }
    if (begun) out.real = *bench_.real_time() - *begun;
    const auto now = bench_.now();
    const bool over = now >= until || now + period > until;
    if (out.found || (over && ((by_now && is_answer) || !bench_.stays_open()))) return out;
    const auto gave = bench_.occasion(over ? period : until - now);
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
    if (!step.save_as.empty()) bindings_.bind(step.save_as, event.fields);
    note(describe(step), "met by event " + std::to_string(event.number) + after(*seen));
    return {};
  }
  if (seen->starved) {
    starve();
    return {};
  }
  const auto near = std::find_if(events.begin() + static_cast<std::ptrdiff_t>(cursor_), events.end(),
                                 [&](const model::Event& event) { return event.key == want->key; });
  const auto window = want->window.count() == 0 ? "by now" : "within " + window_in_words(*want, *seen);
  add_finding(step, *want, near == events.end() ? nullptr : &*near, "no " + step.what + " " + window, false);
  note(describe(step), "not met");
  over_ = result_.findings.back().verdict == Verdict::fail || !step.save_as.empty();
  return {};
}

Result<void> CaseRunner::forbid(const model::Step& step) {
  const auto want = wanted(step);
  if (!want) return tl::make_unexpected(want.error());
  const auto seen = watch(*want);
  if (!seen) return tl::make_unexpected(seen.error());
  if (seen->found) {
    const auto& event = bench_.trace().events()[*seen->found];
    const auto count = want->allowed == 0 ? std::string{} : std::to_string(want->allowed + 1) + " times";
    add_finding(step, *want, &event, step.what + (count.empty() ? "" : " " + count) + after(*seen), true);
    note(describe(step), "broken by event " + std::to_string(event.number));
    over_ = result_.findings.back().verdict == Verdict::fail;
  } else if (seen->starved) {
    starve();
  } else {
    note(describe(step), "held for " + window_in_words(*want, *seen));
  }
  return {};
}

/// How long it took, where that is a number of occasions.
std::string CaseRunner::after(const Watch& seen) const {
  if (seen.occasions == 0 || bench_.occasions_in_words(seen.occasions).empty()) return {};
  const bool waited = seen.real && *seen.real >= shown_real;
  return " after " + std::to_string(seen.occasions) + " occasions" +
         (waited ? " and " + model::tenths_of_seconds(*seen.real) + " of real time" : "");
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
  note(describe(step), "set");
  return {};
}

Result<void> CaseRunner::monitor() {
  const auto& events = bench_.trace().events();
  for (auto& finding : bench_.judge_traffic(monitored_, step_)) {
    conclude(finding.verdict, where_step() + " (" + finding.clause + " " + finding.level + "): expected " +
                                  finding.expected + ", got " + finding.observed);
    over_ = over_ || finding.verdict == Verdict::fail;
    result_.findings.push_back(std::move(finding));
  }
  monitored_ = events.size();
  return {};
}

void CaseRunner::add_finding(const model::Step& step, const Wanted& wanted, const model::Event* shown,
                             std::string observed, bool forbidden) {
  model::Finding finding;
  finding.step = step_;
  finding.requirement = step.requirement.empty() ? test_->requirements.front() : step.requirement;
  const auto level = step.level.value_or(test_->level);
  finding.level = upper(name_of(level));
  finding.verdict = verdict_for(level);
  const auto* row = library_.find_requirement(finding.requirement);
  if (row != nullptr) finding.clause = row->clause;
  if (!step.weak.empty() || (row != nullptr && !row->assertable)) finding.verdict = Verdict::advisory;
  const auto& matcher = wanted.alternatives.front().second;
  const auto words = wanted.key + (matcher.is_null() ? "" : " with " + in_words(matcher));
  finding.expected = forbidden ? "no " + words : words;
  finding.observed = std::move(observed);
  if (shown != nullptr) {
    finding.octets = shown->octets;
    const auto differs = forbidden ? std::nullopt : mismatch(matcher, shown->fields);
    if (differs) {
      finding.observed = wanted.key + " with " + differs->path + " " + differs->observed;
      finding.offset = offset_of(*shown, differs->path);
    }
  }
  conclude(finding.verdict, where_step() + " (" + finding.clause + " " + finding.level + "): expected " +
                                finding.expected + ", got " + finding.observed);
  result_.findings.push_back(std::move(finding));
}

/// A card that keeps the terminal busy breaks CAT-8 where the case is about that; elsewhere it keeps us from judging.
void CaseRunner::note_endless(const std::string& what) {
  const auto& asked = test_->requirements;
  if (std::find(asked.begin(), asked.end(), "CAT-8") == asked.end()) {
    conclude(Verdict::inconclusive, where_step() + ": " + what);
    return;
  }
  model::Finding finding;
  finding.step = step_;
  finding.requirement = "CAT-8";
  finding.level = "MUST";
  finding.verdict = Verdict::fail;
  if (const auto* row = library_.find_requirement("CAT-8")) finding.clause = row->clause;
  finding.expected = "a card that comes to rest";
  finding.observed = what;
  if (!bench_.trace().exchanges().empty()) finding.octets = bench_.trace().exchanges().back().response;
  conclude(Verdict::fail,
           where_step() + " (" + finding.clause + " MUST): expected a card that comes to rest, got " + what);
  result_.findings.push_back(std::move(finding));
}

void CaseRunner::conclude(Verdict verdict, std::string reason) {
  if (worse(result_.verdict, verdict) == result_.verdict && result_.verdict != Verdict::pass) return;
  result_.verdict = verdict;
  result_.reason = std::move(reason);
}

void CaseRunner::note(const std::string& text, const std::string& outcome) {
  result_.steps.push_back({step_, prefix_ + text, outcome});
}

std::string CaseRunner::where_step() const {
  return prefix_ + (step_ == 0 ? "power-on" : "step " + std::to_string(step_));
}

}  // namespace dmsc::engine
