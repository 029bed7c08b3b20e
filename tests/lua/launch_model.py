"""A small model of one launch session: what each call answers, and what there is afterwards. It knows nothing of Redis.

A call that is refused raises No and changes nothing. The clock of the session is the time since its opening without the
pauses, which are kept as they were: from when to when."""

import hashlib
from dataclasses import dataclass

DOUBT, GONE, SILENCE = 60_000, 60_000, 20_000


class No(Exception):
    def __init__(self, code, why="", opens_at=None):
        super().__init__(code, why, opens_at)
        self.code, self.why, self.opens_at = code, why, opens_at


def need(fine, code, why="", opens_at=None):
    if not fine:
        raise No(code, why, opens_at)


@dataclass
class Unit:
    status: str = "available"
    rev: int = 1
    deal: str = ""
    deadline: int = 0


@dataclass
class Deal:
    unit: str
    buyer: str
    by: str
    began: int
    status: str = "locked"
    application: str = ""
    of_session: bool = False


@dataclass
class Rules:
    mode: str
    seed: str
    opens: int
    length: int
    hold: int
    limit: int
    window_size: int
    window: int
    groups: dict
    active_max: int


class Model:
    def __init__(self, units, owner, now, rules, lock_hold, hold_max):
        self.units, self.owner, self.now, self.beat_ms = {u: Unit() for u in units}, dict(owner), now, now
        self.rules, self.lock_hold, self.hold_max = rules, lock_hold, hold_max
        self.deals, self.refused = {}, set()
        self.offered, self.draw, self.group, self.entered = set(), {}, {}, set()
        self.pauses, self.closed, self.drawn, self.standby = [], False, False, 0
        self.active, self.room, self.seen, self.arrivals, self.told = {}, {}, {}, 0, (0, 0)

    # --- the clocks

    def stood(self):
        """For how long the session has stood since its opening."""
        return sum(max(0, (self.now if to is None else to) - max(since, self.rules.opens)) for since, to in self.pauses)

    def paused(self):
        return bool(self.pauses) and self.pauses[-1][1] is None

    def elapsed(self):
        return self.now - self.rules.opens - self.stood()

    def phase(self):
        if self.closed or (not self.paused() and self.elapsed() >= self.rules.length):
            return "closed"
        return "paused" if self.paused() else "open" if self.elapsed() >= 0 else "planned"

    def has_opened(self):
        return (self.pauses[-1][0] if self.paused() else self.now) >= self.rules.opens

    def at(self, elapsed):
        """When a point of that clock comes, as far as one knows: nobody knows how long a pause will be."""
        lasting = max(0, self.now - max(self.pauses[-1][0], self.rules.opens)) if self.paused() else 0
        return self.rules.opens + self.stood() - lasting + elapsed

    def lapsed(self, u):
        return 0 < u.deadline <= self.now and abs(self.now - self.beat_ms) <= DOUBT

    # --- units and deals

    def free(self, u, status):
        self.deals[u.deal].status = status
        u.status, u.rev, u.deal, u.deadline = "available", u.rev + 1, "", 0

    def take(self, unit, buyer, by, hold, of_session):
        u = self.units[unit]
        if self.lapsed(u):
            self.free(u, "expired")
        deal = f"d{len(self.deals) + 1}"
        self.deals[deal] = Deal(unit, buyer, by, self.now, of_session=of_session)
        u.status, u.rev, u.deal, u.deadline = "locked", u.rev + 1, deal, self.now + hold

    def offers(self, unit):
        return unit in self.offered and self.phase() != "closed"

    def count(self, buyer):
        mine = [d for d in self.deals.values() if d.of_session and d.by == buyer and d.status in ("locked", "subscribed")]
        return sum(not self.lapsed(self.units[d.unit]) for d in mine)

    # --- whose turn it is

    def order(self):
        return sorted(self.draw, key=lambda buyer: (self.draw[buyer], buyer))

    def turn(self, buyer):
        """From when, until when, and from when on once more."""
        if self.rules.mode == "order":
            again = self.standby or -(-len(self.draw) // self.rules.window_size) * self.rules.window
            mine = min(self.order().index(buyer) // self.rules.window_size * self.rules.window, again)
            return mine, mine + self.rules.window, again
        if self.rules.mode == "groups":
            ends = 0
            for name, ms in self.rules.groups.items():
                if name == self.group.get(buyer):
                    return ends, ends + ms, sum(self.rules.groups.values())
                ends += ms
            return ends, ends, ends
        return 0, self.rules.length, 0

    def own_time(self, buyer):
        """The turn as the buyer reads it: a seat in the waiting room's hall is for a window only."""
        begins, ends, again = self.turn(buyer)
        since = self.active.get(buyer)
        return begins, ends if since is None else min(ends, since + self.rules.window), again

    def may_choose(self, buyer):
        need(buyer in self.draw, "forbidden", "admitted")
        need(buyer not in self.refused, "forbidden", "qualification")
        need(self.phase() != "planned", "not_open", "before", self.at(0))
        need(self.phase() == "open", "not_open", self.phase())
        since, to, again = self.turn(buyer)
        need(self.elapsed() >= since, "not_open", "turn", self.at(since))
        need(self.elapsed() < to or self.elapsed() >= again, "not_open", "standby", self.at(again))
        need(buyer in self.entered, "not_ready", "rules")
        need(self.count(buyer) < self.rules.limit, "limit_reached", "units")
        need(not self.rules.active_max or buyer in self.active, "not_open", "waiting")

    # --- what buyers do

    def press(self, buyer, unit):
        u = self.units[unit]
        if u.status == "locked" and not self.lapsed(u) and self.deals[u.deal].by == buyer:
            return
        need(self.offers(unit), "not_open", "no_session")
        self.may_choose(buyer)
        need(u.status != "withheld", "not_open", "withheld")
        need(u.status == "available" or self.lapsed(u), "unit_taken")
        self.take(unit, buyer, buyer, min(self.rules.hold, self.hold_max), True)

    def give_back(self, buyer, unit):
        u = self.units[unit]
        need(u.status != "withheld", "forbidden")
        need(u.status != "available" and not self.lapsed(u), "not_available")
        d = self.deals[u.deal]
        need(d.by == buyer, "not_holder")
        need(d.status == "locked" and d.application != "submitted", "not_ready", "application")
        self.free(u, "released")

    def prolong(self, u, d):
        if d.of_session and d.application == "":
            usual = min(self.now + self.lock_hold, d.began + self.hold_max)
            u.deadline, u.rev = max(u.deadline, usual), u.rev + 1
        d.application = "submitted"

    def complete(self, buyer, deal):
        d = self.deals.get(deal)
        need(d and d.of_session, "no_such_deal")
        need(d.by == buyer, "not_holder")
        need(d.status == "locked" and not self.lapsed(self.units[d.unit]), "not_available")
        self.prolong(self.units[d.unit], d)
        if self.count(buyer) >= self.rules.limit:
            self.leave(buyer)

    # --- the waiting room

    def leave(self, buyer):
        self.active.pop(buyer, None)
        self.room.pop(buyer, None)
        self.seen.pop(buyer, None)

    def join(self, buyer):
        if not self.rules.active_max or buyer in self.active or buyer in self.room or self.count(buyer) >= self.rules.limit:
            return
        if self.has_opened():
            self.queue(buyer)
        else:
            self.room[buyer] = int(hashlib.sha1(f"{self.rules.seed}|room|{buyer}".encode()).hexdigest()[:12], 16)

    def queue(self, buyer):
        self.arrivals += 1
        self.room[buyer] = 2**48 + self.arrivals

    def pass_on(self, told_for):
        """Who has sat for a window makes room for those who find no seat, the longest seated first."""
        wanted = len(self.room) - max(0, self.rules.active_max - len(self.active))
        if self.phase() != "open" or told_for < self.rules.window or wanted <= 0:
            return
        due = [buyer for buyer, since in self.active.items() if self.elapsed() - since >= self.rules.window]
        for buyer in sorted(due, key=lambda b: (self.active[b], b))[:wanted]:
            del self.active[buyer]
            if self.count(buyer) < self.rules.limit:
                self.queue(buyer)

    def let_in(self):
        came = []
        while self.rules.active_max and self.phase() == "open" and self.room and len(self.active) < self.rules.active_max:
            came.append(min(self.room, key=lambda buyer: (self.room[buyer], buyer)))
            self.active[came[-1]] = self.elapsed()
            del self.room[came[-1]]
        return came

    def enter(self, buyer):
        need(buyer in self.draw, "forbidden", "admitted")
        need(self.phase() != "closed", "not_open", "closed")
        self.entered.add(buyer)
        self.seen[buyer] = self.now
        self.join(buyer)
        self.let_in()

    def gone_before(self):
        if self.phase() == "closed":
            return self.now
        since, last = self.told
        self.told = (self.now if self.now - last > SILENCE else since, self.now)
        return self.now - GONE if self.told_for() >= GONE else 0

    def told_for(self):
        return self.now - self.told[0]

    def see(self, buyers):
        before = self.gone_before()
        gone = [buyer for buyer, at in self.seen.items() if at <= before]
        for buyer in buyers:
            if buyer in self.entered and self.phase() != "closed":
                self.seen[buyer] = self.now
                self.join(buyer)
        for buyer in gone:
            if self.seen[buyer] <= before:
                self.leave(buyer)
        if self.rules.active_max:
            self.pass_on(self.told_for())
        return self.let_in()

    def place(self, buyer):
        if buyer in self.active:
            return "active"
        if buyer not in self.room:
            return ""
        return str(sorted(self.room, key=lambda b: (self.room[b], b)).index(buyer)) if self.has_opened() else "waiting"

    # --- what the office does

    def office_lock(self, unit, buyer):
        u = self.units[unit]
        if u.status == "locked" and not self.lapsed(u) and (self.deals[u.deal].by, self.deals[u.deal].buyer) == ("max", buyer):
            return
        need(u.status != "withheld", "not_open")
        need(u.status == "available" or self.lapsed(u), "unit_taken")
        need(not self.offers(unit), "not_open", "session", self.at(0))
        self.take(unit, buyer, "max", self.lock_hold, False)

    def office_release(self, unit):
        u = self.units[unit]
        need(u.status != "withheld", "bad_request")
        need(u.status != "available" and not self.lapsed(u), "not_available")
        self.free(u, "released")

    def withhold(self, unit):
        u = self.units[unit]
        need(u.status == "available" or self.lapsed(u), "not_available")
        if self.lapsed(u):
            self.free(u, "expired")
        u.status, u.rev = "withheld", u.rev + 1

    def offer(self, unit):
        need(self.units[unit].status == "withheld", "not_available")
        self.units[unit].status, self.units[unit].rev = "available", self.units[unit].rev + 1

    def decide(self, deal, yes):
        """The clerk approves or rejects an application."""
        d = self.deals.get(deal)
        need(d, "no_such_deal")
        u = self.units[d.unit]
        need(d.status == "locked" and not self.lapsed(u), "not_available")
        need(d.application == "submitted", "not_ready", "application")
        need(not yes or d.buyer not in self.refused, "not_ready", "eligibility")
        d.application = "approved" if yes else "rejected"
        if yes:
            d.status = u.status = "subscribed"
            u.deadline, u.rev = min(self.now + self.lock_hold, d.began + self.hold_max), u.rev + 1

    def sweep(self):
        found = [u for u in self.units.values() if self.lapsed(u)]
        for u in found:
            self.free(u, "expired")
        return len(found)

    # --- the hand on the switch

    def pause(self):
        need(self.phase() in ("planned", "open"), "not_available")
        self.pauses.append((self.now, None))

    def resume(self):
        need(self.phase() == "paused", "not_available")
        self.pauses[-1] = (self.pauses[-1][0], self.now)

    def extend(self, by):
        need(self.phase() != "closed", "not_available")
        self.rules.length += by

    def close(self):
        need(self.phase() != "closed", "not_available")
        self.closed = True
        self.active, self.room, self.seen = {}, {}, {}

    def put_in(self, unit):
        need(self.phase() != "closed", "not_available")
        self.offered.add(unit)

    def take_out(self, unit):
        need(self.phase() == "planned" and unit in self.offered, "not_available")
        self.offered.discard(unit)

    def admit(self, buyer, group, draw):
        need(self.phase() != "closed", "not_available")
        if draw and (self.drawn or self.has_opened()):
            need(self.draw.get(buyer, draw) == draw and (buyer in self.draw or draw > max(self.draw.values(), default=0)), "not_available")
        windows = -(-len(self.draw) // self.rules.window_size) * self.rules.window
        if self.rules.mode == "order" and buyer not in self.draw and not self.standby and 0 < windows <= self.elapsed():
            self.standby = windows
        if draw or buyer not in self.draw:
            self.draw[buyer] = draw or max(self.draw.values(), default=0) + 1
        if group:
            self.group[buyer] = group

    def draw_lots(self):
        need(self.phase() == "planned" and not self.drawn, "not_available")
        hashes = {buyer: hashlib.sha1(f"{self.rules.seed}|order|{buyer}".encode()).hexdigest() for buyer in self.draw}
        self.draw, self.drawn = {buyer: n for n, buyer in enumerate(sorted(hashes, key=hashes.get), 1)}, True
