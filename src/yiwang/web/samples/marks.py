"""Samples of actions and marks."""

from django.utils.translation import gettext as _

from yiwang.web.components import (
    BackLink,
    Button,
    Component,
    Crumbs,
    Dialog,
    Due,
    DueState,
    KeyHint,
    KeyHints,
    Licence,
    Link,
    LinkButton,
    Menu,
    Pagination,
    Provenance,
    SearchBox,
    SideGroup,
    SideLink,
    SideNav,
    Source,
    Tab,
    Tabs,
    Tag,
    Toast,
    Tone,
)


def buttons() -> tuple[Component, ...]:
    return (
        Button(_("确认提交"), big=True, type="button"),
        Button(_("保存并继续"), type="button"),
        Button(_("保存草稿"), "second", type="button"),
        Button(_("以后再填"), "quiet", type="button"),
        LinkButton(_("按编号查找"), "#buttons", "second", "search"),
        Button(_("去缴费"), type="button", refused=_("不能用：受理以后才能缴费")),
        KeyHints((KeyHint(("J", "K"), _("上下")), KeyHint(("Enter",), _("打开")), KeyHint(("X",), _("选中")))),
    )


def navigation() -> tuple[Component, ...]:
    return (
        Crumbs((Link(_("我的"), "#navigation"), Link(_("我的办件"), "#navigation")), _("办理进度")),
        BackLink(_("上一步：父母信息"), "#navigation"),
        Tabs(
            _("本件"),
            (
                Tab(_("审查"), "#navigation", current=True),
                Tab(_("文书"), "#navigation", 3),
                Tab(_("来往消息"), "#navigation", 2),
            ),
        ),
        Pagination("#navigation", "#navigation", _("共 %(total)d 件") % {"total": 23}),
        SideNav(
            _("视图"),
            (
                SideGroup(
                    _("我的视图"),
                    (
                        SideLink(_("我的待办"), "#navigation", 23, current=True),
                        SideLink(_("今天到期"), "#navigation", 3),
                        SideLink(_("停表中"), "#navigation", 4),
                    ),
                ),
            ),
        ),
    )


def searching() -> tuple[Component, ...]:
    return (SearchBox("#search", _("搜索"), _("用您自己的话说"), id="style-search"),)


def sources() -> tuple[Component, ...]:
    return tuple(Provenance(source) for source in Source)


def tags() -> tuple[Component, ...]:
    return (
        Tag(_("草稿")),
        Tag(_("办理中"), Tone.BLUE),
        Tag(_("免交"), Tone.OK),
        Tag(_("请您补正"), Tone.WARN),
        Tag(_("不予许可"), Tone.BAD),
        Tag(_("样例"), Tone.LINE),
    )


def lights() -> tuple[Component, ...]:
    return (
        Due(DueState.OVER, _("超期 1 个工作日")),
        Due(DueState.TODAY, _("今天 17:30 到期")),
        Due(DueState.SOON, _("还剩 1 个工作日")),
        Due(DueState.FINE, _("还剩 3 个工作日")),
        Due(DueState.PAUSED, _("停表，等检测报告")),
        Due(DueState.DONE, _("已办结")),
    )


def licences() -> tuple[Component, ...]:
    number = "JY2 3204 02** **** 17"
    return (
        Licence(_("食品经营许可证"), number, "#seal", "#seal", "#seal", sample=True, ofd_href="#seal"),
        Licence(_("出生医学证明"), "Z32 **** 0417", view_href="#seal", sealed=False, sealing=True, sample=True),
        Licence(_("居民户口簿"), "3204 **** 4318", "#seal", "#seal", sample=True),
    )


def overlays() -> tuple[Component, ...]:
    return (
        Button(_("撤回申请"), "danger", opens="sample-dialog"),
        Dialog(
            "sample-dialog",
            _("撤回这件申请？"),
            _("撤回后 5 个部门停止办理，已办结的 3 件不受影响。以后需要重新申请。"),
            Button(_("撤回申请"), "danger", type="button"),
            action="#dialog",
            keep=_("继续办理"),
        ),
        Menu(
            "sample-menu",
            _("周雨晴"),
            (Link(_("我的办件"), "#dialog"), Link(_("谁看过我的数据"), "#dialog")),
            "person",
            _("样例账户"),
        ),
        Toast(_("已认领 3 件"), undo=Link(_("撤销"), "#dialog")),
        Toast(_("网络不通，没有提交。请检查网络后再试。"), "bad"),
    )
