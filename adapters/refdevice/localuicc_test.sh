#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# USB EEM as the device sees it: the reference device in a network namespace of its own, where a hosts entry says what
# localuicc is, and our card's web server in another, IPv4 and IPv6. And the card's ports on loopback are closed to the
# network. usage: localuicc_test.sh DMSC SOURCE
set -euo pipefail
dmsc=$1
source_folder=$2

# shellcheck source=adapters/tcp/testing/two_networks.sh
source "$source_folder/adapters/tcp/testing/two_networks.sh"
enter_network "$0" "$@"
# shellcheck source=adapters/common/testing/script.sh
source "$source_folder/adapters/common/testing/script.sh"
two_networks

count_of() { jq -s "[.[] | select(.type == \"case\" and .verdict == \"$1\" and (.id | test(\"-ics-\") | not))] | length" "$folder/out/run.jsonl"; }

# runs CODE NAME ADDRESS CASES -- ARGS OF THE DEVICE...: the device finds localuicc at ADDRESS
runs() {
  local code=$1 name=$2 address=$3 got=0 cases=()
  shift 3
  while [[ $1 != -- ]]; do
    cases+=("$1")
    shift
  done
  shift
  printf '127.0.0.1 localhost\n%s localuicc\n' "$address" >"$folder/hosts"
  mount --bind "$folder/hosts" /etc/hosts
  rm -rf "$folder/out"
  timeout 200 "$dmsc" run "${cases[@]}" --device "exec:nsenter -t $other_pid -n $dmsc ref device $*" \
    --device-ip 192.0.2.1 --device-ip 2001:db8::1 --ics "$source_folder/testcases/ics/handset.ics.json" \
    --pixit "$source_folder/testcases/ics/handset.pixit.json" --force --out "$folder/out" >"$folder/stdout" 2>"$folder/err" || got=$?
  umount /etc/hosts
  ((got == code)) || fail "$name: exit $got, expected $code"
  ok "$name: $(tail -n 1 "$folder/err")"
}

runs 0 "IPv4" 192.0.2.1 DM_SC-1.0-con-453 DM_SC-1.0-con-461.tcp_ipv4 --
[[ $(count_of pass) == 2 ]] || fail "IPv4: $(count_of pass) passes, not 2"
grep -qx 'localuicc: 192.0.2.1:443' "$folder/err" || fail "we do not say where localuicc is"
runs 0 "IPv6" 2001:db8::1 DM_SC-1.0-con-454 --
[[ $(count_of pass) == 1 ]] || fail "IPv6: $(count_of pass) passes, not 1"
runs 1 "IPv4 where IPv6 is asked for" 192.0.2.1 DM_SC-1.0-con-454 --
runs 1 "a device that does not know the name" 192.0.2.1 DM_SC-1.0-con-453 -- --defect no-localuicc
runs 1 "localuicc leads elsewhere" 192.0.2.9 DM_SC-1.0-con-453 --

# SCWS-2: what listens for the card listens on loopback; the network does not get through
runs 0 "loopback only" 192.0.2.1 DM_SC-1.0-con-460 --
runs 1 "open to the network" 192.0.2.1 DM_SC-1.0-con-460 -- --defect open-to-network

echo "$checks checks"
