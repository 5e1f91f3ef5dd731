// SPDX-License-Identifier: Apache-2.0
#include "reports/common/wording.hpp"

#include <algorithm>
#include <cstdio>

#include "runner/base/text.hpp"

namespace dmsc::reports {
namespace {

constexpr std::size_t most_shown = 256;

/// Valid UTF-8 of characters that XML allows, but for the controls.
std::string repaired(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto good = valid_utf8_prefix(text);
    out += text.substr(0, good);
    text.remove_prefix(good);
    if (text.empty()) break;
    out += '?';
    text.remove_prefix(1);
  }
  for (const std::string_view none : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"}) {  // U+FFFE, U+FFFF. Source: XML 1.0, 2.2
    for (auto at = out.find(none); at != std::string::npos; at = out.find(none, at)) out.replace(at, none.size(), "?");
  }
  return out;
}

}  // namespace

std::string shout(model::Verdict verdict) {
  std::string out(name_of(verdict));
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return c == '_' ? ' ' : std::toupper(c); });
  return out;
}

std::string plain(std::string_view text) {
  auto lines = split(repaired(text), '\n');
  for (auto& line : lines) line = printable(line);
  return join(lines, "\n");
}

std::string one_line(std::string_view text) {
  return printable(repaired(text));
}

std::string headline(const model::CaseResult& result) {
  const std::string start = result.planned->id + ": " + shout(result.verdict);
  if (result.reason.empty()) return one_line(start);
  const bool at_step = result.reason.starts_with("step ");
  return one_line(start + (at_step ? " at " : ": ") + result.reason);
}

std::string cause_line(const model::Cause& cause) {
  const auto count = cause.ids.size();
  return std::to_string(count) + (count == 1 ? " case: " : " cases: ") + one_line(cause.text) +
         " (first: " + one_line(cause.ids.empty() ? "" : cause.ids.front()) + ")";
}

std::vector<std::pair<std::string, std::string>> readings_of(const model::CaseResult& result) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& taken : result.readings) {
    const std::pair one(taken.ambiguity, taken.reading);
    if (std::find(out.begin(), out.end(), one) == out.end()) out.push_back(one);
  }
  return out;
}

std::vector<std::string> reading_lines(const model::RunSummary& summary) {
  std::vector<std::string> lines;
  for (const auto& [ambiguity, readings] : summary.readings) {
    std::vector<std::string> parts;
    for (const auto& [reading, count] : readings) {
      parts.push_back("by " + reading + " in " + std::to_string(count) + (count == 1 ? " case" : " cases"));
    }
    const bool first = readings.contains("R1");
    lines.push_back(ambiguity + ": met " + join(parts, ", ") + (first ? "" : ", not by R1"));
  }
  return lines;
}

std::string marked_octets(ByteView octets, std::optional<std::size_t> offset) {
  std::string out;
  for (std::size_t at = 0; at < std::min(octets.size(), most_shown); ++at) {
    if (at != 0) out += ' ';
    const auto hex = to_hex(octets.subspan(at, 1));
    out += offset == at ? "[" + hex + "]" : hex;
  }
  if (octets.size() > most_shown) out += " ... (" + std::to_string(octets.size()) + " octets)";
  return out;
}

std::vector<std::string> finding_lines(const model::Finding& finding) {
  std::vector<std::string> lines;
  lines.push_back("clause:   " + one_line(finding.clause + " " + finding.level + " (" + finding.requirement + ")"));
  lines.push_back("expected: " + one_line(finding.expected));
  lines.push_back("observed: " + one_line(finding.observed));
  if (!finding.octets.empty()) {
    lines.push_back("octets:   " + marked_octets(finding.octets, finding.offset));
    if (finding.offset) lines.push_back("offset:   " + std::to_string(*finding.offset));
  }
  return lines;
}

std::string seconds(std::chrono::microseconds time) {
  char text[32];
  const auto count = std::max<std::int64_t>(0, time.count());
  std::snprintf(text, sizeof text, "%lld.%03lld", static_cast<long long>(count / 1000000),
                static_cast<long long>(count / 1000 % 1000));
  return text;
}

}  // namespace dmsc::reports
