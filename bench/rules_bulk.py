"""Decisions over a million rows, beside SQL that somebody wrote by hand for the same rules and the same columns."""

import csv
import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from math import log10
from pathlib import Path
from random import Random

import duckdb
import numpy as np
import pyarrow as pa

from bench.measuring import Figures, growth, interleaved, ratio, rounded
from bench.rules_peers import DISTRICTS, INPUTS, ROOT, Row, inside, rows_of, table_of
from yiwang.commons.rules.engine import DecisionTable, HitPolicy, Input, Output, Rule, TableExpression, compile_table
from yiwang.commons.rules.engine.bulk import decide_many

ROWS = 1_000_000
DRAWING = ROOT / "docs" / "guide" / "rules-growth"
Tests = list[tuple[str, str]]


def run(*, quick: bool, full: bool) -> Figures:
    """The value alone, all columns where facts are absent, fifty policies, and growth with rows."""
    rounds, count = (2, 20_000) if quick else (7, ROWS)
    rules = rows_of(10)
    decision = compile_table(table_of(rules))
    figures: Figures = {}
    ratios: Figures = {}
    began = time.perf_counter()
    table = records(count)
    decide_many(decision, table).to_arrow()
    figures["rows-plan"] = {"first_s": rounded(time.perf_counter() - began)}
    cases: dict[str, tuple[pa.Table, bool, str]] = {
        "rows-value": (table, False, value_sql(rules)),
        "rows-all-columns": (
            records(count, absent=0.02),
            True,
            all_sql(rules),
        ),
    }
    for name, (facts, every, sql) in cases.items():
        figures[name], ratios[name] = _compared(decision, facts, every, sql, rounds)
    child = _child(count, rounds)
    figures["rows-50-policies"], ratios["rows-50-policies"] = child["figures"], child["ratios"]
    sizes = [10_000, 100_000] if quick else [10_000, 100_000, 1_000_000, *([10_000_000] if full else [])]
    taken = {size: _seconds(decision, records(size)) for size in sizes}
    figures["rows-growth"] = {f"{size}_rows_s": rounded(seconds) for size, seconds in taken.items()}
    ratios["growth_with_rows"] = growth(taken)
    if full:
        draw(taken, DRAWING)
    return {"figures": figures, "ratios": ratios}


def records(count: int, absent: float = 0.0) -> pa.Table:
    """Made-up residents; of each column that share is null."""
    random = np.random.default_rng(5)
    columns = {
        "age": random.integers(0, 100, count),
        "income": random.integers(0, 21, count) * 500,
        "district": np.array(DISTRICTS)[random.integers(0, len(DISTRICTS), count)],
        "married": random.random(count) < 0.6,
        "children": random.integers(0, 5, count),
        "insured": random.random(count) < 0.7,
    }
    if not absent:
        return pa.table(columns)
    return pa.table({name: pa.array(values, mask=random.random(count) < absent) for name, values in columns.items()})


def value_sql(rules: Sequence[Row]) -> str:
    branches = "".join(
        f"WHEN {' AND '.join(t for _, t in _tests(row)) or 'true'} THEN '{row.result}' " for row in rules
    )
    return f"SELECT CASE {branches}END AS value FROM facts"


def all_sql(rules: Sequence[Row]) -> str:
    """What a careful person writes where facts may be absent: the rule that surely wins, the earlier ones still open."""
    branches = " ".join(
        f"WHEN {' AND '.join(t for _, t in _tests(row)) or 'true'} THEN {n}" for n, row in enumerate(rules, 1)
    )
    maybe = [" AND ".join(f"({test} OR {name} IS NULL)" for name, test in _tests(row)) or "true" for row in rules]
    opened = ", ".join(f"{n} < s AND {test} AS o{n}" for n, test in enumerate(maybe, 1))
    results = " ".join(f"WHEN {n} THEN '{row.result}'" for n, row in enumerate(rules, 1))
    names = ", ".join(
        f"CASE WHEN {name} IS NULL AND ({' OR '.join(_readers(name, rules))}) THEN '{name}' END" for name in INPUTS
    )
    some = " OR ".join(f"o{n}" for n in range(1, len(rules) + 1))
    return (
        f"WITH a AS (SELECT *, CASE {branches} END AS s FROM facts), b AS (SELECT *, {opened} FROM a) "
        f"SELECT CASE WHEN {some} THEN NULL ELSE CASE s {results} END END AS value, [s] AS matched_rules, "
        f"CASE WHEN {some} THEN list_filter([{names}], lambda x: x IS NOT NULL) ELSE [] END AS missing_facts FROM b"
    )


def _readers(name: str, rules: Sequence[Row]) -> list[str]:
    return [f"o{n}" for n, row in enumerate(rules, 1) if name in dict(_tests(row))] or ["false"]


def _tests(row: Row) -> Tests:
    """A rule's conditions in SQL, by input."""
    if row.result == "else":
        return []
    low, high, cap, places, married, children, insured = row.limits
    found = [
        ("age", f"age BETWEEN {low} AND {high}"),
        ("income", f"income < {cap}"),
        ("district", f"district IN {places!r}"),
        ("married", "married" if married else "NOT married"),
        ("children", f"children >= {children}"),
        ("insured", "insured" if insured else "NOT insured"),
    ]
    return [(name, test) for name, test in found if (name, None) not in {("married", married), ("insured", insured)}]


def _compared(
    decision: TableExpression | dict[str, TableExpression],
    facts: pa.Table,
    every: bool,
    sql: str,
    rounds: int,
) -> tuple[Figures, Figures]:
    connection = duckdb.connect()
    connection.register("facts", facts)

    def ours() -> pa.Table:
        return decide_many(decision, facts, matched_rules=every, missing_facts=every).to_arrow()

    def by_hand() -> pa.Table:
        return connection.sql(sql).to_arrow_table()

    mine, theirs = ours(), by_hand()
    for name in theirs.column_names:
        if mine[name].to_pylist()[:50_000] != theirs[name].to_pylist()[:50_000]:
            raise AssertionError(f"SQL by hand says otherwise: {name}")
    times = interleaved({"ours": ours, "sql": by_hand}, rounds=rounds)
    per_row = {
        name: {**each.ms(), "rows_per_s": rounded(facts.num_rows / min(each.wall))} for name, each in times.items()
    }
    return per_row, {"to_sql": ratio(times["ours"], times["sql"])}


def _seconds(decision: TableExpression, facts: pa.Table) -> float:
    decide_many(decision, facts).to_arrow()
    found: list[float] = []
    for _ in range(5):
        began = time.perf_counter()
        decide_many(decision, facts).to_arrow()
        found.append(time.perf_counter() - began)
    return min(found)


# --- fifty policies ---


def policies(count: int = 50) -> dict[str, TableExpression]:
    """Made-up support policies of three tiers over what is known of an enterprise."""
    return {f"p{n}": compile_table(_policy(n)) for n in range(count)}


def _tiers(number: int) -> tuple[str, list[tuple[int, int, int]]]:
    random = Random(number)
    industry = f"C{random.randint(10, 43)}"
    start = random.randint(1, 9) * 1000
    return industry, [(start * factor, 20 * factor, 100_000 * factor) for factor in (4, 2, 1)]


def _policy(number: int) -> DecisionTable:
    industry, tiers = _tiers(number)
    rules = [
        Rule((f">= {revenue}", f">= {staff}", f'not("{industry}")', "true"), (str(amount),))
        for revenue, staff, amount in tiers
    ]
    inputs = tuple(Input(name) for name in ("revenue", "staff", "industry", "honest"))
    return DecisionTable(inputs, (Output(default="0"),), tuple(rules), HitPolicy.FIRST)


def _policies_sql(count: int = 50) -> str:
    columns = []
    for number in range(count):
        industry, tiers = _tiers(number)
        branches = " ".join(
            f"WHEN revenue >= {revenue} AND staff >= {staff} AND industry <> '{industry}' AND honest THEN {amount}::BIGINT"
            for revenue, staff, amount in tiers
        )
        columns.append(f"CASE {branches} ELSE 0 END AS p{number}")
    return f"SELECT {', '.join(columns)} FROM facts"


def enterprises(count: int) -> pa.Table:
    random = np.random.default_rng(6)
    industries = np.array([f"C{n}" for n in range(10, 44)])
    return pa.table(
        {
            "revenue": random.integers(0, 60_000, count),
            "staff": random.integers(0, 300, count),
            "industry": industries[random.integers(0, len(industries), count)],
            "honest": random.random(count) < 0.95,
        }
    )


def _child(count: int, rounds: int) -> Figures:
    """In a process of its own, so that its memory is its own."""
    code = "import sys; from bench.rules_bulk import fifty; fifty(int(sys.argv[1]), int(sys.argv[2]))"
    command = [sys.executable, "-c", code, str(count), str(rounds)]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=inside()).stdout
    found: Figures = json.loads(said.splitlines()[-1])
    return found


def fifty(count: int, rounds: int) -> None:
    """Peak memory of our way alone, then the times of both."""
    decisions, facts = policies(), enterprises(count)
    decide_many(decisions, facts).to_arrow()
    peak = _peak_mb()
    figures, ratios = _compared(decisions, facts, False, _policies_sql(), rounds)
    print(json.dumps({"figures": {**figures, "peak_mb": rounded(peak)}, "ratios": ratios}))


def _peak_mb() -> float:
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


# --- the drawing ---


def draw(taken: dict[int, float], path: Path) -> None:
    """Seconds by rows as a table of figures and as a drawing, both axes logarithmic."""
    with path.with_suffix(".csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("rows", "seconds"), *((n, f"{s:.4f}") for n, s in taken.items())])
    place: Callable[[float, float], tuple[float, float]] = lambda n, s: (  # noqa: E731
        60 + (log10(n) - 4) * 150, 260 - (log10(s) + 3) * 55
    )  # fmt: skip
    points = [place(n, s) for n, s in taken.items()]
    parts: list[str] = [f'<polyline fill="none" stroke="#1b5fab" stroke-width="2" points="{_line(points)}"/>']
    for (x, y), (n, s) in zip(points, taken.items(), strict=True):
        parts.append(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="4" fill="#1b5fab"/>')
        parts.append(f'<text x="{x:.0f}" y="{y + 22:.0f}" text-anchor="middle">{s:.3g} s</text>')
        parts.append(f'<text x="{x:.0f}" y="285" text-anchor="middle">{n:,}</text>')
    first = next(iter(taken.items()))
    ideal = [place(n, first[1] * n / first[0]) for n in taken]
    parts.append(f'<polyline fill="none" stroke="#999" stroke-dasharray="5 4" points="{_line(ideal)}"/>')
    body = "".join(parts)
    path.with_suffix(".svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 300" font-family="sans-serif" font-size="13">'
        f'<title>Seconds by rows (dashed: linear)</title><rect width="600" height="300" fill="#fff"/>{body}</svg>\n',
        encoding="utf-8",
    )


def _line(points: list[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
