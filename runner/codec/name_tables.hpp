// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/codec/spec.hpp"

/// The enumerations as constants, so that rows in other files stay constant expressions. Everybody else calls the
/// functions of spec.hpp.
namespace dmsc::codec::tables {

// ETSI TS 102 223, 8.7
inline constexpr Name devices[] = {
    {0x01, "keypad", "keypad"},
    {0x02, "display", "display"},
    {0x03, "earpiece", "earpiece"},
    {0x10, "card_reader_0", "additional card reader 0"},
    {0x11, "card_reader_1", "additional card reader 1"},
    {0x12, "card_reader_2", "additional card reader 2"},
    {0x13, "card_reader_3", "additional card reader 3"},
    {0x14, "card_reader_4", "additional card reader 4"},
    {0x15, "card_reader_5", "additional card reader 5"},
    {0x16, "card_reader_6", "additional card reader 6"},
    {0x17, "card_reader_7", "additional card reader 7"},
    {0x21, "channel_1", "channel 1"},
    {0x22, "channel_2", "channel 2"},
    {0x23, "channel_3", "channel 3"},
    {0x24, "channel_4", "channel 4"},
    {0x25, "channel_5", "channel 5"},
    {0x26, "channel_6", "channel 6"},
    {0x27, "channel_7", "channel 7"},
    {0x31, "ecat_client_1", "eCAT client 1"},
    {0x32, "ecat_client_2", "eCAT client 2"},
    {0x33, "ecat_client_3", "eCAT client 3"},
    {0x34, "ecat_client_4", "eCAT client 4"},
    {0x35, "ecat_client_5", "eCAT client 5"},
    {0x36, "ecat_client_6", "eCAT client 6"},
    {0x37, "ecat_client_7", "eCAT client 7"},
    {0x38, "ecat_client_8", "eCAT client 8"},
    {0x39, "ecat_client_9", "eCAT client 9"},
    {0x3A, "ecat_client_10", "eCAT client 10"},
    {0x3B, "ecat_client_11", "eCAT client 11"},
    {0x3C, "ecat_client_12", "eCAT client 12"},
    {0x3D, "ecat_client_13", "eCAT client 13"},
    {0x3E, "ecat_client_14", "eCAT client 14"},
    {0x3F, "ecat_client_15", "eCAT client 15"},
    {0x81, "uicc", "UICC"},
    {0x82, "terminal", "terminal"},
    {0x83, "network", "network"},
};

// ETSI TS 102 223, 9.4
inline constexpr Name commands[] = {
    {0x01, "refresh", "REFRESH"},
    {0x02, "more_time", "MORE TIME"},
    {0x03, "poll_interval", "POLL INTERVAL"},
    {0x04, "polling_off", "POLLING OFF"},
    {0x05, "set_up_event_list", "SET UP EVENT LIST"},
    {0x10, "set_up_call", "SET UP CALL"},
    {0x11, "send_ss", "SEND SS"},
    {0x12, "send_ussd", "SEND USSD"},
    {0x13, "send_short_message", "SEND SHORT MESSAGE"},
    {0x14, "send_dtmf", "SEND DTMF"},
    {0x15, "launch_browser", "LAUNCH BROWSER"},
    {0x16, "geographical_location_request", "GEOGRAPHICAL LOCATION REQUEST"},
    {0x20, "play_tone", "PLAY TONE"},
    {0x21, "display_text", "DISPLAY TEXT"},
    {0x22, "get_inkey", "GET INKEY"},
    {0x23, "get_input", "GET INPUT"},
    {0x24, "select_item", "SELECT ITEM"},
    {0x25, "set_up_menu", "SET UP MENU"},
    {0x26, "provide_local_information", "PROVIDE LOCAL INFORMATION"},
    {0x27, "timer_management", "TIMER MANAGEMENT"},
    {0x28, "set_up_idle_mode_text", "SET UP IDLE MODE TEXT"},
    {0x30, "perform_card_apdu", "PERFORM CARD APDU"},
    {0x31, "power_on_card", "POWER ON CARD"},
    {0x32, "power_off_card", "POWER OFF CARD"},
    {0x33, "get_reader_status", "GET READER STATUS"},
    {0x34, "run_at_command", "RUN AT COMMAND"},
    {0x35, "language_notification", "LANGUAGE NOTIFICATION"},
    {0x40, "open_channel", "OPEN CHANNEL"},
    {0x41, "close_channel", "CLOSE CHANNEL"},
    {0x42, "receive_data", "RECEIVE DATA"},
    {0x43, "send_data", "SEND DATA"},
    {0x44, "get_channel_status", "GET CHANNEL STATUS"},
    {0x45, "service_search", "SERVICE SEARCH"},
    {0x46, "get_service_information", "GET SERVICE INFORMATION"},
    {0x47, "declare_service", "DECLARE SERVICE"},
};

// ETSI TS 102 223, 8.25
inline constexpr Name events[] = {
    {0x00, "mt_call", "MT call"},
    {0x01, "call_connected", "call connected"},
    {0x02, "call_disconnected", "call disconnected"},
    {0x03, "location_status", "location status"},
    {0x04, "user_activity", "user activity"},
    {0x05, "idle_screen", "idle screen available"},
    {0x06, "card_reader_status", "card reader status"},
    {0x07, "language_selection", "language selection"},
    {0x08, "browser_termination", "browser termination"},
    {0x09, "data_available", "data available"},
    {0x0A, "channel_status", "channel status"},
    {0x0B, "access_technology_change", "access technology change (single)"},
    {0x0C, "display_parameters_changed", "display parameters changed"},
    {0x0D, "local_connection", "local connection"},
    {0x0E, "network_search_mode_change", "network search mode change"},
    {0x0F, "browsing_status", "browsing status"},
    {0x10, "frames_information_change", "frames information change"},
    {0x11, "i_wlan_access_status", "I-WLAN access status"},
    {0x12, "network_rejection", "network rejection"},
    {0x13, "hci_connectivity", "HCI connectivity"},
    {0x14, "access_technology_change_multiple", "access technology change (multiple)"},
    {0x15, "csg_cell_selection", "CSG cell selection"},
    {0x16, "contactless_state_request", "contactless state request"},
    {0x17, "ims_registration", "IMS registration"},
    {0x18, "incoming_ims_data", "incoming IMS data"},
    {0x19, "profile_container", "profile container"},
    {0x1B, "secured_profile_container", "secured profile container"},
    {0x1C, "poll_interval_negotiation", "poll interval negotiation"},
    {0x1D, "data_connection_status_change", "data connection status change"},
};

// ETSI TS 102 223, 8.12
inline constexpr Name results[] = {
    {0x00, "performed", "performed"},
    {0x01, "performed_partial_comprehension", "performed with partial comprehension"},
    {0x02, "performed_missing_information", "performed with missing information"},
    {0x03, "performed_additional_files_read", "REFRESH performed with additional files read"},
    {0x04, "performed_icon_not_displayed", "performed, icon not displayed"},
    {0x05, "performed_modified_by_call_control", "performed, modified by call control"},
    {0x06, "performed_limited_service", "performed, limited service"},
    {0x07, "performed_with_modification", "performed with modification"},
    {0x08, "performed_naa_not_active", "REFRESH performed, no NAA active"},
    {0x09, "performed_tone_not_played", "performed, tone not played"},
    {0x10, "session_ended_by_user", "session ended by the user"},
    {0x11, "backward_move", "backward move asked by the user"},
    {0x12, "no_response_from_user", "no response from the user"},
    {0x13, "help_requested", "help requested by the user"},
    {0x14, "transaction_ended_by_user", "USSD or SS transaction ended by the user"},
    {0x20, "terminal_unable", "terminal unable at present"},
    {0x21, "network_unable", "network unable at present"},
    {0x22, "user_did_not_accept", "user did not accept"},
    {0x23, "user_cleared_call", "user cleared the call"},
    {0x24, "timer_state_contradiction", "contradiction with the state of the timer"},
    {0x25, "call_control_temporary_problem", "call control, temporary problem"},
    {0x26, "browser_error", "browser error"},
    {0x27, "mms_temporary_problem", "MMS, temporary problem"},
    {0x30, "beyond_terminal_capabilities", "beyond the terminal's capabilities"},
    {0x31, "command_type_not_understood", "command type not understood"},
    {0x32, "command_data_not_understood", "command data not understood"},
    {0x33, "command_number_unknown", "command number unknown"},
    {0x34, "ss_error", "SS error"},
    {0x35, "sms_rp_error", "SMS RP-ERROR"},
    {0x36, "required_values_missing", "required values are missing"},
    {0x37, "ussd_error", "USSD error"},
    {0x38, "multiple_card_error", "multiple card error"},
    {0x39, "not_allowed_by_control", "not allowed by call control or MO short message control"},
    {0x3A, "bip_error", "bearer independent protocol error"},
    {0x3B, "access_technology_unable", "access technology unable"},
    {0x3C, "frames_error", "frames error"},
    {0x3D, "mms_error", "MMS error"},
};

// general result 20
inline constexpr Name terminal_problems[] = {
    {0x00, "no_specific_cause", "no specific cause"},
    {0x01, "screen_busy", "screen is busy"},
    {0x02, "busy_on_call", "busy on a call"},
    {0x03, "busy_on_ss", "busy on an SS transaction"},
    {0x04, "no_service", "no service"},
    {0x05, "access_control_class_bar", "barred by access control class"},
    {0x06, "radio_resource_not_granted", "radio resource not granted"},
    {0x07, "not_in_speech_call", "not in a speech call"},
    {0x08, "busy_on_ussd", "busy on a USSD transaction"},
    {0x09, "busy_on_dtmf", "busy on SEND DTMF"},
    {0x0A, "no_naa_active", "no NAA active"},
};

// general result 26
inline constexpr Name browser_problems[] = {
    {0x00, "no_specific_cause", "no specific cause"},
    {0x01, "bearer_unavailable", "bearer unavailable"},
    {0x02, "browser_unavailable", "browser unavailable"},
    {0x03, "provisioning_data_unreadable", "provisioning data cannot be read"},
    {0x04, "default_url_unavailable", "default URL unavailable"},
};

// general result 38
inline constexpr Name multiple_card_problems[] = {
    {0x00, "no_specific_cause", "no specific cause"},
    {0x01, "card_reader_not_present", "card reader removed or not present"},
    {0x02, "card_not_present", "card removed or not present"},
    {0x03, "card_reader_busy", "card reader busy"},
    {0x04, "card_powered_off", "card powered off"},
    {0x05, "c_apdu_format_error", "C-APDU format error"},
    {0x06, "mute_card", "mute card"},
    {0x07, "transmission_error", "transmission error"},
    {0x08, "protocol_not_supported", "protocol not supported"},
    {0x09, "reader_not_valid", "specified reader not valid"},
};

// general results 25 and 39
inline constexpr Name control_problems[] = {
    {0x00, "no_specific_cause", "no specific cause"},
    {0x01, "action_not_allowed", "action not allowed"},
    {0x02, "type_of_request_changed", "type of request has changed"},
};

// general result 3A
inline constexpr Name bip_problems[] = {
    {0x00, "no_specific_cause", "no specific cause"},
    {0x01, "no_channel_available", "no channel available"},
    {0x02, "channel_closed", "channel closed"},
    {0x03, "channel_id_not_valid", "channel identifier not valid"},
    {0x04, "buffer_size_not_available", "requested buffer size not available"},
    {0x05, "security_error", "security error"},
    {0x06, "transport_level_not_available", "requested transport level not available"},
    {0x07, "remote_device_not_reachable", "remote device not reachable"},
    {0x08, "service_error", "service error"},
    {0x09, "service_identifier_unknown", "service identifier unknown"},
    {0x10, "port_not_available", "port not available (server modes)"},
    {0x11, "launch_parameters_missing", "launch parameters missing or incorrect"},
    {0x12, "application_launch_failed", "application launch failed"},
};

// general result 3C
inline constexpr Name frames_problems[] = {
    {0x00, "no_specific_cause", "no specific cause"},
    {0x01, "frame_identifier_not_valid", "frame identifier not valid"},
    {0x02, "too_many_frames", "number of frames beyond the terminal's capabilities"},
    {0x03, "no_frame_defined", "no frame defined"},
    {0x04, "size_not_supported", "requested size not supported"},
    {0x05, "default_frame_not_valid", "default active frame not valid"},
};

// 3GPP TS 23.038 as CAT uses it: bits 2 and 1 of Fx carry a message class
inline constexpr Name coding_schemes[] = {
    {0x00, "gsm7_packed", "GSM 7-bit default alphabet, packed"},
    {0x04, "gsm7", "GSM default alphabet, one character an octet (8-bit data)"},
    {0x08, "ucs2", "UCS2"},
    {0xF0, "gsm7_packed_class", "GSM 7-bit default alphabet, packed, class 0"},
    {0xF1, "gsm7_packed_class_1", "GSM 7-bit default alphabet, packed, class 1"},
    {0xF2, "gsm7_packed_class_2", "GSM 7-bit default alphabet, packed, class 2"},
    {0xF3, "gsm7_packed_class_3", "GSM 7-bit default alphabet, packed, class 3"},
    {0xF4, "gsm7_class", "GSM default alphabet, one character an octet, class 0"},
    {0xF5, "gsm7_class_1", "GSM default alphabet, one character an octet, class 1"},
    {0xF6, "gsm7_class_2", "GSM default alphabet, one character an octet, class 2"},
    {0xF7, "gsm7_class_3", "GSM default alphabet, one character an octet, class 3"},
};

}  // namespace dmsc::codec::tables
