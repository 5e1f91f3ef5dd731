#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the captures of decode_test.sh: captures.py FOLDER, or captures.py --long COUNT FILE."""
import gzip
import os
import struct
import sys

APDUS = [bytes.fromhex(text) for text in (
    "8010000004FFFFFFFF9112",
    "8012000012D010810301400182028182BC0304800185009000",
    "801400000C810301400182028281830100910B",
    "801200000BD0098103010300820281829000",
    "80C2000015DC1382028281710D80010407444D20436C69656E749000")]


def gsmtap(payload, sub_type=0):
    return bytes([2, 4, 4, 0]) + bytes(8) + bytes([sub_type, 0, 0, 0]) + payload


def udp(payload):
    return struct.pack(">HHHH", 40000, 4729, 8 + len(payload), 0) + payload


def ipv4(payload, fragment=0):
    return struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), 0, fragment, 64, 17, 0) + b"\x7f\0\0\1" * 2 + payload


def ipv6(payload, following=17, extension=b""):
    head = struct.pack(">IHBB", 0x60000000, len(extension) + len(payload), following, 64)
    return head + (bytes(15) + b"\1") * 2 + extension + payload


def ethernet(payload, kind=0x0800, tags=()):
    return bytes(12) + b"".join(struct.pack(">HH", tag, 5) for tag in tags) + struct.pack(">H", kind) + payload


def pcap(packets, link_type, order="<", magic=0xA1B2C3D4):
    out = [struct.pack(order + "IHHIIII", magic, 2, 4, 0, 0, 262144, link_type)]
    for at, packet in enumerate(packets):
        out.append(struct.pack(order + "IIII", 1700000000 + at, 123, len(packet), len(packet)) + packet)
    return b"".join(out)


def block(kind, body, order="<"):
    body += bytes(-len(body) % 4)
    length = struct.pack(order + "I", len(body) + 12)
    return struct.pack(order + "I", kind) + length + body + length


def section(order="<"):
    return block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1), order)


def interface(link_type, snap_length=262144, order="<"):
    return block(1, struct.pack(order + "HHI", link_type, 0, snap_length), order)


def packet_block(which, packet, order="<"):
    return block(6, struct.pack(order + "IIIII", which, 0x60A24, 0, len(packet), len(packet)) + packet, order)


def upper_pdu(dissector, payload):
    name = dissector.encode() + bytes(-len(dissector) % 4)
    return struct.pack(">HH", 12, len(name)) + name + struct.pack(">HHIHH", 25, 4, 7, 0, 0) + payload


def pieces(apdu):
    yield gsmtap(apdu[:5], 4)
    if len(apdu) > 7:
        yield gsmtap(apdu[5:-2], 5)
    yield gsmtap(apdu[-2:], 7)


def files():
    datagrams = [udp(gsmtap(apdu)) for apdu in APDUS]
    ip4 = [ipv4(each) for each in datagrams]
    ip6 = [ipv6(each) for each in datagrams]
    frames = [ethernet(each) for each in ip4]
    plain = pcap(frames, 1)
    hop_by_hop = bytes([17, 0, 1, 4, 0, 0, 0, 0])
    blocks = section() + interface(1) + b"".join(packet_block(0, each) for each in frames)
    return {
        "plain.pcap": plain,
        "big-end.pcap": pcap(frames, 1, ">"),
        "nanoseconds.pcap": pcap(frames, 1, "<", 0xA1B23C4D),
        "ipv6.pcap": pcap([ethernet(each, 0x86DD) for each in ip6], 1),
        "extension.pcap": pcap([ethernet(ipv6(each, 0, hop_by_hop), 0x86DD) for each in datagrams], 1),
        "vlan.pcap": pcap([ethernet(each, 0x0800, [0x8100]) for each in ip4], 1),
        "qinq.pcap": pcap([ethernet(each, 0x86DD, [0x88A8, 0x8100]) for each in ip6], 1),
        "null.pcap": pcap([struct.pack("<I", 30) + each for each in ip6], 0),
        "loop.pcap": pcap([struct.pack(">I", 2) + each for each in ip4], 108),
        "raw.pcap": pcap(ip6, 101),
        "ipv6-type.pcap": pcap(ip6, 229),
        "cooked.pcap": pcap([b"\0\0\3\4\0\6" + bytes(8) + b"\x86\xdd" + each for each in ip6], 113),
        "cooked2.pcap": pcap([b"\x08\0" + bytes(18) + each for each in ip4], 276),
        "upper-pdu.pcap": pcap([upper_pdu("gsm_sim", apdu) for apdu in APDUS], 252),
        "interfaces.pcapng": section() + interface(150) + packet_block(0, b"abcd") + interface(113, 96) + interface(1) +
                             b"".join(packet_block(2, each) for each in frames),
        "sections.pcapng": section() + interface(1) + packet_block(0, frames[0]) + section(">") +
                           interface(228, 96, ">") + b"".join(packet_block(0, each, ">") for each in ip4[1:]),
        "plain.pcap.gz": gzip.compress(plain),
        "pieces.pcap": pcap([ethernet(ipv4(udp(each))) for apdu in APDUS for each in pieces(apdu)], 1),
        "cut.pcap": plain[:-6],
        "cut.pcapng": blocks[:-40],
        "cut.pcap.gz": gzip.compress(plain)[:-20],
        "damaged.pcap": plain + struct.pack("<IIII", 0, 0, 0xFFFFFFF0, 5) + bytes(100),
        "fragments.pcap": pcap([ethernet(ipv4(each[:24], 0x2000)) for each in datagrams], 1),
        "usb.pcap": pcap([b"abcd"], 220),
    }


if sys.argv[1] == "--long":
    with open(sys.argv[3], "wb") as out:
        out.write(pcap([ethernet(ipv4(udp(gsmtap(APDUS[at % 5])))) for at in range(int(sys.argv[2]))], 1))
else:
    for name, content in files().items():
        with open(os.path.join(sys.argv[1], name), "wb") as out:
            out.write(content)
