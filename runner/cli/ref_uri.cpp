// SPDX-License-Identifier: Apache-2.0
#include "runner/cli/ref_uri.hpp"

#include <charconv>

namespace dmsc::cli {
namespace {

constexpr std::string_view scheme = "ref";
constexpr std::string_view defect_query = "defect=";

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
    return bad(text, "is no " + std::string(what) + ": after ref comes :PERSONALITY or ?defect=NAME");
  }
  if (query == std::string_view::npos) return uri;
  const auto option = rest.substr(query + 1);
  if (!option.starts_with(defect_query) || option.size() == defect_query.size()) {
    return bad(text, "has an option other than defect=NAME");
  }
  uri.defect = option.substr(defect_query.size());
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
