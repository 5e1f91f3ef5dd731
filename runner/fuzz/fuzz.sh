#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs each libFuzzer target for a while, two at a time, and says how many executions that were. What a target finds is
# kept in build/fuzz/corpus/NAME, what breaks it in build/fuzz/broken/NAME-*; put that into fixtures/corpus/NAME, where
# the tests run it for ever.
# usage: fuzz.sh [SECONDS [NAME ...]]   60 seconds and all targets when left out; needs clang-14, libclang-rt-14-dev
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
seconds=${1:-60}
shift || true
build=$top/build/fuzz

command -v clang++-14 >/dev/null || {
  echo "clang++-14 is missing: apt-get install clang-14 libclang-rt-14-dev"
  exit 69
}
cd "$top"
[[ -f $build/build.ninja ]] || cmake --preset fuzz >/dev/null
ninja -C "$build" fuzzers >"$build/fuzzers.log" 2>&1 || {
  tail -n 40 "$build/fuzzers.log"
  exit 70
}

names=("$@")
((${#names[@]} > 0)) || mapfile -t names < <(find "$build/bin/fuzz" -type f -printf '%f\n' | sort)
mkdir -p "$build/broken" "$build/logs"

# one NAME: exit status 1 when it broke
one() {
  local name=$1 corpus=$build/corpus/$1
  mkdir -p "$corpus"
  "$build/bin/fuzz/$name" -max_total_time="$seconds" -max_len=2048 -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="$build/broken/$name-" "$corpus" "$top/fixtures/corpus/$name" >"$build/logs/$name" 2>&1 && return 0
  return 1
}

running=0
for name in "${names[@]}"; do
  one "$name" || touch "$build/logs/$name.broken" &
  running=$((running + 1))
  ((running % 2 == 0)) && wait
done
wait

status=0
printf '%-20s %12s %10s %8s\n' target executions a_second corpus
for name in "${names[@]}"; do
  executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$build/logs/$name")
  rate=$(sed -n 's/^stat::average_exec_per_sec: *//p' "$build/logs/$name")
  printf '%-20s %12s %10s %8s\n' "$name" "${executions:-?}" "${rate:-?}" "$(find "$build/corpus/$name" -type f | wc -l)"
  if [[ -e $build/logs/$name.broken ]]; then
    rm "$build/logs/$name.broken"
    echo "  BROKEN: see $build/logs/$name and $build/broken"
    status=1
  fi
done
exit $status
