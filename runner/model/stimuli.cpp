// SPDX-License-Identifier: Apache-2.0
// The stimuli: what a case can ask for, on either side.
#include <algorithm>
#include <array>

#include "runner/model/vocabulary.hpp"

namespace dmsc::model {
namespace {

constexpr std::array<std::string_view, 10> wake_up_names = {"power_on", "timer", "status", "call",  "location",
                                                            "scws",     "sms",   "menu",   "event", "any"};
constexpr std::string_view certificate_words[] = {"right", "expired", "stranger", "misnamed", "none"};
constexpr std::string_view listen_words[] = {"in_response", "by_event"};
constexpr std::string_view event_words[] = {"to_owner", "by_list"};
constexpr std::string_view mode_words[] = {"terminal_server", "uicc_server"};
constexpr std::string_view transport_words[] = {"any", "bip_ipv4", "bip_ipv6", "bip_localhost", "tcp_ipv4", "tcp_ipv6"};
constexpr std::string_view tls_words[] = {"modern", "legacy_2009"};
constexpr std::string_view credential_words[] = {"certificate", "psk"};
constexpr std::string_view coding_words[] = {"xml", "wbxml"};
constexpr std::string_view credentials_words[] = {"right", "wrong", "none", "late", "stale"};
constexpr std::string_view cut_words[] = {"handshake", "request"};

constexpr Parameter start_parameters[] = {
    {"profile", "text", true, "name of a file in testcases/profiles, or hexadecimal"},
    {"without", "list", false, "facilities taken out of the profile"},
    {"registry", "list", false, "registry application data sent by ENVELOPE (Terminal Applications)"},
    {"plmn", "text", false, "network the terminal is on"},
    {"first_channel", "number", false, "channel number that the terminal hands out first, 1 when left out"},
    {"listen", "text", false, "in_response (default) or by_event: how the terminal says that a channel listens (AMB-6)",
     listen_words},
    {"events", "text", false,
     "to_owner (default) or by_list: whether a channel's events go to a card that did not list them (AMB-10)",
     event_words},
    {"stranger_in", "text", false,
     "glob of envelope.KEY or terminal_response.KEY that end with the octets of stranger"},
    {"stranger", "text", false, "an object in hexadecimal, 5F0101 when left out: no tag that is known"},
};
constexpr Parameter wake_up_parameters[] = {
    {"kind", "text", true, "power_on, timer, status, call, location, scws or sms; any: the first that the ICS claims",
     wake_up_names},
};
constexpr Parameter status_parameters[] = {{"count", "number", false, "how many, 1 when left out"}};
constexpr Parameter call_parameters[] = {{"number", "text", true, "digits as dialled, + in front for international"}};
constexpr Parameter location_parameters[] = {
    {"status", "text", false, "normal_service, limited_service or no_service"},
    {"plmn", "text", false, "MCC and MNC digits; the event names a place only in normal service"},
};
constexpr Parameter timer_parameters[] = {{"timer", "number", true, "1 to 8"}};
constexpr Parameter wait_parameters[] = {{"for", "duration", true, "time that passes on the terminal's clock"}};
constexpr Parameter registry_parameters[] = {{"registry", "list", true, "registry application data"}};
constexpr Parameter envelope_parameters[] = {
    {"key", "text", true, "row key of the envelope"},
    {"fields", "map", false, "its objects by row key"},
};
constexpr Parameter drop_parameters[] = {
    {"mode", "text", true, "terminal_server or uicc_server: the first open channel of that mode", mode_words},
};
constexpr Parameter connect_parameters[] = {
    {"client", "number", false, "1 (default) or 2: two programs may be connected at a time"},
    {"transport", "text", false, "row of table 2; any (default): the first that the ICS claims", transport_words},
    {"secure", "flag", false, "https (default), or plain http on its own port"},
    {"port", "number", false, "another port than the transport's own"},
    {"on_secure_port", "flag", false, "plain http goes to the port of https"},
    {"tls", "text", false, "modern or legacy_2009, in place of the PIXIT's tls_profile", tls_words},
    {"credential", "text", false, "certificate or psk, in place of the PIXIT's tls_credential", credential_words},
};
constexpr Parameter request_parameters[] = {
    {"client", "number", false, "1 (default) or 2: two programs may be connected at a time"},
    {"version", "number", false, "11 (default) or 10, of HTTP"},
    {"reconnect", "flag", false, "where the connection is no more, another one comes first"},
    {"wake_up", "text", false, "the card is woken up in this way while half of the request is there", wake_up_names},
    {"method", "text", false, "GET when left out"},
    {"path", "text", true, "of the request line"},
    {"headers", "map", false, "beside Host and User-Agent; null leaves Host out"},
    {"body", "text", false, "as text"},
    {"body_hex", "text", false, "as hexadecimal"},
    {"chunked", "flag", false, "chunked coding in place of Content-Length"},
    {"pieces", "number", false, "octets sent at a time; all at once when left out"},
    {"pause", "duration", false, "terminal's time between two pieces"},
};
constexpr Parameter send_parameters[] = {
    {"client", "number", false, "1 (default) or 2: two programs may be connected at a time"},
    {"text", "text", false, "octets as text"},
    {"hex", "text", false, "octets as hexadecimal"},
    {"past_tls", "flag", false, "sent as they are, outside of TLS"},
};
constexpr Parameter close_parameters[] = {
    {"client", "number", false, "1 (default) or 2: two programs may be connected at a time"},
    {"abrupt", "flag", false, "the connection ends without a word"},
};
constexpr Parameter dm_session_parameters[] = {
    {"transport", "text", false, "row of table 2; any (default): the first that the ICS claims", transport_words},
    {"coding", "text", false, "xml or wbxml; when left out xml, unless the ICS claims wbxml alone", coding_words},
    {"session_id", "text", false, "of SyncML; that of the last notification, or 1, when left out"},
    {"credentials", "text", false,
     "right (default), wrong, none (also where the PIXIT has no client_name), late or stale", credentials_words},
    {"max_msg_size", "number", false, "MaxMsgSize of the client"},
    {"abort_at", "number", false, "number of the message that is Alert 1223"},
    {"switch_session_at", "number", false, "number of the message that carries another session id"},
    {"wake_up_at", "number", false, "number of the message before which the card is woken up"},
    {"unknown_command", "flag", false, "Pkg#1 holds an element that no DM Client sends"},
    {"large_object", "flag", false, "Pkg#1 holds an item with MoreData"},
    {"split_package", "flag", false, "Pkg#1 comes in two messages, the first without Final"},
    {"secure", "flag", false, "https (default), or plain http on its own port"},
    {"credential", "text", false, "certificate or psk, in place of the PIXIT's tls_credential", credential_words},
    {"tls", "text", false, "modern or legacy_2009, in place of the PIXIT's tls_profile", tls_words},
    {"cut", "text", false, "handshake or request: where the client is gone without a word, in the first message",
     cut_words},
    {"chunked", "flag", false, "chunked coding in place of Content-Length"},
    {"pieces", "number", false, "octets sent at a time"},
    {"pause", "duration", false, "terminal's time between two pieces"},
};
constexpr std::string_view bearer_words[] = {"3gpp", "3gpp2"};
constexpr Parameter download_parameters[] = {
    {"foreign", "flag", false,
     "a message that must not wake the card: the PIXIT's other_sms, or a notification of another server"},
};
constexpr Parameter apdu_parameters[] = {{"command", "text", true, "command APDU in hexadecimal"}};
constexpr Parameter before_fetch_parameters[] = {{"commands", "list", true, "command APDUs in hexadecimal"}};

// Of a device under test.
constexpr std::string_view digest_words[] = {"right", "wrong", "zero_nonce"};
constexpr std::string_view session_words[] = {"fresh", "same"};
constexpr std::string_view server_credentials_words[] = {"right", "wrong", "none"};
constexpr std::string_view protocol_words[] = {"udp_local", "tcp_local"};
constexpr std::string_view ui_words[] = {"not_specified", "background", "informative", "user_interaction"};
constexpr std::string_view initiator_words[] = {"client", "server"};

constexpr Parameter setup_parameters[] = {
    {"https_channels", "number", false, "channels on which the card listens for https, 1 when left out"},
    {"http_channels", "number", false, "channels on which the card listens for http, 0 when left out"},
    {"poll", "flag", false, "the card asks for polling in the pace of the PIXIT's poll_tenths (default)"},
    {"events", "flag", false, "the card asks for the events of its channels (default)"},
    {"certificate", "text", false,
     "what the card shows: right (default), expired, stranger (of a CA that nobody trusts), "
     "misnamed (for another host) or none (a pre-shared key alone)",
     certificate_words},
};
constexpr Parameter dial_parameters[] = {{"number", "text", true, "digits as dialled, + in front for international"}};
constexpr Parameter place_parameters[] = {
    {"plmn", "text", false, "MCC and MNC digits of the cell, the PIXIT's home_plmn when left out"},
    {"lac", "number", false, "location area, 1 when left out"},
    {"cell", "number", false, "cell identity, 1 when left out"},
    {"service", "text", false, "normal_service, limited_service or no_service"},
};
constexpr Parameter await_parameters[] = {{"for", "duration", true, "how long the network is watched"}};
constexpr Parameter listening_parameters[] = {{"for", "duration", true, "how long at most"}};
constexpr Parameter account_parameters[] = {
    {"transport", "text", false, "row of table 2 that AppAddr follows; any: the first that the ICS claims",
     transport_words},
    {"app_addr", "text", false, "AppAddr as it is, in place of a row"},
    {"server_id", "text", false, "ServerID, the PIXIT's when left out"},
};
constexpr std::string_view consent_words[] = {"accept", "refuse"};
constexpr Parameter consent_parameters[] = {
    {"answer", "text", true, "accept or refuse the session that the DM Client asks about", consent_words},
};
constexpr Parameter server_id_parameters[] = {{"server_id", "text", false, "ServerID, the PIXIT's when left out"}};
constexpr Parameter fetch_parameters[] = {
    {"transport", "text", false, "any (default), bip_ipv4, bip_ipv6, bip_localhost, tcp_ipv4 or tcp_ipv6",
     transport_words},
    {"secure", "flag", false, "https (default), or plain http on its own port"},
    {"path", "text", false, "/ when left out"},
};
constexpr Parameter proactive_parameters[] = {
    {"command", "text", true, "row key of the proactive command"},
    {"mode", "text", false, "uicc_server or terminal_server, of OPEN CHANNEL", mode_words},
    {"channel", "number", false, "channel that it is directed to, 1 to 7"},
    {"fields", "map", false, "its objects by row key"},
};
constexpr Parameter probe_parameters[] = {{"port", "number", true, "TCP port"}};
constexpr Parameter trigger_parameters[] = {
    {"port", "number", false, "local port, that of the registered DM Client when left out"},
    {"protocol", "text", false, "the first that the profile claims when left out", protocol_words},
    {"digest", "text", false, "right (default), wrong or zero_nonce", digest_words},
    {"session_id", "text", false, "fresh (default) or same: that of the last trigger", session_words},
    {"session_number", "number", false, "the session id itself, 0 to 65535"},
    {"server_id", "text", false, "ServerID, the PIXIT's when left out"},
    {"ui_mode", "text", false, "background when left out", ui_words},
    {"initiator", "text", false, "server when left out", initiator_words},
    {"version", "number", false, "11 when left out"},
    {"future_use", "number", false, "reserved bits, 0 when left out"},
    {"vendor_specific", "text", false, "octets behind the ServerID, in hexadecimal"},
    {"length", "number", false, "octets of the notification that are sent, from its first on"},
    {"hex", "text", false, "octets sent in place of a notification"},
    {"piece", "number", false, "most octets of one SEND DATA"},
    {"buffer", "number", false, "buffer size asked for, 1400 when left out"},
    {"close", "flag", false, "the channel is closed behind it (default)"},
    {"during_session", "flag", false, "it goes out with the first message of the next session, not at once"},
    {"again", "flag", false, "another notification with a fresh session id goes out right behind it"},
};
constexpr Parameter server_parameters[] = {
    {"nodes", "map", false, "nodes that the session adds, replaces and reads back, with their values"},
    {"commands", "list", false, "further SyncML commands of the first package"},
    {"credentials", "text", false, "how the server proves itself: right (default), wrong or none",
     server_credentials_words},
    {"commands_a_message", "number", false, "most commands of the server in one message"},
    {"abort_at", "number", false, "number of the server's message that is Alert 1223"},
    {"challenge", "flag", false, "the server's nonce for the client moved on: the first credentials do not fit"},
};

constexpr std::string_view order_words[] = {"in_order", "reversed", "first_last"};
constexpr std::string_view form_words[] = {"short", "long", "text"};
constexpr Parameter short_message_parameters[] = {
    {"bearer", "text", true, "3gpp: a TPDU, or 3gpp2: a CDMA message", bearer_words},
    {"number", "text", false, "destination, the PIXIT's own_number when left out"},
    {"service_centre", "text", false, "number of the service centre; the command names none when left out"},
    {"packing", "flag", false, "packing by the terminal is required"},
    {"dcs", "number", false, "TP-DCS, 4 when left out"},
    {"text", "text", false, "characters in place of a notification"},
    {"data", "text", false, "octets in hexadecimal in place of a notification"},
};
constexpr Parameter await_sms_parameters[] = {{"for", "duration", true, "how long the network is watched"}};
constexpr Parameter push_parameters[] = {
    {"bearer", "text", false, "3gpp (default) or 3gpp2", bearer_words},
    {"dcs", "number", false, "TP-DCS, 4 when left out"},
    {"protocol_identifier", "number", false, "TP-PID, 0 when left out"},
    {"port", "number", false, "destination port, 2948 when left out"},
    {"source_port", "number", false, "49154 when left out"},
    {"content_type", "number", false, "well-known number of the content type, 68 (a DM Notification) when left out"},
    {"content_type_form", "text", false, "short (default), long or text", form_words},
    {"application_id", "number", false, "push application id, 7 (OMA DM) when left out"},
    {"application_id_form", "text", false, "short (default), long or text", form_words},
    {"more_headers", "flag", false, "a header of no meaning to the DM Client stands behind the application id"},
    {"wide_reference", "flag", false, "16-bit reference of the concatenation"},
    {"part", "number", false, "most octets of the push in one message; several messages when it is shorter"},
    {"order", "text", false, "in_order (default), reversed or first_last", order_words},
    {"duplicate", "number", false, "number of a part that is delivered twice"},
    {"omit", "number", false, "number of a part that is not delivered"},
    {"times", "number", false, "how often the whole is delivered, 1 when left out"},
    {"again", "flag", false, "what was delivered last once more, as it was"},
    {"digest", "text", false, "right (default), wrong or zero_nonce", digest_words},
    {"session_id", "text", false, "fresh (default) or same: that of the last notification", session_words},
    {"session_number", "number", false, "the session id itself, 0 to 65535"},
    {"server_id", "text", false, "ServerID, the PIXIT's when left out"},
    {"initiator", "text", false, "server when left out", initiator_words},
    {"vendor_specific", "text", false, "octets behind the ServerID, in hexadecimal"},
};
constexpr Parameter deliver_parameters[] = {
    {"bearer", "text", false, "3gpp (default) or 3gpp2", bearer_words},
    {"dcs", "number", false, "TP-DCS, 4 when left out"},
    {"protocol_identifier", "number", false, "TP-PID, 0 when left out"},
    {"data", "text", true, "octets of the message in hexadecimal"},
};
constexpr Parameter refuse_sms_parameters[] = {{"cause", "number", true, "RP-cause, 0 to 127"}};

constexpr Stimulus table[] = {
    {Dut::card, "terminal.start",
     "The terminal resets the card and powers on: SELECT MF, TERMINAL PROFILE, registry data", start_parameters},
    {Dut::card, "wake_up", "The card is woken up", wake_up_parameters},
    {Dut::card, "terminal.status", "The terminal sends STATUS", status_parameters},
    {Dut::card, "terminal.call", "The user dials, the terminal sends ENVELOPE (Call Control)", call_parameters},
    {Dut::card, "terminal.location", "The terminal sends ENVELOPE (Event Download - Location Status)",
     location_parameters},
    {Dut::card, "terminal.expire_timer", "A timer that the card started comes to its end", timer_parameters},
    {Dut::card, "terminal.foreign_timer", "The terminal reports a timer that the card did not start", timer_parameters},
    {Dut::card, "terminal.wait", "Time passes; timers expire and polling happens", wait_parameters},
    {Dut::card, "terminal.registry", "The terminal sends ENVELOPE (Terminal Applications)", registry_parameters},
    {Dut::card, "terminal.envelope", "The terminal sends an ENVELOPE", envelope_parameters},
    {Dut::card, "terminal.sms_download", "A short message for the card arrives, the terminal sends ENVELOPE (SMS-PP)",
     download_parameters},
    {Dut::card, "card.apdu", "The terminal sends a command APDU", apdu_parameters},
    {Dut::card, "terminal.before_fetch",
     "The terminal keeps commands back until a proactive command is announced, and sends them before its FETCH",
     before_fetch_parameters},
    {Dut::card, "terminal.default_answers", "The terminal answers by its defaults again", {}},
    {Dut::card, "terminal.drop_link", "The link of a channel drops", drop_parameters},
    {Dut::card, "web.connect", "A local client connects to the card's web server", connect_parameters},
    {Dut::card, "web.request", "The local client sends a request and waits for the response", request_parameters},
    {Dut::card, "web.split", "The local client sends a request in two pieces, once for every boundary",
     request_parameters},
    {Dut::card, "web.send", "The local client sends octets", send_parameters},
    {Dut::card, "web.close", "The local client closes its connection", close_parameters},
    {Dut::card, "dm.session", "The DM Client holds a session with the DM_SC Server", dm_session_parameters},
    {Dut::device, "uicc.setup", "The card in the device is set up, before the device is switched on", setup_parameters},
    {Dut::device, "device.power_on", "The device is switched on", {}, "device.powerOn"},
    {Dut::device, "device.power_off", "The device is switched off", {}, "device.powerOff"},
    {Dut::device, "device.wait", "Time passes", wait_parameters},
    {Dut::device, "device.dial", "The user dials", dial_parameters, "device.dial"},
    {Dut::device, "device.hang_up", "The user hangs up", {}, "device.hangup"},
    {Dut::device, "network.place", "The device comes to a cell", place_parameters, "network.setCell"},
    {Dut::device, "network.out_of_service", "The device loses the network", {}, "network.outOfService"},
    {Dut::device, "network.await_call", "The network is watched for a call", await_parameters, "network.awaitCall"},
    {Dut::device, "network.probe", "A host of the device's network tries to connect to a port of the device",
     probe_parameters, "network.probe"},
    {Dut::device, "device.account", "The device's DM account for the DM_SC Server is set", account_parameters,
     "dm.account.set"},
    {Dut::device, "device.read_account", "The address in the device's DM account is read back", server_id_parameters,
     "dm.account.get"},
    {Dut::device, "device.forget_account", "The device loses its DM account", server_id_parameters,
     "dm.account.remove"},
    {Dut::device, "device.consent", "The user answers what the DM Client asks", consent_parameters, "ui.act"},
    {Dut::device, "device.start_session", "The user starts a DM session", {}, "dm.session.start"},
    {Dut::device, "device.move_client", "The DM Client moves to another port", {}, "dm.client.move"},
    {Dut::device, "device.fetch", "A local program of the device asks the card's web server for a page",
     fetch_parameters, "net.fetch"},
    {Dut::device, "device.hold", "A local program of the device connects to the card's web server and stays silent",
     fetch_parameters, "net.hold"},
    {Dut::device, "device.release", "The silent programs leave", {}, "net.release"},
    {Dut::device, "uicc.proactive", "The card sends a proactive command", proactive_parameters},
    {Dut::device, "uicc.trigger", "The DM_SC Server sends a notification off-line", trigger_parameters},
    {Dut::device,
     "uicc.notify",
     "The DM_SC Server sends a notification by the method that the ICS claims: off-line, else as a push that the "
     "network delivers",
     {}},
    {Dut::device, "uicc.short_message",
     "The card sends SEND SHORT MESSAGE: a DM Notification for the device, or what is given", short_message_parameters},
    {Dut::device, "network.await_sms", "The network is watched for a short message of the device", await_sms_parameters,
     "network.sms.awaitMo"},
    {Dut::device,
     "network.forward_sms",
     "The service centre delivers what the network saw last to the device",
     {},
     "network.sms.deliver"},
    {Dut::device, "network.deliver_push", "The network delivers a DM Notification as a WAP push", push_parameters,
     "network.sms.deliver"},
    {Dut::device, "network.deliver_sms", "The network delivers a short message", deliver_parameters,
     "network.sms.deliver"},
    {Dut::device, "network.refuse_sms", "The network refuses the next short message of the device",
     refuse_sms_parameters, "network.sms.refuse"},
    {Dut::device, "uicc.server", "The DM_SC Server is told how to hold its next session", server_parameters},
    {Dut::device, "uicc.await_listening", "The card waits until its web server has a channel that listens",
     listening_parameters},
    {Dut::device, "uicc.drop_client", "The card closes the connection of a local program", {}},
};

}  // namespace

std::span<const Stimulus> stimuli() {
  return table;
}

const Stimulus* find_stimulus(std::string_view name) {
  const auto found =
      std::find_if(std::begin(table), std::end(table), [&](const Stimulus& row) { return row.name == name; });
  return found == std::end(table) ? nullptr : &*found;
}

std::span<const std::string_view> wake_ups() {
  return wake_up_names;
}

}  // namespace dmsc::model
