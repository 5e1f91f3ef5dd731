// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/uicc/uicc.hpp"

#include <algorithm>

#include "runner/codec/cat/message.hpp"
#include "runner/codec/cat/registry.hpp"
#include "runner/peer/uicc/instruction.hpp"
#include "runner/peer/uicc/results.hpp"

namespace dmsc::peer {
namespace {

constexpr std::uint8_t ins_fetch = 0x12;
constexpr std::uint8_t ins_get_response = 0xC0;

constexpr std::uint16_t ok = 0x9000;
constexpr std::uint8_t normal_ending_with_command = 0x91;
constexpr std::uint16_t wrong_length = 0x6700;
constexpr std::uint16_t conditions = 0x6985;
constexpr std::uint16_t wrong_data = 0x6A80;
constexpr std::uint16_t wrong_p1_p2 = 0x6A86;
constexpr std::uint16_t unknown_ins = 0x6D00;
constexpr std::uint16_t unknown_cla = 0x6E00;
constexpr std::uint16_t technical = 0x6F00;

constexpr std::uint16_t no_channel = 0x6A81;
constexpr std::uint16_t channel_not_open = 0x6881;
constexpr std::uint16_t no_secure_messaging = 0x6882;
constexpr std::uint16_t pin_not_enabled = 0x6984;

std::string hex_status(std::uint16_t status) {
  return hex_number(status, 4);
}

}  // namespace

Uicc::Uicc(Personality personality, Tamper tamper, FactSink facts)
    : self_(std::move(personality)),
      tamper_(std::move(tamper)),
      account_{self_.server_id,   self_.server_secret, self_.server_nonce, {},
               self_.client_name, self_.client_secret, self_.client_nonce},
      toolkit_(tamper_, self_.follows(Policy::keeps_fetched_command), self_.numbering),
      server_(self_, account_, toolkit_, tamper_),
      dm_(self_, account_, tamper_, facts),
      scws_(
          self_, dm_, tamper_, [this] { server_.on_scws_event(); }, facts),
      listener_(self_, toolkit_, scws_),
      files_(self_.subscriber) {
  server_.ask_at_wake_up([this] {
    if (!self_.follows(Policy::keeps_request_at_wake_up)) scws_.forget_requests();
    return self_.follows(Policy::wakes_with_client) || !scws_.has_client();
  });
}

Octets Uicc::power_on() {
  powered_ = true;
  return reset();
}

void Uicc::power_off() {
  powered_ = false;
}

Octets Uicc::reset() {
  toolkit_.reset();
  server_.reset();
  listener_.reset();
  scws_.reset();
  dm_.reset();
  deaf_ = false;
  profiles_ = 0;
  channels_ = {FileSystem::Selection{}};
  waiting_data_.clear();
  told_ = false;
  return self_.atr;
}

std::optional<Octets> Uicc::command(ByteView capdu) {
  const auto read = codec::read_command(capdu);
  // T=0 hands a case-1 command over with a fifth octet 00; 4 octets and 5 with P3 = 00 are the same command.
  if (!read) return Octets{wrong_length >> 8, wrong_length & 0xFF};
  toolkit_.tick();
  return finish(perform(*read), *read);
}

/// Whether the card has the instruction in that class and on that channel. @return 9000, or the refusal
std::uint16_t Uicc::admits(const codec::Command& command) const {
  const auto octet = read_class(command.cla);
  if (!octet) return unknown_cla;
  if (octet->secure) return no_secure_messaging;
  if (octet->channel >= channels_.size() || !channels_[octet->channel]) return channel_not_open;
  const auto* row = find_instruction(command.ins);
  if (row == nullptr) return unknown_ins;
  return self_.strict && (row->classes & octet->classes) == 0 ? unknown_cla : ok;
}

Uicc::Answer Uicc::perform(const codec::Command& command) {
  if (command.ins != ins_get_response) waiting_data_.clear();
  const auto admitted = admits(command);
  if (admitted == unknown_ins && !self_.follows(Policy::survives_unknown_instruction)) deaf_ = true;
  if (admitted != ok) return {"response.unknown", {}, admitted};
  const auto& row = *find_instruction(command.ins);
  const auto key = "response." + std::string(row.key);
  if (row.p3 == P3::data && command.data.empty()) return {key, {}, wrong_length};
  auto answer = carry_out(command);
  if (answer.key.empty()) answer.key = key;
  const auto there = answer.data.size();
  const auto wanted = command.le.value_or(256);
  if (there == 0 || !command.data.empty() || wanted == there) {
    // all of it, now or by GET RESPONSE
  } else if (row.p3 == P3::part_of_answer && wanted < there) {
    answer.data.resize(wanted);
  } else {
    return {answer.key, {}, static_cast<std::uint16_t>(0x6C00 | (there & 0xFF))};
  }
  if (answer.then) answer.then();
  return answer;
}

Uicc::Answer Uicc::carry_out(const codec::Command& command) {
  switch (command.ins) {
    case 0x70:
      return manage_channel(command);
    case 0x20:
      return {{}, {}, pin_not_enabled};
    case 0x88: {
      auto answer = authentication_.authenticate(command);
      return {{}, std::move(answer.data), answer.status};
    }
    case 0xAA:
      return {};
    case 0xF2:
      return status(command);
    case 0x10:
      return profile(command);
    case 0xC2:
      return envelope(command);
    case ins_fetch:
      return fetch();
    case 0x14:
      return terminal_response(command);
    case ins_get_response:
      return get_response();
    default:
      return of_files(command);
  }
}

Uicc::Answer Uicc::of_files(const codec::Command& command) {
  struct Row {
    std::uint8_t ins;
    FileSystem::Answer (FileSystem::*perform)(const codec::Command&, FileSystem::Selection&);
  };
  static constexpr Row rows[] = {{0xA4, &FileSystem::select},
                                 {0xB0, &FileSystem::read_binary},
                                 {0xB2, &FileSystem::read_record},
                                 {0xD6, &FileSystem::update_binary},
                                 {0xDC, &FileSystem::update_record}};
  const auto row =
      std::find_if(std::begin(rows), std::end(rows), [&](const Row& one) { return one.ins == command.ins; });
  auto answer = (files_.*row->perform)(command, *channels_[command.cla & 0x03]);
  return {{}, std::move(answer.data), answer.status};
}

/// Source: ETSI TS 102 221, 11.1.17
Uicc::Answer Uicc::manage_channel(const codec::Command& command) {
  Answer answer;
  const bool closes = command.p1 == 0x80;
  if ((command.p1 != 0x00 && !closes) || command.p2 >= channels_.size() || (closes && command.p2 == 0)) {
    answer.status = wrong_p1_p2;
    return answer;
  }
  std::size_t number = command.p2;
  for (std::size_t at = 1; !closes && command.p2 == 0 && at < channels_.size(); ++at) {
    if (!channels_[at] && number == 0) number = at;
  }
  if (closes) {
    if (!channels_[number]) answer.status = channel_not_open;
    channels_[number].reset();
  } else if (number == 0 || channels_[number]) {
    answer.status = no_channel;
  } else {
    if (command.p2 == 0) answer.data = {static_cast<std::uint8_t>(number)};
    answer.then = [this, number] { channels_[number] = FileSystem::Selection{}; };
  }
  return answer;
}

Uicc::Answer Uicc::status(const codec::Command& command) {
  auto answer = files_.status(command, *channels_[command.cla & 0x03]);
  Answer out{{}, std::move(answer.data), answer.status};
  if (answer.status == ok && !deaf_) out.then = [this] { server_.on_status(); };
  return out;
}

Uicc::Answer Uicc::profile(const codec::Command& command) {
  Answer answer;
  if (++profiles_ > 1 && !self_.follows(Policy::keeps_one_profile)) {
    answer.status = technical;
    return answer;
  }
  scws_.reset();
  server_.on_profile(command.data);
  for (const auto& [key, members] : self_.requests) {
    if (server_.claims(key)) toolkit_.queue(key, "", members);
  }
  const bool server_mode = server_.claims("tcp_uicc_server") || !self_.follows(Policy::checks_server_mode);
  const bool channels = server_.claims("number_of_channels") || !self_.follows(Policy::checks_channel_count);
  const bool opens = server_.claims("open_channel") || !self_.follows(Policy::checks_class_e);
  opens&& server_mode&& channels ? listener_.start() : listener_.reset();
  return answer;
}

/// A defect may lose a message of the terminal, or make it the last that the card listens to.
bool Uicc::hears(const std::string& key, const codec::Decoded& message, ByteView octets) {
  if (!tamper_) return true;
  Outgoing in{"received." + key, message.value(), 1, 0};
  in.members["octets"] = to_hex(octets);
  tamper_(in);
  deaf_ = deaf_ || in.deafens;
  return in.copies != 0;
}

Uicc::Answer Uicc::envelope(const codec::Command& command) {
  Answer answer{"response.envelope", {}, ok};
  if (command.data.empty()) {
    if (!self_.follows(Policy::recovers_from_garbage)) deaf_ = true;
    (void)hears("envelope.empty", {}, {});
    answer.status = wrong_length;
    return answer;
  }
  auto decoded = codec::decode_envelope(command.data);
  if (auto other = codec::decode_registry_type_first(command.data, decoded)) decoded = std::move(*other);
  answer.key += "." + decoded.key;
  const bool unknown = decoded.key.starts_with("unknown");
  if (unknown && !self_.follows(Policy::ignores_unknown_events)) deaf_ = true;
  if (decoded.error) answer.status = wrong_data;
  if (!decoded.clean() && !self_.follows(Policy::recovers_from_garbage)) deaf_ = true;
  if (!hears(answer.key.substr(answer.key.find('.') + 1), decoded, command.data) || deaf_) return answer;
  server_.on_envelope(decoded);
  if (!decoded.error && decoded.key == "channel_status") listener_.on_channel_status(decoded);
  if (!decoded.error && decoded.key == "data_available") listener_.on_data_available(decoded);
  answer.data = server_.call_control_answer();
  return answer;
}

Uicc::Answer Uicc::fetch() {
  const auto* waiting = toolkit_.announced();
  if (waiting == nullptr || (self_.strict && !told_)) return {{}, {}, conditions};
  return {{}, *waiting, ok, [this] {
            (void)toolkit_.fetch();
            told_ = false;
          }};
}

Uicc::Answer Uicc::terminal_response(const codec::Command& command) {
  Answer answer;
  const auto decoded = codec::decode_terminal_response(command.data);
  if (decoded.error) {
    answer.status = wrong_data;
    return answer;
  }
  if (!hears("terminal_response." + decoded.key, decoded, command.data)) return answer;
  if (has_stranger(decoded) && !self_.follows(Policy::skips_stranger_in_response)) {
    answer.status = wrong_data;
    return answer;
  }
  const auto reception = toolkit_.responded(
      decoded, {.command = self_.follows(Policy::matches_response),
                .number = self_.follows(Policy::matches_response) && self_.follows(Policy::matches_response_number)});
  if (reception == Toolkit::Reception::not_expected) answer.status = conditions;
  if (reception == Toolkit::Reception::not_expected && !self_.follows(Policy::survives_stray_response)) deaf_ = true;
  if (reception == Toolkit::Reception::of_another_command) answer.status = wrong_data;
  return answer;
}

/// Source: ETSI TS 102 221, 12.1.1: out of sequence it is a technical problem
Uicc::Answer Uicc::get_response() {
  if (waiting_data_.empty()) return {{}, {}, technical};
  return {{}, waiting_data_, ok, [this] { waiting_data_.clear(); }};
}

std::uint16_t Uicc::normal_ending() const {
  const auto* waiting = toolkit_.announced();
  return waiting == nullptr ? ok : static_cast<std::uint16_t>(0x9100 | (waiting->size() & 0xFF));
}

Octets Uicc::finish(Answer answer, const codec::Command& command) {
  if (answer.status == ok) answer.status = normal_ending();
  const bool error = answer.status >> 8 == wrong_data >> 8;  // 6AXX
  if (error && toolkit_.announced() != nullptr && !self_.follows(Policy::keeps_error_endings)) {
    answer.status = normal_ending();
  }
  if (command.ins == ins_fetch && !answer.data.empty())
    answer.status = ok;  // the fetched command is with the terminal now
  if (command.ins == ins_fetch && !answer.data.empty() && !self_.follows(Policy::keeps_fetched_command)) {
    answer.status = normal_ending();
  }
  if (tamper_) {
    Outgoing out{answer.key, Value::Map{{"sw", hex_status(answer.status)}, {"data", to_hex(answer.data)}}, 1, 0};
    tamper_(out);
    answer.data = parse_hex(out.members.text_or("data", "")).value_or(Octets{});
    const auto status = parse_hex(out.members.text_or("sw", "")).value_or(Octets{});
    if (status.size() == 2) answer.status = static_cast<std::uint16_t>(status[0] << 8 | status[1]);
  }
  // T=0: a command with data gets its response data by GET RESPONSE.
  const bool waits = !answer.data.empty() && !command.data.empty();
  if (waits && command.ins != ins_get_response) {
    waiting_data_ = std::move(answer.data);
    answer.data.clear();
    answer.status = static_cast<std::uint16_t>(0x6100 | (waiting_data_.size() & 0xFF));
  }
  told_ = told_ || answer.status >> 8 == normal_ending_with_command;
  Octets out = std::move(answer.data);
  out.push_back(static_cast<std::uint8_t>(answer.status >> 8));
  out.push_back(static_cast<std::uint8_t>(answer.status));
  return out;
}

}  // namespace dmsc::peer
