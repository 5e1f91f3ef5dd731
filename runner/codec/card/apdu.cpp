// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/card/apdu.hpp"

#include <array>

#include "runner/codec/wire/cursor.hpp"

namespace dmsc::codec {
namespace {

// ETSI TS 102 221, table 10.5, and TS 102 222, table 1, as pySim (pySim/ts_102_221.py) and Wireshark (packet-gsm_sim.c)
// both have them; RESIZE FILE only pySim, STORE DATA (GlobalPlatform) and MANAGE LSI only Wireshark.
constexpr Name instructions[] = {
    {0x04, "deactivate_file", "DEACTIVATE FILE"},
    {0x10, "terminal_profile", "TERMINAL PROFILE"},
    {0x12, "fetch", "FETCH"},
    {0x14, "terminal_response", "TERMINAL RESPONSE"},
    {0x20, "verify_pin", "VERIFY PIN"},
    {0x24, "change_pin", "CHANGE PIN"},
    {0x26, "disable_pin", "DISABLE PIN"},
    {0x28, "enable_pin", "ENABLE PIN"},
    {0x2C, "unblock_pin", "UNBLOCK PIN"},
    {0x32, "increase", "INCREASE"},
    {0x44, "activate_file", "ACTIVATE FILE"},
    {0x70, "manage_channel", "MANAGE CHANNEL"},
    {0x73, "manage_secure_channel", "MANAGE SECURE CHANNEL"},
    {0x75, "transact_data", "TRANSACT DATA"},
    {0x76, "suspend_uicc", "SUSPEND UICC"},
    {0x78, "get_identity", "GET IDENTITY"},
    {0x7A, "exchange_capabilities", "EXCHANGE CAPABILITIES"},
    {0x7C, "manage_lsi", "MANAGE LSI"},
    {0x84, "get_challenge", "GET CHALLENGE"},
    {0x88, "authenticate", "AUTHENTICATE"},
    {0x89, "authenticate_objects", "AUTHENTICATE, data in objects"},
    {0xA2, "search_record", "SEARCH RECORD"},
    {0xA4, "select", "SELECT"},
    {0xAA, "terminal_capability", "TERMINAL CAPABILITY"},
    {0xB0, "read_binary", "READ BINARY"},
    {0xB2, "read_record", "READ RECORD"},
    {0xC0, "get_response", "GET RESPONSE"},
    {0xC2, "envelope", "ENVELOPE"},
    {0xCA, "get_data", "GET DATA"},
    {0xCB, "retrieve_data", "RETRIEVE DATA"},
    {0xD4, "resize_file", "RESIZE FILE"},
    {0xD6, "update_binary", "UPDATE BINARY"},
    {0xDB, "set_data", "SET DATA"},
    {0xDC, "update_record", "UPDATE RECORD"},
    {0xE0, "create_file", "CREATE FILE"},
    {0xE2, "store_data", "STORE DATA"},
    {0xE4, "delete_file", "DELETE FILE"},
    {0xE6, "terminate_df", "TERMINATE DF"},
    {0xE8, "terminate_ef", "TERMINATE EF"},
    {0xF2, "status", "STATUS"},
    {0xFE, "terminate_card_usage", "TERMINATE CARD USAGE"},
};

// cat.md 1.2. The first row that fits wins, so exact values stand before families.
constexpr StatusRow statuses[] = {
    {0x9000, 0xFFFF, "ok", "normal ending"},
    {0x9100, 0xFF00, "proactive_command_pending", "normal ending, a proactive command waits"},
    {0x9200, 0xFF00, "ok_with_retries", "normal ending after internal retries"},
    {0x9300, 0xFFFF, "toolkit_busy", "toolkit is busy, command postponed"},
    {0x6100, 0xFF00, "more_data", "response data wait for GET RESPONSE"},
    {0x6C00, 0xFF00, "wrong_length_repeat", "wrong length, repeat with Le = SW2"},
    {0x6200, 0xFFFF, "warning_no_information", "warning, no information, state unchanged"},
    {0x6281, 0xFFFF, "warning_corrupted_data", "warning, returned data may be corrupted"},
    {0x6282, 0xFFFF, "warning_end_of_file", "warning, end of file reached before Le octets"},
    {0x6283, 0xFFFF, "warning_invalidated", "warning, selected file is invalidated"},
    {0x6284, 0xFFFF, "warning_terminated", "warning, selected file is terminated"},
    {0x6200, 0xFF00, "warning_unchanged", "warning, state unchanged"},
    {0x63C0, 0xFFF0, "warning_counter", "warning, SW2 low nibble is a counter"},
    {0x63F1, 0xFFFF, "warning_more_data_expected", "warning, more data expected"},
    {0x63F2, 0xFFFF, "warning_more_data_and_proactive", "warning, more data expected and a proactive command waits"},
    {0x6300, 0xFF00, "warning_changed", "warning, state changed"},
    {0x6400, 0xFF00, "error_unchanged", "execution error, state unchanged"},
    {0x6581, 0xFFFF, "error_memory", "memory problem"},
    {0x6500, 0xFF00, "error_changed", "execution error, state changed"},
    {0x6700, 0xFF00, "wrong_length", "wrong length"},
    {0x6881, 0xFFFF, "logical_channel_not_supported", "logical channel not supported"},
    {0x6882, 0xFFFF, "secure_messaging_not_supported", "secure messaging not supported"},
    {0x6800, 0xFF00, "class_function_not_supported", "function of CLA not supported"},
    {0x6982, 0xFFFF, "security_status", "security status not satisfied"},
    {0x6983, 0xFFFF, "authentication_blocked", "authentication method blocked"},
    {0x6984, 0xFFFF, "reference_data_invalidated", "reference data invalidated"},
    {0x6985, 0xFFFF, "conditions_of_use", "conditions of use not satisfied"},
    {0x6986, 0xFFFF, "no_ef_selected", "command not allowed, no EF selected"},
    {0x6900, 0xFF00, "not_allowed", "command not allowed"},
    {0x6A80, 0xFFFF, "incorrect_data", "incorrect parameters in the data field"},
    {0x6A81, 0xFFFF, "function_not_supported", "function not supported"},
    {0x6A82, 0xFFFF, "file_not_found", "file not found"},
    {0x6A83, 0xFFFF, "record_not_found", "record not found"},
    {0x6A84, 0xFFFF, "no_memory_space", "not enough memory space"},
    {0x6A86, 0xFFFF, "incorrect_p1_p2", "incorrect P1 or P2"},
    {0x6A87, 0xFFFF, "lc_inconsistent", "Lc does not fit P1 and P2"},
    {0x6A88, 0xFFFF, "referenced_data_not_found", "referenced data not found"},
    {0x6A00, 0xFF00, "wrong_parameters", "wrong parameters"},
    {0x6B00, 0xFF00, "wrong_p1_p2", "wrong P1 or P2"},
    {0x6D00, 0xFF00, "ins_not_supported", "instruction not supported"},
    {0x6E00, 0xFF00, "cla_not_supported", "class not supported"},
    {0x6F00, 0xFF00, "technical_problem", "technical problem, no diagnosis"},
    {0x9850, 0xFFFF, "security_increase", "INCREASE cannot be done"},
    {0x9862, 0xFFFF, "security_authentication", "authentication error"},
    {0x9863, 0xFFFF, "security_session", "security session or association expired"},
    {0x9864, 0xFFFF, "security_context", "authentication error, security context not supported"},
    {0x9E00, 0xFF00, "sim_data_download_error", "GSM SIM: data download error, response waits"},
    {0x9F00, 0xFF00, "sim_response_ready", "GSM SIM: response data wait"},
};

constexpr std::size_t short_data_most = 0xFF;
constexpr std::uint32_t short_le_most = 0x100;

tl::unexpected<Error> lc_too_large(std::size_t lc, const Cursor& cursor, std::size_t offset) {
  return fail(Errc::truncated,
              "Lc says " + std::to_string(lc) + " octets, " + std::to_string(cursor.left()) + " are left", offset);
}

Result<CommandView> read_extended(CommandView command, Cursor cursor) {
  command.extended = true;
  cursor.u8();  // the 00 that opens the extended form
  const auto first = cursor.number(2);
  if (cursor.empty()) {  // case 2
    command.le = *first == 0 ? 0x10000U : *first;
    return command;
  }
  if (*first == 0) return fail(Errc::malformed, "extended Lc is 0000 and octets follow", cursor.offset());
  const auto data = cursor.take(*first);
  if (!data) return lc_too_large(*first, cursor, 5);
  command.data = *data;
  if (cursor.empty()) return command;
  const auto le = cursor.number(2);
  if (!le || !cursor.empty())
    return fail(Errc::malformed, "octets behind the data are no extended Le", cursor.offset());
  command.le = *le == 0 ? 0x10000U : *le;
  return command;
}

}  // namespace

Result<CommandView> view_command(ByteView octets) {
  if (octets.size() < 4) return fail(Errc::truncated, "a command APDU has at least 4 octets", octets.size());
  CommandView command{octets[0], octets[1], octets[2], octets[3], {}, {}, false};
  Cursor cursor(octets.subspan(4), 4);
  if (cursor.empty()) return command;
  if (*cursor.peek() == 0 && cursor.left() >= 3) return read_extended(std::move(command), cursor);
  const auto p3 = *cursor.u8();
  if (cursor.empty()) {  // case 2
    command.le = p3 == 0 ? short_le_most : p3;
    return command;
  }
  if (p3 == 0) return fail(Errc::malformed, "Lc is 00 and an octet follows", 5);
  const auto data = cursor.take(p3);
  if (!data) {
    return lc_too_large(p3, cursor, 4);
  }
  command.data = *data;
  if (cursor.empty()) return command;
  const auto le = *cursor.u8();
  if (!cursor.empty()) return fail(Errc::malformed, "octets follow Le", cursor.offset());
  command.le = le == 0 ? short_le_most : le;
  return command;
}

Result<Command> read_command(ByteView octets) {
  const auto view = view_command(octets);
  if (!view) return tl::make_unexpected(view.error());
  return Command{view->cla, view->ins, view->p1, view->p2, to_octets(view->data), view->le, view->extended};
}

Octets write_command(const Command& command) {
  Octets out{command.cla, command.ins, command.p1, command.p2};
  const bool extended =
      command.extended || command.data.size() > short_data_most || command.le.value_or(0) > short_le_most;
  if (extended && (!command.data.empty() || command.le)) out.push_back(0);
  const auto put = [&](std::size_t number) {
    if (extended) out.push_back(static_cast<std::uint8_t>(number >> 8));
    out.push_back(static_cast<std::uint8_t>(number));
  };
  if (!command.data.empty()) {
    put(command.data.size());
    append(out, command.data);
  }
  if (command.le) put(*command.le);
  return out;
}

Result<Response> read_response(ByteView octets) {
  if (octets.size() < 2) return fail(Errc::truncated, "a response APDU has at least 2 octets", octets.size());
  const auto tail = octets.last(2);
  return Response{to_octets(octets.first(octets.size() - 2)),
                  StatusWord{static_cast<std::uint16_t>(tail[0] << 8 | tail[1])}};
}

std::span<const StatusRow> status_rows() {
  return statuses;
}

const StatusRow* find_status(StatusWord status) {
  for (const auto& row : statuses) {
    if ((status.value & row.mask) == row.bits) return &row;
  }
  return nullptr;
}

Names instruction_names() {
  return instructions;
}

const Name* find_instruction(std::uint8_t ins) {
  static const auto rows = [] {
    std::array<const Name*, 256> table{};
    for (const auto& row : instructions) table[row.code] = &row;
    return table;
  }();
  return rows[ins];
}

}  // namespace dmsc::codec
