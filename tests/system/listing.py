"""One line starts a whole sales office on free ports: a private Redis, daemons, a project with units, accounts and
buyers. Everything lives in one temporary folder and goes away with it. See conftest.py for the fixtures.

    office = Office(folder)                   Redis, one daemon, project `p1` with 24 units
    desk = office.screen("consultant1")       a signed-in WebSocket, board watched
    desk.lock("1-101", "b1")                  -> the reply's `ok` part, or Refusal
    desk.see("1-101", "l")                    until the pushed board says so
"""

import contextlib
import ctypes
import http.client
import itertools
import json
import os
import pathlib
import subprocess
import time
import uuid

from fake_clock import FakeClock
from people import CANARY_NAMES, CANARY_PHONES, buyers_csv  # noqa: F401
from servers import BUILD, ROOT, Daemon, Ports, RedisServer, eventually
from wsclient import Closed, Silence, WebSocket

PROJECT = "p1"
PASSWORD = "a password of its own"
ROLES = {
    "consultant1": "consultant",
    "consultant2": "consultant",
    "clerk1": "clerk",
    "finance1": "finance",
    "relations1": "relations",
    "manager1": "manager",
    "display1": "display",
    "buyer1": "buyer",
}


def new_key():
    return uuid.uuid4().hex


def yescrypt(password):
    """The cheapest yescrypt: the tests' accounts protect nothing."""
    library = ctypes.CDLL("libcrypt.so.1")
    library.crypt.restype = ctypes.c_char_p
    return library.crypt(password.encode(), b"$y$j75$LbZ0zQvJ0c5rLh9C5Yq3v1").decode()


class Refusal(Exception):
    """A command or function was answered with an error."""

    def __init__(self, error):
        super().__init__(json.dumps(error, ensure_ascii=False))
        self.error, self.code, self.detail = error, error["code"], error.get("detail", {})


class Response:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    def problem(self, status, code):
        """Asserts RFC 9457 with this status and code."""
        assert (self.status, self.headers.get("content-type", "").split(";")[0]) == (status, "application/problem+json"), (
            self.status,
            self.headers,
            self.body,
        )
        assert self.json["code"] == code, self.json
        assert self.json["status"] == status
        return self.json


class Screen(WebSocket):
    """A client that keeps its board as the contract tells it to."""

    def __init__(self, port, token, watch=None, **options):
        headers = options.pop("headers", {})
        super().__init__(port, {"Authorization": f"Bearer {token}", **headers} if token else headers, **options)
        self.ids = itertools.count(1)
        self.pushes = []
        self.epoch = self.seq = self.st = self.catalog_version = None
        self.deadlines = {}
        self.index = {}
        self.hello = self.message()
        if watch:
            self.watch(watch)

    def message(self, timeout=10):
        """The next message as JSON; board pushes are applied, all pushes are kept."""
        message = json.loads(self.recv(timeout))
        if "ev" in message:
            self.pushes.append(message)
            if message["ev"] == "board":
                self._on_board(message)
            elif message["ev"] == "units":
                self._on_units(message)
        return message

    def _on_board(self, board):
        self.epoch, self.seq, self.st = board["epoch"], board["seq"], board["st"]
        self.catalog_version, self.deadlines = board["catalog_version"], dict(map(tuple, board["deadlines"]))

    def _on_units(self, units):
        assert units["epoch"] == self.epoch, "units of another board without a board in front"
        assert units["from"] == self.seq, f"a gap: from {units['from']} on a board at {self.seq}"
        assert units["seq"] >= units["from"]
        self.seq = units["seq"]
        letters = list(self.st)
        for index, letter, *deadline in units["u"]:
            if index == len(letters):
                letters.append(letter)
            letters[index] = letter
            self.deadlines.pop(index, None)
            if deadline:
                self.deadlines[index] = deadline[0]
        self.st = "".join(letters)

    def push(self, kind, timeout=10):
        """The next push of this kind, kept ones included."""
        deadline = time.monotonic() + timeout
        while True:
            for at, message in enumerate(self.pushes):
                if message["ev"] == kind:
                    return self.pushes.pop(at)
            self.message(max(0, deadline - time.monotonic()))

    def send(self, cmd, args, key=None, **more):
        """Sends a command and returns its id."""
        number = next(self.ids)
        message = {"id": number, "cmd": cmd, "args": args, **more}
        if key is not None:
            message["key"] = key
        self.send_text(json.dumps(message, ensure_ascii=False))
        return number

    def reply(self, number, timeout=20):
        deadline = time.monotonic() + timeout
        while True:
            message = self.message(max(0, deadline - time.monotonic()))
            if message.get("id") == number:
                if "error" in message:
                    raise Refusal(message["error"])
                return message["ok"]

    def command(self, cmd, args, key=None, timeout=20, **more):
        return self.reply(self.send(cmd, args, key, **more), timeout)

    def watch(self, project=PROJECT, resume=None, view=None):
        """Sends board.watch and waits until a board or the missing units are there."""
        args = {"project": project, **({"resume": resume} if resume else {}), **({"view": view} if view else {})}
        number = self.send("board.watch", args)
        answered = False
        while not answered or self.st is None:
            message = self.message()
            if message.get("id") == number:
                answered = True
                if "error" in message:
                    raise Refusal(message["error"])
        return self

    def change(self, cmd, unit, key=None, project=PROJECT, **args):
        return self.command(cmd, {"project": project, "unit": unit, **args}, key or new_key())

    def lock(self, unit, buyer="b1", key=None, **args):
        return self.change("unit.lock", unit, key, buyer=buyer, **args)

    def release(self, unit, reason="客户放弃", key=None, **args):
        return self.change("unit.release", unit, key, reason=reason, **args)

    def letter(self, unit):
        return self.st[unit_index(unit)]

    def until(self, check, timeout=10):
        """Reads pushes until `check()` is true."""
        deadline = time.monotonic() + timeout
        while not check():
            self.message(max(0, deadline - time.monotonic()))

    def see(self, unit, letter, timeout=10):
        try:
            self.until(lambda: self.letter(unit) == letter, timeout)
        except Silence:
            raise AssertionError(f"{unit} is {self.letter(unit)} on the screen, not {letter}, after {timeout} s") from None

    def pump(self, seconds):
        """Reads whatever comes for so long."""
        deadline = time.monotonic() + seconds
        with contextlib.suppress(Silence):
            while True:
                self.message(max(0, deadline - time.monotonic()))


def unit_index(unit):
    """The position of `B-FRR` among the units of catalog()."""
    building, room = unit.split("-")
    return (int(building) - 1) * 12 + (int(room) // 100 - 1) * 4 + int(room) % 100 - 1


def catalog(count=24):
    """Buildings of 3 floors with 4 rooms: 1-101 … 1-304, 2-101 …"""
    units = []
    for index in range(count):
        building, floor, room = index // 12 + 1, index % 12 // 4 + 1, index % 4 + 1
        units.append(
            {
                "id": f"{building}-{floor}{room:02d}",
                "building": f"{building}栋",
                "entrance": "",
                "floor": floor,
                "room": f"{floor}{room:02d}",
                "type": "三房两厅" if room % 2 else "两房一厅",
                "gross_area": "89.50",
                "inside_area": "70.10",
                "list_price_fen": 300_000_000 + index,
                "type_derived": False,
            }
        )
    return units


class Office:
    def __init__(self, folder, units=24, daemons=1, project=None, redis_options=(), fake_clock=False, **settings):
        self.folder, self.ports, self.daemons = pathlib.Path(folder), Ports(), []
        self.folder.mkdir(parents=True, exist_ok=True)
        self.clock = FakeClock(self.folder) if fake_clock else None
        try:
            self._open(units, daemons, project or {}, redis_options, settings)
        except BaseException:
            self.abandon()
            raise

    def _open(self, units, daemons, project, redis_options, settings):
        self.redis = RedisServer(self.folder / "redis", redis_options, self.environment())
        self.keys = self.folder / "buyers.keys"
        self.ctl("key", "new", "--file", self.keys)
        self.settings = {
            "bind": "127.0.0.1",
            "listen_port": self.ports.free(),
            "redis_socket": self.redis.path,
            "web_root": str(self.web_root()),
            "buyer_key_file": str(self.keys),
            "rate_commands_per_s": 0,
            "buyer_press_gap_ms": 0,
            "max_connections_per_address": 0,
            "login_per_account": 0,
            "login_per_address": 0,
            "drain_ms": 200,
            **settings,
        }
        self.tokens = {}
        self.load_library()
        self.create_project(PROJECT, catalog(units), **project)
        self.create_accounts()
        for _ in range(daemons):
            self.add_daemon().start(wait=False)
        for daemon in self.daemons:
            eventually(daemon.is_ready, timeout=20)

    def web_root(self):
        """The built pages; without them one page of our own, so that the rest can be tested."""
        built, own = ROOT / "web/dist", self.folder / "web"
        if (built / "index.html").exists():
            return built
        own.mkdir()
        (own / "index.html").write_text("<!doctype html><title>listingd</title>")
        return own

    def environment(self):
        return self.clock.environment() if self.clock else {}

    @property
    def daemon(self):
        return self.daemons[0]

    @property
    def port(self):
        return self.settings["listen_port"]

    def add_daemon(self, **settings):
        settings = {**self.settings, "internal_port": self.ports.free(), **settings}
        self.daemons.append(Daemon(self.folder, f"listingd{len(self.daemons) + 1}", settings))
        self.daemons[-1].environment = self.environment()
        return self.daemons[-1]

    # --- Redis, as an operator's tool would use it

    def load_library(self):
        self.redis.client.execute_command("FUNCTION", "LOAD", "REPLACE", (BUILD / "listing.lua").read_text())

    def fcall(self, name, *args, project=PROJECT):
        reply = self.redis.client.execute_command("FCALL", name, 1, "ld:{%s}" % project, *args)
        if reply[0] == "err":
            raise Refusal({"code": reply[1], "detail": dict(zip(reply[2::2], reply[3::2]))})
        return dict(zip(reply[1::2], reply[2::2]))

    def fcall_as(self, actor, name, *args, role=None, project=PROJECT):
        return self.fcall(name, actor, role or ROLES[actor], new_key(), 0, *args, project=project)

    def create_project(self, name, units, buyers=True, withheld=(), **settings):
        pairs = [str(item) for pair in settings.items() for item in pair]
        self.fcall_as("manager1", "ld_create", "试验花园", str(uuid.uuid4()), *pairs, project=name)
        triples = []
        for unit in units:
            status = "withheld" if unit["id"] in withheld else "available"
            triples += [unit["id"], json.dumps(unit, ensure_ascii=False), status]
        if triples:
            self.fcall_as("manager1", "ld_import", "", *triples, project=name)
        self.redis.client.sadd("ld:projects", name)
        if buyers:
            people = self.folder / "buyers.csv"
            people.write_text(buyers_csv())
            self.ctl("buyer", "import", "--project", name, "--as", "manager1", people)

    def ctl(self, *arguments, status=0, text=None, both=False):
        """listingctl as an operator of this office; its standard output, and its errors when it does not end as expected."""
        environment = {**os.environ, "LISTINGD_REDIS_SOCKET": self.redis.path, "LISTINGD_BUYER_KEY_FILE": str(self.keys)}
        command = [str(BUILD / "listingctl"), *map(str, arguments)]
        result = subprocess.run(command, input=text, capture_output=True, text=True, env=environment, timeout=60)
        assert result.returncode == status, (result.returncode, result.stdout, result.stderr)
        return result.stdout + result.stderr if status or both else result.stdout

    def create_accounts(self):
        hashed = yescrypt(PASSWORD)
        for account, role in ROLES.items():
            record = {"account": account, "role": role, "projects": [PROJECT], "hash": hashed, "disabled": False}
            self.redis.client.hset("ld:accounts", account, json.dumps(record))

    def events(self, project=PROJECT):
        """The audit trail, straight from the stream: a list of dicts with `seq`, and `t` called `type`."""
        found = self.redis.client.xrange("ld:{%s}:events" % project)
        return [{"seq": int(number.split("-")[0]), "type": fields.pop("t"), **fields} for number, fields in found]

    def unit(self, unit, project=PROJECT):
        """What Redis says of a unit."""
        packed = self.redis.client.hget("ld:{%s}:units" % project, unit).split("|")
        return dict(zip(("status", "rev", "deal", "deadline", "holder", "index"), packed))

    def now_ms(self):
        seconds, micros = self.redis.client.time()
        return seconds * 1000 + micros // 1000

    def go_to(self, moment):
        """The clocks of all machines stand at that moment; the operator confirms the jump."""
        self.clock.move(int(moment.timestamp()) - self.now_ms() // 1000)
        meta = "ld:{%s}:meta" % PROJECT

        def doubted():
            """the daemon doubts the clock that jumped"""
            return self.redis.client.hget(meta, "clock_hold")

        eventually(doubted)
        self.fcall_as("manager1", "ld_clock_confirm", "开门")

    # --- The daemon, as browsers and programs would use it

    def http(self, method, path, body=None, account=None, headers=None, port=None, raw=None):
        headers = dict(headers or {})
        if account:
            headers.setdefault("Authorization", "Bearer " + self.token(account))
        if body is not None:
            raw = json.dumps(body, ensure_ascii=False).encode()
            headers.setdefault("Content-Type", "application/json")
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=20)
        try:
            connection.request(method, path, raw, headers)
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Response(response.status, found, response.read())
        finally:
            connection.close()

    def get(self, path, account="consultant1", **options):
        return self.http("GET", f"/api/v1/projects/{PROJECT}/{path}", account=account, **options)

    def post_command(self, cmd, args, account="consultant1", key=None, **options):
        headers = {"Idempotency-Key": key or new_key(), **options.pop("headers", {})}
        body = {"cmd": cmd, "args": {"project": PROJECT, **args}}
        return self.http("POST", f"/api/v1/projects/{PROJECT}/commands", body, account, headers, **options)

    def login(self, account, password=PASSWORD, **options):
        return self.http("POST", "/api/v1/login", {"account": account, "password": password}, **options)

    def token(self, account):
        if account not in self.tokens:
            response = self.login(account)
            assert response.status == 200, (response.status, response.body)
            self.tokens[account] = response.json["token"]
        return self.tokens[account]

    def screen(self, account="consultant1", watch=PROJECT, **options):
        return Screen(options.pop("port", self.port), self.token(account), watch, **options)

    # --- What must hold whatever has happened

    def check_consistent(self, project=PROJECT):
        """Contiguous trail; every unit as the trail says; no unit with two buyers."""
        events = self.events(project)
        assert [event["seq"] for event in events] == list(range(1, len(events) + 1)), "the trail has a gap"
        folded, held = {}, {}
        for event in events:
            unit = event.get("u")
            if not unit:
                continue
            if event["type"] == "lock":
                assert unit not in held, f"{unit} was locked twice without being free in between"
                held[unit] = event["deal"]
            elif event["type"] in ("release", "expire"):
                assert held.pop(unit, None) is not None, f"{unit} was freed without being held"
            if "st" in event:
                folded[unit] = (event["st"], event["rev"])
        for unit, packed in self.redis.client.hgetall("ld:{%s}:units" % project).items():
            status, rev = packed.split("|")[:2]
            assert unit in folded and folded[unit] == (LETTERS[status], rev), (unit, packed, folded.get(unit))
        return events

    def abandon(self):
        """Ends all processes without asking how they feel."""
        for daemon in self.daemons:
            if daemon.process:
                daemon.kill()
        if hasattr(self, "redis"):
            self.redis.stop()
        self.ports.close()

    def close(self):
        problems = []
        for daemon in self.daemons:
            try:
                daemon.stop()
            except (AssertionError, subprocess.TimeoutExpired) as problem:
                problems.append(str(problem))
                daemon.kill()
        self.redis.stop()
        self.ports.close()
        assert not problems, "\n".join(problems)


LETTERS = {"withheld": "w", "available": "a", "locked": "l", "subscribed": "s", "contracted": "c", "settled": "p"}


def every_reply(screens, numbers, timeout=60):
    """The outcome of one command on each of many screens: `"ok"` or the error's code, and the whole message."""
    outcomes = []
    for screen, number in zip(screens, numbers):
        try:
            outcomes.append(("ok", screen.reply(number, timeout)))
        except Refusal as refusal:
            outcomes.append((refusal.code, refusal.error))
        except Closed:
            outcomes.append(("closed", None))
    return outcomes

