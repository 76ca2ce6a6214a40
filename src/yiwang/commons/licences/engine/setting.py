"""Words into lines: where they break, how large they are set, where each character stands.

Breaking follows GB/T 15834 as far as a line's edges go: no closing mark begins a line, no opening mark ends one; Latin words
and numbers stay together where a line is long enough for them. A value is made smaller before it is refused, never cut.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from yiwang.commons.licences.engine.faults import ValueTooLong
from yiwang.commons.licences.engine.layout import POINT, Box, Style
from yiwang.commons.seals.engine import OfdText, face_for, typeface

LONGEST: Final = 5000
"""Characters of one value."""
_NOT_FIRST: Final = frozenset("，。、；：！？）》〉」』】〕”’…—～％%,.;:!?)]}")
_NOT_LAST: Final = frozenset("（《〈「『【〔“‘([{￥¥")
_PIECES: Final = re.compile(r"[A-Za-z0-9@#&+=_./:\-]+|.", re.DOTALL)
_ASCENT, _BOX = 0.88, 1.0
_BOLD: Final = 0.022
_STEP: Final = 0.5 * POINT


def set_words(text: str, box: Box, style: Style, name: str) -> list[OfdText]:
    """The words in their box. `name`: the field, for the tag and for errors. Raises ValueTooLong, GlyphMissing."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\t", " ")).strip()
    if not text:
        return []
    if len(text) > LONGEST:
        raise ValueTooLong(name)
    size = style.size
    while True:
        lines = _lines(text, box.width, size, style)
        if _fits(lines, box, size, style):
            return list(_placed(lines, box, size, style, name))
        if size <= style.least:
            raise ValueTooLong(name)
        size = max(style.least, size - _STEP)


def width_of(text: str, size: float, style: Style) -> float:
    """Millimetres of one line."""
    return sum(_advance(character, size, style) for character in text) - (style.spacing if text else 0)


def _advance(character: str, size: float, style: Style) -> float:
    return typeface(face_for(character, style.face)).advance(character) * size + style.spacing


def _fits(lines: list[str], box: Box, size: float, style: Style) -> bool:
    if style.lines and len(lines) > style.lines:
        return False
    height = size * (_BOX + (len(lines) - 1) * style.leading)
    slack = 0.02
    return height <= box.height + slack and all(width_of(line, size, style) <= box.width + slack for line in lines)


def _lines(text: str, width: float, size: float, style: Style) -> list[str]:
    if style.fit == "shrink" or style.align == "spread":
        return [text.replace("\n", " ")]
    return [line for paragraph in text.split("\n") for line in _broken(paragraph, width, size, style)]


def _broken(paragraph: str, width: float, size: float, style: Style) -> Iterator[str]:
    """Lines of one paragraph, each as full as the marks at its edges allow."""
    line, used = "", 0.0
    for piece in _pieces(paragraph, width, size, style):
        needed = sum(_advance(character, size, style) for character in piece)
        if line and used + needed - style.spacing > width + 0.01 and piece != " ":
            kept, moved = _cut(line, piece)
            yield kept.rstrip(" ")
            line = moved
            used = sum(_advance(character, size, style) for character in line)
        line += piece
        used += needed
    yield line.rstrip(" ") or line


def _pieces(paragraph: str, width: float, size: float, style: Style) -> Iterator[str]:
    for found in _PIECES.finditer(paragraph):
        piece = found.group()
        if len(piece) > 1 and sum(_advance(character, size, style) for character in piece) > width:
            yield from piece
        else:
            yield piece


def _cut(line: str, coming: str) -> tuple[str, str]:
    """What stays on the line, and what goes before `coming` on the next one."""
    at = len(line)
    first = coming[0]
    for _ in range(3):
        if at > 1 and (first in _NOT_FIRST or line[at - 1] in _NOT_LAST):
            at -= 1
            first = line[at]
        else:
            return line[:at], line[at:]
    return line, ""


def _placed(lines: list[str], box: Box, size: float, style: Style, name: str) -> Iterator[OfdText]:
    pitch = size * style.leading
    height = size + (len(lines) - 1) * pitch
    spare = box.height - height
    top = box.y + {"top": 0.0, "middle": spare / 2, "bottom": spare}[style.valign]
    for index, line in enumerate(lines):
        if not line.strip():
            continue
        baseline = top + index * pitch + _ASCENT * size
        steps = [_advance(character, size, style) for character in line]
        spare = box.width - (sum(steps) - style.spacing)
        align = style.align
        if align == "spread" or (align == "justify" and index < len(lines) - 1):
            if len(line) > 1 and (align == "spread" or spare < size * 2):
                steps = [step + spare / (len(line) - 1) for step in steps]
            align = "left"
        start = box.x + {"left": 0.0, "justify": 0.0, "center": spare / 2, "right": spare}[align]
        yield from _runs(line, steps, start, baseline, size, style, name)


def _runs(
    line: str, steps: list[float], start: float, baseline: float, size: float, style: Style, name: str
) -> Iterator[OfdText]:
    """One text for each stretch of characters of one typeface."""
    faces = [face_for(character, style.face) for character in line]
    at = 0
    while at < len(line):
        end = at + 1
        while end < len(line) and faces[end] == faces[at]:
            end += 1
        yield OfdText(
            x=start + sum(steps[:at]),
            y=baseline,
            text=line[at:end],
            face=faces[at],
            size=size,
            advances=tuple(steps[at : end - 1]),
            colour=style.colour,
            bold=size * _BOLD if style.bold else 0.0,
            tag=name,
        )
        at = end
