"""Papers as PDF files: an instrument that leaves the platform looks as the official style (GB/T 9704) asks.

Doors: `Paper`, `pdf`, `printed` (several, with the place for the seal), `PrintingFailed`. The same paper gives the same bytes; it is set in a process of its own with limits
on time and memory, and the last ones are kept in memory (they hold personal data, so never on a disk).
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, Final

from yiwang.kernel.errors import Unavailable
from yiwang.kernel.text import gettext_noop as _

__all__ = ["Paper", "Printed", "PrintingFailed", "pdf", "printed"]

LONGEST: Final = 200_000
"""Characters of a paper: some two hundred pages."""
PATIENCE: Final = 20
AT_ONCE: Final = 2
KEPT: Final = 64
_PROGRAM: Final = Path(__file__).with_name("typesetter.py")
_MM: Final = 25.4 / 72
_MIDDLE: Final = (16 + 28.95) / 2
_BELOW: Final = 5.5
"""In points: the middle of authority and date below the top of the first, and how far it lies below that of the seal."""
_places = BoundedSemaphore(AT_ONCE)


class PrintingFailed(Unavailable):
    code = "web.printing"
    message = _("现在不能生成 PDF 文件。")
    next_step = _("请用页面上的“打印”，或稍后再试。")


@dataclass(frozen=True, slots=True)
class Paper:
    """An instrument to be printed. `day` dates the file, `date` is how the paper words it.

    `unsealed` says so where no seal is; `foot`: lines under the number of the page; `sample` marks a sample on each page.
    """

    authority: str
    title: str
    number: str
    to: str
    paragraphs: tuple[str, ...]
    day: date
    date: str
    unsealed: str = ""
    sample: str = ""
    foot: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Printed:
    """A paper as PDF/A-2u, and where its seal belongs: the page (from 0) and the centre in mm from its top left corner.

    The seal stands upright over authority and date, which lie a little below its middle (GB/T 9704-2012, 7.3.5.1).
    """

    pdf: bytes
    page: int
    x: float
    y: float


@lru_cache(maxsize=KEPT)
def pdf(paper: Paper) -> bytes:
    """The paper as PDF/A-2u. Raises PrintingFailed where it is too long, or the limits of time and memory are reached."""
    return printed((paper,))[0].pdf


def printed(papers: Sequence[Paper]) -> tuple[Printed, ...]:
    """Each paper set, all in one process. Raises PrintingFailed as `pdf`."""
    told = json.dumps([_said(paper) for paper in papers], ensure_ascii=False)
    if len(told) > LONGEST or not _places.acquire(timeout=PATIENCE):
        raise PrintingFailed
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(_PROGRAM)],
            input=told.encode(),
            capture_output=True,
            timeout=PATIENCE,
            env={"PATH": os.environ.get("PATH", ""), "RAYON_NUM_THREADS": "1", "LANG": "C.UTF-8"},
            check=True,
        )
    except (subprocess.SubprocessError, OSError) as fault:
        raise PrintingFailed from fault
    finally:
        _places.release()
    return tuple(_read(done.stdout, len(papers)))


def _said(paper: Paper) -> dict[str, Any]:
    return {**asdict(paper), "day": [paper.day.year, paper.day.month, paper.day.day]}


def _read(stream: bytes, count: int) -> Iterator[Printed]:
    at = 0
    for _paper in range(count):
        end = stream.index(b"\n", at)
        told = json.loads(stream[at:end])
        at = end + 1 + told["length"]
        centre = float(told["y"]) + _MIDDLE - _BELOW
        yield Printed(stream[end + 1 : at], told["page"] - 1, float(told["x"]) * _MM, centre * _MM)
