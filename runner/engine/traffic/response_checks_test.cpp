// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/traffic/testing/talk.hpp"

// Rules on a device's terminal responses.
namespace dmsc::engine::testing {
namespace {

/// What the rule says of one response, to one command that was fetched behind a profile.
Words of_response(const char* rule, const std::string& command, const std::string& response,
                  const std::string& profile = to_hex(every_facility)) {
  Talk talk(model::Dut::device);
  if (!profile.empty()) talk.profile(profile);
  talk.perform(command, response);
  return talk.breaches(rule);
}

constexpr const char* get_timer = "D00C 8103012702 82028182 A40101";
constexpr const char* stop_timer = "D00C 8103012701 82028182 A40101";
constexpr const char* start_timer = "D011 8103012700 82028182 A40101 A503000100";  // 10 minutes: 00 10 00 swapped
constexpr const char* channel_states = "D009 8103014400 82028182";

}  // namespace

TEST_CASE("a device that does what it is told breaks no rule", "[traffic]") {
  auto talk = Talk::of_device();
  talk.perform("D00C 8103010500 82028182 990104", "8103010500 82028281 830100");
  talk.envelope("D607 990104 82028281");
  talk.perform(start_timer, "8103012700 82028281 830100 A40101");
  talk.at = 10min;
  talk.envelope("D70C 82028281 A40101 A503000100");
  talk.perform(open_local, open_local_done);
  talk.perform(channel_states, "8103014400 82028281 830100 B8028100");
  talk.perform(send_now, send_now_done);
  talk.envelope("D60E 990109 82028281 B8028100 B70104");
  talk.perform(receive, "8103014200 82028281 830100 B60401020304 B70100");
  talk.perform(close_channel, close_done);
  CHECK(talk.broken().empty());
  for (const auto* rule :
       {"response_details", "one_response", "response_identities", "result_complete", "channel_granted",
        "data_arithmetic", "timer_told", "timer_once", "events_asked", "own_profile"}) {
    CAPTURE(rule);
    CHECK(talk.occasions(rule) > 0);
  }
}

TEST_CASE("response_details: number, type and qualifier come back", "[traffic]") {
  const auto* rule = "response_details";
  CHECK(of_response(rule, more_time, more_time_done).empty());
  CHECK(of_response(rule, more_time, "8103020200 82028281 830100") ==
        Words{"number: fail, more_time with number 2 for 1 at 2"});
  CHECK(of_response(rule, more_time, "8103010400 82028281 830100") ==
        Words{R"(type: fail, polling_off with type "polling_off" for "more_time" at 3)"});
  CHECK(of_response(rule, more_time, "8103010201 82028281 830100") ==
        Words{"qualifier: fail, more_time with qualifier 1 for 0 at 4"});
  CHECK(of_response(rule, more_time, "82028281 830100") == Words{"missing: fail, a response without command details"});
  CHECK(of_response(rule, "D009 8103FE0200 82028182", "8103FE0200 82028281 830100").empty());
}

TEST_CASE("response_details: a response with other details is still the one that was due", "[traffic]") {
  auto talk = Talk::of_device();
  talk.perform(more_time, "8103020200 82028281 830100");
  talk.perform(more_time, more_time_done);
  CHECK(talk.breaches("response_details").size() == 1);
  CHECK(talk.breaches("one_response").empty());
}

TEST_CASE("one_response: none without a command, none after the first, none behind a reset", "[traffic]") {
  auto talk = Talk::of_device();
  SECTION("no command was fetched") {
    talk.respond(more_time_done);
  }
  SECTION("a second response") {
    talk.perform(more_time, more_time_done);
    talk.respond(more_time_done);
  }
  SECTION("a response behind a reset") {
    talk.fetch(more_time);
    talk.reset();
    talk.respond(more_time_done);
  }
  CHECK(talk.breaches("one_response") == Words{"unasked: fail, more_time, and no command was fetched"});
  CHECK(talk.broken() == Rules{"one_response"});
}

TEST_CASE("one_response: an envelope between command and response is none", "[traffic]") {
  auto talk = Talk::of_device();
  talk.perform("D00C 8103010500 82028182 990104", "8103010500 82028281 830100");
  talk.fetch(more_time);
  talk.envelope("D607 990104 82028281");
  talk.respond(more_time_done);
  CHECK(talk.broken().empty());
  CHECK(talk.occasions("one_response") == 2);
}

TEST_CASE("response_identities: from the terminal to the UICC", "[traffic]") {
  const auto* rule = "response_identities";
  CHECK(of_response(rule, more_time, more_time_done).empty());
  CHECK(of_response(rule, more_time, "8103010200 82028182 830100") ==
        Words{"others: fail, more_time from uicc to terminal at 5"});
  CHECK(of_response(rule, send_now, "8103014301 82022181 830100 B701FF") ==
        Words{"others: fail, send_data from channel_1 to uicc at 5"});
  CHECK(of_response(rule, more_time, "8103010200 830100") ==
        Words{"missing: fail, more_time without device identities"});
}

TEST_CASE("message_form: a response that cannot be read fails, one that lacks an object is advisory", "[traffic]") {
  CHECK(of_response("message_form", more_time, "8103010200 82058281 830100") ==
        Words{"# octets follow the last field: fail, more_time: device_identities: 3 octets follow the last field at "
              "offset 9 at 9"});
  CHECK(of_response("message_form", more_time, "8103010200 830100") ==
        Words{"object \"device_identities\" is missing, advisory: advisory, more_time: object \"device_identities\" is "
              "missing at 0"});
}

TEST_CASE("claims_performed: 30 and 31 are lies about what the profile claims", "[traffic]") {
  const auto* rule = "claims_performed";
  CHECK(of_response(rule, more_time, "8103010200 82028281 830130") ==
        Words{"more_time: fail, more_time, which the profile claims, with result beyond_terminal_capabilities at 9"});
  CHECK(of_response(rule, more_time, "8103010200 82028281 830131") ==
        Words{"more_time: fail, more_time, which the profile claims, with result command_type_not_understood at 9"});
  for (const auto* other : {"83022001", "83022104", "830132", "83023A04"}) {
    CHECK(of_response(rule, more_time, "8103010200 82028281 " + std::string(other)).empty());
  }
  CHECK(of_response(rule, more_time, "8103010200 82028281 830130", without_facility(3, 4)).empty());
  CHECK(of_response(rule, more_time, "8103010200 82028281 830130", "").empty());
  // GET INKEY rests on a row that one source carries.
  CHECK(of_response(rule, "D00F 8103012200 82028182 8D0404414243", "8103012200 82028281 830130").empty());
}

TEST_CASE("claims_performed: a transport and an event must be claimed too", "[traffic]") {
  const auto* rule = "claims_performed";
  const auto* beyond = "8103014000 82028281 830130";
  CHECK(of_response(rule, open_local, beyond).size() == 1);
  CHECK(of_response(rule, open_local, beyond, without_facility(17, 5)).empty());
  CHECK(of_response(rule, open_listener, beyond).size() == 1);
  CHECK(of_response(rule, open_listener, beyond, without_facility(17, 3)).empty());
  const auto* event_list = "D00C 8103010500 82028182 99010A";
  const auto* no_events = "8103010500 82028281 830130";
  CHECK(of_response(rule, event_list, no_events).size() == 1);
  CHECK(of_response(rule, event_list, no_events, without_facility(6, 4)).empty());
}

TEST_CASE("result_ground: results that say more than there was, and 'not now' to what needs nothing", "[traffic]") {
  const auto* rule = "result_ground";
  for (const auto* usual : {"830100", "830101", "830102", "830106", "830107"}) {
    CAPTURE(usual);
    CHECK(of_response(rule, more_time, "8103010200 82028281 " + std::string(usual)).empty());
  }
  CHECK(of_response(rule, more_time, "8103010200 82028281 830104") ==
        Words{"performed_icon_not_displayed: advisory, more_time with result performed_icon_not_displayed at 9"});
  CHECK(
      of_response(rule, more_time, "8103010200 82028281 830105") ==
      Words{"performed_modified_by_call_control: advisory, more_time with result performed_modified_by_call_control at "
            "9"});
  CHECK(of_response(rule, more_time, "8103010200 82028281 83022000") ==
        Words{"more_time terminal_unable: advisory, more_time with result terminal_unable at 9"});
  CHECK(of_response(rule, open_local, "8103014000 82028281 83022000").empty());
}

TEST_CASE("result_complete: local information that was asked for", "[traffic]") {
  const auto* rule = "result_complete";
  const auto local = [&](const std::string& qualifier, const std::string& rest) {
    return of_response(rule, "D009 81030126" + qualifier + " 82028182", "81030126" + qualifier + " 82028281 " + rest);
  };
  CHECK(local("00", "830100 130900F11000010001 0001").empty());
  CHECK(local("00", "830100") ==
        Words{"provide_local_information location_information: fail, provide_local_information "
              "performed, without location_information at 9"});
  CHECK(local("01", "830100") ==
        Words{"provide_local_information imei: fail, provide_local_information performed, without imei at 9"});
  CHECK(local("03", "830100") == Words{"provide_local_information date_time_timezone: fail, provide_local_information "
                                       "performed, without date_time_timezone at 9"});
  CHECK(local("03", "830100 A60720507041807100").empty());
  CHECK(local("00", "830102").empty());  // with missing information
  CHECK(local("00", "83022004").empty());
}

TEST_CASE("result_complete: timers", "[traffic]") {
  const auto* rule = "result_complete";
  CHECK(of_response(rule, start_timer, "8103012700 82028281 830100 A40101").empty());
  CHECK(of_response(rule, start_timer, "8103012700 82028281 830100") ==
        Words{"timer_management timer_identifier, advisory: advisory, timer_management performed, without "
              "timer_identifier at 9"});
  CHECK(of_response(rule, start_timer, "8103012700 82028281 830100 A40102") ==
        Words{"timer: fail, timer 2 for timer 1 at 12"});
  CHECK(of_response(rule, get_timer, "8103012702 82028281 830100 A40101") ==
        Words{"timer_management timer_value: fail, timer_management performed, without timer_value at 9"});
  CHECK(
      of_response(rule, stop_timer, "8103012701 82028281 830100 A40101") ==
      Words{"timer_management timer_value, advisory: advisory, timer_management performed, without timer_value at 9"});
  CHECK(of_response(rule, get_timer, "8103012702 82028281 830124").empty());  // the timer does not run
}

TEST_CASE("result_complete: channels and polling", "[traffic]") {
  const auto* rule = "result_complete";
  CHECK(of_response(rule, open_local, "8103014000 82028281 830100 39020578") ==
        Words{"open_channel channel_status: fail, open_channel performed, without channel_status at 9"});
  CHECK(of_response(rule, send_now, "8103014301 82028281 830100") ==
        Words{"send_data channel_data_length: fail, send_data performed, without channel_data_length at 9"});
  CHECK(of_response(rule, receive, "8103014200 82028281 830100 B60101") ==
        Words{"receive_data channel_data_length: fail, receive_data performed, without channel_data_length at 9"});
  CHECK(of_response(rule, "D00C 8103014200 82028121 B70102", "8103014200 82028281 830100 B603010203 B70100") ==
        Words{"more than asked: fail, 3 octets for 2 at 12"});
  CHECK(of_response(rule, channel_states, "8103014400 82028281 830100") ==
        Words{"get_channel_status channel_status: fail, get_channel_status performed, without channel_status at 9"});
  CHECK(of_response(rule, "D00D 8103010300 82028182 84020114", "8103010300 82028281 830100") ==
        Words{"poll_interval duration, advisory: advisory, poll_interval performed, without duration at 9"});
  CHECK(of_response(rule, open_local, "8103014000 82028281 83022000").empty());
}

TEST_CASE("bip_cause: 3A has an octet that says why", "[traffic]") {
  const auto* rule = "bip_cause";
  CHECK(of_response(rule, open_local, "8103014000 82028281 83023A10").empty());
  CHECK(of_response(rule, open_local, "8103014000 82028281 83013A") ==
        Words{"none: fail, open_channel refused with 3A and no additional information at 9"});
  CHECK(of_response(rule, open_local, "8103014000 82028281 83023A20") ==
        Words{"reserved, advisory: advisory, open_channel refused with 3A and additional information 32 at 9"});
  CHECK(of_response(rule, open_local, "8103014000 82028281 83023A03") ==
        Words{"channel_id_not_valid, advisory: advisory, open_channel refused with channel_id_not_valid at 9"});
  CHECK(of_response(rule, open_local, "8103014000 82028281 83023A10 38020000") ==
        Words{"status, advisory: advisory, a channel status in a refusal at 13"});
}

TEST_CASE("bip_cause: no channel available while channels are, and the other way round", "[traffic]") {
  CHECK(of_response("bip_cause", open_local, "8103014000 82028281 83023A01") ==
        Words{"channels left, advisory: advisory, no channel available, with 0 of 7 open at 9"});
  auto profile = every_facility;
  profile[12] = 0x3F;  // 13.6 to 13.8: one channel
  Talk talk(model::Dut::device);
  talk.profile(to_hex(profile));
  talk.perform(open_local, open_local_done);
  talk.perform(open_local, "8103014000 82028281 83023A01");
  CHECK(talk.breaches("bip_cause").empty());
  talk.perform(open_local, "8103014000 82028281 83023A10");
  CHECK(
      talk.breaches("bip_cause") ==
      Words{"all taken, advisory: advisory, open_channel refused with port_not_available, though all channels are open "
            "at 9"});
}

TEST_CASE("bip_cause: whether the channel is open is no matter of taste", "[traffic]") {
  auto talk = Talk::of_device();
  talk.perform(send_now, "8103014301 82028281 83023A04");
  CHECK(talk.breaches("bip_cause") ==
        Words{"not open: fail, send_data for a channel that is not open refused with buffer_size_not_available at 9"});
  talk.perform(send_now, "8103014301 82028281 83023A02");
  talk.perform(send_now, "8103014301 82028281 83023A03");
  CHECK(talk.breaches("bip_cause").size() == 1);
  talk.perform(open_local, open_local_done);
  talk.perform(send_now, "8103014301 82028281 83023A03");
  CHECK(talk.breaches("bip_cause") ==
        Words{"not open: fail, send_data for a channel that is not open refused with buffer_size_not_available at 9",
              "open: fail, send_data for channel 1, which is open, refused with channel_id_not_valid at 9"});
  talk.perform(send_now, "8103014301 82028281 83023A02");  // the link may have gone this moment
  CHECK(talk.breaches("bip_cause").size() == 2);
}

TEST_CASE("a result is held to no command that was itself broken", "[traffic]") {
  auto talk = Talk::of_device();
  talk.fetch("D009 8103010200 82058182");
  talk.respond("8103010200 82028281 830132");
  for (const auto* rule : {"claims_performed", "result_ground", "result_complete", "bip_cause"}) {
    CAPTURE(rule);
    CHECK(talk.occasions(rule) == 0);
  }
}

}  // namespace dmsc::engine::testing
