"""Every writer of the library: the right that it asks for, arguments with which it succeeds, the account that calls it, and
what has to be there before. The tests of what all writers share go through this table."""

import hashlib
import re
from typing import Callable, NamedTuple

from library import CODE, CORE, MAX, P, ROLES


def rights():
    """rights.def as {right: {role: grant}}."""
    found = {}
    for line in (CORE / "rights.def").read_text().splitlines():
        if row := re.match(r'RIGHT\((\w+),\s*"([^"]+)",\s*(.*)\)', line):
            found[row[2]] = dict(zip(ROLES, [g.strip() for g in row[3].split(",")]))
    return found


def transitions():
    rows = re.findall(r'^TRANSITION\((\w+),\s*"(\w+)",\s*(\w+)\)', (CORE / "transitions.def").read_text(), re.M)
    return {(a.lower(), verb, b.lower()) for a, verb, b in rows}


class Writer(NamedTuple):
    right: str
    args: list
    actor: str = "max"
    role: str = "manager"
    ready: Callable = lambda lib: None


def at(stage):
    return lambda lib: lib.way_to(stage)


def after(stage, *names, **args):
    """The stage, then calls of steps by their names; `args` are those of the first."""

    def ready(lib):
        lib.way_to(stage)
        for name in names:
            getattr(lib, name)(**(args if name == names[0] else {}))

    return ready


def released_with_money(lib):
    lib.way_to("paid")
    lib.release(actor="cleo", role="clerk", reason="r")


def discount_approved(lib):
    lib.way_to("locked")
    lib.ask_discount()
    lib.decide()


def frozen(lib):
    lib.freeze()


def dead_letter(lib):
    lib.r.xadd(f"{P}:dead", {"target": "erp", "seq": "1", "why": "w", "at": lib.now}, id="1-1")


def code_shown(lib):
    lib.show_code()


def display_paired(lib):
    lib.show_code()
    lib.do("ld_display_pair", CODE, "大堂")


def accounts_of_managers(lib):
    for account in ("max", "ctl"):
        lib.r.hset("ld:accounts", account, MAX)


def launch_planned(lib, units="U1 U2 U3", buyers="b1 b2", rules="规则", **plan):
    """A launch session s1 that opens in a second, with its units and buyers; returns the SHA-1 of its rules."""
    plan = {"name": "首开", "opens_ms": lib.now + 1000, "closes_ms": lib.now + 3_601_000, "rules": rules, **plan}
    lib.do("ld_launch_put", "", SEED, COMMIT, *[str(item) for pair in plan.items() for item in pair])
    lib.do("ld_launch_units", "s1", "yes", units, "")
    if buyers:
        lib.do("ld_launch_admit", "s1", *[item for buyer in buyers.split() for item in (buyer, "", "", "")])
    return hashlib.sha1(rules.encode()).hexdigest()


def launch_open(lib, **plan):
    """The same, open, and its buyers in it."""
    rules = launch_planned(lib, **plan)
    for buyer in plan.get("buyers", "b1 b2").split():
        lib.do("ld_launch_enter", "s1", rules, actor="buyer:" + buyer, role="buyer")
    lib.wait(1000)


def launch_paused(lib):
    launch_planned(lib)
    lib.do("ld_launch_pause", "s1", "r")


def launch_chosen(lib):
    launch_open(lib)
    lib.lock("U1", "", actor="buyer:b1", role="buyer")


def seed_and_commitment(text):
    seed = hashlib.sha256(text.encode()).hexdigest()
    return seed, hashlib.sha256(seed.encode()).hexdigest()


SEED, COMMIT = "5e" * 32, hashlib.sha256(b"5e" * 32).hexdigest()
RULES = hashlib.sha1("规则".encode()).hexdigest()
B1 = ("buyer:b1", "buyer")
OPENS = str(1_800_000_000_000 + 3_600_000)
ANN, CLERK, FINANCE = ("ann", "consultant"), ("cleo", "clerk"), ("fay", "finance")
SOON = str(1_800_000_000_000 + 100_000_000)  # later than a lock of the first moment, within its absolute maximum

WRITERS = {
    "ld_lock": Writer("unit.lock", ["U1", "b1", ""]),
    "ld_release": Writer("unit.release", ["U1", "r", "", ""], ready=at("locked")),
    "ld_withhold": Writer("unit.withhold", ["U1", "r", ""]),
    "ld_offer": Writer("unit.offer", ["U1", ""], ready=lambda lib: lib.withhold()),
    "ld_withhold_many": Writer("unit.withhold", ["U1 U2", "r"]),
    "ld_offer_many": Writer("unit.offer", ["U1 U2"], ready=lambda lib: (lib.withhold("U1"), lib.withhold("U2"))),
    "ld_favourite": Writer("favourite.set", ["U1", "yes"]),
    "ld_import": Writer("catalog.import", ["", "N1", '{"id":"N1","list_price_fen":1}', ""]),
    "ld_buyer_put": Writer("buyers.write", ["n1", '{"id":"n1","consultant":"ann"}']),
    "ld_buyer_erase": Writer("buyers.erase", ["b2", "r"]),
    "ld_buyer_reveal": Writer("buyers.reveal", ["r"]),
    "ld_configure": Writer("project.configure", ["lock_hold_ms", "5000"]),
    "ld_clock_confirm": Writer("clock.confirm", ["r"], ready=lambda lib: lib.beat(wall=0)),
    "ld_thaw": Writer("project.thaw", ["r"], ready=frozen),
    "ld_dead_retry": Writer("project.configure", ["1-1"], ready=dead_letter),
    "ld_dead_skip": Writer("project.configure", ["1-1", "r"], ready=dead_letter),
    "ld_apply": Writer("deal.apply", ["", "U1", "qualified", "", "", ""], *ANN, at("locked")),
    "ld_approve": Writer("deal.approve", ["", "U1"], *CLERK, at("applied")),
    "ld_reject": Writer("deal.reject", ["", "U1", "r"], *CLERK, at("applied")),
    "ld_receipt": Writer("deal.receipt", ["", "U1", "subscription", "5", ""], *FINANCE, at("subscribed")),
    "ld_refund": Writer("deal.refund", ["d1", "5", ""], *FINANCE, released_with_money),
    "ld_review": Writer("deal.review", ["", "U1", "pass", ""], "rita", "relations", at("paid")),
    "ld_sign": Writer("deal.sign", ["", "U1", "HT-1"], *CLERK, at("reviewed")),
    "ld_extend": Writer("deal.extend", ["", "U1", SOON, "r"], ready=at("locked")),
    "ld_ask_discount": Writer("discount.ask", ["", "U1", "9000", "r"], *ANN, at("locked")),
    "ld_ask_swap": Writer("deal.swap", ["", "U1", "U2", "r"], *ANN, at("locked")),
    "ld_ask_rename": Writer("deal.rename", ["", "U1", "b2", "r"], *ANN, at("locked")),
    "ld_ask_withdraw": Writer("deal.withdraw", ["", "U1", "", "r"], *ANN, at("subscribed")),
    "ld_ask_price": Writer("price.ask", ["U1", "9000", "r"]),
    "ld_decide": Writer("request.decide", ["r1", "", "yes", ""], ready=after("subscribed", "ask_withdraw")),
    "ld_decide_discount": Writer("discount.decide", ["", "U1", "yes", ""], ready=after("locked", "ask_discount")),
    "ld_file_discount": Writer("discount.file", ["", "U1"], *CLERK, discount_approved),
    "ld_display_pair": Writer("displays.manage", [CODE, "大堂"], ready=code_shown),
    "ld_display_revoke": Writer("displays.manage", ["s1", "r"], ready=display_paired),
    "ld_account_put": Writer("accounts.manage", ["newcomer", "consultant", "$y$j75$new", "p"]),
    "ld_account_disable": Writer("accounts.manage", ["eve", "r", "p"], ready=lambda lib: lib.account("eve")),
    "ld_launch_put": Writer("launch.run", ["", SEED, COMMIT, "name", "首开", "opens_ms", OPENS, "closes_ms", OPENS + "0"]),
    "ld_launch_units": Writer("launch.run", ["s1", "yes", "U4 U5", "加推"], ready=launch_planned),
    "ld_launch_admit": Writer("launch.run", ["s1", "c1", "A", "7", "a" * 32], ready=launch_planned),
    "ld_launch_draw": Writer("launch.run", ["s1", "r"], ready=launch_planned),
    "ld_launch_pause": Writer("launch.run", ["s1", "r"], ready=launch_planned),
    "ld_launch_resume": Writer("launch.run", ["s1", "r"], ready=launch_paused),
    "ld_launch_extend": Writer("launch.run", ["s1", "60000", "r"], ready=launch_planned),
    "ld_launch_close": Writer("launch.run", ["s1", "r"], ready=launch_planned),
    "ld_launch_say": Writer("launch.run", ["s1", "请准备"], ready=launch_planned),
    "ld_launch_code": Writer("launch.run", ["s1", "b1", "a" * 32], ready=launch_planned),
    "ld_launch_checkin": Writer("launch.run", ["s1", "b1"], ready=launch_planned),
    "ld_launch_enter": Writer("launch.choose", ["s1", RULES], *B1, launch_planned),
    "ld_launch_complete": Writer("launch.choose", ["d1", "qualified", "", ""], *B1, launch_chosen),
    "ld_password": Writer("board.public", [hashlib.sha1(MAX.encode()).hexdigest(), "$y$j75$new", ""], ready=accounts_of_managers),
}
# A frozen project still lets out whom it should not have let in.
WHILE_FROZEN = ["ld_thaw", "ld_display_revoke", "ld_account_disable", "ld_password"]
# Those whose business is not of the project alone.
ACCESS = ["ld_display_pair", "ld_display_revoke", "ld_account_put", "ld_account_disable", "ld_password"]


def use(lib, name, **more):
    """Calls a writer as its row says."""
    w = WRITERS[name]
    return lib.do(name, *w.args, **{"actor": w.actor, "role": w.role, **more})
