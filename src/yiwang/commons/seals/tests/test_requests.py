"""Use by two persons, and whoever tries to be both."""

from io import BytesIO

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from yiwang.commons.files import commands as files
from yiwang.commons.files import queries as stored
from yiwang.commons.files.contracts import FileNotFound
from yiwang.commons.identity.tests import factories as identity
from yiwang.commons.identity.tests.factories import login
from yiwang.commons.seals import commands, queries
from yiwang.commons.seals.contracts import (
    DocumentRefused,
    MayNotUse,
    ReasonMissing,
    RequestNotFound,
    RequestSettled,
    RequestState,
    SamePerson,
    SealNotInForce,
    UseMode,
    UseRule,
)
from yiwang.commons.seals.engine import verify_sealed
from yiwang.commons.seals.models import SealUse, SealUseRequest
from yiwang.commons.seals.registry import UPLOAD
from yiwang.commons.seals.tests.factories import make_seal
from yiwang.commons.seals.tests.papers import an_ofd
from yiwang.kernel import clock
from yiwang.kernel.command import machinery


@pytest.fixture
def seal_id(city):
    return make_seal(city, rule=UseRule.TWO)


def upload(by):
    return files.store(stream=BytesIO(an_ofd()), name="证明.ofd", purpose=UPLOAD, by=by, at=clock.now()).id


def ask(seal_id, by, **options):
    given = {"document_id": upload(by), "page": 0, "x": 120.0, "y": 200.0, "reason": "出具证明"} | options
    return commands.request_use(seal_id=seal_id, by=by, at=clock.now(), **given)


def test_one_asks_and_a_keeper_approves_and_so_seals(city, seal_id):
    request_id = ask(seal_id, city.keeper)
    assert queries.waiting_requests(viewer=city.second) == 1
    sealed_id = commands.approve_use(request_id=request_id, by=city.second, at=clock.now())
    opened = stored.open_file(file_id=sealed_id, viewer=city.keeper)
    with opened.stream as stream:
        sealed = stream.read()
    assert verify_sealed(sealed, queries.trust(viewer=city.keeper)).valid
    use = SealUse.objects.get()
    assert (use.mode, use.requested_by_id, use.approved_by_id) == (
        UseMode.TWO.value, city.keeper.account_id, city.second.account_id,
    )  # fmt: skip
    row = queries.request(request_id=request_id, viewer=city.keeper)
    assert (row.state, row.sealed_id, row.may_decide, row.may_withdraw) == (
        RequestState.APPROVED, sealed_id, False, False,
    )  # fmt: skip
    assert queries.waiting_requests(viewer=city.second) == 0


def test_whoever_asked_never_approves_although_a_keeper(city, seal_id):
    request_id = ask(seal_id, city.keeper)
    assert not queries.request(request_id=request_id, viewer=city.keeper).may_decide
    with pytest.raises(SamePerson):
        commands.approve_use(request_id=request_id, by=city.keeper, at=clock.now())
    row = SealUseRequest.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic(), machinery("attack"):
        SealUseRequest.objects.filter(pk=row.pk).update(
            state="approved", decided_by=row.asked_by_id, decided_at=clock.now(), sealed_id=row.document_id
        )
    assert not SealUse.objects.exists()


def test_who_is_no_keeper_does_not_approve(city, seal_id):
    request_id = ask(seal_id, city.keeper)
    for by in (city.officer, city.head, city.registrar):
        with pytest.raises(MayNotUse):
            commands.approve_use(request_id=request_id, by=by, at=clock.now())


def test_a_request_is_decided_once(city, seal_id):
    request_id = ask(seal_id, city.keeper)
    with pytest.raises(ReasonMissing):
        commands.refuse_use(request_id=request_id, answer="", by=city.second, at=clock.now())
    commands.refuse_use(request_id=request_id, answer="内容有误", by=city.second, at=clock.now())
    for again in (
        lambda: commands.approve_use(request_id=request_id, by=city.second, at=clock.now()),
        lambda: commands.withdraw_use(request_id=request_id, by=city.keeper, at=clock.now()),
    ):
        with pytest.raises(RequestSettled):
            again()


def test_only_the_asker_withdraws(city, seal_id):
    request_id = ask(seal_id, city.keeper)
    with pytest.raises(MayNotUse):
        commands.withdraw_use(request_id=request_id, by=city.second, at=clock.now())
    commands.withdraw_use(request_id=request_id, by=city.keeper, at=clock.now())


def test_a_request_waits_in_vain_for_a_suspended_seal(city, seal_id):
    request_id = ask(seal_id, city.keeper)
    commands.suspend_seal(seal_id=seal_id, reason="核查", by=city.officer, at=clock.now())
    with pytest.raises(SealNotInForce):
        commands.approve_use(request_id=request_id, by=city.second, at=clock.now())
    assert queries.request(request_id=request_id, viewer=city.keeper).state is RequestState.WAITING
    with pytest.raises(SealNotInForce):
        ask(seal_id, city.keeper)


@pytest.mark.parametrize(
    ("options", "refusal"),
    [
        ({"page": -1}, DocumentRefused),
        ({"x": float("nan")}, DocumentRefused),
        ({"y": -5.0}, DocumentRefused),
        ({"reason": ""}, ReasonMissing),
    ],
)
def test_a_request_needs_a_place_and_a_reason(city, seal_id, options, refusal):
    with pytest.raises(refusal):
        ask(seal_id, city.keeper, **options)


def test_nobody_asks_with_anothers_upload_or_without_the_grant(city, seal_id):
    theirs = upload(city.second)
    with pytest.raises((DocumentRefused, FileNotFound)):
        ask(seal_id, city.keeper, document_id=theirs)
    with pytest.raises(MayNotUse):
        ask(seal_id, identity.make_official(identity.make_organisation()).actor)


def test_documents_of_a_request_are_for_those_who_deal_with_it(city, seal_id):
    request_id = ask(seal_id, city.keeper)
    document = SealUseRequest.objects.get().document_id
    for viewer in (city.keeper, city.second, city.officer):
        stored.open_file(file_id=document, viewer=viewer).stream.close()
    stranger = identity.make_official(identity.make_organisation(), grants=["seals.view"]).actor
    with pytest.raises(FileNotFound):
        stored.open_file(file_id=document, viewer=stranger)
    with pytest.raises(RequestNotFound):
        queries.request(request_id=request_id, viewer=stranger)


def test_who_decides_sees_the_page_with_the_place_ringed_and_afterwards_with_the_seal(city, seal_id, client):
    request_id = ask(seal_id, city.keeper)
    login(client, city.second.account_id)
    address = reverse("seals:request_drawn", args=[request_id])
    assert address in client.get(reverse("seals:request", args=[request_id])).content.decode()
    before = client.get(address)
    assert before["Content-Type"] == "image/svg+xml"
    assert "stroke-dasharray" in before.content.decode()
    commands.approve_use(request_id=request_id, by=city.second, at=clock.now())
    after = client.get(address).content.decode()
    assert "stroke-dasharray" not in after
    login(client, identity.make_official(city.organisation_id).account_id)
    assert client.get(address).status_code in {403, 404}
