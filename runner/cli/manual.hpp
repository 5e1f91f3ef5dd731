// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace CLI {
class App;
}

/// What is said of the verbs beside their options: the --help, the manual page and the completion of a shell are made
/// of the same text.
namespace dmsc::cli {

/// Gives every verb its examples and exit codes.
void add_footers(CLI::App& app);

/// dmsc(1) in the macros of man(7).
std::string manual_page(CLI::App& app, const std::string& version);

/// A script that completes verbs, options and the ids of cases in bash.
std::string bash_completion(const CLI::App& app);

/// `, did you mean "run"` for the first word that a command line has too many, or that is no verb; empty where nothing
/// is near.
/// @param app  after it failed to parse
std::string suggestion(const CLI::App& app);
/// Likewise for a word that was meant as a verb or an option below `app`.
std::string suggestion_for(const CLI::App& app, const std::string& word);

}  // namespace dmsc::cli
