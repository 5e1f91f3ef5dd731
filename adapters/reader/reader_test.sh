#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A device that knows nothing of us reaches our card through a real PC/SC reader: we are a card in pcscd's virtual
# reader, the reference device is a PC/SC program, and scripts operate it. usage: reader_test.sh DMSC SOURCE [all]
set -euo pipefail
dmsc=$1
source_folder=$2
extent=${3:-}
# shellcheck source=adapters/pcsc/testing/private_pcscd.sh
source "$source_folder/adapters/pcsc/testing/private_pcscd.sh"

ics=$source_folder/testcases/ics
count_of() { jq -s "[.[] | select(.type == \"case\" and .verdict == \"$1\" and (.id | test(\"-ics-\") | not))] | length" "$folder/out/run.jsonl"; }

# device_start ARGS...: the PC/SC program, and a folder with one script a verb that operates it
device_start() {
  mkfifo "$folder/to_device" "$folder/from_device"
  exec {to_device}<>"$folder/to_device" {from_device}<>"$folder/from_device"
  "$dmsc" ref device --card "pcsc:$reader" "$@" <"$folder/to_device" >"$folder/from_device" 2>"$folder/device.err" &
  device_pid=$!
  pids+=("$device_pid")
  local verb
  mkdir -p "$folder/verbs"
  cat >"$folder/verb" <<SCRIPT
#!/usr/bin/env bash
# A verb by its name: one request to the device, one answer. A refusal of the device is exit status 1.
set -euo pipefail
jq -cn --arg verb "\$(basename "\$0")" --argjson params "\$(cat)" '{jsonrpc: "2.0", id: 1, method: \$verb, params: \$params}' >"$folder/to_device"
IFS= read -r answer <"$folder/from_device"
jq -ce '.result // empty' <<<"\$answer" && exit 0
jq -r '.error.message' <<<"\$answer" >&2
[[ \$(jq '.error.code' <<<"\$answer") == 2 ]] && exit 1
exit 6
SCRIPT
  chmod +x "$folder/verb"
  for verb in device.powerOn device.powerOff device.dial device.hangup network.setCell network.outOfService \
    network.awaitCall network.probe dm.account.set dm.client.move dm.session.start net.fetch net.hold net.release \
    network.sms.deliver network.sms.awaitMo network.sms.refuse; do
    ln -s ../verb "$folder/verbs/$verb"
  done
}

# runs CODE ARGS...
runs() {
  local code=$1 got=0
  shift
  rm -rf "$folder/out"
  timeout 550 "$dmsc" run "$@" --device "uicc:vpcd:127.0.0.1:$port" --pixit "$ics/handset.pixit.json" --force --out "$folder/out" \
    >"$folder/stdout" 2>"$folder/err" || got=$?
  ((got == code)) || {
    tail -n 40 "$folder/stdout" "$folder/err" "$folder/device.err"
    fail "run $*: exit $got, expected $code"
  }
}

pcscd_start

# nobody operates the device, and nobody answers: inconclusive, and never a hang
runs 2 DM_SC-1.0-con-151 --ics "$ics/iso-only.ics.json" --control manual </dev/null
[[ $(count_of inconclusive) == 1 ]] || fail "without an operator: $(tail -n 1 "$folder/err")"
ok "no operator"
printf '%s\n' '{"verb": "device.powerOff", "params": {}, "answer": "y"}' '{"verb": "device.dial", "params": {}, "answer": "y"}' >"$folder/answers"
runs 2 DM_SC-1.0-con-151 --ics "$ics/iso-only.ics.json" --control "manual:$folder/answers" </dev/null
ok "recorded answers that do not fit"
got=0
timeout 20 "$dmsc" run DM_SC-1.0-con-151 --device "uicc:vpcd:127.0.0.1:$port" --control carrier-pigeon 2>"$folder/err" || got=$?
((got == 64)) || fail "an unknown control: exit $got"
ok "unknown control"

device_start --clock real
sections=(DM_SC-1.0-con-151 DM_SC-1.0-con-153 'DM_SC-1.0-con-155*' DM_SC-1.0-con-161 DM_SC-1.0-con-167 DM_SC-1.0-con-169 DM_SC-1.0-con-251
  'DM_SC-1.0-con-261*' DM_SC-1.0-con-268 DM_SC-1.0-con-353 DM_SC-1.0-con-359 DM_SC-1.0-con-361.no_class
  DM_SC-1.0-con-376.general DM_SC-1.0-con-451 DM_SC-1.0-con-560)
[[ $extent == all ]] && sections=()
# the handset behind the reader has no USB, but it has short messages
jq '.items += {D_SMS_3GPP: true, D_SMS_DOWNLOAD: true}' "$ics/iso-only.ics.json" >"$folder/reader.ics.json"
runs 0 "${sections[@]}" --ics "$folder/reader.ics.json" --control "exec:$folder/verbs"
(($(count_of fail) == 0 && $(count_of pass) >= 15)) || fail "$(count_of pass) passes"
ok "through pcscd: $(count_of pass) passes, $(tail -n 1 "$folder/err")"
kill "$device_pid"
wait "$device_pid" || true

rm "$folder/to_device" "$folder/from_device" "$folder/verbs"/*
exec {to_device}>&- {from_device}>&-
device_start --clock real --defect no-registry
runs 1 DM_SC-1.0-con-251 --ics "$ics/iso-only.ics.json" --control "exec:$folder/verbs"
ok "a broken device: $(tail -n 1 "$folder/err")"

echo "$checks checks"
