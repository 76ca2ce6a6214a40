"""Words and small components that the steward's pages share."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from yiwang.serve.matters.contracts import MATTER_TYPES, CatalogueRow, MatterState, RowVerdict
from yiwang.web.components.marks import Tag, Tone

_TONES = {
    MatterState.DRAFT: Tone.PLAIN,
    MatterState.LISTED: Tone.LINE,
    MatterState.PUBLISHED: Tone.OK,
    MatterState.SUSPENDED: Tone.WARN,
    MatterState.WITHDRAWN: Tone.PLAIN,
}
_VERDICTS = {
    RowVerdict.REJECTED: (gettext_noop("未导入"), Tone.BAD),
    RowVerdict.REPAIRED: (gettext_noop("已修正"), Tone.OK),
    RowVerdict.NOTED: (gettext_noop("请核对"), Tone.WARN),
}


def state_tag(state: MatterState) -> Tag:
    """The state in a colour and in words."""
    return Tag(_(state.label), _TONES[state])


def verdict_tag(verdict: RowVerdict) -> Tag:
    """What became of a row."""
    words, tone = _VERDICTS[verdict]
    return Tag(_(words), tone)


def days_words(count: int) -> str:
    return ngettext("%(n)d 个工作日", "%(n)d 个工作日", count) % {"n": count}


def type_words(code: str) -> str:
    """The type by its national code; the code itself where it is none."""
    return _(MATTER_TYPES[code]) if code in MATTER_TYPES else code


def day(value: date | None) -> str:
    """A day as people write it."""
    return date_format(value, "DATE_FORMAT") if value else ""


def range_words(row: CatalogueRow) -> str:
    """From when to when a version is in force, and when it stands still."""
    said = []
    if row.effective_from:
        said.append(_("%(day)s起生效") % {"day": day(row.effective_from)})
    if row.effective_to:
        said.append(_("%(day)s后取消") % {"day": day(row.effective_to)})
    if row.suspended_from and row.suspended_until:
        said.append(_("%(first)s至%(last)s暂停") % {"first": day(row.suspended_from), "last": day(row.suspended_until)})
    elif row.suspended_from:
        said.append(_("%(first)s起暂停，恢复日期未定") % {"first": day(row.suspended_from)})
    return "；".join(said)
