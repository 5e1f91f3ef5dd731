// SPDX-License-Identifier: Apache-2.0
#include "adapters/refdevice/blueprint.hpp"

#include <algorithm>
#include <fstream>

#include "adapters/reference/deviation.hpp"
#include "adapters/reference/personalities.hpp"
#include "runner/base/json.hpp"
#include "runner/base/text.hpp"
#include "runner/codec/cat/profile.hpp"
#include "runner/peer/terminal/web_address.hpp"

namespace dmsc::refdevice {
namespace {

tl::unexpected<Error> broken(const std::string& place, std::string sentence) {
  return fail(Errc::data, std::move(sentence), {}, place);
}

Result<Octets> nonce_of(const Value& account, const char* key, const std::string& place) {
  auto octets = parse_hex(account.text_or(key, ""));
  if (!octets) return broken(place + "/" + key, "is not hexadecimal");
  return octets;
}

Result<peer::DmAccount> read_account(const Value& document, const std::string& place) {
  const auto server_nonce = nonce_of(document, "server_nonce", place);
  if (!server_nonce) return tl::make_unexpected(server_nonce.error());
  const auto client_nonce = nonce_of(document, "client_nonce", place);
  if (!client_nonce) return tl::make_unexpected(client_nonce.error());
  peer::DmAccount account;
  account.app_addr = document.text_or("app_addr", "");
  if (!peer::parse_web_address(account.app_addr)) return broken(place + "/app_addr", "is no URL");
  account.credentials = {document.text_or("server_id", ""),   document.text_or("server_secret", ""), *server_nonce, {},
                         document.text_or("client_name", ""), document.text_or("client_secret", ""), *client_nonce};
  if (account.credentials.server_id.empty()) return broken(place + "/server_id", "is missing");
  return account;
}

Result<void> read_lists(const Value& document, const std::string& file, peer::HandsetPersonality& out) {
  const auto* profile = document.find("profile");
  if (profile == nullptr || !profile->is_map()) return broken(file + ": /profile", "is no object of facilities");
  const auto octets = codec::encode_profile(*profile);
  if (!octets) return broken(file + ": /profile", octets.error().text());
  out.profile = *profile;
  if (const auto* list = document.find("applications"); list != nullptr && list->is_list()) {
    out.applications = list->as_list();
  }
  const auto* accounts = document.find("accounts");
  if (accounts == nullptr || !accounts->is_list()) return {};
  for (std::size_t at = 0; at < accounts->as_list().size(); ++at) {
    auto account = read_account(accounts->as_list()[at], file + ": /accounts/" + std::to_string(at));
    if (!account) return tl::make_unexpected(account.error());
    out.accounts.push_back(std::move(*account));
  }
  return {};
}

Result<void> read_trust(const Catalogue& catalogue, const Value& document, const std::string& file,
                        peer::HandsetPersonality& out) {
  const auto trust = document.text_or("trust", "");
  if (!trust.empty()) {
    const auto path = catalogue.certificates / (trust + ".pem");
    std::ifstream in(path, std::ios::binary);
    out.trust.assign((std::istreambuf_iterator<char>(in)), {});
    if (!in || out.trust.empty()) return fail(Errc::configuration, "cannot be read", {}, path.string());
  }
  auto psk = parse_hex(document.text_or("psk", ""));
  if (!psk) return broken(file + ": /psk", "is not hexadecimal");
  out.psk = std::move(*psk);
  out.psk_identity = document.text_or("psk_identity", "");
  return {};
}

/// What the handset does as it may be done in several ways.
void read_ways(const Value& document, peer::HandsetPersonality& out) {
  const auto number = [&](const char* key, std::int64_t usual, std::int64_t least, std::int64_t most) {
    return std::clamp(document.int_or(key, usual), least, most);
  };
  const peer::Ways usual;
  out.ways.registry_most = static_cast<std::size_t>(number("registry_most", std::int64_t(usual.registry_most), 1, 230));
  out.ways.buffer_most = number("buffer_most", 0, 0, 65535);
  out.ways.receive_most = static_cast<std::size_t>(number("receive_most", std::int64_t(usual.receive_most), 1, 237));
  out.ways.first_channel = static_cast<int>(number("first_channel", 1, 1, 7));
  out.ways.tells_limited = document.bool_or("tells_limited", false);
  out.ways.registry_type_first = document.bool_or("registry_type_first", false);
  out.ways.zero_as_text = document.bool_or("zero_as_text", false);
  out.registers_after = std::chrono::milliseconds(number("registers_after_ms", 0, 0, 60'000));
  out.tls_version = document.text_or("tls_version", "");
  out.first_command_id = static_cast<int>(number("first_command_id", 1, 1, 1'000'000));
  if (const auto* xml = document.find("xml")) {
    out.xml_style = {xml->text_or("prefix", ""), xml->bool_or("doctype", false), xml->bool_or("indent", false)};
  }
}

Result<Blueprint> load_handset(const Catalogue& catalogue, const std::string& personality,
                               const std::vector<reference::Deviation>& deviations) {
  const auto names = personality_names(catalogue);
  if (std::find(names.begin(), names.end(), personality) == names.end()) {
    return fail(Errc::usage, "\"" + personality + "\" is no personality of the reference device" +
                                 did_you_mean(personality, names) + "; there are " + join(names, ", "));
  }
  const auto file = (catalogue.personalities / (personality + ".json")).string();
  auto document = load_json(file);
  if (!document) return tl::make_unexpected(document.error());
  *document = reference::personality_with(std::move(*document), deviations);
  Blueprint out;
  out.label = "reference device " + personality;
  out.transport = document->text_or("transport", "iso");
  auto& self = out.self;
  self.name = personality;
  const auto lists = read_lists(*document, file, self);
  if (!lists) return tl::make_unexpected(lists.error());
  const auto trust = read_trust(catalogue, *document, file, self);
  if (!trust) return tl::make_unexpected(trust.error());
  self.device_id = document->text_or("device_id", self.device_id);
  self.plmn = document->text_or("plmn", self.plmn);
  self.poll_interval = std::chrono::seconds(std::max<std::int64_t>(document->int_or("poll_seconds", 30), 1));
  self.legacy_tls = document->bool_or("legacy_tls", false);
  if (document->text_or("coding", "xml") == "wbxml") self.coding = codec::SyncmlCoding::wbxml;
  self.max_msg_size = document->int_or("max_msg_size", 0);
  self.server_credentials = document->bool_or("server_credentials", true);
  self.listens_by_event = document->bool_or("listens_by_event", false);
  read_ways(*document, self);
  self.card_slot = out.transport != "usb-eem";
  self.bip = document->bool_or("bip", true);
  self.ipv4 = document->bool_or("ipv4", true);
  self.ipv6 = document->bool_or("ipv6", true);
  self.tcp_ip = document->bool_or("tcp_ip", true);
  return out;
}

}  // namespace

std::vector<std::string> personality_names(const Catalogue& catalogue) {
  return reference::names_in(catalogue.personalities);
}

Result<Blueprint> load_handset(const Catalogue& catalogue, const std::string& personality) {
  return load_handset(catalogue, personality, std::vector<reference::Deviation>{});
}

Result<Blueprint> load_handset(const Catalogue& catalogue, const std::string& personality, const std::string& defect,
                               const std::string& variant) {
  const auto deviations =
      reference::find_deviations({catalogue.defects, catalogue.variants, "device", defect, variant});
  if (!deviations) return tl::make_unexpected(deviations.error());
  auto blueprint = load_handset(catalogue, personality, *deviations);
  if (!blueprint) return blueprint;
  for (const auto& one : *deviations) {
    for (const auto& name : one.switched_off) blueprint->self.habits.switch_off(*peer::habit_of(name), one.bearer);
    blueprint->label += " with " + one.id;
  }
  blueprint->tamper = reference::tamper_of(*deviations);
  return blueprint;
}

}  // namespace dmsc::refdevice
