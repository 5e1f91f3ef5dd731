// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "runner/base/result.hpp"
#include "runner/load/schema.hpp"
#include "runner/model/declaration.hpp"

namespace dmsc::load {

/// testcases/ics/items.json: what an ICS is asked, and what its answers must not say at once.
struct IcsItems {
  std::vector<model::IcsItem> items;
  std::vector<model::Consistency> consistency;
  std::vector<model::RetiredItem> retired;
};

/// Errc::no_input or Errc::data, with the place.
Result<IcsItems> load_ics_items(const std::filesystem::path& file, const Schemas& schemas);

/// What a PIXIT value is, from testcases/ics/pixit-items.json.
struct PixitItem {
  std::string id;
  std::string kind;  ///< text, number, duration, octets, messages, file or flag
  std::string text;
  std::string format;               ///< in words: `MCC and MNC, 5 or 6 digits`
  std::string unit;                 ///< octets, commands; empty: none
  std::string pattern;              ///< ECMAScript, of a text; empty: any
  std::vector<std::string> one_of;  ///< the words of a text; empty: any
  std::int64_t least = 0;           ///< of a number itself, of octets their count
  std::int64_t most = 65535;
  Value fallback;         ///< null: none
  Value example;          ///< null: the default serves as one
  bool secret = false;    ///< no report shows it
  std::string digits_of;  ///< the number whose digits it is when left out; empty: of none
  Value needed_by_card;   ///< tree of ICS items that need it, true: always, null: never
  Value needed_by_device;

  const Value& needed_by(model::Dut dut) const { return dut == model::Dut::card ? needed_by_card : needed_by_device; }
};

Result<std::vector<PixitItem>> load_pixit_items(const std::filesystem::path& file, const Schemas& schemas);

/// Whether what is claimed needs the value.
bool needs(const model::Ics& ics, const PixitItem& item);

/// Why a value does not fit its item: `is no number`; empty when it does. A file is looked at by its text alone.
std::string misfit(const PixitItem& item, const Value& value);

/// An example of a value that fits, as JSON.
std::string example_of(const PixitItem& item);

}  // namespace dmsc::load
