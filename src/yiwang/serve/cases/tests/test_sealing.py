"""Documents, and results that are no licence, get their organisation's seal by a job: once, whole, verifiable by anyone."""

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from yiwang.commons.files import queries as files
from yiwang.commons.identity.tests.factories import login, make_official, make_resident
from yiwang.commons.notify import queries as notify
from yiwang.commons.seals import commands as seals
from yiwang.commons.seals import queries as seal_queries
from yiwang.commons.seals.contracts import SealKind
from yiwang.commons.seals.engine import verify_pdf
from yiwang.commons.seals.tests.factories import demonstration
from yiwang.kernel import clock
from yiwang.kernel.command import machinery
from yiwang.kernel.jobs import is_queued
from yiwang.serve.cases import commands, queries, tasks
from yiwang.serve.cases.contracts import (
    DocumentKind,
    DocumentNotFound,
    PaperKind,
    SealMissing,
    SealStatus,
    TaskChoice,
)
from yiwang.serve.cases.tests.factories import SYSTEM, file_permit, make_sample

pytestmark = pytest.mark.django_db


@pytest.fixture
def permit():
    """A granted permit of an organisation that has a seal; nothing is sealed yet."""
    with demonstration():
        sample = make_sample()
        office = sample.offices["certificate"]
        seals.make_sample_seals(organisation_ids=[office], kinds=[SealKind.OFFICIAL], by=SYSTEM, at=clock.now())
        made = file_permit(sample)
        made.work(TaskChoice.ACCEPT)
        made.work(TaskChoice.GRANT)
        yield made


def seal(permit):
    return commands.seal_papers(case_id=permit.case_id, by=SYSTEM, at=clock.now())


def of_kind(permit, kind):
    return next(each for each in permit.view().documents if each.kind is kind)


def test_each_document_is_sealed_once_and_its_seal_holds_offline(permit):
    before = permit.view().documents
    assert {each.seal for each in before} == {SealStatus.WAITING}
    assert seal(permit) == len(before) + len(permit.view().results)
    assert {each.seal for each in permit.view().documents} == {SealStatus.SEALED}
    assert {each.seal for each in permit.view().results} == {SealStatus.SEALED}
    assert seal(permit) == 0, "a job that runs again finds nothing left"
    trust = seal_queries.trust(viewer=SYSTEM)
    for found in queries.sealed_papers(case_id=permit.case_id, viewer=SYSTEM):
        data = queries.sealed_bytes(found=found, viewer=SYSTEM)
        assert verify_pdf(data, trust).valid, verify_pdf(data, trust)
        middle = len(data) // 2
        assert not verify_pdf(data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :], trust).valid


def test_the_step_defers_the_sealing_in_its_own_transaction(permit):
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT args->>'case_id' FROM procrastinate_jobs WHERE task_name = 'cases.seal_papers'")
        assert cursor.fetchall() == [(str(permit.case_id),)]
    assert queries.sealing_left(case_id=permit.case_id, viewer=SYSTEM) == len(permit.view().documents) + 1
    seal(permit)
    assert queries.sealing_left(case_id=permit.case_id, viewer=SYSTEM) == 0


def test_an_office_that_lost_its_seal_leaves_everything_unsealed_and_says_so(permit, monkeypatch):
    monkeypatch.setattr("yiwang.commons.seals.queries.seal_for", lambda **_: None)
    monkeypatch.setattr("yiwang.commons.seals.commands.samples.sample_allowed", lambda: False)
    with pytest.raises(SealMissing):
        seal(permit)
    assert queries.sealed_papers(case_id=permit.case_id, viewer=SYSTEM) == ()


def test_a_paper_that_waits_long_says_so_its_office_is_told_and_it_is_tried_again(permit, monkeypatch, client):
    office = permit.sample.offices["certificate"]
    keeper = make_official(office, grants=("seals.use",)).actor
    with monkeypatch.context() as without:
        without.setattr("yiwang.commons.seals.queries.seal_for", lambda **_: None)
        without.setattr("yiwang.commons.seals.commands.samples.sample_allowed", lambda: False)
        for _again in range(2):
            tasks.seal_papers(str(permit.case_id))
    told = [each for each in notify.messages(viewer=keeper).items if each.kind == "cases.seal_missing"]
    assert len(told) == 1, "once a day, not with every try"
    with clock.frozen(clock.now() + timedelta(hours=2)):
        assert {each.seal for each in permit.view().documents} == {SealStatus.LATE}
        login(client, permit.sample.parent.account_id)
        html = client.get(reverse("cases:document", args=[of_kind(permit, DocumentKind.GRANT).id])).content.decode()
        assert "承办机关正在处理" in html
        assert "通常几秒钟" not in html
        with connection.cursor() as cursor, machinery("test"):
            cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name = 'cases.seal_papers'")
        assert not is_queued("cases.seal_papers", case_id=str(permit.case_id))
        for _again in range(2):
            tasks.seal_late()
        assert is_queued("cases.seal_papers", case_id=str(permit.case_id))
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'cases.seal_papers'")
            assert cursor.fetchone() == (1,)
    seal(permit)
    with clock.frozen(clock.now() + timedelta(hours=2)):
        assert {each.seal for each in permit.view().documents} == {SealStatus.SEALED}
        assert queries.late_papers(viewer=SYSTEM) == ()


def test_strangers_get_neither_the_file_nor_the_verdict(permit):
    seal(permit)
    stranger = make_resident("样例旁人").actor
    grant = of_kind(permit, DocumentKind.GRANT)
    with pytest.raises(DocumentNotFound):
        queries.sealed_paper(kind=PaperKind.DOCUMENT, of=grant.id, viewer=stranger)
    assert queries.sealed_papers(case_id=permit.case_id, viewer=stranger) == ()


def test_the_applicant_reads_that_it_is_being_sealed_then_downloads_and_verifies_it(permit, client):
    login(client, permit.sample.parent.account_id)
    grant = of_kind(permit, DocumentKind.GRANT)
    address = reverse("cases:document", args=[grant.id])
    progress = reverse("cases:progress", args=[permit.view().number])
    assert "正在加盖电子印章" in client.get(address).content.decode()
    assert "正在加盖电子印章" in client.get(progress).content.decode()
    seal(permit)
    html = client.get(address).content.decode()
    assert reverse("cases:verify_document", args=[grant.id]) in html
    held = queries.sealed_paper(kind=PaperKind.DOCUMENT, of=grant.id, viewer=SYSTEM)
    with files.open_file(file_id=held.file_id, viewer=SYSTEM).stream as stream:
        assert client.get(reverse("cases:document_pdf", args=[grant.id])).content == stream.read()
    assert "验证通过" in client.get(reverse("cases:verify_document", args=[grant.id])).content.decode()
    html = client.get(progress).content.decode()
    result = permit.view().results[0]
    place = [permit.view().number, result.id]
    assert reverse("cases:verify_result", args=place) in html
    assert "正在加盖" not in html
    assert client.get(reverse("cases:result_pdf", args=place)).content.startswith(b"%PDF")
    assert "验证通过" in client.get(reverse("cases:verify_result", args=place)).content.decode()
