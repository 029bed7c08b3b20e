"""A month of one project, played by its people through the real daemon: hundreds of deals with rejections, expiries, swaps,
withdrawals and late money. Everybody chooses by chance among what makes sense; the seed makes a month repeatable.

    month = Month(office, days=28)     the office has a fake clock
    month.play()
    month.told                         what people were told day by day: {day: Counter}, money in fen under "money.<kind>"
"""

import collections
import datetime
import random

from listing import PROJECT, Refusal, eventually, new_key

DAY_S = 24 * 3600
OFFICE_TIME = datetime.timezone(datetime.timedelta(hours=8))
OPEN = ("locked", "subscribed", "contracted")
# Refusals that chance may bring about; any other is a fault.
CHANCE = ("unit_taken", "not_open", "not_available", "not_ready", "duplicate", "limit_reached", "bad_request")


class Month:
    def __init__(self, office, days=28, start=datetime.datetime(2027, 3, 1, 10, tzinfo=OFFICE_TIME), seed=1):
        self.office, self.days, self.chance = office, days, random.Random(seed)
        self.start = start
        self.told = collections.defaultdict(collections.Counter)
        self.day = None
        self.deals = {}  # id → the last that anybody was told of it
        self.units = list(office.redis.client.hkeys("ld:{%s}:units" % PROJECT))
        self.refs = 0

    # --- days

    def go_to(self, day):
        """The clocks of all machines stand at about ten o'clock of that day; the operator confirms the jump."""
        office = self.office
        target = self.start + datetime.timedelta(days=day, minutes=self.chance.randrange(-60, 240))
        self.day = target.date()
        office.go_to(target)

        def nothing_is_due():
            """the daemon has released what was due"""
            return not office.redis.client.zrangebyscore("ld:{%s}:due" % PROJECT, "-inf", office.now_ms())

        eventually(nothing_is_due)
        self.look()

    def look(self):
        """What the clock did overnight."""
        now = {deal["id"]: deal for deal in self.office.get("deals?scope=all&limit=1000", "manager1").json["deals"]}
        for number, deal in now.items():
            before = self.deals.get(number, {}).get("status")
            if deal["status"] == "expired" and before in OPEN:
                self.told[self.day]["expiries"] += 1
        self.deals = now

    def play(self, acts_a_day=90):
        for day in range(self.days):
            self.go_to(day)
            for _ in range(acts_a_day):
                self.act()

    # --- what people do

    def do(self, account, cmd, **args):
        """The reply, or None when it was refused; a refusal must be one that chance may bring about."""
        response = self.office.post_command(cmd, args, account, new_key())
        if response.status != 200:
            body = response.json
            assert body["code"] in CHANCE, (cmd, args, body)
            return None
        reply = response.json["ok"]
        if "deal" in reply:
            self.deals[reply["deal"]] = self.deals.get(reply["deal"], {}) | reply
        return reply

    def tell(self, what, amount=1):
        self.told[self.day][what] += amount

    def some(self, *states):
        return [deal for deal in self.deals.values() if deal["status"] in states]

    def record(self, number):
        """The deal as it is kept."""
        import json

        return json.loads(self.office.redis.client.hget("ld:{%s}:deals" % PROJECT, number))

    def act(self):
        acts = [
            (self.lock, 22), (self.apply, 22), (self.decide_application, 22), (self.pay, 26), (self.review, 16), (self.sign, 16),
            (self.release, 2), (self.extend, 2), (self.discount, 4), (self.swap, 3), (self.rename, 2), (self.withdraw, 2),
            (self.pay_late, 2), (self.refund, 4), (self.withhold, 1), (self.reprice, 1),
        ]  # fmt: skip
        self.chance.choices([act for act, _ in acts], [weight for _, weight in acts])[0]()

    def pick(self, *states):
        """Some open deal as it is kept, or None."""
        found = self.some(*states)
        return self.record(self.chance.choice(found)["id" if "id" in found[0] else "deal"]) if found else None

    def lock(self):
        consultant, letter = self.chance.choice([("consultant1", "b"), ("consultant2", "c")])
        unit = self.chance.choice(self.units)
        reply = self.do(consultant, "unit.lock", unit=unit, buyer=f"{letter}{self.chance.randrange(1, 10)}")
        # Locking again what one holds for the same buyer is answered with the old deal.
        if reply and reply["deal"] not in self.begun:
            self.begun.add(reply["deal"])
            self.deals[reply["deal"]]["id"] = reply["deal"]
            self.tell("locks")

    @property
    def begun(self):
        if not hasattr(self, "_begun"):
            self._begun = set()
        return self._begun

    def apply(self):
        deal = self.pick("locked")
        if deal and deal.get("application") in (None, "rejected"):
            how = self.chance.choices(["qualified", "unknown", "unqualified"], [8, 1, 1])[0]
            if self.do(deal["consultant"], "deal.apply", deal=deal["id"], eligibility=how):
                self.tell("applications")

    def decide_application(self):
        deal = self.pick("locked")
        if not deal or deal.get("application") != "submitted":
            return
        if deal["eligibility"] == "unqualified" or self.chance.random() < 0.1:
            if self.do("clerk1", "deal.reject", deal=deal["id"], reason="资料不全"):
                self.tell("rejections")
        elif self.do("clerk1", "deal.approve", deal=deal["id"]):
            self.tell("subscriptions")

    def receipt(self, deal, kind, fen):
        self.refs += 1
        reply = self.do("finance1", "deal.receipt", deal=deal["id"], kind=kind, amount_fen=fen, ref=f"B-{self.refs}")
        if reply:
            self.tell(f"money.{kind}", fen)
            if reply["status"] == "settled":
                self.tell("settled")
        return reply

    def pay(self):
        deal = self.pick("subscribed", "contracted")
        if not deal:
            return
        left = deal["price_fen"] - deal.get("paid_fen", 0)
        if deal["status"] == "subscribed" and self.chance.random() < 0.9:
            self.receipt(deal, "subscription", min(left, 5_000_000))
        elif self.chance.random() < 0.5:
            self.receipt(deal, "down_payment", max(1, left * 3 // 10))
        else:
            self.receipt(deal, "mortgage", left)

    def review(self):
        deal = self.pick("subscribed")
        if not deal or not deal.get("paid_fen") or deal.get("review") == "pass":
            return
        if deal.get("review") == "back":
            if self.do(deal["consultant"], "deal.apply", deal=deal["id"], eligibility="qualified"):
                self.tell("applications")
        elif self.chance.random() < 0.15:
            self.do("relations1", "deal.review", deal=deal["id"], result="back", comment="装修标准不符")
        else:
            self.do("relations1", "deal.review", deal=deal["id"], result="pass")

    def sign(self):
        deal = self.pick("subscribed")
        if deal and deal.get("review") == "pass":
            reply = self.do("clerk1", "deal.sign", deal=deal["id"], contract=f"HT-{deal['id']}-{deal['slip']}")
            if reply:
                self.tell("contracts")
                if reply["status"] == "settled":
                    self.tell("settled")

    def release(self):
        deal = self.pick("locked", "subscribed")
        if deal and self.do("clerk1", "unit.release", unit=deal["unit"], reason="客户放弃"):
            self.tell("releases")
            self.deals[deal["id"]]["status"] = "released"

    def extend(self):
        deal = self.pick("locked", "subscribed")
        if deal and self.do("manager1", "deal.extend", deal=deal["id"], deadline=self.office.now_ms() + 40 * 3_600_000, reason="等贷款"):
            self.tell("extensions")

    def ask(self, deal, cmd, **args):
        """Asked by the consultant, decided by the manager; the reply when it was approved."""
        reply = self.do(deal["consultant"], cmd, deal=deal["id"], reason="客户要求", **args)
        if not reply:
            return None
        yes = self.chance.random() < 0.8
        decided = self.do("manager1", "request.decide", request=reply["request"], approve=yes, reason="同意" if yes else "不同意")
        return decided if decided and yes else None

    def discount(self):
        deal = self.pick("locked")
        if deal:
            reply = self.ask(deal, "discount.ask", price_fen=deal["list_price_fen"] * 98 // 100)
            if reply:
                self.do("clerk1", "discount.file", request=reply["request"])

    def swap(self):
        deal = self.pick("locked", "subscribed", "contracted")
        if deal and self.ask(deal, "deal.swap", to=self.chance.choice(self.units)):
            self.tell("swaps")

    def rename(self):
        deal = self.pick("locked", "subscribed")
        if deal and self.ask(deal, "deal.rename", buyer=deal["buyer"][0] + str(self.chance.randrange(1, 10))):
            self.tell("renames")

    def withdraw(self):
        deal = self.pick("subscribed", "contracted", "settled")
        if deal and self.ask(deal, "deal.withdraw"):
            self.tell("withdrawals")

    def pay_late(self):
        deal = self.pick("expired")
        if deal:
            reply = self.receipt(deal, "subscription", 5_000_000)
            if reply and reply["status"] in OPEN:
                self.tell("revivals")

    def refund(self):
        owed = [deal for deal in map(self.record, self.deals) if deal.get("refund_fen")]
        if owed:
            deal = self.chance.choice(owed)
            self.refs += 1
            if self.do("finance1", "deal.refund", deal=deal["id"], amount_fen=deal["refund_fen"], ref=f"R-{self.refs}"):
                self.tell("money.refund", deal["refund_fen"])

    def withhold(self):
        unit = self.chance.choice(self.units)
        if self.do("clerk1", "unit.withhold", unit=unit, reason="样板间") and self.chance.random() < 0.7:
            self.do("clerk1", "unit.offer", unit=unit)

    def reprice(self):
        unit = self.chance.choice(self.units)
        asked = self.do("clerk1", "price.ask", unit=unit, price_fen=300_000_000 + self.chance.randrange(10_000_000), reason="调价")
        if asked:
            self.do("manager1", "request.decide", request=asked["request"], approve=True)


__all__ = ["Month", "OFFICE_TIME", "Refusal"]
