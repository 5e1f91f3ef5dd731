// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/exchange_reader.hpp"

#include "runner/codec/cat/message.hpp"

namespace dmsc::engine {
namespace {

constexpr std::uint8_t ins_fetch = 0x12;
constexpr std::uint8_t ins_terminal_response = 0x14;
constexpr std::uint8_t ins_get_response = 0xC0;
constexpr std::uint8_t ins_envelope = 0xC2;
constexpr codec::StatusWord never_continued{0x6100};

}  // namespace

std::span<const Showing> ExchangeReader::read(ByteView command, ByteView response) {
  seen_.clear();
  if (command.empty()) {
    open_.reset();
    chained_ = false;
    Showing reset;
    reset.kind = Showing::Kind::reset;
    reset.octets = response;
    seen_.push_back(reset);
    return seen_;
  }
  see_command(command);
  if (response.size() < 2) return seen_;
  const auto data = response.first(response.size() - 2);
  const codec::StatusWord status{static_cast<std::uint16_t>(response[response.size() - 2] << 8 | response.back())};
  const bool goes_on = status.more_data() || status.wrong_length();
  const bool in_pieces = goes_on || !data_.empty();
  if (in_pieces) append(data_, data);
  chained_ = goes_on;
  if (!goes_on) see_response(in_pieces ? ByteView(data_) : data, status);
  return seen_;
}

void ExchangeReader::see_command(ByteView octets) {
  const auto command = codec::view_command(octets);
  const std::uint8_t ins = command ? command->ins : octets.size() > 1 ? octets[1] : 0;
  const bool has_data = command && !command->data.empty();
  const bool continues = chained_ && open_ && (ins == ins_get_response || (ins == open_->ins && !has_data));
  if (continues) return;
  if (chained_ && open_) {  // what came stands alone
    abandoned_.swap(data_);
    see_response(abandoned_, never_continued);
  }
  open_ = Open{ins, has_data};
  data_.clear();
  envelope_.clear();
  instruction_ = codec::find_instruction(ins);
  if (ins == ins_get_response || !command) return;
  Showing sent;
  sent.kind = Showing::Kind::command;
  sent.instruction = instruction_;
  sent.ins = ins;
  sent.header = {command->cla, command->ins, command->p1, command->p2};
  sent.octets = octets;
  sent.data = command->data;
  sent.le = command->le;
  if (ins == ins_envelope || ins == ins_terminal_response) {
    const bool envelope = ins == ins_envelope;
    sent.kind = envelope ? Showing::Kind::envelope : Showing::Kind::terminal_response;
    sent.octets = command->data;
    const auto kind = envelope ? codec::MessageKind::envelope : codec::MessageKind::terminal_response;
    if (sent_.read(kind, command->data)) sent.outline = &sent_;
    if (envelope) envelope_ = sent.outline != nullptr ? sent_.row().key : codec::decode_envelope(command->data).key;
  }
  seen_.push_back(sent);
}

void ExchangeReader::see_response(ByteView data, codec::StatusWord status) {
  Showing answer;
  answer.kind = Showing::Kind::response;
  answer.instruction = instruction_;
  answer.ins = open_->ins;
  answer.octets = data;
  answer.status = status;
  answer.envelope = envelope_;
  seen_.push_back(answer);
  if (open_->ins == ins_fetch && status.ok() && !data.empty()) {
    Showing fetched;
    fetched.kind = Showing::Kind::proactive;
    fetched.octets = data;
    if (fetched_.read(codec::MessageKind::proactive, data)) fetched.outline = &fetched_;
    seen_.push_back(fetched);
  }
  open_.reset();
  chained_ = false;
}

}  // namespace dmsc::engine
