"""The figures of the reports, calculated a second time from the audit trail.

    period(events, from_ms, until_ms, utc_offset_min, catalog)   what a daily or weekly report must say
    sheet(events, until_ms, catalog)                             what a listing-control sheet must say

Events are dicts of texts as they lie in the stream, with `t` for the type; `catalog` (id → entry) stands in for entries
that an older trail does not carry. Money is whole fen, shares are basis points rounded half up.
"""

import collections
import datetime
import json

STATES = {"w": "withheld", "a": "available", "l": "locked", "s": "subscribed", "c": "contracted", "p": "settled"}
ENDS = {"release": "released", "expire": "expired", "withdraw": "withdrawn"}
COUNTED = {
    "locks": "lock", "applications": "apply", "rejections": "reject", "subscriptions": "approve", "contracts": "sign",
    "settled": "settle", "releases": "release", "expiries": "expire", "overdue": "overdue", "extensions": "extend",
    "swaps": "swap_in", "renames": "rename", "withdrawals": "withdraw", "revivals": "revive",
}
IN = ("subscription", "down_payment", "mortgage")


def share(part, whole):
    return (2 * part * 10000 + whole) // (2 * whole) if whole else 0


def counts(letters):
    found = collections.Counter(STATES[letter] for letter in letters)
    sold = found["subscribed"] + found["contracted"] + found["settled"]
    offered = sum(found.values()) - found["withheld"]
    return {"units": sum(found.values()), **{s: found[s] for s in STATES.values()}, "sell_through_bp": share(sold, offered)}


def states(events, until_ms):
    """unit → letter at a moment."""
    return {e["u"]: e["st"] for e in events if "u" in e and int(e["at"]) < until_ms}


def homes(events, until_ms, catalog):
    """unit → its catalogue entry at a moment."""
    found = {}
    for e in events:
        if int(e["at"]) < until_ms and "u" in e:
            found.setdefault(e["u"], None)
            if e.get("cat"):
                found[e["u"]] = json.loads(e["cat"])
    return {unit: entry or (catalog or {}).get(unit) or {} for unit, entry in found.items()}


def deals(events, until_ms):
    """deal → what is known of it at a moment."""
    found = {}
    for e in events:
        if "deal" not in e or int(e["at"]) >= until_ms:
            continue
        at, t = int(e["at"]), e["t"]
        d = found.setdefault(e["deal"], {"deal": e["deal"], "consultant": e["hold"], "began": at, "reached": set("l"), "price": 0,
                                         "paid": 0, "end": None, "due": 0, "back": 0, "signed": 0, "state": "l", "unit": ""})
        if "price" in e and t != "ask":
            d["price"] = int(e["price"])
        if t == "receipt":
            d["paid"] += -int(e["fen"]) if e["kind"] == "refund" else int(e["fen"])
            assert d["paid"] == int(e["paid"]), (e, d)
            if d["end"]:
                d["back" if e["kind"] == "refund" else "due"] += int(e["fen"])
        if e.get("st", "a") in "lscp":
            d.update(unit=e["u"], state=e["st"], end=None, due=0, back=0)
            d["reached"].update("lscp"[: "lscp".index(e["st"]) + 1])
        if t == "sign":
            d["signed"] = at
        if t in ENDS:
            d.update(end=ENDS[t], ended=at, due=int(e.get("refund", 0)), back=0)
    return found


def tally(events):
    kinds = collections.Counter(e["t"] for e in events if "deal" in e)
    found = {name: kinds[t] for name, t in COUNTED.items()}
    discounts = [e for e in events if e.get("kind") == "discount"]
    found["discounts_asked"] = sum(e["t"] == "ask" for e in discounts)
    found["discounts_approved"] = sum(e["t"] == "decide" and e["result"] == "yes" for e in discounts)
    found["discounts_refused"] = sum(e["t"] == "decide" and e["result"] == "no" for e in discounts)
    return found


def money(events):
    by_kind = collections.Counter()
    for e in events:
        if e["t"] == "receipt":
            by_kind[e["kind"]] += int(e["fen"])
    received = sum(by_kind[kind] for kind in IN)
    signed = [int(e["price"]) for e in events if e["t"] == "sign"]
    return {
        **{f"{kind}_fen": by_kind[kind] for kind in (*IN, "refund")},
        "received_fen": received,
        "net_fen": received - by_kind["refund"],
        "contracts": len(signed),
        "contract_fen": sum(signed),
    }


def funnel(some):
    n = {letter: sum(letter in d["reached"] for d in some) for letter in "lscp"}
    return {
        **{STATES[letter]: n[letter] for letter in "lscp"},
        "locked_to_subscribed_bp": share(n["s"], n["l"]),
        "subscribed_to_contracted_bp": share(n["c"], n["s"]),
        "contracted_to_settled_bp": share(n["p"], n["c"]),
        "locked_to_settled_bp": share(n["p"], n["l"]),
    }


def conversion(some, from_ms):
    return {"began": funnel([d for d in some if d["began"] >= from_ms]), "all": funnel(some)}


def period(events, from_ms, until_ms, utc_offset_min, catalog=None):
    past = [e for e in events if int(e["at"]) < until_ms]
    within = [e for e in past if int(e["at"]) >= from_ms]
    known = deals(events, until_ms)
    zone = datetime.timezone(datetime.timedelta(minutes=utc_offset_min))

    def date(ms):
        return datetime.datetime.fromtimestamp(ms / 1000, zone).date().isoformat()

    unpaid = [
        {"deal": d["deal"], "unit": d["unit"], "consultant": d["consultant"], "signed_ms": d["signed"], "price_fen": d["price"],
         "paid_fen": d["paid"], "unpaid_fen": d["price"] - d["paid"]}
        for d in known.values() if d["state"] == "c" and not d["end"]
    ]
    refunds = [
        {"deal": d["deal"], "unit": d["unit"], "consultant": d["consultant"], "end": d["end"], "ended_ms": d["ended"],
         "due_fen": d["due"], "refunded_fen": d["back"], "refund_fen": d["due"] - d["back"]}
        for d in known.values() if d["end"] and d["due"] != d["back"]
    ]
    before, after = counts(states(events, from_ms).values()), counts(states(events, until_ms).values())
    return {
        "counts": tally(within),
        "conversion": conversion(known.values(), from_ms),
        "consultants": [
            {"consultant": who, "counts": tally([e for e in within if e.get("hold") == who]),
             "conversion": conversion([d for d in known.values() if d["consultant"] == who], from_ms),
             "money": money([e for e in within if e.get("hold") == who])}
            for who in sorted({e["hold"] for e in past if "hold" in e})
        ],
        "money": {
            "days": [
                {"date": date(day), **money([e for e in within if date(int(e["at"])) == date(day)])}
                for day in range(from_ms, until_ms, 86400000)
            ],
            "totals": money(within),
        },
        "unpaid": unpaid,
        "unpaid_fen": sum(d["unpaid_fen"] for d in unpaid),
        "refunds": refunds,
        "refund_fen": sum(d["refund_fen"] for d in refunds),
        "sell_through": {"begin": before, "end": after, "change_bp": after["sell_through_bp"] - before["sell_through_bp"]},
    }


def sheet(events, until_ms, catalog=None):
    """Units by id, and the sums by type, building and floor by their names."""
    letters, entries, known = states(events, until_ms), homes(events, until_ms, catalog), deals(events, until_ms)
    holder = {d["unit"]: d for d in known.values() if not d["end"]}
    units = {}
    for unit, letter in letters.items():
        entry, d = entries[unit], holder.get(unit) if letter in "lscp" else None
        units[unit] = {
            "id": unit,
            **{name: str(entry.get(name, "")) for name in ("building", "entrance", "floor", "room", "type", "gross_area", "inside_area")},
            "list_price_fen": entry.get("list_price_fen", 0),
            "status": STATES[letter],
            "deal": d["deal"] if d else "",
            "consultant": d["consultant"] if d else "",
            "deal_price_fen": d["price"] if d else 0,
            "paid_fen": d["paid"] if d else 0,
        }

    def total(some):
        return {**counts([letters[u["id"]] for u in some]), "list_price_fen": sum(u["list_price_fen"] for u in some),
                "deal_price_fen": sum(u["deal_price_fen"] for u in some)}

    def grouped(*names):
        groups = collections.defaultdict(list)
        for u in units.values():
            groups[tuple(u[name] for name in names)].append(u)
        return {key: {**dict(zip(names, key)), **total(some)} for key, some in groups.items()}

    return {"totals": total(units.values()), "by_type": grouped("type"), "by_building": grouped("building"),
            "by_floor": grouped("building", "floor"), "units": units}
