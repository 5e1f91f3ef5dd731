// SPDX-License-Identifier: Apache-2.0
#include "adapters/process/message_schema.hpp"

#include "runner/base/catch.hpp"
#include "runner/base/json.hpp"

namespace dmsc::process {
namespace {

const std::filesystem::path schema_file = std::string(DMSC_SOURCE_DIR) + "/adapters/protocol.schema.json";

std::string error_of(const std::string& method, MessageSchema::Part part, const std::string& json) {
  const auto schema = MessageSchema::load(schema_file);
  REQUIRE(schema);
  const auto checked = schema->check(method, part, parse_json(json, "test").value());
  return checked ? "" : checked.error().text();
}

TEST_CASE("the schema names what does not fit", "[process][schema]") {
  struct Row {
    const char* method;
    MessageSchema::Part part;
    const char* json;
    const char* error;
  };
  constexpr auto params = MessageSchema::Part::params;
  constexpr auto result = MessageSchema::Part::result;
  const auto row = GENERATE(values<Row>({
      {"uicc.apdu", params, R"({"seq": 1, "t": 0, "capdu": "00A40000023F00"})", ""},
      {"uicc.apdu", params, R"({"seq": 1, "t": 0, "capdu": "00a40000023f00"})",
       "uicc.apdu params: /capdu: no octets in upper-case hexadecimal"},
      {"uicc.apdu", params, R"({"seq": 1, "t": 0, "capdu": "00A400000"})",
       "uicc.apdu params: /capdu: no octets in upper-case hexadecimal"},
      {"uicc.apdu", params, R"({"seq": 1, "t": 0, "capdu": "00A4"})",
       "uicc.apdu params: /capdu: string should be no fewer than 8 characters in length"},
      {"uicc.apdu", params, R"({"seq": 1, "t": 0})", "uicc.apdu params: /: missing required property 'capdu'"},
      {"uicc.apdu", params, R"({"seq": 0, "t": 0, "capdu": "00A40000023F00"})",
       "uicc.apdu params: /seq: expected number greater than or equal to 1.000000"},
      {"uicc.apdu", params, R"({"seq": 1, "t": 0, "capdu": "00A40000023F00", "more": 1})",
       "uicc.apdu params: /: member 'more' is not known"},
      {"uicc.power", params, R"({"vcc": 1})", "uicc.power params: /vcc: value type not permitted by 'type' constraint"},
      {"uicc.reset", params, R"({"kind": "hot"})", "uicc.reset params: /kind: failed to match against any enum values"},
      {"network.awaitCall", result, R"({"number": null})", ""},
      {"network.awaitCall", result, R"({"number": "+15550100"})", ""},
      {"network.awaitCall", result, R"({"number": 5})",
       "network.awaitCall result: /number: value type not permitted by 'type' constraint"},
      {"network.awaitCall", result, R"({})", "network.awaitCall result: /: missing required property 'number'"},
      {"network.sms.awaitMo", result, R"({"tpdu": null})", ""},
      {"network.sms.awaitMo", result, R"({"tpdu": "00"})",
       "network.sms.awaitMo result: /: missing required property 'bearer'"},
      {"network.sms.awaitMo", result, R"({"bearer": "3gpp", "tpdu": "0g"})",
       "network.sms.awaitMo result: /tpdu: no octets in upper-case hexadecimal"},
      {"device.powerOn", result, R"({})", ""},
      {"device.powerOn", result, R"({"done": true})", "device.powerOn result: /: member 'done' is not known"},
      {"x.shake", result, R"({"done": true})", ""},
      {"device.fly", result, R"({})", "there is no method \"device.fly\""},
  }));
  CAPTURE(row.method, row.json);
  CHECK(error_of(row.method, row.part, row.json) == row.error);
}

TEST_CASE("an APDU of the greatest length is held against the schema as well", "[process][schema]") {
  const auto schema = MessageSchema::load(schema_file);
  REQUIRE(schema);
  const auto check = [&](const std::string& capdu) {
    return schema->check("uicc.apdu", MessageSchema::Part::params, Value::Map{{"seq", 1}, {"t", 0}, {"capdu", capdu}});
  };
  CHECK(check(std::string(2 * 65544, 'A')));
  CHECK_FALSE(check(std::string(2 * 65544 + 2, 'A')));
  CHECK_FALSE(check(std::string(2 * 65544 - 1, 'A') + "a"));
}

TEST_CASE("every method has both parts, a direction, and octets only where they are looked for", "[process][schema]") {
  const auto schema = MessageSchema::load(schema_file);
  REQUIRE(schema);
  CHECK(schema->methods_to("runner") == std::vector<std::string>{"uicc.power", "uicc.reset", "uicc.pps", "uicc.apdu"});
  CHECK(schema->methods_to("adapter").size() == 41);
  const auto file = load_json(schema_file);
  REQUIRE(file);
  // One pattern is known to the check, for members of params, results and definitions, and inside oneOf with null.
  std::size_t patterns = 0;
  const auto count = [&](const auto& self, const Value& value, int depth) -> void {
    if (value.is_list()) {
      for (const auto& item : value.as_list()) self(self, item, depth + 1);
    }
    if (!value.is_map()) return;
    for (const auto& [key, member] : value.as_map()) {
      if (key == "pattern") {
        ++patterns;
        CHECK(member.as_string() == "^([0-9A-F]{2})*$");
        CHECK(depth <= 4);
      } else {
        self(self, member, depth + 1);
      }
    }
  };
  for (const auto& [method, row] : file->find("methods")->as_map()) {
    CAPTURE(method);
    CHECK((row.text_or("to", "") == "adapter" || row.text_or("to", "") == "runner"));
    for (const auto* part : {"params", "result"}) {
      REQUIRE(row.find(part) != nullptr);
      count(count, *row.find(part), 0);
    }
  }
  CHECK(patterns == 6);
}

TEST_CASE("a file that is no schema of the protocol is refused", "[process][schema]") {
  const auto wrong = MessageSchema::load(std::string(DMSC_SOURCE_DIR) + "/testcases/schema/ics.schema.json");
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().code == Errc::configuration);
  CHECK(MessageSchema::load("/nowhere.json").error().code == Errc::no_input);
}

}  // namespace
}  // namespace dmsc::process
