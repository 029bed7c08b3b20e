"""Buyers: who sees what of them, nobody twice, and no personal data in clear anywhere it does not belong."""

import base64
import csv
import io
import json
import os
import zipfile

import pytest

from listing import CANARY_NAMES, CANARY_PHONES, PROJECT, Refusal, eventually, new_key

NAME, PHONE, CARD = "金丝雀欧阳", "13877665544", "990000197702020016"
OTHER_CARD = "990000198403030024"


def put(office, account="clerk1", key=None, status=200, **args):
    response = office.post_command("buyer.put", args, account=account, key=key)
    assert response.status == status, response.body
    return response.json


def shown(office, buyer, account="manager1"):
    return {b["id"]: b for b in office.get("buyers", account=account).json["buyers"]}.get(buyer)


def raw(office, buyer):
    return office.redis.client.hget("ld:{%s}:buyers" % PROJECT, buyer)


# --- what is stored, and who sees it


def test_a_buyer_is_masked_by_role(office):
    buyer = put(office, name=NAME, phone="+86 138-7766-5544", card=CARD, level="A", wishes=["三房", "南向"], consultant="consultant1",
                qualification="qualified")["ok"]["buyer"]
    masked_phone, masked_card = "138****5544", "9900**********0016"
    expected = {"manager1": (PHONE, masked_card), "consultant1": (PHONE, masked_card), "clerk1": (masked_phone, CARD),
                "relations1": (masked_phone, CARD), "finance1": (masked_phone, masked_card)}
    for account, (phone, card) in expected.items():
        assert shown(office, buyer, account) == {
            "id": buyer, "name": NAME, "phone": phone, "card": card, "wishes": ["三房", "南向"], "level": "A",
            "consultant": "consultant1", "qualification": "qualified"}, account
    assert shown(office, buyer, "consultant2") is None
    for account in ("display1", "buyer1"):
        office.get("buyers", account=account).problem(403, "forbidden")
    assert NAME not in raw(office, buyer) and PHONE not in raw(office, buyer)


def test_a_consultant_adds_own_buyers_and_no_others(office):
    buyer = put(office, "consultant1", name=NAME, phone=PHONE)["ok"]["buyer"]
    assert shown(office, buyer)["consultant"] == "consultant1"
    for args in ({"buyer": "c1", "level": "A"}, {"name": NAME, "consultant": "consultant2"}, {"buyer": buyer, "consultant": "consultant2"},
                 {"buyer": buyer, "qualification": "qualified"}):
        assert put(office, "consultant1", status=403, **args)["code"] == "forbidden"
    for account in ("finance1", "relations1", "display1", "buyer1"):
        assert put(office, account, status=403, name=NAME)["code"] == "forbidden"


def test_repeating_a_command_gives_the_same_buyer_and_another_key_another(office):
    key = new_key()
    first = put(office, key=key, name=NAME, phone=PHONE)["ok"]
    assert put(office, key=key, name=NAME, phone="138 7766 5544")["ok"] == first
    assert put(office, key=key, name=NAME, phone="13877665545", status=422)["code"] == "key_reused"
    assert put(office, name=NAME)["ok"]["buyer"] != first["buyer"]


def test_what_a_change_does_not_name_stays(office):
    buyer = put(office, name=NAME, phone=PHONE, card=CARD, wishes=["三房"])["ok"]["buyer"]
    put(office, buyer=buyer, qualification="refused")
    put(office, buyer=buyer, wishes=[])
    put(office, buyer=buyer, card="")
    found = shown(office, buyer)
    assert (found["name"], found["phone"], found["card"], found["wishes"], found["qualification"]) == (NAME, PHONE, "", [], "refused")
    put(office, name="别人", card=CARD)


@pytest.mark.parametrize("args, word", [({"phone": PHONE}, "name"), ({"name": NAME, "phone": "1387766554"}, "11 digits"),
                                        ({"name": NAME, "card": CARD[:-1] + "5"}, "check digit"), ({"name": NAME, "wishes": "三房"}, "wishes"),
                                        ({"name": NAME, "wishes": ["x"] * 21}, "wishes"), ({"name": NAME, "wishes": ["a\nb"]}, "wishes"),
                                        ({"name": "n" * 97}, "name"), ({"name": NAME, "level": "D"}, "level"), ({"name": 1}, "name"),
                                        ({"name": NAME, "buyer": "13877665544"}, "id"), ({"name": NAME, "qualification": "yes"}, "qualification")])
def test_what_is_not_as_it_should_be_is_refused_with_a_reason_that_does_not_repeat_it(office, args, word):
    problem = put(office, status=400, **args)
    assert problem["code"] == "bad_request" and word in json.dumps(problem["fields"])
    assert PHONE not in json.dumps(problem) and CARD[:-1] not in json.dumps(problem)


def test_the_same_person_is_found_however_the_number_is_written(office):
    first = put(office, name=NAME, phone="13877665544", card=OTHER_CARD)["ok"]["buyer"]
    again = put(office, name="又一位", phone="+86 138 7766-5544", status=409)
    assert again["code"] == "duplicate" and again["fields"]["field"] == "phone" and again["fields"]["buyer"] == first
    full_width = OTHER_CARD.translate(str.maketrans("0123456789", "0123456789"))
    assert put(office, name="又一位", card=full_width, status=409)["fields"]["field"] == "card"
    blind = put(office, "consultant1", name="又一位", phone=PHONE, status=409)
    assert blind["fields"] == {"field": "phone"}


# --- erasure


def test_an_erased_buyer_is_gone_and_the_trail_stays_sound(office):
    buyer = put(office, name=NAME, phone=PHONE, consultant="consultant1")["ok"]["buyer"]
    desk = office.screen("consultant1")
    desk.lock("1-101", buyer)
    erase = {"buyer": buyer, "reason": "客户要求删除"}
    office.post_command("buyer.erase", erase, account="clerk1").problem(409, "not_available")
    desk.release("1-101")
    for account in ("consultant1", "finance1", "relations1"):
        office.post_command("buyer.erase", erase, account=account).problem(403, "forbidden")
    assert office.post_command("buyer.erase", erase, account="clerk1").status == 200
    assert shown(office, buyer) is None
    with pytest.raises(Refusal, match="no_such_buyer"):
        desk.lock("1-101", buyer)
    assert json.loads(raw(office, buyer)).keys() == {"id", "erased"}
    assert put(office, buyer=buyer, name=NAME, status=409)["code"] == "not_available"
    put(office, name=NAME, phone=PHONE)
    office.ctl("verify", "--project", PROJECT)


# --- keys


def restart(office, **settings):
    office.daemon.stop()
    text = office.daemon.config.read_text()
    for key, value in settings.items():
        text = "".join(line for line in text.splitlines(True) if not line.startswith(key)) + f"{key} = {value}\n"
    office.daemon.config.write_text(text)
    office.daemon.start()


def test_keys_are_rotated_with_a_restart_and_the_old_one_may_go_after_sealing_anew(office):
    buyer = put(office, name=NAME, phone=PHONE)["ok"]["buyer"]
    office.ctl("key", "rotate", "--file", office.keys)
    restart(office)
    assert shown(office, buyer)["phone"] == PHONE, "the old key still opens"
    assert put(office, name="又一位", phone=PHONE, status=409)["code"] == "duplicate"
    assert json.loads(office.ctl("buyer", "rekey", "--project", PROJECT, "--json")) == {"sealed": 19, "kept": 0, "left": 0}
    assert json.loads(office.ctl("buyer", "rekey", "--project", PROJECT, "--json")) == {"sealed": 0, "kept": 19, "left": 0}
    lines = office.keys.read_text().splitlines(True)
    office.keys.write_text("".join(lines[:-1]))
    restart(office)
    assert shown(office, buyer)["phone"] == PHONE
    office.ctl("verify", "--project", PROJECT)


def test_without_its_key_a_buyer_is_shown_sealed_and_nothing_breaks(office):
    buyer = put(office, name=NAME, phone=PHONE, level="A", consultant="consultant1")["ok"]["buyer"]
    other = office.folder / "other.keys"
    office.ctl("key", "new", "--file", other)
    restart(office, buyer_key_file=other)
    expected = {"id": buyer, "sealed": True, "level": "A", "consultant": "consultant1", "qualification": "unknown"}
    assert shown(office, buyer) == expected
    assert put(office, buyer=buyer, phone="13877665545", status=503)["code"] == "unavailable"
    assert "cannot be opened" in json.dumps(put(office, buyer=buyer, phone="13877665545", status=503))
    assert put(office, buyer=buyer, level="B")["ok"]["changed"] == 1, "what lies open can be changed"
    office.screen("consultant1").lock("1-101", buyer)


def test_without_a_key_file_no_personal_data_are_stored_and_the_log_says_so_once(open_office):
    office = open_office(buyer_key_file="")
    assert put(office, name=NAME, status=503)["code"] == "unavailable"
    assert "buyer_key_file" in json.dumps(put(office, name=NAME, status=503))
    assert all(b["sealed"] for b in office.get("buyers", account="manager1").json["buyers"])
    assert office.daemon.log().count("buyer_key_file") == 1


def test_a_key_file_that_others_may_read_is_refused_at_the_start(open_office):
    office = open_office()
    office.daemon.stop()
    os.chmod(office.keys, 0o640)
    office.daemon.start(wait=False)
    assert office.daemon.process.wait(10) == 78
    assert "chmod 600" in office.daemon.log()
    office.daemon.may_die = True


def test_records_that_an_older_version_left_in_clear_are_shown_masked_and_then_sealed(office):
    old = {"id": "old1", "name": NAME, "phone": "138 7766 5544", "level": "很想买", "consultant": "consultant1"}
    office.redis.client.hset("ld:{%s}:buyers" % PROJECT, "old1", json.dumps(old, ensure_ascii=False))
    office.redis.client.hset("ld:{%s}:buyers" % PROJECT, "old2", json.dumps({**old, "id": "old2"}, ensure_ascii=False))
    assert shown(office, "old1", "finance1")["phone"] == "138****5544"
    text = office.ctl("buyer", "rekey", "--project", PROJECT, status=1)
    assert "duplicate" in text and "1 buyers sealed anew, 19 were in order, 1 could not be sealed" in text
    sealed = next(b for b in ("old1", "old2") if NAME not in raw(office, b))
    found = shown(office, sealed)
    assert (found["name"], found["phone"], found["level"], found["wishes"]) == (NAME, PHONE, "", ["很想买"])


# --- importing


def import_file(office, name, content, *options, status=0):
    path = office.folder / name
    path.write_bytes(content)
    return office.ctl("buyer", "import", "--project", PROJECT, path, *options, status=status)


def to_csv(rows, encoding="gb18030"):
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode(encoding)


def to_xlsx(rows):
    """The least that a spreadsheet program takes: one sheet, inline texts."""
    def cell(row, column, value):
        return f'<c r="{chr(65 + column)}{row}" t="inlineStr"><is><t>{value}</t></is></c>'

    cells = [[cell(at, column, value) for column, value in enumerate(row)] for at, row in enumerate(rows, 1)]
    sheet = "".join(f'<row r="{at}">{"".join(row)}</row>' for at, row in enumerate(cells, 1))
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    docs = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-'
        'package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{docs}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{docs}"><sheets><sheet name="客户" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{docs}/worksheet" '
        'Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{sheet}</sheetData></worksheet>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


HEADER = ["客户姓名", "联系电话", "身份证号", "意向等级", "标签", "置业顾问"]
ROWS = [HEADER, [NAME, "138-7766-5544", CARD, "A类", "三房、南向", "consultant1"], ["又一位", "13877665545", "", "b", "学区", "consultant2"]]


@pytest.mark.parametrize("name, content", [("people.csv", to_csv(ROWS)), ("people-utf8.csv", to_csv(ROWS, "utf-8-sig")), ("people.xlsx", to_xlsx(ROWS))],
                         ids=["GB18030", "UTF-8", "XLSX"])
def test_a_file_of_buyers_is_imported_and_importing_it_again_changes_nothing(office, name, content):
    dry = import_file(office, name, content, "--dry-run")
    assert "2 new" in dry and "138****5544" in dry and PHONE not in dry and CARD not in dry
    assert len(office.get("buyers", account="manager1").json["buyers"]) == 18
    assert "2 new, 0 changed, 0 unchanged" in import_file(office, name, content)
    found = next(b for b in office.get("buyers", account="manager1").json["buyers"] if b["name"] == NAME)
    assert (found["phone"], found["level"], found["wishes"], found["consultant"]) == (PHONE, "A", ["三房", "南向"], "consultant1")
    assert "0 new, 0 changed, 2 unchanged" in import_file(office, name, content)
    changed = [HEADER, [NAME, "+86 13877665544", "", "C", "", ""]]
    assert "0 new, 1 changed, 0 unchanged" in import_file(office, "again.csv", to_csv(changed))
    now = shown(office, found["id"], "clerk1")
    assert (now["level"], now["card"], now["consultant"]) == ("C", CARD, "consultant1"), "a blank cell leaves what is there"


def test_every_problem_of_a_file_is_named_by_row_and_column_and_nothing_is_changed(office):
    rows = [["编号", "姓名", "手机", "身份证", "级别"], ["n1", "甲", "1387766554", "", "A"], ["n2", "乙", "", CARD[:-1] + "5", "D"],
            ["n3", "丙", "138 7766 5599", "", ""], ["n4", "丁", "+8613877665599", "", ""], ["13800001111", "戊", "", "", ""],
            ["", "己", "", "", ""], ["n5", "庚", CANARY_PHONES[0], "", ""], ["n6", "", "13877665598", "", ""]]
    before = office.redis.client.hgetall("ld:{%s}:buyers" % PROJECT)
    text = import_file(office, "wrong.csv", to_csv(rows), status=65)
    for place in ("row 2, column C: a mobile number has 11 digits", "row 3, column D: the identity card number has a wrong check digit",
                  "row 3, column E: a level is A, B or C", "row 5, column C: the same phone 电话 stands in row 4", "row 6, column A: an id may not",
                  "row 7: a buyer needs"):
        assert place in text
    assert office.redis.client.hgetall("ld:{%s}:buyers" % PROJECT) == before
    rows = [rows[0], rows[7], rows[8]]
    text = import_file(office, "wrong.csv", to_csv(rows), status=65)
    assert "row 2, column C: buyer b1 of the project has this telephone number" in text and "row 3: a buyer needs a name" in text
    found = json.loads(import_file(office, "wrong.csv", to_csv(rows), "--json", status=65))
    assert [(p["row"], p["column"]) for p in found["problems"]] == [(2, "C"), (3, "")]
    assert CANARY_PHONES[0] not in text + json.dumps(found)
    assert "no header is recognised" in import_file(office, "none.csv", b"a,b\n1,2\n", status=65)


def test_a_consultant_who_is_no_account_is_pointed_out_once(office):
    rows = [HEADER, ["甲", "13877665541", "", "A", "", "小王"], ["乙", "13877665542", "", "A", "", "小王"]]
    path = office.folder / "people.csv"
    path.write_bytes(to_csv(rows))
    text = office.ctl("buyer", "import", "--project", PROJECT, path, "--dry-run", both=True)
    assert text.count("there is no account 小王") == 1 and "2 new" in text


def test_two_buyers_exchange_their_numbers_in_one_file(office):
    rows = [["编号", "姓名", "手机"], ["b1", CANARY_NAMES[0], CANARY_PHONES[1]], ["c1", CANARY_NAMES[1], CANARY_PHONES[0]]]
    assert "2 changed" in import_file(office, "swap.csv", to_csv(rows))
    assert shown(office, "b1")["phone"] == CANARY_PHONES[1]


def test_the_list_is_masked_and_revealing_is_for_managers_and_recorded(office):
    text = office.ctl("buyer", "list", "--project", PROJECT)
    assert "139****1111" in text and CANARY_PHONES[0] not in text
    office.ctl("buyer", "list", "--project", PROJECT, "--reveal", status=64)
    refused = office.ctl("buyer", "list", "--project", PROJECT, "--reveal", "--reason", "核对", "--role", "clerk", status=1)
    assert "forbidden" in refused and CANARY_PHONES[0] not in refused
    text = office.ctl("buyer", "list", "--project", PROJECT, "--reveal", "--reason", "核对", "--as", "manager1", "--json")
    assert CANARY_PHONES[0] in text
    event = office.events()[-1]
    assert (event["type"], event["by"], event["why"]) == ("reveal", "manager1", "核对")
    office.ctl("verify", "--project", PROJECT)


def test_a_buyer_is_added_without_showing_the_numbers_to_other_users_of_the_machine(office):
    office.ctl("buyer", "add", "n1", "--project", PROJECT, "--name", "-", "--phone", "-", "--level", "a", "--wishes", "三房,南向",
               text=f"{NAME}\n{PHONE}\n")
    found = shown(office, "n1")
    assert (found["name"], found["phone"], found["level"], found["wishes"]) == (NAME, PHONE, "A", ["三房", "南向"])
    office.ctl("buyer", "add", "n1", "--project", PROJECT, "--qualification", "qualified")
    assert shown(office, "n1")["phone"] == PHONE
    assert "Erased" in office.ctl("buyer", "erase", "n1", "--project", PROJECT, "--reason", "客户要求")
    assert shown(office, "n1") is None


# --- the canary


def forms(text):
    """A text as it could lie somewhere: itself, as JSON escapes, and base64 at each of its three offsets."""
    data = text.encode()
    yield data
    yield json.dumps(text)[1:-1].encode()
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + data)
        inner = coded[4 if shift else 0 : -4]
        yield inner
        yield inner.replace(b"+", b"-").replace(b"/", b"_")
    yield data.hex().encode()


def assert_absent(canaries, data, where):
    for canary in canaries:
        for form in forms(canary):
            assert len(form) >= 8 and form not in data, f"{canary} is in {where}"


@pytest.mark.parametrize("hiding", [PHONE.encode(), b"xx" + base64.b64encode(b"a" + PHONE.encode() + b"bc"),
                                    base64.urlsafe_b64encode(b"ab" + NAME.encode() + b"c"), json.dumps(NAME).encode(), NAME.encode().hex().encode()])
def test_a_canary_would_be_found(hiding):
    with pytest.raises(AssertionError, match="is in here"):
        assert_absent([NAME, PHONE], b"before" + hiding + b"behind", "here")


def test_canaries_are_found_nowhere_in_clear(open_office):
    office = open_office(log_level="debug", redis_options=["--slowlog-log-slower-than", "0", "--slowlog-max-len", "100000"])
    canaries = [NAME, PHONE, CARD, "又金丝雀一位", "13877665545", OTHER_CARD, *CANARY_NAMES, *CANARY_PHONES]
    wall, desk = office.screen("display1"), office.screen("consultant2")
    buyer = put(office, name=NAME, phone=PHONE, card=CARD, wishes=["三房"], consultant="consultant1")["ok"]["buyer"]
    answers = [json.dumps(put(office, "consultant2", name="x", phone=PHONE, status=409), ensure_ascii=False)]
    answers.append(json.dumps(put(office, name=NAME, phone=PHONE + "1", card=CARD, status=400), ensure_ascii=False))
    rows = [HEADER, ["又金丝雀一位", "13877665545", OTHER_CARD, "A", "三房", "consultant1"]]
    import_file(office, "people.xlsx", to_xlsx(rows))
    import_file(office, "people.csv", to_csv([HEADER, ["又金丝雀一位", "13877665545", "", "B", "", ""]]))
    own = office.screen("consultant1")
    own.lock("1-101", buyer)
    own.lock("1-102", "b1")
    own.release("1-102")
    put(office, "consultant1", buyer=buyer, level="B", wishes=["四房"])
    wall.see("1-101", "l")
    desk.see("1-101", "l")
    for account in ("consultant2", "display1", "buyer1"):
        for what in ("buyers", "board", "catalog", "events"):
            answers.append(office.get(what, account=account).body.decode())
    office.ctl("key", "rotate", "--file", office.keys)
    restart(office)
    office.ctl("buyer", "rekey", "--project", PROJECT)
    assert shown(office, buyer)["name"] == NAME
    office.redis.client.bgsave()
    eventually(lambda: office.redis.client.info("persistence")["rdb_bgsave_in_progress"] == 0)

    slow = json.dumps([repr(entry["command"]) for entry in office.redis.client.slowlog_get(100000)])
    assert "FCALL" in slow and len(slow) > 10000
    assert_absent(canaries, slow.encode(), "the slow log")
    assert_absent(canaries, b"".join(office.redis.client.info("everything").__repr__().encode().split()), "the figures of Redis")
    files = [path for path in (office.folder / "redis").rglob("*") if path.is_file()]
    assert any(path.suffix == ".rdb" for path in files) and any(".aof" in path.name and path.stat().st_size > 1000 for path in files)
    for path in files:
        assert_absent(canaries, path.read_bytes(), path)
    assert_absent(canaries, office.daemon.log().encode(), "the log")
    assert_absent(canaries, office.daemon.internal("/metrics")[1].encode(), "the metrics")
    assert_absent(canaries, json.dumps(office.events(), ensure_ascii=False).encode(), "the trail")
    assert_absent(canaries, json.dumps(wall.pushes, ensure_ascii=False).encode(), "what the wall was sent")
    # What belongs to consultant2 may be seen there.
    foreign = [c for c in canaries if c not in (CANARY_NAMES[1], CANARY_PHONES[1])]
    assert_absent(foreign, json.dumps(desk.pushes, ensure_ascii=False).encode(), "what another consultant was sent")
    assert_absent(foreign, "".join(answers).encode(), "the answers to those who may not see it")
