"""What crosses the border of notify: who gets a message, what it says, and the refusals."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.errors import Invalid, NotFound
from yiwang.kernel.text import gettext_noop as _

Param = str | int | Mapping[str, str]
Params = Mapping[str, Param]
"""What fills the words of a kind; a mapping says the same in several languages: {"zh": …, "en": …}, Chinese always."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets a message: exactly one of the three. An entity's messages are read by whoever acts for it."""

    account_id: UUID | None = None
    person_id: UUID | None = None
    entity_id: UUID | None = None

    def __post_init__(self) -> None:
        if sum(each is not None for each in (self.account_id, self.person_id, self.entity_id)) != 1:
            raise ValueError("a message goes to one account, person or legal entity")


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message in a list. `kind` and `params` make its words (`registry.kind_of`); `href` is a path of this site or ""."""

    id: UUID
    kind: str
    params: Params
    subject: SubjectRef | None
    href: str
    at: datetime
    read_at: datetime | None = None

    @property
    def unread(self) -> bool:
        return self.read_at is None


class MessageNotFound(NotFound):
    """No such message, or somebody else's."""

    code = "notify.not_found"
    message = _("没有找到这条消息。")
    next_step = _("请回到“消息”查看。")


class MessageFaulty(Invalid):
    """The kind is not known, a parameter is missing, or the address leads elsewhere: a fault of the program."""

    code = "notify.faulty"
    message = _("消息内容有误：{reason}")
