"""Numbers and facts of results, from the patterns of the matter."""

import re
from collections.abc import Callable
from datetime import date

_PLACE = re.compile(r"\{(serial|region|year)(?::0?(\d+))?\}")


def filled(pattern: str, *, region: str, day: date, serial: Callable[[], int]) -> str:
    """`Z32{serial:07}` → `Z320000417`. `serial` is asked only where the pattern has one."""

    def value(match: re.Match[str]) -> str:
        name, width = match.group(1), int(match.group(2) or 0)
        if name == "region":
            return region
        if name == "year":
            return f"{day.year}"
        return f"{serial():0{width}d}"

    return _PLACE.sub(value, pattern)
