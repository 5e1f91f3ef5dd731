// SPDX-License-Identifier: Apache-2.0
#include "runner/base/pattern.hpp"

#include <string>
#include "runner/base/catch.hpp"

using dmsc::Pattern;

TEST_CASE("a pattern is looked for anywhere, or fits a text as a whole", "[pattern]") {
  const auto status = Pattern::read("9[12]..");
  REQUIRE(status);
  CHECK(status->occurs_in("x9134x"));
  CHECK_FALSE(status->fits("x9134x"));
  CHECK(status->fits("9134"));
  CHECK_FALSE(status->occurs_in("9034"));
}

TEST_CASE("the ends of a pattern are the ends of the text, not of a line", "[pattern]") {
  const auto word = Pattern::read("^wake$");
  REQUIRE(word);
  CHECK(word->occurs_in("wake"));
  CHECK_FALSE(word->occurs_in("wake\n"));
  CHECK_FALSE(word->occurs_in("a\nwake\nb"));
}

TEST_CASE("a pattern counts octets, whatever characters they make", "[pattern]") {
  const auto two = Pattern::read("^..$");
  REQUIRE(two);
  CHECK(two->occurs_in("\xC3\xA4"));
  CHECK(two->occurs_in("\xFF\xFE"));
  CHECK_FALSE(two->occurs_in("\xC3\xA4\xC3"));
  CHECK(Pattern::read("^[^\\x00-\\x1F]+$")->occurs_in("\xC3\xA4"));
}

TEST_CASE("what RE2 does not take is refused with its words", "[pattern]") {
  const auto against = [](const std::string& expression) { return Pattern::read(expression).error().message; };
  CHECK(against("(inter") == "missing ): (inter");
  CHECK(against("(a)\\1") == "invalid escape sequence: \\1");
  CHECK(against("a(?=b)") == "invalid perl operator: (?=");
  CHECK(against("a{1001}") == "invalid repetition size: {1001}");
  CHECK(against("[z-a]") == "invalid character class range: z-a");
  CHECK(against(std::string(1 << 20, '(')) == "missing )");
  CHECK(Pattern::read("(inter").error().code == dmsc::Errc::data);
}

TEST_CASE("a text of megabytes is read in linear time and no stack", "[pattern]") {
  const std::string text(std::size_t{4} << 20, 'a');
  CHECK(Pattern::read("^(a|a)*$")->fits(text));
  CHECK_FALSE(Pattern::read("^(a+)+b$")->occurs_in(text));
}
