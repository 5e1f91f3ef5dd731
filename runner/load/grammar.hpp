// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/base/value.hpp"
#include "runner/codec/wire/spec.hpp"

/// The words of the cases, written down for others: programs, editors, readers.
namespace dmsc::load {

const char* name_of(codec::FieldKind kind);

/// Events with their members, stimuli with their parameters, data objects and messages with their rows.
Value grammar();

/// The schema of a case with the words in it: what `where` can hold beside an event, and `with` beside a stimulus.
/// @param base  testcases/schema/testcase.schema.json
Value words_schema(Value base);

/// The reference page, in Markdown.
std::string grammar_page();

/// A list for people, an event or a stimulus a paragraph.
/// @param pattern  a glob on keys and names; empty: all
/// @return  empty where nothing has such a name
std::string grammar_list(std::string_view pattern);

}  // namespace dmsc::load
