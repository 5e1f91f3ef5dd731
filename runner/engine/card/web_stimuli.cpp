// SPDX-License-Identifier: Apache-2.0
// Stimuli of the terminal's local programs: web.* and dm.*.
#include <algorithm>

#include "runner/codec/dm/syncml.hpp"
#include "runner/engine/card/card_stimuli.hpp"
#include "runner/peer/terminal/dm_client.hpp"

namespace dmsc::engine {
namespace {

constexpr std::string_view dm_path = "/OMA/DM";
constexpr int most_messages = 40;  // of one session

/// The row of table 2 that a case asks for; for `any` the first that the ICS claims.
const ScwsAddress* address_for(const StimulusContext& context, const std::string& transport) {
  if (transport != "any") return find_scws_address(transport);
  const bool tcp_alone = model::claims(context.ics, "C_EEM") && !model::claims(context.ics, "C_SCWS_BIP");
  return find_scws_address(tcp_alone ? "tcp_ipv4" : "bip_ipv4");
}

Result<LocalClient::Target> target_of(const StimulusContext& context, const Value& with) {
  LocalClient::Target target;
  const auto name = with.text_or("transport", "any");
  target.transport = address_for(context, name);
  if (target.transport == nullptr) return fail(Errc::data, "\"" + name + "\" is no transport");
  target.secure = with.bool_or("secure", true);
  const bool secure_port = target.secure || with.bool_or("on_secure_port", false);
  const auto port = with.int_or("port", secure_port ? target.transport->secure_port : target.transport->plain_port);
  if (port < 1 || port > 0xFFFF) return fail(Errc::data, std::to_string(port) + " is no port");
  target.port = static_cast<std::uint16_t>(port);
  const auto& pixit = context.pixit.values;
  auto& tls = target.tls;
  const auto profile = with.text_or("tls", pixit.text_or("tls_profile", "modern"));
  tls.profile = profile == "legacy_2009" ? peer::TlsProfile::legacy_2009 : peer::TlsProfile::modern;
  tls.server_name = target.transport->peer_name;
  tls.trust = pixit.text_or("scws_ca", "");
  if (with.text_or("credential", pixit.text_or("tls_credential", "certificate")) == "psk") {
    tls.psk_identity = pixit.text_or("psk_identity", "");
    const auto key = parse_hex(pixit.text_or("psk_key", ""));
    if (!key) return fail(Errc::data, "psk_key of the PIXIT is not hexadecimal");
    tls.psk = *key;
  }
  return target;
}

LocalClient::Pace pace_of(const Value& with) {
  LocalClient::Pace pace;
  pace.pieces = static_cast<std::size_t>(std::max<std::int64_t>(with.int_or("pieces", 0), 0));
  if (const auto* pause = with.find("pause")) {
    pace.pause = model::duration_of(*pause).value_or(std::chrono::milliseconds(0));
  }
  return pace;
}

Result<peer::HttpRequest> request_of(const LocalClient::Target& target, const Value& with) {
  peer::HttpRequest request;
  request.version = static_cast<int>(with.int_or("version", 11));
  request.method = with.text_or("method", "GET");
  request.target = with.text_or("path", "/");
  request.chunked = with.bool_or("chunked", false);
  const auto* headers = with.find("headers");
  const auto* host = headers == nullptr ? nullptr : headers->find("Host");
  if (host == nullptr) request.headers.emplace_back("Host", authority_of(*target.transport, target.port));
  request.headers.emplace_back("User-Agent", "dmsc");
  if (headers != nullptr) {
    for (const auto& [name, value] : headers->as_map()) {
      if (value.is_string()) request.headers.emplace_back(name, value.as_string());
    }
  }
  const auto text = with.text_or("body", "");
  request.body.assign(text.begin(), text.end());
  if (const auto* hex = with.find("body_hex"); hex != nullptr && hex->is_string()) {
    auto octets = parse_hex(hex->as_string());
    if (!octets) return fail(Errc::data, "\"body_hex\" is not hexadecimal");
    request.body = std::move(*octets);
  }
  return request;
}

Outcome no_road() {
  return {false, "no address of the card over TCP/IP is known (--card-ip ADDRESS)"};
}

/// One of the two local programs.
LocalClient& program(StimulusContext& context, const Value& with) {
  return with.int_or("client", 1) == 2 ? context.second_client : context.client;
}

Result<Outcome> connect(StimulusContext& context, const Value& with) {
  const auto target = target_of(context, with);
  if (!target) return tl::make_unexpected(target.error());
  if (!program(context, with).reaches(*target->transport)) return no_road();
  const auto connected = program(context, with).connect(*target);
  if (!connected) return tl::make_unexpected(connected.error());
  return Outcome{};  // what came of it is in the trace, for the case to judge
}

Outcome not_connected() {
  return {false, "the local client has no connection"};
}

/// The card is woken up while half of the request is there, and may do what it wants to before the rest comes.
Result<Outcome> request_around_wake_up(StimulusContext& context, LocalClient& client, const peer::HttpRequest& asked,
                                       const std::string& kind) {
  auto woken = Result<Outcome>(Outcome{});
  const auto between = [&]() -> Result<void> {
    woken = wake_up(context, Value(Value::Map{{"kind", kind}}));
    return woken ? context.session.settle() : tl::make_unexpected(woken.error());
  };
  const auto response = client.exchange_split(asked, peer::write_request(asked).size() / 2, between);
  if (!response) return tl::make_unexpected(response.error());
  return woken;
}

Result<Outcome> request(StimulusContext& context, const Value& with) {
  auto& client = program(context, with);
  if (with.bool_or("reconnect", false) && !client.can_go_on() && client.target().transport != nullptr) {
    const auto again = client.connect(LocalClient::Target(client.target()));
    if (!again) return tl::make_unexpected(again.error());
  }
  if (!client.connected()) return not_connected();
  const auto asked = request_of(client.target(), with);
  if (!asked) return tl::make_unexpected(asked.error());
  const auto wakes = with.text_or("wake_up", "");
  if (!wakes.empty()) return request_around_wake_up(context, client, *asked, wakes);
  const auto response = client.exchange(*asked, pace_of(with));
  if (!response) return tl::make_unexpected(response.error());
  return Outcome{};
}

Result<Outcome> split(StimulusContext& context, const Value& with) {
  if (!program(context, with).connected()) return not_connected();
  const auto asked = request_of(program(context, with).target(), with);
  if (!asked) return tl::make_unexpected(asked.error());
  const auto size = peer::write_request(*asked).size();
  const auto target = program(context, with).target();
  Value seen = Value::Map{{"boundaries", size - 1}, {"served", 0}};
  std::int64_t served = 0;
  for (std::size_t first = 1; first < size; ++first) {
    if (!program(context, with).can_go_on()) {
      const auto again = program(context, with).connect(target);
      if (!again) return tl::make_unexpected(again.error());
    }
    const auto response = program(context, with).exchange_split(*asked, first);
    if (!response) return tl::make_unexpected(response.error());
    const bool fine = response->has_value() && (*response)->status == 200;
    if (fine) ++served;
    if (!fine && seen.find("first_bad") == nullptr) seen["first_bad"] = first;
    if (!fine && static_cast<std::size_t>(served) + 3 < first) break;  // one bad boundary proves it
  }
  seen["served"] = served;
  context.session.add({"http.split", std::move(seen), {}});
  return Outcome{};
}

Result<Outcome> send(StimulusContext& context, const Value& with) {
  if (!program(context, with).connected()) return not_connected();
  const auto text = with.text_or("text", "");
  Octets octets(text.begin(), text.end());
  if (const auto* hex = with.find("hex"); hex != nullptr && hex->is_string()) {
    auto read = parse_hex(hex->as_string());
    if (!read) return fail(Errc::data, "\"hex\" is not hexadecimal");
    octets = std::move(*read);
  }
  program(context, with).expect_any_response();
  const auto sent = program(context, with).send(octets, pace_of(with), with.bool_or("past_tls", false));
  if (!sent) return tl::make_unexpected(sent.error());
  const auto waited = program(context, with).wait_for_response();
  if (!waited) return tl::make_unexpected(waited.error());
  return Outcome{};
}

Result<Outcome> close(StimulusContext& context, const Value& with) {
  const auto closed = program(context, with).close(with.bool_or("abrupt", false));
  if (!closed) return tl::make_unexpected(closed.error());
  return Outcome{};
}

peer::DmClient::Credentials credentials_of(const std::string& name) {
  using Credentials = peer::DmClient::Credentials;
  static constexpr std::pair<std::string_view, Credentials> names[] = {{"wrong", Credentials::wrong},
                                                                       {"none", Credentials::none},
                                                                       {"late", Credentials::late},
                                                                       {"stale", Credentials::stale}};
  for (const auto& [key, credentials] : names) {
    if (key == name) return credentials;
  }
  return Credentials::right;
}

std::string last_session_id(const CardSession& session) {
  const auto& events = session.events();
  for (auto event = events.rbegin(); event != events.rend(); ++event) {
    if (event->key == "dm.notification") return event->fields.text_or("session_text", "1");
  }
  return "1";
}

/// One session of the DM Client, message by message, over as many connections as the card wants.
class DmSession {
 public:
  DmSession(StimulusContext& context, const Value& with, LocalClient::Target target)
      : context_(context), with_(with), target_(std::move(target)) {
    const bool wbxml =
        with.text_or("coding",
                     model::claims(context.ics, "C_XML") || !model::claims(context.ics, "C_WBXML") ? "xml" : "wbxml") ==
        "wbxml";
    coding_ = wbxml ? codec::SyncmlCoding::wbxml : codec::SyncmlCoding::xml;
    pace_ = pace_of(with);
  }

  Result<void> hold() {
    peer::DmClient::Options options;
    options.session_id = with_.text_or("session_id", last_session_id(context_.session));
    options.target = "https://" + authority_of(*target_.transport, target_.port) + std::string(dm_path);
    const bool unnamed = context_.account.client_name.empty();  // the account has nothing to prove the client by
    options.credentials = credentials_of(with_.text_or("credentials", unnamed ? "none" : "right"));
    options.max_msg_size = with_.int_or("max_msg_size", 0);
    options.abort_at = static_cast<int>(with_.int_or("abort_at", 0));
    options.switch_session_at = static_cast<int>(with_.int_or("switch_session_at", 0));
    options.unknown_command = with_.bool_or("unknown_command", false);
    options.large_object = with_.bool_or("large_object", false);
    options.split_package = with_.bool_or("split_package", false);
    peer::ManagementTree tree(options.device_id, context_.account.server_id, options.target);
    options.expects_server_credentials = model::claims(context_.ics, "C_SERVER_AUTH");
    peer::DmClient client(context_.account, tree, options);
    std::optional<Value> message = client.start();
    while (message && client.messages() <= most_messages) {
      if (client.messages() == with_.int_or("wake_up_at", 0)) {
        const auto woken = wake();
        if (!woken) return woken;
      }
      const auto reply = post(*message);
      if (!reply) return tl::make_unexpected(reply.error());
      if (!*reply) break;
      message = client.answer(**reply);
      note(**reply, client);
    }
    static constexpr std::pair<peer::DmClient::Outcome, const char*> names[] = {
        {peer::DmClient::Outcome::finished, "finished"},
        {peer::DmClient::Outcome::aborted, "aborted"},
        {peer::DmClient::Outcome::refused, "refused"},
        {peer::DmClient::Outcome::going_on, "too_long"}};
    if (how_.empty()) {
      for (const auto& [outcome, name] : names) {
        if (outcome == client.outcome()) how_ = name;
      }
    }
    Value fields = Value::Map{{"outcome", how_}, {"messages", client.messages()}};
    if (http_status_ != 0) fields["http_status"] = http_status_;
    context_.session.add({"dm.session", std::move(fields), {}});
    const bool cut = how_ == "cut";
    return cut ? Result<void>{} : context_.client.close(false);
  }

 private:
  /// The card is woken up between two messages.
  Result<void> wake() {
    const auto woken = wake_up(context_, Value(Value::Map{{"kind", "any"}}));
    if (!woken) return tl::make_unexpected(woken.error());
    if (!woken->happened) return fail(Errc::refused, woken->why_not);
    return context_.session.settle();
  }

  /// Sends a message, reads the answer. @return nothing when the session is over
  Result<std::optional<Value>> post(const Value& message) {
    const auto cut = with_.text_or("cut", "");
    if (!context_.client.can_go_on()) {
      const auto connected = context_.client.connect(target_, cut == "handshake");
      if (!connected) return tl::make_unexpected(connected.error());
      if (cut == "handshake") {
        const auto closed = context_.client.close(true);
        if (!closed) return tl::make_unexpected(closed.error());
        return over("cut");
      }
      if (!*connected) return over("no_connection");
    }
    const auto octets = codec::write_syncml(message, coding_);
    if (!octets) return tl::make_unexpected(octets.error());
    auto sent = message;
    sent["coding"] = coding_ == codec::SyncmlCoding::xml ? "xml" : "wbxml";
    context_.session.add({"dm.client_message", std::move(sent), *octets});
    peer::HttpRequest request;
    request.method = "POST";
    request.target = path_;
    request.chunked = with_.bool_or("chunked", false);
    const std::string type(codec::media_type(coding_));
    request.headers = {{"Host", authority_of(*target_.transport, target_.port)},
                       {"Content-Type", type},
                       {"Accept", type},
                       {"User-Agent", "dmsc"},
                       {"Cache-Control", "no-store"}};
    request.body = *octets;
    auto pace = pace_;
    if (!cut.empty()) pace.stop_after = peer::write_request(request).size() / 2;
    const auto response = context_.client.exchange(request, pace);
    if (!response) return tl::make_unexpected(response.error());
    if (!cut.empty()) {
      const auto closed = context_.client.close(true);
      if (!closed) return tl::make_unexpected(closed.error());
      return over("cut");
    }
    if (!*response) return over("no_response");
    http_status_ = (*response)->status;
    if (http_status_ != 200) return over("http_refused");
    const auto content_type = peer::header_of((*response)->headers, "Content-Type");
    const auto coding = codec::coding_of(content_type);
    auto read = codec::read_syncml((*response)->body, coding.value_or(coding_));
    if (!coding || !read) {
      const auto reason = read ? "the media type is no SyncML" : read.error().text();
      context_.session.add(
          {"dm.malformed", Value::Map{{"reason", reason}, {"content_type", content_type}}, (*response)->body});
      return over("malformed");
    }
    (*read)["coding"] = *coding == codec::SyncmlCoding::xml ? "xml" : "wbxml";
    octets_ = (*response)->body;
    return std::optional<Value>(std::move(*read));
  }

  std::optional<Value> over(const char* how) {
    how_ = how;
    return {};
  }

  /// The card's message enters the trace with what the client thought of its credentials.
  void note(Value message, const peer::DmClient& client) {
    follow(message.text_or("resp_uri", ""));
    if (!client.server_credentials().empty()) message["server_credentials"] = client.server_credentials();
    message["number"] = ++received_;
    if (const auto* commands = message.find("commands"); commands != nullptr && commands->is_list()) {
      for (const auto& command : commands->as_list()) {
        const auto* nonce = command.at_path("chal.next_nonce");
        if (nonce != nullptr && command.text_or("cmd", "") == "SyncHdr") message["next_nonce"] = *nonce;
      }
    }
    context_.session.add({"dm.server_message", std::move(message), std::move(octets_)});
  }

  /// RespURI names where the next message goes: its path, on the same server.
  void follow(const std::string& uri) {
    const auto scheme = uri.find("://");
    const auto path = uri.find('/', scheme == std::string::npos ? 0 : scheme + 3);
    if (path != std::string::npos) path_ = uri.substr(path);
  }

  StimulusContext& context_;
  const Value& with_;
  LocalClient::Target target_;
  std::string path_{dm_path};
  codec::SyncmlCoding coding_;
  LocalClient::Pace pace_;
  Octets octets_;
  int received_ = 0;
  int http_status_ = 0;
  std::string how_;
};

Result<Outcome> dm_session(StimulusContext& context, const Value& with) {
  const auto target = target_of(context, with);
  if (!target) return tl::make_unexpected(target.error());
  if (!context.client.reaches(*target->transport)) return no_road();
  const auto held = DmSession(context, with, *target).hold();
  if (!held) return tl::make_unexpected(held.error());
  return Outcome{};
}

constexpr NamedStimulus handlers[] = {
    {"web.connect", connect}, {"web.request", request}, {"web.split", split},
    {"web.send", send},       {"web.close", close},     {"dm.session", dm_session},
};

}  // namespace

std::span<const NamedStimulus> web_stimuli() {
  return handlers;
}

Result<Outcome> ask_for_event(StimulusContext& context) {
  const auto path = context.pixit.values.text_or("scws_event_path", "");
  const auto connected = connect(context, Value(Value::Map{}));
  if (!connected || !connected->happened) return connected;
  if (!context.client.connected()) return Outcome{false, "the card's web server cannot be reached"};
  const auto asked = request(context, Value(Value::Map{{"path", path}}));
  if (!asked) return asked;
  return close(context, Value(Value::Map{}));
}

}  // namespace dmsc::engine
