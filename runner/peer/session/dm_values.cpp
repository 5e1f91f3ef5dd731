// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/session/dm_values.hpp"

#include <openssl/rand.h>

#include <cctype>
#include <stdexcept>

#include "runner/codec/dm/credentials.hpp"

namespace dmsc::peer {

const Value::List& list_of(const Value& message, std::string_view key) {
  static const Value::List none;
  const auto* list = message.find(key);
  return list != nullptr && list->is_list() ? list->as_list() : none;
}

std::string element_of(const Value& command) {
  auto name = command.text_or("command", "");
  if (name == "unknown") return command.text_or("name", "");
  if (!name.empty()) name[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(name[0])));
  return name;
}

Value status_of(const std::string& command_id, const std::string& message, const Value& command,
                const std::string& code) {
  return Value::Map{{"command", "status"},        {"cmd_id", command_id},
                    {"msg_ref", message},         {"cmd_ref", command.text_or("cmd_id", "0")},
                    {"cmd", element_of(command)}, {"data", code}};
}

Value credentials_of(std::string_view user, std::string_view password, ByteView nonce) {
  return Value::Map{{"type", md5_type}, {"format", "b64"}, {"data", codec::md5_credentials(user, password, nonce)}};
}

Value challenge_of(ByteView nonce) {
  return Value::Map{{"type", md5_type}, {"format", "b64"}, {"next_nonce", codec::to_base64(nonce)}};
}

Octets fresh_nonce() {
  Octets nonce(16);
  if (RAND_bytes(nonce.data(), static_cast<int>(nonce.size())) != 1) throw std::runtime_error("no random octets");
  return nonce;
}

std::optional<Octets> next_nonce_of(const Value& status) {
  const auto* nonce = status.at_path("chal.next_nonce");
  if (nonce == nullptr || !nonce->is_string()) return {};
  const auto octets = codec::from_base64(nonce->as_string());
  return octets ? std::optional<Octets>(*octets) : std::nullopt;
}

}  // namespace dmsc::peer
