"""Whether answers are right: required, JSON Schema with the formats of Chinese codes, rules across facts. Sentences for people."""

import json
import unicodedata
from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, Final

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from yiwang.commons.forms.contracts import Answers, Fault
from yiwang.commons.forms.engine.definition import Definition, Question
from yiwang.commons.forms.engine.state import State
from yiwang.commons.forms.engine.vocabulary import CHOSEN, Fact
from yiwang.kernel.codes import InvalidCode, validate_credit_code, validate_id_number, validate_mobile
from yiwang.kernel.text import gettext_noop as _

FORMATS: Final = FormatChecker(formats=())

_MESSAGES: Final = {
    "required_chosen": _("请选择：{label}"),
    "required": _("请填写{label}"),
    "minLength": _("{label}太短，至少{limit}个字"),
    "maxLength": _("{label}太长，最多{limit}个字"),
    "minimum": _("{label}不能小于{limit}"),
    "maximum": _("{label}不能大于{limit}"),
    "exclusiveMinimum": _("{label}要大于{limit}"),
    "exclusiveMaximum": _("{label}要小于{limit}"),
    "minItems": _("{label}至少选{limit}项"),
    "maxItems": _("{label}最多选{limit}项"),
    "enum": _("请从列出的选项中选择{label}"),
    "email": _("电子邮箱的格式不对，例如 name@example.com"),
    "characters": _("{label}含有不能使用的字符，请重新输入"),
    "other": _("{label}的内容不合要求，请检查"),
}


def check(definition: Definition, state: State, answers: Answers, *, step: str | None = None) -> tuple[Fault, ...]:
    """What is wrong with the visible questions of a step, or of all, in the order of the pages."""
    names = definition.step(step).names if step else tuple(definition.asked())
    faults = (_fault(definition.questions[name], state, answers) for name in names if name in state.visible)
    return tuple(fault for fault in faults if fault is not None)


def wrong_types(definition: Definition, values: Mapping[str, Any]) -> tuple[Fault, ...]:
    """What JSON Schema says against JSON values (of REST, of an example), visible or not."""
    return tuple(
        fault
        for name, value in values.items()
        if name in definition.questions and value is not None
        for fault in (_schema_fault(definition.questions[name], value),)
        if fault is not None
    )


def _fault(question: Question, state: State, answers: Answers) -> Fault | None:
    fact = question.fact
    answer = answers.get(fact.name)
    if answer is None or answer.value in (None, "", []):
        if fact.name not in state.required:
            return None
        kind = "required_chosen" if fact.type in CHOSEN else "required"
        return Fault(fact.name, "forms.required", _MESSAGES[kind], {"label": question.label})
    wrong = _schema_fault(question, answer.value)
    if wrong is not None:
        return wrong
    if fact.valid_when is not None and fact.valid_when.truth(state.facts).value is False:
        return Fault(fact.name, "forms.valid_when", _MESSAGES["other"], {"label": question.label}, fact.valid_message)
    return None


def _schema_fault(question: Question, value: Any) -> Fault | None:
    if any(_has_controls(text) for text in (value if isinstance(value, list) else [value])):
        return Fault(question.name, "forms.characters", _MESSAGES["characters"], {"label": question.label})
    validator = _validator(json.dumps(question.fact.json_schema(), sort_keys=True, ensure_ascii=False))
    error = min(validator.iter_errors(value), key=_rank, default=None)
    return None if error is None else _explained(question, error)


def _has_controls(text: object) -> bool:
    return isinstance(text, str) and any(c != "\n" and unicodedata.category(c) in {"Cc", "Cs"} for c in text)


def _rank(error: ValidationError) -> int:
    """The most telling fault first: what kind of thing it is, then its length, then its form."""
    order = ("type", "enum", "minLength", "maxLength", "pattern", "format")
    return order.index(error.validator) if error.validator in order else len(order)


def _explained(question: Question, error: ValidationError) -> Fault:
    fact, keyword = question.fact, str(error.validator)
    params: dict[str, object] = {"label": question.label}
    if keyword == "format" and isinstance(error.cause, InvalidCode):
        return Fault(fact.name, f"forms.{error.cause.reason}", error.cause.message, error.cause.params)
    if keyword == "pattern" and fact.pattern_message:
        return Fault(fact.name, "forms.pattern", _MESSAGES["other"], params, fact.pattern_message)
    if keyword == "format" and fact.type.value == "email":
        return Fault(fact.name, "forms.email", _MESSAGES["email"])
    if keyword in _MESSAGES:
        if isinstance(error.validator_value, int | float):
            params["limit"] = error.validator_value
        return Fault(fact.name, f"forms.{keyword}", _MESSAGES[keyword], params)
    return Fault(fact.name, f"forms.{keyword}", _MESSAGES["other"], params)


@lru_cache(maxsize=2000)
def _validator(schema: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads(schema), format_checker=FORMATS)


def schema_problem(fact: Fact) -> str:
    """What is wrong with the schema of a fact itself; empty if nothing."""
    try:
        Draft202012Validator.check_schema(fact.json_schema())
    except Exception as error:  # noqa: BLE001  the library raises several kinds, all are the author's mistake
        return str(getattr(error, "message", error))
    return ""


@FORMATS.checks("id-number", raises=InvalidCode)
def _id_number(value: object) -> bool:
    return not isinstance(value, str) or bool(validate_id_number(value))


@FORMATS.checks("mobile", raises=InvalidCode)
def _mobile(value: object) -> bool:
    return not isinstance(value, str) or bool(validate_mobile(value))


@FORMATS.checks("credit-code", raises=InvalidCode)
def _credit_code(value: object) -> bool:
    return not isinstance(value, str) or bool(validate_credit_code(value))


@FORMATS.checks("date", raises=ValueError)
def _date(value: object) -> bool:
    return not isinstance(value, str) or (len(value) == 10 and bool(date.fromisoformat(value)))


@FORMATS.checks("time-of-day", raises=ValueError)
def _time(value: object) -> bool:
    return not isinstance(value, str) or (len(value) == 5 and time.fromisoformat(value) is not None)


@FORMATS.checks("decimal", raises=InvalidOperation)
def _decimal(value: object) -> bool:
    return not isinstance(value, str) or Decimal(value).is_finite()


@FORMATS.checks("region-code")
def _region(value: object) -> bool:
    return not isinstance(value, str) or (value.isascii() and value.isdigit() and len(value) in {6, 9, 12})


@FORMATS.checks("email")
def _email(value: object) -> bool:
    if not isinstance(value, str):
        return True
    local, at, host = value.partition("@")
    return bool(local and at and "." in host.strip(".") and not any(c.isspace() for c in value))
