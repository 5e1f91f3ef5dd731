// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/card/card_session.hpp"

#include "runner/codec/package0.hpp"

namespace dmsc::engine {
namespace {

using namespace std::chrono_literals;

constexpr std::uint8_t select_mf[] = {0x00, 0xA4, 0x00, 0x0C, 0x02, 0x3F, 0x00};

std::chrono::milliseconds duration(const model::Pixit& pixit, std::string_view key,
                                   std::chrono::milliseconds fallback) {
  const auto* value = pixit.values.find(key);
  return value == nullptr ? fallback : model::duration_of(*value).value_or(fallback);
}

bool holds(const model::Ics& ics, std::string_view item) {
  const auto found = ics.items.find(item);
  return found != ics.items.end() && found->second;
}

}  // namespace

std::chrono::milliseconds CardSession::wait_limit(std::string_view item, std::chrono::milliseconds fallback) const {
  return duration(pixit_, item, fallback);
}

Result<void> CardSession::power_cycle() {
  auto atr = link_.power_cycle();
  if (!atr) return tl::make_unexpected(atr.error());
  before_ += terminal_.now();
  terminal_.reset();
  trace_.record({before_, {}, std::move(*atr)});
  return {};
}

Result<void> CardSession::transmit(const Octets& command) {
  auto response = link_.transmit(command, duration(pixit_, "apdu_deadline", 5s));
  const auto at = now();
  if (!response) {
    trace_.record({at, command, {}});  // the trace shows what was asked last
    return tl::make_unexpected(response.error());
  }
  terminal_.on_response(*response);
  trace_.record({at, command, std::move(*response)});
  return {};
}

Result<void> CardSession::pump() {
  const auto start = exchanges().size();
  while (auto command = terminal_.next_command()) {
    if (stop_.load() != 0) return fail(Errc::interrupted, "stopped by a signal");
    const auto count = exchanges().size();
    if (count - start >= limits_.exchanges_a_step || count >= limits_.exchanges_a_case) {
      return fail(Errc::exhausted,
                  "the card kept the terminal busy for " + std::to_string(count - start) + " exchanges without end");
    }
    const auto sent = transmit(*command);
    if (!sent) return sent;
  }
  note_pushed();
  return {};
}

/// What the service centre brought back reached the terminal's own DM Client.
void CardSession::note_pushed() {
  while (const auto pushed = terminal_.take_pushed()) {
    const auto package = codec::read_package0(pushed->notification);
    Value fields = Value::Map{{"bearer", name_of(pushed->bearer)}, {"length", pushed->notification.size()}};
    if (package) {
      const auto value = codec::to_value(*package);
      fields["session_id"] = std::int64_t{package->session_id};
      if (const auto* id = value.find("server_id")) fields["server_id"] = *id;
    }
    add({"dm.delivered", std::move(fields), pushed->notification});
  }
}

std::string CardSession::occasion_name() const {
  if (holds(ics_, "C_OCCASION_SELECT")) return "SELECT MF";
  return holds(ics_, "C_OCCASION_STATUS") ? "STATUS" : "none";
}

model::Moment CardSession::occasion_period() const {
  return duration(pixit_, "occasion_period", 1s);
}

Result<bool> CardSession::occasion() {
  const auto name = occasion_name();
  if (name == "none") return false;
  terminal_.pass_held(occasion_period());
  if (name == "STATUS") {
    terminal_.send_status();
  } else {
    terminal_.send(to_octets(select_mf));
  }
  const auto pumped = pump();
  if (!pumped) return tl::make_unexpected(pumped.error());
  return true;
}

Result<void> CardSession::settle() {
  const auto wanted = pixit_.values.int_or("settle_occasions", 3);
  const auto most = wanted + 100;
  std::int64_t quiet = 0;
  for (std::int64_t given = 0; quiet < wanted && given < most; ++given) {
    const auto before = exchanges().size();
    const auto given_one = occasion();
    if (!given_one) return tl::make_unexpected(given_one.error());
    if (!*given_one) return {};
    quiet = exchanges().size() - before == 1 ? quiet + 1 : 0;
  }
  return {};
}

}  // namespace dmsc::engine
