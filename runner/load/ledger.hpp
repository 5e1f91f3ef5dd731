// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "runner/base/result.hpp"
#include "runner/base/value.hpp"
#include "runner/model/ledger.hpp"
#include "runner/model/test_case.hpp"

namespace dmsc::load {

/// testcases/requirements.json: what is asked, and where the documents leave a choice.
struct Ledger {
  model::Edition edition;
  std::vector<model::Requirement> requirements;
  std::vector<model::Ambiguity> ambiguities;
};

/// Reads a ledger by its shape alone; whether its rows hold is a question of the two functions below.
/// @return  Errc::no_input or Errc::data, with the place
Result<Ledger> load_ledger(const std::filesystem::path& file);

/// What is wrong with the rows themselves: an id or an ambiguity twice, one that there is not, a row that is not
/// tested without a reason.
std::vector<std::string> check_rows(const Ledger& ledger);

/// What the cases leave open: a row that is `tested` and that no case of a side it is asked of cites; one that is MUST
/// or SHOULD and that none judges; an ambiguity of which a reading is told by no step, and that does not say how else.
std::vector<std::string> check_coverage(const Ledger& ledger,
                                        const std::vector<std::unique_ptr<model::TestCase>>& cases);

/// Whether the ledger is what was frozen under its name in testcases/editions.json.
std::vector<std::string> check_edition(const Ledger& ledger, const std::filesystem::path& editions);

/// Whether the case cites that row, for all of it or for a step.
bool cites(const model::TestCase& test, std::string_view requirement);

/// Whether the case holds the peer to that row: a step expects or forbids something for it, or it is about all traffic.
bool judges(const model::TestCase& test, std::string_view requirement);
bool judges(const model::TestCase& test, const model::Step& step, std::string_view requirement);

}  // namespace dmsc::load
