// SPDX-License-Identifier: Apache-2.0
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iostream>

#include "adapters/pcsc/pcsc_link.hpp"
#include "adapters/replay/recording.hpp"
#include "reports/pcap/pcap_writer.hpp"
#include "runner/cli/card_uri.hpp"
#include "runner/cli/verbs.hpp"
#include "runner/codec/card/gsmtap.hpp"
#include "runner/codec/cat/message.hpp"
#include "runner/codec/decode.hpp"
#include "runner/engine/observer.hpp"

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

/// The exchanges of a trigger over and over, as a trace holds them.
std::vector<model::Exchange> sample_exchanges() {
  const auto hex = [](std::string_view text) { return *parse_hex(text); };
  return {
      {{},
       hex("801000001E330E6002110C0003000000"
           "1F60000000001C000000000000000000"
           "000000"
           "04"),
       hex("9112")},
      {{},
       hex("8012000012"),
       hex("D010810301400082028182BC0304"
           "8001"
           "9000")},
      {{}, hex("80140000128103014000820282818301003802810039020578"), hex("910B")},
      {{},
       hex("801200000B"),
       hex("D009810301030082028182"
           "9000")},
      {{}, hex("80C2000015DC1382028281710D80010407444D20436C69656E74"), hex("9000")},
      {{}, hex("80C200000ED70C82028281A40101A503001000"), hex("9000")},
      {{}, hex("80F2000C00"), hex("9000")},
  };
}

Result<std::string> generate_capture(std::size_t count) {
  char path[] = "/tmp/dmsc-bench-XXXXXX";
  const int file = mkstemp(path);
  if (file < 0) return fail(Errc::cannot_create, "no temporary file");
  close(file);
  auto writer = reports::PcapWriter::create(path);
  if (!writer) return tl::make_unexpected(writer.error());
  const auto samples = sample_exchanges();
  for (std::size_t at = 0; at < count; ++at) {
    const auto& sample = samples[at % samples.size()];
    const auto frame =
        codec::gsmtap_frame(codec::GsmtapSim::apdu, codec::apdu_payload(sample.command, sample.response));
    const auto written = writer->write(static_cast<std::int64_t>(at) * 100, *frame);
    if (!written) return tl::make_unexpected(written.error());
  }
  const auto closed = writer->close();
  if (!closed) return tl::make_unexpected(closed.error());
  return std::string(path);
}

struct DecodeCount {
  std::size_t apdus = 0;
  std::size_t events = 0;
  replay::Census passed_over;
  std::string unit;
  std::string cut;
  std::optional<Error> failure;  ///< where nothing behind could be read
};

Result<DecodeCount> decode_recording(const std::string& file) {
  auto recording = replay::open_recording(file);
  if (!recording) return tl::make_unexpected(recording.error());
  engine::Observer observer;
  DecodeCount count;
  count.unit = (*recording)->unit();
  for (;;) {
    auto message = (*recording)->next();
    if (!message && message.error().code == Errc::malformed) {
      count.passed_over.add("that cannot be read");
      continue;
    }
    if (!message) count.failure = message.error();
    if (!message || !*message) break;
    auto& [role, mark, command, response] = **message;
    if (role == replay::Role::atr || role == replay::Role::pps) continue;
    if (role != replay::Role::exchange) {
      count.passed_over.add("without command or answer");
      continue;
    }
    ++count.apdus;
    model::Exchange exchange;
    exchange.at = std::chrono::microseconds(mark.time_ns.value_or(0) / 1000);
    exchange.command = std::move(command);
    exchange.response = std::move(response);
    count.events += observer.observe(exchange, count.apdus).size();
  }
  count.passed_over.add((*recording)->passed_over());
  count.cut = (*recording)->cut();
  return count;
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

Exit bench_decode(const BenchOptions& options) {
  constexpr std::size_t generated = 100'000;
  std::string file = options.file;
  if (file.empty()) {
    const auto made = generate_capture(generated);
    if (!made) return exit_for(made.error());
    file = *made;
  }
  const auto start = Clock::now();
  const auto count = decode_recording(file);
  const auto took = seconds_since(start);
  if (options.file.empty()) unlink(file.c_str());
  if (!count) return exit_for(count.error());
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto& passed_over = count->passed_over;
  std::printf("%zu APDUs, %zu events, %zu %ss passed over in %.3f s\n", count->apdus, count->events,
              passed_over.total(), count->unit.c_str(), took);
  std::printf("rate   %8.0f APDU/s\n", static_cast<double>(count->apdus) / took);
  std::printf("memory %8ld KiB at most\n", usage.ru_maxrss);
  std::fflush(stdout);
  if (passed_over.total() > 0 && count->apdus > 0) std::cerr << "note: passed over: " << passed_over.words() << "\n";
  if (!count->cut.empty()) std::cerr << "warning: " << file << ": " << count->cut << "\n";
  if (count->failure) return exit_for(*count->failure);
  if (count->apdus == 0) {
    const auto why = passed_over.total() == 0 ? "" : "; passed over: " + passed_over.words();
    return {model::exit_code::no_input, file + ": no exchange with a card" + why};
  }
  return {};
}

}  // namespace dmsc::cli
