// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/cat/slots.hpp"
#include "runner/codec/cat/spec.hpp"

namespace dmsc::codec {
namespace {

using namespace slots;  // NOLINT(google-build-using-namespace): the rows read as a table

constexpr std::uint8_t uicc = 0x81;
constexpr std::uint8_t terminal = 0x82;

constexpr Slot bare[] = {details, devices, result};
constexpr Slot poll_interval[] = {details, devices, result, may("duration")};
constexpr Slot set_up_call[] = {
    details, devices, result, may("requested_action"), may("control_result", "result"),
};
constexpr Slot send_ussd[] = {
    details, devices, result, may("text_string"), may("requested_action"), may("control_result", "result"),
};
constexpr Slot get_inkey[] = {details, devices, result, may("text_string"), may("duration")};
constexpr Slot get_input[] = {details, devices, result, may("text_string")};
constexpr Slot select_item[] = {details, devices, result, may("item_identifier")};

// One of them, as the qualifier of the command asked.
constexpr Slot provide_local_information[] = {
    details,
    devices,
    result,
    plain(may("location_information")),
    may("imei"),
    may("network_measurement_results"),
    may("bcch_channel_list"),
    may("date_time_timezone"),
    may("language"),
    may("timing_advance"),
    may("access_technology"),
    may("esn"),
    may("imeisv"),
    may("network_search_mode"),
    may("battery_state"),
    may("meid"),
    may("i_wlan_identifier"),
    may("broadcast_network_information"),
};
constexpr Slot timer_management[] = {details, devices, result, may("timer_identifier"), may("timer_value")};
constexpr Slot perform_card_apdu[] = {details, devices, result, may("r_apdu")};
constexpr Slot power_on_card[] = {details, devices, result, may("card_atr")};
constexpr Slot get_reader_status[] = {
    details, devices, result, many(may("card_reader_status")), may("card_reader_identifier"),
};
constexpr Slot run_at_command[] = {details, devices, result, may("at_response")};
constexpr Slot open_channel[] = {
    details, devices, result, plain(may("channel_status")), plain(may("bearer_description")), plain(may("buffer_size")),
};
constexpr Slot receive_data[] = {details, devices, result, may("channel_data"), may("channel_data_length")};
constexpr Slot send_data[] = {details, devices, result, may("channel_data_length")};
constexpr Slot get_channel_status[] = {details, devices, result, many(may("channel_status"))};
constexpr Slot service_search[] = {details, devices, result, plain(may("service_availability"))};
constexpr Slot get_service_information[] = {details, devices, result, plain(may("service_record"))};

constexpr MessageSpec response(std::uint8_t type, const char* key, const char* name, std::span<const Slot> slots,
                               const char* sample, const char* origin) {
  return {.kind = MessageKind::terminal_response,
          .code = type,
          .event = -1,
          .key = key,
          .variant = "",
          .name = name,
          .clause = "ETSI TS 102 223, 6.8",
          .source = terminal,
          .destination = uicc,
          .slots = slots,
          .qualifier = {},
          .sample = sample,
          .origin = origin};
}

// clang-format off
constexpr MessageSpec rows[] = {
    response(0x01, "refresh", "Response to REFRESH", bare,
             "81 03 01 01 01 82 02 82 81 83 01 03", by_hand),
    response(0x02, "more_time", "Response to MORE TIME", bare,
             "81 03 01 02 00 82 02 82 81 83 01 00", "3GPP TS 31.124, MORE TIME sequence 1.1"),
    response(0x03, "poll_interval", "Response to POLL INTERVAL", poll_interval,
             "81 03 01 03 00 82 02 82 81 83 01 00 84 02 01 14", "3GPP TS 31.124, POLL INTERVAL"),
    response(0x04, "polling_off", "Response to POLLING OFF", bare,
             "81 03 01 04 00 82 02 82 81 83 01 00", "ETSI TS 102 268, cre_pcs_spco"),
    response(0x05, "set_up_event_list", "Response to SET UP EVENT LIST", bare,
             "81 03 01 05 00 82 02 82 81 83 01 00", "ETSI TS 102 268, cre_apt_edat"),
    response(0x10, "set_up_call", "Response to SET UP CALL", set_up_call,
             "81 03 01 10 00 82 02 82 81 83 01 00", "3GPP TS 31.124, SET UP CALL sequence 1.1"),
    response(0x11, "send_ss", "Response to SEND SS", set_up_call,
             "81 03 01 11 00 82 02 82 81 83 02 34 00", by_hand),
    response(0x12, "send_ussd", "Response to SEND USSD", send_ussd,
             "81 03 01 12 00 82 02 82 81 83 01 00 8D 03 04 4F 4B", by_hand),
    response(0x13, "send_short_message", "Response to SEND SHORT MESSAGE", bare,
             "81 03 01 13 01 82 02 82 81 83 01 00", "3GPP TS 31.124, SEND SHORT MESSAGE sequence 1.2"),
    response(0x14, "send_dtmf", "Response to SEND DTMF", bare,
             "81 03 01 14 00 82 02 82 81 83 01 04", "3GPP TS 31.124, SEND DTMF sequence 2.1"),
    response(0x15, "launch_browser", "Response to LAUNCH BROWSER", bare,
             "81 03 01 15 00 82 02 82 81 83 02 26 02", by_hand),
    response(0x16, "geographical_location_request", "Response to GEOGRAPHICAL LOCATION REQUEST", bare,
             "81 03 01 16 00 82 02 82 81 83 01 30", by_hand),
    response(0x20, "play_tone", "Response to PLAY TONE", bare,
             "81 03 01 20 00 82 02 82 81 83 01 10", "3GPP TS 31.124, PLAY TONE sequence 1.1"),
    response(0x21, "display_text", "Response to DISPLAY TEXT", bare,
             "81 03 01 21 80 82 02 82 81 83 02 20 01", "3GPP TS 31.124, DISPLAY TEXT sequence 1.2"),
    response(0x22, "get_inkey", "Response to GET INKEY", get_inkey,
             "81 03 01 22 04 82 02 82 81 83 01 00 8D 02 04 00", "3GPP TS 31.124, GET INKEY sequence 5.1"),
    response(0x23, "get_input", "Response to GET INPUT", get_input,
             "81 03 01 23 00 82 02 82 81 83 01 00 8D 01 04", "3GPP TS 31.124, GET INPUT sequence 1.9"),
    response(0x24, "select_item", "Response to SELECT ITEM", select_item,
             "81 03 01 24 00 82 02 82 81 83 01 04 90 01 01", "3GPP TS 31.124, SELECT ITEM sequence 5.1"),
    response(0x25, "set_up_menu", "Response to SET UP MENU", bare,
             "81 03 01 25 00 82 02 82 81 83 01 00", "ETSI TS 102 268, cre_apt_emsh"),
    response(0x26, "provide_local_information", "Response to PROVIDE LOCAL INFORMATION", provide_local_information,
             "81 03 01 26 03 82 02 82 81 83 01 00 A6 07 20 50 70 41 80 71 FF",
             "3GPP TS 31.124, PROVIDE LOCAL INFORMATION sequence 1.4"),
    response(0x27, "timer_management", "Response to TIMER MANAGEMENT", timer_management,
             "81 03 01 27 02 82 02 82 81 83 01 00 A4 01 08 A5 03 00 81 95",
             "3GPP TS 31.124, TIMER MANAGEMENT sequence 1.3"),
    response(0x28, "set_up_idle_mode_text", "Response to SET UP IDLE MODE TEXT", bare,
             "81 03 01 28 00 82 02 82 81 83 01 32", "3GPP TS 31.124, SET UP IDLE MODE TEXT sequence 2.4"),
    response(0x30, "perform_card_apdu", "Response to PERFORM CARD APDU", perform_card_apdu,
             "81 03 01 30 00 82 02 82 81 83 01 00 A3 02 90 00", by_hand),
    response(0x31, "power_on_card", "Response to POWER ON CARD", power_on_card,
             "81 03 01 31 00 82 02 82 81 83 01 00 A1 04 3B 02 14 50", by_hand),
    response(0x32, "power_off_card", "Response to POWER OFF CARD", bare,
             "81 03 01 32 00 82 02 82 81 83 02 38 02", by_hand),
    response(0x33, "get_reader_status", "Response to GET READER STATUS", get_reader_status,
             "81 03 01 33 00 82 02 82 81 83 01 00 A0 01 31", by_hand),
    response(0x34, "run_at_command", "Response to RUN AT COMMAND", run_at_command,
             "81 03 01 34 00 82 02 82 81 83 01 04 A9 05 2B 43 47 4D 49",
             "3GPP TS 31.124, RUN AT COMMAND sequence 2.1"),
    response(0x35, "language_notification", "Response to LANGUAGE NOTIFICATION", bare,
             "81 03 01 35 01 82 02 82 81 83 01 00", "3GPP TS 31.124, LANGUAGE NOTIFICATION sequence 1.1"),
    response(0x40, "open_channel", "Response to OPEN CHANNEL", open_channel,
             "81 03 01 40 01 82 02 82 81 83 01 00 38 02 81 00 35 07 02 03 04 03 04 1F 02 39 02 05 78",
             "3GPP TS 31.124, OPEN CHANNEL"),
    response(0x41, "close_channel", "Response to CLOSE CHANNEL", bare,
             "81 03 01 41 00 82 02 82 81 83 02 3A 02", by_hand),
    response(0x42, "receive_data", "Response to RECEIVE DATA", receive_data,
             "81 03 01 42 00 82 02 82 81 83 01 00 B6 04 01 02 03 04 B7 01 00", by_hand),
    response(0x43, "send_data", "Response to SEND DATA", send_data,
             "81 03 01 43 01 82 02 82 81 83 01 00 B7 01 FF", "3GPP TS 31.124, SEND DATA sequence 1.1"),
    response(0x44, "get_channel_status", "Response to GET CHANNEL STATUS", get_channel_status,
             "81 03 01 44 00 82 02 82 81 83 01 00 B8 02 01 05", "3GPP TS 31.124, GET CHANNEL STATUS sequence 1.3"),
    response(0x45, "service_search", "Response to SERVICE SEARCH", service_search,
             "81 03 01 45 00 82 02 82 81 83 01 00 45 03 01 00 44", by_hand),
    response(0x46, "get_service_information", "Response to GET SERVICE INFORMATION", get_service_information,
             "81 03 01 46 00 82 02 82 81 83 01 00 41 03 00 01 00", by_hand),
    response(0x47, "declare_service", "Response to DECLARE SERVICE", bare,
             "81 03 01 47 00 82 02 82 81 83 01 20", "ETSI TS 102 268, cre_apt_edlc"),
};
// clang-format on

}  // namespace

std::span<const MessageSpec> terminal_responses() {
  return rows;
}

}  // namespace dmsc::codec
