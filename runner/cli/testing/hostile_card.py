#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A card behind a virtual reader that behaves as no card does. usage: hostile_card.py PORT KIND [SECONDS]

It connects to the reader at PORT and answers as KIND says, until the reader goes. `SECONDS` is what `slow` waits."""
import random
import socket
import sys
import time

PORT, KIND = int(sys.argv[1]), sys.argv[2]
SECONDS = float(sys.argv[3]) if len(sys.argv) > 3 else 1.0
ATR = bytes.fromhex("3B9F96801FC78031E073FE211367444D5F534331309F")
OK = b"\x90\x00"
chance = random.Random(7)


def proactive(body):
    """A proactive command with its announcement of the next."""
    return b"\xD0" + (bytes([len(body)]) if len(body) < 128 else b"\x81" + bytes([len(body)])) + body + b"\x91\x20"


MORE_TIME = proactive(bytes.fromhex("810301020082028182"))
MENU = proactive(bytes.fromhex("81030125008202818285044D656E75") + b"".join(
    bytes([0x8F, 12, at]) + b"entry 12345" for at in range(1, 14)))


def answer(command):
    """The response to a command APDU."""
    ins = command[1] if len(command) > 1 else 0
    fetch = ins == 0x12
    if KIND == "ok":
        return OK
    if KIND == "refuse":  # it is no UICC
        return b"\x6E\x00"
    if KIND == "random":
        return chance.randbytes(chance.randrange(2, 300))
    if KIND == "big_command":
        return b"\xD0\x83\xFF\xFF\xFF" + b"A" * 65000 + b"\x91\x20" if fetch else b"\x91\x20"
    if KIND == "deep_command":
        return b"\xD0\x83\xFF\xFF\xFF" + b"A\x00" * 32500 + b"\x91\x20" if fetch else b"\x91\x20"
    if KIND == "big_answers":
        return b"\x81" * 65533 + OK
    if KIND == "junk":
        return bytes(chance.randrange(256) for _ in range(255)) + b"\x91\x20" if fetch else b"\x91\x20"
    if KIND == "more_time":
        return MORE_TIME if fetch else b"\x91\x0B"
    if KIND == "menu":
        return MENU if fetch else b"\x91\x20"
    if KIND == "fetch_91":
        return b"\x91\x20"
    if KIND == "get_response":
        return b"A" * 16 + b"\x61\x10" if ins == 0xC0 else b"\x61\x10"
    if KIND == "wrong_length":
        return b"\x6C\x10"
    if KIND == "slow":
        time.sleep(SECONDS)
        return OK
    if KIND == "mute":
        time.sleep(3600)
    return OK


def main():
    stream = None
    for _ in range(400):
        try:
            stream = socket.create_connection(("127.0.0.1", PORT))
            break
        except OSError:
            time.sleep(0.05)
    if stream is None:
        sys.exit("no reader")

    def take(count):
        data = b""
        while len(data) < count:
            more = stream.recv(count - len(data))
            if not more:
                sys.exit(0)
            data += more
        return data

    def send(data):
        message = len(data).to_bytes(2, "big") + data
        if KIND == "drip":
            for at in range(len(message)):
                stream.sendall(message[at:at + 1])
                time.sleep(1)
        elif KIND == "half":
            stream.sendall(message[:1])
            time.sleep(3600)
        else:
            stream.sendall(message)

    try:
        while True:
            message = take(int.from_bytes(take(2), "big"))
            if message in (b"\x00", b"\x01", b"\x02"):
                continue
            send(ATR if message == b"\x04" else answer(message))
    except OSError:
        pass


main()
