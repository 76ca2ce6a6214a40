"""`yiwang search TEXT`: what a resident would find, with scores. `yiwang search --rebuild`: the index anew."""

import click

from yiwang.commons.search import commands, queries
from yiwang.commons.search.contracts import Narrow
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor


@click.command("search")
@click.argument("text", default="")
@click.option("--kind", multiple=True, help="only documents of this kind (repeatable)")
@click.option("--theme", default="", help="only of this theme")
@click.option("--audience", default="", help="only for `person` or `legal_entity`")
@click.option("--region", default="", help="only what is offered in this division code")
@click.option("--size", default=10, show_default=True, type=click.IntRange(1, 100))
@click.option("--rebuild", is_flag=True, help="index anew what all contexts publish, then search")
def cli(text: str, kind: tuple[str, ...], theme: str, audience: str, region: str, size: int, rebuild: bool) -> None:
    """Search public documents for TEXT; when nothing is found, show what may have been meant."""
    if not text and not rebuild:
        raise click.UsageError("要查找的文字呢？ / TEXT is missing")
    if rebuild:
        counts = commands.rebuild(by=Actor.system("cli"), at=clock.now())
        for each, count in counts.items():
            click.echo(f"{count:>7}  {each}")
    if text:
        _tell(text, kind, Narrow(theme, audience, region), size)


def _tell(text: str, kinds: tuple[str, ...], narrow: Narrow, size: int) -> None:
    found = queries.find(text=text, kinds=kinds, narrow=narrow, viewer=Actor.anonymous(), size=size)
    if found.read_as:
        click.echo(f"      =  {found.read_as}")
    for hit in found.page.items:
        click.echo(f"{hit.score:>7}  {hit.kind}:{hit.key}  {hit.title}")
    if not found.page.items:
        click.echo("没有找到 / nothing found")
    for meant in found.meant:
        click.echo(f"      ?  {meant.kind}:{meant.key}  {meant.title}")
