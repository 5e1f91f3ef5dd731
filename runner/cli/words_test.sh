#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What the program says of itself: help, suggestions, manual page, completion, and the last line of every verb.
# usage: words_test.sh DMSC SOURCE
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
  "$dmsc" "$@" >stdout 2>err </dev/null || got=$?
  ((got == code)) || fail "dmsc $*: exit $got, expected $code"
  [[ $(tail -n 1 err) == "$line" ]] || fail "dmsc $*: the last line is $(tail -n 1 err)"
}

says 64 'exit 64: bad command line - "rnu" is no verb, did you mean "run" or "ref"' rnu
says 64 'exit 64: bad command line - "lsit" is no verb, did you mean "list"' lsit --json
says 64 'exit 64: bad command line - "crad" is no verb, did you mean "card"' help ref crad
says 64 'exit 64: bad command line - The following argument was not expected: --crad, did you mean "--card"' run --crad ref
says 64 'exit 64: bad command line - The following argument was not expected: --jsno, did you mean "--json"' list --jsno
says 64 'exit 64: bad command line - The following argument was not expected: --measur, did you mean "--measure"' doctor --measur
ok suggestions

# every verb: help in both ways, with examples and exit codes, and nothing on standard error
verbs=$("$dmsc" help --man | sed -n 's/^\.SS dmsc //p')
(($(wc -l <<<"$verbs") >= 18)) || fail "the manual page has too few verbs: $verbs"
while read -r verb; do
  read -ra words <<<"$verb"
  "$dmsc" help "${words[@]}" >by_verb 2>err || fail "dmsc help $verb"
  "$dmsc" "${words[@]}" --help >by_flag 2>>err || fail "dmsc $verb --help"
  [[ ! -s err ]] || fail "dmsc help $verb: $(cat err)"
  cmp -s by_verb by_flag || fail "dmsc help $verb and dmsc $verb --help differ"
  [[ $verb == help ]] && continue
  grep -q '^Examples:$' by_verb || fail "dmsc help $verb has no examples"
  grep -q '^  0 *passed$' by_verb || fail "dmsc help $verb has no exit codes"
  grep -q '^  64 *bad command line$' by_verb || fail "dmsc help $verb does not tell 64"
done <<<"$verbs"
ok "help of $(wc -l <<<"$verbs") verbs"

# the examples are command lines: what they name exists
"$dmsc" help run >help
sed -n 's/^  dmsc \(run .*\)/\1/p' help | grep -o -- '--[a-z-]*' | sort -u >flags
while read -r flag; do
  grep -q -- "^  $flag " help || fail "an example of run has $flag"
done <flags
ok examples

# the manual page, by groff; the completion, by bash
"$dmsc" help --man >dmsc.1
[[ -z $(groff -man -Tutf8 -ww -z dmsc.1 2>&1) ]] || fail "groff: $(groff -man -Tutf8 -ww -z dmsc.1 2>&1)"
groff -man -Tascii dmsc.1 | sed 's/.\x08//g; s/\x1b\[[0-9;]*m//g' >page
for word in '--case-timeout' 'EXIT STATUS' '128+n' 'dmsc bridge'; do
  grep -q -- "$word" page || fail "the manual page does not tell $word"
done
ok "manual page"
"$dmsc" help --completion bash >dmsc.bash
bash -n dmsc.bash || fail "the completion is no bash"
# completes WORDS... -> COMPREPLY
completes() {
  PATH=$(dirname "$dmsc"):$PATH bash -c 'source ./dmsc.bash; COMP_WORDS=(dmsc "$@"); COMP_CWORD=$#; _dmsc; echo "${COMPREPLY[*]}"' - "$@"
}
[[ $(completes ru) == run ]] || fail "ru: $(completes ru)"
[[ $(completes ref ca) == card ]] || fail "ref ca: $(completes ref ca)"
[[ $(completes run --case) == --case-timeout ]] || fail "run --case: $(completes run --case)"
[[ $(completes run DM_SC-1.0-con-101 --case) == --case-timeout ]] || fail "behind a pattern: $(completes run DM_SC-1.0-con-101 --case)"
[[ $(completes run DM_SC-1.0-con-101) == DM_SC-1.0-con-101 ]] || fail "an id: $(completes run DM_SC-1.0-con-101)"
[[ $(completes nothing-like-this --x) == "" ]] || fail "completes what is no verb"
ok completion

# words in brackets reach us as they were given
says 65 'exit 65: bad data - "[x,y]" matches no case' run --card ref --device ref --out bracket '[x,y]'
[[ $("$dmsc" run --card ref --out noted --note '[x]' DM_SC-1.0-con-101 >/dev/null 2>&1; head -1 noted/run.jsonl | jq -r .note) == "[x]" ]] || fail "a note in brackets"
ok brackets

# the last line of a verb that has nothing else to say
says 0 "exit 0: done" list DM_SC-1.0-con-101
says 0 "exit 0: done" show DM_SC-1.0-con-101
echo "$checks groups"
