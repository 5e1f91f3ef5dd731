#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What is not there, or is something else, is named and fails no case: a card that is no UICC, a device that is not wired
# up or cannot be switched on, a port of the reference device that another program has. usage: absent_test.sh DMSC SOURCE
set -euo pipefail
dmsc=$1
source_folder=$2
# shellcheck source=adapters/common/testing/script.sh
source "$source_folder/adapters/common/testing/script.sh"
cd "$folder"

# ends CODE SENTENCE ARGS...: how a run ends; the sentence is part of its last line, and no case fails
ends() {
  local code=$1 sentence=$2 got=0
  shift 2
  rm -rf out
  timeout 120 "$dmsc" run "$@" --force --out out >stdout 2>err || got=$?
  ((got == code)) || fail "dmsc run $*: exit $got, expected $code: $(tail -n 2 err)"
  [[ $(tail -n 1 err) == "exit $code: "*"$sentence"* ]] || fail "the last line does not say: $sentence"
  [[ ! -e out/run.jsonl || $(count fail) == 0 ]] || fail "dmsc run $*: $(count fail) cases fail"
  ok "$(tail -n 1 err)"
}
count() { jq -s "[.[] | select(.type == \"case\" and .verdict == \"$1\")] | length" out/run.jsonl; }

# a card that is no UICC
port=$(kernel_port)
python3 "$source_folder/runner/cli/testing/hostile_card.py" "$port" refuse &
pids+=("$!")
ends 69 "the card answers 6E00 to SELECT, READ BINARY and STATUS alike: it is no UICC" --card "vpcd:127.0.0.1:$port"
(($(count not_run) > 200)) || fail "cases were run on a card that is no UICC"

# a device: adapters made of the example
"$dmsc" new adapter phone 2>/dev/null
ics=(--ics "$source_folder/adapters/example/example.ics.json" --pixit "$source_folder/testcases/ics/handset.pixit.json")
sed 's/^        self.adapter.ask("uicc.power", {"vcc": True})/        return/' phone/adapter.py >unwired.py
sed 's/^        self.command("00A40004023F0000").*/        return/; s/if self.powered and now >= self.next_poll/if False/' \
  phone/adapter.py >reset-only.py
sed 's/"device.powerOn": self.power_on, //' phone/adapter.py >starts-itself.py
cmp -s phone/adapter.py starts-itself.py && fail "the example has another form, and this test nothing to try"
for kind in unwired reset-only; do
  ends 69 "nothing ever came from the card slot" 'DM_SC-1.0-con-15*' --device "exec:python3 $kind.py" "${ics[@]}"
  (($(count pass) == 0 && $(count error) == 3)) || fail "$kind: $(count pass) pass, $(count error) errors"
done
ends 2 "the adapter has no verb device.powerOn" 'DM_SC-1.0-con-15*' --device "exec:python3 starts-itself.py" "${ics[@]}"

# port 4116 in the hands of another program, in one family
for address in 127.0.0.1 ::1; do
  python3 -c '
import socket, sys, time
family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
taken = socket.socket(family)
taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
taken.bind((sys.argv[1], 4116))
taken.listen()
open("taken", "w").close()
time.sleep(600)' "$address" &
  taker=$!
  pids+=("$taker")
  until_true 10 test -e taken || fail "port 4116 of $address cannot be taken"
  ends 75 "port 4116 of $address: another program has it" DM_SC-1.0-con-169 --device "exec:$dmsc ref device"
  kill "$taker"
  wait "$taker" || true
  rm taken
done
ends 0 "" DM_SC-1.0-con-151 --device "exec:$dmsc ref device"

echo "$checks checks"
