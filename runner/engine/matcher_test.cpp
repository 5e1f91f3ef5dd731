// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/matcher.hpp"

#include "runner/base/catch.hpp"
#include "runner/base/json.hpp"

namespace dmsc::engine {
namespace {

Value json(const std::string& text) {
  return parse_json(text, "test").value();
}

struct Row {
  const char* matcher;
  const char* actual;
  bool fits;
};

}  // namespace

TEST_CASE("matchers", "[matcher]") {
  const Row rows[] = {
      {R"({"a": 1})", R"({"a": 1, "b": 2})", true},
      {R"({"a": 1})", R"({"a": "1"})", false},
      {R"({"a": 1})", R"({"b": 1})", false},
      {R"({"a": {"b": "x"}})", R"({"a": {"b": "x", "c": 0}})", true},
      {R"({"a": {"in": ["x", "y"]}})", R"({"a": "y"})", true},
      {R"({"a": {"in": ["x", "y"]}})", R"({"a": "z"})", false},
      {R"({"a": {"in": ["x", "y"]}})", R"({})", false},
      {R"({"a": {"range": [1, 8]}})", R"({"a": 8})", true},
      {R"({"a": {"range": [1, 8]}})", R"({"a": 9})", false},
      {R"({"a": {"range": [1, 8]}})", R"({"a": "8"})", false},
      {R"({"a": {"not": "9000"}})", R"({"a": "6F00"})", true},
      {R"({"a": {"not": "9000"}})", R"({"a": "9000"})", false},
      {R"({"a": {"not": "9000"}})", R"({})", true},
      {R"({"a": {"present": true}})", R"({"a": ""})", true},
      {R"({"a": {"present": true}})", R"({})", false},
      {R"({"a": {"present": false}})", R"({})", true},
      {R"({"a": {"present": false}})", R"({"a": 0})", false},
      {R"({"a": {"matches": "^D0.*82$"}})", R"({"a": "D00982"})", true},
      {R"({"a": {"matches": "^D0.*82$"}})", R"({"a": "D10982"})", false},
      {R"({"a": {"bits": {"mask": 3, "value": 1}}})", R"({"a": 253})", true},
      {R"({"a": {"bits": {"mask": 3, "value": 1}}})", R"({"a": 2})", false},
      {R"({"a": {"any": "x"}})", R"({"a": ["y", "x"]})", true},
      {R"({"a": {"any": "x"}})", R"({"a": ["y"]})", false},
      {R"({"a": {"any": "x"}})", R"({"a": "x"})", false},
      {R"({"a": {"any": {"port": 1}}})", R"({"a": [{"port": 2}, {"port": 1, "name": ""}]})", true},
      {R"({"a": {"distinct": {"member": "port"}}})", R"({"a": [{"port": 1}, {"port": 2}, {"port": 3}]})", true},
      {R"({"a": {"distinct": {"member": "port"}}})", R"({"a": [{"port": 1}, {"port": 2}, {"port": 1}]})", false},
      {R"({"a": {"distinct": {"member": "port"}}})", R"({"a": [{"port": 1}, {"port": "1"}]})", true},
      {R"({"a": {"distinct": {"member": "port"}}})", R"({"a": [{"port": 1}, {}, {}, {"name": "x"}]})", true},
      {R"({"a": {"distinct": {"member": "port"}}})", R"({"a": [{"port": [1]}, {"port": [1]}]})", false},
      {R"({"a": {"distinct": {"member": "port"}}})", R"({"a": [1, 1, "x"]})", true},
      {R"({"a": {"distinct": {"member": "port"}}})", R"({"a": []})", true},
      {R"({"a": {"distinct": {"member": "port"}}})", R"({"a": {"port": 1}})", false},
      {R"({"a": {"distinct": {"member": "port"}}})", R"({})", false},
      {R"({"a": {"not": {"distinct": {"member": "port"}}}})", R"({"a": [{"port": 1}, {"port": 1}]})", true},
      {R"({"a": {"distinct": {"member": "port", "for": {"type": 7}}}})",
       R"({"a": [{"port": 1, "type": 7}, {"port": 2, "type": 6}, {"port": 2, "type": 6}]})", true},
      {R"({"a": {"distinct": {"member": "port", "for": {"type": 7}}}})",
       R"({"a": [{"port": 2, "type": 6}, {"port": 1, "type": 6}, {"port": 1, "type": 7}]})", false},
      {R"({"a": {"distinct": {"member": "port", "for": {"type": {"in": [5, 7]}}}}})",
       R"({"a": [{"port": 1, "type": 7}, {"port": 1, "type": 5}]})", false},
      {R"({"a": {"all": [{"any": {"port": 1}}, {"distinct": {"member": "port"}}]}})",
       R"({"a": [{"port": 1}, {"port": 2}]})", true},
      {R"({"a": {"all": [{"any": {"port": 1}}, {"distinct": {"member": "port"}}]}})",
       R"({"a": [{"port": 1}, {"port": 1}]})", false},
      {R"({"a": {"all": [{"any": {"port": 1}}, {"distinct": {"member": "port"}}]}})", R"({"a": [{"port": 2}]})", false},
      {R"({"a": {"all": [{"range": [1, 8]}, {"not": 3}]}})", R"({"a": 3})", false},
      {R"({"a": {"all": [{"range": [1, 8]}, {"not": 3}]}})", R"({"a": 4})", true},
      {R"({"a": ["x", "y"]})", R"({"a": ["x", "y"]})", true},
      {R"({"a": ["x"]})", R"({"a": ["x", "y"]})", false},
  };
  for (const auto& row : rows) {
    INFO(row.matcher << " on " << row.actual);
    CHECK(mismatch(json(row.matcher), json(row.actual)).has_value() != row.fits);
  }
}

TEST_CASE("a mismatch names path, expectation and observation", "[matcher]") {
  const auto found =
      mismatch(json(R"({"transport_level": {"protocol": {"in": ["udp_local", "tcp_local"]}, "port": 32769}})"),
               json(R"({"transport_level": {"protocol": "udp_local", "port": 4660}})"));
  REQUIRE(found);
  CHECK(found->path == "transport_level.port");
  CHECK(found->expected == "32769");
  CHECK(found->observed == "4660");
  const auto absent = mismatch(json(R"({"buffer_size": {"range": [1, 5]}})"), json("{}"));
  REQUIRE(absent);
  CHECK(absent->observed == "nothing");
}

TEST_CASE("of a list the item is shown that comes nearest", "[matcher]") {
  const auto list = json(R"({"commands": [{"command": "status", "cmd": "SyncHdr", "data": "401"},
                                          {"command": "status", "cmd": "Alert", "data": "200"}, {"command": "get"}]})");
  const auto found =
      mismatch(json(R"({"commands": {"any": {"command": "status", "cmd": "Alert", "data": "212"}}})"), list);
  REQUIRE(found);
  CHECK(found->observed == R"(a list of 3, nearest {"command":"status","cmd":"Alert","data":"200"})");
  const auto none = mismatch(json(R"({"commands": {"any": {"command": "status"}}})"), json(R"({"commands": []})"));
  REQUIRE(none);
  CHECK(none->observed == "[]");
}

TEST_CASE("of a long value the beginning is shown, and how long it is", "[matcher]") {
  std::string text(199, 'a');
  text += "\u00e9";  // its two octets stand on either side of the cut
  const auto found = mismatch(json(R"({"body": "b"})"), Value::Map{{"body", text + std::string(5000, 'c')}});
  REQUIRE(found);
  CHECK(found->observed == std::string(199, 'a') + "... (5201 characters)");
}

TEST_CASE("matchers in words", "[matcher]") {
  CHECK(in_words(json(
            R"({"mode": "terminal_server", "transport_level": {"protocol": {"in": ["udp_local", "tcp_local"]}}})")) ==
        "mode terminal_server, transport_level (protocol one of udp_local, tcp_local)");
  CHECK(in_words(json(R"({"range": [1, 8]})")) == "1 to 8");
  CHECK(in_words(json(R"({"not": "9000"})")) == "anything but 9000");
  CHECK(in_words(json(R"({"any": "location_status"})")) == "a list that holds location_status");
  CHECK(in_words(json(R"({"present": false})")) == "absent");
  CHECK(in_words(json(R"({"applications": {"distinct": {"member": "port"}}})")) ==
        "applications a list without two equal port");
  CHECK(in_words(json(R"({"all": [{"range": [1, 8]}, {"not": 3}]})")) == "1 to 8 and anything but 3");
}

}  // namespace dmsc::engine
