"""Runs the Technology Compatibility Kit of DMN (github.com/dmn-tck/tck): its models and cases against this engine.

Cases that expect an error (null) prove little alone, so they are counted apart from cases that expect a value.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from defusedxml import ElementTree

from .diagnostics import RulesError
from .dmn_model import Model, load_dmn
from .expression import Absent
from .functions_conversion import as_text
from .operators import equal
from .outcome import Outcome
from .temporal_text import parse_date, parse_date_time, parse_duration, parse_time
from .values import Value, kind, number

TOLERANCE = Decimal("1e-8")
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"


@dataclass(frozen=True, slots=True)
class TckCase:
    """One expected result; `expects_error` where the kit wants an error, which is null."""

    level: str
    directory: str
    file: str
    case: str
    node: str
    expects_error: bool
    passed: bool
    expected: str
    actual: str


@dataclass(frozen=True, slots=True)
class TckReport:
    cases: tuple[TckCase, ...]

    @property
    def passed(self) -> tuple[TckCase, ...]:
        return tuple(case for case in self.cases if case.passed)

    @property
    def failed(self) -> tuple[TckCase, ...]:
        return tuple(case for case in self.cases if not case.passed)

    def tally(self) -> dict[str, dict[str, int]]:
        """Per level: cases and passed ones, those that expect a value and those that expect an error."""
        levels: dict[str, dict[str, int]] = {}
        for case in self.cases:
            level = levels.setdefault(case.level, {"value": 0, "value_passed": 0, "error": 0, "error_passed": 0})
            what = "error" if case.expects_error else "value"
            level[what] += 1
            level[f"{what}_passed"] += case.passed
        return levels


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _children(element: Any, tag: str) -> Iterator[Any]:
    return (child for child in element if _local(child) == tag)


_READ: Mapping[str, Callable[[str], Value]] = {
    "boolean": lambda text: text.strip() == "true",
    "date": parse_date,
    "time": parse_time,
    "dateTime": parse_date_time,
    "duration": parse_duration,
    "dayTimeDuration": parse_duration,
    "yearMonthDuration": parse_duration,
}
_NUMBERS = {"decimal", "double", "integer", "int", "long", "float"}


def read_value(element: Any) -> Value:
    """The value of an `inputNode`, `expected`, `item` or `component`."""
    if element.get(NIL) == "true":
        return None
    components = list(_children(element, "component"))
    if components:
        return {component.get("name"): read_value(component) for component in components}
    for items in _children(element, "list"):
        return None if items.get(NIL) == "true" else [read_value(item) for item in _children(items, "item")]
    for value in _children(element, "value"):
        return _scalar(value)
    return None


def _scalar(element: Any) -> Value:
    if element.get(NIL) == "true":
        return None
    declared = (element.get(TYPE) or "string").rpartition(":")[2]
    text = element.text or ""
    if declared in _NUMBERS:
        return number(text.strip())
    read = _READ.get(declared)
    return read(text.strip()) if read else text


def agrees(actual: Value, expected: Value) -> bool:
    """Equal, numbers within the kit's tolerance."""
    if isinstance(expected, Decimal):
        return isinstance(actual, Decimal) and abs(actual - expected) <= TOLERANCE * max(Decimal(1), abs(expected))
    if isinstance(expected, list):
        same = isinstance(actual, list) and len(actual) == len(expected)
        return same and all(map(agrees, actual, expected))
    if isinstance(expected, dict):
        same = isinstance(actual, dict) and actual.keys() == expected.keys()
        return same and all(agrees(actual[k], v) for k, v in expected.items())
    return kind(actual) == kind(expected) and equal(actual, expected) is True


def _text(value: Value) -> str:
    return as_text(value)[:300]


def run_tck(root: Path) -> TckReport:
    """Run every test file below a folder; the level is the name of the folder two above a file."""
    cases: list[TckCase] = []
    for file in sorted(root.rglob("*.xml")):
        cases += _run_file(file)
    return TckReport(tuple(cases))


def _run_file(file: Path) -> Iterator[TckCase]:
    try:
        tests = ElementTree.parse(file).getroot()
    except ElementTree.ParseError:
        return
    if tests is None or _local(tests) != "testCases":
        return
    model = _load(file, tests)
    for test in _children(tests, "testCase"):
        facts = {node.get("name"): read_value(node) for node in _children(test, "inputNode")}
        for node in _children(test, "resultNode"):
            yield _run_case(file, model, test, facts, node)


def _load(file: Path, tests: Any) -> Model | str:
    name = next(_children(tests, "modelName"), None)
    path = file.parent / (name.text or "").strip() if name is not None else next(file.parent.glob("*.dmn"))
    others = [other.read_bytes() for other in sorted(path.parent.glob("*.dmn")) if other.name != path.name]
    try:
        return load_dmn(path.read_bytes(), others)
    except (RulesError, OSError) as error:
        return str(error)


def _run_case(file: Path, model: Model | str, test: Any, facts: Mapping[str, Value], node: Any) -> TckCase:
    name = node.get("name")
    expects_error = node.get("errorResult") == "true"
    wanted = next(_children(node, "expected"), None)
    expected = read_value(wanted) if wanted is not None else None
    where = (file.parent.parent.name, file.parent.name, file.name, test.get("id") or "", name)
    actual: Value = None
    try:
        if isinstance(model, str):
            return TckCase(*where, expects_error, False, _text(expected), model)
        actual = _decide(model, test, facts, name).value
    except RulesError as error:
        return TckCase(*where, expects_error, expects_error, _text(expected), str(error))
    passed = actual is None if expects_error else agrees(actual, expected)
    return TckCase(*where, expects_error, passed, _text(expected), _text(actual))


def _decide(model: Model, test: Any, facts: Mapping[str, Value], name: str) -> Outcome:
    if test.get("type") != "decisionService":
        return model.decide(name, facts, absent=Absent.NULL)
    outcome = model.decide(test.get("invocableName"), facts, absent=Absent.NULL)
    several = isinstance(outcome.value, dict) and name in outcome.value and len(list(_children(test, "resultNode"))) > 1
    return Outcome(outcome.value[name]) if several else outcome
