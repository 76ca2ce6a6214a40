"""The words of cases: states, actions, results, choices at a task."""

from collections.abc import Mapping
from enum import StrEnum

from yiwang.kernel.text import gettext_noop as _


class CaseKind(StrEnum):
    """A matter by itself, a bundle (the parent), a member of one."""

    SINGLE = "single"
    BUNDLE = "bundle"
    MEMBER = "member"


class CaseStatus(StrEnum):
    """Where a case stands. WAITING: a member whose predecessor has not ended. Receiving is not accepting."""

    WAITING = "waiting"
    SUBMITTED = "submitted"
    RECEIVED = "received"
    CORRECTION = "correction"
    ACCEPTED = "accepted"
    REVIEWING = "reviewing"
    DECIDED = "decided"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    DISCONTINUED = "discontinued"

    @property
    def label(self) -> str:
        return _STATUS[self]

    @property
    def is_final(self) -> bool:
        return self in {CaseStatus.CLOSED, CaseStatus.WITHDRAWN, CaseStatus.DISCONTINUED}


_STATUS = {
    CaseStatus.WAITING: _("等待前序事项"),
    CaseStatus.SUBMITTED: _("已提交"),
    CaseStatus.RECEIVED: _("已收件"),
    CaseStatus.CORRECTION: _("请您补正"),
    CaseStatus.ACCEPTED: _("已受理"),
    CaseStatus.REVIEWING: _("审查中"),
    CaseStatus.DECIDED: _("已决定"),
    CaseStatus.CLOSED: _("已办结"),
    CaseStatus.WITHDRAWN: _("已撤回"),
    CaseStatus.DISCONTINUED: _("已终止"),
}


class CaseAction(StrEnum):
    """What moves a case; each leaves one event of this kind."""

    SUBMIT = "submit"
    RELEASE = "release"
    RECEIVE = "receive"
    REQUEST_CORRECTION = "request_correction"
    SUPPLY = "supply"
    ACCEPT = "accept"
    DECLINE = "decline"
    REVIEW = "review"
    INSPECT = "inspect"
    REMIND = "remind"
    GRANT = "grant"
    REFUSE = "refuse"
    ISSUE_RESULT = "issue_result"
    ADD_MATERIAL = "add_material"
    CHECK_MATERIAL = "check_material"
    STOP_CLOCK = "stop_clock"
    RESUME_CLOCK = "resume_clock"
    EXTEND = "extend"
    LAPSE = "lapse"
    DELIVER = "deliver"
    CONFIRM_RECEIPT = "confirm_receipt"
    CHECK_PLEDGE = "check_pledge"
    RESTORE_TRUST = "restore_trust"
    REVOKE = "revoke"
    CLOSE = "close"
    WITHDRAW = "withdraw"
    DISCONTINUE = "discontinue"

    @property
    def label(self) -> str:
        return _ACTION[self]


_ACTION = {
    CaseAction.SUBMIT: _("提交申请"),
    CaseAction.RELEASE: _("前序事项已办结，开始办理"),
    CaseAction.RECEIVE: _("收件"),
    CaseAction.REQUEST_CORRECTION: _("一次性告知补正"),
    CaseAction.SUPPLY: _("补正材料已提交"),
    CaseAction.ACCEPT: _("受理"),
    CaseAction.DECLINE: _("不予受理"),
    CaseAction.REVIEW: _("开始审查"),
    CaseAction.INSPECT: _("现场核查"),
    CaseAction.REMIND: _("办理期限将到，提醒承办人员"),
    CaseAction.GRANT: _("准予"),
    CaseAction.REFUSE: _("不予"),
    CaseAction.ISSUE_RESULT: _("出具办理结果"),
    CaseAction.ADD_MATERIAL: _("收到材料"),
    CaseAction.CHECK_MATERIAL: _("核对材料"),
    CaseAction.STOP_CLOCK: _("进入特别程序，停止计时"),
    CaseAction.RESUME_CLOCK: _("特别程序结束，恢复计时"),
    CaseAction.EXTEND: _("延长办理期限"),
    CaseAction.LAPSE: _("容缺材料逾期未补齐"),
    CaseAction.DELIVER: _("送达"),
    CaseAction.CONFIRM_RECEIPT: _("申请人签收"),
    CaseAction.CHECK_PLEDGE: _("核查承诺事项"),
    CaseAction.RESTORE_TRUST: _("登记信用修复"),
    CaseAction.REVOKE: _("撤销决定"),
    CaseAction.CLOSE: _("办结"),
    CaseAction.WITHDRAW: _("撤回申请"),
    CaseAction.DISCONTINUE: _("前序事项未通过，终止办理"),
}


class Attention(StrEnum):
    """What an office still owes on a case beside its tasks."""

    DELIVERY = "delivery"
    DEFERRED = "deferred"
    PLEDGE = "pledge"
    SPECIAL = "special"

    @property
    def label(self) -> str:
        return _ATTENTION[self]


_ATTENTION = {
    Attention.DELIVERY: _("文书待送达"),
    Attention.DEFERRED: _("等待容缺材料"),
    Attention.PLEDGE: _("承诺待核查"),
    Attention.SPECIAL: _("特别程序进行中"),
}


class TaskChoice(StrEnum):
    """What can be chosen at a task of a case's process; which of them is what the task's form says."""

    ACCEPT = "accept"
    CONDITIONAL = "conditional"
    CORRECT = "correct"
    DECLINE = "decline"
    GRANT = "grant"
    REFUSE = "refuse"
    COMPLIES = "complies"
    FAILS = "fails"
    PRODUCE = "produce"
    SUPPLY = "supply"

    @property
    def action(self) -> CaseAction | None:
        """The step that follows, None where the task itself is the work."""
        return _CHOSEN.get(self)


_CHOSEN = {
    TaskChoice.ACCEPT: CaseAction.ACCEPT,
    TaskChoice.CONDITIONAL: CaseAction.ACCEPT,
    TaskChoice.CORRECT: CaseAction.REQUEST_CORRECTION,
    TaskChoice.DECLINE: CaseAction.DECLINE,
    TaskChoice.GRANT: CaseAction.GRANT,
    TaskChoice.REFUSE: CaseAction.REFUSE,
    TaskChoice.COMPLIES: CaseAction.INSPECT,
    TaskChoice.FAILS: CaseAction.INSPECT,
    TaskChoice.SUPPLY: CaseAction.SUPPLY,
}


CHOICES_OF: Mapping[str, tuple[TaskChoice, ...]] = {
    "accept": (TaskChoice.ACCEPT, TaskChoice.CONDITIONAL, TaskChoice.CORRECT, TaskChoice.DECLINE),
    "decide": (TaskChoice.GRANT, TaskChoice.REFUSE),
    "inspect": (TaskChoice.COMPLIES, TaskChoice.FAILS),
    "produce": (TaskChoice.PRODUCE,),
    "supply": (TaskChoice.SUPPLY,),
}
"""The choices of a task by the key of its form."""


class ResultKind(StrEnum):
    """How a case ended."""

    GRANTED = "granted"
    PARTLY_GRANTED = "partly_granted"
    REFUSED = "refused"
    NOT_ACCEPTED = "not_accepted"
    WITHDRAWN = "withdrawn"
    DISCONTINUED = "discontinued"
    REVOKED = "revoked"

    @property
    def label(self) -> str:
        return _RESULT[self]


_RESULT = {
    ResultKind.GRANTED: _("准予"),
    ResultKind.PARTLY_GRANTED: _("部分准予"),
    ResultKind.REFUSED: _("不予"),
    ResultKind.NOT_ACCEPTED: _("不予受理"),
    ResultKind.WITHDRAWN: _("申请人撤回"),
    ResultKind.DISCONTINUED: _("终止"),
    ResultKind.REVOKED: _("已依法撤销"),
}


class MaterialBy(StrEnum):
    """What provided a material of a case."""

    UPLOAD = "upload"
    LICENCE = "licence"
    SHARED = "shared"
    MEMBER_OUTPUT = "member_output"
    FORM = "form"
    PLEDGE = "pledge"

    @property
    def label(self) -> str:
        return _MATERIAL_BY[self]


_MATERIAL_BY = {
    MaterialBy.UPLOAD: _("申请人上传"),
    MaterialBy.LICENCE: _("电子证照，免交"),
    MaterialBy.SHARED: _("共享数据，免交"),
    MaterialBy.MEMBER_OUTPUT: _("本次联办的办理结果，免交"),
    MaterialBy.FORM: _("在线填写"),
    MaterialBy.PLEDGE: _("告知承诺，免交"),
}


class RevealPurpose(StrEnum):
    """For what an official has the whole numbers of a case shown (ID, phone, account); kept with who and when."""

    VERIFY = "verify"
    COMPARE = "compare"
    PRODUCE = "produce"
    CONTACT = "contact"
    DISPUTE = "dispute"

    @property
    def label(self) -> str:
        return _REVEAL[self]


_REVEAL = {
    RevealPurpose.VERIFY: _("核对申请人身份"),
    RevealPurpose.COMPARE: _("与登记信息比对"),
    RevealPurpose.PRODUCE: _("制作证照或者文书"),
    RevealPurpose.CONTACT: _("联系申请人"),
    RevealPurpose.DISPUTE: _("处理投诉、复议或者诉讼"),
}
