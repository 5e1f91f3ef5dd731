#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every source file is formatted and begins with its SPDX line.
set -euo pipefail
cd "$1"
mapfile -t sources < <(find runner adapters reports \( -name '*.cpp' -o -name '*.hpp' \) | sort)
((${#sources[@]} > 100)) || { echo "only ${#sources[@]} files found"; exit 1; }
bad=0
for file in "${sources[@]}" $(find . -path ./build -prune -o -name '*.sh' -print -o -name CMakeLists.txt -print); do
  head -n 2 "$file" | grep -q 'SPDX-License-Identifier: Apache-2.0' || { echo "$file has no SPDX line"; bad=1; }
done
clang-format --dry-run --Werror "${sources[@]}" || bad=1
exit $bad
