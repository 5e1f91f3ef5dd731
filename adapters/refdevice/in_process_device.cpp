// SPDX-License-Identifier: Apache-2.0
#include "adapters/refdevice/in_process_device.hpp"

#include <algorithm>

namespace dmsc::refdevice {
namespace {

using std::chrono::microseconds;

constexpr std::uint16_t listeners[] = {443, 80};  // by number of the listener. Source: DM_SC 8.1, table 2
constexpr std::int64_t longest_timeout_ms = 24LL * 3600 * 1000;

}  // namespace

/// A connection to the card's web server over TCP/IP, in process. One whose server was replaced is over.
class InProcessDevice::ServiceStream final : public port::Stream {
 public:
  ServiceStream(std::shared_ptr<Exposed> exposed, int client) : exposed_(std::move(exposed)), client_(client) {}
  ~ServiceStream() override {
    if (exposed_->service != nullptr) exposed_->service->disconnect(client_);
  }
  ServiceStream(const ServiceStream&) = delete;
  ServiceStream& operator=(const ServiceStream&) = delete;

  Result<void> send(ByteView octets, std::chrono::milliseconds /*deadline*/) override {
    append(waiting_, octets);
    flush();
    return {};
  }

  Result<Octets> receive(std::chrono::milliseconds /*deadline*/) override {
    flush();
    auto* service = exposed_->service;
    auto octets = service == nullptr ? Octets{} : service->take_output(client_);
    if (octets.empty() && (service == nullptr || service->over(client_))) {
      return fail(Errc::unavailable, "the card closed the connection");
    }
    return octets;
  }

 private:
  void flush() {
    if (waiting_.empty() || exposed_->service == nullptr) return;
    const auto taken = std::min(exposed_->service->write(client_, waiting_), waiting_.size());
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(taken));
  }

  std::shared_ptr<Exposed> exposed_;
  int client_;
  Octets waiting_;
};

InProcessDevice::InProcessDevice(Blueprint blueprint)
    : label_(std::move(blueprint.label)),
      handset_(std::move(blueprint.self), std::move(blueprint.tamper),
               {[this](const std::string& /*host*/, std::uint16_t port) { return dial(port); }, {}}) {}

Result<std::unique_ptr<port::Stream>> InProcessDevice::dial(std::uint16_t port) {
  const auto place = "localuicc:" + std::to_string(port);
  const auto* listener = std::find(std::begin(listeners), std::end(listeners), port);
  if (listener == std::end(listeners) || exposed_->service == nullptr) {
    return fail(Errc::unavailable, "nobody listens there", {}, place);
  }
  const auto client = exposed_->service->connect(static_cast<std::size_t>(listener - std::begin(listeners)));
  if (!client) return fail(Errc::busy, "the card takes no more clients", {}, place);
  return std::make_unique<ServiceStream>(exposed_, *client);
}

void InProcessDevice::insert(port::SoftCard* card) {
  handset_.insert(false);
  card_ = card;
  handset_.insert(card != nullptr);
}

void InProcessDevice::expose(port::StreamService* web_server) {
  exposed_->service = nullptr;
  exposed_ = std::make_shared<Exposed>(Exposed{web_server});
}

Result<void> InProcessDevice::begin_case(const std::string& /*id*/, const std::string& /*title*/) {
  handset_.forget_history();
  return {};
}

Result<void> InProcessDevice::end_case(const std::string& /*id*/, std::string_view /*verdict*/) {
  return {};
}

void InProcessDevice::perform(const peer::SlotAct& act) {
  switch (act.kind) {
    case peer::SlotAct::Kind::power_on:
      handset_.on_answer(card_ == nullptr ? std::nullopt : std::optional(card_->power_on()));
      return;
    case peer::SlotAct::Kind::power_off:
      if (card_ != nullptr) card_->power_off();
      handset_.on_answer({});
      return;
    case peer::SlotAct::Kind::command:
      handset_.on_answer(card_ == nullptr ? std::nullopt : card_->command(act.command));
      return;
  }
}

/// Lets the device and its card talk until neither has anything to say. @return whether they did
Result<bool> InProcessDevice::pump() {
  bool acted = false;
  for (;;) {
    const auto act = handset_.next_act();
    if (act) perform(*act);
    const bool moved = handset_.attend();
    if (!act && !moved) return acted;
    acted = true;
    if (++exchanges_ > most_exchanges) {
      return fail(Errc::exhausted, "device and card keep each other busy without end", {}, label_);
    }
  }
}

/// Time goes on to the next thing that is due, `most` at most.
Result<bool> InProcessDevice::advance(microseconds most) {
  const auto due = handset_.deadline();
  // What is overdue and still does nothing must not stop the clock.
  const auto step = due ? std::min(std::max(*due - handset_.now(), microseconds{1}), most) : most;
  const auto passed = handset_.pass(step);
  if (!passed) return tl::make_unexpected(passed.error());
  return pump();
}

Result<bool> InProcessDevice::wait(microseconds most) {
  exchanges_ = 0;
  const auto acted = pump();
  if (!acted || *acted || most <= microseconds{0}) return acted;
  return advance(most);
}

Result<Value> InProcessDevice::call(const std::string& verb, const Value& parameters,
                                    std::chrono::milliseconds /*deadline*/) {
  exchanges_ = 0;
  auto begun = handset_.control(verb, parameters);
  if (!begun) return tl::make_unexpected(begun.error());
  auto pumped = pump();
  if (!pumped) return tl::make_unexpected(pumped.error());
  if (*begun) return std::move(**begun);
  const auto timeout =
      std::chrono::milliseconds(std::clamp<std::int64_t>(parameters.int_or("timeout_ms", 0), 0, longest_timeout_ms));
  const auto end = handset_.now() + timeout;
  for (;;) {
    if (auto result = handset_.outcome()) return std::move(*result);
    if (handset_.now() >= end) return handset_.give_up();
    pumped = advance(end - handset_.now());
    if (!pumped) return tl::make_unexpected(pumped.error());
  }
}

Result<std::unique_ptr<InProcessDevice>> make_device(const Catalogue& catalogue, const std::string& personality,
                                                     const std::string& defect, const std::string& variant) {
  auto blueprint = load_handset(catalogue, personality, defect, variant);
  if (!blueprint) return tl::make_unexpected(blueprint.error());
  return std::make_unique<InProcessDevice>(std::move(*blueprint));
}

}  // namespace dmsc::refdevice
