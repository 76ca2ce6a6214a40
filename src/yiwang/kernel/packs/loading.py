"""Check or load a whole pack."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.ids import new_id
from yiwang.kernel.models import LoadedPack
from yiwang.kernel.packs.reader import PackReader, load_schema
from yiwang.kernel.packs.registry import Tally, parts
from yiwang.kernel.packs.report import Fault, PackFaulty

_SCHEMA = Path(__file__).parent / "schemas" / "pack.json"


@dataclass(frozen=True, slots=True)
class Checked:
    """The outcome of a check."""

    name: str
    version: str
    faults: tuple[Fault, ...]


def check_pack(root: Path) -> Checked:
    """Read every part of the pack at `root` and collect all faults. Changes nothing."""
    reader = PackReader(root)
    manifest = reader.yaml("pack.yaml", schema=load_schema(_SCHEMA))
    if manifest is not None:
        for _name, part in parts():
            part.check(reader)
    data: dict[str, Any] = manifest.data if manifest else {}
    return Checked(str(data.get("name", root.name)), str(data.get("version", "")), tuple(reader.report.faults))


@command("kernel.load_pack")
def load_pack(*, root: Path, by: Actor, at: datetime) -> dict[str, Tally]:
    """Load the pack at `root` in one transaction; returns per part what changed. Raises PackFaulty."""
    checked = check_pack(root)
    if checked.faults:
        raise PackFaulty(checked.faults)
    reader = PackReader(root)
    done = {name: part.load(reader, by=by, at=at) for name, part in parts()}
    if reader.report.faults:
        raise PackFaulty(reader.report.faults)
    counts = {name: [tally.created, tally.changed, tally.unchanged] for name, tally in done.items()}
    manifest = reader.yaml("pack.yaml")
    assert manifest is not None
    latest = LoadedPack.objects.order_by("-at", "-id").first()
    if latest is None or latest.manifest != manifest.data:
        LoadedPack.objects.create(name=checked.name, version=checked.version, manifest=manifest.data, at=at)
    forget()
    told = [text for tally in done.values() for text in tally.notes]
    note(SubjectRef("pack", new_id()), name=checked.name, version=checked.version, parts=counts, notes=told)
    return done


_KEPT_FOR = timedelta(seconds=30)
_current: tuple[datetime, Mapping[str, Any]] | None = None


def current_manifest() -> Mapping[str, Any]:
    """`pack.yaml` of the pack in force, read again every half minute; empty where none was loaded."""
    global _current  # noqa: PLW0603  each page asks for it, it changes with a deployment
    now = clock.now()
    if _current is None or not (timedelta(0) <= now - _current[0] < _KEPT_FOR):
        latest = LoadedPack.objects.order_by("-at", "-id").first()
        _current = (now, latest.manifest if latest else {})
    return _current[1]


def forget() -> None:
    """Read the manifest again at the next question."""
    global _current  # noqa: PLW0603
    _current = None
