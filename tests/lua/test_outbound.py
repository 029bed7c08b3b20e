"""Leases, cursors, dead letters: who tells other systems, and how far they have come."""

import pytest
from library import P, Refused


def next_of(lib, target="erp", start="1"):
    return lib.call("ld_hook_next", target, "webhook", start)


def fail(lib, first, to, limit=2, definite="0", target="erp"):
    return lib.call("ld_hook_fail", target, first, to, limit, definite, "HTTP status 422")


def refused(code, call, *args, **more):
    with pytest.raises(Refused) as refusal:
        call(*args, **more)
    assert refusal.value.code == code
    return refusal.value.detail


def dead(lib):
    return lib.r.xrange(f"{P}:dead")


def test_one_owner_has_the_lease_until_it_runs_out(lib):
    assert lib.call("ld_lease", "outbound", "d1", 60_000)["mine"] == "1"
    assert lib.call("ld_lease", "outbound", "d2", 60_000)["mine"] == "0"
    assert lib.call("ld_lease", "outbound", "d1", 60_000)["mine"] == "1"
    assert 0 < lib.r.pttl(f"{P}:lease:outbound") <= 60_000
    assert lib.call("ld_lease", "other", "d2", 60_000)["mine"] == "1"
    lib.r.delete(f"{P}:lease:outbound")
    found = lib.call("ld_lease", "outbound", "d2", 60_000)
    assert (found["mine"], found["sheet_at_min"], found["utc_offset_min"], found["seq"]) == ("1", "530", "480", lib.meta("seq"))


@pytest.mark.parametrize("args", [("", "d1", 1000), ("outbound", "", 1000), ("outbound", "d1", "x"), ("outbound", "d1", 0), ("a b", "d1", 5)])
def test_a_lease_of_nonsense_is_refused(lib, args):
    refused("bad_request", lib.call, "ld_lease", *args)


def test_a_mark_is_first_once_for_each_value(lib):
    assert [lib.call("ld_mark", "sheet-a", day)["first"] for day in ("2026-01-01", "2026-01-01", "2026-01-02")] == ["1", "0", "1"]
    assert lib.call("ld_mark", "sheet-b", "2026-01-02")["first"] == "1"


def test_a_new_target_begins_now_or_with_the_first_event(lib):
    assert next_of(lib, "erp", "1")["seq"] == "0"
    assert next_of(lib, "crm", "0")["seq"] == lib.meta("seq")
    lib.lock()
    assert next_of(lib, "crm", "0")["seq"] == str(int(lib.meta("seq")) - 1)
    assert lib.r.smembers(f"{P}:hooks") == {"erp", "crm"}


def test_a_cursor_moves_only_from_where_it_stands_and_never_beyond_the_trail(lib):
    next_of(lib)
    lib.call("ld_hook_move", "erp", 0, 3)
    for first, to in ((0, 3), (0, 4), (3, 2), (3, 10_000)):
        assert refused("stale_rev", lib.call, "ld_hook_move", "erp", first, to)["seq"] == "3"
    refused("stale_rev", lib.call, "ld_hook_move", "nobody", 0, 1)
    assert next_of(lib)["seq"] == "3"


def test_a_cursor_behind_the_end_of_the_trail_goes_back(lib):
    next_of(lib)
    lib.r.hset(f"{P}:hook:erp", "seq", 500)
    found = next_of(lib)
    assert (found["rewound"], found["seq"]) == ("1", lib.meta("seq"))
    assert next_of(lib)["rewound"] == "0"


def test_a_batch_that_was_tried_out_goes_event_by_event(lib):
    next_of(lib)
    assert fail(lib, 0, 5)["tries"] == "1"
    assert fail(lib, 0, 5) == {"seq": "0", "tries": "0", "dead": "0"}
    assert next_of(lib)["single"] == "5" and dead(lib) == []
    lib.call("ld_hook_move", "erp", 0, 1)
    assert fail(lib, 1, 2, definite="1")["dead"] == "1"
    assert [(d["target"], d["seq"], d["why"]) for _, d in dead(lib)] == [("erp", "2", "HTTP status 422")]
    assert fail(lib, 2, 3)["tries"] == "1"
    assert fail(lib, 2, 3)["dead"] == "1"
    lib.call("ld_hook_move", "erp", 3, 4)
    lib.call("ld_hook_move", "erp", 4, 5)
    found = next_of(lib)
    assert (found["seq"], found["single"], found["tries"]) == ("5", "0", "0")


def test_an_event_on_its_own_is_not_given_up_at_the_first_refusal(lib):
    next_of(lib)
    assert fail(lib, 0, 1, limit=3, definite="1")["dead"] == "0"
    assert fail(lib, 0, 1, limit=3, definite="1")["dead"] == "0"
    assert fail(lib, 0, 1, limit=3, definite="1")["dead"] == "1"
    refused("stale_rev", fail, lib, 0, 1)


def letters(lib, count=3):
    next_of(lib)
    for seq in range(count):
        fail(lib, seq, seq + 1, limit=1)
    return [number for number, _ in dead(lib)]


def test_dead_letters_go_out_again_in_the_order_of_their_events(lib):
    first, second, third = letters(lib)
    lib.do("ld_dead_retry", third)
    assert lib.do("ld_dead_retry", first) == {"target": "erp", "seq": "1"}
    assert (next_of(lib)["again"], next_of(lib)["again_seq"]) == (first, "1")
    lib.call("ld_hook_again", "erp", first, "1")
    assert next_of(lib)["again"] == third
    assert [number for number, _ in dead(lib)] == [second, third]
    refused("not_found", lib.call, "ld_hook_again", "erp", first, "1")


def test_a_letter_that_is_not_taken_again_takes_the_others_back(lib):
    first, second, third = letters(lib)
    for letter in (second, third):
        lib.do("ld_dead_retry", letter)
    lib.call("ld_hook_again", "erp", second, "0")
    assert next_of(lib)["again"] == "" and len(dead(lib)) == 3


def test_a_letter_is_given_up_by_a_manager_with_a_reason(lib):
    first, *_ = letters(lib)
    lib.do("ld_dead_retry", first)
    assert refused("bad_request", lib.do, "ld_dead_skip", first, "")["field"] == "reason"
    refused("forbidden", lib.do, "ld_dead_skip", first, "r", actor="ann", role="consultant")
    refused("forbidden", lib.do, "ld_dead_retry", first, actor="ann", role="consultant")
    seq = lib.meta("seq")
    lib.do("ld_dead_skip", first, "known", key="once")
    lib.do("ld_dead_skip", first, "known", key="once")
    assert next_of(lib)["again"] == "" and len(dead(lib)) == 2 and lib.meta("seq") == seq
    (_, record), = lib.r.xrange(f"{P}:dropped")
    assert (record["seq"], record["by"], record["reason"]) == ("1", "ctl", "known")
    for id in (first, "", "x", "1-1", "-"):
        refused("not_found", lib.do, "ld_dead_skip", id, "r")
        refused("not_found", lib.do, "ld_dead_retry", id)


def test_what_a_robot_has_told_only_grows(lib):
    next_of(lib, "office")
    lib.call("ld_robot_told", "office", 3, 5, lib.now + 10)
    lib.call("ld_robot_told", "office", 2, 10_000, lib.now)
    found = next_of(lib, "office")
    assert (found["seq"], found["urgent"], found["at"]) == ("3", lib.meta("seq"), str(lib.now + 10))
    refused("not_found", lib.call, "ld_robot_told", "nobody", 0, 0, 0)


@pytest.mark.parametrize("name", ["ld_lease", "ld_mark", "ld_hook_next", "ld_hook_move", "ld_hook_fail", "ld_hook_again", "ld_robot_told"])
def test_nonsense_is_refused_and_so_is_a_project_that_is_not_there(lib, name):
    for args in ((), ("",) * 6, ("erp", "x y", "z", "-1", "2", "w"), ("erp",), ("a" * 65, "1", "1", "1", "1", "")):
        refused("bad_request", lib.call, name, *args)
    refused("no_such_project", lib.call, name, "a", "1", "1", "1", "1", "w", keys=("ld:{nowhere}",))
