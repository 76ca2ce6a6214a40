"""The peers of the decision tables, and the rules that all of them share; a peer that is missing is installed aside."""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.dmn.engine.DMNEngine import DMNEngine
from SpiffWorkflow.dmn.specs import model as spiff

from bench.aside import peer
from yiwang.commons.rules.engine import DecisionTable, HitPolicy, Input, Output, Rule

Facts = Mapping[str, Any]
Decide = Callable[[Facts], Any]
INPUTS = ("age", "income", "district", "married", "children", "insured")
DISTRICTS = ("320402", "320404", "320411", "320412", "320413", "320481")
ZEN = "zen-engine>=2.1,<3"
ROOT = Path(__file__).parents[1]


def inside() -> dict[str, str]:
    """Environment of a process of its own that finds the program and the benchmarks."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT)))}


@dataclass(frozen=True)
class Row:
    """One rule: (FEEL, Python with ? for the value) for each input; an empty Python cell tests nothing."""

    cells: tuple[tuple[str, str], ...]
    limits: tuple[Any, ...]
    result: str


def rows_of(number: int) -> list[Row]:
    """Rules that are narrow but for the last, so that many records pass by many of them."""
    random = Random(number)
    rows = [Row(*_cells(random), f"r{place}") for place in range(number - 1)]
    every = (("-", ""),) * len(INPUTS)
    return [*rows, Row(every, (0, 10**9, 10**9, DISTRICTS, None, 0, None), "else")]


def _cells(random: Random) -> tuple[tuple[tuple[str, str], ...], tuple[Any, ...]]:
    low, income, children = random.randint(0, 90), random.randint(2, 20) * 500, random.randint(0, 3)
    places = tuple(random.sample(DISTRICTS, 2))
    married, insured = random.choice(("true", "false", "-")), random.choice(("true", "false", "-"))
    cells = (
        (f"[{low}..{low + 9}]", f"{low} <= ? <= {low + 9}"),
        (f"< {income}", f"? < {income}"),
        (", ".join(f'"{each}"' for each in places), f"? in {places!r}"),
        (married, "" if married == "-" else f"? is {married.title()}"),
        (f">= {children}", f"? >= {children}"),
        (insured, "" if insured == "-" else f"? is {insured.title()}"),
    )
    truth = {"true": True, "false": False, "-": None}
    return cells, (low, low + 9, income, places, truth[married], children, truth[insured])


def table_of(rows: Sequence[Row]) -> DecisionTable:
    return DecisionTable(
        inputs=tuple(Input(name) for name in INPUTS),
        outputs=(Output(),),
        rules=tuple(Rule(tuple(feel for feel, _ in row.cells), (f'"{row.result}"',)) for row in rows),
        hit_policy=HitPolicy.FIRST,
        name="bench",
    )


def function(rows: Sequence[Row]) -> Decide:
    """The rules as somebody would write them by hand, one `if` a rule: nothing is faster in Python."""
    lines = [f"def decide({', '.join(INPUTS)}):"]
    for row in rows:
        tests = [python.replace("?", name) for name, (_, python) in zip(INPUTS, row.cells, strict=True) if python]
        lines.append(f"    if {' and '.join(tests) or 'True'}: return {row.result!r}")
    space: dict[str, Any] = {}
    exec("\n".join(lines), space)
    decide = space["decide"]
    return lambda record: decide(**record)


def loop(rows: Sequence[Row]) -> Decide:
    """A loop over the rules as data, without decimals, nulls or types."""
    rules = [(*row.limits, row.result) for row in rows]

    def decide(record: Facts) -> Any:
        age, income, district = record["age"], record["income"], record["district"]
        married, children, insured = record["married"], record["children"], record["insured"]
        for low, high, cap, places, wed, kids, covered, result in rules:
            if (
                low <= age <= high
                and income < cap
                and district in places
                and (wed is None or married is wed)
                and children >= kids
                and (covered is None or insured is covered)
            ):
                return result
        return None

    return decide


def spiffworkflow(rows: Sequence[Row]) -> Decide:
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


def zen(rows: Sequence[Row]) -> Decide:
    """zen-engine (Rust), its decision compiled once."""
    engine = peer("zen", ZEN).ZenEngine()
    inputs = [{"id": name, "name": name, "field": name} for name in INPUTS]
    rules = []
    for number, row in enumerate(rows):
        cells = {name: "" if feel == "-" else feel for name, (feel, _) in zip(INPUTS, row.cells, strict=True)}
        rules.append({"_id": str(number), **cells, "result": f'"{row.result}"'})
    content = {
        "hitPolicy": "first",
        "inputs": inputs,
        "outputs": [{"id": "result", "name": "result", "field": "result"}],
        "rules": rules,
    }
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode"},
        {"id": "table", "name": "table", "type": "decisionTableNode", "content": content},
        {"id": "out", "name": "out", "type": "outputNode"},
    ]
    edges = [
        {"id": "1", "sourceId": "in", "targetId": "table", "type": "edge"},
        {"id": "2", "sourceId": "table", "targetId": "out", "type": "edge"},
    ]
    decision = engine.create_decision(json.dumps({"nodes": nodes, "edges": edges}))
    return lambda record: decision.evaluate(record)["result"]["result"]
