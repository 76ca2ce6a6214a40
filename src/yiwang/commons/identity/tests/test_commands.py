from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection

from yiwang.commons.identity import commands, queries
from yiwang.commons.identity.contracts import (
    LEGAL_ENTITY,
    PERSON,
    AccountKind,
    AlreadyHeld,
    InvalidIdentity,
    LegalEntityExists,
    LegalEntityKind,
    MayNotRepresent,
    NotPermitted,
    PersonExists,
    RepresentationKind,
    Sex,
    UnknownRecord,
    UsernameTaken,
)
from yiwang.commons.identity.models import (
    Account,
    Appointment,
    Grant,
    Person,
    Representation,
)
from yiwang.commons.identity.tests import factories as make
from yiwang.kernel import clock
from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.codes.synthetic import synthetic_credit_code, synthetic_id_number
from yiwang.kernel.models import AuditEntry, EvidenceRow, OutboxEvent

pytestmark = pytest.mark.django_db
NUMBER = synthetic_id_number(division_code="320402", birth_date=date(1991, 2, 3), sex=Sex.FEMALE)


def register(**values):
    given = {"name": "样例甲", "by": make.SYSTEM, "at": clock.now(), **values}
    return commands.register_person(**given)


def test_an_id_number_gives_sex_and_date_of_birth_and_is_stored_encrypted():
    row = Person.objects.get(pk=register(id_number=NUMBER))
    assert (row.sex, row.birth_date, row.id_number) == (Sex.FEMALE, date(1991, 2, 3), NUMBER)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id_number FROM commons_identity_person")
        assert NUMBER.encode() not in bytes(cursor.fetchone()[0])


def test_registering_audits_and_announces_without_personal_data():
    person_id = register(id_number=NUMBER)
    entry = AuditEntry.objects.get(command="identity.register_person")
    assert (entry.subject_kind, entry.subject_id) == (PERSON, person_id)
    event = OutboxEvent.objects.get()
    assert event.type == "commons.identity.PersonRegistered"
    assert event.payload == {"person_id": str(person_id)}
    assert NUMBER not in str(entry.details)
    assert "样例" not in str(entry.details)


def test_an_id_number_is_registered_once():
    register(id_number=NUMBER)
    with pytest.raises(PersonExists):
        register(id_number=NUMBER)
    assert AuditEntry.objects.filter(outcome="refused", error_code="identity.person_exists").exists()
    assert Person.objects.count() == 1


def test_people_without_an_id_number_may_be_many():
    assert register() != register()


def test_typing_is_forgiven_but_faults_are_named_all_at_once():
    assert Person.objects.get(pk=register(id_number=f" {NUMBER[:6]} {NUMBER[6:]}")).id_number == NUMBER
    with pytest.raises(InvalidIdentity) as refused:
        register(name=" ", id_number="320402199102030000", mobile="12")
    assert set(refused.value.fields) == {"name", "id_number", "mobile"}


def test_a_date_of_birth_that_contradicts_the_number_is_refused():
    with pytest.raises(InvalidIdentity) as refused:
        register(id_number=NUMBER, birth_date=date(1991, 2, 4), sex=Sex.MALE)
    assert set(refused.value.fields) == {"birth_date", "sex"}


def test_a_resident_changes_their_own_contact_data_and_nobody_elses():
    one, other = make.make_resident(), make.make_resident()
    change = {
        "mobile": Person.objects.get(pk=one.person_id).mobile,
        "address": "样例路 2 号",
        "region_id": None,
        "at": clock.now(),
    }
    commands.update_contact(person_id=one.person_id, by=one.actor, **change)
    assert Person.objects.get(pk=one.person_id).address == "样例路 2 号"
    with pytest.raises(NotPermitted):
        commands.update_contact(person_id=other.person_id, by=one.actor, **change)


def test_a_legal_representative_may_act_for_the_entity_at_once():
    owner = make.make_resident()
    entity = make.make_legal_entity(legal_representative_id=owner.person_id)
    choice = queries.acting_choices(viewer=owner.actor)[0]
    assert choice.subject == SubjectRef(LEGAL_ENTITY, entity)
    assert choice.kind is RepresentationKind.LEGAL_REPRESENTATIVE


def test_a_credit_code_is_registered_once_and_founders_have_none():
    code = synthetic_credit_code(division_code="320402", serial=7)
    values = {"name": "样例企业", "kind": LegalEntityKind.ENTERPRISE, "by": make.SYSTEM, "at": clock.now()}
    commands.register_legal_entity(credit_code=code, **values)
    with pytest.raises(LegalEntityExists):
        commands.register_legal_entity(credit_code=code, **values)
    commands.register_legal_entity(**values)
    commands.register_legal_entity(**values)
    with pytest.raises(InvalidIdentity):
        commands.register_legal_entity(credit_code="91320402000090018X", **values)


def test_an_account_needs_a_plain_new_name_and_a_good_password():
    person_id = make.make_person()
    values = {"kind": AccountKind.PERSON, "person_id": person_id, "by": make.SYSTEM, "at": clock.now()}
    account = Account.objects.get(pk=commands.create_account(username=" Sample.One ", password=make.PASSWORD, **values))
    assert account.username == "sample.one"
    assert account.check_password(make.PASSWORD)
    with pytest.raises(UsernameTaken):
        commands.create_account(username="sample.one", password=None, **values)
    with pytest.raises(InvalidIdentity) as refused:
        commands.create_account(username="样例", password="12345678901", **values)
    assert set(refused.value.fields) == {"username", "password"}
    with pytest.raises(InvalidIdentity):
        commands.create_account(username="nobody", password=None, **{**values, "person_id": None})


def test_a_password_is_changed_by_its_owner_and_not_by_a_stranger():
    one, other = make.make_resident(), make.make_resident()
    commands.set_password(account_id=one.account_id, password=make.PASSWORD, by=one.actor, at=clock.now())
    assert Account.objects.get(pk=one.account_id).check_password(make.PASSWORD)
    with pytest.raises(NotPermitted):
        commands.set_password(account_id=one.account_id, password="Another-pass-1", by=other.actor, at=clock.now())


def test_checking_a_password_never_writes(settings):
    account_id = make.make_resident(password=make.PASSWORD).account_id
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
    ]
    assert Account.objects.get(pk=account_id).check_password(make.PASSWORD)


def test_only_samples_get_the_sample_password():
    sample = make.make_resident(sample=True)
    real = commands.create_account(
        username="real", password=None, kind=AccountKind.OFFICIAL, by=make.SYSTEM, at=clock.now()
    )
    commands.set_sample_passwords(
        account_ids=[sample.account_id, real], password=make.PASSWORD, by=make.SYSTEM, at=clock.now()
    )
    assert Account.objects.get(pk=sample.account_id).check_password(make.PASSWORD)
    assert not Account.objects.get(pk=real).has_usable_password()


def test_a_deactivated_account_stays_but_is_off():
    one = make.make_resident()
    commands.deactivate_account(account_id=one.account_id, by=make.SYSTEM, at=clock.now())
    commands.deactivate_account(account_id=one.account_id, by=make.SYSTEM, at=clock.now())
    assert not Account.objects.get(pk=one.account_id).is_active
    assert OutboxEvent.objects.filter(type="commons.identity.AccountDeactivated").count() == 1


def test_a_role_is_held_once_at_a_time_and_can_end_and_begin_again():
    bureau = make.make_organisation()
    official = make.make_official(bureau)
    with pytest.raises(AlreadyHeld):
        commands.appoint(
            account_id=official.account_id, organisation_id=bureau, role="clerk", by=make.SYSTEM, at=clock.now()
        )
    held = queries.offices(viewer=official.actor)[0]
    commands.end_appointment(appointment_id=held.appointment_id, by=make.SYSTEM, at=clock.now())
    assert queries.offices(viewer=official.actor) == ()
    commands.appoint(
        account_id=official.account_id, organisation_id=bureau, role="clerk", by=make.SYSTEM, at=clock.now()
    )
    assert OutboxEvent.objects.filter(type="commons.identity.AppointmentEnded").count() == 1


def test_an_appointment_that_began_earlier_keeps_its_history():
    bureau = make.make_organisation()
    official = make.make_official(bureau, role="clerk")
    make.make_role("approver")
    began = clock.today() - timedelta(days=30)
    appointment = commands.appoint(
        account_id=official.account_id,
        organisation_id=bureau,
        role="approver",
        valid_from=began,
        by=make.SYSTEM,
        at=clock.now(),
    )
    commands.end_appointment(appointment_id=appointment, by=make.SYSTEM, at=clock.now())
    assert Appointment.objects.get(pk=appointment).valid_to == clock.today() - timedelta(days=1)


def test_appointing_names_what_is_unknown():
    bureau = make.make_organisation()
    official = make.make_official(bureau)
    values = {"account_id": official.account_id, "by": make.SYSTEM, "at": clock.now()}
    with pytest.raises(UnknownRecord):
        commands.appoint(organisation_id=bureau, role="nobody", **values)
    with pytest.raises(UnknownRecord):
        commands.appoint(organisation_id=official.account_id, role="clerk", **values)
    make.make_role("approver")
    with pytest.raises(InvalidIdentity):
        commands.appoint(organisation_id=bureau, role="approver", valid_to=date(2020, 1, 1), **values)


def test_a_grant_leaves_evidence_and_so_does_its_end():
    bureau = make.make_organisation()
    official = make.make_official(bureau)
    given = {"account_id": official.account_id, "organisation_id": bureau, "action": "case.read"}
    row = commands.grant(**given, by=make.SYSTEM, at=clock.now())
    with pytest.raises(AlreadyHeld):
        commands.grant(**given, by=make.SYSTEM, at=clock.now())
    commands.revoke(grant_id=row, by=make.SYSTEM, at=clock.now())
    assert not queries.holds(official.actor, "case.read")
    kinds = EvidenceRow.objects.filter(subject_id=row).values_list("kind", flat=True)
    assert sorted(kinds) == ["identity.granted", "identity.revoked"]


@pytest.mark.parametrize(
    "fault", [{"scope": "matter"}, {"scope": "matter:a*"}, {"action": "Case.Read"}, {"account_id": None}]
)
def test_a_grant_must_be_well_formed(fault):
    bureau = make.make_organisation()
    official = make.make_official(bureau)
    given = {"account_id": official.account_id, "organisation_id": bureau, "action": "case.read", **fault}
    with pytest.raises(InvalidIdentity):
        commands.grant(**given, by=make.SYSTEM, at=clock.now())
    assert not Grant.objects.exists()


def test_acting_for_another_begins_and_ends_with_evidence_that_names_nobody():
    agent, owner = make.make_resident("样例代办"), make.make_resident("样例本人")
    subject = SubjectRef(PERSON, owner.person_id)
    with pytest.raises(MayNotRepresent):
        commands.act_for(subject=subject, by=agent.actor, at=clock.now())
    held = {"representative_id": agent.person_id, "subject": subject, "kind": RepresentationKind.AGENT}
    for nobody in (owner.actor, agent.actor):  # an agent who was not asked, a principal who was not
        with pytest.raises(NotPermitted):
            commands.represent(**held, by=nobody, at=clock.now())
    made = commands.represent(**held, by=make.SYSTEM, at=clock.now())
    commands.act_for(subject=subject, by=agent.actor, at=clock.now())
    commands.end_representation(representation_id=made, by=agent.actor, at=clock.now())
    with pytest.raises(MayNotRepresent):
        commands.act_for(subject=subject, by=agent.actor, at=clock.now())
    statements = EvidenceRow.objects.filter(subject_id=made).values_list("statement", flat=True)
    assert len(statements) == 2
    assert not any(str(owner.person_id) in str(each) or str(agent.person_id) in str(each) for each in statements)


def test_a_representation_must_fit_its_subject():
    one, other = make.make_resident(), make.make_resident()
    entity = make.make_legal_entity()
    values = {"representative_id": one.person_id, "by": make.SYSTEM, "at": clock.now()}
    for subject, kind in (
        (SubjectRef(LEGAL_ENTITY, entity), RepresentationKind.AGENT),
        (SubjectRef(PERSON, other.person_id), RepresentationKind.STAFF),
        (SubjectRef(PERSON, one.person_id), RepresentationKind.AGENT),
        (SubjectRef("case", entity), RepresentationKind.AGENT),
    ):
        with pytest.raises(InvalidIdentity):
            commands.represent(subject=subject, kind=kind, **values)
    with pytest.raises(UnknownRecord):
        commands.represent(subject=SubjectRef(PERSON, entity), kind=RepresentationKind.AGENT, **values)
    held = {"subject": SubjectRef(PERSON, other.person_id), "kind": RepresentationKind.AGENT}
    commands.represent(**held, **values)
    with pytest.raises(AlreadyHeld):
        commands.represent(**held, **values)
    assert Representation.objects.count() == 1


def test_a_failing_step_takes_the_whole_command_back():
    owner = make.make_person()
    before = (AuditEntry.objects.filter(outcome="done").count(), OutboxEvent.objects.count())
    with pytest.raises(InvalidIdentity):
        commands.represent(
            representative_id=make.make_person(),
            subject=SubjectRef(PERSON, owner),
            kind=RepresentationKind.AGENT,
            scope="nonsense",
            by=make.SYSTEM,
            at=clock.now(),
        )
    assert not Representation.objects.exists()
    assert OutboxEvent.objects.count() == before[1] + 1  # the other person's registration


def test_an_actor_on_behalf_is_in_the_audit():
    agent, owner = make.make_resident(), make.make_person()
    subject = SubjectRef(PERSON, owner)
    make.make_representation(agent.person_id, subject)
    by = replace(agent.actor, on_behalf=subject)
    mobile = Person.objects.get(pk=agent.person_id).mobile
    told = {"mobile": mobile, "address": None, "region_id": None}
    commands.update_contact(person_id=agent.person_id, **told, by=by, at=clock.now())
    entry = AuditEntry.objects.get(command="identity.update_contact")
    assert (entry.on_behalf_kind, entry.on_behalf_id) == (PERSON, owner)
