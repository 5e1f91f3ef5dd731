# SPDX-License-Identifier: Apache-2.0
"""An adapter that lies or breaks, in the way its first argument names. `honest` does neither.

A lie is told from the start. A fault waits for device.powerOn, and happens only while the file of the second argument
does not exist (it is made then), so that the adapter that is started after it works. Without a second argument the
fault comes each time. For `slow` the second argument is the seconds that an echo takes.
"""
import json
import os
import signal
import sys
import threading
import time

KIND = sys.argv[1]
ONCE = sys.argv[2] if len(sys.argv) > 2 else None
lock = threading.Lock()
counter = 0
seq = 0
asked = 0  # id of the request that is being performed
held = []


def write(text):
    with lock:
        sys.stdout.write(text)
        sys.stdout.flush()


def send(message):
    write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")


def result(number, value):
    send({"id": number, "result": value})


def error(number, code, text):
    send({"id": number, "error": {"code": code, "message": text}})


def ask(method, params):
    """One request of ours and its answer; the runner asks nothing in between."""
    global counter
    counter += 1
    send({"id": counter, "method": method, "params": params})
    return json.loads(sys.stdin.readline())


def apdu(capdu, step=1):
    global seq
    seq += step
    return ask("uicc.apdu", {"seq": seq, "t": 0, "capdu": capdu})


def power_on():
    ask("uicc.power", {"vcc": True})
    ask("uicc.reset", {"kind": "cold"})
    apdu("00A40000023F00")


def second_apdu():
    power_on()
    lines = [{"jsonrpc": "2.0", "id": "a%d" % i, "method": "uicc.apdu",
              "params": {"seq": seq + i, "t": 0, "capdu": "80F2000000"}} for i in (1, 2)]
    write("".join(json.dumps(line) + "\n" for line in lines))
    for _ in range(60):
        time.sleep(1)


def stall():
    time.sleep(60)


def flood_lines():
    line = json.dumps({"jsonrpc": "2.0", "id": "flood", "method": "x.unknown"}) + "\n"
    while True:
        write(line * 100)


def huge_line():
    write("[" * 10 + " " * (2 << 20) + "\n")


def with_grandchild():
    if os.fork() == 0:
        time.sleep(60)
        os._exit(0)
    os._exit(5)


FAULTS = {
    "dies": lambda: os._exit(3),
    "unfit_later": lambda: os._exit(3),
    "is_killed": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "leaves_a_child": with_grandchild,
    "floods": flood_lines,
    "stalls": stall,
    "closes_stdout": lambda: (os.close(1), time.sleep(60)),
    "half_a_line": lambda: (write('{"jsonrpc": "2.0", "id"'), os._exit(0)),
    "deep_json": lambda: write("[" * 100 + "]" * 100 + "\n"),
    "many_members": lambda: write("{" + ",".join('"%d":1' % i for i in range(50000)) + "}\n"),
    "huge_line": huge_line,
    "no_line_feed": lambda: (write(" " * (2 << 20)), time.sleep(60)),
    "bad_utf8": lambda: (sys.stdout.buffer.write(b'{"jsonrpc": "2.0", "\xff": 1}\n'), sys.stdout.buffer.flush()),
    "a_print": lambda: write("now I switch it on\n"),
    "null_id": lambda: error(None, -32700, "what?"),
    "stray_answer": lambda: result(4711, {}),
    "answers_twice": lambda: result(asked, {}),
    "text_in_result": None,
    "unknown_member": None,
    "second_apdu": second_apdu,
    "skips_seq": lambda: (power_on(), apdu("80F2000000", 2)),
    "bad_apdu": lambda: (power_on(), apdu("80F2")),
    "short_apdu": lambda: (power_on(), apdu("80C2000010AA")),
    "talks_on_stderr": lambda: (sys.stderr.write("trouble ahead\n" * 20000), sys.stderr.flush(), os._exit(4)),
}
RESULTS = {"text_in_result": {"port": "32769"}, "unknown_member": {"port": 1, "prot": 2}}


def identity():
    view = "tpdu" if KIND == "tpdu" else "apdu"
    value = {
        "protocol": 1,
        "adapter": {"name": "liar", "version": "1"},
        "device": {"vendor": "Nobody", "model": KIND},
        "uicc": {"transport": "iso", "view": view},
        "verbs": ["device.powerOn", "dm.client.port", "ui.act", "x.shake"],
        "clock": "real",
    }
    if KIND == "virtual":
        value.update(clock="virtual", verbs=["time.wait", "device.powerOn"])
    if KIND == "unfit_later" and os.path.exists(ONCE):
        value["protocol"] = 3
    if KIND == "no_time":
        value["clock"] = "virtual"
    if KIND == "protocol_3":
        value["protocol"] = 3
    if KIND == "misspelt":
        value["verbs"].append("device.powreOff")
    if KIND == "no_verb":
        value["verbs"].append("case.begin")
    if KIND == "no_view":
        del value["uicc"]["view"]
    if KIND == "loud":
        value["device"]["model"] = "\x1b[31mred\u0085"
    return value


def wait_virtually(params):
    """POLL INTERVAL of 100 ms: stops there and says so."""
    global seq
    if params["ms"] >= 100:
        seq += 1
        ask("uicc.apdu", {"seq": seq, "t": 100000, "capdu": "80F2000000"})
        return {"passed_ms": 100}
    return {}


def fault_is_due():
    if KIND not in FAULTS:
        return False
    if ONCE is None:
        return True
    if os.path.exists(ONCE):
        return False
    with open(ONCE, "w", encoding="ascii"):
        return True


def perform(method, params):
    """The honest answer; None where there is no such method."""
    global seq
    if method == "initialize":
        return None if KIND == "version_1_alone" and params["protocol"] != 1 else identity()
    if method == "case.begin":
        seq = 0
        return {}
    if method in ("case.end", "shutdown", "uicc.insert", "uicc.remove"):
        return {}
    if method == "device.powerOn":
        if fault_is_due() and FAULTS[KIND]:
            FAULTS[KIND]()
        else:
            power_on()
        return {}
    if method == "dm.client.port":
        return RESULTS.get(KIND, {"port": 32769, "name": "DM Client"}) if ONCE is None or fault_is_due() else {"port": 1}
    if method == "x.shake":
        return {"shaken": params}
    if method == "time.wait":
        return wait_virtually(params)
    if method == "canary.echo":
        return {"nonce": params["nonce"]}
    if method == "canary.observe":
        return {"observed": None}
    return None


def later(number, ms):
    def answer():
        time.sleep(ms / 1000)
        result(number, {})

    threading.Thread(target=answer, daemon=True).start()


def lie(number, method, params):
    """Whether a lie was told in place of the honest answer."""
    global held
    echo = method == "canary.echo"
    if method == "initialize":
        return False
    if KIND == "always_agrees" and not echo:
        result(number, {"observed": params.get("expected")} if method == "canary.observe" else {})
        return True
    if KIND == "constant_answers" and echo:
        result(number, {"nonce": "0123456789ABCDEF"})
        return True
    if KIND == "slow" and echo:
        time.sleep(float(ONCE or "0.3"))
    if KIND == "echoes_expectation" and method == "canary.observe":
        result(number, {"observed": params["expected"]})
        return True
    if KIND == "loses_frames" and echo and number % 16 == 0:
        return True
    if KIND == "wrong_ids" and echo:
        held.append((number, params["nonce"]))
        if len(held) == 1 and number < 4:  # the first comes alone
            held = []
            return False
        if len(held) == 2:
            (first, a), (second, b) = held
            result(first, {"nonce": b})
            result(second, {"nonce": a})
            held = []
        return True
    if method == "canary.late":
        if KIND == "impatient":
            result(number, {})
        elif KIND != "forgetful":
            later(number, params["ms"])
        return True
    if method == "ui.act":
        code = int(params["text"])
        error(number, code, "as you wish")
        return True
    if KIND == "wrong_code" and method not in ("shutdown", "case.begin") and perform(method, params) is None:
        error(number, -32602, "no")
        return True
    return False


def main():
    global asked
    if KIND == "dies_at_once":
        sys.stderr.write("no device is connected\n")
        sys.exit(2)
    if KIND == "deaf":
        time.sleep(60)
    if KIND in ("stays", "numbered"):
        print(os.getpid(), file=sys.stderr, flush=True)
    for line in iter(sys.stdin.readline, ""):
        message = json.loads(line)
        number, method, params = message["id"], message["method"], message.get("params", {})
        asked = number
        if lie(number, method, params):
            continue
        value = perform(method, params)
        if value is None:
            error(number, -32601, "no such method")
        else:
            result(number, value)
        if method == "shutdown" and KIND != "stays":
            break
    if KIND == "stays":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(60)


main()
