"""Reads of crypto: keys in use, and keys as those see them who keep them."""

from yiwang.commons.crypto.queries.assessment import assessment
from yiwang.commons.crypto.queries.certificates import (
    certificate,
    certificates,
    certificates_of,
    revoked_certificates,
    revoked_fingerprints,
    revoked_here,
    trusted_certificates,
)
from yiwang.commons.crypto.queries.keeping import (
    application,
    applications,
    check_manage,
    due_keys,
    established,
    key_page,
    keys,
    masters,
    newest_run,
    pass_is_due,
    rights,
)
from yiwang.commons.crypto.queries.signing import key_id_of, public_key, sealer, signer, verify
from yiwang.commons.crypto.queries.soundness import check_algorithms, check_master_key, look_again

__all__ = [
    "application",
    "applications",
    "assessment",
    "certificate",
    "certificates",
    "certificates_of",
    "check_algorithms",
    "check_manage",
    "check_master_key",
    "due_keys",
    "established",
    "key_id_of",
    "key_page",
    "keys",
    "look_again",
    "masters",
    "newest_run",
    "pass_is_due",
    "public_key",
    "revoked_certificates",
    "revoked_fingerprints",
    "revoked_here",
    "rights",
    "sealer",
    "signer",
    "trusted_certificates",
    "verify",
]
