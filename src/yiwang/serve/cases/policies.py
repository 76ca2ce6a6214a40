"""Who may see a case and who may do what with it. Officials by grants, applicants and agents their own only."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from yiwang.commons.flow import queries as flow
from yiwang.commons.identity import queries as identity
from yiwang.commons.identity.contracts import LEGAL_ENTITY, PERSON, MayNotRepresent
from yiwang.commons.identity.contracts.real_names import RealNameNeeded
from yiwang.kernel.actor import Actor, ActorKind, SubjectRef
from yiwang.kernel.errors import Forbidden
from yiwang.kernel.text import gettext_noop as _
from yiwang.serve.cases import rules
from yiwang.serve.cases.contracts import (
    Applicant,
    CaseAction,
    CaseKind,
    CaseNotFound,
    CaseStateRefused,
    CaseStatus,
    RealNameGap,
)
from yiwang.serve.cases.models import Case, CaseEvent
from yiwang.serve.matters.contracts import Bundle

VIEW = "cases.view"
_GRANTED = {
    CaseAction.RECEIVE: "cases.accept",
    CaseAction.ACCEPT: "cases.accept",
    CaseAction.DECLINE: "cases.accept",
    CaseAction.REQUEST_CORRECTION: "cases.accept",
    CaseAction.CHECK_MATERIAL: "cases.accept",
    CaseAction.REVIEW: "cases.decide",
    CaseAction.INSPECT: "cases.decide",
    CaseAction.REMIND: "cases.decide",
    CaseAction.GRANT: "cases.decide",
    CaseAction.REFUSE: "cases.decide",
    CaseAction.STOP_CLOCK: "cases.decide",
    CaseAction.RESUME_CLOCK: "cases.decide",
    CaseAction.EXTEND: "cases.extend",
    CaseAction.CHECK_PLEDGE: "cases.decide",
    CaseAction.RESTORE_TRUST: "cases.decide",
    CaseAction.REVOKE: "cases.decide",
    CaseAction.DELIVER: "cases.produce",
    CaseAction.ISSUE_RESULT: "cases.produce",
    CaseAction.CLOSE: "cases.produce",
}


def own(viewer: Actor) -> Q:
    """The cases of a resident: their own, and those of whom they act for, in what they were authorised for.

    Of what they filed as an agent those where the authorisation still holds: when it is withdrawn it ends at once.
    """
    if viewer.kind is not ActorKind.PERSON or viewer.person_id is None:
        return Q(pk__in=[])
    return Q(person_id=viewer.person_id) | _as_agent(viewer)


def _as_agent(viewer: Actor) -> Q:
    found = Q(pk__in=[])
    if viewer.account_id is not None:
        found |= Q(agent_id=viewer.account_id) & (
            _authorised(viewer) | Q(identity.represented(viewer=viewer, scope_key=None), kind=CaseKind.BUNDLE.value)
        )
    if viewer.on_behalf is not None:
        found |= _of(viewer.on_behalf) & _authorised(viewer, viewer.on_behalf)
    return found


def _authorised(viewer: Actor, of: SubjectRef | None = None) -> Q:
    """The cases that an authorisation covers by their matter, or as members by their bundle."""
    by_bundle = Q(identity.represented(viewer=viewer, of=of, scope_key="parent__scope_key"), parent__isnull=False)
    return Q(identity.represented(viewer=viewer, of=of)) | by_bundle


def _of(subject: SubjectRef) -> Q:
    """The cases whose applicant this is; none for whatever is neither a person nor a legal entity."""
    columns = {PERSON: "person_id", LEGAL_ENTITY: "entity_id"}
    return Q(**{columns[subject.kind]: subject.id}) if subject.kind in columns else Q(pk__in=[])


def visible(viewer: Actor) -> Q:
    """The row filter of every read: grants for officials, own cases for residents, everything for the program.

    A clerk sees also the cases of the person or legal entity whom they serve at the counter.
    """
    if viewer.is_system:
        return Q()
    if viewer.is_official:
        reached = Q(identity.scope(viewer=viewer, action=VIEW))
        return reached | _of(viewer.on_behalf) if viewer.on_behalf else reached
    return own(viewer)


def is_applicant(viewer: Actor, case: Case) -> bool:
    """Whether the viewer is the applicant, or acts for the applicant in this, or filed it as an agent and still is one.

    One query for who is not the applicant.
    """
    if viewer.kind is not ActorKind.PERSON or viewer.account_id is None:
        return False
    if case.person_id is not None and case.person_id == viewer.person_id:
        return True
    may = viewer.on_behalf is not None or case.agent_id == viewer.account_id
    return may and Case.objects.filter(_as_agent(viewer), pk=case.pk).exists()


def check_applicant(by: Actor, case: Case) -> None:
    """Raises CaseNotFound for everybody else, as for a number that does not exist."""
    if not (by.is_system or is_applicant(by, case)):
        raise CaseNotFound


def may(viewer: Actor, case: Case, action: CaseAction) -> bool:
    """Whether a grant covers `action` on this case, whatever its state. One query."""
    if viewer.is_system:
        return True
    granted = _GRANTED.get(action)
    if granted is None or not viewer.is_official:
        return False
    return identity.holds(
        viewer, granted, organisation_id=case.organisation_id, scope_key=case.scope_key, grade=case.grade
    )


def granting(viewer: Actor, actions: Iterable[CaseAction]) -> dict[str, Q]:
    """For each grant that `actions` ask for, the row filter that says whether it covers a case, to annotate rows with."""
    names = dict.fromkeys(_GRANTED[action] for action in actions if action in _GRANTED)
    return {f"may_{name.partition('.')[2]}": identity.scope(viewer=viewer, action=name) for name in names}


def granted_by(row: Case, action: CaseAction) -> bool:
    """Whether the grant for `action` covers a row that was annotated with `granting`."""
    return bool(getattr(row, f"may_{_GRANTED[action].partition('.')[2]}"))


def check_step(by: Actor, case: Case, action: CaseAction, *, by_process: bool = False) -> None:
    """Raises CaseStateRefused where the state, Forbidden where the right is missing.

    A step that the published process takes needs no grant of its own: flow has checked who may complete its tasks.
    """
    reason = rules.refusal(CaseStatus(case.status), action)
    if reason and not (action is CaseAction.RECEIVE and case.status == CaseStatus.WAITING):
        raise CaseStateRefused(number=case.number, action=action.label, reason=reason)
    if not (by_process or may(by, case, action)):
        raise Forbidden


def check_first_notice(case: Case) -> None:
    """A correction notice is given once (行政许可法 32)."""
    if case.corrections:
        reason = rules.refusal(CaseStatus.CORRECTION, CaseAction.REQUEST_CORRECTION)
        raise CaseStateRefused(number=case.number, action=CaseAction.REQUEST_CORRECTION.label, reason=reason)


def to_follow(case: Case, action: CaseAction, at: datetime) -> str:
    """Why materials that are to follow (容缺) forbid a decision now; empty where they do not.

    Nothing is decided while they may still come; when their time has run out it can only be refused.
    """
    until = case.deferred_until
    over = until is not None and rules.day_of(at) > until
    if until is None or (over and action is CaseAction.REFUSE):
        return ""
    return _("容缺材料逾期没有补齐，不能准予") if over else _("容缺材料还没有补齐，补齐之前不能作出决定")


def under_procedure(case: Case) -> str:
    """Why a special procedure forbids a decision now (行政许可法 45); empty where none is under way.

    Hearing, inspection, expert review: what they find is what the decision stands on. One query while the clock stands
    still, else none.
    """
    if case.accepted_at is None or case.promised_due is not None:
        return ""
    rows = CaseEvent.objects.filter(case=case, kind__in=[CaseAction.STOP_CLOCK.value, CaseAction.RESUME_CLOCK.value])
    entries = [rules.entry_of(*row) for row in rows.order_by("seq").values_list("kind", "at", "data")]
    return _("特别程序正在进行，结束之前不能作出决定") if rules.stopped(entries) is not None else ""


def check_ripe(case: Case, action: CaseAction, at: datetime) -> None:
    """Raises CaseStateRefused where a decision would come too early: see `to_follow` and `under_procedure`."""
    reason = to_follow(case, action, at) or under_procedure(case)
    if reason:
        raise CaseStateRefused(number=case.number, action=action.label, reason=reason)


def check_delivers(by: Actor, case: Case) -> None:
    """Raises Forbidden for whoever may not hand over or post the documents of this case."""
    if not may(by, case, CaseAction.DELIVER):
        raise Forbidden


def is_agent(by: Actor, applicant: Applicant) -> bool:
    """Whether `by` files for somebody else."""
    return by.kind is ActorKind.PERSON and applicant.person_id != by.person_id


def check_submit(by: Actor, applicant: Applicant) -> None:
    """Residents file for themselves or for whom they act now; officials at a counter with the grant; the program."""
    if by.is_system or (by.is_official and identity.holds(by, "cases.accept")):
        return
    if by.kind is ActorKind.PERSON and by.account_id is not None:
        own_case = applicant.person_id is not None and applicant.person_id == by.person_id
        acting = by.on_behalf is not None and by.on_behalf.id in {applicant.person_id, applicant.entity_id}
        if own_case or acting:
            return
    raise Forbidden


def may_file(viewer: Actor, bundle_key: str, matter_codes: Collection[str]) -> bool:
    """Whether what one was authorised for covers the bundle as a whole or each of the matters; for oneself always."""
    if viewer.on_behalf is None or identity.acts_within(scope_key=f"bundle:{bundle_key}", viewer=viewer):
        return True
    return all(identity.acts_within(scope_key=f"matter:{code}", viewer=viewer) for code in matter_codes)


def check_scope(by: Actor, applicant: Applicant, bundle_key: str, matter_codes: Collection[str]) -> None:
    """Raises MayNotRepresent where `by` acts for the applicant and was not authorised for all of it."""
    acting = by.on_behalf is not None and by.on_behalf.id in {applicant.person_id, applicant.entity_id}
    if acting and not may_file(by, bundle_key, matter_codes):
        raise MayNotRepresent


def real_name_gap(by: Actor, bundle: Bundle, matter_codes: Collection[str]) -> RealNameGap | None:
    """What a resident who applies online lacks; nothing at a counter, where the clerk has looked at the card."""
    specs = [each.matter.spec for each in bundle.members if each.matter.spec.code in matter_codes]
    asking = [each for each in specs if each.real_name > by.assurance]
    if by.kind is not ActorKind.PERSON or not asking:
        return None
    return RealNameGap(max(each.real_name for each in asking), tuple(each.name for each in asking))


def check_real_name(by: Actor, bundle: Bundle, matter_codes: Collection[str]) -> None:
    """Raises RealNameNeeded."""
    if real_name_gap(by, bundle, matter_codes) is not None:
        raise RealNameNeeded


def check_task_belongs(by: Actor, case_id: UUID, task_id: UUID) -> UUID:
    """A task is worked on with its own case only, whatever a form posts; the id of its process instance.

    Raises CaseNotFound, and flow's UnknownTask.
    """
    task = flow.task(task_id=task_id, viewer=by)
    named = task.properties.get("case_id")
    if (UUID(str(named)) if named else task.row.subject.id) != case_id:
        raise CaseNotFound
    return task.row.instance_id


def may_work_on(viewer: Actor, case: Case) -> bool:
    """Whether a viewer with a task on the case may see the case with it: officials in reach of it, the applicant."""
    return is_applicant(viewer, case) or Case.objects.filter(visible(viewer), pk=case.pk).exists()
