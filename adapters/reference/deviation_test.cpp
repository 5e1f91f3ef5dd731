// SPDX-License-Identifier: Apache-2.0
#include "adapters/reference/deviation.hpp"

#include <cstdlib>
#include <fstream>

#include "adapters/reference/personalities.hpp"
#include "adapters/reference/policies.hpp"
#include "runner/base/catch.hpp"
#include "runner/base/json.hpp"

namespace dmsc::reference {
namespace {

/// Reads a catalogue of this one defect.
Result<std::vector<Deviation>> load_one(const std::string& members) {
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
      {"dm.account", false, true},
      {"received.envelope.location_status", true, false},
      {"received.envelope.empty", true, false},
      {"received.push", false, true},
      {"received.handshake", false, true},
      {"received.pushes", false, false},
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
  CHECK(seen.size() == static_cast<std::size_t>(peer::Policy::refuses_plain_dm_over_tcp) + 1);
}

namespace {

/// A folder with one catalogue of that text, gone with its owner.
class Folder {
 public:
  explicit Folder(const std::string& text) {
    char name[] = "/tmp/dmsc-variants-XXXXXX";
    REQUIRE(mkdtemp(name) != nullptr);
    path_ = name;
    std::ofstream(path_ / "one.json") << text;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

std::string variant(const std::string& members) {
  return R"({"variants": [{"title": "made by a test", )" + members + "}]}";
}

}  // namespace

TEST_CASE("a catalogue of variants that cannot be used says where and why", "[defect]") {
  const std::pair<std::string, const char*> rows[] = {
      {R"({"defects": []})", "/: \"variants\" is no list"},
      {R"({"variants": [1]})", "/variants/0: is no object"},
      {variant(R"("id": "card:a", "personality": {"buffer_size": 1})"),
       "/variants/0: needs \"id\" card:NAME or device:NAME, \"title\" and \"clause\""},
      {variant(R"("id": "card:a", "clause": "c")"), "/variants/0: changes nothing"},
      {variant(R"("id": "card:a", "clause": "c", "of": "full")"), "/variants/0: changes nothing"},
      {variant(R"("id": "card:a", "clause": "c", "chnages": [])"),
       "/variants/0: \"chnages\" is no member, did you mean \"changes\""},
      {variant(R"("id": "card:a", "clause": "c", "personality": {"bufer_size": 1})"),
       "/variants/0/personality: \"bufer_size\" is no member of a personality, did you mean \"buffer_size\""},
      {variant(R"("id": "device:a", "clause": "c", "personality": {"buffer_size": 1})"),
       "/variants/0/personality: \"buffer_size\" is no member of a personality"},
      {variant(R"("id": "card:a", "clause": "c", "personality": 1)"), "/variants/0/personality: is no object"},
      {variant(R"("id": "card:a", "clause": "c", "pixit": 1)"), "/variants/0/pixit: is no object"},
      {variant(R"("id": "card:a", "clause": "c", "switch_off": true)"), "/variants/0/switch_off: is no list"},
      {variant(R"("id": "card:a", "clause": "c", "changes": [{"on": "proactive.*", "dealy": 1}])"),
       "/variants/0/changes: \"dealy\" is no member of a change, did you mean \"delay\""},
      {variant(R"("id": "card:a", "clause": "c", "changes": [{"on": "proactive.*", "before": [{"command": "x"}]}])"),
       "/variants/0/changes/before: \"x\" is no proactive command"},
      {variant(
           R"("id": "card:a", "clause": "c", "changes": [{"on": "proactive.*", "before": [{"command": "send_data"}]}])"),
       "/variants/0/changes/before: channel_data: is missing"},
      {variant(R"("id": "device:a", "clause": "c", "changes": [{"on": "envelope.*", "before": [{"apdu": "80F2"}]}])"),
       "/variants/0/changes/before: needs \"apdu\", a command APDU"},
  };
  for (const auto& [text, message] : rows) {
    const Folder folder(text);
    const auto loaded = load_variants(folder.path());
    REQUIRE_FALSE(loaded);
    CHECK(loaded.error().text() == (folder.path() / "one.json").string() + ": " + message);
  }
}

TEST_CASE("a rule may be off over one bearer, or after one wake-up, alone", "[defect]") {
  CHECK(load_one(R"("id": "device:x", "switch_off": ["takes_push"], "bearer": "3gpp2")")->front().bearer == "3gpp2");
  CHECK(load_one(R"("id": "card:x", "switch_off": ["checks_timer"], "wake_up": "call")")->front().wake_up == "call");
  CHECK(complaint(R"("id": "device:x", "switch_off": ["takes_push"], "bearer": "4gpp")") ==
        "\"4gpp\" is no bearer, did you mean \"3gpp\"");
  CHECK(complaint(R"("id": "card:x", "switch_off": ["checks_timer"], "wake_up": "cal")") ==
        "\"cal\" is no kind of wake-up, did you mean \"call\"");
  CHECK(complaint(R"("id": "card:x", "switch_off": ["checks_timer"], "bearer": "bip")")
            .starts_with("\"bearer\" is no member"));
}

TEST_CASE("what a peer hears can be lost, or be the last that it hears", "[defect]") {
  const auto defects = load_one(
      R"("id": "card:x", "changes": [{"on": "received.envelope.*", "where": {"octets": "D6"}, "deafen": true}])");
  REQUIRE(defects);
  peer::Outgoing heard{"received.envelope.unknown", Value::Map{{"octets", "D6"}}, 1, 0};
  defects->front().tamper(heard);
  CHECK(heard.deafens);
  CHECK(heard.copies == 1);
  peer::Outgoing other{"received.envelope.unknown", Value::Map{{"octets", "D7"}}, 1, 0};
  defects->front().tamper(other);
  CHECK_FALSE(other.deafens);
}

TEST_CASE("a defect knows no members of a variant", "[defect]") {
  CHECK(complaint(R"("id": "card:x", "switch_off": ["checks_timer"], "pixit": {}, "clause": "c")") ==
        "\"pixit\" is no member");
}

TEST_CASE("a variant and a defect of one peer work together, the variant first", "[defect]") {
  const Folder defects(R"({"defects": [{"id": "card:broken", "title": "t",
      "changes": [{"on": "proactive.more_time", "where": {"command_details.number": 5}, "swallow": true}]}]})");
  const Folder variants(variant(R"("id": "card:five", "clause": "c", "personality": {"buffer_size": 9},
      "changes": [{"on": "proactive.*", "set": {"command_details.number": 5},
                   "before": [{"command": "polling_off"}]}])"));
  const auto chosen = find_deviations({defects.path(), variants.path(), "card", "broken", "five"});
  REQUIRE(chosen);
  CHECK(chosen->size() == 2);
  peer::Outgoing message{"proactive.more_time", Value::Map{}, 1, 0};
  tamper_of (*chosen)(message);
  CHECK(message.copies == 0);
  CHECK(message.before == Value(Value::List{Value::Map{{"command", "polling_off"}}}));
  const auto document = personality_with(Value::Map{{"buffer_size", 1}, {"protocol", "udp_local"}}, *chosen);
  CHECK(document == Value(Value::Map{{"buffer_size", 9}, {"protocol", "udp_local"}}));
  CHECK_FALSE(tamper_of({}));
  const auto unknown = find_deviations({defects.path(), variants.path(), "card", "", "fife"});
  CHECK(unknown.error().message == "\"fife\" is no variant of the reference card, did you mean \"five\"");
  CHECK(find_deviations({defects.path(), variants.path(), "device", "", "five"}).error().message ==
        "\"five\" is no variant of the reference device");
}

TEST_CASE("maps of a personality are laid over one another, lists replaced", "[defect]") {
  const Folder folder(variant(R"("id": "device:a", "clause": "c",
      "personality": {"profile": {"octets": 36}, "applications": [1]})"));
  const auto loaded = load_variants(folder.path());
  REQUIRE(loaded);
  const Value under =
      Value::Map{{"profile", Value::Map{{"octets", 30}, {"udp_local", true}}}, {"applications", Value::List{1, 2}}};
  CHECK(personality_with(under, *loaded) ==
        Value(Value::Map{{"profile", Value::Map{{"octets", 36}, {"udp_local", true}}},
                         {"applications", Value::List{1}}}));
}

TEST_CASE("the members of all personalities are known", "[defect]") {
  const std::filesystem::path root = DMSC_SOURCE_DIR;
  for (const bool of_card : {true, false}) {
    const auto folder = root / (of_card ? "adapters/refcard/personalities" : "adapters/refdevice/personalities");
    const auto& known = personality_members(of_card);
    for (const auto& name : names_in(folder)) {
      const auto document = load_json(folder / (name + ".json"));
      REQUIRE(document);
      for (const auto& [key, value] : document->as_map()) {
        INFO(name << ": " << key);
        CHECK(std::find(known.begin(), known.end(), key) != known.end());
      }
    }
  }
}

}  // namespace dmsc::reference
