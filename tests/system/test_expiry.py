"""The clock: what is held comes back by itself, at most one second late, whoever is up."""

import time

import pytest

from listing import Refusal, eventually, new_key

HOLD = {"lock_hold_ms": 1500, "subscribe_hold_ms": 1500, "warn_ms": "1000"}


def expiry_of(office, unit):
    return [event for event in office.events() if event["type"] == "expire" and event["u"] == unit]


def test_a_hold_ends_by_itself_at_most_a_second_late(open_office):
    office = open_office(project=HOLD)
    desk, wall = office.screen("consultant1"), office.screen("display1")
    ok = desk.lock("1-101")
    assert ok["deadline"] - office.now_ms() <= 1500
    wall.see("1-101", "l")
    wall.see("1-101", "a", timeout=6)
    (event,) = expiry_of(office, "1-101")
    assert 0 <= int(event["at"]) - ok["deadline"] <= 1000
    assert office.unit("1-101")["status"] == "available"
    assert office.screen("consultant2").lock("1-101", "c1")["deal"] != ok["deal"]


def test_many_holds_due_at_once_all_end_in_time(open_office):
    office = open_office(project={**HOLD, "lock_hold_ms": 3000}, daemons=2)
    desk, wall = office.screen("consultant1"), office.screen("display1")
    units = [f"{building}-{floor}0{room}" for building in (1, 2) for floor in (1, 2, 3) for room in (1, 2, 3, 4)]
    deadlines = {unit: desk.lock(unit)["deadline"] for unit in units}
    wall.until(lambda: wall.st == "l" * 24, timeout=8)
    wall.until(lambda: wall.st == "a" * 24, timeout=8)
    for unit in units:
        (event,) = expiry_of(office, unit)
        assert 0 <= int(event["at"]) - deadlines[unit] <= 1000
    office.check_consistent()


def test_a_hold_that_was_due_while_every_daemon_was_down_ends_when_one_is_back(open_office):
    office = open_office(project=HOLD, daemons=2)
    deadline = office.screen("consultant1").lock("1-101")["deadline"]
    for daemon in office.daemons:
        daemon.kill()
    eventually(lambda: office.now_ms() > deadline + 200, every=0.1)
    assert office.unit("1-101")["status"] == "locked"
    office.daemon.start()
    eventually(lambda: office.unit("1-101")["status"] == "available", timeout=5)
    assert len(expiry_of(office, "1-101")) == 1


def test_a_hold_ends_in_time_when_one_of_two_daemons_is_killed(open_office):
    office = open_office(project=HOLD, daemons=2)
    deadline = office.screen("consultant1").lock("1-101")["deadline"]
    office.daemons[0].kill()
    eventually(lambda: office.unit("1-101")["status"] == "available", timeout=6)
    (event,) = expiry_of(office, "1-101")
    assert int(event["at"]) - deadline <= 1000


def test_a_lock_after_the_deadline_wins_even_before_anybody_has_swept(open_office):
    """Both daemons down: the function itself treats the hold as over, and the trail shows the expiry in front."""
    office = open_office(project=HOLD)
    deadline = office.screen("consultant1").lock("1-101")["deadline"]
    office.daemon.kill()
    eventually(lambda: office.now_ms() > deadline, every=0.05)
    ok = office.fcall_as("consultant2", "ld_lock", "1-101", "c1", "")
    assert ok["status"] == "locked"
    assert [event["type"] for event in office.events()[-2:]] == ["expire", "lock"]
    office.check_consistent()


def test_the_holder_is_warned_before_the_end_and_nobody_else(open_office):
    office = open_office(project={**HOLD, "lock_hold_ms": 3000, "warn_ms": "2000,1000"})
    desk, other, wall = office.screen("consultant1"), office.screen("consultant2"), office.screen("display1")
    ok = desk.lock("1-101")
    for left in (2000, 1000):
        notice = desk.push("notice", timeout=6)
        assert notice["unit"] == "1-101"
        assert notice["deadline"] == ok["deadline"]
        assert ok["deadline"] - left - 200 <= office.now_ms() <= ok["deadline"]
    desk.see("1-101", "a", timeout=6)
    for screen in (other, wall):
        screen.see("1-101", "a")
        assert not [push for push in screen.pushes if push["ev"] in ("notice", "deal")]


def test_a_released_hold_is_not_released_again_by_the_clock(open_office):
    office = open_office(project=HOLD)
    desk = office.screen("consultant1")
    deadline = desk.lock("1-101")["deadline"]
    desk.release("1-101")
    eventually(lambda: office.now_ms() > deadline + 500, every=0.1)
    assert expiry_of(office, "1-101") == []
    assert office.unit("1-101")["status"] == "available"


def test_locking_again_after_release_has_a_deadline_of_its_own(open_office):
    office = open_office(project=HOLD)
    desk = office.screen("consultant1")
    first = desk.lock("1-101")["deadline"]
    desk.release("1-101")
    time.sleep(0.7)
    second = desk.lock("1-101")["deadline"]
    assert second >= first + 600
    eventually(lambda: office.now_ms() > first + 300, every=0.05)
    assert office.unit("1-101")["status"] == "locked"
    eventually(lambda: office.unit("1-101")["status"] == "available", timeout=5)
    (event,) = expiry_of(office, "1-101")
    assert int(event["at"]) >= second


def test_nothing_expires_after_a_jump_of_the_clock_until_somebody_has_confirmed(open_office):
    office = open_office(project=HOLD)
    desk = office.screen("consultant1")
    # As a daemon that saw Redis' clock leap by two minutes within one second would report it.
    now = office.now_ms()
    office.fcall("ld_beat", "test", now, now - 120_000, 1000)
    deadline = desk.lock("1-101")["deadline"]
    eventually(lambda: office.now_ms() > deadline + 1500, timeout=8, every=0.1)
    assert office.unit("1-101")["status"] == "locked"
    with pytest.raises(Refusal):
        office.screen("consultant2").lock("1-101", "c1", new_key())
    office.fcall_as("manager1", "ld_clock_confirm", "时钟已核对")
    eventually(lambda: office.unit("1-101")["status"] == "available", timeout=5)


def test_the_deadline_is_by_the_clock_of_redis_and_the_same_for_all(open_office):
    office = open_office(project={"lock_hold_ms": 60_000}, daemons=2)
    ok = office.screen("consultant1").lock("1-101")
    for _ in range(4):
        screen = office.screen("clerk1")
        assert list(screen.deadlines.values()) == [ok["deadline"]]
    assert int(office.unit("1-101")["deadline"]) == ok["deadline"]
