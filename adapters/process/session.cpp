// SPDX-License-Identifier: Apache-2.0
#include "adapters/process/session.hpp"

#include <poll.h>

#include <algorithm>

#include "runner/base/text.hpp"

namespace dmsc::process {
namespace {

constexpr milliseconds stop_check{100};
constexpr milliseconds goodbye{1'000};
constexpr milliseconds hurried_goodbye{200};  // on a signal: all is to be over within a second
constexpr std::size_t most_ahead = 64;        // messages read before the first of them is handled

/// A breach: the answer says that the request must not have been made.
bool is_breach(const Answer& answer) {
  if (answer) return false;
  return answer.error().code == code::adapter_bug || answer.error().code == code::invalid_params;
}

}  // namespace

Session::Session(std::unique_ptr<Road> road, std::string name, Parts parts)
    : road_(std::move(road)), name_(std::move(name)), parts_(std::move(parts)) {}

Result<std::int64_t> Session::send(const std::string& method, const Value& params) {
  if (broken_) return tl::make_unexpected(*broken_);
  if (parts_.schema.knows(method)) {
    const auto fits = parts_.schema.check(method, MessageSchema::Part::params, params);
    if (!fits) return fail(Errc::data, fits.error().message, {}, fits.error().place);
  }
  open_[++last_id_] = method;
  const auto sent = put(request_line(last_id_, method, params));
  if (!sent) return tl::make_unexpected(sent.error());
  return last_id_;
}

std::optional<Answer> Session::take_answer(std::int64_t id) {
  const auto found = answers_.find(id);
  if (found == answers_.end()) return {};
  auto answer = std::move(found->second);
  answers_.erase(found);
  return answer;
}

Result<Value> Session::request(const std::string& method, const Value& params, milliseconds deadline) {
  const auto id = send(method, params);
  if (!id) return tl::make_unexpected(id.error());
  const auto until = Clock::now() + deadline;
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(until - Clock::now());
    const auto pumped = pump(std::max(left, milliseconds{0}));
    if (auto answer = take_answer(*id)) {
      if (*answer) return std::move(**answer);
      return fail(errc_of(answer->error().code), answer->error().message, {}, method);
    }
    if (!pumped) return tl::make_unexpected(pumped.error());
    if (left.count() > 0) continue;
    return end_with(
        {Errc::timeout, "the adapter gave no answer within " + std::to_string(deadline.count()) + " ms", {}, method});
  }
}

Result<bool> Session::pump(milliseconds patience) {
  if (parts_.stop.load() != 0) return fail(Errc::interrupted, "stopped by a signal");
  if (broken_) return tl::make_unexpected(*broken_);
  read_ahead();
  if (heard_.empty()) {
    listen(moved_ ? milliseconds{0} : std::clamp(patience, milliseconds{0}, stop_check));
    read_ahead();
  }
  hear_printed();
  moved_ = parts_.ip_host != nullptr && parts_.ip_host->exchange();
  if (heard_.empty()) return moved_;
  auto next = std::move(heard_.front());
  heard_.pop_front();
  if (next.trouble) return end_with(std::move(*next.trouble));
  const auto handled = handle(std::move(*next.message));
  if (!handled) return handled;
  return *handled || moved_;
}

void Session::hear_printed() {
  const auto printed = road_->take_printed();
  if (!printed.empty()) parts_.log.printed(printed);
}

void Session::listen(milliseconds patience) {
  const int fd = road_->fd();
  if (parts_.ip_host != nullptr) {
    parts_.ip_host->wait(patience, fd);
  } else {
    pollfd watched{fd, POLLIN, 0};
    poll(&watched, 1, static_cast<int>(patience.count()));
  }
}

/// Takes in what is there, in its order; trouble comes behind the messages before it.
void Session::read_ahead() {
  auto& channel = road_->channel();
  const auto trouble = [&](Error error) {
    heard_.push_back({{}, std::move(error)});
    over_ = true;
  };
  const bool dead = heard_.empty() && road_->dead();  // asked first: what it wrote before is there to be read
  const auto flushed = channel.flush();
  while (!over_ && heard_.size() < most_ahead) {
    auto line = channel.receive();
    if (!line) return trouble(lost(line.error()));
    if (!*line) break;
    auto message = read_message(**line);
    const bool is_json = message || message.error().code != Errc::data;
    if (is_json) {
      parts_.log.message(WireLog::Direction::from_adapter, **line);
    } else {
      parts_.log.text(WireLog::Direction::from_adapter, **line);
    }
    if (!message) return trouble(understand(**line, message.error()));
    heard_.push_back({std::move(*message), {}});
    if (++lines_ > most_lines) {
      return trouble(
          {Errc::protocol, "the adapter floods us: more than " + std::to_string(most_lines) + " lines", {}, name_});
    }
    if (channel.received() - octets_before_ > most_octets) {
      return trouble({Errc::protocol, "the adapter floods us: more than 64 MiB in a case", {}, name_});
    }
  }
  if (over_ || !heard_.empty()) return;
  if (!flushed) return trouble(lost(flushed.error()));
  if (dead) trouble(lost({}));
}

/// What is no message, in words.
Error Session::understand(const std::string& line, const Error& error) {
  constexpr std::size_t shown = 60;
  const auto head = std::string_view(line).substr(0, shown);
  const auto text = printable(head.substr(0, valid_utf8_prefix(head)));
  const bool cut = text.size() < line.size();
  return {Errc::protocol,
          "the adapter wrote a line that is no message: " + error.text() + ": " + text + (cut ? "..." : ""),
          {},
          name_};
}

/// Why the stream is over, with how the process ended.
Error Session::lost(Error error) {
  const auto fate = road_->fate();
  hear_printed();
  const auto words = parts_.log.last_words();
  const auto ended =
      fate.empty() ? std::string{} : " (" + fate + ")" + (words.empty() ? "" : ", its last words: " + words);
  if (error.message.empty()) return {Errc::unavailable, "the adapter ended" + ended, {}, name_};
  if (error.code == Errc::truncated) return {Errc::protocol, "the adapter ended behind half a line" + ended, {}, name_};
  if (error.code == Errc::exhausted) return {Errc::protocol, "the adapter breaks a bound: " + error.message, {}, name_};
  if (!fate.empty()) return {Errc::unavailable, "the adapter ended" + ended, {}, name_};
  return {Errc::unavailable, "the adapter is gone: " + error.message, {}, name_};
}

Result<bool> Session::handle(Message message) {
  if (message.is_request()) return serve(message);
  const auto taken = take(std::move(message));
  if (!taken) return tl::make_unexpected(taken.error());
  return false;
}

Result<bool> Session::serve(const Message& request) {
  if (!parts_.schema.goes_to("runner", request.method)) {
    const auto sent =
        put(answer_line(request.id, tl::make_unexpected(Problem{code::unknown_method, "no such method"})));
    if (!sent) return tl::make_unexpected(sent.error());
    return false;
  }
  const auto fits = parts_.schema.check(request.method, MessageSchema::Part::params, request.params);
  const Answer answer = fits ? parts_.serve(request.method, request.params)
                             : tl::make_unexpected(Problem{code::invalid_params, fits.error().text()});
  read_ahead();  // what is there by now was sent before our answer
  const auto sent = put(answer_line(request.id, answer));
  if (!sent) return tl::make_unexpected(sent.error());
  if (is_breach(answer)) return breach("the adapter breaks the protocol: " + answer.error().message);
  const auto second = std::find_if(heard_.begin(), heard_.end(),
                                   [](const Heard& heard) { return heard.message && heard.message->is_request(); });
  if (second == heard_.end()) return true;
  const std::string what = "a request while another is open";
  (void)put(answer_line(second->message->id, tl::make_unexpected(Problem{code::adapter_bug, what})));
  return breach("the adapter breaks the protocol: " + what);
}

Result<void> Session::take(Message answer) {
  const auto id = answer.id.is_int() ? answer.id.as_int() : 0;
  const auto found = open_.find(id);
  if (found == open_.end()) {
    if (!answer.answer) return breach("the adapter could not read us: " + answer.answer.error().message);
    return breach("the adapter answered a request that is not open");
  }
  const auto method = std::move(found->second);
  open_.erase(found);
  if (answer.answer && parts_.schema.knows(method)) {
    const auto fits = parts_.schema.check(method, MessageSchema::Part::result, *answer.answer);
    if (!fits) return breach("the adapter breaks the protocol: " + fits.error().text());
  }
  answers_.insert_or_assign(id, std::move(answer.answer));
  return {};
}

Result<void> Session::put(const std::string& line) {
  parts_.log.message(WireLog::Direction::to_adapter, line);
  const auto sent = road_->channel().send(line);
  if (sent) return {};
  read_ahead();  // what it said before it went says more
  const auto said = std::find_if(heard_.begin(), heard_.end(), [](const Heard& heard) { return heard.trouble; });
  return end_with(said == heard_.end() ? lost(sent.error()) : *said->trouble);
}

tl::unexpected<Error> Session::breach(const std::string& what) {
  return end_with({Errc::protocol, what, {}, name_});
}

tl::unexpected<Error> Session::end_with(Error error) {
  if (!broken_) broken_ = std::move(error);
  return tl::make_unexpected(*broken_);
}

void Session::close() {
  if (broken_) return;
  begin_call();
  const auto id = send("shutdown", Value::Map{});
  const auto until = Clock::now() + (parts_.stop.load() == 0 ? goodbye : hurried_goodbye);
  while (id && !broken_ && answers_.count(*id) == 0 && Clock::now() < until) {
    read_ahead();
    if (heard_.empty()) {
      listen(stop_check);
      continue;
    }
    auto next = std::move(heard_.front());
    heard_.pop_front();
    if (next.trouble) break;
    if (!next.message->is_request()) (void)take(std::move(*next.message));
  }
  const auto left = std::chrono::ceil<milliseconds>(until - Clock::now());
  road_->close(std::max(left, stop_check));
  hear_printed();
}

}  // namespace dmsc::process
