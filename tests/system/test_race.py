"""Exactly one winner, with real connections."""

import json

from listing import PROJECT, every_reply, new_key

CROWD = 500


def test_of_five_hundred_who_press_at_once_one_wins_and_all_others_are_told_taken(open_office):
    """Five hundred different buyers: no two requests are alike, so there is one `ok` and 499 `unit_taken`."""
    office = open_office(daemons=2)
    people = []
    for number in range(CROWD):
        people += [f"x{number}", json.dumps({"id": f"x{number}", "consultant": "consultant1"})]
    office.fcall_as("manager1", "ld_buyer_put", *people)
    screens = [office.screen("consultant1", watch=None) for _ in range(CROWD)]
    witness = office.screen("display1")
    for unit in ("1-101", "1-102", "1-103", "2-301"):
        numbers = []
        for at, screen in enumerate(screens):
            numbers.append(screen.send("unit.lock", {"project": PROJECT, "unit": unit, "buyer": f"x{at}"}, new_key()))
        codes = [code for code, _ in every_reply(screens, numbers)]
        assert codes.count("ok") == 1
        assert codes.count("unit_taken") == CROWD - 1
        witness.see(unit, "l")
    office.check_consistent()


def test_nobody_is_refused_while_the_unit_is_free(open_office):
    """As many units as requests, each for another unit: every one of them succeeds."""
    office = open_office()
    screens = [office.screen("consultant1", watch=None) for _ in range(24)]
    units = [f"{building}-{floor}0{room}" for building in (1, 2) for floor in (1, 2, 3) for room in (1, 2, 3, 4)]
    numbers = []
    for screen, unit in zip(screens, units):
        numbers.append(screen.send("unit.lock", {"project": PROJECT, "unit": unit, "buyer": "b1"}, new_key()))
    assert [code for code, _ in every_reply(screens, numbers)] == ["ok"] * 24


def test_lock_and_release_in_a_crowd_keep_the_trail_in_order(open_office):
    office = open_office()
    screens = [office.screen(name, watch=None) for name in ("consultant1", "consultant2") for _ in range(20)]
    for _ in range(5):
        numbers = []
        for at, screen in enumerate(screens):
            buyer = "b1" if at < 20 else "c1"
            numbers.append(screen.send("unit.lock", {"project": PROJECT, "unit": "1-101", "buyer": buyer}, new_key()))
        assert "ok" in {code for code, _ in every_reply(screens, numbers)}
        numbers = []
        for screen in screens:
            numbers.append(screen.send("unit.release", {"project": PROJECT, "unit": "1-101", "reason": "x"}, new_key()))
        released = [code for code, _ in every_reply(screens, numbers)]
        assert released.count("ok") == 1
        assert set(released) <= {"ok", "not_holder", "not_available"}
    office.check_consistent()


def test_one_key_pressed_on_many_connections_is_one_request(open_office):
    office = open_office(daemons=2)
    screens = [office.screen("consultant1", watch=None) for _ in range(50)]
    key = new_key()
    args = {"project": PROJECT, "unit": "1-101", "buyer": "b1"}
    outcomes = every_reply(screens, [screen.send("unit.lock", args, key) for screen in screens])
    assert [code for code, _ in outcomes] == ["ok"] * 50
    assert len({str(ok) for _, ok in outcomes}) == 1
