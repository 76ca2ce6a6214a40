"""`yiwang db …`: look at the database, start and stop it, open a prompt, copy it to a file and back."""

import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from yiwang.kernel.db.server import Server, Status
from yiwang.kernel.settings import settings

STATES = {"stopped": "已停止", "starting": "正在启动或恢复", "ready": "运行中"}


@click.group("db")
def db() -> None:
    """The database: status, start, stop, prompt, dump, restore."""


@db.command()
@click.option("--json", "as_json", is_flag=True, help="one JSON line")
def status(as_json: bool) -> None:
    """Show what runs, where, and who uses it. Exit code 3: stopped."""
    external = settings().database_url
    if external:
        click.echo(json.dumps({"state": "external"}) if as_json else "使用 DATABASE_URL 指定的数据库。")
        return
    found = _server().status()
    if as_json:
        click.echo(json.dumps(dataclasses.asdict(found), default=str, ensure_ascii=False))
    else:
        click.echo("\n".join(_lines(found)))
    if found.state == "stopped":
        raise SystemExit(3)


@db.command()
def start() -> None:
    """Start the database and let it run until `yiwang db stop`."""
    _embedded_only()
    server = _server().start()
    server.keep()
    click.echo("\n".join(_lines(server.status())))
    server.release()


@db.command()
@click.option("--force", is_flag=True, help="even when processes use it")
def stop(force: bool) -> None:
    """Stop the database; refused while processes use it."""
    _embedded_only()
    if force:
        _server().stop(force=True)
    else:
        _server().end_keeping()
    click.echo("数据库已停止。")


@db.command(context_settings={"ignore_unknown_options": True})
@click.option("--superuser", is_flag=True, help="connect as the superuser")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def psql(superuser: bool, arguments: tuple[str, ...]) -> None:
    """Open psql on the database; ARGUMENTS are psql's own."""
    from yiwang.kernel.db.backup import tool, tool_environment

    with _database(superuser=superuser) as url:
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C belongs to psql
        try:
            environment = {**os.environ, **tool_environment(url)}
            code = subprocess.call([tool("psql"), *arguments], env=environment)
        finally:
            signal.signal(signal.SIGINT, before)
    raise SystemExit(code)


@db.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def dump(file: Path) -> None:
    """Write the whole database to FILE, readable by you alone: it holds personal data."""
    from yiwang.kernel.db.backup import dump as write

    with _database() as url:
        began = time.monotonic()
        size = write(url, file, progress=_Line("备份"))
    click.echo(f"已备份到 {file}：{size / 1e6:.1f} MB，{time.monotonic() - began:.1f} 秒。")


@db.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="replace existing data, which are kept under another name")
def restore(file: Path, replace: bool) -> None:
    """Fill the database from FILE; refused where it holds data, unless --replace."""
    from yiwang.kernel.db.backup import restore as read

    with _database() as url:
        began = time.monotonic()
        kept = read(url, file, replace=replace, progress=_Line("恢复"))
    click.echo(f"已从 {file} 恢复，{time.monotonic() - began:.1f} 秒。")
    if kept:
        click.echo(f"原有数据保留在数据库 {kept}。")


class _Line:
    """Progress on one line of the terminal; in a log, a line every ten seconds."""

    def __init__(self, verb: str) -> None:
        self.verb = verb
        self.spoken = time.monotonic()

    def __call__(self, done: int, total: int, table: str) -> None:
        text = f"{self.verb} {done}/{total} 张表 {table}"
        if sys.stderr.isatty():
            click.echo(f"\r\x1b[K{text}", err=True, nl=done == total)
        elif time.monotonic() - self.spoken > 10:
            self.spoken = time.monotonic()
            click.echo(text, err=True)


def _server() -> Server:
    return Server(settings().data_dir)


def _embedded_only() -> None:
    if settings().database_url:
        raise click.UsageError("设置了 DATABASE_URL：外部数据库请用它自己的工具启动和停止。")


@contextmanager
def _database(*, superuser: bool = False) -> Iterator[str]:
    """The URL of the database to work on; the embedded server runs meanwhile."""
    external = settings().database_url
    if external:
        yield external
        return
    server = _server().start()
    try:
        yield server.url(superuser=superuser)
    finally:
        server.release()


def _lines(found: Status) -> list[str]:
    lines = [f"状态    {STATES[found.state]}"]
    if found.postmaster_pid:
        lines.append(f"进程    {found.postmaster_pid}（监管进程 {found.supervisor_pid}）")
    lines += [f"数据    {found.data}", f"套接字  {found.socket}", f"日志    {found.log}"]
    if found.kept:
        lines.append("常驻    是（yiwang db stop 停止）")
    lines += [f"使用者  {owner.pid}  {owner.command}" for owner in found.owners]
    return lines
