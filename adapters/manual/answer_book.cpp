// SPDX-License-Identifier: Apache-2.0
#include "adapters/manual/answer_book.hpp"

#include "runner/base/json.hpp"
#include "runner/base/text.hpp"

namespace dmsc::manual {
namespace {

constexpr std::uintmax_t largest_file = std::uintmax_t{16} << 20;

std::string asked(const Value& line) {
  return line.text_or("verb", "") + " " + printable(write_json(*line.find("params")));
}

bool is_answer(const Value& line) {
  const auto* verb = line.find("verb");
  const auto* params = line.find("params");
  const auto* answer = line.find("answer");
  return verb != nullptr && verb->is_string() && params != nullptr && params->is_map() && answer != nullptr &&
         answer->is_string();
}

}  // namespace

Result<AnswerBook> AnswerBook::open(const std::filesystem::path& file) {
  std::error_code trouble;
  if (!std::filesystem::is_regular_file(file, trouble))
    return fail(Errc::no_input, "cannot be read", {}, file.string());
  if (std::filesystem::file_size(file, trouble) > largest_file) {
    return fail(Errc::data, "is larger than 16 MiB", {}, file.string());
  }
  AnswerBook out;
  out.file_ = file.string();
  std::ifstream in(file);
  if (!in) return fail(Errc::no_input, "cannot be read", {}, out.file_);
  for (std::string line; std::getline(in, line);) {
    const auto place = out.file_ + ":" + std::to_string(out.lines_.size() + 1);
    auto read = parse_json(line, place);
    if (!read) return tl::make_unexpected(read.error());
    if (!is_answer(*read)) return fail(Errc::data, "has no verb, params and answer", {}, place);
    out.lines_.push_back(std::move(*read));
  }
  return out;
}

Result<std::string> AnswerBook::next(const std::string& verb, const Value& params) {
  const Value wanted = Value::Map{{"verb", verb}, {"params", params}};
  const auto place = file_ + ":" + std::to_string(at_ + 1);
  if (at_ == lines_.size()) return fail(Errc::data, "there is no line for " + asked(wanted), {}, place);
  const auto& line = lines_[at_];
  if (line.text_or("verb", "") != verb || *line.find("params") != params) {
    return fail(Errc::data, "answers " + asked(line) + ", not " + asked(wanted), {}, place);
  }
  ++at_;
  return line.text_or("answer", "");
}

Result<AnswerRecorder> AnswerRecorder::create(const std::filesystem::path& file) {
  AnswerRecorder out;
  out.file_ = file.string();
  out.out_.open(file, std::ios::trunc);
  if (!out.out_) return fail(Errc::cannot_create, "cannot be written", {}, out.file_);
  return out;
}

Result<void> AnswerRecorder::write(const std::string& verb, const Value& params, const std::string& answer) {
  out_ << write_json(Value::Map{{"verb", verb}, {"params", params}, {"answer", answer}}) << std::endl;
  if (!out_) return fail(Errc::io, "cannot be written", {}, file_);
  return {};
}

}  // namespace dmsc::manual
