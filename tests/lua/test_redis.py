"""What Redis itself sees of the library: flags, keys, memory."""

import re
import threading

import pytest
import redis
from library import P, SOURCE
from test_launch_room import ix, with_phones
from writers import ACCESS, WRITERS, launch_open, launch_planned, rights, transitions

FLAGS = {
    "ld_settings": ["no-writes"],
    "ld_withhold_many": [],
    "ld_offer_many": [],
    "ld_version": ["no-writes"],
    "ld_snapshot": ["no-writes"],
    "ld_catalog": ["no-writes"],
    "ld_release": ["allow-oom"],
    "ld_sweep": ["allow-oom"],
    "ld_beat": ["allow-oom"],
    "ld_clock_confirm": ["allow-oom"],
    "ld_create": [],
    "ld_configure": [],
    "ld_import": [],
    "ld_buyer_put": [],
    "ld_buyer_erase": ["allow-oom"],
    "ld_buyer_reveal": ["allow-oom"],
    "ld_lock": [],
    "ld_withhold": [],
    "ld_favourite": [],
    "ld_favourites": ["no-writes"],
    "ld_demand_add": [],
    "ld_demand": ["no-writes"],
    "ld_deals": ["no-writes"],
    "ld_queue": ["no-writes"],
    "ld_digest": ["no-writes"],
    "ld_apply": [],
    "ld_approve": [],
    "ld_reject": [],
    "ld_receipt": [],
    "ld_refund": [],
    "ld_review": [],
    "ld_sign": [],
    "ld_extend": [],
    "ld_ask_discount": [],
    "ld_ask_swap": [],
    "ld_ask_rename": [],
    "ld_ask_withdraw": [],
    "ld_ask_price": [],
    "ld_decide": [],
    "ld_decide_discount": [],
    "ld_file_discount": [],
    "ld_freeze": ["allow-oom"],
    "ld_thaw": [],
    "ld_offer": [],
    "ld_throttle": [],
    "ld_secret": [],
    "ld_lease": ["allow-oom"],
    "ld_mark": ["allow-oom"],
    "ld_hook_next": ["allow-oom"],
    "ld_hook_move": ["allow-oom"],
    "ld_hook_fail": ["allow-oom"],
    "ld_hook_again": ["allow-oom"],
    "ld_robot_told": ["allow-oom"],
    "ld_dead_retry": [],
    "ld_dead_skip": [],
    "ld_sign_in": [],
    "ld_account_put": [],
    "ld_account_disable": ["allow-oom"],
    "ld_password": ["allow-oom"],
    "ld_accounts": ["no-writes"],
    "ld_pairing": [],
    "ld_claim": [],
    "ld_display_pair": [],
    "ld_display_revoke": ["allow-oom"],
    "ld_display_seen": ["allow-oom"],
    "ld_displays": ["no-writes"],
    "ld_rehearse": [],
    "ld_launch_put": [],
    "ld_launch_units": [],
    "ld_launch_admit": [],
    "ld_launch_draw": [],
    "ld_launch_pause": ["allow-oom"],
    "ld_launch_resume": ["allow-oom"],
    "ld_launch_extend": ["allow-oom"],
    "ld_launch_close": ["allow-oom"],
    "ld_launch_say": [],
    "ld_launch_code": [],
    "ld_launch_checkin": [],
    "ld_launch_enter": [],
    "ld_launch_complete": [],
    "ld_launch_seen": [],
    "ld_launch_tally": [],
    "ld_buyer_sign_in": [],
    "ld_launches": ["no-writes"],
    "ld_launch_offer": ["no-writes"],
    "ld_launch_offers": ["no-writes"],
    "ld_launch_admitted": ["no-writes"],
    "ld_launch_control": ["no-writes"],
    "ld_launch_places": ["no-writes"],
    "ld_launch_me": ["no-writes"],
}
DAY = 86_400_000


@pytest.fixture
def no_memory(lib):
    """A function that leaves Redis without memory until the test ends."""
    yield lambda: lib.r.config_set("maxmemory", "1mb")
    lib.r.config_set("maxmemory", "0")


def test_every_function_has_the_flags_it_should_have(lib):
    found = {f[1]: list(f[5]) for f in lib.r.execute_command("FUNCTION", "LIST", "LIBRARYNAME", "listing")[0][5]}
    assert found == FLAGS


@pytest.mark.parametrize("name", [name for name, flags in FLAGS.items() if "no-writes" not in flags])
def test_what_writes_does_not_run_where_nothing_may_be_written(lib, name):
    with pytest.raises(redis.ResponseError, match="write flag"):
        lib.r.execute_command("FCALL_RO", name, 1, P)


def test_the_version_names_the_library_that_was_built(lib):
    sha = re.search(r'local SHA = "(\w{40})"', SOURCE.read_text())[1]
    assert lib.call("ld_version", read_only=True, keys=()) == {"version": "2", "sha": sha}


def test_the_build_puts_every_right_into_the_library():
    table = re.search(r"^local RIGHTS = \{\n(.*?)^\}", SOURCE.read_text(), re.M | re.S)[1]
    found = {right: dict(re.findall(r'(\w+) = "(\w+)"', row)) for right, row in re.findall(r'\["([^"]+)"\] = \{ (.*?) \}', table)}
    assert found == rights() and len(found) >= 12


def test_the_build_puts_every_transition_into_the_library():
    table = re.search(r"^local TRANSITIONS = \{\n(.*?)^\}", SOURCE.read_text(), re.M | re.S)[1]
    found = set()
    for state, verbs in re.findall(r"^\t(\w+) = \{\n(.*?)^\t\}", table, re.M | re.S):
        for verb, ends in re.findall(r'\["(\w+)"\] = \{ (.*?) \}', verbs):
            found |= {(state, verb, to) for to in re.findall(r"(\w+) = true", ends)}
    assert found == transitions() and len(found) >= 20


def test_every_verb_that_the_library_moves_a_unit_by_is_in_the_table():
    verbs = set(re.findall(r'unit_move\(c, [\w.]+, \w+, "(\w+)"', SOURCE.read_text()))
    assert verbs == {verb for _, verb, _ in transitions()}


class Monitor(threading.Thread):
    """Every command that Redis carries out, those inside of functions included, until the word `enough` is echoed."""

    def __init__(self, lib):
        super().__init__(daemon=True)
        self.lib, self.seen, self.ready = lib, [], threading.Event()

    def run(self):
        with self.lib.r.monitor() as monitor:
            self.ready.set()
            for command in monitor.listen():
                if command["command"].lower() == "echo enough":
                    return
                self.seen.append((command["client_type"], command["command"]))

    def __enter__(self):
        self.start()
        assert self.ready.wait(10)
        return self

    def __exit__(self, *_):
        self.lib.r.echo("enough")
        self.join(10)
        assert not self.is_alive()


def reaching(args):
    """The arguments, with each unit of the test in the place of U1."""
    return [[unit if arg == "U1" else arg for arg in args] for unit in ("U1", "U2", "U3", "U4", "U5")] if "U1" in args else [args]


def test_functions_touch_keys_of_their_own_project_only(lib):
    for unit, stage in zip(lib.UNITS[:4], ("applied", "paid", "reviewed", "settled")):
        lib.way_to(stage, unit)
    launch_open(lib, units="U5 U6", buyers="b1 b2 c1")
    writers = {name: w for name, w in WRITERS.items() if name not in ACCESS}
    calls = [(name, [w.actor, w.role, f"m{n}", 0, *args]) for n, (name, w) in enumerate(writers.items()) for args in reaching(w.args)]
    calls += [("ld_beat", ["d1", 0, 0, 0]), ("ld_clock_confirm", ["max", "manager", "m99", 0, "r"]), ("ld_sweep", [9])]
    calls += [("ld_snapshot", []), ("ld_catalog", []), ("ld_deals", ["", "all", 9]), ("ld_queue", ["review"]), ("ld_digest", [])]
    calls += [("ld_create", ["max", "manager", "", 0, "n", "u"])]
    calls += [("ld_launch_seen", ["s1", "b1 b2"]), ("ld_launch_tally", ["s1", "d1", 1, "presses|1\n"]), ("ld_launch_admitted", ["s1", 0, 9])]
    calls += [(name, ["s1", "b1"]) for name in ("ld_launches", "ld_launch_offer", "ld_launch_offers", "ld_launch_control", "ld_launch_places", "ld_launch_me")]
    with Monitor(lib) as monitor:
        for name, args in calls:
            lib.r.execute_command("FCALL", name, 1, P, *args)
    inside = [command.split(" ") for kind, command in monitor.seen if kind == "lua"]
    assert len(inside) > 40
    strangers = [c for c in inside if not c[1].startswith(P + ":") and c[1] != "test:clock"]
    assert strangers == []


def test_who_gets_in_touches_accounts_sessions_and_codes_besides(lib):
    lib.account("eve"), lib.sign_in("eve"), lib.show_code()
    with_phones(lib, "b1")
    launch_planned(lib)
    link = ["link", ix("b1"), ix("j"), "a" * 64, 1000, 1000]
    with Monitor(lib) as monitor:
        lib.r.execute_command("FCALL", "ld_buyer_sign_in", 1, P, *link)
        for n, name in enumerate(ACCESS):
            lib.r.execute_command("FCALL", name, 1, P, "max", "manager", f"m{n}", 0, *WRITERS[name].args)
    inside = [command.split(" ") for kind, command in monitor.seen if kind == "lua"]
    besides = {re.sub(r"(session|sessions|pairing):.*", r"\1", c[1]) for c in inside if not c[1].startswith(P + ":")}
    assert besides == {"test:clock", "ld:accounts", "ld:session", "ld:sessions", "ld:pairing", "ld:pairings"}


def test_a_call_asks_for_the_time_exactly_once(lib):
    lib.lock("U2")
    lib.wait(DAY)
    with Monitor(lib) as monitor:
        lib.r.execute_command("FCALL", "ld_lock", 1, P, "bob", "consultant", "m1", 0, "U2", "c1", "")
    assert [c for kind, c in monitor.seen if kind == "lua" and "test:clock" in c] == ["HMGET test:clock s us"]


def test_without_memory_what_grows_is_refused_and_leaves_no_trace(lib, no_memory):
    no_memory()
    before = lib.dump()
    for name, w in WRITERS.items():
        if "allow-oom" not in FLAGS[name]:
            with pytest.raises(redis.ResponseError, match="OOM"):
                lib.r.execute_command("FCALL", name, 1, P, w.actor, w.role, "k", 0, *w.args)
    assert lib.dump() == before


def test_without_memory_a_sweep_still_releases(lib, no_memory):
    lib.lock("U1")
    lib.lock("U2")
    lib.wait(DAY)
    no_memory()
    assert lib.sweep()["released"] == "2"
    assert lib.unit("U1")["status"] == "available"


def test_without_memory_a_holder_may_release_and_a_manager_confirm_the_clock(lib, no_memory):
    lib.lock()
    no_memory()
    assert lib.release()["status"] == "available"
    assert lib.beat(wall=0)["clock_hold"] != ""
    lib.do("ld_clock_confirm", "checked")


def test_two_projects_do_not_see_each_other(lib):
    other = "ld:{q}"
    lib.call("ld_create", "ctl", "manager", "", 0, "二期", "uuid-q", keys=(other,))
    ours = {k: v for k, v in lib.dump().items() if k.startswith(P.encode())}
    lib.call("ld_import", "ctl", "manager", "k1", 0, "", "U1", '{"id":"U1","list_price_fen":7}', "", keys=(other,))
    lib.call("ld_withhold", "ctl", "manager", "k2", 0, "U1", "r", "", keys=(other,))
    assert {k: v for k, v in lib.dump().items() if k.startswith(P.encode())} == ours
    assert lib.unit("U1")["status"] == "available"
    assert lib.meta("epoch") != lib.r.hget(f"{other}:meta", "epoch")
