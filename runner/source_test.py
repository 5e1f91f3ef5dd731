#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A test of the source itself: sizes and words, by a ratchet.

usage: source_test.py FOLDER [--write]

Functions over 40 lines, files over 300 lines and banned words are counted; tests are left out. What
runner/source_ratchet.txt lists, `number kind file name` a line, may be there and may only become less: a new one, a
grown one and an entry that says more than there is are errors. --write writes the list anew, for whoever has less.
Each check is tried on a small source first, so that it is seen to fail.
"""
import pathlib
import re
import sys

LONGEST_FUNCTION = 40
LONGEST_FILE = 300
RATCHET = "runner/source_ratchet.txt"

# name, what is looked for, where it may stand, what to write instead
WORDS = [
    ("regex", r"\bstd::w?regex\b|<regex>", r"", "dmsc::Pattern of runner/base/pattern.hpp, which does not recurse"),
    ("sleep", r"\bsleep_(for|until)\(|\busleep\(", r"", "a wait for the event itself, with a deadline"),
    ("clock", r"_clock::now\(|\bClock::now\(", r"adapters/|reports/|runner/cli/", "time as an argument: only adapters and verbs read a clock"),
    ("instruction", r"\bins_\w+ = 0x|\{0x[08]0, 0x[0-9A-F]{2}, 0x", r"runner/codec/", "a name of codec::instruction_names()"),
    ("tag", r"\btag_\w+ = 0x|\b_tag = 0x", r"runner/codec/", "the row of the object, found by its key"),
    ("endl", r"\bstd::endl\b", r"", "\"\\n\", which does not flush"),
    ("number", r"\bstd::sto(i|l|ul|ll|ull)\(|\bato[il]\(", r"", "std::from_chars, which does not throw and has no locale"),
    ("unbounded", r"\b(strcpy|strcat|sprintf|gets|alloca)\(", r"", "std::string"),
    ("shell", r"\b(system|popen)\(", r"", "process::Child"),
    ("chance", r"\bs?rand\(|\brandom_device\b", r"", "a seed as an argument, or RAND_bytes for what is secret"),
    ("later", r"\b(TODO|FIXME|XXX)\b", r"", "an issue"),
]
NO_FUNCTION = re.compile(r"\s*(\}|else|if|for|while|switch|do|try|catch|return|namespace|struct|class|enum|union|extern|case|default|using|#)\b|\s*[\]})]|\s*namespace")
NAME = re.compile(r"(~?\w+(?:::~?\w+)*|operator\s*\S+?)\s*\(")


def indent_of(line):
    return len(line) - len(line.lstrip(" "))


def functions(lines):
    """Yields (name, lines from signature to brace) of each function, as clang-format lays them out."""
    at = 0
    while at < len(lines):
        found = function_at(lines, at)
        if found is None:
            at += 1
            continue
        name, end = found
        yield name, end - at + 1
        at = end + 1


def function_at(lines, start):
    """(name, line of the closing brace) of the function whose signature begins here, or None."""
    first = lines[start]
    if not first.strip() or first.lstrip().startswith("//") or NO_FUNCTION.match(first) or "(" not in first:
        return None
    indent = indent_of(first)
    for at in range(start, min(start + 12, len(lines))):
        line = lines[at]
        if at > start and indent_of(line) <= indent and line.strip():
            return None
        if line.endswith(";") or line.endswith("}"):
            return None
        if line.endswith("{"):
            break
    else:
        return None
    signature = " ".join(lines[start:at + 1])
    name = NAME.search(signature)
    if name is None or re.search(r"=\s*(\{|\[)", signature[:name.start()]):
        return None
    closing = " " * indent + "}"
    for end in range(at + 1, len(lines)):
        if lines[end] == closing:
            return name.group(1), end
    return None


def code_of(line):
    """The line without its comment; what follows a quote or an address stays."""
    return re.sub(r"(^|\s)//.*$", "", line)


def look_at(file, text):
    """{(kind, file, name): number} of all in one source that is over a limit."""
    lines = text.split("\n")
    found = {}
    if text.count("\n") > LONGEST_FILE:
        found["file", file, "lines"] = text.count("\n")
    for name, size in functions(lines):
        if size > LONGEST_FUNCTION:
            key = ("function", file, name)
            found[key] = max(size, found.get(key, 0))
    for name, pattern, allowed, _ in WORDS:
        if allowed and re.match(allowed, file):
            continue
        number = sum(len(re.findall(pattern, line if name == "later" else code_of(line))) for line in lines)
        if number:
            found["word", file, name] = number
    return found


def is_product(file):
    return not (file.endswith(("_test.cpp", "_test.hpp")) or "/testing/" in file or file.endswith(("catch.hpp", "test_main.cpp")))


def look_below(folder):
    found, seen = {}, 0
    for top in ("runner", "adapters", "reports"):
        for path in sorted((folder / top).rglob("*.[ch]pp")):
            file = path.relative_to(folder).as_posix()
            if is_product(file):
                seen += 1
                found.update(look_at(file, path.read_text()))
    return found, seen


def advice(key):
    kind, _, name = key
    if kind == "function":
        return f"more than {LONGEST_FUNCTION} lines: look for the second noun"
    if kind == "file":
        return f"more than {LONGEST_FILE} lines: look for the second noun"
    return "write " + next(row[3] for row in WORDS if row[0] == name)


def compare(found, listed):
    """What is wrong, a sentence each."""
    out = []
    for key in sorted(set(found) | set(listed)):
        now, before = found.get(key, 0), listed.get(key, 0)
        what = f"{key[1]}: {key[0]} {key[2]}: "
        if now > before:
            out.append(what + (f"{now}, was {before}; " if before else f"{now}; ") + advice(key))
        elif now < before:
            out.append(what + f"{RATCHET} says {before}, now " + (f"{now}: write that" if now else "within the limit: take it out"))
    return out


def read_ratchet(text):
    listed = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            number, kind, file, name = line.split(" ", 3)
            listed[kind, file, name] = int(number)
    return listed


def write_ratchet(found):
    head = "# What runner/source_test.py lets be: number, kind, file, name. It may only become less.\n"
    return head + "".join(f"{number} {' '.join(key)}\n" for key, number in sorted(found.items()))


def body(size, first="int f(int a) {", indent=""):
    return "\n".join([indent + first] + [indent + "  g();"] * (size - 2) + [indent + "}", ""])


def expect(what, seen, wanted):
    if seen != wanted:
        sys.exit(f"{what}: the check sees {seen}, not {wanted}")


def try_the_checks():
    f = "runner/engine/a.cpp"
    expect("short function", look_at(f, body(40)), {})
    expect("long function", look_at(f, body(41)), {("function", f, "f"): 41})
    expect("long member", look_at(f, "struct A {\n" + body(41, "bool of(int b) const {", "  ") + "};\n"), {("function", f, "of"): 41})
    expect("signature of two lines", look_at(f, "int A::f(int a,\n         int b) {\n" + body(40)[len("int f(int a) {\n"):]), {("function", f, "A::f"): 41})
    expect("two functions", look_at(f, body(30) + "\n" + body(30)), {})
    expect("table", look_at(f, "const T rows[] = {\n" + "    {1},\n" * 60 + "};\n"), {})
    expect("file of 300", look_at(f, "\n" * 300), {})
    expect("file of 301", look_at(f, "\n" * 301), {("file", f, "lines"): 301})
    samples = {
        "regex": "std::regex a;", "sleep": "std::this_thread::sleep_for(1ms);", "clock": "auto a = std::chrono::steady_clock::now();",
        "instruction": "constexpr std::uint8_t ins_fetch = 0x12;", "tag": "constexpr int tag_a = 0x81;", "endl": "out << std::endl;", "number": "std::stoi(a);",
        "unbounded": "sprintf(a, b);", "shell": "system(a);", "chance": "rand();", "later": "// TODO: more",
    }
    expect("words that have a sample", sorted(samples), sorted(row[0] for row in WORDS))
    for name, pattern, allowed, _ in WORDS:
        expect(name, look_at(f, samples[name] + "\n"), {("word", f, name): 1})
        if allowed:
            expect(name + " where it may stand", look_at(allowed.split("|")[0] + "a.cpp", samples[name] + "\n"), {})
    expect("comment", look_at(f, "int a;  // std::regex recurses\n"), {})
    key = ("function", f, "f")
    start = f"{f}: function f: "
    expect("new", compare({key: 41}, {}), [start + "41; more than 40 lines: look for the second noun"])
    expect("grown", compare({key: 50}, {key: 45}), [start + "50, was 45; more than 40 lines: look for the second noun"])
    expect("less", compare({key: 43}, {key: 45}), [start + RATCHET + " says 45, now 43: write that"])
    expect("gone", compare({}, {key: 45}), [start + RATCHET + " says 45, now within the limit: take it out"])
    expect("as listed", compare({key: 45}, {key: 45}), [])
    expect("list read again", read_ratchet(write_ratchet({key: 45})), {key: 45})
    expect("tests", [is_product(a) for a in ("a/b.cpp", "a/b_test.cpp", "a/testing/b.hpp")], [True, False, False])


def main():
    try_the_checks()
    folder = pathlib.Path(sys.argv[1])
    found, seen = look_below(folder)
    if seen < 100:
        sys.exit(f"only {seen} sources found")
    if "--write" in sys.argv[2:]:
        (folder / RATCHET).write_text(write_ratchet(found))
        return
    wrong = compare(found, read_ratchet((folder / RATCHET).read_text()))
    if wrong:
        sys.exit("\n".join(wrong))


main()
