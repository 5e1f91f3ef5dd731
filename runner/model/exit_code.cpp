// SPDX-License-Identifier: Apache-2.0
#include "runner/model/exit_code.hpp"

#include <algorithm>
#include <array>

namespace dmsc::model {
namespace {

struct Row {
  int code;
  const char* meaning;
};

// In order of precedence, the strongest first.
constexpr std::array<Row, 13> rows = {{
    {exit_code::software, "a bug of ours"},
    {exit_code::io, "a report could not be written"},
    {exit_code::cannot_create, "output cannot be created"},
    {exit_code::protocol, "the adapter broke the protocol"},
    {exit_code::unavailable, "reader, card or device is gone"},
    {exit_code::busy, "reader, account or port is busy"},
    {exit_code::configuration, "the configuration does not fit"},
    {exit_code::data, "bad data"},
    {exit_code::no_input, "nothing to work on"},
    {exit_code::usage, "bad command line"},
    {exit_code::failed, "failed"},
    {exit_code::not_proven, "not proven"},
    {exit_code::proven, "passed"},
}};

std::size_t rank(int code) {
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const Row& row) { return row.code == code; });
  return static_cast<std::size_t>(found - rows.begin());
}

}  // namespace

int exit_code_of(Errc code) {
  switch (code) {
    case Errc::usage:
      return exit_code::usage;
    case Errc::no_input:
      return exit_code::no_input;
    case Errc::unavailable:
    case Errc::exhausted:
    case Errc::timeout:
      return exit_code::unavailable;
    case Errc::cannot_create:
      return exit_code::cannot_create;
    case Errc::io:
      return exit_code::io;
    case Errc::overtime:
      return exit_code::not_proven;
    case Errc::busy:
      return exit_code::busy;
    case Errc::protocol:
      return exit_code::protocol;
    case Errc::interrupted:
      return exit_code::interrupted;
    case Errc::configuration:
      return exit_code::configuration;
    case Errc::unsupported:
    case Errc::refused:
    case Errc::no_operator:
    case Errc::absent:
      return exit_code::unavailable;
    case Errc::truncated:
    case Errc::malformed:
    case Errc::range:
    case Errc::unknown:
    case Errc::data:
      break;
  }
  return exit_code::data;
}

int worse_exit(int a, int b) {
  const bool both = a > exit_code::signals && b > exit_code::signals;
  if (both) return std::min(a, b);
  if (a > exit_code::signals || b > exit_code::signals) return std::max(a, b);
  return rank(a) <= rank(b) ? a : b;
}

std::string meaning_of_exit(int code) {
  if (code > exit_code::signals) return "ended by a signal";
  const auto at = rank(code);
  return at < rows.size() ? rows[at].meaning : "unknown";
}

}  // namespace dmsc::model
