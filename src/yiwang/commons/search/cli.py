"""`yiwang search TEXT`: what a resident would find, with scores."""

import click

from yiwang.commons.search import queries
from yiwang.kernel.actor import Actor


@click.command("search")
@click.argument("text")
@click.option("--kind", multiple=True, help="only documents of this kind (repeatable)")
@click.option("--size", default=10, show_default=True, type=click.IntRange(1, 100))
def cli(text: str, kind: tuple[str, ...], size: int) -> None:
    """Search public documents for TEXT; when nothing is found, show what may have been meant."""
    page = queries.search(text=text, kinds=kind, viewer=Actor.anonymous(), size=size)
    for hit in page.items:
        click.echo(f"{hit.score:>7}  {hit.kind}:{hit.key}  {hit.title}")
    if not page.items:
        click.echo("没有找到 / nothing found")
        for meant in queries.suggest(text=text, kinds=kind, viewer=Actor.anonymous()):
            click.echo(f"      ?  {meant.kind}:{meant.key}  {meant.title}")
