"""What one asks for and another decides: discount, extension, swap, change of name, withdrawal, list price."""

import json

import pytest
from deal_steps import PAID, PRICE
from library import P, Library, home
from test_lock import refused

DAY = 86_400_000
TOO_LONG, NUMBER = "x" * 121, "电话13900001111"
LARGEST = 2**53 - 1


def listed(lib, unit):
    return json.loads(lib.r.hget(f"{P}:catalog", unit))["list_price_fen"]


def ask(lib, kind, **more):
    if kind == "extension":
        more = {"deadline": lib.now + 2 * DAY, **more}
    return getattr(lib, f"ask_{kind}")(**more)


def begin(lib, kind):
    """Brings U1 to where this kind may be asked for."""
    if kind in STAGE:
        lib.way_to(STAGE[kind])


STAGE = {"discount": "locked", "extension": "locked", "swap": "locked", "rename": "locked", "withdraw": "subscribed"}


# ---------------------------------------------------------------- all kinds


@pytest.mark.parametrize("kind", [*STAGE, "price"])
def test_asking_changes_nothing_but_waits_for_a_manager(lib, kind):
    begin(lib, kind)
    before = lib.unit("U1")
    ok = ask(lib, kind)
    assert ok["request"] == "r1" and lib.unit("U1") == before
    r = lib.request("r1")
    assert (r["kind"], r["unit"], r["status"], r["at_ms"]) == (kind, "U1", "waiting", lib.now)
    assert (r["by"], r["by_role"]) == (("cleo", "clerk") if kind == "price" else ("ann", "consultant"))
    assert [m for m, *_ in lib.queue("approval")] == [f"approval|{r.get('deal', '')}|r1"]
    event = lib.events()[-1]
    assert (event["t"], event["on"], event["req"], event["kind"], event["why"]) == ("ask", "U1", "r1", kind, r["reason"])
    assert event.get("deal") == r.get("deal")


@pytest.mark.parametrize("reason", ["", TOO_LONG, NUMBER, "a\nb"])
@pytest.mark.parametrize("kind", [*STAGE, "price"])
def test_whoever_asks_says_why(lib, kind, reason):
    begin(lib, kind)
    assert refused("bad_request", ask, lib, kind, reason=reason) == {"field": "reason"}


@pytest.mark.parametrize("kind", STAGE)
def test_of_each_kind_one_request_waits_at_a_time(lib, kind):
    lib.way_to(STAGE[kind])
    ask(lib, kind)
    assert refused("duplicate", ask, lib, kind) == {"field": "request", "request": "r1"}
    lib.decide("r1", "no")
    assert ask(lib, kind)["request"] == "r2"


def test_requests_of_several_kinds_wait_side_by_side_and_end_with_the_deal(lib):
    lib.way_to("locked")
    for kind in ("discount", "extension", "swap", "rename"):
        ask(lib, kind)
    assert len(lib.queue("approval")) == 4 and lib.deal("d1")["requests"] == "r1 r2 r3 r4"
    lib.decide("r2", "no")
    assert lib.deal("d1")["requests"] == "r1 r3 r4"
    lib.release()
    assert lib.queue("approval") == []
    assert [lib.request(f"r{n}")["status"] for n in (1, 2, 3, 4)] == ["void", "refused", "void", "void"]
    assert refused("not_available", lib.decide, "r1") == {"status": "void"}


@pytest.mark.parametrize("kind", [*STAGE, "price"])
def test_nobody_decides_what_he_asked_for_himself(lib, kind):
    begin(lib, kind)
    ask(lib, kind)
    by = lib.request("r1")["by"]
    for decision in ("yes", "no"):
        refused("own_request", lib.decide, decision=decision, actor=by)
    assert lib.decide()["decision"] == "approved"


@pytest.mark.parametrize("kind", [*STAGE, "price"])
def test_a_decision_is_taken_once_and_a_refusal_says_why(lib, kind):
    begin(lib, kind)
    before = lib.unit("U1")
    ask(lib, kind)
    assert refused("bad_request", lib.do, "ld_decide", "r1", "", "no", "")["field"] == "reason"
    for comment in (TOO_LONG, NUMBER):
        assert refused("bad_request", lib.decide, comment=comment)["field"] == "reason"
    for decision in ("", "maybe", "YES"):
        assert refused("bad_request", lib.decide, decision=decision)["field"] == "approve"
    assert lib.decide(decision="no", comment="不可")["decision"] == "refused"
    r = lib.request("r1")
    assert (r["status"], r["decided_by"], r["decided_ms"], r["comment"]) == ("refused", "max", lib.now, "不可")
    assert lib.unit("U1") == before and lib.queue("approval filing") == []
    for decision in ("yes", "no"):
        assert refused("not_available", lib.decide, decision=decision) == {"status": "refused"}


def test_a_deal_tells_what_was_refused_last_and_why_until_it_is_asked_again(lib):
    lib.way_to("locked")
    lib.ask_discount(), lib.decide(decision="no", comment="已是底价")
    assert (lib.deal("d1")["refused_kind"], lib.deal("d1")["refused_comment"]) == ("discount", "已是底价")
    lib.ask_extension(deadline=lib.now + 2 * DAY)
    assert lib.deal("d1")["refused_kind"] == "discount"
    lib.ask_discount()
    assert "refused_kind" not in lib.deal("d1") and "refused_comment" not in lib.deal("d1")
    lib.decide("r2", decision="no", comment="不能再延")
    assert (lib.deal("d1")["refused_kind"], lib.deal("d1")["refused_comment"]) == ("extension", "不能再延")
    lib.ask_swap(), lib.decide("r4")
    assert "refused_kind" not in lib.deal("d1")


@pytest.mark.parametrize("request_id", ["", "r2", "x", "R1", "d1"])
def test_a_request_that_there_is_not_is_not_decided(lib, request_id):
    lib.way_to("locked")
    lib.ask_swap()
    refused("no_such_request", lib.decide, request_id)
    refused("no_such_request", lib.file_discount, request_id)
    refused("no_such_request", lib.decide_discount, request_id)


@pytest.mark.parametrize("kind", STAGE)
def test_for_a_hold_that_ran_out_a_yes_comes_too_late_and_a_no_does_not(lib, kind):
    lib.way_to(STAGE[kind])
    ask(lib, kind)
    lib.wait(DAY)
    assert refused("not_available", lib.decide) == {"status": "expired"}
    assert lib.decide(decision="no")["decision"] == "refused"
    lib.sweep()
    assert lib.request("r1")["status"] == "refused"


def test_a_key_repeated_asks_once(lib):
    lib.way_to("locked")
    assert lib.ask_swap(key="same") == lib.ask_swap(key="same")
    assert lib.decide(key="same") == lib.decide(key="same")
    assert lib.meta("next_request") == "2" and lib.unit("U1")["rev"] == "3"


# ---------------------------------------------------------------- discount


@pytest.mark.parametrize("price", ["", "0", "-1", "1.5", PRICE, PRICE + 1, "x", "1" * 16])
def test_a_discount_is_a_price_below_the_list(lib, price):
    lib.way_to("locked")
    assert refused("bad_request", lib.ask_discount, price=price)["field"] == "price_fen"


def test_the_slip_carries_the_price_that_was_asked_for_approved_and_filed(lib):
    lib.way_to("applied")
    lib.ask_discount(price=9000)
    assert refused("not_ready", lib.approve) == {"why": "discount", "request": "r1"}
    assert refused("not_available", lib.file_discount, unit="U1") == {"status": "waiting"}
    assert lib.decide_discount(unit="U1")["decision"] == "approved"
    assert [m for m, *_ in lib.queue("filing approval")] == ["filing|d1|r1"]
    assert lib.deal("d1")["price_fen"] == PRICE
    assert refused("not_ready", lib.approve) == {"why": "discount", "request": "r1"}
    assert refused("duplicate", lib.ask_discount)["request"] == "r1"
    ok = lib.file_discount(unit="U1")
    assert (ok["price_fen"], ok["request"]) == ("9000", "r1")
    assert (lib.events()[-1]["t"], lib.events()[-1]["price"], lib.request("r1")["filed_by"]) == ("file", "9000", "cleo")
    assert refused("not_available", lib.file_discount, "r1") == {"status": "filed"}
    assert refused("bad_request", lib.apply, price=PRICE)["price_fen"] == "9000"
    lib.apply(price=9000)
    assert lib.approve()["price_fen"] == lib.events()[-1]["price"] == "9000"
    lib.receipt(), lib.review()
    lib.sign()
    assert refused("bad_request", lib.receipt, fen=9000 - PAID + 1)["outstanding_fen"] == str(9000 - PAID)
    assert lib.receipt(fen=9000 - PAID)["status"] == "settled"


def test_three_people_stand_behind_a_discount(lib):
    lib.way_to("locked")
    lib.ask_discount()
    lib.decide_discount("r1")
    refused("own_request", lib.file_discount, "r1", actor="ann")
    refused("own_request", lib.file_discount, "r1", actor="max")
    lib.file_discount("r1")


def test_a_discount_below_what_was_paid_is_not_filed(lib):
    lib.way_to("locked")
    lib.ask_discount(price=9000)
    lib.decide()
    lib.receipt(fen=9001)
    assert refused("not_ready", lib.file_discount, "r1") == {"why": "paid", "paid_fen": "9001"}


def test_an_approved_discount_of_a_hold_that_ran_out_is_not_filed(lib):
    lib.way_to("locked")
    lib.ask_discount()
    lib.decide()
    lib.wait(DAY)
    assert refused("not_available", lib.file_discount, unit="U1") == {"status": "expired"}
    lib.sweep()
    assert refused("not_available", lib.file_discount, "r1") == {"status": "void"}
    assert refused("not_available", lib.file_discount, unit="U1") == {"status": "available", "rev": "3"}
    assert lib.queue("filing") == []


def test_who_decides_discounts_decides_nothing_else(lib):
    lib.way_to("locked")
    lib.ask_swap()
    refused("no_such_request", lib.decide_discount, "r1")
    refused("no_such_request", lib.decide_discount, unit="U1")
    refused("no_such_unit", lib.decide_discount, unit="U99")
    refused("not_available", lib.decide_discount, unit="U2")
    refused("no_such_request", lib.decide_discount)


def test_a_discount_may_follow_a_discount(lib):
    lib.way_to("locked")
    for price in (9000, 9500):
        lib.ask_discount(price=price)
        lib.decide_discount(unit="U1")
        lib.file_discount(unit="U1")
    assert lib.deal("d1")["price_fen"] == 9500 and lib.deal("d1")["list_price_fen"] == PRICE


# ---------------------------------------------------------------- extension


@pytest.mark.parametrize("stage", ["locked", "subscribed"])
def test_a_manager_extends_at_once_up_to_the_absolute_maximum(server, stage):
    lib = Library(server, hold_max_ms=3 * DAY)
    lib.way_to(stage)
    most, deadline = lib.now + 3 * DAY, int(lib.unit("U1")["deadline"])
    for bad in ("", "x", "-1", "1.5", deadline, deadline - 1, lib.now, "1" * 16):
        assert refused("bad_request", lib.extend, deadline=bad)["field"] == "deadline"
    assert refused("limit_reached", lib.extend, deadline=most + 1) == {"deadline_max": str(most)}
    assert refused("limit_reached", lib.ask_extension, deadline=most + 1) == {"deadline_max": str(most)}
    for reason in ("", TOO_LONG, NUMBER):
        assert refused("bad_request", lib.extend, deadline=most, reason=reason)["field"] == "reason"
    ok = lib.extend(deadline=most - 1)
    assert (int(ok["deadline"]), ok["status"]) == (most - 1, stage)
    event = lib.events()[-1]
    assert (event["t"], event["dl"], event["why"], event["by"]) == ("extend", str(most - 1), "等银行", "max")
    lib.extend(deadline=most)
    lib.wait(3 * DAY - 1)
    assert lib.sweep()["released"] == "0"
    lib.wait(1)
    assert lib.sweep()["released"] == "1"
    lib.check()


def test_an_extension_that_was_asked_for_is_checked_again_when_it_is_decided(server):
    lib = Library(server, hold_max_ms=3 * DAY)
    lib.way_to("locked")
    lib.ask_extension(deadline=lib.now + 2 * DAY)
    lib.extend(deadline=lib.now + 2 * DAY)
    assert refused("bad_request", lib.decide)["field"] == "deadline"
    lib.decide(decision="no")
    lib.ask_extension(deadline=lib.now + 3 * DAY)
    lib.do("ld_configure", "hold_max_ms", str(3 * DAY - 1))
    refused("limit_reached", lib.decide, "r2")
    lib.check()


def test_what_a_manager_holds_himself_another_manager_extends(lib):
    lib.do("ld_buyer_put", "w1", '{"id":"w1","consultant":""}')
    lib.lock(buyer="w1", actor="max", role="manager")
    refused("own_request", lib.extend, deadline=lib.now + 2 * DAY)
    lib.extend(deadline=lib.now + 2 * DAY, actor="mia")


def test_a_maximum_that_was_lowered_ends_no_hold_with_its_slip(lib):
    lib.way_to("applied")
    deadline = lib.unit("U1")["deadline"]
    lib.wait(DAY // 2)
    lib.do("ld_configure", "lock_hold_ms", "1000", "subscribe_hold_ms", str(DAY // 4), "hold_max_ms", str(DAY // 4))
    assert int(lib.approve()["deadline"]) == lib.now + DAY // 4 <= int(deadline)
    lib.check()


# ---------------------------------------------------------------- swap


@pytest.mark.parametrize("stage", ["locked", "subscribed", "reviewed", "contracted"])
def test_a_swap_moves_the_deal_whole_in_one_step(lib, stage):
    deal = lib.way_to(stage)
    lib.do("ld_import", "", "U2", home("U2", 20_000), "")
    lib.ask_swap()
    revs, deadline, seq = (int(lib.unit("U1")["rev"]), int(lib.unit("U2")["rev"])), lib.unit("U1")["deadline"], int(lib.meta("seq"))
    ok = lib.decide()
    status = "locked" if stage == "locked" else "subscribed"
    assert (ok["unit"], ok["status"], ok["deal"], int(ok["seq"])) == ("U2", status, deal, seq + 3)
    old, new = lib.unit("U1"), lib.unit("U2")
    assert (old["status"], old["deal"], old["deadline"], int(old["rev"])) == ("available", "", "0", revs[0] + 1)
    assert (new["status"], new["deal"], new["holder"], int(new["rev"])) == (status, deal, "ann", revs[1] + 1)
    assert new["deadline"] == (str(lib.now + DAY) if stage == "contracted" else deadline)
    d = lib.deal(deal)
    assert (d["unit"], d["price_fen"], d["list_price_fen"], d.get("paid_fen", 0)) == ("U2", 20_000, 20_000, 0 if stage in ("locked", "subscribed") else PAID)
    assert (d.get("slip"), "review" in d, "contract" in d) == (None if stage == "locked" else 2, False, False)
    out, into = lib.events()[-2:]
    assert (out["t"], out["u"], out["to"], out["deal"]) == ("swap_out", "U1", "U2", deal)
    assert (into["t"], into["u"], into["from"], into["price"], into.get("slip")) == ("swap_in", "U2", "U1", "20000", None if stage == "locked" else "2")
    assert lib.lock(buyer="c1", actor="bob")["deal"] == "d2", "what was left behind is free"


def taken(lib, how):
    if how == "withheld":
        lib.withhold("U2")
    elif how in ("locked", "settled"):
        lib.way_to(how, "U2", "c1", "bob")
    return {"unknown": "U99", "itself": "U1", "none": ""}.get(how, "U2")


@pytest.mark.parametrize("how, code", [("withheld", "not_open"), ("locked", "unit_taken"), ("settled", "unit_taken"), ("unknown", "no_such_unit"),
                                       ("itself", "bad_request"), ("none", "no_such_unit")])
def test_a_swap_goes_to_another_unit_that_is_free(lib, how, code):
    lib.way_to("locked")
    refused(code, lib.ask_swap, to=taken(lib, how))


@pytest.mark.parametrize("how, code", [("withheld", "not_open"), ("locked", "unit_taken"), ("settled", "unit_taken")])
def test_a_unit_taken_in_the_meantime_is_not_swapped_for(lib, how, code):
    lib.way_to("subscribed")
    lib.ask_swap()
    taken(lib, how)
    assert refused(code, lib.decide)["unit"] == "U2"
    assert lib.request("r1")["status"] == "waiting"


def test_a_hold_that_ran_out_gives_way_to_a_swap(lib):
    lib.lock("U2", "c1", "bob")
    lib.wait(DAY - 1)
    lib.way_to("locked")
    refused("unit_taken", lib.ask_swap)
    lib.wait(1)
    lib.ask_swap()
    lib.decide()
    assert [e["t"] for e in lib.events()[-4:]] == ["decide", "expire", "swap_out", "swap_in"]
    assert lib.deal("d1")["status"] == "expired" and lib.unit("U2")["deal"] == "d2"


def test_nobody_swaps_for_less_than_was_paid(lib):
    lib.way_to("paid")
    lib.do("ld_import", "", "U2", home("U2", PAID - 1), "", "U3", home("U3", PAID), "")
    assert refused("not_ready", lib.ask_swap) == {"why": "paid", "paid_fen": str(PAID)}
    lib.ask_swap(to="U3")
    lib.receipt(fen=1)
    assert refused("not_ready", lib.decide)["paid_fen"] == str(PAID + 1)


def test_a_swap_voids_what_else_was_asked_for_and_ends_the_discount(lib):
    lib.way_to("locked")
    lib.ask_discount(price=9000)
    lib.decide_discount("r1"), lib.file_discount("r1")
    lib.ask_discount(price=8000), lib.ask_rename(), lib.ask_swap()
    lib.decide_discount("r2")
    lib.decide("r4")
    assert [lib.request(f"r{n}")["status"] for n in (1, 2, 3, 4)] == ["filed", "void", "void", "approved"]
    assert lib.deal("d1")["price_fen"] == PRICE and lib.queue("approval filing") == []


def test_a_contract_swapped_away_is_signed_anew_under_another_number(lib):
    lib.way_to("reviewed")
    lib.sign(contract="HT-1")
    lib.ask_swap()
    lib.decide()
    assert refused("not_ready", lib.sign, "U2", contract="HT-2") == {"why": "review"}
    lib.review("U2")
    assert refused("duplicate", lib.sign, "U2", contract="HT-1") == {"field": "contract"}
    assert lib.sign("U2", contract="HT-2")["status"] == "contracted"


# ---------------------------------------------------------------- change of name, withdrawal


@pytest.mark.parametrize("stage, slip", [("locked", None), ("applied", None), ("subscribed", 2), ("reviewed", 2)])
def test_a_change_of_name_keeps_all_but_the_buyer_the_slip_and_what_was_checked_of_the_other(lib, stage, slip):
    lib.way_to(stage)
    before, unit = lib.deal("d1"), lib.unit("U1")
    lib.ask_rename()
    lib.decide()
    after = lib.deal("d1")
    of_the_other = ("review", "review_comment", "reviewed_by") if slip else ("application", "eligibility", "down_payment_fen", "note")
    expected = {name: value for name, value in before.items() if name not in of_the_other}
    expected |= {"buyer": "b2", **({"slip": slip} if slip else {})}
    assert after == expected and lib.unit("U1") == unit
    event = lib.events()[-1]
    assert (event["t"], event["b"], event.get("slip")) == ("rename", "b2", slip and str(slip))


def test_after_a_change_of_name_the_other_buyer_is_applied_for_and_the_contract_reviewed_anew(lib):
    lib.way_to("applied")
    lib.ask_rename()
    lib.decide()
    assert refused("not_ready", lib.approve) == {"why": "application"} and lib.queue("application") == []
    lib.apply()
    lib.approve(), lib.receipt(), lib.review()
    lib.ask_rename(to="b1")
    lib.decide("r2")
    assert refused("not_ready", lib.sign) == {"why": "review"} and [m for m, *_ in lib.queue("review")] == ["review|d1"]
    lib.review()
    lib.sign()


@pytest.mark.parametrize("to, code", [("", "no_such_buyer"), ("b9", "no_such_buyer"), ("b1", "bad_request"), ("c1", "forbidden")])
def test_a_deal_goes_to_another_buyer_of_the_same_consultant(lib, to, code):
    lib.way_to("locked")
    refused(code, lib.ask_rename, to=to)


def test_a_deal_does_not_go_to_a_buyer_who_may_not_buy(lib):
    lib.way_to("subscribed")
    lib.ask_rename()
    lib.do("ld_buyer_put", "b2", '{"id":"b2","qualification":"refused"}')
    assert refused("not_ready", lib.decide) == {"why": "eligibility"}
    lib.decide(decision="no")
    assert refused("not_ready", lib.ask_rename) == {"why": "eligibility"}


def test_a_buyer_who_is_gone_in_the_meantime_gets_no_deal(lib):
    lib.way_to("locked")
    lib.ask_rename()
    lib.do("ld_buyer_erase", "b2", "r")
    refused("no_such_buyer", lib.decide)


@pytest.mark.parametrize("stage, paid", [("subscribed", 0), ("reviewed", PAID), ("contracted", PAID), ("settled", PRICE)])
def test_a_withdrawal_frees_the_unit_and_lists_what_has_to_be_paid_back(lib, stage, paid):
    lib.way_to(stage)
    status = lib.unit("U1")["status"]
    lib.ask_withdraw()
    ok = lib.decide(comment="同意")
    assert ok["status"] == "withdrawn" and "deadline" not in ok and lib.unit("U1")["status"] == "available"
    d = lib.deal("d1")
    assert (d["held_as"], d["end_reason"], d["ended_by"], d.get("refund_fen", 0)) == (status, "贷款未批", "max", paid)
    assert lib.events()[-1].get("refund", "0") == str(paid) and [m for m, *_ in lib.queue("refund unpaid sign review")] == ["refund|d1"][: paid > 0]


def test_a_lock_that_was_paid_for_is_withdrawn_and_one_that_was_not_is_released(lib):
    lib.way_to("locked")
    assert refused("not_available", lib.ask_withdraw) == {"status": "locked"}
    lib.receipt(fen=PAID)
    refused("not_ready", lib.release)
    lib.ask_withdraw()
    assert lib.decide()["status"] == "withdrawn"
    assert (lib.unit("U1")["status"], lib.deal("d1")["refund_fen"], [m for m, *_ in lib.queue("refund")]) == ("available", PAID, ["refund|d1"])
    lib.check()


# ---------------------------------------------------------------- list price


@pytest.mark.parametrize("price", ["", "0", "-1", "1.5", "x", PRICE, "1" * 16])
def test_a_list_price_is_another_positive_amount(lib, price):
    assert refused("bad_request", lib.ask_price, price=price) == {"field": "price_fen"}


@pytest.mark.parametrize("withheld", [False, True])
def test_a_list_price_changes_when_a_second_pair_of_eyes_agrees(lib, withheld):
    if withheld:
        lib.withhold()
    status, rev = lib.unit("U1")["status"], int(lib.unit("U1")["rev"])
    refused("no_such_unit", lib.ask_price, "U99")
    assert lib.ask_price(price=10**15 - 1) == {"unit": "U1", "request": "r1", "seq": lib.meta("seq")}
    assert listed(lib, "U1") == PRICE
    lib.decide()
    assert (listed(lib, "U1"), lib.unit("U1")["status"], int(lib.unit("U1")["rev"])) == (10**15 - 1, status, rev + 1)
    assert [e["t"] for e in lib.events()[-3:]] == ["decide", "change", "import"] and lib.meta("catalog_version") == "2"
    assert json.loads(lib.events()[-2]["cat"]) == json.loads(home("U1", 10**15 - 1))


def test_a_change_of_price_leaves_the_rest_of_the_entry_as_it_was_written(lib):
    odd = '{ "note" : "\\"list_price_fen\\": 7, 100%", "list_price_fen" :  500 , "id":"U1" }'
    lib.do("ld_import", "", "U1", odd, "")
    lib.ask_price(price=77)
    lib.decide()
    assert lib.r.hget(f"{P}:catalog", "U1") == odd.replace(" 500", " 77")


def test_the_largest_price_of_a_list_may_be_lowered(lib):
    lib.do("ld_import", "", "U1", home("U1", LARGEST), "")
    lib.ask_price(price=1)
    lib.decide()
    assert listed(lib, "U1") == 1


@pytest.mark.parametrize("stage", ["locked", "subscribed", "contracted", "settled"])
def test_the_price_of_what_is_held_is_frozen(lib, stage):
    lib.ask_price(price=20_000)
    lib.way_to(stage)
    assert refused("not_available", lib.ask_price)["status"] == stage
    assert refused("not_available", lib.decide)["status"] == stage
    lib.do("ld_import", "", "U1", home("U1", 30_000), "")
    assert lib.deal("d1")["price_fen"] == PRICE and listed(lib, "U1") == 30_000
    assert lib.decide(decision="no")["decision"] == "refused"


def test_what_is_locked_after_a_change_of_price_costs_the_new_one(lib):
    lib.ask_price(price=20_000)
    lib.decide()
    lib.lock()
    assert (lib.deal("d1")["price_fen"], lib.events()[-1]["price"]) == (20_000, "20000")


def test_of_two_changes_to_the_same_price_one_is_enough(lib):
    lib.ask_price(price=20_000), lib.ask_price(price=20_000)
    lib.decide("r1")
    assert refused("bad_request", lib.decide, "r2") == {"field": "price_fen"}
    lib.decide("r2", "no")
