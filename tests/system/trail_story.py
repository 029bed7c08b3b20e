"""Audit trails made up for tests: well-formed events, hash chain and all, at whatever time the story needs.

    story = Story(seed=7)                 a project with units, from 2026-03-02 00:00 office time on
    story.run(days=20)                    deals that begin, go on and end in every way there is
    story.write(redis, "saga")            as a project of its own into Redis
"""

import hashlib
import json
import random

DAY = 86400000
START = 1772380800000  # Monday 2026-03-02 00:00 in China
CONSULTANTS = ["consultant1", "consultant2", "=consultant3"]


def entry(building, floor, room, /, price=None, **more):
    unit = f"{building}-{floor}{room:02d}"
    found = {"id": unit, "building": f"{building}栋", "entrance": "", "floor": floor, "room": f"{floor}{room:02d}",
             "type": ["三房两厅", "两房一厅", "=四房"][room % 3], "gross_area": f"{80 + room}.5", "inside_area": "70.1",
             "list_price_fen": price or 300_000_000 + 1_000_003 * floor + room, "type_derived": False}
    return {**found, **more}


class Story:
    def __init__(self, seed=1, entries=None, cat=True, utc_offset_min=480, start=START):
        self.random, self.events, self.at = random.Random(seed), [], start
        self.utc_offset_min, self.cat = utc_offset_min, cat
        self.entries = entries or [entry(b, f, r) for b in (1, 2, 10) for f in range(1, 5) for r in range(1, 5)]
        self.units, self.deals, self.receipts, self.slips, self.requests = {}, {}, 0, 0, 0
        self.tell("create", by="manager1", uuid="u")
        for index, one in enumerate(self.entries):
            self.units[one["id"]] = {"i": index, "st": "w" if index % 7 == 6 else "a", "rev": 0, "deal": None, "price": one["list_price_fen"]}
            self.unit("add", one["id"], self.units[one["id"]]["st"], **({"cat": json.dumps(one, ensure_ascii=False)} if cat else {}))
        self.tell("import", by="manager1", version=1, added=len(self.entries), changed=0)

    # --- single events

    def tell(self, t, by="clerk1", **fields):
        self.events.append({"t": t, "at": str(self.at), "by": by, "role": "clerk", **{k: str(v) for k, v in fields.items()}})

    def unit(self, t, unit, st, deal=None, why="", **fields):
        u = self.units[unit]
        u.update(st=st, rev=u["rev"] + 1)
        common = {"u": unit, "i": u["i"], "st": st, "rev": u["rev"]}
        if st in "ls" and t != "overdue":
            common["dl"] = self.at + DAY
        if deal:
            common.update(deal=deal["id"], hold=deal["who"])
        u["deal"] = deal if st in "lscp" else None
        self.tell(t, **common, **({"why": why} if why else {}), **fields)

    def about(self, t, deal, **fields):
        self.tell(t, deal=deal["id"], hold=deal["who"], on=deal["unit"], **fields)

    # --- what may happen; each looks for a deal or unit that it can happen to

    def some(self, *letters):
        found = [d for d in self.deals.values() if d["st"] in letters]
        return self.random.choice(found) if found else None

    def free(self):
        found = [unit for unit, u in self.units.items() if u["st"] == "a"]
        return self.random.choice(found) if found else None

    def lock(self):
        unit = self.free()
        if unit:
            price = self.units[unit]["price"]
            d = {"id": f"d{len(self.deals) + 1}", "who": self.random.choice(CONSULTANTS), "unit": unit, "price": price, "paid": 0, "st": "l",
                 "due": 0, "applied": False}
            self.deals[d["id"]] = d
            self.unit("lock", unit, "l", d, b="b1", price=price)

    def apply(self):
        d = self.some("l")
        if d:
            d["applied"] = True
            self.about("apply", d, price=d["price"])
            if self.random.random() < 0.2:
                d["applied"] = False
                self.about("reject", d, why="资料不全")

    def approve(self):
        d = self.some("l")
        if d and d["applied"]:
            self.slips += 1
            d["st"] = "s"
            self.unit("approve", d["unit"], "s", d, slip=self.slips, price=d["price"])

    def discount(self):
        d = self.some("l")
        if d:
            self.requests += 1
            price, result = d["price"] - 1_000_001, self.random.choice(["yes", "no"])
            self.about("ask", d, req=f"r{self.requests}", kind="discount", price=price, why="老客户")
            self.about("decide", d, req=f"r{self.requests}", kind="discount", result=result)
            if result == "yes":
                d["price"] = price
                self.about("file", d, req=f"r{self.requests}", price=price)

    def receipt(self, d=None, late=False):
        d = d or self.some("s", "c")
        if d and d["paid"] < d["price"]:
            self.receipts += 1
            left = d["price"] - d["paid"]
            fen = left if self.random.random() < 0.2 else self.random.randint(1, left // 2 + 1)
            d["paid"] += fen
            kind = self.random.choice(["subscription", "down_payment", "mortgage"])
            self.about("receipt", d, no=self.receipts, kind=kind, fen=fen, paid=d["paid"], **({"late": 1} if late else {}))
            self.settle(d)

    def sign(self):
        d = self.some("s")
        if d and d["paid"]:
            d["st"] = "c"
            self.about("review", d, result="pass")
            self.unit("sign", d["unit"], "c", d, contract=f"HT-{d['id']}", price=d["price"])
            self.settle(d)

    def settle(self, d):
        if d["st"] == "c" and d["paid"] == d["price"]:
            d["st"] = "p"
            self.unit("settle", d["unit"], "p", d, price=d["price"])

    def end(self):
        t, letters = self.random.choice([("release", "ls"), ("expire", "ls"), ("withdraw", "scp")])
        d = self.some(*letters)
        if d:
            d.update(st="e", how=t, due=d["paid"])
            self.unit(t, d["unit"], "a", d, why="放弃" if t != "expire" else "", **({"refund": d["paid"]} if d["paid"] else {}))

    def refund(self):
        d = self.random.choice([d for d in self.deals.values() if d["due"]] or [None])
        if d:
            self.receipts += 1
            fen = d["due"] if self.random.random() < 0.5 else self.random.randint(1, d["due"])
            d["due"] -= fen
            d["paid"] -= fen
            self.about("receipt", d, no=self.receipts, kind="refund", fen=fen, paid=d["paid"])

    def late_money(self):
        d = self.random.choice([d for d in self.deals.values() if d["st"] == "e" and d["how"] == "expire"] or [None])
        if d and d["paid"] < d["price"]:
            self.receipt(d, late=True)
            d["due"] = d["paid"]
            if self.units[d["unit"]]["st"] == "a":
                d.update(st="s", due=0)
                self.unit("revive", d["unit"], "s", d, price=d["price"])

    def swap(self):
        d, to = self.some("l", "s", "c"), self.free()
        if d and to and self.units[to]["price"] >= d["paid"]:
            old = d["unit"]
            self.unit("swap_out", old, "a", d, why="换房", to=to)
            d.update(unit=to, price=self.units[to]["price"], st="s" if d["st"] == "c" else d["st"])
            self.unit("swap_in", to, d["st"], d, why="换房", price=d["price"], **{"from": old})

    def small(self):
        d = self.some("l", "s")
        t = self.random.choice(["extend", "overdue", "rename"])
        if d and t == "rename":
            self.about("rename", d, b="b2")
        elif d:
            self.unit(t, d["unit"], d["st"], d)

    def withhold(self):
        unit = self.random.choice([unit for unit, u in self.units.items() if u["st"] in "aw"] or [None])
        if unit and self.units[unit]["st"] == "a":
            self.unit("withhold", unit, "w")
        elif unit:
            self.unit(self.random.choice(["offer", "release"]), unit, "a")

    def reprice(self):
        unit = self.free()
        if unit and self.cat:
            one = next(e for e in self.entries if e["id"] == unit)
            one = {**one, "list_price_fen": one["list_price_fen"] + 777}
            self.entries = [one if e["id"] == unit else e for e in self.entries]
            self.units[unit]["price"] = one["list_price_fen"]
            self.unit("change", unit, "a", cat=json.dumps(one, ensure_ascii=False))

    def run(self, days=20, a_day=30):
        steps = [self.lock] * 6 + [self.apply] * 5 + [self.approve] * 6 + [self.receipt] * 6 + [self.sign] * 4
        steps += [self.end, self.refund, self.late_money, self.swap, self.small, self.withhold, self.reprice, self.discount]
        begin = self.at
        for day in range(days):
            # Some at the very first and last millisecond of the office's day.
            times = sorted([0, 1, DAY - 1, *(self.random.randrange(DAY) for _ in range(a_day))])
            for ms in times:
                self.at = begin + day * DAY + ms
                self.random.choice(steps)()
        return self

    def write(self, redis, project, name="传奇花园", **meta):
        """As listingd lays a project out: meta and the stream, each event with its hash."""
        prefix, chain = "ld:{%s}" % project, ""
        pipe = redis.pipeline(transaction=False)
        for seq, event in enumerate(self.events, 1):
            text = f"{chain}\n{seq}-0\n" + "".join(
                f"{len(k.encode())}:{k}={len(v.encode())}:{v}\n" for k, v in event.items()
            )
            chain = hashlib.sha1(text.encode()).hexdigest()
            pipe.xadd(f"{prefix}:events", {**event, "h": chain}, id=f"{seq}-0")
        pipe.hset(f"{prefix}:meta", mapping={"schema": "1", "name": name, "seq": len(self.events), "chain": chain,
                                            "utc_offset_min": self.utc_offset_min, "sheet_at_min": 530, **meta})
        pipe.hset(f"{prefix}:catalog", mapping={e["id"]: json.dumps(e, ensure_ascii=False) for e in self.entries})
        pipe.execute()
        return self
