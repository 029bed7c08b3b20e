"""Importing listing files, from the file to every screen."""

import json

import pytest

from listing import PROJECT, ROOT, catalog, eventually
from test_ctl import Ctl

DATA = ROOT.parent / "shared/data"
HEAD = ["楼栋", "单元", "楼层", "房号", "预售单价", "建筑面积", "户内面积"]
ROWS = [
    ["5栋", "1单元", "12", "01", "50000.00", "100.00", "80.00"],
    ["5栋", "1单元", "12", "02", "52229.87", "125.53", "100.05"],
    ["5栋", "--", "3", "301", "40000", "90.5", ""],
]


def full_width(text):
    """As input methods write it: ５０．００ for 50.00."""
    return "".join(chr(ord(c) + 0xFEE0) if c in "0123456789.-" else c for c in text)


@pytest.fixture
def ctl(open_office):
    office = open_office(daemons=0)
    return Ctl(office)


def write(ctl, text, name="list.csv", encoding="utf-8"):
    path = ctl.office.folder / name
    path.write_bytes(text.encode(encoding))
    return str(path)


def table(rows=ROWS, separator=","):
    return "\n".join(separator.join(row) for row in [HEAD, *rows]) + "\n"


def units_of(ctl, project="new"):
    client = ctl.office.redis.client
    found = client.hgetall("ld:{%s}:catalog" % project)
    return {unit: json.loads(entry) for unit, entry in found.items()}


def do_import(ctl, path, *more, status=0, project="new"):
    return ctl.run("import", "--project", project, "--create", "新盘", *more, path, status=status)


@pytest.mark.parametrize(
    "text, encoding",
    [
        (table(), "utf-8"),
        (table(), "utf-8-sig"),
        (table(), "gb18030"),
        (table(separator=";"), "utf-8"),
        (table(separator="\t"), "utf-8"),
        (table().replace("5栋", '"5栋"').replace("楼栋", '"楼栋"'), "utf-8"),
        (table([[full_width(cell) for cell in row] for row in ROWS]), "utf-8"),
        (table([[full_width(cell) for cell in row] for row in ROWS]), "gb18030"),
        (table([["5栋", "1单元", "12层", "01室", '"50,000.00"', "100.00㎡", "80.00"], *ROWS[1:]]), "utf-8"),
    ],
    ids=["utf-8", "bom", "gb18030", "semicolon", "tab", "quoted", "full width", "full width gb18030", "units as text"],
)
def test_a_list_is_read_however_it_was_saved(ctl, text, encoding):
    do_import(ctl, write(ctl, text, encoding=encoding))
    units = units_of(ctl)
    assert len(units) == 3
    assert sorted(u["list_price_fen"] for u in units.values()) == [362_000_000, 500_000_000, 655_641_558]
    assert {u["building"] for u in units.values()} <= {"5栋", "５栋"}
    assert {str(u["floor"]) for u in units.values()} == {"12", "3"}


def test_columns_are_recognised_by_english_names_too(ctl):
    text = "building,floor,room,type,gross area,total price\nA,1,101,3BR,100,5000000\nA,1,102,3BR,100,5000000\n"
    do_import(ctl, write(ctl, text))
    assert len(units_of(ctl)) == 2


def test_a_dry_run_shows_everything_and_writes_nothing(ctl):
    keys = set(ctl.office.redis.client.keys())
    shown = do_import(ctl, write(ctl, table()), "--dry-run")
    assert set(ctl.office.redis.client.keys()) == keys
    for word in ("楼栋", "预售单价", "3"):
        assert word in shown


@pytest.mark.parametrize(
    "text, words",
    [
        ("", []),
        ("what,is,this\n1,2,3\n", []),
        (table([*ROWS, ["5栋", "1单元", "12", "01", "1", "100.00", "80"]]), ["5"]),
        (table([*ROWS, ["5栋", "1单元", "12", "09", "much", "100.00", "80"]]), ["5", "预售单价"]),
        (table([*ROWS, ["5栋", "1单元", "12", "09", "-5", "100.00", "80"]]), ["5"]),
        (table([*ROWS, ["5栋", "1单元", "12", "", "50000", "100.00", "80"]]), ["5"]),
    ],
    ids=["empty", "no listing", "a unit twice", "a price that is none", "a negative price", "no room"],
)
def test_a_wrong_file_changes_nothing_and_names_row_and_column(ctl, text, words):
    keys = {key: ctl.office.redis.client.dump(key) for key in ctl.office.redis.client.keys()}
    said = do_import(ctl, write(ctl, text), status=65)
    assert said.strip()
    for word in words:
        assert word in said
    assert {key: ctl.office.redis.client.dump(key) for key in ctl.office.redis.client.keys()} == keys


def test_bytes_that_are_no_text_are_refused(ctl):
    path = ctl.office.folder / "list.csv"
    path.write_bytes(bytes(range(256)) * 50)
    do_import(ctl, str(path), status=65)


def test_a_file_that_is_not_there_is_exit_status_74(ctl):
    do_import(ctl, str(ctl.office.folder / "nothing.csv"), status=74)
    do_import(ctl, str(ctl.office.folder), status=65)  # a folder is there, but no listing


def test_importing_again_takes_prices_and_new_units_over_and_drops_nothing(ctl):
    do_import(ctl, write(ctl, table()))
    office = ctl.office
    unit = next(u for u, entry in units_of(ctl).items() if entry["list_price_fen"] == 500_000_000)
    ctl.run("withhold", "--project", "new", "--reason", "留", unit)
    assert "unchanged" in do_import(ctl, write(ctl, table()))
    events = len(office.events("new"))
    changed = [["5栋", "1单元", "12", "01", "51000.00", "100.00", "80.00"], ["5栋", "1单元", "12", "03", "50000.00", "100.00", "80.00"]]
    said = do_import(ctl, write(ctl, table(changed)))
    assert "2 not in the file" in said
    units = units_of(ctl)
    assert len(units) == 4 and units[unit]["list_price_fen"] == 510_000_000
    assert office.redis.client.hget("ld:{new}:units", unit).startswith("withheld|3|")
    assert [event["type"] for event in office.events("new")[events:]] == ["change", "add", "import"]
    assert "0 differences" in ctl.run("verify", "--project", "new")


def test_a_running_daemon_shows_new_units_and_prices_at_once(open_office):
    office = open_office()
    wall = office.screen("manager1")
    rows = [[u["building"], "", str(u["floor"]), u["room"], "40000", "89.50", "70.10"] for u in catalog()]
    rows.append(["2栋", "", "4", "401", "40000", "89.50", "70.10"])
    Ctl(office).run("import", "--project", PROJECT, write(Ctl(office), table(rows)))
    wall.until(lambda: len(wall.st) == 25)
    eventually(lambda: office.get("catalog").json["catalog_version"] == 2)
    units = office.get("catalog").json["units"]
    assert [u["list_price_fen"] for u in units] == [358_000_000] * 25
    assert wall.st == "a" * 25


@pytest.mark.skipif(not DATA.is_dir(), reason="the real listing files (../shared/data) are not here")
@pytest.mark.parametrize("name, total", [("sz_songfeng_yifangyijia.csv", "2,134,261,656.66"), ("sz_songfeng_xiaokong_matrix.xlsx", None)])
def test_the_real_files_import_as_416_units(ctl, name, total):
    said = do_import(ctl, str(DATA / name))
    assert "416" in said
    if total:
        assert total in said
    units = units_of(ctl)
    assert len(units) == 416
    assert all(u["list_price_fen"] > 0 and u["gross_area"] for u in units.values())
    assert "0 differences" in ctl.run("verify", "--project", "new")


@pytest.mark.skipif(not DATA.is_dir(), reason="the real listing files (../shared/data) are not here")
def test_both_real_files_name_the_same_units(ctl):
    do_import(ctl, str(DATA / "sz_songfeng_yifangyijia.csv"))
    do_import(ctl, str(DATA / "sz_songfeng_xiaokong_matrix.xlsx"), project="other")
    assert set(units_of(ctl)) == set(units_of(ctl, "other"))
