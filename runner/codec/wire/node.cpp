// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/wire/node.hpp"

#include <algorithm>
#include <unordered_map>

#include "runner/base/json.hpp"
#include "runner/base/text.hpp"

namespace dmsc::codec {
namespace {

void collect_anomalies(const std::vector<Node>& nodes, bool inside, std::vector<Anomaly>& all) {
  for (const auto& node : nodes) {
    all.insert(all.end(), node.anomalies.begin(), node.anomalies.end());
    if (inside || !node.message) collect_anomalies(node.fields, inside, all);
  }
}

std::vector<Anomaly> anomalies_of(const Decoded& decoded, bool inside) {
  std::vector<Anomaly> all = decoded.anomalies;
  collect_anomalies(decoded.fields, inside, all);
  std::stable_sort(all.begin(), all.end(), [](const Anomaly& a, const Anomaly& b) { return a.offset < b.offset; });
  return all;
}

Value anomalies_json(const std::vector<Anomaly>& anomalies) {
  Value::List list;
  for (const auto& anomaly : anomalies) {
    list.push_back(Value::Map{{"offset", anomaly.offset}, {"text", anomaly.text}});
  }
  return list;
}

Value node_json(const Node& node) {
  Value out;
  out["key"] = node.key;
  if (!node.name.empty() && node.name != node.key) out["name"] = node.name;
  if (!node.clause.empty()) out["clause"] = node.clause;
  if (node.tag) {
    const std::uint32_t wire = *node.tag | (node.comprehension ? (node.three_octet ? 0x8000U : 0x80U) : 0U);
    out["tag"] = (node.three_octet ? "7F" : "") + hex_number(wire, node.three_octet ? 4 : 2);
    out["comprehension"] = node.comprehension;
  }
  out["offset"] = node.offset;
  out["length"] = node.octets.size();
  out["hex"] = to_hex(node.octets);
  out["value"] = node.value;
  if (!node.note.empty()) out["meaning"] = node.note;
  if (!node.fields.empty()) {
    Value::List fields;
    for (const auto& field : node.fields) fields.push_back(node_json(field));
    out["fields"] = std::move(fields);
  }
  out["anomalies"] = anomalies_json(node.anomalies);
  return out;
}

void print_node(const Node& node, std::size_t depth, std::string& out) {
  std::string line(depth * 2, ' ');
  line += node.name.empty() ? node.key : node.name;
  const bool scalar = !node.value.is_map() && !(node.value.is_null());
  if (scalar) line += ": " + (node.value.is_string() ? node.value.as_string() : write_json(node.value));
  if (node.value.find("raw") != nullptr) line += ": " + write_json(node.value);
  if (!node.note.empty() && node.value != Value(node.note)) line += " (" + node.note + ")";
  line = printable(line);
  constexpr std::size_t column = 58;
  const auto width = static_cast<std::size_t>(
      std::ranges::count_if(line, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
  line.append(width + 2 > column ? 2 : column - width, ' ');
  line += to_hex(node.octets, " ");
  if (!node.clause.empty()) line += "  [" + node.clause + "]";
  out += line + "\n";
  for (const auto& anomaly : node.anomalies) {
    out += std::string(depth * 2 + 2, ' ') + "! " + anomaly.text + " (offset " + std::to_string(anomaly.offset) + ")\n";
  }
  for (const auto& field : node.fields) print_node(field, depth + 1, out);
}

}  // namespace

Node plain_node(std::string key, std::string name, std::size_t offset, ByteView octets) {
  Node node;
  node.key = std::move(key);
  node.name = std::move(name);
  node.offset = offset;
  node.octets = to_octets(octets);
  node.value = to_hex(octets);
  return node;
}

void shift_nodes(std::vector<Node>& nodes, std::size_t by) {
  for (auto& node : nodes) {
    node.offset += by;
    for (auto& anomaly : node.anomalies) anomaly.offset += by;
    shift_nodes(node.fields, by);
  }
}

std::optional<Error> nest(Node& node, Decoded&& inner) {
  if (!inner.key.empty()) node.key = inner.key;
  node.name = inner.name;
  node.clause = inner.clause;
  node.value = inner.value();
  shift_nodes(inner.fields, node.offset);
  node.fields = std::move(inner.fields);
  for (auto& anomaly : inner.anomalies) node.anomalies.push_back({anomaly.offset + node.offset, anomaly.text});
  if (inner.error) inner.error->offset = inner.error->offset.value_or(0) + node.offset;
  return inner.error;
}

Value Decoded::value() const {
  Value::Map members;
  if (!variant.empty()) members.emplace_back("mode", variant);
  std::unordered_map<std::string_view, std::size_t> place;
  std::unordered_map<std::string_view, std::size_t> count;
  for (const auto& node : fields) ++count[node.key];
  for (const auto& node : fields) {
    const bool list = count[node.key] > 1 || node.repeats;
    const auto [found, is_new] = place.emplace(node.key, members.size());
    if (is_new) members.emplace_back(node.key, list ? Value(Value::List{}) : node.value);
    if (list) members[found->second].second.as_list().push_back(node.value);
  }
  return members;
}

std::vector<Anomaly> Decoded::all_anomalies() const {
  return anomalies_of(*this, true);
}

std::vector<Anomaly> Decoded::own_anomalies() const {
  return anomalies_of(*this, false);
}

const Value* Decoded::find(std::string_view key) const {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const Node& node) { return node.key == key; });
  return found == fields.end() ? nullptr : &found->value;
}

bool Decoded::clean() const {
  return !error && all_anomalies().empty();
}

Value to_json(const Decoded& decoded) {
  Value out;
  out["kind"] = decoded.kind;
  out["key"] = decoded.key;
  if (!decoded.variant.empty()) out["mode"] = decoded.variant;
  out["name"] = decoded.name;
  if (!decoded.clause.empty()) out["clause"] = decoded.clause;
  Value::List fields;
  for (const auto& node : decoded.fields) fields.push_back(node_json(node));
  out["fields"] = std::move(fields);
  out["anomalies"] = anomalies_json(decoded.anomalies);
  if (decoded.error) {
    Value error;
    error["message"] = decoded.error->message;
    if (decoded.error->offset) error["offset"] = *decoded.error->offset;
    if (!decoded.error->place.empty()) error["place"] = decoded.error->place;
    out["error"] = std::move(error);
  }
  return out;
}

std::string to_text(const Decoded& decoded) {
  std::string out = decoded.name;
  if (!decoded.clause.empty()) out += "  [" + decoded.clause + "]";
  out += "\n";
  for (const auto& node : decoded.fields) print_node(node, 1, out);
  for (const auto& anomaly : decoded.anomalies) {
    out += "  ! " + anomaly.text + " (offset " + std::to_string(anomaly.offset) + ")\n";
  }
  if (decoded.error) out += "error: " + decoded.error->text() + "\n";
  return out;
}

}  // namespace dmsc::codec
