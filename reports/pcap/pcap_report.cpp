// SPDX-License-Identifier: Apache-2.0
#include "reports/pcap/pcap_report.hpp"

#include <chrono>

#include "reports/common/output_file.hpp"
#include "reports/pcap/pcap_writer.hpp"
#include "runner/codec/card/gsmtap.hpp"

namespace dmsc::reports {
namespace {

Result<void> write_exchange(PcapWriter& writer, std::int64_t at, const model::Exchange& exchange) {
  const bool reset = exchange.command.empty();
  const auto payload = reset ? exchange.response : codec::apdu_payload(exchange.command, exchange.response);
  const auto frame = codec::gsmtap_frame(reset ? codec::GsmtapSim::atr : codec::GsmtapSim::apdu, payload);
  if (!frame) return {};  // an answer beyond what one IP packet carries stays in the journal only
  return writer.write(at, *frame);
}

}  // namespace

Result<void> PcapReport::run_started(const model::RunInfo& /*info*/, const std::vector<model::PlannedCase>& /*plan*/) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  start_us_ = std::chrono::duration_cast<std::chrono::microseconds>(now).count();
  return {};
}

Result<void> PcapReport::case_ended(const model::CaseResult& result) {
  if (!keeps(traces_, result)) return {};
  const auto folder = folder_ / "artifacts" / result.planned->id;
  const auto made = make_folder(folder);
  if (!made) return made;
  auto writer = PcapWriter::create((folder / "trace.pcap").string());
  if (!writer) return tl::make_unexpected(writer.error());
  std::int64_t order = 0;  // virtual time may stand still; a microsecond an exchange keeps the order for readers
  for (const auto& exchange : result.exchanges) {
    const auto written = write_exchange(*writer, start_us_ + exchange.at.count() + order++, exchange);
    if (!written) return written;
  }
  return writer->close();
}

Result<void> PcapReport::run_ended(const model::RunSummary& /*summary*/) {
  return {};
}

}  // namespace dmsc::reports
