"""Persons sign with the key of their account: after the password again, in order, once; the file proves it."""

import json
from datetime import timedelta

import pytest

from yiwang.commons.identity import commands as accounts
from yiwang.commons.identity.contracts import StepUpMissing
from yiwang.commons.identity.tests import factories as identity
from yiwang.commons.seals import commands, queries
from yiwang.commons.seals.contracts import (
    AlreadySigned,
    ContentRefused,
    CoSignatureNotFound,
    CoSignatureState,
    NotYourTurn,
    ReasonMissing,
    SignerSpec,
    SigningEnded,
    TextChanged,
)
from yiwang.commons.seals.engine import verify_statement
from yiwang.commons.seals.models import CoSignature, CoSigner, SignatureKey
from yiwang.commons.seals.tests.factories import SYSTEM
from yiwang.kernel import clock
from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.errors import Unauthenticated
from yiwang.kernel.ids import new_id
from yiwang.kernel.models import EvidenceRow, OutboxEvent
from yiwang.kernel.outbox import relay

CASE = SubjectRef("case", new_id())
CONTENT = {"声明": "我们自愿共同申请。", "份数": 2, "附件": [{"名称": "身份证", "齐全": True}]}


@pytest.fixture
def pair(city):
    return [identity.make_resident(name, password=identity.PASSWORD).actor for name in ("样例甲", "样例乙")]


def ask(people, **options):
    signers = [SignerSpec(each.account_id, "申请人") for each in people]
    given = {"title": "共同申请声明", "content": CONTENT, "subject": CASE, "signers": signers} | options
    return commands.ask_signatures(by=SYSTEM, at=clock.now(), **given)


def sign(made, who, *, password=identity.PASSWORD, shown=None, session="s"):
    shown = CoSignature.objects.get(pk=made).digest if shown is None else shown
    proof = accounts.confirm_password(
        password=password, about=queries.about_cosignature(made, shown), session=session, by=who, at=clock.now()
    )
    commands.sign(cosignature_id=made, shown=shown, proof_of_step_up=proof, session=session, by=who, at=clock.now())


def test_two_sign_at_once_and_the_file_is_valid_for_anybody(city, pair):
    made = ask(pair)
    for who in reversed(pair):
        sign(made, who)
    file = queries.signed_file(cosignature_id=made, viewer=pair[0])
    verdict = verify_statement(file, queries.trust(viewer=pair[0]))
    assert verdict.valid, verdict.as_json()
    assert json.loads(file)["content"] == CONTENT
    assert queries.cosignature(cosignature_id=made, viewer=pair[0]).row.state is CoSignatureState.COMPLETE
    assert OutboxEvent.objects.filter(type="commons.seals.SignaturesComplete").count() == 1


def test_in_order_the_second_waits_for_the_first(city, pair):
    made = ask(pair, ordered=True)
    assert queries.waiting_signatures(viewer=pair[1]) == 0
    with pytest.raises(NotYourTurn):
        sign(made, pair[1])
    sign(made, pair[0])
    assert queries.waiting_signatures(viewer=pair[1]) == 1
    sign(made, pair[1])
    assert verify_statement(
        queries.signed_file(cosignature_id=made, viewer=pair[1]), queries.trust(viewer=pair[1])
    ).valid


def test_evidence_holds_neither_names_nor_words(city, pair):
    made = ask(pair[:1])
    sign(made, pair[0])
    kinds = list(EvidenceRow.objects.filter(subject_kind="co_signature").order_by("id").values_list("kind", flat=True))
    assert kinds == ["signature.made", "signature.complete"]
    text = str(list(EvidenceRow.objects.filter(subject_kind="co_signature").values_list("statement", flat=True)))
    for hidden in ("样例甲", "共同", str(pair[0].account_id), CoSignature.objects.get().digest):
        assert hidden not in text


def test_without_the_password_again_nobody_signs(city, pair):
    made = ask(pair)
    digest = CoSignature.objects.get().digest
    for proof in ("", "x:y", _proof(pair[1], made, digest), _proof(pair[0], new_id(), digest), _proof(pair[0], made, "0" * 64)):  # fmt: skip
        with pytest.raises(StepUpMissing):
            commands.sign(
                cosignature_id=made, shown=digest, proof_of_step_up=proof, session="s", by=pair[0], at=clock.now()
            )
    assert not CoSigner.objects.filter(value__isnull=False).exists()


def _proof(who, made, digest):
    about = queries.about_cosignature(made, digest)
    return accounts.confirm_password(password=identity.PASSWORD, about=about, session="s", by=who, at=clock.now())


def test_what_was_not_shown_is_not_signed(city, pair):
    with pytest.raises(TextChanged):
        sign(ask(pair), pair[0], shown="0" * 64)


def test_one_signs_once_and_only_where_one_is_asked(city, pair):
    made = ask([*pair[:1], identity.make_resident().actor])
    sign(made, pair[0])
    with pytest.raises(AlreadySigned):
        sign(made, pair[0])
    with pytest.raises(CoSignatureNotFound):
        sign(made, pair[1])
    with pytest.raises(CoSignatureNotFound):
        queries.cosignature(cosignature_id=made, viewer=pair[1])
    with pytest.raises(CoSignatureNotFound):
        queries.signed_file(cosignature_id=made, viewer=pair[1])


def test_a_declined_document_is_signed_by_nobody(city, pair):
    made = ask(pair)
    with pytest.raises(ReasonMissing):
        commands.decline_signature(cosignature_id=made, reason=" ", by=pair[0], at=clock.now())
    commands.decline_signature(cosignature_id=made, reason="内容不对", by=pair[0], at=clock.now())
    with pytest.raises(SigningEnded):
        sign(made, pair[1])
    page = queries.cosignature(cosignature_id=made, viewer=pair[1])
    assert (page.row.state, page.people[0].reason) == (CoSignatureState.DECLINED, "内容不对")


def test_after_the_last_day_nobody_signs_and_the_document_ends(city, pair):
    made = ask(pair, deadline=clock.today())
    later = clock.now() + timedelta(days=1)
    with clock.frozen(later):
        with pytest.raises(SigningEnded):
            sign(made, pair[0])
        assert queries.waiting_signatures(viewer=pair[0]) == 0
        assert queries.overdue_signatures(viewer=SYSTEM) == (made,)
        assert commands.expire_signatures(cosignature_id=made, by=SYSTEM, at=later)
        assert queries.overdue_signatures(viewer=SYSTEM) == ()
    assert CoSignature.objects.get().state == "expired"


def test_signers_are_told_when_it_is_their_turn_and_reminded_once(city, pair):
    from yiwang.commons.notify import queries as notify

    made = ask(pair, ordered=True, deadline=clock.today() + timedelta(days=1))
    relay()
    assert [each.kind for each in notify.messages(viewer=pair[0]).items] == ["seals.to_sign"]
    assert notify.messages(viewer=pair[1]).items == ()
    assert queries.signatures_to_remind(viewer=SYSTEM) == (made,)
    assert commands.remind_signers(cosignature_id=made, by=SYSTEM, at=clock.now()) == 1
    assert queries.signatures_to_remind(viewer=SYSTEM) == ()
    relay()
    assert len(notify.messages(viewer=pair[0]).items) == 2


def test_one_person_signs_a_statement_at_once(city, pair):
    about = queries.about_content(title="承诺书", content=CONTENT)
    proof = accounts.confirm_password(password=identity.PASSWORD, about=about, session="s", by=pair[0], at=clock.now())
    given = {"title": "承诺书", "subject": CASE, "proof_of_step_up": proof, "session": "s", "by": pair[0]}
    with pytest.raises(StepUpMissing):
        commands.sign_statement(content=CONTENT | {"份数": 3}, at=clock.now(), **given)
    made = commands.sign_statement(content=CONTENT, at=clock.now(), **given)
    assert verify_statement(queries.signed_file(cosignature_id=made, viewer=SYSTEM), queries.trust(viewer=SYSTEM)).valid
    assert [each.id for each in queries.signatures_of(subject=CASE, viewer=pair[0])] == [made]


def test_an_account_signs_with_one_key_which_the_database_keeps_sealed(city, pair):
    for _each in range(2):
        sign(ask(pair[:1]), pair[0])
    row = SignatureKey.objects.get()
    assert row.account_id == pair[0].account_id
    assert bytes(row.public_key)[-32:] not in bytes(row.sealed)


@pytest.mark.parametrize(
    "options",
    [
        {"title": " "},
        {"content": {}},
        {"content": {"a": float("inf")}},
        {"content": {"a": "长" * 100_000}},
        {"signers": []},
        {"deadline": clock.today() - timedelta(days=2)},
    ],
)
def test_what_can_not_be_signed_is_refused(city, pair, options):
    with pytest.raises(ContentRefused):
        ask(pair, **options)


def test_nobody_signs_twice_in_one_document_and_strangers_ask_for_nothing(city, pair):
    from yiwang.kernel.actor import Actor

    with pytest.raises(ContentRefused):
        ask([pair[0], pair[0]])
    with pytest.raises(Unauthenticated):
        commands.ask_signatures(
            title="x", content=CONTENT, subject=CASE, signers=[SignerSpec(pair[0].account_id)], by=Actor.anonymous(), at=clock.now()
        )  # fmt: skip


def test_a_list_of_documents_takes_as_many_queries_however_long(city, pair, django_assert_num_queries):
    for number in range(4):
        ask(pair, title=f"第 {number} 份")
    with django_assert_num_queries(1):
        assert len(queries.cosignatures(viewer=pair[0], size=2).items) == 2
    with django_assert_num_queries(1):
        assert len(queries.cosignatures(viewer=pair[0], size=20).items) == 4
