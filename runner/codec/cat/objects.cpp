// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>

#include "runner/codec/cat/name_tables.hpp"
#include "runner/codec/sms/cdma_sms.hpp"
#include "runner/codec/sms/sms.hpp"

namespace dmsc::codec {
namespace {

constexpr std::uint32_t open_ended = 0xFFFF;  // bounded only by the message around it

constexpr const char* by_hand = "worked by hand from the layout";
constexpr const char* cat_8 = "ETSI TS 102 223, 8";
constexpr const char* usat_8 = "3GPP TS 31.111, 8";

// Fields whose value is the object's own, and the shapes that come again and again.

constexpr Field number(const char* key, std::uint8_t width = 1) {
  return {.key = key, .kind = FieldKind::number, .width = width};
}

constexpr Field optional_number(const char* key, std::uint8_t width = 1) {
  return {.key = key, .kind = FieldKind::number, .width = width, .optional = true};
}

constexpr Field code(const char* key, Names names) {
  return {.key = key, .kind = FieldKind::code, .names = names};
}

constexpr Field code_list(const char* key, Names names) {
  return {.key = key, .kind = FieldKind::code_list, .width = 0, .names = names};
}

/// `key` is for messages; the members have keys of their own.
constexpr Field parts(const char* key, std::span<const Part> bits) {
  return {.key = key, .kind = FieldKind::parts, .parts = bits};
}

constexpr Field rest(const char* key) {
  return {.key = key, .kind = FieldKind::hex, .width = 0};
}

constexpr Field optional_rest(const char* key) {
  return {.key = key, .kind = FieldKind::hex, .width = 0, .optional = true};
}

constexpr Field of_kind(const char* key, FieldKind kind, std::uint8_t width = 0) {
  return {.key = key, .kind = kind, .width = width};
}

constexpr Field one_number[] = {number("")};
constexpr Field two_octets[] = {number("", 2)};
constexpr Field one_digits[] = {of_kind("", FieldKind::digits)};
constexpr Field one_ascii[] = {of_kind("", FieldKind::ascii)};
constexpr Field one_labels[] = {of_kind("", FieldKind::labels)};
constexpr Field one_alpha[] = {of_kind("", FieldKind::alpha)};

// 01 to 0D: what every command has, and texts and numbers

constexpr Field command_details[] = {number("number"), code("type", tables::commands), number("qualifier")};

constexpr Field device_identities[] = {code("source", tables::devices), code("destination", tables::devices)};

Names names_of_additional(std::uint32_t general) {
  return additional_result_names(static_cast<std::uint8_t>(general));
}

constexpr Field result[] = {
    code("general", tables::results),
    {.key = "additional", .kind = FieldKind::code, .choose = names_of_additional, .optional = true},
    optional_rest("more"),
};

constexpr Name duration_units[] = {
    {0x00, "minutes", "minutes"},
    {0x01, "seconds", "seconds"},
    {0x02, "tenths_of_seconds", "tenths of seconds"},
};
constexpr Field duration[] = {code("unit", duration_units), number("interval")};

constexpr Name types_of_number[] = {
    {0, "unknown", "unknown"},
    {1, "international", "international number"},
    {2, "national", "national number"},
    {3, "network_specific", "network specific number"},
};
constexpr Name numbering_plans[] = {
    {0, "unknown", "unknown"},
    {1, "isdn_telephony", "ISDN telephony numbering plan (E.164)"},
    {3, "data", "data numbering plan (X.121)"},
    {4, "telex", "telex numbering plan (F.69)"},
    {9, "private", "private numbering plan"},
    {15, "reserved_for_extension", "reserved for extension"},
};
constexpr Part ton_npi[] = {
    {"no_extension", 7, 1},
    {"type_of_number", 4, 3, types_of_number},
    {"numbering_plan", 0, 4, numbering_plans},
};
constexpr Field address[] = {parts("ton_npi", ton_npi), of_kind("digits", FieldKind::digits)};

constexpr Field ussd_string[] = {
    number("dcs"),
    {.key = "string", .kind = FieldKind::cbs_text, .width = 0, .optional = true},
};

constexpr Field text_string[] = {
    code("dcs", tables::coding_schemes),
    {.key = "text", .kind = FieldKind::text, .width = 0, .optional = true},
};

// 0E to 1F: dialogue with the user, events, location

constexpr Name tones[] = {
    {0x01, "dial", "dial tone"},
    {0x02, "busy", "called subscriber busy"},
    {0x03, "congestion", "congestion"},
    {0x04, "radio_path_acknowledge", "radio path acknowledge"},
    {0x05, "call_dropped", "radio path not available or call dropped"},
    {0x06, "error", "error or special information"},
    {0x07, "call_waiting", "call waiting"},
    {0x08, "ringing", "ringing"},
    {0x10, "general_beep", "general beep"},
    {0x11, "positive_acknowledgement", "positive acknowledgement"},
    {0x12, "negative_acknowledgement", "negative acknowledgement or error"},
    {0x13, "incoming_call", "ringing tone for an incoming speech call"},
    {0x14, "incoming_sms", "alert tone for an incoming short message"},
    {0x15, "critical_alert", "critical alert"},
    {0x20, "vibrate", "vibrate only"},
};
constexpr Field tone[] = {code("", tones)};

constexpr Field item[] = {
    number("identifier"),
    {.key = "text", .kind = FieldKind::alpha, .width = 0, .optional = true},
};

constexpr Field response_length[] = {number("minimum"), number("maximum")};

constexpr Field file_list[] = {
    number("number_of_files"),
    {.key = "files", .kind = FieldKind::paths, .width = 0, .optional = true},
};

// The ninth octet belongs to UTRAN's extended cell identity or to the 28 bits of an E-UTRAN cell: the object does not
// say which, so a cell of four octets shows as cell and extended cell.
constexpr Field location_information[] = {
    of_kind("plmn", FieldKind::plmn, 3),
    number("lac", 2),
    optional_number("cell", 2),
    optional_number("extended_cell", 2),
};
// NG-RAN: the area code has three octets and the cell identity 36 bits. That the object has 11 octets is from memory.
constexpr Field location_in_ng_ran[] = {
    of_kind("plmn", FieldKind::plmn, 3),
    number("tac", 3),
    of_kind("nr_cell", FieldKind::hex, 5),
};
// 3GPP2 C.S0035, 8.19
constexpr Field location_in_3gpp2[] = {of_kind("mcc", FieldKind::hex, 2),
                                       of_kind("imsi_11_12", FieldKind::hex, 1),
                                       number("sid", 2),
                                       number("nid", 2),
                                       number("base_id", 2),
                                       of_kind("latitude", FieldKind::hex, 3),
                                       of_kind("longitude", FieldKind::hex, 3)};
// No layout of such a length is known: the octets stand for themselves.
constexpr Field location_unknown[] = {rest("octets")};
constexpr OtherLayout location_layouts[] = {
    {10, 10, location_unknown},  {11, 11, location_in_ng_ran},       {12, 14, location_unknown},
    {15, 15, location_in_3gpp2}, {16, open_ended, location_unknown},
};

constexpr Field items_next_action[] = {code_list("", tables::commands)};

constexpr Field event_list[] = {code_list("", tables::events)};

constexpr Name service_states[] = {
    {0x00, "normal_service", "normal service"},
    {0x01, "limited_service", "limited service"},
    {0x02, "no_service", "no service"},
};
constexpr Field location_status[] = {code("", service_states)};

constexpr Part transaction_bits[] = {{"flag", 7, 1}, {"identifier", 0, 7}};
constexpr Field transaction_identifier[] = {parts("transaction", transaction_bits), optional_rest("more")};

constexpr Name icon_qualifiers[] = {
    {0x00, "self_explanatory", "self-explanatory: replaces the text"},
    {0x01, "not_self_explanatory", "not self-explanatory: shown with the text"},
};
constexpr Field icon_identifier[] = {code("qualifier", icon_qualifiers), number("identifier")};

constexpr Field item_icon_list[] = {code("qualifier", icon_qualifiers), rest("identifiers")};

// 20 to 34: cards, timers, local information, browser

constexpr Part reader_bits[] = {
    {"powered", 7, 1},        {"card_present", 6, 1}, {"id_1_size", 5, 1},
    {"reader_present", 4, 1}, {"removable", 3, 1},    {"reader", 0, 3},
};
constexpr Field card_reader_status[] = {parts("status", reader_bits)};

constexpr Field timer_value[] = {
    of_kind("hours", FieldKind::bcd, 1),
    of_kind("minutes", FieldKind::bcd, 1),
    of_kind("seconds", FieldKind::bcd, 1),
};

constexpr Field date_time[] = {
    of_kind("year", FieldKind::bcd, 1),     of_kind("month", FieldKind::bcd, 1),  of_kind("day", FieldKind::bcd, 1),
    of_kind("hour", FieldKind::bcd, 1),     of_kind("minute", FieldKind::bcd, 1), of_kind("second", FieldKind::bcd, 1),
    of_kind("timezone", FieldKind::hex, 1),
};

constexpr Field language[] = {of_kind("", FieldKind::ascii, 2)};

constexpr Field timing_advance[] = {number("state"), number("advance")};

constexpr Name bearers[] = {
    {0x00, "sms", "short message"},
    {0x01, "csd", "circuit switched data"},
    {0x02, "ussd", "USSD"},
    {0x03, "packet", "packet service"},
};
constexpr Field bearer_list[] = {code_list("", bearers)};

constexpr Name browser_termination_causes[] = {
    {0x00, "user_termination", "user termination"},
    {0x01, "error_termination", "error termination"},
};
constexpr Field browser_termination_cause[] = {code("", browser_termination_causes)};

// 35 to 4B: bearer independent protocol

constexpr Name bearer_types[] = {
    {0x01, "csd", "circuit switched data"},
    {0x02, "packet", "GPRS or UTRAN packet service"},
    {0x03, "default_bearer", "default bearer for the requested transport layer"},
    {0x04, "local_link", "local link, technology independent"},
    {0x05, "bluetooth", "Bluetooth"},
    {0x06, "irda", "IrDA"},
    {0x07, "rs232", "RS232"},
    {0x08, "cdma2000_packet", "cdma2000 packet data service"},
    {0x09, "utran_packet_extended", "UTRAN packet service with extended parameters"},
    {0x0A, "i_wlan", "I-WLAN"},
    {0x0B, "eutran", "E-UTRAN or mapped UTRAN packet service"},
    {0x0C, "ng_ran", "NG-RAN"},
    {0x10, "usb", "USB"},
};
constexpr Field bearer_description[] = {code("type", bearer_types), optional_rest("parameters")};

// Server modes count closed, listen, established; other modes use the upper bit alone: established or not.
constexpr Name channel_states[] = {
    {0, "closed", "closed, or link not established"},
    {1, "listen", "listening"},
    {2, "established", "established"},
    {3, "reserved_state", "reserved"},
};
constexpr Part channel_bits[] = {{"state", 6, 2, channel_states}, {"reserved", 3, 3}, {"channel", 0, 3}};
constexpr Name channel_information[] = {
    {0x00, "no_information", "no further information"},
    {0x05, "link_dropped", "link dropped"},
};
constexpr Field channel_status[] = {parts("status", channel_bits), code("information", channel_information)};

constexpr Name transport_protocols[] = {
    {0x01, "udp_remote", "UDP, UICC in client mode, remote connection"},
    {0x02, "tcp_remote", "TCP, UICC in client mode, remote connection"},
    {0x03, "tcp_server", "TCP, UICC in server mode"},
    {0x04, "udp_local", "UDP, UICC in client mode, local connection"},
    {0x05, "tcp_local", "TCP, UICC in client mode, local connection"},
    {0x06, "direct", "direct communication channel"},
};
constexpr Field transport_level[] = {code("protocol", transport_protocols), optional_number("port", 2)};

constexpr Name address_types[] = {
    {0x21, "ipv4", "IPv4 address"},
    {0x57, "ipv6", "IPv6 address"},
};
constexpr Field other_address[] = {code("type", address_types), rest("address")};

constexpr Name access_technologies[] = {
    {0x00, "gsm", "GSM"},
    {0x01, "tia_eia_553", "TIA/EIA-553"},
    {0x02, "tia_eia_136", "TIA/EIA-136"},
    {0x03, "utran", "UTRAN"},
    {0x04, "tetra", "TETRA"},
    {0x05, "tia_eia_95", "TIA/EIA-95"},
    {0x06, "cdma2000_1x", "cdma2000 1x"},
    {0x07, "cdma2000_hrpd", "cdma2000 HRPD"},
    {0x08, "eutran", "E-UTRAN"},
    {0x09, "ehrpd", "eHRPD"},
};
constexpr Field access_technology[] = {code_list("", access_technologies)};

constexpr Field service_record[] = {number("technology"), number("service"), optional_rest("record")};

// 62 to 7D: later additions, registry of terminal applications among them

constexpr Name search_modes[] = {
    {0x00, "manual", "manual"},
    {0x01, "automatic", "automatic"},
};
constexpr Field network_search_mode[] = {code("", search_modes)};

// On the wire the coding scheme comes before the type of application.
constexpr Field registry_application_data[] = {
    number("port", 2),
    code("dcs", tables::coding_schemes),
    number("application_type"),
    of_kind("name", FieldKind::text),
};

constexpr Field tracking_area[] = {of_kind("plmn", FieldKind::plmn, 3), number("tac", 2)};

/// SEND SHORT MESSAGE carries what goes to the service centre, SMS-PP download what comes from it; both cannot be told
/// from the object. The first two bits are 00 in a DELIVER, and 01 and 10 in what a card sends.
Decoded decode_tpdu_object(ByteView octets) {
  const bool deliver = !octets.empty() && (octets[0] & 0x03) == 0;
  return decode_tpdu(octets, deliver ? SmsWay::to_terminal : SmsWay::from_terminal);
}

// clang-format off
// Clauses as two readers of the documents cite them beside their code: oFono (src/stkutil.c) and pySim (pySim/cat.py),
// some only one of them. Rows with the clause 8 alone are in neither.
constexpr ObjectSpec rows[] = {
    {0x01, "command_details", "Command details", "ETSI TS 102 223, 8.6", 3, 3, command_details,
     "81 03 01 40 01", "ETSI TS 102 268, cre_apt_edcs"},
    {0x02, "device_identities", "Device identities", "ETSI TS 102 223, 8.7", 2, 2, device_identities,
     "82 02 81 82", "ETSI TS 102 268, cre_apt_edcs"},
    {0x03, "result", "Result", "ETSI TS 102 223, 8.12", 1, open_ended, result,
     "83 02 3A 10", by_hand},
    {0x04, "duration", "Duration", "ETSI TS 102 223, 8.8", 2, 2, duration,
     "84 02 01 14", "3GPP TS 31.124, POLL INTERVAL"},
    {0x05, "alpha_identifier", "Alpha identifier", "ETSI TS 102 223, 8.2", 0, open_ended, one_alpha,
     "85 09 44 4D 20 43 6C 69 65 6E 74", by_hand},
    {0x06, "address", "Address", "ETSI TS 102 223, 8.1", 1, open_ended, address,
     "06 05 81 55 66 77 88", "ETSI TS 102 268, cre_apt_edcs"},
    {0x07, "capability_configuration", "Capability configuration parameters", "ETSI TS 102 223, 8.4", 0, open_ended, {},
     "87 02 01 A0", "3GPP TS 31.124, SET UP CALL sequence 1.8"},
    {0x08, "subaddress", "Subaddress", "ETSI TS 102 223, 8.3", 0, open_ended, {},
     "88 03 80 50 95", by_hand},
    {0x09, "ss_string", "SS string", "ETSI TS 102 223, 8.14", 1, open_ended, address,
     "89 04 FF AA 12 BA", by_hand},
    {0x0A, "ussd_string", "USSD string", "ETSI TS 102 223, 8.17", 1, open_ended, ussd_string,
     "8A 06 0F AA 18 0C 36 02", by_hand},
    {0x0B, "sms_tpdu", "SMS TPDU (3GPP)", "ETSI TS 102 223, 8.13", 1, open_ended, {},
     "8B 09 01 00 02 91 10 40 F0 01 20", "3GPP TS 31.124, SEND SHORT MESSAGE sequence 4.5", decode_tpdu_object},
    {0x0C, "cb_page", "Cell broadcast page", "3GPP TS 31.111, 8.5", 88, 88, {},
     "8C 58 C0 11 10 01 01 11 C3 32 9B 0D 12 CA DF 61 F2 38 3C A7 83 40 20 10 08 04 02 81 40 20 10 08 04 02 81 40 "
     "20 10 08 04 02 81 40 20 10 08 04 02 81 40 20 10 08 04 02 81 40 20 10 08 04 02 81 40 20 10 08 04 02 81 40 20 "
     "10 08 04 02 81 40 20 10 08 04 02 81 40 20 10 08 04 02",
     "3GPP TS 31.124, CELL BROADCAST DOWNLOAD sequence 1"},
    {0x0D, "text_string", "Text string", "ETSI TS 102 223, 8.15", 0, open_ended, text_string,
     "8D 09 00 C4 26 68 C8 4E 97 DD 74", by_hand},
    {0x0E, "tone", "Tone", "ETSI TS 102 223, 8.16", 1, 1, tone,
     "8E 01 11", "3GPP TS 31.124, PLAY TONE sequence 1.1"},
    {0x0F, "item", "Item", "ETSI TS 102 223, 8.9", 0, open_ended, item,
     "8F 07 01 49 74 65 6D 20 31", "3GPP TS 31.124, SET UP MENU sequence 5.1"},
    {0x10, "item_identifier", "Item identifier", "ETSI TS 102 223, 8.10", 1, 1, one_number,
     "10 01 01", "ETSI TS 102 268, cre_apt_emsh"},
    {0x11, "response_length", "Response length", "ETSI TS 102 223, 8.11", 2, 2, response_length,
     "91 02 05 0A", by_hand},
    {0x12, "file_list", "File list", "ETSI TS 102 223, 8.18", 1, open_ended, file_list,
     "92 05 01 3F 00 2F E2", "3GPP TS 31.124, REFRESH sequence 1.2"},
    {0x13, "location_information", "Location information", "ETSI TS 102 223, 8.19", 5, 15, location_information,
     "13 09 00 F1 10 00 01 00 01 00 01", "3GPP TS 31.124, CALL CONTROL sequence 1.3", nullptr, location_layouts},
    {0x14, "imei", "IMEI", "ETSI TS 102 223, 8.20", 8, 8, {},
     "94 08 3A 65 87 09 21 43 65 87", by_hand},
    {0x15, "help_request", "Help request", "ETSI TS 102 223, 8.21", 0, 0, {},
     "15 00", "ETSI TS 102 268, cre_apt_emsh"},
    {0x16, "network_measurement_results", "Network measurement results", "ETSI TS 102 223, 8.22", 0, open_ended, {},
     "96 10 34 34 00 00 00 00 00 00 00 00 00 00 00 00 00 00", "3GPP TS 31.124, PROVIDE LOCAL INFORMATION sequence 1.3"},
    {0x17, "default_text", "Default text", "ETSI TS 102 223, 8.23", 0, open_ended, text_string,
     "17 09 04 31 32 33 34 35 36 37 38", by_hand},
    {0x18, "items_next_action", "Items next action indicator", "ETSI TS 102 223, 8.24",
     0, open_ended, items_next_action,
     "18 03 13 10 26", "3GPP TS 31.124, SELECT ITEM sequence 2.1"},
    {0x19, "event_list", "Event list", "ETSI TS 102 223, 8.25", 0, open_ended, event_list,
     "99 03 09 0A 03", by_hand},
    {0x1A, "cause", "Cause", "ETSI TS 102 223, 8.26", 0, open_ended, {},
     "1A 02 E0 90", "3GPP TS 31.124, call disconnected event"},
    {0x1B, "location_status", "Location status", "ETSI TS 102 223, 8.27", 1, 1, location_status,
     "1B 01 01", "ETSI TS 102 268, event download location status"},
    {0x1C, "transaction_identifier", "Transaction identifier", "ETSI TS 102 223, 8.28", 1, open_ended,
     transaction_identifier, "9C 01 80", "3GPP TS 31.124, call connected event"},
    {0x1D, "bcch_channel_list", "BCCH channel list", "3GPP TS 31.111, 8.29", 0, open_ended, {},
     "9D 03 80 20 08", by_hand},
    {0x1E, "icon_identifier", "Icon identifier", "ETSI TS 102 223, 8.31", 2, 2, icon_identifier,
     "9E 02 01 02", by_hand},
    {0x1F, "item_icon_list", "Item icon identifier list", "ETSI TS 102 223, 8.32", 1, open_ended, item_icon_list,
     "1F 03 01 01 02", "ETSI TS 102 268, api_2_tkr_cmet"},
    {0x20, "card_reader_status", "Card reader status", "ETSI TS 102 223, 8.33", 1, 1, card_reader_status,
     "A0 01 19", "3GPP TS 31.124, card reader status event"},
    {0x21, "card_atr", "Card ATR", "ETSI TS 102 223, 8.34", 0, open_ended, {},
     "A1 09 3B 66 00 FF 4A 43 4F 50 33", by_hand},
    {0x22, "c_apdu", "C-APDU", "ETSI TS 102 223, 8.35", 0, open_ended, {},
     "A2 05 A0 B0 00 00 18", "3GPP TS 31.124, PERFORM CARD APDU sequence 1.2"},
    {0x23, "r_apdu", "R-APDU", "ETSI TS 102 223, 8.36", 0, open_ended, {},
     "A3 02 90 00", by_hand},
    {0x24, "timer_identifier", "Timer identifier", "ETSI TS 102 223, 8.37", 1, 1, one_number,
     "A4 01 01", "3GPP TS 31.124, TIMER MANAGEMENT sequence 1.1"},
    {0x25, "timer_value", "Timer value", "ETSI TS 102 223, 8.38", 3, 3, timer_value,
     "A5 03 32 54 01", by_hand},
    {0x26, "date_time_timezone", "Date-time and time zone", "ETSI TS 102 223, 8.39", 7, 7, date_time,
     "A6 07 20 50 70 41 80 71 FF", "3GPP TS 31.124, PROVIDE LOCAL INFORMATION sequence 1.4"},
    {0x27, "requested_action", "Call control requested action", "ETSI TS 102 223, 8.30", 0, open_ended, {},
     "A7 02 00 00", by_hand},
    {0x28, "at_command", "AT command", "ETSI TS 102 223, 8.40", 0, open_ended, one_ascii,
     "A8 07 41 54 2B 43 47 4D 49", "3GPP TS 31.124, RUN AT COMMAND sequence 1.3"},
    {0x29, "at_response", "AT response", "ETSI TS 102 223, 8.41", 0, open_ended, {},
     "A9 06 0D 0A 4F 4B 0D 0A", by_hand},
    {0x2A, "bc_repeat_indicator", "BC repeat indicator", "ETSI TS 102 223, 8.42", 1, 1, one_number,
     "2A 01 01", by_hand},
    {0x2B, "immediate_response", "Immediate response", "ETSI TS 102 223, 8.43", 0, 0, {},
     "AB 00", by_hand},
    {0x2C, "dtmf_string", "DTMF string", "ETSI TS 102 223, 8.44", 0, open_ended, one_digits,
     "AC 05 21 43 65 87 09", "3GPP TS 31.124, SEND DTMF sequence 1.2"},
    {0x2D, "language", "Language", "ETSI TS 102 223, 8.45", 2, 2, language,
     "2D 02 46 52", "ETSI TS 102 268, event download language selection"},
    {0x2E, "timing_advance", "Timing advance", "3GPP TS 31.111, 8.46", 2, 2, timing_advance,
     "AE 02 00 00", "3GPP TS 31.124, PROVIDE LOCAL INFORMATION sequence 1.6"},
    {0x2F, "aid", "AID", "ETSI TS 102 223, 8.60", 5, 16, {},
     "2F 07 A0 00 00 00 87 10 02", by_hand},
    {0x30, "browser_identity", "Browser identity", "ETSI TS 102 223, 8.47", 1, 1, one_number,
     "B0 01 00", by_hand},
    {0x31, "url", "URL", "ETSI TS 102 223, 8.48", 0, open_ended, one_ascii,
     "31 12 68 74 74 70 3A 2F 2F 78 78 78 2E 79 79 79 2E 7A 7A 7A", "3GPP TS 31.124, LAUNCH BROWSER sequence 1.2"},
    {0x32, "bearer", "Bearer", "ETSI TS 102 223, 8.49", 0, open_ended, bearer_list,
     "32 02 03 00", by_hand},
    {0x33, "provisioning_file_reference", "Provisioning file reference", "ETSI TS 102 223, 8.50", 0, open_ended, {},
     "33 06 3F 00 7F 10 6F 3A", by_hand},
    {0x34, "browser_termination_cause", "Browser termination cause", "ETSI TS 102 223, 8.51",
     1, 1, browser_termination_cause,
     "34 01 00", "ETSI TS 102 268, event download browser termination"},
    {0x35, "bearer_description", "Bearer description", "ETSI TS 102 223, 8.52", 1, open_ended, bearer_description,
     "35 02 03 00", "ETSI TS 102 268, cre_apt_edcs"},
    {0x36, "channel_data", "Channel data", "ETSI TS 102 223, 8.53", 0, open_ended, {},
     "36 08 00 01 02 03 04 05 06 07", "3GPP TS 31.124, SEND DATA sequence 1.1"},
    {0x37, "channel_data_length", "Channel data length", "ETSI TS 102 223, 8.54", 1, 1, one_number,
     "B7 01 FF", "3GPP TS 31.124, SEND DATA sequence 1.1"},
    {0x38, "channel_status", "Channel status", "ETSI TS 102 223, 8.56", 2, 2, channel_status,
     "B8 02 41 00", "3GPP TS 31.124, channel status event"},
    {0x39, "buffer_size", "Buffer size", "ETSI TS 102 223, 8.55", 2, 2, two_octets,
     "39 02 05 78", "3GPP TS 31.124, OPEN CHANNEL sequence 2.1"},
    {0x3A, "card_reader_identifier", "Card reader identifier", "ETSI TS 102 223, 8.57", 0, open_ended, {},
     "BA 03 52 44 31", by_hand},
    {0x3B, "file_update_information", "File update information", cat_8, 0, open_ended, {},
     "3B 04 3F 00 2F E2", by_hand},
    {0x3C, "transport_level", "UICC/terminal interface transport level", "ETSI TS 102 223, 8.59", 1, 3,
     transport_level, "BC 03 03 0D BC", by_hand},
    {0x3E, "other_address", "Other address", "ETSI TS 102 223, 8.58", 0, 17, other_address,
     "3E 05 21 01 01 01 01", "3GPP TS 31.124, OPEN CHANNEL sequence 2.1"},
    {0x3F, "access_technology", "Access technology", "ETSI TS 102 223, 8.61", 1, open_ended, access_technology,
     "BF 01 08", "3GPP TS 31.124, network rejection event"},
    {0x40, "display_parameters", "Display parameters", "ETSI TS 102 223, 8.62", 1, open_ended, {},
     "C0 03 10 10 01", "ETSI TS 102 268, event download display parameters changed"},
    {0x41, "service_record", "Service record", "ETSI TS 102 223, 8.63", 2, open_ended, service_record,
     "41 03 00 01 00", "ETSI TS 102 268, cre_pcs_pcco"},
    {0x42, "device_filter", "Device filter", "ETSI TS 102 223, 8.64", 0, open_ended, {},
     "42 03 01 00 11", by_hand},
    {0x43, "service_search", "Service search", "ETSI TS 102 223, 8.65", 0, open_ended, {},
     "43 03 01 00 22", by_hand},
    {0x44, "attribute_information", "Attribute information", "ETSI TS 102 223, 8.66", 0, open_ended, {},
     "44 03 01 00 33", by_hand},
    {0x45, "service_availability", "Service availability", "ETSI TS 102 223, 8.67", 0, open_ended, {},
     "45 03 01 00 44", by_hand},
    {0x46, "esn", "ESN", "ETSI TS 102 223, 8.69", 4, 4, {},
     "C6 04 80 12 34 56", by_hand},
    {0x47, "network_access_name", "Network access name", "ETSI TS 102 223, 8.70", 0, open_ended, one_labels,
     "47 0A 06 54 65 73 74 47 70 02 72 73", "3GPP TS 31.124, OPEN CHANNEL sequence 5.1"},
    {0x48, "cdma_sms_tpdu", "CDMA-SMS-TPDU", "3GPP2 C.S0035, 8.71", 1, open_ended, {},
     "C8 0C 00 00 02 10 04 08 05 00 03 10 00 10", by_hand, decode_cdma_sms},
    {0x49, "remote_entity_address", "Remote entity address", "ETSI TS 102 223, 8.68", 0, open_ended, {},
     "49 07 00 01 02 03 04 05 06", by_hand},
    {0x4A, "i_wlan_identifier", "I-WLAN identifier", usat_8, 0, open_ended, {},
     "4A 04 57 4C 41 4E", by_hand},
    {0x4B, "i_wlan_access_status", "I-WLAN access status", usat_8, 1, 1, one_number,
     "CB 01 00", by_hand},
    {0x50, "text_attribute", "Text attribute", "ETSI TS 102 223, 8.72", 0, open_ended, {},
     "D0 04 00 10 01 B4", "3GPP TS 31.124, DISPLAY TEXT sequence 8.2"},
    {0x51, "item_text_attribute_list", "Item text attribute list", "ETSI TS 102 223, 8.73", 0, open_ended, {},
     "51 04 00 00 03 90", "ETSI TS 102 268, cre_pcs_spco"},
    {0x52, "pdp_context_activation_parameters", "PDP context activation parameters", "3GPP TS 31.111, 8.72",
     0, open_ended, {},
     "D2 04 0A 01 00 05", by_hand},
    {0x53, "contactless_state_request", "Contactless state request", cat_8, 0, open_ended, {},
     "D3 01 01", by_hand},
    {0x54, "contactless_functionality_state", "Contactless functionality state", "ETSI TS 102 223, 8.92",
     0, open_ended, {},
     "D4 01 01", by_hand},
    {0x55, "csg_cell_selection_status", "CSG cell selection status", usat_8, 0, open_ended, {},
     "D5 02 01 00", by_hand},
    {0x56, "csg_identifier", "CSG identifier", usat_8, 0, open_ended, {},
     "D6 04 00 00 00 1F", by_hand},
    {0x57, "hnb_name", "HNB name", usat_8, 0, open_ended, {},
     "D7 04 48 6F 6D 65", by_hand},
    {0x60, "mac", "MAC", cat_8, 0, open_ended, {},
     "E0 04 01 02 03 04", by_hand},
    {0x61, "emergency_call_object", "Emergency call object", cat_8, 0, open_ended, {},
     "E1 01 01", by_hand},
    {0x62, "imeisv", "IMEISV", "ETSI TS 102 223, 8.74", 9, 9, {},
     "E2 09 13 32 54 76 98 10 32 54 F6", "3GPP TS 31.124, PROVIDE LOCAL INFORMATION sequence 1.9"},
    {0x63, "battery_state", "Battery state", "ETSI TS 102 223, 8.76", 1, 1, one_number,
     "E3 01 04", "3GPP TS 31.124, PROVIDE LOCAL INFORMATION sequence 1.11"},
    {0x64, "browsing_status", "Browsing status", "ETSI TS 102 223, 8.77", 0, open_ended, {},
     "E4 01 00", "ETSI TS 102 268, event download browsing status"},
    {0x65, "network_search_mode", "Network search mode", "ETSI TS 102 223, 8.75", 1, 1, network_search_mode,
     "E5 01 00", "ETSI TS 102 268, event download network search mode change"},
    {0x66, "frame_layout", "Frame layout", "ETSI TS 102 223, 8.78", 0, open_ended, {},
     "E6 03 01 32 32", by_hand},
    {0x67, "frames_information", "Frames information", "ETSI TS 102 223, 8.79", 0, open_ended, {},
     "E7 03 01 02 03", "ETSI TS 102 268, event download frames information changed"},
    {0x68, "frame_identifier", "Frame identifier", "ETSI TS 102 223, 8.80", 1, 1, one_number,
     "68 01 02", by_hand},
    {0x69, "measurement_qualifier", "UTRAN or E-UTRAN measurement qualifier", "3GPP TS 31.111, 8.73", 1, 1, one_number,
     "E9 01 01", by_hand},
    {0x6A, "mms_reference", "Multimedia message reference", "ETSI TS 102 223, 8.82", 0, open_ended, {},
     "EA 01 02", by_hand},
    {0x6B, "mms_identifier", "Multimedia message identifier", "ETSI TS 102 223, 8.83", 0, open_ended, {},
     "EB 01 03", by_hand},
    {0x6C, "mms_transfer_status", "Multimedia message transfer status", "ETSI TS 102 223, 8.84", 0, open_ended, {},
     "EC 01 00", by_hand},
    {0x6D, "meid", "MEID", "ETSI TS 102 223, 8.81", 8, 8, {},
     "ED 08 A0 00 00 12 34 56 78 9A", by_hand},
    {0x6E, "mms_content_identifier", "Multimedia message content identifier", "ETSI TS 102 223, 8.85",
     0, open_ended, {},
     "EE 01 04", by_hand},
    {0x6F, "mms_notification", "Multimedia message notification", "ETSI TS 102 223, 8.86", 0, open_ended, {},
     "EF 02 8C 82", by_hand},
    {0x70, "last_envelope", "Last envelope", "ETSI TS 102 223, 8.87", 0, 0, {},
     "70 00", by_hand},
    {0x71, "registry_application_data", "Registry application data", "ETSI TS 102 223, 8.88", 5, open_ended,
     registry_application_data, "71 0C 90 01 00 07 C4 26 68 C8 4E 97 DD 74", by_hand},
    {0x72, "plmnwact_list", "PLMNwAcT list", "3GPP TS 31.111, 8.90", 0, open_ended, {},
     "72 05 00 F1 10 40 00", by_hand},
    {0x73, "routing_area_information", "Routing area information", "3GPP TS 31.111, 8.91", 0, open_ended, {},
     "73 06 00 F1 10 00 01 05", by_hand},
    {0x74, "update_attach_type", "Update or attach type", "3GPP TS 31.111, 8.92", 1, 1, one_number,
     "F4 01 0B", "3GPP TS 31.124, network rejection event"},
    {0x75, "rejection_cause", "Rejection cause code", "3GPP TS 31.111, 8.93", 1, 1, one_number,
     "F5 01 0C", "3GPP TS 31.124, network rejection event"},
    {0x76, "geographical_location_parameters", "Geographical location parameters", "3GPP TS 31.111, 8.94",
     0, open_ended, {},
     "F6 02 01 02", by_hand},
    {0x77, "gad_shapes", "GAD shapes", usat_8, 0, open_ended, {},
     "F7 07 00 12 34 56 65 43 21", by_hand},
    {0x78, "nmea_sentence", "NMEA sentence", usat_8, 0, open_ended, {},
     "F8 06 24 47 50 47 47 41", by_hand},
    {0x79, "plmn_list", "PLMN list", "3GPP TS 31.111, 8.97", 0, open_ended, {},
     "F9 03 00 F1 10", by_hand},
    {0x7A, "broadcast_network_information", "Broadcast network information", "ETSI TS 102 223, 8.90", 0, open_ended, {},
     "FA 03 00 12 34", by_hand},
    {0x7B, "activate_descriptor", "ACTIVATE descriptor", "ETSI TS 102 223, 8.89", 1, 1, one_number,
     "FB 01 01", by_hand},
    {0x7C, "eps_pdn_connection_activation", "EPS PDN connection activation parameters", usat_8, 0, open_ended, {},
     "FC 03 02 01 D0", by_hand},
    {0x7D, "tracking_area_identification", "Tracking area identification", usat_8, 5, 5, tracking_area,
     "7D 05 00 F1 10 00 01", "3GPP TS 31.124, network rejection event"},
    {0x7E, "csg_identifier_list", "CSG identifier list", usat_8, 0, open_ended, {},
     "FE 06 00 F1 10 80 01 05", by_hand},
};
// clang-format on

constexpr std::size_t row_count = std::size(rows);
constexpr std::uint8_t no_row = 0xFF;
static_assert(row_count < no_row);

constexpr auto row_of_tag = [] {
  std::array<std::uint8_t, 0x80> index{};
  index.fill(no_row);
  for (std::size_t at = 0; at < row_count; ++at) index[rows[at].tag] = static_cast<std::uint8_t>(at);
  return index;
}();

constexpr auto key_of_row = [](std::uint8_t at) { return std::string_view(rows[at].key); };

constexpr auto rows_by_key = [] {
  std::array<std::uint8_t, row_count> index{};
  for (std::size_t at = 0; at < row_count; ++at) index[at] = static_cast<std::uint8_t>(at);
  std::ranges::sort(index, {}, key_of_row);
  return index;
}();

static_assert(std::ranges::adjacent_find(rows_by_key, {}, key_of_row) == rows_by_key.end(), "a key comes twice");
static_assert(std::ranges::adjacent_find(rows, std::ranges::greater_equal{}, &ObjectSpec::tag) == std::end(rows),
              "tags ascend");

}  // namespace

std::span<const ObjectSpec> objects() {
  return rows;
}

const ObjectSpec* find_object(std::uint32_t tag) {
  if (tag >= row_of_tag.size() || row_of_tag[tag] == no_row) return nullptr;
  return &rows[row_of_tag[tag]];
}

const ObjectSpec* find_object(std::string_view key) {
  const auto found = std::ranges::lower_bound(rows_by_key, key, {}, key_of_row);
  return found == rows_by_key.end() || key_of_row(*found) != key ? nullptr : &rows[*found];
}

}  // namespace dmsc::codec
