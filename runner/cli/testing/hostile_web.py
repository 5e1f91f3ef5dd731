#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A web server that never comes to an end. usage: hostile_web.py PORT KIND CERTIFICATE KEY

Over TLS, one client after the other; `up` is printed once it listens."""
import socket
import ssl
import sys

PORT, KIND, CERTIFICATE, KEY = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.syncml.dm+xml\r\n"


def pieces():
    """What is sent after a request, for ever or nearly so."""
    if KIND == "chunks":
        yield HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
        while True:
            yield b"1000\r\n" + b"x" * 4096 + b"\r\n"
    if KIND == "gigabyte":
        yield HEAD + b"Content-Length: 1000000000\r\n\r\n"
        while True:
            yield b"x" * 4096
    if KIND == "no_length":
        yield HEAD + b"\r\n"
        while True:
            yield b"x" * 4096
    if KIND == "headers":
        yield HEAD
        number = 0
        while True:
            number += 1
            yield b"X-%d: y\r\n" % number
    if KIND == "header":
        yield HEAD + b"X-Long: "
        while True:
            yield b"y" * 1000
    if KIND == "continue":
        while True:
            yield b"HTTP/1.1 100 Continue\r\n\r\n"


def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE, KEY)
    listener = socket.create_server(("127.0.0.1", PORT))
    print("up", flush=True)
    while True:
        plain, _ = listener.accept()
        try:
            with context.wrap_socket(plain, server_side=True) as client:
                client.recv(65536)
                for piece in pieces():
                    client.sendall(piece)
        except OSError:
            pass


main()
