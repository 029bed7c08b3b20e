"""Buyers: what is taken, whose they are, nobody twice, erasure."""

import hashlib
import json

import pytest
from library import P
from test_lock import refused

PHONE, OTHER, CARD = "11" * 16, "22" * 16, "cc" * 16


def record(buyer, consultant="ann", phone=None, card=None, **more):
    found = {"id": buyer, "consultant": consultant, **more}
    if phone or card:
        found.update(sealed="v1.k1.c2VhbGVk", phone_ix=phone or "", card_ix=card or "")
    return [buyer, json.dumps(found)]


def put(lib, *args, actor="max", role="manager", **named):
    more = {name: named.pop(name) for name in ("key",) if name in named}
    return lib.do("ld_buyer_put", *record(*args, **named), actor=actor, role=role, **more)


def stored(lib, buyer):
    return json.loads(lib.r.hget(f"{P}:buyers", buyer))


def index(lib, kind):
    return lib.r.hgetall(f"{P}:buyers:{kind}")


def test_a_buyer_is_stored_and_found_by_both_numbers(lib):
    reply = put(lib, "n1", phone=PHONE, card=CARD, level="A", qualification="qualified")
    assert (reply["count"], reply["added"], reply["changed"], reply["buyer"]) == ("1", "1", "0", "n1")
    assert stored(lib, "n1") == {"id": "n1", "consultant": "ann", "level": "A", "qualification": "qualified", "sealed": "v1.k1.c2VhbGVk",
                                 "phone_ix": PHONE, "card_ix": CARD}
    assert (index(lib, "phone"), index(lib, "card")) == ({PHONE: "n1"}, {CARD: "n1"})
    event = lib.events()[-1]
    assert (event["t"], event["count"], event["by"]) == ("buyers", "1", "max")


def test_what_a_change_does_not_name_stays_as_it_was(lib):
    put(lib, "n1", phone=PHONE, card=CARD, level="A")
    lib.do("ld_buyer_put", "n1", '{"id":"n1","qualification":"refused"}')
    found = stored(lib, "n1")
    assert (found["level"], found["qualification"], found["consultant"], found["phone_ix"]) == ("A", "refused", "ann", PHONE)


def test_the_same_record_again_changes_nothing_and_leaves_no_event(lib):
    put(lib, "n1", phone=PHONE)
    events = len(lib.events())
    assert put(lib, "n1", phone=PHONE)["changed"] == "0"
    assert len(lib.events()) == events


@pytest.mark.parametrize("kind", ["phone", "card"])
def test_a_number_belongs_to_one_buyer_only(lib, kind):
    put(lib, "n1", **{kind: PHONE})
    assert refused("duplicate", put, lib, "n2", **{kind: PHONE}) == {"field": kind, "of": "n2", "buyer": "n1"}


def test_a_consultant_does_not_learn_whose_number_it_is(lib):
    put(lib, "n1", "bob", phone=PHONE)
    assert refused("duplicate", put, lib, "n2", phone=PHONE, actor="ann", role="consultant") == {"field": "phone"}


def test_a_number_twice_in_one_call_is_refused_with_all(lib):
    pairs = record("n1", phone=PHONE) + record("n2", phone=PHONE)
    assert refused("duplicate", lib.do, "ld_buyer_put", *pairs)["buyer"] == "n1"


def test_an_id_twice_in_one_call_is_refused(lib):
    refused("bad_request", lib.do, "ld_buyer_put", *record("n1", phone=PHONE), *record("n1", phone=OTHER))


def test_two_buyers_may_exchange_their_numbers_in_one_call(lib):
    put(lib, "n1", phone=PHONE)
    put(lib, "n2", phone=OTHER)
    lib.do("ld_buyer_put", *record("n1", phone=OTHER), *record("n2", phone=PHONE))
    assert index(lib, "phone") == {OTHER: "n1", PHONE: "n2"}


def test_a_number_that_was_given_up_is_free_again(lib):
    put(lib, "n1", phone=PHONE, card=CARD)
    put(lib, "n1", phone=OTHER)
    assert (index(lib, "phone"), index(lib, "card")) == ({OTHER: "n1"}, {})
    put(lib, "n2", phone=PHONE, card=CARD)


@pytest.mark.parametrize("extra", [{"name": "王某"}, {"phone": "13900001111"}, {"card": "x"}, {"level": "D"}, {"qualification": "yes"}, {"sealed": "王某"},
                                   {"sealed": "v2.k.x"}, {"level": 1}, {"phone_ix": PHONE}, {"sealed": "v1.k.x", "phone_ix": "13900001111"}])
def test_what_could_be_clear_text_is_refused(lib, extra):
    refused("bad_request", lib.do, "ld_buyer_put", "n1", json.dumps({"id": "n1", "consultant": "ann", **extra}))


@pytest.mark.parametrize("buyer", ["13900001111", "b13900001111", "440301198001011234"])
def test_an_id_that_looks_like_a_number_of_a_person_is_refused_and_not_repeated(lib, buyer):
    detail = refused("bad_request", put, lib, buyer)
    assert detail["field"] == "id" and buyer not in json.dumps(detail)


def test_a_consultant_writes_own_buyers_only(lib):
    ann = {"actor": "ann", "role": "consultant"}
    put(lib, "n1", phone=PHONE, **ann)
    refused("forbidden", put, lib, "n2", "bob", **ann)
    refused("forbidden", put, lib, "c1", **ann)
    refused("forbidden", put, lib, "n1", "bob", **ann)
    put(lib, "n1", "bob", phone=PHONE)
    refused("forbidden", put, lib, "n1", **ann)


def test_a_consultant_does_not_qualify_own_buyers(lib):
    ann = {"actor": "ann", "role": "consultant"}
    put(lib, "n1", qualification="unknown", **ann)
    assert refused("forbidden", put, lib, "n1", qualification="qualified", **ann)["field"] == "qualification"
    put(lib, "n1", qualification="qualified", role="clerk")
    put(lib, "n1", level="B", **ann)
    assert stored(lib, "n1")["qualification"] == "qualified"


@pytest.mark.parametrize("role", ["display", "buyer", "finance", "relations"])
def test_the_others_write_no_buyers(lib, role):
    refused("forbidden", put, lib, "n1", actor="ann", role=role)


def test_a_change_of_what_has_changed_meanwhile_is_refused(lib):
    put(lib, "n1", phone=PHONE)
    was = hashlib.sha1(lib.r.hget(f"{P}:buyers", "n1").encode()).hexdigest()
    put(lib, "n1", level="A", was=was)
    assert refused("stale_rev", put, lib, "n1", level="B", was=was) == {"buyer": "n1"}
    refused("stale_rev", put, lib, "n1", level="B", was="")
    put(lib, "n9", was="")
    assert "was" not in stored(lib, "n9")


def test_a_record_in_clear_is_not_kept_in_part(lib):
    lib.r.hset(f"{P}:buyers", "old", json.dumps({"id": "old", "name": "王某", "phone": "1", "level": "", "consultant": "ann"}))
    refused("not_available", put, lib, "old", level="A")
    put(lib, "old", phone=PHONE)
    assert "name" not in stored(lib, "old") and "phone" not in stored(lib, "old")


def erase(lib, buyer="n1", reason="客户要求", actor="max", role="clerk", **more):
    return lib.do("ld_buyer_erase", buyer, reason, actor=actor, role=role, **more)


def test_an_erased_buyer_leaves_an_id_and_a_time(lib):
    put(lib, "n1", phone=PHONE, card=CARD)
    assert erase(lib)["buyer"] == "n1"
    assert stored(lib, "n1") == {"id": "n1", "erased": lib.now}
    assert index(lib, "phone") == index(lib, "card") == {}
    event = lib.events()[-1]
    assert (event["t"], event["b"], event["why"]) == ("erase", "n1", "客户要求")


def test_an_erased_buyer_locks_nothing_and_does_not_come_back(lib):
    put(lib, "n1", phone=PHONE)
    erase(lib)
    refused("no_such_buyer", lib.lock, buyer="n1")
    refused("no_such_buyer", erase, lib)
    refused("not_available", put, lib, "n1", phone=PHONE)
    put(lib, "n2", phone=PHONE)


def test_a_buyer_with_an_open_deal_is_not_erased(lib):
    put(lib, "n1", phone=PHONE)
    deal = lib.lock(buyer="n1")["deal"]
    assert refused("not_available", erase, lib)["deal"] == deal
    lib.release()
    erase(lib)
    assert lib.deal(deal)["buyer"] == "n1"


def test_a_buyer_whose_money_has_to_be_paid_back_is_not_erased(lib):
    put(lib, "n1", phone=PHONE)
    deal = lib.lock(buyer="n1")["deal"]
    lib.receipt(fen=100)
    lib.release(actor="max", role="manager", reason="放弃")
    assert refused("not_available", erase, lib)["deal"] == deal
    lib.refund(deal, fen=100)
    erase(lib)


@pytest.mark.parametrize("role", ["display", "buyer", "consultant", "finance", "relations"])
def test_the_others_erase_nobody(lib, role):
    refused("forbidden", erase, lib, "b1", actor="ann", role=role)


@pytest.mark.parametrize("reason", ["", "电话13900001111", "a\nb"])
def test_the_reason_of_an_erasure_is_kept_for_ever_and_must_be_fit_for_it(lib, reason):
    assert refused("bad_request", erase, lib, "b1", reason)["field"] == "reason"
