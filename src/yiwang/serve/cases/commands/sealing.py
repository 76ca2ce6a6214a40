"""How documents, and results that are no licence, come to bear the seal of their organisation: by a job, all or nothing.

The legal step issues them and defers the job in its own transaction, so that none is forgotten. What is sealed is written
in one transaction with the use of the seal: there is no half-sealed file.
"""

import io
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from yiwang.commons.files import commands as files
from yiwang.commons.files.contracts import MediaType
from yiwang.commons.seals import commands as seals
from yiwang.commons.seals import queries as seal_queries
from yiwang.commons.seals.contracts import SamplesRefused, SealKind, SealView
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command
from yiwang.kernel.jobs import defer
from yiwang.kernel.settings import settings
from yiwang.serve.cases.commands import journal
from yiwang.serve.cases.contracts import PAPERS, CaseAction, CaseNotFound, PaperKind, SealMissing
from yiwang.serve.cases.models import Case, CaseDocument, CaseResult, SealedPaper
from yiwang.serve.cases.queries import papers
from yiwang.web.printing import Paper, Printed, printed

if TYPE_CHECKING:
    from yiwang.commons.seals.engine import Stamp

JOB: Final = "cases.seal_papers"
_PROGRAM: Final = Actor.system("cases sealing")
_REASON: Final = "办件文书签发后自动用印"
_AT_ONCE: Final = 20


@dataclass(frozen=True, slots=True)
class _Waiting:
    """Something that was issued and is to be sealed."""

    kind: PaperKind
    row: CaseDocument | CaseResult
    paper: Paper

    @property
    def name(self) -> str:
        return f"{self.row.title} {self.row.number}.pdf"


def to_be_sealed(organisation_id: UUID) -> bool:
    """Whether what the organisation issues now will be sealed: it has a seal, or a demonstration gives it one. One query."""
    return settings().demo or _seal_of(organisation_id) is not None


def seal_later(case_id: UUID) -> None:
    """Have what was just issued sealed after the commit. Inside a command."""
    defer(JOB, case_id=str(case_id))


@command("cases.seal_papers")
def seal_papers(*, case_id: UUID, by: Actor, at: datetime) -> int:
    """Seal what the case issued and is not sealed yet; how many. A repeat finds nothing left.

    Raises CaseNotFound; SealMissing where the organisation has no seal any more, so that the job is tried again.
    """
    case = Case.objects.filter(pk=case_id).first()
    if case is None:
        raise CaseNotFound
    documents, results = papers.unsealed(case_id=case_id)
    waiting = [_Waiting(PaperKind.DOCUMENT, row, papers.document_paper(row=row)) for row in documents]
    waiting += [_Waiting(PaperKind.RESULT, row, papers.result_paper(row=row)) for row in results]
    for row in {each.row.organisation_id: each.row for each in waiting}.values():  # nothing is printed for nothing
        if _seal_of(row.organisation_id) is None:
            _sample_seal(row, by, at)
    for begin in range(0, len(waiting), _AT_ONCE):
        batch = waiting[begin : begin + _AT_ONCE]
        for each, made in zip(batch, printed([one.paper for one in batch]), strict=True):
            _seal(case, each, made, by, at)
    journal.noted(case, CaseAction.ISSUE_RESULT, repeat=not waiting)
    return len(waiting)


def _seal(case: Case, waiting: _Waiting, made: Printed, by: Actor, at: datetime) -> None:
    seal = _seal_of(waiting.row.organisation_id) or _sample_seal(waiting.row, by, at)
    sealed = seals.seal_document(
        seal_id=seal.id,
        document=made.pdf,
        media_type=MediaType.PDF.value,
        stamps=_stamps(made, seal),
        subject=SubjectRef(waiting.kind.value, waiting.row.pk),
        reason=_REASON,
        by=by,
        at=at,
    )
    subject = SubjectRef("case", case.pk)
    stored = files.store(
        stream=io.BytesIO(sealed), name=waiting.name, purpose=PAPERS.key, subject=subject, by=by, at=at
    )
    SealedPaper(
        case=case,
        document_id=waiting.row.pk if waiting.kind is PaperKind.DOCUMENT else None,
        result_id=waiting.row.pk if waiting.kind is PaperKind.RESULT else None,
        file_id=stored.id,
        seal_id=seal.id,
        digest=stored.digest,
        sealed_at=at,
    ).save(force_insert=True)


def _seal_of(organisation_id: UUID) -> SealView | None:
    return seal_queries.seal_for(organisation_id=organisation_id, kind=SealKind.OFFICIAL, viewer=_PROGRAM)


def _sample_seal(row: CaseDocument | CaseResult, by: Actor, at: datetime) -> SealView:
    """The sample seal that an organisation gets in a demonstration when it first needs one. Raises SealMissing elsewhere."""
    office, found = row.organisation_id, None
    with suppress(SamplesRefused):
        seals.make_sample_seals(organisation_ids=[office], kinds=[SealKind.OFFICIAL], by=by, at=at)
        found = _seal_of(office)
    if found is None:
        raise SealMissing(organisation=row.organisation_name)
    return found


def _stamps(made: Printed, seal: SealView) -> "Sequence[Stamp]":
    """One seal, its centre over authority and date."""
    from yiwang.commons.seals.engine import Stamp

    width, height = seal.width_mm, seal.height_mm
    return (Stamp(made.page, made.x - width / 2, made.y - height / 2, width, height),)
