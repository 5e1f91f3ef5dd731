// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/terminal/dm_client.hpp"

#include <algorithm>
#include <utility>

#include "runner/codec/dm/credentials.hpp"
#include "runner/peer/session/dm_values.hpp"

namespace dmsc::peer {
namespace {

constexpr int most_challenges = 2;
constexpr std::size_t most_commands = 200;   // of one message of the server, their items counted
constexpr std::size_t most_results = 65536;  // octets of values that answer one message

}  // namespace

Value DmClient::header() {
  command_id_ = options_.first_command_id - 1;
  ++message_id_;
  Value out;
  out["ver_dtd"] = "1.2";
  out["ver_proto"] = "DM/1.2";
  const bool other = options_.switch_session_at != 0 && message_id_ == options_.switch_session_at;
  out["session_id"] = other ? "FFFE" : options_.session_id;
  out["msg_id"] = std::to_string(message_id_);
  out["target"] = options_.target;
  out["source"] = options_.device_id;
  if (options_.max_msg_size > 0) out["max_msg_size"] = options_.max_msg_size;
  const auto how = options_.credentials;
  const bool silent = how == Credentials::none || (how == Credentials::late && !challenged_);
  if (accepted_ || silent) return out;
  const auto nonce =
      how == Credentials::stale && !challenged_ ? Octets{0x73, 0x74, 0x61, 0x6C, 0x65} : account_.client_nonce;
  const auto secret = how == Credentials::wrong ? "not-" + account_.client_secret : account_.client_secret;
  out["source_name"] = account_.client_name;
  out["cred"] = credentials_of(account_.client_name, secret, nonce);
  return out;
}

Value DmClient::start() {
  return first_package();
}

Value DmClient::first_package() {
  auto out = header();
  Value::List commands;
  const bool abort = options_.abort_at == message_id_;
  commands.push_back(Value::Map{{"command", "alert"},
                                {"cmd_id", next_command_id()},
                                {"data", abort                       ? "1223"
                                         : options_.server_initiated ? "1200"
                                                                     : "1201"}});
  auto information = tree_.device_information();
  if (!has(Habit::sends_devinfo)) information.resize(1);
  commands.push_back(
      Value::Map{{"command", "replace"}, {"cmd_id", next_command_id()}, {"items", std::move(information)}});
  if (options_.unknown_command) {
    commands.push_back(Value::Map{{"command", "unknown"}, {"name", "Search"}, {"cmd_id", next_command_id()}});
  }
  if (options_.large_object) {
    commands.push_back(Value::Map{
        {"command", "replace"},
        {"cmd_id", next_command_id()},
        {"items", Value::List{Value::Map{{"source", "./DevInfo/Ext"}, {"data", "first half"}, {"more_data", true}}}}});
  }
  out["commands"] = std::move(commands);
  rest_of_package_ = options_.split_package;
  if (!rest_of_package_) out["final"] = true;
  return out;
}

void DmClient::take_header_status(const Value& status) {
  const auto code = status.text_or("data", "");
  const auto nonce = next_nonce_of(status);
  if (nonce && has(Habit::takes_client_nonce)) account_.client_nonce = *nonce;
  if (code == "212") accepted_ = true;  // 200 wants credentials in every message
  challenged_ = code == "401" || code == "407";
}

void DmClient::judge_server(const Value& message, Value& status) {
  const auto* cred = message.find("cred");
  const auto right = codec::md5_credentials(account_.server_id, account_.server_secret, account_.server_nonce);
  bool wrong = false;
  if (server_known_) {
    server_credentials_ = "not_needed";
  } else if (cred == nullptr) {
    server_credentials_ = "missing";
  } else {
    const auto data = cred->text_or("data", "");
    const auto& nonce = account_.last_server_nonce;  // empty before the first session
    const bool last =
        !nonce.empty() && data == codec::md5_credentials(account_.server_id, account_.server_secret, nonce);
    wrong = data != right && !last;
    // What fits confirms the nonce, and so does an answer to our challenge: what is wrong then is no matter of nonces.
    if (!wrong || challenged_server_) account_.confirmed = true;
    server_credentials_ = !wrong ? "right" : account_.confirmed ? "wrong" : unconfirmed_nonce;
  }
  const bool fine = server_known_ || server_credentials_ == "right" || (wrong && !has(Habit::checks_server)) ||
                    (server_credentials_ == "missing" && !has(Habit::demands_server));
  status["data"] = fine ? "212" : wrong ? "401" : "407";
  if (!server_known_ && options_.renew_server_nonce) {
    account_.last_server_nonce = std::exchange(account_.server_nonce, fresh_nonce());
    status["chal"] = challenge_of(account_.server_nonce);
    challenged_server_ = true;
  }
  server_known_ = fine;
}

std::string DmClient::perform_item(const std::string& name, const Value& item, const std::string& message,
                                   const Value& command, Value::List& out) {
  const auto uri = item.text_or("target", "");
  const auto format = item.at_path("meta.format");
  if (item.bool_or("more_data", false)) return "416";
  if (name == "add" && !has(Habit::performs_add)) return "200";
  if (name == "replace" && !has(Habit::performs_replace)) return "200";
  if (name == "delete" && !has(Habit::performs_delete)) return "200";
  if (name == "add") return tree_.add(uri, item.text_or("data", ""), format != nullptr && *format == Value("node"));
  if (name == "replace") return tree_.replace(uri, item.text_or("data", ""));
  if (name == "delete") return tree_.remove(uri);
  if (name != "get") return "405";
  std::string value;
  bool interior = false;
  const auto code = tree_.get(uri, value, interior);
  if (code == "200" && value.size() > room_) return "413";
  if (code == "200" && has(Habit::reports_results)) {
    room_ -= value.size();
    out.push_back(Value::Map{
        {"command", "results"},
        {"msg_ref", message},
        {"cmd_ref", command.text_or("cmd_id", "0")},
        {"items",
         Value::List{Value::Map{{"source", uri},
                                {"meta", Value::Map{{"format", interior ? "node" : "chr"}, {"type", "text/plain"}}},
                                {"data", value}}}}});
  }
  return code;
}

/// Performs a command and whatever it holds; results are put into `out`.
std::string DmClient::perform(const Value& command, const std::string& message, Value::List& out) {
  const auto name = command.text_or("command", "");
  if (name == "alert") return command.text_or("data", "") == "1222" ? "200" : "406";
  if (name == "sequence" || name == "atomic") {
    const auto before = tree_;
    bool failed = false;
    std::vector<std::size_t> statuses;
    for (const auto& inner : list_of(command, "commands")) {
      const auto code = perform(inner, message, out);
      failed = failed || code != "200";
      statuses.push_back(out.size());
      out.push_back(status_of(next_command_id(), message, inner, code));
    }
    const bool undone = failed && name == "atomic";  // all or nothing
    if (undone && has(Habit::undoes_atomic)) tree_ = before;
    for (const auto at : statuses) {
      if (undone && out[at].text_or("data", "") == "200") out[at]["data"] = "216";
    }
    return undone ? "507" : "200";
  }
  if (budget_ == 0) return "413";
  --budget_;
  const auto& items = list_of(command, "items");
  if (name == "unknown") return "406";
  if (items.empty()) return "412";
  std::string code = "200";
  for (const auto& item : items) {
    if (budget_ == 0) return "413";
    --budget_;
    const auto one = perform_item(name, item, message, command, out);
    if (one != "200") code = one;
  }
  return code;
}

Value DmClient::abort_message() {
  auto out = header();
  out["commands"] = Value::List{Value::Map{{"command", "alert"}, {"cmd_id", next_command_id()}, {"data", "1223"}}};
  out["final"] = true;
  return out;
}

/// Whether nothing follows the server's message; the outcome says how it ended.
bool DmClient::over_after(bool has_commands, bool final, bool abort) {
  if ((abort && has(Habit::stops_on_abort)) || options_.abort_at == message_id_) {
    outcome_ = Outcome::aborted;
    return true;
  }
  if (challenged_) {
    const bool gives_up = options_.credentials == Credentials::wrong || options_.credentials == Credentials::none;
    if (!gives_up && has(Habit::answers_challenge) && ++challenges_ <= most_challenges) return false;
    outcome_ = Outcome::refused;
    return true;
  }
  if (!has_commands && final && (has(Habit::ends_session) || std::exchange(said_too_much_, true))) {
    outcome_ = Outcome::finished;
    return true;
  }
  return false;
}

std::optional<Value> DmClient::answer(const Value& message) {
  bool has_commands = false;
  bool abort = false;
  bool asks_for_more = false;
  for (const auto& command : list_of(message, "commands")) {
    const auto name = command.text_or("command", "");
    if (name == "status") {
      if (command.text_or("cmd", "") == "SyncHdr") take_header_status(command);
      continue;
    }
    const auto data = command.text_or("data", "");
    if (name == "alert" && data == "1222") {
      asks_for_more = true;
    } else if (name == "alert" && data == "1223") {
      abort = true;
    } else {
      has_commands = true;
    }
  }
  if (over_after(has_commands, message.bool_or("final", false), abort)) return {};
  if (challenged_) return first_package();
  return next_message(message, asks_for_more);
}

/// Status for all that the server asked, and its results.
Value DmClient::next_message(const Value& message, bool asks_for_more) {
  if (options_.abort_at == message_id_ + 1) return abort_message();
  const bool final = message.bool_or("final", false);
  const auto id = message.text_or("msg_id", "1");
  auto out = header();
  Value::List commands;
  Value header_status = Value::Map{
      {"command", "status"}, {"cmd_id", next_command_id()}, {"msg_ref", id}, {"cmd_ref", "0"}, {"cmd", "SyncHdr"}};
  judge_server(message, header_status);
  const auto refusal = header_status.text_or("data", "");
  commands.push_back(std::move(header_status));
  budget_ = most_commands;
  room_ = most_results;
  std::size_t count = 0;
  for (const auto& command : list_of(message, "commands")) {
    if (command.text_or("command", "") == "status" || ++count > most_commands) continue;
    Value::List results;
    const bool next = command.text_or("command", "") == "alert" && command.text_or("data", "") == "1222";
    const auto code = server_known_ || next ? perform(command, id, results) : refusal;
    if (has(Habit::sends_status)) commands.push_back(status_of(next_command_id(), id, command, code));
    for (auto& result : results) {
      if (result.find("cmd_id") == nullptr) result["cmd_id"] = next_command_id();
      commands.push_back(std::move(result));
    }
  }
  if (asks_for_more && rest_of_package_) {
    rest_of_package_ = false;
  } else if (!final && has(Habit::asks_for_next_message)) {
    commands.push_back(Value::Map{{"command", "alert"}, {"cmd_id", next_command_id()}, {"data", "1222"}});
  }
  out["commands"] = std::move(commands);
  if (final || asks_for_more || !has(Habit::asks_for_next_message)) out["final"] = true;
  return out;
}

}  // namespace dmsc::peer
