#!/usr/bin/env python3
"""Follows the spikes of a run from a NATS server, as docs/WIRE.md describes them.

    follow.py HOST:PORT RUN NODES [--print]

NODES is how many nodes the run has. With --print each spike is a line of tick and GID. At
the run's end, or when the server goes away, the number of spikes and the spike hash are
printed: those of summary.json, if nothing was missed. Python's own library is enough; a
server with a password or TLS needs a NATS client in place of `subscribe`.
"""
import hashlib
import socket
import struct
import sys


def crc_table():
    table = []
    for n in range(256):
        for _ in range(8):
            n = n >> 1 ^ (0x82F63B78 if n & 1 else 0)
        table.append(n)
    return table


TABLE = crc_table()


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ TABLE[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


def subscribe(address, subject):
    """Yields the payloads of the messages on a subject."""
    host, port = address.rsplit(":", 1)
    stream = socket.create_connection((host, int(port)))
    lines = stream.makefile("rb")
    lines.readline()  # INFO
    stream.sendall(b'CONNECT {"verbose":false,"pedantic":false}\r\nSUB %s 1\r\nPING\r\n' % subject.encode())
    while line := lines.readline():
        if line.startswith(b"PONG"):
            print("listening", file=sys.stderr, flush=True)
        elif line.startswith(b"PING"):
            stream.sendall(b"PONG\r\n")
        elif line.startswith(b"MSG"):
            yield lines.read(int(line.split()[-1]))
            lines.readline()
        elif line.startswith(b"-ERR"):
            sys.exit(line.decode().strip())


def frames(message):
    """Yields kind, sender, step, part, parts and body of each frame of a message."""
    while message:
        vly, version, kind, _, part, parts, epoch, sender, step, size = struct.unpack_from("<3sBBBHHQIQI", message)
        assert vly == b"VLY" and version == 1, "another layout"
        end = 34 + size
        assert crc32c(message[:end]) == struct.unpack_from("<I", message, end)[0], "damaged"
        yield kind, sender, step, part, parts, message[34:end]
        message = message[end + 4:]


class Reader:
    """Takes numbers from the front of bytes."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def unsigned(self):
        x = shift = 0
        while True:
            byte = self.data[self.at]
            self.at += 1
            x |= (byte & 0x7F) << shift
            if byte < 0x80:
                return x
            shift += 7

    def signed(self):
        x = self.unsigned()
        return x >> 1 ^ -(x & 1)


def spikes(body):
    """The ticks of an envelope, and its spikes as pairs of tick and GID."""
    r = Reader(body)
    first, ticks, _ = r.signed(), r.signed(), r.signed()
    found = []
    for _ in range(r.unsigned()):
        r.unsigned(), r.unsigned()  # partition, bytes
        lowest = r.unsigned()
        for tick in range(first + 1, first + ticks + 1):
            gid = lowest
            for _ in range(r.unsigned()):
                gid += r.unsigned()
                found.append((tick, gid))
    return ticks, found


def main():
    address, run, nodes = sys.argv[1], sys.argv[2], int(sys.argv[3])
    show, over, all_spikes, pieces, last = "--print" in sys.argv, set(), [], {}, {}
    for message in subscribe(address, f"volley.{run}.rec.*"):
        for kind, sender, step, part, parts, body in frames(message):
            if kind != 1:
                continue
            pieces.setdefault((sender, step), {})[part] = body
            if len(pieces[sender, step]) < parts:
                continue
            whole = pieces.pop((sender, step))
            if step != last.get(sender, 0) + 1:
                print(f"node {sender}: step {step} came after {last.get(sender, 0)}", file=sys.stderr)
            last[sender] = step
            ticks, found = spikes(b"".join(whole[k] for k in range(parts)))
            all_spikes += found
            if show:
                for tick, gid in found:
                    print(tick, gid)
            if ticks == 0:
                over.add(sender)
        if len(over) == nodes:
            break
    digest = hashlib.sha256()
    for spike in sorted(all_spikes):
        digest.update(struct.pack("<QQ", *spike))
    print(len(all_spikes), digest.hexdigest())


main()
