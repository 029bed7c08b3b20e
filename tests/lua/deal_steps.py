"""The way of a deal, call by call, each by the account that does it in an office: ann and bob are consultants, cleo is a
clerk, fay is in finance, rita in client relations, max is the manager. A deal is named by the unit that it holds, or by
itself where `deal` is given."""

import json

P = "ld:{p}"
PRICE = 100_00  # of every unit that a test does not give another one
PAID = 10_00  # what way_to pays for the subscription
STAGES = ["locked", "applied", "subscribed", "paid", "reviewed", "contracted", "settled"]


class DealSteps:
    """What Library is able to do beyond locks; it needs `do`, `call`, `lock`, `unit` and the client `r`."""

    def step(self, name, unit, deal, *args, actor, role, **more):
        return self.do(name, deal, "" if deal else unit, *args, actor=actor, role=role, **more)

    # --- application, slip, review, contract

    def apply(self, unit="U1", deal="", eligibility="qualified", down="", price="", note="", actor="ann", role="consultant", **more):
        return self.step("ld_apply", unit, deal, eligibility, down, price, note, actor=actor, role=role, **more)

    def approve(self, unit="U1", deal="", actor="cleo", role="clerk", **more):
        return self.step("ld_approve", unit, deal, actor=actor, role=role, **more)

    def reject(self, unit="U1", deal="", reason="证明不全", actor="cleo", role="clerk", **more):
        return self.step("ld_reject", unit, deal, reason, actor=actor, role=role, **more)

    def review(self, unit="U1", deal="", result="pass", comment="", actor="rita", role="relations", **more):
        return self.step("ld_review", unit, deal, result, comment, actor=actor, role=role, **more)

    def sign(self, unit="U1", deal="", contract=None, actor="cleo", role="clerk", **more):
        contract = f"HT-{self.new_key()}" if contract is None else contract
        return self.step("ld_sign", unit, deal, contract, actor=actor, role=role, **more)

    # --- money

    def receipt(self, unit="U1", deal="", fen=PAID, kind="subscription", ref="", actor="fay", role="finance", **more):
        return self.step("ld_receipt", unit, deal, kind, fen, ref, actor=actor, role=role, **more)

    def refund(self, deal="d1", fen=PAID, ref="", actor="fay", role="finance", **more):
        return self.do("ld_refund", deal, fen, ref, actor=actor, role=role, **more)

    # --- requests

    def extend(self, unit="U1", deal="", deadline=0, reason="等银行", actor="max", role="manager", **more):
        return self.step("ld_extend", unit, deal, deadline, reason, actor=actor, role=role, **more)

    def ask_extension(self, unit="U1", deadline=0, actor="ann", **more):
        return self.extend(unit, deadline=deadline, actor=actor, role="consultant", **more)

    def ask_discount(self, unit="U1", price=PRICE - 1, deal="", reason="老客户", actor="ann", role="consultant", **more):
        return self.step("ld_ask_discount", unit, deal, price, reason, actor=actor, role=role, **more)

    def ask_swap(self, unit="U1", to="U2", deal="", reason="换大户型", actor="ann", role="consultant", **more):
        return self.step("ld_ask_swap", unit, deal, to, reason, actor=actor, role=role, **more)

    def ask_rename(self, unit="U1", to="b2", deal="", reason="改为配偶", actor="ann", role="consultant", **more):
        return self.step("ld_ask_rename", unit, deal, to, reason, actor=actor, role=role, **more)

    def ask_withdraw(self, unit="U1", deal="", reason="贷款未批", actor="ann", role="consultant", **more):
        return self.step("ld_ask_withdraw", unit, deal, "", reason, actor=actor, role=role, **more)

    def ask_price(self, unit="U1", price=PRICE + 1, reason="调价", actor="cleo", role="clerk", **more):
        return self.do("ld_ask_price", unit, price, reason, actor=actor, role=role, **more)

    def decide(self, request="r1", decision="yes", comment="", actor="max", role="manager", **more):
        return self.do("ld_decide", request, "", decision, comment or ("不同意" if decision == "no" else ""), actor=actor, role=role, **more)

    def decide_discount(self, request="", unit="", decision="yes", comment="", actor="max", role="manager", **more):
        return self.do("ld_decide_discount", request, unit, decision, comment, actor=actor, role=role, **more)

    def file_discount(self, request="", unit="", actor="cleo", role="clerk", **more):
        return self.do("ld_file_discount", request, unit, actor=actor, role=role, **more)

    # --- the project

    def freeze(self, why="seq differs"):
        return self.call("ld_freeze", "selfcheck", why)

    def thaw(self, reason="核对无误", actor="max", role="manager", **more):
        return self.do("ld_thaw", reason, actor=actor, role=role, **more)

    # --- whole ways

    def way_to(self, stage, unit="U1", buyer="b1", actor="ann"):
        """Brings an available unit to one of STAGES by the usual calls; returns the id of the deal."""
        price = json.loads(self.r.hget(f"{P}:catalog", unit))["list_price_fen"]
        steps = [
            lambda: self.lock(unit, buyer, actor),
            lambda: self.apply(unit, actor=actor),
            lambda: self.approve(unit),
            lambda: self.receipt(unit),
            lambda: self.review(unit),
            lambda: self.sign(unit),
            lambda: self.receipt(unit, fen=price - PAID, kind="mortgage"),
        ]
        for step in steps[: STAGES.index(stage) + 1]:
            deal = step()["deal"]
        return deal

    # --- what is read

    def rows(self, name, *args, width):
        """The pairs at the head of a reply, and the rows that follow their last pair."""
        reply = self.r.execute_command("FCALL_RO", name, 1, P, *args)
        assert reply[0] == "ok", reply
        last = next(i for i, word in enumerate(reply) if i % 2 and word in ("deals", "items"))
        rest = reply[last + 2:]
        assert len(rest) == int(reply[last + 1]) * width
        return dict(zip(reply[1:last:2], reply[2:last:2])), [tuple(rest[i:i + width]) for i in range(0, len(rest), width)]

    def deals(self, consultant="", scope="open", limit=1000, before=""):
        return [json.loads(record) for record, in self.rows("ld_deals", consultant, scope, limit, before, width=1)[1]]

    def queue(self, kinds):
        """(member, since, record) of what waits."""
        return [(m, int(since), json.loads(record)) for m, since, record in self.rows("ld_queue", kinds, width=3)[1]]

    def request(self, request):
        return json.loads(self.r.hget(f"{P}:requests", request))

    def receipts(self):
        found = [json.loads(text) for text in self.r.hvals(f"{P}:receipts")]
        return sorted(found, key=lambda receipt: receipt["no"])
