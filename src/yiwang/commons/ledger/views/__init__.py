"""Pages of the ledger: verifying (公众核验), the public log (常享链), 「我的存证」, and the operator's watch."""

from yiwang.commons.ledger.views.mine import mine
from yiwang.commons.ledger.views.operating import findings, standing, witnesses
from yiwang.commons.ledger.views.public import chain, entry
from yiwang.commons.ledger.views.verifying import verify

__all__ = ["chain", "entry", "findings", "mine", "standing", "verify", "witnesses"]
