// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "runner/codec/wire/node.hpp"

namespace dmsc::codec {

enum class InputKind {
  proactive,
  envelope,
  terminal_response,
  profile,
  apdu,
  response,
  package0,
  tlv,
  sms_submit,
  sms_deliver,
  sms_command,
  sms_submit_report,
  sms_deliver_report,
  sms_status_report,
  cdma_sms,
  authentication_answer,
  wdp,
  wsp,
  syncml,
  wbxml,
};

/// By name, `terminal-response` and so on; nothing for no kind.
std::optional<InputKind> input_kind(std::string_view name);
std::vector<std::string> input_kind_names();

/// What octets most likely are, from their first ones. A profile or a notification cannot be
/// told from other octets and is never guessed; nor is a SyncML message. An apdu is a command alone, or one line with
/// command, data of either way and status word; a response is an answer with its status word, or that alone.
InputKind guess_kind(ByteView octets);

Decoded decode(InputKind kind, ByteView octets);

}  // namespace dmsc::codec
