#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A card in a virtual reader that is no UICC: it answers 6E00 to every command. usage: refusing_card.py PORT"""
import socket
import sys
import time


def reader(port):
    """The reader's socket, once it is there."""
    for _ in range(200):
        try:
            return socket.create_connection(("127.0.0.1", port))
        except OSError:
            time.sleep(0.05)
    sys.exit("no reader")


def octets(stream, count):
    """So many octets; the reader's end is ours as well."""
    data = b""
    while len(data) < count:
        more = stream.recv(count - len(data))
        if not more:
            sys.exit(0)
        data += more
    return data


def main():
    stream = reader(int(sys.argv[1]))
    while True:
        message = octets(stream, int.from_bytes(octets(stream, 2), "big"))
        if message in (b"\x00", b"\x01", b"\x02"):  # power off, power on, reset: no answer
            continue
        answer = b"\x3B\x00" if message == b"\x04" else b"\x6E\x00"  # 04 asks for the ATR
        stream.sendall(len(answer).to_bytes(2, "big") + answer)


main()
