// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/device/device_traffic.hpp"

#include "runner/base/catch.hpp"
#include "runner/codec/message.hpp"
#include "runner/engine/trace.hpp"

// The rules that hold for whatever a device sends, on octets worked by hand.
namespace dmsc::engine {
namespace {

using Findings = std::vector<model::Finding>;

const load::Library& library() {
  static const auto suite = load::Library::open(std::filesystem::path(DMSC_SOURCE_DIR) / "testcases", {}).value();
  return suite;
}

// Claims of TERMINAL PROFILE by byte: 3.4 3.6, 5.1 5.5, 12.1 to 12.5, 17.3 to 17.5.
const Octets full = *parse_hex("2102280011 000000000000 1F E0 000000 1C");
const Octets no_udp = *parse_hex("2102280011 000000000000 1F E0 000000 0C");
const Octets no_listener = *parse_hex("2102280011 000000000000 1F E0 000000 18");
const Octets no_channels = *parse_hex("2102280011 000000000000 00 E0 000000 1C");

constexpr const char* more_time = "D009 8103010200 82028182";
constexpr const char* more_time_done = "8103010200 82028281 830100";

/// Exchanges of a device with its card, and what is judged of them.
struct Talk {
  peer::Account account;
  Trace trace{account, NotificationWatch::Sender::us};
  Octets profile = full;

  void command(const std::string& hex, const std::string& answer = "9000") {
    trace.record({{}, *parse_hex(hex), *parse_hex(answer)});
  }
  void fetch(const std::string& proactive) {
    const auto octets = *parse_hex(proactive);
    command("80120000" + hex_number(octets.size(), 2), to_hex(octets) + "9000");
  }
  void respond(const std::string& body) { with_data(0x14, body); }
  void envelope(const std::string& body) { with_data(0xC2, body); }
  void with_data(std::uint8_t ins, const std::string& body) {
    const auto octets = *parse_hex(body);
    command("80" + hex_number(ins, 2) + "0000" + hex_number(octets.size(), 2) + to_hex(octets));
  }
  Findings judge(std::size_t first = 0) const {
    return judge_device_traffic(library(), trace.events(), first, profile, 7);
  }
};

/// `CAT-9 fail: expected X, got Y`
std::string words(const model::Finding& finding) {
  return finding.requirement + " " + std::string(name_of(finding.verdict)) + ": expected " + finding.expected +
         ", got " + finding.observed;
}

std::vector<std::string> words(const Findings& findings) {
  std::vector<std::string> out;
  for (const auto& finding : findings) out.push_back(words(finding));
  return out;
}

using Words = std::vector<std::string>;

std::string open_channel(const char* mode, const char* protocol) {
  const auto* row = codec::find_message(codec::MessageKind::proactive, "open_channel", mode);
  return to_hex(
      codec::encode_message(*row, Value::Map{{"command_details", Value::Map{{"number", 1}}},
                                             {"buffer_size", 1400},
                                             {"transport_level", Value::Map{{"protocol", protocol}, {"port", 4116}}}})
          .value());
}

}  // namespace

TEST_CASE("traffic that is in order gives no findings", "[device_traffic]") {
  Talk talk;
  talk.command("00A4000C023F00", "910B");
  talk.fetch(more_time);
  talk.respond(more_time_done);
  talk.envelope("D613 990103 82028281 1B0100 130700F11000010001");
  CHECK(words(talk.judge()).empty());
}

TEST_CASE("CAT-3: what the profile claims is not beyond capabilities", "[device_traffic]") {
  struct Row {
    const char* result;
    const char* word;
  };
  const auto row =
      GENERATE(values<Row>({{"830130", "beyond_terminal_capabilities"}, {"830131", "command_type_not_understood"}}));
  Talk talk;
  talk.fetch(more_time);
  const auto body = "8103010200 82028281 " + std::string(row.result);
  talk.respond(body);
  SECTION("claimed") {
    const auto findings = talk.judge();
    REQUIRE(findings.size() == 1);
    CHECK(words(findings[0]) ==
          "CAT-3 fail: expected more_time is performed, because the profile claims it, got result " +
              std::string(row.word));
    CHECK(findings[0].clause == "TS 102 223");
    CHECK(findings[0].level == "MUST");
    CHECK(findings[0].step == 7);
    CHECK(findings[0].octets == *parse_hex(body));
  }
  SECTION("not claimed") {
    talk.profile = *parse_hex("2102200011");
    CHECK(talk.judge().empty());
  }
  SECTION("before any profile") {
    talk.profile.clear();
    CHECK(talk.judge().empty());
  }
}

TEST_CASE("CAT-3: another refusal is no lie of the profile", "[device_traffic]") {
  for (const auto* result : {"83022001", "83022104", "830132", "83023A04"}) {
    Talk talk;
    talk.fetch(more_time);
    talk.respond("8103010200 82028281 " + std::string(result));
    CAPTURE(result);
    CHECK(words(talk.judge()).empty());
  }
}

TEST_CASE("CAT-3: a bit known from memory alone accuses nobody", "[device_traffic]") {
  Talk talk;
  talk.profile = Octets(31, 0xFF);
  talk.fetch("D00F 8103012100 82028102 8D04 04414243");  // DISPLAY TEXT
  talk.respond("8103012100 82028281 830130");
  CHECK(words(talk.judge()).empty());
}

TEST_CASE("CAT-3: a channel is beyond capabilities where its transport is not claimed", "[device_traffic]") {
  struct Row {
    const char* mode;
    const char* protocol;
    const Octets& profile;
    std::size_t findings;
  };
  const Row rows[] = {
      {"terminal_server", "udp_local", full, 1},     {"terminal_server", "udp_local", no_udp, 0},
      {"terminal_server", "tcp_local", no_udp, 1},   {"uicc_server", "tcp_server", full, 1},
      {"uicc_server", "tcp_server", no_listener, 0}, {"uicc_server", "tcp_server", no_channels, 0},
  };
  for (const auto& row : rows) {
    Talk talk;
    talk.profile = row.profile;
    talk.fetch(open_channel(row.mode, row.protocol));
    talk.respond("8103014000 82028281 830130");
    CAPTURE(row.mode, row.protocol, to_hex(row.profile));
    CHECK(talk.judge().size() == row.findings);
  }
}

TEST_CASE("CAT-3: an event that is not claimed is beyond capabilities", "[device_traffic]") {
  Talk talk;
  talk.fetch("D00C 8103010500 82028182 99010A");  // channel status, 6.4
  talk.respond("8103010500 82028281 830130");
  CHECK(words(talk.judge()).empty());
}

TEST_CASE("CAT-3: an event that is claimed is not", "[device_traffic]") {
  Talk talk;
  talk.fetch("D00C 8103010500 82028182 990103");  // location status, 5.5
  talk.respond("8103010500 82028281 830130");
  CHECK(talk.judge().size() == 1);
}

TEST_CASE("CAT-4: a message that cannot be read fails, one with anomalies is advisory", "[device_traffic]") {
  Talk talk;
  SECTION("an envelope that ends early") {
    talk.envelope("D606 8202828199");
    const auto findings = talk.judge();
    REQUIRE(findings.size() == 1);
    CHECK(words(findings[0]) ==
          "CAT-4 fail: expected a well-formed envelope, got length says 6 octets, 5 are left at offset 7");
    CHECK(findings[0].offset == 7);
    CHECK(findings[0].clause == "TS 102 223");
    CHECK(findings[0].octets == *parse_hex("D606 8202828199"));
  }
  SECTION("an envelope that lacks an object") {
    talk.envelope("D40B 82028281 86058151551000");
    const auto findings = talk.judge();
    REQUIRE(findings.size() == 1);
    CHECK(words(findings[0]) ==
          "CAT-4 advisory: expected an envelope without anomalies, got call_control: object \"location_information\" "
          "is missing");
    CHECK(findings[0].octets == *parse_hex("D40B 82028281 86058151551000"));
  }
  SECTION("a terminal response that cannot be read is no matter of CAT-9") {
    talk.fetch(more_time);
    talk.respond("8103010200 82058281 830100");
    const auto findings = talk.judge();
    REQUIRE(findings.size() == 1);
    CHECK(words(findings[0]) ==
          "CAT-4 fail: expected a well-formed terminal response, got device_identities: 3 octets follow the last field "
          "at offset 9");
  }
  SECTION("a terminal response without device identities") {
    talk.fetch(more_time);
    talk.respond("8103010200 830100");
    const auto findings = talk.judge();
    REQUIRE(findings.size() == 1);
    CHECK(words(findings[0]) ==
          "CAT-4 advisory: expected a terminal response without anomalies, got more_time: object "
          "\"device_identities\" is missing");
  }
}

TEST_CASE("CAT-9: a response is one to the command that was fetched", "[device_traffic]") {
  Talk talk;
  const std::string expects_more_time =
      "CAT-9 fail: expected a terminal response with the command details of the fetched more_time, got ";
  const std::string expects_none = "CAT-9 fail: expected no terminal response, because no command was fetched, got ";
  const std::string details = R"( with command details {"number":1,"type":)";
  SECTION("another number") {
    talk.fetch(more_time);
    talk.respond("8103020200 82028281 830100");
    const auto findings = talk.judge();
    REQUIRE(findings.size() == 1);
    CHECK(words(findings[0]).starts_with(expects_more_time + R"(more_time with command details {"number":2,)"));
    CHECK(findings[0].clause == "TS 102 223");
    CHECK(findings[0].level == "MUST");
    CHECK(findings[0].octets == *parse_hex("8103020200 82028281 830100"));
  }
  SECTION("another type") {
    talk.fetch(more_time);
    talk.respond("8103010400 82028281 830100");
    const auto findings = talk.judge();
    REQUIRE(findings.size() == 1);
    CHECK(words(findings[0]).starts_with(expects_more_time + "polling_off" + details));
  }
  SECTION("no command was fetched") {
    talk.respond(more_time_done);
    const auto findings = talk.judge();
    REQUIRE(findings.size() == 1);
    CHECK(words(findings[0]).starts_with(expects_none + "more_time" + details));
  }
  SECTION("a second response") {
    talk.fetch(more_time);
    talk.respond(more_time_done);
    talk.respond(more_time_done);
    const auto findings = talk.judge();
    REQUIRE(findings.size() == 1);
    CHECK(words(findings[0]).starts_with(expects_none));
  }
  SECTION("a response behind a reset") {
    talk.fetch(more_time);
    talk.trace.record({{}, {}, Octets{0x3B, 0x00}});
    talk.respond(more_time_done);
    CHECK(talk.judge().size() == 1);
  }
  SECTION("an envelope in between is none") {
    talk.fetch(more_time);
    talk.envelope("D613 990103 82028281 1B0100 130700F11000010001");
    talk.respond(more_time_done);
    CHECK(words(talk.judge()).empty());
  }
}

TEST_CASE("what was judged before is not judged again, but remembered", "[device_traffic]") {
  Talk talk;
  talk.fetch(more_time);
  SECTION("the command was fetched before, the response is new") {
    const auto first = talk.trace.events().size();
    talk.respond(more_time_done);
    CHECK(words(talk.judge(first)).empty());
  }
  SECTION("the response came before, a second is new") {
    talk.respond(more_time_done);
    const auto first = talk.trace.events().size();
    talk.respond(more_time_done);
    CHECK(talk.judge(first).size() == 1);
  }
  SECTION("what is old is not judged") {
    talk.envelope("D606 8202828199");
    talk.respond("8103020200 82028281 830130");
    CHECK(words(talk.judge(talk.trace.events().size())).empty());
  }
}

TEST_CASE("several faults of one message are several findings", "[device_traffic]") {
  Talk talk;
  talk.fetch(more_time);
  talk.respond("8103020200 82028281 830130");
  const auto findings = talk.judge();
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].requirement == "CAT-3");
  CHECK(findings[1].requirement == "CAT-9");
}

}  // namespace dmsc::engine
