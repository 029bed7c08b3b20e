"""The function library against a small model of what it should do, over thousands of random steps."""

import json
from dataclasses import dataclass

import hypothesis.strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from library import P, ROLES, START_MS, Library, Refused, RedisServer, home
from model_runs import RUNS

HOLD = 20_000
DOUBT = 60_000
OWNER = {"b1": "ann", "b2": "ann", "c1": "bob"}
OFFICE = ("clerk", "manager")

# Few units, so that steps meet; the first ones often.
UNITS = ["U1", "U2", "U3"]
units = st.sampled_from([*UNITS * 3, "U7", "nowhere"])
buyers = st.sampled_from([*OWNER, "nobody"])
# Mostly who people are, now and then somebody in a role that is not theirs.
people = st.one_of(
    st.sampled_from([("ann", "consultant"), ("bob", "consultant"), ("cleo", "clerk"), ("max", "manager")]),
    st.tuples(st.sampled_from(["ann", "bob", "cleo", "max"]), st.sampled_from(ROLES)),
)
reasons = st.sampled_from(["", "", "原因", "原因", "x" * 121])
revs = st.sampled_from(["", "", "", "now", "old", "far"])


@dataclass
class Unit:
    status: str = "available"
    rev: int = 1
    deal: str = ""
    deadline: int = 0
    holder: str = ""
    buyer: str = ""
    locked_by: str = ""


class Machine(RuleBasedStateMachine):
    server = None

    @initialize()
    def begin(self):
        if Machine.server is None:
            Machine.server = RedisServer()
        self.lib = Library(Machine.server, UNITS, lock_hold_ms=HOLD)
        self.units = {u: Unit() for u in UNITS}
        self.seq = int(self.lib.meta("seq"))
        self.version, self.hold, self.beat_ms, self.doubted = 1, HOLD, START_MS, False
        self.deals, self.used = [], {}

    # --- what the model knows

    def trusted(self):
        return not self.doubted and abs(self.lib.now - self.beat_ms) <= DOUBT

    def overdue(self, u):
        return 0 < u.deadline <= self.lib.now and self.trusted()

    def free(self, u, verb, reason="", by="system", to="available"):
        if u.deal:
            deal = self.deals[int(u.deal[1:]) - 1]
            deal.update(held_as=deal["status"], status=verb, ended_by=by, ended_ms=self.lib.now)
            if reason:  # what is empty is not kept
                deal["end_reason"] = reason
        u.status, u.rev, u.deal, u.deadline, u.holder, u.buyer, u.locked_by = to, u.rev + 1, "", 0, "", "", ""
        self.seq += 1

    def rev_text(self, unit, rev):
        u = self.units.get(unit)
        now = u.rev if u else 1
        return {"": "", "now": str(now), "old": str(now - 1), "far": "9999"}[rev]

    def attempt(self, expected, name, *args, who, key=None, not_after=0):
        """Calls; the outcome must be `expected` (a code, or "ok"). Library itself checks that refusals change nothing."""
        (actor, role), key = who, key or self.lib.new_key()
        try:
            reply = self.lib.do(name, *args, actor=actor, role=role, key=key, not_after=not_after)
            outcome = "ok"
        except Refused as refusal:
            reply, outcome = None, refusal.code
        assert outcome == expected, (name, args, who, outcome, expected)
        if reply is not None:
            self.used[(actor, key)] = (name, args, role, reply)
        return reply

    def same(self, unit, reply):
        u = self.units[unit]
        assert (reply["status"], int(reply["rev"]), int(reply["seq"])) == (u.status, u.rev, self.seq)
        assert (reply.get("deal", ""), int(reply.get("deadline", 0))) == (u.deal, u.deadline)

    # --- what people do

    @rule(unit=st.sampled_from(UNITS), buyer=st.sampled_from(sorted(OWNER)))
    def lock_for_own_buyer(self, unit, buyer):
        self.press_lock(unit, buyer, (OWNER[buyer], "consultant"), "")

    @rule(unit=units, buyer=buyers, who=people, rev=revs)
    def lock(self, unit, buyer, who, rev):
        self.press_lock(unit, buyer, who, rev)

    def press_lock(self, unit, buyer, who, rev):
        u, (actor, role), text = self.units.get(unit), who, self.rev_text(unit, rev)
        again = u and u.status == "locked" and u.locked_by == actor and u.buyer == buyer and not self.overdue(u)
        if role not in ("consultant", "manager"):
            expected = "forbidden"
        elif not u:
            expected = "no_such_unit"
        elif again:
            expected = "ok"
        elif u.status == "withheld":
            expected = "not_open"
        elif u.status == "locked" and not self.overdue(u):
            expected = "unit_taken"
        elif rev in ("old", "far"):
            expected = "stale_rev"
        elif buyer not in OWNER:
            expected = "no_such_buyer"
        elif role == "consultant" and OWNER[buyer] != actor:
            expected = "forbidden"
        else:
            expected = "ok"
        reply = self.attempt(expected, "ld_lock", unit, buyer, text, who=who)
        if reply is None:
            return
        if not again:
            if u.status == "locked":
                self.free(u, "expired", "expired")
            self.seq += 1
            u.status, u.rev, u.deal = "locked", u.rev + 1, f"d{len(self.deals) + 1}"
            # A manager locks on behalf of the consultant whose buyer it is.
            consultant = OWNER[buyer] if role == "manager" else actor
            u.deadline, u.holder, u.buyer, u.locked_by = self.lib.now + self.hold, consultant, buyer, actor
            price = json.loads(self.lib.r.hget(f"{P}:catalog", unit))["list_price_fen"]
            self.deals.append({"id": u.deal, "unit": unit, "buyer": buyer, "consultant": consultant, "locked_by": actor,
                               "status": "locked", "created_ms": self.lib.now, "held_since_ms": self.lib.now, "deadline": u.deadline,
                               "list_price_fen": price, "price_fen": price})
        self.same(unit, reply)

    @rule(unit=units, who=people, reason=reasons, to=st.sampled_from(["", "", "available", "withheld", "sold"]), rev=revs)
    def release(self, unit, who, reason, to, rev):
        u, (actor, role), text = self.units.get(unit), who, self.rev_text(unit, rev)
        office = role in OFFICE
        if not office and role not in ("consultant", "buyer"):
            expected = "forbidden"
        elif not u:
            expected = "no_such_unit"
        elif rev in ("old", "far"):
            expected = "stale_rev"
        elif len(reason) > 120 or to == "sold":
            expected = "bad_request"
        elif u.status == "withheld":
            expected = "forbidden" if not office else {"": "bad_request", "withheld": "not_available", "available": "ok"}[to]
        elif u.status != "locked" or self.overdue(u):
            expected = "not_available"
        elif not office and (u.holder != actor or role == "buyer"):
            expected = "not_holder"  # a buyer's own is what the buyer chose in a session, of which there is none here
        elif not office and to == "withheld":
            expected = "forbidden"
        elif u.holder != actor and not reason:
            expected = "bad_request"
        else:
            expected = "ok"
        reply = self.attempt(expected, "ld_release", unit, reason, to, text, who=who)
        if reply is not None:
            self.free(u, "released", reason, actor, to or "available")
            self.same(unit, reply)

    @rule(unit=units, who=people, reason=reasons, rev=revs)
    def withhold(self, unit, who, reason, rev):
        u = self.units.get(unit)
        if who[1] not in OFFICE:
            expected = "forbidden"
        elif not u:
            expected = "no_such_unit"
        elif rev in ("old", "far"):
            expected = "stale_rev"
        elif reason == "" or len(reason) > 120:
            expected = "bad_request"
        elif u.status != "available" and not self.overdue(u):
            expected = "not_available"
        else:
            expected = "ok"
        reply = self.attempt(expected, "ld_withhold", unit, reason, self.rev_text(unit, rev), who=who)
        if reply is not None:
            if u.status == "locked":
                self.free(u, "expired", "expired")
            self.free(u, "withhold", to="withheld")
            self.same(unit, reply)

    @rule(unit=units, who=people)
    def offer(self, unit, who):
        u = self.units.get(unit)
        if who[1] not in OFFICE:
            expected = "forbidden"
        elif not u:
            expected = "no_such_unit"
        else:
            expected = "ok" if u.status == "withheld" else "not_available"
        reply = self.attempt(expected, "ld_offer", unit, "", who=who)
        if reply is not None:
            self.free(u, "offer")
            self.same(unit, reply)

    @rule(unit=units, late=st.integers(1, 10**6), who=people)
    def come_too_late(self, unit, late, who):
        self.attempt("too_late", "ld_lock", unit, "b1", "", who=who, not_after=self.lib.now - late)

    @rule(data=st.data(), kind=st.sampled_from(["same", "other unit", "other role", "other verb"]), late=st.booleans())
    def repeat(self, data, kind, late):
        """A key that was used: the same request gets the first answer, late or not; another is refused."""
        if not self.used:
            return
        (actor, key), (name, args, role, reply) = data.draw(st.sampled_from(sorted(self.used.items())))
        not_after = 1 if late else 0
        if kind == "same":
            before = self.lib.dump()
            assert self.lib.do(name, *args, actor=actor, role=role, key=key, not_after=not_after) == reply
            assert self.lib.dump() == before, "a repetition wrote something"
            return
        if kind == "other unit":
            args = ("elsewhere", *args[1:])
        elif kind == "other role":
            role = "manager" if role != "manager" else "clerk"
        else:
            name = "ld_withhold" if name == "ld_offer" else "ld_offer"
        self.attempt("key_reused", name, *args, who=(actor, role), key=key, not_after=not_after)

    @rule(listed=st.sets(st.sampled_from([*UNITS, "U7"]), min_size=1), price=st.integers(1, 3), to=st.sampled_from(["", "available", "withheld"]),
          expected=st.sampled_from(["", "now", "old"]), who=people, broken=st.sampled_from([False, False, False, True]))
    def import_list(self, listed, price, to, expected, who, broken):
        known = {u: self.lib.r.hget(f"{P}:catalog", u) for u in listed}
        triples = [x for u in sorted(listed) for x in (u, home(u, price), to)]
        if broken:
            triples += ["U8", home("U9"), ""]
        if who[1] not in OFFICE:
            outcome = "forbidden"
        elif expected == "old":
            outcome = "stale_rev"
        elif who[1] != "manager" and any(known[u] not in (None, home(u, price)) for u in listed):
            outcome = "forbidden"  # another price of a unit that is there
        else:
            outcome = "bad_request" if broken else "ok"
        version = {"": "", "now": str(self.version), "old": str(self.version - 1)}[expected]
        vanished = len(set(self.units) - listed)
        reply = self.attempt(outcome, "ld_import", version, *triples, who=who)
        if reply is None:
            return
        added = changed = 0
        for u in sorted(listed):
            if known[u] is None:
                self.units[u] = Unit(to or "available")
                added += 1
            elif known[u] != home(u, price):
                self.units[u].rev += 1
                changed += 1
        wrote = added + changed > 0
        self.seq, self.version = self.seq + added + changed + wrote, self.version + wrote
        assert {k: int(v) for k, v in reply.items()} == {
            "catalog_version": self.version, "count": len(listed), "added": added, "changed": changed,
            "unchanged": len(listed) - added - changed, "vanished": vanished}

    @rule(ms=st.sampled_from([999, 1000, HOLD, 3 * DOUBT]), who=people)
    def configure(self, ms, who):
        outcome = "forbidden" if who[1] not in OFFICE else "ok" if ms >= 1000 else "bad_request"
        if self.attempt(outcome, "ld_configure", "lock_hold_ms", str(ms), who=who) is not None:
            self.hold, self.seq = ms, self.seq + 1

    # --- what the clock does

    @rule(ms=st.sampled_from([1, 999, 5_000, HOLD]))
    def pass_time(self, ms):
        self.let_pass(ms)

    @rule(off=st.sampled_from([-1, 0, 0, 1]))
    def pass_time_to_the_next_deadline(self, off):
        """To it exactly, a millisecond before or a millisecond after."""
        left = [u.deadline - self.lib.now + off for u in self.units.values() if u.deadline - self.lib.now + off > 0]
        if left:
            self.let_pass(min(left))

    @rule(ms=st.sampled_from([DOUBT - 1, DOUBT, DOUBT + 1]))
    def pass_time_without_beats(self, ms):
        self.lib.wait(ms, beats=False)

    def let_pass(self, ms):
        self.lib.wait(ms)
        if not self.doubted:
            self.note_beat(False)

    def note_beat(self, doubt):
        if self.doubted:
            return
        if doubt or self.lib.now < self.beat_ms - DOUBT:
            self.doubted, self.seq = True, self.seq + 1
        else:
            self.beat_ms = self.lib.now

    @rule(ms=st.sampled_from([-DOUBT - 1, DOUBT + 1, 10 * DOUBT]), seen=st.booleans(), luck=st.integers(0, 3))
    def jump(self, ms, seen, luck):
        if luck:
            return  # seldom: doubt stops half of the rules
        before = self.lib.now
        self.lib.set_clock(before + ms)
        if seen:
            self.lib.beat(previous=before, elapsed=0)
            self.note_beat(True)

    @rule(off=st.sampled_from([-DOUBT - 1, -DOUBT, DOUBT, DOUBT + 1]), luck=st.integers(0, 3))
    def beat_of_a_daemon_that_disagrees(self, off, luck):
        if not luck:
            self.lib.beat(daemon="d2", wall=self.lib.now + off)
            self.note_beat(abs(off) > DOUBT)

    @rule()
    def a_manager_settles_the_clock(self):
        if self.doubted:
            self.confirm_as(("max", "manager"))
        else:
            self.lib.beat()
            self.note_beat(False)

    @rule(who=people)
    def confirm(self, who):
        self.confirm_as(who)

    def confirm_as(self, who):
        if who[1] != "manager":
            expected = "forbidden"
        else:
            expected = "ok" if self.doubted else "not_available"
        if self.attempt(expected, "ld_clock_confirm", "ok", who=who) is not None:
            self.doubted, self.beat_ms, self.seq = False, self.lib.now, self.seq + 1

    @rule(limit=st.integers(1, 3))
    def sweep(self, limit):
        due = sorted((u.deadline, name) for name, u in self.units.items() if self.overdue(u))[:limit]
        reply = self.lib.sweep(limit)
        assert (int(reply["released"]), reply["held"]) == (len(due), "0" if self.trusted() else "1")
        for _, name in due:
            self.free(self.units[name], "expired", "expired")
        left = [u.deadline for u in self.units.values() if u.deadline]
        assert int(reply["next_deadline"]) == (min(left) if left else 0)

    # --- what always holds

    @invariant()
    def agrees(self):
        if not hasattr(self, "lib"):
            return
        for name, u in self.units.items():
            found = self.lib.unit(name)
            assert (found["status"], int(found["rev"]), found["deal"], int(found["deadline"]), found["holder"]) == (
                u.status, u.rev, u.deal, u.deadline, u.holder), name
        deals = {d["id"]: d for d in map(json.loads, self.lib.r.hvals(f"{P}:deals"))}
        assert deals == {d["id"]: d for d in self.deals}
        assert (int(self.lib.meta("seq")), int(self.lib.meta("catalog_version"))) == (self.seq, self.version)
        assert (self.lib.meta("clock_hold") != "", int(self.lib.meta("beat_ms"))) == (self.doubted, self.beat_ms)
        assert self.lib.r.lrange(f"{P}:index", 0, -1) == list(self.units)
        self.lib.check()


Machine.TestCase.settings = RUNS


class TestTheLibraryDoesWhatTheModelDoes(Machine.TestCase):
    @classmethod
    def teardown_class(cls):
        if Machine.server:
            Machine.server.close()
            Machine.server = None
