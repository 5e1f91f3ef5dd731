// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>

#include "runner/load/library.hpp"

namespace dmsc::cli {

/// What an interview comes to: the two documents, and the statement as the review sees it.
struct Interviewed {
  Value ics;
  Value pixit;
  model::Ics statement;
};

/// Asks what a person declares of a device under test, a question and a line of answer each: every item once, a member
/// of a conditional group only where its condition holds, then the values that the answers need. An empty line takes
/// the default. A condition that the answers break is told as soon as they do, and is kept as it was said.
/// @param title  of the documents
/// @param pixit  where the PIXIT will be: files it names are relative to it
/// @param in     answers; what is ill-formed is told why and asked again, `most_tries` times in all
/// @param out    questions
/// @return  Errc::data where the answers end or one is longer than `longest_answer`, or where none of the tries was
/// well-formed
Result<Interviewed> interview(const load::Library& library, model::Dut dut, const std::string& title,
                              const std::filesystem::path& pixit, std::istream& in, std::ostream& out);

inline constexpr int most_tries = 5;
inline constexpr std::size_t longest_answer = 65536;  ///< octets

}  // namespace dmsc::cli
