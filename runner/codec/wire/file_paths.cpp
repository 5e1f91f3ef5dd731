// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/wire/file_paths.hpp"

namespace dmsc::codec {
namespace {

bool is_mf(ByteView id) {
  return id[0] == 0x3F && id[1] == 0x00;
}

bool is_ef(ByteView id) {
  return id[0] == 0x2F || id[0] == 0x4F || id[0] == 0x6F;
}

}  // namespace

std::vector<ByteView> split_paths(ByteView octets) {
  std::vector<ByteView> out;
  std::size_t start = 0;
  for (std::size_t at = 2; at + 2 <= octets.size(); at += 2) {
    if (!is_mf(octets.subspan(at, 2)) && !is_ef(octets.subspan(at - 2, 2))) continue;
    out.push_back(octets.subspan(start, at - start));
    start = at;
  }
  if (start < octets.size()) out.push_back(octets.subspan(start));
  return out;
}

}  // namespace dmsc::codec
