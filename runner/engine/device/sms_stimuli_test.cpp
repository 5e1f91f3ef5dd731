// SPDX-License-Identifier: Apache-2.0
// Stimuli about short messages, and what the card, the adapter or the trace sees of each.
#include "runner/codec/sms/cdma_sms.hpp"
#include "runner/engine/device/testing/rig.hpp"

namespace dmsc::engine {
namespace {

using namespace testing;

/// Keys of the events behind the first `from`, those of the card interface left out.
std::string facts(Rig& rig, std::size_t from = 0) {
  std::string out;
  const auto& events = rig.session.trace().events();
  for (auto at = from; at < events.size(); ++at) {
    const auto& key = events[at].key;
    const bool short_message = key.starts_with("network.") || key == "sms.deliver" || key == "wap.push" ||
                               key == "dm.notification" || key == "sms.submit";
    if (short_message) out += (out.empty() ? "" : " ") + key;
  }
  return out;
}

const Value& last_fields(Rig& rig) {
  return rig.session.trace().events().back().fields;
}

}  // namespace

TEST_CASE("the card asks for a short message", "[device][sms]") {
  Rig rig;
  CHECK(rig.done("uicc.short_message", R"({"bearer": "3gpp"})") == "the PIXIT names no own_number");
  rig.pixit.values["own_number"] = "+15550177";
  rig.start();
  REQUIRE(rig.done("uicc.short_message", R"({"bearer": "3gpp", "service_centre": "+15550166", "packing": true})") ==
          "done");
  const auto commands = rig.obey();
  REQUIRE(commands.size() == 1);
  CHECK(commands[0].key == "send_short_message");
  CHECK(at(commands[0], "command_details.qualifier") == "1");
  CHECK(at(commands[0], "address.digits") == R"("15550166")");
  CHECK(at(commands[0], "address.type_of_number") == R"("international")");
  const auto tpdu =
      codec::decode_tpdu(*parse_hex(commands[0].find("sms_tpdu")->as_string()), codec::SmsWay::from_terminal);
  CHECK(at(tpdu, "destination.number") == R"("15550177")");
  CHECK(at(tpdu, "dcs") == "4");
  CHECK(rig.context.asked == 1);

  REQUIRE(rig.done("uicc.short_message", R"({"bearer": "3gpp2", "number": "123", "text": "Hi"})") == "done");
  const auto cdma = rig.obey();
  REQUIRE(cdma.size() == 1);
  CHECK(cdma[0].find("sms_tpdu") == nullptr);
  CHECK(cdma[0].find("address") == nullptr);
  const auto message = codec::decode_cdma_sms(*parse_hex(cdma[0].find("cdma_sms_tpdu")->as_string()));
  CHECK(at(message, "destination_address.number") == R"("123")");
  CHECK(at(message, "bearer_data.user_data.text") == R"("Hi")");
  CHECK(rig.context.asked_number == "123");
}

TEST_CASE("what the network saw of a short message is the adapter's word", "[device][sms]") {
  // SMS-SUBMIT to +15550177, "Hi" in octets. By hand from TS 23.040, 9.2.2.2.
  constexpr const char* ours = "0100089151551077000402 4869";
  Rig rig;
  rig.pixit.values["own_number"] = "+15550177";
  rig.start();
  REQUIRE(rig.done("uicc.short_message", R"({"bearer": "3gpp"})") == "done");
  rig.obey();
  const auto before = rig.session.trace().events().size();
  auto& answer = rig.adapter.answers.try_emplace("network.sms.awaitMo", Value(Value::Map{})).first->second;
  const auto await = [&](Value seen) {
    answer = std::move(seen);
    return rig.done("network.await_sms", R"({"for": "2 s"})");
  };
  const auto message = [](const char* hex, const char* bearer) {
    return Value::Map{{"tpdu", to_hex(*parse_hex(hex))}, {"bearer", bearer}};
  };

  CHECK(await(Value::Map{{"tpdu", Value{}}}) == "done");
  CHECK(facts(rig, before) == "network.sms");
  CHECK(last_fields(rig).text_or("outcome", "") == "none");
  CHECK(rig.done("network.forward_sms") == "the network saw no short message of the device");

  CHECK(await(Value::Map{{"tpdu", "0100"}}) == "error: network.sms.awaitMo: \"bearer\" of the message is missing");

  auto seen = message(ours, "3gpp");
  seen.emplace_back("service_centre", "+15550166");
  CHECK(await(seen) == "done");
  CHECK(last_fields(rig).text_or("outcome", "") == "message");
  CHECK(last_fields(rig).text_or("service_centre", "") == "15550166");
  CHECK(last_fields(rig).text_or("data", "") == "4869");
  CHECK(rig.context.seen.size() == 1);
  CHECK(rig.done("network.forward_sms") == "done");
  CHECK(last_fields(rig).text_or("message_type", "") == "deliver");
  CHECK(last_fields(rig).text_or("outcome", "") == "no_answer");

  SECTION("messages of the device's own are others, and not awaited without end") {
    const auto from = rig.session.trace().events().size();
    CHECK(await(message("0100048121430004 0161", "3gpp")) == "done");
    CHECK(last_fields(rig).text_or("outcome", "") == "other");
    CHECK(rig.session.trace().events().size() - from == 32);
    CHECK(rig.context.seen.empty());
  }
  SECTION("what cannot be read shows") {
    CHECK(await(message("0100", "3gpp")) == "done");
    CHECK_FALSE(last_fields(rig).text_or("malformed", "").empty());
    CHECK(rig.done("network.forward_sms").starts_with("what the network saw "));
  }
}

TEST_CASE("a push is noted before the device can act on it", "[device][sms]") {
  Rig rig;
  rig.pixit.values["sms_originator"] = "+15550188";
  rig.start();
  const auto from = rig.session.trace().events().size();
  const auto delivered = [&] {
    std::vector<std::string> tpdus;
    for (const auto& line : rig.adapter.log) {
      constexpr std::string_view verb = "network.sms.deliver ";
      if (line.starts_with(verb)) tpdus.push_back(json(line.substr(verb.size())).text_or("tpdu", ""));
    }
    return tpdus;
  };

  SECTION("whole, and once more as it was") {
    rig.adapter.answers.emplace("network.sms.deliver", Value(Value::Map{{"acknowledged", true}, {"answer", "CAFE"}}));
    REQUIRE(rig.done("network.deliver_push") == "done");
    CHECK(facts(rig, from) == "wap.push dm.notification sms.deliver");
    CHECK(last_fields(rig).text_or("outcome", "") == "accepted");
    CHECK(last_fields(rig).text_or("answer", "") == "CAFE");
    const auto& notification = rig.session.trace().events()[from + 1].fields;
    CHECK(notification.bool_or("digest_valid", false));
    CHECK(rig.session.trace().events()[from].fields.int_or("header_octets", 0) == 13);
    REQUIRE(rig.done("network.deliver_push", R"({"again": true})") == "done");
    const auto tpdus = delivered();
    REQUIRE(tpdus.size() == 2);
    CHECK(tpdus[0] == tpdus[1]);
  }
  SECTION("nothing to deliver again") {
    CHECK(rig.done("network.deliver_push", R"({"again": true})") == "nothing was delivered before");
  }
  SECTION("in parts, one twice and one never") {
    rig.adapter.answers.emplace("network.sms.deliver", Value(Value::Map{{"acknowledged", false}}));
    REQUIRE(rig.done("network.deliver_push", R"({"part": 20, "duplicate": 1, "omit": 2, "order": "reversed"})") ==
            "done");
    CHECK(facts(rig, from) == "sms.deliver sms.deliver");
    CHECK(last_fields(rig).text_or("outcome", "") == "refused");
    const auto tpdus = delivered();
    REQUIRE(tpdus.size() == 2);
    CHECK(tpdus[0] == tpdus[1]);
    CHECK(rig.done("network.deliver_push", R"({"part": 20, "omit": 9})") == "error: omit: there is no part 9 of 2");
  }
  SECTION("wrong in every way that a case may want") {
    REQUIRE(rig.done("network.deliver_push",
                     R"({"bearer": "3gpp2", "port": 2949, "application_id": 5, "digest": "wrong"})") == "done");
    CHECK(facts(rig, from) == "wap.push dm.notification sms.deliver");
    const auto& events = rig.session.trace().events();
    CHECK(events[from].fields.int_or("destination_port", 0) == 2949);
    CHECK(events[from].fields.text_or("application_id", "") == "x-wap-application:push.syncml");
    CHECK_FALSE(events[from + 1].fields.bool_or("digest_valid", true));
    CHECK(last_fields(rig).text_or("bearer", "") == "3gpp2");
  }
}

TEST_CASE("the network refuses a message", "[device][sms]") {
  Rig rig;
  CHECK(rig.done("network.refuse_sms", R"({"cause": 21})") == "done");
  CHECK(rig.adapter.log.back() == R"(network.sms.refuse {"cause":21})");
}

}  // namespace dmsc::engine
