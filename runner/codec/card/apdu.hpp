// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "runner/base/octets.hpp"
#include "runner/codec/wire/spec.hpp"

namespace dmsc::codec {

/// Command APDU in any of the ISO/IEC 7816-4 cases 1 to 4, short and extended.
struct Command {
  std::uint8_t cla = 0;
  std::uint8_t ins = 0;
  std::uint8_t p1 = 0;
  std::uint8_t p2 = 0;
  Octets data;                      ///< 0 to 65535 octets
  std::optional<std::uint32_t> le;  ///< 1 to 256, extended 1 to 65536; nothing where no Le is sent
  bool extended = false;

  bool operator==(const Command&) const = default;
};

/// A command where it lies: `data` points into the octets.
struct CommandView {
  std::uint8_t cla = 0;
  std::uint8_t ins = 0;
  std::uint8_t p1 = 0;
  std::uint8_t p2 = 0;
  ByteView data;
  std::optional<std::uint32_t> le;
  bool extended = false;
};

/// As read_command, and copies nothing.
Result<CommandView> view_command(ByteView octets);

/// @return  Errc::truncated below 4 octets and where Lc states more than is left, Errc::malformed where the octets fit
/// no
///          case; each with an offset
Result<Command> read_command(ByteView octets);

/// The shortest form that holds data and Le; `extended` asks for the extended form.
Octets write_command(const Command& command);

/// Status word: what ends each response.
struct StatusWord {
  std::uint16_t value = 0;

  std::uint8_t sw1() const { return static_cast<std::uint8_t>(value >> 8); }
  std::uint8_t sw2() const { return static_cast<std::uint8_t>(value); }
  bool proactive() const { return sw1() == 0x91; }     ///< a proactive command of SW2 octets waits (00: 256)
  bool more_data() const { return sw1() == 0x61; }     ///< T=0: GET RESPONSE with Le = SW2
  bool wrong_length() const { return sw1() == 0x6C; }  ///< T=0: repeat with Le = SW2
  bool ok() const { return value == 0x9000 || proactive(); }
  std::string hex() const { return hex_number(value, 4); }

  bool operator==(const StatusWord&) const = default;
};

struct Response {
  Octets data;
  StatusWord status;
};

/// @return  Errc::truncated below 2 octets
Result<Response> read_response(ByteView octets);

/// One row of the status words: a value fits where `(value & mask) == bits`; the first fitting row names it.
struct StatusRow {
  std::uint16_t bits;
  std::uint16_t mask;
  const char* key;
  const char* name;
};
std::span<const StatusRow> status_rows();
const StatusRow* find_status(StatusWord status);

/// Instructions this suite knows, by INS: "select", "status", "terminal_profile" ...
Names instruction_names();
/// Null where no row knows the instruction.
const Name* find_instruction(std::uint8_t ins);

}  // namespace dmsc::codec
