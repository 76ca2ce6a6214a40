"""`yiwang seals list | show | uses | request | import-certificate | make | import-seal | trust | samples`."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from yiwang.commons.crypto.contracts import KeyId
from yiwang.commons.identity import queries as identity
from yiwang.commons.seals import commands, queries
from yiwang.commons.seals.contracts import SealNotFound, SealState, SealView
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor

from . import cli

OPERATOR = Actor.system("yiwang seals")
MAKER = "maker"
_JSON = click.option("--json", "as_json", is_flag=True, help="one JSON line each")
_CODE = click.argument("code")
_FILE = click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
STATES = {
    SealState.APPLIED: "待批准", SealState.REFUSED: "未批准", SealState.APPROVED: "待制作", SealState.MADE: "待交接",
    SealState.IN_CUSTODY: "在用", SealState.SUSPENDED: "停用", SealState.ENDING: "待销毁", SealState.DESTROYED: "已销毁",
}  # fmt: skip


def _said(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _line(row: SealView) -> str:
    until = f"{row.valid_until:%Y-%m-%d}" if row.valid_until else "—"
    return f"{row.code} {STATES[row.state]} {row.kind:<8} {row.suite or '—':<13} 至 {until} {row.name}"


@cli.command("list")
@click.option("--state", type=click.Choice([each.value for each in SealState]), default=None)
@_JSON
def list_seals(state: str | None, as_json: bool) -> None:
    """All seals, the last changed first."""
    cursor: str | None = None
    while True:
        page = queries.seals(viewer=OPERATOR, state=state or "", cursor=cursor, size=100)
        for row in page.items:
            click.echo(_said(asdict(row)) if as_json else _line(row))
        cursor = page.next_cursor
        if cursor is None:
            return


@cli.command("show")
@_CODE
@_JSON
def show(code: str, as_json: bool) -> None:
    """One seal: custody, automatic use, history. Never its key."""
    seal = queries.seal_by_code(code=code, viewer=OPERATOR)
    page = queries.seal_page(seal_id=seal.id, viewer=OPERATOR)
    if as_json:
        click.echo(_said(asdict(page) | {"verbs": sorted(page.verbs)}))
        return
    click.echo(_line(seal))
    click.echo(f"单位 {seal.organisation}，用印方式 {seal.rule}，用印 {page.uses} 次")
    click.echo(f"证书 {page.certificate_subject or '—'} 指纹 {page.certificate_fingerprint or '—'}")
    for keeper in page.keepers:
        click.echo(
            f"  保管 {keeper.name} {keeper.since:%Y-%m-%d} 至 {f'{keeper.until:%Y-%m-%d}' if keeper.until else '今'}"
        )
    for each in page.automations:
        click.echo(f"  自动 {each.kind} 依据 {each.basis}{'（已结束）' if each.until else ''}")
    for step in page.steps:
        click.echo(f"  {step.at:%Y-%m-%d %H:%M} {step.verb} {step.by} {step.reason}".rstrip())


@cli.command("uses")
@click.option("--seal", "code", default=None, help="number of a seal")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="first day")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="last day")
def uses(code: str | None, since: Any, until: Any) -> None:
    """The log of uses as CSV, the newest first."""
    seal = queries.seal_by_code(code=code, viewer=OPERATOR) if code else None
    heads = (
        "时间",
        "印章编码",
        "印章",
        "单位",
        "方式",
        "文件种类",
        "事由",
        "申请人",
        "批准人",
        "用印前 SM3",
        "用印后 SM3",
    )
    first, last = (day.date() if day else None for day in (since, until))
    lines = queries.uses_csv(viewer=OPERATOR, heads=heads, seal_id=seal.id if seal else None, since=first, until=last)
    for part in lines:
        click.echo(part, nl=False)


def _key(code: str) -> KeyId:
    """The key of a seal, or of the seal-making system. Raises SealNotFound."""
    if code == MAKER:
        return commands.prepare_maker(by=OPERATOR, at=clock.now())
    seal = queries.seal_by_code(code=code, viewer=OPERATOR)
    found = queries.key_of_seal(seal_id=seal.id, viewer=OPERATOR)
    if found is None:
        raise SealNotFound
    return KeyId(found)


@cli.command("request")
@_CODE
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="into this file instead of standard output"
)
def request(code: str, out: Path | None) -> None:
    """A certification request (PKCS#10) for the key of a seal by its number, or of the seal-making system (`maker`)."""
    _key(code)
    seal = None if code == MAKER else queries.seal_by_code(code=code, viewer=OPERATOR)
    text = queries.certificate_request(seal_id=seal.id if seal else None, viewer=OPERATOR)
    if out:
        out.write_text(text, "ascii")
        click.echo(str(out))
    else:
        click.echo(text, nl=False)


@cli.command("import-certificate")
@_CODE
@_FILE
def import_certificate(code: str, file: Path) -> None:
    """Take in the certificate (PEM or DER) of a seal's key by its number, or of the seal-making system (`maker`).

    Its authority must be trusted before: yiwang crypto certificates import --role anchor.
    """
    found = commands.import_seal_certificate(key_id=_key(code), data=file.read_bytes(), by=OPERATOR, at=clock.now())
    click.echo(f"{code}: 已导入证书 {found}")


@cli.command("make")
@_CODE
def make(code: str) -> None:
    """Make an approved seal whose key has its certificate."""
    seal = queries.seal_by_code(code=code, viewer=OPERATOR)
    commands.make_seal(seal_id=seal.id, by=OPERATOR, at=clock.now())
    click.echo(f"{code}: 已制作，待交接")


@cli.command("import-seal")
@_CODE
@_FILE
def import_seal(code: str, file: Path) -> None:
    """Take in a seal that a licensed maker has made for this seal's key (DER, GB/T 38540)."""
    seal = queries.seal_by_code(code=code, viewer=OPERATOR)
    commands.import_seal(seal_id=seal.id, data=file.read_bytes(), by=OPERATOR, at=clock.now())
    click.echo(f"{code}: 已导入，待交接")


@cli.command("suspend")
@_CODE
@click.option("--reason", required=True, help="stands in the seal's history and its evidence")
def suspend(code: str, reason: str) -> None:
    """Let nobody use a seal until the registering office resumes it."""
    seal = queries.seal_by_code(code=code, viewer=OPERATOR)
    commands.suspend_seal(seal_id=seal.id, reason=reason, by=OPERATOR, at=clock.now())
    click.echo(f"{code}: 已停用")


@cli.command("trust")
def trust() -> None:
    """Write the trust folder: with it, `yiwang verify` works without the database."""
    changed = commands.write_trust(by=OPERATOR, at=clock.now())
    click.echo(f"{queries.trust_folder()}：更新 {changed} 个文件")


@cli.command("samples")
@click.argument("organisations", nargs=-1)
def samples(organisations: tuple[str, ...]) -> None:
    """Make sample seals for organisations by code, in a demonstration only; all that are no mere offices without any."""
    ids = [identity.organisation_by_code(code=code, viewer=OPERATOR).id for code in organisations]
    made = commands.make_sample_seals(organisation_ids=ids or None, by=OPERATOR, at=clock.now())
    click.echo(f"已生成样例印章 {made} 枚")
