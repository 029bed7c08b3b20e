"""The published descriptions (OpenAPI 3.1, AsyncAPI 3) and the running daemon say the same."""

import json
import re

import jsonschema
import pytest

from launch_day import Session
from listing import PROJECT, ROOT, Refusal, eventually, new_key
from people import CANARY_PHONES

OPENAPI = json.loads((ROOT / "web/public/openapi.json").read_text())
ASYNCAPI = json.loads((ROOT / "web/public/asyncapi.json").read_text())
MESSAGES = {m["name"]: m["payload"] for m in ASYNCAPI["components"]["messages"].values()}


def valid(body, schema, within=OPENAPI):
    # References are looked up in the whole document.
    jsonschema.Draft202012Validator({**schema, "components": within["components"]}).validate(body)


def promised(path, method="get", status="200"):
    content = OPENAPI["paths"][path][method]["responses"][status]["content"]
    return next(iter(content.values()))["schema"]


def test_both_documents_are_sound_schemas():
    for schema in [*OPENAPI["components"]["schemas"].values(), *MESSAGES.values()]:
        jsonschema.Draft202012Validator.check_schema(schema)
    assert (OPENAPI["openapi"], ASYNCAPI["asyncapi"]) == ("3.1.0", "3.0.0")


def test_every_route_of_the_daemon_is_described_and_no_other():
    source = (ROOT / "daemon/net/http_api.c").read_text()
    served = {(path.replace("*", "{p}"), method.lower()) for method, path in re.findall(r'HTTP_(GET|POST), "(/api/[^"]+)"', source)}
    described = {(re.sub(r"\{\w+\}", "{p}", path), method) for path, methods in OPENAPI["paths"].items() for method in methods}
    assert served == described


def test_every_command_and_error_code_of_the_daemon_is_described_and_no_other():
    source = (ROOT / "daemon/wire/command_table.c").read_text()
    commands = set(re.findall(r'\{ "([a-z]+(?:\.[a-z]+)?)", +RIGHT_', source))
    assert commands == {name for name, payload in MESSAGES.items() if "cmd" in payload["properties"]}
    codes = set(re.findall(r'X\(\w+, +"(\w+)"', (ROOT / "daemon/base/err.h").read_text()))
    assert codes == set(OPENAPI["components"]["schemas"]["Problem"]["properties"]["code"]["enum"])
    assert codes == set(MESSAGES["refusal"]["properties"]["error"]["properties"]["code"]["enum"])


def pressed(session):
    """What the one whose seat it is gets for a press; None while b1 waits."""
    try:
        return session.press("b1", "1-103")
    except Refusal:
        return None


@pytest.mark.parametrize("account", ["manager1", "display1"])
def test_what_is_answered_by_http_is_what_was_promised(office, account):
    desk = office.screen("consultant1")
    desk.lock("1-101")
    desk.release("1-101")
    desk.lock("1-102")
    desk.command("deal.apply", {"project": PROJECT, "unit": "1-102", "eligibility": "qualified"}, new_key())
    for what in ("catalog", "board", "buyers", "events", "deals", "queue", "trend", "demand", "favourites", "settings"):
        response = office.get(what, account=account)
        if response.status == 200:
            valid(response.json, promised("/api/v1/projects/{p}/" + what))
        else:
            valid(response.json, promised("/api/v1/projects/{p}/" + what, status="default"))
    valid(office.login("consultant1").json, promised("/api/v1/login", "post"))
    pairing = office.http("POST", "/api/v1/pairings", {"project": PROJECT})
    valid(pairing.json, promised("/api/v1/pairings", "post", "201"))
    claim = {name: pairing.json[name] for name in ("code", "secret")}
    valid(office.http("POST", "/api/v1/pairings/claim", claim).json, promised("/api/v1/pairings/claim", "post", "202"))
    if office.post_command("display.pair", {"code": claim["code"], "name": "大堂"}, account).status == 200:
        valid(office.get("displays", account=account).json, promised("/api/v1/projects/{p}/displays"))
        valid(office.http("POST", "/api/v1/pairings/claim", claim).json, promised("/api/v1/pairings/claim", "post"))
        valid(office.get("displays", account=account).json, promised("/api/v1/projects/{p}/displays"))
        valid(office.get("accounts", account=account).json, promised("/api/v1/projects/{p}/accounts"))
    if account == "manager1":
        session = Session(office, opens_in=0.3, active_max=3, units=["1-103"])
        for what, reader in (("offer", "display1"), ("me", "buyer:b1"), ("control", account), ("admitted", account)):
            valid(office.get(f"launches/{session.id}/{what}", reader).json, promised("/api/v1/projects/{p}/launches/{l}/" + what))
        session.until_open()
        deal = eventually(lambda: pressed(session), every=0.6)["deal"]
        made = office.http("POST", f"/api/v1/projects/{PROJECT}/launches/{session.id}/proof", {"deal": deal}, "buyer:b1").json
        valid(made, promised("/api/v1/projects/{p}/launches/{l}/proof", "post"))
        valid(office.http("POST", "/api/v1/check", {"proof": made["proof"]}).json, promised("/api/v1/check", "post"))
        code = session.do("launch.code", launch=session.id, buyer="b1")["code"]
        signed_in = office.http("POST", "/api/v1/buyer-login", {"project": PROJECT, "phone": CANARY_PHONES[0], "code": code})
        valid(signed_in.json, promised("/api/v1/buyer-login", "post"))
    valid(office.get("launches", account=account).json, promised("/api/v1/projects/{p}/launches"))
    valid(office.http("GET", "/api/v1/pick/" + PROJECT).json, promised("/api/v1/pick/{p}"))
    refused = office.http("POST", "/api/v1/password", {"old": "wrong", "new": "a new password"}, account)
    valid(refused.json, promised("/api/v1/password", "post", "default"))
    file = "编号,姓名,手机,置业顾问\nn1,甲,13877665541,小王\n".encode()
    sent = office.http("POST", f"/api/v1/projects/{PROJECT}/buyers/import?dry_run=1", account=account, raw=file)
    valid(sent.json, promised("/api/v1/projects/{p}/buyers/import", "post", "200" if account == "manager1" else "default"))
    if account == "manager1":
        listed = "姓名,手机,验证码\n甲,13877665541,\n".encode()
        again = Session(office, opens_in=60, buyers=(), units=["1-104"])
        admitted = f"/api/v1/projects/{PROJECT}/launches/{again.id}/admit"
        for query in ("?dry_run=1", ""):
            sent = office.http("POST", admitted + query, account=account, raw=listed)
            valid(sent.json, promised("/api/v1/projects/{p}/launches/{l}/admit", "post"))
    for what in ("session", "rights"):
        valid(office.http("GET", "/api/v1/" + what, account=account).json, promised("/api/v1/" + what))


def test_commands_by_http_are_answered_as_promised(office):
    path = "/api/v1/projects/{p}/commands"
    valid(office.post_command("unit.lock", {"unit": "1-101", "buyer": "b1"}).json, promised(path, "post"))
    for args in ({"unit": "1-101", "buyer": "b2"}, {"unit": "9-999", "buyer": "b1"}, {}):
        valid(office.post_command("unit.lock", args).json, promised(path, "post", "default"))
    valid(office.http("GET", "/api/v1/nothing", account="clerk1").json, {"$ref": "#/components/schemas/Problem"})


def test_every_message_that_the_daemon_sends_is_described(open_office):
    office = open_office(project={"lock_hold_ms": 2500, "warn_ms": "1500"}, heartbeat_s=1)
    screen = office.screen("consultant1")
    heard, handled = [screen.hello], screen.message

    def message(*args, **named):
        heard.append(handled(*args, **named))
        return heard[-1]

    screen.message = message
    screen.watch(PROJECT)
    screen.lock("1-101")
    with pytest.raises(Refusal):
        screen.lock("1-999")
    while screen.push("notice")["kind"] != "expiry":
        pass
    screen.see("1-101", "a")
    screen.push("beat")
    session = Session(office, opens_in=0.3, active_max=2, buyers=("b1",))
    screen.push("launch")
    heard += [session.buyers["b1"].push(kind) for kind in ("room", "interest")]
    office.daemon.process.terminate()
    screen.push("goaway")
    kinds = set()
    for m in heard:
        kind = m.get("ev") or ("reply" if "ok" in m else "refusal")
        jsonschema.Draft202012Validator(MESSAGES[kind]).validate(m)
        kinds.add(kind)
    assert kinds == {name for name, payload in MESSAGES.items() if "cmd" not in payload["properties"]}
    eventually(lambda: office.daemon.process.poll() is not None)


# In the order in which a deal goes its way; who may do it, and what it takes.
EXAMPLES = [
    ("manager1", "ping", {}),
    ("manager1", "board.watch", {}),
    ("consultant1", "unit.lock", {"unit": "1-101", "buyer": "b1"}),
    ("consultant1", "unit.release", {"unit": "1-101", "reason": "x"}),
    ("clerk1", "unit.withhold", {"unit": "1-102", "reason": "x"}),
    ("clerk1", "unit.offer", {"unit": "1-102"}),
    ("consultant1", "favourite.set", {"unit": "1-102", "on": True}),
    ("clerk1", "price.ask", {"unit": "1-102", "price_fen": 5, "reason": "x"}),
    ("manager1", "request.decide", {"request": "r1", "approve": True}),
    ("consultant1", "unit.lock", {"unit": "1-101", "buyer": "b1"}),
    ("consultant1", "discount.ask", {"unit": "1-101", "price_fen": 299_000_000, "reason": "x"}),
    ("manager1", "discount.decide", {"request": "r2", "approve": True, "reason": ""}),
    ("clerk1", "discount.file", {"request": "r2"}),
    ("consultant1", "deal.apply", {"unit": "1-101", "eligibility": "unknown", "down_payment_fen": 1, "price_fen": 299_000_000, "note": "x"}),
    ("clerk1", "deal.reject", {"unit": "1-101", "reason": "x"}),
    ("consultant1", "deal.apply", {"deal": "d2", "eligibility": "qualified"}),
    ("clerk1", "deal.approve", {"unit": "1-101"}),
    ("finance1", "deal.receipt", {"unit": "1-101", "kind": "subscription", "amount_fen": 7, "ref": "x"}),
    ("manager1", "deal.extend", {"unit": "1-101", "deadline": None, "reason": "x"}),
    ("relations1", "deal.review", {"unit": "1-101", "result": "pass", "comment": "x"}),
    ("consultant1", "deal.swap", {"unit": "1-101", "to": "1-103", "reason": "x"}),
    ("consultant1", "deal.rename", {"unit": "1-101", "buyer": "b2", "reason": "x"}),
    ("clerk1", "deal.sign", {"unit": "1-101", "contract": "H-1"}),
    ("consultant1", "deal.withdraw", {"unit": "1-101", "reason": "x"}),
    ("manager1", "request.decide", {"request": "r5", "approve": True}),
    ("consultant1", "buyer.put", {"name": "王某", "phone": "13811112222", "wishes": ["三房"]}),
    ("manager1", "buyer.erase", {"buyer": "c9", "reason": "客户要求"}),
    ("finance1", "deal.refund", {"deal": "d2", "amount_fen": 7, "ref": "y"}),
    ("clerk1", "display.pair", {"code": None, "name": "大堂"}),
    ("clerk1", "display.revoke", {"display": "s1", "reason": "x"}),
    ("clerk1", "account.put", {"account": "consultant9", "role": "consultant", "password": "a new password"}),
    ("clerk1", "account.disable", {"account": "consultant9", "reason": "x"}),
    ("clerk1", "units.withhold", {"units": ["2-301", "2-302"], "reason": "留"}),
    ("manager1", "units.offer", {"units": ["2-301", "2-302"]}),
    ("manager1", "project.configure", {"settings": {"public_board": "merged", "sheet_at_min": 540}}),
]
# A launch session, planned as s1; the buyer is signed in as Session does it.
OF_LAUNCH = [
    ("clerk1", "launch.put", {"name": "二开", "opens_ms": None, "closes_ms": None, "rules": "规则"}),
    ("clerk1", "launch.units", {"launch": "s2", "on": True, "units": ["2-303", "2-304"], "reason": "加推"}),
    ("clerk1", "launch.draw", {"launch": "s2", "reason": "公证摇号"}),
    ("clerk1", "launch.admit", {"launch": "s1", "buyer": "b3", "group": "A", "draw": 9}),
    ("clerk1", "launch.code", {"launch": "s1", "buyer": "b3"}),
    ("clerk1", "launch.checkin", {"launch": "s1", "buyer": "b1"}),
    ("clerk1", "launch.say", {"launch": "s1", "text": "请准备"}),
    ("clerk1", "launch.pause", {"launch": "s1", "reason": "x"}),
    ("clerk1", "launch.resume", {"launch": "s1", "reason": "x"}),
    ("clerk1", "launch.extend", {"launch": "s1", "by_ms": 60_000, "reason": "x"}),
    ("buyer:b1", "launch.enter", {"launch": "s1", "rules_sha": None}),
    ("buyer:b1", "unit.lock", {"unit": "2-201"}),
    ("buyer:b1", "unit.release", {"unit": "2-201"}),
    ("buyer:b1", "unit.lock", {"unit": "2-202"}),
    ("buyer:b1", "launch.complete", {"deal": "d4", "eligibility": "qualified", "down_payment_fen": 1, "note": "x"}),
    ("clerk1", "launch.close", {"launch": "s1", "reason": "x"}),
]
# Refused here, since nothing is frozen or in doubt; test_deal.py and test_expiry.py do them in earnest.
IDLE = [("manager1", "project.thaw", {"reason": "x"}), ("manager1", "clock.confirm", {"reason": "x"})]


def test_what_the_document_calls_a_command_is_taken(office):
    screens = {account: office.screen(account) for account in {account for account, _, _ in EXAMPLES}}
    described = {name for name, payload in MESSAGES.items() if "cmd" in payload["properties"]}
    assert {cmd for _, cmd, _ in EXAMPLES + OF_LAUNCH + IDLE} == described
    session = Session(office, opens_in=0.1, units=["2-201", "2-202"], buyers=("b1",), enter=False)
    screens |= {"buyer:b1": session.buyers["b1"]}
    for account, cmd, args in EXAMPLES + OF_LAUNCH + IDLE:
        args = {**args, "project": PROJECT}
        if cmd == "launch.put":
            args |= {"opens_ms": office.now_ms() + 60_000, "closes_ms": office.now_ms() + 120_000}
        if cmd == "launch.enter":
            args["rules_sha"] = session.rules_sha
            session.until_open()
        if cmd == "deal.extend":
            args["deadline"] = office.now_ms() + 48 * 3600 * 1000
        if cmd == "display.pair":
            args["code"] = office.http("POST", "/api/v1/pairings", {"project": PROJECT}).json["code"]
        message = {"id": 1, "cmd": cmd, "key": new_key(), "args": args}
        jsonschema.Draft202012Validator(MESSAGES[cmd]).validate(message)
        try:
            screens[account].command(cmd, args, message["key"])
        except Refusal as refusal:
            assert refusal.code == "not_available" and (account, cmd) in {(a, c) for a, c, _ in IDLE}, (cmd, refusal.error)
