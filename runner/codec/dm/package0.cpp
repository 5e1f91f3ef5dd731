// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/dm/package0.hpp"

#include <algorithm>

#include "runner/base/text.hpp"
#include "runner/codec/dm/credentials.hpp"
#include "runner/codec/wire/cursor.hpp"

namespace dmsc::codec {
namespace {

constexpr std::size_t digest_size = 16;
constexpr std::size_t header_size = 24;  // digest, trigger header and length-identifier
constexpr std::uint16_t version_1_1 = 11;
constexpr const char* clause = "OMA DM Notification 1.2.1, 6.2";
constexpr const char* ui_modes[] = {"not_specified", "background", "informative", "user_interaction"};
constexpr const char* initiators[] = {"client", "server"};

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

Value to_value(const Package0& package) {
  Value out;
  if (!package.digest.empty()) out["digest"] = to_hex(package.digest);
  out["version"] = std::int64_t{package.version};
  out["ui_mode"] = package.ui_mode < 4 ? Value(ui_modes[package.ui_mode]) : Value(std::int64_t{package.ui_mode});
  out["initiator"] = initiators[package.server_initiated ? 1 : 0];
  out["future_use"] = std::int64_t{package.future_use};
  out["session_id"] = std::int64_t{package.session_id};
  const auto& id = package.server_id;
  if (valid_utf8_prefix(id) == id.size()) {
    out["server_id"] = id;
  } else {
    out["server_id_hex"] = to_hex(ByteView(reinterpret_cast<const std::uint8_t*>(id.data()), id.size()));
  }
  out["vendor_specific"] = to_hex(package.vendor_specific);
  return out;
}

Result<Package0> package0_of(const Value& fields) {
  Package0 package;
  if (!fields.is_map()) return fail(Errc::data, "a notification is a map of its fields");
  for (const auto& [key, value] : fields.as_map()) {
    const auto wrong = [&, name = key] {
      return fail(Errc::data, "\"" + name + "\" cannot be used in a notification");
    };
    const auto octets = value.is_string() ? parse_hex(value.as_string()) : Result<Octets>(wrong());
    const auto in = [&, &value = value](std::int64_t most) {
      return value.is_int() && value.as_int() >= 0 && value.as_int() <= most;
    };
    if (key == "digest" && octets) {
      package.digest = *octets;
    } else if (key == "version" && in(0x3FF)) {
      package.version = static_cast<std::uint16_t>(value.as_int());
    } else if (key == "ui_mode" && (in(3) || value.is_string())) {
      const auto* found = std::find_if(std::begin(ui_modes), std::end(ui_modes), [&, &v = value](const char* mode) {
        return v.is_string() && v.as_string() == mode;
      });
      if (value.is_string() && found == std::end(ui_modes)) return wrong();
      package.ui_mode = static_cast<std::uint8_t>(value.is_int() ? value.as_int() : found - std::begin(ui_modes));
    } else if (key == "initiator" && value.is_string() && (value == Value("client") || value == Value("server"))) {
      package.server_initiated = value.as_string() == "server";
    } else if (key == "future_use" && in(0x7FFFFFF)) {
      package.future_use = static_cast<std::uint32_t>(value.as_int());
    } else if (key == "session_id" && in(0xFFFF)) {
      package.session_id = static_cast<std::uint16_t>(value.as_int());
    } else if (key == "server_id" && value.is_string()) {
      package.server_id = value.as_string();
    } else if (key == "server_id_hex" && octets) {
      package.server_id.assign(octets->begin(), octets->end());
    } else if (key == "vendor_specific" && octets) {
      package.vendor_specific = *octets;
    } else {
      return wrong();
    }
  }
  return package;
}

Decoded decode_package0(ByteView octets) {
  Decoded out;
  out.kind = "package0";
  out.key = "notification";
  out.name = "General Package#0 (DM Notification)";
  out.clause = clause;
  const auto package = read_package0(octets);
  if (!package) {
    out.error = package.error();
    return out;
  }
  const auto value = to_value(*package);
  const auto add = [&](const char* key, const char* name, std::size_t offset, std::size_t size) -> Node& {
    auto& node = out.fields.emplace_back();
    node.key = key;
    node.name = name;
    node.offset = offset;
    node.octets = to_octets(octets.subspan(offset, size));
    if (const auto* field = value.find(key)) node.value = *field;
    return node;
  };
  add("digest", "digest", 0, digest_size);
  auto& version = add("version", "version times 10", 16, 2);
  if (package->version != version_1_1) {
    version.anomalies.push_back({16, "version " + std::to_string(package->version) + ", Notification 1.2 carries 11"});
  }
  add("ui_mode", "user interaction mode", 17, 1);
  add("initiator", "initiator of the action", 17, 1);
  auto& reserved = add("future_use", "reserved, 27 bits", 17, 4);
  if (package->future_use != 0) reserved.anomalies.push_back({17, "reserved bits are set"});
  auto& session = add("session_id", "session id", 21, 2);
  if (package->session_id == 0) session.anomalies.push_back({21, "session id 0 is outside 1 to FFFF"});
  const bool text = value.find("server_id") != nullptr;
  add(text ? "server_id" : "server_id_hex", "server identifier", header_size, package->server_id.size());
  add("vendor_specific", "vendor specific", header_size + package->server_id.size(), package->vendor_specific.size());
  return out;
}

DigestVerdict judge_digest(ByteView notification, std::string_view server_id, std::string_view secret, ByteView nonce) {
  constexpr std::uint8_t zero_octets[4] = {};
  constexpr std::string_view zero_text = "0x00000000";
  if (notification.size() < digest_size) return {false, "none"};
  const auto digest = notification.first(digest_size);
  const auto trigger = notification.subspan(digest_size);
  const auto fits = [&](ByteView with) { return same(digest, notification_digest(trigger, server_id, secret, with)); };
  if (fits(nonce)) return {true, "stored"};
  if (fits(zero_octets)) return {true, "zero_octets"};
  if (fits(ByteView(reinterpret_cast<const std::uint8_t*>(zero_text.data()), zero_text.size()))) {
    return {true, "zero_text"};
  }
  return {false, "none"};
}

}  // namespace dmsc::codec
