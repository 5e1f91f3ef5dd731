// SPDX-License-Identifier: Apache-2.0
#include "adapters/process/message.hpp"

#include "runner/base/catch.hpp"

namespace dmsc::process {
namespace {

std::string refusal(const std::string& line) {
  const auto message = read_message(line);
  return message ? "" : message.error().text();
}

TEST_CASE("what is no message is refused with the reason", "[process][message]") {
  const auto row = GENERATE(values<std::pair<const char*, const char*>>({
      {"[]", "is no object"},
      {"{}", "\"jsonrpc\" is not \"2.0\""},
      {R"({"jsonrpc":2})", "\"jsonrpc\" is not \"2.0\""},
      {R"({"jsonrpc":"2.0","id":1})", "has neither \"method\" nor \"result\" nor \"error\""},
      {R"({"jsonrpc":"2.0","method":"a.b"})", "the id of a request is no number and no short text"},
      {R"({"jsonrpc":"2.0","id":null,"method":"a.b"})", "the id of a request is no number and no short text"},
      {R"({"jsonrpc":"2.0","id":1,"method":""})", "\"method\" is no text of 1 to 64 octets"},
      {R"({"jsonrpc":"2.0","id":1,"method":7})", "\"method\" is no text of 1 to 64 octets"},
      {R"({"jsonrpc":"2.0","id":1,"method":"a","params":[]})", "\"params\" is no object"},
      {R"({"jsonrpc":"2.0","id":1,"method":"a","result":{}})", "a message has no \"result\" there"},
      {R"({"jsonrpc":"2.0","id":1,"result":3})", "\"result\" is no object"},
      {R"({"jsonrpc":"2.0","result":{}})", "the id of an answer is no number and no short text"},
      {R"({"jsonrpc":"2.0","id":1,"error":{"code":1}})",
       "\"error\" is no object with a number \"code\" and a text \"message\""},
      {R"({"jsonrpc":"2.0","id":1,"error":5})", "\"error\" is no object with a number \"code\" and a text \"message\""},
      {R"({"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"a","x":1}})", "a message has no \"x\" there"},
      {R"({"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"a"},"result":{}})", "a message has no \"result\" there"},
      {R"({"jsonrpc":"2.0","id":[],"error":{"code":1,"message":"a"}})", "the id of an answer is no number and no text"},
  }));
  CAPTURE(row.first);
  CHECK(refusal(row.first) == row.second);
}

TEST_CASE("an id of 64 octets is short, one of 65 is not", "[process][message]") {
  const auto with_id = [](std::size_t size) {
    return R"({"jsonrpc":"2.0","id":")" + std::string(size, 'i') + R"(","method":"a.b"})";
  };
  CHECK(refusal(with_id(64)).empty());
  CHECK_FALSE(refusal(with_id(65)).empty());
}

TEST_CASE("messages read as they were written", "[process][message]") {
  const Value params = Value::Map{{"ms", 5}};
  const auto request = read_message(request_line("a", "time.wait", params)).value();
  CHECK(request.is_request());
  CHECK(request.id == Value("a"));
  CHECK(request.params == params);
  const auto bare = read_message(R"({"jsonrpc":"2.0","id":2,"method":"a.b"})").value();
  CHECK(bare.params == Value(Value::Map{}));
  const auto result = read_message(answer_line(3, params)).value();
  CHECK_FALSE(result.is_request());
  CHECK(result.answer == Answer(params));
  const auto error = read_message(answer_line({}, tl::make_unexpected(Problem{4, "lost\x1b"}))).value();
  CHECK(error.id.is_null());
  CHECK(error.answer.error().code == 4);
  CHECK(error.answer.error().message == "lost\\x1B");
}

TEST_CASE("a message of an error is cut, between two characters", "[process][message]") {
  std::string words;
  for (int count = 0; count < 150; ++count) words += "ü";
  const auto error = read_message(answer_line(1, tl::make_unexpected(Problem{4, "x" + words}))).value().answer.error();
  CHECK(error.message == "x" + words.substr(0, 198));
}

TEST_CASE("codes and our own errors say the same", "[process][message]") {
  for (const auto errc :
       {Errc::unsupported, Errc::refused, Errc::timeout, Errc::unavailable, Errc::no_operator, Errc::busy}) {
    CHECK(errc_of(code_of(errc)) == errc);
  }
  CHECK(code_of(Errc::unknown) == -32601);
  CHECK(code_of(Errc::data) == -32602);
  CHECK(code_of(Errc::io) == 6);
  CHECK(errc_of(-32601) == Errc::unsupported);
  for (const std::int64_t number : {-32700, -32600, -32602, -32603, 0, 6, 8}) CHECK(errc_of(number) == Errc::protocol);
}

}  // namespace
}  // namespace dmsc::process
