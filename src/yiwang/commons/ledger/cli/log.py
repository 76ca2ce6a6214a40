"""`yiwang ledger …` for the operator of the log: open it, see how it stands, append, sign, recompute."""

import json
import sys
from pathlib import Path
from typing import Any, Final

import click

from yiwang.commons.ledger import commands, queries
from yiwang.commons.ledger.cli.verifying import default_keys
from yiwang.commons.ledger.contracts import LogMissing, NewEntry
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.evidence import canonical

BY: Final = Actor.system("cli")
_JSON = click.option("--json", "as_json", is_flag=True, help="one JSON line")


@click.command("init")
@click.option("--origin", default="", help="the log's name in the world, e.g. example.gov.cn/ledger (empty: made up)")
@click.option("--suite", type=click.Choice(["", "national", "international"]), default="", help="empty: as set")
@click.option("--succeed", is_flag=True, help="close the log that is open and follow it")
def init(origin: str, suite: str, succeed: bool) -> None:
    """Open a log with a new signing key in the pool."""
    commands.open_log(origin=origin, suite=suite, succeed=succeed, by=BY, at=clock.now())
    found = queries.log(viewer=BY)
    assert found
    click.echo(f"{found.origin} {found.suite}")


@click.command("status")
@_JSON
def status(as_json: bool) -> None:
    """Size, newest head, quorum, backlog, witnesses."""
    found = queries.log(viewer=BY)
    if found is None:
        raise LogMissing
    standing = queries.standing(viewer=BY)
    told: dict[str, Any] = {
        "origin": found.origin,
        "suite": found.suite,
        "size": standing.size,
        "checkpoint": found.size,
        "root": found.root.hex(),
        "final": found.final_size,
        "quorum": found.quorum,
        "backlog": standing.backlog,
        "oldest_waiting_at": standing.oldest_waiting_at and standing.oldest_waiting_at.isoformat(),
        "witnesses": [
            {"name": each.name, "organisation": each.organisation, "behind": each.behind, "fault": each.fault}
            for each in queries.witnesses(viewer=BY)
        ],
    }
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for name, value in told.items():
        if name != "witnesses":
            click.echo(f"{name:18} {value}")
    for each in told["witnesses"]:
        click.echo(f"witness            {each['name']} {each['organisation']} -{each['behind']} {each['fault']}")


@click.command("append")
@click.argument("file", type=click.File("rb"))
@click.option("--kind", required=True, help="what sort of statement, e.g. lot.drawn")
def append(file: Any, kind: str) -> None:
    """Append statements from FILE (`-`: standard input): one JSON object a line, public facts and salted hashes only."""
    entries = []
    for number, line in enumerate(file, 1):
        try:
            statement = json.loads(line)
        except ValueError as error:
            raise click.BadParameter(f"line {number}: {error}", param_hint="FILE") from error
        if not isinstance(statement, dict):
            raise click.BadParameter(f"line {number}: 应为 JSON 对象 / a JSON object is expected", param_hint="FILE")
        entries.append(NewEntry(canonical(statement), kind[:60], clock.now()))
    first = commands.append(entries=entries, by=BY, at=clock.now())
    click.echo(f"{first}..{first + len(entries) - 1}" if entries else "-")


@click.command("checkpoint")
@click.option("--sequence", is_flag=True, help="first append the evidence that waits")
def checkpoint(sequence: bool) -> None:
    """Sign the head of the log as it is now; print it."""
    while sequence and commands.sequence(by=BY, at=clock.now()) == commands.BATCH:
        pass
    commands.sign_checkpoint(by=BY, at=clock.now())
    found = queries.log(viewer=BY)
    click.echo(found.note if found else "", nl=False)


@click.command("check")
@_JSON
@click.option("--no-evidence", is_flag=True, help="do not compare entries with the rows of evidence")
def check(as_json: bool, no_evidence: bool) -> None:
    """Recompute the whole log from its rows and say where it differs. Exit code 1 if it does."""
    result = queries.check(viewer=BY, evidence=not no_evidence)
    if as_json:
        line = {
            "sound": result.sound,
            "origin": result.origin,
            "size": result.size,
            "root": result.root,
            "checkpoints": result.checkpoints,
            "differences": [
                {"kind": each.kind.value, "place": each.place, "expected": each.expected, "found": each.found}
                for each in result.differences
            ],
        }
        click.echo(json.dumps(line, ensure_ascii=False))
    else:
        click.echo(
            f"{result.origin}: {result.size} 条 / entries, {result.checkpoints} 个检查点 / checkpoints, {result.root}"
        )
        for each in result.differences:
            click.echo(
                f"✗ {each.kind.value} {each.place}\n    应为 / expected: {each.expected}\n    现为 / found:    {each.found}"
            )
        click.echo("没有差异 / nothing differs" if result.sound else f"{len(result.differences)} 处差异 / differences")
    sys.exit(0 if result.sound else 1)


@click.command("keys")
@click.option("--to", type=click.Path(path_type=Path, dir_okay=False), help="a file instead of standard output")
@click.option(
    "--address", default="", help="where the ledger is served, e.g. https://city.example/ledger: then logs have theirs"
)
@click.option("--current", is_flag=True, help="the open log with its witnesses and quorum of today alone")
@click.option("--here", is_flag=True, help="keep them where `yiwang verify receipt` of this installation finds them")
def keys(to: Path | None, address: str, current: bool, here: bool) -> None:
    """The public keys of log and witnesses with the quorum, for `yiwang verify receipt --keys`."""
    text = queries.trusted_keys(viewer=BY, address=address, current=current)
    if here:
        to = default_keys()
        to.parent.mkdir(parents=True, exist_ok=True)
    if to is None:
        click.echo(text, nl=False)
    else:
        to.write_text(text, encoding="utf-8")
