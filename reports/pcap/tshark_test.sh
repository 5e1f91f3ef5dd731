#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tshark, which knows nothing of us, reads the traces of a run and must agree with our decoder on instruction, status
# word, command type and transport of every APDU. Then it lists where we decode more.
# usage: tshark_test.sh DMSC
set -euo pipefail
dmsc=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
fail() {
  echo "FAILED: $*"
  exit 1
}

"$dmsc" run -q --card ref --device ref --traces all --out "$folder/out" >/dev/null 2>&1 || fail "the clean run is not clean"

# Ours: INS, status word, type of proactive command, transport protocol of each frame, as dmsc decodes the traces. tshark
# stops behind the data of AUTHENTICATE (88) and shows no status word.
ours() {
  "$dmsc" decode --json "$1" 2>/dev/null | jq -r '
    select(.kind == "apdu") | (.fields | map({key, value: (.value // "")}) | from_entries) as $f
    | (first(.fields[] | .value | select(type == "object" and has("command_details"))) // {}) as $inner
    | [$f.ins, (if $f.ins == "88" then "" else $f.sw end), $inner.command_details.type // "",
       $inner.transport_level.protocol // ""] | @tsv'
}

# Theirs, in our words for the codes that are compared. Octet 54 of a frame is GSMTAP's sub-type: 1 are the ATRs.
theirs() {
  tshark -r "$1" -Y 'gsm_sim && frame[54] == 00' -T fields -e gsm_sim.apdu.ins \
    -e gsm_sim.apdu.sw -e etsi_cat.comp_tlv.cmd_type -e etsi_cat.comp_tlv.transport.ptype 2>/dev/null |
    awk -F'\t' -v OFS='\t' '
      BEGIN {
        type["0x03"] = "poll_interval"; type["0x04"] = "polling_off"; type["0x05"] = "set_up_event_list"
        type["0x27"] = "timer_management"; type["0x40"] = "open_channel"; type["0x41"] = "close_channel"
        type["0x42"] = "receive_data"; type["0x43"] = "send_data"; type["0x44"] = "get_channel_status"
        type["0x26"] = "provide_local_information"; type["0x01"] = "refresh"; type["0x02"] = "more_time"
        type["0x33"] = "get_reader_status"; type["0x13"] = "send_short_message"; type["0x25"] = "set_up_menu"
        protocol["0x03"] = "tcp_server"; protocol["0x04"] = "udp_local"; protocol["0x05"] = "tcp_local"
      }
      { sub(/^0x/, "", $1); sub(/^0x/, "", $2)
        print toupper($1), toupper($2), ($3 in type ? type[$3] : $3), ($4 in protocol ? protocol[$4] : $4) }'
}

# All traces one behind the other. Cases 601 send malformed envelopes on purpose, which tshark gives up on.
traces=()
for trace in "$folder"/out/artifacts/*/trace.pcap; do
  id=$(basename "$(dirname "$trace")")
  [[ $id != DM_SC-1.0-con-601.* ]] || continue
  traces+=("$trace")
done
mergecap -a -F pcap -w "$folder/all.pcap" "${traces[@]}"
ours "$folder/all.pcap" >"$folder/ours"
theirs "$folder/all.pcap" >"$folder/theirs"
diff "$folder/ours" "$folder/theirs" >"$folder/diff" || { head -n 20 "$folder/diff"; fail "we (<) and tshark (>) disagree"; }
frames=$(wc -l <"$folder/ours")
typed=$(awk -F'\t' '$3 != ""' "$folder/ours" | wc -l)
transports=$(awk -F'\t' '$4 != ""' "$folder/ours" | wc -l)
((frames > 10000 && typed > 2000 && transports > 200)) || fail "too little compared: $frames frames, $typed types, $transports transports"
echo "tshark agrees on $frames frames, $typed command types, $transports transports"

# Where we decode more: messages whose fields tshark leaves raw or only names.
trace=$folder/out/artifacts/DM_SC-1.0-con-115/trace.pcap
more=0
show_more() { # NAME, what tshark must not say, our JSON that must say it
  if tshark -r "$trace" -V 2>/dev/null | grep -q -- "$2"; then fail "tshark decodes $1 now: compare it"; fi
  "$dmsc" decode --json "$trace" 2>/dev/null | jq -e -s "$3" >/dev/null || fail "we do not decode $1"
  echo "we decode more: $1"
  more=$((more + 1))
}
inner='def inner($key): .[].fields[] | select(.key == $key).value | select(type == "object");'
show_more "registry application data in ENVELOPE (Terminal Applications)" "DM Client" \
  "$inner"' any(inner("terminal_applications"); .registry_application_data[0].name == "DM Client")'
show_more "the dialled number in ENVELOPE (Call Control)" "15550100" \
  "$inner"' any(inner("call_control"); .address.digits == "15550100")'
((more == 2))
