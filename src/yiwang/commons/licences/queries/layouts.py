"""The layout of a type's version, read once; a type without one uses the plain certificate."""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import UUID

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from yiwang.commons.licences.models import LicenceTypeVersion

if TYPE_CHECKING:
    from yiwang.commons.licences.engine import Layout

_PLAIN: Final = Path(__file__).resolve().parents[1] / "schemas" / "plain.layout.yaml"
_read: "dict[UUID, Layout]" = {}


def layout_of(*, row: LicenceTypeVersion) -> "Layout | None":
    """How this version looks; None where the type has no layout of its own."""
    if not row.layout:
        return None
    found = _read.get(row.pk)
    if found is None:
        found = _read[row.pk] = parsed_layout(text=row.layout)
    return found


def parsed_layout(*, text: str) -> "Layout":
    """A layout from the text of its YAML. Raises LayoutFault, YAMLError."""
    from yiwang.commons.licences.engine import read_layout

    return read_layout(YAML(typ="safe", pure=True).load(text))


def layout_fault(*, text: str) -> str:
    """What is wrong with a layout's text, "" where nothing is."""
    from yiwang.commons.licences.engine import LayoutFault

    try:
        parsed_layout(text=text)
    except (LayoutFault, YAMLError, TypeError) as fault:
        return str(fault)[:200]
    return ""


@lru_cache(maxsize=1)
def plain_layout() -> "Layout":
    """The certificate that any licence can stand on: title, lines, date and seal."""
    return parsed_layout(text=_PLAIN.read_text("utf-8"))
