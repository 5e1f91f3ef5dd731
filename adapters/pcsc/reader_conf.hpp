// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dmsc::pcsc {

/// One reader as a file below /etc/reader.conf.d defines it.
struct ReaderEntry {
  std::string file;
  std::string friendly_name;
  std::string device_name;
  std::string library;
  std::string channel_id;
};

/// Reads the entries of one file; every FRIENDLYNAME begins one, unknown keys and comments are skipped.
/// @param file  goes into each entry, for messages
/// Source: reader.conf(5)
std::vector<ReaderEntry> parse_reader_conf(std::string_view file, std::string_view text);

bool is_vpcd(const ReaderEntry& entry);

/// Entries that share one vpcd driver with another: the driver numbers its slots in one table for all of them, so that
/// the readers of the first entry answer from the cards of the second.
/// @return  groups of two entries or more
/// Source: vsmartcard issue 307; virtualsmartcard/src/ifd-vpcd/ifd-vpcd.c (static struct vicc_ctx *ctx[])
std::vector<std::vector<ReaderEntry>> colliding_entries(std::span<const ReaderEntry> entries);

}  // namespace dmsc::pcsc
