// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/decode.hpp"
#include "runner/codec/card/apdu_tree.hpp"

#include <algorithm>

#include "runner/codec/card/authentication.hpp"
#include "runner/codec/card/tpdu.hpp"
#include "runner/codec/cat/message.hpp"
#include "runner/codec/cat/profile.hpp"
#include "runner/codec/dm/package0.hpp"
#include "runner/codec/dm/syncml_tree.hpp"
#include "runner/codec/sms/cdma_sms.hpp"
#include "runner/codec/sms/modem_tpdu.hpp"
#include "runner/codec/sms/sms.hpp"
#include "runner/codec/wap/wdp.hpp"
#include "runner/codec/wap/wsp.hpp"

namespace dmsc::codec {
namespace {

constexpr std::pair<std::string_view, InputKind> kinds[] = {
    {"proactive", InputKind::proactive},
    {"envelope", InputKind::envelope},
    {"terminal-response", InputKind::terminal_response},
    {"profile", InputKind::profile},
    {"apdu", InputKind::apdu},
    {"response", InputKind::response},
    {"package0", InputKind::package0},
    {"sms-submit", InputKind::sms_submit},
    {"sms-deliver", InputKind::sms_deliver},
    {"sms-command", InputKind::sms_command},
    {"sms-submit-report", InputKind::sms_submit_report},
    {"sms-deliver-report", InputKind::sms_deliver_report},
    {"sms-status-report", InputKind::sms_status_report},
    {"cdma-sms", InputKind::cdma_sms},
    {"authentication-answer", InputKind::authentication_answer},
    {"wdp", InputKind::wdp},
    {"wsp", InputKind::wsp},
    {"tlv", InputKind::tlv},
    {"syncml", InputKind::syncml},
    {"wbxml", InputKind::wbxml},
};

}  // namespace

std::optional<InputKind> input_kind(std::string_view name) {
  const auto* found = std::ranges::find(kinds, name, &std::pair<std::string_view, InputKind>::first);
  return found == std::end(kinds) ? std::nullopt : std::optional(found->second);
}

std::vector<std::string> input_kind_names() {
  std::vector<std::string> names;
  for (const auto& row : kinds) names.emplace_back(row.first);
  return names;
}

Decoded decode(InputKind kind, ByteView octets) {
  switch (kind) {
    case InputKind::proactive:
      return decode_proactive(octets);
    case InputKind::envelope:
      return decode_envelope(octets);
    case InputKind::terminal_response:
      return decode_terminal_response(octets);
    case InputKind::profile:
      return decode_profile(octets);
    case InputKind::apdu:
      return is_exchange(octets) ? decode_exchange(read_exchange(octets)) : decode_apdu(octets);
    case InputKind::response:
      return decode_response(octets);
    case InputKind::package0:
      return decode_package0(octets);
    case InputKind::sms_submit:
      return decode_modem_tpdu(octets, *find_tpdu("submit"));
    case InputKind::sms_deliver:
      return decode_modem_tpdu(octets, *find_tpdu("deliver"));
    case InputKind::sms_command:
      return decode_modem_tpdu(octets, *find_tpdu("command"));
    case InputKind::sms_submit_report:
      return decode_modem_tpdu(octets, *find_tpdu("submit_report"));
    case InputKind::sms_deliver_report:
      return decode_modem_tpdu(octets, *find_tpdu("deliver_report"));
    case InputKind::sms_status_report:
      return decode_modem_tpdu(octets, *find_tpdu("status_report"));
    case InputKind::cdma_sms:
      return decode_cdma_sms(octets);
    case InputKind::authentication_answer:
      return decode_authentication_answer(octets);
    case InputKind::wdp:
      return decode_wdp(octets);
    case InputKind::wsp:
      return decode_wsp(octets);
    case InputKind::syncml:
      return decode_syncml(octets, SyncmlCoding::xml);
    case InputKind::wbxml:
      return decode_syncml(octets, SyncmlCoding::wbxml);
    case InputKind::tlv:
      break;
  }
  return decode_tlvs(octets);
}

}  // namespace dmsc::codec
