#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The program against devices behind the adapter protocol: the reference device as a process on both clocks and over
# TCP, the example, a new adapter, and adapters that lie. usage: device_test.sh DMSC SOURCE [all]
set -euo pipefail
dmsc=$1
source_folder=$2
extent=${3:-}
ics=$source_folder/testcases/ics

# shellcheck source=adapters/common/testing/script.sh
source "$source_folder/adapters/common/testing/script.sh"
# ends CODE SENTENCE ARGS...: what dmsc ends with; the sentence is part of its last line
ends() {
  local code=$1 sentence=$2 got=0
  shift 2
  timeout 500 "$dmsc" "$@" >"$folder/stdout" 2>"$folder/err" || got=$?
  ((got == code)) || fail "dmsc $*: exit $got, expected $code"
  ((code == 0)) && [[ -z $sentence ]] && return
  [[ $(tail -n 1 "$folder/err") == "exit $code: "*"$sentence"* ]] || fail "dmsc $*: the last line does not say: $sentence"
}
count_of() { jq -s "[.[] | select(.type == \"case\" and .verdict == \"$1\" and (.id | test(\"-ics-\") | not))] | length" "$folder/out/run.jsonl"; }
cd "$folder"

# adapters that lie are caught before any verdict, each by its canary
liar=$source_folder/adapters/process/testing/liar.py
declare -A canary=([always_agrees]="unknown verb" [constant_answers]=echo [slow]=prompt
  [echoes_expectation]="impossible expectation" [loses_frames]=burst [wrong_ids]=ids)
for kind in "${!canary[@]}"; do
  ends 76 "canary \"${canary[$kind]}\"" adapter test "exec:python3 '$liar' $kind 2.5"
done
ends 76 'canary "echo"' run DM_SC-1.0-con-151 --device "exec:python3 '$liar' constant_answers" --force --out "$folder/out"
[[ $(count_of pass) == 0 && $(count_of fail) == 0 ]] || fail "a lying adapter has a verdict"
ok "six lying adapters"
ends 69 "" adapter test "exec:$folder/no-such-program"
ends 64 "no adapter" adapter test ref
ends 64 "is no device" run --device carrier-pigeon
ends 0 "reference device" adapter test "exec:$dmsc ref device"
jq -e '.clock == "real" and (.verbs | index("device.dial"))' "$folder/stdout" >/dev/null || fail "what the adapter is"
ok "adapter test"

# a new adapter passes what it supports; the rest is not applicable, with the reason
ends 0 "" new adapter phone
ends 73 "is there already" new adapter phone
ends 64 "is no name" new adapter ../phone
ends 0 "" run --device "exec:python3 phone/adapter.py" --ics phone/phone.ics.json \
  --pixit "$ics/handset.pixit.json" --force --out "$folder/out"
(($(count_of pass) >= 10)) || fail "the example passes $(count_of pass) cases"
(($(count_of fail) + $(count_of error) + $(count_of inconclusive) == 0)) || fail "the example has other verdicts"
jq -se 'all(.[] | select(.type == "case" and (.verdict | IN("not_applicable", "not_run"))); .reason != "")' "$folder/out/run.jsonl" >/dev/null || fail "no reason"
jq -e . "$folder/out/artifacts/DM_SC-1.0-con-151/adapter.ndjson" >/dev/null || fail "no adapter.ndjson"
ends 76 "no such method" adapter test exec:cat
ok "example: $(tail -n 1 "$folder/err")"
# a verb that the adapter lacks leaves a case of a claimed feature not run, never not applicable
ends 2 "the adapter has no verb device.dial" run DM_SC-1.0-con-165 --device "exec:python3 phone/adapter.py" --force --out "$folder/out"
(($(count_of not_run) == 1 && $(count_of not_applicable) == 0)) || fail "a missing verb is not not_run"
ok "a missing verb: $(tail -n 1 "$folder/err")"

# the whole suite against the reference device as a process
ends 0 "" run --device "exec:$dmsc ref device --clock virtual" --force --out "$folder/out"
virtual=$(count_of pass)
((virtual >= 110)) || fail "$virtual passes on virtual time"
ok "virtual clock: $virtual passes"
real=()
for case in 151 152 153 154 155.1 159 161 165 167 169 182 251 256 261 268 451 452 455 460 560; do real+=("DM_SC-1.0-con-$case*"); done
ends 0 "" run "${real[@]}" --device "exec:$dmsc ref device" --force --out "$folder/out"
(($(count_of fail) == 0 && $(count_of pass) >= 20)) || fail "real clock: $(count_of pass) passes"
ok "real clock: $(count_of pass) passes on real sockets"
"$dmsc" ref device --clock virtual --listen 127.0.0.1:0 2>"$folder/device.err" &
pids+=("$!")
for _ in {1..100}; do
  place=$(sed -n 's/^reference device: waits at //p' "$folder/device.err")
  [[ -n $place ]] && break
  sleep 0.05
done
ends 0 "" run 'DM_SC-1.0-con-2*' --device "tcp:$place" --force --out "$folder/out"
ok "over TCP: $(count_of pass) passes"

# a device that is broken on purpose fails at its case; every fifth, or all
mapfile -t defects < <("$dmsc" list --defects --json | jq -r '.[].id | select(startswith("device:")) | sub("device:"; "")')
((${#defects[@]} >= 50)) || fail "only ${#defects[@]} defects"
# a case about all traffic needs a whole run, and some cases are to come to an advisory
milder=$(jq -s '[.[].defects[] | .id as $id | (.causes // {}) | keys[] | "\($id) \(.)"]' "$source_folder"/adapters/defects/*.json)
case_of() {
  jq -r --arg id "device:$1" --argjson milder "$milder" \
    'select((.refuted_by | index($id)) and (.traffic | not) and ("\($id) \(.id)" as $pair | $milder | index($pair) | not)) | .id' \
    "$source_folder"/testcases/*/DM_SC-*.json | head -n 1
}
step=10
[[ $extent == all ]] && step=1
tried=0
for ((at = 0; at < ${#defects[@]}; at += step)); do
  defect=${defects[at]}
  id=$(case_of "$defect")
  [[ -n $id ]] || continue
  personality=handset
  ends 1 "failed" run "$id*" --force --out "$folder/out" \
    --device "exec:$dmsc ref device --clock virtual --personality $personality --defect $defect"
  tried=$((tried + 1))
done
((tried >= 10)) || fail "only $tried broken devices"
ok "$tried broken devices"

# an adapter that dies in a case costs that case, and the next one is judged
ends 2 "the adapter ended" run DM_SC-1.0-con-151 DM_SC-1.0-con-152 --device "exec:python3 '$liar' dies '$folder/died'" --force --out "$folder/out"
[[ $(count_of error) == 1 ]] || fail "a dead adapter: $(count_of error) errors"
ok "an adapter that dies"

echo "$checks checks"
