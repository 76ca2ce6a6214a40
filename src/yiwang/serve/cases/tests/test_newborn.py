"""The newborn bundle of the demonstration pack, through the real processes and decisions, to its results."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest

from yiwang.commons.flow import commands as flow_commands
from yiwang.commons.flow import queries as flow
from yiwang.commons.identity import queries as identity
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, ActorKind, SubjectRef
from yiwang.serve.cases import commands, queries
from yiwang.serve.cases.contracts import (
    Answer,
    Applicant,
    CaseStatus,
    CaseView,
    MaterialBy,
    MaterialInput,
    ResultKind,
    TaskChoice,
)
from yiwang.serve.cases.tests.factories import PDF, SYSTEM
from yiwang.serve.matters import queries as matters

pytestmark = pytest.mark.django_db
SITUATION = {
    "born_in_hospital": True, "birth_certificate_held": False, "parents_married": True, "settle_with": "mother",
    "settle_in_city": True, "wants_medical_insurance": True, "wants_social_security_card": True,
    "fertility_registered": True, "mother_maternity_insured": False,
}  # fmt: skip
ANSWERS = {
    "birth_institution": "320400-hospital-maternal", "settle_region": "320402010", "residence_region": "320402010",
    "child_name": "周样例", "child_already_insured": False, "child_age_days": 5, "households_differ": False,
}  # fmt: skip
CHOICES = {"accept": TaskChoice.ACCEPT, "decide": TaskChoice.GRANT, "produce": TaskChoice.PRODUCE}


@pytest.fixture
def mother(pack) -> Actor:
    account = identity.account_by_username(username="family1-mother", viewer=SYSTEM)
    return Actor(kind=ActorKind.PERSON, account_id=account.id, person_id=account.person_id, assurance=1)


def file_newborn(by: Actor) -> UUID:
    import io

    from yiwang.commons.files import commands as files

    bundle = matters.bundle(key="newborn", viewer=by)
    guide = matters.guide(bundle=bundle, facts={**ANSWERS, **SITUATION}, viewer=by)
    assert guide.complete
    needs = queries.material_needs(guide=guide, facts={**ANSWERS, **SITUATION}, viewer=by)
    uploads = [
        MaterialInput(
            code,
            file_id=files.store(stream=io.BytesIO(PDF), name="样例.pdf", purpose="material", by=by, at=clock.now()).id,
        )
        for code, given in needs.items()
        if given is None
    ]
    return commands.submit_bundle(
        bundle_id=bundle.id,
        applicant=Applicant(person_id=by.person_id),
        situation=SITUATION,
        answers=[Answer(fact, value) for fact, value in ANSWERS.items()],
        materials=uploads,
        by=by,
        at=clock.now(),
    )


def view_of(case_id: UUID) -> CaseView:
    return queries.case(number=queries.brief(case_id=case_id, viewer=SYSTEM).number, viewer=SYSTEM)


def officials(task_id: UUID) -> Iterator[Actor]:
    """Officials of the demonstration who have the task in reach."""
    task = flow.task(task_id=task_id, viewer=SYSTEM)
    case = queries.brief(case_id=task.row.subject.id, viewer=SYSTEM)
    for role in ("acceptor", "reviewer"):
        for card in identity.officials(viewer=SYSTEM, organisation_id=case.organisation_id, role=role).items:
            actor = Actor(
                kind=ActorKind.OFFICIAL, account_id=card.id, person_id=card.person_id,
                organisation_id=case.organisation_id, role=role, assurance=1,
            )  # fmt: skip
            if actor.account_id and any(
                row.id == task_id for row in flow.open_tasks(subject=task.row.subject, viewer=actor)
            ):
                yield actor


def work_off(case_id: UUID, *, refuse: str = "") -> None:
    """Do every open task by an official of the office, granting everything but `refuse`."""
    for _round in range(12):
        members = view_of(case_id).members
        open_tasks = [
            (member, row)
            for member in members
            for row in flow.open_tasks(subject=SubjectRef("case", member.case.id), viewer=SYSTEM)
        ]
        if not open_tasks:
            return
        member, row = open_tasks[0]
        by = next(officials(row.id))
        desk = queries.desk_task(task_id=row.id, viewer=by)
        choice = CHOICES[desk.form_key]
        if member.key == refuse and desk.form_key == "decide":
            choice = TaskChoice.REFUSE
        commands.handle_task(
            task_id=row.id,
            case_id=member.case.id,
            choice=choice,
            ground="样例依据",
            reason="样例理由" if choice is TaskChoice.REFUSE else "",
            fields={fact: "320402202611130026" for fact, _label in desk.fields},
            by=by,
            at=clock.now(),
        )
    raise AssertionError("the bundle does not come to an end")


def test_the_bundle_runs_from_filing_to_all_results(mother):
    case_id = file_newborn(mother)
    work_off(case_id)
    view = view_of(case_id)
    assert not flow.halts(viewer=SYSTEM).items
    assert (view.status, view.result) == (CaseStatus.CLOSED, ResultKind.GRANTED)
    assert [member.key for member in view.members if member.results] == [
        "birth_certificate", "household_registration", "medical_insurance", "social_security_card",
        "vaccination_certificate",
    ]  # fmt: skip
    assert len({member.case.organisation for member in view.members}) == 5
    card = queries.case(number=view.members[3].case.number, viewer=SYSTEM)
    page = next(material for material in card.materials if material.by is MaterialBy.MEMBER_OUTPUT)
    for place, fact, value in ((3, "child_id_number", "320402202611130026"), (2, "benefit_from", "自出生之日起")):
        lines = view.members[place].results[0].payload["lines"]
        assert [line["value"] for line in lines if line["fact"] == fact] == [value]
    assert (page.origin_name, bool(page.reference)) == ("出生登记（户口）", True)
    assert "child_id_number" in {answer.fact for answer in card.answers}
    assert all(queries.check_history(number=m.case.number, viewer=SYSTEM) == (True, 0) for m in view.members)


def test_a_refused_registration_ends_the_card_and_not_the_vaccination(mother):
    case_id = file_newborn(mother)
    work_off(case_id, refuse="household_registration")
    view = view_of(case_id)
    ended = {member.key: member.case.result for member in view.members}
    assert ended["household_registration"] is ResultKind.REFUSED
    assert ended["social_security_card"] is ResultKind.DISCONTINUED
    assert ended["vaccination_certificate"] is ResultKind.GRANTED
    assert (view.status, view.result) == (CaseStatus.CLOSED, ResultKind.PARTLY_GRANTED)


def test_who_does_not_answer_in_time_has_accepted_on_the_day_of_receipt(mother):
    filed = clock.now()
    case_id = file_newborn(mother)
    member = view_of(case_id).members[0].case
    task = flow.open_tasks(subject=SubjectRef("case", member.id), viewer=SYSTEM)[0]
    late = filed + timedelta(days=20)
    with clock.frozen(late):
        assert flow_commands.fire_timers(instance_id=task.instance_id, by=Actor.system("flow.timers"), at=late)
    view = queries.case(number=member.number, viewer=SYSTEM)
    assert view.status is CaseStatus.ACCEPTED
    assert view.clock.assumed
    assert view.clock.started == view.received_at.astimezone(clock.CHINA).date()
    assert view.promised_due == view.clock.due
    assert view.accepted_at == view.received_at
