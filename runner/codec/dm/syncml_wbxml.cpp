// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "runner/base/text.hpp"
#include "runner/codec/dm/syncml.hpp"

// Tokens are walked here and not by a general WBXML library: libwbxml 0.11.8 overruns the stack on nested elements,
// puts opaque data into CDATA unescaped (so that data can forge elements) and rewrites the Type of device information
// and management trees between +xml and +wbxml. Its programs judge ours in the tests.
namespace dmsc::codec {
namespace {

constexpr std::uint32_t syncml_public_id = 0x1201;
constexpr std::string_view syncml_public_name = "-//SYNCML//DTD SyncML 1.2//EN";

enum Token : std::uint8_t {
  switch_page = 0x00,
  end_of_element = 0x01,
  entity = 0x02,
  inline_string = 0x03,
  literal = 0x04,
  table_string = 0x83,
  opaque = 0xC3,
};
constexpr std::uint8_t has_attributes = 0x80;
constexpr std::uint8_t has_content = 0x40;
constexpr std::uint8_t tag_bits = 0x3F;
constexpr std::uint8_t first_tag = 0x05;

/// Tags of code page 0, from 05 on; 30 is reserved (OMA SyncML Representation Protocol 1.2).
constexpr auto syncml_tags = std::to_array<std::string_view>({
    "Add",
    "Alert",
    "Archive",
    "Atomic",
    "Chal",
    "Cmd",
    "CmdID",
    "CmdRef",
    "Copy",
    "Cred",
    "Data",
    "Delete",
    "Exec",
    "Final",
    "Get",
    "Item",
    "Lang",
    "LocName",
    "LocURI",
    "Map",
    "MapItem",
    "Meta",
    "MsgID",
    "MsgRef",
    "NoResp",
    "NoResults",
    "Put",
    "Replace",
    "RespURI",
    "Results",
    "Search",
    "Sequence",
    "SessionID",
    "SftDel",
    "Source",
    "SourceRef",
    "Status",
    "Sync",
    "SyncBody",
    "SyncHdr",
    "SyncML",
    "Target",
    "TargetRef",
    "",
    "VerDTD",
    "VerProto",
    "NumberOfChanges",
    "MoreData",
    "Field",
    "Filter",
    "Record",
    "FilterType",
    "SourceParent",
    "TargetParent",
    "Move",
    "Correlator",
});

/// Tags of code page 1, from 05 on (OMA SyncML Meta Information 1.2).
constexpr auto metinf_tags = std::to_array<std::string_view>({
    "Anchor",
    "EMI",
    "Format",
    "FreeID",
    "FreeMem",
    "Last",
    "Mark",
    "MaxMsgSize",
    "Mem",
    "MetInf",
    "Next",
    "NextNonce",
    "SharedMem",
    "Size",
    "Type",
    "Version",
    "MaxObjSize",
    "FieldLevel",
});

std::span<const std::string_view> tags_of(std::uint8_t page) {
  if (page == 0) return syncml_tags;
  if (page == 1) return metinf_tags;
  return {};
}

/// Names of the tables; others as their page and tag, which is a name in XML as well.
std::string tag_name(std::uint8_t page, std::uint8_t tag) {
  const auto tags = tags_of(page);
  const auto at = static_cast<std::size_t>(tag) - first_tag;  // a tag below the first is past the end
  if (at < tags.size() && !tags[at].empty()) return std::string(tags[at]);
  return "tag-" + hex_number(page, 2) + "-" + hex_number(tag, 2);
}

void append_utf8(std::string& out, std::uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
    return;
  }
  const int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  constexpr std::uint8_t leads[] = {0, 0xC0, 0xE0, 0xF0};
  out += static_cast<char>(leads[more] | code >> (6 * more));
  for (int i = more - 1; i >= 0; --i) out += static_cast<char>(0x80 | (code >> (6 * i) & 0x3F));
}

class Reader {
 public:
  Reader(ByteView octets, const SyncmlLimits& limits)
      : octets_(octets),
        text_left_(limits.octets),
        elements_left_(limits.elements),
        depth_limit_(std::min(limits.depth, max_syncml_depth)) {}

  Result<SyncmlElement> read() {
    if (const auto header = read_header(); !header) return tl::make_unexpected(header.error());
    SyncmlElement document;
    if (const auto done = read_content(document, 0); !done) return tl::make_unexpected(done.error());
    if (at_ < octets_.size()) return fail(Errc::malformed, "octets after the document", at_);
    return std::move(document.children.front());
  }

 private:
  tl::unexpected<Error> ran_out() const { return fail(Errc::truncated, "WBXML ends too early", octets_.size()); }

  Result<std::uint8_t> octet() {
    if (at_ >= octets_.size()) return ran_out();
    return octets_[at_++];
  }

  /// Seven bits an octet, the highest bit says that more follow (WBXML 1.3, 5.1).
  Result<std::uint32_t> number() {
    const auto start = at_;
    std::uint64_t value = 0;
    for (int i = 0; i < 5; ++i) {
      const auto next = octet();
      if (!next) return tl::make_unexpected(next.error());
      value = value << 7 | (*next & 0x7F);
      if (*next < 0x80) {
        if (value > 0xFFFFFFFF) break;
        return static_cast<std::uint32_t>(value);
      }
    }
    return fail(Errc::malformed, "a WBXML number of more than 32 bits", start);
  }

  Result<ByteView> take(std::size_t count) {
    if (count > octets_.size() - at_) return ran_out();
    const auto view = octets_.subspan(at_, count);
    at_ += count;
    return view;
  }

  Result<void> read_header() {
    const auto version = octet();
    if (!version) return tl::make_unexpected(version.error());
    if (*version < 1 || *version > 3) return fail(Errc::malformed, "a WBXML version other than 1.1 to 1.3", 0);
    const auto id = number();
    if (!id) return tl::make_unexpected(id.error());
    const auto id_index = *id == 0 ? number() : Result<std::uint32_t>{0};
    if (!id_index) return tl::make_unexpected(id_index.error());
    const auto charset_at = at_;
    const auto charset = number();
    if (!charset) return tl::make_unexpected(charset.error());
    // MIBenum: 0 unknown, 3 US-ASCII, 106 UTF-8
    if (*charset != 0 && *charset != 3 && *charset != 106) {
      return fail(Errc::malformed, "a character set other than UTF-8", charset_at);
    }
    const auto table_length = number();
    if (!table_length) return tl::make_unexpected(table_length.error());
    const auto table = take(*table_length);
    if (!table) return tl::make_unexpected(table.error());
    table_ = *table;
    if (*id == syncml_public_id) return {};
    const auto name = *id == 0 ? from_table(*id_index, 1) : Result<std::string_view>{};
    if (!name) return tl::make_unexpected(name.error());
    if (*name != syncml_public_name) return fail(Errc::malformed, "a public identifier other than SyncML 1.2's", 1);
    return {};
  }

  Result<std::string_view> from_table(std::uint32_t index, std::size_t at) const {
    if (index >= table_.size()) return fail(Errc::malformed, "a reference outside of the string table", at);
    const auto rest = table_.subspan(index);
    const auto end = std::ranges::find(rest, 0);
    if (end == rest.end()) return fail(Errc::malformed, "a string in the table without its end", at);
    return std::string_view(reinterpret_cast<const char*>(rest.data()), static_cast<std::size_t>(end - rest.begin()));
  }

  Result<std::string_view> from_line() {
    const auto rest = octets_.subspan(at_);
    const auto end = std::ranges::find(rest, 0);
    if (end == rest.end()) return ran_out();
    const auto size = static_cast<std::size_t>(end - rest.begin());
    at_ += size + 1;
    return std::string_view(reinterpret_cast<const char*>(rest.data()), size);
  }

  Result<void> spend(std::size_t text, std::size_t at) {
    if (text > text_left_) return fail(Errc::range, "more text than a message may have", at);
    text_left_ -= text;
    return {};
  }

  /// Content up to its END; of the document, which is at depth 0, up to the end of its one element.
  Result<void> read_content(SyncmlElement& parent, std::size_t depth) {
    while (true) {
      const auto start = at_;
      const auto token = octet();
      if (!token) return tl::make_unexpected(token.error());
      if (*token == end_of_element && depth > 0) return {};
      if (*token == switch_page) {
        const auto page = octet();
        if (!page) return tl::make_unexpected(page.error());
        page_ = *page;
      } else if ((*token & tag_bits) >= literal) {
        if (const auto done = read_element(parent, *token, start, depth); !done) return done;
        if (depth == 0) return {};
      } else if (depth == 0) {
        return fail(Errc::malformed, "a document that does not start with an element", start);
      } else if (const auto done = read_text(parent, *token, start); !done) {
        return done;
      }
    }
  }

  Result<void> read_element(SyncmlElement& parent, std::uint8_t token, std::size_t start, std::size_t depth) {
    if ((token & has_attributes) != 0) return fail(Errc::malformed, "attributes, which SyncML has none of", start);
    if (elements_left_ == 0) return fail(Errc::range, "too many elements", start);
    --elements_left_;
    if (depth == depth_limit_) return fail(Errc::range, "elements nested too deep", start);
    SyncmlElement element;
    element.offset = start;
    if (auto name = element_name(token, start)) {
      element.name = std::move(*name);
    } else {
      return tl::make_unexpected(name.error());
    }
    if ((token & has_content) != 0) {
      if (const auto done = read_content(element, depth + 1); !done) return done;
    }
    parent.children.push_back(std::move(element));
    return {};
  }

  Result<std::string> element_name(std::uint8_t token, std::size_t start) {
    if ((token & tag_bits) != literal) return tag_name(page_, token & tag_bits);
    const auto index = number();
    if (!index) return tl::make_unexpected(index.error());
    const auto name = from_table(*index, start);
    if (!name) return tl::make_unexpected(name.error());
    if (name->empty() || !is_xml_text(*name) || name->find_first_of("<>&\"'/= \t\r\n") != std::string_view::npos) {
      return fail(Errc::malformed, "a literal tag that is no name", start);
    }
    if (const auto done = spend(name->size(), start); !done) return tl::make_unexpected(done.error());
    return std::string(*name);
  }

  Result<void> read_text(SyncmlElement& parent, std::uint8_t token, std::size_t start) {
    SyncmlElement text;
    text.offset = start;
    if (auto read = text_of(token, start)) {
      text.text = std::move(*read);
    } else {
      return tl::make_unexpected(read.error());
    }
    if (const auto done = spend(text.text.size(), start); !done) return done;
    if (const auto valid = valid_utf8_prefix(text.text); valid < text.text.size() && parent.name != "Data") {
      return fail(Errc::malformed, "text of " + parent.name + " is no valid UTF-8", start);
    }
    parent.children.push_back(std::move(text));
    return {};
  }

  Result<std::string> text_of(std::uint8_t token, std::size_t start) {
    if (token == inline_string) {
      return from_line().map([](std::string_view text) { return std::string(text); });
    }
    if (token != table_string && token != entity && token != opaque) {
      return fail(Errc::malformed, "token " + hex_number(token, 2) + " has no place in SyncML", start);
    }
    const auto value = number();
    if (!value) return tl::make_unexpected(value.error());
    if (token == table_string) {
      const auto text = from_table(*value, start);
      if (text && text->size() > text_left_) return fail(Errc::range, "more text than a message may have", start);
      return text.map([](std::string_view found) { return std::string(found); });
    }
    if (token == opaque) {
      return take(*value).map([](ByteView data) { return std::string(data.begin(), data.end()); });
    }
    std::string out;
    if (*value <= 0x10FFFF && (*value < 0xD800 || *value > 0xDFFF)) {
      append_utf8(out, *value);
      return out;
    }
    return fail(Errc::malformed, "an entity that is no character", start);
  }

  ByteView octets_;
  ByteView table_;
  std::size_t at_ = 0;
  std::size_t text_left_;
  std::size_t elements_left_;
  std::size_t depth_limit_;
  std::uint8_t page_ = 0;
};

void append_number(Octets& out, std::size_t value) {
  int shift = 28;
  while (shift > 0 && value >> shift == 0) shift -= 7;
  for (; shift > 0; shift -= 7) out.push_back(static_cast<std::uint8_t>(0x80 | (value >> shift & 0x7F)));
  out.push_back(static_cast<std::uint8_t>(value & 0x7F));
}

class Writer {
 public:
  Result<Octets> write(const SyncmlElement& root) {
    // version 1.2, public identifier 1201, UTF-8, no string table
    out_ = {0x02, 0xA4, 0x01, 0x6A, 0x00};
    if (const auto done = write_element(root, {}, {}); !done) return tl::make_unexpected(done.error());
    return std::move(out_);
  }

 private:
  /// @param parent  the element around this one, and the one around that
  Result<void> write_element(const SyncmlElement& element, std::string_view parent, std::string_view grandparent) {
    const auto name = element.local_name();
    const auto place = find_tag(name);
    if (!place) return fail(Errc::data, "element \"" + std::string(name) + "\" has no token in WBXML");
    const auto [page, tag] = *place;
    if (page != page_) out_.insert(out_.end(), {switch_page, page});
    page_ = page;
    const bool empty = std::ranges::all_of(element.children,
                                           [](const auto& child) { return child.name.empty() && child.text.empty(); });
    out_.push_back(empty ? tag : tag | has_content);
    if (empty) return {};
    // What is put into the tree may be any octets, so it goes as libwbxml sends it; other text is short and readable.
    const bool as_opaque = name == "Data" && parent == "Item" && (grandparent == "Add" || grandparent == "Replace");
    for (const auto& child : element.children) {
      if (!child.name.empty()) {
        if (const auto done = write_element(child, name, parent); !done) return done;
      } else if (!child.text.empty()) {
        write_text(child.text, as_opaque);
      }
    }
    out_.push_back(end_of_element);
    return {};
  }

  void write_text(std::string_view text, bool as_opaque) {
    const ByteView octets(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
    // A string ends at its first zero octet.
    if (as_opaque || text.find('\0') != std::string_view::npos) {
      out_.push_back(opaque);
      append_number(out_, octets.size());
      append(out_, octets);
      return;
    }
    out_.push_back(inline_string);
    append(out_, octets);
    out_.push_back(0);
  }

  static std::optional<std::pair<std::uint8_t, std::uint8_t>> find_tag(std::string_view name) {
    for (const std::uint8_t page : {0, 1}) {
      const auto tags = tags_of(page);
      const auto found = std::ranges::find(tags, name);
      if (found != tags.end()) return std::pair(page, static_cast<std::uint8_t>(first_tag + (found - tags.begin())));
    }
    return {};
  }

  Octets out_;
  std::uint8_t page_ = 0;
};

}  // namespace

Result<SyncmlElement> read_wbxml_elements(ByteView octets, const SyncmlLimits& limits) {
  if (octets.size() > limits.octets) {
    return fail(Errc::range, "a message longer than " + std::to_string(limits.octets) + " octets", limits.octets);
  }
  return Reader(octets, limits).read();
}

Result<Octets> write_wbxml_elements(const SyncmlElement& root) {
  return Writer().write(root);
}

}  // namespace dmsc::codec
