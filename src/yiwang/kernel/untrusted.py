r"""JSON of strangers, read within bounds: bytes, depth, no name twice, no number that is none, text that can be kept.

The standard library's reader takes the last of two members of one name, `NaN`, `1e999` as infinity, half characters
(`"\ud800"`) and NUL, each of which breaks something later: a check that saw the first member, a column that holds no NUL.
"""

import json
import math
import re
from typing import Any, Final

MOST_BYTES: Final = 1024 * 1024
DEEPEST: Final = 40
_UNKEEPABLE: Final = re.compile("[\x00\ud800-\udfff]")


class Unreadable(ValueError):
    """The text is no JSON, or none that is accepted; its message says why, without the content."""


class TooLong(Unreadable):
    """More bytes than are read."""


def read_json(data: bytes | str, *, most_bytes: int = MOST_BYTES, deepest: int = DEEPEST) -> Any:
    """The value of a JSON text (RFC 8259, UTF-8 only) of at most `most_bytes` and `deepest` levels.

    Raises Unreadable; time and memory stay in proportion to `most_bytes`.
    """
    if len(data) > most_bytes:
        raise TooLong(f"more than {most_bytes} bytes")
    try:
        text = data.decode("utf-8") if isinstance(data, bytes) else data
        found = json.loads(text, object_pairs_hook=_once, parse_constant=_refused, parse_float=_finite)
    except Unreadable:
        raise
    except UnicodeDecodeError:
        raise Unreadable("not UTF-8") from None
    except RecursionError:
        raise Unreadable(f"nested deeper than {deepest}") from None
    except ValueError:  # its own words repeat the number or the place
        raise Unreadable("no valid JSON") from None
    _check(found, deepest)
    return found


def keepable(text: str) -> bool:
    """Whether a column can hold the text: no NUL, no half of a character."""
    return _UNKEEPABLE.search(text) is None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise Unreadable("a name stands twice")
    return made


def _refused(name: str) -> float:
    raise Unreadable(f"{name} is no number")


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise Unreadable("a number is too large")
    return value


def _check(found: Any, deepest: int) -> None:
    """Level by level, not by recursion."""
    level: list[Any] = [found]
    for _depth in range(deepest + 1):
        below: list[Any] = []
        for value in level:
            if isinstance(value, str):
                if not keepable(value):
                    raise Unreadable("a text holds what is no character")
            elif isinstance(value, list):
                below.extend(value)
            elif isinstance(value, dict):
                below.extend(value)
                below.extend(value.values())
        if not below:
            return
        level = below
    raise Unreadable(f"nested deeper than {deepest}")
