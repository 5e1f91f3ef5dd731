// SPDX-License-Identifier: Apache-2.0
#include "runner/cli/card_uri.hpp"

#include <charconv>

#include "adapters/pcsc/pcsc_link.hpp"
#include "adapters/vpcd/vpcd_link.hpp"
#include "runner/base/text.hpp"

namespace dmsc::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto insertion_wait = 10s;
constexpr std::string_view defect_query = "defect=";

tl::unexpected<Error> bad(std::string_view text, const std::string& why) {
  return fail(Errc::usage, "\"" + std::string(text) + "\" " + why);
}

Result<CardUri> parse_ref(std::string_view text, std::string_view rest) {
  CardUri uri;
  uri.scheme = CardUri::Scheme::ref;
  uri.personality = refcard::default_personality;
  const auto query = rest.find('?');
  auto path = rest.substr(0, query);
  if (path.starts_with(':')) {
    path.remove_prefix(1);
    if (path.empty()) return bad(text, "names no personality behind the colon");
    uri.personality = path;
  } else if (!path.empty()) {
    return bad(text, "is no card: after ref comes :PERSONALITY or ?defect=NAME");
  }
  if (query == std::string_view::npos) return uri;
  const auto option = rest.substr(query + 1);
  if (!option.starts_with(defect_query) || option.size() == defect_query.size()) {
    return bad(text, "has an option other than defect=NAME");
  }
  uri.defect = option.substr(defect_query.size());
  return uri;
}

template <class Link>
Result<CardRoads> by_link(Result<std::unique_ptr<Link>> link) {
  if (!link) return tl::make_unexpected(link.error());
  return CardRoads{std::move(*link), nullptr};
}

}  // namespace

Result<std::pair<std::string, std::uint16_t>> parse_host_port(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return bad(text, "is not HOST:PORT");
  auto host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  const auto digits = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (digits.empty() || read.ec != std::errc{} || read.ptr != digits.data() + digits.size() || port == 0) {
    return bad(text, "has no port from 1 to 65535");
  }
  return std::pair(std::string(host), port);
}

Result<CardUri> parse_card_uri(std::string_view text) {
  if (text.starts_with("ref") && (text.size() == 3 || text[3] == ':' || text[3] == '?')) {
    return parse_ref(text, text.substr(3));
  }
  CardUri uri;
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
      return by_link(pcsc::PcscLink::open(uri.reader, options));
    }
    case CardUri::Scheme::vpcd:
      return by_link(vpcd::VpcdLink::listen(uri.host, uri.port, insertion_wait));
    case CardUri::Scheme::ref:
      break;
  }
  auto card = refcard::make_card(installation.catalogue(), uri.personality, uri.defect);
  if (!card) return tl::make_unexpected(card.error());
  const auto label = "reference card " + uri.personality + (uri.defect.empty() ? "" : ", defect " + uri.defect);
  const std::shared_ptr<peer::Uicc> shared = std::move(*card);
  return CardRoads{std::make_unique<refcard::InProcessLink>(shared, label),
                   std::make_unique<refcard::InProcessDialer>(shared)};
}

}  // namespace dmsc::cli
