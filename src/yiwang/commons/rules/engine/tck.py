"""Runs the Technology Compatibility Kit of DMN (github.com/dmn-tck/tck): its models and cases against this engine.

Counted by test case, as the kit counts. Results that expect an error (null) prove little alone, so they are counted
apart from those that expect a value.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import astuple, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

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
class TckResult:
    """One result node; `expects_error` where the kit wants an error, which is null."""

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
class TckCase:
    """One `testCase` with all its result nodes; it passes where each of them does, as the kit counts."""

    level: str
    directory: str
    file: str
    case: str
    results: tuple[TckResult, ...]

    @property
    def passed(self) -> bool:
        return all(result.passed for result in self.results)


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of one level: test cases, and result nodes apart by whether they expect a value or an error."""

    cases: int = 0
    passed: int = 0
    values: int = 0
    values_passed: int = 0
    errors: int = 0
    errors_passed: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))

    @classmethod
    def of(cls, case: TckCase) -> "Tally":
        values = [r.passed for r in case.results if not r.expects_error]
        errors = [r.passed for r in case.results if r.expects_error]
        return cls(1, int(case.passed), len(values), sum(values), len(errors), sum(errors))


@dataclass(frozen=True, slots=True)
class TckReport:
    cases: tuple[TckCase, ...]

    @property
    def passed(self) -> int:
        return sum(case.passed for case in self.cases)

    @property
    def failures(self) -> tuple[TckResult, ...]:
        """The result nodes that differ."""
        return tuple(result for case in self.cases for result in case.results if not result.passed)

    def tally(self, by: Callable[[TckCase], str] = lambda case: case.level) -> dict[str, Tally]:
        """Counts per level, or per whatever `by` tells."""
        counts: dict[str, Tally] = {}
        for case in self.cases:
            counts[by(case)] = counts.get(by(case), Tally()) + Tally.of(case)
        return counts


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
    """Run every test file below a folder; the level is the name of the folder two above a file.

    The kit's own runner counts `testCase` elements, so a case with one wrong result node fails as a whole.
    """
    cases: list[TckCase] = []
    for file in sorted(root.rglob("*.xml")):
        cases += _run_file(file)
    return TckReport(tuple(cases))


def _run_file(file: Path) -> Iterator[TckCase]:
    try:
        tests = ElementTree.parse(file).getroot()
    except (ElementTree.ParseError, DefusedXmlException):
        return
    if tests is None or _local(tests) != "testCases":
        return
    model = _load(file, tests)
    for index, test in enumerate(_children(tests, "testCase"), 1):
        facts = {node.get("name"): read_value(node) for node in _children(test, "inputNode")}
        where = (file.parent.parent.name, file.parent.name, file.name, test.get("id") or str(index))
        yield TckCase(*where, tuple(_run_node(where, model, test, facts, n) for n in _children(test, "resultNode")))


def _load(file: Path, tests: Any) -> Model | str:
    """The model that the tests name, or why there is none; all others of the folder may be imported."""
    name = next(_children(tests, "modelName"), None)
    path = file.parent / (name.text or "").strip() if name is not None else next(file.parent.glob("*.dmn"), file)
    others = [other.read_bytes() for other in sorted(path.parent.glob("*.dmn")) if other.name != path.name]
    try:
        return load_dmn(path.read_bytes(), others)
    except (RulesError, OSError) as error:
        return str(error)


def _run_node(
    where: tuple[str, str, str, str], model: Model | str, test: Any, facts: Mapping[str, Value], node: Any
) -> TckResult:
    name = node.get("name")
    expects_error = node.get("errorResult") == "true"
    wanted = next(_children(node, "expected"), None)
    expected = read_value(wanted) if wanted is not None else None
    shown = "error" if expects_error else _text(expected)
    if isinstance(model, str):
        return TckResult(*where, name, expects_error, False, shown, model)
    try:
        outcome = _decide(model, test, facts, name)
    except RulesError as error:
        return TckResult(*where, name, expects_error, expects_error, shown, str(error))
    actual = outcome.value
    passed = actual is None if expects_error else agrees(actual, expected)
    remarks = "; ".join(remark.text for remark in outcome.diagnostics[:3]) if actual is None else ""
    return TckResult(
        *where, name, expects_error, passed, shown, f"{_text(actual)} ({remarks})" if remarks else _text(actual)
    )


def _decide(model: Model, test: Any, facts: Mapping[str, Value], name: str) -> Outcome:
    """What the case asks for: the node's decision, or what it invokes (a decision service or a knowledge model)."""
    if test.get("type") not in {"decisionService", "bkm"}:
        return model.decide(name, facts, absent=Absent.NULL)
    outcome = model.decide(test.get("invocableName") or name, facts, absent=Absent.NULL)
    several = isinstance(outcome.value, dict) and name in outcome.value and len(list(_children(test, "resultNode"))) > 1
    return Outcome(outcome.value[name], diagnostics=outcome.diagnostics) if several else outcome
