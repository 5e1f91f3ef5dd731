// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <optional>

#include "runner/base/octets.hpp"
#include "runner/codec/wire/node.hpp"
#include "runner/peer/session/outgoing.hpp"
#include "runner/peer/uicc/personality.hpp"

namespace dmsc::peer {

/// The card's end of the proactive loop: commands wait in a queue, the first is announced by 91XX on each normal ending
/// until it is fetched, and nothing more is announced until its terminal response.
/// Source: ETSI TS 102 223, 6.1 to 6.4; ETSI TS 102 268 test cre_pcs_igco
class Toolkit {
 public:
  using Responded = std::function<void(const codec::Decoded& response)>;

  explicit Toolkit(Tamper tamper = {}, bool holds_back = true, Numbering numbering = {})
      : tamper_(std::move(tamper)), holds_back_(holds_back), numbering_(numbering), number_(numbering.first) {}

  /// Nothing waits any more; the numbers go on.
  void reset();

  /// Puts a proactive command in the queue; the tamper sees it first. Unless the members name a number, it gets the
  /// next one, so that none comes twice before all were used.
  /// @param then  called with the terminal response to it; never called after a reset
  void queue(const std::string& key, const std::string& variant, Value members, Responded then = {});

  /// Counts one command of the terminal, which lets delayed messages come nearer.
  void tick();

  /// The command to announce now; null when nothing waits or one is with the terminal.
  const Octets* announced() const;

  /// Hands the announced command out. @return null when nothing is announced
  std::optional<Octets> fetch();

  enum class Reception { taken, not_expected, of_another_command };
  /// The terminal answered. A response to another command leaves the one with the terminal where it is.
  /// What a response must share with the command that is with the terminal to be taken for its answer.
  struct Match {
    bool command = true;  ///< its type
    bool number = true;   ///< of the command details
  };
  Reception responded(const codec::Decoded& response, const Match& match);
  Reception responded(const codec::Decoded& response) { return responded(response, {}); }

  bool with_terminal() const { return with_terminal_.has_value(); }

 private:
  struct Waiting {
    std::string key;
    Octets octets;
    int delay = 0;
    Responded then;
  };
  void number(Value& members);
  static Octets written(const std::string& key, const std::string& variant, const Value& members);

  Tamper tamper_;
  bool holds_back_;
  Numbering numbering_;
  std::int64_t number_;  ///< of the next command
  std::deque<Waiting> waiting_;
  std::optional<Waiting> with_terminal_;
};

}  // namespace dmsc::peer
