"""A case on paper: its facts, its materials, the instrument that a decision becomes, the results."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from yiwang.serve.cases.contracts import (
    CaseAction,
    CaseView,
    DocumentView,
    MaterialBy,
    MaterialView,
    ResultKind,
    ResultView,
)
from yiwang.serve.cases.rules import legal_day, lines
from yiwang.serve.cases.views import sheets, words
from yiwang.web import components as ui

_EXEMPT = frozenset({MaterialBy.SHARED, MaterialBy.LICENCE, MaterialBy.MEMBER_OUTPUT, MaterialBy.PLEDGE})


def facts(view: CaseView, *, official: bool = False, whole: bool = False) -> ui.Facts | None:
    """The answers with where each comes from; numbers that identify somebody are masked unless the `whole` is asked for.

    What was only computed is the officials' business.
    """
    answers = [each for each in view.answers if official or each.source != "computed"]
    told = tuple(
        ui.Fact(
            answer.label or answer.fact,
            words.number_words(answer.shown or str(answer.value), whole=whole),
            words.provenance(answer.source, answer.source_label, official=official),
        )
        for answer in answers
        if answer.shown or answer.value not in (None, "")
    )
    return ui.Facts(told, official) if told else None


def hides_numbers(view: CaseView) -> bool:
    """Whether an answer is shown with its middle hidden."""
    told = (each.shown or str(each.value) for each in view.answers)
    return any(words.number_words(each, whole=False) != each for each in told)


def materials(
    view: CaseView, *, official: bool, checks: bool = False, originals: frozenset[str] = frozenset()
) -> ui.Table | None:
    """The materials: what provided them, whether they were checked, a link to each file or origin.

    `checks`: with a button for each that can be ticked now; it belongs to the form `check-materials` of the page.
    `originals`: the materials of which a licence stands whose original is still to be looked at.
    """
    if not view.materials:
        return None
    columns = [ui.Column(_("材料")), ui.Column(_("来源"))]
    columns += [ui.Column(_("核对"))] if official else []
    columns += [ui.Column(_("查看"), hidden=True)]
    rows = []
    for each in view.materials:
        cells: list[ui.Text | ui.Component] = [each.name, words.material_source(each.by, each.origin_name)]
        if official:
            open_ = _can_be_checked(each) or (each.material in originals and each.checked_at is None)
            cells.append(_tick(each) if checks and open_ else _checked(each))
        cells.append(_open(view, each))
        rows.append(ui.Row(tuple(cells)))
    return ui.Table.of(_("材料"), tuple(columns), tuple(rows))


def _can_be_checked(each: MaterialView) -> bool:
    return each.checked_at is None and each.by in {MaterialBy.UPLOAD, MaterialBy.FORM}


def _tick(each: MaterialView) -> ui.Button:
    return ui.Button(_("核对无误"), "quiet", "material", str(each.id), icon="check", form="check-materials")


def _checked(each: MaterialView) -> ui.Due | str:
    if each.checked_at is not None:
        who = f"{each.checked_by}，{words.day_words(each.checked_at)}"
        return ui.Due(ui.DueState.DONE, who)
    if each.by is MaterialBy.PLEDGE:
        return ui.Due(ui.DueState.FINE, _("已签承诺书"))
    if each.by is MaterialBy.SHARED:
        return ui.Due(ui.DueState.DONE, _("与登记信息一致"))
    if each.by is MaterialBy.LICENCE:
        return ui.Due(ui.DueState.DONE, _("从电子证照调取"))
    if each.by is MaterialBy.MEMBER_OUTPUT:
        done = bool(each.reference)
        return ui.Due(ui.DueState.DONE if done else ui.DueState.PAUSED, each.reference or _("前序事项办理中"))
    return _("未核对")


def _open(view: CaseView, each: MaterialView) -> ui.Link | str:
    if each.file_id is not None:
        return ui.Link(_("查看"), f"/files/{each.file_id}/", about=each.name, small=True)
    if each.origin_result_id is not None:
        number = view.parent_number or view.number
        return ui.Link(_("查看"), f"/cases/{number}/results/{each.origin_result_id}/", about=each.name, small=True)
    return ""


def materials_words(found: Sequence[MaterialView]) -> str:
    """5 份：3 份免交，1 份上传，1 份在线填写; what there is none of is not told."""
    counts = (
        (sum(each.by in _EXEMPT for each in found), _("%(n)d 份免交")),
        (sum(each.by is MaterialBy.UPLOAD for each in found), _("%(n)d 份上传")),
        (sum(each.by is MaterialBy.FORM for each in found), _("%(n)d 份在线填写")),
    )
    told = words.listed(said % {"n": count} for count, said in counts if count)
    return _("%(all)d 份：%(told)s") % {"all": len(found), "told": told}


def correctable(view: CaseView) -> tuple[MaterialView, ...]:
    """What can be handed in again: everything that the applicant hands in, each once."""
    seen = {each.material: each for each in view.materials if each.by in {MaterialBy.UPLOAD, MaterialBy.FORM}}
    return tuple(seen.values())


def last_notice(view: CaseView) -> str:
    """What the correction notice says."""
    notices = [event.note for event in view.events if event.kind is CaseAction.REQUEST_CORRECTION]
    return notices[-1] if notices else ""


def asked(view: CaseView) -> list[str]:
    """What the correction notice asks for, item by item."""
    return lines(last_notice(view))


def last_document(view: CaseView, *kinds: str) -> DocumentView | None:
    """The newest document of these kinds."""
    return next((each for each in reversed(view.documents) if each.kind.value in kinds), None)


def refusal(view: CaseView) -> ui.Note | None:
    """Why it was refused; the document tells what can be done about it."""
    if view.result not in {ResultKind.REFUSED, ResultKind.NOT_ACCEPTED, ResultKind.REVOKED} or not view.reason:
        return None
    found = last_document(view, "revocation", "refusal", "non_acceptance")
    said = _("理由：%(reason)s 依据：%(ground)s。") % {"reason": view.reason, "ground": view.ground}
    action = ui.LinkButton(_("看决定书和救济途径"), sheets.address(found), "second") if found else None
    return ui.Note(said, _(view.result.label), ui.Tone.WARN, action, wide=True)


def result_sheet(view: CaseView, result: ResultView) -> ui.Sheet:
    """A result as a sheet; its seal stays a dashed circle until it is sealed."""
    lines = [f"{line.get('label') or line['fact']}：{line.get('shown') or line['value']}" for line in _lines(result)]
    sample = result.licence is not None and result.licence.sample
    return ui.Sheet(
        authority=result.issued_by,
        title=result.title,
        number=result.number,
        to=view.applicant,
        paragraphs=tuple(lines),
        date=legal_day(result.issued_at),
        seal=ui.Seal(result.issued_by, sheets.SEALS[result.seal], sample=sample),
        sample=sample,
    )


def result_facts(result: ResultView) -> ui.Facts:
    """The facts of a result."""
    return ui.Facts(
        tuple(
            ui.Fact(
                line.get("label") or line["fact"], str(line.get("shown") or line["value"]), number=bool(line.get("new"))
            )
            for line in _lines(result)
        )
    )


def _lines(result: ResultView) -> Sequence[dict[str, str]]:
    return tuple(result.payload.get("lines", ()))
