"""The editor of a model: dmn-js or bpmn-js, loaded by its page alone; saves as one writes, and says when somebody else did.

bpmn-js draws; what an element says beyond its drawing (who does it, which operation) stands in a panel of ours beside it.
"""

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
    "Activate hand tool": _("移动画布"), "Activate lasso tool": _("框选"),
    "Activate create/remove space tool": _("拉开或收拢间距"), "Activate global connect tool": _("连线"),
    "Create start event": _("新建开始"), "Create end event": _("新建结束"), "Create intermediate/boundary event": _("新建中间事件"),
    "Create gateway": _("新建网关"), "Create task": _("新建任务"), "Create expanded sub-process": _("新建子流程"),
    "Create data object reference": _("新建数据对象"), "Create data store reference": _("新建数据存储"),
    "Create pool/participant": _("新建泳池"), "Create group": _("新建分组"), "Append task": _("接一个任务"),
    "Append gateway": _("接一个网关"), "Append end event": _("接结束"), "Append intermediate/boundary event": _("接中间事件"),
    "Append receive task": _("接一个接收任务"), "Append message intermediate catch event": _("接消息事件"),
    "Append timer intermediate catch event": _("接定时事件"), "Append conditional intermediate catch event": _("接条件事件"),
    "Append signal intermediate catch event": _("接信号事件"), "Append compensation activity": _("接补偿任务"),
    "Change element": _("改类型"), "Delete": _("删去"), "Connect to other element": _("连到别的元素"),
    "Connect using association": _("用关联线相连"), "Connect using data input association": _("用数据线相连"),
    "Add text annotation": _("加注释"), "Add lane above": _("在上面加泳道"), "Add lane below": _("在下面加泳道"),
    "Divide into two lanes": _("分成两条泳道"), "Divide into three lanes": _("分成三条泳道"), "Loop": _("循环"),
    "Parallel multi-instance": _("多实例（同时）"), "Sequential multi-instance": _("多实例（依次）"),
    "Toggle non-interrupting": _("切换是否中断"), "Participant multiplicity": _("多个参与方"), "Collection": _("集合"),
    "Search in diagram": _("在图中查找"), "Ad-hoc sub-process": _("临时子流程"),
    "Ad-hoc sub-process (collapsed)": _("临时子流程（收起）"), "Ad-hoc sub-process (expanded)": _("临时子流程（展开）"),
    "Boundary event": _("边界事件"), "Business rule task": _("规则任务"), "Call activity": _("调用流程"),
    "Cancel boundary event": _("取消边界事件"), "Cancel end event": _("取消结束事件"), "Compensation boundary event": _("补偿边界事件"),
    "Compensation end event": _("补偿结束事件"), "Compensation intermediate throw event": _("补偿中间抛出事件"),
    "Compensation start event": _("补偿开始事件"), "Complex gateway": _("复杂网关"), "Conditional boundary event": _("条件边界事件"),
    "Conditional boundary event (non-interrupting)": _("条件边界事件（不中断）"), "Conditional flow": _("条件流"),
    "Conditional intermediate catch event": _("条件中间捕获事件"), "Conditional start event": _("条件开始事件"),
    "Conditional start event (non-interrupting)": _("条件开始事件（不中断）"), "Data object reference": _("数据对象"),
    "Data store reference": _("数据存储"), "Default flow": _("默认流"), "Empty pool/participant": _("空泳池"),
    "End event": _("结束"), "Error boundary event": _("错误边界事件"), "Error end event": _("错误结束事件"),
    "Error start event": _("错误开始事件"), "Escalation boundary event": _("升级边界事件"),
    "Escalation boundary event (non-interrupting)": _("升级边界事件（不中断）"), "Escalation end event": _("升级结束事件"),
    "Escalation intermediate throw event": _("升级中间抛出事件"), "Escalation start event": _("升级开始事件"),
    "Escalation start event (non-interrupting)": _("升级开始事件（不中断）"), "Event sub-process": _("事件子流程"),
    "Event-based gateway": _("事件网关"), "Exclusive gateway": _("排他网关"), "Expanded pool/participant": _("展开的泳池"),
    "Inclusive gateway": _("包容网关"), "Intermediate throw event": _("中间事件"),
    "Link intermediate catch event": _("链接中间捕获事件"), "Link intermediate throw event": _("链接中间抛出事件"),
    "Manual task": _("线下任务"), "Message boundary event": _("消息边界事件"),
    "Message boundary event (non-interrupting)": _("消息边界事件（不中断）"), "Message end event": _("消息结束事件"),
    "Message intermediate catch event": _("消息中间捕获事件"), "Message intermediate throw event": _("消息中间抛出事件"),
    "Message start event": _("消息开始事件"), "Message start event (non-interrupting)": _("消息开始事件（不中断）"),
    "Parallel gateway": _("并行网关"), "Receive task": _("接收任务"), "Script task": _("计算任务"), "Send task": _("发送任务"),
    "Sequence flow": _("顺序流"), "Service task": _("操作任务"), "Signal boundary event": _("信号边界事件"),
    "Signal boundary event (non-interrupting)": _("信号边界事件（不中断）"), "Signal end event": _("信号结束事件"),
    "Signal intermediate catch event": _("信号中间捕获事件"), "Signal intermediate throw event": _("信号中间抛出事件"),
    "Signal start event": _("信号开始事件"), "Signal start event (non-interrupting)": _("信号开始事件（不中断）"),
    "Start event": _("开始"), "Sub-process": _("子流程"), "Sub-process (collapsed)": _("子流程（收起）"),
    "Sub-process (expanded)": _("子流程（展开）"), "Task": _("一般任务"), "Terminate end event": _("终止结束事件"),
    "Timer boundary event": _("定时边界事件"), "Timer boundary event (non-interrupting)": _("定时边界事件（不中断）"),
    "Timer intermediate catch event": _("定时中间捕获事件"), "Timer start event": _("定时开始事件"),
    "Timer start event (non-interrupting)": _("定时开始事件（不中断）"), "Transaction": _("事务"), "User task": _("人工任务"),
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


@dataclass(frozen=True, slots=True)
class ModelField:
    """What one may say of an element. `elements` are the BPMN names that have it (`UserTask`), `path` where it stands:

    `name`, `documentation`, `condition`, `default`, `timer.kind`, `timer.text`, `message.name`, `message.key`,
    `signal.name`, `error.code`, `escalation.code`, `conditional.text`, `loop.collection`, `loop.element`, an attribute of an extension
    (`taskDefinition@type`), or lines for its parts (`ioMapping>input`), as model_panel.js reads and writes them.
    """

    path: str
    label: Text
    elements: tuple[str, ...]
    hint: Text = ""
    control: str = "text"
    suggest: str = ""
    options: tuple[tuple[str, Text], ...] = ()

    @property
    def of(self) -> str:
        return " ".join(self.elements)


@dataclass(frozen=True, slots=True)
class ModelPanel(Component):
    """What the chosen element of the modeller says, as fields. `lists` are what fields suggest: (value, words) by name."""

    template: ClassVar[str] = "web/components/model_panel.html"
    id: str
    fields: tuple[ModelField, ...]
    lists: Mapping[str, tuple[tuple[str, Text], ...]]

    @property
    def suggested(self) -> tuple[tuple[str, tuple[tuple[str, Text], ...]], ...]:
        return tuple(self.lists.items())

    @property
    def words(self) -> dict[str, str]:
        """What kinds of elements are called."""
        return {kind: str(words) for kind, words in _KINDS.items()}


_KINDS: Mapping[str, Text] = {
    "Process": _("整个流程"), "UserTask": _("人工任务"), "ServiceTask": _("操作任务"), "SendTask": _("发送任务"),
    "ReceiveTask": _("接收任务"), "BusinessRuleTask": _("规则任务"), "ScriptTask": _("计算任务"), "ManualTask": _("线下任务"),
    "Task": _("一般任务"), "CallActivity": _("调用流程"), "SubProcess": _("子流程"), "AdHocSubProcess": _("临时子流程"),
    "ExclusiveGateway": _("排他网关"), "ParallelGateway": _("并行网关"), "InclusiveGateway": _("包容网关"),
    "EventBasedGateway": _("事件网关"), "StartEvent": _("开始"), "EndEvent": _("结束"), "BoundaryEvent": _("边界事件"),
    "IntermediateCatchEvent": _("中间事件"), "IntermediateThrowEvent": _("中间事件"), "SequenceFlow": _("顺序流"),
    "TextAnnotation": _("注释"),
}  # fmt: skip


def kind_words(tag: str) -> Text:
    """What an element of that BPMN name (`userTask`) is called; the name itself where it has no word."""
    return _KINDS.get(tag[:1].upper() + tag[1:], tag)
