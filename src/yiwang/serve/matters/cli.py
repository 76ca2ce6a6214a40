"""`yiwang matters`: take over a foreign list of matters."""

import json
import sys
from pathlib import Path

import click

from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.serve.matters import commands, queries
from yiwang.serve.matters.contracts import ImportReport, ListUnreadable, RowVerdict
from yiwang.serve.matters.rules import LARGEST

_COUNTS = ("rows", "imported", "unchanged", "changed", "rejected")
_VERDICTS = {RowVerdict.REPAIRED: "已修正", RowVerdict.NOTED: "请核对", RowVerdict.REJECTED: "未导入"}


@click.group("matters", help="政务服务事项")
def cli() -> None:
    """Matters."""


@cli.command("import", help="导入事项清单（CSV），每一行要么导入，要么列出原因")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="只看结果，不写入")
@click.option("--json", "as_json", is_flag=True, help="输出一行 JSON")
def import_(file: Path, *, dry_run: bool, as_json: bool) -> None:
    """One JSON line counts what became of the rows. Exit code 1 when the file as a whole can't be read."""
    actor = Actor.system("matters.import")
    with file.open("rb") as stream:
        data = stream.read(LARGEST + 1)
    try:
        if dry_run:
            report = queries.plan_import(file=file.name, data=data, viewer=actor).report(dry_run=True)
        else:
            report = commands.import_list(file=file.name, data=data, by=actor, at=clock.now())
    except ListUnreadable as error:
        click.echo(
            json.dumps({"file": file.name, "error": error.code, "reason": str(error)}, ensure_ascii=False)
            if as_json
            else f"{error}\n{error.advice()}",
            err=not as_json,
        )
        sys.exit(1)
    click.echo(_line(report) if as_json else _words(report))


def _line(report: ImportReport) -> str:
    counts = {name: getattr(report, name) for name in _COUNTS}
    rules_struck = {verdict.value: dict(report.count(verdict)) for verdict in _VERDICTS}
    return json.dumps(
        {"file": report.file, "encoding": report.encoding, **counts, "rules": rules_struck, "dry_run": report.dry_run},
        ensure_ascii=False,
    )


def _words(report: ImportReport) -> str:
    said = [
        f"{report.file}（{report.encoding}）：{report.rows} 行，导入 {report.imported}，没有变化 {report.unchanged}，"
        f"有变化 {report.changed}，未导入 {report.rejected}" + ("（试运行，没有写入）" if report.dry_run else "")
    ]
    for verdict, words in _VERDICTS.items():
        messages = {each.rule: each.message for each in report.findings if each.verdict is verdict}
        said += [f"{words} {count} 处：{messages[rule]}" for rule, count in report.count(verdict).items()]
    said += [
        f"第 {each.line} 行 {each.name or each.original.get('text', '')[:60].strip()}：{each.message} {each.before}".rstrip()
        for each in report.findings
        if each.verdict is RowVerdict.REJECTED
    ]
    return "\n".join(said)
