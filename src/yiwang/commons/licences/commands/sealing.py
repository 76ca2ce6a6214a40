"""Make the sealed files of a version: drawn, sealed and kept in one transaction with the use of the seal, or not at all."""

import io
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from yiwang.commons.files import commands as files
from yiwang.commons.licences import policies, rules
from yiwang.commons.licences.commands.issuing import SEAL_JOB
from yiwang.commons.licences.commands.writing import locked, next_state, stepped, told
from yiwang.commons.licences.contracts import (
    LICENCE,
    LicenceReplaced,
    LicenceSealed,
    LicenceState,
    LifeVerb,
    NoSeal,
    Origin,
)
from yiwang.commons.licences.models import Licence, LicenceFile, LicenceVersion
from yiwang.commons.licences.queries.layouts import layout_of, plain_layout
from yiwang.commons.licences.queries.types import version_spec
from yiwang.commons.licences.rules import papers
from yiwang.commons.seals import commands as seals
from yiwang.commons.seals import queries as sealing
from yiwang.commons.seals.contracts import SamplesRefused, SealKind, SealView
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.jobs import defer

FILE_PURPOSE = "licence"
_OFD = "application/ofd"
_PDF = "application/pdf"


@command("licences.seal_pending")
def seal_pending(*, licence_id: UUID, by: Actor, at: datetime) -> bool:
    """Make and seal the files of the version that waits; whether there was one. Again changes nothing.

    The version is in force from here on, the one before is superseded, and the licence that it replaces ends. Raises
    LicenceNotFound, NoSeal, what the seal's door raises, and what the layout raises (ValueTooLong, GlyphMissing).
    """
    licence = locked(licence_id)
    version = licence.pending
    note(SubjectRef(LICENCE, licence_id), version=version.number if version else 0)
    if version is None:
        return False
    after = next_state(licence, LifeVerb.SEAL)
    seal = seal_of(licence.organisation_id, by, at)
    made = _made(licence, version, seal, by, at)
    made.save(force_insert=True)
    before, licence.state = licence.state, after.value
    licence.current, licence.pending, licence.sealed_at, licence.changed_at = version, None, at, at
    licence.grade = rules.trust.grade_of(origin=Origin(licence.origin), sealed=True, checked=True).value
    licence.valid_from, licence.valid_until = version.valid_from, version.valid_until
    licence.tries, licence.problem = 0, ""
    licence.title = version_spec(row=version.type_version).title
    stepped(licence, LifeVerb.SEAL, before=before, version=version.number, by=by, at=at)
    licence.save(update_fields=[
        "state", "current", "pending", "sealed_at", "changed_at", "grade", "valid_from", "valid_until", "tries",
        "problem", "title",
    ])  # fmt: skip
    told(licence, LicenceSealed, version=version.number)
    if licence.replaces_id is not None and before == LicenceState.MAKING.value:
        _end_replaced(licence, by, at)
    return True


def seal_of(organisation_id: UUID, by: Actor, at: datetime) -> SealView:
    """The issuer's seal for licences, else its official one; in a demonstration one is made. Raises NoSeal."""
    for kind in ("licence", "official"):
        found = sealing.seal_for(organisation_id=organisation_id, kind=kind, viewer=by)
        if found is not None and found.usable:
            return found
    try:
        seals.make_sample_seals(organisation_ids=[organisation_id], kinds=[SealKind.LICENCE], by=by, at=at)
    except SamplesRefused:
        raise NoSeal from None
    found = sealing.seal_for(organisation_id=organisation_id, kind="licence", viewer=by)
    if found is None:
        raise NoSeal
    return found


def _made(licence: Licence, version: LicenceVersion, seal: SealView, by: Actor, at: datetime) -> LicenceFile:
    """Both files, sealed and kept."""
    from yiwang.commons.licences.engine import render_ofd, render_pdf, stamps

    paper = paper_of(licence=licence, version=version, at=at)
    layout, values = layout_of(row=version.type_version) or plain_layout(), papers.shown(paper)
    said = papers.metadata(paper)
    given: dict[str, Any] = {
        "created": paper.issued_on, "author": paper.issuer_name, "qr_text": paper.identifier,
    }  # fmt: skip
    attached = {papers.METADATA_FILE: json.dumps(said, ensure_ascii=False, indent=1).encode()}
    places = stamps(layout, seal.width_mm, seal.height_mm)
    kept: dict[str, Any] = {}
    for kind, media, drawn in (
        ("ofd", _OFD, render_ofd(layout, values, custom=_custom(said), attachments=attached, **given)),
        ("pdf", _PDF, render_pdf(layout, values, **given)),
    ):
        sealed = seals.seal_document(
            seal_id=seal.id, document=drawn, media_type=media, stamps=places,
            subject=SubjectRef(LICENCE, licence.pk), reason=f"制作电子证照：{licence.title}", kind=LICENCE, by=by, at=at,
        )  # fmt: skip
        stored = files.store(
            stream=io.BytesIO(sealed), name=f"{licence.title}.{kind}", purpose=FILE_PURPOSE,
            subject=SubjectRef(LICENCE, licence.pk), by=by, at=at,
        )  # fmt: skip
        kept |= {f"{kind}_file_id": stored.id, f"{kind}_digest": stored.digest}
    return LicenceFile(version=version, seal_id=seal.id, sealed_at=at, **kept)


def _custom(said: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in said.items() if value}


def paper_of(*, licence: Licence, version: LicenceVersion, at: datetime) -> papers.Paper:
    """What the paper of a version tells."""
    return papers.Paper(
        spec=version_spec(row=version.type_version),
        values=version.values,
        number=licence.number,
        identifier=version.identifier,
        holder_name=licence.holder_name,
        holder_code=licence.holder_code or "",
        issuer_name=licence.issuer_name,
        issuer_code=rules.parse_identifier(version.identifier).issuer,
        issued_on=version.decided_at.astimezone(clock.CHINA).date(),
        valid_from=version.valid_from,
        valid_until=version.valid_until,
        sample=licence.sample,
    )


def _end_replaced(licence: Licence, by: Actor, at: datetime) -> None:
    assert licence.replaces_id is not None
    old = locked(licence.replaces_id)
    after = rules.states.after(LifeVerb.REPLACE, LicenceState(old.state))
    if after is None:  # revoked meanwhile: nothing is left to end
        return
    before, old.state, old.changed_at = old.state, after.value, at
    version = old.current.number if old.current else 0
    old.pending = None  # a change of what ends now is given up
    old.save(update_fields=["state", "changed_at", "pending"])
    stepped(old, LifeVerb.REPLACE, before=before, version=version, by=by, at=at)
    told(old, LicenceReplaced, version=version, by_licence=licence.pk)


@command("licences.note_problem")
def note_problem(*, licence_id: UUID, problem: str, by: Actor, at: datetime) -> None:
    """Keep why a version could not be sealed, for whoever operates; tried again later and later."""
    del by
    licence = locked(licence_id)
    if licence.pending is not None:
        licence.tries, licence.problem, licence.changed_at = licence.tries + 1, problem[:200], at
        licence.save(update_fields=["tries", "problem", "changed_at"])
    note(SubjectRef(LICENCE, licence_id), tries=licence.tries)


@command("licences.seal_again")
def seal_again(*, licence_id: UUID, by: Actor, at: datetime) -> None:
    """An operator has mended what hindered the sealing: try at once. Raises LicenceNotFound, MayNotManage."""
    licence = locked(licence_id)
    policies.check_manage(by, licence)
    if licence.pending is not None:
        licence.tries, licence.problem, licence.changed_at = 0, "", at
        licence.save(update_fields=["tries", "problem", "changed_at"])
        defer(SEAL_JOB, licence_id=str(licence_id))
    note(SubjectRef(LICENCE, licence_id))


@command("licences.catch_up")
def catch_up(*, by: Actor, at: datetime) -> int:
    """Queue again what waits for its seal for too long: after 2, 4, 8 … minutes, at most an hour; how many."""
    del by
    rows = Licence.objects.filter(pending__isnull=False, changed_at__lt=at - timedelta(minutes=2))
    found = rows.order_by("created_at").values_list("pk", "changed_at", "tries")[:500]
    due = [pk for pk, since, tries in found if since < at - timedelta(minutes=min(2 ** min(tries + 1, 6), 60))]
    for pk in due:
        defer(SEAL_JOB, licence_id=str(pk))
    note(SubjectRef(LICENCE, UUID(int=0)), queued=len(due))
    return len(due)
