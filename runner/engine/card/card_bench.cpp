// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/card/card_bench.hpp"

#include "runner/engine/card/card_identity.hpp"
#include "runner/engine/card/first_power_on.hpp"
#include "runner/engine/card/nonce_check.hpp"

namespace dmsc::engine {
namespace {

/// Whether the link can be used again after this error.
bool ends_run(const Error& error) {
  return error.code == Errc::unavailable || error.code == Errc::timeout || error.code == Errc::busy ||
         error.code == Errc::interrupted || error.code == Errc::configuration;
}

}  // namespace

Result<Holder> CardBench::identify() {
  return read_card_identity(link_, trace(), session_.wait_limit("apdu_deadline"));
}

/// It powers the card on as well, and what that teaches need not be taught again.
Result<std::string> CardBench::confirm_nonces(const std::vector<port::Nonces>& others) {
  if (lateness_) static_cast<void>(lateness_->takes_lesson());
  return check_nonces(context_, others);
}

Result<void> CardBench::begin(const model::TestCase& /*test*/) {
  const auto met = meet();
  if (!met) return met;
  context_.last_start = {};
  client_.forget();
  second_client_.forget();
  return session_.power_cycle();
}

/// The first power-on of a run teaches how late the card is, in a session of its own: its trace is no case's.
Result<void> CardBench::meet() {
  if (!lateness_ || !lateness_->takes_lesson()) return {};
  CardSession session(link_, context_.ics, context_.pixit, context_.account, stop_, lateness_);
  LocalClient client(session, nullptr);
  LocalClient second(session, nullptr);
  StimulusContext context{session, library_, context_.ics, context_.pixit, client, second, context_.account};
  return watch_first_power_on(context);
}

void CardBench::open_window(Awaits awaits) {
  awaits_ = awaits;
  session_.open_window();
}

Result<bool> CardBench::settle() {
  if (session_.terminal().profile().empty()) return false;
  const auto settled = session_.settle();
  if (!settled) return tl::make_unexpected(settled.error());
  return true;
}

Result<Outcome> CardBench::perform(const std::string& stimulus, const Value& parameters) {
  return perform_card_stimulus(context_, stimulus, parameters);
}

/// `proactive.KEY` with members of the terminal response, and `mode`, `before`, `drop_link`. What the card has still to
/// say is answered as before, so that a rule for one command is there for the one that the case will bring about.
Result<void> CardBench::answer(const std::string& message, const Value& members, std::int64_t times) {
  peer::AnswerRule rule;
  rule.key = message.substr(message.find('.') + 1);
  rule.times = times;
  rule.members = Value::Map{};
  for (const auto& [key, value] : members.as_map()) {
    if (key == "mode") {
      rule.key += "." + value.as_string();
    } else if (key == "drop_link") {
      rule.drop_link = value.as_bool();
    } else if (key == "before") {
      for (const auto& command : value.as_list()) {
        auto pattern = peer::CommandPattern::parse(command.as_string());
        if (!pattern) return fail(Errc::data, pattern.error().text());
        rule.before.push_back(std::move(*pattern));
      }
    } else {
      rule.members[key] = value;
    }
  }
  const auto settled = settle();
  if (!settled) return tl::make_unexpected(settled.error());
  const auto set = session_.terminal().answer(std::move(rule));
  if (!set) return fail(Errc::data, set.error().text());
  return {};
}

Result<bool> CardBench::occasion(model::Moment /*most*/) {
  return session_.occasion(awaits_);
}

std::string CardBench::occasions_in_words(std::size_t count) const {
  return " (" + std::to_string(count) + " occasions of " + session_.occasion_name() + ")";
}

std::string CardBench::occasion_response() const {
  return session_.occasion_name() == "STATUS" ? "response.status" : "response.select";
}

Result<bool> CardBench::reconnect() {
  const auto cycled = link_.power_cycle();
  if (!cycled) return tl::make_unexpected(cycled.error());
  return true;
}

Result<void> CardBench::recover(const Error& trouble) {
  if (ends_run(trouble)) return tl::make_unexpected(trouble);
  // One bad answer need not be the end: a card that can be powered up again gets the next case.
  const auto cycled = link_.power_cycle();
  if (!cycled && ends_run(cycled.error())) return tl::make_unexpected(cycled.error());
  return {};
}

BenchMaker card_benches(port::CardLink& link, port::StreamDialer* dialer, const load::Library& library,
                        const model::Ics& ics, const model::Pixit& pixit, const std::atomic<int>& stop) {
  const auto lateness = std::make_shared<Lateness>(pixit);
  return [&link, dialer, &library, &ics, &pixit, &stop, lateness](peer::Account& account) {
    return std::make_unique<CardBench>(link, dialer, library, ics, pixit, account, stop, lateness);
  };
}

}  // namespace dmsc::engine
