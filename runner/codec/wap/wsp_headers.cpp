// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/wap/wsp_headers.hpp"

#include <algorithm>
#include <chrono>

#include "runner/base/text.hpp"
#include "runner/codec/wap/wsp.hpp"
#include "runner/codec/wire/fields.hpp"
#include "runner/codec/wire/layout.hpp"

namespace dmsc::codec {
namespace {

// Well-known values: OMNA, WSP content types. Those of DM and its neighbours, and what a push may carry beside them.
constexpr Name media_types[] = {
    {0x00, "*/*", "anything"},
    {0x02, "text/html", "HTML"},
    {0x03, "text/plain", "plain text"},
    {0x2D, "text/vnd.wap.si", "service indication"},
    {0x2E, "application/vnd.wap.sic", "service indication, WBXML"},
    {0x30, "application/vnd.wap.slc", "service loading, WBXML"},
    {0x32, "application/vnd.wap.coc", "cache operation, WBXML"},
    {0x36, "application/vnd.wap.connectivity-wbxml", "client provisioning"},
    {0x3E, "application/vnd.wap.mms-message", "multimedia message"},
    {0x42, "application/vnd.syncml.dm+wbxml", "SyncML DM, WBXML"},
    {0x43, "application/vnd.syncml.dm+xml", "SyncML DM, XML"},
    {0x44, notification_mime, "DM Notification"},
    {0x4A, "application/vnd.oma.drm.rights+xml", "DRM rights, XML"},
    {0x4B, "application/vnd.oma.drm.rights+wbxml", "DRM rights, WBXML"},
    {0x4E, "application/vnd.syncml.ds.notification", "DS Notification"},
    {0x58, "application/vnd.syncml.dm.notification", "DM 2.0 Notification"},
};
// OMNA, push application ids
constexpr Name applications[] = {
    {0x00, "*", "any"},
    {0x01, "x-wap-application:push.sia", "push session initiation"},
    {0x02, "x-wap-application:wml.ua", "WML user agent"},
    {0x03, "x-wap-application:wta.ua", "WTA user agent"},
    {0x04, "x-wap-application:mms.ua", "MMS user agent"},
    {0x05, "x-wap-application:push.syncml", "SyncML"},
    {0x06, "x-wap-application:loc.ua", "location"},
    {0x07, "x-wap-application:syncml.dm", "OMA DM"},
    {0x08, "x-wap-application:drm.ua", "DRM"},
    {0x1A, "x-wap-application:lwm2m.dm", "LwM2M"},
    {0x9065, "x-oma-application:push.scws", "SCWS"},
};

// 8.4.2.7, 8.4.2.14, 8.4.2.15, 8.4.2.16, 8.4.2.20, table 42 (numbers of IANA's registry of character sets)
constexpr Name charsets[] = {{3, "us-ascii", "US-ASCII"},
                             {4, "iso-8859-1", "ISO 8859-1"},
                             {106, "utf-8", "UTF-8"},
                             {1000, "iso-10646-ucs-2", "UCS-2"}};
constexpr Name encodings[] = {{0, "gzip", "gzip"}, {1, "compress", "compress"}, {2, "deflate", "deflate"}};
constexpr Name ranges[] = {{0, "none", "none"}, {1, "bytes", "bytes"}};
constexpr Name connections[] = {{0, "close", "close"}};
constexpr Name cache_directives[] = {
    {0, "no-cache", "no-cache"},
    {1, "no-store", "no-store"},
    {2, "max-age", "max-age"},
    {3, "max-stale", "max-stale"},
    {4, "min-fresh", "min-fresh"},
    {5, "only-if-cached", "only-if-cached"},
    {6, "public", "public"},
    {7, "private", "private"},
    {8, "no-transform", "no-transform"},
    {9, "must-revalidate", "must-revalidate"},
    {10, "proxy-revalidate", "proxy-revalidate"},
    {11, "s-maxage", "s-maxage"},
};
constexpr Name pragmas[] = {{0, "no-cache", "no-cache"}};
constexpr Name transfer_encodings[] = {{0, "chunked", "chunked"}};
constexpr Name methods[] = {{0x40, "get", "GET"},       {0x41, "options", "OPTIONS"}, {0x42, "head", "HEAD"},
                            {0x43, "delete", "DELETE"}, {0x44, "trace", "TRACE"},     {0x60, "post", "POST"},
                            {0x61, "put", "PUT"}};

// WAP-230-WSP, table 39, to encoding version 1.5: read alike in three decoders (python-mms, mmslib, Tizen's MMS engine)
constexpr WspHeader rows[] = {
    {0x00, "accept", "Accept", WspKind::names, media_types},
    {0x01, "accept-charset", "Accept-Charset", WspKind::names, charsets},
    {0x3C, "accept-encoding", "Accept-Encoding", WspKind::names, encodings},
    {0x03, "accept-language", "Accept-Language"},
    {0x04, "accept-ranges", "Accept-Ranges", WspKind::names, ranges},
    {0x05, "age", "Age", WspKind::integer},
    {0x06, "allow", "Allow", WspKind::names, methods},
    {0x07, "authorization", "Authorization"},
    {0x47, "cache-control", "Cache-Control", WspKind::names, cache_directives},
    {0x09, "connection", "Connection", WspKind::names, connections},
    {0x0A, "content-base", "Content-Base"},
    {0x0B, "content-encoding", "Content-Encoding", WspKind::names, encodings},
    {0x0C, "content-language", "Content-Language"},
    {0x0D, "content-length", "Content-Length", WspKind::integer},
    {0x0E, "content-location", "Content-Location"},
    {0x0F, "content-md5", "Content-MD5"},
    {0x3E, "content-range", "Content-Range"},
    {0x11, "content-type", "Content-Type", WspKind::names, media_types},
    {0x12, "date", "Date", WspKind::date},
    {0x13, "etag", "Etag"},
    {0x14, "expires", "Expires", WspKind::date},
    {0x15, "from", "From"},
    {0x16, "host", "Host"},
    {0x17, "if-modified-since", "If-Modified-Since", WspKind::date},
    {0x18, "if-match", "If-Match"},
    {0x19, "if-none-match", "If-None-Match"},
    {0x1A, "if-range", "If-Range", WspKind::date},
    {0x1B, "if-unmodified-since", "If-Unmodified-Since", WspKind::date},
    {0x1C, "location", "Location"},
    {0x1D, "last-modified", "Last-Modified", WspKind::date},
    {0x1E, "max-forwards", "Max-Forwards", WspKind::integer},
    {0x1F, "pragma", "Pragma", WspKind::names, pragmas},
    {0x20, "proxy-authenticate", "Proxy-Authenticate"},
    {0x21, "proxy-authorization", "Proxy-Authorization"},
    {0x22, "public", "Public", WspKind::names, methods},
    {0x23, "range", "Range"},
    {0x24, "referer", "Referer"},
    {0x25, "retry-after", "Retry-After"},
    {0x26, "server", "Server"},
    {0x27, "transfer-encoding", "Transfer-Encoding", WspKind::names, transfer_encodings},
    {0x28, "upgrade", "Upgrade"},
    {0x29, "user-agent", "User-Agent"},
    {0x2A, "vary", "Vary"},
    {0x2B, "via", "Via"},
    {0x2C, "warning", "Warning", WspKind::integer},
    {0x2D, "www-authenticate", "WWW-Authenticate"},
    {0x45, "content-disposition", "Content-Disposition"},
    {0x2F, "x-wap-application-id", "X-Wap-Application-Id", WspKind::names, applications},
    {0x30, "x-wap-content-uri", "X-Wap-Content-URI"},
    {0x31, "x-wap-initiator-uri", "X-Wap-Initiator-URI"},
    {0x32, "accept-application", "Accept-Application", WspKind::names, applications},
    {0x33, "bearer-indication", "Bearer-Indication", WspKind::integer},
    {0x34, "push-flag", "Push-Flag", WspKind::integer},
    {0x35, "profile", "Profile"},
    {0x36, "profile-diff", "Profile-Diff"},
    {0x44, "profile-warning", "Profile-Warning"},
    {0x48, "expect", "Expect"},
    {0x39, "te", "TE"},
    {0x3A, "trailer", "Trailer"},
    {0x3F, "x-wap-tod", "X-Wap-Tod", WspKind::date},
    {0x40, "content-id", "Content-ID"},
    {0x41, "set-cookie", "Set-Cookie"},
    {0x42, "cookie", "Cookie"},
    {0x43, "encoding-version", "Encoding-Version", WspKind::version},
    {0x46, "x-wap-security", "X-WAP-Security"},
    {0x49, "x-wap-loc-invocation", "X-Wap-Loc-Invocation"},
    {0x4A, "x-wap-loc-delivery", "X-Wap-Loc-Delivery"},
    // numbers of earlier versions, and those that a push of today does not write
    {0x02, "accept-encoding", "Accept-Encoding", WspKind::names, encodings},
    {0x08, "cache-control", "Cache-Control", WspKind::names, cache_directives},
    {0x10, "content-range", "Content-Range"},
    {0x2E, "content-disposition", "Content-Disposition"},
    {0x37, "profile-warning", "Profile-Warning"},
    {0x38, "expect", "Expect"},
    {0x3B, "accept-charset", "Accept-Charset", WspKind::names, charsets},
    {0x3D, "cache-control", "Cache-Control", WspKind::names, cache_directives},
};

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

/// 2001-09-09 01:46:40 UTC; nothing for what no calendar of four digits holds.
std::string time_in_words(std::int64_t seconds) {
  constexpr std::int64_t end = 253402300800;  // year 10000
  if (seconds >= end) return {};
  const std::chrono::sys_seconds time{std::chrono::seconds(seconds)};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  const auto two = [](auto number) {
    const auto text = std::to_string(number);
    return text.size() < 2 ? "0" + text : text;
  };
  return std::to_string(int{date.year()}) + "-" + two(unsigned{date.month()}) + "-" + two(unsigned{date.day()}) + " " +
         two(clock.hours().count()) + ":" + two(clock.minutes().count()) + ":" + two(clock.seconds().count()) + " UTC";
}

constexpr std::uint32_t no_minor = 15;

std::string version_text(std::uint32_t number) {
  const auto minor = number & 0x0FU;
  return std::to_string(number >> 4U) + (minor == no_minor ? "" : "." + std::to_string(minor));
}

/// The reverse of version_text; nothing for other text.
std::optional<std::int64_t> version_number(std::string_view text) {
  for (std::uint32_t number = 0; number <= 0x7F; ++number) {
    if (version_text(number) == text) return std::int64_t{number};
  }
  return {};
}

Value name_of_number(Names names, std::int64_t number) {
  const auto* name = number <= 0xFFFFFFFF ? find_name(names, static_cast<std::uint32_t>(number)) : nullptr;
  return name == nullptr ? Value(number) : Value(name->key);
}

struct HeaderValue {
  Value value;
  const char* form;
  std::string note;  ///< beside the form
};

HeaderValue value_of_number(const WspHeader* row, std::int64_t number, const char* form) {
  const auto kind = row == nullptr ? WspKind::opaque : row->kind;
  if (kind == WspKind::names) return {name_of_number(row->names, number), form, {}};
  if (kind == WspKind::version) return {version_text(static_cast<std::uint32_t>(number)), form, {}};
  if (kind == WspKind::date) return {number, form, time_in_words(number)};
  return {number, form, {}};
}

HeaderValue header_value(const WspHeader* row, const WspItem& item) {
  const std::string_view form = item.form;
  if (form == "text") return {item.text, "text", {}};
  if (form == "short") return value_of_number(row, item.number, "short");
  const auto number = wsp_long_integer(item.octets);
  const auto kind = row == nullptr ? WspKind::opaque : row->kind;
  const bool numeric =
      kind == WspKind::integer || kind == WspKind::date ||
      (kind == WspKind::names && number && find_name(row->names, static_cast<std::uint32_t>(*number)) != nullptr) ||
      (row != nullptr && row->names.data() == std::data(applications));
  if (numeric && number) return value_of_number(row, *number, "long");
  return {to_hex(item.octets), "octets", {}};
}

Result<Octets> write_name(const Value& member, const Value& name, const WspHeader* row) {
  constexpr const char* place = "headers";
  const auto* told = member.find("code");
  if (told != nullptr && !told->is_int()) return fail(Errc::malformed, "\"code\" is no number", {}, place);
  if ((row != nullptr && member.text_or("name_form", "short") == "short") || name.is_int() || told != nullptr) {
    const auto code = told != nullptr ? told->as_int() : row != nullptr ? std::int64_t{row->code} : name.as_int();
    if (code < 0 || code > 0x7F) return fail(Errc::range, "is above 127", {}, place);
    return Octets{static_cast<std::uint8_t>(wsp_short_bit | code)};
  }
  if (name.is_string() && !name.as_string().empty()) return wsp_text(name.as_string());
  return fail(Errc::malformed, "is no name of a header", {}, place);
}

}  // namespace

Names content_types() {
  return media_types;
}
Names application_ids() {
  return applications;
}
std::span<const WspHeader> wsp_headers() {
  return rows;
}

const WspHeader* find_wsp_header(std::uint8_t code) {
  const auto* found = std::ranges::find(rows, code, &WspHeader::code);
  return found == std::end(rows) ? nullptr : found;
}

const WspHeader* find_wsp_header(std::string_view key) {
  const auto* found = std::ranges::find_if(rows, [&](const WspHeader& row) { return row.key == key; });
  return found == std::end(rows) ? nullptr : found;
}

Result<Node> read_wsp_header(Cursor& cursor, std::uint8_t page, Value& member) {
  const auto start = cursor.offset();
  const auto from = cursor.rest();
  const auto first = from[0];
  const WspHeader* row = nullptr;
  std::string name;
  member = Value::Map{};
  if ((first & wsp_short_bit) != 0) {
    const std::uint8_t code = *cursor.u8() & 0x7FU;
    row = page == wsp_default_page ? find_wsp_header(code) : nullptr;
    name = row != nullptr ? row->key : "header " + std::to_string(code);
    if (page != wsp_default_page) name += " of page " + std::to_string(page);
    member["header"] = row != nullptr ? Value(row->key) : Value(std::int64_t{code});
    if (row != nullptr && find_wsp_header(row->key)->code != code) member["code"] = std::int64_t{code};
  } else {
    const auto text = read_wsp_text(cursor);
    if (!text) return fail(Errc::truncated, "the name of a header ends early", start);
    name = lower(*text);
    row = find_wsp_header(name);
    member["header"] = *text;
    member["name_form"] = "text";
  }
  const auto value_at = cursor.empty() ? start : cursor.offset();
  const auto item = read_wsp_item(cursor);
  if (!item) return fail(Errc::truncated, "the value of a header ends early", value_at);
  auto value = header_value(row, *item);
  member["value"] = value.value;
  member["form"] = value.form;
  Node node;
  node.key = name;
  node.name = std::move(name);
  node.offset = start;
  node.octets = to_octets(from.first(from.size() - cursor.left()));
  node.value = std::move(value.value);
  node.note = std::string(value.form) + " form" + (value.note.empty() ? "" : ", " + value.note);
  const auto back = write_wsp_header(member);
  member = keeping_raw(std::move(member), node.octets, back);
  return node;
}

Result<Octets> write_wsp_header(const Value& member) {
  constexpr const char* place = "headers";
  if (const auto* shift = member.find("shift")) {
    auto out = shift->is_string() ? parse_hex(shift->as_string()) : Result<Octets>(fail(Errc::malformed, "is no text"));
    if (!out) return fail(Errc::malformed, "\"shift\" is not hexadecimal", {}, place);
    const auto header = write_wsp_header(without(member, "shift"));
    if (!header) return header;
    append(*out, *header);
    return out;
  }
  if (auto raw = raw_of(member, place)) return *raw;
  const auto* name = member.find("header");
  const auto* value = member.find("value");
  if (name == nullptr || value == nullptr) return fail(Errc::malformed, "has no header or no value", {}, place);
  const auto* row = name->is_string() ? find_wsp_header(lower(name->as_string())) : nullptr;
  auto out = write_name(member, *name, row);
  if (!out) return out;
  const auto form = member.text_or("form", "short");
  Value number = *value;
  if (row != nullptr && row->kind == WspKind::version && form == "short" && value->is_string()) {
    if (const auto version = version_number(value->as_string())) number = *version;
  }
  const auto item = write_wsp_item(number, form, row != nullptr ? row->names : Names{}, place);
  if (!item) return item;
  append(*out, *item);
  return out;
}

}  // namespace dmsc::codec
