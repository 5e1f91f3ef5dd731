// SPDX-License-Identifier: Apache-2.0
#include "runner/cli/run_facts.hpp"

#include <sys/utsname.h>

#include <fstream>

#include "adapters/pcsc/doctor.hpp"
#include "runner/base/digest.hpp"
#include "runner/cli/built.hpp"

namespace dmsc::cli {
namespace {

/// `Debian GNU/Linux 12 (bookworm)`, by the file that every distribution has.
std::string distribution() {
  std::ifstream in("/etc/os-release");
  constexpr std::string_view key = "PRETTY_NAME=";
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with(key)) continue;
    auto name = line.substr(key.size());
    if (name.size() >= 2 && name.front() == '"' && name.back() == '"') name = name.substr(1, name.size() - 2);
    return name;
  }
  return {};
}

Value host_facts(bool over_pcsc) {
  Value out = Value::Map{{"os", distribution()}};
  if (utsname name{}; uname(&name) == 0) {
    out["kernel"] = std::string(name.sysname) + " " + name.release + " " + name.machine;
  }
  if (!over_pcsc) return out;
  Value::List packages;
  for (auto& package : pcsc::installed_packages()) packages.emplace_back(std::move(package));
  out["packages"] = std::move(packages);
  return out;
}

Value ics_facts(const model::Ics& ics) {
  Value items = Value::Map{};
  for (const auto& [id, answer] : ics.items) items[id] = answer;
  return Value::Map{{"file", ics.file}, {"title", ics.title}, {"items", std::move(items)}};
}

Value pixit_facts(const model::Pixit& pixit, const load::Library& library, const std::string& salt) {
  Value values = Value::Map{};
  for (const auto& item : library.vocabulary().pixit_items) {
    const auto* value = pixit.values.find(item.id);
    if (value == nullptr) continue;
    values[item.id] = item.secret && value->is_string() ? salted_digest(salt, value->as_string()) : *value;
  }
  return Value::Map{{"file", pixit.file}, {"title", pixit.title}, {"values", std::move(values)}};
}

}  // namespace

bool is_own_suite(const std::string& digest) {
  return digest == built.suite_digest;
}

Value run_facts(const RunOptions& options, const load::Library& library, const std::string& suite_digest,
                const std::deque<RunSide>& sides, const std::string& salt) {
  Value out = Value::Map{{"dmsc", Value::Map{{"version", built.version}, {"commit", built.commit}}}};
  out["suite_unmodified"] = is_own_suite(suite_digest);
  Value::List command;
  for (const auto& word : options.command) command.emplace_back(word);
  out["command"] = std::move(command);
  if (!options.operator_name.empty()) out["operator"] = options.operator_name;
  if (!options.note.empty()) out["note"] = options.note;
  bool over_pcsc = false;
  Value::List list;
  for (const auto& side : sides) {
    const auto& declarations = side.declarations();
    Value one = Value::Map{{"dut", name_of(side.dut())},
                           {"uri", side.dut() == model::Dut::card ? options.card : options.device},
                           {"label", side.label()}};
    const auto road = side.facts();
    for (const auto& [key, value] : road.as_map()) one[key] = value;
    over_pcsc = over_pcsc || side.is_over_pcsc();
    one["ics"] = ics_facts(declarations.ics);
    one["pixit"] = pixit_facts(declarations.pixit, library, salt);
    list.push_back(std::move(one));
  }
  out["host"] = host_facts(over_pcsc);
  out["sides"] = std::move(list);
  return out;
}

}  // namespace dmsc::cli
