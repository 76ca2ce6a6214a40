"""How each kind of seal looks. Millimetres; the middle of a round seal is the origin while it is drawn."""

import math
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from yiwang.commons.seals.engine.faults import PaperFault
from yiwang.commons.seals.engine.ofd.pages import Step
from yiwang.commons.seals.engine.pictures.raster import Mark, SealPicture, picture_of
from yiwang.commons.seals.engine.typefaces import EM, face_for, typeface

DIAMETERS: Final[Mapping[str, float]] = MappingProxyType({
    "province": 50.0,
    "city": 45.0,
    "county": 45.0,
    "town": 42.0,
    "official": 42.0,
    "department": 42.0,
    "licence": 42.0,
    "service": 42.0,
    "entity": 40.0,
    "special": 38.0,
})  # fmt: skip
"""Millimetres of round seals (国发〔1999〕25号, 三、九、十一、十四、二十): governments of provinces, of cities and counties, of
townships; departments (at most 45) and their licence and service seals; enterprises and bodies (at most 45); seals for
one purpose. The state emblem in seals of governments is not drawn here: a star stands in its place."""
_OVAL: Final = (45.0, 30.0)
_SQUARE: Final = 18.0
MOST: Final = 40
"""Characters of a name."""
_WEIGHT: Final = 0.022
"""What is added to each side of a stroke, of the size: letters of a seal are heavier than those of a page."""
Place = Callable[[float, float], tuple[float, float]]


@lru_cache(maxsize=64)
def draw_seal(name: str, *, kind: str = "official", lower: str = "", code: str = "") -> SealPicture:
    """The picture of a seal.

    `kind`: one of DIAMETERS (round), `oval`, or `personal` (square). `lower`: a line below the star, as 电子证照专用章.
    `code`: the number of the seal along the lower edge. Raises PaperFault for a name that is empty or too long or a kind
    unknown, GlyphMissing for a character without a glyph.
    """
    name = "".join(name.split())
    if not 0 < len(name) <= MOST or len(lower) > 12 or len(code) > 20:
        raise PaperFault("the name of a seal has 1 to 40 characters, its lower line 12, its code 20")
    if kind == "personal":
        return picture_of(list(_square(name)), _SQUARE, _SQUARE)
    if kind == "oval":
        width, height = _OVAL
        return picture_of(list(_oval(name, lower, width, height)), width, height)
    if kind not in DIAMETERS:
        raise PaperFault(f"no seal is of the kind {kind!r}")
    size = DIAMETERS[kind]
    return picture_of(list(_round(name, lower, code, size)), size, size)


def _round(name: str, lower: str, code: str, size: float) -> Iterator[Mark]:
    half, line = size / 2, size / 42
    yield Mark(_circle(half, half, half - line / 2 - 0.1), line=line, fill=False)
    yield Mark(_star(half, half, size / 6))
    height = size * (0.168 if len(name) <= 14 else 0.145 if len(name) <= 20 else 0.12)
    outer = half - line - size * 0.036
    middle = outer - height / 2
    widest = 222 if lower else 286
    sweep = math.radians(
        min(widest, 196 if len(name) < 8 else 236 if len(name) <= 12 else 262 if len(name) <= 18 else 286)
    )
    step = min(math.radians(36), sweep / max(1, len(name) - 1))
    width = min(height * 0.86, step * middle * 0.92)
    yield from _along(name, (half, half), middle, step, width, height)
    if lower:
        size_lower = min(size * 0.098, size * 0.53 / len(lower))
        yield from _line(lower, half, half + size * (0.27 if code else 0.285), size_lower, size_lower * 1.12)
    if code:
        high = size * 0.042
        pitch = math.radians(5.0 if len(code) <= 14 else 4.0)
        yield from _below(code, (half, half), half - line - size * 0.022 - high / 2, pitch, high)


def _along(
    text: str, centre: tuple[float, float], radius: float, step: float, width: float, height: float
) -> Iterator[Mark]:
    """Letters around the upper part of a circle, feet inwards, from left to right."""
    first = -math.pi / 2 - step * (len(text) - 1) / 2
    for index, character in enumerate(text):
        yield _letter(character, _turned(centre, radius, first + index * step, math.pi / 2), width, height)


def _below(text: str, centre: tuple[float, float], radius: float, step: float, height: float) -> Iterator[Mark]:
    """Small letters along the lower edge, heads inwards, from left to right; an ideograph takes two places and is higher."""
    room = [2.0 if ord(character) > 0x2E7F else 1.0 for character in text]
    angle = math.pi / 2 + step * sum(room) / 2
    for character, places in zip(text, room, strict=True):
        place = _turned(centre, radius, angle - step * places / 2, -math.pi / 2)
        high = height if places == 1.0 else height * 1.3
        yield _letter(character, place, high * (0.62 if places == 1.0 else 0.95), high, face="hei")
        angle -= step * places


def _turned(centre: tuple[float, float], radius: float, angle: float, turn: float) -> Place:
    """From a letter's own plane (its middle the origin, y downwards) to a place on a circle."""
    x0, y0 = centre[0] + radius * math.cos(angle), centre[1] + radius * math.sin(angle)
    cos, sin = math.cos(angle + turn), math.sin(angle + turn)
    return lambda x, y: (x0 + x * cos - y * sin, y0 + x * sin + y * cos)


def _line(text: str, x: float, y: float, width: float, height: float) -> Iterator[Mark]:
    """A straight line of letters around (x, y)."""
    pitch = width * 1.06
    left = x - pitch * (len(text) - 1) / 2
    for index, character in enumerate(text):
        yield _letter(character, _moved(left + index * pitch, y), width, height)


def _moved(x0: float, y0: float) -> Place:
    return lambda x, y: (x0 + x, y0 + y)


def _letter(character: str, place: Place, width: float, height: float, face: str = "song") -> Mark:
    """A character stretched to a box. An ideograph fills its em, so the em is what is stretched; else the glyph is."""
    font = typeface(face_for(character, face))
    outline = font.outline(character)
    points = [point for _, points in outline for point in points]
    if not points:
        return Mark(())
    wide = font.advance(character) > 0.9
    left, right = (40.0, EM - 40.0) if wide else (min(x for x, _ in points), max(x for x, _ in points))
    low, high = (-80.0, 840.0) if wide else (0.0, 733.0)

    def scaled(point: tuple[float, float]) -> tuple[float, float]:
        x = (point[0] - (left + right) / 2) / (right - left) * width
        y = ((low + high) / 2 - point[1]) / (high - low) * height
        return place(x, y)

    codes = {"moveTo": "M", "lineTo": "L", "curveTo": "B", "qCurveTo": "Q", "closePath": "C"}
    steps = tuple(
        (codes[step], tuple(value for point in some for value in scaled(point)))
        for step, some in outline
        if step in codes
    )
    return Mark(steps, line=2 * _WEIGHT * min(width, height) if wide else 0.0)


def _oval(name: str, lower: str, width: float, height: float) -> Iterator[Mark]:
    line = 1.0
    across, down = width / 2, height / 2
    yield Mark(_ellipse(across, down, across - line / 2 - 0.1, down - line / 2 - 0.1), line=line, fill=False)
    size = 4.6 if len(name) <= 14 else 3.6
    a, b = across - line - 1.0 - size / 2, down - line - 1.0 - size / 2
    reach = math.radians(214 if len(name) > 8 else 150)
    spots = _even(a, b, -math.pi / 2 - reach / 2, -math.pi / 2 + reach / 2, len(name))
    for character, angle in zip(name, spots, strict=True):
        x, y = across + a * math.cos(angle), down + b * math.sin(angle)
        normal = math.atan2(math.sin(angle) / b, math.cos(angle) / a) + math.pi / 2
        yield _letter(character, _turned((x, y), 0.0, normal, 0.0), size * 0.8, size)
    if lower:
        size_lower = min(4.2, width * 0.6 / len(lower))
        yield from _line(lower, across, down + height * 0.12, size_lower, size_lower * 1.1)


def _even(a: float, b: float, begin: float, end: float, count: int) -> list[float]:
    """Angles at which `count` letters stand equally far from each other along an ellipse."""
    parts = 400
    angles = [begin + (end - begin) * index / parts for index in range(parts + 1)]
    lengths = [0.0]
    for left, right in pairwise(angles):
        one, two = (a * math.cos(left), b * math.sin(left)), (a * math.cos(right), b * math.sin(right))
        lengths.append(lengths[-1] + math.dist(one, two))
    if count == 1:
        return [(begin + end) / 2]
    wanted = [lengths[-1] * index / (count - 1) for index in range(count)]
    return [angles[min(range(parts + 1), key=lambda at, goal=goal: abs(lengths[at] - goal))] for goal in wanted]  # type: ignore[misc]


def _square(name: str) -> Iterator[Mark]:
    """A name seal, read from the right column down: two characters get 之印, three 印."""
    line = 0.9
    inner = _SQUARE - line
    yield Mark(
        (
            ("M", (line / 2, line / 2)),
            ("L", (_SQUARE - line / 2, line / 2)),
            ("L", (_SQUARE - line / 2, _SQUARE - line / 2)),
            ("L", (line / 2, _SQUARE - line / 2)),
            ("C", ()),
        ),
        line=line,
        fill=False,
    )
    text = name + {2: "之印", 3: "印"}.get(len(name), "")
    rows = math.ceil(math.sqrt(len(text)))
    columns = math.ceil(len(text) / rows)
    room = inner - line * 1.4
    wide, high = room / columns, room / rows
    start = (_SQUARE - room) / 2
    for index, character in enumerate(text):
        column, row = columns - 1 - index // rows, index % rows
        place = _moved(start + (column + 0.5) * wide, start + (row + 0.5) * high)
        yield _letter(character, place, wide * 0.9, high * 0.9)


def _circle(x: float, y: float, radius: float) -> tuple[Step, ...]:
    return _ellipse(x, y, radius, radius)


def _ellipse(x: float, y: float, a: float, b: float) -> tuple[Step, ...]:
    """Four cubics."""
    k = 0.5522847498
    return (
        ("M", (x + a, y)),
        ("B", (x + a, y + k * b, x + k * a, y + b, x, y + b)),
        ("B", (x - k * a, y + b, x - a, y + k * b, x - a, y)),
        ("B", (x - a, y - k * b, x - k * a, y - b, x, y - b)),
        ("B", (x + k * a, y - b, x + a, y - k * b, x + a, y)),
        ("C", ()),
    )


def _star(x: float, y: float, radius: float) -> tuple[Step, ...]:
    """Five points, one upwards (the proportions of the flag's star)."""
    inner = radius * math.sin(math.radians(18)) / math.sin(math.radians(126))
    corners = [
        (x + far * math.sin(math.pi * index / 5), y - far * math.cos(math.pi * index / 5))
        for index, far in enumerate([radius, inner] * 5)
    ]
    return (("M", corners[0]), *(("L", corner) for corner in corners[1:]), ("C", ()))
