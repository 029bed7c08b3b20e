"""A screen that does not read: nobody waits for it, nothing grows with it, and it gets the newest state at the end."""

import time

from listing import PROJECT, catalog, new_key

UNITS = 2400


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
        # Boards that it asks for and does not read: its line is full from here on.
        for _ in range(30):
            screen.send("board.watch", {"project": PROJECT})
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


def test_a_screen_behind_a_full_line_costs_constant_memory_however_much_changes(open_office):
    office = open_office(units=UNITS)
    slow = [office.screen("display1", receive_buffer=2048) for _ in range(50)]
    desk = office.screen("consultant1", watch=None)
    for screen in slow:
        for _ in range(20):
            screen.send("board.watch", {"project": PROJECT})
    churn(office, desk, 2)
    before = office.daemon.memory_kb()
    churn(office, desk, 5)
    assert office.daemon.memory_kb() - before < 8_000
    assert desk.command("ping", {}) is not None
