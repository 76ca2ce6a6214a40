"""An evaluator for tests of the token engine alone: names, literals, comparison, arithmetic, and/or/not, lists. No calls."""

import ast
import operator
import re
from typing import Any

from yiwang.commons.flow.engine import ExpressionFault

_BINARY = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul}
_COMPARE = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


def _tree(text: str) -> ast.expr:
    prepared = re.sub(r"(?<![<>=!])=(?!=)", "==", text)
    for word, constant in (("true", "True"), ("false", "False"), ("null", "None")):
        prepared = re.sub(rf"\b{word}\b", constant, prepared)
    try:
        return ast.parse(prepared, mode="eval").body
    except (SyntaxError, ValueError) as error:
        raise ExpressionFault(
            "语法错误", line=getattr(error, "lineno", 0) or 1, column=getattr(error, "offset", 0) or 1
        ) from error


class Feelish:
    def check(self, text: str) -> None:
        for node in ast.walk(_tree(text)):
            if isinstance(node, ast.Call | ast.Lambda | ast.ListComp | ast.NamedExpr):
                raise ExpressionFault("不支持", line=1, column=1)

    def evaluate(self, text: str, variables: dict[str, Any]) -> Any:
        return self._value(_tree(text), variables)

    def _value(self, node: ast.expr, names: dict[str, Any]) -> Any:
        match node:
            case ast.Constant(value):
                return value
            case ast.Name(name):
                return names.get(name)
            case ast.Attribute(inner, attr):
                found = self._value(inner, names)
                return found.get(attr) if isinstance(found, dict) else None
            case ast.List(parts):
                return [self._value(part, names) for part in parts]
            case ast.UnaryOp(ast.Not(), inner):
                return not self._value(inner, names)
            case ast.BinOp(left, op, right):
                a, b = self._value(left, names), self._value(right, names)
                if a is None or b is None or (isinstance(a, str) != isinstance(b, str)):
                    raise ExpressionFault("不能计算", line=1, column=1)
                return _BINARY[type(op)](a, b)
            case ast.BoolOp(op, parts):
                values = [self._value(part, names) for part in parts]
                return all(values) if isinstance(op, ast.And) else any(values)
            case ast.Compare(left, [op], [right]):
                a, b = self._value(left, names), self._value(right, names)
                if not isinstance(op, ast.Eq | ast.NotEq) and (a is None or b is None):
                    return None
                return _COMPARE[type(op)](a, b)
        raise ExpressionFault(f"不支持 {type(node).__name__}", line=1, column=1)
