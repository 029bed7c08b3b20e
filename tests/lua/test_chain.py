"""The trail: numbered without a gap, sealed by a chain of hashes, without personal data."""

import hashlib
import json

import pytest
from library import P


def sealed(previous, number, fields):
    text = f"{previous}\n{number}\n".encode()
    for name, value in fields:
        text += b"%d:%s=%d:%s\n" % (len(name.encode()), name.encode(), len(value.encode()), value.encode())
    return hashlib.sha1(text).hexdigest()


def some_life(lib):
    lib.lock()
    lib.release(reason="客户放弃")
    lib.lock("U2")
    lib.wait(86_400_000)
    lib.sweep()
    lib.withhold("U3", reason="关系户")
    lib.do("ld_configure", "warn_ms", "1000", "public_board", "merged")


def test_every_event_is_sealed_over_its_bytes_and_the_seal_before(lib):
    some_life(lib)
    chain = ""
    for number, fields in lib.raw_events():
        *content, (last, seal) = [(n.decode(), v.decode()) for n, v in fields]
        chain = sealed(chain, number.decode(), content)
        assert (last, seal) == ("h", chain)
    assert lib.meta("chain") == chain


def test_events_are_numbered_from_one_without_a_gap(lib):
    some_life(lib)
    numbers = [number for number, _ in lib.r.xrange(f"{P}:events")]
    assert numbers == [f"{n}-0" for n in range(1, len(numbers) + 1)]
    assert lib.meta("seq") == str(len(numbers))


def test_a_forged_event_breaks_the_chain(lib):
    some_life(lib)
    trail = [(number, [x for pair in fields for x in pair]) for number, fields in lib.raw_events()]
    assert trail[9][1][1] == b"lock"
    trail[8][1][5] = b"eve"  # who it was
    lib.r.delete(f"{P}:events")
    for number, flat in trail:
        lib.raw.execute_command("XADD", f"{P}:events", number, *flat)
    with pytest.raises(AssertionError, match="chain breaks at b'9-0'"):
        lib.check()
    lib.check = lambda: None


def test_a_lock_event_has_its_fields_in_this_order(lib):
    ok = lib.lock()
    _, fields = list(lib.raw_events())[-1]
    *content, seal = [(n.decode(), v.decode()) for n, v in fields]
    assert content == [
        ("t", "lock"), ("at", str(lib.now)), ("by", "ann"), ("role", "consultant"), ("u", "U1"), ("i", "0"), ("st", "l"),
        ("rev", "2"), ("dl", ok["deadline"]), ("deal", "d1"), ("hold", "ann"), ("b", "b1"), ("price", "10000"),
    ]
    assert seal[0] == "h"


def test_an_event_of_a_free_unit_has_no_deadline(lib):
    lib.lock()
    lib.release()
    assert "dl" not in lib.events()[-1]


def test_a_configuration_says_of_each_setting_what_it_was_and_is_and_which_change_came_before(lib):
    lib.do("ld_configure", "warn_ms", "1000", "name", "二期")
    first = lib.meta("seq")
    lib.do("ld_configure", "warn_ms", "")
    _, fields = list(lib.raw_events())[-2]
    told = [(n.decode(), v.decode()) for n, v in fields][4:-1]
    assert told == [("set", "warn_ms"), ("was", "7200000,1800000,300000"), ("val", "1000"), ("set", "name"), ("was", "试验"),
                    ("val", "二期"), ("before", "0")]
    event = lib.events()[-1]
    assert (event["was"], event["val"], event["before"], lib.meta("configured")) == ("1000", "", first, lib.meta("seq"))


def test_no_personal_data_reach_the_trail(lib):
    person = {"id": "n1", "sealed": "v1.k.c2VhbGVk", "phone_ix": "5eed" * 8, "consultant": "ann"}
    lib.do("ld_buyer_put", "n1", json.dumps(person))
    lib.lock(buyer="n1")
    lib.release()
    trail = b"\n".join(value for _, fields in lib.raw_events() for _, value in fields)
    assert b"c2VhbGVk" not in trail and b"5eed" not in trail
    # Who the buyer is, is known by an id only, which means nothing any more once the record is erased.
    assert b"n1" in trail.split(b"\n")
