// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "runner/base/octets.hpp"
#include "runner/codec/card/apdu.hpp"

namespace dmsc::peer {

/// What a phone asks of a card behind the ATR, one command at a time: the MF, EF.DIR, EF.ICCID, the USIM and its files,
/// one authentication. A card that has not what is asked for does not stop it.
/// Source: ETSI TS 102 221, 11.1 and 14.1; 3GPP TS 31.102, 5.1.1
class PowerOn {
 public:
  /// The next command; nothing when all is asked.
  std::optional<Octets> next();
  /// What came back for it, GET RESPONSE done.
  void on_response(ByteView data, codec::StatusWord status);
  bool done() const { return done_; }

  /// Whether EF.UST has a service. @param service  counts from 1. Source: 3GPP TS 31.102, 4.2.8
  bool has_service(int service) const;

  /// Address of the service centre in the first record of EF.SMSP, + in front when international; empty where it has
  /// none. Source: 3GPP TS 31.102, 4.2.27
  std::string service_centre() const;

 private:
  enum class Stage { mf, capability, directory, directory_record, iccid, iccid_read, usim, file, file_read, end };

  Octets read_selected() const;
  void note_parameters(ByteView parameters);
  void note_application(ByteView record);
  Stage following(bool selected) const;

  Stage stage_ = Stage::mf;
  std::size_t file_ = 0;  ///< of the USIM's, in the order of the table; behind the last the authentication
  bool done_ = false;
  bool knows_capability_ = false;  ///< the card takes TERMINAL CAPABILITY
  bool in_records_ = false;        ///< the file that was selected
  std::size_t length_ = 0;         ///< of its record, or of all of it
  Octets services_;                ///< EF.UST
  Octets messages_;                ///< first record of EF.SMSP
  Octets aid_;                     ///< of the USIM, from EF.DIR; empty: the card has none there
};

}  // namespace dmsc::peer
