// SPDX-License-Identifier: Apache-2.0
// Rules on DM messages, those of a client and those of a server.
#include <algorithm>
#include <cctype>
#include <map>

#include "runner/codec/dm/credentials.hpp"
#include "runner/engine/traffic/form.hpp"
#include "runner/engine/traffic/traffic_watch.hpp"
#include "runner/peer/session/dm_values.hpp"

namespace dmsc::engine {
namespace {

using peer::list_of;

bool of_client(const Glance& glance) {
  return glance.event.key == "dm.client_message";
}

const DmTalk::Side& other_side(const Glance& glance) {
  return of_client(glance) ? glance.talk.server_side : glance.talk.client;
}

const DmTalk::Side& own_side(const Glance& glance) {
  return of_client(glance) ? glance.talk.client : glance.talk.server_side;
}

/// Whether the message goes on with the session that was followed: a client's first message begins one.
bool goes_on(const Glance& glance) {
  const bool ended = of_client(glance) && glance.talk.ended;
  return glance.talk.begun && !ended && glance.event.fields.text_or("session_id", "") == glance.talk.session;
}

/// A command with those it holds, by CmdID.
void collect(const Value& command, std::map<std::string, const Value*>& all) {
  all.emplace(command.text_or("cmd_id", ""), &command);
  for (const auto& inner : list_of(command, "commands")) collect(inner, all);
}

std::map<std::string, const Value*> commands_of(const Value& message) {
  std::map<std::string, const Value*> all;
  for (const auto& command : list_of(message, "commands")) collect(command, all);
  return all;
}

/// Octet where a text stands in the message, in either coding.
std::optional<std::size_t> offset_of_text(const model::Event& event, const std::string& text) {
  if (text.empty()) return {};
  const auto found = std::search(event.octets.begin(), event.octets.end(), text.begin(), text.end());
  return found == event.octets.end() ? std::nullopt
                                     : std::optional(static_cast<std::size_t>(found - event.octets.begin()));
}

std::string in_marks(const std::string& text) {
  return "\"" + text + "\"";
}

/// The element a Status or Results names must be one of the other side's.
void judge_reference(const Glance& glance, const Value& command, TrafficNotes& notes) {
  const auto name = command.text_or("command", "");
  const auto msg_ref = command.text_or("msg_ref", "");
  const auto cmd_ref = command.text_or("cmd_ref", "");
  const auto cmd = command.text_or("cmd", "");
  const bool status = name == "status";
  notes.occasion();
  const auto& other = other_side(glance);
  if (msg_ref.empty() && !status) return;  // Results may leave it out where it is 1: told by nobody
  const auto message = other.sent.find(msg_ref);
  if (msg_ref.empty()) {
    notes.fails(name + " without MsgRef", name + " without MsgRef");
    return;
  }
  if (message == other.sent.end()) {
    notes.fails(name + " MsgRef", name + " with MsgRef " + in_marks(msg_ref) + ", which no message has",
                offset_of_text(glance.event, "MsgRef"));
    return;
  }
  if (cmd_ref.empty()) {
    notes.fails(name + " without CmdRef", name + " without CmdRef");
    return;
  }
  const bool header = cmd_ref == "0";
  const auto commands = commands_of(message->second);
  const auto meant = commands.find(cmd_ref);
  if (!header && meant == commands.end()) {
    notes.fails(name + " CmdRef",
                name + " with CmdRef " + in_marks(cmd_ref) + ", which no command of message " + msg_ref + " has",
                offset_of_text(glance.event, "CmdRef"));
    return;
  }
  if (status) {
    const auto wanted = header ? std::string("SyncHdr") : peer::element_of(*meant->second);
    if (cmd.empty()) {
      notes.fails("status without Cmd", "Status without Cmd for " + wanted);
    } else if (cmd != wanted) {
      notes.fails("status Cmd", "Status with Cmd " + in_marks(cmd) + " for " + wanted,
                  offset_of_text(glance.event, cmd));
    }
  } else if (header || meant->second->text_or("command", "") != "get") {
    notes.fails("results of no Get", "Results with CmdRef " + in_marks(cmd_ref) + ", which is no Get");
  }
}

/// A package has ended: whatever the other side asked for in it has its Status.
void judge_missing(const Glance& glance, const std::set<std::pair<std::string, std::string>>& answered,
                   TrafficNotes& notes) {
  const auto& other = other_side(glance);
  for (const auto& [id, message] : other.sent) {
    if (message.bool_or("no_resp", false) || own_side(glance).refused.contains(id)) continue;
    for (const auto& command : list_of(message, "commands")) {
      const auto name = command.text_or("command", "");
      const bool answers = name == "status" || name == "results";
      const auto cmd_id = command.text_or("cmd_id", "");
      if (answers || command.bool_or("no_resp", false) || cmd_id.empty()) continue;
      if (answered.contains({id, cmd_id})) continue;
      // A server's Status for Replace is an example of the protocol, not its words.
      const bool loose = !of_client(glance) && name != "alert";
      notes.breach("no status for " + name, loose ? model::Verdict::advisory : model::Verdict::fail,
                   "no Status for " + peer::element_of(command) + ", CmdID " + in_marks(cmd_id) + " of message " + id);
    }
  }
}

void references(const Glance& glance, TrafficNotes& notes) {
  if (!goes_on(glance)) return;
  auto answered = own_side(glance).answered;
  std::set<std::string> failed_atomics;
  bool refuses = false;
  for (const auto& command : list_of(glance.event.fields, "commands")) {
    const auto name = command.text_or("command", "");
    if (name != "status" && name != "results") continue;
    judge_reference(glance, command, notes);
    if (name != "status") continue;
    const std::pair key(command.text_or("msg_ref", ""), command.text_or("cmd_ref", ""));
    if (!answered.insert(key).second && !key.first.empty() && !key.second.empty()) {
      notes.fails("twice", "a second Status for CmdRef " + in_marks(key.second) + " of message " + key.first);
    }
    const auto code = command.text_or("data", "");
    if (command.text_or("cmd", "") == "Atomic" && code == "507") failed_atomics.insert(key.second);
    refuses = refuses || (key.second == "0" && (code == "401" || code == "407"));
  }
  const auto& other = other_side(glance);
  if (const auto last = other.sent.find(other.last); last != other.sent.end() && !failed_atomics.empty()) {
    const auto commands = commands_of(last->second);
    for (const auto& command : list_of(glance.event.fields, "commands")) {
      if (command.text_or("command", "") != "status" || command.text_or("data", "") != "200") continue;
      for (const auto& id : failed_atomics) {
        const auto atomic = commands.find(id);
        if (atomic == commands.end()) continue;
        for (const auto& inner : list_of(*atomic->second, "commands")) {
          if (inner.text_or("cmd_id", "-") != command.text_or("cmd_ref", "")) continue;
          notes.advises("inside a failed Atomic", "Status 200 for a command of an Atomic that failed");
        }
      }
    }
  }
  const bool ends = glance.event.fields.bool_or("final", false);
  if (ends && !glance.talk.aborted && !refuses && !other.open) judge_missing(glance, answered, notes);
}

void judge_id(const Value& command, std::set<std::string>& taken, TrafficNotes& notes) {
  notes.occasion();
  const auto id = command.text_or("cmd_id", "");
  const auto name = command.text_or("command", "");
  if (id.empty()) notes.fails("missing", name + " without CmdID");
  if (id == "0") notes.fails("zero", name + " with CmdID 0");
  if (!id.empty() && !taken.insert(id).second) notes.fails("twice", "CmdID " + in_marks(id) + " twice in a message");
  for (const auto& inner : list_of(command, "commands")) judge_id(inner, taken, notes);
}

void ids(const Glance& glance, TrafficNotes& notes) {
  std::set<std::string> taken;
  for (const auto& command : list_of(glance.event.fields, "commands")) judge_id(command, taken, notes);
}

void codes(const Glance& glance, TrafficNotes& notes) {
  for (const auto& command : list_of(glance.event.fields, "commands")) {
    if (command.text_or("command", "") != "status") continue;
    notes.occasion();
    const auto code = command.text_or("data", "");
    const bool fits = code.size() == 3 && code[0] >= '1' && code[0] <= '5' &&
                      std::all_of(code.begin(), code.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
    if (!fits)
      notes.fails("code", "Status " + in_marks(code) + " for " + command.text_or("cmd", "?"),
                  offset_of_text(glance.event, "Status"));
  }
}

void numbers(const Glance& glance, TrafficNotes& notes) {
  notes.occasion();
  const auto id = glance.event.fields.text_or("msg_id", "");
  const auto& own = own_side(glance);
  if (!of_client(glance) && !goes_on(glance)) return;
  const bool first = !goes_on(glance) || own.count == 0;
  if (id.empty()) {
    notes.fails("missing", "a message without MsgID");
  } else if (first) {
    if (id != "1")
      notes.fails("first", "the first message with MsgID " + in_marks(id), offset_of_text(glance.event, "MsgID"));
  } else if (id != std::to_string(own.count + 1) && !(of_client(glance) && begins_anew(glance.talk, glance.event))) {
    notes.fails("not counted", "message " + std::to_string(own.count + 1) + " with MsgID " + in_marks(id),
                offset_of_text(glance.event, "MsgID"));
  }
}

bool is_dm_protocol(const std::string& text) {
  return text.size() == 6 && text.starts_with("DM/1.") && text[5] >= '2' && text[5] <= '9';
}

std::string without_default_port(std::string url) {
  for (const auto* end : {":443/", ":443"}) {
    const auto at = url.find(end);
    if (at != std::string::npos && url.starts_with("https://")) return url.erase(at, 4);
  }
  return url;
}

void header(const Glance& glance, TrafficNotes& notes) {
  notes.occasion();
  const auto& fields = glance.event.fields;
  const auto text = [&](const char* key) { return fields.text_or(key, ""); };
  const auto complain = [&](const char* kind, model::Verdict verdict, std::string observed) {
    notes.breach(kind, verdict, std::move(observed), offset_of_text(glance.event, text(kind)));
  };
  constexpr auto fail = model::Verdict::fail;
  constexpr auto advisory = model::Verdict::advisory;
  if (text("ver_dtd") != "1.2") complain("ver_dtd", fail, "VerDTD " + in_marks(text("ver_dtd")));
  if (!is_dm_protocol(text("ver_proto"))) complain("ver_proto", fail, "VerProto " + in_marks(text("ver_proto")));
  if (text("session_id").empty()) complain("session_id", fail, "a message without SessionID");
  const auto target = text("target");
  const auto source = text("source");
  if (target.empty()) complain("target", fail, "a message without Target");
  if (source.empty()) complain("source", fail, "a message without Source");
  if (of_client(glance)) {
    const auto& id = glance.facts.server_id;
    const auto wanted = glance.talk.host.empty() ? std::string{} : "https://" + glance.talk.host + "/OMA/DM";
    if (!target.empty() && target == id) {
      complain("target", advisory, "Target " + in_marks(target) + ", the ServerID in place of AppAddr");
    } else if (!target.empty() && !wanted.empty() && without_default_port(target) != without_default_port(wanted)) {
      const bool elsewhere = target.find("/OMA/DM") == std::string::npos;
      complain("target", elsewhere ? fail : advisory, "Target " + in_marks(target) + " posted to " + wanted);
    }
    if (goes_on(glance) && !source.empty() && source != glance.talk.device) {
      complain("source", fail, "Source " + in_marks(source) + ", and it was " + in_marks(glance.talk.device));
    }
    std::string device_id = glance.talk.device_id;
    for (const auto& command : list_of(fields, "commands")) {
      for (const auto& item : list_of(command, "items")) {
        if (item.text_or("source", "") == "./DevInfo/DevId") device_id = item.text_or("data", "");
      }
    }
    if (!device_id.empty() && !source.empty() && device_id != source) {
      complain("source", advisory, "Source " + in_marks(source) + " of a device whose DevId is " + in_marks(device_id));
    }
    if (!device_id.empty() && device_id.find(':') == std::string::npos) {
      notes.fails("DevId", "DevId " + in_marks(device_id) + ", which is no URN",
                  offset_of_text(glance.event, device_id));
    }
    return;
  }
  if (!glance.talk.begun) return;
  if (text("session_id") != glance.talk.session) {
    complain("session_id", fail,
             "SessionID " + in_marks(text("session_id")) + " in the session " + in_marks(glance.talk.session));
  }
  if (!target.empty() && target != glance.talk.device) {
    complain("target", fail, "Target " + in_marks(target) + " to the device " + in_marks(glance.talk.device));
  }
  const bool known = source == glance.talk.server || source == glance.facts.server_id;  // AMB-9
  if (!source.empty() && !known)
    complain("source", fail, "Source " + in_marks(source) + " of " + in_marks(glance.talk.server));
}

/// Only these may a client send, and one Alert that says who began. Source: OMA DM Protocol 1.2.1, 2.3
void client_commands(const Glance& glance, TrafficNotes& notes) {
  std::size_t beginnings = 0;
  for (const auto& command : list_of(glance.event.fields, "commands")) {
    notes.occasion();
    const auto name = command.text_or("command", "");
    static constexpr std::string_view allowed[] = {"alert", "replace", "status", "results"};
    if (std::find(std::begin(allowed), std::end(allowed), name) == std::end(allowed)) {
      notes.fails(name, peer::element_of(command) + " from a client",
                  offset_of_text(glance.event, peer::element_of(command)));
    }
    const auto data = command.text_or("data", "");
    if (name == "alert" && (data == "1200" || data == "1201")) ++beginnings;
  }
  if (beginnings > 1) notes.fails("alerts", std::to_string(beginnings) + " Alerts that begin a session");
}

void judge_challenge(const Glance& glance, const Value& chal, TrafficNotes& notes) {
  notes.occasion();
  const auto type = chal.text_or("type", "");
  const auto format = chal.text_or("format", "");
  const auto nonce = chal.text_or("next_nonce", "");
  const auto offset = offset_of_text(glance.event, "Chal");
  if (type.empty()) notes.fails("chal type", "a challenge without Type", offset);
  if (type == "syncml:auth-md5" || type == "syncml:auth-MAC") {
    if (format != "b64")
      notes.fails("chal format", "a challenge of " + type + " with Format " + in_marks(format), offset);
    if (nonce.empty()) {
      notes.fails("chal nonce", "a challenge of " + type + " without NextNonce", offset);
    } else {
      const auto octets = codec::from_base64(nonce);
      if (!octets) notes.fails("chal nonce", "NextNonce " + in_marks(nonce) + ", which is no base64", offset);
    }
  }
  if (type == "syncml:auth-basic" && !nonce.empty())
    notes.advises("basic nonce", "a challenge of basic with a nonce", offset);
}

void credentials(const Glance& glance, TrafficNotes& notes) {
  const auto& fields = glance.event.fields;
  if (const auto* cred = fields.find("cred"); cred != nullptr && cred->is_map()) {
    notes.occasion();
    const auto type = cred->text_or("type", "");
    const auto offset = offset_of_text(glance.event, "Cred");
    if (type.empty()) notes.fails("cred type", "credentials without Type", offset);
    if (type == "syncml:auth-MAC") notes.fails("cred mac", "HMAC in Cred, which goes into an HTTP header", offset);
    if (type == "syncml:auth-md5" && cred->text_or("format", "") != "b64") {
      notes.fails("cred format", "credentials of md5 with Format " + in_marks(cred->text_or("format", "")), offset);
    }
    const auto& user = of_client(glance) ? glance.facts.client_name : glance.facts.server_id;
    const auto name = fields.text_or("source_name", "");
    const bool digest = type == "syncml:auth-md5";
    if (digest && name.empty()) notes.fails("cred name", "credentials without the user's name in Source", offset);
    if (digest && !name.empty() && !user.empty() && name != user) {
      notes.fails("cred user", "credentials of " + in_marks(name) + " for the account of " + in_marks(user), offset);
    }
  }
  for (const auto& command : list_of(fields, "commands")) {
    const auto* chal = command.find("chal");
    if (chal != nullptr && chal->is_map()) judge_challenge(glance, *chal, notes);
    const auto code = command.text_or("data", "");
    const bool refuses = command.text_or("command", "") == "status" && (code == "401" || code == "407") &&
                         command.text_or("cmd", "") == "SyncHdr";
    if (refuses && chal == nullptr) notes.fails("no chal", "Status " + code + " without a challenge");
  }
}

constexpr TrafficCheck checks[] = {
    {"server_references", "dm.server_message", references},
    {"server_ids", "dm.server_message", ids},
    {"server_codes", "dm.server_message", codes},
    {"server_numbers", "dm.server_message", numbers},
    {"server_header", "dm.server_message", header},
    {"server_credentials", "dm.server_message", credentials},
    {"client_references", "dm.client_message", references},
    {"client_ids", "dm.client_message", ids},
    {"client_codes", "dm.client_message", codes},
    {"client_numbers", "dm.client_message", numbers},
    {"client_header", "dm.client_message", header},
    {"client_commands", "dm.client_message", client_commands},
    {"client_credentials", "dm.client_message", credentials},
};

}  // namespace

std::span<const TrafficCheck> message_checks() {
  return checks;
}

}  // namespace dmsc::engine
