"""Things break in the middle of work: no acknowledged lock is lost, nothing is doubled, screens find back."""

import contextlib
import random
import signal
import threading
import time

import pytest
import redis

from listing import PROJECT, Refusal, Screen, catalog, eventually, new_key
from wsclient import Closed, Refused, Silence

UNITS = 240


class Desk(threading.Thread):
    """A consultant who locks and releases at random for ever, and writes down what was acknowledged.

    A request without an answer (the link dropped, or `unknown`, `unavailable`) is repeated with the same key until
    its outcome is known, as the contract tells clients to do."""

    def __init__(self, office, account, buyer, seed):
        super().__init__(daemon=True)
        self.office, self.account, self.buyer = office, account, buyer
        self.random = random.Random(seed)
        self.acknowledged = []  # (key, unit, verb, seq, rev)
        self.stopping = False
        self.problem = None

    def run(self):
        try:
            self.work()
        except Exception as problem:  # noqa: BLE001 - shown by the test
            self.problem = problem

    def work(self):
        screen = None
        units = [unit["id"] for unit in catalog(UNITS)]
        held = set()
        while not self.stopping:
            unit = self.random.choice(units)
            verb = "unit.release" if unit in held else "unit.lock"
            more = {"reason": "x"} if verb == "unit.release" else {"buyer": self.buyer}
            key = new_key()
            while True:
                try:
                    screen = screen or Screen(self.office.port, self.office.tokens[self.account])
                    ok = screen.command(verb, {"project": PROJECT, "unit": unit, **more}, key, timeout=10)
                    self.acknowledged.append((key, unit, verb, ok["seq"], ok["rev"]))
                    (held.add if verb == "unit.lock" else held.discard)(unit)
                    break
                except Refusal as refusal:
                    if refusal.code in ("unknown", "unavailable", "rate_limited"):
                        assert refusal.error["retryable"] is True
                        time.sleep(0.02)
                        continue
                    assert refusal.code == "unit_taken", refusal.error
                    break
                except (OSError, Closed, Refused, Silence):
                    if screen:
                        screen.sock.close()
                    screen = None
                    time.sleep(0.05)

    def finish(self):
        self.stopping = True
        self.join(60)
        assert not self.is_alive(), "a desk did not get an answer for a minute"
        if self.problem:
            raise self.problem


@pytest.fixture
def busy_office(open_office):
    """Two daemons and eight desks at work."""
    office = open_office(units=UNITS, daemons=2)
    desks = []
    for number in range(8):
        account, letter = ("consultant1", "b") if number % 2 else ("consultant2", "c")
        office.token(account)
        desks.append(Desk(office, account, f"{letter}{number + 1}", number))
        desks[-1].start()
    yield office, desks
    for desk in desks:
        desk.stopping = True


def progress(desks):
    return sum(len(desk.acknowledged) for desk in desks)


def work_on(desks, count=50):
    target = progress(desks) + count
    eventually(lambda: progress(desks) >= target or any(desk.problem for desk in desks), timeout=30)


def check_nothing_lost_nothing_doubled(office, desks):
    events = office.check_consistent()
    by_seq = {event["seq"]: event for event in events}
    seen = set()
    for desk in desks:
        for _, unit, verb, seq, rev in desk.acknowledged:
            event = by_seq[seq]
            assert (event["u"], event["type"], int(event["rev"])) == (unit, verb.split(".")[1], rev)
            assert event["by"] == desk.account
            assert seq not in seen, "two requests were acknowledged by one event"
            seen.add(seq)
    changes = [event for event in events if event["type"] in ("lock", "release")]
    assert len(changes) == len(seen), "an event that nobody asked for, or that was done twice"


def test_kill_9_of_the_daemons_loses_and_doubles_nothing(busy_office):
    office, desks = busy_office
    for turn in range(4):
        work_on(desks)
        victim = office.daemons[turn % 2]
        victim.kill()
        victim.start()
    for daemon in office.daemons:
        daemon.kill()
    time.sleep(0.3)
    for daemon in office.daemons:
        daemon.start()
    work_on(desks)
    for desk in desks:
        desk.finish()
    check_nothing_lost_nothing_doubled(office, desks)


def test_kill_9_of_redis_loses_and_doubles_nothing(busy_office):
    office, desks = busy_office
    for _ in range(3):
        work_on(desks)
        office.redis.kill()
        time.sleep(0.2)
        office.redis.start()
        for daemon in office.daemons:
            eventually(daemon.is_ready, timeout=20)
    work_on(desks)
    for desk in desks:
        desk.finish()
    check_nothing_lost_nothing_doubled(office, desks)


def test_both_killed_at_once_and_every_acknowledged_lock_is_there_again(open_office):
    office = open_office(units=UNITS)
    desk = office.screen("consultant1", watch=None)
    locked = {}
    for unit in [unit["id"] for unit in catalog(60)]:
        locked[unit] = desk.lock(unit)
    office.daemon.kill()
    office.redis.kill()
    office.redis.start()
    office.daemon.start()
    screen = office.screen("clerk1")
    assert screen.st == "l" * 60 + "a" * (UNITS - 60)
    for unit, ok in locked.items():
        found = office.unit(unit)
        assert (found["deal"], int(found["deadline"]), int(found["rev"])) == (ok["deal"], ok["deadline"], ok["rev"])
    office.check_consistent()


def test_screens_find_back_after_the_daemon_was_killed_and_are_equal_to_redis(open_office):
    office = open_office(daemons=2)
    office.screen("consultant1").lock("1-101")
    office.daemons[0].kill()
    office.daemons[1].kill()
    office.fcall_as("consultant1", "ld_lock", "1-102", "b1", "")
    office.daemons[0].start()
    assert office.screen("display1").st == "ll" + "a" * 22


def test_an_open_screen_follows_again_after_redis_came_back(office):
    wall, desk = office.screen("display1"), office.screen("consultant1")
    desk.lock("1-101")
    wall.see("1-101", "l")
    office.redis.kill()
    time.sleep(0.5)
    office.redis.start()
    eventually(office.daemon.is_ready, timeout=20)

    def locked():
        with contextlib.suppress(Refusal):
            return desk.lock("1-102")

    eventually(locked, timeout=10)
    wall.see("1-102", "l")
    assert wall.letter("1-101") == "l"


def test_a_stopped_redis_means_unknown_or_unavailable_and_not_ready_and_the_key_tells_later(open_office):
    office = open_office(redis_timeout_ms=1000)
    desk = office.screen("consultant1", watch=None)
    desk.command("ping", {})
    office.redis.signal(signal.SIGSTOP)
    try:
        key = new_key()
        with pytest.raises(Refusal) as refusal:
            desk.lock("1-101", "b1", key)
        assert refusal.value.code in ("unknown", "unavailable")
        assert refusal.value.error["retryable"] is True
        eventually(lambda: office.daemon.internal("/readyz")[0] == 503, timeout=15)
        assert office.daemon.internal("/healthz")[0] == 200
        with pytest.raises(Refusal) as refusal:
            desk.lock("1-102", "b1")
        assert refusal.value.code in ("unknown", "unavailable")
    finally:
        office.redis.signal(signal.SIGCONT)
    eventually(office.daemon.is_ready, timeout=20)
    ok = desk.lock("1-101", "b1", key)
    assert ok["status"] == "locked"
    assert len([event for event in office.events() if event["type"] == "lock" and event["u"] == "1-101"]) == 1
    office.check_consistent()


def test_a_request_that_redis_gets_to_see_long_after_is_not_executed_any_more(open_office):
    """Its client has been told `unknown` and may be gone; a lock that comes true minutes later helps nobody."""
    office = open_office(redis_timeout_ms=1000)
    desk = office.screen("consultant1", watch=None)
    events = len(office.events())
    office.redis.signal(signal.SIGSTOP)
    try:
        with pytest.raises(Refusal) as refusal:
            desk.lock("1-101", "b1")
        assert refusal.value.code in ("unknown", "unavailable")
        time.sleep(1.5)
    finally:
        office.redis.signal(signal.SIGCONT)
    eventually(office.daemon.is_ready, timeout=20)
    time.sleep(0.5)
    assert office.unit("1-101")["status"] == "available"
    assert len([event for event in office.events()[events:] if event["type"] == "lock"]) == 0


def test_while_redis_is_away_a_board_gets_no_beat_that_would_make_old_data_look_new(open_office):
    office = open_office(redis_timeout_ms=1000, heartbeat_s=1)
    wall = office.screen("display1")
    wall.push("beat", timeout=6)
    office.redis.signal(signal.SIGSTOP)
    try:
        wall.pump(3)
        wall.pushes.clear()
        wall.pump(3)
        assert [push for push in wall.pushes if push["ev"] == "beat"] == []
    finally:
        office.redis.signal(signal.SIGCONT)
    wall.pushes.clear()
    wall.until(lambda: any(push["ev"] in ("beat", "board", "units") for push in wall.pushes), timeout=20)


def test_a_planned_stop_says_goaway_first_and_closes_with_4001(office):
    screen = office.screen("display1")
    office.daemon.process.send_signal(signal.SIGTERM)
    goaway = screen.push("goaway", timeout=5)
    assert goaway["retry_ms"] >= 0
    assert screen.close_code() in (4001, 1001)
    assert office.daemon.process.wait(10) == 0


def test_a_board_of_another_life_of_redis_begins_anew(office):
    """The database is replaced by an older copy: clients must not trust their numbers any more."""
    desk, wall = office.screen("consultant1"), office.screen("display1")
    raw = redis.Redis(unix_socket_path=office.redis.path)
    saved = {name: raw.dump(name) for name in raw.keys("*")}
    desk.lock("1-101")
    desk.lock("1-102")
    wall.see("1-102", "l")
    pipe = raw.pipeline(transaction=True)
    pipe.flushall()
    for name, dump in saved.items():
        pipe.restore(name, 0, dump)
    pipe.execute()
    wall.pushes.clear()
    wall.until(lambda: wall.st == "a" * 24, timeout=15)
    assert any(push["ev"] == "board" for push in wall.pushes)
