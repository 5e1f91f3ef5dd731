// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "adapters/pcsc/pcsc_link.hpp"
#include "runner/cli/card_uri.hpp"
#include "runner/cli/verbs.hpp"

namespace dmsc::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint8_t select_mf[] = {0x00, 0xA4, 0x00, 0x0C, 0x02, 0x3F, 0x00};
constexpr auto deadline = std::chrono::seconds(5);

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

Exit bench_apdu(const BenchOptions& options) {
  const auto uri = parse_card_uri(options.card);
  if (!uri) return exit_for(uri.error());
  if (uri->scheme != CardUri::Scheme::pcsc)
    return {model::exit_code::usage, "bench apdu measures --card pcsc[:READER]"};
  pcsc::LinkOptions link_options;
  link_options.insertion_wait = std::chrono::seconds(10);
  const auto link = pcsc::PcscLink::open(uri->reader, link_options);
  if (!link) return exit_for(link.error());
  const auto cycled = (*link)->power_cycle();
  if (!cycled) return exit_for(cycled.error());
  std::vector<double> ours;
  std::vector<double> bare;
  for (int round = 0; round < options.rounds; ++round) {
    const auto start = Clock::now();
    for (int at = 0; at < options.apdus; ++at) {
      const auto answer = (*link)->transmit(select_mf, deadline);
      if (!answer) return exit_for(answer.error());
    }
    ours.push_back(options.apdus / seconds_since(start));
    const auto took = (*link)->time_bare_loop(select_mf, options.apdus);
    if (!took) return exit_for(took.error());
    bare.push_back(options.apdus / *took);
  }
  std::printf("link   %8.0f APDU/s (median of %d rounds of %d)\n", median(ours), options.rounds, options.apdus);
  std::printf("bare   %8.0f APDU/s (SCardTransmit loop on the same handle, interleaved)\n", median(bare));
  std::printf("ratio  %8.3f\n", median(ours) / median(bare));
  return {};
}

}  // namespace dmsc::cli
