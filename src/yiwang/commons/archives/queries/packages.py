"""Packages in the store: their bytes, and the four-property check of one with all that this installation knows."""

from collections.abc import Callable
from io import BytesIO
from typing import BinaryIO
from uuid import UUID

from yiwang.commons.archives import policies, registry
from yiwang.commons.archives.contracts import ArchiveNotFound
from yiwang.commons.archives.engine import (
    KEYS,
    Report,
    Stage,
    Surroundings,
    TrustedArchives,
    check_package,
    judge_of_seals,
)
from yiwang.commons.archives.models import Archive
from yiwang.commons.files import registry as files
from yiwang.commons.files.contracts import ScanState
from yiwang.kernel.actor import Actor
from yiwang.kernel.settings import settings


def stored(*, digest: str, viewer: Actor) -> bytes:
    """The package of that digest; empty where it is gone. For whoever has asked the policies before."""
    del viewer
    try:
        with registry.packages().open(digest) as stream:
            return stream.read()
    except (FileNotFoundError, ValueError):
        return b""


def open_stored(*, archive_id: UUID, viewer: Actor) -> tuple[str, BinaryIO]:
    """Number and package of an archive, for its archivist. Raises ArchiveNotFound, MayNotKeep."""
    row = policies.found(Archive.objects.filter(policies.visible(viewer), pk=archive_id).first())
    policies.check_keep(viewer, row)
    try:
        return str(row.archive_number), registry.packages().open(row.digest)
    except (FileNotFoundError, ValueError):
        raise ArchiveNotFound from None


def check_stored(*, digest: str, stage: Stage, viewer: Actor) -> Report:
    """The four-property check of a stored package. CPU only, no query."""
    data = stored(digest=digest, viewer=viewer)
    folder = settings().data_dir
    path = folder / KEYS
    trusted = TrustedArchives.parse(path.read_bytes()) if path.exists() else None
    around = Surroundings(trusted=trusted, judge_sealed=judge_of_seals(folder / "trust"), digest=digest, scan=_scan())
    return check_package(data, stage, around)


def _scan() -> Callable[[bytes], bool] | None:
    """The scanner of uploads, as a look at bytes; None where the city has none."""
    look = files.scanner()
    if look is None:
        return None
    return lambda data: look(BytesIO(data)) is not ScanState.INFECTED
