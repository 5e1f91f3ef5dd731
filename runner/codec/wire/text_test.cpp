// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/wire/text.hpp"

#include "runner/base/catch.hpp"
#include "runner/base/text.hpp"

using namespace dmsc;
using namespace dmsc::codec;

namespace {

Octets hex(std::string_view text) {
  return parse_hex(text).value();
}

std::string hex_of(const Result<Octets>& octets) {
  return octets ? to_hex(*octets) : octets.error().text();
}

const std::string lost = "\uFFFD";

struct Pair {
  const char* text;
  const char* octets;
};

}  // namespace

TEST_CASE("coding schemes name their alphabet") {
  for (const int scheme : {0x00, 0x03, 0x10, 0x13, 0x40, 0x53, 0xF0, 0xF3})
    CHECK(alphabet_of(std::uint8_t(scheme)) == Alphabet::gsm7_packed);
  for (const int scheme : {0x04, 0x07, 0x14, 0x57, 0xF4, 0xF7})
    CHECK(alphabet_of(std::uint8_t(scheme)) == Alphabet::gsm7_octets);
  for (const int scheme : {0x08, 0x0B, 0x18, 0x5B}) CHECK(alphabet_of(std::uint8_t(scheme)) == Alphabet::ucs2);
  for (const int scheme : {0x0C, 0x1C, 0x20, 0x30, 0x60, 0x80, 0xBF, 0xC0, 0xEF, 0xF8, 0xFF}) {
    CHECK(alphabet_of(std::uint8_t(scheme)) == Alphabet::reserved);
  }
}

TEST_CASE("the default alphabet, one character an octet") {
  // 3GPP TS 23.038, 6.2.1, read off the table by hand
  const Pair pairs[] = {
      {"", ""},
      {"DM Client", "444D20436C69656E74"},
      {"@£$¥èéùìòÇ\nØø\rÅå", "000102030405060708090A0B0C0D0E0F"},
      {"Δ_ΦΓΛΩΠΨΣΘΞ", "101112131415161718191A"},
      {"ÆæßÉ", "1C1D1E1F"},
      {" !\"#¤%&'()*+,-./", "202122232425262728292A2B2C2D2E2F"},
      {"¡AZÄÖÑÜ§", "40415A5B5C5D5E5F"},
      {"¿azäöñüà", "60617A7B7C7D7E7F"},
  };
  for (const auto& [text, octets] : pairs) {
    CAPTURE(text);
    CHECK(decode_gsm_octets(hex(octets)) == text);
    CHECK(hex_of(encode_gsm_octets(text)) == octets);
  }
}

TEST_CASE("the extension table goes both ways") {
  // 3GPP TS 23.038, 6.2.1.1, read off the table by hand
  const Pair pairs[] = {
      {"\f", "1B0A"}, {"^", "1B14"}, {"{", "1B28"}, {"}", "1B29"}, {"\\", "1B2F"},
      {"[", "1B3C"},  {"~", "1B3D"}, {"]", "1B3E"}, {"|", "1B40"}, {"€", "1B65"},
  };
  for (const auto& [text, octets] : pairs) {
    CAPTURE(octets);
    CHECK(decode_gsm_octets(hex(octets)) == text);
    CHECK(hex_of(encode_gsm_octets(text)) == octets);
  }
  CHECK(hex_of(encode_gsm_packed("€")) == "9B32");
  CHECK(decode_gsm_packed(hex("9B32")) == "€");
}

TEST_CASE("every septet but the escape reads back as itself") {
  for (int septet = 0; septet < 0x80; ++septet) {
    if (septet == 0x1B) continue;
    const Octets octets{std::uint8_t(septet)};
    CHECK(hex_of(encode_gsm_octets(decode_gsm_octets(octets))) == to_hex(octets));
  }
}

TEST_CASE("an escape before what the extension table lacks shows the main table's character") {
  // 3GPP TS 23.038, 6.2.1.1; a second escape is a space
  CHECK(decode_gsm_octets(hex("1B41")) == "A");
  CHECK(decode_gsm_octets(hex("1B1B41")) == " A");
  CHECK(decode_gsm_octets(hex("1B65")) == "€");
  const auto odd = gsm_oddities(hex("411B411B651B1B411B"), 10);
  REQUIRE(odd.size() == 3);
  CHECK(odd[0].text == "escape before 41, which the extension table lacks: the main table's character is shown");
  CHECK(odd[0].offset == 11);
  CHECK(odd[1].text == "escape before 1B, which the extension table lacks: a space is shown");
  CHECK(odd[1].offset == 15);
  CHECK(odd[2].text == "an escape ends the text");
  CHECK(odd[2].offset == 18);
  CHECK(gsm_oddities(Octets(60000, 0x1B), 0).size() == oddities_most);
  const auto packed = text_oddities(0x00, hex("E1CD11"), 0);
  REQUIRE(packed.size() == 1);
  CHECK(packed[0].offset == 0);
}

TEST_CASE("a count of characters that an alpha identifier does not have marks the count") {
  const auto odd = [](const char* octets) {
    std::string out;
    for (const auto& anomaly : alpha_oddities(hex(octets), 0)) {
      out += anomaly.text + " at " + std::to_string(anomaly.offset) + "; ";
    }
    return out;
  };
  CHECK(odd("8102084142").empty());
  CHECK(odd("8102084142FFFF").empty());
  CHECK(odd("8105084142") == "says 5 characters, 2 are there at 1; ");
  CHECK(odd("81010841B2") == "says 1 characters, 2 are there at 1; ");
  CHECK(odd("820304004142") == "says 3 characters, 2 are there at 1; ");
  CHECK(odd("4142FFFF").empty());
}

TEST_CASE("octets without a character are replaced") {
  CHECK(decode_gsm_octets(hex("411B")) == "A" + lost);
  CHECK(decode_gsm_octets(hex("8041")) == lost + "A");
  CHECK(decode_gsm_octets(hex("1B8041")) == lost + "A");
}

TEST_CASE("packed septets") {
  // packed by hand, but for the last: 3GPP TS 31.124, GET INKEY sequence 1.2
  const Pair pairs[] = {
      {"", ""},
      {"@", "00"},
      {"*100#", "AA180C3602"},
      {"DM Client", "C42668C84E97DD74"},
      {"12345678", "31D98C56B3DD70"},
      {"Enter \"0\"", "4537BD2C07896022"},
  };
  for (const auto& [text, octets] : pairs) {
    CAPTURE(text);
    CHECK(decode_gsm_packed(hex(octets)) == text);
    CHECK(hex_of(encode_gsm_packed(text)) == octets);
  }
}

TEST_CASE("seven spare bits at the end hold a carriage return") {
  // 3GPP TS 23.038, 6.1.2.3.1; worked by hand: septet 8 is bits 2 to 8 of octet 7
  CHECK(hex_of(encode_gsm_packed("1234567")) == "31D98C56B3DD1A");
  CHECK(decode_gsm_packed(hex("31D98C56B3DD1A")) == "1234567");

  // a sender that filled with zeros
  CHECK(decode_gsm_packed(hex("31D98C56B3DD00")) == "1234567");

  // a wanted carriage return on an octet boundary is sent twice, and read twice
  CHECK(hex_of(encode_gsm_packed("1234567\r")) == "31D98C56B3DD1A0D");
  CHECK(decode_gsm_packed(hex("31D98C56B3DD1A0D")) == "1234567\r\r");

  // anywhere else it is a character like others: 31 and 0D make 31 | 80, 06
  CHECK(hex_of(encode_gsm_packed("1\r")) == "B106");
  CHECK(decode_gsm_packed(hex("B106")) == "1\r");
}

TEST_CASE("UCS2") {
  const Pair pairs[] = {
      {"", ""},
      {"DM", "0044004D"},
      {"80ル0", "0038003030EB0030"},  // 3GPP TS 31.124, DISPLAY TEXT sequence 10.1
      {"😀", "D83DDE00"},              // U+1F600: D800 + 03D, DC00 + 200
      {"A\U0010FFFFB", "0041DBFFDFFF0042"},
  };
  for (const auto& [text, octets] : pairs) {
    CAPTURE(text);
    CHECK(decode_ucs2(hex(octets)) == text);
    CHECK(hex_of(encode_ucs2(text)) == octets);
  }
}

TEST_CASE("UCS2 that names no character") {
  CHECK(decode_ucs2(hex("D83D")) == lost);
  CHECK(decode_ucs2(hex("D83D0041")) == lost + "A");
  CHECK(decode_ucs2(hex("DE000041")) == lost + "A");
  CHECK(decode_ucs2(hex("D83DD83DDE00")) == lost + "😀");
  CHECK(decode_ucs2(hex("004100")) == "A" + lost);
  CHECK(decode_ucs2(hex("D83DDE")) == lost + lost);
}

TEST_CASE("alpha identifiers decode in all four forms") {
  // ETSI TS 102 221, annex A, worked by hand; the last two are from 3GPP TS 31.124 (SELECT ITEM sequence 12.2,
  // SEND SHORT MESSAGE sequence 6.1)
  const Pair pairs[] = {
      {"", ""},
      {"DM", "444D"},
      {"DM", "444DFFFF"},
      {"", "FF44"},
      {"DM", "800044004D"},
      {"DM", "800044004DFFFFFF"},
      {"Ж", "800416FF"},
      {"", "80"},
      {"AЀГ", "810308418093"},      // base 08 << 7 = 0400
      {"AЀГ", "810308418093FFFF"},  // unused octets behind the three counted
      {"€ѿ", "8103081B65FF"},       // an escape counts as two; FF is 047F, not padding
      {"AАЯ", "8203041041809F"},    // base 0410
      {"81ル1", "8104613831EB31"},  // base 61 << 7 = 3080
      {"82ル2", "820430A03832CB32"},
  };
  for (const auto& [text, octets] : pairs) {
    CAPTURE(octets);
    CHECK(decode_alpha(hex(octets)) == text);
  }
}

TEST_CASE("broken alpha identifiers") {
  CHECK(decode_alpha(hex("81")) == lost);
  CHECK(decode_alpha(hex("8102")) == lost + "$");      // no base: no form 81
  CHECK(decode_alpha(hex("82020410")) == lost);        // two characters counted, none there
  CHECK(decode_alpha(hex("81030841")) == "A" + lost);  // three counted, one there
  CHECK(decode_alpha(hex("8101081B")) == lost);
  CHECK(decode_alpha(hex("810208 1B80")) == "Ѐ");
  CHECK(decode_alpha(hex("8201D80080")) == lost);  // base in the surrogates
  CHECK(decode_alpha(hex("8201FFF0FF")) == lost);  // beyond the last character of UCS2
  CHECK(decode_alpha(hex("80D83D")) == lost);
}

TEST_CASE("alpha identifiers are written as GSM octets where they can be") {
  CHECK(hex_of(encode_alpha("")) == "");
  CHECK(hex_of(encode_alpha("DM Client")) == "444D20436C69656E74");
  CHECK(hex_of(encode_alpha("5 €")) == "35201B65");
  CHECK(hex_of(encode_alpha("Ж")) == "800416");
  CHECK(hex_of(encode_alpha("DM 😀")) == "800044004D0020D83DDE00");
}

TEST_CASE("text by coding scheme") {
  CHECK(decode_text(0x00, hex("C42668C84E97DD74")) == "DM Client");
  CHECK(decode_text(0x04, hex("444D20436C69656E74")) == "DM Client");
  CHECK(decode_text(0xF4, hex("444D")) == "DM");
  CHECK(decode_text(0x08, hex("0044004D")) == "DM");
  CHECK(decode_text(0x0F, hex("0044abCD")) == "0044ABCD");
  CHECK(hex_of(encode_text(0xF0, "DM Client")) == "C42668C84E97DD74");
  CHECK(hex_of(encode_text(0x04, "DM")) == "444D");
  CHECK(hex_of(encode_text(0x08, "DM")) == "0044004D");
  CHECK(hex_of(encode_text(0x0F, "DM")) == "coding scheme 0F is reserved");
  CHECK(encode_text(0x0F, "DM").error().code == Errc::range);
}

TEST_CASE("encoders say which character they cannot write") {
  CHECK(hex_of(encode_gsm_octets("é Ж")) == "character is not in the GSM default alphabet at offset 3");
  CHECK(hex_of(encode_gsm_packed("`")) == "character is not in the GSM default alphabet at offset 0");
  CHECK(encode_gsm_octets("Ж").error().code == Errc::range);
  CHECK(hex_of(encode_gsm_octets(lost)) == "character is not in the GSM default alphabet at offset 0");
  for (auto* encode : {encode_gsm_octets, encode_gsm_packed, encode_ucs2, encode_alpha}) {
    CHECK(hex_of(encode("A\xC3")) == "text is not UTF-8 at offset 1");
    CHECK(hex_of(encode("A\xED\xA0\xBD")) == "text is not UTF-8 at offset 1");
    CHECK(encode("\xFF").error().code == Errc::malformed);
  }
}

TEST_CASE("dialling digits") {
  // low nibble first; A to E are * # a b c
  const Pair pairs[] = {
      {"", ""}, {"5", "F5"}, {"0123456789", "1032547698"}, {"*#abc", "BADCFE"}, {"112", "11F2"},
  };
  for (const auto& [digits, octets] : pairs) {
    CAPTURE(digits);
    CHECK(decode_digits(hex(octets)) == digits);
    CHECK(hex_of(encode_digits(digits)) == octets);
  }
  CHECK(decode_digits(hex("21FFFF")) == "12");
  CHECK(decode_digits(hex("1F32")) == "?123");
  CHECK(hex_of(encode_digits("12+3")) == "character is not one of 0-9 * # a b c at offset 2");
}

TEST_CASE("PLMN") {
  // 3GPP TS 24.008, 10.5.1.3, packed by hand
  const Pair pairs[] = {{"00101", "00F110"}, {"26201", "62F210"}, {"310260", "130062"}, {"001011", "001110"}};
  for (const auto& [plmn, octets] : pairs) {
    CAPTURE(plmn);
    CHECK(decode_plmn(hex(octets)) == plmn);
    CHECK(hex_of(encode_plmn(plmn)) == octets);
  }
  CHECK(decode_plmn(hex("FFFFFF")) == "?????");
  CHECK(decode_plmn(hex("A0F1E0")) == "0?10?");
  CHECK(decode_plmn(hex("00F1")) == "");
  CHECK(hex_of(encode_plmn("0010")) == "a PLMN has 5 or 6 digits");
  CHECK(hex_of(encode_plmn("0010110")) == "a PLMN has 5 or 6 digits");
  CHECK(hex_of(encode_plmn("001?1")) == "character is not a digit at offset 3");
}

TEST_CASE("decoders give valid UTF-8 for any octets") {
  std::uint32_t state = 1;
  const auto next = [&state] {
    state = state * 1664525U + 1013904223U;
    return std::uint8_t(state >> 24);
  };
  std::size_t invalid = 0;
  for (int round = 0; round < 4000; ++round) {
    Octets octets(round % 20);
    for (auto& octet : octets) octet = next();
    if (!octets.empty() && round % 3 == 0) octets[0] = std::uint8_t(0x80 + round % 4);
    for (auto* decode : {decode_gsm_octets, decode_gsm_packed, decode_ucs2, decode_alpha, decode_digits, decode_plmn}) {
      const auto text = decode(octets);
      invalid += valid_utf8_prefix(text) == text.size() ? 0 : 1;
    }
  }
  CHECK(invalid == 0);
}
