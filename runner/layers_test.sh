#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Includes point only downwards: cli > engine > peer > load > port > model > codec > base; adapters implement ports and
# may use peers; reports use ports. Prints each include that does not, and fails.
set -euo pipefail
cd "$1"

declare -A below=(
  [base]="base" [codec]="codec base" [model]="model codec base" [port]="port model codec base"
  [load]="load port model codec base" [peer]="peer port model codec base"
  [fuzz]="fuzz peer port model codec base"
  [engine]="engine peer load port model codec base" [cli]="cli engine peer load port model codec base"
)
# Rooms of the codec: one a standard, over one wire grammar; decode.cpp and guess.cpp above them choose among all.
declare -A rooms=(
  [wire]="wire" [dm]="dm wire" [wap]="wap dm wire" [sms]="sms wap dm wire" [cat]="cat sms wap dm wire"
  [card]="card cat sms wap dm wire" [codec]="codec card cat sms wap dm wire"
)
# room_of PATH -> its room, or codec where it stands in none
room_of() { local rest=${1#runner/codec/}; [[ $rest == */* ]] && echo "${rest%%/*}" || echo codec; }
# The engine's benches stand above it, each for itself, and neither is known to what judges.
declare -A floors=([traffic]="traffic engine" [card]="card traffic engine" [device]="device traffic engine" [engine]="engine traffic")
# floor_of PATH -> the engine's folder it stands in, or engine
floor_of() { local rest=${1#runner/engine/}; [[ $rest == */* ]] && echo "${rest%%/*}" || echo engine; }
bad=0
looked=0
complain() { echo "$1 includes $2"; bad=1; }

while IFS=: read -r file line; do
  target=$(sed -E 's/.*"([^"]+)".*/\1/' <<<"$line")
  looked=$((looked + 1))
  case $file in
    runner/cli/*) continue ;; # the one place that names concrete adapters and reports
    runner/*)
      from=$(cut -d/ -f2 <<<"$file")
      [[ $target == runner/* ]] || { complain "$file" "$target"; continue; }
      to=$(cut -d/ -f2 <<<"$target")
      [[ $to == catch.hpp || " ${below[$from]} " == *" $to "* ]] || complain "$file" "$target"
      if [[ $from == codec && $to == codec && $file != *_test.cpp ]]; then
        [[ " ${rooms[$(room_of "$file")]} " == *" $(room_of "$target") "* ]] || complain "$file" "$target"
      fi
      if [[ $from == engine && $to == engine && $file != *_test.cpp && $file != */testing/* ]]; then
        [[ " ${floors[$(floor_of "$file")]} " == *" $(floor_of "$target") "* ]] || complain "$file" "$target"
      fi
      ;;
    adapters/* | reports/*)
      part=$(cut -d/ -f1-2 <<<"$file")
      case $target in
        runner/base/* | runner/codec/* | runner/model/* | runner/port/* | "$part"/* | adapters/common/* | reports/common/*) ;;
        adapters/reference/*) [[ $part == adapters/ref* ]] || complain "$file" "$target" ;; # shared by both reference peers
        adapters/process/* | adapters/tcp/*) [[ $file == *_test.cpp || $file == */testing/* || $part =~ ^adapters/(refdevice|exec|manual|reader)$ ]] || complain "$file" "$target" ;; # they speak or stand in for the adapter protocol
        adapters/vpcd/*) [[ $part == adapters/reader || $file == *_test.cpp || $file == */testing/* ]] || complain "$file" "$target" ;;
        runner/peer/*) [[ $part == adapters/ref* ]] || complain "$file" "$target" ;;
        *) [[ $file == *_test.cpp || $file == */testing/* ]] || complain "$file" "$target" ;; # tests may check one part with another
      esac
      ;;
  esac
done < <(grep -rE --include='*.hpp' --include='*.cpp' '^#include "' runner adapters reports | sed -E 's/:#include/:#include/')

((looked > 100)) || { echo "only $looked includes found, the check saw nothing"; exit 1; }
exit $bad
