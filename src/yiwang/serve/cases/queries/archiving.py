"""What the archive of a case holds: the form as data and as PDF, materials, history, decision, documents, results.

Everything as it stood when the case ended. The history keeps the nonces of its chain, so that whoever holds the archive can
reckon the hashes anew that stand in the ledger.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from yiwang.commons.archives.engine import ENDINGS, MISSING, Agent, Item, Kind, Relation, Step
from yiwang.commons.archives.registry import Collected, NotYet, Opened
from yiwang.commons.files import queries as files
from yiwang.commons.files.contracts import FileNotFound
from yiwang.commons.identity import queries as identity
from yiwang.commons.licences import queries as licences
from yiwang.commons.licences.contracts import LicenceState
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.serve.cases import rules
from yiwang.serve.cases.contracts import CaseAction, CaseKind, MaterialBy, PaperKind, ResultKind, SealedPaperView
from yiwang.serve.cases.models import Case, CaseDocument, CaseEvent, CaseMaterial, CaseResult
from yiwang.serve.cases.queries.papers import sealed_papers, sealing_left
from yiwang.serve.cases.queries.proving import decided
from yiwang.web.printing import Paper, PrintingFailed, printed

KEEPER = Actor.system("archives: what a case holds")
_JSON = "application/json"


def collect(opened: Opened, /) -> Collected:
    """Everything of the case. Raises NotYet while papers wait for their seal, or can't be printed."""
    case = Case.objects.select_related("parent").get(pk=opened.subject.id)
    if opened.patient and sealing_left(case_id=case.pk, viewer=KEEPER):
        raise NotYet("seals")
    events = list(CaseEvent.objects.filter(case=case).order_by("seq"))
    names = dict(identity.account_names(account_ids={e.account_id for e in events if e.account_id}, viewer=KEEPER))
    items, absent = _materials(case)
    proved, papers, cards = decided(case_id=case.pk), _papers(case), _licences(case)
    assert case.closed_at is not None
    return Collected(
        number=case.number,
        title=case.title,
        matter_code=case.matter_code or case.bundle_key,
        matter=case.title,
        matter_version=str(case.matter_id or case.bundle_id or ""),
        result=ResultKind(case.result).label,
        submitted_at=case.submitted_at,
        closed_at=case.closed_at,
        steps=tuple(
            Step(CaseAction(e.kind).label, e.at, names.get(e.account_id, "") or _office(case, e), e.to_status)
            for e in events
        ),
        items=(
            *_form(case, patient=opened.patient),
            *items,
            *_history(case, events, names),
            *proved.items,
            *papers.items,
            *cards.items,
        ),
        agents=_agents(case, names),
        relations=tuple(_relations(case)),
        absent=(*absent, *proved.absent, *papers.absent, *cards.absent),
        subjects=(SubjectRef("case", case.pk),),
        region=case.region_code,
        grade=f"{case.grade}",
        sample=_is_sample(case),
    )


def _office(case: Case, event: CaseEvent) -> str:
    if event.actor_kind == "person":
        return str(case.applicant_name)
    return str(case.organisation_name) if event.actor_kind == "official" else "系统"


def _is_sample(case: Case) -> bool:
    return bool(CaseDocument.objects.filter(case=case, sample=True).exists())


def _json(kind: Kind, name: str, title: str, told: Mapping[str, Any], at: datetime) -> Item:
    body = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str).encode()
    return Item(kind, name, title, body, _JSON, at)


def _form(case: Case, *, patient: bool) -> Iterator[Item]:
    """The answers as canonical data, and as a printed sheet that needs no program of ours."""
    told = {
        "number": case.number,
        "form": case.form_key,
        "form_version": case.form_version,
        "situation": case.situation,
        "answers": case.answers,
    }
    yield _json(Kind.FORM, "form.json", "申请表（数据）", told, case.submitted_at)
    day = rules.day_of(case.submitted_at)
    lines = (
        f"{each.get('label') or each['fact']}：{each.get('shown') or each.get('value') or '—'}" for each in case.answers
    )
    paper = Paper(
        authority=case.organisation_name,
        title=f"{case.title}申请表",
        number=case.number,
        to=case.organisation_name,
        paragraphs=tuple(lines) or ("本件没有单独填写的内容，见所属的一件事。",),
        day=day,
        date=rules.legal_day(day),
        foot=(f"办件编号 {case.number}",),
    )
    try:
        made = printed((paper,))[0].pdf
    except PrintingFailed as fault:
        if patient:
            raise NotYet("printing") from fault
        return  # what can't be printed within the limits is kept as data alone
    yield Item(Kind.FORM, "form.pdf", "申请表", made, "application/pdf", case.submitted_at)


def _materials(case: Case) -> tuple[tuple[Item, ...], tuple[tuple[str, str], ...]]:
    """The files of the materials; and those without one, with what stood in their place."""
    items: list[Item] = []
    absent: list[tuple[str, str]] = []
    for number, row in enumerate(CaseMaterial.objects.filter(case=case).order_by("position", "pk"), 1):
        by = MaterialBy(row.by)
        origin = f"{by.label} {row.reference}".strip()
        found = _file(row.file_id, Kind.MATERIAL, f"{number:03}", row.name, origin)
        if found is not None:
            items.append(found)
        else:
            absent.append((row.name, origin if row.file_id is None else f"{MISSING}：{origin}"))
    return tuple(items), tuple(absent)


def _file(file_id: UUID | None, kind: Kind, stem: str, title: str, origin: str, *, sealed: bool = False) -> Item | None:
    if file_id is None:
        return None
    try:
        opened = files.open_file(file_id=file_id, viewer=KEEPER)
    except FileNotFound:
        return None
    with opened.stream as stream:
        body = stream.read()
    media = opened.file.media_type.value
    return Item(kind, f"{stem}.{ENDINGS[media]}", title, body, media, opened.file.uploaded_at, origin, sealed)


def _history(case: Case, events: list[CaseEvent], names: Mapping[UUID, str]) -> Iterator[Item]:
    """The chained events with all that their hashes cover, and the decision by itself."""
    steps = [
        {
            "seq": e.seq,
            "action": e.kind,
            "at": e.at.isoformat(),
            "actor": {
                "kind": e.actor_kind,
                "account": e.account_id,
                "person": e.person_id,
                "organisation": e.organisation_id,
                "role": e.role,
                "name": names.get(e.account_id, "") if e.account_id else "",
            },
            "from": e.from_status,
            "to": e.to_status,
            "note": e.note or "",
            "opinion": e.opinion or "",
            "data": e.data,
            "nonce": bytes(e.nonce).hex(),
            "previous": bytes(e.prev_hash).hex(),
            "hash": bytes(e.hash).hex(),
        }
        for e in events
    ]
    told = {"number": case.number, "case": str(case.pk), "steps": steps}
    yield _json(Kind.HISTORY, "history.json", "办理过程", told, case.closed_at or events[-1].at)
    grants = {CaseAction.GRANT.value, CaseAction.REFUSE.value, CaseAction.DECLINE.value}
    decisive = next((e for e in reversed(events) if e.kind in grants), None)
    decision: dict[str, Any] = {
        "number": case.number,
        "result": case.result,
        "ground": case.ground,
        "reason": case.reason or "",
        "process": {"key": case.process_key, "version": case.process_version},
        "matter_version": str(case.matter_id or case.bundle_id or ""),
        "decided_by": decisive.data if decisive else {},
        "event": decisive.seq if decisive else None,
    }
    yield _json(
        Kind.DECISION, "decision.json", "审批决定", decision, case.decided_at or case.closed_at or events[-1].at
    )


@dataclass(slots=True)
class Kept:
    """Files for the package, and what there should be and is not: (title, note)."""

    items: list[Item] = field(default_factory=list)
    absent: list[tuple[str, str]] = field(default_factory=list)

    def add(self, found: Item | None, title: str, *, due: bool = True) -> None:
        """Keep a file; where it is due and not there, say so."""
        if found is not None:
            self.items.append(found)
        elif due:
            self.absent.append((title, f"{MISSING}：盖章文件"))


def _papers(case: Case) -> Kept:
    """Documents and results: the text as data, the sealed file where there is one."""
    sealed = {(each.kind, each.of): each for each in sealed_papers(case_id=case.pk, viewer=KEEPER)}
    kept = Kept()
    documents = CaseDocument.objects.filter(case=case).order_by("issued_at", "pk")
    for number, row in enumerate(documents, 1):
        told = {
            "number": case.number, "document": row.number, "kind": row.kind, "title": row.title,
            "addressee": row.addressee, "ground": row.ground, "content": row.content, "day": row.day.isoformat(),
            "template": row.template, "digest": bytes(row.digest).hex(),
        }  # fmt: skip
        kept.items.append(_json(Kind.DOCUMENT, f"{number:03}.json", f"{row.title}（数据）", told, row.issued_at))
        file_id = _sealed(sealed, PaperKind.DOCUMENT, row.pk)
        found = _file(file_id, Kind.DOCUMENT, f"{number:03}", row.title, row.number, sealed=True)
        kept.add(found, f"{row.title} {row.number}", due=row.to_seal)
    for number, result in enumerate(CaseResult.objects.filter(case=case).order_by("issued_at", "pk"), 1):
        told = {
            "number": case.number, "result": result.number, "kind": result.kind, "title": result.title,
            "issuer": result.organisation_name, "payload": result.payload, "issued_at": result.issued_at.isoformat(),
        }  # fmt: skip
        kept.items.append(_json(Kind.RESULT, f"{number:03}.json", f"{result.title}（数据）", told, result.issued_at))
        file_id = _sealed(sealed, PaperKind.RESULT, result.pk)
        found = _file(file_id, Kind.RESULT, f"{number:03}", result.title, result.number, sealed=True)
        kept.add(found, f"{result.title} {result.number}", due=result.to_seal)
    return kept


def _sealed(found: Mapping[tuple[PaperKind, UUID], SealedPaperView], kind: PaperKind, of: UUID) -> UUID | None:
    paper = found.get((kind, of))
    return paper.file_id if paper else None


def _licences(case: Case) -> Kept:
    """The licences that the case brought: how each stands now, and its file as the case issued it.

    What later cases changed of it is theirs. One that was taken back before it was ever sealed has no file.
    """
    kept = Kept()
    rows = CaseResult.objects.filter(case=case, licence_id__isnull=False).order_by("issued_at", "pk")
    for number, row in enumerate(rows, 1):
        assert row.licence_id is not None
        page = licences.licence(licence_id=row.licence_id, viewer=KEEPER)
        sealed = [each for each in page.versions if each.sealed_at is not None]
        first = min(sealed, key=lambda each: each.number, default=None)
        told = {
            "number": case.number, "licence": row.number, "state": page.brief.state.value,
            "version": first.number if first else None, "versions": len(page.versions),
        }  # fmt: skip
        name, title = f"licence-{number:03}", f"{row.title} {row.number}"
        kept.items.append(_json(Kind.RESULT, f"{name}.json", f"{row.title}（证照状态）", told, row.issued_at))
        if first is None:
            making = page.brief.state is LicenceState.MAKING
            kept.absent.append((title, f"{MISSING}：证照还没有盖章" if making else "没有制作：证照在盖章前已经作废"))
            continue
        for file_id in (first.ofd_file_id, first.pdf_file_id):
            if file_id is not None:
                kept.add(_file(file_id, Kind.RESULT, name, row.title, row.number, sealed=True), title)
    return kept


def _agents(case: Case, names: Mapping[UUID, str]) -> tuple[Agent, ...]:
    kind = "person" if case.person_id else "entity"
    found = [Agent("承办机关", "organisation", case.organisation_name), Agent("申请人", kind, case.applicant_name)]
    if case.agent_authority:
        found.append(Agent("代办人", "person", case.agent_authority))
    found += [Agent("经办人", "person", name) for name in sorted(set(names.values())) if name]
    return tuple(found)


def _relations(case: Case) -> Iterator[Relation]:
    if case.parent is not None:
        yield Relation("属于", case.parent.number, case.parent.title)
    if case.kind == CaseKind.BUNDLE.value:
        for number, title in Case.objects.filter(parent=case).order_by("position").values_list("number", "title"):
            yield Relation("包含", number, title)
