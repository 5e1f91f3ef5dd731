// SPDX-License-Identifier: Apache-2.0
#include "adapters/pcsc/reader_choice.hpp"

#include <algorithm>
#include <cctype>
#include <vector>

namespace dmsc::pcsc {
namespace {

using Indices = std::vector<std::size_t>;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

std::string quoted(std::string_view text) {
  return '"' + std::string(text) + '"';
}

template <class Predicate>
Indices indices_where(std::span<const ReaderState> readers, Predicate fits) {
  Indices out;
  for (std::size_t at = 0; at < readers.size(); ++at) {
    if (fits(readers[at])) out.push_back(at);
  }
  return out;
}

std::string names(std::span<const ReaderState> readers, const Indices& chosen) {
  std::string out;
  for (const auto at : chosen) out += (out.empty() ? "" : ", ") + quoted(readers[at].name);
  return out;
}

std::string all_names(std::span<const ReaderState> readers) {
  return names(readers, indices_where(readers, [](const ReaderState&) { return true; }));
}

Result<std::size_t> the_one_with_a_card(std::span<const ReaderState> readers) {
  const auto filled = indices_where(readers, [](const ReaderState& reader) { return reader.card_present; });
  if (filled.size() == 1) return filled.front();
  if (filled.empty()) return fail(Errc::unavailable, "no reader has a card; readers: " + all_names(readers));
  return fail(Errc::usage, "several readers have a card, name one: " + names(readers, filled));
}

}  // namespace

Result<std::size_t> choose_reader(std::span<const ReaderState> readers, std::string_view wanted) {
  if (readers.empty()) return fail(Errc::unavailable, "no reader is connected");
  if (wanted.empty()) return the_one_with_a_card(readers);
  const auto exact =
      std::find_if(readers.begin(), readers.end(), [&](const auto& reader) { return reader.name == wanted; });
  if (exact != readers.end()) return static_cast<std::size_t>(exact - readers.begin());
  const std::string part = lower(wanted);
  // A whole name in other case wins over longer names that contain it.
  auto fitting = indices_where(readers, [&](const auto& reader) { return lower(reader.name) == part; });
  if (fitting.empty()) {
    fitting =
        indices_where(readers, [&](const auto& reader) { return lower(reader.name).find(part) != std::string::npos; });
  }
  if (fitting.size() == 1) return fitting.front();
  if (fitting.empty()) {
    return fail(Errc::unavailable, "no reader has a name with " + quoted(wanted) + "; readers: " + all_names(readers));
  }
  auto filled = fitting;
  std::erase_if(filled, [&](std::size_t at) { return !readers[at].card_present; });
  if (filled.size() == 1) return filled.front();
  const auto more = filled.empty() ? " and none of them a card: " : " and a card: ";
  return fail(Errc::usage, "several readers have a name with " + quoted(wanted) + more +
                               names(readers, filled.empty() ? fitting : filled));
}

}  // namespace dmsc::pcsc
