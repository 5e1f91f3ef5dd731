// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/wire/file_paths.hpp"

#include "runner/base/catch.hpp"
#include "runner/base/json.hpp"

using namespace dmsc;
using namespace dmsc::codec;

namespace {

Octets hex(std::string_view text) {
  return parse_hex(text).value();
}

std::string words(std::string_view octets) {
  const auto all = hex(octets);
  std::string out;
  for (const auto& path : split_paths(all)) out += to_hex(path) + " ";
  return out;
}

}  // namespace

TEST_CASE("paths are told apart by the identifiers of their files") {
  CHECK(words("").empty());
  CHECK(words("3F002FE2") == "3F002FE2 ");
  CHECK(words("3F002FE23F007F206F07") == "3F002FE2 3F007F206F07 ");
  CHECK(words("3F007FFF6F78") == "3F007FFF6F78 ");
  CHECK(words("7FFF6F077FFF5F3A4F22") == "7FFF6F07 7FFF5F3A4F22 ");
  CHECK(words("3F007F103F007F20") == "3F007F10 3F007F20 ");
  CHECK(words("3F002FE23F") == "3F002FE23F ");
  CHECK(words("3F003F00") == "3F00 3F00 ");
  CHECK(words("3F") == "3F ");
}
