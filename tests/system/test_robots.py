"""Robots in the office's group chat: what is said, when, how often, and by which daemon."""

import base64
import datetime
import hashlib
import hmac
import json
import urllib.parse

import pytest

from listing import CANARY_NAMES, CANARY_PHONES, PROJECT, eventually
from receiver import Receiver, write_targets
from test_deal import STEPS, play

SECRET = "SEC of the robot"
TAKEN = (200, b'{"errcode":0,"errmsg":"ok"}')
META = "ld:{%s}:meta" % PROJECT
OFFICE_OFFSET_MIN = 480


def refusal(code, message="refused"):
    return 200, json.dumps({"errcode": code, "errmsg": message}).encode()


@pytest.fixture
def chat():
    receiver = Receiver()
    receiver.answer = lambda post: TAKEN
    yield receiver
    receiver.close()


@pytest.fixture
def office_with(open_office, folder, chat):
    """An office with one robot, whose daily sheet is far away unless the test wants it."""

    def start(kind="wecom", daemons=1, sheet_in_min=-600, **options):
        target = {"id": "office", "project": PROJECT, "kind": kind, "url": chat.url("/send?key=query-canary")}
        if kind == "dingtalk":
            target["secret"] = SECRET
        office = open_office(daemons=0, outbound_file=write_targets(folder, target), log_level="debug", **options)
        office.redis.client.hset(META, "sheet_at_min", (office_minute() + sheet_in_min) % 1440)
        for _ in range(daemons):
            office.add_daemon().start()
        eventually(lambda: robot(office).get("kind") == kind)
        return office

    return start


def office_time():
    return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=OFFICE_OFFSET_MIN)


def office_minute():
    now = office_time()
    return now.hour * 60 + now.minute


def robot(office):
    return office.redis.client.hgetall("ld:{%s}:hook:office" % PROJECT)


def doubt_the_clock(office):
    """A daemon whose clock disagrees makes an urgent event."""
    office.fcall("ld_beat", "elsewhere", 1, 0, 0)


def confirm_the_clock(office):
    office.fcall_as("manager1", "ld_clock_confirm", "checked")


def digest_now(office):
    """Restarts the daemon as if the last digest had been sent long ago."""
    office.daemon.kill()
    office.redis.client.hset("ld:{%s}:hook:office" % PROJECT, "at", 0)
    office.daemon.start()


def test_an_urgent_event_is_told_at_once_and_once(office_with, chat):
    office = office_with()
    doubt_the_clock(office)
    post = chat.wait_for(1)[0]
    assert "时钟异常" in post.text and "试验花园" in post.text and post.json["msgtype"] == "markdown"
    eventually(lambda: int(robot(office)["urgent"]) == office.events()[-1]["seq"])
    office.daemon.kill()
    office.daemon.start()
    confirm_the_clock(office)
    doubt_the_clock(office)
    assert "时钟异常" in chat.wait_for(2)[1].text
    assert office.daemon.metric("robot_messages_total") == 1 and len(chat.posts) == 2


def test_an_overdue_unit_and_a_freeze_are_told_without_what_people_typed(office_with, chat):
    office = office_with(project={"lock_hold_ms": 2000, "subscribe_hold_ms": 2000})
    play(office, STEPS[:4])
    text = chat.wait_for(1)[0].text
    assert "1-101" in text and "consultant1" in text and "逾期" in text
    office.fcall("ld_freeze", "verifier", "typed-canary")
    text = chat.wait_for(2)[1].text
    assert "冻结" in text and "typed-canary" not in text


def test_a_dingtalk_robot_gets_a_title_and_a_signed_address(office_with, chat):
    office = office_with("dingtalk")
    doubt_the_clock(office)
    post = chat.wait_for(1)[0]
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(post.path).query)
    stamp = query["timestamp"][0]
    expected = hmac.new(SECRET.encode(), f"{stamp}\n{SECRET}".encode(), hashlib.sha256).digest()
    assert query["sign"] == [base64.b64encode(expected).decode()] and query["key"] == ["query-canary"]
    assert post.json["markdown"]["title"] and "时钟异常" in post.text


def test_a_digest_counts_what_happened_and_says_how_things_stand(office_with, chat):
    office = office_with()
    desk = office.screen("consultant1")
    for room in (101, 102, 103):
        desk.lock(f"1-{room}", f"b{room % 10}")
    desk.release("1-103")
    digest_now(office)
    text = chat.wait_for(1)[0].text
    assert "锁定 **3**" in text and "释放 **1**" in text and "可售 22,锁定 2" in text and "去化率 0.00%" in text
    eventually(lambda: int(robot(office)["seq"]) == office.events()[-1]["seq"])
    # Nothing happened since: nothing is told again.
    digest_now(office)
    doubt_the_clock(office)
    assert "时钟异常" in chat.wait_for(2)[1].text


def test_without_digests_only_urgent_messages_come(office_with, chat):
    office = office_with(robot_digest_min=0)
    office.screen("consultant1").lock("1-101")
    digest_now(office)
    doubt_the_clock(office)
    assert "时钟异常" in chat.wait_for(1)[0].text and "锁定 **1**" not in chat.posts[0].text
    confirm_the_clock(office)
    doubt_the_clock(office)
    assert "时钟异常" in chat.wait_for(2)[1].text


@pytest.mark.parametrize("kind, code", [("wecom", 45009), ("dingtalk", 130101), ("dingtalk", 660026)])
def test_a_robot_that_was_told_too_much_is_left_in_peace_for_a_minute(office_with, chat, kind, code):
    chat.answers = [refusal(code, "too fast")]
    office = office_with(kind)
    doubt_the_clock(office)
    chat.wait_for(1)
    eventually(lambda: office.daemon.metric("robot_failures_total") == 1)
    confirm_the_clock(office)
    doubt_the_clock(office)
    eventually(lambda: f"board at seq {office.events()[-1]['seq']}" in office.daemon.log())
    assert len(chat.posts) == 1 and office.daemon.metric("robot_dropped_total") == 0
    # Another start does not know of it, and tells both at once, merged.
    office.daemon.kill()
    office.daemon.start()
    assert chat.wait_for(2)[1].text.count("时钟异常") == 2


def test_what_a_robot_refuses_is_dropped_and_logged_once(office_with, chat):
    chat.answer = lambda post: refusal(93000, "invalid webhook url query-canary")
    office = office_with()
    for number in (1, 2):
        doubt_the_clock(office)
        eventually(lambda: office.daemon.metric("robot_dropped_total") == number)
        confirm_the_clock(office)
    assert office.daemon.log().count("errcode 93000") == 1 and "query-canary" not in office.daemon.log()
    assert len(chat.posts) == 2


def test_a_robot_that_cannot_be_reached_is_told_later(office_with, chat):
    chat.answers = [502]
    office = office_with()
    doubt_the_clock(office)
    assert "时钟异常" in chat.wait_for(2)[1].text
    eventually(lambda: office.daemon.metric("robot_messages_total") == 1)


def test_the_sheet_of_the_day_comes_once_for_all_daemons_and_starts(office_with, chat):
    office = office_with(daemons=2, sheet_in_min=0)
    text = chat.wait_for(1)[0].text
    assert "销控日报" in text and office_time().strftime("%Y-%m-%d") in text
    assert "总 24 套:可售 24" in text and "三房两厅:12 套" in text and "两房一厅:12 套" in text
    for daemon in office.daemons:
        daemon.kill()
    for daemon in office.daemons:
        daemon.start()
    # A message of another kind proves that a robot spoke again, and had nothing more to say.
    doubt_the_clock(office)
    assert "时钟异常" in chat.wait_for(2, timeout=15)[1].text
    confirm_the_clock(office)
    # On another day it comes again.
    office.redis.client.hset("ld:{%s}:marks" % PROJECT, "sheet-office", "2020-01-01")
    for daemon in office.daemons:
        daemon.kill()
    office.daemon.start()
    assert "销控日报" in chat.wait_for(3, timeout=15)[2].text


def test_a_redis_that_is_away_is_told_once_and_so_is_its_return(office_with, chat):
    office = office_with(daemons=2, robot_away_s=1)
    office.redis.kill()
    assert "数据库连接中断" in chat.wait_for(1)[0].text
    office.redis.start()
    assert "已恢复" in chat.wait_for(2)[1].text
    doubt_the_clock(office)
    assert "时钟异常" in chat.wait_for(3, timeout=15)[2].text


def test_two_daemons_speak_with_one_voice_and_one_goes_on_for_the_other(office_with, chat):
    office = office_with(daemons=2)
    doubt_the_clock(office)
    chat.wait_for(1)
    confirm_the_clock(office)
    speaker = eventually(lambda: next((d for d in office.daemons if d.metric("robot_messages_total")), None))
    speaker.kill()
    doubt_the_clock(office)
    assert "时钟异常" in chat.wait_for(2, timeout=15)[1].text and len(chat.posts) == 2


def test_no_person_is_in_a_message_and_no_key_in_a_log(office_with, chat):
    chat.answers = [500]
    office = office_with("dingtalk")
    desk = office.screen("consultant1")
    desk.lock("1-101", "b1")
    desk.release("1-101", "王金丝雀 does not want it")
    doubt_the_clock(office)
    chat.wait_for(2)
    confirm_the_clock(office)
    digest_now(office)
    said = "".join(post.text for post in chat.wait_for(3))
    assert "释放 **1**" in said
    assert not any(canary in said for canary in CANARY_NAMES + CANARY_PHONES + ["b1"])
    told = office.daemon.log() + office.daemon.internal("/metrics")[1]
    assert SECRET not in told and "query-canary" not in told
