// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/uicc/transmit_buffer.hpp"

#include <algorithm>

namespace dmsc::peer {
namespace {

constexpr std::int64_t more_than_told = 0xFF;

std::int64_t number_of(const codec::Decoded& response, std::string_view key, std::int64_t otherwise) {
  const auto* member = response.find(key);
  return member != nullptr && member->is_int() ? member->as_int() : otherwise;
}

}  // namespace

TransmitBuffer::TransmitBuffer(std::int64_t asked, const codec::Decoded& response)
    : granted_(std::size_t(std::max<std::int64_t>(number_of(response, "buffer_size", asked), 0))), room_(granted_) {}

std::optional<TransmitBuffer::Piece> TransmitBuffer::next(std::size_t left, std::size_t most) const {
  const auto size = std::min({left, std::clamp<std::size_t>(most, 1, piece_most), room_});
  if (size == 0 && left > 0) return {};
  return Piece{size, size == left || size == room_};
}

void TransmitBuffer::took(const Piece& piece, const codec::Decoded& response) {
  const auto left = piece.immediately ? granted_ : room_ - std::min(room_, piece.size);
  const auto told = number_of(response, "channel_data_length", more_than_told);
  room_ = told >= more_than_told ? left : std::min(left, std::size_t(std::max<std::int64_t>(told, 0)));
}

}  // namespace dmsc::peer
