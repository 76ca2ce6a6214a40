"""Pages of seals and signatures."""

from yiwang.commons.seals.views.listing import apply, picture, rule, seal, seals
from yiwang.commons.seals.views.previewing import request_drawn
from yiwang.commons.seals.views.signing import sign, signed_file, signing
from yiwang.commons.seals.views.steps import step
from yiwang.commons.seals.views.uses import request_page, requests, use, uses
from yiwang.commons.seals.views.verifying import verify

__all__ = [
    "apply",
    "picture",
    "request_drawn",
    "request_page",
    "requests",
    "rule",
    "seal",
    "seals",
    "sign",
    "signed_file",
    "signing",
    "step",
    "use",
    "uses",
    "verify",
]
