"""Packages in the store: their bytes, and the four-property check of one with all that this installation knows."""

import hashlib
from collections.abc import Callable
from io import BytesIO
from typing import Any, cast

from yiwang.commons.archives import registry
from yiwang.commons.archives.engine import (
    Report,
    Stage,
    Surroundings,
    check_package,
)
from yiwang.commons.archives.queries.keys import trusted_keys
from yiwang.commons.files import registry as files
from yiwang.commons.files.contracts import ScanState
from yiwang.commons.seals import queries as seals
from yiwang.commons.seals.engine import Trust, verify_sealed
from yiwang.kernel.actor import Actor
from yiwang.kernel.verdicts import Verdict

_JUDGE = Actor.system("archives: seals inside packages")


def stored(*, digest: str, viewer: Actor) -> bytes:
    """The package of that digest; empty where it is gone. For whoever has asked the policies before."""
    del viewer
    try:
        with registry.packages().open(digest) as stream:
            return stream.read()
    except (OSError, ValueError):  # gone, or on a disk that can't be read: the check tells it
        return b""


def is_whole(*, digest: str, viewer: Actor) -> bool:
    """Whether the store holds the very bytes that were registered. Reads them once, by pieces."""
    del viewer
    try:
        with registry.packages().open(digest) as stream:
            return hashlib.file_digest(cast("Any", stream), _sm3).hexdigest() == digest
    except (OSError, ValueError):
        return False


def _sm3() -> Any:
    return hashlib.new("sm3")


def check_stored(*, digest: str, stage: Stage, viewer: Actor) -> Report:
    """The four-property check of a stored package. Queries: the keys, and one where it holds sealed files."""
    data = stored(digest=digest, viewer=viewer)
    around = Surroundings(trusted=trusted_keys(viewer=viewer), judge_sealed=_judge(), digest=digest, scan=_scan())
    return check_package(data, stage, around)


def _judge() -> Callable[[bytes], Verdict]:
    """Judges seals by what this installation trusts now; asked once, when the first sealed file is met."""
    known: list[Trust] = []

    def judge(data: bytes) -> Verdict:
        if not known:
            known.append(seals.trust(viewer=_JUDGE))
        return verify_sealed(data, known[0])

    return judge


def _scan() -> Callable[[bytes], bool | None] | None:
    """The scanner of uploads, as a look at bytes (None: it could not look); None where the city has none."""
    look = files.scanner()
    if look is None:
        return None

    def clean(data: bytes) -> bool | None:
        said = look(BytesIO(data))
        return None if said is ScanState.UNSCANNED else said is ScanState.CLEAN

    return clean
