"""A case on paper: its facts, its materials, the instrument that a decision becomes, the results."""

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _

from yiwang.kernel import clock
from yiwang.kernel.clock import CHINA
from yiwang.kernel.text import gettext_noop
from yiwang.serve.cases.contracts import (
    CaseAction,
    CaseView,
    MaterialBy,
    MaterialView,
    ResultKind,
    ResultView,
    TaskChoice,
)
from yiwang.serve.cases.views import words
from yiwang.web import components as ui

REMEDY = gettext_noop(
    "如不服本决定，可以自收到之日起六十日内依法申请行政复议，或者自收到之日起六个月内依法向人民法院提起行政诉讼。"
)
"""The remedies that a refusal must name (行政复议法 20, 行政诉讼法 46)."""
_EXEMPT = frozenset({MaterialBy.SHARED, MaterialBy.LICENCE, MaterialBy.MEMBER_OUTPUT})


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
        if answer.value not in {None, ""} or answer.shown
    )
    return ui.Facts(told, official) if told else None


def materials(view: CaseView, *, official: bool) -> ui.Table | None:
    """The materials: what provided them, whether they were checked, a link to each file or origin."""
    if not view.materials:
        return None
    columns = [ui.Column(_("材料")), ui.Column(_("来源"))]
    columns += [ui.Column(_("核对"))] if official else []
    columns += [ui.Column(_("查看"), hidden=True)]
    rows = []
    for each in view.materials:
        cells: list[ui.Text | ui.Component] = [each.name, words.material_source(each.by, each.origin_name)]
        if official:
            cells.append(_checked(each))
        cells.append(_open(view, each))
        rows.append(ui.Row(tuple(cells)))
    return ui.Table.of(_("材料"), tuple(columns), tuple(rows))


def _checked(each: MaterialView) -> ui.Due | str:
    if each.checked_at is not None:
        who = f"{each.checked_by}，{words.day_words(each.checked_at)}"
        return ui.Due(ui.DueState.DONE, who)
    if each.by is MaterialBy.SHARED:
        return ui.Due(ui.DueState.DONE, _("与登记信息一致"))
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


def refusal(view: CaseView) -> ui.Note | None:
    """Why it was refused and what can be done about it."""
    if view.result not in {ResultKind.REFUSED, ResultKind.NOT_ACCEPTED} or not view.reason:
        return None
    said = _("理由：%(reason)s 依据：%(ground)s。%(remedy)s") % {
        "reason": view.reason, "ground": view.ground, "remedy": _(REMEDY),
    }  # fmt: skip
    return ui.Note(said, _(view.result.label), ui.Tone.WARN, wide=True)


def instrument(view: CaseView, choice: TaskChoice, reason: str = "", ground: str = "") -> ui.Sheet:
    """The instrument that a choice will become, before it is numbered and sealed. Instruments are in Chinese."""
    laws = "、".join(f"《{law.name}》{law.clause}" for law in view.laws)
    came = f"你于 {_legal_day(view.submitted_at)}提出的“{view.title}”申请"
    accepted = f"，本机关于 {_legal_day(view.accepted_at)}受理" if view.accepted_at else ""
    title, body = _wording(view, choice, came, accepted, reason, ground or laws)
    return ui.Sheet(
        authority=view.organisation,
        title=title,
        number="（编号在签章时生成）",
        to=view.applicant,
        paragraphs=tuple(each for each in body if each),
        date=_legal_day(clock.today()),
        seal=ui.Seal(view.organisation, ui.SealState.WAITING),
    )


def _wording(
    view: CaseView, choice: TaskChoice, came: str, accepted: str, reason: str, ground: str
) -> tuple[str, tuple[str, ...]]:
    if choice is TaskChoice.ACCEPT:
        limit = f"自受理次日起 {view.promised_days} 个工作日内作出决定。"
        return "受理通知书", (f"{came}，材料齐全、符合法定形式，本机关予以受理。", limit)
    if choice is TaskChoice.CORRECT:
        needed = reason or "……"
        return "补正材料告知书", (f"{came}，需要补正下列全部内容：", needed, "补正的时间不计入办理时限。")
    if choice is TaskChoice.DECLINE:
        return "不予受理决定书", _refused(came, "不予受理", ground, reason)
    if choice is TaskChoice.REFUSE:
        return "不予办理决定书", _refused(came + accepted, "不予办理", ground, reason)
    decided = f"依据{ground}，决定准予办理。" if ground else "决定准予办理。"
    return "准予办理决定书", (f"{came}{accepted}。经审查，符合规定的条件。", decided)


def _refused(came: str, what: str, ground: str, reason: str) -> tuple[str, ...]:
    return f"{came}。", f"依据{ground or '……'}，决定{what}。理由：{reason or '……'}", REMEDY


def _legal_day(day: date | datetime) -> str:
    day = day.astimezone(CHINA).date() if isinstance(day, datetime) else day
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


def result_sheet(view: CaseView, result: ResultView) -> ui.Sheet:
    """A result as a sheet; its seal stays a dashed circle until it is sealed."""
    lines = [f"{line.get('label') or line['fact']}：{line.get('shown') or line['value']}" for line in _lines(result)]
    return ui.Sheet(
        authority=result.issued_by,
        title=result.title,
        number=result.number,
        to=view.applicant,
        paragraphs=tuple(lines),
        date=_legal_day(result.issued_at),
        seal=ui.Seal(result.issued_by, ui.SealState.SEALED if result.sealed else ui.SealState.WAITING),
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
