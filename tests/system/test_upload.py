"""A listing file by HTTP: streamed to a private file, only from who may send one, read beside the daemon, all or nothing."""

import contextlib
import http.client
import json
import os
import pathlib
import signal
import socket
import stat
import threading
import time

import pytest

from listing import PROJECT, Response, eventually

SHARED = pathlib.Path(__file__).resolve().parents[3] / "shared/data"
HEAD = "楼栋,单元,楼层,房号,户型,建筑面积,备案总价\n"
PATH = f"/api/v1/projects/{PROJECT}/import"
LIMIT = 20 * 2**20


def rows(count=1, building="9栋"):
    return HEAD + "".join(f"{building},,{n // 4 + 1},{n // 4 + 1}0{n % 4 + 1},三房,100,{3_000_000 + n}\n" for n in range(count))


def upload(office, content, query="", account="clerk1", headers=None):
    content = content.encode() if isinstance(content, str) else content
    return office.http("POST", PATH + query, account=account, raw=content, headers={"Content-Type": "text/csv", **(headers or {})})


def units(office):
    return {u["id"]: u for u in office.get("catalog", "clerk1").json["units"]}


@contextlib.contextmanager
def begun(office, length, account="clerk1", token=None, sent=b"", path=PATH):
    """A request whose head says how long the file is, and of which `sent` has come."""
    token = office.token(account) if token is None else token
    with socket.create_connection(("127.0.0.1", office.port), timeout=20) as line:
        bearer = f"Authorization: Bearer {token}\r\n" if token else ""
        line.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\n{bearer}Content-Length: {length}\r\n\r\n".encode() + sent)
        yield line


def answer(line):
    response = http.client.HTTPResponse(line)
    response.begin()
    return Response(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())


@pytest.fixture
def folder_of_files(folder):
    (folder / "tmp").mkdir()
    return folder / "tmp"


@pytest.fixture
def private(open_office, folder_of_files, monkeypatch):
    """An office whose uploads go to a folder of the test's own."""
    monkeypatch.setenv("TMPDIR", str(folder_of_files))
    office = open_office()
    monkeypatch.delenv("TMPDIR")
    return office


def is_empty(folder):
    def check():
        """the folder of uploads is empty"""
        return not list(folder.iterdir())

    return check


# --- what a file does


def test_a_dry_run_tells_what_would_happen_and_writes_nothing(office):
    seq = len(office.events())
    told = upload(office, rows().encode("gb18030"), "?dry_run=1")
    assert told.status == 200 and told.json["added"] == 1 and not told.json["written"], told.json
    assert told.json["encoding"].lower().startswith("gb")
    assert len(office.events()) == seq


@pytest.mark.parametrize("query", ["?dry_run=true", "?dry_run=yes", "?dry_run=", "?dry_run=2", "?dry_run=1&withheld=x", "?dry_run=-1"])
def test_a_dry_run_that_is_misspelt_is_refused_and_not_carried_out(office, query):
    seq = len(office.events())
    upload(office, rows(), query).problem(400, "bad_request")
    assert len(office.events()) == seq


def test_a_query_that_is_too_long_is_refused_whole_and_its_beginning_not_carried_out(office):
    seq = len(office.events())
    upload(office, rows(), "?note=" + "x" * 300 + "&dry_run=1").problem(400, "bad_request")
    assert len(office.events()) == seq


def test_a_list_is_taken_over_in_the_name_and_with_the_role_of_who_sent_it(office):
    before = len(office.events())
    told = upload(office, rows(2), "?withheld=1").json
    assert told["written"] and told["added"] == 2
    eventually(lambda: "9-101" in units(office))
    assert office.unit("9-101")["status"] == "withheld"
    assert {(e["by"], e["role"]) for e in office.events()[before:]} == {("clerk1", "clerk")}
    assert office.ctl("verify", "--project", PROJECT).endswith("0 differences.\n")


def test_the_same_file_again_changes_nothing(office):
    upload(office, rows(3))
    seq = len(office.events())
    told = upload(office, rows(3)).json
    assert (told["added"], told["changed"], told["unchanged"], len(office.events())) == (0, 0, 3, seq)


def test_a_wrong_file_is_answered_with_every_problem_and_changes_nothing(office):
    seq = len(office.events())
    problem = upload(office, HEAD + "9栋,,1,101,三房,百,3000000\n9栋,,1,101,三房,100,-5\n").problem(422, "bad_file")
    assert problem["fields"]["problem_count"] >= 2 and {p["row"] for p in problem["fields"]["problems"]} == {2, 3}
    assert len(office.events()) == seq


@pytest.mark.parametrize(
    "garbage",
    [b"\0" * 1000, os.urandom(4000), b"PK\x03\x04" + os.urandom(2000), b"PK\x05\x06" + b"\0" * 18, b"hello", b"\xff\xfe", b"\n" * 5000, b"," * 100_000, b'"' * 10_001,
     HEAD.encode(), b"a,b\n" * 100_001],
    ids=["zeros", "random", "zip", "empty-zip", "text", "bom", "newlines", "commas", "quotes", "head", "rows"],
)  # fmt: skip
def test_garbage_is_a_wrong_file_and_nothing_else(office, garbage):
    seq = len(office.events())
    assert upload(office, garbage).problem(422, "bad_file")["fields"]["problem_count"] >= 1
    assert len(office.events()) == seq


def test_a_file_of_the_field_comes_whole(office):
    files = sorted(SHARED.glob("*.csv")) + sorted(SHARED.glob("*.xlsx")) if SHARED.exists() else []
    if not files:
        pytest.skip("there are no listing files beside this project")
    for file in files:
        told = upload(office, file.read_bytes(), "?dry_run=1")
        assert told.status == 200 and told.json["added"] == 416, (file.name, told.json.get("problems"))


def test_an_excel_file_is_read_as_the_same_list(office, folder):
    openpyxl = pytest.importorskip("openpyxl", reason="python3-openpyxl writes the Excel file of this test")
    book = openpyxl.Workbook()
    for line in rows(5).splitlines():
        book.active.append([int(cell) if cell.isdigit() else cell for cell in line.split(",")])
    book.save(folder / "list.xlsx")
    told = upload(office, (folder / "list.xlsx").read_bytes()).json
    assert (told["format"], told["added"]) == ("XLSX", 5)
    eventually(lambda: len(units(office)) == 29)


# --- who may, and how much


@pytest.mark.parametrize("account", ["consultant1", "finance1", "relations1", "display1", "buyer1"])
def test_who_may_not_send_a_file_hears_so_before_it_has_come_and_the_connection_stays(private, folder_of_files, account):
    with begun(private, 5000, account) as line:
        answer(line).problem(403, "forbidden")
        eventually(is_empty(folder_of_files))
        line.sendall(b"x" * 5000 + b"GET /api/v1/session HTTP/1.1\r\nHost: x\r\n\r\n")
        answer(line).problem(401, "unauthenticated")


@pytest.mark.parametrize("token", ["", "x" * 40])
def test_a_file_of_nobody_is_refused_before_it_has_come(private, folder_of_files, token):
    with begun(private, 1000, token=token) as line:
        answer(line).problem(401, "unauthenticated")
    assert is_empty(folder_of_files)()


def test_a_file_for_another_project_is_refused_before_it_has_come(office):
    for project in ("p2", "nowhere"):
        with begun(office, 1000, path=f"/api/v1/projects/{project}/import") as line:
            answer(line).problem(403, "forbidden")


def test_who_was_signed_out_sends_no_file(office):
    token = office.token("clerk1")
    office.http("POST", "/api/v1/logout", account="clerk1")
    with begun(office, 1000, token=token) as line:
        answer(line).problem(401, "unauthenticated")


def test_twenty_mebibytes_are_taken_and_one_byte_more_is_not(office):
    with begun(office, LIMIT + 1) as line:
        answer(line).problem(413, "too_large")
    for length, status, code in ((10**18, 413, "too_large"), ("-1", 400, "bad_request"), ("1e3", 400, "bad_request")):
        with begun(office, length) as line:
            assert answer(line).status == status, code
    told = upload(office, rows().encode() + b"\n" * (LIMIT - len(rows().encode())), "?dry_run=1")
    assert told.status in (200, 422), told.body


def test_a_body_without_a_length_or_without_bytes_is_no_file(office):
    upload(office, b"").problem(400, "bad_request")
    with socket.create_connection(("127.0.0.1", office.port), timeout=20) as line:
        line.sendall(f"POST {PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {office.token('clerk1')}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n".encode())
        answer(line).problem(411, "length_required")


# --- what goes wrong on the way


def test_a_file_that_stops_half_way_leaves_nothing(private, folder_of_files):
    with begun(private, 5000, sent=b"x" * 100):
        eventually(lambda: list(folder_of_files.iterdir()))
        assert [stat.S_IMODE(file.stat().st_mode) for file in folder_of_files.iterdir()] == [0o600]
    eventually(is_empty(folder_of_files))
    assert upload(private, rows()).status == 200
    eventually(is_empty(folder_of_files))


def test_only_so_many_files_are_on_their_way_at_once(private, folder_of_files):
    with contextlib.ExitStack() as stack:
        for _ in range(8):
            stack.enter_context(begun(private, 5000, sent=b"x"))
        eventually(lambda: len(list(folder_of_files.iterdir())) == 8)
        with begun(private, 5000, sent=b"x") as line:
            refused = answer(line)
            refused.problem(429, "rate_limited")
            assert refused.headers["retry-after"] == "1"
    eventually(is_empty(folder_of_files))
    assert upload(private, rows()).status == 200


def test_two_files_at_once_end_as_one_after_the_other(office):
    """Each is taken over whole, or refused as a whole: another file is being read, or changed the list meanwhile."""
    answers = {}

    def send(building):
        answers[building] = upload(office, rows(400, building))

    threads = [threading.Thread(target=send, args=(f"{n}栋",)) for n in (7, 8, 9)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert {a.status for a in answers.values()} <= {200, 409, 429} and 200 in {a.status for a in answers.values()}
    taken = sorted(b[0] for b, a in answers.items() if a.status == 200)
    listed = office.redis.client.hkeys("ld:{%s}:catalog" % PROJECT)
    assert sorted({u[0] for u in listed} - {"1", "2"}) == taken
    assert len(listed) == 24 + 400 * len(taken)
    assert office.ctl("verify", "--project", PROJECT).endswith("0 differences.\n")


def test_a_frozen_project_takes_no_file_and_says_so(office):
    office.fcall("ld_freeze", "probe", "two truths")
    assert upload(office, rows()).problem(423, "frozen")["fields"]["why"] == "two truths"
    assert upload(office, rows(), "?dry_run=1").status == 200


def test_a_list_that_is_longer_than_a_project_may_be_is_refused_with_the_reason(office):
    problem = upload(office, rows(20_000))
    assert problem.problem(400, "bad_request")["fields"]["why"] == "at most 20000 units"


def test_while_redis_is_away_nothing_is_said_to_be_done(office):
    token = office.token("clerk1")
    office.redis.process.send_signal(signal.SIGSTOP)
    try:
        with begun(office, len(rows().encode()), token=token, sent=rows().encode()) as line:
            answer(line).problem(503, "unavailable")
    finally:
        office.redis.process.send_signal(signal.SIGCONT)
    eventually(lambda: upload(office, rows()).status == 200)


@contextlib.contextmanager
def reader_that_waits(office):
    """Redis holds back all writes: who reads a file stays at it. Gives a function that waits for it and returns its id."""
    client, children = office.redis.client, pathlib.Path(f"/proc/{office.daemon.process.pid}/task/{office.daemon.process.pid}/children")
    client.execute_command("CLIENT", "PAUSE", "60000", "WRITE")
    try:
        yield lambda: int(eventually(lambda: children.read_text().split())[0])
    finally:
        client.execute_command("CLIENT", "UNPAUSE")


@pytest.mark.parametrize("path", ["import", "buyers/import"])
def test_while_a_file_is_read_another_hears_that_and_when_to_come_again(private, folder_of_files, path):
    content = rows(200).encode()
    with begun(private, len(content), sent=content) as line:
        with reader_that_waits(private) as reader:
            reader()
            refused = private.http("POST", f"/api/v1/projects/{PROJECT}/{path}", account="clerk1", raw=b"x")
            assert "Another file is being read" in refused.problem(429, "rate_limited")["detail"]
            assert refused.headers["retry-after"] == "1" and refused.json["retryable"]
        assert answer(line).status == 200
    eventually(is_empty(folder_of_files))
    assert upload(private, content).json["unchanged"] == 200


def test_whether_a_file_was_taken_over_is_not_known_when_its_reader_dies(private, folder_of_files):
    content = rows(200).encode()
    with begun(private, len(content), sent=content) as line:
        with reader_that_waits(private) as reader:
            os.kill(reader(), signal.SIGKILL)
            said = answer(line).problem(504, "unknown")
    assert said["retryable"]
    eventually(is_empty(folder_of_files))
    assert upload(private, content).json["unchanged"] in (0, 200), "sending it again does no harm"
    assert len(private.redis.client.hkeys("ld:{%s}:catalog" % PROJECT)) == 224


def test_a_daemon_that_stops_while_a_file_is_read_claims_nothing_and_leaves_nothing(private, folder_of_files):
    content = rows(200).encode()
    with begun(private, len(content), sent=content) as line:
        with reader_that_waits(private) as reader:
            reader()
            private.daemon.process.terminate()
            with pytest.raises(http.client.RemoteDisconnected):
                answer(line)
    eventually(lambda: private.daemon.process.poll() is not None)
    assert is_empty(folder_of_files)()
    private.daemon.start()


def test_the_report_of_a_file_is_what_listingctl_says_of_it(office, folder):
    (folder / "list.csv").write_text(rows(3))
    told = upload(office, rows(3), "?dry_run=1").json
    said = json.loads(office.ctl("import", "--json", "--dry-run", "--project", PROJECT, folder / "list.csv"))
    assert said.pop("file").endswith("list.csv")
    assert told == said, "a file that came by HTTP has no name, and where it lay is nobody's business"
    assert "listingd-upload" not in upload(office, "x").body.decode()


def test_what_a_killed_daemon_left_of_a_file_is_gone_with_the_next_start(open_office):
    office = open_office(daemons=0)
    daemon, folder = office.add_daemon(), office.folder / "tmp"
    folder.mkdir()
    for name, age_s in (("listingd-upload-Old123", 7200), ("listingd-upload-New123", 60), ("another", 7200)):
        (folder / name).write_text("姓名,手机\n")
        os.utime(folder / name, (time.time() - age_s,) * 2)
    daemon.environment = {**daemon.environment, "TMPDIR": str(folder)}
    daemon.start()
    assert {path.name for path in folder.iterdir()} == {"listingd-upload-New123", "another"}
