// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/expectation.hpp"

#include <algorithm>

#include "runner/base/json.hpp"
#include "runner/engine/matcher.hpp"
#include "runner/model/vocabulary.hpp"
#include "runner/peer/session/account.hpp"

namespace dmsc::engine {
namespace {

constexpr const char* kind = "mode";  // tells messages of one key apart

std::string in_words_of(const Value& value) {
  constexpr std::size_t longest = 80;
  auto text = value.is_string() ? value.as_string() : write_json(value);
  if (text.size() > longest) text = text.substr(0, longest) + "...";
  return text;
}

/// How many leaves of the matcher fit.
int fitting_leaves(const Value& matcher, const Value* actual) {
  if (!model::matcher_of(matcher).empty() || !matcher.is_map()) {
    return actual != nullptr && fits(matcher, *actual) ? 1 : 0;
  }
  int count = 0;
  for (const auto& [key, wanted] : matcher.as_map()) {
    count += fitting_leaves(wanted, actual == nullptr ? nullptr : actual->find(key));
  }
  return count;
}

int closeness(const Wanted& wanted, const model::Event& event) {
  constexpr int of_kind = 100;
  int best = -1;
  for (const auto& alternative : wanted.alternatives) {
    int here = alternative.matcher.is_null() ? 0 : fitting_leaves(alternative.matcher, &event.fields);
    const auto* wanted_kind = alternative.matcher.find(kind);
    const auto* actual = event.fields.find(kind);
    if (wanted_kind != nullptr && actual != nullptr && fits(*wanted_kind, *actual)) here += of_kind;
    best = std::max(best, here);
  }
  return best;
}

void collect(const Value& matcher, const Value* actual, const std::string& path, std::vector<Member>& odd,
             std::vector<Member>& literal) {
  const auto word = model::matcher_of(matcher);
  if (word.empty() && matcher.is_map()) {
    for (const auto& [key, below] : matcher.as_map()) {
      collect(below, actual == nullptr ? nullptr : actual->find(key), path.empty() ? key : path + "." + key, odd,
              literal);
    }
    return;
  }
  if (path.empty()) return;
  Member member{path, actual == nullptr ? "nothing" : in_words_of(*actual)};
  (word.empty() ? literal : odd).push_back(std::move(member));
}

}  // namespace

const Alternative* fitting(const Wanted& wanted, const model::Event& event) {
  if (event.key != wanted.key) return nullptr;
  for (const auto& alternative : wanted.alternatives) {
    if (fits(alternative.matcher, event.fields)) return &alternative;
  }
  return nullptr;
}

const model::Event* nearest(const Wanted& wanted, const std::vector<model::Event>& events, std::size_t from) {
  const model::Event* best = nullptr;
  int most = -1;
  for (; from < events.size(); ++from) {
    if (events[from].key != wanted.key) continue;
    const int here = closeness(wanted, events[from]);
    if (here <= most) continue;
    most = here;
    best = &events[from];
  }
  return best;
}

std::optional<std::string> all_of_another_kind(const Wanted& wanted, const std::vector<model::Event>& events,
                                               std::size_t from) {
  const auto* asked = wanted.alternatives.front().matcher.find(kind);
  if (asked == nullptr || !asked->is_string()) return {};
  std::size_t count = 0;
  std::string other;
  for (; from < events.size(); ++from) {
    if (events[from].key != wanted.key) continue;
    const auto mode = events[from].fields.text_or(kind, "");
    if (mode == asked->as_string()) return {};
    other = other.empty() || other == mode ? mode : "another than " + asked->as_string();
    ++count;
  }
  if (count == 0) return {};
  return "none; " + std::to_string(count) + " " + wanted.key + " with " + kind + " " + other +
         (count == 1 ? " was" : " were") + " seen";
}

std::vector<Member> members_in_question(const Value& matcher, const Value& fields) {
  std::vector<Member> odd;
  std::vector<Member> literal;
  if (!matcher.is_null()) collect(matcher, &fields, {}, odd, literal);
  odd.insert(odd.end(), literal.begin(), literal.end());
  return odd;
}

Decidable decidable_part(const Value& matcher, const Value& fields) {
  Decidable out{matcher};
  if (!matcher.is_map() || !model::matcher_of(matcher).empty()) return out;
  out.matcher = Value::Map{};
  for (const auto& [key, wanted] : matcher.as_map()) {
    const auto* actual = fields.find(key);
    if (actual != nullptr && *actual == Value(peer::unconfirmed_nonce)) {
      out.whole = false;
    } else {
      out.matcher[key] = wanted;
    }
  }
  return out;
}

Value laid_over(Value under, const Value& over) {
  const bool map = over.is_map() && model::matcher_of(over).empty();
  if (!map || !under.is_map() || !model::matcher_of(under).empty()) return over;
  for (const auto& [key, value] : over.as_map()) {
    const auto* before = under.find(key);
    under[key] = before == nullptr ? value : laid_over(*before, value);
  }
  return under;
}

}  // namespace dmsc::engine
