// SPDX-License-Identifier: Apache-2.0
#include "adapters/process/wire_log.hpp"

#include "runner/base/json.hpp"
#include "runner/base/text.hpp"

namespace dmsc::process {
namespace {

constexpr std::size_t longest_error_line = 4096;
constexpr std::size_t longest_words = 200;
constexpr std::size_t longest_text = 4096;  // of what is no JSON

}  // namespace

std::chrono::microseconds WireLog::now() const {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start_);
}

void WireLog::message(Direction direction, std::string_view line) {
  write(direction, "message", line);
}

void WireLog::text(Direction direction, std::string_view line) {
  write(direction, "text", write_json(line.substr(0, longest_text)));
}

void WireLog::write(Direction direction, std::string_view key, std::string_view json) {
  std::string line = R"({"t":)" + std::to_string(now().count()) + R"(,"dir":")";
  line += direction == Direction::to_adapter ? "to_adapter" : "from_adapter";
  line += R"(",")";
  line += key;
  line += R"(":)";
  line += json;
  line += '}';
  if (listener_) listener_(line);
  if (cut_) return;
  cut_ = lines_.size() + line.size() > most_octets;
  if (cut_)
    line = R"({"t":)" + std::to_string(now().count()) + R"(,"cut":"what follows is left out, the log is full"})";
  lines_ += line;
  lines_ += '\n';
}

void WireLog::printed(std::string_view octets) {
  for (const char c : octets) {
    if (c != '\n') error_line_ += c;
    if (c == '\n' || error_line_.size() >= longest_error_line) print_line();
  }
}

void WireLog::print_line() {
  if (!error_line_.empty()) last_line_ = error_line_.substr(0, longest_words);
  auto line = write_json(Value(Value::Map{{"stderr", error_line_}}));
  error_line_.clear();
  if (listener_) listener_(line);
  error_octets_ += line.size();
  error_lines_.push_back(std::move(line));
  while (error_octets_ > most_error_octets) {
    error_octets_ -= error_lines_.front().size();
    error_lines_.pop_front();
  }
}

std::string WireLog::last_words() const {
  const auto words = std::string_view(error_line_.empty() ? last_line_ : error_line_).substr(0, longest_words);
  return printable(words.substr(0, valid_utf8_prefix(words)));
}

std::string WireLog::take() {
  if (!error_line_.empty()) print_line();
  auto out = std::move(lines_);
  for (const auto& line : error_lines_) out += line + '\n';
  lines_.clear();
  error_lines_.clear();
  error_octets_ = 0;
  cut_ = false;
  return out;
}

}  // namespace dmsc::process
