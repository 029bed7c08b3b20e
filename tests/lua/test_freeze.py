"""A project whose data contradict each other takes nothing until somebody has looked. That no writer gets through, and each
does afterwards, is in test_steps.py."""

from test_deal_requests import DAY, NUMBER, TOO_LONG
from test_lock import refused


def test_a_project_is_frozen_once_with_a_reason_and_thawed_by_a_manager_with_a_reason(lib):
    for why in ("", TOO_LONG, NUMBER):
        assert refused("bad_request", lib.freeze, why) == {"field": "why"}
    assert refused("bad_request", lib.call, "ld_freeze", "a b", "r") == {"field": "actor"}
    assert refused("not_available", lib.thaw)["why"] == "the project is not frozen"
    lib.freeze("seq differs")
    assert refused("frozen", lib.freeze, "again") == {"why": "seq differs"}
    assert (lib.events()[-1]["t"], lib.events()[-1]["role"]) == ("freeze", "system")
    for reason in ("", TOO_LONG, NUMBER):
        assert refused("bad_request", lib.thaw, reason) == {"field": "reason"}
    refused("forbidden", lib.thaw, actor="cleo", role="clerk")
    lib.thaw()
    assert (lib.events()[-1]["t"], lib.events()[-1]["by"], lib.meta("frozen")) == ("thaw", "max", "")


def test_nothing_expires_while_the_project_is_frozen(lib):
    lib.lock()
    lib.way_to("paid", "U2")
    lib.wait(DAY)
    lib.freeze()
    assert (lib.sweep()["held"], lib.unit("U1")["status"]) == ("1", "locked")
    lib.thaw()
    swept = lib.sweep()
    assert (swept["released"], swept["overdue"], swept["held"]) == ("1", "1", "0")
