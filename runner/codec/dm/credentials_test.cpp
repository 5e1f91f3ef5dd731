// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/dm/credentials.hpp"

#include <filesystem>

#include "runner/base/catch.hpp"
#include "runner/base/json.hpp"

using namespace dmsc;
using namespace dmsc::codec;

namespace {

Octets octets_of(std::string_view text) {
  return {text.begin(), text.end()};
}

Octets hex(std::string_view text) {
  return parse_hex(text).value();
}

}  // namespace

TEST_CASE("MD5") {
  // RFC 1321, A.5
  CHECK(to_hex(md5({})) == "D41D8CD98F00B204E9800998ECF8427E");
  CHECK(to_hex(md5(octets_of("abc"))) == "900150983CD24FB0D6963F7D28E17F72");
}

TEST_CASE("Base64 of octets") {
  struct Row {
    const char* text;
    const char* base64;
  };
  // RFC 4648, 10
  const auto row = GENERATE(values<Row>({{"", ""},
                                         {"f", "Zg=="},
                                         {"fo", "Zm8="},
                                         {"foo", "Zm9v"},
                                         {"foob", "Zm9vYg=="},
                                         {"fooba", "Zm9vYmE="},
                                         {"foobar", "Zm9vYmFy"}}));
  CHECK(to_base64(octets_of(row.text)) == row.base64);
  CHECK(from_base64(row.base64).value() == octets_of(row.text));
}

TEST_CASE("Base64 carries every octet") {
  CHECK(to_base64(hex("FBFFBF")) == "+/+/");
  CHECK(from_base64("+/+/").value() == hex("FBFFBF"));
  CHECK(to_base64(hex("00000000")) == "AAAAAA==");
  Octets all;
  for (int i = 0; i < 256; ++i) {
    all.push_back(static_cast<std::uint8_t>(i));
    CHECK(from_base64(to_base64(all)).value() == all);
  }
}

TEST_CASE("Base64 is read strictly") {
  CHECK(from_base64(" \r\n\tZm9v \n").value() == octets_of("foo"));
  CHECK(from_base64(" \n").value().empty());
  struct Row {
    const char* text;
    const char* message;
  };
  const auto row = GENERATE(values<Row>({
      {"Zm 9v", "not a Base64 digit at offset 2"},
      {"Zm\n9v", "not a Base64 digit at offset 2"},
      {" Zm9-", "not a Base64 digit at offset 4"},
      {"Z", "Base64 digits and padding are no multiple of four characters at offset 1"},
      {"Zm8", "Base64 digits and padding are no multiple of four characters at offset 3"},
      {"Zg=", "Base64 digits and padding are no multiple of four characters at offset 3"},
      {"Zm9v=", "Base64 digits and padding are no multiple of four characters at offset 5"},
      {"Z===", "not a Base64 digit at offset 1"},
      {"====", "not a Base64 digit at offset 0"},
      {"=", "Base64 digits and padding are no multiple of four characters at offset 1"},
      {"Zg==Zg==", "not a Base64 digit at offset 2"},
      {"Zh==", "the last Base64 digit has bits that belong to no octet at offset 1"},
      {"Zm9=", "the last Base64 digit has bits that belong to no octet at offset 2"},
  }));
  CAPTURE(row.text);
  const auto read = from_base64(row.text);
  REQUIRE_FALSE(read);
  CHECK(read.error().code == Errc::malformed);
  CHECK(read.error().text() == row.message);
}

TEST_CASE("MD5 credentials") {
  // OMA DM Security 1.2.1: Bruce2, OhBehave, nonce "Nonce"; the account hash by
  // `printf 'Bruce2:OhBehave' | openssl md5 -binary | base64`
  CHECK(account_hash("Bruce2", "OhBehave") == "PtEdr8lBQ45IbT1bZIkrOQ==");
  CHECK(md5_credentials("Bruce2", "OhBehave", octets_of("Nonce")) == "Zz6EivR3yeaaENcRN6lpAQ==");
  // The default nonce, by `(printf '%s:' "$account"; printf '\0\0\0\0') | openssl md5 -binary | base64`
  CHECK(md5_credentials("user", "pass", hex("00000000")) == "4laiJdri++3h/vl3fP2dtQ==");
}

TEST_CASE("notification digest step by step") {
  // Each step by `openssl md5 -binary | base64` of the step before it, put together with printf.
  const auto trigger = hex("02C8000000001F0A646D2E6578616D706C65");  // version 1.1, session 1F, "dm.example"
  const auto steps = notification_digest_steps(trigger, "dm.example", "s3cret", hex("00FF3A10"));
  CHECK(steps.account == "AC+lvf/NieaVEKBORpwBhA==");
  CHECK(to_hex(steps.trigger_hash) == "492C2C84EED71A55FE48CEB73935C4E2");
  CHECK(steps.trigger_base64 == "SSwshO7XGlX+SM63OTXE4g==");
  CHECK(to_hex(steps.input) ==
        "41432B6C76662F4E69656156454B424F5270774268413D3D3A00FF3A103A53537773684F3758476C582B534D36334F54584534673D3D");
  CHECK(to_hex(steps.digest) == "FE6C41DDD0C824AB0449708DA37EE5ED");
  CHECK(notification_digest(trigger, "dm.example", "s3cret", hex("00FF3A10")) == steps.digest);
  // Without a nonce both colons stay.
  CHECK(to_hex(notification_digest(trigger, "dm.example", "s3cret", {})) == "8447A7B9F9801EBE4F5DB28C4579EC2F");
}

TEST_CASE("computed vectors of notifications") {
  const auto file = std::filesystem::path(DMSC_SOURCE_DIR) / "../shared/vectors/dm.json";
  if (!std::filesystem::exists(file)) {
    WARN("the collected vectors are not here");
    return;
  }
  const auto vectors = load_json(file);
  REQUIRE(vectors);
  int checked = 0;
  for (const auto& vector : vectors->find("vectors")->as_list()) {
    const auto* inputs = vector.find("digest_inputs");
    if (inputs == nullptr) continue;
    CAPTURE(vector.text_or("id", ""));
    const auto trigger = hex(inputs->text_or("trigger_hex", ""));
    const auto steps =
        notification_digest_steps(trigger, inputs->text_or("server_identifier", ""), inputs->text_or("password", ""),
                                  hex(inputs->text_or("nonce_hex", "")));
    CHECK(steps.account == inputs->text_or("b64_md5_id_pw", ""));
    CHECK(steps.trigger_base64 == inputs->text_or("b64_md5_trigger", ""));
    auto whole = steps.digest;
    append(whole, trigger);
    CHECK(whole == hex(vector.text_or("package0_hex", "")));
    ++checked;
  }
  CHECK(checked >= 15);
}
