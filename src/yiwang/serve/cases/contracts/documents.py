"""The legal documents of a case (文书) and their delivery (送达), as they cross the border."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from yiwang.commons.files.contracts import MediaType, Purpose
from yiwang.kernel.text import gettext_noop as _


class DocumentKind(StrEnum):
    """What a document does. Each kind has number series of its own for each organisation and year."""

    RECEIPT = "receipt"
    ACCEPTANCE = "acceptance"
    CONDITIONAL = "conditional"
    CORRECTION = "correction"
    NON_ACCEPTANCE = "non_acceptance"
    PLEDGE = "pledge"
    SPECIAL = "special"
    EXTENSION = "extension"
    GRANT = "grant"
    REFUSAL = "refusal"
    WITHDRAWAL = "withdrawal"
    TERMINATION = "termination"
    REVOCATION = "revocation"
    SERVICE = "service"

    @property
    def label(self) -> str:
        return _KIND[self]

    @property
    def is_result(self) -> bool:
        """Whether it is delivered with the results of the decision, in a bundle all at once."""
        return self is DocumentKind.GRANT

    @property
    def bears_seal(self) -> bool:
        """Whether the organisation seals it: not what the applicant signs, nor the proof of its delivery."""
        return self not in {DocumentKind.PLEDGE, DocumentKind.SERVICE}

    @property
    def many(self) -> bool:
        """Whether a case may have more than one."""
        return self in {DocumentKind.SPECIAL, DocumentKind.PLEDGE, DocumentKind.SERVICE}


_KIND = {
    DocumentKind.RECEIPT: _("收件凭证"),
    DocumentKind.ACCEPTANCE: _("受理通知书"),
    DocumentKind.CONDITIONAL: _("容缺受理告知书"),
    DocumentKind.CORRECTION: _("补正材料告知书"),
    DocumentKind.NON_ACCEPTANCE: _("不予受理决定书"),
    DocumentKind.PLEDGE: _("告知承诺书"),
    DocumentKind.SPECIAL: _("特别程序告知书"),
    DocumentKind.EXTENSION: _("延长办理期限告知书"),
    DocumentKind.GRANT: _("准予决定书"),
    DocumentKind.REFUSAL: _("不予决定书"),
    DocumentKind.WITHDRAWAL: _("撤回申请确认书"),
    DocumentKind.TERMINATION: _("终止办理告知书"),
    DocumentKind.REVOCATION: _("撤销决定书"),
    DocumentKind.SERVICE: _("送达回证"),
}


SEALED_WITHIN: Final = timedelta(hours=1)
"""A seal that is not on by then is late: something is in its way that people must mend."""
PAPERS: Final = Purpose("case_paper", frozenset({MediaType.PDF}), 20 * 1024 * 1024)
"""The sealed files of documents and results, as files keeps them."""


class SealStatus(StrEnum):
    """Whether a paper bears its organisation's seal: there was none to put on, it is being put on, that takes long, it is on."""

    NONE = "none"
    WAITING = "waiting"
    LATE = "late"
    SEALED = "sealed"


class PaperKind(StrEnum):
    """What a sealed paper is of; the values name it to seals."""

    DOCUMENT = "case_document"
    RESULT = "case_result"


class DeliveryChannel(StrEnum):
    """How a document reaches the applicant."""

    ONLINE = "online"
    COUNTER = "counter"
    POST = "post"
    ANNOUNCEMENT = "announcement"

    @property
    def label(self) -> str:
        return _CHANNEL[self]


_CHANNEL = {
    DeliveryChannel.ONLINE: _("网上送达"),
    DeliveryChannel.COUNTER: _("窗口领取"),
    DeliveryChannel.POST: _("邮寄送达"),
    DeliveryChannel.ANNOUNCEMENT: _("公告送达"),
}


class DeliveryState(StrEnum):
    """WAITING: until all results are ready. READY: to be handed over or posted. SENT: on its way."""

    WAITING = "waiting"
    READY = "ready"
    SENT = "sent"
    DELIVERED = "delivered"
    CONFIRMED = "confirmed"

    @property
    def label(self) -> str:
        return _STATE[self]


_STATE = {
    DeliveryState.WAITING: _("等全部结果出齐后一并送达"),
    DeliveryState.READY: _("待送达"),
    DeliveryState.SENT: _("送达途中"),
    DeliveryState.DELIVERED: _("已送达，待签收"),
    DeliveryState.CONFIRMED: _("已签收"),
}


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """How a document was delivered. `due`: the last day for it (行政许可法 44), `receipt_number` of the proof of delivery."""

    id: UUID
    channel: DeliveryChannel
    state: DeliveryState
    due: date | None
    delivered_at: datetime | None
    confirmed_at: datetime | None
    signer: str = ""
    detail: str = ""
    overdue: bool = False
    left: int | None = None
    receipt_id: UUID | None = None
    receipt_number: str = ""


@dataclass(frozen=True, slots=True)
class SealedPaperView:
    """The sealed file of a document or a result (`of`). `digest`: SM3 of the file in hex."""

    id: UUID
    kind: PaperKind
    of: UUID
    case_number: str
    title: str
    number: str
    file_id: UUID
    digest: str
    sealed_at: datetime


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document as issued."""

    id: UUID
    case_id: UUID
    case_number: str
    kind: DocumentKind
    number: str
    title: str
    authority: str
    addressee: str
    ground: str
    paragraphs: tuple[str, ...]
    day: date
    issued_at: datetime
    issuer: str
    template: str
    digest: str
    sample: bool
    delivery: DeliveryView | None = None
    seal: SealStatus = SealStatus.NONE

    @property
    def sealed(self) -> bool:
        """Whether it bears the organisation's electronic seal."""
        return self.seal is SealStatus.SEALED


@dataclass(frozen=True, slots=True)
class DraftDocument:
    """How a document would read if it were issued now: nothing is numbered yet."""

    kind: DocumentKind
    title: str
    authority: str
    addressee: str
    paragraphs: tuple[str, ...]
    day: date
    sample: bool = False


@dataclass(frozen=True, slots=True)
class DeferredView:
    """A material that may follow after conditional acceptance (容缺), until when, and whether it has come."""

    material: str
    name: str
    due: date
    supplied_at: datetime | None
    lapsed: bool


@dataclass(frozen=True, slots=True)
class PledgeView:
    """A material that a pledge stands for. `kept` is None until it was checked; `check_due` None: daily supervision."""

    id: UUID
    material: str
    name: str
    signed_at: datetime
    signer: str
    consequences: str
    check_due: date | None
    checked_at: datetime | None
    kept: bool | None
    finding: str = ""
    restored_at: datetime | None = None

    @property
    def bars(self) -> bool:
        """Whether it was false and its signer may pledge no more in matters of this kind."""
        return self.kept is False and self.restored_at is None


@dataclass(frozen=True, slots=True)
class PledgeBar:
    """Why an applicant may not pledge in a matter: a pledge in an earlier case was found false (国办发〔2020〕42号)."""

    case_number: str
    name: str
    found_on: date


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether history and documents of a case are as they were written; `faults` name what is not."""

    number: str
    events: int
    documents: int
    faults: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        return not self.faults
