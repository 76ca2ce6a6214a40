"""Suites, signers and certificates, free of any framework.

Doors: `suite("national")` gives hashes, signatures and sealing; `LocalSigner` and `Verifier` hold prepared keys;
`self_test` computes the known answers; `Pkcs11Token` and `SdfDevice` give signers whose keys never leave a device.
Errors are `CryptoError`s; verifying never raises. Certificates, chains and revocation lists (`check_certificate` …) are
imported when first asked for.
"""

from typing import TYPE_CHECKING, Any

from .devices.pkcs11 import Pkcs11Token
from .devices.sdf import SdfDevice
from .errors import CryptoError, Damaged, KeyRefused, Unavailable
from .libraries import Library, libraries
from .sealing import Sealer
from .selftest import self_test
from .signers import LocalSigner, Signer, Verifier
from .suites import SUITES, Suite, SuiteName, suite, suite_of_private, suite_of_public

if TYPE_CHECKING:
    from .pki import (
        SEAL_MAKING,
        Authority,
        AuthorityFolder,
        Certificate,
        PkiError,
        Profile,
        Revocation,
        RevocationList,
        RevocationReason,
        check_certificate,
        new_root,
        parse_name,
        private_key_pem,
        read_certificate,
        read_certificates,
        read_list,
        read_private_key,
        write_certification_request,
        write_list,
    )
    from .pki import Verdict as CertificateVerdict

__all__ = [
    "SEAL_MAKING",
    "SUITES",
    "Authority",
    "AuthorityFolder",
    "Certificate",
    "CertificateVerdict",
    "CryptoError",
    "Damaged",
    "KeyRefused",
    "Library",
    "LocalSigner",
    "Pkcs11Token",
    "PkiError",
    "Profile",
    "Revocation",
    "RevocationList",
    "RevocationReason",
    "SdfDevice",
    "Sealer",
    "Signer",
    "Suite",
    "SuiteName",
    "Unavailable",
    "Verifier",
    "check_certificate",
    "libraries",
    "new_root",
    "parse_name",
    "private_key_pem",
    "read_certificate",
    "read_certificates",
    "read_list",
    "read_private_key",
    "self_test",
    "signature_fault",
    "suite",
    "suite_of_private",
    "suite_of_public",
    "write_certification_request",
    "write_list",
]

_PKI = {
    "SEAL_MAKING": "SEAL_MAKING",
    "Authority": "Authority",
    "AuthorityFolder": "AuthorityFolder",
    "Certificate": "Certificate",
    "PkiError": "PkiError",
    "Profile": "Profile",
    "Revocation": "Revocation",
    "RevocationList": "RevocationList",
    "RevocationReason": "RevocationReason",
    "check_certificate": "check_certificate",
    "new_root": "new_root",
    "parse_name": "parse_name",
    "private_key_pem": "private_key_pem",
    "read_certificate": "read_certificate",
    "read_certificates": "read_certificates",
    "read_list": "read_list",
    "read_private_key": "read_private_key",
    "signature_fault": "signature_fault",
    "write_certification_request": "write_certification_request",
    "write_list": "write_list",
    "CertificateVerdict": "Verdict",
}


def __getattr__(name: str) -> Any:
    if name not in _PKI:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import pki

    return getattr(pki, _PKI[name])
