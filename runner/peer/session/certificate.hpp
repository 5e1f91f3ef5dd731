// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/x509.h>

#include <string>
#include <string_view>

#include "runner/base/octets.hpp"
#include "runner/base/value.hpp"

/// What a certificate of the other end says, in words that are safe to print.
namespace dmsc::peer {

/// Printable ASCII as it is, everything else as \xNN: names come from the other end.
std::string ascii(std::string_view text);

/// subject, issuer (RFC 4514), names ("DNS:…", "IP:…", "URI:…", "email:…", at most 64), not_before, not_after
/// (ISO 8601; null where the date is none).
Value certificate_fields(const X509* certificate);

/// Whether a text is an IP address rather than a host name.
bool is_address(const std::string& name);

/// Whether the certificate is for this host name or address. Source: RFC 6125
bool names_match(X509* certificate, const std::string& name);

Octets der_of(const X509* certificate);

}  // namespace dmsc::peer
