"""The reports that the daemon makes by itself and keeps, and what it gives to whom over HTTP."""

import datetime
import io
import json
import re

import openpyxl
import pytest

from listing import PROJECT, eventually
from month import OFFICE_TIME
from test_deal import play
from test_interfaces import promised, valid

MONDAY = datetime.datetime(2027, 3, 1, 10, tzinfo=OFFICE_TIME)
SHEET = "spreadsheetml.sheet"


def at(day, hour=10, minute=0):
    return MONDAY.replace(hour=hour, minute=minute) + datetime.timedelta(days=day)


def date(day):
    return at(day).date().isoformat()


@pytest.fixture
def kept(open_office, folder):
    """An office that began on a Monday at ten."""
    (folder / "reports").mkdir()
    office = open_office(fake_clock=True, report_dir=str(folder / "reports"), session_ttl_s=2_592_000)
    office.go_to(at(0))
    return office


def listed(office, account="manager1"):
    """{(kind, date): formats} of what is kept."""
    answer = office.get("reports", account).json
    return {(r["kind"], r["date"]): {f["format"] for f in r["formats"]} for r in answer["reports"]}


def report(office, kind, day, account="manager1", form="json"):
    return office.get(f"reports/{kind}/{date(day)}.{form}", account)


def test_sheet_daily_and_weekly_reports_are_made_when_their_time_is_over(kept):
    both = {"json", "xlsx"}
    kept.go_to(at(1, 8, 52))
    eventually(lambda: {("sheet", date(1)), ("daily", date(0))} <= {name for name, formats in listed(kept).items() if formats == both}, timeout=30)
    assert ("weekly", date(0)) not in listed(kept)
    kept.go_to(at(7, 0, 1))
    eventually(lambda: listed(kept).get(("weekly", date(0))) == both, timeout=30)
    assert ("sheet", date(7)) not in listed(kept), "it is made at ten to nine"
    assert json.loads(report(kept, "weekly", 0).body)["interim"] is False


def test_the_sheet_is_made_at_the_minute_that_the_project_says(kept):
    kept.ctl("project", "set", "--project", PROJECT, "sheet_at_min=600")
    kept.go_to(at(1, 9, 59))
    eventually(lambda: ("daily", date(0)) in listed(kept), timeout=30)
    assert ("sheet", date(1)) not in listed(kept)
    kept.go_to(at(1, 10, 1))
    eventually(lambda: ("sheet", date(1)) in listed(kept), timeout=30)


def test_what_is_kept_is_what_listingctl_makes_again(kept, folder):
    play(kept)
    kept.go_to(at(2))
    eventually(lambda: ("daily", date(1)) in listed(kept), timeout=30)
    for kind, day in (("daily", 0), ("daily", 1), ("sheet", 1)):
        got = report(kept, kind, day)
        assert (got.status, got.headers["content-type"]) == (200, "application/json")
        assert got.headers["content-disposition"] == f'attachment; filename="{kind}-{date(day)}.json"'
        assert got.body.decode() == kept.ctl("report", "make", "--project", PROJECT, "--kind", kind, "--date", date(day))
        book = report(kept, kind, day, form="xlsx")
        assert book.headers["content-type"].endswith(SHEET)
        kept.ctl("report", "make", "--project", PROJECT, "--kind", kind, "--date", date(day), "--format", "xlsx", "--out", folder / "again.xlsx")
        assert book.body == (folder / "again.xlsx").read_bytes()


def test_what_the_office_sets_later_changes_no_report_of_a_past_day(kept, folder):
    play(kept)
    kept.go_to(at(2, 8, 55))
    eventually(lambda: {("sheet", date(2)), ("daily", date(1))} <= set(listed(kept)), timeout=30)
    wanted = [("sheet", 1), ("sheet", 2), ("daily", 0), ("daily", 1)]
    before = {(kind, day, form): report(kept, kind, day, form=form).body for kind, day in wanted for form in ("json", "xlsx")}
    for setting in ({"name": "又一期"}, {"sheet_at_min": 600, "palette": "a=#00ff00,l=#101010"}, {"utc_offset_min": 600}, {"warn_ms": ""}, {"name": "三期"}):
        assert kept.post_command("project.configure", {"settings": setting}, "manager1").status == 200
    for path in (folder / "reports").rglob("*.*"):
        path.unlink()
    for (kind, day, form), body in before.items():
        assert report(kept, kind, day, form=form).body == body, (kind, day, form)
    kept.go_to(at(3, 8, 1))
    sheet = report(kept, "sheet", 3)
    assert (sheet.json["title"], sheet.json["utc_offset_min"], sheet.json["interim"]) == ("三期", 600, False), "8:00 there is 10:00 here"
    book = openpyxl.load_workbook(io.BytesIO(report(kept, "sheet", 3, form="xlsx").body))
    legend = {cell.value: cell for cell in book["总览"][4]}
    assert [legend[word].fill.fgColor.rgb[-6:] for word in ("可售", "锁定", "签约")] == ["00FF00", "101010", "A01B30"]
    assert [legend[word].font.color.rgb[-6:] for word in ("可售", "锁定")] == ["000000", "FFFFFF"]


def test_a_report_that_is_not_over_is_made_as_of_now_and_not_kept(kept):
    first = report(kept, "daily", 0).json
    play(kept)
    second = report(kept, "daily", 0).json
    assert (first["interim"], first["counts"]["locks"]) == (True, 0)
    assert (second["interim"], second["counts"]["locks"]) == (True, 1)
    assert ("daily", date(0)) not in listed(kept)


def test_the_sheet_of_this_moment_is_made_at_any_hour_and_not_kept(kept):
    play(kept)
    morning = report(kept, "sheet", 0).json
    answer = kept.get("reports/sheet/now.json", "clerk1")
    sheet = answer.json
    assert (sheet["kind"], sheet["date"], sheet["interim"]) == ("sheet", date(0), True)
    assert morning["until_ms"] + 3_600_000 < sheet["until_ms"] <= kept.now_ms()
    assert morning["seq"] < sheet["seq"] == kept.events()[-1]["seq"]
    board = kept.get("board", "clerk1").json["totals"]
    assert [sheet["totals"][state] for state in ("available", "locked")] == [board["available"], board["locked"]]
    assert re.fullmatch(rf'attachment; filename="sheet-{date(0)}-10\d\d\.json"', answer.headers["content-disposition"])
    assert openpyxl.load_workbook(io.BytesIO(kept.get("reports/sheet/now.xlsx", "clerk1").body)).sheetnames
    assert kept.get("reports/daily/now.json", "clerk1").status == 404
    assert kept.get("reports/sheet/now.json", "consultant1").status == 403
    kept.ctl("report", "make", "--project", PROJECT, "--kind", "daily", "--now", status=64)


def test_a_consultant_gets_figures_of_ones_own_and_nobody_elses(kept):
    play(kept)
    kept.screen("consultant2").lock("1-201", "c1")
    for account, other in (("consultant1", "consultant2"), ("consultant2", "consultant1")):
        got = report(kept, "daily", 0, account)
        assert other not in got.body.decode()
        assert [row["consultant"] for row in got.json["consultants"]] == [account]
        assert got.json["part"] == "own" and not {"counts", "money", "sell_through"} & set(got.json)
        book = openpyxl.load_workbook(io.BytesIO(report(kept, "daily", 0, account, "xlsx").body))
        texts = {cell for page in book for row in page.values for cell in row}
        assert account in texts and other not in texts and "概览" not in book.sheetnames
    whole = {row["consultant"]: row for row in report(kept, "daily", 0).json["consultants"]}
    assert report(kept, "daily", 0, "consultant1").json["consultants"] == [whole["consultant1"]]


def test_finance_gets_the_money_and_no_judgement_of_people(kept):
    play(kept)
    got = report(kept, "daily", 0, "finance1").json
    whole = report(kept, "daily", 0).json
    for part in ("money", "unpaid", "refunds"):
        assert got[part] == whole[part]
    assert got["part"] == "money" and not {"counts", "consultants", "conversion", "sell_through"} & set(got)
    book = openpyxl.load_workbook(io.BytesIO(report(kept, "daily", 0, "finance1", "xlsx").body))
    assert book.sheetnames == ["回款", "未回款清单", "退款清单"]


@pytest.mark.parametrize("account", ["relations1", "display1", "buyer1"])
def test_who_has_no_right_to_reports_gets_none(kept, account):
    for path in ("reports", f"reports/daily/{date(0)}.json"):
        kept.get(path, account).problem(403, "forbidden")


@pytest.mark.parametrize("account", ["consultant1", "finance1"])
def test_a_sheet_shows_everybodys_deals_and_is_not_given_in_parts(kept, account):
    report(kept, "sheet", 0, account).problem(403, "forbidden")


@pytest.mark.parametrize(
    "name",
    [
        "daily/2027-03-01", "daily/2027-03-01.pdf", "daily/2027-13-01.json", "daily/2027-02-29.json", "monthly/2027-03-01.json", "daily/.json",
        "weekly/2027-03-02.json", "daily/2027-03-01.json.json", "daily/%2e%2e%2f2027-03-01.json", "daily/2027-3-1.json", "daily/" + "9" * 300,
        "daily/2027-03-02.json", "daily/2026-01-01.json", "daily/2027-03-01.json/more", "daily", "daily/",
    ],
)  # fmt: skip
def test_a_name_that_is_none_or_a_day_that_has_no_report_is_not_found(kept, name):
    kept.get("reports/" + name, "manager1").problem(404, "not_found")


@pytest.mark.parametrize(("kind", "account"), [("daily", "manager1"), ("daily", "finance1"), ("weekly", "consultant1"), ("sheet", "clerk1")])
def test_reports_are_as_the_published_description_says(kept, kind, account):
    play(kept)
    got = report(kept, kind, 0, account)
    assert got.status == 200
    valid(got.json, promised("/api/v1/projects/{p}/reports/{kind}/{file}"))
    kept.go_to(at(7))
    eventually(lambda: len(listed(kept, account)) >= 3, timeout=30)
    valid(kept.get("reports", account).json, promised("/api/v1/projects/{p}/reports"))


def test_without_a_folder_there_are_no_reports(office):
    assert "report_dir" in office.get("reports", "manager1").problem(404, "not_found")["detail"]
    office.get("reports/daily/2026-03-01.json", "manager1").problem(404, "not_found")


def test_two_daemons_keep_the_same_reports(open_office, folder):
    (folder / "reports").mkdir()
    office = open_office(fake_clock=True, daemons=2, report_dir=str(folder / "reports"), session_ttl_s=2_592_000)
    office.go_to(at(0))
    office.go_to(at(1))
    eventually(lambda: len(listed(office)) >= 2, timeout=30)
    files = sorted((folder / "reports" / PROJECT).glob("*.json"))
    assert len(files) >= 2
    for file in files:
        kind, day = file.stem.split("-", 1)
        assert file.read_text() == office.ctl("report", "make", "--project", PROJECT, "--kind", kind, "--date", day)


def test_a_clock_that_jumped_makes_no_report_that_is_kept(kept, folder):
    kept.clock.move(24 * 3600)
    eventually(lambda: kept.redis.client.hget("ld:{%s}:meta" % PROJECT, "clock_hold"))
    refusal = kept.ctl(
        "report", "make", "--project", PROJECT, "--kind", "daily", "--date", date(0), "--final", "--out", folder / "r.json", status=1, both=True)
    assert "clock is in doubt" in str(refusal)
    kept.daemon.stop()
    assert ("daily", date(0)) not in {tuple(file.stem.split("-", 1)) for file in (folder / "reports" / PROJECT).glob("*.json")}
