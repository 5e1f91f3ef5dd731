// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "runner/model/event.hpp"

namespace dmsc::engine {

/// What card and terminal have said to each other so far, as far as rules over all traffic need it. Made of events
/// alone, so it is the same for a live run and for any other trace.
class TrafficState {
 public:
  /// @param any_response  a terminal response with other command details is taken for the one that is due, as the card
  ///                      does that we play; a card under test may leave it
  explicit TrafficState(bool any_response = false) : any_response_(any_response) {}

  /// Takes in one event, after the rules have looked at it.
  void take(const model::Event& event, std::size_t at, bool scripted);

  struct Channel {
    enum class Life { closed, open, doubtful };  ///< doubtful: either end may rightly think it closed
    Life life = Life::closed;
    bool was_open = false;  ///< once, since the reset
    std::string mode;       ///< uicc_server, terminal_server or packet
    std::string protocol;
    std::int64_t port = 0;
    std::size_t buffer = 0;           ///< octets granted; 0: not told
    std::size_t stored = 0;           ///< octets of SEND DATA since the last that was sent immediately
    std::optional<std::size_t> room;  ///< told last, below 255
    bool room_shrinks = false;        ///< nothing was sent since, so that nothing can have made room
    std::optional<std::size_t> due;   ///< octets that RECEIVE DATA must at least bring: told and not yet read
    bool announced = false;           ///< `due` comes from a data available event
  };
  struct Timer {
    bool runs = false;
    model::Moment started{};
    model::Moment length{};
  };
  /// A proactive command that was fetched and waits for its terminal response.
  struct Pending {
    std::size_t event = 0;
    std::string key;  ///< without `proactive.`
    bool scripted = false;
    bool clean = false;  ///< well formed
  };
  struct Announced {
    std::size_t length = 0;
    model::Moment at{};
    std::size_t commands = 0;  ///< of the terminal since, without FETCH
  };
  /// The last command of the terminal, whose response is awaited.
  struct Command {
    std::string key;
    Value fields;  ///< of a command, p1 and p2 among them
    bool scripted = false;
    bool clean = true;                     ///< well formed, where it is a message
    std::array<std::uint8_t, 4> header{};  ///< CLA, INS, P1, P2
  };

  const Octets& profile() const { return profile_; }
  bool profiled() const { return profiled_; }
  bool claims(std::string_view facility) const;
  const std::optional<Announced>& announced() const { return announced_; }
  const std::optional<Pending>& pending() const { return pending_; }
  const Command& command() const { return command_; }
  const Channel& channel(std::int64_t number) const;
  std::size_t open_channels() const;
  const Timer& timer(std::int64_t number) const;
  bool asked_for(const std::string& event) const { return events_.contains(event); }
  /// Applications of the registry with those of one more envelope, those of earlier envelopes first, 256 at most. It
  /// begins anew behind a last envelope, and where the DM Client comes again: not every terminal says which is the
  /// last.
  std::vector<Value> registry_with(const Value& envelope) const;
  /// The last SMS-PP download that the card took and that no new delivery explains; empty: none.
  const std::string& downloaded() const { return downloaded_; }

 private:
  void take_proactive(const model::Event& event, std::size_t at, bool scripted);
  void take_response(const model::Event& event);
  void take_terminal_response(const model::Event& event);
  void take_envelope(const model::Event& event);
  Channel* find(std::int64_t number);

  bool any_response_ = false;
  Octets profile_;
  bool profiled_ = false;
  std::optional<Announced> announced_;
  std::optional<Pending> pending_;
  Value asked_;  ///< fields of the pending command
  Command command_;
  std::array<Channel, 7> channels_;
  std::array<Timer, 8> timers_;
  std::size_t expired_ = 0;  ///< number of the timer told last, if it ran
  std::set<std::string> events_;
  std::vector<Value> registry_;
  bool registry_whole_ = false;
  std::string downloading_;
  std::string downloaded_;
};

/// 1 to 7 where the message is directed to a channel, else 0.
std::int64_t channel_of(const Value& fields);

/// Whether the terminal response says that the command was performed.
bool performed(const Value& response);

/// Hours, minutes and seconds as time; nothing where a part is no number.
std::optional<model::Moment> time_of(const Value* timer_value);

}  // namespace dmsc::engine
