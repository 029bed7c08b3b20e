"""Reports from the audit trail: every figure against a second calculation (trail_figures.py), the bytes against themselves."""

import csv
import datetime
import io
import json
import os
import subprocess

import openpyxl
import pytest

import trail_figures
from listing import BUILD, PROJECT, RedisServer
from test_deal import STEPS, do, play
from trail_story import DAY, START, Story, entry

SAGA = "saga"
FRAME = ("kind", "project", "title", "date", "from_ms", "until_ms", "utc_offset_min", "interim", "seq")


class Ctl:
    def __init__(self, path):
        self.environment = {**os.environ, "LISTINGD_REDIS_SOCKET": path}

    def run(self, *args, status=0, text=True):
        done = subprocess.run([BUILD / "listingctl", *args], env=self.environment, capture_output=True, timeout=120)
        assert done.returncode == status, (args, done.returncode, done.stdout[-500:], done.stderr.decode())
        found = done.stdout if status == 0 else done.stderr + done.stdout
        return found.decode() if text else found

    def report(self, kind, project=SAGA, date=None, **options):
        return self.run("report", "make", "--project", project, "--kind", kind, *(["--date", date] if date else []), **options)

    def workbook(self, kind, path, project=SAGA, date=None):
        self.run("report", "make", "--project", project, "--kind", kind, "--format", "xlsx", "--out", str(path), *(["--date", date] if date else []))
        return openpyxl.load_workbook(path)


@pytest.fixture
def redis(folder):
    server = RedisServer(folder / "redis")
    server.client.execute_command("FUNCTION", "LOAD", "REPLACE", (BUILD / "listing.lua").read_text())
    yield server
    server.stop()


@pytest.fixture
def ctl(redis):
    return Ctl(redis.path)


def day(number):
    """The date of the story's day, 0 being its first, a Monday."""
    return (datetime.date(2026, 3, 2) + datetime.timedelta(days=number)).isoformat()


def figures(report):
    return {name: value for name, value in report.items() if name not in FRAME}


def by_names(report, *names):
    return {tuple(row[name] for name in names): row for row in report}


# --- the figures


@pytest.mark.parametrize("seed", range(4))
def test_every_daily_and_weekly_figure_is_what_a_second_calculation_finds(redis, ctl, seed):
    story = Story(seed).run(days=16, a_day=40).write(redis.client, SAGA)
    spans = [("daily", number, START + number * DAY, DAY) for number in (0, 1, 7, 15)]
    spans += [("weekly", number, START + number * DAY, 7 * DAY) for number in (0, 7, 14)]
    for kind, number, begin, length in spans:
        report = json.loads(ctl.report(kind, date=day(number)))
        expected = trail_figures.period(story.events, begin, begin + length, 480)
        assert figures(report) == expected, (kind, number)
        assert (report["from_ms"], report["until_ms"], report["date"]) == (begin, begin + length, day(number))
        assert (report["interim"], report["title"]) == (False, "传奇花园")
    assert sum(expected["counts"].values()) > 20 and expected["unpaid"], "the story is about something"


@pytest.mark.parametrize("cat", [True, False], ids=["entries in the trail", "an older trail without entries"])
def test_every_figure_of_the_sheet_is_what_a_second_calculation_finds(redis, ctl, cat):
    story = Story(5, cat=cat).run(days=9).write(redis.client, SAGA)
    for number in (0, 4, 8):
        report = json.loads(ctl.report("sheet", date=day(number)))
        until = START + number * DAY + 530 * 60000
        expected = trail_figures.sheet(story.events, until, {e["id"]: e for e in story.entries})
        assert report["until_ms"] == until
        assert report["totals"] == expected["totals"]
        assert by_names(report["by_type"], "type") == expected["by_type"]
        assert by_names(report["by_building"], "building") == expected["by_building"]
        assert by_names(report["by_floor"], "building", "floor") == expected["by_floor"]
        assert {u["id"]: u for u in report["units"]} == expected["units"]
        assert len(report["units"]) == len(story.entries)
    assert [row["building"] for row in report["by_building"]] == ["1栋", "2栋", "10栋"], "as people count"
    assert [u["id"] for u in report["units"][:5]] == ["1-401", "1-402", "1-403", "1-404", "1-301"]


@pytest.mark.parametrize("offset", [-720, 0, 345, 840])
def test_days_are_those_of_the_office_whatever_its_time_zone(redis, ctl, offset):
    # The same story, told where midnight is another moment.
    story = Story(3, utc_offset_min=offset, start=START + (480 - offset) * 60000).run(days=8)
    story.write(redis.client, SAGA)
    for kind, length in (("daily", DAY), ("weekly", 7 * DAY)):
        begin = START + (480 - offset) * 60000
        report = json.loads(ctl.report(kind, date=day(0)))
        assert figures(report) == trail_figures.period(story.events, begin, begin + length, offset)
        assert [row["date"] for row in report["money"]["days"]] == [day(n) for n in range(length // DAY)]


def test_a_week_is_named_by_its_monday_whichever_of_its_days_is_asked_for(redis, ctl):
    Story(1).run(days=9).write(redis.client, SAGA)
    assert len({ctl.report("weekly", date=day(number)) for number in range(7)}) == 1
    assert json.loads(ctl.report("weekly", date=day(6)))["date"] == day(0)
    assert json.loads(ctl.report("weekly", date=day(7)))["date"] == day(7)


def test_what_the_real_functions_did_today_is_in_todays_interim_report(office):
    ctl = Ctl(office.redis.path)
    play(office)
    play(office, STEPS[:3], unit="2-101")
    do(office, "consultant1", "unit.release", unit="2-101", reason="放弃")
    office.redis.client.hset("ld:{%s}:meta" % PROJECT, "sheet_at_min", 1439)
    now = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))).date().isoformat()
    report = json.loads(ctl.report("daily", PROJECT, now))
    events = [{"t": e.pop("type"), **e} for e in office.events()]
    assert report["interim"] is True
    assert figures(report) == trail_figures.period(events, report["from_ms"], report["until_ms"], 480)
    assert report["counts"]["settled"] == 1 and report["money"]["totals"]["received_fen"] == 300_000_000
    sheet = json.loads(ctl.report("sheet", PROJECT))
    assert {u["id"]: u for u in sheet["units"]} == trail_figures.sheet(events, sheet["until_ms"])["units"]
    assert sheet["totals"]["settled"] == 1 and sheet["title"] == "试验花园"


# --- the bytes


@pytest.mark.parametrize("kind", ["sheet", "daily", "weekly"])
def test_a_report_made_later_is_byte_for_byte_the_one_made_then(redis, ctl, folder, kind):
    story = Story(8).run(days=8)
    then = list(story.events)
    story.write(redis.client, SAGA)

    def make(name):
        for form in ("json", "xlsx"):
            path = str(folder / f"{name}.{form}")
            ctl.run("report", "make", "--project", SAGA, "--kind", kind, "--date", day(2), "--format", form, "--out", path)
        return [(folder / f"{name}.{form}").read_bytes() for form in ("json", "xlsx")]

    first = make("a")
    redis.client.flushdb()
    story.at = START + 8 * DAY
    story.run(days=10).write(redis.client, SAGA)
    assert len(story.events) > len(then)
    again = make("b")
    assert first == again, "only what happened before the cut-off counts"
    assert first[0].decode() == ctl.report(kind, date=day(2))
    assert sorted(p.name for p in folder.iterdir() if p.is_file()) == ["a.json", "a.xlsx", "b.json", "b.xlsx"], "no half file stays"


def test_a_report_that_cannot_be_written_leaves_no_file_behind(redis, ctl, folder):
    Story(1).run(days=2).write(redis.client, SAGA)
    (folder / "old.json").write_text("old")
    ctl.run("report", "make", "--project", SAGA, "--kind", "daily", "--date", day(0), "--out", str(folder / "no/where.json"), status=74)
    redis.client.xdel("ld:{%s}:events" % SAGA, "9-0")
    assert "9-0" in ctl.run("report", "make", "--project", SAGA, "--kind", "daily", "--date", day(0), "--out", str(folder / "old.json"), status=1)
    assert (folder / "old.json").read_text() == "old"
    assert sorted(p.name for p in folder.iterdir()) == ["old.json", "redis"]


@pytest.mark.parametrize(
    "args, status, word",
    [
        (["--kind", "yearly"], 64, "weekly"),
        (["--kind", "daily", "--date", "2026-02-30"], 64, "2026-02-30"),
        (["--kind", "daily", "--date", "../../etc"], 64, "date"),
        (["--kind", "daily", "--date", "2999-01-01"], 65, "future"),
        (["--kind", "sheet", "--date", "2026-03-01"], 65, "began after"),
        (["--kind", "weekly", "--date", "2020-03-01"], 65, "began after"),
        (["--kind", "sheet", "--format", "xlsx"], 64, "--out"),
        (["--kind", "sheet", "--format", "pdf"], 64, "xlsx"),
    ],
)
def test_a_wrong_kind_or_date_is_refused_with_a_reason(redis, ctl, args, status, word):
    Story(1).run(days=1).write(redis.client, SAGA)
    assert word in ctl.run("report", "make", "--project", SAGA, *args, status=status)
    assert "no_such_project" in ctl.report("sheet", "nothing", status=1)


# --- the workbooks


def test_the_sheet_shows_each_building_as_it_stands_with_states_in_words_and_colours(redis, ctl, folder):
    story = Story(5).run(days=9).write(redis.client, SAGA)
    book = ctl.workbook("sheet", folder / "s.xlsx", date=day(8))
    report = json.loads(ctl.report("sheet", date=day(8)))
    assert book.sheetnames == ["总览", "1栋", "2栋", "10栋", "明细"]
    words = {"withheld": ("销控", "4F7DF3"), "available": ("可售", "34D399"), "locked": ("锁定", "FFE45C"),
             "subscribed": ("认购", "E0702B"), "contracted": ("签约", "A01B30"), "settled": ("已回款", "A01B30")}
    seen = {}
    for name in ("1栋", "2栋", "10栋"):
        page = book[name]
        assert [page.cell(5 + n, 1).value for n in range(4)] == ["4", "3", "2", "1"], "floors descending"
        assert [page.cell(4, 2 + n).value for n in range(4)] == ["01", "02", "03", "04"]
        for row in page.iter_rows(min_row=5, max_row=8, min_col=2, max_col=5):
            for cell in row:
                seen[cell.value.split("\n")[0]] = cell
    for unit in report["units"]:
        cell, (word, colour) = seen.pop(unit["id"]), words[unit["status"]]
        price = unit["deal_price_fen"] or unit["list_price_fen"]
        assert cell.value.split("\n") == [unit["id"], f"{unit['gross_area']}㎡", f"{price // 100}.{price % 100:02d}元", word]
        assert cell.fill.fgColor.rgb[-6:] == colour
    assert not seen and len(story.entries) == 48
    legend = [book["总览"].cell(4, 2 + n).value for n in range(6)]
    assert legend == [word for word, _ in words.values()]
    lines = [[cell.value for cell in row] for row in book["明细"].iter_rows(min_row=5)]
    assert [line[0] for line in lines] == [unit["id"] for unit in report["units"]]
    assert [round(line[8] * 100) for line in lines] == [unit["list_price_fen"] for unit in report["units"]]
    total = next(row for row in book["总览"].iter_rows(values_only=True) if row[0] == "合计")
    names = ("units", "withheld", "available", "locked", "subscribed", "contracted", "settled")
    assert list(total[2:9]) == [report["totals"][name] for name in names]
    assert round(total[9] * 10000) == report["totals"]["sell_through_bp"]
    assert round(total[11] * 100) == report["totals"]["deal_price_fen"]
    assert book.properties.created == datetime.datetime(2026, 3, 10, 0, 50), "the cut-off, not the making"


def test_the_weekly_workbook_says_what_the_json_says(redis, ctl, folder):
    Story(3).run(days=7, a_day=60).write(redis.client, SAGA)
    book = ctl.workbook("weekly", folder / "w.xlsx", date=day(0))
    report = json.loads(ctl.report("weekly", date=day(0)))
    assert book.sheetnames == ["概览", "转化", "置业顾问", "回款", "未回款清单", "退款清单"]
    counts = [row[1] for row in book["概览"].iter_rows(min_row=9, max_col=2, values_only=True) if isinstance(row[1], int)]
    assert counts == list(report["counts"].values())
    people = [row for row in book["置业顾问"].iter_rows(min_row=5, values_only=True)]
    assert [list(row[1:18]) for row in people] == [list(c["counts"].values()) for c in report["consultants"]] + [counts]
    flow = [row for row in book["转化"].iter_rows(min_row=5, values_only=True)]
    assert list(flow[1][2:6]) == list(report["conversion"]["all"].values())[:4]
    assert [round(share * 10000) for share in flow[1][6:10]] == list(report["conversion"]["all"].values())[4:]
    days = [row for row in book["回款"].iter_rows(min_row=5, values_only=True)]
    assert [row[0] for row in days] == [day(n) for n in range(7)] + ["合计"]
    assert [round(row[4] * 100) for row in days[:7]] == [d["received_fen"] for d in report["money"]["days"]]
    unpaid = [row for row in book["未回款清单"].iter_rows(min_row=5, values_only=True)]
    assert [(row[0], round(row[6] * 100)) for row in unpaid[:-1]] == [(d["unit"], d["unpaid_fen"]) for d in report["unpaid"]]
    assert round(unpaid[-1][6] * 100) == report["unpaid_fen"]
    refunds = [row for row in book["退款清单"].iter_rows(min_row=5, values_only=True)]
    assert [(row[0], round(row[7] * 100)) for row in refunds[:-1]] == [(d["unit"], d["refund_fen"]) for d in report["refunds"]]
    assert report["unpaid"] and report["refunds"]


HOSTILE = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "=HYPERLINK(\"http://x\")", "'quoted'", "[]:*?/\\", "a" * 40,
           "A" * 40, "History", "楼" * 40, "🏠" * 20, "", "{=1}", "总览", "</c><f>1</f>"]


def test_no_name_becomes_a_formula_or_breaks_the_workbook(redis, ctl, folder):
    entries = [entry(1, 1, 1, id=f"u{n}", building=name, room=name, type=name) for n, name in enumerate(HOSTILE)]
    story = Story(2, entries=entries)
    story.run(days=2).write(redis.client, SAGA, name="=1+1")
    for kind in ("sheet", "weekly"):
        book = ctl.workbook(kind, folder / f"{kind}.xlsx", date=day(1))
        for page in book:
            assert 1 <= len(page.title.encode("utf-16-le")) // 2 <= 31 and not set(page.title) & set("[]:*?/\\")
            for row in page.iter_rows():
                for cell in row:
                    assert cell.data_type in ("s", "n"), (page.title, cell.coordinate, cell.value)
        assert len({name.lower() for name in book.sheetnames}) == len(book.sheetnames)
    written = {cell.value for row in openpyxl.load_workbook(folder / "sheet.xlsx")["明细"].iter_rows() for cell in row}
    assert {"=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1"} <= written
    assert len(json.loads(ctl.report("sheet", date=day(1)))["units"]) == len(HOSTILE)


def test_units_that_share_a_place_all_stand_on_the_sheet(redis, ctl, folder):
    entries = [entry(1, 1, 1, id=f"shop{n}", floor="", room="商铺", entrance="") for n in range(3)]
    entries += [entry(1, 2, 1, id="G-1", floor="G"), entry(1, 2, 1, id="B-1", floor=-1, room="-101"), entry(1, 12, 3)]
    Story(1, entries=entries).write(redis.client, SAGA)
    book = ctl.workbook("sheet", folder / "s.xlsx", date=day(0))
    page = book["1栋"]
    text = "\n".join(cell for row in page.iter_rows(values_only=True) for cell in row if isinstance(cell, str))
    assert all(e["id"] + "\n" in text for e in entries)
    assert [row[0] for row in page.iter_rows(min_row=5, values_only=True)] == ["12", "-1", "G", None], "highest first, without a number last"


# --- the export

# The names that differ (wire/trail.c), written down a second time.
OUTSIDE = {
    "t": "type", "u": "unit", "on": "unit", "i": "index", "st": "status", "dl": "deadline", "hold": "holder", "b": "buyer", "cat": "catalog",
    "price": "price_fen", "fen": "amount_fen", "paid": "paid_fen", "refund": "refund_fen", "no": "receipt", "req": "request", "h": "hash",
}  # fmt: skip
STATES = {"w": "withheld", "a": "available", "l": "locked", "s": "subscribed", "c": "contracted", "p": "settled"}


def outside(fields):
    """A stored event as others are told of it, every value as text."""
    found = {OUTSIDE.get(name, name): STATES[value] if name == "st" else value for name, value in fields.items()}
    return {**found, **({"catalog": plain(json.loads(found["catalog"]))} if "catalog" in found else {})}


def plain(value):
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return value[0] if isinstance(value, list) else str(value)


def test_the_export_gives_every_event_with_every_field_as_ndjson(redis, ctl):
    story = Story(4).run(days=3).write(redis.client, SAGA)
    lines = [json.loads(line) for line in ctl.run("export", "--project", SAGA).splitlines()]
    stored = redis.client.xrange("ld:{%s}:events" % SAGA)
    assert [line["seq"] for line in lines] == list(range(1, len(story.events) + 1))
    for line, (_, fields) in zip(lines, stored):
        assert {name: plain(value) for name, value in line.items() if name != "seq"} == outside(fields)
    assert isinstance(lines[-1]["at"], int)
    part = [json.loads(line)["seq"] for line in ctl.run("export", "--project", SAGA, "--from", "5", "--to", "9").splitlines()]
    assert part == [5, 6, 7, 8, 9]
    assert ctl.run("export", "--project", SAGA, "--from", "999999") == ""


def test_the_export_as_csv_keeps_its_columns_and_disarms_formulas(redis, ctl):
    story = Story(4)
    story.tell("release", deal="d1", hold="=cmd()", why='=1+1, "so"', new_field="=later")
    story.tell("release", deal="d1", hold="ann", why="＝HYPERLINK(1)")
    story.run(days=2).write(redis.client, SAGA)
    text = ctl.run("export", "--project", SAGA, "--format", "csv", text=False).decode()
    assert text.count("\r\n") == len(story.events) + 1
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    for row, (_, fields) in zip(rows, redis.client.xrange("ld:{%s}:events" % SAGA)):
        more = json.loads(row.pop("more") or "{}")
        found = {name: value for name, value in row.items() if value and name != "seq"}
        told = {**outside(fields), **({"catalog": fields["cat"]} if "cat" in fields else {})}
        disarmed = {name: "'" + value if value[:1] in tuple("=+-@＝＋－＠") else value for name, value in told.items()}
        disarmed = {name: value for name, value in disarmed.items() if value and name not in more}
        assert found == disarmed
        assert not any(value[:1] in "=+-@＝＋－＠" for value in row.values() if value)
    assert any("'=cmd()" in (row["holder"] or "") for row in rows) and "=later" in text
    heads = ctl.run("export", "--project", SAGA, "--format", "csv", "--from", "999999")
    assert heads.strip() == text.split("\r\n")[0]


def test_a_gap_in_the_trail_ends_the_export_with_an_error(redis, ctl):
    Story(4).run(days=1).write(redis.client, SAGA)
    redis.client.xdel("ld:{%s}:events" % SAGA, "7-0")
    assert "7-0" in ctl.run("export", "--project", SAGA, status=1)
    assert "no_such_project" in ctl.run("export", "--project", "nothing", status=1)
    ctl.run("export", "--project", SAGA, "--from", "0", status=64)
    ctl.run("export", "--project", SAGA, "--format", "xml", status=64)
