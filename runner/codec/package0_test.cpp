// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/package0.hpp"

#include "runner/base/catch.hpp"

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
