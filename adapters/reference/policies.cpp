// SPDX-License-Identifier: Apache-2.0
#include "adapters/reference/policies.hpp"

#include <utility>

namespace dmsc::reference {
namespace {

using peer::Policy;

constexpr std::pair<std::string_view, Policy> policies[] = {
    {"wakes_on_power_on", Policy::wakes_on_power_on},
    {"wakes_on_timer", Policy::wakes_on_timer},
    {"wakes_on_status", Policy::wakes_on_status},
    {"wakes_on_call", Policy::wakes_on_call},
    {"wakes_on_location", Policy::wakes_on_location},
    {"asks_within_profile", Policy::asks_within_profile},
    {"checks_transport", Policy::checks_transport},
    {"checks_timer", Policy::checks_timer},
    {"checks_number", Policy::checks_number},
    {"checks_roaming", Policy::checks_roaming},
    {"lets_call_pass", Policy::lets_call_pass},
    {"triggers_again", Policy::triggers_again},
    {"awaits_registry", Policy::awaits_registry},
    {"keeps_fetched_command", Policy::keeps_fetched_command},
    {"wakes_on_scws_event", Policy::wakes_on_scws_event},
    {"matches_response", Policy::matches_response},
    {"fresh_session_id", Policy::fresh_session_id},
    {"closes_channel", Policy::closes_channel},
    {"gives_up_refused", Policy::gives_up_refused},
    {"heeds_refusal", Policy::heeds_refusal},
    {"survives_refusal", Policy::survives_refusal},
    {"survives_link_drop", Policy::survives_link_drop},
    {"type_07_only", Policy::type_07_only},
    {"takes_new_registry", Policy::takes_new_registry},
    {"awaits_last_envelope", Policy::awaits_last_envelope},
    {"takes_any_coding", Policy::takes_any_coding},
    {"takes_modification", Policy::takes_modification},
    {"queues_wake_up", Policy::queues_wake_up},
    {"survives_close_refusal", Policy::survives_close_refusal},
    {"takes_listen_event", Policy::takes_listen_event},
    {"requires_tls", Policy::requires_tls},
    {"serves_localuicc", Policy::serves_localuicc},
    {"forgets_lost_clients", Policy::forgets_lost_clients},
    {"takes_psk", Policy::takes_psk},
    {"reads_chunked", Policy::reads_chunked},
    {"checks_channel", Policy::checks_channel},
    {"checks_path", Policy::checks_path},
    {"survives_unknown_instruction", Policy::survives_unknown_instruction},
    {"survives_receive_error", Policy::survives_receive_error},
    {"survives_stray_response", Policy::survives_stray_response},
    {"serves_ipv6", Policy::serves_ipv6},
    {"serves_localhost", Policy::serves_localhost},
    {"refuses_plain_dm", Policy::refuses_plain_dm},
    {"knows_its_paths", Policy::knows_its_paths},
    {"reopens_listener", Policy::reopens_listener},
    {"reads_all_pieces", Policy::reads_all_pieces},
    {"keeps_request_pieces", Policy::keeps_request_pieces},
    {"survives_bad_http", Policy::survives_bad_http},
    {"checks_credentials", Policy::checks_credentials},
    {"asks_for_credentials", Policy::asks_for_credentials},
    {"renews_client_nonce", Policy::renews_client_nonce},
    {"takes_server_nonce", Policy::takes_server_nonce},
    {"sends_credentials", Policy::sends_credentials},
    {"survives_abort", Policy::survives_abort},
    {"survives_unknown_command", Policy::survives_unknown_command},
    {"refuses_malformed", Policy::refuses_malformed},
    {"refuses_unknown_type", Policy::refuses_unknown_type},
    {"splits_packages", Policy::splits_packages},
    {"asks_for_next_message", Policy::asks_for_next_message},
    {"keeps_sessions_apart", Policy::keeps_sessions_apart},
    {"refuses_large_objects", Policy::refuses_large_objects},
    {"ends_session", Policy::ends_session},
    {"speaks_wbxml", Policy::speaks_wbxml},
    {"recovers_from_garbage", Policy::recovers_from_garbage},
    {"ignores_unknown_events", Policy::ignores_unknown_events},
    {"keeps_one_profile", Policy::keeps_one_profile},
    {"wakes_on_sms", Policy::wakes_on_sms},
    {"checks_sms", Policy::checks_sms},
    {"triggers_on_line", Policy::triggers_on_line},
    {"checks_sms_bearer", Policy::checks_sms_bearer},
    {"falls_back_off_line", Policy::falls_back_off_line},
    {"joins_by_reference", Policy::joins_by_reference},
    {"renews_reference", Policy::renews_reference},
    {"keeps_part_order", Policy::keeps_part_order},
    {"ports_in_each_part", Policy::ports_in_each_part},
    {"sends_push_once", Policy::sends_push_once},
    {"orders_ports", Policy::orders_ports},
    {"names_ports_once", Policy::names_ports_once},
    {"keeps_message_id", Policy::keeps_message_id},
};

}  // namespace

std::optional<Policy> policy_of(std::string_view name) {
  for (const auto& [key, policy] : policies) {
    if (key == name) return policy;
  }
  return {};
}

std::vector<std::string> policy_names() {
  std::vector<std::string> names;
  for (const auto& row : policies) names.emplace_back(row.first);
  return names;
}

}  // namespace dmsc::reference
