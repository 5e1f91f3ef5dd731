// SPDX-License-Identifier: Apache-2.0
#include "adapters/replay/recording.hpp"

#include <algorithm>
#include <vector>

#include "adapters/replay/capture.hpp"
#include "adapters/replay/packet_file.hpp"
#include "adapters/replay/transcript.hpp"

namespace dmsc::replay {
namespace {

/// Octets of no text, in whatever coding: UTF-16 has every other octet 00 at the most.
bool is_binary(ByteView start) {
  const auto zeros = static_cast<std::size_t>(std::ranges::count(start, std::uint8_t{0}));
  const bool utf16 = start.size() >= 2 && (start[0] == 0xFF || start[0] == 0xFE || (start[0] == 0) != (start[1] == 0));
  return zeros > 0 && !utf16;
}

Result<std::unique_ptr<Recording>> record(OctetSource source) {
  if (!is_packet_file(source.peek(4))) {
    if (is_binary(source.window())) return fail(Errc::data, "is neither a capture nor a text", {}, source.path());
    return std::make_unique<Transcript>(std::move(source));
  }
  auto reader = PcapReader::of(std::move(source));
  if (!reader) return tl::make_unexpected(reader.error());
  return std::make_unique<Capture>(std::move(*reader));
}

}  // namespace

void Census::add(const std::string& what, std::size_t count) {
  constexpr std::size_t most = 32;
  total_ += count;
  const bool room = counts_.size() < most || counts_.contains(what);
  counts_[room ? what : "of other kinds"] += count;
}

void Census::add(const Census& other) {
  for (const auto& [what, count] : other.counts_) add(what, count);
}

std::string Census::words() const {
  std::vector<std::pair<std::string, std::size_t>> rows(counts_.begin(), counts_.end());
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string out;
  for (const auto& [what, count] : rows) out += (out.empty() ? "" : ", ") + std::to_string(count) + " " + what;
  return out;
}

Result<std::unique_ptr<Recording>> open_recording(const std::string& path, const SourceLimits& limits) {
  auto source = OctetSource::open(path, limits);
  if (!source) return tl::make_unexpected(source.error());
  return record(std::move(*source));
}

std::unique_ptr<Recording> record_text(std::string_view text) {
  return std::make_unique<Transcript>(OctetSource::of_text(text));
}

Result<std::unique_ptr<Recording>> record_standard_input() {
  return record(OctetSource::standard_input());
}

}  // namespace dmsc::replay
