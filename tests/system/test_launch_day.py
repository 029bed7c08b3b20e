"""Launch day: a crowd presses at the opening, a daemon or Redis dies in the middle, scripts press without a pause."""

import collections

import pytest
from crowd import Crowd
from listing import PROJECT
from servers import eventually

BUYERS, UNITS = 200, 40
SHARE_MOST = 52  # of 100 units for half of the buyers: 50, and 5 % of that


@pytest.fixture
def gather(open_office):
    crowds = []

    def gather_crowd(buyers=BUYERS, units=UNITS, daemons=1, **settings):
        office = open_office(units=units, daemons=daemons, **settings)
        crowds.append(Crowd(office, buyers))
        return crowds[-1]

    yield gather_crowd
    for crowd in crowds:
        crowd.close()


def until_some_are_gone(crowd):
    """Returns in the middle of the first wave."""
    first = len(crowd.office.events())
    meta = "ld:{%s}:meta" % PROJECT
    eventually(lambda: int(crowd.office.redis.client.hget(meta, "seq")) >= first + UNITS // 4, timeout=30, every=0.001)


def check(crowd, told):
    """Everybody was served, every unit has exactly one buyer, and nothing is wrong in anybody's history."""
    history = crowd.history()
    assert history.check() == []
    assert (told["unfinished"], told["gave_up"]) == (0, 0), (told, history.count)
    assert told["granted"] <= len(crowd.winners()) == UNITS
    crowd.office.check_consistent()
    return history


def test_when_all_press_at_once_every_unit_goes_to_one_and_nobody_is_wronged(gather):
    crowd = gather()
    load = crowd.connect(0, BUYERS)
    crowd.open_in(1)
    crowd.start(load, "rush 0 0 0")
    told = crowd.finish(load)
    check(crowd, told)
    assert told["granted"] == UNITS
    assert collections.Counter(crowd.winners()).most_common(1)[0][1] == 1


def test_a_daemon_killed_in_the_first_wave_loses_and_doubles_nothing(gather):
    crowd = gather(daemons=2)
    load = crowd.connect(0, BUYERS)
    crowd.open_in(1.5)
    crowd.start(load, "rush 0 100 0")
    until_some_are_gone(crowd)
    crowd.office.daemons[0].kill()
    check(crowd, crowd.finish(load))


def test_redis_killed_in_the_first_wave_loses_and_doubles_nothing(gather):
    crowd = gather()
    load = crowd.connect(0, BUYERS)
    crowd.open_in(1.5)
    crowd.start(load, "rush 0 100 0")
    until_some_are_gone(crowd)
    crowd.office.redis.kill()
    crowd.office.redis.start()
    check(crowd, crowd.finish(load))


def test_a_hundred_scripts_that_press_all_the_time_get_no_more_than_their_share(gather):
    """100 scripts press 100 times a second from 2 s before the opening on; 100 people press once when the button lights up,
    and 300 ms after each refusal. There is one unit for two of them."""
    crowd = gather(buyers=200, units=100, buyer_press_gap_ms=300)
    scripts, people = crowd.connect(0, 100), crowd.connect(100, 100)
    crowd.open_in(3)
    crowd.start(scripts, "hammer 2000 10")
    crowd.start(people, "rush 150 400 300")
    told = [crowd.finish(load) for load in (scripts, people)]
    history = crowd.history()
    assert history.check() == []
    assert told[0]["presses"] > 100 * 150, "the scripts did press"
    winners, of_scripts = crowd.winners(), set(crowd.names[:100])
    assert len(winners) == 100
    assert sum(name in of_scripts for name in winners) <= SHARE_MOST


def test_of_scripts_that_know_the_moment_of_the_opening_one_press_each_is_looked_at(gather):
    """Scripts press every 10 ms from the opening on; people once, and again 300 ms after a refusal."""
    crowd = gather(buyers=200, units=100, buyer_press_gap_ms=300)
    scripts, people = crowd.connect(0, 100), crowd.connect(100, 100)
    crowd.open_in(3)
    crowd.start(scripts, "hammer 0 10")
    crowd.start(people, "rush 0 10 300")
    for load in (scripts, people):
        crowd.finish(load)
    history = crowd.history()
    assert history.check() == []
    looked_at = collections.Counter(press["who"] for press in history.presses if press["answer"] != "rate_limited")
    assert {looked_at[name] for name in crowd.names[:100]} == {1}
    assert min(looked_at[name] for name in crowd.names[100:]) == 1 and len(crowd.winners()) == 100
