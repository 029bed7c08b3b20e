"""Application, slip, review, contract: what each step does, what it refuses, and that a hold whose time is up is over for it
although nobody has swept yet."""

import json

import pytest
from deal_steps import PAID, PRICE, STAGES
from library import P, Library
from test_lock import refused

DAY = 86_400_000
TOO_LONG, NUMBER = "x" * 121, "电话13900001111"


def test_a_deal_goes_from_lock_to_settled_and_every_step_leaves_its_mark(lib):
    lib.lock()
    lib.wait(1000)
    ok = lib.apply(down="3000", price=PRICE, note="首套")
    assert ok == {"deal": "d1", "unit": "U1", "status": "locked", "rev": "2", "seq": lib.meta("seq"), "deadline": str(lib.now - 1000 + DAY),
                  "application": "submitted"}
    lib.wait(1000)
    ok = lib.approve()
    assert (ok["status"], ok["rev"], ok["slip"], ok["price_fen"], int(ok["deadline"])) == ("subscribed", "3", "1", str(PRICE), lib.now + DAY)
    assert lib.receipt(ref="B-1")["receipt"] == "1"
    assert lib.review(result="pass", comment="一致")["review"] == "pass"
    ok = lib.sign(contract="HT-1")
    assert (ok["status"], ok["contract"]) == ("contracted", "HT-1") and "deadline" not in ok
    assert lib.receipt(fen=PRICE - PAID, kind="mortgage")["status"] == "settled"
    deal = lib.deal("d1")
    expected = {"status": "settled", "eligibility": "qualified", "down_payment_fen": 3000, "note": "首套", "applied_by": "ann", "slip": 1,
                "application": "approved", "review": "pass", "review_comment": "一致", "reviewed_by": "rita", "contract": "HT-1", "paid_fen": PRICE,
                "deadline": 0, "settled_ms": lib.now, "signed_ms": lib.now, "applied_ms": lib.now - 1000}
    assert {k: deal[k] for k in expected} == expected
    assert [e["t"] for e in lib.events()[-8:]] == ["lock", "apply", "approve", "receipt", "review", "sign", "receipt", "settle"]


def fields_of(event):
    return {k: v for k, v in event.items() if k not in ("seq", "t", "at", "by", "role", "h")}


def test_a_step_that_changes_no_board_is_an_event_of_the_deal(lib):
    lib.way_to("applied")
    assert fields_of(lib.events()[-1]) == {"deal": "d1", "hold": "ann", "on": "U1", "price": str(PRICE)}
    lib.reject(reason="缺社保")
    assert fields_of(lib.events()[-1]) == {"deal": "d1", "hold": "ann", "on": "U1", "why": "缺社保"}


def test_a_step_that_changes_a_board_is_an_event_of_the_unit(lib):
    lib.way_to("subscribed")
    assert fields_of(lib.events()[-1]) == {"u": "U1", "i": "0", "st": "s", "rev": "3", "dl": str(lib.now + DAY), "deal": "d1", "hold": "ann",
                                           "slip": "1", "price": str(PRICE)}
    lib.receipt()
    assert fields_of(lib.events()[-1]) == {"deal": "d1", "hold": "ann", "on": "U1", "no": "1", "kind": "subscription", "fen": str(PAID), "paid": str(PAID)}


# ---------------------------------------------------------------- which deal

STEPS = {  # what asks for a deal, and the stage at which it succeeds
    "apply": "locked", "approve": "applied", "reject": "applied", "receipt": "subscribed", "review": "paid", "sign": "reviewed",
    "ask_discount": "locked", "ask_swap": "locked", "ask_rename": "locked", "ask_withdraw": "subscribed", "extend": "locked",
}  # fmt: skip


def take(lib, step, **args):
    if step == "extend":
        args = {"deadline": lib.now + 2 * DAY, **args}
    return getattr(lib, step)(**args)


@pytest.mark.parametrize("step", STEPS)
def test_a_deal_is_named_by_itself_or_by_its_unit(lib, step):
    lib.way_to(STEPS[step])
    assert refused("no_such_unit", take, lib, step, unit="U99") == {}
    assert refused("no_such_unit", take, lib, step, unit="") == {}
    assert refused("not_available", take, lib, step, unit="U2") == {"status": "available", "rev": "1"}
    for deal in ("d2", "x", "D1", "1", "d01"):
        refused("no_such_deal", take, lib, step, deal=deal)
    assert take(lib, step, deal="d1")["unit"] == "U1"


def test_a_deal_and_a_unit_that_do_not_belong_together_are_no_deal(lib):
    lib.way_to("applied")
    refused("no_such_deal", lib.do, "ld_approve", "d1", "U2", actor="cleo", role="clerk")
    assert lib.do("ld_approve", "d1", "U1", actor="cleo", role="clerk")["slip"] == "1"


@pytest.mark.parametrize("step", ["apply", "ask_discount", "ask_swap", "ask_rename", "ask_withdraw", "ask_extension"])
def test_only_whose_deal_it_is_goes_on_with_it(lib, step):
    lib.way_to(STEPS.get(step, "locked"))
    args = {"deadline": lib.now + 2 * DAY} if step == "ask_extension" else {}
    refused("not_holder", getattr(lib, step), actor="bob", **args)
    getattr(lib, step)(**args)


ALLOWED = {  # the stages of a deal in which each step is possible at all
    "apply": {"locked"}, "approve": {"locked"}, "reject": {"locked"}, "review": {"subscribed"}, "sign": {"subscribed"},
    "ask_discount": {"locked"}, "ask_swap": {"locked", "subscribed", "contracted"}, "ask_rename": {"locked", "subscribed"},
    "ask_withdraw": {"subscribed", "contracted", "settled"}, "extend": {"locked", "subscribed"},
}  # fmt: skip


@pytest.mark.parametrize("stage", ["locked", "subscribed", "contracted", "settled"])
@pytest.mark.parametrize("step", ALLOWED)
def test_each_step_belongs_to_its_states(lib, step, stage):
    lib.way_to(stage)
    if stage not in ALLOWED[step]:
        detail = refused("not_available", take, lib, step)
        assert detail["status"] == stage
    elif step not in ("approve", "reject", "sign"):  # these wait for something more
        take(lib, step)


@pytest.mark.parametrize("step", [*ALLOWED])
def test_nothing_goes_on_with_a_deal_that_has_ended(lib, step):
    lib.way_to("applied")
    lib.release()
    assert refused("not_available", take, lib, step, deal="d1") == {"status": "released"}
    assert refused("not_available", take, lib, step) == {"status": "available", "rev": "3"}


@pytest.mark.parametrize("step", ["apply", "approve", "reject", "review", "sign", "ask_discount", "ask_swap", "ask_rename", "ask_withdraw", "extend"])
def test_a_hold_that_ran_out_is_over_though_nobody_has_swept_yet(server, step):
    lib = Library(server, on_expiry_paid="release")
    lib.way_to(STEPS[step])
    lib.wait(DAY - 1)
    assert lib.unit("U1")["status"] in ("locked", "subscribed")
    lib.wait(1)
    assert refused("not_available", take, lib, step) == {"status": "expired"}
    lib.sweep()
    assert refused("not_available", take, lib, step, deal="d1") == {"status": "expired"}
    lib.check()


@pytest.mark.parametrize("step", ["apply", "approve", "reject", "review", "sign", "ask_discount", "ask_swap", "ask_rename", "ask_withdraw"])
def test_a_millisecond_before_the_end_every_step_is_still_possible(server, step):
    lib = Library(server, on_expiry_paid="release")
    lib.way_to(STEPS[step])
    lib.wait(DAY - 1)
    take(lib, step)
    lib.check()


@pytest.mark.parametrize("step", ["apply", "approve", "ask_discount"])
def test_while_the_clock_is_in_doubt_a_hold_is_not_over(lib, step):
    lib.way_to(STEPS[step])
    lib.wait(2 * DAY, beats=False)
    take(lib, step)


# ---------------------------------------------------------------- application and slip


@pytest.mark.parametrize("field, args", [
    ("eligibility", {"eligibility": ""}), ("eligibility", {"eligibility": "yes"}),
    ("down_payment_fen", {"down": "-1"}), ("down_payment_fen", {"down": "1.5"}), ("down_payment_fen", {"down": "1" * 16}),
    ("down_payment_fen", {"down": "1e3"}), ("price_fen", {"price": PRICE - 1}), ("price_fen", {"price": 0}), ("price_fen", {"price": "x"}),
    ("price_fen", {"price": -PRICE}), ("note", {"note": TOO_LONG}), ("note", {"note": "a\nb"}), ("note", {"note": NUMBER}),
])  # fmt: skip
def test_an_application_of_nonsense_is_refused(lib, field, args):
    lib.way_to("locked")
    assert refused("bad_request", lib.apply, **args)["field"] == field
    assert "application" not in lib.deal("d1")


def test_an_application_may_be_corrected_until_it_is_decided(lib):
    lib.way_to("applied")
    since = lib.queue("application")[0][1]
    lib.wait(1000)
    lib.apply(eligibility="unknown", down=str(10**15 - 1), note="x" * 120)
    deal = lib.deal("d1")
    assert (deal["eligibility"], deal["down_payment_fen"], deal["applied_ms"]) == ("unknown", 10**15 - 1, lib.now)
    assert lib.queue("application")[0][1] == since, "it has waited since it was submitted first"
    lib.approve()
    assert refused("not_available", lib.apply) == {"status": "subscribed", "rev": "3"}


def test_a_rejected_application_keeps_the_clock_and_can_be_put_right(lib):
    lib.way_to("applied")
    deadline = lib.unit("U1")["deadline"]
    assert lib.reject()["application"] == "rejected"
    assert lib.deal("d1")["reject_reason"] == "证明不全" and lib.queue("application") == []
    assert refused("not_ready", lib.reject) == refused("not_ready", lib.approve) == {"why": "application"}
    lib.apply()
    assert "reject_reason" not in lib.deal("d1") and lib.unit("U1")["deadline"] == deadline
    lib.approve()


@pytest.mark.parametrize("reason", ["", TOO_LONG, NUMBER, "a\tb"])
def test_a_rejection_has_a_reason_that_may_stay_for_ever(lib, reason):
    lib.way_to("applied")
    assert refused("bad_request", lib.reject, reason=reason) == {"field": "reason"}


def test_a_slip_needs_an_application_of_somebody_else_who_may_buy(lib):
    lib.way_to("locked")
    assert refused("not_ready", lib.approve) == {"why": "application"}
    lib.apply(eligibility="unqualified")
    assert refused("not_ready", lib.approve) == {"why": "eligibility"}
    lib.apply()
    refused("own_request", lib.approve, actor="ann")
    refused("own_request", lib.reject, actor="ann")
    lib.do("ld_buyer_put", "b1", '{"id":"b1","qualification":"refused"}')
    assert refused("not_ready", lib.approve) == {"why": "eligibility"}
    lib.do("ld_buyer_put", "b1", '{"id":"b1","qualification":"qualified"}')
    assert lib.approve()["slip"] == "1"


def test_slips_are_numbered_without_a_gap_whatever_was_refused_in_between(lib):
    for n, unit in enumerate(lib.UNITS[:3], 1):
        lib.way_to("locked", unit)
        refused("not_ready", lib.approve, unit)
        lib.apply(unit)
        assert lib.approve(unit, key=f"slip{n}")["slip"] == str(n)
        assert lib.approve(unit, key=f"slip{n}")["slip"] == str(n)
        refused("not_available", lib.approve, unit)
    assert lib.meta("next_slip") == "4"


def test_a_subscription_has_a_clock_of_its_own_within_the_absolute_maximum(server):
    lib = Library(server, lock_hold_ms=10_000, subscribe_hold_ms=20_000, hold_max_ms=25_000)
    lib.way_to("applied")
    lib.wait(9000)
    assert int(lib.approve()["deadline"]) == lib.now - 9000 + 25_000
    lib.way_to("applied", "U2")
    lib.wait(1000)
    assert int(lib.approve("U2")["deadline"]) == lib.now + 20_000
    lib.check()


# ---------------------------------------------------------------- review and contract


@pytest.mark.parametrize("field, args", [("result", {"result": ""}), ("result", {"result": "perhaps"}), ("comment", {"result": "back"}),
                                         ("comment", {"result": "back", "comment": TOO_LONG}), ("comment", {"comment": NUMBER})])
def test_a_review_of_nonsense_is_refused(lib, field, args):
    lib.way_to("paid")
    assert refused("bad_request", lib.review, **args)["field"] == field


def test_a_contract_that_was_sent_back_is_put_right_by_the_consultant_and_reviewed_again(lib):
    lib.way_to("paid")
    assert lib.review(result="back", comment="面积不符")["review"] == "back"
    assert refused("not_available", lib.review, result="back", comment="再看") == {"status": "subscribed", "review": "back"}
    assert refused("not_ready", lib.sign) == {"why": "review"}
    assert [m for m, *_ in lib.queue("correction review")] == ["correction|d1"]
    lib.apply()
    assert "review" not in lib.deal("d1") and lib.deal("d1")["application"] == "approved"
    assert [m for m, *_ in lib.queue("correction review")] == ["review|d1"]
    lib.review()
    assert refused("not_available", lib.review)["review"] == "pass"
    lib.review(result="back", comment="等一下")
    lib.review()
    assert lib.sign()["status"] == "contracted"


def test_who_brought_the_application_does_not_review_the_contract(lib):
    lib.way_to("paid")
    refused("own_request", lib.review, actor="ann")
    lib.review()


@pytest.mark.parametrize("reason", ["电话 138 0013-8000", "13800138000", "１３８００１３８０００", "身份证110101 19900307 123X", "11010119900307-1234"])
def test_a_number_of_a_person_does_not_get_into_the_trail_however_it_is_written(lib, reason):
    lib.lock()
    refused("bad_request", lib.release, reason=reason)


@pytest.mark.parametrize("reason", ["2026-11-28 至 2026-11-29 两次未到", "房号 1-1203,总价 3580000 元", "合同 HT-2026-0001-118"])
def test_dates_prices_and_contract_numbers_may_stand_in_a_reason(lib, reason):
    lib.lock()
    lib.release(reason=reason)


def test_a_contract_needs_money_and_a_review_by_somebody_else(lib):
    lib.way_to("subscribed")
    assert refused("not_ready", lib.sign) == {"why": "receipt"}
    lib.review(actor="cleo")
    assert refused("not_ready", lib.sign) == {"why": "receipt"}
    lib.receipt(fen=1)
    refused("own_request", lib.sign, actor="cleo")
    assert lib.sign(actor="carl")["status"] == "contracted"


@pytest.mark.parametrize("contract", ["", "a b", "a|b", 'a"b', "a\\b", "x" * 73, "a\n"])
def test_a_contract_has_a_number(lib, contract):
    lib.way_to("reviewed")
    assert refused("bad_request", lib.sign, contract=contract) == {"field": "contract"}


def test_two_deals_have_two_contracts(lib):
    for unit in ("U1", "U2"):
        lib.way_to("reviewed", unit)
    lib.sign(contract="HT-1")
    assert refused("duplicate", lib.sign, "U2", contract="HT-1") == {"field": "contract"}
    lib.sign("U2", contract="HT-2")
    assert lib.r.hgetall(f"{P}:contracts") == {"HT-1": "d1", "HT-2": "d2"}


# ---------------------------------------------------------------- what is read


def test_each_stage_stands_in_the_queue_of_whom_it_waits_for(lib):
    waits = {"locked": [], "applied": ["application"], "subscribed": ["money"], "paid": ["review"], "reviewed": ["sign"], "contracted": ["unpaid"], "settled": []}
    for unit, stage in zip(["U1", "U2", "U3", "U4", "U5", "U6"], STAGES[1:]):
        deal = lib.way_to(stage, unit)
        found = [m for m, *_ in lib.queue(" ".join(kind for kinds in waits.values() for kind in kinds)) if m.endswith("|" + deal)]
        assert found == [f"{kind}|{deal}" for kind in waits[stage]]
    assert lib.queue("") == lib.queue("nonsense refund") == []


def test_the_queue_comes_longest_waiting_first_and_with_its_records(lib):
    for unit in ("U2", "U1"):
        lib.wait(1000)
        lib.way_to("applied", unit)
    lib.ask_discount("U1", 9000)
    found = lib.queue("approval application")
    assert [(m, since, r["id"]) for m, since, r in found] == [
        ("application|d1", lib.now - 1000, "d1"), ("application|d2", lib.now, "d2"), ("approval|d2|r1", lib.now, "r1")]
    assert found[0][2] == lib.deal("d1") and found[2][2] == lib.request("r1")


def test_deals_are_listed_newest_first_open_or_all_of_one_or_of_everybody(lib):
    lib.way_to("settled", "U1")
    lib.way_to("locked", "U2", "c1", "bob")
    lib.way_to("subscribed", "U3")
    lib.release("U3")
    lib.wait(1)
    lib.way_to("locked", "U4")

    def ids(*args):
        return [d["id"] for d in lib.deals(*args)]

    assert ids() == ["d4", "d2", "d1"] and ids("", "all") == ["d4", "d3", "d2", "d1"]
    assert ids("ann") == ["d4", "d1"] and ids("ann", "all") == ["d4", "d3", "d1"] and ids("bob", "all") == ["d2"]
    assert ids("", "open", 1) == ["d4"] and ids("", "all", 2) == ["d4", "d3"] and ids("ann", "all", 2) == ["d4", "d3"]
    assert ids("", "open", 9, "d4") == ["d2", "d1"] and ids("", "all", 2, "d4") == ["d3", "d2"] and ids("ann", "all", 1, "d4") == ["d3"]
    assert ids("", "all", 9, "d1") == ids("", "open", 9, "d1") == [] and ids("", "all", 9, "d99") == ["d4", "d3", "d2", "d1"]
    assert ids("eve") == ids("eve", "all") == []
    assert lib.deals("bob")[0] == json.loads(lib.r.hget(f"{P}:deals", "d2"))


@pytest.mark.parametrize("field, args", [
    ("limit", ("", "open", "-1")), ("limit", ("", "all", "0")), ("limit", ("ann", "all", "nan")), ("limit", ("ann", "all", "1.5")), ("limit", ("", "all")),
    ("limit", ("", "open", "inf")), ("limit", ("", "all", "9" * 16)), ("scope", ("", "", "9")), ("scope", ("", "some", "9")), ("scope", ()),
    ("before", ("", "open", "9", "4")), ("before", ("", "all", "9", "dx")), ("before", ("ann", "all", "9", "d1;")),
])  # fmt: skip
def test_a_list_of_nonsense_is_refused(lib, field, args):
    lib.way_to("locked")
    assert refused("bad_request", lib.call, "ld_deals", *args, read_only=True) == {"field": field}
