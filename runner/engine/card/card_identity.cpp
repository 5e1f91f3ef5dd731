// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/card/card_identity.hpp"

#include <algorithm>

#include "runner/engine/card/card_session.hpp"

namespace dmsc::engine {
namespace {

constexpr std::uint8_t select_mf[] = {0x00, 0xA4, 0x00, 0x0C, 0x02, 0x3F, 0x00};
constexpr std::uint8_t select_iccid[] = {0x00, 0xA4, 0x00, 0x0C, 0x02, 0x2F, 0xE2};
constexpr std::uint8_t read_iccid[] = {0x00, 0xB0, 0x00, 0x00, 0x0A};
constexpr std::uint8_t status[] = {0x80, 0xF2, 0x00, 0x0C, 0x00};  // P2 0C: no data come back

constexpr std::uint16_t unknown_class = 0x6E00;
constexpr std::uint16_t unknown_instruction = 0x6D00;
constexpr std::size_t shown_digits = 4;

/// The commands of this step, one by one.
class Dialogue {
 public:
  Dialogue(port::CardLink& link, Trace& trace, std::chrono::milliseconds deadline)
      : link_(link), trace_(trace), deadline_(deadline) {}

  /// @return  the response data where the card did what it was asked
  Result<std::optional<Octets>> ask(ByteView command) {
    auto response = link_.transmit(command, deadline_);
    trace_.record({{}, to_octets(command), response.value_or(Octets{})});
    if (!response) return tl::make_unexpected(with_bound(response.error()));
    const auto& octets = *response;
    if (octets.size() < 2) return fail(Errc::protocol, "an answer without a status word", {}, link_.label());
    word_ = static_cast<std::uint16_t>(octets[octets.size() - 2] << 8 | octets.back());
    const bool refused = word_ == unknown_class || word_ == unknown_instruction;
    understood_ = understood_ || !refused;
    const auto first = word_ >> 8;
    if (word_ != 0x9000 && first != 0x91 && first != 0x61) return std::optional<Octets>{};
    return std::optional(Octets(octets.begin(), octets.end() - 2));
  }

  /// Whether any command met more than a refusal of its class or instruction.
  bool understood() const { return understood_; }
  std::uint16_t word() const { return word_; }

 private:
  port::CardLink& link_;
  Trace& trace_;
  std::chrono::milliseconds deadline_;
  std::uint16_t word_ = 0;
  bool understood_ = false;
};

}  // namespace

std::optional<std::string> iccid_digits(ByteView octets) {
  constexpr std::size_t least = 10;
  std::string out;
  bool filled = false;
  for (const auto octet : octets) {
    for (const auto digit : {octet & 0x0F, octet >> 4}) {
      if (digit == 0x0F) {
        filled = true;
      } else if (digit > 9 || filled) {
        return {};
      } else {
        out += static_cast<char>('0' + digit);
      }
    }
  }
  if (out.size() < least || out.size() > 20) return {};
  return out;
}

Result<Holder> read_card_identity(port::CardLink& link, Trace& trace, std::chrono::milliseconds deadline) {
  const auto atr = link.power_cycle();
  if (!atr) return tl::make_unexpected(atr.error());
  trace.record({{}, {}, *atr});
  Dialogue dialogue(link, trace, deadline);
  std::optional<std::string> digits;
  for (const ByteView command : {ByteView(select_mf), ByteView(select_iccid), ByteView(read_iccid)}) {
    const auto answer = dialogue.ask(command);
    if (!answer) return tl::make_unexpected(answer.error());
    digits.reset();
    if (*answer) digits = iccid_digits(**answer);
  }
  Value facts = Value::Map{{"atr", to_hex(*atr)}};
  if (digits) {
    facts["iccid"] = *digits;
    return Holder{"iccid:" + *digits, "ICCID ending in " + digits->substr(digits->size() - shown_digits),
                  std::move(facts)};
  }
  const auto answer = dialogue.understood() ? std::optional<Octets>{} : dialogue.ask(status).value_or(std::nullopt);
  if (!answer && !dialogue.understood()) {
    return fail(Errc::unavailable,
                "the card answers " + hex_number(dialogue.word(), 4) +
                    " to SELECT, READ BINARY and STATUS alike: it is no UICC",
                {}, link.label());
  }
  return Holder{"atr:" + to_hex(*atr), "no ICCID can be read, so the card is known by its ATR", std::move(facts)};
}

}  // namespace dmsc::engine
