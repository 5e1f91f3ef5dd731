// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "adapters/replay/joiner.hpp"
#include "adapters/replay/line_reader.hpp"

namespace dmsc::replay {

/// The messages of a text: octets, one message a line, or what programs print of the exchanges with a card. Known are
/// simtrace2-sniff (`TPDU:`, `ATR:`, `PPS:`), pcscd --apdu (`APDU:`, `SW:`), scriptor (`>`, `<` with lines that go on),
/// pySim's tracer (`->`, `<- SW: data`), AT+CSIM, words for commands and answers behind any log head, and hex dumps
/// with offsets (xxd, hexdump -C, od, Wireshark).
/// Source: osmocom simtrace2, host/src/simtrace2-sniff.c; PCSC, src/debuglog.c; pcsc-tools, scriptor; pySim,
///         pySim/transport/__init__.py (StdoutApduTracer); 3GPP TS 27.007, 8.17
class Transcript : public Recording {
 public:
  explicit Transcript(OctetSource source) : lines_(std::move(source)) {}

  Result<std::optional<Message>> next() override;
  std::string unit() const override { return "line"; }
  const Census& passed_over() const override { return all_; }
  std::string cut() const override { return cut_; }

 private:
  /// Octets behind a label, which the next line may go on with.
  struct Pending {
    Piece piece{};
    bool arrow = false;  ///< the label was an arrow, which other texts have too
    Mark mark;
    Octets octets;
  };

  void read(std::string_view line);
  bool read_dump(std::string_view line);
  bool read_labels(std::string_view line);
  bool read_continuation(std::string_view line);
  void read_unlabelled(std::string_view line);
  void hold(Piece piece, bool arrow, Octets octets);
  void let_go();
  void end_dump();
  Error at_line(std::string message, std::optional<std::size_t> offset = {}) const;
  Mark here() const { return Mark{lines_.number(), {}}; }
  void end();

  LineReader lines_;
  Joiner joiner_;
  std::optional<Pending> pending_;
  std::optional<Pending> dump_;  ///< the hex dump that is being read
  bool labelled_ = false;        ///< a label or a dump was seen: lines without octets are talk
  std::deque<Error> broken_;     ///< lines that cannot be read, to be told
  std::deque<Error> talk_;       ///< lines without octets, until it is known what the text is
  std::size_t talk_count_ = 0;
  Census all_;
  std::string cut_;
  bool ended_ = false;
};

}  // namespace dmsc::replay
