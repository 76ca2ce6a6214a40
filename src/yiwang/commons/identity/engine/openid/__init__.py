"""What OpenID and OAuth ask of pure code: signed tokens, key sets, addresses, secrets. Knows no database and no framework."""

from yiwang.commons.identity.engine.openid.addresses import (
    faults_of,
    is_registered,
    pairwise_subject,
    with_parameters,
)
from yiwang.commons.identity.engine.openid.jose import (
    BadToken,
    KeyPair,
    code_challenge,
    half_hash,
    header_of,
    new_key,
    opened,
    prepared,
    signed,
)
from yiwang.commons.identity.engine.openid.secrets import device_hash, matches, new_secret, stored, token_hash

__all__ = [
    "BadToken",
    "KeyPair",
    "code_challenge",
    "device_hash",
    "faults_of",
    "half_hash",
    "header_of",
    "is_registered",
    "matches",
    "new_key",
    "new_secret",
    "opened",
    "pairwise_subject",
    "prepared",
    "signed",
    "stored",
    "token_hash",
    "with_parameters",
]
