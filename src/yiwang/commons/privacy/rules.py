"""Pure decisions of privacy: what a consent covers and when, how its words are made, when an answer is due."""

import hashlib
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from yiwang.commons.privacy.contracts import (
    ANSWER_DAYS,
    ConsentAsk,
    ConsentFaulty,
    ConsentState,
    DataRef,
    WordsMissing,
)
from yiwang.kernel.legal_calendar import WorkCalendar
from yiwang.kernel.text import gettext_noop as _

LONGEST_CONSENT: Final = timedelta(days=3 * 366)
"""Nobody agrees to more than three years at once (PIPL art. 19: the shortest time that the purpose needs)."""
LONGEST_WORDS: Final = 1000
CHILD: Final = 14
"""Below this age all personal data is sensitive, and a guardian agrees (PIPL arts. 28, 31)."""


def state(*, withdrawn_at: datetime | None, until: datetime, at: datetime) -> ConsentState:
    """Where a consent is at a moment; taking it back wins over its date."""
    if withdrawn_at is not None:
        return ConsentState.WITHDRAWN
    return ConsentState.IN_FORCE if at < until else ConsentState.EXPIRED


def covers(agreed: DataRef, used: DataRef) -> bool:
    """Whether what was agreed to holds the data that is used: the same kind, and the very record or the whole type."""
    if agreed.kind != used.kind:
        return False
    if agreed.id is not None:
        return agreed.id == used.id
    return bool(agreed.key) and agreed.key == used.key


def check_ask(ask: ConsentAsk, at: datetime) -> None:
    """Raises ConsentFaulty: the data has a name and can be told, the time is ahead and bounded."""
    if not ask.data.words or (ask.data.id is None and not ask.data.key):
        raise ConsentFaulty(fields={"data": _("请写明授权使用哪一项信息")})
    if not at < ask.until <= at + LONGEST_CONSENT:
        raise ConsentFaulty(fields={"until": _("授权的期限要在今后三年以内")})


def digest(text: str) -> str:
    """The fingerprint of the words on the page, by which the click says what was read: SM3 in hex."""
    return hashlib.new("sm3", text.encode()).hexdigest()


def is_child(birth: date | None, today: date) -> bool:
    """Whether somebody is under fourteen."""
    if birth is None:
        return False
    age = today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))
    return age < CHILD


def answer_due(calendar: WorkCalendar, raised_on: date) -> date:
    """The last day for the answer to an objection."""
    return calendar.add_working_days(raised_on, ANSWER_DAYS).date


def told(words: str, field: str) -> str:
    """What somebody wrote, trimmed. Raises WordsMissing where it is empty or longer than LONGEST_WORDS characters."""
    text = words.replace("\x00", "").strip()
    if not text:
        raise WordsMissing(fields={field: _("请写明内容。")})
    if len(text) > LONGEST_WORDS:
        raise WordsMissing(fields={field: _("请控制在 1000 字以内")})
    return text


def data_label(kind: str, identifier: UUID | None, key: str) -> str:
    """How audit and locks name a piece of data."""
    return f"{kind}:{identifier or ''}:{key}"
