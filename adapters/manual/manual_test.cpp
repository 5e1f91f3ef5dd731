// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <deque>
#include <sstream>

#include "adapters/common/fd.hpp"
#include "adapters/manual/answer_book.hpp"
#include "adapters/manual/operator_plane.hpp"
#include "adapters/manual/question.hpp"
#include "adapters/process/message_schema.hpp"
#include "adapters/process/testing/temporary_folder.hpp"
#include "runner/base/catch.hpp"
#include "runner/base/json.hpp"

namespace dmsc::manual {
namespace {

using std::chrono::milliseconds;

const Value nothing = Value::Map{};
constexpr milliseconds long_enough{20'000};

Value json(const std::string& text) {
  return parse_json(text, "test").value();
}

TEST_CASE("a question is one sentence with its values and the answers it takes", "[manual]") {
  struct Row {
    const char* verb;
    const char* params;
    const char* asked;
  };
  const auto row = GENERATE(values<Row>({
      {"device.powerOff", "{}",
       "Switch the device off, then press Enter. [y or Enter = done; n = the device refuses, s = cannot be done here]"},
      {"device.dial", R"({"number": "+1\u001b[5m"})",
       "Dial +1\\x1B[5m on the device, then press Enter. "
       "[y or Enter = done; n = the device refuses, s = cannot be done here]"},
      {"network.awaitCall", R"({"timeout_ms": 1500})",
       "Wait for a call of the device, at most 2 s: which number does the network see? "
       "[the number, - = none; n = the device refuses, s = cannot be done here]"},
      {"dm.account.set", R"({"server_id": "com.example", "server_nonce": "00FF"})",
       "Set up the DM account of the device with server_id = com.example, server_nonce = 00FF, then press Enter. "
       "[y or Enter = done; n = the device refuses, s = cannot be done here]"},
      {"dm.client.move", "{}",
       "Let the DM Client take local port any and register again, then press Enter. "
       "[y or Enter = done; n = the device refuses, s = cannot be done here]"},
      {"ui.observe", R"({"prompt": "is it lit?", "choices": ["lit", "dark"], "timeout_ms": 1})",
       "Look at the device: is it lit? [1 = lit, 2 = dark; n = the device refuses, s = cannot be done here]"},
  }));
  CHECK(ask(*find_question(row.verb), json(row.params)) == row.asked);
}

TEST_CASE("an answer becomes the result, a refusal, or is no answer", "[manual]") {
  struct Row {
    const char* verb;
    const char* answer;
    const char* result;  ///< JSON, or the error
  };
  const auto row = GENERATE(values<Row>({
      {"device.powerOn", "", "{}"},
      {"device.powerOn", " Y ", "{}"},
      {"device.powerOn", "done", "{}"},
      {"device.powerOn", "n", "the operator says that the device refuses"},
      {"device.powerOn", "S", "the operator says that it cannot be done here"},
      {"device.powerOn", "maybe", "that is none of y, n, s and Enter"},
      {"device.powerOn", "\x1b[A", "that is no text"},
      {"device.powerOn", "\xff", "that is no text"},
      {"network.awaitCall", "+15550100", R"({"number":"+15550100"})"},
      {"network.awaitCall", "-", R"({"number":null})"},
      {"network.awaitCall", "n", "the operator says that the device refuses"},
      {"network.awaitCall", "", "a number has digits, +, * and # only"},
      {"network.awaitCall", "one", "a number has digits, +, * and # only"},
      {"net.fetch", "404", R"({"status":404})"},
      {"net.fetch", "0", R"({"status":0})"},
      {"net.fetch", "99", "that number cannot be"},
      {"net.fetch", "200 OK", "that number cannot be"},
      {"network.probe", "Y", R"({"reachable":true})"},
      {"network.probe", "-", R"({"reachable":false})"},
      {"network.probe", "n", "the operator says that the device refuses"},
      {"network.probe", "", "that is none of y, -, n and s"},
      {"network.sms.deliver", "", "{}"},
      {"network.sms.deliver", "Y", R"({"acknowledged":true})"},
      {"network.sms.deliver", "y ca FE", R"({"acknowledged":true,"answer":"CAFE"})"},
      {"network.sms.deliver", "-", R"({"acknowledged":false})"},
      {"network.sms.deliver", "y caf", "octets are pairs of hexadecimal digits"},
      {"network.sms.deliver", "yes?", "that is none of y, -, n, s and Enter"},
      {"network.sms.awaitMo", "-", R"({"tpdu":null})"},
      {"network.sms.awaitMo", "3gpp 4100", R"({"tpdu":"4100","bearer":"3gpp"})"},
      {"network.sms.awaitMo", "3gpp2  00ff +15550166",
       R"({"tpdu":"00FF","bearer":"3gpp2","service_centre":"+15550166"})"},
      {"network.sms.awaitMo", "4100", "a message is its bearer and hexadecimal octets"},
      {"network.sms.awaitMo", "gsm 4100", "the bearer is 3gpp or 3gpp2"},
      {"network.sms.awaitMo", "3gpp 41x0", "octets are pairs of hexadecimal digits"},
      {"network.sms.awaitMo", "3gpp 4100 home", "a number has digits, +, * and # only"},
      {"dm.client.port", "32769", R"({"port":32769})"},
      {"dm.client.port", "65536", "that number cannot be"},
      {"dm.account.get", "https://127.0.0.1:4116/dm", R"({"app_addr":"https://127.0.0.1:4116/dm"})"},
      {"dm.account.get", "-", "an address is one word like https://host/path"},
      {"dm.session.await", "-", R"({"url":null})"},
      {"dm.session.await", "https://a/ b", "an address is one word like https://host/path"},
      {"dm.notification.await", "0a FF", R"({"octets":"0AFF"})"},
      {"dm.notification.await", "-", R"({"octets":null})"},
      {"dm.notification.await", "0a F", "octets are pairs of hexadecimal digits"},
      {"dm.session.list", "-", R"({"sessions":[]})"},
      {"dm.session.list", "a https://x/, b  https://y/",
       R"({"sessions":[{"server_id":"a","url":"https://x/"},{"server_id":"b","url":"https://y/"}]})"},
      {"dm.session.list", "a", "a session is a server identifier, a blank and a URL"},
      {"log.collect", "a b.log, c.log", R"({"files":["a b.log","c.log"]})"},
      {"log.collect", "", "a file has a name"},
      {"ui.observe", "LIT", R"({"answer":"lit"})"},
      {"ui.observe", "2", R"({"answer":"n"})"},
      {"ui.observe", "n", R"({"answer":"n"})"},
      {"ui.observe", "s", "the operator says that it cannot be done here"},
      {"ui.observe", "3", "that is none of the choices"},
  }));
  CAPTURE(row.verb, row.answer);
  const auto params = json(R"({"prompt": "?", "choices": ["lit", "n"], "timeout_ms": 1})");
  const auto result = read_answer(*find_question(row.verb), params, row.answer);
  CHECK((result ? write_json(*result) : result.error().text()) == row.result);
}

TEST_CASE("every question belongs to a verb of the protocol, and its answers fit", "[manual]") {
  using process::MessageSchema;
  const auto schema = MessageSchema::load(std::string(DMSC_SOURCE_DIR) + "/adapters/protocol.schema.json");
  REQUIRE(schema);
  REQUIRE(questions().size() == 30);
  for (const auto& question : questions()) {
    CAPTURE(question.verb);
    CHECK(schema->goes_to("adapter", question.verb));
    int fit = 0;
    for (const auto* answer : {"y", "123", "https://a/", "00FF", "a https://a/", "3gpp 4100", "-"}) {
      const auto result = read_answer(question, nothing, answer);
      if (!result) continue;
      ++fit;
      const auto checked = schema->check(std::string(question.verb), MessageSchema::Part::result, *result);
      CHECK((checked ? "" : checked.error().text()) == "");
    }
    CHECK(fit > 0);
  }
}

/// A terminal whose operator types the next answer when asked to wait.
class Desk {
 public:
  Desk() : near_(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    REQUIRE(near_);
    REQUIRE(grantpt(near_.get()) == 0);
    REQUIRE(unlockpt(near_.get()) == 0);
    far_ = net::Fd(open(ptsname(near_.get()), O_RDWR | O_NOCTTY | O_CLOEXEC));
    REQUIRE(far_);
    settings.input = far_.get();
    settings.output = &shown;
    settings.limit = long_enough;
    settings.wait = [this](milliseconds patience, int fd) -> Result<void> {
      if (!answers.empty()) {
        type(answers.front());
        answers.pop_front();
      }
      pollfd watched{fd, POLLIN, 0};
      poll(&watched, 1, static_cast<int>(patience.count()));
      return {};
    };
  }

  void type(const std::string& text) const {
    REQUIRE(write(near_.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  void hang_up() { near_ = net::Fd(); }

  std::unique_ptr<process::ControlPlane> plane() const { return make_control_plane(settings).value(); }

  Settings settings;
  std::deque<std::string> answers;
  std::ostringstream shown;

 private:
  net::Fd near_;
  net::Fd far_;
};

TEST_CASE("an operator is asked, and asked again after nonsense", "[manual]") {
  Desk desk;
  desk.answers = {"what?\n", "+1\n"};
  const auto plane = desk.plane();
  CHECK(plane->has("network.awaitCall"));
  CHECK_FALSE(plane->has("time.wait"));
  const auto params = json(R"({"timeout_ms": 1000})");
  CHECK(plane->call("network.awaitCall", params, milliseconds{0}).value().text_or("number", "") == "+1");
  const auto once = ask(*find_question("network.awaitCall"), params) + "\n> ";
  CHECK(desk.shown.str() == once + "a number has digits, +, * and # only\n" + once);
  CHECK(json(plane->take_log()) ==
        json(R"({"verb": "network.awaitCall", "params": {"timeout_ms": 1000}, "answer": "+1"})"));
  CHECK(plane->take_log().empty());
}

TEST_CASE("what keeps an operator from answering ends the verb", "[manual]") {
  Desk desk;
  struct End {
    Errc errc;
    std::string error;
  };
  End end;
  std::atomic<int> stop{0};
  SECTION("three answers without sense") {
    desk.answers = {"a\n", "b\n", "c\n", "y\n"};
    end = {Errc::no_operator, "three answers made no sense"};
  }
  SECTION("nobody is there") {
    desk.settings.limit = milliseconds{20};
    end = {Errc::no_operator, "nobody answered within 1 s"};
  }
  SECTION("half an answer") {
    desk.settings.limit = milliseconds{150};
    desk.answers = {"y"};
    end = {Errc::no_operator, "nobody answered within 1 s"};
  }
  SECTION("the terminal goes away") {
    desk.settings.wait = [&](milliseconds, int) -> Result<void> {
      desk.hang_up();
      return {};
    };
    end = {Errc::no_operator, "the terminal is closed"};
  }
  SECTION("a signal") {
    stop = SIGINT;
    desk.settings.stop = &stop;
    end = {Errc::interrupted, "stopped by a signal"};
  }
  SECTION("the card's interface") {
    desk.settings.wait = [](milliseconds, int) -> Result<void> { return fail(Errc::protocol, "the adapter is gone"); };
    end = {Errc::protocol, "the adapter is gone"};
  }
  SECTION("there is no terminal") {
    net::Fd pipe_ends[2];
    int ends[2];
    REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
    pipe_ends[0] = net::Fd(ends[0]);
    pipe_ends[1] = net::Fd(ends[1]);
    desk.settings.input = ends[0];
    const auto asked = desk.plane()->call("device.powerOn", nothing, long_enough);
    REQUIRE_FALSE(asked);
    CHECK(asked.error().text() == "device.powerOn: there is no terminal to ask at, and no recorded answers");
    CHECK(asked.error().code == Errc::no_operator);
    CHECK(desk.shown.str().empty());
    return;
  }
  const auto asked = desk.plane()->call("device.powerOn", nothing, long_enough);
  REQUIRE_FALSE(asked);
  CHECK(asked.error().code == end.errc);
  CHECK(asked.error().text() == "device.powerOn: " + end.error);
}

TEST_CASE("what was typed before the question is no answer to it", "[manual]") {
  Desk desk;
  desk.type("n\n");
  desk.answers = {"y\n"};
  CHECK(desk.plane()->call("device.powerOn", nothing, long_enough));
}

TEST_CASE("answers are written down, and serve again without a terminal", "[manual]") {
  const process::testing::TemporaryFolder folder;
  const auto file = folder.path / "answers.jsonl";
  const auto number = json(R"({"number": "112"})");
  {
    Desk desk;
    desk.settings.record = file;
    desk.answers = {"hm\n", "y\n", "n\n", "-\n"};
    const auto plane = desk.plane();
    REQUIRE(plane->call("device.powerOn", nothing, long_enough));
    CHECK(plane->call("device.dial", number, long_enough).error().code == Errc::refused);
    REQUIRE(plane->call("network.awaitCall", json(R"({"timeout_ms": 1})"), long_enough));
  }
  std::ifstream in(file);
  const std::string all{std::istreambuf_iterator<char>(in), {}};
  CHECK(all == R"({"verb":"device.powerOn","params":{},"answer":"y"})"
               "\n"
               R"({"verb":"device.dial","params":{"number":"112"},"answer":"n"})"
               "\n"
               R"({"verb":"network.awaitCall","params":{"timeout_ms":1},"answer":"-"})"
               "\n");
  Settings settings;
  settings.replay = file;
  settings.input = -1;
  const auto plane = make_control_plane(settings).value();
  CHECK(plane->label() == "answers of " + file.string());
  CHECK(plane->call("device.powerOn", nothing, long_enough) == nothing);
  const auto other = plane->call("device.dial", json(R"({"number": "113"})"), long_enough);
  REQUIRE_FALSE(other);
  CHECK(other.error().code == Errc::data);
  CHECK(other.error().text() ==
        file.string() + ":2: answers device.dial {\"number\":\"112\"}, not device.dial {\"number\":\"113\"}");
  CHECK(plane->call("device.dial", number, long_enough).error().code == Errc::refused);
  CHECK(plane->call("network.awaitCall", json(R"({"timeout_ms": 1})"), long_enough).value().find("number")->is_null());
  const auto end = plane->call("device.powerOff", nothing, long_enough);
  REQUIRE_FALSE(end);
  CHECK(end.error().text() == file.string() + ":4: there is no line for device.powerOff {}");
}

TEST_CASE("a file of answers that cannot serve says where", "[manual]") {
  const process::testing::TemporaryFolder folder;
  const auto file = folder.path / "answers.jsonl";
  const auto opened = [&](const std::string& text) {
    std::ofstream(file) << text;
    const auto book = AnswerBook::open(file);
    return book ? "" : book.error().text().substr(file.string().size());
  };
  CHECK(opened("") == "");
  CHECK(opened("{\"verb\":\"a\",\"params\":{},\"answer\":\"y\"}\n{\"verb\":\"a\"}\n") ==
        ":2: has no verb, params and answer");
  CHECK(opened("{\"verb\":\"a\",\"params\":[],\"answer\":\"y\"}\n") == ":1: has no verb, params and answer");
  CHECK(opened("what\n").starts_with(":1: "));
  CHECK(AnswerBook::open(folder.path).error().code == Errc::no_input);
  Settings settings;
  settings.replay = file;
  std::ofstream(file) << "{\"verb\":\"device.powerOn\",\"params\":{},\"answer\":\"perhaps\"}\n";
  const auto nonsense = make_control_plane(settings).value()->call("device.powerOn", nothing, long_enough);
  REQUIRE_FALSE(nonsense);
  CHECK(nonsense.error().code == Errc::data);
  settings.replay.clear();
  settings.record = folder.path / "no" / "such" / "folder";
  CHECK(make_control_plane(settings).error().code == Errc::cannot_create);
}

}  // namespace
}  // namespace dmsc::manual
