// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace dmsc {

/// Why an operation of ours failed. What a device under test does wrong is a Finding, never one of these.
enum class Errc {
  truncated,      ///< data ran out before the value was complete
  malformed,      ///< data are complete but cannot be read
  range,          ///< a value does not fit where it must go
  unknown,        ///< a name that no table knows
  usage,          ///< bad command line (exit 64)
  data,           ///< bad case, ICS, PIXIT or input data, or a pattern that matched nothing (exit 65)
  no_input,       ///< nothing selected, or an input file is missing (exit 66)
  unavailable,    ///< reader, card, device or adapter gone (exit 69)
  timeout,        ///< our deadline passed (exit 69 when it ends the run)
  cannot_create,  ///< output cannot be created (exit 73)
  io,             ///< writing failed (exit 74)
  busy,           ///< reader is used by somebody else (exit 75)
  exhausted,      ///< a bound of ours was reached: the other end keeps us busy without end
  overtime,       ///< the time that a case or a run may take is over (exit 2)
  protocol,       ///< the other end broke a protocol of ours (exit 76)
  interrupted,    ///< a signal asked us to stop (exit 130 or 143)
  configuration,  ///< the installation or the environment does not fit (exit 78)
  unsupported,    ///< the adapter does not have what was asked for, and nothing has happened
  refused,        ///< the device would not do what was asked for
  no_operator,    ///< a person is needed and none answers
  absent,         ///< the other end did not say what the next step needs
};

struct Error {
  Errc code{};
  std::string message;                ///< lower case, no full stop
  std::optional<std::size_t> offset;  ///< where in the data, in octets or characters
  std::string place;                  ///< file and JSON pointer, or the call that failed

  /// `place: message at offset N`, leaving out what is not known.
  std::string text() const;
};

template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(Errc code, std::string message, std::optional<std::size_t> offset = {},
                                  std::string place = {}) {
  return tl::make_unexpected(Error{code, std::move(message), offset, std::move(place)});
}

inline std::string Error::text() const {
  std::string out = place.empty() ? std::string{} : place + ": ";
  out += message;
  if (offset) out += " at offset " + std::to_string(*offset);
  return out;
}

}  // namespace dmsc
