"""Steps of a key's life through the commands: done, refused, recorded; quotas; the master key changed."""

import pytest
from django.db import IntegrityError, connection, transaction

from yiwang.commons.crypto import commands, queries, registry, rules
from yiwang.commons.crypto.contracts import (
    KeyNotFound,
    KeyNotUsable,
    KeyState,
    KeyVerb,
    MasterKeyMissing,
    NameRefused,
    NameTaken,
    NotYourKey,
    Operation,
    PlatformKey,
    Purpose,
    PurposeTaken,
    QuotaExceeded,
    ReasonMissing,
    StepRefused,
    SuiteRefused,
    VersionInUse,
)
from yiwang.commons.crypto.engine import Damaged, Verifier
from yiwang.commons.crypto.models import CryptoKey, KeyApplication, KeyStep, KeyUsage, KeyVersion, MasterKey
from yiwang.commons.crypto.queries.keyring import RING, read
from yiwang.commons.crypto.tests.factories import SYSTEM, learn, make_key, pool
from yiwang.kernel import clock
from yiwang.kernel.command import machinery
from yiwang.kernel.models import AuditEntry, EvidenceRow, OutboxEvent

pytestmark = pytest.mark.django_db
STEP = {"by": SYSTEM, "reason": "样例"}


@pytest.fixture(autouse=True)
def _forget():
    RING.forget()
    rules.TALLY.taken()
    yield
    RING.forget()
    rules.TALLY.taken()


def at():
    return clock.now()


def state(key):
    return CryptoKey.objects.get(pk=key).state


@pytest.mark.parametrize("suite", ["national", "international"])
def test_a_key_signs_for_its_application_and_everybody_verifies(suite):
    key = make_key(suite=suite)
    signer = queries.signer(key_id=key, application="sample")
    signature = signer.sign(b"sample")
    public = queries.public_key(key_id=key)
    assert signer.public == public
    assert Verifier(public).verify(b"sample", signature)
    assert queries.verify(key_id=key, message=b"sample", signature=signature)
    assert not queries.verify(key_id=key, message=b"other", signature=signature)


def test_making_a_key_leaves_history_audit_event_and_evidence():
    key = make_key()
    assert [step.verb for step in KeyStep.objects.filter(key=key).order_by("id")] == ["create", "activate"]
    assert AuditEntry.objects.filter(command="crypto.create_key", subject_id=key).exists()
    assert OutboxEvent.objects.filter(type="commons.crypto.KeyCreated", aggregate_id=key).exists()
    row = EvidenceRow.objects.get(kind="key.created", subject_id=key)
    assert row.statement["facts"]["algorithm"] == "sm2-sm3"
    assert len(row.statement["facts"]["public_key_sm3"]) == 64


def test_the_whole_life_of_a_key():
    key = make_key(activate=False)
    with pytest.raises(KeyNotUsable):
        queries.signer(key_id=key, application="sample")
    commands.activate_key(key_id=key, by=SYSTEM, at=at())
    signer = queries.signer(key_id=key, application="sample")
    signature = signer.sign(b"x")
    commands.suspend_key(key_id=key, at=at(), **STEP)
    learn()
    with pytest.raises(KeyNotUsable):
        signer.sign(b"x")
    commands.resume_key(key_id=key, by=SYSTEM, at=at())
    learn()
    signer.sign(b"x")
    commands.retire_key(key_id=key, at=at(), **STEP)
    learn()
    with pytest.raises(KeyNotUsable):
        signer.sign(b"x")
    commands.destroy_key(key_id=key, at=at(), **STEP)
    learn()
    with pytest.raises(KeyNotUsable):
        signer.sign(b"x")
    assert state(key) == KeyState.DESTROYED
    version = KeyVersion.objects.get(key=key)
    assert version.wrapped is None
    assert queries.verify(key_id=key, message=b"x", signature=signature), "public keys stay"
    verbs = [step.verb for step in KeyStep.objects.filter(key=key).order_by("id")]
    assert verbs == ["create", "activate", "suspend", "resume", "retire", "destroy"]
    kinds = set(EvidenceRow.objects.filter(subject_id=key).values_list("kind", flat=True))
    assert kinds >= {"key.created", "key.suspended", "key.resumed", "key.retired", "key.destroyed"}


def test_a_destroyed_version_works_no_more_where_it_was_prepared():
    with pool():
        key, data = make_key(), make_key("sample.data", Purpose.DATA)
        signer = queries.signer(key_id=key, application="sample")
        sealer = queries.sealer(key_id=data, application="sample")
        signer.sign(b"x")
        sealed = sealer.seal(b"x")
        for each in (key, data):
            commands.retire_key(key_id=each, at=at(), **STEP)
            commands.destroy_key(key_id=each, at=at(), **STEP)
        learn()
        for use in (lambda: signer.sign(b"x"), lambda: sealer.seal(b"x"), lambda: sealer.open(sealed)):
            with pytest.raises(KeyNotUsable):
                use()


def test_what_was_prepared_of_a_destroyed_version_is_dropped():
    with pool():
        prepared = KeyVersion.objects.get(key__purpose=Purpose.FIELDS)
        assert prepared.pk in RING._prepared
        RING.learn(((), {}))
        assert prepared.pk not in RING._prepared


DO = {
    KeyVerb.ACTIVATE: lambda key: commands.activate_key(key_id=key, by=SYSTEM, at=at()),
    KeyVerb.SUSPEND: lambda key: commands.suspend_key(key_id=key, at=at(), **STEP),
    KeyVerb.RESUME: lambda key: commands.resume_key(key_id=key, at=at(), **STEP),
    KeyVerb.ROTATE: lambda key: commands.rotate_key(key_id=key, at=at(), **STEP),
    KeyVerb.RETIRE: lambda key: commands.retire_key(key_id=key, at=at(), **STEP),
    KeyVerb.DESTROY: lambda key: commands.destroy_key(key_id=key, at=at(), **STEP),
}
WAY = {
    KeyState.PRE_ACTIVE: (),
    KeyState.ACTIVE: (KeyVerb.ACTIVATE,),
    KeyState.SUSPENDED: (KeyVerb.ACTIVATE, KeyVerb.SUSPEND),
    KeyState.RETIRED: (KeyVerb.ACTIVATE, KeyVerb.RETIRE),
    KeyState.DESTROYED: (KeyVerb.ACTIVATE, KeyVerb.RETIRE, KeyVerb.DESTROY),
}


@pytest.mark.parametrize("before", KeyState)
def test_the_commands_do_what_the_table_says_and_nothing_else(before):
    for verb, do in DO.items():
        key = make_key(f"sample.{verb}", activate=False)
        for each in WAY[before]:
            DO[each](key)
        after = rules.after(before, verb)
        if after is None:
            with pytest.raises(StepRefused):
                do(key)
            assert state(key) == before
        else:
            do(key)
            assert state(key) == after


def test_a_legal_step_needs_its_reason():
    key = make_key()
    with pytest.raises(ReasonMissing):
        commands.suspend_key(key_id=key, reason="  ", by=SYSTEM, at=at())
    assert state(key) == KeyState.ACTIVE


def test_the_platform_s_own_keys_are_only_rotated():
    with pool():
        key = queries.key_id_of(name=rules.FIELDS_KEY)
        for verb in (KeyVerb.SUSPEND, KeyVerb.RETIRE):
            with pytest.raises(PlatformKey):
                DO[verb](key)
        with pytest.raises(PurposeTaken):
            make_key("second", Purpose.FIELDS)
        with pytest.raises(VersionInUse):
            commands.destroy_version(key_id=key, number=1, at=at(), **STEP)
        assert commands.rotate_key(key_id=key, by=SYSTEM, at=at()) == 2
        with pytest.raises(VersionInUse):
            commands.destroy_version(key_id=key, number=1, at=at(), **STEP)


def test_impossible_states_are_refused_by_the_database():
    with pool():
        key = CryptoKey.objects.get(purpose=Purpose.FIELDS)
        version = KeyVersion.objects.get(key=key)
        wrong = (
            ("UPDATE commons_crypto_cryptokey SET state = 'retired' WHERE id = %s", key.pk),
            ("UPDATE commons_crypto_cryptokey SET state = 'lost' WHERE id = %s", key.pk),
            ("UPDATE commons_crypto_keyversion SET wrapped = NULL WHERE id = %s", version.pk),
            ("UPDATE commons_crypto_keyversion SET destroyed_at = now() WHERE id = %s", version.pk),
            ("UPDATE commons_crypto_masterkey SET state = 'retired' WHERE id = %s", version.master_id),
        )
        for statement, pk in wrong:
            with pytest.raises(IntegrityError), machinery("test"), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement, [pk])


def test_names_suites_and_unknown_keys_are_refused():
    make_key()
    with pytest.raises(NameTaken):
        make_key()
    with pytest.raises(NameRefused):
        make_key("Sample Key")
    with pytest.raises(SuiteRefused):
        make_key("sample.other", suite="martian")
    with pytest.raises(KeyNotFound):
        queries.public_key(key_id=SYSTEM and CryptoKey().pk)
    assert queries.key_id_of(name="nobody") is None


def test_another_application_or_purpose_gets_no_signer():
    key = make_key()
    with pytest.raises(NotYourKey):
        queries.signer(key_id=key, application="other")
    with pytest.raises(NotYourKey):
        queries.sealer(key_id=key, application="sample")


def test_an_application_seals_across_rotations_and_suites():
    with pool():
        key = make_key("sample.data", Purpose.DATA)
        old = queries.sealer(key_id=key, application="sample").seal("样例".encode(), b"place")
        commands.rotate_key(key_id=key, suite="international", by=SYSTEM, at=at())
        sealer = queries.sealer(key_id=key, application="sample")
        new = sealer.seal("样例".encode(), b"place")
        assert old[1] == 1
        assert new[1] == 2
        assert sealer.open(old, b"place") == sealer.open(new, b"place") == "样例".encode()
        for bad, place in (
            (old, b"elsewhere"),
            (b"", b""),
            (new[:-1], b"place"),
            (b"\x02\x01aaaa" + old[6:], b"place"),
        ):
            with pytest.raises(Damaged):
                sealer.open(bad, place)


def test_a_prepared_sealer_follows_rotations(monkeypatch):
    with pool():
        key = make_key("sample.data", Purpose.DATA)
        prepared = queries.sealer(key_id=key, application="sample")
        with connection.cursor() as cursor:
            before = read(cursor)
        commands.rotate_key(key_id=key, suite="international", by=SYSTEM, at=at())
        with connection.cursor() as cursor:
            after = read(cursor)
        RING.learn(after)
        new = queries.sealer(key_id=key, application="sample").seal(b"x")
        RING.learn(before)
        monkeypatch.setattr("yiwang.commons.crypto.queries.keyring.exchange", lambda _write: after)
        assert prepared.seal(b"x")[1] == 1, "it does not know yet"
        assert prepared.open(new) == b"x", "an unknown version is asked for"
        assert prepared.seal(b"x")[1] == 2


def test_a_signature_of_a_former_version_still_verifies():
    key = make_key()
    signature = queries.signer(key_id=key, application="sample").sign(b"x")
    commands.rotate_key(key_id=key, by=SYSTEM, at=at())
    assert queries.verify(key_id=key, message=b"x", signature=signature)
    fresh = queries.signer(key_id=key, application="sample").sign(b"x")
    assert Verifier(queries.public_key(key_id=key)).verify(b"x", fresh)
    assert not Verifier(queries.public_key(key_id=key)).verify(b"x", signature)
    assert Verifier(queries.public_key(key_id=key, version=1)).verify(b"x", signature)


def test_uses_are_counted_and_written_down():
    key = make_key()
    signer = queries.signer(key_id=key, application="sample")
    for _ in range(3):
        signer.sign(b"x")
    with connection.cursor() as cursor, transaction.atomic():
        RING.write(cursor, rules.TALLY.taken())
    signer.sign(b"x")
    with connection.cursor() as cursor, transaction.atomic():
        RING.write(cursor, rules.TALLY.taken())
    use = KeyUsage.objects.get(version__key=key)
    assert (use.application, use.operation, use.count) == ("sample", Operation.SIGN, 4)
    page = queries.key_page(name="sample.signing", viewer=SYSTEM)
    assert page.row.uses == 4


def test_a_daily_quota_ends_the_service_of_that_application_alone():
    key, other = make_key(), make_key("other.signing", application="other")
    commands.set_quota(application="sample", daily_quota=2, key_quota=5, by=SYSTEM, at=at())
    learn()
    signer = queries.signer(key_id=key, application="sample")
    signer.sign(b"x")
    signer.sign(b"x")
    with pytest.raises(QuotaExceeded):
        signer.sign(b"x")
    queries.signer(key_id=other, application="other").sign(b"x")
    assert AuditEntry.objects.filter(command="crypto.set_quota").exists()


def test_an_application_has_as_many_keys_as_it_may():
    make_key()
    commands.set_quota(application="sample", daily_quota=None, key_quota=1, by=SYSTEM, at=at())
    with pytest.raises(QuotaExceeded):
        make_key("sample.second")
    assert KeyApplication.objects.get(code="sample").key_quota == 1


def test_the_master_key_is_changed_while_keys_go_on():
    with pool():
        key = make_key()
        first = queries.signer(key_id=key, application="sample")
        fresh = registry.master_keys().make()
        try:
            assert commands.rotate_master_key(fingerprint=fresh, by=SYSTEM, at=at()) == 3
            assert set(KeyVersion.objects.values_list("master__fingerprint", flat=True)) == {fresh}
            assert MasterKey.objects.get(state="active").fingerprint == fresh
            RING.forget()
            learn()
            again = queries.signer(key_id=key, application="sample")
            assert again.public == first.public
            assert EvidenceRow.objects.filter(kind="master_key.rotated").count() == 1
        finally:
            (registry.master_keys()._folder() / f"master-{fresh}.key").unlink()


def test_a_master_key_that_is_not_here_is_never_taken_up():
    with pool(), pytest.raises(MasterKeyMissing):
        commands.rotate_master_key(fingerprint="0" * 16, by=SYSTEM, at=at())
