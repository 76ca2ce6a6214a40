"""The objects of an OFD page as SVG elements. Numbers are checked, letters become outlines, nothing is copied unread."""

import base64
import re
from collections.abc import Callable, Mapping
from typing import Final

from yiwang.commons.seals.engine.faults import GlyphMissing
from yiwang.commons.seals.engine.ofd.marking import number
from yiwang.commons.seals.engine.ofd.pages import image_format
from yiwang.commons.seals.engine.ofd.xml import Element
from yiwang.commons.seals.engine.typefaces import EM, face_for, typeface

_FARTHEST: Final = 100_000.0
_MOST_LETTERS: Final = 20_000
_MOST_OBJECTS: Final = 40_000
MOST_BYTES: Final = 16 * 1024 * 1024
"""Of all pages together; what comes after is left out."""
_LARGEST_PICTURE: Final = 4 * 1024 * 1024
_COUNT: Final = re.compile(r"[0-9]{1,6}")
_TOKENS: Final = re.compile(r"[MLQBACS]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,2})?")
_STEPS: Final[Mapping[str, tuple[str, int]]] = {
    "S": ("M", 2),
    "M": ("M", 2),
    "L": ("L", 2),
    "Q": ("Q", 4),
    "B": ("C", 6),
    "A": ("A", 7),
    "C": ("Z", 0),
}
_PEN: Final[Mapping[str, str]] = {"moveTo": "M", "lineTo": "L", "curveTo": "C", "qCurveTo": "Q", "closePath": "Z"}


def numbers(text: str, count: int) -> list[float] | None:
    """Exactly so many numbers that a page can hold, else None."""
    parts = text.split()
    if len(parts) != count:
        return None
    try:
        values = [float(part) for part in parts]
    except ValueError:
        return None
    # Not-a-number is not smaller than anything either.
    return values if all(abs(value) <= _FARTHEST for value in values) else None


class Canvas:
    """One page in the making. `bytes`: of what was drawn, never more than its `room`."""

    def __init__(self, fonts: Mapping[str, str], images: Mapping[str, bytes], room: int = MOST_BYTES) -> None:
        self._fonts, self._images, self._room = fonts, images, room
        self._glyphs: dict[tuple[str, str], int] = {}
        self._defined: list[str] = []
        self._drawn: list[str] = []
        self._letters = self.bytes = 0

    def svg(self) -> str:
        """Everything drawn."""
        return f"<defs>{''.join(self._defined)}</defs>{''.join(self._drawn)}"

    def draw(self, item: Element) -> None:
        """One object of a layer, left out where it is not understood."""
        ways: dict[str, Callable[[Element, str], str]] = {
            "TextObject": self._text,
            "PathObject": self._path,
            "ImageObject": self._image,
        }
        way = ways.get(item.name)
        box = numbers(item.get("Boundary"), 4)
        if way is None or box is None or len(self._drawn) >= _MOST_OBJECTS or self.bytes >= self._room:
            return
        matrix = numbers(item.get("CTM"), 6) if item.get("CTM") else None
        told = f"translate({number(box[0])} {number(box[1])})"
        if matrix is not None:
            told += f" matrix({' '.join(number(value, 5) for value in matrix)})"
        self._put(way(item, told))

    def stamp(self, box: list[float], picture: bytes) -> None:
        """A seal, as ink over ink."""
        address = _address(picture)
        if address:
            self._put(
                f'<image x="{number(box[0])}" y="{number(box[1])}" width="{number(box[2])}" height="{number(box[3])}" '
                f'preserveAspectRatio="none" style="mix-blend-mode:multiply" href="{address}"/>'
            )

    def _put(self, drawn: str) -> None:
        if drawn and self.bytes + len(drawn) <= self._room and len(self._drawn) < _MOST_OBJECTS:
            self.bytes += len(drawn)
            self._drawn.append(drawn)

    def _image(self, item: Element, placed: str) -> str:
        address = _address(self._images.get(item.get("ResourceID"), b""))
        if not address:
            return ""
        return f'<image width="1" height="1" preserveAspectRatio="none" transform="{placed}" href="{address}"/>'

    def _path(self, item: Element, placed: str) -> str:
        drawn = _steps(item.said("AbbreviatedData"))
        if not drawn:
            return ""
        stroked, filled = item.get("Stroke") != "false", item.get("Fill") == "true"
        style = _paint(item, stroked=stroked, filled=filled)
        dash = [float(part) for part in item.get("DashPattern").split()[:8] if _plain(part)]
        if stroked and dash:
            style += f' stroke-dasharray="{" ".join(number(value) for value in dash)}"'
        if item.get("Rule") == "Even-Odd":
            style += ' fill-rule="evenodd"'
        return f'<path transform="{placed}" d="{drawn}" {style}/>'

    def _text(self, item: Element, placed: str) -> str:
        size = numbers(item.get("Size"), 1)
        if size is None or not 0 < size[0] <= 1000:
            return ""
        face = self._fonts.get(item.get("Font"), "song")
        stroked = item.get("Stroke") == "true"
        style = _paint(item, stroked=stroked, filled=item.get("Fill") != "false", scale=EM / size[0])
        uses = "".join(self._code(code, face, size[0]) for code in item.all("TextCode"))
        return f'<g transform="{placed}" {style}>{uses}</g>' if uses else ""

    def _code(self, code: Element, face: str, size: float) -> str:
        start = numbers(f"{code.get('X') or 0} {code.get('Y') or 0}", 2)
        if start is None:
            return ""
        x, y = start
        across, down = _deltas(code.get("DeltaX"), len(code.text)), _deltas(code.get("DeltaY"), len(code.text))
        told: list[str] = []
        for at, character in enumerate(code.text):
            self._letters += 1
            if self._letters > _MOST_LETTERS or self.bytes > self._room:
                break
            found = self._glyph(character, face)
            if found is not None:
                scale = number(size / EM, 6)
                told.append(f'<use href="#g{found}" transform="matrix({scale} 0 0 -{scale} {number(x)} {number(y)})"/>')
            x += across[at] if at < len(across) else (0.0 if down else _advance(character, face) * size)
            y += down[at] if at < len(down) else 0.0
        return "".join(told)

    def _glyph(self, character: str, face: str) -> int | None:
        key = (face, character)
        if key not in self._glyphs:
            try:
                outline = typeface(face_for(character, face)).outline(character)
            except GlyphMissing:
                return None
            drawn = "".join(
                _PEN[step] + " ".join(number(value, 0) for point in points for value in point)
                for step, points in outline
                if step in _PEN
            )
            self._glyphs[key] = len(self._glyphs)
            self._defined.append(f'<path id="g{self._glyphs[key]}" d="{drawn}"/>')
            self.bytes += len(drawn)
        return self._glyphs[key]


def _advance(character: str, face: str) -> float:
    try:
        return typeface(face_for(character, face)).advance(character)
    except GlyphMissing:
        return 1.0


def _plain(part: str) -> bool:
    return numbers(part, 1) is not None


def _deltas(text: str, most: int) -> list[float]:
    """Steps from letter to letter; `g 3 4.2` is three of 4.2. Never more than there are letters."""
    parts = text.split()[: 3 * most + 3]
    values: list[float] = []
    at = 0
    while at < len(parts) and len(values) < most:
        if parts[at] == "g" and at + 2 < len(parts):
            count, step = parts[at + 1], numbers(parts[at + 2], 1)
            if not _COUNT.fullmatch(count) or step is None:
                break
            values += step * min(int(count), most)
            at += 3
        else:
            step = numbers(parts[at], 1)
            if step is None:
                break
            values += step
            at += 1
    return values[:most]


def _steps(text: str) -> str:
    """AbbreviatedData as the data of an SVG path; what follows a fault is left out."""
    tokens = _TOKENS.findall(text[:4_000_000])
    told: list[str] = []
    at = 0
    while at < len(tokens) and tokens[at] in _STEPS:
        code, count = _STEPS[tokens[at]]
        values = numbers(" ".join(tokens[at + 1 : at + 1 + count]), count) if count else []
        if values is None:
            break
        told.append(code + " ".join(number(value) for value in values))
        at += 1 + count
    return "".join(told)


def _paint(item: Element, *, stroked: bool, filled: bool, scale: float = 1.0) -> str:
    style = f'fill="{_colour(item.first("FillColor")) if filled else "none"}"'
    if stroked:
        width = numbers(item.get("LineWidth") or "0.353", 1) or [0.353]
        style += f' stroke="{_colour(item.first("StrokeColor"))}" stroke-width="{number(width[0] * scale)}"'
    alpha = numbers(item.get("Alpha"), 1)
    if alpha is not None and 0 <= alpha[0] < 255:
        style += f' opacity="{number(alpha[0] / 255)}"'
    return style


def _colour(element: Element | None) -> str:
    told = element.get("Value")[:40].split() if element is not None else []
    values = [int(part) for part in told if _COUNT.fullmatch(part)]
    if len(values) != len(told) or any(value > 255 for value in values):
        return "#000000"
    if len(values) == 3:
        return "#" + bytes(values).hex()
    return "#" + bytes(values * 3).hex() if len(values) == 1 else "#000000"


def _address(data: bytes) -> str:
    """A picture within the SVG itself; empty for what is no PNG or JPEG, or too large."""
    if not data or len(data) > _LARGEST_PICTURE:
        return ""
    try:
        kind = image_format(data).lower()
    except ValueError:
        return ""
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
