"""Launch sessions: the plan, its rules, the admission and the order of the draw: what may be said, and until when."""

import hashlib
import json

import pytest
from library import P, Library, Refused
from test_launch import buyer, me, press, record, run, why
from test_lock import refused
from writers import COMMIT, SEED, launch_open, launch_planned, seed_and_commitment

HOUR = 3_600_000


def plan(lib, launch="", seed=SEED, commit=COMMIT, **fields):
    return lib.do("ld_launch_put", launch, seed, commit, *[item for pair in fields.items() for item in pair], actor="cleo", role="clerk")


def next_one(lib, **more):
    fields = {"name": "二开", "opens_ms": lib.now + 1000, "closes_ms": lib.now + HOUR, **more}
    return plan(lib, "", *seed_and_commitment(str(lib.keys)), **fields)["launch"]


def enter(lib, who, launch="s1", rules="规则"):
    return lib.do("ld_launch_enter", launch, hashlib.sha1(rules.encode()).hexdigest(), **buyer(who))


def part(lib, name, launch="s1"):
    return f"{P}:launch:{launch}:{name}"


# --- what a plan may say


def test_a_plan_begins_with_what_is_usual_and_shows_its_commitment_but_not_its_seed(lib):
    answer = plan(lib, name="首开", opens_ms=lib.now + 1, closes_ms=lib.now + 2)
    assert (answer["launch"], answer["phase"], answer["commit"]) == ("s1", "planned", COMMIT)
    found = record(lib)
    expected = {"mode": "all", "hold_ms": 600_000, "limit": 1, "window_size": 20, "window_ms": 300_000, "active_max": 0, "groups": "", "why": "",
                "commit": COMMIT, "admitted": 0, "entered": 0, "units": 0, "opens_at": lib.now + 1, "closes_at": lib.now + 2}  # fmt: skip
    assert expected.items() <= found.items() and "seed" not in found
    assert SEED not in json.dumps(lib.events()) and SEED not in json.dumps(lib.r.hgetall(f"{P}:launches"))
    lib.wait(2)
    assert record(lib)["seed"] == SEED and hashlib.sha256(SEED.encode()).hexdigest() == record(lib)["commit"]


def test_a_seed_draws_one_session_only_for_afterwards_everybody_knows_it(lib):
    plan(lib, name="首开", opens_ms=lib.now + 1, closes_ms=lib.now + 2)
    lib.wait(2)
    assert refused("key_reused", plan, lib, name="二开", opens_ms=lib.now + 1, closes_ms=lib.now + 2)["why"]
    assert next_one(lib) == "s2"


@pytest.mark.parametrize("field, value", [
    ("name", ""), ("name", "房" * 41), ("name", "a\nb"), ("name", "找13900001111"), ("mode", ""), ("mode", "lottery"), ("opens_ms", "0"), ("opens_ms", "x"),
    ("opens_ms", "9" * 16), ("closes_ms", "1"), ("hold_ms", "999"), ("hold_ms", "86400001"), ("limit", "0"), ("limit", "21"), ("limit", "1.5"), ("window_size", "0"),
    ("window_ms", "999"), ("groups", "A"), ("groups", "A="), ("groups", "A=999"), ("groups", "A=1000,A=1000"), ("groups", "A=1000,"), ("groups", ",A=1000"),
    ("groups", "A b=1000"), ("groups", "=1000"), ("groups", ",".join(f"G{n}=1000" for n in range(99))), ("active_max", "-1"), ("active_max", "100001"),
    ("rules", "x" * 6001), ("rules", "a\rb"), ("rules", "电话13900001111"), ("secret", "x"), ("id", "s9"), ("phase", "open"), ("drawn_ms", "1"), ("shift_ms", "1"),
])  # fmt: skip
def test_a_field_that_cannot_be_is_refused_by_its_name(lib, field, value):
    for launch in ("", next_one(lib, rules="规则")):
        assert refused("bad_request", plan, lib, launch, **{"name": "甲", "opens_ms": lib.now + 9, "closes_ms": lib.now + 99, field: value})["field"] == field


def test_pairs_come_in_pairs_and_each_field_once(lib):
    times = ("opens_ms", lib.now + 9, "closes_ms", lib.now + 99)
    refused("bad_request", lib.do, "ld_launch_put", "", SEED, COMMIT, "name", "甲", *times, "limit")
    assert refused("bad_request", lib.do, "ld_launch_put", "", SEED, COMMIT, *times, *("name", "甲") * 5000)["field"] == "name", "an event has room for so much only"
    assert refused("bad_request", plan, lib, name="甲", opens_ms=lib.now, closes_ms=lib.now + 99)["field"] == "opens_ms"
    assert refused("bad_request", plan, lib, name="甲", opens_ms=lib.now + 9, closes_ms=lib.now + 9)["field"] == "closes_ms"
    assert refused("bad_request", plan, lib, opens_ms=lib.now + 9, closes_ms=lib.now + 99)["field"] == "name"
    assert refused("bad_request", plan, lib, name="甲", opens_ms=lib.now + 9, closes_ms=lib.now + 99, mode="groups")["field"] == "groups"
    for seed, commit in (("", COMMIT), (SEED, ""), (SEED.upper(), COMMIT), (SEED + "0", COMMIT)):
        refused("bad_request", plan, lib, "", seed, commit, name="甲", opens_ms=lib.now + 9, closes_ms=lib.now + 99)


def test_rounds_that_last_longer_than_the_session_are_refused(lib):
    times = {"opens_ms": lib.now + 1000, "closes_ms": lib.now + 61_000, "mode": "groups"}
    detail = refused("bad_request", plan, lib, name="甲", **times, groups="A=30000,B=30001")
    assert (detail["field"], detail["why"]) == ("groups", "the rounds last longer than the session")
    one = plan(lib, name="甲", **times, groups="A=30000,B=30000")["launch"]
    assert refused("bad_request", plan, lib, one, closes_ms=lib.now + 60_999)["field"] == "groups"


@pytest.mark.parametrize("mode", ["order", "groups"])
def test_a_waiting_room_is_for_sessions_in_which_all_choose_at_once(lib, mode):
    """Its places are drawn: they would keep those waiting whose turn it is."""
    detail = refused("bad_request", next_one, lib, mode=mode, groups="A=1000", active_max=5)
    assert detail["field"] == "active_max"
    one = next_one(lib, active_max=5)
    assert refused("bad_request", plan, lib, one, mode=mode, groups="A=1000")["field"] == "active_max"
    plan(lib, one, mode=mode, groups="A=1000", active_max=0)


def test_a_project_has_two_hundred_sessions_at_most(lib):
    for _ in range(200):
        next_one(lib)
    refused("limit_reached", next_one, lib)
    plan(lib, "s200", name="仍可改")


def test_other_rules_have_to_be_accepted_anew(lib):
    launch_planned(lib, buyers="b1 b2", active_max=1)
    enter(lib, "b1"), run(lib, "checkin", "b2")
    plan(lib, "s1", name="同样的规则")
    assert me(lib, "b1")[0]["entered"] != "" and record(lib)["entered"] == 2
    plan(lib, "s1", rules="新规则")
    assert me(lib, "b1")[0]["entered"] == me(lib, "b1")[0]["place"] == "" and record(lib)["entered"] == 0
    refused("stale_rev", enter, lib, "b1")
    lib.wait(1000)
    assert why(lib) == ("not_ready", "rules")
    enter(lib, "b1", rules="新规则")
    assert press(lib)["status"] == "locked"


def test_checking_in_is_told_once_whoever_does_it(lib):
    launch_planned(lib, buyers="b1 b2")
    enter(lib, "b1"), enter(lib, "b1"), run(lib, "checkin", "b1")
    run(lib, "checkin", "b2"), enter(lib, "b2")
    assert [(e["by"], e["b"]) for e in lib.events() if e["t"] == "checkin"] == [("buyer:b1", "b1"), ("cleo", "b2")]
    refused("no_such_buyer", run, lib, "checkin", "c1")
    lib.do("ld_buyer_erase", "b2", "客户要求")
    refused("forbidden", enter, lib, "b2")
    run(lib, "close", "完")
    assert refused("not_open", enter, lib, "b1")["why"] == "closed"
    refused("not_available", run, lib, "checkin", "b1")


def test_why_it_stands_or_is_over_and_what_the_office_says_can_be_read(lib):
    launch_open(lib)
    run(lib, "pause", "设备检修")
    assert record(lib)["why"] == "设备检修"
    run(lib, "resume", "好了")
    assert record(lib)["why"] == ""
    run(lib, "say", "请保持安静")
    assert (record(lib)["message"], record(lib)["message_ms"]) == ("请保持安静", lib.now)
    refused("bad_request", run, lib, "say", "x" * 121)
    run(lib, "say", "")
    run(lib, "close", "售罄")
    assert (record(lib)["message"], record(lib)["why"], record(lib)["closed_ms"]) == ("", "售罄", lib.now)


# --- what is left of a session that is over


RUNNING = ("codes", "seen", "told", "room", "active", "arrivals")


def over_with_traces(lib, close):
    rules = launch_planned(lib, buyers="b1 b2 c1", active_max=1, closes_ms=lib.now + 9000)
    run(lib, "code", "b1", "a" * 32)
    lib.wait(1000)
    for who in ("b1", "b2"):
        lib.do("ld_launch_enter", "s1", rules, **buyer(who))
    lib.call("ld_launch_seen", "s1", "b1 b2")
    press(lib, "U1", lib.r.zrange(part(lib, "active"), 0, 0)[0])
    assert lib.r.exists(*[part(lib, name) for name in RUNNING]) == len(RUNNING)
    close()


@pytest.mark.parametrize("by_hand", [True, False])
def test_of_a_session_that_is_over_the_result_stays_and_nothing_else(lib, by_hand):
    over_with_traces(lib, lambda: run(lib, "close", "完") if by_hand else (lib.wait(8000), next_one(lib)))
    assert lib.r.exists(*[part(lib, name) for name in RUNNING]) == 0
    assert lib.r.exists(*[part(lib, name) for name in ("order", "entered", "chosen", "secret", "rules")]) == 5
    assert lib.call("ld_launch_seen", "s1", "b1 b2")["active"] == "0" and lib.r.exists(part(lib, "seen")) == 0, "nor does anybody come in again"


# --- who is admitted, and in which order


def test_those_on_the_list_without_a_number_come_behind_those_with_one(lib):
    launch_planned(lib, buyers="")
    answer = run(lib, "admit", "b1", "", "", "", "b2", "", "40", "", "c1", "B", "7", "")
    assert (answer["count"], answer["added"]) == ("3", "3")
    assert lib.r.zrange(part(lib, "order"), 0, -1, withscores=True) == [("b1", 1), ("c1", 7), ("b2", 40)]
    assert run(lib, "admit", "c1", "", "41", "", "c1", "A", "", "")["added"] == "0"
    assert me(lib, "c1")[0]["rank"] == "3" and me(lib, "c1")[0]["group"] == "A"


def test_one_who_stands_on_the_list_twice_is_counted_once(lib):
    launch_planned(lib, buyers="")
    answer = run(lib, "admit", "b1", "A", "3", "", "b1", "B", "4", "")
    assert (answer["count"], answer["added"]) == ("2", "1") and me(lib, "b1")[0]["draw"] == "4"


def test_a_list_is_taken_whole_or_not_at_all_and_so_many_at_once(lib):
    launch_planned(lib, buyers="")
    assert refused("no_such_buyer", run, lib, "admit", "b1", "", "", "", "nobody", "", "", "")["at"] == "2"
    refused("bad_request", run, lib, "admit")
    refused("bad_request", run, lib, "admit", *["b1", "", "", ""] * 1001)
    assert run(lib, "admit", *["b1", "", "", ""] * 1000)["added"] == "1"
    refused("no_such_launch", lib.do, "ld_launch_admit", "s2", "b1", "", "", "")


def test_once_drawn_nobody_gets_another_place(lib):
    launch_planned(lib, buyers="b1 b2", mode="order")
    lib.do("ld_buyer_put", "n1", '{"id":"n1","consultant":""}')
    run(lib, "draw", "公证摇号")
    before = lib.r.zrange(part(lib, "order"), 0, -1)
    rank = {who: str(before.index(who) + 1) for who in before}
    refused("not_available", run, lib, "admit", before[1], "", "9", "")
    refused("not_available", run, lib, "admit", "c1", "", "1", "")
    run(lib, "admit", before[1], "", rank[before[1]], "", "c1", "", "", "")
    assert lib.r.zrange(part(lib, "order"), 0, -1) == [*before, "c1"], "who comes later comes last"
    refused("not_available", run, lib, "admit", "n1", "", "3", "")
    run(lib, "admit", "n1", "", "70", "")
    assert lib.r.zrange(part(lib, "order"), 0, -1) == [*before, "c1", "n1"]


def test_once_open_whoever_is_admitted_comes_last_and_shifts_nobodys_window(lib):
    launch_open(lib, mode="order", window_size=1, window_ms=10_000)
    lib.wait(10_000)
    assert refused("not_available", run, lib, "admit", "c1", "", "1", "")["at"] == "1"
    run(lib, "admit", "c1", "", "", "")
    enter(lib, "c1")
    assert refused("not_open", press, lib, "U1", "c1") == {"why": "turn", "opens_at": str(lib.now + 10_000)}
    assert press(lib, "U1", "b2")["status"] == "locked"


def test_whoever_is_admitted_while_the_stand_by_runs_joins_it_and_stops_it_for_nobody(lib):
    many = [f"x{n}" for n in range(5)]
    lib.do("ld_buyer_put", *[item for name in many for item in (name, '{"id":"%s","consultant":""}' % name)])
    launch_open(lib, mode="order", window_size=1, window_ms=10_000)
    opening = lib.now
    lib.wait(20_000)
    for late in many:
        run(lib, "admit", late, "", "", "")
    assert me(lib, "b1")[0]["again_from"] == me(lib, "x4")[0]["turn_from"] == str(opening + 20_000)
    enter(lib, "x4")
    assert (press(lib, "U1", "b1")["status"], press(lib, "U2", "x4")["status"]) == ("locked", "locked")


def test_a_draw_is_of_all_who_are_admitted_before_it_opens_and_with_a_reason(lib):
    launch_planned(lib, buyers="b1 b2")
    refused("bad_request", run, lib, "draw", "")
    lib.wait(1000)
    refused("not_available", run, lib, "draw", "晚了")


def test_the_draw_can_be_computed_again_by_anybody(server):
    lib = Library(server)
    names = [f"x{n}" for n in range(300)]
    lib.do("ld_buyer_put", *[item for name in names for item in (name, json.dumps({"id": name, "consultant": "ann"}))])
    launch_planned(lib, buyers=" ".join(names), mode="order")
    run(lib, "draw", "公证摇号")
    hashes = {who: hashlib.sha1(f"{SEED}|order|{who}".encode()).hexdigest() for who in names}
    assert lib.r.zrange(part(lib, "order"), 0, -1, withscores=True) == [(who, n) for n, who in enumerate(sorted(names, key=hashes.get), 1)]
    lib.check()


# --- what is read


def rows(lib, name, *args, width):
    reply = lib.r.execute_command("FCALL_RO", name, 1, P, *args)
    at = reply.index("items")
    rest = reply[at + 2 :]
    assert len(rest) == int(reply[at + 1]) * width
    return dict(zip(reply[1:at:2], reply[2:at:2])), [tuple(rest[n : n + width]) for n in range(0, len(rest), width)]


def test_the_offer_comes_in_the_order_of_the_catalogue(lib):
    launch_planned(lib, units="U5 U2 U6 U1")
    reply = lib.r.execute_command("FCALL_RO", "ld_launch_offer", 1, P, "s1")
    assert reply == ["ok", "units", "4", "U1", "U2", "U5", "U6"]
    assert dict(rows(lib, "ld_launch_offers", width=2)[1]) == {unit: "s1" for unit in ("U1", "U2", "U5", "U6")}
    assert lib.r.execute_command("FCALL_RO", "ld_launch_offer", 1, P, "s2") == ["ok", "units", "0"]


def test_the_admitted_come_page_by_page(lib):
    launch_open(lib, buyers="b1 b2 c1")
    press(lib, "U2", "b2")
    _, found = rows(lib, "ld_launch_admitted", "s1", 0, 2, width=5)
    assert [(who, draw, deals) for who, draw, _, _, deals in found] == [("b1", "1", ""), ("b2", "2", "d1")]
    head, found = rows(lib, "ld_launch_admitted", "s1", 2, 2, width=5)
    assert head["total"] == "3" and [row[0] for row in found] == ["c1"]
    refused("bad_request", lib.call, "ld_launch_admitted", "s1", 0, 0, read_only=True)
    refused("no_such_launch", lib.call, "ld_launch_admitted", "s2", 0, 1, read_only=True)


def test_the_control_room_reads_how_it_goes(lib):
    launch_open(lib, units="U3 U1 U2 U5", buyers="b1 b2 c1", limit=2)
    lib.withhold("U5")
    press(lib, "U3", "b1"), press(lib, "U1", "b2")
    lib.do("ld_launch_complete", "d2", "qualified", "", "", **buyer("b2"))
    lib.call("ld_launch_tally", "s1", "d1", 1, "presses|9\n")
    lib.wait(5000)
    head, found = rows(lib, "ld_launch_control", "s1", width=6)
    expected = {"launch": "s1", "phase": "open", "elapsed_ms": "5000", "admitted": "3", "entered": "3", "available": "1", "locked": "2", "subscribed": "0",
                "withheld": "1", "active": "0", "waiting": "0", "tally": '{"presses":9}', "closes_at": str(record(lib)["closes_at"])}  # fmt: skip
    assert expected.items() <= head.items()
    assert found == [("U3", "d1", "b1", str(lib.now - 5000), str(lib.now + 595_000), "2")]
    run(lib, "close", "完")
    lib.wait(5000)
    assert rows(lib, "ld_launch_control", "s1", width=6)[0]["elapsed_ms"] == "5000", "its clock stands when it is over"


@pytest.mark.parametrize("name, args", [("ld_launch_control", []), ("ld_launch_me", ["s2", "b1"]), ("ld_launch_places", ["s2", "b1"]), ("ld_launch_admitted", ["", 0, 1])])
def test_of_a_session_that_is_none_nothing_is_read(lib, name, args):
    refused("no_such_launch", lib.call, name, *args, read_only=True)


def test_what_a_buyer_reads_of_oneself(lib):
    launch_planned(lib, buyers="b1 b2", mode="order", window_size=1, window_ms=10_000)
    assert me(lib, "c1")[0]["admitted"] == "0"
    enter(lib, "b2")
    head, deals = me(lib, "b2")
    opens = lib.now + 1000
    expected = {"admitted": "1", "draw": "2", "rank": "2", "group": "", "entered": str(lib.now), "opens_at": str(opens), "turn_from": str(opens + 10_000), "turn_to": str(opens + 20_000),
                "again_from": str(opens + 20_000), "place": "active", "count": "0"}  # fmt: skip
    assert expected.items() <= head.items() and deals == []
    lib.wait(11_000)
    press(lib, "U1", "b2")
    head, deals = me(lib, "b2")
    assert head["count"] == "1" and [deal["unit"] for deal in deals] == ["U1"]
    lib.wait(600_000)
    assert me(lib, "b2")[0]["count"] == "0"


def test_nothing_of_a_session_is_done_by_who_has_no_right_to_it(lib):
    launch_open(lib)
    for act, args in (("units", ("yes", "U4", "")), ("pause", ("r",)), ("close", ("r",)), ("code", ("b1", "a" * 32)), ("say", ("x",))):
        for who, role in (("ann", "consultant"), ("buyer:b1", "buyer"), ("fay", "finance"), ("rita", "relations"), ("wall", "display")):
            with pytest.raises(Refused) as refusal:
                lib.do("ld_launch_" + act, "s1", *args, actor=who, role=role)
            assert refusal.value.code == "forbidden"
