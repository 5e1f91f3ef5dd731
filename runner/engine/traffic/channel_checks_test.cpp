// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/traffic/testing/talk.hpp"

// Rules on a device's channels.
namespace dmsc::engine::testing {
namespace {

Words of_open(const std::string& command, const std::string& objects) {
  auto talk = Talk::of_device();
  talk.perform(command, "8103014000 82028281 " + objects);
  return talk.breaches("channel_granted");
}

/// A device with channel 1 open for UDP, buffer 16 octets.
Talk opened() {
  auto talk = Talk::of_device();
  talk.perform("D012 8103014000 82028182 B9020010 BC03048001", "8103014000 82028281 830100 38028100 39020010");
  return talk;
}

void available(Talk& talk, const std::string& length) {
  talk.envelope("D60E 990109 82028281 B8028100 B701" + length);
}
void received(Talk& talk, const std::string& data, const std::string& left) {
  const auto size = hex_number(data.size() / 2, 2);
  talk.perform(receive, "8103014200 82028281 830100 B6" + size + data + "B701" + left);
}
void stored(Talk& talk, std::size_t size, const std::string& room, bool immediately = false) {
  const std::string qualifier = immediately ? "01" : "00";
  talk.perform("D0" + hex_number(11 + size, 2) + "81030143" + qualifier + "82028121 B6" + hex_number(size, 2) +
                   to_hex(Octets(size, 0x41)),
               "81030143" + qualifier + "82028281 830100 B701" + room);
}

}  // namespace

TEST_CASE("channel_granted: linked or listening as its mode wants, with the buffer it has", "[traffic]") {
  CHECK(of_open(open_local, "830100 38028100 39020578").empty());
  CHECK(of_open(open_listener, "830100 38024100 39020578").empty());
  CHECK(of_open(open_listener, "830100 38020100 39020578").empty());  // closed: it may listen in a moment
  CHECK(of_open(open_local, "830100 38028000 39020578") == Words{"number: fail, a channel with number 0 at 12"});
  CHECK(of_open(open_local, "830100 38020100 39020578") ==
        Words{"no link, advisory: advisory, a local channel in state closed, without a link at 12"});
  CHECK(of_open(open_local, "830100 38024100 39020578") ==
        Words{"no link, advisory: advisory, a local channel in state listen, without a link at 12"});
  CHECK(of_open(open_listener, "830100 38028100 39020578") ==
        Words{"no listener, advisory: advisory, a channel that should listen in state established at 12"});
  CHECK(of_open(open_local, "83023A10").empty());
}

TEST_CASE("XX reserved", "[traffic]") {
  CHECK(of_open(open_local, "830100 3802C100 39020578") ==
        Words{"reserved, advisory: advisory, channel 1 in a state that is reserved at 12"});
  CHECK(of_open(open_listener, "830100 3802C100 39020578") ==
        Words{"reserved, advisory: advisory, channel 1 in a state that is reserved at 12"});
}
TEST_CASE("channel_granted: a smaller buffer with result 07 is in order", "[traffic]") {
  CHECK(of_open(open_local, "830107 38028100 39020400").empty());
  CHECK(of_open(open_local, "830100 38028100 39020400") ==
        Words{"buffer changed, advisory: advisory, a buffer of 1024 octets for 1400, and the result does not say so at "
              "16"});
  CHECK(of_open(open_local, "830107 38028100 39020000") ==
        Words{"buffer 0: fail, a channel with a buffer of 0 octets at 16"});
  CHECK(of_open(open_local, "830100 38028100") ==
        Words{"no buffer, advisory: advisory, a channel without a buffer size"});
}

TEST_CASE("channel_granted: a channel that is open is not given again", "[traffic]") {
  auto talk = Talk::of_device();
  talk.perform(open_local, open_local_done);
  SECTION("taken") {
    talk.perform(open_local, open_local_done);
    CHECK(talk.breaches("channel_granted") == Words{"taken: fail, channel 1 once more at 12"});
    return;
  }
  SECTION("closed before") {
    talk.perform(close_channel, close_done);
  }
  SECTION("dropped before") {
    talk.envelope("D60B 99010A 82028281 B8020105");
  }
  SECTION("a second channel") {}
  talk.perform(open_local, "8103014000 82028281 830100 38028200 39020578");
  CHECK(talk.breaches("channel_granted").empty());
  CHECK(talk.occasions("channel_granted") == 2);
}

TEST_CASE("channel_told: events of a channel that was never opened fail, of one that was closed are told",
          "[traffic]") {
  auto talk = Talk::of_device();
  available(talk, "04");
  talk.perform(open_local, open_local_done);
  talk.perform(close_channel, close_done);
  talk.envelope("D60B 99010A 82028281 B8020105");
  CHECK(talk.breaches("channel_told") ==
        Words{"closed, advisory: advisory, event channel_status of channel 1, which was closed at 9",
              "never opened: fail, event data_available of channel 1, which was never opened at 9"});
  CHECK(talk.occasions("channel_told") == 2);
}

TEST_CASE("channel_told: LISTEN with link dropped goes on, and so do the events behind it", "[traffic]") {
  auto talk = Talk::of_device();
  talk.perform(open_listener, open_listener_done);
  talk.envelope("D60B 99010A 82028281 B8028100");
  talk.envelope("D60B 99010A 82028281 B8024105");
  available(talk, "04");
  talk.perform("D009 8103014101 82028121", "8103014101 82028281 830100");  // back to listening
  talk.envelope("D60B 99010A 82028281 B8028100");
  CHECK(talk.broken().empty());
}

TEST_CASE("channel_granted: a listener whose client went is still taken", "[traffic]") {
  auto talk = Talk::of_device();
  talk.perform(open_listener, open_listener_done);
  talk.envelope("D60B 99010A 82028281 B8028100");
  talk.envelope("D60B 99010A 82028281 B8024105");
  talk.perform(open_listener, open_listener_done);
  CHECK(talk.breaches("channel_granted") == Words{"taken: fail, channel 1 once more at 12"});
}

TEST_CASE("channel_told: GET CHANNEL STATUS tells the channels that are open", "[traffic]") {
  const auto told = [](const std::string& objects) {
    auto talk = Talk::of_device();
    talk.perform(open_local, open_local_done);
    talk.perform("D009 8103014400 82028182", "8103014400 82028281 830100" + objects);
    return talk.breaches("channel_told");
  };
  CHECK(told("B8028100").empty());
  CHECK(told("B8028100 B8020200").empty());  // channel 2 is closed
  CHECK(told("B8028100 B8028200") ==
        Words{"never opened: fail, GET CHANNEL STATUS tells of channel 2, which was never opened at 12"});
  CHECK(told("B8020000") == Words{"left out, advisory: advisory, 0 channels told, 1 are open at 12"});
  // A link that went may be told as closed.
  auto talk = Talk::of_device();
  talk.perform("D009 8103014400 82028182", "8103014400 82028281 830100 B8020000");
  CHECK(talk.breaches("channel_told").empty());
  CHECK(talk.occasions("channel_told") == 1);
}

TEST_CASE("data_arithmetic: what was told must come, in pieces or at once", "[traffic]") {
  auto talk = opened();
  SECTION("at once") {
    available(talk, "04");
    received(talk, "01020304", "00");
  }
  SECTION("in pieces") {
    available(talk, "04");
    received(talk, "0102", "02");
    received(talk, "0304", "00");
  }
  SECTION("more arrives between") {
    available(talk, "04");
    received(talk, "0102", "08");
    available(talk, "0A");
    received(talk, "0304050607080900", "02");
    received(talk, "0102", "00");
  }
  SECTION("FF says 255 or more") {
    available(talk, "FF");
    received(talk, to_hex(Octets(200, 0x41)), "FF");
    received(talk, to_hex(Octets(200, 0x41)), "64");
    received(talk, to_hex(Octets(100, 0x41)), "00");
  }
  SECTION("the link went between") {
    available(talk, "04");
    talk.envelope("D60B 99010A 82028281 B8020105");
    received(talk, "", "00");
  }
  SECTION("nobody asked") {
    received(talk, "", "00");
  }
  CHECK(talk.breaches("data_arithmetic").empty());
  CHECK(talk.occasions("data_arithmetic") > 0);
}

TEST_CASE("data_arithmetic: what does not add up", "[traffic]") {
  auto talk = opened();
  SECTION("fewer than told") {
    available(talk, "04");
    received(talk, "0102", "01");
    CHECK(talk.breaches("data_arithmetic") ==
          Words{"fewer than told: fail, 2 octets and 1 that remain, 4 were told at 16"});
  }
  SECTION("fewer than the rest") {
    available(talk, "04");
    received(talk, "0102", "02");
    received(talk, "03", "00");
    CHECK(talk.breaches("data_arithmetic") ==
          Words{"fewer than told: fail, 1 octets and 0 that remain, 2 were told at 15"});
  }
  SECTION("nothing came") {
    received(talk, "", "05");
    CHECK(talk.breaches("data_arithmetic") == Words{"nothing came: fail, no octets, and 5 remain at 14"});
  }
  SECTION("data available of nothing") {
    available(talk, "00");
    CHECK(talk.breaches("data_arithmetic") == Words{"nothing, advisory: advisory, data available, 0 octets at 13"});
  }
  SECTION("data available said 1") {
    available(talk, "01");
    received(talk, "010203", "00");
    CHECK(talk.breaches("data_arithmetic") ==
          Words{"more than announced, advisory: advisory, data available said 1, and 3 octets came at 17"});
  }
}

TEST_CASE("data_arithmetic: room of the buffer", "[traffic]") {
  auto talk = opened();  // 16 octets
  SECTION("shrinks as it is filled") {
    stored(talk, 4, "0C");
    stored(talk, 4, "08");
    stored(talk, 8, "00");
    CHECK(talk.breaches("data_arithmetic").empty());
    CHECK(talk.occasions("data_arithmetic") == 3);
  }
  SECTION("is whole again when all was sent") {
    stored(talk, 4, "0C");
    stored(talk, 4, "10", true);
    stored(talk, 4, "0C");
    CHECK(talk.breaches("data_arithmetic").empty());
  }
  SECTION("is not told below 255") {
    auto large = Talk::of_device();
    large.perform(open_local, open_local_done);
    stored(large, 4, "FF");
    stored(large, 4, "FF");
    CHECK(large.breaches("data_arithmetic").empty());
  }
  SECTION("is more than the buffer") {
    stored(talk, 4, "0D");
    CHECK(talk.breaches("data_arithmetic") ==
          Words{"more than the buffer: fail, room 13, with 4 of 16 octets stored at 12"});
  }
  SECTION("does not shrink") {
    stored(talk, 1, "08");
    stored(talk, 4, "06");
    CHECK(talk.breaches("data_arithmetic") == Words{"room: fail, room 6 after 4 of 8 octets were stored at 12"});
  }
  SECTION("shrinks too much") {
    stored(talk, 4, "0C");
    stored(talk, 4, "02");
    CHECK(talk.breaches("data_arithmetic") ==
          Words{"room, advisory: advisory, room 2 after 4 of 12 octets were stored at 12"});
  }
  SECTION("took more than there was") {
    stored(talk, 4, "02");
    stored(talk, 4, "00");
    CHECK(talk.breaches("data_arithmetic") ==
          Words{"more than the room: fail, 4 octets taken, and the room was 2 at 12"});
  }
}

}  // namespace dmsc::engine::testing
