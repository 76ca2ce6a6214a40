"""`yiwang rules check`: what the analysis finds in DMN files."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from yiwang.commons.rules.engine import as_text

from . import cli
from .reading import beside

if TYPE_CHECKING:
    from yiwang.commons.rules.engine.analysis import Finding

_WORDS = {"error": "错误", "warning": "警告", "note": "提示"}


@cli.command("check")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="one JSON line for each file")
@click.option("--seconds", default=5.0, show_default=True, help="time for the tables of one file")
def check_files(files: tuple[Path, ...], as_json: bool, seconds: float) -> None:
    """Analyse DMN files: gaps, overlaps, rules that never count, type errors, unknown names, recursion.

    Imported models are looked for beside each file. Exit code 1 where a file has an error.
    """
    from yiwang.commons.rules.engine.analysis import check  # loaded by this verb alone

    wrong = False
    for file in files:
        report = check(file.read_bytes(), beside(file), seconds=seconds)
        wrong = wrong or bool(report.errors)
        if as_json:
            line = {"file": str(file), "complete": report.complete, "findings": [f.as_json() for f in report.findings]}
            click.echo(json.dumps(line, ensure_ascii=False))
            continue
        for finding in report.findings:
            click.echo(_line(file, finding))
        if not report.findings:
            click.echo(f"{file}: 没有发现问题")
    sys.exit(1 if wrong else 0)


def _line(file: Path, finding: "Finding") -> str:
    where = f" {finding.where}" if finding.where else ""
    text = f"{file}:{finding.line}:{finding.column}: {_WORDS[finding.severity]}{where} {finding.text}"
    if finding.example:
        text += f"\n    例如：{as_text(dict(finding.example))}"
    return f"{text} [{finding.code}]"
