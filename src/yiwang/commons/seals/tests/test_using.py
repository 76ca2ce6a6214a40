"""A seal is used by its rule, logged and evidenced in the same transaction; or nothing of it stays."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction

from yiwang.commons.crypto import commands as crypto
from yiwang.commons.crypto import queries as pool
from yiwang.commons.crypto.contracts import CertificateId
from yiwang.commons.identity import commands as grants
from yiwang.commons.identity.contracts import Grade, Tree
from yiwang.commons.identity.tests import factories as identity
from yiwang.commons.seals import commands, queries
from yiwang.commons.seals.contracts import (
    OFD,
    USE,
    AutomaticRefused,
    CertificateNotGood,
    DocumentRefused,
    FileTooLarge,
    MayNotUse,
    ReasonMissing,
    SealNotFound,
    SealNotInForce,
    TwoPersonsNeeded,
    UseMode,
    UseRule,
)
from yiwang.commons.seals.engine import Stamp, verify_sealed
from yiwang.commons.seals.models import Seal, SealUse
from yiwang.commons.seals.queries.keys import digest
from yiwang.commons.seals.tests.factories import SYSTEM, make_seal
from yiwang.commons.seals.tests.papers import STAMP, an_ofd
from yiwang.kernel import clock, evidence
from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.command import machinery
from yiwang.kernel.errors import DomainError
from yiwang.kernel.ids import new_id
from yiwang.kernel.models import EvidenceRow

CASE = SubjectRef("licence", new_id())


def seal(seal_id, by=SYSTEM, **options):
    given = {
        "document": an_ofd(), "media_type": OFD, "stamps": [STAMP], "subject": CASE, "reason": "颁发证照", "at": clock.now(),
    }  # fmt: skip
    return commands.seal_document(seal_id=seal_id, by=by, **given | options)


def test_the_program_seals_what_the_organisation_has_approved(city):
    seal_id = make_seal(city, automatic=["licence"])
    sealed = seal(seal_id)
    assert verify_sealed(sealed, queries.trust(viewer=city.keeper)).valid
    use = SealUse.objects.get()
    assert (use.mode, use.document, use.sealed) == ("automatic", digest(an_ofd()), digest(sealed))
    assert (use.requested_by, use.approved_by) == (None, None)
    assert [each.subject for each in queries.uses_of(subject=CASE, viewer=city.keeper)] == [CASE]


def test_evidence_of_a_use_shows_neither_document_nor_reason_and_can_be_checked(city):
    sealed = seal(make_seal(city, automatic=["licence"]))
    use = SealUse.objects.get()
    row = EvidenceRow.objects.get(kind="seal.used")
    facts = row.statement["facts"]
    assert facts["sealed"] == evidence.hidden_hash(digest(sealed), bytes(use.salt))
    text = str(row.statement)
    assert digest(sealed) not in text
    assert digest(an_ofd()) not in text
    assert "颁发" not in text


@pytest.mark.parametrize("kind", ["case_document", "licence:birth", "licences", ""])
def test_the_program_seals_nothing_else(city, kind):
    seal_id = make_seal(city, automatic=["licence"])
    with pytest.raises(AutomaticRefused):
        seal(seal_id, kind=kind or "other")
    assert not SealUse.objects.exists()


def test_a_whole_family_of_documents_can_be_approved_and_the_approval_ended(city):
    seal_id = make_seal(city, automatic=["licence:*"])
    assert seal(seal_id, kind="licence:birth")
    commands.end_automatic(seal_id=seal_id, kind="licence:*", by=city.head, at=clock.now())
    with pytest.raises(AutomaticRefused):
        seal(seal_id, kind="licence:birth")


def test_a_keeper_seals_alone_where_the_rule_is_one(city):
    seal_id = make_seal(city, rule=UseRule.ONE)
    assert seal(seal_id, by=city.keeper)
    use = SealUse.objects.get()
    assert (use.mode, use.requested_by_id, use.approved_by) == (UseMode.ONE.value, city.keeper.account_id, None)


def test_nobody_but_a_keeper_seals(city):
    seal_id = make_seal(city, keepers=[city.keeper])
    for stranger in (city.second, city.officer, city.head, city.registrar, identity.make_resident().actor):
        with pytest.raises(MayNotUse):
            seal(seal_id, by=stranger)
    assert not SealUse.objects.exists()


def test_a_keeper_who_lost_the_grant_seals_no_more(city):
    someone = identity.make_official(city.organisation_id)
    held = grants.grant(
        account_id=someone.account_id, action=USE, organisation_id=city.organisation_id, tree=Tree.TERRITORY, scope="*",
        highest_grade=Grade.GENERAL_4, by=SYSTEM, at=clock.now(),
    )  # fmt: skip
    seal_id = make_seal(city, keepers=[someone.actor])
    assert seal(seal_id, by=someone.actor)
    grants.revoke(grant_id=held, by=SYSTEM, at=clock.now())
    with pytest.raises(MayNotUse):
        seal(seal_id, by=someone.actor)


def test_a_keeper_does_not_seal_alone_where_two_are_needed(city):
    seal_id = make_seal(city, rule=UseRule.TWO)
    with pytest.raises(TwoPersonsNeeded):
        seal(seal_id, by=city.keeper)


@pytest.mark.parametrize("end", ["suspend_seal", "ask_destruction"])
def test_a_seal_that_is_not_in_custody_is_used_by_nobody(city, end):
    seal_id = make_seal(city, automatic=["licence"])
    getattr(commands, end)(seal_id=seal_id, reason="遗失", by=city.officer, at=clock.now())
    for by in (SYSTEM, city.keeper):
        with pytest.raises(SealNotInForce):
            seal(seal_id, by=by)


def test_a_seal_is_used_again_after_it_was_resumed(city):
    seal_id = make_seal(city, automatic=["licence"])
    commands.suspend_seal(seal_id=seal_id, reason="核查", by=city.keeper, at=clock.now())
    commands.resume_seal(seal_id=seal_id, by=city.registrar, at=clock.now())
    assert seal(seal_id)


def test_a_revoked_certificate_stops_every_use_and_says_so(city):
    seal_id = make_seal(city, automatic=["licence"])
    fingerprint = Seal.objects.get().fingerprint
    _revoke(fingerprint)
    with pytest.raises(CertificateNotGood) as refused:
        seal(seal_id)
    assert "已被吊销" in refused.value.sentence()
    assert "更换证书" in refused.value.advice()


def _revoke(fingerprint):
    crypto.revoke_certificate(
        certificate_id=CertificateId(_kept()[fingerprint].id), reason="样例", by=SYSTEM, at=clock.now()
    )


def _kept():
    return {each.fingerprint: each for each in pool.certificates(viewer=SYSTEM, size=100).items}


def test_a_revoked_authority_stops_the_use_of_all_seals_below_it(city):
    seal_id = make_seal(city, automatic=["licence"])
    for fingerprint in Seal.objects.get().chain:
        if _kept()[fingerprint].role == "anchor":
            _revoke(fingerprint)
    with pytest.raises(CertificateNotGood):
        seal(seal_id)


def test_what_was_sealed_before_the_revocation_is_judged_by_the_list(city):
    sealed = seal(make_seal(city, automatic=["licence"]))
    _revoke(Seal.objects.get().fingerprint)
    verdict = verify_sealed(sealed, queries.trust(viewer=city.keeper))
    assert not verdict.valid
    assert verdict.chain.value == "invalid"


@pytest.mark.parametrize("late", [timedelta(days=-1), timedelta(days=6 * 365)])
def test_a_seal_is_not_used_outside_of_its_days(city, late):
    seal_id = make_seal(city, automatic=["licence"])
    with pytest.raises((SealNotInForce, CertificateNotGood)):
        seal(seal_id, at=clock.now() + late)


@pytest.mark.parametrize(
    ("options", "refusal"),
    [
        ({"media_type": "text/html"}, DocumentRefused),
        ({"document": b"PK\x03\x04 nothing"}, DocumentRefused),
        ({"document": b""}, DocumentRefused),
        ({"document": b"x" * (20 * 1024 * 1024 + 1)}, FileTooLarge),
        ({"stamps": [Stamp(page=7, x=1, y=1, width=42, height=42)]}, DocumentRefused),
        ({"reason": "  "}, ReasonMissing),
    ],
)
def test_what_can_not_be_sealed_is_refused_and_leaves_no_trace(city, options, refusal):
    seal_id = make_seal(city, automatic=["licence"])
    with pytest.raises(refusal):
        seal(seal_id, **options)
    assert not SealUse.objects.exists()
    assert not EvidenceRow.objects.filter(kind="seal.used").exists()


def test_a_seal_that_does_not_exist_is_told(city):
    with pytest.raises(SealNotFound):
        seal(UUID(int=1))


def test_two_seals_on_one_document_both_hold(city):
    first = make_seal(city, automatic=["licence"])
    once = seal(first)
    twice = seal(first, document=once, stamps=[Stamp(page=0, x=20, y=200, width=42, height=42)])
    verdict = verify_sealed(twice, queries.trust(viewer=city.keeper))
    assert verdict.valid
    assert len(verdict.more["signatures"]) == 2


def test_the_database_refuses_a_use_of_a_suspended_seal_whoever_writes_it(city):
    seal_id = make_seal(city, automatic=["licence"])
    seal(seal_id)
    row = SealUse.objects.get()
    commands.suspend_seal(seal_id=seal_id, reason="核查", by=city.officer, at=clock.now())
    row.pk = new_id()
    with pytest.raises(DatabaseError, match="not in custody"), transaction.atomic(), machinery("attack"):
        SealUse.objects.bulk_create([row])


def test_the_log_is_only_added_to(city):
    seal(make_seal(city, automatic=["licence"]))
    for change in (lambda: SealUse.objects.update(reason="别的"), lambda: SealUse.objects.all().delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), machinery("attack"):
            change()


def test_a_refusal_of_the_engine_is_a_refusal_of_the_command(city):
    seal_id = make_seal(city, automatic=["licence"])
    with pytest.raises(DomainError):
        seal(seal_id, document=an_ofd()[:-100])
