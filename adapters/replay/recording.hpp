// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "adapters/replay/octet_source.hpp"

namespace dmsc::replay {

/// What a message of a recording is, as far as the recording says.
enum class Role : std::uint8_t {
  exchange,  ///< a command and its answer, which ends in a status word
  unended,   ///< a command and data from the card, whose status word is not in the recording
  command,   ///< a command whose answer is not in the recording
  response,  ///< an answer whose command is not
  atr,
  pps,
  octets,  ///< octets of which nothing is said
};

/// Where a message was found.
struct Mark {
  std::size_t number = 0;               ///< of its frame or line, from 1
  std::optional<std::int64_t> time_ns;  ///< since 1970-01-01 UTC
};

/// One message of a recording.
struct Message {
  Role role{};
  Mark mark;
  Octets command;   ///< of an exchange or a command; of the other roles their octets, where they are no answer
  Octets response;  ///< of an exchange or a response: data, SW1 SW2
};

/// How many things were passed over, by what they are.
class Census {
 public:
  void add(const std::string& what, std::size_t count = 1);
  void add(const Census& other);
  std::size_t total() const { return total_; }
  /// `3 not UDP, 1 a fragment of an IP packet`, the most frequent first.
  std::string words() const;

 private:
  std::map<std::string, std::size_t> counts_;
  std::size_t total_ = 0;
};

/// The messages of a file that somebody recorded: a capture or a text.
class Recording {
 public:
  virtual ~Recording() = default;

  /// The next message, or nothing at the end.
  /// @return  Errc::data where nothing behind can be read: messages before are good. Errc::malformed with the place
  ///          where one line of a text cannot be read: go on
  virtual Result<std::optional<Message>> next() = 0;

  /// What a mark's number counts: `frame` or `line`.
  virtual std::string unit() const = 0;

  /// What was no message of a card.
  virtual const Census& passed_over() const = 0;

  /// After the end: how the recording was cut off, empty where it was not.
  virtual std::string cut() const { return {}; }
};

/// A capture (pcap, pcapng) or a text, unpacked where it is a gzip file.
/// @return  Errc::no_input for what cannot be read or is no regular file, Errc::data for one that is too large or
///          neither capture nor text, or a capture of a link type that is not read
Result<std::unique_ptr<Recording>> open_recording(const std::string& path, const SourceLimits& limits = {});

/// A text that is in memory.
std::unique_ptr<Recording> record_text(std::string_view text);

/// The same of standard input.
Result<std::unique_ptr<Recording>> record_standard_input();

}  // namespace dmsc::replay
