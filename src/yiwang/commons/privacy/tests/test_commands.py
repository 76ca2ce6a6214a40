"""Agreeing, taking back, leaving entries, objecting and answering: done, refused, kept."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from yiwang.commons.identity.contracts import RepresentationKind
from yiwang.commons.identity.tests.factories import (
    make_legal_entity,
    make_official,
    make_organisation,
    make_person,
    make_representation,
    make_resident,
)
from yiwang.commons.privacy import commands, queries
from yiwang.commons.privacy.contracts import (
    ANSWER,
    AlreadyAnswered,
    AlreadyObjected,
    ConsentEnded,
    ConsentFaulty,
    ConsentMissing,
    ConsentState,
    ConsentTextChanged,
    Finding,
    GroundMissing,
    MayNotConsent,
    NoSuchAccess,
    NoSuchConsent,
    NoSuchObjection,
    UnknownPurpose,
    WordsMissing,
)
from yiwang.commons.privacy.models import AccessEntry, Consent
from yiwang.commons.privacy.tests.factories import agree, ask, data, look
from yiwang.kernel import clock, evidence
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import machinery
from yiwang.kernel.models import AuditEntry, EvidenceRow, OutboxEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def resident():
    return make_resident("样例甲")


@pytest.fixture
def holder(resident):
    return SubjectRef("person", resident.person_id)


@pytest.fixture
def bureau():
    return make_organisation("police", name="样例市公安局")


@pytest.fixture
def official(bureau):
    return make_official(bureau, grants=[ANSWER])


def test_a_consent_is_kept_in_the_very_words_that_were_shown(resident, holder, bureau):
    asked = ask(holder, bureau)
    offer = queries.consent_offer(ask=asked, viewer=resident.actor)
    made = agree(asked, resident.actor)
    found = queries.consent(consent_id=made, viewer=resident.actor)
    assert found.text == offer.text
    assert all(
        each in found.text for each in ("样例市公安局", "样例证照", "办理样例事项", "随时可以撤回", "也可以上传")
    )
    assert (found.state, found.version, found.uses) == (ConsentState.IN_FORCE, 1, 0)
    row = Consent.objects.get(pk=made)
    facts = EvidenceRow.objects.get(kind="consent.given").statement["facts"]
    assert facts["text"] == evidence.hidden_hash(offer.text, bytes(row.salt))
    assert str(holder.id) not in str(facts)


def test_other_words_than_those_shown_are_refused_and_nothing_is_kept(resident, holder, bureau):
    with pytest.raises(ConsentTextChanged):
        commands.give_consent(ask=ask(holder, bureau), digest="0" * 64, by=resident.actor, at=clock.now())
    assert not Consent.objects.exists()
    assert AuditEntry.objects.get(command="privacy.give_consent").error_code == "privacy.text_changed"


def test_the_same_consent_again_is_the_same_and_after_withdrawal_a_new_one(resident, holder, bureau):
    asked = ask(holder, bureau)
    first = agree(asked, resident.actor)
    assert agree(asked, resident.actor) == first
    commands.withdraw_consent(consent_id=first, by=resident.actor, at=clock.now())
    assert agree(asked, resident.actor) != first
    assert Consent.objects.count() == 2


def test_sensitive_data_is_agreed_to_by_itself_and_says_so(resident, holder, bureau):
    asked = ask(holder, bureau, of=data(sensitive=True))
    offer = queries.consent_offer(ask=asked, viewer=resident.actor)
    assert offer.separate
    assert "敏感个人信息" in offer.text
    row = Consent.objects.get(pk=agree(asked, resident.actor))
    assert (row.separate, row.is_sensitive) == (True, True)


def test_everything_about_a_child_is_sensitive_and_a_guardian_agrees(resident, bureau):
    child = SubjectRef("person", make_person("样例童", birth_date=clock.today() - timedelta(days=5 * 365)))
    make_representation(resident.person_id, child, kind=RepresentationKind.GUARDIAN)
    asked = ask(child, bureau)
    with pytest.raises(MayNotConsent):
        agree(asked, resident.actor)
    made = agree(asked, replace(resident.actor, on_behalf=child))
    assert Consent.objects.get(pk=made).is_sensitive


def test_nobody_agrees_for_another_nor_beyond_what_they_may_do_for_them(resident, holder, bureau, official):
    entity = SubjectRef("legal_entity", make_legal_entity())
    make_representation(resident.person_id, entity, kind=RepresentationKind.STAFF, scope="matter:card")
    acting = replace(resident.actor, on_behalf=entity)
    for asked, by in (
        (ask(holder, bureau), make_resident("样例乙").actor),
        (ask(holder, bureau), official.actor),
        (ask(holder, bureau), Actor.anonymous()),
        (ask(holder, bureau), acting),
        (ask(entity, bureau), acting),
    ):
        with pytest.raises(MayNotConsent):
            agree(asked, by)
    agree(replace(ask(entity, bureau), scope_key="matter:card"), acting)


def test_at_the_counter_the_clerk_keeps_what_the_person_before_them_agrees_to(holder, bureau, official):
    made = agree(ask(holder, bureau), replace(official.actor, on_behalf=holder))
    assert Consent.objects.get(pk=made).at_counter


@pytest.mark.parametrize("days", [0, -1, 4 * 366])
def test_a_consent_has_an_end_ahead_and_not_too_far(resident, holder, bureau, days):
    with pytest.raises(ConsentFaulty):
        agree(ask(holder, bureau, days=days), resident.actor)


def test_withdrawing_ends_it_at_once_and_again_changes_nothing(resident, holder, bureau, official):
    asked = ask(holder, bureau)
    made = agree(asked, resident.actor)
    look(holder, by=official.actor, of=asked.data, consent_id=made)
    for _again in range(2):
        commands.withdraw_consent(consent_id=made, by=resident.actor, at=clock.now())
    assert queries.consent(consent_id=made, viewer=resident.actor).state is ConsentState.WITHDRAWN
    with pytest.raises(ConsentEnded):
        look(holder, by=official.actor, of=asked.data, consent_id=made)
    assert AccessEntry.objects.count() == 1, "what was done before stays"
    assert EvidenceRow.objects.filter(kind="consent.withdrawn").count() == 1
    assert OutboxEvent.objects.filter(type="commons.privacy.ConsentWithdrawn").count() == 1


def test_another_can_neither_see_nor_withdraw_a_consent(resident, holder, bureau, official):
    made = agree(ask(holder, bureau), resident.actor)
    for by in (make_resident("样例乙").actor, official.actor, Actor.anonymous()):
        with pytest.raises(NoSuchConsent):
            commands.withdraw_consent(consent_id=made, by=by, at=clock.now())
        with pytest.raises(NoSuchConsent):
            queries.consent(consent_id=made, viewer=by)


def test_a_consent_covers_its_data_organisation_purpose_and_time_and_nothing_else(resident, holder, bureau, official):
    asked = ask(holder, bureau)
    made = agree(asked, resident.actor)
    elsewhere = make_official(make_organisation("health"))
    other = make_resident("样例乙")
    for whose, by, of in (
        (holder, official.actor, data()),
        (holder, official.actor, replace(asked.data, kind="file")),
        (holder, elsewhere.actor, asked.data),
        (SubjectRef("person", other.person_id), official.actor, asked.data),
    ):
        with pytest.raises(ConsentMissing):
            look(whose, by=by, of=of, consent_id=made)
    with clock.frozen(asked.until), pytest.raises(ConsentEnded):
        look(holder, by=official.actor, of=asked.data, consent_id=made)
    look(holder, by=official.actor, of=asked.data, consent_id=made)
    assert queries.consent(consent_id=made, viewer=resident.actor).uses == 1


def test_a_look_needs_a_purpose_a_ground_and_an_organisation(holder, official, monkeypatch):
    entry = look(holder, by=official.actor)
    for changed, by, error in (
        (replace(entry, purpose="nobody.knows"), official.actor, UnknownPurpose),
        (replace(entry, basis="curiosity"), official.actor, UnknownPurpose),
        (replace(entry, ground=""), official.actor, GroundMissing),
        (replace(entry, basis="consent"), official.actor, ConsentMissing),
        (entry, Actor.system("tests"), GroundMissing),
    ):
        with pytest.raises(error):
            commands.record_access(entries=[changed], by=by, at=clock.now())
    assert AccessEntry.objects.count() == 1


def test_entries_are_only_added_to(holder, official):
    look(holder, by=official.actor)
    for statement in ("UPDATE commons_privacy_accessentry SET way = 'used'", "DELETE FROM commons_privacy_accessentry"):
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            machinery("tests"),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_a_batch_costs_as_many_statements_as_one_look(holder, official):
    entry = look(holder, by=official.actor)
    costs = []
    for many in (1, 50):
        with CaptureQueriesContext(connection) as asked:
            commands.record_access(entries=[entry] * many, by=official.actor, at=clock.now())
        costs.append(len(asked))
    assert costs[0] == costs[1]
    assert not OutboxEvent.objects.filter(type__startswith="commons.privacy").exists()


def test_the_table_of_entries_can_be_cut_by_time_as_it_is(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE cut (LIKE commons_privacy_accessentry INCLUDING ALL) PARTITION BY RANGE (at);"
            "CREATE TABLE cut_2026 PARTITION OF cut FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')"
        )


def test_an_objection_goes_to_the_organisation_that_looked_and_is_answered(resident, holder, bureau, official):
    look(holder, by=official.actor)
    entry = queries.accesses_of(viewer=resident.actor).items[0]
    with pytest.raises(WordsMissing):
        commands.raise_objection(entry_id=entry.id, words=" \x00", by=resident.actor, at=clock.now())
    made = commands.raise_objection(entry_id=entry.id, words="我没有办过这件事", by=resident.actor, at=clock.now())
    with pytest.raises(AlreadyObjected):
        commands.raise_objection(entry_id=entry.id, words="再说一次", by=resident.actor, at=clock.now())
    mine = queries.objection(objection_id=made, viewer=resident.actor)
    assert (mine.organisation, mine.words, mine.finding) == ("样例市公安局", "我没有办过这件事", None)
    assert mine.due_on > clock.today()
    assert queries.open_objections(viewer=official.actor) == 1
    say = {"objection_id": made, "finding": Finding.PROPER, "at": clock.now()}
    with pytest.raises(NoSuchObjection):
        commands.answer_objection(
            words="依法", by=make_official(make_organisation("tax"), grants=[ANSWER]).actor, **say
        )
    with pytest.raises(NoSuchObjection):
        commands.answer_objection(words="依法", by=make_official(bureau).actor, **say)
    commands.answer_objection(words="经核查，依法查看。", by=official.actor, **say)
    with pytest.raises(AlreadyAnswered):
        commands.answer_objection(words="又", by=official.actor, **say)
    assert queries.objection(objection_id=made, viewer=resident.actor).answer == "经核查，依法查看。"
    assert queries.open_objections(viewer=official.actor) == 0
    assert {"objection.raised", "objection.answered"} == set(
        EvidenceRow.objects.filter(subject_kind="objection").values_list("kind", flat=True)
    )


def test_nobody_objects_to_a_look_at_somebody_else(holder, official):
    look(holder, by=official.actor)
    entry = AccessEntry.objects.get()
    for by in (make_resident("样例乙").actor, official.actor, Actor.anonymous()):
        with pytest.raises(NoSuchAccess):
            commands.raise_objection(entry_id=entry.id, words="不对", by=by, at=clock.now())
