"""TLS from the daemon itself: the sockets that it adopts speak https and wss."""

import asyncio
import http.client
import json
import socket
import ssl
import subprocess

import pytest
import websockets

from listing import PASSWORD, PROJECT


@pytest.fixture
def secure(open_office, folder):
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
            "-keyout", folder / "key.pem", "-out", folder / "cert.pem"]
    subprocess.run(made, check=True, capture_output=True)
    office = open_office(units=2400, tls_cert_file=folder / "cert.pem", tls_key_file=folder / "key.pem")
    office.context = ssl.create_default_context(cafile=folder / "cert.pem")
    return office


def https(office, method, path, body=None, headers=None):
    connection = http.client.HTTPSConnection("localhost", office.port, timeout=20, context=office.context)
    try:
        connection.request(method, path, json.dumps(body) if body else None, headers or {})
        response = connection.getresponse()
        return response.status, dict((k.lower(), v) for k, v in response.getheaders()), response.read()
    finally:
        connection.close()


def sign_in(office):
    status, headers, body = https(office, "POST", "/api/v1/login", {"account": "consultant1", "password": PASSWORD})
    assert status == 200
    assert "; Secure" in headers["set-cookie"]
    return json.loads(body)["token"]


def connect(office, token):
    headers = {"Authorization": f"Bearer {token}"}
    return websockets.connect(f"wss://localhost:{office.port}/ws", ssl=office.context, subprotocols=["listing.v1.json"], extra_headers=headers)


async def until(link, check):
    while True:
        message = json.loads(await asyncio.wait_for(link.recv(), 20))
        if check(message):
            return message


def test_the_whole_way_works_over_tls(secure):
    token = sign_in(secure)
    status, _, body = https(secure, "GET", f"/api/v1/projects/{PROJECT}/catalog", headers={"Authorization": f"Bearer {token}"})
    assert (status, len(json.loads(body)["units"])) == (200, 2400), "a body larger than one record arrives whole"

    async def visit():
        async with connect(secure, token) as desk, connect(secure, token) as wall:
            for link in (desk, wall):
                await link.send(json.dumps({"id": 1, "cmd": "board.watch", "args": {"project": PROJECT}}))
                await until(link, lambda m: m.get("ev") == "board")
            args = {"project": PROJECT, "unit": "1-101", "buyer": "b1"}
            await desk.send(json.dumps({"id": 2, "cmd": "unit.lock", "key": "k", "args": args}))
            assert (await until(desk, lambda m: m.get("id") == 2))["ok"]["status"] == "locked"
            await until(wall, lambda m: m.get("ev") == "units" and m["u"][0][1] == "l")

    asyncio.run(visit())


def test_a_hundred_screens_share_one_board_over_tls(secure):
    token = sign_in(secure)

    async def crowd():
        links = await asyncio.gather(*[connect(secure, token) for _ in range(100)])
        for link in links:
            await link.send(json.dumps({"id": 1, "cmd": "board.watch", "args": {"project": PROJECT}}))
        await asyncio.gather(*[until(link, lambda m: m.get("ev") == "board") for link in links])
        secure.fcall_as("clerk1", "ld_withhold", "1-101", "留", "")
        await asyncio.gather(*[until(link, lambda m: m.get("ev") == "units") for link in links])
        await asyncio.gather(*[link.close() for link in links])

    asyncio.run(crowd())


def test_plain_text_and_broken_handshakes_harm_nobody(secure):
    for text in (b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", b"\x16\x03\x01\xff\xff" + bytes(500), b"\x00" * 2000, b""):
        with socket.create_connection(("127.0.0.1", secure.port), timeout=5) as peer:
            peer.sendall(text)
    assert sign_in(secure)
    assert secure.daemon.internal("/healthz")[0] == 200, "the internal port stays plain"


def test_old_versions_of_tls_are_refused(secure):
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    with socket.create_connection(("127.0.0.1", secure.port), timeout=5) as peer, pytest.raises((ssl.SSLError, OSError)):
        old.wrap_socket(peer)
