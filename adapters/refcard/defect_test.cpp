// SPDX-License-Identifier: Apache-2.0
#include "adapters/reference/deviation.hpp"

#include <cstdlib>
#include <fstream>

#include "adapters/refcard/reference_card.hpp"
#include "runner/base/catch.hpp"

namespace dmsc::refcard {
namespace {

using reference::load_defects;

/// A folder with one file of defects, gone with its owner.
class Folder {
 public:
  explicit Folder(const std::string& text) {
    char name[] = "/tmp/dmsc-defects-XXXXXX";
    REQUIRE(mkdtemp(name) != nullptr);
    path_ = name;
    std::ofstream(path_ / "one.json") << text;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

peer::Outgoing open_channel() {
  return {"proactive.open_channel",
          Value::Map{{"buffer_size", 1400}, {"transport_level", Value::Map{{"protocol", "udp_local"}, {"port", 7}}}}, 1,
          0};
}

peer::Outgoing changed(const std::string& change, peer::Outgoing message = open_channel()) {
  const Folder folder(R"({"defects": [{"id": "card:x", "title": "made by a test", "changes": [)" + change + "]}]}");
  const auto defects = load_defects(folder.path());
  REQUIRE(defects);
  defects->front().tamper(message);
  return message;
}

}  // namespace

TEST_CASE("changes of a message", "[defect]") {
  CHECK(changed(R"({"on": "proactive.open_channel", "set": {"transport_level.port": 9}})")
            .members.at_path("transport_level.port")
            ->as_int() == 9);
  CHECK(changed(R"({"on": "proactive.open_channel", "set": {"transport_level.port": 9}})")
            .members.at_path("transport_level.protocol")
            ->as_string() == "udp_local");
  CHECK(changed(R"({"on": "proactive.open_channel", "add": {"alpha_identifier": "x"}})")
            .members.text_or("alpha_identifier", "") == "x");
  CHECK(changed(R"({"on": "proactive.open_channel", "drop": ["buffer_size"]})").members.find("buffer_size")->is_null());
  CHECK(changed(R"({"on": "proactive.open_channel", "drop": ["transport_level.port"]})")
            .members.at_path("transport_level.port") == nullptr);
  CHECK(changed(R"({"on": "proactive.open_channel", "duplicate": 2})").copies == 3);
  CHECK(changed(R"({"on": "proactive.open_channel", "delay": 5})").delay == 5);
  CHECK(changed(R"({"on": "proactive.*", "swallow": true})").copies == 0);
  CHECK(changed(R"({"on": "proactive.send_data", "swallow": true})").copies == 1);
  CHECK(changed(R"({"on": "proactive.open_channel", "where": {"transport_level.port": 8}, "swallow": true})").copies ==
        1);
  CHECK(changed(R"({"on": "proactive.open_channel", "where": {"transport_level.port": 7}, "swallow": true})").copies ==
        0);
}

TEST_CASE("a catalogue that cannot be used says where and why", "[defect]") {
  const std::pair<const char*, const char*> rows[] = {
      {R"({"defects": [{"id": "wrong-port", "title": "t"}]})",
       "/defects/0: needs \"id\" card:NAME or device:NAME and \"title\""},
      {R"({"defects": [{"id": "card:a", "title": "t"}]})", "/defects/0: changes nothing"},
      {R"({"defects": [{"id": "card:a", "title": "t", "switch_off": ["wakes_on_timr"]}]})",
       "/defects/0/switch_off: \"wakes_on_timr\" is no policy, did you mean \"wakes_on_timer\""},
      {R"({"defects": [{"id": "card:a", "title": "t", "changes": [{"on": "proactive.open_chanel"}]}]})",
       "/defects/0/changes: \"proactive.open_chanel\" names no message of the peer"},
      {R"({"defects": [{"id": "card:a", "title": "t", "switch_off": ["checks_timer"]},
                       {"id": "card:a", "title": "t", "switch_off": ["checks_timer"]}]})",
       "/defects/1: \"card:a\" comes twice"},
      {R"({})", "/: \"defects\" is no list"},
  };
  for (const auto& [text, message] : rows) {
    const Folder folder(text);
    const auto defects = load_defects(folder.path());
    REQUIRE_FALSE(defects);
    CHECK(defects.error().text() == (folder.path() / "one.json").string() + ": " + message);
  }
}

TEST_CASE("the reference card in process turns mute or oversized answers into errors of the link", "[refcard]") {
  class Card final : public port::SoftCard {
   public:
    Octets power_on() override { return {0x3B, 0x00}; }
    void power_off() override {}
    Octets reset() override { return {0x3B, 0x00}; }
    Octets atr() const override { return {0x3B, 0x00}; }
    std::optional<Octets> command(ByteView capdu) override {
      if (capdu[1] == 0x00) return {};
      return Octets(capdu[1] == 0x01 ? 1 : 65539);
    }
  };
  InProcessLink link(std::make_unique<Card>(), "test card");
  const auto ask = [&](std::uint8_t ins) {
    return link.transmit(Octets{0x00, ins, 0x00, 0x00}, std::chrono::milliseconds(700)).error();
  };
  CHECK(ask(0x01).text() == "test card: an answer of 1 octets is no response APDU");
  CHECK(ask(0x02).text() == "test card: an answer of 65539 octets is no response APDU");
  CHECK(ask(0x00).text() == "test card: the card did not answer within 700 ms");
  CHECK(ask(0x01).code == Errc::timeout);
  REQUIRE(link.power_cycle());
  CHECK(ask(0x01).code == Errc::protocol);
}

}  // namespace dmsc::refcard
