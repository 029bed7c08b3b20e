"""Signed links: the developer's own mini-program brings buyers in with a JWT of one key, one algorithm, one audience, once."""

import base64
import hashlib
import hmac
import json
import subprocess
import time
import uuid

import pytest
from launch_day import Session
from listing import PROJECT, Screen, eventually
from people import CANARY_PHONES
from servers import BUILD
from wsclient import Closed

SECRET = "a shared secret of more than thirty-two bytes"
AUDIENCE = "listing-p1"
PHONE = CANARY_PHONES[0]


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def claims(**changes):
    """Those of a good link, but for the changes: None leaves one out, a small number of exp, iat and nbf is counted from now."""
    now = int(time.time())
    found = {"aud": AUDIENCE, "exp": now + 300, "iat": now, "jti": uuid.uuid4().hex, "project": PROJECT, "phone": PHONE, **changes}
    found |= {name: now + found[name] for name in ("exp", "iat", "nbf") if isinstance(found.get(name), int) and found[name] < now}
    return {name: value for name, value in found.items() if value is not None}


def body_of(claims, alg):
    return base64url(json.dumps({"alg": alg, "typ": "JWT"}).encode()) + "." + base64url(json.dumps(claims).encode())


def token(secret=SECRET, alg="HS256", **changes):
    body = body_of(claims(**changes), alg)
    return body + "." + base64url(hmac.new(secret.encode(), body.encode(), hashlib.sha256).digest())


def openssl(*command, data=None):
    return subprocess.run(["openssl", *map(str, command)], input=data, capture_output=True, check=True).stdout


def raw_signature(der):
    """r and s of an ECDSA signature, 32 bytes each, as JWT wants them."""
    numbers, at = b"", 2
    for _ in range(2):
        size = der[at + 1]
        numbers += int.from_bytes(der[at + 2 : at + 2 + size]).to_bytes(32)
        at += 2 + size
    return numbers


class KeyPair:
    def __init__(self, folder, alg):
        self.alg, self.private, self.public = alg, folder / "private.pem", folder / "public.pem"
        kind = ["RSA", "-pkeyopt", "rsa_keygen_bits:2048"] if alg == "RS256" else ["EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
        openssl("genpkey", "-algorithm", *kind, "-out", self.private)
        openssl("pkey", "-in", self.private, "-pubout", "-out", self.public)

    def token(self, **changes):
        body = body_of(claims(**changes), self.alg)
        signature = openssl("dgst", "-sha256", "-sign", self.private, data=body.encode())
        return body + "." + base64url(signature if self.alg == "RS256" else raw_signature(signature))


@pytest.fixture
def key_file(tmp_path):
    path = tmp_path / "link.key"
    path.write_text(SECRET + "\n")
    path.chmod(0o600)
    return path


def settings(path, alg="HS256"):
    return {"buyer_link_key_file": str(path), "buyer_link_alg": alg, "buyer_link_audience": AUDIENCE}


@pytest.fixture
def office(open_office, key_file):
    office = open_office(**settings(key_file), log_level="debug")
    office.session = Session(office, opens_in=60, buyers=())
    office.session.do("launch.admit", launch=office.session.id, buyer="b1")
    return office


def sign_in(office, link, project=PROJECT, **options):
    return office.http("POST", "/api/v1/buyer-login", {"project": project, "link": link}, **options)


def test_a_link_signs_a_buyer_in_once(office):
    link = token()
    answer = sign_in(office, link)
    assert answer.status == 200 and answer.json["account"] == "buyer:b1" and "HttpOnly" in answer.headers["set-cookie"]
    assert Screen(office.port, answer.json["token"], PROJECT).command("ping", {})["now"] > 0
    sign_in(office, link).problem(401, "bad_credentials")
    assert sign_in(office, token()).status == 200, "another link is another one"


def test_another_link_replaces_the_first_sign_in(office):
    first = Screen(office.port, sign_in(office, token()).json["token"], PROJECT)
    sign_in(office, token())
    with pytest.raises(Closed) as closed:
        first.pump(10)
    assert closed.value.code == 4508


@pytest.mark.parametrize("changes", [
    {"aud": "another"}, {"aud": None}, {"exp": None}, {"exp": -1}, {"exp": 90_000}, {"iat": 3600}, {"nbf": 3600},
    {"jti": None}, {"project": None}, {"project": "other"}, {"project": PROJECT + "--r1"}, {"phone": None}, {"phone": "x"}, {"phone": ""}, {"phone": "13700000000"},
    {"secret": "another secret of more than thirty-two bytes"}, {"alg": "none"}, {"alg": "HS512"}, {"alg": "RS256"},
], ids=str)  # fmt: skip
def test_a_link_that_is_not_as_it_should_be_signs_nobody_in(office, changes):
    sign_in(office, token(**changes)).problem(401, "bad_credentials")
    assert sign_in(office, token()).status == 200


def test_what_is_no_link_at_all_is_refused_like_a_bad_one(office):
    head, payload, _ = token().split(".")
    for link in ("x", "a.b.c", "..", "....", "e30.e30.e30", "é.é.x", "A" * 4096, f"{head}.{payload}.", f"eyJhbGciOiJub25lIn0.{payload}.", f"eyJhbGciOiJub25lIn0.{payload}.AAAA"):
        sign_in(office, link).problem(401, "bad_credentials")
    assert sign_in(office, token()).status == 200


def test_a_link_that_is_too_long_is_refused(office):
    sign_in(office, "A" * 4097).problem(400, "bad_request")


def test_a_link_is_for_a_buyer_who_is_admitted(office):
    sign_in(office, token(phone=str(int(PHONE) + 1))).problem(401, "bad_credentials")
    link = token(phone=str(int(PHONE) + 1))
    sign_in(office, link).problem(401, "bad_credentials")
    office.session.do("launch.admit", launch=office.session.id, buyer="b2")
    assert sign_in(office, link).status == 200, "it was not used up by the refusal"


def test_the_audience_may_stand_in_a_list_and_the_number_as_people_write_it(office):
    assert sign_in(office, token(aud=["other", AUDIENCE], phone="+86 " + PHONE)).status == 200


@pytest.mark.parametrize("alg", ["RS256", "ES256"])
def test_a_public_key_checks_links_and_is_no_secret_for_others(open_office, tmp_path, alg):
    pair = KeyPair(tmp_path, alg)
    office = open_office(**settings(pair.public, alg))
    session = Session(office, opens_in=60, buyers=())
    session.do("launch.admit", launch=session.id, buyer="b1")
    link = pair.token()
    head, payload, signature = link.split(".")
    sign_in(office, f"{head}.{payload}.{'A' + signature[1:] if signature[0] != 'A' else 'B' + signature[1:]}").problem(401, "bad_credentials")
    public = pair.public.read_text()
    for secret in (public, public.rstrip("\n")):
        sign_in(office, token(secret=secret)).problem(401, "bad_credentials")
        sign_in(office, token(secret=secret, alg=alg)).problem(401, "bad_credentials")
    assert sign_in(office, link).status == 200


def test_without_a_key_every_link_is_refused(open_office):
    office = open_office()
    session = Session(office, opens_in=60, buyers=())
    session.do("launch.admit", launch=session.id, buyer="b1")
    sign_in(office, token()).problem(401, "bad_credentials")


def test_the_daemon_does_not_start_with_a_key_that_others_may_read(office, key_file):
    key_file.chmod(0o644)
    started = subprocess.run([BUILD / "listingd", "--config", office.daemon.config], capture_output=True, text=True, timeout=10)
    assert started.returncode == 78 and "mode 644" in started.stderr and SECRET not in started.stderr


def test_links_are_throttled_by_address(open_office, key_file):
    office = open_office(**settings(key_file), buyer_login_per_address=3)
    for _ in range(3):
        sign_in(office, "a.b.c").problem(401, "bad_credentials")
    sign_in(office, token()).problem(429, "rate_limited")


def test_no_link_number_or_secret_stands_in_log_or_trail(office):
    good, bad = token(), token(aud="another")
    sign_in(office, good)
    sign_in(office, bad)
    sign_in(office, good)

    def said_why():
        """the daemon said why in its log"""
        return "another audience" in office.daemon.log()

    eventually(said_why)
    told = str(office.events()) + office.daemon.log()
    for secret in (good, bad, good.split(".")[1], PHONE, SECRET):
        assert secret not in told
    assert not any(PHONE in key for key in office.redis.client.keys("*"))
