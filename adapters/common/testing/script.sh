# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# For test scripts: a folder of their own in $folder, processes in `pids` that end with the script, each by its own
# process id, and words for what was checked. Source it. `stdout` and `err` in the folder are shown when a check fails.

folder=$(mktemp -d)
export XDG_STATE_HOME=$folder/state-home # no run of a test touches the accounts of whoever runs it
pids=()
checks=0
finish() {
  local pid
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$folder"
}
trap finish EXIT

fail() {
  echo "FAILED: $*"
  tail -n 30 "$folder"/*stdout "$folder"/*err 2>/dev/null || true
  exit 1
}

ok() {
  checks=$((checks + 1))
  echo "ok $*"
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

# a port that the kernel has just given out, and gives to nobody else for a while
kernel_port() { python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
