// SPDX-License-Identifier: Apache-2.0
#include "runner/cli/declarations.hpp"

#include "runner/base/text.hpp"
#include "runner/engine/static_review.hpp"

namespace dmsc::cli {

Result<Declarations> load_declarations(const load::Library& library, const std::string& ics, const std::string& pixit,
                                       const std::string& personality, model::Dut dut) {
  Declarations out;
  const auto folder = library.folder() / "ics";
  const bool reference = !personality.empty();
  const auto side = std::string(name_of(dut));
  const std::string usual = dut == model::Dut::card ? refcard::default_personality : refdevice::default_personality;
  const auto stem = reference ? personality : usual;
  const auto choose = [&](const std::string& named, const char* what, const std::string& ending) {
    if (!named.empty()) return std::filesystem::path(named);
    if (!reference) {
      out.notes.push_back(std::string("no ") + what + " named: the " + side +
                          " is taken to support and to be set up as the reference " + side + " is");
    }
    return folder / (stem + ending);
  };
  auto loaded_ics = library.load_ics(choose(ics, "ICS", ".ics.json"));
  if (!loaded_ics) return tl::make_unexpected(loaded_ics.error());
  if (loaded_ics->dut != dut) return fail(Errc::configuration, "is no ICS of a " + side, {}, loaded_ics->file);
  const auto against = engine::contradictions(library.vocabulary().ics.consistency, *loaded_ics);
  if (!against.empty()) {
    return fail(Errc::configuration, "contradicts itself: " + join(against, "; "), {}, loaded_ics->file);
  }
  auto loaded_pixit = library.load_pixit(choose(pixit, "PIXIT", ".pixit.json"), &*loaded_ics);
  if (!loaded_pixit) return tl::make_unexpected(loaded_pixit.error());
  out.notes.insert(out.notes.end(), loaded_ics->notes.begin(), loaded_ics->notes.end());
  out.ics = std::move(*loaded_ics);
  out.pixit = std::move(*loaded_pixit);
  return out;
}

}  // namespace dmsc::cli
