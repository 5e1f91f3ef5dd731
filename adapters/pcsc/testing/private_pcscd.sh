# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# For tests: a pcscd of their own, in its own namespaces, with one virtual reader. Source it, call pcscd_start, and every
# process it started ends with the script. Each is stopped by its own process id.

# shellcheck source=adapters/common/testing/script.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../common/testing/script.sh"
reader="DMSC Virtual 00 00"

free_port() { # two neighbouring ports below the range the system hands out by itself
  local port
  for _ in {1..50}; do
    port=$((20000 + RANDOM % 10000))
    ss -Htln "( sport = :$port or sport = :$((port + 1)) )" | grep -q . || { echo "$port"; return; }
  done
  return 1
}

pcscd_start() {
  mkdir -p "$folder/run" "$folder/conf"
  port=$(free_port)
  printf 'FRIENDLYNAME "DMSC Virtual"\nDEVICENAME /dev/null:%s\nLIBPATH /usr/lib/pcsc/drivers/serial/libifdvpcd.so\nCHANNELID %s\n' \
    "$port" "$port" >"$folder/conf/vpcd"
  unshare -rm sh -c "mount -t tmpfs tmpfs /run && mkdir /run/pcscd && mount --bind '$folder/run' /run/pcscd &&
    exec /usr/sbin/pcscd -f -C -c '$folder/conf'" >"$folder/pcscd.log" 2>&1 &
  pcscd_pid=$!
  pids+=("$pcscd_pid")
  export PCSCLITE_CSOCK_NAME=$folder/run/pcscd.comm
  until_true 10 test -S "$PCSCLITE_CSOCK_NAME" || { cat "$folder/pcscd.log"; fail "pcscd did not start"; }
}

# card_start ARGS...: the reference card in the reader; waits until pcscd sees it
card_start() {
  "$dmsc" ref card --vpcd "127.0.0.1:$port" "$@" 2>"$folder/card.log" &
  card_pid=$!
  pids+=("$card_pid")
}

# card_stop: takes the card out and waits until pcscd's poll has seen the reader empty
card_stop() {
  kill "$card_pid" 2>/dev/null || true
  wait "$card_pid" 2>/dev/null || true
}
