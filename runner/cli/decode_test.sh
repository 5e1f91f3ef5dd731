#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# dmsc decode and dmsc bench decode on recordings: captures of every form, whose frames tshark counts too, and logs.
# usage: decode_test.sh DMSC SOURCE
set -euo pipefail
dmsc=$1
source_folder=$2
# shellcheck source=adapters/common/testing/script.sh
source "$source_folder/adapters/common/testing/script.sh"
cd "$folder"

# exits CODE ARGS...: standard output in stdout, standard error in err
exits() {
  local code=$1 got=0
  shift
  timeout 60 "$dmsc" "$@" >stdout 2>err || got=$?
  ((got == code)) || fail "dmsc $*: exit $got, expected $code"
}
last() { [[ $(tail -n 1 err) == "$1" ]] || fail "the last line is: $(tail -n 1 err), not: $1"; }

python3 "$source_folder/runner/cli/testing/captures.py" . || fail "no captures"

# captures: as many exchanges as tshark sees frames
for file in plain.pcap big-end.pcap nanoseconds.pcap ipv6.pcap extension.pcap vlan.pcap qinq.pcap null.pcap loop.pcap \
  raw.pcap ipv6-type.pcap cooked.pcap cooked2.pcap upper-pdu.pcap interfaces.pcapng sections.pcapng plain.pcap.gz; do
  (($(tshark -r "$file" -Y gsm_sim 2>/dev/null | wc -l) == 5)) || fail "$file: tshark does not see 5 frames"
  exits 0 bench decode "$file"
  grep -q '^5 APDUs, ' stdout || fail "$file: not 5 APDUs"
  exits 0 decode "$file"
  (($(grep -c '^frame ' stdout) == 5)) || fail "$file: decode does not show 5 messages"
  ok "$file"
done

# message by message
exits 0 decode plain.pcap
[[ $(grep -A 1 '^frame ' stdout | grep -v '^frame\|^--' | cut -d' ' -f1 | tr '\n' ' ') == "TERMINAL FETCH TERMINAL FETCH ENVELOPE " ]] ||
  fail "the commands are others"
grep -q '^frame 4  2023-11-14T22:13:23.000123Z$' stdout || fail "frame 4 has no number and time"
grep -q '^  POLL INTERVAL ' stdout || fail "the answer of a FETCH is not decoded"
grep -q '^  Status word: 9112 (normal ending, a proactive command waits: 18 octets)' stdout || fail "no status word"
last "exit 0: done - 5 messages"
exits 0 decode interfaces.pcapng
last "exit 0: done - 5 messages; 1 frame passed over: 1 of link type 150"
exits 0 decode --json plain.pcap
jq -se 'length == 5 and .[3].frame == 4 and .[3].time == "2023-11-14T22:13:23.000123Z" and .[3].key == "fetch"
  and ([.[3].fields[] | .key] | index("poll_interval") != null and index("sw") != null)' stdout >/dev/null || fail "decode --json of a capture"
ok "messages with their numbers"

# pieces
exits 0 decode pieces.pcap
last "exit 0: done - 5 messages"
(($(grep -c 'Status word' stdout) == 5)) || fail "header, data and status word are not joined"
ok "sub-types 4 to 7"

# cut off, damaged, something else
for file in cut.pcap cut.pcapng cut.pcap.gz; do
  exits 0 bench decode "$file"
  grep -q '^4 APDUs, ' stdout && grep -q "^warning: $file: .*cut off.* missing; 4 whole packets before\$" err || fail "$file"
  exits 0 decode "$file"
  (($(grep -c '^frame ' stdout) == 4)) || fail "$file: not 4 messages"
  [[ $(tail -n 1 err) == "exit 0: done - 4 messages; "*"cut off within packet 5"* ]] || fail "$file: the cut is not in the last line"
done
exits 65 decode damaged.pcap
(($(grep -c '^frame ' stdout) == 5)) || fail "what came before the damage is not shown"
last "exit 65: bad data - damaged.pcap: packet 6 says that it has 4294967280 octets; nothing behind it can be read"
exits 66 decode fragments.pcap
last "exit 66: nothing to work on - no message of a card; 5 frames passed over: 5 a fragment of an IP packet"
exits 65 decode usb.pcap
grep -q 'link type 220 carries no GSMTAP' err || fail "the link type is not named"
exits 66 decode missing.pcap
last "exit 66: nothing to work on - missing.pcap: cannot be read: No such file or directory"
mkfifo pipe.pcap
exits 66 decode pipe.pcap
last "exit 66: nothing to work on - pipe.pcap: cannot be read: it is no regular file"
truncate -s 5G large.pcap
exits 65 decode large.pcap
last "exit 65: bad data - large.pcap: is larger than 4 GiB"
rm large.pcap
exits 65 decode "$(command -v "$dmsc")"
grep -q 'is neither a capture nor a text$' err || fail "a program is taken for a text"
ok "cut, damaged and other files"

# filters
exits 0 decode plain.pcap --filter key=poll_interval
last "exit 0: done - 1 message"
exits 0 decode plain.pcap --filter name=fetch --filter 'sw!=91*' --json
jq -se 'map(.frame) == [2, 4]' stdout >/dev/null || fail "two filters"
exits 0 decode plain.pcap --filter result.general=performed
exits 0 decode plain.pcap --filter registry_application_data.port=32769
last "exit 0: done - 1 message"
exits 66 decode plain.pcap --filter sw=6*
last "exit 66: nothing to work on - none of 5 messages passes --filter"
exits 64 decode plain.pcap --filter =x
ok "filters"

# logs, and what people paste
printf 'ATR: 3b 00\nTPDU: 80 f2 00 0c 00 90 00\n' >sniff.log
exits 0 decode sniff.log
last "exit 0: done - 2 messages"
grep -q '^line 2$' stdout && grep -q '^STATUS' stdout || fail "a log of simtrace2-sniff"
printf '00000162 APDU: 80 F2 00 0C 00 \n00000301 SW: 90 00 \n' >pcscd.log
exits 0 bench decode pcscd.log
grep -q '^1 APDUs, ' stdout || fail "bench decode of a log"
printf '\377\376D\0000\0000\0009\0008\0001\0000\0003\0000\0001\0000\0004\0000\0000\0008\0002\0000\0002\0008\0001\0008\0002\000' >utf16.txt
exits 0 decode utf16.txt
grep -q '^POLLING OFF' stdout || fail "UTF-16"
for text in "D0:09:81:03:01:04:00:82:02:81:82" "0xD0,0x09,0x81,0x3,1,4,0,0x82,2,0x81,0x82" "[208, 9, 129, 3, 1, 4, 0, 130, 2, 129, 130]" \
  "b'\\xd0\\t\\x81\\x03\\x01\\x04\\x00\\x82\\x02\\x81\\x82'" "> D0 09 81 03 01 04 00 82 02 81 82"; do
  exits 0 decode "$text"
  grep -q '^POLLING OFF' stdout || fail "decode '$text'"
done
exits 0 decode 'SW: 91 0B'
grep -q '910B (normal ending, a proactive command waits: 11 octets)' stdout || fail "a line of a log as a word"
printf '<SyncML><SyncHdr><VerDTD>1.2</VerDTD></SyncHdr></SyncML>' >message.xml
exits 0 decode --as syncml message.xml
grep -q '^    SyncHdr' stdout && grep -q 'VerDTD: 1.2' stdout || fail "--as syncml"
exits 65 decode --as syncml '<SyncML>'
exits 0 decode --as wbxml "02A4016A00 6D 2C 6B 45 54 4F01 01 54 0F 01 54 01 01 01 01"
echo 9000 >dead
exits 65 decode dea
exits 0 decode ./dead
grep -q 'Status word: 9000' stdout || fail "./dead is not the file"
ok "logs and pasted octets"

exits 0 decode --help
grep -q 'Exit codes' stdout && grep -q 'dmsc decode trace.pcapng' stdout || fail "--help has no examples"

# memory does not grow with the recording
for count in 1000 100000; do
  python3 "$source_folder/runner/cli/testing/captures.py" --long "$count" long.pcap
  exits 0 bench decode long.pcap
  grep -q "^$count APDUs, " stdout || fail "not all $count"
  peak=$(sed -n 's/^memory *\([0-9]*\) KiB.*/\1/p' stdout)
  [[ -z ${first:=$peak} ]] || ((peak < first + 4096)) || fail "memory grows: $first KiB, then $peak KiB"
done
ok "memory is flat: $first KiB and $peak KiB"

# two threads read the same values
by_one=$(grep '^values' stdout)
exits 0 bench decode --threads 2 long.pcap
[[ $by_one == "values "*[1-9]* && $(grep '^values' stdout) == "$by_one" ]] || fail "by two threads: $(grep '^values' stdout), by one $by_one"
ok "two threads: $by_one"
echo "$checks checks"
