"""Take licences in from a file, batch by batch: each batch is one transaction that copies rows and moves the mark."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Final
from uuid import UUID

from yiwang.commons.identity import queries as identity
from yiwang.commons.licences import policies, rules
from yiwang.commons.licences.commands.issuing import SEAL_JOB, Issuer, issuer_of, made_version
from yiwang.commons.licences.commands.writing import PROGRAM
from yiwang.commons.licences.contracts import (
    HolderKind,
    ImportNotFound,
    ImportRefused,
    ImportState,
    LicenceState,
    Origin,
    Reject,
    TypeSpec,
)
from yiwang.commons.licences.models import (
    HOLDER_CODE,
    Licence,
    LicenceImport,
    LicenceReject,
    LicenceTypeVersion,
    LicenceVersion,
)
from yiwang.commons.licences.queries.types import newest, version_spec
from yiwang.commons.licences.rules import lines
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.evidence import record as leave_evidence
from yiwang.kernel.fields import keyed_hash, keyed_hashes
from yiwang.kernel.ids import new_id
from yiwang.kernel.jobs import defer
from yiwang.kernel.writes import copy_rows

IMPORT_JOB: Final = "licences.import"
LARGEST: Final = 64 * 1024 * 1024
BATCH: Final = 10_000
_MOST_REJECTS: Final = 10_000
_PROGRESS: Final = ("problem", "reached", "created", "repeated", "rejected", "state", "ended_at")


@command("licences.begin_import")
def begin_import(
    *,
    type_key: str,
    organisation_id: UUID,
    content: bytes,
    file_name: str = "",
    seals: bool = False,
    checked: bool = True,
    later: bool = True,
    by: Actor,
    at: datetime,
) -> UUID:
    """Take a file (CSV with a header, or JSON lines; UTF-8 or GBK) of licences that the organisation issued; the import's id.

    The same file for the same type and organisation is the same import. `later`: a job does the work; else whoever calls
    runs `import_batch`. `seals`: sealed files are made at once (grade A), else they stand as checked by the issuer (B) or,
    where it did not compare them with originals or its register (`checked` False), as what must be looked at (C).
    Raises TypeNotFound, MayNotManage, ImportRefused.
    """
    row = newest(key=type_key)
    policies.check_import(by, organisation_id=organisation_id, type_key=type_key)
    if len(content) > LARGEST:
        raise ImportRefused(reason=f"文件超过 {LARGEST // 1024 // 1024} MB，请分成几个文件")
    if seals and not checked:
        raise ImportRefused(reason="没有核对过的证照不能盖章")
    try:
        text = lines.text_of(content)
        lines.Lines(text, version_spec(row=row)).check()
    except lines.FileFault as fault:
        raise ImportRefused(reason=str(fault)) from None
    digest = hashlib.new("sm3", content).hexdigest()
    made, created = LicenceImport.objects.get_or_create(
        type=row.type, organisation_id=organisation_id, digest=digest,
        defaults={
            "account_id": by.account_id, "file_name": file_name[:120], "content": text, "begun_at": at,
            "state": ImportState.WAITING.value, "seals": seals, "checked": checked,
        },
    )  # fmt: skip
    if later and made.state != ImportState.DONE.value:
        defer(IMPORT_JOB, import_id=str(made.pk))
    note(SubjectRef("licence_import", made.pk), type=type_key, again=not created)
    found: UUID = made.pk
    return found


@command("licences.note_import_failed")
def note_import_failed(*, import_id: UUID, problem: str, by: Actor, at: datetime) -> None:
    """Keep that a batch could not be taken in, and why: tried again by the job, or by importing the same file once more."""
    del by, at
    run = LicenceImport.objects.select_for_update(of=("self",)).filter(pk=import_id).first()
    if run is not None and run.content is not None:
        run.state, run.problem = ImportState.FAILED.value, problem[:200]
        run.save(update_fields=["state", "problem"])
    note(SubjectRef("licence_import", import_id), failed=run is not None)


@dataclass(slots=True)
class _Batch:
    """What one batch makes of its lines."""

    run: LicenceImport
    kind: LicenceTypeVersion
    spec: TypeSpec
    issuer: Issuer
    at: datetime
    today: date
    rejects: list[Reject] = field(default_factory=list)
    taken: list[lines.Taken] = field(default_factory=list)
    repeated: int = 0
    holders: dict[str, UUID] = field(default_factory=dict)


@command("licences.import_batch")
def import_batch(*, import_id: UUID, size: int = BATCH, by: Actor, at: datetime) -> bool:
    """Take in the next lines; whether any are left. Killed at any moment it goes on from the last whole batch.

    Idempotent by (type, number, issuer): a line that came in before is counted as repeated. Raises ImportNotFound.
    """
    run = LicenceImport.objects.select_for_update(of=("self",)).select_related("type").filter(pk=import_id).first()
    if run is None:
        raise ImportNotFound
    subject = SubjectRef("licence_import", import_id)
    if run.content is None:
        note(subject, state=run.state)
        return False
    kind = newest(key=run.type.key)
    batch = _Batch(run, kind, version_spec(row=kind), issuer_of(run.organisation_id), at, clock.today())
    reached, left = _read(batch, size)
    _without_known(batch)
    _without_strangers(batch)
    made = _copied(batch)
    _kept_rejects(batch)
    run.reached, run.created = reached, run.created + len(made)
    run.repeated, run.rejected = run.repeated + batch.repeated, run.rejected + len(batch.rejects)
    run.state, run.problem = ImportState.RUNNING.value if left else ImportState.DONE.value, ""
    if not left:
        run.content, run.ended_at = None, at
        changed = [*_PROGRESS, "content"]
    else:
        changed = list(_PROGRESS)
    run.save(update_fields=changed)
    _evidence(batch, made)
    note(subject, reached=reached, created=len(made), rejected=len(batch.rejects), repeated=batch.repeated)
    return left


def _read(batch: _Batch, size: int) -> tuple[int, bool]:
    """Judge the next `size` lines; the last line reached and whether any are left."""
    assert batch.run.content is not None
    source = (each for each in lines.Lines(batch.run.content, batch.spec) if each[0] > batch.run.reached)
    reached, count, seen = batch.run.reached, 0, set[str]()
    for number, said, fault in islice(source, size):
        reached, count = number, count + 1
        if said is None:
            batch.rejects.append(Reject(number, "", fault, "按导入说明改正这一行"))
            continue
        found = lines.read_line(batch.spec, number, said)
        if isinstance(found, Reject):
            batch.rejects.append(found)
        elif found.number in seen:
            batch.rejects.append(Reject(number, lines.NUMBER, "文件里有相同的证照编号", "一个编号只留一行"))
        else:
            seen.add(found.number)
            batch.taken.append(found)
    return reached, count == size and next(source, None) is not None


def _without_known(batch: _Batch) -> None:
    """Leave out lines that came in before as they are; refuse those that would give a number another holder or content."""
    rows = Licence.objects.filter(
        type=batch.kind.type, organisation_id=batch.issuer.id, number__in=[each.number for each in batch.taken]
    )
    known = {row.number: row for row in rows.select_related("current").defer("holder_code")}
    fit: list[lines.Taken] = []
    for each in batch.taken:
        row = known.get(each.number)
        if row is None:
            fit.append(each)
        elif row.holder_hash is None or bytes(row.holder_hash) not in keyed_hashes(each.holder_code, HOLDER_CODE):
            batch.rejects.append(Reject(each.line, lines.NUMBER, "这个编号已经登记在别人名下", "核对证照编号和持有人"))
        elif row.current is not None and row.current.values != each.values:
            reason, mend = "这个编号已经入库，内容和文件里不同", "原来的没有改动；要改的，在证照页面上变更"
            batch.rejects.append(Reject(each.line, lines.NUMBER, reason, mend))
        else:
            batch.repeated += 1
    batch.taken = fit


def _without_strangers(batch: _Batch) -> None:
    """Refuse lines whose code belongs to somebody of another name in the register."""
    people = identity.people_by_number(
        id_numbers=[each.holder_code for each in batch.taken if each.holder_kind is HolderKind.PERSON], viewer=PROGRAM
    )
    entities = identity.entities_by_code(
        credit_codes=[each.holder_code for each in batch.taken if each.holder_kind is HolderKind.ENTITY],
        viewer=PROGRAM,
    )
    fit: list[lines.Taken] = []
    for each in batch.taken:
        found = (people if each.holder_kind is HolderKind.PERSON else entities).get(each.holder_code)
        if found is None:
            fit.append(each)
        elif found[1] == each.holder_name:
            batch.holders[each.holder_code] = found[0]
            fit.append(each)
        else:
            reason = "持有人名称与这个代码登记的名称不一致"
            batch.rejects.append(Reject(each.line, lines.HOLDER_NAME, reason, "核对名称和代码，一致后重新导入"))
    batch.taken = fit


def _copied(batch: _Batch) -> list[tuple[UUID, str]]:
    """COPY the licences and their first versions; ids and identifiers, in the order of the lines."""
    made = [_rows(batch, each) for each in batch.taken]
    if made:
        copy_rows(Licence, [licence for licence, _version in made])
        copy_rows(LicenceVersion, [version for _licence, version in made])
        if batch.run.seals:
            for licence, _version in made:
                defer(SEAL_JOB, licence_id=str(licence.pk))
    return [(licence.pk, version.identifier) for licence, version in made]


def _rows(batch: _Batch, taken: lines.Taken) -> tuple[Licence, LicenceVersion]:
    spec, person = batch.spec, taken.holder_kind is HolderKind.PERSON
    holder = batch.holders.get(taken.holder_code)
    licence = Licence(
        id=new_id(), type=batch.kind.type, title=spec.title, number=taken.number, organisation_id=batch.issuer.id,
        issuer_name=batch.issuer.name, scope_key=policies.scope_key(spec.key), holder_kind=taken.holder_kind.value,
        person_id=holder if person else None, legal_entity_id=None if person else holder,
        holder_name=taken.holder_name, holder_code=taken.holder_code,
        holder_hash=keyed_hash(taken.holder_code, HOLDER_CODE), state=LicenceState.IN_FORCE.value,
        grade=rules.trust.grade_of(origin=Origin.IMPORT, sealed=False, checked=batch.run.checked).value, origin=Origin.IMPORT.value,
        valid_from=taken.valid_from, valid_until=taken.valid_until, taken_by_id=batch.run.pk, created_at=batch.at,
        changed_at=batch.at, sample=spec.sample,
    )  # fmt: skip
    if taken.valid_until is not None and taken.valid_until < batch.today:
        licence.state = LicenceState.EXPIRED.value
    version = made_version(licence, batch.kind, batch.issuer.code, taken.values, 1, batch.at)
    licence.current_id = version.pk
    if batch.run.seals and licence.state == LicenceState.IN_FORCE.value:
        licence.pending_id = version.pk
    return licence, version


def _kept_rejects(batch: _Batch) -> None:
    room = max(0, _MOST_REJECTS - batch.run.rejected)
    LicenceReject.objects.bulk_create(
        LicenceReject(
            run=batch.run, line=each.line, field=each.field[:60], reason=each.reason[:200], mend=each.mend[:200]
        )
        for each in sorted(batch.rejects, key=lambda each: each.line)[:room]
    )


def _evidence(batch: _Batch, made: Sequence[tuple[UUID, str]]) -> None:
    """One statement for a batch: a digest over its identifiers in their order."""
    digest = hashlib.new("sm3")
    for _id, identifier in made:
        digest.update(identifier.encode() + b"\n")
    leave_evidence(
        "licence.take_in",
        SubjectRef("licence_import", batch.run.pk),
        {"type": batch.run.type.key, "issuer": batch.issuer.name, "count": len(made), "digest": digest.hexdigest()},
    )
