"""`yiwang ledger witnesses` and `quorum`: which organisations co-sign the log, and how many must."""

from time import monotonic, sleep
from uuid import UUID

import click

from yiwang.commons.ledger import commands, queries
from yiwang.commons.ledger.cli.log import BY
from yiwang.commons.ledger.contracts import HeadWouldRetreat
from yiwang.kernel import clock


@click.group("witnesses", invoke_without_command=True)
@click.pass_context
def witnesses(context: click.Context) -> None:
    """List the witnesses; `add` and `retire` change them."""
    if context.invoked_subcommand is None:
        for each in queries.witnesses(viewer=BY):
            click.echo(f"{each.id} {each.name} {each.organisation} {each.url} {each.last_size} {each.fault}")


@witnesses.command("add")
@click.argument("vkey")
@click.option("--organisation", required=True, help="who runs it")
@click.option("--url", required=True, help="where it answers, e.g. https://witness.example.org")
def add(vkey: str, organisation: str, url: str) -> None:
    """Have the witness with the public key VKEY (name+id+base64) co-sign from now on."""
    click.echo(commands.add_witness(vkey=vkey, organisation=organisation, url=url, by=BY, at=clock.now()))


@witnesses.command("retire")
@click.argument("witness", type=click.UUID)
@click.option("--distrusted", is_flag=True, help="what it co-signed counts no more either")
@click.option("--retreat", is_flag=True, help="with --distrusted: even if the public head moves back by it")
def retire(witness: UUID, distrusted: bool, retreat: bool) -> None:
    """Ask WITNESS (its id) no more."""
    commands.retire_witness(witness_id=witness, distrusted=distrusted, retreat=retreat, by=BY, at=clock.now())


@click.command("quorum")
@click.argument("needed", type=click.IntRange(0, 64))
@click.option(
    "--wait", default=60, show_default=True, help="seconds until so many have co-signed what is public already"
)
def quorum(needed: int, wait: int) -> None:
    """A receipt is final when NEEDED witnesses have co-signed."""
    until = monotonic() + wait
    while True:
        try:
            return commands.set_quorum(needed=needed, by=BY, at=clock.now())
        except HeadWouldRetreat:
            if monotonic() >= until:
                raise
            sleep(1)
