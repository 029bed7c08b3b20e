"""Projects, catalogue, buyers, snapshots."""

import json

import pytest
from library import P, Library, home
from test_lock import refused


def imported(lib, *triples, expected=""):
    return lib.do("ld_import", expected, *[x for t in triples for x in t])


def test_an_import_adds_changes_and_never_drops(lib):
    lib.lock("U1")
    ok = imported(lib, ("U1", home("U1", 999), ""), ("U2", home("U2"), ""), ("N1", home("N1"), "withheld"))
    assert ok == {"catalog_version": "2", "count": "3", "added": "1", "changed": "1", "unchanged": "1", "vanished": "4"}
    assert (lib.unit("U1")["status"], lib.unit("U1")["rev"]) == ("locked", "3"), "the state stays, the revision moves"
    assert (lib.unit("N1")["status"], lib.unit("N1")["index"]) == ("withheld", "6")
    assert lib.unit("U6")["status"] == "available"
    assert json.loads(lib.r.hget(f"{P}:catalog", "U1"))["list_price_fen"] == 999
    assert lib.deal("d1")["price_fen"] == 10000, "the price of a held unit is frozen in its deal"
    assert [e["t"] for e in lib.events()[-3:]] == ["change", "add", "import"]


def test_a_clerk_imports_everything_but_another_price_of_a_unit_that_is_there(lib):
    before = lib.fingerprint()
    detail = refused("forbidden", lib.do, "ld_import", "", "N1", home("N1"), "", "U2", home("U2", 999), "", actor="cleo", role="clerk")
    assert (detail["field"], detail["unit"]) == ("list_price_fen", "U2")
    assert lib.fingerprint() == before
    lib.do("ld_import", "", "N1", home("N1", 999), "", "U2", home("U2", type="三房"), "", actor="cleo", role="clerk")
    lib.do("ld_import", "", "U2", home("U2", 999), "")


def test_the_same_import_again_writes_nothing(lib):
    events = len(lib.events())
    ok = imported(lib, *[(u, home(u), "") for u in lib.UNITS])
    assert (ok["catalog_version"], ok["unchanged"], len(lib.events())) == ("1", "6", events)


def test_an_import_into_another_version_than_it_was_made_for_is_refused(lib):
    assert refused("stale_rev", imported, lib, ("U1", home("U1"), ""), expected="7")["catalog_version"] == "1"


@pytest.mark.parametrize(
    "bad, field",
    [
        (("a b", home("a b"), ""), "id"),
        (("", home(""), ""), "id"),
        (("x" * 73, home("x" * 73), ""), "id"),
        (("a|b", home("a|b"), ""), "id"),
        (("U2", home("U2"), ""), "id"),
        (("N1", home("N2"), ""), "json"),
        (("N1", "not json", ""), "json"),
        (("N1", home("N1", pad="x" * 5000), ""), "json"),
        (("N1", home("N1", -1), ""), "list_price_fen"),
        (("N1", home("N1", 1.5), ""), "list_price_fen"),
        (("N1", home("N1", "1"), ""), "list_price_fen"),
        (("N1", home("N1", 2**53), ""), "list_price_fen"),
        (("N1", home("N1", 1e300), ""), "list_price_fen"),
        (("N1", home("N1", None), ""), "list_price_fen"),
        (("N1", '{"id":"N1","list_price_fen":1e5}', ""), "list_price_fen"),
        (("N1", '{"id":"N1","list_price_fen":500.0}', ""), "list_price_fen"),
        (("N1", '{"id":"N1","list\\u005fprice_fen":500}', ""), "list_price_fen"),
        (("N1", '{"x":{"list_price_fen":1},"id":"N1","list_price_fen":500}', ""), "list_price_fen"),
        (("N1", '{"id":"N1","list_price_fen":1,"list_price_fen":500}', ""), "list_price_fen"),
        (("N1", "[]", ""), "json"),
        (("N1", "null", ""), "json"),
        (("N1", "[" * 2000, ""), "json"),
        (("N1", home("N1"), "locked"), "status"),
    ],
)
def test_one_bad_entry_refuses_the_whole_list(lib, bad, field):
    assert refused("bad_request", imported, lib, ("U2", home("U2", 5), ""), bad)["field"] == field


def test_half_a_triple_is_refused(lib):
    assert refused("bad_request", lib.do, "ld_import", "", "U1", home("U1"))["field"] == "units"


def test_a_project_has_at_most_twenty_thousand_units(server):
    lib = Library(server, units=[])
    many = [(f"N{n}", f'{{"id":"N{n}","list_price_fen":1}}', "") for n in range(20_000)]
    assert imported(lib, *many)["added"] == "20000"
    refused("bad_request", imported, lib, ("X", home("X"), ""))


def test_a_project_is_created_once(lib):
    refused("exists", lib.call, "ld_create", "ctl", "manager", "", 0, "n", "uuid-2")
    assert lib.call("ld_create", "ctl", "manager", "", 0, "n", "uuid-1") == {"uuid": "uuid-1"}
    assert lib.meta("name") == "试验"


@pytest.mark.parametrize(
    "key, args, field",
    [
        ("ld:{q}", ["ctl", "manager", "", 0, "", "u"], "name"),
        ("ld:{q}", ["ctl", "manager", "", 0, "n", ""], "uuid"),
        ("ld:{q}", ["ctl", "manager", "", 0, "n", "u", "lock_hold_ms", "x"], "lock_hold_ms"),
        ("ld:{q}", ["ctl", "manager", "", 0, "n", "u", "colour", "x"], "colour"),
        ("ld:{q}", ["ctl", "manager", "", 0, "n", "u", "name"], "settings"),
        ("ld:{q q}", ["ctl", "manager", "", 0, "n", "u"], "project"),
        ("other", ["ctl", "manager", "", 0, "n", "u"], "project"),
    ],
)
def test_a_project_that_is_badly_described_is_not_made(lib, key, args, field):
    assert refused("bad_request", lib.call, "ld_create", *args, keys=(key,))["field"] == field
    assert not lib.r.exists(f"{key}:meta")


@pytest.mark.parametrize(
    "pairs",
    [["lock_hold_ms", "999"], ["lock_hold_ms", "999999999999"], ["lock_hold_ms", "-1"], ["public_board", "none"], ["warn_ms", "1,x"], ["name", ""],
     ["lock_hold_ms", "691200000"], ["schema", "2"], ["lock_hold_ms"], []],
)
def test_a_bad_setting_is_refused(lib, pairs):
    refused("bad_request", lib.do, "ld_configure", *pairs)


@pytest.mark.parametrize("times", [2, 5000])
def test_a_setting_is_named_once(lib, times):
    assert refused("bad_request", lib.do, "ld_configure", *["lock_hold_ms", "5000"] * times)["field"] == "lock_hold_ms"


def test_one_bad_setting_refuses_the_good_ones_before_it(lib):
    assert refused("bad_request", lib.do, "ld_configure", "name", "二期", "warn_ms", "x")["field"] == "warn_ms"
    assert lib.meta("name") == "试验"


def test_a_new_project_has_the_holds_of_an_office_day(lib):
    found = lib.r.hgetall(f"{P}:meta")
    assert (found["lock_hold_ms"], found["subscribe_hold_ms"], found["hold_max_ms"]) == ("86400000", "86400000", "604800000")
    assert (found["public_board"], found["warn_ms"], found["schema"]) == ("full", "7200000,1800000,300000", "1")
    assert len(found["epoch"]) == 6 and found["created_ms"] == str(lib.now)


def test_a_new_hold_does_not_touch_the_deadlines_that_are_running(lib):
    deadline = lib.lock()["deadline"]
    lib.do("ld_configure", "lock_hold_ms", "10000")
    assert lib.lock()["deadline"] == deadline


@pytest.mark.parametrize("role", ["display", "buyer", "consultant", "finance", "relations", ""])
def test_a_project_is_not_made_by_just_anybody(lib, role):
    refused("forbidden", lib.call, "ld_create", "eve", role, "", 0, "n", "u", keys=("ld:{q}",))


def test_a_good_setting_is_taken_over_and_leaves_an_event(lib):
    lib.do("ld_configure", "lock_hold_ms", "10000", "public_board", "merged", "warn_ms", "")
    assert (lib.meta("lock_hold_ms"), lib.meta("public_board"), lib.meta("warn_ms")) == ("10000", "merged", "")
    assert (lib.events()[-1]["t"], lib.events()[-1]["by"]) == ("configure", "ctl")


@pytest.mark.parametrize("pair", [["n1", "x"], ["n1", '{"id":"n2","consultant":"a"}'], ["n1", '{"id":"n1"}'], ["n 1", '{"id":"n 1","consultant":"a"}'], ["n1"]])
def test_a_bad_buyer_is_refused_with_all_the_others(lib, pair):
    refused("bad_request", lib.do, "ld_buyer_put", "n0", '{"id":"n0","consultant":"a"}', *pair)


def test_a_snapshot_is_everything_in_the_order_of_the_index(lib):
    lib.lock("U3")
    reply = lib.r.execute_command("FCALL_RO", "ld_snapshot", 1, P)
    at = reply.index("units")
    assert reply[at + 1] == "6"
    rest = reply[at + 2:]
    assert rest[::2] == lib.UNITS
    assert rest[1::2] == [lib.r.hget(f"{P}:units", u) for u in lib.UNITS]
    pairs = dict(zip(reply[1:at:2], reply[2:at:2]))
    assert pairs["seq"] == lib.meta("seq") and pairs["now"] == str(lib.now) and pairs["epoch"] == lib.meta("epoch")


def test_a_snapshot_has_exactly_these_parts(lib):
    reply = lib.r.execute_command("FCALL_RO", "ld_snapshot", 1, P)
    assert reply[1 : reply.index("units") + 1 : 2] == [
        "epoch", "seq", "now", "catalog_version", "uuid", "lock_hold_ms", "public_board", "warn_ms", "name", "clock_hold", "frozen", "rehearsal", "access_seq",
        "utc_offset_min", "sheet_at_min", "units",
    ]


def test_an_empty_project_has_an_empty_snapshot_and_catalogue(server):
    Library(server, units=[])
    assert server.client.execute_command("FCALL_RO", "ld_snapshot", 1, P)[-2:] == ["units", "0"]
    assert server.client.execute_command("FCALL_RO", "ld_catalog", 1, P) == ["ok", "catalog_version", "0", "palette", "", "rehearsal", "", "units", "0"]


def test_an_import_for_the_version_that_is_there_is_taken(lib):
    assert imported(lib, ("U1", home("U1", 5), ""), expected="1")["catalog_version"] == "2"


def test_a_list_too_long_is_refused_whole(server):
    lib = Library(server, units=[])
    many = [(f"N{n}", f'{{"id":"N{n}","list_price_fen":1}}', "") for n in range(20_001)]
    assert refused("bad_request", imported, lib, *many)["field"] == "units"


def test_a_catalogue_comes_in_the_order_of_the_index(lib):
    reply = lib.r.execute_command("FCALL_RO", "ld_catalog", 1, P)
    assert reply[:9] == ["ok", "catalog_version", "1", "palette", "", "rehearsal", "", "units", "6"]
    assert [json.loads(entry)["id"] for entry in reply[9:]] == lib.UNITS



@pytest.mark.parametrize("palette", ["", "a=#34d399", "w=#000000,a=#34D399,l=#ffe45c,s=#e0702b,c=#a01b30,p=#a01b31"])
def test_a_palette_names_states_and_colours(lib, palette):
    lib.do("ld_configure", "palette", palette)
    assert lib.meta("palette") == palette


@pytest.mark.parametrize("palette", ["a", "a=34d399", "a=#34d39", "a=#34d399;", "a=#34d399,", "x=#34d399", "a=#34d399,a=#34d398", "a=#34d3zz", "a=red"])
def test_what_is_no_palette_is_refused(lib, palette):
    assert refused("bad_request", lib.do, "ld_configure", "palette", palette)["field"] == "palette"


def test_every_setting_is_told_with_its_bounds_and_takes_what_lies_within(lib):
    flat = lib.r.execute_command("FCALL_RO", "ld_settings", 1, P)
    items = flat[flat.index("items") + 2 :]
    rows = [items[i : i + 6] for i in range(0, len(items), 6)]
    assert len(rows) >= 10 and len(items) == int(flat[flat.index("items") + 1])
    for name, value, kind, low, high, choices in rows:
        assert value == (lib.meta(name) or "") or name in ("palette", "on_expiry_paid", "utc_offset_min", "sheet_at_min")
        if kind == "int" and name not in ("lock_hold_ms", "subscribe_hold_ms", "hold_max_ms"):
            for good in (low, high):
                lib.do("ld_configure", name, good)
            for bad in (str(int(low) - 1), str(int(high) + 1)):
                assert refused("bad_request", lib.do, "ld_configure", name, bad)["field"] == name
        for choice in choices.split():
            lib.do("ld_configure", name, choice)
        if kind == "choice":
            assert refused("bad_request", lib.do, "ld_configure", name, choices)["field"] == name
