"""What OpenID and OAuth ask of pure code: signed tokens, key sets, addresses, secrets. Knows no database and no framework."""

from yiwang.commons.identity.engine.openid.addresses import faults_of, is_loopback, is_registered, pairwise_subject, with_parameters
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
from yiwang.commons.identity.engine.openid.secrets import matches, new_secret, stored

__all__ = [
    "BadToken",
    "KeyPair",
    "code_challenge",
    "faults_of",
    "half_hash",
    "header_of",
    "is_loopback",
    "is_registered",
    "matches",
    "new_key",
    "new_secret",
    "opened",
    "pairwise_subject",
    "prepared",
    "signed",
    "stored",
    "with_parameters",
]
