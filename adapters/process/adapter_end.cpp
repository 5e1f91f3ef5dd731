// SPDX-License-Identifier: Apache-2.0
#include "adapters/process/adapter_end.hpp"

#include <algorithm>

#include "adapters/process/message.hpp"
#include "runner/base/octets.hpp"

namespace dmsc::process {
namespace {

constexpr std::int64_t longest_late_ms = 60'000;

Answer to_answer(const Result<Value>& result) {
  if (result) return *result;
  return tl::make_unexpected(Problem{code_of(result.error().code), result.error().text()});
}

Result<Octets> octets_of(const Result<Value>& result, std::string_view key) {
  if (!result) return tl::make_unexpected(result.error());
  auto octets = parse_hex(result->text_or(key, ""));
  if (!octets || octets->empty())
    return fail(Errc::protocol, "the runner gave no octets in \"" + std::string(key) + "\"");
  return octets;
}

}  // namespace

AdapterEnd::AdapterEnd(LineChannel& channel, Handler& handler) : channel_(channel), handler_(handler) {}

Result<bool> AdapterEnd::serve(milliseconds patience, int wake_fd) {
  const auto until = Clock::now() + patience;
  bool served = false;
  auto done = read_lines();
  if (done && queue_.empty()) {
    const auto late = send_late();
    if (!late) return late;
    if (*late) return true;
    done = sleep(until, wake_fd);
    if (done) done = read_lines();
  }
  while (!queue_.empty() && !over_) {
    const auto request = std::move(queue_.front());
    queue_.pop_front();
    const auto performed = perform(request);
    if (!performed) return tl::make_unexpected(performed.error());
    served = true;
  }
  if (!done) return tl::make_unexpected(done.error());
  const auto late = send_late();
  if (!late) return late;
  return served || *late;
}

Result<Value> AdapterEnd::request(const std::string& method, Value params, milliseconds deadline) {
  const auto until = Clock::now() + deadline;
  answer_.reset();
  auto done = send(request_line(++last_id_, method, params));
  while (done) {
    done = read_lines();
    if (answer_) return std::move(*answer_);
    if (!done) break;
    const auto late = send_late();
    if (!late) return tl::make_unexpected(late.error());
    if (Clock::now() >= until) {
      ++last_id_;  // an answer that comes yet is nobody's
      return fail(Errc::timeout, "no answer within " + std::to_string(deadline.count()) + " ms", {}, method);
    }
    done = sleep(until, -1);
  }
  return tl::make_unexpected(done.error());
}

Result<void> AdapterEnd::power(bool vcc, milliseconds deadline) {
  const auto done = request("uicc.power", Value::Map{{"vcc", vcc}}, deadline);
  if (!done) return tl::make_unexpected(done.error());
  return {};
}

Result<Octets> AdapterEnd::reset(bool cold, milliseconds deadline) {
  return octets_of(request("uicc.reset", Value::Map{{"kind", cold ? "cold" : "warm"}}, deadline), "atr");
}

Result<Octets> AdapterEnd::apdu(ByteView command, milliseconds deadline) {
  using std::chrono::microseconds;
  const auto now = virtual_now_.value_or(std::chrono::duration_cast<microseconds>(Clock::now() - start_));
  const Value params =
      Value::Map{{"seq", ++seq_}, {"t", Value(static_cast<std::int64_t>(now.count()))}, {"capdu", to_hex(command)}};
  return octets_of(request("uicc.apdu", params, deadline), "rapdu");
}

Clock::time_point AdapterEnd::next_due() const {
  auto due = Clock::time_point::max();
  for (const auto& late : late_) due = std::min(due, late.due);
  return due;
}

Result<void> AdapterEnd::read_lines() {
  for (;;) {
    auto line = channel_.receive();
    if (!line) {
      over_ = true;
      return tl::make_unexpected(Error{Errc::unavailable, "the runner is gone: " + line.error().text(), {}, {}});
    }
    if (!*line) return {};
    const auto taken = take(**line);
    if (!taken) return taken;
  }
}

Result<void> AdapterEnd::take(const std::string& line) {
  auto message = read_message(line);
  if (!message) {
    const auto number = message.error().code == Errc::data ? code::parse_error : code::invalid_request;
    return send(answer_line({}, tl::make_unexpected(Problem{number, message.error().text()})));
  }
  if (message->is_request()) {
    if (queue_.size() < most_queued) {
      queue_.push_back({std::move(message->id), std::move(message->method), std::move(message->params)});
      return {};
    }
    return send(answer_line(message->id, tl::make_unexpected(Problem{code::adapter_bug, "too many requests wait"})));
  }
  if (message->id != Value(last_id_)) return {};
  if (message->answer) {
    answer_ = std::move(*message->answer);
  } else {
    answer_ = fail(errc_of(message->answer.error().code), message->answer.error().message);
  }
  return {};
}

Result<void> AdapterEnd::perform(const Request& request) {
  if (request.method == "canary.echo") {
    const auto* nonce = request.params.find("nonce");
    return send(answer_line(request.id, Value::Map{{"nonce", nonce == nullptr ? Value() : *nonce}}));
  }
  if (request.method == "canary.late") {
    const auto ms = std::clamp<std::int64_t>(request.params.int_or("ms", 0), 0, longest_late_ms);
    late_.push_back({Clock::now() + milliseconds(ms), request.id});
    return {};
  }
  const auto result = handler_.handle(request.method, request.params);
  const auto sent = send(answer_line(request.id, to_answer(result)));
  if (request.method == "case.begin" || request.method == "initialize") seq_ = 0;  // the answer divides the cases
  if (request.method == "shutdown") over_ = true;
  return sent;
}

/// @return  whether an answer was due
Result<bool> AdapterEnd::send_late() {
  const auto now = Clock::now();
  const auto due = std::stable_partition(late_.begin(), late_.end(), [&](const Late& late) { return late.due > now; });
  const std::vector<Late> leaving(due, late_.end());
  late_.erase(due, late_.end());
  for (const auto& late : leaving) {
    const auto sent = send(answer_line(late.id, Value(Value::Map{})));
    if (!sent) return tl::make_unexpected(sent.error());
  }
  return !leaving.empty();
}

Result<void> AdapterEnd::send(const std::string& line) {
  const auto sent = channel_.send(line);
  if (!sent) over_ = true;
  return sent;
}

/// Until a line comes, a late answer is due or the time is over.
Result<void> AdapterEnd::sleep(Clock::time_point until, int wake_fd) {
  const auto left = std::chrono::ceil<milliseconds>(std::min(until, next_due()) - Clock::now());
  return channel_.wait(std::max(left, milliseconds{0}), wake_fd);
}

}  // namespace dmsc::process
