"""The life of a seal by its commands: who may take which step, two persons where the rule says two, evidence of each."""

from io import BytesIO

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from yiwang.commons.crypto import commands as crypto
from yiwang.commons.crypto import queries as pool
from yiwang.commons.crypto.contracts import KeyHeld, KeyId
from yiwang.commons.crypto.tests.factories import learn
from yiwang.commons.files import commands as files
from yiwang.commons.identity import commands as places
from yiwang.commons.identity.contracts import CodeSystem, RegionLevel, RegionRow
from yiwang.commons.identity.tests import factories as identity
from yiwang.commons.seals import commands, queries
from yiwang.commons.seals.contracts import (
    MayNotApply,
    MayNotApprove,
    MayNotAuthorise,
    MayNotUse,
    NoMaker,
    NotAKeeper,
    ReasonMissing,
    SamePerson,
    SamplesRefused,
    SealExists,
    SealKind,
    SealNotFound,
    SealState,
    SealVerb,
    StepRefused,
    UseRule,
)
from yiwang.commons.seals.engine import parse_seal, verify_seal
from yiwang.commons.seals.models import Seal, SealKeeper
from yiwang.commons.seals.registry import RECORD
from yiwang.commons.seals.tests.factories import SYSTEM, make_seal
from yiwang.kernel import clock
from yiwang.kernel.command import machinery
from yiwang.kernel.models import EvidenceRow, OutboxEvent

NOW = clock.now


def apply(city, by=None, **options):
    given = {"kind": SealKind.OFFICIAL, "rule": UseRule.ONE, "reason": "新设单位", "sample": True} | options
    return commands.apply_for_seal(organisation_id=city.organisation_id, by=by or city.officer, at=NOW(), **given)


def test_a_seal_comes_into_force_through_four_hands_and_leaves_its_history(city):
    seal_id = make_seal(city)
    page = queries.seal_page(seal_id=seal_id, viewer=city.officer)
    assert [step.verb for step in page.steps] == [
        SealVerb.HAND_OVER, SealVerb.MAKE, SealVerb.APPROVE, SealVerb.APPLY,
    ]  # fmt: skip
    assert page.seal.state is SealState.IN_CUSTODY
    assert "样例" in page.seal.name
    assert {keeper.account_id for keeper in page.keepers} == {city.keeper.account_id, city.second.account_id}
    kinds = list(EvidenceRow.objects.filter(subject_kind="seal").order_by("id").values_list("kind", flat=True))
    assert kinds == ["seal.applied", "seal.approved", "seal.made", "seal.handed_over"]
    assert OutboxEvent.objects.filter(type="commons.seals.SealMade").count() == 1


def test_what_was_made_is_a_seal_by_the_standard_with_its_certificate(city):
    make_seal(city)
    row = Seal.objects.get()
    parsed = parse_seal(bytes(row.data))
    assert (parsed.version, parsed.info.es_id, parsed.info.name) == (4, row.code, row.name)
    assert parsed.info.signers == (bytes(row.certificate),)
    assert verify_seal(bytes(row.data), queries.trust(viewer=city.officer)).valid


def test_numbers_of_seals_follow_each_other_in_a_region(city):
    first = queries.seal_page(seal_id=apply(city), viewer=city.officer).seal.code
    second = queries.seal_page(seal_id=apply(city, kind=SealKind.LICENCE), viewer=city.officer).seal.code
    assert int(second) == int(first) + 1
    assert len(first) == 13


@pytest.mark.parametrize("who", ["head", "keeper", "registrar"])
def test_only_the_seal_officer_applies(city, who):
    with pytest.raises(MayNotApply):
        apply(city, by=getattr(city, who))


def test_an_officer_of_another_organisation_does_not_apply(city):
    from yiwang.commons.seals.contracts import APPLY

    other = identity.make_official(identity.make_organisation(), role="officer", grants=[APPLY]).actor
    with pytest.raises(MayNotApply):
        apply(city, by=other)


def test_whoever_applied_does_not_approve_even_with_the_grant(city):
    from yiwang.commons.seals.contracts import APPLY, APPROVE, VIEW

    both = identity.make_official(city.organisation_id, role="both", grants=[VIEW, APPLY, APPROVE]).actor
    seal_id = apply(city, by=both)
    for step in (commands.approve_seal, commands.refuse_seal):
        with pytest.raises(SamePerson):
            step(seal_id=seal_id, reason="我自己", by=both, at=NOW())
    assert queries.seal_page(seal_id=seal_id, viewer=both).verbs == frozenset()
    with pytest.raises(IntegrityError), transaction.atomic(), machinery("attack"):
        Seal.objects.filter(pk=seal_id).update(approved_by=both.account_id)


@pytest.mark.parametrize("who", ["officer", "head", "keeper"])
def test_only_the_registering_office_approves_and_makes(city, who):
    seal_id = apply(city)
    by = getattr(city, who)
    with pytest.raises((MayNotApprove, SamePerson)):
        commands.approve_seal(seal_id=seal_id, by=by, at=NOW())
    commands.approve_seal(seal_id=seal_id, by=city.registrar, at=NOW())
    with pytest.raises(MayNotApprove):
        commands.make_seal(seal_id=seal_id, by=by, at=NOW())


def test_a_refused_application_is_over_and_another_may_be_made(city):
    seal_id = apply(city)
    with pytest.raises(ReasonMissing):
        commands.refuse_seal(seal_id=seal_id, reason=" ", by=city.registrar, at=NOW())
    commands.refuse_seal(seal_id=seal_id, reason="名称不符", by=city.registrar, at=NOW())
    with pytest.raises(StepRefused):
        commands.approve_seal(seal_id=seal_id, by=city.registrar, at=NOW())
    assert apply(city) != seal_id


def test_an_organisation_has_one_seal_of_a_kind(city):
    seal_id = make_seal(city)
    with pytest.raises(SealExists):
        apply(city)
    assert apply(city, kind=SealKind.SERVICE)
    row = Seal.objects.get(pk=seal_id)
    row.pk, row.code, row.key_id = None, "3204009999999", None
    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic(), machinery("attack"):
        Seal.objects.bulk_create([row])


def test_only_officials_who_may_use_seals_keep_one(city):
    seal_id = make_seal(city)
    for stranger in (identity.make_resident().account_id, city.head.account_id):
        with pytest.raises(NotAKeeper):
            commands.hand_over_seal(seal_id=seal_id, keepers=[stranger], by=city.officer, at=NOW())
    with pytest.raises(NotAKeeper):
        commands.hand_over_seal(seal_id=seal_id, keepers=[], by=city.officer, at=NOW())
    with pytest.raises(MayNotApply):
        commands.hand_over_seal(seal_id=seal_id, keepers=[city.keeper.account_id], by=city.keeper, at=NOW())


def test_custody_is_handed_over_with_its_history(city):
    seal_id = make_seal(city, keepers=[city.keeper])
    commands.hand_over_seal(seal_id=seal_id, keepers=[city.second.account_id], reason="轮岗", by=city.officer, at=NOW())
    before, now = SealKeeper.objects.order_by("since")
    assert (before.account_id, before.until is not None) == (city.keeper.account_id, True)
    assert (now.account_id, now.until) == (city.second.account_id, None)


@pytest.mark.parametrize("who", ["officer", "keeper", "registrar"])
def test_whoever_answers_for_a_seal_may_suspend_it_but_only_the_office_resumes(city, who):
    seal_id = make_seal(city)
    commands.suspend_seal(seal_id=seal_id, reason="遗失", by=getattr(city, who), at=NOW())
    for by in (city.officer, city.keeper):
        with pytest.raises(MayNotApprove):
            commands.resume_seal(seal_id=seal_id, by=by, at=NOW())
    commands.resume_seal(seal_id=seal_id, by=city.registrar, at=NOW())


def test_a_stranger_does_not_suspend(city):
    seal_id = make_seal(city)
    with pytest.raises(MayNotUse):
        commands.suspend_seal(seal_id=seal_id, reason="捣乱", by=city.head, at=NOW())


def test_a_seal_is_destroyed_by_two_with_a_record_and_its_key_is_gone(city):
    seal_id = make_seal(city)
    key = KeyId(Seal.objects.get().key_id)
    commands.ask_destruction(seal_id=seal_id, reason="单位撤销", by=city.officer, at=NOW())
    record = files.store(stream=BytesIO(PNG), name="销毁记录.png", purpose=RECORD, by=city.registrar, at=NOW())
    commands.destroy_seal(seal_id=seal_id, reason="当面销毁", evidence_file=record.id, by=city.registrar, at=NOW())
    page = queries.seal_page(seal_id=seal_id, viewer=city.officer)
    assert (page.seal.state, page.destruction_evidence) == (SealState.DESTROYED, record.id)
    assert pool.key_id_of(name=f"seals.{page.seal.code}") == key
    learn()
    from yiwang.commons.crypto.contracts import KeyNotFound, KeyNotUsable

    with pytest.raises((KeyNotFound, KeyNotUsable)):
        pool.signer(key_id=key, application="seals")
    assert not SealKeeper.objects.filter(until__isnull=True).exists()
    for verb in (commands.resume_seal, commands.suspend_seal):
        with pytest.raises(StepRefused):
            verb(seal_id=seal_id, reason="x", by=city.registrar, at=NOW())
    assert apply(city)


def test_whoever_asked_for_the_destruction_does_not_destroy(city):
    from yiwang.commons.seals.contracts import APPLY, APPROVE, VIEW

    seal_id = make_seal(city)
    both = identity.make_official(city.organisation_id, role="both", grants=[VIEW, APPLY, APPROVE]).actor
    commands.ask_destruction(seal_id=seal_id, reason="单位撤销", by=both, at=NOW())
    with pytest.raises(SamePerson):
        commands.destroy_seal(seal_id=seal_id, reason="自己销毁", by=both, at=NOW())
    commands.spare_seal(seal_id=seal_id, reason="理由不足", by=city.registrar, at=NOW())
    assert queries.seal_page(seal_id=seal_id, viewer=both).seal.state is SealState.SUSPENDED


def test_the_pool_does_not_touch_the_key_of_a_seal_in_force(city):
    make_seal(city)
    with pytest.raises(KeyHeld):
        crypto.suspend_key(key_id=KeyId(Seal.objects.get().key_id), reason="误操作", by=SYSTEM, at=NOW())


def test_what_a_seal_is_never_changes(city):
    make_seal(city)
    for change in ({"data": b"other"}, {"code": "3204000000009"}, {"kind": "licence"}, {"sample": False}):
        with pytest.raises(DatabaseError, match="stays what it is"), transaction.atomic(), machinery("attack"):
            Seal.objects.update(**change)


def test_only_the_head_says_how_a_seal_is_used(city):
    seal_id = make_seal(city)
    for by in (city.officer, city.keeper, city.registrar):
        with pytest.raises(MayNotAuthorise):
            commands.allow_automatic(seal_id=seal_id, kind="licence", basis="我说的", by=by, at=NOW())
        with pytest.raises(MayNotAuthorise):
            commands.set_rule(seal_id=seal_id, rule=UseRule.TWO, by=by, at=NOW())
    with pytest.raises(ReasonMissing):
        commands.allow_automatic(seal_id=seal_id, kind="licence", basis=" ", by=city.head, at=NOW())
    commands.set_rule(seal_id=seal_id, rule=UseRule.TWO, by=city.head, at=NOW())
    assert queries.seal_page(seal_id=seal_id, viewer=city.head).seal.rule is UseRule.TWO


def test_without_a_demonstration_there_is_no_sample(db):
    with pytest.raises(SamplesRefused):
        commands.make_sample_seals(by=SYSTEM, at=NOW())


def test_a_seal_for_somebody_elses_eyes_is_not_there(city):
    seal_id = make_seal(city)
    stranger = identity.make_official(identity.make_organisation(), grants=["seals.view"]).actor
    for viewer in (stranger, identity.make_resident().actor):
        with pytest.raises(SealNotFound):
            queries.seal_page(seal_id=seal_id, viewer=viewer)
        with pytest.raises(SealNotFound):
            queries.picture(seal_id=seal_id, viewer=viewer)


def test_sample_seals_are_made_once_and_quickly_skipped(city, django_assert_max_num_queries):
    made = commands.make_sample_seals(organisation_ids=[city.organisation_id], by=SYSTEM, at=NOW())
    assert made == len(SealKind)
    with django_assert_max_num_queries(8):
        assert commands.make_sample_seals(organisation_ids=[city.organisation_id], by=SYSTEM, at=NOW()) == 0
    view = queries.seal_for(organisation_id=city.organisation_id, kind="licence", viewer=SYSTEM)
    assert view is not None
    assert view.usable


def test_an_office_of_a_zone_without_a_code_numbers_its_seal_by_the_division_it_lies_in(city):
    identity.make_regions()
    zone = RegionRow(
        "zone", CodeSystem.FUNCTIONAL_AREA, RegionLevel.DISTRICT, "样例开发区", (CodeSystem.GB2260, "320400")
    )
    places.define_regions(rows=[zone], by=SYSTEM, at=NOW())
    office = identity.make_organisation("zone-health", region="zone")
    assert commands.make_sample_seals(organisation_ids=[office], kinds=[SealKind.OFFICIAL], by=SYSTEM, at=NOW()) == 1
    assert Seal.objects.get(organisation_id=office).code == "3204000000001"


def test_an_office_with_a_long_name_gets_its_sample_seal_with_the_whole_name(city):
    office = identity.make_organisation(name="样例市住房公积金管理中心经济技术开发区分中心第二办事处")
    assert commands.make_sample_seals(organisation_ids=[office], by=SYSTEM, at=NOW()) == len(SealKind)
    view = queries.seal_for(organisation_id=office, kind="licence", viewer=SYSTEM)
    assert view is not None
    assert view.usable
    assert view.name == "样例市住房公积金管理中心经济技术开发区分中心第二办事处证照专用章（样例）"


def test_a_seal_at_hand_is_the_one_in_force_or_a_sample(city):
    made = commands.seal_at_hand(organisation_id=city.organisation_id, kind="official", by=SYSTEM, at=NOW())
    assert made == commands.seal_at_hand(organisation_id=city.organisation_id, by=SYSTEM, at=NOW())


def test_an_approved_seal_waits_for_its_certificate_where_no_authority_is_at_hand(city):
    seal_id = apply(city, sample=False)
    commands.approve_seal(seal_id=seal_id, by=city.registrar, at=NOW())
    learn()
    from yiwang.commons.seals.contracts import NoCertificate

    with pytest.raises((NoCertificate, NoMaker)):
        commands.make_seal(seal_id=seal_id, by=city.registrar, at=NOW())
    request = queries.certificate_request(seal_id=seal_id, viewer=city.registrar)
    assert request.startswith("-----BEGIN CERTIFICATE REQUEST-----")


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c636060f8cf000003010100c9fe92ef0000000049454e44ae426082"
)
