// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/codec/cat/spec.hpp"
#include "runner/model/event_shape.hpp"

/// Members that fall out of the rows of the codec: the only place that walks them for the words of the cases.
namespace dmsc::model {

/// A data object as a member called `key`, with the fields of all its layouts.
Member object_member(std::string_view key, const codec::ObjectSpec& object);

/// Members of a message: the slots of all its layouts, `mode` where it has several.
std::vector<Member> message_members(codec::MessageKind kind, std::string_view key);

/// Members of a message that no row knows: it may hold any object.
std::vector<Member> any_object_members();

/// Facilities of TERMINAL PROFILE by their rows.
Member facilities_member();

/// Members of a short message of either world, as its decoder gives them.
std::vector<Member> short_message_rows();

}  // namespace dmsc::model
