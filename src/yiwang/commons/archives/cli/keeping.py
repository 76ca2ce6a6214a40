"""`yiwang archives list, show, check, export, keys, open, schedule`: what an archivist does without a browser."""

import json
import sys
from pathlib import Path
from uuid import UUID

import click

from yiwang.commons.archives import commands, queries
from yiwang.commons.archives.contracts import ArchiveDamaged, ArchiveNotFound, ArchiveRow, ListNotFound, Retention
from yiwang.commons.archives.engine import KEYS, Outcome, Stage
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.settings import settings

_OPERATOR = Actor.system("yiwang archives")
_JSON = click.option("--json", "as_json", is_flag=True, help="one JSON line for each")


def _one(number: str) -> ArchiveRow:
    """The archive of that number, or of the record of that number."""
    found = queries.archives(viewer=_OPERATOR, text=number, size=2).items
    exact = [row for row in found if number in {row.archive_number, row.number, str(row.id)}]
    if len(exact) != 1:
        raise ArchiveNotFound
    return exact[0]


def _facts(row: ArchiveRow) -> dict[str, object]:
    return {
        "id": str(row.id), "archive": row.archive_number, "number": row.number, "title": row.title, "state": row.state.value,
        "retention": row.retention.value if row.retention else "", "retain_until": str(row.retain_until or ""),
        "passed": row.passed, "waiting": row.waiting, "bytes": row.size,
    }  # fmt: skip


@click.command("list")
@click.option("--text", default="", help="of the title, or the beginning of a number")
@click.option("--state", default="", help="opened, packed, archived, …")
@click.option(
    "--waiting",
    type=click.Choice(["", "unscheduled", "failing", "expired"]),
    default="",
    help="what waits for an archivist",
)
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 500))
@_JSON
def list_archives(text: str, state: str, waiting: str, limit: int, as_json: bool) -> None:
    """List archives, the latest closed first."""
    page = queries.archives(viewer=_OPERATOR, text=text, state=state, waiting=waiting, size=limit)
    for row in page.items:
        if as_json:
            click.echo(json.dumps(_facts(row), ensure_ascii=False))
        else:
            click.echo(f"{row.archive_number or '—'}  {row.state.label}  {row.number}  {row.title}")


@click.command("show")
@click.argument("number")
def show(number: str) -> None:
    """Show one archive with its last check, as JSON."""
    found = queries.archive(archive_id=_one(number).id, viewer=_OPERATOR)
    checks = [
        {"stage": c.stage, "at": c.at.isoformat(), "passed": c.passed, "findings": [list(f) for f in c.findings]}
        for c in found.checks
    ]
    click.echo(json.dumps({**_facts(found.row), "digest": found.digest, "checks": checks}, ensure_ascii=False))


@click.command("check")
@click.argument("number")
@click.option(
    "--stage", type=click.Choice([each.value for each in Stage]), default=Stage.PRESERVE.value, show_default=True
)
@_JSON
def check(number: str, stage: str, as_json: bool) -> None:
    """Check the four properties of a stored package now; nothing is written. Exit code 1 where a check fails."""
    found = queries.archive(archive_id=_one(number).id, viewer=_OPERATOR)
    report = queries.check_stored(digest=found.digest, stage=Stage(stage), viewer=_OPERATOR)
    for each in report.findings:
        if as_json:
            click.echo(json.dumps(each.as_json(), ensure_ascii=False))
        else:
            click.echo(f"{each.outcome.label}  {each.check.id}  {each.check.title}  {each.evidence}".rstrip())
            if each.outcome is Outcome.FAILED:
                click.echo(f"    {each.check.advice}")
    sys.exit(0 if report.passed else 1)


@click.command("export")
@click.argument("number")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def export(number: str, folder: Path) -> None:
    """Write a package, or all packages of a handover list (YJ…) with the list itself, into FOLDER."""
    folder.mkdir(parents=True, exist_ok=True)
    if number.startswith("YJ"):
        _export_list(number, folder)
        return
    row = _one(number)
    click.echo(str(_written(row.archive_number, queries.archive(archive_id=row.id, viewer=_OPERATOR).digest, folder)))


def _written(archive_number: str, digest: str, folder: Path) -> Path:
    if not queries.is_whole(digest=digest, viewer=_OPERATOR):
        raise ArchiveDamaged(number=archive_number)
    data = queries.stored(digest=digest, viewer=_OPERATOR)
    target = folder / f"{archive_number.replace('·', '.')}.zip"
    target.write_bytes(data)
    return target


def _export_list(number: str, folder: Path) -> None:
    found = queries.list_numbered(number=number, viewer=_OPERATOR)
    if found is None:
        raise ListNotFound
    for name, data in queries.handover(found=found, viewer=_OPERATOR).items():
        (folder / name).write_bytes(data)
        click.echo(str(folder / name))
    for entry in found.entries:
        if entry.state in queries.HANDED_OVER:
            click.echo(str(_written(entry.archive_number, entry.digest, folder)))


@click.command("keys")
def keys() -> None:
    """Write and show the public keys with which anybody verifies this installation's packages."""
    commands.ensure_key(by=_OPERATOR, at=clock.now())
    commands.write_trusted_keys(by=_OPERATOR, at=clock.now())
    click.echo((settings().data_dir / KEYS).read_text(), nl=False)


@click.command("open")
@click.argument("number")
def open_again(number: str) -> None:
    """Let the packing of an archive that still waits be tried now."""
    commands.pack_again(archive_id=_one(number).id, by=_OPERATOR, at=clock.now())


@click.command("schedule")
@click.argument("number")
@click.argument("retention", type=click.Choice([each.value for each in Retention]))
@click.option("--ground", required=True, help="what the period is based on")
def schedule(number: str, retention: str, ground: str) -> None:
    """Decide how long an archive is kept that no rule fits."""
    commands.schedule(
        archive_id=UUID(str(_one(number).id)),
        retention=Retention(retention),
        ground=ground,
        by=_OPERATOR,
        at=clock.now(),
    )
