// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runner/base/result.hpp"
#include "runner/base/value.hpp"

namespace dmsc::load {

/// The JSON schemas of a folder, by name: `testcase` for testcase.schema.json; where one says oneOf of its definitions,
/// each of them as well: `run/header`.
class Schemas {
 public:
  static Result<Schemas> load(const std::filesystem::path& folder);

  /// Checks a document. Keys that no schema names come first, with the nearest known one; then everything else.
  /// @param place  what messages call the document
  /// @return  Errc::data, `place: /pointer: sentence` for the first violation by depth
  Result<void> check(const std::string& schema, const Value& document, const std::string& place) const;

  bool has(const std::string& schema) const { return schemas_.contains(schema); }

 private:
  struct Compiled;
  struct Entry {
    Value document;
    std::shared_ptr<Compiled> compiled;  ///< parsed by the first check: a verb needs one or two schemas
  };
  std::map<std::string, Entry> schemas_;
};

/// `place: /a/b/0: sentence`, controls escaped.
Error data_error(const std::string& place, const std::string& pointer, const std::string& sentence);

/// A value as a message shows it: text in quotes, controls escaped, cut behind 60 octets; a list or an object by its
/// kind.
std::string shown(const Value& value);

/// The pointer of a member, its key escaped and cut behind 60 octets. Source: RFC 6901, 3
std::string below(const std::string& pointer, std::string_view key);

/// `, did you mean "x"` where a word is near; else `, known are a, b` where the words are few; else nothing.
std::string hint(std::string_view word, const std::vector<std::string>& words);

}  // namespace dmsc::load
