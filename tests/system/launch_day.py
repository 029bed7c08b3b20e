"""Buyers of a launch session, as the system tests sign them in: with the one-time code of the office's list."""

import base64
import hashlib
import json
import secrets
import struct
import time

from listing import PROJECT, Screen, new_key


def now_ms():
    return int(time.time() * 1000)


def token_of(office):
    """A token as every daemon of this Redis accepts it (daemon/app/identity.h); signs nobody in by itself."""
    body = secrets.token_bytes(16) + struct.pack(">Q", int(time.time()) + 3600)
    secret = bytes.fromhex(office.redis.client.get("ld:secret"))
    return base64.urlsafe_b64encode(body + hashlib.blake2b(body, digest_size=16, key=secret).digest()).rstrip(b"=").decode()


class Session:
    """One launch session of an office, planned by its clerk; `opens_in` s from now, all units, buyers b1 … admitted."""

    def __init__(self, office, opens_in=0.5, lasts=600, units=None, buyers=("b1", "b2", "b3"), project=PROJECT, enter=True, **plan):
        self.office, self.project = office, project
        self.clerk = office.screen("clerk1")
        self.opens_ms = now_ms() + int(opens_in * 1000)
        plan = {"name": "首开", "opens_ms": self.opens_ms, "closes_ms": self.opens_ms + lasts * 1000, "rules": "一、每人限购一套。", **plan}
        self.plan = self.do("launch.put", **plan)
        self.id = self.plan["launch"]
        self.units = units or [unit["id"] for unit in self.get("catalog").json["units"]]
        self.do("launch.units", launch=self.id, on=True, units=self.units)
        rows = [item for n, buyer in enumerate(buyers) for item in (buyer, "AB"[n % 2], "", hashlib.md5(buyer.encode()).hexdigest())]
        if rows:
            office.fcall_as("clerk1", "ld_launch_admit", self.id, *rows, project=project)
        self.rules_sha = self.record()["rules_sha"]
        self.buyers = {buyer: self.sign_in(buyer) for buyer in buyers}
        if enter:
            for buyer, screen in self.buyers.items():
                self.enter(screen)

    def do(self, command, key=None, **args):
        return self.clerk.command(command, {"project": self.project, **args}, key or new_key())

    def get(self, path, account="clerk1"):
        return self.office.http("GET", f"/api/v1/projects/{self.project}/{path}", account=account)

    def record(self):
        return next(one for one in self.get("launches").json["launches"] if one["id"] == self.id)

    def sign_in(self, buyer):
        """The buyer's WebSocket; who was signed in before is replaced."""
        token = token_of(self.office)
        phone = json.loads(self.office.redis.client.hget("ld:{%s}:buyers" % self.project, buyer))["phone_ix"]
        self.office.fcall("ld_buyer_sign_in", "link", phone, secrets.token_hex(16), hashlib.sha256(token.encode()).hexdigest(), 3_600_000, 60_000, project=self.project)
        self.office.tokens["buyer:" + buyer] = token
        return Screen(self.office.port, token, self.project)

    def enter(self, screen):
        return screen.command("launch.enter", {"project": self.project, "launch": self.id, "rules_sha": self.rules_sha}, new_key())

    def until_open(self):
        time.sleep(max(0, self.opens_ms - now_ms() + 5) / 1000)

    def press(self, buyer, unit, key=None):
        return self.buyers[buyer].change("unit.lock", unit, key, self.project)

    def me(self, buyer):
        return self.get(f"launches/{self.id}/me", "buyer:" + buyer).json

    def control(self):
        return self.get(f"launches/{self.id}/control").json
