"""The door: who may open a WebSocket, and what is said first."""

import asyncio
import json

import pytest
import websockets

from listing import PASSWORD, Screen, eventually
from wsclient import Refused, WebSocket


def test_hello_is_the_first_message(office):
    screen = office.screen("consultant1", watch=None)
    hello = screen.hello
    assert hello["ev"] == "hello"
    assert hello["protocol"] == "listing.v1"
    assert (hello["account"], hello["role"]) == ("consultant1", "consultant")
    assert 1 <= hello["heartbeat_s"] <= 5
    assert abs(hello["now"] - office.now_ms()) < 5000
    assert screen.headers["sec-websocket-protocol"] == "listing.v1.json"


def test_an_ordinary_websocket_library_can_watch_and_lock(office):
    token = office.token("consultant1")

    async def visit():
        headers = {"Authorization": f"Bearer {token}"}
        url = f"ws://127.0.0.1:{office.port}/ws"
        async with websockets.connect(url, subprotocols=["listing.v1.json"], extra_headers=headers) as socket:
            assert json.loads(await socket.recv())["ev"] == "hello"
            args = {"project": "p1", "unit": "1-101", "buyer": "b1"}
            await socket.send(json.dumps({"id": 1, "cmd": "unit.lock", "key": "k1", "args": args}))
            reply = json.loads(await socket.recv())
            while "ev" in reply:  # the private push of the deal may come first
                reply = json.loads(await socket.recv())
            assert (reply["id"], reply["ok"]["status"]) == (1, "locked")

    asyncio.run(visit())


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer nonsense"},
        {"Authorization": "Bearer " + "A" * 54},
        {"Authorization": "Basic Y29uc3VsdGFudDE6eA=="},
        {"Cookie": "listing_session=nonsense"},
    ],
    ids=["nothing", "nonsense", "made_up_token", "basic", "nonsense_cookie"],
)
def test_an_upgrade_without_a_valid_sign_in_is_answered_401(office, headers):
    if "Cookie" in headers:
        headers = {**headers, "Origin": f"http://127.0.0.1:{office.port}"}
    with pytest.raises(Refused) as refused:
        WebSocket(office.port, headers)
    assert refused.value.status == 401


def test_the_cookie_of_the_own_origin_opens_the_door(office):
    cookie = {"Cookie": "listing_session=" + office.token("clerk1"), "Origin": f"http://127.0.0.1:{office.port}"}
    assert Screen(office.port, None, headers=cookie).hello["account"] == "clerk1"


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", "http://127.0.0.1:1", "http://127.0.0.1.evil.example", "https://127.0.0.1:{port}x"],
)
def test_a_foreign_origin_is_answered_403(office, origin):
    origin = origin.format(port=office.port)
    with pytest.raises(Refused) as refused:
        WebSocket(office.port, {"Cookie": "listing_session=" + office.token("clerk1"), "Origin": origin})
    assert refused.value.status == 403
    with pytest.raises(Refused) as refused:
        WebSocket(office.port, {"Authorization": "Bearer " + office.token("clerk1"), "Origin": origin})
    assert refused.value.status == 403


def test_a_configured_origin_is_welcome(open_office):
    office = open_office(origins="https://sales.example.com https://other.example.com")
    headers = {"Cookie": "listing_session=" + office.token("clerk1"), "Origin": "https://sales.example.com"}
    assert Screen(office.port, None, headers=headers).hello["account"] == "clerk1"


def test_an_upgrade_without_a_subprotocol_is_answered_400(office):
    with pytest.raises(Refused) as refused:
        WebSocket(office.port, {"Authorization": "Bearer " + office.token("clerk1")}, protocol=None)
    assert refused.value.status == 400


@pytest.mark.parametrize("protocol", ["listing.v2.json", "chat", "listing.v1.jso", "http", "listing"])
def test_an_unknown_subprotocol_is_refused(office, protocol):
    with pytest.raises(Refused) as refused:
        WebSocket(office.port, {"Authorization": "Bearer " + office.token("clerk1")}, protocol=protocol)
    assert refused.value.status in (0, 400)
    assert office.daemon.is_ready()


def test_a_websocket_is_to_be_had_at_its_address_only(office):
    with pytest.raises(Refused) as refused:
        WebSocket(office.port, {"Authorization": "Bearer " + office.token("clerk1")}, path="/other")
    assert refused.value.status in (400, 404)


def test_signing_out_closes_the_open_connection_and_the_token_is_dead(office):
    token = office.login("consultant2", PASSWORD).json["token"]
    screen = Screen(office.port, token)
    assert office.http("POST", "/api/v1/logout", headers={"Authorization": f"Bearer {token}"}).status in (200, 204)
    assert screen.close_code() == 4501
    with pytest.raises(Refused) as refused:
        WebSocket(office.port, {"Authorization": f"Bearer {token}"})
    assert refused.value.status == 401


def test_a_token_of_an_ended_session_is_worth_nothing_after_a_restart_either(office):
    token = office.login("consultant2", PASSWORD).json["token"]
    office.http("POST", "/api/v1/logout", headers={"Authorization": f"Bearer {token}"})
    office.daemon.stop()
    office.daemon.start()
    # Its seal is genuine, so the daemon may let it in to ask Redis; it must be thrown out before hello.
    try:
        socket = WebSocket(office.port, {"Authorization": f"Bearer {token}"})
    except Refused as refused:
        assert refused.status == 401
    else:
        assert socket.close_code() == 4501


def test_the_sign_in_outlives_a_restart_of_the_daemon(office):
    token = office.token("consultant1")
    office.daemon.stop()
    office.daemon.start()
    assert Screen(office.port, token).hello["account"] == "consultant1"


def test_too_many_connections_from_one_address_are_refused(open_office):
    office = open_office(max_connections_per_address=5)
    token = office.token("consultant1")
    kept = []
    for _ in range(5):
        kept.append(Screen(office.port, token))
    with pytest.raises((Refused, ConnectionError)):
        Screen(office.port, token)
    kept.pop().close()

    def again():
        try:
            return Screen(office.port, token)
        except (Refused, ConnectionError):
            return None

    assert eventually(again).hello["ev"] == "hello"


@pytest.mark.parametrize("limit", ["max_connections", "max_connections_per_address"])
def test_a_daemon_that_is_full_still_says_that_it_lives(open_office, limit):
    """A supervisor that hears nothing would end it, and with it everybody who is served."""
    office = open_office(**{limit: 5})
    token = office.token("consultant1")
    kept = [Screen(office.port, token) for _ in range(5)]
    with pytest.raises((Refused, ConnectionError)):
        Screen(office.port, token)
    assert office.daemon.internal("/healthz")[0] == 200
    assert office.daemon.metric("connections") == len(kept)
