"""Displays: a code for people, a secret for the session, and the end of both."""

import hashlib

import pytest
from library import CODE, P
from test_lock import refused

MINUTE = 60_000
SECRET = "5" * 64
TOKEN = "a" * 64


def pair(lib, code=CODE, name="大堂屏", actor="cleo", role="clerk", **more):
    return lib.do("ld_display_pair", code, name, actor=actor, role=role, **more)


def claim(lib, code=CODE, secret=SECRET, token=TOKEN, limit=0, counter="ld:login:claim:1.2.3.4"):
    return lib.call("ld_claim", code, secret, token, 3_600_000, limit, MINUTE, keys=(counter,))


def revoke(lib, display="s1", reason="换屏"):
    return lib.do("ld_display_revoke", display, reason, actor="cleo", role="clerk")


def displays(lib):
    reply = lib.r.execute_command("FCALL_RO", "ld_displays", 1, P)
    return reply[5::2], reply[6::2]


def test_a_display_waits_is_paired_and_gets_its_session_once(lib):
    assert lib.show_code()["expires_at"] == str(lib.now + 10 * MINUTE)
    assert claim(lib)["status"] == "waiting"
    assert pair(lib)["display"] == "s1"
    event = lib.events()[-1]
    assert (event["t"], event["display"], event["by"]) == ("pair", "s1", "cleo")
    assert "大堂屏" not in str(lib.events())
    ok = claim(lib)
    assert (ok["status"], ok["account"], ok["project"]) == ("paired", "display:p:s1", "p")
    assert lib.session(TOKEN) == {"account": "display:p:s1", "role": "display", "projects": ["p"]}
    assert 0 < lib.r.pttl("ld:session:" + TOKEN) <= 3_600_000
    assert claim(lib, token="b" * 64)["status"] == "none", "a code is good for one session"
    assert lib.session("b" * 64) is None
    assert displays(lib)[0] == ['{"id":"s1","name":"大堂屏","paired_ms":%d,"paired_by":"cleo"}' % lib.now]


def test_without_the_secret_a_code_is_worth_nothing(lib):
    lib.show_code()
    pair(lib)
    assert claim(lib, secret="6" * 64)["status"] == "none"
    assert claim(lib)["status"] == "paired"


def test_a_code_ends_after_ten_minutes(lib):
    lib.show_code()
    lib.wait(10 * MINUTE - 1)
    assert claim(lib)["status"] == "waiting"
    lib.wait(1)
    assert claim(lib)["status"] == "none"
    refused("no_such_code", pair, lib)


def test_a_code_typed_in_its_last_moment_can_still_be_claimed(lib):
    lib.show_code()
    lib.wait(10 * MINUTE - 1)
    pair(lib)
    lib.wait(MINUTE - 1)
    assert claim(lib)["status"] == "paired"
    lib.show_code("ABCDEF", "7" * 64)
    pair(lib, "ABCDEF")
    lib.wait(10 * MINUTE)
    assert claim(lib, "ABCDEF", "7" * 64)["status"] == "none"


@pytest.mark.parametrize("code", ["", "K7M4P", "K7M4PXX", "K7M4P0", "O7M4PX", "K7M4P*", "ABCDEF"])
def test_a_code_that_no_display_shows_is_refused(lib, code):
    lib.show_code()
    refused("no_such_code", pair, lib, code)


def test_a_code_may_be_typed_in_small_letters_and_is_used_up(lib):
    lib.show_code()
    pair(lib, CODE.lower())
    refused("no_such_code", pair, lib)


def test_a_code_of_another_project_looks_like_none(lib):
    lib.show_code(project="q")
    refused("no_such_code", pair, lib)


@pytest.mark.parametrize("name", ["", "x" * 73, "a\nb", "13800001111 张三"])
def test_a_display_has_a_name(lib, name):
    lib.show_code()
    assert refused("bad_request", pair, lib, name=name)["field"] == "name"


def test_two_displays_do_not_show_the_same_code_and_old_ones_are_free_again(lib):
    lib.show_code()
    refused("exists", lib.show_code, secret="6" * 64)
    lib.wait(10 * MINUTE)
    lib.show_code(secret="6" * 64)
    assert claim(lib, secret="6" * 64)["status"] == "waiting"


def test_the_number_of_codes_is_bounded_by_those_that_are_out(lib):
    lib.r.zadd("ld:pairings", {f"C{n}": lib.now + 1 + n % 2 * MINUTE for n in range(5000)})
    refused("limit_reached", lib.show_code)
    lib.wait(1)
    lib.show_code()
    assert lib.r.zcard("ld:pairings") == 2501


def test_guessing_is_throttled_and_waiting_is_not(lib):
    lib.show_code()
    assert [claim(lib, limit=3)["status"] for _ in range(9)] == ["waiting"] * 9
    assert [claim(lib, "ABCDEF", limit=3)["status"] for _ in range(5)] == ["none"] * 3 + ["throttled"] * 2
    assert claim(lib, limit=3)["status"] == "throttled", "not even a right one gets through"
    assert claim(lib, limit=3, counter="ld:login:claim:5.6.7.8")["status"] == "waiting"
    assert 0 < lib.r.pttl("ld:login:claim:1.2.3.4") <= MINUTE


def test_what_is_malformed_begins_no_pairing_and_no_session(lib):
    for bad in (["K7M4P", SECRET, "p"], [CODE, "short", "p"], [CODE, SECRET, ""], [CODE, SECRET, "a b"], [CODE, SECRET, "x" * 65]):
        refused("bad_request", lib.call, "ld_pairing", *bad, keys=("ld:pairings",))
    good = [CODE, SECRET, TOKEN, 1000, 0, 1000]
    for at, bad in ((1, "x"), (2, "x"), (3, "0"), (3, "x"), (4, "-1"), (5, "0")):
        refused("bad_request", lib.call, "ld_claim", *[bad if i == at else v for i, v in enumerate(good)], keys=("c",))


def test_a_revoked_display_is_signed_out(lib):
    lib.show_code(), pair(lib), claim(lib)
    assert revoke(lib)["display"] == "s1"
    assert lib.session(TOKEN) is None and displays(lib) == ([], [])
    event = lib.events()[-1]
    assert (event["t"], event["display"], event["why"]) == ("revoke", "s1", "换屏")
    refused("no_such_display", revoke, lib)
    lib.show_code(), pair(lib)
    assert displays(lib)[0][0].startswith('{"id":"s2"'), "a number is never given twice"


def test_a_display_revoked_before_it_came_for_its_session_gets_none(lib):
    lib.show_code(), pair(lib), revoke(lib)
    assert claim(lib)["status"] == "none"


def test_revoking_one_leaves_others_alone_even_of_the_same_number(lib):
    lib.show_code(), pair(lib), claim(lib)
    lib.call("ld_create", "ctl", "manager", "", 0, "二期", "uuid-q", keys=("ld:{q}",))
    lib.show_code("ABCDEF", project="q")
    lib.call("ld_display_pair", "cleo", "clerk", "k", 0, "ABCDEF", "屏", keys=("ld:{q}",))
    claim(lib, "ABCDEF", token="b" * 64)
    assert lib.session("b" * 64)["account"] == "display:q:s1"
    revoke(lib)
    assert lib.session(TOKEN) is None and lib.session("b" * 64)


def test_revoking_works_where_no_change_is_taken(lib):
    lib.show_code(), pair(lib)
    lib.call("ld_freeze", "d1", "differs")
    revoke(lib)
    lib.show_code("ABCDEF")
    refused("frozen", pair, lib, "ABCDEF")


def test_the_last_contact_is_kept_and_a_daemon_speaks_for_its_own_connections_only(lib):
    lib.show_code(), pair(lib)
    assert displays(lib)[1] == ["0||0"], "never seen"
    claim(lib)
    assert displays(lib)[1] == [f"{lib.now}||0"]
    lib.wait(1000)
    lib.call("ld_display_seen", "d1", 40_000, "s1", "s9")
    assert displays(lib)[1] == [f"{lib.now}|d1|{lib.now + 40_000}"], "s9 is no display and leaves nothing"
    vouched = lib.now + 40_000
    lib.wait(1000)
    lib.call("ld_display_seen", "d2", 0, "s1")
    assert displays(lib)[1] == [f"{lib.now}|d1|{vouched}"], "it left d2, but d1 still has it"
    lib.call("ld_display_seen", "d1", 0, "s1")
    assert displays(lib)[1] == [f"{lib.now}|d1|0"]
    assert not lib.r.hexists(f"{P}:displays:seen", "s9")


def test_there_are_at_most_two_hundred_displays(lib):
    lib.r.hset(f"{P}:displays", mapping={f"s{n}": '{"id":"s%d"}' % n for n in range(1000, 1200)})
    lib.show_code()
    refused("limit_reached", pair, lib)


def test_secrets_are_known_to_redis_as_hashes_only(lib):
    secret = hashlib.sha256(b"the secret itself").hexdigest()
    lib.show_code(secret=secret)
    assert lib.r.hget("ld:pairing:" + CODE, "secret") == secret
