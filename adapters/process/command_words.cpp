// SPDX-License-Identifier: Apache-2.0
#include "adapters/process/command_words.hpp"

namespace dmsc::process {
namespace {

constexpr std::string_view blanks = " \t\r\n";
constexpr std::string_view escaped_in_quotes = "\"\\$`";

class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_(text) {}

  Result<std::vector<std::string>> split() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (blanks.find(c) != std::string_view::npos) {
        end_word();
        ++at_;
      } else if (c == '\'' || c == '"') {
        if (!take_quoted(c)) return fail(Errc::usage, "the quote does not end", quote_);
      } else {
        if (c == '\\' && at_ + 1 < text_.size()) ++at_;
        put();
      }
    }
    end_word();
    if (words_.empty()) return fail(Errc::usage, "there is no command");
    return std::move(words_);
  }

 private:
  void put() {
    word_ += text_[at_++];
    in_word_ = true;
  }

  bool take_quoted(char quote) {
    quote_ = at_++;
    in_word_ = true;  // "" is a word
    while (at_ < text_.size() && text_[at_] != quote) {
      const bool escape = quote == '"' && text_[at_] == '\\' && at_ + 1 < text_.size() &&
                          escaped_in_quotes.find(text_[at_ + 1]) != std::string_view::npos;
      if (escape) ++at_;
      put();
    }
    return at_++ < text_.size();
  }

  void end_word() {
    if (in_word_) words_.push_back(std::move(word_));
    word_.clear();
    in_word_ = false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t quote_ = 0;
  std::string word_;
  bool in_word_ = false;
  std::vector<std::string> words_;
};

}  // namespace

Result<std::vector<std::string>> split_command(std::string_view command) {
  return Splitter(command).split();
}

}  // namespace dmsc::process
