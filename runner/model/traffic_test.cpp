// SPDX-License-Identifier: Apache-2.0
#include "runner/model/traffic.hpp"

#include "runner/base/catch.hpp"

// Counts of rules over all traffic: parts of a run are added, in any order.
namespace dmsc::model {
namespace {

TrafficBreach breach(Verdict verdict, const std::string& observed, std::size_t count, const std::string& id,
                     std::size_t exchange, std::size_t cases = 1) {
  TrafficBreach out;
  out.finding.verdict = verdict;
  out.finding.observed = observed;
  out.count = count;
  out.id = id;
  out.exchange = exchange;
  out.cases = cases;
  return out;
}

/// `RULE OCCASIONS; KIND COUNT in CASES, ID EXCHANGE OBSERVED`
std::vector<std::string> words(const TrafficTally& tally) {
  std::vector<std::string> out;
  for (const auto& [rule, count] : tally) {
    out.push_back(rule + " " + std::to_string(count.occasions));
    for (const auto& [kind, one] : count.breaches) {
      out.back() += "; " + kind + " " + std::to_string(one.count) + " in " + std::to_string(one.cases) + ", " + one.id +
                    " " + std::to_string(one.exchange) + " " + one.finding.observed;
    }
  }
  return out;
}

TrafficTally first() {
  TrafficTally out;
  out["a"] = {3, {{"k", breach(Verdict::fail, "early", 2, "con-101", 9)}}};
  out["b"] = {1, {}};
  return out;
}

TrafficTally second() {
  TrafficTally out;
  out["a"] = {4,
              {{"k", breach(Verdict::fail, "late", 5, "con-102", 1, 3)},
               {"l", breach(Verdict::advisory, "other", 1, "con-103", 0)}}};
  out["c"] = {2, {{"m", breach(Verdict::advisory, "memory", 1, "con-101", 4)}}};
  return out;
}

}  // namespace

TEST_CASE("tallies are added in either order", "[traffic]") {
  auto forth = first();
  add(forth, second());
  auto back = second();
  add(back, first());
  const std::vector<std::string> expected = {"a 7; k 7 in 4, con-101 9 early; l 1 in 1, con-103 0 other", "b 1",
                                             "c 2; m 1 in 1, con-101 4 memory"};
  CHECK(words(forth) == expected);
  CHECK(words(back) == expected);
}

TEST_CASE("the first place is by case id, then by exchange", "[traffic]") {
  TrafficTally tally;
  for (const auto& [id, exchange] : {std::pair("con-102", 0), std::pair("con-101", 7), std::pair("con-101", 8)}) {
    TrafficTally one;
    one["a"] = {
        1,
        {{"k", breach(Verdict::fail, std::string(id) + " " + std::to_string(exchange), 1, id, std::size_t(exchange))}}};
    add(tally, one);
  }
  CHECK(words(tally) == std::vector<std::string>{"a 3; k 3 in 3, con-101 7 con-101 7"});
}

TEST_CASE("to add nothing changes nothing, and from nothing all is taken", "[traffic]") {
  auto tally = first();
  add(tally, {});
  CHECK(words(tally) == words(first()));
  TrafficTally empty;
  add(empty, second());
  CHECK(words(empty) == words(second()));
}

TEST_CASE("the worst of a rule's breaches is its verdict", "[traffic]") {
  TrafficCount count;
  count.occasions = 5;
  CHECK(worst_of(count) == Verdict::pass);
  count.breaches["a"] = breach(Verdict::advisory, "", 1, "", 0);
  CHECK(worst_of(count) == Verdict::advisory);
  count.breaches["b"] = breach(Verdict::fail, "", 1, "", 0);
  CHECK(worst_of(count) == Verdict::fail);
}

TEST_CASE("a rule is found by its name alone", "[traffic]") {
  REQUIRE(find_traffic_rule("announced_length") != nullptr);
  CHECK(find_traffic_rule("announced_length")->sender == Dut::card);
  CHECK(find_traffic_rule("announced_lengt") == nullptr);
  CHECK(find_traffic_rule("") == nullptr);
}

}  // namespace dmsc::model
