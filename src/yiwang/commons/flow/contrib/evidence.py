"""How statements about processes read in the ledger."""

from yiwang.commons.ledger.registry import Statements, register_statements
from yiwang.kernel.text import gettext_noop as _

register_statements(
    Statements(
        kinds={
            "process.started": _("流程开始"),
            "process.ended": _("流程结束"),
            "process.task_completed": _("办结一个环节"),
            "process.published": _("发布流程"),
            "process.migration_ordered": _("决定改按新版本办理"),
            "process.migrated": _("改按新版本办理"),
            "flow.delegated": _("登记离岗代办"),
            "flow.delegation_revoked": _("结束离岗代办"),
        },
        facts={"process": _("流程编号"), "element": _("环节")},
    )
)
