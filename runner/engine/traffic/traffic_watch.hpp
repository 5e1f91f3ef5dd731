// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <set>
#include <span>

#include "runner/engine/traffic/traffic_state.hpp"
#include "runner/load/library.hpp"
#include "runner/model/traffic.hpp"

namespace dmsc::engine {

/// What rules know beside the trace.
struct TrafficFacts {
  model::Dut dut{};       ///< who is under test
  std::string server_id;  ///< of the DM account
  std::string client_name;
};

/// A DM session so far, as far as what comes next must refer to it.
struct DmTalk {
  struct Side {
    std::map<std::string, Value> sent;                       ///< messages by MsgID
    std::set<std::pair<std::string, std::string>> answered;  ///< MsgRef and CmdRef of each Status that it sent
    std::set<std::string> refused;                           ///< MsgRef of messages whose sender it did not believe
    std::string last;                                        ///< MsgID
    std::size_t count = 0;
    bool open = false;  ///< the last message had no Final
  };
  bool begun = false;
  bool ended = false;
  bool aborted = false;
  std::string session;
  std::string device;     ///< LocURI of the client
  std::string server;     ///< what the client calls the server
  std::string device_id;  ///< ./DevInfo/DevId, once it was told
  std::string host;       ///< and port of the HTTP request that brought the message
  Side client;
  Side server_side;
};

/// Whether a client that was challenged counts its messages from 1 again, within the session.
bool begins_anew(const DmTalk& talk, const model::Event& client_message);

class TrafficWatch;

/// One event under the eyes of a rule.
struct Glance {
  const std::vector<model::Event>& events;
  const model::Event& event;
  const TrafficState& state;
  const TrafficFacts& facts;
  const DmTalk& talk;

  /// The command that the event answers, or null.
  const model::Event* asked() const;
  std::string_view tail() const;  ///< of the key, behind its first dot
};

/// Where a rule puts what it saw.
class TrafficNotes {
 public:
  /// One more chance for the rule to be broken.
  void occasion(std::size_t count = 1) { occasions_ += count; }
  /// @param kind      tells the breaches of the rule apart; without numbers that differ each time
  /// @param observed  the second half of a finding
  void breach(std::string kind, model::Verdict verdict, std::string observed,
              std::optional<std::size_t> offset = std::nullopt);
  void fails(std::string kind, std::string observed, std::optional<std::size_t> offset = std::nullopt) {
    breach(std::move(kind), model::Verdict::fail, std::move(observed), offset);
  }
  void advises(std::string kind, std::string observed, std::optional<std::size_t> offset = std::nullopt) {
    breach(std::move(kind), model::Verdict::advisory, std::move(observed), offset);
  }

 private:
  friend class TrafficWatch;
  struct Note {
    std::string kind;
    model::Verdict verdict;
    std::string observed;
    std::optional<std::size_t> offset;
  };
  std::size_t occasions_ = 0;
  std::vector<Note> notes_;
};

/// The check of a rule, called for each event whose key begins with `on`.
struct TrafficCheck {
  const char* rule;
  const char* on;
  void (*judge)(const Glance& glance, TrafficNotes& notes);
};
std::span<const TrafficCheck> toolkit_checks();   ///< of a card's proactive commands
std::span<const TrafficCheck> answer_checks();    ///< of a card's status words and response data
std::span<const TrafficCheck> response_checks();  ///< of a device's terminal responses
std::span<const TrafficCheck> envelope_checks();  ///< of a device's envelopes and commands
std::span<const TrafficCheck> channel_checks();   ///< of a device's channels
std::span<const TrafficCheck> message_checks();   ///< of DM messages, both directions

/// Holds every event of a case against every rule: the device under test for the tally, our own side for errors of
/// ours. Works on events alone, in their order, as they come.
/// Source: the rows of model::traffic_rules()
class TrafficWatch {
 public:
  TrafficWatch(const load::Library& library, TrafficFacts facts)
      : library_(library), facts_(std::move(facts)), state_(facts_.dut == model::Dut::device) {}

  /// Looks at the events from where it stopped.
  /// @param scripted  whether our own part of an event was asked for by the case word by word
  void look(const std::vector<model::Event>& events, const std::function<bool(const model::Event&)>& scripted);

  /// What the device under test did, by rule; findings say step 0.
  model::TrafficTally take_tally() { return std::move(tally_); }
  const model::TrafficTally& tally() const { return tally_; }

  /// What we did wrong and the case did not ask for: the first, if there is one.
  const std::optional<model::Finding>& own_fault() const { return own_fault_; }

 private:
  void follow(const model::Event& event);
  void record(const model::TrafficRule& rule, const TrafficNotes::Note& note, const model::Event& event,
              model::TrafficCount& count);

  const load::Library& library_;
  TrafficFacts facts_;
  TrafficState state_;
  DmTalk talk_;
  std::size_t next_ = 0;
  model::TrafficTally tally_;
  std::optional<model::Finding> own_fault_;
  bool peer_broke_ = false;  ///< what we say to a peer that breaks rules may follow from it
};

}  // namespace dmsc::engine
