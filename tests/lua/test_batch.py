"""Many units in one step: all or none."""

import pytest
from library import Library
from test_lock import refused


def withhold(lib, units, reason="留", **more):
    return lib.do("ld_withhold_many", units, reason, **more)


def offer(lib, units, **more):
    return lib.do("ld_offer_many", units, **more)


def test_many_units_change_in_one_step_each_with_an_event_of_its_own(lib):
    before = len(lib.events())
    assert withhold(lib, "U1 U3 U5") == {"count": "3", "seq": str(before + 3)}
    assert [lib.unit(u)["status"] for u in lib.UNITS[:5]] == ["withheld", "available", "withheld", "available", "withheld"]
    assert [(e["t"], e["u"], e["why"]) for e in lib.events()[before:]] == [("withhold", u, "留") for u in ("U1", "U3", "U5")]
    offer(lib, "U5 U1")
    assert [lib.unit(u)["status"] for u in lib.UNITS[:5]] == ["available", "available", "withheld", "available", "available"]
    lib.check()


def test_one_unit_that_cannot_keeps_all_as_they_are_and_every_such_is_named(lib):
    lib.lock("U2")
    lib.withhold("U4")
    assert refused("not_available", withhold, lib, "U1 U2 U3 U4") == {"units": "U2 U4"}
    assert refused("not_available", offer, lib, "U4 U1") == {"units": "U1"}
    assert refused("no_such_unit", withhold, lib, "U1 nowhere") == {"unit": "nowhere"}


@pytest.mark.parametrize("units", ["", " ", "U1 U1", "U1 U2 U1"])
def test_a_list_names_units_and_each_once(lib, units):
    assert refused("bad_request", withhold, lib, units)["field"] == "units"
    assert refused("bad_request", offer, lib, units)["field"] == "units"


@pytest.mark.parametrize("reason", ["", "x" * 121, "13800138000"])
def test_withholding_many_needs_a_reason_that_may_be_kept(lib, reason):
    assert refused("bad_request", withhold, lib, "U1", reason)["field"] == "reason"


def test_a_hold_that_ran_out_gives_way_to_withholding(lib):
    lib.lock("U1")
    lib.wait(86_400_000)
    withhold(lib, "U1 U2")
    assert [e["t"] for e in lib.events()[-3:]] == ["expire", "withhold", "withhold"]
    lib.check()


def test_five_hundred_units_go_in_one_step_and_one_more_does_not(server):
    units = [f"N{n}" for n in range(501)]
    lib = Library(server, units=units)
    assert refused("bad_request", withhold, lib, " ".join(units))["field"] == "units"
    assert withhold(lib, " ".join(units[:500]))["count"] == "500"
    assert lib.unit("N499")["status"] == "withheld" and lib.unit("N500")["status"] == "available"
