"""Tells the ledger how the statements about archives read, privacy what an archive is read for, archivists what failed."""

from django.urls import reverse

from yiwang.commons.archives import queries
from yiwang.commons.archives.commands.access import PURPOSE
from yiwang.commons.archives.contracts import ARCHIVE, ArchiveFailed, ArchiveStep, Retention, State
from yiwang.commons.ledger.registry import Statements, register_statements
from yiwang.commons.notify import commands as notify
from yiwang.commons.notify.contracts import Recipient
from yiwang.commons.notify.registry import Kind, register_kind
from yiwang.commons.privacy.registry import register_purpose
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.outbox import Delivery, subscribe
from yiwang.kernel.text import gettext_noop as _

FAILED = "archives.failed"
_PROGRAM = Actor.system("archives.on_failed")

register_kind(
    Kind(
        FAILED,
        _("档案检测不通过：{number}"),
        _("“{title}”的信息包没有通过四性检测。请查看不通过的项目，按提示恢复或者重新组卷。"),
    )
)


@subscribe(ArchiveFailed, name="archives.on_failed")
def on_failed(event: ArchiveFailed, *, delivery: Delivery) -> None:
    """Every archivist of the archive is told, once for each event."""
    page = queries.archive(archive_id=event.archive_id, viewer=_PROGRAM)
    for account_id in queries.keepers(archive_id=event.archive_id, viewer=_PROGRAM):
        notify.send(
            to=Recipient(account_id=account_id),
            kind=FAILED,
            params={"number": event.archive_number, "title": page.row.title},
            subject=SubjectRef(ARCHIVE, event.archive_id),
            href=reverse("archives:archive", args=[event.archive_id]),
            key=f"archives.failed:{delivery.event_id}:{account_id}",
            by=_PROGRAM,
            at=clock.now(),
        )


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
