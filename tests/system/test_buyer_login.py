"""Buyers sign in for a launch session: by telephone number and one-time code, once, and at one place at a time."""

import json
import secrets

import pytest
from launch_day import Session
from listing import PROJECT, Refusal, Screen, new_key
from people import CANARY_PHONES
from wsclient import Closed


def phone_of(buyer):
    return str(int(CANARY_PHONES["bc".index(buyer[0])]) + int(buyer[1:]) - 1)


@pytest.fixture
def session(office):
    return Session(office, opens_in=60, buyers=())


def admit(session, buyer, **more):
    return session.do("launch.admit", launch=session.id, buyer=buyer, **more)["code"]


def sign_in(office, phone, code, project=PROJECT, **options):
    return office.http("POST", "/api/v1/buyer-login", {"project": project, "phone": phone, "code": code}, **options)


def test_number_and_code_sign_a_buyer_in_and_the_code_is_used_up(office, session):
    code = admit(session, "b1", group="A", draw=7)
    answer = sign_in(office, phone_of("b1"), code)
    assert answer.status == 200 and "HttpOnly" in answer.headers["set-cookie"]
    assert {name: answer.json[name] for name in ("account", "role", "projects")} == {"account": "buyer:b1", "role": "buyer", "projects": [PROJECT]}
    office.tokens["buyer:b1"] = answer.json["token"]
    me = session.me("b1")
    assert (me["draw"], me["group"], me["admitted"]) == (7, "A", True)
    sign_in(office, phone_of("b1"), code).problem(401, "bad_credentials")


def test_who_has_chosen_comes_back_after_the_session_with_a_code_from_the_office(office):
    """The lock outlives the session and the sign-in, and its clock is the buyer's."""
    session = Session(office)
    session.until_open()
    deal = session.press("b1", "1-101")["deal"]
    session.do("launch.close", launch=session.id, reason="售罄")
    code = session.do("launch.code", launch=session.id, buyer="b1")["code"]
    office.tokens["buyer:b1"] = sign_in(office, phone_of("b1"), code).json["token"]
    mine = session.me("b1")["deals"]
    assert [(one["id"], one["status"], one["deadline"] > office.now_ms()) for one in mine] == [(deal, "locked", True)]
    with pytest.raises(Refusal) as refusal:
        session.do("launch.code", launch=session.id, buyer="b2")
    assert refusal.value.code == "not_available"


@pytest.mark.parametrize("written", ["{c}", " {c} ", "{l}", "{dashed}", "{wide}"])
def test_a_code_may_be_written_as_people_write(office, session, written):
    code = admit(session, "b1")
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in code)
    written = written.format(c=code, l=code.lower(), dashed=code[:4] + "-" + code[4:], wide=wide)
    assert sign_in(office, "+86 " + phone_of("b1")[:3] + " " + phone_of("b1")[3:], written).status == 200


def test_what_is_wrong_looks_the_same_whatever_it_is(office, session):
    code = admit(session, "b1")
    answers = [
        sign_in(office, phone, text, project).problem(401, "bad_credentials")
        for phone, text, project in (
            (phone_of("b1"), "ABCDEFGH", PROJECT),
            (phone_of("b2"), code, PROJECT),
            ("13700000000", code, PROJECT),
            ("not a number", code, PROJECT),
            (phone_of("b1"), "x", PROJECT),
        )
    ]
    assert len({answer["detail"] for answer in answers}) == 1
    sign_in(office, phone_of("b1"), code, "nowhere").problem(401, "bad_credentials")
    assert sign_in(office, phone_of("b1"), code).status == 200, "and the code is still good"


@pytest.mark.parametrize("body", [{}, {"project": PROJECT}, {"project": PROJECT, "phone": "1", "code": 5}, {"project": PROJECT, "phone": "1", "code": "x", "link": "y"},
                                  {"project": PROJECT, "link": "x" * 5000}, {"project": "p" * 80, "phone": "1", "code": "x"}, []])  # fmt: skip
def test_a_body_that_is_none_is_refused_with_what_to_send(office, body):
    office.http("POST", "/api/v1/buyer-login", body).problem(400, "bad_request")


def test_a_foreign_page_signs_nobody_in(office, session):
    code = admit(session, "b1")
    sign_in(office, phone_of("b1"), code, headers={"Origin": "https://evil.example"}).problem(403, "forbidden")


def test_another_sign_in_replaces_the_first_on_every_daemon(open_office):
    office = open_office(daemons=2)
    session = Session(office, opens_in=60, buyers=())
    screens = []
    for _ in range(3):
        session.do("launch.admit", launch=session.id, buyer="b1")
        code = session.do("launch.code", launch=session.id, buyer="b1")["code"]
        screens.append(Screen(office.port, sign_in(office, phone_of("b1"), code).json["token"], PROJECT))
    for old in screens[:2]:
        with pytest.raises(Closed) as closed:
            old.pump(10)
        assert closed.value.code == 4508
    assert screens[2].command("ping", {})["now"] > 0
    assert [event["account"] for event in office.events() if event["type"] == "replace"] == ["buyer:b1"] * 2


def test_of_one_sign_in_a_fifth_window_closes_the_first(office, session):
    token = sign_in(office, phone_of("b1"), admit(session, "b1")).json["token"]
    windows = [Screen(office.port, token, PROJECT) for _ in range(5)]
    assert windows[0].close_code(timeout=5) == 4508
    assert all(window.command("ping", {})["now"] > 0 for window in windows[1:])
    staff = [office.screen("consultant1") for _ in range(6)]
    assert all(window.command("ping", {})["now"] > 0 for window in staff)


def test_a_sign_in_elsewhere_while_the_feed_begins_anew_is_not_missed(office):
    session = Session(office, opens_in=60, buyers=("b1",))
    phone = json.loads(office.redis.client.hget("ld:{%s}:buyers" % PROJECT, "b1"))["phone_ix"]
    pipe = office.redis.client.pipeline(transaction=True)
    # A changed setting makes the daemons take a snapshot: in one transaction, so that the replacement is in it already.
    pipe.execute_command("FCALL", "ld_configure", 1, "ld:{%s}" % PROJECT, "manager1", "manager", new_key(), 0, "public_board", "merged")
    pipe.execute_command("FCALL", "ld_buyer_sign_in", 1, "ld:{%s}" % PROJECT, "link", phone, secrets.token_hex(16), secrets.token_hex(32), 60_000, 60_000)
    assert [reply[0] for reply in pipe.execute()] == ["ok", "ok"]
    assert session.buyers["b1"].close_code(timeout=5) == 4508


def test_another_code_ends_the_first(office, session):
    first = admit(session, "b1")
    key = new_key()
    second = session.do("launch.code", key, launch=session.id, buyer="b1")["code"]
    assert session.do("launch.code", key, launch=session.id, buyer="b1")["code"] == second, "the same request, the same code"
    sign_in(office, phone_of("b1"), first).problem(401, "bad_credentials")
    assert sign_in(office, phone_of("b1"), second).status == 200


def test_only_who_is_admitted_gets_a_code_and_only_with_a_number(office, session):
    for buyer, code in (("b1", "no_such_buyer"), ("nobody", "no_such_buyer")):
        with pytest.raises(Refusal) as refusal:
            session.do("launch.code", launch=session.id, buyer=buyer)
        assert refusal.value.code == code
    silent = office.screen("clerk1").command("buyer.put", {"project": PROJECT, "name": "王某", "consultant": "consultant1"}, new_key())["buyer"]
    with pytest.raises(Refusal) as refusal:
        admit(session, silent)
    assert refusal.value.code == "not_ready"


def test_guessing_ends_soon(open_office):
    office = open_office(login_per_account=3, login_window_s=60)
    session = Session(office, opens_in=60, buyers=())
    code = admit(session, "b1")
    for _ in range(3):
        sign_in(office, phone_of("b1"), "WRONGONE").problem(401, "bad_credentials")
    sign_in(office, phone_of("b1"), code).problem(429, "rate_limited")
    assert sign_in(office, phone_of("b2"), admit(session, "b2")).status == 200


def test_a_sign_in_whose_answer_was_lost_is_repeated_by_the_page_that_made_it(office, session):
    code = admit(session, "b1")

    def attempt(key):
        return office.http("POST", "/api/v1/buyer-login", {"project": PROJECT, "phone": phone_of("b1"), "code": code, "attempt": key})

    first = Screen(office.port, attempt("page-1").json["token"], PROJECT)
    attempt("page-2").problem(401, "bad_credentials")
    sign_in(office, phone_of("b1"), code).problem(401, "bad_credentials")
    attempt("no key").problem(400, "bad_request")
    attempt(5).problem(400, "bad_request")
    assert Screen(office.port, attempt("page-1").json["token"], PROJECT).command("ping", {})["now"] > 0
    assert first.close_code(timeout=5) == 4508


def test_nobody_keeps_a_buyer_out_by_guessing_from_elsewhere_and_many_addresses_guess_no_faster(open_office):
    office = open_office(login_per_account=3, login_window_s=60, trusted_proxies="127.0.0.1")
    session = Session(office, opens_in=60, buyers=())
    codes = {buyer: admit(session, buyer) for buyer in ("b1", "b2")}

    def attempt(buyer, code, address):
        return sign_in(office, phone_of(buyer), code, headers={"X-Forwarded-For": address}).status

    assert [attempt("b1", "WRONGONE", "203.0.113.1") for _ in range(4)] == [401, 401, 401, 429]
    assert attempt("b1", codes["b1"], "203.0.113.2") == 200, "the buyer sits elsewhere"
    answers = [attempt("b2", "WRONGONE", f"203.0.113.{n}") for n in range(3, 20) for _ in range(2)]
    assert answers == [401] * 30 + [429] * 4
    assert attempt("b2", codes["b2"], "203.0.113.99") == 429


def test_no_number_and_no_code_stands_in_trail_or_log(office, session):
    code = admit(session, "b1")
    sign_in(office, phone_of("b1"), code)
    sign_in(office, phone_of("b1"), "WRONGONE")
    told = str(office.events()) + office.daemon.log()
    assert phone_of("b1") not in told and code not in told and "WRONGONE" not in told
    stored = " ".join(str(office.redis.client.hgetall(key)) for key in office.redis.client.keys("ld:*launch*") if office.redis.client.type(key) == "hash")
    assert code not in stored
