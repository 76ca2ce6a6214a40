"""Ports of files: where blobs are kept, what uploads are for, who may read a subject's files, who scans them."""

from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final, Protocol
from uuid import UUID

from yiwang.commons.files.contracts import MediaType, Purpose, ScanState
from yiwang.kernel.actor import Actor, SubjectRef

_MEGABYTE: Final = 1024 * 1024
MATERIAL: Final = "material"
PHOTO: Final = "photo"


class BlobStore(Protocol):
    """Keeps bytes under their digest. Everything is idempotent; `digest` is SM3 in hex."""

    def spool(self) -> Path:
        """A local folder for uploads that are still coming in."""

    def put(self, digest: str, source: Path) -> None:
        """Keep the file at `source` (which is moved away or copied); durable when this returns."""

    def open(self, digest: str) -> BinaryIO:
        """The bytes. Raises FileNotFoundError."""

    def delete(self, digest: str) -> None:
        """Forget the bytes."""

    def older_than(self, moment: datetime) -> Iterator[str]:
        """Digests of blobs that were put, or put again, before `moment`."""

    def clear_spool(self, moment: datetime) -> int:
        """Remove unfinished uploads that nobody has written to since `moment`; how many there were."""


Reader = Callable[[Actor, SubjectRef], bool]
Keeper = Callable[[Actor, Collection[UUID]], Collection[UUID]]
Watcher = Callable[[Actor, SubjectRef], None]
Scanner = Callable[[BinaryIO], ScanState]

_blobs: BlobStore | None = None
_scanner: Scanner | None = None
_readers: dict[str, Reader] = {}
_watchers: dict[str, Watcher] = {}
_keepers: list[Keeper] = []
_purposes: dict[str, Purpose] = {}


def provide_blobs(store: BlobStore) -> None:
    """Set where blobs are kept (at start-up)."""
    global _blobs  # noqa: PLW0603  one store a process
    _blobs = store


def blobs() -> BlobStore:
    """The store in force."""
    if _blobs is None:
        raise RuntimeError("no blob store was provided")
    return _blobs


def provide_scanner(scanner: Scanner | None) -> None:
    """Set the scanner of malicious content; uploads are then scanned by a job and infected ones closed."""
    global _scanner  # noqa: PLW0603  one scanner a process
    _scanner = scanner


def scanner() -> Scanner | None:
    """The scanner, None where the city has none."""
    return _scanner


def register_keeper(keeper: Keeper) -> None:
    """Say which of some waiting uploads an actor holds too, in a draft or a workplace that they share with the owner."""
    _keepers.append(keeper)


def held(actor: Actor, file_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of the waiting uploads that some keeper lets the actor hold. As many queries as there are keepers."""
    return frozenset(found for keeper in _keepers for found in keeper(actor, file_ids)) if file_ids else frozenset()


def register_reader(subject_kind: str, can_read: Reader) -> None:
    """Say who may read the files of subjects of one kind, beside each file's owner."""
    _readers[subject_kind] = can_read


def reader_of(subject_kind: str) -> Reader | None:
    """The rule of that kind, None where no context has registered one (then nobody but the owner reads)."""
    return _readers.get(subject_kind)


def register_watcher(subject_kind: str, watcher: Watcher) -> None:
    """Be told of everybody who opens a file of subjects of one kind, before the bytes leave."""
    _watchers[subject_kind] = watcher


def told_opened(actor: Actor, subject: SubjectRef | None) -> None:
    """Tell whoever watches files of this subject that `actor` opens one."""
    watcher = _watchers.get(subject.kind) if subject else None
    if watcher is not None and subject is not None:
        watcher(actor, subject)


def register_purpose(purpose: Purpose) -> None:
    """Add or replace a purpose of uploads."""
    _purposes[purpose.key] = purpose


def purpose_of(key: str) -> Purpose:
    """The purpose called `key`. Raises KeyError: purposes are chosen by code, not by people."""
    return _purposes[key]


def register_own_purposes(limit_megabytes: int) -> None:
    """The two that every form needs: any material, and a picture of one."""
    limit = limit_megabytes * _MEGABYTE
    register_purpose(Purpose(MATERIAL, frozenset(MediaType), limit))
    register_purpose(Purpose(PHOTO, frozenset({MediaType.JPEG, MediaType.PNG}), min(limit, 10 * _MEGABYTE)))
