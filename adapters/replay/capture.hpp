// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "adapters/replay/joiner.hpp"
#include "adapters/replay/pcap_reader.hpp"

namespace dmsc::replay {

/// The exchanges of a capture: whole frames, or those that a sniffer wrote as header, data and status word.
class Capture : public Recording {
 public:
  explicit Capture(PcapReader reader) : reader_(std::move(reader)) {}

  Result<std::optional<Message>> next() override;
  std::string unit() const override { return "frame"; }
  const Census& passed_over() const override { return all_; }
  std::string cut() const override { return reader_.cut(); }

 private:
  void push(const SimFrame& frame);
  void end();

  PcapReader reader_;
  Joiner joiner_;
  Census sub_types_;  ///< frames of sub-types that have no name
  Census all_;        ///< after the end
  bool ended_ = false;
  std::optional<Error> failure_;  ///< of the file, told once what came before it is told
};

}  // namespace dmsc::replay
