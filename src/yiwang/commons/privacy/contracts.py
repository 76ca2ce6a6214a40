"""What crosses the border of privacy: holders, consents, legal bases, access entries, objections, events, refusals.

Articles are those of the Personal Information Protection Law (个人信息保护法, PIPL).
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from yiwang.kernel.events import Event
from yiwang.kernel.text import gettext_noop as _

ANSWER: Final = "privacy.answer"
"""The action of the grant that an organisation's data officer holds."""
SCOPE_KEY: Final = "privacy:objection"
ANSWER_DAYS: Final = 15
"""Working days within which an objection is answered (GB/T 35273-2020, 8.7: thirty days at most)."""
CONSENT: Final = "consent"
STATUTORY_DUTY: Final = "statutory_duty"
LOGS_IN: Final = "identity.logs_in"
"""The purpose for which connected systems are told the numbers of whoever logs in to them."""
SHOWN: Final = "shown"
"""The holder showed it (亮证): the showing itself is the agreement, for this one check."""


class AccessWay(StrEnum):
    """What was done with the data."""

    VIEWED = "viewed"
    USED = "used"
    CHECKED = "checked"
    SHARED = "shared"
    DOWNLOADED = "downloaded"

    @property
    def label(self) -> str:
        return _WAYS[self]


_WAYS = {
    AccessWay.VIEWED: _("查看"),
    AccessWay.USED: _("调取使用"),
    AccessWay.CHECKED: _("核验"),
    AccessWay.SHARED: _("共享"),
    AccessWay.DOWNLOADED: _("下载"),
}


class ConsentState(StrEnum):
    """Where a consent is: in force, taken back, past its date."""

    IN_FORCE = "in_force"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Finding(StrEnum):
    """What the data officer found about an access that somebody objected to."""

    PROPER = "proper"
    IMPROPER = "improper"


@dataclass(frozen=True, slots=True)
class DataRef:
    """Which data: `kind` is registered (`licence`), `id` the record, `key` its type or field (`resident_id_card`).

    `words` is what the holder calls it (居民身份证), without anybody's numbers. `sensitive` as in PIPL art. 28.
    """

    kind: str
    id: UUID | None = None
    key: str = ""
    words: str = ""
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Basis:
    """A ground on which personal data may be handled; `article` names the law, `words` says it to the holder."""

    key: str
    title: str
    article: str
    words: str
    needs_ground: bool = False
    """Whether whoever relies on it names the provision that gives the duty."""


@dataclass(frozen=True, slots=True)
class ConsentAsk:
    """What somebody is asked to agree to: one kind of data, to one organisation, for one purpose, until a moment.

    `holder` is a person or legal entity, `purpose` a registered key, `subject` what it is asked for (a case; `subject_words`
    its name), `text_key` the registered wording, `scope_key` what somebody who acts for the holder must be allowed (`matter:x`).
    """

    holder: SubjectRef
    organisation_id: UUID
    purpose: str
    data: DataRef
    until: datetime
    text_key: str
    subject: SubjectRef | None = None
    subject_words: str = ""
    scope_key: str = "privacy:consent"


@dataclass(frozen=True, slots=True)
class ConsentOffer:
    """The words before somebody agrees: `text` whole, `refusing` what happens without. `digest` is posted back with the click."""

    text: str
    refusing: str
    withdrawing: str
    version: int
    digest: str
    separate: bool


@dataclass(frozen=True, slots=True)
class ConsentView:
    """A consent as its holder reads it; `text` is what was shown, empty in lists."""

    id: UUID
    holder: SubjectRef
    organisation_id: UUID
    organisation: str
    purpose: str
    data: DataRef
    subject: SubjectRef | None
    subject_words: str
    separate: bool
    given_at: datetime
    until: datetime
    withdrawn_at: datetime | None
    state: ConsentState
    version: int
    text: str = ""
    uses: int | None = None


@dataclass(frozen=True, slots=True)
class NewAccess:
    """One look at somebody's data. With basis `consent` the consent is named, is locked and must cover it.

    `organisation_id` is needed only where the program acts for one; an official's is known. `case_words` is the case's number.
    """

    holder: SubjectRef
    data: DataRef
    purpose: str
    way: AccessWay = AccessWay.VIEWED
    basis: str = STATUTORY_DUTY
    ground: str = ""
    consent_id: UUID | None = None
    case: SubjectRef | None = None
    case_words: str = ""
    organisation_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class AccessView:
    """An access entry as its holder reads it."""

    id: UUID
    at: datetime
    holder: SubjectRef
    way: AccessWay
    data: DataRef
    purpose: str
    basis: str
    ground: str
    consent_id: UUID | None
    case: SubjectRef | None
    case_words: str
    organisation_id: UUID | None
    organisation: str
    role: str
    automatic: bool
    objection_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class AccessFilter:
    """What of the entries is wanted; None and "" ask nothing. Days are days in China, both included."""

    organisation_id: UUID | None = None
    data_key: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class AccessChoices:
    """By what a holder's entries can be told apart: (value, words)."""

    organisations: tuple[tuple[UUID, str], ...] = ()
    data: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ObjectionView:
    """An objection to one access: what was said, by when an answer is due, and the answer."""

    id: UUID
    holder: SubjectRef
    holder_name: str
    entry: AccessView | None
    organisation_id: UUID
    organisation: str
    words: str
    raised_at: datetime
    due_on: date
    finding: Finding | None = None
    answer: str = ""
    answered_at: datetime | None = None
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class ConsentWithdrawn(Event):
    """A holder took a consent back: nothing new is done under it from now on (PIPL art. 15)."""

    consent_id: UUID
    data_kind: str
    data_id: UUID | None
    subject_kind: str = ""
    subject_id: UUID | None = None

    @property
    def aggregate(self) -> SubjectRef:
        return SubjectRef("consent", self.consent_id)


@dataclass(frozen=True, slots=True)
class ObjectionRaised(Event):
    """Somebody objected to a look at their data."""

    objection_id: UUID
    organisation_id: UUID

    @property
    def aggregate(self) -> SubjectRef:
        return SubjectRef("objection", self.objection_id)


@dataclass(frozen=True, slots=True)
class ObjectionAnswered(Event):
    """The data officer has answered. One of the two ids names the holder."""

    objection_id: UUID
    person_id: UUID | None
    entity_id: UUID | None
    organisation: str = field(default="")

    @property
    def aggregate(self) -> SubjectRef:
        return SubjectRef("objection", self.objection_id)


class ConsentMissing(Conflict):
    """There is no such consent, or it covers something else."""

    code = "privacy.no_consent"
    message = _("没有找到可以依据的授权，不能使用这项信息。")
    next_step = _("请重新征得本人同意，或者改为由本人提供材料。")


class ConsentEnded(ConsentMissing):
    """The consent was withdrawn or is past its date."""

    code = "privacy.consent_ended"
    message = _("这项授权已经撤回或者到期，不能再使用这项信息。")


class ConsentTextChanged(Conflict):
    """The words are not those that were shown."""

    code = "privacy.text_changed"
    message = _("授权书的内容有变化，请重新阅读后再确认。")
    next_step = _("请看一遍新的内容，同意再点确认；不同意也可以自行上传材料。")


class ConsentFaulty(Invalid):
    """What is asked can't be asked: past date, no name for the data, too long a time."""

    code = "privacy.consent_faulty"
    message = _("授权的内容不完整或者期限不对。")


class UnknownPurpose(Invalid):
    """Nobody registered this purpose or this basis: a fault of the program."""

    code = "privacy.unknown_purpose"
    message = _("没有登记的使用目的或者依据：{key}")


class GroundMissing(Invalid):
    """The basis asks for the provision that gives the duty, or access without an organisation was tried."""

    code = "privacy.ground_missing"
    message = _("查看个人信息要写明依据的规定和单位。")


class MayNotConsent(Forbidden):
    """Only the holder, or somebody who may act for the holder in this, agrees and takes back."""

    code = "privacy.may_not_consent"
    message = _("只有本人或者有权代办的人可以办理授权。")
    next_step = _("请本人登录办理，或者先取得代办的授权。")


class NoSuchConsent(NotFound):
    """No such consent, or somebody else's."""

    code = "privacy.no_such_consent"
    message = _("没有找到这项授权。")
    next_step = _("请回到“我的授权”查看。")


class NoSuchAccess(NotFound):
    """No such entry, or about somebody else."""

    code = "privacy.no_such_access"
    message = _("没有找到这条记录。")
    next_step = _("请回到“谁看过我的信息”查看。")


class NoSuchObjection(NotFound):
    """No such objection, or not for this viewer."""

    code = "privacy.no_such_objection"
    message = _("没有找到这项异议。")
    next_step = _("请回到列表查看。")


class AlreadyObjected(Conflict):
    """One access is objected to once."""

    code = "privacy.already_objected"
    message = _("这条记录您已经提出过异议。")
    next_step = _("请在“我的异议”里查看进展和答复。")


class AlreadyAnswered(Conflict):
    """An objection is answered once."""

    code = "privacy.already_answered"
    message = _("这项异议已经答复。")
    next_step = _("请刷新页面查看答复。")


class WordsMissing(Invalid):
    """Nothing was written, or too much."""

    code = "privacy.words_missing"
    message = _("请按提示填写。")
