"""Pages of privacy: the holder's own (谁看过我的信息, 我的授权, 我的异议) and the data officer's."""

from yiwang.commons.privacy.views.accesses import accesses, export, raise_objection
from yiwang.commons.privacy.views.consents import consent, consents, withdraw
from yiwang.commons.privacy.views.objections import objection, objections
from yiwang.commons.privacy.views.officer import answer, waiting

__all__ = [
    "accesses",
    "answer",
    "consent",
    "consents",
    "export",
    "objection",
    "objections",
    "raise_objection",
    "waiting",
    "withdraw",
]
