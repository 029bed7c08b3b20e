"""The way of a deal through the real daemon: each step by the account that may do it, refused to all others."""

import json

import pytest

from listing import PASSWORD, PROJECT, ROLES, Refusal, Silence, new_key

PRICE = 300_000_000
STEPS = [
    ("consultant1", "unit.lock", {"buyer": "b1"}, "locked"),
    ("consultant1", "deal.apply", {"eligibility": "qualified", "down_payment_fen": 90_000_000, "note": "首套"}, "locked"),
    ("clerk1", "deal.approve", {}, "subscribed"),
    ("finance1", "deal.receipt", {"kind": "subscription", "amount_fen": 5_000_000, "ref": "B-1"}, "subscribed"),
    ("relations1", "deal.review", {"result": "pass"}, "subscribed"),
    ("clerk1", "deal.sign", {"contract": "HT-2026-0001"}, "contracted"),
    ("finance1", "deal.receipt", {"kind": "down_payment", "amount_fen": 85_000_000}, "contracted"),
    ("finance1", "deal.receipt", {"kind": "mortgage", "amount_fen": PRICE - 90_000_000}, "settled"),
]


def do(office, account, cmd, **args):
    """The command's result, or Refusal."""
    response = office.post_command(cmd, args, account)
    body = response.json
    if response.status != 200:
        raise Refusal({**body, "detail": body.get("fields", {})})
    return body["ok"]


def refused(office, code, account, cmd, **args):
    with pytest.raises(Refusal) as refusal:
        do(office, account, cmd, **args)
    assert refusal.value.code == code, refusal.value.error
    return refusal.value.detail


def play(office, steps=STEPS, unit="1-101"):
    for account, cmd, args, _ in steps:
        do(office, account, cmd, unit=unit, **args)


def verify(office):
    return office.ctl("verify", "--project", PROJECT)


def deal_of(office, account="manager1", unit="1-101"):
    deals = office.get("deals?scope=all", account).json["deals"]
    return next(deal for deal in deals if deal["unit"] == unit)


def queue_of(screen, until, timeout=10):
    """Waits for a pushed queue that `until` accepts; returns its items as (kind, deal or request id)."""
    while True:
        notice = screen.push("notice", timeout)
        if notice["kind"] != "queue":
            continue
        items = [(item["kind"], (item.get("deal") or item["request"])["id"]) for item in notice["items"]]
        if until(items):
            return notice


def test_a_deal_goes_from_lock_to_settled_with_the_right_account_at_each_step(office):
    wall = office.screen("display1")
    for at, (account, cmd, args, status) in enumerate(STEPS):
        result = do(office, account, cmd, unit="1-101", **args)
        assert result["status"] == status, (at, result)
        wall.see("1-101", {"locked": "l", "subscribed": "s", "contracted": "c", "settled": "p"}[status])
    deal = deal_of(office)
    assert (deal["slip"], deal["paid_fen"], deal["price_fen"], deal["contract"]) == (1, PRICE, PRICE, "HT-2026-0001")
    assert (deal["applied_by"], deal["reviewed_by"], deal["eligibility"]) == ("consultant1", "relations1", "qualified")
    assert verify(office).endswith("0 differences.\n")


def test_every_step_is_refused_to_every_wrong_role_and_to_a_foreign_consultant(office):
    for account, cmd, args, _ in STEPS:
        for other, role in ROLES.items():
            if other == account or (cmd == "unit.lock" and other == "manager1"):
                continue
            expected = "forbidden"
            if other == "consultant2" and cmd == "deal.apply":
                expected = "not_holder"
            refused(office, expected, other, cmd, unit="1-101", **args)
        do(office, account, cmd, unit="1-101", **args)
    verify(office)


def test_a_step_before_its_time_says_what_is_missing(office):
    do(office, "consultant1", "unit.lock", unit="1-101", buyer="b1")
    assert refused(office, "not_ready", "clerk1", "deal.approve", unit="1-101") == {"why": "application"}
    assert refused(office, "not_available", "relations1", "deal.review", unit="1-101", result="pass") == {"status": "locked"}
    do(office, "consultant1", "deal.apply", unit="1-101", eligibility="qualified")
    do(office, "clerk1", "deal.approve", unit="1-101")
    assert refused(office, "not_ready", "clerk1", "deal.sign", unit="1-101", contract="H1") == {"why": "receipt"}
    do(office, "finance1", "deal.receipt", unit="1-101", kind="subscription", amount_fen=1)
    assert refused(office, "not_ready", "clerk1", "deal.sign", unit="1-101", contract="H1") == {"why": "review"}
    assert refused(office, "not_available", "clerk1", "deal.approve", unit="1-102") == {"status": "available", "rev": 1}
    refused(office, "no_such_deal", "clerk1", "deal.approve", deal="d77")
    refused(office, "no_such_unit", "clerk1", "deal.approve", unit="9-901")
    refused(office, "no_such_unit", "clerk1", "deal.approve")


def test_arguments_that_are_none_are_refused_with_a_reason(office):
    play(office, STEPS[:3])
    for args in [
        {"kind": "subscription"},
        {"kind": "subscription", "amount_fen": -1},
        {"kind": "subscription", "amount_fen": 1.5},
        {"kind": "subscription", "amount_fen": "100"},
        {"kind": "subscription", "amount_fen": 0},
        {"kind": "gift", "amount_fen": 1},
        {"kind": "subscription", "amount_fen": PRICE + 1},
        {"kind": "subscription", "amount_fen": 1, "ref": "two words"},
    ]:
        assert refused(office, "bad_request", "finance1", "deal.receipt", unit="1-101", **args)
    refused(office, "bad_request", "relations1", "deal.review", unit="1-101", result="perhaps")
    refused(office, "bad_request", "relations1", "deal.review", unit="1-101", result="back")
    refused(office, "bad_request", "manager1", "request.decide", request="r1", approve="yes")
    refused(office, "no_such_request", "manager1", "request.decide", request="r1", approve=True)


def test_a_receipt_is_counted_once_however_often_it_is_sent(office):
    play(office, STEPS[:3])
    key = new_key()
    args = {"unit": "1-101", "kind": "subscription", "amount_fen": 5_000_000, "ref": "B-7"}
    first = office.post_command("deal.receipt", args, "finance1", key).json
    again = office.post_command("deal.receipt", args, "finance1", key).json
    assert first == again and first["ok"]["receipt"] == 1
    assert refused(office, "duplicate", "finance1", "deal.receipt", **args) == {"field": "ref", "receipt": 1}
    assert deal_of(office)["paid_fen"] == 5_000_000


def test_a_rejected_application_keeps_the_deadline_and_can_be_put_right(office):
    locked = do(office, "consultant1", "unit.lock", unit="1-101", buyer="b1")
    do(office, "consultant1", "deal.apply", unit="1-101", eligibility="unknown")
    do(office, "clerk1", "deal.reject", unit="1-101", reason="缺社保证明")
    deal = deal_of(office)
    assert (deal["application"], deal["reject_reason"], deal["deadline"]) == ("rejected", "缺社保证明", locked["deadline"])
    refused(office, "not_ready", "clerk1", "deal.approve", unit="1-101")
    do(office, "consultant1", "deal.apply", unit="1-101", eligibility="qualified")
    assert do(office, "clerk1", "deal.approve", unit="1-101")["slip"] == 1


def test_a_discount_is_asked_for_decided_and_filed_before_the_slip_carries_it(office):
    do(office, "consultant1", "unit.lock", unit="1-101", buyer="b1")
    asked = do(office, "consultant1", "discount.ask", unit="1-101", price_fen=PRICE - 1_000_000, reason="老客户")
    do(office, "consultant1", "deal.apply", unit="1-101", eligibility="qualified")
    assert refused(office, "not_ready", "clerk1", "deal.approve", unit="1-101") == {"why": "discount", "request": asked["request"]}
    refused(office, "forbidden", "clerk1", "discount.decide", request=asked["request"], approve=True)
    refused(office, "not_available", "clerk1", "discount.file", request=asked["request"])
    assert do(office, "manager1", "discount.decide", unit="1-101", approve=True)["decision"] == "approved"
    assert do(office, "clerk1", "discount.file", request=asked["request"])["price_fen"] == PRICE - 1_000_000
    assert do(office, "clerk1", "deal.approve", unit="1-101")["price_fen"] == PRICE - 1_000_000
    verify(office)


def test_a_swap_moves_the_deal_to_another_unit_in_one_step(office):
    play(office, STEPS[:4])
    wall = office.screen("display1")
    request = do(office, "consultant1", "deal.swap", unit="1-101", to="1-203", reason="要高层")["request"]
    result = do(office, "manager1", "request.decide", request=request, approve=True)
    assert (result["unit"], result["status"], result["deal"]) == ("1-203", "subscribed", "d1")
    wall.see("1-101", "a")
    wall.see("1-203", "s")
    deal = deal_of(office, unit="1-203")
    assert (deal["slip"], deal["paid_fen"], deal["price_fen"]) == (2, 5_000_000, PRICE + 6)
    verify(office)


def test_the_buyer_of_a_deal_is_changed_with_a_managers_approval(office):
    play(office, STEPS[:3])
    refused(office, "forbidden", "consultant1", "deal.rename", unit="1-101", buyer="c1", reason="改为配偶")
    request = do(office, "consultant1", "deal.rename", unit="1-101", buyer="b2", reason="改为配偶")["request"]
    assert deal_of(office)["buyer"] == "b1"
    do(office, "manager1", "request.decide", request=request, approve=True)
    assert deal_of(office)["buyer"] == "b2"
    verify(office)


def test_a_withdrawal_frees_the_unit_and_lists_the_refund(office):
    play(office, STEPS[:6])
    request = do(office, "consultant1", "deal.withdraw", unit="1-101", reason="贷款未批")["request"]
    refused(office, "bad_request", "manager1", "request.decide", request=request, approve=False)
    result = do(office, "manager1", "request.decide", request=request, approve=True)
    assert result["status"] == "withdrawn" and office.unit("1-101")["status"] == "available"
    queue = office.get("queue", "finance1").json["items"]
    assert [(item["kind"], item["deal"]["refund_fen"]) for item in queue] == [("refund", 5_000_000)]
    refused(office, "bad_request", "finance1", "deal.refund", deal="d1", amount_fen=5_000_001)
    do(office, "finance1", "deal.refund", deal="d1", amount_fen=5_000_000)
    assert office.get("queue", "finance1").json["items"] == []
    verify(office)


def test_a_manager_extends_up_to_the_absolute_maximum(open_office):
    office = open_office(project={"lock_hold_ms": 3_600_000, "subscribe_hold_ms": 3_600_000, "hold_max_ms": 7_200_000})
    locked = do(office, "consultant1", "unit.lock", unit="1-101", buyer="b1")
    most = locked["deadline"] + 3_600_000
    asked = do(office, "consultant1", "deal.extend", unit="1-101", deadline=most - 1, reason="等银行")
    assert do(office, "manager1", "request.decide", request=asked["request"], approve=True)["deadline"] == most - 1
    assert do(office, "manager1", "deal.extend", unit="1-101", deadline=most, reason="等银行")["deadline"] == most
    assert refused(office, "limit_reached", "manager1", "deal.extend", unit="1-101", deadline=most + 1, reason="再等") == {
        "deadline_max": most
    }
    refused(office, "bad_request", "manager1", "deal.extend", unit="1-101", deadline=most, reason="不变")
    verify(office)


def test_a_hold_with_money_is_marked_overdue_and_put_before_clerk_and_manager(open_office):
    office = open_office(project={"lock_hold_ms": 2000, "subscribe_hold_ms": 2000})
    clerk, manager = office.screen("clerk1"), office.screen("manager1")
    play(office, STEPS[:4])
    for screen in (clerk, manager):
        queue_of(screen, lambda items: ("overdue", "d1") in items)
    assert office.unit("1-101")["status"] == "subscribed"
    do(office, "clerk1", "unit.release", unit="1-101", reason="客户失联")
    assert deal_of(office)["refund_fen"] == 5_000_000
    verify(office)


def test_money_that_comes_too_late_revives_the_deal_or_is_to_be_refunded(open_office):
    office = open_office(project={"lock_hold_ms": 2000, "subscribe_hold_ms": 2000})
    wall = office.screen("display1")
    for unit, buyer in (("1-101", "b1"), ("1-102", "b2")):
        do(office, "consultant1", "unit.lock", unit=unit, buyer=buyer)
        do(office, "consultant1", "deal.apply", unit=unit, eligibility="qualified")
        do(office, "clerk1", "deal.approve", unit=unit)
    for letter in "sa":
        wall.see("1-101", letter)
        wall.see("1-102", letter)
    do(office, "consultant2", "unit.lock", unit="1-102", buyer="c1")
    revived = do(office, "finance1", "deal.receipt", deal="d1", kind="subscription", amount_fen=100)
    assert (revived["unit"], revived["status"]) == ("1-101", "subscribed")
    wall.see("1-101", "s")
    taken = do(office, "finance1", "deal.receipt", deal="d2", kind="subscription", amount_fen=200)
    assert (taken["status"], taken["refund_fen"]) == ("expired", 200)
    verify(office)


def test_what_waits_is_pushed_to_whom_it_waits_for(office):
    screens = {account: office.screen(account) for account in ("clerk1", "finance1", "relations1", "manager1", "consultant1")}
    waits = ["clerk1", "finance1", "relations1", "clerk1"]
    kinds = ["application", "money", "review", "sign"]
    play(office, STEPS[:1])
    for (account, cmd, args, _), role, kind in zip(STEPS[1:5], waits, kinds):
        do(office, account, cmd, unit="1-101", **args)
        notice = queue_of(screens[role], lambda items, kind=kind: items == [(kind, "d1")])
        assert notice["project"] == PROJECT and 0 <= notice["at"] - notice["items"][0]["since"] < 60_000
    do(office, "consultant1", "deal.withdraw", unit="1-101", reason="不买了")
    queue_of(screens["manager1"], lambda items: items == [("approval", "r1")])
    assert all(push["ev"] != "notice" for push in screens["consultant1"].pushes), "the consultant hears of deals, not of queues"
    late = office.screen("manager1")
    queue_of(late, lambda items: items == [("approval", "r1")])


def test_hundreds_of_contracts_that_wait_for_a_mortgage_hide_nothing_of_today(office):
    play(office, STEPS[:6], unit="1-101")
    redis, queue, deals = office.redis.client, "ld:{%s}:queue" % PROJECT, "ld:{%s}:deals" % PROJECT
    record = json.loads(redis.hget(deals, "d1"))
    for number in range(1000, 2300):  # as after a year of selling: more than any list holds
        redis.hset(deals, f"d{number}", json.dumps({**record, "id": f"d{number}"}))
        redis.zadd(queue, {f"unpaid|d{number}": number})
    finance, clerk = office.screen("finance1"), office.screen("clerk1")
    for account, cmd, args, _ in STEPS[:2]:
        do(office, account, cmd, unit="1-102", **args)
    queue_of(clerk, lambda items: items == [("application", "d2")])
    do(office, "clerk1", "deal.approve", unit="1-102")
    queue_of(finance, lambda items: ("money", "d2") in items and len(items) == 200)
    told = office.get("queue", "finance1").json
    assert told["counts"] == {"money": 1, "unpaid": 1000} and told["count"] == 1001
    assert [item["kind"] for item in told["items"]].count("unpaid") == 199


def test_a_display_and_a_buyer_get_neither_queue_nor_deals(office):
    screens = [office.screen("display1"), office.screen("buyer1")]
    play(office, STEPS[:3])
    for screen in screens:
        screen.see("1-101", "s")
        with pytest.raises(Silence):
            screen.push("notice", timeout=0.6)
        assert not [push for push in screen.pushes if push["ev"] in ("deal", "notice")]
    for account in ("display1", "buyer1"):
        for path in ("deals", "queue"):
            office.get(path, account).problem(403, "forbidden")


def test_clerks_too_are_warned_before_a_hold_runs_out(open_office):
    office = open_office(project={"lock_hold_ms": 3000, "warn_ms": "2000"})
    clerk = office.screen("clerk1")
    do(office, "consultant1", "unit.lock", unit="1-101", buyer="b1")
    while True:
        notice = clerk.push("notice")
        if notice["kind"] == "expiry":
            break
    assert (notice["unit"], notice["deal"]) == ("1-101", "d1")


def test_consultants_see_their_own_deals_only(office):
    do(office, "consultant1", "unit.lock", unit="1-101", buyer="b1")
    do(office, "consultant2", "unit.lock", unit="1-102", buyer="c1")
    do(office, "consultant1", "unit.release", unit="1-101")
    own = office.get("deals?scope=all", "consultant1").json["deals"]
    assert [(deal["unit"], deal["status"]) for deal in own] == [("1-101", "released")]
    assert office.get("deals", "consultant1").json["deals"] == []
    office.get("deals?consultant=consultant2", "consultant1").problem(403, "forbidden")
    assert [d["unit"] for d in office.get("deals?consultant=consultant2", "clerk1").json["deals"]] == ["1-102"]
    assert [d["id"] for d in office.get("deals?scope=all", "clerk1").json["deals"]] == ["d2", "d1"]
    assert [d["id"] for d in office.get("deals?scope=all&limit=1&before=d2", "clerk1").json["deals"]] == ["d1"]
    for query in ("scope=some", "limit=0", "limit=1001", "limit=x", "before=1", "before=" + "9" * 60):
        office.get("deals?" + query, "clerk1").problem(400, "bad_request")


def test_a_manager_who_locks_for_a_consultants_buyer_leaves_the_deal_to_that_consultant(office):
    tablet = office.screen("consultant1")
    locked = do(office, "manager1", "unit.lock", unit="1-101", buyer="b1")
    assert tablet.push("deal")["deal"]["id"] == locked["deal"]
    assert do(office, "manager1", "unit.lock", unit="1-101", buyer="b1") == locked
    do(office, "consultant1", "deal.apply", unit="1-101", eligibility="qualified")


def test_a_list_price_changes_with_a_second_pair_of_eyes_and_never_while_the_unit_is_held(office):
    screen = office.screen("consultant1")
    version = screen.catalog_version
    request = do(office, "clerk1", "price.ask", unit="1-101", price_fen=310_000_000, reason="调价")["request"]
    do(office, "consultant1", "unit.lock", unit="1-101", buyer="b1")
    assert refused(office, "not_available", "manager1", "request.decide", request=request, approve=True)["status"] == "locked"
    do(office, "consultant1", "unit.release", unit="1-101")
    do(office, "manager1", "request.decide", request=request, approve=True)
    own = do(office, "manager1", "price.ask", unit="1-102", price_fen=310_000_000, reason="调价")["request"]
    refused(office, "own_request", "manager1", "request.decide", request=own, approve=True)

    def newer():
        catalog = office.get("catalog").json
        return catalog["catalog_version"] == version + 1 and catalog["units"][0]["list_price_fen"] == 310_000_000

    screen.until(newer)
    verify(office)


def test_who_may_do_what_is_told_to_every_signed_in_account(office):
    told = office.http("GET", "/api/v1/rights", account="consultant1").json
    assert told["rights"]["deal.sign"] == {
        "display": "no", "buyer": "no", "consultant": "no", "clerk": "any", "finance": "no", "relations": "no", "manager": "no"
    }  # fmt: skip
    for row in told["approvals"]:
        for step in ("initiates", "approves", "executes"):
            assert row[step] == "" or row[step] in told["rights"], row
    office.http("GET", "/api/v1/rights").problem(401, "unauthenticated")


def test_one_deal_is_played_from_the_command_line(office):
    def do_ctl(account, cmd, args, **options):
        words = [f"{name}={value}" for name, value in args.items()]
        return office.ctl("do", "--json", "--project", PROJECT, "--as", account, cmd, "unit=1-101", *words, **options)

    for account, cmd, args, status in STEPS:
        assert json.loads(do_ctl(account, cmd, args))["status"] == status
        assert "forbidden" in do_ctl("buyer1", cmd, args, status=1)
    assert "settled" in office.ctl("deals", "--project", PROJECT)
    for words in (["deal.fly"], ["deal.sign", "unit=1-101"], ["deal.sign", "unit=1-101", "house=x"], ["buyer.put", "name=x"]):
        told = office.ctl("do", "--project", PROJECT, *words, status=64)
    assert "deal.sign" in office.ctl("do", "--project", PROJECT, "deal.fly", status=64) and told
    verify(office)


def test_a_frozen_project_takes_nothing_until_a_manager_thaws_it(open_office):
    office = open_office(project={"lock_hold_ms": 1500})
    screen = office.screen("consultant1")
    screen.lock("1-101")
    office.fcall("ld_freeze", "selfcheck", "seq differs")
    while screen.push("notice")["kind"] != "frozen":
        pass
    assert refused(office, "frozen", "consultant1", "unit.lock", unit="1-102", buyer="b1") == {"why": "seq differs"}
    screen.pump(2)
    assert screen.letter("1-101") == "l", "nothing expires while nobody knows what is true"
    refused(office, "forbidden", "clerk1", "project.thaw", reason="核对无误")
    office.ctl("thaw", "--project", PROJECT, "--reason", "核对无误")
    screen.see("1-101", "a")
    screen.lock("1-102")
    verify(office)


def test_personal_numbers_do_not_get_into_the_trail_through_reasons(office):
    do(office, "consultant1", "unit.lock", unit="1-101", buyer="b1")
    for reason in ("电话13900001111", "11010119900307123X"):
        detail = refused(office, "bad_request", "clerk1", "unit.release", unit="1-101", reason=reason)
        assert detail == {"field": "reason"}
    assert PASSWORD not in json.dumps(office.events())
