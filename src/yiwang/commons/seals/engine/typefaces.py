"""The two Chinese typefaces that documents are set in, and the small fonts made of them for one document.

A glyph is taken from the font once, as an outline without hints; a document's font is put together from the outlines it
uses. So the bytes follow from the characters alone, and a licence costs milliseconds where a font has 11 MB.
"""

import io
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import Any, Final

from fontTools.fontBuilder import FontBuilder
from fontTools.misc.psCharStrings import T2CharString
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.ttLib import TTFont

from yiwang.commons.seals.engine.faults import GlyphMissing

EM: Final = 1000
"""Units of an em in both fonts."""
ASCENT: Final = 0.88
DESCENT: Final = 0.12
"""Of the box of an ideograph, in ems above and below the baseline."""
_BOUNDS: Final = (-1050, -1050, 3000, 1850)
"""Every glyph of both fonts lies within; told as the bounds of each subset."""
_EPOCH: Final = 2082844800 + 946684800
"""Every font says it was made on the first of January 2000, in seconds since 1904."""

Outline = tuple[tuple[str, tuple[tuple[float, float], ...]], ...]
"""Pen movements (`moveTo`, `lineTo`, `curveTo`, `closePath`) in thousandths of an em, y upwards."""


class Typeface:
    """A font of the machine, read once; safe to share between threads."""

    def __init__(self, path: Path, family: str, *, serif: bool) -> None:
        self.family, self.serif = family, serif
        self._font = TTFont(str(path), lazy=True)
        self._names: dict[int, str] = self._font.getBestCmap()
        self._glyphs = self._font.getGlyphSet()
        self._metrics = self._font["hmtx"].metrics
        self._kept: dict[str, tuple[int, bytes]] = {}
        self._lock = Lock()

    def has(self, character: str) -> bool:
        """Whether there is a glyph that can be seen (or a space)."""
        return ord(character) in self._names and unicodedata.category(character) not in {"Cc", "Cf", "Cs"}

    def advance(self, character: str) -> float:
        """Width in ems. Raises GlyphMissing."""
        return float(self._metrics[self._name(character)][0]) / EM

    def outline(self, character: str) -> Outline:
        """The glyph as pen movements. Raises GlyphMissing."""
        with self._lock:
            pen = DecomposingRecordingPen(self._glyphs)
            self._glyphs[self._name(character)].draw(pen)
        return tuple((step, tuple(points)) for step, points in pen.value)

    def subset(self, characters: Iterable[str]) -> bytes:
        """An OpenType font (CFF) of exactly these characters, the same bytes for the same set. Raises GlyphMissing."""
        wanted = sorted(set(characters))
        return _font_of(self.family, {character: self._charstring(character) for character in wanted})

    def _name(self, character: str) -> str:
        if not self.has(character):
            raise GlyphMissing(character)
        return self._names[ord(character)]

    def _charstring(self, character: str) -> tuple[int, bytes]:
        name = self._name(character)
        with self._lock:
            if name not in self._kept:
                width = self._metrics[name][0]
                pen = T2CharStringPen(width, None)
                self._glyphs[name].draw(pen)
                made = pen.getCharString()
                made.compile()
                self._kept[name] = (width, made.bytecode)
            return self._kept[name]


def _font_of(family: str, glyphs: Mapping[str, tuple[int, bytes]]) -> bytes:
    """Puts a font together. Glyph names follow the characters, so that equal sets give equal bytes."""
    names = {character: f"u{ord(character):04X}" for character in glyphs}
    order = [".notdef", *names.values()]
    empty = T2CharStringPen(EM, None).getCharString()
    empty.compile()
    codes: dict[str, tuple[int, bytes]] = {".notdef": (EM, empty.bytecode)}
    codes |= {names[character]: made for character, made in glyphs.items()}
    builder = FontBuilder(EM, isTTF=False)
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap({ord(character): name for character, name in names.items()})
    postscript = family.replace(" ", "") + "-Subset"
    strings: dict[str, Any] = {name: T2CharString(bytecode=code) for name, (_, code) in codes.items()}
    builder.setupCFF(
        postscript,
        {"FullName": family, "FamilyName": family, "Weight": "Regular", "FontBBox": list(_BOUNDS)},
        strings,
        {},
    )
    builder.setupHorizontalMetrics({name: (width, 0) for name, (width, _) in codes.items()})
    ascent, descent = round(ASCENT * EM), round(DESCENT * EM)
    builder.setupHorizontalHeader(
        ascent=ascent,
        descent=-descent,
        advanceWidthMax=max(width for width, _ in codes.values()),
        numberOfHMetrics=len(codes),
    )
    builder.setupNameTable({"familyName": family, "styleName": "Regular", "psName": postscript}, mac=False)
    builder.setupOS2(sTypoAscender=ascent, sTypoDescender=-descent, usWinAscent=1160, usWinDescent=320, fsType=0)
    builder.setupPost(keepGlyphNames=False)
    left, low, right, high = _BOUNDS
    builder.updateHead(created=_EPOCH, modified=_EPOCH, xMin=left, yMin=low, xMax=right, yMax=high)
    # Else each outline would be read again to measure it: most of the time that a font takes.
    builder.font.recalcTimestamp = builder.font.recalcBBoxes = False
    kept = io.BytesIO()
    builder.font.save(kept, reorderTables=False)
    return kept.getvalue()


_FILES: Final[Mapping[str, tuple[str, str, bool]]] = MappingProxyType(
    {
        "song": ("NotoSerifSC-Regular.otf", "Noto Serif SC", True),
        "hei": ("NotoSansSC-Regular.otf", "Noto Sans SC", False),
    }
)
FACES: Final = tuple(_FILES)
"""Names of typefaces: Song (宋体) for what is read, Hei (黑体) for what is looked up."""


def font_folder() -> Path:
    """Where the fonts (OFL-1.1) are installed. Raises ModuleNotFoundError."""
    found = find_spec("pylopdf_fonts_zh_cn")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("pylopdf_fonts_zh_cn")
    return Path(found.origin).parent


@lru_cache(maxsize=len(_FILES))
def typeface(name: str) -> Typeface:
    """`song` or `hei`. Raises KeyError."""
    file, family, serif = _FILES[name]
    return Typeface(font_folder() / file, family, serif=serif)


def face_for(character: str, preferred: str) -> str:
    """The preferred face where it has the character, else another one that has. Raises GlyphMissing, which names it."""
    for name in (preferred, *FACES):
        if typeface(name).has(character):
            return name
    raise GlyphMissing(character)
