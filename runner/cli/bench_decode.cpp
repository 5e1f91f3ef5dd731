// SPDX-License-Identifier: Apache-2.0
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <iostream>
#include <thread>

#include "adapters/replay/recording.hpp"
#include "reports/pcap/pcap_writer.hpp"
#include "runner/cli/batch_queue.hpp"
#include "runner/cli/instruction_counter.hpp"
#include "runner/cli/verbs.hpp"
#include "runner/codec/card/gsmtap.hpp"
#include "runner/engine/observer.hpp"
#include "runner/engine/value_tally.hpp"

namespace dmsc::cli {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
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
       hex("9110")},
      {{},
       hex("8012000010"),
       hex("D00E810301400082028182BC0304"
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

/// What a pass over a recording found and took.
struct Pass {
  std::size_t apdus = 0;
  std::size_t showings = 0;
  std::size_t values = 0;
  double seconds = 0;
  std::optional<std::uint64_t> instructions;
  replay::Census passed_over;
  std::string unit;
  std::string cut;
  std::optional<Error> failure;  ///< where nothing behind could be read
};

/// Gives each exchange of a recording to `take`, at most so many, and counts what was none.
template <class Take>
void read_recording(replay::Recording& recording, Pass& pass, Take take, std::size_t most = SIZE_MAX) {
  while (pass.apdus < most) {
    auto message = recording.next();
    if (!message && message.error().code == Errc::malformed) {
      pass.passed_over.add("that cannot be read");
      continue;
    }
    if (!message) pass.failure = message.error();
    if (!message || !*message) break;
    if ((*message)->role == replay::Role::atr || (*message)->role == replay::Role::pps) continue;
    if ((*message)->role != replay::Role::exchange) {
      pass.passed_over.add("without command or answer");
      continue;
    }
    ++pass.apdus;
    take(std::move(**message));
  }
  pass.passed_over.add(recording.passed_over());
  pass.cut = recording.cut();
}

/// Reads and decodes, each in a thread of its own where there are two.
void decode_all(replay::Recording& recording, int threads, Pass& pass) {
  engine::ExchangeReader reader;
  engine::ValueTally tally;
  const auto decode = [&](const replay::Message& message) {
    for (const auto& showing : reader.read(message.command, message.response)) {
      tally.add(showing);
      ++pass.showings;
    }
  };
  if (threads == 1) {
    read_recording(recording, pass, [&](const replay::Message& message) { decode(message); });
  } else {
    BatchQueue<replay::Message> queue;
    std::thread decoder([&] {
      while (auto batch = queue.take()) {
        for (const auto& message : *batch) decode(message);
        queue.give_back(std::move(*batch));
      }
    });
    read_recording(recording, pass, [&](replay::Message&& message) { queue.put(std::move(message)); });
    queue.close();
    decoder.join();
  }
  pass.values = tally.values();
}

Result<Pass> timed_pass(const std::string& file, int threads) {
  auto recording = replay::open_recording(file);
  if (!recording) return tl::make_unexpected(recording.error());
  Pass pass;
  pass.unit = (*recording)->unit();
  InstructionCounter counter;
  const auto start = Clock::now();
  decode_all(**recording, threads, pass);
  pass.seconds = seconds_since(start);
  pass.instructions = counter.count();
  return pass;
}

/// The same work as a run does it: events with their trees and values, all at once. @return  APDUs a second, 0 for none
double eager_rate(const std::string& file) {
  constexpr std::size_t enough = 100'000;
  auto recording = replay::open_recording(file);
  if (!recording) return 0;
  engine::Observer observer;
  Pass pass;
  std::size_t events = 0;
  const auto start = Clock::now();
  read_recording(
      **recording, pass,
      [&](replay::Message&& message) {
        model::Exchange exchange{{}, std::move(message.command), std::move(message.response)};
        events += observer.observe(exchange, pass.apdus).size();
      },
      enough);
  return events == 0 ? 0 : static_cast<double>(pass.apdus) / seconds_since(start);
}

/// What `DMSC bench decode FILE` of another build says of its rate. @return  nothing where it says none
std::optional<double> rate_of(const std::string& program, const std::string& file) {
  int ends[2];
  if (pipe(ends) != 0) return {};
  const auto child = fork();
  if (child == 0) {
    dup2(ends[1], STDOUT_FILENO);
    close(ends[0]);
    close(ends[1]);
    execlp(program.c_str(), program.c_str(), "bench", "decode", file.c_str(), nullptr);
    _exit(127);
  }
  close(ends[1]);
  std::optional<double> rate;
  char line[256];
  auto* out = fdopen(ends[0], "r");
  while (out != nullptr && fgets(line, sizeof line, out) != nullptr) {
    double number = 0;
    if (std::sscanf(line, "rate %lf APDU/s", &number) == 1) rate = number;
  }
  if (out != nullptr) fclose(out);
  waitpid(child, nullptr, 0);
  return rate;
}

void print_pass(const Pass& pass) {
  std::printf("%zu APDUs, %zu events, %zu %ss passed over in %.3f s\n", pass.apdus, pass.showings,
              pass.passed_over.total(), pass.unit.c_str(), pass.seconds);
  std::printf("rate   %8.0f APDU/s\n", static_cast<double>(pass.apdus) / pass.seconds);
  std::printf("values %8zu, each number, name, text and run of octets that a matcher could ask for\n", pass.values);
  if (pass.instructions && pass.apdus > 0)
    std::printf("cost   %8.0f instructions an APDU\n",
                static_cast<double>(*pass.instructions) / static_cast<double>(pass.apdus));
}

Exit end_of(const Pass& pass, const std::string& file) {
  if (pass.passed_over.total() > 0 && pass.apdus > 0)
    std::cerr << "note: passed over: " << pass.passed_over.words() << "\n";
  if (!pass.cut.empty()) std::cerr << "warning: " << file << ": " << pass.cut << "\n";
  if (pass.failure) return exit_for(*pass.failure);
  if (pass.apdus > 0) return {};
  const auto why = pass.passed_over.total() == 0 ? "" : "; passed over: " + pass.passed_over.words();
  return {model::exit_code::no_input, file + ": no exchange with a card" + why};
}

/// Removes a capture that we made.
class Temporary {
 public:
  explicit Temporary(std::string file) : file_(std::move(file)) {}
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  ~Temporary() {
    if (!file_.empty()) unlink(file_.c_str());
  }

 private:
  std::string file_;
};

}  // namespace

Exit bench_decode(const BenchOptions& options) {
  constexpr std::size_t generated = 100'000;
  std::string file = options.file;
  if (file.empty()) {
    const auto made = generate_capture(generated);
    if (!made) return exit_for(made.error());
    file = *made;
  }
  const Temporary ours(options.file.empty() ? file : "");
  const auto pass = timed_pass(file, options.threads);
  if (!pass) return exit_for(pass.error());
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  print_pass(*pass);
  std::printf("memory %8ld KiB at most\n", usage.ru_maxrss);
  const auto against = [&](const char* what, double rate) {
    std::printf("ratio  %8.2f of %s\n", static_cast<double>(pass->apdus) / pass->seconds / rate, what);
  };
  if (const auto rate = eager_rate(file); rate > 0) against("events with their trees, as a run makes them", rate);
  if (!options.against.empty()) {
    const auto rate = rate_of(options.against, file);
    if (!rate) return {model::exit_code::no_input, options.against + " bench decode: says no rate"};
    against(options.against.c_str(), *rate);
  }
  std::fflush(stdout);
  return end_of(*pass, file);
}

}  // namespace dmsc::cli
