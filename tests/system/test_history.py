"""The checker of launch-day histories finds every kind of fault, and none where there is none."""

import copy

import pytest
from history import History, read_journal

OPENS, CLOSES = 10_000, 70_000  # ms; moments of presses are µs


def unit_event(kind, unit, letter, rev, at, **more):
    return {"type": kind, "u": unit, "st": letter, "rev": str(rev), "at": str(at), **more}


def lock(unit, rev, at, deal, buyer):
    return unit_event("lock", unit, "l", rev, at, deal=deal, b=buyer, launch="s1")


def a_trail():
    """Three units; b1 and b2 choose; b1 gives back, b3 takes it."""
    trail = [unit_event("import", unit, "a", 1, 1000) for unit in ("u1", "u2", "u3")]
    trail.append({"type": "launch_plan", "launch": "s1", "at": "2000", "opens_ms": str(OPENS), "closes_ms": str(CLOSES), "limit": "1"})
    trail.append(lock("u1", 2, 10_050, "d1", "b1"))
    trail.append(lock("u2", 2, 10_060, "d2", "b2"))
    trail.append(unit_event("release", "u1", "a", 3, 20_000, deal="d1"))
    trail.append(lock("u1", 4, 30_000, "d3", "b3"))
    return [{"seq": at, **event} for at, event in enumerate(trail, 1)]


def press(who, key, unit, sent_ms, got_ms, answer="ok", why="", deal="", rev=0):
    return {
        "who": who, "key": key, "unit": unit, "sent": 1000 * sent_ms, "got": 1000 * got_ms, "answer": answer, "why": why, "deal": deal,
        "rev": rev, "uncertain": 2000,
    }  # fmt: skip


def presses():
    return [
        press("b1", "k1", "u1", 10_040, 10_055, deal="d1", rev=2),
        press("b2", "k1", "u1", 10_041, 10_056, "unit_taken", rev=2),
        press("b2", "k2", "u2", 10_057, 0, "lost"),
        press("b2", "k2", "u2", 10_200, 10_210, deal="d2", rev=2),
        press("b3", "k1", "u2", 9_000, 9_005, "not_open", "before"),
        press("b1", "k2", "u3", 10_400, 10_405, "limit_reached", "units"),
        press("b3", "k2", "u1", 29_990, 30_005, deal="d3", rev=4),
    ]


class Told:
    """A history that is right, to be put wrong."""

    def __init__(self):
        self.events, self.presses, self.admitted, self.units = a_trail(), presses(), ["b1", "b2", "b3"], ["u1", "u2", "u3"]

    def kinds(self):
        faults = History(self.events, "s1", copy.deepcopy(self.presses), self.admitted, self.units).check()
        return sorted({fault.kind for fault in faults})


@pytest.fixture
def told():
    return Told()


def test_a_history_that_is_right_has_no_fault(told):
    assert told.kinds() == []
    history = History(told.events, "s1", told.presses)
    history.check()
    assert (history.count["locks"], history.count["presses"], history.count["answers"]["ok"]) == (3, 7, 3)


def test_a_unit_with_two_buyers_is_found(told):
    told.events[6] = {"seq": 7, "type": "checkin", "at": "20000", "launch": "s1", "b": "b3"}
    assert "two buyers" in told.kinds()


def test_a_gap_in_the_trail_is_found(told):
    del told.events[5]
    assert "gap" in told.kinds()


@pytest.mark.parametrize("change", [{"deal": "d9"}, {"unit": "u3"}, {"who": "b3"}])
def test_an_acknowledged_lock_that_the_trail_does_not_have_is_found(told, change):
    told.presses[0].update(change)
    assert "lost" in told.kinds()


def test_an_ok_from_before_the_lock_is_found(told):
    told.presses[0].update(sent=10_010_000, got=10_030_000)
    assert told.kinds() == ["told too early"]


def test_a_lock_that_nobody_asked_for_is_found(told):
    told.presses = [one for one in told.presses if one["who"] != "b3"]
    assert told.kinds() == ["not asked for"]


def test_a_lock_made_before_it_was_asked_for_is_found(told):
    told.presses[6].update(sent=30_010_000, got=30_020_000)
    assert told.kinds() == ["not asked for"]


def test_a_lock_whose_buyer_was_refused_is_found(told):
    told.presses[3].update(answer="unit_taken", deal="", rev=2)
    assert "not told" in told.kinds()


def test_a_lock_whose_answer_was_lost_for_good_is_no_fault(told):
    del told.presses[3]
    assert told.kinds() == []


def test_a_refusal_of_a_unit_that_was_free_is_found_by_its_revision(told):
    told.presses[1].update(rev=1)
    assert told.kinds() == ["refused while free"]


@pytest.mark.parametrize("sent, got, found", [(21_000, 21_005, True), (10_010, 10_040, True), (10_010, 10_048, False), (19_999, 20_010, False)])
def test_a_refusal_of_a_unit_that_was_free_all_the_time_is_found_by_the_clock_but_not_when_it_is_unsure(told, sent, got, found):
    told.presses.append(press("b2", "k9", "u1", sent, got, "unit_taken"))
    assert told.kinds() == (["refused while free"] if found else [])


def test_one_key_with_two_outcomes_is_found(told):
    told.presses.append(press("b1", "k1", "u1", 10_300, 10_310, "unit_taken", rev=2))
    assert told.kinds() == ["two outcomes"]


@pytest.mark.parametrize("answer", ["lost", "unknown", "unavailable", "too_late", "rate_limited"])
def test_an_open_answer_and_then_an_outcome_is_no_fault(told, answer):
    told.presses.insert(0, press("b1", "k1", "u1", 10_039, 0, answer))
    assert told.kinds() == []


def test_one_key_for_two_units_is_a_fault_of_the_journal(told):
    told.presses.append(press("b1", "k1", "u2", 10_300, 10_310, "unit_taken", rev=2))
    assert "journal" in told.kinds()


def test_a_buyer_with_more_than_the_limit_is_found(told):
    told.events.append({"seq": 9, **lock("u3", 2, 40_000, "d4", "b2")})
    told.presses.append(press("b2", "k7", "u3", 39_990, 40_010, deal="d4", rev=2))
    assert told.kinds() == ["limit"]


def test_a_refusal_for_the_limit_of_someone_below_it_is_found(told):
    told.presses[5].update(sent=21_000_000, got=21_010_000)
    assert told.kinds() == ["limit"]


@pytest.mark.parametrize("at", [9_990, 70_010])
def test_a_lock_outside_of_the_opening_is_found(told, at):
    told.events[7]["at"] = str(at) if at > 20_000 else told.events[7]["at"]
    if at < OPENS:
        told.events[4]["at"] = str(at)
        told.presses[0].update(sent=1000 * at - 1000, got=1000 * at + 5000)
    else:
        told.presses[6].update(got=1000 * at + 5000)
    assert told.kinds() == ["not open"]


def test_a_lock_while_the_session_was_paused_or_after_it_was_closed_is_found(told):
    pause = {"type": "launch_pause", "launch": "s1", "at": "25000", "closes_ms": "70000"}
    told.events.insert(7, pause)
    told.events = [{**event, "seq": at} for at, event in enumerate(told.events, 1)]
    assert told.kinds() == ["not open"]
    told.events[7]["type"] = "launch_close"
    assert told.kinds() == ["not open"]
    told.events.insert(8, {"type": "launch_resume", "launch": "s1", "at": "26000", "closes_ms": "71000"})
    told.events = [{**event, "seq": at} for at, event in enumerate(told.events, 1)]
    told.events[7]["type"] = "launch_pause"
    assert told.kinds() == []


def test_a_refusal_as_not_open_while_it_was_open_is_found(told):
    told.presses[4].update(sent=10_100_000, got=10_105_000)
    assert told.kinds() == ["refused though open"]
    told.presses[4].update(sent=9_990_000, got=10_001_000)
    assert told.kinds() == []


OFFERED = {"type": "launch_units", "launch": "s1", "at": "3000", "offered": "yes", "units": "u1 u2 u3"}
ADMITTED = {"type": "launch_admit", "launch": "s1", "at": "3000", "list": "b1|1| b2|2| b3|3|"}
ENTERED = {"type": "checkin", "launch": "s1", "at": "4000", "b": "b3"}


@pytest.mark.parametrize("answer, why, evidence", [
    ("not_open", "no_session", OFFERED), ("not_open", "withheld", None), ("not_open", "turn", None), ("not_open", "standby", None), ("not_open", "waiting", None),
    ("forbidden", "admitted", ADMITTED), ("not_ready", "rules", ENTERED),
])  # fmt: skip
def test_a_refusal_for_a_reason_that_was_not_so_is_found(told, answer, why, evidence):
    told.presses.append(press("b3", "k8", "u3", 40_000, 40_005, answer, why))
    if evidence:
        assert told.kinds() == [], "it was so"
        told.events.insert(4, evidence)
    told.events = [{**event, "seq": at} for at, event in enumerate(told.events, 1)]
    assert told.kinds() == ["refused for no reason"]


@pytest.mark.parametrize("why, plan", [("turn", {"mode": "order"}), ("standby", {"mode": "groups"}), ("waiting", {"active_max": "10"})])
def test_a_refusal_by_turn_or_room_is_right_where_there_are_turns_or_a_room(told, why, plan):
    told.events[3] = {**told.events[3], **plan}
    told.presses.append(press("b3", "k8", "u3", 40_000, 40_005, "not_open", why))
    assert told.kinds() == []


def test_a_unit_that_was_kept_back_meanwhile_may_be_refused_as_that(told):
    told.events += [{"seq": 9, **unit_event("withhold", "u3", "w", 2, 40_002)}, {"seq": 10, **unit_event("offer", "u3", "a", 3, 40_003)}]
    told.presses.append(press("b3", "k8", "u3", 40_000, 40_005, "not_open", "withheld"))
    assert told.kinds() == []


def test_rules_that_were_changed_have_to_be_accepted_anew(told):
    told.events[4:4] = [ENTERED, {**told.events[3], "at": "5000", "rules_sha": "other"}]
    told.events = [{**event, "seq": at} for at, event in enumerate(told.events, 1)]
    told.presses.append(press("b3", "k8", "u3", 40_000, 40_005, "not_ready", "rules"))
    assert told.kinds() == []


@pytest.mark.parametrize("answer", ["no_such_unit", "bad_request", "stale_rev", "key_reused"])
def test_a_refusal_that_no_press_of_a_launch_day_deserves_is_found(told, answer):
    told.presses.append(press("b3", "k8", "u3", 40_000, 40_005, answer))
    assert told.kinds() == ["refused for no reason"]


def test_a_lock_of_somebody_who_was_not_admitted_or_of_a_unit_that_was_not_offered_is_found(told):
    told.admitted.remove("b3")
    assert told.kinds() == ["not admitted"]
    told.units.remove("u2")
    assert told.kinds() == ["not admitted", "not offered"]


def test_a_journal_is_read_with_the_uncertainty_of_its_clock(tmp_path):
    path = tmp_path / "journal"
    path.write_text('{"uncertain_us":700}\n{"who":"b1","key":"k","unit":"u1","sent":1,"got":2,"answer":"ok","why":"","deal":"d1","rev":2,"saw":3}\n')
    assert read_journal(path) == [{"who": "b1", "key": "k", "unit": "u1", "sent": 1, "got": 2, "answer": "ok", "why": "", "deal": "d1", "rev": 2, "saw": 3, "uncertain": 700}]
