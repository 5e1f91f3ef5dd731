// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/wsp.hpp"

#include <algorithm>

#include "runner/codec/cursor.hpp"
#include "runner/codec/fields.hpp"
#include "runner/codec/package0.hpp"

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
// WAP-230-WSP, table 39; those that a push has
constexpr Name header_names[] = {
    {0x01, "accept-charset", "Accept-Charset"},
    {0x0B, "content-encoding", "Content-Encoding"},
    {0x0C, "content-language", "Content-Language"},
    {0x0D, "content-length", "Content-Length"},
    {0x0E, "content-location", "Content-Location"},
    {0x12, "date", "Date"},
    {0x1D, "last-modified", "Last-Modified"},
    {0x2F, "x-wap-application-id", "X-Wap-Application-Id"},
    {0x30, "x-wap-content-uri", "X-Wap-Content-URI"},
    {0x31, "x-wap-initiator-uri", "X-Wap-Initiator-URI"},
    {0x34, "push-flag", "Push-Flag"},
};
constexpr Name pdu_types[] = {
    {0x01, "connect", "Connect"},
    {0x04, "reply", "Reply"},
    {0x05, "disconnect", "Disconnect"},
    {0x06, "push", "Push"},
    {0x07, "confirmed_push", "Confirmed push"},
};
constexpr const char* application_header = "x-wap-application-id";

constexpr std::uint8_t quote = 31;  // a length follows as uintvar
constexpr std::uint8_t short_bit = 0x80;
constexpr std::uint8_t shift_delimiter = 0x7F;
constexpr std::uint8_t first_text = 0x20;

std::optional<std::uint32_t> read_uintvar(Cursor& cursor) {
  std::uint32_t value = 0;
  for (int octets = 0; octets < 5; ++octets) {
    const auto octet = cursor.u8();
    if (!octet || value >> 25 != 0) return {};
    value = value << 7 | (*octet & 0x7FU);
    if ((*octet & 0x80) == 0) return value;
  }
  return {};
}

void put_uintvar(Octets& out, std::uint32_t value) {
  Octets reversed = {static_cast<std::uint8_t>(value & 0x7F)};
  while ((value >>= 7) != 0) reversed.push_back(static_cast<std::uint8_t>(0x80 | (value & 0x7F)));
  out.insert(out.end(), reversed.rbegin(), reversed.rend());
}

std::optional<std::string> read_text(Cursor& cursor) {
  const auto rest = cursor.rest();
  const auto end = std::ranges::find(rest, 0);
  if (end == rest.end()) return {};
  const auto text = *cursor.take(static_cast<std::size_t>(end - rest.begin()));
  (void)cursor.u8();
  std::string out;
  for (const auto octet : text) out += octet >= 0x20 && octet <= 0x7E ? static_cast<char>(octet) : '.';
  return out;
}

/// One value as WSP delimits it, whatever it means. Source: WAP-230-WSP, 8.4.1.2
struct Item {
  const char* form = "octets";  ///< short, long, text, octets
  std::uint32_t number = 0;     ///< of short and long
  std::string text;
  ByteView octets;  ///< of a value with a length, the length taken off
};

/// A long integer: a short length and as many octets of a number. Nothing where the octets are none.
std::optional<std::uint32_t> long_integer(ByteView octets) {
  if (octets.empty() || octets.size() > 4) return {};
  return Cursor(octets).number(octets.size());
}

std::optional<Item> read_item(Cursor& cursor) {
  const auto first = cursor.peek();
  if (!first) return {};
  Item item;
  if ((*first & short_bit) != 0) {
    item.form = "short";
    item.number = *cursor.u8() & 0x7FU;
    return item;
  }
  if (*first >= first_text) {
    auto text = read_text(cursor);
    if (!text) return {};
    item.form = "text";
    item.text = std::move(*text);
    return item;
  }
  (void)cursor.u8();
  const auto length = *first == quote ? read_uintvar(cursor) : std::optional<std::uint32_t>(*first);
  const auto octets = length ? cursor.take(*length) : std::nullopt;
  if (!octets) return {};
  item.octets = *octets;
  return item;
}

Value name_of_number(Names names, std::uint32_t number) {
  const auto* name = find_name(names, number);
  return name == nullptr ? Value(std::int64_t{number}) : Value(name->key);
}

/// Type of a Content-Type value. Source: WAP-230-WSP, 8.4.2.24
Value content_type_value(const Item& item) {
  if (item.form == std::string_view("short")) {
    return Value::Map{{"type", name_of_number(media_types, item.number)}, {"form", "short"}};
  }
  if (item.form == std::string_view("text")) return Value::Map{{"type", item.text}, {"form", "text"}};
  Cursor inside(item.octets);
  Value value = Value::Map{{"type", Value()}, {"form", "long"}};
  if (const auto media = read_item(inside)) {
    const auto number = long_integer(media->octets);
    if (media->form == std::string_view("short")) value["type"] = name_of_number(media_types, media->number);
    if (media->form == std::string_view("text")) value["type"] = media->text;
    if (media->form == std::string_view("octets") && number) value["type"] = name_of_number(media_types, *number);
  }
  if (!inside.empty()) value["parameters"] = to_hex(inside.rest());
  return value;
}

Value header_value(std::string_view header, const Item& item) {
  const auto names = header == application_header ? Names(applications) : Names{};
  if (item.form == std::string_view("short")) {
    return Value::Map{{"value", name_of_number(names, item.number)}, {"form", "short"}};
  }
  if (item.form == std::string_view("text")) return Value::Map{{"value", item.text}, {"form", "text"}};
  const auto number = long_integer(item.octets);
  if (header == application_header && number) {
    return Value::Map{{"value", name_of_number(names, *number)}, {"form", "long"}};
  }
  return Value::Map{{"value", to_hex(item.octets)}, {"form", "octets"}};
}

Node node_of(const char* key, const char* name, std::size_t offset, ByteView octets, Value value) {
  Node node;
  node.key = key;
  node.name = name;
  node.offset = offset;
  node.octets = to_octets(octets);
  node.value = std::move(value);
  return node;
}

class PushReader {
 public:
  PushReader(ByteView octets, bool part) : octets_(octets), cursor_(octets), part_(part) {
    out_.kind = "wsp";
    out_.key = "push";
    out_.name = "WSP push";
    out_.clause = "WAP-230-WSP, 8.2.4.1";
  }

  Decoded read() {
    const auto transaction = cursor_.u8();
    const auto type = cursor_.u8();
    if (!transaction || !type) return failed(Errc::truncated, "a push has at least 3 octets");
    out_.fields.push_back(node_of("transaction_id", "transaction id", 0, octets_.first(1), std::int64_t{*transaction}));
    out_.fields.push_back(node_of("pdu_type", "PDU type", 1, octets_.subspan(1, 1), name_or_number(pdu_types, *type)));
    if (const auto* name = find_name(pdu_types, *type)) out_.fields.back().note = name->label;
    if (*type != 0x06 && *type != 0x07)
      return failed(Errc::malformed, "PDU type " + hex_number(*type, 2) + " is no push");
    const auto start = cursor_.offset();
    const auto length = read_uintvar(cursor_);
    if (!length) return failed(Errc::truncated, "the length of the headers ends early");
    out_.fields.push_back(node_of("headers_length", "length of the headers", start,
                                  octets_.subspan(start, cursor_.offset() - start), std::int64_t{*length}));
    const auto from = cursor_.offset();
    const auto headers = cursor_.take(*length);
    if (!headers) {
      return failed(Errc::truncated, "headers of " + std::to_string(*length) + " octets, " +
                                         std::to_string(cursor_.left()) + " are left");
    }
    read_headers(*headers, from);
    read_body();
    return std::move(out_);
  }

 private:
  Decoded failed(Errc code, std::string message) {
    out_.error = Error{code, std::move(message), cursor_.offset(), {}};
    return std::move(out_);
  }

  void read_headers(ByteView headers, std::size_t offset) {
    Cursor cursor(headers, offset);
    const auto type = read_item(cursor);
    if (!type) {
      out_.anomalies.push_back({offset, "the content type ends early"});
      return;
    }
    auto value = content_type_value(*type);
    type_ = value.text_or("type", "");
    auto& node = out_.fields.emplace_back(
        node_of("content_type", "Content-Type", offset, octets_.subspan(offset, cursor.offset() - offset), value));
    node.note = type_.empty() ? "" : type_ + ", " + value.text_or("form", "") + " form";
    Node list = node_of("headers", "headers", cursor.offset(), cursor.rest(), Value::List{});
    while (!cursor.empty()) {
      if (!read_header(cursor, list)) break;
    }
    out_.fields.push_back(std::move(list));
  }

  bool read_header(Cursor& cursor, Node& list) {
    const auto start = cursor.offset();
    const auto first = *cursor.peek();
    const auto cut = [&](const char* what) {
      list.anomalies.push_back({start, std::string(what) + " ends early"});
      return false;
    };
    std::string name;
    Value named;
    if (first == shift_delimiter || first < first_text) {  // to another code page: its headers have names of no page 1
      (void)cursor.u8();
      const auto page = first == shift_delimiter ? cursor.u8() : std::optional(first);
      if (!page) return cut("the shift of the code page");
      page_ = *page;
      return true;
    }
    if ((first & short_bit) != 0) {
      (void)cursor.u8();
      named = page_ == 1 ? name_or_number(header_names, first & 0x7FU) : Value(std::int64_t{first & 0x7F});
      name = named.is_string() ? named.as_string() : "header " + hex_number(first & 0x7F, 2);
    } else {
      const auto text = read_text(cursor);
      if (!text) return cut("the name of a header");
      named = *text;
      name = *text;
      std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
    }
    const auto item = read_item(cursor);
    if (!item) return cut("the value of a header");
    auto value = header_value(name, *item);
    Value whole = Value::Map{{"header", named}};
    if ((first & short_bit) == 0) whole["name_form"] = "text";
    for (const auto& [key, member] : value.as_map()) whole[key] = member;
    auto node = node_of(name.c_str(), name.c_str(), start, octets_.subspan(start, cursor.offset() - start),
                        *value.find("value"));
    node.note = value.text_or("form", "") + " form";
    list.value.as_list().push_back(std::move(whole));
    list.fields.push_back(std::move(node));
    return true;
  }

  void read_body() {
    const auto offset = cursor_.offset();
    const auto rest = cursor_.take_rest();
    auto node = node_of("body", "body", offset, rest, to_hex(rest));
    if (type_ == notification_mime && !part_) {
      auto inside = decode_package0(rest);
      shift_nodes(inside.fields, offset);
      node.name = inside.name;
      node.clause = inside.clause;
      node.fields = std::move(inside.fields);
      if (inside.error) node.anomalies.push_back({offset + inside.error->offset.value_or(0), inside.error->message});
    }
    out_.fields.push_back(std::move(node));
  }

  ByteView octets_;
  Cursor cursor_;
  bool part_;
  std::uint8_t page_ = 1;
  std::string type_;
  Decoded out_;
};

// Writing

Octets long_form(std::uint32_t number) {
  Octets digits;
  for (int shift = 24; shift >= 0; shift -= 8) {
    const auto octet = static_cast<std::uint8_t>(number >> shift);
    if (!digits.empty() || octet != 0 || shift == 0) digits.push_back(octet);
  }
  digits.insert(digits.begin(), static_cast<std::uint8_t>(digits.size()));
  return digits;
}

Octets text_octets(std::string_view text) {
  Octets out(text.begin(), text.end());
  out.push_back(0);
  return out;
}

void put_length(Octets& out, std::size_t length) {
  if (length < quote) {
    out.push_back(static_cast<std::uint8_t>(length));
  } else {
    out.push_back(quote);
    put_uintvar(out, static_cast<std::uint32_t>(length));
  }
}

/// A number or a key of `names`, or free text, in the form that `form` names.
Result<Octets> write_item(const Value& value, std::string_view form, Names names, const char* place) {
  if (form == "octets") {
    const auto octets = value.is_string() ? parse_hex(value.as_string()) : Result<Octets>(Octets{});
    if (!octets || !value.is_string()) return fail(Errc::malformed, "is not hexadecimal", {}, place);
    Octets out;
    put_length(out, octets->size());
    append(out, *octets);
    return out;
  }
  if (form == "text") {
    if (!value.is_string() || value.as_string().find('\0') != std::string::npos) {
      return fail(Errc::malformed, "is no text", {}, place);
    }
    return text_octets(value.as_string());
  }
  const auto number = code_of(names, value, place);
  if (!number) return tl::make_unexpected(number.error());
  if (form == "long") return long_form(*number);
  if (form != "short") return fail(Errc::unknown, "\"" + std::string(form) + "\" is no form", {}, place);
  if (*number > 0x7F) return fail(Errc::range, "is above 127 and has no short form", {}, place);
  return Octets{static_cast<std::uint8_t>(short_bit | *number)};
}

Result<Octets> write_content_type(const Value& given) {
  constexpr const char* place = "content_type";
  const Value usual = Value::Map{{"type", notification_mime}, {"form", "short"}};
  const auto& value = given.is_null() ? usual : given;
  const auto* type = value.find("type");
  if (type == nullptr) return fail(Errc::malformed, "has no type", {}, place);
  const auto form = value.text_or("form", "short");
  if (form != "long") return write_item(*type, form, media_types, place);
  const bool well_known = type->is_int() || find_name(media_types, type->as_string()) != nullptr;
  auto media = write_item(*type, well_known ? "short" : "text", media_types, place);
  if (!media) return media;
  const auto parameters = parse_hex(value.text_or("parameters", ""));
  if (!parameters) return fail(Errc::malformed, "is not hexadecimal", {}, "content_type.parameters");
  append(*media, *parameters);
  Octets out;
  put_length(out, media->size());
  append(out, *media);
  return out;
}

Result<Octets> write_header(const Value& header) {
  constexpr const char* place = "headers";
  const auto* name = header.find("header");
  const auto* value = header.find("value");
  if (name == nullptr || value == nullptr) return fail(Errc::malformed, "has no header or no value", {}, place);
  Octets out;
  auto known = name->is_string() ? name->as_string() : std::string{};
  std::ranges::transform(known, known.begin(), [](unsigned char c) { return std::tolower(c); });
  const auto* row = find_name(header_names, known);
  if ((row != nullptr && header.text_or("name_form", "short") == "short") || name->is_int()) {
    const auto code = row != nullptr ? row->code : static_cast<std::uint32_t>(name->as_int());
    if (code > 0x7F) return fail(Errc::range, "is above 127", {}, place);
    out.push_back(static_cast<std::uint8_t>(short_bit | code));
  } else if (name->is_string() && !name->as_string().empty()) {
    out = text_octets(name->as_string());
  } else {
    return fail(Errc::malformed, "is no name of a header", {}, place);
  }
  const bool application = row != nullptr && row->key == std::string_view(application_header);
  const auto item =
      write_item(*value, header.text_or("form", "short"), application ? Names(applications) : Names{}, place);
  if (!item) return item;
  append(out, *item);
  return out;
}

}  // namespace

Names content_types() {
  return media_types;
}
Names application_ids() {
  return applications;
}
Names wsp_header_names() {
  return header_names;
}

Decoded decode_wsp(ByteView octets, bool part) {
  return PushReader(octets, part).read();
}

Result<Octets> encode_wsp(const Value& members) {
  static const std::vector<std::string> known = {"transaction_id", "pdu_type", "headers_length",
                                                 "content_type",   "headers",  "body"};
  for (const auto& [key, member] : members.is_map() ? members.as_map() : Value::Map{}) {
    if (std::ranges::find(known, key) == known.end()) return fail(Errc::unknown, "is no member of a push", {}, key);
  }
  const auto transaction = members.int_or("transaction_id", 1);
  if (transaction < 0 || transaction > 0xFF) return fail(Errc::range, "is outside 0 to 255", {}, "transaction_id");
  const auto* wanted = members.find("pdu_type");
  const auto type =
      wanted == nullptr ? Result<std::uint32_t>(std::uint32_t{6}) : code_of(pdu_types, *wanted, "pdu_type");
  if (!type) return tl::make_unexpected(type.error());
  if (*type > 0xFF) return fail(Errc::range, "is outside 0 to 255", {}, "pdu_type");
  const auto* given = members.find("content_type");
  auto headers = write_content_type(given == nullptr ? Value() : *given);
  if (!headers) return headers;
  const auto* list = members.find("headers");
  const Value usual = Value::List{
      Value::Map{{"header", application_header}, {"value", "x-wap-application:syncml.dm"}, {"form", "short"}}};
  const auto& wanted_headers = list == nullptr ? usual : *list;
  if (!wanted_headers.is_list()) return fail(Errc::malformed, "is no list", {}, "headers");
  for (const auto& header : wanted_headers.as_list()) {
    const auto octets = write_header(header);
    if (!octets) return octets;
    append(*headers, *octets);
  }
  const auto body = parse_hex(members.text_or("body", ""));
  if (!body) return fail(Errc::malformed, "is not hexadecimal", {}, "body");
  const auto length = members.int_or("headers_length", static_cast<std::int64_t>(headers->size()));
  if (length < 0 || length > 0xFFFFFF) return fail(Errc::range, "is outside 0 to 16777215", {}, "headers_length");
  Octets out = {static_cast<std::uint8_t>(transaction), static_cast<std::uint8_t>(*type)};
  put_uintvar(out, static_cast<std::uint32_t>(length));
  append(out, *headers);
  append(out, *body);
  return out;
}

Value wsp_facts(const Decoded& push) {
  Value out = Value::Map{};
  for (const auto* key : {"transaction_id", "pdu_type", "headers_length", "headers", "body"}) {
    if (const auto* value = push.find(key)) out[key] = *value;
  }
  if (const auto* type = push.find("content_type")) {
    out["content_type"] = *type->find("type");
    out["content_type_form"] = *type->find("form");
  }
  const auto* headers = push.find("headers");
  std::size_t at = 0;
  for (const auto& header : headers == nullptr ? Value::List{} : headers->as_list()) {
    auto name = header.text_or("header", "");
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
    if (name == application_header && out.find("application_id") == nullptr) {
      out["application_id"] = *header.find("value");
      out["application_id_form"] = *header.find("form");
      out["application_id_name_form"] = header.text_or("name_form", "short");
      out["application_id_place"] = at + 2;  // the content type is the first header
    }
    ++at;
  }
  return out;
}

}  // namespace dmsc::codec
