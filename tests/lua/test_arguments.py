"""Whatever the arguments are, the library answers: never an error of Redis, never a change by a refusal, never a broken
trail by an ok."""

import zlib

import hypothesis.strategies as st
import redis
from hypothesis import given, settings
from library import P, ROLES, Library, Refused
from model_runs import EXAMPLES, RUNS
from writers import WRITERS, launch_open

FUNCTIONS = [*WRITERS, "ld_create", "ld_freeze", "ld_beat", "ld_sweep", "ld_snapshot", "ld_catalog", "ld_deals", "ld_queue", "ld_digest", "ld_favourites", "ld_settings",
             "ld_demand_add", "ld_demand", "ld_rehearse", "ld_launch_seen", "ld_launch_tally", "ld_launches", "ld_launch_offer",
             "ld_launch_offers", "ld_launch_admitted", "ld_launch_control", "ld_launch_places", "ld_launch_me", "ld_buyer_sign_in", "ld_display_seen", "ld_displays", "ld_accounts"]
MONEY = ["0", "1", "9000", "10000", "10001", str(2**53 - 1), str(2**53), "1" * 15]
DEALS = ["d1", "d2", "d3", "d9", "r1", "r2", "r9", "yes", "no", "pass", "back", "qualified", "subscription", "refund", "open", "all", "b2"]
LAUNCH = ["buyer:b1", "all", "order", "groups", "opens_ms", "closes_ms", "limit", "active_max", "rules", "A=600000", "A=1000,B=1000", "code", "link", "a" * 32, "5e" * 32, "presses|1\n"]
ACCESS = ["K7M4PX", "s1", "eve", "$y$j75$new", "clerk", "p", "*"]
LIKELY = ["", "U1", "U2", "nowhere", "b1", "c1", "available", "withheld", "lock_hold_ms", "warn_ms", "name", "public_board", "merged", "0", "1",
          "2", "9999", "86400000", "-1", "1e3", "0x10", "nan", "inf", "9" * 15, "9" * 16, "9" * 400, "{}", "[]", "null", "a|b", "a:b", "U1|1\n", "yes", "no", "\n", "\0",
          '{"id":"U1","list_price_fen":5}', '{"id":"U1","list_price_fen":-0.5}', '{"id":"U1","list_price_fen":true}',
          '{"id":"b1","consultant":"bob"}', '{"id":"b1","sealed":"v1.k.AA","phone_ix":"' + "0" * 32 + '"}', '{"id":"b1","consultant":null}', "%s%d%n", "%", "房" * 24, "房" * 25]
values = st.one_of(st.sampled_from([*LIKELY, *MONEY, *DEALS, *ACCESS, *LAUNCH]).map(str.encode), st.binary(max_size=12), st.text(max_size=8).map(str.encode))
actors = st.one_of(st.sampled_from([b"ann", b"bob", b"max", b"a:b", b"system", b"buyer:b1", b"buyer:b2"]), values)
roles = st.one_of(st.sampled_from([r.encode() for r in ROLES]), st.just(b"manager"), values)
calls = st.one_of(
    st.tuples(st.sampled_from(FUNCTIONS), st.lists(values, max_size=9)),
    st.tuples(
        st.sampled_from(FUNCTIONS),
        st.tuples(actors, roles, st.sampled_from([b"k1", b"k2", b"k3", b"k4", b"k.", b""]), st.sampled_from([b"0", b"0", b"0", b"1", b"x"]),
                  st.lists(values, max_size=8)).map(lambda a: [*a[:4], *a[4]]),
    ),
)


# Calls that come close: the account that may, the right number of arguments, some of them as they should be.
near = st.sampled_from(sorted(WRITERS)).flatmap(
    lambda name: st.tuples(*[st.one_of(st.just(arg.encode()), values) for arg in WRITERS[name].args]).map(
        lambda args: (name, [WRITERS[name].actor, WRITERS[name].role, f"n{zlib.crc32(repr(args).encode())}", "0", *args])
    )
)


@settings(RUNS, max_examples=EXAMPLES * 2)
@given(steps=st.lists(st.one_of(calls, near), min_size=1, max_size=20))
def test_no_arguments_bring_the_library_off_its_feet(server, steps):
    lib = Library(server)
    for unit, stage in (("U1", "locked"), ("U2", "paid")):
        lib.way_to(stage, unit)
    lib.ask_discount()
    launch_open(lib, units="U3 U4")
    for name, args in steps:
        try:
            lib.call(name, *args)
        except Refused:
            pass
        except redis.ResponseError as e:
            raise AssertionError(f"{name} {args} ended in an error of Redis: {e}") from e
    lib.check()
