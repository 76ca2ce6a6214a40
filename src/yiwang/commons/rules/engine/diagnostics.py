"""What went wrong, in words an official understands: codes, positions, messages.

FEEL never raises (DMN 1.5, 10.3.2.13: an error is null); what the author must know travels as `Diagnostic`s.
Only a text that is not FEEL at all is refused, with `FeelSyntaxError`, before anything is evaluated.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from yiwang.kernel.text import gettext_noop as _


class Place(NamedTuple):
    """Line and column of an expression's text, both from 1."""

    line: int
    column: int


NOWHERE = Place(1, 1)

MESSAGES: Mapping[str, str] = {
    "rules.unexpected": _("此处不能出现“{found}”"),
    "rules.expected": _("此处是“{found}”，应为“{wanted}”"),
    "rules.unexpected_end": _("表达式没有写完"),
    "rules.expected_at_end": _("表达式没有写完，应为“{wanted}”"),
    "rules.open_string": _("字符串缺少结束的引号"),
    "rules.too_deep": _("嵌套层数超过上限"),
    "rules.too_long": _("表达式长度超过上限 {limit} 个字符"),
    "rules.steps": _("计算步数超过上限 {limit}，已停止"),
    "rules.seconds": _("计算时间超过上限 {limit} 秒，已停止"),
    "rules.list_too_long": _("列表长度超过上限 {limit}"),
    "rules.text_too_long": _("文字长度超过上限 {limit}"),
    "rules.unknown_name": _("名称“{name}”没有定义"),
    "rules.not_a_fact": _("事实“{name}”的值不是规则能用的类型（{kind}）"),
    "rules.no_such_entry": _("没有“{name}”这一项"),
    "rules.operands": _("“{operator}”不能用于{left}和{right}"),
    "rules.operand": _("“{operator}”不能用于{value}"),
    "rules.not_comparable": _("{left}与{right}不能比较"),
    "rules.not_boolean": _("条件的结果不是真假值，而是{value}"),
    "rules.not_a_function": _("“{name}”不是函数"),
    "rules.arguments": _("函数“{name}”的参数个数或名称不符"),
    "rules.argument_type": _("函数“{name}”的参数“{parameter}”不能是{value}"),
    "rules.argument_value": _("函数“{name}”的参数值无效：{detail}"),
    "rules.out_of_range": _("数值超出可表示范围"),
    "rules.division_by_zero": _("除数为零"),
    "rules.bad_literal": _("“{text}”不是有效的日期、时间或时长"),
    "rules.bad_range": _("区间的两端不能比较，或起点大于终点"),
    "rules.pattern": _("正则表达式无效：{detail}"),
    "rules.pattern_time": _("正则表达式匹配耗时过长，已停止"),
    "rules.not_iterable": _("{value}不能逐项遍历"),
    "rules.duplicate_key": _("上下文中“{name}”重复"),
    "rules.external_function": _("不支持外部函数"),
    "rules.coercion": _("{value}不符合类型“{type}”"),
    "rules.not_allowed": _("值不在“{type}”允许的取值之内"),
    "rules.unknown_type": _("类型“{type}”没有定义"),
    "rules.no_logic": _("决策“{name}”没有逻辑"),
    "rules.several_rules": _("命中策略要求只有一条规则命中，实际命中：{rules}"),
    "rules.outputs_differ": _("命中策略 ANY 要求各条规则输出相同，规则 {rules} 的输出不同"),
    "rules.no_priority": _("输出值未列入优先顺序"),
    "rules.aggregation": _("输出值不能汇总"),
    "rules.input_value": _("输入“{input}”的值不在允许的取值之内"),
    "rules.output_value": _("输出“{output}”的值不在允许的取值之内"),
    "rules.cycle": _("决策“{name}”依赖了它自己"),
    "rules.unknown_decision": _("模型中没有“{name}”"),
    "rules.xml": _("文件不是有效的 DMN：{detail}"),
    "rules.xml_too_large": _("文件超过上限 {limit} 字节"),
    "rules.xml_too_many": _("文件的元素超过上限 {limit} 个"),
    "rules.xml_too_deep": _("文件嵌套超过 {limit} 层"),
}


EXPRESSION = _("表达式")
NAME = _("名称")
TYPE = _("类型")


def _text(code: str, params: Mapping[str, object]) -> str:
    return MESSAGES[code].format(**params)


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One remark: a stable `code`, parameters for its message, the place in the expression and, in a model, `where`."""

    code: str
    params: Mapping[str, object] = field(default_factory=dict)
    at: Place = NOWHERE
    where: str = ""

    @property
    def message(self) -> str:
        """Chinese msgid with {parameters}; faces translate it and fill in `params`."""
        return MESSAGES[self.code]

    @property
    def text(self) -> str:
        """The Chinese sentence, filled in."""
        return _text(self.code, self.params)


class RulesError(Exception):
    """A text or file that can't be compiled: `code`, `params`, and where (`line`, `column`, `where`)."""

    def __init__(self, code: str, at: Place = NOWHERE, where: str = "", **params: object) -> None:
        self.code = code
        self.params = params
        self.line, self.column = at
        self.where = where
        super().__init__(f"{where + ': ' if where else ''}{at.line}:{at.column}: {_text(code, params)}")

    @property
    def diagnostic(self) -> Diagnostic:
        return Diagnostic(self.code, self.params, Place(self.line, self.column), self.where)


class FeelSyntaxError(RulesError):
    """The text is not FEEL; `line` and `column` point at the first character that can't stand there."""


class DmnError(RulesError):
    """The file is not a DMN model that can be compiled; `line` is a line of the file."""


class Fault(Exception):
    """Raised inside a built-in function; the invocation records it and yields null."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
