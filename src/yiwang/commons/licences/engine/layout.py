"""The layout of a licence: what stands where on its pages, in absolute millimetres. Read from a pack's `layout.yaml`.

`layout.schema.json` beside this file is the form of that file. Nothing here knows where files lie or how they are drawn.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft202012Validator

from yiwang.commons.licences.engine.faults import LayoutFault
from yiwang.commons.seals.engine import Colour

POINT: Final = 25.4 / 72
"""Millimetres of a point; sizes of type are told in points, all else in millimetres."""
SCHEMA: Final = Path(__file__).with_name("layout.schema.json")


@dataclass(frozen=True, slots=True)
class Box:
    """Left, top, width, height in mm."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Style:
    """How words are set. `size`, `least` in mm; `spacing`: mm added after each character; `leading`: of the size.

    `align`: left, center, right, justify (both edges), spread (one line over the whole width). `fit`: wrap (lines, then
    smaller) or shrink (one line, smaller). `lines`: at most so many.
    """

    face: str = "song"
    size: float = 12 * POINT
    least: float = 7 * POINT
    bold: bool = False
    colour: Colour = (0, 0, 0)
    align: str = "left"
    valign: str = "top"
    spacing: float = 0.0
    leading: float = 1.5
    fit: str = "wrap"
    lines: int = 0


@dataclass(frozen=True, slots=True)
class Words:
    """Fixed words, or the value of a field between `before` and `after`; `empty` stands where there is no value."""

    box: Box
    style: Style
    text: str = ""
    field: str = ""
    before: str = ""
    after: str = ""
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line."""

    start: tuple[float, float]
    end: tuple[float, float]
    width: float
    colour: Colour
    dash: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle: `single`, `double` (a heavy line outside, a fine one inside) or `ornate` (interlaced waves)."""

    box: Box
    style: str
    width: float
    colour: Colour
    band: float
    fill: Colour | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG or JPEG of the pack."""

    box: Box
    data: bytes


@dataclass(frozen=True, slots=True)
class Code:
    """The place of the QR code, a square."""

    box: Box
    colour: Colour = (0, 0, 0)


Element = Words | Rule | Frame | Picture | Code


@dataclass(frozen=True, slots=True)
class SealPlace:
    """Where the middle of a seal comes. `page` counts from 0. A seal keeps its own size."""

    page: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of a layout."""

    width: float
    height: float
    elements: Sequence[Element]


@dataclass(frozen=True, slots=True)
class Layout:
    """A whole layout. `fields`: names of the values it shows."""

    title: str
    sheets: Sequence[Sheet]
    seals: Sequence[SealPlace] = ()
    fields: frozenset[str] = field(default_factory=frozenset)


@lru_cache(maxsize=1)
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def read_layout(told: Mapping[str, Any], images: Mapping[str, bytes] | None = None) -> Layout:
    """The layout that a `layout.yaml` tells; `images`: the files it names. Raises LayoutFault with the place of the fault."""
    for fault in _validator().iter_errors(told):
        raise LayoutFault(".".join(map(str, fault.absolute_path)) or "layout", fault.message[:200])
    styles: dict[str, dict[str, Any]] = dict(told.get("styles", {}))
    sheets: list[Sheet] = []
    seals: list[SealPlace] = []
    for number, page in enumerate(told["pages"]):
        elements: list[Element] = []
        for index, item in enumerate(page["elements"]):
            place = f"pages.{number}.elements.{index}"
            if item["kind"] == "seal":
                seals.append(SealPlace(number, float(item["x"]), float(item["y"])))
            else:
                elements.append(_element(_styled(item, styles, place), images or {}, place))
        sheets.append(Sheet(float(page["width"]), float(page["height"]), tuple(elements)))
    shown = frozenset(
        element.field for sheet in sheets for element in sheet.elements if isinstance(element, Words) and element.field
    )
    return Layout(told["title"], tuple(sheets), tuple(seals), shown)


def _styled(item: Mapping[str, Any], styles: Mapping[str, Mapping[str, Any]], place: str) -> Mapping[str, Any]:
    name = item.get("style")
    if name is None or item["kind"] == "frame":
        return item
    if name not in styles:
        raise LayoutFault(place, f"no style {name!r}")
    return {**styles[name], **item}


def _element(item: Mapping[str, Any], images: Mapping[str, bytes], place: str) -> Element:
    kind = item["kind"]
    if kind in {"text", "field"}:
        return _words(item)
    if kind == "rule":
        start, end = item["from"], item["to"]
        return Rule(
            (float(start[0]), float(start[1])),
            (float(end[0]), float(end[1])),
            float(item.get("line", 0.25)),
            _colour(item),
            tuple(map(float, item.get("dash", ()))),
        )
    if kind == "frame":
        fill = _colour({"colour": item["fill"]}) if "fill" in item else None
        line, band = float(item.get("line", 0.35)), float(item.get("band", 1.2))
        return Frame(_box(item), item.get("style", "single"), line, _colour(item), band, fill)
    if kind == "qr":
        return Code(Box(float(item["x"]), float(item["y"]), float(item["w"]), float(item["w"])), _colour(item))
    if item["file"] not in images:
        raise LayoutFault(place, f"no image {item['file']!r}")
    return Picture(_box(item), images[item["file"]])


def _words(item: Mapping[str, Any]) -> Words:
    size = float(item.get("size", 12))
    style = Style(
        face=item.get("face", "song"),
        size=size * POINT,
        least=float(item.get("least", min(size, max(6.0, size * 0.6)))) * POINT,
        bold=item.get("bold", False),
        colour=_colour(item),
        align=item.get("align", "left"),
        valign=item.get("valign", "top"),
        spacing=float(item.get("spacing", 0)),
        leading=float(item.get("leading", 1.5)),
        fit=item.get("fit", "wrap"),
        lines=item.get("lines", 0),
    )
    told = {key: item.get(key, "") for key in ("text", "field", "before", "after", "empty")}
    return Words(_box(item), style, **told)


def _box(item: Mapping[str, Any]) -> Box:
    return Box(*(float(item[key]) for key in ("x", "y", "w", "h")))


def _colour(item: Mapping[str, Any]) -> Colour:
    told = item.get("colour", "#000000")
    return int(told[1:3], 16), int(told[3:5], 16), int(told[5:7], 16)
