"""Who need not sign in to be a nuisance: lines held open for nothing, descriptors used up, requests inside requests."""

import os
import resource
import socket
import time

import pytest

from listing import PROJECT, eventually

CATALOG = f"/api/v1/projects/{PROJECT}/catalog"


def call(office, text=b""):
    """A socket that has said so much."""
    peer = socket.create_connection(("127.0.0.1", office.port), timeout=30)
    peer.sendall(text.encode() if isinstance(text, str) else text)
    return peer


def until_closed(peer, within=5):
    """Everything that comes until the other end closes; fails when it does not."""
    answer, deadline = b"", time.monotonic() + within
    while True:
        peer.settimeout(max(0.01, deadline - time.monotonic()))
        try:
            piece = peer.recv(65536)
        except ConnectionError:
            piece = b""
        except TimeoutError:
            raise AssertionError(f"still open after {within} s; it said {answer!r}") from None
        if not piece:
            return answer
        answer += piece


@pytest.fixture
def head(office):
    return f"Host: 127.0.0.1:{office.port}\r\nAuthorization: Bearer {office.token('consultant1')}\r\n"


def test_requests_that_are_never_finished_end_by_themselves_and_keep_nobody_out(office):
    """The library's own timers do not run under libev: without the service tick these would stay for ever."""
    texts = [b"", b"GET /wa", f"GET /wall/demo HTTP/1.1\r\nHost: 127.0.0.1:{office.port}\r\nX-A: ".encode()]
    texts.append(f"POST /api/v1/login HTTP/1.1\r\nHost: 127.0.0.1:{office.port}\r\nContent-Length: 500\r\n\r\n{{".encode())
    peers = [call(office, text) for text in texts for _ in range(50)]
    assert office.get("catalog").status == 200
    assert office.screen("consultant1").lock("1-101")["status"] == "locked"
    # Two of them go on, a byte at a time: that does not keep them alive.
    drips = [call(office, "GET /wall/demo HTTP/1.1\r\nX-A: ")]
    drips.append(call(office, f"POST /api/v1/login HTTP/1.1\r\nHost: 127.0.0.1:{office.port}\r\nContent-Length: 60000\r\n\r\n"))
    deadline = time.monotonic() + 45
    while drips:
        assert time.monotonic() < deadline, "a byte now and then kept a request alive"
        time.sleep(0.2)
        for drip in list(drips):
            try:
                drip.sendall(b"a")
            except OSError:
                drips.remove(drip)
    for peer in peers:
        until_closed(peer)


@pytest.mark.parametrize("target", ["example.com:80", "/ws", "*"])
def test_a_tunnel_is_refused_and_its_line_closed(office, target):
    until_closed(call(office, f"CONNECT {target} HTTP/1.1\r\nHost: 127.0.0.1:{office.port}\r\n\r\n"))
    assert office.daemon.is_ready()


def test_nobody_is_taken_over_to_http_2(office, head):
    upgrade = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n"
    answers = [until_closed(call(office, f"GET {CATALOG} HTTP/1.1\r\n{head}{upgrade}\r\n")) for _ in range(20)]
    assert not [answer for answer in answers if b"101" in answer or b'"units"' in answer]
    prior = until_closed(call(office, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"))
    assert not prior or prior.startswith(b"HTTP/1.0 403")
    assert office.get("catalog").status == 200


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
def test_a_request_inside_the_body_of_another_is_not_answered(office, head, method):
    """A proxy that passes such a body on would hand the second answer to somebody else."""
    inner = f"GET {CATALOG} HTTP/1.1\r\n{head}\r\n"
    lengths = [f"Content-Length: {len(inner)}\r\n\r\n{inner}", f"Transfer-Encoding: chunked\r\n\r\n{len(inner):x}\r\n{inner}\r\n0\r\n\r\n"]
    for body in lengths:
        answer = until_closed(call(office, f"{method} {CATALOG} HTTP/1.1\r\n{head}{body}"))
        assert answer.count(b"HTTP/1.") == 1 and answer.split()[1] == b"400", answer
        assert b'"units"' not in answer
    assert office.daemon.is_ready()


def test_an_empty_body_is_none(office, head):
    answer = until_closed(call(office, f"GET {CATALOG} HTTP/1.1\r\n{head}Content-Length: 0\r\nConnection: close\r\n\r\n"))
    assert answer.split()[1] == b"200"


def test_without_descriptors_left_the_daemon_serves_who_is_there_and_recovers(office):
    desk = office.screen("consultant1")
    pid = office.daemon.process.pid
    used = len(os.listdir(f"/proc/{pid}/fd"))
    _, most = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (used + 10, most))
    lines = office.daemon.log().count("\n")
    crowd = [call(office) for _ in range(200)]
    eventually(lambda: "out of file descriptors" in office.daemon.log())
    spent = office.daemon.cpu_s()
    for unit in ("1-101", "1-102", "1-103"):
        assert desk.lock(unit)["status"] == "locked"
        desk.pump(0.5)
    # A level-triggered loop that cannot accept would have spent all of that time.
    assert office.daemon.cpu_s() - spent < 0.75
    assert office.daemon.log().count("\n") - lines < 100
    for peer in crowd:
        peer.close()

    def serves():
        try:
            return office.get("catalog").status == 200
        except OSError:
            return False

    eventually(serves, timeout=20)
