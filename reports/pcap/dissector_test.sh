#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The dissector that dmsc vocabulary --lua writes, in tshark, on the traces of the whole suite.
# usage: dissector_test.sh DMSC SOURCE
set -euo pipefail
dmsc=$1
source_folder=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$dmsc" vocabulary --lua >"$folder/dmsc.lua" 2>/dev/null
"$dmsc" run -q --card ref --device ref --traces all --out "$folder/out" >/dev/null 2>&1
mergecap -a -F pcap -w "$folder/all.pcap" "$folder"/out/artifacts/*/trace.pcap
python3 "$source_folder/reports/pcap/dissector_test.py" "$dmsc" "$folder/all.pcap" "$folder/dmsc.lua"
