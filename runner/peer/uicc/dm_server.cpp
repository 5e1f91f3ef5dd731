// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/uicc/dm_server.hpp"

#include <algorithm>

#include "runner/codec/dm/credentials.hpp"
#include "runner/peer/session/dm_values.hpp"

namespace dmsc::peer {
namespace {

constexpr int most_attempts = 3;
constexpr std::size_t first_package = 1;
constexpr std::int64_t octets_a_command = 260;  // what one command takes in XML, roughly
constexpr std::int64_t octets_of_header = 1100;
constexpr std::int64_t styled_more = 2;  // so many times that, where names have prefixes or lines are indented

constexpr const char* ok = "200";
constexpr const char* authenticated = "212";
constexpr const char* invalid_credentials = "401";
constexpr const char* not_allowed = "405";
constexpr const char* not_supported = "406";
constexpr const char* missing_credentials = "407";
constexpr const char* too_big = "416";

bool has_more_data(const Value& command) {
  const auto& items = list_of(command, "items");
  return std::any_of(items.begin(), items.end(), [](const Value& item) { return item.bool_or("more_data", false); });
}

Value node_command(const char* name, const std::string& uri, const std::string& value) {
  return Value::Map{{"command", name},
                    {"items", Value::List{Value::Map{{"target", uri},
                                                     {"meta", Value::Map{{"format", "chr"}, {"type", "text/plain"}}},
                                                     {"data", value}}}}};
}

Value get_command(const std::string& uri) {
  return Value::Map{{"command", "get"}, {"items", Value::List{Value::Map{{"target", uri}}}}};
}

}  // namespace

void DmServer::reset() {
  session_id_.clear();
}

void DmServer::tell(const char* key, Value fields, ByteView octets) const {
  if (facts_) facts_({key, std::move(fields), to_octets(octets)});
}

DmServer::Reply DmServer::post(std::string_view content_type, ByteView body) {
  auto coding = codec::coding_of(content_type);
  const auto malformed = [&](const std::string& reason) {
    tell("dm.malformed", Value::Map{{"reason", reason}, {"content_type", content_type}}, body);
  };
  if (coding && !knows(*coding)) {
    malformed("this coding of SyncML is not known");
    return {415, "text/plain", {}};
  }
  if (!coding) malformed("the media type is no SyncML");
  if (!coding && self_.follows(Policy::refuses_unknown_type)) return {415, "text/plain", {}};
  if (!coding) coding = codec::SyncmlCoding::xml;
  const auto message = codec::read_syncml(body, *coding);
  if (!message) {
    malformed(message.error().text());
    return {self_.follows(Policy::refuses_malformed) ? 400 : 200, "text/plain", {}};
  }
  Outgoing out{"dm.server_message", take(*message, *coding, body), 1, 0};
  if (aborted_ && !self_.follows(Policy::survives_abort)) dead_ = true;
  if (dead_ || std::exchange(broken_, false)) return {500, "text/plain", {}};
  if (tamper_) tamper_(out);
  if (!self_.follows(Policy::speaks_wbxml)) coding = codec::SyncmlCoding::xml;
  const auto octets = codec::write_syncml(out.members, *coding);
  if (!octets) return {500, "text/plain", {}};  // a name of the client's that this coding cannot carry
  const auto body_out = *coding == codec::SyncmlCoding::xml ? styled(self_.xml_style, *octets) : *octets;
  out.members["coding"] = *coding == codec::SyncmlCoding::xml ? "xml" : "wbxml";
  tell("dm.server_message", std::move(out.members), body_out);
  return {200, std::string(codec::media_type(*coding)), body_out};
}

bool DmServer::knows(codec::SyncmlCoding coding) const {
  return self_.coding.empty() || self_.coding == (coding == codec::SyncmlCoding::xml ? "xml" : "wbxml");
}

/// The client's message enters the trace with what we think of its credentials, before our answer does.
Value DmServer::take(const Value& message, codec::SyncmlCoding coding, ByteView body) {
  const std::string session = message.text_or("session_id", "");
  ended_.reset();
  auto out = answer(message);
  auto shown = message;
  shown["coding"] = coding == codec::SyncmlCoding::xml ? "xml" : "wbxml";
  shown["number"] = message_id_;
  shown["client_credentials"] = credentials_;
  tell("dm.client_message", std::move(shown), body);
  if (ended_) {
    tell("dm.session", Value::Map{{"outcome", *ended_}, {"session_id", session}, {"messages", message_id_}}, {});
  }
  return out;
}

void DmServer::begin(const Value& message) {
  session_id_ = message.text_or("session_id", "");
  device_ = message.text_or("source", "");
  client_ = Trust::unknown;
  server_ = Trust::unknown;
  attempts_ = 0;
  message_id_ = 0;
  package_ = 0;
  to_do_.clear();
  most_octets_ = 0;
  refusals_ = 0;
  aborted_ = false;
  mismatch_ = false;
}

Value DmServer::challenge() {
  if (self_.follows(Policy::renews_client_nonce)) account_.client_nonce = fresh_nonce();
  return challenge_of(account_.client_nonce);
}

/// Judges Cred of the client and says so in the Status of SyncHdr.
bool DmServer::authenticate(const Value& message, Value& header_status) {
  const auto* cred = message.find("cred");
  credentials_ = "not_needed";
  if (client_ == Trust::granted) {
    header_status["data"] = authenticated;
    return true;
  }
  credentials_ = cred == nullptr ? "missing" : "wrong";
  if (cred == nullptr) {
    const bool asks = self_.follows(Policy::asks_for_credentials) && !account_.client_name.empty();
    header_status["data"] = asks ? missing_credentials : ok;
    if (asks) header_status["chal"] = challenge();
    return !asks;
  }
  const auto proven_by = [&](const Octets& nonce) {
    const auto right = codec::md5_credentials(account_.client_name, account_.client_secret, nonce);
    return cred->text_or("data", "") == right && cred->text_or("type", md5_type) == md5_type;
  };
  // A nonce that was lost is 0x00000000, four octets or ten characters. Source: AMB-4
  constexpr std::string_view zero_text = "0x00000000";
  const bool lost = account_.client_nonce == Octets(4, 0);
  const bool fits = proven_by(account_.client_nonce) || (lost && proven_by(Octets(zero_text.begin(), zero_text.end())));
  if (fits) credentials_ = "right";
  const bool granted = fits || !self_.follows(Policy::checks_credentials);
  header_status["data"] = granted ? authenticated : invalid_credentials;
  header_status["chal"] = challenge();
  if (granted) client_ = Trust::granted;
  return granted;
}

/// The client's Status for our SyncHdr decides whether we are authenticated, and brings the next nonce.
void DmServer::take_status(const Value& status) {
  if (status.text_or("cmd", "") != "SyncHdr") return;
  const auto code = status.text_or("data", "");
  if (code == authenticated) server_ = Trust::granted;  // 200 wants credentials in every message
  if ((code == invalid_credentials || code == missing_credentials) && package_ > 0) ++refusals_;
  const auto nonce = next_nonce_of(status);
  if (nonce && self_.follows(Policy::takes_server_nonce)) account_.server_nonce = *nonce;
}

void DmServer::take_results(const Value& results) {
  for (const auto& item : list_of(results, "items")) {
    for (const auto& [uri, value] : self_.provisioning) {
      if (item.text_or("source", "") == uri && item.text_or("data", "") != value) mismatch_ = true;
    }
  }
}

std::string DmServer::judge_command(const Value& command) {
  const auto name = command.text_or("command", "");
  if (has_more_data(command) && self_.follows(Policy::refuses_large_objects)) return too_big;
  if (name == "alert") {
    if (command.text_or("data", "") == "1223") aborted_ = true;
    return ok;
  }
  if (name == "results") take_results(command);
  if (name == "unknown" && !self_.follows(Policy::survives_unknown_command)) broken_ = true;
  if (name == "replace" || name == "results") return ok;
  return name == "unknown" ? not_supported : not_allowed;
}

void DmServer::next_package() {
  ++package_;
  if (package_ == first_package) {
    to_do_.push_back(get_command("./DevDetail/SwV"));
    for (const auto& [uri, value] : self_.provisioning) {
      to_do_.push_back(node_command("add", uri, ""));
      to_do_.push_back(node_command("replace", uri, value));
    }
    to_do_.insert(to_do_.end(), self_.commands.begin(), self_.commands.end());
  } else if (package_ == first_package + 1 || !self_.follows(Policy::ends_session)) {
    for (const auto& [uri, value] : self_.provisioning) to_do_.push_back(get_command(uri));
  }
}

/// As many commands as the client's MaxMsgSize lets through, at least one.
void DmServer::append_commands(Value::List& commands) {
  const auto command_size = octets_a_command * (self_.xml_style.plain() ? 1 : styled_more);
  auto room = most_octets_ > 0 && self_.follows(Policy::splits_packages)
                  ? std::max<std::int64_t>(1, (most_octets_ - octets_of_header) / command_size)
                  : std::int64_t{1000};
  if (self_.commands_a_message != 0) room = std::min<std::int64_t>(room, std::int64_t(self_.commands_a_message));
  while (!to_do_.empty() && room-- > 0) {
    auto command = std::move(to_do_.front());
    to_do_.pop_front();
    command["cmd_id"] = next_command_id();
    commands.push_back(std::move(command));
  }
}

Value DmServer::answer(const Value& message) {
  const bool another = message.text_or("session_id", "") != session_id_ || message.text_or("msg_id", "") == "1";
  const bool restart =
      session_id_.empty() ||
      (another && (self_.follows(Policy::keeps_sessions_apart) || message.text_or("msg_id", "") == "1"));
  // A client that was challenged sends its first package again: the same session goes on, and so does our counting.
  const bool again = !session_id_.empty() && message.text_or("session_id", "") == session_id_ && attempts_ > 0 &&
                     client_ == Trust::unknown;
  if (restart && !again) begin(message);
  address_ = message.text_or("target", "");
  if (const auto* most = message.find("max_msg_size"); most != nullptr && most->is_int()) most_octets_ = most->as_int();
  command_id_ = self_.first_command_id - 1;
  const auto id = message.text_or("msg_id", "1");

  Value::List commands;
  Value header_status = Value::Map{{"command", "status"},
                                   {"cmd_id", next_command_id()},
                                   {"msg_ref", id},
                                   {"cmd_ref", "0"},
                                   {"cmd", "SyncHdr"},
                                   {"target_refs", Value::List{address_}},
                                   {"source_refs", Value::List{message.text_or("source", "")}}};
  const bool known = authenticate(message, header_status);
  if (!known) ++attempts_;
  const auto refusal = header_status.text_or("data", "");
  commands.push_back(std::move(header_status));

  const auto refusals_before = refusals_;
  bool next_message = false;
  bool new_commands = false;
  for (const auto& command : list_of(message, "commands")) {
    if (command.text_or("command", "") == "status") {
      if (known) take_status(command);
      continue;
    }
    next_message = next_message || (command.text_or("command", "") == "alert" && command.text_or("data", "") == "1222");
    commands.push_back(status_of(next_command_id(), id, command, known ? judge_command(command) : refusal));
  }

  if (refusals_ >= most_attempts || self_.abort_at == message_id_ + 1) mismatch_ = true;
  const bool whole = message.bool_or("final", false) || !self_.follows(Policy::asks_for_next_message);
  bool final = true;
  if (mismatch_ && !aborted_) {
    aborted_ = true;
    commands.push_back(Value::Map{{"command", "alert"}, {"cmd_id", next_command_id()}, {"data", "1223"}});
  } else if (known && !aborted_ && next_message && !to_do_.empty()) {
    append_commands(commands);
    new_commands = true;
    final = to_do_.empty();
  } else if (known && !aborted_ && !whole) {
    commands.push_back(Value::Map{{"command", "alert"}, {"cmd_id", next_command_id()}, {"data", "1222"}});
    final = false;
  } else if (known && !aborted_) {
    // A client that refused our credentials performed nothing: the package goes out again, with its nonce.
    if (refusals_ != refusals_before && package_ > 0) --package_;
    next_package();
    new_commands = !to_do_.empty();
    append_commands(commands);
    final = to_do_.empty();
  }

  Value out;
  out["ver_dtd"] = "1.2";
  out["ver_proto"] = "DM/1.2";
  out["session_id"] = message.text_or("session_id", "");
  if (!self_.follows(Policy::keeps_sessions_apart)) out["session_id"] = session_id_;
  out["msg_id"] = std::to_string(++message_id_);
  out["target"] = message.text_or("source", "");
  out["source"] = address_;
  if (known && server_ == Trust::unknown && new_commands && self_.follows(Policy::sends_credentials)) {
    out["source_name"] = account_.server_id;
    out["cred"] =
        credentials_of(account_.server_id, self_.wrong_secret.empty() ? account_.server_secret : self_.wrong_secret,
                       account_.server_nonce);
  }
  out["commands"] = std::move(commands);
  if (final) out["final"] = true;
  if (attempts_ >= most_attempts) ended_ = "refused";
  if (known && final && !new_commands) ended_ = "finished";
  if (aborted_) ended_ = "aborted";
  if (ended_) session_id_.clear();
  return out;
}

}  // namespace dmsc::peer
