"""Two definitions field by field, in words that a steward understands."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from yiwang.serve.matters.contracts import Difference

_WORDS_FILE = Path(__file__).parents[1] / "schemas" / "field_words.yaml"
_SEGMENT = re.compile(r"(?:^|(?<=\]\.)|(?<=[a-z_]\.))[a-z_]+")
_QUIET = {"translations"}
_WORDS = {True: "是", False: "否", None: ""}


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Each field that either has, in the order of the later version; lists are compared by key, material or name."""
    first, second = dict(_flat(before)), dict(_flat(after))
    places = [*second, *(place for place in first if place not in second)]
    return tuple(Difference(place, first.get(place, ""), second.get(place, "")) for place in places)


@cache
def field_words() -> Mapping[str, str]:
    """Chinese names of the fields of a definition; read once a process."""
    return dict(YAML(typ="safe", pure=True).load(_WORDS_FILE.read_text("utf-8")))


def place_words(place: str) -> str:
    """`requirements[form].necessity` as 材料[form] · 必要性; what has no name keeps its own."""
    named = _SEGMENT.sub(lambda found: field_words().get(found.group(), found.group()), place)
    return named.replace("].", "] · ").replace(".", " · ") if "[" not in place else re.sub(r"\]\.", "] · ", named)


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
