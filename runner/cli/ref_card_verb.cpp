// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <csignal>
#include <iostream>
#include <mutex>
#include <random>
#include <thread>

#include "adapters/tcp/stream_server.hpp"
#include "adapters/vpcd/card_end.hpp"
#include "runner/base/text.hpp"
#include "runner/cli/account_option.hpp"
#include "runner/cli/installation.hpp"
#include "runner/cli/ref_uri.hpp"
#include "runner/cli/verbs.hpp"
#include "runner/peer/session/account_keeper.hpp"

namespace dmsc::cli {
namespace {

const vpcd::StopSignal* stop = nullptr;

extern "C" void stop_serving(int /*number*/) {
  if (stop != nullptr) stop->request();
}

enum class Fault { none, mute, die, oversize, garbage, short_answer };

/// Trouble that no card application makes: the suite's own behaviour towards a broken link is tried out with it.
class FaultyCard final : public port::SoftCard {
 public:
  FaultyCard(port::SoftCard& card, Fault fault, std::size_t at) : card_(card), fault_(fault), at_(at) {}

  Octets power_on() override { return card_.power_on(); }
  void power_off() override { card_.power_off(); }
  Octets reset() override { return card_.reset(); }
  Octets atr() const override { return card_.atr(); }
  std::optional<Octets> command(ByteView capdu) override {
    if (fault_ == Fault::none || ++count_ < at_) return card_.command(capdu);
    switch (fault_) {
      case Fault::mute:
        return {};
      case Fault::die:
        raise(SIGKILL);
        return {};
      case Fault::oversize:
        return Octets(65536, 0x90);
      case Fault::garbage:
        return Octets{0xDE, 0xAD, 0xBE, 0xEF, 0x12, 0x34};
      case Fault::short_answer:
        return Octets{0x90};
      case Fault::none:
        break;
    }
    return card_.command(capdu);
  }

 private:
  port::SoftCard& card_;
  Fault fault_;
  std::size_t at_;
  std::size_t count_ = 0;
};

/// `mute@12`: the kind, and the command from which on it shows (1 when left out).
Result<std::pair<Fault, std::size_t>> parse_fault(const std::string& text) {
  if (text.empty()) return std::pair(Fault::none, std::size_t{0});
  static const std::vector<std::pair<std::string, Fault>> kinds = {{"mute", Fault::mute},
                                                                   {"die", Fault::die},
                                                                   {"oversize", Fault::oversize},
                                                                   {"garbage", Fault::garbage},
                                                                   {"short", Fault::short_answer}};
  const auto parts = split(text, '@');
  std::size_t at = 1;
  if (parts.size() == 2) {
    const auto& digits = parts[1];
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), at);
    if (read.ec != std::errc{} || read.ptr != digits.data() + digits.size() || at == 0) {
      return fail(Errc::usage, "\"" + text + "\" has no command number behind @");
    }
  }
  std::vector<std::string> known;
  for (const auto& [name, fault] : kinds) {
    if (name == parts[0] && parts.size() <= 2) return std::pair(fault, at);
    known.push_back(name);
  }
  return fail(Errc::usage, "\"" + text + "\" is no fault; there are " + join(known, ", "));
}

/// The card between its reader and its TCP/IP clients, who come from two threads: one at a time.
class SharedCard final : public port::SoftCard, public port::StreamService {
 public:
  /// @param memory  of the card's nonces; null: they end with the process
  SharedCard(peer::Uicc& card, peer::AccountKeeper* memory) : card_(card), memory_(memory) {}

  Octets power_on() override {
    const std::scoped_lock lock(mutex_);
    powered_ = true;
    return card_.power_on();
  }
  void power_off() override {
    const std::scoped_lock lock(mutex_);
    powered_ = false;
    card_.power_off();
    card_.scws().reset();
  }
  Octets reset() override {
    const std::scoped_lock lock(mutex_);
    return card_.reset();
  }
  Octets atr() const override {
    const std::scoped_lock lock(mutex_);
    return card_.atr();
  }
  std::optional<Octets> command(ByteView capdu) override {
    const std::scoped_lock lock(mutex_);
    auto response = card_.command(capdu);
    if (memory_ != nullptr) memory_->keep();
    return response;
  }

  std::optional<int> connect(std::size_t listener) override {
    const std::scoped_lock lock(mutex_);
    return card_.scws().connect(secure_.at(listener));
  }
  std::size_t write(int client, ByteView octets) override {
    const std::scoped_lock lock(mutex_);
    card_.scws().on_data(client, octets);
    if (memory_ != nullptr) memory_->keep();
    return octets.size();
  }
  Octets take_output(int client) override {
    const std::scoped_lock lock(mutex_);
    return card_.scws().take_output(client);
  }
  bool over(int client) const override {
    const std::scoped_lock lock(mutex_);
    return card_.scws().over(client);
  }
  void disconnect(int client) override {
    const std::scoped_lock lock(mutex_);
    card_.scws().disconnect(client);
  }
  bool reachable(std::size_t /*listener*/) const override {
    const std::scoped_lock lock(mutex_);
    return powered_;
  }

  void add_listener(bool secure) { secure_.push_back(secure); }

 private:
  mutable std::mutex mutex_;
  peer::Uicc& card_;
  peer::AccountKeeper* memory_;
  bool powered_ = false;
  std::vector<bool> secure_;  ///< by number of the listener
};

Result<void> check_iccid(const std::string& digits) {
  const bool fits = digits.empty() || (digits.size() >= 10 && digits.size() <= 20 &&
                                       digits.find_first_not_of("0123456789") == std::string::npos);
  if (!fits) return fail(Errc::usage, "--iccid " + digits + " is no number of 10 to 20 digits");
  return {};
}

/// The number of another card: that of an issuer which does not exist, and 13 digits by chance.
std::string fresh_iccid() {
  std::random_device chance;
  std::string digits = "898821";
  for (int more = 0; more < 13; ++more) digits += static_cast<char>('0' + chance() % 10);
  return digits;
}

/// Opens the listeners of `--ip`. Without a port both of the card's are served, with one https alone.
Result<void> listen_on_ip(const std::vector<std::string>& addresses, SharedCard& card, tcp::StreamServer& server) {
  for (const auto& text : addresses) {
    const auto place = tcp::Endpoint::parse(text, refcard::https_port);
    if (!place) return tl::make_unexpected(place.error());
    const auto https = server.listen(*place);
    if (!https) return tl::make_unexpected(https.error());
    card.add_listener(true);
    std::cerr << "SCWS listens on " << https->text() << "\n";
    if (place->names_port()) continue;
    const auto http = server.listen(place->with_port(refcard::http_port));
    if (!http) return tl::make_unexpected(http.error());
    card.add_listener(false);
    std::cerr << "SCWS listens on " << http->text() << " without TLS\n";
  }
  return {};
}

/// Serves TCP/IP clients in a thread of its own while it lives.
class IpServing {
 public:
  IpServing(tcp::StreamServer& server, const vpcd::StopSignal& stop)
      : stop_(stop), thread_([&server, &stop] {
          constexpr tcp::milliseconds look_around{250};  // a reset of the card ends connections without an octet
          while (!stop.requested()) {
            server.wait(look_around, stop.fd());
            server.exchange();
          }
        }) {}
  ~IpServing() {
    stop_.request();
    thread_.join();
  }
  IpServing(const IpServing&) = delete;
  IpServing& operator=(const IpServing&) = delete;

 private:
  const vpcd::StopSignal& stop_;
  std::thread thread_;
};

}  // namespace

Exit serve_reference_card(const RefCardOptions& options) {
  const auto installation = Installation::find();
  if (!installation) return exit_for(installation.error());
  const auto place = parse_host_port(options.vpcd);
  if (!place) return exit_for(place.error());
  const auto fault = parse_fault(options.fault);
  if (!fault) return exit_for(fault.error());
  const auto personality =
      options.personality.empty() ? std::string(refcard::default_personality) : options.personality;
  if (const auto fits = check_iccid(options.iccid); !fits) return exit_for(fits.error());
  const bool another = options.iccid.empty() && options.state.empty();
  const auto card = refcard::make_card(installation->card_catalogue(), personality, options.defect, options.variant,
                                       another ? fresh_iccid() : options.iccid);
  if (!card) return exit_for(card.error());
  const auto store = options.state.empty() ? nullptr : open_account_store(options.state);
  auto& account = (*card)->account();
  std::optional<peer::AccountKeeper> memory;
  if (store) {
    const auto& self = (*card)->personality();
    memory.emplace(*store, port::AccountName{"iccid:" + self.subscriber.iccid, self.server_id}, account);
    const auto remembered = memory->open();
    if (!remembered) return exit_for(remembered.error());
  }
  SharedCard shared(**card, memory ? &*memory : nullptr);
  FaultyCard faulty(shared, fault->first, fault->second);
  tcp::ServerSettings settings;
  settings.turn_with_first_octet = true;
  settings.log = [](const std::string& line) { std::cerr << "SCWS: " << line << "\n"; };
  tcp::StreamServer server(shared, settings);
  const auto listening = listen_on_ip(options.ip, shared, server);
  if (!listening) return exit_for(listening.error());
  vpcd::StopSignal signal_stop;
  stop = &signal_stop;
  std::signal(SIGINT, stop_serving);
  std::signal(SIGTERM, stop_serving);
  std::cerr << "reference card " << personality << " connects to " << options.vpcd << "\n";
  vpcd::CardEnd::Options end;
  end.host = place->first;
  end.port = place->second;
  std::optional<IpServing> serving;
  if (!options.ip.empty()) serving.emplace(server, signal_stop);
  const auto served = vpcd::CardEnd(end, faulty, signal_stop).run();
  serving.reset();
  stop = nullptr;
  if (!served) return exit_for(served.error());
  if (memory && memory->trouble()) return exit_for(*memory->trouble());
  return {model::exit_code::proven, "the reader closed the connection or a signal came"};
}

}  // namespace dmsc::cli
