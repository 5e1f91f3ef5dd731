// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/card/nonce_check.hpp"

#include "runner/base/catch.hpp"
#include "runner/engine/card/card_bench.hpp"
#include "runner/peer/uicc/uicc.hpp"

namespace dmsc::engine {
namespace {

/// A card that triggers at power-on, with this nonce of its server; its web server cannot be reached.
class Link final : public port::CardLink {
 public:
  explicit Link(Octets nonce, std::string secret) : card_(self(std::move(nonce), std::move(secret))) {}
  Result<Octets> power_cycle() override {
    ++power_cycles;
    return card_.power_on();
  }
  Result<Octets> transmit(ByteView command, std::chrono::milliseconds /*deadline*/) override {
    return *card_.command(command);
  }
  std::string label() const override { return "peer"; }
  int power_cycles = 0;

 private:
  static peer::Personality self(Octets nonce, std::string secret) {
    peer::Personality out;
    out.atr = {0x3B, 0x00};
    out.wake_ups = {"power_on"};
    out.server_id = "srv";
    out.server_secret = std::move(secret);
    out.server_nonce = std::move(nonce);
    return out;
  }
  peer::Uicc card_;
};

}  // namespace

TEST_CASE("the notification of a power-on says which nonce the card has", "[nonce_check]") {
  const Octets ours{1, 2, 3, 4};
  const Octets last{5, 6};
  const Octets of_pixit{7};
  const Octets zeros(4, 0);
  struct Row {
    Octets card;
    const char* secret;
    const char* words;
    bool confirmed;
    Octets nonce;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {ours, "secret", "the card's notification confirms them", true, ours},
      {last, "secret", "the card's notification confirms them", true, ours},  // it never heard of the last one
      {of_pixit, "secret", "the card's notification takes those of the PIXIT: it was set back since the last run", true,
       of_pixit},
      {zeros, "secret", "the card's notification takes a nonce of zeros: it lost the one it had", true, zeros},
      {{8, 8}, "secret", "nothing confirms them: what they do not explain stays inconclusive", false, ours},
      {ours, "another", "nothing confirms them: what they do not explain stays inconclusive", false, ours},
  }));
  CAPTURE(row.words);
  const std::filesystem::path root = DMSC_SOURCE_DIR;
  const auto library = load::Library::open(root / "testcases", {}).value();
  model::Ics ics;
  for (const auto* item : {"C_OFFLINE", "C_WAKE_POWER_ON", "C_OCCASION_SELECT"}) ics.items[item] = true;
  model::Pixit pixit;
  pixit.values = Value::Map{{"settle_occasions", 2}};
  peer::Account account{"srv", "secret", ours, last, "client", "", {}};
  account.confirmed = false;
  Link link(row.card, row.secret);
  const std::atomic<int> stop{0};
  const auto lateness = std::make_shared<Lateness>(pixit);
  CardBench bench(link, nullptr, library, ics, pixit, account, stop, lateness);
  const auto words = bench.confirm_nonces({{of_pixit, {}, {}}});
  REQUIRE(words);
  CHECK(*words == row.words);
  CHECK(account.confirmed == row.confirmed);
  CHECK(account.server_nonce == row.nonce);
  CHECK(link.power_cycles == 1);
  CHECK_FALSE(lateness->takes_lesson());  // this was the first power-on
}

}  // namespace dmsc::engine
