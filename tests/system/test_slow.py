"""A screen that does not read: nobody waits for it, nothing grows with it, and it gets the newest state at the end."""

import time

from listing import PROJECT, catalog, eventually, new_key

UNITS = 2400


def fill(office, screen):
    """Boards that it asks for and does not read, until its line takes no more."""
    before = office.daemon.metric("sessions_lagging_total")

    def is_full():
        for _ in range(10):
            screen.send("board.watch", {"project": PROJECT})
        time.sleep(0.02)
        return office.daemon.metric("sessions_lagging_total") > before

    eventually(is_full)


def churn(office, desk, rounds):
    """Locks and releases a hundred units so often."""
    units = [unit["id"] for unit in catalog(100)]
    for _ in range(rounds):
        numbers = [desk.send("unit.lock", {"project": PROJECT, "unit": unit, "buyer": "b1"}, new_key()) for unit in units]
        for number in numbers:
            desk.reply(number, timeout=60)
        numbers = [desk.send("unit.release", {"project": PROJECT, "unit": unit, "reason": "x"}, new_key()) for unit in units]
        for number in numbers:
            desk.reply(number, timeout=60)


def test_a_slow_screen_delays_nobody_and_catches_up_with_the_newest_state(open_office):
    # Many units, so that its boards are large enough to fill what the kernel keeps for it.
    office = open_office(units=UNITS)
    slow = [office.screen("display1", receive_buffer=2048) for _ in range(20)]
    quick, desk = office.screen("display1"), office.screen("consultant1", watch=None)
    memory = office.daemon.memory_kb()
    for screen in slow:
        fill(office, screen)
    churn(office, desk, 3)
    started = time.monotonic()
    desk.lock("1-101")
    quick.see("1-101", "l")
    assert time.monotonic() - started < 2
    assert office.daemon.memory_kb() - memory < 40_000
    newest = len(office.events())
    for screen in slow:
        screen.until(lambda s=screen: s.seq == newest, timeout=30)
        assert screen.st == quick.st


def test_what_waits_for_a_slow_screen_is_little_and_new(open_office):
    """Megabytes of old boards in the kernel would be minutes of the past on a slow line."""
    office = open_office(units=UNITS)
    slow, desk = office.screen("display1", receive_buffer=2048), office.screen("consultant1", watch=None)
    for _ in range(500):
        slow.send("board.watch", {"project": PROJECT})  # 1.2 MB of boards
    desk.lock("1-101")
    newest, boards = len(office.events()), len(slow.pushes)
    slow.until(lambda: slow.seq == newest, timeout=30)
    assert len(slow.pushes) - boards < 200


def test_who_holds_many_deals_is_told_of_each_over_a_slow_line(open_office):
    """Coming back with hundreds of deals is no reason to be sent away as too slow."""
    office = open_office(units=UNITS)
    desk = office.screen("consultant1", receive_buffer=2048)
    fill(office, desk)
    units = [unit["id"] for unit in catalog(200)]
    for unit in units:
        office.fcall_as("consultant1", "ld_lock", unit, "b1", "")
    eventually(lambda: office.get("board").json["seq"] == len(office.events()))
    desk.until(lambda: {push["deal"]["unit"] for push in desk.pushes if push["ev"] == "deal"} == set(units), timeout=30)
    assert office.daemon.metric("slow_closed_total") == 0


def test_a_screen_behind_a_full_line_costs_constant_memory_however_much_changes(open_office):
    office = open_office(units=UNITS)
    slow = [office.screen("display1", receive_buffer=2048) for _ in range(50)]
    desk = office.screen("consultant1", watch=None)
    for screen in slow:
        fill(office, screen)
    churn(office, desk, 2)
    before = office.daemon.memory_kb()
    churn(office, desk, 5)
    assert office.daemon.memory_kb() - before < 8_000
    assert desk.command("ping", {}) is not None
