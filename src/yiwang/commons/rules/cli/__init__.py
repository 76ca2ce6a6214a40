"""`yiwang rules`: try an expression, run the conformance kit."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from yiwang.commons.rules.engine import FeelSyntaxError, as_text, compile_expression, to_json
from yiwang.commons.rules.engine.tck import TckCase, TckReport, run_tck


@click.group(name="rules")
def cli() -> None:
    """FEEL and decisions."""


@cli.command("eval")
@click.argument("expression")
@click.option("--facts", default="{}", help="facts as a JSON object")
@click.option("--json", "as_json", is_flag=True, help="one JSON line")
def evaluate(expression: str, facts: str, as_json: bool) -> None:
    """Evaluate a FEEL expression. Exit code 1 where it is no FEEL or depends on facts that are missing."""
    try:
        told = json.loads(facts)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--facts") from error
    if not isinstance(told, dict):
        raise click.BadParameter("应为 JSON 对象", param_hint="--facts")
    try:
        result = compile_expression(expression).evaluate(told)
    except FeelSyntaxError as error:
        click.echo(f"{error.line}:{error.column}: {error.diagnostic.text}", err=True)
        sys.exit(1)
    remarks = [f"{d.at.line}:{d.at.column}: {d.text}" for d in result.diagnostics]
    if as_json:
        line = {"value": to_json(result.value), "missing_facts": list(result.missing_facts), "remarks": remarks}
        click.echo(json.dumps(line, ensure_ascii=False))
    else:
        click.echo(as_text(result.value) if result.known else f"缺少事实：{'、'.join(result.missing_facts)}")
        for remark in remarks:
            click.echo(remark, err=True)
    sys.exit(0 if result.known else 1)


@cli.command("tck")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--json", "as_json", is_flag=True, help="one JSON line")
@click.option("--failures", is_flag=True, help="each case that fails")
def tck(folder: Path, as_json: bool, failures: bool) -> None:
    """Run the DMN conformance kit (a folder with its models and test cases)."""
    report = run_tck(folder)
    if as_json:
        click.echo(json.dumps(_summary(report, failures), ensure_ascii=False))
        return
    for level, tally in report.tally().items():
        values, errors = (f"{tally[f'{w}_passed']}/{tally[w]}" for w in ("value", "error"))
        click.echo(f"{level}: {values} values, {errors} errors")
    click.echo(f"{len(report.passed)}/{len(report.cases)}")
    for case in report.failed if failures else ():
        click.echo(f"{case.directory} {case.case} {case.node}: {case.expected} ≠ {case.actual}")


def _summary(report: TckReport, failures: bool) -> dict[str, Any]:
    line: dict[str, Any] = {
        "total": len(report.cases),
        "passed": len(report.passed),
        "failed": len(report.failed),
        "levels": report.tally(),
    }
    if failures:
        line["failures"] = [_failure(case) for case in report.failed]
    return line


def _failure(case: TckCase) -> dict[str, Any]:
    names = ("level", "directory", "file", "case", "node", "expects_error", "expected", "actual")
    return {name: getattr(case, name) for name in names}
