# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# For tests: a pcscd of their own, in its own namespaces, with one virtual reader. Source it, call pcscd_start, and every
# process it started ends with the script. Each is stopped by its own process id.

test_folder=$(mktemp -d)
test_pids=()
reader="DMSC Virtual 00 00"

finish() {
  local pid
  for pid in "${test_pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${test_pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$test_folder"
}
trap finish EXIT

fail() {
  echo "FAILED: $*"
  exit 1
}

# until_true SECONDS COMMAND...: waits for a condition, a short while at a time
until_true() {
  local tries=$(($1 * 20))
  shift
  until "$@"; do
    ((tries-- > 0)) || return 1
    sleep 0.05
  done
}

free_port() { # two neighbouring ports below the range the system hands out by itself
  local port
  for _ in {1..50}; do
    port=$((20000 + RANDOM % 10000))
    ss -Htln "( sport = :$port or sport = :$((port + 1)) )" | grep -q . || { echo "$port"; return; }
  done
  return 1
}

pcscd_start() {
  mkdir -p "$test_folder/run" "$test_folder/conf"
  port=$(free_port)
  printf 'FRIENDLYNAME "DMSC Virtual"\nDEVICENAME /dev/null:%s\nLIBPATH /usr/lib/pcsc/drivers/serial/libifdvpcd.so\nCHANNELID %s\n' \
    "$port" "$port" >"$test_folder/conf/vpcd"
  unshare -rm sh -c "mount -t tmpfs tmpfs /run && mkdir /run/pcscd && mount --bind '$test_folder/run' /run/pcscd &&
    exec /usr/sbin/pcscd -f -C -c '$test_folder/conf'" >"$test_folder/pcscd.log" 2>&1 &
  pcscd_pid=$!
  test_pids+=("$pcscd_pid")
  export PCSCLITE_CSOCK_NAME=$test_folder/run/pcscd.comm
  until_true 10 test -S "$PCSCLITE_CSOCK_NAME" || { cat "$test_folder/pcscd.log"; fail "pcscd did not start"; }
}

# card_start ARGS...: the reference card in the reader; waits until pcscd sees it
card_start() {
  "$dmsc" ref card --vpcd "127.0.0.1:$port" "$@" 2>"$test_folder/card.log" &
  card_pid=$!
  test_pids+=("$card_pid")
}

# card_stop: takes the card out and waits until pcscd's poll has seen the reader empty
card_stop() {
  kill "$card_pid" 2>/dev/null || true
  wait "$card_pid" 2>/dev/null || true
}
