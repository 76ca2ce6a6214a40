"""`yiwang crypto ca import`: certificates of licensed bodies into the pool, each only if its chain holds."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from yiwang.commons.crypto import commands, queries
from yiwang.commons.crypto.contracts import CertificateRole, CertificateState
from yiwang.commons.crypto.engine.pki import (
    Certificate,
    RevocationList,
    Verdict,
    check_certificate,
    read_certificate,
    read_certificates,
    read_list,
)
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor

from .certificate_files import FILE, told

OPERATOR = Actor.system("yiwang crypto")
_ROLES = {
    "authority": CertificateRole.INTERMEDIATE,
    "signing": CertificateRole.SIGNING,
    "both": CertificateRole.SIGNING,
    "encryption": CertificateRole.ENCRYPTION,
}


@dataclass(frozen=True, slots=True)
class _Judged:
    certificate: Certificate
    role: CertificateRole
    verdict: Verdict


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--trust", multiple=True, help="the fingerprint of a root, learned from its body by another way")
@click.option("--crl", "lists", multiple=True, type=FILE, help="revocation lists")
@click.option("--dry-run", is_flag=True, help="judge, import nothing")
@click.option("--json", "as_json", is_flag=True, help="one JSON line a certificate")
def import_(
    files: tuple[Path, ...], trust: tuple[str, ...], lists: tuple[Path, ...], dry_run: bool, as_json: bool
) -> None:
    """Import certificates of licensed bodies: roots, issuing authorities, one's own (double certificates too).

    A root is taken where its fingerprint is named by --trust; everything else must chain to a root that is trusted here.
    All or nothing: one that does not hold keeps the rest out. Exit code 1 then.
    """
    with told():
        found = [certificate for file in files for certificate in read_certificates(file.read_bytes())]
        judged = _judge(found, {_plain(mark) for mark in trust}, [read_list(path.read_bytes()) for path in lists])
    sound = all(each.verdict for each in judged)
    for each in judged:
        _say(each, as_json)
    if sound and not dry_run:
        for each in sorted(judged, key=lambda each: len(each.verdict.chain)):  # issuers before what they issued
            _take(each)
    if not as_json:
        click.echo("没有导入" if dry_run or not sound else f"已导入 {len(judged)} 张证书")
    sys.exit(0 if sound else 1)


def _take(judged: _Judged) -> None:
    mark = judged.certificate.fingerprint if judged.role is CertificateRole.ANCHOR else ""  # named by --trust
    kept = commands.import_certificate(
        der=judged.certificate.der, role=judged.role, fingerprint=mark, by=OPERATOR, at=clock.now()
    )
    if queries.certificate(certificate_id=kept, viewer=OPERATOR).state is CertificateState.REVOKED:
        click.echo(f"  {judged.certificate.serial_hex}：资源池此前已吊销该证书，仍不受信任", err=True)


def _judge(found: Sequence[Certificate], trusted: set[str], lists: Sequence[RevocationList]) -> list[_Judged]:
    """Roots that are named count for the others of the same call; nothing that the pool has revoked does."""
    revoked = queries.revoked_here(fingerprints={c.fingerprint for c in found})
    issuers = [c for c in found if c.ca and c.fingerprint not in revoked]
    named = [c for c in issuers if c.self_issued and c.fingerprint in trusted]
    anchors = [*named, *map(read_certificate, queries.trusted_certificates(role=CertificateRole.ANCHOR))]
    between = [
        *issuers,
        *map(read_certificate, queries.trusted_certificates(role=CertificateRole.INTERMEDIATE)),
    ]
    return [
        _Judged(
            certificate,
            CertificateRole.ANCHOR if certificate in anchors else _ROLES[certificate.role],
            check_certificate(
                certificate,
                anchors=anchors,
                intermediates=between,
                statuses=lists,
                at=clock.now(),
                revocation="if_known",
            ),
        )
        for certificate in dict.fromkeys(found)
    ]


def _plain(fingerprint: str) -> str:
    return fingerprint.replace(":", "").replace(" ", "").lower()


def _say(judged: _Judged, as_json: bool) -> None:
    certificate, verdict = judged.certificate, judged.verdict
    if as_json:
        facts = {"fingerprint": certificate.fingerprint, "subject": certificate.subject, "role": judged.role.value}
        click.echo(json.dumps({**facts, **verdict.as_json()}, ensure_ascii=False))
        return
    click.echo(
        f"{'✓' if verdict else '✗'} {certificate.subject}（{judged.role.value}）\n  指纹 {certificate.fingerprint}"
    )
    for reason in (*verdict.reasons, *verdict.remarks):
        click.echo(f"  {reason.text}")
    if verdict.has("untrusted"):
        click.echo("  请向签发机构核对指纹，再以 --trust 指纹 导入")
