"""The folder into which a workplace's scanner saves: files are taken once, by renaming, whoever looks at the same time.

A file that is still being written is left alone until it has rested; what a killed program had taken is found again.
"""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from yiwang.kernel.ids import new_id

RESTED: Final = 2.0
STRANDED: Final = 60.0
_MOST: Final = 50
_UNFINISHED: Final = (".part", ".tmp", ".crdownload", ".partial")
_TAKEN, _REFUSED = ".taken", "refused"


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that this process has taken: `source` is its one name, `name` what the scanner called it."""

    path: Path
    source: str
    name: str


def take(folder: Path) -> Iterator[Taken]:
    """Take what has rested in the folder, oldest first, and what was taken a minute ago and never finished.

    Raises OSError where the folder can't be read.
    """
    (folder / _TAKEN).mkdir(exist_ok=True)
    now = time.time()
    for path in sorted((folder / _TAKEN).iterdir()):
        if now - path.stat().st_ctime > STRANDED:
            yield Taken(path, path.name, path.name.partition("__")[2])
    for name in _resting(folder, now):
        source = f"{new_id()}__{name}"[:190]
        try:
            (folder / name).rename(folder / _TAKEN / source)
        except FileNotFoundError:  # another process was faster
            continue
        yield Taken(folder / _TAKEN / source, source, name)


def _resting(folder: Path, now: float) -> list[str]:
    with os.scandir(folder) as entries:
        found = [
            (entry.stat(follow_symlinks=False).st_mtime, entry.name)
            for entry in entries
            if entry.is_file(follow_symlinks=False) and not entry.name.startswith(".")
        ]
    return [name for at, name in sorted(found) if now - at >= RESTED and not name.lower().endswith(_UNFINISHED)][:_MOST]


def finish(taken: Taken) -> None:
    """Its bytes are kept elsewhere."""
    taken.path.unlink(missing_ok=True)


def refuse(taken: Taken) -> None:
    """Put it aside into the folder `refused`, where people find it."""
    aside = taken.path.parents[1] / _REFUSED
    aside.mkdir(exist_ok=True)
    taken.path.rename(aside / taken.source)


def put_back(taken: Taken) -> None:
    """It could not be taken for a reason that is not its own."""
    taken.path.rename(taken.path.parents[1] / taken.name)
