// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <csignal>
#include <iostream>
#include <map>

#include "adapters/tcp/stream_server.hpp"
#include "reports/common/output_file.hpp"
#include "reports/pcap/pcap_writer.hpp"
#include "runner/cli/card_uri.hpp"
#include "runner/cli/stop_signal.hpp"
#include "runner/cli/verbs.hpp"
#include "runner/codec/card/gsmtap.hpp"
#include "runner/codec/cat/profile.hpp"
#include "runner/engine/card/card_session.hpp"

namespace dmsc::cli {
namespace {

using tcp::Clock;
using tcp::milliseconds;

constexpr const char* profile_name = "class_e_k";
constexpr std::int64_t dm_client_port = 32769;
constexpr std::int64_t card_ports[] = {4116, 3516};  // by number of the listener
constexpr milliseconds occasion_period{1'000};
constexpr milliseconds hurried_period{200};    // while a client waits for its turn: whose fault that is shows sooner
constexpr int occasions_to_begin = 2;          // a card that got a client's octets may need so many to answer
constexpr int occasions_to_go_on = 1;          // and so many to go on with an answer
constexpr milliseconds longest_pause{60'000};  // after a suspended process: the timers, not a year of polls
constexpr std::uint8_t select_mf[] = {0x00, 0xA4, 0x00, 0x0C, 0x02, 0x3F, 0x00};

/// Writes down what goes over a link, as it goes.
class TracedLink final : public port::CardLink {
 public:
  /// @param writer  null: nothing is written
  TracedLink(port::CardLink& link, reports::PcapWriter* writer) : link_(link), writer_(writer) {}

  Result<Octets> power_cycle() override {
    auto atr = link_.power_cycle();
    if (!atr) return atr;
    const auto written = write(codec::GsmtapSim::atr, *atr);
    if (!written) return tl::make_unexpected(written.error());
    return atr;
  }

  Result<Octets> transmit(ByteView command, milliseconds deadline) override {
    auto response = link_.transmit(command, deadline);
    const auto shown = response ? ByteView(*response) : ByteView();
    const auto written = write(codec::GsmtapSim::apdu, codec::apdu_payload(command, shown));
    if (response && !written) return tl::make_unexpected(written.error());
    return response;
  }

  std::string label() const override { return link_.label(); }

 private:
  Result<void> write(codec::GsmtapSim kind, ByteView payload) {
    if (writer_ == nullptr) return {};
    const auto frame = codec::gsmtap_frame(kind, payload);
    if (!frame) return {};  // an answer beyond what one IP packet carries
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    last_us_ = std::max<std::int64_t>(last_us_ + 1, std::chrono::duration_cast<std::chrono::microseconds>(now).count());
    return writer_->write(last_us_, *frame);
  }

  port::CardLink& link_;
  reports::PcapWriter* writer_;
  std::int64_t last_us_ = 0;
};

/// The card's channels in UICC server mode as the server of TCP clients sees them; a client's number is its channel.
class ChannelService final : public port::StreamService {
 public:
  explicit ChannelService(peer::Terminal& terminal) : terminal_(terminal) {}

  std::optional<int> connect(std::size_t listener) override { return gateway().connect(card_ports[listener]); }
  std::size_t write(int channel, ByteView octets) override {
    occasions_[channel] = occasions_to_begin;
    return gateway().write(channel, octets);
  }
  Octets take_output(int channel) override {
    auto octets = gateway().take_sent(channel);
    if (!octets.empty()) occasions_[channel] = occasions_to_go_on;
    return octets;
  }
  bool over(int channel) const override { return !terminal_.gateway().connected(channel); }
  void disconnect(int channel) override {
    occasions_.erase(channel);
    gateway().disconnect(channel);
  }
  Owing owing(int channel) const override {
    if (!terminal_.idle() || terminal_.gateway().unread(channel) > 0) return Owing::service;
    const auto left = occasions_.find(channel);
    return left != occasions_.end() && left->second > 0 ? Owing::either : Owing::client;
  }
  bool reachable(std::size_t listener) const override { return terminal_.gateway().listens_on(card_ports[listener]); }

  /// The card has had one more chance to ask for something, and took it where it wanted to.
  void count_occasion() {
    for (auto& [channel, left] : occasions_) left = std::max(left - 1, 0);
  }

 private:
  peer::Gateway& gateway() { return terminal_.gateway(); }

  peer::Terminal& terminal_;
  std::map<int, int> occasions_;  ///< by channel: that the card gets yet, before its silence means something
};

/// A terminal that never forgets to look after its card, between its clients.
class Bridge {
 public:
  Bridge(engine::CardSession& session, ChannelService& channels, tcp::StreamServer& server)
      : session_(session), channels_(channels), server_(server) {}

  /// Powers the card and says what a terminal says first.
  Result<void> start(ByteView profile) {
    auto& terminal = session_.terminal();
    auto done = session_.power_cycle();
    if (!done) return done;
    terminal.send(to_octets(select_mf));
    terminal.send_profile(profile);
    done = terminal.send_registry(
        {Value::Map{{"port", dm_client_port}, {"dcs", "gsm7"}, {"application_type", 7}, {"name", "DM Client"}}});
    if (!done) return done;
    done = attend();
    for (int occasions = 3; done && occasions > 0; --occasions) {  // what the card wants may take it a while
      terminal.send(to_octets(select_mf));
      done = attend();
    }
    return done;
  }

  /// Carries octets until a signal comes. @return the errors of the link
  Result<void> run() {
    auto next = Clock::now();
    auto last = next;
    bool busy = false;
    while (stop_signal().load() == 0) {
      if (server_.anyone_waits()) next = std::min(next, last + hurried_period);
      const auto left = std::chrono::ceil<milliseconds>(next - Clock::now());
      server_.wait(busy || endless_ ? milliseconds{0} : std::max(left, milliseconds{0}));
      server_.exchange();
      const auto now = Clock::now();
      auto done = Result<void>{};
      const bool occasion = now >= next && !endless_;
      if (occasion) {
        done = pass(std::min(std::chrono::duration_cast<milliseconds>(now - std::exchange(last, now)), longest_pause));
        next = now + occasion_period;
      }
      if (done) done = attend();
      if (!done) return done;
      if (occasion) channels_.count_occasion();
      busy = server_.exchange();
    }
    return {};
  }

 private:
  /// Timers and polling run in real time, and the card gets a chance to announce a command.
  Result<void> pass(milliseconds time) {
    const auto passed = session_.terminal().pass(time);
    if (!passed) return passed;
    session_.terminal().send(to_octets(select_mf));
    return {};
  }

  Result<void> attend() {
    const auto pumped = session_.pump();
    forget();
    // A card that asks without end is served on, but the clients get their turn in between.
    endless_ = !pumped && pumped.error().code == Errc::exhausted;
    return endless_ ? Result<void>{} : pumped;
  }

  /// Nothing is kept of what was: the trace has it.
  void forget() {
    (void)session_.trace().take_exchanges();
    (void)session_.trace().take_events();
    while (const auto trigger = session_.terminal().gateway().take_delivery()) {
      std::cerr << "bridge: the card sent " << trigger->data.size() << " octets to local port " << trigger->port << ": "
                << to_hex(ByteView(trigger->data).first(std::min<std::size_t>(trigger->data.size(), 64))) << "\n";
    }
  }

  engine::CardSession& session_;
  ChannelService& channels_;
  tcp::StreamServer& server_;
  bool endless_ = false;
};

Result<tcp::Endpoint> loopback_endpoint(const std::string& text, std::uint16_t port) {
  auto place = tcp::Endpoint::parse(text, port);
  if (!place || place->loopback()) return place;
  return fail(Errc::usage, "\"" + text + "\" is no loopback address: only programs of this machine may reach the card");
}

Result<Octets> terminal_profile(const Installation& installation) {
  const auto library = load::Library::open(installation.testcases(), {});
  if (!library) return tl::make_unexpected(library.error());
  const auto& profiles = library->vocabulary().profiles;
  const auto found = profiles.find(profile_name);
  if (found == profiles.end()) {
    return fail(Errc::configuration, std::string("there is no terminal profile ") + profile_name);
  }
  return codec::encode_profile(found->second);
}

Result<std::optional<reports::PcapWriter>> open_trace(const std::string& folder) {
  if (folder.empty()) return std::optional<reports::PcapWriter>{};
  const auto made = reports::make_folder(folder);
  if (!made) return tl::make_unexpected(made.error());
  auto writer = reports::PcapWriter::create((std::filesystem::path(folder) / "trace.pcap").string());
  if (!writer) return tl::make_unexpected(writer.error());
  return std::optional(std::move(*writer));
}

}  // namespace

Exit bridge_card(const BridgeOptions& options) {
  const auto uri = parse_card_uri(options.card);
  if (!uri) return exit_for(uri.error());
  const auto https = loopback_endpoint(options.listen, 4116);
  if (!https) return exit_for(https.error());
  const auto http = loopback_endpoint(options.http, 3516);
  if (!http) return exit_for(http.error());
  const auto installation = Installation::find();
  if (!installation) return exit_for(installation.error());
  const auto profile = terminal_profile(*installation);
  if (!profile) return exit_for(profile.error());
  catch_signals();
  const auto card = open_card(*uri, *installation);
  if (!card) return exit_for(card.error());
  auto trace = open_trace(options.out);
  if (!trace) return exit_for(trace.error());

  TracedLink link(*card->link, *trace ? &**trace : nullptr);
  const model::Ics ics;
  const model::Pixit pixit;
  const peer::Account account;
  engine::CardSession session(link, ics, pixit, account, stop_signal());
  ChannelService channels(session.terminal());
  tcp::ServerSettings settings;
  settings.silence = std::chrono::seconds(options.silence);
  settings.turn_with_first_octet = true;
  settings.fairness.emplace();
  settings.log = [](const std::string& line) { std::cerr << "bridge: " << line << "\n"; };
  tcp::StreamServer server(channels, settings);
  Bridge bridge(session, channels, server);

  const auto serve = [&]() -> Result<void> {
    const auto started = bridge.start(*profile);
    if (!started) return started;
    const auto secure = server.listen(*https);
    if (!secure) return tl::make_unexpected(secure.error());
    const auto plain = server.listen(*http);
    if (!plain) return tl::make_unexpected(plain.error());
    std::cerr << "bridge: https://" << secure->text() << " -> card port " << card_ports[0] << "\n"
              << "bridge: http://" << plain->text() << " -> card port " << card_ports[1] << "\n";
    for (std::size_t listener = 0; listener < std::size(card_ports); ++listener) {
      if (channels.reachable(listener)) continue;
      std::cerr << "bridge: the card listens on no channel with port " << card_ports[listener] << " yet\n";
    }
    return bridge.run();
  };
  const auto served = serve();
  if (*trace) {
    const auto closed = (*trace)->close();
    if (served && !closed) return exit_for(closed.error());
  }
  if (served || served.error().code == Errc::interrupted) return {model::exit_code::proven, "stopped by a signal"};
  return exit_for(served.error());
}

}  // namespace dmsc::cli
