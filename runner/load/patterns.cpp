// SPDX-License-Identifier: Apache-2.0
#include "runner/load/patterns.hpp"

#include <sstream>

#include "runner/base/file.hpp"
#include "runner/base/text.hpp"

namespace dmsc::load {
namespace {

constexpr const char* blanks = " \t\r";
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

std::string without_comment(const std::string& line) {
  auto end = line.find('#');
  while (end != std::string::npos && end > 0 &&
         std::string_view(blanks).find(line[end - 1]) == std::string_view::npos) {
    end = line.find('#', end + 1);
  }
  const auto text = line.substr(0, end);
  const auto first = text.find_first_not_of(blanks);
  return first == std::string::npos ? std::string{} : text.substr(first, text.find_last_not_of(blanks) + 1 - first);
}

void add(std::vector<Pattern>& list, const std::string& word, const std::string& place = {}) {
  for (auto& one : expand_braces(word)) list.emplace_back(std::move(one), place);
}

Result<void> add_file(const std::string& file, std::vector<Pattern>& list, std::vector<Pattern>& skipped) {
  const auto text = read_file(file);
  if (!text) return tl::make_unexpected(text.error());
  std::istringstream in(text->starts_with(byte_order_mark) ? text->substr(byte_order_mark.size()) : *text);
  std::string line;
  bool any = false;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    const auto word = without_comment(line);
    if (word.empty()) continue;
    const auto place = file + ":" + std::to_string(number);
    const bool left_out = word.front() == '!';
    const auto name = left_out ? without_comment(word.substr(1)) : word;
    if (name.empty()) return fail(Errc::data, "nothing stands behind the !", {}, place);
    add(left_out ? skipped : list, name, place);
    any = true;
  }
  if (!any) return fail(Errc::no_input, "names no case", {}, file);
  return {};
}

Result<void> add_words(const std::vector<std::string>& words, std::vector<Pattern>& list,
                       std::vector<Pattern>& skipped) {
  for (const auto& word : words) {
    if (!word.starts_with('@')) {
      add(list, word);
      continue;
    }
    const auto added = add_file(word.substr(1), list, skipped);
    if (!added) return added;
  }
  return {};
}

}  // namespace

Result<Patterns> read_patterns(const std::vector<std::string>& words, const std::vector<std::string>& skip) {
  Patterns out;
  const auto chosen = add_words(words, out.chosen, out.skipped);
  if (!chosen) return tl::make_unexpected(chosen.error());
  const auto skipped = add_words(skip, out.skipped, out.skipped);
  if (!skipped) return tl::make_unexpected(skipped.error());
  return out;
}

}  // namespace dmsc::load
