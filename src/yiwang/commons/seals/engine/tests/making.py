"""Authorities, seals and documents for tests: everything real, made once, by keys of the national suite."""

import datetime as dt
import io
import zipfile
from dataclasses import dataclass
from functools import cache

from cryptography.x509 import Name

from yiwang.commons.crypto.engine import Authority, Certificate, LocalSigner, Revocation, new_root, suite, write_list
from yiwang.commons.seals.engine import SealInfo, Stamp, Trust, make_seal, sign_ofd

NOW = dt.datetime(2026, 5, 20, 2, 0, tzinfo=dt.UTC)
BEFORE = NOW - dt.timedelta(days=100)
STAMP = Stamp(0, 85, 40, 40, 40)
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20
NAMESPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'


@dataclass(frozen=True)
class Key:
    """A certificate and the use of its key."""

    certificate: Certificate
    signer: LocalSigner
    private: bytes

    @property
    def der(self):
        return self.certificate.der


@dataclass(frozen=True)
class World:
    """A root with a list of revocations, a maker of seals, two signers and their seals."""

    root: Authority
    maker: Key
    first: Key
    second: Key

    def key(self, name, *, since=BEFORE, days=700, profile="signing"):
        private = suite("national").new_signing_key()
        public = suite("national").public_key(private)
        made = self.root.issue(
            public, Name.from_rfc4514_string(f"CN={name},O=Sample"), profile=profile, since=since, days=days
        )
        return Key(made, LocalSigner(private), private)

    def seal(self, *signers, maker=None, days=(-90, 500), **more):
        maker = maker or self.maker
        told = {
            "es_id": "32040000000001",
            "name": "样本市行政审批局（样章）",
            "created": NOW + dt.timedelta(days=days[0]),
            "valid_from": NOW + dt.timedelta(days=days[0]),
            "valid_until": NOW + dt.timedelta(days=days[1]),
            "picture": PICTURE,
            "signers": tuple(key.der for key in signers),
        }
        info = SealInfo(**(told | more))
        return make_seal(info, maker=maker.signer, maker_certificate=maker.der)

    def list(self, *revoked, at=NOW):
        return write_list(
            self.root.certificate,
            self.root.signer,
            revoked,
            number=1,
            since=at - dt.timedelta(days=1),
            until=at + dt.timedelta(days=3000),
        )

    def trust(self, *revoked, at=NOW + dt.timedelta(hours=1), **more):
        told = {"roots": (self.root.certificate.der,), "lists": (self.list(*revoked),), "at": at}
        return Trust(**(told | more))

    def signed(self, document=None, *, key=None, seal=None, at=NOW, stamps=(STAMP,)):
        key = key or self.first
        seal = seal or self.seal(key)
        return sign_ofd(
            document or plain_ofd(), seal=seal, signer=key.signer, certificate=key.der, stamps=stamps, at=at
        )


def revocation(key, *, since=NOW - dt.timedelta(days=10)):
    return Revocation(key.certificate.serial, since)


def new_authority(name, *, since=BEFORE - dt.timedelta(days=600), days=3000):
    private = suite("national").new_signing_key()
    return new_root(private, Name.from_rfc4514_string(f"CN={name},O=Sample"), since=since, days=days)


def _issued(root, name, profile="signing"):
    return World(root, None, None, None).key(name, profile=profile)


@cache
def world():
    root = new_authority("Sample Root")
    return World(
        root, _issued(root, "Sample Maker", "seal_maker"), _issued(root, "Sample One"), _issued(root, "Sample Two")
    )


def documents(extra=None):
    """The parts of an OFD of two pages."""
    page = (
        f"<ofd:Page {NAMESPACE}><ofd:Content><ofd:Layer ID='10'>"
        "<ofd:TextObject ID='11' Boundary='20 20 100 8' Font='3' Size='5'><ofd:TextCode X='0' Y='5'>样本</ofd:TextCode>"
        "</ofd:TextObject></ofd:Layer></ofd:Content></ofd:Page>"
    )
    parts = {
        "OFD.xml": f"<ofd:OFD {NAMESPACE} Version='1.0' DocType='OFD'><ofd:DocBody><ofd:DocInfo><ofd:DocID>1</ofd:DocID>"
        "</ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {NAMESPACE}><ofd:CommonData><ofd:MaxUnitID>20</ofd:MaxUnitID><ofd:PageArea>"
        "<ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData><ofd:Pages>"
        "<ofd:Page ID='1' BaseLoc='Pages/Page_0/Content.xml'/><ofd:Page ID='2' BaseLoc='Pages/Page_1/Content.xml'/>"
        "</ofd:Pages></ofd:Document>",
        "Doc_0/Pages/Page_0/Content.xml": page,
        "Doc_0/Pages/Page_1/Content.xml": page.replace("样本", "第二页"),
    }
    files = {name: ("<?xml version='1.0' encoding='UTF-8'?>\n" + text).encode() for name, text in parts.items()}
    return files | (extra or {})


def zipped(files, *, level=6):
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as out:
        for name, content in files.items():
            out.writestr(name, content)
    return kept.getvalue()


def plain_ofd(extra=None):
    return zipped(documents(extra))


def codes(verdict):
    return {reason.code for reason in verdict.reasons}


def marks(verdict):
    return tuple(getattr(verdict, part).value for part in ("signature", "references", "seal", "chain"))
