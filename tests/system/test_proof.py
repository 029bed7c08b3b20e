"""The proof of a choice: made for the buyer whose it is, checked by anybody, and good for nothing else."""

import base64

import pytest
from launch_day import Session
from listing import PROJECT, new_key


@pytest.fixture
def session(office):
    opened = Session(office, opens_in=0.2)
    opened.until_open()
    return opened


def make(session, deal, buyer="b1", launch=None):
    path = f"/api/v1/projects/{PROJECT}/launches/{launch or session.id}/proof"
    return session.office.http("POST", path, {"deal": deal}, "buyer:" + buyer)


def check(session, proof):
    return session.office.http("POST", "/api/v1/check", {"proof": proof})


def test_anybody_can_check_a_proof_and_learns_how_the_deal_stands_now(session):
    won = session.press("b1", "1-101")
    made = make(session, won["deal"]).json
    assert (made["unit"], made["deal"], made["buyer"], made["title"]) == ("1-101", won["deal"], "王*", "试验花园")
    found = check(session, made["proof"]).json
    assert found == {"valid": True, "status": "locked"} | {name: made[name] for name in ("project", "title", "unit", "deal", "buyer", "at", "utc_offset_min")}
    session.buyers["b1"].release("1-101")
    assert check(session, made["proof"]).json["status"] == "released"


def test_a_deal_that_went_to_another_unit_or_buyer_does_not_stand_as_it_was_proven(session):
    office, won = session.office, session.press("b1", "1-101")
    session.buyers["b1"].command("launch.complete", {"project": PROJECT, "deal": won["deal"], "eligibility": "qualified"}, new_key())
    old = make(session, won["deal"]).json["proof"]
    assert office.post_command("deal.approve", {"unit": "1-101"}, "clerk1").status == 200
    deals = "ld:{%s}:deals" % PROJECT
    record = office.redis.client.hget(deals, won["deal"])
    for change in (('"unit":"1-101"', '"unit":"1-102"'), ('"buyer":"b1"', '"buyer":"b2"')):
        assert change[0] in record
        office.redis.client.hset(deals, won["deal"], record.replace(*change))
        assert check(session, old).json["status"] == "moved"
    office.redis.client.hset(deals, won["deal"], record)
    assert check(session, old).json["status"] == "subscribed"


def test_nobody_gets_a_proof_of_what_is_anothers(session):
    deal = session.press("b1", "1-101")["deal"]
    make(session, deal, "b2").problem(404, "no_such_deal")
    make(session, "d99").problem(404, "no_such_deal")
    make(session, deal, launch="s9").problem(404, "no_such_deal")
    session.office.http("POST", f"/api/v1/projects/{PROJECT}/launches/{session.id}/proof", {"deal": deal}, "clerk1").problem(403, "forbidden")


def test_what_was_changed_is_no_proof(session):
    proof = make(session, session.press("b1", "1-101")["deal"]).json["proof"]
    body, seal = proof.split(".")
    other = base64.urlsafe_b64encode(base64.urlsafe_b64decode(body + "==").replace(b"1-101", b"1-102")).rstrip(b"=").decode()
    token = session.office.tokens["buyer:b1"]
    for bad in (f"{other}.{seal}", f"{body}.{seal[:-1]}A", body, f"{body}.", f".{seal}", "x" * 500, token, f"{token}.{seal}", "."):
        check(session, bad).problem(401, "bad_credentials")
    for bad in ("", "x" * 600):
        check(session, bad).problem(400, "bad_request")


def test_a_proof_is_no_token(session):
    proof = make(session, session.press("b1", "1-101")["deal"]).json["proof"]
    for text in (proof, *proof.split(".")):
        session.office.http("GET", "/api/v1/session", headers={"Authorization": "Bearer " + text}).problem(401, "unauthenticated")
