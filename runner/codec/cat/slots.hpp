// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/codec/cat/spec.hpp"

/// Short ways to write the slots of a message row.
namespace dmsc::codec::slots {

constexpr Slot must(const char* object) {
  return {object, object};
}
constexpr Slot must(const char* key, const char* object) {
  return {key, object};
}
constexpr Slot may(const char* object) {
  return {object, object, Need::optional};
}
constexpr Slot may(const char* key, const char* object) {
  return {key, object, Need::optional};
}

/// The same with the comprehension bit clear, as it is usually sent there.
constexpr Slot plain(Slot slot) {
  slot.comprehension = false;
  return slot;
}

/// One or more of the object.
constexpr Slot many(Slot slot) {
  slot.repeat = true;
  return slot;
}

inline constexpr Slot details = must("command_details");
inline constexpr Slot devices = must("device_identities");
inline constexpr Slot result = must("result");
inline constexpr Slot alpha = may("alpha_identifier");
inline constexpr Slot icon = may("icon_identifier");
inline constexpr Slot attribute = may("text_attribute");
inline constexpr Slot frame = plain(may("frame_identifier"));

inline constexpr const char* by_hand = "worked by hand from the layout";

}  // namespace dmsc::codec::slots
