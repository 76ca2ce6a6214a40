"""The editor of a model: dmn-js or bpmn-js, loaded by its page alone; saves as one writes, and says when somebody else did."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from yiwang.web.components.base import Component, Text

_DMN_WORDS: Mapping[str, Text] = {
    "View DRD": _("看关系图"), "Add input": _("增加输入"), "Add output": _("增加输出"), "Add rule": _("增加规则"),
    "When": _("当"), "Then": _("则"), "And": _("并且"), "Annotations": _("条款、说明"), "Input": _("输入"), "Output": _("输出"),
    "Hit policy": _("命中方式"), "Hit policy:": _("命中方式："), "Edit": _("编辑"), "Edit input": _("编辑输入"),
    "Edit output": _("编辑输出"), "Edit number": _("编辑数字"), "Edit string": _("编辑文字"), "Edit boolean": _("编辑是否"),
    "Edit date": _("编辑日期"), "Input label": _("输入的名称"), "Input expression": _("取哪个事实（表达式）"),
    "Input values": _("可取的值"), "Input type": _("类型"), "Output label": _("输出的名称"), "Output name": _("输出的编号"),
    "Output values": _("可取的值"), "Output type": _("类型"), "Type": _("类型"), "Value": _("值"), "Values": _("取值"),
    "Predefined values": _("预设的值"), "Custom values": _("另填的值"), "Clear predefined values": _("清除预设的值"),
    "Set value": _("填值"), "Yes": _("是"), "No": _("否"), "No values": _("没有值"), "Match one": _("是其中之一"),
    "Match none": _("都不是"), "Comparison": _("比较"), "Range": _("区间"), "Exactly": _("正好"), "Before": _("早于"),
    "After": _("晚于"), "Between": _("介于"), "Equals": _("等于"), "Less": _("小于"), "Less or equals": _("不大于"),
    "Greater": _("大于"), "Greater or equals": _("不小于"), "Include": _("含"), "Exclude": _("不含"), "Start value": _("起点"),
    "End value": _("终点"), "Test type": _("比较的方式"), "Use today": _("用今天"), "Use now": _("用现在"),
    "Set date": _("填日期"), "Strings must be in double quotes": _("文字要加英文双引号"), "Add rule below": _("在下面加规则"),
    "Add rule above": _("在上面加规则"), "Remove rule": _("删去规则"), "Copy rule": _("复制规则"), "Cut rule": _("剪切规则"),
    "Paste rule below": _("粘贴到下面"), "Paste rule above": _("粘贴到上面"), "Move rule": _("移动规则"),
    "Remove input column": _("删去输入列"), "Remove output column": _("删去输出列"), "Copy input column": _("复制输入列"),
    "Cut input column": _("剪切输入列"), "Copy output column": _("复制输出列"), "Cut output column": _("剪切输出列"),
    "Decision name": _("决策的编号"), "Expression": _("表达式"), "Literal expression": _("表达式"),
    "Expression language": _("表达式语言"), "Expression language:": _("表达式语言："), "Variable name": _("变量名"),
    "Variable name:": _("变量名："), "Variable type": _("变量类型"), "Variable type:": _("变量类型："), "Delete": _("删去"),
    "Change type": _("改类型"), "Create decision": _("新建决策"), "Create input data": _("新建输入"),
    "Create knowledge source": _("新建依据"), "Create knowledge model": _("新建算法"), "Append decision": _("接一个决策"),
    "Append input data": _("接一个输入"), "Append knowledge source": _("接一个依据"),
    "Append business knowledge model": _("接一个算法"), "Connect to other element": _("连到别的元素"),
    "Change cell expression language": _("改表达式语言"), "Remove cell description": _("删去单元格说明"),
    "Definition name": _("模型名称"), "Definition ID": _("模型编号"), "Search in diagram": _("在图中查找"),
}  # fmt: skip
_BPMN_WORDS: Mapping[str, Text] = {
    "Activate hand tool": _("移动画布"), "Activate lasso tool": _("框选"), "Activate create/remove space tool": _("拉开或收拢间距"),
    "Activate global connect tool": _("连线"), "Create start event": _("新建开始"), "Create end event": _("新建结束"),
    "Create intermediate/boundary event": _("新建中间事件"), "Create gateway": _("新建网关"), "Create task": _("新建任务"),
    "Create expanded sub-process": _("新建子流程"), "Create data object reference": _("新建数据对象"),
    "Create data store reference": _("新建数据存储"), "Create pool/participant": _("新建泳池"), "Create group": _("新建分组"),
    "Append task": _("接一个任务"), "Append gateway": _("接一个网关"), "Append end event": _("接结束"),
    "Append intermediate/boundary event": _("接中间事件"), "Change element": _("改类型"), "Delete": _("删去"),
    "Connect to other element": _("连到别的元素"), "Add text annotation": _("加注释"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Modeller(Component):
    """An editor. `kind` is dmn or bpmn; `model` gives the XML, `save` takes `xml` and `revision` and answers with JSON
    (`revision` and `words`, or `words`, `advice` and `conflict`); `key` is the element that opens first.

    `saved` says when it was last saved; `fallback` what a narrow screen shows instead.
    """

    template: ClassVar[str] = "web/components/modeller.html"
    id: str
    kind: str
    model: str
    save: str
    revision: int
    key: str
    saved: Text = ""
    fallback: Text = ""

    @property
    def data_id(self) -> str:
        return f"{self.id}-words"

    @property
    def words(self) -> dict[str, str]:
        """What the library says, in the language of the page."""
        return {key: str(words) for key, words in (_DMN_WORDS if self.kind == "dmn" else _BPMN_WORDS).items()}
