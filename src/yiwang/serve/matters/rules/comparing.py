"""Two definitions field by field, in words that a steward understands."""

from collections.abc import Iterator, Mapping
from typing import Any

from yiwang.serve.matters.contracts import Difference

_QUIET = {"translations"}
_WORDS = {True: "是", False: "否", None: ""}


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Each field that either has, in the order of the later version; lists are compared by key, material or name."""
    first, second = dict(_flat(before)), dict(_flat(after))
    places = [*second, *(place for place in first if place not in second)]
    return tuple(Difference(place, first.get(place, ""), second.get(place, "")) for place in places)


def _flat(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if place or key not in _QUIET:
                yield from _flat(inner, key if not place or place == "listed" else f"{place}.{key}")
    elif isinstance(value, list) and any(isinstance(each, Mapping) for each in value):
        for index, each in enumerate(value):
            name = next((each[key] for key in ("key", "material", "question", "fact", "name") if each.get(key)), index)
            yield from _flat(each, f"{place}[{name}]")
    elif isinstance(value, list):
        if value:
            yield place, "、".join(map(str, value))
    elif value not in (None, "", {}):
        yield place, _WORDS[value] if isinstance(value, bool) else str(value)
