#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The reference device on a port: only for this machine unless told otherwise, one runner at a time, and nobody keeps it
# by saying nothing. usage: listen_test.sh DMSC SOURCE
set -euo pipefail
dmsc=$1
source_folder=$2
# shellcheck source=adapters/common/testing/script.sh
source "$source_folder/adapters/common/testing/script.sh"
cd "$folder"

# ends CODE LAST_LINE ARGS...: the end of the last line is this
ends() {
  local code=$1 sentence=$2 got=0
  shift 2
  timeout 60 "$dmsc" "$@" >"$folder/stdout" 2>"$folder/err" || got=$?
  ((got == code)) || fail "dmsc $*: exit $got, expected $code"
  ((code == 0)) || [[ $(tail -n 1 "$folder/err") == "exit $code: "*"$sentence" ]] || fail "dmsc $*: the last line does not say: $sentence"
}

device_start() { # ARGS...
  : >"$folder/device.err"
  "$dmsc" ref device --clock virtual "$@" 2>"$folder/device.err" &
  device_pid=$!
  pids+=("$device_pid")
  until_true 15 grep -q '^reference device: waits at ' "$folder/device.err" || fail "the device does not wait: $(cat "$folder/device.err")"
  place=$(sed -n 's/^reference device: waits at //p' "$folder/device.err")
}

# hears FD SECONDS LINE: one line, and then the end
hears() {
  local line='' rest=0
  read -r -t "$2" -u "$1" line || fail "no line within $2 s"
  [[ $line == "$3" ]] || fail "heard $line"
  read -r -t 5 -u "$1" line || rest=$?
  ((rest == 1)) || fail "the connection is not closed ($rest)"
}
error() { printf '{"jsonrpc":"2.0","id":%s,"error":{"code":%s,"message":"%s"}}' "$@"; }

for outside in 0.0.0.0:0 '[::]:0' 192.0.2.1:4700 '[2001:db8::1]:4700'; do
  ends 64 "\"$outside\" is no loopback address: with --allow-remote whoever reaches it operates the device" ref device --listen "$outside"
done
ends 64 "--allow-remote requires --listen" ref device --allow-remote
ok "loopback alone"
device_start --listen 0.0.0.0:0 --allow-remote
kill -TERM "$device_pid"
wait "$device_pid" && fail "a device that a signal ended says 0" || true
ok "any address, where that was asked for"

device_start --listen 127.0.0.1:0
port=${place##*:}
exec {silent}<>"/dev/tcp/127.0.0.1/$port"
ends 0 "" run DM_SC-1.0-con-151 --device "tcp:$place" --out "$folder/out"
ok "a client that says nothing keeps nobody out"
hears "$silent" 10 "$(error null 7 'another runner is being served')"
exec {silent}>&-
exec {silent}<>"/dev/tcp/127.0.0.1/$port"
hears "$silent" 10 "$(error null -32600 'no request within 5 s')"
exec {silent}>&-
ok "and is let go"

exec {runner}<>"/dev/tcp/127.0.0.1/$port"
printf '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocol":2,"runner":{"name":"test","version":"1"},"run_id":"1"}}\n' >&"$runner"
read -r -t 10 -u "$runner" line && [[ $line == '{"jsonrpc":"2.0","id":1,"result":'* ]] || fail "the first runner hears $line"
exec {second}<>"/dev/tcp/127.0.0.1/$port"
hears "$second" 5 "$(error null 7 'another runner is being served')"
exec {second}>&-
ends 75 "another runner is being served" run DM_SC-1.0-con-151 --device "tcp:$place" --out "$folder/second"
ends 75 "another runner is being served" adapter test "tcp:$place"
printf '{"jsonrpc":"2.0","id":2,"method":"canary.echo","params":{"nonce":"A"}}\n' >&"$runner"
read -r -t 10 -u "$runner" line && [[ $line == '{"jsonrpc":"2.0","id":2,"result":{"nonce":"A"}}' ]] || fail "the first runner hears $line"
ok "a second runner is told that there is one"
exec {runner}>&-
ends 0 "" adapter test "tcp:$place"
ends 0 "" adapter test "tcp:$place"
ok "and the next one is served"

echo "$checks checks"
