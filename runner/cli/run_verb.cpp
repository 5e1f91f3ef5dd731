// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <cstdlib>
#include <ctime>
#include <iostream>

#include "adapters/tcp/dialer.hpp"
#include "reports/common/output_file.hpp"
#include "reports/console/console_report.hpp"
#include "reports/jsonl/journal.hpp"
#include "reports/junit/junit_report.hpp"
#include "reports/pcap/pcap_report.hpp"
#include "runner/base/text.hpp"
#include "runner/cli/card_uri.hpp"
#include "runner/cli/declarations.hpp"
#include "runner/cli/stop_signal.hpp"
#include "runner/cli/verbs.hpp"
#include "runner/engine/plan.hpp"
#include "runner/engine/run.hpp"

namespace dmsc::cli {
namespace {

namespace fs = std::filesystem;

std::string utc(const char* format) {
  const auto now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[64];
  std::strftime(text, sizeof text, format, &parts);
  return text;
}

fs::path output_folder(const RunOptions& options) {
  return options.out.empty() ? fs::path("dmsc-run-" + utc("%Y%m%dT%H%M%SZ")) : fs::path(options.out);
}

reports::ConsoleStyle console_style(bool quiet) {
  const bool terminal = isatty(STDERR_FILENO) != 0;
  const char* no_color = std::getenv("NO_COLOR");
  return {terminal, terminal && (no_color == nullptr || *no_color == '\0'), quiet};
}

/// Broken files that the selection would have covered; with patterns only those named by id.
std::vector<load::Quarantined> covered(const load::Library& library, const std::vector<std::string>& patterns) {
  std::vector<load::Quarantined> out;
  for (const auto& broken : library.quarantined()) {
    bool wanted = patterns.empty();
    for (const auto& pattern : patterns) wanted = wanted || glob_match(pattern, broken.id);
    if (wanted) out.push_back(broken);
  }
  return out;
}

Result<tcp::CardAddresses> card_addresses(const std::vector<std::string>& texts) {
  tcp::CardAddresses out;
  for (const auto& text : texts) {
    const auto added = out.add(text);
    if (!added) return tl::make_unexpected(added.error());
  }
  return out;
}

Exit run_plan(const RunOptions& options, const load::Library& library, const Declarations& declarations,
              const std::vector<model::PlannedCase>& plan, const CardRoads& card) {
  const auto folder = output_folder(options);
  const auto made = reports::make_folder(folder);
  if (!made) return exit_for(made.error());
  reports::ConsoleReport console(std::cerr, console_style(options.quiet));
  reports::Journal journal(folder / "run.jsonl");
  reports::JunitReport junit(folder / "junit.xml");
  reports::PcapReport pcap(folder);
  catch_signals();
  engine::RunInput input{*card.link,
                         library,
                         declarations.ics,
                         declarations.pixit,
                         plan,
                         covered(library, options.patterns),
                         {&console, &journal, &junit, &pcap},
                         stop_signal(),
                         {},
                         card.dialer.get()};
  input.info.suite_version = library.version();
  input.info.suite_digest = library.digest();
  input.info.dut = card.link->label();
  input.info.ics = declarations.ics.title;
  input.info.pixit = declarations.pixit.title;
  input.info.started = utc("%Y-%m-%dT%H:%M:%S");
  input.info.notes = declarations.notes;
  input.info.ledger = &library.vocabulary().ledger;
  const auto summary = engine::run(input);
  std::cerr << "reports: " << folder.string() << "/junit.xml, run.jsonl, artifacts/ID/trace.pcap\n";
  return {summary.exit_code, summary.exit_reason};
}

}  // namespace

Exit run_cases(const RunOptions& options) {
  if (options.card.empty() && options.device.empty()) {
    return {model::exit_code::usage, "no device under test: name one with --card URI"};
  }
  if (!options.device.empty()) {
    return {model::exit_code::usage,
            "--device is not available in this version: it has no adapter and no case for a device"};
  }
  const auto uri = parse_card_uri(options.card);
  if (!uri) return exit_for(uri.error());
  const auto addresses = card_addresses(options.card_ip);
  if (!addresses) return exit_for(addresses.error());
  const auto installation = Installation::find();
  if (!installation) return exit_for(installation.error());
  if (uri->scheme == CardUri::Scheme::ref) {
    const auto personality = refcard::load_personality(installation->catalogue(), uri->personality);
    if (!personality) return exit_for(personality.error());
  }
  const auto library = installation->open_library();
  if (!library) return exit_for(library.error());
  auto declarations = load_declarations(*library, options.ics, options.pixit, uri->personality);
  if (!declarations) return exit_for(declarations.error());
  if (options.ics.empty() && uri->scheme != CardUri::Scheme::ref && options.card_ip.empty()) {
    declarations->ics.items["C_EEM"] = false;
    declarations->notes.push_back("no --card-ip given: the card is taken to have no USB EEM");
  }
  if (declarations->ics.dut != model::Dut::card) {
    return {model::exit_code::configuration, declarations->ics.file + " is no ICS of a card"};
  }
  const auto plan = engine::make_plan(*library, model::Dut::card, {options.patterns, options.skip}, declarations->ics);
  if (!plan) return exit_for(plan.error());
  auto card = open_card(*uri, *installation);
  if (!card) return exit_for(card.error());
  if (!addresses->empty()) card->dialer = std::make_unique<tcp::Dialer>(*addresses, stop_signal());
  return run_plan(options, *library, *declarations, *plan, *card);
}

}  // namespace dmsc::cli
