"""A file of buyers by HTTP: from clerk or manager, all or nothing, and of what it holds nothing is left behind."""

import os
import pathlib
import stat

import pytest

from listing import CANARY_PHONES, PROJECT, eventually
from test_upload import begun, folder_of_files, is_empty, private  # noqa: F401

PATH = f"/api/v1/projects/{PROJECT}/buyers/import"
NAME, PHONE, CARD = "欧阳测试", "13877665544", "11010519491231002X"
HEAD = "客户姓名,联系电话,身份证号,意向等级,置业顾问\n"
FILE = HEAD + f"{NAME},138-7766-5544,{CARD},A类,consultant1\n又一位,13877665545,,b,consultant2\n"


def send(office, content=FILE, query="", account="clerk1"):
    return office.http("POST", PATH + query, account=account, raw=content.encode("gb18030"), headers={"Content-Type": "text/csv"})


def named(office, name=NAME):
    return [b for b in office.get("buyers", "manager1").json["buyers"] if b["name"] == name]


def test_a_dry_run_shows_what_was_understood_with_numbers_masked_and_writes_nothing(office):
    before, seq = office.redis.client.hgetall("ld:{%s}:buyers" % PROJECT), len(office.events())
    told = send(office, query="?dry_run=1")
    assert (told.status, told.json["buyers"], told.json["added"], told.json["written"]) == (200, 2, 2, False)
    assert told.json["first"][0] == {"row": 2, "name": NAME, "phone": "138****5544", "card": told.json["first"][0]["card"], "level": "A",
                                     "consultant": "consultant1", "qualification": ""}  # fmt: skip
    assert PHONE not in told.body.decode() and CARD not in told.body.decode() and "file" not in told.json
    assert office.redis.client.hgetall("ld:{%s}:buyers" % PROJECT) == before and len(office.events()) == seq
    send(office, query="?dry_run=yes").problem(400, "bad_request")
    assert not named(office)


@pytest.mark.parametrize("account", ["clerk1", "manager1"])
def test_buyers_are_taken_over_in_the_name_of_who_sent_them_and_again_changes_nothing(office, account):
    told = send(office, account=account).json
    assert (told["written"], told["added"], told["changed"]) == (True, 2, 0)
    assert [(b["consultant"], b["level"]) for b in named(office)] == [("consultant1", "A")]
    assert (office.events()[-1]["type"], office.events()[-1]["by"]) == ("buyers", account)
    again = send(office, account=account).json
    assert (again["added"], again["changed"]) == (0, 0)


@pytest.mark.parametrize("account", ["consultant1", "finance1", "relations1", "display1", "buyer1"])
def test_who_may_not_import_buyers_hears_so_before_the_file_has_come(private, folder_of_files, account):  # noqa: F811
    with begun(private, 5000, account, path=PATH) as line:
        assert b"403" in line.recv(200)
    eventually(is_empty(folder_of_files))


def test_a_wrong_file_is_told_by_row_and_column_without_the_numbers_in_it_and_changes_nothing(office):
    wrong = HEAD + f"甲,1387766554,,A,consultant1\n乙,{CANARY_PHONES[0]},,A,consultant1\n丙,13877665546,{CARD[:-1]}1,A,小王\n"
    refused = send(office, wrong)
    fields = refused.problem(422, "bad_file")["fields"]
    assert {(p["row"], p["column"]) for p in fields["problems"]} >= {(2, "B"), (4, "C")}
    assert fields["problem_count"] == len(fields["problems"]) and CARD[:-1] not in refused.body.decode()
    taken = send(office, HEAD + f"乙,{CANARY_PHONES[0]},,A,consultant1\n", "?dry_run=1")
    assert taken.json.get("added") == 0, "it is the buyer who has the number"
    assert not named(office, "甲")
    for garbage in ("x", "a,b\n1,2\n", "\n" * 100):
        send(office, garbage).problem(422, "bad_file")


def test_a_consultant_who_is_no_account_is_told(office):
    told = send(office, HEAD + "甲,13877665541,,A,小王\n乙,13877665542,,A,小王\n", "?dry_run=1").json
    assert told["unknown_consultants"] == [{"row": 2, "consultant": "小王"}]


def test_a_frozen_project_takes_no_buyers(office):
    office.fcall("ld_freeze", "probe", "two truths")
    send(office).problem(423, "frozen")
    assert not named(office)


def test_the_file_is_private_and_gone_and_the_logs_know_nobody_of_it(private, folder_of_files):  # noqa: F811
    content = FILE.encode("gb18030")
    with begun(private, len(content), path=PATH, sent=content[:50]) as line:
        eventually(lambda: list(folder_of_files.iterdir()))
        assert [stat.S_IMODE(file.stat().st_mode) for file in folder_of_files.iterdir()] == [0o600]
        line.sendall(content[50:])
        assert b"200" in line.recv(200)
    eventually(is_empty(folder_of_files))
    assert named(private)
    send(private, HEAD + "丁,13877665599,,A,王小明\n")
    logs = "".join(file.read_text(errors="replace") for file in pathlib.Path(private.folder).glob("*.log"))
    assert logs, os.listdir(private.folder)
    for secret in (NAME, PHONE, CARD, "13877665599", "丁,", "王小明"):
        assert secret not in logs
