// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "runner/codec/card/apdu.hpp"

namespace dmsc::peer {

/// Who the card says it is.
struct Subscriber {
  std::string imsi = "001010123456789";       ///< 6 to 15 digits; test network 001 01
  std::string iccid = "8988211234567890123";  ///< 18 to 20 digits
  std::size_t mnc_digits = 2;
};

/// Files of a UICC with a USIM, as few as a phone needs to go on from power-on: MF with EF.DIR and EF.ICCID, ADF USIM
/// with the elementary files it reads first. PIN 1 is disabled. Selection by file id, by AID and by path; by short file
/// identifier when reading.
/// Source: ETSI TS 102 221, 8, 11.1.1 to 11.1.6 and 13; 3GPP TS 31.102, 4.2
class FileSystem {
 public:
  explicit FileSystem(const Subscriber& subscriber);

  struct Answer {
    Octets data;
    std::uint16_t status = 0x9000;
  };
  /// What is selected on one logical channel.
  struct Selection {
    std::uint16_t directory = 0x3F00;
    std::uint16_t file = 0;   ///< elementary file, 0: none
    bool adf_active = false;  ///< 7FFF stands for an application only once one was selected
  };
  Answer select(const codec::Command& command, Selection& at);
  // Reading gives all octets from the offset on, or the whole record: how many of them leave is a matter of P3.
  Answer read_binary(const codec::Command& command, Selection& at);
  Answer update_binary(const codec::Command& command, Selection& at);
  Answer read_record(const codec::Command& command, Selection& at);
  Answer update_record(const codec::Command& command, Selection& at);
  Answer status(const codec::Command& command, const Selection& at) const;

  static ByteView usim_aid();

 private:
  struct File {
    std::uint16_t id = 0;
    std::uint16_t parent = 0;     ///< 3F00 or 7FFF
    std::uint8_t short_id = 0;    ///< 0: none
    std::size_t record_size = 0;  ///< 0: transparent
    bool writable = false;
    Octets content;
  };
  File* find(std::uint16_t id, std::uint16_t parent);
  File* addressed(std::uint8_t short_id, bool by_short_id, Selection& at, Answer& answer);
  Answer selected(const codec::Command& command, const Selection& at, const File* file) const;
  Octets directory_parameters(std::uint16_t directory) const;
  Octets file_parameters(const File& file) const;
  bool walk(ByteView path, std::uint16_t start, Selection& at, File*& file);

  std::vector<File> files_;
};

/// Digits as TS 31.102 writes them: two an octet, low nibble first, F pads.
Octets packed_digits(const std::string& digits);

}  // namespace dmsc::peer
