// SPDX-License-Identifier: Apache-2.0
#include "adapters/replay/capture.hpp"

namespace dmsc::replay {

void Capture::push(const SimFrame& frame) {
  using codec::GsmtapSim;
  const Mark mark{frame.number, frame.time_ns};
  const auto push = [&](Piece piece) { joiner_.push(piece, mark, frame.payload); };
  switch (frame.sub_type) {
    case GsmtapSim::apdu:
      return push(frame.half == codec::Half::command    ? Piece::command
                  : frame.half == codec::Half::response ? Piece::response
                                                        : Piece::exchange);
    case GsmtapSim::atr:
      return push(Piece::atr);
    case GsmtapSim::pps_request:
    case GsmtapSim::pps_response:
      return push(Piece::pps);
    case GsmtapSim::tpdu_header:
      return push(Piece::header);
    case GsmtapSim::tpdu_command:
      return push(Piece::command_data);
    case GsmtapSim::tpdu_response:
      return push(Piece::response_data);
    case GsmtapSim::tpdu_status:
      return push(Piece::status);
  }
  sub_types_.add("of GSMTAP SIM sub-type " + std::to_string(static_cast<int>(frame.sub_type)));
}

void Capture::end() {
  ended_ = true;
  joiner_.finish();
  all_ = reader_.passed_over();
  all_.add(sub_types_);
  all_.add(joiner_.orphans());
}

Result<std::optional<Message>> Capture::next() {
  for (;;) {
    if (auto message = joiner_.take()) return message;
    if (const auto failure = std::exchange(failure_, {})) return tl::make_unexpected(*failure);
    if (ended_) return std::optional<Message>{};
    const auto frame = reader_.next();
    if (!frame) {
      failure_ = frame.error();
    } else if (*frame) {
      push(**frame);
      continue;
    }
    end();
  }
}

}  // namespace dmsc::replay
