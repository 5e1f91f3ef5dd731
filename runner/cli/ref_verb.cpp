// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <csignal>
#include <iostream>

#include "adapters/vpcd/card_end.hpp"
#include "runner/base/text.hpp"
#include "runner/cli/card_uri.hpp"
#include "runner/cli/verbs.hpp"

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
  const auto card = refcard::make_card(installation->catalogue(), personality, options.defect);
  if (!card) return exit_for(card.error());
  FaultyCard faulty(**card, fault->first, fault->second);
  vpcd::StopSignal signal_stop;
  stop = &signal_stop;
  std::signal(SIGINT, stop_serving);
  std::signal(SIGTERM, stop_serving);
  std::cerr << "reference card " << personality << " connects to " << options.vpcd << "\n";
  vpcd::CardEnd::Options end;
  end.host = place->first;
  end.port = place->second;
  const auto served = vpcd::CardEnd(end, faulty, signal_stop).run();
  stop = nullptr;
  if (!served) return exit_for(served.error());
  return {model::exit_code::proven, "the reader closed the connection or a signal came"};
}

}  // namespace dmsc::cli
