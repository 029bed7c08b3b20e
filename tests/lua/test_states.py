"""The states that a unit reaches later in its life, as the functions that exist already treat them. No function leads there
yet, so the tests put a locked unit into them by hand."""

import pytest
from library import P
from test_lock import refused

DAY = 86_400_000
TAKEN = ["subscribed", "contracted", "settled"]


@pytest.fixture
def later(lib):
    """later(unit, status): a unit of ann's in that state; contracted and settled have no clock. Returns its revision."""

    def put(unit, status):
        lib.lock(unit)
        deadline = lib.unit(unit)["deadline"]
        if status != "subscribed":
            deadline = "0"
            lib.r.zrem(f"{P}:due", unit)
        u = lib.unit(unit)
        lib.r.hset(f"{P}:units", unit, "|".join([status, u["rev"], u["deal"], deadline, u["holder"], u["index"]]))
        return u["rev"]

    lib.check = lambda: None  # the trail cannot know what was put there by hand
    return put


@pytest.mark.parametrize("status", TAKEN)
def test_a_taken_unit_is_taken_for_its_holder_too(lib, later, status):
    rev = later("U1", status)
    assert refused("unit_taken", lib.lock) == {"rev": rev}
    assert refused("unit_taken", lib.lock, buyer="c1", actor="bob") == {"rev": rev}


@pytest.mark.parametrize("status", TAKEN)
def test_a_taken_unit_cannot_be_withheld_or_offered(lib, later, status):
    rev = later("U1", status)
    assert refused("not_available", lib.withhold) == {"status": status, "rev": rev}
    assert refused("not_available", lib.offer) == {"status": status, "rev": rev}


def test_a_subscribed_unit_is_released_like_a_locked_one(lib, later):
    later("U1", "subscribed")
    refused("not_holder", lib.release, actor="bob")
    assert refused("bad_request", lib.release, actor="max", role="clerk")["field"] == "reason"
    assert lib.release(actor="max", role="clerk", reason="x", to="withheld")["status"] == "withheld"


@pytest.mark.parametrize("status", ["contracted", "settled"])
def test_what_is_signed_is_not_released(lib, later, status):
    later("U1", status)
    assert refused("not_available", lib.release)["status"] == status
    refused("not_available", lib.release, actor="max", role="manager", reason="x")


@pytest.mark.parametrize("status", ["contracted", "settled"])
def test_what_is_signed_has_no_clock(lib, later, status):
    later("U1", status)
    lib.wait(30 * DAY)
    assert lib.sweep()["released"] == "0"
    refused("unit_taken", lib.lock, buyer="c1", actor="bob")


def test_a_subscription_that_is_due_is_swept(lib, later):
    later("U1", "subscribed")
    lib.wait(DAY)
    assert lib.sweep()["released"] == "1"
    assert (lib.unit("U1")["status"], lib.deal("d1")["status"]) == ("available", "expired")


def test_a_subscription_that_is_due_counts_as_free(lib, later):
    later("U1", "subscribed")
    lib.wait(DAY)
    assert lib.lock(buyer="c1", actor="bob")["deal"] == "d2"
    assert [e["t"] for e in lib.events()[-2:]] == ["expire", "lock"]


@pytest.mark.parametrize("status", TAKEN)
def test_an_import_leaves_the_state_alone(lib, later, status):
    rev = later("U1", status)
    lib.do("ld_import", "", "U1", '{"id":"U1","list_price_fen":77}', "withheld")
    assert (lib.unit("U1")["status"], lib.unit("U1")["rev"], lib.unit("U1")["holder"]) == (status, str(int(rev) + 1), "ann")
