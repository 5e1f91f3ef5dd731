// SPDX-License-Identifier: Apache-2.0
#include "reports/jsonl/run_record.hpp"

#include <fstream>
#include <map>

#include "reports/jsonl/journal.hpp"
#include "reports/testing/sample_run.hpp"
#include "runner/base/catch.hpp"
#include "runner/load/schema.hpp"

namespace dmsc::reports {
namespace {

namespace fs = std::filesystem;

const fs::path source = DMSC_SOURCE_DIR;
const fs::path earlier = source / "fixtures" / "runs" / "format-1" / "run.jsonl";

Result<void> by_schema(const std::string& type, const Value& record, const std::string& place) {
  static const auto schemas = load::Schemas::load(source / "reports" / "schema").value();
  const auto name = "run/" + type;
  return schemas.has(name) ? schemas.check(name, record, place) : fail(Errc::unknown, type, {}, place);
}

/// A record for one test, gone after it.
class Written {
 public:
  explicit Written(const std::string& text) {
    std::string name = (fs::temp_directory_path() / "dmsc-record-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    std::ofstream(path(), std::ios::binary) << text;
  }
  ~Written() { fs::remove_all(folder_); }
  fs::path path() const { return folder_ / "run.jsonl"; }

 private:
  fs::path folder_;
};

const std::string header =
    R"({"type":"header","format":2,"suite_version":"1","suite_digest":"d","dut":"x","ics":"i","pixit":"p","started":"s","notes":[]})"
    "\n";
const std::string plan =
    R"({"type":"plan","cases":[{"id":"a","case":"a","selected":true,"applicable":true,"reason":""}]})"
    "\n";
const std::string result =
    R"({"type":"case","id":"a","case":"a","verdict":"pass","reason":"","seconds":"0.1","exchanges":0,"findings":[],"steps":[]})"
    "\n";
const std::string footer =
    R"({"type":"footer","counts":{"pass":1},"proven":true,"not_verified":[],"exit_code":0,"exit_reason":"","seconds":"0.1"})"
    "\n";

/// What reading says against a record, without its place.
std::string trouble(const std::string& text) {
  const Written file(text);
  const auto run = read_run(file.path(), by_schema);
  if (run) return {};
  const auto whole = run.error().text();
  return whole.substr(file.path().string().size());
}

}  // namespace

TEST_CASE("a run of an earlier format is read, by its schema", "[run_record]") {
  std::map<std::string, std::size_t> types;
  const auto run = read_run(earlier, by_schema, [&](const Value& record) { ++types[record.text_or("type", "")]; });
  INFO((run ? "" : run.error().text()));
  REQUIRE(run);
  CHECK(run->format == 1);
  CHECK(run->header.text_or("dut", "") == "reference card full, defect wrong-port");
  REQUIRE(run->plan.size() == 3);
  REQUIRE(run->cases.size() == 3);
  CHECK(run->cases[0].text_or("id", "") == "DM_SC-1.0-con-101");
  CHECK(run->cases[0].text_or("verdict", "") == "fail");
  CHECK(run->cases[1].text_or("verdict", "") == "pass");
  CHECK(run->footer.int_or("exit_code", -1) == 1);
  CHECK_FALSE(run->cut);
  CHECK(run->begun.empty());
  CHECK(types["exchange"] == 89);
}

TEST_CASE("what the journal writes is read again, by its schema", "[run_record]") {
  const Written file("");
  const auto sample = testing::sample_run();
  Journal journal(file.path());
  REQUIRE(testing::tell(journal, *sample));
  const auto run = read_run(file.path(), by_schema);
  INFO((run ? "" : run.error().text()));
  REQUIRE(run);
  CHECK(run->format == Journal::format);
  REQUIRE(run->cases.size() == sample->results.size());
  for (std::size_t at = 0; at < run->cases.size(); ++at) {
    CHECK(run->cases[at].text_or("verdict", "") == name_of(sample->results[at].verdict));
  }
  CHECK(run->footer.is_map());
}

TEST_CASE("a record that was cut anywhere is read up to there", "[run_record]") {
  const auto whole = header + plan + "{\"type\":\"case_started\",\"id\":\"a\"}\n" + result + footer;
  const auto least = header.size();
  for (std::size_t size = 1; size < whole.size(); size += 7) {
    const Written file(whole.substr(0, size));
    const auto run = read_run(file.path(), by_schema);
    CAPTURE(size);
    REQUIRE(run.has_value() == (size >= least - 1));
    if (!run) continue;
    CHECK(run->footer.is_null() == (size < whole.size() - 1));
  }
  const Written killed(header + plan + "{\"type\":\"case_started\",\"id\":\"a\"}\n{\"type\":\"exch");
  const auto run = read_run(killed.path(), by_schema);
  REQUIRE(run);
  CHECK(run->cut);
  CHECK(run->begun == "a");
  CHECK(run->cases.empty());
}

TEST_CASE("what is no record of a run is refused with its line", "[run_record]") {
  CHECK(trouble(header + plan + result + footer).empty());
  CHECK(trouble("") == ": holds no run");
  CHECK(trouble(plan) == ":1: the first record is no header of a run");
  CHECK(trouble(header + header) == ":2: a second header");
  CHECK(trouble(header + plan + result + footer + result) == ":5: a record stands behind the footer");
  CHECK(trouble(header + result) == ":2: \"a\" was not planned");
  CHECK(trouble(header + plan + result + result) == ":4: \"a\" has a second result");
  CHECK(trouble(header + plan + plan) == ":3: a case is planned twice");
  CHECK(trouble(header + "{\"type\":\"strange\"}\n") == ":2: \"strange\" is no type of a record");
  CHECK(trouble(header + "{\"type\":\"case_started\",\"id\":1}\n") == ":2: /id: 1 is not of type string");
  CHECK(trouble(header + "{\"type\":\"case_started\",\"id\":\"a\",\"x\":1}\n") ==
        ":2: /x: key is not known, known are type, id");
  CHECK(trouble(header + std::string(17 << 20, 'x')) == ":2: a line is longer than 16 MiB");
  auto later = header;
  later.replace(later.find("\"format\":2"), 10, "\"format\":3");
  const Written file(later);
  const auto run = read_run(file.path());
  REQUIRE(!run);
  CHECK(run.error().message == "format 3 is of a later dmsc, this one reads up to 2");
  const auto fifo = read_run("/dev/null");
  REQUIRE(!fifo);
  CHECK(fifo.error().text() == "/dev/null: is no regular file");
}

}  // namespace dmsc::reports
