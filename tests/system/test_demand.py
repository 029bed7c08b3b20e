"""Which units are wanted: locks that were refused because somebody else was faster, and favourites."""

import signal
import time

import pytest

from listing import PROJECT, Refusal, eventually
from test_deal import do, refused, verify
from test_interfaces import promised, valid


def demand(office, account="manager1"):
    answer = office.get("demand", account)
    assert answer.status == 200, answer.body
    valid(answer.json, promised("/api/v1/projects/{p}/demand"))
    return answer.json


def refusals(office):
    return {row["unit"]: row["refused"] for row in demand(office)["units"] if row["refused"]}


def favourites(office, account="consultant1"):
    answer = office.get("favourites", account)
    assert answer.status == 200, answer.body
    valid(answer.json, promised("/api/v1/projects/{p}/favourites"))
    return answer.json["units"]


def choose(office, unit, on=True, account="consultant1"):
    return do(office, account, "favourite.set", unit=unit, on=on)


def press(screen, unit, buyer, times):
    """That many refused locks of a taken unit."""
    numbers = [screen.send("unit.lock", {"project": PROJECT, "unit": unit, "buyer": buyer}, f"{unit}-{buyer}-{n}-{id(screen)}") for n in range(times)]
    for number in numbers:
        with pytest.raises(Refusal) as refusal:
            screen.reply(number)
        assert refusal.value.code == "unit_taken"


# --- refused locks


def test_refused_locks_of_real_sessions_are_counted_exactly(office):
    assert demand(office) == {"units": [], "by_type": [], "since": 0}
    began = office.now_ms()
    holder, other, manager = (office.screen(account) for account in ("consultant1", "consultant2", "manager1"))
    for unit in ("1-101", "1-102", "2-103"):
        holder.lock(unit)
    press(other, "1-101", "c1", 120)
    press(manager, "1-101", "b2", 30)
    press(other, "2-103", "c1", 7)
    assert office.post_command("unit.lock", {"unit": "2-103", "buyer": "c2"}, "consultant2").status == 409
    events = office.events()
    expected = {"1-101": 150, "2-103": 8}
    eventually(lambda: refusals(office) == expected)
    time.sleep(2.5)  # one more flush would have come
    found = demand(office, "consultant1")
    assert refusals(office) == expected, "nothing is counted twice"
    assert [row["unit"] for row in found["units"]] == ["1-101", "2-103"], "in the order of the catalogue"
    assert found["by_type"] == [{"type": "三房两厅", "refused": 158, "favourites": 0}]
    assert began <= found["since"] <= office.now_ms()
    assert office.events() == events, "counters are no events"
    assert "0 differences" in verify(office)


def test_what_nobody_else_was_faster_in_is_not_counted(open_office):
    office = open_office(project={}, units=4)
    desk = office.screen("consultant1")
    do(office, "clerk1", "unit.withhold", unit="1-104", reason="x")
    desk.lock("1-101")
    desk.lock("1-101")
    for unit, buyer, code in (("1-104", "b1", "not_open"), ("9-999", "b1", "no_such_unit"), ("1-102", "c1", "forbidden"), ("1-102", "nobody", "no_such_buyer")):
        refused(office, code, "consultant1", "unit.lock", unit=unit, buyer=buyer)
    for account in ("display1", "buyer1", "clerk1", "finance1"):
        refused(office, "forbidden", account, "unit.lock", unit="1-101", buyer="b1")
    refused(office, "not_available", "clerk1", "unit.withhold", unit="1-101", reason="x")
    press(office.screen("consultant2"), "1-101", "c1", 1)
    eventually(lambda: refusals(office) == {"1-101": 1})


def test_the_counts_of_several_daemons_and_of_a_later_one_add_up(open_office):
    office = open_office(daemons=2)
    office.screen("consultant1").lock("1-101")
    screens = [office.screen("consultant2") for _ in range(12)]
    for screen in screens:
        press(screen, "1-101", "c1", 5)
    eventually(lambda: refusals(office) == {"1-101": 60})
    for daemon in office.daemons:
        daemon.stop()
    office.daemons[0].start()
    press(office.screen("consultant2"), "1-101", "c1", 5)
    eventually(lambda: refusals(office) == {"1-101": 65})


def test_a_redis_that_answers_late_neither_loses_nor_doubles_what_was_counted(open_office):
    office = open_office(redis_timeout_ms=300)
    office.screen("consultant1").lock("1-101")
    press(office.screen("consultant2"), "1-101", "c1", 40)
    office.redis.signal(signal.SIGSTOP)
    try:
        # The first attempt is sent, given up, and carried out all the same once Redis goes on.
        eventually(lambda: "not ready" in office.daemon.log(), timeout=20)
        time.sleep(2.5)
    finally:
        office.redis.signal(signal.SIGCONT)
    eventually(office.daemon.is_ready, timeout=20)
    eventually(lambda: refusals(office) == {"1-101": 40}, timeout=20)
    time.sleep(2.5)
    assert refusals(office) == {"1-101": 40}


def test_what_was_counted_survives_a_restart_of_redis(office):
    office.screen("consultant1").lock("1-101")
    press(office.screen("consultant2"), "1-101", "c1", 9)
    office.redis.kill()
    office.redis.start()
    eventually(office.daemon.is_ready, timeout=20)
    eventually(lambda: refusals(office) == {"1-101": 9}, timeout=20)


# --- favourites


def test_favourites_are_ones_own_and_counted_without_a_name(office):
    for unit in ("1-203", "1-101", "2-104"):
        assert choose(office, unit)["unit"] == unit
    choose(office, "1-101", account="consultant2")
    choose(office, "1-101", account="buyer1")
    assert favourites(office) == ["1-203", "1-101", "2-104"], "the first chosen first"
    assert favourites(office, "consultant2") == favourites(office, "buyer1") == ["1-101"]
    assert favourites(office, "manager1") == []
    found = demand(office, "clerk1")
    assert found["units"] == [
        {"unit": "1-101", "refused": 0, "favourites": 3},
        {"unit": "1-203", "refused": 0, "favourites": 1},
        {"unit": "2-104", "refused": 0, "favourites": 1},
    ]
    assert found["by_type"] == [{"type": "三房两厅", "refused": 0, "favourites": 4}, {"type": "两房一厅", "refused": 0, "favourites": 1}]
    assert "consultant" not in str(found)
    choose(office, "1-101", on=False)
    assert favourites(office) == ["1-203", "2-104"]
    assert demand(office)["units"][0] == {"unit": "1-101", "refused": 0, "favourites": 2}


def test_favourites_survive_a_restart_of_the_daemon_and_of_redis(office):
    choose(office, "1-203")
    choose(office, "1-101")
    events = office.events()
    office.daemon.stop()
    office.redis.kill()
    office.redis.start()
    office.daemon.start()
    assert favourites(office) == ["1-203", "1-101"]
    assert office.events() == events
    assert "0 differences" in verify(office)


def test_nobody_has_more_than_fifty(open_office):
    office = open_office(units=60)
    screen = office.screen("buyer1")
    units = [unit["id"] for unit in office.get("catalog", "buyer1").json["units"]]
    for at, unit in enumerate(units[:50], 1):
        assert screen.change("favourite.set", unit, on=True)["count"] == at
    with pytest.raises(Refusal) as refusal:
        screen.change("favourite.set", units[50], on=True)
    assert refusal.value.code == "limit_reached"
    assert favourites(office, "buyer1") == units[:50]
    screen.change("favourite.set", units[0], on=False)
    screen.change("favourite.set", units[50], on=True)
    assert favourites(office, "buyer1") == units[1:51]


def test_repeating_a_favourite_with_its_key_gives_the_first_answer(office):
    screen = office.screen("consultant1")
    first = screen.change("favourite.set", "1-101", key="k1", on=True)
    screen.change("favourite.set", "1-101", on=False)
    assert screen.change("favourite.set", "1-101", key="k1", on=True) == first
    assert favourites(office) == []


@pytest.mark.parametrize(
    ("args", "code"),
    [({"unit": "9-999", "on": True}, "no_such_unit"), ({"unit": "|since", "on": True}, "no_such_unit"), ({"unit": "", "on": True}, "bad_request"),
     ({"unit": "1-101"}, "bad_request"), ({"unit": "1-101", "on": "yes"}, "bad_request"), ({"unit": "1-101", "on": 1}, "bad_request"),
     ({"unit": "x" * 300, "on": True}, "bad_request"), ({"unit": ["1-101"], "on": True}, "bad_request"), ({"on": False}, "bad_request"),
     ({"unit": "1-101\n", "on": True}, "bad_request")],
)  # fmt: skip
def test_a_unit_that_is_none_is_no_favourite(office, args, code):
    refused(office, code, "consultant1", "favourite.set", **args)
    assert favourites(office) == [] and demand(office)["units"] == []


def test_who_may_not_have_favourites_or_see_demand_is_refused(office):
    for account in ("clerk1", "finance1", "relations1", "display1"):
        refused(office, "forbidden", account, "favourite.set", unit="1-101", on=True)
        office.get("favourites", account).problem(403, "forbidden")
    for account in ("finance1", "relations1", "display1", "buyer1"):
        office.get("demand", account).problem(403, "forbidden")
