#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What the build says of its suite: in order as shipped; not in order with a case that names an event nobody knows, or
# without the defects that the cases name. usage: suite_digest_test.sh PROGRAM SOURCE
set -euo pipefail
program=$1
source_folder=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp -r "$source_folder/testcases" "$source_folder/adapters/defects" "$folder"

# says EXPECTED WHAT TESTCASES DEFECTS
says() {
  local said
  said=$("$program" "$3" "$4")
  [[ $said =~ ^sha256:[0-9a-f]{64}";$1"$ ]] || { echo "FAILED: $2: $said"; exit 1; }
  echo "ok $2: $1"
}
says true "as shipped" "$folder/testcases" "$folder/defects"
mkdir "$folder/none"
says false "without defects" "$folder/testcases" "$folder/none"
case=$(find "$folder/testcases" -name 'DM_SC-1.0-con-101.json')
sed -i 's/"expect": "[a-z_.]*"/"expect": "proactive.open_chanel"/' "$case"
grep -q open_chanel "$case" || { echo "FAILED: nothing was broken"; exit 1; }
says false "with a broken case" "$folder/testcases" "$folder/defects"
