#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The card's web server over TCP/IP as over USB EEM: the reference card in one network namespace, the runner in another,
# a virtual Ethernet between them, IPv4 and IPv6. usage: eem_test.sh DMSC SOURCE
set -euo pipefail
dmsc=$1
source_folder=$2

# shellcheck source=adapters/tcp/testing/two_networks.sh
source "$source_folder/adapters/tcp/testing/two_networks.sh"
enter_network "$0" "$@"
# shellcheck source=adapters/common/testing/script.sh
source "$source_folder/adapters/common/testing/script.sh"
two_networks

# The reference card's values, with short waits for what never comes.
pixit=$folder/pixit.json
jq --arg ca "$source_folder/fixtures/certs/ca.pem" '.values.scws_ca = $ca | .values.response_wait = "4 s"' \
  "$source_folder/testcases/ics/full.pixit.json" >"$pixit"

# The card is put in for one reader only and ends with it.
card_start() { # ARGS...
  nsenter -t "$other_pid" -n "$dmsc" ref card --vpcd 192.0.2.1:35963 "$@" 2>"$folder/card.err" &
  card_pid=$!
  pids+=("$card_pid")
}
count_of() { jq -s "[.[] | select(.type == \"case\" and .verdict == \"$1\" and (.id | test(\"-ics-\") | not))] | length" "$folder/out/run.jsonl"; }
verdict_of() { jq -r "select(.type == \"case\" and .id == \"$1\") | .verdict" "$folder/out/run.jsonl"; }

# runs CODE NAME CARD_ARGS -- RUN_ARGS...
runs() {
  local code=$1 name=$2 got=0 card=()
  shift 2
  while [[ $1 != -- ]]; do
    card+=("$1")
    shift
  done
  shift
  rm -rf "$folder/out"
  card_start "${card[@]}"
  timeout 120 "$dmsc" run 'DM_SC-1.0-con-405*' --card vpcd:192.0.2.1:35963 --pixit "$pixit" --force --out "$folder/out" \
    "$@" >"$folder/stdout" 2>"$folder/err" || got=$?
  kill "$card_pid" 2>/dev/null || true
  wait "$card_pid" || fail "$name: the card ended with $?"
  ((got == code)) || fail "$name: exit $got, expected $code"
  ok "$name: $(tail -n 1 "$folder/err")"
}

both=(--ip 192.0.2.2 --ip 2001:db8::2)
runs 0 "IPv4 and IPv6" "${both[@]}" -- --card-ip 192.0.2.2 --card-ip 2001:db8::2
[[ $(count_of pass) == 2 ]] || fail "$(count_of pass) passes, not 2"
for line in 'SCWS listens on 192.0.2.2:443' 'SCWS listens on 192.0.2.2:80 without TLS' 'SCWS listens on \[2001:db8::2\]:443'; do
  grep -qx "$line" "$folder/card.err" || fail "the card does not say: $line"
done
runs 0 "another port" --ip 192.0.2.2:8443 --ip '[2001:db8::2]:8443' -- --card-ip 192.0.2.2:8443 --card-ip '[2001:db8::2]:8443'
[[ $(count_of pass) == 2 ]] || fail "another port: $(count_of pass) passes, not 2"

# what must not pass: it would mean that nothing went over the network
runs 66 "neither address nor ICS" "${both[@]}" --
runs 2 "no address" "${both[@]}" -- --ics "$source_folder/testcases/ics/full.ics.json"
[[ $(count_of pass) == 0 ]] || fail "passes without an address"
runs 1 "IPv4 only" "${both[@]}" -- --card-ip 192.0.2.2
[[ $(verdict_of DM_SC-1.0-con-405.tcp_ipv4) == pass && $(verdict_of DM_SC-1.0-con-405.tcp_ipv6) != pass ]] || fail "IPv4 only: wrong verdicts"
runs 1 "nobody listens" -- --card-ip 192.0.2.2 --card-ip 2001:db8::2
[[ $(count_of pass) == 0 ]] || fail "passes where nobody listens"
runs 1 "nobody is there" -- --card-ip 192.0.2.9 --card-ip 2001:db8::9
[[ $(count_of pass) == 0 ]] || fail "passes where nobody is"

# bad addresses
for bad in localuicc 192.0.2 192.0.2.2:0 192.0.2.2:http '[192.0.2.2]:443' '[2001:db8::2' 192.0.2.2:65536; do
  got=0
  "$dmsc" run 'DM_SC-1.0-con-405*' --card ref --card-ip "$bad" >"$folder/stdout" 2>"$folder/err" || got=$?
  ((got == 64)) || fail "--card-ip $bad: exit $got, expected 64"
  grep -qF "exit 64: bad command line - \"$bad\" " "$folder/err" || fail "--card-ip $bad: the last line does not name it"
done
got=0
"$dmsc" run --card ref --card-ip 192.0.2.2 --card-ip 192.0.2.3 >"$folder/stdout" 2>"$folder/err" || got=$?
((got == 64)) || fail "two IPv4 addresses: exit $got, expected 64"
ok "bad addresses"

# many at once while a bridge keeps the card powered: silent ones cost nothing, curl and openssl are served
"$dmsc" bridge --card vpcd:192.0.2.1:35963 --listen 127.0.0.1:0 --http 127.0.0.1:0 >"$folder/stdout" 2>"$folder/err" &
bridge=$!
pids+=("$bridge")
card_start "${both[@]}"
until_true 15 grep -q '^bridge: http://' "$folder/err" || fail "the bridge does not listen"
for _ in {1..40}; do exec {silent}<>/dev/tcp/192.0.2.2/443; done
fetch() { curl -sS --max-time 10 --cacert "$source_folder/fixtures/certs/ca.pem" "$@"; }
fetch --resolve localuicc:443:192.0.2.2 https://localuicc/ | grep -q 'This page lives on the card' || fail "curl over IPv4"
fetch --resolve 'localuicc:443:[2001:db8::2]' https://localuicc/ | grep -q 'This page lives on the card' || fail "curl over IPv6"
fetch --resolve localuicc:80:192.0.2.2 http://localuicc/ | grep -q 'This page lives on the card' || fail "curl without TLS"
[[ $(fetch -o /dev/null -w '%{http_code}' --resolve localuicc:80:192.0.2.2 --data x http://localuicc/OMA/DM) == 403 ]] || fail "DM without TLS"
clients=()
for at in {1..10}; do
  fetch --resolve localuicc:443:192.0.2.2 https://localuicc/ >"$folder/page.$at" &
  clients+=("$!")
done
for pid in "${clients[@]}"; do wait "$pid" || fail "one of ten clients"; done
https=$(sed -n 's|^bridge: https://127.0.0.1:\([0-9]*\) -> card port 4116$|\1|p' "$folder/err")
fetch "https://127.0.0.1:$https/" | grep -q 'This page lives on the card' || fail "BIP beside TCP/IP"
ok "curl beside 40 silent clients, over TCP/IP and BIP"
kill "$bridge"
wait "$bridge" || fail "the bridge ended with $?"
wait "$card_pid" || fail "the card ended with $?"

echo "$checks checks"
