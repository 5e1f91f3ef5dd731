// SPDX-License-Identifier: Apache-2.0
#include "adapters/process/message.hpp"

#include <algorithm>

#include "runner/base/json.hpp"
#include "runner/base/text.hpp"

namespace dmsc::process {
namespace {

// The reader compares each key of an object with those before it. No message of ours comes near.
constexpr std::ptrdiff_t most_members = 4096;
constexpr std::size_t longest_id = 64;
constexpr std::size_t longest_method = 64;
constexpr std::size_t shown_octets = 200;

tl::unexpected<Error> no_message(const std::string& why) {
  return fail(Errc::malformed, why);
}

bool is_id(const Value& id) {
  return id.is_int() || (id.is_string() && id.as_string().size() <= longest_id);
}

Result<void> check_keys(const Value& object, std::initializer_list<std::string_view> known) {
  for (const auto& [key, value] : object.as_map()) {
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      return no_message("a message has no \"" + printable(key.substr(0, longest_method)) + "\" there");
    }
  }
  return {};
}

Result<Message> read_request(const Value& object, Message message) {
  const auto keys = check_keys(object, {"jsonrpc", "id", "method", "params"});
  if (!keys) return tl::make_unexpected(keys.error());
  const auto& method = *object.find("method");
  if (!method.is_string() || method.as_string().empty() || method.as_string().size() > longest_method) {
    return no_message("\"method\" is no text of 1 to " + std::to_string(longest_method) + " octets");
  }
  if (!is_id(message.id)) return no_message("the id of a request is no number and no short text");
  message.method = method.as_string();
  const auto* params = object.find("params");
  message.params = params == nullptr ? Value(Value::Map{}) : *params;
  if (!message.params.is_map()) return no_message("\"params\" is no object");
  return message;
}

Result<Message> read_problem(const Value& object, Message message) {
  const auto keys = check_keys(object, {"jsonrpc", "id", "error"});
  if (!keys) return tl::make_unexpected(keys.error());
  const auto& error = *object.find("error");
  const auto* number = error.find("code");
  const auto* text = error.find("message");
  if (number == nullptr || !number->is_int() || text == nullptr || !text->is_string()) {
    return no_message("\"error\" is no object with a number \"code\" and a text \"message\"");
  }
  const auto inner = check_keys(error, {"code", "message", "data"});
  if (!inner) return tl::make_unexpected(inner.error());
  if (!is_id(message.id) && !message.id.is_null()) return no_message("the id of an answer is no number and no text");
  const auto shown = text->as_string().substr(0, shown_octets);
  message.answer = tl::make_unexpected(
      Problem{number->as_int(), printable(std::string_view(shown).substr(0, valid_utf8_prefix(shown)))});
  return message;
}

Result<Message> read_result(const Value& object, Message message) {
  const auto keys = check_keys(object, {"jsonrpc", "id", "result"});
  if (!keys) return tl::make_unexpected(keys.error());
  if (!is_id(message.id)) return no_message("the id of an answer is no number and no short text");
  message.answer = *object.find("result");
  if (!message.answer->is_map()) return no_message("\"result\" is no object");
  return message;
}

}  // namespace

Result<Message> read_message(std::string_view line) {
  if (std::count(line.begin(), line.end(), ':') > most_members) {
    return fail(Errc::data, "has more than " + std::to_string(most_members) + " members");
  }
  auto object = parse_json(line, "");
  if (!object) return tl::make_unexpected(object.error());
  if (!object->is_map()) return no_message("is no object");
  if (object->text_or("jsonrpc", "") != "2.0") return no_message("\"jsonrpc\" is not \"2.0\"");
  Message message;
  if (const auto* id = object->find("id")) message.id = *id;
  if (object->find("method") != nullptr) return read_request(*object, std::move(message));
  if (object->find("error") != nullptr) return read_problem(*object, std::move(message));
  if (object->find("result") != nullptr) return read_result(*object, std::move(message));
  return no_message("has neither \"method\" nor \"result\" nor \"error\"");
}

std::string request_line(const Value& id, const std::string& method, const Value& params) {
  return write_json(Value::Map{{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", params}});
}

std::string answer_line(const Value& id, const Answer& answer) {
  Value line = Value::Map{{"jsonrpc", "2.0"}, {"id", id}};
  if (answer) {
    line["result"] = *answer;
  } else {
    line["error"] = Value::Map{{"code", answer.error().code}, {"message", answer.error().message}};
  }
  return write_json(line);
}

Errc errc_of(std::int64_t number) {
  switch (number) {
    case code::unknown_method:
    case code::unsupported:
      return Errc::unsupported;
    case code::refused:
      return Errc::refused;
    case code::timed_out:
      return Errc::timeout;
    case code::lost:
      return Errc::unavailable;
    case code::needs_operator:
      return Errc::no_operator;
    case code::busy:
      return Errc::busy;
    default:
      return Errc::protocol;
  }
}

std::int64_t code_of(Errc errc) {
  switch (errc) {
    case Errc::unknown:
      return code::unknown_method;
    case Errc::data:
      return code::invalid_params;
    case Errc::unsupported:
      return code::unsupported;
    case Errc::refused:
      return code::refused;
    case Errc::timeout:
      return code::timed_out;
    case Errc::unavailable:
      return code::lost;
    case Errc::no_operator:
      return code::needs_operator;
    case Errc::busy:
      return code::busy;
    default:
      return code::adapter_bug;
  }
}

}  // namespace dmsc::process
