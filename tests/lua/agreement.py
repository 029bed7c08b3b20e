"""What always holds of a project: the trail is gap-free and its chain unbroken; folded event by event it gives exactly the
units, deals, requests, receipts and queues that lie in Redis; what is read agrees with that.

The folding here shares nothing with the library: it knows the events only."""

import hashlib
import json

from deal_steps import P
from launch_told import LaunchesTold, check_launches

STATUS = {"w": "withheld", "a": "available", "l": "locked", "s": "subscribed", "c": "contracted", "p": "settled"}
LETTERS = {status: letter for letter, status in STATUS.items()}
HELD = "lscp"
ENDS = {"release": "released", "expire": "expired", "withdraw": "withdrawn"}
QUEUES = "application filing money unpaid refund review correction sign approval overdue"
NOTHING = {"launch": "", "application": "", "review": "", "contract": "", "slip": 0, "paid": 0, "refund": 0, "overdue": False}


class Told(LaunchesTold):
    """What there is, as the events tell it."""

    def __init__(self):
        super().__init__()
        self.units, self.deals, self.requests, self.receipts = {}, {}, {}, []
        self.queue, self.contracts, self.slips, self.kinds = {}, {}, 0, []
        self.last_at, self.went_back = 0, False

    def take(self, e):
        self.kinds.append(e["t"])
        self.went_back |= int(e["at"]) < self.last_at
        self.last_at = int(e["at"])
        if "u" in e:
            self.take_unit(e)
        d = self.deals.get(e.get("deal"))
        if handler := getattr(self, "on_" + e["t"], None):
            handler(e, d)
        if "deal" in e:
            self.requeue(e["deal"], e["at"])
        if "req" in e:
            self.requeue_request(e["req"], e["at"])

    def take_unit(self, e):
        before = self.units.get(e["u"], ("", 0))
        assert int(e["rev"]) == before[1] + 1, e
        assert (before[0] in ("", "a")) or e["t"] not in ("lock", "swap_in", "revive"), f"taken while held: {e}"
        held = e["st"] in HELD
        assert held or "dl" not in e
        if before[0] in HELD and before[0]:
            assert e["deal"] == before[2] and e["hold"] == before[4], f"not the deal that holds it: {e}"
        # In the past only where nothing ran out because the clock was in doubt.
        assert e["t"] != "complete" or int(e["dl"]) >= before[3]
        self.units[e["u"]] = (e["st"], int(e["rev"]), e["deal"] if held else "", int(e.get("dl", 0)), e["hold"] if held else "")

    # --- the life of a deal

    def on_lock(self, e, d):
        assert d is None and e["deal"] == f"d{len(self.deals) + 1}"
        self.lock_in_launch(e)
        self.deals[e["deal"]] = {**NOTHING, "unit": e["u"], "buyer": e["b"], "consultant": e["hold"], "status": "locked",
                                 "launch": e.get("launch", ""), "price": int(e["price"]), "requests": []}

    def on_apply(self, e, d):
        assert int(e["price"]) == d["price"] and e.get("launch", "") == d["launch"]
        d.update({"application": "submitted"} if d["status"] == "locked" else {"review": ""})

    def on_reject(self, e, d):
        assert d["application"] == "submitted"
        d["application"] = "rejected"

    def on_approve(self, e, d):
        assert d["application"] == "submitted" and int(e["price"]) == d["price"]
        d.update(status="subscribed", application="approved", slip=self.next_slip(e))

    def next_slip(self, e):
        self.slips += 1
        assert int(e["slip"]) == self.slips, "slips are numbered without a gap"
        return self.slips

    def on_review(self, e, d):
        d["review"] = e["result"]

    def on_sign(self, e, d):
        assert d["paid"] > 0 and d["review"] == "pass" and int(e["price"]) == d["price"] and "dl" not in e
        assert e["contract"] not in self.contracts
        self.contracts[e["contract"]] = e["deal"]
        d.update(status="contracted", contract=e["contract"], overdue=False)

    def on_settle(self, e, d):
        assert d["paid"] == d["price"] == int(e["price"]) and d["status"] == "contracted"
        d["status"] = "settled"

    def on_extend(self, e, d):
        assert int(e["dl"]) > int(e["at"])
        d["overdue"] = False

    def on_overdue(self, e, d):
        assert d["paid"] > 0 and "dl" not in e
        d["overdue"] = True

    def end(self, e, d):
        if d:
            assert int(e.get("refund", 0)) == d["paid"]
            d.update(status=ENDS[e["t"]], refund=d["paid"], overdue=False)
            self.void(d, e["at"])

    on_release = on_expire = on_withdraw = end

    def on_revive(self, e, d):
        assert d["status"] == "expired" and int(e["price"]) == d["price"] and e["u"] == d["unit"]
        self.not_offered(e)
        d.update(status=STATUS[e["st"]], refund=0)

    def on_swap_out(self, e, d):
        assert d["unit"] == e["u"] and e["st"] == "a"
        self.void(d, e["at"])

    def on_swap_in(self, e, d):
        assert d["unit"] == e["from"]
        self.not_offered(e)
        if d["status"] != "locked":
            d["slip"] = self.next_slip(e)
        d.update(unit=e["u"], price=int(e["price"]), status="locked" if d["status"] == "locked" else "subscribed", review="", contract="")
        assert STATUS[e["st"]] == d["status"] and d["paid"] <= d["price"]

    def on_rename(self, e, d):
        assert d["buyer"] != e["b"]
        d["buyer"] = e["b"]
        if d["status"] == "subscribed":
            d.update(slip=self.next_slip(e), review="")
        else:
            d["application"] = ""

    # --- money

    def on_receipt(self, e, d):
        back = e["kind"] == "refund"
        fen = -int(e["fen"]) if back else int(e["fen"])
        assert int(e["no"]) == len(self.receipts) + 1 and fen != 0
        d["paid"] += fen
        assert int(e["paid"]) == d["paid"] and 0 <= d["paid"] <= d["price"]
        ended = d["status"] in ENDS.values()
        assert (e.get("late") == "1") == (ended and not back) and (ended or not back)
        if ended:
            d["refund"] = d["paid"]
        self.receipts.append((int(e["no"]), e["deal"], e["on"], e["kind"], int(e["fen"]), int(e["at"]), e["by"], int(e.get("late", 0))))

    # --- requests

    def on_ask(self, e, d):
        assert e["req"] == f"r{len(self.requests) + 1}"
        self.requests[e["req"]] = {"kind": e["kind"], "deal": e.get("deal", ""), "unit": e["on"], "status": "waiting", "by": e["by"],
                                   "to": e.get("to", ""), "price": int(e.get("price", 0)), "at": int(e["at"])}
        if d:
            assert e["kind"] not in [self.requests[r]["kind"] for r in d["requests"]], "asked twice"
            d["requests"].append(e["req"])

    def on_decide(self, e, d):
        r = self.requests[e["req"]]
        assert r["status"] == "waiting" and r["by"] != e["by"] and r["kind"] == e["kind"]
        r["status"] = {"yes": "approved", "no": "refused"}[e["result"]]
        if d and (e["result"] == "no" or e["kind"] != "discount"):
            d["requests"].remove(e["req"])

    def on_file(self, e, d):
        r = self.requests[e["req"]]
        assert r["status"] == "approved" and r["price"] == int(e["price"])
        r["status"], d["price"] = "filed", r["price"]
        d["requests"].remove(e["req"])

    def void(self, d, at):
        for request in d["requests"]:
            self.requests[request]["status"] = "void"
            self.requeue_request(request, at)
        d["requests"] = []

    # --- what waits, and since when

    def waits(self, member, does, at):
        if does:
            self.queue.setdefault(member, int(at))
        else:
            self.queue.pop(member, None)

    def requeue(self, deal, at):
        d = self.deals[deal]
        status, paid = d["status"], d["paid"]
        at_review = d["review"] if status == "subscribed" and paid else None
        self.waits(f"application|{deal}", status == "locked" and d["application"] == "submitted", at)
        self.waits(f"money|{deal}", status == "subscribed" and paid == 0, at)
        for kind, result in {"review": "", "correction": "back", "sign": "pass"}.items():
            self.waits(f"{kind}|{deal}", at_review == result, at)
        self.waits(f"unpaid|{deal}", status == "contracted" and paid < d["price"], at)
        self.waits(f"overdue|{deal}", d["overdue"], at)
        self.waits(f"refund|{deal}", d["refund"] > 0, at)

    def requeue_request(self, request, at):
        r = self.requests[request]
        self.waits(f"approval|{r['deal']}|{request}", r["status"] == "waiting", at)
        self.waits(f"filing|{r['deal']}|{request}", r["kind"] == "discount" and r["status"] == "approved", at)


def fold(lib):
    """The chain verified, and what its events tell."""
    chain, told, raw = b"", Told(), list(lib.raw_events())
    for at, (number, fields) in enumerate(raw, 1):
        assert number == b"%d-0" % at
        seal = hashlib.sha1(chain + b"\n" + number + b"\n")
        for name, value in fields[:-1]:
            seal.update(b"%d:%s=%d:%s\n" % (len(name), name, len(value), value))
        assert fields[-1][0] == b"h" and fields[-1][1].decode() == seal.hexdigest(), f"the chain breaks at {number}"
        chain = fields[-1][1]
        told.take({n.decode(): v.decode(errors="surrogateescape") for n, v in fields})
    assert lib.meta("seq") == str(len(raw)) and lib.meta("chain").encode() == chain
    return told


def check(lib):
    told = fold(lib)
    check_units(lib, told)
    check_deals(lib, told)
    check_requests(lib, told)
    check_money(lib, told)
    check_reading(lib, told)
    check_launches(lib, told)
    return told


def check_units(lib, told):
    units = {u: v.split("|") for u, v in lib.r.hgetall(f"{P}:units").items()}
    assert {u: (LETTERS[v[0]], int(v[1]), v[2], int(v[3]), v[4]) for u, v in units.items()} == told.units
    due = {u: int(score) for u, score in lib.r.zrange(f"{P}:due", 0, -1, withscores=True)}
    assert due == {u: v[3] for u, v in told.units.items() if v[3]}
    holding = {d["unit"]: deal for deal, d in told.deals.items() if LETTERS.get(d["status"], "") in HELD and d["status"] in LETTERS}
    assert holding == {u: v[2] for u, v in told.units.items() if v[2]}
    for unit, deal in holding.items():
        assert told.units[unit][0] == LETTERS[told.deals[deal]["status"]]


def check_deals(lib, told):
    records = {i: json.loads(text) for i, text in lib.r.hgetall(f"{P}:deals").items()}
    found = {}
    for i, d in records.items():
        found[i] = {k: d.get(k, NOTHING.get(k)) for k in ("unit", "buyer", "consultant", "status", "launch", "application", "review", "contract", "slip")}
        found[i] |= {"price": d["price_fen"], "paid": d.get("paid_fen", 0), "refund": d.get("refund_fen", 0),
                     "overdue": d.get("overdue_ms", 0) > 0, "requests": d.get("requests", "").split()}
        if d["status"] in LETTERS:
            assert d["deadline"] == told.units[d["unit"]][3], "the clock of a deal is its unit's"
            assert "ended_ms" not in d and d["consultant"] == told.units[d["unit"]][4]
        else:
            assert d["ended_ms"] >= d["created_ms"] or told.went_back, "only a clock that was set back ends a deal before it began"
            assert d["held_as"] in LETTERS and d["ended_by"]
    assert found == told.deals
    assert lib.meta("next_deal") == str(len(records) + 1) and lib.meta("next_slip") == str(told.slips + 1)
    assert lib.r.hgetall(f"{P}:contracts") == told.contracts
    for consultant in {d["consultant"] for d in told.deals.values()}:
        listed = set(lib.r.zrange(f"{P}:deals:{consultant}", 0, -1))
        assert listed == {i for i, d in told.deals.items() if d["consultant"] == consultant}


def check_requests(lib, told):
    found = {}
    for i, text in lib.r.hgetall(f"{P}:requests").items():
        r = json.loads(text)
        found[i] = {**{k: r.get(k, "") for k in ("kind", "deal", "unit", "status", "by", "to")}, "price": r.get("price_fen", 0), "at": r["at_ms"]}
        assert ("decided_by" in r) == (r["status"] in ("approved", "refused", "filed") or (r["status"] == "void" and "decided_ms" in r))
    assert found == told.requests and lib.meta("next_request") == str(len(found) + 1)


def check_money(lib, told):
    records = lib.receipts()
    found = [(*(r[k] for k in ("no", "deal", "unit", "kind", "fen", "at_ms", "by")), r.get("late", 0)) for r in records]
    assert found == told.receipts and lib.meta("next_receipt") == str(len(found) + 1)
    assert lib.r.hgetall(f"{P}:refs") == {r["ref"]: str(r["no"]) for r in records if "ref" in r}
    for deal, d in told.deals.items():
        assert d["paid"] == sum(-r["fen"] if r["kind"] == "refund" else r["fen"] for r in records if r["deal"] == deal)
        assert d["status"] != "settled" or d["paid"] == d["price"]
        assert d["refund"] == (0 if d["status"] in LETTERS else d["paid"])


def check_reading(lib, told):
    queue = {member: int(since) for member, since in lib.r.zrange(f"{P}:queue", 0, -1, withscores=True)}
    assert queue == told.queue
    read = lib.queue(QUEUES)
    assert {member: since for member, since, _ in read} == told.queue and [i[1] for i in read] == sorted(told.queue.values())
    for member, _, record in read:
        assert record["id"] == member.split("|")[-1]
    numbers = sorted((int(deal[1:]) for deal, d in told.deals.items() if d["status"] in LETTERS), reverse=True)
    assert [d["id"] for d in lib.deals()] == [f"d{n}" for n in numbers]
    lines = []
    for unit in lib.r.lrange(f"{P}:index", 0, -1):
        letter, rev, _, deadline, _ = told.units[unit]
        lines.append(f"{unit}|{letter}|{rev}|{deadline}")
    digest = hashlib.sha1("\n".join(lines).encode(errors="surrogateescape")).hexdigest()
    assert lib.call("ld_digest", read_only=True) == {"seq": lib.meta("seq"), "digest": digest}
