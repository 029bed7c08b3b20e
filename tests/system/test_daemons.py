"""Several daemons on one Redis and one port."""

import socket

import pytest

from listing import Refusal, eventually, new_key


def test_two_daemons_share_a_port_and_every_screen_sees_the_same(open_office):
    office = open_office(daemons=2)
    screens = [office.screen("display1") for _ in range(40)]
    counts = [daemon.metric("connections") for daemon in office.daemons]
    assert sum(counts) == 40 and min(counts) > 0, counts
    desk = office.screen("consultant1")
    desk.lock("1-101")
    desk.lock("2-304")
    for screen in screens:
        screen.see("2-304", "l")
        assert screen.letter("1-101") == "l"


def test_a_unit_taken_through_one_daemon_is_taken_on_all(open_office):
    office = open_office(daemons=2)
    desks = [office.screen("consultant1") for _ in range(8)] + [office.screen("consultant2") for _ in range(8)]
    desks[0].lock("1-101", "b1")
    for desk in desks[1:]:
        with pytest.raises(Refusal) as refusal:
            desk.lock("1-101", "b2" if desk in desks[:8] else "c1")
        assert refusal.value.code == "unit_taken"


def test_a_key_is_known_to_every_daemon(open_office):
    office = open_office(daemons=2)
    key = new_key()
    answers = [office.screen("consultant1").lock("1-101", "b1", key) for _ in range(10)]
    assert all(answer == answers[0] for answer in answers)


def test_signing_out_through_one_daemon_ends_the_session_on_all(open_office):
    office = open_office(daemons=2, ping_interval_s=5)
    token = office.token("consultant2")
    screens = [office.screen("consultant2") for _ in range(12)]
    assert office.http("POST", "/api/v1/logout", raw=b"", headers={"Authorization": f"Bearer {token}"}).status in (200, 204)
    for screen in screens:
        assert screen.close_code(timeout=15) == 4501


def test_when_one_daemon_is_killed_its_clients_find_the_other(open_office):
    office = open_office(daemons=2)
    office.screen("consultant1").lock("1-101")
    office.daemons[0].kill()
    for _ in range(10):
        assert office.screen("display1").letter("1-101") == "l"


def test_one_daemon_stops_as_planned_and_new_clients_get_the_other(open_office):
    office = open_office(daemons=2)
    office.daemons[1].stop()
    for _ in range(10):
        assert office.screen("consultant1").hello["ev"] == "hello"


def test_a_daemon_that_is_added_later_serves_the_same_board(open_office):
    office = open_office()
    office.screen("consultant1").lock("1-101")
    office.add_daemon().start()
    office.daemons[0].stop()
    assert office.screen("display1").letter("1-101") == "l"


def test_a_resume_at_another_daemon_ends_in_the_right_board(open_office):
    office = open_office(daemons=2)
    desk = office.screen("consultant1")
    first = office.screen("display1")
    position = {"epoch": first.epoch, "seq": first.seq}
    old = first.st
    desk.lock("1-101")
    desk.until(lambda: desk.letter("1-101") == "l")
    for _ in range(8):
        screen = office.screen("display1", watch=None)
        screen.epoch, screen.seq, screen.st = position["epoch"], position["seq"], old
        screen.watch(resume=position)
        screen.see("1-101", "l")


def test_the_daemon_names_a_port_that_is_taken_by_another_program(open_office):
    office = open_office(daemons=0)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        daemon = office.add_daemon(listen_port=other.getsockname()[1])
        daemon.start(wait=False)
        daemon.may_die = True
        assert eventually(lambda: daemon.process.poll() is not None) and daemon.process.returncode != 0
        assert str(other.getsockname()[1]) in daemon.log()
