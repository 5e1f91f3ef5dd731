// SPDX-License-Identifier: Apache-2.0
#include "adapters/pcsc/pcsc_error.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>

#include "runner/base/octets.hpp"

namespace dmsc::pcsc {
namespace {

struct Row {
  LONG code;
  Errc meaning;
  std::string_view hint;
};

constexpr std::string_view hint_service = "is pcscd running? `dmsc doctor` tells";
constexpr std::string_view hint_protocol =
    "the card does not speak the transmission protocol asked for (T=0 by default)";

constexpr std::array rows{
    Row{SCARD_E_SHARING_VIOLATION, Errc::busy, "another program uses this reader"},
    Row{SCARD_E_SERVER_TOO_BUSY, Errc::busy, {}},
    Row{SCARD_E_NO_SERVICE, Errc::unavailable, hint_service},
    Row{SCARD_E_SERVICE_STOPPED, Errc::unavailable, hint_service},
    Row{SCARD_E_NO_READERS_AVAILABLE, Errc::unavailable, {}},
    Row{SCARD_E_UNKNOWN_READER, Errc::unavailable, {}},
    Row{SCARD_E_READER_UNAVAILABLE, Errc::unavailable, {}},
    Row{SCARD_E_READER_UNSUPPORTED, Errc::unavailable, {}},
    Row{SCARD_E_NO_SMARTCARD, Errc::unavailable, {}},
    Row{SCARD_E_NOT_READY, Errc::unavailable, {}},
    Row{SCARD_E_NOT_TRANSACTED, Errc::unavailable, "the card gave no valid answer, or left its reader"},
    Row{SCARD_E_COMM_DATA_LOST, Errc::unavailable, {}},
    Row{SCARD_F_COMM_ERROR, Errc::unavailable, {}},
    Row{SCARD_W_REMOVED_CARD, Errc::unavailable, {}},
    Row{SCARD_W_RESET_CARD, Errc::unavailable, "the card was taken out and put back, or another program reset it"},
    Row{SCARD_W_UNPOWERED_CARD, Errc::unavailable, {}},
    Row{SCARD_W_UNRESPONSIVE_CARD, Errc::unavailable, "no ATR: is the card the right way round?"},
    Row{SCARD_W_UNSUPPORTED_CARD, Errc::unavailable, {}},
    Row{SCARD_E_INVALID_HANDLE, Errc::unavailable, "pcscd was restarted, perhaps"},
    Row{SCARD_E_PROTO_MISMATCH, Errc::unavailable, hint_protocol},
    Row{SCARD_E_TIMEOUT, Errc::timeout, {}},
    Row{SCARD_F_WAITED_TOO_LONG, Errc::timeout, {}},
    Row{SCARD_W_SECURITY_VIOLATION, Errc::configuration, "polkit refuses this user access to pcscd"},
    Row{SCARD_E_NO_ACCESS, Errc::configuration, {}},
    Row{SCARD_E_INSUFFICIENT_BUFFER, Errc::protocol, "the answer is longer than an extended R-APDU"},
};

// pcsc-lite writes "Sharing violation."; our messages start small and have no full stop.
std::string house_style(std::string text) {
  while (!text.empty() && (text.back() == '.' || text.back() == ' ')) text.pop_back();
  const bool acronym = text.size() > 1 && std::isupper(static_cast<unsigned char>(text[1])) != 0;
  if (!text.empty() && !acronym) {
    text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  }
  return text;
}

}  // namespace

Error pcsc_error(std::string_view call, LONG code) {
  const auto row = std::find_if(rows.begin(), rows.end(), [code](const Row& known) { return known.code == code; });
  Error error;
  error.code = row == rows.end() ? Errc::unavailable : row->meaning;
  error.message =
      house_style(pcsc_stringify_error(code)) + " (0x" + hex_number(static_cast<std::uint32_t>(code), 8) + ")";
  if (row != rows.end() && !row->hint.empty()) error.message.append("; ").append(row->hint);
  error.place = call;
  return error;
}

Result<void> check_environment() {
  const char* path = std::getenv("PCSCLITE_CSOCK_NAME");
  if (path == nullptr || *path != '\0') return {};
  return fail(Errc::configuration, "PCSCLITE_CSOCK_NAME is set but empty, so no reader can be found; unset it", {},
              "environment");
}

}  // namespace dmsc::pcsc
