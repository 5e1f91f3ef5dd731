// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/card/local_client.hpp"

#include <algorithm>

namespace dmsc::engine {
namespace {

using namespace std::chrono_literals;

constexpr auto quiet_network = 50ms;           // TCP/IP: without an octet for so long, nothing more is on its way
constexpr model::Moment longest_absence = 3s;  // of a listener that is to come
constexpr std::size_t most_rounds = 5000;      // of one wait: a card that always has something to say does not hold us

}  // namespace

void LocalClient::forget() {
  client_.reset();
  stream_.reset();
  stream_open_ = false;
  channel_ = 0;
  response_.reset();
}

Result<bool> LocalClient::connect(const Target& target, bool hello_only) {
  if (connected()) {
    const auto closed = close(false);
    if (!closed) return tl::make_unexpected(closed.error());
  }
  forget();
  target_ = target;
  const auto& transport = *target.transport;
  Value where = Value::Map{{"transport", transport.name},
                           {"port", std::int64_t{target.port}},
                           {"host", authority_of(transport, target.port)}};
  const auto refused = [&](std::string reason) {
    where["reason"] = std::move(reason);
    session_.add({"stream.refused", where, {}});
    return false;
  };
  if (transport.bip) {
    auto& gateway = session_.terminal().gateway();
    const auto wait = session_.wait_limit("response_wait");
    auto channel = gateway.connect(target.port);
    session_.open_window();
    for (model::Moment passed{}; !channel; passed += session_.occasion_period()) {
      // A listener may be on its way, or be back after its last client.
      const bool comes_back = gateway.listens_on(target.port);
      const auto awaits = comes_back ? Awaits::event : Awaits::rest;
      const bool over = comes_back ? passed >= model::Moment(wait) : passed > longest_absence;
      if (over && !session_.stays_open(awaits)) break;
      const auto gave = session_.occasion(awaits);
      if (!gave) return tl::make_unexpected(gave.error());
      if (!*gave) break;
      channel = gateway.connect(target.port);
    }
    if (!channel) {
      return refused(gateway.listens_on(target.port) ? "every channel of the port is taken"
                                                     : "the card listens on no channel with this port");
    }
    channel_ = *channel;
    where["channel"] = std::int64_t{channel_};
  } else {
    if (dialer_ == nullptr) return refused("no address of the card over TCP/IP is known");
    auto stream = dialer_->dial(target.port, transport.ipv6, session_.wait_limit("response_wait"));
    if (!stream) return refused(stream.error().text());
    stream_ = std::move(*stream);
  }
  stream_open_ = true;
  session_.add({"stream.opened", where, {}});
  auto client = peer::WebClient::make(target.secure ? &target.tls : nullptr);
  if (!client) return tl::make_unexpected(client.error());
  client_ = std::move(*client);
  const auto pumped = session_.pump();
  if (!pumped) return tl::make_unexpected(pumped.error());
  if (hello_only) {
    const auto sent = deliver(client_->take_output());
    if (!sent) return tl::make_unexpected(sent.error());
    return false;
  }
  const auto waited = wait_until([this] { return client_->ready() || client_->over(); });
  if (!waited) return tl::make_unexpected(waited.error());
  const auto last = deliver(client_->take_output());  // the client's Finished
  if (!last) return tl::make_unexpected(last.error());
  return client_->ready();
}

Result<void> LocalClient::deliver(ByteView octets) {
  if (octets.empty() || !stream_open_) return {};
  if (!target_.transport->bip) {
    const auto sent = stream_->send(octets, session_.wait_limit("apdu_deadline"));
    session_.stir();
    if (!sent) end_stream("card");
    return {};
  }
  auto& gateway = session_.terminal().gateway();
  while (!octets.empty()) {
    const auto taken = gateway.write(channel_, octets);
    octets = octets.subspan(taken);
    const auto pumped = session_.pump();
    if (!pumped) return pumped;
    if (taken != 0) {
      session_.open_window();
      continue;
    }
    if (!gateway.connected(channel_) || !session_.stays_open(Awaits::rest)) break;  // gone, or the card reads nothing
    const auto gave = session_.occasion(Awaits::rest);
    if (!gave) return tl::make_unexpected(gave.error());
    if (!*gave) break;
  }
  return {};
}

void LocalClient::end_stream(const char* by) {
  if (!std::exchange(stream_open_, false)) return;
  client_->on_end();
  note_facts();
  session_.add({"stream.closed", Value::Map{{"by", by}}, {}});
}

/// Takes what the card sent. @return whether anything came, or the connection ended
Result<bool> LocalClient::collect(std::chrono::milliseconds patience) {
  if (!stream_open_) return false;
  if (!target_.transport->bip) {
    const auto came = stream_->receive(patience);
    if (!came && came.error().code != Errc::unavailable) return tl::make_unexpected(came.error());
    if (!came) {
      end_stream("card");
      return true;
    }
    if (!came->empty()) client_->on_data(*came);
    return !came->empty();
  }
  auto& gateway = session_.terminal().gateway();
  const auto came = gateway.take_sent(channel_);
  if (!came.empty()) client_->on_data(came);
  if (gateway.connected(channel_)) return !came.empty();
  end_stream("card");
  return true;
}

void LocalClient::note_facts() {
  for (auto& fact : client_->take_facts()) session_.add(std::move(fact));
  while (auto response = client_->take_response()) {
    session_.add(peer::fact_of(*response));
    response_ = std::move(*response);
  }
}

Result<bool> LocalClient::advance(std::chrono::milliseconds patience) {
  const auto sent = deliver(client_->take_output());
  if (!sent) return tl::make_unexpected(sent.error());
  const auto came = collect(patience);
  if (!came) return came;
  note_facts();
  // A response that no client of ours would read to its end is no answer.
  const auto trouble = client_->trouble();
  if (trouble && trouble->code == Errc::exhausted) {
    return fail(Errc::exhausted, "the card's web server answers without end: " + trouble->message);
  }
  return came;
}

Result<void> LocalClient::wait_until(const std::function<bool()>& reached) {
  const auto limit = session_.wait_limit("response_wait");
  const auto& bip = target_.transport->bip;
  model::Moment passed{};
  session_.open_window();
  const auto start = std::chrono::steady_clock::now();  // over TCP/IP it is real time that passes
  for (std::size_t round = 0; round < most_rounds; ++round) {
    if (!bip && std::chrono::steady_clock::now() - start >= limit) return {};
    if (session_.stopped()) return fail(Errc::interrupted, "stopped by a signal");
    const auto moved = advance(bip || reached() ? 0ms : limit);
    if (!moved) return tl::make_unexpected(moved.error());
    if (reached() || !stream_open_) return {};
    if (*moved) continue;
    passed += bip ? session_.occasion_period() : model::Moment(limit);
    if (passed >= model::Moment(limit) && (!bip || !session_.stays_open(Awaits::event))) return {};
    const auto gave = session_.occasion(Awaits::event);
    if (!gave) return tl::make_unexpected(gave.error());
    if (!*gave) return {};
  }
  return fail(Errc::exhausted, "the card's web server keeps its client busy without end");
}

Result<void> LocalClient::rest() {
  for (std::size_t round = 0; client_ != nullptr && round < most_rounds; ++round) {
    const auto moved = advance(target_.transport->bip ? 0ms : quiet_network);
    if (!moved) return tl::make_unexpected(moved.error());
    if (!*moved) return {};
  }
  return {};
}

Result<void> LocalClient::send(ByteView octets, const Pace& pace, bool past_tls) {
  if (pace.stop_after != 0) octets = octets.first(std::min(pace.stop_after, octets.size()));
  const auto step = pace.pieces == 0 ? octets.size() : pace.pieces;
  for (std::size_t at = 0; at < octets.size() && client_ != nullptr; at += step) {
    const auto piece = octets.subspan(at, std::min(step, octets.size() - at));
    if (past_tls) {
      client_->send_raw(piece);
    } else {
      client_->send(piece);
    }
    const auto moved = advance(0ms);
    if (!moved) return tl::make_unexpected(moved.error());
    const bool last = at + step >= octets.size();
    if (last || pace.pause.count() == 0) continue;
    session_.terminal().pass_held(pace.pause);
    const auto gave = session_.occasion(Awaits::rest);
    if (!gave) return tl::make_unexpected(gave.error());
  }
  return {};
}

Result<std::optional<peer::HttpResponse>> LocalClient::exchange(const peer::HttpRequest& request, const Pace& pace) {
  response_.reset();
  if (client_ == nullptr || !stream_open_) return std::optional<peer::HttpResponse>{};
  client_->expect_response(request);
  const auto sent = send(peer::write_request(request), pace);
  if (!sent) return tl::make_unexpected(sent.error());
  if (pace.stop_after != 0) return std::optional<peer::HttpResponse>{};
  const auto waited = wait_for_response();
  if (!waited) return tl::make_unexpected(waited.error());
  return std::exchange(response_, std::nullopt);
}

Result<std::optional<peer::HttpResponse>> LocalClient::exchange_split(const peer::HttpRequest& request,
                                                                      std::size_t first,
                                                                      const std::function<Result<void>()>& between) {
  response_.reset();
  if (client_ == nullptr || !stream_open_) return std::optional<peer::HttpResponse>{};
  client_->expect_response(request);
  const auto octets = peer::write_request(request);
  const auto half = send(ByteView(octets).first(first), {});
  if (!half) return tl::make_unexpected(half.error());
  if (between) {
    const auto done = between();
    if (!done) return tl::make_unexpected(done.error());
  }
  const auto rest = send(ByteView(octets).subspan(first), {});
  if (!rest) return tl::make_unexpected(rest.error());
  const auto waited = wait_for_response();
  if (!waited) return tl::make_unexpected(waited.error());
  return std::exchange(response_, std::nullopt);
}

void LocalClient::expect_any_response() {
  response_.reset();
  if (client_ != nullptr) client_->expect_response(peer::HttpRequest{"GET", "/", 11, {}, {}, false});
}

Result<void> LocalClient::wait_for_response() {
  if (client_ == nullptr) return {};
  return wait_until([this] { return response_.has_value() || client_->over(); });
}

Result<void> LocalClient::close(bool abrupt) {
  if (client_ == nullptr) return {};
  if (!abrupt) {
    client_->close();
    const auto rested = rest();
    if (!rested) return rested;
  }
  if (target_.transport->bip) session_.terminal().gateway().disconnect(channel_);
  stream_.reset();
  end_stream("terminal");
  forget();
  return session_.pump();
}

}  // namespace dmsc::engine
