"""Background work of forms: drafts nobody came back to are forgotten."""

from yiwang.commons.forms import commands
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.jobs import periodic


@periodic("forms.purge_drafts", cron="41 3 * * *")
def purge_drafts() -> None:
    """Once a day."""
    commands.purge_drafts(by=Actor.system("清理长期没有提交的表单"), at=clock.now())
