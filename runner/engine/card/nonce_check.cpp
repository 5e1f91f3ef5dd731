// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/card/nonce_check.hpp"

#include <algorithm>

#include "runner/engine/account.hpp"
#include "runner/engine/card/first_power_on.hpp"
#include "runner/engine/notification_watch.hpp"
#include "runner/engine/scws_address.hpp"
#include "runner/peer/session/account_keeper.hpp"

namespace dmsc::engine {
namespace {

constexpr const char* stale = "they were stale: a challenge in a session has renewed them";
constexpr const char* wrong_after_challenge =
    "a challenge in a session has renewed them, and what the card proves itself with is still wrong: server_secret of "
    "the "
    "PIXIT is not the card's, or the card computes it wrongly";

/// Whether the card's credentials ever came out like that, from an event on.
bool saw_credentials(const CardSession& session, std::size_t from, std::string_view how) {
  const auto& events = session.events();
  return std::any_of(events.begin() + static_cast<std::ptrdiff_t>(from), events.end(), [&](const model::Event& event) {
    return event.key == "dm.server_message" && event.fields.text_or("server_credentials", "") == how;
  });
}

/// The last notification of the trace from an event on, or nothing.
std::optional<Octets> last_notification(const CardSession& session, std::size_t from) {
  const auto& events = session.events();
  for (auto at = events.size(); at > from; --at) {
    const auto& event = events[at - 1];
    if (event.key == "dm.notification" && event.fields.find("malformed") == nullptr) return event.octets;
  }
  return {};
}

std::string reading_of(const peer::Account& account, const Octets& notification) {
  return notification_event(account, notification).fields.text_or("digest_reading", "none");
}

/// A nonce of zeros is what a card falls back to. Source: AMB-4
const Octets* zeros_of(std::string_view reading) {
  static const Octets octets(4, 0);
  static const Octets text = {'0', 'x', '0', '0', '0', '0', '0', '0', '0', '0'};
  return reading == "zero_octets" ? &octets : reading == "zero_text" ? &text : nullptr;
}

/// A session of our DM Client, which challenges a server whose credentials it cannot explain.
Result<void> hold_session(StimulusContext& context) {
  const auto* transport = model::claims(context.ics, "C_SCWS_BIP") ? "bip_ipv4" : "tcp_ipv4";
  const bool bip = find_scws_address(transport)->bip;
  if (!bip && !context.client.reaches(*find_scws_address(transport))) return {};
  const auto held = perform_card_stimulus(context, "dm.session", Value::Map{{"transport", transport}});
  if (!held && held.error().code != Errc::exhausted) return tl::make_unexpected(held.error());
  return {};
}

/// What a notification says of the nonces; nothing where it says that they are others.
std::optional<std::string> explained(peer::Account& account, const Octets& notification,
                                     const std::vector<port::Nonces>& others) {
  auto reading = reading_of(account, notification);
  if (reading == "stored" || reading == "previous") {
    account.confirmed = true;
    return "the card's notification confirms them";
  }
  for (const auto& other : others) {
    auto tried = account;
    peer::set_nonces(tried, other);
    if (reading_of(tried, notification) != "stored") continue;
    account = tried;
    account.confirmed = true;
    return "the card's notification takes those of the PIXIT: it was set back since the last run";
  }
  const auto* zeros = zeros_of(reading);
  if (zeros == nullptr) return {};
  account.server_nonce = *zeros;
  account.confirmed = true;
  return "the card's notification takes a nonce of zeros: it lost the one it had";
}

}  // namespace

Result<std::string> check_nonces(StimulusContext& context, const std::vector<port::Nonces>& others) {
  auto& account = context.account;
  const auto watched = watch_first_power_on(context);
  if (!watched) return tl::make_unexpected(watched.error());
  const auto first = last_notification(context.session, 0);
  if (first) {
    if (auto words = explained(account, *first, others)) return std::move(*words);
  }
  const auto from = context.session.events().size();
  const auto held = hold_session(context);
  if (!held) return tl::make_unexpected(held.error());
  if (!account.confirmed) return std::string("nothing confirms them: what they do not explain stays inconclusive");
  if (saw_credentials(context.session, from, "wrong")) return std::string(wrong_after_challenge);
  if (!first) {
    return std::string(saw_credentials(context.session, from, peer::unconfirmed_nonce) ? stale
                                                                                       : "a session confirms them");
  }
  const auto powered = context.session.events().size();
  const auto again = watch_first_power_on(context);
  if (!again) return tl::make_unexpected(again.error());
  const auto second = last_notification(context.session, powered);
  const auto reading = second ? reading_of(account, *second) : std::string("none");
  return std::string(reading == "stored" || reading == "previous" ? stale : wrong_after_challenge);
}

}  // namespace dmsc::engine
