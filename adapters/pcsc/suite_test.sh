#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The whole suite through libpcsclite, a real pcscd and vsmartcard's virtual reader, with the reference card in its own
# process: clean, with defects at the cases that name them, dying, mute, oversized, talking garbage, absent.
# usage: suite_test.sh DMSC SOURCE [all]: with all, every defect; else every fifth (in process all of them are tried)
set -euo pipefail
dmsc=$1
source_folder=$2
# shellcheck source=adapters/pcsc/testing/private_pcscd.sh
source "$source_folder/adapters/pcsc/testing/private_pcscd.sh"

out=$folder/out
planned=$("$dmsc" list --json | jq '[.[] | select(.dut == "card")] | length')
reviewed=6 # rows of the static review, in the reports of every run
((planned >= 25)) || fail "only $planned cases are planned"

# expect CODE NAME ARGS...: runs the suite and checks exit code, last line and that every planned case is reported once
expect() {
  local code=$1 name=$2 got=0
  shift 2
  rm -rf "$out"
  timeout 60 "$dmsc" run --force --out "$out" "$@" >"$folder/stdout" 2>"$folder/stderr" || got=$?
  ((got == code)) || { tail -n 40 "$folder/stdout" "$folder/stderr"; fail "$name: exit $got, expected $code"; }
  [[ $(tail -n 1 "$folder/stderr") == "exit $code: "* ]] || fail "$name: the last line does not say the code"
  checks=$((checks + 1))
  echo "ok $name: $(tail -n 1 "$folder/stderr")"
}

reports_complete() {
  local cases
  [[ $(jq -s '[.[] | select(.type == "case")] | length' "$out/run.jsonl") == $((planned + reviewed)) ]] || fail "$1: run.jsonl is not complete"
  [[ $(jq -s '.[-1].type' "$out/run.jsonl") == '"footer"' ]] || fail "$1: run.jsonl has no footer"
  cases=$(xmllint --xpath 'count(//testcase)' "$out/junit.xml")
  [[ $cases == $((planned + reviewed)) ]] || fail "$1: junit.xml has $cases cases, not $((planned + reviewed))"
}

verdict_of() { jq -r "select(.type == \"case\" and .id == \"$1\") | .verdict" "$out/run.jsonl"; }
count_of() { jq -s "[.[] | select(.type == \"case\" and .verdict == \"$1\" and (.id | test(\"-ics-\") | not))] | length" "$out/run.jsonl"; }

pcscd_start

# no card, and a reader that is not there
expect 69 "no card" --card "pcsc:$reader" DM_SC-1.0-con-101
expect 69 "no such reader" --card pcsc:Nowhere
grep -q 'no reader has a name with "Nowhere"' "$folder/stderr" || fail "the message does not name the reader"
PCSCLITE_CSOCK_NAME='' expect 78 "an empty PCSCLITE_CSOCK_NAME" --card pcsc

# the clean card passes everything
card_start
expect 0 "clean card" --card pcsc
reports_complete "clean card"
# Nothing but pushes in parts (six cases: its ServerID is short), TLS of 2009 (one beside the next), 426 and the rest that is about TCP/IP (without
# --card-ip) is not applicable.
over_ip=$("$dmsc" list --json | jq '[.[] | select(.dut == "card" and (.id | test("[.]tcp(_ipv[46])?$")))] | length')
spared=$((8 + over_ip))
(($(count_of pass) == planned - spared && $(count_of not_applicable) == spared)) || fail "clean card: not all passed"
[[ $(jq -s '.[-1].proven' "$out/run.jsonl") == true ]] || fail "clean card: not proven"
expect 0 "reader by a part of its name" --card "pcsc:virtual 00 00" DM_SC-1.0-con-105
# the card must leave and pcscd must see it before the next one comes
card_swap() {
  card_stop
  until_true 10 card_absent || fail "pcscd still sees the old card"
  card_start "$@"
}
card_absent() { (timeout 10 "$dmsc" doctor --json 2>/dev/null || true) | jq -e --arg text "$reader: no card" 'any(.text == $text)' >/dev/null; }

# defects of the catalogue, each at the first case that names it and is for this card
step=5
[[ ${3:-} == all ]] && step=1
applicable=$("$dmsc" list --json | jq -c '[.[] | select(.applicable) | .case] | unique')
# a case about all traffic needs a whole run, and some cases are to come to an advisory
milder=$(jq -s '[.[].defects[] | .id as $id | (.causes // {}) | keys[] | "\($id) \(.)"]' "$source_folder"/adapters/defects/*.json)
case_of() {
  jq -r --arg id "card:$1" --argjson applicable "$applicable" --argjson milder "$milder" \
    'select((.refuted_by | index($id)) and (.traffic | not) and (.id as $case | $applicable | index($case))
      and ("\($id) \(.id)" as $pair | $milder | index($pair) | not)) | .id' \
    "$source_folder"/testcases/*/DM_SC-*.json | head -n 1
}
defects=$("$dmsc" list --defects --json | jq -r '.[].id | select(startswith("card:")) | ltrimstr("card:")')
count=0
number=0
for defect in $defects; do
  number=$((number + 1))
  ((number % step == 0)) || continue
  id=$(case_of "$defect")
  # Some defects show on other roads: TCP/IP, the personality of 2009, those that send nothing but short messages.
  [[ -n $id && $id != DM_SC-1.0-con-405 ]] || continue
  case $defect in no-tcp | no-tcp-ipv6 | plain-*-over-tcp) continue ;; esac
  card_swap --defect "$defect"
  expect 1 "defect $defect" --card pcsc "$id*"
  count=$((count + 1))
done
((count >= 20)) || fail "only $count defects"
# What never comes is waited for at least a second each time: these two runs wait less.
hasty=$folder/hasty.pixit.json
jq --arg ca "$source_folder/fixtures/certs/ca.pem" '.values.scws_ca = $ca | .values.late_wait = "50 ms"' \
  "$source_folder/testcases/ics/full.pixit.json" >"$hasty"
card_swap --defect wrong-port
expect 1 "the whole suite with a defect" --card pcsc --pixit "$hasty"
reports_complete "the whole suite with a defect"

# the card's process is killed in the middle
card_swap --fault die@160
expect 69 "card killed" --card pcsc
reports_complete "card killed"
[[ $(count_of error) == 1 ]] || fail "card killed: $(count_of error) errors, not one"
(($(count_of not_run) > 10)) || fail "card killed: the rest is not not_run"
(($(count_of pass) >= 1)) || fail "card killed: nothing passed before"

# After a failed power-cycle the reader says "no card" before pcscd's poll (400 ms) has seen the removal; a card put in
# before that poll is never seen.
sleep 1

# a mute card, ended by our own deadline
jq '.title = "short deadline" | .values.apdu_deadline = "700 ms"' "$source_folder/testcases/ics/full.pixit.json" >"$folder/pixit.json"
mute() {
  card_swap --fault "$1"
  expect 69 "$2" --card pcsc --pixit "$folder/pixit.json"
  reports_complete "$2"
  [[ $(count_of error) == 1 ]] || fail "$2: not one error"
  # pcscd is stuck with this card: it ends with it and a new one takes over
  card_stop
  kill "$pcscd_pid" && wait "$pcscd_pid" 2>/dev/null || true
  rm -rf "$folder/run" "$folder/conf"
  pcscd_start
}
mute mute@120 "mute card"
grep -q "did not answer within 700 ms (apdu_deadline of the PIXIT)" "$folder/stdout" || fail "mute card: the deadline is not named"
mute oversize@120 "answer of 65536 octets"

card_start --fault garbage@120
expect 1 "garbage" --card pcsc --pixit "$hasty"
reports_complete "garbage"
card_swap --fault short@120
expect 2 "answer of one octet" --card pcsc
reports_complete "answer of one octet"

echo "$checks runs through pcscd, $count defects"
