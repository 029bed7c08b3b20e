"""A small model of the way of a deal: what each call answers, and what there is afterwards. It knows nothing of Redis.

A call that is refused raises No and changes nothing; the kinds of events that a call leaves are appended to `trail`."""

from dataclasses import dataclass, field

OPEN, HELD = ("locked", "subscribed", "contracted", "settled"), ("locked", "subscribed")
DOUBT, AMOUNT_MAX = 60_000, 10**15
MAY = {
    "lock": ("consultant", "manager"), "release": ("buyer", "consultant", "clerk", "manager"), "withhold": ("clerk", "manager"),
    "offer": ("clerk", "manager"), "apply": ("consultant",), "approve": ("clerk",), "reject": ("clerk",), "receipt": ("finance",),
    "refund": ("finance",), "review": ("relations",), "sign": ("clerk",), "extend": ("consultant", "manager"), "discount": ("consultant",),
    "swap": ("consultant",), "rename": ("consultant",), "withdraw": ("consultant",), "decide": ("manager",), "decide_discount": ("manager",),
    "file": ("clerk",), "price": ("clerk", "manager"), "configure": ("clerk", "manager"), "erase": ("clerk", "manager"),
}  # fmt: skip
ASKED_IN = {"discount": ("locked",), "extension": HELD, "swap": ("locked", "subscribed", "contracted"), "rename": HELD,
            "withdraw": OPEN}  # fmt: skip


class No(Exception):
    def __init__(self, code):
        super().__init__(code)
        self.code = code


def need(fine, code):
    if not fine:
        raise No(code)


@dataclass
class Unit:
    price: int
    status: str = "available"
    rev: int = 1
    deal: str = ""
    deadline: int = 0
    holder: str = ""


@dataclass
class Deal:
    unit: str
    buyer: str
    consultant: str
    locked_by: str
    list_price: int
    price: int
    since: int
    status: str = "locked"
    application: str = ""
    applied_by: str = ""
    eligibility: str = ""
    slip: int = 0
    paid: int = 0
    refund: int = 0
    review: str = ""
    reviewed_by: str = ""
    contract: str = ""
    overdue: bool = False
    held_as: str = ""
    requests: list = field(default_factory=list)


@dataclass
class Request:
    kind: str
    by: str
    deal: str
    unit: str
    value: object
    status: str = "waiting"
    decided_by: str = ""


class Model:
    def __init__(self, units, price, owner, now, lock_hold, subscribe_hold, hold_max):
        self.units = {u: Unit(price) for u in units}
        self.owner, self.now, self.beat_ms = dict(owner), now, now
        self.lock_hold, self.subscribe_hold, self.hold_max, self.flag = lock_hold, subscribe_hold, hold_max, True
        self.deals, self.requests, self.receipts, self.refs, self.contracts = {}, {}, [], set(), set()
        self.slips, self.trail = 0, []

    # --- what everything is made of

    def allowed(self, verb, role):
        need(role in MAY[verb], "forbidden")

    def lapsed(self, u):
        trusted = abs(self.now - self.beat_ms) <= DOUBT
        return 0 < u.deadline <= self.now and trusted and not (self.flag and self.deals[u.deal].paid)

    def move(self, u, verb, status):
        u.status, u.rev = status, u.rev + 1
        if status in ("available", "withheld"):
            u.deal, u.deadline, u.holder = "", 0, ""
        self.trail.append(verb)

    def hold(self, unit, deal, verb, deadline):
        u, d = self.units[unit], self.deals[deal]
        u.deal, u.deadline, u.holder = deal, deadline, d.consultant
        self.move(u, verb, d.status)

    def void(self, d):
        for r in d.requests:
            self.requests[r].status = "void"
        d.requests = []

    def end(self, d, status, verb, to="available"):
        self.void(d)
        d.held_as, d.status, d.refund, d.overdue = d.status, status, d.paid, False
        self.move(self.units[d.unit], verb, to)

    def expire(self, u):
        self.end(self.deals[u.deal], "expired", "expire")

    def next_slip(self):
        self.slips += 1
        return self.slips

    def named(self, deal, unit):
        if not deal:
            u = self.units.get(unit)
            need(u, "no_such_unit")
            need(u.deal, "not_available")
            deal = u.deal
        d = self.deals.get(deal)
        need(d and unit in ("", d.unit), "no_such_deal")
        return deal, d, self.units[d.unit]

    def going(self, who, name, states):
        i, d, u = self.named(*name)
        need(who[1] != "consultant" or d.consultant == who[0], "not_holder")
        need(d.status in states and not self.lapsed(u), "not_available")
        return i, d, u

    # --- units

    def lock(self, who, unit, buyer):
        self.allowed("lock", who[1])
        u = self.units.get(unit)
        need(u, "no_such_unit")
        lapsed = self.lapsed(u)
        if u.status == "locked" and not lapsed and (self.deals[u.deal].locked_by, self.deals[u.deal].buyer) == (who[0], buyer):
            return
        need(u.status != "withheld", "not_open")
        need(u.status == "available" or lapsed, "unit_taken")
        need(buyer in self.owner, "no_such_buyer")
        need(who[1] == "manager" or self.owner[buyer] == who[0], "forbidden")
        if lapsed:
            self.expire(u)
        consultant = self.owner[buyer] if who[1] == "manager" else who[0]
        deal = f"d{len(self.deals) + 1}"
        self.deals[deal] = Deal(unit, buyer, consultant, who[0], u.price, u.price, self.now)
        self.hold(unit, deal, "lock", self.now + self.lock_hold)

    def release(self, who, unit, reason, to):
        self.allowed("release", who[1])
        u, own = self.units.get(unit), who[1] in ("buyer", "consultant")
        need(u, "no_such_unit")
        if u.status == "withheld":
            need(not own, "forbidden")
            need(to, "bad_request")
            need(to == "available", "not_available")
            return self.move(u, "release", "available")
        need(u.status in HELD and not self.lapsed(u), "not_available")
        need(not own or (u.holder == who[0] and who[1] != "buyer"), "not_holder")  # buyers hold by sessions only
        need(not own or to != "withheld", "forbidden")
        need(u.holder == who[0] or reason, "bad_request")
        need(not own or not self.deals[u.deal].paid, "not_ready")
        self.end(self.deals[u.deal], "released", "release", to or "available")

    def withhold(self, who, unit):
        self.allowed("withhold", who[1])
        u = self.units[unit]
        lapsed = self.lapsed(u)
        need(u.status == "available" or lapsed, "not_available")
        if lapsed:
            self.expire(u)
        self.move(u, "withhold", "withheld")

    def offer(self, who, unit):
        self.allowed("offer", who[1])
        need(self.units[unit].status == "withheld", "not_available")
        self.move(self.units[unit], "offer", "available")

    # --- application, slip, review, contract

    def apply(self, who, name, eligibility, price):
        self.allowed("apply", who[1])
        _, d, _ = self.going(who, name, HELD)
        need(d.status == "locked" or d.review == "back", "not_available")
        need(price in ("", d.price), "bad_request")
        d.eligibility, d.applied_by = eligibility, who[0]
        if d.status == "locked":
            d.application = "submitted"
        else:
            d.review = ""
        self.trail.append("apply")

    def approve(self, who, name):
        self.allowed("approve", who[1])
        _, d, u = self.going(who, name, ("locked",))
        need(d.application == "submitted", "not_ready")
        need(d.applied_by != who[0], "own_request")
        need(d.eligibility != "unqualified", "not_ready")
        need("discount" not in [self.requests[r].kind for r in d.requests], "not_ready")
        d.application, d.status, d.slip = "approved", "subscribed", self.next_slip()
        if u.deadline:
            u.deadline = min(self.now + self.subscribe_hold, max(d.since + self.hold_max, u.deadline))
        self.move(u, "approve", "subscribed")

    def reject(self, who, name, reason):
        self.allowed("reject", who[1])
        _, d, _ = self.going(who, name, ("locked",))
        need(d.application == "submitted", "not_ready")
        need(d.applied_by != who[0], "own_request")
        need(reason, "bad_request")
        d.application = "rejected"
        self.trail.append("reject")

    def review(self, who, name, result, comment):
        self.allowed("review", who[1])
        _, d, _ = self.going(who, name, ("subscribed",))
        need(result == "pass" or comment, "bad_request")
        need(d.review != result, "not_available")
        need(d.applied_by != who[0], "own_request")
        d.review, d.reviewed_by = result, who[0]
        self.trail.append("review")

    def sign(self, who, name, contract):
        self.allowed("sign", who[1])
        _, d, u = self.going(who, name, ("subscribed",))
        need(d.paid and d.review == "pass", "not_ready")
        need(d.reviewed_by != who[0], "own_request")
        need(contract not in self.contracts, "duplicate")
        self.contracts.add(contract)
        d.status, d.contract, d.overdue, u.deadline = "contracted", contract, False, 0
        self.move(u, "sign", "contracted")
        self.settle(d, u)

    def settle(self, d, u):
        if d.status == "contracted" and d.paid == d.price:
            d.status = "settled"
            self.move(u, "settle", "settled")

    # --- money

    def count(self, deal, fen, ref):
        self.deals[deal].paid += fen
        self.receipts.append((deal, fen))
        self.refs |= {ref} - {""}
        self.trail.append("receipt")

    def receipt(self, who, name, fen, ref):
        self.allowed("receipt", who[1])
        i, d, u = self.named(*name)
        need(0 < fen < AMOUNT_MAX and d.paid + fen <= d.price, "bad_request")
        need(ref not in self.refs, "duplicate")
        if u.deal == i and self.lapsed(u):
            self.expire(u)
        self.count(i, fen, ref)
        if d.status in OPEN:
            return self.settle(d, u)
        if u.deal and self.lapsed(u):
            self.expire(u)
        if d.status == "expired" and u.status == "available" and d.buyer in self.owner:
            d.status, d.held_as, d.refund, d.since = d.held_as, "", 0, self.now
            self.hold(d.unit, i, "revive", self.now + (self.lock_hold if d.status == "locked" else self.subscribe_hold))
        else:
            d.refund = d.paid

    def refund(self, who, deal, fen, ref):
        self.allowed("refund", who[1])
        i, d, _ = self.named(deal, "")
        need(0 < fen <= d.refund, "bad_request")
        need(ref not in self.refs, "duplicate")
        d.refund -= fen
        self.count(i, -fen, ref)

    # --- requests

    def possible(self, kind, d, value):
        need(d.status in ASKED_IN[kind] and not self.lapsed(self.units[d.unit]), "not_available")
        if kind == "withdraw":
            need(d.status != "locked" or d.paid, "not_available")
        elif kind == "discount":
            need(0 < value < d.list_price, "bad_request")
        elif kind == "extension":
            self.later(d, value)
        elif kind == "swap":
            to = self.units.get(value)
            need(to, "no_such_unit")
            need(value != d.unit, "bad_request")
            need(to.status == "available" or self.lapsed(to), "not_open" if to.status == "withheld" else "unit_taken")
            need(to.price >= d.paid, "not_ready")
        elif kind == "rename":
            need(value in self.owner, "no_such_buyer")
            need(value != d.buyer, "bad_request")
            need(self.owner[value] == d.consultant, "forbidden")

    def later(self, d, deadline):
        need(deadline > max(self.units[d.unit].deadline, self.now), "bad_request")
        need(deadline <= d.since + self.hold_max, "limit_reached")

    def ask(self, who, kind, name, value, reason):
        self.allowed("extend" if kind == "extension" else kind, who[1])
        i, d, _ = self.named(*name)
        need(d.consultant == who[0], "not_holder")
        need(reason, "bad_request")
        self.possible(kind, d, value)
        need(kind not in [self.requests[r].kind for r in d.requests], "duplicate")
        d.requests.append(self.note(Request(kind, who[0], i, d.unit, value)))

    def note(self, request):
        new = f"r{len(self.requests) + 1}"
        self.requests[new] = request
        self.trail.append("ask")
        return new

    def extend(self, who, name, deadline, reason):
        """A manager does; for a consultant it is a request."""
        if who[1] == "consultant":
            return self.ask(who, "extension", name, deadline, reason)
        self.allowed("extend", who[1])
        _, d, u = self.going(who, name, HELD)
        need(d.consultant != who[0], "own_request")
        need(reason, "bad_request")
        self.later(d, deadline)
        self.do_extension(d, u, deadline)

    def ask_price(self, who, unit, price):
        self.allowed("price", who[1])
        self.priced(unit, price)
        self.note(Request("price", who[0], "", unit, price))

    def priced(self, unit, price):
        u = self.units.get(unit)
        need(u, "no_such_unit")
        need(not u.deal, "not_available")
        need(0 < price < AMOUNT_MAX and price != u.price, "bad_request")

    def decide(self, who, request, decision, comment, kind=None):
        self.allowed("decide", who[1])
        r = self.requests.get(request)
        need(r and kind in (None, r.kind), "no_such_request")
        need(r.status == "waiting", "not_available")
        need(r.by != who[0], "own_request")
        need(decision == "yes" or comment, "bad_request")
        d = self.deals.get(r.deal)
        if decision == "yes" and d:
            self.possible(r.kind, d, r.value)
        elif decision == "yes":
            self.priced(r.unit, r.value)
        r.status, r.decided_by = "approved" if decision == "yes" else "refused", who[0]
        self.trail.append("decide")
        if d and (decision == "no" or r.kind != "discount"):
            d.requests.remove(request)
        if decision == "yes" and r.kind != "discount":
            getattr(self, "do_" + r.kind)(d, self.units[r.unit], r.value)

    def file(self, who, request):
        self.allowed("file", who[1])
        r = self.requests.get(request)
        need(r and r.kind == "discount", "no_such_request")
        need(r.status == "approved", "not_available")
        need(who[0] not in (r.by, r.decided_by), "own_request")
        d = self.deals[r.deal]
        self.possible("discount", d, r.value)
        need(d.paid <= r.value, "not_ready")
        r.status, d.price = "filed", r.value
        d.requests.remove(request)
        self.trail.append("file")

    # --- what an approval carries out

    def do_extension(self, d, u, deadline):
        d.overdue, u.deadline = False, deadline
        self.move(u, "extend", u.status)

    def do_swap(self, d, u, to):
        self.void(d)
        deal, deadline = u.deal, u.deadline
        if self.lapsed(self.units[to]):
            self.expire(self.units[to])
        self.move(u, "swap_out", "available")
        d.unit, d.price, d.list_price, d.review, d.contract = to, self.units[to].price, self.units[to].price, "", ""
        if d.status != "locked":
            d.slip = self.next_slip()
        if d.status == "contracted":
            d.status, d.since, deadline = "subscribed", self.now, self.now + self.subscribe_hold
        self.hold(to, deal, "swap_in", deadline)

    def do_rename(self, d, _, buyer):
        d.buyer = buyer
        if d.status == "subscribed":
            d.slip, d.review, d.reviewed_by = self.next_slip(), "", ""
        else:
            d.application = d.eligibility = ""
        self.trail.append("rename")

    def do_withdraw(self, d, *_):
        self.end(d, "withdrawn", "withdraw")

    def do_price(self, _, u, price):
        u.price, u.rev = price, u.rev + 1
        self.trail += ["change", "import"]

    # --- the project and its clock

    def configure(self, who, flag):
        self.allowed("configure", who[1])
        self.flag = flag
        self.trail.append("configure")

    def erase(self, who, buyer):
        self.allowed("erase", who[1])
        need(buyer in self.owner, "no_such_buyer")
        need(not [d for d in self.deals.values() if d.buyer == buyer and (d.status in OPEN[:3] or d.refund)], "not_available")
        del self.owner[buyer]
        self.trail.append("erase")

    def sweep(self, limit):
        if abs(self.now - self.beat_ms) > DOUBT:
            return 0, 0
        due = sorted((u.deadline, name) for name, u in self.units.items() if 0 < u.deadline <= self.now)[:limit]
        released = 0
        for _, name in due:
            u = self.units[name]
            if self.lapsed(u):
                self.expire(u)
                released += 1
            else:
                self.deals[u.deal].overdue, u.deadline = True, 0
                self.move(u, "overdue", u.status)
        return released, len(due) - released
