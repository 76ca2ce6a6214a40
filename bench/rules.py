"""Decisions a second: a table of rules over six inputs, and single expressions, beside hand-written Python and a peer.

The same generated rules become a FEEL table, the source of a Python function (the limit), and a table of SpiffWorkflow
(the peer, whose cells are Python). All must agree on every record before anything is timed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from types import SimpleNamespace
from typing import Any

from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.dmn.engine.DMNEngine import DMNEngine
from SpiffWorkflow.dmn.specs import model as spiff

from bench.measuring import Figures, growth, interleaved, ratio
from yiwang.commons.rules.engine import (
    DecisionTable,
    HitPolicy,
    Input,
    Output,
    Rule,
    compile_expression,
    compile_table,
    to_json,
)

Facts = Mapping[str, Any]
INPUTS = ("age", "income", "district", "married", "children", "insured")
_DISTRICTS = ("320402", "320404", "320411", "320412", "320413", "320481")
_EXPRESSIONS = {
    "comparison": ('age >= 18 and district = "320402"', "age >= 18 and district == '320402'"),
    "arithmetic": ("(income * 12 + children * 1000) / 12 > 4000", "(income * 12 + children * 1000) / 12 > 4000"),
    "list": (
        'some d in ["320402", "320404", "320411"] satisfies d = district',
        "any(d == district for d in ['320402', '320404', '320411'])",
    ),
    "conditional": (
        'if married and children > 1 then "large" else if children > 0 then "small" else "none"',
        "'large' if married and children > 1 else 'small' if children > 0 else 'none'",
    ),
}


@dataclass(frozen=True)
class _Row:
    """One rule: (FEEL, Python with ? for the value) for each input; an empty Python cell tests nothing."""

    cells: tuple[tuple[str, str], ...]
    result: str


def run(*, quick: bool) -> Figures:
    """Figures for a 10×6 table and expressions, and the growth with the number of rules."""
    rounds, records = (3, 200) if quick else (15, 2000)
    facts = _records(records)
    figures: Figures = {}
    ratios: Figures = {}
    for rules in (10, 100) if quick else (10, 100, 1000):
        few = facts[: max(20, records * 10 // rules)]
        figures[f"table-{rules}x6"], ratios[f"table-{rules}x6"] = _table(rules, few, rounds)
    for name, (feel, python) in _EXPRESSIONS.items():
        figures[f"expression-{name}"], ratios[f"expression-{name}"] = _expression(feel, python, facts, rounds)
    per_rule = {
        int(name.removeprefix("table-").partition("x")[0]): 1 / each["ours"]["cpu_per_s"]
        for name, each in figures.items()
        if name.startswith("table")
    }
    return {"figures": figures, "ratios": {**ratios, "growth_with_rules": growth(per_rule)}}


def _table(rules: int, facts: Sequence[Facts], rounds: int) -> tuple[Figures, Figures]:
    rows = _rows(rules)
    ours, limit = _ours(rows), _python(rows)
    peer = _peer(rows)
    some = facts[: max(5, len(facts) // 100)]
    found = [(ours(each), limit(each)) for each in facts] + [(ours(each), peer(each)) for each in some]
    if any(mine != theirs for mine, theirs in found):
        raise AssertionError("the evaluators disagree")
    return _compare({"ours": (ours, facts), "limit": (limit, facts), "peer": (peer, some)}, rounds)


def _expression(feel: str, python: str, facts: Sequence[Facts], rounds: int) -> tuple[Figures, Figures]:
    compiled, engine = compile_expression(feel), PythonScriptEngine()
    limit = eval(f"lambda {', '.join(INPUTS)}: {python}")
    task = SimpleNamespace(data={})

    def peer(record: Facts) -> Any:
        task.data = dict(record)
        return engine.evaluate(task, python)

    cases: dict[str, tuple[Callable[[Facts], Any], Sequence[Facts]]] = {
        "ours": (lambda record: compiled.evaluate(record).value, facts),
        "limit": (lambda record: limit(**record), facts),
        "peer": (peer, facts[: max(5, len(facts) // 10)]),
    }
    if any(len({call(each) for call, _facts in cases.values()}) != 1 for each in facts[:50]):
        raise AssertionError(f"the evaluators disagree on {feel}")
    return _compare(cases, rounds)


def _compare(
    cases: Mapping[str, tuple[Callable[[Facts], Any], Sequence[Facts]]], rounds: int
) -> tuple[Figures, Figures]:
    calls = {name: _over(call, facts) for name, (call, facts) in cases.items()}
    times = interleaved(calls, rounds=rounds)
    for name, (_call, facts) in cases.items():
        times[name].wall = [each / len(facts) for each in times[name].wall]
        times[name].cpu = [each / len(facts) for each in times[name].cpu]
    return (
        {name: times[name].rate() for name in cases},
        {"to_limit": ratio(times["ours"], times["limit"]), "to_peer": ratio(times["ours"], times["peer"])},
    )


def _over(call: Callable[[Facts], Any], facts: Sequence[Facts]) -> Callable[[], None]:
    def all_of_them() -> None:
        for each in facts:
            call(each)

    return all_of_them


def _records(number: int) -> list[Facts]:
    random = Random(5)
    return [
        {
            "age": random.randint(0, 99), "income": random.randint(0, 20) * 500, "district": random.choice(_DISTRICTS),
            "married": random.random() < 0.6, "children": random.randint(0, 4), "insured": random.random() < 0.7,
        }
        for _ in range(number)
    ]  # fmt: skip


def _rows(number: int) -> list[_Row]:
    """Rules that are narrow but for the last, so that many records pass by many of them."""
    random = Random(number)
    rows = [_Row(_cells(random), f"r{place}") for place in range(number - 1)]
    return [*rows, _Row((("-", ""),) * len(INPUTS), "else")]


def _cells(random: Random) -> tuple[tuple[str, str], ...]:
    low, income, children = random.randint(0, 90), random.randint(2, 20) * 500, random.randint(0, 3)
    places = random.sample(_DISTRICTS, 2)
    married, insured = random.choice(("true", "false", "-")), random.choice(("true", "false", "-"))
    return (
        (f"[{low}..{low + 9}]", f"{low} <= ? <= {low + 9}"),
        (f"< {income}", f"? < {income}"),
        (", ".join(f'"{each}"' for each in places), f"? in {tuple(places)!r}"),
        (married, "" if married == "-" else f"? is {married.title()}"),
        (f">= {children}", f"? >= {children}"),
        (insured, "" if insured == "-" else f"? is {insured.title()}"),
    )


def _ours(rows: Sequence[_Row]) -> Callable[[Facts], Any]:
    table = DecisionTable(
        inputs=tuple(Input(name) for name in INPUTS),
        outputs=(Output(),),
        rules=tuple(Rule(tuple(feel for feel, _ in row.cells), (f'"{row.result}"',)) for row in rows),
        hit_policy=HitPolicy.FIRST,
        name="bench",
    )
    compiled = compile_table(table)
    return lambda record: to_json(compiled.evaluate(record).value)


def _python(rows: Sequence[_Row]) -> Callable[[Facts], Any]:
    """The rules as somebody would write them by hand, one `if` a rule."""
    lines = [f"def decide({', '.join(INPUTS)}):"]
    for row in rows:
        tests = [python.replace("?", name) for name, (_, python) in zip(INPUTS, row.cells, strict=True) if python]
        lines.append(f"    if {' and '.join(tests) or 'True'}: return {row.result!r}")
    space: dict[str, Any] = {}
    exec("\n".join(lines), space)
    decide = space["decide"]
    return lambda record: decide(**record)


def _peer(rows: Sequence[_Row]) -> Callable[[Facts], Any]:
    """SpiffWorkflow's own decision tables; its UNIQUE ends at the first rule that matches."""
    table = spiff.DecisionTable("bench", "bench", "UNIQUE")
    table.inputs = [spiff.Input(name, name, name, name, "") for name in INPUTS]
    output = spiff.Output("result", "result", "result", "")
    for number, row in enumerate(rows):
        rule = spiff.Rule(str(number))
        for column, (_, python) in zip(table.inputs, row.cells, strict=True):
            entry = spiff.InputEntry(f"{number}-{column.id}", column)
            entry.lhs = [python or None]
            rule.inputEntries.append(entry)
        result = spiff.OutputEntry(f"{number}-result", output)
        result.text = repr(row.result)
        rule.outputEntries.append(result)
        table.rules.append(rule)
    engine = DMNEngine(table)
    task = SimpleNamespace(data={}, workflow=SimpleNamespace(script_engine=PythonScriptEngine()))

    def decide(record: Facts) -> Any:
        task.data = dict(record)
        return engine.result(task)["result"]

    return decide
