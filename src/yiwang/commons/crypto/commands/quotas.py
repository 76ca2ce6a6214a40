"""What an application may use."""

from datetime import datetime

from yiwang.commons.crypto import policies
from yiwang.commons.crypto.contracts import APPLICATION, ApplicationNotFound
from yiwang.commons.crypto.models import KeyApplication
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note


@command("crypto.set_quota")
def set_quota(
    *, application: str, daily_quota: int | None, key_quota: int, title: str = "", by: Actor, at: datetime
) -> None:
    """Uses a day (None: no bound) and keys. Processes know within half a minute. Raises MayNotManage, ApplicationNotFound."""
    policies.check_manage(by)
    row = KeyApplication.objects.select_for_update().filter(code=application).first()
    if row is None:
        raise ApplicationNotFound(application=application[:60])
    row.daily_quota, row.key_quota, row.title = daily_quota, key_quota, title.strip()[:120] or row.title
    row.save(update_fields=["daily_quota", "key_quota", "title"])
    note(SubjectRef(APPLICATION, row.pk), application=application, daily_quota=daily_quota, key_quota=key_quota)
