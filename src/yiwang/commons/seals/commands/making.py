"""A seal is made: its picture drawn, its structure signed by the seal-making system; or one that a licensed maker made is taken in."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from yiwang.commons.crypto import queries as pool
from yiwang.commons.seals.commands import keys
from yiwang.commons.seals.commands.steps import check, key_of, locked, seal_id_of, take
from yiwang.commons.seals.contracts import (
    NoCertificate,
    SealId,
    SealKind,
    SealMade,
    SealRefused,
    SealVerb,
)
from yiwang.commons.seals.models import Seal
from yiwang.commons.seals.rules import LOWER
from yiwang.kernel.actor import Actor
from yiwang.kernel.command import command
from yiwang.kernel.outbox import publish

_VENDOR = "Yiwang"
_TYPES = {SealKind.OFFICIAL: 1, SealKind.SERVICE: 2, SealKind.LICENCE: 2}
_YEARS = timedelta(days=5 * 365)


@command("seals.make_seal")
def make_seal(*, seal_id: SealId, by: Actor, at: datetime) -> None:
    """Make an approved seal: picture, structure by GB/T 38540 (version 4), certificate. It is used when somebody keeps it.

    Raises SealNotFound, MayNotApprove, StepRefused, NoCertificate, NoMaker.
    """
    from yiwang.commons.crypto.engine import read_certificate
    from yiwang.commons.seals.engine import SealInfo, draw_seal
    from yiwang.commons.seals.engine import make_seal as written

    seal = locked(seal_id)
    check(seal, SealVerb.MAKE, by)
    keys.prepare_key(seal, at)
    certificate = keys.certificate_for(seal, at)
    if certificate is None:
        raise NoCertificate(seal=seal.name)
    signer, maker_certificate = keys.maker(at)
    until = min(at + _YEARS, read_certificate(certificate).not_after)
    kind = SealKind(seal.kind)
    picture = draw_seal(
        seal.organisation.name,
        kind="official" if kind is SealKind.OFFICIAL else "special",
        lower=LOWER[kind] or ("样例" if seal.sample else ""),
        code=f"样例{seal.code}" if seal.sample and LOWER[kind] else seal.code,
    )
    info = SealInfo(
        es_id=seal.code, vendor=_VENDOR, type=_TYPES[kind], name=seal.name, created=at, valid_from=at, valid_until=until,
        picture=picture.png, picture_type="PNG", width_mm=round(picture.width_mm), height_mm=round(picture.height_mm),
        signers=(certificate,),
    )  # fmt: skip
    data = written(info, maker=signer, maker_certificate=maker_certificate)
    _made(
        seal, by, at, data=data, picture=picture.png, width_mm=float(picture.width_mm), height_mm=float(picture.height_mm),
        valid_from=at, valid_until=until, certificate=certificate, maker=maker_certificate,
    )  # fmt: skip


@command("seals.import_seal")
def import_seal(*, seal_id: SealId, data: bytes, reason: str = "", by: Actor, at: datetime) -> None:
    """Take in a seal that a licensed maker has made for the seal's key (DER, GB/T 38540).

    Raises SealNotFound, MayNotApprove, StepRefused, NoCertificate, SealRefused.
    """
    from yiwang.commons.seals.engine import SealFault, parse_seal, verify_seal
    from yiwang.commons.seals.queries import trust

    seal = locked(seal_id)
    check(seal, SealVerb.MAKE, by)
    certificate = keys.certificate_for(seal, at)
    if certificate is None:
        raise NoCertificate(seal=seal.name)
    try:
        parsed = parse_seal(data)
    except SealFault as fault:
        raise SealRefused(why=str(fault)) from fault
    verdict = verify_seal(data, trust(viewer=by))
    if not verdict.valid:
        raise SealRefused(why="；".join(each.text("zh") for each in verdict.reasons))
    info = parsed.info
    if certificate not in info.signers and hashlib.new("sm3", certificate).digest() not in info.signers:
        raise SealRefused(why="印章里没有本印章密钥的证书。")
    if info.picture_type.upper() != "PNG":
        raise SealRefused(why="印章图像须为 PNG。")
    _made(
        seal, by, at, data=data, picture=info.picture, width_mm=float(info.width_mm), height_mm=float(info.height_mm),
        valid_from=info.valid_from, valid_until=info.valid_until, certificate=certificate, maker=parsed.maker_certificate,
        reason=reason,
    )  # fmt: skip


def _made(
    seal: Seal, by: Actor, at: datetime, *, certificate: bytes, maker: bytes, reason: str = "", **made: Any
) -> None:
    from yiwang.commons.crypto.engine import read_certificate

    read = read_certificate(certificate)
    take(
        seal, SealVerb.MAKE, by, at, reason, certificate=certificate, fingerprint=read.fingerprint,
        certificate_until=read.not_after, chain=keys.fingerprints((certificate, maker), at), **made,
    )  # fmt: skip
    publish(SealMade(seal_id=seal_id_of(seal), organisation_id=seal.organisation_id))


def signer_of(seal: Seal, /) -> Any:
    """The use of a seal's key, by the certificate that it was made with. Raises what crypto.queries.signer raises."""
    from yiwang.commons.crypto.engine import read_certificate
    from yiwang.commons.seals.contracts import APPLICATION

    public = read_certificate(bytes(seal.certificate or b"")).public_key
    return pool.signer(key_id=key_of(seal), application=APPLICATION, public=public)
