"""What the office sets over HTTP: many units at once, and settings; and the trail through filters. Files: test_upload.py."""

import json
import urllib.parse

import pytest

from listing import PROJECT, Refusal, catalog, eventually, new_key
from test_deal import play


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
    with pytest.raises(Refusal) as refusal:
        clerk.command("units.withhold", {"project": PROJECT, "units": ["1-101", "1-102"], "reason": "留"}, new_key())
    assert refusal.value.detail["units"] == ["1-102"]


@pytest.mark.parametrize("bad", [[], "1-101", [""], ["1-101", 5], ["a b"], ["x" * 73], ["1-101"] * 501, {"0": "1-101"}, ["1-101", "1-101"]])
def test_what_is_no_list_of_units_is_refused(office, bad):
    office.post_command("units.offer", {"units": bad}, "clerk1").problem(400, "bad_request")


def test_five_hundred_units_with_long_names_fit_into_one_command_and_one_more_does_not(open_office):
    office = open_office(units=24)
    names = [f"{n:03d}-" + "x" * 68 for n in range(501)]
    office.fcall_as("manager1", "ld_import", "", *[x for n in names for x in (n, json.dumps({"id": n, "list_price_fen": 1}), "")])
    screen = office.screen("consultant1")
    before = len(office.events())
    refused = office.post_command("units.withhold", {"units": names, "reason": "留"}, "clerk1").problem(400, "bad_request")
    assert "1 to 500" in refused["fields"]["why"] and len(office.events()) == before
    done = office.post_command("units.withhold", {"units": names[:500], "reason": "留"}, "clerk1").json["ok"]
    assert done == {"count": 500, "seq": before + 500}
    screen.until(lambda: screen.seq == done["seq"] and screen.st.count("w") == 500)
    assert office.post_command("units.offer", {"units": names[:500]}, "clerk1").json["ok"]["count"] == 500
    assert office.ctl("verify", "--project", PROJECT).endswith("0 differences.\n")


def test_a_batch_repeated_with_its_key_is_answered_with_its_first_outcome(office):
    key = new_key()
    first = office.post_command("units.withhold", {"units": ["1-101", "1-102"], "reason": "留"}, "clerk1", key).json
    events = len(office.events())
    assert office.post_command("units.withhold", {"units": ["1-101", "1-102"], "reason": "留"}, "clerk1", key).json == first
    office.post_command("units.withhold", {"units": ["1-102", "1-101"], "reason": "留"}, "clerk1", key).problem(422, "key_reused")
    assert len(office.events()) == events


def test_an_operator_carries_out_a_batch_too(office):
    office.ctl("do", "--project", PROJECT, "units.withhold", "units=1-101 1-102", "reason=留")
    assert [office.unit(u)["status"] for u in ("1-101", "1-102", "1-103")] == ["withheld", "withheld", "available"]


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
    assert eventually(lambda: office.get("catalog", "display1").json["utc_offset_min"] == -60), "screens show the office's time"
    before = office.get("catalog", "consultant1")
    assert eventually(lambda: office.get("catalog", "consultant1").json.get("palette")) == "a=#00aa00,l=#ffee00"
    office.post_command("project.configure", {"settings": {"palette": "a=#00bb00"}}, "manager1")
    eventually(lambda: office.get("catalog", "consultant1").json.get("palette") == "a=#00bb00")
    again = office.get("catalog", "consultant1", headers={"If-None-Match": before.headers["etag"]})
    assert again.status == 200, "another palette is another document"


@pytest.mark.parametrize(
    ("settings", "named", "why"),
    [
        ({"lock_hold_ms": 5}, "lock_hold_ms", "a whole number from 1000 to 7776000000"),
        ({"lock_hold_ms": "tomorrow"}, "lock_hold_ms", "a whole number from"), ({"sheet_at_min": 1440}, "sheet_at_min", "from 0 to 1439"),
        ({"utc_offset_min": -721}, "utc_offset_min", "from -720 to 840"), ({"public_board": "pink"}, "public_board", "one of full, merged"),
        ({"frozen": ""}, "frozen", "no such setting"), ({"next_slip": 1}, "next_slip", "no such setting"),
        ({"palette": "a=red"}, "palette", "a=#34d399"), ({"palette": "a=#111111,a=#222222"}, "palette", "at most once"),
        ({"warn_ms": "soon"}, "warn_ms", "milliseconds"), ({"name": ""}, "name", "1 to 120 bytes"),
        ({"lock_hold_ms": 10**9, "hold_max_ms": 10**8}, "lock_hold_ms", "longer than hold_max_ms 100000000"),
        ({"public_board": "merged", "sheet_at_min": -1}, "sheet_at_min", "from 0 to 1439"),
    ],
)  # fmt: skip
def test_a_setting_that_cannot_be_is_named_with_what_it_may_be_and_nothing_changes(office, settings, named, why):
    before = office.get("settings", "manager1").json
    answer = office.post_command("project.configure", {"settings": settings}, "manager1").problem(400, "bad_request")
    assert answer["fields"]["field"] == named and why in answer["fields"]["why"]
    assert office.get("settings", "manager1").json == before


def test_an_operator_sets_the_palette_and_is_told_what_is_wrong_with_it(office):
    office.ctl("project", "set", "--project", PROJECT, "palette=a=#00aa00,w=#112233")
    assert office.get("settings", "clerk1").json["settings"]["palette"] == "a=#00aa00,w=#112233"
    assert "each of w, a, l, s, c, p" in office.ctl("project", "set", "--project", PROJECT, "palette=z=#00aa00", status=1)
    office.ctl("project", "set", "--project", PROJECT, "palette=")
    eventually(lambda: "palette" not in office.get("catalog", "display1").json)


def test_the_catalogue_tells_the_last_of_many_names_and_palettes(office):
    for n in range(30):
        change = {"name": f"花园{n}", "palette": f"a=#0000{n:02d}"}
        office.post_command("project.configure", {"settings": change}, "manager1")
    eventually(lambda: {**office.get("catalog", "buyer1").json, **change} == office.get("catalog", "buyer1").json)


def test_a_screen_hears_of_a_palette_as_of_a_name(office):
    screen = office.screen("display1")
    for change in ({"name": "二期"}, {"palette": "a=#00aa00"}):
        screen.pushes.clear()
        office.post_command("project.configure", {"settings": change}, "manager1")
        assert screen.push("board")["project"] == PROJECT


def test_only_what_has_changed_stands_in_the_trail(office):
    office.post_command("project.configure", {"settings": {"sheet_at_min": 600, "palette": "l=#ffee00"}}, "clerk1")
    last = office.get("events?before=999999&limit=1", "clerk1").json["events"][0]
    assert (last["type"], last["set"], last["by"], last["role"]) == ("configure", ["sheet_at_min", "palette"], "clerk1", "clerk")


@pytest.mark.parametrize("settings", [None, [], {}, "x", {"name": ["x"]}, {"name": {}}, {f"s{n}": 1 for n in range(40)}])
def test_what_are_no_settings_is_refused(office, settings):
    office.post_command("project.configure", {"settings": settings}, "manager1").problem(400, "bad_request")


@pytest.mark.parametrize("account", ["consultant1", "finance1", "display1"])
def test_settings_are_the_offices(office, account):
    office.get("settings", account).problem(403, "forbidden")
    office.post_command("project.configure", {"settings": {"name": "x"}}, account).problem(403, "forbidden")


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


@pytest.mark.parametrize("query", ["", "&type=receipt", "&unit=1-101"])
def test_a_span_of_time_is_cut_out_of_the_trail_in_both_directions(office, query):
    play(office)
    events = [e for e in whole(office) if query in ("", f"&type={e['type']}", f"&unit={e.get('unit')}")]
    times = [e["at"] for e in whole(office)]
    assert times == sorted(times)
    bounds = [0, times[0], times[len(times) // 3], times[-len(times) // 3] + 1, times[-1], times[-1] + 1]
    for since in bounds:
        for until in bounds:
            expected = [e for e in events if e["at"] >= since and (not until or e["at"] < until)]
            for limit in (2, 1000):
                span = f"since={since}&until={until}{query}&limit={limit}"
                assert paged(office, span, "from") == expected
                assert paged(office, span, "before") == expected[::-1]
    for bad in ("since=-1", "until=yesterday"):
        office.get("events?" + bad, "clerk1").problem(400, "bad_request")


def test_going_back_begins_before_the_number_that_was_named(office):
    play(office)
    page = office.get("events?before=10&limit=4", "clerk1").json
    assert [e["seq"] for e in page["events"]] == [9, 8, 7, 6] and page["next"] == 6
    assert "next" not in office.get("events?before=3&limit=5", "clerk1").json
    for bad in ("before=-1", "limit=0", "limit=1001", "before=x"):
        office.get("events?" + bad, "clerk1").problem(400, "bad_request")


def test_a_filter_is_never_left_out(office):
    """Too long, or with characters that part a query: it finds nothing, or is refused, and never everything."""
    assert office.get("events?unit=" + "x" * 200, "clerk1").json["events"] == []
    office.get("events?unit=" + "x" * 260, "clerk1").problem(400, "bad_request")
    office.get("events?limit=5&unit=1-101%01", "clerk1").problem(400, "bad_request")
    name = "1,2 栋&by=x".replace(" ", "")
    office.fcall_as("manager1", "ld_import", "", name, json.dumps({"id": name, "list_price_fen": 1}, ensure_ascii=False), "")
    found = office.get("events?unit=" + urllib.parse.quote(name), "clerk1").json["events"]
    assert [(e["type"], e["unit"]) for e in found] == [("add", name)]


def test_paging_while_events_are_added_covers_each_once(office):
    screen = office.screen("consultant1")
    end = len(office.events())
    seen, at = [], end + 1
    while at:
        page = office.get(f"events?before={at}&limit=4", "clerk1").json
        seen += [e["seq"] for e in page["events"]]
        at = page.get("next")
        screen.lock("1-101") if len(seen) % 8 else screen.release("1-101")
    assert seen == list(range(end, 0, -1))
    ahead = [e["seq"] for e in paged(office, "limit=3", "from")]
    assert ahead == list(range(1, len(office.events()) + 1))


def test_going_back_in_a_trail_that_became_shorter_ends(open_office):
    """A Redis that was put back has fewer events than the daemon believes, until its feed notices."""
    office = open_office(units=24)
    for unit in ("1-101", "1-102", "1-103"):
        office.post_command("units.withhold", {"units": [unit], "reason": "留"}, "clerk1")
    last = len(office.events())
    office.get("board", "clerk1")
    office.redis.client.delete("ld:{%s}:events" % PROJECT)
    page = office.get(f"events?before={last + 1}&limit=5", "clerk1").json
    assert page == {"events": []}


def test_a_long_trail_is_looked_through_in_bounded_pieces(open_office):
    office = open_office(units=24)
    office.create_project("big", [{**catalog(1)[0], "id": f"B-{n}", "room": f"{n}"} for n in range(20_000)], buyers=False)
    office.tokens.clear()
    record = json.loads(office.redis.client.hget("ld:accounts", "clerk1"))
    office.redis.client.hset("ld:accounts", "clerk1", json.dumps({**record, "projects": [*record["projects"], "big"]}))
    eventually(lambda: office.http("GET", "/api/v1/projects/big/board", account="clerk1").status == 200, timeout=30)
    page = office.http("GET", "/api/v1/projects/big/events?type=nothing", account="clerk1").json
    assert page["events"] == [] and page["next"] > 19_000
    back = office.http("GET", "/api/v1/projects/big/events?type=create&before=999999", account="clerk1").json
    found = back["events"] or office.http("GET", f"/api/v1/projects/big/events?type=create&before={back['next']}", account="clerk1").json["events"]
    assert [e["seq"] for e in found] == [1]
    # A moment far back is found by halving, at once.
    early = office.http("GET", f"/api/v1/projects/big/events?before=999999&until={found[0]['at'] + 1}", account="clerk1").json
    assert early == {"events": found}
