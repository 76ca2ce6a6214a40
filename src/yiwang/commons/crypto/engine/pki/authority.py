"""A small certification authority for tests and demonstrations, which says so in every certificate it issues.

The law reserves real ones to licensed bodies (电子签名法 第十六至十八条); their certificates are imported. Each certificate
made here carries a policy of its own with a notice in words, by which programs and people recognise it.
"""

import datetime as dt
import hashlib
import ipaddress
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

from yiwang.commons.crypto.engine import LocalSigner, Signer, suite

from . import der
from .algorithms import key_info
from .certificates import DEMONSTRATION_POLICY, SEAL_MAKING, Certificate, read_certificate
from .crls import SIGNATURE_OIDS, extension_der
from .reasons import PkiError

NOTICE = "仅供测试和演示，不具有电子签名法规定的效力。For tests and demonstrations only."
MARK = "仅供测试演示 TEST ONLY"
MAX_DAYS = 3650

Profile = Literal["signing", "encryption", "server", "ocsp", "seal_maker", "time_stamping", "authority"]
_USAGES: dict[Profile, tuple[str, ...]] = {
    "signing": ("digital_signature", "content_commitment"),
    "encryption": ("key_encipherment", "data_encipherment", "key_agreement"),
    "server": ("digital_signature",),
    "ocsp": ("digital_signature",),
    "seal_maker": ("digital_signature", "content_commitment"),
    "time_stamping": ("digital_signature", "content_commitment"),
    "authority": ("key_cert_sign", "crl_sign"),
}
_PURPOSES: dict[Profile, x509.ObjectIdentifier] = {
    "server": ExtendedKeyUsageOID.SERVER_AUTH,
    "ocsp": ExtendedKeyUsageOID.OCSP_SIGNING,
    "seal_maker": x509.ObjectIdentifier(SEAL_MAKING),
    "time_stamping": ExtendedKeyUsageOID.TIME_STAMPING,
}
_ALL_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)
_ATTRIBUTES = {
    "C": x509.NameOID.COUNTRY_NAME,
    "ST": x509.NameOID.STATE_OR_PROVINCE_NAME,
    "L": x509.NameOID.LOCALITY_NAME,
    "O": x509.NameOID.ORGANIZATION_NAME,
    "OU": x509.NameOID.ORGANIZATIONAL_UNIT_NAME,
    "CN": x509.NameOID.COMMON_NAME,
    "SERIALNUMBER": x509.NameOID.SERIAL_NUMBER,
    "UID": x509.NameOID.USER_ID,
}


def parse_name(text: str) -> x509.Name:
    """A name written as "CN=…,O=…,C=CN" (RFC 4514). PkiError where it is none."""
    try:
        name = x509.Name.from_rfc4514_string(text, _ATTRIBUTES)
    except (ValueError, KeyError) as error:
        raise PkiError("malformed", what="name", detail=str(error)[:200]) from None
    if not name.rdns:
        raise PkiError("nothing", what="name")
    return name


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate of an authority and the use of its key."""

    certificate: Certificate
    signer: Signer
    crl_url: str = ""
    ocsp_url: str = ""

    def issue(
        self,
        public: bytes,
        subject: x509.Name,
        *,
        profile: Profile,
        since: dt.datetime,
        days: int,
        names: Sequence[str] = (),
        path_length: int | None = None,
    ) -> Certificate:
        """A certificate for a SubjectPublicKeyInfo. Ends no later than the authority's own. PkiError where refused.

        `names` are DNS names, addresses (`192.0.2.1`) or mail addresses; `path_length` binds the profile "authority".
        """
        if fault := key_info(public).fault:
            raise PkiError("key_refused", detail=fault)
        extensions = [
            *_extensions(public, profile, path_length, names),
            extension_der(x509.AuthorityKeyIdentifier(self.certificate.key_id, None, None)),
            *self._pointers(),
        ]
        until = min(_until(since, days), self.certificate.not_after)
        issuer, serial = self.certificate.subject_der, new_serial()
        return _signed(self.signer, issuer, subject, public, since, until, serial, extensions)

    def _pointers(self) -> Iterator[bytes]:
        if self.crl_url:
            points = [x509.DistributionPoint([x509.UniformResourceIdentifier(self.crl_url)], None, None, None)]
            yield extension_der(x509.CRLDistributionPoints(points))
        if self.ocsp_url:
            where = x509.UniformResourceIdentifier(self.ocsp_url)
            method = AuthorityInformationAccessOID.OCSP
            yield extension_der(x509.AuthorityInformationAccess([x509.AccessDescription(method, where)]))


def new_root(
    key: bytes | Signer, subject: x509.Name, *, since: dt.datetime, days: int, path_length: int | None = 1
) -> Authority:
    """A self-signed authority with the key (PKCS#8 DER of a suite, or the use of one). Its name gets the mark that it is for tests only."""
    signer = LocalSigner(key) if isinstance(key, bytes) else key
    marked = x509.Name([*subject.rdns, x509.RelativeDistinguishedName([_mark()])])
    extensions = list(_extensions(signer.public, "authority", path_length, ()))
    name, until = marked.public_bytes(), _until(since, days)
    certificate = _signed(signer, name, marked, signer.public, since, until, new_serial(), extensions)
    return Authority(certificate, signer)


def _mark() -> x509.NameAttribute[str]:
    return x509.NameAttribute(x509.NameOID.ORGANIZATIONAL_UNIT_NAME, MARK)


def new_serial() -> int:
    """127 random bits: never guessed, never twice, at most 16 octets."""
    return secrets.randbits(126) | 1 << 126


def _until(since: dt.datetime, days: int) -> dt.datetime:
    if not 1 <= days <= MAX_DAYS:
        raise PkiError("too_many", what="days", limit=MAX_DAYS)
    return since + dt.timedelta(days=days)


def _extensions(public: bytes, profile: Profile, path_length: int | None, names: Sequence[str]) -> Iterator[bytes]:
    authority = profile == "authority"
    yield extension_der(x509.BasicConstraints(authority, path_length if authority else None), critical=True)
    yield extension_der(x509.KeyUsage(**{name: name in _USAGES[profile] for name in _ALL_USAGES}), critical=True)
    yield extension_der(x509.SubjectKeyIdentifier(hashlib.sha1(key_info(public).raw, usedforsecurity=False).digest()))
    policy = x509.PolicyInformation(x509.ObjectIdentifier(DEMONSTRATION_POLICY), [x509.UserNotice(None, NOTICE)])
    yield extension_der(x509.CertificatePolicies([policy]))
    if profile in _PURPOSES:
        # A service of time stamps does nothing else, and says so (RFC 3161, 2.3).
        yield extension_der(x509.ExtendedKeyUsage([_PURPOSES[profile]]), critical=profile == "time_stamping")
    if profile == "ocsp":
        yield extension_der(x509.OCSPNoCheck())
    if names:
        yield extension_der(x509.SubjectAlternativeName([_general_name(name) for name in names]))


def _general_name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        pass
    try:
        return x509.RFC822Name(text) if "@" in text else x509.DNSName(text)
    except ValueError as error:
        raise PkiError("malformed", what="name", detail=str(error)[:200]) from None


def _signed(
    signer: Signer,
    issuer: bytes,
    subject: x509.Name,
    public: bytes,
    since: dt.datetime,
    until: dt.datetime,
    serial: int,
    extensions: Sequence[bytes],
) -> Certificate:
    algorithm = der.sequence(der.oid(SIGNATURE_OIDS[signer.suite.name]))
    tbs = der.sequence(
        der.explicit(0, der.integer(2)),
        der.integer(serial),
        algorithm,
        issuer,
        der.sequence(der.time(since), der.time(until)),
        subject.public_bytes(),
        public,
        der.explicit(3, der.sequence(*extensions)),
    )
    return read_certificate(der.sequence(tbs, algorithm, der.bits(signer.sign(tbs))))


def new_key(suite_name: str) -> bytes:
    """A private key of a suite, PKCS#8 DER."""
    return suite(suite_name).new_signing_key()
