#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# OpenSSL 3.0 (Debian 12): SSL_alert_desc_string_long has no name for three alerts that OpenSSL itself sends and receives:
# inappropriate_fallback (86, RFC 7507), missing_extension (109, RFC 8446) and certificate_required (116, RFC 8446) are
# "unknown", while their neighbours have names. A log that prints the text alone cannot tell a client without a certificate
# from a protocol nobody knows: print the number, too.
# Seen: 40 "handshake failure", 86 "unknown", 109 "unknown", 112 "unrecognized name", 116 "unknown",
# 120 "no application protocol".
set -euo pipefail
version=3.0.22-1~deb12u2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -q libssl3="$version" libssl-dev="$version" >/dev/null 2>&1 || { echo "libssl3 $version cannot be had here"; exit 69; }
for package in libssl*.deb; do dpkg -x "$package" tree; done
libraries=$(dirname "$(find tree -name libssl.so.3)")
cat >seen.c <<'C'
#include <openssl/crypto.h>
#include <openssl/ssl.h>
#include <stdio.h>
int main(void) {
  static const int alerts[] = {40, 86, 109, 112, 116, 120};
  printf("%s\n", OpenSSL_version(OPENSSL_FULL_VERSION_STRING));
  for (unsigned at = 0; at < sizeof alerts / sizeof *alerts; ++at)
    printf("%d: %s\n", alerts[at], SSL_alert_desc_string_long(alerts[at]));
  return 0;
}
C
gcc -isystem tree/usr/include -isystem "tree/usr/include/$(gcc -dumpmachine)" seen.c -L"$libraries" -lssl -lcrypto -o seen
LD_LIBRARY_PATH=$libraries ./seen | tee out
diff out - <<'SEEN' && echo "OpenSSL 3.0 still has no name for alerts 86, 109 and 116"
3.0.22
40: handshake failure
86: unknown
109: unknown
112: unrecognized name
116: unknown
120: no application protocol
SEEN
