// SPDX-License-Identifier: Apache-2.0
#include "runner/cli/run_side.hpp"

#include "runner/cli/stop_signal.hpp"
#include "runner/engine/card/card_bench.hpp"
#include "runner/engine/device/device_bench.hpp"

namespace dmsc::cli {
namespace {

/// A verdict about an interface that the statement does not claim would be about another device.
Result<void> check_transport(const std::string& transport, const model::Ics& ics) {
  static const std::map<std::string, const char*> items = {
      {"iso", "D_ISO"}, {"usb-iccd", "D_ICCD"}, {"usb-eem", "D_EEM"}};
  const auto item = items.find(transport);
  const bool open =  // of whatever kind
      model::claims(ics, "D_UICC") && !model::claims(ics, "D_ISO") && !model::claims(ics, "D_ICCD");
  if (item == items.end() || open || model::claims(ics, item->second)) return {};
  return fail(
      Errc::configuration,
      "the adapter reaches the card over " + transport + ", which the ICS does not claim (" + item->second + ")", {},
      ics.file);
}

}  // namespace

Result<void> RunSide::declare(const RunOptions& options, const load::Library& library) {
  const auto& personality = card_uri_ ? card_uri_->personality : device_uri_->personality;
  auto declarations = load_declarations(library, options.ics, options.pixit, personality, dut());
  if (!declarations) return tl::make_unexpected(declarations.error());
  declarations_ = std::move(*declarations);
  if (!options.ics.empty() || reaches_tcp_ip(options)) return {};
  const bool card = dut() == model::Dut::card;
  declarations_.ics.items[card ? "C_EEM" : "D_EEM"] = false;
  declarations_.notes.push_back(card ? "no --card-ip given: the card is taken to have no USB EEM"
                                     : "no --device-ip given: the device is taken to have no USB EEM");
  return {};
}

Result<void> RunSide::open(const RunOptions& options, const Installation& installation) {
  if (card_uri_) {
    auto card = open_card(*card_uri_, installation);
    if (!card) return tl::make_unexpected(card.error());
    card_ = std::move(*card);
    if (!addresses_.empty()) card_.dialer = std::make_unique<tcp::Dialer>(addresses_, stop_signal());
    label_ = card_.link->label();
    return {};
  }
  auto device = open_device(*device_uri_, {options.device_ip, options.control, options.debug_adapter}, installation);
  if (!device) return tl::make_unexpected(device.error());
  device_ = std::move(*device);
  label_ = device_.link->label();
  return check_transport(device_.link->transport(), declarations_.ics);
}

engine::Side RunSide::side(const load::Library& library, port::AccountStore* accounts) const {
  const auto& ics = declarations_.ics;
  const auto& pixit = declarations_.pixit;
  engine::BenchMaker benches;
  if (device_.link) benches = engine::device_benches(*device_.link, library, ics, pixit);
  if (card_.link) {
    benches = engine::card_benches(*card_.link, card_.dialer.get(), library, ics, pixit, stop_signal());
  }
  return {dut(), std::move(benches), ics, pixit, lives_on(), accounts};
}

bool RunSide::reaches_tcp_ip(const RunOptions& options) const {
  if (!lives_on()) return true;
  return dut() == model::Dut::card ? !options.card_ip.empty() : !options.device_ip.empty();
}

Value RunSide::facts() const {
  if (card_.link) return card_.link->facts();
  return device_.link ? device_.link->facts() : Value(Value::Map{});
}

bool RunSide::is_over_pcsc() const {
  return card_uri_ ? card_uri_->scheme == CardUri::Scheme::pcsc : device_uri_->scheme == DeviceUri::Scheme::vpcd;
}

}  // namespace dmsc::cli
