// SPDX-License-Identifier: Apache-2.0
#include "runner/cli/card_uri.hpp"

#include "adapters/pcsc/pcsc_link.hpp"
#include "adapters/vpcd/vpcd_link.hpp"
#include "runner/base/text.hpp"
#include "runner/cli/ref_uri.hpp"
#include "runner/cli/stop_signal.hpp"

namespace dmsc::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto insertion_wait = 10s;
tl::unexpected<Error> bad(std::string_view text, const std::string& why) {
  return fail(Errc::usage, "\"" + std::string(text) + "\" " + why);
}

template <class Link>
Result<CardRoads> by_link(Result<std::unique_ptr<Link>> link) {
  if (!link) return tl::make_unexpected(link.error());
  return CardRoads{std::move(*link), nullptr};
}

}  // namespace

Result<CardUri> parse_card_uri(std::string_view text) {
  CardUri uri;
  if (is_ref_uri(text)) {
    auto ref = parse_ref_uri(text, "card", refcard::default_personality);
    if (!ref) return tl::make_unexpected(ref.error());
    uri.personality = std::move(ref->personality);
    uri.defect = std::move(ref->defect);
    uri.variant = std::move(ref->variant);
    return uri;
  }
  if (text == "pcsc" || text.starts_with("pcsc:")) {
    uri.scheme = CardUri::Scheme::pcsc;
    if (text.size() > 5) uri.reader = text.substr(5);
    return uri;
  }
  constexpr std::string_view vpcd = "vpcd:";
  if (text.starts_with(vpcd)) {
    auto place = parse_host_port(text.substr(vpcd.size()));
    if (!place) return tl::make_unexpected(place.error());
    uri.scheme = CardUri::Scheme::vpcd;
    uri.host = std::move(place->first);
    uri.port = place->second;
    return uri;
  }
  const std::vector<std::string> known = {"ref", "pcsc", "vpcd:HOST:PORT"};
  return bad(text, "is no card; a card is ref, pcsc or vpcd:HOST:PORT" + did_you_mean(text, known));
}

Result<CardRoads> open_card(const CardUri& uri, const Installation& installation) {
  switch (uri.scheme) {
    case CardUri::Scheme::pcsc: {
      pcsc::LinkOptions options;
      options.insertion_wait = insertion_wait;
      options.stop = &stop_signal();
      return by_link(pcsc::PcscLink::open(uri.reader, options));
    }
    case CardUri::Scheme::vpcd:
      return by_link(vpcd::VpcdLink::listen(uri.host, uri.port, insertion_wait, &stop_signal()));
    case CardUri::Scheme::ref:
      break;
  }
  auto card = refcard::make_card(installation.card_catalogue(), uri.personality, uri.defect, uri.variant);
  if (!card) return tl::make_unexpected(card.error());
  const auto label = "reference card " + uri.personality + (uri.variant.empty() ? "" : ", variant " + uri.variant) +
                     (uri.defect.empty() ? "" : ", defect " + uri.defect);
  const std::shared_ptr<peer::Uicc> shared = std::move(*card);
  return CardRoads{std::make_unique<refcard::InProcessLink>(shared, label),
                   std::make_unique<refcard::InProcessDialer>(shared)};
}

}  // namespace dmsc::cli
