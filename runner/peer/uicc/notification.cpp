// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/uicc/notification.hpp"

#include <openssl/evp.h>

#include <stdexcept>

namespace dmsc::peer {
namespace {

Octets md5(ByteView data) {
  Octets digest(16);
  unsigned int size = 0;
  if (EVP_Digest(data.data(), data.size(), digest.data(), &size, EVP_md5(), nullptr) != 1 || size != digest.size()) {
    throw std::runtime_error("MD5 is not available in this OpenSSL");
  }
  return digest;
}

Octets base64(ByteView data) {
  Octets out(4 * ((data.size() + 2) / 3) + 1);
  const int size = EVP_EncodeBlock(out.data(), data.data(), static_cast<int>(data.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

Octets octets_of(std::string_view text) {
  return {text.begin(), text.end()};
}

}  // namespace

Octets notification_digest(ByteView trigger, std::string_view server_id, std::string_view secret, ByteView nonce) {
  auto credentials = octets_of(server_id);
  append(credentials, octets_of(":"));
  append(credentials, octets_of(secret));
  auto all = base64(md5(credentials));
  append(all, octets_of(":"));
  append(all, nonce);
  append(all, octets_of(":"));
  append(all, base64(md5(trigger)));
  return md5(all);
}

Result<Octets> write_notification(const codec::Package0& package, std::string_view secret, ByteView nonce) {
  const auto trigger = codec::write_trigger(package);
  if (!trigger) return trigger;
  auto out = notification_digest(*trigger, package.server_id, secret, nonce);
  append(out, *trigger);
  return out;
}

}  // namespace dmsc::peer
