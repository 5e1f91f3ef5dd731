// SPDX-License-Identifier: Apache-2.0
#include "adapters/pcsc/pcsc_session.hpp"

#include <reader.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "adapters/pcsc/pcsc_error.hpp"
#include "runner/base/text.hpp"

namespace dmsc::pcsc {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

// 65536 octets of data and a status word.
constexpr std::size_t longest_response = 65538;

// SCardListReaders gives names one after another, each ended by a zero octet, and an empty one at the end.
std::vector<std::string> multi_string(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty() && text.front() != '\0') {
    const auto end = std::min(text.find('\0'), text.size());
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::vector<SCARD_READERSTATE> watch_list(const std::vector<ReaderState>& readers) {
  std::vector<SCARD_READERSTATE> watched(readers.size());
  for (std::size_t at = 0; at < readers.size(); ++at) {
    watched[at] = {};
    watched[at].szReader = readers[at].name.c_str();
    watched[at].dwCurrentState = SCARD_STATE_UNAWARE;
  }
  return watched;
}

bool present(const SCARD_READERSTATE& state) {
  return (state.dwEventState & SCARD_STATE_PRESENT) != 0;
}

}  // namespace

Context::~Context() {
  if (established_) SCardReleaseContext(handle_);
}

Result<void> Context::establish() {
  if (auto fit = check_environment(); !fit) return fit;
  const LONG code = SCardEstablishContext(SCARD_SCOPE_SYSTEM, nullptr, nullptr, &handle_);
  if (code != SCARD_S_SUCCESS) return pcsc_fail("SCardEstablishContext", code);
  established_ = true;
  return {};
}

Result<std::vector<ReaderDetail>> Context::details() const {
  std::string names(MAX_READERNAME * PCSCLITE_MAX_READERS_CONTEXTS + 1, '\0');
  DWORD length = names.size();
  LONG code = SCardListReaders(handle_, nullptr, names.data(), &length);
  if (code == SCARD_E_NO_READERS_AVAILABLE) return std::vector<ReaderDetail>{};
  if (code != SCARD_S_SUCCESS) return pcsc_fail("SCardListReaders", code);
  names.resize(length);

  std::vector<ReaderState> readers;
  for (auto& name : multi_string(names)) readers.push_back({std::move(name), false});
  auto watched = watch_list(readers);
  // Unaware of every state, the call has news at once.
  code = SCardGetStatusChange(handle_, 0, watched.data(), watched.size());
  if (code != SCARD_S_SUCCESS && code != SCARD_E_TIMEOUT) return pcsc_fail("SCardGetStatusChange", code);
  std::vector<ReaderDetail> out;
  for (std::size_t at = 0; at < readers.size(); ++at) {
    const auto& state = watched[at];
    const auto atr = ByteView(state.rgbAtr).first(std::min<std::size_t>(state.cbAtr, sizeof state.rgbAtr));
    out.push_back({{std::move(readers[at].name), present(state)}, state.dwEventState, to_octets(atr)});
  }
  return out;
}

Result<std::vector<ReaderState>> Context::readers() const {
  auto known = details();
  if (!known) return tl::make_unexpected(known.error());
  std::vector<ReaderState> out;
  for (auto& detail : *known) out.push_back(std::move(detail.state));
  return out;
}

Result<bool> Context::await_card(const std::vector<ReaderState>& readers, milliseconds wait) const {
  const auto until = Clock::now() + wait;
  auto watched = watch_list(readers);
  for (;;) {
    const auto left = std::max<std::int64_t>(0, std::chrono::ceil<milliseconds>(until - Clock::now()).count());
    const LONG code = SCardGetStatusChange(handle_, static_cast<DWORD>(left), watched.data(), watched.size());
    if (code == SCARD_E_TIMEOUT) return false;
    if (code != SCARD_S_SUCCESS) return pcsc_fail("SCardGetStatusChange", code);
    if (std::any_of(watched.begin(), watched.end(), present)) return true;
    if (left == 0) return false;
    for (auto& state : watched) state.dwCurrentState = state.dwEventState;
  }
}

Result<void> Card::connect(const Context& context, const std::string& reader, DWORD share_mode, DWORD protocols) {
  const LONG code = SCardConnect(context.get(), reader.c_str(), share_mode, protocols, &handle_, &active_);
  if (code != SCARD_S_SUCCESS) return pcsc_fail("SCardConnect", code);
  connected_ = true;
  share_mode_ = share_mode;
  protocols_ = protocols;
  return {};
}

void Card::disconnect() {
  if (std::exchange(connected_, false)) SCardDisconnect(handle_, SCARD_UNPOWER_CARD);
}

Result<void> Card::power_cycle() {
  const LONG code = SCardReconnect(handle_, share_mode_, protocols_, SCARD_UNPOWER_CARD, &active_);
  if (code != SCARD_S_SUCCESS) return pcsc_fail("SCardReconnect", code);
  return {};
}

Result<Octets> Card::atr() const {
  std::array<char, MAX_READERNAME> name{};
  Octets atr(MAX_ATR_SIZE);
  DWORD name_length = name.size();
  DWORD atr_length = atr.size();
  DWORD state = 0;
  DWORD protocol = 0;
  const LONG code = SCardStatus(handle_, name.data(), &name_length, &state, &protocol, atr.data(), &atr_length);
  if (code != SCARD_S_SUCCESS) return pcsc_fail("SCardStatus", code);
  atr.resize(atr_length);
  return atr;
}

Result<Octets> Card::transmit(ByteView command) {
  if (response_.empty()) response_.resize(longest_response);
  const auto* send_pci = active_ == SCARD_PROTOCOL_T1 ? SCARD_PCI_T1 : SCARD_PCI_T0;
  DWORD length = response_.size();
  const LONG code =
      SCardTransmit(handle_, send_pci, command.data(), command.size(), nullptr, response_.data(), &length);
  if (code != SCARD_S_SUCCESS) return pcsc_fail("SCardTransmit", code);
  return to_octets(ByteView(response_).first(length));
}

Result<double> Card::time_bare_loop(ByteView command, int count) {
  std::uint8_t response[258];
  const auto* send_pci = active_ == SCARD_PROTOCOL_T1 ? SCARD_PCI_T1 : SCARD_PCI_T0;
  const auto start = std::chrono::steady_clock::now();
  for (int at = 0; at < count; ++at) {
    DWORD length = sizeof response;
    const LONG code = SCardTransmit(handle_, send_pci, command.data(), command.size(), nullptr, response, &length);
    if (code != SCARD_S_SUCCESS) return pcsc_fail("SCardTransmit", code);
  }
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

namespace {

Octets attribute(SCARDHANDLE handle, DWORD id) {
  constexpr DWORD most = 256;
  Octets value(most);
  DWORD length = most;
  if (SCardGetAttrib(handle, id, value.data(), &length) != SCARD_S_SUCCESS) return {};
  value.resize(std::min(length, most));
  return value;
}

std::string text_of(const Octets& value) {
  const std::string text(value.begin(), value.end());
  return printable(text.substr(0, text.find('\0')));
}

}  // namespace

Value Card::reader_facts() const {
  Value out = Value::Map{};
  if (const auto vendor = text_of(attribute(handle_, SCARD_ATTR_VENDOR_NAME)); !vendor.empty()) out["vendor"] = vendor;
  if (const auto serial = text_of(attribute(handle_, SCARD_ATTR_VENDOR_IFD_SERIAL_NO)); !serial.empty()) {
    out["serial"] = serial;
  }
  // 0xMMmmbbbb in the order of the host.
  const auto version = attribute(handle_, SCARD_ATTR_VENDOR_IFD_VERSION);
  if (std::uint32_t number = 0; version.size() >= sizeof number) {
    std::memcpy(&number, version.data(), sizeof number);
    out["firmware"] = std::to_string(number >> 24) + "." + std::to_string((number >> 16) & 0xFF) + "." +
                      std::to_string(number & 0xFFFF);
  }
  return out;
}

}  // namespace dmsc::pcsc
