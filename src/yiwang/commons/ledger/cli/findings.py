"""`yiwang ledger findings`: what was found wrong with the log, and what came of it."""

from uuid import UUID

import click

from yiwang.commons.ledger import commands, queries
from yiwang.commons.ledger.cli.log import BY
from yiwang.kernel import clock


@click.group("findings", invoke_without_command=True)
@click.pass_context
def findings(context: click.Context) -> None:
    """What was found wrong, the newest first; `settle` says what came of it."""
    if context.invoked_subcommand is None:
        for each in queries.findings(viewer=BY, size=100).items:
            mark = "✓" if each.settled_at else "✗"
            at = each.at.isoformat(timespec="seconds")
            click.echo(f"{mark} {each.id} {at} {each.kind.value} {each.witness} {each.words}")


@findings.command("settle")
@click.argument("finding", type=click.UUID)
@click.argument("words")
def settle(finding: UUID, words: str) -> None:
    """Keep in WORDS what came of FINDING (its id): it stays in the list, and `yiwang doctor` is content again."""
    commands.settle_finding(finding_id=finding, words=words, by=BY, at=clock.now())
