"""Reads of crypto: keys in use, and keys as those see them who keep them."""

from yiwang.commons.crypto.queries.signing import key_id_of, public_key, sealer, signer, verify

__all__ = ["key_id_of", "public_key", "sealer", "signer", "verify"]
