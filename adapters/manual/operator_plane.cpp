// SPDX-License-Identifier: Apache-2.0
#include "adapters/manual/operator_plane.hpp"

#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <iostream>
#include <optional>

#include "adapters/manual/answer_book.hpp"
#include "adapters/manual/question.hpp"
#include "runner/base/json.hpp"
#include "runner/base/text.hpp"

namespace dmsc::manual {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds stop_check{100};
constexpr int most_attempts = 3;
constexpr std::size_t longest_answer = 4096;
constexpr std::size_t most_log = std::size_t{16} << 20;

Result<void> poll_for(milliseconds patience, int fd) {
  pollfd watched{fd, POLLIN, 0};
  poll(&watched, 1, static_cast<int>(patience.count()));
  return {};
}

bool readable(int fd) {
  pollfd watched{fd, POLLIN, 0};
  return poll(&watched, 1, 0) > 0;
}

class OperatorPlane final : public process::ControlPlane {
 public:
  OperatorPlane(Settings settings, std::optional<AnswerBook> book, std::optional<AnswerRecorder> recorder)
      : settings_(std::move(settings)), book_(std::move(book)), recorder_(std::move(recorder)) {
    if (!settings_.wait) settings_.wait = poll_for;
    if (settings_.output == nullptr) settings_.output = &std::cerr;
  }

  bool has(std::string_view verb) const override { return find_question(verb) != nullptr; }

  Result<Value> call(const std::string& verb, const Value& params, milliseconds /*deadline*/) override {
    const auto* question = find_question(verb);
    if (question == nullptr) return fail(Errc::unsupported, "no question is known for it", {}, verb);
    if (!params.is_map()) return fail(Errc::data, "the parameters are no object", {}, verb);
    std::string answer;
    auto result = book_ ? look_up(*question, params, answer) : ask_operator(*question, params, answer);
    if (!result && result.error().place.empty()) result.error().place = verb;
    note(verb, params, answer, result);
    return result;
  }

  std::string label() const override {
    return book_ ? "answers of " + printable(settings_.replay.string()) : "an operator";
  }

  std::string take_log() override { return std::exchange(log_, {}); }

 private:
  Result<Value> look_up(const Question& question, const Value& params, std::string& answer) {
    const std::string verb(question.verb);
    auto recorded = book_->next(verb, params);
    if (!recorded) return tl::make_unexpected(recorded.error());
    answer = *recorded;
    return accept(question, params, answer);
  }

  Result<Value> ask_operator(const Question& question, const Value& params, std::string& answer) {
    if (isatty(settings_.input) == 0) {
      return fail(Errc::no_operator, "there is no terminal to ask at, and no recorded answers");
    }
    const auto until = Clock::now() + settings_.limit;
    tcflush(settings_.input, TCIFLUSH);  // what was typed before the question answers another one
    typed_.clear();
    for (int attempt = 1; attempt <= most_attempts; ++attempt) {
      *settings_.output << ask(question, params) << "\n> " << std::flush;
      auto line = read_line(until);
      if (!line) return tl::make_unexpected(line.error());
      answer = *line;
      const auto result = read_answer(question, params, answer);
      if (result || result.error().code != Errc::malformed) return accept(question, params, answer);
      *settings_.output << result.error().message << "\n" << std::flush;
    }
    return fail(Errc::no_operator, "three answers made no sense");
  }

  /// The result of an answer, which is written down if it has one.
  Result<Value> accept(const Question& question, const Value& params, const std::string& answer) {
    auto result = read_answer(question, params, answer);
    if (!result && result.error().code == Errc::malformed) {
      return fail(Errc::data, "the recorded answer makes no sense: " + result.error().message);
    }
    if (!recorder_) return result;
    const auto written = recorder_->write(std::string(question.verb), params, answer);
    if (!written) return tl::make_unexpected(written.error());
    return result;
  }

  Result<std::string> read_line(Clock::time_point until) {
    for (;;) {
      const auto end = typed_.find('\n');
      if (end != std::string::npos) {
        auto line = typed_.substr(0, end);
        typed_.erase(0, end + 1);
        return line;
      }
      if (typed_.size() > longest_answer) typed_.clear();
      if (settings_.stop != nullptr && settings_.stop->load() != 0)
        return fail(Errc::interrupted, "stopped by a signal");
      const auto left = std::chrono::ceil<milliseconds>(until - Clock::now());
      if (left.count() <= 0) {
        const auto limit = std::chrono::ceil<std::chrono::seconds>(settings_.limit).count();
        return fail(Errc::no_operator, "nobody answered within " + std::to_string(limit) + " s");
      }
      const auto waited = settings_.wait(std::min(left, stop_check), settings_.input);
      if (!waited) return tl::make_unexpected(waited.error());
      if (!readable(settings_.input)) continue;  // the terminal is shared with others, it must go on blocking
      std::array<char, 4096> octets;
      const auto count = read(settings_.input, octets.data(), octets.size());
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return fail(Errc::no_operator, "the terminal is closed");
      typed_.append(octets.data(), static_cast<std::size_t>(count));
    }
  }

  void note(const std::string& verb, const Value& params, const std::string& answer, const Result<Value>& result) {
    Value line = Value::Map{{"verb", verb}, {"params", params}, {"answer", answer}};
    if (!result) line["error"] = result.error().text();
    const auto text = write_json(line) + "\n";
    if (log_.size() + text.size() <= most_log) log_ += text;
  }

  Settings settings_;
  std::optional<AnswerBook> book_;
  std::optional<AnswerRecorder> recorder_;
  std::string typed_;
  std::string log_;
};

}  // namespace

Result<std::unique_ptr<process::ControlPlane>> make_control_plane(Settings settings) {
  std::optional<AnswerBook> book;
  if (!settings.replay.empty()) {
    auto opened = AnswerBook::open(settings.replay);
    if (!opened) return tl::make_unexpected(opened.error());
    book = std::move(*opened);
  }
  std::optional<AnswerRecorder> recorder;
  if (!settings.record.empty()) {
    auto created = AnswerRecorder::create(settings.record);
    if (!created) return tl::make_unexpected(created.error());
    recorder = std::move(*created);
  }
  return std::make_unique<OperatorPlane>(std::move(settings), std::move(book), std::move(recorder));
}

}  // namespace dmsc::manual
