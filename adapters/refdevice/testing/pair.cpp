// SPDX-License-Identifier: Apache-2.0
#include "adapters/refdevice/testing/pair.hpp"

#include "runner/codec/dm/credentials.hpp"
#include "runner/codec/dm/package0.hpp"
#include "runner/peer/uicc/off_line_trigger.hpp"

namespace dmsc::refdevice::testing {

Pair::Pair(const std::string& personality, const std::string& defect,
           const std::function<void(peer::Personality&)>& change)
    : card(std::make_unique<Card>(change)) {
  auto made = make_device(devices, personality, defect);
  if (!made) FAIL(made.error().text());
  device = std::move(*made);
  card->clock = [this] { return device->now(); };
  device->insert(card.get());
  device->expose(card.get());
}

Value Pair::call(const std::string& verb, const Value& parameters) {
  auto result = device->call(verb, parameters, 1s);
  if (!result) FAIL(verb << ": " << result.error().text());
  return *result;
}

Error Pair::refusal(const std::string& verb, const Value& parameters) {
  const auto result = device->call(verb, parameters, 1s);
  if (result) FAIL(verb << " was done");
  return result.error();
}

void Pair::start() {
  call("device.powerOn");
  call("device.waitReady", Value::Map{{"timeout_ms", 5000}});
}

void Pair::pass(std::chrono::microseconds time) {
  const auto end = device->now() + time;
  while (device->now() < end) {
    const auto moved = device->wait(end - device->now());
    if (!moved) FAIL(moved.error().text());
  }
  REQUIRE(device->wait(0us));  // what came due at the very end
}

void Pair::ask(const std::string& key, const Value& members, const std::string& variant) {
  card->uicc->toolkit().queue(key, variant, members);
  call("device.dial", Value::Map{{"number", "100"}});  // any command lets the card announce it
}

Octets Pair::notification(const Trigger& wanted) {
  auto& account = card->uicc->account();
  codec::Package0 package;
  if (wanted.session == 0) ++last_session;
  package.session_id = static_cast<std::uint16_t>(wanted.session == 0 ? last_session : wanted.session);
  if (wanted.session < 0) package.session_id = 0;
  package.version = static_cast<std::uint16_t>(wanted.version);
  package.ui_mode = wanted.ui_mode;
  package.future_use = static_cast<std::uint32_t>(wanted.future_use);
  package.server_id = wanted.server_id;
  package.vendor_specific.assign(wanted.vendor.begin(), wanted.vendor.end());
  const auto body = codec::write_trigger(package);
  REQUIRE(body);
  if (wanted.digest == "zero") account.server_nonce = account.client_nonce = Octets(4, 0);
  if (wanted.digest == "zero_text") {
    const std::string text = "0x00000000";
    account.server_nonce = account.client_nonce = Octets(text.begin(), text.end());
  }
  auto octets = codec::notification_digest(*body, wanted.server_id, account.server_secret, account.server_nonce);
  if (wanted.digest == "wrong") octets.front() ^= 0x80;
  append(octets, *body);
  if (wanted.length != 0) octets.resize(wanted.length);
  return octets;
}

void Pair::trigger(const Trigger& wanted) {
  peer::OffLineTrigger{notification(wanted), wanted.port, wanted.protocol, 1400, wanted.piece, true}.send(
      card->uicc->toolkit());
}

void Pair::account(const std::string& app_addr, const std::string& server_id) {
  auto& account = card->uicc->account();
  account.server_nonce = {1, 2, 3, 4};
  account.client_nonce = {5, 6, 7, 8};
  account.last_server_nonce.clear();
  call("dm.account.set", Value::Map{{"server_id", server_id},
                                    {"app_addr", app_addr},
                                    {"server_secret", account.server_secret},
                                    {"server_nonce", to_hex(account.server_nonce)},
                                    {"client_name", account.client_name},
                                    {"client_secret", account.client_secret},
                                    {"client_nonce", to_hex(account.client_nonce)}});
}

std::vector<std::string> Pair::commands(const std::string& header) const {
  std::vector<std::string> found;
  for (const auto& exchange : card->exchanges) {
    auto hex = to_hex(exchange.command);
    if (hex.starts_with(header)) found.push_back(std::move(hex));
  }
  return found;
}

std::vector<Value> Pair::messages() const {
  std::vector<Value> found;
  for (const auto& fact : card->facts) {
    if (fact.key == "dm.client_message") found.push_back(fact.fields);
  }
  return found;
}

}  // namespace dmsc::refdevice::testing
