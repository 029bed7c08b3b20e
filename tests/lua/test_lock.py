"""Lock: one unit, one buyer."""

import pytest
from library import P, START_MS, Refused

DAY = 86_400_000


def refused(code, call, *args, **named):
    with pytest.raises(Refused) as e:
        call(*args, **named)
    assert e.value.code == code, e.value
    return e.value.detail


def test_a_lock_holds_for_a_day_and_says_what_it_did(lib):
    ok = lib.lock()
    assert ok == {"unit": "U1", "status": "locked", "rev": "2", "seq": ok["seq"], "deal": "d1", "deadline": str(lib.now + DAY)}
    assert lib.unit("U1") == {"status": "locked", "rev": "2", "deal": "d1", "deadline": str(lib.now + DAY), "holder": "ann", "index": "0"}
    deal = lib.deal("d1")
    assert (deal["unit"], deal["buyer"], deal["consultant"], deal["status"], deal["price_fen"]) == ("U1", "b1", "ann", "locked", 10000)
    event = lib.events()[-1]
    assert (event["t"], event["u"], event["st"], event["deal"], event["hold"]) == ("lock", "U1", "l", "d1", "ann")


def test_of_two_hundred_simultaneous_locks_one_wins(lib):
    pipe = lib.r.pipeline(transaction=False)
    for n in range(200):
        pipe.execute_command("FCALL", "ld_lock", 1, P, f"m{n}", "manager", f"r{n}", 0, "U1", "b1", "")
    replies = pipe.execute()
    assert sum(r[0] == "ok" for r in replies) == 1
    assert all(r == ["err", "unit_taken", "rev", "2"] for r in replies if r[0] != "ok")


def test_locking_what_one_holds_returns_the_old_deadline_and_writes_no_event(lib):
    first, events = lib.lock(), len(lib.events())
    lib.wait(1000)
    again = lib.lock()
    assert (again["deadline"], again["deal"], again["rev"]) == (first["deadline"], first["deal"], first["rev"])
    assert len(lib.events()) == events


def test_locking_what_one_holds_writes_nothing_but_the_result_under_its_key(lib):
    lib.lock()
    before = lib.dump()
    lib.lock(key="again")
    after = lib.dump()
    assert set(after) - set(before) == {f"{P}:i:ann:again".encode()}
    assert {k: after[k] for k in before} == before


def test_locking_what_one_holds_is_fine_at_an_old_revision_too(lib):
    lib.lock(rev="1")
    assert lib.lock(rev="1")["rev"] == "2"


def test_a_lock_nobody_may_expire_is_still_its_holders(lib):
    first = lib.lock()
    lib.wait(2 * DAY, beats=False)
    again = lib.lock()
    assert (again["deal"], again["deadline"]) == (first["deal"], first["deadline"])
    refused("unit_taken", lib.lock, buyer="c1", actor="bob")


def test_of_many_simultaneous_locks_on_many_units_each_unit_has_one_winner(lib):
    pipe = lib.r.pipeline(transaction=False)
    for n in range(300):
        pipe.execute_command("FCALL", "ld_lock", 1, P, f"m{n}", "manager", "same", 0, lib.UNITS[n % 6], "b1", "")
    won = [r[2] for r in pipe.execute() if r[0] == "ok"]
    assert sorted(won) == lib.UNITS


def test_many_former_and_new_holders_at_the_deadline_have_one_winner(lib):
    lib.lock()
    lib.wait(DAY)
    events = len(lib.events())
    pipe = lib.r.pipeline(transaction=False)
    for n in range(100):
        pipe.execute_command("FCALL", "ld_lock", 1, P, f"m{n}", "manager", "same", 0, "U1", "b1", "")
        pipe.execute_command("FCALL", "ld_sweep", 1, P, 10)
    replies = pipe.execute()[::2]
    assert [r[0] for r in replies].count("ok") == 1
    assert [e["t"] for e in lib.events()[events:]] == ["expire", "lock"]


def test_the_holder_cannot_move_the_lock_to_another_buyer(lib):
    lib.lock()
    refused("unit_taken", lib.lock, buyer="b2")


def test_a_withheld_unit_is_not_open(lib):
    lib.withhold()
    refused("not_open", lib.lock)


def test_a_consultant_locks_for_own_buyers_only_and_a_manager_for_any(lib):
    refused("forbidden", lib.lock, buyer="c1")
    refused("no_such_buyer", lib.lock, buyer="nobody")
    refused("no_such_unit", lib.lock, unit="U99")
    assert lib.lock(buyer="c1", actor="max", role="manager")["status"] == "locked"


def test_a_revision_that_is_not_the_newest_is_refused(lib):
    assert refused("stale_rev", lib.lock, rev="7") == {"rev": "1"}
    assert refused("bad_request", lib.lock, rev="x")["field"] == "rev"
    assert lib.lock(rev="1")["rev"] == "2"
    lib.release()
    assert refused("stale_rev", lib.lock, rev="2") == {"rev": "3"}


def test_no_refusal_while_the_unit_is_free(lib):
    for n in range(20):
        assert lib.lock()["status"] == "locked"
        lib.release()
    assert lib.unit("U1")["rev"] == "41"


def test_a_lock_past_its_deadline_counts_as_free_and_leaves_both_events(lib):
    lib.lock()
    lib.wait(DAY)
    seq = len(lib.events())
    ok = lib.lock(buyer="c1", actor="bob")
    assert (ok["seq"], ok["rev"], ok["deal"]) == (str(seq + 2), "4", "d2")
    assert [e["t"] for e in lib.events()[-2:]] == ["expire", "lock"]
    assert (lib.deal("d1")["status"], lib.deal("d1")["ended_by"]) == ("expired", "system")


def test_the_former_holder_gets_a_new_deal_after_the_deadline(lib):
    first = lib.lock()
    lib.wait(DAY)
    again = lib.lock()
    assert again["deal"] != first["deal"] and int(again["deadline"]) == lib.now + DAY


def test_a_hold_ends_at_its_deadline_and_not_a_millisecond_before(lib):
    lib.lock()
    lib.wait(DAY - 1)
    refused("unit_taken", lib.lock, buyer="c1", actor="bob")
    lib.wait(1)
    assert lib.lock(buyer="c1", actor="bob")["status"] == "locked"


def test_the_hold_is_the_projects(lib):
    lib.do("ld_configure", "lock_hold_ms", "10000")
    assert int(lib.lock()["deadline"]) == START_MS + 10_000


@pytest.mark.parametrize("field, args", [("actor", ["", "manager", "k"]), ("actor", ["a|b", "manager", "k"]), ("actor", ["x" * 80, "manager", "k"]),
                                         ("key", ["a", "manager", ""]), ("key", ["a", "manager", "k k"]), ("key", ["a", "manager", "k" * 65])])
def test_a_malformed_common_argument_is_named(lib, field, args):
    assert refused("bad_request", lib.call, "ld_lock", *args, 0, "U1", "b1", "")["field"] == field
