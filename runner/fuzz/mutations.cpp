// SPDX-License-Identifier: Apache-2.0
#include "runner/fuzz/mutations.hpp"

#include <algorithm>
#include <fstream>
#include <stdexcept>

#include "runner/codec/card/apdu.hpp"
#include "runner/codec/card/apdu_tree.hpp"
#include "runner/codec/cat/message.hpp"
#include "runner/codec/cat/profile.hpp"
#include "runner/codec/dm/package0.hpp"
#include "runner/codec/sms/cdma_sms.hpp"
#include "runner/codec/sms/modem_tpdu.hpp"
#include "runner/codec/sms/user_data.hpp"
#include "runner/codec/wap/wdp.hpp"
#include "runner/codec/wap/wsp.hpp"

namespace dmsc::fuzz {
namespace {

/// SplitMix64: small, and the same on every machine, which the distributions of the library are not.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    auto word = state_ += 0x9E3779B97F4A7C15;
    word = (word ^ word >> 30) * 0xBF58476D1CE4E5B9;
    word = (word ^ word >> 27) * 0x94D049BB133111EB;
    return word ^ word >> 31;
  }
  /// 0 to `bound` - 1.
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(next() % bound); }

 private:
  std::uint64_t state_;
};

void change(Octets& octets, Chance& chance) {
  if (octets.empty()) return;
  const auto way = chance.below(32);
  if (way == 0) octets.resize(chance.below(octets.size()) + 1);
  if (way == 1) octets.push_back(static_cast<std::uint8_t>(chance.next()));
  for (auto times = 1 + chance.below(3); times > 0; --times) {
    auto& octet = octets[chance.below(octets.size())];
    const bool flip = chance.below(2) == 0;
    octet = flip ? octet ^ static_cast<std::uint8_t>(1U << chance.below(8)) : static_cast<std::uint8_t>(chance.next());
  }
}

template <std::span<const codec::MessageSpec> (*Rows)()>
std::vector<Octets> message_samples() {
  std::vector<Octets> out;
  for (const auto& row : Rows()) out.push_back(parse_hex(row.sample).value());
  return out;
}

std::vector<Octets> object_samples() {
  std::vector<Octets> out;
  for (const auto& row : codec::objects()) out.push_back(parse_hex(row.sample).value());
  return out;
}

template <codec::SmsWay Way>
codec::Decoded tpdu(ByteView octets) {
  return codec::decode_tpdu(octets, Way);
}

Result<Octets> write_tpdu(const codec::Decoded& decoded) {
  return codec::encode_tpdu(*codec::find_tpdu(decoded.key), decoded.value());
}

codec::Decoded modem_deliver(ByteView octets) {
  return codec::decode_modem_tpdu(octets, *codec::find_tpdu("deliver"));
}

Result<Octets> write_modem_deliver(const codec::Decoded& decoded) {
  return codec::encode_modem_tpdu(*codec::find_tpdu("deliver"), decoded.value());
}

codec::Decoded user_data_header(ByteView octets) {
  auto header = codec::decode_header(octets, 0);
  codec::Decoded out;
  out.fields = std::move(header.nodes);
  auto& elements = out.fields.emplace_back();
  elements.key = "elements";
  elements.value = std::move(header.elements);
  if (octets.size() > 0xFF) out.error = Error{Errc::range, "a header has at most 255 octets", 0xFF, {}};
  return out;
}

Result<Octets> write_user_data_header(const codec::Decoded& decoded) {
  auto octets = codec::encode_header(decoded.fields.back().value);
  if (octets) octets->erase(octets->begin());  // its own length
  return octets;
}

template <Result<Octets> (*Write)(const Value&)>
Result<Octets> write_value(const codec::Decoded& decoded) {
  return Write(decoded.value());
}

codec::Decoded push(ByteView octets) {
  return codec::decode_wsp(octets);
}

/// The segment that the tree was made from stands in its nodes.
Result<Octets> write_segment(const codec::Decoded& decoded) {
  const auto value = decoded.value();
  codec::WdpSegment segment;
  segment.type = static_cast<std::uint8_t>(value.int_or("type", 0));
  segment.total = static_cast<std::uint8_t>(value.int_or("total", 0));
  segment.segment = static_cast<std::uint8_t>(value.int_or("segment", 0));
  segment.source_port = static_cast<std::uint16_t>(value.int_or("source_port", 0));
  segment.destination_port = static_cast<std::uint16_t>(value.int_or("destination_port", 0));
  segment.duplicated_ports = value.bool_or("duplicated_ports", false);
  auto data = parse_hex(value.text_or("data", ""));
  if (!data) return data;
  segment.data = std::move(*data);
  return codec::write_wdp(segment);
}

Result<Octets> write_notification(const codec::Decoded& decoded) {
  auto fields = decoded.value();
  auto digest = parse_hex(fields.text_or("digest", ""));
  if (!digest) return digest;
  const auto package = codec::package0_of(fields);
  if (!package) return tl::make_unexpected(package.error());
  const auto trigger = codec::write_trigger(*package);
  if (!trigger) return trigger;
  append(*digest, *trigger);
  return digest;
}

/// The header and data of a command, from the nodes; what an extended length looked like is seen at Lc and Le.
Result<Octets> write_apdu(const codec::Decoded& decoded) {
  Octets out;
  for (const auto& node : decoded.fields) append(out, node.octets);
  const auto command = codec::read_command(out);
  if (!command) return tl::make_unexpected(command.error());
  return codec::write_command(*command);
}

constexpr RoundTrip table[] = {
    {"proactive", "proactive", codec::decode_proactive, codec::encode_decoded,
     message_samples<codec::proactive_commands>},
    {"terminal_response", "terminal_response", codec::decode_terminal_response, codec::encode_decoded,
     message_samples<codec::terminal_responses>},
    {"envelope", "envelope", codec::decode_envelope, codec::encode_decoded, message_samples<codec::envelopes>},
    {"tlv", "tlv", codec::decode_tlvs, codec::encode_decoded, object_samples},
    {"profile", "profile", codec::decode_profile, write_value<codec::encode_profile>, nullptr},
    {"apdu", "apdu", codec::decode_apdu, write_apdu, nullptr},
    {"tpdu_from_terminal", "sms_from_terminal", tpdu<codec::SmsWay::from_terminal>, write_tpdu, nullptr},
    {"tpdu_to_terminal", "sms_to_terminal", tpdu<codec::SmsWay::to_terminal>, write_tpdu, nullptr},
    {"modem_deliver", "modem_tpdu", modem_deliver, write_modem_deliver, nullptr},
    {"user_data_header", "user_data_header", user_data_header, write_user_data_header, nullptr},
    {"cdma_sms", "cdma_sms", codec::decode_cdma_sms, write_value<codec::encode_cdma_sms>, nullptr},
    {"cdma_bearer", "cdma_bearer", codec::decode_bearer_data, write_value<codec::encode_bearer_data>, nullptr},
    {"wdp", "wdp", codec::decode_wdp, write_segment, nullptr},
    {"wsp", "wsp", push, write_value<codec::encode_wsp>, nullptr},
    {"package0", "package0", codec::decode_package0, write_notification, nullptr},
};

std::vector<Octets> samples_of(const RoundTrip& trip, const std::filesystem::path& corpus) {
  auto out = trip.samples == nullptr ? std::vector<Octets>{} : trip.samples();
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(corpus / trip.corpus)) files.push_back(entry.path());
  std::ranges::sort(files);
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    Octets octets{std::istreambuf_iterator<char>(in), {}};
    if (!octets.empty()) out.push_back(std::move(octets));
  }
  return out;
}

void try_one(const RoundTrip& trip, ByteView octets, MutationCount& count) {
  ++count.inputs;
  const auto fault = [&](std::size_t& kind, const std::string& what) {
    ++kind;
    if (count.example.empty()) count.example = to_hex(octets) + " " + what;
  };
  try {
    const auto decoded = trip.decode(octets);
    if (!decoded.clean()) return;
    ++count.clean;
    const auto back = trip.encode(decoded);
    if (!back) {
      fault(count.refused, "is refused: " + back.error().text());
    } else if (!same(*back, octets)) {
      fault(count.differ, "comes back as " + to_hex(*back));
    }
  } catch (const std::exception& problem) {
    fault(count.threw, std::string("throws ") + problem.what());
  }
}

}  // namespace

std::span<const RoundTrip> round_trips() {
  return table;
}

MutationCount mutate(const RoundTrip& trip, const std::filesystem::path& corpus, std::size_t inputs,
                     std::uint64_t seed) {
  const auto samples = samples_of(trip, corpus);
  MutationCount count;
  for (const auto& sample : samples) try_one(trip, sample, count);
  Chance chance(seed);
  while (count.inputs < inputs) {
    auto octets = samples[chance.below(samples.size())];
    change(octets, chance);
    try_one(trip, octets, count);
  }
  return count;
}

}  // namespace dmsc::fuzz
