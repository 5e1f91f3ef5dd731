// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/decode.hpp"
#include "runner/codec/card/apdu_tree.hpp"

#include <algorithm>
#include <random>

#include "runner/base/catch.hpp"
#include "runner/base/json.hpp"
#include "runner/base/text.hpp"
#include "runner/codec/cat/message.hpp"
#include "runner/codec/cat/profile.hpp"

using namespace dmsc;
using namespace dmsc::codec;

namespace {

Octets hex(std::string_view text) {
  return parse_hex(text).value();
}

constexpr InputKind all_kinds[] = {InputKind::proactive, InputKind::envelope, InputKind::terminal_response,
                                   InputKind::profile,   InputKind::apdu,     InputKind::tlv};

// built for this project: one application of type 07 on port 32769, cat.md 2.2
constexpr const char* registry = "DC1382028281710D80010407444D20436C69656E74";

/// First thing that does not hold for a node and what it contains, or empty.
std::string node_trouble(const Node& node, ByteView input) {
  if (node.offset > input.size() || node.octets.size() > input.size() - node.offset) return node.key + ": outside";
  if (!same(node.octets, input.subspan(node.offset, node.octets.size()))) return node.key + ": other octets";
  for (const auto& anomaly : node.anomalies) {
    if (anomaly.offset > input.size()) return node.key + ": anomaly outside";
  }
  for (const auto& field : node.fields) {
    if (auto trouble = node_trouble(field, input); !trouble.empty()) return node.key + "." + trouble;
  }
  return {};
}

bool is_plain(std::string_view text) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n'; };
  return valid_utf8_prefix(text) == text.size() && std::ranges::none_of(text, is_control);
}

/// What holds for whatever octets come in.
std::string trouble(InputKind kind, ByteView input, bool printing = true) {
  const auto decoded = decode(kind, input);
  for (const auto& node : decoded.fields) {
    if (auto found = node_trouble(node, input); !found.empty()) return found;
  }
  for (const auto& anomaly : decoded.all_anomalies()) {
    if (anomaly.offset > input.size()) return "anomaly outside";
  }
  if (decoded.error && (!decoded.error->offset || *decoded.error->offset > input.size())) return "error outside";
  if (printing) {
    if (!is_plain(to_text(decoded))) return "text is not plain";
    const auto text = write_json(to_json(decoded));
    const auto back = parse_json(text, "json");
    if (!back) return back.error().text();
    if (write_json(*back) != text) return "JSON does not come back";
  }
  if (kind == InputKind::apdu) return {};
  if (kind == InputKind::profile) {
    if (input.empty() || input.size() > 255) return {};
    const auto profile = encode_profile(decoded.value());
    return profile && same(*profile, input) ? "" : "profile does not come back";
  }
  const auto written = encode_decoded(decoded);
  if (!written) return "cannot be written: " + written.error().text();
  if (decoded.clean() && !same(*written, input)) return "does not come back: " + to_hex(*written);
  return {};
}

class Mutator {
 public:
  explicit Mutator(std::uint32_t seed) : random_(seed) {
    for (const auto kind : {MessageKind::proactive, MessageKind::terminal_response, MessageKind::envelope}) {
      for (const auto& row : messages(kind)) samples_.push_back(hex(row.sample));
    }
    for (const auto& row : objects()) samples_.push_back(hex(row.sample));
    samples_.push_back(hex("80C2000015" + std::string(registry)));
  }

  Octets next() {
    if (below(8) == 0) return noise(below(40));
    auto octets = samples_[below(samples_.size())];
    for (std::size_t count = below(4); count > 0; --count) mutate(octets);
    return octets;
  }

 private:
  std::size_t below(std::size_t most) { return most == 0 ? 0 : random_() % most; }
  std::uint8_t octet() { return static_cast<std::uint8_t>(random_()); }

  Octets noise(std::size_t size) {
    Octets out(size);
    std::ranges::generate(out, [this] { return octet(); });
    return out;
  }

  void mutate(Octets& octets) {
    const auto at = below(octets.size());
    const auto here = octets.begin() + static_cast<std::ptrdiff_t>(at);
    switch (below(6)) {
      case 0:
        if (!octets.empty()) octets[at] ^= static_cast<std::uint8_t>(1U << below(8));
        break;
      case 1:
        if (!octets.empty()) octets[at] = octet();
        break;
      case 2:
        octets.insert(here, octet());
        break;
      case 3:
        if (!octets.empty()) octets.erase(here);
        break;
      case 4:
        octets.resize(at);
        break;
      default: {
        const auto other = samples_[below(samples_.size())];
        octets.insert(here, other.begin(), other.end());
      }
    }
  }

  std::mt19937 random_;
  std::vector<Octets> samples_;
};

}  // namespace

TEST_CASE("kinds of input have names") {
  const std::pair<const char*, InputKind> rows[] = {
      {"proactive", InputKind::proactive},
      {"envelope", InputKind::envelope},
      {"terminal-response", InputKind::terminal_response},
      {"profile", InputKind::profile},
      {"apdu", InputKind::apdu},
      {"package0", InputKind::package0},
      {"tlv", InputKind::tlv},
  };
  for (const auto& [name, kind] : rows) {
    CHECK(input_kind(name) == kind);
    CHECK(decode(kind, hex("01")).kind == name);
  }
  CHECK_FALSE(input_kind("terminal_response"));
  CHECK_FALSE(input_kind(""));
}

TEST_CASE("octets are taken for what their first ones say") {
  const std::pair<const char*, InputKind> rows[] = {
      {"", InputKind::tlv},
      {"D009810301440082028182", InputKind::proactive},
      {"D0", InputKind::proactive},
      {registry, InputKind::envelope},
      {"D1", InputKind::envelope},
      {"DF04", InputKind::envelope},
      {"CF00", InputKind::tlv},
      {"E000", InputKind::tlv},
      {"81030144000202828103 0100", InputKind::terminal_response},
      {"0103014400", InputKind::terminal_response},
      {"8103", InputKind::terminal_response},
      {"81", InputKind::tlv},
      {"0104", InputKind::tlv},
      {"80C20000", InputKind::apdu},
      {"8010000001FF", InputKind::apdu},
      {"00A40004023F00", InputKind::apdu},
      {"03700000", InputKind::apdu},
      {"A0F2000000", InputKind::apdu},
      {"80C200", InputKind::tlv},
      {"80990000", InputKind::tlv},
      {"04A40004", InputKind::apdu},
      {"81F2000C00", InputKind::apdu},
      {"84F2000C00", InputKind::apdu},
      {"4FA40004023F00", InputKind::apdu},
      {"60A40004023F00", InputKind::apdu},
      {"C0A40004023F00", InputKind::apdu},
      {"E0A40004023F00", InputKind::apdu},
      {"81E2910006AABBCCDDEEFF", InputKind::apdu},
      {"8044000000", InputKind::apdu},
      {"00A2010403010203", InputKind::apdu},
      {"820281820D0104", InputKind::tlv},
      {"82028182", InputKind::tlv},
      {"02028182", InputKind::tlv},
      {"A40101", InputKind::tlv},
      {"710D80010407444D20436C69656E74", InputKind::tlv},
  };
  for (const auto& [octets, kind] : rows) {
    CAPTURE(octets);
    CHECK(guess_kind(hex(octets)) == kind);
  }
}

TEST_CASE("a registered DM Client shows with all its fields") {
  const auto decoded = decode(InputKind::envelope, hex(registry));
  CHECK(decoded.clean());
  CHECK(write_json(decoded.value()) ==
        R"({"device_identities":{"source":"terminal","destination":"uicc"},"registry_application_data":[)"
        R"({"port":32769,"dcs":"gsm7","application_type":7,"name":"DM Client"}]})");
}

TEST_CASE("the tree as JSON") {
  constexpr const char* expected = R"json({
  "kind": "envelope",
  "key": "terminal_applications",
  "name": "Terminal applications",
  "clause": "ETSI TS 102 223, 7.8",
  "fields": [
    {"key": "device_identities", "name": "Device identities", "clause": "ETSI TS 102 223, 8.7",
     "tag": "82", "comprehension": true, "offset": 2, "length": 4, "hex": "82028281",
     "value": {"source": "terminal", "destination": "uicc"},
     "fields": [
       {"key": "source", "offset": 4, "length": 1, "hex": "82", "value": "terminal", "meaning": "terminal",
        "anomalies": []},
       {"key": "destination", "offset": 5, "length": 1, "hex": "81", "value": "uicc", "meaning": "UICC",
        "anomalies": []}],
     "anomalies": []},
    {"key": "registry_application_data", "name": "Registry application data", "clause": "ETSI TS 102 223, 8.88",
     "tag": "71", "comprehension": false, "offset": 6, "length": 15, "hex": "710D80010407444D20436C69656E74",
     "value": {"port": 32769, "dcs": "gsm7", "application_type": 7, "name": "DM Client"},
     "fields": [
       {"key": "port", "offset": 8, "length": 2, "hex": "8001", "value": 32769, "anomalies": []},
       {"key": "dcs", "offset": 10, "length": 1, "hex": "04", "value": "gsm7",
        "meaning": "GSM default alphabet, one character an octet (8-bit data)", "anomalies": []},
       {"key": "application_type", "offset": 11, "length": 1, "hex": "07", "value": 7, "anomalies": []},
       {"key": "name", "offset": 12, "length": 9, "hex": "444D20436C69656E74", "value": "DM Client",
        "anomalies": []}],
     "anomalies": []}],
  "anomalies": []
})json";
  const auto decoded = decode(InputKind::envelope, hex(registry));
  CHECK(write_json(to_json(decoded), 1) == write_json(parse_json(expected, "expected").value(), 1));
}

TEST_CASE("tags as JSON are what stands on the wire") {
  const auto tag_of = [](const char* octets) {
    const auto tree = to_json(decode(InputKind::tlv, hex(octets)));
    return tree.find("fields")->as_list().at(0).text_or("tag", "");
  };
  CHECK(tag_of("7100") == "71");
  CHECK(tag_of("F100") == "F1");
  CHECK(tag_of("7F123400") == "7F1234");
  CHECK(tag_of("7F923400") == "7F9234");
  CHECK(tag_of("7F002400") == "7F0024");
}

TEST_CASE("an error and anomalies as JSON") {
  const auto decoded = decode(InputKind::proactive, hex("D0810A 8103014300 82028121 00"));
  CHECK(write_json(*to_json(decoded).find("anomalies")) ==
        R"([{"offset":1,"text":"length 10 is written in 2 octets, fewer would do"},)"
        R"({"offset":0,"text":"object \"channel_data\" is missing"}])");
  CHECK(write_json(*to_json(decoded).find("error")) == R"({"message":"tag 00 is reserved","offset":12})");

  const auto field = to_json(decode(InputKind::tlv, hex("A400")));
  CHECK(write_json(*field.find("error")) ==
        R"({"message":"the value needs 1 octets, 0 are left","offset":2,"place":"timer_identifier"})");
  CHECK(write_json(*field.find("fields")->as_list().at(0).find("anomalies")) ==
        R"([{"offset":1,"text":"length 0 is outside 1 to 1"},)"
        R"({"offset":2,"text":"the value needs 1 octets, 0 are left"}])");
}

TEST_CASE("the tree as text") {
  // clang-format off
  CHECK(to_text(decode(InputKind::envelope, hex(registry))) ==
        "Terminal applications  [ETSI TS 102 223, 7.8]\n"
        "  Device identities                                       82 02 82 81  [ETSI TS 102 223, 8.7]\n"
        "    source: terminal                                      82\n"
        "    destination: uicc (UICC)                              81\n"
        "  Registry application data                               71 0D 80 01 04 07 44 4D 20 43 6C 69 65 6E 74  [ETSI TS 102 223, 8.88]\n"
        "    port: 32769                                           80 01\n"
        "    dcs: gsm7 (GSM default alphabet, one character an octet (8-bit data))  04\n"
        "    application_type: 7                                   07\n"
        "    name: DM Client                                       44 4D 20 43 6C 69 65 6E 74\n");
  CHECK(to_text(decode(InputKind::envelope, hex("D60B 990103 82028281 1B0101 55"))) ==
        "Event location status  [ETSI TS 102 223, 7.5]\n"
        "  Event list: [\"location_status\"]                         99 01 03  [ETSI TS 102 223, 8.25]\n"
        "  Device identities                                       82 02 82 81  [ETSI TS 102 223, 8.7]\n"
        "    source: terminal                                      82\n"
        "    destination: uicc (UICC)                              81\n"
        "  Location status: limited_service (limited service)      1B 01 01  [ETSI TS 102 223, 8.27]\n"
        "error: length is missing at offset 13\n");
  CHECK(to_text(decode(InputKind::tlv, hex("81020140 8D0908041F04400438000A 1B8101EE"))) ==
        "Comprehension-TLVs\n"
        "  Command details: {\"raw\":\"0140\"}                         81 02 01 40  [ETSI TS 102 223, 8.6]\n"
        "    ! length 2 is outside 3 to 3 (offset 1)\n"
        "    ! field \"qualifier\" needs 1 octets, 0 are left (offset 4)\n"
        "    number: 1                                             01\n"
        "    type: open_channel (OPEN CHANNEL)                     40\n"
        "  Text string                                             8D 09 08 04 1F 04 40 04 38 00 0A  [ETSI TS 102 223, 8.15]\n"
        "    dcs: ucs2 (UCS2)                                      08\n"
        "    text: При\\x0A                                         04 1F 04 40 04 38 00 0A\n"
        "  Location status: 238                                    1B 81 01 EE  [ETSI TS 102 223, 8.27]\n"
        "    ! length 1 is written in 2 octets, fewer would do (offset 16)\n"
        "error: command_details: field \"qualifier\" needs 1 octets, 0 are left at offset 4\n");
  // clang-format on
}

TEST_CASE("text shows control characters of a card as escapes") {
  // UCS2: ESC [ 2 J, and 9B, which a terminal takes for ESC [
  const auto text = to_text(decode(InputKind::tlv, hex("8D0B08001B005B0032004A009B")));
  CHECK(text.find("text: \\x1B[2J\\xC2\\x9B ") != std::string::npos);
}

TEST_CASE("a command APDU shows its header and what its data hold") {
  // clang-format off
  CHECK(to_text(decode_apdu(hex("8010000003 010000"))) ==
        "TERMINAL PROFILE  [ETSI TS 102 221, 10.1]\n"
        "  CLA: 80                                                 80\n"
        "  INS: 10 (TERMINAL PROFILE)                              10\n"
        "  P1: 00                                                  00\n"
        "  P2: 00                                                  00\n"
        "  Lc: 3                                                   03\n"
        "  TERMINAL PROFILE, 3 octets                              01 00 00  [ETSI TS 102 223, 5.2]\n"
        "    octets: 3                                             \n"
        "    1.1 profile download: true                            01  [ETSI TS 102 223, 5.2]\n");
  // clang-format on
  struct Row {
    const char* octets;
    const char* value;
    const char* error;
  };
  const Row rows[] = {
      {"80140000", R"({"cla":"80","ins":"14","p1":"00","p2":"00"})", ""},
      {"801200000B", R"({"cla":"80","ins":"12","p1":"00","p2":"00","le":11})", ""},
      {"8012000000", R"({"cla":"80","ins":"12","p1":"00","p2":"00","le":256})", ""},
      {"00A40004023F0000", R"({"cla":"00","ins":"A4","p1":"00","p2":"04","lc":2,"data":"3F00","le":256})", ""},
      {"00B00000000100", R"({"cla":"00","ins":"B0","p1":"00","p2":"00","le":256})", ""},
      {"00A40004 000002 3F00 0000", R"({"cla":"00","ins":"A4","p1":"00","p2":"04","lc":2,"data":"3F00","le":65536})",
       ""},
      {"80C2000009D60799010482028281",
       R"({"cla":"80","ins":"C2","p1":"00","p2":"00","lc":9,"user_activity":)"
       R"({"event_list":["user_activity"],"device_identities":{"source":"terminal","destination":"uicc"}}})",
       ""},
      {"80C2000003D60501", R"({"cla":"80","ins":"C2","p1":"00","p2":"00","lc":3,"unknown_envelope_D6":{}})",
       "length says 5 octets, 1 are left at offset 6"},
      {"8014000005 8103014000",
       R"({"cla":"80","ins":"14","p1":"00","p2":"00","lc":5,"open_channel":)"
       R"({"command_details":{"number":1,"type":"open_channel","qualifier":0}}})",
       ""},
      {"801400", R"({"cla":"80","ins":"14","p1":"00"})", "a command APDU has at least 4 octets at offset 3"},
      {"", "{}", "a command APDU has at least 4 octets at offset 0"},
      {"801400000511", R"({"cla":"80","ins":"14","p1":"00","p2":"00"})", "Lc says 5 octets, 1 are left at offset 4"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.octets);
    const auto decoded = decode_apdu(hex(row.octets));
    CHECK(write_json(decoded.value()) == row.value);
    CHECK((decoded.error ? decoded.error->text() : "") == row.error);
  }
}

TEST_CASE("anomalies inside an APDU count for the whole, at their place in it") {
  const auto decoded = decode_apdu(hex("801400000D 8103014000 82028281 83810100"));
  CHECK_FALSE(decoded.error);
  CHECK_FALSE(decoded.clean());
  const auto all = decoded.all_anomalies();
  REQUIRE(all.size() == 1);
  CHECK(all[0].text == "length 1 is written in 2 octets, fewer would do");
  CHECK(all[0].offset == 15);

  const auto missing = decode_apdu(hex("8014000005 8103014000")).all_anomalies();
  REQUIRE(missing.size() == 2);
  CHECK(missing[0].text == "object \"device_identities\" is missing");
  CHECK(missing[0].offset == 5);
}

TEST_CASE("octets of each node stand where its offset says") {
  std::vector<std::pair<InputKind, Octets>> inputs;
  for (const auto& row : proactive_commands()) inputs.emplace_back(InputKind::proactive, hex(row.sample));
  for (const auto& row : terminal_responses()) inputs.emplace_back(InputKind::terminal_response, hex(row.sample));
  for (const auto& row : envelopes()) {
    inputs.emplace_back(InputKind::envelope, hex(row.sample));
    auto apdu = hex("80C20000");
    apdu.push_back(static_cast<std::uint8_t>(inputs.back().second.size()));
    append(apdu, inputs.back().second);
    inputs.emplace_back(InputKind::apdu, apdu);
  }
  inputs.emplace_back(InputKind::apdu, hex("80100000020180"));
  inputs.emplace_back(InputKind::apdu, hex("80C20000000015" + std::string(registry) + "0100"));
  for (const auto& [kind, octets] : inputs) {
    CAPTURE(to_hex(octets));
    CHECK(trouble(kind, octets).empty());
  }
}

TEST_CASE("no octets break a decoder") {
  constexpr std::size_t most = 0x10000;
  constexpr int rounds = 20'000;
  Mutator mutator(20071120);
  for (int round = 0; round < rounds; ++round) {
    const auto octets = mutator.next();
    guess_kind(octets);
    for (const auto kind : all_kinds) {
      // a profile is a node a bit, and printing takes most of the time: fewer of both
      const auto input = ByteView(octets).first(std::min(octets.size(), kind == InputKind::profile ? 36 : most));
      const auto found = trouble(kind, input, (round + int(kind)) % 12 == 0);
      if (!found.empty()) FAIL("kind " << int(kind) << ", " << to_hex(input) << ": " << found);
    }
  }
  SUCCEED();
}
