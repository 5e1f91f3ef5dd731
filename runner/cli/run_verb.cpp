// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <iostream>

#include "reports/adapter/adapter_report.hpp"
#include "reports/common/run_folder.hpp"
#include "reports/console/console_report.hpp"
#include "reports/jsonl/journal.hpp"
#include "reports/junit/junit_report.hpp"
#include "reports/pcap/pcap_report.hpp"
#include "runner/base/digest.hpp"
#include "runner/base/text.hpp"
#include "runner/base/utc.hpp"
#include "runner/cli/account_option.hpp"
#include "runner/cli/run_facts.hpp"
#include "runner/cli/run_side.hpp"
#include "runner/cli/stop_signal.hpp"
#include "runner/cli/verbs.hpp"
#include "runner/engine/plan.hpp"
#include "runner/engine/run.hpp"

namespace dmsc::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* no_account =
    "neither XDG_STATE_HOME nor HOME says where nonces could be kept (--account FILE): the next run knows none of them";

constexpr const char* changed_suite =
    "the suite is not the one that this dmsc was built with: its verdicts are those of a changed suite";

Result<reports::RunFolder> output_folder(const RunOptions& options) {
  if (!options.out.empty()) return reports::RunFolder::take(options.out, options.force);
  return reports::RunFolder::make("dmsc-run-" + utc_now("%Y%m%dT%H%M%SZ"));
}

reports::ConsoleStyle console_style(bool quiet) {
  const char* no_color = std::getenv("NO_COLOR");
  const bool colors = no_color == nullptr || *no_color == '\0';
  return {isatty(STDERR_FILENO) != 0, isatty(STDOUT_FILENO) != 0 && colors, quiet};
}

Result<tcp::CardAddresses> card_addresses(const std::vector<std::string>& texts) {
  tcp::CardAddresses out;
  for (const auto& text : texts) {
    const auto added = out.add(text);
    if (!added) return tl::make_unexpected(added.error());
  }
  return out;
}

/// `AMB-3=R1` held against the ledger.
Result<engine::HeldReadings> held_readings(const load::Library& library, const std::vector<std::string>& texts) {
  engine::HeldReadings out;
  for (const auto& text : texts) {
    const auto at = text.find('=');
    const auto of = text.substr(0, at);
    const auto id = at == std::string::npos ? std::string{} : text.substr(at + 1);
    const auto* ambiguity = library.find_ambiguity(of);
    std::vector<std::string> known;
    if (ambiguity == nullptr) {
      for (const auto& one : library.vocabulary().ledger.ambiguities) known.push_back(one.id);
      return fail(Errc::usage,
                  "--reading " + text + ": \"" + of + "\" is no ambiguity of the ledger" + did_you_mean(of, known));
    }
    for (const auto& [reading, words] : ambiguity->readings) known.push_back(reading);
    if (std::find(known.begin(), known.end(), id) == known.end()) {
      return fail(Errc::usage, "--reading " + text + ": " + of + " has the readings " + join(known, ", "));
    }
    if (!out.emplace(of, id).second) return fail(Errc::usage, "--reading " + of + " is given twice");
  }
  return out;
}

/// Everything that a run rests on beside the roads to its devices. Sides stay where they are: the engine refers to
/// them.
struct Prepared {
  load::Library library;
  std::deque<RunSide>& sides;
  std::vector<model::PlannedCase> plan;
  engine::HeldReadings readings;
  std::vector<std::string> notes;
};

Result<Prepared> prepare(const RunOptions& options, const Installation& installation, std::deque<RunSide>& sides) {
  auto library = installation.open_library();
  if (!library) return tl::make_unexpected(library.error());
  const auto patterns = load::read_patterns(options.patterns, options.skip);
  if (!patterns) return tl::make_unexpected(patterns.error());
  engine::Selection selection{*patterns, options.traffic, {}};
  std::vector<engine::Declared> declared;
  for (auto& side : sides) {
    const auto done = side.declare(options, *library);
    if (!done) return tl::make_unexpected(done.error());
    declared.push_back({side.declarations().ics, side.declarations().pixit});
    if (side.reaches_tcp_ip(options)) continue;
    const bool card = side.dut() == model::Dut::card;
    selection.lacking[card ? "C_EEM" : "D_EEM"] =
        card ? "no address of the card over TCP/IP is known (--card-ip ADDRESS)"
             : "no address of ours for localuicc is known (--device-ip ADDRESS)";
  }
  auto readings = held_readings(*library, options.readings);
  if (!readings) return tl::make_unexpected(readings.error());
  const auto chosen = engine::make_plan(*library, selection, declared);
  if (!chosen) return tl::make_unexpected(chosen.error());
  auto plan = engine::static_rows(*library, declared);
  plan.insert(plan.end(), chosen->begin(), chosen->end());
  std::vector<std::string> notes;
  for (const auto& pattern : engine::idle_skips(*library, *patterns, plan)) {
    notes.push_back("--skip " + pattern + " leaves out nothing that is selected");
  }
  return Prepared{std::move(*library), sides, std::move(plan), std::move(*readings), std::move(notes)};
}

/// The reports of one run, in its folder.
class Reports {
 public:
  Reports(const fs::path& folder, const RunOptions& options)
      : console_(std::cout, std::cerr, console_style(options.quiet)),
        journal_(folder / "run.jsonl"),
        junit_(folder / "junit.xml", options.traces),
        pcap_(folder, options.traces),
        adapter_(folder) {}

  Result<void> begin() { return junit_.begin(); }
  std::vector<port::Listener*> all() { return {&console_, &journal_, &junit_, &pcap_, &adapter_}; }

  /// A run that did not come so far as to have a plan.
  Exit end_before_plan(model::RunInfo info, const Error& error) {
    model::RunSummary summary;
    summary.exit_code = model::exit_code_of(error.code);
    summary.exit_reason = error.text();
    for (port::Listener* listener : {static_cast<port::Listener*>(&journal_), static_cast<port::Listener*>(&junit_)}) {
      auto done = listener->run_started(info, {});
      if (done) done = listener->run_ended(summary);
      if (!done) summary.exit_code = model::worse_exit(summary.exit_code, model::exit_code_of(done.error().code));
    }
    return {summary.exit_code, summary.exit_reason, true};
  }

 private:
  reports::ConsoleReport console_;
  reports::Journal journal_;
  reports::JunitReport junit_;
  reports::PcapReport pcap_;
  reports::AdapterReport adapter_;
};

/// Opens the roads; what keeps one shut keeps every case from being run.
std::optional<Error> open_roads(const RunOptions& options, const Installation& installation,
                                std::deque<RunSide>& sides) {
  for (auto& side : sides) {
    const auto opened = side.open(options, installation);
    if (!opened) return opened.error();
  }
  return {};
}

Exit run_prepared(const RunOptions& options, const Installation& installation, Prepared& prepared, Reports& reports,
                  model::RunInfo info) {
  auto& [library, sides, plan, readings, notes] = prepared;
  engine::RunInput input{{}, library, plan, reports.all(), stop_signal(), std::move(info), std::move(readings)};
  input.time = options.time;
  input.trouble = open_roads(options, installation, sides);
  const auto accounts = open_account_store(options.account);
  std::vector<std::string> labels;
  std::vector<std::string> statements;
  std::vector<std::string> values;
  for (const auto& side : sides) {
    input.sides.push_back(side.side(library, accounts.get()));
    const auto& declarations = side.declarations();
    if (side.lives_on() && !accounts) input.info.notes.push_back(no_account);
    labels.push_back(side.label().empty() ? side.dut() == model::Dut::card ? options.card : options.device
                                          : side.label());
    statements.push_back(declarations.ics.title);
    values.push_back(declarations.pixit.title);
    input.info.notes.insert(input.info.notes.end(), declarations.notes.begin(), declarations.notes.end());
  }
  input.info.notes.insert(input.info.notes.end(), notes.begin(), notes.end());
  input.info.suite_version = library.version();
  input.info.suite_digest = library.digest();
  input.info.edition = library.vocabulary().ledger.edition;
  input.info.dut = join(labels, "; ");
  input.info.ics = join(statements, "; ");
  input.info.pixit = join(values, "; ");
  input.info.facts = run_facts(options, library, input.info.suite_digest, sides, input.info.salt);
  if (!is_own_suite(input.info.suite_digest)) input.info.notes.push_back(changed_suite);
  input.mask_iccid = options.mask_iccid;
  input.info.ledger = &library.vocabulary().ledger.requirements;
  const auto summary = engine::run(input);
  return {summary.exit_code, summary.exit_reason, true};
}

Result<void> check_personality(const Installation& installation, const std::optional<CardUri>& card,
                               const std::optional<DeviceUri>& device) {
  if (card && card->scheme == CardUri::Scheme::ref) {
    const auto personality = refcard::load_personality(installation.card_catalogue(), card->personality);
    if (!personality) return tl::make_unexpected(personality.error());
  }
  if (device && device->scheme == DeviceUri::Scheme::ref) {
    const auto personality = refdevice::load_handset(installation.device_catalogue(), device->personality);
    if (!personality) return tl::make_unexpected(personality.error());
  }
  return {};
}

}  // namespace

Exit run_cases(const RunOptions& options) {
  if (options.card.empty() && options.device.empty()) {
    return {model::exit_code::usage, "no device under test: name one with --card URI or --device URI"};
  }
  const bool both = !options.card.empty() && !options.device.empty();
  if (both && (!options.ics.empty() || !options.pixit.empty())) {
    return {model::exit_code::usage, "--ics and --pixit are about one side: run card and device one after the other"};
  }
  std::optional<CardUri> card;
  std::optional<DeviceUri> device;
  if (!options.card.empty()) {
    const auto uri = parse_card_uri(options.card);
    if (!uri) return exit_for(uri.error());
    card = *uri;
  }
  if (!options.device.empty()) {
    const auto uri = parse_device_uri(options.device);
    if (!uri) return exit_for(uri.error());
    device = *uri;
  }
  const bool lives_on =
      (card && card->scheme != CardUri::Scheme::ref) || (device && device->scheme != DeviceUri::Scheme::ref);
  if (!options.account.empty() && !lives_on) {
    return {model::exit_code::usage, "--account is about what lives on: a reference in process is made for the run"};
  }
  const auto addresses = card_addresses(options.card_ip);
  if (!addresses) return exit_for(addresses.error());
  const auto installation = Installation::find();
  if (!installation) return exit_for(installation.error());
  const auto known = check_personality(*installation, card, device);
  if (!known) return exit_for(known.error());
  const auto folder = output_folder(options);
  if (!folder) return exit_for(folder.error());
  catch_signals();
  umask(S_IRWXG | S_IRWXO);  // what a run leaves is its owner's alone
  Reports reports(folder->path(), options);
  const auto begun = reports.begin();
  if (!begun) return exit_for(begun.error());
  std::deque<RunSide> sides;
  if (card) sides.emplace_back(*card, *addresses);
  if (device) sides.emplace_back(*device);
  model::RunInfo info;
  info.started = utc_now();
  info.salt = new_salt();
  info.dut = options.card + (both ? "; " : "") + options.device;
  auto prepared = prepare(options, *installation, sides);
  const auto exit = prepared ? run_prepared(options, *installation, *prepared, reports, std::move(info))
                             : reports.end_before_plan(std::move(info), prepared.error());
  std::cerr << "reports: " << printable(folder->path().string()) << "/junit.xml, run.jsonl, artifacts/ID/trace.pcap\n";
  return exit;
}

}  // namespace dmsc::cli
