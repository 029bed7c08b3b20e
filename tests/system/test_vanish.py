"""Clients of every kind that end their lines at any moment, with work under way: the daemon goes on, and nothing is lost."""

import contextlib
import json
import os
import random
import re
import signal
import socket
import struct
import threading
import time

from launch_day import Session
from listing import PROJECT, ROLES, ROOT, Refusal, Screen, catalog, eventually, new_key
from wsclient import Closed, Refused, Silence

OPENAPI = json.loads((ROOT / "web/public/openapi.json").read_text())
GONE = (OSError, Closed, Refused, Silence, Refusal)


def vanish(sock):
    """As a tablet's line ends that loses its power: a reset, no goodbye."""
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def routes():
    """Every route of the interface, with what it names filled in."""
    names = {"p": PROJECT, "l": "s1", "d": "D000001", "b": "b1", "a": "clerk1", "u": "1-101"}
    for path, methods in OPENAPI["paths"].items():
        for method in methods:
            if path != "/api/v1/logout":  # it would sign everybody out at once
                yield method.upper(), re.sub(r"\{(\w+)\}", lambda part: names.get(part[1], "1"), path)


class Crowd(threading.Thread):
    """One after another, for so long: comes, asks for something, and is gone before, while or after it is answered."""

    def __init__(self, office, seed, until):
        super().__init__(daemon=True)
        self.office, self.random, self.until = office, random.Random(seed), until
        self.routes = list(routes())
        self.units = [unit["id"] for unit in catalog() if unit["id"] != "2-304"]
        self.visits, self.problem = 0, None

    def run(self):
        try:
            while time.monotonic() < self.until:
                self.random.choice((self.ask, self.screen, self.screen))()
                self.visits += 1
        except Exception as problem:  # noqa: BLE001 - shown by the test
            self.problem = problem

    def wait(self):
        time.sleep(self.random.choice((0, 0, 0.0005, 0.002, 0.01)))

    def ask(self):
        """A request over HTTP, whole or in part."""
        method, path = self.random.choice(self.routes)
        token = self.office.tokens[self.random.choice(list(ROLES))]
        body = json.dumps({"cmd": "ping", "args": {"project": PROJECT}, "deal": "D000001", "account": "x"}).encode() if method == "POST" else b""
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\nIdempotency-Key: {new_key()}\r\n"
        text = (head + (f"Content-Length: {len(body)}\r\n" if body else "") + "\r\n").encode() + body
        if self.random.random() < 0.2:
            text = text[: self.random.randrange(len(text))]
        with contextlib.suppress(OSError):
            sock = socket.create_connection(("127.0.0.1", self.office.port), timeout=5)
            with contextlib.suppress(OSError):
                sock.sendall(text)
                self.wait()
            vanish(sock)

    def screen(self):
        """A screen with a few commands under way."""
        account = self.random.choice(list(ROLES))
        with contextlib.suppress(*GONE):
            screen = Screen(self.office.port, self.office.tokens[account], timeout=5)
            with contextlib.suppress(*GONE):
                for _ in range(self.random.randrange(4)):
                    self.command(screen)
                self.wait()
            vanish(screen.sock)

    def command(self, screen):
        unit = self.random.choice(self.units)
        cmd, args = self.random.choice(
            (
                ("board.watch", {}),
                ("board.watch", {}),
                ("unit.lock", {"unit": unit, "buyer": "b1"}),
                ("unit.release", {"unit": unit, "reason": "客户放弃"}),
                ("unit.withhold", {"unit": unit, "reason": "样板房"}),
                ("unit.offer", {"unit": unit}),
                ("deal.apply", {"unit": unit, "eligibility": "qualified"}),
                ("favourite.set", {"unit": unit, "on": True}),
                ("no.such.command", {}),
            )
        )
        screen.send(cmd, {"project": PROJECT, **args}, new_key())


def test_clients_that_vanish_at_any_moment_stop_nobody_and_leave_nothing_behind(open_office):
    office = open_office(redis_timeout_ms=2000)
    Session(office, opens_in=600, buyers=(), units=["2-101", "2-102"], limit=1)
    for account in ROLES:
        office.token(account)
    wall = office.screen("display1")
    seconds = float(os.environ.get("VANISH_SECONDS", "4"))
    seed = int(os.environ.get("VANISH_SEED", random.randrange(1 << 30)))
    crowds = [Crowd(office, f"{seed} {n}", time.monotonic() + seconds) for n in range(8)]
    for crowd in crowds:
        crowd.start()
    while any(crowd.is_alive() for crowd in crowds):
        # Now and then Redis stands still: answers gather and meet lines that have ended meanwhile.
        wall.pump(0.3)
        office.redis.signal(signal.SIGSTOP)
        time.sleep(0.1)
        office.redis.signal(signal.SIGCONT)
    assert [crowd.problem for crowd in crowds if crowd.problem] == [], f"seed {seed}"
    assert sum(crowd.visits for crowd in crowds) > 50
    eventually(office.daemon.is_ready)
    eventually(lambda: office.daemon.metric("connections") == 1, timeout=20)
    wall.until(lambda: wall.seq == len(office.events()))
    office.check_consistent()
    office.fcall_as("clerk1", "ld_withhold", "2-304", "样板房")  # what the crowd keeps away from
    wall.see("2-304", "x")


def test_screens_that_vanish_while_their_answers_are_under_way_stop_nobody(office):
    """The answers of Redis and the ends of the lines wait for the daemon together, so that it writes to lines that are
    already dead: to one screen alone (what waits for it), to all of a role, and to all that watch."""
    others = [office.screen(account) for account in ("clerk1", "display1")]
    for _ in range(5):
        leaving = [office.screen("clerk1", watch=None) for _ in range(6)] + [office.screen("clerk1") for _ in range(6)]
        office.redis.signal(signal.SIGSTOP)
        try:
            for screen in leaving[:6]:
                screen.command("board.watch", {"project": PROJECT})
            office.daemon.process.send_signal(signal.SIGSTOP)
            for screen in leaving:
                vanish(screen.sock)
        finally:
            office.redis.signal(signal.SIGCONT)
        office.fcall_as("clerk1", "ld_withhold", "1-102", "样板房")
        office.fcall_as("clerk1", "ld_offer", "1-102")
        office.daemon.process.send_signal(signal.SIGCONT)
        eventually(office.daemon.is_ready)
        newest = len(office.events())
        for screen in others:
            screen.until(lambda s=screen: s.seq == newest)
    eventually(lambda: office.daemon.metric("connections") == len(others))
    office.screen("consultant1").lock("1-101")
