"""A whole month of one project through the real daemon (month.py), and every figure of every report against what the people
were told when they did it, and against a second calculation from the trail."""

import datetime
import json
import tempfile

import pytest

import trail_figures
from listing import PROJECT, Office
from month import Month

DAYS = 28
FRAME = ("kind", "project", "title", "date", "from_ms", "until_ms", "utc_offset_min", "interim", "seq")
TOLD = (
    "locks", "applications", "rejections", "subscriptions", "contracts", "settled", "releases", "expiries", "extensions", "swaps",
    "renames", "withdrawals", "revivals",
)  # fmt: skip
MONEY = ("subscription", "down_payment", "mortgage", "refund")


@pytest.fixture(scope="module")
def month():
    with tempfile.TemporaryDirectory(prefix="listingd-") as folder:
        office = Office(folder, units=96, fake_clock=True, session_ttl_s=2_592_000)
        played = Month(office, DAYS)
        try:
            played.kept = {}
            for day in range(DAYS):
                played.go_to(day)
                if day in (3, 10, 20):
                    # Made on the morning after, to be made again when the month is over.
                    yesterday = played.day - datetime.timedelta(days=1)
                    played.kept[yesterday] = report_text(office, "daily", yesterday)
                for _ in range(90):
                    played.act()
            played.go_to(DAYS)
            played.trail = [{"t": event["type"], **event} for event in office.events()]
            yield played
        finally:
            office.close()


def report_text(office, kind, date):
    return office.ctl("report", "make", "--project", PROJECT, "--kind", kind, "--date", date.isoformat())


def report_of(month, kind, date):
    return json.loads(report_text(month.office, kind, date))


def dates(month):
    return [month.start.date() + datetime.timedelta(days=day) for day in range(DAYS)]


def test_the_month_has_everything_that_happens_in_an_office(month):
    sums = sum(month.told.values(), start=type(month.told[month.day])())
    assert sums["locks"] >= 200, sums
    for what in TOLD:
        assert sums[what] >= 3, (what, sums)
    assert any(event["t"] == "receipt" and event.get("late") for event in month.trail)
    assert {"overdue", "swap_in", "revive", "file", "withdraw"} <= {event["t"] for event in month.trail}


def test_trail_and_data_agree_after_the_month(month):
    assert month.office.ctl("verify", "--project", PROJECT).endswith("0 differences.\n")


def test_the_daily_reports_say_what_the_people_were_told(month):
    for date in dates(month):
        report = report_of(month, "daily", date)
        told = month.told[date]
        assert {name: report["counts"][name] for name in TOLD} == {name: told[name] for name in TOLD}, date
        money = report["money"]["totals"]
        assert {kind: money[kind + "_fen"] for kind in MONEY} == {kind: told["money." + kind] for kind in MONEY}, date


def test_every_figure_of_every_daily_and_weekly_report_is_that_of_a_second_calculation(month):
    spans = [("daily", date, 1) for date in dates(month)] + [("weekly", date, 7) for date in dates(month)[::7]]
    for kind, date, days in spans:
        report = report_of(month, kind, date)
        begin = int(datetime.datetime.combine(date, datetime.time(), tzinfo=month.start.tzinfo).timestamp() * 1000)
        expected = trail_figures.period(month.trail, begin, begin + days * 86_400_000, 480)
        assert {name: value for name, value in report.items() if name not in FRAME} == expected, (kind, date)


def test_every_figure_of_the_sheets_is_that_of_a_second_calculation(month):
    for date in dates(month)[1::3]:
        report = report_of(month, "sheet", date)
        expected = trail_figures.sheet(month.trail, report["until_ms"])
        assert report["totals"] == expected["totals"], date
        assert {unit["id"]: unit for unit in report["units"]} == expected["units"], date


def test_the_lists_of_unpaid_and_refunds_are_those_of_the_deals(month):
    last = report_of(month, "daily", dates(month)[-1] + datetime.timedelta(days=1))
    kept = [json.loads(text) for text in month.office.redis.client.hvals("ld:{%s}:deals" % PROJECT)]
    unpaid = {d["id"]: d["price_fen"] - d.get("paid_fen", 0) for d in kept if d["status"] == "contracted"}
    refunds = {d["id"]: d["refund_fen"] for d in kept if d.get("refund_fen")}
    assert {row["deal"]: row["unpaid_fen"] for row in last["unpaid"]} == unpaid
    assert {row["deal"]: row["refund_fen"] for row in last["refunds"]} == refunds


def test_a_report_of_a_past_day_is_the_same_bytes_when_it_is_made_again(month):
    assert len(month.kept) == 3
    for date, then in month.kept.items():
        assert report_text(month.office, "daily", date) == then, date
