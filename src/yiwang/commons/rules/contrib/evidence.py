"""How statements about decisions read in the ledger."""

from yiwang.commons.ledger.registry import Statements, register_statements
from yiwang.kernel.text import gettext_noop as _

register_statements(
    Statements(
        kinds={"decision.published": _("发布规则"), "decision.withdrawn": _("停用规则")},
        facts={"ends_on": _("停用日期")},
    )
)
