// SPDX-License-Identifier: Apache-2.0
// Rules on what a card answers: status words, response data, announcements.
#include <algorithm>

#include "runner/codec/card/apdu.hpp"
#include "runner/engine/traffic/traffic_watch.hpp"

namespace dmsc::engine {
namespace {

codec::StatusWord status_of(const Glance& glance) {
  const auto sw = parse_hex(glance.event.fields.text_or("sw", "")).value_or(Octets{});
  return sw.size() == 2 ? codec::StatusWord{static_cast<std::uint16_t>(sw[0] << 8 | sw[1])} : codec::StatusWord{};
}

std::size_t data_size(const Glance& glance) {
  return glance.event.fields.text_or("data", "").size() / 2;
}

/// 64XX to 6FXX, and what is no ending at all; 61XX and 6CXX are steps, 62XX and 63XX warnings, 93XX means later.
bool is_error(codec::StatusWord status) {
  return status.sw1() >= 0x64 && status.sw1() <= 0x6F && !status.wrong_length();
}

/// A command of ours that a card has no reason to refuse.
bool is_plain(const Glance& glance) {
  const auto& command = glance.state.command();
  return !command.scripted && command.clean;
}

void announced_length(const Glance& glance, TrafficNotes& notes) {
  const auto& announced = glance.state.announced();
  const auto size = data_size(glance);
  if (!announced || !status_of(glance).ok() || size == 0) return;
  notes.occasion();
  if (size == announced->length) return;
  notes.fails("length", "91" + hex_number(announced->length & 0xFF, 2) + " before a command of " +
                            std::to_string(size) + " octets");
}

void announced_fetched(const Glance& glance, TrafficNotes& notes) {
  if (!glance.state.announced() || !is_plain(glance)) return;
  notes.occasion();
  const auto status = status_of(glance);
  if (is_error(status)) notes.fails("refused", "FETCH answered " + status.hex());
  if (status.ok() && data_size(glance) == 0) notes.fails("nothing", "FETCH answered " + status.hex() + " without data");
}

void response_status(const Glance& glance, TrafficNotes& notes) {
  if (!is_plain(glance) || !glance.state.command().key.starts_with("terminal_response.")) return;
  notes.occasion();
  const auto status = status_of(glance);
  if (is_error(status)) {
    notes.advises(status.hex(), glance.state.command().key + " answered " + status.hex());
  }
}

void envelope_status(const Glance& glance, TrafficNotes& notes) {
  if (!is_plain(glance)) return;
  notes.occasion();
  const auto status = status_of(glance);
  if (is_error(status))
    notes.advises(std::string(glance.tail()) + " " + status.hex(),
                  std::string(glance.tail()) + " answered " + status.hex());
}

/// TERMINAL PROFILE, STATUS, and SELECT, which the suite sends for the MF alone.
void command_status(const Glance& glance, TrafficNotes& notes) {
  const auto tail = glance.tail();
  if (tail != "terminal_profile" && tail != "status" && tail != "select") return;
  if (!is_plain(glance)) return;
  notes.occasion();
  const auto status = status_of(glance);
  if (is_error(status))
    notes.advises(std::string(tail) + " " + status.hex(), std::string(tail) + " answered " + status.hex());
}

void status_class(const Glance& glance, TrafficNotes& notes) {
  notes.occasion();
  const auto status = status_of(glance);
  const auto high = status.sw1() >> 4;
  if ((high == 6 && status.sw1() != 0x60) || high == 9) return;
  notes.advises("class", std::string(glance.tail()) + " answered " + status.hex());
}

void nothing_behind(const Glance& glance, TrafficNotes& notes) {
  const auto tail = glance.tail();
  const bool message = tail == "terminal_profile" || tail == "terminal_response";
  constexpr std::uint8_t no_data = 0x0C;
  const auto& header = glance.state.command().header;
  const bool quiet = (tail == "select" || tail == "status") && (header[3] & 0x0F) == no_data;
  if ((!message && !quiet) || glance.state.command().scripted) return;
  notes.occasion();
  const auto size = data_size(glance);
  if (size == 0) return;
  notes.breach(std::string(tail), message ? model::Verdict::fail : model::Verdict::advisory,
               std::to_string(size) + " octets behind " + std::string(tail));
}

void call_answer(const Glance& glance, TrafficNotes& notes) {
  if (!is_plain(glance)) return;
  notes.occasion();
  if (glance.event.fields.text_or("control_result", "") == "malformed") {
    notes.fails("malformed", "call control answered " + glance.event.fields.text_or("data", ""));
  }
}

void answer_version(const Glance& glance, TrafficNotes& notes) {
  constexpr std::int64_t http_1_1 = 11;
  if (glance.event.fields.int_or("asked_in", http_1_1) != http_1_1) return;  // an answer in kind
  notes.occasion();
  if (glance.event.fields.int_or("version", http_1_1) != http_1_1) notes.advises("HTTP/1.0", "an answer in HTTP/1.0");
}

constexpr TrafficCheck checks[] = {
    {"announced_length", "response.fetch", announced_length},
    {"announced_fetched", "response.fetch", announced_fetched},
    {"response_status", "response.terminal_response", response_status},
    {"envelope_status", "response.envelope.", envelope_status},
    {"command_status", "response.", command_status},
    {"status_class", "response.", status_class},
    {"nothing_behind", "response.", nothing_behind},
    {"call_answer", "response.envelope.call_control", call_answer},
    {"answer_version", "http.response", answer_version},
};

}  // namespace

std::span<const TrafficCheck> answer_checks() {
  return checks;
}

}  // namespace dmsc::engine
