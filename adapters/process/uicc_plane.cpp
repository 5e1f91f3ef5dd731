// SPDX-License-Identifier: Apache-2.0
#include "adapters/process/uicc_plane.hpp"

#include <algorithm>
#include <optional>

#include "runner/codec/card/apdu.hpp"

namespace dmsc::process {
namespace {

constexpr std::size_t header_size = 5;  // CLA INS P1 P2 P3
constexpr int most_steps = 300;         // a card that always has 256 octets more fills 64 KiB by then
constexpr std::uint8_t ins_get_response = 0xC0;

Answer problem(std::int64_t number, const std::string& message) {
  return tl::make_unexpected(Problem{number, message});
}

Answer nothing() {
  return Value(Value::Map{});
}

/// A command APDU on T=0 with what comes back put together.
/// Source: ETSI TS 102 221, 7.3.1; ISO/IEC 7816-3, 12.2
class Exchange {
 public:
  Exchange(port::SoftCard& card, const codec::Command& command) : card_(card), command_(command) {}

  /// @return  nothing where the card is mute, or breaks off
  std::optional<Octets> run(Octets tpdu) {
    for (int step = 0; step < most_steps; ++step) {
      const auto octets = card_.command(tpdu);
      if (!octets) return {};
      const auto response = codec::read_response(*octets);
      if (!response) return {};
      append(data_, response->data);
      auto next = follow(tpdu, response->status);
      if (!next) return whole(response->status);
      tpdu = std::move(*next);
    }
    return {};
  }

 private:
  std::optional<Octets> follow(const Octets& tpdu, codec::StatusWord status) {
    if (status.more_data()) return get_response(status.sw2());
    const bool reads = tpdu.size() == header_size;
    if (status.wrong_length() && reads && tpdu.back() != status.sw2()) {
      auto again = tpdu;
      again.back() = status.sw2();
      return again;
    }
    const bool warns = status.sw1() == 0x62 || status.sw1() == 0x63;
    if (warns && !warning_ && !command_.data.empty() && command_.le && data_.empty()) {
      warning_ = status;
      return get_response(0x00);
    }
    return {};
  }

  Octets get_response(std::uint8_t le) const {
    // The same logical channel, in the class of ISO/IEC 7816-4.
    const auto channel = static_cast<std::uint8_t>(command_.cla & ((command_.cla & 0x40) != 0 ? 0x4F : 0x03));
    return {channel, ins_get_response, 0x00, 0x00, le};
  }

  Octets whole(codec::StatusWord last) {
    // Data that a warning announced end with 9000; where the card had none, its refusal says nothing new.
    const auto status = warning_.value_or(last);
    data_.push_back(status.sw1());
    data_.push_back(status.sw2());
    return std::move(data_);
  }

  port::SoftCard& card_;
  const codec::Command& command_;
  Octets data_;
  std::optional<codec::StatusWord> warning_;
};

}  // namespace

void UiccPlane::insert(port::SoftCard* card) {
  if (vcc_ && card_ != nullptr) card_->power_off();
  card_ = card;
  vcc_ = active_ = false;
}

void UiccPlane::lose_power() {
  if (vcc_ && card_ != nullptr) card_->power_off();
  vcc_ = active_ = false;
  last_seq_ = 0;
}

Answer UiccPlane::serve(const std::string& method, const Value& params) {
  if (method == "uicc.power") return power(params.bool_or("vcc", false));
  if (method == "uicc.reset") return reset(params.text_or("kind", "") == "cold");
  if (method == "uicc.apdu") return apdu(params);
  if (!active_) return problem(code::lost, "the card has no power");
  return Value(Value::Map{{"rsp", params.text_or("req", "")}});  // ISO/IEC 7816-3, 9.3: an echo accepts
}

Answer UiccPlane::power(bool vcc) {
  if (card_ == nullptr) return problem(code::lost, "there is no card");
  if (vcc_ && !vcc) card_->power_off();
  vcc_ = vcc;
  if (!vcc) active_ = false;
  return nothing();
}

Answer UiccPlane::reset(bool cold) {
  if (card_ == nullptr) return problem(code::lost, "there is no card");
  if (!cold && !active_) return problem(code::lost, "a warm reset needs a cold one before it");
  if (cold && active_) card_->power_off();
  vcc_ = active_ = true;
  return Value(Value::Map{{"atr", to_hex(cold ? card_->power_on() : card_->reset())}});
}

Answer UiccPlane::apdu(const Value& params) {
  const auto seq = params.int_or("seq", 0);
  if (seq != last_seq_ + 1) {
    return problem(code::adapter_bug, "seq is " + std::to_string(seq) + ", not " + std::to_string(last_seq_ + 1));
  }
  last_seq_ = seq;
  if (!active_) return problem(code::lost, card_ == nullptr ? "there is no card" : "the card has no power");
  const auto octets = parse_hex(params.text_or("capdu", ""));
  if (!octets) return problem(code::invalid_params, octets.error().text());
  return view_ == View::tpdu ? transmit_tpdu(*octets) : transmit_apdu(*octets);
}

Answer UiccPlane::transmit_tpdu(ByteView tpdu) {
  const bool whole = tpdu.size() == header_size || (tpdu.size() > header_size && tpdu.size() == header_size + tpdu[4]);
  if (!whole) return problem(code::invalid_params, "capdu is no header, P3 and as many octets as P3 says");
  const auto response = card_->command(tpdu);
  if (!response || response->size() < 2) return problem(code::timed_out, "the card is mute");
  return Value(Value::Map{{"rapdu", to_hex(*response)}});
}

Answer UiccPlane::transmit_apdu(ByteView apdu) {
  const auto command = codec::read_command(apdu);
  if (!command) return problem(code::invalid_params, "capdu: " + command.error().text());
  if (command->extended) return problem(code::unsupported, "the card takes no extended APDU");
  Octets tpdu = to_octets(apdu);
  if (tpdu.size() < header_size) tpdu.push_back(0x00);
  if (!command->data.empty() && command->le) tpdu.pop_back();
  const auto response = Exchange(*card_, *command).run(std::move(tpdu));
  if (!response) return problem(code::timed_out, "the card is mute");
  return Value(Value::Map{{"rapdu", to_hex(*response)}});
}

}  // namespace dmsc::process
