#!/usr/bin/env python3
"""Print the spikes of a running volley cluster as they happen: "tick gid" lines.

    spikes.py HOST:PORT [RUN] [--nodes N]

HOST:PORT is a NATS server of the cluster, in the clear. RUN is a run's id; without
it every run is listened to, and the first that is heard is followed. At the run's
end the number of spikes and their hash are printed to standard error: if nothing
was lost, it is the run's spike_hash.

Written against docs/WIRE.md with nothing but the standard library, to show that a
reader needs no code of volley's.
"""
import argparse
import hashlib
import socket
import struct
import sys

TABLE = []
for byte in range(256):
    c = byte
    for _ in range(8):
        c = c >> 1 ^ (0x82F63B78 if c & 1 else 0)
    TABLE.append(c)


def crc32c(data):
    c = 0xFFFFFFFF
    for b in data:
        c = TABLE[(c ^ b) & 0xFF] ^ c >> 8
    return c ^ 0xFFFFFFFF


class Reader:
    """Takes numbers from the front of bytes."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def unsigned(self):
        x = shift = 0
        while True:
            b = self.data[self.at]
            self.at += 1
            x |= (b & 0x7F) << shift
            shift += 7
            if b < 0x80:
                return x

    def signed(self):
        x = self.unsigned()
        return x >> 1 ^ -(x & 1)

    def bytes(self, n):
        self.at += n
        return self.data[self.at - n : self.at]


def frames(message):
    """Yields (kind, part, parts, sender, step, body) of each frame of a message."""
    while message:
        if message[:4] != b"VLY\x01":
            raise ValueError("not a frame of version 1")
        part, parts, _, sender, step, length = struct.unpack_from("<HHQIqI", message, 6)
        end = 34 + length
        if struct.unpack_from("<I", message, end)[0] != crc32c(message[:end]):
            raise ValueError("a wrong checksum")
        yield message[4], part, parts, sender, step, message[34:end]
        message = message[end + 4 :]


def spikes(body):
    """Returns the ticks of an envelope and its spikes as (tick, gid)."""
    r, found = Reader(body), []
    first, ticks, _ = r.signed(), r.signed(), r.signed()
    for _ in range(r.unsigned()):
        r.unsigned()  # partition
        batch = Reader(r.bytes(r.unsigned()))
        lowest = batch.unsigned()
        for tick in range(first + 1, first + ticks + 1):
            gid = lowest
            for _ in range(batch.unsigned()):
                gid += batch.unsigned()
                found.append((tick, gid))
    return ticks, found


def messages(address, subject):
    """Yields (subject, data) of what is published on NATS."""
    host, port = address.rsplit(":", 1)
    s = socket.create_connection((host, int(port)), timeout=10)
    s.settimeout(None)
    stream = s.makefile("rb")
    stream.readline()  # INFO
    s.sendall(b'CONNECT {"verbose":false,"name":"spikes.py"}\r\nSUB %s 1\r\nPING\r\n' % subject.encode())
    for line in iter(stream.readline, b""):
        words = line.split()
        if words[0] == b"PONG":
            print("listening", file=sys.stderr, flush=True)
        elif words[0] == b"PING":
            s.sendall(b"PONG\r\n")
        elif words[0] == b"-ERR":
            raise ConnectionError(line.decode().strip())
        elif words[0] == b"MSG":
            data = stream.read(int(words[-1]))
            stream.read(2)
            yield words[1].decode(), data
    raise ConnectionError("the server has gone")


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("address")
    p.add_argument("run", nargs="?")
    p.add_argument("--nodes", type=int, default=1, help="nodes of the run")
    a = p.parse_args()
    run, seen, parts, everything, over = a.run, {}, {}, [], set()
    for subject, data in messages(a.address, f"volley.{a.run or '*'}.rec.*"):
        _, of, _, node = subject.split(".")
        run = run or of
        if of != run:
            continue
        for kind, part, all_parts, _, step, body in frames(data):
            if kind != 1:
                continue
            got = parts.setdefault((node, step), {})
            got[part] = body
            if len(got) < all_parts:
                continue
            body = b"".join(got[k] for k in range(all_parts))
            del parts[node, step]
            if step != seen.get(node, 0) + 1:
                print(f"node {node}: step {step} after step {seen.get(node, 0)}: something was lost", file=sys.stderr)
            seen[node] = step
            ticks, found = spikes(body)
            everything += found
            for tick, gid in found:
                print(tick, gid)
            if ticks == 0:
                over.add(node)
        if len(over) >= a.nodes:
            break
    everything.sort()
    digest = hashlib.sha256(b"".join(struct.pack("<QQ", *s) for s in everything)).hexdigest()
    print(f"{run}: {len(everything)} spikes, hash {digest}", file=sys.stderr)


if __name__ == "__main__":
    main()
