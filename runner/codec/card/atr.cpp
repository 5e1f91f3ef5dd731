// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/card/atr.hpp"

#include <algorithm>
#include <array>
#include <numeric>

namespace dmsc::codec {
namespace {

constexpr std::uint8_t direct_convention = 0x3B;
constexpr std::uint8_t inverse_convention = 0x3F;
constexpr std::size_t longest_atr = 33;
constexpr int global_protocol = 15;  // T=15 qualifies global interface octets and is no protocol

struct ClockRate {
  int fi;
  double fmax_mhz;
};

// ISO/IEC 7816-3:2006, table 7, by bits 8 to 5 of TA1; zero is reserved.
constexpr std::array<ClockRate, 16> clock_rates{{{372, 4},
                                                 {372, 5},
                                                 {558, 6},
                                                 {744, 8},
                                                 {1116, 12},
                                                 {1488, 16},
                                                 {1860, 20},
                                                 {0, 0},
                                                 {0, 0},
                                                 {512, 5},
                                                 {768, 7.5},
                                                 {1024, 10},
                                                 {1536, 15},
                                                 {2048, 20},
                                                 {0, 0},
                                                 {0, 0}}};

// ISO/IEC 7816-3:2006, table 8, by bits 4 to 1 of TA1.
constexpr std::array<int, 16> baud_rates{0, 1, 2, 4, 8, 16, 32, 64, 12, 20, 0, 0, 0, 0, 0, 0};

/// Reads from left to right; each step does nothing once octets ran out.
class AtrReader {
 public:
  explicit AtrReader(ByteView octets) : octets_(octets) {}

  Atr read() {
    start();
    if (atr_.t0) interface_groups();
    if (!ran_out_) historical();
    if (!ran_out_) check();
    if (octets_.size() > longest_atr) note(longest_atr, "longer than 33 octets");
    return std::move(atr_);
  }

 private:
  void note(std::size_t at, std::string text) { atr_.anomalies.push_back({at, std::move(text)}); }

  std::optional<std::uint8_t> take(const std::string& what) {
    if (at_ < octets_.size()) return octets_[at_++];
    if (!ran_out_) note(at_, "cut short before " + what);
    ran_out_ = true;
    return std::nullopt;
  }

  void start() {
    atr_.ts = take("TS");
    if (atr_.ts && *atr_.ts != direct_convention && *atr_.ts != inverse_convention) {
      note(0, "TS is " + hex_number(*atr_.ts, 2) + ", 3B or 3F expected");
    }
    atr_.t0 = take("T0");
  }

  // Y, the upper half of T0 and of every TDi, says which of TA, TB, TC and TD follow.
  void interface_groups() {
    std::optional<std::uint8_t> indicator = atr_.t0;
    for (int group = 1; indicator && !ran_out_; ++group) {
      std::optional<std::uint8_t> next;
      for (int bit = 0; bit < 4; ++bit) {
        if ((*indicator & (0x10 << bit)) == 0) continue;
        InterfaceOctet octet{static_cast<char>('A' + bit), group, 0, at_};
        const auto value = take(octet.name());
        if (!value) return;
        octet.value = *value;
        atr_.interface_octets.push_back(octet);
        if (octet.family == 'D') next = value;
      }
      if (next) protocol(*next & 0x0F, group);
      indicator = next;
    }
    if (const auto* ta1 = atr_.find('A', 1)) {
      atr_.offered_speed = speed_of(ta1->value);
      if (atr_.offered_speed->fi == 0 || atr_.offered_speed->di == 0) {
        note(ta1->offset, "TA1 is " + hex_number(ta1->value, 2) + ", a reserved value");
      }
    }
    if (atr_.protocols.empty()) atr_.protocols.push_back(0);
  }

  void protocol(int number, int group) {
    const std::size_t offset = at_ - 1;
    if (number != 0) atr_.tck_expected = true;
    if (number == global_protocol) {
      if (group == 1) note(offset, "TD1 indicates T=15, which is no protocol");
      return;
    }
    if (group == 1) atr_.first_offered = number;
    auto& known = atr_.protocols;
    if (!known.empty() && number < known.back()) note(offset, "protocols are not in ascending order");
    if (std::find(known.begin(), known.end(), number) == known.end()) known.push_back(number);
  }

  void historical() {
    const std::size_t count = *atr_.t0 & 0x0FU;
    const std::size_t there = std::min(count, octets_.size() - at_);
    atr_.historical = to_octets(octets_.subspan(at_, there));
    at_ += there;
    if (there == count) return;
    note(at_, "cut short after " + std::to_string(there) + " of " + std::to_string(count) + " historical octets");
    ran_out_ = true;
  }

  void check() {
    if (atr_.tck_expected) {
      atr_.tck = take("TCK");
      if (atr_.tck) check_tck();
    }
    if (!ran_out_ && at_ < octets_.size()) {
      note(at_, std::to_string(octets_.size() - at_) + " more octets than announced" +
                    (atr_.tck_expected ? "" : " (T=0 alone has no TCK)"));
    }
  }

  // The exclusive or of everything from T0 to TCK is zero.
  void check_tck() {
    const auto body = octets_.subspan(1, at_ - 2);
    const int expected = std::accumulate(body.begin(), body.end(), 0, [](int sum, int octet) { return sum ^ octet; });
    atr_.tck_valid = *atr_.tck == expected;
    if (!atr_.tck_valid) {
      note(at_ - 1, "TCK is " + hex_number(*atr_.tck, 2) + ", " + hex_number(static_cast<std::uint64_t>(expected), 2) +
                        " expected");
    }
  }

  ByteView octets_;
  std::size_t at_ = 0;
  bool ran_out_ = false;
  Atr atr_;
};

std::string speed_text(const Speed& speed) {
  return std::to_string(speed.fi) + '/' + std::to_string(speed.di) + ", " + std::to_string(speed.fi / speed.di) +
         " clock cycles a bit";
}

std::string protocols_text(const std::vector<int>& protocols) {
  std::string out;
  for (const int number : protocols) out += (out.empty() ? "T=" : ", T=") + std::to_string(number);
  return out;
}

// TAi behind a TD that indicates T=15. Source: ISO/IEC 7816-3:2006, 8.3; classes as ETSI TS 102 221, 6.2.
std::string classes_text(std::uint8_t value) {
  constexpr std::array<std::string_view, 3> names{"A (5 V)", "B (3 V)", "C (1.8 V)"};
  std::string out;
  for (std::size_t bit = 0; bit < names.size(); ++bit) {
    if ((value & (1U << bit)) != 0) out.append(out.empty() ? "" : ", ").append(names[bit]);
  }
  return out.empty() ? "none" : out;
}

void describe_speed(const Atr& atr, std::vector<std::string>& lines) {
  const auto* ta1 = atr.find('A', 1);
  if (ta1 == nullptr) {
    lines.emplace_back("speed: 372/1 only, no TA1");
    return;
  }
  const auto speed = speed_of(ta1->value);
  if (speed.fi == 0 || speed.di == 0) return;  // told as an anomaly
  lines.push_back("speed: TA1=" + hex_number(ta1->value, 2) + " (" + speed_text(speed) + ")");
  if (ta1->value == 0x97) {
    lines.emplace_back("warning: TA1=97 is more than many readers and phones keep up with; 96 or 95 is safer");
  }
}

void describe_mode(const Atr& atr, std::vector<std::string>& lines) {
  const auto* ta2 = atr.find('A', 2);
  if (ta2 == nullptr) return;
  lines.push_back("warning: TA2=" + hex_number(ta2->value, 2) +
                  ": specific mode, T=" + std::to_string(ta2->value & 0x0F) + " without negotiation");
}

void describe_global(const Atr& atr, std::vector<std::string>& lines) {
  for (const auto& td : atr.interface_octets) {
    if (td.family != 'D' || (td.value & 0x0F) != global_protocol) continue;
    const auto* ta = atr.find('A', td.group + 1);
    if (ta != nullptr) lines.push_back("supply classes: " + classes_text(ta->value));
    return;
  }
}

}  // namespace

std::string InterfaceOctet::name() const {
  return std::string("T") + family + std::to_string(group);
}

const InterfaceOctet* Atr::find(char family, int group) const {
  const auto found = std::find_if(interface_octets.begin(), interface_octets.end(), [&](const InterfaceOctet& octet) {
    return octet.family == family && octet.group == group;
  });
  return found == interface_octets.end() ? nullptr : &*found;
}

Atr read_atr(ByteView octets) {
  return AtrReader(octets).read();
}

Speed speed_of(std::uint8_t ta1) {
  const auto& clock = clock_rates[ta1 >> 4];
  return {clock.fi, baud_rates[ta1 & 0x0F], clock.fmax_mhz};
}

std::vector<std::string> describe_atr(ByteView octets) {
  const Atr atr = read_atr(octets);
  std::vector<std::string> lines{"ATR: " + to_hex(octets, " ")};
  if (atr.t0) {
    if (atr.ts == inverse_convention) lines.emplace_back("convention: inverse");
    if (!atr.protocols.empty()) lines.push_back("protocols: " + protocols_text(atr.protocols));
    describe_speed(atr, lines);
    describe_mode(atr, lines);
    describe_global(atr, lines);
    if (!atr.historical.empty()) lines.push_back("historical octets: " + to_hex(atr.historical, " "));
  }
  for (const auto& anomaly : atr.anomalies) {
    lines.push_back("warning: " + anomaly.text + " at offset " + std::to_string(anomaly.offset));
  }
  return lines;
}

}  // namespace dmsc::codec
