"""The made-up buyers of an office's project."""

# Personal data that must never appear in an event, a log line or another consultant's list.
CANARY_NAMES = ["王金丝雀", "李金丝雀"]
CANARY_PHONES = ["13900001111", "13900002222"]


def buyers_csv():
    """b1 … b9 are consultant1's, c1 … c9 consultant2's; the first of each has the canary's number."""
    lines = ["编号,姓名,手机,级别,置业顾问"]
    for owner, letter, name, phone in zip(("consultant1", "consultant2"), "bc", CANARY_NAMES, CANARY_PHONES):
        for number in range(9):
            lines.append(f"{letter}{number + 1},{name},{int(phone) + number},A,{owner}")
    return "\n".join(lines) + "\n"
