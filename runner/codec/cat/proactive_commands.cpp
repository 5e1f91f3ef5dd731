// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/cat/slots.hpp"
#include "runner/codec/cat/spec.hpp"

namespace dmsc::codec {
namespace {

using namespace slots;  // NOLINT(google-build-using-namespace): the rows read as a table

constexpr MessageKind kind = MessageKind::proactive;
constexpr const char* clause = "ETSI TS 102 223, 6.6";

constexpr std::uint8_t display = 0x02;
constexpr std::uint8_t earpiece = 0x03;
constexpr std::uint8_t card_reader = 0x11;
constexpr std::uint8_t channel = 0x21;
constexpr std::uint8_t uicc = 0x81;
constexpr std::uint8_t terminal = 0x82;
constexpr std::uint8_t network = 0x83;

constexpr Slot bare[] = {details, devices};

// Card and terminal: refresh, time, polling, events

constexpr Slot refresh[] = {details, devices, may("file_list"), may("aid"), alpha, icon, attribute, frame};
constexpr Name refresh_modes[] = {
    {0, "full_file_change", "NAA initialization and full file change"},
    {1, "file_change", "file change"},
    {2, "initialization_and_file_change", "NAA initialization and file change"},
    {3, "initialization", "NAA initialization"},
    {4, "uicc_reset", "UICC reset"},
    {5, "application_reset", "NAA application reset"},
    {6, "session_reset", "NAA session reset"},
    {7, "steering_of_roaming", "steering of roaming"},
};
constexpr Part refresh_qualifier[] = {{"mode", 0, 8, refresh_modes}};

constexpr Slot poll_interval[] = {details, devices, must("duration")};

constexpr Slot set_up_event_list[] = {details, devices, must("event_list")};

// Network: calls, supplementary services, messages

constexpr Slot set_up_call[] = {
    details,
    devices,
    alpha,
    must("address"),
    may("capability_configuration"),
    may("subaddress"),
    may("duration"),
    icon,
    may("call_alpha_identifier", "alpha_identifier"),
    may("call_icon_identifier", "icon_identifier"),
    attribute,
    may("call_text_attribute", "text_attribute"),
    frame,
};
constexpr Name call_modes[] = {
    {0, "only_if_idle", "only if not busy on another call"},
    {1, "only_if_idle_redial", "only if not busy on another call, with redial"},
    {2, "hold_others", "putting other calls on hold"},
    {3, "hold_others_redial", "putting other calls on hold, with redial"},
    {4, "disconnect_others", "disconnecting other calls"},
    {5, "disconnect_others_redial", "disconnecting other calls, with redial"},
};
constexpr Part call_qualifier[] = {{"mode", 0, 8, call_modes}};

constexpr Slot send_ss[] = {details, devices, alpha, must("ss_string"), icon, attribute, frame};

constexpr Slot send_ussd[] = {details, devices, alpha, must("ussd_string"), icon, attribute, frame};

// The message is of the one kind or of the other.
constexpr Slot send_short_message[] = {
    details, devices, alpha, may("address"), may("sms_tpdu"), may("cdma_sms_tpdu"), icon, attribute, frame,
};
constexpr Part sms_qualifier[] = {{"packing by the terminal", 0, 1}};

constexpr Slot send_dtmf[] = {details, devices, alpha, must("dtmf_string"), icon, attribute, frame};

constexpr Slot launch_browser[] = {
    details,
    devices,
    may("browser_identity"),
    plain(must("url")),
    may("bearer"),
    plain(many(may("provisioning_file_reference"))),
    may("text_string"),
    plain(alpha),
    icon,
    attribute,
    frame,
    may("network_access_name"),
};
constexpr Name browser_modes[] = {
    {0, "if_not_launched", "launch the browser if it is not launched already"},
    {2, "existing", "use the existing browser"},
    {3, "close_and_launch", "close the existing browser session and launch a new one"},
};
constexpr Part browser_qualifier[] = {{"mode", 0, 8, browser_modes}};

constexpr Slot geographical_location_request[] = {
    details, devices, alpha, icon, must("geographical_location_parameters"), attribute, frame,
};

// User: tones, texts, menus

constexpr Slot play_tone[] = {details, devices, alpha, may("tone"), may("duration"), plain(icon), attribute, frame};
constexpr Part tone_qualifier[] = {{"vibrate alert", 0, 1}};

constexpr Slot display_text[] = {
    details, devices, must("text_string"), icon, may("immediate_response"), may("duration"), attribute, frame,
};
constexpr Name priorities[] = {{0, "normal", "normal priority"}, {1, "high", "high priority"}};
constexpr Name clearances[] = {
    {0, "after_delay", "clear message after a delay"},
    {1, "by_user", "wait for user to clear message"},
};
constexpr Part display_qualifier[] = {{"priority", 0, 1, priorities}, {"clearance", 7, 1, clearances}};

constexpr Slot get_inkey[] = {details, devices, must("text_string"), plain(icon), may("duration"), attribute, frame};
constexpr Part inkey_qualifier[] = {
    {"alphabet set", 0, 1}, {"UCS2", 1, 1}, {"yes or no", 2, 1}, {"immediate response", 3, 1}, {"help available", 7, 1},
};

constexpr Slot get_input[] = {
    details,   devices, must("text_string"), must("response_length"), plain(may("default_text")), plain(icon),
    attribute, frame,   may("duration"),
};
constexpr Part input_qualifier[] = {
    {"alphabet set", 0, 1}, {"UCS2", 1, 1},           {"input not echoed", 2, 1},
    {"packed input", 3, 1}, {"help available", 7, 1},
};

constexpr Slot select_item[] = {
    details,
    devices,
    alpha,
    many(must("item")),
    plain(may("items_next_action")),
    may("item_identifier"),
    icon,
    may("item_icon_list"),
    attribute,
    may("item_text_attribute_list"),
    frame,
};
constexpr Part select_qualifier[] = {
    {"presentation type given", 0, 1},
    {"navigation choice", 1, 1},
    {"soft key preferred", 2, 1},
    {"help available", 7, 1},
};

constexpr Slot set_up_menu[] = {
    details,
    devices,
    must("alpha_identifier"),
    many(must("item")),
    plain(may("items_next_action")),
    icon,
    may("item_icon_list"),
    attribute,
    may("item_text_attribute_list"),
};
constexpr Part menu_qualifier[] = {{"soft key preferred", 0, 1}, {"help available", 7, 1}};

constexpr Slot set_up_idle_mode_text[] = {details, devices, must("text_string"), icon, attribute, frame};

// Local information and timers

constexpr Slot provide_local_information[] = {details, devices, may("measurement_qualifier")};
constexpr Name local_information[] = {
    {0x00, "location_information", "location information"},
    {0x01, "imei", "IMEI"},
    {0x02, "network_measurement_results", "network measurement results"},
    {0x03, "date_time_timezone", "date, time and time zone"},
    {0x04, "language", "language setting"},
    {0x05, "timing_advance", "timing advance"},
    {0x06, "access_technology", "access technology (single)"},
    {0x07, "esn", "ESN"},
    {0x08, "imeisv", "IMEISV"},
    {0x09, "search_mode", "search mode"},
    {0x0A, "battery_state", "charge state of the battery"},
    {0x0B, "meid", "MEID"},
    {0x0C, "wsid", "current WSID"},
    {0x0D, "broadcast_network_information", "broadcast network information"},
    {0x0E, "access_technologies", "access technologies (multiple)"},
};
constexpr Part local_qualifier[] = {{"information", 0, 8, local_information}};

constexpr Slot timer_management[] = {details, devices, must("timer_identifier"), may("timer_value")};
constexpr Name timer_actions[] = {
    {0, "start", "start"},
    {1, "deactivate", "deactivate"},
    {2, "get_current_value", "get current value"},
};
constexpr Part timer_qualifier[] = {{"action", 0, 2, timer_actions}};

// Further cards, modem, language

constexpr Slot perform_card_apdu[] = {details, devices, must("c_apdu")};

constexpr Name reader_requests[] = {
    {0, "status", "card reader status"},
    {1, "identifier", "card reader identifier"},
};
constexpr Part reader_qualifier[] = {{"request", 0, 1, reader_requests}};

constexpr Slot run_at_command[] = {details, devices, alpha, must("at_command"), icon, attribute, frame};

constexpr Slot language_notification[] = {details, devices, plain(may("language"))};
constexpr Name language_scopes[] = {
    {0, "non_specific", "non-specific language notification"},
    {1, "specific", "specific language notification"},
};
constexpr Part language_qualifier[] = {{"scope", 0, 1, language_scopes}};

// Bearer independent protocol

constexpr Slot open_channel_packet[] = {
    details,
    devices,
    plain(alpha),
    icon,
    plain(may("address")),
    plain(may("subaddress")),
    plain(may("first_duration", "duration")),
    plain(may("second_duration", "duration")),
    plain(must("bearer_description")),
    plain(must("buffer_size")),
    plain(may("network_access_name")),
    plain(may("local_address", "other_address")),
    plain(may("user_login", "text_string")),
    plain(may("user_password", "text_string")),
    plain(may("transport_level")),
    plain(may("data_destination_address", "other_address")),
    attribute,
    frame,
};
constexpr Name establishments[] = {
    {0, "on_demand", "on demand link establishment"},
    {1, "immediate", "immediate link establishment"},
};
constexpr Part open_qualifier[] = {
    {"establishment", 0, 1, establishments},
    {"automatic reconnection", 1, 1},
    {"background", 2, 1},
    {"DNS server address requested", 3, 1},
};

// Both server modes: no bearer description, the port instead.
constexpr Slot open_channel_server[] = {
    details, devices, alpha, icon, must("buffer_size"), must("transport_level"), attribute, frame,
};

constexpr Slot close_channel[] = {details, devices, alpha, icon, attribute, frame};
constexpr Part close_qualifier[] = {{"UICC server mode: back to listening", 0, 1}};

constexpr Slot receive_data[] = {details, devices, alpha, icon, must("channel_data_length"), attribute, frame};

constexpr Slot send_data[] = {details, devices, alpha, icon, must("channel_data"), attribute, frame};
constexpr Name sendings[] = {
    {0, "store", "store in the transmit buffer"},
    {1, "immediately", "send immediately"},
};
constexpr Part send_qualifier[] = {{"sending", 0, 1, sendings}};

constexpr Slot get_channel_status[] = {details, devices, alpha, icon, attribute, frame};

constexpr Slot service_search[] = {
    details, devices, alpha, icon, plain(must("service_search")), plain(may("device_filter")), attribute, frame,
};

constexpr Slot get_service_information[] = {
    details, devices, alpha, icon, plain(must("attribute_information")), attribute, frame,
};

constexpr Slot declare_service[] = {details, devices, plain(must("service_record")), plain(may("transport_level"))};
constexpr Name declarations[] = {{0, "add", "add a service"}, {1, "remove", "remove a service"}};
constexpr Part declare_qualifier[] = {{"declaration", 0, 1, declarations}};

// clang-format off
constexpr MessageSpec rows[] = {
    {kind, 0x01, -1, "refresh", "", "REFRESH", clause, uicc, terminal, refresh, refresh_qualifier,
     "D0 10 81 03 01 01 01 82 02 81 82 92 05 01 3F 00 2F E2", "3GPP TS 31.124, REFRESH sequence 1.2"},
    {kind, 0x02, -1, "more_time", "", "MORE TIME", clause, uicc, terminal, bare, {},
     "D0 09 81 03 01 02 00 82 02 81 82", "3GPP TS 31.124, MORE TIME sequence 1.1"},
    {kind, 0x03, -1, "poll_interval", "", "POLL INTERVAL", clause, uicc, terminal, poll_interval, {},
     "D0 0D 81 03 01 03 00 82 02 81 82 84 02 01 14", "3GPP TS 31.124, POLL INTERVAL"},
    {kind, 0x04, -1, "polling_off", "", "POLLING OFF", clause, uicc, terminal, bare, {},
     "D0 09 81 03 01 04 00 82 02 81 82", "ETSI TS 102 268, cre_pcs_spco"},
    {kind, 0x05, -1, "set_up_event_list", "", "SET UP EVENT LIST", clause, uicc, terminal, set_up_event_list, {},
     "D0 0D 81 03 01 05 00 82 02 81 82 99 02 05 07", "3GPP TS 31.124, SET UP EVENT LIST sequence 1.2"},
    {kind, 0x10, -1, "set_up_call", "", "SET UP CALL", clause, uicc, network, set_up_call, call_qualifier,
     "D0 2C 81 03 01 10 00 82 02 81 83 85 0E 43 4F 4E 46 49 52 4D 41 54 49 4F 4E 20 32 86 09 91 10 32 04 21 43 65 1C 2C"
     " 85 06 43 41 4C 4C 20 32", "3GPP TS 31.124, SET UP CALL sequence 4.3"},
    {kind, 0x11, -1, "send_ss", "", "SEND SS", clause, uicc, network, send_ss, {},
     "D0 11 81 03 01 11 00 82 02 81 83 85 00 89 04 FF AA 12 BA", by_hand},
    {kind, 0x12, -1, "send_ussd", "", "SEND USSD", clause, uicc, network, send_ussd, {},
     "D0 11 81 03 01 12 00 82 02 81 83 8A 06 0F AA 18 0C 36 02", by_hand},
    {kind, 0x13, -1, "send_short_message", "", "SEND SHORT MESSAGE", clause, uicc, network, send_short_message,
     sms_qualifier,
     "D0 26 81 03 01 13 00 82 02 81 83 85 10 54 65 78 74 20 41 74 74 72 69 62 75 74 65 20 33 8B 09 01 00 02 91 10 40 F0"
     " 01 20", "3GPP TS 31.124, SEND SHORT MESSAGE sequence 4.6"},
    {kind, 0x14, -1, "send_dtmf", "", "SEND DTMF", clause, uicc, network, send_dtmf, {},
     "D0 1B 81 03 01 14 00 82 02 81 83 85 09 53 65 6E 64 20 44 54 4D 46 AC 05 21 43 65 87 09",
     "3GPP TS 31.124, SEND DTMF sequence 1.2"},
    {kind, 0x15, -1, "launch_browser", "", "LAUNCH BROWSER", clause, uicc, terminal, launch_browser, browser_qualifier,
     "D0 1F 81 03 01 15 00 82 02 81 82 31 12 68 74 74 70 3A 2F 2F 78 78 78 2E 79 79 79 2E 7A 7A 7A 05 00",
     "3GPP TS 31.124, LAUNCH BROWSER sequence 1.2"},
    {kind, 0x16, -1, "geographical_location_request", "", "GEOGRAPHICAL LOCATION REQUEST", "3GPP TS 31.111, 6.6", uicc,
     network, geographical_location_request, {},
     "D0 0D 81 03 01 16 00 82 02 81 83 F6 02 01 02", by_hand},
    {kind, 0x20, -1, "play_tone", "", "PLAY TONE", clause, uicc, earpiece, play_tone, tone_qualifier,
     "D0 1B 81 03 01 20 00 82 02 81 03 85 09 44 69 61 6C 20 54 6F 6E 65 8E 01 01 84 02 01 05",
     "3GPP TS 31.124, PLAY TONE sequence 1.1"},
    {kind, 0x21, -1, "display_text", "", "DISPLAY TEXT", clause, uicc, display, display_text, display_qualifier,
     "D0 1A 81 03 01 21 80 82 02 81 02 8D 0B 04 42 61 73 69 63 20 49 63 6F 6E 9E 02 00 01",
     "3GPP TS 31.124, DISPLAY TEXT sequence 5.1"},
    {kind, 0x22, -1, "get_inkey", "", "GET INKEY", clause, uicc, terminal, get_inkey, inkey_qualifier,
     "D0 14 81 03 01 22 00 82 02 81 82 8D 09 00 45 37 BD 2C 07 89 60 22", "3GPP TS 31.124, GET INKEY sequence 1.2"},
    {kind, 0x23, -1, "get_input", "", "GET INPUT", clause, uicc, terminal, get_input, input_qualifier,
     "D0 1B 81 03 01 23 00 82 02 81 82 8D 0C 04 45 6E 74 65 72 20 31 32 33 34 35 91 02 05 05",
     "3GPP TS 31.124, GET INPUT sequence 1.1"},
    {kind, 0x24, -1, "select_item", "", "SELECT ITEM", clause, uicc, terminal, select_item, select_qualifier,
     "D0 2D 81 03 01 24 00 82 02 81 82 85 10 54 6F 6F 6C 6B 69 74 20 53 65 6C 65 63 74 20 32 8F 07 01 49 74 65 6D 20 33"
     " 8F 07 02 49 74 65 6D 20 34", "3GPP TS 31.124, SELECT ITEM sequence 9.2"},
    {kind, 0x25, -1, "set_up_menu", "", "SET UP MENU", clause, uicc, terminal, set_up_menu, menu_qualifier,
     "D0 29 81 03 01 25 01 82 02 81 82 85 0C 54 6F 6F 6C 6B 69 74 20 4D 65 6E 75 8F 07 01 49 74 65 6D 20 31"
     " 8F 07 02 49 74 65 6D 20 32", "3GPP TS 31.124, SET UP MENU sequence 5.1"},
    {kind, 0x26, -1, "provide_local_information", "", "PROVIDE LOCAL INFORMATION", clause, uicc, terminal,
     provide_local_information, local_qualifier,
     "D0 09 81 03 01 26 03 82 02 81 82", "3GPP TS 31.124, PROVIDE LOCAL INFORMATION sequence 1.4"},
    {kind, 0x27, -1, "timer_management", "", "TIMER MANAGEMENT", clause, uicc, terminal, timer_management,
     timer_qualifier,
     "D0 11 81 03 01 27 00 82 02 81 82 A4 01 01 A5 03 00 10 03", "3GPP TS 31.124, TIMER MANAGEMENT sequence 1.1"},
    {kind, 0x28, -1, "set_up_idle_mode_text", "", "SET UP IDLE MODE TEXT", clause, uicc, terminal,
     set_up_idle_mode_text, {},
     "D0 1C 81 03 01 28 00 82 02 81 82 8D 11 04 49 64 6C 65 20 4D 6F 64 65 20 54 65 78 74 20 32",
     "3GPP TS 31.124, SET UP IDLE MODE TEXT sequence 4.3"},
    {kind, 0x30, -1, "perform_card_apdu", "", "PERFORM CARD APDU", clause, uicc, card_reader, perform_card_apdu, {},
     "D0 10 81 03 01 30 00 82 02 81 11 A2 05 A0 B0 00 00 18", "3GPP TS 31.124, PERFORM CARD APDU sequence 1.2"},
    {kind, 0x31, -1, "power_on_card", "", "POWER ON CARD", clause, uicc, card_reader, bare, {},
     "D0 09 81 03 01 31 00 82 02 81 11", by_hand},
    {kind, 0x32, -1, "power_off_card", "", "POWER OFF CARD", clause, uicc, card_reader, bare, {},
     "D0 09 81 03 01 32 00 82 02 81 11", by_hand},
    {kind, 0x33, -1, "get_reader_status", "", "GET READER STATUS", clause, uicc, terminal, bare, reader_qualifier,
     "D0 09 81 03 01 33 00 82 02 81 82", by_hand},
    {kind, 0x34, -1, "run_at_command", "", "RUN AT COMMAND", clause, uicc, terminal, run_at_command, {},
     "D0 22 81 03 01 34 00 82 02 81 82 85 0E 52 75 6E 20 41 54 20 43 6F 6D 6D 61 6E 64 A8 07 41 54 2B 43 47 4D 49",
     "3GPP TS 31.124, RUN AT COMMAND sequence 1.3"},
    {kind, 0x35, -1, "language_notification", "", "LANGUAGE NOTIFICATION", clause, uicc, terminal,
     language_notification, language_qualifier,
     "D0 09 81 03 01 35 00 82 02 81 82", "3GPP TS 31.124, LANGUAGE NOTIFICATION sequence 1.2"},
    {kind, 0x40, -1, "open_channel", "packet", "OPEN CHANNEL", "ETSI TS 102 223, 6.6.27", uicc, terminal,
     open_channel_packet, open_qualifier,
     "D0 36 81 03 01 40 01 82 02 81 82 35 07 02 03 04 03 04 1F 02 39 02 05 78 0D 08 F4 55 73 65 72 4C 6F 67"
     " 0D 08 F4 55 73 65 72 50 77 64 3C 03 01 AD 9C 3E 05 21 01 01 01 01", "3GPP TS 31.124, OPEN CHANNEL sequence 2.1"},
    {kind, 0x40, -1, "open_channel", "uicc_server", "OPEN CHANNEL (UICC server mode)", "ETSI TS 102 223, 6.6.27.5",
     uicc, terminal, open_channel_server, {},
     "D0 12 81 03 01 40 00 82 02 81 82 B9 02 05 78 BC 03 03 0D BC", by_hand},
    {kind, 0x40, -1, "open_channel", "terminal_server", "OPEN CHANNEL (terminal server mode)",
     "ETSI TS 102 223, 6.6.27", uicc, terminal, open_channel_server, {},
     "D0 12 81 03 01 40 00 82 02 81 82 B9 02 02 00 BC 03 05 90 01", by_hand},
    {kind, 0x41, -1, "close_channel", "", "CLOSE CHANNEL", clause, uicc, channel, close_channel, close_qualifier,
     "D0 1B 81 03 01 41 00 82 02 81 21 85 0A 43 6C 6F 73 65 20 49 44 20 31 D0 04 00 0A 00 B4",
     "3GPP TS 31.124, CLOSE CHANNEL sequence 2.1"},
    {kind, 0x42, -1, "receive_data", "", "RECEIVE DATA", clause, uicc, channel, receive_data, {},
     "D0 0C 81 03 01 42 00 82 02 81 21 B7 01 C8", "3GPP TS 31.124, RECEIVE DATA sequence 1.1"},
    {kind, 0x43, -1, "send_data", "", "SEND DATA", clause, uicc, channel, send_data, send_qualifier,
     "D0 13 81 03 01 43 01 82 02 81 21 B6 08 00 01 02 03 04 05 06 07", "3GPP TS 31.124, SEND DATA sequence 1.1"},
    {kind, 0x44, -1, "get_channel_status", "", "GET CHANNEL STATUS", clause, uicc, terminal, get_channel_status, {},
     "D0 09 81 03 01 44 00 82 02 81 82", "ETSI TS 102 268, api_2_prh_gcst"},
    {kind, 0x45, -1, "service_search", "", "SERVICE SEARCH", clause, uicc, terminal, service_search, {},
     "D0 0E 81 03 01 45 00 82 02 81 82 43 03 01 00 22", by_hand},
    {kind, 0x46, -1, "get_service_information", "", "GET SERVICE INFORMATION", clause, uicc, terminal,
     get_service_information, {},
     "D0 0E 81 03 01 46 00 82 02 81 82 44 03 01 00 33", by_hand},
    {kind, 0x47, -1, "declare_service", "", "DECLARE SERVICE", clause, uicc, terminal, declare_service,
     declare_qualifier,
     "D0 0E 81 03 01 47 00 82 02 81 82 41 03 00 01 00", "ETSI TS 102 268, cre_pcs_pcco"},
};
// clang-format on

}  // namespace

std::span<const MessageSpec> proactive_commands() {
  return rows;
}

}  // namespace dmsc::codec
