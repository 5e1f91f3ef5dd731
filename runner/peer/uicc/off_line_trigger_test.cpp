// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/uicc/off_line_trigger.hpp"

#include "runner/base/catch.hpp"
#include "runner/base/json.hpp"
#include "runner/codec/cat/message.hpp"

namespace dmsc::peer {
namespace {

using Log = std::vector<std::string>;

constexpr const char* done = "830100";
constexpr const char* modified = "830107";       // performed with modification
constexpr const char* bip_error = "83023A03";    // channel closed
constexpr const char* channel_one = "38028100";  // channel 1, link established

/// A terminal that answers command by command, and writes down what it was asked.
struct Terminal {
  Toolkit toolkit;
  Log asked;

  /// FETCHes one command and answers it. @return false when there is none
  bool answer(const std::string& result) {
    const auto octets = toolkit.fetch();
    if (!octets) return false;
    const auto command = codec::decode_proactive(*octets);
    REQUIRE(command.clean());
    asked.push_back(command.key);
    for (const auto* path : {"mode", "transport_level.protocol", "transport_level.port", "buffer_size",
                             "device_identities.destination", "command_details.qualifier", "channel_data"}) {
      const auto members = command.value();
      const auto* value = members.at_path(path);
      if (value != nullptr) asked.back() += " " + (value->is_string() ? value->as_string() : write_json(*value));
    }
    const auto response =
        codec::decode_terminal_response(*parse_hex(to_hex(command.fields.at(0).octets) + "82028281" + result));
    REQUIRE_FALSE(response.error);
    CHECK(toolkit.responded(response) == Toolkit::Reception::taken);
    return true;
  }

  void obey(OffLineTrigger trigger) {
    trigger.send(toolkit);
    REQUIRE(answer(done + std::string(channel_one)));
    while (answer(done)) {
    }
  }
};

OffLineTrigger trigger_of(std::size_t octets) {
  OffLineTrigger out;
  for (std::size_t at = 0; at < octets; ++at) out.notification.push_back(static_cast<std::uint8_t>(at));
  out.port = 32769;
  return out;
}

constexpr const char* opened = "open_channel terminal_server udp_local 32769 1400 terminal 0";
constexpr const char* closed = "close_channel channel_1 0";

}  // namespace

TEST_CASE("a notification that fits goes in one piece, sent at once", "[off_line_trigger]") {
  Terminal terminal;
  terminal.obey(trigger_of(3));
  CHECK(terminal.asked == Log{opened, "send_data channel_1 1 000102", closed});
}

TEST_CASE("protocol, port and buffer size are those of the trigger", "[off_line_trigger]") {
  Terminal terminal;
  auto trigger = trigger_of(1);
  trigger.protocol = "tcp_local";
  trigger.port = 4000;
  trigger.buffer_size = 100;
  terminal.obey(trigger);
  REQUIRE(terminal.asked.size() == 3);
  CHECK(terminal.asked[0] == "open_channel terminal_server tcp_local 4000 100 terminal 0");
}

TEST_CASE("pieces are stored, the last is sent", "[off_line_trigger]") {
  Terminal terminal;
  auto trigger = trigger_of(5);
  trigger.piece = 2;
  terminal.obey(trigger);
  CHECK(terminal.asked ==
        Log{opened, "send_data channel_1 0 0001", "send_data channel_1 0 0203", "send_data channel_1 1 04", closed});
}

TEST_CASE("pieces are as long as one command can carry", "[off_line_trigger]") {
  struct Row {
    std::size_t octets;
    std::size_t piece;
    std::vector<std::size_t> sent;
  };
  const Row rows[] = {
      {220, 220, {220}}, {221, 220, {220, 1}}, {300, 1000, {220, 80}}, {2, 0, {1, 1}}, {440, 220, {220, 220}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.octets, row.piece);
    Terminal terminal;
    auto trigger = trigger_of(row.octets);
    trigger.piece = row.piece;
    terminal.obey(trigger);
    REQUIRE(terminal.asked.size() == row.sent.size() + 2);
    std::string data;
    for (std::size_t at = 0; at < row.sent.size(); ++at) {
      const auto& line = terminal.asked[at + 1];
      const bool last = at + 1 == row.sent.size();
      CHECK(line.starts_with(last ? "send_data channel_1 1 " : "send_data channel_1 0 "));
      CHECK(line.substr(line.rfind(' ') + 1).size() == 2 * row.sent[at]);
      data += line.substr(line.rfind(' ') + 1);
    }
    CHECK(data == to_hex(trigger.notification));
  }
}

TEST_CASE("the terminal's number of the channel is used", "[off_line_trigger]") {
  Terminal terminal;
  trigger_of(1).send(terminal.toolkit);
  REQUIRE(terminal.answer(modified + std::string("38028500")));
  while (terminal.answer(done)) {
  }
  REQUIRE(terminal.asked.size() == 3);
  CHECK(terminal.asked[1].starts_with("send_data channel_5 "));
  CHECK(terminal.asked[2].starts_with("close_channel channel_5 "));
}

TEST_CASE("a channel that is refused ends the trigger", "[off_line_trigger]") {
  const auto* result = GENERATE("83023A10", "830120", "830130", "830100" /* without a number */, "83010038020000");
  CAPTURE(result);
  Terminal terminal;
  trigger_of(1).send(terminal.toolkit);
  REQUIRE(terminal.answer(result));
  CHECK(terminal.asked.size() == 1);
  CHECK(terminal.toolkit.announced() == nullptr);
}

TEST_CASE("a piece that is refused is the last", "[off_line_trigger]") {
  Terminal terminal;
  auto trigger = trigger_of(5);
  trigger.piece = 2;
  SECTION("and the channel is closed") {
    trigger.send(terminal.toolkit);
    REQUIRE(terminal.answer(done + std::string(channel_one)));
    REQUIRE(terminal.answer(done));
    REQUIRE(terminal.answer(bip_error));
    REQUIRE(terminal.answer(done));
    CHECK(terminal.asked == Log{opened, "send_data channel_1 0 0001", "send_data channel_1 0 0203", closed});
  }
  SECTION("or left open") {
    trigger.close = false;
    trigger.send(terminal.toolkit);
    REQUIRE(terminal.answer(done + std::string(channel_one)));
    REQUIRE(terminal.answer(bip_error));
    CHECK(terminal.asked.size() == 2);
  }
  CHECK(terminal.toolkit.announced() == nullptr);
}

TEST_CASE("a channel may be left open", "[off_line_trigger]") {
  Terminal terminal;
  auto trigger = trigger_of(3);
  trigger.close = false;
  terminal.obey(trigger);
  CHECK(terminal.asked == Log{opened, "send_data channel_1 1 000102"});
}

TEST_CASE("two triggers do not mix", "[off_line_trigger]") {
  Terminal terminal;
  {
    auto other = trigger_of(2);
    other.notification = {0xAA, 0xBB};
    trigger_of(2).send(terminal.toolkit);
    other.send(terminal.toolkit);
  }  // the triggers themselves are gone
  REQUIRE(terminal.answer(done + std::string(channel_one)));
  REQUIRE(terminal.answer(done + std::string("38028200")));
  while (terminal.answer(done)) {
  }
  CHECK(Log(terminal.asked.begin() + 2, terminal.asked.end()) ==
        Log{"send_data channel_1 1 0001", "send_data channel_2 1 AABB", closed, "close_channel channel_2 0"});
}

TEST_CASE("a notification of nothing is one empty piece", "[off_line_trigger]") {
  Terminal terminal;
  terminal.obey(trigger_of(0));
  CHECK(terminal.asked == Log{opened, "send_data channel_1 1 ", closed});
}

}  // namespace dmsc::peer
