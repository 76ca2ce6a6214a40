"""Ports of archives: who collects what is archived of a kind of record, and where packages are kept."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from yiwang.commons.archives.engine import Agent, Item, Relation, Step
from yiwang.commons.files.registry import BlobStore
from yiwang.kernel.actor import SubjectRef


class NotYet(Exception):
    """Something is still on its way (a seal, a receipt); `reason` is a code for the archivist's list."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Opened:
    """The archive that a source fills: `subject` is its record."""

    id: UUID
    subject: SubjectRef
    number: str
    archive_number: str
    patient: bool


@dataclass(frozen=True, slots=True)
class Collected:
    """Everything of a record that is kept. `subjects`: records whose receipts of the ledger belong to it."""

    number: str
    title: str
    matter_code: str
    matter: str
    result: str
    submitted_at: datetime
    closed_at: datetime
    steps: tuple[Step, ...]
    items: tuple[Item, ...]
    agents: tuple[Agent, ...] = ()
    relations: tuple[Relation, ...] = ()
    absent: tuple[tuple[str, str], ...] = ()
    subjects: tuple[SubjectRef, ...] = ()
    matter_version: str = ""
    region: str = ""
    grade: str = ""
    sample: bool = False


Source = Callable[[Opened], Collected]
"""Everything of the record. Raises NotYet where something is still on its way and the archive is `patient`."""
_sources: dict[str, Source] = {}
_packages: Final[list[BlobStore]] = []


def register_source(kind: str, collect: Source) -> None:
    """Say who collects records of `kind` (the subject's)."""
    _sources[kind] = collect


def source_of(kind: str) -> Source | None:
    """The source of that kind."""
    return _sources.get(kind)


def provide_packages(store: BlobStore) -> None:
    """Set where packages are kept (at start-up)."""
    _packages[:] = [store]


def packages() -> BlobStore:
    """The store in force."""
    if not _packages:
        raise RuntimeError("no store of packages was provided")
    return _packages[0]
