// SPDX-License-Identifier: Apache-2.0
#include "adapters/refdevice/served_device.hpp"

#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <poll.h>

#include <algorithm>

#include "adapters/tcp/dialer.hpp"

namespace dmsc::refdevice {
namespace {

using namespace std::chrono_literals;
using process::Clock;
using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr auto card_deadline = 10s;
constexpr auto connect_deadline = 2s;
constexpr auto busy_pause = 5ms;            // between two looks at sockets of our own programs
constexpr auto idle_pause = 100ms;          // a signal is heard after that long
constexpr auto quiet_network = 300ms;       // virtual time waits so long for a card on the network
constexpr microseconds longest_step = 60s;  // after a suspended process: not an hour of polls at once
constexpr std::size_t most_exchanges = 20'000;

/// A stream that is counted while it lives.
class CountedStream final : public port::Stream {
 public:
  CountedStream(std::unique_ptr<port::Stream> stream, std::shared_ptr<int> count)
      : stream_(std::move(stream)), count_(std::move(count)) {
    ++*count_;
  }
  ~CountedStream() override { --*count_; }
  CountedStream(const CountedStream&) = delete;
  CountedStream& operator=(const CountedStream&) = delete;
  Result<void> send(ByteView octets, milliseconds deadline) override { return stream_->send(octets, deadline); }
  Result<Octets> receive(milliseconds deadline) override { return stream_->receive(deadline); }

 private:
  std::unique_ptr<port::Stream> stream_;
  std::shared_ptr<int> count_;
};

/// First address of a name, as text; empty where the system knows none.
std::string address_of(const char* name) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(name, nullptr, &wanted, &found) != 0 || found == nullptr) return {};
  char text[NI_MAXHOST] = "";
  const int failed = getnameinfo(found->ai_addr, found->ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST);
  freeaddrinfo(found);
  return failed == 0 ? text : "";
}

/// The first IPv4 address of this machine that is not loopback; empty where there is none.
std::string outer_address() {
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return {};
  std::string out;
  for (const auto* one = list; one != nullptr && out.empty(); one = one->ifa_next) {
    if (one->ifa_addr == nullptr || one->ifa_addr->sa_family != AF_INET || (one->ifa_flags & IFF_LOOPBACK) != 0)
      continue;
    char text[NI_MAXHOST] = "";
    if (getnameinfo(one->ifa_addr, sizeof(sockaddr_in), text, sizeof text, nullptr, 0, NI_NUMERICHOST) == 0) out = text;
  }
  freeifaddrs(list);
  return out;
}

/// T=0: a command without data goes with P3 = 00.
Octets tpdu_of(Octets command) {
  if (command.size() == 4) command.push_back(0x00);
  return command;
}

/// Where the card's web server listens, over BIP. Source: DM_SC 8.1, table 2
constexpr std::uint16_t scws_ports[] = {4116, 3516};

/// Codes of the handset as AdapterEnd wants them.
Error for_runner(Error error) {
  if (error.code == Errc::protocol) error.code = Errc::data;  // parameters
  return error;
}

}  // namespace

ServedDevice::ServedDevice(process::LineChannel& channel, Blueprint blueprint, Settings settings,
                           const std::atomic<int>& stop)
    : bip_(blueprint.self.bip),
      settings_(std::move(settings)),
      stop_(stop),
      end_(channel, *this),
      transport_(blueprint.transport),
      model_(blueprint.label),
      handset_(std::move(blueprint.self), std::move(blueprint.tamper),
               {[this](const std::string& /*host*/, std::uint16_t port) { return dial_card(port); },
                settings_.virtual_time
                    ? peer::Dial{}
                    : [this](const std::string& host, std::uint16_t port) { return dial_loopback(host, port); }}) {
  if (settings_.open_card) handset_.insert(true);
  if (settings_.virtual_time) return;
  LoopbackHost::Settings host;
  host.log = settings_.log;
  host.every_address = !handset_.follows(peer::Habit::loopback_only);
  host_ = std::make_unique<LoopbackHost>(handset_.gateway(), std::move(host));
  if (!bip_) return;
  for (const auto port : scws_ports) {
    const auto taken = host_->take(port);
    if (!taken && !trouble_) trouble_ = taken.error();
  }
}

Result<std::unique_ptr<port::Stream>> ServedDevice::dial(const std::string& address, std::uint16_t port) {
  tcp::CardAddresses addresses;
  const auto added = addresses.add(address);
  if (!added) return tl::make_unexpected(added.error());
  tcp::Dialer dialer(std::move(addresses), stop_);
  auto stream = dialer.dial(port, address.find(':') != address.rfind(':'), connect_deadline);
  if (!stream) return stream;
  return std::make_unique<CountedStream>(std::move(*stream), sockets_);
}

Result<std::unique_ptr<port::Stream>> ServedDevice::dial_card(std::uint16_t port) {
  const auto address = settings_.localuicc.empty() ? address_of("localuicc") : settings_.localuicc;
  if (address.empty()) return fail(Errc::unavailable, "no such host", {}, "localuicc");
  return dial(address, port);
}

Result<std::unique_ptr<port::Stream>> ServedDevice::dial_loopback(const std::string& host, std::uint16_t port) {
  // Nobody else's server may take the place of the card.
  if (!host_ || !host_->listens_on(port)) return fail(Errc::unavailable, "nobody listens there", {}, host);
  const bool ipv6 = host != "127.0.0.1" && host != "localhost";
  const auto text = std::to_string(port);
  return dial(ipv6 ? "[::1]:" + text : "127.0.0.1:" + text, 443);  // of an address with a port, 443 is that port
}

Value ServedDevice::identity() const {
  Value::List verbs;
  for (const auto& verb : peer::Handset::verbs()) verbs.emplace_back(verb);
  if (settings_.virtual_time) verbs.emplace_back("time.wait");
  Value device = Value::Map{{"vendor", "dmsc"}, {"model", model_}};
  if (!settings_.id.empty()) device["id"] = settings_.id;
  return Value::Map{{"protocol", 2},
                    {"adapter", Value::Map{{"name", "dmsc reference device"}, {"version", settings_.version}}},
                    {"device", std::move(device)},
                    {"uicc", Value::Map{{"transport", transport_}, {"view", "tpdu"}}},
                    {"verbs", std::move(verbs)},
                    {"clock", settings_.virtual_time ? "virtual" : "real"}};
}

Result<Value> ServedDevice::handle(const std::string& method, const Value& params) {
  exchanges_ = 0;
  auto result = answer(method, params);
  if (settings_.remember) settings_.remember(handset_.agent());
  return result;
}

Result<Value> ServedDevice::answer(const std::string& method, const Value& params) {
  if (method == "initialize") return trouble_ ? Result<Value>(tl::make_unexpected(*trouble_)) : identity();
  if (method == "canary.observe") return Value(Value::Map{{"observed", Value()}});
  if (method == "time.wait" && settings_.virtual_time) return pass_virtual_time(milliseconds(params.int_or("ms", 0)));
  if (peer::Handset::has(method)) {
    const auto port = params.int_or("port", 0);
    const bool real_probe = method == "network.probe" && host_ && port >= 1 && port <= 0xFFFF;
    auto result = real_probe ? probe(static_cast<std::uint16_t>(port)) : perform_verb(method, params);
    if (!result) return tl::make_unexpected(for_runner(result.error()));
    return result;
  }
  if (method == "case.begin") {
    handset_.forget_history();
  } else if (method == "uicc.insert" || method == "uicc.remove") {
    handset_.insert(method == "uicc.insert");
  } else if (method != "case.end" && method != "uicc.setAtr" && method != "shutdown") {
    return fail(Errc::unknown, "\"" + method + "\" is no method of the reference device");
  }
  return Value(Value::Map{});
}

/// A port of this machine, tried by an address that the network knows it by.
Result<Value> ServedDevice::probe(std::uint16_t port) {
  const auto address = outer_address();
  if (address.empty()) return fail(Errc::refused, "this machine has no address but loopback");
  return Value(Value::Map{{"reachable", dial(address + ":" + std::to_string(port), 443).has_value()}});
}

Result<Value> ServedDevice::perform_verb(const std::string& verb, const Value& params) {
  auto begun = handset_.control(verb, params);
  if (!begun) return tl::make_unexpected(begun.error());
  const auto pumped = pump();
  if (!pumped) return tl::make_unexpected(pumped.error());
  if (*begun) return std::move(**begun);
  return wait_for_outcome(milliseconds(std::clamp<std::int64_t>(params.int_or("timeout_ms", 0), 0, 86'400'000)));
}

Result<Value> ServedDevice::wait_for_outcome(milliseconds timeout) {
  const auto end = handset_.now() + timeout;
  for (;;) {
    if (auto result = handset_.outcome()) return std::move(*result);
    if (handset_.now() >= end) return handset_.give_up();
    if (stop_.load() != 0 || runner_gone_) return fail(Errc::interrupted, "stopped");
    look_around();
    if (settings_.virtual_time) {
      const auto acted = advance(end - handset_.now());
      if (!acted) return tl::make_unexpected(acted.error());
      continue;
    }
    host_->wait(busy_pause, -1);
    const auto ticked = tick();
    if (!ticked) return tl::make_unexpected(ticked.error());
  }
}

void ServedDevice::perform_on_own_card(const peer::SlotAct& act) {
  const auto answer = [&](const Result<Octets>& result) {
    if (!result) settings_.log(result.error().text());
    handset_.on_answer(result ? std::optional<Octets>(*result) : std::nullopt);
  };
  card_ = act.kind == peer::SlotAct::Kind::command ? std::move(card_) : nullptr;
  if (act.kind == peer::SlotAct::Kind::power_off) return handset_.on_answer({});
  if (act.kind == peer::SlotAct::Kind::command) {
    const auto gone = fail(Errc::unavailable, "the card has no power");
    return answer(card_ ? card_->transmit(tpdu_of(act.command), card_deadline) : Result<Octets>(gone));
  }
  auto opened = settings_.open_card();
  if (!opened) return answer(tl::make_unexpected(opened.error()));
  card_ = std::move(*opened);
  answer(card_->power_cycle());
}

void ServedDevice::perform(const peer::SlotAct& act) {
  look_around();
  if (settings_.open_card) return perform_on_own_card(act);
  const auto answer = [&](const auto& result) {
    runner_gone_ = runner_gone_ || end_.over();
    handset_.on_answer(result ? std::optional<Octets>(*result) : std::nullopt);
  };
  switch (act.kind) {
    case peer::SlotAct::Kind::power_on: {
      const auto powered = end_.power(true, card_deadline);
      answer(powered ? end_.reset(true, card_deadline) : Result<Octets>(tl::make_unexpected(powered.error())));
      return;
    }
    case peer::SlotAct::Kind::power_off:
      (void)end_.power(false, card_deadline);
      handset_.on_answer({});
      return;
    case peer::SlotAct::Kind::command:
      if (settings_.virtual_time) end_.set_time(handset_.now());
      answer(end_.apdu(tpdu_of(act.command), card_deadline));
      return;
  }
}

/// Lets the device act until it has nothing to do. @return whether it did anything
Result<bool> ServedDevice::pump() {
  bool acted = false;
  for (;;) {
    const auto act = handset_.next_act();
    if (act) perform(*act);
    const bool served = host_ && host_->exchange();
    const bool moved = handset_.attend();
    if (runner_gone_ || (!act && !moved && !served)) return acted;
    acted = true;
    if (++exchanges_ > most_exchanges) return fail(Errc::exhausted, "the card keeps the device busy without end");
  }
}

/// Virtual time goes on to the next thing that is due, `most` at most.
Result<bool> ServedDevice::advance(microseconds most) {
  settle_sockets();
  auto acted = pump();
  if (!acted || *acted) return acted;
  const auto due = handset_.deadline();
  const auto passed = handset_.pass(due ? std::min(std::max(*due - handset_.now(), microseconds{1}), most) : most);
  if (!passed) return tl::make_unexpected(passed.error());
  return pump();
}

/// What is on its way to or from a card on the network gets real time to arrive.
void ServedDevice::settle_sockets() {
  const auto until = Clock::now() + quiet_network;
  while (*sockets_ > 0 && Clock::now() < until && !handset_.attend()) {
    (void)::poll(nullptr, 0, static_cast<int>(milliseconds(busy_pause).count()));
  }
}

Result<Value> ServedDevice::pass_virtual_time(milliseconds most) {
  const auto from = handset_.now();
  auto acted = pump();
  if (acted && !*acted && most > 0ms) acted = advance(most);
  if (!acted) return tl::make_unexpected(acted.error());
  const auto passed = std::chrono::ceil<milliseconds>(handset_.now() - from);
  const auto rest = handset_.pass(passed - (handset_.now() - from));  // the runner counts whole milliseconds
  if (!rest) return tl::make_unexpected(rest.error());
  return Value(Value::Map{{"passed_ms", std::int64_t{passed.count()}}});
}

/// Real time goes on.
Result<void> ServedDevice::tick() {
  const auto now = Clock::now();
  auto left = std::min(std::chrono::duration_cast<microseconds>(now - std::exchange(last_, now)), longest_step);
  while (left > microseconds{0}) {
    const auto due = handset_.deadline();
    const auto step = due ? std::min(std::max(*due - handset_.now(), microseconds{1}), left) : left;
    const auto passed = handset_.pass(step);
    if (!passed) return passed;
    left -= step;
    const auto pumped = pump();
    if (!pumped && pumped.error().code != Errc::exhausted) return tl::make_unexpected(pumped.error());
    exchanges_ = 0;
  }
  if (settings_.remember) settings_.remember(handset_.agent());
  return {};
}

Result<void> ServedDevice::run() {
  while (!end_.over() && !runner_gone_) {
    if (stop_.load() != 0) return fail(Errc::interrupted, "stopped by a signal");
    look_around();
    if (host_) {
      const auto due = handset_.deadline();
      auto patience = *sockets_ > 0 ? milliseconds(busy_pause) : milliseconds(idle_pause);
      if (due) patience = std::clamp(std::chrono::ceil<milliseconds>(*due - handset_.now()), milliseconds{0}, patience);
      const auto late = std::chrono::ceil<milliseconds>(end_.next_due() - Clock::now());
      if (end_.next_due() != Clock::time_point::max()) patience = std::clamp(late, milliseconds{0}, patience);
      if (!end_.pending()) host_->wait(patience, end_.fd());
      const auto ticked = tick();
      if (!ticked) return ticked;
    }
    const auto served = end_.serve(host_ ? 0ms : idle_pause);
    if (!served && served.error().code != Errc::unavailable) return tl::make_unexpected(served.error());
    if (!served) return {};  // the runner went without a word, as one that was stopped does
  }
  return {};
}

}  // namespace dmsc::refdevice
