"""Dates, states and sources of a case in the words and marks of the design system."""

import re
from collections.abc import Iterable
from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from yiwang.kernel.clock import CHINA
from yiwang.kernel.codes import mask_id_number, mask_mobile
from yiwang.serve.cases.contracts import CaseRow, CaseStatus, Clock, MaterialBy, MemberView, PledgeBar, ResultKind
from yiwang.web.components import Due, DueState, Provenance, Source, Text

_NUMBER = re.compile(r"1[3-9][0-9]{9}|[0-9]{14,18}[0-9Xx]")
_MOBILE = 11
_SOURCES = {
    "typed": Source.TYPED,
    "prefilled": Source.PREFILLED,
    "licence": Source.LICENCE,
    "member": Source.LICENCE,
    "shared": Source.SHARED,
    "register": Source.REGISTER,
    "earlier": Source.EARLIER,
    "computed": Source.COMPUTED,
}
_BY = {
    MaterialBy.UPLOAD: Source.TYPED,
    MaterialBy.FORM: Source.TYPED,
    MaterialBy.LICENCE: Source.LICENCE,
    MaterialBy.SHARED: Source.SHARED,
    MaterialBy.MEMBER_OUTPUT: Source.LICENCE,
    MaterialBy.PLEDGE: Source.TYPED,
}


def day_words(day: date | datetime) -> str:
    """11 月 16 日, 16 Nov."""
    day = day.astimezone(CHINA).date() if isinstance(day, datetime) else day
    return date_format(day, "n 月 j 日" if _chinese() else "j M")


def short_day(day: date) -> str:
    """16 日, or with the month on its first day."""
    if day.day == 1 or not _chinese():
        return day_words(day)
    return f"{day.day} 日"


def moment_words(at: datetime) -> str:
    """11 月 16 日 09:41."""
    local = at.astimezone(CHINA)
    return f"{day_words(local)} {local:%H:%M}"


def number_words(value: str, *, whole: bool) -> str:
    """An ID number, mobile number or account number with its middle hidden, other words as they are."""
    if whole or not _NUMBER.fullmatch(value):
        return value
    if len(value) == _MOBILE:
        return mask_mobile(value)
    return mask_id_number(value)


def bar_words(bar: PledgeBar) -> str:
    """Why somebody may not pledge, and what they can do."""
    return _(
        "您在办件 %(number)s 中对“%(name)s”的承诺经核查不实（%(day)s），信用修复之前不适用告知承诺，请提交材料。"
    ) % {"number": bar.case_number, "name": bar.name, "day": day_words(bar.found_on)}


def days_words(count: int) -> str:
    return ngettext("%(n)d 个工作日", "%(n)d 个工作日", count) % {"n": count}


def provenance(source: str, words: str = "", *, official: bool = False) -> Provenance:
    """The mark of a fact's source; officials read of the applicant, the applicant of themselves."""
    known = _SOURCES.get(source, Source.TYPED)
    if official and not words and known in {Source.TYPED, Source.PREFILLED}:
        words = _("申请人填写") if known is Source.TYPED else _("由申请人账户带出")
    return Provenance(known, _("本次联办：%(result)s") % {"result": words} if source == "member" else words)


def material_source(by: MaterialBy, origin: str) -> Provenance:
    """The mark of what provided a material."""
    words: Text = _(by.label)
    if by is MaterialBy.MEMBER_OUTPUT:
        words = _("%(origin)s的办理结果，免交") % {"origin": origin}
    return Provenance(_BY[by], words)


def due_light(status: CaseStatus, result: ResultKind | None, clock: Clock) -> Due:
    """The light of a case: state in a word, urgent colours only while somebody must act."""
    if status.is_final:
        words = _(result.label) if result and result is not ResultKind.GRANTED else _(status.label)
        good = result in {ResultKind.GRANTED, ResultKind.PARTLY_GRANTED}
        return Due(DueState.DONE if good else DueState.CLOSED, words)
    if status is CaseStatus.CORRECTION:
        return Due(DueState.PAUSED, _(status.label))
    if clock.stopped_since is not None:
        return Due(DueState.PAUSED, _("已停表"))
    if clock.overdue:
        return Due(DueState.OVER, _("已超过承诺时限"))
    if clock.left == 0:
        return Due(DueState.TODAY, _("今天到期"))
    return Due(DueState.SOON if clock.left == 1 else DueState.FINE, _(status.label))


def left_words(clock: Clock) -> str:
    """How much of a limit is left."""
    if clock.due is None or clock.left is None:
        return ""
    if clock.left < 0:
        return _("已超过 %(n)s") % {"n": days_words(-clock.left)}
    return _("还剩 %(n)s") % {"n": days_words(clock.left)}


def member_words(member: MemberView) -> tuple[str, str]:
    """How a member began and where it stands, for its lane."""
    row = member.case
    if member.accepted_at:
        began = _("%(day)s受理") % {"day": day_words(member.accepted_at)}
    elif member.received_at:
        began = _("%(day)s收到申请") % {"day": day_words(member.received_at)}
    else:
        began = ""
    if row.closed_at:
        return began, _closed(member)
    if row.status is CaseStatus.CORRECTION and member.stopped:
        return began, _("%(day)s起等待补正，不计时") % {"day": day_words(member.stopped[0])}
    if member.clock.due:
        promise = _("承诺 %(day)s前") % {"day": day_words(member.clock.due)}
        return began, listed([promise, left_words(member.clock)])
    return began, _("承诺受理后 %(n)s") % {"n": days_words(member.promised_days)}


def _closed(member: MemberView) -> str:
    closed = member.case.closed_at
    assert closed is not None
    day = closed.astimezone(CHINA).date()
    ended = _("%(day)s办结") % {"day": day_words(day)}
    if member.clock.left and member.clock.left > 0:
        return _("%(ended)s，比承诺早 %(n)s") % {"ended": ended, "n": days_words(member.clock.left)}
    return ended


def row_words(row: CaseRow) -> str:
    """How far a case is and until when, in a sentence for the applicant's list."""
    said = [_("为%(name)s办理") % {"name": row.beneficiary}] if row.beneficiary not in {"", row.applicant} else []
    if row.members:
        said.append(_("%(all)d 个事项，已办结 %(done)d 个") % {"all": row.members, "done": row.members_done})
    if row.closed_at is not None:
        said.append(_("%(day)s办结") % {"day": day_words(row.closed_at)})
    elif row.promised_due is not None:
        promise = _("承诺 %(day)s前全部办结") if row.members else _("承诺 %(day)s前办结")
        said.append(promise % {"day": day_words(row.promised_due)})
    else:
        said.append(_("%(day)s提交") % {"day": day_words(row.submitted_at)})
    return listed([*said, row.number])


def listed(parts: Iterable[str]) -> str:
    """Parts of a sentence, joined as the language joins them; empty ones are left out."""
    return ("，" if _chinese() else ", ").join(part for part in parts if part)


def _chinese() -> bool:
    return (get_language() or "zh").startswith("zh")
