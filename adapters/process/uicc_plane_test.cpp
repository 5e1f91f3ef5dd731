// SPDX-License-Identifier: Apache-2.0
#include "adapters/process/uicc_plane.hpp"

#include <map>

#include "adapters/process/testing/scripted_card.hpp"
#include "runner/base/catch.hpp"

namespace dmsc::process {
namespace {

using testing::ScriptedCard;
using Seen = std::vector<std::string>;

class Slot {
 public:
  explicit Slot(port::SoftCard* card) { plane.insert(card); }

  std::string ask(const std::string& method, const Value& params) {
    const auto answer = plane.serve("uicc." + method, params);
    if (!answer) return std::to_string(answer.error().code) + " " + answer.error().message;
    return answer->as_map().empty() ? "" : answer->as_map().front().second.as_string();
  }
  std::string apdu(const std::string& capdu) {
    return ask("apdu", Value::Map{{"seq", ++seq}, {"t", 0}, {"capdu", capdu}});
  }
  std::string cold() { return ask("reset", Value::Map{{"kind", "cold"}}); }
  std::string warm() { return ask("reset", Value::Map{{"kind", "warm"}}); }
  std::string vcc(bool on) { return ask("power", Value::Map{{"vcc", on}}); }

  UiccPlane plane;
  std::int64_t seq = 0;
};

TEST_CASE("a card has its power, its resets and its numbers", "[process][uicc]") {
  ScriptedCard card;
  Slot slot(&card);
  CHECK(slot.apdu("80F2000000") == "4 the card has no power");
  CHECK(slot.warm() == "4 a warm reset needs a cold one before it");
  CHECK(slot.vcc(true) == "");
  CHECK(slot.apdu("80F2000000") == "4 the card has no power");
  CHECK(slot.cold() == "3B00");
  CHECK(slot.ask("pps", Value::Map{{"req", "FF109479"}}) == "FF109479");
  CHECK(slot.apdu("80F2000000") == "9000");
  CHECK(slot.warm() == "3B00");
  CHECK(slot.cold() == "3B00");
  CHECK(slot.vcc(false) == "");
  CHECK(slot.vcc(false) == "");
  CHECK(slot.ask("pps", Value::Map{{"req", "FF109479"}}) == "4 the card has no power");
  CHECK(card.seen == Seen{"on", "80F2000000", "warm", "off", "on", "off"});
  slot.seq += 1;
  CHECK(slot.apdu("80F2000000") == "6 seq is 5, not 4");
  slot.plane.restart_numbering();
  slot.seq = 0;
  CHECK(slot.apdu("80F2000000") == "4 the card has no power");
}

TEST_CASE("a card that is taken out loses its power, the next has none yet", "[process][uicc]") {
  ScriptedCard first;
  ScriptedCard second;
  Slot slot(&first);
  slot.cold();
  slot.plane.insert(&second);
  CHECK(first.seen == Seen{"on", "off"});
  CHECK(slot.apdu("80F2000000") == "4 the card has no power");
  CHECK(second.seen.empty());
  slot.plane.insert(nullptr);
  CHECK(slot.cold() == "4 there is no card");
  CHECK(slot.vcc(true) == "4 there is no card");
  CHECK(slot.apdu("80F2000000") == "4 there is no card");
}

struct Row {
  const char* capdu;
  std::map<std::string, std::string> card;  ///< answers, 6F00 to what is not there
  std::string rapdu;
  Seen seen;
};

const Row apdu_rows[] = {
    // Case 1 gets a fifth octet, case 4 loses its last.
    {"00040000", {{"0004000000", "9000"}}, "9000", {"0004000000"}},
    {"80F2000000", {{"80F2000000", "6C02"}, {"80F2000002", "AABB9000"}}, "AABB9000", {"80F2000000", "80F2000002"}},
    {"80F2000000", {{"80F2000000", "6C00"}}, "6C00", {"80F2000000"}},
    {"80140000020102", {{"80140000020102", "910B"}}, "910B", {"80140000020102"}},
    {"00A40004023F0000",
     {{"00A40004023F00", "6102"}, {"00C0000002", "AABB9000"}},
     "AABB9000",
     {"00A40004023F00", "00C0000002"}},
    {"01A40004023F00",
     {{"01A40004023F00", "6104"}, {"01C0000004", "6C02"}, {"01C0000002", "AABB6101"}, {"01C0000001", "CC9110"}},
     "AABBCC9110",
     {"01A40004023F00", "01C0000004", "01C0000002", "01C0000001"}},
    {"C0A40004023F00",
     {{"C0A40004023F00", "6101"}, {"40C0000001", "AA9000"}},
     "AA9000",
     {"C0A40004023F00", "40C0000001"}},
    // A warning of a case 4 command stands, with the data behind it.
    {"00A40004023F0000",
     {{"00A40004023F00", "6283"}, {"00C0000000", "6C01"}, {"00C0000001", "AA9000"}},
     "AA6283",
     {"00A40004023F00", "00C0000000", "00C0000001"}},
    {"00A40004023F0000", {{"00A40004023F00", "6283"}}, "6283", {"00A40004023F00", "00C0000000"}},
    {"00A40004023F00", {{"00A40004023F00", "6283"}}, "6283", {"00A40004023F00"}},
    {"00A40004023F00", {{"00A40004023F00", "mute"}}, "3 the card is mute", {"00A40004023F00"}},
    {"00A40004023F00", {{"00A40004023F00", "90"}}, "3 the card is mute", {"00A40004023F00"}},
    {"00A4000405AA", {}, "-32602 capdu: *", {}},
    {"00A40004000002AABB", {}, "1 the card takes no extended APDU", {}},
};

TEST_CASE("an APDU is carried as T=0 carries it, and comes back whole", "[process][uicc]") {
  for (const auto& row : apdu_rows) {
    CAPTURE(row.capdu);
    ScriptedCard card([&](const std::string& command) {
      const auto found = row.card.find(command);
      return found == row.card.end() ? "6F00" : found->second;
    });
    Slot slot(&card);
    slot.cold();
    card.seen.clear();
    const auto rapdu = slot.apdu(row.capdu);
    if (row.rapdu.ends_with('*')) {
      CHECK(rapdu.starts_with(row.rapdu.substr(0, row.rapdu.size() - 1)));
    } else {
      CHECK(rapdu == row.rapdu);
    }
    CHECK(card.seen == row.seen);
  }
}

TEST_CASE("a card that has more for ever is not followed for ever", "[process][uicc]") {
  ScriptedCard card([](const std::string&) { return "AA6101"; });
  Slot slot(&card);
  slot.cold();
  CHECK(slot.apdu("80F2000000") == "3 the card is mute");
  CHECK(card.seen.size() < 1'000);
}

TEST_CASE("a TPDU goes to the card as it is, if it is one", "[process][uicc]") {
  ScriptedCard card([](const std::string& command) { return command == "00C0000002" ? "AABB9000" : "6102"; });
  Slot slot(&card);
  slot.plane.set_view(UiccPlane::View::tpdu);
  slot.cold();
  card.seen.clear();
  CHECK(slot.apdu("00A40004023F00") == "6102");
  CHECK(slot.apdu("00C0000002") == "AABB9000");
  CHECK(card.seen == Seen{"00A40004023F00", "00C0000002"});
  constexpr auto no_tpdu = "-32602 capdu is no header, P3 and as many octets as P3 says";
  for (const auto* wrong : {"00A40004", "00A40004023F", "00A40004023F0000", "0004000000AA"})
    CHECK(slot.apdu(wrong) == no_tpdu);
  CHECK(card.seen.size() == 2);
}

}  // namespace
}  // namespace dmsc::process
