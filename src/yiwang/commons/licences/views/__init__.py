"""Pages of licences: the wallet, the checker's, the officials'."""

from yiwang.commons.licences.views.checking import check
from yiwang.commons.licences.views.desk import again, desk, desk_licence, step, stuck
from yiwang.commons.licences.views.importing import import_one, imports, rejects
from yiwang.commons.licences.views.mine import find, licence, show, wallet, withdraw
from yiwang.commons.licences.views.verifying import picture, status_list, verified

__all__ = [
    "again",
    "check",
    "desk",
    "desk_licence",
    "find",
    "import_one",
    "imports",
    "licence",
    "picture",
    "rejects",
    "show",
    "status_list",
    "step",
    "stuck",
    "verified",
    "wallet",
    "withdraw",
]
