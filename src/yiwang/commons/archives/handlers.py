"""Tells the ledger how the statements about archives read, and privacy what an archive is read for."""

from yiwang.commons.archives.commands.access import PURPOSE
from yiwang.commons.archives.contracts import ArchiveStep, Retention, State
from yiwang.commons.ledger.registry import Statements, register_statements
from yiwang.commons.privacy.registry import register_purpose
from yiwang.kernel.text import gettext_noop as _

register_purpose(PURPOSE, _("查阅电子档案"))
register_statements(
    Statements(
        kinds={
            **{f"archive.{each.value}": each.label for each in ArchiveStep},
            "archive.destruction_decided": _("销毁清册审批"),
            "archive.handed_over": _("档案移交"),
        },
        facts={
            "archive": _("档号"),
            "digest": _("内容摘要（SM3）"),
            "retention": _("保管期限"),
            "state": _("档案状态"),
            "number": _("编号"),
            "approved": _("是否批准"),
            "count": _("份数"),
            "target": _("接收单位"),
        },
        values={
            "retention": {each.value: each.label for each in Retention},
            "state": {each.value: each.label for each in State},
        },
        steps=frozenset({"archive.archive"}),
    )
)
