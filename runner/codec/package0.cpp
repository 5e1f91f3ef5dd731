// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/package0.hpp"

#include "runner/codec/cursor.hpp"

namespace dmsc::codec {
namespace {

constexpr std::size_t digest_size = 16;

tl::unexpected<Error> too_wide(const char* field, std::uint32_t number, int width) {
  return fail(Errc::range, std::string(field) + " " + std::to_string(number) + " does not fit in " +
                               std::to_string(width) + " bits");
}

}  // namespace

Result<Package0> read_package0(ByteView octets) {
  Cursor cursor(octets);
  Package0 package;
  const auto digest = cursor.take(digest_size);
  const auto high = cursor.number(4);
  const auto low = cursor.u8();
  const auto session = cursor.number(2);
  const auto size = cursor.u8();
  if (!digest || !high || !low || !session || !size) {
    return fail(Errc::truncated, "a notification has at least 24 octets", octets.size());
  }
  const auto server_id = cursor.take(*size);
  if (!server_id) {
    return fail(
        Errc::truncated,
        "length-identifier says " + std::to_string(*size) + " octets, " + std::to_string(cursor.left()) + " are left",
        octets.size());
  }
  package.digest = to_octets(*digest);
  package.version = static_cast<std::uint16_t>(*high >> 22);
  package.ui_mode = static_cast<std::uint8_t>(*high >> 20 & 0x03);
  package.server_initiated = (*high >> 19 & 1U) != 0;
  package.future_use = (*high & 0x7FFFFU) << 8 | *low;
  package.session_id = static_cast<std::uint16_t>(*session);
  package.server_id.assign(server_id->begin(), server_id->end());
  package.vendor_specific = to_octets(cursor.take_rest());
  return package;
}

Result<Octets> write_trigger(const Package0& package) {
  if (package.server_id.size() > 0xFF) return fail(Errc::range, "ServerID is longer than 255 octets");
  if (package.version >> 10 != 0) return too_wide("version", package.version, 10);
  if (package.ui_mode >> 2 != 0) return too_wide("ui-mode", package.ui_mode, 2);
  if (package.future_use >> 27 != 0) return too_wide("future-use", package.future_use, 27);
  const std::uint64_t head = std::uint64_t{package.version} << 30 | std::uint64_t{package.ui_mode} << 28 |
                             std::uint64_t{package.server_initiated} << 27 | package.future_use;
  Octets out;
  for (int shift = 32; shift >= 0; shift -= 8) out.push_back(static_cast<std::uint8_t>(head >> shift));
  out.push_back(static_cast<std::uint8_t>(package.session_id >> 8));
  out.push_back(static_cast<std::uint8_t>(package.session_id));
  out.push_back(static_cast<std::uint8_t>(package.server_id.size()));
  out.insert(out.end(), package.server_id.begin(), package.server_id.end());
  append(out, package.vendor_specific);
  return out;
}

}  // namespace dmsc::codec
