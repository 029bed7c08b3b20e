"""Buyers sign in to a launch session: by a one-time code or a signed link, once each, and each buyer at one place."""

import hashlib

import pytest
from library import P
from test_launch import press, record, run
from test_launch_hold import complete
from test_launch_plan import next_one
from test_launch_room import MINUTE, ix, sign_in, with_phones
from test_lock import refused
from writers import launch_planned

ADMIT = "ld_launch_admit"


@pytest.fixture
def ready(lib):
    """b1 and b2 are admitted, each with a code of the own name."""
    with_phones(lib, "b1", "b2", "c1")
    launch_planned(lib, buyers="")
    run(lib, "admit", *[item for who in ("b1", "b2") for item in (who, "", "", ix(who))])
    return lib


def link(lib, who, jti, jti_ms=MINUTE):
    return sign_in(lib, who, "link", jti, jti_ms)


def replaced(lib):
    return [e["account"] for e in lib.events() if e["t"] == "replace"]


def test_a_sign_in_lasts_as_long_as_it_is_given(ready):
    token, _ = sign_in(ready, "b1", "code", "b1")
    assert 0 < ready.r.pttl("ld:session:" + token) <= MINUTE and ready.r.zrange("ld:sessions:buyer:b1", 0, -1) == [token]


def test_a_code_is_good_for_its_buyer_only(ready):
    refused("bad_credentials", sign_in, ready, "b1", "code", "b2")
    refused("bad_credentials", sign_in, ready, "c1", "code", "b1")
    refused("bad_credentials", sign_in, ready, "nobody", "code", "b1")
    assert sign_in(ready, "b1", "code", "b1")[1]["buyer"] == "b1"


def test_a_failed_attempt_uses_up_nothing(ready):
    refused("bad_credentials", sign_in, ready, "b1", "code", "wrong")
    refused("bad_credentials", sign_in, ready, "c1", "link", "j1", MINUTE)
    sign_in(ready, "b1", "code", "b1"), link(ready, "b2", "j1")
    assert replaced(ready) == []


def test_the_office_gives_another_code_and_the_old_one_is_void(ready):
    run(ready, "code", "b1", ix("new"))
    refused("bad_credentials", sign_in, ready, "b1", "code", "b1")
    sign_in(ready, "b1", "code", "new")
    assert (ready.events()[-1]["t"], ready.events()[-1]["b"]) == ("launch_code", "b1") and ix("new") not in str(ready.events())
    refused("no_such_buyer", run, ready, "code", "c1", ix("x"))
    for bad in ("", "x", "A" * 32, "a" * 33):
        refused("bad_request", run, ready, "code", "b1", bad)


@pytest.mark.parametrize("close", [lambda lib: run(lib, "close", "售罄"), lambda lib: lib.wait(record(lib)["closes_ms"] - lib.now)], ids=["by hand", "by the clock"])
def test_who_has_a_unit_comes_in_when_the_session_is_over_and_nobody_else(ready, close):
    run(ready, "code", "b2", ix("later"))
    run(ready, "checkin", "b1")
    ready.wait(record(ready)["opens_ms"] - ready.now)
    press(ready)
    deadline = int(complete(ready)["deadline"])
    close(ready)
    refused("bad_credentials", sign_in, ready, "b2", "code", "later")
    refused("bad_credentials", link, ready, "b2", "j1")
    assert refused("not_available", run, ready, "code", "b2", ix("again"))["status"] == "closed"
    run(ready, "code", "b1", ix("again"))
    next_one(ready)
    assert sign_in(ready, "b1", "code", "again")[1]["launch"] == link(ready, "b1", "j2")[1]["launch"] == "s1"
    ready.wait(deadline - ready.now)
    refused("bad_credentials", link, ready, "b1", "j3")
    refused("not_available", run, ready, "code", "b1", ix("late"))


@pytest.mark.parametrize("args", [("", ix("b1"), ix("b1"), "a" * 64, 1000, 0), ("sms", ix("b1"), ix("b1"), "a" * 64, 1000, 0), ("code", "1390", ix("b1"), "a" * 64, 1000, 0),
                                  ("code", ix("b1"), "", "a" * 64, 1000, 0), ("code", ix("b1"), ix("b1"), "a" * 63, 1000, 0), ("code", ix("b1"), ix("b1"), "a" * 64, 0, 0),
                                  ("code", ix("b1"), ix("b1"), "a" * 64, "x", 0), ("link", ix("b1"), ix("b1"), "a" * 64, 1000, 86_400_001), ("link", ix("b1"), ix("b1"), "a" * 64, 1000, "-1"),
                                  ()])  # fmt: skip
def test_what_is_no_sign_in_is_refused(ready, args):
    refused("bad_request", ready.call, "ld_buyer_sign_in", *args)


def test_another_sign_in_replaces_the_first_and_says_so_in_the_trail(ready):
    first, _ = sign_in(ready, "b1", "code", "b1")
    second, _ = link(ready, "b1", "j1")
    third, _ = link(ready, "b1", "j2")
    assert [bool(ready.session(token)) for token in (first, second, third)] == [False, False, True]
    assert replaced(ready) == ["buyer:b1"] * 2 and ready.meta("access_seq") == ready.meta("seq")
    assert ready.r.zrange("ld:sessions:buyer:b1", 0, -1) == [third]


def test_nobody_is_replaced_who_had_left_or_whose_time_was_up(ready):
    token, _ = sign_in(ready, "b1", "code", "b1")
    ready.r.delete("ld:session:" + token)  # signed out
    second, _ = link(ready, "b1", "j1")
    assert replaced(ready) == [] and ready.r.zrange("ld:sessions:buyer:b1", 0, -1) == [second]


def test_a_buyer_of_another_project_with_the_same_id_stays_signed_in(ready):
    """Ids of buyers are of a project; their accounts are called alike."""
    other, token = '{"account":"buyer:b1","role":"buyer","projects":["q"]}', "b" * 64
    ready.r.set("ld:session:" + token, other)
    ready.r.zadd("ld:sessions:buyer:b1", {token: ready.now + MINUTE})
    ours, _ = sign_in(ready, "b1", "code", "b1")
    assert ready.r.get("ld:session:" + token) == other and replaced(ready) == []
    assert set(ready.r.zrange("ld:sessions:buyer:b1", 0, -1)) == {token, ours}
    link(ready, "b1", "j1")
    assert ready.session(ours) is None and ready.r.get("ld:session:" + token) == other and replaced(ready) == ["buyer:b1"]


def test_of_several_sessions_the_one_whose_code_it_is_and_by_link_the_newest(ready):
    second = next_one(ready)
    ready.do(ADMIT, second, "b1", "", "", ix("other"), "c1", "", "", "")
    assert sign_in(ready, "b1", "code", "b1")[1]["launch"] == "s1"
    assert sign_in(ready, "b1", "code", "other")[1]["launch"] == second
    assert link(ready, "b1", "j1")[1]["launch"] == second and link(ready, "b2", "j2")[1]["launch"] == "s1"
    ready.do("ld_launch_close", second, "取消")
    assert link(ready, "b1", "j3")[1]["launch"] == "s1"
    refused("bad_credentials", link, ready, "c1", "j4")


def test_a_sign_in_looks_at_no_session_of_others_however_many_there_are(ready):
    for _ in range(50):
        next_one(ready)
    ready.r.config_resetstat()
    sign_in(ready, "b1", "code", "b1")
    assert ready.r.info("commandstats")["cmdstat_hget"]["calls"] < 10


def test_an_id_of_a_link_is_good_again_when_no_such_link_could_be(ready):
    link(ready, "b1", "j1", 1)
    ready.r.pexpire(f"{P}:jti:{ix('j1')}", 0)
    link(ready, "b1", "j1")


def test_who_was_erased_or_gave_up_the_number_does_not_sign_in(ready):
    ready.do("ld_buyer_erase", "b1", "客户要求")
    refused("bad_credentials", sign_in, ready, "b1", "code", "b1"), refused("bad_credentials", link, ready, "b1", "j1")
    ready.do("ld_buyer_put", "b2", '{"id":"b2","sealed":"v1.k.AA","phone_ix":"%s"}' % ix("elsewhere"))
    refused("bad_credentials", sign_in, ready, "b2", "code", "b2")


def test_nobody_signs_in_while_the_project_is_frozen_and_the_code_is_good_afterwards(ready):
    ready.freeze()
    refused("frozen", sign_in, ready, "b1", "code", "b1")
    ready.thaw()
    sign_in(ready, "b1", "code", "b1")


def test_neither_number_nor_code_nor_token_stands_in_the_trail(ready):
    token, _ = sign_in(ready, "b1", "code", "b1")
    link(ready, "b1", "j1")
    told = str(ready.events())
    for secret in (token, ix("b1"), ix("j1"), hashlib.sha256(token.encode()).hexdigest()):
        assert secret not in told
