"""The board: what is pushed, in which order, to whom."""

import json
import time

import pytest

from listing import PROJECT, Refusal, Screen, catalog, new_key, unit_index


def test_watching_begins_with_the_whole_board(office):
    board = office.screen("consultant1").push("board")
    assert board["project"] == PROJECT
    assert board["st"] == "a" * 24
    assert board["deadlines"] == []
    assert board["catalog_version"] == 1
    assert board["seq"] == len(office.events())
    assert abs(board["at"] - office.now_ms()) < 5000


def test_a_change_reaches_every_screen_with_contiguous_numbers(office):
    screens = [office.screen(name) for name in ("consultant1", "consultant2", "clerk1", "display1", "buyer1")]
    desk = screens[0]
    for room in range(1, 5):
        desk.lock(f"1-10{room}", f"b{room}")
        desk.release(f"1-10{room}")
        desk.lock(f"1-10{room}", f"b{room}")
    for screen in screens:
        # Screen itself asserts that every `units` continues exactly where the board stood.
        screen.until(lambda s=screen: s.seq == len(office.events()))
        assert screen.st == "llll" + "a" * 20


def test_the_requester_too_learns_of_the_change_from_the_board(office):
    desk = office.screen("consultant1")
    answer = desk.lock("1-102")
    desk.until(lambda: desk.seq >= answer["seq"])
    assert desk.letter("1-102") == "l"
    assert desk.deadlines[unit_index("1-102")] == answer["deadline"]


def test_a_taken_unit_carries_its_deadline_and_a_free_one_none(office):
    desk, other = office.screen("consultant1"), office.screen("consultant2")
    answer = desk.lock("2-101")
    other.see("2-101", "l")
    assert other.deadlines == {unit_index("2-101"): answer["deadline"]}
    desk.release("2-101")
    other.see("2-101", "a")
    assert other.deadlines == {}
    desk.lock("2-101")
    late = office.screen("clerk1")
    assert list(late.deadlines) == [unit_index("2-101")]


def test_staff_see_withheld_and_the_public_sees_not_open(office):
    office.screen("clerk1").change("unit.withhold", "1-203", reason="留给关系户")
    at = unit_index("1-203")
    for name in ("consultant1", "clerk1", "finance1", "relations1", "manager1"):
        assert office.screen(name).st[at] == "w", name
    for name in ("display1", "buyer1"):
        assert office.screen(name).st[at] == "x", name


def test_the_public_learns_of_withholding_as_not_open_too(office):
    wall, clerk = office.screen("display1"), office.screen("clerk1")
    clerk.change("unit.withhold", "1-101", reason="留")
    wall.see("1-101", "x")
    clerk.change("unit.offer", "1-101")
    wall.see("1-101", "a")


def test_who_may_see_more_can_ask_for_what_the_public_sees(open_office):
    """A wall in front of customers, opened by a clerk who is signed in anyway."""
    office = open_office(project={"public_board": "merged"})
    clerk, desk = office.screen("clerk1"), office.screen("consultant1")
    clerk.change("unit.withhold", "1-101", reason="留给关系户")
    desk.lock("1-102")
    wall = office.screen("clerk1", watch=None).watch(view="public")
    assert (wall.letter("1-101"), wall.letter("1-102"), wall.deadlines) == ("x", "t", {})
    desk.lock("1-103")
    clerk.change("unit.withhold", "1-104", reason="留给关系户")
    wall.see("1-103", "t")
    wall.see("1-104", "x")
    back = office.screen("clerk1", watch=None)
    back.epoch, back.seq, back.st = wall.epoch, wall.seq, wall.st
    back.watch(resume={"epoch": wall.epoch, "seq": wall.seq}, view="public")
    desk.release("1-103")
    back.see("1-103", "a")
    clerk.see("1-104", "w")
    with pytest.raises(Refusal) as refusal:
        office.screen("display1", watch=None).watch(view="internal")
    assert refusal.value.code == "bad_request"


def test_a_merged_public_board_shows_every_taken_state_as_taken(open_office):
    office = open_office(project={"public_board": "merged"})
    wall, desk = office.screen("display1"), office.screen("consultant1")
    desk.lock("1-101")
    wall.see("1-101", "t")
    desk.see("1-101", "l")
    assert office.screen("buyer1").letter("1-101") == "t"
    assert office.screen("buyer1").st.count("l") == 0


def test_a_merged_board_tells_no_deadlines_because_they_would_tell_the_states_apart(open_office):
    office = open_office(project={"public_board": "merged"})
    wall, desk = office.screen("display1"), office.screen("consultant1")
    desk.lock("1-101")
    wall.see("1-101", "t")
    assert wall.deadlines == {}
    assert office.screen("buyer1").deadlines == {}


def test_resume_is_answered_with_exactly_what_is_missing(office):
    desk = office.screen("consultant1")
    first = office.screen("display1")
    epoch, seq = first.epoch, first.seq
    first.close()
    desk.lock("1-101")
    desk.lock("1-103")
    desk.release("1-103")
    desk.until(lambda: desk.seq == len(office.events()))

    back = office.screen("display1", watch=None)
    back.epoch, back.seq, back.st = epoch, seq, "a" * 24
    back.watch(resume={"epoch": epoch, "seq": seq})
    back.until(lambda: back.seq == desk.seq)
    assert [push["ev"] for push in back.pushes if push["ev"] in ("board", "units")] == ["units"]
    assert back.st == desk.st


@pytest.mark.parametrize("resume", [{"epoch": "zzzz", "seq": 3}, {"epoch": None, "seq": 99999999}, {"epoch": None, "seq": -1}])
def test_a_resume_that_is_not_covered_is_answered_with_the_whole_board(office, resume):
    watched = office.screen("consultant1")
    resume = {"epoch": resume["epoch"] or watched.epoch, "seq": resume["seq"]}
    screen = office.screen("consultant2", watch=None)
    try:
        screen.watch(resume=resume)
    except Refusal as refusal:
        assert refusal.code == "bad_request" and resume["seq"] < 0
    else:
        assert screen.push("board")["seq"] == len(office.events())


def test_resume_at_the_newest_state_needs_no_board(office):
    watched = office.screen("consultant1")
    screen = office.screen("consultant2", watch=None)
    screen.epoch, screen.seq, screen.st = watched.epoch, watched.seq, watched.st
    screen.watch(resume={"epoch": watched.epoch, "seq": watched.seq})
    office.screen("clerk1").change("unit.withhold", "1-101", reason="留")
    screen.see("1-101", "w")
    assert not [push for push in screen.pushes if push["ev"] == "board"]


def test_an_idle_board_hears_a_beat_at_least_every_five_seconds(office):
    screen = office.screen("display1")
    last = time.monotonic()
    for _ in range(3):
        beat = screen.push("beat", timeout=6)
        now = time.monotonic()
        assert now - last < 5.5
        last = now
        assert (beat["project"], beat["seq"]) == (PROJECT, screen.seq)
        assert abs(beat["at"] - office.now_ms()) < 3000


def test_watching_again_gives_a_new_board(office):
    screen = office.screen("consultant1")
    screen.pushes.clear()
    screen.watch()
    screen.until(lambda: any(push["ev"] == "board" for push in screen.pushes))


def test_a_project_that_is_not_there_or_not_allowed_cannot_be_watched(office):
    with pytest.raises(Refusal) as refusal:
        office.screen("consultant1", watch="nothing-here")
    assert refusal.value.code in ("forbidden", "no_such_project")


def test_a_second_project_is_closed_to_those_who_are_not_of_it(open_office):
    office = open_office(daemons=0)
    office.create_project("p2", [])
    office.add_daemon().start()
    for cmd, args in (
        ("board.watch", {"project": "p2"}),
        ("unit.lock", {"project": "p2", "unit": "1-101", "buyer": "b1"}),
    ):
        screen = office.screen("consultant1", watch=None)
        with pytest.raises(Refusal) as refusal:
            screen.command(cmd, args, new_key())
        assert refusal.value.code == "forbidden"
    assert office.http("GET", "/api/v1/projects/p2/catalog", account="consultant1").status == 403


def test_units_added_by_an_import_appear_on_open_screens(office):
    screen = office.screen("display1")
    triples = []
    for unit in catalog(28):
        triples += [unit["id"], json.dumps(unit, ensure_ascii=False), "available"]
    office.fcall_as("clerk1", "ld_import", "", *triples)
    screen.until(lambda: len(screen.st) == 28)
    assert screen.st == "a" * 28
    fresh = office.screen("display1")
    assert (fresh.st, fresh.catalog_version) == ("a" * 28, 2)


def test_a_burst_of_changes_arrives_merged_and_complete(office):
    screens = [office.screen("display1") for _ in range(20)]
    desk = office.screen("consultant1", watch=None)
    numbers = []
    for turn in range(20):
        for floor in range(1, 4):
            for room in range(1, 5):
                unit = f"1-{floor}0{room}"
                if turn % 2 == 0:
                    numbers.append(desk.send("unit.lock", {"project": PROJECT, "unit": unit, "buyer": "b1"}, new_key()))
                else:
                    numbers.append(desk.send("unit.release", {"project": PROJECT, "unit": unit, "reason": "x"}, new_key()))
    for number in numbers:
        desk.reply(number, timeout=30)
    newest = len(office.events())
    for screen in screens:
        screen.until(lambda s=screen: s.seq == newest, timeout=30)
        assert screen.st == "a" * 24


def test_screen_class_would_notice_a_gap():
    """The test client's own alarm works: a `units` that does not continue fails."""
    screen = Screen.__new__(Screen)
    screen.pushes, screen.deadlines, screen.epoch, screen.seq, screen.st = [], {}, "e", 5, "aa"
    with pytest.raises(AssertionError):
        screen._on_units({"epoch": "e", "from": 6, "seq": 7, "u": []})


def test_a_tablet_is_told_of_its_locks_again_after_redis_was_away(office):
    desk = office.screen("consultant1")
    deal = desk.lock("1-101")["deal"]
    desk.pump(0.3)
    desk.pushes.clear()
    office.redis.kill()
    office.redis.start()
    told = desk.push("deal", timeout=20)["deal"]
    assert (told["id"], told["status"]) == (deal, "locked")
