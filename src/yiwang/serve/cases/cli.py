"""`yiwang cases`: check that a case and its documents are as they were written."""

import json
import sys

import click

from yiwang.kernel.actor import Actor
from yiwang.serve.cases import queries


@click.group("cases", help="办件")
def cli() -> None:
    """Cases."""


@cli.command("verify", help="重新计算办件及其联办事项的全部记录和文书的摘要，与链和存证核对")
@click.argument("number")
@click.option("--json", "as_json", is_flag=True, help="一行 JSON")
def verify(number: str, as_json: bool) -> None:
    """Exit code 1 when anything is not as it was written."""
    found = queries.verify(number=number, viewer=Actor.system("yiwang cases verify"))
    if as_json:
        told = {"number": number, "sound": found.sound, "events": found.events, "documents": found.documents}
        click.echo(json.dumps({**told, "faults": list(found.faults)}, ensure_ascii=False))
    else:
        click.echo(f"办件 {number}：核对办理记录 {found.events} 条、文书 {found.documents} 份")
        for fault in found.faults:
            click.echo(f"不一致：{fault}")
        click.echo("全部一致" if found.sound else "校验不通过，请保全数据库并联系系统管理员")
    if not found.sound:
        sys.exit(1)
