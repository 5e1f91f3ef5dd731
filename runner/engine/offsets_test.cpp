// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/offsets.hpp"

#include "runner/base/catch.hpp"
#include "runner/codec/cat/message.hpp"
#include "runner/codec/dm/syncml.hpp"

// Where the members of an event stand in its octets.
namespace dmsc::engine {
namespace {

model::Event toolkit(const std::string& hex, codec::Decoded (*decode)(ByteView), const char* kind) {
  model::Event out;
  out.octets = parse_hex(hex).value();
  auto decoded = decode(out.octets);
  out.key = std::string(kind) + "." + decoded.key;
  out.fields = decoded.value();
  out.decoded = std::make_shared<const codec::Decoded>(std::move(decoded));
  return out;
}

model::Event text_event(const char* key, const std::string& text) {
  model::Event out;
  out.key = key;
  out.octets.assign(text.begin(), text.end());
  out.fields = Value::Map{};
  return out;
}

/// The octets from the member on, as text.
std::string rest(const model::Event& event, const std::string& path, std::size_t most) {
  const auto offset = offset_of(event, path);
  if (!offset) return "nowhere";
  REQUIRE(*offset <= event.octets.size());
  return std::string(event.octets.begin() + static_cast<std::ptrdiff_t>(*offset), event.octets.end()).substr(0, most);
}

constexpr const char* xml =
    R"(<?xml version="1.0"?><SyncML xmlns="SYNCML:SYNCML1.2"><SyncHdr><VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto>)"
    R"(<SessionID>7</SessionID><MsgID>1</MsgID><Target><LocURI>https://a/OMA/DM</LocURI></Target>)"
    R"(<Source><LocURI>IMEI:4</LocURI><LocName>user</LocName></Source></SyncHdr>)"
    R"(<SyncBody><Alert><CmdID>1</CmdID><Data>1201</Data></Alert><Final/></SyncBody></SyncML>)";

}  // namespace

TEST_CASE("offsets: members of a toolkit message", "[offsets]") {
  const auto open = toolkit("D012 8103014000 82028182 B9020578 BC03048001", codec::decode_proactive, "proactive");
  CHECK(offset_of(open, "command_details.number") == 4);
  CHECK(offset_of(open, "command_details.qualifier") == 6);
  CHECK(offset_of(open, "device_identities.destination") == 10);
  CHECK(offset_of(open, "buffer_size") == 11);
  CHECK(offset_of(open, "transport_level.protocol") == 17);
  CHECK(offset_of(open, "transport_level.port") == 18);
  // A member that has no octets of its own shows those it is in; one that is not there, none.
  CHECK(offset_of(open, "transport_level.nothing") == 15);
  CHECK_FALSE(offset_of(open, "alpha_identifier"));
  CHECK_FALSE(offset_of(open, "mode"));
  CHECK_FALSE(offset_of(open, ""));
}

TEST_CASE("offsets: members of the short message that an envelope carries", "[offsets]") {
  // D1, length, devices (4), address (6), tag and length of the TPDU: it begins at 14. DELIVER, 04: the originating
  // address behind the first octet.
  const auto download = toolkit("D11E 82028381 0604912143F5 8B12 04049121437FF6 21101000000000 03010203",
                                codec::decode_envelope, "envelope");
  REQUIRE(download.key == "envelope.sms_pp_download");
  CHECK(offset_of(download, "sms_tpdu") == 12);
  CHECK(offset_of(download, "protocol_identifier") == 19);
  CHECK(offset_of(download, "dcs") == 20);
  CHECK(offset_of(download, "user_data_length").value_or(0) == 28);
}

TEST_CASE("offsets: members of a DM message in XML", "[offsets]") {
  const auto message = text_event("dm.client_message", xml);
  CHECK(rest(message, "ver_dtd", 3) == "1.2");
  CHECK(rest(message, "source", 6) == "IMEI:4");
  CHECK(rest(message, "commands", 6) == "Alert>");
  CHECK(rest(message, "final", 7) == "Final/>");
  CHECK(rest(message, "max_msg_size", 1) == "nowhere");
  CHECK(rest(message, "no_such_member", 1) == "nowhere");
  CHECK(rest(text_event("dm.server_message", "<SyncML><unclosed>"), "msg_id", 1) == "nowhere");
  CHECK(rest(text_event("dm.server_message", ""), "msg_id", 1) == "nowhere");
}

TEST_CASE("offsets: members of a DM message in WBXML", "[offsets]") {
  const Octets octets(xml, xml + std::string_view(xml).size());
  const auto value = codec::read_syncml(octets, codec::SyncmlCoding::xml).value();
  model::Event message;
  message.key = "dm.server_message";
  message.octets = codec::write_syncml(value, codec::SyncmlCoding::wbxml).value();
  message.fields = Value::Map{{"coding", "wbxml"}};
  const auto offset = offset_of(message, "source");
  REQUIRE(offset);
  const std::string text(message.octets.begin(), message.octets.end());
  const auto place = text.find("IMEI:4");
  REQUIRE(place != std::string::npos);
  // An inline string is told by 03; the octet of its token or the first of its text begins it.
  CHECK((*offset == place || *offset + 1 == place));
}

TEST_CASE("offsets: the head of an HTTP response", "[offsets]") {
  const auto response =
      text_event("http.response", "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nX-A: b\r\n\r\nbody");
  CHECK(rest(response, "version", 8) == "HTTP/1.1");
  CHECK(rest(response, "status", 3) == "404");
  CHECK(rest(response, "content_type", 12) == "Content-Type");
  CHECK(rest(response, "media_type", 12) == "Content-Type");
  CHECK(rest(response, "headers.x-a", 3) == "X-A");
  CHECK(rest(response, "body", 4) == "body");
  CHECK(rest(response, "headers.server", 1) == "nowhere");
  for (const auto* hostile :
       {"", "HTTP/1.1", "HTTP/1.1 200 OK\r\n", "GET / HTTP/1.1\r\n\r\n", "\r\n\r\n", "HTTP/\r\n\r\n"}) {
    const auto event = text_event("http.response", hostile);
    for (const auto* member : {"version", "status", "content_type", "body"}) {
      const auto offset = offset_of(event, member);
      CHECK((!offset || *offset <= event.octets.size()));
    }
  }
}

TEST_CASE("offsets: an event without a message has none", "[offsets]") {
  CHECK_FALSE(offset_of(text_event("card.reset", "\x3B"), "atr"));
  CHECK_FALSE(offset_of(text_event("response.status", "\x90"), "sw"));
}

}  // namespace dmsc::engine
