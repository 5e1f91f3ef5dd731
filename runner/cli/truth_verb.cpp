// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <csignal>
#include <iostream>

#include "runner/base/json.hpp"
#include "runner/cli/card_uri.hpp"
#include "runner/cli/declarations.hpp"
#include "runner/cli/device_uri.hpp"
#include "runner/cli/stop_signal.hpp"
#include "runner/cli/verbs.hpp"
#include "runner/engine/account.hpp"
#include "runner/engine/card/card_bench.hpp"
#include "runner/engine/device/device_bench.hpp"
#include "runner/engine/run.hpp"
#include "runner/engine/truth_watch.hpp"

namespace dmsc::cli {
namespace {

/// A statement and what its peer showed; or how the verb ends without.
struct Watched {
  Declarations declarations;
  engine::Evidence evidence;
};

void tell_scene(const std::string& scene) {
  std::cerr << "watching " << scene << "\n";
}

Result<Watched> watch_card(const IcsOptions& options, const Installation& installation, const load::Library& library) {
  const auto uri = parse_card_uri(options.card);
  if (!uri) return tl::make_unexpected(uri.error());
  auto declarations =
      load_declarations(library, options.words.front(), options.pixit, uri->personality, model::Dut::card);
  if (!declarations) return tl::make_unexpected(declarations.error());
  const auto roads = open_card(*uri, installation);
  if (!roads) return tl::make_unexpected(roads.error());
  auto account = engine::account_of(declarations->pixit);
  const auto bench = engine::card_benches(*roads->link, roads->dialer.get(), library, declarations->ics,
                                          declarations->pixit, stop_signal())(account);
  const auto holder = bench->identify();
  if (!holder) return tl::make_unexpected(holder.error());
  auto evidence = engine::watch_card(*bench, library, tell_scene);
  if (!evidence) return tl::make_unexpected(evidence.error());
  return Watched{std::move(*declarations), std::move(*evidence)};
}

Result<Watched> watch_device(const IcsOptions& options, const Installation& installation,
                             const load::Library& library) {
  const auto uri = parse_device_uri(options.device);
  if (!uri) return tl::make_unexpected(uri.error());
  auto declarations =
      load_declarations(library, options.words.front(), options.pixit, uri->personality, model::Dut::device);
  if (!declarations) return tl::make_unexpected(declarations.error());
  const auto road = open_device(*uri, {{}, options.control, options.debug_adapter}, installation);
  if (!road) return tl::make_unexpected(road.error());
  auto account = engine::account_of(declarations->pixit);
  const auto bench = engine::device_benches(*road->link, library, declarations->ics, declarations->pixit)(account);
  auto evidence =
      engine::watch_device(*bench, {declarations->ics, declarations->pixit}, road->link->transport(), tell_scene);
  if (!evidence) return tl::make_unexpected(evidence.error());
  return Watched{std::move(*declarations), std::move(*evidence)};
}

void print(const engine::Contradiction& one) {
  std::cout << (one.certain ? "CONTRADICTION  " : "note  ") << one.rule->item << "  " << one.declared << ", "
            << one.rule->source << ": " << one.seen.words << "\n";
  if (!one.seen.octets.empty()) std::cout << "      octets: " << to_hex(one.seen.octets, " ") << "\n";
  std::cout << "      where:  " << one.seen.where << "\n      clause: " << one.rule->clause << "\n";
}

Value to_value(const engine::Contradiction& one) {
  return Value::Map{{"item", one.rule->item},     {"certain", one.certain},    {"declared", one.declared},
                    {"source", one.rule->source}, {"seen", one.seen.words},    {"octets", to_hex(one.seen.octets)},
                    {"where", one.seen.where},    {"clause", one.rule->clause}};
}

Exit tell(const engine::Truth& truth, bool json) {
  const auto& found = truth.contradictions;
  if (json) {
    Value::List list;
    for (const auto& one : found) list.push_back(to_value(one));
    std::cout << write_json(list, 2) << "\n";
  } else {
    for (const auto& one : found) print(one);
  }
  const auto first = std::find_if(found.begin(), found.end(), [](const auto& one) { return one.certain; });
  const auto certain = std::count_if(found.begin(), found.end(), [](const auto& one) { return one.certain; });
  const auto looks = " in " + std::to_string(truth.held) + " looks";
  if (first == found.end()) return {model::exit_code::proven, "no contradiction" + looks};
  return {model::exit_code::failed, std::to_string(certain) + (certain == 1 ? " contradiction" : " contradictions") +
                                        looks + ", first: " + first->rule->item};
}

}  // namespace

Exit hold_truth(const IcsOptions& options) {
  if (options.card.empty() == options.device.empty()) {
    return {model::exit_code::usage, "name the peer whose statement this is, with --card URI or --device URI"};
  }
  if (!options.card.empty() && (!options.control.empty() || options.debug_adapter)) {
    return {model::exit_code::usage, "--control and --debug-adapter are about a device"};
  }
  const auto installation = Installation::find();
  if (!installation) return exit_for(installation.error());
  const auto library = installation->open_library();
  if (!library) return exit_for(library.error());
  catch_signals();
  const auto watched = options.device.empty() ? watch_card(options, *installation, *library)
                                              : watch_device(options, *installation, *library);
  if (!watched && watched.error().code == Errc::unsupported) {
    return {model::exit_code::not_proven, watched.error().text()};
  }
  if (!watched) return exit_for(watched.error());
  for (const auto& note : watched->declarations.notes) std::cerr << "note: " << note << "\n";
  const auto& [declarations, evidence] = *watched;
  return tell(engine::hold_against({declarations.ics, declarations.pixit}, evidence), options.json);
}

}  // namespace dmsc::cli
