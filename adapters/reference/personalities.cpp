// SPDX-License-Identifier: Apache-2.0
#include "adapters/reference/personalities.hpp"

#include <algorithm>

namespace dmsc::reference {

std::vector<std::string> names_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  std::error_code trouble;
  for (const auto& entry : std::filesystem::directory_iterator(folder, trouble)) {
    if (entry.path().extension() == ".json") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

const std::vector<std::string>& personality_members(bool of_card) {
  static const std::vector<std::string> card = {"title",
                                                "atr",
                                                "wake_ups",
                                                "command_numbers",
                                                "protocol",
                                                "second_protocol",
                                                "buffer_size",
                                                "timer_seconds",
                                                "timer_identifier",
                                                "poll_seconds",
                                                "status_count",
                                                "home_plmn",
                                                "server_id",
                                                "customer_care_number",
                                                "server_secret",
                                                "server_nonce",
                                                "client_name",
                                                "client_secret",
                                                "client_nonce",
                                                "https_channels",
                                                "http_channels",
                                                "asks_for_events",
                                                "certificate",
                                                "scws_event_path",
                                                "psk_identity",
                                                "psk",
                                                "provisioning",
                                                "methods",
                                                "sms_bearers",
                                                "own_number",
                                                "service_centre",
                                                "sms_scheme",
                                                "wide_reference",
                                                "vendor_specific",
                                                "send_size",
                                                "legacy_tls",
                                                "tls_version",
                                                "requests",
                                                "first_session_id",
                                                "first_command_id",
                                                "coding",
                                                "ipv6",
                                                "commands_a_message",
                                                "xml"};
  static const std::vector<std::string> device = {"title",
                                                  "transport",
                                                  "profile",
                                                  "applications",
                                                  "accounts",
                                                  "device_id",
                                                  "plmn",
                                                  "poll_seconds",
                                                  "trust",
                                                  "psk_identity",
                                                  "psk",
                                                  "coding",
                                                  "max_msg_size",
                                                  "server_credentials",
                                                  "listens_by_event",
                                                  "legacy_tls",
                                                  "tls_version",
                                                  "bip",
                                                  "ipv4",
                                                  "ipv6",
                                                  "tcp_ip",
                                                  "registry_most",
                                                  "registry_type_first",
                                                  "buffer_most",
                                                  "receive_most",
                                                  "first_channel",
                                                  "tells_limited",
                                                  "zero_as_text",
                                                  "registers_after_ms",
                                                  "first_command_id",
                                                  "xml"};
  return of_card ? card : device;
}

}  // namespace dmsc::reference
