#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tshark with our dissector must agree, field by field, with our decoder on the traces of the suite, and live through
frames that lie. usage: dissector_test.py DMSC TRACE LUA"""
import collections
import json
import random
import struct
import subprocess
import sys

dmsc, trace, lua = sys.argv[1:4]
ENVELOPES = ("terminal_applications", "call_control")
NOTIFICATION = ("version", "ui_mode", "initiator", "future_use", "session_id", "server_id", "vendor_specific", "digest")


def text_of(value):
    return str(value).lower() if isinstance(value, bool) else str(value)


def pairs_of(key, value):
    """Object and member with its value, as often as it comes."""
    for item in value if isinstance(value, list) and value and isinstance(value[0], dict) else [value]:
        if isinstance(item, dict):
            for member, below in item.items():
                yield f"{key}.{member}", text_of(below)
        else:
            yield key, text_of(item)


def notifications_in(nodes):
    for node in nodes:
        below = node.get("fields", [])
        keys = {field["key"]: text_of(field["value"]) for field in below}
        if "digest" in keys and "session_id" in keys:
            yield {key: keys[key] for key in NOTIFICATION if key in keys}
        else:
            yield from notifications_in(below)


def notification(octets):
    """By our own decoder; nothing where it is not clean."""
    done = subprocess.run([dmsc, "decode", "--json", "--as", "package0", octets], capture_output=True, text=True)
    if done.returncode != 0:
        return None
    out = json.loads(done.stdout)
    if any(field["anomalies"] for field in out["fields"]):
        return None
    return {field["key"]: text_of(field["value"]) for field in out["fields"]}


def ours():
    """frame -> (fields of the envelope, notifications, octets of a channel)"""
    out = {}
    lines = subprocess.run([dmsc, "decode", "--json", trace], capture_output=True, text=True).stdout.splitlines()
    for line in lines:
        message = json.loads(line)
        fields = message.get("fields", [])
        envelope, channel = None, None
        for field in fields:
            value = field.get("value")
            if field["key"] in ENVELOPES and isinstance(value, dict) and '"raw"' not in json.dumps(value):
                envelope = sorted(pair for key, below in value.items() for pair in pairs_of(key, below))
            if isinstance(value, dict) and isinstance(value.get("channel_data"), str):
                channel = value["channel_data"]
        found = list(notifications_in(fields))
        if envelope is not None or channel or found:
            out[message["frame"]] = (envelope, found, channel)
    return out


def dissect(file):
    done = subprocess.run(["tshark", "-X", f"lua_script:{lua}", "-r", file, "-Y", "dmsc", "-T", "json",
                           "--no-duplicate-keys", "-J", "frame dmsc"], capture_output=True, text=True, errors="replace")
    return done, json.loads(done.stdout or "[]")


def flat(layer, prefix=""):
    for key, value in layer.items():
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict):
                yield from flat(item)
            else:
                yield key.removeprefix("dmsc."), item


def theirs():
    done, frames = dissect(trace)
    assert done.returncode == 0 and "Lua" not in done.stderr, done.stderr
    out = {}
    for frame in frames:
        layers = frame["_source"]["layers"]
        pairs = list(flat(layers["dmsc"]))
        messages = [value for key, value in pairs if key == "message"]
        fields = [pair for pair in pairs if pair[0] not in ("message", "control_result", "cut") and not pair[0].startswith("package0")]
        found = {key.removeprefix("package0."): value for key, value in pairs if key.startswith("package0.")}
        answers = [value for key, value in pairs if key == "control_result"]
        out[int(layers["frame"]["frame.number"])] = (messages, fields, found, answers)
    return out


def compare():
    mine, other = ours(), theirs()
    count = collections.Counter()
    for number, (envelope, found, channel) in mine.items():
        messages, fields, package, _ = other.get(number, ([], [], {}, []))
        if envelope is not None:
            heads = {key.split(".")[0] for key, _ in envelope if "." in key}
            said = sorted(pair for pair in fields if pair[0] not in heads)
            assert said == [pair for pair in envelope if not pair[0].startswith("unknown_")], (number, said, envelope)
            count["fields"] += len(said)
            count[next(name for name in messages if name in ENVELOPES)] += 1
        if found:
            assert package == found[0], (number, package, found)
            count["in SMS"] += 1
        elif channel and (package or len(channel) in range(2 * 25, 2 * 120)):
            expected = notification(channel)
            if expected is not None and expected["server_id"]:
                assert package == expected, (number, package, expected)
                count["in a channel"] += 1
    count["answers"] = sum(len(answers) for *_, answers in other.values())
    for what, least in (("terminal_applications", 100), ("call_control", 10), ("fields", 1000), ("in SMS", 3),
                        ("in a channel", 50), ("answers", 5)):
        assert count[what] >= least, f"too little compared: {dict(count)}"
    print("the dissector agrees:", ", ".join(f"{value} {key}" for key, value in count.items()))


def hostile(seed):
    """Frames with octets of the APDU changed, and frames that end early; the checksums do not matter."""
    change = random.Random(seed)
    raw = open(trace, "rb").read()
    out, at, frames = bytearray(raw[:24]), 24, 0
    while at + 16 <= len(raw) and frames < 4000:
        seconds, fraction, size, whole = struct.unpack("<IIII", raw[at:at + 16])
        frame = bytearray(raw[at + 16:at + 16 + size])
        at += 16 + size
        if frames % 2:
            for _ in range(change.randint(1, 3)):
                if size > 62:
                    frame[change.randrange(62, size)] = change.choice((0, 0x7F, 0x80, 0x81, 0x83, 0xFF, change.randrange(256)))
        else:
            # The lengths of IP and UDP follow, so that what is left is a whole packet with an APDU that is cut.
            keep = change.randrange(58, size + 1)
            frame = frame[:keep]
            frame[16:18] = struct.pack(">H", keep - 14)
            frame[38:40] = struct.pack(">H", keep - 34)
        out += struct.pack("<IIII", seconds, fraction, len(frame), len(frame)) + frame
        frames += 1
    file = f"{trace}.{seed}"
    open(file, "wb").write(out)
    done, layers = dissect(file)
    assert done.returncode == 0, done.stderr
    assert "Lua" not in done.stderr and "dmsc.lua" not in done.stdout, (done.stderr[:500], seed)
    print(f"seed {seed}: {frames} frames, {len(layers)} of them with something to tell, no error")


compare()
for seed in (1, 2, 3):
    hostile(seed)
