// SPDX-License-Identifier: Apache-2.0
#include "adapters/replay/joiner.hpp"

#include "runner/codec/card/tpdu.hpp"

namespace dmsc::replay {
namespace {

constexpr std::size_t header_length = 5;
constexpr std::size_t most_data = 65536 + 2;  // of an extended command or answer

bool is_status(ByteView octets) {
  return octets.size() == 2 && codec::is_status(codec::read_response(octets)->status);
}

}  // namespace

void Joiner::emit(Role role, const Mark& mark, Octets command, Octets response) {
  ready_.push_back({role, mark, std::move(command), std::move(response)});
}

/// Ends what is open: with its status word, or with none where something else came first.
void Joiner::close(ByteView status) {
  if (!open_) return;
  auto open = std::move(*open_);
  open_.reset();
  if (open.whole) return emit(Role::command, open.mark, std::move(open.header));
  Octets data = std::move(open.command_data);
  // Some sniffers call all data the command's: INS tells the way, where it is known.
  const auto way = codec::data_way(open.header);
  const bool named_response = data.empty() && way == codec::DataWay::unknown;
  Octets response;
  if (way == codec::DataWay::from_card || named_response) {
    response = std::move(data);
    append(response, open.response_data);
  } else if (way == codec::DataWay::to_card && data.empty() && open.response_data.size() == open.header.back()) {
    append(open.header, open.response_data);
  } else {
    append(open.header, data);
    response = std::move(open.response_data);
  }
  append(response, status);
  const auto role = !status.empty() ? Role::exchange : response.empty() ? Role::command : Role::unended;
  emit(role, open.mark, std::move(open.header), std::move(response));
}

void Joiner::push_exchange(const Mark& mark, ByteView octets) {
  if (is_status(octets)) return push(Piece::response, mark, octets);
  close({});
  if (octets.size() < header_length - 1) return orphans_.add("APDUs of fewer than 4 octets");
  const bool ended = octets.size() > header_length && is_status(octets.last(2));
  const bool answered = codec::data_way(octets) == codec::DataWay::from_card && octets.size() > header_length;
  if (!ended && !answered) return emit(Role::command, mark, to_octets(octets));
  const auto whole = ended ? codec::split_tpdu(octets) : tl::make_unexpected(Error{});
  const auto tpdu = whole ? *whole : codec::read_exchange(octets);  // four octets of header, or a frame without its end
  emit(ended ? Role::exchange : Role::unended, mark, to_octets(tpdu.command), to_octets(tpdu.response));
}

void Joiner::push_data(Piece piece, ByteView octets) {
  if (!open_ || open_->whole) return orphans_.add("data without the header of their command");
  auto& data = piece == Piece::command_data ? open_->command_data : open_->response_data;
  if (data.size() + octets.size() > most_data) return orphans_.add("data beyond 65538 octets");
  append(data, octets);
}

void Joiner::push(Piece piece, const Mark& mark, ByteView octets) {
  switch (piece) {
    case Piece::exchange:
      return push_exchange(mark, octets);
    case Piece::command:
      close({});
      open_ = Open{mark, to_octets(octets), true, {}, {}};
      return;
    case Piece::response:
      if (!open_ || !open_->whole) {
        close({});
        return emit(Role::response, mark, {}, to_octets(octets));
      }
      emit(Role::exchange, open_->mark, std::move(open_->header), to_octets(octets));
      open_.reset();
      return;
    case Piece::header:
      close({});
      if (octets.size() != header_length) return orphans_.add("headers that have not 5 octets");
      open_ = Open{mark, to_octets(octets), false, {}, {}};
      return;
    case Piece::command_data:
    case Piece::response_data:
      return push_data(piece, octets);
    case Piece::status:
      if (open_ && open_->whole) return push(Piece::response, mark, octets);
      if (!open_) return emit(Role::response, mark, {}, to_octets(octets));
      return close(octets);
    case Piece::atr:
    case Piece::pps:
    case Piece::octets:
      close({});
      return emit(piece == Piece::atr   ? Role::atr
                  : piece == Piece::pps ? Role::pps
                                        : Role::octets,
                  mark, to_octets(octets));
  }
}

void Joiner::finish() {
  close({});
}

std::optional<Message> Joiner::take() {
  if (ready_.empty()) return {};
  auto message = std::move(ready_.front());
  ready_.pop_front();
  return message;
}

}  // namespace dmsc::replay
