"""`yiwang flow`: check process models before they go into a pack, move running processes to another version."""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from yiwang.commons.flow import commands, engine, queries, registry
from yiwang.commons.flow.contracts import PlannedInstance
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.errors import DomainError

_WORDS = {engine.Severity.ERROR: "错误", engine.Severity.WARNING: "提示"}


@click.group("flow", help="流程模型")
def cli() -> None:
    """Process models."""


@cli.command("lint", help="检查BPMN文件，列出每处错误的行号、元素和改法")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="输出一个JSON对象")
def lint(files: tuple[Path, ...], *, as_json: bool) -> None:
    """Exit code 0: may be published; 1: an error, also an operation that nobody registered; 2: no such file.

    Warnings tell what was supplied or has no effect.
    """
    parsed = engine.parse({str(file): file.read_bytes() for file in files}, evaluator=registry.evaluator())
    findings = [*parsed.findings, *_unregistered(parsed.models, str(files[0]) if len(files) == 1 else "")]
    errors = sum(finding.severity is engine.Severity.ERROR for finding in findings)
    if as_json:
        click.echo(json.dumps(_told(parsed.models, findings, errors), ensure_ascii=False, indent=2))
    else:
        for finding in findings:
            click.echo(f"{_WORDS[finding.severity]} {finding}")
        for model in parsed.models.values():
            operations = "、".join(sorted(model.targets("serviceTask"))) or "—"
            click.echo(f"流程 {model.key}：{model.name}；操作 {operations}")
    if errors:
        sys.exit(1)


@cli.command("migrate", help="把在办流程换到另一个版本；先用 --dry-run 逐件检查")
@click.argument("key")
@click.argument("from_version", type=int)
@click.argument("to_version", type=int)
@click.option("--map", "mapped", multiple=True, metavar="原环节=新环节", help="标识有变化的环节，可写多次")
@click.option("--dry-run", is_flag=True, help="只检查，不换")
def migrate(key: str, from_version: int, to_version: int, mapped: tuple[str, ...], *, dry_run: bool) -> None:
    """Exit code 1 where nothing could be done, 3 where some instances stay (or would stay) with their version."""
    mapping = dict(_pair(text) for text in mapped)
    by = Actor.system("yiwang flow migrate")
    try:
        stay = (
            _plan(key, from_version, to_version, mapping, by)
            if dry_run
            else _move(key, from_version, to_version, mapping, by)
        )
    except DomainError as error:
        lines = [error.sentence(), *(f"{name} {fault}" for name, fault in getattr(error, "fields", {}).items())]
        click.echo("\n".join(lines), err=True)
        sys.exit(1)
    if stay:
        sys.exit(3)


def _pair(text: str) -> tuple[str, str]:
    old, sign, new = (part.strip() for part in text.partition("="))
    if not (old and sign and new):
        raise click.BadParameter("应写成“原环节=新环节”。", param_hint="--map")
    return old, new


def _plan(key: str, source: int, target: int, mapping: dict[str, str], by: Actor) -> int:
    total = staying = 0
    for row in _planned(key, source, target, mapping, by):
        total += 1
        staying += not row.is_safe
        why = "；".join(f"{each.name or each.element_id} {each.reason}" for each in row.obstacles)
        click.echo(f"{'可以' if row.is_safe else '不换'} {row.id} {'、'.join(row.stages) or '—'} {why}".rstrip())
    click.echo(f"共{total}件，可以换{total - staying}件，不换{staying}件。没有改动任何数据。")
    return staying


def _planned(key: str, source: int, target: int, mapping: dict[str, str], by: Actor) -> Iterator[PlannedInstance]:
    cursor: str | None = None
    while True:
        plan = queries.plan_migration(
            key=key, from_version=source, to_version=target, mapping=mapping, viewer=by, cursor=cursor, size=100
        )
        for fault in plan.faults:
            click.echo(f"对应表 {fault.element_id} {fault.reason}", err=True)
        if plan.faults:
            sys.exit(1)
        yield from plan.page.items
        cursor = plan.page.next_cursor
        if cursor is None:
            return


def _move(key: str, source: int, target: int, mapping: dict[str, str], by: Actor) -> int:
    """All batches here and now; a worker that takes a batch meanwhile does no harm."""
    migration_id = commands.migrate_instances(
        key=key, from_version=source, to_version=target, mapping=mapping, by=by, at=clock.now()
    )
    while not commands.migrate_batch(migration_id=migration_id, by=by, at=clock.now()):
        done = queries.migration(migration_id=migration_id, viewer=by)
        click.echo(f"{done.done}/{done.total}", err=True)
    done = queries.migration(migration_id=migration_id, viewer=by)
    click.echo(f"共{done.total}件，已换{done.moved}件，不换{done.refused}件。")
    for element, reason, number in done.reasons:
        click.echo(f"  {number}件停在 {element}：{reason}")
    return done.refused


def _unregistered(models: Mapping[str, engine.Model], file: str) -> list[engine.Finding]:
    """What publication would refuse although the file is right in itself."""
    known = set(registry.operations())
    mend = "请改用已登记的操作：" + ("、".join(sorted(known)) or "—")
    return [
        engine.Finding(file or model.key, use.element_id, use.line, f"操作“{use.target}”没有登记。", mend)
        for model in models.values()
        for use in model.uses("serviceTask")
        if use.target not in known
    ]


def _told(models: Mapping[str, engine.Model], findings: list[engine.Finding], errors: int) -> dict[str, Any]:
    return {
        "errors": errors,
        "warnings": len(findings) - errors,
        "processes": [
            {
                "key": model.key,
                "name": model.name,
                "operations": sorted(model.targets("serviceTask")),
                "decisions": sorted(model.targets("businessRuleTask")),
                "calls": sorted(model.targets("callActivity")),
                "begins": [
                    {"element": each.element_id, "kind": each.kind, "name": each.name} for each in model.beginnings
                ],
            }
            for model in models.values()
        ],
        "findings": [
            {
                "file": finding.file,
                "line": finding.line,
                "element": finding.element_id,
                "severity": finding.severity.value,
                "message": finding.message,
                "mend": finding.mend,
            }
            for finding in findings
        ],
    }
