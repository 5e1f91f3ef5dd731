// SPDX-License-Identifier: Apache-2.0
#include "runner/model/traffic.hpp"

#include <algorithm>
#include <tuple>

namespace dmsc::model {
namespace {

constexpr auto card = Dut::card;
constexpr auto device = Dut::device;
constexpr auto fail = Verdict::fail;
constexpr auto advisory = Verdict::advisory;

constexpr const char* official = "ETSI TS 102 268 and 3GPP TS 31.124: every vector";
constexpr const char* memory = "memory, or one source";
constexpr const char* syncml = "SyncML Representation Protocol as [MS-MDM] 2.2 quotes it; OMA DM Protocol 1.2.1, 2.3";

// clang-format off
constexpr TrafficRule rows[] = {
    // A card on its interface.
    {"announced_length", card, "CAT-1", fail, "fetched commands",
     "XX of 91XX is the length of what FETCH brings (00 is 256)", "cat.md 1.2 and 1.3: ETSI TS 102 268, every FETCH"},
    {"announced_fetched", card, "CAT-1", fail, "announced commands that were fetched",
     "FETCH of an announced command is answered with the command", "ETSI TS 102 268 cre_pcs_igco", true},
    {"command_form", card, "CAT-4", fail, "proactive commands",
     "a well-formed proactive command", "ETSI TS 101 220, 7.1", true},
    {"command_objects", card, "CAT-4", fail, "proactive commands",
     "no object with the comprehension bit that does not belong to the command", "GSM 11.14, 6.9.4 and 6.9.5, read", true},
    {"command_number", card, "CAT-4", advisory, "proactive commands",
     "a command number from 01 to FE", memory},
    {"command_order", card, "CAT-4", advisory, "proactive commands",
     "objects in the order of the command", memory},
    {"command_identities", card, "CAT-11", fail, "proactive commands",
     "device identities of the command: from the UICC to whom it is for", official},
    {"command_timer", card, "CAT-6", fail, "TIMER MANAGEMENT commands",
     "timer 1 to 8 and a value in swapped BCD that a clock can show", "cat.md 3.1 and 3.10: five sources"},
    {"inside_profile", card, "CAT-2", fail, "proactive commands, events asked for, qualifiers",
     "only what the terminal profile allows", "ETSI TS 102 268 cre_pcs_spco; rows of the profile that are solid"},
    {"own_channels", card, "CAT-8", fail, "commands for a channel",
     "a channel that was granted and is open", "ETSI TS 102 268 cre_tin_chal; 3GPP TS 31.124, 27.22.4.28 to .30"},
    {"stored_data_sent", card, "DMSC-7.1-11", fail, "channels of the DM Client on which data were stored",
     "data that were stored are sent before their channel is closed", "3GPP TS 31.124, 27.22.4.30", true},
    {"response_status", card, "CAT-1", advisory, "terminal responses",
     "a normal ending", "cat.md 1.2: an error although the effect is there"},
    {"envelope_status", card, "CAT-1", advisory, "envelopes",
     "a normal ending", "cat.md 1.2: an error although the effect is there"},
    {"command_status", card, "CAT-1", advisory, "TERMINAL PROFILE, STATUS and SELECT MF",
     "a normal ending", "cat.md 1.2"},
    {"status_class", card, "CAT-1", advisory, "responses",
     "a status word of class 6X or 9X", memory},
    {"nothing_behind", card, "CAT-1", fail, "responses to commands that ask for no data",
     "no response data", "cat.md 1.1: TERMINAL PROFILE and TERMINAL RESPONSE bring nothing, four sources; P2 0C, two"},
    {"call_answer", card, "CAT-5", fail, "answers to call control",
     "a well-formed answer to call control", "ETSI TS 102 268 cre_apt_eccn"},
    {"answer_version", card, "SCWS-3", advisory, "answers of the web server",
     "HTTP/1.1", memory},
    // A device on its card's interface.
    {"response_details", device, "CAT-9", fail, "terminal responses",
     "the command details of the command that was fetched", official},
    {"one_response", device, "CAT-9", fail, "terminal responses",
     "one terminal response to each command that was fetched", "ETSI TS 102 268, every command"},
    {"response_identities", device, "CAT-11", fail, "terminal responses",
     "device identities from the terminal to the UICC", official},
    {"envelope_identities", device, "CAT-11", fail, "envelopes",
     "device identities of the envelope", official},
    {"message_form", device, "CAT-4", fail, "terminal responses and envelopes",
     "a well-formed terminal response or envelope", "ETSI TS 101 220, 7.1", true},
    {"claims_performed", device, "CAT-3", fail, "commands that the profile claims",
     "what the profile claims is performed", "cat.md 3.3: 30 and 31 are permanent, five sources"},
    {"result_ground", device, "CAT-3", advisory, "terminal responses",
     "a general result that has a ground", memory},
    {"result_complete", device, "CAT-3", fail, "responses that say a command was performed",
     "what the command asked for", "3GPP TS 31.124, 27.22.4.15, .21, .27 to .31"},
    {"bip_cause", device, "CAT-7", fail, "responses with a bearer independent protocol error",
     "additional information that fits the cause, and no channel status", "cat.md 3.3: every source has the octet"},
    {"channel_granted", device, "CAT-7", fail, "channels opened",
     "a channel from 1 to 7 that was not open, linked or listening as its mode wants, with the buffer it has",
     "cat.md 3.4 and 4.3; ETSI TS 102 268 cre_tin_chal", true},
    {"channel_told", device, "CAT-7", fail, "events and answers about channels",
     "only channels that are open", "cat.md 4.7: two sources", true},
    {"data_arithmetic", device, "CAT-7", fail, "data available, remaining lengths and rooms",
     "lengths and rooms that agree with the octets that go over the channel", "3GPP TS 31.124, 27.22.4.29 and .30"},
    {"timer_told", device, "CAT-3", fail, "timer values",
     "a value in swapped BCD that agrees with the clock", "cat.md 3.1: five sources for the coding"},
    {"timer_once", device, "CAT-3", fail, "timer expirations",
     "one expiration of a timer that runs", "3GPP TS 31.124, 27.22.4.21"},
    {"message_once", device, "SMS-4", fail, "SMS-PP downloads",
     "each message downloaded once", "3GPP TS 31.111, 7.1.1.1"},
    {"events_asked", device, "CAT-3", fail, "event downloads",
     "only events of the last SET UP EVENT LIST", "3GPP TS 31.124, 27.22.4.16; ETSI TS 102 268 cre_pcs_spco"},
    {"own_profile", device, "CAT-3", fail, "envelopes",
     "nothing that the device's own profile does not claim", "rows of the profile that are solid"},
    {"class_bytes", device, "CAT-12", fail, "TERMINAL PROFILE, ENVELOPE, FETCH, TERMINAL RESPONSE and STATUS",
     "class 80, P1 and P2 of the command", "cat.md 1.1: four sources"},
    {"prompt_fetch", device, "CAT-12", advisory, "announced commands",
     "FETCH before anything else and without delay", memory},
    {"registry_port", device, "DMSC-7.1-5", fail, "registered DM Clients",
     "a port of the DM Client that no other application of the registry has", "DM_SC 7.1 phase 1", true},
    // DM messages of a card's server.
    {"server_references", card, "DM-2", fail, "Status and Results of the server",
     "MsgRef, CmdRef and Cmd of a command that was sent, one Status each", syncml},
    {"server_ids", card, "DM-2", fail, "commands of the server",
     "a CmdID that is present, not 0, and no other command's", syncml},
    {"server_codes", card, "DM-2", fail, "Status of the server",
     "a code of three digits", syncml},
    {"server_numbers", card, "DM-2", fail, "messages of the server",
     "MsgID counted from 1", syncml},
    {"server_header", card, "DM-2", fail, "messages of the server",
     "VerDTD, VerProto, SessionID, Target and Source of the session", syncml},
    {"server_credentials", card, "DM-3", fail, "credentials and challenges of the server",
     "Type and Format of its kind, and a nonce where the kind has one", "OMA DM Security 1.2.1, 5.1"},
    // DM messages of a device's client.
    {"client_references", device, "DM-5", fail, "Status and Results of the client",
     "MsgRef, CmdRef and Cmd of a command that was sent, one Status each", syncml},
    {"client_ids", device, "DM-5", fail, "commands of the client",
     "a CmdID that is present, not 0, and no other command's", syncml},
    {"client_codes", device, "DM-5", fail, "Status of the client",
     "a code of three digits", syncml},
    {"client_numbers", device, "DM-1", fail, "messages of the client",
     "MsgID counted from 1", syncml},
    {"client_header", device, "DM-1", fail, "messages of the client",
     "VerDTD, VerProto, SessionID, Target and Source of the session", syncml},
    {"client_commands", device, "DM-1", fail, "commands of the client",
     "Alert, Replace, Status and Results alone, one Alert that starts the session", "OMA DM Protocol 1.2.1, 2.3"},
    {"client_credentials", device, "DM-3", fail, "credentials and challenges of the client",
     "Type and Format of its kind, the user's name, and a nonce where the kind has one", "OMA DM Security 1.2.1, 5.1"},
};
// clang-format on

}  // namespace

std::span<const TrafficRule> traffic_rules() {
  return rows;
}

const TrafficRule* find_traffic_rule(std::string_view name) {
  const auto row =
      std::find_if(std::begin(rows), std::end(rows), [&](const TrafficRule& one) { return one.name == name; });
  return row == std::end(rows) ? nullptr : &*row;
}

void TrafficCount::add(const TrafficCount& other) {
  occasions += other.occasions;
  for (const auto& [kind, breach] : other.breaches) {
    const auto [mine, is_new] = breaches.emplace(kind, breach);
    if (is_new) continue;
    auto& into = mine->second;
    const auto count = into.count + breach.count;
    const auto cases = into.cases + breach.cases;
    if (std::tie(breach.id, breach.exchange) < std::tie(into.id, into.exchange)) into = breach;
    into.count = count;
    into.cases = cases;
  }
}

void add(TrafficTally& to, const TrafficTally& from) {
  for (const auto& [rule, count] : from) to[rule].add(count);
}

Verdict worst_of(const TrafficCount& count) {
  auto verdict = Verdict::pass;
  for (const auto& [kind, breach] : count.breaches) verdict = worse(verdict, breach.finding.verdict);
  return verdict;
}

}  // namespace dmsc::model
