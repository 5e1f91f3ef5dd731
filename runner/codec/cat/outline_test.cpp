// SPDX-License-Identifier: Apache-2.0
// The outline against the tree: what one calls regular, the other reads without an error, and both say the same.
#include "runner/codec/cat/outline.hpp"

#include <random>

#include "runner/base/catch.hpp"
#include "runner/base/json.hpp"
#include "runner/codec/cat/message.hpp"

using namespace dmsc;
using namespace dmsc::codec;

namespace {

Decoded tree_of(MessageKind kind, ByteView octets) {
  if (kind == MessageKind::proactive) return decode_proactive(octets);
  return kind == MessageKind::envelope ? decode_envelope(octets) : decode_terminal_response(octets);
}

/// Value of an object put together from its leaves.
Value value_of(const ObjectPlace& object, std::optional<Error>& error) {
  if (object.row == nullptr || object.row->fields.empty()) return to_hex(object.value);
  Value out;
  error = read_leaves(object, [&](const Leaf& leaf) {
    if (*leaf.key == '\0') {
      out = codec::value_of(leaf);
    } else {
      out[leaf.key] = codec::value_of(leaf);
    }
  });
  if (out.is_null() && object.value.empty()) out = Value::Map{};
  return out;
}

/// @return  whether it was regular
bool compare(Outline& outline, MessageKind kind, ByteView octets) {
  if (!outline.read(kind, octets)) return false;
  const auto tree = tree_of(kind, octets);
  INFO(to_hex(octets));
  REQUIRE(outline.row().key == tree.key);
  REQUIRE(outline.row().variant == tree.variant);
  REQUIRE(outline.objects().size() == tree.fields.size());
  for (std::size_t at = 0; at < tree.fields.size(); ++at) {
    const auto& object = outline.objects()[at];
    const auto& node = tree.fields[at];
    REQUIRE(object.offset == node.offset);
    REQUIRE(same(object.octets, node.octets));
    REQUIRE((object.row == nullptr) == node.key.starts_with("unknown_"));
    if (object.row == nullptr) continue;
    REQUIRE((object.slot == nullptr ? object.row->key : object.slot->key) == node.key);
    std::optional<Error> error;
    const auto value = value_of(object, error);
    if (!error) REQUIRE(write_json(value) == write_json(node.value));
    if (error) REQUIRE(tree.error.has_value());
  }
  return true;
}

}  // namespace

TEST_CASE("an outline says what the tree says", "[outline]") {
  Outline outline;
  std::mt19937 chance(7);
  for (const auto kind : {MessageKind::proactive, MessageKind::terminal_response, MessageKind::envelope}) {
    std::size_t regular = 0;
    std::size_t samples = 0;
    for (const auto& row : messages(kind)) {
      const auto sample = parse_hex(row.sample).value();
      ++samples;
      INFO(row.key);
      if (compare(outline, kind, sample)) ++regular;
      for (std::size_t at = 0; at < sample.size(); ++at) {
        auto changed = sample;
        changed[at] ^= static_cast<std::uint8_t>(1U << chance() % 8);
        (void)compare(outline, kind, changed);
        changed[at] = static_cast<std::uint8_t>(chance());
        (void)compare(outline, kind, changed);
        (void)compare(outline, kind, ByteView(sample).first(at));
      }
    }
    CHECK(regular == samples);
  }
}

TEST_CASE("what is odd is no regular message", "[outline]") {
  const auto row = GENERATE(as<std::string_view>{}, "", "D0", "D00981030103008202818200", "D00881030103008202 8182",
                            "D0810981030103008202 8182", "D00A8103010300820281 8282", "D009810301FE0082028182",
                            "D2098103010300820281 82", "D00A8104010300AA82028182", "D0058202818200",
                            "D0088103010300820181", "D00A81030103008203818282");
  INFO(row);
  Outline outline;
  CHECK_FALSE(outline.read(MessageKind::proactive, parse_hex(row).value()));
}
