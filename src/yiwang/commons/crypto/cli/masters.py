"""`yiwang crypto master-key`: which there are, a new one, backup under a passphrase and restore."""

import os
from pathlib import Path

import click

from yiwang.commons.crypto import commands, queries, registry
from yiwang.commons.crypto.contrib.master_backup import opened_backup, sealed_backup
from yiwang.commons.crypto.contrib.master_files import MasterFiles
from yiwang.kernel import clock
from yiwang.kernel.settings import kept_secret, settings

from . import cli
from .keys import OPERATOR

PASSPHRASE = "YIWANG_PASSPHRASE"  # noqa: S105  the name of a variable


def _files() -> MasterFiles:
    keeper = registry.master_keys()
    files = keeper if isinstance(keeper, MasterFiles) else getattr(keeper, "files", None)
    if not isinstance(files, MasterFiles):
        raise click.ClickException("主密钥在密码机里，请用密码机自己的备份")
    return files


def _passphrase(*, again: bool) -> str:
    given = os.environ.get(PASSPHRASE)
    if given is not None:
        return given
    return str(click.prompt("口令 / passphrase", hide_input=True, confirmation_prompt=again))


@cli.group("master-key")
def master_key() -> None:
    """The master key that wraps all others; it is never in the database."""


@master_key.command("list")
def list_masters() -> None:
    """Master keys by fingerprint: which wraps, how many versions, whether it is on this machine."""
    for row in queries.masters(viewer=OPERATOR):
        state = "在用" if row.state == "active" else "已停用"
        click.echo(
            f"{row.fingerprint} {row.kind} {state} 包裹 {row.keys} 个密钥版本 {'在本机' if row.present else '不在本机'}"
        )


@master_key.command("new")
def new() -> None:
    """Make a master key in the folder of keys and print its fingerprint; `rotate` takes it up later.

    Several machines: copy the file to each of them first.
    """
    click.echo(registry.master_keys().make())


@master_key.command("rotate")
@click.argument("fingerprint", required=False)
def rotate(fingerprint: str | None) -> None:
    """Wrap every key anew, under a new master key or the one of that fingerprint; everything goes on meanwhile."""
    chosen = fingerprint or registry.master_keys().make()
    count = commands.rotate_master_key(fingerprint=chosen, by=OPERATOR, at=clock.now())
    click.echo(f"{chosen}: 重新包裹了 {count} 个密钥版本。请立即备份：yiwang crypto master-key backup FILE")


@master_key.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Write the master keys of this machine into FILE (mode 0600) under a passphrase: asked for, or $YIWANG_PASSPHRASE."""
    if file.exists():
        raise click.BadParameter("文件已存在", param_hint="FILE")
    masters = _files().secrets()  # beside a token: those that wrapped before it, and still open dumps of then
    if not masters:
        raise click.ClickException("主密钥在密码机里，请用密码机自己的备份")
    text = sealed_backup(masters, _passphrase(again=True), settings().crypto_suite)
    kept_secret(file.absolute(), content=text.encode())
    commands.record_master_backup(fingerprints=sorted(masters), by=OPERATOR, at=clock.now())
    click.echo(f"{file}: {len(masters)} 个主密钥。请与数据库备份分开保存，口令由另一人保管")


@master_key.command("restore")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def restore(file: Path) -> None:
    """Put the master keys of a backup into the folder of keys; those that are there stay."""
    for content in opened_backup(file.read_text("utf-8", "replace"), _passphrase(again=False)).values():
        click.echo(_files().keep(content))
