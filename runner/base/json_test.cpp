// SPDX-License-Identifier: Apache-2.0
#include "runner/base/json.hpp"

#include <unistd.h>

#include <fstream>

#include "runner/base/catch.hpp"

using namespace dmsc;

namespace {

std::string error_of(std::string_view text) {
  const auto value = parse_json(text, "in.json");
  if (value) return "read as " + write_json(*value);
  CHECK(value.error().code == Errc::data);
  return value.error().text();
}

std::string nested(int levels) {
  return std::string(levels, '[') + std::string(levels, ']');
}

/// A file of the temporary folder, gone with the test.
class TemporaryFile {
 public:
  explicit TemporaryFile(std::string_view content)
      : path_(std::filesystem::temp_directory_path() / ("dmsc_json_test_" + std::to_string(::getpid()) + ".json")) {
    std::ofstream(path_, std::ios::binary) << content;
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() { std::filesystem::remove(path_); }

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace

TEST_CASE("JSON is read and written again") {
  const char* texts[] = {
      "null",
      "true",
      "false",
      "0",
      "-1",
      "9223372036854775807",
      "-9223372036854775808",
      R"("")",
      R"("\"\\/\b\f\n\r\t")",
      R"("\u0000\u001f")",
      R"("Grüße, ルビー, 😀")",
      "[]",
      "{}",
      R"([1,[2,[]],{"a":null}])",
      R"({"z":1,"a":{"z":[],"b":""},"":true})",
  };
  for (const auto* text : texts) {
    CAPTURE(text);
    const auto value = parse_json(text, "in.json");
    REQUIRE(value);
    CHECK(write_json(*value) == text);
    CHECK(parse_json(write_json(*value, 2), "again").value() == *value);
  }
}

TEST_CASE("escapes become UTF-8") {
  CHECK(parse_json(R"("\u00fc\u30eb\ud83d\ude00\/")", "in").value() == Value("üル😀/"));
}

TEST_CASE("an indent writes a member a line") {
  const auto value = parse_json(R"({"a":[1,{}],"b":{}})", "in").value();
  CHECK(write_json(value, 2) == "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": {}\n}");
}

TEST_CASE("what is no UTF-8 is written with a replacement") {
  CHECK(write_json(Value("a\xFF")) == "\"a\uFFFD\"");
}

TEST_CASE("what JSON of ours may not hold is refused with its pointer") {
  struct Row {
    const char* text;
    const char* error;
  };
  const Row rows[] = {
      {R"({"a":1,"a":2})", "in.json: /a: key \"a\" stands twice in this object"},
      {R"({"a":[{"b":{},"c":0,"b":1}]})", "in.json: /a/0/b: key \"b\" stands twice in this object"},
      {R"([[],{"a":1},{"a":1,"a":1}])", "in.json: /2/a: key \"a\" stands twice in this object"},
      {R"({"a/b":{"~":1.5}})", "in.json: /a~1b/~0: number 1.5 is no integer"},
      {R"({"a":[0,1,2.0]})", "in.json: /a/2: number 2.0 is no integer"},
      {"1e3", "in.json: /: number 1e3 is no integer"},
      {R"([9223372036854775808])", "in.json: /0: number 9223372036854775808 is too large"},
      {R"([18446744073709551616])", "in.json: /0: number 18446744073709551616 is too large"},
      {R"([-9223372036854775809])", "in.json: /0: number -9223372036854775809 is too large"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(error_of(row.text) == row.error);
  }
}

TEST_CASE("equal keys of different objects are no trouble") {
  CHECK(parse_json(R"([{"a":{"a":1}},{"a":2}])", "in"));
}

TEST_CASE("syntax errors name line and column") {
  struct Row {
    const char* text;
    const char* error;
  };
  const Row rows[] = {
      {"",
       "in.json: at line 1, column 1: syntax error while parsing value - unexpected end of input; expected "
       "'[', '{', or a literal"},
      {"{\n  \"a\": 1,\n}",
       "in.json: at line 3, column 1: syntax error while parsing object key - unexpected '}'; "
       "expected string literal"},
      {"[1 2]",
       "in.json: at line 1, column 4: syntax error while parsing array - unexpected number literal; "
       "expected ']'"},
      {"{} {}",
       "in.json: at line 1, column 4: syntax error while parsing value - unexpected '{'; expected end of "
       "input"},
      {"1e999", "in.json: number overflow parsing '1e999'"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(error_of(row.text) == row.error);
  }
  for (const auto* text :
       {"\"\xC3\x28\"", "\"\x1B\"", "nul", "[", "{\"a\"", "'a'", "// comment", "[1,]", "\"\\ud800\""}) {
    CAPTURE(text);
    CHECK(error_of(text).starts_with("in.json: at line 1, column "));
  }
}

TEST_CASE("messages hold no control characters of the input") {
  CHECK(error_of("[\x1B[2J]").find('\x1B') == std::string::npos);
}

TEST_CASE("more than 64 levels are refused") {
  CHECK(parse_json(nested(64), "in.json"));
  const auto deep = parse_json(nested(65), "in.json");
  REQUIRE_FALSE(deep);
  CHECK(deep.error().message == "more than 64 levels");
  CHECK(deep.error().place.starts_with("in.json: /0/0/0"));
  CHECK_FALSE(parse_json(nested(100'000), "in.json"));
}

TEST_CASE("more than 16 MiB are refused") {
  const std::string text((16U << 20) + 1, ' ');
  CHECK(error_of(text) == "in.json: is larger than 16 MiB");
}

TEST_CASE("a file is read, or named with the reason") {
  CHECK(load_json(TemporaryFile(R"({"a":[1]})").path()).value().at_path("a")->as_list().size() == 1);

  const TemporaryFile broken("{\"a\":1.5}");
  CHECK(load_json(broken.path()).error().text() == broken.path().string() + ": /a: number 1.5 is no integer");
}

TEST_CASE("an empty file is bad data, a missing one no input") {
  const TemporaryFile empty("");
  const auto nothing = load_json(empty.path());
  REQUIRE_FALSE(nothing);
  CHECK(nothing.error().code == Errc::data);
  CHECK(nothing.error().message.starts_with("at line 1, column 1: "));

  for (const auto& [path, why] :
       {std::pair("/no/such/file.json", "No such file or directory"), std::pair("/", "it is no regular file")}) {
    const auto missing = load_json(path);
    REQUIRE_FALSE(missing);
    CHECK(missing.error().code == Errc::no_input);
    CHECK(missing.error().text() == std::string(path) + ": cannot be read: " + why);
  }
}
