"""Every cell of rights.def: each role at each writer, on what is its own and on what is another's."""

import pytest
from library import ROLES, Refused
from writers import WRITERS, launch_chosen, launch_open, rights

DENIED = ("forbidden", "not_holder")
# What buyers have a right to in a launch session only, and what has to be there before.
OF_BUYERS = {"launch.choose": None, "unit.lock": launch_open, "unit.release": launch_chosen}
# One's own password everybody may change; test_accounts.py has it.
CELLS = [(name, role, own) for name in WRITERS if name != "ld_password" for role in ROLES for own in (True, False)]


def outcome(lib, name, actor, role):
    try:
        lib.do(name, *WRITERS[name].args, actor=actor, role=role)
        return "ok"
    except Refused as refusal:
        return refusal.code


def told(cell):
    name, role, own = cell
    return f"{name[3:]}-{role}-{'own' if own else 'foreign'}"


@pytest.mark.parametrize("cell", CELLS, ids=told)
def test_a_cell_of_the_table_is_what_the_library_does(lib, cell):
    """Unit, buyer and deal of every row are ann's; bob is a stranger to them. Of a launch session they are the buyer b1's,
    and the buyer c1 is the stranger."""
    name, role, own = cell
    right = WRITERS[name].right
    of_launch = role == "buyer" and right in OF_BUYERS
    (OF_BUYERS[right] or WRITERS[name].ready if of_launch else WRITERS[name].ready)(lib)
    grant = rights()[right][role]
    code = outcome(lib, name, ("buyer:b1" if own else "buyer:c1") if of_launch else "ann" if own else "bob", role)
    if grant == "NO":
        assert code == "forbidden"
    elif grant == "OWN" and not own:
        assert code in DENIED
    else:
        # Ann applied and asked in some of the rows: then the table lets her through and the second pair of eyes does not.
        assert code in ("ok", "own_request") and (code == "ok" or own)


def test_every_right_to_change_something_has_a_writer_and_every_writer_a_right():
    used = {w.right for name, w in WRITERS.items() if name != "ld_password"}
    only_read = {right for right in rights() if right.endswith(".read")} | {"board.public", "board.internal"}
    # To send a file of buyers is for the daemon to allow; what is in it is written as buyers are.
    assert used == set(rights()) - only_read - {"buyers.import"}


def test_nobody_may_do_two_steps_of_one_approval():
    table = rights()
    for first, second in (("deal.apply", "deal.approve"), ("deal.apply", "deal.review"), ("discount.ask", "discount.decide"),
                          ("discount.decide", "discount.file"), ("deal.swap", "request.decide"), ("deal.rename", "request.decide"),
                          ("deal.withdraw", "request.decide"), ("deal.review", "deal.sign"), ("deal.receipt", "deal.sign")):  # fmt: skip
        both = [role for role in ROLES if table[first][role] != "NO" and table[second][role] != "NO"]
        assert both == [], (first, second)
