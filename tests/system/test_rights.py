"""Every cell of (role × command × own or foreign × project), generated from the table of rights, against the daemon by HTTP.
What the function library does about each is tested in tests/lua."""

import re

import pytest

from listing import ROLES, ROOT, catalog, new_key

COLUMNS = ["display", "buyer", "consultant", "clerk", "finance", "relations", "manager"]
RIGHTS = {
    row[1]: dict(zip(COLUMNS, [grant.strip() for grant in row[2].split(",")]), name=row[0])
    for row in re.findall(r'^RIGHT\((\w+),\s*"([^"]+)",\s*(.*)\)', (ROOT / "daemon/core/rights.def").read_text(), re.M)
}
COMMANDS = re.findall(r'\{ "([a-z.]+)", +RIGHT_(\w+), +"', (ROOT / "daemon/wire/command_table.c").read_text())
# One good value for every argument that any command takes. Each command sees a deal of consultant1 on 1-101.
ARGUMENTS = {
    "unit": "1-101", "buyer": "b1", "reason": "原因", "eligibility": "qualified", "kind": "subscription", "amount_fen": 100,
    "deal": "d1", "result": "pass", "contract": "H-1", "deadline": 4_102_444_800_000, "to": "1-102", "price_fen": 100,
    "request": "r1", "approve": True, "on": True, "name": "某人",
    "code": "K7M4PX", "display": "s1", "account": "nobody9", "role": "consultant", "password": "a new password",
    "launch": "s1", "by_ms": 60_000, "rules_sha": "0" * 40,
}  # fmt: skip
TAKES = {
    cmd: re.findall(r'(?:TEXT|INT|MAY_INT)\("(\w+)"\)|\{ "(\w+)", ARG_DECISION', line)
    for cmd, line in re.findall(r'\{ "([a-z.]+)",(.*)\}', (ROOT / "daemon/wire/command_table.c").read_text())
}


# Those whose arguments the table does not tell.
MADE_BY_THE_DAEMON = {"buyer.put": {"name"}, "account.put": {"account", "role", "password"}, "account.disable": {"account", "reason"},
                      "launch.put": {"name"}, "launch.admit": {"launch", "buyer"}, "launch.code": {"launch", "buyer"}}  # fmt: skip


def arguments_of(cmd):
    named = {name for pair in TAKES[cmd] for name in pair if name}
    if cmd in ("deal.extend", "deal.swap", "deal.rename", "deal.withdraw", "discount.ask") or cmd.startswith("deal."):
        named.add("unit")
    if cmd == "deal.refund":
        named.discard("unit")
    if cmd == "unit.lock":
        named.add("buyer")  # a buyer in a launch session leaves it out
    named |= MADE_BY_THE_DAEMON.get(cmd, set())
    return {name: ARGUMENTS[name] for name in named - {"rev", "price_fen" if cmd == "deal.apply" else "", "down_payment_fen"}}


def right_of(constant):
    return next(row for row in RIGHTS.values() if row["name"] == constant)


def code_of(office, account, cmd, project="p1", **more):
    body = {"cmd": cmd, "args": {**arguments_of(cmd), **more, "project": project}}
    headers = {"Idempotency-Key": new_key()}
    response = office.http("POST", f"/api/v1/projects/{project}/commands", body, account, headers)
    return "ok" if response.status == 200 else response.json["code"]


@pytest.fixture
def prepared(office):
    office.create_project("p2", catalog(4))
    assert code_of(office, "consultant1", "unit.lock") == "ok"
    return office


def test_the_table_covers_every_command_and_every_role():
    assert len(COMMANDS) > 20 and set(ROLES.values()) == set(COLUMNS)
    for cmd, constant in COMMANDS:
        assert right_of(constant), cmd


def test_who_has_no_right_is_refused_and_who_has_is_not_refused_for_want_of_one(prepared):
    seen = {"NO": 0, "OWN": 0, "ANY": 0}
    for cmd, constant in sorted(COMMANDS, key=lambda row: row[0] in ("unit.release", "buyer.erase")):
        for account, role in ROLES.items():
            grant = right_of(constant)[role]
            code = code_of(prepared, account, cmd)
            seen[grant] += 1
            if grant == "NO":
                assert code == "forbidden", (cmd, role, code)
            elif grant == "ANY":
                assert code not in ("forbidden", "not_holder", "unauthenticated"), (cmd, role, code)
            assert code not in ("unavailable", "unknown"), (cmd, role, code)
    assert min(seen.values()) > 10, seen


def test_what_one_may_do_with_ones_own_is_refused_on_what_is_anothers(prepared):
    own = [cmd for cmd, constant in COMMANDS if right_of(constant)["consultant"] == "OWN"]
    assert len(own) >= 8
    for cmd in own:
        if cmd == "buyer.put":
            code = code_of(prepared, "consultant2", cmd, buyer="b1", consultant="consultant1")
        elif cmd == "unit.lock":
            code = code_of(prepared, "consultant2", cmd, unit="1-103")
        else:
            code = code_of(prepared, "consultant2", cmd)
        assert code in ("forbidden", "not_holder"), (cmd, code)


def test_no_role_reaches_into_a_project_that_is_not_its_own(prepared):
    before = prepared.events("p2")
    for cmd, _ in COMMANDS:
        for account in ROLES:
            assert code_of(prepared, account, cmd, project="p2", unit="1-101") == "forbidden", (cmd, account)
            assert code_of(prepared, account, cmd, project="nowhere") == "forbidden", (cmd, account)
    assert prepared.events("p2") == before


ROUTES = re.findall(
    r'HTTP_(GET|POST), "/api/v1/projects/\*/([^"]+)", false, true, RIGHT_(\w+),', (ROOT / "daemon/net/http_api.c").read_text()
)
# Where the route lets in whom the answer then depends on: whole reports, the money in them, or one's own figures.
FURTHER = {"trend": lambda grants: grants["reports.read"] == "ANY",
           "reports": lambda grants: grants["reports.read"] != "NO" or grants["money.read"] != "NO",
           "reports/daily/2026-01-05.json": lambda grants: grants["reports.read"] != "NO" or grants["money.read"] != "NO"}  # fmt: skip


def test_every_address_answers_the_roles_of_its_right_and_no_others_and_in_no_other_project(prepared):
    assert len(ROUTES) > 18
    for method, pattern, constant in ROUTES:
        if pattern == "commands":
            continue  # command by command, above
        path = pattern.replace("reports/*/*", "reports/daily/2026-01-05.json").replace("*", "s1")
        body = {"raw": b"x"} if method == "POST" else {}
        for account, role in ROLES.items():
            grants = {name: row[role] for name, row in RIGHTS.items()}
            may = right_of(constant)[role] != "NO" and FURTHER.get(path, lambda _: True)(grants)
            for project, expected in (("p1", may), ("p2", False), ("nowhere", False)):
                answer = prepared.http(method, f"/api/v1/projects/{project}/{path}", account=account, **body)
                assert (answer.status != 403) == expected, (method, path, role, project, answer.status)
        assert prepared.http(method, f"/api/v1/projects/p1/{path}", **body).status == 401, path


def test_nobody_has_both_the_asking_and_the_deciding_right_of_one_matter_without_a_check_of_who_asked():
    for kind, initiates, approves, executes in re.findall(
        r'^APPROVAL\("(\w+)",\s*"([\w.]+)",\s*"([\w.]+)",\s*"([\w.]*)"\)', (ROOT / "daemon/core/approvals.def").read_text(), re.M
    ):
        assert initiates in RIGHTS and approves in RIGHTS and (not executes or executes in RIGHTS), kind
        both = [role for role in COLUMNS if RIGHTS[initiates][role] != "NO" and RIGHTS[approves][role] != "NO"]
        # A manager extends by himself, and may ask for a price; the latter another manager must decide (test_deal.py).
        assert both == (["manager"] if kind in ("extension", "price") else []), kind
