"""X.509 for both suites: certificates, chains, revocation lists, OCSP, and an authority for tests and demonstrations.

Structures of strangers are read by `cryptography` (memory-safe, not recursive, strict DER), which knows no SM2: what it
doesn't read (bare public keys, requests with several questions) and all that is written goes through `der`, signatures
through the suites. Answers are Verdicts; only the reading functions raise, and only PkiError.
"""

from .algorithms import signature_fault
from .authority import Authority, Profile, new_root, parse_name
from .certificates import SEAL_MAKING, Certificate, read_certificate, read_certificates
from .crls import RevocationList, read_list, write_list
from .folder import AuthorityFolder
from .keys import key_fits, private_key_pem, read_private_key
from .ocsp import Responder, Response, read_response, write_request
from .pairs import check_pair, envelop_key, open_enveloped_key
from .reasons import PkiError, Reason
from .requests import CertificationRequest, read_certification_request, write_certification_request
from .status import Revocation, RevocationReason
from .validation import check_certificate
from .verdicts import Verdict

__all__ = [
    "SEAL_MAKING",
    "Authority",
    "AuthorityFolder",
    "Certificate",
    "CertificationRequest",
    "PkiError",
    "Profile",
    "Reason",
    "Responder",
    "Response",
    "Revocation",
    "RevocationList",
    "RevocationReason",
    "Verdict",
    "check_certificate",
    "check_pair",
    "envelop_key",
    "key_fits",
    "new_root",
    "open_enveloped_key",
    "parse_name",
    "private_key_pem",
    "read_certificate",
    "read_certificates",
    "read_certification_request",
    "read_list",
    "read_private_key",
    "read_response",
    "signature_fault",
    "write_certification_request",
    "write_list",
    "write_request",
]
