// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/card/tpdu.hpp"

#include "runner/base/catch.hpp"
#include "runner/codec/card/apdu_tree.hpp"
#include "runner/codec/decode.hpp"

using namespace dmsc;
using namespace dmsc::codec;

namespace {

Octets octets(std::string_view text) {
  return parse_hex(text).value();
}

/// Keys with values and meanings of the outer fields, then anomalies and error.
std::string told(const Decoded& decoded) {
  std::string out = decoded.key + ":";
  for (const auto& node : decoded.fields) {
    out += " " + node.key + "=" + to_hex(node.octets) + (node.note.empty() ? "" : " (" + node.note + ")");
  }
  for (const auto& anomaly : decoded.anomalies) out += " ! " + anomaly.text;
  if (decoded.error) out += " error " + decoded.error->text();
  return out;
}

}  // namespace

TEST_CASE("an exchange is split by the direction of its INS", "[tpdu]") {
  struct Row {
    std::string_view what, octets, command, response;
    bool known;
  };
  const auto row = GENERATE(
      Row{"SELECT", "00A40004023F00612F", "00A40004023F00", "612F", true},
      Row{"SELECT over a link that fetches by itself", "00A40004023F006F009000", "00A40004023F00", "6F009000", true},
      Row{"TERMINAL PROFILE refused at its header", "801000001C6F00", "801000001C", "6F00", true},
      Row{"FETCH", "8012000003D001009000", "8012000003", "D001009000", true},
      Row{"FETCH with the wrong length", "80120000006C13", "8012000000", "6C13", true},
      Row{"GET RESPONSE", "00C000000201029000", "00C0000002", "01029000", true},
      Row{"STATUS", "80F2000002AABB9110", "80F2000002", "AABB9110", true},
      Row{"GET STATUS", "80F24000024F009000", "80F24000024F00", "9000", true},
      Row{"RETRIEVE DATA, first block", "80CB0080018062F1", "80CB00800180", "62F1", true},
      Row{"RETRIEVE DATA, next block", "80CB000001809000", "80CB000001", "809000", true},
      Row{"VERIFY without data", "002000010063C3", "0020000100", "63C3", true},
      Row{"extended Lc", "80E200000000021122 9000", "80E200000000021122", "9000", true},
      Row{"INS in no table, no data", "00FE0000006D00", "00FE000000", "6D00", true},
      Row{"INS in no table", "00FE000001AA9000", "00FE000001AA", "9000", false});
  INFO(row.what);
  const auto whole = octets(row.octets);
  const auto tpdu = split_tpdu(whole).value();
  REQUIRE(to_hex(tpdu.command) == row.command);
  REQUIRE(to_hex(tpdu.response) == row.response);
  REQUIRE(tpdu.direction_known == row.known);
}

TEST_CASE("an exchange without a status word is refused", "[tpdu]") {
  REQUIRE(split_tpdu(octets("00A400000090")).error().text() ==
          "an APDU frame of 6 octets, at least 7 expected at offset 6");
}

TEST_CASE("a line with a status word is told from a command", "[tpdu]") {
  const auto exchange =
      GENERATE(as<std::string_view>{}, "00A40004023F00612F", "801200000BD009810301030082028182 9000", "80F2000C009000",
               "80F2000C9000", "801000001C6F00", "80FE000001AA9000", "00A40004006D00", "00A40004023F00 6F00 9000",
               "801200000BD00981030103", "80F2000C02AABB");
  INFO(exchange);
  REQUIRE(is_exchange(octets(exchange)));
}

TEST_CASE("a command that ends like a status word stays a command", "[tpdu]") {
  const auto command =
      GENERATE(as<std::string_view>{}, "00A40004026F07", "80C20000029000", "00A40004026F0700", "80F2000C00", "80F2000C",
               "80C2000015D613", "00D60000019000", "80E200000000029000", "8012000000");
  INFO(command);
  REQUIRE_FALSE(is_exchange(octets(command)));
}

TEST_CASE("command and answer are decoded in one tree", "[tpdu]") {
  struct Row {
    std::string_view octets, told;
  };
  const auto row = GENERATE(
      Row{"801200000BD009810301040082028182 9000",
          "fetch: cla=80 ins=12 (FETCH) p1=00 p2=00 le=0B polling_off=D009810301040082028182 sw=9000 (normal ending)"},
      Row{"80C200000CD60A190103020282811B0102 910F",
          "envelope: cla=80 ins=C2 (ENVELOPE) p1=00 p2=00 lc=0C location_status=D60A190103020282811B0102 "
          "sw=910F (normal ending, a proactive command waits: 15 octets)"},
      Row{"00880080 11 10000102030405060708090A0B0C0D0E0F DC0E0102030405060708090A0B0C0D0E 9000",
          "authenticate: cla=00 ins=88 (AUTHENTICATE) p1=00 p2=80 lc=11 "
          "authentication=10000102030405060708090A0B0C0D0E0F "
          "authentication_answer=DC0E0102030405060708090A0B0C0D0E sw=9000 (normal ending)"},
      Row{"00A40004023F00612F",
          "select: cla=00 ins=A4 (SELECT) p1=00 p2=04 lc=02 data=3F00 sw=612F (response data wait for GET RESPONSE: 47 "
          "octets)"},
      Row{"801000001C6F00",
          "terminal_profile: cla=80 ins=10 (TERMINAL PROFILE) p1=00 p2=00 lc=1C sw=6F00 (technical problem, no "
          "diagnosis)"},
      Row{"8012000002AABB", "fetch: cla=80 ins=12 (FETCH) p1=00 p2=00 le=02 response=AABB ! no status word follows"},
      Row{"80120000059000", "fetch: cla=80 ins=12 (FETCH) p1=00 p2=00 le=05 sw=9000 (normal ending)"},
      Row{"801200000BD009810301",
          "fetch: cla=80 ins=12 (FETCH) p1=00 p2=00 le=0B unknown_command=D009810301 ! no status word "
          "follows error length says 9 octets, 3 are left at offset 6"});
  INFO(row.octets);
  REQUIRE(told(decode(InputKind::apdu, octets(row.octets))) == row.told);
}

TEST_CASE("an answer stands alone", "[tpdu]") {
  struct Row {
    std::string_view octets, told;
  };
  const auto row =
      GENERATE(Row{"9000", "response: sw=9000 (normal ending)"}, Row{"6A82", "response: sw=6A82 (file not found)"},
               Row{"D009810301040082028182 910B",
                   "polling_off: polling_off=D009810301040082028182 sw=910B (normal ending, a "
                   "proactive command waits: 11 octets)"},
               Row{"62028200 9000", "response: response=62028200 sw=9000 (normal ending)"});
  INFO(row.octets);
  REQUIRE(looks_like_response(octets(row.octets)));
  REQUIRE(guess_kind(octets(row.octets)) == InputKind::response);
  REQUIRE(told(decode_response(octets(row.octets))) == row.told);
}

TEST_CASE("octets that only end like a status word are no answer", "[tpdu]") {
  const auto other =
      GENERATE(as<std::string_view>{}, "D009810301040082028182", "D00981030104009000", "AABB9000", "8282", "00", "");
  INFO(other);
  REQUIRE_FALSE(looks_like_response(octets(other)));
  if (octets(other).size() < 2)
    REQUIRE(decode_response(octets(other)).error->message == "a response APDU has at least 2 octets");
}

TEST_CASE("the class byte tells channel and secure messaging", "[tpdu]") {
  struct Row {
    std::string_view octets, note;
  };
  const auto row =
      GENERATE(Row{"00F2000C00", ""}, Row{"81F2000C00", "logical channel 1"}, Row{"84F2000C00", "secure messaging"},
               Row{"4FF2000C00", "logical channel 19"}, Row{"C0F2000C00", "logical channel 4"},
               Row{"E1F2000C00", "logical channel 5, secure messaging"}, Row{"A0F2000C00", ""}, Row{"90F2000C00", ""});
  INFO(row.octets);
  REQUIRE(decode_apdu(octets(row.octets)).fields[0].note == row.note);
}
