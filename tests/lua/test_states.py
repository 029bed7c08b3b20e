"""The states that a unit reaches later in its life, as the functions about units treat them."""

import pytest
from test_lock import refused

DAY = 86_400_000
TAKEN = ["subscribed", "contracted", "settled"]


def later(lib, status):
    """U1 of ann's in that state; its revision."""
    lib.way_to(status)
    return lib.unit("U1")["rev"]


@pytest.mark.parametrize("status", TAKEN)
def test_a_taken_unit_is_taken_for_its_holder_too(lib, status):
    rev = later(lib, status)
    assert refused("unit_taken", lib.lock) == {"rev": rev}
    assert refused("unit_taken", lib.lock, buyer="c1", actor="bob") == {"rev": rev}


@pytest.mark.parametrize("status", TAKEN)
def test_a_taken_unit_cannot_be_withheld_or_offered(lib, status):
    rev = later(lib, status)
    assert refused("not_available", lib.withhold) == {"status": status, "rev": rev}
    assert refused("not_available", lib.offer) == {"status": status, "rev": rev}


def test_a_subscribed_unit_is_released_like_a_locked_one(lib):
    later(lib, "subscribed")
    refused("not_holder", lib.release, actor="bob")
    assert refused("bad_request", lib.release, actor="max", role="clerk")["field"] == "reason"
    assert lib.release(actor="max", role="clerk", reason="x", to="withheld")["status"] == "withheld"


@pytest.mark.parametrize("status", ["contracted", "settled"])
def test_what_is_signed_is_not_released(lib, status):
    later(lib, status)
    assert refused("not_available", lib.release)["status"] == status
    refused("not_available", lib.release, actor="max", role="manager", reason="x")


@pytest.mark.parametrize("status", ["contracted", "settled"])
def test_what_is_signed_has_no_clock(lib, status):
    later(lib, status)
    lib.wait(30 * DAY)
    assert lib.sweep()["released"] == "0"
    refused("unit_taken", lib.lock, buyer="c1", actor="bob")


def test_a_subscription_that_is_due_is_swept(lib):
    later(lib, "subscribed")
    lib.wait(DAY)
    assert lib.sweep()["released"] == "1"
    assert (lib.unit("U1")["status"], lib.deal("d1")["status"]) == ("available", "expired")


def test_a_subscription_that_is_due_counts_as_free(lib):
    later(lib, "subscribed")
    lib.wait(DAY)
    assert lib.lock(buyer="c1", actor="bob")["deal"] == "d2"
    assert [e["t"] for e in lib.events()[-2:]] == ["expire", "lock"]


@pytest.mark.parametrize("status", TAKEN)
def test_an_import_leaves_the_state_alone(lib, status):
    rev = later(lib, status)
    lib.do("ld_import", "", "U1", '{"id":"U1","list_price_fen":77}', "withheld")
    assert (lib.unit("U1")["status"], lib.unit("U1")["rev"], lib.unit("U1")["holder"]) == (status, str(int(rev) + 1), "ann")
