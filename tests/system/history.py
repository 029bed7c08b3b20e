"""Judges what happened on launch day: what every buyer did and was told, against the audit trail. Pure: no Redis, no daemon.

    history = History(events, launch, presses, admitted, units)
    history.check()  -> [Fault, …], empty when nothing is wrong
    history.count    -> how much was looked at

events: the trail from the project's beginning, dicts with `seq`, `type` and the fields of the event as text.
launch: id of the session. presses: dicts as tests/bench/journal.c writes them: who, key, unit, sent and got (µs of the server's
clock; got 0: no answer), answer ("ok", a code, "lost"), why, deal, rev, and `uncertain` (µs by which the clock may be off).
admitted, units: who may choose, and what; None: not checked.

Where two moments are compared and the clocks leave it open, nobody is accused.
"""

import collections
import dataclasses
import json

# Answers after which the outcome is open, so that the same key may come to another one.
OPEN_ANSWERS = {"lost", "unknown", "unavailable", "too_late", "rate_limited", "frozen"}
FREE = "a"
END = float("inf")


@dataclasses.dataclass(frozen=True)
class Fault:
    kind: str
    text: str

    def __str__(self):
        return f"{self.kind}: {self.text}"


def read_journal(path):
    """The presses of one file of tests/bench/journal.c."""
    presses, uncertain = [], 0
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if "uncertain_us" in row:
                uncertain = row["uncertain_us"]
            else:
                presses.append({**row, "uncertain": uncertain})
    return presses


class Spans:
    """A value over time: (from, value) in order, as the trail tells it; times in µs."""

    def __init__(self, first):
        self.changes = [(-END, first)]

    def add(self, at, value):
        self.changes.append((at, value))

    def last(self):
        return self.changes[-1][1]

    def always(self, start, end, is_so):
        """Was it so during the whole of start..end, both included?"""
        ends = [at for at, _ in self.changes[1:]] + [END]
        return all(is_so(value) for (at, value), until in zip(self.changes, ends) if at <= end and until >= start)


class History:
    def __init__(self, events, launch, presses, admitted=None, units=None):
        self.events, self.launch, self.presses = events, launch, presses
        self.admitted, self.units = admitted and set(admitted), units and set(units)
        self.faults = []
        self.states = collections.defaultdict(lambda: Spans(""))  # unit → letter of its state
        self.letters = {}  # (unit, rev) → letter
        self.owned = collections.defaultdict(lambda: Spans(0))  # buyer → number of units by this session
        self.is_open = Spans(False)
        # What explains the other refusals: who is admitted and has checked in, what is offered, and how one chooses.
        self.is_admitted, self.is_in, self.is_offered = (collections.defaultdict(lambda: Spans(False)) for _ in range(3))
        self.has_turns, self.has_room = Spans(False), Spans(False)
        self.limit = END
        self.locks = []
        self.count = {}

    def check(self):
        self._fold()
        by_key = collections.defaultdict(list)
        for press in self.presses:
            by_key[press["who"], press["key"]].append(press)
        self._check_acknowledged()
        self._check_locks(by_key)
        self._check_keys(by_key)
        self._check_refusals()
        answers = collections.Counter(f"{p['answer']} {p['why']}".strip() for p in self.presses)
        self.count = {"events": len(self.events), "locks": len(self.locks), "presses": len(self.presses), "answers": dict(answers)}
        return self.faults

    def fault(self, kind, text):
        self.faults.append(Fault(kind, text))

    # --- the trail

    def _fold(self):
        plan = {}
        held = {}  # unit → lock event
        for expected, event in enumerate(self.events, self.events[0]["seq"] if self.events else 1):
            if event["seq"] != expected:
                self.fault("gap", f"the trail has {event['seq']} where {expected} should be")
                break
            if event.get("launch") == self.launch:
                self._fold_launch(event, plan)
            if "u" in event and "st" in event:
                self._fold_unit(event, held)
        if plan:
            self._open_until(plan)

    def _fold_launch(self, event, plan):
        at, kind = 1000 * int(event["at"]), event["type"]
        if kind == "launch_plan":
            self._open_until(plan, at)
            plan.update(opens=1000 * int(event["opens_ms"]), closes=1000 * int(event["closes_ms"]))
            self.limit = int(event["limit"])  # nobody changes it once the session has opened
            self.has_turns.add(at, event.get("mode", "all") != "all")
            self.has_room.add(at, int(event.get("active_max", 0)) > 0)
            if event.get("rules_sha") != plan.setdefault("rules", event.get("rules_sha")):
                plan["rules"] = event.get("rules_sha")
                for entered in self.is_in.values():
                    entered.add(at, False)  # other rules have to be accepted anew
        elif kind in ("launch_pause", "launch_close"):
            self._open_until(plan, at)
            plan["stopped"] = True
        elif kind in ("launch_resume", "launch_extend"):
            self._open_until(plan, at)
            plan.update(closes=1000 * int(event["closes_ms"]), stopped=plan.get("stopped", False) and kind == "launch_extend")
            if kind == "launch_resume":
                plan["opens"] = max(plan["opens"], at)

        elif kind == "launch_units":
            for unit in event["units"].split():
                self.is_offered[unit].add(at, event["offered"] == "yes")
        elif kind == "launch_admit":
            for row in event["list"].split():
                self.is_admitted[row.split("|")[0]].add(at, True)
        elif kind == "checkin":
            self.is_in[event["b"]].add(at, True)

    def _open_until(self, plan, at=END):
        """What the plan has meant until now: open between opening and closing, but no longer than until `at`."""
        if not plan or plan.get("stopped"):
            return
        start, end = max(plan["opens"], self.is_open.changes[-1][0]), min(plan["closes"], at)
        if start < end:
            self.is_open.add(start, True)
            self.is_open.add(end, False)

    def _fold_unit(self, event, held):
        unit, kind, at = event["u"], event["type"], 1000 * int(event["at"])
        self.states[unit].add(at, event["st"])
        self.letters[unit, int(event["rev"])] = event["st"]
        if kind == "lock":
            if unit in held:
                self.fault("two buyers", f"{unit} goes to {event['deal']} at seq {event['seq']}, and {held[unit]['deal']} has it")
            held[unit] = event
            if event.get("launch") == self.launch:
                self.locks.append(event)
                self.owned[event["b"]].add(at, self.owned[event["b"]].last() + 1)
        elif event["st"] == FREE or event["st"] == "w":
            was = held.pop(unit, None)
            if was and was.get("launch") == self.launch:
                self.owned[was["b"]].add(at, self.owned[was["b"]].last() - 1)

    # --- what was acknowledged is there

    def _check_acknowledged(self):
        by_deal = {event["deal"]: event for event in self.locks}
        for press in self.presses:
            if press["answer"] != "ok":
                continue
            lock = by_deal.get(press["deal"])
            if not lock or (lock["u"], lock["b"]) != (press["unit"], press["who"]):
                self.fault("lost", f"{press['who']} was told that {press['unit']} is his as {press['deal']}; the trail does not have it")
            elif press["got"] + press["uncertain"] < 1000 * int(lock["at"]):
                self.fault("told too early", f"{press['who']} was told ok for {press['unit']} before it was locked (seq {lock['seq']})")

    # --- what is there was asked for, allowed and acknowledged

    def _check_locks(self, by_key):
        wanted = collections.defaultdict(list)
        for attempts in by_key.values():
            wanted[attempts[0]["who"], attempts[0]["unit"]].append(attempts)
        for lock in self.locks:
            buyer, unit, at = lock["b"], lock["u"], 1000 * int(lock["at"])
            what = f"{unit} to {buyer} as {lock['deal']} (seq {lock['seq']})"
            # The event's time is cut to whole milliseconds.
            asked = [a for a in wanted[buyer, unit] if min(p["sent"] - p["uncertain"] for p in a) <= at + 1000]
            if not asked:
                self.fault("not asked for", what)
            elif not any(self._may_be(attempts, lock["deal"]) for attempts in asked):
                self.fault("not told", f"{what}: the buyer was refused")
            if not self.is_open.always(at, at, bool) and not self.is_open.always(at + 999, at + 999, bool):
                self.fault("not open", f"{what} at {lock['at']}")
            if self.admitted is not None and buyer not in self.admitted:
                self.fault("not admitted", what)
            if self.units is not None and unit not in self.units:
                self.fault("not offered", what)
        for buyer, owned in self.owned.items():
            for _, count in owned.changes[1:]:
                if count > self.limit:
                    self.fault("limit", f"{buyer} has {count} units")

    @staticmethod
    def _may_be(attempts, deal):
        """Was this the outcome of the key, or has it none that its buyer knows of?"""
        known = [p for p in attempts if p["answer"] not in OPEN_ANSWERS]
        if known:
            return any(p["answer"] == "ok" and p["deal"] == deal for p in known)
        return any(p["answer"] != "rate_limited" for p in attempts)

    def _check_keys(self, by_key):
        for (who, key), attempts in by_key.items():
            if len({p["unit"] for p in attempts}) > 1:
                self.fault("journal", f"{who} used the key {key} for two units")
            outcomes = {(p["answer"], p["deal"]) for p in attempts if p["answer"] not in OPEN_ANSWERS}
            if len(outcomes) > 1:
                self.fault("two outcomes", f"{who}, key {key}: {sorted(outcomes)}")

    # --- what was refused, was refused rightly

    def _check_refusals(self):
        for press in self.presses:
            if press["answer"] == "unit_taken":
                self._check_taken(press)
            elif press["answer"] == "limit_reached":
                if self._during(press, self.owned[press["who"]], lambda count: count < self.limit):
                    self.fault("limit", f"{press['who']} was refused as having enough, and has fewer")
            elif press["answer"] == "not_open" and press["why"] in ("before", "closed", "paused"):
                if self._during(press, self.is_open, bool):
                    self.fault("refused though open", f"{press['who']} was told {press['why']} for {press['unit']}")
            elif press["answer"] != "ok" and press["answer"] not in OPEN_ANSWERS and not self._is_explained(press):
                self.fault("refused for no reason", f"{press['who']} for {press['unit']}: {press['answer']} {press['why']}")

    def _check_taken(self, press):
        unit = press["unit"]
        # The revision of the unit that the refusal names tells without any clock.
        if press["rev"] and self.letters.get((unit, press["rev"])) == FREE:
            self.fault("refused while free", f"{press['who']} for {unit}: at revision {press['rev']} it was free")
        elif self._during(press, self.states[unit], lambda letter: letter == FREE):
            self.fault("refused while free", f"{press['who']} for {unit}: free from {press['sent']} to {press['got']}")

    def _is_explained(self, press):
        """Was it ever so, while the answer can have been decided, as the refusal says?"""
        buyer, unit = press["who"], press["unit"]
        reasons = {
            ("not_open", "turn"): (self.has_turns, bool),
            ("not_open", "standby"): (self.has_turns, bool),
            ("not_open", "waiting"): (self.has_room, bool),
            ("not_open", "no_session"): (self.is_offered[unit], lambda offered: not offered),
            ("not_open", "withheld"): (self.states[unit], lambda letter: letter == "w"),
            ("forbidden", "admitted"): (self.is_admitted[buyer], lambda admitted: not admitted),
            ("not_ready", "rules"): (self.is_in[buyer], lambda entered: not entered),
        }
        if (press["answer"], press["why"]) == ("forbidden", "qualification"):
            return True  # the trail says nothing of who the buyers are
        spans, is_so = reasons.get((press["answer"], press["why"]), (Spans(False), bool))
        closed = press["why"] == "no_session" and not self._during(press, self.is_open, bool)
        return closed or not self._during(press, spans, lambda value: not is_so(value))

    @staticmethod
    def _during(press, spans, is_so):
        """So during the whole time in which the answer can have been decided. Redis' moments are whole milliseconds."""
        return spans.always(press["sent"] - press["uncertain"] - 1000, press["got"] + press["uncertain"] + 1000, is_so)
