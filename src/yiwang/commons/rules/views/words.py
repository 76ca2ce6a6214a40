"""Words for states, days, cells and values."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from yiwang.commons.identity import queries as identity
from yiwang.commons.rules import rules
from yiwang.commons.rules.contracts import ALWAYS, DraftState, Standing, VersionRow
from yiwang.kernel.actor import Actor
from yiwang.web.components import Tag, Text, Tone

STANDINGS: dict[Standing, Tag] = {
    Standing.SCHEDULED: Tag(gettext_lazy("待施行"), Tone.BLUE),
    Standing.IN_FORCE: Tag(gettext_lazy("现行"), Tone.OK),
    Standing.REPLACED: Tag(gettext_lazy("已被替代"), Tone.PLAIN),
    Standing.WITHDRAWN: Tag(gettext_lazy("已废止"), Tone.PLAIN),
}
DRAFTS: dict[DraftState, Tag] = {
    DraftState.OPEN: Tag(gettext_lazy("草稿"), Tone.WARN),
    DraftState.CHECKED: Tag(gettext_lazy("草稿已检查"), Tone.BLUE),
}
POLICIES: dict[str, tuple[str, Text]] = {
    "UNIQUE": ("U", gettext_lazy("唯一：至多一条规则成立")),
    "FIRST": ("F", gettext_lazy("首个：自上而下，以第一条成立的为准")),
    "ANY": ("A", gettext_lazy("任意：可以几条同时成立，结果必须相同")),
    "PRIORITY": ("P", gettext_lazy("优先：几条成立时，取排在前面的结果")),
    "COLLECT": ("C", gettext_lazy("汇总：成立的规则的结果放在一起")),
    "RULE ORDER": ("R", gettext_lazy("按序：成立的规则的结果按规则次序列出")),
    "OUTPUT ORDER": ("O", gettext_lazy("排序：成立的规则的结果按优先次序列出")),
}
SUMS: dict[str, Text] = {
    "SUM": gettext_lazy("汇总：成立的规则的结果相加"),
    "COUNT": gettext_lazy("汇总：数一数成立的规则"),
    "MIN": gettext_lazy("汇总：取最小的结果"),
    "MAX": gettext_lazy("汇总：取最大的结果"),
}


def viewer_of(request: HttpRequest) -> Actor:
    return identity.actor_of(request)


def day_words(day: date) -> str:
    """A date as people write it."""
    return date_format(day, "DATE_FORMAT")


def moment_words(moment: datetime) -> str:
    local = timezone.localtime(moment)
    return f"{day_words(local.date())} {local:%H:%M}"


def days_words(row: VersionRow) -> str:
    """From when to when a version holds."""
    since = "" if row.valid_from == ALWAYS else day_words(row.valid_from)
    if row.valid_to is not None and row.valid_to <= row.valid_from:
        return _("没有施行过")
    if row.valid_to is None:
        return _("%(since)s起施行") % {"since": since} if since else _("一直施行")
    until = day_words(row.valid_to)
    return (
        _("%(since)s起，%(until)s前") % {"since": since, "until": until}
        if since
        else _("%(until)s前") % {"until": until}
    )


def policy_words(policy: str, aggregation: str) -> tuple[str, Text]:
    """The letter of a hit policy, and what it means."""
    letter, words = POLICIES.get(policy, ("U", POLICIES["UNIQUE"][1]))
    signs = {"SUM": "+", "COUNT": "#", "MIN": "<", "MAX": ">"}
    return (letter + signs[aggregation], SUMS[aggregation]) if aggregation in SUMS else (letter, words)


def params_in(params: Mapping[str, str]) -> Mapping[str, str]:
    """What fills in a finding's sentence, in the language of the page where it differs."""
    if get_language() != "en":
        return params
    return {name: params.get(f"{name}_en", text) for name, text in params.items()}


def cell_words(text: str, named: Mapping[str, str] | None = None) -> str:
    """A condition in words where it is simple, else its FEEL text; a dash where nothing is asked."""
    parts = rules.cell_parts(text)
    if not parts:
        return "–"
    told = {"yes": _("是"), "no": _("否"), "and": _("、"), "not": _("不是 ")}
    names = named or {}
    return "".join(told.get(kind, names.get(part, part)) for part, kind in parts)


def output_words(text: str, named: Mapping[str, str] | None = None) -> str:
    """An output entry: what its code means, else its constant, else its FEEL text."""
    found = rules.constant(text)
    if named and found is not None and found in named:
        return named[found]
    if found in {"true", "false"}:
        return _("是") if found == "true" else _("否")
    return text.strip() if found is None else found


def value_words(value: Any) -> str:  # noqa: PLR0911 - one return for each kind
    """A JSON value for people."""
    match value:
        case None:
            return _("没有")
        case True:
            return _("是")
        case False:
            return _("否")
        case "":
            return _("空")
        case {"@number": text}:
            return str(text)
        case list():
            return _("、").join(value_words(each) for each in value) or _("没有")
    return rules.shown_value(value)


def fact_words(layout: rules.Layout, name: str, value: Any) -> str:
    """A fact's value: by the vocabulary where it is a choice."""
    fact = next((fact for fact in layout.facts if fact.name == name), None)
    return fact.value_label(value) if fact is not None and isinstance(value, str) else value_words(value)


def outcome_parts(value: Any, layout: rules.Layout) -> tuple[tuple[str, str], ...]:
    """An outcome as label and value; one pair without a label where it is no context."""
    main = layout.main
    columns = main.outputs if isinstance(main, rules.TableLayout) else ()
    if not isinstance(value, dict):
        return (("", _coded(value, columns[0].named if len(columns) == 1 else {})),)
    known = {column.expression: column for column in columns}
    return tuple(
        (known[name].label if name in known else name, _coded(each, known[name].named if name in known else {}))
        for name, each in ((str(name), each) for name, each in value.items())
    )


def _coded(value: Any, named: Mapping[str, str]) -> str:
    if isinstance(value, list) and value:
        return _("、").join(_coded(each, named) for each in value)
    return named.get(value, "") or value_words(value) if isinstance(value, str) else value_words(value)


def outcome_words(value: Any, layout: rules.Layout) -> str:
    """An outcome in one line."""
    parts = outcome_parts(value, layout)
    return _("，").join(f"{label} {words}".strip() for label, words in parts)
