"""How a code or name is shown to somebody who needs to recognise it but not to know it."""


def _middle(value: str, *, head: int, tail: int) -> str:
    hidden = len(value) - head - tail
    return value[:head] + "*" * hidden + value[len(value) - tail :] if hidden > 0 else "*" * len(value)


def mask_id_number(value: str) -> str:
    """`320402********0017`: the area and the last four stay, the date of birth is hidden (15 digits: last three)."""
    return _middle(value, head=6, tail=4 if len(value) == 18 else 3)


def mask_mobile(value: str) -> str:
    """`138****5678`."""
    return _middle(value, head=3, tail=4)


def mask_name(value: str) -> str:
    """`张*`, `欧**`: the first character stays."""
    return value[:1] + "*" * (len(value) - 1)


def mask_credit_code(value: str) -> str:
    """`9132**********4R`: for an individual business, whose code points to one person."""
    return _middle(value, head=4, tail=2)
