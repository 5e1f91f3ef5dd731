// SPDX-License-Identifier: Apache-2.0
#include "adapters/reference/defect.hpp"

#include <cstdlib>
#include <fstream>

#include "adapters/reference/policies.hpp"
#include "runner/base/catch.hpp"

namespace dmsc::reference {
namespace {

/// Reads a catalogue of this one defect.
Result<std::vector<Defect>> load_one(const std::string& members) {
  char name[] = "/tmp/dmsc-defects-XXXXXX";
  REQUIRE(mkdtemp(name) != nullptr);
  const std::filesystem::path folder = name;
  std::ofstream(folder / "one.json") << R"({"defects": [{"title": "made by a test", )" + members + "}]}";
  auto defects = load_defects(folder);
  std::filesystem::remove_all(folder);
  return defects;
}

std::string complaint(const std::string& members) {
  const auto defects = load_one(members);
  REQUIRE_FALSE(defects);
  return defects.error().message;
}

}  // namespace

TEST_CASE("a card has policies and its messages, a device habits and its own", "[defect]") {
  CHECK(load_one(R"("id": "card:x", "switch_off": ["checks_timer"])"));
  CHECK(load_one(R"("id": "device:x", "switch_off": ["runs_timers"])")->front().switched_off ==
        std::vector<std::string>{"runs_timers"});
  CHECK(complaint(R"("id": "device:x", "switch_off": ["checks_timer"])").starts_with("\"checks_timer\" is no habit"));
  CHECK(complaint(R"("id": "device:x", "switch_off": ["run_timers"])") ==
        "\"run_timers\" is no habit, did you mean \"runs_timers\"");
  CHECK(complaint(R"("id": "card:x", "switch_off": ["runs_timers"])").starts_with("\"runs_timers\" is no policy"));
  const auto on = [](const std::string& kind, const std::string& message) {
    return load_one("\"id\": \"" + kind + R"(:x", "changes": [{"on": ")" + message + R"(", "swallow": true}])")
        .has_value();
  };
  struct Row {
    const char* message;
    bool card;
    bool device;
  };
  const Row rows[] = {
      {"proactive.open_channel", true, false},
      {"envelope.location_status", false, true},
      {"envelope.location_statu", false, false},
      {"terminal_response.send_data", false, true},
      {"terminal_response.refuse", false, false},
      {"terminal_profile", false, true},
      {"dm.client_message", false, true},
      {"dm.server_message", true, false},
      {"dm.notification", true, false},
      {"http.request", false, true},
      {"http.response", true, false},
      {"command.status", false, true},
      {"response.status", true, false},
      {"dm.message", false, false},
      {"envelope.*", true, true},
  };
  for (const auto& row : rows) {
    INFO(row.message);
    CHECK(on("card", row.message) == row.card);
    CHECK(on("device", row.message) == row.device);
  }
}

TEST_CASE("an object that a device's message must have can be left out", "[defect]") {
  const auto defects = load_one(
      R"("id": "device:x", "changes": [{"on": "envelope.timer_expiration", "drop": ["timer_value"]},
         {"on": "terminal_response.timer_management", "drop": ["result.general"]}])");
  REQUIRE(defects);
  peer::Outgoing envelope{"envelope.timer_expiration", Value::Map{{"timer_identifier", 1}, {"timer_value", 7}}, 1, 0};
  defects->front().tamper(envelope);
  CHECK(envelope.members.find("timer_value")->is_null());
  peer::Outgoing response{"terminal_response.timer_management",
                          Value::Map{{"result", Value::Map{{"general", "performed"}}}}, 1, 0};
  defects->front().tamper(response);
  CHECK(response.members.at_path("result.general") == nullptr);
}

TEST_CASE("every policy has one name", "[defect]") {
  std::set<peer::Policy> seen;
  for (const auto& name : policy_names()) {
    REQUIRE(policy_of(name));
    CHECK(seen.insert(*policy_of(name)).second);
  }
  CHECK(seen.size() == static_cast<std::size_t>(peer::Policy::keeps_message_id) + 1);
}

}  // namespace dmsc::reference
