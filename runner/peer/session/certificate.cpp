// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/session/certificate.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <memory>

namespace dmsc::peer {
namespace {

constexpr int most_names = 64;

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
};
struct FreeNames {
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};
using BioPtr = std::unique_ptr<BIO, FreeBio>;
using NamesPtr = std::unique_ptr<GENERAL_NAMES, FreeNames>;

std::string name_text(const X509_NAME* name) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253);
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio.get(), &data);
  return ascii(std::string_view(data, static_cast<std::size_t>(std::max(size, 0L))));
}

/// Null where the date is none.
Value iso_8601(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
  std::array<char, 32> text{};
  const auto size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return std::string(text.data(), size);
}

std::string address_text(const ASN1_OCTET_STRING& address) {
  const ByteView octets(address.data, static_cast<std::size_t>(std::max(address.length, 0)));
  if (octets.size() == 4) {
    std::string out;
    for (const auto octet : octets) out += (out.empty() ? "" : ".") + std::to_string(octet);
    return out;
  }
  if (octets.size() != 16) return to_hex(octets);
  // RFC 5952: the longest run of at least two zero groups becomes "::".
  std::array<unsigned, 8> groups{};
  for (std::size_t i = 0; i < 8; ++i) groups[i] = octets[2 * i] * 256U + octets[2 * i + 1];
  std::size_t gap = 8;
  std::size_t gap_length = 1;
  for (std::size_t i = 0; i < 8; ++i) {
    std::size_t end = i;
    while (end < 8 && groups[end] == 0) ++end;
    if (end - i > gap_length) gap = i, gap_length = end - i;
  }
  std::string out;
  for (std::size_t i = 0; i < 8; ++i) {
    if (i == gap) {
      out += "::";
      i += gap_length - 1;
      continue;
    }
    if (!out.empty() && out.back() != ':') out += ':';
    std::array<char, 8> group{};
    std::snprintf(group.data(), group.size(), "%x", groups[i]);
    out += group.data();
  }
  return out;
}

Value::List alternative_names(const X509* certificate) {
  Value::List out;
  const NamesPtr names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  const int count = names ? std::min(sk_GENERAL_NAME_num(names.get()), most_names) : 0;
  for (int i = 0; i < count; ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    const auto text = [](const ASN1_STRING* string) {
      return ascii({reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)),
                    static_cast<std::size_t>(std::max(ASN1_STRING_length(string), 0))});
    };
    switch (name->type) {
      case GEN_DNS:
        out.emplace_back("DNS:" + text(name->d.dNSName));
        break;
      case GEN_URI:
        out.emplace_back("URI:" + text(name->d.uniformResourceIdentifier));
        break;
      case GEN_EMAIL:
        out.emplace_back("email:" + text(name->d.rfc822Name));
        break;
      case GEN_IPADD:
        out.emplace_back("IP:" + address_text(*name->d.iPAddress));
        break;
      default:
        break;
    }
  }
  return out;
}

}  // namespace

std::string ascii(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto octet = static_cast<std::uint8_t>(c);
    if (octet >= 0x20 && octet < 0x7F) {
      out += c;
    } else {
      out += "\\x" + hex_number(octet, 2);
    }
  }
  return out;
}

Value certificate_fields(const X509* certificate) {
  Value fields;
  fields["subject"] = name_text(X509_get_subject_name(certificate));
  fields["issuer"] = name_text(X509_get_issuer_name(certificate));
  fields["names"] = alternative_names(certificate);
  fields["not_before"] = iso_8601(X509_get0_notBefore(certificate));
  fields["not_after"] = iso_8601(X509_get0_notAfter(certificate));
  return fields;
}

bool is_address(const std::string& name) {
  ASN1_OCTET_STRING* address = a2i_IPADDRESS(name.c_str());
  ASN1_OCTET_STRING_free(address);
  ERR_clear_error();
  return address != nullptr;
}

bool names_match(X509* certificate, const std::string& name) {
  const int found = is_address(name) ? X509_check_ip_asc(certificate, name.c_str(), 0)
                                     : X509_check_host(certificate, name.data(), name.size(), 0, nullptr);
  ERR_clear_error();
  return found == 1;
}

Octets der_of(const X509* certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate, &der);
  if (size <= 0) return {};
  Octets out(der, der + size);
  OPENSSL_free(der);
  return out;
}

}  // namespace dmsc::peer
