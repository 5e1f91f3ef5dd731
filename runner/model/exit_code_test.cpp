// SPDX-License-Identifier: Apache-2.0
#include "runner/model/exit_code.hpp"

#include <vector>

#include "runner/base/catch.hpp"
#include "runner/model/verdict.hpp"

using namespace dmsc;
using namespace dmsc::model;

namespace {

/// The contract, the strongest first, written out: a change of the table in the code must be a change here.
struct Row {
  int code;
  const char* meaning;
};
const std::vector<Row> contract = {
    {130, "ended by a signal"},
    {143, "ended by a signal"},
    {70, "a bug of ours"},
    {74, "a report could not be written"},
    {73, "output cannot be created"},
    {76, "the adapter broke the protocol"},
    {69, "reader, card or device is gone"},
    {75, "reader, account or port is busy"},
    {78, "the configuration does not fit"},
    {65, "bad data"},
    {66, "nothing to work on"},
    {64, "bad command line"},
    {1, "failed"},
    {2, "not proven"},
    {0, "passed"},
};

}  // namespace

TEST_CASE("D14: of two exit codes the stronger wins, and they are never added up", "[exit_code]") {
  for (std::size_t strong = 0; strong < contract.size(); ++strong) {
    for (std::size_t weak = strong; weak < contract.size(); ++weak) {
      const int a = contract[strong].code;
      const int b = contract[weak].code;
      INFO(a << " before " << b);
      CHECK(worse_exit(a, b) == a);
      CHECK(worse_exit(b, a) == a);
    }
  }
}

TEST_CASE("each exit code says what it means", "[exit_code]") {
  for (const auto& row : contract) {
    INFO(row.code);
    CHECK(meaning_of_exit(row.code) == row.meaning);
  }
  CHECK(meaning_of_exit(3) == "unknown");
}

TEST_CASE("each kind of error has its exit code", "[exit_code]") {
  const std::vector<std::pair<Errc, int>> rows = {
      {Errc::truncated, 65},   {Errc::malformed, 65}, {Errc::range, 65},         {Errc::unknown, 65},
      {Errc::data, 65},        {Errc::usage, 64},     {Errc::no_input, 66},      {Errc::unavailable, 69},
      {Errc::timeout, 69},     {Errc::exhausted, 69}, {Errc::cannot_create, 73}, {Errc::io, 74},
      {Errc::busy, 75},        {Errc::protocol, 76},  {Errc::interrupted, 130},  {Errc::configuration, 78},
      {Errc::unsupported, 69}, {Errc::refused, 69},   {Errc::no_operator, 69},
  };
  for (const auto& [error, code] : rows) {
    INFO(code);
    CHECK(exit_code_of(error) == code);
    CHECK(exit_code_of(error) >= 64);  // D3: what could not start is never green, and never a verdict
  }
}

TEST_CASE("of two verdicts of a case the worse counts", "[exit_code]") {
  const std::vector<Verdict> order = {Verdict::error, Verdict::fail, Verdict::inconclusive, Verdict::advisory,
                                      Verdict::pass};
  for (std::size_t strong = 0; strong < order.size(); ++strong) {
    for (std::size_t weak = strong; weak < order.size(); ++weak) {
      INFO(name_of(order[strong]) << " before " << name_of(order[weak]));
      CHECK(worse(order[strong], order[weak]) == order[strong]);
      CHECK(worse(order[weak], order[strong]) == order[strong]);
    }
  }
}

TEST_CASE("each verdict has a name of its own", "[exit_code]") {
  std::vector<std::string_view> names;
  for (const auto verdict : all_verdicts) names.push_back(name_of(verdict));
  CHECK(names == std::vector<std::string_view>{"pass", "advisory", "inconclusive", "fail", "error", "not_applicable",
                                               "skipped", "not_run"});
}
