"""Launch sessions (场次): opening, turns, limits, the hand on the switch, and what stays with the office."""

import hashlib
import json

import pytest
from library import P, Library, Refused
from test_lock import refused
from writers import COMMIT, SEED, launch_open, launch_planned, seed_and_commitment

HOUR = 3_600_000


def buyer(name):
    return {"actor": "buyer:" + name, "role": "buyer"}


def press(lib, unit="U1", who="b1", **more):
    return lib.do("ld_lock", unit, "", "", **buyer(who), **more)


def why(lib, unit="U1", who="b1"):
    """Code and reason of a press that is refused."""
    with pytest.raises(Refused) as refusal:
        press(lib, unit, who)
    return refusal.value.code, refusal.value.detail.get("why", "")


def run(lib, act, *args):
    return lib.do("ld_launch_" + act, "s1", *args, actor="cleo", role="clerk")


def record(lib):
    reply = lib.r.execute_command("FCALL_RO", "ld_launches", 1, P)
    return json.loads(reply[reply.index("items") + 2])


def me(lib, who):
    reply = lib.r.execute_command("FCALL_RO", "ld_launch_me", 1, P, "s1", who)
    at = reply.index("items")
    return dict(zip(reply[1:at:2], reply[2:at:2])), [json.loads(deal) for deal in reply[at + 2 :]]


# --- opening and closing


def test_a_press_is_refused_until_the_millisecond_of_the_opening_and_wins_then(lib):
    launch_open(lib)
    lib.set_clock(lib.now - 1)
    assert refused("not_open", press, lib) == {"why": "before", "opens_at": str(lib.now + 1)}
    lib.set_clock(lib.now + 1)
    won = press(lib)
    assert (won["status"], int(won["deadline"])) == ("locked", lib.now + 600_000)
    event = lib.events()[-1]
    assert (event["t"], event["by"], event["b"], event["launch"], event["hold"]) == ("lock", "buyer:b1", "b1", "s1", "ann")
    assert lib.deal("d1")["launch"] == "s1"


def test_the_last_millisecond_is_in_the_session_and_the_next_is_not(lib):
    launch_open(lib, closes_ms=lib.now + 5000)
    lib.wait(3999)
    assert press(lib)["status"] == "locked"
    lib.wait(1)
    assert why(lib, "U2", "b2") == ("not_open", "no_session")


def test_a_pause_stands_the_clock_of_the_session_still(lib):
    launch_open(lib, closes_ms=lib.now + 61_000, mode="order", window_size=1, window_ms=20_000)
    lib.wait(10_000)
    run(lib, "pause", "设备")
    lib.wait(100_000)
    assert why(lib) == ("not_open", "paused") and record(lib)["phase"] == "paused"
    run(lib, "resume", "好了")
    assert record(lib)["closes_at"] == lib.now + 50_000
    assert refused("not_open", press, lib, "U1", "b2")["opens_at"] == str(lib.now + 10_000)
    assert press(lib)["status"] == "locked"
    lib.wait(50_000)
    assert record(lib)["phase"] == "closed"


def test_a_pause_before_the_opening_puts_it_off_only_if_it_lasts(lib):
    launch_planned(lib)
    opens = lib.now + 1000
    run(lib, "pause", "早了")
    lib.wait(500)
    run(lib, "resume", "好了")
    assert record(lib)["opens_at"] == opens
    run(lib, "pause", "又停")
    lib.wait(5000)
    run(lib, "resume", "好了")
    assert record(lib)["opens_at"] == lib.now and record(lib)["phase"] == "open"


def test_it_is_extended_and_closed_by_hand_with_a_reason(lib):
    launch_open(lib, closes_ms=lib.now + 11_000)
    run(lib, "extend", "5000", "人多")
    lib.wait(14_000)
    assert press(lib)["status"] == "locked"
    for act, args in (("extend", ("1", "r")), ("extend", ("5000", "")), ("close", ("",)), ("pause", ("",))):
        refused("bad_request", run, lib, act, *args)
    run(lib, "close", "售罄")
    for act, args in (("extend", ("5000", "r")), ("close", ("r",)), ("pause", ("r",)), ("resume", ("r",)), ("units", ("yes", "U4", ""))):
        refused("not_available", run, lib, act, *args)
    assert [e["t"] for e in lib.events()][-1] == "launch_close"


def test_a_plan_is_changed_until_it_opens(lib):
    launch_planned(lib)
    lib.do("ld_launch_put", "s1", "", "", "limit", "2", "name", "改名")
    assert (record(lib)["limit"], record(lib)["name"], record(lib)["rules_sha"]) == (2, "改名", hashlib.sha1("规则".encode()).hexdigest())
    lib.wait(1000)
    refused("not_available", lib.do, "ld_launch_put", "s1", "", "", "limit", "3")
    refused("no_such_launch", lib.do, "ld_launch_put", "s9", "", "", "limit", "3")


# --- whose turn it is


def test_in_draw_order_windows_follow_one_another_and_the_skipped_come_again_at_the_end(lib):
    launch_planned(lib, buyers="", mode="order", window_size=1, window_ms=10_000)
    run(lib, "admit", "b2", "", "1", "", "b1", "", "5", "", "c1", "", "9", "")
    for who in ("b1", "b2", "c1"):
        lib.do("ld_launch_enter", "s1", hashlib.sha1("规则".encode()).hexdigest(), **buyer(who))
    lib.wait(1000)
    opening = lib.now
    assert refused("not_open", press, lib, "U1", "b1") == {"why": "turn", "opens_at": str(opening + 10_000)}
    lib.wait(10_000)
    assert refused("not_open", press, lib, "U1", "b2") == {"why": "standby", "opens_at": str(opening + 30_000)}
    assert press(lib, "U1", "b1")["status"] == "locked"
    assert [me(lib, who)[0]["rank"] for who in ("b2", "b1", "c1")] == ["1", "2", "3"]
    assert me(lib, "c1")[0]["turn_from"] == str(opening + 20_000)
    lib.wait(20_000)
    assert press(lib, "U2", "b2")["status"] == "locked", "the skipped one, after all had their turn"


def test_in_rounds_a_group_chooses_at_its_time_and_the_rest_at_the_end(lib):
    launch_planned(lib, buyers="", mode="groups", groups="A=10000,B=10000")
    run(lib, "admit", "b1", "B", "", "", "b2", "A", "", "", "c1", "", "", "")
    for who in ("b1", "b2", "c1"):
        lib.do("ld_launch_enter", "s1", hashlib.sha1("规则".encode()).hexdigest(), **buyer(who))
    lib.wait(1000)
    assert why(lib, "U1", "b1") == ("not_open", "turn") and why(lib, "U1", "c1") == ("not_open", "turn")
    assert press(lib, "U1", "b2")["status"] == "locked"
    lib.wait(10_000)
    assert press(lib, "U2", "b1")["status"] == "locked"
    assert refused("not_open", press, lib, "U3", "c1")["opens_at"] == str(lib.now + 10_000)
    lib.wait(10_000)
    assert press(lib, "U3", "c1")["status"] == "locked"


def test_the_draw_follows_from_the_committed_seed_and_happens_once(lib):
    launch_planned(lib, buyers="b1 b2 c1", mode="order")
    run(lib, "draw", "公证摇号")
    expected = sorted(("b1", "b2", "c1"), key=lambda who: hashlib.sha1(f"{SEED}|order|{who}".encode()).hexdigest())
    assert lib.r.zrange(f"{P}:launch:s1:order", 0, -1) == expected
    refused("not_available", run, lib, "draw", "再来")
    assert "seed" not in record(lib) and record(lib)["commit"] == COMMIT
    run(lib, "close", "完")
    assert record(lib)["seed"] == SEED


# --- who may choose, and how much


def test_who_is_not_admitted_or_has_not_entered_does_not_choose(lib):
    rules = launch_planned(lib, buyers="b1")
    lib.wait(1000)
    assert why(lib, "U1", "b1") == ("not_ready", "rules")
    assert why(lib, "U1", "b2") == ("forbidden", "admitted") and why(lib, "U1", "nobody") == ("forbidden", "admitted")
    refused("forbidden", lib.do, "ld_lock", "U1", "b1", "", actor="b1", role="buyer")
    refused("forbidden", lib.do, "ld_launch_enter", "s1", rules, **buyer("b2"))
    refused("stale_rev", lib.do, "ld_launch_enter", "s1", "0" * 40, **buyer("b1"))
    lib.do("ld_launch_enter", "s1", rules, **buyer("b1"))
    assert press(lib)["status"] == "locked"


def test_a_buyer_whom_the_office_refused_or_erased_does_not_choose(lib):
    launch_open(lib, buyers="b1 b2")
    lib.do("ld_buyer_put", "b1", json.dumps({"id": "b1", "qualification": "refused"}))
    assert why(lib) == ("forbidden", "qualification")
    lib.do("ld_buyer_erase", "b2", "客户要求")
    assert why(lib, "U1", "b2") == ("forbidden", "admitted")


def test_the_limit_counts_what_one_has_and_not_what_was_given_back_or_ran_out(lib):
    launch_open(lib, limit=2)
    press(lib, "U1"), press(lib, "U2")
    assert why(lib, "U3") == ("limit_reached", "units")
    lib.do("ld_release", "U1", "", "", "", **buyer("b1"))
    press(lib, "U3")
    lib.wait(600_000)
    press(lib, "U1"), press(lib, "U2", "b1")
    assert why(lib, "U3") == ("limit_reached", "units")


def test_pressing_again_for_what_one_has_changes_nothing(lib):
    launch_open(lib)
    first = press(lib)
    lib.wait(1000)
    before = lib.dump()
    assert press(lib, key="again")["deadline"] == first["deadline"]
    lib.r.delete(f"{P}:i:buyer:b1:again")
    assert lib.dump() == before


def test_a_withheld_unit_and_one_outside_the_session_are_not_open(lib):
    launch_open(lib, units="U1 U2")
    lib.withhold("U1")
    assert why(lib, "U1") == ("not_open", "withheld") and why(lib, "U5") == ("not_open", "no_session")
    run(lib, "units", "yes", "U5", "加推")
    assert press(lib, "U5")["status"] == "locked"


# --- from the choice to the application


def test_completing_turns_the_short_hold_into_the_usual_one_and_the_office_goes_on(lib):
    launch_open(lib)
    press(lib)
    lib.wait(60_000)
    done = lib.do("ld_launch_complete", "d1", "qualified", "5000", "尽快签约", **buyer("b1"))
    assert int(done["deadline"]) == lib.now + 24 * HOUR and done["application"] == "submitted"
    assert [e["t"] for e in lib.events()][-2:] == ["complete", "apply"]
    refused("not_ready", lib.do, "ld_release", "U1", "", "", "", **buyer("b1"))
    lib.do("ld_launch_complete", "d1", "unknown", "", "", **buyer("b1"))
    assert lib.deal("d1")["deadline"] == int(done["deadline"]), "once is enough"
    lib.approve()
    assert me(lib, "b1")[1][0]["status"] == "subscribed"
    refused("not_available", lib.do, "ld_launch_complete", "d1", "qualified", "", "", **buyer("b1"))


def test_completing_never_goes_beyond_the_longest_hold(server):
    lib = Library(server, hold_max_ms="3600000", lock_hold_ms="3600000", subscribe_hold_ms="3600000")
    launch_open(lib)
    press(lib)
    began = lib.now
    lib.wait(60_000)
    assert lib.do("ld_launch_complete", "d1", "qualified", "", "", **buyer("b1"))["deadline"] == str(began + HOUR)
    lib.check()


def test_what_is_not_completed_in_time_is_free_again(lib):
    launch_open(lib)
    press(lib)
    lib.wait(600_000)
    refused("not_available", lib.do, "ld_launch_complete", "d1", "qualified", "", "", **buyer("b1"))
    assert press(lib, "U1", "b2")["status"] == "locked" and lib.deal("d1")["status"] == "expired"


def test_nobody_completes_or_gives_back_what_another_chose(lib):
    launch_open(lib)
    press(lib)
    refused("not_holder", lib.do, "ld_launch_complete", "d1", "qualified", "", "", **buyer("b2"))
    refused("not_holder", lib.do, "ld_release", "U1", "", "", "", **buyer("b2"))
    assert lib.do("ld_release", "U1", "离场", "", "", actor="cleo", role="clerk")["status"] == "available"


# --- the office


def test_the_office_sells_nothing_that_a_session_offers_until_it_is_over(lib):
    lib.way_to("locked", "U4")
    launch_open(lib, closes_ms=lib.now + 10_000)
    assert refused("not_open", lib.lock, "U1")["why"] == "session"
    assert refused("not_open", lib.lock, "U1", actor="max", role="manager")["launch"] == "s1"
    assert refused("not_open", lib.ask_swap, "U4", "U2")["why"] == "session"
    assert lib.lock("U5")["status"] == "locked"
    lib.wait(9000)
    assert lib.lock("U1")["status"] == "locked"
    lib.ask_swap("U4", "U2")


def test_late_money_takes_no_unit_out_of_a_session(lib):
    lib.way_to("subscribed", "U1")
    lib.wait(25 * HOUR)
    lib.sweep()
    launch_planned(lib)
    lib.receipt("", "d1")
    assert lib.unit("U1")["status"] == "available" and lib.deal("d1")["refund_fen"] > 0


def test_a_unit_is_in_one_session_at_a_time(lib):
    launch_planned(lib)
    lib.do("ld_launch_put", "", *seed_and_commitment("二开"), "name", "二开", "opens_ms", str(lib.now + 9000), "closes_ms", str(lib.now + 19_000))
    assert refused("not_available", lib.do, "ld_launch_units", "s2", "yes", "U4 U1", "")["unit"] == "U1"
    refused("not_available", lib.do, "ld_launch_units", "s2", "no", "U1", "")
    run(lib, "units", "no", "U1", "")
    lib.do("ld_launch_units", "s2", "yes", "U4 U1", "")
    lib.wait(1000)
    refused("not_available", run, lib, "units", "no", "U2", "")


@pytest.mark.parametrize("row", [("b1", "A B", "", ""), ("b1", "A=1", "", ""), ("b1", "", "0", ""), ("b1", "", "-1", ""), ("b1", "", "x", ""), ("b1", "", "", "short"), ("b1",)])
def test_an_admission_that_is_none_admits_nobody(lib, row):
    launch_planned(lib, buyers="b2")
    refused("bad_request", run, lib, "admit", "c1", "", "", "", *row)
    assert lib.r.zcard(f"{P}:launch:s1:order") == 1


def test_admitting_again_changes_what_is_said_and_keeps_the_rest(lib):
    launch_planned(lib, buyers="b1 b2")
    run(lib, "admit", "b1", "A", "7", "a" * 32)
    run(lib, "admit", "b1", "", "", "")
    assert lib.r.zscore(f"{P}:launch:s1:order", "b1") == 7 and lib.r.hgetall(f"{P}:launch:s1:groups") == {"b1": "A"}
    assert lib.r.hgetall(f"{P}:launch:s1:codes") == {"b1": "a" * 32}


def test_a_rehearsal_is_a_new_project_of_that_name_only(lib):
    refused("bad_request", lib.do, "ld_rehearse", "p")
    shadow = "ld:{p--r1}"
    lib.call("ld_create", "ctl", "manager", "", 0, "试验", "uuid-2", keys=(shadow,))
    lib.call("ld_rehearse", "ctl", "manager", "k1", 0, "p", keys=(shadow,))
    assert lib.r.hget(f"{shadow}:meta", "rehearsal") == "p"
    refused("not_available", lib.call, "ld_rehearse", "ctl", "manager", "k2", 0, "p", keys=(shadow,))
    refused("bad_request", lib.call, "ld_rehearse", "ctl", "manager", "k3", 0, "q", keys=(shadow,))


def test_a_rehearsal_is_told_wherever_the_project_is_read_and_only_the_office_makes_one(lib):
    shadow = ("ld:{p--r1}",)
    lib.call("ld_create", "ctl", "manager", "", 0, "试验", "uuid-2", keys=shadow)
    for role in ("consultant", "finance", "buyer", "display"):
        refused("forbidden", lib.call, "ld_rehearse", "ann", role, "k1", 0, "p", keys=shadow)
    refused("too_late", lib.call, "ld_rehearse", "max", "manager", "k1", 1, "p", keys=shadow)
    first = lib.call("ld_rehearse", "max", "clerk", "k1", 0, "p", keys=shadow)
    assert lib.call("ld_rehearse", "max", "clerk", "k1", 0, "p", keys=shadow) == first
    for name in ("ld_snapshot", "ld_catalog"):
        reply = lib.r.execute_command("FCALL_RO", name, 1, *shadow)
        assert reply[reply.index("rehearsal") + 1] == "p"
        reply = lib.r.execute_command("FCALL_RO", name, 1, P)
        assert reply[reply.index("rehearsal") + 1] == ""
    event = lib.r.xrevrange(f"{shadow[0]}:events", count=1)[0][1]
    assert (event["t"], event["of"], event["by"]) == ("rehearsal", "p", "max")


def test_what_has_deals_becomes_no_rehearsal(lib):
    shadow = ("ld:{p--r1}",)
    lib.call("ld_create", "ctl", "manager", "", 0, "试验", "uuid-2", keys=shadow)
    lib.r.hset(f"{shadow[0]}:meta", "next_deal", "2")
    refused("not_available", lib.call, "ld_rehearse", "max", "manager", "k1", 0, "p", keys=shadow)


def test_the_trail_alone_tells_the_plan_and_the_order_of_all_who_are_admitted(lib):
    launch_planned(lib, buyers="b1", mode="groups", groups="A=600000,B=300000", window_size=7, window_ms=60_000)
    lib.do("ld_launch_admit", "s1", "b2", "B", "5", "", "c1", "", "", "", "b1", "A", "", "")
    planned = next(event for event in lib.events() if event["t"] == "launch_plan")
    assert {name: planned[name] for name in ("groups", "window_size", "window_ms", "active_max")} == {
        "groups": "A=600000,B=300000", "window_size": "7", "window_ms": "60000", "active_max": "0",
    }  # fmt: skip
    lists = [event["list"] for event in lib.events() if event["t"] == "launch_admit"]
    assert lists == ["b1|1|", "b2|5|B c1|6| b1|1|A"]
