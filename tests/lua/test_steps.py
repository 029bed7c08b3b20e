"""The five steps that every writer shares: clock, project, idempotency, not-after, checks before writes."""

import time

import pytest
from agreement import STATUS
from library import P, ROLES, Refused
from test_lock import refused
from writers import WHILE_FROZEN, WRITERS, launch_chosen, rights, transitions, use


def test_repeating_a_key_returns_the_first_outcome_however_the_world_has_changed(lib):
    first = lib.lock(key="same")
    lib.release()
    lib.lock(buyer="c1", actor="bob")
    lib.wait(3_600_000)
    assert lib.lock(key="same") == first
    assert lib.unit("U1")["holder"] == "bob"


@pytest.mark.parametrize("name", WRITERS)
def test_every_writer_repeated_gives_its_first_outcome_and_writes_nothing(lib, name):
    WRITERS[name].ready(lib)
    first = use(lib, name, key="same")
    before = lib.dump()
    assert use(lib, name, key="same") == first
    assert lib.dump() == before, "nor does a repetition prolong the life of the stored result"


@pytest.mark.parametrize("name", WRITERS)
def test_every_writers_key_is_good_for_one_request_only(lib, name):
    WRITERS[name].ready(lib)
    use(lib, name, key="same")
    refused("key_reused", lib.do, name, *WRITERS[name].args, "more", actor=WRITERS[name].actor, role=WRITERS[name].role, key="same")
    refused("key_reused", use, lib, name, role="display", key="same")


@pytest.mark.parametrize("name", WRITERS)
def test_every_writer_comes_too_late_after_its_not_after(lib, name):
    WRITERS[name].ready(lib)
    refused("too_late", use, lib, name, not_after=lib.now - 1)
    use(lib, name, not_after=lib.now)


@pytest.mark.parametrize("name", WRITERS)
def test_every_writer_refuses_a_not_after_that_is_no_time(lib, name):
    for bad in ("", "-1", "x", "1.5", "1" * 16):
        assert refused("bad_request", use, lib, name, not_after=bad)["field"] == "not_after"


@pytest.mark.parametrize("name", [name for name in WRITERS if name not in WHILE_FROZEN])
def test_no_writer_writes_while_the_project_is_frozen_and_each_does_after_it_is_thawed(lib, name):
    WRITERS[name].ready(lib)
    lib.freeze("seq differs")
    assert refused("frozen", use, lib, name, key="same") == {"why": "seq differs"}
    lib.thaw()
    use(lib, name, key="same")


@pytest.mark.parametrize("name", WRITERS)
def test_every_writer_answers_a_repetition_while_the_project_is_frozen(lib, name):
    WRITERS[name].ready(lib)
    first = use(lib, name, key="same")
    lib.freeze()
    assert use(lib, name, key="same") == first


@pytest.mark.parametrize("name", WRITERS)
def test_every_writer_called_without_its_arguments_refuses(lib, name):
    WRITERS[name].ready(lib)
    w = WRITERS[name]
    with pytest.raises(Refused):
        lib.do(name, actor=w.actor, role=w.role)
    for count in range(4):
        with pytest.raises(Refused):
            lib.call(name, *[w.actor, w.role, "key", "0"][:count])


def test_a_request_that_came_too_late_does_not_use_up_its_key(lib):
    refused("too_late", lib.lock, key="same", not_after=lib.now - 1)
    assert lib.lock(key="same", not_after=lib.now)["status"] == "locked"


def test_a_key_is_good_for_one_request_only(lib):
    lib.lock(key="same")
    refused("key_reused", lib.lock, unit="U2", key="same")
    refused("key_reused", lib.release, key="same")
    refused("key_reused", lib.lock, role="manager", key="same")


def test_keys_of_two_accounts_are_two_keys(lib):
    lib.lock(key="same")
    assert lib.lock(unit="U2", buyer="c1", actor="bob", key="same")["deal"] == "d2"


def test_a_refusal_does_not_use_up_its_key(lib):
    lib.withhold()
    refused("not_open", lib.lock, key="same")
    lib.offer()
    assert lib.lock(key="same")["status"] == "locked"


def test_stored_results_live_for_two_days(lib):
    lib.lock(key="same")
    left = lib.r.pttl(f"{P}:i:ann:same")
    assert 0 <= 48 * 3_600_000 - left < 60_000


def test_what_comes_after_its_not_after_is_not_done_but_a_repetition_is_answered(lib):
    refused("too_late", lib.lock, not_after=lib.now - 1)
    first = lib.lock(key="same", not_after=lib.now)
    lib.wait(1000)
    assert lib.lock(key="same", not_after=lib.now - 900) == first


@pytest.mark.parametrize("role", [*ROLES, "", "root"])
@pytest.mark.parametrize("name", WRITERS)
def test_only_roles_with_the_right_get_past_the_check(lib, name, role):
    granted = rights()[WRITERS[name].right].get(role, "NO") != "NO"
    try:
        lib.do(name, *WRITERS[name].args, actor="buyer:b1" if role == "buyer" else "ann", role=role)
        code = "ok"
    except Refused as e:
        code = e.code
    assert (code == "forbidden") == (not granted), code


def test_a_right_to_ones_own_is_no_right_to_others(lib):
    assert rights()["unit.lock"]["consultant"] == rights()["unit.release"]["consultant"] == "OWN"
    refused("forbidden", lib.lock, buyer="c1")
    lib.lock(buyer="c1", actor="bob")
    refused("not_holder", lib.release, reason="x")


def test_a_buyer_may_release_only_what_the_buyer_chose(lib):
    launch_chosen(lib)
    lib.lock("U4", "b1")
    for actor in ("b1", "ann", "buyer:b2", "buyer:", "buyer:c1"):
        refused("not_holder", lib.release, "U1", actor=actor, role="buyer")
    refused("not_holder", lib.release, "U4", actor="buyer:b1", role="buyer")
    assert lib.release("U1", actor="buyer:b1", role="buyer")["status"] == "available"


@pytest.mark.parametrize("name", [*WRITERS, "ld_snapshot", "ld_catalog", "ld_beat", "ld_sweep", "ld_deals", "ld_queue", "ld_digest"])
def test_a_project_that_is_not_there_is_refused_and_not_made(lib, name):
    args = WRITERS[name].args if name in WRITERS else []
    lib.r.delete(f"{P}:meta")
    with pytest.raises(Refused) as e:
        lib.do(name, *args)
    assert e.value.code == "no_such_project"
    lib.check = lambda: None  # without meta there is nothing left to check


@pytest.mark.parametrize("name", [*WRITERS, "ld_snapshot", "ld_sweep", "ld_beat", "ld_deals", "ld_queue", "ld_digest"])
def test_data_of_another_schema_are_not_touched(lib, name):
    lib.r.hset(f"{P}:meta", "schema", "99")
    with pytest.raises(Refused) as e:
        lib.do(name, *(WRITERS[name].args if name in WRITERS else []))
    assert e.value.code == "unavailable"
    lib.r.hset(f"{P}:meta", "schema", "1")


def test_every_move_that_events_show_is_a_row_of_the_table(lib):
    lib.lock(), lib.release(), lib.withhold(), lib.offer(), lib.way_to("settled")
    lib.way_to("paid", "U2")
    lib.ask_swap("U2", "U3")
    lib.decide("r1")
    lib.ask_withdraw("U1")
    lib.decide("r2")
    lib.lock("U2")
    lib.release("U2", actor="max", role="clerk", reason="x", to="withheld")
    lib.release("U2", actor="max", role="clerk", reason="x", to="available")
    lib.lock("U2")
    lib.wait(86_400_000)
    lib.sweep()
    lib.extend("U3", deadline=lib.now + 1)
    lib.receipt(deal="d3", fen=5)
    seen, at = set(), {}
    for e in lib.events():
        if e["t"] == "add":
            at[e["u"]] = STATUS[e["st"]]
        elif "u" in e:
            seen.add((at[e["u"]], e["t"], STATUS[e["st"]]))
            at[e["u"]] = STATUS[e["st"]]
    assert seen <= transitions() and len(seen) >= 15, seen - transitions()


def test_all_keys_of_a_project_begin_with_its_tag(lib):
    lib.lock(), lib.release(), lib.sweep()
    others = [k for k in lib.r.scan_iter() if not k.startswith(P + ":") and not k.startswith("test:")]
    assert others == []


def test_readers_run_where_nothing_may_be_written(lib):
    assert lib.call("ld_snapshot", read_only=True)["seq"] == lib.meta("seq")
    assert lib.call("ld_catalog", read_only=True)["catalog_version"] == "1"
    assert lib.call("ld_version", read_only=True, keys=())["version"] == "2"


def test_a_throttle_counts_within_its_window(lib):
    answers = [lib.call("ld_throttle", 3, 60000, keys=("t:1",)) for _ in range(5)]
    assert [a["allowed"] for a in answers] == ["1", "1", "1", "0", "0"]
    assert 0 < int(answers[-1]["retry_ms"]) <= 60000
    assert 0 < lib.r.pttl("t:1") <= 60000
    assert refused("bad_request", lib.call, "ld_throttle", "x", 1, keys=("t:2",))["field"] == "limit"


def test_trying_again_does_not_prolong_a_throttles_window(lib):
    lib.call("ld_throttle", 1, 60000, keys=("t:1",))
    ends = lib.r.execute_command("PEXPIRETIME", "t:1")
    lib.call("ld_throttle", 1, 90000, keys=("t:1",))
    assert lib.r.execute_command("PEXPIRETIME", "t:1") == ends


def test_a_throttle_opens_again_after_its_window(lib):
    assert [lib.call("ld_throttle", 1, 30, keys=("t:1",))["allowed"] for _ in range(2)] == ["1", "0"]
    deadline = time.monotonic() + 5
    while lib.r.exists("t:1"):
        assert time.monotonic() < deadline
    assert lib.call("ld_throttle", 1, 30, keys=("t:1",))["allowed"] == "1"


def test_the_first_secret_stays(lib):
    assert lib.call("ld_secret", "a" * 64, keys=("ld:secret",))["secret"] == "a" * 64
    assert lib.call("ld_secret", "b" * 64, keys=("ld:secret",))["secret"] == "a" * 64
    assert refused("bad_request", lib.call, "ld_secret", "short", keys=("ld:secret",))["field"] == "secret"
