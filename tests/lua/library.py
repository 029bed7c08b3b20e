"""The function library on a private Redis whose clock the test sets.

The library is loaded as the daemon loads it, with one difference: where it asks Redis for the time it reads a key that the
test writes. A refusal must leave the data byte-identical, so every refused call is checked for that here, once for all
tests.
"""

import hashlib
import json
import os
import pathlib
import subprocess
import tempfile
import time

import agreement
import redis
from deal_steps import P, DealSteps

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCE = ROOT / os.environ.get("LISTINGD_BUILD", "build") / "listing.lua"
CORE = ROOT / "daemon/core"
START_MS = 1_800_000_000_000
CLOCK = "test:clock"
CODE = "K7M4PX"
MAX = '{"account":"max","role":"manager","projects":["p"],"hash":"$y$j75$old","disabled":false}'
ROLES = ["display", "buyer", "consultant", "clerk", "finance", "relations", "manager"]


def with_clock(source):
    ours = source.replace('redis.call("TIME")', f'redis.call("HMGET", "{CLOCK}", "s", "us")')
    assert source.count('redis.call("TIME")') == 1
    return ours


# All that `dump` below tells, in one number and one call. Hashes sorted by their fields, for the same reason.
FINGERPRINT = """
local keys, sum = redis.call('KEYS', '*'), ''
table.sort(keys)
for _, key in ipairs(keys) do
	local content
	if redis.call('TYPE', key).ok == 'hash' then
		local flat, pairs = redis.call('HGETALL', key), {}
		for i = 1, #flat, 2 do
			pairs[#pairs + 1] = #flat[i] .. ':' .. flat[i] .. #flat[i + 1] .. ':' .. flat[i + 1]
		end
		table.sort(pairs)
		content = table.concat(pairs)
	else
		content = redis.call('DUMP', key)
	end
	sum = redis.sha1hex(sum .. key .. '|' .. redis.call('PEXPIRETIME', key) .. '|' .. content)
end
return sum
"""


class Refused(Exception):
    def __init__(self, code, detail):
        super().__init__(f"{code} {detail}")
        self.code, self.detail = code, detail


class RedisServer:
    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="listingd-lua-")
        path = f"{self.folder.name}/s"
        command = ["redis-server", "--port", "0", "--unixsocket", path, "--save", "", "--appendonly", "no", "--dir", self.folder.name]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        self.client = redis.Redis(unix_socket_path=path, decode_responses=True, encoding_errors="surrogateescape")
        self.raw = redis.Redis(unix_socket_path=path)
        deadline = time.monotonic() + 10
        while True:
            try:
                self.client.ping()
                break
            except redis.RedisError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    self.process.kill()
                    raise
                time.sleep(0.01)
        self.client.execute_command("FUNCTION", "LOAD", "REPLACE", with_clock(SOURCE.read_text()))

    def close(self):
        self.process.terminate()
        self.process.wait(10)
        self.folder.cleanup()


def home(unit, price=100_00, **more):
    return json.dumps({"id": unit, "building": "1栋", "floor": 1, "room": unit, "list_price_fen": price, **more}, ensure_ascii=False)


class Library(DealSteps):
    """A fresh project `p` on an emptied Redis: units U1 … U6, buyers b1, b2 of ann and c1 of bob."""

    UNITS = [f"U{n}" for n in range(1, 7)]

    def __init__(self, server, units=None, **settings):
        self.r, self.raw = server.client, server.raw
        self.r.flushall()
        self.now, self.keys = START_MS, 0
        self.set_clock(self.now)
        pairs = [item for pair in settings.items() for item in pair]
        self.call("ld_create", "ctl", "manager", "", 0, "试验", "uuid-1", *pairs)
        units = self.UNITS if units is None else units
        if units:
            self.do("ld_import", "", *[x for u in units for x in (u, home(u), "")])
        people = [("b1", "ann"), ("b2", "ann"), ("c1", "bob")]
        self.do("ld_buyer_put", *[x for b, c in people for x in (b, json.dumps({"id": b, "consultant": c}))])
        self.beat()

    # --- the clock

    def set_clock(self, ms):
        self.now = ms
        self.r.hset(CLOCK, mapping={"s": ms // 1000, "us": ms % 1000 * 1000})

    def wait(self, ms, beats=True):
        """Lets time pass; a daemon beats every second unless it is down."""
        before = self.now
        self.set_clock(self.now + ms)
        if beats:
            self.call("ld_beat", "d1", self.now, before, ms)

    def beat(self, daemon="d1", wall=None, previous=0, elapsed=0):
        return self.call("ld_beat", daemon, self.now if wall is None else wall, previous, elapsed)

    # --- calls

    def dump(self):
        """Every key with all it holds and the time at which it expires. Hashes by their fields: reading one may go on with
        a rehash of its table, which changes the order in which DUMP writes them."""
        keys = sorted(self.raw.scan_iter(count=1000))
        pipe = self.raw.pipeline(transaction=False)
        for key in keys:
            pipe.type(key).execute_command("PEXPIRETIME", key).dump(key)
        answers = pipe.execute()
        found = {}
        for key, kind, expires, dump in zip(keys, answers[::3], answers[1::3], answers[2::3]):
            found[key] = (self.raw.hgetall(key) if kind == b"hash" else dump, expires)
        return found

    def fingerprint(self):
        return self.raw.execute_command("EVAL_RO", FINGERPRINT, 0)

    def call(self, name, *args, read_only=False, keys=(P,)):
        before = read_only or self.fingerprint()
        reply = self.r.execute_command("FCALL_RO" if read_only else "FCALL", name, len(keys), *keys, *args)
        if reply[0] == "err":
            assert read_only or self.fingerprint() == before, f"{name} was refused ({reply[1]}) but changed the data"
            raise Refused(reply[1], dict(zip(reply[2::2], reply[3::2])))
        assert reply[0] == "ok"
        return dict(zip(reply[1::2], reply[2::2]))

    def new_key(self):
        self.keys += 1
        return f"k{self.keys}"

    def do(self, name, *args, actor="ctl", role="manager", key=None, not_after=0):
        return self.call(name, actor, role, key or self.new_key(), not_after, *args)

    def lock(self, unit="U1", buyer="b1", actor="ann", role="consultant", rev="", **more):
        return self.do("ld_lock", unit, buyer, rev, actor=actor, role=role, **more)

    def release(self, unit="U1", reason="", to="", rev="", actor="ann", role="consultant", **more):
        return self.do("ld_release", unit, reason, to, rev, actor=actor, role=role, **more)

    def withhold(self, unit="U1", reason="留", **more):
        return self.do("ld_withhold", unit, reason, "", **more)

    def offer(self, unit="U1", **more):
        return self.do("ld_offer", unit, "", **more)

    # --- who gets in

    def account(self, name, role="consultant", projects=("p",), hash="$y$j75$old", disabled=False):
        """Puts an account there as listingctl does; returns the SHA-1 of its record."""
        record = {"account": name, "role": role, "projects": list(projects), "hash": hash, "disabled": disabled}
        text = json.dumps(record)
        self.r.hset("ld:accounts", name, text)
        return hashlib.sha1(text.encode()).hexdigest()

    def record(self, name):
        return json.loads(self.r.hget("ld:accounts", name))

    def sign_in(self, name, token=None, ttl_ms=60_000):
        """The token's hash."""
        token = token or hashlib.sha256(f"{name} {self.new_key()}".encode()).hexdigest()
        was = hashlib.sha1(self.r.hget("ld:accounts", name).encode()).hexdigest()
        self.call("ld_sign_in", name, was, token, ttl_ms, keys=("ld:accounts",))
        return token

    def session(self, token):
        text = self.r.get("ld:session:" + token)
        return text and json.loads(text)

    def show_code(self, code=CODE, secret="5" * 64, project="p"):
        return self.call("ld_pairing", code, secret, project, keys=("ld:pairings",))

    def sweep(self, limit=100):
        return self.call("ld_sweep", limit)

    # --- the data

    def unit(self, unit):
        packed = self.r.hget(f"{P}:units", unit).split("|")
        return dict(zip(("status", "rev", "deal", "deadline", "holder", "index"), packed))

    def deal(self, deal):
        return json.loads(self.r.hget(f"{P}:deals", deal))

    def meta(self, name):
        return self.r.hget(f"{P}:meta", name)

    def events(self):
        return [{"seq": int(n.split("-")[0]), **f} for n, f in self.r.xrange(f"{P}:events")]

    # --- what always holds

    def check(self):
        """Everything agrees; returns what the events tell."""
        return agreement.check(self)

    def raw_events(self):
        """(id, [(field, value), …]) in bytes; by a script, because the client would make dicts, and fields may repeat."""
        for number, fields in self.raw.eval("return redis.call('XRANGE', KEYS[1], '-', '+')", 1, f"{P}:events"):
            yield number, list(zip(fields[::2], fields[1::2]))
