"""Webhooks: events reach other systems signed, in order, at least once, and nothing that must not."""

import re
import ssl
import subprocess
import time

import pytest

from listing import CANARY_NAMES, CANARY_PHONES, PROJECT, ROOT, eventually
from receiver import SECRET, Close, Hang, Receiver, write_targets
from test_config import listingd
from test_ctl import Ctl
from test_deal import play


@pytest.fixture
def erp():
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def office_with(open_office, folder, erp):
    """An office whose ERP is `erp`; the hook begins with the first event of the trail."""

    def start(hook=None, **options):
        target = {"id": "erp", "project": PROJECT, "kind": "webhook", "url": erp.url(), "secret": SECRET, "from": "start", **(hook or {})}
        return open_office(outbound_file=write_targets(folder, target), **{"outbound_timeout_ms": 2000, **options})

    return start


def last_seq(office):
    return office.events()[-1]["seq"]


def cursor(office):
    return int(office.redis.client.hget("ld:{%s}:hook:erp" % PROJECT, "seq") or 0)


def settled(office):
    """everything is acknowledged"""
    return cursor(office) == last_seq(office)


def per_unit(events):
    found = {}
    for event in events:
        found.setdefault(event.get("u"), []).append(event["seq"])
    return found


def dead(office):
    return Ctl(office).json("hook", "dead", "--project", PROJECT)["dead"]


def test_every_event_arrives_once_in_order_and_signed(office_with, erp):
    office = office_with()
    desk = office.screen("consultant1")
    desk.lock("1-101")
    desk.release("1-101")
    eventually(lambda: settled(office))
    events = office.events()
    assert erp.seqs() == [event["seq"] for event in events]
    for post in erp.posts:
        post.check_signature()
        body = post.json
        assert (body["project"], body["target"], body["from"], body["to"]) == (PROJECT, "erp", post.seqs[0], post.seqs[-1])
        assert post.headers["X-Listing-Delivery"] == f"erp-{body['from']}-{body['to']}"
        assert post.headers["Content-Type"] == "application/json" and len(post.seqs) <= 100
    lock = erp.wait_for_event(lambda e: e["t"] == "lock")
    trail = next(e for e in events if e["type"] == "lock")
    assert (lock["u"], lock["st"], lock["by"], lock["deal"], lock["h"]) == ("1-101", "l", "consultant1", trail["deal"], trail["h"])
    assert (lock["rev"], lock["dl"], lock["at"]) == (int(trail["rev"]), int(trail["dl"]), int(trail["at"]))


def test_the_whole_way_of_a_deal_is_told(office_with, erp):
    office = office_with({"from": "now"})
    eventually(lambda: settled(office))
    play(office)
    eventually(lambda: settled(office))
    events = [event for post in erp.posts for event in post.events]
    assert [e["t"] for e in events] == "lock apply approve receipt review sign receipt receipt settle".split()
    assert {e["deal"] for e in events} == {"d1"} and [e["st"] for e in events if "st" in e] == list("lscp")
    receipts = [e for e in events if e["t"] == "receipt"]
    assert [e["fen"] for e in receipts] == [5_000_000, 85_000_000, 210_000_000] and receipts[-1]["paid"] == 300_000_000
    assert [e["no"] for e in receipts] == [1, 2, 3] and events[2]["slip"] == 1 and events[0]["b"] == "b1"


def test_every_kind_of_event_can_be_asked_for():
    """The names that a target may list are those that the function library writes."""
    table = (ROOT / "daemon/app/targets.c").read_text().split("event_kinds[] = {")[1].split("}")[0]
    known, library = set(re.findall(r'"(\w+)"', table)), ""
    for part in (ROOT / "daemon/store/lua").glob("*.lua"):
        library += part.read_text()
    written = set(re.findall(r'\bemit(?:_unit|_deal)?\(c, "(\w+)"', library)) | set(re.findall(r'\bunit_move\(c, [^,]+, \w+, "(\w+)"', library))
    assert {"lock", "settle", "import"} < written <= known, written - known


def test_a_long_trail_comes_in_batches_of_a_hundred(office_with, erp):
    office = office_with(units=240)
    eventually(lambda: settled(office))
    assert [len(post.seqs) for post in erp.posts][:2] == [100, 100]
    assert erp.seqs() == list(range(1, last_seq(office) + 1))


def test_a_new_hook_begins_with_what_happens_from_now_on_unless_told_otherwise(office_with, erp):
    office = office_with({"from": "now"})
    eventually(lambda: settled(office))
    office.screen("consultant1").lock("1-101")
    eventually(lambda: settled(office))
    assert [event["t"] for post in erp.posts for event in post.events] == ["lock"]


def test_only_the_kinds_of_events_that_were_asked_for_are_sent(office_with, erp):
    office = office_with({"events": ["release"]})
    desk = office.screen("consultant1")
    desk.lock("1-101")
    desk.release("1-101")
    eventually(lambda: settled(office))
    assert [event["t"] for post in erp.posts for event in post.events] == ["release"]


def test_a_receiver_that_fails_hangs_or_closes_gets_everything_later(office_with, erp):
    erp.answers = [500, Hang(), Close(), (302, b"", {"Location": erp.url("/elsewhere")}), (503, b"x" * 200_000)]
    office = office_with(outbound_timeout_ms=300)
    # 1 + 2 + 4 + 8 + 16 s of back-off, a fifth more at most.
    eventually(lambda: cursor(office) > 0 or len(erp.posts) > 3, timeout=60)
    assert cursor(office) == 0 and {post.path for post in erp.posts} == {"/hook?token=query-canary"}
    waits = [b.at - a.at for a, b in zip(erp.posts, erp.posts[1:4])]
    assert 0.7 < waits[0] < 2.5 and waits[1] > 1.5 and waits[2] > 3, waits
    erp.answers = []
    # A daemon that starts anew does not wait.
    office.daemon.kill()
    office.daemon.start()
    eventually(lambda: settled(office))
    assert sorted(set(erp.seqs())) == list(range(1, last_seq(office) + 1))


def test_a_longer_answer_than_anybody_reads_is_an_answer(office_with, erp):
    erp.answers = [(200, b"x" * 1_000_000)] * 3
    office = office_with()
    eventually(lambda: settled(office))
    assert erp.seqs() == list(range(1, last_seq(office) + 1))


def test_the_receiver_may_ask_for_a_pause(office_with, erp):
    erp.answers = [(429, b"{}", {"Retry-After": "4"})]
    office = office_with()
    erp.wait_for(2)
    assert 3.9 < erp.posts[1].at - erp.posts[0].at < 8
    eventually(lambda: settled(office))


def test_nothing_is_lost_when_the_daemon_is_killed_again_and_again(office_with, erp):
    erp.answer = lambda post: (time.sleep(0.05), 200)[1]
    office = office_with()
    for round_number in range(3):
        desk = office.screen("consultant1")
        for room in (101, 102, 103, 104):
            desk.lock(f"1-{room}", f"b{room % 10}")
            desk.release(f"1-{room}")
        office.daemon.kill()
        office.daemon.start()
    eventually(lambda: settled(office))
    seqs = erp.seqs()
    assert sorted(set(seqs)) == list(range(1, last_seq(office) + 1))
    # What came twice came in order again: the first arrivals of a unit's events ascend.
    seen, first = set(), []
    for post in erp.posts:
        first += [event for event in post.events if event["seq"] not in seen]
        seen |= set(post.seqs)
    assert all(numbers == sorted(numbers) for numbers in per_unit(first).values())


def test_an_event_that_is_refused_becomes_a_dead_letter_and_the_others_go_on(office_with, erp):
    poisoned = ["1-102"]
    erp.answer = lambda post: 422 if any(e["t"] == "lock" and e.get("u") in poisoned for e in post.events) else 200
    office = office_with(hook_tries=1)
    eventually(lambda: settled(office))
    office.daemon.kill()
    for unit in ("1-101", "1-102", "1-103"):
        office.fcall_as("consultant1", "ld_lock", unit, "b1", "")
    office.daemon.start()
    eventually(lambda: settled(office))
    letters = dead(office)
    lock = next(e for e in office.events() if e.get("u") == "1-102" and e["type"] == "lock")
    assert [(d["target"], d["seq"], d["why"]) for d in letters] == [("erp", lock["seq"], "HTTP status 422")]
    assert office.daemon.metric("hook_dead_total") == 1
    assert f"event {lock['seq']}" in office.daemon.log()

    # Tried again while it is still refused, it stays; later it is taken.
    before = len(erp.posts)
    Ctl(office).run("hook", "retry", "--project", PROJECT, letters[0]["id"])
    erp.wait_for(before + 1)
    eventually(lambda: office.redis.client.zcard("ld:{%s}:again:erp" % PROJECT) == 0)
    assert dead(office) == letters
    poisoned.clear()
    Ctl(office).run("hook", "retry", "--project", PROJECT, "--all")
    eventually(lambda: dead(office) == [])
    assert erp.posts[-1].seqs == [lock["seq"]]
    erp.posts[-1].check_signature()


def test_a_receiver_that_refuses_for_a_while_is_waited_for(office_with, erp):
    """A wrong secret on the other side must not bury events before anybody could look."""
    erp.answers = [401, 401]
    office = office_with(hook_tries=5)
    eventually(lambda: settled(office))
    assert dead(office) == [] and erp.seqs()[-1] == last_seq(office)


def test_a_dead_letter_is_given_up_with_a_reason_and_on_record(office_with, erp):
    erp.answer = lambda post: 422 if any(e["t"] == "lock" for e in post.events) else 200
    office = office_with(hook_tries=1)
    eventually(lambda: settled(office))
    office.screen("consultant1").lock("1-101")
    letter = eventually(lambda: dead(office))[0]
    Ctl(office).run("hook", "skip", "--project", PROJECT, letter["id"], status=64)
    Ctl(office).run("hook", "skip", "--project", PROJECT, "--reason", "the ERP knows it", letter["id"])
    assert dead(office) == []
    record = office.redis.client.xrange("ld:{%s}:dropped" % PROJECT)[0][1]
    assert (record["seq"], record["reason"]) == (str(letter["seq"]), "the ERP knows it") and record["by"].startswith("ctl:")
    Ctl(office).run("hook", "retry", "--project", PROJECT, letter["id"], status=1)


def test_the_operator_sees_how_far_each_target_has_come(office_with, erp):
    erp.answer = lambda post: 503
    office = office_with({"from": "now"})
    eventually(lambda: office.redis.client.exists("ld:{%s}:hook:erp" % PROJECT))
    office.screen("consultant1").lock("1-101")
    erp.wait_for(1)
    listed = eventually(lambda: (found := hooks(office)[0])["tries"] and found)
    assert (listed["target"], listed["kind"], listed["lag"]) == ("erp", "webhook", 1)
    assert "erp" in Ctl(office).run("hook", "list", "--project", PROJECT)
    assert office.daemon.metric("hook_failures_total") >= 1


def hooks(office):
    return Ctl(office).json("hook", "list", "--project", PROJECT)["targets"]


def test_two_daemons_deliver_each_event_once_and_one_goes_on_for_the_other(office_with, erp):
    office = office_with(daemons=2)
    desk = office.screen("consultant1")
    for room in (101, 102, 103, 104):
        desk.lock(f"1-{room}", f"b{room % 10}")
    eventually(lambda: settled(office))
    assert erp.seqs() == list(range(1, last_seq(office) + 1))
    speaker = office.redis.client.get("ld:{%s}:lease:outbound" % PROJECT)
    first = max(office.daemons, key=lambda daemon: daemon.metric("hook_deliveries_total"))
    other = next(daemon for daemon in office.daemons if daemon is not first)
    assert other.metric("hook_deliveries_total") == 0
    first.kill()
    office.fcall_as("consultant1", "ld_lock", "2-101", "b5", "")
    eventually(lambda: settled(office), timeout=15)
    assert office.redis.client.get("ld:{%s}:lease:outbound" % PROJECT) != speaker
    assert erp.seqs() == list(range(1, last_seq(office) + 1)) and other.metric("hook_deliveries_total") > 0


def test_a_redis_that_was_put_back_does_not_silence_the_hook(office_with, erp):
    office = office_with()
    eventually(lambda: settled(office))
    office.redis.client.hset("ld:{%s}:hook:erp" % PROJECT, "seq", 10_000)
    office.screen("consultant1").lock("1-101")
    eventually(lambda: settled(office))
    office.screen("consultant1").lock("1-102")
    erp.wait_for_event(lambda e: e.get("u") == "1-102" and e["t"] == "lock")
    assert "it was put back" in office.daemon.log()


def test_no_person_is_in_a_body_and_no_secret_in_a_log_or_metric(office_with, erp):
    erp.answers = [500, 404]
    office = office_with(log_level="debug")
    desk = office.screen("consultant1")
    desk.lock("1-101", "b1")
    desk.release("1-101")
    eventually(lambda: settled(office))
    said = b"".join(post.body for post in erp.posts).decode()
    assert not any(canary in said for canary in CANARY_NAMES + CANARY_PHONES)
    told = office.daemon.log() + office.daemon.internal("/metrics")[1]
    assert SECRET not in told and "query-canary" not in told


def test_a_receiver_without_a_valid_certificate_hears_nothing(open_office, folder):
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", str(key), "-out", str(cert),
         "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"],
        check=True, capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    erp = Receiver(context)
    try:
        url = erp.url().replace("http:", "https:")
        target = {"id": "erp", "project": PROJECT, "kind": "webhook", "url": url, "secret": SECRET, "from": "start"}
        path = write_targets(folder, target)
        office = open_office(outbound_file=path)
        eventually(lambda: "certificate" in office.daemon.log())
        assert erp.posts == []
        trusting = office.add_daemon(outbound_ca_file=str(cert))
        office.daemons[0].kill()
        trusting.start()
        eventually(lambda: settled(office))
        erp.posts[0].check_signature()
    finally:
        erp.close()


def test_a_planned_stop_does_not_wait_for_a_receiver_that_hangs(office_with, erp):
    erp.answers = [Hang()]
    office = office_with(outbound_timeout_ms=30_000)
    erp.wait_for(1)
    began = time.monotonic()
    office.daemon.stop()
    assert time.monotonic() - began < 5


GOOD = {"id": "erp", "project": "p1", "kind": "webhook", "url": "https://erp.example.com/?k=query-canary", "secret": "secret-canary"}


@pytest.mark.parametrize(
    "change, words",
    [
        ({"kind": "wechat"}, "kind must be"),
        ({"id": "a b"}, "id must be"),
        ({"project": ""}, "project must"),
        ({"url": "ftp://erp.example.com/?k=query-canary"}, "https://"),
        ({"url": "https://me:secret-canary@erp.example.com/"}, "name or password"),
        ({"url": "nonsense query-canary"}, "url"),
        ({"url": 5}, "url"),
        ({"secret": "short"}, "8 to 256"),
        ({"secret": None}, "8 to 256"),
        ({"events": ["lokc"]}, "events"),
        ({"events": []}, "events"),
        ({"event": ["lock"]}, "none of"),
        ({"kind": "wecom"}, "no meaning"),
        ({"from": "yesterday"}, "from must"),
    ],
    ids=str,
)
def test_a_bad_target_is_named_with_its_file_and_without_its_secrets(folder, change, words):
    path = write_targets(folder, {**GOOD, "id": "other"}, {**GOOD, **change})
    result = listingd("-t", env={"LISTINGD_OUTBOUND_FILE": path})
    assert result.returncode == 78, result
    assert f"{path}: target 2 (" in result.stderr and words in result.stderr, result.stderr
    assert "canary" not in result.stderr


def test_a_file_of_targets_that_others_can_read_is_refused(folder):
    for mode in (0o640, 0o604, 0o620):
        path = write_targets(folder, GOOD, mode=mode)
        result = listingd("-t", env={"LISTINGD_OUTBOUND_FILE": path})
        assert result.returncode == 78 and "chmod 600" in result.stderr and path in result.stderr
    path = write_targets(folder, GOOD)
    assert listingd("-t", env={"LISTINGD_OUTBOUND_FILE": path}).returncode == 0


def test_what_is_no_file_of_targets_is_refused(folder):
    path = folder / "outbound.json"
    path.touch(0o600)
    for text in ("", "[]", "{}", '{"targets":[]}', '{"targets":{}}', '{"targets":[1]}', '{"targets":[[]]}', "{" * 1000, "\0"):
        path.write_text(text)
        result = listingd("-t", env={"LISTINGD_OUTBOUND_FILE": str(path)})
        assert result.returncode == 78 and str(path) in result.stderr, (text, result)
    for gone in (folder / "nothing.json", folder):
        result = listingd("-t", env={"LISTINGD_OUTBOUND_FILE": str(gone)})
        assert result.returncode == 78 and str(gone) in result.stderr


def test_one_id_names_one_target(folder):
    result = listingd("-t", env={"LISTINGD_OUTBOUND_FILE": write_targets(folder, GOOD, GOOD)})
    assert result.returncode == 78 and "twice" in result.stderr
