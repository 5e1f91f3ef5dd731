// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/traffic/testing/talk.hpp"

// Rules on a card's proactive commands.
namespace dmsc::engine::testing {
namespace {

/// What the rule says of one command, fetched behind a profile.
Words of_command(const char* rule, const std::string& proactive, const std::string& profile = to_hex(every_facility)) {
  Talk talk(model::Dut::card);
  if (!profile.empty()) talk.profile(profile);
  talk.fetch(proactive);
  return talk.breaches(rule);
}

}  // namespace

TEST_CASE("command_form: what cannot be read fails, what is incomplete is advisory", "[traffic]") {
  CHECK(of_command("command_form", more_time).empty());
  CHECK(of_command("command_form", "D009 8103010200 82058182") ==
        Words{"length says # octets, # are left: fail, more_time: length says 5 octets, 2 are left at offset 8 at 8"});
  CHECK(
      of_command("command_form", "D009 8103010300 82028182") ==
      Words{"object \"duration\" is missing, advisory: advisory, poll_interval: object \"duration\" is missing at 0"});
  CHECK(of_command("command_form", "D004 82028182") ==
        Words{"command details are missing: fail, unknown_command: command details are missing at offset 0 at 0"});
}

TEST_CASE("command_form: numbers make no new kind", "[traffic]") {
  auto talk = Talk::of_card();
  talk.fetch("D009 8103010200 82058182");
  talk.fetch("D009 8103010200 82068182");
  CHECK(talk.breaches("command_form") ==
        Words{"length says # octets, # are left: fail, more_time: length says 5 octets, 2 are left at offset 8 at 8, "
              "2 times"});
  CHECK(talk.occasions("command_form") == 2);
}

TEST_CASE("command_objects: only an object that wants to be understood does harm", "[traffic]") {
  CHECK(of_command("command_objects", "D00C 8103010200 82028182 A40101") ==
        Words{"timer_identifier: fail, more_time with Timer identifier (A4), comprehension required at 11"});
  CHECK(of_command("command_objects", "D00B 8103010200 82028182 DA00") ==
        Words{"unknown_5A: fail, more_time with Unknown object (DA), comprehension required at 11"});
  CHECK(of_command("command_objects", "D00C 8103010200 82028182 240101").empty());
  CHECK(of_command("command_objects", "D00B 8103010200 82028182 5A00").empty());
  CHECK(of_command("command_objects", "D00D 8103010300 82028182 84020114").empty());
  // Text attribute with OPEN CHANNEL, as the official suite sends it with CLOSE CHANNEL.
  CHECK(of_command("command_objects", "D00F 8103014100 82028121 D004000A00B4").empty());
}

TEST_CASE("command_number: 01 to FE, and never more than an advisory", "[traffic]") {
  auto talk = Talk::of_card();
  for (const auto* number : {"01", "02", "80", "FE"}) talk.fetch("D009 8103" + std::string(number) + "0200 82028182");
  CHECK(talk.breaches("command_number").empty());
  CHECK(talk.occasions("command_number") == 4);
  talk.fetch("D009 8103000200 82028182");
  talk.fetch("D009 8103FF0200 82028182");
  CHECK(talk.breaches("command_number") == Words{"number: advisory, command number 00 at 4, 2 times"});
  CHECK(talk.broken() == Rules{"command_number"});
}

TEST_CASE("command_order: told once a command, and advisory", "[traffic]") {
  CHECK(of_command("command_order", "D00D 8103010300 84020114 82028182") ==
        Words{"order: advisory, poll_interval with device_identities behind what follows it at 11"});
  CHECK(of_command("command_order", "D00D 8103010300 82028182 84020114").empty());
  // Items repeat, and what the row does not name has no place.
  CHECK(of_command("command_order", "D013 8103012400 82028182 8F020141 8F020242 1800").empty());
}

TEST_CASE("command_identities: from the UICC to whom the command is for", "[traffic]") {
  CHECK(of_command("command_identities", more_time).empty());
  CHECK(of_command("command_identities", "D009 8103010200 82028282") ==
        Words{"source: fail, more_time from terminal at 9"});
  CHECK(of_command("command_identities", "D009 8103010200 82028181") ==
        Words{"destination: fail, more_time to uicc at 10"});
  CHECK(of_command("command_identities", "D005 8103010200") ==
        Words{"missing: fail, more_time without device identities"});
  // No official vector shows SEND SS; OPEN CHANNEL is the same in all of its three forms.
  CHECK(of_command("command_identities", "D00F 8103011100 82028182 8904FFAA12BA") ==
        Words{"destination, advisory: advisory, send_ss to terminal at 10"});
  CHECK(of_command("command_identities", "D012 8103014000 82028183 B9020578 BC03048001") ==
        Words{"destination: fail, open_channel to network at 10"});
}

TEST_CASE("command_identities: a channel command goes to a channel, a reader command to any reader", "[traffic]") {
  CHECK(of_command("command_identities", "D00C 8103014200 82028127 B701C8").empty());
  CHECK(of_command("command_identities", "D00C 8103014200 82028182 B701C8") ==
        Words{"destination: fail, receive_data to terminal at 10"});
  CHECK(of_command("command_identities", "D00C 8103014200 82028120 B701C8") ==
        Words{"destination: fail, receive_data to device 32 at 10"});
  CHECK(of_command("command_identities", "D009 8103013100 82028117").empty());
}

TEST_CASE("command_timer: timers 1 to 8 and a time in swapped BCD that a clock can show", "[traffic]") {
  const auto timer = [](const std::string& objects) {
    return of_command("command_timer", "D011 8103012700 82028182 " + objects);
  };
  CHECK(timer("A40108 A503429595").empty());  // 24:59:59
  CHECK(timer("A40100 A503000100") == Words{"identifier: fail, timer 0 at 11"});
  CHECK(timer("A40109 A503000100") == Words{"identifier: fail, timer 9 at 11"});
  CHECK(timer("A40101 A50300A000") == Words{"not bcd: fail, minutes A0, no two decimal digits at 14"});
  CHECK(timer("A40101 A503000600") == Words{"minutes: fail, 60 minutes at 14"});
  CHECK(timer("A40101 A503000006") == Words{"seconds: fail, 60 seconds at 14"});
  CHECK(timer("A40101 A503520000") == Words{"hours, advisory: advisory, 25 hours at 14"});
  // Get current value names no time.
  CHECK(of_command("command_timer", "D00C 8103012702 82028182 A40101").empty());
}

TEST_CASE("inside_profile: a command that the profile does not claim", "[traffic]") {
  CHECK(of_command("inside_profile", more_time).empty());
  CHECK(of_command("inside_profile", more_time, without_facility(3, 4)) ==
        Words{"more_time: fail, more_time, which the profile does not claim"});
  CHECK(of_command("inside_profile", more_time, "") ==
        Words{"more_time: fail, more_time, which the profile does not claim, before any profile"});
  CHECK(of_command("inside_profile", "D00F 8103012180 82028102 8D0404414243", without_facility(3, 1)) ==
        Words{"display_text: fail, display_text, which the profile does not claim"});
  // GET INKEY rests on a row that one source carries.
  CHECK(of_command("inside_profile", "D00F 8103012200 82028182 8D0404414243", without_facility(3, 2)) ==
        Words{"get_inkey, advisory: advisory, get_inkey, which the profile does not claim"});
}

TEST_CASE("inside_profile: qualifiers, transports and short messages have bits of their own", "[traffic]") {
  CHECK(of_command("inside_profile", open_local).empty());
  CHECK(of_command("inside_profile", open_local, without_facility(17, 5)) ==
        Words{"udp_local: fail, udp_local, which the profile does not claim"});
  CHECK(of_command("inside_profile", open_listener, without_facility(17, 3)) ==
        Words{"tcp_uicc_server: fail, tcp_uicc_server, which the profile does not claim"});
  const auto* get_timer = "D00C 8103012702 82028182 A40101";
  CHECK(of_command("inside_profile", get_timer, without_facility(8, 2)) ==
        Words{"timer_management_get: fail, timer_management_get, which the profile does not claim"});
  CHECK(of_command("inside_profile", get_timer, without_facility(8, 1)).empty());
  // Location information, 4.7, is weak; battery state, 22.2, is solid.
  CHECK(of_command("inside_profile", "D009 8103012600 82028182", without_facility(4, 7)) ==
        Words{"local_information, advisory: advisory, local_information, which the profile does not claim"});
  CHECK(of_command("inside_profile", "D009 8103012608 82028182", without_facility(4, 7)).empty());
  CHECK(of_command("inside_profile", "D009 810301260A 82028182", without_facility(22, 2)) ==
        Words{"local_information_battery: fail, local_information_battery, which the profile does not claim"});
  CHECK(of_command("inside_profile", "D009 810301260B 82028182") == Words{});
  CHECK(of_command("inside_profile", "D009 8103012630 82028182") ==
        Words{"local_information_48, advisory: advisory, local_information_48, for which the profile has no bit"});
}

TEST_CASE("inside_profile: events that are not claimed, but for those of a channel", "[traffic]") {
  const auto events = [](const std::string& codes, const std::string& profile) {
    const auto count = codes.size() / 2;
    return of_command("inside_profile",
                      "D0" + hex_number(11 + count, 2) + "8103010500 82028182 99" + hex_number(count, 2) + codes,
                      profile);
  };
  CHECK(events("0305", to_hex(every_facility)).empty());
  CHECK(events("0305", without_facility(5, 5)) ==
        Words{"event location_status: fail, event location_status, which the profile does not claim"});
  CHECK(events("0F", without_facility(25, 1)) ==
        Words{"event browsing_status, advisory: advisory, event browsing_status, which the profile does not claim"});
  CHECK(events("30", to_hex(every_facility)) ==
        Words{"event 30, advisory: advisory, event 30, for which the profile has no bit"});
  CHECK(events("09", without_facility(6, 3)).empty());
  CHECK(events("0A", without_facility(6, 4)).empty());
  auto talk = Talk::of_card();
  talk.fetch("D00D 8103010500 82028182 99020305");
  CHECK(talk.occasions("inside_profile") == 3);  // the command and two events
}

TEST_CASE("own_channels: a channel that was never granted, and one that was closed", "[traffic]") {
  auto talk = Talk::of_card();
  talk.fetch(send_now);
  CHECK(talk.breaches("own_channels") ==
        Words{"never granted: fail, send_data for channel 1, which was never granted at 10"});
  talk.respond("8103014301 82028281 83023A03");
  talk.perform(open_local, open_local_done);
  talk.perform(send_now, send_now_done);
  talk.perform(close_channel, close_done);
  CHECK(talk.breaches("own_channels").size() == 1);
  talk.fetch(receive);
  CHECK(talk.breaches("own_channels") ==
        Words{"closed: fail, receive_data for channel 1, which was closed at 10",
              "never granted: fail, send_data for channel 1, which was never granted at 10"});
  CHECK(talk.occasions("own_channels") == 4);
}

TEST_CASE("own_channels: what a card may believe is not held against it", "[traffic]") {
  auto talk = Talk::of_card();
  SECTION("a channel that was dropped may be closed, or written to once more") {
    talk.perform(open_local, open_local_done);
    talk.envelope("D60B 99010A 82028281 B8020105");
    talk.perform(send_now, "8103014301 82028281 83023A02");
    talk.perform(close_channel, "8103014100 82028281 83023A03");
  }
  SECTION("a listener whose client went goes on") {
    talk.perform(open_listener, open_listener_done);
    talk.envelope("D60B 99010A 82028281 B8024105");
    talk.envelope("D60B 99010A 82028281 B8028100");
    talk.perform(send_now, send_now_done);
    talk.perform("D009 8103014101 82028121", "8103014101 82028281 830100");
    talk.perform(receive, "8103014200 82028281 830100 B600 B70100");
  }
  SECTION("CLOSE CHANNEL that was refused leaves the channel open") {
    talk.perform(open_local, open_local_done);
    talk.perform(close_channel, "8103014100 82028281 830120");
    talk.perform(send_now, send_now_done);
  }
  SECTION("a channel with modification is granted too") {
    talk.perform(open_local, "8103014000 82028281 830107 38028100 39020400");
    talk.perform(send_now, send_now_done);
  }
  CHECK(talk.breaches("own_channels").empty());
  CHECK(talk.occasions("own_channels") > 0);
}

TEST_CASE("own_channels: a reset takes the channels away", "[traffic]") {
  auto talk = Talk::of_card();
  talk.perform(open_local, open_local_done);
  talk.reset();
  talk.profile(to_hex(every_facility));
  talk.fetch(send_now);
  CHECK(talk.breaches("own_channels") ==
        Words{"never granted: fail, send_data for channel 1, which was never granted at 10"});
}

TEST_CASE("stored_data_sent: judged when the channel is closed", "[traffic]") {
  auto talk = Talk::of_card();
  talk.perform(open_local, open_local_done);
  talk.perform(store, store_done);
  talk.perform(store, store_done);
  SECTION("never sent") {
    talk.fetch(close_channel);
    CHECK(talk.occasions("stored_data_sent") == 0);
    talk.respond(close_done);
    CHECK(talk.breaches("stored_data_sent") == Words{"stored: fail, 8 octets that SEND DATA stored and never sent"});
    CHECK(talk.occasions("stored_data_sent") == 1);
    return;
  }
  SECTION("sent with the last piece") {
    talk.perform(send_now, send_now_done);
    talk.perform(close_channel, close_done);
    CHECK(talk.occasions("stored_data_sent") == 1);
  }
  SECTION("the channel is still open") {}
  SECTION("the channel was dropped meanwhile") {
    talk.envelope("D60B 99010A 82028281 B8020105");
    talk.perform(close_channel, close_done);
  }
  SECTION("the channel could not be closed") {
    talk.perform(close_channel, "8103014100 82028281 830120");
  }
  CHECK(talk.breaches("stored_data_sent").empty());
}

TEST_CASE("stored_data_sent: what a server keeps for its client is another matter", "[traffic]") {
  auto talk = Talk::of_card();
  talk.perform(open_listener, open_listener_done);
  talk.perform(store, store_done);
  talk.perform(close_channel, close_done);
  CHECK(talk.breaches("stored_data_sent").empty());
  CHECK(talk.occasions("stored_data_sent") == 0);
}

}  // namespace dmsc::engine::testing
