#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A million mutated inputs a decoder: what it calls clean must be written octet by octet as it was. Prints the table of
# faults, fails where it is not all zeros. usage: mutations.sh [INPUTS [SEED]]; wants a build of preset release
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
program=$top/build/release/runner/mutations
[[ -x $program ]] || {
  echo "$program is missing: cmake --preset release && ninja -C build/release mutations"
  exit 69
}
exec "$program" "$top/fixtures/corpus" "${1:-1000000}" "${2:-1}"
