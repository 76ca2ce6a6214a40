"""Pages of crypto: keys, one key, applications, certificates, how things stand."""

from yiwang.commons.crypto.views.applications import applications, quota
from yiwang.commons.crypto.views.certificates import certificate, certificates, pem, take
from yiwang.commons.crypto.views.keys import create, key, keys, step
from yiwang.commons.crypto.views.standing import assessment, standing

__all__ = [
    "applications",
    "assessment",
    "certificate",
    "certificates",
    "create",
    "key",
    "keys",
    "pem",
    "quota",
    "standing",
    "step",
    "take",
]
