"""Commands: what each may answer. The rules behind them are tested in tests/lua; here the whole way is."""

import json

import pytest

from listing import PROJECT, Refusal, new_key


def refused(call, code, *args, **named):
    with pytest.raises(Refusal) as refusal:
        call(*args, **named)
    assert refusal.value.code == code, refusal.value.error
    return refusal.value.error


def test_a_lock_says_what_was_locked_and_until_when(office):
    desk = office.screen("consultant1")
    before = office.now_ms()
    ok = desk.lock("1-101", "b1")
    assert (ok["unit"], ok["status"], ok["rev"]) == ("1-101", "locked", int(office.unit("1-101")["rev"]))
    assert ok["deal"] == office.unit("1-101")["deal"]
    assert ok["seq"] == len(office.events())
    assert before + 86_400_000 <= ok["deadline"] <= office.now_ms() + 86_400_000


def test_an_error_says_what_is_wrong_in_the_form_of_the_contract(office):
    office.screen("consultant2").lock("1-101", "c1")
    error = refused(office.screen("consultant1").lock, "unit_taken", "1-101")
    assert (error["status"], error["retryable"], error["message"]) == (409, False, "该房源已被锁定")
    assert error["detail"]["rev"] == int(office.unit("1-101")["rev"])
    assert "consultant2" not in str(error), "the loser never learns who won"


def test_locking_what_one_holds_changes_nothing_and_never_extends(office):
    desk = office.screen("consultant1")
    first = desk.lock("1-101", "b1")
    events = len(office.events())
    again = desk.lock("1-101", "b1")
    assert (again["deal"], again["deadline"], again["rev"]) == (first["deal"], first["deadline"], first["rev"])
    assert len(office.events()) == events
    refused(desk.lock, "unit_taken", "1-101", "b2")


def test_repeating_a_key_returns_the_first_outcome(office):
    desk, other = office.screen("consultant1"), office.screen("consultant1")
    key = new_key()
    first = desk.lock("1-101", "b1", key)
    desk.release("1-101")
    assert desk.lock("1-101", "b1", key) == first
    assert other.lock("1-101", "b1", key) == first
    assert office.unit("1-101")["status"] == "available", "a repeated key does nothing"


def test_a_key_used_for_something_else_is_refused(office):
    desk = office.screen("consultant1")
    key = new_key()
    desk.lock("1-101", "b1", key)
    refused(desk.lock, "key_reused", "1-102", "b1", key)
    refused(desk.lock, "key_reused", "1-101", "b2", key)
    assert office.unit("1-102")["status"] == "available"


def test_the_same_key_of_two_accounts_means_two_requests(office):
    key = new_key()
    office.screen("consultant1").lock("1-101", "b1", key)
    office.screen("consultant2").lock("1-102", "c1", key)
    assert office.unit("1-102")["holder"] == "consultant2"


def test_a_refused_request_does_not_use_up_its_key(office):
    holder, desk = office.screen("consultant2"), office.screen("consultant1")
    holder.lock("1-101", "c1")
    key = new_key()
    refused(desk.lock, "unit_taken", "1-101", "b1", key)
    holder.release("1-101")
    assert desk.lock("1-101", "b1", key)["status"] == "locked"


def test_release_gives_the_unit_back(office):
    desk = office.screen("consultant1")
    locked = desk.lock("1-101")
    ok = desk.release("1-101")
    assert (ok["unit"], ok["status"], ok["rev"]) == ("1-101", "available", locked["rev"] + 1)
    assert office.screen("consultant2").lock("1-101", "c1")["deal"] != locked["deal"]


def test_only_the_holder_or_an_office_with_a_reason_may_release(office):
    desk = office.screen("consultant1")
    desk.lock("1-101")
    refused(office.screen("consultant2").release, "not_holder", "1-101")
    refused(office.screen("clerk1").release, "bad_request", "1-101", reason="")
    for name in ("finance1", "relations1", "display1"):
        refused(office.screen(name).release, "forbidden", "1-101")
    assert office.unit("1-101")["status"] == "locked"
    assert office.screen("clerk1").release("1-101", reason="资料不全")["status"] == "available"
    desk.lock("1-101")
    assert office.screen("manager1").release("1-101", reason="资料不全")["status"] == "available"


def test_what_is_not_held_cannot_be_released(office):
    refused(office.screen("consultant1").release, "not_available", "1-101")
    refused(office.screen("manager1").release, "not_available", "1-101")


def test_a_withheld_unit_is_not_open_and_offered_again(office):
    clerk, desk = office.screen("clerk1"), office.screen("consultant1")
    assert clerk.change("unit.withhold", "1-101", reason="留")["status"] == "withheld"
    refused(desk.lock, "not_open", "1-101")
    refused(clerk.change, "not_available", "unit.withhold", "1-101", reason="留")
    assert clerk.change("unit.offer", "1-101")["status"] == "available"
    refused(clerk.change, "not_available", "unit.offer", "1-101")
    assert desk.lock("1-101")["status"] == "locked"
    refused(clerk.change, "not_available", "unit.withhold", "1-101", reason="留")


def test_releasing_a_withheld_unit_must_say_where_it_goes(office):
    clerk = office.screen("clerk1")
    clerk.change("unit.withhold", "1-101", reason="留")
    error = refused(clerk.release, "bad_request", "1-101")
    assert error["detail"]["field"] == "to"
    assert clerk.release("1-101", to="available")["status"] == "available"


def test_the_clerk_may_release_into_withheld(office):
    office.screen("consultant1").lock("1-101")
    assert office.screen("clerk1").release("1-101", to="withheld")["status"] == "withheld"


@pytest.mark.parametrize("name", ["consultant1", "finance1", "relations1", "display1", "buyer1"])
def test_withholding_and_offering_are_for_clerk_and_manager(office, name):
    screen = office.screen(name)
    refused(screen.change, "forbidden", "unit.withhold", "1-101", reason="留")
    refused(screen.change, "forbidden", "unit.offer", "1-101")


@pytest.mark.parametrize("name", ["clerk1", "finance1", "relations1", "display1", "buyer1"])
def test_locking_is_for_consultants_and_managers(office, name):
    refused(office.screen(name).lock, "forbidden", "1-101")
    assert office.unit("1-101")["status"] == "available"


def test_a_consultant_locks_for_own_buyers_only(office):
    desk = office.screen("consultant1")
    refused(desk.lock, "forbidden", "1-101", "c1")
    refused(desk.lock, "no_such_buyer", "1-101", "nobody")
    assert office.screen("manager1").lock("1-101", "c1")["status"] == "locked"


def test_a_unit_that_is_not_there_is_named_so(office):
    desk = office.screen("consultant1")
    refused(desk.lock, "no_such_unit", "9-999")
    refused(desk.release, "no_such_unit", "9-999")


def test_a_stale_revision_is_refused(office):
    desk = office.screen("consultant1")
    rev = desk.lock("1-101")["rev"]
    desk.release("1-101")
    error = refused(desk.lock, "stale_rev", "1-101", "b1", rev=rev)
    assert error["detail"]["rev"] == rev + 1
    assert desk.lock("1-101", "b1", rev=rev + 1)["rev"] == rev + 2


def test_ping_is_answered(office):
    assert isinstance(office.screen("display1").command("ping", {}), dict)


def test_many_commands_in_flight_are_each_answered_once_under_their_own_id(office):
    desk = office.screen("consultant1")
    sent = []
    for floor in range(1, 4):
        for room in range(1, 5):
            for building in (1, 2):
                unit = f"{building}-{floor}0{room}"
                sent.append((desk.send("unit.lock", {"project": PROJECT, "unit": unit, "buyer": "b1"}, new_key()), unit))
    answers = {}
    while len(answers) < len(sent):
        message = desk.message()
        if "id" in message:
            assert message["id"] not in answers
            answers[message["id"]] = message["ok"]["unit"]
    assert answers == dict(sent)


@pytest.mark.parametrize(
    "change",
    [
        {"key": None},
        {"key": ""},
        {"key": "x" * 65},
        {"key": "with blank"},
        {"key": 7},
        {"args": None},
        {"args": []},
        {"args": {"project": PROJECT, "buyer": "b1"}},
        {"args": {"project": PROJECT, "unit": "", "buyer": "b1"}},
        {"args": {"project": PROJECT, "unit": 7, "buyer": "b1"}},
        {"args": {"project": PROJECT, "unit": "x" * 200, "buyer": "b1"}},
        {"args": {"project": PROJECT, "unit": "1-101"}},
        {"args": {"project": PROJECT, "unit": "1-101", "buyer": None}},
        {"args": {"unit": "1-101", "buyer": "b1"}},
        {"args": {"project": PROJECT, "unit": "1-101", "buyer": "b1", "rev": "x"}},
        {"cmd": "unit.steal"},
        {"cmd": ""},
        {"cmd": 5},
    ],
    ids=str,
)
def test_a_command_that_lacks_something_is_a_bad_request_and_changes_nothing(office, change):
    desk = office.screen("consultant1")
    events = len(office.events())
    message = {"id": 900, "cmd": "unit.lock", "key": "good-key", "args": {"project": PROJECT, "unit": "1-101", "buyer": "b1"}}
    message.update(change)
    message = {name: value for name, value in message.items() if value is not None}
    desk.send_text(json.dumps(message))
    with pytest.raises(Refusal) as refusal:
        desk.reply(900)
    # A unit or project that cannot exist may also be called by what it is: not there.
    assert refusal.value.code in ("bad_request", "no_such_unit", "no_such_project", "no_such_buyer"), refusal.value.error
    assert refusal.value.error["message"]
    assert len(office.events()) == events
    assert desk.lock("1-101")["status"] == "locked", "the connection lives on"


def test_a_client_that_sends_too_fast_is_told_so(open_office):
    office = open_office(rate_commands_per_s=5)
    desk = office.screen("consultant1")
    outcomes = []
    for number in [desk.send("ping", {}) for _ in range(60)]:
        try:
            desk.reply(number)
            outcomes.append("ok")
        except Refusal as refusal:
            outcomes.append(refusal.code)
            assert refusal.error["retryable"] is True
    assert set(outcomes) == {"ok", "rate_limited"}
    assert 5 <= outcomes.count("ok") <= 20


def test_english_is_spoken_to_those_who_ask_for_it(office):
    office.screen("consultant2").lock("1-101", "c1")
    desk = office.screen("consultant1", headers={"Accept-Language": "en-GB,en;q=0.8"})
    error = refused(desk.lock, "unit_taken", "1-101")
    assert error["message"].isascii() and error["message"]
