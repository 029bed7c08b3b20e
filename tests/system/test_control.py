"""What the office sets over HTTP: many units at once, settings, a new list from a file; and the trail through filters."""

import http.client
import json
import os
import pathlib
import socket

import pytest

from listing import PROJECT, eventually, new_key
from test_deal import play

SHARED = pathlib.Path(__file__).resolve().parents[3] / "shared/data"
HEAD = "楼栋,单元,楼层,房号,户型,建筑面积,备案总价\n"


def units(office):
    return {u["id"]: u for u in office.get("catalog", "clerk1").json["units"]}


# --- many units


def test_many_units_are_withheld_and_offered_in_one_step_and_every_screen_follows(office):
    screen = office.screen("consultant1")
    names = [f"1-{floor}0{room}" for floor in (1, 2, 3) for room in (1, 2, 3)]
    done = office.post_command("units.withhold", {"units": names, "reason": "加推保留"}, "clerk1").json["ok"]
    assert done["count"] == 9
    for name in names:
        screen.see(name, "w")
    office.post_command("units.offer", {"units": names}, "manager1")
    screen.see("1-303", "a")
    assert office.ctl("verify", "--project", PROJECT).endswith("0 differences.\n")


def test_a_unit_locked_in_between_keeps_all_as_they_are_and_is_named(office):
    office.screen("consultant1").lock("1-102")
    answer = office.post_command("units.withhold", {"units": ["1-101", "1-102", "1-103"], "reason": "留"}, "clerk1")
    assert answer.problem(409, "not_available")["fields"]["units"] == ["1-102"]
    assert office.unit("1-101")["status"] == "available"
    clerk = office.screen("clerk1")
    with pytest.raises(Exception) as refusal:
        clerk.command("units.withhold", {"project": PROJECT, "units": ["1-101", "1-102"], "reason": "留"}, new_key())
    assert refusal.value.detail["units"] == ["1-102"]


@pytest.mark.parametrize("bad", [[], "1-101", [""], ["1-101", 5], ["a b"], ["x" * 73], ["1-101"] * 501, {"0": "1-101"}, ["1-101", "1-101"]])
def test_what_is_no_list_of_units_is_refused(office, bad):
    office.post_command("units.offer", {"units": bad}, "clerk1").problem(400, "bad_request")


@pytest.mark.parametrize("account", ["consultant1", "finance1", "relations1"])
def test_only_the_office_withholds(office, account):
    office.post_command("units.withhold", {"units": ["1-101"], "reason": "留"}, account).problem(403, "forbidden")


# --- settings


def test_settings_are_told_with_their_bounds_and_changed(office):
    told = office.get("settings", "clerk1").json
    assert told["settings"]["lock_hold_ms"] == 86_400_000 and told["settings"]["palette"] == ""
    assert told["bounds"]["public_board"] == {"kind": "choice", "choices": ["full", "merged"]}
    assert told["bounds"]["sheet_at_min"] == {"kind": "int", "min": 0, "max": 1439}
    change = {"lock_hold_ms": 3_600_000, "public_board": "merged", "palette": "a=#00aa00,l=#ffee00", "utc_offset_min": -60}
    office.post_command("project.configure", {"settings": change}, "manager1")
    assert change.items() <= office.get("settings", "manager1").json["settings"].items()
    before = office.get("catalog", "consultant1")
    assert eventually(lambda: office.get("catalog", "consultant1").json.get("palette")) == "a=#00aa00,l=#ffee00"
    office.post_command("project.configure", {"settings": {"palette": "a=#00bb00"}}, "manager1")
    eventually(lambda: office.get("catalog", "consultant1").json.get("palette") == "a=#00bb00")
    again = office.get("catalog", "consultant1", headers={"If-None-Match": before.headers["etag"]})
    assert again.status == 200, "another palette is another document"


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"lock_hold_ms": 5}, "lock_hold_ms"), ({"lock_hold_ms": "tomorrow"}, "lock_hold_ms"), ({"public_board": "pink"}, "public_board"),
        ({"frozen": ""}, "frozen"), ({"next_slip": 1}, "next_slip"), ({"palette": "a=red"}, "palette"), ({"name": ""}, "name"),
        ({"lock_hold_ms": 10**9, "hold_max_ms": 10**8}, "lock_hold_ms"),
    ],
)  # fmt: skip
def test_a_setting_that_cannot_be_is_named_and_nothing_changes(office, settings, named):
    before = office.get("settings", "manager1").json
    answer = office.post_command("project.configure", {"settings": settings}, "manager1").problem(400, "bad_request")
    assert answer["fields"]["field"] == named
    assert office.get("settings", "manager1").json == before


@pytest.mark.parametrize("settings", [None, [], {}, "x", {"name": ["x"]}, {"name": {}}, {f"s{n}": 1 for n in range(40)}])
def test_what_are_no_settings_is_refused(office, settings):
    office.post_command("project.configure", {"settings": settings}, "manager1").problem(400, "bad_request")


@pytest.mark.parametrize("account", ["consultant1", "finance1", "display1"])
def test_settings_are_the_offices(office, account):
    office.get("settings", account).problem(403, "forbidden")
    office.post_command("project.configure", {"settings": {"name": "x"}}, account).problem(403, "forbidden")


# --- a list from a file


def upload(office, content, query="", account="clerk1"):
    return office.http("POST", f"/api/v1/projects/{PROJECT}/import{query}", account=account, raw=content, headers={"Content-Type": "text/csv"})


def test_a_dry_run_tells_what_would_happen_and_writes_nothing(office):
    seq = len(office.events())
    told = upload(office, (HEAD + "9栋,,1,101,三房,100,3000000\n").encode("gb18030"), "?dry_run=1")
    assert told.status == 200 and told.json["added"] == 1 and not told.json["written"], told.json
    assert len(office.events()) == seq


def test_a_list_is_taken_over_in_the_name_of_who_sent_it(office):
    told = upload(office, (HEAD + "9栋,,1,101,三房,100,3000000\n9栋,,1,102,三房,100,3100000\n").encode(), "?withheld=1").json
    assert told["written"] and told["added"] == 2
    eventually(lambda: "9-101" in units(office))
    assert office.unit("9-101")["status"] == "withheld"
    assert {(e["by"], e["role"]) for e in office.events() if e["type"] in ("add", "import")[1:]} >= {("clerk1", "clerk")}
    assert office.ctl("verify", "--project", PROJECT).endswith("0 differences.\n")


def test_a_wrong_file_is_answered_with_every_problem_and_changes_nothing(office):
    seq = len(office.events())
    problem = upload(office, (HEAD + "9栋,,1,101,三房,百,3000000\n9栋,,1,101,三房,100,-5\n").encode()).problem(422, "bad_file")
    assert problem["fields"]["problem_count"] >= 2 and {p["row"] for p in problem["fields"]["problems"]} == {2, 3}
    for garbage in (b"\0" * 1000, os.urandom(4000), b"PK\x03\x04" + os.urandom(2000), b"hello"):
        assert upload(office, garbage).status == 422
    assert len(office.events()) == seq


def test_a_file_of_the_field_comes_whole(office):
    files = sorted(SHARED.glob("*.csv")) + sorted(SHARED.glob("*.xlsx")) if SHARED.exists() else []
    if not files:
        pytest.skip("there are no listing files beside this project")
    for file in files:
        told = upload(office, file.read_bytes(), "?dry_run=1")
        assert told.status == 200 and told.json["added"] == 416, (file.name, told.json.get("problems"))


def test_a_file_that_is_too_large_or_nobodys_is_refused_before_it_is_read(office):
    def begin(token, length):
        connection = http.client.HTTPConnection("127.0.0.1", office.port, timeout=20)
        connection.putrequest("POST", f"/api/v1/projects/{PROJECT}/import")
        connection.putheader("Content-Length", str(length))
        if token:
            connection.putheader("Authorization", "Bearer " + token)
        connection.endheaders()
        return connection.getresponse().status

    assert begin(office.token("clerk1"), 20 * 2**20 + 1) == 413
    assert begin(None, 1000) == 401
    assert begin("x" * 40, 1000) == 401
    upload(office, b"").problem(400 if upload(office, b"").status == 400 else 411, "bad_request" if upload(office, b"").status == 400 else "length_required")
    upload(office, HEAD.encode(), account="consultant1").problem(403, "forbidden")


def test_a_file_that_stops_half_way_leaves_nothing(open_office, folder):
    (folder / "tmp").mkdir()
    os.environ["TMPDIR"], before = str(folder / "tmp"), os.environ.get("TMPDIR")
    try:
        office = open_office()
    finally:
        os.environ.pop("TMPDIR") if before is None else os.environ.update(TMPDIR=before)
    with socket.create_connection(("127.0.0.1", office.port)) as line:
        head = f"POST /api/v1/projects/{PROJECT}/import HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {office.token('clerk1')}\r\nContent-Length: 5000\r\n\r\n"
        line.sendall(head.encode() + b"x" * 100)
        eventually(lambda: list((folder / "tmp").iterdir()))
        assert all(file.stat().st_mode & 0o077 == 0 for file in (folder / "tmp").iterdir())
    eventually(lambda: not list((folder / "tmp").iterdir()))
    assert upload(office, (HEAD + "9栋,,1,101,三房,100,3000000\n").encode()).status == 200
    eventually(lambda: not list((folder / "tmp").iterdir()))


# --- the trail through filters


def whole(office):
    return office.get("events?limit=1000", "clerk1").json["events"]


def paged(office, query, step):
    """All pages of a query, each beginning where the one before ended."""
    found, at = [], 1 if step == "from" else 10**9
    for _ in range(200):
        page = office.get(f"events?{query}&{step}={at}", "clerk1").json
        found += page["events"]
        if "next" not in page:
            return found
        at = page["next"]
    raise AssertionError("pages without end")


@pytest.mark.parametrize("query", ["", "unit=1-101", "by=finance1", "type=receipt", "unit=1-101&type=lock", "deal=d1&by=clerk1", "by=nobody", "type=add&unit=2-204"])
def test_a_filter_finds_what_a_look_through_the_whole_trail_finds(office, query):
    play(office)
    wanted = dict(pair.split("=") for pair in query.split("&") if pair)
    expected = [e for e in whole(office) if all(e.get(k) == v for k, v in wanted.items())]
    for limit in (1, 3, 1000):
        assert paged(office, f"{query}&limit={limit}", "from") == expected
        assert paged(office, f"{query}&limit={limit}", "before") == expected[::-1]


def test_going_back_begins_before_the_number_that_was_named(office):
    play(office)
    page = office.get("events?before=10&limit=4", "clerk1").json
    assert [e["seq"] for e in page["events"]] == [9, 8, 7, 6] and page["next"] == 6
    assert "next" not in office.get("events?before=3&limit=5", "clerk1").json
    for bad in ("before=-1", "limit=0", "limit=1001", "before=x"):
        office.get("events?" + bad, "clerk1").problem(400, "bad_request")


def test_a_long_trail_is_looked_through_in_bounded_pieces(open_office):
    office = open_office(units=24)
    office.create_project("big", [{**json.loads(json.dumps(u)), "id": f"B-{n}", "room": f"{n}"} for n, u in enumerate([{
        "building": "B", "entrance": "", "floor": 1, "type": "三房", "gross_area": "90", "inside_area": "70", "list_price_fen": 1}] * 20_000)], buyers=False)
    office.tokens.clear()
    for account in ("clerk1",):
        record = json.loads(office.redis.client.hget("ld:accounts", account))
        office.redis.client.hset("ld:accounts", account, json.dumps({**record, "projects": [*record["projects"], "big"]}))
    eventually(lambda: office.http("GET", "/api/v1/projects/big/board", account="clerk1").status == 200, timeout=30)
    page = office.http("GET", "/api/v1/projects/big/events?type=nothing", account="clerk1").json
    assert page["events"] == [] and page["next"] > 19_000
    back = office.http("GET", "/api/v1/projects/big/events?type=create&before=999999", account="clerk1").json
    found = back["events"] or office.http("GET", f"/api/v1/projects/big/events?type=create&before={back['next']}", account="clerk1").json["events"]
    assert [e["seq"] for e in found] == [1]
