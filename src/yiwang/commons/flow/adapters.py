"""What identity asks of us: show real names that wait for an official in the inbox."""

from datetime import datetime
from uuid import UUID

from django.urls import reverse

from yiwang.commons.flow import commands
from yiwang.commons.flow.registry import register_opener
from yiwang.commons.identity.contracts.real_names import REAL_NAME_CHECK
from yiwang.commons.identity.registry.real_names import provide_reviews
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.text import gettext_noop as _

_PROGRAM = Actor.system("flow reviews")


def connect() -> None:
    """Called once at start-up."""
    provide_reviews(InboxReviews())
    register_opener(REAL_NAME_CHECK, task_url=check_url, label=_("实名核对"))


def check_url(subject: SubjectRef, task_id: UUID) -> str:
    """Identity's own page, where the official decides."""
    del task_id
    return reverse("real:decide", args=[subject.id])


class InboxReviews:
    """Fills `identity.registry.real_names.Reviews`."""

    def opened(self, *, check_id: UUID, at: datetime) -> None:
        commands.open_review(check_id=check_id, by=_PROGRAM, at=at)

    def closed(self, *, check_id: UUID, by: Actor, at: datetime) -> None:
        commands.close_review(check_id=check_id, by=by, at=at)
