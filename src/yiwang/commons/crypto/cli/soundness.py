"""`yiwang crypto self-test`: needs no database, for it is asked when nothing starts any more."""

import sys
import time

import click

from yiwang.commons.crypto import engine

from . import cli


@cli.command("self-test")
def self_test() -> None:
    """Compute the known answers of every algorithm. Exit code 1 where one is wrong."""
    began = time.monotonic()
    failed = engine.self_test()
    for name in failed:
        click.echo(f"✗ {name}")
    if not failed:
        click.echo(f"全部通过（{(time.monotonic() - began) * 1000:.0f} 毫秒）")
    sys.exit(1 if failed else 0)
