"""Suites, signers and certificates, free of any framework.

Doors: `suite("national")` gives hashes, signatures and sealing; `LocalSigner` and `Verifier` hold prepared keys;
`self_test` computes the known answers; `Pkcs11Token` and `SdfDevice` give signers whose keys never leave a device.
Errors are `CryptoError`s; verifying never raises.
"""

from .devices.pkcs11 import Pkcs11Token
from .devices.sdf import SdfDevice
from .errors import CryptoError, Damaged, KeyRefused, Unavailable
from .libraries import Library, libraries
from .sealing import Sealer
from .selftest import self_test
from .signers import LocalSigner, Signer, Verifier
from .suites import SUITES, Suite, SuiteName, suite, suite_of_private, suite_of_public

__all__ = [
    "SUITES",
    "CryptoError",
    "Damaged",
    "KeyRefused",
    "Library",
    "LocalSigner",
    "Pkcs11Token",
    "SdfDevice",
    "Sealer",
    "Signer",
    "Suite",
    "SuiteName",
    "Unavailable",
    "Verifier",
    "libraries",
    "self_test",
    "suite",
    "suite_of_private",
    "suite_of_public",
]
