"""Real names and acting for others: the levels, the states, the values that pages show, the refusals, the events.

No source that could be checked gives Chinese levels of identity proofing, so these are the platform's own. They correspond to
ISO/IEC 29115:2013, levels of assurance 1 to 4, and to (EU) 2015/1502: CHECKED is low, CONFIRMED substantial, IN_PERSON high.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum, StrEnum
from uuid import UUID

from yiwang.commons.identity.contracts.kinds import RepresentationKind
from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.errors import Conflict, DomainError, ErrorKind, Forbidden, Invalid
from yiwang.kernel.events import Event
from yiwang.kernel.text import gettext_noop as _

REAL_NAME_CHECK = "real_name_check"
"""Kind of a SubjectRef: one check of a real name."""
MANDATE = "mandate"


class Assurance(IntEnum):
    """How surely an account is its person: said by them, checked against the register, confirmed as them, seen in person."""

    CLAIMED = 1
    CHECKED = 2
    CONFIRMED = 3
    IN_PERSON = 4


LEVEL_NAMES: Mapping[Assurance, str] = {
    Assurance.CLAIMED: _("一级：账号登记"),
    Assurance.CHECKED: _("二级：核验姓名和号码"),
    Assurance.CONFIRMED: _("三级：确认本人"),
    Assurance.IN_PERSON: _("四级：当面核验"),
}
"""As pages call the levels."""


class Verdict(StrEnum):
    """What a register or a provider answers about a claim."""

    AGREES = "agrees"
    DIFFERS = "differs"
    UNKNOWN = "unknown"
    UNSURE = "unsure"
    UNAVAILABLE = "unavailable"


class CheckState(StrEnum):
    """How far a check is: asked of the provider, waiting for an official, passed or refused."""

    ASKED = "asked"
    WAITING = "waiting"
    PASSED = "passed"
    REFUSED = "refused"


class CheckReason(StrEnum):
    """Why a check was refused or waits for an official; empty where it passed."""

    NONE = ""
    DIFFERS = "differs"
    OTHER_PERSON = "other_person"
    NAME_VARIANT = "name_variant"
    NOT_FOUND = "not_found"
    UNAVAILABLE = "unavailable"
    KNOWN_PERSON = "known_person"
    BY_HAND = "by_hand"


class MandateState(StrEnum):
    """How far a mandate is."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Claim:
    """Who somebody says they are: the name as typed, the number in 18 characters. Never logged."""

    name: str
    id_number: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A provider's answer; `reference` is its receipt number, kept with the check."""

    verdict: Verdict
    reference: str = ""


@dataclass(frozen=True, slots=True)
class CheckMethod:
    """A way to prove who one is, as the page offers it."""

    key: str
    label: str
    explanation: str
    level: Assurance


@dataclass(frozen=True, slots=True)
class RealNameStanding:
    """Where an account stands: its level, the last check, the person's own masked number."""

    level: Assurance
    name: str
    masked_number: str
    last: "CheckRow | None" = None


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One check: for its owner (masked), or in the officials' queue."""

    id: UUID
    name: str
    masked_number: str
    method: str
    state: CheckState
    reason: CheckReason
    asked_at: datetime
    decided_at: datetime | None
    words: str = ""


@dataclass(frozen=True, slots=True)
class CheckDetail:
    """What the official who decides sees: the claim in full, and how it stands to what is registered here.

    `decided_by`: who has decided; `absent`: in whose place, where that was a deputy.
    """

    row: CheckRow
    id_number: str
    mobile: str
    known_as: str
    own: bool
    tries: int
    decided_by: str = ""
    absent: str = ""


@dataclass(frozen=True, slots=True)
class RegisteredEntity:
    """A legal entity in its register: the market regulator's, or that of institutions and associations."""

    credit_code: str
    name: str
    kind: str
    representative_name: str
    representative_number: str
    address: str = ""
    in_business: bool = True


@dataclass(frozen=True, slots=True)
class RegisteredChild:
    """A child in the register of families, with the numbers of its parents. A newborn has a certificate and no number yet."""

    name: str
    birth_date: date
    sex: str
    id_number: str = ""
    birth_certificate: str = ""
    parents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScopeChoice:
    """Something that a mandate can be bounded to: `key` is a scope pattern (`matter:birth`), `group` where one looks for it."""

    key: str
    label: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class MandateRow:
    """A mandate in a list. `principal` and `agent` are masked unless they are the viewer's own or accepted each other."""

    id: UUID
    kind: RepresentationKind
    principal: str
    agent: str
    principal_ref: SubjectRef
    scopes: tuple[str, ...]
    offered_at: datetime
    valid_to: date
    state: MandateState
    given_by: str
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MandateParties:
    """Who is to hear of a mandate: `principal` speaks for that side, `agent` is who answered, or who is asked and proven."""

    principal: UUID | None
    agent: UUID | None
    agent_name: str
    state: MandateState
    answered: bool
    ended_by: UUID | None = None


@dataclass(frozen=True, slots=True)
class BoundEntity:
    """A legal entity whose legal representative the viewer is, with how many act for it and how many have not answered."""

    id: UUID
    name: str
    credit_code: str
    since: date
    agents: int
    offers: int


class RealNameNeeded(Forbidden):
    """The step asks for a higher level of real name than the account has."""

    code = "identity.real_name_needed"
    message = _("办理这件事要先完成实名认证。")
    next_step = _("请在“我的—实名认证”里核验身份，或者带身份证到服务窗口办理。")


class ClaimInvalid(Invalid):
    """Name or number is not well formed; `fields` says which."""

    code = "identity.claim_invalid"


class TooManyChecks(DomainError):
    """So many checks failed that the next has to wait until tomorrow."""

    code = "identity.too_many_checks"
    kind = ErrorKind.TOO_MANY
    message = _("今天核验的次数太多，请明天再试。")
    next_step = _("如果着急，请带身份证到服务窗口办理。")


class CheckWaits(Conflict):
    """An official looks at the last check already."""

    code = "identity.check_waits"
    message = _("您已经提交过实名认证，工作人员正在核对。")
    next_step = _("结果会显示在“实名认证”里；着急的话请带身份证到服务窗口办理。")


class CheckClosed(Conflict):
    """The check was decided already."""

    code = "identity.check_closed"
    message = _("这项实名认证已经处理过了。")
    next_step = _("请刷新列表，查看处理结果。")


class RegisterUnavailable(DomainError):
    """The register that would answer is not connected or does not answer."""

    code = "identity.register_unavailable"
    kind = ErrorKind.UNAVAILABLE
    message = _("登记信息暂时查不到。")
    next_step = _("请过一会儿再试，或者带材料到服务窗口办理。")


class BindingRefused(Conflict):
    """What was given does not agree with the register. Which part is not said, so that nobody can try."""

    code = "identity.binding_refused"
    message = _("您填写的内容和登记信息对不上。")
    next_step = _("请核对后再试；登记信息刚变更的，请第二天再试，或者带材料到服务窗口办理。")


class MandateClosed(Conflict):
    """The offer was answered, withdrawn or has run out."""

    code = "identity.mandate_closed"
    message = _("这份委托已经答复、撤回或者到期。")
    next_step = _("如仍需代办，请对方重新委托。")


@dataclass(frozen=True, slots=True)
class RealNameConfirmed(Event):
    """An account reached a level of real name."""

    account_id: UUID
    level: int

    @property
    def aggregate(self) -> SubjectRef:
        return SubjectRef("account", self.account_id)


@dataclass(frozen=True, slots=True)
class MandateOffered(Event):
    """Somebody was asked to act for another."""

    mandate_id: UUID

    @property
    def aggregate(self) -> SubjectRef:
        return SubjectRef(MANDATE, self.mandate_id)


@dataclass(frozen=True, slots=True)
class MandateAnswered(Event):
    """The agent accepted or declined."""

    mandate_id: UUID
    accepted: bool

    @property
    def aggregate(self) -> SubjectRef:
        return SubjectRef(MANDATE, self.mandate_id)


@dataclass(frozen=True, slots=True)
class MandateEnded(Event):
    """One side, or an official, ended a mandate that was offered or accepted."""

    mandate_id: UUID

    @property
    def aggregate(self) -> SubjectRef:
        return SubjectRef(MANDATE, self.mandate_id)


@dataclass(frozen=True, slots=True)
class RealNameClaimed(Event):
    """Another account said to be this person, by name and number alone; an official looks at it."""

    person_id: UUID
    check_id: UUID

    @property
    def aggregate(self) -> SubjectRef:
        return SubjectRef("person", self.person_id)


@dataclass(frozen=True, slots=True)
class RealNameDecided(Event):
    """An official decided on a check that waited."""

    account_id: UUID
    check_id: UUID
    passed: bool

    @property
    def aggregate(self) -> SubjectRef:
        return SubjectRef("account", self.account_id)
