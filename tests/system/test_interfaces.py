"""The published descriptions (OpenAPI 3.1, AsyncAPI 3) and the running daemon say the same."""

import json
import re

import jsonschema
import pytest

from listing import PROJECT, ROOT, Refusal, eventually, new_key

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
    described = {(path, method) for path, methods in OPENAPI["paths"].items() for method in methods}
    assert served == described


def test_every_command_and_error_code_of_the_daemon_is_described_and_no_other():
    source = (ROOT / "daemon/app/command.c").read_text()
    commands = set(re.findall(r'\{ "([a-z]+(?:\.[a-z]+)?)", RIGHT_', source))
    assert commands == {name for name, payload in MESSAGES.items() if "cmd" in payload["properties"]}
    codes = set(re.findall(r'X\(\w+, +"(\w+)"', (ROOT / "daemon/base/err.h").read_text()))
    assert codes == set(OPENAPI["components"]["schemas"]["Problem"]["properties"]["code"]["enum"])
    assert codes == set(MESSAGES["refusal"]["properties"]["error"]["properties"]["code"]["enum"])


@pytest.mark.parametrize("account", ["manager1", "display1"])
def test_what_is_answered_by_http_is_what_was_promised(office, account):
    desk = office.screen("consultant1")
    desk.lock("1-101")
    desk.release("1-101")
    desk.lock("1-102")
    for what in ("catalog", "board", "buyers", "events"):
        response = office.get(what, account=account)
        if response.status == 200:
            valid(response.json, promised("/api/v1/projects/{p}/" + what))
        else:
            valid(response.json, promised("/api/v1/projects/{p}/" + what, status="default"))
    valid(office.login("consultant1").json, promised("/api/v1/login", "post"))
    valid(office.http("GET", "/api/v1/session", account=account).json, promised("/api/v1/session"))


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
    screen.push("notice")
    screen.see("1-101", "a")
    screen.push("beat")
    office.daemon.process.terminate()
    screen.push("goaway")
    kinds = set()
    for m in heard:
        kind = m.get("ev") or ("reply" if "ok" in m else "refusal")
        jsonschema.Draft202012Validator(MESSAGES[kind]).validate(m)
        kinds.add(kind)
    assert kinds == {name for name, payload in MESSAGES.items() if "cmd" not in payload["properties"]}
    eventually(lambda: office.daemon.process.poll() is not None)


def test_what_the_document_calls_a_command_is_taken(office):
    screen = office.screen("manager1")
    examples = {
        "ping": {},
        "board.watch": {"project": PROJECT},
        "unit.lock": {"project": PROJECT, "unit": "1-101", "buyer": "b1"},
        "unit.release": {"project": PROJECT, "unit": "1-101", "reason": "x"},
        "unit.withhold": {"project": PROJECT, "unit": "1-102", "reason": "x"},
        "unit.offer": {"project": PROJECT, "unit": "1-102"},
        "buyer.put": {"project": PROJECT, "name": "王某", "phone": "13811112222", "wishes": ["三房"]},
        "buyer.erase": {"project": PROJECT, "buyer": "c9", "reason": "客户要求"},
    }
    assert set(examples) == {name for name, payload in MESSAGES.items() if "cmd" in payload["properties"]}
    for cmd, args in examples.items():
        message = {"id": 1, "cmd": cmd, "key": new_key(), "args": args}
        jsonschema.Draft202012Validator(MESSAGES[cmd]).validate(message)
        screen.command(cmd, args, message["key"])
