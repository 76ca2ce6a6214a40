"""`yiwang rules tck`: run the conformance kit, and write the page of its results."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from yiwang.commons.rules.engine.tck import Tally, TckReport, TckResult, run_tck

from . import cli


@cli.command("tck")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--json", "as_json", is_flag=True, help="one JSON line")
@click.option("--failures", is_flag=True, help="each result that differs, with what was expected")
@click.option("--page", is_flag=True, help="the results as the page docs/conformance.md")
def tck(folder: Path, as_json: bool, failures: bool, page: bool) -> None:
    """Run a folder of the DMN Technology Compatibility Kit: models (.dmn) with their test files (.xml), at any depth.

    Counted as the kit counts, by test case. Exit code 1 where a case fails.
    """
    report = run_tck(folder)
    if page:
        click.echo(_page(report), nl=False)
    elif as_json:
        click.echo(json.dumps(_summary(report, failures), ensure_ascii=False))
    else:
        _tell(report, failures)
    sys.exit(0 if report.passed == len(report.cases) else 1)


def _tell(report: TckReport, failures: bool) -> None:
    for level, tally in report.tally().items():
        values, errors = f"{tally.values_passed}/{tally.values}", f"{tally.errors_passed}/{tally.errors}"
        click.echo(f"{level}: {tally.passed}/{tally.cases} cases ({values} values, {errors} errors)")
    click.echo(json.dumps(_counts(report)))
    for result in report.failures if failures else ():
        click.echo(f"{result.directory} {result.case} {result.node}: {result.expected} ≠ {result.actual}")


def _counts(report: TckReport) -> dict[str, Any]:
    total = len(report.cases)
    return {"passed": report.passed, "failed": total - report.passed, "total": total}


def _summary(report: TckReport, failures: bool) -> dict[str, Any]:
    line = _counts(report)
    line["results"] = {
        "passed": sum(t.values_passed + t.errors_passed for t in report.tally().values()),
        "failed": len(report.failures),
        "total": sum(t.values + t.errors for t in report.tally().values()),
    }
    line["levels"] = {level: {name: getattr(t, name) for name in _COUNTS} for level, t in report.tally().items()}
    if failures:
        line["failures"] = [_failure(result) for result in report.failures]
    return line


_COUNTS = ("cases", "passed", "values", "values_passed", "errors", "errors_passed")


def _failure(result: TckResult) -> dict[str, Any]:
    names = ("level", "directory", "file", "case", "node", "expects_error", "expected", "actual")
    return {name: getattr(result, name) for name in names}


_HEAD = """# Conformance to DMN 1.5

Written by `./dev rules tck DIR --page > docs/conformance.md`, where `DIR` is a folder of the
[DMN Technology Compatibility Kit](https://github.com/dmn-tck/tck). Don't edit it by hand.

A test case counts as passed when each of its results is right, as the kit counts. Results that expect an error (null)
prove less than those that expect a value, so they are counted apart. Functions of Java and PMML are refused on purpose:
nothing but FEEL runs here, so the cases of `feel-external-java` that expect a value can't pass.

The kit is one measure. `commons/rules/engine/tests/standard/` holds the examples of the standard's own clauses and tables,
`test_models.py` whole models in the namespace of each version, `test_hostile.py` what must be stopped, and `fuzzing.py`
what random and coverage-guided campaigns feed the engine with; `fuzz.py` says how to run a long one.

"""


def _page(report: TckReport) -> str:
    lines = [_table("level", report.tally()), "\n## Directories\n\n"]
    lines.append(_table("directory", report.tally(lambda case: f"{case.level[-1:]}/{case.directory}")))
    lines.append("\n## Results that differ\n\n")
    lines.extend(f"- {r.directory} `{r.case}` {r.node}: expected {_cell(r.expected)}\n" for r in report.failures)
    if not report.failures:
        lines.append("None.\n")
    return _HEAD + "".join(lines)


def _cell(text: str) -> str:
    return f"`{text.replace('|', ' ').replace('`', ' ')[:80]}`"


def _table(title: str, tallies: dict[str, Tally]) -> str:
    rows = [f"| {title} | cases | passed | values | errors |", "|---|---|---|---|---|"]
    total = sum(tallies.values(), Tally())
    for name, t in [*tallies.items(), ("total", total)]:
        values, errors = f"{t.values_passed}/{t.values}", f"{t.errors_passed}/{t.errors}"
        rows.append(f"| {name} | {t.cases} | {t.passed} | {values} | {errors} |")
    return "\n".join(rows) + "\n"
