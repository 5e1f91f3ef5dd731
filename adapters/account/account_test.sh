#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The nonces of a card from run to run: the reference card as a process with a memory of its own, and the account file.
# usage: account_test.sh DMSC SOURCE
set -euo pipefail
dmsc=$1
source_folder=$2
# shellcheck source=adapters/common/testing/script.sh
source "$source_folder/adapters/common/testing/script.sh"
cd "$folder"
export XDG_STATE_HOME=$folder/xdg HOME=$folder/home
port=$(kernel_port)
hint="the nonce was taken over from before this run"

# runs CODE NAME CARD_ARGS -- RUN_ARGS...: one run against one process of the reference card
runs() {
  local code=$1 name=$2 got=0 card=() card_pid
  shift 2
  while [[ $1 != -- ]]; do
    card+=("$1")
    shift
  done
  shift
  rm -rf out
  "$dmsc" ref card --vpcd "127.0.0.1:$port" "${card[@]}" 2>card.err &
  card_pid=$!
  timeout 300 "$dmsc" run "$@" --card "vpcd:127.0.0.1:$port" --force --out out >stdout 2>err || got=$?
  kill "$card_pid" 2>/dev/null || true
  wait "$card_pid" || true
  ((got == code)) || fail "$name: exit $got, expected $code: $(tail -n 3 err)"
  ok "$name: $(tail -n 1 err)"
}
said() { grep -qF "$1" stdout err || fail "the run does not say: $1"; }
count() { jq -s "[.[] | select(.type == \"case\" and .verdict == \"$1\")] | length" out/run.jsonl; }
sessions=(DM_SC-1.0-con-207 DM_SC-1.0-con-225 DM_SC-1.0-con-501 DM_SC-1.0-con-101)

# one card, run after run, with all cases; then another one
card=(--state card.json --iccid 8988210000000000017)
runs 0 "a fresh card" "${card[@]}" --
said "card, nonces of the PIXIT: the card's notification confirms them"
runs 0 "the same card again" "${card[@]}" --
said "card, who it is: ICCID ending in 0017"
said "card, nonces of the account file: the card's notification confirms them"
runs 0 "another card after it" -- "${sessions[@]}"
said "card, nonces of the PIXIT: the card's notification confirms them"
runs 0 "single cases on the first card" "${card[@]}" -- DM_SC-1.0-con-501
jq -se '[.[] | select(.type == "preliminary")] | length == 2 and (.[0].exchanges | any(.command == "00B000000A"))' \
  out/run.jsonl >/dev/null || fail "run.jsonl does not show how the card was identified"

# the file: ours alone, closed, without a secret
state=xdg/dmsc/accounts.json
[[ $(stat -c %a xdg/dmsc) == 700 && $(stat -c %a "$state") == 600 ]] || fail "modes of $state"
jq -e '.format == 1 and (.accounts | length >= 2) and all(.accounts[]; keys == ["client_nonce", "holder", "last_server_nonce", "server_id", "server_nonce"])' \
  "$state" >/dev/null || fail "members of $state"
secret=$(jq -r .values.server_secret "$source_folder/testcases/ics/full.pixit.json")
! grep -qF "$secret" "$state" || fail "a secret is in $state"

# a stale nonce is not the card's fault, whether a challenge can heal it or not
runs 0 "stale nonces" "${card[@]}" -- --account elsewhere.json "${sessions[@]}"
said "they were stale: a challenge in a session has renewed them"
jq '.items.C_SCWS_BIP = false | .items.C_EEM = false' "$source_folder/testcases/ics/full.ics.json" >no-scws.ics.json
jq --arg ca "$source_folder/fixtures/certs/ca.pem" '.values.scws_ca = $ca | .values.late_wait = "1 s"' \
  "$source_folder/testcases/ics/full.pixit.json" >pixit.json
runs 2 "stale nonces, no session possible" "${card[@]}" -- --account nowhere.json --ics no-scws.ics.json --pixit pixit.json 2
said "nothing confirms them"
(($(count fail) == 0 && $(count inconclusive) > 0)) || fail "$(count fail) cases fail for a stale nonce"
[[ $(jq -s '[.[] | select(.type == "footer")][0].causes | length' out/run.jsonl) == 1 ]] || fail "one cause is told as several"
said "$hint"
# the other secret and a wrong digest are
jq '.values.server_secret = "another"' pixit.json >secret.pixit.json
runs 1 "another secret" "${card[@]}" -- --pixit secret.pixit.json --ics "$source_folder/testcases/ics/full.ics.json" "${sessions[@]}"
said "what the card proves itself with is still wrong: server_secret of the PIXIT is not the card's"
runs 1 "a wrong digest" --defect wrong-digest -- --pixit pixit.json --ics "$source_folder/testcases/ics/full.ics.json" "${sessions[@]}"

# a card that was set back to what the PIXIT says
runs 0 "the account is known" --iccid 8988210000000000025 -- "${sessions[@]}"
runs 0 "the card was set back" --iccid 8988210000000000025 -- "${sessions[@]}"
said "it was set back since the last run"

# a run that is killed leaves what its last session left
runs 0 "before the kill" --state killed.json --iccid 8988210000000000033 -- DM_SC-1.0-con-501
"$dmsc" ref card --vpcd "127.0.0.1:$port" --state killed.json --iccid 8988210000000000033 2>card.err &
card_pid=$!
"$dmsc" run --card "vpcd:127.0.0.1:$port" --out killed >stdout 2>err &
run_pid=$!
until grep -q '^PASS  DM_SC-1.0-con-5' stdout || ! kill -0 "$run_pid" 2>/dev/null; do sleep 0.02; done
kill -KILL "$run_pid"
wait "$run_pid" || true
wait "$card_pid" || true
runs 0 "after the kill" --state killed.json --iccid 8988210000000000033 -- "${sessions[@]}"

# two runs want one account; the second is told so and judges nothing, and a run against another card goes on
first_port=$(kernel_port)
"$dmsc" ref card --vpcd "127.0.0.1:$first_port" "${card[@]}" --fault mute@900 2>card.err &
pids+=("$!")
"$dmsc" run --card "vpcd:127.0.0.1:$first_port" --out first >first.out 2>first.err &
run_pid=$!
pids+=("$run_pid")
until_true 30 grep -q '^PASS' first.out || fail "the first run does not begin"
runs 75 "the account is taken" --iccid 8988210000000000017 -- "${sessions[@]}"
said "another run has the account of the card with the ICCID ending in 0017"
(($(count fail) == 0 && $(count not_run) >= ${#sessions[@]})) || fail "a run without its account judges"
runs 0 "another card beside it" -- DM_SC-1.0-con-101
kill -0 "$run_pid" || fail "the first run was over, so nothing was tried"
kill "$run_pid"
wait "$run_pid" || true

# what is no account file
echo '{"format": 9, "accounts": []}' >bad.json
runs 65 "a file of another format" -- --account bad.json DM_SC-1.0-con-101
said "bad.json: /format: is not 1"

# references in process have no account
rm -rf xdg home
"$dmsc" run -q --card ref --out process >stdout 2>err || fail "in process: $(tail -n 1 err)"
[[ ! -e xdg && ! -e home ]] || fail "a reference in process left an account"
got=0
"$dmsc" run --card ref --account x.json --out process2 >stdout 2>err || got=$?
((got == 64)) || fail "--account with a reference in process: exit $got"
ok "no account in process"
echo "$checks checks"
