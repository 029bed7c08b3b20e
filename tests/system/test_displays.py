"""Displays: paired by a code, read-only, signed in for long, and out at once."""

import json
import time

import pytest

from listing import PROJECT, Screen, eventually, new_key


def offer(office, project=PROJECT, **options):
    response = office.http("POST", "/api/v1/pairings", {"project": project}, **options)
    assert response.status == 201, (response.status, response.body)
    return response.json


def claim(office, pairing, secret=None, **options):
    body = {"code": pairing["code"], "secret": secret or pairing["secret"]}
    return office.http("POST", "/api/v1/pairings/claim", body, **options)


def confirm(office, pairing, name="大堂屏", account="clerk1"):
    return office.post_command("display.pair", {"code": pairing["code"], "name": name}, account)


def paired(office, name="大堂屏"):
    """A display that has its session: (id, cookie)."""
    pairing = offer(office)
    display = confirm(office, pairing, name).json["ok"]["display"]
    response = claim(office, pairing)
    assert response.status == 200, response.body
    return display, response.headers["set-cookie"].split(";")[0]


def wall(office, cookie, port=None, watch=PROJECT):
    return Screen(port or office.port, None, watch, headers={"Cookie": cookie})


def listed(office, account="clerk1"):
    return {d["id"]: d for d in office.get("displays", account=account).json["displays"]}


def revoke(office, display, account="clerk1"):
    return office.post_command("display.revoke", {"display": display, "reason": "换屏"}, account)


def test_a_display_is_paired_from_a_desk_and_shows_the_board(office):
    before = office.now_ms()
    pairing = offer(office)
    assert len(pairing["code"]) == 6 and not set(pairing["code"]) & set("01ILO") and len(pairing["secret"]) >= 40
    assert 590_000 < pairing["expires_at"] - before <= 601_000
    waiting = claim(office, pairing)
    assert (waiting.status, waiting.json) == (202, {"status": "waiting"}) and "set-cookie" not in waiting.headers
    assert office.screen("clerk1").command("display.pair", {"project": PROJECT, "code": pairing["code"].lower(), "name": "大堂屏"}, new_key())["display"] == "s1"
    response = claim(office, pairing)
    assert response.status == 200
    assert response.json == {"account": "display:p1:s1", "role": "display", "projects": [PROJECT]}
    cookie = response.headers["set-cookie"]
    assert "httponly" in cookie.lower() and "samesite=strict" in cookie.lower() and "max-age=31536000" in cookie.lower()
    screen = wall(office, cookie.split(";")[0])
    assert (screen.hello["account"], screen.hello["role"]) == ("display:p1:s1", "display")
    office.screen("consultant1").lock("1-101")
    screen.see("1-101", "l")


def test_a_display_only_reads_and_only_its_project(open_office):
    office = open_office()
    office.create_project("p2", [])
    _, cookie = paired(office)
    headers = {"Cookie": cookie, "Origin": f"http://127.0.0.1:{office.port}"}
    get = lambda path: office.http("GET", path, headers=headers)  # noqa: E731
    assert get(f"/api/v1/projects/{PROJECT}/board").status == 200
    get("/api/v1/projects/p2/board").problem(403, "forbidden")
    for what in ("buyers", "events", "deals", "queue", "displays", "accounts"):
        get(f"/api/v1/projects/{PROJECT}/{what}").problem(403, "forbidden")
    for cmd, args in (("unit.lock", {"unit": "1-101", "buyer": "b1"}), ("display.pair", {"code": "ABCDEF", "name": "x"}), ("account.put", {"account": "x", "role": "clerk", "password": "12345678"})):
        office.post_command(cmd, args, account=None, headers=headers).problem(403, "forbidden")
    response = office.http("POST", "/api/v1/password", {"old": "x", "new": "a new password"}, headers=headers)
    response.problem(401, "bad_credentials")


def test_a_code_is_worth_nothing_with_another_secret_and_good_for_one_session(office):
    pairing, other = offer(office), offer(office)
    confirm(office, pairing)
    claim(office, pairing, secret=other["secret"]).problem(404, "no_such_code")
    claim(office, pairing, secret="x").problem(404, "no_such_code")
    assert claim(office, pairing).status == 200
    claim(office, pairing).problem(404, "no_such_code")
    confirm(office, pairing).problem(404, "no_such_code")


def test_a_code_that_is_over_is_over_for_the_desk_and_for_the_display(open_office):
    office = open_office(fake_clock=True)
    pairing = offer(office)
    assert claim(office, pairing).status == 202
    office.clock.move(601)
    claim(office, pairing).problem(404, "no_such_code")
    refused = eventually(lambda: (r := confirm(office, pairing)) and r.json["code"] != "too_late" and r)
    refused.problem(404, "no_such_code")
    assert listed(office) == {}


def test_a_project_that_there_is_not_gives_a_code_that_nobody_can_use(office):
    pairing = offer(office, project="nowhere")
    assert set(pairing) == {"code", "secret", "expires_at"}
    confirm(office, pairing).problem(404, "no_such_code")
    assert claim(office, pairing).status == 202


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"project":7}', b'{"project":""}', b'{"project":"a b"}', b'{"project":"' + b"x" * 65 + b'"}', b'{"project":"\xff"}'])
def test_a_broken_pairing_is_refused(office, body):
    office.http("POST", "/api/v1/pairings", raw=body).problem(400, "bad_request")
    office.http("POST", "/api/v1/pairings/claim", raw=body).problem(400, "bad_request")


def test_a_page_of_another_site_neither_asks_for_codes_nor_claims_them(office):
    pairing = offer(office)
    foreign = {"Origin": "http://evil.example"}
    assert office.http("POST", "/api/v1/pairings", {"project": PROJECT}, headers=foreign).status == 403
    assert claim(office, pairing, headers=foreign).status == 403


def test_guessing_is_throttled_per_address_and_so_is_asking_for_codes(open_office):
    office = open_office(login_per_address=4, login_window_s=60, trusted_proxies="127.0.0.1")
    guesser, display = {"X-Forwarded-For": "203.0.113.7"}, {"X-Forwarded-For": "203.0.113.8"}
    pairing = offer(office, headers=display)
    guesses = [claim(office, {"code": "ABCDE" + c, "secret": "x"}, headers=guesser).status for c in "234567"]
    assert guesses == [404] * 4 + [429] * 2
    assert claim(office, pairing, headers=guesser).status == 429, "not even a right one is answered"
    assert [claim(office, pairing, headers=display).status for _ in range(8)] == [202] * 8, "waiting is no guessing"
    asked = [office.http("POST", "/api/v1/pairings", {"project": PROJECT}, headers=guesser).status for _ in range(6)]
    assert asked == [201] * 4 + [429] * 2


def test_the_secret_and_the_token_are_nowhere_in_redis_log_or_events(open_office):
    office = open_office(log_level="debug")
    pairing = offer(office)
    confirm(office, pairing, "大堂屏")
    token = claim(office, pairing).headers["set-cookie"].split(";")[0].split("=")[1]
    aof = b"".join(p.read_bytes() for p in (office.folder / "redis").rglob("*.aof"))
    for secret in (pairing["secret"], token):
        assert secret.encode() not in aof and secret not in office.daemon.log()
    assert "大堂屏" not in json.dumps(office.events(), ensure_ascii=False) + office.daemon.log()
    assert pairing["code"].encode() in aof, "so this is where it would stand"


def test_paired_on_one_daemon_claimed_on_the_other_revoked_on_both(open_office):
    office = open_office(daemons=0)
    ports = []
    for _ in range(2):
        ports.append(office.ports.free())
        office.add_daemon(listen_port=ports[-1]).start()
    office.settings["listen_port"] = ports[0]
    pairing = offer(office, port=ports[0])
    assert claim(office, pairing, port=ports[1]).status == 202
    assert confirm(office, pairing).status == 200
    response = claim(office, pairing, port=ports[1])
    assert response.status == 200
    cookie = response.headers["set-cookie"].split(";")[0]
    screens = [wall(office, cookie, port) for port in ports]
    eventually(lambda: listed(office)["s1"]["connected"])
    others = [office.screen("display1", port=port) for port in ports]
    assert revoke(office, "s1").status == 200
    started = time.monotonic()
    assert [screen.close_code(timeout=5) for screen in screens] == [4501, 4501]
    assert time.monotonic() - started < 1, "within a second, on every daemon"
    for port in ports:
        office.http("GET", "/api/v1/session", headers={"Cookie": cookie}, port=port).problem(401, "unauthenticated")
    for other in others:
        other.command("ping", {})
    revoke(office, "s1").problem(404, "no_such_display")


def test_an_end_that_goes_by_while_the_feed_begins_anew_is_not_missed(office):
    display, cookie = paired(office)
    screens = [wall(office, cookie) for _ in range(3)]
    pipe = office.redis.client.pipeline(transaction=True)
    common = ("ld:{p1}", "manager1", "manager")
    # A changed setting makes the daemons take a snapshot: in one transaction, so that the revocation is in it already.
    pipe.execute_command("FCALL", "ld_configure", 1, *common, new_key(), 0, "public_board", "merged")
    pipe.execute_command("FCALL", "ld_display_revoke", 1, *common, new_key(), 0, display, "换屏")
    assert [reply[0] for reply in pipe.execute()] == ["ok", "ok"]
    started = time.monotonic()
    assert [screen.close_code(timeout=5) for screen in screens] == [4501] * 3
    assert time.monotonic() - started < 1
    office.screen("display1").command("ping", {})


def test_a_restart_keeps_a_display_signed_in_and_its_last_contact(office):
    display, cookie = paired(office)
    seen = listed(office)[display]
    assert seen["last_seen_at"] and not seen["connected"] and seen["paired_by"] == "clerk1" and seen["name"] == "大堂屏"
    screen = wall(office, cookie)
    eventually(lambda: listed(office)[display]["connected"])
    screen.close()
    gone = eventually(lambda: (d := listed(office)[display]) and not d["connected"] and d)
    assert gone["last_seen_at"] >= seen["last_seen_at"]
    office.daemon.stop()
    office.daemon.start()
    assert listed(office)[display] == gone
    screen = wall(office, cookie)
    assert screen.letter("1-101") == "a"
    assert eventually(lambda: (d := listed(office)[display]) and d["connected"] and d)["last_seen_at"] > gone["last_seen_at"]


def test_a_planned_stop_says_goodbye_for_its_displays(office):
    display, cookie = paired(office)
    screen = wall(office, cookie)
    eventually(lambda: listed(office)[display]["connected"])
    office.daemon.stop()
    assert screen.close_code() == 4001
    last, daemon, until = office.redis.client.hget("ld:{p1}:displays:seen", display).split("|")
    assert daemon and until == "0" and office.now_ms() - int(last) < 20_000


def test_one_of_two_windows_of_a_display_is_enough_to_be_connected(office):
    display, cookie = paired(office)
    first, second = wall(office, cookie), wall(office, cookie)
    eventually(lambda: listed(office)[display]["connected"])
    first.close()
    eventually(lambda: office.daemon.metric("connections") == 1)
    assert listed(office)[display]["connected"]
    second.close()
    eventually(lambda: not listed(office)[display]["connected"])


def test_a_display_that_was_revoked_before_it_came_gets_no_session(office):
    pairing = offer(office)
    display = confirm(office, pairing).json["ok"]["display"]
    assert listed(office)[display]["last_seen_at"] is None
    assert revoke(office, display).status == 200
    claim(office, pairing).problem(404, "no_such_code")


def test_only_clerks_and_managers_manage_displays(office):
    pairing = offer(office)
    for account in ("consultant1", "finance1", "relations1", "display1", "buyer1"):
        office.get("displays", account=account).problem(403, "forbidden")
        confirm(office, pairing, account=account).problem(403, "forbidden")
        revoke(office, "s1", account).problem(403, "forbidden")
    assert confirm(office, pairing, account="manager1").status == 200


def test_an_operator_lists_and_revokes_displays(office):
    display, cookie = paired(office)
    screen = wall(office, cookie)
    eventually(lambda: listed(office)[display]["connected"])
    assert "大堂屏" in office.ctl("display", "list", "--project", PROJECT)
    found = json.loads(office.ctl("display", "list", "--project", PROJECT, "--json"))
    assert [(d["id"], d["name"], d["connected"]) for d in found] == [("s1", "大堂屏", True)]
    office.ctl("display", "revoke", "s9", "--project", PROJECT, "--reason", "x", status=1)
    assert "s1" in office.ctl("display", "revoke", "s1", "--project", PROJECT, "--reason", "换屏")
    assert screen.close_code(timeout=5) == 4501
    assert json.loads(office.ctl("display", "list", "--project", PROJECT, "--json")) == []
    event = office.events()[-1]
    assert (event["type"], event["display"], event["why"]) == ("revoke", "s1", "换屏")
    office.ctl("verify", "--project", PROJECT)
