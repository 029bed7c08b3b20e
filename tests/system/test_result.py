"""The result of a launch session for the notary (公证): one signed, hash-chained file that proves itself."""

import hashlib
import json
import os
import re
import pathlib
import random
import shutil
import stat
import subprocess
import tempfile
import time

import pytest
from launch_day import Session, now_ms
from listing import PROJECT, Office, Refusal, new_key
from servers import BUILD, eventually

ALL = ("b1", "b2", "b3", "b4")


def refused(call, *args):
    with pytest.raises(Refusal) as refusal:
        call(*args)
    return refusal.value.code


@pytest.fixture(scope="module")
def made():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="listingd-"))
    office = Office(folder / "0")
    yield play(office)
    office.close()
    shutil.rmtree(folder)


def play(office):
    """A small session to its end: a draw, a waiting room, a pause, choices, a release, refusals; and its result."""
    session = Session(office, opens_in=2.5, buyers=ALL, active_max=4, enter=False, limit=2)
    session.do("launch.draw", launch=session.id, reason="公证处现场摇号")
    for screen in session.buyers.values():
        session.enter(screen)
    session.until_open()
    eventually(lambda: all(session.me(buyer)["place"] == "active" for buyer in ALL))
    first = session.press("b1", "1-101")
    assert refused(session.press, "b2", "1-101") == "unit_taken"
    session.press("b2", "1-102")
    session.do("launch.pause", launch=session.id, reason="大屏故障")
    assert refused(session.press, "b3", "1-103") == "not_open"
    session.do("launch.resume", launch=session.id, reason="继续")
    session.do("launch.extend", launch=session.id, by_ms=60_000, reason="暂停补时")
    session.buyers["b2"].release("1-102")
    session.press("b3", "1-102")
    session.press("b3", "1-104")
    assert refused(session.press, "b3", "1-201") == "limit_reached"
    session.buyers["b1"].command("launch.complete", {"project": PROJECT, "deal": first["deal"], "eligibility": "qualified"}, new_key())
    session.clerk.change("deal.approve", "1-101")
    key = office.folder / "sign.key"
    office.ctl("key", "new", "--signing", "--file", key)
    early = office.ctl("launch", "result", "--project", PROJECT, "--launch", session.id, "--key", key, office.folder / "early", status=1)
    assert "not_available" in early and not (office.folder / "early").exists()
    session.do("launch.close", launch=session.id, reason="房源售罄")
    tally = "ld:{%s}:launch:%s:tally" % (PROJECT, session.id)
    eventually(lambda: office.redis.client.hget(tally, "presses") == "7")
    result = office.folder / "s1.result"
    office.ctl("launch", "result", "--project", PROJECT, "--launch", session.id, "--key", key, result)
    return office, session, key, result


def verify(path, *options, status=0):
    """listingctl verify FILE as a notary would call it: no Redis, no keys, nothing in the environment."""
    done = subprocess.run(
        [str(BUILD / "listingctl"), "verify", str(path), "--json", *map(str, options)],
        capture_output=True, text=True, env={"PATH": os.environ["PATH"], "LISTINGD_REDIS_SOCKET": "/nowhere"}, timeout=60,
    )
    assert done.returncode == status, (done.returncode, done.stdout, done.stderr)
    return json.loads(done.stdout) if done.stdout else done.stderr


def rows(result):
    return [json.loads(line) for line in result.read_text().splitlines()]


def chained(bodies, signature="0" * 128):
    """The lines with hashes that fit: what a forger without the signing key can do."""
    before, lines = "0" * 64, []
    for at, body in enumerate(bodies):
        before = hashlib.sha256(f"{before}\n{body}".encode()).hexdigest()
        end = f'","signature":"{signature}"}}' if at == len(bodies) - 1 else '"}'
        lines.append(f'{body[:-1]},"hash":"{before}{end}\n')
    return "".join(lines)


def bodies(result):
    return [line[: line.rindex(',"hash":"')] + "}" for line in result.read_text().splitlines()]


def forged(result, folder, change):
    """A file whose lines `change` has edited, every hash made to fit again."""
    path = folder / "forged"
    path.write_text(chained([change(body) for body in bodies(result)]))
    found = verify(path, status=1)["differences"]
    beside = [text for text in found if "signature" not in text and "signed end" not in text]
    return beside


def test_the_result_says_who_got_what_at_which_millisecond(made):
    office, session, _, result = made
    lines = rows(result)
    assert [row["line"] for row in lines] == list(range(1, len(lines) + 1))
    outcomes = [(row["unit"], row["buyer"], row["status"]) for row in lines if row["kind"] == "outcome"]
    assert outcomes == [("1-101", "b1", "subscribed"), ("1-102", "b2", "released"), ("1-102", "b3", "locked"), ("1-104", "b3", "locked")]
    trail = {event["seq"]: event for event in office.events()}
    for row in (row for row in lines if row["kind"] == "event"):
        event = trail[row["seq"]]
        assert row["trail"] == event["h"] and dict(zip(row["event"][::2], row["event"][1::2]))["at"] == event["at"]
    record = lines[0]["launch"]
    assert hashlib.sha256(record["seed"].encode()).hexdigest() == record["commit"]
    order = [row["buyer"] for row in lines if row["kind"] == "buyer"]
    assert order == sorted(ALL, key=lambda buyer: hashlib.sha1(f"{record['seed']}|order|{buyer}".encode()).hexdigest())
    room = [row["buyer"] for row in lines if row["kind"] == "room"]
    assert room == sorted(ALL, key=lambda buyer: hashlib.sha1(f"{record['seed']}|room|{buyer}".encode()).hexdigest())
    counts = next(row for row in lines if row["kind"] == "counts")
    assert (counts["admitted"], counts["checked_in"], counts["chosen"]) == (4, 4, 4)
    tally = counts["tally"]
    assert (tally["presses"], tally["granted"], tally["refused.unit_taken"], tally["refused.not_open.paused"]) == (7, 4, 1, 1)
    whys = [row["why"] for row in lines if row.get("what") in ("暂停", "恢复", "延时", "关闭", "摇号")]
    assert whys == ["公证处现场摇号", "大屏故障", "继续", "暂停补时", "房源售罄"]


def test_verify_lists_the_draw_the_choices_and_the_refusals_for_people(made):
    office, session, _, result = made
    text = office.ctl("verify", "--list", result)
    lines = rows(result)
    record, outcomes = lines[0]["launch"], [row for row in lines if row["kind"] == "outcome"]
    assert record["commit"] in text and record["seed"] in text
    shown = [line.split() for line in text.splitlines() if re.match(r"  2\d{3}-", line)]
    assert [(row[0] + " " + row[1] + " " + row[2], row[4], row[5], row[7]) for row in shown] == [(row["chosen_at"], row["buyer"], row["unit"], row["status"]) for row in outcomes]
    chosen = [dict(zip(row["event"][::2], row["event"][1::2])) for row in lines if row.get("event", [None, None])[1] == "lock"]
    assert [int(row[3]) for row in shown] == [int(event["at"]) - record["opens_at"] for event in chosen]
    assert re.search(r"unit_taken +1\b", text) and re.search(r"not_open.paused +1\b", text) and "presses: 7" in text


def test_verify_proves_the_file_without_daemon_and_redis(made):
    office, session, key, result = made
    public = office.ctl("key", "public", "--file", key).strip()
    told = verify(result, "--public-key", public)
    assert told["ok"] and told["differences"] == [] and told["key_given"]
    assert (told["launch"], told["chosen"], told["presses"], told["refused"]) == (session.id, 4, 7, 3)
    own = verify(result)
    assert own["ok"] and not own["key_given"]
    text = office.ctl("verify", result)
    assert "0 differences" in text and "not who made it" in text and "种子" not in text
    assert "0 differences" in office.ctl("verify", result, "--project", PROJECT, "--public-key", public)
    office.check_consistent()


def test_the_file_is_for_its_owner_only_and_never_overwritten(made):
    office, session, key, result = made
    assert stat.S_IMODE(result.stat().st_mode) == 0o600
    before = result.read_bytes()
    told = office.ctl("launch", "result", "--project", PROJECT, "--launch", session.id, "--key", key, result, status=74)
    assert "nothing is overwritten" in told and result.read_bytes() == before
    assert not [path for path in office.folder.iterdir() if path.name.startswith(".s1.result")]


def test_names_come_only_when_asked_for(made):
    office, session, key, result = made
    named = office.folder / "named.result"
    office.ctl("launch", "result", "--project", PROJECT, "--launch", session.id, "--key", key, "--names", named)
    people = {row["id"]: row for row in json.loads(office.ctl("buyer", "list", "--project", PROJECT, "--json"))["buyers"]}
    found = [row for row in rows(named) if row["kind"] == "buyer"]
    assert {row["buyer"]: row["name"] for row in found} == {buyer: people[buyer]["name"] for buyer in ALL}
    assert all(row["phone_end"] == people[row["buyer"]]["phone"][-4:] for row in found)
    assert verify(named)["ok"]
    plain = result.read_text()
    assert "phone_end" not in plain and not [one for one in people.values() if one["name"] in plain]


def test_a_change_in_any_line_is_found_and_named(made, tmp_path):
    lines = made[3].read_text().splitlines(keepends=True)
    for at in range(len(lines)):
        path = tmp_path / "changed"
        middle = lines[at].rindex(',"hash"') - 2
        digit = "8" if lines[at][middle] == "7" else "7"
        path.write_text("".join(lines[:at] + [lines[at][:middle] + digit + lines[at][middle + 1 :]] + lines[at + 1 :]))
        told = verify(path, status=1)["differences"]
        assert any(text.startswith(f"line {at + 1}:") for text in told), (at, told)


def test_any_byte_that_is_changed_taken_away_or_put_in_is_found(made, tmp_path):
    whole, path = made[3].read_bytes(), tmp_path / "changed"
    places = random.Random(1).sample(range(len(whole)), 60) + [len(whole) - 1, len(whole) - 2]
    for at in places:
        for changed in (whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :], whole[:at] + whole[at + 1 :], whole[:at] + b"0" + whole[at:]):
            path.write_bytes(changed)
            done = subprocess.run([str(BUILD / "listingctl"), "verify", str(path)], capture_output=True, env={"PATH": os.environ["PATH"]})
            assert done.returncode in (1, 65), (at, done.stdout)


def test_a_missing_a_doubled_a_moved_and_a_cut_line_are_found(made, tmp_path):
    lines, path = made[3].read_text().splitlines(keepends=True), tmp_path / "changed"
    for at in range(1, len(lines)):
        path.write_text("".join(lines[:at] + lines[at + 1 :]))
        assert verify(path, status=1)["differences"]
        path.write_text("".join(lines[: at + 1] + lines[at:]))
        assert verify(path, status=1)["differences"]
        path.write_text("".join(lines[:at]))
        assert any("no signed end" in text for text in verify(path, status=1)["differences"])
        path.write_text("".join(lines[:at]) + lines[at][: len(lines[at]) // 2])
        assert verify(path, status=1)["differences"]
    path.write_text("".join([lines[0], lines[2], lines[1], *lines[3:]]))
    assert verify(path, status=1)["differences"]


def test_another_key_is_told_from_the_offices(made, tmp_path):
    office, session, _, result = made
    other = tmp_path / "other.key"
    office.ctl("key", "new", "--signing", "--file", other)
    public = office.ctl("key", "public", "--file", other).strip()
    (tmp_path / "other.pub").write_text(public + "\n")
    told = verify(result, "--public-key", tmp_path / "other.pub", status=1)["differences"]
    assert len(told) == 1 and "another key" in told[0]
    assert "no public key" in verify(result, "--public-key", "abc", status=64)
    again = tmp_path / "again.result"
    office.ctl("launch", "result", "--project", PROJECT, "--launch", session.id, "--key", other, again)
    assert verify(again, "--public-key", public)["ok"]
    assert verify(again, "--public-key", office.ctl("key", "public", "--file", made[2]).strip(), status=1)


def test_turns_by_draw_and_by_group_are_followed(office, tmp_path):
    key = tmp_path / "sign.key"
    office.ctl("key", "new", "--signing", "--file", key)
    plans = ({"mode": "order", "window_size": 2, "window_ms": 1000}, {"mode": "groups", "groups": "B=1000,A=60000"})
    for n, plan in enumerate(plans):
        session = Session(office, buyers=("b1", "b2", "b3"), **plan)
        first, later = (("b1", "b2"), "b3") if n == 0 else (("b2",), "b1")
        session.until_open()
        assert refused(session.press, later, f"{n + 1}-101") == "not_open"
        for at, buyer in enumerate(first):
            session.press(buyer, f"{n + 1}-20{at + 1}")
        time.sleep(max(0, session.opens_ms + 1010 - now_ms()) / 1000)
        session.press(later, f"{n + 1}-101")
        session.do("launch.close", launch=session.id, reason="结束")
        result = tmp_path / f"{n}.result"
        office.ctl("launch", "result", "--project", PROJECT, "--launch", session.id, "--key", key, result)
        assert verify(result)["chosen"] == len(first) + 1

        def early(body):
            return swap_in_event(body, "lock", at=str(session.opens_ms + 10)) if json.loads(body).get("buyer") == later else body

        assert any("outside of the turn" in text for text in forged(result, tmp_path, early))


def test_a_result_that_is_made_at_once_has_the_last_counts(office, tmp_path):
    key, result = tmp_path / "sign.key", tmp_path / "at-once.result"
    office.ctl("key", "new", "--signing", "--file", key)
    session = Session(office, buyers=("b1", "b2"))
    session.until_open()
    session.press("b1", "1-101")
    assert refused(session.press, "b2", "1-101") == "unit_taken"
    session.do("launch.close", launch=session.id, reason="结束")
    office.ctl("launch", "result", "--project", PROJECT, "--launch", session.id, "--key", key, result)
    assert (verify(result)["presses"], verify(result)["refused"]) == (2, 1)


def test_a_stand_by_goes_on_when_somebody_is_admitted_late_and_the_result_says_so(office, tmp_path):
    key = tmp_path / "sign.key"
    office.ctl("key", "new", "--signing", "--file", key)
    session = Session(office, buyers=("b1", "b2"), mode="order", window_size=1, window_ms=1000)
    time.sleep(max(0, session.opens_ms + 2010 - now_ms()) / 1000)
    office.fcall_as("clerk1", "ld_launch_admit", session.id, "b3", "", "", "")
    session.press("b1", "1-101")
    session.buyers["b3"] = session.sign_in("b3")
    session.enter(session.buyers["b3"])
    session.press("b3", "1-102")
    session.do("launch.close", launch=session.id, reason="结束")
    result = tmp_path / "late.result"
    office.ctl("launch", "result", "--project", PROJECT, "--launch", session.id, "--key", key, result)
    assert (verify(result)["ok"], verify(result)["chosen"]) == (True, 2)


def test_whoever_accepted_other_rules_checks_in_again(office, tmp_path):
    key = tmp_path / "sign.key"
    office.ctl("key", "new", "--signing", "--file", key)
    session = Session(office, opens_in=1.5, buyers=("b1", "b2"))
    session.do("launch.put", launch=session.id, rules="一、每人限购两套。")
    session.rules_sha = session.record()["rules_sha"]
    session.enter(session.buyers["b1"])
    session.until_open()
    session.press("b1", "1-101")
    session.do("launch.close", launch=session.id, reason="结束")
    result = tmp_path / "s1.result"
    office.ctl("launch", "result", "--project", PROJECT, "--launch", session.id, "--key", key, result)
    assert verify(result)["checked_in"] == 1


def swap_in_event(body, kind, **fields):
    """The event of that type with other values, its own hash made to fit."""
    row = json.loads(body)
    event = row.get("event", [])
    if row["kind"] != "event" or event[1] != kind:
        return body
    pairs = [[name, fields.get(name, value)] for name, value in zip(event[::2], event[1::2])]
    sealed = f"{row['before']}\n{row['seq']}-0\n" + "".join(
        f"{len(name.encode())}:{name}={len(value.encode())}:{value}\n" for name, value in pairs
    )
    row["event"], row["trail"] = [item for pair in pairs for item in pair], hashlib.sha1(sealed.encode()).hexdigest()
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))


def test_a_forger_without_the_key_is_found_by_the_rules_of_the_session(made, tmp_path):
    office, session, _, result = made
    record = rows(result)[0]["launch"]

    def told(change, words):
        found = forged(result, tmp_path, change)
        assert any(words in text for text in found), (words, found)

    told(lambda body: body.replace(record["seed"], "0" * 64), "not the one that was committed to")
    told(lambda body: body.replace("每人限购一套", "每人限购三套"), "rules are not those")
    told(lambda body: swap_in_event(body, "lock", at=str(session.opens_ms - 1)), "before the session opened")
    told(lambda body: swap_in_event(body, "lock", b="b4", by="buyer:b4"), "with 2 already")
    told(lambda body: swap_in_event(body, "lock", u="1-101"), "went to buyer")
    told(lambda body: swap_in_event(body, "lock", b="b9", by="buyer:b9"), "without being admitted")
    told(lambda body: swap_in_event(body, "lock", by="clerk1", role="clerk"), "chosen for buyer")
    told(lambda body: swap_in_event(body, "checkin", b="b1"), "without having checked in")
    told(lambda body: swap_in_event(body, "launch_resume", t="launch_say"), "while the session was paused")
    told(lambda body: swap_in_event(body, "launch_plan", mode="groups", groups="C=600000"), "outside of the turn")
    told(lambda body: swap_in_event(body, "launch_units", offered="no"), "does not offer")
    told(lambda body: swap_in_event(body, "launch_close", at=str(session.opens_ms)), "closed")
    told(lambda body: body.replace('"presses":7', '"presses":6') if '"kind":"counts"' in body else body, "6 presses were counted")
    told(lambda body: body.replace('"buyer":"b1"', '"buyer":"b4"') if '"kind":"outcome"' in body else body, "does not say what follows")
    told(lambda body: body.replace('"place":1', '"place":2') if '"kind":"buyer"' in body else body, "does not say what follows")


def test_no_file_whatever_it_holds_is_taken_for_a_result(made, tmp_path):
    office, _, _, result = made
    path = tmp_path / "file"
    for text in ("", "\n", "{}", "hello\n", "{" * 100_000, '{"line":1,"hash":"' + "0" * 64 + '"}\n'):
        path.write_text(text)
        assert "result" in verify(path, status=65)
    path.write_bytes(os.urandom(100_000))
    verify(path, status=65)
    path.write_text(office.ctl("export", "--project", PROJECT))
    assert "export of the audit trail" in verify(path, status=65)
    verify(tmp_path / "none", status=74)
    whole = result.read_text()
    for hostile in ('"at","' + "9" * 30 + '"', '"at","-1"', '"at",7'):
        path.write_text(whole.replace('"at","1', hostile + ',"', 1))
        verify(path, status=1)
    path.write_text(whole + "\n" + whole)
    assert verify(path, status=1)["differences"]
