// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/case_runner.hpp"

#include <algorithm>

#include "runner/base/json.hpp"
#include "runner/base/text.hpp"
#include "runner/engine/matcher.hpp"
#include "runner/engine/monitor.hpp"
#include "runner/engine/plan.hpp"

namespace dmsc::engine {
namespace {

using model::Verdict;

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
  auto ended = run_case(*planned.test, planned.parameters);
  const bool passed = result_.verdict == Verdict::pass || result_.verdict == Verdict::advisory;
  if (ended && passed && !planned.test->control.empty()) ended = run_control(planned);
  if (!ended) {
    trouble = ended.error();
    if (trouble->code == Errc::exhausted) {
      note_endless(trouble->text());
      trouble.reset();
    } else {
      // What was found before the link broke stays a finding, but the case as a whole was not carried through.
      result_.verdict = Verdict::error;
      result_.error_type = trouble->code == Errc::data ? "harness" : "transport";
      result_.reason = where_step() + ": " + trouble->text();
    }
  }
  result_.events = session_.take_events();
  result_.exchanges = session_.take_exchanges();
  return std::move(result_);
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
  context_.last_start = {};
  client_.forget();
  const auto cycled = session_.power_cycle();
  if (!cycled) return cycled;
  cursor_ = session_.events().size() - 1;
  monitored_ = cursor_;
  for (const auto& step : test.steps) {
    ++step_;
    if (over_) break;
    const auto done = run_step(step);
    if (!done) return done;
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
  const bool fresh = session_.terminal().profile().empty();
  if (!fresh) {
    const auto settled = session_.settle();
    if (!settled) return settled;
    cursor_ = session_.events().size();
  }
  const auto outcome = perform(context_, step.what, *parameters);
  if (!outcome) return tl::make_unexpected(outcome.error());
  note(describe(step), outcome->happened ? "done" : "not possible: " + outcome->why_not);
  if (!outcome->happened) {
    conclude(Verdict::inconclusive, where_step() + ": " + step.what + " never came about: " + outcome->why_not);
    over_ = true;
  }
  return {};
}

Result<CaseRunner::Wanted> CaseRunner::wanted(const model::Step& step) const {
  Wanted out;
  out.key = step.what;
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
  const auto& events = session_.events();
  for (; from < events.size(); ++from) {
    if (events[from].key != wanted.key) continue;
    for (const auto& [reading, matcher] : wanted.alternatives) {
      if (!mismatch(matcher, events[from].fields)) return from;
    }
  }
  return {};
}

Result<CaseRunner::Watch> CaseRunner::watch(const Wanted& wanted) {
  Watch out;
  std::size_t from = cursor_;
  std::size_t allowed = wanted.allowed;
  const auto period = session_.occasion_period();
  for (model::Moment passed{};; passed += period) {
    out.found = find(wanted, from);
    while (out.found && allowed > 0) {
      --allowed;
      out.found = find(wanted, ++from);
    }
    if (out.found || passed + period > wanted.window) return out;
    const auto gave = session_.occasion();
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
  const auto& events = session_.events();
  if (seen->found) {
    const auto& event = events[*seen->found];
    cursor_ = *seen->found + 1;
    if (!step.save_as.empty()) bindings_.bind(step.save_as, event.fields);
    const auto after = seen->occasions == 0 ? "" : " after " + std::to_string(seen->occasions) + " occasions";
    note(describe(step), "met by event " + std::to_string(event.number) + after);
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
    const auto& event = session_.events()[*seen->found];
    const auto count = want->allowed == 0 ? "" : std::to_string(want->allowed + 1) + " times ";
    add_finding(step, *want, &event,
                step.what + " " + count + "after " + std::to_string(seen->occasions) + " occasions", true);
    note(describe(step), "broken by event " + std::to_string(event.number));
    over_ = result_.findings.back().verdict == Verdict::fail;
  } else if (seen->starved) {
    starve();
  } else {
    note(describe(step), "held for " + window_in_words(*want, *seen));
  }
  return {};
}

void CaseRunner::starve() {
  conclude(Verdict::inconclusive, where_step() + ": the ICS names no harmless occasion, so silence proves nothing");
  over_ = true;
}

std::string CaseRunner::window_in_words(const Wanted& wanted, const Watch& seen) const {
  return seconds(wanted.window) + " (" + std::to_string(seen.occasions) + " occasions of " + session_.occasion_name() +
         ")";
}

Result<void> CaseRunner::answer(const model::Step& step) {
  auto members = bindings_.resolve(step.with);
  if (!members) return fail(Errc::data, members.error().message);
  peer::AnswerRule rule;
  rule.key = step.what.substr(step.what.find('.') + 1);
  rule.times = step.times;
  rule.members = Value::Map{};
  for (auto& [key, value] : members->as_map()) {
    if (key == "mode") {
      rule.key += "." + value.as_string();
    } else if (key == "drop_link") {
      rule.drop_link = value.as_bool();
    } else if (key == "before") {
      for (const auto& command : value.as_list()) {
        auto octets = parse_hex(command.as_string());
        if (!octets) return fail(Errc::data, octets.error().text());
        rule.before.push_back(std::move(*octets));
      }
    } else {
      rule.members[key] = value;
    }
  }
  const auto set = session_.terminal().answer(std::move(rule));
  if (!set) return fail(Errc::data, set.error().text());
  note(describe(step), "set");
  return {};
}

Result<void> CaseRunner::monitor() {
  const auto& events = session_.events();
  for (auto& finding : judge_traffic(library_, events, monitored_, session_.terminal().profile(), step_)) {
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
  if (!session_.exchanges().empty()) finding.octets = session_.exchanges().back().response;
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
