// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/dm/package0.hpp"

#include "runner/base/catch.hpp"
#include "runner/codec/dm/credentials.hpp"

using namespace dmsc;
using namespace dmsc::codec;

namespace {

Octets hex(std::string_view text) {
  return parse_hex(text).value();
}

std::string text(std::size_t length, char c = 's') {
  return std::string(length, c);
}

// OMA DM Notification 1.2.1, worked WAP push example of its appendix; the digest is not given there
constexpr std::string_view example_trigger = "02D0000000 1234 12 636F6D2E6D676D747372762E6D616E616765";
constexpr std::string_view some_digest = "000102030405060708090A0B0C0D0E0F";

}  // namespace

TEST_CASE("the worked example of the specification") {
  const auto package = read_package0(hex(std::string(some_digest) + std::string(example_trigger)));
  REQUIRE(package);
  CHECK(to_hex(package->digest) == some_digest);
  CHECK(package->version == 11);
  CHECK(package->ui_mode == 1);
  CHECK_FALSE(package->server_initiated);
  CHECK(package->future_use == 0);
  CHECK(package->session_id == 0x1234);
  CHECK(package->server_id == "com.mgmtsrv.manage");
  CHECK(package->vendor_specific.empty());
  CHECK(write_trigger(*package).value() == hex(example_trigger));
}

TEST_CASE("a notification seen in the field") {
  // string constant of a handset's test activity (com/htc/omadm/test/TestAPIActivity), its WSP header taken off
  const auto package = read_package0(hex("109E2E4D1EE2B383A6E183BA4BE2CA14 02E8000000 66E9 06 737072696E74"));
  REQUIRE(package);
  CHECK(to_hex(package->digest) == "109E2E4D1EE2B383A6E183BA4BE2CA14");
  CHECK(package->version == 11);
  CHECK(package->ui_mode == 2);
  CHECK(package->server_initiated);
  CHECK(package->future_use == 0);
  CHECK(package->session_id == 0x66E9);
  CHECK(package->server_id == "sprint");
  CHECK(to_hex(write_trigger(*package).value()) == "02E800000066E906737072696E74");
}

TEST_CASE("user interaction and initiator stand in the second octet") {
  // dm.md 2.1: 02, then C0 + ui-mode * 10 + initiator * 8
  for (int ui_mode = 0; ui_mode <= 3; ++ui_mode) {
    for (const bool by_server : {false, true}) {
      Package0 package;
      package.ui_mode = static_cast<std::uint8_t>(ui_mode);
      package.server_initiated = by_server;
      const auto trigger = write_trigger(package).value();
      CAPTURE(ui_mode, by_server);
      CHECK(trigger[0] == 0x02);
      CHECK(trigger[1] == 0xC0 + ui_mode * 0x10 + (by_server ? 0x08 : 0));
    }
  }
}

TEST_CASE("every bit of the header is kept") {
  struct Row {
    const char* head;
    int version;
    int ui_mode;
    bool by_server;
    std::uint32_t future_use;
  };
  const Row rows[] = {
      {"0000000000", 0, 0, false, 0},         {"FFFFFFFFFF", 1023, 3, true, 0x7FFFFFF}, {"0040000000", 1, 0, false, 0},
      {"8000000000", 512, 0, false, 0},       {"02C4000000", 11, 0, false, 0x4000000},  {"02C8000001", 11, 0, true, 1},
      {"02CFFFFFFF", 11, 0, true, 0x7FFFFFF}, {"02C0000100", 11, 0, false, 0x100},      {"0310000000", 12, 1, false, 0},
  };
  for (const auto& row : rows) {
    CAPTURE(row.head);
    const auto octets = hex(std::string(some_digest) + row.head + "000100");
    const auto package = read_package0(octets);
    REQUIRE(package);
    CHECK(package->version == row.version);
    CHECK(package->ui_mode == row.ui_mode);
    CHECK(package->server_initiated == row.by_server);
    CHECK(package->future_use == row.future_use);
    CHECK(same(write_trigger(*package).value(), ByteView(octets).subspan(16)));
  }
}

TEST_CASE("what follows the ServerID is the vendor's") {
  const auto package = read_package0(hex(std::string(some_digest) + "02C8000000FFFF0141 00FF7E"));
  REQUIRE(package);
  CHECK(package->server_id == "A");
  CHECK(package->session_id == 0xFFFF);
  CHECK(to_hex(package->vendor_specific) == "00FF7E");
  CHECK(to_hex(write_trigger(*package).value()) == "02C8000000FFFF014100FF7E");
}

TEST_CASE("a ServerID has 0 to 255 octets") {
  for (const std::size_t size : {0, 1, 23, 24, 254, 255}) {
    CAPTURE(size);
    Package0 package;
    package.digest = hex(some_digest);
    package.server_id = text(size);
    auto octets = package.digest;
    append(octets, write_trigger(package).value());
    CHECK(octets.size() == 24 + size);
    CHECK(read_package0(octets)->server_id == text(size));
  }
  Package0 package;
  package.server_id = text(256);
  CHECK(write_trigger(package).error().text() == "ServerID is longer than 255 octets");
}

TEST_CASE("a notification cut at any octet is refused with the place") {
  const auto whole = hex(std::string(some_digest) + std::string(example_trigger));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    const auto package = read_package0(ByteView(whole).first(size));
    REQUIRE_FALSE(package);
    CHECK(package.error().code == Errc::truncated);
    CHECK(package.error().offset == size);
    CHECK(package.error().message ==
          (size < 24 ? "a notification has at least 24 octets"
                     : "length-identifier says 18 octets, " + std::to_string(size - 24) + " are left"));
  }
}

TEST_CASE("a number wider than its field is refused") {
  Package0 package;
  package.version = 1024;
  CHECK(write_trigger(package).error().text() == "version 1024 does not fit in 10 bits");
  package = {};
  package.ui_mode = 4;
  CHECK(write_trigger(package).error().text() == "ui-mode 4 does not fit in 2 bits");
  package = {};
  package.future_use = 0x8000000;
  const auto trigger = write_trigger(package);
  CHECK(trigger.error().text() == "future-use 134217728 does not fit in 27 bits");
  CHECK(trigger.error().code == Errc::range);
}

TEST_CASE("the fields of the worked example, read, named and written again") {
  const auto octets = hex(std::string(some_digest) + std::string(example_trigger));
  const auto decoded = decode_package0(octets);
  CHECK(decoded.kind == "package0");
  CHECK(decoded.key == "notification");
  CHECK(decoded.clean());
  struct Row {
    const char* key;
    std::size_t offset;
    const char* octets;
    Value value;
  };
  const Row rows[] = {
      {"digest", 0, "000102030405060708090A0B0C0D0E0F", "000102030405060708090A0B0C0D0E0F"},
      {"version", 16, "02D0", 11},
      {"ui_mode", 17, "D0", "background"},
      {"initiator", 17, "D0", "client"},
      {"future_use", 17, "D0000000", 0},
      {"session_id", 21, "1234", 0x1234},
      {"server_id", 24, "636F6D2E6D676D747372762E6D616E616765", "com.mgmtsrv.manage"},
      {"vendor_specific", 42, "", ""},
  };
  REQUIRE(decoded.fields.size() == std::size(rows));
  Value::Map expected;
  for (std::size_t at = 0; at < std::size(rows); ++at) {
    const auto& row = rows[at];
    const auto& node = decoded.fields[at];
    CAPTURE(row.key);
    CHECK(node.key == row.key);
    CHECK(node.offset == row.offset);
    CHECK(to_hex(node.octets) == row.octets);
    CHECK(node.value == row.value);
    CHECK(decoded.find(row.key) != nullptr);
    expected.emplace_back(row.key, row.value);
  }
  const auto fields = to_value(read_package0(octets).value());
  CHECK(fields == Value(expected));
  const auto again = package0_of(fields).value();
  CHECK(to_hex(again.digest) == some_digest);
  CHECK(write_trigger(again).value() == hex(example_trigger));
}

TEST_CASE("fields that are rare come back as they were") {
  struct Row {
    const char* name;
    const char* trigger;
    const char* key;
    Value value;
  };
  const auto row = GENERATE(values<Row>({
      {"reserved bits", "02D7FFFFFF 1234 01 41", "future_use", 0x7FFFFFF},
      {"the lowest reserved bit", "02D0000001 1234 01 41", "future_use", 1},
      {"server as initiator", "02D8000000 1234 01 41", "initiator", "server"},
      {"informative", "02E0000000 1234 01 41", "ui_mode", "informative"},
      {"user interaction", "02F0000000 1234 01 41", "ui_mode", "user_interaction"},
      {"not specified", "02C0000000 1234 01 41", "ui_mode", "not_specified"},
      {"another version", "0300000000 1234 01 41", "version", 12},
      {"vendor data", "02D0000000 1234 01 41 00FF", "vendor_specific", "00FF"},
      {"no ServerID", "02D0000000 1234 00", "server_id", ""},
      {"a ServerID that is no UTF-8", "02D0000000 1234 02 41FF", "server_id_hex", "41FF"},
  }));
  CAPTURE(row.name);
  const auto octets = hex(std::string(some_digest) + row.trigger);
  const auto fields = to_value(read_package0(octets).value());
  REQUIRE(fields.find(row.key) != nullptr);
  CHECK(*fields.find(row.key) == row.value);
  CHECK((fields.find("server_id") == nullptr) == (fields.find("server_id_hex") != nullptr));
  CHECK(write_trigger(package0_of(fields).value()).value() == hex(row.trigger));
  const auto decoded = decode_package0(octets);
  REQUIRE(decoded.find(row.key) != nullptr);
  CHECK(*decoded.find(row.key) == row.value);
}

TEST_CASE("anomalies of a notification have their places") {
  const auto anomalies = [](const char* trigger) {
    std::string words;
    for (const auto& one : decode_package0(hex(std::string(some_digest) + trigger)).all_anomalies()) {
      words += std::to_string(one.offset) + " " + one.text + "; ";
    }
    return words;
  };
  CHECK(anomalies("02D8000000 FFFF 01 41").empty());
  CHECK(anomalies("0318000000 0001 01 41") == "16 version 12, Notification 1.2 carries 11; ");
  CHECK(anomalies("02D8000100 0001 01 41") == "17 reserved bits are set; ");
  CHECK(anomalies("02D8000000 0000 01 41") == "21 session id 0 is outside 1 to FFFF; ");
  CHECK(anomalies("0000000001 0000 00") ==
        "16 version 0, Notification 1.2 carries 11; 17 reserved bits are set; 21 session id 0 is outside 1 to FFFF; ");
}

TEST_CASE("a cut notification decodes to an error and nothing else") {
  const auto whole = hex(std::string(some_digest) + std::string(example_trigger));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    const auto decoded = decode_package0(ByteView(whole).first(size));
    REQUIRE(decoded.error);
    CHECK(decoded.error->code == Errc::truncated);
    CHECK(decoded.error->offset == size);
    CHECK(decoded.fields.empty());
    CHECK_FALSE(decoded.clean());
  }
}

TEST_CASE("the digest says with which nonce it came about") {
  // A is the account: printf 'com.mgmtsrv.manage:secret' | openssl md5 -binary | base64      fdJ9k0D7zw+U+xj+U0Rb8w==
  // B the trigger of the worked example: … | xxd -r -p | openssl md5 -binary | base64        ne6BhXyhdpa6cRlZxXFamA==
  // then (printf "$A:"; printf NONCE; printf ":$B") | openssl md5, NONCE as each row says
  struct Row {
    const char* digest;
    const char* reading;
  };
  const auto row = GENERATE(values<Row>({
      {"ABBBA259A657DCA79B406AC8FBB5309D", "stored"},       // '\001\002\003\004'
      {"4E94C58C36A8C50AABCDBE0C296B2BA7", "zero_octets"},  // '\0\0\0\0'
      {"ED2BE65E9E73D7DC3826B3141EDF462F", "zero_text"},    // '0x00000000'
      {"DDD31BADEA77457E951772C1A22FCCE3", "none"},         // no nonce at all
      {"76F340D2356E269F193373E50F46604F", "none"},         // 'AQIDBA==', the nonce in Base64
  }));
  CAPTURE(row.digest);
  const auto octets = hex(std::string(row.digest) + std::string(example_trigger));
  const auto nonce = hex("01020304");
  const auto verdict = judge_digest(octets, "com.mgmtsrv.manage", "secret", nonce);
  CHECK(verdict.reading == row.reading);
  CHECK(verdict.valid == (verdict.reading != "none"));
  // Whatever is changed, no reading fits any more.
  CHECK(judge_digest(octets, "com.mgmtsrv.manage", "other", nonce).reading == "none");
  CHECK(judge_digest(octets, "com.mgmtsrv", "secret", nonce).reading == "none");
  for (std::size_t at = 0; at < octets.size(); ++at) {
    auto changed = octets;
    changed[at] ^= 0x01;
    CAPTURE(at);
    CHECK_FALSE(judge_digest(changed, "com.mgmtsrv.manage", "secret", nonce).valid);
  }
}

TEST_CASE("a stored nonce of four zero octets is the stored one") {
  const auto octets = hex("4E94C58C36A8C50AABCDBE0C296B2BA7" + std::string(example_trigger));
  CHECK(judge_digest(octets, "com.mgmtsrv.manage", "secret", hex("00000000")).reading == "stored");
}

TEST_CASE("what is shorter than a digest has none") {
  for (std::size_t size = 0; size < 16; ++size) {
    const auto verdict = judge_digest(Octets(size), "srv", "secret", {});
    CHECK_FALSE(verdict.valid);
    CHECK(verdict.reading == "none");
  }
}

TEST_CASE("a notification is its digest and its trigger") {
  // printf 'srv:secret' | openssl md5 -binary | base64          cXC2VjArb9VcNQcsQxrWUA==
  // the trigger's octets | openssl md5 -binary | base64         GN2AuUzH73WobAmE+HPp3w==
  // "cXC2…UA==:" 00000000 ":GN2A…3w==" | openssl md5            e7575196…064b
  Package0 package;
  package.ui_mode = 1;
  package.session_id = 1;
  package.server_id = "srv";
  const auto trigger = write_trigger(package).value();
  CHECK(to_hex(trigger) == "02D8000000000103737276");
  const auto digest = notification_digest(trigger, "srv", "secret", Octets{0, 0, 0, 0});
  CHECK(to_hex(digest) == "E75751967703027A385B5B9DFF91064B");
  auto octets = digest;
  append(octets, trigger);
  CHECK(judge_digest(octets, "srv", "secret", Octets{0, 0, 0, 0}).valid);
}

TEST_CASE("fields left out keep their defaults") {
  const auto package = package0_of(Value(Value::Map{})).value();
  CHECK(package.digest.empty());
  CHECK(to_value(package).find("digest") == nullptr);
  CHECK(to_hex(write_trigger(package).value()) == "02C8000000000000");
  CHECK(package0_of(Value::Map{{"ui_mode", 2}}).value().ui_mode == 2);
}

TEST_CASE("fields that make no notification are refused by name") {
  struct Row {
    const char* key;
    Value value;
  };
  const auto row = GENERATE(values<Row>({
      {"digest", "XY"},
      {"digest", 1},
      {"version", 1024},
      {"version", -1},
      {"version", "11"},
      {"ui_mode", 4},
      {"ui_mode", "loud"},
      {"ui_mode", true},
      {"initiator", "card"},
      {"initiator", 1},
      {"future_use", 0x8000000},
      {"future_use", -1},
      {"session_id", 65536},
      {"session_id", "1234"},
      {"server_id", 7},
      {"server_id_hex", "4"},
      {"vendor_specific", "no octets"},
      {"session", 1},
  }));
  CAPTURE(row.key);
  const auto package = package0_of(Value::Map{{row.key, row.value}});
  REQUIRE_FALSE(package);
  CHECK(package.error().code == Errc::data);
  CHECK(package.error().text() == "\"" + std::string(row.key) + "\" cannot be used in a notification");
  CHECK(package0_of(Value("text")).error().text() == "a notification is a map of its fields");
}
