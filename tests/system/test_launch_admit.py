"""listingctl launch: an operator plans a session, admits the buyers of a list with one-time codes, and has a hand on the switch."""

import csv
import hashlib
import io
import json
import os
import time

import openpyxl
import pytest
from launch_day import now_ms
from listing import CANARY_NAMES, CANARY_PHONES, PROJECT

HEADER = "姓名,手机,身份证,分组,摇号序号,置业顾问,验证码"
PEOPLE = [("赵一", "13500000001"), ("钱二", "13500000002"), ("孙三", "13500000003")]


@pytest.fixture
def launch(office):
    return plan(office)


def plan(office, *options, opens_in=600):
    opens = now_ms() + opens_in * 1000
    return json.loads(run(office, "plan", "--name", "首开", "--opens", opens, "--closes", opens + 3_600_000, *options, "--json"))


def run(office, verb, *arguments, **expected):
    return office.ctl("launch", verb, "--project", PROJECT, "--as", "clerk1", *arguments, **expected)


def record(office, launch="s1"):
    return next(one for one in json.loads(run_plain(office, "list", "--json")) if one["id"] == launch)


def run_plain(office, verb, *arguments, **expected):
    return office.ctl("launch", verb, "--project", PROJECT, *arguments, **expected)


def a_list(office, rows, header=HEADER, name="list.csv"):
    path = office.folder / name
    path.write_text("\n".join([header, *(",".join(map(str, row)) for row in rows)]) + "\n")
    return path


def people(*more):
    return [(name, phone, "", "", "", "consultant1", "") for name, phone in PEOPLE] + list(more)


def admit(office, path, *options, codes="codes.csv", **expected):
    return json.loads(run(office, "admit", path, "--codes", office.folder / codes, *options, "--json", **expected))


def codes_of(office, name="codes.csv"):
    rows = csv.DictReader(io.StringIO((office.folder / name).read_text(encoding="utf-8-sig")))
    return {row["手机"]: row["验证码"] for row in rows}


def sign_in(office, phone, code):
    return office.http("POST", "/api/v1/buyer-login", {"project": PROJECT, "phone": phone, "code": code})


def admitted(office, launch="s1"):
    return office.get(f"launches/{launch}/admitted?limit=1000", "clerk1").json["buyers"]


# --- planning


def test_a_session_is_planned_in_office_time_and_its_seed_is_committed(office):
    rules = office.folder / "rules.txt"
    rules.write_text("\ufeff一、每人限购一套。\r\n二、先到先得。\r\n", encoding="utf-8")
    year = time.gmtime().tm_year + 1
    told = json.loads(run(office, "plan", "--name", "首开", "--opens", f"{year}-12-01 10:00", "--closes", f"{year}-12-01 12:00:30", "--mode", "groups", "--groups",
                          "A=10m,B=5m", "--hold", "15m", "--limit", 2, "--rules", rules, "--json"))  # fmt: skip
    one = record(office)
    assert (told["launch"], told["phase"], told["commit"]) == ("s1", "planned", one["commit"])
    assert time.gmtime(one["opens_ms"] / 1000)[:5] == (year, 12, 1, 2, 0), "ten o'clock in China"
    assert one["closes_ms"] - one["opens_ms"] == 7_230_000
    assert (one["mode"], one["groups"], one["hold_ms"], one["limit"]) == ("groups", "A=600000,B=300000", 900_000, 2)
    assert office.get("launches", "clerk1").json["launches"][0]["rules"] == "一、每人限购一套。\n二、先到先得。\n"
    seed = office.redis.client.get("ld:{%s}:launch:s1:secret" % PROJECT)
    assert hashlib.sha256(seed.encode()).hexdigest() == one["commit"]
    assert seed not in str(office.events())
    assert f"{year}-12-01 10:00" in run_plain(office, "list") and f"{year}-12-01 12:00:30" in run_plain(office, "list")
    run(office, "plan", "--launch", "s1", "--opens", f"{year}-12-01T11:30", "--mode", "order", "--window-size", 50, "--window", "90s")
    changed = record(office)
    assert changed["opens_ms"] - one["opens_ms"] == 5_400_000 and changed["commit"] == one["commit"]
    assert (changed["mode"], changed["window_size"], changed["window_ms"], changed["hold_ms"]) == ("order", 50, 90_000, 900_000)
    run(office, "plan", "--launch", "s1", "--mode", "all", "--active-max", 300)
    assert record(office)["active_max"] == 300


@pytest.mark.parametrize("option, value", [("--opens", "tomorrow"), ("--opens", "2030-13-01 10:00"), ("--closes", "2030-12-01 25:00"), ("--hold", "10"), ("--window", "m"),
                                           ("--groups", "A"), ("--groups", "A=10m;B=5m"), ("--rules", "/nowhere")])  # fmt: skip
def test_a_plan_that_cannot_be_read_is_said_so(office, option, value):
    assert option in run(office, "plan", option, value, status=64)
    assert json.loads(run_plain(office, "list", "--json")) == []


def test_redis_refuses_what_makes_no_session(office):
    assert "opens_ms" in run(office, "plan", "--name", "x", "--opens", now_ms() - 1000, "--closes", now_ms() + 10_000, status=1)
    assert "no_such_launch" in run(office, "pause", "--reason", "x", status=1)


# --- units


def test_units_are_put_in_by_name_by_building_and_all_of_them(office, launch):
    assert json.loads(run(office, "units", "on", "1-101", "1-102", "--json")) == {"launch": "s1", "on": True, "count": 2}
    run(office, "units", "on", "--building", "2栋")
    assert len(office.get("launches/s1/offer", "clerk1").json["units"]) == 14
    run(office, "units", "off", "--all", "--reason", "重来")
    assert office.get("launches/s1/offer", "clerk1").json["units"] == []
    assert "24 units" in run(office, "units", "on", "--all")
    assert "no_such_unit" in run(office, "units", "on", "9-999", status=1)
    for wrong in (["on"], ["on", "1-101", "--all"], ["on", "--all", "--building", "1栋"], ["maybe", "--all"]):
        run(office, "units", *wrong, status=64)


def test_all_units_of_a_large_project_are_put_in(open_office):
    office = open_office(units=1300)
    plan(office)
    assert "1300 units" in run(office, "units", "on", "--all")
    assert record(office)["units"] == 1300


# --- admission


def test_buyers_of_a_list_are_found_or_made_and_sign_in_with_their_codes(office, launch):
    path = a_list(office, people((CANARY_NAMES[0], CANARY_PHONES[0], "", "", "", "", "")))
    told = admit(office, path)
    assert {name: told[name] for name in ("buyers", "added", "known", "new_buyers", "codes", "made", "written")} == {
        "buyers": 4, "added": 4, "known": 0, "new_buyers": 3, "codes": 4, "made": 4, "written": True}  # fmt: skip
    assert (office.folder / "codes.csv").stat().st_mode & 0o777 == 0o600
    codes = codes_of(office)
    assert set(codes) == {phone for _, phone in PEOPLE} | {CANARY_PHONES[0]} and len(set(codes.values())) == 4
    assert all(len(code) == 8 and not set(code) & set("IO01") for code in codes.values())
    for phone, code in codes.items():
        assert sign_in(office, phone, code).status == 200
    assert sign_in(office, CANARY_PHONES[0], codes[CANARY_PHONES[0]]).status == 401, "once"
    assert [row["draw"] for row in admitted(office)] == [1, 2, 3, 4] and admitted(office)[3]["buyer"] == "b1"


def test_groups_draw_numbers_and_codes_come_from_the_list(office):
    plan(office, "--mode", "groups", "--groups", "A=10m,B=10m")
    rows = [("赵一", "１３５ 0000-0001", "", "A", 30, "", "ab12-cd34"), ("钱二", "13500000002", "", "B", "7.0", "", ""), ("孙三", "+86 13500000003", "", "", "", "", "")]
    told = admit(office, a_list(office, rows))
    assert (told["codes"], told["made"]) == (3, 2)
    assert [(row["draw"], row["group"]) for row in admitted(office)] == [(7, "B"), (30, "A"), (31, "")]
    assert codes_of(office)["13500000001"] == "AB12CD34"
    assert sign_in(office, "13500000001", "AB12 CD34").status == 200


def test_an_excel_list_is_read(office, launch):
    book = openpyxl.Workbook()
    book.active.append(["选房名单"])
    book.active.append(["客户姓名", "联系电话", "顺序号"])
    for n, (name, phone) in enumerate(PEOPLE):
        book.active.append([name, int(phone), 10 - n])
    book.save(office.folder / "list.xlsx")
    assert admit(office, office.folder / "list.xlsx")["added"] == 3
    assert [row["draw"] for row in admitted(office)] == [8, 9, 10]


@pytest.mark.parametrize("row, column, word", [
    (("甲", "1350000000", "", "", "", "", ""), "B", "11 digits"), (("甲", "", "", "", "", "", ""), "", "telephone"), (("", "13500000009", "", "", "", "", ""), "", "name"),
    (("甲", "13500000001", "", "", "", "", ""), "B", "row 2"), (("甲", "13500000009", "", "", 0, "", ""), "E", "1 to"), (("甲", "13500000009", "", "", "x", "", ""), "E", "1 to"),
    (("甲", "13500000009", "", "", "1.5", "", ""), "E", "1 to"), (("甲", "13500000009", "", "a=b", "", "", ""), "D", "group"), (("甲", "13500000009", "", "", "", "", "abc"), "G", ""),
    (("甲", "13500000009", "123", "", "", "", ""), "C", ""), (("甲", "13500000009", "", "", 5, "", ""), "E", "row 4"),
])  # fmt: skip
def test_a_list_with_a_problem_changes_nothing_and_says_where_it_is(office, launch, row, column, word):
    before = len(office.events())
    path = a_list(office, [*people()[:2], ("孙三", "13500000003", "", "", 5, "", ""), row])
    told = json.loads(run(office, "admit", path, "--codes", office.folder / "codes.csv", "--json", status=65).splitlines()[0])
    assert {one["row"] for one in told["problems"]} == {5} and any(one["column"] == column and word in one["what"] for one in told["problems"])
    assert "13500000009" not in str(told["problems"])
    assert len(office.events()) == before and not (office.folder / "codes.csv").exists() and admitted(office) == []


def test_two_rows_of_one_buyer_are_a_problem(office, launch):
    card = "990000197702020016"
    admit(office, a_list(office, [(*PEOPLE[0], card, "", "", "", "")]))
    path = a_list(office, [(*PEOPLE[0], "", "", "", "", ""), ("别名", "13500000007", card, "", "", "", "")])
    assert "the buyer of row 2" in run(office, "admit", path, "--dry-run", status=65)


def test_a_group_without_a_round_is_a_problem(office):
    plan(office, "--mode", "groups", "--groups", "A=10m,AB=10m")
    path = a_list(office, [("赵一", "13500000001", "", "B", "", "", "")])
    assert "no round" in run(office, "admit", path, "--dry-run", status=65)


def test_a_draw_number_that_another_buyer_has_is_a_problem_unless_the_list_changes_both(office, launch):
    admit(office, a_list(office, [(*PEOPLE[0], "", "", 1, "", ""), (*PEOPLE[1], "", "", 2, "", "")]))
    assert "has this draw number" in run(office, "admit", a_list(office, [(*PEOPLE[2], "", "", 2, "", "")]), "--dry-run", status=65)
    swapped = [(*PEOPLE[0], "", "", 2, "", ""), (*PEOPLE[1], "", "", 1, "", "")]
    first = admitted(office)[0]["buyer"]
    admit(office, a_list(office, swapped), codes="more.csv")
    assert [row["buyer"] for row in admitted(office)][1] == first
    assert not (office.folder / "more.csv").exists(), "nobody got a code"


def test_once_the_order_stands_who_comes_late_comes_last(office, launch):
    admit(office, a_list(office, people()))
    run(office, "draw", "--reason", "公证摇号")
    drawn = [row["buyer"] for row in admitted(office)]
    before = len(office.events())
    late = [(f"客户{n}", 13600000000 + n, "", "", n + 4, "", "") for n in range(900)]
    for wrong in ([(*PEOPLE[0], "", "", 77, "", "")], [("李四", "13500000004", "", "", 3, "", "")], late[1:500] + [("李四", "13500000004", "", "", 4, "", "")]):
        assert "comes last" in run(office, "admit", a_list(office, wrong), "--codes", office.folder / "late.csv", status=65)
    assert len(office.events()) == before and not (office.folder / "late.csv").exists()
    assert admit(office, a_list(office, late), codes="late.csv")["added"] == 900
    assert [row["buyer"] for row in admitted(office)][:3] == drawn


def test_a_dry_run_shows_the_columns_and_writes_nothing(office, launch):
    before = len(office.events())
    told = run(office, "admit", a_list(office, people()), "--dry-run")
    assert "taken for" in told and "draw 摇号序号" in told and "3 new" in told and "3 made here" in told and "135****0001" in told
    assert PEOPLE[0][1] not in told
    assert len(office.events()) == before and admitted(office) == []


def test_codes_go_to_a_new_file_and_only_there(office, launch):
    path = a_list(office, people())
    assert "--codes" in run(office, "admit", path, status=64)
    (office.folder / "codes.csv").write_text("mine")
    assert "exists" in run(office, "admit", path, "--codes", office.folder / "codes.csv", status=64)
    assert (office.folder / "codes.csv").read_text() == "mine" and admitted(office) == []
    run(office, "admit", path, "--codes", office.folder / "nowhere" / "codes.csv", status=74)
    assert admitted(office) == []
    told = run(office, "admit", path, "--codes", office.folder / "fresh.csv", both=True)
    kept = office.redis.client.hgetall("ld:{%s}:launch:s1:codes" % PROJECT)
    for phone, code in codes_of(office, "fresh.csv").items():
        assert code not in told and code not in str(kept) and code not in str(office.events()) and phone not in str(office.events())


def test_importing_again_leaves_the_codes_alone_unless_new_ones_are_asked_for(office, launch):
    path = a_list(office, people())
    admit(office, path)
    first = codes_of(office)
    assert sign_in(office, PEOPLE[0][1], first[PEOPLE[0][1]]).status == 200
    longer = a_list(office, people(("李四", "13500000004", "", "", "", "", "")))
    told = admit(office, longer, codes="second.csv")
    assert (told["added"], told["known"], told["codes"]) == (1, 3, 1) and set(codes_of(office, "second.csv")) == {"13500000004"}
    assert sign_in(office, PEOPLE[0][1], first[PEOPLE[0][1]]).status == 401, "a used code stays used"
    assert sign_in(office, PEOPLE[1][1], first[PEOPLE[1][1]]).status == 200
    told = admit(office, longer, "--new-codes", codes="third.csv")
    third = codes_of(office, "third.csv")
    assert told["codes"] == 4 and sign_in(office, PEOPLE[2][1], first[PEOPLE[2][1]]).status == 401
    assert all(sign_in(office, phone, code).status == 200 for phone, code in third.items())


def send(office, content, query="", account="clerk1", launch="s1"):
    return office.http("POST", f"/api/v1/projects/{PROJECT}/launches/{launch}/admit{query}", account=account, raw=content, headers={"Content-Type": "text/csv"})


def test_a_list_is_sent_by_http_and_its_codes_come_back_once(office, launch):
    content = a_list(office, people()).read_bytes()
    dry = send(office, content, "?dry_run=1").json
    assert (dry["buyers"], dry["added"], dry["written"]) == (3, 3, False) and "codes_given" not in dry and "file" not in dry
    assert dry["first"][0]["phone"] == "135****0001" and admitted(office) == []
    told = send(office, content).json
    assert (told["written"], told["added"], told["codes"]) == (True, 3, 3) and len(admitted(office)) == 3
    given = {one["phone"]: one["code"] for one in told["codes_given"]}
    assert all(code[0].isalpha() for code in given.values()), "a spreadsheet must not take one for a number"
    assert set(given) == {phone for _, phone in PEOPLE} and [one["name"] for one in told["codes_given"]] == [name for name, _ in PEOPLE]
    assert office.events()[-1]["type"] == "launch_admit" and office.events()[-1]["by"] == "clerk1"
    kept = str(office.redis.client.hgetall("ld:{%s}:launch:s1:codes" % PROJECT)) + str(office.events()) + office.daemon.log()
    assert not any(code in kept for code in given.values())
    assert sign_in(office, PEOPLE[0][1], given[PEOPLE[0][1]]).status == 200
    assert send(office, content).json["codes_given"] == [], "who is admitted keeps the code that was given"
    again = {one["phone"]: one["code"] for one in send(office, content, "?new_codes=1").json["codes_given"]}
    assert sign_in(office, PEOPLE[1][1], given[PEOPLE[1][1]]).status == 401 and sign_in(office, PEOPLE[1][1], again[PEOPLE[1][1]]).status == 200


def test_a_list_by_http_is_refused_with_what_to_do(office, launch):
    content = a_list(office, people(("李四", "", "11010519491231002X", "", "", "", ""))).read_bytes()
    fields = send(office, content).problem(422, "bad_file")["fields"]
    assert [(one["row"], one["what"].startswith("a buyer signs in")) for one in fields["problems"]] == [(5, True)] and admitted(office) == []
    good = a_list(office, people()).read_bytes()
    send(office, good, launch="s7").problem(404, "no_such_launch")
    send(office, good, launch="s1--x").problem(404, "no_such_launch")
    send(office, good, "?dry_run=yes").problem(400, "bad_request")
    for account in ("consultant1", "finance1", "display1"):
        send(office, good, account=account).problem(403, "forbidden")
    run(office, "close", "--reason", "取消")
    send(office, good).problem(409, "not_available")
    run(office, "admit", a_list(office, people()), "--launch", "s1", "--codes", "-", status=64)


def test_what_redis_refuses_leaves_no_codes_behind(office, launch):
    path = a_list(office, people())
    assert "forbidden" in run_plain(office, "admit", path, "--codes", office.folder / "codes.csv", "--as", "consultant1", status=1)
    assert not (office.folder / "codes.csv").exists()
    run(office, "close", "--reason", "取消")
    assert "closed" in run(office, "admit", path, "--launch", "s1", "--codes", office.folder / "codes.csv", status=1)


def test_ten_thousand_buyers_are_admitted_in_seconds(office, launch):
    rows = [(f"客户{n}", 13600000000 + n, "", "", n + 1, "", "") for n in range(10_000)]
    path = a_list(office, rows)
    started = time.monotonic()
    told = admit(office, path)
    took = time.monotonic() - started
    assert (told["added"], told["made"], record(office)["admitted"]) == (10_000, 10_000, 10_000)
    codes = codes_of(office)
    assert len(codes) == 10_000 and len(set(codes.values())) == 10_000
    assert sign_in(office, "13600009999", codes["13600009999"]).status == 200
    assert took < 15, f"{took:.1f} s"
    names = [event["type"] for event in office.events()]
    assert (names.count("buyers"), names.count("launch_admit")) == (26, 25), "400 at a time: Redis serves others in between"
    assert admit(office, path, codes="again.csv")["codes"] == 0
    assert [event["type"] for event in office.events()].count("buyers") == names.count("buyers"), "nothing new of anybody"


# --- the hand on the switch


def test_one_buyer_gets_another_code(office, launch):
    admit(office, a_list(office, people((CANARY_NAMES[0], CANARY_PHONES[0], "", "", "", "", ""))))
    code = run(office, "code", "b1").strip()
    assert sign_in(office, CANARY_PHONES[0], codes_of(office)[CANARY_PHONES[0]]).status == 401
    assert sign_in(office, CANARY_PHONES[0], code).status == 200
    assert "no_such_buyer" in run(office, "code", "c1", status=1) and "no_such_buyer" in run(office, "code", "x", status=1)


def test_a_session_is_drawn_paused_resumed_extended_told_and_closed(office, launch):
    run(office, "units", "on", "--all")
    admit(office, a_list(office, people()))
    run(office, "draw", "--reason", "公证摇号")
    run(office, "say", "请提前签到")
    run(office, "checkin", admitted(office)[0]["buyer"])
    run(office, "pause", "--reason", "系统检查")
    assert record(office)["phase"] == "paused" and record(office)["message"] == "请提前签到"
    run(office, "resume", "--reason", "继续")
    until = record(office)["closes_at"]
    told = json.loads(run(office, "extend", "--by", "30m", "--reason", "客户多", "--json"))
    assert told["closes_at"] == until + 1_800_000
    shown = json.loads(run_plain(office, "show", "--json"))
    assert (shown["admitted"], shown["entered"], shown["states"]["available"], shown["phase"]) == (3, 1, 24, "planned")
    assert "3 admitted, 1 checked in" in run_plain(office, "show")
    run(office, "close", "--reason", "结束")
    assert record(office)["phase"] == "closed" and len(record(office)["seed"]) == 64
    run(office, "extend", "--by", "soon", "--reason", "x", status=64)
    run(office, "pause", status=64)
    names = [event["type"] for event in office.events() if event["type"].startswith("launch_")]
    assert names == ["launch_plan", "launch_units", "launch_admit", "launch_draw", "launch_say", "launch_pause", "launch_resume", "launch_extend", "launch_close"]


def test_which_session_is_meant_must_be_clear(office, launch):
    plan(office)
    assert "--launch" in run(office, "pause", "--reason", "x", status=64)
    run(office, "pause", "--launch", "s2", "--reason", "x")
    assert record(office, "s2")["phase"] == "paused" and record(office, "s1")["phase"] == "planned"
