"""What is drawn on a licence besides words: frames, QR codes, the watermark. All as paths, so that they print sharp."""

import math
from collections.abc import Callable, Iterator
from typing import Final

import segno

from yiwang.commons.licences.engine.layout import Box, Code, Frame, Sheet
from yiwang.commons.seals.engine import Colour, OfdPath, Step, face_for, rectangle, typeface

_WAVE: Final = 6.0
"""mm of a wave in an ornate frame."""
_STRANDS: Final = 4
_CURVE: Final = 0.3642
"""Control points of a cubic that follows a sine from crest to trough, of its length."""


def frame(item: Frame) -> Iterator[OfdPath]:
    """The lines of a frame."""
    box = item.box
    if item.fill is not None:
        yield OfdPath(rectangle(box.x, box.y, box.width, box.height), stroke=None, fill=item.fill)
    if item.style == "single":
        yield _outline(box, 0, item.width, item.colour)
    elif item.style == "double":
        yield _outline(box, 0, item.width * 2.5, item.colour)
        yield _outline(box, item.band, item.width, item.colour)
    else:
        yield from _ornate(item)


def _outline(box: Box, inset: float, width: float, colour: Colour) -> OfdPath:
    steps = rectangle(box.x + inset, box.y + inset, box.width - 2 * inset, box.height - 2 * inset)
    return OfdPath(steps, stroke=colour, width=width)


def _ornate(item: Frame) -> Iterator[OfdPath]:
    """Waves that interlace between two pairs of lines, a square with a rosette in each corner."""
    box, band = item.box, item.band
    for inset, width in ((0.0, 2.2), (1.1, 0.6), (band - 1.1, 0.6), (band, 1.4)):
        yield _outline(box, inset, item.width * width, item.colour)
    reach = (band - 3.4) / 2
    middle = band / 2
    right, bottom = box.x + box.width, box.y + box.height
    steps: list[Step] = []
    for strand in range(_STRANDS):
        length = box.width - 2 * band
        for y in (box.y + middle, bottom - middle):
            steps += _wave((box.x + band, y), length, reach, strand, upright=False)
        length = box.height - 2 * band
        for x in (box.x + middle, right - middle):
            steps += _wave((x, box.y + band), length, reach, strand, upright=True)
    yield OfdPath(tuple(steps), stroke=item.colour, width=item.width * 0.5)
    corners: list[Step] = []
    for x in (box.x, right - band):
        for y in (box.y, bottom - band):
            corners += rectangle(x + 1.1, y + 1.1, band - 2.2, band - 2.2)
            corners += _rosette(x + middle, y + middle, reach)
    yield OfdPath(tuple(corners), stroke=item.colour, width=item.width * 0.5)


def _wave(start: tuple[float, float], length: float, reach: float, phase: int, *, upright: bool) -> list[Step]:
    """A sine along an edge, from crest to trough as one cubic each; `phase` counts quarters of a wave."""
    halves = 2 * max(1, round(length / _WAVE))
    half = length / halves

    def point(along: float, across: float) -> tuple[float, float]:
        x, y = (across, along) if upright else (along, across)
        return start[0] + x, start[1] + y

    steps: list[Step] = []
    at, height = 0.0, reach if phase % 4 < 2 else -reach
    if phase % 2:
        # Begins on the middle line: the first and the last quarter are half a cubic each.
        steps += [("M", point(0, 0)), ("B", _quarter(point, 0.0, 0.0, half / 2, height))]
        at = half / 2
    else:
        steps.append(("M", point(0, height)))
    for _ in range(halves - phase % 2):
        reached = at + half
        steps.append(
            (
                "B",
                (
                    *point(at + half * _CURVE, height),
                    *point(reached - half * _CURVE, -height),
                    *point(reached, -height),
                ),
            )
        )
        at, height = reached, -height
    if phase % 2:
        steps.append(("B", _quarter(point, at, height, length, 0.0)))
    return steps


def _quarter(
    point: Callable[[float, float], tuple[float, float]], left: float, low: float, right: float, high: float
) -> tuple[float, ...]:
    """A cubic between the middle line and a crest; at the crest it is level."""
    span, rise = right - left, high - low
    if low == 0:
        first, second = point(left + span * 0.326, rise * 0.512), point(left + span * 0.638, high)
    else:
        first, second = point(left + span * 0.362, low), point(right - span * 0.326, low - low * 0.488)
    return (*first, *second, *point(right, high))


def _rosette(x: float, y: float, radius: float) -> list[Step]:
    """Twelve petals around a point."""
    steps: list[Step] = []
    petals = 12
    for index in range(petals):
        angle = 2 * math.pi * index / petals
        spread = math.pi / petals * 2.2
        sides = [
            (x + radius * 1.25 * math.cos(a), y + radius * 1.25 * math.sin(a)) for a in (angle - spread, angle + spread)
        ]
        steps += [("M", (x, y)), ("B", (*sides[0], *sides[1], x, y))]
    return steps


def qr(item: Code, text: str) -> OfdPath:
    """The dark modules of a QR code (ISO/IEC 18004, level M), row by row as thick strokes. Raises segno.DataOverflowError."""
    rows = list(segno.make(text, error="m", micro=False).matrix)
    module = item.box.width / len(rows)
    steps: list[Step] = []
    for number, row in enumerate(rows):
        y = item.box.y + (number + 0.5) * module
        left = 0
        while left < len(row):
            right = left
            while right < len(row) and row[right]:
                right += 1
            if right > left:
                steps += [("M", (item.box.x + left * module, y)), ("L", (item.box.x + right * module, y))]
            left = right + 1
    return OfdPath(tuple(steps), stroke=item.colour, width=module * 1.01)


def watermark(sheet: Sheet, words: str, colour: Colour = (222, 226, 232)) -> OfdPath | None:
    """Words slanting over the whole sheet, painted below everything else. Raises GlyphMissing."""
    size, angle = 6.0, -math.pi / 7
    shapes = [_glyph(character) for character in words[:60]]
    length = sum(advance for _, advance in shapes) * size
    if not length:
        return None
    steps: list[Step] = []
    across, down = length + 24, 42.0
    rows = int(sheet.height / down) + 2
    for row in range(rows):
        shift = -(row % 2) * across / 2
        for column in range(int(sheet.width / across) + 2):
            x, y = column * across + shift, row * down
            for shape, advance in shapes:
                steps += _turned(shape, x, y, size, angle)
                x, y = x + advance * size * math.cos(angle), y + advance * size * math.sin(angle)
    return OfdPath(tuple(steps), stroke=None, fill=colour) if steps else None


_CODES: Final = {"moveTo": "M", "lineTo": "L", "curveTo": "B", "qCurveTo": "Q", "closePath": "C"}


def _glyph(character: str) -> tuple[tuple[Step, ...], float]:
    font = typeface(face_for(character, "hei"))
    steps = tuple(
        (_CODES[name], tuple(value / 1000 for point in points for value in point))
        for name, points in font.outline(character)
        if name in _CODES
    )
    return steps, font.advance(character)


def _turned(shape: tuple[Step, ...], x: float, y: float, size: float, angle: float) -> Iterator[Step]:
    cos, sin = math.cos(angle) * size, math.sin(angle) * size
    for code, values in shape:
        points = zip(values[0::2], values[1::2], strict=True)
        yield code, tuple(part for a, b in points for part in (x + a * cos + b * sin, y + a * sin - b * cos))
