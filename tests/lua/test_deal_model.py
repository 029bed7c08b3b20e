"""The way of a deal against a small model of it, over thousands of random steps: every answer, and everything there is."""

import json

import hypothesis.strategies as st
from deal_model import ASKED_IN, OPEN, Model, No
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from library import P, Library, Refused, RedisServer
from model_runs import RUNS

LOCK_HOLD, SUBSCRIBE_HOLD, HOLD_MAX, PRICE = 20_000, 30_000, 50_000, 100_00
OWNER = {"b1": "ann", "b2": "ann", "c1": "bob"}
UNITS = ["U1", "U2", "U3"]
KINDS = ["discount", "extension", "swap", "rename", "withdraw"]
CALLS = {"discount": "ld_ask_discount", "extension": "ld_extend", "swap": "ld_ask_swap", "rename": "ld_ask_rename", "withdraw": "ld_ask_withdraw"}
STAFF = {
    "consultant": [("ann", "consultant"), ("ann", "consultant"), ("bob", "consultant")],
    "clerk": [("cleo", "clerk"), ("carl", "clerk"), ("ann", "clerk")],  # ann: somebody with two hats
    "finance": [("fay", "finance")],
    "relations": [("rita", "relations"), ("cleo", "relations")],
    "manager": [("max", "manager"), ("mia", "manager"), ("ann", "manager")],
}


def by(role):
    """Mostly who does it in an office, now and then somebody else."""
    return st.sampled_from([*STAFF[role] * 5, *[people[0] for people in STAFF.values()], ("ann", "buyer"), ("wall", "display")])


units = st.sampled_from([*UNITS * 6, "U9"])
deals = st.sampled_from(["d1", "d2", "d3", "d4", "d5", "d6"])
# No lambda in a strategy here: each step prints all rules, and a lambda is printed by parsing its source.
FITTING = ("fitting", "")  # the rule takes a unit for which the call may succeed
names = st.sampled_from([FITTING] * 12 + [("", "U1"), ("", "U2"), ("", "U3")] * 3 + [("", "U9")] + [(f"d{n}", "") for n in range(1, 7)] + [("d1", "U1"), ("d2", "U1")])
requests = st.integers(-3, 1)  # the newest is 0; 1 is one that there is not
reasons = st.sampled_from(["原因"] * 5 + [""])
amounts = st.sampled_from([0, 1, 4000, 4999, 5000, PRICE - 4000, PRICE, 2 * PRICE, 10**15, 2**53])
refs = st.sampled_from(["", "", "", "B-1", "B-2"])
prices = st.sampled_from([0, 4000, 9000, PRICE, PRICE + 1, 2 * PRICE, 10**15])


class Machine(RuleBasedStateMachine):
    server = None

    @initialize(flag=st.booleans(), stages=st.tuples(*[st.integers(0, 7)] * len(UNITS)), buyers=st.permutations(sorted(OWNER)))
    def begin(self, flag, stages, buyers):
        """Deals at every stage to begin with: from nothing at all they seldom get far by chance."""
        if Machine.server is None:
            Machine.server = RedisServer()
        self.lib = Library(Machine.server, UNITS, lock_hold_ms=LOCK_HOLD, subscribe_hold_ms=SUBSCRIBE_HOLD, hold_max_ms=HOLD_MAX)
        self.model = Model(UNITS, PRICE, OWNER, self.lib.now, LOCK_HOLD, SUBSCRIBE_HOLD, HOLD_MAX)
        self.before = len(self.lib.events())
        self.calls = 0
        self.configure(("max", "manager"), flag)
        for unit, buyer, times in zip(UNITS, buyers, stages):
            self.go_on(unit, buyer, times)

    def both(self, who, predict, name, *args):
        """Asks the model, then the library; Library itself checks that a refusal changes nothing. The reply, or None."""
        try:
            predict()
            expected = "ok"
        except No as no:
            expected = no.code
        try:
            reply, outcome = self.lib.do(name, *args, actor=who[0], role=who[1]), "ok"
        except Refused as refusal:
            reply, outcome = None, refusal.code
        assert outcome == expected, (name, args, who, outcome, expected)
        return reply

    def named(self, name, *states):
        """The name, with a unit in one of these states in the place of FITTING."""
        if name != FITTING:
            return name
        return ("", next((unit for unit in UNITS if self.model.units[unit].status in states), "U1"))

    def request(self, back):
        return f"r{max(len(self.model.requests) + back, 0)}"

    # --- units

    @rule(unit=units, buyer=st.sampled_from(sorted(OWNER)))
    def lock_for_own_buyer(self, unit, buyer):
        self.lock(unit, buyer, (OWNER[buyer], "consultant"))

    @rule(unit=units, buyer=st.sampled_from([*OWNER, "b9"]), who=by("manager"))
    def lock(self, unit, buyer, who):
        reply = self.both(who, lambda: self.model.lock(who, unit, buyer), "ld_lock", unit, buyer, "")
        assert reply is None or (reply["deal"], int(reply["deadline"])) == (self.model.units[unit].deal, self.model.units[unit].deadline)

    @rule(unit=units, who=st.one_of(by("consultant"), by("clerk")), reason=reasons, to=st.sampled_from(["", "", "available", "withheld"]))
    def release(self, unit, who, reason, to):
        self.both(who, lambda: self.model.release(who, unit, reason, to), "ld_release", unit, reason, to, "")

    @rule(unit=st.sampled_from(UNITS), who=by("clerk"))
    def withhold_or_offer(self, unit, who):
        if self.model.units[unit].status == "withheld":
            self.both(who, lambda: self.model.offer(who, unit), "ld_offer", unit, "")
        else:
            self.both(who, lambda: self.model.withhold(who, unit), "ld_withhold", unit, "原因", "")

    # --- the usual way, by the accounts that go it

    @rule(unit=st.sampled_from(UNITS), buyer=st.sampled_from(sorted(OWNER)), times=st.integers(1, 3))
    def go_on(self, unit, buyer, times):
        for _ in range(times):
            self.next_step(unit, buyer)

    def next_step(self, unit, buyer):
        u, name = self.model.units[unit], ("", unit)
        d = self.model.deals.get(u.deal)
        if not d:
            self.lock_for_own_buyer(unit, buyer)
        elif (d.status == "locked" and d.application != "submitted") or (d.status, d.review) == ("subscribed", "back"):
            self.apply(name, (d.consultant, "consultant"), "qualified", False)
        elif d.status == "locked":
            self.approve(name, ("carl", "clerk"))
        elif d.status == "contracted" or d.paid == 0:
            self.receipt(name, ("fay", "finance"), min(d.price - d.paid, 5000), "", "mortgage")
        elif d.status == "subscribed" and d.review == "":
            self.review(name, ("rita", "relations"), "pass", "")
        elif d.status == "subscribed":
            self.sign(name, ("carl", "clerk"), f"HT-{len(self.model.trail)}")

    @rule(name=names, who=by("consultant"), eligibility=st.sampled_from(["qualified", "qualified", "unknown", "unqualified"]), priced=st.booleans())
    def apply(self, name, who, eligibility, priced):
        name = self.named(name, "locked")
        price = PRICE if priced else ""
        self.both(who, lambda: self.model.apply(who, name, eligibility, price), "ld_apply", *name, eligibility, "", price, "")

    @rule(name=names, who=by("clerk"))
    def approve(self, name, who):
        name = self.named(name, "locked")
        reply = self.both(who, lambda: self.model.approve(who, name), "ld_approve", *name)
        assert reply is None or int(reply["slip"]) == self.model.slips

    @rule(name=names, who=by("clerk"), reason=reasons)
    def reject(self, name, who, reason):
        name = self.named(name, "locked")
        self.both(who, lambda: self.model.reject(who, name, reason), "ld_reject", *name, reason)

    @rule(name=names, who=by("relations"), result=st.sampled_from(["pass", "pass", "back"]), comment=reasons)
    def review(self, name, who, result, comment):
        name = self.named(name, "subscribed")
        self.both(who, lambda: self.model.review(who, name, result, comment), "ld_review", *name, result, comment)

    @rule(name=names, who=by("clerk"), contract=st.sampled_from(["HT-1", "HT-2", "HT-3", "HT-4"]))
    def sign(self, name, who, contract):
        name = self.named(name, "subscribed")
        self.both(who, lambda: self.model.sign(who, name, contract), "ld_sign", *name, contract)

    # --- money

    @rule(name=names, who=by("finance"), fen=amounts, ref=refs, kind=st.sampled_from(["subscription", "down_payment", "mortgage"]))
    def receipt(self, name, who, fen, ref, kind):
        name = self.named(name, "subscribed", "contracted", "locked")
        reply = self.both(who, lambda: self.model.receipt(who, name, fen, ref), "ld_receipt", *name, kind, fen, ref)
        if reply:
            d = self.model.deals[reply["deal"]]
            assert (int(reply["receipt"]), int(reply["paid_fen"])) == (len(self.model.receipts), d.paid)
            assert (reply["status"], int(reply.get("refund_fen", 0))) == (d.status, d.refund)

    @rule(back=st.integers(0, 3), fen=st.sampled_from([1, 4000, PRICE // 2]))
    def late_money(self, back, fen):
        """For one of those that ran out last, while it may still be revived."""
        expired = [i for i, d in self.model.deals.items() if d.status == "expired"]
        if back < len(expired):
            self.receipt((expired[-1 - back], ""), ("fay", "finance"), fen, "", "subscription")

    @rule(deal=deals, who=by("finance"), fen=amounts, ref=refs, all_of_it=st.booleans())
    def refund(self, deal, who, fen, ref, all_of_it):
        if all_of_it:
            deal, fen = next(((i, d.refund) for i, d in self.model.deals.items() if d.refund), (deal, fen))
        reply = self.both(who, lambda: self.model.refund(who, deal, fen, ref), "ld_refund", deal, fen, ref)
        assert reply is None or int(reply["refund_fen"]) == self.model.deals[deal].refund

    # --- requests

    @rule(name=names, who=by("consultant"), kind=st.sampled_from(KINDS), unit=units, buyer=st.sampled_from([*OWNER, "b9"]), price=prices,
          ms=st.sampled_from([-1, 0, 1, 5000, 25_000, HOLD_MAX, HOLD_MAX + 1]), reason=reasons)
    def ask(self, name, who, kind, unit, buyer, price, ms, reason):
        name = self.named(name, *ASKED_IN[kind])
        value = {"discount": price, "extension": self.lib.now + ms, "swap": unit, "rename": buyer, "withdraw": ""}[kind]
        if kind == "extension":
            predict = lambda: self.model.extend(who, name, value, reason)  # noqa: E731
        else:
            predict = lambda: self.model.ask(who, kind, name, value, reason)  # noqa: E731
        reply = self.both(who, predict, CALLS[kind], *name, value, reason)
        assert reply is None or who[1] == "manager" or reply["request"] == f"r{len(self.model.requests)}"

    @rule(kind=st.sampled_from(["discount", "discount", *KINDS]), to=st.sampled_from(UNITS), price=st.sampled_from([4000, 9000]),
          decision=st.sampled_from(["yes", "yes", "no", ""]), file=st.booleans())
    def a_request_goes_its_way(self, kind, to, price, decision, file):
        _, unit = self.named(FITTING, *ASKED_IN[kind])
        d, count = self.model.deals.get(self.model.units[unit].deal), len(self.model.requests)
        if not d:
            return
        to = next((free for free in UNITS if self.model.units[free].status == "available"), to)
        self.ask(("", unit), (d.consultant, "consultant"), kind, to, "b2" if d.buyer == "b1" else "b1", price, 25_000, "原因")
        if len(self.model.requests) > count and decision:
            self.decide(0, decision, "原因", ("mia", "manager"), kind == "discount")
            if kind == "discount" and file:
                self.file_discount(0, ("carl", "clerk"), False)

    @rule(unit=units, price=st.sampled_from([4000, 9000, 12_000]))
    def a_price_changes(self, unit, price):
        count = len(self.model.requests)
        self.ask_price(unit, price, ("max", "manager"))
        if len(self.model.requests) > count:
            self.decide(0, "yes", "", ("mia", "manager"), False)

    @rule(name=names, who=by("manager"), ms=st.sampled_from([-1, 0, 1, 5000, 25_000, HOLD_MAX, HOLD_MAX + 1]), reason=reasons)
    def extend(self, name, who, ms, reason):
        name = self.named(name, "locked", "subscribed")
        deadline = self.lib.now + ms
        self.both(who, lambda: self.model.extend(who, name, deadline, reason), "ld_extend", *name, deadline, reason)

    @rule(unit=units, price=prices, who=by("clerk"))
    def ask_price(self, unit, price, who):
        self.both(who, lambda: self.model.ask_price(who, unit, price), "ld_ask_price", unit, price, "调价")

    @rule(back=requests, decision=st.sampled_from(["yes", "yes", "yes", "no"]), comment=reasons, who=by("manager"), discount=st.booleans())
    def decide(self, back, decision, comment, who, discount):
        waiting = [r for r, request in self.model.requests.items() if request.status == "waiting"]
        r, kind = waiting[back] if -len(waiting) <= back < 0 else self.request(back), "discount" if discount else None
        name = "ld_decide_discount" if discount else "ld_decide"
        reply = self.both(who, lambda: self.model.decide(who, r, decision, comment, kind), name, r, "", decision, comment)
        assert reply is None or reply["decision"] == {"yes": "approved", "no": "refused"}[decision]

    @rule()
    def a_manager_approves_all_that_waits(self):
        for r in [r for r, request in self.model.requests.items() if request.status == "waiting"]:
            self.both(("mia", "manager"), lambda r=r: self.model.decide(("mia", "manager"), r, "yes", ""), "ld_decide", r, "", "yes", "")

    @rule(back=requests, who=by("clerk"), approved=st.booleans())
    def file_discount(self, back, who, approved):
        r = self.request(back)
        if approved:
            r = next((r for r, request in self.model.requests.items() if (request.kind, request.status) == ("discount", "approved")), r)
        reply = self.both(who, lambda: self.model.file(who, r), "ld_file_discount", r, "")
        assert reply is None or int(reply["price_fen"]) == self.model.requests[r].value

    # --- the project and its clock

    @rule(who=by("manager"), flag=st.booleans())
    def configure(self, who, flag):
        self.both(who, lambda: self.model.configure(who, flag), "ld_configure", "on_expiry_paid", "flag" if flag else "release")

    @rule(buyer=st.sampled_from(["b2", "b2", "b9"]), who=by("manager"), luck=st.integers(0, 3))
    def erase(self, buyer, who, luck):
        if not luck:  # seldom: nobody brings a buyer back
            self.both(who, lambda: self.model.erase(who, buyer), "ld_buyer_erase", buyer, "原因")

    @rule(ms=st.sampled_from([1, 5000, LOCK_HOLD, SUBSCRIBE_HOLD]), beats=st.sampled_from([True] * 5 + [False]))
    def pass_time(self, ms, beats):
        self.lib.wait(ms, beats=beats)
        self.model.now = self.lib.now
        if beats:
            self.model.beat_ms = self.lib.now

    @rule(off=st.sampled_from([-1, 0, 0, 1]), sweep=st.booleans())
    def pass_time_to_the_next_deadline(self, off, sweep):
        left = [u.deadline - self.lib.now + off for u in self.model.units.values() if u.deadline - self.lib.now + off > 0]
        if left:
            self.pass_time(min(left), True)
        if sweep:
            self.sweep(3)

    @rule(limit=st.integers(1, 3))
    def sweep(self, limit):
        released, overdue = self.model.sweep(limit)
        reply = self.lib.sweep(limit)
        assert (int(reply["released"]), int(reply["overdue"])) == (released, overdue)

    # --- what always holds

    @invariant()
    def agrees(self):
        if not hasattr(self, "lib"):
            return
        found = {name: packed.split("|")[:5] for name, packed in self.lib.r.hgetall(f"{P}:units").items()}
        assert found == {name: [u.status, str(u.rev), u.deal, str(u.deadline), u.holder] for name, u in self.model.units.items()}
        found = {name: json.loads(text)["list_price_fen"] for name, text in self.lib.r.hgetall(f"{P}:catalog").items()}
        assert found == {name: u.price for name, u in self.model.units.items()}
        found = {i: json.loads(text) for i, text in self.lib.r.hgetall(f"{P}:deals").items()}
        assert {i: compared(record) for i, record in found.items()} == {i: expected(d) for i, d in self.model.deals.items()}
        found = {i: json.loads(text) for i, text in self.lib.r.hgetall(f"{P}:requests").items()}
        assert {i: (r["kind"], r["status"], r["by"], r.get("decided_by", "")) for i, r in found.items()} == {
            i: (r.kind, r.status, r.by, r.decided_by) for i, r in self.model.requests.items()}
        receipts = [(r["deal"], -r["fen"] if r["kind"] == "refund" else r["fen"]) for r in self.lib.receipts()]
        assert receipts == self.model.receipts and set(self.lib.r.hkeys(f"{P}:refs")) == self.model.refs
        if self.calls % 8 == 0:
            self.check_whole()
        self.calls += 1

    def check_whole(self):
        """Folding the trail anew at every step would take most of the time; what is wrong stays wrong until the next check."""
        assert self.lib.check().kinds[self.before:] == self.model.trail

    def teardown(self):
        if hasattr(self, "lib"):
            self.check_whole()


# Names in the records → names in the model; what is empty or 0 is not kept.
RECORD = {
    "unit": "unit", "buyer": "buyer", "consultant": "consultant", "locked_by": "locked_by", "status": "status", "price_fen": "price",
    "list_price_fen": "list_price", "held_since_ms": "since", "application": "application", "applied_by": "applied_by",
    "eligibility": "eligibility", "slip": "slip", "paid_fen": "paid", "refund_fen": "refund", "review": "review",
    "reviewed_by": "reviewed_by", "contract": "contract", "held_as": "held_as",
}  # fmt: skip


def expected(d):
    """The record of a deal of the model."""
    record = {name: getattr(d, known) for name, known in RECORD.items()}
    return {**{k: v for k, v in record.items() if v}, "requests": d.requests, "overdue": d.overdue, "ended": d.status not in OPEN}


def compared(record):
    """What of a record the model knows."""
    return {**{k: v for k, v in record.items() if k in RECORD and v}, "requests": record.get("requests", "").split(),
            "overdue": "overdue_ms" in record, "ended": "ended_ms" in record}


Machine.TestCase.settings = settings(RUNS, stateful_step_count=90)


class TestADealGoesTheWayTheModelSays(Machine.TestCase):
    @classmethod
    def teardown_class(cls):
        if Machine.server:
            Machine.server.close()
            Machine.server = None
