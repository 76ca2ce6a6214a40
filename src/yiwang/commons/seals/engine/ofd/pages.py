"""Pages as they are placed on paper: text, paths and images at absolute millimetres, the origin at the top left.

The same pages are written as OFD, as PDF and as SVG; whoever lays out a document makes these and nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

Colour = tuple[int, int, int]
BLACK: Final[Colour] = (0, 0, 0)
SEAL_RED: Final[Colour] = (220, 20, 24)

Step = tuple[str, tuple[float, ...]]
"""A movement of a path: M x y, L x y, Q x1 y1 x y, B x1 y1 x2 y2 x y (cubic), C (close). Millimetres of the page."""


@dataclass(frozen=True, slots=True)
class OfdText:
    """A line of text in one typeface (`song` or `hei`), from the start (x, y) of its baseline.

    `size`: mm of an em. `advances`: mm from each character to the next, one fewer than characters; empty: the font's own.
    `bold`: mm of an outline that makes it heavier. `tag`: what the text says, for the custom tags of the document.
    """

    x: float
    y: float
    text: str
    face: str
    size: float
    advances: Sequence[float] = ()
    colour: Colour = BLACK
    bold: float = 0.0
    tag: str = ""


@dataclass(frozen=True, slots=True)
class OfdPath:
    """A path, stroked where `stroke` is, filled (non-zero) where `fill` is. `width`, `dash`: mm."""

    steps: Sequence[Step]
    stroke: Colour | None = BLACK
    fill: Colour | None = None
    width: float = 0.25
    dash: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class OfdImage:
    """A PNG or JPEG, stretched over its box."""

    x: float
    y: float
    width: float
    height: float
    data: bytes


OfdObject = OfdText | OfdPath | OfdImage


@dataclass(frozen=True, slots=True)
class OfdPage:
    """One sheet; objects are painted in their order."""

    width: float
    height: float
    objects: Sequence[OfdObject] = ()


def rectangle(x: float, y: float, width: float, height: float) -> tuple[Step, ...]:
    """The steps of a rectangle."""
    return (
        ("M", (x, y)),
        ("L", (x + width, y)),
        ("L", (x + width, y + height)),
        ("L", (x, y + height)),
        ("C", ()),
    )


def image_format(data: bytes) -> str:
    """`PNG` or `JPEG`. Raises ValueError."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    raise ValueError("an image is neither PNG nor JPEG")
