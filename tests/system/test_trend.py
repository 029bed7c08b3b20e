"""The trend: what happened on each of the last days, against the daily reports and against a second calculation."""

import concurrent.futures
import datetime
import json

import pytest

import trail_figures
from listing import PROJECT, eventually
from month import OFFICE_TIME
from test_deal import STEPS, do, play
from test_interfaces import promised, valid
from test_reports import SAGA, ctl, day, redis  # noqa: F401
from trail_story import DAY, START, Story

COUNTS = ("locks", "subscriptions", "contracts", "settled", "expiries", "releases", "withdrawals")
STATES = ("available", "locked", "subscribed", "contracted", "withheld")


def row_of(date, report):
    """The row of a day, from its daily report."""
    money, end = report["money"]["totals"], report["sell_through"]["end"]
    return {
        "date": date,
        **{name: report["counts"][name] for name in COUNTS},
        **{name: money[name] for name in ("received_fen", "refund_fen", "contract_fen")},
        "sell_through_bp": end["sell_through_bp"],
        **{name: end[name] for name in STATES},
        "settled_units": end["settled"],
    }


def trend(ctl, *args):  # noqa: F811
    return json.loads(ctl.run("report", "trend", "--project", SAGA, *args))


@pytest.mark.parametrize("seed", range(3))
def test_every_row_is_the_daily_report_of_its_day_and_what_a_second_calculation_finds(redis, ctl, seed):  # noqa: F811
    story = Story(seed).run(days=14, a_day=40).write(redis.client, SAGA)
    found = trend(ctl, "--days", "14", "--date", day(13))
    assert (found["project"], found["seq"], len(found["days"])) == (SAGA, len(story.events), 14)
    for number, row in enumerate(found["days"]):
        begin = START + number * DAY
        assert row == row_of(day(number), json.loads(ctl.report("daily", date=day(number)))), number
        assert row == row_of(day(number), trail_figures.period(story.events, begin, begin + DAY, 480)), number
    assert all(sum(row[name] for row in found["days"]) > 0 for name in (*COUNTS, "received_fen", "refund_fen")), "the story is about all of it"


def test_a_shorter_trend_is_the_end_of_a_longer_one(redis, ctl):  # noqa: F811
    Story(7).run(days=10).write(redis.client, SAGA)
    whole = trend(ctl, "--days", "10", "--date", day(9))["days"]
    for days in (1, 3, 9):
        assert trend(ctl, "--days", str(days), "--date", day(9))["days"] == whole[-days:]
    assert trend(ctl, "--days", "4", "--date", day(6))["days"] == whole[3:7], "later events change nothing"
    assert trend(ctl, "--days", "400", "--date", day(9))["days"] == whole, "before the first event there are no days"
    assert trend(ctl, "--days", "5", "--date", "2026-02-20")["days"] == []


@pytest.mark.parametrize("offset", [-720, 345, 840])
def test_its_days_are_those_of_the_office_whatever_its_time_zone(redis, ctl, offset):  # noqa: F811
    begin = START + (480 - offset) * 60000
    story = Story(3, utc_offset_min=offset, start=begin).run(days=6).write(redis.client, SAGA)
    for number, row in enumerate(trend(ctl, "--days", "6", "--date", day(5))["days"]):
        from_ms = begin + number * DAY
        assert row == row_of(day(number), trail_figures.period(story.events, from_ms, from_ms + DAY, offset))


def test_where_the_clock_once_went_back_the_rows_are_still_those_of_the_daily_reports(redis, ctl):  # noqa: F811
    story = Story(9).run(days=6)
    story.at = START + DAY
    story.run(days=3).write(redis.client, SAGA)
    for number, row in enumerate(trend(ctl, "--days", "6", "--date", day(5))["days"]):
        assert row == row_of(day(number), json.loads(ctl.report("daily", date=day(number)))), number


@pytest.mark.parametrize(
    "args, status",
    [(["--days", "0"], 64), (["--days", "401"], 64), (["--days", "x"], 64), (["--days", "3x"], 64), (["--days", ""], 64), (["--days", "-1"], 64),
     (["--date", "2026-02-30"], 64), (["--date", "2999-01-01"], 65)],
)  # fmt: skip
def test_days_and_dates_that_are_none_are_refused_with_a_reason(redis, ctl, args, status):  # noqa: F811
    Story(1).run(days=1).write(redis.client, SAGA)
    assert args[1] in ctl.run("report", "trend", "--project", SAGA, *args, status=status)
    assert "no_such_project" in ctl.run("report", "trend", "--project", "nothing", status=1)


# --- from the daemon


def rows(office, query="", account="manager1"):
    answer = office.get("trend" + query, account)
    assert answer.status == 200, answer.body
    valid(answer.json, promised("/api/v1/projects/{p}/trend"))
    return answer.json


def runs(office):
    """Grows with every look through the trail."""
    return office.redis.client.info("commandstats").get("cmdstat_xrange", {"calls": 0})["calls"]


def test_the_daemon_tells_what_the_real_functions_did_today(office):
    assert rows(office)["days"][-1]["locks"] == 0
    play(office)
    play(office, STEPS[:3], unit="2-101")
    do(office, "consultant1", "unit.release", unit="2-101", reason="放弃")
    eventually(lambda: rows(office)["seq"] == len(office.events()))
    found = rows(office, "?days=1", "clerk1")
    today = datetime.datetime.now(OFFICE_TIME).date().isoformat()
    events = [{"t": e.pop("type"), **e} for e in office.events()]
    begin = int(datetime.datetime.fromisoformat(today).replace(tzinfo=OFFICE_TIME).timestamp() * 1000)
    assert found["days"] == [row_of(today, trail_figures.period(events, begin, begin + DAY, 480))]
    assert found["days"][0]["settled"] == 1 and found["days"][0]["received_fen"] == 300_000_000
    assert found == json.loads(office.ctl("report", "trend", "--project", PROJECT, "--days", "1"))


def test_an_answer_is_kept_as_long_as_nothing_happens(office):
    office.screen("consultant1").lock("1-101")
    eventually(lambda: rows(office)["seq"] == len(office.events()))
    before = runs(office)
    for days in (1, 7, 30, 400):
        assert rows(office, f"?days={days}")["days"][-1]["locks"] == 1
    assert runs(office) == before
    office.screen("consultant1").lock("1-102", "b2")
    eventually(lambda: rows(office)["days"][-1]["locks"] == 2)
    assert runs(office) > before


def test_of_many_who_ask_at_once_only_the_first_has_it_counted(office):
    token = office.token("manager1")
    assert token
    before = runs(office)
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: rows(office), range(12)))
    assert len({json.dumps(a) for a in answers}) == 1
    assert runs(office) - before <= 2, "one look through a short trail, and its end"


@pytest.mark.parametrize("query", ["?days=0", "?days=401", "?days=x", "?days=-1", "?days=1.5", "?days=" + "9" * 30])
def test_days_that_are_none_are_refused(office, query):
    office.get("trend" + query, "manager1").problem(400, "bad_request")


def test_only_those_who_read_whole_reports_see_the_trend(office):
    for account in ("consultant1", "finance1", "relations1", "display1", "buyer1"):
        office.get("trend", account).problem(403, "forbidden")


def test_a_new_day_begins_at_midnight_although_nothing_has_happened(open_office):
    office = open_office(fake_clock=True, session_ttl_s=2_592_000)
    office.go_to(datetime.datetime(2027, 3, 1, 23, 59, 54, tzinfo=OFFICE_TIME))
    assert eventually(lambda: [row["date"] for row in rows(office)["days"]][-1] == "2027-03-01")
    seq = len(office.events())
    eventually(lambda: rows(office)["days"][-1]["date"] == "2027-03-02", timeout=20, every=0.2)
    assert len(office.events()) == seq
    first, second = rows(office, "?days=2")["days"]
    assert (second["locks"], second["available"]) == (0, first["available"])
