// SPDX-License-Identifier: Apache-2.0
#include "reports/jsonl/journal.hpp"

#include <sys/resource.h>

#include <csignal>
#include <map>

#include "reports/testing/sample_run.hpp"
#include "runner/base/catch.hpp"
#include "runner/base/json.hpp"
#include "runner/base/text.hpp"

using namespace dmsc;
using dmsc::model::Verdict;
using dmsc::reports::Journal;
namespace fs = std::filesystem;
namespace sample = dmsc::reports::testing;

namespace {

/// Each line as JSON; the file ends in a line feed.
std::vector<Value> records(const fs::path& file) {
  const auto text = sample::content(file);
  REQUIRE(text.ends_with("\n"));
  std::vector<Value> out;
  for (const auto& line : split(std::string_view(text).substr(0, text.size() - 1), '\n')) {
    INFO(line);
    const auto record = parse_json(line, "line");
    REQUIRE(record);
    out.push_back(*record);
  }
  return out;
}

std::vector<std::string> types(const std::vector<Value>& all) {
  std::vector<std::string> out;
  for (const auto& record : all) out.push_back(record.text_or("type", ""));
  return out;
}

Value json(const char* text) {
  return parse_json(text, "expected").value();
}

}  // namespace

TEST_CASE("a journal begins with header and plan and ends with a footer", "[journal]") {
  const sample::Folder folder;
  const auto file = folder.path / "run.jsonl";
  const auto run = sample::sample_run();
  run->info.salt = "00FF";
  run->info.facts = Value::Map{{"operator", "a person"}, {"sides", Value::List{Value::Map{{"dut", "card"}}}}};
  run->summary.account = Value::Map{{"server_nonce", "0102"}};
  Journal journal(file);
  REQUIRE(sample::tell(journal, *run));
  const auto all = records(file);
  const auto header = json(R"({"type": "header", "format": 2, "suite_version": "0.1.0", "suite_digest": "sha256:00",
    "ledger": {"edition": "DM_SC-1.0/1", "digest": "sha256:11"}, "dut": "sample card", "ics": "sample ICS", "pixit": "sample PIXIT", "started": "2025-11-22T10:27:31", "notes": ["a note"],
    "salt": "00FF", "operator": "a person", "sides": [{"dut": "card"}]})");
  CHECK(all.front() == header);
  REQUIRE(all.at(1).text_or("type", "") == "plan");
  const auto& cases = all[1].find("cases")->as_list();
  REQUIRE(cases.size() == run->plan.size());
  const auto planned = json(R"({"id": "DM_SC-1.0-con-105", "case": "DM_SC-1.0-con-105", "dut": "card",
    "title": "STATUS wakes the card", "level": "must", "requirements": ["DMSC-6-2"], "parameters": null, "selected": true,
    "applicable": false, "reason": ""})");
  CHECK(cases[5] == planned);
  const auto footer = json(R"j({"type": "footer", "counts": {"pass": 1, "advisory": 1, "inconclusive": 1, "fail": 1,
    "error": 1, "not_applicable": 1, "skipped": 1, "not_run": 1},
    "account": {"server_nonce": {"salted_sha256": "4547d4eb7dacc628a0551d4bcc2d35305df516346de5499cc053e50de16a8b24"}}, "proven": false,
    "rows": 3, "rows_proven": 1, "not_verified": ["DMSC-7-1", "DMSC-7.1-10"],
    "unproven_cases": ["DM_SC-1.0-con-103", "DM_SC-1.0-con-104.timer", "DM_SC-1.0-con-106", "DM_SC-1.0-con-107"],
    "causes": [{"cause": "port 32770", "count": 1, "cases": ["DM_SC-1.0-con-104.power_on"]},
      {"cause": "SCardTransmit: card was removed", "count": 2, "cases": ["DM_SC-1.0-con-104.timer", "DM_SC-1.0-con-107"]}],
    "notes": ["DM_SC-1.0-con-701, not judged in this run: a breach"],
    "readings": {"AMB-3": {"R2": 1}, "AMB-6": {"R1": 2, "R2": 1}},
    "traffic": [{"dut": "card", "rule": "announced_length", "occasions": 12, "breaches": [
        {"verdict": "fail", "step": 0, "requirement": "DMSC-7.1-10", "clause": "DM_SC 7.1 phase 2", "level": "MUST",
         "expected": "proactive.open_channel with port 32769", "observed": "proactive.open_channel with port 32770",
         "octets": "D0028103", "offset": 2, "kind": "length", "count": 3, "cases": 2, "id": "DM_SC-1.0-con-101",
         "exchange": 2}]},
      {"dut": "card", "rule": "command_form", "occasions": 5, "breaches": []}],
    "exit_code": 1, "exit_reason": "1 case, first cause: port 32770; 1 of 3 MUST rows proven",
    "ended": "", "seconds": "3.000"
})j");
  auto written = all.back();
  const auto ended = written.text_or("ended", "");
  CHECK(ended.size() == std::string("2025-11-22T10:27:31").size());
  CHECK(ended > "2025");
  written["ended"] = "";
  CHECK(written == footer);
  std::map<std::string, int> count;
  for (const auto& type : types(all)) ++count[type];
  CHECK(count == std::map<std::string, int>{
                     {"header", 1}, {"plan", 1}, {"case_started", 4}, {"exchange", 16}, {"case", 8}, {"footer", 1}});
}

TEST_CASE("a case is its exchanges, its events and its result", "[journal]") {
  const sample::Folder folder;
  const auto file = folder.path / "run.jsonl";
  const auto run = sample::sample_run();
  auto& result = run->result(Verdict::fail);
  model::Event event;
  event.number = 0;
  event.exchange = 2;
  event.at = std::chrono::microseconds(7);
  event.key = "http.trouble";
  event.fields = Value::Map{{"reason", "no answer"}};
  event.octets = {0xD0, 0x02};
  result.events = {event, event};
  result.events[1].key = "proactive.open_channel";  // the exchanges tell it again
  Journal journal(file);
  REQUIRE(journal.run_started(run->info, run->plan));
  journal.case_started(*result.planned);
  REQUIRE(journal.case_ended(result));
  const auto all = records(file);
  CHECK(types(all) == std::vector<std::string>{"header", "plan", "case_started", "exchange", "exchange", "exchange",
                                               "exchange", "event", "case"});
  const auto exchange = json(R"({"type": "exchange", "id": "DM_SC-1.0-con-104.power_on", "number": 0, "at_us": 0,
    "command": "", "response": "3B9F96"})");
  CHECK(all[3] == exchange);
  CHECK(all[6].int_or("at_us", -1) == 1000000);
  const auto event_record =
      json(R"({"type": "event", "id": "DM_SC-1.0-con-104.power_on", "number": 0, "exchange": 2, "at_us": 7,
    "key": "http.trouble", "fields": {"reason": "no answer"}, "octets": "D002"})");
  CHECK(all[7] == event_record);
  const auto case_record = json(R"({"type": "case", "id": "DM_SC-1.0-con-104.power_on", "case": "DM_SC-1.0-con-104",
    "verdict": "fail", "reason": "step 3 (DM_SC 7.1 phase 2 MUST): expected port 32769, got port 32770",
    "seconds": "0.381", "exchanges": 4, "cause": "port 32770",
    "traffic": [{"rule": "announced_length", "kind": "length", "count": 3, "exchange": 2}],
    "findings": [{"verdict": "fail", "step": 3, "requirement": "DMSC-7.1-10", "clause": "DM_SC 7.1 phase 2", "level": "MUST",
      "expected": "proactive.open_channel with port 32769", "observed": "proactive.open_channel with port 32770",
      "octets": "D0028103", "offset": 2}],
    "steps": [{"step": 1, "text": "do terminal.start", "outcome": "done"},
      {"step": 3, "text": "expect proactive.open_channel", "outcome": "not met"}]})");
  CHECK(all[8] == case_record);
}

TEST_CASE("readings and occasions stand with their case, a cause only where there is something to explain",
          "[journal]") {
  const sample::Folder folder;
  const auto file = folder.path / "run.jsonl";
  const auto run = sample::sample_run();
  auto& result = run->result(Verdict::pass);
  result.cause = "nothing to explain";
  Journal journal(file);
  REQUIRE(journal.run_started(run->info, run->plan));
  REQUIRE(journal.case_ended(result));
  const auto last = records(file).back();
  CHECK(last.int_or("occasions", 0) == 12);
  CHECK(
      *last.find("readings") ==
      json(
          R"([{"ambiguity": "AMB-3", "reading": "R2", "step": 2}, {"ambiguity": "AMB-3", "reading": "R2", "step": 4}])"));
  CHECK(last.find("cause") == nullptr);
  CHECK(last.find("traffic") == nullptr);
}

TEST_CASE("each case is in the file when it has ended, and its start before it runs", "[journal]") {
  const sample::Folder folder;
  const auto file = folder.path / "run.jsonl";
  const auto run = sample::sample_run();
  Journal journal(file);
  REQUIRE(journal.run_started(run->info, run->plan));
  CHECK(types(records(file)) == std::vector<std::string>{"header", "plan"});
  for (const auto& result : run->results) {
    journal.case_started(*result.planned);
    CHECK(records(file).back() == Value(Value::Map{{"type", "case_started"}, {"id", result.planned->id}}));
    REQUIRE(journal.case_ended(result));
    CHECK(records(file).back().text_or("type", "") == "case");
    CHECK(records(file).back().text_or("id", "") == result.planned->id);
    CHECK(records(file).back().text_or("verdict", "") == name_of(result.verdict));
  }
}

TEST_CASE("D21: any text stays on its line", "[journal]") {
  const sample::Folder folder;
  const auto file = folder.path / "run.jsonl";
  auto run = sample::sample_run();
  const auto text = sample::hostile_text();
  run->info.dut = text;
  for (auto& result : run->results) {
    result.reason = text;
    result.steps = {{1, text, text}};
  }
  Journal journal(file);
  REQUIRE(sample::tell(journal, *run));
  const auto all = records(file);
  CHECK(valid_utf8_prefix(sample::content(file)) == sample::content(file).size());
  const auto dut = all.front().text_or("dut", "");
  CHECK(dut.starts_with(text.substr(0, text.find('\xFF'))));  // controls come back as they were
  CHECK(dut.ends_with(" \xC3\xA4 end"));
}

TEST_CASE("the text of each case stands in the record once", "[journal]") {
  const sample::Folder folder;
  const auto file = folder.path / "run.jsonl";
  const auto run = sample::sample_run();
  const auto source = (folder.path / "DM_SC-1.0-con-104.json").string();
  std::ofstream(source) << "{\"id\": \"DM_SC-1.0-con-104\"}\n";
  for (auto& test : run->tests) {
    if (test.id == "DM_SC-1.0-con-104") test.file = source;
  }
  Journal journal(file);
  REQUIRE(journal.run_started(run->info, run->plan));
  const auto all = records(file);
  REQUIRE(types(all) == std::vector<std::string>{"header", "plan", "source"});
  CHECK(all[2] ==
        Value(Value::Map{{"type", "source"},
                         {"case", "DM_SC-1.0-con-104"},
                         {"file", "DM_SC-1.0-con-104.json"},
                         {"digest", "sha256:58b67b154a34ec039e2c8c774509fdbe03f67126ed07c9248acd3ca4da9d87a3"},
                         {"text", "{\"id\": \"DM_SC-1.0-con-104\"}\n"}}));
}

TEST_CASE("on a disk that is full every line that stays is whole", "[journal]") {
  const sample::Folder folder;
  const auto file = folder.path / "run.jsonl";
  auto run = sample::sample_run();
  run->results[3].reason.assign(200'000, 'x');
  struct rlimit before {};
  getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  {
    Journal journal(file);
    REQUIRE(journal.run_started(run->info, run->plan));
    auto limit = before;
    limit.rlim_cur = 100'000;
    REQUIRE(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    for (std::size_t at = 0; at < 3; ++at) CHECK(journal.case_ended(run->results[at]));
    const auto full = journal.case_ended(run->results[3]);
    REQUIRE(!full);
    CHECK(full.error().code == Errc::io);
    CHECK(journal.case_ended(run->results[4]).error().code == Errc::io);
  }
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  const auto all = records(file);
  CHECK(all.back().text_or("type", "") == "case");
  CHECK(all.back().text_or("id", "") == run->results[2].planned->id);
}

TEST_CASE("D3: a journal that cannot be written is an error", "[journal]") {
  const sample::Folder folder;
  const auto run = sample::sample_run();
  Journal nowhere(folder.path / "none" / "run.jsonl");
  const auto started = nowhere.run_started(run->info, run->plan);
  CHECK(started.error().code == Errc::cannot_create);
  CHECK(started.error().text() == (folder.path / "none" / "run.jsonl").string() + ": cannot be created");
  nowhere.case_started(run->plan[0]);
  CHECK(nowhere.case_ended(run->results[0]).error().code == Errc::io);
  CHECK(nowhere.run_ended(run->summary).error().code == Errc::io);

  if (!fs::exists("/dev/full")) return;
  fs::create_symlink("/dev/full", folder.path / "run.jsonl");
  Journal full(folder.path / "run.jsonl");
  const auto failed = full.run_started(run->info, run->plan);
  CHECK(failed.error().code == Errc::io);
  CHECK(failed.error().text() == (folder.path / "run.jsonl").string() + ": cannot be written");
}
