#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An adapter to copy: it puts a device behind the protocol of adapters/PROTOCOL.md.

Standard library only. `Phone` is a tiny make-believe phone: put your device in its place (an AT port, adb, a modem's
daemon, a SIM reader that is wired to it). `Adapter` is the protocol and can stay as it is.

    dmsc adapter test exec:'python3 adapter.py'
"""
import json
import os
import select
import sys
import time

UNKNOWN_METHOD = -32601
TIMED_OUT, LOST = 3, 4  # error codes of the protocol; 2 is what a device refuses, see PROTOCOL.md

IDENTITY = {
    "protocol": 2,
    "adapter": {"name": "example", "version": "1"},
    "device": {"vendor": "Example", "model": "Tiny phone"},
    "uicc": {"transport": "iso", "view": "apdu"},
    "clock": "real",
}


class Failure(Exception):
    """Ends a request with an error answer: its code and a sentence."""


class Adapter:
    """The protocol: one JSON object a line. Print nothing else on standard output; standard error lands in the log."""

    def __init__(self):
        self.buffer, self.last_id, self.seq, self.start = b"", 0, 0, time.monotonic()
        self.waiting = []  # what the runner asked while we waited for its answer
        self.late = []  # (when, id) of canary.late

    def send(self, message):
        sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
        sys.stdout.flush()

    def read(self, until):
        """The next message, or None when the time is over."""
        while b"\n" not in self.buffer:
            due = min([until] + [when for when, _ in self.late])
            ready, _, _ = select.select([0], [], [], max(0.0, due - time.monotonic()))
            while self.late and min(self.late)[0] <= time.monotonic():
                self.send({"id": self.late.pop(self.late.index(min(self.late)))[1], "result": {}})
            octets = os.read(0, 65536) if ready else b""
            if ready and not octets:
                sys.exit(0)  # the runner is gone
            self.buffer += octets
            if not ready and time.monotonic() >= until:
                return None
        line, self.buffer = self.buffer.split(b"\n", 1)
        return json.loads(line)

    def ask(self, method, params, seconds=30):
        """A request of ours: the runner answers for the card. What it asks meanwhile waits for its turn."""
        self.last_id += 1
        self.send({"id": self.last_id, "method": method, "params": params})
        until = time.monotonic() + seconds
        while message := self.read(until):
            if "method" in message:
                self.waiting.append(message)
            elif message["id"] == self.last_id and "error" in message:
                raise Failure(LOST, message["error"]["message"])
            elif message["id"] == self.last_id:
                return message["result"]
        raise Failure(TIMED_OUT, "the runner does not answer")

    def apdu(self, capdu):
        """One command to the card, hexadecimal both ways. With the view `apdu` the answer is whole: 61XX and 6CXX are
        followed by the runner. Commands are numbered from 1 in each case."""
        self.seq += 1
        microseconds = int((time.monotonic() - self.start) * 1e6)
        return self.ask("uicc.apdu", {"seq": self.seq, "t": microseconds, "capdu": capdu})["rapdu"]

    def answer(self, request, phone):
        number, method, params = request["id"], request["method"], request.get("params", {})
        if method == "canary.late":  # to be answered late, while everything else goes on
            self.late.append((time.monotonic() + params["ms"] / 1000, number))
            return
        try:
            self.send({"id": number, "result": self.perform(method, params, phone)})
        except Failure as failure:
            self.send({"id": number, "error": {"code": failure.args[0], "message": failure.args[1]}})
        if method == "case.begin":
            self.seq = 0  # the answer divides the cases
        if method == "shutdown":
            sys.exit(0)

    def perform(self, method, params, phone):
        if method == "initialize":
            return {**IDENTITY, "verbs": sorted(phone.verbs)}
        if method == "canary.echo":
            return {"nonce": params["nonce"]}
        if method == "canary.observe":  # say what was really seen, never what was expected
            return {"observed": None}
        if method in ("uicc.insert", "uicc.remove"):  # the runner's card is in the slot now, or no more
            phone.powered = False  # who changes the card takes its power; device.powerOn begins anew
        elif method in phone.verbs:
            phone.verbs[method](params)
        elif method not in ("case.begin", "case.end", "shutdown"):
            raise Failure(UNKNOWN_METHOD, "no such method")
        return {}

    def run(self):
        phone = Phone(self)
        while True:
            request = self.waiting.pop(0) if self.waiting else self.read(phone.next_due())
            if request is not None:
                self.answer(request, phone)
            try:
                phone.live()
            except Failure as failure:
                print("the card is lost:", failure.args[1], file=sys.stderr, flush=True)
                phone.powered = False


def tlv(tag, value):
    """Hexadecimal TLV of at most 127 octets."""
    return "%02X%02X%s" % (tag, len(value) // 2, value)


def find_tlv(octets, wanted):
    """Value of the comprehension-TLV whose tag is `wanted` without its top bit, or nothing."""
    while len(octets) > 2:
        head = 3 if octets[1] == 0x81 else 2
        value, tag = octets[head : head + octets[head - 1]], octets[0] & 0x7F
        if tag == wanted:
            return value
        octets = octets[head + len(value) :]
    return b""


class Phone:
    """The device. It does for its card what the least of phones does."""

    POLL = 0.2  # seconds between two STATUS where the card asked for nothing
    # Profile download, timer expiration; poll interval; event list; timer management; terminal applications
    PROFILE = "210020000100000100000000000000000000000000000000000000000004"

    def __init__(self, adapter):
        self.adapter, self.powered, self.timers = adapter, False, {}
        self.verbs = {"device.powerOn": self.power_on, "device.powerOff": self.power_off}
        self.verbs["device.reboot"] = lambda params: (self.power_off(params), self.power_on(params))

    def power_on(self, _params):
        if self.powered:
            return
        self.adapter.ask("uicc.power", {"vcc": True})
        self.adapter.ask("uicc.reset", {"kind": "cold"})
        self.powered = True
        self.poll, self.next_poll = self.POLL, time.monotonic() + self.POLL
        self.timers, self.events = {}, ""  # a timer: when it expires, and its value
        self.command("00A40004023F0000")  # SELECT MF
        self.command("80100000%02X%s" % (len(self.PROFILE) // 2, self.PROFILE))  # TERMINAL PROFILE
        # The DM Client, type 07, listens on local port 0x8001, named in 8-bit text, 04; no envelope follows, 70
        self.envelope(0xDC, tlv(0x71, "8001" + "04" + "07" + b"DM Client".hex().upper()) + tlv(0x70, ""))

    def power_off(self, _params):
        if self.powered:
            self.adapter.ask("uicc.power", {"vcc": False})
        self.powered = False

    def next_due(self):
        """When `live` has something to do by itself."""
        due = [self.next_poll] + [when for when, _ in self.timers.values()] if self.powered else []
        return min(due + [time.monotonic() + 3600])

    def live(self):
        """What a phone does by itself: it tells its card that a timer expired, and polls it."""
        now = time.monotonic()
        for number in [number for number, (when, _) in self.timers.items() if self.powered and when <= now]:
            _, value = self.timers.pop(number)
            self.envelope(0xD7, tlv(0x24, number) + tlv(0x25, value))
        if self.powered and now >= self.next_poll:
            self.next_poll = now + self.poll
            self.command("80F2000000")  # STATUS

    def envelope(self, tag, objects):
        whole = tlv(tag, tlv(0x82, "8281") + objects)  # device identities: from the terminal to the card
        self.command("80C20000%02X%s" % (len(whole) // 2, whole))

    def command(self, capdu):
        """Sends a command, then fetches and answers what the card wants (91XX), a bounded number of times."""
        status = self.adapter.apdu(capdu)[-4:]
        for _ in range(100):
            if status[:2] != "91":
                return
            fetched = bytes.fromhex(self.adapter.apdu("80120000" + status[2:])[:-4])
            answer = self.proactive(fetched[3:] if fetched[1:2] == b"\x81" else fetched[2:])
            status = self.adapter.apdu("80140000%02X%s" % (len(answer) // 2, answer))[-4:]  # TERMINAL RESPONSE

    def proactive(self, objects):
        """Performs a proactive command. @return the body of the terminal response, hexadecimal"""
        details = (find_tlv(objects, 0x01) + bytes(3))[:3]
        kind, qualifier = details[1], details[2]
        duration, timer, value = (find_tlv(objects, tag) for tag in (0x04, 0x24, 0x25))
        result = tlv(0x83, "30")  # beyond the terminal's capabilities
        if kind == 0x03 and len(duration) == 2:  # POLL INTERVAL, in minutes, seconds or tenths
            self.poll = max(0.1, duration[1] * {0: 60.0, 1: 1.0, 2: 0.1}.get(duration[0], 1.0))
            self.next_poll = time.monotonic() + self.poll
            result = tlv(0x83, "00") + tlv(0x84, duration.hex().upper())
        elif kind == 0x27 and qualifier & 3 == 0 and timer and len(value) == 3:  # TIMER MANAGEMENT, start
            hours, minutes, seconds = ((octet & 15) * 10 + (octet >> 4) for octet in value)  # low digit first
            due = time.monotonic() + hours * 3600 + minutes * 60 + seconds
            self.timers[timer.hex().upper()] = (due, value.hex().upper())
            result = tlv(0x83, "00") + tlv(0xA4, timer.hex().upper())
        elif kind == 0x05:  # SET UP EVENT LIST: the new list replaces the old one
            self.events = find_tlv(objects, 0x19).hex().upper()
            result = tlv(0x83, "00")
        return tlv(0x81, details.hex().upper()) + tlv(0x82, "8281") + result


if __name__ == "__main__":
    Adapter().run()
