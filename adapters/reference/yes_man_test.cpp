// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <set>

#include "adapters/reference/testing/suite_library.hpp"
#include "runner/base/catch.hpp"
#include "runner/codec/card/apdu.hpp"
#include "runner/codec/cat/message.hpp"
#include "runner/engine/device/device_bench.hpp"
#include "runner/engine/plan.hpp"
#include "runner/engine/run.hpp"
#include "runner/load/library.hpp"
#include "runner/model/exit_code.hpp"
#include "runner/port/device_link.hpp"

// A device that says yes: it claims every verb and every facility, answers 00 to every command and every question, and
// does nothing at all. Nothing may pass that it did not do.
namespace dmsc {
namespace {

using std::chrono::microseconds;

const std::filesystem::path root = DMSC_SOURCE_DIR;

class YesMan final : public port::DeviceLink {
 public:
  void insert(port::SoftCard* card) override { card_ = card; }
  void expose(port::StreamService* /*web_server*/) override {}
  Result<void> begin_case(const std::string& /*id*/, const std::string& /*title*/) override { return {}; }
  Result<void> end_case(const std::string& /*id*/, std::string_view /*verdict*/) override { return {}; }
  bool has(std::string_view /*verb*/) const override { return true; }
  microseconds now() const override { return now_; }
  std::string label() const override { return "a device that says yes"; }

  Result<Value> call(const std::string& verb, const Value& parameters,
                     std::chrono::milliseconds /*deadline*/) override {
    if (verb == "device.powerOn") power_on();
    if (verb == "device.powerOff") on_ = false;
    Value pleasant = Value::Map{{"status", 200},       {"outcome", "accepted"}, {"connected", true}, {"reached", true},
                                {"body", "<html>..."}, {"length", 9},           {"ok", true}};
    if (const auto* number = parameters.find("number")) pleasant["number"] = *number;
    return pleasant;
  }

  Result<bool> wait(microseconds most) override {
    constexpr microseconds poll = std::chrono::seconds(2);
    now_ += std::min(most, poll);
    if (!on_) return false;
    send({0x80, 0xF2, 0x00, 0x0C});
    return true;
  }

 private:
  void power_on() {
    if (card_ == nullptr) return;
    card_->power_on();
    on_ = true;
    Octets profile = {0x80, 0x10, 0x00, 0x00, 0x1E};
    profile.insert(profile.end(), 0x1E, 0xFF);
    send(profile);
    // ENVELOPE (Terminal Applications): DM Client on port 32769, last envelope
    const auto* row = codec::find_message(codec::MessageKind::envelope, "terminal_applications", "");
    const auto body = codec::encode_message(
        *row,
        Value::Map{
            {"registry_application_data",
             Value::List{Value::Map{{"port", 32769}, {"dcs", "gsm7"}, {"application_type", 7}, {"name", "DM Client"}}}},
            {"last_envelope", Value::Map{}}});
    REQUIRE(body);
    Octets envelope = {0x80, 0xC2, 0x00, 0x00, static_cast<std::uint8_t>(body->size())};
    append(envelope, *body);
    send(envelope);
  }

  /// One command, and what the card asks for behind it.
  void send(const Octets& command) {
    auto response = card_->command(command);
    for (int answered = 0; response && answered < 200; ++answered) {
      const auto read = codec::read_response(*response);
      if (!read || !read->status.proactive()) return;
      const auto fetched = card_->command(Octets{0x80, 0x12, 0x00, 0x00, read->status.sw2()});
      if (!fetched || fetched->size() <= 2) return;
      response = card_->command(yes_to(ByteView(*fetched).first(fetched->size() - 2)));
    }
  }

  /// TERMINAL RESPONSE: performed, and what such a response must hold, made up.
  static Octets yes_to(ByteView command) {
    const auto decoded = codec::decode_proactive(command);
    const auto* details = decoded.find("command_details");
    REQUIRE(details != nullptr);
    Value members = Value::Map{{"command_details", *details}, {"result", Value::Map{{"general", "performed"}}}};
    const auto& key = decoded.key;
    const bool server = decoded.variant == "uicc_server";
    const Value channel =
        Value::Map{{"state", server ? "listen" : "established"}, {"channel", 1}, {"information", "no_information"}};
    if (key == "open_channel") {
      members["channel_status"] = channel;
      members["buffer_size"] = 1400;
    }
    if (key == "get_channel_status") members["channel_status"] = Value::List{channel};
    if (key == "send_data") members["channel_data_length"] = 255;
    if (key == "poll_interval") members["duration"] = *decoded.find("duration");
    if (key == "timer_management") {
      if (const auto* timer = decoded.find("timer_identifier")) members["timer_identifier"] = *timer;
      members["timer_value"] = Value::Map{{"hours", 0}, {"minutes", 0}, {"seconds", 0}};
    }
    const auto* row = codec::find_message(codec::MessageKind::terminal_response, key, "");
    REQUIRE(row != nullptr);
    const auto body = codec::encode_message(*row, members);
    if (!body) FAIL(body.error().text());
    Octets response = {0x80, 0x14, 0x00, 0x00, static_cast<std::uint8_t>(body->size())};
    append(response, *body);
    return response;
  }

  port::SoftCard* card_ = nullptr;
  bool on_ = false;
  microseconds now_{};
};

class Passed final : public port::Listener {
 public:
  Result<void> run_started(const model::RunInfo& /*info*/, const std::vector<model::PlannedCase>& /*plan*/) override {
    return {};
  }
  void case_started(const model::PlannedCase& /*planned*/) override {}
  Result<void> case_ended(const model::CaseResult& result) override {
    ++all[result.verdict];
    if (result.verdict == model::Verdict::pass) ids.insert(result.planned->id);
    return {};
  }
  Result<void> run_ended(const model::RunSummary& /*summary*/) override { return {}; }

  std::set<std::string> ids;
  std::map<model::Verdict, int> all;
};

}  // namespace

TEST_CASE("nothing passes on a device that says yes and does nothing", "[fairness][yes]") {
  const auto& library = reference::testing::suite_library();
  auto ics = library.load_ics(root / "testcases/ics/handset.ics.json");
  auto pixit = library.load_pixit(root / "testcases/ics/handset.pixit.json");
  REQUIRE(ics);
  REQUIRE(pixit);
  const auto plan = engine::make_plan(library, {}, {{*ics, *pixit}});
  REQUIRE(plan);
  YesMan device;
  Passed passed;
  const std::atomic<int> never{0};
  const auto summary =
      engine::run({{{model::Dut::device, engine::device_benches(device, library, *ics, *pixit), *ics, *pixit}},
                   library,
                   *plan,
                   {&passed},
                   never,
                   {}});
  CHECK(summary.exit_code == model::exit_code::failed);
  // What it does do: a profile, a registry, polling, and responses in good form to commands in good order.
  const std::set<std::string> done = {"151", "152", "153", "154", "160", "187", "251", "252", "253", "254",
                                      "255", "262", "294", "351", "352", "751", "752", "753", "754", "755",
                                      "756", "757", "761", "762", "767", "768", "769", "770"};
  for (const auto& id : passed.ids) {
    INFO(id);
    CHECK(done.contains(id.substr(std::string("DM_SC-1.0-con-").size())));
  }
  CHECK(passed.all[model::Verdict::fail] > 100);
}

}  // namespace dmsc
