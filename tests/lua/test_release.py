"""Release, withhold, offer: where a unit goes and who may send it there."""

import pytest
from test_lock import refused


def test_the_holder_releases_without_a_reason(lib):
    lib.lock()
    ok = lib.release()
    assert (ok["status"], ok["rev"]) == ("available", "3") and "deal" not in ok
    assert lib.unit("U1") == {"status": "available", "rev": "3", "deal": "", "deadline": "0", "holder": "", "index": "0"}
    assert (lib.deal("d1")["status"], lib.deal("d1")["ended_by"]) == ("released", "ann")
    event = lib.events()[-1]
    assert (event["t"], event["deal"], event["hold"]) == ("release", "d1", "ann"), "whose deal ended can be told from the event"


def test_somebody_elses_lock_is_not_a_consultants_to_release(lib):
    lib.lock()
    refused("not_holder", lib.release, actor="bob", reason="x")


@pytest.mark.parametrize("role", ["clerk", "manager"])
def test_the_office_releases_with_a_reason(lib, role):
    lib.lock()
    assert refused("bad_request", lib.release, actor="max", role=role)["field"] == "reason"
    lib.release(actor="max", role=role, reason="资料不全")
    assert lib.events()[-1]["why"] == "资料不全"


@pytest.mark.parametrize("role", ["display", "finance", "relations", "nobody", ""])
def test_nobody_else_releases_anything(lib, role):
    lib.lock()
    refused("forbidden", lib.release, role=role, reason="x")
    refused("forbidden", lib.release, actor="max", role=role, reason="x")


def test_the_deal_that_ended_keeps_who_and_why(lib):
    lib.lock()
    lib.release(actor="max", role="manager", reason='说 "不" / \\')
    deal = lib.deal("d1")
    assert (deal["status"], deal["ended_by"], deal["end_reason"], deal["ended_ms"]) == ("released", "max", '说 "不" / \\', lib.now)


def test_the_office_may_release_into_withheld_and_a_consultant_may_not(lib):
    lib.lock()
    refused("forbidden", lib.release, to="withheld")
    assert lib.release(actor="max", role="clerk", reason="留", to="withheld")["status"] == "withheld"


def test_what_is_not_held_cannot_be_released(lib):
    assert refused("not_available", lib.release)["status"] == "available"


def test_what_is_overdue_is_not_held_any_more(lib):
    lib.lock()
    lib.wait(86_400_000)
    refused("not_available", lib.release)


def test_a_withheld_unit_goes_only_where_it_is_said_to_go(lib):
    lib.withhold()
    assert refused("bad_request", lib.release, actor="max", role="clerk", reason="x")["field"] == "to"
    refused("not_available", lib.release, actor="max", role="clerk", reason="x", to="withheld")
    refused("forbidden", lib.release, to="available")
    assert lib.release(actor="max", role="clerk", to="available")["status"] == "available"


def test_a_destination_that_does_not_exist_is_refused(lib):
    lib.lock()
    assert refused("bad_request", lib.release, to="settled")["field"] == "to"


@pytest.mark.parametrize("reason", ["x" * 121, "line\nbreak"])
def test_a_reason_is_one_line_of_bearable_length(lib, reason):
    lib.lock()
    assert refused("bad_request", lib.release, reason=reason)["field"] == "reason"


def test_withhold_takes_an_available_unit_and_offer_gives_it_back(lib):
    assert lib.withhold()["status"] == "withheld"
    refused("not_available", lib.withhold)
    assert lib.offer()["status"] == "available"
    refused("not_available", lib.offer)
    assert refused("bad_request", lib.withhold, reason="")["field"] == "reason"


def test_a_held_unit_cannot_be_withheld_until_its_time_is_out(lib):
    lib.lock()
    refused("not_available", lib.withhold)
    lib.wait(86_400_000)
    assert lib.withhold()["status"] == "withheld"
    assert [e["t"] for e in lib.events()[-2:]] == ["expire", "withhold"]


@pytest.mark.parametrize("rev", ["1", "9"])
@pytest.mark.parametrize("name, args", [("ld_release", ["r", ""]), ("ld_withhold", ["r"]), ("ld_offer", [])])
def test_a_revision_older_or_newer_stops_every_verb(lib, name, args, rev):
    lib.withhold()
    if name != "ld_offer":
        lib.offer()
    assert refused("stale_rev", lib.do, name, "U1", *args, rev)["rev"] == lib.unit("U1")["rev"]
    assert refused("bad_request", lib.do, name, "U1", *args, "x")["field"] == "rev"
