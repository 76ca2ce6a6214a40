"""Sample content of the style page, and what the component tests render. Everything here is a sample."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from yiwang.web.components import Component, Text
from yiwang.web.fields import Field
from yiwang.web.samples import lists, marks, papers, questions, time


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the style page. `layout`: "row", "stack" or "two"."""

    key: str
    title: Text
    words: Text
    values: tuple[Component | Field, ...]
    layout: str = "stack"


def fields() -> tuple[Field, ...]:
    """Every kind of field."""
    return questions.every_kind()


def sections() -> tuple[Section, ...]:
    """The style page, in order."""
    return (
        Section("stroke", _("进度线"), _("几段就是几步，收笔在写到的地方。"), time.strokes()),
        Section(
            "buttons",
            _("按钮"),
            _("一页一个主按钮。动词开头，不写「确定」。不能用的说明原因。"),
            marks.buttons(),
            "row",
        ),
        Section(
            "search",
            _("搜索框"),
            _("不用脚本也能搜索；打字时列出可能要办的事，上下键选择，回车打开。"),
            marks.searching(),
        ),
        Section("navigation", _("页签、路径与分页"), _("每一页都有自己的网址。"), marks.navigation()),
        Section(
            "provenance", _("来源标记"), _("每个数据项都说清从哪里来。图形不同，不只靠颜色。"), marks.sources(), "row"
        ),
        Section("tags", _("标签"), _("状态用短词，四字以内。"), marks.tags(), "row"),
        Section("due", _("时限灯"), _("形状、文字、颜色三样同时说，去掉颜色也能分清。"), marks.lights(), "row"),
        Section("seal", _("印章标记"), _("盖章以后才有，旁边一定有「验证」。"), marks.licences(), "two"),
        Section("notes", _("提示"), _("左线加底色，只用于需要停下来看的内容。"), papers.notes()),
        Section("summary", _("错误汇总"), _("放在标题之后，得到焦点，每条链接到那个字段。"), papers.summary()),
        Section("facts", _("数据清单"), _("一行一项：名称、内容、来源或更改。"), lists.facts()),
        Section("tasks", _("任务清单与文件"), _("长表单分段填，材料逐份备。"), lists.tasks()),
        Section("cards", _("卡片"), _("一件事的合并线：几段就是几个事项。"), lists.cards()),
        Section("mine", _("我的办件与主题"), _("承诺的日子写在前面，天数写在后面。"), lists.mine(), "two"),
        Section("table", _("表格"), _("数字等宽，右对齐；手机上一行变成一张卡。J、K 上下，X 选中。"), lists.tables()),
        Section("lanes", _("并行办理"), _("几个部门在同一根工作日轴上。办结才有收笔。"), time.lanes()),
        Section("clock", _("时限怎么算"), _("一格一个工作日，停表用虚线，每一步都有依据。"), time.clock()),
        Section("history", _("经过"), _("竖着的时间线，最新在上。"), time.history()),
        Section("sheets", _("文书"), _("唯一使用宋体正文和红色的地方。盖章之前是虚线圆。"), papers.sheets(), "two"),
        Section("basis", _("法律依据"), _("红色竖线只给法律依据。"), papers.grounds(), "two"),
        Section("dialog", _("对话框与短消息"), _("对话框只用于收不回的动作；短消息不自动消失。"), marks.overlays()),
        Section("empty", _("空状态"), _("说为什么空，下一步做什么。"), lists.nothing()),
        Section("chart", _("图表"), _("同样的数字一定能以表格查看。"), papers.charts()),
        Section("diagram", _("流程图"), _("走到哪里，图上和文字里一样说。看到时才载入。"), papers.diagrams()),
    )
