"""`yiwang crypto ca show` and `check`: what certificates say, and whether they hold."""

import json
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from yiwang.commons.crypto.engine.pki import (
    Certificate,
    Verdict,
    check_certificate,
    check_pair,
    read_certificates,
    read_list,
    read_response,
)
from yiwang.kernel import clock

from .certificate_files import FILE, local, told

_JSON = click.option("--json", "as_json", is_flag=True, help="one JSON line")
_ROLES = {"authority": "认证机构", "signing": "签名", "encryption": "加密", "both": "签名和加密"}
_SUITES = {"national": "国密", "international": "国际", "": "其他"}


@click.command("show")
@click.argument("files", nargs=-1, required=True, type=FILE)
@_JSON
def show(files: tuple[Path, ...], as_json: bool) -> None:
    """Show what certificates say. Nothing is verified."""
    for file in files:
        with told():
            for certificate in read_certificates(file.read_bytes()):
                if as_json:
                    click.echo(json.dumps(_facts(certificate), ensure_ascii=False))
                else:
                    click.echo(_described(certificate))


def _facts(certificate: Certificate) -> dict[str, object]:
    return {
        "subject": certificate.subject,
        "issuer": certificate.issuer,
        "serial": certificate.serial_hex,
        "not_before": certificate.not_before.isoformat(),
        "not_after": certificate.not_after.isoformat(),
        "suite": certificate.suite,
        "key": f"{certificate.key.kind} {certificate.key.bits}",
        "algorithm": certificate.algorithm,
        "role": certificate.role,
        "usages": sorted(certificate.usages or ()),
        "names": [str(name.value) for name in certificate.alternative_names],
        "crl": list(certificate.crl_urls),
        "ocsp": list(certificate.ocsp_urls),
        "demonstration": certificate.demonstration,
        "fingerprint": certificate.fingerprint,
    }


def _described(certificate: Certificate) -> str:
    lines = [
        f"持有者 {certificate.subject}",
        f"签发者 {certificate.issuer}",
        f"序列号 {certificate.serial_hex}",
        f"有效期 {local(certificate.not_before)} 至 {local(certificate.not_after)}",
        f"算法 {_SUITES[certificate.suite]} {certificate.key.kind} {certificate.key.bits}，签名 {certificate.algorithm}",
        f"用途 {_ROLES[certificate.role]}（{'、'.join(sorted(certificate.usages)) if certificate.usages else '不限'}）",
        f"指纹 {certificate.fingerprint}",
    ]
    if certificate.demonstration:
        lines.append("测试演示证书，不具有法律效力")
    return "\n".join(lines) + "\n"


_ANCHORS = click.option("--anchor", "anchors", multiple=True, type=FILE, help="trusted certificates (PEM, DER)")
_WITH = click.option("--with", "others", multiple=True, type=FILE, help="intermediate certificates")
_LISTS = click.option("--crl", "lists", multiple=True, type=FILE, help="revocation lists")
_AT = click.option("--at", default="", help="the time asked for, ISO 8601; default now")


@click.command("check")
@click.argument("file", type=FILE)
@_ANCHORS
@_WITH
@_LISTS
@click.option("--ocsp", "answers", multiple=True, type=FILE, help="OCSP responses (DER)")
@_AT
@click.option("--usage", type=click.Choice(["sign", "encrypt"]), help="what its key is used for")
@click.option("--revocation", type=click.Choice(["required", "if_known", "off"]), default="required", show_default=True)
@click.option("--pair", "other", type=FILE, help="the encryption half: whether both belong together")
@_JSON
def check(
    file: Path,
    anchors: tuple[Path, ...],
    others: tuple[Path, ...],
    lists: tuple[Path, ...],
    answers: tuple[Path, ...],
    at: str,
    usage: str | None,
    revocation: str,
    other: Path | None,
    as_json: bool,
) -> None:
    """Check the first certificate of FILE (the others help to find its chain). Exit code 1 where it does not hold."""
    with told():
        leaf, *more = read_certificates(file.read_bytes())
        verdict = check_certificate(
            leaf,
            anchors=_all(anchors),
            intermediates=[*more, *_all(others)],
            statuses=[
                *(read_list(path.read_bytes()) for path in lists),
                *(read_response(path.read_bytes()) for path in answers),
            ],
            at=_moment(at),
            now=clock.now(),
            usage=usage,  # type: ignore[arg-type]
            revocation=revocation,  # type: ignore[arg-type]
        )
        verdicts = [verdict]
        if other is not None:
            verdicts.append(check_pair(leaf, read_certificates(other.read_bytes())[0]))
    valid = all(verdicts)
    if as_json:
        reasons = [reason.as_json() for found in verdicts for reason in found.reasons]
        click.echo(json.dumps({**verdict.as_json(), "valid": valid, "reasons": reasons}, ensure_ascii=False))
    else:
        click.echo("有效" if valid else "无效")
        for found in verdicts:
            _say(found)
        for height, certificate in enumerate(verdict.chain):
            click.echo(f"  {'  ' * height}{'└ ' if height else ''}{certificate.subject}")
    sys.exit(0 if valid else 1)


def _say(verdict: Verdict) -> None:
    for reason in verdict.reasons:
        click.echo(f"  ✗ {reason.text}")
    for remark in verdict.remarks:
        click.echo(f"  ! {remark.text}")


def _all(paths: Sequence[Path]) -> list[Certificate]:
    return [certificate for path in paths for certificate in read_certificates(path.read_bytes())]


def _moment(text: str) -> datetime:
    if not text:
        return clock.now()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter("应为 ISO 8601 时间，如 2026-11-23T08:00:00+08:00", param_hint="--at") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=clock.CHINA)
