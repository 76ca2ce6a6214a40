"""One licence whole: for its holder, an official with a grant, or whoever may read what it was issued for."""

from uuid import UUID

from yiwang.commons.files import registry as files
from yiwang.commons.identity import queries as identity
from yiwang.commons.licences import policies
from yiwang.commons.licences.contracts import (
    FieldValue,
    Ground,
    LicenceNotFound,
    LicencePage,
    LicenceState,
    LifeVerb,
    Origin,
    ShowingRow,
    StepRow,
    TrustGrade,
    UseRow,
    UseStanding,
    VersionRow,
)
from yiwang.commons.licences.models import Licence, LicenceShowing, LicenceStep, LicenceUse, LicenceVersion
from yiwang.commons.licences.queries.shown import field_values, spec_of_version
from yiwang.commons.licences.queries.wallet import brief, state_today
from yiwang.commons.licences.rules import states
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.paging import Page, paginate

_PROGRAM = Actor.system("电子证照")


def licence(*, licence_id: UUID, viewer: Actor) -> LicencePage:
    """Fields, versions, life of one licence. A constant number of queries. Raises LicenceNotFound."""
    row = _visible(licence_id, viewer)
    version = row.current or row.pending
    versions = list(
        LicenceVersion.objects.filter(licence=row).select_related("file").defer("values").order_by("-number")
    )
    if version is None:  # revoked before it was ever sealed: what it was to say
        version = LicenceVersion.objects.select_related("type_version__type").filter(licence=row).first()
    assert version is not None
    manages = policies.can_manage(viewer, row)
    return LicencePage(
        brief=brief(row=row),
        spec=spec_of_version(version=version),
        identifier=version.identifier,
        version=version.number,
        holder=policies.holder_of(row),
        holder_name=row.holder_name,
        fields=field_values(version=version),
        versions=tuple(_version(each, row) for each in versions),
        steps=_steps(row),
        origin=Origin(row.origin),
        as_of=row.as_of,
        replaced_by=row.replaced_by.values_list("pk", flat=True).first(),
        replaces=row.replaces_id,
        verbs=states.allowed(state_today(row=row), waits=row.pending_id is not None, stuck=row.tries > 0)
        if manages
        else (),
        issuer_id=row.organisation_id,
        subject=SubjectRef(row.subject_kind, row.subject_id) if row.subject_id else None,
    )


def _visible(licence_id: UUID, viewer: Actor) -> Licence:
    row: Licence | None = (
        Licence.objects.select_related(
            "type", "current__file", "current__type_version__type", "pending__type_version__type"
        )
        .filter(pk=licence_id)
        .first()
    )
    if row is None:
        raise LicenceNotFound
    policies.check_see(viewer, row)
    return row


def _version(row: LicenceVersion, of: Licence) -> VersionRow:
    kept = getattr(row, "file", None)
    return VersionRow(
        number=row.number,
        identifier=row.identifier,
        decided_at=row.decided_at,
        sealed_at=kept.sealed_at if kept else None,
        ofd_file_id=kept.ofd_file_id if kept else None,
        pdf_file_id=kept.pdf_file_id if kept else None,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        reason=row.reason,
        current=row.pk == of.current_id,
        abandoned=kept is None and row.pk not in {of.current_id, of.pending_id},
    )


def _steps(row: Licence) -> tuple[StepRow, ...]:
    rows = LicenceStep.objects.filter(licence=row).select_related("organisation").order_by("id")
    return tuple(
        StepRow(
            at=each.at,
            verb=LifeVerb(each.verb),
            after=LicenceState(each.after),
            ground=Ground(each.ground) if each.ground else None,
            reason=each.reason,
            organisation=each.organisation.name if each.organisation else "",
        )
        for each in rows
    )


def may_read_files(viewer: Actor, subject: SubjectRef, /) -> bool:
    """Whether the viewer may read the files of a licence: fills the readers of files."""
    row = Licence.objects.filter(pk=subject.id).first()
    return row is not None and policies.can_see(viewer, row)


def uses(*, licence_id: UUID, viewer: Actor, cursor: str | None = None, size: int = 20) -> Page[UseRow]:
    """Who used the licence, the newest first; for its holder and officials with a grant. Raises LicenceNotFound."""
    row = _visible(licence_id, viewer)
    found = LicenceUse.objects.filter(licence=row).select_related("organisation", "caller")
    return paginate(found, order=("-id",), cursor=cursor, size=size).map(_use)


def _use(row: LicenceUse) -> UseRow:
    return UseRow(
        id=row.pk,
        at=row.at,
        subject=SubjectRef(row.subject_kind, row.subject_id) if row.subject_id else None,
        words=row.words,
        purpose=row.purpose,
        basis=row.basis,
        ground=row.ground,
        organisation=row.organisation.name if row.organisation else (row.caller.name if row.caller else ""),
        state_at_use=LicenceState(row.state_at_use),
        version=row.version,
        ended_at=row.ended_at,
    )


def showings(*, licence_id: UUID, viewer: Actor, size: int = 20) -> tuple[ShowingRow, ...]:
    """The newest showings with who checked them; only for the holder. Raises LicenceNotFound."""
    row = _visible(licence_id, viewer)
    if not (viewer.is_system or policies.is_holder(viewer, row)):
        return ()
    found = list(LicenceShowing.objects.filter(licence=row).order_by("-id")[:size])
    ids = {each.checker_organisation_id for each in found if each.checker_organisation_id}
    names = identity.organisation_names(organisation_ids=ids, viewer=_PROGRAM) if ids else {}
    return tuple(
        ShowingRow(
            id=each.pk,
            at=each.at,
            purpose=each.purpose,
            ends_at=each.ends_at,
            checked_at=each.checked_at,
            checker=names[each.checker_organisation_id].name
            if each.checker_organisation_id in names
            else each.checker_name,
            withdrawn_at=each.withdrawn_at,
        )
        for each in found
    )


def use_standing(*, use_id: UUID, viewer: Actor) -> UseStanding:
    """A use as it was and as the licence is now. Raises LicenceNotFound. Two queries and a policy's."""
    found = _standings(viewer, pk=use_id)
    if not found:
        raise LicenceNotFound
    return found[0]


def uses_of(*, subject: SubjectRef, viewer: Actor) -> tuple[UseStanding, ...]:
    """The licences that a case uses, each as it was at use and as it is now: what a decision must look at. One query for the program."""
    return _standings(viewer, subject_kind=subject.kind, subject_id=subject.id)


def _standings(viewer: Actor, **wanted: object) -> tuple[UseStanding, ...]:
    rows = LicenceUse.objects.filter(**wanted).select_related("licence").order_by("id")
    shown = [row for row in rows if viewer.is_system or _sees_use(viewer, row)]
    versions = LicenceVersion.objects.select_related("type_version__type").filter(
        licence_id__in=[row.licence_id for row in shown]
    )
    by_number = {(each.licence_id, each.number): each for each in versions}
    return tuple(_standing(row, by_number[row.licence_id, row.version]) for row in shown)


def _sees_use(viewer: Actor, row: LicenceUse) -> bool:
    """Whoever may see the licence, and whoever may read the case that uses it."""
    rule = files.reader_of(row.subject_kind) if row.subject_id else None
    if rule is not None and row.subject_id is not None and rule(viewer, SubjectRef(row.subject_kind, row.subject_id)):
        return True
    return policies.can_see(viewer, row.licence)


def _standing(row: LicenceUse, version: LicenceVersion) -> UseStanding:
    fields: tuple[FieldValue, ...] = field_values(version=version)
    return UseStanding(
        id=row.pk,
        licence_id=row.licence_id,
        version=row.version,
        state_at_use=LicenceState(row.state_at_use),
        state_now=state_today(row=row.licence),
        grade=TrustGrade(row.grade_at_use),
        used_at=row.at,
        fields=fields,
        consent_id=row.consent_id,
    )
