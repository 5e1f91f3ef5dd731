// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/terminal/dm_client.hpp"

#include <set>

#include "runner/base/catch.hpp"
#include "runner/codec/dm/credentials.hpp"
#include "runner/codec/dm/syncml.hpp"

// The DM Client against messages made by hand; its sessions with our server stand in dm_server_test.cpp.
namespace dmsc::peer {
namespace {

using Credentials = DmClient::Credentials;
using Outcome = DmClient::Outcome;

constexpr const char* device = "IMEI:490154203237518";
constexpr const char* address = "https://127.0.0.1:4116/OMA/DM";

// A = printf 'user:secret' | openssl md5 -binary | base64, then (printf '%s:' "$A"; printf NONCE) | openssl md5
// -binary | base64
constexpr const char* client_cred = "pgjFltz5cBIhn7XXpfdaLg==";        // client:client-secret, '\001\002\003\004'
constexpr const char* stale_cred = "5ij5Mv3GOkObVFZkMiMG+w==";         // client:client-secret, 'stale'
constexpr const char* wrong_cred = "oyRosx+h2Bg5C1naptfyDw==";         // client:not-client-secret, '\001\002\003\004'
constexpr const char* server_cred = "cBImR+TIYxawqG2jJaf3Mw==";        // srv:secret, '\005\006\007\010'
constexpr const char* last_server_cred = "ftEpxFXaPSNRWmyErywSQg==";   // srv:secret, '\011\012'
constexpr const char* wrong_server_cred = "uqhk+/7p5ddJC5IeUq1YWA==";  // srv:other, '\005\006\007\010'

/// A client that has sent its first message.
struct Rig {
  Account account{"srv", "secret", {5, 6, 7, 8}, {9, 10}, "client", "client-secret", {1, 2, 3, 4}};
  ManagementTree tree{device, "srv", address};
  DmClient client;
  Value first;

  explicit Rig(DmClient::Options options = {}) : client(account, tree, at_address(std::move(options))) {
    first = client.start();
  }
  static DmClient::Options at_address(DmClient::Options options) {
    options.target = address;
    return options;
  }

  /// The client's statuses and results behind the one for the header: "Get 200; Results ./A=1; ".
  std::string answer_to(Value::List commands) {
    const auto out = client.answer(from_server(std::move(commands)));
    return out ? words(*out) : "nothing";
  }

  static Value from_server(Value::List commands, const char* cred = server_cred) {
    Value message = Value::Map{{"session_id", "1"}, {"msg_id", "1"}, {"target", device}, {"source", address}};
    if (cred != nullptr) message["cred"] = Value::Map{{"type", "syncml:auth-md5"}, {"format", "b64"}, {"data", cred}};
    commands.insert(commands.begin(), header_status("212"));
    message["commands"] = std::move(commands);
    message["final"] = true;
    return message;
  }

  static Value header_status(const char* code) {
    return Value::Map{{"command", "status"}, {"cmd_id", "1"},    {"msg_ref", "1"},
                      {"cmd_ref", "0"},      {"cmd", "SyncHdr"}, {"data", code}};
  }

  static std::string words(const Value& message) {
    std::string out;
    const auto& commands = message.find("commands")->as_list();
    for (std::size_t at = 1; at < commands.size(); ++at) {
      const auto& command = commands[at];
      if (command.text_or("command", "") == "status") {
        out += command.text_or("cmd", "") + " " + command.text_or("data", "") + "; ";
      } else if (command.text_or("command", "") == "alert") {
        out += "Alert " + command.text_or("data", "") + "; ";
      } else {
        const auto& item = command.find("items")->as_list()[0];
        out += "Results " + item.text_or("source", "") + "=" + item.text_or("data", "") + "; ";
      }
    }
    return out;
  }
};

Value command(const char* name, const char* uri, const char* data = nullptr, const char* format = nullptr) {
  Value item = Value::Map{{"target", uri}};
  if (format != nullptr) item["meta"] = Value::Map{{"format", format}};
  if (data != nullptr) item["data"] = data;
  return Value::Map{{"command", name}, {"cmd_id", "7"}, {"items", Value::List{item}}};
}

Value holding(const char* name, Value::List commands) {
  return Value::Map{{"command", name}, {"cmd_id", "6"}, {"commands", std::move(commands)}};
}

DmClient::Options with(Credentials credentials) {
  DmClient::Options options;
  options.credentials = credentials;
  return options;
}

/// A refusal with a challenge, nonce AQID (01 02 03).
Value challenge(const char* code) {
  auto status = Rig::header_status(code);
  status["chal"] = Value::Map{{"type", "syncml:auth-md5"}, {"format", "b64"}, {"next_nonce", "AQID"}};
  return Value::Map{{"session_id", "1"}, {"msg_id", "1"}, {"commands", Value::List{status}}, {"final", true}};
}

std::string cred_of(const Value& message) {
  const auto* data = message.at_path("cred.data");
  return data == nullptr ? "" : data->as_string();
}

}  // namespace

TEST_CASE("the first message says who calls and why", "[dm-client]") {
  DmClient::Options options;
  options.session_id = "A1B2";
  const Rig rig(options);
  // dm.md 4.1: Alert 1200, Replace with the five nodes of DevInfo, Final
  const Value expected = Value::Map{
      {"ver_dtd", "1.2"},
      {"ver_proto", "DM/1.2"},
      {"session_id", "A1B2"},
      {"msg_id", "1"},
      {"target", address},
      {"source", device},
      {"source_name", "client"},
      {"cred", Value::Map{{"type", "syncml:auth-md5"}, {"format", "b64"}, {"data", client_cred}}},
      {"commands",
       Value::List{Value::Map{{"command", "alert"}, {"cmd_id", "1"}, {"data", "1200"}},
                   Value::Map{{"command", "replace"},
                              {"cmd_id", "2"},
                              {"items", Value::List{Value::Map{{"source", "./DevInfo/DevId"}, {"data", device}},
                                                    Value::Map{{"source", "./DevInfo/Man"}, {"data", "dmsc"}},
                                                    Value::Map{{"source", "./DevInfo/Mod"}, {"data", "reference"}},
                                                    Value::Map{{"source", "./DevInfo/DmV"}, {"data", "1.2"}},
                                                    Value::Map{{"source", "./DevInfo/Lang"}, {"data", "en"}}}}}}},
      {"final", true}};
  CHECK(rig.first == expected);
  CHECK(codec::write_syncml(rig.first, codec::SyncmlCoding::xml));
  CHECK(codec::write_syncml(rig.first, codec::SyncmlCoding::wbxml));
}

TEST_CASE("options change the first message", "[dm-client]") {
  DmClient::Options options;
  options.server_initiated = false;
  options.max_msg_size = 2048;
  options.split_package = true;
  options.switch_session_at = 1;
  const Rig rig(options);
  CHECK(rig.first.find("commands")->as_list()[0].text_or("data", "") == "1201");
  CHECK(rig.first.int_or("max_msg_size", 0) == 2048);
  CHECK(rig.first.find("final") == nullptr);
  CHECK(rig.first.text_or("session_id", "") == "FFFE");
}

TEST_CASE("the client proves itself as it is told to", "[dm-client]") {
  struct Row {
    Credentials credentials;
    const char* cred;
    bool comes_back;
    const char* next_cred;
  };
  // With the nonce 01 02 03 of the challenge
  Rig any;
  const auto renewed = codec::md5_credentials("client", "client-secret", Octets{1, 2, 3});
  const Row rows[] = {
      {Credentials::right, client_cred, true, renewed.c_str()},
      {Credentials::wrong, wrong_cred, false, ""},
      {Credentials::none, "", false, ""},
      {Credentials::late, "", true, renewed.c_str()},
      {Credentials::stale, stale_cred, true, renewed.c_str()},
  };
  for (const auto& row : rows) {
    for (const auto* code : {"401", "407"}) {
      Rig rig(with(row.credentials));
      CAPTURE(int(row.credentials), code);
      CHECK(cred_of(rig.first) == row.cred);
      const auto next = rig.client.answer(challenge(code));
      CHECK(next.has_value() == row.comes_back);
      CHECK(rig.client.outcome() == (row.comes_back ? Outcome::going_on : Outcome::refused));
      CHECK(rig.account.client_nonce == Octets{1, 2, 3});
      if (!next) continue;
      CHECK(cred_of(*next) == row.next_cred);
      CHECK(next->text_or("msg_id", "") == "2");
      CHECK(next->find("commands")->as_list().size() == 2);  // the whole first package again
    }
  }
}

TEST_CASE("a server that is never content is left", "[dm-client]") {
  Rig rig;
  int messages = 1;
  while (messages < 100 && rig.client.answer(challenge("401"))) ++messages;
  CHECK(messages == 3);
  CHECK(rig.client.outcome() == Outcome::refused);
  CHECK(rig.client.messages() == 3);
}

TEST_CASE("once accepted the client sends no more credentials", "[dm-client]") {
  Rig rig;
  const auto next = rig.client.answer(Rig::from_server({command("get", "./DevInfo/Man")}));
  REQUIRE(next);
  CHECK(next->find("cred") == nullptr);
  CHECK(next->text_or("msg_id", "") == "2");
}

TEST_CASE("commands are performed and each has its Status", "[dm-client]") {
  struct Row {
    Value command;
    const char* answer;
  };
  const std::string long_uri = "./Provisioning/" + std::string(250, 'a');
  const Row rows[] = {
      {command("get", "./DevInfo/Man"), "Get 200; Results ./DevInfo/Man=dmsc; "},
      {command("get", "./DevInfo"), "Get 200; Results ./DevInfo=DevId/DmV/Lang/Man/Mod; "},
      {command("get", "./None"), "Get 404; "},
      {command("get", "./DMAcc/dmsc/AppAuth/SRVCRED/AAuthSecret"), "Get 425; "},
      {command("add", "./Provisioning/A", "1"), "Add 200; "},
      {command("add", "./Provisioning/A", "2"), "Add 418; "},
      {command("add", "./Provisioning/N", "", "node"), "Add 200; "},
      {command("add", "./Provisioning/N/B", "3"), "Add 200; "},
      {command("add", "./Provisioning/A/B", "3"), "Add 405; "},
      {command("add", "./DevInfo/X", "1"), "Add 425; "},
      {command("add", long_uri.c_str(), "1"), "Add 414; "},
      {command("replace", "./Provisioning/A", "4"), "Replace 200; "},
      {command("replace", "./DevInfo/Man", "4"), "Replace 425; "},
      {command("replace", "./Provisioning/N", "4"), "Replace 405; "},
      {command("replace", "./None", "4"), "Replace 404; "},
      {command("get", "./Provisioning/A"), "Get 200; Results ./Provisioning/A=4; "},
      {command("get", "./Provisioning"), "Get 200; Results ./Provisioning=A/N; "},
      {command("delete", "./Provisioning/N"), "Delete 200; "},
      {command("delete", "./Provisioning/N"), "Delete 404; "},
      {command("delete", "./DevInfo"), "Delete 425; "},
      {command("exec", "./Provisioning/A"), "Exec 405; "},
      {command("copy", "./Provisioning/A"), "Copy 405; "},
      {Value::Map{{"command", "get"}, {"cmd_id", "7"}}, "Get 412; "},
      {Value::Map{{"command", "get"}, {"cmd_id", "7"}, {"items", Value::List{}}}, "Get 412; "},
      {Value::Map{{"command", "unknown"}, {"name", "Search"}, {"cmd_id", "7"}}, "Search 406; "},
      {Value::Map{{"command", "alert"}, {"cmd_id", "7"}, {"data", "1100"}}, "Alert 406; "},
  };
  Rig rig;
  for (const auto& row : rows) {
    CAPTURE(row.answer);
    CHECK(rig.answer_to({row.command}) == row.answer);
  }
}

TEST_CASE("an interior node says that it is one", "[dm-client]") {
  Rig rig;
  const auto next =
      rig.client.answer(Rig::from_server({command("get", "./DevDetail"), command("get", "./DevDetail/OEM")}));
  REQUIRE(next);
  std::string formats;
  for (const auto& one : next->find("commands")->as_list()) {
    if (one.text_or("command", "") != "results") continue;
    CHECK(one.text_or("cmd_ref", "") == "7");
    CHECK(one.text_or("msg_ref", "") == "1");
    formats += one.find("items")->as_list()[0].at_path("meta.format")->as_string() + " ";
  }
  CHECK(formats == "node chr ");
}

TEST_CASE("a command with several items has the status of the one that failed", "[dm-client]") {
  Rig rig;
  auto several = command("get", "./DevInfo/Man");
  several["items"].as_list().push_back(Value::Map{{"target", "./None"}});
  several["items"].as_list().push_back(Value::Map{{"target", "./DevInfo/Mod"}});
  CHECK(rig.answer_to({several}) == "Get 404; Results ./DevInfo/Man=dmsc; Results ./DevInfo/Mod=reference; ");
}

TEST_CASE("an object in pieces is not taken", "[dm-client]") {
  Rig rig;
  auto large = command("add", "./Provisioning/L", "half");
  large["items"].as_list()[0]["more_data"] = true;
  CHECK(rig.answer_to({large}) == "Add 416; ");
  CHECK(rig.answer_to({command("get", "./Provisioning/L")}) == "Get 404; ");
}

TEST_CASE("commands within Sequence and Atomic are performed in their order", "[dm-client]") {
  const Value::List good = {command("add", "./Provisioning/A", "1"), command("replace", "./Provisioning/A", "2"),
                            command("get", "./Provisioning/A")};
  Rig rig;
  CHECK(rig.answer_to({holding("sequence", good)}) ==
        "Sequence 200; Add 200; Replace 200; Results ./Provisioning/A=2; Get 200; ");
  CHECK(rig.answer_to({holding("sequence", {command("get", "./None"), command("get", "./DevInfo/Mod")})}) ==
        "Sequence 200; Get 404; Results ./DevInfo/Mod=reference; Get 200; ");
  CHECK(rig.answer_to({holding("atomic", {command("replace", "./Provisioning/A", "3")})}) ==
        "Atomic 200; Replace 200; ");
  CHECK(rig.answer_to({holding("atomic", {command("get", "./None"), command("get", "./DevInfo/Mod")})})
            .starts_with("Atomic 507; Get 404; "));
  CHECK(rig.answer_to({holding("sequence", {holding("atomic", {command("delete", "./Provisioning/A")})})}) ==
        "Sequence 200; Delete 200; Atomic 200; ");
  CHECK(rig.answer_to({command("get", "./Provisioning/A")}) == "Get 404; ");
}

TEST_CASE("every Status has an id of its own and names its command", "[dm-client]") {
  Rig rig;
  const auto next = rig.client.answer(Rig::from_server(
      {holding("sequence", {command("get", "./DevInfo/Man"), command("get", "./None")}), command("get", "./DevInfo")}));
  REQUIRE(next);
  std::set<std::string> ids;
  for (const auto& one : next->find("commands")->as_list()) {
    CHECK(ids.insert(one.text_or("cmd_id", "")).second);
    CHECK(one.text_or("msg_ref", "") == "1");
  }
  CHECK(ids.size() == 7);  // SyncHdr, Sequence, two Get, their Results, Get and its Results
  CHECK(codec::write_syncml(*next, codec::SyncmlCoding::xml));
}

TEST_CASE("a server that does not prove itself gets nothing done", "[dm-client]") {
  struct Row {
    const char* cred;
    const char* status;
    const char* known_as;
    const char* answer;
  };
  const auto row = GENERATE(values<Row>({
      {server_cred, "212", "right", "Add 200; "},
      {last_server_cred, "212", "right", "Add 200; "},  // it never heard of the nonce that came since
      {wrong_server_cred, "401", "wrong", "Add 401; "},
      {nullptr, "407", "missing", "Add 407; "},
  }));
  CAPTURE(row.known_as);
  Rig rig;
  const auto next = rig.client.answer(Rig::from_server({command("add", "./Provisioning/A", "1")}, row.cred));
  REQUIRE(next);
  CHECK(rig.client.server_credentials() == row.known_as);
  CHECK(Rig::words(*next) == row.answer);
  const auto& header = next->find("commands")->as_list()[0];
  CHECK(header.text_or("cmd", "") == "SyncHdr");
  CHECK(header.text_or("data", "") == row.status);
  std::string value;
  bool interior = false;
  CHECK(rig.tree.get("./Provisioning/A", value, interior) == (row.answer == std::string("Add 200; ") ? "200" : "404"));
  // Either way the Status brings the nonce for the next time.
  CHECK(header.at_path("chal.next_nonce")->as_string() == codec::to_base64(rig.account.server_nonce));
  CHECK(rig.account.server_nonce.size() == 16);
  CHECK(rig.account.last_server_nonce == Octets{5, 6, 7, 8});
}

TEST_CASE("before the first session no nonce is the last one", "[dm-client]") {
  Rig rig;
  rig.account.last_server_nonce.clear();
  const auto cred = codec::md5_credentials("srv", "secret", {});
  REQUIRE(rig.client.answer(Rig::from_server({command("get", "./DevInfo")}, cred.c_str())));
  CHECK(rig.client.server_credentials() == "wrong");
}

TEST_CASE("a server that was refused may prove itself with the new nonce", "[dm-client]") {
  Rig rig;
  REQUIRE(rig.client.answer(Rig::from_server({command("add", "./Provisioning/A", "1")}, wrong_server_cred)));
  const auto cred = codec::md5_credentials("srv", "secret", rig.account.server_nonce);
  const auto next = rig.client.answer(Rig::from_server({command("add", "./Provisioning/A", "1")}, cred.c_str()));
  REQUIRE(next);
  CHECK(rig.client.server_credentials() == "right");
  CHECK(Rig::words(*next) == "Add 200; ");
  REQUIRE(rig.client.answer(Rig::from_server({command("get", "./Provisioning/A")}, nullptr)));
  CHECK(rig.client.server_credentials() == "not_needed");
}

TEST_CASE("a nonce that nothing confirmed makes no credentials wrong, an answer to a challenge does", "[dm-client]") {
  Rig rig;
  rig.account.confirmed = false;
  const auto challenge =
      rig.client.answer(Rig::from_server({command("add", "./Provisioning/A", "1")}, wrong_server_cred));
  REQUIRE(challenge);
  CHECK(rig.client.server_credentials() == "unconfirmed_nonce");
  CHECK(challenge->find("commands")->as_list()[0].text_or("data", "") == "401");
  CHECK_FALSE(rig.account.confirmed);
  SECTION("the secret is right") {
    const auto cred = codec::md5_credentials("srv", "secret", rig.account.server_nonce);
    REQUIRE(rig.client.answer(Rig::from_server({command("add", "./Provisioning/A", "1")}, cred.c_str())));
    CHECK(rig.client.server_credentials() == "right");
  }
  SECTION("the secret is wrong") {
    REQUIRE(rig.client.answer(Rig::from_server({command("add", "./Provisioning/A", "1")}, wrong_server_cred)));
    CHECK(rig.client.server_credentials() == "wrong");
  }
  CHECK(rig.account.confirmed);
}

TEST_CASE("credentials that fit confirm the nonce", "[dm-client]") {
  Rig rig;
  rig.account.confirmed = false;
  REQUIRE(rig.client.answer(Rig::from_server({command("get", "./DevInfo")}, server_cred)));
  CHECK(rig.client.server_credentials() == "right");
  CHECK(rig.account.confirmed);
}

TEST_CASE("a client can keep its nonce", "[dm-client]") {
  DmClient::Options options;
  options.renew_server_nonce = false;
  Rig rig(options);
  const auto next = rig.client.answer(Rig::from_server({command("get", "./DevInfo")}));
  REQUIRE(next);
  CHECK(next->find("commands")->as_list()[0].find("chal") == nullptr);
  CHECK(rig.account.server_nonce == Octets{5, 6, 7, 8});
}

TEST_CASE("the session ends where the server has nothing more to say", "[dm-client]") {
  Rig rig;
  SECTION("only Status and Final") {
    CHECK_FALSE(rig.client.answer(Rig::from_server({})));
    CHECK(rig.client.outcome() == Outcome::finished);
  }
  SECTION("the server aborts") {
    CHECK_FALSE(rig.client.answer(Rig::from_server(
        {command("add", "./Provisioning/A", "1"), Value::Map{{"command", "alert"}, {"data", "1223"}}})));
    CHECK(rig.client.outcome() == Outcome::aborted);
    std::string value;
    bool interior = false;
    CHECK(rig.tree.get("./Provisioning/A", value, interior) == "404");
  }
  SECTION("more messages of the package come: the client asks for the next") {
    auto part = Rig::from_server({command("get", "./DevInfo/Man")});
    part.as_map().pop_back();  // final
    const auto next = rig.client.answer(part);
    REQUIRE(next);
    CHECK(Rig::words(*next) == "Get 200; Results ./DevInfo/Man=dmsc; Alert 1222; ");
    CHECK(next->find("final") == nullptr);
  }
}

TEST_CASE("the client aborts with the message it is told to", "[dm-client]") {
  DmClient::Options options;
  options.abort_at = 2;
  Rig rig(options);
  const auto next = rig.client.answer(Rig::from_server({command("add", "./Provisioning/A", "1")}));
  REQUIRE(next);
  const auto& commands = next->find("commands")->as_list();
  REQUIRE(commands.size() == 1);
  CHECK(commands[0].text_or("data", "") == "1223");
  CHECK(next->bool_or("final", false));
  CHECK_FALSE(rig.client.answer(Rig::from_server({command("get", "./DevInfo")})));
  CHECK(rig.client.outcome() == Outcome::aborted);
}

TEST_CASE("a flood of commands is answered within bounds", "[dm-client]") {
  Rig rig;
  const auto next = rig.client.answer(Rig::from_server(Value::List(5000, command("get", "./None"))));
  REQUIRE(next);
  CHECK(next->find("commands")->as_list().size() == 201);
}

TEST_CASE("messages without the members they need do no harm", "[dm-client]") {
  Rig rig;
  const Value empty = Value::Map{};
  CHECK(rig.client.answer(empty));  // not final: it asks for the next
  CHECK(rig.client.answer(Value::Map{{"commands", "none"}}));
  CHECK(rig.client.answer(Value::Map{{"commands", Value::List{Value::Map{}, Value::Map{{"command", "get"}}}}}));
  CHECK(rig.client.answer(Value::Map{{"commands", Value::List{Rig::header_status("999")}}}));
  auto status = Rig::header_status("212");
  status["chal"] = Value::Map{{"next_nonce", "not Base64!"}};
  rig.client.answer(Value::Map{{"commands", Value::List{status}}});
  CHECK(rig.account.client_nonce == Octets{1, 2, 3, 4});
  CHECK(rig.client.outcome() == Outcome::going_on);
}

TEST_CASE("a server cannot make the client answer without end", "[dm-client]") {
  Rig rig;
  Value::List items(300, Value(Value::Map{{"target", "./DevInfo/Man"}}));
  const auto next = rig.client.answer(
      Rig::from_server({Value::Map{{"command", "get"}, {"cmd_id", "1"}, {"items", std::move(items)}}}));
  REQUIRE(next);
  std::size_t results = 0;
  for (const auto& one : next->find("commands")->as_list()) results += one.text_or("command", "") == "results" ? 1 : 0;
  CHECK(results < 200);
  CHECK(results > 100);
}

}  // namespace dmsc::peer
