"""Money that finance confirms: counted once, never more than the price, never lost when it comes late."""

import json

import pytest
from deal_steps import PAID, PRICE
from library import P, Library, home
from test_lock import refused

DAY = 86_400_000
LARGEST = 2**53 - 1


def priced(lib, unit, price):
    lib.do("ld_import", "", unit, home(unit, price), "")


@pytest.mark.parametrize("fen", ["", "0", "-1", "1.5", "1e3", "x", "nan", "0x10", " 1", "1" * 16, str(2**53), "00", str(-(2**63))])
def test_an_amount_is_a_positive_whole_number(lib, fen):
    lib.way_to("subscribed")
    assert refused("bad_request", lib.receipt, fen=fen)["field"] == "amount_fen"


@pytest.mark.parametrize("field, args", [("kind", {"kind": ""}), ("kind", {"kind": "gift"}), ("kind", {"kind": "refund"}),
                                         ("ref", {"ref": "two words"}), ("ref", {"ref": "x" * 73}), ("ref", {"ref": "a|b"})])
def test_a_receipt_of_nonsense_is_refused(lib, field, args):
    lib.way_to("subscribed")
    assert refused("bad_request", lib.receipt, **args)["field"] == field


def test_a_receipt_is_a_record_of_its_own(lib):
    lib.way_to("subscribed")
    lib.wait(1000)
    ok = lib.receipt(fen=700, ref="B-1")
    assert (ok["receipt"], ok["paid_fen"], ok["status"]) == ("1", "700", "subscribed") and "refund_fen" not in ok
    assert lib.receipts() == [{"no": 1, "deal": "d1", "unit": "U1", "kind": "subscription", "fen": 700, "at_ms": lib.now, "by": "fay", "ref": "B-1"}]


@pytest.mark.parametrize("stage", ["locked", "applied", "subscribed", "contracted"])
def test_money_may_come_at_every_stage_and_leaves_the_state_alone(lib, stage):
    lib.way_to(stage)
    before = lib.unit("U1")
    assert lib.receipt(fen=5)["receipt"] == str(len(lib.receipts()))
    assert lib.unit("U1") == before


def test_receipts_are_numbered_without_a_gap_whatever_was_refused_in_between(lib):
    lib.way_to("subscribed")
    lib.way_to("subscribed", "U2")
    for n, unit in enumerate(["U1", "U2", "U1", "U2"], 1):
        refused("bad_request", lib.receipt, unit, fen=0)
        refused("bad_request", lib.receipt, unit, fen=PRICE + 1)
        refused("forbidden", lib.receipt, unit, actor="cleo", role="clerk")
        assert lib.receipt(unit, fen=10, key=f"r{n}", ref=f"B-{n}")["receipt"] == str(n)
        assert lib.receipt(unit, fen=10, key=f"r{n}", ref=f"B-{n}")["receipt"] == str(n)
        refused("duplicate", lib.receipt, unit, fen=10, ref=f"B-{n}")
    assert [lib.deal(d)["paid_fen"] for d in ("d1", "d2")] == [20, 20]


def test_a_reference_is_counted_once_for_all_deals_and_refunds(lib):
    lib.way_to("subscribed")
    lib.way_to("subscribed", "U2")
    lib.receipt(ref="B-7")
    for unit in ("U1", "U2"):
        assert refused("duplicate", lib.receipt, unit, fen=1, ref="B-7", kind="mortgage") == {"field": "ref", "receipt": "1"}
    lib.release(actor="cleo", role="clerk", reason="r")
    assert refused("duplicate", lib.refund, ref="B-7") == {"field": "ref", "receipt": "1"}
    assert lib.refund(ref="B-8")["receipt"] == "2"
    assert refused("duplicate", lib.receipt, "U2", ref="B-8")["receipt"] == "2"
    lib.receipt("U2", fen=1), lib.receipt("U2", fen=1)  # without a reference nothing can be compared


def test_never_more_than_the_price_and_settled_exactly_at_it(lib):
    lib.way_to("contracted")
    assert refused("bad_request", lib.receipt, fen=PRICE - PAID + 1)["outstanding_fen"] == str(PRICE - PAID)
    assert lib.receipt(fen=PRICE - PAID - 1)["status"] == "contracted"
    assert [m for m, *_ in lib.queue("unpaid")] == ["unpaid|d1"]
    assert refused("bad_request", lib.receipt, fen=2)["outstanding_fen"] == "1"
    assert lib.receipt(fen=1)["status"] == "settled"
    assert refused("bad_request", lib.receipt, fen=1)["outstanding_fen"] == "0"
    assert lib.queue("unpaid") == []


def test_what_is_paid_in_full_before_the_contract_is_settled_by_the_signature(lib):
    lib.way_to("reviewed")
    assert lib.receipt(fen=PRICE - PAID)["status"] == "subscribed"
    rev = int(lib.unit("U1")["rev"])
    ok = lib.sign()
    assert (ok["status"], ok["rev"]) == ("settled", str(rev + 2))
    assert [e["t"] for e in lib.events()[-2:]] == ["sign", "settle"]


def test_the_largest_price_is_summed_to_the_last_fen(lib):
    priced(lib, "U1", LARGEST)
    lib.way_to("reviewed")
    chunk, paid = 10**15 - 1, PAID
    while LARGEST - paid > chunk:
        lib.receipt(fen=chunk)
        paid += chunk
    lib.sign()
    left = LARGEST - paid
    assert refused("bad_request", lib.receipt, fen=left + 1)["outstanding_fen"] == str(left)
    refused("bad_request", lib.receipt, fen=chunk)
    assert lib.receipt(fen=left - 1)["paid_fen"] == str(LARGEST - 1)
    assert lib.receipt(fen=1)["status"] == "settled"
    assert lib.deal("d1")["paid_fen"] == LARGEST
    lib.ask_withdraw()
    lib.decide()
    assert lib.deal("d1")["refund_fen"] == LARGEST
    assert lib.refund(fen=chunk)["refund_fen"] == str(LARGEST - chunk)


def test_a_unit_that_costs_nothing_takes_no_money(lib):
    priced(lib, "U1", 0)
    lib.way_to("subscribed")
    assert refused("bad_request", lib.receipt, fen=1)["outstanding_fen"] == "0"
    refused("not_ready", lib.sign)


# ---------------------------------------------------------------- giving it back


def ended(lib, paid=PAID):
    lib.way_to("subscribed")
    lib.receipt(fen=paid)
    lib.release(actor="cleo", role="clerk", reason="r")


def test_what_is_paid_back_leaves_the_refund_list_when_it_is_all_paid(lib):
    ended(lib)
    assert [(m, r["refund_fen"]) for m, _, r in lib.queue("refund")] == [("refund|d1", PAID)]
    assert lib.events()[-1]["refund"] == str(PAID)
    ok = lib.refund(fen=PAID - 1, ref="T-1")
    assert (ok["receipt"], ok["refund_fen"], ok["status"]) == ("2", "1", "released")
    assert refused("bad_request", lib.refund, fen=2)["refund_fen"] == "1"
    assert lib.refund(fen=1)["refund_fen"] == "0"
    assert lib.queue("refund") == [] and "paid_fen" not in lib.deal("d1")
    assert [(r["kind"], r["fen"]) for r in lib.receipts()] == [("subscription", PAID), ("refund", PAID - 1), ("refund", 1)]


@pytest.mark.parametrize("fen", ["", "0", "-1", "1.5", "x", "1" * 16, PAID + 1])
def test_no_other_amount_is_paid_back(lib, fen):
    ended(lib)
    assert refused("bad_request", lib.refund, fen=fen)["field"] == "amount_fen"
    assert refused("bad_request", lib.refund, ref="two words")["field"] == "ref"


def test_nothing_is_paid_back_for_a_deal_that_goes_on_or_is_none(lib):
    lib.way_to("paid")
    assert refused("bad_request", lib.refund, fen=1)["refund_fen"] == "0"
    refused("no_such_deal", lib.refund, deal="d2")
    refused("no_such_unit", lib.refund, deal="")


def test_a_consultant_does_not_release_what_was_paid_for(lib):
    lib.way_to("paid")
    assert refused("not_ready", lib.release) == {"why": "paid"}
    for actor, role in (("cleo", "clerk"), ("max", "manager")):
        assert refused("bad_request", lib.release, actor=actor, role=role)["field"] == "reason"
    lib.release(actor="max", role="manager", reason="r", to="withheld")
    assert (lib.deal("d1")["status"], lib.deal("d1")["held_as"], lib.deal("d1")["refund_fen"]) == ("released", "subscribed", PAID)


# ---------------------------------------------------------------- money that comes late


@pytest.mark.parametrize("stage, status", [("locked", "locked"), ("applied", "locked"), ("subscribed", "subscribed")])
@pytest.mark.parametrize("swept", [True, False])
def test_money_for_a_hold_that_ran_out_revives_it_while_the_unit_is_free(lib, stage, status, swept):
    lib.way_to(stage)
    before = lib.deal("d1")
    lib.wait(DAY + 5000)
    if swept:
        lib.sweep()
    ok = lib.receipt(deal="d1", fen=7)
    assert (ok["unit"], ok["status"], ok["paid_fen"], int(ok["deadline"])) == ("U1", status, "7", lib.now + DAY) and "refund_fen" not in ok
    assert [e["t"] for e in lib.events()[-3:]] == ["expire", "receipt", "revive"]
    assert lib.receipts()[0]["late"] == 1 and lib.events()[-2]["late"] == "1"
    assert lib.deal("d1") == {**before, "paid_fen": 7, "deadline": lib.now + DAY, "held_since_ms": lib.now}
    assert lib.unit("U1")["holder"] == "ann" and lib.queue("refund") == []


def test_a_revived_deal_goes_on_to_its_end(lib):
    lib.way_to("subscribed")
    lib.wait(DAY)
    lib.receipt(unit="U1", fen=PAID)  # a hold that ran out is still named by its unit until it is swept
    lib.review()
    lib.sign()
    assert lib.receipt(fen=PRICE - PAID)["status"] == "settled"


def test_a_revived_hold_may_be_extended_from_its_new_beginning(server):
    lib = Library(server, hold_max_ms=2 * DAY)
    lib.way_to("subscribed")
    lib.wait(DAY)
    lib.receipt(deal="d1")
    assert refused("limit_reached", lib.extend, deadline=lib.now + 2 * DAY + 1) == {"deadline_max": str(lib.now + 2 * DAY)}
    lib.extend(deadline=lib.now + 2 * DAY)
    lib.check()


def away(lib, how):
    """Takes the unit of an expired deal away."""
    if how == "locked by another":
        lib.lock(buyer="c1", actor="bob")
    elif how == "withheld":
        lib.withhold()
    elif how == "the buyer erased":
        lib.do("ld_buyer_erase", "b1", "r")


@pytest.mark.parametrize("how", ["locked by another", "withheld", "the buyer erased"])
def test_money_for_a_unit_that_is_gone_is_on_the_refund_list(lib, how):
    lib.way_to("subscribed")
    lib.wait(DAY)
    lib.sweep()
    away(lib, how)
    before = lib.unit("U1")
    ok = lib.receipt(deal="d1", fen=7)
    assert (ok["status"], ok["refund_fen"]) == ("expired", "7") and "deadline" not in ok
    assert lib.receipt(deal="d1", fen=8)["refund_fen"] == "15"
    assert lib.unit("U1") == before
    assert [(m, r["refund_fen"]) for m, _, r in lib.queue("refund")] == [("refund|d1", 15)]
    assert lib.refund(fen=15)["refund_fen"] == "0"


def test_money_for_what_was_given_up_is_never_taken_as_a_change_of_mind(lib):
    ended(lib, paid=5)
    assert lib.receipt(deal="d1", fen=7)["refund_fen"] == "12"
    assert lib.unit("U1")["status"] == "available"
    lib.way_to("paid", "U2")
    lib.ask_withdraw("U2")
    lib.decide()
    assert lib.receipt(deal="d2", fen=1)["refund_fen"] == str(PAID + 1)


def test_a_hold_in_the_way_that_ran_out_too_gives_way(lib):
    lib.way_to("subscribed")
    lib.wait(DAY)
    lib.lock(buyer="c1", actor="bob")
    lib.wait(DAY)
    assert lib.receipt(deal="d1", fen=7)["status"] == "subscribed"
    assert (lib.deal("d2")["status"], lib.unit("U1")["deal"]) == ("expired", "d1")
    assert [e["t"] for e in lib.events()[-3:]] == ["receipt", "expire", "revive"]


def test_a_deal_revived_keeps_its_price_and_its_sums(server):
    lib = Library(server, on_expiry_paid="release")
    lib.way_to("paid")
    lib.wait(DAY)
    assert lib.sweep()["released"] == "1"
    assert lib.refund(fen=PAID - 100)["refund_fen"] == "100"
    lib.ask_price(price=PRICE * 2)
    lib.decide()
    assert refused("bad_request", lib.receipt, deal="d1", fen=PRICE - 99)["outstanding_fen"] == str(PRICE - 100)
    ok = lib.receipt(deal="d1", fen=PRICE - 100)
    assert (ok["status"], ok["paid_fen"]) == ("subscribed", str(PRICE))
    lib.review()
    assert lib.sign()["status"] == "settled"
    lib.check()


# ---------------------------------------------------------------- when the clock runs out on money


@pytest.mark.parametrize("stage", ["locked", "applied", "subscribed", "reviewed"])
def test_by_default_the_clock_does_not_give_away_what_was_paid_for(lib, stage):
    lib.way_to(stage)
    if stage != "reviewed":
        lib.receipt(fen=1)
    lib.wait(DAY)
    before, events = lib.unit("U1"), len(lib.events())
    refused("unit_taken", lib.lock, buyer="c1", actor="bob")
    refused("not_available", lib.withhold)
    swept = lib.sweep()
    assert (swept["released"], swept["overdue"], swept["next_deadline"]) == ("0", "1", "0")
    after = lib.unit("U1")
    assert (after["status"], after["rev"], after["deadline"]) == (before["status"], str(int(before["rev"]) + 1), "0")
    assert lib.deal("d1")["overdue_ms"] == lib.now and ("overdue|d1", lib.now) in [i[:2] for i in lib.queue("overdue review sign")]
    assert lib.events()[events:][-1]["t"] == "overdue" and lib.sweep()["overdue"] == "0"


def overdue(lib, stage="paid"):
    lib.way_to(stage)
    lib.wait(DAY)
    lib.sweep()


def test_an_overdue_hold_goes_on_by_hand(lib):
    overdue(lib)
    lib.review()
    assert lib.sign()["status"] == "contracted"
    assert lib.queue("overdue") == [] and "overdue_ms" not in lib.deal("d1")


def test_an_overdue_hold_is_given_a_new_clock_or_released_with_its_refund(lib):
    overdue(lib)
    ok = lib.extend(deadline=lib.now + 1)
    assert int(ok["deadline"]) == lib.now + 1 and lib.queue("overdue") == []
    lib.wait(1)
    assert lib.sweep()["overdue"] == "1"
    lib.release(actor="cleo", role="clerk", reason="r")
    assert lib.queue("overdue") == [] and lib.queue("refund")[0][2]["refund_fen"] == PAID


def test_an_overdue_lock_gets_no_new_clock_by_a_slip(lib):
    lib.way_to("applied")
    lib.receipt(fen=1)
    lib.wait(DAY)
    lib.sweep()
    ok = lib.approve()
    assert ok["status"] == "subscribed" and "deadline" not in ok
    assert [m for m, *_ in lib.queue("overdue")] == ["overdue|d1"]


def test_an_overdue_deal_stays_overdue_on_another_unit(lib):
    overdue(lib)
    lib.ask_swap()
    assert "deadline" not in lib.decide()
    assert lib.unit("U2")["deadline"] == "0" and [m for m, *_ in lib.queue("overdue")] == ["overdue|d1"]


def test_where_the_project_wants_it_the_clock_gives_away_and_lists_the_refund(server):
    lib = Library(server, on_expiry_paid="release")
    lib.way_to("paid")
    lib.wait(DAY)
    assert (lib.sweep()["released"], lib.unit("U1")["status"]) == ("1", "available")
    assert lib.events()[-1]["refund"] == str(PAID) and lib.queue("refund")[0][2]["refund_fen"] == PAID
    lib.check()


def test_a_taker_of_what_ran_out_with_money_leaves_the_refund_behind(server):
    lib = Library(server, on_expiry_paid="release")
    lib.way_to("paid")
    lib.wait(DAY)
    lib.lock(buyer="c1", actor="bob")
    assert [(m, r["refund_fen"]) for m, _, r in lib.queue("refund")] == [("refund|d1", PAID)]
    assert json.loads(lib.r.hget(f"{P}:deals", "d1"))["ended_by"] == "system"
    lib.check()


def test_the_setting_of_the_moment_counts(lib):
    lib.way_to("paid")
    lib.wait(DAY)
    lib.do("ld_configure", "on_expiry_paid", "release")
    assert lib.sweep()["released"] == "1"
    assert refused("bad_request", lib.do, "ld_configure", "on_expiry_paid", "keep")["field"] == "on_expiry_paid"
