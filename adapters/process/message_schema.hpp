// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runner/base/result.hpp"
#include "runner/base/value.hpp"

namespace dmsc::process {

/// What the messages of the protocol may look like, method by method.
/// Source: adapters/protocol.schema.json
class MessageSchema {
 public:
  enum class Part { params, result };

  /// @return  Errc::no_input or data for the file, Errc::configuration where it is not what it should be
  static Result<MessageSchema> load(const std::filesystem::path& file);

  /// Holds params or the result of a method against the schema. Methods whose name starts with `x.` are an adapter's
  /// own and may carry any object.
  /// @return  Errc::unknown for a method that is not in the schema, Errc::malformed with `METHOD PART: /pointer: what`
  Result<void> check(const std::string& method, Part part, const Value& value) const;

  bool knows(std::string_view method) const;
  bool goes_to(std::string_view whom, std::string_view method) const;
  /// Methods that go to the `adapter`, or to the `runner`.
  std::vector<std::string> methods_to(std::string_view whom) const;

 private:
  struct Compiled;
  Value root_;
  std::shared_ptr<std::map<std::string, std::unique_ptr<Compiled>>> compiled_;  ///< by method and part, when first used
};

}  // namespace dmsc::process
