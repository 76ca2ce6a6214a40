"""Signature values that are read here but not written: versions 1 and 5, GB/T 35275, time stamps. For tests."""

import base64
import hashlib

from yiwang.commons.seals.engine import asn1, parse_seal
from yiwang.commons.seals.engine.ofd.package import open_package
from yiwang.commons.seals.engine.pkcs7 import SM2_SM3, SM3

from .making import NOW, world, zipped

SIGN = "Doc_0/Signs/Sign_0"
GM_SIGNED, GM_DATA = "1.2.156.10197.6.1.4.2.2", "1.2.156.10197.6.1.4.2.1"
TST_INFO = "1.2.840.113549.1.9.16.1.4"


def sm3(data):
    return hashlib.new("sm3", data).digest()


def seal_of(version, *signers, maker=None):
    """A seal of version 1 or 5, from the parts of one of version 4."""
    maker = maker or world().maker
    made = asn1.read(world().seal(*signers, maker=maker)).children()[0]
    header, es_id, about, picture = made.children()
    mark, _, vendor = header.children()
    header = asn1.sequence(mark.whole, asn1.integer(version), vendor.whole)
    if version == 5:
        body = asn1.sequence(header, es_id.whole, about.whole, picture.whole)
        algorithm = asn1.oid(SM2_SM3)
        return asn1.sequence(body, asn1.octets(maker.der), algorithm, asn1.bits(maker.signer.sign(body)))
    kind, name, _, listed, *times = about.children()
    short = [asn1.encode(asn1.UTC_TIME, time.body[2:]) for time in times]
    about = asn1.sequence(kind.whole, name.whole, listed.whole, *short)
    body = asn1.sequence(header, es_id.whole, about, picture.whole)
    signed = asn1.sequence(body, asn1.octets(maker.der), asn1.oid(SM2_SM3))
    rest = asn1.sequence(asn1.octets(maker.der), asn1.oid(SM2_SM3), asn1.bits(maker.signer.sign(signed)))
    return asn1.sequence(body, rest)


def value_of(version, seal, key, digest, *, at=NOW, stamp=b"", info=f"/{SIGN}/Signature.xml"):
    """An SES_Signature of version 1, 4 or 5."""
    about = (asn1.bits(digest), asn1.ia5(info))
    if version == 1:
        told = asn1.bits(f"{at:%Y%m%d%H%M%S}Z".encode())
        inner = (asn1.integer(1), seal, told, *about, asn1.octets(key.der), asn1.oid(SM2_SM3))
        body = asn1.sequence(*inner)
        return asn1.sequence(body, asn1.bits(key.signer.sign(body)))
    body = asn1.sequence(asn1.integer(version), seal, asn1.general_time(at), *about)
    signature = key.signer.sign(body)
    made = stamp(signature) if stamp else b""
    more = asn1.encode(0xA0, asn1.bits(made)) if made else b""
    return asn1.sequence(body, asn1.octets(key.der), asn1.oid(SM2_SM3), asn1.bits(signature), more)


def signed_data(
    key, content, *, attributes=True, detached=True, kind=GM_SIGNED, content_type=GM_DATA, certificates=None
):
    """Signed data of one signer over the digest of `content`, or (not detached) over the content it brings along."""
    signed, told = content, b""
    if attributes:
        inner = b"".join(
            (
                _attribute("1.2.840.113549.1.9.3", asn1.oid(content_type)),
                _attribute("1.2.840.113549.1.9.5", asn1.encode(asn1.UTC_TIME, f"{NOW:%y%m%d%H%M%S}Z".encode())),
                _attribute("1.2.840.113549.1.9.4", asn1.octets(sm3(content))),
            )
        )
        signed, told = asn1.encode(asn1.SET, inner), asn1.encode(0xA0, inner)
    brought = b"" if detached else asn1.encode(0xA0, asn1.octets(content))
    who = asn1.sequence(key.certificate.issuer_der, asn1.integer(key.certificate.serial))
    signature = asn1.octets(key.signer.sign(signed))
    hashed = asn1.sequence(asn1.oid(SM3))
    signer = asn1.sequence(
        asn1.integer(1), who, hashed, told, asn1.sequence(asn1.oid("1.2.156.10197.1.301.1")), signature
    )
    listed = b"".join((key.der,) if certificates is None else certificates)
    return asn1.sequence(
        asn1.oid(kind),
        asn1.encode(
            0xA0,
            asn1.sequence(
                asn1.integer(1),
                asn1.encode(asn1.SET, hashed),
                asn1.sequence(asn1.oid(content_type), brought),
                asn1.encode(0xA0, listed),
                asn1.encode(asn1.SET, signer),
            ),
        ),
    )


def _attribute(kind, value):
    return asn1.sequence(asn1.oid(kind), asn1.encode(asn1.SET, value))


def timestamp(key, signature, *, at=NOW):
    """A TimeStampToken over a signature value."""
    imprint = asn1.sequence(asn1.sequence(asn1.oid(SM3)), asn1.octets(sm3(signature)))
    info = asn1.sequence(asn1.integer(1), asn1.oid("1.2.3"), imprint, asn1.integer(7), asn1.general_time(at))
    return signed_data(key, info, detached=False, kind="1.2.840.113549.1.7.2", content_type=TST_INFO)


def with_value(value, *, seal=None):
    """The files of a sealed OFD with another signature value, made by `value` of Signature.xml; `seal`: b"" for none."""
    files = dict(open_package(world().signed()).files)
    told = files[f"{SIGN}/Signature.xml"].replace(b'ProviderName="yiwang"', b'ProviderName="another"')
    if seal == b"":
        del files[f"{SIGN}/Seal.esl"]
        start, end = told.index(b"<ofd:Seal>"), told.index(b"</ofd:Seal>") + len(b"</ofd:Seal>")
        told = told[:start] + told[end:]
        marked = b'<ofd:Reference FileRef="/Doc_0/Signs/Sign_0/Seal.esl">'
        start = told.index(marked)
        told = told[:start] + told[told.index(b"</ofd:Reference>", start) + len(b"</ofd:Reference>") :]
    elif seal:
        parse_seal(seal)
        old = base64.b64encode(sm3(files[f"{SIGN}/Seal.esl"]))
        told = told.replace(old, base64.b64encode(sm3(seal)))
        files[f"{SIGN}/Seal.esl"] = seal
    files[f"{SIGN}/Signature.xml"] = told
    files[f"{SIGN}/SignedValue.dat"] = value(told)
    return zipped(files)
