#!/usr/bin/env python3
"""Inject volleys into a run of volley, and hear what comes of them.

    inject.py HOST:PORT POPULATION [RUN] [--members N] [--rate R] [--jitter MS] [--background HZ]

HOST:PORT is a NATS server of the cluster, in the clear. POPULATION is an input of the
model spike_train_injector. RUN is a run's id; without it the next run that says
something is taken. R times a second the first N neurons of the population fire
together, each within MS of the others; and each neuron fires by itself HZ times a
second. Printed are a line for each volley that was heard again among the run's spikes,
with how many steps and milliseconds that took, the synchrony of each window of the
population, where the model measures it, and in the end a summary.

Written against docs/WIRE.md with nothing but the standard library and spikes.py beside
it, to show that a client needs no code of volley's.
"""
import argparse
import json
import random
import select
import socket
import sys
import time

from spikes import frames, spikes


class Nats:
    """As much of a NATS client as is needed here."""

    def __init__(self, address):
        host, port = address.rsplit(":", 1)
        self.socket = socket.create_connection((host.split("//")[-1], int(port)), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer, self.subjects = b"", 0
        self.socket.sendall(b'CONNECT {"verbose":false,"name":"inject.py"}\r\nPING\r\n')

    def subscribe(self, subject):
        self.subjects += 1
        self.socket.sendall(f"SUB {subject} {self.subjects}\r\n".encode())

    def publish(self, subject, reply, data):
        self.socket.sendall(f"PUB {subject} {reply} {len(data)}\r\n".encode() + data + b"\r\n")

    def messages(self, wait):
        """Yields (subject, data) of what comes within some seconds."""
        until = time.monotonic() + wait
        while True:
            while b"\r\n" in self.buffer:
                line, rest = self.buffer.split(b"\r\n", 1)
                words = line.split()
                if words[0] == b"MSG":
                    size = int(words[-1])
                    if len(rest) < size + 2:
                        break
                    self.buffer = rest[size + 2 :]
                    yield words[1].decode(), rest[:size]
                    continue
                self.buffer = rest
                if words[0] == b"PING":
                    self.socket.sendall(b"PONG\r\n")
                elif words[0] == b"PONG":
                    print("connected", file=sys.stderr, flush=True)
                elif words[0] == b"-ERR":
                    raise ConnectionError(line.decode())
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.socket], [], [], left)[0]:
                return
            data = self.socket.recv(1 << 16)
            if not data:
                raise ConnectionError("the server has gone")
            self.buffer += data


class Volley:
    """A volley that was sent and has not been heard."""

    def __init__(self, number, step, after):
        self.number, self.step, self.sent = number, step, time.monotonic()
        self.after = after  # ticks from its first spike to that of neuron 0
        self.tick = None  # of neuron 0


class Client:
    def __init__(self, options):
        self.o, self.nats = options, Nats(options.address)
        self.run, self.step = options.run, 0
        self.first = self.dt = self.size = None  # of the population, by the first answer
        self.waiting, self.heard, self.refused, self.sent = {}, [], [], 0
        self.parts, self.over = {}, False
        self.inbox = "_INBOX.inject.%08x" % random.getrandbits(32)
        self.nats.subscribe(self.inbox + ".*")
        self.nats.subscribe(f"volley.{self.run or '*'}.evt")

    def follow(self, run):
        self.run = run
        self.nats.subscribe(f"volley.{run}.rec.*")
        self.nats.subscribe(f"volley.{run}.syn.*")
        print(f"run {run}", file=sys.stderr, flush=True)

    def inject(self, number, neurons, after):
        message = {"neurons": neurons, "after": after}
        self.nats.publish(f"volley.{self.run}.in.{self.o.population}", f"{self.inbox}.{number}", json.dumps(message).encode())

    def volley(self):
        """Sends a volley; the answer says which ticks it has got."""
        self.sent += 1
        members = list(range(self.o.members))
        after = [random.randrange(int(self.o.jitter / self.dt) + 1) for _ in members]
        self.waiting[self.sent] = Volley(self.sent, self.step, after[0] - min(after))
        self.inject(self.sent, members, after)

    def background(self):
        """Sends the spikes of the time until the next volley that are no volley's."""
        ticks = int(1000 / self.o.rate / self.dt)
        count = self.size * self.o.background / self.o.rate
        count = int(count) + (random.random() < count % 1)
        self.inject(0, [random.randrange(self.size) for _ in range(count)], [random.randrange(ticks) for _ in range(count)])

    def take(self, subject, data):
        kind = subject.split(".")
        if kind[0] == "_INBOX":
            self.answer(int(kind[-1]), json.loads(data))
        elif kind[2] == "evt" and not self.run:
            self.follow(kind[1])
        elif kind[2] == "rec" and kind[1] == self.run:
            self.recorded(int(kind[3]), data)
        elif kind[2] == "syn" and kind[1] == self.run and kind[3] == self.o.population:
            window = json.loads(data)
            values = " ".join(f"{k} {v:.4f}" for k, v in sorted(window["values"].items()))
            print(f"window {window['window']} until {window['end_ms']:g} ms: {values}", flush=True)

    def answer(self, number, a):
        v = self.waiting.get(number)  # None of background, and of the first question
        if "error" in a:
            self.refused.append(a["error"])
            self.waiting.pop(number, None)
            return
        self.first, self.size, self.dt = a["gid"], a["size"], a["dt_ms"]
        if v:
            v.tick = a["tick"] + v.after

    def recorded(self, node, data):
        for kind, part, parts, _, step, body in frames(data):
            if kind != 1:
                continue
            got = self.parts.setdefault((node, step), {})
            got[part] = body
            if len(got) < parts:
                continue
            del self.parts[node, step]
            ticks, found = spikes(b"".join(got[k] for k in range(parts)))
            self.step = max(self.step, step)
            self.over = self.over or ticks == 0
            at = {tick for tick, gid in found if gid == self.first}
            for v in [v for v in self.waiting.values() if v.tick in at]:
                del self.waiting[v.number]
                steps, ms = step - v.step, (time.monotonic() - v.sent) * 1000
                self.heard.append((steps, ms))
                print(f"volley {v.number} at tick {v.tick}: heard {steps} steps and {ms:.1f} ms after it was sent", flush=True)

    def work(self):
        if self.run:
            self.follow(self.run)
        due = None  # when the next volley is; None before the run has begun
        while not self.over:
            wait = 1.0 if due is None else max(due - time.monotonic(), 0)
            for subject, data in self.nats.messages(wait):
                self.take(subject, data)
                if due is None and self.dt:
                    due = time.monotonic()
                elif due is None and self.step > 0:
                    self.inject(0, [], [])  # asks how large the population is
                if due is not None and time.monotonic() >= due:
                    break
            if due is not None and time.monotonic() >= due and not self.over:
                self.volley()
                if self.o.background:
                    self.background()
                due += 1 / self.o.rate
        for subject, data in self.nats.messages(0.5):
            self.take(subject, data)
        steps, ms = sorted(s for s, _ in self.heard), sorted(m for _, m in self.heard)
        print(f"{self.run}: {self.sent} volleys sent, {len(self.heard)} heard, {len(self.refused)} refused", file=sys.stderr)
        if steps:
            print(f"latency: median {steps[len(steps) // 2]} steps, {ms[len(ms) // 2]:.1f} ms; most {steps[-1]} steps, {ms[-1]:.1f} ms", file=sys.stderr)
        for why in self.refused[:1]:
            print("refused:", why, file=sys.stderr)


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("address")
    p.add_argument("population")
    p.add_argument("run", nargs="?")
    p.add_argument("--members", type=int, default=10, help="neurons that fire together, the first of the population")
    p.add_argument("--rate", type=float, default=20, help="volleys a second")
    p.add_argument("--jitter", type=float, default=0, help="ms within which they fire")
    p.add_argument("--background", type=float, default=0, help="further spikes a second of each neuron")
    Client(p.parse_args()).work()


if __name__ == "__main__":
    main()
