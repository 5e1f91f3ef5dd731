// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/terminal/power_on.hpp"

#include <algorithm>

#include "runner/codec/wire/text.hpp"

namespace dmsc::peer {
namespace {

constexpr std::uint8_t usim_aid[] = {0xA0, 0x00, 0x00, 0x00, 0x87, 0x10, 0x02};  // RID of 3GPP, application code

// EF.UST, EF.IMSI, EF.AD, EF.ACC, EF.LOCI, EF.START-HFN, EF.SMSP
constexpr std::uint16_t usim_files[] = {0x6F38, 0x6F07, 0x6FAD, 0x6F78, 0x6F7E, 0x6F5B, 0x6F42};

constexpr std::uint16_t file_of_services = 0x6F38;
constexpr std::uint16_t file_of_messages = 0x6F42;

constexpr std::size_t longest_aid = 16;

constexpr std::uint8_t ins_select = 0xA4;

Octets select_file(std::uint8_t p1, Octets path) {
  return codec::write_command({0x00, ins_select, p1, 0x04, std::move(path), {}, false});
}

Octets file_of_usim(std::uint16_t id) {
  return {0x7F, 0xFF, static_cast<std::uint8_t>(id >> 8), static_cast<std::uint8_t>(id)};
}

/// GSM context with a challenge of no meaning: there is no network to be known to. Source: TS 31.102, 7.1.2
Octets authenticate() {
  Octets challenge = {0x10};
  for (std::uint8_t octet = 0; octet < 16; ++octet) challenge.push_back(octet);
  return codec::write_command({0x00, 0x88, 0x00, 0x80, std::move(challenge), {}, false});
}

/// Class B, 60 mA, 5 MHz; no interface beside this one. Source: ETSI TS 102 221, 11.1.19
Octets terminal_capability() {
  return codec::write_command(
      {0x80, 0xAA, 0x00, 0x00, {0xA9, 0x08, 0x80, 0x03, 0x02, 0x3C, 0x32, 0x82, 0x01, 0x00}, {}, false});
}

/// Value of the first TLV with a tag of one octet; empty where there is none or the octets are no TLVs.
ByteView value_of(ByteView octets, std::uint8_t tag) {
  while (octets.size() >= 2) {
    const std::size_t length = octets[1];
    if (length >= 0x80 || length > octets.size() - 2) return {};
    if (octets[0] == tag) return octets.subspan(2, length);
    octets = octets.subspan(2 + length);
  }
  return {};
}

}  // namespace

/// READ BINARY or READ RECORD of the first record, as much as its parameters say there is.
Octets PowerOn::read_selected() const {
  const auto length = static_cast<std::uint32_t>(std::clamp<std::size_t>(length_, 1, 255));
  if (in_records_) return codec::write_command({0x00, 0xB2, 0x01, 0x04, {}, length, false});
  return codec::write_command({0x00, 0xB0, 0x00, 0x00, {}, length, false});
}

/// Source: ETSI TS 102 221, 11.1.1.3 and 11.1.1.4
void PowerOn::note_parameters(ByteView parameters) {
  const auto inside = value_of(parameters, 0x62);
  const auto descriptor = value_of(inside, 0x82);
  in_records_ = descriptor.size() >= 4 && (descriptor[0] & 0x07) != 0x01;
  length_ = in_records_ ? descriptor[3] : 0;
  const auto size = value_of(inside, 0x80);
  if (!in_records_ && size.size() >= 2) length_ = std::size_t{size[0]} << 8 | size[1];
  const auto capability = value_of(value_of(inside, 0xA5), 0x87);
  knows_capability_ = !capability.empty() && (capability[0] & 0x01) != 0;
}

std::optional<Octets> PowerOn::next() {
  switch (stage_) {
    case Stage::mf:
      return select_file(0x00, {0x3F, 0x00});
    case Stage::capability:
      return terminal_capability();
    case Stage::directory:
      return select_file(0x08, {0x2F, 0x00});
    case Stage::iccid:
      return select_file(0x08, {0x2F, 0xE2});
    case Stage::directory_record:
    case Stage::iccid_read:
    case Stage::file_read:
      return read_selected();
    case Stage::usim:
      return select_file(0x04, aid_.empty() ? to_octets(usim_aid) : aid_);
    case Stage::file:
      return file_ < std::size(usim_files) ? select_file(0x08, file_of_usim(usim_files[file_])) : authenticate();
    case Stage::end:
      // The application is initialised: TS 102 221, 11.1.2
      return done_ ? std::nullopt : std::optional(Octets{0x80, 0xF2, 0x01, 0x0C});
  }
  return {};
}

/// The first application of EF.DIR, if it is a USIM.
void PowerOn::note_application(ByteView record) {
  const auto aid = value_of(value_of(record, 0x61), 0x4F);
  const bool usim = aid.size() >= std::size(usim_aid) && same(aid.first(std::size(usim_aid)), usim_aid);
  if (usim && aid.size() <= longest_aid) aid_ = to_octets(aid);
}

bool PowerOn::has_service(int service) const {
  constexpr int bits = 8;
  const auto at = static_cast<std::size_t>(service - 1) / bits;
  return at < services_.size() && (services_[at] >> (static_cast<unsigned>(service - 1) % bits) & 1U) != 0;
}

/// The last 28 octets of the record are indicators, destination, service centre (length, type, digits), and three more.
std::string PowerOn::service_centre() const {
  constexpr std::size_t parameters = 28;
  constexpr std::size_t centre_at = 13;
  constexpr std::size_t centre_size = 12;
  constexpr std::uint8_t international = 0x91;
  if (messages_.size() < parameters) return {};
  const auto field = ByteView(messages_).last(parameters).subspan(centre_at, centre_size);
  const bool absent = (messages_[messages_.size() - parameters] & 0x02) != 0;
  if (absent || field[0] < 2 || field[0] >= centre_size) return {};
  return (field[1] == international ? "+" : "") + codec::decode_digits(field.subspan(2, field[0] - 1U));
}

PowerOn::Stage PowerOn::following(bool selected) const {
  switch (stage_) {
    case Stage::mf:
      return knows_capability_ ? Stage::capability : Stage::directory;
    case Stage::capability:
      return Stage::directory;
    case Stage::directory:
      return selected ? Stage::directory_record : Stage::iccid;
    case Stage::directory_record:
      return Stage::iccid;
    case Stage::iccid:
      return selected ? Stage::iccid_read : Stage::usim;
    case Stage::iccid_read:
      return Stage::usim;
    case Stage::usim:
      return Stage::file;
    case Stage::file:
      if (file_ > std::size(usim_files)) return Stage::end;  // that was the authentication
      return selected ? Stage::file_read : Stage::file;
    case Stage::file_read:
      return Stage::file;
    case Stage::end:
      return Stage::end;
  }
  return Stage::end;
}

void PowerOn::on_response(ByteView data, codec::StatusWord status) {
  const bool selects = stage_ == Stage::mf || stage_ == Stage::directory || stage_ == Stage::iccid ||
                       (stage_ == Stage::file && file_ < std::size(usim_files));
  const bool selected = selects && status.ok() && !data.empty();
  if (selected) note_parameters(data);
  if (stage_ == Stage::directory_record && status.ok()) note_application(data);
  if (stage_ == Stage::file_read && usim_files[file_] == file_of_services && status.ok()) services_ = to_octets(data);
  if (stage_ == Stage::file_read && usim_files[file_] == file_of_messages && status.ok()) messages_ = to_octets(data);
  if (stage_ == Stage::file_read || (stage_ == Stage::file && !selected)) ++file_;
  done_ = stage_ == Stage::end;
  stage_ = following(selected);
}

}  // namespace dmsc::peer
