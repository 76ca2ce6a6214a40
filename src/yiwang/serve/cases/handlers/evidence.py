"""Tells the ledger how the statements about cases read, and whose the cases are."""

from collections.abc import Sequence

from django.urls import reverse

from yiwang.commons.archives import queries as archives
from yiwang.commons.archives.contracts import ARCHIVE
from yiwang.commons.ledger.registry import Held, Statements, register_holding, register_statements
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.text import gettext_noop as _
from yiwang.serve.cases.contracts import (
    CaseAction,
    CaseStatus,
    DeliveryChannel,
    DocumentKind,
    ResultKind,
    RevealPurpose,
)
from yiwang.serve.cases.queries.holding import held

_ACTIONS = {f"case.{action.value}": action.label for action in CaseAction}
_OTHERS = {
    "case.document": _("出具文书"),
    "case.result": _("出具证照"),
    "case.delivery": _("文书送达"),
    "case.due_moved": _("办理期限因法定日历更正"),
    "case.numbers_revealed": _("经办人员查看完整号码"),
}


def _held(viewer: Actor) -> Sequence[Held]:
    """The viewer's cases, and the archives of those that have ended."""
    cases = held(viewer=viewer)
    kept = archives.archived_of(kind="case", ids=[each.id for each in cases], viewer=viewer) if cases else {}
    found: list[Held] = []
    for each in cases:
        page = reverse("cases:progress", args=[each.number])
        subjects = [SubjectRef("case", each.id)]
        if each.id in kept:
            subjects.append(SubjectRef(ARCHIVE, kept[each.id]))
        found += [Held(subject, each.title, each.number, page, each.whole) for subject in subjects]
    return tuple(found)


register_statements(
    Statements(
        kinds=_ACTIONS | _OTHERS,
        facts={
            "number": _("编号"),
            "case": _("办件编号"),
            "matter": _("事项编码"),
            "status": _("办件状态"),
            "result": _("结果"),
            "event": _("办理记录序号"),
            "chain": _("办理记录校验值"),
            "kind": _("种类"),
            "digest": _("内容摘要（SM3）"),
            "issuer": _("发证机关"),
            "channel": _("方式"),
            "documents": _("文书编号"),
            "action": _("动作"),
            "purpose": _("用途"),
            "viewer": _("查看人（加盐摘要）"),
            "promised_before": _("原承诺期限"),
            "promised_after": _("更正后的承诺期限"),
            "statutory_before": _("原法定期限"),
            "statutory_after": _("更正后的法定期限"),
        },
        values={
            "status": {each.value: each.label for each in CaseStatus},
            "result": {each.value: each.label for each in ResultKind},
            "kind": {each.value: each.label for each in DocumentKind},
            "channel": {each.value: each.label for each in DeliveryChannel},
            "action": {each.value: each.label for each in CaseAction},
            "purpose": {each.value: each.label for each in RevealPurpose},
        },
        steps=frozenset(_ACTIONS | _OTHERS),
    )
)
register_holding(_held)
