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
    {"wakes_on_menu", Policy::wakes_on_menu},
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
    {"triggers_by_one_method", Policy::triggers_by_one_method},
    {"takes_second_transport", Policy::takes_second_transport},
    {"checks_channel_count", Policy::checks_channel_count},
    {"checks_class_k", Policy::checks_class_k},
    {"checks_server_mode", Policy::checks_server_mode},
    {"keeps_error_endings", Policy::keeps_error_endings},
    {"skips_stranger_in_registry", Policy::skips_stranger_in_registry},
    {"skips_stranger_in_timer", Policy::skips_stranger_in_timer},
    {"skips_stranger_in_call", Policy::skips_stranger_in_call},
    {"skips_stranger_in_location", Policy::skips_stranger_in_location},
    {"skips_stranger_in_sms", Policy::skips_stranger_in_sms},
    {"skips_stranger_in_response", Policy::skips_stranger_in_response},
    {"heeds_room", Policy::heeds_room},
    {"sends_over_udp", Policy::sends_over_udp},
    {"sends_over_tcp", Policy::sends_over_tcp},
    {"takes_class_1", Policy::takes_class_1},
    {"takes_class_0", Policy::takes_class_0},
    {"serves_printed_host", Policy::serves_printed_host},
    {"requires_host", Policy::requires_host},
    {"knows_head", Policy::knows_head},
    {"serves_http_10", Policy::serves_http_10},
    {"obeys_close", Policy::obeys_close},
    {"takes_set_bits", Policy::takes_set_bits},
    {"takes_packed", Policy::takes_packed},
    {"keeps_datagram_whole", Policy::keeps_datagram_whole},
    {"serves_tcp", Policy::serves_tcp},
    {"chooses_method", Policy::chooses_method},
    {"checks_class_e", Policy::checks_class_e},
    {"knows_its_path_alone", Policy::knows_its_path_alone},
    {"knows_its_whole_path", Policy::knows_its_whole_path},
    {"knows_its_path_by_case", Policy::knows_its_path_by_case},
    {"requires_tls_over_tcp", Policy::requires_tls_over_tcp},
    {"survives_unknown_method", Policy::survives_unknown_method},
    {"keeps_request_at_wake_up", Policy::keeps_request_at_wake_up},
    {"wakes_with_client", Policy::wakes_with_client},
    {"serves_tcp_ipv6", Policy::serves_tcp_ipv6},
    {"refuses_plain_dm_over_tcp", Policy::refuses_plain_dm_over_tcp},
    {"answers_again", Policy::answers_again},
    {"serves_two_clients", Policy::serves_two_clients},
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
