// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "adapters/pcsc/doctor.hpp"
#include "runner/base/json.hpp"
#include "runner/cli/verbs.hpp"

namespace dmsc::cli {
namespace {

const char* word_for(pcsc::Finding::Level level) {
  switch (level) {
    case pcsc::Finding::Level::ok:
      return "ok";
    case pcsc::Finding::Level::note:
      return "note";
    case pcsc::Finding::Level::warning:
      return "warning";
    case pcsc::Finding::Level::problem:
      return "problem";
  }
  return "";
}

}  // namespace

Exit examine_environment(const DoctorOptions& options) {
  pcsc::DoctorOptions what;
  what.reader = options.reader;
  what.measure = options.measure;
  std::size_t problems = 0;
  std::string first;
  Value::List list;
  for (const auto& finding : pcsc::examine(what)) {
    const std::string level = word_for(finding.level);
    list.push_back(Value::Map{{"level", level}, {"text", finding.text}, {"advice", finding.advice}});
    if (!options.json)
      std::cout << level << ": " << finding.text << (finding.advice.empty() ? "" : "\n    -> " + finding.advice)
                << "\n";
    if (finding.level == pcsc::Finding::Level::problem && ++problems == 1) first = finding.text;
  }
  if (options.json) std::cout << write_json(list, 2) << "\n";
  if (problems != 0) return {model::exit_code::unavailable, first};
  return {model::exit_code::proven, "a card can be tested"};
}

}  // namespace dmsc::cli
