"""A launch session at the running daemon: what is pushed, what a press is answered, what the control room sees."""

import hashlib
import itertools
import json
import time

import pytest
from launch_day import Session, now_ms
from listing import PROJECT, Refusal, catalog, new_key, unit_index
from servers import eventually
from wsclient import Silence


def refusal_of(call, *args, **more):
    with pytest.raises(Refusal) as refusal:
        call(*args, **more)
    return refusal.value.code, refusal.value.detail.get("why", "")


def test_a_press_wins_from_the_opening_on_and_not_before(office):
    session = Session(office, opens_in=1)
    with pytest.raises(Refusal) as early:
        session.press("b1", "1-101")
    assert (early.value.code, early.value.detail["why"], early.value.detail["opens_at"]) == ("not_open", "before", session.opens_ms)
    session.until_open()
    won = session.press("b1", "1-101")
    assert won["status"] == "locked" and won["deadline"] - now_ms() <= 600_000
    assert refusal_of(session.press, "b2", "1-101") == ("unit_taken", "")
    assert refusal_of(session.press, "b1", "1-102") == ("limit_reached", "units")
    session.buyers["b2"].see("1-101", "l")
    event = office.events()[won["seq"] - 1]
    assert (event["type"], event["by"], event["b"], event["launch"]) == ("lock", "buyer:b1", "b1", session.id)


def test_repeating_a_press_with_its_key_gives_the_first_answer(office):
    session = Session(office)
    session.until_open()
    key = new_key()
    first = session.press("b1", "1-101", key)
    assert session.press("b1", "1-101", key) == first
    assert session.press("b1", "1-101") | {"seq": 0} == first | {"seq": 0}, "and another press of the holder changes nothing"


def test_who_has_not_accepted_the_rules_or_is_not_admitted_does_not_choose(office):
    session = Session(office, enter=False)
    session.until_open()
    assert refusal_of(session.press, "b1", "1-101") == ("not_ready", "rules")
    with pytest.raises(Refusal) as refusal:
        session.buyers["b1"].command("launch.enter", {"project": PROJECT, "launch": session.id, "rules_sha": "0" * 40}, new_key())
    assert refusal.value.code == "stale_rev"
    session.enter(session.buyers["b1"])
    assert session.press("b1", "1-101")["status"] == "locked"
    stranger = office.screen("buyer1")
    assert refusal_of(stranger.change, "unit.lock", "1-102") == ("forbidden", "admitted")


def test_staff_sells_nothing_that_a_session_offers_until_it_is_over(office):
    session = Session(office, opens_in=30, units=["1-101", "1-102"])
    desk = office.screen("consultant1")
    assert refusal_of(desk.lock, "1-101") == ("not_open", "session")
    assert desk.lock("1-103")["status"] == "locked"
    session.do("launch.close", launch=session.id, reason="改期")
    assert desk.lock("1-101", "b2")["status"] == "locked"


def test_every_screen_hears_of_the_session_at_once(office):
    desk = office.screen("consultant2")
    session = Session(office, opens_in=30, buyers=())
    wall = office.screen("display1")

    def told(screen, check):
        return eventually(lambda: screen.pump(0.01) or next((m for m in screen.pushes if m["ev"] == "launch" and check(m["launches"][0])), None))

    assert wall.push("launch")["launches"][0]["id"] == session.id
    for change, check in (
        (("launch.say", {"text": "请提前登录"}), lambda one: one["message"] == "请提前登录"),
        (("launch.pause", {"reason": "设备检查"}), lambda one: one["phase"] == "paused"),
        (("launch.resume", {"reason": "继续"}), lambda one: one["phase"] == "planned"),
        (("launch.extend", {"by_ms": 60_000, "reason": "人多"}), lambda one: one["closes_at"] == session.opens_ms + 660_000),
        (("launch.close", {"reason": "改期"}), lambda one: one["phase"] == "closed" and len(one["seed"]) == 64),
    ):
        session.do(change[0], launch=session.id, **change[1])
        for screen in (desk, wall):
            push = told(screen, check)
            assert "rules" not in push["launches"][0]


def test_the_page_before_sign_in_learns_name_and_times_only(office):
    session = Session(office, opens_in=30, buyers=())
    plate = office.http("GET", f"/api/v1/pick/{PROJECT}")
    assert plate.status == 200 and plate.json["title"] == "试验花园" and plate.json["rehearsal"] == ""
    assert plate.json["launches"] == [{"id": session.id, "name": "首开", "phase": "planned", "opens_at": session.opens_ms, "closes_at": session.opens_ms + 600_000}]
    office.http("GET", "/api/v1/pick/nowhere").problem(404, "no_such_project")


def test_a_buyer_reads_his_own_place_and_selection_and_nobody_elses(office):
    session = Session(office, mode="order", window_size=1, window_ms=60_000)
    session.until_open()
    me, second = session.me("b1"), session.me("b2")
    assert (me["admitted"], me["rank"], me["turn_from"], me["place"]) == (True, 1, session.opens_ms, "active")
    assert (second["rank"], second["turn_from"], second["again_from"]) == (2, session.opens_ms + 60_000, session.opens_ms + 180_000)
    assert refusal_of(session.press, "b2", "1-101") == ("not_open", "turn")
    deal = session.press("b1", "1-101")["deal"]
    assert [one["id"] for one in session.me("b1")["deals"]] == [deal] and session.me("b2")["deals"] == []
    office.get(f"launches/{session.id}/control", "buyer:b1").problem(403, "forbidden")
    office.get(f"launches/{session.id}/me", "clerk1").problem(403, "forbidden")


def test_a_choice_becomes_an_application_and_the_office_goes_on(office):
    session = Session(office)
    session.until_open()
    deal = session.press("b1", "1-101")["deal"]
    done = session.buyers["b1"].command("launch.complete", {"project": PROJECT, "deal": deal, "eligibility": "qualified"}, new_key())
    assert done["deadline"] - now_ms() > 86_000_000
    assert refusal_of(session.buyers["b1"].release, "1-101") == ("not_ready", "application")
    assert session.clerk.change("deal.approve", "1-101")["status"] == "subscribed"
    assert session.me("b1")["deals"][0]["status"] == "subscribed"
    office.check_consistent()


def test_a_choice_can_be_given_back_before_the_application(office):
    session = Session(office)
    session.until_open()
    session.press("b1", "1-101")
    assert refusal_of(session.buyers["b2"].release, "1-101")[0] == "not_holder"
    assert session.buyers["b1"].release("1-101")["status"] == "available"
    assert session.press("b2", "1-101")["status"] == "locked"


def test_the_waiting_room_lets_in_as_many_as_it_has_seats_for(office):
    session = Session(office, active_max=1, lasts=600)
    assert session.buyers["b1"].push("room")["place"] == "waiting", "the draw is secret before the opening"
    session.until_open()

    def places():
        return sorted(str(session.me(buyer)["place"]) for buyer in session.buyers)

    eventually(lambda: places() == ["0", "1", "active"])
    inside = next(buyer for buyer in session.buyers if session.me(buyer)["place"] == "active")
    assert eventually(lambda: session.buyers[inside].push("room")["place"] == "active" or None)
    outside = [buyer for buyer in session.buyers if buyer != inside]
    assert refusal_of(session.press, outside[0], "1-101") == ("not_open", "waiting")
    deal = session.press(inside, "1-101")["deal"]
    session.buyers[inside].command("launch.complete", {"project": PROJECT, "deal": deal, "eligibility": "qualified"}, new_key())
    eventually(lambda: places() == ["", "0", "active"])


def test_a_seat_passes_to_who_waits_when_its_time_is_over(office):
    """Two who only look on have the one seat in turns; each is told."""
    session = Session(office, active_max=1, window_ms=1500, buyers=("b1", "b2"))
    session.until_open()
    first, second = [session.buyers[buyer] for buyer in ("b1", "b2")]
    for screen in (first, second, first, second):
        while screen.push("room", timeout=20)["place"] != "active":
            pass
    until = [session.me(buyer)["turn_to"] for buyer in ("b1", "b2")]
    assert min(until) < session.opens_ms + 60_000 and max(until) == session.opens_ms + 600_000


def test_each_session_of_a_day_has_a_room_of_its_own(office):
    morning = Session(office, active_max=1, units=["1-101"], buyers=("b1", "b2", "b4"))
    noon = Session(office, opens_in=600, active_max=2, units=["1-102"], buyers=("b3",))
    morning.until_open()
    places = eventually(lambda: (found := {morning.me(buyer)["place"]: buyer for buyer in morning.buyers}) and {"active", 0, 1} == set(found) and found)

    def hears(screen, session, **expected):
        return eventually(lambda: (screen.pump(0.05) or [push for push in screen.pushes if push["ev"] == "room" and push["launch"] == session.id and expected.items() <= push.items()]))

    hears(noon.buyers["b3"], noon, place="waiting", waiting=1, active=0)
    hears(morning.buyers[places[1]], morning, place=1, waiting=2, active=1)


def test_the_estimate_says_nothing_before_anybody_has_left_a_seat(office):
    session = Session(office, opens_in=3, active_max=2, buyers=("b1", "b2", "b3", "b4", "b5"))
    session.until_open()
    places = eventually(lambda: (found := {session.me(buyer)["place"]: buyer for buyer in session.buyers}) and set(found) == {"active", 0, 1, 2} and found)
    last, inside = session.buyers[places[2]], places["active"]

    def estimates():
        return [push["estimate_s"] for push in last.pushes if push["ev"] == "room" and isinstance(push["place"], int)]

    last.pump(8)
    assert len(estimates()) >= 2 and set(estimates()) == {None}, "that the seats were taken at once tells nothing of how long they will be"
    deal = session.press(inside, "1-101")["deal"]
    session.buyers[inside].command("launch.complete", {"project": PROJECT, "deal": deal, "eligibility": "qualified"}, new_key())
    eventually(lambda: last.pump(0.05) or [found for found in estimates() if found and found > 1], timeout=15)


def test_when_the_time_is_up_every_screen_hears_the_seed(office):
    wall = office.screen("display1")
    session = Session(office, lasts=1.5, buyers=())
    closed = lambda: [one for push in wall.pushes if push["ev"] == "launch" for one in push["launches"] if one["phase"] == "closed"]  # noqa: E731
    found = eventually(lambda: wall.pump(0.05) or closed())[0]
    assert hashlib.sha256(found["seed"].encode()).hexdigest() == session.plan["commit"]


def test_a_reading_that_failed_is_made_up_for_so_that_no_screen_misses_a_pause(office):
    session = Session(office, opens_in=30, buyers=())
    wall = office.screen("display1")
    pipe = office.redis.client.pipeline(transaction=True)
    pipe.execute_command("FCALL", "ld_launch_pause", 1, "ld:{%s}" % PROJECT, "clerk1", "clerk", new_key(), 0, session.id, "停")
    pipe.execute_command("FUNCTION", "DELETE", "listing")  # whoever reads after this event finds no function
    assert pipe.execute()[0][0] == "ok"
    eventually(lambda: wall.pump(0.05) or [push for push in wall.pushes if push["ev"] == "launch" and push["launches"][0]["phase"] == "paused"])


def test_a_buyer_of_the_same_id_in_another_project_is_somebody_else(open_office):
    office = open_office(buyer_presses_per_s=1, buyer_presses_burst=1)
    office.create_project("p2", catalog(4))
    for account in ("clerk1", "manager1"):
        record = json.loads(office.redis.client.hget("ld:accounts", account))
        office.redis.client.hset("ld:accounts", account, json.dumps({**record, "projects": [PROJECT, "p2"]}))
    eventually(lambda: office.http("GET", "/api/v1/projects/p2/board", account="clerk1").status == 200)
    here, there = Session(office), Session(office, buyers=("b1",), project="p2", active_max=1)
    there.until_open()
    eventually(lambda: there.me("b1")["place"] == "active")
    assert here.press("b1", "1-101")["status"] == "locked"
    assert there.press("b1", "1-101")["status"] == "locked", "and the presses of the other one count for nothing"
    for session in (here, there):
        session.buyers["b1"].pump(0.3)
        assert {push["project"] for push in session.buyers["b1"].pushes if "project" in push} == {session.project}


def test_presses_by_http_count_for_their_address_too(open_office):
    office = open_office(address_presses_per_s=1)
    Session(office, opens_in=60)
    answers = [office.post_command("unit.lock", {"unit": "1-101"}, f"buyer:b{n}") for n in (1, 2, 3)]
    assert [answer.json["code"] for answer in answers] == ["not_open", "not_open", "rate_limited"]


def test_the_control_room_counts_every_press_and_shows_what_is_unfinished(office):
    session = Session(office)
    session.until_open()
    won = session.press("b1", "1-101")
    for buyer, unit in (("b2", "1-101"), ("b3", "1-101"), ("b1", "1-102")):
        refusal_of(session.press, buyer, unit)

    def counted():
        tally = session.control()["tally"]
        return tally if tally.get("presses") == 4 else None

    tally = eventually(counted)
    assert (tally["granted"], tally["refused.unit_taken"], tally["refused.limit_reached"]) == (1, 2, 1)
    assert sum(count for name, count in tally.items() if name.startswith("lat.")) == 4
    control = session.control()
    assert [(one["unit"], one["deal"], one["buyer"]) for one in control["unfinished"]] == [("1-101", won["deal"], "b1")]
    assert (control["phase"], control["admitted"], control["entered"], control["states"]["locked"]) == ("open", 3, 3, 1)
    session.clerk.release("1-101", "客户离开")
    assert session.control()["unfinished"] == []


def test_of_two_sessions_at_a_time_each_counts_its_own(office):
    first = Session(office, opens_in=0.4, units=["1-101"], buyers=("b1",))
    second = Session(office, opens_in=0.8, units=["1-102", "1-103"], buyers=("b2", "b3"))
    first.until_open()
    second.until_open()
    second.press("b2", "1-102")
    second.buyers["b2"].release("1-102")
    deal = second.press("b3", "1-103")["deal"]
    second.buyers["b3"].command("launch.complete", {"project": PROJECT, "deal": deal, "eligibility": "qualified"}, new_key())

    def counted():
        tally = second.control()["tally"]
        return tally if "completed" in tally else None

    tally = eventually(counted)
    assert (tally["granted"], tally["released"], tally["completed"]) == (2, 1, 1)
    assert not {"granted", "released", "completed"} & set(first.control()["tally"])


def test_whoever_presses_more_often_than_allowed_is_told_when_to_come_again(open_office):
    office = open_office(buyer_presses_per_s=1, buyer_presses_burst=3)
    session = Session(office, opens_in=60)
    codes = [refusal_of(session.press, "b1", "1-101")[0] for _ in range(5)]
    assert codes == ["not_open"] * 3 + ["rate_limited"] * 2
    with pytest.raises(Refusal) as refusal:
        session.press("b1", "1-101")
    assert refusal.value.detail["retry_ms"] == 1000, "who presses on while limited waits anew"
    again = session.buyers["b1"] = session.sign_in("b1")
    assert refusal_of(again.change, "unit.lock", "1-101")[0] == "rate_limited", "another connection fills no bucket"
    assert refusal_of(session.press, "b2", "1-101") == ("not_open", "before"), "others are not touched"
    time.sleep(1.1)
    assert refusal_of(session.press, "b1", "1-101")[0] == "not_open"


def test_between_two_presses_lies_a_moment_and_who_does_not_wait_for_it_waits_anew(open_office):
    office = open_office(buyer_press_gap_ms=700)
    session = Session(office, opens_in=60)
    codes = [refusal_of(session.press, "b1", "1-101")[0] for _ in range(3)]
    assert codes == ["not_open", "rate_limited", "rate_limited"]
    with pytest.raises(Refusal) as refusal:
        session.press("b1", "1-101")
    assert refusal.value.detail["retry_ms"] == 700
    assert refusal_of(session.press, "b2", "1-101") == ("not_open", "before"), "others are not touched"
    time.sleep(0.75)
    assert refusal_of(session.press, "b1", "1-101")[0] == "not_open"


def test_a_plan_with_a_mistake_is_refused_with_its_field(office):
    clerk = office.screen("clerk1")
    good = {"name": "首开", "opens_ms": now_ms() + 60_000, "closes_ms": now_ms() + 120_000}
    for bad, field in (({"opens_ms": 1}, "opens_ms"), ({"closes_ms": now_ms()}, "closes_ms"), ({"mode": "never"}, "mode"), ({"limit": 0}, "limit"), ({"name": "手机13900001111"}, "name"),
                       ({"mode": "groups"}, "groups"), ({"groups": "A"}, "groups"), ({"rules": "电话13900001111"}, "rules"), ({"active_max": 10**9}, "active_max")):  # fmt: skip
        with pytest.raises(Refusal) as refusal:
            clerk.command("launch.put", {"project": PROJECT, **good, **bad}, new_key())
        assert (refusal.value.code, refusal.value.detail["field"]) == ("bad_request", field)
    for bad in ({"opens_ms": "soon"}, {"rules": 5}, {"name": 5}):
        with pytest.raises(Refusal) as refusal:
            clerk.command("launch.put", {"project": PROJECT, **good, **bad}, new_key())
        assert refusal.value.code == "bad_request"
    assert office.post_command("launch.put", {**good, "rules": "x" * 6001}, "clerk1").problem(400, "bad_request")
    assert office.post_command("launch.put", {**good, "rules": "规则\n" * 857}, "clerk1", key="long").status == 200
    assert refusal_of(office.screen("consultant1").command, "launch.put", {"project": PROJECT, **good}, new_key())[0] == "forbidden"
    key = new_key()
    first = clerk.command("launch.put", {"project": PROJECT, **good}, key)
    assert clerk.command("launch.put", {"project": PROJECT, **good}, key) == first, "the same request makes no second session"
    assert [one["rules"] for one in office.get("launches", "clerk1").json["launches"]] == ["", "规则\n" * 857]


def test_the_seed_is_committed_beforehand_and_shown_at_the_end(office):
    session = Session(office, opens_in=30, buyers=())
    record = session.record()
    assert "seed" not in record and record["commit"] == session.plan["commit"]
    session.do("launch.close", launch=session.id, reason="结束")
    assert hashlib.sha256(session.record()["seed"].encode()).hexdigest() == record["commit"]


def test_two_daemons_serve_one_session(open_office):
    office = open_office(daemons=2)
    session = Session(office, buyers=("b1", "b2", "b3", "b4", "b5", "b6"))
    session.until_open()
    units = itertools.cycle(["1-101", "1-102"])
    outcomes = [refusal_of(session.press, buyer, unit) if n > 1 else session.press(buyer, unit)["status"] for n, (buyer, unit) in enumerate(zip(session.buyers, units))]
    assert outcomes == ["locked", "locked"] + [("unit_taken", "")] * 4
    eventually(lambda: session.control()["tally"].get("presses") == 6)
    session.do("launch.pause", launch=session.id, reason="停")
    for screen in session.buyers.values():
        screen.until(lambda screen=screen: any(m["ev"] == "launch" and m["launches"][0]["phase"] == "paused" for m in screen.pushes))
    office.check_consistent()


# --- what is told to those who wait


def test_how_many_keep_a_unit_in_mind_is_told_to_buyers_as_it_changes(office):
    session = Session(office, opens_in=600)
    first, second = session.buyers["b1"], session.buyers["b2"]

    def kept(screen):
        told = screen.push("interest")
        return told["whole"], dict(told["u"])

    assert kept(first) == (True, {}), "the whole of it at first"
    for screen in (first, second):
        screen.command("favourite.set", {"project": PROJECT, "unit": "1-102", "on": True}, new_key())
    changed = {}
    eventually(lambda: changed.update(kept(first)[1]) or changed == {unit_index("1-102"): 2})
    late = session.sign_in("b3")
    assert kept(late) == (True, {unit_index("1-102"): 2}), "who comes later hears all of it"
    first.command("favourite.set", {"project": PROJECT, "unit": "1-102", "on": False}, new_key())
    assert kept(late) == (False, {unit_index("1-102"): 1})
    with pytest.raises(Silence):
        session.clerk.push("interest", timeout=1)


def test_a_session_that_ended_today_is_told_of_when_another_ended_after_it(office):
    first, second = Session(office, opens_in=30, units=["1-101"]), Session(office, opens_in=60, units=["1-102"], enter=False)
    for session in (first, second):
        session.do("launch.close", launch=session.id, reason="测试")
    told = [one["id"] for one in office.screen("clerk1").push("launch")["launches"]]
    assert told == [second.id, first.id]


def test_a_turn_is_told_by_the_opening_and_moves_with_it(office):
    session = Session(office, mode="order", window_size=1, window_ms=60_000)
    session.until_open()
    before = session.me("b2")
    assert before["turn_from"] - before["opens_at"] == 60_000
    session.do("launch.pause", launch=session.id, reason="测试")
    time.sleep(0.05)
    session.do("launch.resume", launch=session.id, reason="测试")
    after = session.me("b2")
    assert after["opens_at"] > before["opens_at"] and after["turn_from"] - after["opens_at"] == 60_000
