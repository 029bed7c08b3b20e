"""Accounts managed by the office itself: made, changed, disabled; passwords that change; and who may not."""

import ctypes
import json
import threading
import time

import pytest

from listing import PASSWORD, PROJECT, Refusal, catalog, eventually, new_key

CANARY = "canary-Passwort-夜莺-42"


def put(office, account, role="consultant", password=None, by="clerk1", **options):
    args = {"account": account, "role": role, **({"password": password} if password is not None else {})}
    return office.post_command("account.put", args, by, **options)


def disable(office, account, by="clerk1"):
    return office.post_command("account.disable", {"account": account, "reason": "离职"}, by)


def listed(office, by="clerk1", project=PROJECT):
    return {a["account"]: a for a in office.http("GET", f"/api/v1/projects/{project}/accounts", account=by).json["accounts"]}


def change(office, account, old, new, **options):
    return office.http("POST", "/api/v1/password", {"old": old, "new": new}, account, **options)


def record(office, account):
    return json.loads(office.redis.client.hget("ld:accounts", account))


def has_projects(office, account, projects):
    office.redis.client.hset("ld:accounts", account, json.dumps({**record(office, account), "projects": projects}))


def two_ports(open_office, **settings):
    """An office with two daemons, each on a port of its own."""
    office = open_office(daemons=0, **settings)
    ports = [office.ports.free() for _ in range(2)]
    for port in ports:
        office.add_daemon(listen_port=port).start()
    office.settings["listen_port"] = ports[0]
    return office, ports


def test_a_new_account_signs_in_and_works(office):
    assert put(office, "consultant9", password=CANARY).json["ok"] | {"seq": 0} == {"account": "consultant9", "role": "consultant", "seq": 0}
    response = office.login("consultant9", CANARY)
    assert (response.status, response.json["role"], response.json["projects"]) == (200, "consultant", [PROJECT])
    assert listed(office)["consultant9"] == {"account": "consultant9", "role": "consultant", "projects": [PROJECT], "disabled": False}
    event = office.events()[-1]
    assert (event["type"], event["by"], event["account"], event["account_role"]) == ("account", "clerk1", "consultant9", "consultant")
    office.ctl("verify", "--project", PROJECT)


def test_repeating_the_request_gives_the_first_outcome_and_another_password_is_another_request(office):
    key = new_key()
    first = put(office, "consultant9", password=CANARY, key=key)
    kept = record(office, "consultant9")
    assert put(office, "consultant9", password=CANARY, key=key).json == first.json
    assert record(office, "consultant9") == kept
    put(office, "consultant9", password=CANARY + "x", key=key).problem(422, "key_reused")
    assert put(office, "consultant9", password=CANARY).status == 200
    assert record(office, "consultant9")["hash"] != kept["hash"], "each request has a salt of its own"


def test_by_websocket_it_is_the_same(office):
    screen = office.screen("clerk1")
    args = {"project": PROJECT, "account": "consultant9", "role": "consultant", "password": CANARY}
    assert screen.command("account.put", args, new_key())["account"] == "consultant9"
    with pytest.raises(Refusal) as refusal:
        screen.command("account.put", {**args, "password": "short"}, new_key())
    assert refusal.value.code == "bad_request" and "short" not in json.dumps(refusal.value.error)
    assert office.login("consultant9", CANARY).status == 200


@pytest.mark.parametrize("password", ["", "1234567", "夜莺夜莺夜莺夜", "x" * 513, 12345678, None])
def test_a_password_has_eight_characters_at_least(office, password):
    args = {"account": "consultant9", "role": "consultant", "password": password}
    response = office.post_command("account.put", args, "clerk1")
    response.problem(400, "bad_request")
    assert "consultant9" not in listed(office)


def test_a_password_stands_nowhere_but_hashed(open_office):
    office = open_office(log_level="debug")
    office.screen("clerk1").command("account.put", {"project": PROJECT, "account": "consultant9", "role": "consultant", "password": CANARY}, new_key())
    put(office, "consultant8", password=CANARY + "8")
    assert office.login("consultant9", CANARY).status == 200
    assert change(office, "consultant1", PASSWORD, CANARY + "1").status == 204
    assert change(office, "consultant2", CANARY + "wrong", CANARY + "2").status == 401
    put(office, "consultant7", role="nonsense", password=CANARY)
    everything = b"".join(p.read_bytes() for p in (office.folder / "redis").rglob("*") if p.is_file())
    assert b"consultant9" in everything, "the append-only file is among them"
    for text in (everything.decode(errors="replace"), office.daemon.log(), json.dumps(office.events(), ensure_ascii=False)):
        assert CANARY not in text and PASSWORD not in text
    for key in office.redis.client.scan_iter("ld:{p1}:i:*"):
        assert "$y$" not in stored(office, key)


def stored(office, key):
    """A stored answer, as far as it is text."""
    return office.redis.client.eval("return cjson.encode(cmsgpack.unpack(redis.call('GET', KEYS[1])))", 1, key)


def test_disabling_closes_every_socket_of_the_account_at_once_on_every_daemon(open_office):
    office, ports = two_ports(open_office)
    screens = [office.screen("consultant2", port=port) for port in ports for _ in range(2)]
    others = [office.screen("consultant1", port=port) for port in ports]
    assert disable(office, "consultant2").status == 200
    started = time.monotonic()
    assert [screen.close_code(timeout=5) for screen in screens] == [4501] * 4
    assert time.monotonic() - started < 1
    for other in others:
        other.command("ping", {})
    for port in ports:
        office.get("catalog", account="consultant2", port=port).problem(401, "unauthenticated")
    office.login("consultant2").problem(401, "bad_credentials")
    assert listed(office)["consultant2"]["disabled"]
    assert put(office, "consultant2").status == 200
    assert office.login("consultant2").status == 200, "put lets it in again"


def test_another_role_needs_another_sign_in(office):
    screen = office.screen("consultant2")
    assert put(office, "consultant2", role="finance").status == 200
    assert screen.close_code(timeout=5) == 4501
    assert office.login("consultant2").json["role"] == "finance"


def test_changing_ones_password_ends_the_other_sessions_on_every_daemon(open_office):
    office, ports = two_ports(open_office)
    other = office.login("consultant1").json["token"]
    there = {"Authorization": "Bearer " + other}
    office.tokens["consultant1"], mine = other, office.login("consultant1").json["token"]
    ending = [office.screen("consultant1", port=port) for port in ports]
    office.tokens["consultant1"] = mine
    staying = [office.screen("consultant1", port=port) for port in ports]
    assert change(office, "consultant1", PASSWORD, CANARY).status == 204
    started = time.monotonic()
    assert [screen.close_code(timeout=5) for screen in ending] == [4501, 4501]
    assert time.monotonic() - started < 1
    for screen in staying:
        screen.command("ping", {})
    for port in ports:
        office.get("catalog", account=None, headers=there, port=port).problem(401, "unauthenticated")
        assert office.get("catalog", port=port).status == 200
    office.login("consultant1").problem(401, "bad_credentials")
    assert office.login("consultant1", CANARY).status == 200
    event = office.events()[-1]
    assert (event["type"], event["account"], event["by"]) == ("password", "consultant1", "consultant1")


def test_a_password_is_not_changed_without_the_old_one_or_to_a_bad_one(office):
    change(office, "consultant1", "wrong", CANARY).problem(401, "bad_credentials")
    for new in ("1234567", PASSWORD, "x" * 513):
        change(office, "consultant1", PASSWORD, new).problem(400, "bad_request")
    for body in (b"", b"[]", b"{}", b'{"old":1,"new":"12345678"}', b'{"old":"x"}'):
        office.http("POST", "/api/v1/password", raw=body, account="consultant1").problem(400, "bad_request")
    office.http("POST", "/api/v1/password", {"old": PASSWORD, "new": CANARY}).problem(401, "unauthenticated")
    assert office.login("consultant1").status == 200


def test_guessing_the_old_password_is_throttled_as_signing_in_is(open_office):
    office = open_office(login_per_account=4, login_window_s=60)
    office.token("consultant1")
    statuses = [change(office, "consultant1", "wrong", CANARY).status for _ in range(5)]
    assert statuses == [401] * 3 + [429] * 2, "the sign-in counts too"
    change(office, "consultant1", PASSWORD, CANARY).problem(429, "rate_limited")
    assert office.login("consultant2").status == 200


@pytest.mark.parametrize("by", ["clerk1", "manager1"])
def test_nobody_changes_or_disables_oneself(office, by):
    for role in ("manager", "clerk"):
        put(office, by, role=role, by=by).problem(403, "forbidden")
    put(office, by, role="clerk", password=CANARY, by=by).problem(403, "forbidden")
    disable(office, by, by=by).problem(403, "forbidden")
    assert office.login(by).status == 200


def test_a_clerk_reaches_no_manager_and_makes_none(office):
    put(office, "manager1", role="consultant").problem(403, "forbidden")
    put(office, "manager1", role="manager", password=CANARY).problem(403, "forbidden")
    disable(office, "manager1").problem(403, "forbidden")
    put(office, "consultant2", role="manager").problem(403, "forbidden")
    put(office, "newcomer", role="manager", password=CANARY).problem(403, "forbidden")
    assert record(office, "manager1")["role"] == "manager" and "newcomer" not in listed(office)
    assert put(office, "manager2", role="manager", password=CANARY, by="manager1").status == 200
    assert disable(office, "manager2", by="manager1").status == 200


def test_who_lacks_the_right_sees_and_changes_nothing(office):
    for by in ("consultant1", "finance1", "relations1", "display1", "buyer1"):
        office.get("accounts", account=by).problem(403, "forbidden")
        put(office, "newcomer", password=CANARY, by=by).problem(403, "forbidden")
        disable(office, "consultant2", by=by).problem(403, "forbidden")


def test_an_account_that_has_more_projects_than_the_actor_is_out_of_reach(office):
    office.create_project("p2", catalog(4))
    has_projects(office, "consultant2", [PROJECT, "p2"])
    has_projects(office, "finance1", ["p2"])
    has_projects(office, "relations1", ["*"])
    for account in ("consultant2", "relations1"):
        put(office, account, role="clerk", password=CANARY).problem(403, "forbidden")
        disable(office, account).problem(403, "forbidden")
    put(office, "finance1", role="finance").problem(403, "forbidden")
    disable(office, "finance1").problem(404, "no_such_account")
    found = listed(office)
    assert "finance1" not in found
    assert (found["consultant2"]["projects"], found["consultant2"]["foreign"]) == ([PROJECT], True), "what else there is, is not named"
    assert "foreign" not in found["consultant1"]
    has_projects(office, "manager1", ["*"])
    assert put(office, "finance1", role="finance", by="manager1").status == 200
    assert record(office, "finance1")["projects"] == ["p2", PROJECT]
    assert listed(office, "manager1")["relations1"]["projects"] == ["*"]
    assert disable(office, "relations1", by="manager1").status == 200


def test_no_hash_leaves_the_daemon(office):
    for by in ("clerk1", "manager1"):
        assert "$y$" not in office.get("accounts", account=by).body.decode()


def test_a_sign_in_under_way_while_the_account_is_disabled_does_not_slip_through(office):
    """Comparing takes a while: what was right when it began must still be so when the session is written."""
    library = ctypes.CDLL("libcrypt.so.1")
    library.crypt_gensalt.restype = library.crypt.restype = ctypes.c_char_p
    slow = library.crypt(PASSWORD.encode(), library.crypt_gensalt(b"$y$", 9, None, 0)).decode()
    office.redis.client.hset("ld:accounts", "consultant2", json.dumps({**record(office, "consultant2"), "hash": slow}))
    office.token("clerk1")
    statuses, looked = [], lambda: office.redis.client.info("commandstats")["cmdstat_hget"]["calls"]
    before = looked()
    sign_in = threading.Thread(target=lambda: statuses.append(office.login("consultant2").status))
    sign_in.start()
    eventually(lambda: looked() > before)
    assert disable(office, "consultant2").status == 200
    assert not statuses, "the comparing was still under way"
    sign_in.join()
    assert statuses == [401]
    assert office.redis.client.keys("ld:sessions:consultant2") == []


def test_operators_tools_and_the_office_work_on_the_same_accounts(office):
    assert put(office, "consultant9", password=CANARY).status == 200
    assert "consultant9" in office.ctl("account", "list")
    assert "disabled" in office.ctl("account", "disable", "consultant9")
    assert listed(office)["consultant9"]["disabled"]
    office.ctl("do", "--project", PROJECT, "account.put", status=64)
