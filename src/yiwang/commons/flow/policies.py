"""Who may see and move tasks and instances. Each rule is a pair: `can_x` answers, `check_x` refuses with a reason."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import F, Q

from yiwang.commons.flow.contracts import (
    ADMINISTER,
    ASSIGN,
    AUDIT,
    CALENDAR,
    DESIGN,
    WORK,
    InstanceIsHalted,
    InstanceIsOver,
    InstanceStatus,
    MayNotDesign,
    MayNotPublishProcess,
    NotAdministrator,
    NotYourTask,
    OwnProcessDraft,
    TaskClosed,
    TaskStatus,
    TaskTaken,
    UnknownInstance,
    UnknownTask,
)
from yiwang.commons.flow.models import Delegation, ProcessInstance, Task
from yiwang.commons.identity import queries as identity
from yiwang.commons.identity.contracts import ACCOUNT, LEGAL_ENTITY, PERSON
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef

WAITING = (TaskStatus.OPEN.value, TaskStatus.CLAIMED.value)


def stands_in(viewer: Actor) -> UUID | None:
    """The absent official for whom the viewer acts now, as a delegation lets them."""
    return viewer.on_behalf.id if viewer.is_official and viewer.on_behalf and viewer.on_behalf.kind == ACCOUNT else None


def holder_id(viewer: Actor) -> UUID | None:
    """In whose name the viewer holds tasks: their own account's, for a deputy that of the absent official."""
    return stands_in(viewer) or viewer.account_id


def delegated_to(viewer: Actor) -> Q:
    """Filter of delegations to the viewer that hold today: not revoked, and the absent official still has the office."""
    today = clock.today()
    post = "from_account__appointments__"
    return Q(
        **{f"{post}organisation": F("organisation"), f"{post}role__key": F("role"), f"{post}valid_from__lte": today},
        to_account_id=viewer.account_id,
        revoked_at__isnull=True,
        valid_from__lte=today,
        valid_to__gte=today,
        from_account__is_active=True,
    ) & (Q(**{f"{post}valid_to__gte": today}) | Q(**{f"{post}valid_to__isnull": True}))


def check_delegate(viewer: Actor, *, from_account: UUID, organisation_id: UUID) -> None:
    """One's own leave, or an administrator's office; never while one stands in for somebody. Raises NotYourTask."""
    own = viewer.is_official and viewer.account_id == from_account
    kept = own or identity.holds(viewer, ADMINISTER, organisation_id=organisation_id)
    if stands_in(viewer) or not kept:
        raise NotYourTask


def can_revoke(viewer: Actor, delegation: Delegation) -> bool:
    """The absent, the deputy, the administrator of the office."""
    if viewer.is_system:
        return True
    if viewer.account_id is None or stands_in(viewer):
        return False
    if viewer.account_id in {delegation.from_account_id, delegation.to_account_id}:
        return True
    return identity.holds(viewer, ADMINISTER, organisation_id=delegation.organisation_id)


def of_applicant(viewer: Actor, prefix: str = "") -> Q:
    """Filter of instances (or, with `prefix`, of what points at them) whose applicant the viewer is or acts for."""
    nobody = Q(pk__in=[])
    if viewer.is_official or not viewer.is_known:
        return nobody
    if viewer.on_behalf is not None:
        column = {PERSON: "applicant_person_id", LEGAL_ENTITY: "applicant_entity_id"}.get(viewer.on_behalf.kind)
        if column is None:
            return nobody
        return Q(**{f"{prefix}{column}": viewer.on_behalf.id}) & _authorised(viewer, viewer.on_behalf, prefix)
    return Q(**{f"{prefix}applicant_person_id": viewer.person_id}) if viewer.person_id else nobody


def _authorised(viewer: Actor, of: SubjectRef, prefix: str) -> Q:
    """What the viewer was authorised for: by the instance's own scope, or by that of the one that called it."""

    def by(scope_key: str) -> Q:
        person, entity = f"{prefix}applicant_person_id", f"{prefix}applicant_entity_id"
        return identity.represented(
            viewer=viewer, of=of, person=person, entity=entity, scope_key=f"{prefix}{scope_key}"
        )

    return by("scope_key") | by("parent__scope_key")


def in_reach(viewer: Actor, action: str = WORK) -> Q:
    """Filter of tasks that an official may work on: by grant and role, or by name."""
    if viewer.is_system:
        return Q()
    if not viewer.is_official:
        return Q(for_applicant=True) & of_applicant(viewer, "instance__")
    by_grant = Q(identity.scope(viewer=viewer, action=action)) & Q(for_applicant=False)
    if action == WORK:
        by_grant &= Q(role__in=["", viewer.role])
    return by_grant | (Q(assignee_id=holder_id(viewer)) & identity.within(viewer))


def instances_in_reach(viewer: Actor, action: str) -> Q:
    if viewer.is_system:
        return Q()
    return Q(identity.scope(viewer=viewer, action=action))


def known(viewer: Actor) -> Q:
    """Filter of instances that the viewer may know of: the applicant's own, those in an official's reach or with a task in it."""
    if viewer.is_system:
        return Q()
    with_task = Q(pk__in=Task.objects.filter(in_reach(viewer)).values("instance_id"))
    return of_applicant(viewer) | instances_in_reach(viewer, WORK) | with_task


def can_work(viewer: Actor, task: Task) -> bool:
    """Whether the task is in the viewer's reach, whoever holds it. At most one query."""
    return viewer.is_system or Task.objects.filter(in_reach(viewer), pk=task.pk).exists()


def _is_held(viewer: Actor, task: Task) -> bool:
    """Whether the viewer holds the task; a deputy only in what was handed to them. At most one query."""
    if task.assignee_id is None or task.assignee_id != holder_id(viewer):
        return False
    return stands_in(viewer) is None or can_work(viewer, task)


def can_complete(viewer: Actor, task: Task) -> bool:
    """Who holds the task; where nobody does, whoever may work on it."""
    if task.status not in WAITING:
        return False
    if viewer.is_system or _is_held(viewer, task):
        return True
    return task.assignee_id is None and can_work(viewer, task)


def check_complete(viewer: Actor, task: Task) -> None:
    check_open(task)
    if not can_complete(viewer, task):
        if not can_work(viewer, task):
            raise NotYourTask
        raise TaskTaken


def can_claim(viewer: Actor, task: Task) -> bool:
    return task.status == TaskStatus.OPEN.value and viewer.is_known and can_work(viewer, task)


def check_claim(viewer: Actor, task: Task) -> None:
    check_open(task)
    if not viewer.is_known or not can_work(viewer, task):
        raise UnknownTask
    if task.status != TaskStatus.OPEN.value:
        raise TaskTaken


def can_release(viewer: Actor, task: Task) -> bool:
    return task.status == TaskStatus.CLAIMED.value and (viewer.is_system or _is_held(viewer, task))


def check_release(viewer: Actor, task: Task) -> None:
    check_open(task)
    if not can_release(viewer, task):
        raise NotYourTask


def can_assign(viewer: Actor, task: Task) -> bool:
    """Who holds the task, or whoever may assign in its scope."""
    if viewer.is_system or can_release(viewer, task):
        return True
    return viewer.is_official and bool(Task.objects.filter(in_reach(viewer, ASSIGN), pk=task.pk).exists())


def check_assign(viewer: Actor, task: Task) -> None:
    check_open(task)
    if not can_assign(viewer, task):
        raise NotYourTask


def can_administer(viewer: Actor, instance: ProcessInstance) -> bool:
    if viewer.is_system:
        return True
    return bool(ProcessInstance.objects.filter(instances_in_reach(viewer, ADMINISTER), pk=instance.pk).exists())


def check_administer(viewer: Actor, instance: ProcessInstance) -> None:
    if not can_administer(viewer, instance):
        raise UnknownInstance


def rights(viewer: Actor) -> dict[str, bool]:
    """Which administration the viewer has, and whether over the whole territory. One query, none for residents."""
    if not (viewer.is_official or viewer.is_system):
        return {}
    return identity.held_among(viewer, (ADMINISTER, AUDIT, CALENDAR, DESIGN))


def check_official(viewer: Actor) -> UUID:
    """For what belongs to an official's desk and to no task; the account. Raises NotYourTask."""
    if not viewer.is_official or viewer.account_id is None:
        raise NotYourTask
    return viewer.account_id


def can_keep(viewer: Actor, action: str) -> bool:
    """Look after what belongs to the whole installation: its events and jobs (ADMINISTER), its calendar (CALENDAR)."""
    return rights(viewer).get(action, False)


def check_keep(viewer: Actor, action: str) -> None:
    if not can_keep(viewer, action):
        raise NotAdministrator


def can_design(viewer: Actor) -> bool:
    """Draft processes, or bring a new one."""
    return DESIGN in rights(viewer)


def check_design(viewer: Actor) -> None:
    """Raises MayNotDesign."""
    if not can_design(viewer):
        raise MayNotDesign


def check_see_designs(viewer: Actor) -> None:
    """The pages of processes are for those who draft them and those who look after the whole. Raises NotAdministrator."""
    held = rights(viewer)
    if DESIGN not in held and not held.get(ADMINISTER, False):
        raise NotAdministrator


def can_publish_draft(viewer: Actor, editors: Collection[UUID]) -> bool:
    """Whoever looks after the whole and did not draw in it: two people answer for a process."""
    return viewer.is_system or (viewer.account_id not in editors and can_keep(viewer, ADMINISTER))


def check_publish_draft(viewer: Actor, editors: Collection[UUID]) -> None:
    """Raises MayNotPublishProcess, OwnProcessDraft."""
    if not can_keep(viewer, ADMINISTER):
        raise MayNotPublishProcess
    if not can_publish_draft(viewer, editors):
        raise OwnProcessDraft


def audited(viewer: Actor) -> Q:
    """Filter of audit entries: over the whole territory all, else the acts of the offices in reach. Refuses who may not."""
    found = rights(viewer)
    if AUDIT not in found:
        raise NotAdministrator
    return Q() if found[AUDIT] else identity.scope(viewer=viewer, action=AUDIT, scope_key=None, grade=None)


def check_open(task: Task) -> None:
    if task.status not in WAITING:
        raise TaskClosed


def check_running(instance: ProcessInstance) -> None:
    if instance.status == InstanceStatus.HALTED.value:
        raise InstanceIsHalted
    if instance.status != InstanceStatus.RUNNING.value:
        raise InstanceIsOver
