// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/uicc/uicc.hpp"

#include "runner/codec/message.hpp"

namespace dmsc::peer {
namespace {

constexpr std::uint16_t ok = 0x9000;
constexpr std::uint16_t wrong_length = 0x6700;
constexpr std::uint16_t conditions = 0x6985;
constexpr std::uint16_t wrong_data = 0x6A80;
constexpr std::uint16_t file_not_found = 0x6A82;
constexpr std::uint16_t wrong_p1_p2 = 0x6A86;
constexpr std::uint16_t unknown_ins = 0x6D00;
constexpr std::uint16_t unknown_cla = 0x6E00;
constexpr std::uint16_t technical = 0x6F00;

constexpr std::uint8_t no_data_back = 0x0C;

// RID of 3GPP and the application code of a USIM; the rest of an AID is the issuer's (TS 101 220, annex E).
constexpr std::uint8_t usim_aid[] = {0xA0, 0x00, 0x00, 0x00, 0x87, 0x10, 0x02, 0xFF, 0x44, 0xFF, 0x12, 0xFF, 0x89};

/// File control parameters of the MF or of ADF USIM: descriptor 82 (DF), identifier 83 or name 84, life cycle 8A.
Octets control_parameters(bool adf) {
  Octets inside = {0x82, 0x02, 0x78, 0x21};
  if (adf) {
    inside.push_back(0x84);
    inside.push_back(static_cast<std::uint8_t>(sizeof usim_aid));
    append(inside, usim_aid);
  } else {
    append(inside, Octets{0x83, 0x02, 0x3F, 0x00});
  }
  append(inside, Octets{0x8A, 0x01, 0x05});
  return codec::write_ber(0x62, inside);
}

bool selects_usim(const codec::Command& command) {
  constexpr std::size_t least = 7;  // RID and application code
  return command.p1 == 0x04 && command.data.size() >= least && command.data.size() <= sizeof usim_aid &&
         same(command.data, ByteView(usim_aid).first(command.data.size()));
}

std::string hex_status(std::uint16_t status) {
  return hex_number(status, 4);
}

}  // namespace

Uicc::Uicc(Personality personality, Tamper tamper)
    : self_(std::move(personality)),
      tamper_(std::move(tamper)),
      account_{self_.server_id,   self_.server_secret, self_.server_nonce, {},
               self_.client_name, self_.client_secret, self_.client_nonce},
      toolkit_(tamper_, self_.follows(Policy::keeps_fetched_command)),
      server_(self_, account_, toolkit_, tamper_),
      dm_(self_, account_, tamper_),
      scws_(self_, dm_, tamper_, [this] { server_.on_scws_event(); }),
      listener_(self_, toolkit_, scws_) {}

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
  adf_selected_ = false;
  waiting_data_.clear();
  return self_.atr;
}

std::optional<Octets> Uicc::command(ByteView capdu) {
  const auto read = codec::read_command(capdu);
  // T=0 hands a case-1 command over with a fifth octet 00; 4 octets and 5 with P3 = 00 are the same command.
  if (!read) return Octets{wrong_length >> 8, wrong_length & 0xFF};
  toolkit_.tick();
  return finish(perform(*read), *read);
}

Uicc::Answer Uicc::perform(const codec::Command& command) {
  if (command.ins != 0xC0) waiting_data_.clear();
  if (command.cla != 0x00 && command.cla != 0x80) return {"response.unknown", {}, unknown_cla};
  switch (command.ins) {
    case 0xA4:
      return select(command);
    case 0xF2:
      return status(command);
    case 0x10:
      return profile(command);
    case 0xC2:
      return envelope(command);
    case 0x12:
      return fetch(command);
    case 0x14:
      return terminal_response(command);
    case 0xC0:
      return get_response(command);
    default:
      if (!self_.follows(Policy::survives_unknown_instruction)) deaf_ = true;
      return {"response.unknown", {}, unknown_ins};
  }
}

Uicc::Answer Uicc::select(const codec::Command& command) {
  Answer answer{"response.select", {}, ok};
  const bool mf = command.p1 == 0x00 && (command.data.empty() || same(command.data, Octets{0x3F, 0x00}));
  const bool usim = selects_usim(command);
  if (!mf && !usim) {
    answer.status = file_not_found;
    return answer;
  }
  adf_selected_ = usim;
  if ((command.p2 & no_data_back) != no_data_back) answer.data = control_parameters(usim);
  return answer;
}

Uicc::Answer Uicc::status(const codec::Command& command) {
  Answer answer{"response.status", {}, ok};
  if (command.p1 > 0x02 || (command.p2 != 0x00 && command.p2 != 0x01 && command.p2 != no_data_back)) {
    answer.status = wrong_p1_p2;
    return answer;
  }
  if (command.p2 == 0x00) answer.data = control_parameters(adf_selected_);
  if (command.p2 == 0x01) {
    answer.data = {0x84, static_cast<std::uint8_t>(sizeof usim_aid)};
    append(answer.data, usim_aid);
  }
  if (!deaf_) server_.on_status();
  return answer;
}

Uicc::Answer Uicc::profile(const codec::Command& command) {
  Answer answer{"response.terminal_profile", {}, ok};
  if (command.data.empty()) {
    answer.status = wrong_length;
    return answer;
  }
  if (++profiles_ > 1 && !self_.follows(Policy::keeps_one_profile)) {
    answer.status = technical;
    return answer;
  }
  listener_.reset();
  scws_.reset();
  server_.on_profile(command.data);
  if (server_.claims("open_channel") && server_.claims("tcp_uicc_server")) listener_.start();
  return answer;
}

Uicc::Answer Uicc::envelope(const codec::Command& command) {
  Answer answer{"response.envelope", {}, ok};
  if (command.data.empty()) {
    if (!self_.follows(Policy::recovers_from_garbage)) deaf_ = true;
    answer.status = wrong_length;
    return answer;
  }
  const auto decoded = codec::decode_envelope(command.data);
  answer.key += "." + decoded.key;
  const bool unknown = decoded.key.starts_with("unknown");
  if (unknown && !self_.follows(Policy::ignores_unknown_events)) deaf_ = true;
  if (decoded.error) answer.status = wrong_data;
  if (!decoded.clean() && !self_.follows(Policy::recovers_from_garbage)) deaf_ = true;
  if (deaf_) return answer;
  server_.on_envelope(decoded);
  if (!decoded.error && decoded.key == "channel_status") listener_.on_channel_status(decoded);
  if (!decoded.error && decoded.key == "data_available") listener_.on_data_available(decoded);
  answer.data = server_.call_control_answer();
  return answer;
}

Uicc::Answer Uicc::fetch(const codec::Command& command) {
  Answer answer{"response.fetch", {}, conditions};
  const auto* waiting = toolkit_.announced();
  if (waiting == nullptr) return answer;
  if (command.le.value_or(256) != waiting->size()) {
    answer.status = static_cast<std::uint16_t>(0x6C00 | (waiting->size() & 0xFF));
    return answer;
  }
  answer.data = *toolkit_.fetch();
  answer.status = ok;
  return answer;
}

Uicc::Answer Uicc::terminal_response(const codec::Command& command) {
  Answer answer{"response.terminal_response", {}, ok};
  const auto decoded = codec::decode_terminal_response(command.data);
  if (decoded.error) {
    answer.status = wrong_data;
    return answer;
  }
  const auto reception = toolkit_.responded(decoded, self_.follows(Policy::matches_response));
  if (reception == Toolkit::Reception::not_expected) answer.status = conditions;
  if (reception == Toolkit::Reception::not_expected && !self_.follows(Policy::survives_stray_response)) deaf_ = true;
  if (reception == Toolkit::Reception::of_another_command) answer.status = wrong_data;
  return answer;
}

Uicc::Answer Uicc::get_response(const codec::Command& command) {
  Answer answer{"response.get_response", {}, conditions};
  if (waiting_data_.empty()) return answer;
  if (command.le.value_or(256) != waiting_data_.size()) {
    answer.status = static_cast<std::uint16_t>(0x6C00 | (waiting_data_.size() & 0xFF));
    return answer;
  }
  answer.data = std::exchange(waiting_data_, {});
  answer.status = ok;
  return answer;
}

std::uint16_t Uicc::normal_ending() const {
  const auto* waiting = toolkit_.announced();
  return waiting == nullptr ? ok : static_cast<std::uint16_t>(0x9100 | (waiting->size() & 0xFF));
}

Octets Uicc::finish(Answer answer, const codec::Command& command) {
  if (answer.status == ok) answer.status = normal_ending();
  if (command.ins == 0x12 && !answer.data.empty()) answer.status = ok;  // the fetched command is with the terminal now
  if (command.ins == 0x12 && !answer.data.empty() && !self_.follows(Policy::keeps_fetched_command)) {
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
  if (waits && command.ins != 0xC0) {
    waiting_data_ = std::move(answer.data);
    answer.data.clear();
    answer.status = static_cast<std::uint16_t>(0x6100 | (waiting_data_.size() & 0xFF));
  }
  Octets out = std::move(answer.data);
  out.push_back(static_cast<std::uint8_t>(answer.status >> 8));
  out.push_back(static_cast<std::uint8_t>(answer.status));
  return out;
}

}  // namespace dmsc::peer
