"""Documents and results as paper: what is printed and sealed, which still wait for their seal, the sealed files."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from yiwang.commons.files import queries as files
from yiwang.commons.licences import queries as licences
from yiwang.commons.licences.contracts import LicenceState
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.serve.cases import policies, rules
from yiwang.serve.cases.contracts import (
    SEALED_WITHIN,
    DocumentNotFound,
    DocumentView,
    PaperKind,
    SealedPaperView,
    SealStatus,
)
from yiwang.serve.cases.models import Case, CaseDocument, CaseResult, SealedPaper
from yiwang.web.printing import Paper

_UNSEALED = {
    SealStatus.WAITING: "正在加盖电子印章",
    SealStatus.LATE: "尚未加盖电子印章",
    SealStatus.NONE: "未加盖电子印章",
}
_UNSEALED_FOOT = {
    SealStatus.WAITING: "本文书正在加盖电子印章，盖章后的文件才是正式文书，请稍后再下载。",
    SealStatus.LATE: "本文书尚未加盖电子印章，承办机关正在处理，盖章后的文件才是正式文书，请以后再下载。",
    SealStatus.NONE: "本文书未加盖电子印章，以编号和校验码在本平台核对。",
}
_SAMPLE = "样例文书，不具有法律效力"


def paper(*, document: DocumentView) -> Paper:
    """The document as issued, to be printed: Chinese as the law wants it, whatever the language of the page."""
    foot = (f"办件编号 {document.case_number}　校验码 {document.digest[:16]}",)
    return Paper(
        authority=document.authority,
        title=document.title,
        number=document.number,
        to=document.addressee,
        paragraphs=document.paragraphs,
        day=document.day,
        date=rules.legal_day(document.day),
        unsealed=_UNSEALED.get(document.seal, ""),
        sample=_SAMPLE if document.sample else "",
        foot=(*foot, *((_UNSEALED_FOOT[document.seal],) if document.seal in _UNSEALED_FOOT else ())),
    )


def document_paper(*, row: CaseDocument) -> Paper:
    """A document as the paper that bears the seal."""
    content: dict[str, Any] = row.content
    return Paper(
        authority=row.organisation_name,
        title=row.title,
        number=row.number,
        to=row.addressee,
        paragraphs=tuple(content.get("paragraphs", ())),
        day=row.day,
        date=rules.legal_day(row.day),
        sample=_SAMPLE if row.sample else "",
        foot=(f"办件编号 {row.case.number}　校验码 {bytes(row.digest).hex()[:16]}",),
    )


def result_paper(*, row: CaseResult) -> Paper:
    """A result that is no licence as the paper that bears the seal: what it says, line by line."""
    lines = row.payload.get("lines", ())
    day = rules.day_of(row.issued_at)
    return Paper(
        authority=row.organisation_name,
        title=row.title,
        number=row.number,
        to=row.case.applicant_name,
        paragraphs=tuple(
            f"{each.get('label') or each['fact']}：{each.get('shown') or each['value']}" for each in lines
        ),
        day=day,
        date=rules.legal_day(day),
        sample=_SAMPLE if row.payload.get("sample") else "",
        foot=(f"办件编号 {row.case.number}",),
    )


def sealed_paper(*, kind: PaperKind, of: UUID, viewer: Actor) -> SealedPaperView:
    """The sealed file of a document or a result. Raises DocumentNotFound: also before it is sealed, and for strangers."""
    named = {"document_id": of} if kind is PaperKind.DOCUMENT else {"result_id": of}
    row = SealedPaper.objects.select_related("document", "result", "case").filter(**named).first()
    if row is None or not Case.objects.filter(policies.visible(viewer), pk=row.case_id).exists():
        raise DocumentNotFound
    return _view(row)


def sealed_papers(*, case_id: UUID, viewer: Actor) -> tuple[SealedPaperView, ...]:
    """The sealed files of a case, oldest first; none for strangers."""
    if not Case.objects.filter(policies.visible(viewer), pk=case_id).exists():
        return ()
    rows = SealedPaper.objects.select_related("document", "result", "case").filter(case_id=case_id)
    return tuple(_view(row) for row in rows.order_by("pk"))


def sealing_left(*, case_id: UUID, viewer: Actor) -> int:
    """How many papers and licences of the case still wait for their seal: its archive is packed when none is left."""
    waiting = {"case_id": case_id, "to_seal": True, "sealed_paper__isnull": True}
    papers: int = CaseDocument.objects.filter(**waiting).count() + CaseResult.objects.filter(**waiting).count()
    named = CaseResult.objects.filter(case_id=case_id, licence_id__isnull=False).values_list("licence_id", flat=True)
    cards = licences.briefs(licence_ids=list(named), viewer=viewer)
    return papers + sum(each.state is LicenceState.MAKING for each in cards.values())


def late_papers(*, viewer: Actor, limit: int = 200) -> tuple[tuple[UUID, UUID], ...]:
    """(case, organisation) of what still waits for its seal though it should long bear it, the oldest first. Two queries."""
    del viewer
    waiting = {"to_seal": True, "sealed_paper__isnull": True, "issued_at__lt": clock.now() - SEALED_WITHIN}
    found: dict[tuple[UUID, UUID], None] = {}
    for model in (CaseDocument, CaseResult):
        rows = model.objects.filter(**waiting).order_by("issued_at").values_list("case_id", "organisation_id")
        found.update(dict.fromkeys(rows[:limit]))
    return tuple(found)


def _view(row: SealedPaper) -> SealedPaperView:
    titled = row.document or row.result
    assert titled is not None
    kind = PaperKind.DOCUMENT if row.document else PaperKind.RESULT
    return SealedPaperView(
        row.pk, kind, titled.pk, row.case.number, titled.title, titled.number, row.file_id, row.digest, row.sealed_at
    )


def sealed_bytes(*, found: SealedPaperView, viewer: Actor) -> bytes:
    """The sealed file itself; its digest is looked at before it leaves. Raises FileNotFound."""
    opened = files.open_file(file_id=found.file_id, viewer=viewer)
    with opened.stream as stream:
        return stream.read()


def unsealed(*, case_id: UUID) -> tuple[Sequence[CaseDocument], Sequence[CaseResult]]:
    """What the case issued and still waits for its seal; whoever else seals for it waits. Three queries."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"cases.sealing:{case_id}"])
    waiting = {"case_id": case_id, "to_seal": True, "sealed_paper__isnull": True}
    documents = CaseDocument.objects.select_related("case").filter(**waiting).order_by("pk")
    results = CaseResult.objects.select_related("case").filter(**waiting).order_by("pk")
    return list(documents), list(results)
