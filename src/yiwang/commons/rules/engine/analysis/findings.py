"""What the analysis finds: a stable code, a sentence for an official, the place, and facts that show it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from yiwang.commons.rules.engine.diagnostics import MESSAGES as ENGINE_MESSAGES
from yiwang.commons.rules.engine.diagnostics import Diagnostic
from yiwang.commons.rules.engine.dmn_model import Model
from yiwang.commons.rules.engine.json_values import to_json
from yiwang.commons.rules.engine.values import Value
from yiwang.kernel.text import gettext_noop as _


class Severity(StrEnum):
    """ERROR: the decision must not be published. WARNING: probably not what is meant. NOTE: worth knowing."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


MESSAGES: Mapping[str, str] = {
    "analysis.gap": _("没有规则覆盖这种情况：{box}"),
    "analysis.gap_fraction": _("只有取小数时才没有规则覆盖：{box}；如果只取整数，可以不管"),
    "analysis.gap_possible": _("这种情况没有规则覆盖，但未能确认它会不会出现：{box}"),
    "analysis.null_gap": _("“{input}”为空时没有规则成立"),
    "analysis.overlap": _("规则 {rules} 会同时成立，命中方式“唯一”不允许：{box}"),
    "analysis.overlap_possible": _("规则 {rules} 可能同时成立，但未能确认这种情况会不会出现：{box}"),
    "analysis.conflict": _("规则 {rules} 会同时成立而输出不同，命中方式“任一”不允许：{box}"),
    "analysis.conflict_possible": _("规则 {rules} 会同时成立，未能确认输出是否总是相同：{box}"),
    "analysis.never": _("规则 {rules} 永远不会成立：“{input}”的条件没有允许的取值能满足"),
    "analysis.masked": _("规则 {rules} 永远轮不到：前面的规则已经覆盖它的全部情况"),
    "analysis.outranked": _("规则 {rules} 永远不起作用：优先的规则已经覆盖它的全部情况"),
    "analysis.no_priority": _("按优先顺序命中，输出“{output}”却没有列出取值的先后"),
    "analysis.no_rules": _("决策表没有规则"),
    "analysis.unused_column": _("没有一条规则用到输入“{input}”"),
    "analysis.unused_input": _("没有决策用到输入数据“{name}”"),
    "analysis.unused_requirement": _("声明了依赖“{name}”，逻辑中却没有用到"),
    "analysis.more": _("同类问题还有 {count} 处，没有逐一列出"),
    "analysis.undecided": _("没有全部判定：{reason}"),
    "analysis.duplicate_id": _("编号“{id}”重复，第 {first} 行已经用过"),
    "analysis.duplicate_name": _("名称“{name}”重复，第 {first} 行已经用过"),
    "analysis.cycle": _("决策依赖成环：{path}"),
    "analysis.endless": _("函数“{name}”调用自己时没有停下的条件，或参数始终不变，不会结束"),
    "analysis.maybe_endless": _("未能确认函数“{name}”调用自己会结束：没有参数逐次变小"),
    "analysis.cell_type": _("“{input}”的类型是 {type}，条件却与 {found} 比较，永远不成立"),
    "analysis.output_type": _("输出“{output}”的类型是 {type}，这里却是 {found}，结果总为空"),
    "analysis.output_value": _("输出 {value} 不在“{output}”允许的取值里，结果总为空"),
    "analysis.result_type": _("“{name}”的结果类型是 {type}，逻辑得出的却是 {found}，结果总为空"),
    "analysis.operands": _("“{operator}”不能用于{left}和{right}，结果总为空"),
    "analysis.operand": _("“{operator}”不能用于{value}，结果总为空"),
    "analysis.compared": _("{left}与{right}比较，结果总为空"),
    "analysis.not_boolean": _("条件的结果是{value}，不是真假值"),
    "analysis.no_member": _("{type}没有“{name}”这一项，结果总为空"),
    "analysis.argument": _("函数“{name}”的参数“{parameter}”不能是{value}，结果总为空"),
    "analysis.arguments": _("函数“{name}”的参数个数或名称不符，结果总为空"),
    "analysis.not_iterable": _("{value}不能逐项遍历，结果总为空"),
    "analysis.not_a_function": _("{value}不是函数，不能调用，结果总为空"),
}

TOO_LONG = _("规则太多，超过 {seconds} 秒的时限")
TOO_LONG_IN_ENGLISH = "too many rules for the limit of {seconds} seconds"
OPAQUE = _("规则 {rules} 的条件用到其他名称或函数，只能判定一部分")
OPAQUE_IN_ENGLISH = "the conditions of rules {rules} use other names or functions and were decided only in part"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. `line` is of the file, `column` of the expression's text, `where` the decision's name.

    `params` fill in the message; where one differs in English, it stands beside the Chinese one under its name with `_en`.
    `element` is the XML id nearest to it, `rules` and `inputs` (labels) name the cells of a table, `example` is facts
    (names of input data, or labels of columns that are computed) for which it happens.
    """

    code: str
    severity: Severity
    params: Mapping[str, object] = field(default_factory=dict)
    line: int = 1
    column: int = 1
    where: str = ""
    element: str = ""
    rules: tuple[int, ...] = ()
    inputs: tuple[str, ...] = ()
    example: Mapping[str, Value] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """Chinese msgid with {parameters}; faces translate it and fill in `params`."""
        return MESSAGES.get(self.code) or ENGINE_MESSAGES[self.code]

    @property
    def text(self) -> str:
        """The Chinese sentence, filled in."""
        return self.message.format(**self.params)

    def as_json(self) -> dict[str, Any]:
        """Plain data for `json.dumps`."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "text": self.text,
            "line": self.line,
            "column": self.column,
            "decision": self.where,
            "element": self.element,
            "rules": list(self.rules),
            "inputs": list(self.inputs),
            "example": {name: to_json(value) for name, value in self.example.items()},
        }


@dataclass(frozen=True, slots=True)
class Report:
    """All findings of a file, errors first. `complete` is false where something was left undecided."""

    model: Model | None
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What forbids publication."""
        return tuple(f for f in self.findings if f.severity is Severity.ERROR)

    @property
    def complete(self) -> bool:
        return all(f.code != "analysis.undecided" for f in self.findings)


def of_diagnostic(diagnostic: Diagnostic) -> Finding:
    """A fault that the compiler found, as an error."""
    return Finding(
        diagnostic.code,
        Severity.ERROR,
        diagnostic.params,
        diagnostic.at.line,
        diagnostic.at.column,
        diagnostic.where,
    )
