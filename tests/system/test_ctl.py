"""listingctl, the operator's command line, on the same Redis as a running daemon."""

import json
import select
import subprocess

import pytest

from listing import BUILD, PROJECT, eventually


class Ctl:
    def __init__(self, office):
        self.office = office

    def start(self, *args, **options):
        command = [str(BUILD / "listingctl"), *args, "--redis-socket", self.office.redis.path]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)

    def run(self, *args, stdin="", status=0):
        process = self.start(*args)
        out, err = process.communicate(stdin, timeout=60)
        assert process.returncode == status, (args, process.returncode, out, err)
        return out if status == 0 else err + out

    def json(self, *args, **options):
        return json.loads(self.run(*args, "--json", **options))


@pytest.fixture
def ctl(office):
    return Ctl(office)


def test_status_and_units_tell_people_and_programs_the_same(office, ctl):
    office.screen("consultant1").lock("1-101")
    table = ctl.run("status", "--project", PROJECT)
    assert "试验花园" in table and "locked" in table
    found = ctl.json("status", "--project", PROJECT)
    assert "23" in json.dumps(found) and "试验花园" in json.dumps(found, ensure_ascii=False)
    table = ctl.run("units", "--project", PROJECT)
    assert len([line for line in table.splitlines() if "-" in line.split(" ")[0]]) == 24
    assert "consultant1" in table


def test_what_listingctl_does_is_on_every_screen_and_in_the_trail(office, ctl):
    wall = office.screen("manager1")
    assert "locked" in ctl.run("lock", "--project", PROJECT, "--buyer", "b1", "1-101")
    wall.see("1-101", "l")
    ctl.run("release", "--project", PROJECT, "--reason", "测试", "1-101")
    wall.see("1-101", "a")
    ctl.run("withhold", "--project", PROJECT, "--reason", "留", "1-102")
    wall.see("1-102", "w")
    ctl.run("offer", "--project", PROJECT, "1-102")
    wall.see("1-102", "a")
    assert [event["type"] for event in office.events()[-4:]] == ["lock", "release", "withhold", "offer"]
    assert all(event["by"].startswith("ctl:") for event in office.events()[-4:])


def test_a_refusal_is_exit_status_1_and_says_why(office, ctl):
    office.screen("consultant1").lock("1-101")
    assert "unit_taken" in ctl.run("lock", "--project", PROJECT, "--buyer", "b1", "1-101", status=1)
    assert "no_such_unit" in ctl.run("lock", "--project", PROJECT, "--buyer", "b1", "9-999", status=1)
    assert "no_such_project" in ctl.run("lock", "--project", "nothing", "--buyer", "b1", "1-101", status=1)


@pytest.mark.parametrize(
    "args, words",
    [
        (["release", "1-101"], "needed for what is somebody else's"),
        (["release", "--reason", "电话 13800138000", "1-101"], "without telephone or card numbers"),
        (["release", "--reason", "x", "--to", "moon", "1-101"], "available or withheld"),
        (["lock", "--buyer", "b1", "--rev", "x", "1-102"], "a whole number"),
        (["lock", "--buyer", "b1", "--as", "a b", "1-102"], "without blanks"),
    ],
    ids=lambda value: " ".join(value)[:30] if isinstance(value, list) else "",
)
def test_what_is_wrong_with_an_argument_is_told_to_people_and_programs(office, ctl, args, words):
    office.screen("consultant1").lock("1-101")
    verb, *rest = args
    events = len(office.events())
    assert words in ctl.run(verb, "--project", PROJECT, *rest, status=1)
    refused = ctl.run(verb, "--project", PROJECT, "--json", *rest, status=1)
    assert words in json.loads(refused)["error"]["detail"]["why"]
    assert len(office.events()) == events


@pytest.mark.parametrize("args", [[], ["nonsense"], ["lock", "--project", PROJECT, "--buyer", "b1", "--role", "king", "1-101"], ["lock"], ["lock", "--project", PROJECT, "--colour", "red", "1-101"], ["units", "--project", "a b"], ["account", "add", "--role", "king", "--project", PROJECT, "x"]])
def test_wrong_usage_is_exit_status_64_and_says_what_is_right(ctl, args):
    assert "listingctl" in ctl.run(*args, status=64)


def test_a_redis_that_is_not_there_is_exit_status_69(office, ctl):
    process = subprocess.run([BUILD / "listingctl", "status", "--redis-socket", str(office.folder / "nothing.sock")], capture_output=True, text=True)
    assert (process.returncode, "nothing.sock" in process.stderr) == (69, True), process.stderr


def test_tail_shows_a_lock_that_is_made_meanwhile(office, ctl):
    process = ctl.start("tail", "--project", PROJECT, "--json")
    try:
        desk = office.screen("consultant1")
        lines = []
        # The tail begins with what comes after its start; lock and release until it has begun.
        while not lines:
            desk.lock("1-101")
            desk.release("1-101")
            if select.select([process.stdout], [], [], 0.3)[0]:
                lines.append(json.loads(process.stdout.readline()))
        assert lines[0]["u"] == "1-101"
    finally:
        process.terminate()
        process.communicate(timeout=10)


def test_verify_finds_nothing_after_honest_work(office, ctl):
    desk, clerk = office.screen("consultant1"), office.screen("clerk1")
    for unit in ("1-101", "1-102", "2-301"):
        desk.lock(unit)
    desk.release("1-102")
    clerk.change("unit.withhold", "1-103", reason="留")
    assert "0 differences" in ctl.run("verify", "--project", PROJECT)


@pytest.mark.parametrize(
    "tamper, word",
    [
        (lambda r, p: r.hset(f"{p}:units", "1-104", "settled|1||0||3"), "1-104"),
        (lambda r, p: r.hset(f"{p}:units", "1-101", r.hget(f"{p}:units", "1-101").replace("consultant1", "consultant2")), "1-101"),
        (lambda r, p: r.xdel(f"{p}:events", "5-0"), "5"),
        (lambda r, p: r.zrem(f"{p}:due", "1-101"), "1-101"),
        (lambda r, p: r.hdel(f"{p}:deals", "d1"), "d1"),
        (lambda r, p: r.hset(f"{p}:meta", "chain", "0" * 40), "hash"),
    ],
    ids=["a state", "a holder", "an event", "a deadline", "a deal", "the chain"],
)
def test_verify_names_what_was_tampered_with(office, ctl, tamper, word):
    office.screen("consultant1").lock("1-101")
    tamper(office.redis.client, "ld:{%s}" % PROJECT)
    assert word in ctl.run("verify", "--project", PROJECT, status=1)


def test_an_account_signs_in_with_the_password_it_was_given_until_it_is_disabled(office, ctl):
    password = office.folder / "password"
    password.write_text("a long password\n")
    ctl.run("account", "add", "--project", PROJECT, "--role", "clerk", "--password-file", str(password), "new1")
    ctl.run("account", "add", "--project", PROJECT, "--role", "consultant", "new2", stdin="another password\n")
    response = office.login("new1", "a long password")
    assert (response.status, response.json["role"], response.json["projects"]) == (200, "clerk", [PROJECT])
    assert office.login("new2", "another password").status == 200
    assert "new1" in ctl.run("account", "list")
    assert "$y$" not in ctl.run("account", "list", "--json")
    token = response.json["token"]
    ctl.run("account", "disable", "new1")
    assert office.login("new1", "a long password").status == 401
    answered = office.http("GET", "/api/v1/session", headers={"Authorization": f"Bearer {token}"})
    assert answered.status == 401, "its open sessions have ended too"


def test_an_account_may_have_several_projects(office, ctl):
    ctl.run("project", "create", "--project", "p2", "--name", "二期")
    ctl.run("account", "add", "--project", f"{PROJECT},p2", "--role", "manager", "both", stdin="a long password\n")
    assert office.login("both", "a long password").json["projects"] == [PROJECT, "p2"]


def test_a_new_project_is_served_without_a_restart(office, ctl):
    ctl.run("project", "create", "--project", "p2", "--name", "二期")
    ctl.run("account", "add", "--project", "p2", "--role", "manager", "boss", stdin="a long password\n")
    token = office.login("boss", "a long password").json["token"]

    def served():
        headers = {"Authorization": f"Bearer {token}"}
        return office.http("GET", "/api/v1/projects/p2/board", headers=headers).status == 200

    eventually(served)


def test_a_hold_set_by_listingctl_counts_for_the_next_lock(office, ctl):
    ctl.run("project", "set", "--project", PROJECT, "lock_hold=10s")
    ok = office.screen("consultant1").lock("1-101")
    assert 9_000 <= ok["deadline"] - office.now_ms() <= 10_000
    assert "lock_hold" in ctl.run("project", "set", "--project", PROJECT, "lock_hold=soon", status=64)


def test_a_password_is_never_an_argument(ctl):
    assert "--password " not in ctl.run("account", "add", "--help")
    ctl.run("account", "add", "--project", PROJECT, "--role", "clerk", "--password", "x", "new1", status=64)
