// SPDX-License-Identifier: Apache-2.0
#include "runner/base/text.hpp"

#include "runner/base/catch.hpp"

using namespace dmsc;

using Strings = std::vector<std::string>;

TEST_CASE("text is split and joined") {
  CHECK(split("a.b.c", '.') == Strings{"a", "b", "c"});
  CHECK(split("", '.') == Strings{""});
  CHECK(split(".", '.') == Strings{"", ""});
  CHECK(split("a.", '.') == Strings{"a", ""});
  CHECK(split("abc", '.') == Strings{"abc"});
  CHECK(join(Strings{"a", "b", "c"}, ", ") == "a, b, c");
  CHECK(join(Strings{"", ""}, "/") == "/");
  CHECK(join(Strings{}, ", ").empty());
  CHECK(join(split("a.b..c", '.'), ".") == "a.b..c");
}

TEST_CASE("a near name is suggested, a far one is not") {
  const Strings names = {"open_channel", "close_channel", "send_data", "udp_local", "tcp_local", "ok"};
  struct Row {
    const char* word;
    const char* suggestion;
  };
  const Row rows[] = {
      {"open_chanel", "open_channel"},
      {"open_channel", "open_channel"},
      {"Open_Channel", "open_channel"},
      {"opn_chnl", ""},
      {"sned_data", "send_data"},
      {"tcp_locl", "tcp_local"},
      {"receive_data", ""},
      {"", ""},
      {"xy", ""},
      {"o", ""},
      {"okk", "ok"},
      {"completely_different", ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.word);
    const bool any = *row.suggestion != '\0';
    CHECK(nearest(row.word, names) == (any ? Strings{row.suggestion} : Strings{}));
    CHECK(did_you_mean(row.word, names) == (any ? ", did you mean \"" + std::string(row.suggestion) + "\"" : ""));
  }
  CHECK(nearest("anything", {}).empty());
}

TEST_CASE("names that are equally near are suggested together, three at most") {
  CHECK(did_you_mean("tdp_local", Strings{"send_data", "udp_local", "tcp_local"}) ==
        ", did you mean \"udp_local\" or \"tcp_local\"");
  CHECK(did_you_mean("C_OFINE", Strings{"C_OFFLINE", "C_ONLINE", "C_BIP"}) ==
        ", did you mean \"C_OFFLINE\" or \"C_ONLINE\"");
  CHECK(did_you_mean("con-10", Strings{"con-101", "con-102", "con-103", "con-104"}) ==
        ", did you mean \"con-101\", \"con-102\" or \"con-103\"");
  CHECK(nearest("con-10", Strings{"con-101", "con-102", "con-103", "con-104"}).size() == 4);
  // one that is nearer goes alone, and a name that stands twice is one
  CHECK(did_you_mean("con-101x", Strings{"con-102", "con-101", "con-101"}) == ", did you mean \"con-101\"");
}

TEST_CASE("patterns match a whole text") {
  struct Row {
    const char* pattern;
    const char* text;
    bool matches;
  };
  const Row rows[] = {
      {"", "", true},
      {"", "a", false},
      {"*", "", true},
      {"*", "anything", true},
      {"?", "", false},
      {"?", "a", true},
      {"?", "ab", false},
      {"abc", "abc", true},
      {"abc", "abcd", false},
      {"abc", "ab", false},
      {"a*", "abc", true},
      {"*c", "abc", true},
      {"a*c", "ac", true},
      {"a*c", "abcabd", false},
      {"a*c", "abcabc", true},
      {"a?c", "abc", true},
      {"a?c", "ac", false},
      {"**", "x", true},
      {"a**b", "ab", true},
      {"*a*b*", "xaybz", true},
      {"*a*b*", "ba", false},
      {"*?", "", false},
      {"*?", "a", true},
      {"?*?", "a", false},
      {"?*?", "ab", true},
      {"*aab", "aaaab", true},
      {"*aab", "aaaba", false},
      {"*.*", "a*b", false},
      {"a*b", "a*b", true},
      {"DM_SC-1.0-con-2*", "DM_SC-1.0-con-203", true},
      {"dm_sc*", "DM_SC-1.0-con-203", false},
      {"con-10[1-3]", "con-102", true},
      {"con-10[1-3]", "con-104", false},
      {"con-10[!1-3]", "con-104", true},
      {"con-10[^1-3]", "con-103", false},
      {"con-10[135]", "con-105", true},
      {"con-*[a-c]", "con-xyzb", true},
      {"[]]", "]", true},
      {"[a-]", "-", true},
      {"[", "[", true},
      {"a[b", "a[b", true},
      {"a[b", "ab", false},
      {"[ab]", "", false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.pattern, row.text);
    CHECK(glob_match(row.pattern, row.text) == row.matches);
  }
}

TEST_CASE("braces stand for each of their alternatives") {
  using Texts = std::vector<std::string>;
  CHECK(expand_braces("con-101") == Texts{"con-101"});
  CHECK(expand_braces("con-{101,102}") == Texts{"con-101", "con-102"});
  CHECK(expand_braces("{a,b}-{1,2}") == Texts{"a-1", "a-2", "b-1", "b-2"});
  CHECK(expand_braces("a{b,{c,d}e}f") == Texts{"abf", "acef", "adef"});
  CHECK(expand_braces("a{,b}") == Texts{"a", "ab"});
  CHECK(expand_braces("a{b}") == Texts{"a{b}"});
  CHECK(expand_braces("a{b,c") == Texts{"a{b,c"});
  std::string many;
  for (int at = 0; at < 20; ++at) many += "{a,b}";
  CHECK(expand_braces(many) == Texts{many});
}

TEST_CASE("many stars do not take for ever") {
  std::string pattern;
  for (int at = 0; at < 50; ++at) pattern += "*a";
  CHECK_FALSE(glob_match(pattern + "b", std::string(2000, 'a')));
  CHECK(glob_match(pattern, std::string(2000, 'a')));
}

TEST_CASE("control characters are written as escapes") {
  CHECK(printable("plain, ü, 😀 \\x41") == "plain, ü, 😀 \\x41");
  CHECK(printable("a\tb\nc\r") == "a\\x09b\\x0Ac\\x0D");
  CHECK(printable("\x1B[31m\x7F") == "\\x1B[31m\\x7F");
  CHECK(printable(std::string_view("\0", 1)) == "\\x00");
  // C1: CSI as one character, its neighbours, and 9B where it is only the tail of another character
  CHECK(printable("\u009B2J") == "\\xC2\\x9B2J");
  CHECK(printable("\u0080\u009F") == "\\xC2\\x80\\xC2\\x9F");
  CHECK(printable("\u00A0\u00DB\u201B") == "\u00A0\u00DB\u201B");
  CHECK(printable("").empty());
}

TEST_CASE("the valid part of UTF-8 ends where the first bad octet stands") {
  struct Row {
    std::string_view text;
    std::size_t length;
  };
  const Row rows[] = {
      {"", 0},
      {"abc", 3},
      {std::string_view("a\0b", 3), 3},
      {"ü€😀", 9},
      {"a\x80", 1},  // tail without lead
      {"a\xFF", 1},
      {"\xC0\x80", 0},  // overlong
      {"\xC1\xBF", 0},
      {"\xC2\x80", 2},
      {"\xE0\x9F\xBF", 0},  // overlong
      {"\xE0\xA0\x80", 3},
      {"\xED\x9F\xBF", 3},
      {"\xED\xA0\x80", 0},  // surrogates
      {"\xED\xBF\xBF", 0},
      {"\xEE\x80\x80", 3},
      {"\xEF\xBF\xBF", 3},
      {"\xF0\x8F\xBF\xBF", 0},  // overlong
      {"\xF0\x90\x80\x80", 4},
      {"\xF4\x8F\xBF\xBF", 4},
      {"\xF4\x90\x80\x80", 0},  // beyond 10FFFF
      {"\xF5\x80\x80\x80", 0},
      {"ab\xE2\x82", 2},  // cut off
      {"ab\xF0\x9F\x98", 2},
      {"ab\xC3", 2},
      {"a\xC3(", 1},  // lead without tail
      {"\xE2\x28\xA1", 0},
      {"\xE2\x82\x28", 0},
      {"\xF0\x9F\x98\x28", 0},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text.size(), row.length);
    CHECK(valid_utf8_prefix(row.text) == row.length);
  }
}
