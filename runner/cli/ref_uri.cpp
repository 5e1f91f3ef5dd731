// SPDX-License-Identifier: Apache-2.0
#include "runner/cli/ref_uri.hpp"

#include <charconv>

#include "runner/base/text.hpp"

namespace dmsc::cli {
namespace {

constexpr std::string_view scheme = "ref";

tl::unexpected<Error> bad(std::string_view text, const std::string& why) {
  return fail(Errc::usage, "\"" + std::string(text) + "\" " + why);
}

}  // namespace

bool is_ref_uri(std::string_view text) {
  return text.starts_with(scheme) && (text.size() == scheme.size() || text[3] == ':' || text[3] == '?');
}

Result<RefUri> parse_ref_uri(std::string_view text, std::string_view what, std::string_view usual) {
  RefUri uri;
  uri.personality = usual;
  const auto rest = text.substr(scheme.size());
  const auto query = rest.find('?');
  auto path = rest.substr(0, query);
  if (path.starts_with(':')) {
    path.remove_prefix(1);
    if (path.empty()) return bad(text, "names no personality behind the colon");
    uri.personality = path;
  } else if (!path.empty()) {
    return bad(text, "is no " + std::string(what) + ": after ref comes :PERSONALITY, ?defect=NAME or ?variant=NAME");
  }
  if (query == std::string_view::npos) return uri;
  for (const auto& option : split(rest.substr(query + 1), '&')) {
    const auto equals = option.find('=');
    const auto key = option.substr(0, equals);
    auto* place = key == "defect" ? &uri.defect : key == "variant" ? &uri.variant : nullptr;
    if (place == nullptr || !place->empty() || equals == std::string::npos || equals + 1 == option.size()) {
      return bad(text, "has an option other than one defect=NAME and one variant=NAME");
    }
    *place = option.substr(equals + 1);
  }
  return uri;
}

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

}  // namespace dmsc::cli
