"""Pure decisions: which pattern covers what, who stands above whom, which periods are in force."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Final, TypeVar

from yiwang.commons.identity.contracts import Factor, Limit, RegionLevel

K = TypeVar("K")
ANY = "*"
_LEVELS = tuple(RegionLevel)


class CycleFound(ValueError):
    """A tree closes on itself; `key` is one member of the cycle."""

    def __init__(self, key: object) -> None:
        super().__init__(f"{key} is above itself")
        self.key = key


def covering(pattern: str, separator: str) -> tuple[str, ...]:
    """All patterns that include `pattern` or equal it, the widest first.

    `matter:birth` is covered by `*`, `matter:*` and itself; `case.handle` by `*`, `case.*` and itself.
    """
    kind, found, _rest = pattern.partition(separator)
    wider = (ANY, f"{kind}{separator}{ANY}") if found else (ANY,)
    return tuple(dict.fromkeys((*wider, pattern)))


def scope_covers(pattern: str, scope_key: str) -> bool:
    """Whether the scope `pattern` includes `scope_key` (`matter:birth`)."""
    return pattern in covering(scope_key, ":")


def in_force(valid_from: date, valid_to: date | None, on: date) -> bool:
    """Whether a period includes the day; both ends belong to it."""
    return valid_from <= on and (valid_to is None or on <= valid_to)


def levels_from(level: RegionLevel) -> tuple[RegionLevel, ...]:
    """The level and those above it: `street` gives province, city, district, street."""
    return _LEVELS[: _LEVELS.index(level) + 1]


def ancestry(parents: Mapping[K, Sequence[K]]) -> set[tuple[K, K, int]]:
    """(ancestor, descendant, shortest distance) for every node and each node above it, itself included.

    A node may have several parents (a street stands in its district and in a functional area). A parent that is no key
    of `parents` is outside and left out. Raises CycleFound.
    """
    rows: set[tuple[K, K, int]] = set()
    for key in parents:
        seen = {key}
        level = [key]
        distance = 0
        while level:
            rows.update((above, key, distance) for above in level)
            following = dict.fromkeys(p for above in level for p in parents[above] if p in parents)
            if key in following:
                raise CycleFound(key)
            level = [above for above in following if above not in seen]
            seen.update(level)
            distance += 1
    return rows


_KNOWN: Final = frozenset({Factor.PASSWORD})
_HELD: Final = frozenset({Factor.CODE, Factor.TOTP, Factor.PASSKEY, Factor.RECOVERY_CODE})


# A code by e-mail shows an inbox, which is no thing that somebody holds (NIST SP 800-63B section 5.1.3.1): it raises no level.
def authentication_level(methods: Iterable[Factor], *, verified: bool = False) -> int:
    """0 nothing shown, 1 one factor, 2 something known and something held, or a passkey that has `verified` its user.

    The kinds of factors are those of GB/T 40651-2021 and NIST SP 800-63B: two of one kind are still one.
    """
    shown = frozenset(methods)
    if verified or (shown & _KNOWN and shown & _HELD):
        return 2
    return 1 if shown else 0


_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def login_limits(*, name: str, address: str, device: str = "") -> tuple[Limit, ...]:
    """What a try to log in counts against. A browser that the account knows counts by itself only.

    So a stranger who tries somebody's name from many addresses shuts out strangers, never the owner at an own browser;
    and an office of forty people behind one address logs in at nine o'clock.
    """
    if device:
        return (Limit("login.device", (name, device), 10, 5 * _MINUTE),)
    return (
        Limit("login.pair", (name, address), 5, 5 * _MINUTE),
        Limit("login.name", (name,), 20, _HOUR),
        Limit("login.address", (address,), 60, _MINUTE),
    )


def second_factor_limits(account: str, device: str = "") -> tuple[Limit, ...]:
    """Codes of second factors, tried by somebody who has given the password: six digits stay out of reach.

    Who has stolen the password shuts out themself, not the owner at a browser that the account knows.
    """
    if device:
        return (
            Limit("second.device", (account, device), 5, 5 * _MINUTE),
            Limit("second.device_day", (account, device), 30, _DAY),
        )
    return (Limit("second.fast", (account,), 5, 5 * _MINUTE), Limit("second.slow", (account,), 30, _DAY))


def step_up_limits(account: str) -> tuple[Limit, ...]:
    """Passwords and codes given again by somebody who is logged in: who sits down at an open session guesses no password."""
    return (Limit("step_up.fast", (account,), 5, 5 * _MINUTE), Limit("step_up.slow", (account,), 60, _DAY))


def owner_limits(account: str) -> tuple[Limit, ...]:
    """What the owner of a number knows and its next holder does not: five answers a day are nobody's way in."""
    return (Limit("owner.day", (account,), 5, _DAY),)


def binding_limits(account: str, what: str) -> tuple[Limit, ...]:
    """Enterprises and children claimed by an account: the registers are no book to browse."""
    return (Limit(f"bind.{what}", (account,), 5, _DAY),)


def admission_limits(administrator: str, most: int = 10) -> tuple[Limit, ...]:
    """ID numbers with which no account can be opened: nobody asks for one person after another."""
    return (Limit("admit.day", (administrator,), most, _DAY),)


def code_limits(*, mobile: str, address: str, purpose: str, device: str = "") -> tuple[Limit, ...]:
    """Messages with codes: they cost money and annoy whom they reach. Ten codes of five tries a day are 50 of a million."""
    if device:
        return (
            Limit("code.device", (device, purpose), 1, _MINUTE),
            Limit("code.device_day", (device, purpose), 10, _DAY),
        )
    return (
        Limit("code.pause", (mobile, purpose), 1, _MINUTE),
        Limit("code.day", (mobile, purpose), 10, _DAY),
        Limit("code.address", (address,), 60, _HOUR),
    )
