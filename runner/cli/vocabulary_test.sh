#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The vocabulary in its forms: a list, JSON, the page that is kept in testcases/, the schema for editors.
# usage: vocabulary_test.sh DMSC SOURCE
set -euo pipefail
dmsc=$1
source_folder=$2

# shellcheck source=adapters/common/testing/script.sh
source "$source_folder/adapters/common/testing/script.sh"
cd "$folder"
# says CODE LAST-LINE ARGS...
says() {
  local code=$1 line=$2 got=0
  shift 2
  "$dmsc" vocabulary "$@" >out 2>err </dev/null || got=$?
  ((got == code)) || fail "dmsc vocabulary $*: exit $got, expected $code"
  [[ $(tail -n 1 err) == "$line" ]] || fail "dmsc vocabulary $*: the last line is $(tail -n 1 err)"
}

says 0 'exit 0: done'
grep -q '^do wake_up (card): The card is woken up$' out || fail "no stimulus is listed"
grep -q '^proactive.open_channel: ' out || fail "no event is listed"
says 0 'exit 0: done' envelope.sms_pp_download
grep -q '^  mode  words: cdma$' out || fail "the modes of a download: $(cat out)"
says 0 'exit 0: done' proactive.unknown_command_7F
grep -q '^proactive.unknown_command_XX: ' out || fail "an event without a row: $(head -1 out)"
says 65 'exit 65: bad data - "proactive.none" names no event and no stimulus' proactive.none
ok list

says 0 'exit 0: done' --json
[[ $(jq -r '.objects[] | select(.key == "transport_level") | .tag' out) == 3C ]] || fail "the tag of an object"
[[ $(jq -r '.events[] | select(.key == "network.sms").members[] | select(.key == "outcome").words | join(" ")' out) == "message other none" ]] ||
  fail "the words of a member"
[[ $(jq -r '.stimuli[] | select(.name == "wake_up").parameters[0] | "\(.key) \(.required)"' out) == "kind true" ]] ||
  fail "the parameter of a stimulus"
ok json

says 0 'exit 0: done' --markdown
cmp out "$source_folder/testcases/VOCABULARY.md" ||
  fail "testcases/VOCABULARY.md is not what dmsc vocabulary --markdown writes"
ok page

says 0 'exit 0: done' --schema
python3 "$source_folder/runner/cli/words_schema_test.py" out "$source_folder/testcases" || fail schema
ok schema
echo "$checks groups"
