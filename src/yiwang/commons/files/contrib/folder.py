"""Blobs in a folder of the data folder: `ab/cd/abcd…`, complete or absent, whatever moment the power fails."""

import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO


class FolderBlobs:
    """A `BlobStore` on one machine. The spool is on the same file system, so that a blob appears by one rename."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def spool(self) -> Path:
        return self._made(self._root / "incoming")

    def put(self, digest: str, source: Path) -> None:
        place = self._place(digest)
        if place.exists():
            os.utime(place)  # the sweep spares what was put again
            source.unlink()
            return
        self._made(place.parent)
        with source.open("rb") as stream:
            os.fsync(stream.fileno())
        try:
            source.replace(place)
        except OSError:
            fresh = place.with_name(f".{place.name}.{os.getpid()}")
            shutil.copyfile(source, fresh)
            _sync(fresh)
            fresh.replace(place)
            source.unlink()
        place.chmod(0o600)
        for folder in (place.parent, place.parent.parent, self._root):
            _sync(folder)

    def open(self, digest: str) -> BinaryIO:
        return self._place(digest).open("rb")

    def delete(self, digest: str) -> None:
        self._place(digest).unlink(missing_ok=True)

    def older_than(self, moment: datetime) -> Iterator[str]:
        limit = moment.timestamp()
        for place in self._root.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*"):
            try:
                if place.stat().st_mtime < limit:
                    yield place.name
            except FileNotFoundError:
                continue

    def clear_spool(self, moment: datetime) -> int:
        stale = [p for p in self.spool().iterdir() if p.stat().st_mtime < moment.timestamp()]
        for path in stale:
            path.unlink(missing_ok=True)
        return len(stale)

    def _place(self, digest: str) -> Path:
        if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
            raise ValueError("not a digest")
        return self._root / digest[:2] / digest[2:4] / digest

    def _made(self, folder: Path) -> Path:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
