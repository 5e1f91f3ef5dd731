// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <iostream>

#include "adapters/tcp/dialer.hpp"
#include "reports/adapter/adapter_report.hpp"
#include "reports/common/output_file.hpp"
#include "reports/console/console_report.hpp"
#include "reports/jsonl/journal.hpp"
#include "reports/junit/junit_report.hpp"
#include "reports/pcap/pcap_report.hpp"
#include "runner/base/text.hpp"
#include "runner/cli/account_option.hpp"
#include "runner/cli/card_uri.hpp"
#include "runner/cli/declarations.hpp"
#include "runner/cli/device_uri.hpp"
#include "runner/cli/stop_signal.hpp"
#include "runner/cli/verbs.hpp"
#include "runner/engine/plan.hpp"
#include "runner/engine/run.hpp"

namespace dmsc::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* no_account =
    "neither XDG_STATE_HOME nor HOME says where nonces could be kept (--account FILE): the next run knows none of them";

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
  const char* no_color = std::getenv("NO_COLOR");
  const bool colors = no_color == nullptr || *no_color == '\0';
  return {isatty(STDERR_FILENO) != 0, isatty(STDOUT_FILENO) != 0 && colors, quiet};
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

/// One side of the run: a device under test, what is declared of it, and the road to it.
struct Opened {
  Declarations declarations;
  std::string label;
  CardRoads card;
  DeviceRoad device;
  bool lives_on = false;
};

Result<Opened> open_card_side(const RunOptions& options, const Installation& installation, const load::Library& library,
                              const CardUri& uri, const tcp::CardAddresses& addresses) {
  Opened out;
  auto declarations = load_declarations(library, options.ics, options.pixit, uri.personality, model::Dut::card);
  if (!declarations) return tl::make_unexpected(declarations.error());
  out.declarations = std::move(*declarations);
  if (options.ics.empty() && uri.scheme != CardUri::Scheme::ref && options.card_ip.empty()) {
    out.declarations.ics.items["C_EEM"] = false;
    out.declarations.notes.push_back("no --card-ip given: the card is taken to have no USB EEM");
  }
  auto card = open_card(uri, installation);
  if (!card) return tl::make_unexpected(card.error());
  out.card = std::move(*card);
  if (!addresses.empty()) out.card.dialer = std::make_unique<tcp::Dialer>(addresses, stop_signal());
  out.label = out.card.link->label();
  out.lives_on = uri.scheme != CardUri::Scheme::ref;
  return out;
}

/// A verdict about an interface that the statement does not claim would be about another device.
Result<void> check_transport(const std::string& transport, const model::Ics& ics) {
  static const std::map<std::string, const char*> items = {
      {"iso", "D_ISO"}, {"usb-iccd", "D_ICCD"}, {"usb-eem", "D_EEM"}};
  const auto item = items.find(transport);
  const bool open =  // of whatever kind
      model::claims(ics, "D_UICC") && !model::claims(ics, "D_ISO") && !model::claims(ics, "D_ICCD");
  if (item == items.end() || open || model::claims(ics, item->second)) return {};
  return fail(
      Errc::configuration,
      "the adapter reaches the card over " + transport + ", which the ICS does not claim (" + item->second + ")", {},
      ics.file);
}

Result<Opened> open_device_side(const RunOptions& options, const Installation& installation,
                                const load::Library& library, const DeviceUri& uri) {
  Opened out;
  auto declarations = load_declarations(library, options.ics, options.pixit, uri.personality, model::Dut::device);
  if (!declarations) return tl::make_unexpected(declarations.error());
  out.declarations = std::move(*declarations);
  if (options.ics.empty() && uri.scheme != DeviceUri::Scheme::ref && options.device_ip.empty()) {
    out.declarations.ics.items["D_EEM"] = false;
    out.declarations.notes.push_back("no --device-ip given: the device is taken to have no USB EEM");
  }
  auto device = open_device(uri, {options.device_ip, options.control, options.debug_adapter}, installation);
  if (!device) return tl::make_unexpected(device.error());
  out.device = std::move(*device);
  const auto claimed = check_transport(out.device.link->transport(), out.declarations.ics);
  if (!claimed) return tl::make_unexpected(claimed.error());
  out.label = out.device.link->label();
  out.lives_on = uri.scheme != DeviceUri::Scheme::ref;
  return out;
}

/// A reference in process is made for the run and ends with it.
engine::Side side_of(const Opened& side, const load::Library& library, port::AccountStore* accounts) {
  const auto& ics = side.declarations.ics;
  const auto& pixit = side.declarations.pixit;
  if (ics.dut == model::Dut::device) {
    return {ics.dut, engine::device_benches(*side.device.link, library, ics, pixit), ics, pixit, side.lives_on,
            accounts};
  }
  return {
      ics.dut,       engine::card_benches(*side.card.link, side.card.dialer.get(), library, ics, pixit, stop_signal()),
      ics,           pixit,
      side.lives_on, accounts};
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

Exit run_plan(const RunOptions& options, const load::Library& library, const std::vector<Opened>& sides,
              const std::vector<model::PlannedCase>& plan, engine::HeldReadings readings) {
  const auto folder = output_folder(options);
  const auto made = reports::make_folder(folder);
  if (!made) return exit_for(made.error());
  reports::ConsoleReport console(std::cout, std::cerr, console_style(options.quiet));
  reports::Journal journal(folder / "run.jsonl");
  reports::JunitReport junit(folder / "junit.xml");
  reports::PcapReport pcap(folder);
  reports::AdapterReport adapter(folder);
  catch_signals();
  engine::RunInput input{{},
                         library,
                         plan,
                         covered(library, options.patterns),
                         {&console, &journal, &junit, &pcap, &adapter},
                         stop_signal(),
                         {},
                         std::move(readings)};
  const auto accounts = open_account_store(options.account);
  std::vector<std::string> labels;
  std::vector<std::string> statements;
  std::vector<std::string> values;
  for (const auto& side : sides) {
    input.sides.push_back(side_of(side, library, accounts.get()));
    if (side.lives_on && !accounts) input.info.notes.push_back(no_account);
    labels.push_back(side.label);
    statements.push_back(side.declarations.ics.title);
    values.push_back(side.declarations.pixit.title);
    input.info.notes.insert(input.info.notes.end(), side.declarations.notes.begin(), side.declarations.notes.end());
  }
  input.info.suite_version = library.version();
  input.info.suite_digest = library.digest();
  input.info.edition = library.vocabulary().ledger.edition;
  input.info.dut = join(labels, "; ");
  input.info.ics = join(statements, "; ");
  input.info.pixit = join(values, "; ");
  input.info.started = utc("%Y-%m-%dT%H:%M:%S");
  input.info.ledger = &library.vocabulary().ledger.requirements;
  const auto summary = engine::run(input);
  std::cerr << "reports: " << folder.string() << "/junit.xml, run.jsonl, artifacts/ID/trace.pcap\n";
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
  const auto library = installation->open_library();
  if (!library) return exit_for(library.error());
  std::vector<Opened> sides;
  if (card) {
    auto side = open_card_side(options, *installation, *library, *card, *addresses);
    if (!side) return exit_for(side.error());
    sides.push_back(std::move(*side));
  }
  if (device) {
    auto side = open_device_side(options, *installation, *library, *device);
    if (!side) return exit_for(side.error());
    sides.push_back(std::move(*side));
  }
  std::vector<engine::Declared> declared;
  for (const auto& side : sides) declared.push_back({side.declarations.ics, side.declarations.pixit});
  const auto readings = held_readings(*library, options.readings);
  if (!readings) return exit_for(readings.error());
  engine::Selection selection{options.patterns, options.skip, options.traffic, {}};
  const bool reaches_card = !options.card_ip.empty() || (card && card->scheme == CardUri::Scheme::ref);
  const bool reaches_us = !options.device_ip.empty() || (device && device->scheme == DeviceUri::Scheme::ref);
  if (!reaches_card) selection.lacking["C_EEM"] = "no address of the card over TCP/IP is known (--card-ip ADDRESS)";
  if (!reaches_us) selection.lacking["D_EEM"] = "no address of ours for localuicc is known (--device-ip ADDRESS)";
  const auto chosen = engine::make_plan(*library, selection, declared);
  if (!chosen) return exit_for(chosen.error());
  auto plan = engine::static_rows(*library, declared);
  plan.insert(plan.end(), chosen->begin(), chosen->end());
  return run_plan(options, *library, sides, plan, *readings);
}

}  // namespace dmsc::cli
