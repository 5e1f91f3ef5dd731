// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/terminal/web_client.hpp"

#include <algorithm>

#include "runner/base/text.hpp"

namespace dmsc::peer {

Result<std::unique_ptr<WebClient>> WebClient::make(const TlsSettings* tls) {
  auto client = std::unique_ptr<WebClient>(new WebClient());
  if (tls != nullptr) {
    auto session = TlsSession::make(*tls);
    if (!session) return tl::make_unexpected(session.error());
    client->tls_ = std::move(*session);
    client->tls_->start();
  }
  return client;
}

void WebClient::on_data(ByteView octets) {
  if (!tls_) {
    http_.on_data(octets);
    return;
  }
  tls_->on_data(octets);
  const auto plain = tls_->take_plain();
  if (!plain.empty()) http_.on_data(plain);
}

void WebClient::on_end() {
  if (std::exchange(ended_, true)) return;
  if (tls_) tls_->on_end();
  http_.on_end();
}

void WebClient::send(ByteView plain) {
  if (tls_) {
    tls_->write(plain);
  } else {
    append(output_, plain);
  }
}

void WebClient::send_raw(ByteView octets) {
  append(output_, octets);
}

void WebClient::close() {
  if (tls_) tls_->close();
}

Octets WebClient::take_output() {
  auto out = tls_ ? tls_->take_output() : Octets{};
  append(out, std::exchange(output_, {}));
  return out;
}

bool WebClient::ready() const {
  return !ended_ && (!tls_ || tls_->open());
}

bool WebClient::over() const {
  return ended_ || (tls_ && tls_->over());
}

std::vector<Fact> WebClient::take_facts() {
  auto facts = tls_ ? tls_->take_facts() : std::vector<Fact>{};
  const auto trouble = http_.trouble();
  if (trouble && !std::exchange(told_trouble_, true)) {
    facts.push_back({"http.trouble", Value::Map{{"reason", trouble->text()}}, {}});
  }
  return facts;
}

Fact fact_of(const HttpResponse& response) {
  constexpr std::size_t shown_most = 4096;
  Fact fact;
  fact.key = "http.response";
  auto& fields = fact.fields;
  fields["status"] = response.status;
  fields["reason"] = response.reason;
  fields["version"] = response.version;
  if (response.asked_in < 11) fields["asked_in"] = response.asked_in;
  fields["content_type"] = header_of(response.headers, "Content-Type");
  fields["media_type"] = media_type_of(header_of(response.headers, "Content-Type"));
  Value headers = Value::Map{};
  for (const auto& [name, value] : response.headers) {
    auto key = name;
    std::transform(key.begin(), key.end(), key.begin(), [](unsigned char c) { return std::tolower(c); });
    headers[key] = value;
  }
  fields["headers"] = std::move(headers);
  fields["length"] = response.body.size();
  const std::string text(response.body.begin(), response.body.end());
  if (text.size() <= shown_most && valid_utf8_prefix(text) == text.size()) fields["body"] = text;
  fields["chunked"] = response.chunked;
  fact.octets = response.head;
  append(fact.octets, response.body);
  return fact;
}

}  // namespace dmsc::peer
