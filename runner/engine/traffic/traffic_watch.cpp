// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/traffic/traffic_watch.hpp"

#include <algorithm>
#include <map>

#include "runner/engine/finding.hpp"
#include "runner/peer/session/dm_values.hpp"

namespace dmsc::engine {
namespace {

/// Every check, by the first word of the key that it looks at, so that an event meets only those that may fit.
using Table = std::map<std::string, std::vector<std::pair<TrafficCheck, const model::TrafficRule*>>, std::less<>>;

const Table& table() {
  static const Table all = [] {
    Table out;
    for (const auto checks : {toolkit_checks(), answer_checks(), response_checks(), envelope_checks(), channel_checks(),
                              message_checks()}) {
      for (const auto& check : checks) {
        const std::string on = check.on;
        out[on.substr(0, on.find('.'))].emplace_back(check, model::find_traffic_rule(check.rule));
      }
    }
    return out;
  }();
  return all;
}

}  // namespace

const model::Event* Glance::asked() const {
  const auto& pending = state.pending();
  return pending ? &events[pending->event] : nullptr;
}

std::string_view Glance::tail() const {
  return std::string_view(event.key).substr(event.key.find('.') + 1);
}

void TrafficNotes::breach(std::string kind, model::Verdict verdict, std::string observed,
                          std::optional<std::size_t> offset) {
  notes_.push_back({std::move(kind), verdict, std::move(observed), offset});
}

void TrafficWatch::look(const std::vector<model::Event>& events,
                        const std::function<bool(const model::Event&)>& scripted) {
  for (; next_ < events.size(); ++next_) {
    const auto& event = events[next_];
    const bool ours = scripted(event);
    const auto found = table().find(std::string_view(event.key).substr(0, event.key.find('.')));
    if (found != table().end()) {
      const Glance glance{events, event, state_, facts_, talk_};
      for (const auto& [check, rule] : found->second) {
        if (!event.key.starts_with(check.on)) continue;
        const bool under_test = rule->sender == facts_.dut;
        if (!under_test && ours) continue;
        TrafficNotes notes;
        check.judge(glance, notes);
        if (under_test) {
          if (notes.occasions_ == 0 && notes.notes_.empty()) continue;
          auto& count = tally_[rule->name];
          count.occasions += notes.occasions_;
          for (const auto& note : notes.notes_) record(*rule, note, event, count);
        } else if (!own_fault_ && !peer_broke_) {
          const auto worst = std::find_if(notes.notes_.begin(), notes.notes_.end(),
                                          [](const auto& note) { return note.verdict == model::Verdict::fail; });
          if (worst == notes.notes_.end()) continue;
          own_fault_ = finding_of(library_, rule->requirement, event, 0);
          own_fault_->expected = rule->expected;
          own_fault_->observed = worst->observed;
          own_fault_->offset = worst->offset;
        }
      }
    }
    state_.take(event, next_, ours);
    follow(event);
  }
}

bool begins_anew(const DmTalk& talk, const model::Event& client_message) {
  return talk.client.count > 0 && client_message.fields.text_or("msg_id", "") == "1" &&
         talk.server_side.refused.contains(talk.client.last);
}

void TrafficWatch::record(const model::TrafficRule& rule, const TrafficNotes::Note& note, const model::Event& event,
                          model::TrafficCount& count) {
  const auto verdict = note.verdict == model::Verdict::fail ? rule.weight : note.verdict;
  peer_broke_ = peer_broke_ || verdict == model::Verdict::fail;
  // A kind has one verdict: what is weaker is another kind.
  auto& breach = count.breaches[verdict == rule.weight ? note.kind : note.kind + ", advisory"];
  if (breach.count++ > 0) return;
  breach.cases = 1;
  breach.exchange = event.exchange;
  breach.finding = finding_of(library_, rule.requirement, event, 0);
  breach.finding.verdict = verdict;
  breach.finding.expected = rule.expected;
  breach.finding.observed = note.observed;
  breach.finding.offset = note.offset;
}

/// Keeps up with the DM session.
void TrafficWatch::follow(const model::Event& event) {
  if (event.key == "http.request") talk_.host = event.fields.text_or("host", "");
  if (event.key == "card.reset") talk_ = DmTalk{};
  // A server that ends the session says so before its last message is out.
  if (event.key == "dm.session") talk_.ended = true;
  const bool client = event.key == "dm.client_message";
  if (!client && event.key != "dm.server_message") return;
  const auto session = event.fields.text_or("session_id", "");
  if (client && (!talk_.begun || talk_.ended || session != talk_.session)) {
    auto host = std::move(talk_.host);
    talk_ = DmTalk{};
    talk_.host = std::move(host);
    talk_.begun = true;
    talk_.session = session;
    talk_.device = event.fields.text_or("source", "");
    talk_.server = event.fields.text_or("target", "");
  }
  auto& side = client ? talk_.client : talk_.server_side;
  if (client && begins_anew(talk_, event)) {
    talk_.client = {};
    talk_.server_side.answered.clear();
    talk_.server_side.refused.clear();
  }
  side.last = event.fields.text_or("msg_id", "");
  side.open = !event.fields.bool_or("final", false);
  constexpr std::size_t most_messages = 200;
  if (++side.count <= most_messages) side.sent[side.last] = event.fields;
  for (const auto& command : peer::list_of(event.fields, "commands")) {
    const auto name = command.text_or("command", "");
    // Twice as many, so that the last messages that were kept have their answers too.
    if (name == "status" && side.count <= 2 * most_messages) {
      const auto message = command.text_or("msg_ref", "");
      const auto of = command.text_or("cmd_ref", "");
      const auto code = command.text_or("data", "");
      side.answered.emplace(message, of);
      if (of == "0" && (code == "401" || code == "407")) side.refused.insert(message);
    }
    if (name == "alert" && command.text_or("data", "") == "1223") talk_.aborted = true;
    for (const auto& item : peer::list_of(command, "items")) {
      if (name == "replace" && item.text_or("source", "") == "./DevInfo/DevId") {
        talk_.device_id = item.text_or("data", "");
      }
    }
  }
}

}  // namespace dmsc::engine
