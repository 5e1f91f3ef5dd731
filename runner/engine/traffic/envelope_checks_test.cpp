// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/traffic/testing/talk.hpp"

// Rules on a device's envelopes and commands.
namespace dmsc::engine::testing {
namespace {

constexpr const char* user_activity = "D607 990104 82028281";
constexpr const char* start_timer_60s = "D011 8103012700 82028182 A40101 A503001000";  // 00:01:00
constexpr const char* start_done = "8103012700 82028281 830100 A40101";
constexpr const char* expired = "D70C 82028281 A40101 A503001000";
constexpr const char* stop_timer = "D00C 8103012701 82028182 A40101";
constexpr const char* get_timer = "D00C 8103012702 82028182 A40101";
// DELIVER from 4412345678, one octet more or less of user data
constexpr const char* download = "D11E 82028381 0604912143F5 8B12 04049121437FF6 21101000000000 03010203";
constexpr const char* other_download = "D11E 82028381 0604912143F5 8B12 04049121437FF6 21101000000000 03010204";

Words of_envelope(const char* rule, const std::string& body, const std::string& profile = to_hex(every_facility)) {
  Talk talk(model::Dut::device);
  if (!profile.empty()) talk.profile(profile);
  talk.envelope(body);
  return talk.breaches(rule);
}

void set_up(Talk& talk, const std::string& event) {
  talk.perform("D00C 8103010500 82028182 9901" + event, "8103010500 82028281 830100");
}

}  // namespace

TEST_CASE("message_form: an envelope that ends early, and one that lacks an object", "[traffic]") {
  CHECK(of_envelope("message_form", "D606 8202828199") ==
        Words{"length says # octets, # are left: fail, unknown_envelope_D6: length says 6 octets, 5 are left at offset "
              "1 at 1"});
  CHECK(of_envelope("message_form", "D40B 82028281 860581515510 00") ==
        Words{"object \"location_information\" is missing, advisory: advisory, call_control: object "
              "\"location_information\" is missing at 0"});
  CHECK(of_envelope("message_form", user_activity).empty());
}

TEST_CASE("envelope_identities: official vectors agree, so do the envelopes of every toolkit", "[traffic]") {
  const auto* rule = "envelope_identities";
  CHECK(of_envelope(rule, user_activity).empty());
  CHECK(of_envelope(rule, "D607 990104 82028182") == Words{"others: fail, user_activity from uicc to terminal at 5"});
  CHECK(of_envelope(rule, "D70C 82028182 A40101 A503001000") ==
        Words{"others: fail, timer_expiration from uicc to terminal at 2"});
  CHECK(of_envelope(rule, "D603 990104") == Words{"missing: fail, user_activity without device identities"});
  // No vector shows browser termination.
  CHECK(of_envelope(rule, "D60A 990108 82028381 B40101") ==
        Words{"others, advisory: advisory, browser_termination from network to uicc at 5"});
}

TEST_CASE("envelope_identities: a call is told by either of its ends", "[traffic]") {
  const auto* rule = "envelope_identities";
  CHECK(of_envelope(rule, "D60A 990101 82028281 9C0180").empty());
  CHECK(of_envelope(rule, "D60A 990101 82028381 9C0180").empty());
  CHECK(of_envelope(rule, "D60A 990101 82028382 9C0180") ==
        Words{"others: fail, call_connected from network to terminal at 5"});
}

TEST_CASE("timer_told: the coding can fail, the clock is told", "[traffic]") {
  auto talk = Talk::of_device();
  talk.perform(start_timer_60s, start_done);
  talk.at = 60s;
  SECTION("its length") {
    talk.envelope(expired);
  }
  SECTION("no BCD") {
    talk.envelope("D70C 82028281 A40101 A50300A000");
    CHECK(talk.breaches("timer_told") == Words{"not bcd: fail, minutes A0, no two decimal digits at 9"});
    return;
  }
  SECTION("60 minutes") {
    talk.envelope("D70C 82028281 A40101 A503000600");
    CHECK(talk.breaches("timer_told") == Words{"expired, advisory: advisory, a timer of 60 s that tells 3600 s at 9",
                                               "minutes: fail, 60 minutes at 9"});
    return;
  }
  SECTION("another time") {
    talk.envelope("D70C 82028281 A40101 A503000001");
    CHECK(talk.breaches("timer_told") == Words{"expired, advisory: advisory, a timer of 60 s that tells 10 s at 9"});
    return;
  }
  CHECK(talk.breaches("timer_told").empty());
  CHECK(talk.occasions("timer_told") == 1);
}

TEST_CASE("timer_told: an expiration that came late may tell the time that passed", "[traffic]") {
  auto talk = Talk::of_device();
  talk.perform(start_timer_60s, start_done);
  talk.at = 120s;
  talk.envelope(expired);
  CHECK(talk.breaches("timer_told").empty());
}

TEST_CASE("timer_told: a timer that is asked tells what is left, or what has passed", "[traffic]") {
  const auto told = [](const std::string& command, const std::string& response) {
    auto talk = Talk::of_device();
    talk.perform(start_timer_60s, start_done);
    talk.at = 45s;
    talk.perform(command, response);
    return talk.breaches("timer_told");
  };
  CHECK(told(get_timer, "8103012702 82028281 830100 A40101 A503000051").empty());  // 15 s left
  CHECK(told(get_timer, "8103012702 82028281 830100 A40101 A503000054").empty());  // 45 s passed
  CHECK(told(stop_timer, "8103012701 82028281 830100 A40101 A503000051").empty());
  CHECK(told(get_timer, "8103012702 82028281 830100 A40101 A503000003") ==
        Words{"running, advisory: advisory, a timer of 60 s tells 30 s after 45 s at 15"});
  // A start may tell the value before it, or the one it sets.
  CHECK(told(start_timer_60s, "8103012700 82028281 830100 A40101 A503000003").empty());
}

TEST_CASE("timer_once: an expiration of a timer that runs, once", "[traffic]") {
  auto talk = Talk::of_device();
  talk.perform(start_timer_60s, start_done);
  talk.at = 60s;
  talk.envelope(expired);
  CHECK(talk.breaches("timer_once").empty());
  SECTION("twice") {
    talk.envelope(expired);
    CHECK(talk.breaches("timer_once") == Words{"not running: fail, an expiration of timer 1, which does not run at 6"});
  }
  SECTION("restarted") {
    talk.perform(start_timer_60s, start_done);
    talk.at = 120s;
    talk.envelope(expired);
    CHECK(talk.breaches("timer_once").empty());
    CHECK(talk.occasions("timer_once") == 2);
  }
  SECTION("stopped") {
    talk.perform(start_timer_60s, start_done);
    talk.perform(stop_timer, "8103012701 82028281 830100 A40101 A503001000");
    talk.envelope(expired);
    CHECK(talk.breaches("timer_once").size() == 1);
  }
  SECTION("a start that was refused") {
    talk.perform(start_timer_60s, "8103012700 82028281 830120");
    talk.envelope(expired);
    CHECK(talk.breaches("timer_once").size() == 1);
  }
  SECTION("a card that was too busy for it") {
    talk.perform(start_timer_60s, start_done);
    talk.at = 120s;
    talk.envelope(expired, "9300");
    talk.envelope(expired, "9300");
    talk.envelope(expired);
    CHECK(talk.breaches("timer_once").empty());
    talk.envelope(expired);
    CHECK(talk.breaches("timer_once").size() == 1);
  }
  SECTION("another timer") {
    talk.perform(start_timer_60s, start_done);
    talk.envelope("D70C 82028281 A40102 A503001000");
    CHECK(talk.breaches("timer_once") == Words{"not running: fail, an expiration of timer 2, which does not run at 6"});
  }
}

TEST_CASE("message_once: a message that the card took is not downloaded again", "[traffic]") {
  auto talk = Talk::of_device();
  talk.envelope(download);
  CHECK(talk.breaches("message_once").empty());
  SECTION("again") {
    talk.envelope(download);
    CHECK(talk.breaches("message_once") == Words{"again: fail, the message that the card has taken already"});
    return;
  }
  SECTION("another message") {
    talk.envelope(other_download);
  }
  SECTION("the network delivered it again") {
    talk.fact("sms.deliver", Value::Map{});
    talk.envelope(download);
  }
  SECTION("behind a reset") {
    talk.reset();
    talk.envelope(download);
  }
  CHECK(talk.breaches("message_once").empty());
  CHECK(talk.occasions("message_once") == 2);
}

TEST_CASE("message_once: a message that the card did not take may come again", "[traffic]") {
  auto talk = Talk::of_device();
  talk.envelope(download, "9300");
  talk.envelope(download, "6F00");
  talk.envelope(download);
  CHECK(talk.breaches("message_once").empty());
  CHECK(talk.occasions("message_once") == 3);
}

TEST_CASE("events_asked: events of the last list, those of channels apart", "[traffic]") {
  auto talk = Talk::of_device();
  SECTION("no list") {
    talk.envelope(user_activity);
    CHECK(talk.breaches("events_asked") ==
          Words{"user_activity: fail, event user_activity, which the last event list does not name at 2"});
    return;
  }
  SECTION("a list that was replaced") {
    set_up(talk, "04");
    set_up(talk, "05");
    talk.envelope(user_activity);
    CHECK(talk.breaches("events_asked").size() == 1);
    return;
  }
  SECTION("a list behind which the card was reset") {
    set_up(talk, "04");
    talk.reset();
    talk.profile(to_hex(every_facility));
    talk.envelope(user_activity);
    CHECK(talk.breaches("events_asked").size() == 1);
    return;
  }
  SECTION("the list names it") {
    set_up(talk, "04");
    talk.envelope(user_activity);
    CHECK(talk.occasions("events_asked") == 1);
  }
  SECTION("a list that was refused replaces nothing") {
    set_up(talk, "04");
    talk.perform("D00C 8103010500 82028182 990105", "8103010500 82028281 830120");
    talk.envelope(user_activity);
  }
  SECTION("channel events are AMB-10") {
    talk.perform(open_local, open_local_done);
    talk.envelope("D60E 990109 82028281 B8028100 B70104");
    talk.envelope("D60B 99010A 82028281 B8020105");
    CHECK(talk.occasions("events_asked") == 0);
  }
  SECTION("what is no event") {
    talk.envelope(download);
    CHECK(talk.occasions("events_asked") == 0);
  }
  CHECK(talk.breaches("events_asked").empty());
}

TEST_CASE("own_profile: a device does what its profile claims, and no more", "[traffic]") {
  const auto* rule = "own_profile";
  CHECK(of_envelope(rule, user_activity).empty());
  CHECK(of_envelope(rule, user_activity, without_facility(5, 6)) ==
        Words{"event_user_activity: fail, event_user_activity, which the device's profile does not claim"});
  CHECK(of_envelope(rule, user_activity, "") ==
        Words{"event_user_activity: fail, event_user_activity, which the device's profile does not claim, before any "
              "profile"});
  CHECK(of_envelope(rule, download, without_facility(1, 2)) ==
        Words{"sms_pp_download: fail, sms_pp_download, which the device's profile does not claim"});
  CHECK(
      of_envelope(rule, "D112 82028381 C80C 000002100408050003100010", without_facility(20, 2)) ==
      Words{
          "cdma_sms_pp_download, advisory: advisory, cdma_sms_pp_download, which the device's profile does not claim"});
  CHECK(of_envelope(rule, "D60A 99010F 82028281 E40100", without_facility(25, 1)) ==
        Words{"event_browsing_status, advisory: advisory, event_browsing_status, which the device's profile does not "
              "claim"});
}

TEST_CASE("class_bytes: 80, and P1 and P2 of the command", "[traffic]") {
  auto talk = Talk::of_device();
  talk.command("A0C2000009 D607990104820282 81");
  talk.command("80C2010009 D60799010482028281");
  talk.command("A012000010");
  CHECK(talk.breaches("class_bytes") == Words{"class: fail, user_activity with header A0 C2 00 00 at 0, 2 times",
                                              "p1 p2: fail, user_activity with header 80 C2 01 00 at 2"});
}

TEST_CASE("class_bytes: STATUS has its own parameters and may go over another channel", "[traffic]") {
  auto talk = Talk::of_device();
  for (const auto* fine : {"80F2000C", "80F2010C", "80F2020C", "80F2000010", "80F2000110", "81F2000C"})
    talk.command(fine);
  CHECK(talk.breaches("class_bytes").empty());
  CHECK(talk.occasions("class_bytes") == 7);  // the profile is one
  talk.command("00F2000C");
  talk.command("80F2030C");
  talk.command("00A4000C023F00");  // SELECT is of ISO 7816-4
  CHECK(talk.breaches("class_bytes") == Words{"status class: fail, status with header 00 F2 00 0C at 0",
                                              "status p1 p2, advisory: advisory, status with header 80 F2 03 0C at 2"});
}

TEST_CASE("prompt_fetch: FETCH before anything else and without delay", "[traffic]") {
  auto talk = Talk::of_device();
  talk.fetch(more_time);
  CHECK(talk.breaches("prompt_fetch").empty());
  CHECK(talk.occasions("prompt_fetch") == 1);
  talk.respond(more_time_done);
  talk.command("801200000B", "6F00");
  talk.announce(more_time);
  talk.status("910B");
  talk.at = 3s;
  talk.command("801200000B", to_hex(parse_hex(more_time).value()) + "9000");
  CHECK(talk.breaches("prompt_fetch") == Words{"ignored: advisory, STATUS while a command of 11 octets waits",
                                               "late: advisory, FETCH 3 s after its announcement",
                                               "unannounced: advisory, FETCH of nothing"});
}

TEST_CASE("registry_port: a port of the DM Client that no other application has", "[traffic]") {
  const std::string client = "710D 8001 04 07 444D20436C69656E74";  // port 32769, type 7, "DM Client"
  const std::string browser = "7109 8002 04 01 576562 2041";        // port 32770, type 1
  const std::string same_port = "7109 8001 04 01 576562 2041";
  const auto envelope = [](std::string objects) {
    const auto inside = parse_hex("82028281" + objects).value();
    return "DC" + hex_number(inside.size(), 2) + to_hex(inside);
  };
  auto talk = Talk::of_device();
  SECTION("another port") {
    talk.envelope(envelope(client + browser + "7000"));
    CHECK(talk.breaches("registry_port").empty());
    CHECK(talk.occasions("registry_port") == 1);
  }
  SECTION("the same port") {
    talk.envelope(envelope(client + same_port + "7000"));
    CHECK(talk.breaches("registry_port") ==
          Words{"shared: fail, port 32769 of the DM Client is registered for type 1 too at 6"});
    CHECK(talk.broken() == Rules{"registry_port"});
  }
  SECTION("the same port in the envelope behind") {
    talk.envelope(envelope(same_port));
    talk.envelope(envelope(client + "7000"));
    CHECK(talk.breaches("registry_port") ==
          Words{"shared: fail, port 32769 of the DM Client is registered for type 1 too at 6"});
  }
  SECTION("a registry told anew replaces the one before") {
    talk.envelope(envelope(same_port + "7000"));
    talk.envelope(envelope(client + "7000"));
    CHECK(talk.breaches("registry_port").empty());
  }
  SECTION("a DM Client that comes again without any last envelope has moved") {
    talk.envelope(envelope(client + browser));
    talk.envelope(envelope("710D 8002 04 07 444D20436C69656E74" + same_port));
    CHECK(talk.breaches("registry_port").empty());
  }
  SECTION("two DM Clients") {
    talk.envelope(envelope(client + client + "7000"));
    CHECK(talk.breaches("registry_port").empty());
    CHECK(talk.occasions("registry_port") == 2);
  }
  SECTION("a last envelope that is told by its end alone") {
    talk.envelope(envelope(same_port));
    talk.envelope(envelope("7000"));
    talk.envelope(envelope(client + "7000"));
    CHECK(talk.breaches("registry_port").empty());
  }
}

}  // namespace dmsc::engine::testing
