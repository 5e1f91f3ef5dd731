#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tshark, which knows nothing of us, reads short messages of both worlds and must agree with our decoder field by field:
# those of a run, and those that other projects made. Where it does not, the disagreement stands here by name.
# usage: tshark_sms_test.sh DMSC SOURCE
set -euo pipefail
dmsc=$1
vectors=$2/fixtures/vectors/sms.json
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
fail() {
  echo "FAILED: $*"
  exit 1
}

for card in ref ref:on-line ref:on-line-cdma; do
  "$dmsc" run -q --card "$card" --traces all --out "$folder/$card" '*-con-3*' '*-con-138' '*-con-139' >/dev/null 2>&1 || fail "the clean run of $card is not clean"
done
"$dmsc" run -q --device ref --traces all --out "$folder/device" '*-con-3*' >/dev/null 2>&1 || fail "the clean run of the device is not clean"

# Kind and octets of every message, each once: from the traces, and those that the network delivered.
{
  "$dmsc" decode --json "$folder"/*/artifacts/*/trace.pcap 2>/dev/null | jq -r '
    .fields[] | select(.key == "send_short_message" or .key == "sms_pp_download").value | select(type == "object")
    | if .cdma_sms_tpdu then ["cdma-sms", .cdma_sms_tpdu]
      elif .sms_tpdu == null then empty
      elif .device_identities.source == "uicc" then ["sms-submit", .sms_tpdu] else ["sms-deliver", .sms_tpdu] end
    | @tsv'
  jq -r '
    if .key == "sms.deliver" then [(if .fields.bearer == "3gpp" then "sms-deliver" else "cdma-sms" end), .fields.hex]
    else empty end | @tsv' "$folder"/*/run.jsonl
  jq -r '.[] | select(.kind == "sms-submit" or .kind == "sms-deliver" or .kind == "cdma-sms") | [.kind, .hex] | @tsv' "$vectors"
} | awk '!seen[$0]++' >"$folder/all"
# An address of one digit whose fill is 0, not F: tshark shows the fill as a digit, we the digits that its length counts.
odd=$'sms-deliver\t4401800500'
grep -q "^$odd" "$folder/all" || fail "the address with an odd fill is gone from the vectors"
grep -v "^$odd" "$folder/all" >"$folder/messages"

decode() { awk -v kind="$1" '$1 == kind { print $2 }' "$folder/messages" | "$dmsc" decode --json --as "$1" -; }
# A capture without any layer below; text2pcap's direction tells tshark which way a TPDU goes.
capture() { # KIND I|O
  awk -v kind="$1" -v way="$2" '$1 == kind {
    print way; printf "000000"; for (at = 1; at < length($2); at += 2) printf " %s", substr($2, at, 2); print "" }' \
    "$folder/messages" >"$folder/text"
  text2pcap -q -D -l 147 "$folder/text" "$folder/$1.pcap" >/dev/null 2>&1
}
read_capture() { # KIND DISSECTOR FIELD ...
  local kind=$1 dissector=$2
  shift 2
  tshark -o "uat:user_dlts:\"User 0 (DLT=147)\",\"$dissector\",\"0\",\"\",\"0\",\"\"" -r "$folder/$kind.pcap" -T fields \
    $(printf -- '-e %s ' "$@") 2>/dev/null
}
compare() { # NAME LEAST
  diff "$folder/ours" "$folder/theirs" >"$folder/diff" || { head -n 20 "$folder/diff"; fail "$1: we (<) and tshark (>) disagree"; }
  (($(wc -l <"$folder/ours") >= $2)) || fail "$1: only $(wc -l <"$folder/ours") messages"
  echo "tshark agrees on $(wc -l <"$folder/ours") $1, $(tr '\t' '\n' <"$folder/ours" | grep -c .) fields"
}
functions='
  def n($k): first(.fields[] | select(.key == $k)) // null;
  def number: ascii_downcase | explode | reduce .[] as $c (0; . * 16 + (if $c > 96 then $c - 87 else $c - 48 end));
  def code($names): . as $v | ($names | index($v)) // $v;
  def by_key: map({key, value: .}) | from_entries;
  def time: if . then "\(.year)-\(.month)-\(.day) \(.hour):\(.minute):\(.second)" else "" end;
  def plain: if type == "object" then .text else . end;'
unescaped() { sed 's/\\\\/\\/g'; }

# 3GPP: what the layers of a TPDU say. tshark puts parts together, so above them only whole messages are compared.
tpdus() { # KIND DIRECTION ADDRESS-KEY
  decode "$1" | jq -r --arg who "$3" "$functions"'
    n($who).value as $address | ((n("header") // {fields: []}).fields // []) as $elements |
    ([$elements[] | select(.key | startswith("ports_")) | .value] | last) as $ports |
    ([$elements[] | select(.key | startswith("concatenation_")) | .value] | last) as $parts |
    ((n("data") // {fields: []}).fields // [] | by_key) as $push | (n("timestamp") // {}).value as $time |
    (if $parts then {} else $push end) as $push |
    [ (if .key == "submit" then 1 else 0 end), $address.number,
      ($address.type_of_number | code(["unknown", "international", "national", "network_specific", "subscriber", "alphanumeric", "abbreviated", "reserved"])),
      (n("protocol_identifier").hex | number), (n("dcs").hex | number), (if n("user_data_header").value then 1 else 0 end),
      n("user_data_length").value, ([$elements[] | "0x" + (.hex[0:2] | ascii_downcase)] | join(",")),
      $ports.destination_port, $ports.source_port,
      (if $parts then "\($parts.reference)/\($parts.total)/\($parts.sequence)" else "" end),
      (if $time | type == "object" and has("year") then $time | time else "" end),
      (if $parts then "" else (n("text") // {}).value | plain end),
      (if $push.transaction_id then "0x" + ($push.transaction_id.hex | ascii_downcase) else "" end),
      (if $push.pdu_type then "0x" + ($push.pdu_type.hex | ascii_downcase) else "" end),
      $push.headers_length.value, $push.content_type.value.type,
      (if $push.headers then first($push.headers.value[] | select(.header == "x-wap-application-id") | .value) // "" else "" end)
    ] | @tsv' | unescaped >"$folder/ours"
  capture "$1" "$2"
  read_capture "$1" gsm_sms gsm_sms.tp-mti gsm_sms.tp-da gsm_sms.tp-oa gsm_sms.dis_field_addr.num_type gsm_sms.tp-pid \
    gsm_sms.tp-dcs gsm_sms.tp-udhi gsm_sms.tp.user_data_length gsm_sms.ie_identifier gsm_sms.destination_port \
    gsm_sms.originator_port gsm_sms.udh.mm.msg_id gsm_sms.udh.mm.msg_parts gsm_sms.udh.mm.msg_part gsm_sms.scts.year \
    gsm_sms.scts.month gsm_sms.scts.day gsm_sms.scts.hour gsm_sms.scts.minutes gsm_sms.scts.seconds gsm_sms.sms_text \
    wsp.TID wsp.pdu_type wsp.headers_length wsp.header.content_type wsp.header.x_wap_application_id >"$folder/fields"
  awk -F'\t' -v OFS='\t' '{
    parts = $13 != "" ? $12 "/" $13 "/" $14 : ""
    # An absolute validity period has the same fields as the time stamp of a delivery.
    time = $1 == 0 && $15 != "" ? $15 "-" $16 "-" $17 " " $18 ":" $19 ":" $20 : ""
    if (parts != "") $21 = $22 = $23 = $24 = $25 = $26 = ""
    # tshark has no name for this content type.
    if (sub(/^<Unknown media type identifier 0x4E>$/, "application/vnd.syncml.ds.notification", $25)) unknown++
    print $1, $2 $3, $4, $5, $6, $7, $8, $9, $10, $11, parts, time, $21, $22, $23, $24, $25, $26 }
    END { print unknown + 0 >"'"$folder/unknown"'" }' "$folder/fields" >"$folder/theirs"
}
tpdus sms-submit I destination
compare "SMS-SUBMIT" 150
tpdus sms-deliver O originator
compare "SMS-DELIVER" 90
(($(cat "$folder/unknown") > 0)) || fail "tshark names content type 4E now: compare it"
echo "tshark has no name for content type 4E (a DS Notification), we have"

# 3GPP2. tshark shows the first 36 octets of user data that is no text. It reads the times as binary numbers: 72 seconds
# where BCD says 48 (C.S0015, 4.5.4), so its numbers are printed in hexadecimal, which gives the digits.
decode cdma-sms | jq -r "$functions"'
  (n("bearer_data").value) as $bearer |
  [ (n("teleservice").hex[4:8] | number), (n("destination_address") // n("originating_address")).value.number,
    ($bearer.message_identifier.message_type | code(["", "deliver", "submit"])), $bearer.message_identifier.message_id,
    (if $bearer.message_identifier.header_indicator then 1 else 0 end),
    ($bearer.user_data.encoding | code(["octet", "", "ascii_7", "", "unicode", "", "", "", "latin"])), $bearer.user_data.fields,
    ($bearer.user_data.text // ($bearer.user_data.data[0:72] | ascii_downcase)), ($bearer.time_stamp | time)
  ] | @tsv' | unescaped >"$folder/ours"
capture cdma-sms I
read_capture cdma-sms ansi_637_trans ansi_637_trans.tele_id ansi_637_trans.addr_param.number ansi_637_tele.msg_type \
  ansi_637_tele.msg_id ansi_637_tele.msg_header_ind ansi_637_tele.user_data.encoding ansi_637_tele.user_data.num_fields \
  ansi_637_tele.user_data.text ansi_637_tele.message_center_ts.year ansi_637_tele.message_center_ts.month \
  ansi_637_tele.message_center_ts.day ansi_637_tele.message_center_ts.hours ansi_637_tele.message_center_ts.minutes \
  ansi_637_tele.message_center_ts.seconds >"$folder/fields"
awk -F'\t' '$14 > 59 { found = 1 } END { exit !found }' "$folder/fields" || fail "tshark reads times of 3GPP2 as BCD now: compare them"
awk -F'\t' -v OFS='\t' '{
  sub(/…$/, "", $8)
  time = $9 == "" ? "" : sprintf("%d-%d-%d %d:%d:%d", sprintf("%x", $9), sprintf("%x", $10), sprintf("%x", $11),
                                 sprintf("%x", $12), sprintf("%x", $13), sprintf("%x", $14))
  print $1, $2, $3, $4, $5, $6, $7, $8, time }' "$folder/fields" >"$folder/theirs"
compare "CDMA messages" 40
echo "tshark reads the times of CDMA messages as binary numbers, we as BCD"
# It stops at the user data of teleservice 4100; Package#0 it does not know in either world.
tshark -o 'uat:user_dlts:"User 0 (DLT=147)","ansi_637_trans","0","","0",""' -r "$folder/cdma-sms.pcap" -V 2>/dev/null | grep -q "Wireless Session Protocol" &&
  fail "tshark looks into WDP of 3GPP2 now: compare it"
echo "we decode more: the adaptation header of WDP in CDMA messages, and what it carries"

# The same TPDUs where they were exchanged: FETCH with SEND SHORT MESSAGE and ENVELOPE (SMS-PP download) in the traces.
fetched=0
for trace in "$folder"/ref/artifacts/*-con-3*/trace.pcap "$folder"/ref/artifacts/*-con-138/trace.pcap; do
  tshark -r "$trace" -Y 'gsm_sms' -T fields -e gsm_sim.apdu.ins -e gsm_sms.tp-mti -e gsm_sms.destination_port \
    -e wsp.header.content_type -e media.type 2>/dev/null
done >"$folder/inside"
fetched=$(awk -F'\t' '$1 == "0x12" && $2 == 1 && $3 == 2948 && $4 == "application/vnd.syncml.notification"' "$folder/inside" | wc -l)
downloads=$(awk -F'\t' '$1 == "0xc2" && $2 == 0 && $3 == 2948' "$folder/inside" | wc -l)
ours=$("$dmsc" decode --json "$folder"/ref/artifacts/*-con-3*/trace.pcap "$folder"/ref/artifacts/*-con-138/trace.pcap 2>/dev/null |
  jq -c 'select(.key == "fetch") | select([.. | .key? // empty] | (index("sms_tpdu") and index("session_id")))' | wc -l)
((fetched >= ours && ours > 40 && downloads >= 2)) || fail "in the traces tshark sees $fetched pushes and $downloads downloads, we $ours notifications"
echo "tshark sees $fetched pushes in FETCH and $downloads in ENVELOPE"
