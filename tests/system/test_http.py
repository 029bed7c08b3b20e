"""HTTP: the API, its errors as problem documents, its limits."""

import json
import socket

import pytest

from listing import CANARY_PHONES, PROJECT, Refusal, catalog, eventually, new_key, unit_index

API = f"/api/v1/projects/{PROJECT}"


def raw_request(office, text, timeout=5):
    """(status, everything) of a request written by hand."""
    with socket.create_connection(("127.0.0.1", office.port), timeout=timeout) as peer:
        peer.sendall(text.encode() if isinstance(text, str) else text)
        answer = b""
        try:
            while piece := peer.recv(65536):
                answer += piece
                if b"\r\n\r\n" in answer and b"problem+json" in answer and answer.rstrip().endswith(b"}"):
                    break
        except OSError:
            pass
    return (int(answer.split()[1]) if answer.startswith(b"HTTP/") else None), answer


def test_the_catalog_names_every_unit_in_the_order_of_the_board(office):
    response = office.get("catalog")
    assert response.status == 200
    assert response.headers["content-type"].startswith("application/json")
    body = response.json
    assert (body["project"], body["name"], body["catalog_version"], len(body["units"])) == (PROJECT, "试验花园", 1, 24)
    for index, (unit, expected) in enumerate(zip(body["units"], catalog())):
        assert unit_index(unit["id"]) == index
        for field in ("building", "floor", "room", "type", "gross_area", "inside_area", "list_price_fen"):
            assert unit[field] == expected[field], field


@pytest.mark.parametrize("name", ["display1", "buyer1", "finance1"])
def test_every_signed_in_role_may_read_the_catalog(office, name):
    assert len(office.get("catalog", account=name).json["units"]) == 24


def test_the_catalog_is_sent_again_only_when_it_has_changed(office):
    first = office.get("catalog")
    tag = first.headers["etag"]
    assert tag.startswith('"') or tag.startswith('W/"')
    again = office.get("catalog", headers={"If-None-Match": tag})
    assert (again.status, again.body) == (304, b"")
    unit = {**catalog()[0], "list_price_fen": 1}
    office.fcall_as("manager1", "ld_import", "", unit["id"], json.dumps(unit, ensure_ascii=False), "")

    def changed():
        response = office.get("catalog", headers={"If-None-Match": tag})
        return response.status == 200 and response

    response = eventually(changed)
    assert response.headers["etag"] != tag
    assert response.json["units"][0]["list_price_fen"] == 1
    assert response.json["catalog_version"] == 2


def test_the_board_comes_with_its_figures(office):
    desk, clerk = office.screen("consultant1"), office.screen("clerk1")
    for unit in ("1-101", "1-102", "2-101"):
        desk.lock(unit)
    clerk.change("unit.withhold", "1-304", reason="留")
    clerk.until(lambda: clerk.seq == len(office.events()))
    board = office.get("board", account="clerk1").json
    assert (board["project"], board["seq"], board["epoch"]) == (PROJECT, clerk.seq, clerk.epoch)
    assert board["st"] == clerk.st
    totals = board["totals"]
    assert (totals["locked"], totals["withheld"], totals["available"]) == (3, 1, 20)
    assert totals["sell_through"] == 0
    for part in ("by_type", "by_floor", "by_building"):
        assert sum(row["locked"] for row in board[part]) == 3, part
        assert sum(row["available"] for row in board[part]) == 20, part
    assert {row["building"] for row in board["by_building"]} == {"1栋", "2栋"}
    assert {row["type"] for row in board["by_type"]} == {"三房两厅", "两房一厅"}
    public = office.get("board", account="display1").json
    assert public["st"][unit_index("1-304")] == "x"
    assert "consultant1" not in json.dumps(public)


def test_a_consultant_sees_own_buyers_only_and_telephone_numbers_masked(office):
    response = office.get("buyers", account="consultant1")
    buyers = response.json["buyers"]
    assert {buyer["id"] for buyer in buyers} == {f"b{number}" for number in range(1, 10)}
    assert {buyer["consultant"] for buyer in buyers} == {"consultant1"}
    assert CANARY_PHONES[1] not in response.body.decode()
    assert response.headers.get("cache-control", "").find("no-store") >= 0


def test_the_manager_sees_every_buyer_and_the_wall_none(office):
    assert len(office.get("buyers", account="manager1").json["buyers"]) == 18
    for name in ("display1", "buyer1"):
        office.get("buyers", account=name).problem(403, "forbidden")
    for name in ("clerk1", "finance1", "relations1"):
        response = office.get("buyers", account=name)
        for phone in CANARY_PHONES:
            assert phone not in response.body.decode(), f"{name} sees a whole telephone number"


def test_a_command_over_http_does_what_the_same_does_over_websocket(office):
    key = new_key()
    first = office.post_command("unit.lock", {"unit": "1-101", "buyer": "b1"}, key=key)
    assert first.status == 200, first.body
    ok = first.json.get("ok", first.json)
    assert (ok["unit"], ok["status"]) == ("1-101", "locked")
    again = office.post_command("unit.lock", {"unit": "1-101", "buyer": "b1"}, key=key)
    assert again.json == first.json
    assert office.screen("consultant1").lock("1-101", "b1", key) == ok, "one key, one request, on any way in"
    taken = office.post_command("unit.lock", {"unit": "1-101", "buyer": "c1"}, account="consultant2")
    taken.problem(409, "unit_taken")


def test_a_command_over_http_needs_an_idempotency_key(office):
    body = {"cmd": "unit.lock", "args": {"project": PROJECT, "unit": "1-101", "buyer": "b1"}}
    office.http("POST", f"{API}/commands", body, "consultant1").problem(400, "bad_request")
    for key in ("with blank", "x" * 65, ""):
        headers = {"Idempotency-Key": key}
        office.http("POST", f"{API}/commands", body, "consultant1", headers).problem(400, "bad_request")
    assert office.unit("1-101")["status"] == "available"


def test_the_project_of_the_address_is_the_project_of_the_command(office):
    body = {"cmd": "unit.lock", "args": {"project": "other", "unit": "1-101", "buyer": "b1"}}
    response = office.http("POST", f"{API}/commands", body, "consultant1", {"Idempotency-Key": new_key()})
    assert response.status in (400, 403, 404)
    assert office.unit("1-101")["status"] == "available"


@pytest.mark.parametrize("text", [b"", b"nonsense", b"[]", b"{}", b'{"cmd":"unit.lock"}', b'{"cmd":"nothing","args":{}}', b"\xff"])
def test_a_broken_body_is_a_bad_request(office, text):
    headers = {"Idempotency-Key": new_key(), "Content-Type": "application/json"}
    response = office.http("POST", f"{API}/commands", account="consultant1", headers=headers, raw=text)
    response.problem(400, "bad_request")


def test_a_body_without_a_length_or_in_chunks_is_answered_411(office):
    token = office.token("consultant1")
    head = f"POST {API}/commands HTTP/1.1\r\nHost: 127.0.0.1:{office.port}\r\nAuthorization: Bearer {token}\r\n"
    head += "Idempotency-Key: k1\r\nContent-Type: application/json\r\n"
    status, answer = raw_request(office, head + "\r\n")
    assert (status, b"length_required" in answer) == (411, True), answer
    status, answer = raw_request(office, head + 'Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n')
    assert (status, b"length_required" in answer) == (411, True), answer


def test_a_body_that_is_too_large_is_answered_413(office):
    body = b'{"cmd":"unit.lock","args":{"pad":"' + b"x" * 100_000 + b'"}}'
    token = office.token("consultant1")
    head = f"POST {API}/commands HTTP/1.1\r\nHost: 127.0.0.1:{office.port}\r\nAuthorization: Bearer {token}\r\n"
    head += f"Idempotency-Key: k1\r\nContent-Length: {len(body)}\r\n\r\n"
    status, answer = raw_request(office, head.encode())
    assert (status, b"too_large" in answer) == (413, True), answer


@pytest.mark.parametrize("length", ["-1", "x", "99999999999999999999", "1 2", "0x10"])
def test_a_nonsensical_length_is_refused(office, length):
    token = office.token("consultant1")
    head = f"POST {API}/commands HTTP/1.1\r\nHost: 127.0.0.1:{office.port}\r\nAuthorization: Bearer {token}\r\n"
    status, _ = raw_request(office, head + f"Idempotency-Key: k1\r\nContent-Length: {length}\r\n\r\n", timeout=3)
    assert status in (None, 400, 411, 413)
    assert office.daemon.is_ready()


@pytest.mark.parametrize("path", ["/api/v1/nothing", f"{API}/nothing", "/api/v2/login", f"{API}", "/api/v1/projects//catalog"])
def test_an_address_where_nothing_is_answers_404(office, path):
    assert office.http("GET", path, account="consultant1").problem(404, office.http("GET", path, account="consultant1").json["code"])


def test_an_unknown_project_is_not_there_or_not_allowed(office):
    response = office.http("GET", "/api/v1/projects/other/catalog", account="consultant1")
    assert response.status in (403, 404)
    assert response.json["code"] in ("forbidden", "no_such_project")


@pytest.mark.parametrize(
    "method, path",
    [("POST", f"{API}/catalog"), ("GET", f"{API}/commands"), ("GET", "/api/v1/login"), ("DELETE", f"{API}/board"), ("PUT", f"{API}/buyers")],
)
def test_a_method_that_an_address_does_not_take_answers_405(office, method, path):
    response = office.http(method, path, account="consultant1", raw=b"" if method != "GET" else None)
    response.problem(405, "method_not_allowed")
    assert response.headers["allow"] in ("GET", "GET, HEAD", "POST")


@pytest.mark.parametrize("path", ["catalog", "board", "buyers", "events?from=1"])
def test_without_sign_in_everything_answers_401(office, path):
    office.get(path, account=None).problem(401, "unauthenticated")
    office.get(path, account=None, headers={"Authorization": "Bearer x"}).problem(401, "unauthenticated")


def test_the_trail_is_for_those_with_the_right(office):
    desk = office.screen("consultant1")
    desk.lock("1-101")
    desk.release("1-101")
    response = office.get("events?from=1&limit=1000", account="manager1")
    assert response.status == 200, response.body
    events = response.json["events"]
    assert [event["seq"] for event in events] == list(range(1, len(office.events()) + 1))
    assert [event["type"] for event in events[-2:]] == ["lock", "release"]
    assert office.get("events?from=1", account="clerk1").status == 200
    for name in ("consultant1", "finance1", "relations1", "display1", "buyer1"):
        office.get("events?from=1", account=name).problem(403, "forbidden")


def test_the_trail_is_read_in_pieces(office):
    total = len(office.events())
    assert total > 10
    found, at = [], 1
    while True:
        piece = office.get(f"events?from={at}&limit=10", account="manager1").json["events"]
        if not piece:
            break
        assert len(piece) <= 10
        found += [event["seq"] for event in piece]
        at = found[-1] + 1
    assert found == list(range(1, total + 1))


@pytest.mark.parametrize("query", ["from=x", "from=-1", "limit=0", "limit=x", "limit=-5", "from=99999999999999999999"])
def test_a_nonsensical_range_is_a_bad_request(office, query):
    office.get(f"events?{query}", account="manager1").problem(400, "bad_request")


def test_the_pages_are_served_with_headers_that_protect_them(office):
    page = office.http("GET", "/wall/demo")
    if page.status == 404:
        pytest.skip("the pages are not built")
    assert page.status == 200
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["x-content-type-options"] == "nosniff"
    assert "default-src" in page.headers["content-security-policy"]
    assert office.http("GET", "/desk/demo").body == page.body or office.http("GET", "/desk/demo").status == 200


@pytest.mark.parametrize("path", ["/../../etc/passwd", "/..%2f..%2fetc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd", "/assets/../../../config/redis.conf"])
def test_no_file_outside_the_pages_is_served(office, path):
    _, answer = raw_request(office, f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{office.port}\r\nConnection: close\r\n\r\n", timeout=2)
    assert b"root:" not in answer and b"appendfsync" not in answer


def test_the_internal_addresses_are_not_to_be_had_outside(office):
    for path in ("/metrics", "/healthz", "/readyz"):
        response = office.http("GET", path)
        assert response.status == 404, path
        assert b"listingd_" not in response.body


def test_a_body_that_never_comes_does_not_hold_anybody_up(office):
    token = office.token("consultant1")
    head = f"POST {API}/commands HTTP/1.1\r\nHost: 127.0.0.1:{office.port}\r\nAuthorization: Bearer {token}\r\n"
    peers = []
    for _ in range(100):
        peer = socket.create_connection(("127.0.0.1", office.port), timeout=5)
        peer.sendall((head + "Idempotency-Key: k1\r\nContent-Length: 500\r\n\r\n{").encode())
        peers.append(peer)
    assert office.get("catalog").status == 200
    assert office.screen("consultant1").lock("1-101")["status"] == "locked"
    for peer in peers:
        peer.close()
    with pytest.raises(Refusal):
        office.screen("consultant2").lock("1-101", "c1")
