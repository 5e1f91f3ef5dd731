// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/uicc/dm_server.hpp"

#include <random>

#include "runner/base/catch.hpp"
#include "runner/base/json.hpp"
#include "runner/codec/dm/credentials.hpp"
#include "runner/peer/terminal/dm_client.hpp"

// The DM_SC Server's end of a session, against our DM Client and against messages made by hand; no TLS, no HTTP.
namespace dmsc::peer {
namespace {

using codec::SyncmlCoding;
using Credentials = DmClient::Credentials;
using Outcome = DmClient::Outcome;
using Lines = std::vector<std::string>;

constexpr const char* xml_type = "application/vnd.syncml.dm+xml";
constexpr const char* wbxml_type = "application/vnd.syncml.dm+wbxml";
constexpr const char* address = "https://127.0.0.1:4116/OMA/DM";
constexpr const char* apn = "./Provisioning/APN";
constexpr const char* device = "IMEI:490154203237518";
constexpr int most_messages = 20;

std::string element(const Value& command) {
  auto name = command.text_or("command", "");
  name[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(name[0])));
  return name;
}

/// A message in short: "Status(SyncHdr 212 Chal) Get(./DevDetail/SwV) Final".
std::string words(const Value& message) {
  std::string out;
  const auto* commands = message.find("commands");
  for (const auto& command : commands == nullptr ? Value::List{} : commands->as_list()) {
    auto what = command.text_or("data", "");
    if (command.text_or("command", "") == "status") {
      what = command.text_or("cmd", "") + " " + what + (command.find("chal") == nullptr ? "" : " Chal");
    }
    if (const auto* items = command.find("items"); items != nullptr && items->as_list().size() == 1) {
      const auto& item = items->as_list()[0];
      what += item.text_or("target", item.text_or("source", ""));
      if (item.find("data") != nullptr) what += "=" + item.text_or("data", "");
    }
    out += element(command) + "(" + what + ") ";
  }
  return out + (message.bool_or("final", false) ? "Final" : "");
}

Personality personality(std::set<Policy> off) {
  Personality self;
  self.server_id = "srv";
  self.provisioning = {{apn, "internet"}};
  self.switched_off = std::move(off);
  return self;
}

Account account() {
  return {"srv", "secret", {5, 6, 7, 8}, {}, "client", "client-secret", {1, 2, 3, 4}};
}

/// Both ends, each with its own account.
struct Rig {
  Personality self;
  Account of_server = account();
  Account of_client = account();
  Tamper none;
  DmServer server;
  ManagementTree tree{device, "srv", address};
  SyncmlCoding coding = SyncmlCoding::xml;
  std::vector<std::string> from_client;
  std::vector<std::string> from_server;
  std::vector<Value> replies;  ///< of the server
  Outcome outcome = Outcome::going_on;
  std::string server_credentials;

  std::vector<Fact> facts;  ///< of the server

  explicit Rig(std::set<Policy> off = {})
      : self(personality(std::move(off))),
        server(self, of_server, none, [this](Fact fact) { facts.push_back(std::move(fact)); }) {}

  /// Facts of one name, each as its fields in JSON, these alone.
  std::vector<std::string> told(const std::string& key, std::initializer_list<const char*> members) const {
    std::vector<std::string> out;
    for (const auto& fact : facts) {
      if (fact.key != key) continue;
      auto& line = out.emplace_back();
      for (const auto* member : members) {
        const auto* value = fact.fields.find(member);
        line += (line.empty() ? "" : " ") + (value == nullptr ? "nothing" : write_json(*value));
      }
    }
    return out;
  }

  Value post(const Value& message) {
    const auto octets = codec::write_syncml(message, coding);
    if (!octets) FAIL(octets.error().text());
    const auto reply = server.post(codec::media_type(coding), *octets);
    REQUIRE(reply.status == 200);
    CHECK(reply.media_type == codec::media_type(coding));
    const auto read = codec::read_syncml(reply.body, coding);
    if (!read) FAIL(read.error().text());
    CHECK(read->find("unread") == nullptr);
    replies.push_back(*read);
    from_client.push_back(words(message));
    from_server.push_back(words(*read));
    return *read;
  }

  /// A session to its end, or to where it seems to have none.
  void hold(DmClient::Options options = {}) {
    from_client.clear();
    from_server.clear();
    replies.clear();
    options.target = address;
    DmClient client(of_client, tree, options);
    std::optional<Value> message = client.start();
    for (int i = 0; message && i < most_messages; ++i) {
      message = client.answer(post(*message));
      if (!client.server_credentials().empty()) server_credentials = client.server_credentials();
    }
    outcome = client.outcome();
  }

  std::string read(const std::string& uri) {
    std::string value;
    bool interior = false;
    const auto code = tree.get(uri, value, interior);
    return code == "200" ? value : code;
  }
};

DmClient::Options with(Credentials credentials) {
  DmClient::Options options;
  options.credentials = credentials;
  return options;
}

/// A first message by hand: Alert 1200, and the Cred where it is given.
Value first_message(const char* cred, const std::string& session = "1A") {
  Value out = Value::Map{{"ver_dtd", "1.2"}, {"ver_proto", "DM/1.2"}, {"session_id", session},
                         {"msg_id", "1"},    {"target", address},     {"source", device}};
  if (cred != nullptr) {
    out["cred"] = Value::Map{{"type", "syncml:auth-md5"}, {"format", "b64"}, {"data", cred}};
  }
  out["commands"] = Value::List{Value::Map{{"command", "alert"}, {"cmd_id", "1"}, {"data", "1200"}}};
  out["final"] = true;
  return out;
}

// printf 'client:client-secret' | openssl md5 -binary | base64, then (printf '%s:' of it; printf '\001\002\003\004') |
// openssl md5 -binary | base64
constexpr const char* right_cred = "pgjFltz5cBIhn7XXpfdaLg==";
// The same of srv:secret with '\005\006\007\010'
constexpr const char* server_cred = "cBImR+TIYxawqG2jJaf3Mw==";

constexpr const char* refused_407 = "Status(SyncHdr 407 Chal) Status(Alert 407) Status(Replace 407) Final";
constexpr const char* refused_401 = "Status(SyncHdr 401 Chal) Status(Alert 401) Status(Replace 401) Final";
constexpr const char* first_package =
    "Status(SyncHdr 212 Chal) Status(Alert 200) Status(Replace 200) Get(./DevDetail/SwV) Add(./Provisioning/APN=) "
    "Replace(./Provisioning/APN=internet) Final";

}  // namespace

TEST_CASE("a session runs to its end, message by message", "[dm]") {
  Rig rig;
  rig.coding = GENERATE(SyncmlCoding::xml, SyncmlCoding::wbxml);
  rig.hold();
  CHECK(rig.outcome == Outcome::finished);
  CHECK(rig.from_client ==
        std::vector<std::string>{"Alert(1200) Replace() Final",
                                 "Status(SyncHdr 212 Chal) Status(Get 200) Results(./DevDetail/SwV=1) Status(Add 200) "
                                 "Status(Replace 200) Final",
                                 "Status(SyncHdr 212) Status(Get 200) Results(./Provisioning/APN=internet) Final"});
  CHECK(rig.from_server ==
        std::vector<std::string>{first_package, "Status(SyncHdr 212) Status(Results 200) Get(./Provisioning/APN) Final",
                                 "Status(SyncHdr 212) Status(Results 200) Final"});
  CHECK(rig.read(apn) == "internet");
  CHECK(rig.replies[0].find("cred")->text_or("data", "") == server_cred);
  CHECK(rig.replies[0].text_or("source_name", "") == "srv");
  CHECK(rig.replies[1].find("cred") == nullptr);
}

TEST_CASE("the header of an answer mirrors the question", "[dm]") {
  Rig rig;
  auto message = first_message(right_cred, "BEEF");
  const auto reply = rig.post(message);
  CHECK(reply.text_or("ver_dtd", "") == "1.2");
  CHECK(reply.text_or("ver_proto", "") == "DM/1.2");
  CHECK(reply.text_or("session_id", "") == "BEEF");
  CHECK(reply.text_or("msg_id", "") == "1");
  CHECK(reply.text_or("target", "") == device);
  CHECK(reply.text_or("source", "") == address);
  const auto& header = reply.find("commands")->as_list()[0];
  CHECK(header.text_or("cmd_id", "") == "1");
  CHECK(header.text_or("msg_ref", "") == "1");
  CHECK(header.text_or("cmd_ref", "") == "0");
  CHECK(header.at_path("target_refs")->as_list()[0] == Value(address));
  CHECK(header.at_path("source_refs")->as_list()[0] == Value(device));
  message["msg_id"] = "2";
  CHECK(rig.post(message).text_or("msg_id", "") == "2");
}

TEST_CASE("every command of a message has an id of its own", "[dm]") {
  Rig rig;
  rig.hold();
  for (const auto& reply : rig.replies) {
    std::set<std::string> ids;
    for (const auto& command : reply.find("commands")->as_list())
      CHECK(ids.insert(command.text_or("cmd_id", "")).second);
    CHECK(ids.count("") == 0);
  }
}

TEST_CASE("credentials decide whether the server talks", "[dm]") {
  Rig rig;
  SECTION("wrong: refused with a challenge, nothing is asked for") {
    rig.hold(with(Credentials::wrong));
    CHECK(rig.outcome == Outcome::refused);
    CHECK(rig.from_server == std::vector<std::string>{refused_401});
    CHECK(rig.replies[0].find("cred") == nullptr);
    CHECK(rig.read(apn) == "404");
  }
  SECTION("none: the same with 407") {
    rig.hold(with(Credentials::none));
    CHECK(rig.outcome == Outcome::refused);
    CHECK(rig.from_server == std::vector<std::string>{refused_407});
    CHECK(rig.read(apn) == "404");
  }
  SECTION("late: the client comes back with its first package") {
    rig.hold(with(Credentials::late));
    CHECK(rig.outcome == Outcome::finished);
    REQUIRE(rig.from_server.size() == 4);
    CHECK(rig.from_client[1] == rig.from_client[0]);
    CHECK(rig.from_server[0] == refused_407);
    CHECK(rig.from_server[1] == first_package);
    CHECK(rig.replies[1].text_or("msg_id", "") == "2");
    CHECK(rig.read(apn) == "internet");
  }
  SECTION("stale: the challenge brings the nonce") {
    rig.hold(with(Credentials::stale));
    CHECK(rig.outcome == Outcome::finished);
    REQUIRE(rig.from_server.size() == 4);
    CHECK(rig.from_server[0] == refused_401);
    CHECK(rig.from_server[1] == first_package);
    CHECK(rig.read(apn) == "internet");
  }
}

TEST_CASE("credentials of another type are no credentials", "[dm]") {
  Rig rig;
  auto message = first_message(right_cred);
  message["cred"]["type"] = "syncml:auth-basic";
  CHECK(rig.post(message).find("commands")->as_list()[0].text_or("data", "") == "401");
}

TEST_CASE("both nonces move on with a session", "[dm]") {
  Rig rig;
  const auto before = account();
  rig.hold();
  CHECK(rig.of_server.client_nonce.size() == 16);
  CHECK(rig.of_server.server_nonce.size() == 16);
  CHECK(rig.of_server.client_nonce != before.client_nonce);
  CHECK(rig.of_server.server_nonce != before.server_nonce);
  CHECK(rig.of_client.client_nonce == rig.of_server.client_nonce);
  CHECK(rig.of_client.server_nonce == rig.of_server.server_nonce);
  CHECK(rig.of_client.last_server_nonce == before.server_nonce);
  rig.tree.replace(apn, "old");
  rig.hold();  // the new nonces are good for a session without challenge
  CHECK(rig.outcome == Outcome::finished);
  CHECK(rig.from_server.size() == 3);
  CHECK(rig.server_credentials == "not_needed");
  CHECK(rig.read(apn) == "internet");
}

TEST_CASE("a nonce that was used is used up", "[dm]") {
  Rig rig;
  CHECK(words(rig.post(first_message(right_cred))).starts_with("Status(SyncHdr 212 Chal)"));
  CHECK(words(rig.post(first_message(right_cred, "1B"))).starts_with("Status(SyncHdr 401 Chal)"));
}

TEST_CASE("a session that broke off leaves accounts that still work", "[dm]") {
  Rig rig;
  DmClient::Options options;
  options.target = address;
  DmClient client(rig.of_client, rig.tree, options);
  REQUIRE(client.answer(rig.post(client.start())));  // the server never hears its new nonce
  CHECK(rig.of_client.server_nonce != rig.of_server.server_nonce);
  rig.server.reset();
  rig.hold();
  CHECK(rig.outcome == Outcome::finished);
  CHECK(rig.from_server.size() == 3);
  CHECK(rig.of_client.server_nonce == rig.of_server.server_nonce);
}

TEST_CASE("power-off ends the session: the client proves itself anew", "[dm]") {
  Rig rig;
  CHECK(words(rig.post(first_message(right_cred))).starts_with("Status(SyncHdr 212 Chal)"));
  auto next = first_message(nullptr);
  next["msg_id"] = "2";
  next["commands"] = Value::List{};
  SECTION("with power it goes on") {
    CHECK(words(rig.post(next)).starts_with("Status(SyncHdr 212)"));
  }
  SECTION("without it is forgotten") {
    rig.server.reset();
    CHECK(words(rig.post(next)) == "Status(SyncHdr 407 Chal) Final");
  }
}

TEST_CASE("a server that cannot prove itself changes nothing on the device", "[dm]") {
  Rig rig;
  rig.of_server.server_secret = "other";
  rig.hold();
  CHECK(rig.server_credentials == "wrong");
  CHECK(rig.from_client[1] == "Status(SyncHdr 401 Chal) Status(Get 401) Status(Add 401) Status(Replace 401) Final");
  CHECK(rig.read(apn) == "404");
}

TEST_CASE("the client may abort at any message", "[dm]") {
  Rig rig;
  DmClient::Options options;
  SECTION("with its first") {
    options.abort_at = 1;
    rig.hold(options);
    CHECK(rig.from_client == std::vector<std::string>{"Alert(1223) Replace() Final"});
    CHECK(rig.from_server ==
          std::vector<std::string>{"Status(SyncHdr 212 Chal) Status(Alert 200) Status(Replace 200) Final"});
  }
  SECTION("with its second") {
    options.abort_at = 2;
    rig.hold(options);
    CHECK(rig.from_client[1] == "Alert(1223) Final");
    CHECK(rig.from_server == std::vector<std::string>{first_package, "Status(SyncHdr 212) Status(Alert 200) Final"});
  }
  CHECK(rig.outcome == Outcome::aborted);
  CHECK(rig.read(apn) == "404");
  rig.hold();
  CHECK(rig.outcome == Outcome::finished);
}

TEST_CASE("a value that does not come back as it was set makes the server abort", "[dm]") {
  Rig rig;
  DmClient::Options options;
  options.target = address;
  DmClient client(rig.of_client, rig.tree, options);
  const auto second = client.answer(rig.post(client.start()));
  REQUIRE(second);
  rig.tree.replace(apn, "something else");
  const auto third = client.answer(rig.post(*second));
  REQUIRE(third);
  CHECK_FALSE(client.answer(rig.post(*third)));
  CHECK(rig.from_server.back() == "Status(SyncHdr 212) Status(Results 200) Alert(1223) Final");
  CHECK(client.outcome() == Outcome::aborted);
}

TEST_CASE("a small client gets its package in several messages", "[dm]") {
  DmClient::Options options;
  options.max_msg_size = 1400;  // room for one command
  Rig rig;
  rig.hold(options);
  CHECK(rig.outcome == Outcome::finished);
  REQUIRE(rig.from_server.size() == 5);
  CHECK(rig.from_server[0] == "Status(SyncHdr 212 Chal) Status(Alert 200) Status(Replace 200) Get(./DevDetail/SwV) ");
  CHECK(rig.from_client[1] == "Status(SyncHdr 212 Chal) Status(Get 200) Results(./DevDetail/SwV=1) Alert(1222) ");
  CHECK(rig.from_server[1] == "Status(SyncHdr 212) Status(Results 200) Status(Alert 200) Add(./Provisioning/APN=) ");
  CHECK(rig.from_server[2] == "Status(SyncHdr 212) Status(Alert 200) Replace(./Provisioning/APN=internet) Final");
  CHECK(rig.read(apn) == "internet");
  for (const auto& reply : rig.replies) CHECK(codec::write_syncml(reply, SyncmlCoding::xml)->size() <= 1400);
  SECTION("a server that does not heed it sends all at once") {
    Rig heedless({Policy::splits_packages});
    heedless.hold(options);
    CHECK(heedless.from_server[0] == first_package);
  }
}

TEST_CASE("a client's package may come in several messages", "[dm]") {
  DmClient::Options options;
  options.split_package = true;
  Rig rig;
  rig.hold(options);
  CHECK(rig.outcome == Outcome::finished);
  CHECK(rig.from_client[0] == "Alert(1200) Replace() ");
  CHECK(rig.from_server[0] == "Status(SyncHdr 212 Chal) Status(Alert 200) Status(Replace 200) Alert(1222) ");
  CHECK(rig.from_client[1].ends_with("Final"));
  CHECK(rig.from_server[1].find("Get(./DevDetail/SwV) Add(./Provisioning/APN=)") != std::string::npos);
  SECTION("a server that does not ask for the rest goes on at once") {
    Rig hasty({Policy::asks_for_next_message});
    hasty.hold(options);
    CHECK(hasty.from_server[0] == first_package);
  }
}

TEST_CASE("a package in several messages does not keep the server from proving itself", "[dm]") {
  // The server's first message asks for the rest and has no Cred; the Status to it must not say that it is known.
  DmClient::Options options;
  options.split_package = true;
  Rig rig;
  rig.hold(options);
  CHECK(rig.from_client[1].find("Status(SyncHdr 212") == std::string::npos);
  CHECK(rig.server_credentials != "missing");
  CHECK(rig.read(apn) == "internet");
}

TEST_CASE("another session id is another session", "[dm]") {
  DmClient::Options options;
  options.switch_session_at = 2;
  Rig rig;
  rig.hold(options);
  CHECK(rig.from_server[1].starts_with("Status(SyncHdr 407 Chal)"));
  CHECK(rig.from_server[1].find("Get(") == std::string::npos);
  CHECK(rig.replies[1].text_or("session_id", "") == "FFFE");
  CHECK(rig.replies[1].text_or("msg_id", "") == "1");
  SECTION("a server that does not tell them apart goes on") {
    Rig careless({Policy::keeps_sessions_apart});
    careless.hold(options);
    CHECK(careless.from_server[1].starts_with("Status(SyncHdr 212) "));
    CHECK(careless.replies[1].text_or("session_id", "") == "1");
  }
}

// Whether a client may change its Source within a session is for the rule client_header to say; one breach must not end
// every session of the run.
TEST_CASE("a session goes on under another Source", "[dm]") {
  Rig rig;
  rig.post(first_message(right_cred));
  auto stranger = first_message(nullptr);
  stranger["msg_id"] = "2";
  stranger["source"] = "IMEI:000000000000000";
  CHECK(words(rig.post(stranger)) == "Status(SyncHdr 212) Status(Alert 200) Get(./Provisioning/APN) Final");
}

TEST_CASE("what a client cannot ask for is refused one by one", "[dm]") {
  DmClient::Options options;
  options.unknown_command = true;
  options.large_object = true;
  const std::string before = "Status(SyncHdr 212 Chal) Status(Alert 200) Status(Replace 200) Status(Search 406) ";
  Rig rig;
  rig.hold(options);
  CHECK(rig.from_server[0].starts_with(before + "Status(Replace 416) Get("));
  CHECK(rig.outcome == Outcome::finished);
  SECTION("a server that takes large objects in pieces is not this one") {
    Rig lax({Policy::refuses_large_objects});
    lax.hold(options);
    CHECK(lax.from_server[0].starts_with(before + "Status(Replace 200) Get("));
  }
  SECTION("commands that only a server may send") {
    auto message = first_message(right_cred);
    auto& commands = message["commands"].as_list();
    Rig another;
    for (const auto* name : {"get", "add", "delete", "exec"}) {
      commands.push_back(
          Value::Map{{"command", name}, {"cmd_id", name}, {"items", Value::List{Value::Map{{"target", "./DevInfo"}}}}});
    }
    CHECK(words(another.post(message))
              .starts_with("Status(SyncHdr 212 Chal) Status(Alert 200) Status(Get 405) Status(Add 405) "
                           "Status(Delete 405) Status(Exec 405) "));
  }
}

TEST_CASE("a body that is no SyncML is refused", "[dm]") {
  Rig rig;
  const auto xml = *codec::write_syncml(first_message(right_cred), SyncmlCoding::xml);
  const auto text_of = [](std::string_view text) { return Octets(text.begin(), text.end()); };
  for (const auto& body : {Octets{}, text_of("hello"), text_of("<SyncML>"), text_of("<html/>"), Octets(70000, 'x')}) {
    const auto reply = rig.server.post(xml_type, body);
    CHECK(reply.status == 400);
    CHECK(reply.body.empty());
    CHECK(rig.server.post(wbxml_type, body).status == 400);
  }
  const auto trimmed = xml.size() - (xml.back() == '\n' ? 1 : 0);
  for (std::size_t size = 0; size < trimmed; ++size) {
    if (rig.server.post(xml_type, ByteView(xml).first(size)).status == 400) continue;
    CAPTURE(size);
    FAIL("a cut message was taken");
  }
  CHECK(rig.of_server.client_nonce == account().client_nonce);  // nothing of it counted
  Rig lax({Policy::refuses_malformed});
  CHECK(lax.server.post(xml_type, text_of("hello")).status == 200);
}

TEST_CASE("only the two media types are taken", "[dm]") {
  Rig rig;
  const auto body = *codec::write_syncml(first_message(right_cred), SyncmlCoding::xml);
  for (const auto* type : {"text/xml", "application/vnd.syncml+xml", "", "application/vnd.syncml.dm"}) {
    CAPTURE(type);
    CHECK(rig.server.post(type, body).status == 415);
  }
  CHECK(rig.server.post(wbxml_type, body).status == 400);
  const auto reply = rig.server.post("Application/vnd.syncml.dm+XML; charset=utf-8", body);
  CHECK(reply.status == 200);
  CHECK(reply.media_type == xml_type);
  Rig lax({Policy::refuses_unknown_type});
  CHECK(lax.server.post("text/xml", body).status == 200);
}

TEST_CASE("a server of one coding refuses the other", "[dm]") {
  const auto message = first_message(right_cred);
  const auto status = [&](const std::string& only, SyncmlCoding coding) {
    Rig rig;
    rig.self.coding = only;
    return rig.server.post(codec::media_type(coding), *codec::write_syncml(message, coding)).status;
  };
  CHECK(status("wbxml", SyncmlCoding::xml) == 415);
  CHECK(status("wbxml", SyncmlCoding::wbxml) == 200);
  CHECK(status("xml", SyncmlCoding::wbxml) == 415);
  CHECK(status("xml", SyncmlCoding::xml) == 200);
}

TEST_CASE("WBXML is answered with WBXML", "[dm]") {
  const auto body = *codec::write_syncml(first_message(right_cred), SyncmlCoding::wbxml);
  Rig rig;
  const auto reply = rig.server.post(wbxml_type, body);
  CHECK(reply.media_type == wbxml_type);
  CHECK(codec::read_syncml(reply.body, SyncmlCoding::wbxml));
  Rig plain({Policy::speaks_wbxml});
  const auto other = plain.server.post(wbxml_type, body);
  CHECK(other.media_type == xml_type);
  CHECK(codec::read_syncml(other.body, SyncmlCoding::xml));
}

TEST_CASE("a server with a rule switched off shows it", "[dm]") {
  SECTION("checks_credentials") {
    Rig rig({Policy::checks_credentials});
    rig.hold(with(Credentials::wrong));
    CHECK(rig.from_server[0] == first_package);
    CHECK(rig.outcome == Outcome::finished);
  }
  SECTION("asks_for_credentials") {
    Rig rig({Policy::asks_for_credentials});
    rig.hold(with(Credentials::none));
    CHECK(rig.from_server[0].starts_with("Status(SyncHdr 200) Status(Alert 200) Status(Replace 200) Get("));
    CHECK(rig.outcome == Outcome::finished);
  }
  SECTION("renews_client_nonce") {
    Rig rig({Policy::renews_client_nonce});
    rig.hold();
    CHECK(rig.of_server.client_nonce == account().client_nonce);
    CHECK(rig.replies[0].find("commands")->as_list()[0].at_path("chal.next_nonce")->as_string() == "AQIDBA==");
  }
  SECTION("takes_server_nonce") {
    Rig rig({Policy::takes_server_nonce});
    rig.hold();
    CHECK(rig.of_server.server_nonce == account().server_nonce);
    CHECK(rig.of_client.server_nonce != account().server_nonce);
  }
  SECTION("sends_credentials") {
    Rig rig({Policy::sends_credentials});
    rig.hold();
    CHECK(rig.server_credentials == "missing");
    CHECK(rig.from_client[1] == "Status(SyncHdr 407 Chal) Status(Get 407) Status(Add 407) Status(Replace 407) Final");
    CHECK(rig.read(apn) == "404");
  }
  SECTION("ends_session") {
    Rig rig({Policy::ends_session});
    rig.hold();
    CHECK(rig.outcome == Outcome::going_on);
    CHECK(rig.from_server.size() == most_messages);
    CHECK(rig.from_server.back().ends_with("Get(./Provisioning/APN) Final"));
  }
}

TEST_CASE("the server tells each message, its own and the client's", "[dm][facts]") {
  Rig rig;
  rig.coding = GENERATE(SyncmlCoding::xml, SyncmlCoding::wbxml);
  const std::string coding = rig.coding == SyncmlCoding::xml ? R"("xml")" : R"("wbxml")";
  rig.hold();
  std::string order;
  for (const auto& fact : rig.facts) order += fact.key + " ";
  CHECK(order ==
        "dm.client_message dm.server_message dm.client_message dm.server_message dm.client_message dm.session "
        "dm.server_message ");
  CHECK(rig.told("dm.client_message", {"number", "msg_id", "coding", "client_credentials"}) ==
        Lines{R"(1 "1" )" + coding + R"( "right")", R"(2 "2" )" + coding + R"( "not_needed")",
              R"(3 "3" )" + coding + R"( "not_needed")"});
  CHECK(rig.told("dm.server_message", {"msg_id", "coding"}) ==
        Lines{R"("1" )" + coding, R"("2" )" + coding, R"("3" )" + coding});
  CHECK(rig.told("dm.session", {"outcome", "session_id", "messages"}) == Lines{R"("finished" "1" 3)"});
  for (const auto& fact : rig.facts) {
    if (fact.key == "dm.session") continue;
    const auto read = codec::read_syncml(fact.octets, rig.coding);
    REQUIRE(read);
    CHECK(words(*read) == words(fact.fields));
  }
}

TEST_CASE("how a client proved itself is told with its message", "[dm][facts]") {
  Rig rig;
  SECTION("wrong") {
    rig.hold(with(Credentials::wrong));
    CHECK(rig.told("dm.client_message", {"client_credentials"}) == Lines{R"("wrong")"});
  }
  SECTION("missing") {
    rig.hold(with(Credentials::none));
    CHECK(rig.told("dm.client_message", {"client_credentials"}) == Lines{R"("missing")"});
  }
  SECTION("late") {
    rig.hold(with(Credentials::late));
    CHECK(rig.told("dm.client_message", {"client_credentials", "number"}) ==
          Lines{R"("missing" 1)", R"("right" 2)", R"("not_needed" 3)", R"("not_needed" 4)"});
  }
  SECTION("of another type") {
    auto message = first_message(right_cred);
    message["cred"]["type"] = "syncml:auth-basic";
    rig.post(message);
    CHECK(rig.told("dm.client_message", {"client_credentials"}) == Lines{R"("wrong")"});
  }
  SECTION("wrong, even where nobody checks") {
    Rig lax({Policy::checks_credentials});
    lax.hold(with(Credentials::wrong));
    CHECK(lax.told("dm.client_message", {"client_credentials"})[0] == R"("wrong")");
  }
}

TEST_CASE("what is no SyncML is told as it came", "[dm][facts]") {
  Rig rig;
  const Octets hello = {'h', 'e', 'l', 'l', 'o'};
  rig.server.post(xml_type, hello);
  rig.server.post("text/plain", hello);
  const auto told = rig.told("dm.malformed", {"content_type", "reason"});
  REQUIRE(told.size() == 2);
  CHECK(told[0].starts_with("\"application/vnd.syncml.dm+xml\" \""));
  CHECK(told[1] == R"("text/plain" "the media type is no SyncML")");
  CHECK(rig.facts.size() == 2);
  CHECK(rig.facts[0].octets == hello);
}

TEST_CASE("the end of a session is told once, and how it came", "[dm][facts]") {
  Rig rig;
  const auto ends = [&] { return rig.told("dm.session", {"outcome", "session_id", "messages"}); };
  SECTION("by the client") {
    DmClient::Options options;
    options.abort_at = 2;
    rig.hold(options);
    CHECK(ends() == Lines{R"("aborted" "1" 2)"});
  }
  SECTION("by the server") {
    rig.self.abort_at = 2;
    rig.hold();
    CHECK(rig.from_server.back().find("Alert(1223)") != std::string::npos);
    CHECK(rig.outcome == Outcome::aborted);
    CHECK(ends() == Lines{R"("aborted" "1" 2)"});
  }
  SECTION("by a client that never proves itself") {
    for (int turn = 1; turn <= 3; ++turn) {
      auto message = first_message("AAAAAAAAAAAAAAAAAAAAAA==");
      message["msg_id"] = std::to_string(turn);
      rig.post(message);
    }
    REQUIRE(ends().size() == 1);
    CHECK(ends()[0].starts_with(R"("refused" "1A" )"));
  }
  SECTION("not by one that goes on") {
    rig.post(first_message(right_cred));
    CHECK(ends().empty());
  }
}

TEST_CASE("further commands go out with the first package", "[dm]") {
  Rig rig;
  rig.self.commands = {Value::Map{{"command", "get"}, {"items", Value::List{Value::Map{{"target", "./DevInfo/Man"}}}}},
                       Value::Map{{"command", "get"}, {"items", Value::List{Value::Map{{"target", "./DevInfo/Mod"}}}}}};
  rig.hold();
  CHECK(
      rig.from_server[0].ends_with("Replace(./Provisioning/APN=internet) Get(./DevInfo/Man) Get(./DevInfo/Mod) Final"));
  CHECK(rig.from_server[1].find("./DevInfo/M") == std::string::npos);
  CHECK(rig.outcome == Outcome::finished);
}

TEST_CASE("a package may be told to go out in more messages", "[dm]") {
  Rig rig;
  rig.self.commands_a_message = 2;
  rig.hold();
  CHECK(
      rig.from_server[0] ==
      "Status(SyncHdr 212 Chal) Status(Alert 200) Status(Replace 200) Get(./DevDetail/SwV) Add(./Provisioning/APN=) ");
  CHECK(rig.from_server[1].ends_with("Replace(./Provisioning/APN=internet) Final"));
  CHECK(rig.outcome == Outcome::finished);
  CHECK(rig.read(apn) == "internet");
}

TEST_CASE("a server may be told to prove itself wrongly", "[dm]") {
  Rig rig;
  rig.self.wrong_secret = "not-the-secret";
  rig.hold();
  CHECK(rig.server_credentials == "wrong");
  CHECK(rig.read(apn) == "404");
  CHECK(rig.outcome != Outcome::finished);
  const auto ends = rig.told("dm.session", {"outcome"});
  CHECK(ends == Lines{R"("aborted")"});
}

TEST_CASE("a tamper sees each message before it is written", "[dm]") {
  auto self = personality({});
  auto of_server = account();
  std::string seen;
  const Tamper tamper = [&](Outgoing& out) {
    seen += out.key + " ";
    out.members["msg_id"] = "77";
  };
  DmServer server(self, of_server, tamper);
  const auto reply = server.post(xml_type, *codec::write_syncml(first_message(right_cred), SyncmlCoding::xml));
  CHECK(codec::read_syncml(reply.body, SyncmlCoding::xml)->text_or("msg_id", "") == "77");
  CHECK(seen == "dm.server_message ");
}

TEST_CASE("whatever is posted, the server answers", "[dm]") {
  std::mt19937 random(11);
  Rig rig;
  DmClient::Options options;
  options.target = address;
  DmClient client(rig.of_client, rig.tree, options);
  const auto message = client.start();
  for (const auto coding : {SyncmlCoding::xml, SyncmlCoding::wbxml}) {
    const auto whole = *codec::write_syncml(message, coding);
    int taken = 0;
    for (int round = 0; round < 3000; ++round) {
      auto body = whole;
      const auto changes = 1 + random() % 3;
      for (std::uint32_t i = 0; i < changes; ++i) body[random() % body.size()] = static_cast<std::uint8_t>(random());
      const auto reply = rig.server.post(codec::media_type(coding), body);
      REQUIRE((reply.status == 200 || reply.status == 400));
      REQUIRE(reply.body.size() < 65536);
      taken += reply.status == 200 ? 1 : 0;
    }
    CHECK(taken > 100);
  }
}

TEST_CASE("a client that takes our credentials for one message gets them in each", "[dm]") {
  Rig rig;
  rig.self.commands_a_message = 1;
  CHECK(rig.post(first_message(right_cred)).find("cred") != nullptr);
  const auto answer = [&](const char* number, const char* code) {
    auto next = first_message(nullptr);
    next["msg_id"] = number;
    next["commands"] = Value::List{Value::Map{{"command", "status"},
                                              {"cmd_id", "1"},
                                              {"msg_ref", "1"},
                                              {"cmd_ref", "0"},
                                              {"cmd", "SyncHdr"},
                                              {"data", code}},
                                   Value::Map{{"command", "alert"}, {"cmd_id", "2"}, {"data", "1222"}}};
    return rig.post(next).find("cred") != nullptr;
  };
  CHECK(answer("2", "200"));
  CHECK_FALSE(answer("3", "212"));
}

TEST_CASE("CmdIDs of the server begin where its personality says", "[dm]") {
  Rig rig;
  rig.self.first_command_id = 101;
  const auto reply = rig.post(first_message(right_cred));
  CHECK(reply.find("commands")->as_list().front().text_or("cmd_id", "") == "101");
}

}  // namespace dmsc::peer
