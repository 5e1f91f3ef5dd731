#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Programs that know nothing of us reach the reference card's web server over BIP: curl and openssl talk TCP to
# `dmsc bridge`, which plays the terminal for the card in a real pcscd. usage: bridge_test.sh DMSC SOURCE
set -euo pipefail
dmsc=$1
source_folder=$2
# shellcheck source=adapters/pcsc/testing/private_pcscd.sh
source "$source_folder/adapters/pcsc/testing/private_pcscd.sh"

ca=$source_folder/fixtures/certs/ca.pem
vectors=$source_folder/fixtures/vectors/syncml
err=$folder/bridge.err
complain() {
  tail -n 20 "$err"
  fail "$*"
}

# exits CODE SENTENCE ARGS...: a bridge that does not come about
exits() {
  local code=$1 sentence=$2 got=0
  shift 2
  timeout 60 "$dmsc" bridge "$@" >/dev/null 2>"$err" || got=$?
  ((got == code)) || complain "bridge $*: exit $got, expected $code"
  [[ $(tail -n 1 "$err") == "exit $code: "*"$sentence"* ]] || complain "bridge $*: the last line does not say: $sentence"
  ok "bridge $*: exit $code"
}

bridge_start() { # ARGS...
  : >"$err" # else the lines of the bridge before this one are taken for its own
  "$dmsc" bridge --card "pcsc:$reader" --listen 127.0.0.1:0 --http 127.0.0.1:0 "$@" >"$folder/bridge.out" 2>"$err" &
  bridge_pid=$!
  pids+=("$bridge_pid")
  until_true 15 grep -q '^bridge: http://' "$err" || complain "the bridge does not listen"
  https=$(sed -n 's|^bridge: https://127.0.0.1:\([0-9]*\) -> card port 4116$|\1|p' "$err")
  http=$(sed -n 's|^bridge: http://127.0.0.1:\([0-9]*\) -> card port 3516$|\1|p' "$err")
  ((https > 0 && http > 0)) || complain "the bridge does not say its ports"
}

# bridge_ends CODE SECONDS
bridge_ends() {
  local got=0
  until_true "$2" bridge_over || complain "the bridge is still there after $2 s"
  wait "$bridge_pid" || got=$?
  ((got == $1)) || complain "the bridge ended with $got, not $1"
  [[ $(tail -n 1 "$err") == "exit $1: "* ]] || complain "the last line does not say the code"
}
bridge_over() { ! kill -0 "$bridge_pid" 2>/dev/null; }

fetch() { curl -sS --max-time "${patience:-30}" --cacert "$ca" "$@"; }
is_page() { grep -q 'This page lives on the card' "$1"; }

pcscd_start
exits 64 "is no loopback address" --card "pcsc:$reader" --listen 192.0.2.1:4116
exits 64 "is no loopback address" --card "pcsc:$reader" --http "[2001:db8::1]:3516"
exits 64 "is no IP address" --card "pcsc:$reader" --listen localhost:4116
exits 69 "" --card "pcsc:$reader"

card_start
card_seen() { "$dmsc" doctor --json 2>/dev/null | jq -e --arg text "$reader: card present" 'any(.text == $text)' >/dev/null; }
until_true 10 card_seen || fail "the card did not appear"
bridge_start --silence 3 --out "$folder/trace"

# pages, over TLS and without
fetch "https://127.0.0.1:$https/" >"$folder/page" || complain "curl: the page"
is_page "$folder/page" || complain "the page is not the card's"
fetch --resolve "localhost:$https:127.0.0.1" "https://localhost:$https/" >"$folder/page" && is_page "$folder/page" || complain "the page by localhost"
fetch "http://127.0.0.1:$http/index.html" >"$folder/page" && is_page "$folder/page" || complain "the page without TLS"
[[ $(fetch -o "$folder/page" -w '%{http_code}' "https://127.0.0.1:$https/no-such") == 404 ]] || complain "a page that is not there"
ok "pages"
if curl -sS --max-time 20 --resolve "other.example:$https:127.0.0.1" --cacert "$ca" "https://other.example:$https/" >/dev/null 2>&1; then
  fail "curl takes the certificate for any name"
fi
ok "the name in the certificate counts"
timeout 20 openssl s_client -connect "127.0.0.1:$https" -CAfile "$ca" -verify_return_error </dev/null >"$folder/tls" 2>&1 || complain "openssl"
grep -q '^subject=CN = localuicc' "$folder/tls" && grep -q 'Verify return code: 0' "$folder/tls" || complain "openssl does not see the certificate"
ok "openssl sees the certificate"

# SyncML, in both codings
status=$(fetch -o "$folder/answer.xml" -w '%{http_code} %{content_type}' -H 'Content-Type: application/vnd.syncml.dm+xml' \
  --data-binary "@$vectors/pkg1.xml" "https://127.0.0.1:$https/OMA/DM")
[[ $status == "200 application/vnd.syncml.dm+xml"* ]] || complain "Pkg#1 in XML: $status"
xmllint --noout "$folder/answer.xml" || complain "the answer is no XML"
[[ $(xmllint --xpath 'local-name(/*)' "$folder/answer.xml") == SyncML ]] || complain "the answer is no SyncML"
[[ $(xmllint --xpath 'count(//*[local-name()="Status"])' "$folder/answer.xml") -ge 1 ]] || complain "the answer has no Status"
ok "Pkg#1 in XML"
status=$(fetch -o "$folder/answer.wbxml" -w '%{http_code} %{content_type}' -H 'Content-Type: application/vnd.syncml.dm+wbxml' \
  --data-binary "@$vectors/pkg1.wbxml" "https://127.0.0.1:$https/OMA/DM")
[[ $status == "200 application/vnd.syncml.dm+wbxml"* ]] || complain "Pkg#1 in WBXML: $status"
wbxml2xml -o "$folder/from_wbxml.xml" "$folder/answer.wbxml" >/dev/null || complain "the answer is no WBXML"
xmllint --noout --nonet "$folder/from_wbxml.xml" 2>/dev/null || complain "the WBXML holds no XML"
[[ $(xmllint --nonet --xpath 'local-name(/*)' "$folder/from_wbxml.xml" 2>/dev/null) == SyncML ]] || complain "the WBXML holds no SyncML"
ok "Pkg#1 in WBXML"
head -c 60000 /dev/zero | tr '\0' 'x' >"$folder/large"
status=$(fetch -o /dev/null -w '%{http_code}' -H 'Content-Type: application/vnd.syncml.dm+xml' --data-binary "@$folder/large" \
  "https://127.0.0.1:$https/OMA/DM")
[[ $status =~ ^[24][0-9][0-9]$ ]] || complain "a request of 60000 octets: $status"
ok "a large request: $status"

# ten at once: the card has two channels, the others wait
parallel() {
  local pids=() at
  for at in {1..10}; do
    fetch "https://127.0.0.1:$https/" >"$folder/page.$at" 2>"$folder/curl.$at" &
    pids+=("$!")
  done
  for at in {1..10}; do
    wait "${pids[at - 1]}" || complain "curl $at of 10: $(cat "$folder/curl.$at")"
    is_page "$folder/page.$at" || complain "curl $at of 10 got something else"
  done
}
parallel
ok "ten clients at once"

# who came first on a port of one channel keeps nobody out: one that is silent, one that is kept alive behind its answer,
# one that stalls in its request, one that drips
aside() { grep -q "^bridge: a client of 127.0.0.1:$http is put aside: $1 while others wait\$" "$err"; }
quick() { # SECONDS WHO
  patience=$1 fetch "http://127.0.0.1:$http/" >"$folder/page" && is_page "$folder/page" || complain "$2 keeps others out for $1 s"
}
exec {silent}<>"/dev/tcp/127.0.0.1/$http"
quick 2 "a silent client"
aside '.*' && complain "somebody was put aside for a silent client"
exec {silent}>&-
ok "behind a silent client"
exec {kept}<>"/dev/tcp/127.0.0.1/$http"
printf 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n' >&"$kept"
read -r -t 10 -u "$kept" status && [[ $status == "HTTP/1.1 200"* ]] || complain "a kept client: $status"
quick 2 "a client that is kept alive"
aside 'it was idle for 1 s' || complain "the kept client was not put aside"
exec {kept}>&-
ok "behind a client that is kept alive"
exec {stalled}<>"/dev/tcp/127.0.0.1/$http"
printf 'POST /OMA/DM HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\nabc' >&"$stalled"
taken() { [[ -z $(ss -Htn "sport = :$http" | awk '$2 > 0') ]] && (($(ss -Htn state established "sport = :$http" | wc -l) >= 1)); }
until_true 5 taken || complain "the bridge does not read the client that stalls"
quick 6 "a client that stalls"
aside 'it owed octets for 2 s' || complain "the stalled client was not put aside"
exec {stalled}>&-
ok "behind a client that stalls"
owed() { grep -c "put aside: it owed octets for 2 s" "$err"; }
before=$(owed)
exec {slow}<>"/dev/tcp/127.0.0.1/$http"
printf 'G' >&"$slow"
until_true 5 taken || complain "the bridge does not read the client that drips"
(while printf 'x' >&"$slow"; do sleep 0.3; done) 2>/dev/null &
dripping_pid=$!
pids+=("$dripping_pid")
quick 6 "a client that drips"
(($(owed) == before + 1)) || complain "the dripping client was not put aside"
kill "$dripping_pid" 2>/dev/null || true
exec {slow}>&-
ok "behind a client that drips"
# and seven of them, on the port with two channels
drips=()
for _ in {1..7}; do
  exec {one}<>"/dev/tcp/127.0.0.1/$https"
  printf 'G' >&"$one"
  drips+=("$one")
done
patience=20 fetch "https://127.0.0.1:$https/" >"$folder/page" && is_page "$folder/page" || complain "seven clients keep others out"
for one in "${drips[@]}"; do exec {one}>&-; done
parallel
ok "behind seven that owe octets"

# the queue is bounded: of 80 clients that say nothing, the last is turned away at once
crowd=()
for _ in {1..80}; do
  exec {one}<>"/dev/tcp/127.0.0.1/$https"
  crowd+=("$one")
done
got=0
read -r -t 2 -u "${crowd[79]}" || got=$?
((got == 1)) || complain "client 80 is not turned away at once ($got)"
got=0
read -r -t 0.2 -u "${crowd[40]}" || got=$?
((got > 128)) || complain "client 41 does not wait ($got)"
for one in "${crowd[@]}"; do exec {one}>&-; done
fetch "https://127.0.0.1:$https/" >"$folder/page" && is_page "$folder/page" || complain "after the crowd"
ok "a crowd"

# memory does not grow with the number of requests
rss() { awk '/^VmRSS/ {print $2}' "/proc/$bridge_pid/status"; }
many() { fetch --max-time 120 -H 'Connection: close' "https://127.0.0.1:$https/?[1-100]" >/dev/null || complain "a hundred requests"; }
many
before=$(rss)
many
many
(($(rss) - before < 1024)) || complain "memory grew from $before to $(rss) KiB with 200 requests"
ok "memory stays at $before KiB"

# signals end it well, and tshark reads the trace
kill -INT "$bridge_pid"
bridge_ends 0 10
grep -q 'stopped by a signal$' "$err" || complain "the last line does not name the signal"
[[ ! -s $folder/bridge.out ]] || complain "something was printed on standard output"
tshark -r "$folder/trace/trace.pcap" -Y gsm_sim -T fields -e etsi_cat.comp_tlv.cmd_type >"$folder/types" 2>/dev/null || fail "tshark cannot read the trace"
for type in 0x40 0x41 0x42 0x43; do # OPEN CHANNEL, CLOSE CHANNEL, RECEIVE DATA, SEND DATA
  grep -q "$type" "$folder/types" || fail "tshark finds no command of type $type"
done
[[ $(wc -l <"$folder/types") -gt 1000 ]] || fail "the trace is short"
tshark -r "$folder/trace/trace.pcap" -Y _ws.malformed 2>/dev/null | grep -q . && fail "tshark finds malformed frames"
ok "tshark reads $(wc -l <"$folder/types") frames"

# the card is pulled out: between two requests, and on its own
bridge_start
kill -TERM "$bridge_pid"
bridge_ends 0 10
bridge_start --out "$folder/pulled"
fetch "https://127.0.0.1:$https/" >/dev/null || complain "before the card is pulled out"
kill -KILL "$card_pid"
bridge_ends 69 15
[[ -s $folder/pulled/trace.pcap ]] || fail "no trace of a card that was pulled out"
ok "card pulled out: $(tail -n 1 "$err")"

echo "$checks checks"
