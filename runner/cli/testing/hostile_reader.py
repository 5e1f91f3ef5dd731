#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The vpcd end of a reader that is out of its mind. usage: hostile_reader.py PORT KIND

KIND: garbage, flood (STATUS without end), half. `up` is printed once it listens."""
import random
import socket
import sys
import threading
import time

PORT, KIND = int(sys.argv[1]), sys.argv[2]
chance = random.Random(7)


def send_all(client):
    try:
        while True:
            if KIND == "garbage":
                client.sendall(chance.randbytes(4096))
            elif KIND == "flood":
                client.sendall(b"\x00\x05\x80\xF2\x00\x00\x1D" * 100)
            else:
                client.sendall(b"\x00")
                time.sleep(3600)
    except OSError:
        pass


def main():
    listener = socket.create_server(("127.0.0.1", PORT))
    print("up", flush=True)
    while True:
        client, _ = listener.accept()
        if KIND == "flood":
            client.sendall(b"\x00\x01\x01\x00\x01\x04")  # power, and the ATR
        threading.Thread(target=send_all, args=(client,), daemon=True).start()
        try:
            while client.recv(65536):
                pass
        except OSError:
            pass


main()
