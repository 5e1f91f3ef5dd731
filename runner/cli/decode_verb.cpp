// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <iostream>

#include "adapters/replay/hex_text.hpp"
#include "adapters/replay/recording.hpp"
#include "runner/base/file.hpp"
#include "runner/base/json.hpp"
#include "runner/base/text.hpp"
#include "runner/cli/message_filter.hpp"
#include "runner/cli/verbs.hpp"
#include "runner/codec/card/apdu_tree.hpp"
#include "runner/codec/card/atr.hpp"
#include "runner/codec/card/tpdu.hpp"
#include "runner/codec/decode.hpp"
#include "runner/codec/dm/credentials.hpp"
#include "runner/codec/dm/package0.hpp"

namespace dmsc::cli {
namespace {

using codec::InputKind;

/// 2023-11-14T22:13:20.000004Z; nanoseconds are told where there are any.
std::string utc_text(std::int64_t time_ns) {
  using namespace std::chrono;
  const sys_time<nanoseconds> time{nanoseconds(time_ns)};
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss<nanoseconds> clock(time - day);
  const auto fraction = clock.subseconds().count();
  const bool fine = fraction % 1000 != 0;
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%0*ldZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()), fine ? 9 : 6, fine ? fraction : fraction / 1000);
  return text;
}

/// Octets that are no APDU, an answer to reset or a parameter exchange, as one field.
codec::Decoded plain_message(const char* key, const char* name, ByteView octets, std::string note) {
  codec::Decoded out;
  out.kind = key;
  out.key = key;
  out.name = name;
  codec::Node node;
  node.key = "octets";
  node.name = "Octets";
  node.octets = to_octets(octets);
  node.value = to_hex(octets);
  node.note = std::move(note);
  out.fields.push_back(std::move(node));
  return out;
}

codec::Decoded decode_atr(ByteView octets) {
  auto out = plain_message("atr", "Answer to reset", octets, {});
  out.clause = "ISO/IEC 7816-3, 8.2";
  out.anomalies = codec::read_atr(octets).anomalies;
  return out;
}

class DecodeVerb {
 public:
  DecodeVerb(const DecodeOptions& options, std::vector<MessageFilter> filters)
      : options_(options), filters_(std::move(filters)) {}

  /// Octets of which nothing is said but what --as says.
  void octets(ByteView octets) { show(decode(octets), {}, {}, octets); }

  void complain(const Error& error) {
    ++problems_;
    std::cerr << "error: " << error.text() << "\n";
    if (problems_ == 1) first_ = error.text();
  }

  /// Messages in what one line of a log says. @return  whether it says any
  bool line(const std::string& text) {
    const auto recording = replay::record_text(text);
    bool any = false;
    for (auto message = recording->next(); message && *message; message = recording->next()) {
      any = true;
      const auto& octets = (*message)->role == replay::Role::response ? (*message)->response : (*message)->command;
      show(decode(**message), {}, {}, octets);
    }
    return any;
  }

  /// All messages of a file or of standard input.
  void recording(const std::string& path, replay::Recording& recording) {
    const bool file = !path.empty();
    for (;;) {
      auto message = recording.next();
      if (!message) {
        auto error = message.error();
        const bool go_on = error.code == Errc::malformed;
        if (file && error.place != path) error.place = error.place.empty() ? path : path + ": " + error.place;
        complain(error);
        if (go_on) continue;
        break;
      }
      if (!*message) break;
      this->message(**message, recording.unit(), file ? path + ": " : "");
    }
    const auto& passed = recording.passed_over();
    if (passed.total() > 0) {
      passed_ += "; " + std::to_string(passed.total()) + " " + recording.unit() + (passed.total() == 1 ? "" : "s") +
                 " passed over: " + passed.words();
    }
    if (const auto cut = recording.cut(); !cut.empty()) {
      std::cerr << "warning: " << (file ? path + ": " : "") << cut << "\n";
      cut_ = cut;
    }
  }

  /// A file whose whole content is one message: SyncML as text, or octets in hexadecimal or as they are.
  void whole_file(const std::string& path) {
    constexpr std::size_t most = std::size_t{1} << 20;
    const auto text = read_file(path, most);
    if (!text) {
      unreadable_ = text.error();
      return;
    }
    whole_text(*text);
  }

  void whole_text(std::string_view text) {
    const auto hex = replay::read_hex_text(text);
    const ByteView as_it_is(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
    octets(hex && !hex->empty() ? ByteView(*hex) : as_it_is);
  }

  void file(const std::string& path) {
    auto recording = replay::open_recording(path);
    if (!recording) {
      unreadable_ = recording.error();
      return;
    }
    this->recording(path, **recording);
  }

  Exit exit(bool of_files) const {
    if (unreadable_) return exit_for(*unreadable_);
    if (problems_ > 0) {
      return {model::exit_code::data,
              problems_ == 1 ? first_ : std::to_string(problems_) + " messages, first: " + first_};
    }
    if (!filters_.empty() && shown_ == 0) {
      return {model::exit_code::no_input, "none of " + std::to_string(read_) + " messages passes --filter"};
    }
    if (of_files && read_ == 0) return {model::exit_code::no_input, "no message of a card" + passed_};
    if (!of_files) return {};
    return {model::exit_code::proven, std::to_string(shown_) + (shown_ == 1 ? " message" : " messages") + passed_ +
                                          (cut_.empty() ? "" : "; " + cut_)};
  }

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

  codec::Decoded decode(ByteView octets) const {
    return codec::decode(options_.kind.empty() ? codec::guess_kind(octets) : *codec::input_kind(options_.kind), octets);
  }

  codec::Decoded decode(const replay::Message& message) const {
    switch (message.role) {
      case replay::Role::exchange:
      case replay::Role::unended:
        return codec::decode_exchange(message.command, message.response);
      case replay::Role::command:
        return codec::decode_apdu(message.command);
      case replay::Role::response:
        return codec::decode_response(message.response);
      case replay::Role::atr:
        return decode_atr(message.command);
      case replay::Role::pps:
        return plain_message("pps", "Protocol and parameters selection", message.command, {});
      case replay::Role::octets:
        break;
    }
    return decode(message.command);
  }

  void message(const replay::Message& message, const std::string& unit, const std::string& place) {
    const auto number = unit + " " + std::to_string(message.mark.number);
    Value::Map head{{unit, message.mark.number}};
    std::string words = number;
    if (message.mark.time_ns) {
      head.emplace_back("time", utc_text(*message.mark.time_ns));
      words += "  " + utc_text(*message.mark.time_ns);
    }
    show(decode(message), std::move(head), words + "\n", message.command, place + number);
  }

  /// @param head   members of the JSON object in front of those of the message
  /// @param title  line in front of the tree
  void show(codec::Decoded decoded, Value::Map head, const std::string& title, ByteView octets,
            const std::string& place = {}) {
    ++read_;
    if (!pass_all(filters_, decoded)) return;
    ++shown_;
    Value json;
    std::string words;
    if (options_.json) {
      const auto tree = codec::to_json(decoded);
      head.insert(head.end(), tree.as_map().begin(), tree.as_map().end());
      json = std::move(head);
    } else {
      words = title + codec::to_text(decoded);
    }
    if (options_.proves && decoded.kind == "package0" && !decoded.error) prove(octets, json, words);
    std::cout << (options_.json ? write_json(json) + "\n" : words);
    if (!decoded.error) return;
    if (decoded.error->place.empty()) decoded.error->place = place;
    complain(*decoded.error);
  }

  const DecodeOptions& options_;
  std::vector<MessageFilter> filters_;
  std::size_t read_ = 0;
  std::size_t shown_ = 0;
  std::size_t problems_ = 0;
  std::string first_;
  std::string cut_;
  std::string passed_;
  std::optional<Error> unreadable_;
};

/// Whether a word of the command line names a file rather than octets.
bool names_a_file(const std::string& word) {
  if (word.starts_with("/") || word.starts_with("./") || word.starts_with("../")) return true;
  const auto octets = replay::read_hex_text(word);
  std::error_code ignored;
  const bool there = word.size() < 4096 && std::filesystem::exists(word, ignored);
  if (octets && !octets->empty()) {
    if (there)
      std::cerr << "note: " << printable(word) << " is read as octets; ./" << printable(word) << " is the file\n";
    return false;
  }
  const bool like_a_name = word.find_first_of(" \t\n<\"'") == std::string::npos &&
                           word.rfind('.') != std::string::npos && word.size() - word.rfind('.') <= 8;
  return there || like_a_name;
}

}  // namespace

Exit decode_octets(const DecodeOptions& options) {
  if (!parse_hex(options.nonce)) return {model::exit_code::usage, "--nonce is not hexadecimal"};
  if (options.proves && options.kind != "package0")
    return {model::exit_code::usage, "--secret goes with --as package0"};
  std::vector<MessageFilter> filters;
  for (const auto& text : options.filters) {
    auto filter = MessageFilter::parse(text);
    if (!filter) return exit_for(filter.error());
    filters.push_back(std::move(*filter));
  }
  DecodeVerb verb(options, std::move(filters));
  const bool syncml = options.kind == "syncml" || options.kind == "wbxml";
  if (options.inputs.size() == 1 && options.inputs[0] == "-") {
    auto input = replay::record_standard_input();
    if (!input) return exit_for(input.error());
    verb.recording({}, **input);
    return verb.exit(true);
  }
  if (names_a_file(options.inputs[0])) {
    for (const auto& path : options.inputs) syncml ? verb.whole_file(path) : verb.file(path);
    return verb.exit(true);
  }
  const auto all = join(options.inputs, " ");
  if (syncml) {
    verb.whole_text(all);
    return verb.exit(false);
  }
  const auto octets = replay::read_hex_text(all);
  if (octets) {
    verb.octets(*octets);
    return verb.exit(false);
  }
  const bool talks = verb.line(all);  // of some log
  if (!talks) verb.complain(octets.error());
  return verb.exit(false);
}

}  // namespace dmsc::cli
