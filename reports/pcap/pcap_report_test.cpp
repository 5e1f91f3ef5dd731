// SPDX-License-Identifier: Apache-2.0
#include "reports/pcap/pcap_report.hpp"

#include "adapters/replay/pcap_reader.hpp"
#include "reports/testing/sample_run.hpp"
#include "runner/base/catch.hpp"

using namespace dmsc;
using dmsc::model::Verdict;
using dmsc::reports::PcapReport;
namespace fs = std::filesystem;
namespace sample = dmsc::reports::testing;

namespace {

fs::path trace_of(const sample::Folder& folder, const std::string& id) {
  return folder.path / "artifacts" / id / "trace.pcap";
}

std::vector<replay::SimFrame> frames(const fs::path& file) {
  auto reader = replay::PcapReader::open(file.string()).value();
  std::vector<replay::SimFrame> out;
  for (auto frame = reader.next().value(); frame; frame = reader.next().value()) out.push_back(std::move(*frame));
  CHECK(reader.skipped() == 0);
  CHECK(reader.damaged() == 0);
  return out;
}

}  // namespace

TEST_CASE("a trace holds reset and exchanges in their order", "[pcap]") {
  const sample::Folder folder;
  const auto run = sample::sample_run();
  PcapReport report(folder.path);
  REQUIRE(sample::tell(report, *run));
  const auto all = frames(trace_of(folder, "DM_SC-1.0-con-104.power_on"));
  REQUIRE(all.size() == 4);
  CHECK(all[0].sub_type == codec::GsmtapSim::atr);
  CHECK(to_hex(all[0].payload) == "3B9F96");
  CHECK(all[1].sub_type == codec::GsmtapSim::apdu);
  CHECK(to_hex(all[1].payload) == "00A4000C023F009000");  // no Le behind command data
  CHECK(to_hex(all[2].payload) == "8012000004D00281039000");
  CHECK(to_hex(all[3].payload) == "80F20000009000");  // P3 = 00 where the command has none
  for (std::size_t at = 1; at < all.size(); ++at) CHECK(all[at].time_us > all[at - 1].time_us);
  CHECK(all[3].time_us - all[0].time_us == 1000000 + 3);  // the case's own time, a microsecond an exchange
}

TEST_CASE("only a case that talked to the card leaves a trace", "[pcap]") {
  const sample::Folder folder;
  const auto run = sample::sample_run();
  PcapReport report(folder.path, reports::Traces::all);
  REQUIRE(sample::tell(report, *run));
  for (const auto& result : run->results) {
    INFO(result.planned->id);
    CHECK(fs::exists(trace_of(folder, result.planned->id)) == !result.exchanges.empty());
    CHECK(fs::exists(folder.path / "artifacts" / result.planned->id) == !result.exchanges.empty());
  }
}

TEST_CASE("traces are kept of the cases that are asked for", "[pcap]") {
  const auto run = sample::sample_run();
  for (const auto traces : {reports::Traces::failed, reports::Traces::none}) {
    const sample::Folder folder;
    PcapReport report(folder.path, traces);
    REQUIRE(sample::tell(report, *run));
    for (const auto& result : run->results) {
      INFO(result.planned->id);
      const bool kept =
          traces == reports::Traces::failed && !result.exchanges.empty() && result.verdict != model::Verdict::pass;
      CHECK(fs::exists(trace_of(folder, result.planned->id)) == kept);
    }
  }
}

TEST_CASE("an answer that no frame can carry leaves a gap and no error", "[pcap]") {
  const sample::Folder folder;
  auto run = sample::sample_run();
  auto& result = run->result(Verdict::fail);
  result.exchanges[2].response = Octets(65536);
  PcapReport report(folder.path);
  REQUIRE(sample::tell(report, *run));
  CHECK(frames(trace_of(folder, result.planned->id)).size() == 3);
}

TEST_CASE("a trace that cannot be created is an error", "[pcap]") {
  const sample::Folder folder;
  const auto run = sample::sample_run();
  const auto file = folder.path / "artifacts";
  std::ofstream(file) << "in the way";
  PcapReport report(folder.path, reports::Traces::all);
  REQUIRE(report.run_started(run->info, run->plan));
  const auto ended = report.case_ended(run->results[0]);
  CHECK(ended.error().code == Errc::cannot_create);
  CHECK(ended.error().text() == (file / "DM_SC-1.0-con-101").string() + ": Not a directory");
}
