// SPDX-License-Identifier: Apache-2.0
#include "adapters/replay/hex_text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <vector>

namespace dmsc::replay {
namespace {

bool is_digit(char c) {
  return std::isxdigit(static_cast<unsigned char>(c)) != 0;
}
bool is_space(char c) {
  return std::isspace(static_cast<unsigned char>(c)) != 0;
}
bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || (static_cast<unsigned char>(c) & 0x80) != 0;
}

/// A run of digits with what stood before it.
struct Token {
  std::string_view digits;
  std::size_t at = 0;
  bool prefixed = false;
};

struct Tokens {
  std::vector<Token> list;
  bool spaces_alone = true;  ///< nothing but white space between them
};

/// Length of a prefix of an octet at this place: 0x, \x, x', $, %.
std::size_t prefix_length(std::string_view text) {
  const auto digit_at = [&](std::size_t at) { return at < text.size() && is_digit(text[at]); };
  const auto is_x = [&](std::size_t at) { return at < text.size() && (text[at] == 'x' || text[at] == 'X'); };
  if ((text[0] == '0' || text[0] == '\\') && is_x(1) && digit_at(2)) return 2;
  if ((text[0] == '$' || text[0] == '%' || is_x(0)) && digit_at(1)) return 1;
  return 0;
}

/// Digits that end in front of anything but a letter; an h behind them is part of their spelling.
std::size_t digits_length(std::string_view text) {
  const auto end = static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
  const bool word = end < text.size() && is_word(text[end]) && text[end] != '_';
  const bool suffix =
      word && (text[end] == 'h' || text[end] == 'H') && (end + 1 == text.size() || !is_word(text[end + 1]));
  const bool next_prefixed = end < text.size() && prefix_length(text.substr(end)) > 0;
  return word && !suffix && !next_prefixed ? 0 : end;
}

Result<Tokens> tokens_of(std::string_view text) {
  Tokens out;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    const auto prefix = prefix_length(text.substr(at));
    const auto length = digits_length(text.substr(at + prefix));
    const bool literal = (c == 'x' || c == 'X' || c == 'h') && at + 1 < text.size() && text[at + 1] == '\'';
    if (length > 0) {
      out.list.push_back({text.substr(at + prefix, length), at, prefix > 0});
      at += prefix + length;
      if (at < text.size() && (text[at] == 'h' || text[at] == 'H')) {
        out.list.back().prefixed = true;
        ++at;
      }
    } else if (is_space(c) || literal) {
      ++at;
    } else if (std::ispunct(static_cast<unsigned char>(c)) != 0 && c != '\\' && c != '?' && c != '!') {
      if (!out.list.empty()) out.spaces_alone = false;
      ++at;
    } else if (c == '\\' && text.find_first_not_of(" \t\r", at + 1) == std::string_view::npos) {
      break;  // the line goes on in the next one
    } else {
      return fail(Errc::malformed, "not a hexadecimal digit", at);
    }
  }
  return out;
}

/// [208, 9, 129]: nothing but numbers up to 255, one of them of three digits.
std::optional<Octets> decimal_list(const Tokens& tokens) {
  if (tokens.spaces_alone || tokens.list.size() < 2) return {};
  Octets out;
  bool three = false;
  for (const auto& token : tokens.list) {
    const bool decimal = std::all_of(token.digits.begin(), token.digits.end(), [](char c) { return c <= '9'; });
    if (token.prefixed || !decimal || token.digits.size() > 3) return {};
    three = three || token.digits.size() == 3;
    int number = 0;
    for (const char c : token.digits) number = number * 10 + (c - '0');
    if (number > 0xFF) return {};
    out.push_back(static_cast<std::uint8_t>(number));
  }
  return three ? std::optional(out) : std::nullopt;
}

Result<Octets> octets_of(const Tokens& tokens) {
  if (auto list = decimal_list(tokens)) return *list;
  std::string digits;
  const Token* odd = nullptr;
  for (const auto& token : tokens.list) {
    const bool is_odd = token.digits.size() % 2 != 0;
    const bool octet_alone = token.digits.size() == 1 && !tokens.spaces_alone;
    if (is_odd && (token.prefixed || octet_alone)) digits += '0';
    if (is_odd && !token.prefixed && !octet_alone) odd = &token;
    digits += token.digits;
  }
  if (odd != nullptr && (!tokens.spaces_alone || digits.size() % 2 != 0)) {
    return fail(Errc::malformed, "odd number of hexadecimal digits", odd->at + odd->digits.size());
  }
  return parse_hex(digits);
}

struct Escape {
  char letter;
  std::uint8_t octet;
};
constexpr std::array<Escape, 11> escapes{{{'n', 0x0A},
                                          {'r', 0x0D},
                                          {'t', 0x09},
                                          {'0', 0x00},
                                          {'a', 0x07},
                                          {'b', 0x08},
                                          {'f', 0x0C},
                                          {'v', 0x0B},
                                          {'\\', '\\'},
                                          {'\'', '\''},
                                          {'"', '"'}}};

/// A quoted string of C or Python in which octets are escaped, and others stand for themselves.
std::optional<Octets> string_literal(std::string_view text) {
  const auto quote_at = text.find_first_of("\"'");
  if (quote_at == std::string_view::npos || text.find("\\x") == std::string_view::npos) return {};
  if (quote_at > text.find("\\x")) return {};
  Octets out;
  const char quote = text[quote_at];
  std::size_t at = quote_at + 1;
  for (; at < text.size() && text[at] != quote;) {
    if (text[at] != '\\') {
      out.push_back(static_cast<std::uint8_t>(text[at++]));
      continue;
    }
    const auto rest = text.substr(at + 1);
    if (rest.size() >= 3 && rest[0] == 'x' && is_digit(rest[1]) && is_digit(rest[2])) {
      append(out, *parse_hex(rest.substr(1, 2)));
      at += 4;
      continue;
    }
    const auto* escape = rest.empty() ? escapes.end() : std::ranges::find(escapes, rest[0], &Escape::letter);
    if (escape == escapes.end()) return {};
    out.push_back(escape->octet);
    at += 2;
  }
  if (at >= text.size()) return {};
  const auto behind = text.substr(at + 1);
  if (behind.find_first_of("\"'") != std::string_view::npos) {
    const auto more = string_literal(behind);
    if (!more) return {};
    append(out, *more);
  }
  return out;
}

std::string without_remarks(std::string text) {
  for (auto begin = text.find("/*"); begin != std::string::npos; begin = text.find("/*")) {
    const auto end = text.find("*/", begin + 2);
    text.replace(begin, end == std::string::npos ? std::string::npos : end + 2 - begin, " ");
  }
  for (const auto* mark : {"#", "//"}) {
    if (const auto at = text.find(mark); at != std::string::npos) text.resize(at);
  }
  return text;
}

}  // namespace

std::string plain_text(std::string_view text) {
  struct Look {
    std::string_view octets;
    char plain;
  };
  static constexpr Look looks[] = {
      {"\xC2\xA0", ' '},     {"\xEF\xBB\xBF", ' '}, {"\xE3\x80\x80", ' '}, {"\xE2\x80\xAF", ' '},
      {"\xE2\x81\x9F", ' '}, {"\xE2\x80\x98", '"'}, {"\xE2\x80\x99", '"'}, {"\xE2\x80\x9C", '"'},
      {"\xE2\x80\x9D", '"'}, {"\xE2\x80\x9E", '"'}, {"\xC2\xAB", '"'},     {"\xC2\xBB", '"'},
      {"\xE2\x86\x92", '>'}, {"\xE2\x86\x90", '<'}, {"\xC2\xB7", ' '},     {"\xE2\x80\xA2", ' '}};
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto* look = std::ranges::find_if(looks, [&](const Look& row) { return text.starts_with(row.octets); });
    const bool general = text.size() >= 3 && text.starts_with("\xE2\x80") &&
                         static_cast<unsigned char>(text[2]) <= 0x95;  // spaces and dashes of U+2000 to U+2015
    if (look != std::end(looks)) {
      out += look->plain;
      text.remove_prefix(look->octets.size());
    } else if (general) {
      out += ' ';
      text.remove_prefix(3);
    } else {
      const auto octet = static_cast<unsigned char>(text[0]);
      const bool follows_letter = !out.empty() && (static_cast<unsigned char>(out.back()) & 0x80) != 0;
      out += octet == 0xA0 && !follows_letter ? ' ' : text[0];  // a no-break space of Latin-1
      text.remove_prefix(1);
    }
  }
  return without_remarks(std::move(out));
}

Result<Octets> read_hex_text(std::string_view text) {
  const auto plain = plain_text(text);
  if (auto literal = string_literal(plain)) return *literal;
  return tokens_of(plain).and_then(octets_of);
}

FoundOctets leading_octets(std::string_view text) {
  FoundOctets out;
  for (std::size_t at = 0; at < text.size();) {
    const auto rest = text.substr(at);
    if (is_space(rest[0]) || rest[0] == ',' || rest[0] == ':' || rest[0] == '-') {
      ++at;
      continue;
    }
    const auto prefix = prefix_length(rest);
    const auto length = digits_length(rest.substr(prefix));
    if (length == 0 || (length % 2 != 0 && prefix == 0)) break;
    append(out.octets, *parse_hex((length % 2 != 0 ? "0" : "") + std::string(rest.substr(prefix, length))));
    at += prefix + length;
    out.end = at;
  }
  return out;
}

FoundOctets longest_run(std::string_view text, std::size_t least) {
  FoundOctets best;
  FoundOctets run;
  std::string_view separator;
  const auto finish = [&] {
    if (run.octets.size() >= least && run.octets.size() >= best.octets.size()) best = run;
    run = {};
  };
  for (std::size_t at = 0; at < text.size();) {
    const auto rest = text.substr(at);
    const auto prefix = prefix_length(rest);
    const auto length = at == 0 || !is_word(text[at - 1]) ? digits_length(rest.substr(prefix)) : 0;
    if (length == 0) {
      ++at;
      continue;
    }
    const auto digits = rest.substr(prefix, length);
    const auto end = at + prefix + length;
    const bool one_octet = digits.size() == 2 || (digits.size() == 1 && prefix > 0);
    const auto gap = run.octets.empty() ? std::string_view{} : text.substr(run.end, at - run.end);
    const bool goes_on =
        one_octet && !run.octets.empty() && gap.size() <= 2 && (run.octets.size() == 1 || gap == separator);
    if (!goes_on) finish();
    if (one_octet) {
      if (goes_on) separator = gap;
      if (!goes_on) run.begin = at;
      append(run.octets, *parse_hex((digits.size() == 1 ? "0" : "") + std::string(digits)));
      run.end = end;
    } else if (digits.size() % 2 == 0) {
      const bool decimal = std::ranges::all_of(digits, [](char c) { return c <= '9'; });
      const bool date =
          decimal && (digits.size() == 6 || digits.size() == 8 || digits.size() == 12 || digits.size() == 14);
      if (!date) run = {*parse_hex(digits), at, end};
      finish();
    }
    at = end;
  }
  finish();
  return best;
}

}  // namespace dmsc::replay
