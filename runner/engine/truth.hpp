// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "runner/engine/applicability.hpp"
#include "runner/model/event.hpp"

namespace dmsc::engine {

/// One thing that was done to a peer, and all that crossed the interface since.
struct Scene {
  std::string name;  ///< wake:status, only:class_e_k, service_tables, power_on, event:user_activity or poll_interval
  bool happened = true;
  std::vector<model::Event> events;
};

/// What a peer showed of itself.
struct Evidence {
  std::string transport;  ///< uicc.transport of the adapter; empty: nobody says
  std::vector<Scene> scenes;
};

/// One look at the evidence: whether the peer has what an item asks for.
struct Sighting {
  bool has = false;
  std::string words;    ///< `octet 8 bit 1, TIMER MANAGEMENT, start and stop: 0`
  Octets octets;        ///< that it rests on; empty where something did not come
  std::string where;    ///< `power_on, exchange 3`
  bool certain = true;  ///< nothing else in the evidence takes its ground away
};

/// Which answer of the statement a look can contradict.
enum class Against { yes, no, either };

struct TruthRule;
using Look = std::optional<Sighting> (*)(const Evidence& evidence, const TruthRule& rule, const Declared& declared);

/// An item, or a value of the PIXIT, held against one source.
struct TruthRule {
  const char* item;
  model::Dut dut;
  const char* source;  ///< TERMINAL PROFILE, EF.UST, behaviour ...
  const char* word;    ///< what to look for: key of a facility, number of a service, scene, event
  Against against;
  bool certain;          ///< false: one source or memory alone, told as a note
  const char* holds_if;  ///< item without which it is a note too; null: none
  Look look;             ///< nothing: the evidence cannot tell
  const char* clause;
};

std::span<const TruthRule> truth_rules();

/// What the statement says and the peer does not.
struct Contradiction {
  const TruthRule* rule = nullptr;
  std::string declared;  ///< `the ICS says no`
  Sighting seen;
  bool certain = false;
};

struct Truth {
  std::vector<Contradiction> contradictions;  ///< in the order of the rules
  std::size_t held = 0;                       ///< rules of the side for which there was something to see
};

/// Holds a statement and the values that go with it against what was seen.
Truth hold_against(const Declared& declared, const Evidence& evidence);

}  // namespace dmsc::engine
