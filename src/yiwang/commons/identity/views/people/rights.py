"""What rights are called: the account page speaks of work, not of the codes that programs ask for."""

from collections.abc import Iterable
from typing import Final

from django.utils.translation import gettext as _

from yiwang.commons.identity.contracts.people import HeldRight
from yiwang.commons.identity.views.people import words
from yiwang.kernel.text import gettext_noop
from yiwang.web.components import Column, Empty, Row, Table

NAMES: Final = {
    "archives.approve": gettext_noop("审批档案鉴定"),
    "archives.keep": gettext_noop("管理档案"),
    "archives.view": gettext_noop("查看档案"),
    "audit.view": gettext_noop("查看审计记录"),
    "calendar.announce": gettext_noop("公布法定日历"),
    "cases.accept": gettext_noop("受理申请"),
    "cases.decide": gettext_noop("作出决定"),
    "cases.extend": gettext_noop("延长办理期限"),
    "cases.produce": gettext_noop("制作办理结果"),
    "cases.view": gettext_noop("查看办件"),
    "counter.serve": gettext_noop("在窗口帮办"),
    "crypto.manage": gettext_noop("管理密码资源"),
    "crypto.view": gettext_noop("查看密码资源"),
    "flow.administer": gettext_noop("管理运行中的流程"),
    "flow.assign": gettext_noop("分派待办"),
    "flow.design": gettext_noop("设计流程"),
    "flow.work": gettext_noop("办理待办"),
    "identity.appoint": gettext_noop("任免岗位"),
    "identity.grant": gettext_noop("给予权限"),
    "identity.manage_accounts": gettext_noop("管理账号"),
    "identity.read_person": gettext_noop("查看登记的个人信息"),
    "identity.register": gettext_noop("登记个人和单位"),
    "identity.represent": gettext_noop("登记代办关系"),
    "identity.request_clients": gettext_noop("申请接入系统"),
    "identity.review": gettext_noop("核对实名"),
    "identity.review_clients": gettext_noop("审核接入系统"),
    "identity": gettext_noop("账号和权限的全部管理"),
    "ledger.watch": gettext_noop("查看常享链"),
    "licences.callers": gettext_noop("管理用证系统"),
    "licences.import": gettext_noop("导入证照"),
    "licences.manage": gettext_noop("管理证照"),
    "licences.view": gettext_noop("查看证照"),
    "matters": gettext_noop("维护事项清单"),
    "measures.view": gettext_noop("查看运行指标"),
    "privacy.answer": gettext_noop("答复信息查看异议"),
    "rules.edit": gettext_noop("编写规则"),
    "rules.publish": gettext_noop("发布决策规则"),
    "rules.view": gettext_noop("查看规则"),
    "seals.apply": gettext_noop("申请制发印章"),
    "seals.approve": gettext_noop("审批印章"),
    "seals.authorise": gettext_noop("批准用印"),
    "seals.use": gettext_noop("用印"),
    "seals.view": gettext_noop("查看印章"),
}
"""By action; a pattern of all actions (`matters.*`) by what stands before the star."""


_KINDS: Final = {"matter": gettext_noop("事项"), "process": gettext_noop("流程")}


def name_of(action: str) -> str:
    """What may be done, in words; an action that nobody has named yet is told as itself."""
    known = NAMES.get(action.removesuffix(".*"))
    return _(known) if known else action


def _only(scope: str) -> str:
    """What a right is bounded to, in words; empty where it is not."""
    kind, _colon, key = scope.partition(":")
    if scope == "*":
        return ""
    return key if key != "*" else _(_KINDS[kind]) if kind in _KINDS else kind


def rights_table(rights: Iterable[HeldRight]) -> Table:
    """One line for each reach and source, with all that may be done there."""
    lines: dict[tuple[str, str, str, str], list[str]] = {}
    for each in rights:
        source = words.place(each.office) if each.office else _("个人授权")
        only = _only(each.scope)
        line = lines.setdefault((words.place(each.organisation), only, source, words.day(each.valid_to)), [])
        if name_of(each.action) not in line:
            line.append(name_of(each.action))
    between = ", " if words.english() else "、"
    rows = tuple(
        Row(
            (
                f"{place}（{_('仅 %(matters)s') % {'matters': only}}）" if only else place,
                between.join(may),
                source,
                until,
            )
        )
        for (place, only, source, until), may in lines.items()
    )
    columns = (Column(_("范围")), Column(_("可做的事")), Column(_("来自")), Column(_("截止")))
    return Table.of(_("权限"), columns, rows, empty=Empty(_("没有权限"), _("任职和授权后才有。"), boxed=False))
