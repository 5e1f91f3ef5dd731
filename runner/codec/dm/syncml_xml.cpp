// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cctype>
#include <charconv>
#include <pugixml.hpp>

#include "runner/base/text.hpp"
#include "runner/codec/dm/syncml.hpp"

namespace dmsc::codec {
namespace {

using Checked = Result<void>;

constexpr std::string_view white_space = " \t\r\n";
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

bool is_forbidden_control(char c) {
  const auto octet = static_cast<unsigned char>(c);
  return octet < 0x20 && white_space.find(c) == std::string_view::npos;
}

/// Code points a character reference may stand for (XML 1.0, 2.2).
bool is_xml_character(std::uint32_t code) {
  if (code < 0x20) return code == 0x09 || code == 0x0A || code == 0x0D;
  return code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF) && code != 0xFFFE && code != 0xFFFF;
}

/// `name` is what stands between "&" and ";".
bool is_allowed_reference(std::string_view name) {
  for (const std::string_view known : {"amp", "lt", "gt", "quot", "apos"}) {
    if (name == known) return true;
  }
  if (!name.starts_with('#')) return false;
  const bool hexadecimal = name.starts_with("#x");
  name.remove_prefix(hexadecimal ? 2 : 1);
  std::uint32_t code = 0;
  const auto* const end = name.data() + name.size();
  const auto [stop, failure] = std::from_chars(name.data(), end, code, hexadecimal ? 16 : 10);
  return !name.empty() && stop == end && failure == std::errc{} && is_xml_character(code);
}

/// Walks over the tags before the parser sees them: depth, count, entities and document type are settled here.
class Bounds {
 public:
  Bounds(std::string_view text, const SyncmlLimits& limits)
      : text_(text), elements_(limits.elements), depth_limit_(std::min(limits.depth, max_syncml_depth)) {}

  Checked check() {
    while (at_ < text_.size()) {
      const auto done = text_[at_] == '<' ? markup() : characters();
      if (!done) return done;
    }
    if (depth_ > 0 || !closed_) return fail(Errc::truncated, "XML ends within the document", text_.size());
    return {};
  }

 private:
  bool here(std::string_view token) const { return text_.substr(at_).starts_with(token); }

  Checked characters() {
    const auto end = std::min(text_.find('<', at_), text_.size());
    const auto run = text_.substr(at_, end - at_);
    const auto stray = run.find_first_not_of(white_space);
    if (depth_ == 0 && stray != std::string_view::npos) {
      return fail(Errc::malformed, "text outside of the document's element", at_ + stray);
    }
    return references(end);
  }

  /// Character and entity references up to `end`, which becomes the place to go on.
  Checked references(std::size_t end) {
    for (auto at = text_.find('&', at_); at < end; at = text_.find('&', at + 1)) {
      const auto semicolon = text_.find(';', at);
      if (semicolon == std::string_view::npos && end == text_.size()) {
        return fail(Errc::truncated, "XML ends within a reference", end);
      }
      if (semicolon >= end || !is_allowed_reference(text_.substr(at + 1, semicolon - at - 1))) {
        return fail(Errc::malformed, "a reference that is neither to a character nor one of the five known", at);
      }
    }
    at_ = end;
    return {};
  }

  Checked markup() {
    if (here("<?")) return declaration();
    if (here("<!--")) return skip(4, "-->");
    if (here("<![CDATA[")) {
      if (depth_ == 0) return fail(Errc::malformed, "text outside of the document's element", at_);
      return skip(9, "]]>");
    }
    if (here("<!DOCTYPE")) return document_type();
    if (here("<!")) {
      const bool cut = text_.size() - at_ < 9;
      return fail(cut ? Errc::truncated : Errc::malformed, "unknown markup in XML", at_);
    }
    return tag();
  }

  Checked skip(std::size_t opening, std::string_view closing) {
    const auto end = text_.find(closing, at_ + opening);
    if (end == std::string_view::npos) return fail(Errc::truncated, "XML ends within markup", text_.size());
    at_ = end + closing.size();
    return {};
  }

  Checked declaration() {
    const auto start = at_;
    if (const auto done = skip(2, "?>"); !done) return done;
    const auto text = text_.substr(start, at_ - start);
    const auto encoding = text.find("encoding");
    if (!text.starts_with("<?xml") || encoding == std::string_view::npos) return {};
    auto name = std::string(text.substr(encoding));
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
    if (name.find("utf-8") != std::string::npos || name.find("us-ascii") != std::string::npos) return {};
    return fail(Errc::malformed, "an encoding other than UTF-8", start + encoding);
  }

  /// A name and external identifiers, which are not fetched; an internal subset could define entities.
  Checked document_type() {
    const auto start = at_;
    char quote = '\0';
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (quote != '\0') {
        if (c == quote) quote = '\0';
      } else if (c == '"' || c == '\'') {
        quote = c;
      } else if (c == '[') {
        return fail(Errc::malformed, "a document type with an internal subset", at_);
      } else if (c == '>') {
        ++at_;
        if (depth_ > 0 || closed_) return fail(Errc::malformed, "a document type within the document", start);
        return {};
      }
    }
    return fail(Errc::truncated, "XML ends within the document type", at_);
  }

  Checked tag() {
    const auto start = at_;
    const auto end = tag_end();
    if (!end) return fail(Errc::truncated, "XML ends within a tag", text_.size());
    if (const auto done = references(*end + 1); !done) return done;
    if (text_[start + 1] == '/') {
      if (depth_ == 0) return fail(Errc::malformed, "an end tag without its start tag", start);
      closed_ = --depth_ == 0;
      return {};
    }
    if (closed_) return fail(Errc::malformed, "a second element after the document's", start);
    if (elements_ == 0) return fail(Errc::range, "too many elements", start);
    --elements_;
    if (depth_ == depth_limit_) return fail(Errc::range, "elements nested too deep", start);
    const bool empty = text_[*end - 1] == '/';
    if (!empty) ++depth_;
    closed_ = depth_ == 0;
    return {};
  }

  std::optional<std::size_t> tag_end() const {
    char quote = '\0';
    for (auto at = at_ + 1; at < text_.size(); ++at) {
      const char c = text_[at];
      if (quote != '\0') {
        if (c == quote) quote = '\0';
      } else if (c == '"' || c == '\'') {
        quote = c;
      } else if (c == '>') {
        return at;
      }
    }
    return {};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  std::size_t elements_;
  std::size_t depth_limit_;
  bool closed_ = false;
};

void escape(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (c == '\r') {
      out += "&#13;";  // a bare one would be read as a line feed
    } else {
      out += c;
    }
  }
}

SyncmlElement converted(const pugi::xml_node& node, std::size_t shift) {
  SyncmlElement out;
  out.name = node.name();
  out.offset = static_cast<std::size_t>(std::max<std::ptrdiff_t>(node.offset_debug(), 0)) + shift;
  for (const auto& attribute : node.attributes()) {
    out.attributes += ' ';
    out.attributes += attribute.name();
    out.attributes += "=\"";
    escape(out.attributes, attribute.value());
    out.attributes += '"';
  }
  for (const auto& child : node.children()) {
    if (child.type() == pugi::node_element) {
      out.children.push_back(converted(child, shift));
    } else if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) {
      SyncmlElement text;
      text.text = child.value();
      text.offset = static_cast<std::size_t>(std::max<std::ptrdiff_t>(child.offset_debug(), 0)) + shift;
      out.children.push_back(std::move(text));
    }
  }
  return out;
}

void print(std::string& out, const SyncmlElement& element) {
  if (element.name.empty()) return escape(out, element.text);
  out += '<' + element.name + element.attributes;
  if (element.children.empty()) {
    out += "/>";
    return;
  }
  out += '>';
  for (const auto& child : element.children) print(out, child);
  out += "</" + element.name + '>';
}

bool has_only_xml_text(const SyncmlElement& element) {
  return is_xml_text(element.text) && std::ranges::all_of(element.children, has_only_xml_text);
}

}  // namespace

std::string_view SyncmlElement::local_name() const {
  const std::string_view all = name;
  const auto colon = all.find(':');
  return colon == std::string_view::npos ? all : all.substr(colon + 1);
}

bool is_xml_text(std::string_view text) {
  // U+FFFE and U+FFFF are no characters of XML.
  if (text.find("\xEF\xBF\xBE") != std::string_view::npos || text.find("\xEF\xBF\xBF") != std::string_view::npos) {
    return false;
  }
  return std::ranges::none_of(text, is_forbidden_control) && valid_utf8_prefix(text) == text.size();
}

std::string content_of(const SyncmlElement& element) {
  std::string out;
  const bool text_alone = std::ranges::all_of(element.children, [](const auto& child) { return child.name.empty(); });
  for (const auto& child : element.children) {
    if (text_alone) {
      out += child.text;
    } else {
      print(out, child);
    }
  }
  return out;
}

Result<SyncmlElement> read_xml_elements(ByteView octets, const SyncmlLimits& limits) {
  if (octets.size() > limits.octets) {
    return fail(Errc::range, "a message longer than " + std::to_string(limits.octets) + " octets", limits.octets);
  }
  std::string_view text(reinterpret_cast<const char*>(octets.data()), octets.size());
  if (const auto valid = valid_utf8_prefix(text); valid < text.size()) {
    return fail(Errc::malformed, "XML that is no valid UTF-8", valid);
  }
  if (const auto control = std::ranges::find_if(text, is_forbidden_control); control != text.end()) {
    return fail(Errc::malformed, "a control character in XML", static_cast<std::size_t>(control - text.begin()));
  }
  const std::size_t shift = text.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
  text.remove_prefix(shift);
  if (auto bounded = Bounds(text, limits).check(); !bounded) {
    bounded.error().offset = bounded.error().offset.value_or(0) + shift;
    return tl::make_unexpected(std::move(bounded).error());
  }
  pugi::xml_document document;
  const auto parsed =
      document.load_buffer(text.data(), text.size(), pugi::parse_default | pugi::parse_ws_pcdata, pugi::encoding_utf8);
  if (!parsed) {
    const auto at = static_cast<std::size_t>(std::max<std::ptrdiff_t>(parsed.offset, 0)) + shift;
    return fail(Errc::malformed, std::string("XML that is not well formed: ") + parsed.description(), at);
  }
  return converted(document.document_element(), shift);
}

Result<Octets> write_xml_elements(const SyncmlElement& root) {
  if (!has_only_xml_text(root)) return fail(Errc::data, "text that XML cannot carry");
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
  print(out, root);
  return Octets{out.begin(), out.end()};
}

}  // namespace dmsc::codec
