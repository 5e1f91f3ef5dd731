// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/uicc/transmit_buffer.hpp"

#include "runner/base/catch.hpp"
#include "runner/codec/cat/message.hpp"

namespace dmsc::peer {
namespace {

using Plan = std::vector<std::string>;

codec::Decoded response(const std::string& objects) {
  return codec::decode_terminal_response(*parse_hex("8103014300 82028281 830100" + objects));
}

/// Sends so many octets; the terminal tells the room of each row, or nothing more where there are none left.
Plan plan(TransmitBuffer buffer, std::size_t octets, std::size_t most, std::vector<std::string> rooms = {}) {
  Plan out;
  for (std::size_t at = 0; octets > 0; ++at) {
    const auto piece = buffer.next(octets, most);
    if (!piece) return out.push_back("no room"), out;
    out.push_back(std::to_string(piece->size) + (piece->immediately ? " sent" : " stored"));
    octets -= piece->size;
    buffer.took(*piece, response(at < rooms.size() ? "B701" + rooms[at] : ""));
  }
  return out;
}

TransmitBuffer granted(const char* hex) {
  return {1400, response(std::string("3902") + hex)};
}

}  // namespace

TEST_CASE("pieces are stored as long as the buffer holds them", "[transmit_buffer]") {
  CHECK(plan(granted("0578"), 3, 220) == Plan{"3 sent"});
  CHECK(plan(granted("0578"), 500, 220) == Plan{"220 stored", "220 stored", "60 sent"});
  CHECK(plan(granted("0064"), 250, 60) == Plan{"60 stored", "40 sent", "60 stored", "40 sent", "50 sent"});
  CHECK(plan(granted("0578"), 1500, 1000).front() == "220 stored");
  CHECK(plan(granted("0578"), 2, 0) == Plan{"1 stored", "1 sent"});
}

TEST_CASE("the size that was granted counts, else the one asked for", "[transmit_buffer]") {
  CHECK(granted("02BC").holds(700));
  CHECK_FALSE(granted("02BC").holds(701));
  CHECK(TransmitBuffer(1400, response("")).holds(1400));
  CHECK_FALSE(TransmitBuffer(1400, response("")).holds(1401));
  CHECK(plan(granted("0000"), 1, 220) == Plan{"no room"});
}

TEST_CASE("the room that is told counts, but never for more than the buffer has", "[transmit_buffer]") {
  CHECK(plan(granted("0064"), 100, 60, {"14"}) == Plan{"60 stored", "20 sent", "20 sent"});
  CHECK(plan(granted("0064"), 100, 60, {"FE"}) == Plan{"60 stored", "40 sent"});
  CHECK(plan(granted("0064"), 100, 60, {"FF"}) == Plan{"60 stored", "40 sent"});
  CHECK(plan(granted("0064"), 200, 100, {"00"}) == Plan{"100 sent", "no room"});
  CHECK(plan(granted("0064"), 200, 100, {"0A", "64"}) == Plan{"100 sent", "10 sent", "90 sent"});
}

TEST_CASE("what another client left behind takes no room", "[transmit_buffer]") {
  auto buffer = granted("0064");
  buffer.took({60, false}, response("B70128"));
  buffer.forget();
  CHECK(plan(buffer, 100, 100) == Plan{"100 sent"});
}

TEST_CASE("nothing goes out as a piece of nothing", "[transmit_buffer]") {
  const auto piece = granted("0064").next(0);
  REQUIRE(piece);
  CHECK(piece->size == 0);
  CHECK(piece->immediately);
}

}  // namespace dmsc::peer
