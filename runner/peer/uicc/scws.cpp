// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/uicc/scws.hpp"

#include <algorithm>
#include <cctype>

namespace dmsc::peer {
namespace {

constexpr std::string_view dm_path = "/OMA/DM";
constexpr std::string_view index_page =
    "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Smart card web server</title></head>\n"
    "<body><h1>Smart card web server</h1><p>This page lives on the card.</p></body></html>\n";

HttpResponse page(int status, std::string_view type, std::string_view text) {
  HttpResponse response;
  response.status = status;
  response.headers = {{"Content-Type", std::string(type)}, {"Cache-Control", "no-store"}};
  response.body.assign(text.begin(), text.end());
  return response;
}

HttpResponse refusal(int status) {
  return page(status, "text/plain", std::to_string(status) + "\n");
}

/// http.request {method, target, version, host, content_type, media_type, length, headers, secure, road}; the target in
/// origin form
Fact fact_of(const HttpRequest& request, bool secure, const char* road) {
  Value fields;
  fields["method"] = request.method;
  fields["target"] = origin_form(request.target);
  fields["version"] = request.version;
  fields["host"] = header_of(request.headers, "Host");
  fields["content_type"] = header_of(request.headers, "Content-Type");
  fields["media_type"] = media_type_of(header_of(request.headers, "Content-Type"));
  fields["length"] = request.body.size();
  fields["secure"] = secure;
  fields["road"] = road;
  Value headers = Value::Map{};
  for (const auto& [name, value] : request.headers) {
    std::string lower = name;
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
    headers[lower] = value;
  }
  fields["headers"] = std::move(headers);
  auto octets = request.head;
  append(octets, request.body);
  return {"http.request", std::move(fields), std::move(octets)};
}

std::string path_of(const HttpRequest& request) {
  const auto target = origin_form(request.target);
  return target.substr(0, target.find('?'));
}

}  // namespace

std::optional<int> Scws::connect(bool secure, const char* road, const char* family) {
  if (dead_ || connections_.size() >= most_connections) return {};
  if (std::string_view(family) == "ipv6" && !self_.ipv6) return {};
  Connection connection{.tls = nullptr, .http = HttpServer({}, manners()), .plain_output = {}};
  connection.road = road;
  connection.ipv6 = std::string_view(family) == "ipv6";
  const bool plain_tcp = std::string_view(road) == "tcp" && !self_.follows(Policy::requires_tls_over_tcp);
  if (secure && !plain_tcp && self_.follows(Policy::requires_tls)) {
    TlsSettings settings;
    settings.server = true;
    settings.profile = self_.legacy_tls ? TlsProfile::legacy_2009 : TlsProfile::modern;
    settings.only = self_.tls_version;
    settings.certificate = self_.certificate;
    settings.key = self_.key;
    if (self_.follows(Policy::takes_psk)) {
      settings.psk_identity = self_.psk_identity;
      settings.psk = self_.psk;
    }
    auto made = TlsSession::make(settings);
    if (!made) return {};
    connection.tls = std::move(*made);
  }
  connections_.emplace(++next_, std::move(connection));
  Value opened = Value::Map{{"road", road}, {"secure", secure}, {"connection", next_}};
  if (*family != '\0') opened["family"] = family;
  tell({"stream.opened", std::move(opened), {}});
  return next_;
}

HttpManners Scws::manners() const {
  return {self_.follows(Policy::requires_host), self_.follows(Policy::knows_head), self_.follows(Policy::obeys_close)};
}

void Scws::on_data(int number, ByteView octets) {
  const auto found = connections_.find(number);
  if (found == connections_.end() || found->second.closing) return;
  const bool second = connections_.begin()->first != number;
  if (second && !self_.follows(Policy::serves_two_clients)) return;
  if (std::string_view(found->second.road) == "tcp" && !self_.follows(Policy::serves_tcp)) return;
  if (found->second.ipv6 && !self_.follows(Policy::serves_tcp_ipv6)) return;
  if (std::string_view(found->second.road) == "tcp" && !found->second.ipv6 && !self_.follows(Policy::serves_tcp_ipv4)) {
    return;
  }
  auto& connection = found->second;
  Octets plain;
  if (connection.tls) {
    connection.tls->on_data(octets);
    plain = connection.tls->take_plain();
    tell_of_session(connection);
  } else {
    plain = to_octets(octets);
  }
  if (!plain.empty()) {
    ++connection.pieces;
    connection.http.on_data(plain);
  }
  serve(connection);
}

void Scws::serve(Connection& connection) {
  while (const auto request = connection.http.take_request()) {
    if (std::exchange(connection.served, true) && !self_.follows(Policy::answers_again)) return;
    auto response = answer(*request, connection);
    const bool in_pieces = std::exchange(connection.pieces, 0) > 1;
    if (in_pieces && !self_.follows(Policy::keeps_request_pieces)) response = refusal(400);
    if (tamper_) {
      Outgoing out{"http.response",
                   Value::Map{{"status", response.status},
                              {"path", path_of(*request)},
                              {"version", response.version},
                              {"chunked", false},
                              {"until_close", false}},
                   1, 0};
      for (const auto& [name, value] : response.headers) out.members["headers"][name] = value;
      tamper_(out);
      response.status = static_cast<int>(out.members.int_or("status", response.status));
      response.version = static_cast<int>(out.members.int_or("version", response.version));
      response.chunked = out.members.bool_or("chunked", false);
      response.until_close = out.members.bool_or("until_close", false);
      response.headers.clear();
      if (const auto* headers = out.members.find("headers"); headers != nullptr && headers->is_map()) {
        for (const auto& [name, value] : headers->as_map()) response.headers.emplace_back(name, value.as_string());
      }
      if (out.copies == 0) return;
    }
    connection.http.respond(response);
  }
  if (const auto trouble = connection.http.trouble(); trouble && !std::exchange(connection.told_trouble, true)) {
    tell({"http.trouble", Value::Map{{"reason", trouble->text()}}, {}});
  }
  if (connection.http.trouble().has_value() && !self_.follows(Policy::survives_bad_http)) dead_ = true;
  const auto output = connection.http.take_output();
  if (connection.tls) {
    if (!output.empty()) connection.tls->write(output);
    if (connection.http.over()) connection.tls->close();
  } else {
    connection.closing = connection.http.over();
    append(connection.plain_output, output);
  }
}

Octets Scws::take_output(int number) {
  const auto found = connections_.find(number);
  if (found == connections_.end()) return {};
  auto& connection = found->second;
  return connection.tls ? connection.tls->take_output() : std::exchange(connection.plain_output, {});
}

bool Scws::over(int number) const {
  const auto found = connections_.find(number);
  if (found == connections_.end()) return true;
  return found->second.tls ? found->second.tls->over() : found->second.closing;
}

void Scws::disconnect(int number) {
  const auto found = connections_.find(number);
  if (found == connections_.end()) return;
  if (found->second.tls) {
    found->second.tls->on_end();
    tell_of_session(found->second);
  }
  tell({"stream.closed", Value::Map{{"road", found->second.road}, {"connection", number}}, {}});
  connections_.erase(found);
}

void Scws::tell_of_session(Connection& connection) {
  for (auto& fact : connection.tls->take_facts()) tell(std::move(fact));
}

bool Scws::is_dm_path(std::string_view path) const {
  if (path == dm_path || !self_.follows(Policy::knows_its_paths)) return true;
  if (!self_.follows(Policy::knows_its_path_alone) && path.starts_with(dm_path)) return true;
  if (!self_.follows(Policy::knows_its_whole_path) && path.size() > 1 && dm_path.starts_with(path)) return true;
  return !self_.follows(Policy::knows_its_path_by_case) && same_header(path, dm_path);
}

HttpResponse Scws::answer(const HttpRequest& request, const Connection& connection) {
  const bool secure = connection.tls != nullptr;
  if (facts_) tell(fact_of(request, secure, connection.road));
  const auto path = path_of(request);
  const auto host = header_of(request.headers, "Host");
  if (host.starts_with("[::1]") && !(self_.ipv6 && self_.follows(Policy::serves_ipv6))) return refusal(404);
  if (host.starts_with("0.0.0.0.0.0.0.1") && !self_.follows(Policy::serves_printed_host)) return refusal(404);
  if (request.version < 11 && !self_.follows(Policy::serves_http_10)) return refusal(505);
  if (host.starts_with("127.0.0.1") && !self_.follows(Policy::serves_ipv4)) return refusal(404);
  if (host.starts_with("localhost") && !self_.follows(Policy::serves_localhost)) return refusal(404);
  if (host.starts_with("localuicc") && !self_.follows(Policy::serves_localuicc)) return refusal(404);
  if (request.chunked && !self_.follows(Policy::reads_chunked)) return refusal(411);
  if (is_dm_path(path)) return answer_dm(request, connection);
  const bool event = !self_.scws_event_path.empty() && path == self_.scws_event_path;
  if (path != "/" && path != "/index.html" && !event) return refusal(404);
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (!reads && request.method != "POST" && !self_.follows(Policy::survives_unknown_method)) dead_ = true;
  if (!reads && !(event && request.method == "POST")) {
    auto response = refusal(405);
    response.headers.emplace_back("Allow", event ? "GET, HEAD, POST" : "GET, HEAD");
    return response;
  }
  if (event) {
    on_event_();
    return page(200, "text/plain", "noted\n");
  }
  if (!self_.follows(Policy::checks_path)) on_event_();
  return page(200, "text/html; charset=utf-8", index_page);
}

HttpResponse Scws::answer_dm(const HttpRequest& request, const Connection& connection) {
  const bool over_tcp = std::string_view(connection.road) == "tcp";
  const bool refuses =
      self_.follows(Policy::refuses_plain_dm) && (!over_tcp || self_.follows(Policy::refuses_plain_dm_over_tcp));
  if (connection.tls == nullptr && refuses) return refusal(403);
  if (request.method != "POST") {
    auto response = refusal(405);
    response.headers.emplace_back("Allow", "POST");
    return response;
  }
  auto reply = dm_.post(header_of(request.headers, "Content-Type"), request.body);
  HttpResponse response;
  response.status = reply.status;
  response.headers = {{"Content-Type", reply.media_type}, {"Cache-Control", "no-store"}};
  response.body = std::move(reply.body);
  return response;
}

}  // namespace dmsc::peer
