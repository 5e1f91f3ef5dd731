// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/model/event_shape.hpp"

/// Events of the layers above the APDU, with their members: the one table of what is no field of a row.
namespace dmsc::model {

const std::vector<EventShape>& session_events();

}  // namespace dmsc::model
