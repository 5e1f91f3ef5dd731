// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "runner/base/json.hpp"
#include "runner/cli/installation.hpp"
#include "runner/cli/verbs.hpp"
#include "runner/load/dissector.hpp"
#include "runner/load/grammar.hpp"

namespace dmsc::cli {

Exit print_vocabulary(const VocabularyOptions& options) {
  if (options.json) {
    std::cout << write_json(load::grammar(), 2) << "\n";
  } else if (options.markdown) {
    std::cout << load::grammar_page();
  } else if (options.lua) {
    std::cout << load::dissector();
  } else if (options.schema) {
    const auto installation = Installation::find();
    if (!installation) return exit_for(installation.error());
    auto base = load_json(installation->testcases() / "schema" / "testcase.schema.json");
    if (!base) return exit_for(base.error());
    std::cout << write_json(load::words_schema(std::move(*base)), 2) << "\n";
  } else {
    const auto list = load::grammar_list(options.pattern);
    if (list.empty()) return {model::exit_code::data, "\"" + options.pattern + "\" names no event and no stimulus"};
    std::cout << list;
  }
  return {};
}

}  // namespace dmsc::cli
