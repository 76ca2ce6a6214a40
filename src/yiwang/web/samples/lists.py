"""Samples of lists and tables."""

from django.utils.translation import gettext as _

from yiwang.web.components import (
    Card,
    Cards,
    CaseItem,
    CaseList,
    Cell,
    Column,
    Component,
    Due,
    DueState,
    Empty,
    Fact,
    Facts,
    FileItem,
    FileList,
    Link,
    LinkButton,
    Pagination,
    Progress,
    Provenance,
    Row,
    RowGroup,
    Source,
    StateLine,
    StateList,
    Table,
    Tag,
    Task,
    TaskList,
    Theme,
    Themes,
    Tone,
)


def facts() -> tuple[Component, ...]:
    change = Link(_("更改"), "#facts")
    return (
        Facts(
            (
                Fact(_("姓名"), _("陈知夏"), Provenance(Source.LICENCE, _("电子证照：出生医学证明"))),
                Fact(_("出生时间"), _("2026 年 11 月 9 日 6:42"), Provenance(Source.LICENCE), number=True),
                Fact(_("民族"), _("回族"), Provenance(Source.TYPED), change),
                Fact(_("与户主关系"), _("女儿"), Provenance(Source.COMPUTED)),
                Fact(
                    _("经营场所"),
                    _("青龙街道东城路 66 号"),
                    Provenance(Source.TYPED),
                    mark=Tag(_("与执照不同"), Tone.WARN),
                ),
            )
        ),
    )


def tasks() -> tuple[Component, ...]:
    return (
        TaskList(
            (
                Task(_("结婚证"), tag=Tag(_("免交"), Tone.OK), provenance=Provenance(Source.LICENCE)),
                Task(_("宝宝近照"), "#tasks", Tag(_("待上传"), Tone.BLUE)),
                Task(
                    _("父母双方同意落户的声明"),
                    tag=Tag(_("待对方确认"), Tone.WARN),
                    detail=_("在手机上确认即可，不用纸质签字。"),
                ),
                Task(_("核对并提交"), waits=_("前面填完后开始")),
            )
        ),
        FileList(
            (
                FileItem("布局图.pdf", "1.2 MB", "#tasks", Due(DueState.DONE, _("已核对"))),
                FileItem("IMG_2031.jpg", "3.4 MB", "#tasks", remove_name="remove", remove_value="1"),
            )
        ),
    )


def cards() -> tuple[Component, ...]:
    def meta(offices: int, matters: int, way: str) -> tuple[tuple[str, str], ...]:
        return ((str(offices), _("个部门")), (str(matters), _("个事项")), ("", way))

    online = _("全程网办")
    return (
        Cards(
            (
                Card(_("新生儿出生"), "#cards", _("出生证明、落户、医保、社保卡、接种证"), 5, meta(5, 5, online)),
                Card(_("教育入学"), "#cards", _("入学信息采集，户籍、居住、房产信息核验"), 4, meta(4, 4, online)),
                Card(
                    _("开办餐饮店"),
                    "#cards",
                    _("营业执照、食品经营许可、招牌、消防检查"),
                    6,
                    meta(5, 6, _("最多跑 1 次")),
                ),
                Card(_("信用修复"), "#cards", _("行政处罚、经营异常、严重失信信息修复"), 3, meta(3, 3, online)),
            )
        ),
    )


def mine() -> tuple[Component, ...]:
    return (
        CaseList(
            (
                CaseItem(
                    _("新生儿出生一件事"),
                    "#mine",
                    _("5 个事项，已办结 3 个。承诺 12 月 7 日前全部办结"),
                    Progress(3, 5, small=True),
                    Tag(_("1 项请您补正"), Tone.WARN),
                ),
                CaseItem(
                    _("住房公积金提取（租房）"),
                    "#mine",
                    _("审核中。承诺 11 月 25 日前办结"),
                    Progress(2, 3, small=True),
                ),
            )
        ),
        StateList(
            (
                StateLine(_("网上办事"), Due(DueState.DONE, _("正常"))),
                StateLine(_("统一支付"), Due(DueState.PAUSED, _("今晚 22:00 至 23:00 维护"))),
                StateLine(_("市政务服务中心"), _("今天 9:00 至 17:00")),
            )
        ),
        Themes(
            (Theme(_("生育收养"), "#mine", 18), Theme(_("户籍办理"), "#mine", 32), Theme(_("社会保障"), "#mine", 56))
        ),
    )


def tables() -> tuple[Component, ...]:
    columns = (
        Column(_("时限"), sort_href="#table", sorted="ascending"),
        Column(_("事情"), sort_href="#table"),
        Column(_("环节")),
        Column(_("收件"), number=True),
        Column(_("承办")),
    )

    def row(number: int, light: Due, what: str, who: str, step: str, count: int, owner: str) -> Row:
        return Row((light, Cell(what, who, "#table"), step, count, owner), str(number), what)

    urgent = (
        row(1, Due(DueState.OVER, _("超期 1 个工作日")), _("加装电梯意见会签"), _("市数据局"), _("会签"), 4, _("我")),
    )
    week = (
        row(
            2,
            Due(DueState.SOON, _("还剩 1 个工作日")),
            _("食品经营许可（变更）"),
            _("样例餐饮店"),
            _("审查"),
            128,
            _("我"),
        ),
        row(
            3,
            Due(DueState.FINE, _("还剩 3 个工作日")),
            _("户外招牌设置"),
            _("样例餐饮公司"),
            _("审查"),
            64,
            _("待认领"),
        ),
    )
    groups = (RowGroup(urgent, _("已超期"), _("1 件")), RowGroup(week, _("本周内"), _("2 件")))
    plain = Table.of(
        _("本月办件"),
        (Column(_("事项")), Column(_("收件"), number=True), Column(_("按期"), number=True)),
        (Row((_("食品经营许可（首次申请）"), 128, "99.1%")), Row((_("户外招牌设置"), 64, "96.2%"))),
        show_caption=True,
    )
    pages = Pagination("", "#table", _("共 %(total)d 件") % {"total": 23})
    return (Table(_("我的待办，按到期先后"), columns, groups, pick="tasks", keys=True, boxed=True, pages=pages), plain)


def nothing() -> tuple[Component, ...]:
    words = _("您提交的申请会出现在这里，也可以凭办件编号查找在窗口办的事。")
    return (Empty(_("还没有办件"), words, LinkButton(_("按编号查找"), "#empty", "second")),)
