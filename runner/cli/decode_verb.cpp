// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "runner/base/json.hpp"
#include "runner/cli/verbs.hpp"
#include "runner/codec/credentials.hpp"
#include "runner/codec/decode.hpp"
#include "runner/codec/package0.hpp"

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
    auto json = options_.json ? codec::to_json(decoded) : Value{};
    auto words = options_.json ? std::string{} : codec::to_text(decoded);
    if (options_.proves && kind == codec::InputKind::package0 && !decoded.error) prove(*octets, json, words);
    std::cout << (options_.json ? write_json(json) + "\n" : words);
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
  /// Shows the digest step by step, and which nonce makes it right.
  void prove(ByteView octets, Value& json, std::string& words) const {
    constexpr std::size_t digest_size = 16;
    const auto package = codec::read_package0(octets);
    const auto& id = package->server_id;
    const auto nonce = parse_hex(options_.nonce).value_or(Octets{});
    const auto verdict = codec::judge_digest(octets, id, options_.secret, nonce);
    const auto steps = codec::notification_digest_steps(octets.subspan(digest_size), id, options_.secret, nonce);
    if (options_.json) {
      json["digest_valid"] = verdict.valid;
      json["digest_reading"] = verdict.reading;
      json["digest_steps"] = Value::Map{{"account", steps.account},
                                        {"trigger_hash", to_hex(steps.trigger_hash)},
                                        {"trigger_base64", steps.trigger_base64},
                                        {"input", to_hex(steps.input)},
                                        {"digest", to_hex(steps.digest)}};
      return;
    }
    words += std::string("digest: ") + (verdict.valid ? "right, reading " + verdict.reading : "wrong") + "\n";
    words += "  B64(H(server id:secret))  " + steps.account + "\n";
    words += "  H(trigger)                " + to_hex(steps.trigger_hash) + "\n";
    words += "  B64(H(trigger))           " + steps.trigger_base64 + "\n";
    words += "  account:nonce:trigger     " + to_hex(steps.input) + "\n";
    words += "  H of that                 " + to_hex(steps.digest) + "\n";
  }

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
  if (!parse_hex(options.nonce)) return {model::exit_code::usage, "--nonce is not hexadecimal"};
  if (options.proves && options.kind != "package0")
    return {model::exit_code::usage, "--secret goes with --as package0"};
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
