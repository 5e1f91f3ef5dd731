#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Sets up, builds and runs the suite: `./dmsc.sh run --card ref --device ref`, `./dmsc.sh test`, or any other verb of dmsc.
set -euo pipefail

top=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
here=$PWD
build=$top/build/release

to_build=(g++ cmake ninja-build ccache pkg-config libcli11-dev nlohmann-json3-dev libpcsclite-dev libssl-dev
  libexpected-dev libvalijson-dev libpugixml-dev libpcap-dev libre2-dev zlib1g-dev libboost-dev catch2)
to_test=(pcscd vsmartcard-vpcd pcsc-tools tshark jq libxml2-utils clang-format iproute2 libwbxml2-utils curl
  openssl python3 python3-jsonschema groff-base)

say() { printf '%s\n' "$*" >&2; }

missing() {
  # pkgconf provides pkg-config, so ask for the program where a package has a twin.
  local package
  for package in "$@"; do
    case $package in
      pkg-config) command -v pkg-config >/dev/null || echo "$package" ;;
      *) [[ $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || echo "$package" ;;
    esac
  done
}

install() {
  local wanted
  mapfile -t wanted < <(missing "$@")
  ((${#wanted[@]} == 0)) && return
  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get)
  if ((EUID != 0)); then
    if ! sudo -n true 2>/dev/null; then
      say "packages are missing; install them and call again:"
      say "  apt-get install --no-install-recommends ${wanted[*]}"
      say "exit 69: not available - packages are missing"
      exit 69
    fi
    apt=(sudo "${apt[@]}")
  fi
  say "installing ${wanted[*]}"
  local log
  log=$(mktemp)
  if ! { "${apt[@]}" update && "${apt[@]}" install -y --no-install-recommends "${wanted[@]}"; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    say "exit 69: not available - apt-get could not install ${wanted[*]}"
    exit 69
  fi
  rm -f "$log"
}

build() {
  local log
  log=$(mktemp)
  if ! { { [[ -f $build/build.ninja ]] || (cd "$top" && cmake --preset release); } &&
    ninja -C "$build" "$@"; } >"$log" 2>&1; then
    tail -n 60 "$log" >&2
    rm -f "$log"
    say "exit 70: a bug of ours - the build failed"
    exit 70
  fi
  rm -f "$log"
}

case ${1:-} in
  "" | -h | --help)
    say "usage: ./dmsc.sh run --card ref --device ref | ./dmsc.sh test | ./dmsc.sh VERB ..."
    say "sets up and builds on Debian 12, then runs the verb of dmsc; test builds and runs all tests"
    [[ -n ${1:-} ]] && exit 0 || exit 64
    ;;
  test)
    shift
    install "${to_build[@]}" "${to_test[@]}"
    say "building"
    build all
    cd "$build"
    exec ctest --output-on-failure -j 2 "$@"
    ;;
  *)
    install "${to_build[@]}"
    [[ -x $build/bin/dmsc ]] || say "building, a few minutes the first time"
    build dmsc
    cd "$here"
    exec "$build/bin/dmsc" "$@"
    ;;
esac
