"""Accounts and their sessions: who may touch which account, and that a session ends with what it rests on."""

import json

import pytest
from library import ROLES
from test_lock import refused


def put(lib, name, role="consultant", hash="", scope="p", actor="cleo", by="clerk", **more):
    return lib.do("ld_account_put", name, role, hash, scope, actor=actor, role=by, **more)


def disable(lib, name, reason="离职", scope="p", actor="cleo", by="clerk", **more):
    return lib.do("ld_account_disable", name, reason, scope, actor=actor, role=by, **more)


def test_signing_in_begins_a_session_that_ends_by_itself(lib):
    lib.account("ann", projects=["p", "q"])
    token = lib.sign_in("ann", ttl_ms=50_000)
    assert lib.session(token) == {"account": "ann", "role": "consultant", "projects": ["p", "q"]}
    for key in ("ld:session:" + token, "ld:sessions:ann"):
        assert 0 < lib.r.pttl(key) <= 50_000


def test_the_list_of_sessions_outlives_each_of_them_and_forgets_the_old(lib):
    lib.account("ann")
    lib.sign_in("ann", ttl_ms=90_000)
    lib.sign_in("ann", ttl_ms=10_000)
    assert lib.r.pttl("ld:sessions:ann") > 50_000
    assert lib.r.zcard("ld:sessions:ann") == 2
    lib.wait(20_000)
    lib.sign_in("ann")
    assert lib.r.zcard("ld:sessions:ann") == 2


def test_a_sign_in_whose_account_has_changed_since_the_password_was_compared_is_none(lib):
    was = lib.account("ann")
    lib.account("ann", hash="$y$j75$other")
    refused("bad_credentials", lib.call, "ld_sign_in", "ann", was, "a" * 64, 1000, keys=("ld:accounts",))
    was = lib.account("ann", disabled=True)
    refused("bad_credentials", lib.call, "ld_sign_in", "ann", was, "a" * 64, 1000, keys=("ld:accounts",))
    refused("bad_credentials", lib.call, "ld_sign_in", "nobody", was, "a" * 64, 1000, keys=("ld:accounts",))
    for bad in (["ann", was, "short", 1000], ["ann", was, "a" * 64, "x"], ["ann", was, "a" * 64, 0]):
        refused("bad_request", lib.call, "ld_sign_in", *bad, keys=("ld:accounts",))


def test_a_new_account_is_of_this_project_and_needs_a_password(lib):
    assert refused("bad_request", put, lib, "dora")["field"] == "password"
    ok = put(lib, "dora", hash="$y$j75$x/y.z")
    assert (ok["account"], ok["role"]) == ("dora", "consultant")
    assert lib.record("dora") == {"account": "dora", "role": "consultant", "projects": ["p"], "hash": "$y$j75$x/y.z", "disabled": False}
    event = lib.events()[-1]
    assert (event["t"], event["by"], event["account"], event["account_role"]) == ("account", "cleo", "dora", "consultant")
    assert "$y$" not in json.dumps(lib.events()) and str(event["seq"]) == ok["seq"]


def test_what_is_not_named_stays_and_what_changes_ends_the_sessions(lib):
    lib.account("ann")
    token, events = lib.sign_in("ann"), len(lib.events())
    put(lib, "ann")
    assert lib.session(token) and len(lib.events()) == events, "nothing changed, nothing was written"
    put(lib, "ann", role="finance")
    assert lib.session(token) is None
    assert (lib.record("ann")["role"], lib.record("ann")["hash"]) == ("finance", "$y$j75$old")
    token = lib.sign_in("ann")
    put(lib, "ann", role="finance", hash="$y$j75$new")
    assert lib.session(token) is None and lib.record("ann")["hash"] == "$y$j75$new"


def test_an_account_of_another_project_that_the_actor_has_too_gets_this_one_as_well(lib):
    lib.account("ann", projects=["q"])
    refused("forbidden", put, lib, "ann")
    put(lib, "ann", scope="p q")
    assert lib.record("ann")["projects"] == ["q", "p"]


@pytest.mark.parametrize("projects, scope, allowed", [
    (["p"], "p", True), (["p", "q"], "p", False), (["p", "q"], "p q", True), (["p", "q"], "*", True), (["*"], "p", False), (["*"], "p q", False),
    (["*"], "*", True), (["p"], "", False), (["p"], "q", False), (["p"], "pp", False),
])  # fmt: skip
def test_who_lacks_a_project_of_the_account_may_not_touch_it(lib, projects, scope, allowed):
    lib.account("ann", projects=projects)
    for call in (lambda: put(lib, "ann", role="finance", scope=scope), lambda: disable(lib, "ann", scope=scope)):
        if allowed:
            call()
        else:
            refused("forbidden", call)
            assert lib.record("ann")["role"] == "consultant" and not lib.record("ann")["disabled"]


def test_accounts_of_managers_are_touched_and_made_by_managers_only(lib):
    lib.account("mia", role="manager"), lib.account("ann")
    refused("forbidden", put, lib, "mia", role="consultant", hash="$y$j75$mine")
    refused("forbidden", put, lib, "mia", role="manager")
    refused("forbidden", disable, lib, "mia")
    refused("forbidden", put, lib, "ann", role="manager")
    refused("forbidden", put, lib, "zoe", role="manager", hash="$y$j75$x")
    put(lib, "mia", role="clerk", actor="max", by="manager")
    put(lib, "ann", role="manager", actor="max", by="manager")
    disable(lib, "ann", actor="max", by="manager")


@pytest.mark.parametrize("by", ["clerk", "manager"])
def test_nobody_changes_or_disables_oneself(lib, by):
    lib.account("cleo", role=by)
    refused("forbidden", put, lib, "cleo", role="manager", by=by, scope="*")
    refused("forbidden", put, lib, "cleo", role=by, hash="$y$j75$x", by=by, scope="*")
    refused("forbidden", disable, lib, "cleo", by=by, scope="*")


@pytest.mark.parametrize("name", ["", "a b", "x" * 65, "display:p:s1", "安", 'a"b', "a|b"])
def test_an_account_has_a_plain_name(lib, name):
    assert refused("bad_request", put, lib, name, hash="$y$j75$x")["field"] == "account"


def test_a_role_that_there_is_not_and_a_password_in_clear_are_refused(lib):
    assert refused("bad_request", put, lib, "dora", role="root", hash="$y$j75$x")["field"] == "role"
    for clear in ("secret word", "geheim12", "$y$", "$y$" + "x" * 400):
        assert refused("bad_request", put, lib, "dora", hash=clear)["field"] == "password"
    for role in set(ROLES) - {"manager"}:
        put(lib, f"n-{role}", role=role, hash="$y$j75$x")


def test_a_disabled_account_has_no_session_left_and_put_lets_it_in_again(lib):
    lib.account("ann")
    tokens = [lib.sign_in("ann") for _ in range(3)]
    disable(lib, "ann")
    assert [lib.session(t) for t in tokens] == [None] * 3 and lib.record("ann")["disabled"]
    event = lib.events()[-1]
    assert (event["t"], event["account"], event["why"]) == ("disable", "ann", "离职")
    events = len(lib.events())
    disable(lib, "ann")
    assert len(lib.events()) == events, "it is disabled already"
    put(lib, "ann")
    assert not lib.record("ann")["disabled"]


def test_an_account_of_another_project_looks_like_none(lib):
    lib.account("ann", projects=["q"])
    refused("no_such_account", disable, lib, "ann")
    refused("no_such_account", disable, lib, "nobody")
    assert refused("bad_request", disable, lib, "ann", reason="")["field"] == "reason"


def test_access_can_be_taken_from_a_frozen_project_but_not_given(lib):
    lib.account("ann")
    lib.call("ld_freeze", "d1", "differs")
    refused("frozen", put, lib, "dora", hash="$y$j75$x")
    disable(lib, "ann")


def test_a_new_password_ends_the_other_sessions(lib):
    was = lib.account("ann")
    mine, other = lib.sign_in("ann"), lib.sign_in("ann")
    lib.do("ld_password", was, "$y$j75$new", mine, actor="ann", role="consultant")
    assert lib.session(mine) and lib.session(other) is None
    assert lib.record("ann")["hash"] == "$y$j75$new"
    assert lib.events()[-1]["t"] == "password" and lib.events()[-1]["account"] == "ann"
    refused("bad_credentials", lib.do, "ld_password", was, "$y$j75$third", mine, actor="ann", role="consultant")
    was = lib.account("bob", projects=["q"])
    refused("forbidden", lib.do, "ld_password", was, "$y$j75$new", mine, actor="bob", role="consultant")


def test_the_list_has_the_accounts_of_the_project_and_no_hashes(lib):
    lib.account("zoe"), lib.account("ann", projects=["q"]), lib.account("bob", projects=["*"], disabled=True)
    lib.r.hset("ld:accounts", "broken", "not json")
    reply = lib.r.execute_command("FCALL_RO", "ld_accounts", 1, "ld:{p}")
    assert reply[3:5] == ["items", "2"]
    assert [json.loads(r)["account"] for r in reply[5:]] == ["bob", "zoe"]
    assert "hash" not in "".join(reply)


def test_a_record_that_cannot_be_read_is_not_overwritten_by_guessing(lib):
    lib.r.hset("ld:accounts", "ann", "not json")
    refused("not_available", put, lib, "ann", hash="$y$j75$x")
