// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "runner/base/json.hpp"
#include "runner/cli/verbs.hpp"
#include "runner/codec/decode.hpp"

namespace dmsc::cli {
namespace {

constexpr std::size_t longest_line = std::size_t{1} << 20;  // characters; far above any APDU

class DecodeVerb {
 public:
  explicit DecodeVerb(const DecodeOptions& options) : options_(options) {}

  void message(const std::string& text, const std::string& place) {
    const auto octets = parse_hex(text);
    if (!octets) {
      auto error = octets.error();
      error.place = place;
      complain(error);
      return;
    }
    const auto kind = options_.kind.empty() ? codec::guess_kind(*octets) : *codec::input_kind(options_.kind);
    auto decoded = codec::decode(kind, *octets);
    std::cout << (options_.json ? write_json(codec::to_json(decoded)) + "\n" : codec::to_text(decoded));
    if (!decoded.error) return;
    if (decoded.error->place.empty()) decoded.error->place = place;
    complain(*decoded.error);
  }

  void lines(std::istream& in) {
    std::string line;
    for (std::size_t number = 1; std::getline(in, line); ++number) {
      const auto place = "line " + std::to_string(number);
      if (line.size() > longest_line) {
        complain(Error{Errc::data, "line is longer than 1 MiB", {}, place});
      } else if (line.find_first_not_of(" \t\r") != std::string::npos && line[0] != '#') {
        message(line, place);
      }
    }
  }

  Exit exit() const { return exit_; }

 private:
  void complain(const Error& error) {
    ++problems_;
    std::cerr << "error: " << error.text() << "\n";
    if (problems_ == 1) first_ = error.text();
    exit_ = {model::exit_code::data,
             problems_ == 1 ? first_ : std::to_string(problems_) + " messages, first: " + first_};
  }

  const DecodeOptions& options_;
  std::size_t problems_ = 0;
  std::string first_;
  Exit exit_;
};

}  // namespace

Exit decode_octets(const DecodeOptions& options) {
  DecodeVerb verb(options);
  if (options.inputs.size() == 1 && options.inputs[0] == "-") {
    verb.lines(std::cin);
    return verb.exit();
  }
  std::string all;
  for (const auto& input : options.inputs) all += input;
  verb.message(all, {});
  return verb.exit();
}

}  // namespace dmsc::cli
