// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "adapters/reference/defect.hpp"

namespace dmsc::refcard {

using reference::Defect;
using reference::load_defects;

}  // namespace dmsc::refcard
