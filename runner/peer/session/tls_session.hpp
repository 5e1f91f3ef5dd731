// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runner/base/octets.hpp"
#include "runner/peer/session/fact.hpp"

namespace dmsc::peer {

/// Which versions and suites are spoken. Source: OMA DM Security 1.2.1, 5.1.5; its 3DES and RC4 suites are offered only
/// where the installed OpenSSL still has them.
enum class TlsProfile {
  modern,       ///< TLS 1.2 and 1.3
  legacy_2009,  ///< TLS 1.0 only, RSA or PSK with AES-128-CBC, 3DES, RC4; security level 0
};

struct TlsSettings {
  bool server = false;
  TlsProfile profile = TlsProfile::modern;
  std::string only;          ///< of the modern profile: "1.2" or "1.3" alone; empty: both
  std::string certificate;   ///< server: PEM chain, own certificate first
  std::string key;           ///< server: PEM, not encrypted
  std::string trust;         ///< client: PEM of the CAs; empty: the chain is reported as "unverified"
  std::string psk_identity;  ///< with `psk`: offered or accepted; a server without certificate takes nothing else
  Octets psk;
  std::string server_name;  ///< client: host name (sent as SNI) or address that the certificate is compared with
  std::optional<std::int64_t> verify_at;  ///< client: seconds since 1970 at which validity is judged; absent: now
};

/// One TLS connection, either role, without I/O: octets of the other end in, octets for it out. No tickets, no
/// resumption, no renegotiation. What the other end does wrong ends the session and never more than that.
///
/// Facts
/// - tls.handshake {version, suite, credential, resumed}; credential is "certificate" or "psk". With a PSK:
///   psk_identity. A client with a certificate: subject, issuer (RFC 4514), names ("DNS:…", "IP:…", "URI:…", "email:…",
///   at most 64), not_before, not_after (ISO 8601), verified ("ok", "unverified", or the reason), name_matches (when
///   server_name is set); octets: the certificate, DER. Verification never ends the handshake.
/// - tls.alert {direction: sent, received; level: warning, fatal; description: as RFC 8446 and 5246 spell it, or
///   "alert_NN"}
/// - tls.end {how: close_notify, truncated, failed; reason}; exactly one a session
class TlsSession {
 public:
  /// Each queue (plain text that waits for the handshake, plain text not taken, output not taken) holds this many
  /// octets; the session is dropped on more.
  static constexpr std::size_t queue_limit = std::size_t{1} << 20;

  /// @return  Errc::data for unusable PEM, name or PSK, with the setting as place; Errc::configuration when a server
  /// has
  ///          nothing to show or OpenSSL cannot do it
  static Result<std::unique_ptr<TlsSession>> make(const TlsSettings& settings);
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  void start();                   ///< client: produces ClientHello; nothing for a server
  void on_data(ByteView octets);  ///< from the other end
  void on_end();                  ///< the other end closed the stream
  void write(ByteView plain);     ///< queued until the handshake is through
  void close();                   ///< close_notify behind what was written; waits for the handshake

  Octets take_output();  ///< for the other end
  Octets take_plain();   ///< from the other end; stays takeable when the session is over

  bool open() const;  ///< handshake through and not over
  bool over() const;  ///< closed or failed: close the stream once the output is sent
  /// Errc::truncated for a stream that ended without close_notify, Errc::exhausted for a full queue, Errc::malformed
  /// for whatever else ended the session.
  std::optional<Error> trouble() const;
  std::vector<Fact> take_facts();

 private:
  struct Impl;
  explicit TlsSession(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace dmsc::peer
