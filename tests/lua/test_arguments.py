"""Whatever the arguments are, the library answers: never an error of Redis, never a change by a refusal, never a broken
trail by an ok."""

import os

import hypothesis.strategies as st
import redis
from hypothesis import HealthCheck, given, settings
from library import P, ROLES, Library, Refused

FUNCTIONS = ["ld_lock", "ld_release", "ld_withhold", "ld_offer", "ld_import", "ld_buyer_put", "ld_buyer_erase", "ld_buyer_reveal", "ld_configure", "ld_clock_confirm", "ld_create",
             "ld_beat", "ld_sweep", "ld_snapshot", "ld_catalog", "ld_display_pair", "ld_display_revoke", "ld_display_seen", "ld_displays",
             "ld_account_put", "ld_account_disable", "ld_password", "ld_accounts"]
LIKELY = ["", "K7M4PX", "s1", "eve", "$y$j75$new", "clerk", "p", "*", "U1", "U2", "nowhere", "b1", "c1", "available", "withheld", "lock_hold_ms", "warn_ms", "name", "public_board", "merged", "0", "1",
          "2", "9999", "86400000", "-1", "1e3", "0x10", "nan", "inf", "9" * 15, "9" * 16, "9" * 400, "{}", "[]", "null", "a|b", "a:b", "\n", "\0",
          '{"id":"U1","list_price_fen":5}', '{"id":"U1","list_price_fen":-0.5}', '{"id":"U1","list_price_fen":true}',
          '{"id":"b1","consultant":"bob"}', '{"id":"b1","sealed":"v1.k.AA","phone_ix":"' + "0" * 32 + '"}', '{"id":"b1","consultant":null}', "%s%d%n", "%", "房" * 24, "房" * 25]
values = st.one_of(st.sampled_from(LIKELY).map(str.encode), st.binary(max_size=12), st.text(max_size=8).map(str.encode))
actors = st.one_of(st.sampled_from([b"ann", b"bob", b"max", b"a:b", b"system"]), values)
roles = st.one_of(st.sampled_from([r.encode() for r in ROLES]), st.just(b"manager"), values)
calls = st.one_of(
    st.tuples(st.sampled_from(FUNCTIONS), st.lists(values, max_size=9)),
    st.tuples(
        st.sampled_from(FUNCTIONS),
        st.tuples(actors, roles, st.sampled_from([b"k1", b"k2", b"k3", b"k4", b"k.", b""]), st.sampled_from([b"0", b"0", b"0", b"1", b"x"]),
                  st.lists(values, max_size=8)).map(lambda a: [*a[:4], *a[4]]),
    ),
)


@settings(max_examples=int(os.environ.get("LISTINGD_MODEL_EXAMPLES", "60")) * 2, deadline=None, database=None, print_blob=True,
          derandomize="CI" in os.environ, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(calls, min_size=1, max_size=20))
def test_no_arguments_bring_the_library_off_its_feet(server, steps):
    lib = Library(server)
    for name, args in steps:
        try:
            lib.call(name, *args)
        except Refused:
            pass
        except redis.ResponseError as e:
            raise AssertionError(f"{name} {args} ended in an error of Redis: {e}") from e
    lib.check()
