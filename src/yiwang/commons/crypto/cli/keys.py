"""`yiwang crypto keys`: list, show, create, and every step of a key's life."""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import click

from yiwang.commons.crypto import commands, queries
from yiwang.commons.crypto.contracts import KeyId, KeyNotFound, KeyRow, KeyState, Purpose
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor

from . import cli

OPERATOR = Actor.system("yiwang crypto")
STATES = {
    KeyState.PRE_ACTIVE: "未启用", KeyState.ACTIVE: "启用", KeyState.SUSPENDED: "停用", KeyState.RETIRED: "退役",
    KeyState.DESTROYED: "已销毁",
}  # fmt: skip
_JSON = click.option("--json", "as_json", is_flag=True, help="one JSON line a key")
_NAME = click.argument("name")
_REASON = click.option("--reason", required=True, help="stands in the key's history and in its evidence")


def said(value: Any) -> str:
    """One line of JSON."""
    return json.dumps(value, ensure_ascii=False, default=str)


def _id(name: str) -> KeyId:
    found = queries.key_id_of(name=name)
    if found is None:
        raise KeyNotFound(key=name)
    return found


@cli.group("keys")
def keys() -> None:
    """Keys of the pool."""


@keys.command("list")
@click.option("--state", type=click.Choice([each.value for each in KeyState]), default=None)
@_JSON
def list_keys(state: str | None, as_json: bool) -> None:
    """All keys: name, purpose, algorithm, state, version, next rotation, uses of thirty days."""
    cursor: str | None = None
    while True:
        page = queries.keys(viewer=OPERATOR, state=state or "", cursor=cursor, size=100)
        for row in page.items:
            click.echo(said(asdict(row)) if as_json else _line(row))
        cursor = page.next_cursor
        if cursor is None:
            return


def _line(row: KeyRow) -> str:
    due = f"{row.next_rotation_at:%Y-%m-%d}" if row.next_rotation_at else "—"
    return f"{row.name:<28} {row.purpose:<8} {row.algorithm:<12} {STATES[row.state]} v{row.version}  轮换 {due}  30 天 {row.uses} 次"


@keys.command("show")
@_NAME
@_JSON
def show(name: str, as_json: bool) -> None:
    """One key: versions, history, uses. Never its material."""
    page = queries.key_page(name=name, viewer=OPERATOR)
    if as_json:
        click.echo(said(asdict(page) | {"verbs": sorted(page.verbs), "public": (page.public or b"").hex()}))
        return
    row = page.row
    click.echo(_line(row))
    click.echo(
        f"应用 {row.application}，负责 {row.owner}，套件 {row.suite}，{page.rotate_days or '不'}{'天' if page.rotate_days else ''}自动轮换"
    )
    for version in page.versions:
        ends = (
            "已销毁"
            if version.destroyed_at
            else "不再需要"
            if version.retired_at
            else "旧版"
            if version.replaced_at
            else "现用"
        )
        click.echo(
            f"  v{version.number} {version.algorithm} 标识 {version.label} {ends} 使用 {version.uses} 次 主密钥 {version.master or '—'}"
        )
    for step in page.steps:
        click.echo(f"  {step.at:%Y-%m-%d %H:%M} {step.verb} v{step.version} {step.by} {step.reason}".rstrip())


@keys.command("create")
@_NAME
@click.option("--purpose", type=click.Choice([Purpose.SIGNING.value, Purpose.DATA.value]), required=True)
@click.option("--application", required=True, help="code of the application that uses it")
@click.option("--owner", required=True, help="who answers for it")
@click.option("--suite", type=click.Choice(["national", "international"]), help="that of YIWANG_CRYPTO_SUITE without")
@click.option("--rotate-days", type=click.IntRange(1, 36500), help="how long a version serves")
@click.option("--inactive", is_flag=True, help="prepared only; activate it later")
def create(name: str, purpose: str, application: str, owner: str, suite: str | None, rotate_days: int | None, inactive: bool) -> None:  # fmt: skip
    """Make a key; prints its id."""
    key_id = commands.create_key(
        name=name, owner=owner, purpose=Purpose(purpose), application=application, suite=suite or "",
        rotate_days=rotate_days, activate=not inactive, by=OPERATOR, at=clock.now(),
    )  # fmt: skip
    click.echo(str(key_id))


def _step(verb: str, act: Callable[..., Any], told: str) -> None:
    @keys.command(verb)
    @_NAME
    @_REASON
    def step(name: str, reason: str) -> None:
        act(key_id=_id(name), reason=reason, by=OPERATOR, at=clock.now())
        click.echo(f"{name}: {told}")

    step.help = act.__doc__.splitlines()[0] if act.__doc__ else ""


_step("suspend", commands.suspend_key, "已停用，半分钟内所有进程生效")
_step("retire", commands.retire_key, "已退役，只能解密和验签")


@keys.command("activate")
@_NAME
@click.option("--reason", default="", help="stands in the key's history")
def activate(name: str, reason: str) -> None:
    """Let a prepared or suspended key be used."""
    key_id = _id(name)
    if queries.key_page(key_id=key_id, viewer=OPERATOR).row.state is KeyState.SUSPENDED:
        commands.resume_key(key_id=key_id, reason=reason, by=OPERATOR, at=clock.now())
    else:
        commands.activate_key(key_id=key_id, by=OPERATOR, at=clock.now())
    click.echo(f"{name}: 已启用")


@keys.command("rotate")
@_NAME
@click.option("--reason", default="", help="stands in the key's history")
@click.option("--suite", type=click.Choice(["national", "international"]), help="change to this suite")
@click.option("--at-once", is_flag=True, help="no grace for look-ups: no other process of the platform runs now")
def rotate(name: str, reason: str, suite: str | None, at_once: bool) -> None:
    """Give a key a new version; what is stored follows in the background (see `yiwang crypto reencrypt`)."""
    number = commands.rotate_key(
        key_id=_id(name), reason=reason, suite=suite or "", at_once=at_once, by=OPERATOR, at=clock.now()
    )
    click.echo(f"{name}: 第 {number} 版")


@keys.command("destroy")
@_NAME
@_REASON
@click.option("--version", "number", type=click.IntRange(1), help="one former version instead of the whole key")
@click.option("--yes", is_flag=True, help="do not ask")
def destroy(name: str, reason: str, number: int | None, yes: bool) -> None:
    """Take key material out of the database for good. What it sealed and is still kept can never be read again."""
    what = f"{name} 第 {number} 版" if number else name
    if not yes and not click.confirm(f"销毁 {what}？不能恢复"):
        sys.exit(1)
    if number:
        commands.destroy_version(key_id=_id(name), number=number, reason=reason, by=OPERATOR, at=clock.now())
    else:
        commands.destroy_key(key_id=_id(name), reason=reason, by=OPERATOR, at=clock.now())
    click.echo(f"{what}: 已销毁")


@keys.command("quota")
@click.argument("application")
@click.option("--daily", type=click.IntRange(0), help="uses a day")
@click.option("--unbounded", is_flag=True, help="no bound on the uses of a day")
@click.option("--keys", "key_quota", type=click.IntRange(0), help="keys it may have")
@click.option("--title", default="", help="what people call it")
def quota(application: str, daily: int | None, unbounded: bool, key_quota: int | None, title: str) -> None:
    """Set what an application may use; what is not named stays as it is."""
    if unbounded and daily is not None:
        raise click.UsageError("--daily 和 --unbounded 只能给一个")
    now = queries.application(code=application, viewer=OPERATOR)
    daily = None if unbounded else now.daily_quota if daily is None else daily
    key_quota = now.key_quota if key_quota is None else key_quota
    commands.set_quota(
        application=application, daily_quota=daily, key_quota=key_quota, title=title, by=OPERATOR, at=clock.now()
    )
    click.echo(f"{application}: 每日 {'不限' if daily is None else daily}，密钥 {key_quota} 个")
