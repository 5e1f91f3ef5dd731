// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <winscard.h>

#include <string_view>

#include "runner/base/result.hpp"

namespace dmsc::pcsc {

/// The only way from a PC/SC return code to an Error: `place` is the call, the message is pcsc-lite's own text, the
/// code in hexadecimal and, where we know one, what to do.
/// Source: pcsclite.h; status words never come this way
Error pcsc_error(std::string_view call, LONG code);

inline tl::unexpected<Error> pcsc_fail(std::string_view call, LONG code) {
  return tl::make_unexpected(pcsc_error(call, code));
}

/// libpcsclite takes an empty PCSCLITE_CSOCK_NAME for a path and then finds no reader, without saying why.
/// @return  Errc::configuration when the variable is set and empty
Result<void> check_environment();

}  // namespace dmsc::pcsc
