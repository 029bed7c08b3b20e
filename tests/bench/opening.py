"""A launch session of the bench: planned, its buyers admitted, signed in and connected by load clients, opened, and judged."""

import base64
import hashlib
import json
import secrets
import struct
import sys
import time

from rig import ROOT, BenchError

sys.path.insert(0, str(ROOT / "tests/system"))
from history import History, read_journal  # noqa: E402

AT_ONCE = 500  # buyers in one call of the library
WINDOW = 256
RULES_SHA = hashlib.sha1(b"").hexdigest()


def now_ms():
    return int(time.time() * 1000)


def percentile(values, percent):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] if ordered else 0


class Crowd:
    """The buyers b<first> … of a session `id` of a project, and their load clients."""

    def __init__(self, rig, project, buyers, first=0):
        self.rig, self.project, self.buyers, self.first = rig, project, buyers, first
        self.loads, self.tokens = [], []
        self.names = [f"b{first + n}" for n in range(buyers)]

    def leave_out(self, names):
        self.names = [name for name in self.names if name not in set(names)]
        self.buyers = len(self.names)

    def pieces(self, size):
        """(first, count) of runs of names without a gap: a load client counts its buyers on from the first."""
        pieces = []
        for number in (int(name[1:]) for name in self.names):
            if pieces and pieces[-1][1] < size and sum(pieces[-1]) == number:
                pieces[-1] = (pieces[-1][0], pieces[-1][1] + 1)
            else:
                pieces.append((number, 1))
        return pieces

    def connect(self, server, processes, watch=True, offered=""):
        """Load clients for all buyers; they talk to the daemon or, without `watch`, to the bare server. offered: a file."""
        at = 0
        for first, count in self.pieces(-(-self.buyers // processes)):
            load = self.rig.load(server, self.project, self.tokens[at : at + count] if watch else ())
            load.say(f"crowd {first} {offered}")
            load.count = count
            self.loads.append(load)
            at += count
        for load in self.loads:
            opened = load.ask(f"open {load.count} {WINDOW} 60000", 70)["opened"]
            if opened != load.count:
                raise BenchError(f"only {opened} of {load.count} buyers are connected")
            if watch and load.ask("watch 30000", 40)["watching"] != load.count:
                raise BenchError("not every buyer was given a board")
            load.clock = load.ask("clock")

    def enter(self, rules_sha=RULES_SHA):
        for load in self.loads:
            told = load.ask(f"enter {self.id} {rules_sha} {WINDOW} 60000", 70)
            if told["entered"] != load.count:
                raise BenchError(f"not everybody could enter: {told}")

    def rush(self, opens_ms, spread_ms, seed, timeout_ms=30_000, bare=False, meanwhile=None):
        """Everybody presses from the opening on. meanwhile(opens_ms) may disturb. Returns a Wave."""
        journals = []
        for at, load in enumerate(self.loads):
            journals.append(self.rig.dir / f"{self.project}-{self.id}-{at}.journal")
            load.say(f"rush {opens_ms} 0 {spread_ms} 0 {seed} {timeout_ms} {journals[-1]}" + (" bare" if bare else ""))
        if meanwhile:
            meanwhile(opens_ms)
        seconds = (opens_ms - now_ms() + timeout_ms) / 1000 + 20
        told = [json.loads(load.read_line(seconds)) for load in self.loads]
        return Wave(opens_ms, told, [press for journal in journals for press in read_journal(journal)])

    def trail(self):
        found = json.loads(self.rig.redis("--json", "XRANGE", f"ld:{{{self.project}}}:events", "-", "+"))
        events = []
        for number, fields in found:
            pairs = dict(zip(fields[0::2], fields[1::2]))
            events.append({"seq": int(number.split("-")[0]), "type": pairs.pop("t"), **pairs})
        return events

    def judge(self, wave, units, more_presses=(), more_names=()):
        """The checker's view of a wave: its locks, faults and counts."""
        events = self.trail()
        wave.locks = [event for event in events if event["type"] == "lock" and event.get("launch") == self.id]
        history = History(events, self.id, [*wave.presses, *more_presses], [*self.names, *more_names], units)
        wave.faults = history.check()
        wave.count = history.count
        return wave

    def leave(self):
        self.rig.stop(*self.loads)
        self.loads = []


class Opening(Crowd):
    """A project of its own with units and buyers; each `plan` makes another session, which all of them may enter."""

    def __init__(self, rig, project, buyers, units):
        super().__init__(rig, project, buyers)
        self.prefix, self.calls = f"ld:{{{project}}}", 0
        rig.make_project(project, units)
        rig.make_buyers(project, buyers)
        self.units = rig.units_file(project).read_text().split()

    # --- the office's part, straight in Redis

    def call(self, function, *args, actor="bench", role="manager"):
        reply = json.loads(self.rig.redis("--json", "FCALL", function, "1", self.prefix, *self.who(actor, role), *map(str, args)))
        if reply[0] != "ok":
            raise BenchError(f"{function}: {reply}")
        return dict(zip(reply[1::2], reply[2::2]))

    def who(self, actor, role):
        self.calls += 1
        return actor, role, f"o{self.calls}", "0"

    def bulk(self, lines, what):
        """Many calls through one redis-cli; each must be answered ok."""
        answers = self.rig.redis("--json", text="\n".join(lines) + "\n").split("\n")
        wrong = [answer for answer in answers if answer and not answer.startswith('["ok"')]
        if wrong:
            raise BenchError(f"{what}: {len(wrong)} refused, the first: {wrong[0]}")

    def plan(self, active_max=0, hold_ms=600_000):
        """The next session: planned for an hour from now, all units, everybody admitted."""
        hour = now_ms() + 3_600_000
        seed = secrets.token_hex(32)
        terms = ["name", "bench", "opens_ms", hour, "closes_ms", hour + 3_600_000, "hold_ms", hold_ms, "active_max", active_max]
        self.id = self.call("ld_launch_put", "", seed, hashlib.sha256(seed.encode()).hexdigest(), *terms)["launch"]
        for at in range(0, len(self.units), AT_ONCE):
            self.call("ld_launch_units", self.id, "yes", " ".join(self.units[at : at + AT_ONCE]), "")
        for at in range(0, self.buyers, AT_ONCE):
            fours = [item for name in self.names[at : at + AT_ONCE] for item in (name, "", "", "")]
            self.call("ld_launch_admit", self.id, *fours)

    def open_in(self, seconds):
        opens = now_ms() + int(1000 * seconds)
        seed = "0" * 64
        self.call("ld_launch_put", self.id, seed, seed, "opens_ms", opens, "closes_ms", opens + 3_600_000)
        return opens

    def clear(self):
        """The session is over, and what was chosen is given back, so that another one finds everything free."""
        self.call("ld_launch_close", self.id, "bench")
        taken = [event["u"] for event in self.trail() if event["type"] == "lock" and event.get("launch") == self.id]
        lines = [f'FCALL ld_release 1 {self.prefix} {" ".join(self.who("bench", "manager"))} {unit} bench ""' for unit in taken]
        if lines:
            self.bulk(lines, "release")

    def enter_all(self):
        """Without connections, for the bare server."""
        lines = [f"FCALL ld_launch_enter 1 {self.prefix} buyer:{name} buyer enter-{self.id} 0 {self.id} {RULES_SHA}" for name in self.names]
        self.bulk(lines, "enter")

    # --- the buyers' part

    def sign_in(self):
        """A token for each buyer, as every daemon of this Redis accepts it."""
        secret = bytes.fromhex(self.rig.redis("GET", "ld:secret"))
        people = json.loads(self.rig.redis("--json", "HGETALL", f"{self.prefix}:buyers"))
        self.tokens, lines = [], []
        for name in self.names:
            body = secrets.token_bytes(16) + struct.pack(">Q", int(time.time()) + 36_000)
            sealed = body + hashlib.blake2b(body, digest_size=16, key=secret).digest()
            token = base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()
            phone = json.loads(people[name])["phone_ix"]
            self.tokens.append(token)
            digest = hashlib.sha256(token.encode()).hexdigest()
            lines.append(f"FCALL ld_buyer_sign_in 1 {self.prefix} link {phone} {secrets.token_hex(16)} {digest} 36000000 60000")
        self.bulk(lines, "sign-in")


class Wave:
    """What came of a rush: presses of all journals, times in ms after the opening."""

    def __init__(self, opens_ms, told, presses):
        self.opens_ms, self.presses = opens_ms, presses
        self.told = {name: sum(one[name] for one in told) for name in told[0]}
        self.locks, self.faults, self.count = [], [], {}

    def all_gone_ms(self):
        return max((int(lock["at"]) for lock in self.locks), default=0) - self.opens_ms

    def first_wave_ms(self):
        """The last answer to anybody's first press."""
        first = {}
        for press in self.presses:
            if press["who"] not in first or press["sent"] < first[press["who"]]["sent"]:
                first[press["who"]] = press
        return max(press["got"] for press in first.values()) / 1000 - self.opens_ms

    def answer_ms(self, percent):
        return percentile([(p["got"] - p["sent"]) / 1000 for p in self.presses if p["got"]], percent)


class Walls:
    """Screens that only watch; how late they showed what the trail says."""

    def __init__(self, rig, daemon, project, count, token=None):
        self.rig, self.project, self.count = rig, project, count
        self.load = rig.load(daemon, project, [token or daemon.token()])
        opened = self.load.ask(f"open {count} {count} 20000")["opened"]
        if opened != count or self.load.ask("watch 20000")["watching"] != count:
            raise BenchError("the walls do not get a board")

    def record(self):
        self.load.ask("record")

    def latest_ms(self, locks):
        """The latest of all screens and locks; the event's time is cut to a millisecond, which counts against the product."""
        times = self.rig.dir / f"{self.project}.locks"
        to_mono_us = (time.monotonic() - time.time()) * 1e6
        times.write_bytes(b"".join(struct.pack("<qq", lock["seq"], int(1000 * int(lock["at"]) + to_mono_us)) for lock in locks))
        self.load.ask(f"await {locks[-1]['seq']} 10000", 20)
        result = self.load.ask(f"converge {times}", 60)
        if result["gaps"] or result["lost"] or result["not_converged"] or result["screens"] != self.count:
            raise BenchError(f"walls lost their place: {result}")
        return result["max_ms"]

    def leave(self):
        self.rig.stop(self.load)
