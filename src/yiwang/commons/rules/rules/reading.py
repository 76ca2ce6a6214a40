"""FEEL cells and values as an official reads them: 不少于 12, 是, 小型、微型. What is not simple stays FEEL."""

import json
import re
from typing import Any

_STRING = r'"(?:[^"\\]|\\.)*"'
_NUMBER = r"-?\d+(?:\.\d+)?"
_DATE = r'(?:date\(\s*"(\d{4})-(\d\d)-(\d\d)"\s*\)|@"(\d{4})-(\d\d)-(\d\d)")'
_CONSTANT = re.compile(rf"{_STRING}|{_NUMBER}|true|false|{_DATE}")
_LIST = re.compile(rf"\s*(?:{_STRING})(?:\s*,\s*(?:{_STRING}))*\s*")
_TEST = re.compile(r"\s*(<=|>=|<|>|=|!=)?\s*(.+?)\s*", re.DOTALL)
_RANGE = re.compile(r"\s*([\[\](])\s*(.+?)\s*\.\.\s*(.+?)\s*([\])\[])\s*", re.DOTALL)
_SIGNS = {"<=": "≤", ">=": "≥", "<": "<", ">": ">", "=": "", "!=": "≠", None: ""}

Part = tuple[str, str]
"""What to show and which kind it is: `text`, `sign`, `yes`, `no`, `feel`, `and`, `not`."""


def constants(text: str) -> tuple[str, ...]:
    """The texts that a cell names, where it is a list of texts and nothing else."""
    if not _LIST.fullmatch(text or ""):
        return ()
    return tuple(json.loads(found) for found in re.findall(_STRING, text))


def constant(text: str) -> str | None:
    """A single constant without its FEEL form; None for anything else. Truth values stay as they are."""
    text = text.strip()
    if not _CONSTANT.fullmatch(text):
        return None
    if text.startswith('"'):
        try:
            return str(json.loads(text))
        except ValueError:
            return None
    date = re.fullmatch(_DATE, text)
    if date:
        return "-".join(part for part in date.groups() if part)
    return text


def cell_parts(text: str) -> tuple[Part, ...]:
    """A cell as parts to show, in order; one `feel` part where it is not simple. Empty for a dash."""
    text = text.strip()
    if text in {"", "-"}:
        return ()
    negated = re.fullmatch(r"not\((.*)\)", text, re.DOTALL)
    if negated and (inside := cell_parts(negated.group(1))) and all(kind != "feel" for _t, kind in inside):
        return (("", "not"), *inside)
    found: list[Part] = []
    for test in _split(text):
        parts = _test(test)
        if parts is None:
            return ((text, "feel"),)
        if found:
            found.append(("", "and"))
        found += parts
    return tuple(found)


def _test(text: str) -> list[Part] | None:
    span = _RANGE.fullmatch(text)
    if span:
        low, high = constant(span.group(2)), constant(span.group(3))
        if low is None or high is None:
            return None
        first = "≥" if span.group(1) == "[" else ">"
        second = "≤" if span.group(4) == "]" else "<"
        if first == "≥" and second == "≤":
            return [(f"{low} – {high}", "text")]
        return [(f"{first} {low}", "sign"), (f"{second} {high}", "sign")]
    match = _TEST.fullmatch(text)
    value = constant(match.group(2)) if match else None
    if match is None or value is None:
        return None
    sign = _SIGNS[match.group(1)]
    if value in {"true", "false"} and not sign:
        return [("", "yes" if value == "true" else "no")]
    return [(f"{sign} {value}".strip(), "sign" if sign else "text")]


def _split(text: str) -> list[str]:
    """The tests of a cell at its top level."""
    parts, depth, quoted, start = [], 0, False, 0
    for index, letter in enumerate(text):
        if letter == '"' and (index == 0 or text[index - 1] != "\\"):
            quoted = not quoted
        elif quoted:
            continue
        elif letter in "([{":
            depth += 1
        elif letter in ")]}":
            depth -= 1
        elif letter == "," and depth <= 0:
            parts.append(text[start:index])
            start = index + 1
    return [*parts, text[start:]]


def shown_value(value: Any) -> str:  # noqa: PLR0911 - one return for each kind
    """A JSON value in one line, without words of any language."""
    match value:
        case None:
            return "—"
        case bool():
            return "✓" if value else "✕"
        case str():
            return value
        case float():
            return f"{value:,.10g}"
        case int():
            return str(value)
        case list():
            return "、".join(shown_value(each) for each in value)
        case dict():
            return "，".join(f"{name} {shown_value(each)}" for name, each in value.items())
    return str(value)
