#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The program against cards, web servers, readers, adapters, files and ends that mean it no good: it ends in time, within
512 MiB of address space, with the exit code of the contract, and what it leaves is whole and lies about nothing.
usage: attack_test.py DMSC SOURCE [--no-limit]   (without a limit for a build with sanitizers, which prints its peaks)"""
import json
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree

DMSC, SOURCE = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
LIMITED = "--no-limit" not in sys.argv
PATIENCE = 1 if LIMITED else 6  # a build with sanitizers takes its time
HOSTILE = os.path.join(SOURCE, "runner/cli/testing")
CERTS = os.path.join(SOURCE, "fixtures/certs")
ADDRESS_SPACE = 512 << 20

folder = tempfile.mkdtemp(prefix="dmsc-attack-")
environment = dict(os.environ, XDG_STATE_HOME=os.path.join(folder, "state"))
running = []
checks = 0


class Failed(Exception):
    """A check that did not hold."""


def check(good, what):
    global checks
    if not good:
        raise Failed(what)
    checks += 1


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def limits(files=None):
    def apply():
        if LIMITED:
            resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
        if files is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (files, files))
    return apply


def start(*words, **more):
    """A program of the test; it is ended with the test."""
    process = subprocess.Popen(words, env=environment, cwd=folder, **more)
    running.append(process)
    return process


def hostile(script, *words):
    """One of the peers, once it says that it is up."""
    peer = start("python3", os.path.join(HOSTILE, script), *map(str, words), stdout=subprocess.PIPE)
    if script != "hostile_card.py":
        peer.stdout.readline()
    return peer


def stop(process):
    if process.poll() is None:
        process.kill()
    process.wait()
    running.remove(process)
    if process.stdout:
        process.stdout.close()


class Ended:
    """What is known of a program that has ended."""

    def __init__(self, code, seconds, peak, out, err):
        self.code, self.seconds, self.peak, self.out, self.err = code, seconds, peak, out, err

    def last(self):
        lines = self.err.strip().splitlines()
        return lines[-1] if lines else ""


def dmsc(*words, within=60, files=None, stdin=None, kill_after=None, when=None, number=signal.SIGTERM, preexec=None):
    """Runs dmsc. `when` is waited for before the signal goes out; `kill_after` are seconds without it."""
    out, err = open(os.path.join(folder, "out"), "w+b"), open(os.path.join(folder, "err"), "w+b")
    setup = limits(files)

    def before():
        setup()
        if preexec:
            preexec()

    begun = time.monotonic()
    process = subprocess.Popen([DMSC, *map(str, words)], stdout=out, stderr=err, stdin=stdin or subprocess.DEVNULL,
                               env=environment, cwd=folder, preexec_fn=before)
    signalled = None
    within *= PATIENCE
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            break
        now = time.monotonic()
        if signalled is None and ((when and when()) or (kill_after and now - begun >= kill_after)):
            process.send_signal(number)
            signalled = now
        if now - begun > within:
            process.kill()
            os.wait4(process.pid, 0)
            raise Failed(f"dmsc {' '.join(map(str, words))}: no end within {within} s")
        time.sleep(0.01)
    process.returncode = 0
    ended = time.monotonic()
    texts = []
    for stream in (out, err):
        stream.seek(0)
        texts.append(stream.read().decode("utf-8", "replace"))
        stream.close()
    code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else -os.WTERMSIG(status)
    result = Ended(code, ended - (signalled or begun), usage.ru_maxrss // 1024, *texts)
    check("AddressSanitizer" not in result.err and "runtime error" not in result.err, f"sanitizer: {result.err[:2000]}")
    return result


def path(*names):
    return os.path.join(folder, *names)


def fresh():
    shutil.rmtree(path("R"), ignore_errors=True)
    return path("R")


def records(name="R"):
    with open(path(name, "run.jsonl"), encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def testsuites(name="R"):
    return ElementTree.parse(path(name, "junit.xml")).getroot()


def verdicts(name="R"):
    return {one["id"]: one["verdict"] for one in records(name) if one["type"] == "case"}


def is_green(name="R"):
    root = testsuites(name)
    return root.get("failures") == "0" and root.get("errors") == "0"


def whole(ended, code, name="R"):
    """Header, plan, footer and JUnit of a run that could end, with that code in each."""
    check(ended.code in (code if isinstance(code, tuple) else (code,)), f"exit {ended.code}, expected {code}: {ended.last()}")
    check(ended.last().startswith(f"exit {ended.code}: "), f"last line: {ended.last()}")
    all_records = records(name)
    types = [one["type"] for one in all_records]
    check(types[0] == "header" and types[1] == "plan" and types[-1] == "footer", f"records {types[:3]} ... {types[-1:]}")
    check(all_records[-1]["exit_code"] == ended.code, "the footer has another exit code")
    planned = [one["id"] for one in all_records[1]["cases"]]
    reported = [one["id"] for one in all_records if one["type"] == "case"]
    check(sorted(planned) == sorted(reported), "planned and reported differ")
    root = testsuites(name)
    check(len(root.findall(".//testcase")) == max(1, len(planned)), "junit.xml misses cases")
    check(is_green(name) == (ended.code == 0), "junit.xml is green and the run is not, or the other way")
    for parent, _, names in os.walk(path(name)):
        for one in names:
            mode = os.stat(os.path.join(parent, one)).st_mode & 0o777
            check(mode == 0o600, f"{one} has mode {mode:o}")
    checked = dmsc("check", path(name, "run.jsonl"))
    check(checked.code == 0, f"dmsc check: {checked.last()}")


def told(what, ended):
    print(f"ok {what}: exit {ended.code}, {ended.seconds:.1f} s, {ended.peak} MB", flush=True)


def pixit(**values):
    """The reference card's values, and other ones."""
    with open(os.path.join(SOURCE, "testcases/ics/full.pixit.json"), encoding="utf-8") as file:
        document = json.load(file)
    document["values"].update({"scws_ca": os.path.join(CERTS, "ca.pem"), "response_wait": "3 s"}, **values)
    with open(path("card.pixit.json"), "w", encoding="utf-8") as file:
        json.dump(document, file)
    return path("card.pixit.json")


def cards():
    """Octets, exchanges and time of a card have bounds; what has no end is its failure."""
    for kind, selection, code, more in (
            ("ok", ["*-con-101"], 1, []),
            ("random", ["*-con-101"], (1, 2), []),
            ("big_command", ["*-con-101"], 1, []),
            ("deep_command", ["*-con-101"], 1, []),
            ("big_command", ["*-con-10*"], 1, []),
            ("big_answers", ["*-con-10[12]"], (1, 2), []),
            ("junk", ["*-con-10*"], 1, []),
            ("more_time", ["*-con-101", "*-con-105"], 1, []),
            ("menu", ["*-con-10[1-5]"], 1, []),
            ("fetch_91", ["*-con-101"], (1, 2), []),
            ("get_response", ["*-con-101"], (1, 2), []),
            ("wrong_length", ["*-con-101"], (1, 2), []),
            ("slow", ["*-con-1*"], (1, 2), ["0.3", "--case-timeout=1s"]),
            ("slow", ["*-con-1*"], (1, 2), ["0.3", "--run-timeout=2s"]),
            ("mute", ["*-con-101"], 69, []),
            ("half", ["*-con-101"], 69, []),
            ("drip", ["*-con-101"], 69, [])):
        port = free_port()
        card = hostile("hostile_card.py", port, kind, *[word for word in more if not word.startswith("--")])
        ended = dmsc("run", "-q", "--card", f"vpcd:127.0.0.1:{port}", "--pixit", pixit(), "--out", fresh(), *selection,
                     *[word for word in more if word.startswith("--")], within=150)
        stop(card)
        whole(ended, code)
        for word in more:
            if word.startswith("--"):
                check(word.split("=")[0] in ended.out + ended.err or "took all the time" in ended.out, f"{word} is not told")
        told(f"card {kind} {' '.join(selection)} {' '.join(more)}", ended)


def web_servers():
    """A response without end is the card's failure."""
    for kind in ("chunks", "gigabyte", "no_length", "headers", "header", "continue"):
        port, web = free_port(), free_port()
        server = hostile("hostile_web.py", web, kind, os.path.join(CERTS, "localuicc.pem"), os.path.join(CERTS, "localuicc.key.pem"))
        card = start(DMSC, "ref", "card", "--vpcd", f"127.0.0.1:{port}", stderr=subprocess.DEVNULL)
        ended = dmsc("run", "-q", "--card", f"vpcd:127.0.0.1:{port}", "--card-ip", f"127.0.0.1:{web}", "--pixit", pixit(),
                     "--out", fresh(), "*-con-405.tcp_ipv4")
        stop(card)
        stop(server)
        whole(ended, 1)
        check("answers without end" in ended.out, "why it failed is not told")
        told(f"web server {kind}", ended)


def readers():
    os.mkdir(path("verbs"))
    for verb in ("device.powerOn", "device.powerOff"):
        with open(path("verbs", verb), "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\nexit 0\n")
        os.chmod(path("verbs", verb), 0o755)
    for kind in ("garbage", "flood", "half"):
        port = free_port()
        reader = hostile("hostile_reader.py", port, kind)
        ended = dmsc("run", "-q", "--device", f"uicc:vpcd:127.0.0.1:{port}", "--control", f"exec:{path('verbs')}", "--pixit",
                     os.path.join(SOURCE, "testcases/ics/handset.pixit.json"), "--case-timeout=5s", "--out", fresh(), "*-con-151", within=60)
        stop(reader)
        whole(ended, (1, 2, 69))
        told(f"reader {kind}", ended)


def silent_adapter():
    """An adapter that says nothing, and writes down its process id."""
    with open(path("silent.py"), "w", encoding="utf-8") as file:
        file.write("import os, time\nopen('adapter.pid', 'w').write(str(os.getpid()))\ntime.sleep(3600)\n")
    return f"exec:python3 {path('silent.py')}"


def exists(pid):
    try:
        os.kill(pid, 0)
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def signals():
    """Wherever a run waits, a signal ends it within a second, its adapter with it, and what it leaves is whole."""
    adapter = silent_adapter()
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2, signal.SIGALRM):
        if os.path.exists(path("adapter.pid")):
            os.remove(path("adapter.pid"))
        ended = dmsc("run", "--device", adapter, "--out", fresh(), number=number,
                     when=lambda: os.path.exists(path("adapter.pid")) and os.path.getsize(path("adapter.pid")) > 0)
        whole(ended, 128 + number)
        check(ended.seconds < 1.0 * PATIENCE, f"{number.name} while the adapter starts took {ended.seconds:.1f} s")
        with open(path("adapter.pid"), encoding="utf-8") as file:
            pid = int(file.read())
        for _ in range(100):
            if not exists(pid):
                break
            time.sleep(0.02)
        check(not exists(pid), f"the adapter outlives {number.name}")
    told("signals while an adapter starts", ended)
    port = free_port()
    ended = dmsc("run", "--card", f"vpcd:127.0.0.1:{port}", "--out", fresh(), number=signal.SIGINT, kill_after=0.5)
    whole(ended, 130)
    check(ended.seconds < 1.0 * PATIENCE, f"SIGINT while no card is there took {ended.seconds:.1f} s")
    told("SIGINT while no card is there", ended)
    for kind in ("mute", "drip"):
        port = free_port()
        card = hostile("hostile_card.py", port, kind)
        ended = dmsc("run", "--card", f"vpcd:127.0.0.1:{port}", "--out", fresh(), number=signal.SIGTERM, kill_after=1.0)
        stop(card)
        whole(ended, 143)
        check(ended.seconds < 1.0 * PATIENCE, f"SIGTERM with a {kind} card took {ended.seconds:.1f} s")
        told(f"SIGTERM with a {kind} card", ended)


def kills():
    """After SIGKILL junit.xml says that the run is not finished, whatever lay there before."""
    out = fresh()
    check(dmsc("run", "-q", "--card", "ref", "*-con-101", "--out", out).code == 0 and is_green(), "no green run to begin with")
    port = free_port()
    card = hostile("hostile_card.py", port, "slow", 0.05)

    def started():
        """This run, not the one before, has begun a case."""
        try:
            with open(path("R", "junit.xml"), encoding="utf-8") as junit, open(path("R", "run.jsonl"), "rb") as record:
                return "not finished" in junit.read() and b"case_started" in record.read()
        except OSError:
            return False

    ended = dmsc("run", "--card", f"vpcd:127.0.0.1:{port}", "--force", "--out", out, number=signal.SIGKILL, when=started)
    stop(card)
    check(ended.code == -signal.SIGKILL, f"exit {ended.code}")
    check(not is_green(), "a killed run leaves a green junit.xml")
    check("not finished" in ElementTree.tostring(testsuites(), encoding="unicode"), "junit.xml does not say that it is not finished")
    checked = dmsc("check", path("R", "run.jsonl"))
    check(checked.code == 65 and "the run did not end" in checked.err, "dmsc check does not say that the run did not end")
    told("SIGKILL", ended)


def folders():
    """A folder belongs to one run."""
    out = fresh()
    check(dmsc("run", "-q", "--card", "ref", "*-con-101", "--out", out).code == 0, "no run to begin with")
    before = {name: open(path("R", name), "rb").read() for name in ("junit.xml", "run.jsonl")}
    ended = dmsc("run", "-q", "--device", "exec:false", "--out", out)
    check(ended.code == 73 and "holds an earlier run" in ended.last(), f"an earlier run is not kept: {ended.last()}")
    check(before == {name: open(path("R", name), "rb").read() for name in before}, "what was refused was touched")
    whole(dmsc("run", "-q", "--device", "exec:false", "--force", "--out", out), 69)
    told("a folder with an earlier run", ended)
    # two at once, in one second and one folder: each has its own
    both = [subprocess.Popen([DMSC, "run", "-q", "--card", card], cwd=folder, env=environment, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL) for card in ("ref", "ref?defect=wrong-port")]
    codes = [one.wait() for one in both]
    made = sorted(name for name in os.listdir(folder) if name.startswith("dmsc-run-"))
    check(codes == [0, 1] and len(made) == 2, f"two runs at once: exits {codes}, folders {made}")
    check(sorted(is_green(name) for name in made) == [False, True], "one of two runs at once has the verdicts of the other")
    for name in made:
        shutil.rmtree(path(name))
    print("ok two runs at once", flush=True)


def starts():
    """A run that cannot begin leaves whole reports too."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        whole(dmsc("run", "--card", f"vpcd:127.0.0.1:{taken.getsockname()[1]}", "--out", fresh()), 75)
    whole(dmsc("run", "--device", "exec:echo hello", "--out", fresh()), 76)
    whole(dmsc("run", "--device", "exec:false", "--out", fresh()), 69)
    whole(dmsc("run", "--card", "ref", "--ics", "nowhere.ics.json", "--out", fresh()), 66)
    whole(dmsc("run", "--card", "ref", "no-such-*", "--out", fresh()), 65)
    ended = dmsc("run", "--card", "ref", "--ics", os.path.join(SOURCE, "testcases/ics/handset.ics.json"), "--out", fresh())
    whole(ended, 78)
    told("runs that cannot begin", ended)


def files():
    """Sizes are asked before anything is read, and nothing that is no file is waited for."""
    with open(path("huge.ics.json"), "wb") as file:
        file.truncate(1 << 30)
    os.mkfifo(path("fifo.json"))
    with open(path("zero.pixit.json"), "w", encoding="utf-8") as file:
        json.dump({"title": "x", "values": {"scws_ca": "/dev/zero"}}, file)
    for words, code in ((["run", "--card", "ref", "--ics", "huge.ics.json"], 65), (["run", "--card", "ref", "--ics", "/dev/zero"], 66),
                        (["run", "--card", "ref", "--ics", "fifo.json"], 66), (["check", "huge.ics.json"], 65), (["check", "fifo.json"], 66),
                        (["run", "--card", "ref", "--pixit", "zero.pixit.json"], (65, 66, 78)), (["run", "--card", "ref", "@fifo.json"], 66),
                        (["bench", "decode", "fifo.json"], (65, 66)), (["bench", "decode", "/dev/zero"], (65, 66)),
                        (["check", "--kind", "run", "/dev/zero"], 66)):
        more = ["--out", fresh()] if words[0] == "run" else []
        ended = dmsc(*words, *more, within=10)
        check(ended.code in (code if isinstance(code, tuple) else (code,)), f"{words}: exit {ended.code}: {ended.last()}")
        check(ended.seconds < 2 * PATIENCE, f"{words}: {ended.seconds:.1f} s")
    told("files that are none", ended)
    os.makedirs(path("R"), exist_ok=True)
    shutil.rmtree(path("R"))
    os.mkdir(path("R"))
    os.mkfifo(path("R", "run.jsonl"))
    check(dmsc("run", "-q", "--card", "ref", "*-con-101", "--out", path("R")).code == 73, "a FIFO in the folder")
    whole(dmsc("run", "-q", "--card", "ref", "*-con-101", "--force", "--out", path("R")), 0)


def disk():
    """On a full disk what was written stays whole, and no further case is run."""
    for size in (0, 100_000, 1_000_000):
        ended = dmsc("run", "--card", "ref", "--traces", "none", "--out", fresh(), files=size)
        check(ended.code == 74 or (size == 0 and ended.code in (73, 74)), f"{size} octets: exit {ended.code}: {ended.last()}")
        if size == 0:
            continue
        all_records = records()  # every line is whole
        check(all_records[0]["type"] == "header", "the header is not whole")
        check(not is_green(), "a run without its record is green")
        check(not any(name.endswith(".part") for name in os.listdir(path("R"))), "a part of a report stays")
        check(ended.out.count("\nPASS") < 300, "the run goes on though nothing can be written")
    told("full disk", ended)


def broken_cases():
    """A broken case file is an error of every selection that it could belong to."""
    suite = path("D")
    os.mkdir(suite)
    for name in ("testcases", "adapters", "fixtures", "reports"):
        shutil.copytree(os.path.join(SOURCE, name), os.path.join(suite, name))
    with open(os.path.join(suite, "testcases/wakeup/DM_SC-1.0-con-101.json"), "w", encoding="utf-8") as file:
        file.write("{")
    environment["DMSC_DATA"] = suite
    try:
        for words in (["power-on"], ["DMSC-6-1"], ["DM_SC-1.0-con-101"], ["*-con-101"], []):
            ended = dmsc("run", "-q", "--card", "ref", *words, "--out", fresh())
            whole(ended, 2)
            check(verdicts().get("DM_SC-1.0-con-101") == "error", f"{words}: the broken case is {verdicts().get('DM_SC-1.0-con-101')}")
            check("changed suite" in ended.out + ended.err, "the changed suite is not told")
        check(dmsc("run", "-q", "--card", "ref", "*-con-2*", "--out", fresh()).code == 0, "a case that is not meant is an error")
        check(records()[0]["suite_unmodified"] is False, "the record calls a changed suite unmodified")
    finally:
        del environment["DMSC_DATA"]
    told("broken case file", ended)


def streams():
    """Descriptors that are not there, and what an argument does to a terminal."""
    def shut():
        for number in (0, 1, 2):
            os.close(number)
    out = fresh()
    process = subprocess.Popen([DMSC, "run", "-q", "--device", f"exec:{DMSC} ref device --clock virtual", "*-con-151", "--out", out],
                               preexec_fn=shut, env=environment, cwd=folder)
    check(process.wait(60) in (0, 74), f"closed streams: exit {process.returncode}")
    check(verdicts()["DM_SC-1.0-con-151"] == "pass", "closed streams")
    for words in (["run", "--card", "ref", "\x1b[31m"], ["run", "--card", "ref", "--ics", "\x1b[31m"], ["run", "--card", "ref:\x1b[31m"],
                  ["\x1b[31m"], ["show", "\x1b[31m"], ["run", "--card", "ref", "*-con-101", "--out", path("R\x1b[31m")]):
        more = ["--out", fresh()] if words[0] == "run" and "--out" not in words else []
        ended = dmsc(*words, *more)
        check("\x1b" not in ended.out + ended.err, f"{words}: an escape reaches the terminal")
    told("streams and escapes", ended)


def verbs():
    """What an adapter does not have is never the device's failure."""
    with open(os.path.join(SOURCE, "adapters/example/adapter.py"), encoding="utf-8") as file:
        text = file.read()
    changed = text.replace('"verbs": sorted(phone.verbs)', '"verbs": []')
    check(changed != text, "the example names its verbs otherwise")
    with open(path("no_verbs.py"), "w", encoding="utf-8") as file:
        file.write(changed)
    ended = dmsc("run", "-q", "--device", f"exec:python3 {path('no_verbs.py')}", "*-con-151", "*-con-152", "--out", fresh())
    whole(ended, 2)
    check(set(verdicts().values()) <= {"not_run", "not_applicable", "pass"}, f"verdicts {verdicts()}")
    told("adapter without verbs", ended)


def main():
    failures = 0
    for group in (files, starts, folders, disk, broken_cases, streams, verbs, signals, kills, web_servers, readers, cards):
        try:
            group()
        except Failed as why:
            failures += 1
            print(f"FAILED: {group.__name__}: {why}", flush=True)
        for process in list(running):
            stop(process)
    shutil.rmtree(folder, ignore_errors=True)
    print(f"{checks} checks, {failures} groups failed")
    return 1 if failures else 0


sys.exit(main())
