"""A launch session against a small model of it, over thousands of random steps: every answer with its reason and its time,
and everything there is. Library itself checks that a refusal leaves the data byte-identical."""

import json

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from launch_model import Model, No, Rules
from library import P, Library, Refused, RedisServer
from model_runs import RUNS
from writers import COMMIT, RULES

UNITS = ["U1", "U2", "U3", "U4"]
OWNER = {"b1": "ann", "b2": "ann", "c1": "bob", "n1": "", "n2": ""}
LOCK_HOLD, HOLD, HOLD_MAX, LENGTH, OPENS_IN = 60_000, 20_000, 70_000, 400_000, 10_000
buyers = st.sampled_from(sorted(OWNER))
strangers = st.sampled_from([*sorted(OWNER) * 5, "b9"])
units = st.sampled_from([*UNITS[:3] * 4, UNITS[3]])
seldom = st.integers(0, 5)


class Machine(RuleBasedStateMachine):
    server = None

    @initialize(mode=st.sampled_from(["all", "order", "groups"]), seed=st.integers(0, 10**6), limit=st.sampled_from([1, 1, 2]), seats=st.sampled_from([0, 1, 2, 2]),
                size=st.sampled_from([1, 2]), entered=st.sampled_from([4, 4, 4, 2, 0]), ahead=st.sampled_from([True, True, False]))
    def begin(self, mode, seed, limit, seats, size, entered, ahead):
        """A session of four units, planned; most buyers have entered, and it is mostly about to open."""
        if Machine.server is None:
            Machine.server = RedisServer()
        self.lib = Library(Machine.server, UNITS, lock_hold_ms=LOCK_HOLD, subscribe_hold_ms=LOCK_HOLD, hold_max_ms=HOLD_MAX)
        self.lib.do("ld_buyer_put", *[x for who, by in OWNER.items() for x in (who, json.dumps({"id": who, "consultant": by}))])
        self.calls, opens = 0, self.lib.now + OPENS_IN
        rules = Rules(mode, f"{seed:064x}", opens, LENGTH, HOLD, limit, size, 30_000, {"A": 40_000, "B": 40_000}, seats if mode == "all" else 0)
        self.model = Model(UNITS, OWNER, self.lib.now, rules, LOCK_HOLD, HOLD_MAX)
        plan = {"name": "首开", "mode": mode, "opens_ms": opens, "closes_ms": opens + LENGTH, "hold_ms": HOLD, "limit": limit, "window_size": size, "window_ms": 30_000,
                "groups": "A=40000,B=40000", "active_max": rules.active_max, "rules": "规则"}  # fmt: skip
        self.lib.do("ld_launch_put", "", rules.seed, COMMIT, *[x for pair in plan.items() for x in pair])
        for unit in UNITS[:3]:
            self.units_change("yes", unit)
        for n, who in enumerate(["b2", "c1", "b1", "n1"]):
            self.admit(who, "AB"[n % 2] if n < 3 else "", 0)
        for who in ["b1", "b2", "c1", "n1"][:entered]:
            self.enter(who)
        if ahead:
            self.pass_time(OPENS_IN, True)
            self.see(sorted(OWNER))

    def both(self, who, predict, name, *args):
        """Asks the model, then the library. The reply, or None."""
        try:
            predict()
            expected = ("ok", "", None)
        except No as no:
            expected = (no.code, no.why, no.opens_at)
        try:
            reply, outcome = self.lib.do(name, *args, actor=who[0], role=who[1]), ("ok", "", None)
        except Refused as refusal:
            reply, detail = None, refusal.detail
            opens_at = detail.get("opens_at")
            outcome = (refusal.code, detail.get("why", "") if expected[1] else "", opens_at and int(opens_at))
        assert outcome == expected, (name, args, who, outcome, expected)
        return reply

    def by_buyer(self, who, predict, name, *args):
        return self.both(("buyer:" + who, "buyer"), predict, name, *args)

    def by_clerk(self, predict, name, *args):
        return self.both(("cleo", "clerk"), predict, name, *args)

    def newest(self, back, mine=None):
        """The id of one of the last deals, or of one that there is not."""
        known = [i for i, d in self.model.deals.items() if mine in (None, d.by)]
        return known[-1 - back] if back < len(known) else "d99"

    # --- buyers

    @rule(who=strangers, unit=units)
    def press(self, who, unit):
        reply = self.by_buyer(who, lambda: self.model.press(who, unit), "ld_lock", unit, "", "")
        u = self.model.units[unit]
        assert reply is None or (reply["deal"], int(reply["deadline"]), reply["status"]) == (u.deal, u.deadline, "locked")

    @rule(unit=units)
    def all_press_at_once(self, unit):
        for who in sorted(OWNER):
            self.press(who, unit)

    @rule(who=buyers)
    def press_until_one_is_had(self, who):
        for unit in UNITS:
            self.press(who, unit)

    def own(self, who, otherwise):
        """A unit that the buyer has chosen, if there is one."""
        return next((d.unit for d in self.model.deals.values() if d.by == who and d.status == "locked"), otherwise)

    @rule(who=buyers, steps=st.integers(1, 4), yes=st.booleans(), ms=st.sampled_from([0, 1, 19_999, HOLD]))
    def go_on(self, who, steps, yes, ms):
        """The way of one buyer, as far as it goes: whoever's turn it is, on a unit that is free where there is one."""
        model = self.model
        free = [name for name, u in model.units.items() if model.offers(name) and (u.status == "available" or model.lapsed(u))]
        unit = self.own(who, free[0] if free else "U1")
        if steps == 4 and who not in model.entered:
            self.enter(who)
        self.see(sorted(model.entered))
        self.press(who, unit)
        if steps > 1 and ms:
            self.pass_time(ms, True)
        if steps > 1:
            self.complete_deal(who, model.units[unit].deal or "d99")
        if steps > 2:
            self.decide_deal(model.units[unit].deal or "d99", yes)

    @rule(who=buyers, unit=units, anything=seldom)
    def give_back(self, who, unit, anything):
        unit = unit if anything == 0 else self.own(who, unit)
        self.by_buyer(who, lambda: self.model.give_back(who, unit), "ld_release", unit, "", "", "")

    @rule(who=buyers, back=st.integers(0, 2), anybody=seldom)
    def complete(self, who, back, anybody):
        self.complete_deal(who, self.newest(back, None if anybody == 0 else who))

    def complete_deal(self, who, deal):
        reply = self.by_buyer(who, lambda: self.model.complete(who, deal), "ld_launch_complete", deal, "qualified", "", "")
        assert reply is None or int(reply["deadline"]) == self.model.units[self.model.deals[deal].unit].deadline

    @rule(who=strangers)
    def enter(self, who):
        self.by_buyer(who, lambda: self.model.enter(who), "ld_launch_enter", "s1", RULES)

    @rule(names=st.lists(buyers, unique=True))
    def see(self, names):
        came = self.model.see(names)
        reply = self.lib.call("ld_launch_seen", "s1", " ".join(names))
        assert (reply["let_in"], reply["phase"]) == (" ".join(came), self.model.phase())
        assert (int(reply["active"]), int(reply["waiting"])) == (len(self.model.active), len(self.model.room))

    # --- the office

    @rule(unit=units, who=buyers)
    def office_lock(self, unit, who):
        self.both(("max", "manager"), lambda: self.model.office_lock(unit, who), "ld_lock", unit, who, "")

    @rule(unit=units)
    def office_release(self, unit):
        self.by_clerk(lambda: self.model.office_release(unit), "ld_release", unit, "原因", "", "")

    @rule(unit=units, luck=seldom)
    def withhold_or_offer(self, unit, luck):
        if luck > 1:
            unit = next((name for name, u in self.model.units.items() if u.status == "withheld"), None)
        if unit and self.model.units[unit].status == "withheld":
            self.by_clerk(lambda: self.model.offer(unit), "ld_offer", unit, "")
        elif unit:
            self.by_clerk(lambda: self.model.withhold(unit), "ld_withhold", unit, "原因", "")

    @rule(back=st.integers(0, 2), yes=st.booleans())
    def decide(self, back, yes):
        self.decide_deal(self.newest(back), yes)

    def decide_deal(self, deal, yes):
        args = ("ld_approve", deal, "") if yes else ("ld_reject", deal, "", "原因")
        self.by_clerk(lambda: self.model.decide(deal, yes), *args)

    @rule(who=buyers, luck=seldom)
    def qualify(self, who, luck):
        refused = luck == 0 and who != "b1"
        self.lib.do("ld_buyer_put", who, json.dumps({"id": who, "qualification": "refused" if refused else "qualified"}))
        (self.model.refused.add if refused else self.model.refused.discard)(who)

    # --- the switch

    @rule(ms=st.sampled_from([1, 5000, 30_000, 65_000]), beats=st.booleans())
    def pause_and_resume(self, ms, beats):
        if self.by_clerk(self.model.pause, "ld_launch_pause", "s1", "原因"):
            self.pass_time(ms, beats)
            self.press("b1", "U1")
            self.resume()

    @rule(luck=seldom)
    def pause(self, luck):
        if luck == 0:
            self.by_clerk(self.model.pause, "ld_launch_pause", "s1", "原因")

    @rule()
    def resume(self):
        self.by_clerk(self.model.resume, "ld_launch_resume", "s1", "原因")

    @rule(ms=st.sampled_from([1000, 50_000]))
    def extend(self, ms):
        self.by_clerk(lambda: self.model.extend(ms), "ld_launch_extend", "s1", ms, "原因")

    @rule(luck=st.integers(0, 15))
    def close(self, luck):
        if luck == 0:
            self.by_clerk(self.model.close, "ld_launch_close", "s1", "原因")

    @rule(on=st.sampled_from(["yes", "no"]), unit=units)
    def units_change(self, on, unit):
        predict = self.model.put_in if on == "yes" else self.model.take_out
        self.by_clerk(lambda: predict(unit), "ld_launch_units", "s1", on, unit, "")

    @rule(who=buyers, group=st.sampled_from(["", "", "A", "B", "C"]), draw=st.sampled_from([0, 0, 1, 2, 50]))
    def admit(self, who, group, draw):
        self.by_clerk(lambda: self.model.admit(who, group, draw), "ld_launch_admit", "s1", who, group, draw or "", "")

    @rule()
    def draw_lots(self):
        self.by_clerk(self.model.draw_lots, "ld_launch_draw", "s1", "原因")

    # --- time

    @rule(ms=st.sampled_from([1, 1000, 5000, HOLD, 30_000, 59_999, 60_000]), beats=st.sampled_from([True] * 5 + [False]), told=st.booleans())
    def pass_time(self, ms, beats, told=False):
        while told and ms > 10_000:  # daemons tell of the room meanwhile
            self.pass_time(10_000, beats)
            self.see([])
            ms -= 10_000
        self.lib.wait(ms, beats=beats)
        self.model.now = self.lib.now
        if beats:
            self.model.beat_ms = self.lib.now

    @rule(off=st.sampled_from([-1, 0, 0, 1]), who=buyers, unit=units)
    def pass_time_to_the_next_change(self, off, who, unit):
        """To a millisecond around the opening, a turn, the end, or a deadline; and somebody presses there."""
        model = self.model
        points = [model.at(at) for at in (0, model.rules.length)] + [u.deadline for u in model.units.values()]
        points += [model.at(at) for buyer in model.draw for at in model.turn(buyer)]
        left = [at + off - self.lib.now for at in points if at + off > self.lib.now]
        if left:
            self.pass_time(min(left), True)
        self.press(who, unit)

    @rule()
    def sweep(self):
        assert int(self.lib.sweep()["released"]) == self.model.sweep()

    # --- what always holds

    @invariant()
    def agrees(self):
        if not hasattr(self, "lib"):
            return
        model, read = self.model, self.lib.r
        found = {name: packed.split("|")[:4] for name, packed in read.hgetall(f"{P}:units").items()}
        assert found == {name: [u.status, str(u.rev), u.deal, str(u.deadline)] for name, u in model.units.items()}
        records = {i: json.loads(text) for i, text in read.hgetall(f"{P}:deals").items()}
        assert {i: (d["unit"], d["buyer"], d["status"], d.get("application", ""), d.get("launch", "")) for i, d in records.items()} == {
            i: (d.unit, d.buyer, d.status, d.application, "s1" if d.of_session else "") for i, d in model.deals.items()}
        holding = [d["unit"] for d in records.values() if d["status"] in ("locked", "subscribed")]
        assert len(holding) == len(set(holding)), "a unit with two buyers"
        self.agrees_about_buyers()
        if self.calls % 8 == 0:
            self.lib.check()
        self.calls += 1

    def agrees_about_buyers(self):
        model, read = self.model, self.lib.r
        assert read.zrange(f"{P}:launch:s1:order", 0, -1) == model.order()
        who = model.order()
        reply = read.execute_command("FCALL_RO", "ld_launch_places", 1, P, "s1", " ".join(who))
        assert reply[reply.index("items") + 2 :] == [model.place(buyer) for buyer in who]
        for buyer in who[self.calls % len(who) :][:1]:
            reply = read.execute_command("FCALL_RO", "ld_launch_me", 1, P, "s1", buyer)
            me = dict(zip(reply[1::2], reply[2::2]))
            assert (int(me["count"]), me["entered"] != "", int(me["rank"])) == (model.count(buyer), buyer in model.entered, who.index(buyer) + 1)
            if not model.closed:  # afterwards the clock of the session stands, and nothing of it is to come
                assert [int(me[name]) for name in ("turn_from", "turn_to", "again_from")] == [model.at(at) for at in model.own_time(buyer)]

    def teardown(self):
        if hasattr(self, "lib"):
            self.lib.check()


Machine.TestCase.settings = settings(RUNS, stateful_step_count=80)


class TestASessionGoesTheWayTheModelSays(Machine.TestCase):
    @classmethod
    def teardown_class(cls):
        if Machine.server:
            Machine.server.close()
            Machine.server = None
