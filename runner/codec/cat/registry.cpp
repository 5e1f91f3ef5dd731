// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/cat/registry.hpp"

#include <algorithm>

#include "runner/codec/cat/message.hpp"

namespace dmsc::codec {
namespace {

constexpr const char* object_key = "registry_application_data";
constexpr std::size_t port_size = 2;

bool is_registry(const Node& node) {
  return node.key == object_key;
}

bool names_client(const Decoded& message) {
  return std::any_of(message.fields.begin(), message.fields.end(), [](const Node& node) {
    return is_registry(node) && node.value.int_or("application_type", 0) == dm_client_type;
  });
}

/// Tag and length in front of a value, as far as they are there.
std::size_t header_size(const Octets& object) {
  const bool long_form = object.size() > 1 && object[1] > 0x80;
  return long_form ? 2 + std::size_t{object[1] & 0x7FU} : 2;
}

}  // namespace

std::optional<Decoded> decode_registry_type_first(ByteView octets, const Decoded& usual) {
  if (usual.key != "terminal_applications" || names_client(usual)) return {};
  auto swapped = to_octets(octets);
  for (const auto& node : usual.fields) {
    const auto first = node.offset + header_size(node.octets) + port_size;
    const bool whole = header_size(node.octets) + port_size + 2 <= node.octets.size() && first + 1 < swapped.size();
    if (is_registry(node) && whole) std::swap(swapped[first], swapped[first + 1]);
  }
  auto other = decode_envelope(swapped);
  if (!names_client(other)) return {};
  return other;
}

}  // namespace dmsc::codec
