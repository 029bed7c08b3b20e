"""Launch sessions: what a choice holds and for how long, what the office may do with it, and bad luck: a clock in doubt, a
frozen project, a unit that goes to another session."""

import json

import pytest
from library import P, Library
from test_launch import buyer, me, press, record, run, why
from test_launch_plan import enter, next_one
from test_lock import refused
from writers import launch_open

MINUTE, HOUR = 60_000, 3_600_000


def complete(lib, deal="d1", who="b1", eligibility="qualified", down="", note="", **more):
    return lib.do("ld_launch_complete", deal, eligibility, down, note, **buyer(who), **more)


def give_back(lib, unit="U1", who="b1"):
    return lib.do("ld_release", unit, "", "", "", **buyer(who))


def deadline(lib, unit="U1"):
    return int(lib.unit(unit)["deadline"])


# --- the hold


def test_a_choice_holds_as_long_as_the_session_says_but_never_beyond_the_longest_hold(server):
    lib = Library(server, hold_max_ms=5000, lock_hold_ms=5000, subscribe_hold_ms=5000)
    launch_open(lib, hold_ms=600_000)
    assert int(press(lib)["deadline"]) == lib.now + 5000
    lib.wait(4999)
    assert int(complete(lib)["deadline"]) == lib.now + 1
    lib.check()


def test_completing_never_shortens_a_hold(server):
    lib = Library(server, lock_hold_ms=2000)
    launch_open(lib)
    first = press(lib)
    assert complete(lib)["deadline"] == first["deadline"]
    lib.check()


def test_a_hold_goes_on_when_the_session_is_over_and_can_still_be_completed(lib):
    launch_open(lib, closes_ms=lib.now + 2000)
    press(lib)
    lib.wait(5000)
    assert record(lib)["phase"] == "closed" and int(complete(lib)["deadline"]) == lib.now + 24 * HOUR


def test_an_application_that_the_consultant_brings_prolongs_the_hold_too_and_once(lib):
    launch_open(lib)
    press(lib)
    lib.wait(MINUTE)
    lib.apply()
    assert deadline(lib) == lib.now + 24 * HOUR
    assert [(e["t"], e.get("launch")) for e in lib.events()][-2:] == [("complete", None), ("apply", "s1")]
    lib.reject()
    lib.wait(MINUTE)
    complete(lib), lib.apply()
    assert deadline(lib) == lib.now + 24 * HOUR - MINUTE


def test_of_a_hold_whose_clock_stands_because_money_is_there_no_new_one_begins(lib):
    launch_open(lib)
    press(lib)
    lib.receipt(fen=5)
    lib.wait(600_000)
    assert lib.sweep()["overdue"] == "1"
    complete(lib)
    assert deadline(lib) == 0 and lib.deal("d1")["application"] == "submitted" and lib.events()[-1]["t"] == "apply"


@pytest.mark.parametrize("args", [{"eligibility": ""}, {"eligibility": "yes"}, {"down": "-1"}, {"down": "x"}, {"note": "房" * 41}, {"note": "电话13900001111"}])
def test_an_application_that_is_none_is_refused(lib, args):
    launch_open(lib)
    press(lib)
    refused("bad_request", complete, lib, **args)


def test_completed_is_only_what_was_chosen_in_a_session(lib):
    launch_open(lib)
    lib.lock("U4", "b1")
    refused("no_such_deal", complete, lib), refused("no_such_deal", complete, lib, "d9"), refused("no_such_deal", complete, lib, "")
    refused("forbidden", lib.do, "ld_launch_complete", "d1", "qualified", "", "", actor="ann", role="consultant")


def test_a_buyer_without_a_consultant_is_served_online(lib):
    lib.do("ld_buyer_put", "n1", '{"id":"n1","consultant":""}')
    launch_open(lib, buyers="n1")
    press(lib, "U1", "n1")
    assert (lib.unit("U1")["holder"], lib.deal("d1")["consultant"]) == ("online", "online")
    assert lib.deals("online")[0]["id"] == "d1"


# --- giving back


def test_what_was_given_back_is_free_at_once_for_all(lib):
    launch_open(lib)
    press(lib)
    assert give_back(lib)["status"] == "available" and press(lib, "U1", "b2")["deal"] == "d2"


def test_what_the_office_has_cannot_be_given_back_and_what_it_sent_back_can(lib):
    launch_open(lib, limit=2)
    press(lib, "U1"), press(lib, "U2")
    complete(lib, "d1"), complete(lib, "d2")
    lib.approve("U1"), lib.reject("U2")
    assert refused("not_ready", give_back, lib, "U1") == {"why": "application"}
    assert give_back(lib, "U2")["status"] == "available"


def test_what_was_put_to_another_name_is_the_buyers_no_more_but_counts(lib):
    launch_open(lib, buyers="b1")
    press(lib)
    lib.ask_rename(), lib.decide()
    assert lib.deal("d1")["buyer"] == "b2"
    refused("not_holder", give_back, lib), refused("not_holder", complete, lib)
    assert why(lib, "U1") == ("limit_reached", "units"), "it is no choice of one's own to press for again"


def test_who_chooses_and_gives_back_all_day_slows_nobody_down(lib):
    """Every press looks at the buyer's deals: the list of them does not grow."""
    launch_open(lib, limit=2)
    press(lib, "U3")
    for _ in range(40):
        press(lib), give_back(lib)
    deals = lib.r.hget(f"{P}:launch:s1:chosen", "b1").split()
    assert deals == ["d41", "d40", "d39", "d38", "d37", "d36", "d1"] and me(lib, "b1")[0]["count"] == "1"
    assert [deal["id"] for deal in me(lib, "b1")[1]] == deals


# --- presses


def test_of_many_who_press_in_the_same_millisecond_one_wins(lib):
    names = [f"x{n}" for n in range(60)]
    lib.do("ld_buyer_put", *[item for name in names for item in (name, json.dumps({"id": name, "consultant": "ann"}))])
    launch_open(lib, buyers=" ".join(names))
    pipe = lib.r.pipeline(transaction=False)
    for n, name in enumerate(names):
        pipe.execute_command("FCALL", "ld_lock", 1, P, "buyer:" + name, "buyer", f"k{n}", 0, "U1", "", "")
    replies = pipe.execute()
    assert [r[0] for r in replies].count("ok") == 1 and all(r[:2] == ["err", "unit_taken"] for r in replies if r[0] == "err")


def test_a_press_at_another_revision_than_the_units_is_told_so(lib):
    launch_open(lib)
    lib.withhold(), lib.offer()
    assert refused("stale_rev", lib.do, "ld_lock", "U1", "", "1", **buyer("b1"))["rev"] == "3"
    assert refused("bad_request", lib.do, "ld_lock", "U1", "", "x", **buyer("b1"))["field"] == "rev"
    assert lib.do("ld_lock", "U1", "", "3", **buyer("b1"))["rev"] == "4"


def test_a_buyer_named_in_a_press_makes_no_difference(lib):
    launch_open(lib)
    assert lib.do("ld_lock", "U1", "b2", "", **buyer("b1"))["deal"] == "d1" and lib.deal("d1")["buyer"] == "b1"


def test_who_sits_in_no_account_of_a_buyer_chooses_nothing(lib):
    launch_open(lib)
    for actor in ("b1", "buyer:", "buyer", "ann", "Buyer:b1"):
        refused("forbidden", lib.do, "ld_lock", "U1", "b1", "", actor=actor, role="buyer")


# --- the office, until the session is over and afterwards


def test_when_the_session_is_closed_the_rest_is_the_offices_again(lib):
    lib.way_to("locked", "U4")
    launch_open(lib)
    press(lib)
    refused("not_open", lib.lock, "U2")
    run(lib, "close", "完")
    assert why(lib, "U2") == ("not_open", "no_session")
    assert lib.lock("U2")["status"] == "locked"
    lib.ask_swap("U4", "U3"), lib.decide()
    assert lib.unit("U3")["deal"] == "d1"
    refused("unit_taken", lib.lock, "U1", "b2")


def test_late_money_takes_its_unit_again_when_the_session_is_over(lib):
    lib.way_to("subscribed", "U1")
    lib.wait(25 * HOUR)
    lib.sweep()
    launch_open(lib)
    run(lib, "close", "完")
    lib.receipt("", "d1")
    assert lib.unit("U1")["deal"] == "d1" and lib.unit("U1")["status"] == "subscribed"


def test_a_swap_that_was_asked_for_before_the_session_is_not_carried_out_during_it(lib):
    lib.way_to("locked", "U4")
    lib.ask_swap("U4", "U2")
    launch_open(lib)
    assert refused("not_open", lib.decide)["why"] == "session"
    run(lib, "close", "完")
    assert lib.decide()["decision"] == "approved"


def test_the_clerk_withholds_and_offers_within_a_session(lib):
    launch_open(lib)
    press(lib)
    lib.release("U1", "协调", "withheld", actor="cleo", role="clerk")
    assert why(lib, "U1", "b2") == ("not_open", "withheld")
    lib.release("U1", "", "available", actor="cleo", role="clerk")
    assert press(lib, "U1", "b2")["status"] == "locked"


# --- other sessions


def test_what_one_session_leaves_another_may_offer_to_its_own_buyers(lib):
    launch_open(lib, closes_ms=lib.now + 5000)
    press(lib)
    lib.wait(5000)
    second = next_one(lib)
    lib.do("ld_launch_units", second, "yes", "U1 U2", "")
    lib.do("ld_launch_admit", second, "b1", "", "", "", "c1", "", "", "")
    enter(lib, "b1", second, ""), enter(lib, "c1", second, "")
    refused("not_available", run, lib, "units", "no", "U3", ""), refused("not_available", run, lib, "units", "yes", "U3", "")
    lib.wait(1000)
    assert why(lib, "U2", "b2") == ("forbidden", "admitted") and why(lib, "U3", "b1") == ("not_open", "no_session")
    assert press(lib, "U2", "b1")["deal"] == "d2", "each session has a limit of its own"
    assert why(lib, "U1", "c1") == ("unit_taken", "")
    lib.wait(600_000)
    assert press(lib, "U1", "c1")["deal"] == "d3"


def test_units_go_in_and_out_until_it_opens_and_only_in_afterwards(lib):
    launch_open(lib, units="U1 U2")
    for on, units, code in (("no", "U1", "not_available"), ("yes", "U9", "no_such_unit"), ("yes", "U3 U3", "bad_request"), ("maybe", "U3", "not_available"),
                            ("yes", "", "bad_request")):  # fmt: skip
        refused(code, run, lib, "units", on, units, "")
    refused("bad_request", run, lib, "units", "yes", "U3", "x" * 121)
    run(lib, "pause", "停")
    assert run(lib, "units", "yes", "U3 U4", "加推")["count"] == "2"
    run(lib, "resume", "好")
    assert press(lib, "U4")["status"] == "locked"
    lib.do("ld_launch_units", next_one(lib), "yes", "U5", "")
    assert refused("not_available", run, lib, "units", "yes", "U5", "")["launch"] == "s2"


# --- bad luck


def test_while_the_clock_is_in_doubt_nothing_runs_out(lib):
    launch_open(lib)
    press(lib)
    lib.beat(wall=0)
    lib.wait(HOUR // 2)
    assert why(lib, "U1", "b2") == ("unit_taken", "") and why(lib, "U2") == ("limit_reached", "units")
    assert press(lib)["deal"] == "d1"
    complete(lib)
    press(lib, "U2", "b2")
    lib.wait(HOUR // 3)
    lib.do("ld_clock_confirm", "核对")
    assert lib.unit("U1")["status"] == "locked" and press(lib, "U3", "b2")["status"] == "locked", "the second ran out when the clock was trusted again"


def test_a_frozen_project_takes_no_press_and_goes_on_where_it_stood(lib):
    launch_open(lib)
    first = press(lib, key="same")
    lib.freeze()
    assert press(lib, key="same") == first
    for call in (lambda: press(lib, "U2"), lambda: complete(lib), lambda: give_back(lib), lambda: run(lib, "pause", "r")):
        refused("frozen", call)
    lib.thaw()
    assert complete(lib)["application"] == "submitted"


# --- pauses


def test_pauses_add_up_and_windows_begin_at_the_resume(lib):
    launch_open(lib, mode="order", window_size=1, window_ms=10_000, closes_ms=lib.now + 61_000)
    began = lib.now
    for _ in range(3):
        lib.wait(1000)
        run(lib, "pause", "停")
        lib.wait(7000)
        run(lib, "resume", "好")
    assert (record(lib)["shift_ms"], record(lib)["closes_at"]) == (21_000, began + 81_000)
    assert refused("not_open", press, lib, "U1", "b2")["opens_at"] == str(began + 31_000)
    lib.set_clock(began + 30_999)
    assert press(lib, "U1", "b1")["status"] == "locked"
    lib.set_clock(began + 31_000)
    assert press(lib, "U2", "b2")["status"] == "locked"


def test_a_session_that_stands_does_not_run_out_and_can_be_extended(lib):
    launch_open(lib, closes_ms=lib.now + 2000)
    run(lib, "pause", "停")
    lib.wait(HOUR)
    assert record(lib)["phase"] == "paused"
    run(lib, "extend", "5000", "补时")
    run(lib, "resume", "好")
    lib.wait(5999)
    assert press(lib)["status"] == "locked"
    lib.wait(1)
    assert why(lib, "U2", "b2") == ("not_open", "no_session")


@pytest.mark.parametrize("by_ms", ["", "999", "x", "-5000", str(7 * 24 * HOUR + 1)])
def test_an_extension_is_of_a_second_to_a_week(lib, by_ms):
    launch_open(lib)
    assert refused("bad_request", run, lib, "extend", by_ms, "r")["field"] == "by_ms"


def test_a_session_paused_before_it_opens_takes_no_press_and_no_plan(lib):
    launch_open(lib)
    second = next_one(lib)
    lib.do("ld_launch_pause", second, "停", actor="cleo", role="clerk")
    lib.wait(5000)
    refused("not_available", lib.do, "ld_launch_put", second, "", "", "limit", "2")
    lib.do("ld_launch_units", second, "yes", "U5", "")
    lib.do("ld_launch_admit", second, "b1", "", "", "")
    assert why(lib, "U5", "b1") == ("not_open", "paused")
    lib.do("ld_launch_resume", second, "好", actor="cleo", role="clerk")
    assert record(lib)["opens_at"] == lib.now and why(lib, "U5", "b1") == ("not_ready", "rules")
