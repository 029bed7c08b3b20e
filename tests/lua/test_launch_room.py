"""Launch sessions: signing in, the waiting room, and what the daemons count."""

import hashlib

import pytest
from library import P
from test_launch import buyer, me, press, run, why
from test_lock import refused
from writers import SEED, launch_open, launch_planned

MINUTE = 60_000


def ix(text):
    return hashlib.md5(text.encode()).hexdigest()


def with_phones(lib, *names):
    for name in names:
        lib.do("ld_buyer_put", name, '{"id":"%s","sealed":"v1.k.AA","phone_ix":"%s"}' % (name, ix(name)))


def sign_in(lib, who, way, proof, jti_ms=0, attempt=""):
    token = hashlib.sha256(lib.new_key().encode()).hexdigest()
    return token, lib.call("ld_buyer_sign_in", way, ix(who), ix(proof), token, MINUTE, jti_ms, attempt)


def seen(lib, *names):
    return lib.call("ld_launch_seen", "s1", " ".join(names))


def wait_told(lib, ms, *names):
    """Time passes while a daemon tells of the room, and that these are there."""
    while ms > 10_000:
        lib.wait(10_000)
        seen(lib, *names)
        ms -= 10_000
    lib.wait(ms)


def places(lib, *names):
    reply = lib.r.execute_command("FCALL_RO", "ld_launch_places", 1, P, "s1", " ".join(names))
    return reply[reply.index("items") + 2 :]


# --- signing in


def test_a_code_signs_in_once_and_another_sign_in_ends_the_first(lib):
    with_phones(lib, "b1", "b2")
    launch_planned(lib, buyers="b2")
    run(lib, "admit", "b1", "", "", ix("c1"))
    first, answer = sign_in(lib, "b1", "code", "c1")
    assert answer == {"account": "buyer:b1", "buyer": "b1", "launch": "s1"}
    assert lib.session(first) == {"account": "buyer:b1", "role": "buyer", "projects": ["p"]}
    refused("bad_credentials", sign_in, lib, "b1", "code", "c1")
    assert lib.events()[-1]["t"] != "replace", "there was nobody to replace"
    run(lib, "code", "b1", ix("c2"))
    second, _ = sign_in(lib, "b1", "code", "c2")
    assert lib.session(first) is None and lib.session(second)
    assert (lib.events()[-1]["t"], lib.events()[-1]["account"]) == ("replace", "buyer:b1")


def test_a_link_is_good_once_and_only_for_the_admitted(lib):
    with_phones(lib, "b1", "b2")
    launch_planned(lib, buyers="b1")
    sign_in(lib, "b1", "link", "j1", MINUTE)
    refused("bad_credentials", sign_in, lib, "b1", "link", "j1", MINUTE)
    refused("bad_credentials", sign_in, lib, "b2", "link", "j2", MINUTE)
    refused("bad_credentials", sign_in, lib, "b1", "link", "j3", 0)
    assert 0 < lib.r.pttl(f"{P}:jti:{ix('j1')}") <= MINUTE


def test_nobody_signs_in_when_the_session_is_over(lib):
    with_phones(lib, "b1")
    launch_planned(lib, buyers="b1")
    run(lib, "code", "b1", ix("c1"))
    run(lib, "close", "完")
    refused("bad_credentials", sign_in, lib, "b1", "code", "c1")


@pytest.mark.parametrize("way, jti_ms", [("code", 0), ("link", MINUTE)])
def test_who_lost_the_answer_signs_in_again_by_the_same_attempt(lib, way, jti_ms):
    with_phones(lib, "b1", "b2")
    launch_planned(lib, buyers="b1 b2")
    run(lib, "code", "b1", ix("x" if way == "code" else "unused"))
    first, _ = sign_in(lib, "b1", way, "x", jti_ms, "page-1")
    for attempt in ("page-2", ""):
        refused("bad_credentials", sign_in, lib, "b1", way, "x", jti_ms, attempt)
    refused("bad_credentials", sign_in, lib, "b2", way, "x", jti_ms, "page-1")
    refused("bad_request", sign_in, lib, "b1", way, "x", jti_ms, "no key")
    second, _ = sign_in(lib, "b1", way, "x", jti_ms, "page-1")
    assert lib.session(first) is None and lib.session(second)
    assert 0 < lib.r.pttl(f"{P}:signin:{ix('x')}") <= 10 * MINUTE
    if way == "code":
        run(lib, "code", "b1", ix("y"))
        refused("bad_credentials", sign_in, lib, "b1", way, "x", jti_ms, "page-1")
    lib.r.delete(f"{P}:signin:{ix('x')}")
    refused("bad_credentials", sign_in, lib, "b1", way, "x", jti_ms, "page-1")


# --- the waiting room


def ticket(who):
    return int(hashlib.sha1(f"{SEED}|room|{who}".encode()).hexdigest()[:12], 16)


def test_who_came_in_time_is_drawn_and_who_came_later_queues_behind(lib):
    rules = launch_planned(lib, buyers="b1 b2 c1", active_max=1)
    for who in ("b1", "b2"):
        lib.do("ld_launch_enter", "s1", rules, **buyer(who))
    assert places(lib, "b1", "b2", "c1") == ["waiting", "waiting", ""], "the draw is secret before the opening"
    lib.wait(1000)
    lib.do("ld_launch_enter", "s1", rules, **buyer("c1"))
    drawn = sorted(("b1", "b2"), key=ticket)
    assert places(lib, *drawn, "c1") == ["active", "0", "1"]
    assert why(lib, "U1", drawn[1]) == ("not_open", "waiting")
    assert press(lib, "U1", drawn[0])["status"] == "locked"


def test_a_seat_is_free_when_somebody_is_done_or_gone(lib):
    rules = launch_planned(lib, buyers="b1 b2 c1", active_max=1)
    for who in ("b1", "b2", "c1"):
        lib.do("ld_launch_enter", "s1", rules, **buyer(who))
    lib.wait(1000)
    order = sorted(("b1", "b2", "c1"), key=ticket)
    assert seen(lib, *order)["let_in"] == order[0]
    deal = press(lib, "U1", order[0])["deal"]
    assert seen(lib, *order)["let_in"] == "", "who has chosen still completes"
    lib.do("ld_launch_complete", deal, "qualified", "", "", **buyer(order[0]))
    assert seen(lib, *order)["let_in"] == order[1] and me(lib, order[0])[0]["place"] == ""
    wait_told(lib, 59_999, order[2])
    assert seen(lib, order[2])["let_in"] == ""
    lib.wait(2)
    answer = seen(lib, order[2])
    assert (answer["let_in"], answer["active"], answer["waiting"], answer["passed"]) == (order[2], "1", "0", "3")
    lib.wait(1)
    seen(lib, order[1])
    assert places(lib, order[1]) == ["0"], "who comes back queues at the end"


def test_there_are_never_more_active_than_seats(lib):
    rules = launch_planned(lib, buyers="b1 b2 c1", active_max=2)
    for who in ("b1", "b2", "c1"):
        lib.do("ld_launch_enter", "s1", rules, **buyer(who))
    for _ in range(30):
        lib.wait(2000)
        assert int(seen(lib, "b1", "b2", "c1")["active"]) <= 2
    assert sorted(places(lib, "b1", "b2", "c1")) == ["0", "active", "active"]


def test_who_has_not_entered_has_no_place(lib):
    launch_planned(lib, buyers="b1 b2", active_max=1)
    lib.wait(1000)
    assert seen(lib, "b1", "b2", "nobody")["waiting"] == "0" and places(lib, "b1", "nobody") == ["", ""]


def test_in_a_paused_session_nobody_is_let_in(lib):
    rules = launch_planned(lib, buyers="b1", active_max=1)
    lib.do("ld_launch_enter", "s1", rules, **buyer("b1"))
    run(lib, "pause", "停")
    lib.wait(2000)
    assert seen(lib, "b1")["let_in"] == ""
    run(lib, "resume", "好")
    assert seen(lib, "b1")["let_in"] == "b1"


def seated(lib, names, active_max=1):
    """An open session in which a seat is for five minutes; these come one after the other."""
    rules = launch_planned(lib, buyers=names, active_max=active_max, window_ms=5 * MINUTE)
    lib.wait(1000)
    for who in names.split():
        lib.do("ld_launch_enter", "s1", rules, **buyer(who))
    seen(lib, *names.split())


def after(lib, ms, *names):
    wait_told(lib, ms, *names)
    return seen(lib, *names)


def test_a_seat_is_for_a_window_and_then_for_whoever_waits_the_longest(lib):
    names = ("b1", "b2", "c1")
    seated(lib, "b1 b2 c1")
    after(lib, 5 * MINUTE - 1, *names)
    assert places(lib, *names) == ["active", "0", "1"]
    assert after(lib, 1, *names)["let_in"] == "b2"
    assert places(lib, *names) == ["1", "active", "0"], "the first waits anew, behind all"
    assert why(lib, who="b1") == ("not_open", "waiting")
    after(lib, 5 * MINUTE, *names)
    assert places(lib, *names) == ["0", "1", "active"]


def test_no_more_give_up_their_seats_than_wait(lib):
    seated(lib, "b1 b2 c1", active_max=2)
    after(lib, 5 * MINUTE, "b1", "b2", "c1")
    assert places(lib, "b1", "b2", "c1") == ["0", "active", "active"]


def test_a_seat_that_nobody_waits_for_is_kept(lib):
    seated(lib, "b1 b2", active_max=2)
    after(lib, 50 * MINUTE, "b1", "b2")
    assert places(lib, "b1", "b2") == ["active", "active"] and press(lib)["status"] == "locked"


def test_who_has_chosen_all_one_may_gives_up_the_seat_and_does_not_queue(lib):
    seated(lib, "b1 b2")
    press(lib)
    after(lib, 5 * MINUTE, "b1", "b2")
    assert places(lib, "b1", "b2") == ["", "active"]


def test_while_the_session_stands_or_nobody_tells_of_it_no_seat_runs_out(lib):
    seated(lib, "b1 b2")
    after(lib, 4 * MINUTE, "b1", "b2")
    run(lib, "pause", "设备")
    after(lib, 20 * MINUTE, "b1", "b2")
    run(lib, "resume", "修好")
    after(lib, MINUTE - 1, "b1", "b2")
    assert places(lib, "b1", "b2") == ["active", "0"]
    lib.wait(10 * MINUTE)  # Redis or all daemons are away
    seen(lib, "b1", "b2")
    after(lib, 5 * MINUTE - 1, "b1", "b2")
    assert places(lib, "b1", "b2") == ["active", "0"]
    after(lib, 1, "b1", "b2")
    assert places(lib, "b1", "b2") == ["0", "active"]


def test_a_buyer_reads_until_when_the_seat_is_kept(lib):
    seated(lib, "b1 b2")
    until = [int(me(lib, who)[0]["turn_to"]) for who in ("b1", "b2")]
    assert until == [lib.now + 5 * MINUTE, lib.now + 3_600_000]
    after(lib, 5 * MINUTE, "b1", "b2")
    assert int(me(lib, "b2")[0]["turn_to"]) == lib.now + 5 * MINUTE


def test_without_a_room_everybody_is_active(lib):
    launch_open(lib)
    assert me(lib, "b1")[0]["place"] == "active" and seen(lib, "b1", "b2")["waiting"] == "0"
    assert lib.r.zcard(f"{P}:launch:s1:seen") == 2


def room_of(lib, names, active_max=1, come="", **plan):
    """A session with a waiting room; those in `come` have entered before it opens."""
    rules = launch_planned(lib, buyers=names, active_max=active_max, **plan)
    for who in come.split():
        lib.do("ld_launch_enter", "s1", rules, **buyer(who))
    return rules


def many(lib, count):
    names = [f"x{n}" for n in range(count)]
    lib.do("ld_buyer_put", *[item for name in names for item in (name, '{"id":"%s","consultant":"ann"}' % name)])
    return names


def test_the_places_of_all_who_came_in_time_can_be_computed_again(lib):
    names = many(lib, 200)
    room_of(lib, " ".join(names), 5, " ".join(reversed(names)))
    lib.wait(1000)
    drawn = sorted(names, key=ticket)
    assert seen(lib)["let_in"].split() == drawn[:5]
    assert places(lib, *drawn) == ["active"] * 5 + [str(n) for n in range(195)]


def test_who_comes_later_queues_in_the_order_of_coming(lib):
    names = many(lib, 20)
    rules = room_of(lib, " ".join(names), 1, "x0")
    lib.wait(1000)
    for who in names[1:]:
        lib.do("ld_launch_enter", "s1", rules, **buyer(who))
    assert places(lib, *names) == ["active", *[str(n) for n in range(19)]]
    lib.do("ld_launch_enter", "s1", rules, **buyer("x3"))
    assert places(lib, "x3", "x4") == ["2", "3"], "entering again is no way forward or back"


def test_a_session_that_is_paused_before_it_opens_still_draws_its_places(lib):
    rules = room_of(lib, "b1 b2 c1")
    run(lib, "pause", "停")
    lib.wait(5000)
    for who in ("b1", "b2", "c1"):
        lib.do("ld_launch_enter", "s1", rules, **buyer(who))
    assert places(lib, "b1", "b2") == ["waiting", "waiting"] and me(lib, "b1")[0]["place"] == "waiting"
    run(lib, "resume", "好")
    drawn = sorted(("b1", "b2", "c1"), key=ticket)
    assert seen(lib, *drawn)["let_in"] == drawn[0] and places(lib, *drawn) == ["active", "0", "1"]


def test_who_leaves_before_the_opening_and_comes_back_in_time_has_the_drawn_place_again(lib):
    rules = room_of(lib, "b1 b2", 1, "b1 b2", opens_ms=lib.now + 10 * MINUTE, closes_ms=lib.now + 60 * MINUTE)
    seen(lib)
    wait_told(lib, 2 * MINUTE)
    assert seen(lib)["waiting"] == "0"
    for who in ("b1", "b2"):
        lib.do("ld_launch_enter", "s1", rules, **buyer(who))
    assert [score for _, score in lib.r.zrange(f"{P}:launch:s1:room", 0, -1, withscores=True)] == sorted([ticket("b1"), ticket("b2")])


def test_sixty_seconds_unseen_is_gone_and_a_millisecond_less_is_not(lib):
    room_of(lib, "b1 b2", 1, "b1 b2")
    lib.wait(1000)
    first, second = sorted(("b1", "b2"), key=ticket)
    seen(lib, first, second)
    wait_told(lib, MINUTE - 1, second)
    assert seen(lib, second)["let_in"] == ""
    lib.wait(1)
    assert seen(lib, second)["let_in"] == second
    assert why(lib, "U1", first) == ("not_open", "waiting") and press(lib, "U1", second)["status"] == "locked"


def test_nobody_loses_seat_or_place_while_redis_or_all_daemons_were_away(lib):
    names = many(lib, 6)
    room_of(lib, " ".join(names), 2, " ".join(names))
    lib.wait(1000)
    drawn = sorted(names, key=ticket)
    wait_told(lib, MINUTE, *names)
    seen(lib, *names)
    lib.wait(10 * MINUTE, beats=False)
    lib.beat()
    back = [drawn[0], drawn[4]]  # each daemon tells of a few at a time
    assert (seen(lib, *back)["let_in"], places(lib, *drawn)) == ("", ["active", "active", "0", "1", "2", "3"])
    wait_told(lib, MINUTE - 1, *back)
    assert places(lib, *drawn) == ["active", "active", "0", "1", "2", "3"]
    lib.wait(1)
    assert seen(lib, *back)["let_in"] == drawn[4], "who has not come back within a minute has left"
    assert places(lib, *drawn) == ["active", "", "", "", "active", ""]


def test_a_silence_of_twenty_seconds_and_one_more_millisecond_begins_the_minute_anew(lib):
    room_of(lib, "b1 b2", 1, "b1 b2")
    lib.wait(1000)
    first, second = sorted(("b1", "b2"), key=ticket)
    seen(lib, first, second)
    for ms, let_in in ((20_000, ""), (20_000, ""), (20_000, second)):
        lib.wait(ms)
        assert seen(lib, second)["let_in"] == let_in
    lib.wait(1000)
    seen(lib, first, second)
    for ms, let_in in ((20_000, ""), (20_001, ""), (20_000, ""), (20_000, ""), (19_999, ""), (1, first)):
        lib.wait(ms)
        assert seen(lib, first)["let_in"] == let_in


def test_when_the_time_is_up_nobody_keeps_a_seat(lib):
    room_of(lib, "b1 b2", 1, "b1 b2", closes_ms=lib.now + 3000)
    lib.wait(1000)
    assert seen(lib, "b1", "b2")["active"] == "1"
    lib.wait(2000)
    assert [seen(lib, "b1", "b2")[name] for name in ("phase", "active", "waiting")] == ["closed", "0", "0"]


def test_who_waits_is_refused_before_it_is_looked_at_whether_the_unit_is_free(lib):
    room_of(lib, "b1 b2", 1, "b1 b2")
    assert why(lib, "U1", "b1") == ("not_open", "before")
    lib.wait(1000)
    assert why(lib, "U1", "b1") == why(lib, "U1", "b2") == ("not_open", "waiting")
    first, second = sorted(("b1", "b2"), key=ticket)
    seen(lib, "b1")
    press(lib, "U1", first)
    assert why(lib, "U1", second) == ("not_open", "waiting")


def test_who_has_reached_the_limit_by_completing_leaves_and_comes_in_again_when_the_office_releases(lib):
    room_of(lib, "b1 b2", 1, "b1")
    lib.wait(1000)
    seen(lib, "b1")
    press(lib, "U1", "b1")
    lib.do("ld_launch_complete", "d1", "qualified", "", "", **buyer("b1"))
    assert seen(lib, "b1")["active"] == "0" and places(lib, "b1") == [""]
    lib.release("U1", "资格不符", actor="cleo", role="clerk")
    assert seen(lib, "b1")["let_in"] == "b1"


def test_with_a_limit_of_two_one_stays_until_both_are_chosen(lib):
    room_of(lib, "b1", 1, "b1", limit=2)
    lib.wait(1000)
    seen(lib, "b1")
    press(lib, "U1", "b1")
    lib.do("ld_launch_complete", "d1", "qualified", "", "", **buyer("b1"))
    assert places(lib, "b1") == ["active"] and press(lib, "U2", "b1")["status"] == "locked"


@pytest.mark.parametrize("names", ["a|b", "a\nb", "x" * 74_000])
def test_names_that_are_none_are_not_seen(lib, names):
    room_of(lib, "b1")
    refused("bad_request", lib.call, "ld_launch_seen", "s1", names)
    refused("no_such_launch", lib.call, "ld_launch_seen", "s2", "b1")


# --- what is counted


def test_a_batch_of_counters_is_counted_once(lib):
    launch_planned(lib)

    def tally():
        return lib.r.hgetall(f"{P}:launch:s1:tally")

    assert lib.call("ld_launch_tally", "s1", "d1", 1, "presses|3\nrefused.unit_taken|2\n") == {"counted": "1"}
    assert lib.call("ld_launch_tally", "s1", "d1", 1, "presses|3\n") == {"counted": "0"}
    lib.call("ld_launch_tally", "s1", "d2", 1, "presses|4\nlat.16|4\n")
    assert tally() == {"presses": "7", "refused.unit_taken": "2", "lat.16": "4"}


@pytest.mark.parametrize("lines", ["", "presses", "presses|x\n", "Presses|1\n", "presses|1", "a b|1\n", "presses|" + "9" * 10 + "\n", "x" * 41 + "|1\n", "a|1\n" * 201])
def test_lines_that_are_none_count_nothing(lib, lines):
    launch_planned(lib)
    refused("bad_request", lib.call, "ld_launch_tally", "s1", "d1", 1, lines)
    assert not lib.r.exists(f"{P}:launch:s1:tally")
