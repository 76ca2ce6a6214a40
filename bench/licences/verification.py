"""Checking a sealed licence as a window does, beside the two bare SM2 checks that it can't do without.

The licence has embedded fonts, a drawn seal, certificates under a root with a revocation list: about 100 kB.
"""

import datetime as dt
from pathlib import Path
from typing import Final

from cryptography.x509 import Name
from ruamel.yaml import YAML

from bench.measuring import Figures, interleaved, ratio
from yiwang.commons.crypto.engine import (
    Authority,
    Certificate,
    LocalSigner,
    Verifier,
    new_root,
    read_certificate,
    suite,
    write_list,
)
from yiwang.commons.licences.engine import read_layout, render_ofd, stamps
from yiwang.commons.seals.engine import (
    SealInfo,
    Trust,
    draw_seal,
    make_seal,
    parse_seal,
    parse_signed_value,
    sign_ofd,
    sign_value,
    verify_ofd,
)

FLOOR: Final = 50
"""Verifications a second of one core, as required."""
MOST: Final = 150_000
"""Bytes of a sealed licence, as required."""
_LAYOUT: Final = Path("packs/changzhou/licences/business_licence/layout.yaml")
_NOW: Final = dt.datetime(2026, 5, 20, 2, 0, tzinfo=dt.UTC)
_VALUES: Final = {
    "shop_credit_code": "92320402MA00SAMPLE",
    "shop_name": "样本市钟楼区样本小吃店",
    "shop_kind": "个体工商户",
    "operator_name": "样本甲",
    "shop_address": "样本市钟楼区样本路1号101室",
    "issued_on": "2026年5月20日",
    "valid_period": "2026年5月20日至长期",
    "issuer_name": "样本市行政审批局",
    "verify_words": "扫码核验真伪",
    "sample_mark": "样本",
}


def run(*, quick: bool) -> Figures:
    """Verifications a second, bytes of the file, and how many times the bare signatures' time a verification takes."""
    seal, value, sealed, trust = _sealed()
    if not verify_ofd(sealed, trust).valid:
        raise RuntimeError("the licence of the benchmark does not verify")
    tampered = sealed[:-2000] + bytes((sealed[-2000] ^ 1,)) + sealed[-1999:]
    if verify_ofd(tampered, trust).valid:
        raise RuntimeError("a changed byte was not found")
    parsed, made = parse_signed_value(value), parse_seal(seal)
    signer, maker = Verifier(_key(parsed.certificate)), Verifier(_key(made.maker_certificate))

    def bare() -> None:
        signer.verify(parsed.signed, parsed.signature)
        maker.verify(made.signed, made.signature)

    ways = {
        "verify": lambda: verify_ofd(sealed, trust),
        "bare-sm2": bare,
        "tampered": lambda: verify_ofd(tampered, trust),
    }
    times = interleaved(ways, rounds=5 if quick else 20, repeat=10 if quick else 50, warmup=2)
    figures = {f"seal-{name}": each.rate() for name, each in times.items()}
    figures["seal-verify"]["bytes"] = len(sealed)
    over = ["seal-verify"] if figures["seal-verify"]["cpu_per_s"] < FLOOR else []
    return {
        "figures": figures,
        "ratios": {"seal-verify": {"to_bare-sm2": ratio(times["verify"], times["bare-sm2"])}},
        "over_requirement": [*over, *(["seal-size"] if len(sealed) > MOST else [])],
    }


def _key(certificate: bytes) -> bytes:
    return read_certificate(certificate).public_key


def _sealed() -> tuple[bytes, bytes, bytes, Trust]:
    """A seal, a bare value under it, a sealed licence, and whom to trust."""
    since = _NOW - dt.timedelta(days=400)
    private = suite("national").new_signing_key()
    root = new_root(private, Name.from_rfc4514_string("CN=Sample Root,O=Benchmark"), since=since, days=3000)
    maker, signer = _issued(root, "Sample Maker"), _issued(root, "Sample Office")
    drawn = draw_seal("样本市行政审批局", kind="department")
    info = SealInfo(
        es_id="32040000000001",
        name="样本市行政审批局",
        created=since + dt.timedelta(days=1),
        valid_from=since + dt.timedelta(days=1),
        valid_until=_NOW + dt.timedelta(days=900),
        picture=drawn.png,
        width_mm=round(drawn.width_mm),
        height_mm=round(drawn.height_mm),
        signers=(signer[0].der,),
    )
    seal = make_seal(info, maker=maker[1], maker_certificate=maker[0].der)
    layout = read_layout(YAML(typ="safe").load(_LAYOUT.read_text()))
    paper = render_ofd(
        layout, _VALUES, created=_NOW.date(), author="样本市行政审批局", qr_text="https://example.invalid/v/1"
    )
    sealed = sign_ofd(
        paper,
        seal=seal,
        signer=signer[1],
        certificate=signer[0].der,
        stamps=stamps(layout, drawn.width_mm, drawn.height_mm),
        at=_NOW,
    )
    value = sign_value(
        seal=seal, data_hash=bytes(32), property_info="/x", signer=signer[1], certificate=signer[0].der, at=_NOW
    )
    later = _NOW + dt.timedelta(days=2000)
    revoked = write_list(root.certificate, root.signer, [], number=1, since=_NOW - dt.timedelta(days=1), until=later)
    trust = Trust(roots=(root.certificate.der,), lists=(revoked,), at=_NOW + dt.timedelta(days=1))
    return seal, value, sealed, trust


def _issued(root: Authority, name: str) -> tuple[Certificate, LocalSigner]:
    signer = LocalSigner(suite("national").new_signing_key())
    subject = Name.from_rfc4514_string(f"CN={name},O=Benchmark")
    since = _NOW - dt.timedelta(days=300)
    return root.issue(
        signer.public, subject, profile="seal_maker" if "Maker" in name else "signing", since=since, days=900
    ), signer
