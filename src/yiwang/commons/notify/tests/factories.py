"""Messages of a kind that exists in tests only."""

from typing import Any
from uuid import UUID

from yiwang.commons.identity.tests.factories import MadeAccount
from yiwang.commons.notify import commands
from yiwang.commons.notify.contracts import Recipient
from yiwang.commons.notify.registry import Kind, register_kind
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor

SYSTEM = Actor.system("tests")
register_kind(Kind("test.kind", "“{title}”有消息", "内容"))


def send(reader: MadeAccount | None = None, *, title: str = "样例", **options: Any) -> UUID:
    """To the reader's person unless `to` says otherwise."""
    to = Recipient(person_id=reader.person_id) if reader else options.pop("to")
    plain = {"kind": "test.kind", "params": {"title": title}, "key": "test"} | options
    return commands.send(to=to, by=SYSTEM, at=clock.now(), **plain)
