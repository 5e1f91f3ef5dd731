// SPDX-License-Identifier: Apache-2.0
#include "adapters/reader/reader_device.hpp"

#include <poll.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "adapters/vpcd/control_code.hpp"

namespace dmsc::reader {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using vpcd::Clock;

constexpr milliseconds look_around = 100ms;        // how long a signal may wait
constexpr milliseconds retry_interval = 50ms;      // between two attempts to get into the reader
constexpr milliseconds message_deadline = 5000ms;  // a reader that stops in the middle of a message is broken

// pcscd looks at its virtual readers every 400 ms and misses a card that is swapped faster.
constexpr milliseconds empty_slot = 600ms;

}  // namespace

Result<std::unique_ptr<ReaderDevice>> ReaderDevice::open(Settings settings, const MakeControl& make_control) {
  std::unique_ptr<ReaderDevice> device(new ReaderDevice(std::move(settings)));
  auto control = make_control([raw = device.get()](milliseconds patience, int wake_fd) -> Result<void> {
    const auto until = Clock::now() + patience;
    for (;;) {
      pollfd wake{wake_fd, POLLIN, 0};
      if (::poll(&wake, 1, 0) > 0) return {};
      const auto left = std::chrono::ceil<milliseconds>(until - Clock::now());
      if (left <= 0ms) return {};
      const auto served = raw->serve(std::min(left, look_around), wake_fd);
      if (!served) return tl::make_unexpected(served.error());
    }
  });
  if (!control) return tl::make_unexpected(control.error());
  device->control_ = std::move(*control);
  return device;
}

/// A device that can be switched off does not see its card changed; any other must see it leave and come back.
void ReaderDevice::insert(port::SoftCard* card) {
  const bool leaves = card == nullptr && !control_->has("device.powerOff");
  if (leaves && std::exchange(reader_, std::nullopt)) std::this_thread::sleep_for(empty_slot);
  card_ = card;
  if (card_ != nullptr) atr_ = card_->atr();
  mute_ = false;
}

void ReaderDevice::expose(port::StreamService* web_server) {
  if (settings_.ip_host != nullptr) settings_.ip_host->expose(web_server);
}

Result<void> ReaderDevice::begin_case(const std::string& id, const std::string& title) {
  if (!control_->has("case.begin")) return {};
  const auto told = control_->call("case.begin", Value::Map{{"id", id}, {"title", title}}, 60s);
  if (!told) return tl::make_unexpected(told.error());
  return {};
}

Result<void> ReaderDevice::end_case(const std::string& id, std::string_view verdict) {
  if (!control_->has("case.end")) return {};
  const auto told = control_->call("case.end", Value::Map{{"id", id}, {"verdict", verdict}}, 60s);
  if (!told) return tl::make_unexpected(told.error());
  return {};
}

Result<void> ReaderDevice::plug_in() {
  if (card_ == nullptr || reader_) return {};
  const auto until = Clock::now() + settings_.connect_within;
  for (;;) {
    auto reader = vpcd::connect_to(settings_.host, settings_.port, {until, -1});
    if (reader) {
      reader_.emplace(std::move(*reader));
      return {};
    }
    if (reader.error().code == Errc::configuration) return tl::make_unexpected(reader.error());
    if (stopped()) return fail(Errc::interrupted, "stopped by a signal");
    if (Clock::now() >= until) {
      return fail(Errc::unavailable, "no reader takes a card: " + reader.error().text(), {}, label());
    }
    std::this_thread::sleep_for(retry_interval);
  }
}

Result<Value> ReaderDevice::call(const std::string& verb, const Value& parameters, milliseconds deadline) {
  const auto plugged = plug_in();
  if (!plugged) return tl::make_unexpected(plugged.error());
  return control_->call(verb, parameters, deadline);
}

Result<bool> ReaderDevice::wait(std::chrono::microseconds most) {
  const auto plugged = plug_in();
  if (!plugged) return tl::make_unexpected(plugged.error());
  const auto until = Clock::now() + most;
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(until - Clock::now());
    const auto served = serve(std::clamp(left, 0ms, look_around), -1);
    if (!served || *served) return served;
    if (left <= 0ms) return false;
  }
}

Result<bool> ReaderDevice::serve(milliseconds patience, int wake_fd) {
  if (stopped()) return fail(Errc::interrupted, "stopped by a signal");
  if (!reader_) {
    if (settings_.ip_host != nullptr) settings_.ip_host->wait(patience, wake_fd);
    if (settings_.ip_host == nullptr) std::this_thread::sleep_for(std::min(patience, 10ms));
    return settings_.ip_host != nullptr && settings_.ip_host->exchange();
  }
  if (reader_->has_leftover()) patience = 0ms;
  bool moved = false;
  if (settings_.ip_host != nullptr) {
    settings_.ip_host->wait(patience, reader_->fd());
    moved = settings_.ip_host->exchange();
    patience = 0ms;
  }
  pollfd fds[2] = {{reader_->fd(), POLLIN, 0}, {wake_fd, POLLIN, 0}};
  if (::poll(fds, wake_fd >= 0 ? 2 : 1, static_cast<int>(patience.count())) < 0) return moved;
  if (fds[0].revents == 0 && !reader_->has_leftover()) return moved;
  const auto message = reader_->receive_message(vpcd::Patience::within(message_deadline));
  if (!message) {
    reader_.reset();
    if (message.error().code != Errc::unavailable) return tl::make_unexpected(message.error());
    return fail(Errc::unavailable, "the reader let the card go", {}, label());
  }
  const auto handled = handle(*message);
  if (!handled) return tl::make_unexpected(handled.error());
  return true;
}

/// Source: vsmartcard, virtualsmartcard/doc/api.txt
Result<void> ReaderDevice::handle(ByteView message) {
  namespace code = vpcd::control_code;
  if (message.empty()) return fail(Errc::protocol, "the reader sent a message without octets", {}, label());
  Octets answer;
  if (message.size() == 1) {
    if (card_ != nullptr && message[0] == code::power_off) card_->power_off();
    if (card_ != nullptr && message[0] == code::power_on) card_->power_on();
    if (card_ != nullptr && message[0] == code::reset) card_->reset();
    if (message[0] != code::get_atr) return {};
    answer = atr_;
  } else if (card_ == nullptr) {
    // Between two cases the device may still poll: whoever gave no answer here would be taken for a dead card.
    answer = {0x6F, 0x00};
  } else if (!mute_) {
    answer = card_->command(message).value_or(Octets{});
    mute_ = answer.empty();
  }
  if (answer.empty()) return {};  // no octets mean mute, nothing less
  return reader_->send_message(answer, vpcd::Patience::within(message_deadline));
}

std::chrono::microseconds ReaderDevice::now() const {
  return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start_);
}

std::string ReaderDevice::label() const {
  const auto place = "vpcd:" + settings_.host + ":" + std::to_string(settings_.port);
  return control_ == nullptr ? place : "device behind the reader at " + place + ", operated by " + control_->label();
}

}  // namespace dmsc::reader
