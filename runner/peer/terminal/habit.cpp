// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/terminal/habit.hpp"

#include <utility>

namespace dmsc::peer {
namespace {

constexpr std::pair<std::string_view, Habit> habits[] = {
    {"sends_profile", Habit::sends_profile},
    {"sends_registry", Habit::sends_registry},
    {"registers_early", Habit::registers_early},
    {"registers_again", Habit::registers_again},
    {"registers_complete", Habit::registers_complete},
    {"keeps_port_apart", Habit::keeps_port_apart},
    {"runs_timers", Habit::runs_timers},
    {"restarts_timers", Habit::restarts_timers},
    {"repeats_expiration", Habit::repeats_expiration},
    {"keeps_timers_apart", Habit::keeps_timers_apart},
    {"waits_for_timers", Habit::waits_for_timers},
    {"expires_in_time", Habit::expires_in_time},
    {"stops_timers", Habit::stops_timers},
    {"fetches_at_once", Habit::fetches_at_once},
    {"polls", Habit::polls},
    {"polls_as_agreed", Habit::polls_as_agreed},
    {"stops_polling", Habit::stops_polling},
    {"keeps_event_list", Habit::keeps_event_list},
    {"replaces_event_list", Habit::replaces_event_list},
    {"forgets_event_list", Habit::forgets_event_list},
    {"reports_location", Habit::reports_location},
    {"reports_place", Habit::reports_place},
    {"asks_before_call", Habit::asks_before_call},
    {"obeys_barring", Habit::obeys_barring},
    {"obeys_change", Habit::obeys_change},
    {"opens_udp", Habit::opens_udp},
    {"opens_tcp", Habit::opens_tcp},
    {"serves_uicc_server", Habit::serves_uicc_server},
    {"listens_where_registered", Habit::listens_where_registered},
    {"checks_port", Habit::checks_port},
    {"reports_channel_status", Habit::reports_channel_status},
    {"reports_data_available", Habit::reports_data_available},
    {"stores_data", Habit::stores_data},
    {"stores_single_octets", Habit::stores_single_octets},
    {"stores_long_pieces", Habit::stores_long_pieces},
    {"stores_many_pieces", Habit::stores_many_pieces},
    {"reports_room", Habit::reports_room},
    {"counts_rest", Habit::counts_rest},
    {"keeps_order", Habit::keeps_order},
    {"checks_channel", Habit::checks_channel},
    {"says_why_closed", Habit::says_why_closed},
    {"closes_channel", Habit::closes_channel},
    {"limits_channels", Habit::limits_channels},
    {"listens_again", Habit::listens_again},
    {"refuses_unknown", Habit::refuses_unknown},
    {"sends_tpdus", Habit::sends_tpdus},
    {"sends_cdma", Habit::sends_cdma},
    {"asks_before_message", Habit::asks_before_message},
    {"lets_allowed_pass", Habit::lets_allowed_pass},
    {"obeys_message_barring", Habit::obeys_message_barring},
    {"reports_barring", Habit::reports_barring},
    {"sends_messages", Habit::sends_messages},
    {"sends_unchanged", Habit::sends_unchanged},
    {"uses_service_centre", Habit::uses_service_centre},
    {"knows_service_centre", Habit::knows_service_centre},
    {"packs_as_asked", Habit::packs_as_asked},
    {"reports_sms_failure", Habit::reports_sms_failure},
    {"takes_push", Habit::takes_push},
    {"takes_cdma_push", Habit::takes_cdma_push},
    {"takes_class_1", Habit::takes_class_1},
    {"joins_parts", Habit::joins_parts},
    {"takes_wide_reference", Habit::takes_wide_reference},
    {"orders_parts", Habit::orders_parts},
    {"ends_with_any_part", Habit::ends_with_any_part},
    {"ignores_copies", Habit::ignores_copies},
    {"awaits_all_parts", Habit::awaits_all_parts},
    {"checks_push_port", Habit::checks_push_port},
    {"checks_content_type", Habit::checks_content_type},
    {"checks_application_id", Habit::checks_application_id},
    {"downloads_to_card", Habit::downloads_to_card},
    {"answers_network", Habit::answers_network},
    {"shields_client", Habit::shields_client},
    {"conveys", Habit::conveys},
    {"conveys_unchanged", Habit::conveys_unchanged},
    {"checks_server_id", Habit::checks_server_id},
    {"keeps_address", Habit::keeps_address},
    {"keeps_accounts_apart", Habit::keeps_accounts_apart},
    {"forgets_account", Habit::forgets_account},
    {"checks_digest", Habit::checks_digest},
    {"takes_zero_nonce", Habit::takes_zero_nonce},
    {"resynchronises", Habit::resynchronises},
    {"uses_session_id", Habit::uses_session_id},
    {"writes_capitals", Habit::writes_capitals},
    {"omits_leading_zeros", Habit::omits_leading_zeros},
    {"alerts_1200", Habit::alerts_1200},
    {"survives_truncated", Habit::survives_truncated},
    {"survives_oversized", Habit::survives_oversized},
    {"survives_reserved_bits", Habit::survives_reserved_bits},
    {"survives_version", Habit::survives_version},
    {"survives_session_zero", Habit::survives_session_zero},
    {"takes_next_trigger", Habit::takes_next_trigger},
    {"queues_trigger", Habit::queues_trigger},
    {"takes_trigger_in_call", Habit::takes_trigger_in_call},
    {"asks_user", Habit::asks_user},
    {"heeds_consent", Habit::heeds_consent},
    {"heeds_refusal", Habit::heeds_refusal},
    {"ignores_replay", Habit::ignores_replay},
    {"starts_for_user", Habit::starts_for_user},
    {"uses_https", Habit::uses_https},
    {"uses_path", Habit::uses_path},
    {"uses_port", Habit::uses_port},
    {"resolves_localhost", Habit::resolves_localhost},
    {"resolves_ipv6", Habit::resolves_ipv6},
    {"resolves_ipv4", Habit::resolves_ipv4},
    {"resolves_localuicc", Habit::resolves_localuicc},
    {"sends_host", Habit::sends_host},
    {"loopback_only", Habit::loopback_only},
    {"serves_next_client", Habit::serves_next_client},
    {"retries", Habit::retries},
    {"checks_certificate", Habit::checks_certificate},
    {"offers_psk", Habit::offers_psk},
    {"authenticates", Habit::authenticates},
    {"answers_challenge", Habit::answers_challenge},
    {"renews_server_nonce", Habit::renews_server_nonce},
    {"takes_client_nonce", Habit::takes_client_nonce},
    {"checks_server", Habit::checks_server},
    {"demands_server", Habit::demands_server},
    {"sends_devinfo", Habit::sends_devinfo},
    {"performs_add", Habit::performs_add},
    {"performs_replace", Habit::performs_replace},
    {"performs_delete", Habit::performs_delete},
    {"undoes_atomic", Habit::undoes_atomic},
    {"reports_results", Habit::reports_results},
    {"sends_status", Habit::sends_status},
    {"protects_secrets", Habit::protects_secrets},
    {"stops_on_abort", Habit::stops_on_abort},
    {"asks_for_next_message", Habit::asks_for_next_message},
    {"ends_session", Habit::ends_session},
    {"labels_coding", Habit::labels_coding},
    {"follows_response_uri", Habit::follows_response_uri},
};

}  // namespace

std::optional<Habit> habit_of(std::string_view name) {
  for (const auto& [key, habit] : habits) {
    if (key == name) return habit;
  }
  return {};
}

Habits Habits::over(const std::string& bearer) const {
  auto here = *this;
  if (const auto found = off_over_.find(bearer); found != off_over_.end())
    here.off_.insert(found->second.begin(), found->second.end());
  return here;
}

std::vector<std::string> habit_names() {
  std::vector<std::string> names;
  for (const auto& row : habits) names.emplace_back(row.first);
  return names;
}

}  // namespace dmsc::peer
