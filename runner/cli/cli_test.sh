#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The command line as a user and a CI system see it: exit codes, what goes to which stream, last lines.
# usage: cli_test.sh DMSC SOURCE
set -euo pipefail
dmsc=$1
source_folder=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export XDG_STATE_HOME=$folder/state-home
checks=0

fail() {
  echo "FAILED: $*"
  head -n 20 out err 2>/dev/null
  exit 1
}

# exits CODE ARGS...: runs dmsc; out and err keep its streams
exits() {
  local code=$1 got=0
  shift
  "$dmsc" "$@" >out 2>err </dev/null || got=$?
  ((got == code)) || fail "dmsc $*: exit $got, expected $code"
  ((code == 0)) || [[ $(tail -n 1 err) == "exit $code: "* ]] || fail "dmsc $*: the last line does not say the code"
  checks=$((checks + 1))
}
last() { [[ $(tail -n 1 err) == "$1" ]] || fail "last line is: $(tail -n 1 err)"; }

# run
cases=381
device_cases=249
# rows of the static review stand in the reports of every run
rows=6
device_rows=4
exits 64 run
last "exit 64: bad command line - no device under test: name one with --card URI or --device URI"
exits 65 run 'no-such-*' --card ref
last 'exit 65: bad data - "no-such-*" matches no case'
exits 65 run --skip typo --card ref
exits 64 run --card nowhere
exits 64 run --card ref:nobody
exits 64 run --card 'ref?defect=wrong-prt'
last 'exit 64: bad command line - "wrong-prt" is no defect of the reference card, did you mean "wrong-port"'
exits 64 run --card 'ref?variant=timer-9'
last 'exit 64: bad command line - "timer-9" is no variant of the reference card, did you mean "timer-8"'
exits 64 run --card 'ref?variant=timer-8&variant=tcp'
last 'exit 64: bad command line - "ref?variant=timer-8&variant=tcp" has an option other than one defect=NAME and one variant=NAME'
exits 64 run --card ref --no-such-option
exits 64 run --card vpcd:localhost
exits 64 run --device ref:nobody
exits 64 run --device 'ref?defect=any-digst'
last 'exit 64: bad command line - "any-digst" is no defect of the reference device, did you mean "any-digest"'
exits 64 run --device carrier-pigeon
exits 64 run --card ref --device ref --ics "$source_folder/testcases/ics/full.ics.json"
exits 78 run --device ref --ics "$source_folder/testcases/ics/full.ics.json"
exits 66 run --device 'exec:true' --ics no-such-file.json
exits 66 run --card ref --ics no-such-file.json
printf '{"title": "x", "dut": "card", "items": {"C_WAKE_TIMR": true}}' >ics.json
exits 65 run --card ref --ics ics.json
last 'exit 65: bad data - ics.json: /items/C_WAKE_TIMR: "C_WAKE_TIMR" is no item of a card ICS, did you mean "C_WAKE_TIMER"'
printf '{"title": "nothing", "dut": "card", "items": {}}' >ics.json
exits 78 run --card ref --ics ics.json --out nothing
[[ $(tail -n 1 err) == "exit 78: the configuration does not fit - ics.json: contradicts itself: a card that nothing wakes can trigger nothing "* ]] || fail "an empty ICS is not named"

# declarations: a mandatory no is a FAIL of its row in every run, a contradiction and a wrong PIXIT are refused at once
with_items() { jq --argjson items "$2" '.items += $items' "$source_folder/testcases/ics/$1.ics.json" >changed.ics.json; }
with_items handset '{"D_OFFLINE": false}'
exits 1 run DM_SC-1.0-con-151 --device ref --ics changed.ics.json --force --out declared
last "exit 1: failed - 1 case, first cause: the ICS says no to D_OFFLINE; 1 of 35 MUST rows proven"
[[ $(jq -r 'select(.type == "case" and .verdict == "fail").id' declared/run.jsonl) == DM_SC-1.0-ics-D_OFFLINE ]] || fail "the row is not in run.jsonl"
xmllint --xpath '//testcase[contains(@name, "DM_SC-1.0-ics-D_OFFLINE")]/failure' declared/junit.xml >/dev/null || fail "the row is not in junit.xml"
with_items handset '{"D_BIP": false}'
exits 1 run DM_SC-1.0-con-151 --device ref --ics changed.ics.json --force --out declared
with_items handset '{"D_UDP_LOCAL": false, "D_TCP_LOCAL": false}'
exits 1 run DM_SC-1.0-con-151 --device ref --ics changed.ics.json --force --out declared
with_items full '{"C_OFFLINE": false, "C_ONLINE": false}'
exits 1 run DM_SC-1.0-con-101 --card ref --ics changed.ics.json --force --out declared
with_items full '{"C_BIP": false}'
exits 1 run DM_SC-1.0-con-101 --card ref --ics changed.ics.json --force --out declared
with_items handset '{"D_UICC": false}'
exits 78 run DM_SC-1.0-con-151 --device ref --ics changed.ics.json --force --out declared
# the eem personality as it was shipped once: USB ICCD without class e
with_items eem '{"D_BIP": false}'
exits 1 run DM_SC-1.0-con-151 --device ref:eem --ics changed.ics.json --force --out declared
with_items full '{"C_OCCASION_SELECT": false, "C_ISO": true}'
exits 0 run DM_SC-1.0-con-101 --card ref --ics changed.ics.json --force --out declared
grep -q '^note: ICS C_OCCASION_SELECT is not asked any more: ' err || fail "a retired item is no note"
printf '{"title": "empty", "values": {}}' >empty.pixit.json
exits 78 run DM_SC-1.0-con-101 --card ref --pixit empty.pixit.json --force --out declared
(($(grep -c '^empty.pixit.json: /values/.* is missing, ' err) == 14)) || fail "not all that is missing is told at once"
last 'exit 78: the configuration does not fit - empty.pixit.json: /values/server_id: is missing, every card needs it: ServerID of the DM_SC Server, as the DM account names it, for example "com.example.dmsc" (and 13 more above)'
exits 0 ics new card lab
exits 73 ics new card lab
exits 0 ics check lab.ics.json --pixit lab.pixit.json
grep -q '^PASS  DM_SC-1.0-ics-C_OFFLINE  one of C_OFFLINE, C_ONLINE supported$' out || fail "ics check shows no row"
exits 0 run DM_SC-1.0-con-101 --card ref --ics lab.ics.json --pixit lab.pixit.json --force --out declared
# an interview: questions on standard error, nothing written without its last answer, what it writes passes
interview() { # CODE NAME ANSWERS...
  local code=$1 name=$2 got=0
  shift 2
  printf '%s\n' "$@" | "$dmsc" ics new card "$name" --interview >out 2>err || got=$?
  ((got == code)) || fail "interview $name: exit $got, expected $code: $(tail -n 2 err)"
  checks=$((checks + 1))
}
blank() { printf '%.0s-\n' $(seq "$1") | tr -d -; }
mapfile -t by_status < <(blank 11; echo yes; blank 22)
interview 0 asked "${by_status[@]}" com.example.dmsc secret 'call me' +15550177
[[ $(<out) == asked.ics.json$'\n'asked.pixit.json$'\n'PASS* ]] || fail "an interview does not say what it wrote"
grep -q '  "call me" is not as it must be: ' err || fail "an ill-formed answer is not told"
exits 0 ics check asked.ics.json --pixit asked.pixit.json
[[ $(jq -r '.items | .C_WAKE_STATUS, .C_SMS_3GPP2, .C_BIP' asked.ics.json | xargs) == "true true false" ]] || fail "answers of an interview"
interview 65 short yes
last 'exit 65: bad data - the answers end before C_ONLINE is answered; nothing is written'
[[ ! -e short.ics.json && ! -e short.pixit.json ]] || fail "half an interview is written"
interview 73 asked yes
mapfile -t by_nothing < <(blank 34)
interview 78 unwoken "${by_nothing[@]}" com.example.dmsc secret +15550177
grep -q '  the statement breaks a condition: contradicts itself: a card that nothing wakes can trigger nothing ' err || fail "a broken condition is not told"

# the statement against what the peer shows
exits 64 ics truth asked.ics.json
exits 64 ics truth asked.ics.json --card ref --device ref
exits 64 ics truth asked.ics.json --card ref --control manual
exits 78 ics truth "$source_folder/testcases/ics/full.ics.json" --device ref
exits 69 ics truth "$source_folder/testcases/ics/full.ics.json" --card pcsc:nowhere-at-all
exits 0 ics truth "$source_folder/testcases/ics/full.ics.json" --card ref
[[ ! -s out ]] || fail "a true statement is contradicted: $(head -n 1 out)"
exits 0 ics truth "$source_folder/testcases/ics/handset.ics.json" --device "exec:$dmsc ref device --clock virtual"
with_items handset '{"D_TIMER": false, "D_ISO": false, "D_ICCD": true, "D_SMS_3GPP2": false}'
exits 1 ics truth changed.ics.json --device "exec:$dmsc ref device --clock virtual"
last "exit 1: failed - 2 contradictions in 29 looks, first: D_ISO"
grep -q '^CONTRADICTION  D_TIMER  the ICS says no, TERMINAL PROFILE: octet 8 bit 1, TIMER MANAGEMENT, start and stop: 1$' out || fail "D_TIMER is not contradicted"
grep -q '^CONTRADICTION  D_ISO  the ICS says no, adapter: uicc.transport is iso$' out || fail "the transport is not contradicted"
grep -q '^note  D_SMS_3GPP2  the ICS says no, ' out || fail "what rests on one source is no note"
with_items full '{"C_WAKE_STATUS": false}'
exits 1 ics truth changed.ics.json --card ref --json
jq -e 'length == 1 and .[0].item == "C_WAKE_STATUS" and .[0].certain and (.[0].octets | length > 0)' out >/dev/null || fail "ics truth --json"
with_items handset '{"D_BIP": false}'
exits 1 ics check changed.ics.json
last "exit 1: failed - 1 of 4 rows of the static review"
exits 0 ics diff "$source_folder/testcases/ics/handset.ics.json" changed.ics.json
[[ $(<out) == "D_BIP  yes -> no  "* ]] || fail "ics diff"
exits 0 ics whatif "$source_folder/testcases/ics/handset.ics.json" D_SMS_3GPP=no
grep -q '^- DM_SC-1.0-con-353' out || fail "ics whatif"
exits 64 ics whatif "$source_folder/testcases/ics/handset.ics.json" D_SMS_3GP=no
printf '{"title": "EEM alone", "dut": "device", "items": {"D_EEM": true, "D_USER_SESSION": true, "D_XML": true}}' >eem-alone.ics.json
exits 0 run --device ref --ics eem-alone.ics.json --force --out declared
last "exit 0: passed - 3 cases; 3 of 3 MUST rows proven"
exits 0 run --card ref:minimal --force --out declared
last "exit 0: passed - 102 cases; 18 of 18 MUST rows proven"
exits 0 run --device ref:minimal-phone --force --out declared
last "exit 0: passed - 99 cases; 24 of 24 MUST rows proven"
exits 0 ics explain D_OFFLINE
grep -q 'C.2: M where (D_ISO or D_ICCD), else O' out || fail "ics explain of an item"
exits 0 ics explain customer_care_number
grep -q 'needed by C_WAKE_CALL' out || fail "ics explain of a value"
exits 65 ics explain D_OFLINE
exits 73 run --card ref --out /proc/nowhere/out
exits 0 run --card ref --traces all --out clean
last "exit 0: passed - 373 cases; 23 of 23 MUST rows proven"
grep -q '^PASS  DM_SC-1.0-con-101  ' out || fail "verdicts are not on standard output"
grep -q '^373 pass, ' out || fail "the summary is not on standard output"
! grep -q '^PASS\|^[0-9]* pass' err || fail "results are on standard error"
[[ -s clean/junit.xml && -s clean/run.jsonl && -s clean/artifacts/DM_SC-1.0-con-101/trace.pcap ]] || fail "reports are missing"
grep -q '^reports: clean/junit.xml' err || fail "run does not say where the reports are"
xmllint --noout clean/junit.xml || fail "junit.xml is not well formed"
exits 0 run --card ref --device ref -q --out both
last "exit 0: passed - 621 cases; 62 of 62 MUST rows proven"
[[ $(xmllint --xpath 'count(//testcase)' both/junit.xml) == $((cases + device_cases + rows + device_rows)) ]] || fail "junit.xml has not both sides"
exits 1 run --device 'ref?defect=any-digest' -q --force --out broken
grep -q '^FAIL  DM_SC-1.0-con-269 ' out || fail "a device that takes any digest does not fail con-269"
exits 1 run --card 'ref?defect=wrong-port' --force --out broken
grep -q 'observed: proactive.open_channel with transport_level.port 4660' out || fail "the observation is not shown"
grep -q 'octets:   .*\[12\] 34' out || fail "the octet is not marked"
exits 2 run timer --card ref --skip DM_SC-1.0-con-106 --out skipped
last "exit 2: not proven - 1 skipped; 5 of 23 MUST rows proven"
grep -q 'SKIPPED  DM_SC-1.0-con-106' out || fail "a skipped case is not shown"
(cd /tmp && "$dmsc" run -q 6 --card ref:timer-only --out "$folder/clause" >"$folder/out" 2>"$folder/err") || fail "by clause, from elsewhere"
cd "$folder"
exits 0 run DM_SC-1.0-con-101 --card ref
compgen -G 'dmsc-run-*Z/junit.xml' >/dev/null || fail "without --out the reports are not in dmsc-run-<UTC>"

# defects of the catalogue that must fail a run; the tests of the reference card try all of them
mapfile -t others < <(cd "$source_folder/adapters/refcard/personalities" && ls | sed 's/\.json$//; /^full$/d')
for defect in $(jq -r '.defects[] | select(.causes | not) | .id | select(startswith("card:")) | ltrimstr("card:")' \
  "$source_folder"/adapters/defects/*.json | sed -n '1~12p'); do
  # some show only on a card of another personality
  for personality in full "${others[@]}"; do
    got=0
    "$dmsc" run -q --card "ref:$personality?defect=$defect" --force --out broken >out 2>err || got=$?
    ((got != 1)) || break
  done
  ((got == 1)) || fail "$defect: exit $got, expected 1"
  checks=$((checks + 1))
done
# those that come to an advisory show it, and do not fail the run
exits 0 run --card 'ref?defect=number-zero' -q --force --out broken
grep -q '^ADVISORY  DM_SC-1.0-con-705 ' out || fail "command number 00 is not told"

# signals: the reports are complete, the rest is not run. The card falls silent so that the signal meets a running case.
jq --arg ca "$source_folder/fixtures/certs/ca.pem" '.values.scws_ca = $ca | .values.apdu_deadline = "700 ms"' \
  "$source_folder/testcases/ics/full.pixit.json" >pixit.json
stopped_by() { # SIGNAL CODE
  local port runner card got=0
  port=$(python3 -c "import socket; print(socket.create_server((\"127.0.0.1\", 0)).getsockname()[1])")
  rm -rf stopped
  : >out
  "$dmsc" run --card "vpcd:127.0.0.1:$port" --pixit pixit.json --out stopped >out 2>err &
  runner=$!
  "$dmsc" ref card --vpcd "127.0.0.1:$port" --fault mute@200 2>card.err &
  card=$!
  until grep -q "^PASS" out || ! kill -0 "$runner" 2>/dev/null; do sleep 0.02; done
  kill "-$1" "$runner"
  wait "$runner" || got=$?
  kill "$card" 2>/dev/null || true
  wait "$card" 2>/dev/null || true
  ((got == $2)) || fail "SIG$1: exit $got, expected $2"
  last "exit $2: $(tail -n 1 err | cut -d' ' -f3-)"
  [[ $(jq -s '[.[] | select(.type == "case")] | length' stopped/run.jsonl) == $((cases + rows)) ]] || fail "SIG$1: run.jsonl is not complete"
  [[ $(xmllint --xpath 'count(//testcase)' stopped/junit.xml) == $((cases + rows)) ]] || fail "SIG$1: junit.xml is not complete"
  (($(jq -s '[.[] | select(.type == "case" and .verdict == "not_run")] | length' stopped/run.jsonl) > 20)) || fail "SIG$1: the rest is not not_run"
  checks=$((checks + 1))
}
stopped_by INT 130
stopped_by TERM 143

# list
exits 0 list --json
[[ $(jq length out) == $((cases + device_cases)) ]] || fail "list --json"
jq -e 'all(.[]; has("id") and has("case") and has("dut") and has("title") and has("level") and has("requirements") and has("applicable") and has("reason"))' out >/dev/null || fail "members of list --json"
exits 0 list --json --ics "$source_folder/testcases/ics/timer-only.ics.json"
jq -e 'any(.[]; .applicable | not) and all(.[] | select(.applicable | not); .reason | test("^(ICS C_|PIXIT )"))' out >/dev/null || fail "applicability has no reason"
exits 65 list no-such
exits 64 list --table1 --defects
exits 64 list --variants --defects
exits 0 list --variants --json
jq -e 'length >= 80 and all(.[]; has("id") and has("title") and has("clause"))' out >/dev/null || fail "members of list --variants"
exits 0 list --table1
[[ $(grep -vc '^ ' out) == 5 ]] || fail "table 1 has other rows"
for cell in "User initiated, off-line" "User initiated, on-line" "Server initiated, off-line" "Server initiated, on-line"; do
  for side in card device; do
    sed -n "/^$cell /,/^[^ ]/p" out | grep -q "^  $side  DM_SC-1.0-con-" || fail "$cell: no case of a $side"
  done
done
grep -A1 '^Client initiated: out of the scope' out | grep -q '^Server' || fail "client initiated is not out of scope"
exits 0 list --table1 --json
jq -e 'length == 5 and all(.[]; (.cases | length > 0) == .in_scope) and all(.[].cases[]; .proves | type == "array")' out >/dev/null || fail "list --table1 --json"
# each wake-up of the server's row has its case on either side, by either method
for cell in 1 2; do
  for wake in DMSC-6-1 DMSC-6-2 DMSC-6-3 DMSC-6-5 DMSC-6-6 DMSC-6-7; do
    for side in card device; do
      jq -e --arg wake "$wake" --arg side "$side" --argjson cell "$cell" '[.[] | select(.scenario == "Server initiated")][$cell - 1].cases |
        any(.[]; .dut == $side and any(.requirements[]; . == $wake))' out >/dev/null || fail "table 1, cell $cell: no $side case of $wake"
    done
  done
done

# show, check
exits 0 show DM_SC-1.0-con-117
for row in "Test Case Id" "Test Object" "Test Case Description" "Specification Reference" "Preconditions" "Test Procedure" "Pass-Criteria"; do
  grep -q "| $row" out || fail "show has no row $row"
done
exits 65 show DM_SC-1.0-con-118x
exits 0 list --requirements --json
jq -e 'length >= 90 and all(.[]; .confidence and .evidence and .status) and (map(select(.level == "MUST" and .status == "tested" and (.cases | length) == 0)) | length == 0)' out >/dev/null || fail "the ledger"
exits 0 list --requirements DM_SC-1.0-con-254
grep -q '^DMSC-7.1-5  MUST  D  ' out || fail "a case does not lead to its rows"
exits 65 list --requirements DMSC-7.1-55
exits 64 list --requirements --table1
exits 0 check
exits 0 check "$source_folder/testcases/wakeup/DM_SC-1.0-con-101.json" "$source_folder/testcases/ics/full.ics.json" "$source_folder/testcases/ics/full.pixit.json"
exits 66 check no-such-file.json
with_items handset '{"D_UICC": false}'
exits 65 check changed.ics.json
grep -q '^changed.ics.json: contradicts itself: ' err || fail "check takes a statement that contradicts itself"
printf '{"id": "DM_SC-1.0-con-101", "titel": "x"}' >DM_SC-1.0-con-101.json
exits 65 check DM_SC-1.0-con-101.json
head -n 1 err | grep -qx 'DM_SC-1.0-con-101.json: /titel: key is not known, did you mean "title"' || fail "check names no place"
last "exit 65: bad data - 1 problem in 1 file"
echo '{"dut": "card"}' >what.json
exits 65 check what.json
grep -q '^what.json: /: has neither "items" (an ICS) nor "values" (a PIXIT) nor "steps" (a case); --kind says which it is$' err || fail "a file of no kind is guessed"
exits 65 check --kind ics what.json
mv what.json what.ics.json
exits 65 check what.ics.json
grep -q '^what.ics.json: /: "[a-z]*" is missing$' err || fail "a name does not say that a file is an ICS"
with_items full '{"C_OFLINE": true, "C_BPI": true}'
exits 65 check changed.ics.json
(($(grep -c '^changed.ics.json: /items/C_[A-Z]*: ' err) == 2)) || fail "check does not name each unknown item"

# decode
exits 0 decode --as sms-submit 41000891515510770004350605040B84C002010603C4AF877036D0AED64D285384B11B09D4C9C92A02D800000000BE10636F6D2E6578616D706C652E646D7363
for words in "destination_port: 2948" "PDU type: push" "Content-Type (application/vnd.syncml.notification, short form)" "x-wap-application-id: x-wap-application:syncml.dm" "server identifier: com.example.dmsc" "session id: 190"; do
  grep -q "$words" out || fail "decode of an SMS-SUBMIT shows no $words"
done
exits 0 decode --as cdma-sms 0000021004040B8884189A9A9A98189B9B80083E00032000F0013701A800080600105C2008301E257C393B146354254C1AAF9639F6CFE29AAF0816C00000000660831B7B69732BC30B6B83632973236B9B18
for words in "teleservice identifier: wap" "destination_port: 2948" "server identifier: com.example.dmsc"; do
  grep -q "$words" out || fail "decode of a CDMA message shows no $words"
done
exits 0 decode "DC13 82028281 710D8001 0407 444D20436C69656E74"
grep -q 'port: 32769' out && grep -q 'application_type: 7' out && grep -q 'name: DM Client' out && grep -q 'dcs: gsm7' out || fail "decode of registry data"
exits 0 decode --json DC138202828171 0D80010407444D20436C69656E74
jq -e '.kind == "envelope" and (.fields[1] | .tag == "71" and .comprehension == false and .offset == 6 and .length == 15 and .value.port == 32769)' out >/dev/null || fail "decode --json"
exits 65 decode DC13820282
grep -q 'Device identities\|length says' out err || fail "malformed octets show nothing"
exits 65 decode xyz
exits 64 decode --as nothing 00
printf 'D009810301040082028182\n\n# remark\nD0098103010400820281\nDC138202828 1710D80010407444D20436C69656E74\n' >lines
"$dmsc" decode - <lines >out 2>err && fail "a bad line is not reported"
grep -q 'line 4: length says 9 octets, 8 are left at offset 1' err || fail "the bad line is not named: $(cat err)"
[[ $(grep -c '^[A-Z]' out) -ge 3 ]] || fail "not every line was decoded"
exits 0 decode --as profile 2102
grep -q 'timer expiration' out || fail "profile"
exits 0 decode 80F2000C

# version, help, streams
exits 0 --version
exits 0 --help
exits 64
exits 64 fly
"$dmsc" list >/dev/full 2>err && fail "a full disk is not noticed"
[[ $(tail -n 1 err) == "exit 74: "* ]] || fail "a full disk is not exit 74"

# installed: the binary finds its cases beside itself
DESTDIR=$folder/root cmake --install "$(dirname "$(dirname "$dmsc")")" >/dev/null
installed=$folder/root/usr/local
[[ $(cd / && "$installed/bin/dmsc" list --json | jq length) == $((cases + device_cases)) ]] || fail "the installed dmsc does not find its cases"
[[ -s $installed/share/dmsc/README.md && -s $installed/share/dmsc/testcases/README.md ]] || fail "the installation has no README"
(cd / && "$installed/bin/dmsc" run -q --card ref --force --out "$folder/installed" >/dev/null 2>&1) || fail "the installed dmsc does not run"
(cd / && "$installed/bin/dmsc" run -q DM_SC-1.0-con-151 --device "exec:$installed/bin/dmsc ref device --clock virtual" --force --out "$folder/installed" >/dev/null 2>&1) || fail "the installed dmsc finds no device"
DMSC_DATA=/nowhere "$dmsc" list >out 2>err && fail "DMSC_DATA is not heeded"
[[ $(tail -n 1 err) == "exit 78: "* ]] || fail "missing data is not exit 78"

echo "$checks command lines"
