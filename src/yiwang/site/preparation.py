"""What was prepared already: told from the names, sizes and times of files, without Django, so that a start is quick.

The full preparation compares contents and asks the database; where nothing was touched since, it has nothing to do.
"""

import hashlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import yiwang

_SOURCE = Path(yiwang.__file__).resolve().parent
_SKIPPED = {"__pycache__", "tests", ".git"}


def outline(pack: Path) -> str:
    """One short text for the program and the pack as they lie on the disk now."""
    digest = hashlib.sha256(sys.version.encode())
    for root in (_SOURCE, pack.resolve()):
        for path, status in sorted(_files(root)):
            digest.update(f"{path}\0{status.st_size}\0{status.st_mtime_ns}\0".encode())
    return digest.hexdigest()


def _files(folder: Path | str) -> Iterator[tuple[str, os.stat_result]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                if entry.name not in _SKIPPED:
                    yield from _files(entry.path)
            else:
                yield entry.path, entry.stat()


def remembered(data_dir: Path) -> dict[str, str]:
    """What the last preparation of this data folder noted; empty before the first."""
    try:
        found = json.loads(_file(data_dir).read_text())
    except (OSError, ValueError):
        return {}
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}


def remember(data_dir: Path, **values: str) -> None:
    """Note these beside what is noted already."""
    fresh = _file(data_dir).with_suffix(".new")
    fresh.write_text(json.dumps(remembered(data_dir) | values))
    fresh.replace(_file(data_dir))


def _file(data_dir: Path) -> Path:
    return data_dir / "prepared.json"
