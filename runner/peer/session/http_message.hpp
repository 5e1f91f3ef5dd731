// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runner/base/octets.hpp"

namespace dmsc::peer {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method;
  std::string target;
  int version = 11;  ///< 10 or 11
  HttpHeaders headers;
  Octets body;
  bool chunked = false;  ///< how the body is or was sent
  Octets head{};         ///< of one that was read: start line and header fields as they came, blank line included
};

struct HttpResponse {
  int status = 200;
  std::string reason;  ///< empty: the usual phrase of the status
  int version = 11;    ///< 10 or 11
  HttpHeaders headers;
  Octets body;
  bool chunked = false;      ///< how the body is or was sent
  bool until_close = false;  ///< the body is sent without a length, and ends with the connection. RFC 7230, 3.3.3
  int asked_in = 11;         ///< of one that was read: the version of the request
  Octets head{};             ///< of one that was read: status line and header fields as they came, blank line included
};

/// What is taken from the other end, in octets.
struct HttpLimits {
  std::size_t header = 8192;                  ///< start line and header fields; also one chunk header and the trailer
  std::size_t body = std::size_t{256} << 10;  ///< after the chunked coding is undone
};

/// Duties of a server that a defect can leave out. Source: RFC 2616, 14.23, 9.4 and 14.10
struct HttpManners {
  bool requires_host = true;  ///< a request of HTTP/1.1 without Host is refused
  bool heads_no_body = true;  ///< no body behind the response to HEAD
  bool obeys_close = true;    ///< a client that says close is left
};

inline bool same_header(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

/// First header of that name, case-insensitive; empty when absent.
inline std::string header_of(const HttpHeaders& headers, std::string_view name) {
  for (const auto& [key, value] : headers) {
    if (same_header(key, name)) return value;
  }
  return {};
}

/// The media type of a Content-Type: lower case, without its parameters. Source: RFC 7231, 3.1.1.1
inline std::string media_type_of(std::string_view content_type) {
  std::string out(content_type.substr(0, content_type.find(';')));
  out.erase(0, out.find_first_not_of(" \t"));
  out.erase(out.find_last_not_of(" \t") + 1);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
  return out;
}

/// The request target in origin form, path and query, where it came in absolute form; any other as it is.
/// Source: RFC 7230, 5.3.1 and 5.3.2
inline std::string origin_form(std::string_view target) {
  std::size_t authority = 0;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (same_header(target.substr(0, scheme.size()), scheme)) authority = scheme.size();
  }
  if (authority == 0) return std::string(target);
  const auto end = target.find_first_of("/?", authority);
  if (end == std::string_view::npos) return "/";
  return (target[end] == '?' ? "/" : "") + std::string(target.substr(end));
}

/// Text of ours as it may stand in a start line or header: CR, LF and NUL become spaces, so that no value can smuggle
/// in a header of its own; cut at 32 KiB.
inline std::string wire_text(std::string_view text) {
  std::string out(text.substr(0, 32768));
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
  return out;
}

/// Headers that say where a body ends; they are written by who writes the body.
inline bool frames_body(std::string_view name) {
  return same_header(name, "Content-Length") || same_header(name, "Transfer-Encoding");
}

/// The body in up to three chunks, in more where a chunk would pass 4096 octets; no extensions, no trailer.
/// Source: RFC 7230, 4.1
inline Octets chunked_coding(ByteView body) {
  Octets out;
  const auto add = [&out](std::string_view text) { out.insert(out.end(), text.begin(), text.end()); };
  const std::size_t most = std::clamp<std::size_t>((body.size() + 2) / 3, 1, 4096);
  while (!body.empty()) {
    const auto chunk = body.first(std::min(most, body.size()));
    std::string size = hex_number(chunk.size(), 4);
    size.erase(0, size.find_first_not_of('0'));
    add(size + "\r\n");
    append(out, chunk);
    add("\r\n");
    body = body.subspan(chunk.size());
  }
  add("0\r\n\r\n");
  return out;
}

/// Whatever is left of a chunked body has as many octets ("0", CRLF, CRLF). Beast 1.74 asserts that it was not asked to
/// go on with a last chunk before, and no input may bring that assertion down.
inline constexpr std::size_t least_chunked = 5;

/// Finds the blank line that ends a header block, however the octets come in.
struct HeaderScan {
  std::size_t looked = 0;  ///< octets that need not be looked at again

  enum class Found { nothing, end, bare_line_feed };

  /// @param octets  all of the block that is there, from its first octet
  /// @return        with `end`: `looked` is the length of the block, blank line included
  Found look(ByteView octets) {
    for (; looked < octets.size(); ++looked) {
      if (octets[looked] != '\n') continue;
      if (looked == 0 || octets[looked - 1] != '\r') return Found::bare_line_feed;
      if (looked >= 3 && octets[looked - 2] == '\n') {
        ++looked;
        return Found::end;
      }
    }
    return Found::nothing;
  }
};

}  // namespace dmsc::peer
