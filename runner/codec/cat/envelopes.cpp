// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/cat/slots.hpp"
#include "runner/codec/cat/spec.hpp"

namespace dmsc::codec {
namespace {

using namespace slots;  // NOLINT(google-build-using-namespace): the rows read as a table

constexpr std::uint8_t keypad = 0x01;
constexpr std::uint8_t display = 0x02;
constexpr std::uint8_t uicc = 0x81;
constexpr std::uint8_t terminal = 0x82;
constexpr std::uint8_t network = 0x83;

constexpr const char* cat_7 = "ETSI TS 102 223, 7";
constexpr const char* usat_7 = "3GPP TS 31.111, 7";

// Data from the network and from the user

constexpr Slot devices_only[] = {devices};
constexpr Slot sms_pp_download[] = {devices, plain(may("address")), must("sms_tpdu")};
constexpr Slot cdma_sms_pp_download[] = {devices, must("cdma_sms_tpdu")};
constexpr Slot cell_broadcast_download[] = {devices, must("cb_page")};
constexpr Slot menu_selection[] = {devices, must("item_identifier"), may("help_request")};
constexpr Slot ussd_data_download[] = {devices, must("ussd_string")};
constexpr Slot mms_transfer_status[] = {
    devices,
    must("file_list"),
    plain(may("mms_identifier")),
    plain(may("mms_transfer_status")),
};
constexpr Slot mms_notification_download[] = {devices, must("mms_notification"), plain(may("last_envelope"))};
constexpr Slot geographical_location_reporting[] = {devices, plain(may("gad_shapes")), plain(may("nmea_sentence"))};

// Control of what the user asks of the network: one of the first five, then what goes with it.
constexpr Slot call_control[] = {
    devices,
    may("address"),
    may("ss_string"),
    may("ussd_string"),
    may("pdp_context_activation_parameters"),
    may("eps_pdn_connection_activation"),
    plain(may("capability_configuration")),
    plain(may("subaddress")),
    plain(must("location_information")),
    plain(may("second_capability_configuration", "capability_configuration")),
    plain(alpha),
    plain(may("bc_repeat_indicator")),
};
// Both addresses are the same object: the service centre comes first.
constexpr Slot mo_short_message_control[] = {
    plain(devices),
    plain(must("service_centre_address", "address")),
    plain(must("destination_address", "address")),
    plain(must("location_information")),
};

constexpr Slot timer_expiration[] = {devices, must("timer_identifier"), must("timer_value")};

constexpr Slot terminal_applications[] = {
    devices,
    plain(many(must("registry_application_data"))),
    plain(may("last_envelope")),
};

// Events: the list with the one code first, then the devices

constexpr Slot list = must("event_list");

constexpr Slot bare_event[] = {list, devices};
constexpr Slot mt_call[] = {
    list, devices, must("transaction_identifier"), plain(may("address")), plain(may("subaddress")),
};
constexpr Slot call_connected[] = {list, devices, must("transaction_identifier")};
constexpr Slot call_disconnected[] = {list, devices, must("transaction_identifier"), plain(may("cause"))};
constexpr Slot location_status[] = {list, devices, must("location_status"), plain(may("location_information"))};
constexpr Slot card_reader_status[] = {list, devices, must("card_reader_status")};
constexpr Slot language_selection[] = {list, devices, must("language")};
constexpr Slot browser_termination[] = {list, devices, must("browser_termination_cause")};
constexpr Slot data_available[] = {list, devices, must("channel_status"), must("channel_data_length")};
constexpr Slot channel_status[] = {
    list, devices, must("channel_status"), plain(may("bearer_description")), plain(may("other_address")),
};
constexpr Slot access_technology[] = {list, devices, must("access_technology")};
constexpr Slot display_parameters[] = {list, devices, must("display_parameters")};
constexpr Slot local_connection[] = {
    list,
    devices,
    plain(must("service_record")),
    plain(may("remote_entity_address")),
    plain(may("transport_level")),
    plain(may("other_address")),
};
constexpr Slot network_search_mode[] = {list, devices, must("network_search_mode")};
constexpr Slot browsing_status[] = {list, devices, must("browsing_status")};
constexpr Slot frames_information[] = {list, devices, must("frames_information")};
constexpr Slot i_wlan_access_status[] = {list, devices, may("i_wlan_access_status")};
constexpr Slot network_rejection[] = {
    list,
    devices,
    plain(may("location_information")),
    plain(may("routing_area_information")),
    plain(may("tracking_area_identification")),
    may("access_technology"),
    may("update_attach_type"),
    may("rejection_cause"),
};
constexpr Slot csg_cell_selection[] = {
    list, devices, may("access_technology"), may("csg_cell_selection_status"), may("csg_identifier"), may("hnb_name"),
};
constexpr Slot contactless_state_request[] = {list, devices, may("contactless_state_request")};
constexpr Slot poll_interval_negotiation[] = {list, devices, may("duration")};

constexpr MessageSpec envelope(std::uint8_t tag, const char* key, const char* variant, const char* name,
                               const char* clause, std::uint8_t source, std::span<const Slot> slots, const char* sample,
                               const char* origin) {
  return {.kind = MessageKind::envelope,
          .code = tag,
          .event = -1,
          .key = key,
          .variant = variant,
          .name = name,
          .clause = clause,
          .source = source,
          .destination = uicc,
          .slots = slots,
          .qualifier = {},
          .sample = sample,
          .origin = origin};
}

constexpr MessageSpec event(int code, const char* key, const char* name, std::uint8_t source,
                            std::span<const Slot> slots, const char* sample, const char* origin) {
  auto row = envelope(0xD6, key, "", name, "ETSI TS 102 223, 7.5", source, slots, sample, origin);
  row.event = code;
  return row;
}

// clang-format off
constexpr MessageSpec rows[] = {
    envelope(0xD1, "sms_pp_download", "", "SMS-PP download", "3GPP TS 31.111, 7.1.1", network, sms_pp_download,
             "D1 1E 82 02 83 81 06 04 91 21 43 F5 8B 12 04 04 91 21 43 7F F6 21 10 10 00 00 00 00 03 01 02 03",
             by_hand),
    envelope(0xD1, "sms_pp_download", "cdma", "SMS-PP download (CDMA)", "3GPP2 C.S0035", network, cdma_sms_pp_download,
             "D1 12 82 02 83 81 C8 0C 00 00 02 10 04 08 05 00 03 10 00 10", by_hand),
    envelope(0xD2, "cell_broadcast_download", "", "Cell broadcast download", usat_7, network, cell_broadcast_download,
             "D2 5E 82 02 83 81 8C 58 C0 11 10 01 01 11 C3 32 9B 0D 12 CA DF 61 F2 38 3C A7 83 40 20 10 08 04 02 81 "
             "40 20 10 08 04 02 81 40 20 10 08 04 02 81 40 20 10 08 04 02 81 40 20 10 08 04 02 81 40 20 10 08 04 02 "
             "81 40 20 10 08 04 02 81 40 20 10 08 04 02 81 40 20 10 08 04 02 81 40 20 10 08 04 02",
             "3GPP TS 31.124, CELL BROADCAST DOWNLOAD sequence 1"),
    envelope(0xD3, "menu_selection", "", "Menu selection", cat_7, keypad, menu_selection,
             "D3 07 82 02 01 81 90 01 01", "3GPP TS 31.124, MENU SELECTION sequence 1.2"),
    envelope(0xD4, "call_control", "", "Call control", cat_7, terminal, call_control,
             "D4 18 82 02 82 81 86 07 91 10 32 04 21 43 65 13 09 00 F1 10 00 01 00 01 00 01",
             "3GPP TS 31.124, CALL CONTROL sequence 1.3"),
    envelope(0xD5, "mo_short_message_control", "", "MO short message control", usat_7, terminal,
             mo_short_message_control,
             "D5 20 02 02 82 81 06 09 91 11 22 33 44 55 66 77 F8 06 06 91 10 32 54 76 F8 13 07 00 11 10 00 01 00 01",
             "3GPP TS 31.124, MO SHORT MESSAGE CONTROL sequence 1.1"),
    event(0x00, "mt_call", "Event MT call", network, mt_call,
          "D6 0A 99 01 00 82 02 83 81 9C 01 01", "ETSI TS 102 268, event download MT call"),
    event(0x01, "call_connected", "Event call connected", terminal, call_connected,
          "D6 0A 99 01 01 82 02 82 81 9C 01 80", "3GPP TS 31.124, call connected event"),
    event(0x02, "call_disconnected", "Event call disconnected", terminal, call_disconnected,
          "D6 0E 99 01 02 82 02 82 81 9C 01 80 1A 02 E0 90", "3GPP TS 31.124, call disconnected event"),
    event(0x03, "location_status", "Event location status", terminal, location_status,
          "D6 15 99 01 03 82 02 82 81 9B 01 00 13 09 00 F1 10 00 02 00 00 00 2F",
          "3GPP TS 31.124, location status event"),
    event(0x04, "user_activity", "Event user activity", terminal, bare_event,
          "D6 07 99 01 04 82 02 82 81", "ETSI TS 102 268, event download user activity"),
    event(0x05, "idle_screen", "Event idle screen available", display, bare_event,
          "D6 07 99 01 05 82 02 02 81", "ETSI TS 102 268, event download idle screen available"),
    event(0x06, "card_reader_status", "Event card reader status", terminal, card_reader_status,
          "D6 0A 99 01 06 82 02 82 81 A0 01 19", "3GPP TS 31.124, card reader status event"),
    event(0x07, "language_selection", "Event language selection", terminal, language_selection,
          "D6 0B 99 01 07 82 02 82 81 AD 02 64 65", "3GPP TS 31.124, language selection event"),
    event(0x08, "browser_termination", "Event browser termination", terminal, browser_termination,
          "D6 0A 99 01 08 82 02 82 81 B4 01 01", by_hand),
    event(0x09, "data_available", "Event data available", terminal, data_available,
          "D6 0E 99 01 09 82 02 82 81 B8 02 81 00 B7 01 FF", "3GPP TS 31.124, data available event"),
    event(0x0A, "channel_status", "Event channel status", terminal, channel_status,
          "D6 0B 99 01 0A 82 02 82 81 B8 02 41 00", "3GPP TS 31.124, channel status event"),
    event(0x0B, "access_technology_change", "Event access technology change (single)", terminal, access_technology,
          "D6 0A 99 01 0B 82 02 82 81 BF 01 00", "ETSI TS 102 268, event download access technology change"),
    event(0x0C, "display_parameters_changed", "Event display parameters changed", terminal, display_parameters,
          "D6 0C 99 01 0C 82 02 82 81 C0 03 10 10 01", "ETSI TS 102 268, event download display parameters changed"),
    event(0x0D, "local_connection", "Event local connection", network, local_connection,
          "D6 0C 99 01 0D 82 02 83 81 41 03 00 00 00", "ETSI TS 102 268, api_2_tkr_asid"),
    event(0x0E, "network_search_mode_change", "Event network search mode change", terminal, network_search_mode,
          "D6 0A 99 01 0E 82 02 82 81 E5 01 00", "ETSI TS 102 268, event download network search mode change"),
    event(0x0F, "browsing_status", "Event browsing status", terminal, browsing_status,
          "D6 0A 99 01 0F 82 02 82 81 E4 01 00", "ETSI TS 102 268, event download browsing status"),
    event(0x10, "frames_information_change", "Event frames information change", network, frames_information,
          "D6 0C 99 01 10 82 02 83 81 E7 03 01 02 03", "ETSI TS 102 268, event download frames information changed"),
    event(0x11, "i_wlan_access_status", "Event I-WLAN access status", terminal, i_wlan_access_status,
          "D6 0A 99 01 11 82 02 82 81 CB 01 00", by_hand),
    event(0x12, "network_rejection", "Event network rejection", network, network_rejection,
          "D6 17 99 01 12 82 02 83 81 7D 05 00 F1 10 00 01 BF 01 08 F4 01 0B F5 01 0C",
          "3GPP TS 31.124, network rejection event"),
    event(0x13, "hci_connectivity", "Event HCI connectivity", terminal, bare_event,
          "D6 07 99 01 13 82 02 82 81", "ETSI TS 102 268, event download HCI connectivity"),
    event(0x14, "access_technology_change_multiple", "Event access technology change (multiple)", terminal,
          access_technology,
          "D6 0B 99 01 14 82 02 82 81 BF 02 03 08", by_hand),
    event(0x15, "csg_cell_selection", "Event CSG cell selection", terminal, csg_cell_selection,
          "D6 0D 99 01 15 82 02 82 81 D6 04 00 00 00 1F", by_hand),
    event(0x16, "contactless_state_request", "Event contactless state request", terminal, contactless_state_request,
          "D6 0A 99 01 16 82 02 82 81 D3 01 01", by_hand),
    event(0x17, "ims_registration", "Event IMS registration", terminal, bare_event,
          "D6 07 99 01 17 82 02 82 81", by_hand),
    event(0x18, "incoming_ims_data", "Event incoming IMS data", terminal, bare_event,
          "D6 07 99 01 18 82 02 82 81", by_hand),
    event(0x19, "profile_container", "Event profile container", terminal, bare_event,
          "D6 07 99 01 19 82 02 82 81", by_hand),
    event(0x1B, "secured_profile_container", "Event secured profile container", terminal, bare_event,
          "D6 07 99 01 1B 82 02 82 81", by_hand),
    event(0x1C, "poll_interval_negotiation", "Event poll interval negotiation", terminal, poll_interval_negotiation,
          "D6 0B 99 01 1C 82 02 82 81 84 02 01 1E", by_hand),
    event(0x1D, "data_connection_status_change", "Event data connection status change", terminal, bare_event,
          "D6 07 99 01 1D 82 02 82 81", by_hand),
    envelope(0xD7, "timer_expiration", "", "Timer expiration", cat_7, terminal, timer_expiration,
             "D7 0C 82 02 82 81 A4 01 02 A5 03 10 51 02", by_hand),
    envelope(0xD9, "ussd_data_download", "", "USSD data download", usat_7, network, ussd_data_download,
             "D9 0C 82 02 83 81 8A 06 0F AA 18 0C 36 02", by_hand),
    envelope(0xDA, "mms_transfer_status", "", "MMS transfer status", cat_7, network, mms_transfer_status,
             "DA 0B 82 02 83 81 92 05 01 3F 00 2F E2", by_hand),
    envelope(0xDB, "mms_notification_download", "", "MMS notification download", cat_7, network,
             mms_notification_download,
             "DB 0A 82 02 83 81 EF 02 8C 82 70 00", by_hand),
    envelope(0xDC, "terminal_applications", "", "Terminal applications", "ETSI TS 102 223, 7.8", terminal,
             terminal_applications,
             "DC 20 82 02 82 81 71 0D 90 01 04 07 44 4D 20 43 6C 69 65 6E 74 71 09 90 02 04 01 57 65 62 20 41 70 00",
             by_hand),
    envelope(0xDD, "geographical_location_reporting", "", "Geographical location reporting", usat_7, network,
             geographical_location_reporting,
             "DD 0D 82 02 83 81 77 07 00 12 34 56 65 43 21", by_hand),
    envelope(0xDE, "envelope_container", "", "Envelope container", cat_7, terminal, devices_only,
             "DE 04 82 02 82 81", by_hand),
    envelope(0xDF, "prose_report", "", "ProSe report", usat_7, terminal, devices_only,
             "DF 04 82 02 82 81", by_hand),
};
// clang-format on

}  // namespace

std::span<const MessageSpec> envelopes() {
  return rows;
}

}  // namespace dmsc::codec
