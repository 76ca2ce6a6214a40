"""The life of a case as data. Each pair of state and action is either a transition or a refusal with its reason."""

from collections.abc import Iterable, Mapping

from yiwang.kernel.text import gettext_noop as _
from yiwang.serve.cases.contracts import CaseAction as A
from yiwang.serve.cases.contracts import CaseStatus as S
from yiwang.serve.cases.contracts import ResultKind

_BEFORE_DECISION = (S.ACCEPTED, S.REVIEWING)
_OPEN = (S.WAITING, S.SUBMITTED, S.RECEIVED, S.CORRECTION, S.ACCEPTED, S.REVIEWING)
_ALWAYS = (A.DELIVER, A.CONFIRM_RECEIPT)

TRANSITIONS: Mapping[tuple[S, A], S] = {
    (S.WAITING, A.RELEASE): S.SUBMITTED,
    (S.SUBMITTED, A.RECEIVE): S.RECEIVED,
    (S.RECEIVED, A.REQUEST_CORRECTION): S.CORRECTION,
    (S.CORRECTION, A.SUPPLY): S.RECEIVED,
    (S.RECEIVED, A.ACCEPT): S.ACCEPTED,
    (S.RECEIVED, A.DECLINE): S.DECIDED,
    (S.CORRECTION, A.DECLINE): S.DECIDED,
    (S.ACCEPTED, A.REVIEW): S.REVIEWING,
    **{(state, A.GRANT): S.DECIDED for state in _BEFORE_DECISION},
    **{(state, A.REFUSE): S.DECIDED for state in _BEFORE_DECISION},
    **{(state, A.STOP_CLOCK): state for state in _BEFORE_DECISION},
    **{(state, A.RESUME_CLOCK): state for state in _BEFORE_DECISION},
    **{(state, A.ADD_MATERIAL): state for state in _OPEN},
    **{(state, A.CHECK_MATERIAL): state for state in (S.RECEIVED, S.ACCEPTED, S.REVIEWING)},
    **{(state, A.EXTEND): state for state in _BEFORE_DECISION},
    **{(state, A.INSPECT): S.REVIEWING for state in _BEFORE_DECISION},
    **{(state, A.REMIND): state for state in _OPEN},
    **{(state, A.LAPSE): state for state in _BEFORE_DECISION},
    **{(state, action): state for state in S for action in _ALWAYS},
    **{(state, A.CHECK_PLEDGE): state for state in (*_BEFORE_DECISION, S.DECIDED, S.CLOSED)},
    **{(state, A.RESTORE_TRUST): state for state in S},
    (S.CLOSED, A.REVOKE): S.CLOSED,
    (S.DECIDED, A.ISSUE_RESULT): S.DECIDED,
    (S.DECIDED, A.CLOSE): S.CLOSED,
    **{(state, A.WITHDRAW): S.WITHDRAWN for state in _OPEN},
    **{(state, A.DISCONTINUE): S.DISCONTINUED for state in (S.WAITING, S.SUBMITTED)},
}

_FINAL = _("这个办件已经结束")
_NOT_RECEIVED = _("还没有收件")
_NOT_ACCEPTED = _("还没有受理")
_WAITS = _("前序事项还没有办结")
_ALREADY_ACCEPTED = _("已经受理，受理后不得再要求补正（行政许可法第三十二条）")
_DECIDED = _("已经作出决定")
_AWAITS_CORRECTION = _("正在等待申请人补正")
_NOT_DECIDED = _("还没有作出决定")
_NOT_CLOSED = _("还没有办结，应当依法作出决定，不用撤销")
_DONE = _("这一步已经完成")
_NOT_NOW = _("当前状态不适用这一步")

_BY_ACTION: Mapping[A, Mapping[S, str]] = {
    A.REQUEST_CORRECTION: {
        S.CORRECTION: _("补正只能一次性告知，已经告知过（行政许可法第三十二条）"),
        S.ACCEPTED: _ALREADY_ACCEPTED,
        S.REVIEWING: _ALREADY_ACCEPTED,
        S.SUBMITTED: _NOT_RECEIVED,
    },
    A.ACCEPT: {S.SUBMITTED: _NOT_RECEIVED, S.CORRECTION: _AWAITS_CORRECTION, S.ACCEPTED: _DONE, S.REVIEWING: _DONE},
    A.DECLINE: {
        S.SUBMITTED: _NOT_RECEIVED,
        S.ACCEPTED: _("已经受理，应当作出准予或者不予的决定"),
        S.REVIEWING: _("已经受理，应当作出准予或者不予的决定"),
    },
    A.GRANT: dict.fromkeys((S.SUBMITTED, S.RECEIVED, S.CORRECTION), _NOT_ACCEPTED),
    A.REFUSE: dict.fromkeys((S.SUBMITTED, S.RECEIVED, S.CORRECTION), _NOT_ACCEPTED),
    A.REVIEW: {**dict.fromkeys((S.SUBMITTED, S.RECEIVED, S.CORRECTION), _NOT_ACCEPTED), S.REVIEWING: _DONE},
    A.STOP_CLOCK: dict.fromkeys((S.SUBMITTED, S.RECEIVED, S.CORRECTION), _NOT_ACCEPTED),
    A.RESUME_CLOCK: dict.fromkeys((S.SUBMITTED, S.RECEIVED, S.CORRECTION), _NOT_ACCEPTED),
    A.INSPECT: dict.fromkeys((S.SUBMITTED, S.RECEIVED, S.CORRECTION), _NOT_ACCEPTED),
    A.EXTEND: dict.fromkeys((S.SUBMITTED, S.RECEIVED, S.CORRECTION), _NOT_ACCEPTED),
    A.LAPSE: dict.fromkeys((S.SUBMITTED, S.RECEIVED, S.CORRECTION), _NOT_ACCEPTED),
    A.CHECK_PLEDGE: dict.fromkeys((S.SUBMITTED, S.RECEIVED, S.CORRECTION), _NOT_ACCEPTED),
    A.REVOKE: dict.fromkeys((*_OPEN, S.DECIDED), _NOT_CLOSED),
    A.CHECK_MATERIAL: {S.SUBMITTED: _NOT_RECEIVED, S.CORRECTION: _AWAITS_CORRECTION},
    A.ISSUE_RESULT: dict.fromkeys(_OPEN, _NOT_DECIDED),
    A.CLOSE: dict.fromkeys(_OPEN, _NOT_DECIDED),
    A.RECEIVE: dict.fromkeys((S.RECEIVED, S.CORRECTION, S.ACCEPTED, S.REVIEWING), _DONE),
}


def next_status(status: S, action: A) -> S | None:
    """The status after `action`; None where it is refused (`refusal` says why)."""
    return TRANSITIONS.get((status, action))


def refusal(status: S, action: A) -> str:
    """Why `action` is not possible in `status` (a msgid); empty where it is."""
    if (status, action) in TRANSITIONS:
        return ""
    if status.is_final:
        return _FINAL
    specific = _BY_ACTION.get(action, {}).get(status)
    if specific:
        return specific
    if status is S.DECIDED:
        return _DECIDED
    if status is S.WAITING:
        return _WAITS
    return _NOT_NOW


_ADVANCE = {
    S.WAITING: 0,
    S.SUBMITTED: 0,
    S.RECEIVED: 1,
    S.CORRECTION: 1,
    S.ACCEPTED: 2,
    S.REVIEWING: 3,
    S.DECIDED: 3,
    S.CLOSED: 3,
    S.WITHDRAWN: 0,
    S.DISCONTINUED: 0,
}
_STAGES = (S.SUBMITTED, S.RECEIVED, S.ACCEPTED, S.REVIEWING)


def parent_status(members: Iterable[S], so_far: S = S.SUBMITTED) -> S:
    """Where a bundle stands, from its members: as far as the furthest of them, ended when all have; never backwards."""
    states = list(members)
    if states and all(state.is_final for state in states):
        return S.WITHDRAWN if all(state is S.WITHDRAWN for state in states) else S.CLOSED
    return _STAGES[max((_ADVANCE[state] for state in (*states, so_far)), default=0)]


def parent_result(members: Iterable[ResultKind | None]) -> ResultKind | None:
    """How a bundle ended; each authority decides in its own name, so results may differ. None while one is open."""
    results = list(members)
    if not results or None in results:
        return None
    kinds = {result for result in results if result is not None}
    if kinds == {ResultKind.GRANTED}:
        return ResultKind.GRANTED
    if ResultKind.GRANTED in kinds:
        return ResultKind.PARTLY_GRANTED
    if kinds == {ResultKind.WITHDRAWN}:
        return ResultKind.WITHDRAWN
    return ResultKind.REFUSED
