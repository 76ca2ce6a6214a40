"""Types of licences: a new version where the pack says something new."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from yiwang.commons.licences.contracts import MayNotManage
from yiwang.commons.licences.models import LicenceType, LicenceTypeVersion
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.evidence import canonical


@command("licences.define_type")
def define_type(*, key: str, spec: Mapping[str, Any], layout: str, by: Actor, at: datetime) -> int:
    """Publish a version of a type where `spec` (the file of the pack, checked) or `layout` is new; the version in force.

    Only the program defines types (they come with the pack). Raises MayNotManage.
    """
    if not by.is_system:
        raise MayNotManage
    kind, _created = LicenceType.objects.select_for_update().get_or_create(key=key)
    digest = hashlib.new("sm3", canonical(dict(spec)) + layout.encode()).digest()
    latest = LicenceTypeVersion.objects.filter(type=kind, number=kind.version).first()
    if latest is None or bytes(latest.digest) != digest:
        kind.version += 1
        made = LicenceTypeVersion(
            type=kind, number=kind.version, code=spec["code"], name=spec["name"]["zh"], spec=dict(spec),
            layout=layout, digest=digest, at=at,
        )  # fmt: skip
        made.save(force_insert=True)
        kind.save(update_fields=["version"])
    note(SubjectRef("licence_type", kind.pk), key=key, version=kind.version)
    return int(kind.version)
