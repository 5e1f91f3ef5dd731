// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/terminal/dm_agent.hpp"

#include <algorithm>
#include <cctype>

namespace dmsc::peer {
namespace {

constexpr std::size_t oversized = 255;  // octets; some implementations count with one octet
constexpr std::uint16_t version = 11;
constexpr std::uint8_t user_interaction = 3;          // DM Notification 1.2.1, 6.2.2.7
constexpr std::string_view zero_text = "0x00000000";  // AMB-4, R2

/// SessionID of SyncML. Source: DM Notification 1.2.1, 6.2.2.10
std::string session_text(std::uint16_t id, const Habits& habits) {
  auto text = hex_number(id, 4);
  if (!habits.has(Habit::writes_capitals)) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  }
  if (!habits.has(Habit::omits_leading_zeros)) return text;
  return text.substr(std::min(text.find_first_not_of('0'), text.size() - 1));
}

}  // namespace

DmAgent::DmAgent(const HandsetPersonality& self, const Tamper& tamper, Dial dial)
    : self_(self), tamper_(tamper), dial_(std::move(dial)) {
  for (const auto& account : self.accounts) (void)set_account(account);
}

DmAgent::Known* DmAgent::find(std::string_view server_id) {
  const auto found = std::find_if(accounts_.begin(), accounts_.end(),
                                  [&](const Known& known) { return known.account.credentials.server_id == server_id; });
  return found == accounts_.end() ? nullptr : &*found;
}

const DmAccount* DmAgent::find_account(std::string_view server_id) const {
  const auto found = std::find_if(accounts_.begin(), accounts_.end(),
                                  [&](const Known& known) { return known.account.credentials.server_id == server_id; });
  return found == accounts_.end() ? nullptr : &found->account;
}

Result<void> DmAgent::set_account(DmAccount account) {
  const auto& credentials = account.credentials;
  ManagementTree tree(self_.device_id, credentials.server_id, account.app_addr);
  if (!self_.habits.has(Habit::protects_secrets)) tree.reveal(credentials.server_secret, credentials.client_secret);
  auto* known = find(credentials.server_id);
  if (known == nullptr && accounts_.size() >= most_accounts) return fail(Errc::refused, "there is no room for it");
  if (known == nullptr) {
    accounts_.push_back({std::move(account), std::move(tree), {}});
    return {};
  }
  if (session_ && current_.known == known) {  // it would go on with credentials that are gone
    session_->abort();
    finish();
  }
  if (next_ && next_->known == known) next_.reset();
  if (asked_ && asked_->known == known) asked_.reset();
  *known = {std::move(account), std::move(tree), {}};
  return {};
}

void DmAgent::remove_account(std::string_view server_id) {
  auto* known = find(server_id);
  if (known == nullptr || !self_.habits.has(Habit::forgets_account)) return;
  if (session_ && current_.known == known) {
    session_->abort();
    finish();
  }
  const auto of_account = [&](const auto& trigger) { return trigger && trigger->known == known; };
  if (of_account(next_)) next_.reset();
  if (of_account(asked_)) asked_.reset();
  if (current_.known == known) current_ = {};
  accounts_.remove_if([&](const Known& one) { return &one == known; });
}

/// A defect may be that some notifications are too much for the client.
bool DmAgent::survives(ByteView octets, const codec::Package0* package, const Habits& habits) {
  const bool fatal = (package == nullptr && !habits.has(Habit::survives_truncated)) ||
                     (octets.size() > oversized && !habits.has(Habit::survives_oversized)) ||
                     (package != nullptr && package->future_use != 0 && !habits.has(Habit::survives_reserved_bits)) ||
                     (package != nullptr && package->version != version && !habits.has(Habit::survives_version)) ||
                     (package != nullptr && package->session_id == 0 && !habits.has(Habit::survives_session_zero));
  deaf_ = deaf_ || fatal;
  return !deaf_;
}

std::optional<DmAgent::Trigger> DmAgent::judge(ByteView octets, const codec::Package0& package, const Habits& habits) {
  Trigger trigger;
  trigger.known = find(package.server_id);
  if (trigger.known == nullptr && !habits.has(Habit::checks_server_id) && !accounts_.empty()) {
    trigger.known = &accounts_.front();
  }
  if (trigger.known == nullptr || package.session_id == 0) return {};
  trigger.session_id = session_text(package.session_id, habits);
  const auto& account = trigger.known->account.credentials;
  const auto verdict = codec::judge_digest(octets, package.server_id, account.server_secret, account.server_nonce);
  const bool as_text = verdict.reading == "zero_text" || self_.ways.zero_as_text;
  if (verdict.reading == "zero_octets" && !as_text) trigger.zero_nonce = Octets(4, 0);
  if (verdict.reading.starts_with("zero") && as_text) trigger.zero_nonce.assign(zero_text.begin(), zero_text.end());
  const bool zero = !trigger.zero_nonce.empty();
  const bool right = verdict.valid && (!zero || habits.has(Habit::takes_zero_nonce));
  if (!right && habits.has(Habit::checks_digest)) return {};
  if (!habits.has(Habit::keeps_accounts_apart)) trigger.known = &accounts_.back();
  return trigger;
}

/// The same notification again, sent for the session under way or the last one that got through.
bool DmAgent::replayed(const Trigger& trigger) const {
  const auto same = [&](const Trigger& other) {
    return other.known == trigger.known && other.session_id == trigger.session_id && other.by_server;
  };
  return (session_ && same(current_)) || (next_ && same(*next_)) || trigger.known->last_session == trigger.session_id;
}

/// A defect may lose a notification, or all that come after it.
bool DmAgent::hears(ByteView octets, const codec::Package0* package) {
  if (!tamper_) return true;
  Outgoing in{"received.notification", package == nullptr ? Value(Value::Map{}) : codec::to_value(*package), 1, 0};
  in.members["length"] = static_cast<std::int64_t>(octets.size());
  tamper_(in);
  deaf_ = deaf_ || in.deafens;
  return in.copies != 0 && !deaf_;
}

void DmAgent::on_notification(ByteView octets, const std::string& bearer, model::Moment now) {
  const auto habits = self_.habits.over(bearer);
  const auto package = codec::read_package0(octets);
  const auto* fields = package ? &*package : nullptr;
  if (!hears(octets, fields) || !survives(octets, fields, habits) || !package) return;
  auto trigger = judge(octets, *package, habits);
  if (!trigger || (habits.has(Habit::ignores_replay) && replayed(*trigger))) return;
  if (package->ui_mode == user_interaction && self_.habits.has(Habit::asks_user)) {
    asked_ = std::move(*trigger);
  } else {
    take(std::move(*trigger), now);
  }
}

void DmAgent::take(Trigger trigger, model::Moment now) {
  if (!session_) {
    begin(std::move(trigger), now);
  } else if (self_.habits.has(Habit::queues_trigger)) {
    next_ = std::move(trigger);
  }
}

Result<void> DmAgent::answer_user(bool accepts, model::Moment now) {
  if (!asked_) return fail(Errc::refused, "the DM Client asks nothing");
  auto trigger = *std::exchange(asked_, std::nullopt);
  if (accepts ? self_.habits.has(Habit::heeds_consent) : !self_.habits.has(Habit::heeds_refusal)) {
    take(std::move(trigger), now);
  }
  return {};
}

std::string DmAgent::own_session_id() {
  return hex_number(0x8000U + ++own_ids_ % 0x7FFFU, 4);
}

Result<void> DmAgent::start_for_user(std::string_view server_id, model::Moment now) {
  auto* known = find(server_id);
  if (known == nullptr) return fail(Errc::refused, "there is no account for \"" + std::string(server_id) + "\"");
  if (session_) return fail(Errc::refused, "a session is under way");
  if (self_.habits.has(Habit::starts_for_user)) begin({known, own_session_id(), {}, false}, now);
  return {};
}

void DmAgent::begin(Trigger trigger, model::Moment now) {
  const auto& habits = self_.habits;
  if (deaf_ || (started_ && !habits.has(Habit::takes_next_trigger))) return;
  started_ = true;
  current_ = std::move(trigger);
  auto& account = current_.known->account;
  if (!current_.zero_nonce.empty() && habits.has(Habit::resynchronises)) {
    account.credentials.server_nonce = current_.zero_nonce;
    account.credentials.client_nonce = current_.zero_nonce;
    account.credentials.last_server_nonce.clear();
  }
  DmClient::Options options;
  options.session_id = habits.has(Habit::uses_session_id) ? current_.session_id : own_session_id();
  options.target = account.app_addr;
  options.device_id = self_.device_id;
  options.server_initiated = current_.by_server && habits.has(Habit::alerts_1200);
  if (!habits.has(Habit::authenticates)) options.credentials = DmClient::Credentials::none;
  options.max_msg_size = self_.max_msg_size;
  options.first_command_id = self_.first_command_id;
  options.expects_server_credentials = self_.server_credentials;
  options.renew_server_nonce = habits.has(Habit::renews_server_nonce);
  options.habits = habits;
  session_ = std::make_unique<DmSession>(account, current_.known->tree, std::move(options), self_, tamper_, dial_);
  const auto started = session_->start(now);
  if (records_.size() < most_records) {
    records_.push_back({account.credentials.server_id, session_->url(), session_->id(),
                        started ? DmSession::State::going_on : DmSession::State::failed,
                        started ? std::string{} : started.error().text(), 0});
  }
  if (!started) session_.reset();
}

/// The session is over: what it came to is noted.
void DmAgent::finish() {
  if (!records_.empty() && records_.back().state == DmSession::State::going_on) {
    records_.back().state = session_->state();
    records_.back().trouble = session_->trouble();
    records_.back().messages = session_->messages();
  }
  // One that failed may be asked for again.
  const bool got_through = session_->state() != DmSession::State::failed;
  if (current_.by_server && got_through) current_.known->last_session = current_.session_id;
  session_.reset();
}

Result<void> DmAgent::abort() {
  if (!session_) return fail(Errc::refused, "there is no session");
  session_->abort();
  return {};
}

bool DmAgent::move(model::Moment now) {
  bool moved = session_ && session_->move(now);
  if (session_ && session_->over()) {
    finish();
    moved = true;
  }
  if (!session_ && next_) {
    begin(*std::exchange(next_, std::nullopt), now);
    moved = true;
  }
  return moved;
}

void DmAgent::power_off() {
  session_.reset();
  next_.reset();
  asked_.reset();
  deaf_ = false;
  started_ = false;
  for (auto& known : accounts_) known.last_session.clear();
}

void DmAgent::forget_sessions() {
  records_.clear();
}

}  // namespace dmsc::peer
