// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/session/tls_session.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <utility>

#include "runner/peer/session/certificate.hpp"

namespace dmsc::peer {
namespace {

template <auto Function>
struct Free {
  template <class T>
  void operator()(T* object) const {
    Function(object);
  }
};
using BioPtr = std::unique_ptr<BIO, Free<BIO_free_all>>;
using SslPtr = std::unique_ptr<SSL, Free<SSL_free>>;
using X509Ptr = std::unique_ptr<X509, Free<X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using ContextPtr = std::shared_ptr<SSL_CTX>;

constexpr std::size_t slice = 16384;  // what is given to OpenSSL at a time
constexpr std::size_t output_limit = TlsSession::queue_limit + TlsSession::queue_limit / 8;  // with what records add
constexpr std::size_t most_facts = 64;         // not taken; alerts beyond are dropped
constexpr std::size_t most_contexts = 32;      // cached
constexpr std::size_t most_certificates = 16;  // in one PEM text

// ---------------------------------------------------------------------------------------------------------------------
// What OpenSSL calls back

/// Alerts that OpenSSL 3.0 sends and reads without a name for them. Source: RFC 7507, 3; RFC 8446, 6
const char* nameless_alert(int code) {
  constexpr int inappropriate_fallback = 86;
  constexpr int missing_extension = 109;
  constexpr int certificate_required = 116;
  if (code == inappropriate_fallback) return "inappropriate_fallback";
  if (code == missing_extension) return "missing_extension";
  return code == certificate_required ? "certificate_required" : nullptr;
}

/// OpenSSL's words for an alert as one word of a case: `unknown PSK identity` is unknown_psk_identity.
std::string alert_name(int code) {
  if (const char* name = nameless_alert(code)) return name;
  std::string name = SSL_alert_desc_string_long(code);
  if (name == "unknown") return "alert_" + std::to_string(code);
  std::transform(name.begin(), name.end(), name.begin(), [](char c) {
    return c == ' ' ? '_' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return name;
}

/// What the callbacks of OpenSSL need of a session.
struct Watch {
  std::string psk_identity;
  Octets psk;
  std::vector<Fact> facts;
};

void watch_message(int sent, int /*version*/, int type, const void* data, std::size_t size, SSL* ssl,
                   void* /*unused*/) {
  auto* watch = static_cast<Watch*>(SSL_get_app_data(ssl));
  if (type != SSL3_RT_ALERT || size != 2 || watch == nullptr || watch->facts.size() >= most_facts) return;
  const auto* octets = static_cast<const std::uint8_t*>(data);
  const std::string level = octets[0] == SSL3_AL_WARNING ? "warning"
                            : octets[0] == SSL3_AL_FATAL ? "fatal"
                                                         : "level_" + std::to_string(octets[0]);
  watch->facts.push_back(
      {"tls.alert",
       Value::Map{
           {"direction", sent != 0 ? "sent" : "received"}, {"level", level}, {"description", alert_name(octets[1])}},
       {octets, octets + size}});
}

/// @return  length of the key, 0 where it does not fit
unsigned give_key(const Watch& watch, unsigned char* psk, unsigned room) {
  if (watch.psk.size() > room) return 0;
  std::copy(watch.psk.begin(), watch.psk.end(), psk);
  return static_cast<unsigned>(watch.psk.size());
}

unsigned client_psk(SSL* ssl, const char* /*hint*/, char* identity, unsigned identity_room, unsigned char* psk,
                    unsigned room) {
  const auto* watch = static_cast<const Watch*>(SSL_get_app_data(ssl));
  if (watch == nullptr || watch->psk_identity.size() >= identity_room) return 0;
  std::copy_n(watch->psk_identity.c_str(), watch->psk_identity.size() + 1, identity);
  return give_key(*watch, psk, room);
}

unsigned server_psk(SSL* ssl, const char* identity, unsigned char* psk, unsigned room) {
  const auto* watch = static_cast<const Watch*>(SSL_get_app_data(ssl));
  if (watch == nullptr || identity == nullptr || watch->psk_identity != identity) return 0;
  return give_key(*watch, psk, room);
}

// ---------------------------------------------------------------------------------------------------------------------
// Settings to SSL_CTX

/// Never ask a person for the pass phrase of a key.
int no_pass_phrase(char*, int, int, void*) {
  return -1;
}

/// Every certificate of a PEM text; empty when one of them is unusable or there are too many.
std::vector<X509Ptr> read_certificates(const std::string& pem) {
  std::vector<X509Ptr> out;
  const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  while (X509* one = PEM_read_bio_X509(bio.get(), nullptr, no_pass_phrase, nullptr)) {
    out.emplace_back(one);
    if (out.size() > most_certificates) return {};
  }
  // Only running out of PEM blocks is a proper end.
  if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) out.clear();
  ERR_clear_error();
  return out;
}

Result<void> use_own_certificate(SSL_CTX* context, const TlsSettings& settings) {
  const auto chain = read_certificates(settings.certificate);
  if (chain.empty()) return fail(Errc::data, "no usable PEM certificate", {}, "certificate");
  const BioPtr bio(BIO_new_mem_buf(settings.key.data(), static_cast<int>(settings.key.size())));
  const KeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_pass_phrase, nullptr));
  if (!key) return fail(Errc::data, "no usable PEM key", {}, "key");
  if (SSL_CTX_use_certificate(context, chain.front().get()) != 1) {
    return fail(Errc::data, "OpenSSL does not take the certificate", {}, "certificate");
  }
  for (std::size_t i = 1; i < chain.size(); ++i) {
    if (SSL_CTX_add1_chain_cert(context, chain[i].get()) != 1) {
      return fail(Errc::data, "OpenSSL does not take the chain", {}, "certificate");
    }
  }
  if (X509_check_private_key(chain.front().get(), key.get()) != 1 || SSL_CTX_use_PrivateKey(context, key.get()) != 1) {
    return fail(Errc::data, "the key is not that of the certificate", {}, "key");
  }
  return {};
}

Result<void> use_trust(SSL_CTX* context, const std::string& pem) {
  const auto authorities = read_certificates(pem);
  if (authorities.empty()) return fail(Errc::data, "no usable PEM certificate", {}, "trust");
  for (const auto& authority : authorities) {
    if (X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority.get()) != 1) {
      return fail(Errc::data, "OpenSSL does not take the certificate", {}, "trust");
    }
  }
  return {};
}

bool use_profile(SSL_CTX* context, const TlsSettings& settings, bool with_psk) {
  const bool modern = settings.profile == TlsProfile::modern;
  std::string suites = modern ? "HIGH:!aNULL:!eNULL:!PSK:!SRP:!DSS:!CAMELLIA:!ARIA:@SECLEVEL=1"
                              : "AES128-SHA:DES-CBC3-SHA:RC4-SHA:@SECLEVEL=0";
  if (with_psk) {
    // The suites with a PSK come first: whoever configures one wants to see it used.
    suites = modern ? "kECDHEPSK:kDHEPSK:kPSK:HIGH:!aNULL:!eNULL:!kRSAPSK:!SRP:!DSS:!CAMELLIA:!ARIA:@SECLEVEL=1"
                    : "PSK-AES128-CBC-SHA:PSK-3DES-EDE-CBC-SHA:" + suites;
  }
  // A PSK that comes from a callback is bound to SHA-256, so those suites come first.
  const char* suites_13 = with_psk ? "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384"
                                   : "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256";
  // A server of 2009 does not know RFC 5746.
  if (!modern) SSL_CTX_set_options(context, SSL_OP_LEGACY_SERVER_CONNECT);
  const int lowest = !modern ? TLS1_VERSION : settings.only == "1.3" ? TLS1_3_VERSION : TLS1_2_VERSION;
  const int highest = !modern ? TLS1_VERSION : settings.only == "1.2" ? TLS1_2_VERSION : TLS1_3_VERSION;
  return SSL_CTX_set_min_proto_version(context, lowest) == 1 && SSL_CTX_set_max_proto_version(context, highest) == 1 &&
         SSL_CTX_set_cipher_list(context, suites.c_str()) == 1 && SSL_CTX_set_ciphersuites(context, suites_13) == 1;
}

Result<ContextPtr> make_context(const TlsSettings& settings) {
  ContextPtr context(SSL_CTX_new(settings.server ? TLS_server_method() : TLS_client_method()), SSL_CTX_free);
  const bool with_psk = !settings.psk.empty();
  if (!context || !use_profile(context.get(), settings, with_psk)) {
    return fail(Errc::configuration, "OpenSSL does not offer the TLS profile");
  }
  SSL_CTX_set_options(context.get(), SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_num_tickets(context.get(), 0);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);  // judged, but never the end of the handshake
  SSL_CTX_set_msg_callback(context.get(), watch_message);
  if (with_psk && settings.server) SSL_CTX_set_psk_server_callback(context.get(), server_psk);
  if (with_psk && !settings.server) SSL_CTX_set_psk_client_callback(context.get(), client_psk);
  Result<void> done;
  if (settings.server && !settings.certificate.empty()) done = use_own_certificate(context.get(), settings);
  if (!settings.server && !settings.trust.empty()) done = use_trust(context.get(), settings.trust);
  if (!done) return tl::make_unexpected(done.error());
  return context;
}

/// The context of these settings; made once, because reading keys costs more than a handshake with them.
Result<ContextPtr> context_of(const TlsSettings& settings) {
  static std::mutex guard;
  static std::map<std::vector<std::string>, ContextPtr> cache;
  const std::vector<std::string> key = {settings.server ? "server" : "client",
                                        settings.profile == TlsProfile::modern ? "modern" + settings.only : "legacy",
                                        settings.psk.empty() ? "" : "psk",
                                        settings.server ? settings.certificate : "",
                                        settings.server ? settings.key : "",
                                        settings.server ? "" : settings.trust};
  const std::lock_guard lock(guard);
  if (const auto found = cache.find(key); found != cache.end()) return found->second;
  auto made = make_context(settings);
  ERR_clear_error();
  if (!made) return made;
  if (cache.size() >= most_contexts) cache.clear();  // sessions keep their own
  cache.emplace(key, *made);
  return made;
}

Result<void> check(const TlsSettings& settings) {
  if (settings.psk_identity.empty() != settings.psk.empty()) {
    return fail(Errc::data, "a PSK needs both identity and key", {}, "psk");
  }
  if (settings.psk.size() > PSK_MAX_PSK_LEN) {
    return fail(Errc::data, "PSK longer than " + std::to_string(PSK_MAX_PSK_LEN) + " octets", {}, "psk");
  }
  if (settings.psk_identity.size() > PSK_MAX_IDENTITY_LEN || settings.psk_identity.find('\0') != std::string::npos) {
    return fail(Errc::data, "PSK identity longer than " + std::to_string(PSK_MAX_IDENTITY_LEN) + " octets or with NUL",
                {}, "psk_identity");
  }
  if (settings.server && settings.certificate.empty() && settings.psk.empty()) {
    return fail(Errc::configuration, "a TLS server needs a certificate or a PSK");
  }
  return {};
}

}  // namespace

// ---------------------------------------------------------------------------------------------------------------------
// The session

struct TlsSession::Impl {
  bool server = false;
  bool trusting = false;  // there is a trust to verify against
  std::string server_name;
  Watch watch;
  SslPtr ssl;
  BIO* in = nullptr;   // from the other end; owned by ssl
  BIO* out = nullptr;  // for the other end; owned by ssl
  Octets unsent;       // plain text that waits for the handshake
  Octets plain;        // from the other end
  bool started = false;
  bool through = false;  // the handshake is
  bool closing = false;
  bool ended = false;
  std::optional<Error> trouble;

  Result<void> prepare(const TlsSettings& settings);
  void drive();
  void shake_hands();
  void read_plain();
  void write_plain(ByteView octets);
  void shut_down();
  void break_off(int result);
  void end(const char* how, std::string reason, std::optional<Errc> code = {});
  void drop(const std::string& queue);
  void add_handshake();
  void add_certificate(Fact& fact) const;
};

Result<void> TlsSession::Impl::prepare(const TlsSettings& settings) {
  const auto context = context_of(settings);
  if (!context) return tl::make_unexpected(context.error());
  server = settings.server;
  trusting = !settings.trust.empty();
  server_name = settings.server_name;
  if (server_name.size() > 2 && server_name.front() == '[' && server_name.back() == ']') {
    server_name = server_name.substr(1, server_name.size() - 2);  // an IPv6 address as a URI writes it
  }
  watch.psk_identity = settings.psk_identity;
  watch.psk = settings.psk;
  ssl.reset(SSL_new(context->get()));
  in = BIO_new(BIO_s_mem());
  out = BIO_new(BIO_s_mem());
  if (!ssl || in == nullptr || out == nullptr) {
    BIO_free(in);
    BIO_free(out);
    return fail(Errc::configuration, "OpenSSL makes no session");
  }
  SSL_set_bio(ssl.get(), in, out);
  SSL_set_app_data(ssl.get(), &watch);
  started = server;
  if (server) {
    SSL_set_accept_state(ssl.get());
    return {};
  }
  SSL_set_connect_state(ssl.get());
  if (settings.verify_at) X509_VERIFY_PARAM_set_time(SSL_get0_param(ssl.get()), std::time_t{*settings.verify_at});
  const bool host = !server_name.empty() && !is_address(server_name);
  if (host &&
      (server_name.find('\0') != std::string::npos || SSL_set_tlsext_host_name(ssl.get(), server_name.c_str()) != 1)) {
    return fail(Errc::data, "no host name and no address", {}, "server_name");
  }
  return {};
}

void TlsSession::Impl::drive() {
  if (ended) return;
  ERR_clear_error();
  if (!through) shake_hands();
  if (through && !ended) read_plain();
  if (!ended && BIO_ctrl_pending(out) > output_limit) drop("output");
  ERR_clear_error();
}

void TlsSession::Impl::shake_hands() {
  if (const int result = SSL_do_handshake(ssl.get()); result != 1) {
    break_off(result);
    return;
  }
  through = true;
  add_handshake();
  if (!unsent.empty()) write_plain(std::exchange(unsent, {}));
  if (closing && !ended) shut_down();
}

void TlsSession::Impl::read_plain() {
  std::array<std::uint8_t, slice> octets{};
  while (!ended) {
    std::size_t size = 0;
    const int result = SSL_read_ex(ssl.get(), octets.data(), octets.size(), &size);
    if (result != 1) {
      break_off(result);
      return;
    }
    append(plain, ByteView(octets.data(), size));
    if (plain.size() > queue_limit) drop("received plain text");
  }
}

void TlsSession::Impl::write_plain(ByteView octets) {
  ERR_clear_error();
  std::size_t size = 0;
  const int result = octets.empty() ? 1 : SSL_write_ex(ssl.get(), octets.data(), octets.size(), &size);
  if (result != 1) break_off(result);
  if (!ended && BIO_ctrl_pending(out) > output_limit) drop("output");
  ERR_clear_error();
}

void TlsSession::Impl::shut_down() {
  SSL_shutdown(ssl.get());
  ERR_clear_error();
  end("close_notify", "sent");
}

/// Ends the session, unless OpenSSL only waits for more octets.
void TlsSession::Impl::break_off(int result) {
  const int why = SSL_get_error(ssl.get(), result);
  if (why == SSL_ERROR_WANT_READ) return;
  if (why == SSL_ERROR_ZERO_RETURN && through) {
    SSL_shutdown(ssl.get());  // answers in kind
    end("close_notify", "received");
    return;
  }
  std::string reason = why == SSL_ERROR_ZERO_RETURN ? "close_notify in the handshake" : "unknown reason";
  const auto problem = ERR_peek_last_error();
  if (ERR_GET_REASON(problem) >= SSL_AD_REASON_OFFSET) {
    reason = "received " + alert_name(ERR_GET_REASON(problem) - SSL_AD_REASON_OFFSET);
  } else if (const char* known = ERR_reason_error_string(problem); known != nullptr) {
    reason = known;
  }
  end("failed", std::move(reason), Errc::malformed);
}

void TlsSession::Impl::end(const char* how, std::string reason, std::optional<Errc> code) {
  ended = true;
  unsent.clear();
  if (code) trouble = Error{*code, "the TLS session broke: " + reason, {}, {}};
  watch.facts.push_back({"tls.end", Value::Map{{"how", how}, {"reason", std::move(reason)}}, {}});
}

void TlsSession::Impl::drop(const std::string& queue) {
  plain = {};
  BIO_reset(out);
  end("failed", "more than " + std::to_string(queue_limit) + " octets of " + queue + " wait", Errc::exhausted);
}

void TlsSession::Impl::add_handshake() {
  const SSL_CIPHER* suite = SSL_get_current_cipher(ssl.get());
  // A PSK of TLS 1.3 that came from a callback looks like a resumption; there are no others, as no tickets are given.
  const bool psk = SSL_version(ssl.get()) >= TLS1_3_VERSION ? SSL_session_reused(ssl.get()) == 1
                                                            : SSL_CIPHER_get_auth_nid(suite) == NID_auth_psk;
  Fact fact{"tls.handshake", Value::Map{}, {}};
  fact.fields["version"] = SSL_get_version(ssl.get());
  fact.fields["suite"] = SSL_CIPHER_standard_name(suite);
  fact.fields["credential"] = psk ? "psk" : "certificate";
  if (psk) fact.fields["psk_identity"] = ascii(watch.psk_identity);
  if (!psk && !server) add_certificate(fact);
  fact.fields["resumed"] = !psk && SSL_session_reused(ssl.get()) == 1;
  watch.facts.push_back(std::move(fact));
}

void TlsSession::Impl::add_certificate(Fact& fact) const {
  const X509Ptr certificate(SSL_get1_peer_certificate(ssl.get()));
  if (!certificate) return;
  fact.octets = der_of(certificate.get());
  auto& fields = fact.fields;
  const auto said = certificate_fields(certificate.get());
  for (const auto& [key, value] : said.as_map()) fields[key] = value;
  const auto verdict = SSL_get_verify_result(ssl.get());
  fields["verified"] = !trusting ? "unverified" : verdict == X509_V_OK ? "ok" : X509_verify_cert_error_string(verdict);
  if (!server_name.empty()) fields["name_matches"] = names_match(certificate.get(), server_name);
}

Result<std::unique_ptr<TlsSession>> TlsSession::make(const TlsSettings& settings) {
  if (const auto usable = check(settings); !usable) return tl::make_unexpected(usable.error());
  auto impl = std::make_unique<Impl>();
  const auto prepared = impl->prepare(settings);
  ERR_clear_error();
  if (!prepared) return tl::make_unexpected(prepared.error());
  return std::unique_ptr<TlsSession>(new TlsSession(std::move(impl)));
}

TlsSession::TlsSession(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsSession::~TlsSession() = default;

void TlsSession::start() {
  if (impl_->started) return;
  impl_->started = true;
  impl_->drive();
}

void TlsSession::on_data(ByteView octets) {
  impl_->started = true;
  // In slices, so that a limit is noticed before everything is decrypted.
  while (!octets.empty() && !impl_->ended) {
    const auto size = std::min(octets.size(), slice);
    if (BIO_write(impl_->in, octets.data(), static_cast<int>(size)) != static_cast<int>(size)) {
      impl_->drop("input");
      return;
    }
    octets = octets.subspan(size);
    impl_->drive();
  }
}

void TlsSession::on_end() {
  if (impl_->ended) return;
  impl_->end("truncated",
             impl_->through ? "the stream ended without close_notify" : "the stream ended in the handshake",
             Errc::truncated);
}

void TlsSession::write(ByteView plain) {
  if (impl_->ended || impl_->closing) return;
  if (impl_->unsent.size() + plain.size() > queue_limit) {
    impl_->drop("plain text to send");
  } else if (impl_->through) {
    impl_->write_plain(plain);
  } else {
    append(impl_->unsent, plain);
  }
}

void TlsSession::close() {
  if (impl_->ended || impl_->closing) return;
  impl_->closing = true;
  if (impl_->through) impl_->shut_down();
  if (!impl_->started) impl_->end("failed", "closed before the handshake");
}

Octets TlsSession::take_output() {
  Octets out(BIO_ctrl_pending(impl_->out));
  if (!out.empty()) BIO_read(impl_->out, out.data(), static_cast<int>(out.size()));
  return out;
}

Octets TlsSession::take_plain() {
  return std::exchange(impl_->plain, {});
}

bool TlsSession::open() const {
  return impl_->through && !impl_->ended;
}

bool TlsSession::over() const {
  return impl_->ended;
}

std::optional<Error> TlsSession::trouble() const {
  return impl_->trouble;
}

std::vector<Fact> TlsSession::take_facts() {
  return std::exchange(impl_->watch.facts, {});
}

}  // namespace dmsc::peer
