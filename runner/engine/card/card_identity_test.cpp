// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/card/card_identity.hpp"

#include "runner/base/catch.hpp"
#include "runner/engine/card/card_bench.hpp"
#include "runner/peer/uicc/uicc.hpp"

namespace dmsc::engine {
namespace {

/// Answers by what the second octet of the command is; 6E00 where nothing is said.
class TableCard final : public port::CardLink {
 public:
  explicit TableCard(std::map<int, const char*> answers, Octets atr = {0x3B, 0x9F})
      : answers_(std::move(answers)), atr_(std::move(atr)) {}
  Result<Octets> power_cycle() override { return atr_; }
  Result<Octets> transmit(ByteView command, std::chrono::milliseconds /*deadline*/) override {
    commands.push_back(to_hex(command));
    const auto found = answers_.find(command[1]);
    return *parse_hex(found == answers_.end() ? "6E00" : found->second);
  }
  std::string label() const override { return "table"; }
  std::vector<std::string> commands;

 private:
  std::map<int, const char*> answers_;
  Octets atr_;
};

Result<Holder> identity_of(TableCard& card) {
  peer::Account account;
  Trace trace(account);
  auto holder = read_card_identity(card, trace, std::chrono::seconds(1));
  CHECK(trace.exchanges().size() == card.commands.size() + 1);  // the reset is one
  return holder;
}

}  // namespace

TEST_CASE("digits of EF.ICCID", "[identity]") {
  struct Row {
    const char* octets;
    const char* digits;
  };
  const auto row = GENERATE(values<Row>({
      {"98881221436587092143", "89882112345678901234"},
      {"988812214365870921F3", "8988211234567890123"},
      {"9888122143FFFFFFFFFF", "8988211234"},
      {"98881221FFFFFFFFFFFF", ""},  // too short
      {"FFFFFFFFFFFFFFFFFFFF", ""},
      {"9888122143F587092143", ""},  // a digit behind the filling
      {"988812214365870921A3", ""},  // no digit
      {"9888122143658709214300", ""},
      {"", ""},
  }));
  CAPTURE(row.octets);
  CHECK(iccid_digits(*parse_hex(row.octets)).value_or("") == row.digits);
}

TEST_CASE("a card is known by its ICCID, read from the MF", "[identity]") {
  TableCard card({{0xA4, "9000"}, {0xB0, "988812214365870921F39000"}});
  const auto holder = identity_of(card);
  REQUIRE(holder);
  CHECK(holder->key == "iccid:8988211234567890123");
  CHECK(holder->words == "ICCID ending in 0123");
  CHECK(card.commands == std::vector<std::string>{"00A4000C023F00", "00A4000C022FE2", "00B000000A"});
}

TEST_CASE("a card without ICCID is known by its ATR", "[identity]") {
  const auto answer = GENERATE("6A82", "6982", "FFFFFFFFFFFFFFFFFFFF9000", "9000");
  TableCard card({{0xA4, "9000"}, {0xB0, answer}});
  const auto holder = identity_of(card);
  REQUIRE(holder);
  CHECK(holder->key == "atr:3B9F");
  CHECK(holder->words == "no ICCID can be read, so the card is known by its ATR");
}

TEST_CASE("a card that refuses whatever it is asked is no UICC", "[identity]") {
  const auto refusal = GENERATE("6E00", "6D00");
  TableCard card({{0xA4, refusal}, {0xB0, refusal}, {0xF2, refusal}});
  const auto holder = identity_of(card);
  REQUIRE_FALSE(holder);
  CHECK(holder.error().code == Errc::unavailable);
  CHECK(holder.error().text() ==
        "table: the card answers " + std::string(refusal) + " to SELECT, READ BINARY and STATUS alike: it is no UICC");
  TableCard odd({{0xF2, "9000"}});  // what knows STATUS may be one, and its cases say what is wrong
  CHECK(identity_of(odd));
}

TEST_CASE("a time-out names the value of the PIXIT that bounds a command", "[identity]") {
  const Error late{Errc::timeout, "the card did not answer within 700 ms", {}, "table"};
  CHECK(with_bound(late).text() == "table: the card did not answer within 700 ms (apdu_deadline of the PIXIT)");
  CHECK(with_bound({Errc::unavailable, "the card is gone", {}, "table"}).text() == "table: the card is gone");

  class MuteCard final : public port::CardLink {
   public:
    Result<Octets> power_cycle() override { return Octets{0x3B, 0x9F}; }
    Result<Octets> transmit(ByteView, std::chrono::milliseconds) override {
      return fail(Errc::timeout, "the card is mute", {}, label());
    }
    std::string label() const override { return "table"; }
  };
  MuteCard card;
  const peer::Account account;
  Trace trace(account);
  const auto holder = read_card_identity(card, trace, std::chrono::seconds(1));
  REQUIRE_FALSE(holder);
  CHECK(holder.error().text() == "table: the card is mute (apdu_deadline of the PIXIT)");
  const model::Ics ics;
  const model::Pixit pixit;
  const std::atomic<int> stop{0};
  CardSession session(card, ics, pixit, account, stop);
  session.terminal().send_status();
  const auto pumped = session.pump();
  REQUIRE_FALSE(pumped);
  CHECK(pumped.error().text() == "table: the card is mute (apdu_deadline of the PIXIT)");
}

TEST_CASE("an answer that is none ends the step", "[identity]") {
  TableCard card({{0xA4, "90"}});
  const auto holder = identity_of(card);
  REQUIRE_FALSE(holder);
  CHECK(holder.error().code == Errc::protocol);
}

}  // namespace dmsc::engine
