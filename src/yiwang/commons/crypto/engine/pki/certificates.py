"""One certificate as a frozen value, read from the bytes of strangers; files of several in PEM or DER."""

import base64
import binascii
import datetime as dt
import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import HashAlgorithm
from cryptography.x509.oid import AuthorityInformationAccessOID

from . import der
from .algorithms import RSA_PSS, KeyInfo, Scheme, algorithm_name, key_info
from .reasons import PkiError, shown

MAX_CERTIFICATE = 64 * 1024
MAX_FILE = 4 * 1024 * 1024
MAX_CERTIFICATES = 1000
MAX_NAMES = 1000  # alternative names, name constraints, attributes of a name

# An OID under a UUID of our own (X.667): the policy of certificates that only tests and demonstrations may use.
DEMONSTRATION_POLICY = "2.25.58567071064068996373079642861272815847"
# An OID under another UUID of our own: the extended key usage of systems that make electronic seals, as a root grants it.
SEAL_MAKING = "2.25.303633189072309518861974518661235872669"
USAGES = {
    "digital_signature": "digitalSignature",
    "content_commitment": "nonRepudiation",
    "key_encipherment": "keyEncipherment",
    "data_encipherment": "dataEncipherment",
    "key_agreement": "keyAgreement",
    "key_cert_sign": "keyCertSign",
    "crl_sign": "cRLSign",
}
_UNDERSTOOD = (
    x509.BasicConstraints,
    x509.KeyUsage,
    x509.ExtendedKeyUsage,
    x509.SubjectAlternativeName,
    x509.NameConstraints,
    x509.CertificatePolicies,
    x509.AuthorityKeyIdentifier,
    x509.SubjectKeyIdentifier,
)
NameKey = tuple[frozenset[tuple[str, str]], ...]
T = TypeVar("T")
Kind = TypeVar("Kind", bound=x509.ExtensionType)


@dataclass(frozen=True, slots=True, eq=False)
class Certificate:
    """An X.509 version 3 (or 1) certificate. Two are equal when their bytes are.

    `usages` and `purposes` are None where the extension is absent (everything allowed), `usages` of USAGES' values,
    `purposes` dotted OIDs. Times are aware, in UTC. `key.suite` is "national" for SM2, "" for kinds not known here.
    """

    der: bytes = field(repr=False)
    serial: int
    subject: str
    issuer: str
    not_before: dt.datetime
    not_after: dt.datetime
    public_key: bytes = field(repr=False)
    key: KeyInfo = field(repr=False)
    signature_algorithm: str = field(repr=False)
    signature: bytes = field(repr=False)
    tbs: bytes = field(repr=False)
    scheme: Scheme | None = field(repr=False)
    subject_der: bytes = field(repr=False)
    issuer_der: bytes = field(repr=False)
    subject_name: NameKey = field(repr=False)
    issuer_name: NameKey = field(repr=False)
    algorithms_agree: bool = field(repr=False)
    ca: bool
    path_length: int | None = field(repr=False)
    usages: frozenset[str] | None
    purposes: frozenset[str] | None = field(repr=False)
    key_id: bytes = field(repr=False)
    authority_key_id: bytes = field(repr=False)
    alternative_names: tuple[x509.GeneralName, ...] = field(repr=False)
    subject_attributes: x509.Name = field(repr=False)
    constraints: x509.NameConstraints | None = field(repr=False)
    unknown_critical: tuple[str, ...] = field(repr=False)
    policies: frozenset[str] = field(repr=False)
    crl_urls: tuple[str, ...] = field(repr=False)
    ocsp_urls: tuple[str, ...] = field(repr=False)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Certificate) and self.der == other.der

    def __hash__(self) -> int:
        return hash(self.der)

    @property
    def serial_hex(self) -> str:
        return f"{self.serial:X}".rjust(2, "0")

    @property
    def suite(self) -> str:
        return self.key.suite

    @property
    def algorithm(self) -> str:
        return algorithm_name(self.signature_algorithm)

    @property
    def self_issued(self) -> bool:
        return self.subject_name == self.issuer_name

    @property
    def demonstration(self) -> bool:
        """Whether it says of itself that it is for tests and demonstrations only."""
        return DEMONSTRATION_POLICY in self.policies

    @property
    def fingerprint(self) -> str:
        """Digest of the whole, in hexadecimal: SM3 for the national suite, else SHA-256."""
        return hashlib.new("sm3" if self.suite == "national" else "sha256", self.der).hexdigest()

    @property
    def role(self) -> str:
        """Which half of a double certificate it is: "signing", "encryption", "both"; "authority" for an authority's."""
        if self.ca:
            return "authority"
        signs = self.usages is None or bool(self.usages & {"digitalSignature", "nonRepudiation"})
        encrypts = self.usages is None or bool(self.usages & {"keyEncipherment", "dataEncipherment", "keyAgreement"})
        return "both" if signs == encrypts else "signing" if signs else "encryption"

    def pem(self) -> str:
        return to_pem("CERTIFICATE", self.der)


def to_pem(label: str, body: bytes) -> str:
    text = base64.encodebytes(body).decode().replace("\n", "")
    lines = "\n".join(text[at : at + 64] for at in range(0, len(text), 64))
    return f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n"


_PEM = re.compile(rb"-----BEGIN ([A-Z0-9 ]{1,40})-----\r?\n([A-Za-z0-9+/=\s]*?)-----END \1-----")


def from_pem(data: bytes, labels: Iterable[str], *, limit: int = MAX_FILE) -> list[tuple[str, bytes]]:
    """The (label, DER) blocks of a PEM file with one of the labels. PkiError where it is too large or not base64."""
    if len(data) > limit:
        raise PkiError("too_large", size=len(data), limit=limit)
    wanted = set(labels)
    found = []
    for match in _PEM.finditer(data):
        label = match[1].decode()
        if label in wanted:
            try:
                found.append((label, base64.b64decode(b"".join(match[2].split()), validate=True)))
            except (binascii.Error, ValueError) as error:
                raise PkiError("malformed", what="PEM", detail=str(error)) from None
    return found


def read_certificates(data: bytes) -> tuple[Certificate, ...]:
    """The certificates of a PEM file, or the one of a DER file. PkiError where there is none, or one is bad."""
    if data[:1] == b"\x30":
        return (read_certificate(data),)
    blocks = from_pem(data, ["CERTIFICATE", "X509 CERTIFICATE"])
    if not blocks:
        raise PkiError("nothing", what="certificate")
    if len(blocks) > MAX_CERTIFICATES:
        raise PkiError("too_many", what="certificate", limit=MAX_CERTIFICATES)
    return tuple(read_certificate(body) for _, body in blocks)


def read_certificate(data: bytes) -> Certificate:
    """One certificate in DER. PkiError where it is none, too large or too deep."""
    top = der.read(data, limit=MAX_CERTIFICATE)
    return guarded("certificate", lambda: _read(data, top))


def guarded(what: str, reading: Callable[[], T]) -> T:
    """What `reading` returns; whatever breaks in it becomes PkiError("malformed")."""
    try:
        return reading()
    except PkiError:
        raise
    except Exception as error:  # noqa: BLE001 - a stranger's bytes may break the parser in ways that it doesn't document
        detail = shown(" ".join(str(error).split())) or type(error).__name__
        raise PkiError("malformed", what=what, detail=detail) from None


def _read(data: bytes, top: der.Node) -> Certificate:
    tbs, outer, _ = top.children()
    members = tbs.expect(der.SEQUENCE).children()
    version_3 = members[0].tag == 0xA0
    serial, inner, issuer, _, subject, public = members[version_3 : version_3 + 6]
    if serial.integer() <= 0 or serial.end - serial.content > 21:  # RFC 5280 4.1.2.2
        raise PkiError("malformed", what="certificate", detail="the serial number is not positive or over 20 octets")
    loaded = x509.load_der_x509_certificate(data)
    extensions = {type(extension.value): extension for extension in loaded.extensions}

    def of(kind: type[Kind]) -> Kind | None:
        extension = extensions.get(kind)
        return extension.value if extension is not None and isinstance(extension.value, kind) else None

    constraints = of(x509.BasicConstraints)
    usage, purposes, policies = of(x509.KeyUsage), of(x509.ExtendedKeyUsage), of(x509.CertificatePolicies)
    own, authority = of(x509.SubjectKeyIdentifier), of(x509.AuthorityKeyIdentifier)
    names = tuple(of(x509.SubjectAlternativeName) or ())
    if len(names) > MAX_NAMES or len(loaded.subject.rdns) + len(loaded.issuer.rdns) > MAX_NAMES:
        raise PkiError("too_many", what="name", limit=MAX_NAMES)
    return Certificate(
        der=data,
        serial=loaded.serial_number,
        subject=shown(loaded.subject.rfc4514_string()),
        issuer=shown(loaded.issuer.rfc4514_string()),
        not_before=loaded.not_valid_before_utc,
        not_after=loaded.not_valid_after_utc,
        public_key=public.whole,
        key=key_info(public.whole),
        signature_algorithm=loaded.signature_algorithm_oid.dotted_string,
        signature=loaded.signature,
        tbs=tbs.whole,
        scheme=scheme_of(loaded),
        subject_der=subject.whole,
        issuer_der=issuer.whole,
        subject_name=name_key(loaded.subject),
        issuer_name=name_key(loaded.issuer),
        algorithms_agree=inner.whole == outer.whole,
        # Version 1 has no extensions: it can't be an authority below an anchor (RFC 5280 6.1.4 k).
        ca=constraints is not None and constraints.ca,
        path_length=constraints.path_length if constraints else None,
        usages=_usages(usage),
        purposes=frozenset(p.dotted_string for p in purposes) if purposes is not None else None,
        key_id=own.digest if own else hashlib.sha1(key_info(public.whole).raw, usedforsecurity=False).digest(),
        authority_key_id=(authority.key_identifier if authority else None) or b"",
        alternative_names=names,
        subject_attributes=loaded.subject,
        constraints=of(x509.NameConstraints),
        unknown_critical=tuple(
            extension.oid.dotted_string
            for extension in loaded.extensions
            if extension.critical and not isinstance(extension.value, _UNDERSTOOD)
        ),
        policies=frozenset(p.policy_identifier.dotted_string for p in policies or ()),
        crl_urls=_urls(p.full_name or () for p in of(x509.CRLDistributionPoints) or ()),
        ocsp_urls=_urls(
            [access.access_location]
            for access in of(x509.AuthorityInformationAccess) or ()
            if access.access_method == AuthorityInformationAccessOID.OCSP
        ),
    )


def _usages(usage: x509.KeyUsage | None) -> frozenset[str] | None:
    return None if usage is None else frozenset(name for attribute, name in USAGES.items() if getattr(usage, attribute))


def _urls(groups: Iterable[Iterable[x509.GeneralName]]) -> tuple[str, ...]:
    found = [n.value for names in groups for n in names if isinstance(n, x509.UniformResourceIdentifier)]
    return tuple(found[:16])


def scheme_of(loaded: x509.Certificate | x509.CertificateRevocationList) -> Scheme | None:
    if loaded.signature_algorithm_oid.dotted_string != RSA_PSS:
        return None
    parameters, digest = loaded.signature_algorithm_parameters, loaded.signature_hash_algorithm
    if isinstance(parameters, padding.PSS) and isinstance(digest, HashAlgorithm):
        return Scheme(parameters, digest)
    return None


def name_key(name: x509.Name) -> NameKey:
    """A name for comparison: case and runs of spaces don't count (RFC 5280 7.1), nor does the kind of string."""
    return tuple(
        frozenset((attribute.oid.dotted_string, _folded(attribute.value)) for attribute in rdn) for rdn in name.rdns
    )


def _folded(text: str | bytes) -> str:
    return " ".join(text.casefold().split()) if isinstance(text, str) else text.hex()
