// SPDX-License-Identifier: Apache-2.0
#include "reports/jsonl/journal.hpp"

#include <unistd.h>

#include <algorithm>
#include <set>

#include "reports/common/wording.hpp"
#include "runner/base/digest.hpp"
#include "runner/base/file.hpp"
#include "runner/base/json.hpp"
#include "runner/base/text.hpp"
#include "runner/base/utc.hpp"

namespace dmsc::reports {
namespace {

/// Whether an event can be derived again from what was exchanged, or from another event that is kept.
bool is_derived(const std::string& key) {
  static constexpr std::string_view of_exchanges[] = {"command.", "response.", "terminal_response.", "proactive.",
                                                      "envelope."};
  static constexpr std::string_view of_events[] = {"card.reset",      "sms.submit",        "wap.push",
                                                   "dm.notification", "dm.client_message", "dm.server_message"};
  return std::any_of(std::begin(of_exchanges), std::end(of_exchanges),
                     [&](std::string_view prefix) { return key.starts_with(prefix); }) ||
         std::find(std::begin(of_events), std::end(of_events), key) != std::end(of_events);
}

Value strings(const std::vector<std::string>& list) {
  Value::List out;
  for (const auto& item : list) out.emplace_back(item);
  return out;
}

/// With what a report made from the journal alone must know of a case.
Value planned_json(const model::PlannedCase& planned) {
  Value out;
  out["id"] = planned.id;
  out["case"] = planned.test->id;
  out["dut"] = name_of(planned.test->dut);
  out["title"] = planned.test->title;
  out["level"] = name_of(planned.test->level);
  out["requirements"] = strings(planned.test->requirements);
  out["parameters"] = planned.parameters;
  out["selected"] = planned.selected;
  out["applicable"] = planned.applicable;
  out["reason"] = planned.broken.empty() ? planned.reason : planned.broken;
  return out;
}

Value finding_json(const model::Finding& finding) {
  Value out;
  out["verdict"] = name_of(finding.verdict);
  out["step"] = finding.step;
  out["requirement"] = finding.requirement;
  out["clause"] = finding.clause;
  out["level"] = finding.level;
  out["expected"] = finding.expected;
  out["observed"] = finding.observed;
  out["octets"] = to_hex(finding.octets);
  if (finding.offset) out["offset"] = *finding.offset;
  return out;
}

Value event_json(const model::CaseResult& result, const model::Event& event) {
  Value out;
  out["type"] = "event";
  out["id"] = result.planned->id;
  out["number"] = event.number;
  out["exchange"] = event.exchange;
  out["at_us"] = std::int64_t{event.at.count()};
  out["key"] = event.key;
  out["fields"] = event.fields;
  out["octets"] = to_hex(event.octets);
  return out;
}

Value exchange_json(const model::CaseResult& result, std::size_t number) {
  const auto& exchange = result.exchanges[number];
  Value out;
  out["type"] = "exchange";
  out["id"] = result.planned->id;
  out["number"] = number;
  out["at_us"] = std::int64_t{exchange.at.count()};
  out["command"] = to_hex(exchange.command);
  out["response"] = to_hex(exchange.response);
  return out;
}

Value breach_json(const std::string& kind, const model::TrafficBreach& breach) {
  auto out = finding_json(breach.finding);
  out["kind"] = kind;
  out["count"] = breach.count;
  out["cases"] = breach.cases;
  out["id"] = breach.id;
  out["exchange"] = breach.exchange;
  return out;
}

/// What the rules over all traffic saw, as counts that can be added to those of another run.
Value traffic_json(model::Dut dut, const model::TrafficTally& tally) {
  Value::List out;
  for (const auto& [rule, count] : tally) {
    Value::List breaches;
    for (const auto& [kind, breach] : count.breaches) breaches.push_back(breach_json(kind, breach));
    out.push_back(Value::Map{
        {"dut", name_of(dut)}, {"rule", rule}, {"occasions", count.occasions}, {"breaches", std::move(breaches)}});
  }
  return out;
}

/// The breaches of one case, by rule and kind; empty for most.
Value breaches_of(const model::CaseResult& result) {
  Value::List out;
  for (const auto& [rule, count] : result.traffic) {
    for (const auto& [kind, breach] : count.breaches) {
      out.push_back(Value::Map{{"rule", rule}, {"kind", kind}, {"count", breach.count}, {"exchange", breach.exchange}});
    }
  }
  return out;
}

Value case_json(const model::CaseResult& result) {
  Value out;
  out["type"] = "case";
  out["id"] = result.planned->id;
  out["case"] = result.planned->test->id;
  out["verdict"] = name_of(result.verdict);
  out["reason"] = result.reason;
  if (!result.error_type.empty()) out["error_type"] = result.error_type;
  out["seconds"] = seconds(result.took);
  out["exchanges"] = result.exchanges.size();
  if (!result.cause.empty() && result.verdict != model::Verdict::pass) out["cause"] = result.cause;
  if (result.occasions) out["occasions"] = *result.occasions;
  if (!result.readings.empty()) {
    Value::List readings;
    for (const auto& taken : result.readings) {
      readings.push_back(Value::Map{{"ambiguity", taken.ambiguity}, {"reading", taken.reading}, {"step", taken.step}});
    }
    out["readings"] = std::move(readings);
  }
  if (auto breaches = breaches_of(result); !breaches.as_list().empty()) out["traffic"] = std::move(breaches);
  Value::List findings;
  for (const auto& finding : result.findings) findings.push_back(finding_json(finding));
  out["findings"] = std::move(findings);
  Value::List steps;
  for (const auto& step : result.steps) {
    steps.push_back(Value::Map{{"step", step.step}, {"text", step.text}, {"outcome", step.outcome}});
  }
  out["steps"] = std::move(steps);
  return out;
}

}  // namespace

Result<void> Journal::put(const Value& record) {
  const auto line = write_json(record) + "\n";
  if (out_ == nullptr || std::fwrite(line.data(), 1, line.size(), out_.get()) != line.size()) return give_up();
  written_ += static_cast<std::int64_t>(line.size());
  return {};
}

Result<void> Journal::flush() {
  if (out_ == nullptr || std::fflush(out_.get()) != 0) return give_up();
  whole_ = written_;
  return {};
}

/// A disk that is full, or gone: what was written whole stays, and nothing is written behind it.
tl::unexpected<Error> Journal::give_up() {
  if (out_ != nullptr) {
    out_.reset();
    static_cast<void>(truncate(file_.c_str(), whole_));
  }
  return fail(Errc::io, "cannot be written", {}, file_.string());
}

Result<void> Journal::run_started(const model::RunInfo& info, const std::vector<model::PlannedCase>& plan) {
  out_.reset(std::fopen(file_.c_str(), "wb"));
  if (out_ == nullptr) return fail(Errc::cannot_create, "cannot be created", {}, file_.string());
  Value header;
  header["type"] = "header";
  header["format"] = format;
  header["suite_version"] = info.suite_version;
  header["suite_digest"] = info.suite_digest;
  header["ledger"] = Value::Map{{"edition", info.edition.name}, {"digest", info.edition.digest}};
  header["dut"] = info.dut;
  header["ics"] = info.ics;
  header["pixit"] = info.pixit;
  if (!info.atr.empty()) header["atr"] = info.atr;
  header["started"] = info.started;
  header["notes"] = strings(info.notes);
  header["salt"] = info.salt;
  for (const auto& [key, value] : info.facts.as_map()) header[key] = value;
  const auto put_header = put(header);
  if (!put_header) return put_header;
  const auto kept_header = flush();
  if (!kept_header) return kept_header;
  salt_ = info.salt;
  Value::List cases;
  for (const auto& planned : plan) {
    cases.push_back(planned_json(planned));
  }
  const auto put_plan = put(Value::Map{{"type", "plan"}, {"cases", std::move(cases)}});
  const auto kept_plan = put_plan ? flush() : put_plan;
  if (!kept_plan) return kept_plan;
  const auto put_sources = keep_sources(plan);
  return put_sources ? flush() : put_sources;
}

/// The text of each case file once, so that a later suite can show what it has changed.
Result<void> Journal::keep_sources(const std::vector<model::PlannedCase>& plan) {
  std::set<std::string> kept;
  for (const auto& planned : plan) {
    const auto& test = *planned.test;
    if (test.file.empty() || !kept.insert(test.file).second) continue;
    const auto text = read_file(test.file);
    if (!text) continue;  // gone since it was read: its verdict stands
    const auto done = put(Value::Map{{"type", "source"},
                                     {"case", test.id},
                                     {"file", std::filesystem::path(test.file).filename().string()},
                                     {"digest", "sha256:" + sha256_hex(*text)},
                                     {"text", valid_utf8_prefix(*text) == text->size() ? *text : printable(*text)}});
    if (!done) return done;
  }
  return {};
}

Result<void> Journal::prepared(const model::Preliminary& what) {
  Value::List exchanges;
  for (const auto& exchange : what.exchanges) {
    exchanges.push_back(Value::Map{{"at_us", std::int64_t{exchange.at.count()}},
                                   {"command", to_hex(exchange.command)},
                                   {"response", to_hex(exchange.response)}});
  }
  const auto written = put(Value::Map{{"type", "preliminary"},
                                      {"dut", name_of(what.dut)},
                                      {"title", what.title},
                                      {"outcome", what.outcome},
                                      {"exchanges", std::move(exchanges)}});
  return written ? flush() : written;
}

void Journal::case_started(const model::PlannedCase& planned) {
  // Written at once: should the process die in this case, the journal names it.
  if (put(Value::Map{{"type", "case_started"}, {"id", planned.id}})) static_cast<void>(flush());
}

Result<void> Journal::case_ended(const model::CaseResult& result) {
  for (std::size_t number = 0; number < result.exchanges.size(); ++number) {
    const auto written = put(exchange_json(result, number));
    if (!written) return written;
  }
  for (const auto& event : result.events) {
    if (is_derived(event.key)) continue;
    const auto written = put(event_json(result, event));
    if (!written) return written;
  }
  const auto written = put(case_json(result));
  return written ? flush() : written;
}

Result<void> Journal::run_ended(const model::RunSummary& summary) {
  Value footer;
  footer["type"] = "footer";
  Value counts = Value::Map{};
  for (const auto& [verdict, count] : summary.counts) counts[name_of(verdict)] = count;
  footer["counts"] = std::move(counts);
  if (summary.account.is_map()) {
    Value account = Value::Map{};
    for (const auto& [item, value] : summary.account.as_map()) {
      account[item] = value.is_string() ? salted_digest(salt_, value.as_string()) : value;
    }
    footer["account"] = std::move(account);
  }
  if (summary.lateness) {
    const auto& [spoke, commands, real] = *summary.lateness;
    footer["lateness"] = Value::Map{
        {"spoke", spoke}, {"commands", static_cast<std::int64_t>(commands)}, {"real_us", std::int64_t{real.count()}}};
  }
  footer["proven"] = summary.proven;
  footer["rows"] = summary.rows;
  footer["rows_proven"] = summary.rows_proven;
  footer["not_verified"] = strings(summary.not_verified);
  footer["unproven_cases"] = strings(summary.unproven_cases);
  Value::List causes;
  for (const auto& cause : summary.causes) {
    causes.push_back(Value::Map{{"cause", cause.text}, {"count", cause.ids.size()}, {"cases", strings(cause.ids)}});
  }
  footer["causes"] = std::move(causes);
  footer["notes"] = strings(summary.notes);
  Value readings = Value::Map{};
  for (const auto& [ambiguity, taken] : summary.readings) {
    for (const auto& [reading, count] : taken) readings[ambiguity][reading] = count;
  }
  footer["readings"] = std::move(readings);
  Value::List traffic;
  for (const auto& [dut, tally] : summary.traffic) {
    auto rows = traffic_json(dut, tally);
    for (auto& row : rows.as_list()) traffic.push_back(std::move(row));
  }
  footer["traffic"] = std::move(traffic);
  footer["exit_code"] = summary.exit_code;
  footer["exit_reason"] = summary.exit_reason;
  footer["ended"] = utc_now();
  footer["seconds"] = seconds(summary.took);
  const auto written = put(footer);
  return written ? flush() : written;
}

}  // namespace dmsc::reports
