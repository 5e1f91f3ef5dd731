// SPDX-License-Identifier: Apache-2.0
#include "runner/cli/interview.hpp"

#include <algorithm>
#include <charconv>
#include <iostream>
#include <set>

#include "runner/base/json.hpp"
#include "runner/base/text.hpp"
#include "runner/cli/item_words.hpp"
#include "runner/engine/static_review.hpp"

namespace dmsc::cli {
namespace {

std::string trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(blanks) - first + 1));
}

std::optional<bool> yes_or_no(const std::string& text) {
  if (text == "y" || text == "yes" || text == "true") return true;
  if (text == "n" || text == "no" || text == "false") return false;
  return {};
}

/// An answer to an item, or why it is none.
tl::expected<Value, std::string> flag_of(const std::string& text) {
  const auto flag = yes_or_no(text);
  if (!flag) return tl::make_unexpected("\"" + text + "\" is neither yes nor no");
  return Value(*flag);
}

/// The value that a line stands for, of the kind that its item has.
Value value_of(const load::PixitItem& item, const std::string& text) {
  std::int64_t number = 0;
  const auto* end = text.data() + text.size();
  if (item.kind == "number" && std::from_chars(text.data(), end, number).ptr == end) return number;
  if (const auto flag = yes_or_no(text); item.kind == "flag" && flag) return *flag;
  return text;
}

class Interview {
 public:
  Interview(const load::Library& library, model::Dut dut, std::filesystem::path pixit, std::istream& in,
            std::ostream& out)
      : library_(library), words_(library.vocabulary()), pixit_(std::move(pixit)), in_(in), out_(out) {
    ics_.dut = dut;
    for (const auto& item : words_.ics.items) {
      if (item.dut == dut) open_.push_back(&item);
    }
  }

  Result<void> ask_items() {
    out_ << "Items of the ICS: yes or no, an empty line takes what stands in brackets.\n";
    while (!open_.empty()) {
      const auto next = std::find_if(open_.begin(), open_.end(), [&](const auto* item) { return can_be_asked(*item); });
      if (next == open_.end()) throw std::logic_error("conditions of the ICS items wait for each other");
      const auto& item = **next;
      open_.erase(next);
      const auto asked = ask_item(item);
      if (!asked) return asked;
      tell_breaches();
    }
    return {};
  }

  Result<void> ask_values() {
    bool first = true;
    for (const auto& value : words_.pixit_items) {
      if (!load::needs(ics_, value)) continue;
      if (std::exchange(first, false)) out_ << "Values of the PIXIT that these answers need.\n";
      const auto asked = ask_value(value);
      if (!asked) return asked;
    }
    return {};
  }

  Interviewed result(const std::string& title) const {
    Value items = Value::Map{};
    for (const auto& item : words_.ics.items) {
      if (ics_.items.contains(item.id)) items[item.id] = model::claims(ics_, item.id);
    }
    Interviewed out;
    out.ics = Value::Map{{"title", title}, {"dut", name_of(ics_.dut)}, {"items", std::move(items)}};
    out.pixit = Value::Map{{"title", title}, {"values", values_}};
    out.statement = ics_;
    return out;
  }

 private:
  bool is_open(std::string_view id) const {
    return std::any_of(open_.begin(), open_.end(), [&](const auto* item) { return item->id == id; });
  }

  /// Whether everything is answered that its condition names.
  bool can_be_asked(const model::IcsItem& item) const {
    const auto leaves = model::leaves_of(item.condition);
    return std::none_of(leaves.begin(), leaves.end(), [&](const auto& leaf) { return is_open(leaf); });
  }

  bool condition_holds(const model::IcsItem& item) const {
    return model::judge_tree(item.condition, [&](const Value& leaf) { return judge_item(leaf.as_string(), ics_); })
        .applicable;
  }

  const std::string& status_of(const model::IcsItem& item) const {
    static const std::string optional = "O";
    if (item.condition.is_null()) return item.status;
    return condition_holds(item) ? item.then : optional;
  }

  /// A no would break its status: it is mandatory, or the last of a group of which none is claimed.
  bool must_be_claimed(const model::IcsItem& item) const {
    const auto& status = status_of(item);
    if (status == "M") return true;
    if (status == "O") return false;
    return std::none_of(words_.ics.items.begin(), words_.ics.items.end(), [&](const auto& other) {
      const bool same = other.dut == item.dut && other.id != item.id && status_of(other) == status;
      return same && (is_open(other.id) || model::claims(ics_, other.id));
    });
  }

  Result<void> ask_item(const model::IcsItem& item) {
    // What a condition makes mandatory is optional elsewhere; what it makes one of a group has no meaning elsewhere.
    const bool of_a_group = !item.condition.is_null() && item.then != "M";
    if (of_a_group && !condition_holds(item)) return {};
    const Value fallback = must_be_claimed(item);
    out_ << "\n"
         << item.id << ": " << item.text << "\n  " << item.clause << "; status " << status_in_words(item) << "\n";
    auto answer = ask(item.id, fallback.as_bool() ? "yes" : "no", fallback, flag_of);
    if (!answer) return tl::make_unexpected(answer.error());
    ics_.items[item.id] = answer->as_bool();
    return {};
  }

  Result<void> ask_value(const load::PixitItem& value) {
    out_ << "\n"
         << value.id << ": " << value.text << "\n  " << format_in_words(value) << "; needed by "
         << need_in_words(value, ics_.dut);
    if (!value.example.is_null()) out_ << "; for example " << write_json(value.example);
    out_ << "\n";
    const auto shown_default = value.fallback.is_null() ? std::string{} : write_json(value.fallback);
    auto answer =
        ask(value.id, shown_default, value.fallback, [&](const std::string& text) { return read(value, text); });
    if (!answer) return tl::make_unexpected(answer.error());
    values_[value.id] = std::move(*answer);
    return {};
  }

  tl::expected<Value, std::string> read(const load::PixitItem& item, const std::string& text) const {
    auto value = value_of(item, text);
    auto sentence = load::misfit(item, value);
    if (sentence.empty() && item.kind == "file") {
      const auto content = library_.named_content(text, pixit_);
      if (!content) sentence = content.error().message;
    }
    if (!sentence.empty()) return tl::make_unexpected(std::move(sentence));
    return value;
  }

  /// @param fallback  what an empty line stands for; null: nothing does
  template <class Read>
  Result<Value> ask(const std::string& id, const std::string& shown, const Value& fallback, Read read_line) {
    for (int tries = 0; tries < most_tries; ++tries) {
      out_ << id << (shown.empty() ? "" : " [" + shown + "]") << ": " << std::flush;
      const auto line = next_line();
      if (!line) {
        out_ << "\n";
        return fail(Errc::data, "the answers end before " + id + " is answered");
      }
      if (line->size() > longest_answer) {
        return fail(Errc::data,
                    "the answer for " + id + " has more than " + std::to_string(longest_answer) + " octets");
      }
      const auto text = trimmed(*line);
      if (text.empty() && !fallback.is_null()) return fallback;
      auto value = read_line(text);
      if (value) return std::move(*value);
      out_ << "  " << printable(value.error()) << "\n";
    }
    return fail(Errc::data, "no answer for " + id + " in " + std::to_string(most_tries) + " tries");
  }

  /// An octet more than an answer may have, at most. @return  nothing where the answers end
  std::optional<std::string> next_line() {
    std::string line;
    char octet = 0;
    while (line.size() <= longest_answer && in_.get(octet)) {
      if (octet == '\n') return line;
      line.push_back(octet);
    }
    if (line.empty()) return {};
    return line;
  }

  /// What no further answer can mend.
  void tell_breaches() {
    auto hopeful = ics_;
    for (const auto* item : open_) hopeful.items[item->id] = true;
    std::vector<std::string> sentences;
    for (const auto& row : engine::review(words_.ics.items, hopeful)) {
      if (row.verdict == model::Verdict::fail) sentences.push_back(row.expected + ", got: " + row.observed);
    }
    std::vector<model::Consistency> decided;
    for (const auto& rule : words_.ics.consistency) {
      const auto leaves = model::leaves_of(rule.holds);
      if (std::none_of(leaves.begin(), leaves.end(), [&](const auto& leaf) { return is_open(leaf); })) {
        decided.push_back(rule);
      }
    }
    for (auto& sentence : engine::contradictions(decided, ics_)) sentences.push_back("contradicts itself: " + sentence);
    for (const auto& sentence : sentences) {
      if (told_.insert(sentence).second) out_ << "  the statement breaks a condition: " << sentence << "\n";
    }
  }

  const load::Library& library_;
  const load::Vocabulary& words_;
  std::filesystem::path pixit_;
  std::istream& in_;
  std::ostream& out_;
  std::vector<const model::IcsItem*> open_;  ///< not asked yet, in their order
  model::Ics ics_;
  Value values_ = Value::Map{};
  std::set<std::string> told_;
};

}  // namespace

Result<Interviewed> interview(const load::Library& library, model::Dut dut, const std::string& title,
                              const std::filesystem::path& pixit, std::istream& in, std::ostream& out) {
  Interview talk(library, dut, pixit, in, out);
  const auto items = talk.ask_items();
  if (!items) return tl::make_unexpected(items.error());
  const auto values = talk.ask_values();
  if (!values) return tl::make_unexpected(values.error());
  return talk.result(title);
}

}  // namespace dmsc::cli
