"""Which step leads from which state to which. Everything that is not in the table is refused."""

from collections.abc import Mapping
from typing import Final

from yiwang.commons.archives.contracts.kinds import ArchiveStep, State
from yiwang.kernel.text import gettext_noop as _

_A, _S = ArchiveStep, State
STEPS: Final[Mapping[tuple[State, ArchiveStep], State]] = {
    (_S.OPENED, _A.SCHEDULE): _S.OPENED,
    (_S.OPENED, _A.PACK): _S.PACKED,
    (_S.PACKED, _A.REPACK): _S.OPENED,
    (_S.PACKED, _A.FAIL): _S.PACKED,
    (_S.PACKED, _A.PASS): _S.CHECKED,
    (_S.PACKED, _A.ACCEPT): _S.CHECKED,
    (_S.CHECKED, _A.ARCHIVE): _S.ARCHIVED,
    (_S.ARCHIVED, _A.TRANSFER): _S.TRANSFERRED,
    (_S.PRESERVED, _A.TRANSFER): _S.TRANSFERRED,
    (_S.ARCHIVED, _A.PRESERVE): _S.PRESERVED,
    (_S.PRESERVED, _A.PRESERVE): _S.PRESERVED,
    (_S.TRANSFERRED, _A.PRESERVE): _S.TRANSFERRED,
    (_S.ARCHIVED, _A.FAIL): _S.ARCHIVED,
    (_S.PRESERVED, _A.FAIL): _S.PRESERVED,
    (_S.TRANSFERRED, _A.FAIL): _S.TRANSFERRED,
    (_S.ARCHIVED, _A.READ): _S.ARCHIVED,
    (_S.PRESERVED, _A.READ): _S.PRESERVED,
    (_S.TRANSFERRED, _A.READ): _S.TRANSFERRED,
    (_S.ARCHIVED, _A.PROPOSE): _S.PROPOSED,
    (_S.PRESERVED, _A.PROPOSE): _S.PROPOSED,
    **{(state, _A.HOLD): state for state in (_S.ARCHIVED, _S.PRESERVED, _S.TRANSFERRED)},
    (_S.PROPOSED, _A.HOLD): _S.PRESERVED,
    **{(state, _A.RELEASE): state for state in (_S.ARCHIVED, _S.PRESERVED, _S.TRANSFERRED)},
    (_S.PROPOSED, _A.KEEP): _S.PRESERVED,
    (_S.PROPOSED, _A.APPROVE): _S.APPROVED,
    (_S.APPROVED, _A.DESTROY): _S.DESTROYED,
}

_DESTROYED: Final = _("档案已经销毁。")
_DONE: Final = _("这一步已经完成，或还没有轮到。")
_NOT_NOW: Final = _("档案现在的状态不能办理这一步。")


def next_state(state: State, step: ArchiveStep) -> State | None:
    """The state after `step`, None where it can't be taken."""
    return STEPS.get((state, step))


def refusal(state: State, step: ArchiveStep) -> str:
    """Why a step can't be taken now (a msgid), empty where it can."""
    if (state, step) in STEPS:
        return ""
    if state is State.DESTROYED:
        return _DESTROYED
    return _DONE if step in {ArchiveStep.PACK, ArchiveStep.ARCHIVE, ArchiveStep.DESTROY} else _NOT_NOW
