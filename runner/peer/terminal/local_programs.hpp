// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <list>

#include "runner/peer/terminal/web_program.hpp"

namespace dmsc::peer {

/// The other programs of a handset that use the card's web server: a browser that gets one page at a time, and programs
/// that connect and stay silent.
class LocalPrograms {
 public:
  static constexpr std::size_t most_held = 16;

  /// Personality and tamper must outlive this object.
  LocalPrograms(const HandsetPersonality& self, const Tamper& tamper, Dial dial)
      : self_(self), tamper_(tamper), dial_(std::move(dial)), browser_(self, tamper, dial_) {}

  /// Gets a page; what was fetched before is forgotten.
  void fetch(const WebAddress& address, model::Moment now);
  /// The status of the page, 0 where none could be had; nothing while it is on its way.
  std::optional<std::int64_t> fetched() const { return status_; }

  /// Connects and says nothing. @return  Errc::refused where too many do already
  Result<void> hold(const WebAddress& address, model::Moment now);
  void release() { held_.clear(); }
  void power_off();

  bool connect(model::Moment now);
  bool move(model::Moment now);
  std::optional<model::Moment> deadline() const;

 private:
  const HandsetPersonality& self_;
  const Tamper& tamper_;
  Dial dial_;
  WebProgram browser_;
  std::optional<std::int64_t> status_;
  std::list<WebProgram> held_;
};

}  // namespace dmsc::peer
