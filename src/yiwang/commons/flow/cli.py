"""`yiwang flow`: check process models before they go into a pack."""

import sys
from pathlib import Path

import click

from yiwang.commons.flow import engine, registry


@click.group("flow", help="流程模型")
def cli() -> None:
    """Process models."""


@cli.command("lint", help="检查BPMN文件，列出每处错误的行号和改法")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def lint(files: tuple[Path, ...]) -> None:
    """Exit code 1 when there is an error; warnings tell what was supplied or left out."""
    parsed = engine.parse({str(file): file.read_bytes() for file in files}, evaluator=registry.evaluator())
    for finding in parsed.findings:
        click.echo(f"{'错误' if finding.severity is engine.Severity.ERROR else '提示'} {finding}")
    for model in parsed.models.values():
        operations = "、".join(sorted(model.targets("serviceTask"))) or "—"
        click.echo(f"流程 {model.key}：{model.name}；操作 {operations}")
    if parsed.errors:
        sys.exit(1)
