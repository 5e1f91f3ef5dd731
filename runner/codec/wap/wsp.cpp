// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/wap/wsp.hpp"

#include <algorithm>

#include "runner/codec/dm/package0.hpp"
#include "runner/codec/wap/wsp_headers.hpp"
#include "runner/codec/wire/cursor.hpp"
#include "runner/codec/wire/fields.hpp"
#include "runner/codec/wire/layout.hpp"

namespace dmsc::codec {
namespace {

constexpr Name pdu_types[] = {
    {0x01, "connect", "Connect"},
    {0x04, "reply", "Reply"},
    {0x05, "disconnect", "Disconnect"},
    {0x06, "push", "Push"},
    {0x07, "confirmed_push", "Confirmed push"},
};
constexpr const char* application_header = "x-wap-application-id";

constexpr std::uint8_t shift_delimiter = 0x7F;

Result<Octets> write_content_type(const Value& given) {
  constexpr const char* place = "content_type";
  const Value usual = Value::Map{{"type", notification_mime}, {"form", "short"}};
  const auto& value = given.is_null() ? usual : given;
  if (auto raw = raw_of(value, place)) return *raw;
  const auto* type = value.find("type");
  if (type == nullptr) return fail(Errc::malformed, "has no type", {}, place);
  const auto form = value.text_or("form", "short");
  if (form != "long") return write_wsp_item(*type, form, content_types(), place);
  const bool well_known = type->is_int() || find_name(content_types(), type->as_string()) != nullptr;
  auto media = write_wsp_item(*type, well_known ? "short" : "text", content_types(), place);
  if (!media) return media;
  const auto parameters = parse_hex(value.text_or("parameters", ""));
  if (!parameters) return fail(Errc::malformed, "is not hexadecimal", {}, "content_type.parameters");
  append(*media, *parameters);
  return wsp_octets(*media);
}

/// Type of a Content-Type value; what does not write back keeps its octets. Source: WAP-230-WSP, 8.4.2.24
Value content_type_value(const WspItem& item, ByteView octets) {
  const std::string_view form = item.form;
  Value value = Value::Map{};
  if (form == "short") value["type"] = name_or_number(content_types(), item.number);
  if (form == "text") value["type"] = item.text;
  Cursor inside(item.octets);
  if (const auto media = form == "octets" ? read_wsp_item(inside) : std::nullopt) {
    const std::string_view media_form = media->form;
    const auto number = wsp_long_integer(media->octets);
    if (media_form == "short") value["type"] = name_or_number(content_types(), media->number);
    if (media_form == "text") value["type"] = media->text;
    if (media_form == "octets" && number && *number <= 0xFFFF) {
      value["type"] = name_or_number(content_types(), static_cast<std::uint32_t>(*number));
    }
  }
  value["form"] = form == "octets" ? "long" : item.form;
  if (!inside.empty()) value["parameters"] = to_hex(inside.rest());
  const auto back = write_content_type(value);
  return keeping_raw(std::move(value), octets, back);
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
    if (!transaction || !type) return failed(Errc::truncated, "a push has at least 3 octets", cursor_.offset());
    out_.fields.push_back(node_of("transaction_id", "transaction id", 0, octets_.first(1), std::int64_t{*transaction}));
    out_.fields.push_back(node_of("pdu_type", "PDU type", 1, octets_.subspan(1, 1), name_or_number(pdu_types, *type)));
    if (const auto* name = find_name(pdu_types, *type)) out_.fields.back().note = name->label;
    if (*type != 0x06 && *type != 0x07)
      return failed(Errc::malformed, "PDU type " + hex_number(*type, 2) + " is no push", cursor_.offset());
    const auto start = cursor_.offset();
    const auto length = read_uintvar(cursor_);
    if (!length) return failed(Errc::truncated, "the length of the headers ends early", cursor_.offset());
    out_.fields.push_back(node_of("headers_length", "length of the headers", start,
                                  octets_.subspan(start, cursor_.offset() - start), std::int64_t{*length}));
    const auto from = cursor_.offset();
    const auto headers = cursor_.take(*length);
    if (!headers) {
      return failed(
          Errc::truncated,
          "headers of " + std::to_string(*length) + " octets, " + std::to_string(cursor_.left()) + " are left", start);
    }
    read_headers(*headers, from);
    read_body();
    return std::move(out_);
  }

 private:
  Decoded failed(Errc code, std::string message, std::size_t offset) {
    out_.error = Error{code, std::move(message), offset, {}};
    return std::move(out_);
  }

  void read_headers(ByteView headers, std::size_t offset) {
    Cursor cursor(headers, offset);
    const auto type = read_wsp_item(cursor);
    if (!type) {
      out_.anomalies.push_back({offset, "the content type ends early"});
      return;
    }
    auto value = content_type_value(*type, headers.first(headers.size() - cursor.left()));
    type_ = value.text_or("type", "");
    auto& node = out_.fields.emplace_back(
        node_of("content_type", "Content-Type", offset, octets_.subspan(offset, cursor.offset() - offset), value));
    node.note = type_.empty() ? "" : type_ + ", " + value.text_or("form", "") + " form";
    Node list = node_of("headers", "headers", cursor.offset(), cursor.rest(), Value::List{});
    auto read_to = cursor.rest();
    while (!cursor.empty() && read_header(cursor, list)) {
      if (shift_.empty()) read_to = cursor.rest();
    }
    // What could not be read, or a shift that nothing follows.
    if (!read_to.empty()) list.value.as_list().push_back(Value::Map{{"raw", to_hex(read_to)}});
    out_.fields.push_back(std::move(list));
  }

  /// @return  whether more may follow
  bool read_header(Cursor& cursor, Node& list) {
    const auto start = cursor.offset();
    const auto from = cursor.rest();
    const auto first = from[0];
    if (first == shift_delimiter || first < wsp_first_text) {  // to another code page
      (void)cursor.u8();
      const auto page = first == shift_delimiter ? cursor.u8() : std::optional(first);
      if (!page) {
        list.anomalies.push_back({start, "the shift of the code page ends early"});
        return false;
      }
      page_ = *page;
      append(shift_, from.first(from.size() - cursor.left()));
      return true;
    }
    Value member;
    auto node = read_wsp_header(cursor, page_, member);
    if (!node) {
      list.anomalies.push_back({*node.error().offset, node.error().message});
      return false;
    }
    if (!shift_.empty()) member["shift"] = to_hex(shift_);
    shift_.clear();
    list.value.as_list().push_back(std::move(member));
    list.fields.push_back(std::move(*node));
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
  std::uint8_t page_ = wsp_default_page;
  Octets shift_;  ///< to another code page, in front of the next header
  std::string type_;
  Decoded out_;
};

}  // namespace

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
    const auto octets = write_wsp_header(header);
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
    if (const auto* name = type->find("type")) out["content_type"] = *name;
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
