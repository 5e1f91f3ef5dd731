// SPDX-License-Identifier: Apache-2.0
#include "runner/cli/message_filter.hpp"

#include <algorithm>
#include <cctype>

#include "runner/base/json.hpp"
#include "runner/base/text.hpp"

namespace dmsc::cli {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

/// Walks all values of a message and gives those whose path ends in the key.
class Search {
 public:
  explicit Search(std::string_view key) : key_(key) {}

  void message(const codec::Decoded& message) {
    for (const auto& [key, text] :
         {std::pair<std::string, std::string>{"kind", message.kind}, {"key", message.key}, {"name", message.name}}) {
      offer(key, text);
    }
    nodes(message.fields, {});
  }

  const std::vector<std::string>& found() const { return found_; }
  bool is_there() const { return there_; }

 private:
  void nodes(const std::vector<codec::Node>& list, const std::string& around) {
    for (const auto& node : list) {
      const auto path = around.empty() ? node.key : around + "." + node.key;
      const bool message_inside = around.empty() && !node.fields.empty();
      if (message_inside && key_ == "key") offer("key", node.key);
      if (message_inside && key_ == "name") offer("name", node.name);
      offer(path, to_hex(node.octets));
      if (!node.note.empty()) offer(path, node.note);
      value(node.value, path);
      nodes(node.fields, path);
    }
  }

  void value(const Value& value, const std::string& path) {
    if (value.is_map()) {
      for (const auto& [key, member] : value.as_map()) this->value(member, path + "." + key);
    } else if (value.is_list()) {
      for (const auto& item : value.as_list()) this->value(item, path);
    } else if (!value.is_null()) {
      offer(path, value.is_string() ? value.as_string() : write_json(value));
    }
  }

  void offer(const std::string& path, const std::string& text) {
    const bool fits = path == key_ ||
                      (path.size() > key_.size() && path.ends_with(key_) && path[path.size() - key_.size() - 1] == '.');
    if (!fits) return;
    there_ = true;
    found_.push_back(lower(text));
  }

  std::string_view key_;
  std::vector<std::string> found_;
  bool there_ = false;
};

}  // namespace

Result<MessageFilter> MessageFilter::parse(std::string_view text) {
  MessageFilter out;
  const auto at = text.find('=');
  const bool different = at != std::string_view::npos && at > 0 && text[at - 1] == '!';
  out.key_ = text.substr(0, different ? at - 1 : at);
  if (at != std::string_view::npos) {
    out.value_ = lower(text.substr(at + 1));
    out.test_ = different ? Test::different : Test::equal;
  }
  if (out.key_.empty()) return fail(Errc::usage, "--filter " + std::string(text) + ": KEY=VALUE expected");
  return out;
}

bool MessageFilter::passes(const codec::Decoded& message) const {
  Search search(key_);
  search.message(message);
  if (test_ == Test::present) return search.is_there();
  const bool fits = std::ranges::any_of(search.found(), [&](const auto& text) { return glob_match(value_, text); });
  return fits == (test_ == Test::equal);
}

bool pass_all(const std::vector<MessageFilter>& filters, const codec::Decoded& message) {
  return std::ranges::all_of(filters, [&](const auto& filter) { return filter.passes(message); });
}

}  // namespace dmsc::cli
