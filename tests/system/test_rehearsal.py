"""Rehearsals (公测): a launch session played on a shadow of the project, of which nothing is left but the report."""

import json
import time

import pytest
from launch_day import Session, now_ms
from listing import PROJECT, Refusal, Screen, new_key
from receiver import SECRET, Receiver, write_targets
from servers import eventually
from test_buyer_login import admit, phone_of, sign_in
from wsclient import Closed

SHADOW = PROJECT + "--r1"


@pytest.fixture
def session(office):
    """A session that opens in ten minutes, some units taken, kept back or outside; b1, b2 and b3 with one-time codes."""
    office.screen("consultant1").lock("1-101", "b1")
    office.fcall_as("clerk1", "ld_withhold", "1-102", "样板房")
    session = Session(office, opens_in=600, buyers=(), units=["1-101", "1-102", "1-103", "1-104", "1-201"], limit=1)
    session.codes = {buyer: admit(session, buyer, group="AB"[n % 2], draw=9 - n) for n, buyer in enumerate(("b1", "b2", "b3"))}
    return session


def begin(office, *options, **expected):
    return json.loads(office.ctl("rehearsal", "begin", "--project", PROJECT, "--opens", "2s", "--closes", "5m", "--json", *options, **expected))


def end(office, path="report.json", shadow=SHADOW, **expected):
    return office.ctl("rehearsal", "end", "--project", shadow, "--report", office.folder / path, **expected)


def is_served(office, shadow=SHADOW, account="clerk1"):
    """Until every daemon has its board, and one of them has answered with its catalogue."""

    def everywhere():
        logs = [daemon.log() for daemon in office.daemons]
        return all(log.count(f"{shadow}: board at") > log.count(f"{shadow}: the project is no longer listed") for log in logs)

    eventually(everywhere)
    return eventually(lambda: office.http("GET", f"/api/v1/projects/{shadow}/catalog", account=account).status == 200)


def keys_of(office, project=PROJECT):
    """Every key of the project and its bytes, save what the daemons' heartbeats move."""
    client, meta = office.redis.client, "ld:{%s}:meta" % project
    found = {key: client.dump(key) for key in client.scan_iter("ld:{%s}*" % project) if key != meta and not key.endswith(":beats")}
    found[meta] = {name: value for name, value in client.hgetall(meta).items() if name != "beat_ms"}
    return found


class Shadow:
    """The rehearsed session as its buyers meet it."""

    def __init__(self, office, codes, begun):
        self.office, self.id, self.opens_ms = office, begun["launch"], begun["opens_ms"]
        self.buyers = {}
        for buyer, code in codes.items():
            answer = sign_in(office, phone_of(buyer), code, SHADOW)
            assert answer.status == 200, answer.body
            self.buyers[buyer] = Screen(office.port, answer.json["token"], SHADOW)
            self.do(buyer, "launch.enter", launch=self.id, rules_sha=self.record()["rules_sha"])

    def record(self):
        return self.office.http("GET", f"/api/v1/projects/{SHADOW}/launches", account="clerk1").json["launches"][0]

    def do(self, buyer, command, **args):
        return self.buyers[buyer].command(command, {"project": SHADOW, **args}, new_key())

    def until_open(self):
        eventually(lambda: now_ms() > self.opens_ms + 5)


def test_a_whole_rehearsal_changes_no_key_of_the_project_and_leaves_none_of_its_own(office, session):
    office.screen("clerk1")
    before, others = keys_of(office), set(office.redis.client.scan_iter("ld:[^{]*"))
    begun = begin(office)
    assert {name: begun[name] for name in ("project", "of", "launch", "units", "buyers", "codes")} == {
        "project": SHADOW, "of": PROJECT, "launch": "s1", "units": 5, "buyers": 3, "codes": 3,
    }  # fmt: skip
    is_served(office)
    play = Shadow(office, {buyer: session.codes[buyer] for buyer in ("b1", "b2")}, begun)
    play.until_open()
    deal = play.do("b1", "unit.lock", unit="1-103")["deal"]
    with pytest.raises(Refusal) as refusal:
        play.do("b2", "unit.lock", unit="1-103")
    assert refusal.value.code == "unit_taken"
    for taken in ("1-101", "1-102"):
        with pytest.raises(Refusal) as refusal:
            play.do("b2", "unit.lock", unit=taken)
        assert refusal.value.detail["why"] == "withheld"
    play.do("b1", "launch.complete", deal=deal, eligibility="qualified")
    office.screen("clerk1", watch=SHADOW).change("deal.approve", "1-103", project=SHADOW)
    tally = "ld:{%s}:launch:s1:tally" % SHADOW
    eventually(lambda: office.redis.client.hget(tally, "presses") == "4")
    told = end(office)
    assert "nothing of it is left" in told
    report = json.loads((office.folder / "report.json").read_text())
    assert report["ok"] and report["rules"]["differences"] == [] and report["verify"]["differences"] == []
    assert (report["buyers"]["admitted"], report["buyers"]["checked_in"], report["buyers"]["sign_ins"]) == (3, 2, 2)
    assert report["buyers"]["absent"] == [{"buyer": "b3", "code_unused": True}]
    assert (report["presses"]["all"], report["presses"]["granted"]) == (4, 1)
    assert report["presses"]["refused"] == {"unit_taken": 1, "not_open.withheld": 2}
    assert 1 <= report["presses"]["answered_within_ms"]["p50"] <= report["presses"]["answered_within_ms"]["max"]
    assert report["units"]["chosen"] == 1 and report["units"]["all_ms"] is None and report["choices"]["completed"] == 1
    eventually(lambda: list(office.redis.client.scan_iter("ld:{%s}*" % SHADOW)) == [])
    assert SHADOW not in office.redis.client.smembers("ld:projects")
    assert keys_of(office) == before
    after = {key for key in office.redis.client.scan_iter("ld:[^{]*") if not key.startswith("ld:login:")}
    assert after - others == set(), "sign-ins end with it"
    assert not [key for key in after if key.startswith("ld:session:") and SHADOW in office.redis.client.get(key)]
    assert sign_in(office, phone_of("b1"), session.codes["b1"]).status == 200, "the code of the session itself is still good"
    office.check_consistent()


def test_daemons_let_a_rehearsal_go_that_is_over_and_stay_ready(open_office):
    office = open_office(daemons=2)
    session = Session(office, opens_in=600, buyers=(), units=["1-103"])
    code = admit(session, "b1")
    begun = begin(office)
    is_served(office)
    play = Shadow(office, {"b1": code}, begun)
    wall, desk = office.screen("display1", watch=SHADOW), office.screen("consultant1")
    at_p = Screen(office.port, office.token("clerk1"), SHADOW)
    end(office)
    for screen in (play.buyers["b1"], wall, at_p):
        with pytest.raises(Closed) as closed:
            while True:
                screen.message(10)
        assert closed.value.code == 4503

    def is_gone():
        answer = office.http("GET", f"/api/v1/projects/{SHADOW}/catalog", account="clerk1")
        return answer.status == 404 and answer.json["code"] == "no_such_project"

    eventually(is_gone)
    assert all(daemon.is_ready() for daemon in office.daemons)
    assert desk.lock("1-101")["status"] == "locked", "the project itself goes on"
    assert begin(office)["project"] == SHADOW, "and may be rehearsed again"
    is_served(office)
    assert all(daemon.is_ready() for daemon in office.daemons)
    end(office, "again.txt")


def test_readiness_is_true_through_the_whole_of_a_rehearsal(office, session):
    begin(office)
    is_served(office)
    end(office)
    for _ in range(30):
        assert office.daemon.is_ready()
        office.screen("display1").pump(0.1)


def test_every_reader_is_told_that_it_is_a_rehearsal(office, session):
    begin(office)
    is_served(office)
    assert office.http("GET", f"/api/v1/projects/{SHADOW}/catalog", account="consultant1").json["rehearsal"] == PROJECT
    assert "rehearsal" not in office.get("catalog", "consultant1").json
    plate = office.http("GET", f"/api/v1/pick/{SHADOW}").json
    assert plate["rehearsal"] == PROJECT and "公测演练" in plate["title"]
    catalogs = [office.http("GET", f"/api/v1/projects/{p}/catalog", account="clerk1").json["units"] for p in (PROJECT, SHADOW)]
    assert catalogs[0] == catalogs[1]
    states = [Screen(office.port, office.token("clerk1"), p).st for p in (PROJECT, SHADOW)]
    assert states[0][:3] == "lwa" and states[1][:3] == "wwa" and states[0][3:] == states[1][3:]


def test_the_seed_of_the_session_itself_stays_secret(office, session):
    begun = begin(office)
    is_served(office)
    office.screen("clerk1", watch=SHADOW).command("launch.close", {"project": SHADOW, "launch": begun["launch"], "reason": "演练完"}, new_key())
    shown = office.http("GET", f"/api/v1/projects/{SHADOW}/launches", account="clerk1").json["launches"][0]
    assert len(shown["seed"]) == 64 and shown["seed"] != office.redis.client.get("ld:{%s}:launch:s1:secret" % PROJECT)
    assert shown["commit"] != session.record()["commit"]
    order = office.http("GET", f"/api/v1/projects/{SHADOW}/launches/s1/admitted?limit=10", account="clerk1").json["buyers"]
    assert [(row["buyer"], row["draw"], row["group"]) for row in order] == [("b3", 7, "A"), ("b2", 8, "B"), ("b1", 9, "A")]


def test_who_may_use_the_project_may_use_its_rehearsal_and_nobody_else(office, session):
    office.create_project("p2", [])
    account = json.loads(office.redis.client.hget("ld:accounts", "consultant2"))
    office.redis.client.hset("ld:accounts", "consultant2", json.dumps({**account, "projects": ["p2", "p"]}))
    begin(office)
    is_served(office)
    office.http("GET", f"/api/v1/projects/{SHADOW}/catalog", account="consultant2").problem(403, "forbidden")
    answer = sign_in(office, phone_of("b1"), session.codes["b1"], SHADOW)
    assert answer.json["projects"] == [SHADOW]
    office.tokens["buyer:b1"] = answer.json["token"]
    office.get("catalog", "buyer:b1").problem(403, "forbidden")
    assert office.http("GET", f"/api/v1/projects/{SHADOW}/launches/s1/me", account="buyer:b1").json["draw"] == 9


def test_nothing_of_a_rehearsal_goes_out_or_is_kept(open_office, folder):
    receiver = Receiver()
    target = {"id": "erp", "kind": "webhook", "url": receiver.url(), "secret": SECRET}
    reports = folder / "reports"
    reports.mkdir()
    office = open_office(
        outbound_file=write_targets(folder, {**target, "project": PROJECT}, {**target, "id": "shadow", "project": SHADOW}), report_dir=str(reports)
    )
    Session(office, opens_in=600, buyers=("b1",), units=["1-103"])
    begin(office)
    is_served(office)
    desk = office.screen("consultant1", watch=SHADOW)
    desk.change("unit.lock", "1-202", project=SHADOW, buyer="b1")
    office.screen("consultant1").lock("1-202", "b2")

    def told():
        return [json.loads(post.body) for post in receiver.posts]

    eventually(lambda: any("1-202" in json.dumps(body) for body in told()))
    office.http("GET", f"/api/v1/projects/{SHADOW}/reports/sheet", account="manager1").problem(404, "not_found")
    desk.pump(2)
    assert SHADOW not in json.dumps(told())
    assert [path for path in reports.iterdir() if path.name == SHADOW] == []
    end(office)
    receiver.close()


def test_only_a_rehearsal_can_be_ended_and_only_after_a_report(office, session):
    before = keys_of(office)
    assert "no rehearsal" in end(office, shadow=PROJECT, status=1)
    assert "no_such_project" in end(office, shadow="nowhere--r1", status=1)
    office.ctl("rehearsal", "end", "--project", PROJECT, status=64)
    begin(office)
    (office.folder / "there.json").write_text("evidence")
    end(office, "there.json", status=74)
    assert (office.folder / "there.json").read_text() == "evidence"
    assert office.redis.client.exists("ld:{%s}:meta" % SHADOW)
    assert "exists" in office.ctl("rehearsal", "begin", "--project", PROJECT, status=1)
    begin(office, "--name", "r10")
    end(office)
    assert office.redis.client.exists("ld:{%s}:meta" % (PROJECT + "--r10")), "another rehearsal is another one's"
    end(office, "r10.txt", PROJECT + "--r10")
    assert "公测报告" in (office.folder / "r10.txt").read_text()
    assert keys_of(office) == before


def test_begin_and_report_tell_the_time_of_the_office_wherever_they_run(office, session):
    told = office.ctl("rehearsal", "begin", "--project", PROJECT, "--opens", "10m", "--closes", "5m")
    opens = [time.strftime("%F %H:%M", time.gmtime(time.time() + 480 * 60 + 600 + late)) for late in (-60, 0)]
    assert any(moment in told for moment in opens), told
    office.ctl("rehearsal", "end", "--project", SHADOW, "--report", office.folder / "office.txt")
    report = (office.folder / "office.txt").read_text()
    assert any(f"opened {moment}" in report for moment in opens), report


def test_names_with_two_dashes_are_those_of_rehearsals(office):
    told = office.ctl("project", "create", "--project", "a--b", "--name", "A", status=64)
    assert "rehearsals" in told and not office.redis.client.exists("ld:{a--b}:meta")
    assert "rehearsal itself" in office.ctl("rehearsal", "begin", "--project", "p1--x", status=64)
    for name in ("", "-a", "a--b", "a b", "x" * 63):
        office.ctl("rehearsal", "begin", "--project", PROJECT, "--name", name, status=64)


def test_what_was_begun_is_taken_away_when_it_cannot_be_finished(office, session):
    before = keys_of(office)
    told = office.ctl("rehearsal", "begin", "--project", PROJECT, "--opens", "5m", "--closes", "2001-01-01 10:00", status=1)
    assert "closes_ms" in told
    assert list(office.redis.client.scan_iter("ld:{%s}*" % SHADOW)) == [] and keys_of(office) == before
