"""What crosses the ledger's border: lines of entries and evidence, the state of log and witnesses, errors."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.errors import Conflict, DomainError, ErrorKind, Forbidden, Invalid, NotFound
from yiwang.kernel.text import gettext_noop as _

WATCH = "ledger.watch"  # the action of a grant
LONGEST_ENTRY = 65_535  # bytes: an entry bundle writes its length in two (C2SP tlog-tiles)


class ReceiptState(StrEnum):
    """How far a statement has come: not in the log yet, in the log, under a checkpoint that the quorum has co-signed."""

    WAITING_LOG = "waiting_log"
    WAITING_WITNESSES = "waiting_witnesses"
    FINAL = "final"


class FindingKind(StrEnum):
    """What was found wrong with a log."""

    REWRITTEN = "rewritten"
    FORKED = "forked"
    TRUNCATED = "truncated"
    EVIDENCE_DIFFERS = "evidence_differs"
    SIGNATURE_WRONG = "signature_wrong"
    WITNESS_LIED = "witness_lied"
    EVIDENCE_TOO_LONG = "evidence_too_long"


@dataclass(frozen=True, slots=True)
class NewEntry:
    """A statement that is to be appended. `data` are the bytes whose hash becomes the leaf."""

    data: bytes
    kind: str
    at: datetime
    subject: SubjectRef | None = None
    organisation_id: UUID | None = None
    evidence_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class EntryView:
    """An entry as the public sees it: public facts and salted hashes. `leaf` is its hash, `final` says a receipt can be had."""

    index: int
    evidence_id: UUID | None
    kind: str
    subject: SubjectRef | None
    organisation_id: UUID | None
    at: datetime
    facts: Mapping[str, Any]
    leaf: bytes
    final: bool


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """A statement of a legal step and how far it has come; `index` is its place in the log, None while it waits."""

    evidence_id: UUID
    kind: str
    subject: SubjectRef
    organisation_id: UUID | None
    at: datetime
    facts: Mapping[str, Any]
    index: int | None
    state: ReceiptState

    @property
    def final(self) -> bool:
        """The receipt can be had."""
        return self.state is ReceiptState.FINAL


@dataclass(frozen=True, slots=True)
class LogView:
    """The newest checkpoint as the public sees it. `quorum` of `witnesses` must co-sign; `final_size` entries have that."""

    number: int
    origin: str
    suite: str
    public_key: bytes
    opened_at: datetime
    size: int
    root: bytes
    checkpoint_at: datetime | None
    note: str
    cosigned: int
    quorum: int
    witnesses: int
    final: bool
    final_size: int


@dataclass(frozen=True, slots=True)
class LogStanding:
    """What the operator watches: evidence that is not in the log yet, since when entries wait for a head, and growth by day."""

    size: int
    backlog: int
    oldest_waiting_at: datetime | None
    unsigned_since: datetime | None
    last_appended_at: datetime | None
    per_day: tuple[tuple[date, int], ...]


@dataclass(frozen=True, slots=True)
class WitnessView:
    """A witness: which size it last co-signed, how many entries it is behind, what it last failed of and how often in a row."""

    id: UUID
    name: str
    organisation: str
    url: str
    suite: str
    vkey: str
    fingerprint: str
    since: datetime
    last_cosigned_at: datetime | None
    last_size: int
    behind: int
    asked_at: datetime | None
    fault: str
    faults: int


@dataclass(frozen=True, slots=True)
class FindingView:
    """Something found wrong by a check of our own, a witness or a monitor; `proof` is a text that shows it to anybody.

    `settled_at`, `settled`: when it was looked into, and what came of it.
    """

    id: UUID
    at: datetime
    kind: FindingKind
    witness: str
    words: str
    proof: str
    settled_at: datetime | None = None
    settled: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a recomputation differs from what is stored: which table, at which place, what was expected and found."""

    kind: FindingKind
    place: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class CheckResult:
    """A recomputation of a whole log. `differences` are the first ones, at most a hundred."""

    origin: str
    size: int
    root: str
    checkpoints: int
    differences: tuple[Difference, ...] = field(default=())

    @property
    def sound(self) -> bool:
        """Nothing differs."""
        return not self.differences


class LogMissing(NotFound):
    """No log is open."""

    code = "ledger.log_missing"
    message = _("常享链尚未建立。")
    next_step = _("请运维人员运行 yiwang ledger init。")


class LogExists(Conflict):
    """A log is open already."""

    code = "ledger.log_exists"
    message = _("常享链“{origin}”已经建立。")
    next_step = _("要改用别的密码套件，请先封存现有的链：yiwang ledger init --succeed。")


class OriginRefused(Invalid):
    """The origin can't be a log's name."""

    code = "ledger.origin_refused"
    message = _("这个名称不能用作链的名称：{reason}")
    next_step = _("请使用网址形式的名称，例如 example.gov.cn/ledger，不含空格和加号。")


class EntryRefused(Invalid):
    """The bytes can't be an entry."""

    code = "ledger.entry_refused"
    message = _("存证内容为空或超过 {limit} 字节，不能写入。")
    next_step = _("请把大文件的摘要写入存证，而不是文件本身。")


class NoSuchEntry(NotFound):
    """The log holds no such entry, tile or checkpoint."""

    code = "ledger.no_such_entry"
    message = _("常享链上没有这一条存证。")
    next_step = _("请核对存证编号。")


class NotFinal(DomainError):
    """The statement is known, but its receipt isn't final yet."""

    code = "ledger.not_final"
    kind = ErrorKind.NOT_FOUND
    message = _("这条存证正在等待见证单位共同签名。")
    next_step = _("通常几秒钟即可完成，请稍后再取回执。")


class LogBroken(DomainError):
    """What the database holds does not follow from what was signed before: nothing more is signed."""

    code = "ledger.broken"
    kind = ErrorKind.BROKEN
    message = _("常享链的数据与已签发的检查点不一致，已停止签发：{reason}")
    next_step = _("请保留现场，运行 yiwang ledger check 并通知见证单位。")


class ReceiptBroken(LogBroken):
    """The entry and its place do not lead to the root that was signed: no receipt can be made of it."""

    code = "ledger.receipt_broken"
    message = _("这条存证与已签发的检查点不一致，不能出具回执：{reason}")


class KeyMissing(DomainError):
    """The signing key of the log can't be had."""

    code = "ledger.key_missing"
    kind = ErrorKind.UNAVAILABLE
    message = _("常享链的签名密钥不可用：{reason}")
    next_step = _("请检查密码资源池或密钥文件。")


class WitnessRefused(Invalid):
    """The witness can't be registered so."""

    code = "ledger.witness_refused"
    message = _("见证单位登记有误：{reason}")
    next_step = _("请核对见证单位提供的名称、地址和公钥。")


class HeadWouldRetreat(Conflict):
    """Fewer entries would be final than were shown to the world: to whoever watches, the log would have been cut off."""

    code = "ledger.head_would_retreat"
    message = _("按这样的见证要求，已公开的 {before} 条存证中只有 {after} 条有足够的见证签名，会被看作链被截短。")
    next_step = _("请等见证单位对最新的检查点签名后再试：yiwang ledger witnesses。")


class FindingSettled(Conflict):
    """The finding was settled before."""

    code = "ledger.finding_settled"
    message = _("这条监测发现已经处置过。")
    next_step = _("处置情况见 yiwang ledger findings。")


class SettlementEmpty(Invalid):
    """What came of a finding is not said."""

    code = "ledger.settlement_empty"
    message = _("没有写明处置情况。")
    next_step = _("请写明查到了什么、怎样处置，例如“从旧备份恢复，已由新链接续”。")


class MayNotWatch(Forbidden):
    """The viewer is no operator of the ledger."""

    code = "ledger.may_not_watch"
    message = _("您没有查看常享链运行情况的权限。")
    next_step = _("如工作需要，请向本单位管理员申请。")
