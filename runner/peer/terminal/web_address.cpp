// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/terminal/web_address.hpp"

#include <algorithm>
#include <charconv>

namespace dmsc::peer {
namespace {

constexpr std::size_t longest_url = 2048;

tl::unexpected<Error> malformed(std::string_view url, const char* why) {
  return fail(Errc::malformed, "\"" + std::string(url.substr(0, 200)) + "\" " + why);
}

}  // namespace

std::string WebAddress::authority() const {
  return names_port ? host + ":" + std::to_string(port) : host;
}

/// What table 2 prints is no literal, but it can only mean the IPv6 loopback address (AMB-1).
std::string WebAddress::peer_name() const {
  if (host == "0.0.0.0.0.0.0.1") return "::1";
  return host.starts_with('[') ? host.substr(1, host.size() - 2) : host;
}

std::string WebAddress::url() const {
  return (secure ? "https://" : "http://") + authority() + path;
}

Result<WebAddress> parse_web_address(std::string_view url) {
  if (url.size() > longest_url) return malformed(url, "is too long");
  const bool printable = std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < '\x7F'; });
  if (!printable) return malformed(url, "has characters that no URL has");
  WebAddress out;
  constexpr std::string_view https = "https://";
  constexpr std::string_view http = "http://";
  out.secure = url.starts_with(https);
  if (!out.secure && !url.starts_with(http)) return malformed(url, "is neither http nor https");
  auto rest = url.substr(out.secure ? https.size() : http.size());
  const auto slash = rest.find_first_of("/?#");
  if (slash != std::string_view::npos) {
    out.path = rest.substr(slash, rest.find('#') == std::string_view::npos ? rest.npos : rest.find('#') - slash);
    if (!out.path.starts_with('/')) out.path.insert(0, "/");
    rest = rest.substr(0, slash);
  }
  if (rest.find('@') != std::string_view::npos) return malformed(url, "has user information");
  const auto bracket = rest.starts_with('[') ? rest.find(']') : std::string_view::npos;
  if (rest.starts_with('[') && bracket == std::string_view::npos) return malformed(url, "has no end of its address");
  const auto colon = rest.find(':', bracket == std::string_view::npos ? 0 : bracket);
  out.host = rest.substr(0, colon);
  if (out.host.empty() || out.host == "[]") return malformed(url, "names no host");
  out.port = out.secure ? 443 : 80;
  if (colon == std::string_view::npos) return out;
  const auto text = rest.substr(colon + 1);
  const auto read = std::from_chars(text.data(), text.data() + text.size(), out.port);
  const bool whole = read.ec == std::errc() && read.ptr == text.data() + text.size();
  if (!whole || out.port == 0) return malformed(url, "has no port from 1 to 65535 behind its colon");
  out.names_port = true;
  return out;
}

}  // namespace dmsc::peer
