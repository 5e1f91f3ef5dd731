// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/terminal/web_program.hpp"

#include <utility>

namespace dmsc::peer {
namespace {

using namespace std::chrono_literals;

constexpr auto send_within = 2s;

}  // namespace

void WebProgram::open(WebAddress address, model::Moment now) {
  close();
  address_ = std::move(address);
  trouble_.clear();
  state_ = State::connecting;
  tries_ = 0;
  queued_ = false;
  next_try_ = now;
  give_up_ = now + longest_queue;
}

void WebProgram::close() {
  if (client_ && stream_ && !stream_over_) {
    client_->close();
    (void)stream_->send(client_->take_output(), send_within);  // who is not there any more misses nothing
  }
  stream_.reset();
  client_.reset();
  request_.reset();
  response_.reset();
  stream_over_ = false;
  asked_ = false;
  state_ = State::closed;
}

bool WebProgram::failed(std::string why) {
  close();
  trouble_ = std::move(why);
  state_ = State::failed;
  return true;
}

std::optional<model::Moment> WebProgram::deadline() const {
  switch (state_) {
    case State::connecting:
      return next_try_;
    case State::greeting:
      return give_up_;
    case State::ready:
      return asked_ ? std::optional(give_up_) : std::nullopt;  // one that asks nothing may hold on for ever
    default:
      return {};
  }
}

bool WebProgram::connect(model::Moment now) {
  if (state_ != State::connecting || (now < next_try_ && !queued_)) return false;
  auto stream = dial_(address_.host, address_.port);
  if (stream) {
    stream_ = std::move(*stream);
    return greet(now);
  }
  queued_ = stream.error().code == Errc::busy;
  const bool hopeless = stream.error().code == Errc::refused || !self_.habits.has(Habit::retries);
  if (hopeless || (queued_ ? now >= give_up_ : ++tries_ >= most_tries)) return failed(stream.error().text());
  if (now < next_try_) return false;  // a look in between, which changed nothing
  next_try_ = now + between_tries;
  return false;
}

/// The connection is there: TLS begins where the address asks for it.
bool WebProgram::greet(model::Moment now) {
  TlsSettings tls;
  tls.profile = self_.legacy_tls ? TlsProfile::legacy_2009 : TlsProfile::modern;
  tls.only = self_.tls_version;
  tls.trust = self_.trust;
  if (self_.habits.has(Habit::offers_psk)) {
    tls.psk_identity = self_.psk_identity;
    tls.psk = self_.psk;
  }
  tls.server_name = address_.peer_name();
  auto client = WebClient::make(address_.secure ? &tls : nullptr);
  if (!client) return failed(client.error().text());
  client_ = std::move(*client);
  state_ = State::greeting;
  give_up_ = now + longest_silence;
  return true;
}

/// What is wrong with how the server proved itself.
std::optional<std::string> WebProgram::objection(const Fact& handshake) const {
  Outgoing in{"received.handshake", handshake.fields, 1, 0};
  if (tamper_) tamper_(in);
  const auto& fields = in.members;
  if (!self_.habits.has(Habit::checks_certificate) || fields.text_or("credential", "") == "psk") return {};
  const auto verified = fields.text_or("verified", "");
  if (verified != "ok") return "the certificate of the server is not right: " + verified;
  if (!fields.bool_or("name_matches", false)) return "the certificate of the server is not for " + address_.peer_name();
  return {};
}

void WebProgram::request(HttpRequest request) {
  const bool named = !header_of(request.headers, "Host").empty();
  if (!named && self_.habits.has(Habit::sends_host)) {
    request.headers.insert(request.headers.begin(), {"Host", address_.authority()});
  }
  request_ = std::move(request);
  if (state_ == State::ready) send_request();
}

void WebProgram::send_request() {
  auto request = std::exchange(request_, std::nullopt);
  if (!request) return;
  asked_ = true;
  if (tamper_) {
    Value headers = Value::Map{};
    for (const auto& [name, value] : request->headers) headers[name] = value;
    Outgoing message{"http.request",
                     Value::Map{{"method", request->method},
                                {"target", request->target},
                                {"version", request->version},
                                {"chunked", request->chunked},
                                {"headers", headers}},
                     1, 0};
    tamper_(message);
    if (message.copies == 0) return;
    request->method = message.members.text_or("method", request->method);
    request->target = message.members.text_or("target", request->target);
    request->version = static_cast<int>(message.members.int_or("version", request->version));
    request->chunked = message.members.bool_or("chunked", request->chunked);
    request->headers.clear();
    if (const auto* changed = message.members.find("headers"); changed != nullptr && changed->is_map()) {
      for (const auto& [name, value] : changed->as_map()) {
        if (value.is_string()) request->headers.emplace_back(name, value.as_string());
      }
    }
  }
  client_->expect_response(*request);
  client_->send(write_request(*request));
}

std::optional<HttpResponse> WebProgram::take_response() {
  return std::exchange(response_, std::nullopt);
}

/// One round of octets each way.
bool WebProgram::carry() {
  bool moved = false;
  if (const auto output = client_->take_output(); !output.empty() && !stream_over_) {
    stream_over_ = !stream_->send(output, send_within);
    moved = true;
  }
  if (stream_over_) return moved;
  const auto came = stream_->receive(0ms);
  if (!came) {
    stream_over_ = true;
    client_->on_end();
  } else if (!came->empty()) {
    client_->on_data(*came);
  }
  return moved || !came || !came->empty();
}

bool WebProgram::move(model::Moment now) {
  if (!client_) return false;
  const bool moved = carry();
  for (const auto& fact : client_->take_facts()) {
    if (fact.key != "tls.handshake") continue;
    if (auto why = objection(fact)) return failed(std::move(*why));
  }
  if (state_ == State::greeting && client_->ready()) {
    state_ = State::ready;
    send_request();
  }
  if (auto response = client_->take_response()) {
    response_ = std::move(*response);
    asked_ = false;
  }
  if (moved) {
    give_up_ = now + longest_silence;
    return true;
  }
  if (response_) return false;
  if (stream_over_ || client_->over()) return failed("the server closed the connection");
  if (const auto due = deadline(); due && now >= *due) return failed("the server says nothing");
  return false;
}

}  // namespace dmsc::peer
