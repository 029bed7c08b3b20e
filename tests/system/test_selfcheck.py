"""The daemon proves to itself that board, Redis, trail, deadlines and counters agree; a difference freezes the project."""

import json

import pytest

from listing import PROJECT, Refusal, eventually
from test_deal import STEPS, play

UNITS, DEALS, DUE, META, QUEUE, RECEIPTS, REFS, CONTRACTS = (
    f"ld:{{{PROJECT}}}:{part}" for part in ("units", "deals", "due", "meta", "queue", "receipts", "refs", "contracts")
)


def passed(office):
    return office.daemon.metric("selfcheck_passed_total")


def test_a_project_in_order_passes_while_people_work(open_office):
    office = open_office(self_check_s=1)
    screen, manager = office.screen("consultant1"), office.screen("manager1")
    for at in range(1, 5):
        screen.lock(f"1-10{at}")
    screen.release("1-102")
    eventually(lambda: passed(office) >= 2)
    while manager.push("notice")["kind"] != "checked":
        pass
    assert office.daemon.metric("selfcheck_differences_total") == 0
    assert office.daemon.metric("selfcheck_failed_total") == 0


def change_unit(redis):
    redis.hset(UNITS, "1-103", redis.hget(UNITS, "1-103").replace("available", "withheld"))


def drop_deadline(redis):
    redis.zrem(DUE, "1-101")


def change_price(redis):
    deal = json.loads(redis.hget(DEALS, "d1"))
    redis.hset(DEALS, "d1", json.dumps({**deal, "price_fen": 1}))


def change_counter(redis):
    redis.hset(META, "next_slip", 5)


@pytest.mark.parametrize("damage", [change_unit, drop_deadline, change_price, change_counter])
def test_a_difference_freezes_the_project_until_an_operator_decides(open_office, damage):
    office = open_office(self_check_s=3)
    screen, clerk = office.screen("consultant1"), office.screen("clerk1")
    screen.lock("1-101")
    damage(office.redis.client)
    while clerk.push("notice", timeout=20)["kind"] != "frozen":
        pass
    with pytest.raises(Refusal) as refusal:
        screen.lock("1-104")
    assert refusal.value.code == "frozen"
    assert "difference: " in office.ctl("verify", "--project", PROJECT, status=1)
    assert office.events()[-1]["type"] == "freeze"
    # A check that is still under way would freeze at once what is thawed: the board is compared first, then the data.
    eventually(lambda: office.daemon.metric("selfcheck_differences_total") == (2 if damage is change_unit else 1))
    office.ctl("thaw", "--project", PROJECT, "--reason", "已查明")
    while clerk.push("notice")["kind"] != "thawed":
        pass


def lose_what_waits(redis):
    redis.zrem(QUEUE, "unpaid|d1")


def let_wait_what_is_done(redis):
    redis.zadd(QUEUE, {"money|d1": 1})


def change_receipt(redis):
    redis.hset(RECEIPTS, "1", redis.hget(RECEIPTS, "1").replace('"fen":5000000', '"fen":500000'))


def forget_reference(redis):
    redis.hdel(REFS, "B-1")


def forget_contract(redis):
    redis.hdel(CONTRACTS, "HT-2026-0001")


def change_request_counter(redis):
    redis.hset(META, "next_request", 9)


@pytest.mark.parametrize("damage, word", [(lose_what_waits, "nobody's queue"), (let_wait_what_is_done, "nothing waits there"), (change_receipt, "the amount is 500000"),
                                          (forget_reference, "counted again"), (forget_contract, "used again"), (change_request_counter, "next request")])
def test_what_would_hide_work_or_count_money_twice_is_a_difference(office, damage, word):
    play(office, STEPS[:6])
    assert "0 differences" in office.ctl("verify", "--project", PROJECT)
    damage(office.redis.client)
    assert word in office.ctl("verify", "--project", PROJECT, status=1)


def notices(screen):
    """What kinds have come, after a command that is answered behind them."""
    screen.command("ping", {})
    return [push["kind"] for push in screen.pushes if push["ev"] == "notice" and push["kind"] != "queue"]


def test_who_begins_to_watch_a_frozen_project_is_told_so(office):
    early = office.screen("consultant2")
    assert notices(early) == []
    office.fcall("ld_freeze", "check", "seq differs")
    assert early.push("notice")["kind"] == "frozen"
    staff = ["consultant1", "clerk1", "finance1", "relations1", "manager1"]
    assert [notices(office.screen(account)) for account in staff] == [["frozen"]] * len(staff)
    assert [notices(office.screen(account)) for account in ("display1", "buyer1")] == [[], []]
    # Who comes back to the board it has is told as well.
    early.watch(resume={"epoch": early.epoch, "seq": early.seq})
    assert notices(early) == ["frozen"]
    early.pushes.clear()
    office.ctl("thaw", "--project", PROJECT, "--reason", "已查明")
    while early.push("notice")["kind"] != "thawed":
        pass
    assert notices(office.screen("consultant1")) == []


def test_a_check_that_cannot_be_made_freezes_nothing(open_office):
    office = open_office(self_check_s=1)
    office.redis.client.function_flush()
    eventually(lambda: passed(office) >= 1, timeout=30)
    assert office.daemon.metric("selfcheck_differences_total") == 0


def test_a_board_that_differs_freezes_although_data_and_trail_agree_and_is_no_check_that_was_passed(open_office):
    office = open_office(self_check_s=4)
    screen, clerk = office.screen("consultant1"), office.screen("clerk1")
    eventually(lambda: passed(office) >= 1, timeout=20)
    before = office.redis.client.hget(UNITS, "1-103")
    office.redis.client.hset(UNITS, "1-103", before.replace("available", "withheld"))
    # With another setting the daemon reads the whole board anew; then the data are put right behind its back.
    assert office.post_command("project.configure", {"settings": {"sheet_at_min": 540}}, "clerk1").status == 200
    screen.see("1-103", "w")
    office.redis.client.hset(UNITS, "1-103", before)
    while clerk.push("notice", timeout=20)["kind"] != "frozen":
        pass
    before = passed(office)
    assert "0 differences" in office.ctl("verify", "--project", PROJECT)
    screen.see("1-103", "a")
    clerk.pump(1)
    assert "checked" not in notices(clerk) and passed(office) == before
    office.ctl("thaw", "--project", PROJECT, "--reason", "已查明")
    eventually(lambda: passed(office) > before, timeout=20)
