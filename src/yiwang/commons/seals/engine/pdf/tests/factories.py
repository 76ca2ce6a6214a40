"""A small world of samples: authorities of a suite, a seal with its picture, PDF files to put it on."""

import datetime as dt
from dataclasses import dataclass
from functools import cache

import typst
from cryptography.x509 import Name

from yiwang.commons.crypto.engine import LocalSigner, Signer, new_root, suite, write_list
from yiwang.commons.seals.engine import SealInfo, Stamp, Trust, draw_seal, make_seal

NOW = dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
STAMP = Stamp(0, 120, 200, 42, 42)


@dataclass(frozen=True)
class World:
    seal: bytes
    signer: Signer
    certificate: bytes
    trust: Trust

    def about(self, *stamps: Stamp, at: dt.datetime = NOW + DAY) -> dict:
        return {
            "seal": self.seal,
            "signer": self.signer,
            "certificate": self.certificate,
            "stamps": stamps or (STAMP,),
            "at": at,
        }


@cache
def world(name: str) -> World:
    """`name`: the suite of the signer; seals are made in the national suite, as GB/T 38540 asks."""
    roots = {
        kind: new_root(
            suite(kind).new_signing_key(), Name.from_rfc4514_string("CN=示例根,O=示例机构,C=CN"), since=NOW, days=3650
        )
        for kind in ("national", name)
    }

    def person(kind: str, who: str) -> tuple[LocalSigner, bytes]:
        signer = LocalSigner(suite(kind).new_signing_key())
        profile = "seal_maker" if "制章" in who else "signing"
        made = roots[kind].issue(signer.public, Name.from_rfc4514_string(who), profile=profile, since=NOW, days=700)
        return signer, made.der

    maker, maker_certificate = person("national", "CN=示例制章机构,O=示例机构,C=CN")
    signer, certificate = person(name, "CN=示例签章人,O=示例单位,C=CN")
    picture = draw_seal("常州市示例局", lower="电子证照专用章")
    seal = make_seal(
        SealInfo(
            es_id="32040000000001",
            name="常州市示例局",
            created=NOW,
            valid_from=NOW,
            valid_until=NOW + 700 * DAY,
            picture=picture.png,
            width_mm=42,
            height_mm=42,
            signers=(certificate,),
        ),
        maker=maker,
        maker_certificate=maker_certificate,
    )
    lists = tuple(
        write_list(root.certificate, root.signer, (), number=1, since=NOW, until=NOW + 30 * DAY)
        for root in roots.values()
    )
    trust = Trust(roots=tuple(root.certificate.der for root in roots.values()), lists=lists, at=NOW + 2 * DAY)
    return World(seal, signer, certificate, trust)


@cache
def pdf(pages: int = 1) -> bytes:
    """A PDF/A of so many pages, as the platform makes them."""
    day = '#set document(date: datetime(year: 2026, month: 11, day: 23))\n#set page(paper: "a4")\n'
    source = day + "#pagebreak()\n".join(f"Sample {number}\n" for number in range(pages))
    return typst.compile(source.encode(), format="pdf", ignore_system_fonts=True, pdf_standards=["a-2u"])
