"""Signing in and out."""

import ctypes
import json
import socket
import threading
import time

import pytest

from listing import PASSWORD, PROJECT, eventually


def test_signing_in_gives_a_cookie_and_a_token(office):
    response = office.login("consultant1")
    assert response.status == 200
    body = response.json
    assert (body["account"], body["role"], body["projects"]) == ("consultant1", "consultant", [PROJECT])
    cookie = response.headers["set-cookie"]
    parts = [part.strip().lower() for part in cookie.split(";")]
    assert parts[0].startswith("listing_session=")
    assert "httponly" in parts and "samesite=strict" in parts and "path=/" in parts
    assert "secure" not in parts, "plain http: a Secure cookie would be lost"
    assert response.headers.get("cache-control", "").find("no-store") >= 0
    for headers in ({"Authorization": "Bearer " + body["token"]}, {"Cookie": cookie.split(";")[0]}):
        assert office.get("catalog", account=None, headers=headers).status == 200


def test_behind_a_trusted_proxy_with_tls_the_cookie_is_secure(open_office):
    office = open_office(trusted_proxies="127.0.0.1")
    response = office.login("consultant1", headers={"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"})
    assert "secure" in response.headers["set-cookie"].lower()


def test_a_proxy_over_ipv4_is_known_where_the_daemon_listens_on_every_address_of_both_kinds(open_office):
    try:
        with socket.socket(socket.AF_INET6) as here:
            here.bind(("::", 0))
    except OSError:
        pytest.skip("this machine has no IPv6")
    office = open_office(bind="::", trusted_proxies="127.0.0.1")
    assert office.login("consultant1", "wrong", headers={"X-Forwarded-For": "203.0.113.7"}).status == 401
    assert office.login("consultant2", "wrong").status == 401
    eventually(lambda: "account consultant1 from 203.0.113.7:" in office.daemon.log())
    eventually(lambda: "account consultant2 from 127.0.0.1:" in office.daemon.log())


def test_what_a_stranger_says_of_tls_is_not_believed(office):
    response = office.login("consultant1", headers={"X-Forwarded-Proto": "https"})
    assert "secure" not in response.headers["set-cookie"].lower()


@pytest.mark.parametrize(
    "account, password",
    [("consultant1", "wrong"), ("consultant1", ""), ("nobody", PASSWORD), ("consultant1", PASSWORD + " "), ("CONSULTANT1", PASSWORD)],
)
def test_wrong_account_and_wrong_password_sound_alike(office, account, password):
    response = office.login(account, password)
    if response.status == 400:
        assert password == ""
        return
    problem = response.problem(401, "bad_credentials")
    assert "set-cookie" not in response.headers
    assert problem["detail" if "detail" in problem else "title"]


def test_a_disabled_account_cannot_sign_in(office):
    record = json.loads(office.redis.client.hget("ld:accounts", "clerk1"))
    office.redis.client.hset("ld:accounts", "clerk1", json.dumps({**record, "disabled": True}))
    assert office.login("clerk1").status in (401, 403)


@pytest.mark.parametrize(
    "body",
    [b"", b"nonsense", b"{}", b'{"account":"consultant1"}', b'{"account":7,"password":"x"}', b'{"account":["a"],"password":"x"}', b'"x"']
    + [b'{"account":"' + b"x" * 3000 + b'","password":"x"}', b'{"account":"a\\u0000b","password":"x"}', b'{"account":"\xff","password":"x"}'],
)
def test_a_broken_sign_in_is_refused_and_harms_nobody(office, body):
    response = office.http("POST", "/api/v1/login", raw=body, headers={"Content-Type": "application/json"})
    assert response.status in (400, 401, 413), (response.status, response.body)
    assert response.headers["content-type"].startswith("application/problem+json")
    assert office.login("consultant1").status == 200


def test_a_broken_hash_in_redis_means_no_entry(office):
    record = json.loads(office.redis.client.hget("ld:accounts", "clerk1"))
    for bad in ("", "*", "x", "$y$", "$6$short", PASSWORD):
        office.redis.client.hset("ld:accounts", "clerk1", json.dumps({**record, "hash": bad}))
        assert office.login("clerk1").status in (401, 503), bad
    office.redis.client.hset("ld:accounts", "clerk1", "not json")
    assert office.login("clerk1").status in (401, 503)


def test_guessing_a_password_is_throttled_per_account(open_office):
    office = open_office(login_per_account=3, login_window_s=2)
    statuses = [office.login("clerk1", "wrong").status for _ in range(6)]
    assert statuses[:3] == [401] * 3 and statuses[3:] == [429] * 3, statuses
    refused = office.login("clerk1")
    assert refused.problem(429, "rate_limited")
    assert int(refused.headers["retry-after"]) >= 1
    assert office.login("manager1").status == 200, "another account is not concerned"
    eventually(lambda: office.login("clerk1").status == 200, timeout=10, every=0.5)


def test_guessing_accounts_is_throttled_per_address(open_office):
    office = open_office(login_per_address=4, login_window_s=60, trusted_proxies="127.0.0.1")
    guesser, other = {"X-Forwarded-For": "203.0.113.7"}, {"X-Forwarded-For": "203.0.113.8"}
    statuses = [office.login(f"nobody{number}", "wrong", headers=guesser).status for number in range(6)]
    assert statuses == [401] * 4 + [429] * 2
    assert office.login("manager1", headers=other).status == 200


def test_the_throttle_holds_over_all_daemons(open_office):
    office = open_office(login_per_account=4, login_window_s=60, daemons=2)
    statuses = [office.login("clerk1", "wrong").status for _ in range(12)]
    assert statuses.count(401) == 4


def test_signing_out_ends_the_session_and_takes_the_cookie_back(office):
    response = office.login("consultant1")
    headers = {"Cookie": response.headers["set-cookie"].split(";")[0], "Origin": f"http://127.0.0.1:{office.port}"}
    assert office.get("catalog", account=None, headers=headers).status == 200
    out = office.http("POST", "/api/v1/logout", raw=b"", headers=headers)
    assert out.status in (200, 204)
    assert "listing_session=;" in out.headers["set-cookie"].replace('""', "").replace(" ", "")
    office.get("catalog", account=None, headers=headers).problem(401, "unauthenticated")
    bearer = {"Authorization": "Bearer " + response.json["token"]}
    office.get("catalog", account=None, headers=bearer).problem(401, "unauthenticated")


def test_a_page_of_another_site_cannot_act_with_the_cookie(office):
    cookie = office.login("consultant1").headers["set-cookie"].split(";")[0]
    headers = {"Cookie": cookie, "Origin": "http://evil.example"}
    body = {"cmd": "unit.lock", "args": {"project": PROJECT, "unit": "1-101", "buyer": "b1"}}
    response = office.http("POST", f"/api/v1/projects/{PROJECT}/commands", body, None, {**headers, "Idempotency-Key": "k"})
    assert response.status == 403
    assert office.unit("1-101")["status"] == "available"
    assert office.login("consultant1", headers={"Origin": "http://evil.example"}).status == 403


def test_a_session_ends_after_its_time(open_office):
    office = open_office(session_ttl_s=60)
    token = office.token("consultant1")
    sessions = office.redis.client.keys("ld:session:*")
    assert len(sessions) == 1
    assert token not in sessions[0], "Redis knows the hash of a token, not the token"
    assert 0 < office.redis.client.pttl(sessions[0]) <= 60_000
    office.redis.client.delete(sessions[0])
    office.get("catalog", account="consultant1").problem(401, "unauthenticated")


def test_hashing_does_not_hold_up_the_loop(open_office):
    """Real yescrypt takes some 50 ms each; answers to pings must not wait for twenty of them."""
    office = open_office()
    library = ctypes.CDLL("libcrypt.so.1")
    library.crypt_gensalt.restype = library.crypt.restype = ctypes.c_char_p
    salt = library.crypt_gensalt(b"$y$", 6, None, 0)
    costly = library.crypt(PASSWORD.encode(), salt).decode()
    record = json.loads(office.redis.client.hget("ld:accounts", "clerk1"))
    office.redis.client.hset("ld:accounts", "clerk1", json.dumps({**record, "hash": costly}))
    screen = office.screen("display1", watch=None)
    started = time.monotonic()
    office.login("clerk1")
    alone = time.monotonic() - started
    threads = [threading.Thread(target=office.login, args=("clerk1", "wrong")) for _ in range(20)]
    for thread in threads:
        thread.start()
    worst = 0
    while any(thread.is_alive() for thread in threads):
        started = time.monotonic()
        screen.command("ping", {})
        worst = max(worst, time.monotonic() - started)
    assert worst < max(1.0, 10 * alone), "a ping waited for the hashing"
