// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "runner/model/event.hpp"

namespace dmsc::engine {

/// Where in the octets of an event a member begins: of a message of the toolkit, of what it carries (a short message, a
/// push, a notification), of a DM message in either coding, of an HTTP head.
/// @param path  dotted keys, such as `transport_level.port`, `destination_port`, `ver_proto`
/// @return      nothing for a member that has no octets of its own
std::optional<std::size_t> offset_of(const model::Event& event, const std::string& path);

}  // namespace dmsc::engine
