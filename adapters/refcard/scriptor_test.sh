#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# scriptor of pcsc-tools, which knows nothing of us, drives the reference card: SELECT, TERMINAL PROFILE, FETCH, TERMINAL
# RESPONSE. usage: scriptor_test.sh DMSC SOURCE
set -euo pipefail
dmsc=$1
# shellcheck source=adapters/pcsc/testing/private_pcscd.sh
source "$2/adapters/pcsc/testing/private_pcscd.sh"

pcscd_start
card_start --personality full
card_seen() { "$dmsc" doctor --json 2>/dev/null | jq -e --arg text "$reader: card present" 'any(.text == $text)' >/dev/null; }
until_true 10 card_seen || fail "the card did not appear"

# Octets worked out by hand: profile with 1.1, 3.6, 3.7; POLL INTERVAL 30 s; its terminal response; STATUS twice.
cat >"$folder/script" <<'X'
00 A4 00 0C 02 3F 00
00 A4 00 04 02 3F 00
00 C0 00 00 1D
80 10 00 00 03 01 00 60
80 12 00 00 0F
80 14 00 00 10 81 03 01 03 00 82 02 82 81 83 01 00 84 02 01 1E
80 F2 00 0C 00
80 12 00 00 0F
X
scriptor -r "$reader" -p T=0 "$folder/script" >"$folder/answers" 2>"$folder/errors" || { cat "$folder/errors"; fail "scriptor"; }
# One answer a line: what scriptor prints behind "<", without its words for the status.
answers=$(tr -d '\n' <"$folder/answers" | sed 's/> /\n> /g; s/< /\n< /g' | sed -n 's/^< \([0-9A-F ]*\).*/\1/p' | tr -d ' ')
expected='9000
611D
621B8202782183023F00A5038001718A0105C6099001008301018301819000
910F
D00D8103010300820281828402011E9000
9000
9000
6985'
[[ $answers == "$expected" ]] || { diff <(echo "$expected") <(echo "$answers") || true; fail "answers differ"; }
echo "scriptor agrees on $(wc -l <<<"$expected") answers"
