// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "runner/base/result.hpp"
#include "runner/base/value.hpp"

namespace dmsc::process {

/// Codes of an error answer: the first group is JSON-RPC's, the second this protocol's own.
namespace code {
inline constexpr std::int64_t parse_error = -32700;
inline constexpr std::int64_t invalid_request = -32600;
inline constexpr std::int64_t unknown_method = -32601;
inline constexpr std::int64_t invalid_params = -32602;

inline constexpr std::int64_t unsupported = 1;
inline constexpr std::int64_t refused = 2;
inline constexpr std::int64_t timed_out = 3;
inline constexpr std::int64_t lost = 4;
inline constexpr std::int64_t needs_operator = 5;
inline constexpr std::int64_t adapter_bug = 6;
inline constexpr std::int64_t busy = 7;
}  // namespace code

struct Problem {
  std::int64_t code = code::adapter_bug;
  std::string message;

  bool operator==(const Problem&) const = default;
};

/// The result of a request, an object, or why there is none.
using Answer = tl::expected<Value, Problem>;

/// One line of the protocol.
struct Message {
  Value id;            ///< a number or a text; null only in an error about a line that could not be read
  std::string method;  ///< empty: an answer
  Value params;        ///< of a request; an object, empty where the line had none
  Answer answer;       ///< of an answer

  bool is_request() const { return !method.empty(); }
};

/// @return  Errc::data for what is no JSON, Errc::malformed for JSON that is no message
/// Source: JSON-RPC 2.0, clauses 4 and 5, without notifications and batches
Result<Message> read_message(std::string_view line);

std::string request_line(const Value& id, const std::string& method, const Value& params);
std::string answer_line(const Value& id, const Answer& answer);

/// What a code means to the one who asked, and which code says what went wrong.
Errc errc_of(std::int64_t code);
std::int64_t code_of(Errc errc);

}  // namespace dmsc::process
