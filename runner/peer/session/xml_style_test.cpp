// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/session/xml_style.hpp"

#include "runner/base/catch.hpp"
#include "runner/codec/dm/syncml.hpp"

namespace dmsc::peer {
namespace {

constexpr std::string_view plain =
    R"(<?xml version="1.0" encoding="UTF-8"?><SyncML xmlns="SYNCML:SYNCML1.2"><SyncHdr><VerDTD>1.2</VerDTD><Meta>)"
    R"(<MaxMsgSize xmlns="syncml:metinf">1500</MaxMsgSize></Meta></SyncHdr><SyncBody><Final/></SyncBody></SyncML>)";

std::string in_style(const XmlStyle& style, std::string_view text = plain) {
  const auto out = styled(style, Octets(text.begin(), text.end()));
  return {out.begin(), out.end()};
}

}  // namespace

TEST_CASE("SyncML in several styles of XML", "[xml_style]") {
  CHECK(in_style({}) == plain);
  const auto prefixed = in_style({"s", false, false});
  CHECK(prefixed.find(R"(<s:SyncML xmlns:s="SYNCML:SYNCML1.2"><s:SyncHdr>)") != std::string::npos);
  CHECK(prefixed.find(R"(<s:Meta><MaxMsgSize xmlns="syncml:metinf">1500</MaxMsgSize></s:Meta>)") != std::string::npos);
  CHECK(in_style({"", true, false}).find("<!DOCTYPE SyncML><SyncML ") != std::string::npos);
  CHECK(in_style({"", false, true}).find("\n  <SyncHdr>\n    <VerDTD>1.2</VerDTD>\n") != std::string::npos);
  CHECK(in_style({"s", true, true}, "no XML <") == "no XML <");
}

TEST_CASE("the style changes nothing of what a message says", "[xml_style]") {
  const auto read = [](const std::string& text) {
    const auto message = codec::read_syncml(Octets(text.begin(), text.end()), codec::SyncmlCoding::xml);
    REQUIRE(message);
    return *message;
  };
  const auto usual = read(std::string(plain));
  CHECK(usual.int_or("max_msg_size", 0) == 1500);
  for (const auto& style : {XmlStyle{"s", false, false}, XmlStyle{"", true, false}, XmlStyle{"", false, true},
                            XmlStyle{"sync", true, true}}) {
    CHECK(read(in_style(style)) == usual);
  }
}

}  // namespace dmsc::peer
