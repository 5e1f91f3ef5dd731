// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "runner/model/event.hpp"

namespace dmsc::engine {

/// Which of our own messages a case words itself. Such a message may be wrong on purpose: it is not held against us.
class Script {
 public:
  /// A stimulus is carried out from the event `from` on.
  void act(const std::string& stimulus, const Value& parameters, std::size_t from);
  /// From the event `from` on our end answers this message (`proactive.KEY`, `response.KEY`) in the case's words.
  void answer(const std::string& message, const Value& members, std::size_t from);
  /// The words of `answer` are taken back.
  void answer_by_default(std::size_t from);
  /// The stimulus is over: what comes is our own again.
  void done(std::size_t from);

  bool covers(const model::Event& event) const;

 private:
  struct Part {
    std::string pattern;
    std::size_t from = 0;
    std::size_t to = std::string::npos;
    bool of_answer = false;
  };
  void add(std::string pattern, std::size_t from, bool of_answer) {
    parts_.push_back({std::move(pattern), from, std::string::npos, of_answer});
  }

  std::vector<Part> parts_;
};

}  // namespace dmsc::engine
