"""The trust folder is written, so that what is sealed here can be checked without the database."""

import os
from datetime import datetime
from pathlib import Path
from uuid import UUID

from yiwang.commons.seals.queries.trusting import SAMPLE, trust_files, trust_folder
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note

_OWNED = ("roots/*.pem", "intermediates/*.pem", "makers/*.pem", f"lists/{SAMPLE}*.crl")


@command("seals.write_trust")
def write_trust(*, by: Actor, at: datetime) -> int:
    """Make the trust folder what it should be; how many files changed. Lists that the operator put there stay."""
    del at
    base, wanted = trust_folder(), trust_files(viewer=by)
    gone = [
        each for pattern in _OWNED for each in base.glob(pattern) if each.relative_to(base).as_posix() not in wanted
    ]
    changed = [name for name, data in wanted.items() if not _same(base / name, data)]
    for name in changed:
        _replace(base / name, wanted[name])
    for each in gone:
        each.unlink(missing_ok=True)
    note(SubjectRef("system", UUID(int=0)), changed=len(changed), removed=len(gone))
    return len(changed) + len(gone)


def _same(path: Path, data: bytes) -> bool:
    try:
        return path.read_bytes() == data
    except OSError:
        return False


def _replace(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_bytes(data)
    beside.replace(path)
