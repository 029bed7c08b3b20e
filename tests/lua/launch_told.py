"""What the trail tells of launch sessions, and whether that agrees with what lies in Redis.

A part of agreement.py; like all of it, it shares nothing with the library and knows the events only."""

import json
from dataclasses import dataclass, field

from deal_steps import P

ENDED_KEPT = 5  # of a buyer's deals that are over, the list keeps so many at least


@dataclass
class Launch:
    commit: str
    rules_sha: str
    opens: int
    closes: int
    limit: int
    hold: int
    paused: int = 0
    shift: int = 0
    closed: bool = False
    drawn: bool = False
    admitted: int = 0
    entered: set = field(default_factory=set)
    chosen: dict = field(default_factory=dict)  # buyer → deals, the oldest first

    def over(self, at):
        return self.closed or (not self.paused and at >= self.closes + self.shift)

    def open(self, at):
        return not self.paused and self.opens + self.shift <= at and not self.over(at)


class LaunchesTold:
    """A part of agreement.Told."""

    def __init__(self):
        self.launches, self.offers = {}, {}

    def on_launch_plan(self, e, _):
        plan = {"commit": e["commit"], "rules_sha": e["rules_sha"], "opens": int(e["opens_ms"]), "closes": int(e["closes_ms"]), "limit": int(e["limit"]),
                "hold": int(e["hold_ms"])}
        assert int(e["at"]) < plan["opens"] < plan["closes"], "planned before it opens"
        l = self.launches.get(e["launch"])
        if not l:
            assert e["launch"] == f"s{len(self.launches) + 1}"
            self.launches[e["launch"]] = Launch(**plan)
            return
        assert l.commit == plan["commit"] and int(e["at"]) < l.opens and not l.closed and not l.paused
        if l.rules_sha != plan["rules_sha"]:
            l.entered.clear()
        vars(l).update(plan)

    def on_launch_units(self, e, _):
        ids = e["units"].split()
        assert len(ids) == len(set(ids)) == int(e["count"]) and not self.launches[e["launch"]].over(int(e["at"]))
        for unit in ids:
            holder = self.offers.get(unit)
            assert holder in (None, e["launch"]) or (e["offered"] == "yes" and self.launches[holder].over(int(e["at"])))
            if e["offered"] == "yes":
                self.offers[unit] = e["launch"]
            else:
                del self.offers[unit]

    def on_launch_admit(self, e, _):
        assert int(e["added"]) <= int(e["count"])
        self.launches[e["launch"]].admitted += int(e["added"])

    def on_launch_draw(self, e, _):
        l = self.launches[e["launch"]]
        assert not l.drawn and int(e["count"]) == l.admitted and int(e["at"]) < l.opens
        l.drawn = True

    def on_launch_pause(self, e, _):
        l = self.launches[e["launch"]]
        assert not l.paused and not l.over(int(e["at"]))
        l.paused = int(e["at"])

    def on_launch_resume(self, e, _):
        l = self.launches[e["launch"]]
        l.shift += max(0, int(e["at"]) - max(l.paused, l.opens + l.shift))
        l.paused = 0
        assert int(e["closes_ms"]) == l.closes + l.shift

    def on_launch_extend(self, e, _):
        l = self.launches[e["launch"]]
        assert not l.over(int(e["at"])) and int(e["closes_ms"]) > l.closes + l.shift
        l.closes = int(e["closes_ms"]) - l.shift

    def on_launch_close(self, e, _):
        l = self.launches[e["launch"]]
        assert not l.over(int(e["at"]))
        l.closed = True

    def on_checkin(self, e, _):
        l = self.launches[e["launch"]]
        assert e["b"] not in l.entered and e["rules_sha"] == l.rules_sha and not l.over(int(e["at"]))
        l.entered.add(e["b"])

    # --- choosing

    def lock_in_launch(self, e):
        """A lock by a buyer is of a running session that offers the unit, in time, within the limit, with the session's hold;
        every other lock is of a unit that no session offers."""
        at = int(e["at"])
        assert ("launch" in e) == (e["role"] == "buyer")
        if "launch" not in e:
            self.not_offered(e)
            return
        l = self.launches[e["launch"]]
        assert self.offers.get(e["u"]) == e["launch"] and l.open(at) and e["by"] == "buyer:" + e["b"] and e["b"] in l.entered, e
        assert int(e["dl"]) <= at + l.hold
        mine = l.chosen.setdefault(e["b"], [])
        assert sum(self.is_running(deal, at) for deal in mine) < l.limit, f"more than the limit: {e}"
        mine.append(e["deal"])

    def not_offered(self, e):
        offering = self.launches.get(self.offers.get(e["u"]))
        assert not offering or offering.over(int(e["at"])), f"the office took what a session offers: {e}"

    def is_running(self, deal, at):
        """Whether the deal holds its unit and has not run out; what has may lie there until somebody sees to it."""
        d = self.deals[deal]
        holds, deadline = self.units[d["unit"]][2] == deal, self.units[d["unit"]][3]
        return holds and (deadline == 0 or deadline > at or d["paid"] > 0)

    def on_complete(self, e, d):
        assert d["launch"] and d["status"] == "locked" and d["application"] == ""


def check_launches(lib, told):
    records = {i: json.loads(text) for i, text in lib.r.hgetall(f"{P}:launches").items()}
    assert set(records) == set(told.launches) and int(lib.meta("next_launch") or 1) == len(records) + 1
    assert lib.r.hgetall(f"{P}:launch:units") == told.offers
    for i, l in told.launches.items():
        r = records[i]
        assert (r["commit"], r["rules_sha"], r["opens_ms"], r["closes_ms"], r["limit"], r["hold_ms"]) == (l.commit, l.rules_sha, l.opens, l.closes, l.limit, l.hold)
        assert (r["paused_ms"], r["shift_ms"], r["closed_ms"] > 0, r["drawn_ms"] > 0) == (l.paused, l.shift, l.closed, l.drawn)
        order = set(lib.r.zrange(f"{P}:launch:{i}:order", 0, -1))
        assert len(order) == l.admitted and set(lib.r.hkeys(f"{P}:launch:{i}:entered")) == l.entered <= order
        check_chosen(lib, told, i, l)
        active, room = (set(lib.r.zrange(f"{P}:launch:{i}:{part}", 0, -1)) for part in ("active", "room"))
        assert not active & room and active | room <= l.entered
        assert r["active_max"] == 0 or len(active) <= r["active_max"]


def check_chosen(lib, told, launch, l):
    found = {buyer: deals.split() for buyer, deals in lib.r.hgetall(f"{P}:launch:{launch}:chosen").items()}
    assert set(found) == set(l.chosen)
    for buyer, deals in found.items():
        newest = l.chosen[buyer][::-1]
        open_ones = [deal for deal in newest if told.units[told.deals[deal]["unit"]][2] == deal and not lapsed(lib, told, deal)]
        assert deals == [deal for deal in newest if deal in deals] and deals[0] == newest[0]
        assert set(open_ones) <= set(deals) and len(deals) >= min(len(newest), ENDED_KEPT)
        assert len(deals) <= 20 + ENDED_KEPT


def lapsed(lib, told, deal):
    return 0 < told.units[told.deals[deal]["unit"]][3] <= lib.now
