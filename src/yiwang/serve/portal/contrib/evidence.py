"""How statements about work at a counter read in the ledger."""

from yiwang.commons.ledger.registry import Statements, register_statements
from yiwang.kernel.text import gettext_noop as _

register_statements(
    Statements(
        kinds={
            "portal.filed_at_counter": _("窗口代为提交"),
            "portal.handed_over": _("窗口材料移交"),
            "portal.handover_confirmed": _("确认材料移交"),
        },
        facts={"papers": _("份数"), "cases": _("办件数"), "signed": _("已签名"), "differences": _("差异数")},
        steps=frozenset({"portal.filed_at_counter"}),
    )
)
