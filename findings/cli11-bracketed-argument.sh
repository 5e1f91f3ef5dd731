#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# CLI11 2.1.2 (Debian 12): one argument of the command line that begins with [ and ends with ] is taken apart at its commas,
# although the shell quoted it and the program asked for plain strings. A glob such as '[a,b]' therefore reaches the program as
# the two patterns 'a' and 'b', which match other names; '[ab]' alone loses its brackets and becomes 'ab'.
# Seen: "[a,b]" -> 2 values "a" "b"; "[ab]" -> 1 value "ab"; "x[a,b]" -> 1 value, as given.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -q libcli11-dev=2.1.2+ds-1 >/dev/null 2>&1 || { echo "libcli11-dev 2.1.2+ds-1 cannot be had here"; exit 69; }
dpkg -x libcli11-dev_*.deb tree
cat >seen.cpp <<'CPP'
#include <CLI/CLI.hpp>
#include <iostream>
int main(int argc, char** argv) {
  CLI::App app;
  std::vector<std::string> words;
  app.add_option("word", words);
  CLI11_PARSE(app, argc, argv);
  std::cout << words.size() << ":";
  for (const auto& word : words) std::cout << " <" << word << ">";
  std::cout << "\n";
}
CPP
g++ -std=c++17 -O0 -isystem tree/usr/include seen.cpp -o seen
{
  ./seen '[a,b]'
  ./seen '[ab]'
  ./seen 'x[a,b]'
} | tee out
diff out - <<'SEEN' && echo "CLI11 2.1.2 still takes a bracketed argument apart"
2: <a> <b>
1: <ab>
1: <x[a,b]>
SEEN
