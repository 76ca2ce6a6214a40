"""A family that applies and the officials who handle it, through the commands that the pages call; all are samples."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

from django.db.models import Q

from yiwang.commons.flow.contracts import UnknownTask
from yiwang.commons.flow.models import Task
from yiwang.commons.forms import commands as forms
from yiwang.commons.forms import queries as form_queries
from yiwang.commons.forms.engine import Definition
from yiwang.commons.identity import commands as identity
from yiwang.commons.identity import queries as identity_queries
from yiwang.commons.identity.contracts import AccountKind, PersonExists
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.ids import new_id
from yiwang.kernel.settings import settings
from yiwang.serve.cases import commands as cases
from yiwang.serve.cases import queries as case_queries
from yiwang.serve.cases.contracts import CaseNotFound, TaskChoice
from yiwang.serve.cases.models import Case
from yiwang.serve.matters import queries as matters
from yiwang.serve.portal import commands as portal
from yiwang.site.smoke.family import Household, Official, city, household
from yiwang.site.smoke.paper import paper

BUNDLE = "newborn"
SYSTEM = Actor.system("bench")
_YES = (TaskChoice.ACCEPT, TaskChoice.GRANT, TaskChoice.PRODUCE)
_TRUTH = {"yes": True, "no": False}


@dataclass(frozen=True)
class Family:
    """A parent with an account, and what the family answers."""

    home: Household
    account_id: UUID
    actor: Actor
    random: Random

    def begin(self) -> UUID:
        """A draft with the guide's answers; its id."""
        bundle = matters.bundle(key=BUNDLE, viewer=self.actor)
        told: dict[str, Any] = {}
        while (asked := matters.guide(bundle=bundle, facts=told, viewer=self.actor).next_question) is not None:
            answer = self.home.answers[asked.fact]
            told[asked.fact] = _TRUTH.get(answer, answer)
        return portal.begin_application(bundle_key=BUNDLE, situation=told, by=self.actor, at=clock.now())

    def fill(self, draft_id: UUID) -> None:
        """Answer every step as its page would be posted."""
        draft = form_queries.draft(draft_id=draft_id, viewer=self.actor)
        form = form_queries.definition(key=draft.key, version=draft.version, viewer=self.actor)
        applicant = form_queries.applicant_facts(viewer=self.actor)
        for step in form.steps:
            posted = self._posted(form, step.names)
            for _again in range(4):  # questions appear as others are answered
                draft = form_queries.draft(draft_id=draft_id, viewer=self.actor)
                turn = form_queries.turn(
                    definition=form, step=step.key, answers=draft.answers, posted=posted, viewer=self.actor,
                    today=clock.today(), applicant=applicant,
                )  # fmt: skip
                forms.save_draft(
                    draft_id=draft_id, values=turn.values, expected_revision=draft.revision, step=step.key,
                    by=self.actor, at=clock.now(),
                )  # fmt: skip
                if turn.complete:
                    break
            else:
                raise RuntimeError(f"step {step.key} is not accepted: {turn.faults}")

    def _posted(self, form: Definition, names: Sequence[str]) -> dict[str, list[str]]:
        firsts = {name: form.questions[name].fact.items[0].value for name in names if form.questions[name].fact.items}
        known = {**firsts, **self.home.answers, "birth_institution": "320400-hospital-maternal"}
        wanted = {name for fact in names for name in (fact, f"{fact}.district")}
        return {name: [value] for name, value in known.items() if name in wanted}

    def bring(self, draft_id: UUID) -> None:
        """Upload a sample for each material that the page would ask for."""
        draft = form_queries.draft(draft_id=draft_id, viewer=self.actor)
        facts = {name: answer.value for name, answer in draft.answers.items()}
        guide = matters.guide(bundle=matters.bundle(key=BUNDLE, viewer=self.actor), facts=facts, viewer=self.actor)
        needs = case_queries.material_needs(guide=guide, facts=facts, viewer=self.actor)
        for material, provided in needs.items():
            if provided is None:
                sheet = paper(self.random, material, ".pdf")
                forms.add_file(
                    draft_id=draft_id, material=material, stream=io.BytesIO(sheet.content), name=sheet.filename,
                    by=self.actor, at=clock.now(),
                )  # fmt: skip

    def ready(self) -> UUID:
        """A draft that needs nothing but to be sent."""
        draft_id = self.begin()
        self.fill(draft_id)
        self.bring(draft_id)
        return draft_id

    def send(self, draft_id: UUID) -> UUID:
        """File it; the parent case's id."""
        revision = form_queries.draft(draft_id=draft_id, viewer=self.actor).revision
        return portal.send_application(
            draft_id=draft_id, expected_revision=revision, idempotency_key=f"application:{draft_id}",
            by=self.actor, at=clock.now(),
        )  # fmt: skip


def settle(random: Random) -> Family:
    """Register a random family of a staffed street, with an account for the parent who applies."""
    while True:
        home = household(random, today=clock.today(), streets=city(settings().pack).streets)
        person = home.applicant
        region = identity_queries.region(code=home.region, viewer=SYSTEM)
        try:
            person_id = identity.register_person(
                name=person.name, id_number=person.id_number, nation="01", mobile=person.mobile, region_id=region.id,
                address=home.answers["settle_address"], sample=True, by=SYSTEM, at=clock.now(),
            )  # fmt: skip
        except PersonExists:
            continue
        account_id = identity.create_account(
            username=f"bench-{new_id().hex[-12:]}", password=None, kind=AccountKind.PERSON, person_id=person_id,
            sample=True, by=SYSTEM, at=clock.now(),
        )  # fmt: skip
        actor = Actor(ActorKind.PERSON, account_id, person_id, assurance=1, factors=("password",))
        return Family(home, account_id, actor, random)


@dataclass(frozen=True)
class _Stage:
    """Who does the tasks of one stage in one office, with what choice and which facts."""

    official: Actor
    choice: TaskChoice
    facts: tuple[str, ...]


@dataclass
class Desk:
    """The pack's officials; each task goes to one who has it in reach."""

    actors: dict[str, Actor] = field(default_factory=dict)
    _stages: dict[tuple[UUID | None, str, str], _Stage] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for official in city(settings().pack).officials:
            self.actors[official.username] = _actor(official)

    def work_off(self, case_id: UUID, home: Household) -> int:
        """Do every task of a bundle until none is open; how many."""
        done = 0
        while rows := self.waiting(case_id):
            for task_id in rows:
                self.handle(task_id, home)
                done += 1
        return done

    def waiting(self, case_id: UUID) -> list[UUID]:
        """Ids of the open tasks of a bundle and its members; straight from the tables, as nothing here is measured."""
        members = Case.objects.filter(Q(pk=case_id) | Q(parent_id=case_id)).values("pk")
        rows = Task.objects.filter(subject_kind="case", subject_id__in=members, status__in=("open", "claimed"))
        return list(rows.order_by("pk").values_list("pk", flat=True))

    def handle(self, task_id: UUID, home: Household) -> None:
        """Say yes to one task, with what its page asks."""
        task = Task.objects.get(pk=task_id)
        stage = self._stage(task)
        given = {**home.answers, "child_id_number": home.child_id_number()}
        cases.handle_task(
            task_id=task_id,
            case_id=UUID(str(task.properties.get("case_id") or task.subject_id)),
            choice=stage.choice,
            opinion="材料齐全，内容一致。",
            fields={fact: given[fact] for fact in stage.facts},
            by=stage.official,
            at=clock.now(),
        )

    def official_for(self, task_id: UUID) -> Actor:
        """An official who may do the task."""
        return self._stage(Task.objects.get(pk=task_id)).official

    def _stage(self, task: Task) -> _Stage:
        key = (task.organisation_id, task.scope_key, task.element_id)
        if key not in self._stages:
            self._stages[key] = next(found for each in self.actors.values() if (found := _stage(each, task.pk)))
        return self._stages[key]


def _actor(official: Official) -> Actor:
    account = identity_queries.account_by_username(username=official.username, viewer=SYSTEM)
    assert account is not None
    known = Actor(ActorKind.OFFICIAL, account.id)
    office = identity_queries.offices(viewer=known)[0]
    return Actor(
        ActorKind.OFFICIAL, account.id, organisation_id=office.organisation.id, role=office.role, assurance=1,
        factors=("password",),
    )  # fmt: skip


def _stage(actor: Actor, task_id: UUID) -> _Stage | None:
    """What the official's page of the task says; None where the task is not in reach."""
    try:
        page = case_queries.desk_task(task_id=task_id, viewer=actor)
    except (UnknownTask, CaseNotFound):
        return None
    choice = next((each.choice for each in page.choices if each.choice in _YES and each.allowed), None)
    return _Stage(actor, choice, tuple(fact for fact, _label in page.fields)) if choice and page.can_claim else None
