// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/uicc/file_system.hpp"

#include <algorithm>
#include <array>

#include "runner/codec/wire/tlv.hpp"

namespace dmsc::peer {
namespace {

constexpr std::uint16_t mf = 0x3F00;
constexpr std::uint16_t usim = 0x7FFF;  // the file id that stands for the current ADF

constexpr std::uint16_t wrong_length = 0x6700;
constexpr std::uint16_t not_compatible = 0x6981;
constexpr std::uint16_t security = 0x6982;
constexpr std::uint16_t no_file = 0x6986;
constexpr std::uint16_t not_found = 0x6A82;
constexpr std::uint16_t no_record = 0x6A83;
constexpr std::uint16_t wrong_p1_p2 = 0x6A86;
constexpr std::uint16_t wrong_offset = 0x6B00;

constexpr std::uint8_t no_data_back = 0x0C;

// RID of 3GPP and the application code of a USIM; the rest of an AID is the issuer's (TS 101 220, annex E).
constexpr std::array<std::uint8_t, 13> aid = {0xA0, 0x00, 0x00, 0x00, 0x87, 0x10, 0x02,
                                              0xFF, 0x44, 0xFF, 0x12, 0xFF, 0x89};

/// EF.UST with the services that DM_SC needs: 28 and 29 data download, 30 call control, 31 control of MO short
/// messages, 77 terminal applications; beside them 12 SMSP, 10 SMS and 33 reserved, always set. Source: 3GPP
/// TS 31.102, 4.2.8
Octets service_table() {
  Octets table(12, 0);
  for (const int service : {10, 12, 28, 29, 30, 31, 33, 77}) {
    table[std::size_t(service - 1) / 8] |= static_cast<std::uint8_t>(1U << (unsigned(service - 1) % 8));
  }
  return table;
}

Octets directory_entry() {
  Octets application = {0x4F, static_cast<std::uint8_t>(aid.size())};
  append(application, aid);
  append(application, Octets{0x50, 0x04, 'U', 'S', 'I', 'M'});
  auto record = codec::write_ber(0x61, application);
  record.resize(32, 0xFF);
  return record;
}

Octets with_length(Octets octets) {
  octets.insert(octets.begin(), static_cast<std::uint8_t>(octets.size()));
  return octets;
}

/// EF.IMSI: length, then the parity nibble 9 or 1 before the digits. Source: 3GPP TS 31.102, 4.2.2
Octets imsi_file(const std::string& imsi) {
  const bool odd = imsi.size() % 2 == 1;
  auto file = with_length(packed_digits((odd ? "9" : "1") + imsi));
  file.resize(9, 0xFF);
  return file;
}

Octets smsp_record() {
  Octets record(40, 0xFF);  // 12 octets of alpha identifier, 28 of parameters
  record[12] = 0xFD;        // only the service centre address is there
  const Octets centre = {0x06, 0x91, 0x51, 0x55, 0x10, 0x00, 0xF0};
  std::copy(centre.begin(), centre.end(), record.begin() + 12 + 13);
  return record;
}

}  // namespace

Octets packed_digits(const std::string& digits) {
  Octets out;
  for (std::size_t at = 0; at < digits.size(); at += 2) {
    const auto low = unsigned(digits[at] - '0') & 0x0F;
    const auto high = at + 1 < digits.size() ? unsigned(digits[at + 1] - '0') & 0x0F : 0x0FU;
    out.push_back(static_cast<std::uint8_t>(high << 4 | low));
  }
  return out;
}

ByteView FileSystem::usim_aid() {
  return aid;
}

FileSystem::FileSystem(const Subscriber& subscriber) {
  const auto digits = static_cast<std::uint8_t>(subscriber.mnc_digits);
  auto iccid = packed_digits(subscriber.iccid);
  iccid.resize(10, 0xFF);
  const Octets unknown_place = {0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0xF1, 0x10, 0x00, 0x00, 0xFF, 0x01};
  const Octets unknown_packet_place = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                       0x00, 0xF1, 0x10, 0x00, 0x00, 0xFF, 0x01};
  files_ = {
      // id, parent, short id, record size, writable, content (TS 102 221, 13; TS 31.102, 4.2)
      {0x2F00, mf, 0x1E, 32, false, directory_entry()},                     // EF.DIR
      {0x2FE2, mf, 0x02, 0, false, iccid},                                  // EF.ICCID
      {0x2F05, mf, 0x05, 0, true, {'e', 'n'}},                              // EF.PL
      {0x2F06, mf, 0x06, 10, false, Octets(10, 0xFF)},                      // EF.ARR
      {0x2F08, mf, 0x08, 0, false, {0x00, 0x00, 0x05, 0x05, 0x05}},         // EF.UMPC
      {0x6F05, usim, 0x02, 0, true, {'e', 'n'}},                            // EF.LI
      {0x6F06, usim, 0x17, 10, false, Octets(10, 0xFF)},                    // EF.ARR
      {0x6F07, usim, 0x07, 0, false, imsi_file(subscriber.imsi)},           // EF.IMSI
      {0x6F08, usim, 0x08, 0, true, Octets(33, 0xFF)},                      // EF.Keys
      {0x6F09, usim, 0x09, 0, true, Octets(33, 0xFF)},                      // EF.KeysPS
      {0x6F31, usim, 0x12, 0, false, {0x05}},                               // EF.HPPLMN
      {0x6F38, usim, 0x04, 0, false, service_table()},                      // EF.UST
      {0x6F42, usim, 0x00, 40, true, smsp_record()},                        // EF.SMSP
      {0x6F56, usim, 0x05, 0, false, {0x00}},                               // EF.EST
      {0x6F5B, usim, 0x0F, 0, true, {0xF0, 0x00, 0x00, 0xF0, 0x00, 0x00}},  // EF.START-HFN
      {0x6F5C, usim, 0x10, 0, false, {0xF0, 0x00, 0x00}},                   // EF.THRESHOLD
      {0x6F73, usim, 0x0C, 0, true, unknown_packet_place},                  // EF.PSLOCI
      {0x6F78, usim, 0x06, 0, false, {0x00, 0x01}},                         // EF.ACC
      {0x6F7B, usim, 0x0D, 0, true, Octets(12, 0xFF)},                      // EF.FPLMN
      {0x6F7E, usim, 0x0B, 0, true, unknown_place},                         // EF.LOCI
      {0x6FAD, usim, 0x03, 0, false, {0x80, 0x00, 0x00, digits}},           // EF.AD: type approval
      {0x6FB7, usim, 0x01, 4, false, {0x11, 0xF2, 0xFF, 0x00}},             // EF.ECC: 112
      {0x6FC4, usim, 0x00, 0, true, Octets(48, 0xFF)},                      // EF.NETPAR
  };
}

FileSystem::File* FileSystem::find(std::uint16_t id, std::uint16_t parent) {
  const auto found = std::find_if(files_.begin(), files_.end(),
                                  [&](const File& file) { return file.id == id && file.parent == parent; });
  return found == files_.end() ? nullptr : &*found;
}

/// A path of file ids from `start` on; directories on the way become current.
bool FileSystem::walk(ByteView path, std::uint16_t start, Selection& at, File*& file) {
  auto directory = start;
  file = nullptr;
  for (std::size_t i = 0; i + 1 < path.size(); i += 2) {
    const auto id = static_cast<std::uint16_t>(path[i] << 8 | path[i + 1]);
    if (file != nullptr) return false;  // nothing lies below an elementary file
    if (id == mf || (id == usim && at.adf_active)) {
      directory = id;
      continue;
    }
    file = find(id, directory);
    if (file == nullptr) return false;
  }
  at.directory = directory;
  return true;
}

FileSystem::Answer FileSystem::select(const codec::Command& command, Selection& at) {
  const auto& data = command.data;
  File* file = nullptr;
  bool found = false;
  if (command.p1 == 0x04) {
    // An AID may be cut on the right, down to the application code.
    constexpr std::size_t least = 7;
    found = data.size() >= least && data.size() <= aid.size() && same(data, ByteView(aid).first(data.size()));
    if (found) {
      at.directory = usim;
      at.adf_active = true;
    }
  } else if (command.p1 == 0x00) {
    found = data.empty() || data.size() == 2;
    if (data.empty()) at.directory = mf;
    if (data.size() == 2) found = walk(data, at.directory, at, file);
  } else if (command.p1 == 0x03) {
    found = data.empty();
    if (found) at.directory = mf;
  } else if (command.p1 == 0x08 || command.p1 == 0x09) {
    found = !data.empty() && data.size() % 2 == 0 && walk(data, command.p1 == 0x08 ? mf : at.directory, at, file);
  } else {
    return {{}, wrong_p1_p2};
  }
  if (!found) return {{}, not_found};
  at.file = file == nullptr ? 0 : file->id;
  return selected(command, at, file);
}

FileSystem::Answer FileSystem::selected(const codec::Command& command, const Selection& at, const File* file) const {
  if ((command.p2 & no_data_back) == no_data_back) return {};
  return {file == nullptr ? directory_parameters(at.directory) : file_parameters(*file), 0x9000};
}

/// Source: ETSI TS 102 221, 11.1.1.3 and 11.1.1.4
Octets FileSystem::directory_parameters(std::uint16_t directory) const {
  Octets inside = {0x82, 0x02, 0x78, 0x21};
  if (directory == usim) {
    inside.push_back(0x84);
    append(inside, with_length(Octets(aid.begin(), aid.end())));
  } else {
    append(inside, Octets{0x83, 0x02, 0x3F, 0x00});
    append(inside, Octets{0xA5, 0x03, 0x80, 0x01, 0x71});  // clock stop allowed, 3 V
  }
  append(inside, Octets{0x8A, 0x01, 0x05});
  // PIN status: neither the PIN of the application nor the local one is enabled.
  append(inside, Octets{0xC6, 0x09, 0x90, 0x01, 0x00, 0x83, 0x01, 0x01, 0x83, 0x01, 0x81});
  return codec::write_ber(0x62, inside);
}

Octets FileSystem::file_parameters(const File& file) const {
  const auto octet = [](std::size_t number) { return static_cast<std::uint8_t>(number); };
  Octets inside;
  if (file.record_size == 0) {
    inside = {0x82, 0x02, 0x41, 0x21};
  } else {
    inside = {0x82, 0x05, 0x42, 0x21, 0x00, octet(file.record_size), octet(file.content.size() / file.record_size)};
  }
  append(inside, Octets{0x83, 0x02, octet(file.id >> 8), octet(file.id & 0xFF), 0x8A, 0x01, 0x05});
  append(inside, Octets{0x80, 0x02, octet(file.content.size() >> 8), octet(file.content.size() & 0xFF)});
  if (file.short_id != 0) append(inside, Octets{0x88, 0x01, octet(file.short_id << 3U)});
  return codec::write_ber(0x62, inside);
}

/// The elementary file a command means: by short identifier, which makes it current, or the current one.
FileSystem::File* FileSystem::addressed(std::uint8_t short_id, bool by_short_id, Selection& at, Answer& answer) {
  File* file = nullptr;
  if (by_short_id) {
    const auto found = std::find_if(files_.begin(), files_.end(), [&](const File& one) {
      return one.short_id != 0 && one.short_id == short_id && one.parent == at.directory;
    });
    if (found != files_.end()) file = &*found;
    if (file == nullptr) answer.status = not_found;
    if (file != nullptr) at.file = file->id;
  } else {
    file = at.file == 0 ? nullptr : find(at.file, at.directory);
    if (file == nullptr) answer.status = no_file;
  }
  return file;
}

namespace {

struct Place {
  bool by_short_id = false;
  std::uint8_t short_id = 0;
  std::size_t offset = 0;
};

/// P1 and P2 of READ and UPDATE BINARY. Source: ETSI TS 102 221, 11.1.3
Place place_of(const codec::Command& command) {
  if ((command.p1 & 0x80) != 0) return {true, static_cast<std::uint8_t>(command.p1 & 0x1F), command.p2};
  return {false, 0, std::size_t(command.p1) << 8 | command.p2};
}

}  // namespace

FileSystem::Answer FileSystem::read_binary(const codec::Command& command, Selection& at) {
  Answer answer;
  const auto place = place_of(command);
  const auto* file = addressed(place.short_id, place.by_short_id, at, answer);
  if (file == nullptr) return answer;
  if (file->record_size != 0) return {{}, not_compatible};
  if (place.offset >= file->content.size()) return {{}, wrong_offset};
  answer.data.assign(file->content.begin() + static_cast<std::ptrdiff_t>(place.offset), file->content.end());
  return answer;
}

FileSystem::Answer FileSystem::update_binary(const codec::Command& command, Selection& at) {
  Answer answer;
  const auto place = place_of(command);
  auto* file = addressed(place.short_id, place.by_short_id, at, answer);
  if (file == nullptr) return answer;
  if (file->record_size != 0) return {{}, not_compatible};
  if (!file->writable) return {{}, security};
  if (command.data.empty()) return {{}, wrong_length};
  if (place.offset + command.data.size() > file->content.size()) return {{}, wrong_offset};
  std::copy(command.data.begin(), command.data.end(),
            file->content.begin() + static_cast<std::ptrdiff_t>(place.offset));
  return answer;
}

FileSystem::Answer FileSystem::read_record(const codec::Command& command, Selection& at) {
  Answer answer;
  const auto short_id = static_cast<std::uint8_t>(command.p2 >> 3U);
  const auto* file = addressed(short_id, short_id != 0, at, answer);
  if (file == nullptr) return answer;
  if (file->record_size == 0) return {{}, not_compatible};
  if ((command.p2 & 0x07) != 0x04) return {{}, wrong_p1_p2};  // absolute mode; there is no record pointer
  if (command.p1 == 0 || command.p1 > file->content.size() / file->record_size) return {{}, no_record};
  const auto first = file->content.begin() + static_cast<std::ptrdiff_t>((command.p1 - 1U) * file->record_size);
  answer.data.assign(first, first + static_cast<std::ptrdiff_t>(file->record_size));
  return answer;
}

FileSystem::Answer FileSystem::update_record(const codec::Command& command, Selection& at) {
  Answer answer;
  const auto short_id = static_cast<std::uint8_t>(command.p2 >> 3U);
  auto* file = addressed(short_id, short_id != 0, at, answer);
  if (file == nullptr) return answer;
  if (file->record_size == 0) return {{}, not_compatible};
  if (!file->writable) return {{}, security};
  if ((command.p2 & 0x07) != 0x04) return {{}, wrong_p1_p2};
  if (command.p1 == 0 || command.p1 > file->content.size() / file->record_size) return {{}, no_record};
  if (command.data.size() != file->record_size) return {{}, wrong_length};
  std::copy(command.data.begin(), command.data.end(),
            file->content.begin() + static_cast<std::ptrdiff_t>((command.p1 - 1U) * file->record_size));
  return answer;
}

FileSystem::Answer FileSystem::status(const codec::Command& command, const Selection& at) const {
  if (command.p1 > 0x02 || (command.p2 != 0x00 && command.p2 != 0x01 && command.p2 != no_data_back)) {
    return {{}, wrong_p1_p2};
  }
  if (command.p2 == 0x00) return {directory_parameters(at.directory), 0x9000};
  if (command.p2 == no_data_back) return {};
  Octets name = {0x84};
  append(name, with_length(Octets(aid.begin(), aid.end())));
  return {name, 0x9000};
}

}  // namespace dmsc::peer
