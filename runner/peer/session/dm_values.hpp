// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "runner/base/octets.hpp"
#include "runner/base/value.hpp"

/// What both ends of a DM session say in the same words.
namespace dmsc::peer {

inline constexpr const char* md5_type = "syncml:auth-md5";

/// Items of a list member; none where there is no list.
const Value::List& list_of(const Value& message, std::string_view key);

/// The name a Status has for a command: its element, such as `Replace`.
std::string element_of(const Value& command);

/// Status of a command of the message `message`, with its own CmdID.
Value status_of(const std::string& command_id, const std::string& message, const Value& command,
                const std::string& code);

/// Cred of type md5. Source: OMA DM Security 1.2.1, 5.1.3; dm.md 4.2
Value credentials_of(std::string_view user, std::string_view password, ByteView nonce);

/// Chal that asks for md5 with this nonce from now on.
Value challenge_of(ByteView nonce);

/// 16 random octets. @throws std::runtime_error where there are none
Octets fresh_nonce();

/// The nonce a Chal brings, nothing where it brings none that can be read.
std::optional<Octets> next_nonce_of(const Value& status);

}  // namespace dmsc::peer
