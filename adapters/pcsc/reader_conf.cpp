// SPDX-License-Identifier: Apache-2.0
#include "adapters/pcsc/reader_conf.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "runner/base/text.hpp"

namespace dmsc::pcsc {
namespace {

constexpr std::string_view blanks = " \t\r";

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string_view unquoted(std::string_view text) {
  if (!text.empty() && text.front() == '"') {
    text.remove_prefix(1);
    return text.substr(0, text.find('"'));
  }
  return text.substr(0, text.find_first_of(blanks));
}

constexpr std::array<std::pair<std::string_view, std::string ReaderEntry::*>, 4> keys{{
    {"FRIENDLYNAME", &ReaderEntry::friendly_name},
    {"DEVICENAME", &ReaderEntry::device_name},
    {"LIBPATH", &ReaderEntry::library},
    {"CHANNELID", &ReaderEntry::channel_id},
}};

}  // namespace

std::vector<ReaderEntry> parse_reader_conf(std::string_view file, std::string_view text) {
  std::vector<ReaderEntry> out;
  for (const auto& line : split(text, '\n')) {
    const auto content = trimmed(line);
    const auto key = content.substr(0, content.find_first_of(blanks));
    const auto known = std::find_if(keys.begin(), keys.end(), [key](const auto& row) { return row.first == key; });
    if (known == keys.end()) continue;
    if (known == keys.begin()) {
      out.emplace_back();
      out.back().file = file;
    }
    if (!out.empty()) out.back().*known->second = unquoted(trimmed(content.substr(key.size())));
  }
  return out;
}

bool is_vpcd(const ReaderEntry& entry) {
  return entry.library.find("vpcd") != std::string::npos;
}

std::vector<std::vector<ReaderEntry>> colliding_entries(std::span<const ReaderEntry> entries) {
  // pcscd loads a library once for each path: a copy under another name has a table of its own.
  std::map<std::string, std::vector<ReaderEntry>> by_library;
  for (const auto& entry : entries) {
    if (is_vpcd(entry)) by_library[entry.library].push_back(entry);
  }
  std::vector<std::vector<ReaderEntry>> out;
  for (auto& [library, group] : by_library) {
    if (group.size() > 1) out.push_back(std::move(group));
  }
  return out;
}

}  // namespace dmsc::pcsc
