"""Health, readiness, metrics; and the refusal to be ready on a Redis that can lose or evict."""

import json
import re
import socket
import threading
import time

import pytest

from listing import BUILD, Refusal, eventually
from wsclient import Refused


def not_ready(office):
    def refused():
        status, text = office.daemon.internal("/readyz")
        return status == 503 and text

    return eventually(refused, timeout=20)


def test_a_daemon_in_order_is_healthy_and_ready_and_counts(office):
    assert office.daemon.internal("/healthz")[0] == 200
    assert office.daemon.internal("/readyz")[0] == 200
    desk = office.screen("consultant1")
    desk.lock("1-101")
    status, text = office.daemon.internal("/metrics")
    assert status == 200
    for line in text.splitlines():
        assert re.fullmatch(r"# (HELP|TYPE) listingd_\w+ .+|listingd_\w+(\{[^}]*\})? -?[0-9.e+]+", line), line
    assert office.daemon.metric("connections") == 1
    assert office.daemon.metric("locks_granted_total") == 1
    assert office.daemon.metric("commands_total") >= 2


def test_the_internal_port_gives_nothing_else(office):
    assert office.daemon.internal("/")[0] == 404
    assert office.daemon.internal("/api/v1/projects/p1/catalog")[0] in (401, 404)
    assert office.daemon.internal("/wall/demo")[0] == 404


@pytest.mark.parametrize(
    "options, word",
    [
        (["--appendfsync", "everysec"], "appendfsync"),
        (["--appendonly", "no"], "append"),
        (["--maxmemory-policy", "allkeys-lru"], "maxmemory-policy"),
        (["--no-appendfsync-on-rewrite", "yes"], "no-appendfsync-on-rewrite"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_redis_that_can_lose_or_evict_is_not_good_enough(open_office, options, word):
    office = open_office(redis_options=options, daemons=0)
    office.add_daemon().start(wait=False)
    eventually(lambda: word in not_ready(office))
    assert word in office.daemon.log()
    assert office.daemon.internal("/healthz")[0] == 200


def test_an_unsafe_redis_is_taken_when_told_so(open_office):
    office = open_office(redis_options=["--appendfsync", "everysec"], redis_allow_unsafe="yes")
    assert office.daemon.is_ready()


def test_a_wiped_database_is_refused_not_sold_again(office):
    desk = office.screen("consultant1")
    desk.lock("1-101")
    office.redis.client.delete("ld:{p1}:meta")
    with pytest.raises(Refusal) as refusal:
        desk.lock("1-102")
    assert refusal.value.code in ("unavailable", "no_such_project", "unknown")
    not_ready(office)


def test_a_library_that_was_replaced_by_another_version_is_noticed(office):
    """Somebody else's daemon, of another version, loads its own: this one must not go on as if nothing were."""
    other = (BUILD / "listing.lua").read_text()
    changed = other + "\n-- another version\n"
    office.redis.client.execute_command("FUNCTION", "LOAD", "REPLACE", changed)
    office.redis.kill()
    office.redis.start()
    eventually(office.daemon.is_ready, timeout=20)
    assert office.screen("consultant1").lock("1-101")["status"] == "locked"


def test_a_database_without_the_library_gets_it_from_the_daemon(office):
    office.redis.client.execute_command("FUNCTION", "FLUSH")
    office.daemon.stop()
    office.daemon.start()
    assert office.screen("consultant1").lock("1-101")["status"] == "locked"


def test_a_daemon_that_starts_before_redis_waits_for_it(open_office):
    office = open_office(daemons=0)
    office.redis.kill()
    office.add_daemon().start(wait=False)
    not_ready(office)
    assert office.daemon.internal("/healthz")[0] == 200
    office.redis.start()
    eventually(office.daemon.is_ready, timeout=20)
    assert office.screen("display1").st == "a" * 24


def test_nobody_hears_that_a_project_is_not_there_before_the_daemon_knows_which_there_are(open_office):
    """A wall that comes back in that moment takes the answer for good."""
    office = open_office()
    token = office.token("display1")
    office.daemon.stop()
    office.redis.client.rename("ld:projects", "aside")
    office.redis.client.set("ld:projects", "no set: it cannot be read")
    office.daemon.start(wait=False)
    eventually(lambda: "projects are not known" in not_ready(office))
    with pytest.raises(Refused) as refused:
        office.screen("display1")
    assert refused.value.status == 503
    office.get("catalog", account="display1").problem(503, "unavailable")
    assert office.login("clerk1").status == 503
    office.redis.client.rename("aside", "ld:projects")
    eventually(office.daemon.is_ready, timeout=20)
    assert office.token("display1") == token and office.screen("display1").st == "a" * 24


def test_while_redis_reads_its_data_the_daemon_says_so_and_is_back_as_soon_as_it_has(office):
    with office.redis.client.pipeline(transaction=False) as pipe:
        for n in range(4000):
            pipe.set("ballast", n)
        pipe.execute()
    office.redis.kill()
    not_ready(office)
    # Each command of the file takes so many microseconds longer; Redis answers others after every thousand of them.
    office.redis.overrides += ["--key-load-delay", "500"]
    restart = threading.Thread(target=office.redis.start)
    restart.start()
    eventually(lambda: "still loading" in office.daemon.internal("/readyz")[1])
    restart.join()
    eventually(office.daemon.is_ready, timeout=3)
    assert office.screen("consultant1").lock("1-101")["status"] == "locked"
    assert "does not tell its version" not in office.daemon.log()


@pytest.mark.parametrize(
    "settings, words",
    [
        ({"redis_socket": "/nowhere/redis.sock"}, "No such file"),
        ({"redis_password_file": "{folder}/password"}, "refuses the user or the password (redis_user, redis_password_file)"),
    ],
    ids=["socket", "password"],
)
def test_what_keeps_redis_away_is_told_once_in_the_log_and_when_asked(open_office, settings, words):
    office = open_office(daemons=0)
    (office.folder / "password").write_text("wrong\n")
    office.add_daemon(**{key: value.format(folder=office.folder) for key, value in settings.items()}).start(wait=False)
    eventually(lambda: words in not_ready(office))
    time.sleep(0.5)  # some attempts more
    assert office.daemon.log().count(words) == 1


def test_a_redis_named_by_its_host_is_found_and_one_without_an_address_does_not_stop_the_loop(open_office):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    office = open_office(redis_options=["--port", str(port)], daemons=0)
    by_name = {"redis_socket": "", "redis_port": port}
    assert office.add_daemon(redis_host="localhost", **by_name).start().is_ready()
    lost = office.add_daemon(redis_host="no-such-host.invalid", **by_name).start(wait=False)
    eventually(lambda: "no-such-host.invalid" in lost.internal("/readyz")[1], timeout=40)
    assert lost.internal("/healthz")[0] == 200


def test_board_and_commands_are_unavailable_while_redis_is_down_and_say_so(office):
    desk = office.screen("consultant1")
    office.redis.kill()
    not_ready(office)
    with pytest.raises(Refusal) as refusal:
        desk.lock("1-101")
    assert refusal.value.code == "unavailable"
    assert refusal.value.error["retryable"] is True
    response = office.post_command("unit.lock", {"unit": "1-101", "buyer": "b1"})
    assert response.status in (503, 504)
    assert json.loads(response.body)["code"] in ("unavailable", "unknown")
    assert office.login("clerk1").status == 503
