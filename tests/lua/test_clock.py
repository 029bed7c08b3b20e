"""The clock: sweeps, heartbeats, and what happens when the clock is wrong."""

import pytest
from library import P
from test_lock import refused

DAY, MINUTE = 86_400_000, 60_000


def test_a_sweep_releases_what_is_due_and_nothing_else(lib):
    lib.lock("U1")
    lib.wait(1000)
    lib.lock("U2")
    lib.wait(DAY - 1000)
    swept = lib.sweep()
    assert (swept["released"], swept["held"], int(swept["next_deadline"])) == ("1", "0", lib.now + 1000)
    assert (lib.unit("U1")["status"], lib.unit("U2")["status"]) == ("available", "locked")
    event = lib.events()[-1]
    assert (event["t"], event["by"], event["hold"], event["deal"]) == ("expire", "system", "ann", "d1")


def test_a_sweep_is_bounded_and_earliest_deadlines_come_first(lib):
    for n, unit in enumerate(lib.UNITS):
        lib.lock(unit)
        lib.wait(10)
    lib.wait(DAY)
    assert [lib.sweep(limit=4)["released"], lib.sweep(limit=4)["released"], lib.sweep(limit=4)["released"]] == ["4", "2", "0"]
    assert [e["u"] for e in lib.events() if e["t"] == "expire"] == lib.UNITS


def test_a_sweep_with_nothing_to_do_writes_nothing(lib):
    lib.lock()
    before = lib.dump()
    assert (lib.sweep()["released"], lib.sweep(limit=0)["released"]) == ("0", "0")
    assert lib.dump() == before


@pytest.mark.parametrize("limit", ["", "-1", "x", "1.5", "+1"])
def test_a_limit_that_is_no_number_is_refused(lib, limit):
    assert refused("bad_request", lib.sweep, limit)["field"] == "limit"


def test_any_number_of_sweeps_release_once(lib):
    lib.lock()
    lib.wait(DAY)
    pipe = lib.r.pipeline(transaction=False)
    for _ in range(50):
        pipe.execute_command("FCALL", "ld_sweep", 1, P, 100)
    assert sum(int(reply[4]) for reply in pipe.execute()) == 1


def test_nothing_expires_while_no_daemon_has_vouched_for_the_clock(lib):
    lib.lock()
    lib.wait(DAY + MINUTE + 1, beats=False)
    assert lib.sweep()["held"] == "1"
    refused("unit_taken", lib.lock, buyer="c1", actor="bob")
    lib.beat(daemon="d2")  # all daemons were down; a new one begins
    assert lib.sweep()["released"] == "1"


@pytest.mark.parametrize("jump", [DAY, -DAY])
def test_a_jump_that_was_confirmed_is_not_doubted_again_by_a_daemon_that_notices_it_later(lib, jump):
    before = lib.now
    lib.set_clock(before + jump)
    assert lib.beat(daemon="d1", previous=before, elapsed=500)["clock_hold"] != ""
    lib.do("ld_clock_confirm", "查明")
    lib.wait(300, beats=False)
    assert lib.beat(daemon="d2", previous=before, elapsed=900)["clock_hold"] == ""
    # Another jump, behind the confirmation, is one.
    confirmed = lib.now
    lib.set_clock(confirmed + jump)
    assert lib.beat(daemon="d1", previous=confirmed, elapsed=1000)["clock_hold"] != ""


@pytest.mark.parametrize("jump", [MINUTE + 1, DAY, -MINUTE - 1, -DAY])
def test_a_jump_of_the_clock_holds_everything_until_a_manager_confirms(lib, jump):
    lib.lock()
    before = lib.now
    lib.set_clock(before + jump)
    hold = lib.beat(previous=before, elapsed=0)["clock_hold"]
    assert hold == str(lib.now)
    assert lib.events()[-1]["t"] == "clock_hold"
    assert lib.sweep()["held"] == "1"
    if jump >= DAY:
        refused("unit_taken", lib.lock, buyer="c1", actor="bob")
    assert lib.beat()["clock_hold"] == hold, "further beats change nothing"
    assert len([e for e in lib.events() if e["t"] == "clock_hold"]) == 1
    refused("forbidden", lib.do, "ld_clock_confirm", "ok", role="clerk")
    assert refused("bad_request", lib.do, "ld_clock_confirm", "")["field"] == "reason"
    lib.do("ld_clock_confirm", "checked against the time server")
    refused("not_available", lib.do, "ld_clock_confirm", "again")
    assert lib.sweep() == {"now": str(lib.now), "released": "1" if jump >= DAY else "0", "overdue": "0", "held": "0",
                           "next_deadline": "0" if jump >= DAY else lib.unit("U1")["deadline"]}


def test_a_jump_nobody_has_noticed_yet_releases_nothing_either(lib):
    lib.lock()
    lib.set_clock(lib.now + 10 * DAY)
    before = lib.dump()
    assert lib.sweep()["held"] == "1"
    refused("not_available", lib.withhold)
    assert lib.dump() == before


def test_a_clock_set_back_behind_its_last_beat_releases_nothing(lib):
    lib.lock()
    lib.wait(DAY + 5 * MINUTE)
    lib.set_clock(lib.now - MINUTE - 1)
    assert int(lib.unit("U1")["deadline"]) < lib.now, "by this clock, too, it is over"
    assert lib.sweep()["held"] == "1"
    refused("unit_taken", lib.lock, buyer="c1", actor="bob")


def test_a_beat_before_the_last_one_is_doubted_even_by_a_daemon_that_has_just_started(lib):
    lib.set_clock(lib.now - MINUTE)
    assert lib.beat()["clock_hold"] == ""
    lib.set_clock(lib.now - MINUTE - 1)
    assert lib.beat(daemon="d2")["clock_hold"] == str(lib.now)
    assert lib.events()[-1]["why"] == "backwards"


def test_beats_under_doubt_do_not_vouch_for_the_clock(lib):
    lib.beat(wall=0)
    vouched = lib.meta("beat_ms")
    lib.wait(5000)
    assert lib.meta("beat_ms") == vouched


def test_a_hold_may_be_released_by_hand_while_the_clock_is_doubted(lib):
    lib.lock()
    lib.wait(DAY, beats=False)
    lib.beat(wall=0)
    assert lib.release()["status"] == "available"


def test_a_daemon_whose_own_clock_disagrees_raises_doubt(lib):
    assert lib.beat(wall=lib.now + MINUTE + 1)["clock_hold"] != ""


def test_small_differences_are_no_jump(lib):
    lib.lock()
    before = lib.now
    lib.set_clock(before + MINUTE)
    assert lib.beat(wall=lib.now - MINUTE, previous=before, elapsed=1)["clock_hold"] == ""


def test_locks_are_possible_while_the_clock_is_doubted(lib):
    lib.beat(wall=0)
    assert lib.lock()["status"] == "locked"


def test_beats_go_to_a_short_stream_of_their_own(lib):
    events = len(lib.events())
    for _ in range(400):
        lib.r.execute_command("FCALL", "ld_beat", 1, P, "d1", lib.now, 0, 0)
    assert len(lib.events()) == events
    assert lib.r.xlen(f"{P}:beats") < 300
    fields = lib.r.xrevrange(f"{P}:beats", count=1)[0][1]
    assert fields == {"d": "d1", "seq": str(events), "epoch": lib.meta("epoch"), "now": str(lib.now)}


@pytest.mark.parametrize("args", [["", "1", "0", "0"], ["d", "x", "0", "0"], ["d", "1", "-1", "0"], ["d"], []])
def test_a_malformed_beat_is_refused(lib, args):
    refused("bad_request", lib.call, "ld_beat", *args)
