"""Hundreds of buyers of a launch session, driven by the bench's load client in C (make bench-programs), for the system tests.

    crowd = Crowd(office, buyers=200)         imported, admitted, signed in; a session that has yet to open
    load = crowd.connect(first=0, count=200)  connected, with boards, entered
    crowd.open_in(1.5)
    crowd.start(load, f"rush …")              see tests/bench/load.c
    wave = crowd.finish(load)
"""

import hashlib
import json
import pathlib
import secrets
import sys

from history import History, read_journal
from launch_day import Session, now_ms, token_of
from listing import PROJECT
from servers import BUILD

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "bench"))
from rig import Process  # noqa: E402

WINDOW = 64


class Crowd:
    def __init__(self, office, buyers, **plan):
        self.office, self.loads = office, []
        self.names = [f"b{n}" for n in range(1000, 1000 + buyers)]
        self.session = Session(office, opens_in=3600, buyers=(), **plan)
        self._register()
        self.tokens = [self._sign_in(name) for name in self.names]
        self.units_file = office.folder / "units"
        self.units_file.write_text("\n".join(self.session.units) + "\n")

    def _register(self):
        people = self.office.folder / "crowd.csv"
        rows = [f"{name},测试,1990000{name[1:]:>04},A,consultant1" for name in self.names]
        people.write_text("\n".join(["编号,姓名,手机,级别,置业顾问", *rows]) + "\n")
        self.office.ctl("buyer", "import", "--project", PROJECT, "--as", "manager1", people)
        fours = [item for name in self.names for item in (name, "", "", "")]
        self.office.fcall_as("clerk1", "ld_launch_admit", self.session.id, *fours)
        self.people = self.office.redis.client.hgetall("ld:{%s}:buyers" % PROJECT)

    def _sign_in(self, name):
        token, phone = token_of(self.office), json.loads(self.people[name])["phone_ix"]
        digest = hashlib.sha256(token.encode()).hexdigest()
        self.office.fcall("ld_buyer_sign_in", "link", phone, secrets.token_hex(16), digest, 3_600_000, 60_000)
        return token

    def connect(self, first, count):
        load = Process([BUILD / "bench/load", self.office.port, PROJECT, self.units_file], talk=True)
        self.loads.append(load)
        for token in self.tokens[first : first + count]:
            load.say(f"token {token}")
        load.say(f"crowd {1000 + first}")
        assert load.ask(f"open {count} {WINDOW} 30000")["opened"] == count
        assert load.ask("watch 30000")["watching"] == count
        load.ask("clock")
        assert load.ask(f"enter {self.session.id} {self.session.rules_sha} {WINDOW} 30000")["entered"] == count
        return load

    def open_in(self, seconds):
        self.opens_ms = now_ms() + int(1000 * seconds)
        self.session.do("launch.put", launch=self.session.id, opens_ms=self.opens_ms, closes_ms=self.opens_ms + 600_000)

    def start(self, load, command, seed=1, timeout_ms=30_000):
        """`rush FROM UNTIL AGAIN` or `hammer LEAD EVERY`, in ms."""
        word, rest = command.split(" ", 1)
        load.journal = self.office.folder / f"journal{self.loads.index(load)}"
        load.say(f"{word} {self.opens_ms} {rest} {seed} {timeout_ms} {load.journal}")

    def finish(self, load, timeout_s=60):
        """What the load client counted."""
        return json.loads(load.read_line(timeout_s))

    def winners(self):
        return [event["b"] for event in self.office.events() if event["type"] == "lock" and event.get("launch") == self.session.id]

    def history(self):
        presses = [press for load in self.loads for press in read_journal(load.journal)]
        return History(self.office.events(), self.session.id, presses, self.names, self.session.units)

    def close(self):
        for load in self.loads:
            load.kill()
