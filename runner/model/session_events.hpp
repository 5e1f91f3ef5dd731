// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Events of the layers above the APDU, with their members.
namespace dmsc::model {

struct SessionMember {
  std::string key;
  std::vector<std::string> words = {};  ///< all it can be, where that is known
};
struct SessionEvent {
  const char* key;
  std::vector<SessionMember> members;
};

const std::vector<SessionEvent>& session_events();
const SessionEvent* find_session_event(std::string_view key);

}  // namespace dmsc::model
