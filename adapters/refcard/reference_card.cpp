// SPDX-License-Identifier: Apache-2.0
#include "adapters/refcard/reference_card.hpp"

#include <algorithm>
#include <fstream>

#include "adapters/reference/deviation.hpp"
#include "adapters/reference/personalities.hpp"
#include "adapters/reference/policies.hpp"
#include "runner/base/json.hpp"
#include "runner/base/text.hpp"
#include "runner/codec/cat/message.hpp"

namespace dmsc::refcard {
namespace {

Result<Octets> octets_member(const Value& document, const char* key, const std::string& file) {
  auto octets = parse_hex(document.text_or(key, ""));
  if (!octets) return fail(Errc::data, "is not hexadecimal", {}, file + ": /" + key);
  return octets;
}

Result<std::string> text_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(in)), {});
  if (!in || text.empty()) return fail(Errc::configuration, "cannot be read", {}, path.string());
  return text;
}

/// The members about the web server and the DM session.
Result<void> read_server(const Catalogue& catalogue, const Value& document, const std::string& file,
                         peer::Personality& out) {
  const auto nonce = octets_member(document, "client_nonce", file);
  if (!nonce) return tl::make_unexpected(nonce.error());
  const auto psk = octets_member(document, "psk", file);
  if (!psk) return tl::make_unexpected(psk.error());
  out.client_nonce = *nonce;
  out.psk = *psk;
  out.client_name = document.text_or("client_name", "");
  out.client_secret = document.text_or("client_secret", "");
  out.psk_identity = document.text_or("psk_identity", "");
  out.scws_event_path = document.text_or("scws_event_path", "");
  out.https_channels = document.int_or("https_channels", 0);
  out.http_channels = document.int_or("http_channels", 0);
  out.send_size = static_cast<std::size_t>(std::max<std::int64_t>(document.int_or("send_size", 0), 0));
  out.legacy_tls = document.bool_or("legacy_tls", false);
  if (out.https_channels + out.http_channels > 6) {
    return fail(Errc::data, "more than six listening channels leave none for the trigger", {}, file);
  }
  const auto certificate = document.text_or("certificate", "");
  if (!certificate.empty()) {
    const auto chain = text_file(catalogue.certificates / (certificate + ".pem"));
    if (!chain) return tl::make_unexpected(chain.error());
    const auto key = text_file(catalogue.certificates / (certificate + ".key.pem"));
    if (!key) return tl::make_unexpected(key.error());
    out.certificate = *chain;
    out.key = *key;
  }
  if (const auto* nodes = document.find("provisioning"); nodes != nullptr && nodes->is_map()) {
    for (const auto& [uri, value] : nodes->as_map()) out.provisioning.emplace_back(uri, value.as_string());
  }
  return {};
}

/// The members about short messages.
Result<void> read_short_messages(const Value& document, const std::string& file, peer::Personality& out) {
  const auto vendor = octets_member(document, "vendor_specific", file);
  if (!vendor) return tl::make_unexpected(vendor.error());
  out.vendor_specific = *vendor;
  if (const auto* methods = document.find("methods"); methods != nullptr && methods->is_list()) {
    out.methods.clear();
    for (const auto& method : methods->as_list()) out.methods.push_back(method.as_string());
  }
  if (const auto* bearers = document.find("sms_bearers"); bearers != nullptr && bearers->is_list()) {
    for (const auto& name : bearers->as_list()) {
      const auto bearer = codec::sms_bearer_of(name.as_string());
      if (!bearer) return fail(Errc::data, "is neither 3gpp nor 3gpp2", {}, file + ": /sms_bearers");
      out.sms_bearers.push_back(*bearer);
    }
  }
  out.own_number = document.text_or("own_number", "");
  out.service_centre = document.text_or("service_centre", "");
  out.sms_scheme = document.int_or("sms_scheme", out.sms_scheme);
  out.wide_reference = document.bool_or("wide_reference", false);
  return {};
}

/// A connection to the card's web server; one that the card's reset ended is over.
class InProcessStream final : public port::Stream {
 public:
  InProcessStream(std::shared_ptr<peer::Uicc> card, int connection) : card_(std::move(card)), connection_(connection) {}
  ~InProcessStream() override { card_->scws().disconnect(connection_); }
  InProcessStream(const InProcessStream&) = delete;
  InProcessStream& operator=(const InProcessStream&) = delete;

  Result<void> send(ByteView octets, std::chrono::milliseconds /*deadline*/) override {
    if (card_->scws().over(connection_)) return closed();
    card_->scws().on_data(connection_, octets);
    return {};
  }

  Result<Octets> receive(std::chrono::milliseconds /*deadline*/) override {
    auto octets = card_->scws().take_output(connection_);
    if (octets.empty() && card_->scws().over(connection_)) return closed();
    return octets;
  }

 private:
  static tl::unexpected<Error> closed() { return fail(Errc::unavailable, "the card closed the connection"); }

  std::shared_ptr<peer::Uicc> card_;
  int connection_;
};

}  // namespace

std::vector<std::string> personality_names(const Catalogue& catalogue) {
  return reference::names_in(catalogue.personalities);
}

namespace {

/// How proactive commands are numbered, SyncML is written, and what is asked of every terminal.
Result<void> read_ways(const Value& document, const std::string& file, peer::Personality& out) {
  constexpr std::int64_t highest_number = 254;
  if (const auto* numbers = document.find("command_numbers")) {
    out.numbering = {numbers->int_or("first", 1), numbers->int_or("step", 1)};
    if (out.numbering.first < 1 || out.numbering.first > highest_number) {
      return fail(Errc::data, "begins outside 1 to 254", {}, file + ": /command_numbers");
    }
  }
  out.strict = document.bool_or("strict", false);
  out.asks_for_events = document.bool_or("asks_for_events", true);
  out.tls_version = document.text_or("tls_version", "");
  out.coding = document.text_or("coding", "");
  out.ipv6 = document.bool_or("ipv6", true);
  out.first_session_id =
      static_cast<std::uint16_t>(std::clamp<std::int64_t>(document.int_or("first_session_id", 1), 1, 0xFFFF));
  out.first_command_id =
      static_cast<int>(std::clamp<std::int64_t>(document.int_or("first_command_id", 1), 1, 1'000'000));
  out.commands_a_message =
      static_cast<std::size_t>(std::max<std::int64_t>(document.int_or("commands_a_message", 0), 0));
  if (const auto* xml = document.find("xml")) {
    out.xml_style = {xml->text_or("prefix", ""), xml->bool_or("doctype", false), xml->bool_or("indent", false)};
  }
  const auto* requests = document.find("requests");
  if (requests == nullptr || !requests->is_list()) return {};
  for (const auto& request : requests->as_list()) {
    const auto key = request.text_or("command", "");
    const auto* row = codec::find_message(codec::MessageKind::proactive, key);
    if (row == nullptr) return fail(Errc::data, "\"" + key + "\" is no proactive command", {}, file + ": /requests");
    const auto* fields = request.find("fields");
    const auto members = fields == nullptr ? Value(Value::Map{}) : *fields;
    const auto octets = codec::encode_message(*row, members);
    if (!octets) return fail(Errc::data, octets.error().text(), {}, file + ": /requests");
    out.requests.emplace_back(key, members);
  }
  return {};
}

Result<peer::Personality> load_personality(const Catalogue& catalogue, const std::string& name,
                                           const std::vector<reference::Deviation>& deviations) {
  const auto names = personality_names(catalogue);
  if (std::find(names.begin(), names.end(), name) == names.end()) {
    return fail(Errc::usage, "\"" + name + "\" is no personality of the reference card" + did_you_mean(name, names) +
                                 "; there are " + join(names, ", "));
  }
  const auto file = (catalogue.personalities / (name + ".json")).string();
  auto document = load_json(file);
  if (!document) return tl::make_unexpected(document.error());
  *document = reference::personality_with(std::move(*document), deviations);
  peer::Personality out;
  out.name = name;
  const auto atr = octets_member(*document, "atr", file);
  if (!atr) return tl::make_unexpected(atr.error());
  const auto nonce = octets_member(*document, "server_nonce", file);
  if (!nonce) return tl::make_unexpected(nonce.error());
  if (atr->size() < 2 || atr->size() > 33) return fail(Errc::data, "an ATR has 2 to 33 octets", {}, file + ": /atr");
  out.atr = *atr;
  out.server_nonce = *nonce;
  if (const auto* wake_ups = document->find("wake_ups"); wake_ups != nullptr && wake_ups->is_list()) {
    for (const auto& wake_up : wake_ups->as_list()) out.wake_ups.insert(wake_up.as_string());
  }
  out.protocol = document->text_or("protocol", out.protocol);
  out.second_protocol = document->text_or("second_protocol", "");
  out.buffer_size = document->int_or("buffer_size", out.buffer_size);
  out.timer_identifier = document->int_or("timer_identifier", out.timer_identifier);
  out.timer_seconds = document->int_or("timer_seconds", out.timer_seconds);
  out.poll_seconds = document->int_or("poll_seconds", out.poll_seconds);
  out.status_count = document->int_or("status_count", out.status_count);
  out.customer_care_number = document->text_or("customer_care_number", "");
  out.home_plmn = document->text_or("home_plmn", "");
  out.server_id = document->text_or("server_id", "");
  out.server_secret = document->text_or("server_secret", "");
  const auto server = read_server(catalogue, *document, file, out);
  if (!server) return tl::make_unexpected(server.error());
  const auto messages = read_short_messages(*document, file, out);
  if (!messages) return tl::make_unexpected(messages.error());
  const auto ways = read_ways(*document, file, out);
  if (!ways) return tl::make_unexpected(ways.error());
  return out;
}

/// Rules that are off, and another certificate.
Result<void> apply(const Catalogue& catalogue, const reference::Deviation& one, peer::Personality& self) {
  auto& off = one.wake_up.empty() ? self.switched_off : self.switched_off_after[one.wake_up];
  for (const auto& name : one.switched_off) off.insert(*reference::policy_of(name));
  if (one.legacy_tls) self.legacy_tls = true;
  if (one.certificate.empty()) return {};
  auto other = self;
  const auto read = read_server(catalogue, Value::Map{{"certificate", one.certificate}}, one.name(), other);
  if (!read) return read;
  self.certificate = other.certificate;
  self.key = other.key;
  return {};
}

}  // namespace

Result<peer::Personality> load_personality(const Catalogue& catalogue, const std::string& name) {
  return load_personality(catalogue, name, {});
}

Result<std::unique_ptr<peer::Uicc>> make_card(const Catalogue& catalogue, const std::string& personality,
                                              const std::string& defect, const std::string& variant,
                                              const std::string& iccid) {
  const auto deviations = reference::find_deviations({catalogue.defects, catalogue.variants, "card", defect, variant});
  if (!deviations) return tl::make_unexpected(deviations.error());
  auto self = load_personality(catalogue, personality, *deviations);
  if (!self) return tl::make_unexpected(self.error());
  for (const auto& one : *deviations) {
    if (const auto applied = apply(catalogue, one, *self); !applied) return tl::make_unexpected(applied.error());
  }
  if (!iccid.empty()) self->subscriber.iccid = iccid;
  return std::make_unique<peer::Uicc>(std::move(*self), reference::tamper_of(*deviations));
}

Result<Octets> InProcessLink::power_cycle() {
  card_->power_off();
  mute_ = false;
  return card_->power_on();
}

Result<Octets> InProcessLink::transmit(ByteView command, std::chrono::milliseconds deadline) {
  auto response = mute_ ? std::nullopt : card_->command(command);
  mute_ = !response.has_value();
  if (mute_)
    return fail(Errc::timeout, "the card did not answer within " + std::to_string(deadline.count()) + " ms", {},
                label_);
  if (response->size() < 2 || response->size() > 65538) {
    return fail(Errc::protocol, "an answer of " + std::to_string(response->size()) + " octets is no response APDU", {},
                label_);
  }
  return std::move(*response);
}

Result<std::unique_ptr<port::Stream>> InProcessDialer::dial(std::uint16_t port, bool ipv6,
                                                            std::chrono::milliseconds /*deadline*/) {
  const auto place = "port " + std::to_string(port) + " of the card";
  if (port != https_port && port != http_port) return fail(Errc::unavailable, "Connection refused", {}, place);
  const auto connection = card_->scws().connect(port == https_port, "tcp", ipv6 ? "ipv6" : "ipv4");
  if (!connection) return fail(Errc::unavailable, "the card takes no more clients", {}, place);
  return std::make_unique<InProcessStream>(card_, *connection);
}

}  // namespace dmsc::refcard
