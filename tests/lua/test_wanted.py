"""Refused locks and favourites: which units are wanted. Counters and lists, no events."""

import pytest
from library import P, Library, Refused
from test_lock import refused


@pytest.fixture
def many(server):
    made = Library(server, [f"U{n}" for n in range(1, 60)])
    yield made
    made.check()


def listed(lib, name, *args):
    """The pairs and the list of a reader's answer."""
    reply = lib.r.execute_command("FCALL_RO", name, 1, P, *args)
    at = reply.index("units")
    assert reply[0] == "ok"
    return dict(zip(reply[1 : at + 2 : 2], reply[2 : at + 2 : 2])), reply[at + 2 :]


def add(lib, number, lines, daemon="d1"):
    return lib.call("ld_demand_add", daemon, number, lines)


def demand(lib):
    pairs, flat = listed(lib, "ld_demand")
    rows = [tuple(flat[i : i + 4]) for i in range(0, len(flat), 4)]
    assert int(pairs["units"]) == len(rows)
    return [(unit, int(index), int(refusals), int(favourites)) for unit, index, refusals, favourites in rows]


def favourite(lib, unit="U1", on="yes", actor="ann", role="consultant", **more):
    return lib.do("ld_favourite", unit, on, actor=actor, role=role, **more)


def favourites(lib, account="ann"):
    return listed(lib, "ld_favourites", account)[1]


# --- refused locks


def test_refused_locks_add_up_in_the_order_of_the_catalogue(lib):
    assert listed(lib, "ld_demand") == ({"since": "0", "units": "0"}, [])
    began = lib.now
    assert add(lib, 1, "U3|2\nU1|1\n") == {"counted": "2"}
    lib.wait(5000)
    add(lib, 2, "U3|40\n")
    add(lib, 1, "U3|100\n", daemon="d2")
    assert demand(lib) == [("U1", 0, 1, 0), ("U3", 2, 142, 0)]
    assert listed(lib, "ld_demand")[0]["since"] == str(began)


def test_a_batch_that_comes_again_is_counted_once(lib):
    add(lib, 7, "U1|5\n")
    assert add(lib, 7, "U1|5\n") == {"counted": "0"}
    assert add(lib, 6, "U2|5\n") == {"counted": "0"}
    assert add(lib, 8, "U1|5\n") == {"counted": "1"}
    assert demand(lib) == [("U1", 0, 10, 0)]
    assert 0 < lib.r.pttl(f"{P}:demand:d1") <= 3_600_000


@pytest.mark.parametrize("lines", ["", "U1", "U1|", "U1|1", "|1\n", "U1|x\n", "U1|-1\n", "U1|1.5\n", "U1|1\nU2", "U1|1\n\n", "\nU1|1\n", "U1|1|2\n",
                                   "U1|" + "9" * 10 + "\n", "U1|1\n" * 50_000])  # fmt: skip
def test_lines_that_are_none_are_refused_whole(lib, lines):
    refused("bad_request", add, lib, 1, lines)


@pytest.mark.parametrize("lines", ["nowhere|1\n", "U1|1\nnowhere|1\n", "U1|1\n|since|4\n", "|since|4\n"])
def test_a_unit_that_is_none_is_refused_and_nothing_counted(lib, lines):
    with pytest.raises(Refused) as refusal:
        add(lib, 1, lines)
    assert refusal.value.code in ("no_such_unit", "bad_request")
    assert demand(lib) == []


@pytest.mark.parametrize("args", [("", 1), ("a b", 1), ("d1", ""), ("d1", "x"), ("d1", "-1")])
def test_a_batch_without_a_daemon_or_number_is_refused(lib, args):
    refused("bad_request", lib.call, "ld_demand_add", *args, "U1|1\n")


def test_counting_writes_no_event_and_needs_no_thawed_project(lib):
    events = lib.events()
    lib.call("ld_freeze", "selfcheck", "differs")
    add(lib, 1, "U1|3\n")
    assert demand(lib) == [("U1", 0, 3, 0)]
    assert len(lib.events()) == len(events) + 1, "the freeze only"


# --- favourites


def test_favourites_are_kept_in_the_order_in_which_they_were_chosen_and_counted(lib):
    for unit in ("U5", "U2", "U6"):
        favourite(lib, unit)
        lib.wait(1)
    assert favourite(lib, "U2", actor="b1", role="buyer") == {"unit": "U2", "count": "1"}
    assert favourites(lib) == ["U5", "U2", "U6"] and favourites(lib, "b1") == ["U2"] and favourites(lib, "nobody") == []
    assert demand(lib) == [("U2", 1, 0, 2), ("U5", 4, 0, 1), ("U6", 5, 0, 1)]
    assert favourite(lib, "U2", "no") == {"unit": "U2", "count": "2"}
    favourite(lib, "U5", "no")
    assert favourites(lib) == ["U6"]
    assert demand(lib) == [("U2", 1, 0, 1), ("U6", 5, 0, 1)]


def test_favourites_of_one_millisecond_keep_their_order_and_later_ones_come_behind(lib):
    for unit in ("U5", "U2", "U6", "U1"):
        favourite(lib, unit)
    lib.wait(1)
    favourite(lib, "U3")
    assert favourites(lib) == ["U5", "U2", "U6", "U1", "U3"]


def test_what_is_a_favourite_already_stays_one_and_counts_once(lib):
    for _ in range(3):
        assert favourite(lib)["count"] == "1"
    assert demand(lib) == [("U1", 0, 0, 1)]
    for _ in range(3):
        assert favourite(lib, on="no")["count"] == "0"
    assert demand(lib) == [] and favourites(lib) == []
    assert not lib.r.exists(f"{P}:favourites", f"{P}:favourites:ann"), "nothing empty is kept"


def test_fifty_are_the_limit_of_each(many):
    for n in range(1, 51):
        favourite(many, f"U{n}")
    refused("limit_reached", favourite, many, "U51")
    assert favourite(many, "U50")["count"] == "50", "what is one already is no fifty-first"
    assert favourite(many, "U51", actor="bob")["count"] == "1"
    favourite(many, "U7", "no")
    assert favourite(many, "U51")["count"] == "50"
    assert len(favourites(many)) == 50 and dict((u, f) for u, _, _, f in demand(many))["U51"] == 2


@pytest.mark.parametrize("unit", ["", "nowhere", "U1|", "|since", "u1", "房" * 200])
@pytest.mark.parametrize("on", ["yes", "no"])
def test_a_unit_that_is_none_is_no_favourite(lib, unit, on):
    refused("no_such_unit", favourite, lib, unit, on)


@pytest.mark.parametrize("on", ["", "true", "YES", "1", "nope"])
def test_on_is_yes_or_no(lib, on):
    assert refused("bad_request", favourite, lib, on=on)["field"] == "on"


def test_favourites_write_no_event_and_touch_no_unit(lib):
    before, events = lib.unit("U1"), lib.events()
    favourite(lib)
    assert (lib.unit("U1"), lib.events()) == (before, events)


def test_both_are_read_where_nothing_may_be_written_and_a_missing_project_is_told(lib):
    lib.r.delete(f"{P}:meta")
    for name in ("ld_demand", "ld_favourites"):
        refused("no_such_project", lib.call, name, read_only=True)
    refused("no_such_project", add, lib, 1, "U1|1\n")
    lib.check = lambda: None
