// SPDX-License-Identifier: Apache-2.0
#include "runner/base/json.hpp"
#include "runner/engine/traffic/testing/talk.hpp"

// Rules on DM messages, both directions.
namespace dmsc::engine::testing {
namespace {

constexpr const char* posted_to = "127.0.0.1:4116";
constexpr const char* address = "https://127.0.0.1:4116/OMA/DM";
constexpr const char* phone = "IMEI:490154203237518";

Value json(const std::string& text) {
  return parse_json(text, "test").value();
}

/// A DM message with a whole header; `more` is laid over it, null takes a member away.
Value message(bool client, const std::string& number, const std::string& commands, const std::string& more = "{}") {
  Value out = Value::Map{{"ver_dtd", "1.2"},
                         {"ver_proto", "DM/1.2"},
                         {"session_id", "7"},
                         {"msg_id", number},
                         {"target", client ? address : phone},
                         {"source", client ? phone : address},
                         {"final", true}};
  out["commands"] = json("[" + commands + "]");
  Value kept = Value::Map{};
  const auto laid = json(more);
  for (const auto& [key, value] : laid.as_map()) out[key] = value;
  for (const auto& [key, value] : out.as_map()) {
    if (!value.is_null()) kept[key] = value;
  }
  return kept;
}

struct Session : Talk {
  explicit Session(model::Dut dut) : Talk(dut) { fact("http.request", Value::Map{{"host", posted_to}}); }
  void client(const std::string& number, const std::string& commands, const std::string& more = "{}",
              const std::string& octets = {}) {
    fact("dm.client_message", message(true, number, commands, more), octets);
  }
  void server(const std::string& number, const std::string& commands, const std::string& more = "{}",
              const std::string& octets = {}) {
    fact("dm.server_message", message(false, number, commands, more), octets);
  }
};

std::string status(const std::string& id, const std::string& message, const std::string& command,
                   const std::string& cmd, const std::string& code = "200") {
  return R"({"command": "status", "cmd_id": ")" + id + R"(", "msg_ref": ")" + message + R"(", "cmd_ref": ")" + command +
         R"(", "cmd": ")" + cmd + R"(", "data": ")" + code + R"("})";
}

const std::string alert = R"({"command": "alert", "cmd_id": "1", "data": "1201"})";
const std::string dev_info = R"({"command": "replace", "cmd_id": "2", "items": [
    {"source": "./DevInfo/DevId", "data": "IMEI:490154203237518"}]})";
const std::string get = R"({"command": "get", "cmd_id": "4", "items": [{"target": "./DevInfo"}]})";
const std::string results = R"({"command": "results", "cmd_id": "3", "msg_ref": "1", "cmd_ref": "4", "items": []})";
const std::string taken = status("1", "1", "0", "SyncHdr", "212") + ", " + status("2", "1", "1", "Alert") + ", " +
                          status("3", "1", "2", "Replace");
const std::string got = status("1", "1", "0", "SyncHdr") + ", " + status("2", "1", "4", "Get");

/// The first package of each side.
Session begun(model::Dut dut, const std::string& answer = taken + ", " + get) {
  Session talk(dut);
  talk.client("1", alert + ", " + dev_info);
  talk.server("1", answer);
  return talk;
}

}  // namespace

TEST_CASE("a DM session in order breaks no rule of either side", "[traffic]") {
  for (const auto dut : {model::Dut::card, model::Dut::device}) {
    auto talk = begun(dut);
    talk.client("2", got + ", " + results);
    talk.server("2", status("1", "2", "0", "SyncHdr"));
    CAPTURE(name_of(dut));
    CHECK(talk.broken().empty());
    CHECK(talk.own_fault().empty());
    const std::string side = dut == model::Dut::card ? "server_" : "client_";
    for (const auto* rule : {"references", "ids", "codes", "numbers", "header"}) {
      CAPTURE(rule);
      CHECK(talk.occasions(side + rule) > 0);
    }
  }
}

TEST_CASE("references: a Status names a command that was sent", "[traffic]") {
  const auto judged = [](const std::string& one) {
    auto talk = begun(model::Dut::card, status("1", "1", "0", "SyncHdr", "212") + ", " + one);
    return talk.breaches("server_references");
  };
  const auto replaced = status("3", "1", "2", "Replace");
  CHECK(judged(status("2", "1", "1", "Alert") + ", " + replaced).empty());
  CHECK(judged(status("2", "9", "1", "Alert") + ", " + status("5", "1", "1", "Alert") + ", " + replaced) ==
        Words{R"(status MsgRef: fail, status with MsgRef "9", which no message has)"});
  CHECK(judged(status("2", "1", "9", "Alert") + ", " + status("5", "1", "1", "Alert") + ", " + replaced) ==
        Words{R"(status CmdRef: fail, status with CmdRef "9", which no command of message 1 has)"});
  CHECK(judged(status("2", "1", "1", "Get") + ", " + replaced) ==
        Words{R"(status Cmd: fail, Status with Cmd "Get" for Alert)"});
  CHECK(judged(status("2", "1", "1", "") + ", " + replaced) ==
        Words{"status without Cmd: fail, Status without Cmd for Alert"});
  CHECK(judged(status("2", "", "1", "Alert") + ", " + status("5", "1", "1", "Alert") + ", " + replaced) ==
        Words{"status without MsgRef: fail, status without MsgRef"});
  CHECK(judged(status("2", "1", "", "Alert") + ", " + status("5", "1", "1", "Alert") + ", " + replaced) ==
        Words{"status without CmdRef: fail, status without CmdRef"});
}

TEST_CASE("references: the header is SyncHdr, and octets show the element", "[traffic]") {
  Session talk(model::Dut::card);
  talk.client("1", alert);
  talk.server("1", status("1", "1", "0", "Alert", "212") + ", " + status("2", "1", "1", "Alert"), "{}",
              "<Cmd>Alert</Cmd>");
  CHECK(talk.breaches("server_references") == Words{R"(status Cmd: fail, Status with Cmd "Alert" for SyncHdr at 5)"});
}

TEST_CASE("references: one Status each, and none left out", "[traffic]") {
  auto twice = begun(model::Dut::card, taken + ", " + status("4", "1", "1", "Alert"));
  CHECK(twice.breaches("server_references") == Words{R"(twice: fail, a second Status for CmdRef "1" of message 1)"});
  // Replace is an example of the protocol, not its words; Alert is.
  auto none = begun(model::Dut::card, status("1", "1", "0", "SyncHdr", "212"));
  CHECK(none.breaches("server_references") ==
        Words{R"(no status for alert: fail, no Status for Alert, CmdID "1" of message 1)",
              R"(no status for replace, advisory: advisory, no Status for Replace, CmdID "2" of message 1)"});
  auto client = begun(model::Dut::device);
  client.client("2", status("1", "1", "0", "SyncHdr"));
  CHECK(client.breaches("client_references") ==
        Words{R"(no status for get: fail, no Status for Get, CmdID "4" of message 1)"});
}

TEST_CASE("references: no Status is due in these", "[traffic]") {
  const auto only_header = status("1", "1", "0", "SyncHdr", "212");
  SECTION("the package goes on") {
    Session talk(model::Dut::card);
    talk.client("1", alert);
    talk.server("1", only_header, R"({"final": null})");
    talk.server("2", status("1", "1", "1", "Alert"));
    CHECK(talk.breaches("server_references").empty());
  }
  SECTION("the other side's package goes on") {
    Session talk(model::Dut::card);
    talk.client("1", alert, R"({"final": null})");
    talk.server("1", only_header);
    CHECK(talk.breaches("server_references").empty());
  }
  SECTION("the client is refused") {
    auto talk = begun(model::Dut::card, status("1", "1", "0", "SyncHdr", "401"));
    CHECK(talk.breaches("server_references").empty());
  }
  SECTION("nobody asked for one") {
    Session talk(model::Dut::card);
    talk.client("1", alert, R"({"no_resp": true})");
    talk.server("1", only_header);
    CHECK(talk.breaches("server_references").empty());
  }
  SECTION("the session was aborted") {
    Session talk(model::Dut::card);
    talk.client("1", alert);
    talk.server("1", taken + ", " + get);
    talk.client("2", status("1", "1", "0", "SyncHdr") + R"(, {"command": "alert", "cmd_id": "2", "data": "1223"})");
    talk.server("2", status("1", "2", "0", "SyncHdr"));
    for (const auto& words : talk.breaches("server_references")) CHECK(words.find("no Status") == std::string::npos);
  }
}

TEST_CASE("references: Results are for a Get", "[traffic]") {
  auto talk = begun(model::Dut::device, taken + R"(, {"command": "exec", "cmd_id": "4", "items": []})");
  talk.client("2", status("1", "1", "0", "SyncHdr") + ", " + status("2", "1", "4", "Exec") + ", " + results);
  CHECK(talk.breaches("client_references") ==
        Words{R"(results of no Get: fail, Results with CmdRef "4", which is no Get)"});
  auto loose = begun(model::Dut::device);
  loose.client("2", got + R"(, {"command": "results", "cmd_id": "3", "cmd_ref": "4", "items": []})");
  CHECK(loose.breaches("client_references").empty());  // MsgRef 1 may be left out
}

TEST_CASE("references: commands inside Atomic and Sequence have a Status of their own", "[traffic]") {
  const auto atomic = [](const std::string& first, const std::string& second) {
    auto talk = begun(model::Dut::device, taken + R"(, {"command": "atomic", "cmd_id": "4", "commands": [
        {"command": "add", "cmd_id": "5", "items": []}, {"command": "replace", "cmd_id": "6", "items": []}]})");
    talk.client("2", status("1", "1", "0", "SyncHdr") + ", " + status("2", "1", "4", "Atomic", "507") + ", " +
                         status("3", "1", "5", "Add", first) + ", " + status("4", "1", "6", "Replace", second));
    return talk.breaches("client_references");
  };
  CHECK(atomic("215", "500").empty());
  CHECK(atomic("200", "500") ==
        Words{"inside a failed Atomic, advisory: advisory, Status 200 for a command of an Atomic that failed"});
}

TEST_CASE("ids: present, not 0, and no other command's", "[traffic]") {
  const auto judged = [](const std::string& commands) {
    Session talk(model::Dut::card);
    talk.server("1", commands);
    return talk.breaches("server_ids");
  };
  CHECK(judged(taken + ", " + get).empty());
  CHECK(judged(R"({"command": "get", "items": []})") == Words{"missing: fail, get without CmdID"});
  CHECK(judged(R"({"command": "get", "cmd_id": "0", "items": []})") == Words{"zero: fail, get with CmdID 0"});
  CHECK(judged(get + ", " + get) == Words{R"(twice: fail, CmdID "4" twice in a message)"});
  CHECK(judged(R"({"command": "sequence", "cmd_id": "4", "commands": [)" + get + "]}") ==
        Words{R"(twice: fail, CmdID "4" twice in a message)"});
}

TEST_CASE("ids: a number may come again in another message", "[traffic]") {
  auto talk = begun(model::Dut::card);
  talk.client("2", got + ", " + results);
  talk.server("2", status("1", "2", "0", "SyncHdr"));
  CHECK(talk.breaches("server_ids").empty());
  CHECK(talk.occasions("server_ids") == 5);
}

TEST_CASE("codes: three digits", "[traffic]") {
  const auto judged = [](const std::string& code) {
    Session talk(model::Dut::device);
    talk.client("1", status("1", "1", "1", "Get", code));
    return talk.breaches("client_codes");
  };
  for (const auto* fine : {"101", "200", "212", "404", "516"}) CHECK(judged(fine).empty());
  for (const auto* wrong : {"", "20", "2000", "600", "0200", "2x0", "OK"}) {
    CAPTURE(wrong);
    CHECK(judged(wrong) == Words{"code: fail, Status \"" + std::string(wrong) + "\" for Get"});
  }
}

TEST_CASE("numbers: MsgID is counted from 1", "[traffic]") {
  const auto judged = [](const std::string& first, const std::string& second) {
    Session talk(model::Dut::device);
    talk.client(first, alert);
    talk.server("1", taken);
    talk.client(second, got);
    return talk.breaches("client_numbers");
  };
  CHECK(judged("1", "2").empty());
  CHECK(judged("2", "2") == Words{R"(first: fail, the first message with MsgID "2")"});
  CHECK(judged("1", "3") == Words{R"(not counted: fail, message 2 with MsgID "3")"});
  CHECK(judged("1", "") == Words{"missing: fail, a message without MsgID"});
  auto server = begun(model::Dut::card);
  server.client("2", got);
  server.server("1", taken);
  CHECK(server.breaches("server_numbers") == Words{R"(not counted: fail, message 2 with MsgID "1")"});
}

TEST_CASE("numbers: a client that was challenged goes on, or begins anew", "[traffic]") {
  const auto challenge = R"({"command": "status", "cmd_id": "1", "msg_ref": "1", "cmd_ref": "0", "cmd": "SyncHdr",
      "data": "401", "chal": {"type": "syncml:auth-md5", "format": "b64", "next_nonce": "MTIzNA=="}}, )" +
                         status("2", "1", "1", "Alert", "401") + ", " + status("3", "1", "2", "Replace", "401");
  const auto second_session = R"({"session_id": "8"})";
  for (const auto dut : {model::Dut::card, model::Dut::device}) {
    CAPTURE(name_of(dut));
    auto goes_on = begun(dut, challenge);
    goes_on.client("2",
                   status("1", "1", "0", "SyncHdr") + ", " + R"({"command": "alert", "cmd_id": "2", "data": "1201"})");
    goes_on.server("2", status("1", "2", "0", "SyncHdr", "212") + ", " + status("2", "2", "2", "Alert"));
    CHECK(goes_on.broken() == Rules{});
    auto another = begun(dut, challenge);
    another.client("1", alert, second_session);
    another.server("1", status("1", "1", "0", "SyncHdr", "212") + ", " + status("2", "1", "1", "Alert"),
                   second_session);
    CHECK(another.broken() == Rules{});
  }
}

TEST_CASE("XX refused", "[traffic]") {
  auto talk = begun(model::Dut::card, status("1", "1", "0", "SyncHdr", "401"));
  talk.client("2", R"({"command": "alert", "cmd_id": "2", "data": "1201"})");
  talk.server("2", status("1", "2", "0", "SyncHdr", "212") + ", " + status("2", "2", "2", "Alert"));
  CHECK(talk.breaches("server_references") == Words{});
}
TEST_CASE("numbers: a client that was challenged may begin anew, another may not", "[traffic]") {
  for (const auto dut : {model::Dut::card, model::Dut::device}) {
    auto talk = begun(dut, status("1", "1", "0", "SyncHdr", "401"));
    talk.client("1", alert);
    talk.server("2", status("1", "1", "0", "SyncHdr", "212") + ", " + status("2", "1", "1", "Alert") + ", " + get);
    talk.client("2", status("1", "2", "0", "SyncHdr") + ", " + status("2", "2", "4", "Get"));
    for (const auto* rule : {"server_references", "client_references", "server_numbers", "client_numbers"}) {
      INFO(rule);
      CHECK(talk.breaches(rule) == Words{});
    }
  }
  auto talk =
      begun(model::Dut::device, status("1", "1", "0", "SyncHdr", "212") + ", " + status("2", "1", "1", "Alert"));
  talk.client("1", alert);
  CHECK(talk.breaches("client_numbers").size() == 1);
}

TEST_CASE("header: versions, SessionID, Target and Source of a client", "[traffic]") {
  const auto judged = [](const std::string& more) {
    Session talk(model::Dut::device);
    talk.client("1", alert, more);
    return talk.breaches("client_header");
  };
  CHECK(judged("{}").empty());
  CHECK(judged(R"({"ver_proto": "DM/1.3"})").empty());
  CHECK(judged(R"({"ver_dtd": "1.1"})") == Words{R"(ver_dtd: fail, VerDTD "1.1")"});
  CHECK(judged(R"({"ver_proto": "DM/1.1"})") == Words{R"(ver_proto: fail, VerProto "DM/1.1")"});
  CHECK(judged(R"({"session_id": null})") == Words{"session_id: fail, a message without SessionID"});
  CHECK(judged(R"({"target": null})") == Words{"target: fail, a message without Target"});
  CHECK(judged(R"({"source": null})") == Words{"source: fail, a message without Source"});
  CHECK(judged(R"({"target": "https://127.0.0.1:4116/sync"})") ==
        Words{R"(target: fail, Target "https://127.0.0.1:4116/sync" posted to https://127.0.0.1:4116/OMA/DM)"});
  CHECK(judged(R"({"target": "https://localhost:4116/OMA/DM"})") ==
        Words{R"(target, advisory: advisory, Target "https://localhost:4116/OMA/DM" posted to )"
              R"(https://127.0.0.1:4116/OMA/DM)"});
  CHECK(judged(R"({"target": "srv"})") ==
        Words{R"(target, advisory: advisory, Target "srv", the ServerID in place of AppAddr)"});
}

TEST_CASE("header: the default port may be told or left out", "[traffic]") {
  for (const auto& [host, target] : {std::pair("127.0.0.1", "https://127.0.0.1:443/OMA/DM"),
                                     std::pair("127.0.0.1:443", "https://127.0.0.1/OMA/DM")}) {
    Talk talk(model::Dut::device);
    talk.fact("http.request", Value::Map{{"host", host}});
    talk.fact("dm.client_message", message(true, "1", alert, R"({"target": ")" + std::string(target) + "\"}"));
    CHECK(talk.breaches("client_header").empty());
  }
}

TEST_CASE("header: a device is the one whose DevId it tells, and stays it", "[traffic]") {
  const auto tells = [](const std::string& id) {
    Session talk(model::Dut::device);
    talk.client("1",
                alert + R"(, {"command": "replace", "cmd_id": "2", "items": [{"source": "./DevInfo/DevId", "data": ")" +
                    id + "\"}]}");
    return talk.breaches("client_header");
  };
  CHECK(tells(phone).empty());
  CHECK(tells("IMEI:1") ==
        Words{R"(source, advisory: advisory, Source "IMEI:490154203237518" of a device whose DevId is "IMEI:1")"});
  CHECK(tells("490154203237518").back() ==
        R"(source, advisory: advisory, Source "IMEI:490154203237518" of a device whose DevId is "490154203237518")");
  CHECK(tells("490154203237518").front() == R"(DevId: fail, DevId "490154203237518", which is no URN)");
  auto talk = begun(model::Dut::device);
  talk.client("2", got + ", " + results, R"({"source": "IMEI:2"})");
  CHECK(talk.breaches("client_header").front() ==
        R"(source: fail, Source "IMEI:2", and it was "IMEI:490154203237518")");
}

TEST_CASE("header: of a server", "[traffic]") {
  const auto judged = [](const std::string& more) {
    Session talk(model::Dut::card);
    talk.client("1", alert);
    talk.server("1", taken, more, "<SessionID>8</SessionID>");
    return talk.breaches("server_header");
  };
  CHECK(judged("{}").empty());
  CHECK(judged(R"({"source": "srv"})").empty());  // AMB-9: a server whose Source is its ServerID
  CHECK(judged(R"({"session_id": "8"})") == Words{R"(session_id: fail, SessionID "8" in the session "7" at 11)"});
  CHECK(judged(R"({"target": "IMEI:2"})") ==
        Words{R"(target: fail, Target "IMEI:2" to the device "IMEI:490154203237518")"});
  CHECK(judged(R"({"source": "https://elsewhere/OMA/DM"})") ==
        Words{R"(source: fail, Source "https://elsewhere/OMA/DM" of "https://127.0.0.1:4116/OMA/DM")"});
}

TEST_CASE("client_commands: what a client may send, and one Alert that begins", "[traffic]") {
  auto talk = begun(model::Dut::device);
  talk.client("2", got + ", " + results);
  CHECK(talk.breaches("client_commands").empty());
  CHECK(talk.occasions("client_commands") == 5);
  Session other(model::Dut::device);
  other.client("1", alert + ", " + get + R"(, {"command": "alert", "cmd_id": "5", "data": "1200"},
      {"command": "alert", "cmd_id": "6", "data": "1226"}, {"command": "unknown", "name": "Map", "cmd_id": "7"})");
  CHECK(other.breaches("client_commands") == Words{"alerts: fail, 2 Alerts that begin a session",
                                                   "get: fail, Get from a client", "unknown: fail, Map from a client"});
}

TEST_CASE("credentials: basic has no nonce, MD5 has all, HMAC goes into a header", "[traffic]") {
  const auto judged = [](const std::string& cred, const std::string& name = "user") {
    Session talk(model::Dut::device);
    talk.client("1", alert, R"({"cred": )" + cred + R"(, "source_name": ")" + name + "\"}");
    return talk.breaches("client_credentials");
  };
  const auto* md5 = R"({"type": "syncml:auth-md5", "format": "b64", "data": "x"})";
  CHECK(judged(md5).empty());
  CHECK(judged(R"({"type": "syncml:auth-basic", "format": "b64", "data": "x"})", "").empty());
  CHECK(judged(R"({"format": "b64", "data": "x"})") == Words{"cred type: fail, credentials without Type"});
  CHECK(judged(R"({"type": "syncml:auth-md5", "data": "x"})") ==
        Words{R"(cred format: fail, credentials of md5 with Format "")"});
  CHECK(judged(R"({"type": "syncml:auth-MAC", "format": "b64", "data": "x"})") ==
        Words{"cred mac: fail, HMAC in Cred, which goes into an HTTP header"});
  CHECK(judged(md5, "") == Words{"cred name: fail, credentials without the user's name in Source"});
  CHECK(judged(md5, "nobody") == Words{R"(cred user: fail, credentials of "nobody" for the account of "user")"});
}

TEST_CASE("credentials: a server's name is its ServerID", "[traffic]") {
  Session talk(model::Dut::card);
  const auto* cred = R"({"cred": {"type": "syncml:auth-md5", "format": "b64", "data": "x"}, "source_name": "srv"})";
  talk.client("1", alert);
  talk.server("1", taken, cred);
  CHECK(talk.breaches("server_credentials").empty());
  CHECK(talk.occasions("server_credentials") == 1);
}

TEST_CASE("challenges: by their kind", "[traffic]") {
  const auto judged = [](const std::string& chal) {
    auto talk = begun(model::Dut::card, R"({"command": "status", "cmd_id": "1", "msg_ref": "1", "cmd_ref": "0",
        "cmd": "SyncHdr", "data": "401")" + (chal.empty() ? chal : ", \"chal\": " + chal) +
                                            "}");
    return talk.breaches("server_credentials");
  };
  CHECK(judged(R"({"type": "syncml:auth-md5", "format": "b64", "next_nonce": "MTIzNA=="})").empty());
  CHECK(judged(R"({"type": "syncml:auth-MAC", "format": "b64", "next_nonce": "MTIzNA=="})").empty());
  CHECK(judged(R"({"type": "syncml:auth-basic"})").empty());
  CHECK(judged("") == Words{"no chal: fail, Status 401 without a challenge"});
  CHECK(judged(R"({"format": "b64"})") == Words{"chal type: fail, a challenge without Type"});
  CHECK(judged(R"({"type": "syncml:auth-md5", "next_nonce": "MTIzNA=="})") ==
        Words{R"(chal format: fail, a challenge of syncml:auth-md5 with Format "")"});
  CHECK(judged(R"({"type": "syncml:auth-md5", "format": "b64"})") ==
        Words{"chal nonce: fail, a challenge of syncml:auth-md5 without NextNonce"});
  CHECK(judged(R"({"type": "syncml:auth-MAC", "format": "b64", "next_nonce": "%%"})") ==
        Words{R"(chal nonce: fail, NextNonce "%%", which is no base64)"});
  CHECK(judged(R"({"type": "syncml:auth-basic", "next_nonce": "MTIzNA=="})") ==
        Words{"basic nonce, advisory: advisory, a challenge of basic with a nonce"});
}

}  // namespace dmsc::engine::testing
