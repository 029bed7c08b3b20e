"""No personal data where it does not belong: the events, the logs, the boards, other people's answers."""

import json

from listing import CANARY_NAMES, CANARY_PHONES, PASSWORD, Refusal

CANARIES = CANARY_NAMES + CANARY_PHONES


def assert_clean(text, where):
    for canary in CANARIES + [PASSWORD]:
        assert canary not in text, f"{canary} in {where}"


def test_names_numbers_passwords_and_tokens_stay_out_of_events_and_logs(open_office):
    office = open_office(log_level="debug", project={"lock_hold_ms": 1000})
    desk, wall = office.screen("consultant1"), office.screen("display1")
    office.get("buyers", account="manager1")
    office.login("consultant1", CANARY_PHONES[0])
    desk.lock("1-101", "b1")
    desk.lock("1-102", "b2")
    desk.release("1-102")
    try:
        desk.lock("1-103", CANARY_NAMES[0])
    except Refusal:
        pass
    desk.send_text('{"id":1,"cmd":"' + CANARY_NAMES[0] + '"}')
    wall.see("1-101", "l")
    wall.see("1-101", "a", timeout=5)
    assert_clean(json.dumps(office.events(), ensure_ascii=False), "the events")
    assert_clean(json.dumps(wall.pushes, ensure_ascii=False), "what the wall was sent")
    log = office.daemon.log()
    assert_clean(log, "the log")
    for account, token in office.tokens.items():
        assert token not in log, f"the token of {account} is in the log"
    assert_clean(office.daemon.internal("/metrics")[1], "the metrics")


def test_the_public_boards_name_nobody(office):
    desk = office.screen("consultant1")
    desk.lock("1-101", "b1")
    for account in ("display1", "buyer1"):
        text = office.get("board", account=account).body.decode() + office.get("catalog", account=account).body.decode()
        assert "consultant1" not in text
        assert_clean(text, f"what {account} may read")


def test_an_error_never_repeats_a_secret(office):
    response = office.http("POST", "/api/v1/login", {"account": CANARY_NAMES[0], "password": PASSWORD + "x"})
    assert_clean(response.body.decode(), "the answer to a wrong password")
