"""Writes of crypto."""

from yiwang.commons.crypto.commands.certificates import import_certificate, revoke_certificate
from yiwang.commons.crypto.commands.living import (
    activate_key,
    destroy_key,
    destroy_version,
    resume_key,
    retire_key,
    rotate_key,
    suspend_key,
)
from yiwang.commons.crypto.commands.making import REENCRYPT, create_key, establish
from yiwang.commons.crypto.commands.masters import record_master_backup, rotate_master_key
from yiwang.commons.crypto.commands.quotas import set_quota
from yiwang.commons.crypto.commands.reencryption import begin_reencryption, reencrypt_batch

__all__ = [
    "REENCRYPT",
    "activate_key",
    "begin_reencryption",
    "create_key",
    "destroy_key",
    "destroy_version",
    "establish",
    "import_certificate",
    "record_master_backup",
    "reencrypt_batch",
    "resume_key",
    "retire_key",
    "revoke_certificate",
    "rotate_key",
    "rotate_master_key",
    "set_quota",
    "suspend_key",
]
