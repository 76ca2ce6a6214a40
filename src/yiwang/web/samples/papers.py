"""Samples of papers, notices, charts and drawings."""

from django.templatetags.static import static
from django.utils.translation import gettext as _

from yiwang.web.components import (
    Basis,
    Chart,
    Component,
    DiagramState,
    DiagramStep,
    ErrorSummary,
    FieldError,
    Help,
    LinkButton,
    Note,
    ProcessDiagram,
    Seal,
    SealState,
    Sheet,
    Tone,
)


def notes() -> tuple[Component, ...]:
    return (
        Note(_("提交后 5 个部门同时收到，各自受理。")),
        Note(_("已经提交，办件编号 320402-20261116-000482。"), tone=Tone.OK),
        Note(
            _("缺宝宝出生时的首针乙肝疫苗接种记录。请在 11 月 27 日（周五）前补交，其他 4 个事项不受影响。"),
            _("请补正 1 份材料：预防接种证办理"),
            Tone.WARN,
            LinkButton(_("去补正"), "#notes"),
        ),
    )


def summary() -> tuple[Component, ...]:
    return (
        ErrorSummary(
            (FieldError("f-nation", _("请选择宝宝的民族")), FieldError("f-tel", _("手机号码少 1 位，应为 11 位数字")))
        ),
        Help(_("父母户口不在一处，怎么选？"), _("随任何一方都可以。入学按实际户籍地划分学区。")),
    )


def sheets() -> tuple[Component, ...]:
    authority = _("样例市行政审批局")
    to = _("样例餐饮管理有限公司")
    accepted = _("你单位提出的食品经营许可（首次申请），材料齐全，符合法定形式，本机关予以受理。")
    granted = _("经审查，符合法定条件、标准，决定准予许可，发给《食品经营许可证》。")
    number = _("样审受〔2026〕第 1142 号")
    date = _("2026 年 11 月 12 日")
    sealed = Seal(authority, SealState.SEALED, sample=True, id="sample-seal")
    return (
        Sheet(authority, _("受理通知书"), number, to, (accepted,), date, sealed, sample=True),
        Sheet(authority, _("准予行政许可决定书"), number, to, (granted,), date, Seal(authority), sample=True),
    )


def grounds() -> tuple[Component, ...]:
    text = _("申请人的申请符合法定条件、标准的，行政机关应当依法作出准予行政许可的书面决定")
    return (
        Basis(_("行政许可法第三十八条第一款"), text),
        Basis(_("食品安全法第三十五条第一款"), _("国家对食品生产经营实行许可制度")),
    )


def charts() -> tuple[Component, ...]:
    months = ["7", "8", "9", "10", "11"]
    received, done = [96, 102, 118, 121, 128], [90, 99, 110, 119, 117]
    option = {
        "legend": {},
        "xAxis": {"type": "category", "data": months},
        "yAxis": {"type": "value"},
        "series": [
            {"type": "bar", "name": _("收件"), "data": received},
            {"type": "line", "name": _("办结"), "data": done},
        ],
    }
    rows = tuple(zip(months, received, done, strict=True))
    return (Chart("sample-chart", _("近五个月办件"), option, (_("月份"), _("收件"), _("办结")), rows),)


def diagrams() -> tuple[Component, ...]:
    steps = (
        ("filed", _("收件"), DiagramState.PASSED, "11-16 09:12"),
        ("accept", _("受理"), DiagramState.PASSED, "11-17 15:40"),
        ("decide", _("审查决定"), DiagramState.CURRENT, ""),
        ("issue", _("送达结果"), DiagramState.AHEAD, ""),
    )
    return (
        ProcessDiagram(
            "sample-process",
            _("样例流程"),
            static("web/samples/process.bpmn"),
            {key: state for key, _words, state, _note in steps},
            tuple(DiagramStep(words, state, note) for _key, words, state, note in steps),
        ),
    )
